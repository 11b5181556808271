#!/bin/bash
# Which lines and branches of compiler/, runtime/ and grammar/ the tests run. `make cover` builds
# with gcov's counters and calls this. Usage: cover.sh FOLDER [TEST ...]
#
# FOLDER (build/cover) holds that build. Without tests the counters are cleared and the suite is
# run, without what says nothing about a line: rules, damage, random programs, ngspice. With
# tests, only these are run and added. Prints a table; FOLDER/uncovered.txt gets each line never
# run and each with branches never taken. How it counts: tests/README.md.
set -u
cd "$(dirname "$0")/../.." || exit 3
cover=$1
shift
if [ $# -eq 0 ]; then
    find "$cover" -name '*.gcda' -delete
    set -- $(for source in tests/unit/test_*.c; do
        echo "$cover/san/unit/$(basename "$source" .c)"
    done) $(find tests -name 'test_*.sh' | grep -vE '/(rules|random|spice)/|/test_damage' | sort)
fi

# One program in both roles; LDFLAGS is for what tests link themselves.
WEFT=$(realpath "$cover/san/weft")
export WEFT WEFT_FAST=$WEFT LDFLAGS=--coverage DICE=${DICE:-10} CYCLES=${CYCLES:-200}
BUILD=$cover LIMIT=${LIMIT:-1800} tests/run.sh "$@"
status=$?

find "$cover/san" -name '*.gcno' ! -path '*/unit/*' ! -path '*/random/*' | sort |
    while read -r notes; do gcov -t -b -c "$notes"; done >"$cover/gcov.txt" 2>"$cover/gcov.err"
awk -v uncovered="$cover/uncovered.txt" -f tests/cover/report.awk "$cover/gcov.txt"

# Lines of the tests for each line of what they test: blank lines count, data and expectations that
# a command writes (.out, .csv, the fuzzers' corpus) do not.
lines() { # FILES ...
    cat "$@" | wc -l
}
source_lines=$(lines $(git ls-files compiler runtime grammar rtl |
    grep -E '\.(c|h|y|l|def|sv|svh)$' | grep -v '^rtl/bench/'))
test_lines=$(lines $(git ls-files tests rtl/bench |
    grep -E '\.(c|h|sh|awk|weft|sv|txt|cir)$' | grep -v '^tests/fuzz/corpus/'))
awk -v tests="$test_lines" -v sources="$source_lines" 'BEGIN {
    printf "\n%d lines of tests for %d lines of source: %.2f\n", tests, sources, tests / sources
}'
exit $status
