#!/bin/bash
# Arrays stay arrays: the generated files of a 2 x 2 grid and of a 1000 x 1000 grid differ in
# numbers only. Numbers are replaced by N and lines are taken apart into words before that: where a
# line is broken follows from the lengths of its numbers.
cd "$(dirname "$0")/../.." || exit 3
mkdir -p "$WORK/models" && cp -r models/* "$WORK"
cat >"$WORK/grid.weft" <<'WEFT'
import layers.synaptic_grid;
block toy(k) {
  in x[k], y[k];
  part g: grid(n = k, m = k);
  g.x[j] = x[j];
  g.y[i] = y[i];
  sequencer cycle(clock = 10kHz) {
    loop { g.read;  g.invert;  g.write; }
  }
}
experiment small of toy(k = 2) { run for 0.5s; }
experiment large of toy(k = 1000) { run for 0.5s; }
WEFT

for size in small large; do
    if "$WEFT" build "$WORK/grid.weft" $size -o "$WORK/$size" >/dev/null; then
        echo "ok build-$size"
    else
        echo "FAIL build-$size"
    fi
    for file in grid.c grid.h grid.json toy_cycle.sv; do
        sed -E -e "s/\"$size\"/\"name\"/g" -e 's/(0x|fingerprint": ")[0-9a-f]{6,}/N/' \
            -e 's/[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/N/g' "$WORK/$size/$file" |
            tr -s ' \n' '\n' >"$WORK/$size/$file.text"
    done
done
for file in grid.c grid.h grid.json toy_cycle.sv; do
    if [ "$(wc -l <"$WORK/small/$file")" -gt 20 ] &&
        diff "$WORK/small/$file.text" "$WORK/large/$file.text" >"$WORK/diff"; then
        echo "ok numbers-only-$file"
    else
        echo "FAIL numbers-only-$file"
        head -20 "$WORK/diff"
    fi
done
if grep -q '^`ifdef FORMAL' "$WORK/large/toy_cycle.sv"; then
    echo 'ok for-the-prover-too'
else
    echo 'FAIL for-the-prover-too: the module has no part for the prover'
fi
