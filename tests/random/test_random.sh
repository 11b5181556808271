#!/bin/bash
# Random programs in every way there is to run them (README.md). Needs BUILD (with
# san/random/differential) and WORK; COUNT programs from SEED on, JOBS batches at a time; LONG=1:
# 10,000, each with every compiler and optimisation level. Failing programs come to BUILD/random/,
# small.
set -u
seed=${SEED:-1} long=${LONG:-} jobs=${JOBS:-2}
count=${COUNT:-$([ -n "$long" ] && echo 10000 || echo 1000)}
run=$BUILD/san/random/differential failures=$BUILD/random
[ -x "$run" ] || {
    echo "FAIL $run is there"
    exit 1
}
builds=('gcc -O2' 'clang -O0' 'gcc -O0' 'clang -O2')
rotate=1 cycles=150 batch=50
command -v clang >/dev/null || builds=('cc -O2' 'cc -O0')
if [ -n "$long" ]; then
    builds=('gcc -O0' 'gcc -O1' 'gcc -O2' 'gcc -O3' 'clang -O0' 'clang -O1' 'clang -O2' 'clang -O3')
    rotate=0 cycles=500
fi
options=(--library "$PWD" --failures "$failures" --batch "$batch" --cycles "$cycles")
options+=(--rotate "$rotate")
for build in "${builds[@]}"; do options+=(--build "$build"); done
rm -rf "$failures"

# The same program, byte for byte, from the same seed; another from another.
for program in 7:one 7:two 8:three; do
    "$run" --generate "${program%:*}" >"$WORK/${program#*:}" || rm -f "$WORK/${program#*:}"
done
if cmp -s "$WORK/one" "$WORK/two" && ! cmp -s "$WORK/one" "$WORK/three"; then
    echo 'ok a seed is a program'
else
    echo 'FAIL a seed is a program'
fi

# One process for each batch: they take turns with the builds.
part() { # NUMBER
    local work=$WORK/$1
    mkdir -p "$work"
    "$run" "${options[@]}" --first "$1" --work "$work" --seed $((seed + $1 * batch)) \
        --count $((count - $1 * batch < batch ? count - $1 * batch : batch)) >"$work.log" 2>&1 ||
        echo "status $?" >>"$work.log"
    rm -rf "$work"
}
running=0
for ((n = 0; n * batch < count; n++)); do
    part "$n" &
    if ((++running >= jobs)); then
        wait -n
        ((running--))
    fi
done
wait

# What failed once is run again with everything; the files say what it was.
mkdir -p "$WORK/regressions"
"$run" "${options[@]}" --rotate 0 --shrink 0 --work "$WORK/regressions" \
    tests/random/regressions/*.weft >"$WORK/regressions.log" 2>&1
echo "regressions: status $?"

cat "$WORK"/*.log | grep -v '^seconds'
cat "$WORK"/*.log | awk '
    /^seconds in/ { sum[$3] += $4 }
    END { for (name in sum) printf "seconds in %s %.0f\n", name, sum[name] }'
! grep -q '^FAIL\|^status' "$WORK"/*.log
