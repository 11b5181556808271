#!/bin/bash
# models/devices/team.weft across an ideal source: pulses of both signs, one below the threshold,
# against a fixed-step Runge-Kutta integration of the same equations (Kvatinsky et al. 2013) in awk;
# halving its step changes x by less than 1e-9 of d.
set -u
cat >"$WORK/pulses.weft" <<'E2'
import devices.team;

block pulses {
  out r: Ohm;
  part m: team;
  m.v = 0;
  r = 100Ohm + 199.9kOhm * m.x / 3nm;
  phase forth for 1ms { m.v = 0.5V; }
  phase back for 1ms { m.v = -0.5V; }
  phase nudge for 200us { m.v = -0.5V; }
  phase weak for 1ms { m.v = 50mV; }
  sequencer run(clock = 10kHz) {
    input start;
    output done;
    loop {
      await start;
      forth;
      weak;
      back;
      nudge;
      pulse done;
    }
  }
}

experiment test of pulses {
  run { run(); }
  record m.x at every 100us;
}
E2
# x over d at each tenth of a millisecond from the first pulse on.
reference() { # STEPS in each
    awk -v steps="$1" '
        function rate(x,    i) { # d = 3 nm, k = 100 nm/s, i_off = -i_on = 1 uA, exponent 2
            i = v / (100 + 199900 * x)
            if (i > 1e-6) return 100 / 3 * (i / 1e-6 - 1)^2
            return i < -1e-6 ? -100 / 3 * (-i / 1e-6 - 1)^2 : 0
        }
        BEGIN {
            x = 0.5; h = 1e-4 / steps
            for (t = 0; t <= 32; t++) {
                printf "%.15g\n", x
                v = t < 10 ? 0.5 : t < 20 ? 0.05 : -0.5
                for (k = 0; k < steps; k++) {
                    a = rate(x); b = rate(x + h / 2 * a)
                    c = rate(x + h / 2 * b); e = rate(x + h * c)
                    x += h / 6 * (a + 2 * b + 2 * c + e)
                    if (x < 0) x = 0
                    if (x > 1) x = 1
                }
            }
        }'
}
reference 2000 >"$WORK/fine"
reference 1000 | paste -d ' ' "$WORK/fine" - | sed 's/^/reference abs 1e-9 /' |
    awk -f tests/accuracy/compare.awk
for engine in interpret c; do
    option=--$engine
    [ $engine != c ] || option=
    out=$WORK/$engine
    "$WEFT" run "$WORK/pulses.weft" $option --quiet -o "$out" >"$out.txt" 2>&1 || {
        printf 'FAIL %s runs\n%s\n' $engine "$(cat "$out.txt")"
        continue
    }
    # The last instant at which x still has its start value is the begin of the first pulse.
    awk -F , 'NR > 1 { x[n++] = $2 / 3e-9 }
        END {
            for (first = 0; first + 1 < n && x[first + 1] == x[0]; first++) continue
            for (k = 0; k <= 32; k++) print first + k < n ? sprintf("%.15g", x[first + k]) : ""
        }' "$out/test.csv" | paste -d ' ' "$WORK/fine" - |
        sed "s/^/$engine abs 1e-6 /" | awk -f tests/accuracy/compare.awk
done
