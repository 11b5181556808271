# Compares numbers. Each line of the input: NAME KIND TOLERANCE EXPECTED ACTUAL, with KIND abs, rel
# (to the expected value; an expected zero asks for exactly zero) or max (the actual value is at
# most the expected one, TOLERANCE above). Prints `ok NAME` or `FAIL NAME: why`, one line for each
# group of lines with the same name, which tells the largest deviation. Exit status 1 when one
# failed or none came. Whatever is not a plain decimal number fails: an empty field, nan, inf.
function number(text) { return text ~ /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/ }
function abs(x) { return x < 0 ? -x : x }
function wrong(why) { if (!($1 in problem)) problem[$1] = why " (line " NR ": " $0 ")" }
NF == 0 { next }
{
    if (!($1 in count)) order[++names] = $1
    count[$1]++
}
NF != 5 { wrong("a value is missing or one too many"); next }
!number($3) || $3 < 0 { wrong("the tolerance is not a number"); next }
!number($4) { wrong("the expected value is not a number"); next }
!number($5) { wrong("the value is not a number"); next }
$2 == "abs" { deviation = abs($5 - $4) }
$2 == "rel" { deviation = $4 == 0 ? ($5 == 0 ? 0 : 1e300) : abs(($5 - $4) / $4) }
$2 == "max" { deviation = $5 - $4 }
$2 !~ /^(abs|rel|max)$/ { wrong("no such kind of comparison"); next }
{
    if (!($1 in worst) || deviation > worst[$1]) worst[$1] = deviation
    tolerance[$1] = $3
    if (!(deviation <= $3 + 0)) wrong(sprintf("deviates by %.3g, allowed %.3g", deviation, $3))
}
END {
    for (i = 1; i <= names; i++) {
        name = order[i]
        if (name in problem) { print "FAIL " name ": " problem[name]; failed = 1 }
        else printf "ok %s: %d values, largest deviation %.2g of %.2g\n", name, count[name], \
            worst[name], tolerance[name]
    }
    exit failed || !names
}
