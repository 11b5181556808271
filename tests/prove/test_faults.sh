#!/bin/bash
# The prover is right when it says no, too: each property of mutants.weft falls with some fault, in
# every way in which verdicts.weft can be proved or refuted it is, and the runs that weft prove
# found - a way into each state, a way to each refuted guarantee - do in Icarus what it said. Needs
# BUILD (with san/prove/) and WORK. LONG=1: each fault by itself; those that no property sees are
# listed.
set -u
export WEFT_CACHE=$WORK/cache
programs=$BUILD/san/prove
verdict() { # NAME, then a command that must hold
    if "${@:2}"; then echo "ok $1"; else echo "FAIL $1"; fi
}

# ---- what the prover says ----
"$WEFT_FAST" prove tests/prove/verdicts.weft -o "$WORK/out" >"$WORK/verdicts"
verdict 'exit status 1 where not all is proved' [ $? = 1 ]
says() { # NAME REGULAR EXPRESSION
    verdict "$1" grep -qE "$2" "$WORK/verdicts"
}
says 'bounded' '^  guarantee a != 255 or b == 0; +NOT PROVED: holds for 30 cycles from reset'
says 'proved while start is held' \
    '^  guarantee done within 4 .* proved by induction over [0-9]+ cycles, if start stays'
# Reset, then the cycles 1 Reset, 2 AwaitStart, 3 P, 4 PulseDone with a = 1, 5 P2, and 4 cycles more
# for each further pass: a = 3 in cycle 12 at the earliest.
says 'refuted, the shortest run' '^  guarantee a <= 2; +REFUTED in cycle 12$'
# b = 101 after 100 passes: cycle 400 at the earliest, beyond what Yosys looks at.
says 'refuted by a long run' '^  guarantee b <= 100; +REFUTED in cycle 4[0-9][0-9]$'
says 'the last cycle of the run' '^ +12  PulseDone +.* done a=3 b=4$'
says 'counted' '^7 proved, 1 not proved, 2 refuted$'
verdict 'waves of the refuted' [ -s "$WORK/out/verdicts_counts.guarantee_3.vcd" ]
"$WEFT_FAST" prove tests/prove/verdicts.weft -o "$WORK/out" --json >"$WORK/json"
for word in proved bounded refuted; do
    verdict "JSON says $word" grep -q "\"verdict\":\"$word\"" "$WORK/json"
done
sed 's/a <= 2;/a <= 255;/; /255 or/d; /b <= 100/d' tests/prove/verdicts.weft >"$WORK/fine.weft"
verdict 'exit status 0 where all is proved' "$WEFT" prove "$WORK/fine.weft" --quiet

# ---- faults ----
for nth in 0 1; do
    "$programs/mutants" tests/prove/mutants.weft . $nth ${LONG:+all} || echo "FAIL mutants $nth"
done | tee "$WORK/mutants"
# Properties of one kind are named alike: lasts_read, lasts_g1_read.
sed -n 's/^ok .*: a fault refutes prove_\([a-z]*\).*/\1/p' "$WORK/mutants" |
    sort -u >"$WORK/refuted"
for file in examples/*/*.weft; do
    "$WEFT_FAST" prove "$file" --json | grep -o '"name":"[^"]*","kind"'
done | sed 's/"name":"\([a-z]*\).*/\1/' | sort -u >"$WORK/asserted"
comm -23 "$WORK/asserted" "$WORK/refuted" >"$WORK/never"
verdict 'every kind of property of the examples is refuted by some fault' \
    [ -s "$WORK/asserted" -a ! -s "$WORK/never" ]
cat "$WORK/never"

# ---- the runs, in Icarus ----
replay() { # FILE: all its sequencers (status 4: there is no other one)
    local nth=0 name status
    while
        name=$("$programs/replay" "$1" . $nth "$WORK")
        status=$?
        [ $status = 0 ]
    do
        iverilog -g2012 -DFORMAL -Wall -Wno-timescale -o "$WORK/$name.vvp" "$WORK/$name.sv" \
            "$WORK/${name}_bench.sv" rtl/weft_*.sv && timeout 60 vvp "$WORK/$name.vvp" ||
            echo "FAIL $1: Icarus"
        ((nth++))
    done
    [ $status = 4 ] || echo "FAIL $1: sequencer $nth"
}
for file in tests/prove/{mutants,verdicts}.weft examples/*/*.weft; do
    replay "$file"
done >"$WORK/runs" 2>&1
cat "$WORK/runs"
verdict 'the refuted guarantees fall in Icarus' \
    [ "$(grep -c '^ok verdicts_counts: the run to prove_guarantee_' "$WORK/runs")" = 2 ]
