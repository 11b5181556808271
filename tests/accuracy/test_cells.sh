#!/bin/bash
# Every cell of models/cells against its equation (Paulu et al. 2021, the number beside it), with
# the values of the paper where it names them: tests/accuracy/cells.weft presents eleven rows of 0.1
# ns each and looks at 25 ps and 75 ps of each.
set -u
if ! "$WEFT" run tests/accuracy/cells.weft --interpret --quiet -o "$WORK" >"$WORK/err" 2>&1; then
    printf 'FAIL the cells run\n%s\n' "$(cat "$WORK/err")"
    exit 1
fi
# time, a, b, ideal, saturating, activation, slope, error, weight, the neuron's y, back, weights
awk -F ',' '
    function tanh(x) { return (exp(x) - exp(-x)) / (exp(x) + exp(-x)) }
    function say(what, tolerance, wanted, got) {
        printf "%s %s %s %.15g %s\n", what, wanted ? "rel" : "abs", tolerance, wanted, got
    }
    NR == 1 { next }
    { e = exp($2 / 0.25) }
    {
        a = $2; b = $3
        say("multiplier-eq-5", 1e-14, 100e-6 * a * b, $4)
        say("saturating-multiplier-eq-17", 1e-12, 100e-6 * tanh(a * (b + 0.01)), $5)
        say("activation-eq-6", 1e-12, 1 / (1 + exp(-$4 / 25e-6)), $6)
        printf "derivative-eq-7 abs 1e-15 %.15g %s\n", 4 * e / (e + 1) ^ 2, $7
        say("error-eq-14", 1e-14, a - b, $8)
        # eq. 8 with 0.1 pF: 25 ps more, then 50 ps more in the same row
        if (NR % 2) charge += 50e-12 * 1e-3 * $4
        else charge += 25e-12 * 1e-3 * (last + $4)
        last = $4
        printf "capacitor-eq-8 abs 1e-13 %.15g %s\n", charge / 0.1e-12, $9
        # eqs. 1, 6 and 11: 1 / V is the product of 10 kOhm and 100 uA / V^2
        net = $12 + $13 * a; f = 1 / (1 + exp(-net * 100e-6 / 25e-6))
        say("neuron-eqs-1-6", 1e-12, f, $10)
        q = b * 4 * f * (1 - f)
        say("neuron-eq-11", 1e-11, 100e-6 * q * $13, $11)
        # eq. 13: within a row both weights follow the same dE/dnet, times 1 V and times the input
        if (NR % 2 && b) {
            printf "neuron-eq-13 abs 1e-12 %.15g %.15g\n", a * ($12 - w0), $13 - w1
            printf "neuron-learns-downhill max 0 -1e-9 %.15g\n", b * ($12 - w0)
        }
        w0 = $12; w1 = $13
    }' "$WORK/curves.csv" >"$WORK/lines"
awk -f tests/accuracy/compare.awk "$WORK/lines"
