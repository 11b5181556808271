#!/bin/bash
# The n-th allocation and the n-th file operation fail: see faults.c. Every n.
set -u
export WEFT_HOME=${WEFT_HOME:-.}
# No program is started but weft: gnuplot's absence is one of the cases.
mkdir "$WORK/nothing"
PATH=$WORK/nothing "$BUILD/san/faults" "$WORK" 1
status=$?
[ "$status" -le 1 ] || echo "FAIL faults ended with status $status"
