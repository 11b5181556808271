#!/bin/bash
# Runs one fuzzer, or all one after the other, each for FUZZ_SECONDS (600). Usage: run.sh FOLDER
# [NAME ...]; FOLDER holds fuzz_NAME, and gets what is found. Exit status 1 when something was.
set -u
folder=$1
shift
[ $# -gt 0 ] || set -- parse compile csv saved
export WEFT_HOME=${WEFT_HOME:-.} ASAN_OPTIONS=${ASAN_OPTIONS:-quarantine_size_mb=16}
{
    sed -n 's/^KEYWORD([^,]*, "\([^"]*\)".*/"\1"/p' grammar/keywords.def
    printf '"%s"\n' '<-' '==' '!=' '<=' '>=' '..' '///' '~' '*=' 10ms 1kHz 0.1V 'drive(' 'sum(j: '
} >"$folder/dictionary"
found=0
for name; do
    mkdir -p "$folder/corpus-$name" "$folder/found"
    case $name in
    parse | compile)
        options="-dict=$folder/dictionary -max_len=3000"
        more=$(ls -d tests/fuzz/corpus/parse tests/fuzz/corpus/compile 2>/dev/null)
        for f in $(find examples models tests/semantics -name '*.weft'); do
            cp "$f" "$folder/corpus-$name/$(echo "$f" | tr / -)"
        done
        ;;
    csv) options=-max_len=500 more=tests/fuzz/corpus/csv ;;
    *) options=-max_len=200 more=tests/fuzz/corpus/$name ;;
    esac
    "$folder/fuzz_$name" -max_total_time="${FUZZ_SECONDS:-600}" -timeout=1 -rss_limit_mb=2048 \
        $options -artifact_prefix="$folder/found/$name-" "$folder/corpus-$name" $more \
        >"$folder/$name.log" 2>&1 || found=1
    echo "$name: $(grep -E '^(Done|SUMMARY|==.*ERROR)' "$folder/$name.log" | tail -n 1)"
done
exit $found
