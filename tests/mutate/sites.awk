# Where a C source in the project's form can be changed by one operator, branch, constant or
# statement: one line "FILE:LINE:COLUMN:LENGTH:KIND:REPLACEMENT" for each change. Comments, strings,
# characters and lines of the preprocessor are left alone.
#   awk -f sites.awk FILE ...

function site(column, length_, kind, replacement) {
    printf "%s:%d:%d:%d:%s:%s\n", FILENAME, FNR, column, length_, kind, replacement
}

# The line with everything that is no code blanked, so that columns stay.
function code_of(line,    out, k, c, quote) {
    out = ""
    for (k = 1; k <= length(line); k++) {
        c = substr(line, k, 1)
        if (quote != "") {
            if (c == "\\") {
                out = out "  "
                k++
                continue
            }
            if (c == quote) quote = ""
            c = " "
        } else if (c == "\"" || c == "'") {
            quote = c
            c = " "
        } else if (substr(line, k, 2) == "//") {
            break
        }
        out = out c
    }
    return out
}

# Every place of an operator that stands between blanks, or ends its line.
function operators(code, from, to,    at, column, rest) {
    column = 0
    rest = code " "
    while ((at = index(rest, " " from " ")) > 0) {
        column += at
        site(column + 1, length(from), "operator", to)
        rest = substr(rest, at + 1)
    }
}

# Numbers that stand alone: n becomes n + 1.
function numbers(code,    rest, column, before) {
    rest = code
    column = 0
    while (match(rest, /[0-9]+/)) {
        before = substr(code, column + RSTART - 1, 1)
        if (before !~ /[A-Za-z0-9_.]/ && substr(rest, RSTART + RLENGTH, 1) !~ /[A-Za-z0-9_.]/ &&
            RLENGTH < 6)
            site(column + RSTART, RLENGTH, "constant", substr(rest, RSTART, RLENGTH) + 1)
        column += RSTART + RLENGTH - 1
        rest = substr(rest, RSTART + RLENGTH)
    }
}

function words(code, from, to,    at, column, rest) {
    column = 0
    rest = " " code " "
    while ((at = match(rest, "[^A-Za-z0-9_]" from "[^A-Za-z0-9_]")) > 0) {
        column += at
        site(column, length(from), from ~ /^(true|false)$/ ? "constant" : "branch", to)
        rest = substr(rest, at + 1)
    }
}

# A condition that closes on its line becomes true, and false.
function conditions(code,    at, k, depth, c) {
    at = match(code, /(if|while) \(/)
    if (!at) return
    at = at + RLENGTH - 1
    for (k = at; k <= length(code); k++) {
        c = substr(code, k, 1)
        depth += (c == "(") - (c == ")")
        if (depth == 0) break
    }
    if (depth) return
    site(at, k - at + 1, "branch", "(true)")
    site(at, k - at + 1, "branch", "(false)")
}

/^ *#/ { next }
{
    code = code_of($0)
    operators(code, "==", "!=")
    operators(code, "!=", "==")
    operators(code, "<", "<=")
    operators(code, "<=", "<")
    operators(code, ">", ">=")
    operators(code, ">=", ">")
    operators(code, "&&", "||")
    operators(code, "||", "&&")
    operators(code, "+", "-")
    operators(code, "-", "+")
    operators(code, "/", "*")
    words(code, "true", "false")
    words(code, "false", "true")
    words(code, "continue", "break")
    words(code, "break", "continue")
    numbers(code)
    conditions(code)
    # A call for its effect, alone on its line.
    if (code ~ /^ +[a-z_]+\(.*\); *$/ && code !~ /^ +(return|if|while|for|switch|assert)/)
        site(match(code, /[^ ]/), length(code) - match(code, /[^ ]/) + 1, "statement", ";")
}
