#!/bin/bash
# No file over 600 lines, no function over 70, no line over 100 columns; every source file opens
# with a line that says what it is. The lists (.def) may be wider, the grammar longer: it cannot be
# divided.
set -u
# Not the inputs of tests: what is odd about them is what they test.
sources=$(git ls-files --cached --others --exclude-standard |
    grep -E '\.(c|h|y|l|def|cpp|sh|awk|sv|svh|weft)$|^Makefile$' |
    grep -vE '^tests/.*\.weft$' | sort |
    while read -r file; do [ -f "$file" ] && echo "$file"; done)

# Prints what is wrong (nothing: fine) under one name.
verdict() { # NAME TEXT
    if [ -z "$2" ]; then echo "ok $1"; else printf 'FAIL %s\n%s\n' "$1" "$2"; fi
}

verdict files "$(for file in $sources; do
    lines=$(wc -l <"$file")
    limit=600
    [ "$file" != grammar/weft.y ] || limit=700
    [ "$lines" -le $limit ] || echo "$file: $lines lines"
done)"

# A C function ends at a `}` in the first column; it begins at the last line that opened a
# parenthesis and starts in the first column. A list of words, one per line, is no length.
verdict functions "$(for file in $(echo "$sources" | grep -E '\.(c|h|cpp)$'); do
    awk -v file="$file" '
        /^[A-Za-z_].*\(/ { begin = NR; name = $0; words = 0 }
        /^ *"[^"]*",$/ { words++ }
        /^}/ {
            if (begin && NR - begin + 1 - words > 70)
                printf "%s:%d: %d lines: %s\n", file, begin, NR - begin + 1, name
            begin = 0
        }' "$file"
done)"

verdict columns "$(for file in $(echo "$sources" | grep -v '\.def$'); do
    # UTF-8 continuation bytes take no column.
    LC_ALL=C awk -v file="$file" '
        { line = $0; gsub(/[\200-\277]/, "", line) }
        length(line) > 100 { printf "%s:%d: %d columns\n", file, NR, length(line) }
    ' "$file"
done)"

verdict openings "$(for file in $(echo "$sources" | grep -vE '\.weft$'); do
    first=$(grep -v '^#!' "$file" | head -n 1)
    case $first in '//'* | '/*'* | '#'*) ;; *) echo "$file: opens with: $first" ;; esac
done)"

verdict blanks "$(grep -nE '[[:blank:]]+$' $sources | head -n 20)"
