#!/bin/bash
# Learning curves: every measure of every epoch and repeat as CSV, and a picture of it with --plot.
set -u
export XDG_CACHE_HOME=$WORK/cache
epochs=tests/semantics/epochs.weft

check() { # NAME COMMAND ...
    if "${@:2}" >"$WORK/said" 2>&1; then echo "ok $1"; else
        echo "FAIL $1"
        cat "$WORK/said"
    fi
}
run() { # FOLDER ARGUMENTS ...
    "$WEFT" run "${@:2}" -o "$WORK/$1" --interpret >"$WORK/$1.out" 2>"$WORK/$1.err" </dev/null
}

# Worked out beside the experiment: rates 1, 3, 9, times the rows 1 and 2.
run tested $epochs tested
printf 'epoch,repeat,train.level,test.level\n1,1,1,2\n2,1,3,6\n3,1,9,18\n' >"$WORK/wanted"
check 'every epoch' cmp "$WORK/tested/tested.curves.csv" "$WORK/wanted"
check 'the path is said' grep -qx "curves:  $WORK/tested/tested.curves.csv" "$WORK/tested.out"

# Three repeats, each from its own start: a level that halves in every presentation.
cat >"$WORK/halves.weft" <<'END'
block halves {
  hold x = 1;
  phase halve for 1ms { at end { x = x / 2; } }
  sequencer trial(clock = 1kHz) {
    input start;
    output done;
    loop { await start; halve; pulse done; }
  }
}
experiment h of halves {
  init x ~ uniform(1, 2);
  train 4 epochs { trial(); }
  measure level = x;
  measure rest = 2 - x;
  repeat 3;
}
END
run one "$WORK/halves.weft" h
run two "$WORK/halves.weft" h --jobs 2
check 'the same with two jobs' cmp "$WORK/one/h.curves.csv" "$WORK/two/h.curves.csv"
"$WEFT" run "$WORK/halves.weft" h -o "$WORK/c" --quiet </dev/null
check 'the same in C, also when quiet' cmp "$WORK/one/h.curves.csv" "$WORK/c/h.curves.csv"
check 'each repeat halves' awk -F, '
    NR == 1 { if ($0 != "epoch,repeat,train.level,train.rest") exit 1; next }
    $1 != (NR - 2) % 4 + 1 || $2 != int((NR - 2) / 4) + 1 { bad = 1 }
    $1 > 1 && $3 != last / 2 { bad = 1 }
    $4 != 2 - $3 { bad = 1 }
    $1 == 1 && ($3 < 0.5 || $3 > 1 || $3 == first) { bad = 1 }
    { last = $3; if ($1 == 1) first = $3 }
    END { exit bad || NR != 13 }' "$WORK/one/h.curves.csv"

# The picture, and how it was asked for: the last script stands in $WORK/script.
mkdir "$WORK/tools"
printf '#!/bin/bash\necho "$2" >%q\nexec %q "$@"\n' "$WORK/script" "$(command -v gnuplot)" \
    >"$WORK/tools/gnuplot"
chmod +x "$WORK/tools/gnuplot"
PATH=$WORK/tools:$PATH run drawn "$WORK/halves.weft" h --plot
check 'a picture' grep -q '</svg>' "$WORK/drawn/h.curves.svg"
check 'its legend' grep -q 'train.level' "$WORK/drawn/h.curves.svg"
check 'its path is said' grep -qx "plot:    $WORK/drawn/h.curves.svg" "$WORK/drawn.out"
check 'three thin lines' grep -q 'for \[r=0:2\]' "$WORK/script"
# Over four epochs the level falls to 1/8 (with the starts, at most 1/16): not two decades.
check 'a linear axis' bash -c "! grep -q '; set logscale y' '$WORK/script'"
sed 's/train 4 epochs/train 9 epochs/' "$WORK/halves.weft" >"$WORK/long.weft"
PATH=$WORK/tools:$PATH run long "$WORK/long.weft" h --plot # 2^8 = 256 and more
check 'a logarithmic axis' grep -q "set logscale y; set ylabel 'level'" "$WORK/script"
check 'of one measure only' grep -q "unset logscale y; set ylabel 'rest'" "$WORK/script"
printf '#!/bin/bash\nexit 1\n' >"$WORK/tools/gnuplot"
PATH=$WORK/tools:$PATH run undrawn "$WORK/halves.weft" h --plot
check 'no picture is said' grep -q 'no plot: gnuplot failed' "$WORK/undrawn.out"
check 'nothing of it is left' bash -c "[ \"\$(ls '$WORK/undrawn')\" = h.curves.csv ]"

# What fails or is stopped leaves the old file.
mkdir "$WORK/failed"
echo old >"$WORK/failed/leaves.curves.csv"
run failed $epochs leaves
check 'a failed run leaves the old file' grep -qx old "$WORK/failed/leaves.curves.csv"
sed 's/train 4 epochs/train 30000 epochs/; s/repeat 3/repeat 1000/' "$WORK/halves.weft" \
    >"$WORK/endless.weft"
mkdir "$WORK/stopped"
echo old >"$WORK/stopped/h.curves.csv"
"$WEFT" run "$WORK/endless.weft" h -o "$WORK/stopped" --interpret --plot >"$WORK/stopped.out" 2>&1 &
sleep 2
kill -INT $!
wait $!
check 'a stopped run ends with 130' [ $? = 130 ]
check 'and leaves the old file' grep -qx old "$WORK/stopped/h.curves.csv"
check 'and nothing else' bash -c "[ \"\$(ls '$WORK/stopped')\" = h.curves.csv ]"
