#!/bin/bash
# What is built later, and what contradicts the language, is refused with its code and the right
# words, never accepted and ignored. The pieces: refused.txt.
set -u
verdict() { # CODE NAME WORDS; the piece is $WORK/piece.weft
    "$WEFT" check "$WORK/piece.weft" >"$WORK/out" 2>"$WORK/err" </dev/null
    local status=$?
    if [ $status = 2 ] && grep -qF "error[$1]" "$WORK/err" && grep -qF -- "$3" "$WORK/err"; then
        echo "ok $2"
    else
        echo "FAIL $2: status $status, not $1 with '$3'"
        head -n 5 "$WORK/err"
    fi
}
code=
while IFS= read -r line; do
    case $line in
    '#'*) ;;
    '== '*)
        [ -z "$code" ] || verdict "$code" "$name" "$words"
        rest=${line#== }
        code=${rest%% *} rest=${rest#* }
        name=${rest%%: *} words=${rest#*: }
        : >"$WORK/piece.weft"
        ;;
    *) printf '%s\n' "$line" >>"$WORK/piece.weft" ;;
    esac
done <tests/semantics/refused.txt
verdict "$code" "$name" "$words"
