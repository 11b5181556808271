// Functions and devices by dice: every way in which states are advanced, laws for either side,
// ideal switches, inner devices turned round.
#include "random/make.h"

void roll_function(maker *g) {
    function_kind *f = &g->functions[g->function_count];
    f->name = fresh(g, "func");
    f->args = 1 + roll(g, 3);
    f->result = (unit_kind)roll(g, 3);
    quantity reads[3];
    put(g, "function %s(", f->name);
    for (int k = 0; k < f->args; k++) {
        f->unit[k] = (unit_kind)roll(g, 3);
        reads[k] = (quantity){.path = fresh(g, "a"), .unit = f->unit[k]};
        put(g, "%s%s%s", k ? ", " : "", reads[k].path, unit_text_of(f->unit[k]));
    }
    place p = {.reads = reads, .read_count = f->args};
    put(g, ")%s = %s;\n\n", unit_text_of(f->result), right_side(g, &p, f->result, 2));
    g->function_count++;
}

static void keep_param(device_kind *d, const char *name) {
    d->params[d->param_count++] = name;
}
static void keep_state(device_kind *d, const char *name) {
    d->states[d->state_count++] = name;
}

// The rate of a state without unit, in 1/s.
static const char *rate(maker *g, int kind, const char *drive, const char *s) {
    switch (kind) {
    case 0:
        return say(g, "%s / tau", drive);
    case 1:
        return say(g, "(%s - %s) / tau", drive, s);
    case 2:
        return say(g, "(%s - %s^3) / tau", drive, s);
    case 3:
        return say(g,
                   "when %s > 0.25: (1 - %s) / tau, when %s < -0.25: (-1 - %s) / tau, else -%s / "
                   "(2 * tau)",
                   drive, s, drive, s, s);
    case 4:
        return say(g, "when %s < 0.5: %s * (1 - tanh(%s)) / tau, else %s / (3 * tau)", s, drive, s,
                   drive);
    case 5:
        return say(g, "0");
    default:
        return say(g, "when abs(%s) > 0.4: %s * (1 - %s^2)^2 / tau, else 0", drive, drive, s);
    }
}

static void plain_device(maker *g, device_kind *d) {
    static const char *const ranges[] = {"", " in [-1, 1]", " in [-0.5, 0.75]", " in [0, 1]"};
    bool voltage = chance(g, 30), two = chance(g, 25), nonlinear = !voltage && chance(g, 25);
    const char *drive = voltage ? "i / 50uA" : "v / 1V";
    d->linear = !nonlinear;
    put(g, "device %s {\n  param g_0: %s = %s, g_1: %s = %s;\n", d->name, voltage ? "Ohm" : "S",
        voltage ? "10k" : "20u", voltage ? "Ohm" : "S", voltage ? "4k" : "11u");
    put(g, "  param tau: s in [1us, 1s] = %s;  /// how fast\n", chance(g, 50) ? "2ms" : "700us");
    static const int steady[] = {0, 1, 2, 4, 5}; // no steps in what follows the state itself
    int kind = voltage ? steady[roll(g, 5)] : roll(g, 7);
    d->by_voltage = kind == 3 || kind == 6;
    int box = kind == 2 || kind == 6 ? 1 : kind == 0 || kind == 4 ? 1 + roll(g, 3) : roll(g, 4);
    put(g, "  state s%s = %s;\n", ranges[voltage ? 3 : box], voltage || box == 3 ? "0.5" : "0.25");
    if (two) put(g, "  state u in [-2, 2] = 0.1;\n");
    if (chance(g, 30)) put(g, "  require g_0 > 0;\n");
    const char *sum = two ? "g_0 + g_1 * s + 0.01 * g_1 * u" : "g_0 + g_1 * s";
    if (chance(g, 40)) {
        put(g, "  let g: %s;\n  g = %s;\n", voltage ? "Ohm" : "S", sum);
        sum = "g";
    } else
        sum = say(g, "(%s)", sum);
    if (voltage)
        put(g, "  v = %s * i;\n", sum);
    else if (nonlinear)
        put(g, "  i = %s * %s;\n", sum,
            chance(g, 50) ? "(1V * tanh(v / 1V))" : "v * (1 + (v / 4V)^2)");
    else
        put(g, "  i = %s * v;\n", sum);
    put(g, "  der(s) = %s;\n",
        rate(g, kind, two && chance(g, 50) ? say(g, "(%s - u)", drive) : drive, "s"));
    if (two) put(g, "  der(u) = %s;\n", rate(g, 1 + roll(g, 2), chance(g, 50) ? "s" : drive, "u"));
    if (chance(g, 20)) put(g, "  assert abs(s) < 1000000;\n");
    put(g, "}\n\n");
    keep_state(d, "s");
    if (two) keep_state(d, "u");
    keep_param(d, "g_0"), keep_param(d, "g_1"), keep_param(d, "tau");
}

static const device_kind *plain_one(maker *g) {
    for (;;) {
        const device_kind *d = &g->devices[roll(g, g->device_count)];
        if (!d->gated) return d;
    }
}

static void gated_device(maker *g, device_kind *d) {
    const device_kind *inner = plain_one(g);
    bool given = chance(g, 50);
    d->gated = true;
    d->ubar = chance(g, 60);
    put(g, "device %s%s {\n  line row gate: V;\n", d->name,
        given ? say(g, "(mem: device = %s)", inner->name) : "");
    if (d->ubar) put(g, "  line col ubar;\n");
    put(g, "  param v_n: V = %s, v_p: V = 1.4;\n  node k;\n", chance(g, 50) ? "1.7" : "0.9V");
    put(g, "  part tn: switch(p, k, on = gate > v_n)");
    if (d->ubar) put(g, ", tp: switch(ubar, k, on = gate < -v_p)");
    put(g, ";\n  part m: %s%s;\n}\n\n", given ? "mem" : inner->name,
        chance(g, 70) ? "(k, n)" : "(n, k)");
    for (int k = 0; k < inner->state_count; k++)
        keep_state(d, say(g, "m.%s", inner->states[k]));
    keep_param(d, "m.g_0"), keep_param(d, "m.tau");
    if (!d->ubar) keep_param(d, "v_n"); // else the two switches could close together
}

void roll_device(maker *g, bool gated) {
    device_kind *d = &g->devices[g->device_count];
    d->name = fresh(g, "dev");
    if (gated)
        gated_device(g, d);
    else
        plain_device(g, d);
    g->device_count++;
}
