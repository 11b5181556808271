#!/bin/bash
# Installs a build. Usage: tools/install.sh BUILD PREFIX
# Below PREFIX: bin/weft, include/weft/weft.h, lib/libweft-rt.a, and share/weft, the compiler's
# library.
set -eu
build=$1 prefix=$2
cd "$(dirname "$0")/.."
install -d "$prefix/bin" "$prefix/include/weft" "$prefix/lib" "$prefix/share/weft/runtime"
install -m 755 "$build/weft" "$prefix/bin/weft"
install -m 644 "$build/libweft-rt.a" "$prefix/lib/libweft-rt.a"
install -m 644 runtime/weft.h runtime/status.def "$prefix/include/weft"
# Headers, and the sources that are built when a run needs them (the Verilated controller's harness,
# the FST writer); the rest of the runtime is in bin/weft and in the library.
find runtime -type f \( -name '*.h' -o -name '*.def' -o -name '*.cpp' -o -path 'runtime/*/*.c' \) |
    while read -r file; do install -D -m 644 "$file" "$prefix/share/weft/$file"; done
find models rtl -type f \( -name '*.weft' -o -name '*.sv' -o -name '*.svh' -o -name '*.md' \) |
    while read -r file; do install -D -m 644 "$file" "$prefix/share/weft/$file"; done
