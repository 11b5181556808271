#!/bin/bash
# --diagnostics=json: every line of every case is JSON, says what the text says, and a suggested
# edit, carried out, takes its message away.
set -u
"${CC:-cc}" -std=c11 -Wall -Wextra -o "$WORK/json_lines" tests/bad/json_lines.c || exit 3
cp tests/bad/*.weft tests/bad/*.out "$WORK"
cd "$WORK" || exit 3

# A message of each kind, field by field; the numbers are counted by hand in the text below.
printf 'block b {\n  in level: V;\n  out z;\n  z = levle + 1;\n  z = 2;\n  w "\n}\n' >one.weft
sed '/"$/d' one.weft >two.weft
"$WEFT" check two.weft --diagnostics=json 2>err
[ $? = 2 ] && ./json_lines <err >leaves
cat >wanted <<'END'
0.code=E0203
0.name=unknown-name
0.severity=error
0.stage=names
0.file=two.weft
0.line=4
0.column=7
0.end_line=4
0.end_column=12
0.text=unknown name 'levle' in 'b'
0.help.0=did you mean 'level'?
0.edit.file=two.weft
0.edit.line=4
0.edit.column=7
0.edit.end_line=4
0.edit.end_column=12
0.edit.replacement=level
END
if cmp -s wanted leaves; then
    echo 'ok fields'
else
    printf 'FAIL fields\n%s\n' "$(diff wanted leaves)"
fi

"$WEFT" check one.weft --diagnostics=json --max-errors 1 2>err
if ./json_lines <err | grep -q '^0.code=E01'; then
    echo 'ok syntax'
else
    echo "FAIL syntax: $(cat err)"
fi
"$WEFT" run --seed many --diagnostics=json 2>err
if [ "$(./json_lines <err | grep -c 'code=E10')" = 2 ]; then echo 'ok command line'; else
    echo "FAIL command line: $(cat err)"
fi

# All cases: as many messages, and the same texts, as for people.
same=0
edits=0
for case in *.weft; do
    name=${case%.weft}
    [ -e "$name.out" ] || continue
    head -n 1 "$case" | grep -q '^// \$ ' && continue
    "$WEFT_FAST" check "$case" --diagnostics=json --max-errors 0 2>err >/dev/null
    if ! ./json_lines <err >leaves; then
        echo "FAIL $name: $(tail -n 1 leaves) in $(cat err)"
        continue
    fi
    sed -n 's/^.*: error\[\(E[0-9]*\)\]: \(.*\)$/\1 \2/p' "$name.out" >people
    awk -F= '{ value = substr($0, length($1) + 2) }
        $1 ~ /^[0-9]+\.code$/ { code = value }
        $1 ~ /^[0-9]+\.text$/ { print code, value }' leaves >machine
    if cmp -s people machine; then same=$((same + 1)); else
        printf 'FAIL %s\n%s\n' "$name" "$(diff people machine)"
    fi
    # The first edit, carried out.
    grep -o '^[0-9]*\.edit' leaves | head -n 1 >first
    [ -s first ] || continue
    nth=$(sed 's/\.edit//' first)
    field() { sed -n "s/^$nth\\.edit\\.$1=//p" leaves; }
    line=$(field line) column=$(field column) end=$(field end_column) new=$(field replacement)
    awk -v line="$line" -v from="$column" -v to="$end" -v new="$new" '
        NR == line { $0 = substr($0, 1, from - 1) new substr($0, to) } { print }' "$case" \
        >edited.weft
    before=$(grep -c 'code=' leaves)
    "$WEFT_FAST" check edited.weft --diagnostics=json --max-errors 0 2>err2 >/dev/null
    after=$(./json_lines <err2 | grep -c 'code=')
    if [ "$after" -lt "$before" ]; then edits=$((edits + 1)); else
        echo "FAIL $name: the edit '$new' at $line:$column leaves $after messages"
    fi
done
if [ $same -ge 200 ]; then echo "ok $same cases say the same"; else echo "FAIL only $same cases"; fi
if [ $edits -ge 15 ]; then echo "ok $edits edits help"; else echo "FAIL only $edits edits"; fi
