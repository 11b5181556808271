#!/bin/bash
# `solver stiff` where something is wrong: a build without its libraries, a state without a limit.
set -u
cat >"$WORK/grows.weft" <<'END'
block grows {
  state calm = 1, wild = 1;
  der(calm) = -calm * 1Hz;
  der(wild) = wild^2 * 1Hz;
}
experiment e of grows { run for 2s;  solver stiff; }
END
# wild = 1 / (1 - t)
"$WEFT" run "$WORK/grows.weft" -o "$WORK/out" --interpret >"$WORK/said" 2>&1
status=$?
cat "$WORK/said"
if [ $status = 1 ] && grep -Eq 'wild: .*, at (1|0\.99999[0-9]*|1\.00000[0-9]*) s' "$WORK/said"; then
    echo 'ok a state without a limit is named, with the time'
else
    echo "FAIL a state without a limit is named, with the time (exit status $status)"
fi

# The explicit solver, and what it says where it can go no further.
sed 's/solver stiff/solver dopri/' "$WORK/grows.weft" >"$WORK/explicit.weft"
"$WEFT" run "$WORK/explicit.weft" -o "$WORK/out" --interpret >"$WORK/said" 2>&1
status=$?
cat "$WORK/said"
hint='wild: .*, at 1[.]00000[0-9]* s; try `solver stiff;`'
if [ $status = 1 ] && grep -Eq "$hint" "$WORK/said"; then
    echo 'ok the explicit solver names the other'
else
    echo "FAIL the explicit solver names the other (exit status $status)"
fi

# An explicit run whose steps are as short as stability wants them says so in one line, another does
# not: `fast` goes after `slow` N times faster than that moves, and h times N is at most 3.3.
cat >"$WORK/follows.weft" <<'END'
block follows(n) {
  state slow = 1, fast = 1;
  der(slow) = -slow * sin(time * 1Hz) * 1Hz;
  der(fast) = (slow - fast) * 1Hz * n;
}
experiment stiff of follows(n = 10000) { run for 10s; }
experiment calm of follows(n = 1) { run for 1000s; }
END
for options in --interpret --json; do
    for name in stiff calm; do
        "$WEFT_FAST" run "$WORK/follows.weft" $name -o "$WORK/out" $options 2>&1 >"$WORK/table" |
            grep -v '^$' >"$WORK/said"
        wanted=0
        [ $name = calm ] || wanted=1
        if [ "$(grep -c 'note: stiff is stiff: .*`solver stiff;`' "$WORK/said")" = $wanted ] &&
            [ "$(wc -l <"$WORK/said")" = $wanted ] && [ -s "$WORK/table" ]; then
            echo "ok $name: a note where stability decides, $options"
        else
            echo "FAIL $name: a note where stability decides, $options"
            cat "$WORK/said"
        fi
    done
done
if [ -z "$("$WEFT_FAST" run "$WORK/follows.weft" stiff -o "$WORK/out" --quiet 2>&1)" ]; then
    echo 'ok no note with --quiet'
else
    echo 'FAIL no note with --quiet'
fi

# The same weft, but for the solver.
folder=$BUILD/obj
[ -d "$folder/compiler" ] || folder=$BUILD/san/obj # with counters there is only this one
objects=$(find "$folder" -name '*.o' ! -path '*/runtime/stiff*.o')
if ${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Iruntime -rdynamic \
    -o "$WORK/weft" runtime/stiff*.c $objects ${LDFLAGS:-} -ldl -lpthread -lm; then
    echo 'ok weft is built without the libraries'
else
    echo 'FAIL weft is built without the libraries'
fi
"$WORK/weft" run "$WORK/grows.weft" -o "$WORK/out" --interpret >"$WORK/said" 2>&1
status=$?
cat "$WORK/said"
if [ $status = 3 ] && grep -q 'install libsundials-dev and libsuitesparse-dev' "$WORK/said"; then
    echo 'ok without them a run says what to install'
else
    echo "FAIL without them a run says what to install (exit status $status)"
fi
