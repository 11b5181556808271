#!/bin/bash
# The 2 x 2 grid of examples/soudry2015/grid.weft, ten cycles, by the interpreter, the compiled twin
# and the twin behind the Verilated controller: against the write law of Soudry et al. 2015, eq. 27
# (1e-5) and against the circuit simulation in tests/reference-data/r1 (r and delta 2e-4, which is
# what its sampling delay of 1 us makes; the conductances at all 1000 samples 1e-5 uS: its edges
# last 100 ns).
set -u
reference=tests/reference-data/r1
grid=examples/soudry2015/grid.weft

# Lines for compare.awk. The first file is the record; its columns are found by their names.
lines() { # ENGINE RECORD
    awk -v engine="$1" -F ',' '
        function column(name) {
            if (!(name in at)) { print engine ":column " name; exit 1 } # compare.awk fails it
            return at[name]
        }
        # Names with a comma stand in quotes; the unit follows in brackets: "g.w.m.s[0,1][V*s]".
        function header(line,    n, parts, k, name) {
            n = split(line, parts, "\"")
            for (k = 2; k <= n; k += 2) gsub(",", ";", parts[k])
            line = ""
            for (k = 1; k <= n; k++) line = line parts[k]
            n = split(line, parts, ",")
            for (k = 1; k <= n; k++) {
                name = parts[k]; gsub(";", ",", name); sub(/\[[^0-9][^]]*\]$/, "", name)
                at[name] = k
            }
        }
        FILENAME ~ /record/ && FNR == 1 { header($0); next }
        FILENAME ~ /record/ {
            row++
            for (name in at) value[row, name] = $(at[name])
            next
        }
        FNR == 1 { next }
        # Cycle k ends at row 100 (k + 1); the reads leave the flux as it was.
        FILENAME ~ /reads/ {
            row = 100 * $1
            for (n = 0; n < 2; n++) {
                column("g.r[" n "]"); column("g.delta[" n "]")
                printf "%s:r abs 2e-4 %s %s\n", engine, $(3 + n), value[row, "g.r[" n "]"]
                printf "%s:delta abs 2e-4 %s %s\n", engine, $(7 + n), value[row, "g.delta[" n "]"]
            }
        }
        FILENAME ~ /writes/ {
            m = $3 - 1; n = $2 - 1; name = "g.w.m.s[" n "," m "]"
            column(name)
            x = (m ? -0.4 : 0.8) * ($1 < 5 ? -1 : 1); y = n ? -0.1 : 0.2
            before = $1 ? value[100 * $1, name] : 0
            change = 180e-6 * (value[100 * ($1 + 1), name] - before)
            law = 180e-6 * 0.1 * 28e-3 * x * y
            printf "%s:write-law rel 1e-5 %.15g %.15g\n", engine, law, change
            printf "%s:reference-writes rel 2e-5 %s %.15g\n", engine, $5, change * 1e6
        }
        FILENAME ~ /waves/ {
            row = FNR - 1
            printf "%s:sample-times abs 1e-12 %s %s\n", engine, $1, value[row, "time_s"]
            for (n = 0; n < 2; n++) for (m = 0; m < 2; m++)
                printf "%s:conductance abs 1e-5 %s %.15g\n", engine, $(16 + 2 * n + m), \
                    1 + 180 * value[row, "g.w.m.s[" n "," m "]"]
        }' "$2" $reference/r1_reads.csv $reference/r1_writes.csv $reference/r1_waves.csv
}

for engine in interpret c rtl; do
    option=--$engine
    [ $engine != c ] || option=
    out=$WORK/$engine
    mkdir -p "$out"
    if ! "$WEFT" run $grid $option --quiet -o "$out" >"$out.txt" 2>&1; then
        printf 'FAIL %s runs\n%s\n' $engine "$(cat "$out.txt")"
        continue
    fi
    cp "$out"/fig7.csv "$WORK/record.$engine" || continue
    lines $engine "$WORK/record.$engine" | awk -f tests/accuracy/compare.awk
done
for engine in c rtl; do
    if cmp "$WORK/record.interpret" "$WORK/record.$engine"; then
        echo "ok the interpreter and $engine give the same bits"
    else
        echo "FAIL the interpreter and $engine give the same bits"
    fi
done
