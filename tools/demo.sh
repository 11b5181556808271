#!/bin/bash
# The demo: the quickstart, then Iris with the C and the Verilated controller in lockstep.
# Usage: tools/demo.sh WEFT
set -eu
weft=$1
cd "$(dirname "$0")/.."
run() {
    echo "+ weft ${*}"
    "$weft" "$@"
    echo
}
if [ -f examples/quickstart/quickstart.weft ]; then run run examples/quickstart/quickstart.weft; fi
if [ -f examples/soudry2015/iris.weft ]; then
    run run examples/soudry2015/iris.weft iris --lockstep
fi
