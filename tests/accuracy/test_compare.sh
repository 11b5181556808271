#!/bin/bash
# The comparison that the accuracy tests rest on: it must notice what they look for.
set -u
compare() { awk -f tests/accuracy/compare.awk; }
passes() { # NAME, the lines on standard input
    if output=$(compare) && [ "${output%% *}" = ok ]; then
        echo "ok $1"
    else
        echo "FAIL $1: $output"
    fi
}
fails() { # NAME
    if output=$(compare); then echo "FAIL $1 was not noticed: $output"; else echo "ok $1"; fi
}
passes 'equal values' <<<'a abs 0 1.5 1.5'
passes 'exponents' <<<'a rel 1e-9 1.5e-3 0.0015'
passes 'just inside, absolute' <<<'a abs 1e-3 2 2.00099'
fails 'just outside, absolute' <<<'a abs 1e-3 2 2.00101'
passes 'just inside, relative' <<<'a rel 1e-5 -0.08064 -0.0806407'
fails 'just outside, relative' <<<'a rel 1e-5 -0.08064 -0.080641'
fails 'outside below' <<<'a rel 1e-5 -0.08064 -0.080639'
fails 'the sign turned' <<<'a rel 1e-5 -0.08064 0.08064'
fails 'the sign turned, absolute' <<<'a abs 1e-3 0.5 -0.5'
passes 'zero for zero' <<<'a rel 1e-5 0 0'
fails 'something for zero' <<<'a rel 1e-5 0 1e-30'
fails 'zero for something' <<<'a rel 1e-5 1e-30 0'
passes 'near zero, absolute' <<<'a abs 1e-5 0 -9e-6'
fails 'nan for a number' <<<'a abs 1 0 nan'
fails 'a number for nan' <<<'a abs 1 nan 0'
fails 'minus nan' <<<'a abs 1 0 -nan'
fails 'infinity' <<<'a abs 1 0 inf'
fails 'a word' <<<'a abs 1 0 x1'
fails 'no value' <<<'a abs 1 0'
fails 'a value too many' <<<'a abs 1 0 0 0'
fails 'no lines' </dev/null
fails 'an unknown kind' <<<'a near 1 0 0'
fails 'one bad line among good ones' <<<$'a abs 1 0 0\na abs 1 0 3\na abs 1 0 0'
fails 'one bad group among good ones' <<<$'a abs 1 0 0\nb abs 1 0 3\nc abs 1 0 0'
passes 'below a limit' <<<'a max 0 6.6 -7'
fails 'above a limit' <<<'a max 0 6.6 6.601'
