#!/bin/bash
# What the pages say is so: their programs compile, their commands print what stands below them, the
# programs in C and C++ build and run, links lead somewhere.
#
#   ```weft      a program that stands alone: `weft check` accepts it, `weft fmt` keeps its meaning
#   ```console   `$ command`, then lines of what it prints; "..." stands for anything in a line, a
#                line that is only "..." for any lines. `make` is not run from here
#   ```c, ```cpp in runtime/README.md: built and run, see below
set -u
project=$PWD
pages=$(git ls-files --cached --others --exclude-standard '*.md')

verdict() { # NAME STATUS LOG
    if [ "$2" = 0 ]; then echo "ok $1"; else
        echo "FAIL $1"
        sed 's/^/    /' "$3"
    fi
}

# Writes the n-th block of a language to FOLDER/n.EXTENSION, its first line's number to n.line.
blocks() { # PAGE LANGUAGE FOLDER EXTENSION
    mkdir -p "$3"
    awk -v language="$2" -v folder="$3" -v extension="$4" '
        $0 == "```" language { inside = 1; n++; file = folder "/" n "." extension
                               print NR + 1 >(folder "/" n ".line"); printf "" >file; next }
        inside && $0 == "```" { inside = 0; close(file); next }
        inside { print >file }' "$1"
}

