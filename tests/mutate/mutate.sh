#!/bin/bash
# Changes one operator, branch, constant or statement of the compiler at a time and asks whether a
# test sees it: `make mutate`. Usage: mutate.sh FOLDER; MUTANTS=n of them (100), drawn by SEED (1),
# FILES of them (the plan, and the checks of sequencers).
#
# Works on a copy of the project in FOLDER/tree, built without optimisation. A mutant is killed when
# one of the tests below fails on it, or when weft computes for more than 30 seconds; it survives
# when all pass. One that does not compile is no mutant. Survivors stand in FOLDER/survivors.txt;
# those that change nothing that can be seen, each with its reason, in tests/mutate/equivalent.txt.
set -u
cd "$(dirname "$0")/../.." || exit 3
folder=$1 count=${MUTANTS:-100} seed=${SEED:-1}
files=${FILES:-$(ls compiler/plan/*.c) compiler/model/statements.c}
# The quickest come first; of the wrong programs, those of controllers, circuits and time.
units='test_fsm test_fsm_expr test_interp test_derive test_solve test_tangent'
tests="$(printf 'build/san/unit/%s ' $units) tests/golden/stages/test_stages.sh
    tests/bad/test_bad.sh tests/semantics/test_semantics.sh"
cases='phase_*.weft sequencer_*.weft time_*.weft block_*.weft device_*.weft twice_*.weft'

# ---- the mutants: the first `count` of a shuffled list of all ----
mkdir -p "$folder/tree"
awk -f tests/mutate/sites.awk $files | awk -v seed="$seed" '
    BEGIN { x = seed % 2147483646 + 1 }
    { x = x * 16807 % 2147483647; print x " " $0 }' | sort -n | cut -d ' ' -f 2- \
    >"$folder/sites.txt"

# ---- the copy ----
tree=$(realpath "$folder/tree")
git ls-files --cached --others --exclude-standard | tar cf - -T - | tar xf - -C "$tree" || exit 3
[ -e "$tree/.git" ] || git init -q "$tree"
build() {
    make --no-print-directory -C "$tree" -j"${JOBS:-2}" BUILD=build WERROR= CFLAGS=-O0 \
        SANITIZE='-O0 -g' build/san/weft $(printf 'build/san/unit/%s ' $units) \
        >"$folder/build.log" 2>&1
}
# Prints the first test that fails; nothing when all pass.
failing() {
    local test
    for test in $tests; do
        (
            ulimit -v 4000000 -t 30
            cd "$tree" || exit 3
            WEFT_FAST=$tree/build/san/weft MODES=interpret CASES=$cases \
                tests/run.sh "$test"
        ) >"$folder/test.log" 2>&1 || {
            echo "$test"
            return
        }
    done
}
build || { cat "$folder/build.log"; exit 3; }
broken=$(failing)
[ -z "$broken" ] || { echo "unchanged, $broken fails"; cat "$folder/test.log"; exit 3; }

# ---- one after the other ----
killed=0 survived=0 invalid=0
: >"$folder/survivors.txt"
while IFS=: read -r file line column length kind change && [ $((killed + survived)) -lt "$count" ]
do
    cp "$tree/$file" "$folder/original"
    awk -v line="$line" -v column="$column" -v n="$length" -v change="$change" '
        NR == line { $0 = substr($0, 1, column - 1) change substr($0, column + n) }
        { print }' "$folder/original" >"$tree/$file"
    now=$(sed -n "${line}s/^ *//p" "$tree/$file")
    if ! build; then
        invalid=$((invalid + 1))
    else
        by=$(failing)
        if [ -n "$by" ]; then
            killed=$((killed + 1))
            echo "killed    $file:$line: $now    [$(basename "$by")]"
        elif grep -qxF "$file: $now" tests/mutate/equivalent.txt; then
            invalid=$((invalid + 1))
            echo "equal     $file:$line: $now"
        else
            survived=$((survived + 1))
            echo "$file:$line: $now" | tee -a "$folder/survivors.txt" | sed 's/^/SURVIVED  /'
        fi
    fi
    cp "$folder/original" "$tree/$file"
done <"$folder/sites.txt"
all=$((killed + survived))
echo "$killed of $all mutants killed, $survived survived; $invalid were none"
[ "$all" -gt 0 ]
