#!/bin/bash
# The networks of examples/paulu2021: every experiment's own expectations hold, and the rates show
# what they must. The last two networks of speed.weft are trained for a few epochs here; whole by
# `make bench`.
set -u
examples=examples/paulu2021

ran() { # NAME FILE EXPERIMENT: the result as $WORK/NAME.json, on one line
    "$WEFT_FAST" run "$2" "$3" --json --data $examples -o "$WORK" >"$WORK/$1.full" 2>"$WORK/$1.err"
    local status=$?
    tr -d '\n' <"$WORK/$1.full" >"$WORK/$1.json"
    if [ $status = 0 ]; then
        echo "ok $1"
    else
        echo "FAIL $1: exit status $status"
        cat "$WORK/$1.json" "$WORK/$1.err"
    fi
}
# An experiment with another number of epochs, and nothing expected of it.
shortened() { # NAME FILE EXPERIMENT EPOCHS
    sed -e "s/train 1000 epochs/train $4 epochs/" -e '/^  expect/d' "$examples/$2" >"$WORK/$1.weft"
    ran "$1" "$WORK/$1.weft" "$3"
}
measured() { # NAME MEASURE PART
    sed -n "s/.*\"$2\":{[^}]*\"$3\":\([^,}]*\).*/\1/p" "$WORK/$1.json"
}
trained() { sed -n 's/.*"trained":\([^,}]*\).*/\1/p' "$WORK/$1.json"; }

ran two_rows $examples/two_rows.weft two_rows
ran fig8 $examples/two_rows.weft fig8
for rate in slow medium fast; do ran $rate $examples/xor.weft xor_$rate; done
ran parasitic $examples/xor_parasitic.weft xor_parasitic
shortened medium_100 xor.weft xor_medium 100
shortened fast_6 xor.weft xor_fast 6
ran test1 $examples/speed.weft test1
ran test2 $examples/speed.weft test2
shortened test3 speed.weft test3 10
shortened test4 speed.weft test4 2

{
    # One row wrong in the worst of the ten sets would be 0.25.
    for rate in slow medium fast parasitic; do
        echo "$rate:all-sets-classify abs 0 0 $(measured $rate test.wrong max)"
    done
    # Small steps follow the gradient of the mean over the rows: rate times epochs is what counts.
    echo "slow:is-a-tenth rel 0.2 $(measured medium_100 test.mse mean)" \
        "$(measured slow test.mse mean)"
    # A rate of one forgets: a row is learned at once, and undoes what the others had learned. The
    # best constant output has a mean squared error of 0.25 V^2.
    echo "fast:learns-the-row max 0 0.1 $(measured fast_6 train.mse mean)"
    echo "fast:forgets-the-others max 0 -0.25 -$(measured fast_6 test.mse mean)"
    # Rows times epochs times 1 ns, Table 1 of the paper times a thousand; shortened, as above.
    echo "test1:trains-for rel 1e-12 2e-6 $(trained test1)"
    echo "test2:trains-for rel 1e-12 10e-6 $(trained test2)"
    echo "test3:trains-for rel 1e-12 1e-6 $(trained test3)"
    echo "test4:trains-for rel 1e-12 1e-6 $(trained test4)"
    # The target is 0.5 + 0.4 sin(pi (x1 - x2)): the best constant leaves 0.4^2 / 2 = 0.08 V^2.
    for test in test3 test4; do
        echo "$test:learns max 0 0.04 $(measured $test test.mse mean)"
    done
} >"$WORK/lines"
awk -f tests/accuracy/compare.awk "$WORK/lines"
