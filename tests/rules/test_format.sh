#!/bin/bash
# Every C file has the form that `make fmt` gives it.
set -u
command -v clang-format >/dev/null || {
    echo 'FAIL clang-format is there'
    exit 1
}
bad=
for file in $(find compiler runtime tests -name '*.[ch]' | sort); do
    clang-format --dry-run -Werror "$file" >/dev/null 2>&1 || bad="$bad $file"
done
if [ -z "$bad" ]; then echo 'ok form'; else printf 'FAIL form\nmake fmt:%s\n' "$bad"; fi
