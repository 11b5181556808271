#!/bin/bash
# The examples' controllers in C and in Verilated RTL side by side: ENDURANCE cycles (100,000; with
# LONG=1 ten million) of random inputs and resets, every output in every cycle, every state seen.
# Needs BUILD (with san/libweft-all.a) and WORK.
set -u
cycles=${ENDURANCE:-$([ -n "${LONG:-}" ] && echo 10000000 || echo 100000)}
export WEFT_CACHE=$WORK/cache
if ! cc -std=c11 -Wall -Wextra -Werror -D_POSIX_C_SOURCE=200809L -ffp-contract=off -Icompiler \
    -Iruntime -Itests -Igrammar -O2 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
    -rdynamic -o "$WORK/endurance" tests/cosim/endurance.c "$BUILD/san/libweft-all.a" \
    ${LDFLAGS:-} $LIBS; then
    echo 'FAIL endurance is built'
    exit 1
fi
while read -r file experiment; do
    "$WORK/endurance" "$PWD" "$cycles" "$file" $experiment
done <<END
examples/quickstart/quickstart.weft hysteresis
examples/soudry2015/grid.weft
examples/soudry2015/iris.weft iris
examples/soudry2015/wdbc.weft wdbc
examples/leaky_weights/leaky_weights.weft
tests/semantics/controllers.weft token
tests/semantics/controllers.weft alarms
END
