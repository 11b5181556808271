#!/bin/bash
# examples/leaky_weights against its closed form: between two writes a weight decays by exp(-t / RC)
# with R C = 100 us; while it is written it nears wanted / (1 + r_write / r_leak) with the time
# constant of both resistors in parallel. The reference, 1 V, stands below 0.8 V at the third read,
# 35 us after the begin of a write (exp(-0.33) = 0.72; at the second one exp(-0.22) = 0.802), so the
# controller writes every 35 us: 2 us of writing, three times 10 us of waiting and 1 us of reading.
set -u
export XDG_CACHE_HOME=$WORK/cache
example=examples/leaky_weights/leaky_weights.weft

run() { # NAME OPTIONS ...
    "$WEFT" run $example "${@:2}" -o "$WORK/$1" >"$WORK/$1.out" 2>&1 </dev/null ||
        echo "FAIL $1 runs: $(cat "$WORK/$1.out")"
}
run interpreter --interpret
run c
run rtl --rtl
run lockstep --lockstep
for other in c rtl lockstep; do
    cmp -s "$WORK/interpreter/fading.csv" "$WORK/$other/fading.csv" &&
        echo "ok the interpreter and $other, byte for byte" || echo "FAIL $other differs"
done
grep -q ' 0 mismatches' "$WORK/lockstep.out" && echo "ok lockstep" || echo "FAIL lockstep"

awk -F, '
    function say(name, kind, tolerance, wanted, got) {
        printf "%s %s %s %.15g %s\n", name, kind, tolerance, wanted, got
    }
    function row(    j, sum) {
        for (j = 0; j < 4; j++) sum += 1e-6 * now[j] * x[j]
        return sum
    }
    # The weights at t microseconds after a write began, from those at its begin.
    function weights(t,    j, nears) {
        for (j = 0; j < 4; j++) {
            nears = wanted[j] / (1 + 1e5 / 1e8)
            now[j] = nears + (start[j] - nears) * exp(-(t < 2 ? t : 2) / fast)
            if (t > 2) now[j] *= exp(-(t - 2) / 100)
        }
    }
    BEGIN {
        split("0.2 1 -0.5 0.8", from0, " "); split("1 0.6 -0.4 0.25", to0, " ")
        for (j = 0; j < 4; j++) { x[j] = from0[j + 1]; wanted[j] = to0[j + 1]; start[j] = 0 }
        fast = 1 / (1 / 0.1 + 1 / 100) # us: 100 kOhm and 100 MOhm, 1 pF
    }
    NR > 1 {
        t = NR - 2 # us
        since = t % 35
        if (t > 0 && since == 0) {
            weights(35); before = y = row()
            for (j = 0; j < 4; j++) start[j] = now[j]
        }
        weights(since)
        if (since == 2) { after = row(); writes++ }
        if (since == 13 || since == 24) y = row()
        say("time", "abs", 1e-15, t * 1e-6, $1)
        for (j = 0; j < 4; j++) say("weights", "abs", 1e-6, now[j], $(2 + j))
        say("reads", "abs", 2e-12, y, $6)
        say("before-a-write", "abs", 2e-12, before, $7)
        say("after-a-write", "abs", 2e-12, after, $8)
        say("writes", "abs", 0, writes, $9)
    }
    END { say("rows", "abs", 0, 202, NR) }
' "$WORK/interpreter/fading.csv" | awk -f tests/accuracy/compare.awk
