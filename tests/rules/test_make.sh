#!/bin/bash
# The Makefile: every target has its line in `make help`, plain make calls flex, bison and cc only,
# what is installed works from there.
set -u
expect() { # NAME, then a command that must hold
    if "${@:2}" >"$WORK/log" 2>&1; then echo "ok $1"; else
        echo "FAIL $1"
        tail -n 20 "$WORK/log"
    fi
}

make --no-print-directory help >"$WORK/help"
for target in all demo check check-fast bench fmt install help clean; do
    expect "help names $target" grep -q "make $target " "$WORK/help"
done

# The programs of a plain build, in a PATH that has nothing else.
mkdir "$WORK/bin"
for program in flex bison m4 cc gcc ld as ar make bash sh sed grep find sort mkdir rm echo touch; do
    ln -s "$(command -v "$program")" "$WORK/bin/" 2>/dev/null
done
expect 'plain make needs flex, bison and cc' \
    env -i PATH="$WORK/bin" make --no-print-directory -j2 BUILD="$WORK/build" all
expect 'nothing to do the second time' \
    make --no-print-directory -q BUILD="$WORK/build" all

expect 'make install' make --no-print-directory BUILD="$WORK/build" PREFIX="$WORK/usr" install
expect 'the installed weft tells its version' "$WORK/usr/bin/weft" --version
cat >"$WORK/f.weft" <<'END'
import devices.linear_drift;
block cell {
  out i: A;
  part m: linear_drift;
  m.v = 0V;  i = m.i;
}
END
expect 'the installed weft finds its library' \
    env -u WEFT_HOME "$WORK/usr/bin/weft" check "$WORK/f.weft"
expect 'nothing of the build is written outside its folder' \
    [ -z "$(git status --porcelain --ignored | grep -vE '^!! build/' | grep '^!!')" ]
