#!/bin/bash
# The explicit solvers against solutions in closed form (solvers.weft): the error of the adaptive
# one falls with its tolerance and stays below 100 times of it; the steps of fixed length have the
# order that theory gives them. The interpreter and the generated C give the same bits.
set -u
export XDG_CACHE_HOME=$WORK/cache
here=tests/accuracy
problems='decay oscillator growth chain driven animals orbit'
tolerances='1e-3 1e-4 1e-5 1e-6 1e-7 1e-8 1e-9'

# The largest error of a record, over its rows (or of its last one): PROBLEM [last].
error_of() {
    awk -F, -v problem="$1" -v only="${2:-}" '
        function worse(d) { d = d < 0 ? -d : d; if (!(d <= worst)) worst = d }
        function invariant(x, y) { return x - log(x) + y - log(y) }
        NR == 1 { next }
        { t = $1; if (only) worst = 0 }
        problem == "decay" { worse($2 - exp(-t)) }
        problem == "oscillator" { worse($2 - cos(t)); worse($3 + sin(t)) }
        problem == "growth" { worse($2 - 1 / (1 + 9 * exp(-t))) }
        # c[0] leaves at rate 1, c[1] at 2, c[2] at 3.
        problem == "chain" {
            worse($2 - exp(-t))
            worse($3 - (exp(-t) - exp(-2 * t)))
            worse($4 - (exp(-t) - 2 * exp(-2 * t) + exp(-3 * t)))
        }
        problem == "driven" { worse($2 - exp(sin(t))) }
        problem == "animals" { worse(invariant($2, $3) - invariant(2, 1)) }
        problem == "orbit" { worse($2 - 0.5); worse($3) } # one period: back where it began
        END { if (NR > 1) printf "%.17g\n", worst; else print "nan" }' "$3"
}

solve() { # FILE PROBLEM OUT ARGUMENTS ...
    "$WEFT_FAST" run "$1" "${2}_test" -o "$3" --quiet "${@:4}" >"$WORK/said" 2>&1 </dev/null ||
        echo "FAIL $2 ${*:4} runs: $(cat "$WORK/said")"
}

same_in_c() { # FILE PROBLEM NAME ARGUMENTS ...; the interpreter has run already
    solve "$1" "$2" "$WORK/c" "${@:4}"
    cmp -s "$WORK/out/${2}_test.csv" "$WORK/c/${2}_test.csv" && echo "ok $2 $3 in C" ||
        echo "FAIL $2 $3: C differs from the interpreter"
}

for problem in $problems; do
    : >"$WORK/errors"
    for tolerance in $tolerances; do
        solve $here/solvers.weft $problem "$WORK/out" --interpret --set "tolerance=$tolerance"
        echo "$tolerance $(error_of $problem '' "$WORK/out/${problem}_test.csv")" >>"$WORK/errors"
        case $tolerance in
        1e-4 | 1e-8)
            same_in_c $here/solvers.weft $problem $tolerance --set "tolerance=$tolerance"
            ;;
        esac
    done
    # Where records stop the steps, one tolerance may do no better than the next, and by chance a
    # little worse; of two it does better.
    awk -v name="$problem" '
        { tolerance[NR] = $1; error[NR] = $2 }
        END {
            if (NR != 7) bad = " runs are missing"
            for (k = 1; k <= NR; k++) {
                if (error[k] !~ /^[0-9]/) bad = bad " no number at " tolerance[k]
                if (!(error[k] <= 100 * tolerance[k])) bad = bad " " error[k] " at " tolerance[k]
                if (k > 1 && error[k] > 1.2 * error[k - 1]) bad = bad " rises at " tolerance[k]
                if (k > 2 && error[k] > error[k - 2] / 5)
                    bad = bad " falls too little at " tolerance[k]
            }
            if (error[NR] > error[1] / 1e4) bad = bad " falls too little in all"
            print bad ? "FAIL " name ":" bad : "ok " name ": " error[1] " .. " error[NR]
        }' "$WORK/errors"
done

# The order: errors at the end, of one step and of half of it.
order() { # SOLVER ORDER STEP HALF
    local file=$WORK/$1.weft problem
    sed "s/solver dopri(tolerance = tolerance)/solver $1(step = step)/" $here/solvers.weft >"$file"
    for problem in decay oscillator growth chain driven; do
        solve "$file" $problem "$WORK/out" --interpret --set "step=$3"
        error_of $problem last "$WORK/out/${problem}_test.csv" >"$WORK/errors"
        solve "$file" $problem "$WORK/out" --interpret --set "step=$4"
        error_of $problem last "$WORK/out/${problem}_test.csv" >>"$WORK/errors"
        awk -v order="$2" -v name="$1-$problem" '
            { error[NR] = $1 }
            END { printf "%s abs 0.1 %s %.6f\n", name, order, log(error[1] / error[2]) / log(2) }
            ' "$WORK/errors"
    done
    same_in_c "$file" driven "$1" --set "step=$4" >&2
}
{
    order euler 1 1ms 0.5ms
    order heun 2 10ms 5ms
    order rk4 4 50ms 25ms
} 2>"$WORK/others" | awk -f tests/accuracy/compare.awk
cat "$WORK/others"
