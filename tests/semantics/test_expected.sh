#!/bin/bash
# The reader of expectations that test_semantics.sh rests on: what it must find, and what it must
# not let pass.
set -u
cat >"$WORK/f.weft" <<'END'
block b { }
//: one 0.001 x = 2      a comment
//: one 0.002 w.s[0,1] = 0.5 +- 0.01
//: one last x = 4 ~ 1e-6
//: one is test.error = 0.25
//: one is test.error.std = 0.5 +- 0.1
//: one rows = 2
//: two 0.001 x = 3
END
cat >"$WORK/f.json" <<'END'
{"experiment":"one", "measures":{"train.error":{"mean":9,"std":9,"min":9,"max":9},
 "test.error":{"mean":0.25,"std":0.45,"min":0,"max":1}},"trials":3}
END
cat >"$WORK/f.csv" <<'END'
time_s,x,"w.s[0,0][V*s]","w.s[0,1][V*s]"
0.001,2,1,
0.002,4.000001,3,0.505
END
judge() { # EXPERIMENT CSV
    awk -v name="$1" -f tests/semantics/expected.awk "$WORK/f.weft" "$WORK/f.json" "$2" |
        awk -f tests/accuracy/compare.awk
}
passes() { # NAME EXPERIMENT
    if output=$(judge "$2" "$WORK/f.csv"); then echo "ok $1"; else echo "FAIL $1: $output"; fi
}
fails() { # NAME WHAT-FAILS SED-COMMAND FILE
    cp "$WORK/$4" "$WORK/kept"
    sed "$3" "$WORK/kept" >"$WORK/$4"
    output=$(judge one "$WORK/f.csv")
    if [ $? = 1 ] && [[ $output == *"FAIL one"*"$2"* ]]; then
        echo "ok $1"
    else
        echo "FAIL $1: $output"
    fi
    mv "$WORK/kept" "$WORK/$4"
}
passes 'all as expected' one
fails 'another value' '@0.001:x' 's/^0.001,2/0.001,2.0000001/' f.csv
fails 'outside the tolerance' 'w.s[0,1]' 's/0.505/0.511/' f.csv
fails 'outside the relative tolerance' '@last:x' 's/4.000001/4.00001/' f.csv
fails 'a missing value' '@0.001:x' 's/^0.001,2/0.001,/' f.csv
fails 'a missing time' '@0.001:x' 's/^0.001,/0.0011,/' f.csv
fails 'a missing column' 'w.s[0,1]' 's/0,1\]/0,2]/' f.csv
fails 'not a number' '@0.001:x' 's/^0.001,2/0.001,nan/' f.csv
fails 'a row too many' 'one' '$a 0.003,4,,' f.csv
fails 'another mean' 'test.error' 's/"mean":0.25/"mean":0.26/' f.json
fails 'another deviation' 'test.error.std' 's/"std":0.45/"std":0.7/' f.json
fails 'a missing measure' 'is:test.error' 's/test.error"/test.errors"/' f.json
fails 'an expectation that cannot be read' 'one' '$a //: one 0.001 x 2' f.weft
if judge two "$WORK/f.csv" | grep -q '^FAIL two@0.001:x'; then
    echo 'ok the lines of another experiment'
else
    echo 'FAIL the lines of another experiment'
fi
