#!/bin/bash
# Repeats side by side in lanes give the bytes of repeats one by one: measures of every repeat,
# curves and records; interpreted, and from C without optimisation and with vectors; in any number
# of jobs. The numbers are those of the interpreter, which has no lanes.
set -u
here=tests/lanes/network.weft
printf '#!/bin/bash\nfor a; do [ "$a" = -O3 ] && a=-O0; args+=("$a"); done\n' >"$WORK/plain-cc"
printf 'exec %s "${args[@]}"\n' "${CC:-cc}" >>"$WORK/plain-cc"
chmod +x "$WORK/plain-cc"

# Everything but times.
run() { # NAME EXPERIMENT OPTIONS ...
    local name=$1 experiment=$2
    shift 2
    "$WEFT_FAST" run $here "$experiment" -o "$WORK/$name" --json "$@" 2>"$WORK/$name.said" |
        sed 's/"compile":[^,]*,"run":[^}]*//' >"$WORK/$name.json"
    sed 's/compiled in.*//' "$WORK/$name.said" >>"$WORK/$name.json"
    cat "$WORK/$name"/*.csv >>"$WORK/$name.json" 2>/dev/null
}

same() { # CASE NAME NAME
    if [ -s "$WORK/$2.json" ] && cmp -s "$WORK/$2.json" "$WORK/$3.json"; then
        echo "ok $1"
    else
        echo "FAIL $1"
        diff "$WORK/$2.json" "$WORK/$3.json" | cut -c 1-300 | head -n 4
    fi
}

chosen() { # CASE EXPERIMENT LINE
    "$WEFT" check $here "$2" --dump=plan | grep -qx "$3" && echo "ok $1" || echo "FAIL $1"
}

chosen 'seven repeats go in lanes' seven 'repeats in lanes: flow by flow_advance_rates'
chosen 'loops of sixteen do not' wide 'repeats not in lanes: its own loops fill a vector'
chosen 'conditions that are located do not' switched \
    'repeats not in lanes: events or conditions in it are located'
chosen 'states with bounds do not' bounded 'repeats not in lanes: its states have bounds'
chosen 'sums with a condition do' sums_vary 'repeats in lanes: flow by flow_advance_rates'
chosen 'no lanes: finds' finds 'repeats not in lanes: its rates have reductions other than sums'
chosen 'so do means' averages 'repeats in lanes: flow by flow_advance_rates'
chosen 'no lanes: solves' solves 'repeats not in lanes: its rates solve equations'
chosen 'no lanes: is_driven' is_driven 'repeats not in lanes: sequencers or phases drive it'
chosen 'no lanes: euler' euler 'repeats not in lanes: its solver is not dopri'
for experiment in one seven ten seventeen sums_vary averages; do
    run interpreted $experiment --interpret
    run alone $experiment --no-lanes
    run lanes $experiment
    run jobs $experiment --jobs 3
    CC="$WORK/plain-cc" run plain $experiment
    same "$experiment: the interpreter and C" interpreted alone
    same "$experiment: in lanes" interpreted lanes
    same "$experiment: in lanes of three jobs" interpreted jobs
    same "$experiment: in lanes without optimisation" interpreted plain
done
run alone fails --no-lanes
run lanes fails
grep -q 'repeat [1-9]' "$WORK/alone.said" && echo 'ok a repeat fails' || echo 'FAIL a repeat fails'
same 'a repeat that fails is reported as alone' alone lanes
