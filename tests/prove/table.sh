#!/bin/bash
# make prove: everything that is proved, as a table. Needs BUILD; JOBS processes at a time for the
# controllers by dice. Exit status 1 when a property is not proved or a fault is not refuted.
set -u
cd "$(dirname "$0")/../.." || exit 3
export LC_ALL=C BUILD=${BUILD:-build} jobs=${JOBS:-2}
BUILD=$(realpath "$BUILD")
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
export WEFT_CACHE=$work/cache
row() { printf '%-44s %6s %8s %8s   %s\n' "$@"; }
row controller proved bounded refuted 'states reached, never, open'

for file in examples/*/*.weft; do
    "$BUILD/weft" prove "$file" >"$work/log" 2>"$work/err" || [ $? = 1 ] || cat "$work/err"
    grep -qx 'no sequencer: nothing to prove' "$work/log" && continue
    never=$(grep -c 'proved to be never reached' "$work/log")
    open=$(grep -c 'not reached in [0-9]* cycles' "$work/log")
    read -r reached states < <(awk '/ states reached, / { r += $1; n += $3 } END { print r, n }' \
        "$work/log")
    read -r proved bounded refuted < <(awk '/ refuted$/ { print $1 + 0, $3 + 0, $6 + 0 }' \
        "$work/log")
    row "${file#examples/}" "${proved:-none}" "${bounded:-none}" "${refuted:-none}" \
        "$reached, $never, $open"
    [ "${bounded:-1}${refuted:-1}" = 00 ] || touch "$work/failed"
done

# Those by dice in JOBS parts.
part() { # NUMBER
    local first=$((100 * $1 / jobs + 1)) last=$((100 * ($1 + 1) / jobs))
    "$BUILD/san/prove/prove_cases" rtl "$first" $((last - first + 1)) >"$work/dice.$1" 2>&1
}
for ((n = 0; n < jobs; n++)); do part $n & done
wait
"$BUILD/san/prove/prove_cases" rtl 0 0 >"$work/hand" 2>&1
cat "$work"/dice.* >"$work/random"
for cases in hand random; do
    awk '/^(ok|FAIL) / { n++; failed += $1 != "ok"; p += $3; r += $7; u += $9; o += $11 }
        END { printf "%d\t%d\t%d\t%d, %d, %d\n", n, p, failed, r, u, o }' "$work/$cases" |
        while IFS=$'\t' read -r n proved failed states; do
            row "$n controllers ($cases)" "$proved" "$failed" - "$states"
        done
    grep -v '^ok ' "$work/$cases" | sed 's/^/  /'
    grep -q '^FAIL' "$work/$cases" && touch "$work/failed"
done

mkdir "$work/primitives"
WORK=$work/primitives tests/prove/test_primitives.sh >"$work/log" 2>&1
for file in rtl/weft_*.sv; do
    name=$(basename "$file" .sv)
    echo "primitive $name: $(grep -c "^ok $name: proved" "$work/log") proof," \
        "$(grep -c "^ok $name, .*: refuted" "$work/log") faults refuted"
done
grep '^FAIL' "$work/log" && touch "$work/failed"
[ ! -e "$work/failed" ]
