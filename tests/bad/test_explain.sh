#!/bin/bash
# weft explain: every message is explained; the wrong example gives that message, the right one
# none.
set -u
project=$PWD
mkdir -p "$WORK/bin"
ln -s "$(realpath "$WEFT")" "$WORK/bin/weft"
export PATH=$WORK/bin:$PATH XDG_CACHE_HOME=$WORK/cache TERM=dumb
cd "$WORK" || exit 3

# The example behind `wrong:` or `right:` becomes example.weft and the command in $command.
example() { # TITLE
    awk -v title="$1:" '$0 == title { on = 1; next } /^[a-z]+:$/ { on = 0 }
        on && /^    / { print substr($0, 5) }' text >lines
    grep -v '^\$ ' lines >example.weft
    command=$(sed -n 's/^\$ //p' lines)
    command=${command:-weft check example.weft}
}

# What no program shows: see tests/bad/test_bad.sh.
untold=' E0001 E0901 '
for code in $(sed -n 's/^DIAG(\(E[0-9]*\),.*/\1/p' "$project/compiler/support/diag.def"); do
    if ! weft explain "$code" >text 2>err || [ "$(wc -l <text)" -lt 3 ]; then
        echo "FAIL $code is not explained: $(cat text err)"
        continue
    fi
    case $untold in *" $code "*) echo "ok $code"; continue ;; esac
    example wrong
    wrong=$(bash -c "$command" 2>&1 >stdout)
    said=$(echo "$wrong" | grep -o 'error\[E[0-9]*\]' | sort -u)
    example right # by the program as shipped: it is quicker
    ln -sf "$(realpath "$WEFT_FAST")" bin/weft
    right=$(bash -c "$command" 2>&1 >stdout)
    status=$?
    ln -sf "$(realpath "$WEFT")" bin/weft
    if [ "$said" = "error[$code]" ] && [ $status = 0 ] && [ -z "$right" ]; then
        echo "ok $code"
    else
        printf 'FAIL %s\nwrong: %s\nright: %s %s\n' "$code" "$wrong" "$status" "$right"
    fi
done

by_name=$(weft explain unknown-name | head -n 1)
if [ "$by_name" = "$(weft explain e0203 | head -n 1)" ]; then echo 'ok by name'; else
    echo "FAIL by name: $by_name"
fi
