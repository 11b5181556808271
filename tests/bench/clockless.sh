# Part of bench.sh: networks without a clock beside the decks of the same networks for a circuit
# simulator (tests/spice/r3_*.cir: 100 epochs of training and evaluation, stretched to 1000, options
# as tight as they came), and ten sets of weights in the lanes of a vector beside one after the
# other.
for pair in 'r3_121 two_rows' 'r3_xor xor'; do
    read -r deck file <<<"$pair"
    awk '/^\.tran/ { $3 *= 10 } { print }' "tests/spice/$deck.cir" >"$work/$deck.cir"
    # Without its records: a file of every row is no part of the task.
    sed '/^  record /d' "tests/accuracy/r3/$file.weft" >"$work/$file.weft"
    "$weft" run "$work/$file.weft" "$deck" --quiet -o "$work/r3" >"$work/out" 2>"$work/err"
    circuit=$(cd "$work" && user_seconds 1 ngspice -b "$deck.cir")
    ours=$(user_seconds 7 "$weft" run "$work/$file.weft" "$deck" --quiet -o "$work/r3")
    fact "$deck, 1000 epochs in ngspice" "$circuit" s
    fact 'the same in weft' "$ours" s
    figure 'ngspice over weft' "$(ratio "$circuit" "$ours")" '' '>=' 300
done

sed 's/^experiment two_rows .*/&\n  repeat 10;/' examples/paulu2021/two_rows.weft \
    >"$work/lanes.weft"
"$weft" run "$work/lanes.weft" two_rows --quiet -o "$work/r3" >"$work/out" 2>"$work/err"
lanes=$(user_seconds 7 "$weft" run "$work/lanes.weft" two_rows --quiet -o "$work/r3")
alone=$(user_seconds 7 "$weft" run "$work/lanes.weft" two_rows --quiet -o "$work/r3" --no-lanes)
fact '1-2-1 from ten sets of weights, in lanes' "$lanes" s
fact 'the same one after the other' "$alone" s
figure 'one after the other over lanes' "$(ratio "$alone" "$lanes")" '' '>=' 3
