#!/bin/bash
# Wrong data: exit status 2 and a message that names the file, the line and the row or the name.
set -u
cp tests/bad/data/*.csv tests/bad/data/probe.weft "$WORK"
cd "$WORK" || exit 3

# probe.weft with one thing replaced (a sed command, or a CSV file's name for the good one).
rejects() { # CHANGE PLACE TEXT: extended regular expressions of the message's parts
    local change=$1 status
    case $change in *.csv) change="s|good.csv|$change|" ;; esac
    sed "$change" probe.weft >case.weft
    "$WEFT" run case.weft --interpret --quiet >out 2>err
    status=$?
    if [ $status = 2 ] && grep -qE "^($2).*error.*$3" err; then
        echo "ok $1"
    else
        printf 'FAIL %s: status %s, wanted %s ... %s\n%s\n' "$1" $status "$2" "$3" "$(cat err)"
    fi
}

if "$WEFT" run probe.weft --interpret --json >out 2>err && grep -q '"test.r"' out; then
    echo 'ok the good file is read'
else
    printf 'FAIL the good file is read\n%s\n' "$(cat err)"
fi
# By hand: rows 1+2+1+1, 3+4+0+0, 5+6+1+1, 7+8+0+0: mean 10.
if grep -qE '"mean": *10[,}.]' out; then
    echo 'ok its mean'
else
    echo "FAIL its mean: $(cat out)"
fi

rejects nowhere.csv         '[^ ]*nowhere\.csv:'       'cannot read the data'
rejects empty.csv           '[^ ]*empty\.csv:1:'       'empty'
rejects header_only.csv     '[^ ]*header_only\.csv:1:' 'no rows'
rejects too_wide.csv        '[^ ]*too_wide\.csv:3:'    'row 2 has 4 columns.* 3'
rejects too_narrow.csv      '[^ ]*too_narrow\.csv:4:'  'row 3 has 2 columns.* 3'
rejects nan.csv             '[^ ]*nan\.csv:3:3:'       'row 2, column .v.: .nan. is not a finite'
rejects infinite.csv        '[^ ]*infinite\.csv:4:1:'  'row 3, column .u.: .-inf. is not a finite'
rejects no_number.csv       '[^ ]*no_number\.csv:3:3:' 'row 2, column .v.: .4x. is not a number'
rejects missing_value.csv   '[^ ]*missing_value\.csv:3:3:' 'missing value in row 2, column .v.'
rejects question_mark.csv   '[^ ]*question_mark\.csv:3:1:' 'missing value in row 2, column .u.'
rejects missing_class.csv   '[^ ]*missing_class\.csv:4:5:' 'missing class label in row 3'
rejects blank_line.csv      '[^ ]*blank_line\.csv:3:'  'row 2 is empty'
rejects same_name.csv       '[^ ]*same_name\.csv:1:3:' 'columns 1 and 2 are both named .u.'
rejects no_name.csv         '[^ ]*no_name\.csv:1:3:'   'column 2 has no name'
rejects no_class.csv        'case\.weft:15'            'no column named .class.'
rejects too_many_features.csv 'case\.weft:14'          '2 elements.* 3'
rejects three_classes.csv   'case\.weft:16'            '2 elements.* 3'
rejects 's/"a"/"A"/'        'case\.weft:15'            'no row .* class .A.'
rejects 's/features/w/'     'case\.weft:14'            'no column named .w.'
rejects 's/onehot(class);/&  split train 3, test 2;/' '[^ ]*(case\.weft|good\.csv)' '(4|5)'
