#!/bin/bash
# Examples and models cut off after every byte, and with every byte changed, through `weft check`:
# see damage.c. Every ninth prefix and every 25th change; all of them when LONG is set.
set -u
export WEFT_HOME=${WEFT_HOME:-.}
files=$(find examples models -name '*.weft' | sort)
damage() { # NAME HOW STEP
    local step=$3
    [ -z "${LONG:-}" ] || step=1
    if "$BUILD/san/damage" "$2" "$step" 0 $files >"$WORK/log" 2>&1; then
        echo "ok $1: $(tail -n 1 "$WORK/log")"
    else
        echo "FAIL $1"
        tail -n 40 "$WORK/log"
    fi
}
damage 'prefixes' prefixes 9
damage 'changed bytes' bytes 25
