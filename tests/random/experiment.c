// Experiments by dice: stimuli or data, calls with arguments, draws, measures, records,
// expectations.
#include "random/make.h"

static extent fixed(extent e) { // a top block's counts are 3 and 2 in every experiment
    return e.symbol ? (extent){NULL, (e.symbol[0] == 'm' ? 2 : 3) + e.add} : e;
}

static quantity seen(const quantity *q) {
    quantity s = *q;
    for (int k = 0; k < s.dims; k++)
        s.dim[k] = fixed(s.dim[k]);
    return s;
}

static const char *row(maker *g, const quantity *q) {
    if (!q->dims) return literal(g, q->unit);
    text t = text_in(g->home);
    for (int k = 0; k < q->dim[0].add; k++)
        text_add(&t, "%s%s", k ? ", " : "{", literal(g, q->unit));
    text_add(&t, "}");
    return t.at;
}

static const char *list(maker *g, const quantity *q) {
    text t = text_in(g->home);
    for (int k = 0; k < q->dim[0].add; k++)
        text_add(&t, "%s%s", k ? ", " : "{", literal(g, q->unit));
    text_add(&t, "}");
    return t.at;
}

static void stimulus(maker *g, const quantity *q) {
    place p = {.constant = true, .cycles = chance(g, 50) ? 9 : 0};
    if (q->dims == 1 && chance(g, 40)) {
        put(g, "  %s = %s;\n", q->path, list(g, q));
        return;
    }
    const char *left = left_side(g, &p, q);
    put(g, "  %s = %s;\n", left, right_side(g, &p, q->unit, 2));
}

static void calls(maker *g, int indent, const char *index) {
    for (int k = 0; k < g->sequencer_count; k++) {
        const sequencer_kind *s = &g->sequencers[k];
        if (!s->called) continue;
        put(g, "%*s%s(", indent, "", s->name);
        const char *comma = "";
        for (int n = 0; n < s->input_count; n++) {
            if (chance(g, 20)) continue;
            int most = 1 << s->inputs[n].width;
            bool by_index = index && s->inputs[n].width > 1 && chance(g, 60);
            put(g, "%s%s = %s", comma, s->inputs[n].name,
                by_index ? index : say(g, "%d", roll(g, most)));
            comma = ", ";
        }
        put(g, ");\n");
    }
}

static void presentation(maker *g, const char *head) {
    put(g, "  %s {\n", head);
    calls(g, 4, NULL);
    if (chance(g, 40)) {
        const char *k = fresh(g, "t");
        put(g, "    for %s in 0 .. %d {\n", k, 1 + roll(g, 3));
        calls(g, 6, k);
        put(g, "    }\n");
    }
    put(g, "  }\n");
}

static void draw(maker *g, const drawable *d) {
    static const char *const spread[] = {"uniform(0.8, 1.2)", "normal(1, 2%)",
                                         "lognormal(0, 0.05)"},
                             *const units[] = {"", " * 1V", " * 1uA", " * 1uS"};
    static const char *const shares[] = {"", " per device", " per part", " per row", " per col"};
    const char *share = shares[roll(g, d->crossbar ? 5 : 3)];
    const char *phase = g->called_count && chance(g, 30)
                            ? say(g, " per %s", g->called[roll(g, g->called_count)])
                        : chance(g, 50) ? " per trial"
                                        : "";
    switch (d->what) {
    case 's':
        if (chance(g, 60))
            put(g, "  init %s %s%s;\n", d->path, chance(g, 30) ? "= 0.3" : "~ uniform(0.1, 0.7)",
                share);
        else
            put(g, "  noise %s %s;\n", d->path,
                chance(g, 50) ? "*= normal(1, 1%)" : "+= uniform(-0.01, 0.01)");
        break;
    case 'h':
        put(g, "  init %s ~ uniform(-1, 1)%s%s;\n", d->path, units[d->unit], share);
        break;
    case 'l':
        put(g, "  noise %s *= %s%s;\n", d->path, spread[roll(g, 3)], phase);
        break;
    default:
        if (chance(g, 60))
            put(g, "  vary %s *= %s%s;\n", d->path, spread[roll(g, 3)], share);
        else
            put(g, "  noise %s *= %s%s;\n", d->path, spread[roll(g, 2)], phase);
    }
}

static void measures(maker *g, const block_kind *top, const char *stage) {
    quantity reads[16];
    int n = 0, drawn = 0;
    for (int k = 0; k < top->out_count && n < 16; k++)
        reads[n++] = seen(&top->outs[k]);
    for (int k = 0; k < top->hold_count && n < 16; k++)
        reads[n++] = seen(&top->holds[k]);
    for (int m = 1 + roll(g, 2); m > 0; m--, drawn++) {
        place p = {.reads = reads, .read_count = n, .rank = 1000};
        const char *name = fresh(g, "err"), *value = value_of(g, &p, U_NONE, 2);
        put(g, "  measure %s = mean(%s);\n", name, value);
        if (chance(g, 30))
            put(g, "  expect %s.%s%s <= 1e30;\n", stage, name, chance(g, 50) ? ".max" : "");
    }
    if (!chance(g, 60)) return;
    put(g, "  record");
    for (int k = 0; k < top->out_count && k < 3; k++)
        put(g, "%s %s", k ? "," : "", top->outs[k].path);
    if (chance(g, 60))
        put(g, " at every %s", time_text(g, 1 + roll(g, 3)));
    else if (chance(g, 30))
        put(g, " at every 150us from 30us");
    put(g, ";\n");
}

static void draws(maker *g, const block_kind *top) {
    for (int k = 0; k < top->draw_count; k++) {
        if (chance(g, g->r->draws)) draw(g, &top->draws[k]);
    }
}

void roll_experiments(maker *g, const block_kind *top) {
    bool called = false, data = chance(g, g->r->data);
    for (int k = 0; k < g->sequencer_count; k++)
        called = called || g->sequencers[k].called;
    const char *name = fresh(g, "exp");
    put(g, "experiment %s of %s%s {\n", name, top->name,
        top->counts == 0   ? ""
        : top->counts == 1 ? "(n = 3)"
                           : "(n = 3, m = 2)");
    data = data && called;
    int rows = 2 + roll(g, 3), given = 0;
    for (int k = 0; k < top->in_count; k++) {
        quantity q = seen(&top->ins[k]);
        if (!data || q.dims > 1) stimulus(g, &q);
    }
    for (int k = 0; data && k < top->in_count; k++) {
        quantity q = seen(&top->ins[k]);
        if (q.dims > 1) continue;
        put(g, "%s    %s = ", given++ ? "" : "  data rows {\n", q.path);
        for (int n = 0; n < rows; n++)
            put(g, "%s%s", n ? ", " : "", row(g, &q));
        put(g, ";\n");
    }
    if (given) put(g, "  }\n");
    draws(g, top);
    if (given && called) {
        if (chance(g, 70))
            presentation(g, chance(g, 50)   ? "train 2 epochs shuffle"
                            : chance(g, 50) ? "train 3 trials random"
                                            : "train 1 epochs");
        presentation(g, "test");
    } else if (called && chance(g, 70))
        presentation(g, "run");
    else
        put(g, "  run for %s;\n", time_text(g, 5 + roll(g, 40)));
    measures(g, top, given && called ? "test" : "run");
    if (chance(g, 30)) put(g, "  repeat 2;\n");
    put(g, "}\n");
    if (chance(g, 20)) put(g, "\nexperiment %s like %s {\n  repeat 1;\n}\n", fresh(g, "exp"), name);
}
