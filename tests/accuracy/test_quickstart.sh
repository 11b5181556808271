#!/bin/bash
# The quickstart's five pulses, by hand: each adds 10 mV s of flux, and the current at 1 V is
# 1 uA + 180 uS/(V s) * flux; between the pulses it is 0.
set -u
for engine in interpret c rtl; do
    option=--$engine
    [ $engine != c ] || option=
    out=$WORK/$engine
    mkdir -p "$out"
    "$WEFT" run examples/quickstart/quickstart.weft $option --quiet -o "$out" >"$out.txt" 2>&1 || {
        printf 'FAIL %s runs\n%s\n' $engine "$(cat "$out.txt")"
        continue
    }
    # The first pulse begins within the first two cycles; from there on, pulses of 10 ms and rests
    # of 10 ms. Flux grows by 1 mV s in each millisecond of a pulse.
    awk -F , -v engine=$engine '
        NR == 1 {
            for (k = 1; k <= NF; k++) { if ($k ~ /^i/) i = k; if ($k ~ /^m\.s/) s = k }
            next
        }
        { time[++n] = $1; current[n] = $i; flux[n] = $s }
        END {
            for (first = 1; first <= n && !(current[first] > 0); first++) continue
            for (k = first; k <= n; k++) {
                ms = sprintf("%.0f", 1000 * (time[k] - time[first])) + 0
                if (ms >= 100) break
                pulses = int(ms / 20); rest = ms - 20 * pulses
                expected = 1e-3 * (10 * pulses + (rest < 10 ? rest : 10))
                printf "%s:flux abs 1e-12 %.15g %s\n", engine, expected, flux[k]
                printf "%s:current abs 1e-15 %.15g %s\n", engine, \
                    rest < 10 ? 1e-6 + 180e-6 * expected : 0, current[k]
                points++
            }
            printf "%s:points abs 0 100 %d\n", engine, points
        }' "$out"/hysteresis.csv | awk -f tests/accuracy/compare.awk
done
