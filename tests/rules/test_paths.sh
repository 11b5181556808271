#!/bin/bash
# Nothing that is committed names a place on somebody's machine, or was made by a program.
set -u
verdict() { # NAME FOUND
    if [ -z "$2" ]; then echo "ok $1"; else printf 'FAIL %s\n%s\n' "$1" "$2"; fi
}
files=$(git ls-files | while read -r file; do [ -f "$file" ] && echo "$file"; done)
# The brackets keep this line from finding itself.
verdict places "$(grep -nIE '(^|[^A-Za-z0-9_.$}])/([h]ome|[r]oot|[w]ork|[U]sers|[m]nt)/' $files)"
made='\.(o|a|so|d|fst|vcd|tmp)$|(^|/)(build|obj_dir)/|\.tab\.[ch]$'
verdict made "$(echo "$files" | grep -E "$made")"
verdict endings "$(grep -lI $'\r' $files | grep -v '^tests/.*/carriage')"
verdict large "$(for file in $files; do
    size=$(wc -c <"$file")
    [ "$size" -le 400000 ] || echo "$file: $size bytes"
done)"
verdict executable "$(for file in $(echo "$files" | grep -E '\.sh$|^\.ci/run$'); do
    [ -x "$file" ] || echo "$file"
done)"
