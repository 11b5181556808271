#!/bin/bash
# Parts of an array with sequencers of their own: parts that are controlled in the same way are one
# module, the others have modules of their own.
set -u

modules() { # EXPERIMENT WANTED ...
    local experiment=$1 out=$WORK/$1 made
    shift
    if ! "$WEFT" build tests/semantics/controllers.weft "$experiment" -o "$out" --quiet; then
        echo "FAIL $experiment is not built"
        return
    fi
    made=$(cd "$out" && echo *.sv)
    [ "$made" = "$*" ] && echo "ok $experiment" || echo "FAIL $experiment: $made, not $*"
}

modules token chain_t_s.sv
modules alarms clocks_main.sv clocks_t_2_s.sv clocks_t_s.sv
modules rows grid_r_q_s.sv
count=$(grep -o '"module": "chain_t_s"' "$WORK/token/"*.json | wc -l)
[ "$count" = 3 ] && echo 'ok the manifest names it for each' ||
    echo "FAIL the manifest names it for each: $count, not 3"
