#!/bin/bash
# Every example's controllers: all properties proved, all states reached or proved to be out of
# reach; and every controller has a property of each kind that the language promises, or nothing
# that it could be about.
set -u
export WEFT_CACHE=$WORK/cache
for file in examples/*/*.weft; do
    name=${file#examples/}
    "$WEFT_FAST" prove "$file" >"$WORK/log" 2>&1 && ! grep -q 'not reached in' "$WORK/log" &&
        echo "ok $name: $(tail -n 1 "$WORK/log")" || echo "FAIL $name"
    cat "$WORK/log"
    # One block of lines for each controller: its name, then what was proved.
    awk -v file="$name" '
        function report() {
            if (machine == "") return
            missing = ""
            if (!states) missing = missing " legal states;"
            if (!counters) missing = missing " counters in range;"
            if (phases > 1 && !alone) missing = missing " one phase at a time;"
            if (!reset) missing = missing " an await after reset;"
            if (!busy) missing = missing " an await after a command;"
            print (missing == "" ? "ok " : "FAIL ") file ", " machine ": every kind;" missing
            states = counters = phases = alone = reset = busy = 0
        }
        /^[a-z].*: sequencer / { report(); machine = $1; sub(":", "", machine) }
        /is one of its|of its [0-9]+ states/ { states = 1 }
        /only states of the table/ { states = 1 }
        /counters in range|counters are in its range|at all times: / { counters = 1 }
        /phases active exactly in their states/ {
            phases = $0
            sub(/.*\(/, "", phases)
            phases += 0
        }
        /at most one is active of|one phase at a time/ { alone = 1 }
        /awaits an input within/ { reset = 1 }
        /back in|awaits again within/ { busy = 1 }
        /it awaits no input|no bound from one await/ { reset = busy = 1 }
        END { report() }' "$WORK/log"
done
