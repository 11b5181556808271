# Turns what a test file expects and what a run gave into lines for tests/accuracy/compare.awk.
# Usage: awk -v name=EXPERIMENT -f expected.awk FILE.weft EXPERIMENT.json [EXPERIMENT.csv]
#
# The expectations are comments of FILE.weft; what follows the number is for the reader:
#   //: EXPERIMENT AT COLUMN = VALUE [+- ABSOLUTE | ~ RELATIVE] [arithmetic]
# AT is a time of the records in seconds, `last` for the last row, or `is` for a measure: then
# COLUMN is like test.error, with .std .min .max for what is not its mean. Times are compared as
# numbers.
# Without a tolerance the value must agree to 1e-12 of itself.
# `//: EXPERIMENT rows = N` counts the records. A value that is not there gives a line that fails.
function strip(field) {
    gsub(/"/, "", field)
    # A unit in brackets, which is not an index.
    if (match(field, /\[[^][]*\]$/) && substr(field, RSTART + 1, RLENGTH - 2) !~ /^[0-9,]+$/)
        field = substr(field, 1, RSTART - 1)
    return field
}
# Splits a line of CSV at the commas outside quotes.
function fields(line, out,    n, i, c, quoted) {
    n = 1
    out[1] = ""
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == "\"") quoted = !quoted
        if (c == "," && !quoted) out[++n] = ""
        else out[n] = out[n] c
    }
    return n
}
function time_key(text) { return sprintf("%.12g", text) }
FNR == 1 { file++ }
file == 1 && $1 == "//:" && $2 == name && $3 == "rows" { rows_wanted = $5; next }
file == 1 && $1 == "//:" && $2 == name && $5 == "=" {
    n++
    at[n] = $3
    column[n] = $4
    value[n] = $6
    kind[n] = $7 == "+-" ? "abs" : "rel"
    tolerance[n] = $7 == "+-" || $7 == "~" ? $8 : 1e-12
    next
}
file == 1 && $1 == "//:" && $2 == name && $3 !~ /^(status|options|rtl|same|differs|jobs)$/ {
    print name " unreadable-directive at line " FNR
}
file == 2 { json = json $0 }
file == 3 && FNR == 1 { columns = fields($0, head) }
file == 3 && FNR > 1 {
    rows++
    fields($0, cell)
    for (k = 2; k <= columns; k++)
        if (cell[k] != "") {
            seen[time_key(cell[1]), strip(head[k])] = cell[k]
            seen["last", strip(head[k])] = cell[k]
        }
}
END {
    gsub(/[ \t]/, "", json)
    if (rows_wanted != "") print name, "abs", 0, rows_wanted, rows + 0
    for (i = 1; i <= n; i++) {
        got = "missing"
        if (at[i] == "is") {
            measure = column[i]
            part = "mean"
            if (match(measure, /\.(mean|std|min|max)$/)) {
                part = substr(measure, RSTART + 1)
                measure = substr(measure, 1, RSTART - 1)
            }
            start = index(json, "\"" measure "\":{")
            if (start) {
                rest = substr(json, start + length(measure) + 3)
                rest = substr(rest, 1, index(rest, "}"))
                if (match(rest, "\"" part "\":[^,}]*")) {
                    got = substr(rest, RSTART, RLENGTH)
                    sub(/^.*:/, "", got)
                }
            }
        } else {
            key = at[i] == "last" ? "last" : time_key(at[i])
            if ((key, column[i]) in seen) got = seen[key, column[i]]
        }
        # What deviates is told apart by its place; compare.awk groups lines of one name.
        print name "@" at[i] ":" column[i], kind[i], tolerance[i], value[i], got
    }
}
