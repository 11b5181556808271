#!/bin/bash
# What the fuzzers found worth keeping, once more: tests/fuzz/corpus, without libFuzzer.
set -u
export WEFT_HOME=${WEFT_HOME:-.}
for harness in parse compile csv saved; do
    files=$(find "tests/fuzz/corpus/$harness" -type f | sort)
    # The compiler reads what the parser reads, and the other way round.
    case $harness in
    parse | compile)
        files=$(find tests/fuzz/corpus/parse tests/fuzz/corpus/compile -type f | sort)
        ;;
    esac
    if "$BUILD/san/replay" "$harness" $files >"$WORK/log" 2>&1; then
        echo "ok $harness: $(tail -n 1 "$WORK/log")"
    else
        echo "FAIL $harness"
        tail -n 40 "$WORK/log"
    fi
done
