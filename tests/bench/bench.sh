#!/bin/bash
# Measures what the project promises, and prints each figure beside its target. The figures are
# medians of several runs on this machine. Usage: tests/bench/bench.sh WEFT
# Exit status: 0 every target is reached, 1 one is missed, 3 something could not be measured.
set -u
cd "$(dirname "$0")/../.." || exit 3
weft=$(realpath "${1:-build/weft}")
library=$(dirname "$weft")/libweft-rt.a
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
worst=0

median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : "none" }'; }

# User CPU seconds of a command, children included: the median of TIMES runs.
user_seconds() { # TIMES COMMAND ...
    local times=$1 i taken
    shift
    TIMEFORMAT=%U
    for ((i = 0; i < times; i++)); do
        taken=$({ time "$@" >"$work/out" 2>"$work/err"; } 2>&1) && echo "$taken" || echo none
    done | median
}

# A number in the JSON that `weft run --json` prints, by the name of its last key.
json_number() { # KEY
    sed -n "s/.*\"$1\" *: *\\([-+.0-9eE]*\\).*/\\1/p" | head -n 1
}
fact() { # WHAT MEASURED UNIT: a figure without a target
    printf '%-52s %12s %-3s\n' "$1" "${2:-none}" "$3"
}
ratio() { # A B
    awk -v a="$1" -v b="$2" 'BEGIN { if (b + 0 > 0) printf "%.3g", a / b }'
}
run_json() { # TIMES KEY ARGUMENTS ...: the median of a number over several runs
    local times=$1 key=$2 i
    shift 2
    for ((i = 0; i < times; i++)); do
        "$weft" run "$@" --json 2>"$work/err" | json_number "$key"
    done | median
}

figure() { # WHAT MEASURED UNIT RELATION TARGET
    local verdict
    verdict=$(awk -v m="$2" -v relation="$4" -v t="$5" 'BEGIN {
        if (m !~ /^[-+.0-9]/) print "not measured"
        else print (relation == "<=" ? m + 0 <= t : m + 0 >= t) ? "reached" : "MISSED" }')
    printf '%-52s %12s %-3s  %s %-6s %s\n' "$1" "${2:-none}" "$3" "$4" "$5" "$verdict"
    case $verdict in
    MISSED) [ "$worst" = 3 ] || worst=1 ;;
    'not measured') worst=3 ;;
    esac
}

# An N x N grid, to be compiled for two sizes.
square_grid() { # N
    cat <<END
import layers.synaptic_grid;
block square {
  in x[$1], y[$1];
  part g: grid(n = $1, m = $1);
  g.x[j] = x[j];
  g.y[i] = y[i];
  sequencer cycle(clock = 10kHz) { loop { g.read;  g.invert;  g.write; } }
}
END
}
# The words of a text, one on each line, with every number (the fingerprint too) made N. Where lines
# are broken and how columns are aligned follows from the lengths of numbers.
words() {
    sed -E 's/"[0-9a-f]{16}"|0x[0-9a-fA-F.]+(p[-+]?[0-9]+)?/N/g
            s/[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/N/g' "$1" | tr -s '[:space:]' '\n'
}
compile_sizes() {
    local n file
    for n in 2 1000; do
        mkdir -p "$work/$n"
        square_grid $n >"$work/$n/square.weft"
        figure "compile a $n x $n grid, no C compiler" \
            "$(user_seconds 7 "$weft" build "$work/$n/square.weft" -o "$work/$n/out")" s '<=' 0.05
    done
    : >"$work/differ"
    for file in "$work"/2/out/*; do
        diff <(words "$file") <(words "$work/1000/out/${file##*/}") | grep '^[<>]' >>"$work/differ"
    done
    [ -e "$file" ] && figure 'words that differ in more than numbers' \
        "$(wc -l <"$work/differ")" '' '<=' 0
}

# Seconds of one run of the grid's ten cycles inside a process, without reading, writing or
# starting.
grid_seconds() {
    local model
    "$weft" build $soudry/grid.weft -o "$work/loop" >"$work/out" 2>"$work/err" || return
    model=$(sed -n 's/^const weft_model \*\([a-z_0-9]*\)(void);$/\1/p' "$work"/loop/*.h | head -n 1)
    ${CC:-cc} -std=c11 -O3 -march=native -ffp-contract=off -D_POSIX_C_SOURCE=200809L \
        -DMODEL="$model" -Iruntime \
        -o "$work/loop/loop" tests/bench/loop.c "$work"/loop/*.c "$library" -lpthread -ldl -lm \
        2>"$work/err" || return
    for _ in 1 2 3 4 5 6 7 8 9; do "$work/loop/loop" 2000 || echo none; done | median
}

printf '%s, %s\n' "$(date +%F)" "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
printf 'medians of several runs; all times are user CPU seconds\n\n'
for file in examples/*/*.weft; do
    seconds=$(user_seconds 7 "$weft" build "$file" -o "$work/built")
    figure "compile $(basename "$file"), no C compiler" "$seconds" s '<=' 0.05
done
compile_sizes

soudry=examples/soudry2015
# The first run compiles; the ones that are measured find its result in the cache.
mismatches=$(run_json 1 mismatches $soudry/iris.weft iris --lockstep)
cycles=$(run_json 1 cycles $soudry/iris.weft iris --lockstep)
"$weft" run $soudry/iris.weft iris --quiet >"$work/out" 2>"$work/err"
figure 'Iris, 10 repeats of 100 epochs' \
    "$(user_seconds 5 "$weft" run $soudry/iris.weft iris --quiet)" s '<=' 1
lockstep=$(user_seconds 3 "$weft" run $soudry/iris.weft iris --lockstep --quiet)
figure 'the same in lockstep' "$lockstep" s '<=' 10
figure 'mismatches in lockstep' "$mismatches" '' '<=' 0
fact 'clock cycles compared' "$cycles" ''
fact 'clock cycles per second in lockstep' "$(ratio "$cycles" "$lockstep")" '1/s'

awk -f tests/bench/grid_deck.awk -v reltol=1e-5 -v step=250e-6 >"$work/grid.cir"
circuit=$(cd "$work" && user_seconds 9 ngspice -b grid.cir)
ours=$(grid_seconds)
fact '2 x 2 grid, ten cycles in ngspice' "$circuit" s
fact 'the same in weft' "$ours" s
figure 'ngspice over weft' "$(ratio "$circuit" "$ours")" '' '>=' 300

# The same network, stiff, by both solvers.
stiff=examples/paulu2021/stiff.weft
for solver in stiff explicit; do "$weft" run $stiff $solver -o "$work/out.d" --quiet; done \
    >"$work/out" 2>"$work/err"
slow=$(user_seconds 1 "$weft" run $stiff explicit -o "$work/out.d" --quiet)
quick=$(user_seconds 5 "$weft" run $stiff stiff -o "$work/out.d" --quiet)
fact 'stiff XOR, 12 rows, explicit solver' "$slow" s
fact 'the same by the stiff solver' "$quick" s
figure 'explicit over stiff' "$(ratio "$slow" "$quick")" '' '>=' 20

. tests/bench/clockless.sh
. tests/bench/table2.sh
exit $worst
