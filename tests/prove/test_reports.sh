#!/bin/bash
# What weft prove says of a state that nothing leads to, of phases that meet, of sequencers that are
# alike, of an experiment whose controllers were proved already.
set -u
export WEFT_CACHE=$WORK/cache
verdict() { # NAME, then a command that must hold
    if "${@:2}"; then echo "ok $1"; else echo "FAIL $1"; fi
}
"$WEFT" prove tests/prove/reports.weft -o "$WORK/out" >"$WORK/text"
verdict 'exit status 1 where a guarantee falls' [ $? = 1 ]
"$WEFT" prove tests/prove/reports.weft first -o "$WORK/out" --json >"$WORK/json"
cat "$WORK/text"
says() { # NAME, REGULAR EXPRESSION, in how many lines
    verdict "$1" [ "$(grep -cE "$2" "$WORK/text")" = "$3" ]
}
# k is 1 where it is compared with 2
says 'a state out of reach' '^  state NeverThere: proved to be never reached$' 1
says 'the others' '^  6 of 7 states reached, the last in cycle [0-9]+$' 1
says 'phases that never meet' '^  guarantee never p with q; +proved' 1
# start in cycle 1, the first that is not reset: p in cycle 2
says 'a phase meets itself' '^  guarantee never p with p; +REFUTED in cycle 2$' 1
says 'the run to there' '^ +2  P +- +- +k=1 p p_start$' 1
# start seen in cycle n: p in n + 1, q in n + 2, the next await in n + 3
says 'the way from await to await' '^  awaits again within 3 cycles +proved' 1
# p in n + 1 and n + 2, the pulse in n + 3
says 'three alike are one' '^reports_a_s: sequencers a\[0\].s, a\[1\].s, a\[2\].s of' 1
says 'its way back' '^  back in await a\[0\].s.start within 3 cycles +proved' 1
says 'the second experiment says nothing new' 'experiment second' 0
says 'counted' '^[0-9]+ proved, 0 not proved, 1 refuted$' 1
"$WEFT" prove tests/prove/reports.weft unknown -o "$WORK/out" >"$WORK/text"
says 'no bound, and why not, without the comment behind it' \
    '^  no bound from one await to the next: reports.weft:[0-9]+: repeat while more \{ p; \}$' 1
"$WEFT" prove tests/prove/reports.weft of_two -o "$WORK/out" >"$WORK/text"
# q lasts 2 * 3 cycles at most, p and r 3 + 1; 2 more to the await. Neither is known beforehand.
says 'the longer of two branches' '^  back in await t.start within 8 cycles +proved' 1
verdict 'JSON: out of reach' grep -q '"name":"NeverThere","unreachable":true' "$WORK/json"
verdict 'JSON: reached' grep -q '{"name":"AwaitStart","reached":0}' "$WORK/json"
verdict 'JSON: two machines' [ "$(grep -o '"module":"[^"]*"' "$WORK/json" | tr '\n' ' ')" = \
    '"module":"reports_t" "module":"reports_a_s" ' ]
verdict 'JSON: waves' [ -s "$(sed 's/.*"waves":"\([^"]*\)".*/\1/' "$WORK/json")" ]
