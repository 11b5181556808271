#!/bin/bash
# Events and breaks of the equations with `solver stiff`, beside a node that follows a million times
# faster: the error against solutions in closed form stays below 100 times the tolerance and falls
# with it; beside a node that is slow the explicit solver says the same. From the interpreter; the
# semantics compare it with C.
set -u
cat >"$WORK/cases.weft" <<'END'
// u = 2 V: spikes every tau ln 2, the 14th at 14 tau ln 2
block lif(n) {
  param tau: s = 10ms;
  state v, fast;
  hold last: s;
  der(v) = (2 - v) / tau;
  der(fast) = (v - fast) / (tau / 10^n);
  at above(v, 1) { v = 0;  last = time; }
}
// x = sin(t / 1 s) passes 0.5 upwards for the third time at pi / 6 + 4 pi; it is seen by the node,
// a microsecond later
block swing(n) {
  state x, y = 1, fast;
  hold last: s;
  der(x) = y / 1s;
  der(y) = -x / 1s;
  der(fast) = (x - fast) / (1s / 10^n);
  at rising(fast, 0.5) { last = time; }
}
// a ball that keeps 0.8 of its speed is down at t0 = sqrt(2 / g), and again 1.6 t0 later
block ball(n) {
  state x = 1, v, fast = 1;
  hold last: s;
  der(x) = v / 1s;
  der(v) = -9.81 / 1s;
  der(fast) = (x - fast) / (1s / 10^n);
  at falling(x, 0) { v = -0.8 * v;  last = time; }
}
// a step of the source at 0.25 s; v = 1 - exp(-(t - 0.25)), at 2 s
block late(n) {
  state v, fast;
  der(v) = ((when time < 0.25s: 0, else 1) - v) / 1s;
  der(fast) = (v - fast) / (1s / 10^n);
}
// twice as fast above 0.5: v = 2 t - 0.5 behind 0.5 s; the node is 2e-6 behind
block bend(n) {
  state v, fast;
  der(v) = (when v > 0.5: 2, else 1) / 1s;
  der(fast) = (v - fast) / (1s / 10^n);
}
experiment spikes of lif(n = FAST) { solver SOLVER;  run for 100ms;
    measure error = abs(last / 0.09704060527839234s - 1);  measure is = last / 1s; }
experiment sine of swing(n = FAST) { solver SOLVER;  run for 14s;
    measure error = abs((last - 1us) / 13.08996938995747s - 1);  measure is = last / 1s; }
experiment bounce of ball(n = FAST) { solver SOLVER;  run for 1.5s;
    measure error = abs(last / 1.1739614665629s - 1);  measure is = last / 1s; }
experiment break of late(n = FAST) { solver SOLVER;  run for 2s;
    measure error = abs(v / 0.8262260565495548 - 1);  measure is = v; }
experiment bend of bend(n = FAST) { solver SOLVER;  run for 1s;
    measure error = abs(fast / (1.5 - 2e-6) - 1);  measure is = v; }
END

measured() { # MEASURE EXPERIMENT FAST SOLVER
    sed "s/FAST/$3/; s/SOLVER/$4/" "$WORK/cases.weft" >"$WORK/case.weft"
    "$WEFT_FAST" run "$WORK/case.weft" "$2" --interpret --json |
        sed -n 's/.*"run.'"$1"'": *{"mean": *\([^,]*\),.*/\1/p'
}

for name in spikes sine bounce break bend; do
    errors=
    worst=ok
    for tolerance in 1e-4 1e-6 1e-8 1e-10; do
        error=$(measured error $name 6 "stiff(tolerance = $tolerance)")
        errors="$errors ${error:-missing}"
        # beside it, rounding and the grain of the instants
        awk -v e="${error:-1}" -v t=$tolerance 'BEGIN { exit !(e < 100 * t + 1e-11) }' || worst=FAIL
    done
    echo "$worst $name: errors below 100 times the tolerance"
    echo "   $errors"
    if echo "$errors" | awk '{ exit !(NF == 4 && ($4 < $1 / 1e3 || $4 < 1e-11)) }'; then
        echo "ok $name: the error falls with the tolerance"
    else
        echo "FAIL $name: the error falls with the tolerance"
    fi
    stiff=$(measured is $name 1 'stiff(tolerance = 1e-9)')
    explicit=$(measured is $name 1 'dopri(tolerance = 1e-11)')
    if awk -v a="${stiff:-0}" -v b="${explicit:-1}" \
        'BEGIN { d = a - b; exit !(d < 1e-7 * b && -d < 1e-7 * b) }'; then
        echo "ok $name: as with the explicit solver"
    else
        echo "FAIL $name: ${stiff:-nothing}, ${explicit:-nothing} with the explicit solver"
    fi
done
