#!/bin/bash
# What is generated from the files of tests/semantics: C without a warning from gcc and clang,
# controllers without one from Verilator, Yosys and Icarus. One experiment of each block.
set -u
strict='-std=c11 -Wall -Wextra -Werror -pedantic -ffp-contract=off -fsyntax-only'
here=tests/semantics

says_nothing() { # NAME COMMAND ...
    local name=$1
    shift
    if "$@" >"$WORK/said" 2>&1 </dev/null && ! grep -iq 'warning\|latch inferred' "$WORK/said"; then
        echo "ok $name"
    else
        echo "FAIL $name: $(head -n 15 "$WORK/said")"
    fi
}

# The experiments of a file, the first of each block: `experiment NAME of BLOCK`.
of_each_block() {
    sed -n 's/^experiment \([a-z_0-9]*\) of \([a-z_0-9]*\).*/\1 \2/p' "$1" |
        awk '!seen[$2]++ { print $1 }'
}

synthesis=
for file in $here/*.weft; do
    stem=$(basename "$file" .weft)
    sources=() controllers=()
    for name in $(of_each_block "$file"); do
        out=$WORK/$stem/$name
        mkdir -p "$out"
        if ! "$WEFT_FAST" build "$file" "$name" -o "$out" --quiet >"$WORK/said" 2>&1; then
            echo "FAIL $stem $name is not built: $(head -n 5 "$WORK/said")"
            continue
        fi
        sources+=("$out"/*.c)
        for controller in "$out"/*.sv; do
            [ -e "$controller" ] && controllers+=("$controller")
        done
    done
    for compiler in gcc clang; do
        says_nothing "$stem $compiler" $compiler $strict -Iruntime "${sources[@]}"
    done
    for controller in "${controllers[@]}"; do
        name="$stem $(basename "$controller")"
        says_nothing "$name verilator" verilator --lint-only -Wall "$controller" rtl/*.sv \
            --top-module "$(basename "$controller" .sv)"
        says_nothing "$name iverilog" iverilog -g2012 -o "$WORK/a.out" "$controller" rtl/*.sv
        synthesis="$synthesis read_verilog -sv $controller $(echo rtl/*.sv);"
        synthesis="$synthesis synth -top $(basename "$controller" .sv); design -reset;"
    done
done
# One process for all: most of its time is its start.
says_nothing 'yosys' yosys -q -p "$synthesis"
