#!/bin/bash
# The command line: statuses, where text goes, suggestions, refusals.
set -u
expect() { # NAME STATUS PATTERN-ON-STDERR ARGUMENTS ...
    local name=$1 wanted=$2 pattern=$3 status
    shift 3
    "$WEFT" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null
    status=$?
    if [ "$status" = "$wanted" ] && grep -qe "$pattern" "$WORK/err" && [ ! -s "$WORK/out" ]; then
        echo "ok $name"
    else
        echo "FAIL $name: status $status"
        cat "$WORK/out" "$WORK/err"
    fi
}
prints() { # NAME PATTERN-ON-STDOUT ARGUMENTS ...
    local name=$1 pattern=$2
    shift 2
    if "$WEFT" "$@" >"$WORK/out" 2>"$WORK/err" && grep -qe "$pattern" "$WORK/out" &&
        [ ! -s "$WORK/err" ]; then
        echo "ok $name"
    else
        echo "FAIL $name"
        cat "$WORK/out" "$WORK/err"
    fi
}

prints 'help' '--lockstep' --help
prints 'help of a command' '^usage: weft run' run --help
prints 'help, short' '--seed N' -h
prints 'version' '^weft [0-9]' --version
prints 'help needs no file' '^usage: weft check' check -h

expect 'nothing at all' 2 'E1011.*no command'
expect 'unknown command' 2 "did you mean 'run'" rnu x.weft
expect 'a file in place of a command' 2 'weft run x.weft' x.weft
expect 'unknown option' 2 "did you mean '--jobs'" run x.weft --jbos 2
expect 'unknown option, nothing near' 2 "weft --help" run x.weft --zzzzzz
expect 'unknown letter' 2 "E1003.*'-x'" run -x f.weft
expect 'no file' 2 'E1013.*weft check FILE' check
expect 'one word too many' 2 "E1009.*'c'" check a.weft b c
expect 'value missing' 2 'E1005.*--seed.*N' run a.weft --seed
expect 'empty value' 2 'E1005.*--trace' run a.weft --trace=
expect 'value where none belongs' 2 "E1008.*--json.*'yes'" run a.weft --json=yes
expect 'given twice' 2 'E1010.*--seed' run a.weft --seed 1 --seed 2
expect 'no number' 2 "E1007.*--seed.*'x'" run a.weft --seed x
expect 'negative' 2 "E1007.*--jobs.*'-1'" run a.weft --jobs -1
expect 'no jobs' 2 "E1007.*--jobs.*'0'" run a.weft --jobs 0
expect 'too large' 2 'E1007.*--seed' run a.weft --seed 18446744073709551616
expect 'a number and more' 2 'E1007.*--seed' run a.weft --seed 1x
expect 'set without value' 2 "E1006.*NAME=VALUE.*'a'" run a.weft --set a
expect 'set without name' 2 "E1006" run a.weft --set =1
expect 'set with nothing behind' 2 "E1006" run a.weft --set a=
expect 'meaningless here' 2 "E1012.*--rtl.*weft check" check a.weft --rtl
expect 'excluding' 2 'E1014.*interpret.*rtl' run a.weft --interpret --rtl
expect 'excluding' 2 'E1014.*rtl.*lockstep' run a.weft --rtl --lockstep
expect 'several mistakes in one run' 2 'E1003' run a.weft --zzz --seed x
expect 'a value glued to its letter' 2 "E0002.*'/nonexistent.weft'" \
    run /nonexistent.weft "-o$WORK/x"
expect 'a letter without its value' 2 'E1005.*--out' run a.weft -o
expect 'only files behind --' 2 "E0002.*'--json'" check -- --json
expect 'a dash alone is a file' 2 "E0002.*'-'" check -
expect 'a short word' 2 "E1001.*'ab'" ab
expect 'nearly a file' 2 "E1001.*'x.wef'" x.wef
expect 'two files for fmt' 2 "E1009.*'b'" fmt a.weft b
expect 'no such message' 2 "E1016.*'zz'" explain zz
expect 'two messages' 2 "E1009.*'E0102'" explain E0101 E0102
expect 'no such form' 2 "E1006.*text or json, not 'xml'" check a.weft --diagnostics=xml
expect 'the usual form' 2 '^weft: error.E0002' check /nonexistent.weft --diagnostics=text
expect 'the other form' 2 '^{"code": "E0002"' check /nonexistent.weft --diagnostics json
program=tests/semantics/decided.weft
expect 'no such experiment' 2 "there is 'third'" run $program zzzzzzz
expect 'nearly an experiment' 2 "did you mean 'first'" run $program frist
expect 'no such parameter to set' 2 'E0213.*--set zz' check $program --set zz=1 --set yy=1
expect 'no such parameter to keep' 2 'E0218.*--keep q' check $program --keep q
expect 'set to an infinite number' 2 'E0214.*n=inf: this is not a number' \
    run $program first --set n=inf
expect 'set to a number and a word' 2 "E0214.*there is no unit 'x'" run $program first --set n=1x
expect 'a count beyond all' 2 'E0314.*this is 1e+300' run $program first --set n=1e300
expect 'a count of halves' 2 'E0314.*--set n .*this is 0.5' run $program first --set n=50%
for missing in float fast; do
    expect "not built: --$missing" 2 "E1004.*--$missing" run a.weft "--$missing"
done
for missing in doc report export sweep; do
    expect "not built: $missing" 2 'E1002' "$missing" a.weft
    expect "and what there is" 2 'check, build, run, fmt' "$missing" a.weft
done

# A full disk shows, whatever was printed.
"$WEFT" --help >/dev/full 2>"$WORK/err"
if [ $? = 3 ] && grep -q E0003 "$WORK/err"; then echo 'ok full disk'; else echo 'FAIL full disk'; fi
