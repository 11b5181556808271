#!/bin/bash
# Every documented limit (grammar/README.md, "Limits") on both sides: what just fits compiles, one
# more is refused with its message. And what has no limit: large sources compile.
set -u
run=$WEFT_FAST
cd "$WORK" || exit 3

# The last program written to x.weft is accepted, or its first message has this code.
fits() { # NAME
    if "$run" check x.weft >out 2>&1; then echo "ok $1 fits"; else
        echo "FAIL $1 does not fit: $(head -n 3 out)"
    fi
}
refused() { # NAME CODE
    "$run" check x.weft >out 2>&1
    local status=$?
    if [ $status = 2 ] && head -n 1 out | grep -q "^x.weft:[0-9]*:[0-9]*: error\[$2\]"; then
        echo "ok $1 and one more is refused"
    else
        echo "FAIL $1 and one more: status $status: $(cut -c 1-200 out | head -n 3)"
    fi
}
times() { # TEXT N
    printf "%*s" "$2" '' | sed "s/ /$1/g"
}

named() { echo "block b { out $1;  $1 = 0; }" >x.weft; }
named "$(times a 100)" && fits 'a name of 100 letters'
named "$(times a 101)" && refused 'a name of 100 letters' E0136

nested() { echo "block b { out y;  y = $(times '(' "$1")1$(times ')' "$1"); }" >x.weft; }
nested 249 && fits '250 brackets, that of the block included'
nested 250 && refused '250 brackets, that of the block included' E0119
summed() { echo "block b { in x;  out y;  y = x$(times ' + x' "$1"); }" >x.weft; }
summed 990 && fits 'a tree of 990 operators'
summed 1010 && refused 'a tree of 1000 operators' E0119

dims() { echo "block b { in x[2$(times ', 2' "$1")];  out y;  y = sum(i: x[i$2]); }" >x.weft; }
dims 5 ', 0, 0, 0, 0, 0' && fits '6 dimensions'
dims 6 ', 0, 0, 0, 0, 0, 0' && refused '6 dimensions' E0301

# Elements: 2^31 in one array and in all.
array() { echo "block b { in x[32768, $1];  out y;  y = x[0, 0]; }" >x.weft; }
array 65535 && fits 'an array of 2^31 elements'
array 65537 && refused 'an array of 2^31 elements' E0330
extent() { echo "block b { in x[$1];  out y;  y = x[0]; }" >x.weft; }
extent 2000000000 && fits 'an extent of 2e9'
extent 2000000001 && refused 'an extent of 2e9' E0315
arrays() {
    echo "block b { in x[32768, 32768], z[32768, $1];  out y;  y = x[0, 0] + z[0, 0]; }" >x.weft
}
arrays 32767 && fits '2^31 elements in all'
arrays 32768 && refused '2^31 elements in all' E0331

widths() {
    cat >x.weft <<WEFT
block b {
  out y;
  y = 0;
  sequencer s(clock = 1kHz) { reg r: uint[$1] = 0;  loop { r = r + 1;  await 1 cycles; } }
}
WEFT
}
widths 32 && fits 'a register of 32 bits'
widths 33 && refused 'a register of 32 bits' E0315

phase() {
    cat >x.weft <<WEFT
block b {
  out y;
  y = 0;
  phase p for $1 { y = 1; }
  sequencer s(clock = 1Hz) { loop { p; } }
}
WEFT
}
phase 9000s && fits 'a phase of 9000 s'
phase 9001s && refused 'a phase of 9000 s' E0508

# Phases that can be active together in every combination: 2^12 modes of one signal are possible.
together() { # N
    {
        echo 'block b {'
        echo '  out y;'
        for ((k = 0; k < $1; k++)); do
            echo "  let z$k;  z$k = 0;  phase p$k { z$k = 1; }"
        done
        echo "  y = z0$(for ((k = 1; k < $1; k++)); do printf ' + z%d' $k; done);"
        echo '  sequencer s(clock = 1kHz) {'
        for ((k = 0; k < $1; k++)); do echo "    input i$k;"; done
        echo '    loop {'
        echo '      par {'
        for ((k = 0; k < $1; k++)); do
            echo "        { await 1 cycles;  if i$k { during p$k { await 1 cycles; } } }"
        done
        echo '      }'
        echo '    }'
        echo '  }'
        echo '}'
    } >x.weft
}
together 12 && fits '12 phases in every combination'
together 13 && refused '12 phases in every combination' E0420

# No limit: a long source, many parts, many phases in one controller.
seq 40000 | awk '{
    printf "block b%d {\n  in x: V;\n  out y: V;\n  y = %d * x;\n}\n", $1, $1 }' >x.weft
fits '200,000 lines'
{
    seq 10000 | awk '{ printf "block b%d { in x: V;  out y: V;  y = %d * x; }\n", $1, $1 }'
    echo 'block top {'
    echo '  in x: V;'
    echo '  out y: V;'
    seq 10000 | awk '{ printf "  part p%d: b%d;  p%d.x = x;\n", $1, $1, $1 }'
    echo '  y = p1.y;'
    echo '}'
} >x.weft
fits '10,000 parts of as many blocks'
{
    echo 'block b {'
    echo '  out y;'
    echo '  y = 0;'
    seq 2000 | awk '{ printf "  phase p%d for 1ms { y = %d; }\n", $1, $1 }'
    echo '  sequencer s(clock = 1kHz) { loop {'
    seq 2000 | awk '{ printf "  p%d;\n", $1 }'
    echo '  } }'
    echo '}'
} >x.weft
fits '2,000 phases of one controller'
