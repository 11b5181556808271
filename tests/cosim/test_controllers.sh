#!/bin/bash
# Controllers in all their forms: the cases of cases.c and some made by dice, interpreted, in C, and
# in RTL under Verilator and Icarus; lint and synthesis without a warning; the primitives' benches.
# Needs BUILD (with san/libweft-all.a) and WORK; DICE and CYCLES make it longer.
set -u
project=$PWD
dice=${DICE:-60} cycles=${CYCLES:-500}
status=0
verdict() { # NAME STATUS [LOG]
    if [ "$2" = 0 ]; then
        echo "ok $1"
    else
        echo "FAIL $1"
        [ -n "${3:-}" ] && tail -n 20 "$3"
        status=1
    fi
}
export WEFT_CACHE=$WORK/cache

compile() { # NAME
    cc -std=c11 -Wall -Wextra -Werror -D_POSIX_C_SOURCE=200809L -ffp-contract=off \
        -Icompiler -Iruntime -Itests -Igrammar -O1 -g -fsanitize=address,undefined \
        -fno-sanitize-recover=all -rdynamic -o "$WORK/$1" "tests/cosim/$1.c" \
        "$BUILD/san/libweft-all.a" ${LDFLAGS:-} $LIBS
}
for program in emit_cases lockstep_cases; do
    compile $program >"$WORK/cc.log" 2>&1
    verdict "compile $program" $? "$WORK/cc.log"
done

# ---- the primitives ----
for bench in rtl/bench/*_bench.sv; do
    name=$(basename "$bench" _bench.sv)
    verilator --lint-only -Wall "rtl/$name.sv" >"$WORK/log" 2>&1
    verdict "$name: lint" $? "$WORK/log"
    yosys -q -p "read_verilog -sv rtl/$name.sv; synth" >"$WORK/log" 2>&1 && [ ! -s "$WORK/log" ]
    verdict "$name: synthesis" $? "$WORK/log"
    iverilog -g2012 -Wall -Wno-timescale -o "$WORK/$name.vvp" "rtl/$name.sv" "$bench" \
        >"$WORK/log" 2>&1 && [ ! -s "$WORK/log" ] &&
        vvp "$WORK/$name.vvp" >"$WORK/log" 2>&1 && grep -qx PASS "$WORK/log"
    verdict "$name: Icarus" $? "$WORK/log"
    verilator --binary --timing -Irtl --Mdir "$WORK/$name" --top-module "${name}_bench" -o run \
        "$bench" >"$WORK/log" 2>&1 && "$WORK/$name/run" >"$WORK/log" 2>&1 &&
        grep -qx PASS "$WORK/log"
    verdict "$name: Verilator" $? "$WORK/log"
done

# ---- generated modules ----
mkdir "$WORK/sv"
"$WORK/emit_cases" "$WORK/sv" "$cycles" "$dice" >"$WORK/log" 2>&1
verdict 'emit the cases' $? "$WORK/log"
cp rtl/weft_*.sv "$WORK/sv"
cd "$WORK/sv" || exit 3
long=$(awk 'length > 100' top_*.sv | wc -l)
[ "$long" = 0 ]
verdict 'no line beyond column 100' $?
for module in top_*.sv; do
    grep -q 'lint_off' "$module" && echo "$module: a waiver"
    verilator --lint-only -Wall -I. "$module" 2>&1
done >lint.log
[ ! -s lint.log ]
verdict 'Verilator -Wall says nothing' $? lint.log
# Those by hand and a few by dice: synthesis takes its time.
for module in $(ls top_*.sv | grep -v dice) $(ls top_dice?.sv); do
    top=$(basename "$module" .sv)
    yosys -p "read_verilog -sv $module weft_pwm.sv weft_sync.sv; synth -top $top; \
check -assert; select -assert-none t:\$_DLATCH*" 2>&1 |
        grep -iE '^(warning|error)' | sed "s/^/$module: /"
done >yosys.log
[ ! -s yosys.log ]
verdict 'Yosys says nothing, no latch' $? yosys.log
iverilog -g2012 -Wall -Wno-timescale -o bench.vvp bench.sv top_*.sv weft_*.sv >iverilog.log 2>&1 &&
    [ ! -s iverilog.log ]
verdict 'Icarus compiles them' $? iverilog.log
vvp bench.vvp >vvp.log 2>&1
for out in *.out; do
    name=${out%.out}
    cmp "$out" "$name.rtl" >cmp.log 2>&1
    verdict "$name: Icarus as interpreted" $? cmp.log
done
cd "$project" || exit 3

# ---- C, and the RTL as the runtime drives it ----
"$WORK/lockstep_cases" "$project" "$dice" \
    trial pulses pulses_wide sync bits_array par_nested dice3 dice5 || status=1
exit $status
