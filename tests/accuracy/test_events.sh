#!/bin/bash
# Events and breaks of the equations: the error against solutions in closed form falls with the
# tolerance and stays in a fixed ratio to it. From the interpreter; the semantics compare it with C.
set -u
cat >"$WORK/cases.weft" <<'E2'
// u = 2 V: spikes every tau ln 2, the 14th at 14 tau ln 2
block lif {
  param tau: s = 10ms;
  state v;
  hold last: s;
  der(v) = (2 - v) / tau;
  at above(v, 1) { v = 0;  last = time; }
}
// x = sin(t / 1 s) passes 0.5 upwards for the third time at pi / 6 + 4 pi
block swing {
  state x, y = 1;
  hold last: s;
  der(x) = y / 1s;
  der(y) = -x / 1s;
  at rising(x, 0.5) { last = time; }
}
// the same from a step of the source at 0.25 s on; v = 1 - exp(-(t - 0.25)), at 2 s
block late {
  state v;
  hold last: s;
  der(v) = ((when time < 0.25s: 0, else 1) - v) / 1s;
}
experiment spikes of lif { solver dopri(tolerance = TOLERANCE);  run for 100ms;
    measure error = abs(last / 0.09704060527839234s - 1); }
experiment sine of swing { solver dopri(tolerance = TOLERANCE);  run for 14s;
    measure error = abs(last / 13.08996938995747s - 1); }
experiment break of late { solver dopri(tolerance = TOLERANCE);  run for 2s;
    measure error = abs(v / 0.8262260565495548 - 1); }
E2
for name in spikes sine break; do
    previous=1
    for tolerance in 1e-4 1e-6 1e-8 1e-10; do
        sed "s/TOLERANCE/$tolerance/" "$WORK/cases.weft" >"$WORK/case.weft"
        error=$("$WEFT_FAST" run "$WORK/case.weft" $name --interpret --json |
            sed -n 's/.*"run.error": *{"mean": *\([^,]*\),.*/\1/p')
        # at most ten tolerances, and a tenth of what it was, until chance or rounding decide
        if awk -v e="${error:-1}" -v t=$tolerance -v p="$previous" \
            'BEGIN { exit !(e <= 10 * t && (e <= p / 10 || e < t / 10 || e < 1e-11)) }'; then
            echo "ok $name at $tolerance"
        else
            echo "FAIL $name at $tolerance: the error is ${error:-not there}, it was $previous"
        fi
        previous=${error:-1}
    done
done