# ---- programs in weft: they compile; printed and read again they give the same tree ------------
tree() { "$WEFT" check "$1" --dump tree 2>/dev/null | sed "s/ *[0-9]*:[0-9]*$//"; }
same_tree() { # FILE: beside it, so that its imports are found
    local printed=${1%.weft}_printed.weft
    "$WEFT" fmt "$1" >"$printed" && "$WEFT" fmt "$printed" | diff "$printed" - &&
        diff <(tree "$1") <(tree "$printed")
}
programs=0
for page in $pages; do
    folder=$WORK/$(echo "$page" | tr / -)
    blocks "$page" weft "$folder" weft
    for file in "$folder"/*.weft; do
        [ -e "$file" ] || continue
        programs=$((programs + 1))
        place=$page:$(cat "${file%.weft}.line")
        "$WEFT" check "$file" >"$WORK/log" 2>&1
        verdict "$place compiles" $? "$WORK/log"
        same_tree "$file" >"$WORK/log" 2>&1
        verdict "$place printed" $? "$WORK/log"
    done
done
[ $programs -ge 12 ] || echo "FAIL only $programs programs found"

cp -r examples models "$WORK"
for file in $(git ls-files 'examples/*.weft' 'models/*.weft'); do
    same_tree "$WORK/$file" >"$WORK/log" 2>&1
    verdict "$file printed" $? "$WORK/log"
    "$WEFT" fmt "$file" 2>&1 | diff "$file" - >"$WORK/log"
    verdict "$file in normal form" $? "$WORK/log"
done

# ---- commands, run in a copy of the project's shape --------------------------------------------
place=$WORK/place
mkdir -p "$place/build"
for folder in examples grammar models rtl runtime tests tools; do
    ln -s "$project/$folder" "$place/$folder"
done
ln -s "$(realpath "$WEFT_FAST")" "$place/build/weft"
ln -s "$(realpath "$BUILD")/libweft-rt.a" "$place/build/libweft-rt.a"

# Whether the lines of WANTED stand in GOT one after another.
matches() { # WANTED GOT
    awk 'function squeeze(line) {
             gsub(/[ \t]+/, " ", line)
             sub(/^ /, "", line)
             sub(/ $/, "", line)
             return line
         }
         function fits(wanted, line,   part, n, k, at) { # "..." in it stands for anything
             n = split(wanted, part, /\.\.\./)
             if (n == 1) return wanted == line
             if (substr(line, 1, length(part[1])) != part[1]) return 0
             line = substr(line, length(part[1]) + 1)
             for (k = 2; k < n; k++) {
                 at = index(line, part[k])
                 if (!at) return 0
                 line = substr(line, at + length(part[k]))
             }
             return length(line) >= length(part[n]) &&
                    substr(line, length(line) - length(part[n]) + 1) == part[n]
         }
         { line = squeeze($0); if (line == "") next }
         NR == FNR { wanted[++n] = line; next }
         { if (k < n && wanted[k + 1] == "...") { k++; free = 1 }
           if (k < n && fits(wanted[k + 1], line)) { k++; free = 0 }
           else if (!free) { print "found:    " line; bad = 1; exit } }
         END { if (!bad && k < n && wanted[k + 1] == "...") k++
               if (bad || k < n) { print "expected: " wanted[k + 1]; exit 1 } }' "$1" "$2"
}
commands=0
for page in $pages; do
    folder=$WORK/$(echo "$page" | tr / -)-console
    blocks "$page" console "$folder" txt
    for file in "$folder"/*.txt; do
        [ -e "$file" ] || continue
        awk -v stem="${file%.txt}" '
            /^\$ / { close(out); n++; out = stem "." n ".wanted"; printf "" >out
                     print substr($0, 3) >(stem "." n ".command"); next }
            n { print >out }' "$file"
        for command in "${file%.txt}".*.command; do
            # make builds, installs and runs tests, this one among them
            ! grep -qE '(^|[ ;&])(make|git|sudo)( |$)' "$command" || continue
            commands=$((commands + 1))
            wanted=${command%.command}.wanted
            (cd "$place" && bash "$command") >"$WORK/got" 2>&1
            status=$?
            if grep -q '[^[:space:]]' "$wanted"; then
                matches "$wanted" "$WORK/got" >"$WORK/log" 2>&1
                status=$?
            else
                cp "$WORK/got" "$WORK/log"
            fi
            verdict "$page: $(cat "$command")" $status "$WORK/log"
        done
    done
done
[ $commands -ge 5 ] || echo "FAIL only $commands commands found"

# ---- the program that embeds a model, as runtime/README.md builds it ----------------------------
blocks runtime/README.md c "$WORK/embed" c
command=$(grep "^cc " runtime/README.md)
embed() { # COMMAND
    cp "$WORK/embed/1.c" "$place/main.c" && cd "$place" &&
        build/weft build examples/soudry2015/iris.weft -o out --quiet && eval "$1" && ./a.out
}
for compiler in gcc clang; do
    [ "$compiler" = gcc ] || command -v $compiler >/dev/null || continue
    strict="$compiler -std=c11 -Wall -Wextra -pedantic -Werror"
    (embed "${command/cc/$strict}") >"$WORK/got" 2>"$WORK/log"
    status=$?
    # Three probabilities; a trial without learning is two reads of 110 cycles. All instants of this
    # model lie on edges of its clock, so a tick is a cycle; done may take one more.
    awk '{ sum = $1 + $2 + $3; for (k = 1; k <= 3; k++) if ($k <= 0 || $k >= 1) sum = 0
           right = sum > 0.99999 && sum < 1.00001 && $5 >= 220 && $5 <= 221 && $6 == "ticks" }
         END { exit !(NR == 1 && right) }' "$WORK/got" || {
        status=1
        cat "$WORK/got" >>"$WORK/log"
    }
    verdict "runtime/README.md: the program, $compiler" $status "$WORK/log"
done

# The shim, with a stand-in for what Verilator writes.
blocks runtime/README.md cpp "$WORK/shim" cpp
cat >"$WORK/top.h" <<'END'
#include <cstdint>
#include <new>
struct VerilatedContext {};
struct Vtop {
  explicit Vtop(VerilatedContext *) {}
  uint8_t clk_i = 0, rst_ni = 0, start_i = 0, g1_read_o = 0;
  void eval() {}
};
END
g++ -std=c++17 -Wall -Wextra -Werror -Wno-unused-parameter -fsyntax-only -Iruntime \
    -include "$WORK/top.h" "$WORK/shim/1.cpp" 2>"$WORK/log"
verdict 'runtime/README.md: the shim' $? "$WORK/log"

# ---- links ------------------------------------------------------------------------------------
for page in $pages; do
    : >"$WORK/log"
    grep -oE '\]\([^)#][^)]*\)' "$page" | sed 's/^](//; s/)$//; s/#.*//' | grep -v '^https\?:' |
        while read -r link; do
            [ -e "$(dirname "$page")/$link" ] || echo "no $link" >>"$WORK/log"
        done
    [ ! -s "$WORK/log" ]
    verdict "$page: links" $? "$WORK/log"
done
