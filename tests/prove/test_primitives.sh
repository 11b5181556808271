#!/bin/bash
# The primitives of rtl/, for all inputs and for ever: each is proved to keep what NAME_proof.sv
# says, by induction, and each fault below is refuted by a run from reset. Needs WORK.
set -u
# PRIMITIVE, what is wrong with it, the sed command that makes it so. (What weft_pwm has left in
# reset is no matter: a phase begins with its start.)
faults='
weft_pwm|one cycle too short|s/left - Width.(1)/left - Width'"'"'(2)/
weft_pwm|no end at zero|s/(left != .0) ? left - \(Width.(1)\) : .0/left - \1/
weft_pwm|its width not taken|s/start_i ? .* : left_q/left_q/
weft_pwm|not clipped by its phase|s/active_i & //
weft_pwm|all of the first width|s/n[*]Width +:/0 +:/
weft_sync|one register only|s/q_o = second_q/q_o = first_q/
weft_sync|the second in place of both|s/second_q <= first_q/second_q <= d_i/
weft_sync|upside down|s/first_q  <= d_i/first_q  <= ~d_i/
weft_sync|the first not reset to 0|s/first_q  <= .0/first_q  <= '"'"'1/
weft_sync|the second not reset to 0|s/second_q <= .0/second_q <= '"'"'1/
'

# What the proof says that lies inside of the primitive: Yosys knows no names across modules.
connections() { # PRIMITIVE
    [ "$1" = weft_pwm ] || return
    for n in 0 1; do
        echo "connect -set gen_pulse[$n].left u_pwm.gen_pulse[$n].left_q"
    done
}
proof() { # PRIMITIVE FILE, what it says goes to $WORK/log
    {
        echo "read_verilog -sv -formal $2 tests/prove/$1_proof.sv"
        echo "prep -flatten -top $1_proof"
        connections "$1"
        echo 'async2sync'
        echo 'opt_clean'
        echo 'sat -tempinduct -prove-asserts -set-assumes -maxsteps 12'
    } >"$WORK/proof.ys"
    rm -f "$WORK/log"
    yosys -q -l "$WORK/log" -s "$WORK/proof.ys" >"$WORK/err" 2>&1 || cat "$WORK/err" >>"$WORK/log"
}
verdict() { # NAME, then a command that must hold
    if "${@:2}"; then echo "ok $1"; else
        echo "FAIL $1"
        tail -n 30 "$WORK/log"
    fi
}

for file in rtl/weft_*.sv; do
    name=$(basename "$file" .sv)
    proof "$name" "$file"
    verdict "$name: proved" grep -q 'Induction step proven: SUCCESS!' "$WORK/log"
    verdict "$name: has faults" grep -q "^$name|" <<<"$faults"
done
while IFS='|' read -r name what command; do
    [ -n "$name" ] || continue
    sed "$command" "rtl/$name.sv" >"$WORK/$name.sv"
    cmp -s "rtl/$name.sv" "$WORK/$name.sv" && echo "FAIL $name, $what: nothing is changed"
    proof "$name" "$WORK/$name.sv"
    verdict "$name, $what: refuted" grep -q 'model found for base case: FAIL!' "$WORK/log"
done <<<"$faults"
