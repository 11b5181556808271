# Prints the ngspice deck of the 2 x 2 synaptic grid (Soudry et al. 2015, Sec. VI-B, Fig. 7): two
# triode transistors and a memristor per synapse, ten cycles of read, inverted read and write. The
# same equations, levels and times as examples/soudry2015/grid.weft; edges of 100 ns.
# Usage: awk -f grid_deck.awk -v reltol=1e-5 -v step=250e-6
function to(source, t, v) { # the source goes to v at t
    if (v == now[source]) return
    if (t > 0) wave[source] = wave[source] sprintf(" %.9g %.9g", t, now[source])
    wave[source] = wave[source] sprintf(" %.9g %.9g", t + 1e-7, v)
    now[source] = v
}
function cycle(t, sign,    m, n) {
    for (m = 0; m < 2; m++) {
        to("u" m, t, a * x[m] * sign);         to("b" m, t, -a * x[m] * sign)
        to("u" m, t + 0.011, 0);               to("b" m, t + 0.011, 0)
        to("u" m, t + 0.022, a * x[m] * sign); to("b" m, t + 0.022, -a * x[m] * sign)
    }
    for (n = 0; n < 2; n++) {
        to("e" n, t, 10); to("e" n, t + 0.0055, -10); to("e" n, t + 0.011, 10)
        to("e" n, t + 0.022, y[n] > 0 ? 10 : -10)
        to("e" n, t + 0.022 + 0.028 * (y[n] > 0 ? y[n] : -y[n]), 0)
        to("o" n, t, 0)
        to("o" n, t + 0.011, a * y[n]); to("o" n, t + 0.0165, -a * y[n]); to("o" n, t + 0.022, 0)
    }
}
BEGIN {
    a = 0.1; x[0] = 0.8; x[1] = -0.4; y[0] = 0.2; y[1] = -0.1
    for (i = 0; i < 2; i++) now["u" i] = now["b" i] = now["e" i] = now["o" i] = 0
    for (k = 0; k < 10; k++) cycle(k * 0.05, k < 5 ? -1 : 1)
    print "* 2 x 2 synaptic grid"
    split("u0 u1 b0 b1 e0 e1 o0 o1", sources)
    for (i = 1; i <= 8; i++)
        printf "V%s %s 0 PWL(0 0%s)\n", sources[i], sources[i], wave[sources[i]]
    for (n = 0; n < 2; n++) for (m = 0; m < 2; m++) {
        id = n m; k = "x" id; u = "u" m; b = "b" m; e = "e" n; o = "o" n
        printf "Bn%s %s %s I=2.5*(uramp(V(%s)-V(%s)-1.7)^2-uramp(V(%s)-V(%s)-1.7)^2)\n", \
            id, u, k, e, k, e, u
        printf "Bp%s %s %s I=2.5*(uramp(V(%s)-V(%s)-1.4)^2-uramp(V(%s)-V(%s)-1.4)^2)\n", \
            id, b, k, b, e, k, e
        printf "Bm%s %s %s I=V(%s,%s)*1e-6*(1+V(s%s))\n", id, k, o, k, o, id
        # V(s) is the flux times 180 uS/(V s) over 1 uS: 0.18 / 1 mF = 180 per volt second.
        printf "Bs%s 0 s%s I=0.18*V(%s,%s)\nCs%s s%s 0 1m ic=0\n", id, id, k, o, id, id
    }
    printf ".options method=trap reltol=%s abstol=1e-15 vntol=1e-9 chgtol=1e-15 trtol=1", reltol
    print " gmin=1e-15"
    printf ".tran %s 0.5 0 %s uic\n", step, step
    print ".save v(s00) v(s01) v(s10) v(s11) i(vo0) i(vo1) i(vu0) i(vu1)"
    print ".control\nset num_threads=1\nrun"
    print "print v(s00)[length(v(s00))-1]\nquit\n.endc\n.end"
}
