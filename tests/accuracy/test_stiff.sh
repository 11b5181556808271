#!/bin/bash
# `solver stiff` on problems with known solutions, through the whole compiler: the error stays below
# 100 times the tolerance and falls with it; interpreter and C say the same.
set -u

# Prothero, Robinson, Math. Comp. 28 (1974): y = cos t + exp(-1e6 t).
cat >"$WORK/prothero.weft" <<'END'
block prothero {
  state y = 2;
  der(y) = (-1e6 * (y - cos(time * 1Hz)) - sin(time * 1Hz)) * 1Hz;
}
experiment e of prothero {
  run for 2s;
  record y at every 1s from 2us;
  solver stiff(tolerance = TOLERANCE);
}
END
# Eigenvalues -1 and -1e6: a, b = 2 exp(-t) +- exp(-1e6 t).
cat >"$WORK/pair.weft" <<'END'
block pair {
  state a = 3, b = 1;
  der(a) = (-(1 + 1e6) / 2 * a - (1 - 1e6) / 2 * b) * 1Hz;
  der(b) = (-(1 - 1e6) / 2 * a - (1 + 1e6) / 2 * b) * 1Hz;
}
experiment e of pair {
  run for 1s;
  record a, b at every 500ms;
  solver stiff(tolerance = TOLERANCE);
}
END
# Robertson's kinetics with the time in units of 1e11: Mazzia, Magherini, "Test set for initial
# value problem solvers", problem ROBER, has the solution at 1e11.
cat >"$WORK/robertson.weft" <<'END'
block robertson {
  param s: Hz = 1e11;
  state a = 1, b = 0, c = 0;
  der(a) = (-0.04 * a + 1e4 * b * c) * s;
  der(b) = (0.04 * a - 1e4 * b * c - 3e7 * b^2) * s;
  der(c) = 3e7 * b^2 * s;
}
experiment e of robertson {
  run for 1s;
  record a, b, c at every 1s;
  solver stiff(tolerance = TOLERANCE);
}
END
# A row of 16 capacitors between resistors, the far ends at 0: the k-th sine decays with
# 4 sin^2(k pi / 34) / (R C); and a node that follows it, a thousand times faster.
cat >"$WORK/row.weft" <<'END'
block row(n) {
  state u[n] = 1, fast = 1;
  let left[n], right[n];
  left[i] = when i == 0: 0, else u[i - 1];
  right[i] = when i == n - 1: 0, else u[i + 1];
  der(u[i]) = (left[i] - 2 * u[i] + right[i]) * 1kHz;
  der(fast) = (u[0] - fast) * 1MHz;
}
experiment e of row(n = 16) {
  run for 20ms;  record u at every 20ms;  solver stiff(tolerance = TOLERANCE);
}
END
# From rest, driven by time alone: t^n / n! and the integral of a sine, with a node that follows it,
# a million times faster. Nothing says at the start how large these will be.
cat >"$WORK/rest.weft" <<'END'
block rest {
  state a, b, c, d, y, q, fast;
  der(a) = 1Hz;
  der(b) = a * 1Hz;
  der(c) = b * 1Hz;
  der(d) = c * 1Hz;
  der(y) = d * 1Hz;
  der(q) = sin(3.141592653589793 * time * 1Hz) * 1Hz;
  der(fast) = (q - fast) * 1MHz;
}
experiment e of rest {
  run for 1s;
  record a, b, c, d, y, q, fast at every 1s;
  solver stiff(tolerance = TOLERANCE);
}
END

# The largest error of what is recorded last (prothero: ever).
error_of() { # PROBLEM FILE
    awk -F, -v problem="$1" '
        function off(got, want) {
            if (got - want > worst) worst = got - want
            if (want - got > worst) worst = want - got
        }
        NR > 1 && problem == "prothero" { off($2, cos($1) + exp(-1e6 * $1)) }
        { for (k = 1; k <= NF; k++) last[k] = $k }
        END {
            pi = atan2(0, -1)
            if (problem == "pair") { off(last[2], 2 * exp(-1)); off(last[3], 2 * exp(-1)) }
            if (problem == "robertson") {
                off(last[2] / 0.2083340149701255e-07, 1)
                off(last[3] / 0.8333360770334713e-13, 1)
                off(last[4] / 0.9999999791665050, 1)
            }
            if (problem == "rest") {
                want = 1
                for (n = 1; n <= 5; n++) off(last[n + 1] / (want /= n), 1)
                off(last[7] / (2 / pi), 1)
                off(last[8] / (2 / pi), 1) # behind by 1e-6 of the sine, which is 0 here
            }
            if (problem == "row") # all begin at 1: the sine series of a constant
                for (i = 1; i <= 16; i++) {
                    want = 0
                    for (k = 1; k <= 16; k++) {
                        part = 0
                        for (j = 1; j <= 16; j++) part += 2 / 17 * sin(j * k * pi / 17)
                        rate = 4 * sin(k * pi / 34)^2 * 1000
                        want += part * sin(i * k * pi / 17) * exp(-rate * 0.02)
                    }
                    off(last[i + 1], want)
                }
            printf "%.3g\n", worst
        }' "$2"
}
run() { # PROBLEM TOLERANCE OUT OPTIONS
    mkdir -p "$WORK/$3"
    sed "s/TOLERANCE/$2/" "$WORK/$1.weft" >"$WORK/$3/$1.weft"
    "$WEFT_FAST" run "$WORK/$3/$1.weft" -o "$WORK/$3" --quiet "${@:4}" || echo "$1 did not run"
}

for problem in prothero pair robertson row rest; do
    errors=
    worst=ok
    for tolerance in 1e-3 1e-4 1e-5 1e-6 1e-7 1e-8 1e-9; do
        run $problem $tolerance out --interpret
        error=$(error_of $problem "$WORK/out/e.csv")
        rm -f "$WORK/out/e.csv"
        errors="$errors $error"
        awk -v e="$error" -v t=$tolerance 'BEGIN { exit !(e != "" && e < 100 * t) }' || worst=FAIL
    done
    echo "$worst $problem: errors below 100 times the tolerance"
    echo "   $errors"
    if echo "$errors" | awk '{ exit !($7 < $1 / 1e3 && $7 < $4) }'; then
        echo "ok $problem: the error falls with the tolerance"
    else
        echo "FAIL $problem: the error falls with the tolerance"
    fi
done

for problem in pair row; do
    run $problem 1e-6 one --interpret
    run $problem 1e-6 two
    if cmp "$WORK/one/e.csv" "$WORK/two/e.csv"; then
        echo "ok $problem: interpreter and C say the same"
    else
        echo "FAIL $problem: interpreter and C say the same"
    fi
done
