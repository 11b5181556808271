# Part of bench.sh: the four trainings of Paulu et al. 2021, Table 2, beside the times that Table 1
# of the paper gives for training such networks in software on a CPU. One run each: the last takes a
# minute. A short one before it compiles.
mkdir -p "$work/short"
sed 's/train 1000 epochs/train 1 epochs/' examples/paulu2021/speed.weft >"$work/short/speed.weft"
for test in 'test1 2.017' 'test2 6.373' 'test3 54.678' 'test4 274.644'; do
    read -r name software <<<"$test"
    "$weft" run "$work/short/speed.weft" "$name" --data examples/paulu2021 --quiet \
        -o "$work/table2" >"$work/out" 2>"$work/err"
    figure "Table 2 of Paulu et al., $name, 1000 epochs" \
        "$(user_seconds 1 "$weft" run examples/paulu2021/speed.weft "$name" --quiet \
            -o "$work/table2")" s '<=' "$software"
done
