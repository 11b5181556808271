#!/bin/bash
# Functions that have a better one here, and what only main.c may do.
set -u
strip() { # FILE: without comments and texts, line numbers kept
    sed -E 's/"([^"\\]|\\.)*"/""/g; s|//.*||' "$1" |
        awk '{ line = $0
               while (1) {
                   if (inside) { at = index(line, "*/"); if (!at) { line = ""; break }
                                 line = substr(line, at + 2); inside = 0 }
                   at = index(line, "/*"); if (!at) break
                   rest = substr(line, at + 2); end = index(rest, "*/")
                   if (end) line = substr(line, 1, at - 1) substr(rest, end + 2)
                   else { line = substr(line, 1, at - 1); inside = 1; break }
               }
               print line }'
}

# Prints where a file calls one of the functions (names joined by |).
calls() { # FUNCTIONS FILE ...
    local functions=$1 file
    shift
    for file in "$@"; do
        strip "$file" | grep -nE "(^|[^A-Za-z0-9_.>])($functions) *\(" | sed "s|^|$file:|"
    done
}

verdict() { # NAME FOUND
    if [ -z "$2" ]; then echo "ok $1"; else printf 'FAIL %s\n%s\n' "$1" "$2"; fi
}

all=$(find compiler runtime -name '*.[ch]' | sort)
# The interpreter is an engine of the runtime: it runs in many threads, without an arena.
compiler=$(find compiler -name '*.[ch]' |
    grep -vE '^compiler/(support/arena|interp/interp)\.c$' | sort)
# The commands themselves print their results.
library=$(find compiler runtime -name '*.[ch]' |
    grep -vE '^compiler/(main|driver|run|prove[a-z_]*|explain)\.c$' | sort)
runtime=$(find runtime -name '*.[ch]' | sort)

# No bounds; hidden state; no way to see an error; another locale, another result.
verdict unsafe "$(calls 'gets|strcpy|strcat|sprintf|vsprintf|strtok|alloca|atoi|atol|atof' $all)"
verdict hidden "$(calls 'rand|srand|random|drand48|setlocale|localtime|ctime|asctime' $all)"
# A shell may read a fixed text only: words that somebody gave must not reach it.
verdict shell "$(calls 'system|popen' $all | grep -vE 'popen\(""')"
verdict exits "$(calls 'exit|quick_exit|abort' $library |
    grep -v '^compiler/support/arena\.c:.*abort')"
verdict prints "$(calls 'printf|puts|putchar|perror' $library)"
verdict memory "$(calls 'malloc|calloc|realloc|free|strdup|strndup' $compiler)"
# pow(x, 2) differs in its last bit between optimisation levels.
verdict squares "$(for file in $all; do
    strip "$file" | grep -nE '(^|[^A-Za-z0-9_])pow *\([^,]*, *2(\.0)? *\)' | sed "s|^|$file:|"
done)"
# State that outlives a call, in the runtime: two instances in two threads would share it.
verdict globals "$(for file in $runtime; do
    strip "$file" | grep -nE '^(static )?[a-z_][A-Za-z0-9_ *]*(\[[^]]*\])* *(=|;)' |
        grep -vE '(^|[^a-z_])(const|typedef|extern|struct [a-z_]+;|union [a-z_]+;|enum)' |
        grep -vE ':(return|break|continue|goto)' | sed "s|^|$file:|"
done)"
