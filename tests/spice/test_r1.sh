#!/bin/bash
# The reference of the synaptic grid rebuilt: ngspice on the decks r1.cir (as it came with the
# reference) and bench/grid_deck.awk (what the benchmark runs) gives the reference's reads and
# writes.
set -u
reference=tests/reference-data/r1

# All accepted points: time, conductances over 1 uS less 1, currents into the grounded lines.
points() { # DECK
    sed '/^\.save/d; /^\.control/,/^\.endc/d; s/^\.tran.*/.save V1\n&/' "$1" |
        sed "s/^\.save V1$/.save $vectors/; /^\.end$/d" >"$WORK/deck.cir"
    cat >>"$WORK/deck.cir" <<END
.control
set num_threads=1
set wr_singlescale
set numdgt=15
run
wrdata points.data $vectors
quit
.endc
.end
END
    (cd "$WORK" && rm -f points.data && ngspice -b deck.cir >ngspice.log 2>&1)
    [ -s "$WORK/points.data" ] || tail -n 5 "$WORK/ngspice.log"
}

# Interpolates at the times of the reference and prints lines for compare.awk.
lines() { # NAME
    awk -v name="$1" -F '[ ,]+' '
        function column(k) {
            return value[low, k] + part * (value[low + 1, k] - value[low, k])
        }
        function seek(t) {
            while (low < points - 1 && time[low + 1] < t) low++
            while (low > 1 && time[low] > t) low--
            part = (t - time[low]) / (time[low + 1] - time[low])
        }
        FILENAME ~ /points/ {
            sub(/^ +/, ""); time[++points] = $1
            for (k = 2; k <= 9; k++) value[points, k - 1] = $k
            next
        }
        FNR == 1 { low = 1; next }
        FILENAME ~ /reads/ {
            t = $2; sign = $1 <= 5 ? -1 : 1
            seek(t)       # r = c (i_o - a gbar sum x), sum x = 0.4
            for (n = 0; n < 2; n++)
                printf "%s:r abs 2e-5 %s %.12g\n", name, $(3 + n), \
                    1e8 * (column(5 + n) - 4e-8 * sign)
            seek(t + 0.011) # delta = c (i_u - a gbar sum y), sum y = 0.1
            for (m = 0; m < 2; m++)
                printf "%s:delta abs 2e-5 %s %.12g\n", name, $(7 + m), \
                    1e8 * (column(7 + m) - 1e-8)
        }
        FILENAME ~ /writes/ {
            k = 2 * ($2 - 1) + $3
            seek($1 * 0.05 + 0.022); before = column(k)
            seek($1 * 0.05 + 0.0499); after = column(k)
            printf "%s:write abs 2e-6 %s %.12g\n", name, $5, after - before
            printf "%s:conductance abs 2e-5 %s %.12g\n", name, $8, 1 + after
        }' "$WORK/points.data" $reference/r1_reads.csv $reference/r1_writes.csv
}

vectors='v(g0_0) v(g0_1) v(g1_0) v(g1_1) i(vo0) i(vo1) i(vu0) i(vu1)'
points tests/spice/r1.cir
lines reference | awk -f tests/accuracy/compare.awk
vectors='v(s00) v(s01) v(s10) v(s11) i(vo0) i(vo1) i(vu0) i(vu1)'
awk -f tests/bench/grid_deck.awk -v reltol=1e-5 -v step=250e-6 >"$WORK/grid.cir"
points "$WORK/grid.cir"
lines benchmark | awk -f tests/accuracy/compare.awk
