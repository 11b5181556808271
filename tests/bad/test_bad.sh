#!/bin/bash
# Wrong programs and wrong command lines: the whole message, byte for byte.
#
# A case is NAME.weft with NAME.out beside it: what stands on standard error, and the exit status in
# the last line. It is run by `weft check NAME.weft`, or by the command in its first line,
# `// $ weft ...`. Status 2 says that the input is wrong; of cases machine_*, status 3, the machine.
# WEFT_REWRITE=1 writes the expectations anew, for review by `git diff`; CASES="phase_*.weft" takes
# only these.
set -u
cases=$(cd tests/bad && ls -- ${CASES:-*.weft})
cp -r tests/bad/. "$WORK"
# Tools in a folder of their own, so that a case can leave one out (PATH=$TOOLS).
export TOOLS=$WORK/tools
mkdir -p "$TOOLS"
ln -s "$(realpath "$WEFT")" "$TOOLS/weft"
for tool in cc gcc as ld sh bash rm mkdir cp make; do
    path=$(command -v $tool) && ln -s "$path" "$TOOLS/$tool"
done
export XDG_CACHE_HOME=$WORK/cache PATH=$TOOLS:$PATH TERM=dumb
project=$PWD
cd "$WORK" || exit 3

run_case() { # NAME.weft; prints what NAME.out should say
    local command
    command=$(sed -n '1s,^// \$ ,,p' "$1")
    bash -c "${command:-weft check $1}" 2>&1 >stdout </dev/null
    echo "[exit status $?]"
}

passed=0
for case in $cases; do
    name=${case%.weft}
    run_case "$case" >said
    status=$(sed -n '$s/\[exit status \(.*\)\]/\1/p' said)
    wanted=2
    case $name in machine_*) wanted=3 ;; esac
    if [ "$status" != $wanted ]; then
        printf 'FAIL %s: exit status %s, not %s\n%s\n' "$name" "$status" $wanted "$(cat said)"
    elif [ -n "${WEFT_REWRITE:-}" ]; then
        cp said "$project/tests/bad/$name.out"
        echo "ok $name (written)"
    elif cmp -s said "$name.out"; then
        echo "ok $name"
        passed=$((passed + 1))
    else
        printf 'FAIL %s\n%s\n' "$name" "$(diff "$name.out" said)"
    fi
done

# Nothing lies about, and there are enough.
for out in "$project"/tests/bad/*.out; do
    [ -e "${out%.out}.weft" ] || echo "FAIL $out has no case"
done
[ -n "${WEFT_REWRITE:-}${CASES:-}" ] || { [ $passed -ge 150 ] && echo "ok $passed cases"; } ||
    echo "FAIL only $passed cases"

# Every message has a case. These cannot have one here:
#   E0001  memory runs out: tests/bad/test_machine.sh
#   E0901  a fault of weft itself, looked for after each layout: tests/unit/test_emit_c.c
elsewhere='E0001 E0901'
cat "$project"/tests/bad/*.out >all.out
for code in $(sed -n 's/^DIAG(\(E[0-9]*\),.*/\1/p' "$project/compiler/support/diag.def"); do
    case " $elsewhere " in *" $code "*) continue ;; esac
    if grep -q "error\[$code\]" all.out; then echo "ok $code has a case"; else
        echo "FAIL $code has no case in tests/bad"
    fi
done
