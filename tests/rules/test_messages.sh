#!/bin/bash
# Every diag_report() gives the arguments that the format of its message asks for (the C compiler
# cannot know: the format stands in diag.def), and every message of diag.def is reported somewhere.
set -u
mkdir -p "$WORK/include"
{
    echo 'int diag_check(const char *format, ...) __attribute__((format(printf, 1, 2)));'
    sed -n 's/^DIAG(\(E[0-9]*\), *[a-z]*, *"[^"]*", *\(".*"\)) *$/#define FORMAT_\1 \2/p' \
        compiler/support/diag.def
} >"$WORK/include/formats.h"

# diag_report(d, at, DIAG_E0201, name)  ->  diag_check(FORMAT_E0201, name)
# Of two codes (c ? DIAG_E0201 : DIAG_E0202) the first is taken.
bad=
checked=0
for file in $(grep -rlE 'diag_report\(' compiler --include='*.c' | sort); do
    copy=$WORK/$file
    mkdir -p "$(dirname "$copy")"
    call='(?<!void )\bdiag_report\([^;]*?\bDIAG_(E\d+)\b(\s*:\s*DIAG_E\d+\b)?'
    perl -0pe "s/$call/diag_check(FORMAT_\$1/g" \
        "$file" >"$copy"
    calls=$(grep -cE 'diag_check\(' "$copy")
    checked=$((checked + calls))
    found=$("${CC:-cc}" -std=c11 -D_POSIX_C_SOURCE=200809L -Wformat -fsyntax-only -Icompiler \
        -Iruntime -Igrammar -I"$(dirname "$file")" -I"${BUILD:-build}/gen" \
        -include "$WORK/include/formats.h" "$copy" 2>&1 | grep -E 'Wformat|: error:')
    [ -z "$found" ] || bad="$bad$found"$'\n'
done
if [ -z "$bad" ] && [ $checked -gt 20 ]; then echo 'ok arguments'; else
    printf 'FAIL arguments (%d calls)\n%s' "$checked" "$bad"
fi

count=$(grep -c '^#define' "$WORK/include/formats.h")
listed=$(grep -c '^DIAG(' compiler/support/diag.def)
if [ "$count" = "$listed" ]; then echo 'ok list'; else echo "FAIL list: $count of $listed read"; fi

unused=
for code in $(sed -n 's/^DIAG(\(E[0-9]*\),.*/\1/p' compiler/support/diag.def); do
    [ "$code" = E0001 ] || # main.c prints it without memory
        grep -rqE "DIAG_$code\b" compiler grammar --include='*.[chyl]' || unused="$unused $code"
done
if [ -z "$unused" ]; then echo 'ok used'; else echo "FAIL used: reported nowhere:$unused"; fi

twice=$(sed -n 's/^DIAG(\(E[0-9]*\), *[a-z]*, *"\([^"]*\)".*/\1\n\2/p' compiler/support/diag.def |
    sort | uniq -d)
if [ -z "$twice" ]; then echo 'ok once'; else echo "FAIL once: $twice"; fi
