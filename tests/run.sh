#!/bin/bash
# Runs the tests and counts them. Usage: [BUILD=build] [JOBS=2] tests/run.sh [TEST ...]
#
# A test is a program build/san/unit/test_* (libcheck; its last line counts its checks) or a script
# tests/**/test_*.sh that prints `ok NAME` or `FAIL NAME` per case, with details on other lines.
# Scripts run in the project's folder with: WEFT (built with the sanitizers), WEFT_FAST (as
# shipped), BUILD, LIBS (to link with), WORK (an empty folder of their own). The last line is `N
# passed, N failed`; exit status 0 when none failed. What a test printed stands in
# $BUILD/test/NAME.log.
set -u
cd "$(dirname "$0")/.." || exit 3
# A loaded machine is slow, not wrong: libcheck would give up after 4 s.
export CK_DEFAULT_TIMEOUT=${CK_DEFAULT_TIMEOUT:-60}
export LC_ALL=C BUILD=${BUILD:-build} LIMIT=${LIMIT:-1200}
BUILD=$(realpath "$BUILD")
export LIBS=${LIBS:-$(make --no-print-directory -s libs)}
export WEFT=${WEFT:-$BUILD/san/weft} WEFT_FAST=${WEFT_FAST:-$BUILD/weft}
results=$BUILD/test

# Prints "passed failed" of one test's log.
count() { # LOG STATUS
    awk -v status="$2" '
        /^ok /   { passed++ }
        /^FAIL / { failed++ }
        /^[0-9]+%: Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+/ {
            gsub(/[:,]/, " ")
            passed += $3 - $5 - $7
            failed += $5 + $7
        }
        END {
            # A test that broke off, or that checked nothing, has failed.
            if (!failed && (status != 0 || !passed)) failed = 1
            print passed + 0, failed + 0
        }' "$1"
}

run_one() { # TEST
    local name log work status counts
    name=$(echo "$1" | sed "s|^.*/san/||; s|^tests/||; s|\.sh\$||; s|/|-|g")
    log=$results/$name.log
    work=$results/$name.work
    rm -rf "$work"
    mkdir -p "$work"
    WORK=$work timeout -k 10 "$LIMIT" "$1" >"$log" 2>&1
    status=$?
    counts=$(count "$log" "$status")
    echo "$counts" >"$results/$name.count"
    set -- $counts
    if [ "$2" = 0 ]; then
        rm -rf "$work"
        printf '%-48s %4d passed\n' "$name" "$1"
    else
        printf '%-48s %4d passed, %d FAILED (exit %d)\n%s\n' "$name" "$1" "$2" "$status" \
            "$(tail -n 40 "$log" | sed 's/^/    | /')"
    fi
}

if [ "${1:-}" = --one ]; then
    run_one "$2"
    exit 0
fi
if [ $# -eq 0 ]; then
    # Not "$BUILD"/san/unit/*: a program whose source is gone must not be counted.
    set -- $(for source in tests/unit/test_*.c; do
        [ -e "$source" ] && echo "$BUILD/san/unit/$(basename "$source" .c)"
    done) $(find tests -name 'test_*.sh' | sort)
fi
rm -rf "$results"
mkdir -p "$results"
printf '%s\0' "$@" | xargs -0 -n 1 -P "${JOBS:-2}" tests/run.sh --one
cat "$results"/*.count | awk -v tests=$# '
    { passed += $1; failed += $2 }
    END {
        if (NR != tests) failed += tests - NR
        printf "%d passed, %d failed\n", passed, failed
    }' >"$results/summary"
# What failed, once more where it is looked for: behind everything else.
grep -H '^FAIL ' "$results"/*.log | sed "s|^$results/||; s|\.log:FAIL |: FAIL |"
cat "$results/summary"
grep -q ' 0 failed' "$results/summary"
