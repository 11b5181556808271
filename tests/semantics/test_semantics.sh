#!/bin/bash
# The meaning of the language: every experiment of tests/semantics/*.weft gives the numbers that its
# file works out by hand, the same from the interpreter and from the generated C, to the byte, and
# behind Verilated controllers where the file asks for it. Expectations: see expected.awk; besides
#   //: EXPERIMENT status N TEXT     exit status, and what the messages must contain
#   //: EXPERIMENT options ...       of the command line
#   //: EXPERIMENT rtl               is run with --rtl too
#   //: EXPERIMENT jobs N            is run with --jobs N too
#   //: EXPERIMENT same OTHER        has the records of another experiment of the file; or `differs`
# Usage: [MODES=interpret] test_semantics.sh [FILE ...]; every file of the folder without.
set -u
here=tests/semantics
[ $# -gt 0 ] || set -- $here/*.weft

# One run's statement of results, without what differs from run to run.
run_one() { # HOW FILE EXPERIMENT OPTIONS ...
    local how=$1 file=$2 name=$3 program=$WEFT_FAST flag=
    shift 3
    case $how in
    interpret) program=$WEFT flag=--interpret ;;
    rtl) flag=--rtl ;;
    jobs*) flag="--jobs ${how#jobs}" ;;
    esac
    out=$WORK/$how/$(basename "$file" .weft)
    mkdir -p "$out"
    "$program" run "$file" "$name" -o "$out" --json $flag "$@" \
        >"$out/$name.full" 2>"$out/$name.err" </dev/null
    status=$?
    sed -e 's/"seconds":{[^}]*}//; s/"lockstep":{[^}]*}//' -e '/"compile"/d; /"seconds"/d' \
        "$out/$name.full" >"$out/$name.json"
}

check_experiment() { # FILE EXPERIMENT
    local file=$1 name=$2 stem wanted pattern modes why= how
    stem=$(basename "$file" .weft)
    wanted=$(sed -n "s|^//: $name status \([0-9]*\).*|\1|p" "$file")
    pattern=$(sed -n "s|^//: $name status [0-9]* \(.*\)|\1|p" "$file")
    options=$(sed -n "s|^//: $name options \(.*\)|\1|p" "$file")
    modes='interpret c'
    ! grep -q "^//: $name rtl" "$file" || modes="$modes rtl"
    modes="$modes $(sed -n "s|^//: $name jobs \([0-9]*\).*|jobs\1|p" "$file")"
    modes=${MODES:-$modes} # only these, where speed counts
    for how in $modes; do
        run_one $how "$file" "$name" $options
        if [ $status != "${wanted:-0}" ]; then
            echo "FAIL $stem $name: $how: status $status, not ${wanted:-0}"
            head -n 12 "$out/$name.err"
            return
        fi
        [ -z "$pattern" ] || grep -qF -- "$pattern" "$out/$name.err" ||
            why="$why; $how: no '$pattern'"
        [ $how = interpret ] && first=$out && continue
        for made in json csv; do
            [ -e "$first/$name.$made" ] || [ -e "$out/$name.$made" ] || continue
            cmp -s "$first/$name.$made" "$out/$name.$made" ||
                why="$why; $how: other $made than interpreted"
        done
    done
    for other in $(sed -n "s|^//: $name same ||p" "$file"); do
        cmp -s "$first/$name.csv" "$first/$other.csv" || why="$why; other records than $other"
    done
    for other in $(sed -n "s|^//: $name differs ||p" "$file"); do
        ! cmp -s "$first/$name.csv" "$first/$other.csv" || why="$why; the records of $other"
    done
    records=
    [ ! -e "$first/$name.csv" ] || records=$first/$name.csv
    awk -v name="$name" -f $here/expected.awk "$file" "$first/$name.json" $records >"$WORK/lines"
    if [ -s "$WORK/lines" ]; then
        verdict=$(awk -f tests/accuracy/compare.awk "$WORK/lines") ||
            why="$why; $(echo "$verdict" | grep ^FAIL)"
    elif [ -z "$wanted" ]; then
        why="$why; nothing is expected of it"
    fi
    if [ -z "$why" ]; then
        echo "ok $stem $name"
    else
        echo "FAIL $stem $name: ${why#; }"
    fi
}

for file; do
    if ! "$WEFT" check "$file" >"$WORK/checked" 2>&1; then
        echo "FAIL $(basename "$file" .weft) is refused: $(head -n 30 "$WORK/checked")"
        continue
    fi
    for name in $(sed -n 's/^experiment \([a-z_0-9]*\) .*/\1/p' "$file"); do
        check_experiment "$file" "$name"
    done
done
