#!/bin/bash
# The clockless network of models/layers/clockless_network.weft from fixed initial weights, 1000
# epochs: against tests/reference-data/r3, an integration of the same equations by a fixed-step
# fourth-order method in another program (the step halved changes its weights by 4e-9 V, 8e-5 V,
# 1.4e-7 V and 1.8e-4 V, and its errors by less than 5e-8 V^2, in the order below). Outputs are
# sampled in the middle of each row of the evaluation; weights are those after 10, 100, 1000 epochs.
set -u
reference=tests/reference-data/r3

# Lines for compare.awk. The record has a sample for each row of the data, first those of the
# training, then those of the evaluation: time, output, the weights in the order of the reference.
lines() { # NAME TARGETS TOLERANCE WEIGHTS-TOLERANCE RECORD
    awk -v name="$1" -v targets="$2" -v tolerance="$3" -v loose="$4" -F ',' '
        BEGIN { rows = split(targets, target, " ") }
        FILENAME ~ /record/ {
            if (FNR == 1) next
            at = FNR - 2; epoch = int(at / (2 * rows)) + 1; row = at % (2 * rows) - rows
            if (row < 0) next
            y[epoch, row + 1] = $2; mse[epoch] += ($2 - target[row + 1]) ^ 2 / rows
            if (row == 0) for (k = 3; k <= NF; k++) weight[epoch, k] = $k
            next
        }
        FNR == 1 { next }
        FILENAME ~ /_weights/ {
            for (k = 2; k <= NF; k++)
                printf "%s:weights-%d abs %s %s %s\n", name, $1, loose, $k, weight[$1, k + 1]
            next
        }
        {
            printf "%s:error abs %s %s %.12g\n", name, tolerance, $2, mse[$1]
            for (k = 1; k <= rows; k++)
                printf "%s:outputs abs %s %s %s\n", name, tolerance, $(2 + k), y[$1, k]
        }' "$5" $reference/"$1".csv $reference/"$1"_weights.csv
}
run() { # FILE EXPERIMENT OPTIONS ...
    local file=$1 name=$2
    shift 2
    mkdir -p "$WORK/out"
    if ! "$WEFT_FAST" run "tests/accuracy/r3/$file.weft" "$name" --quiet -o "$WORK/out" "$@" \
        >"$WORK/$name.txt" 2>&1; then
        printf 'FAIL %s runs\n%s\n' "$name" "$(cat "$WORK/$name.txt")"
        return 1
    fi
    mv "$WORK/out/$name.csv" "$WORK/record.$name"
}

# Tolerances in V and V^2.
run two_rows r3_121 && lines r3_121 '0.8 0.3' 1e-6 2e-4 "$WORK/record.r3_121" >"$WORK/lines"
for case in r3_xor:1e-5:2e-4 r3_xor_slow:1e-5:2e-4 r3_xor_fast:1e-5:2e-4; do
    IFS=: read -r rate tolerance weights <<<"$case"
    run xor "$rate" &&
        lines "$rate" '0 1 1 0' "$tolerance" "$weights" "$WORK/record.$rate" >>"$WORK/lines"
done
awk -f tests/accuracy/compare.awk "$WORK/lines"

for short in two_rows:r3_121_short xor:r3_xor_short; do
    name=${short#*:}
    run "${short%:*}" "$name" && cp "$WORK/record.$name" "$WORK/compiled"
    if run "${short%:*}" "$name" --interpret && cmp "$WORK/record.$name" "$WORK/compiled"; then
        echo "ok $name: the interpreter and C give the same bits"
    else
        echo "FAIL $name: the interpreter and C give the same bits"
    fi
done
