#!/bin/bash
# What each stage makes of a program, as it prints it: NAME.STAGE beside NAME.weft is what `weft
# check NAME.weft --dump STAGE` prints, without the cells, which any change of a layout moves. The
# texts were read against their programs, line by line; what the same constructs compute, cycle by
# cycle, stands in tests/semantics. WEFT_REWRITE=1 writes them anew, for review by `git diff`.
set -u
here=tests/golden/stages
for wanted in $here/*.model $here/*.plan $here/*.machines; do
    stage=${wanted##*.}
    name=$(basename "$wanted" ".$stage")
    "$WEFT" check "$here/$name.weft" --dump "$stage" 2>&1 |
        sed '/^  \(temp\|shadow\|ctl\) /d; /^cells /,$d' >"$WORK/said"
    [ -z "${WEFT_REWRITE:-}" ] || cp "$WORK/said" "$wanted"
    if diff "$wanted" "$WORK/said" >"$WORK/diff"; then
        echo "ok $name, $stage"
    else
        echo "FAIL $name, $stage"
        head -n 40 "$WORK/diff"
    fi
done
