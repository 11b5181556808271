#!/bin/bash
# The runner itself: what it counts as passed and as failed, and that silence counts as failed.
set -u
make_test() { # NAME, the script on standard input
    { echo '#!/bin/bash'; cat; } >"$WORK/$1"
    chmod +x "$WORK/$1"
}
counted() { # EXPECTED SUMMARY, EXPECTED STATUS, TESTS ...
    local expected=$1 wanted=$2 summary status
    shift 2
    summary=$(BUILD=$WORK/build LIMIT=2 tests/run.sh "$@" | tail -n 1; exit "${PIPESTATUS[0]}")
    status=$?
    if [ "$summary" = "$expected" ] && [ "$status" = "$wanted" ]; then
        echo "ok $expected"
    else
        echo "FAIL $expected: got '$summary' and status $status"
    fi
}
mkdir -p "$WORK/build"
make_test two_pass.sh <<<'echo "ok a"; echo "ok b"; echo "other text"'
make_test one_fails.sh <<<'echo "ok a"; echo "FAIL b"'
make_test silent.sh <<<'true'
make_test breaks_off.sh <<<'echo "ok a"; exit 3'
make_test killed.sh <<<'echo "ok a"; kill -9 $$'
make_test hangs.sh <<<'echo "ok a"; sleep 60'
make_test like_libcheck.sh <<<'echo "66%: Checks: 6, Failures: 1, Errors: 1"; exit 1'
make_test has_its_folder.sh <<<'[ -z "$(ls "$WORK")" ] && echo "ok empty" && echo x >"$WORK/x"'
counted '2 passed, 0 failed' 0 "$WORK/two_pass.sh"
counted '1 passed, 1 failed' 1 "$WORK/one_fails.sh"
counted '0 passed, 1 failed' 1 "$WORK/silent.sh"
counted '1 passed, 1 failed' 1 "$WORK/breaks_off.sh"
counted '1 passed, 1 failed' 1 "$WORK/killed.sh"
counted '1 passed, 1 failed' 1 "$WORK/hangs.sh"
counted '4 passed, 2 failed' 1 "$WORK/like_libcheck.sh"
counted '1 passed, 0 failed' 0 "$WORK/has_its_folder.sh"
counted '0 passed, 1 failed' 1 "$WORK/does_not_exist.sh"
counted '3 passed, 2 failed' 1 "$WORK/two_pass.sh" "$WORK/one_fails.sh" "$WORK/silent.sh"
