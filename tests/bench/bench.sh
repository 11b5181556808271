#!/bin/bash
# Measures what the project promises, and prints each figure beside its target. The figures are
# medians of several runs on this machine. Usage: tests/bench/bench.sh WEFT
# Exit status: 0 every target is reached, 1 one is missed, 3 something could not be measured.
set -u
cd "$(dirname "$0")/../.." || exit 3
weft=$(realpath "${1:-build/weft}")
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
worst=0

median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : "none" }'; }

# User CPU seconds of a command, children included: the median of TIMES runs.
user_seconds() { # TIMES COMMAND ...
    local times=$1 i
    shift
    TIMEFORMAT=%U
    for ((i = 0; i < times; i++)); do
        { time "$@" >"$work/out" 2>"$work/err" || echo none; } 2>&1
    done | median
}

# A number in the JSON that `weft run --json` prints, by the name of its last key.
json_number() { # KEY
    sed -n "s/.*\"$1\" *: *\\([-+.0-9eE]*\\).*/\\1/p" | head -n 1
}
run_json() { # TIMES KEY ARGUMENTS ...: the median of a number over several runs
    local times=$1 key=$2 i
    shift 2
    for ((i = 0; i < times; i++)); do
        "$weft" run "$@" --json 2>"$work/err" | tr -d '\n' | json_number "$key"
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

for file in examples/*/*.weft; do
    seconds=$(user_seconds 7 "$weft" build "$file" -o "$work/built")
    figure "compile $(basename "$file"), no C compiler" "$seconds" s '<=' 0.05
done

soudry=examples/soudry2015
if [ -f $soudry/iris.weft ]; then
    figure 'Iris, 10 repeats of 100 epochs' "$(run_json 5 run $soudry/iris.weft iris)" s '<=' 1
    figure 'the same in lockstep' "$(run_json 3 run $soudry/iris.weft iris --lockstep)" s '<=' 10
    figure 'mismatches in lockstep' \
        "$(run_json 1 mismatches $soudry/iris.weft iris --lockstep)" '' '<=' 0
fi
if [ -f $soudry/grid.weft ]; then
    awk -f tests/bench/grid_deck.awk -v reltol=1e-5 -v step=250e-6 >"$work/grid.cir"
    circuit=$(cd "$work" && user_seconds 9 ngspice -b grid.cir)
    ours=$(run_json 9 run $soudry/grid.weft)
    figure '2 x 2 grid, ten cycles' "$ours" s '<=' 0.001
    ratio=$(awk -v a="$circuit" -v b="$ours" 'BEGIN { if (b + 0 > 0) printf "%.0f", a / b }')
    figure "the same, ngspice ($circuit s) over weft" "$ratio" '' '>=' 300
fi
exit $worst
