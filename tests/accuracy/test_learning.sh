#!/bin/bash
# The circuit learns what the algorithm learns: mean test error on Iris and on the breast cancer
# data against Table III of Soudry et al. 2015 (two of its deviations), against the algorithm
# computed directly on the same splits and orders (one of them), and against the circuit's algebra.
set -u
data=examples/soudry2015/data
strict='-std=c11 -Wall -Wextra -Werror -O2 -ffp-contract=off'
${CC:-cc} $strict -o "$WORK/soudry" tests/reference/soudry.c -lm &&
    ${CC:-cc} $strict -Iruntime -o "$WORK/orders" tests/reference/orders.c runtime/rng.c -lm ||
    exit 3
"$WORK/orders" 150 75 100 10 1 >"$WORK/iris.orders"
"$WORK/orders" 569 284 30 10 1 >"$WORK/wdbc.orders"

direct() { # TASK MODEL: the mean, 0 .. 1
    "$WORK/soudry" "$1" "$2" $data/"$1".csv "$WORK/$1.orders" | cut -d ' ' -f 1
}
circuit() { # FILE EXPERIMENT
    "$WEFT_FAST" run examples/soudry2015/"$1".weft "$2" --seed 1 --json -o "$WORK/$2" \
        2>"$WORK/$2.err" | tr -d '\n ' | sed -n 's/.*"test.error":{"mean":\([^,}]*\).*/\1/p'
}

# The paper's Table III: error of the circuit (b), of the noisy circuit (c), and their deviations.
# The circuit rounds pulses to clock cycles and starts from other weights than the programs here.
{
    for task in iris wdbc; do
        case $task in
        iris) b=0.028 sb=0.019 c=0.047 sc=0.024 ;;
        wdbc) b=0.015 sb=0.007 c=0.015 sc=0.007 ;;
        esac
        clean=$(circuit $task $task)
        noisy=$(circuit $task ${task}_noisy)
        echo "$task:table-3b max $(awk "BEGIN { print 2 * $sb }") $b $clean"
        echo "$task:table-3c max $(awk "BEGIN { print 2 * $sc }") $c $noisy"
        echo "$task:algorithm abs $sb $(direct $task algorithm) $clean"
        echo "$task:trial abs $sb $(direct $task trial) $clean"
        echo "$task:noisy-trial abs $sc $(direct $task noisy) $noisy"
    done
} >"$WORK/lines"
awk -f tests/accuracy/compare.awk "$WORK/lines"
status=$?
[ $status = 0 ] || cat "$WORK"/*.err
exit $status
