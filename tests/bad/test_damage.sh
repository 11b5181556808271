#!/bin/bash
# Every small damage to the examples and the library is reported where it is: see damage.c.
#
# Each third variant; WEFT_DAMAGE=all takes all. What was reported badly stands in the log.
set -u
project=$PWD
"${CC:-cc}" -std=c11 -D_DEFAULT_SOURCE -O1 -g -fsanitize=address,undefined \
    -fno-sanitize-recover=all -rdynamic -Icompiler -Iruntime -Igrammar -I"$BUILD/gen" \
    -o "$WORK/damage" tests/bad/damage.c "$BUILD/san/libweft-all.a" $LIBS || exit 3
files=$(find "$project/examples" "$project/models" -name '*.weft' | sort)
of=3
[ "${WEFT_DAMAGE:-}" != all ] || of=1
cd "$WORK" || exit 3
export WEFT_HOME=${WEFT_HOME:-$project} TERM=dumb
./damage 0 $of $files >said 2>sanitizer
status=$?
cat said sanitizer
tail -n 1 said | awk -v status=$status -v of=$of '
    function verdict(fine, what) { print (fine ? "ok " : "FAIL ") what }
    {
        verdict(status == 0 && $10 == 0, "no crash: " $10)
        verdict($2 >= 4500 / of, "enough variants: " $2 " with a message, " $8 " still valid")
        verdict($4 + 0 >= 95, "the first message is on that line or the next: " $4)
        verdict($6 + 0 >= 95, "at most two errors follow: " $6)
    }
    END { if (NR != 1) print "FAIL no figures" }'

# The examples as they stand are right: what is reported above comes from the damage.
for file in $files; do
    if "$WEFT" check "$file" >out 2>&1; then echo "ok $(basename "$file")"; else
        echo "FAIL $(basename "$file"): $(head -n 1 out)"
    fi
done
