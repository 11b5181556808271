#!/bin/bash
# The machine fails: no memory, no room, no folder. Exit status 3, a message, nothing half-written.
set -u
verdict() { # NAME STATUS PATTERN
    if [ "$2" = 3 ] && grep -qE "$3" "$WORK/err"; then echo "ok $1"; else
        printf 'FAIL %s: exit status %s\n%s\n' "$1" "$2" "$(head -c 2000 "$WORK/err")"
    fi
}

# A model of 200,000 equations in 60 MB of address space.
awk 'BEGIN { print "block b {\n  in x;"
    for (k = 0; k < 200000; k++) printf "  let z%d;\n  z%d = x;\n", k, k
    print "  out y;\n  y = z0;\n}" }' >"$WORK/large.weft"
(ulimit -v 60000; "$WEFT_FAST" check "$WORK/large.weft") 2>"$WORK/err"
verdict 'no memory' $? '^weft: error\[E0001\]: out of memory$'

for command in 'fmt tests/bad/data/probe.weft' 'check tests/bad/data/probe.weft --dump=plan' \
    'explain E0203' '--help'; do
    "$WEFT" $command >/dev/full 2>"$WORK/err"
    verdict "full disk: $command" $? '^weft: error\[E0003\]: cannot write'
done

mkdir "$WORK/file-in-the-way"
: >"$WORK/file-in-the-way/out"
for command in 'build tests/bad/data/probe.weft -o' \
    'check tests/bad/data/probe.weft --dump=all -o'; do
    "$WEFT" $command "$WORK/file-in-the-way/out/more" >"$WORK/stdout" 2>"$WORK/err"
    verdict "a file where a folder should be: $command" $? '^weft: error\[E0003\]: cannot write'
done
if [ "$(ls -A "$WORK/file-in-the-way")" = out ]; then echo 'ok nothing written'; else
    echo "FAIL written: $(ls -A "$WORK/file-in-the-way")"
fi
