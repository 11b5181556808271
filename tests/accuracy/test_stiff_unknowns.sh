#!/bin/bash
# Unknowns that equations give, in the rates of a stiff system: against solutions in closed form,
# and against the explicit solver where that can follow.
set -u
cat >"$WORK/cases.weft" <<'END'
// u = q - v / 2 and v = u: q = exp(-2 t / 3); a node that follows, a million times faster
block circle {
  state q = 1, fast = 1;
  let u, v;
  u = q - 0.5 * v;
  v = u;
  der(q) = -u * 1Hz;
  der(fast) = (v - fast) * 1MHz;
}
// u^3 + u = x, x' = -u: (3 u^2 + 1) u' = -u, so that 3/2 (u0^2 - u^2) + ln(u0 / u) = t; u0 = 1 of
// 2, and 2 of 10. It is seen by the node, a microsecond later.
block cubes(n) {
  state x[n] = 2, fast[n] = 1;
  let u[n];
  u[j]^3 + u[j] == x[j];
  der(x[j]) = -u[j] * 1Hz;
  der(fast[j]) = (u[j] - fast[j]) * 1MHz;
}
// A sine behind a resistor, a diode from there into a capacitor with a load.
block rectifier {
  param r: Ohm = 1k, i_s: A = 1p, v_t: V = 25m;
  state c: V = 0.1, fast: V;
  let u: V in [-20, 20];
  let i: A;
  i = i_s * (exp((u - c) / v_t) - 1);
  (5V * sin(6.283185307179586 * 50Hz * time) - u) / r == i;
  der(c) = (i - c / 10kOhm) / 1uF;
  der(fast) = (u - fast) / 2us;
}
experiment circle of circle {
  solver SOLVER;
  run for 1s;
  measure error = abs(q / 0.5134171190325921 - 1) + abs(v / 0.3422780793550613 - 1);
}
experiment cubes of cubes(n = 3) {
  init x = {2, 10, 2};
  init fast = {1, 2, 1};
  solver SOLVER;
  run for 1s;
  measure error = abs(1.5 * (1 - u[0]^2) - log(u[0]) - 1)
      + abs(1.5 * (4 - u[1]^2) - log(u[1] / 2) - 1)
      + abs(1.5 * (1 - fast[2]^2) - log(fast[2]) - 1 + 1e-6);
}
experiment rectifier of rectifier {
  solver SOLVER;
  run for 4ms;
  measure c = c / 1V;
  measure fast = fast / 1V;
}
END

measured() { # MEASURE EXPERIMENT SOLVER
    sed "s/SOLVER/$3/" "$WORK/cases.weft" >"$WORK/case.weft"
    "$WEFT_FAST" run "$WORK/case.weft" "$2" --json -o "$WORK/out" "${@:4}" |
        sed -n 's/.*"run.'"$1"'": *{"mean": *\([^,]*\),.*/\1/p'
}

for name in circle cubes; do
    errors=
    worst=ok
    for tolerance in 1e-4 1e-6 1e-8 1e-10; do
        error=$(measured error $name "stiff(tolerance = $tolerance)" --interpret)
        errors="$errors ${error:-missing}"
        awk -v e="${error:-1}" -v t=$tolerance 'BEGIN { exit !(e < 100 * t) }' || worst=FAIL
    done
    echo "$worst $name: errors below 100 times the tolerance"
    echo "   $errors"
    if echo "$errors" | awk '{ exit !(NF == 4 && $4 < $1 / 1e3) }'; then
        echo "ok $name: the error falls with the tolerance"
    else
        echo "FAIL $name: the error falls with the tolerance"
    fi
done

for quantity in c fast; do
    explicit=$(measured $quantity rectifier 'dopri(tolerance = 1e-11)')
    for tolerance in 1e-5 1e-7 1e-9; do
        stiff=$(measured $quantity rectifier "stiff(tolerance = $tolerance)")
        interpreted=$(measured $quantity rectifier "stiff(tolerance = $tolerance)" --interpret)
        if [ "$stiff" = "$interpreted" ] && awk -v a="${stiff:-0}" -v b="${explicit:-1}" \
            -v t=$tolerance 'BEGIN { d = (a - b) / b; exit !(d < 100 * t && -d < 100 * t) }'; then
            echo "ok rectifier, $quantity at $tolerance: $stiff"
        else
            echo "FAIL rectifier, $quantity at $tolerance: $stiff, $interpreted, not $explicit"
        fi
    done
done
