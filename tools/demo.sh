#!/bin/bash
# The demo: one pulsed memristor, the networks of Soudry et al. 2015 on the real data, their test
# errors beside Table III of the paper, and a network of Paulu et al. 2021. Takes about 25 s.
# Usage: tools/demo.sh WEFT
# Exit status: 0 all that was expected holds, C and RTL agree; otherwise the worst status of weft.
set -u
project=$(realpath "$(dirname "$0")/..") || exit 3
weft=$(realpath "$1") || exit 3
cd "$project" || exit 3
out=$(realpath -m --relative-to=. "$(dirname "$weft")/demo")
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
soudry=examples/soudry2015
worst=0

# A number or word in the JSON that `weft run --json` prints, by its key; its first place counts.
json_of() { # NAME KEY
    tr -d '\n' <"$work/$1.json" | sed -nE "s/.*\"$2\":\{?(\"mean\":)?([-+.0-9eEa-z]+).*/\2/p"
}
test_error() { # NAME: "mean std" in per cent
    tr -d '\n' <"$work/$1.json" |
        sed -nE 's/.*"test\.error":\{"mean":([^,]*),"std":([^,]*),.*/\1 \2/p' |
        awk '{ printf "%.1f +- %.1f %%", 100 * $1, 100 * $2 }'
}
thousands() { echo "$1" | sed -E ':a; s/([0-9])([0-9]{3})($| )/\1 \2\3/; ta'; }
failed() { # STATUS NAME
    [ "$1" -le "$worst" ] || worst=$1
    [ ! -s "$work/$2.err" ] || sed 's/^/      /' "$work/$2.err"
}

# Runs an experiment and says in one line how it went.
experiment() { # FILE NAME WHAT OPTIONS ...
    local file=$1 name=$2 what=$3 status=0 begin cycles mismatches
    shift 3
    printf '  %-10s  %-50s ' "$name" "$what"
    begin=$(date +%s.%N)
    "$weft" run "$file" "$name" --json "$@" -o "$out" \
        >"$work/$name.json" 2>"$work/$name.err" || status=$?
    awk -v a="$begin" -v b="$(date +%s.%N)" 'BEGIN { printf "%5.1f s", b - a }'
    if [ "$status" -gt 1 ] || [ ! -s "$work/$name.json" ]; then
        printf '  failed (exit status %d)\n' "$status"
        failed "$([ "$status" -gt 0 ] && echo "$status" || echo 3)" "$name"
        return
    fi
    cycles=$(json_of "$name" cycles)
    if [ -n "$cycles" ]; then
        mismatches=$(json_of "$name" mismatches)
        printf '  %s cycles, %s mismatches' "$(thousands "$cycles")" "$mismatches"
        [ "$mismatches" = 0 ] || [ "$worst" -ge 1 ] || worst=1
    fi
    printf '\n'
    failed "$status" "$name"
}

# What `expect` said: the limit and whether it holds.
verdict() { # NAME
    tr -d '\n' <"$work/$1.json" 2>/dev/null |
        sed -nE 's/.*"text":"test\.error <= ([^"]*)","holds":true.*/\1 holds/p
                 s/.*"text":"test\.error <= ([^"]*)","holds":false.*/\1 MISSED/p' | head -n 1
}

# Row (a): the same learning computed directly, without weft, on the same splits and orders.
algorithm() { # TASK ROWS TRAIN EPOCHS
    { [ -x "$work/soudry" ] || {
        ${CC:-cc} -std=c11 -O2 -o "$work/soudry" tests/reference/soudry.c -lm &&
            ${CC:-cc} -std=c11 -O2 -Iruntime -o "$work/orders" tests/reference/orders.c \
                runtime/rng.c -lm
    }; } && "$work/orders" "$2" "$3" "$4" 10 1 >"$work/$1.orders" &&
        "$work/soudry" "$1" algorithm "$soudry/data/$1.csv" "$work/$1.orders" |
        awk '{ printf "%.1f +- %.1f %%", 100 * $1, 100 * $2 }'
}

row() { # LABEL PAPER WEFT LIMIT PAPER WEFT LIMIT
    printf '  %-29s %-12s  %-12s %-13s  %-12s  %-12s %s\n' "$@"
}

printf 'One memristor, five pulses\n\n'
experiment examples/quickstart/quickstart.weft hysteresis \
    'a current that steps up with every pulse'
[ -s "$out/hysteresis.svg" ] && printf '\n  plot: %s\n' "$out/hysteresis.svg"

printf '\nFrom one text to C and RTL\n\n'
"$weft" build $soudry/iris.weft -o "$out" >/dev/null 2>"$work/build.err" || failed $? build
printf '  %s, %s lines with its imports:\n' "$soudry/iris.weft" "$(cat $soudry/iris.weft \
    models/layers/synaptic_grid.weft models/synapses/gated_2t1m.weft \
    models/devices/linear_drift.weft | wc -l)"
for file in "$out/iris.c" "$out/mlp_trial.sv"; do
    printf '  %-26s %4d lines\n' "$file" "$(wc -l <"$file")"
done

printf '\nNetworks that learn on chip, 10 repeats each\n\n'
experiment $soudry/iris.weft iris '4-4-3 on Iris, controllers in C and RTL, lockstep' --lockstep
experiment $soudry/iris.weft iris_noisy '10 % noise, 30 % variability, controller in C'
experiment $soudry/wdbc.weft wdbc '30-1 on breast cancer, C and RTL in lockstep' --lockstep
experiment $soudry/wdbc.weft wdbc_noisy '10 % noise, 30 % variability, controller in C'

printf '\nTest error beside Table III of Soudry et al. 2015, mean and standard deviation\n\n'
row '' 'Iris: paper' weft expected 'cancer: paper' weft expected
row '(a) algorithm, without weft' '2.9 +- 2 %' "$(algorithm iris 150 75 100)" '' \
    '1.3 +- 0.7 %' "$(algorithm wdbc 569 284 30)" ''
row '(b) circuit' '2.8 +- 1.9 %' "$(test_error iris)" "<= $(verdict iris)" \
    '1.5 +- 0.7 %' "$(test_error wdbc)" "<= $(verdict wdbc)"
row '(c) with noise, variability' '4.7 +- 2.4 %' "$(test_error iris_noisy)" \
    "<= $(verdict iris_noisy)" '1.5 +- 0.7 %' "$(test_error wdbc_noisy)" "<= $(verdict wdbc_noisy)"
printf '\n  expected: the paper'"'"'s mean and two of its deviations; %s/README.md says more\n' \
    $soudry

printf '\nA network that learns without a clock: Paulu et al. 2021\n\n'
experiment examples/paulu2021/xor.weft xor_medium 'exclusive or, ten sets of weights, 1000 epochs'
printf '\n  mean squared error %.3g V^2, share of rows wrong %.3g; in hardware %.3g s\n' \
    "$(json_of xor_medium test.mse)" "$(json_of xor_medium test.wrong)" \
    "$(json_of xor_medium trained)"
exit "$worst"
