// Phases by dice: what each of them defines, writes and runs along belongs to its groups; see
// make.h.
#include "random/make.h"

typedef struct making {
    maker *g;
    body *b;
    phase_kind *p;
    place base;
    int group;
    uint64_t defined, held; // targets and holds that this phase has taken already
    int pulses;
} making;

static place ranked(const making *m, int rank) {
    place p = m->base;
    p.rank = rank;
    return p;
}

// With free indices, or with one element picked by a constant or an argument.
static const char *some_elements(maker *g, place *p, const quantity *q, bool *whole) {
    const char *names[4];
    *whole = !q->dims || !chance(g, 25);
    if (*whole) return left_side(g, p, q);
    for (int k = 0; k < q->dims; k++) {
        const char *known = NULL;
        for (int n = 0; n < p->index_count; n++)
            if (p->index[n].argument && extent_fits(p->index[n].over, q->dim[k]) && chance(g, 70))
                known = p->index[n].name;
        names[k] = known ? known : say(g, "%d", roll(g, extent_least(q->dim[k])));
    }
    return written(g, q, names);
}

static void define(making *m, const target *t, const char *indent, bool window) {
    maker *g = m->g;
    place p = ranked(m, t->q.rank - 1);
    p.steady = !t->q.moves && !t->rate;
    bool whole;
    const char *left = some_elements(g, &p, &t->q, &whole);
    if (t->rate) {
        put(g, "%s%s = %s;\n", indent, left, rate_of(g, &p, t->q.unit, left));
        return;
    }
    if (t->pulsed && !g->coupled && !window && whole && m->p->cycles && m->pulses < 1 &&
        chance(g, g->r->pulses)) {
        p.cycles = 0;
        const char *value = clipped(g, &p, t->q.unit, 1), *width = value_of(g, &p, U_NONE, 1);
        put(g, "%s%s = pulse(%s, width = abs(%s) * %dus);\n", indent, left, value, width,
            100 + 100 * roll(g, 6));
        m->pulses++;
        m->p->pulsed = true;
        return;
    }
    put(g, "%s%s = %s;\n", indent, left,
        t->q.mid ? clipped(g, &p, t->q.unit, 2) : right_side(g, &p, t->q.unit, 2));
}

// ---- crossbars ----------------------------------------------------------------------------------

static void gate(making *m, const box *x, const char *indent, bool window) {
    maker *g = m->g;
    place p = ranked(m, x->rank - 1);
    p.steady = true;
    quantity q = {.path = say(g, "%s.gate", x->name), .dims = 1, .dim = {x->rows}, .unit = U_VOLT};
    bool whole;
    const char *left = some_elements(g, &p, &q, &whole);
    if (whole && !window && m->p->cycles && m->pulses < 1 && !g->coupled &&
        chance(g, g->r->pulses * 2)) {
        p.cycles = 0;
        const char *value = value_of(g, &p, U_NONE, 0), *width = value_of(g, &p, U_NONE, 1);
        put(g, "%s%s = pulse(sign(%s) * 3V, width = abs(%s) * 500us);\n", indent, left, value,
            width);
        m->pulses++;
        m->p->pulsed = true;
        return;
    }
    switch (roll(g, 4)) {
    case 0:
        put(g, "%s%s = 3;\n", indent, left);
        break;
    case 1:
        put(g, "%s%s = -3V;\n", indent, left);
        break;
    case 2:
        put(g, "%s%s = %s;\n", indent, left, clipped(g, &p, U_VOLT, 2));
        break;
    default:
        put(g, "%s%s = when time < 200us: 3, else -3;\n", indent, left);
        m->p->least = m->p->least > 2 ? m->p->least : 2;
        break;
    }
}

static void use_crossbar(making *m, const box *x, const char *indent) {
    maker *g = m->g;
    place p = ranked(m, x->rank - 1);
    p.steady = true;
    if (x->closed && chance(g, 40)) { // one line
        bool row = chance(g, 50), whole;
        quantity q = {.path = say(g, "%s.%s", x->name, row ? "row" : "col"),
                      .dims = 1,
                      .dim = {row ? x->rows : x->cols}};
        const char *left = some_elements(g, &p, &q, &whole);
        put(g, "%s%s <- drive(%s);\n", indent, left, clipped(g, &p, U_VOLT, 2));
    } else
        drive_lines(g, m->b, x, &p, indent, x->closed ? false : chance(g, 10));
    if (x->gate) gate(m, x, indent, false);
}

// ---- events -------------------------------------------------------------------------------------

static void event(making *m, const char *when) {
    maker *g = m->g;
    int n = 0;
    for (int k = 0; k < m->b->hold_count; k++) {
        if (m->b->hold_group[k] != m->group || !chance(g, 60)) continue;
        if (!n++) put(g, "    at %s {\n", when);
        place p = ranked(m, 1000);
        p.cycles = 0;
        bool whole;
        const quantity *q = &m->b->holds[k];
        const char *left = some_elements(g, &p, q, &whole);
        put(g, "      %s = %s;\n", left, clipped(g, &p, q->unit, 2));
    }
    if (n) put(g, "    }\n");
}

static void events(making *m) {
    maker *g = m->g;
    if (chance(g, g->r->events)) event(m, "begin");
    if (chance(g, g->r->events)) event(m, "end");
    int most = m->p->cycles > 0 ? m->p->cycles : 3;
    if (most < 2 || !chance(g, g->r->events / 2)) return;
    int at = 1 + roll(g, most - 1);
    event(m, time_text(g, at));
    if (m->p->least <= at) m->p->least = at + 1;
}

static void window(making *m, const target *t) {
    maker *g = m->g;
    int most = m->p->cycles > 0 ? m->p->cycles : 4;
    if (most < 2) return;
    int from = roll(g, most - 1), to = from + 1 + roll(g, most - from);
    if (to > most) to = most;
    if (m->p->least < to) m->p->least = to;
    put(g, "    during %s .. %s {\n", from ? time_text(g, from) : "0s", time_text(g, to));
    define(m, t, "      ", true);
    put(g, "    }\n");
}

// ---- phases of parts ----------------------------------------------------------------------------

static const char *argument_for(making *m, const part_of *part, const argument *a) {
    maker *g = m->g;
    extent over = a->over;
    if (over.symbol) {
        extent of = part->actual[over.symbol[0] == 'm'];
        over = (extent){of.symbol, of.add + over.add};
    }
    for (int k = 0; k < m->p->args; k++) {
        const argument *own = &m->p->arg[k];
        if (a->index ? own->index && extent_fits(own->over, over) : !own->index) return own->name;
    }
    return say(g, "%d", roll(g, a->index ? extent_least(over) : 8));
}

static uint64_t groups_of(const part_of *part, int element, const phase_kind *p) {
    if (part->count < 0) return p->mask << part->first_group;
    uint64_t all = 0;
    for (int k = 0; k < (part->count ? part->count : 1); k++)
        if (element < 0 || element == k)
            all |= p->mask << (part->first_group + k * part->what->groups);
    return all;
}

// "p1[0].forward(2)" or "" when its groups are not free; the mask gets them.
static const char *along(making *m) {
    maker *g = m->g;
    block_kind *k = m->b->b;
    if (!k->part_count) return "";
    const part_of *part = &k->parts[roll(g, k->part_count)];
    if (!part->what->phase_count) return "";
    const phase_kind *inner = &part->what->phases[roll(g, part->what->phase_count)];
    // Phases that run together last equally long; one that an argument scales runs alone.
    if (inner->cycles < 0 || (inner->cycles && m->p->cycles && inner->cycles != m->p->cycles))
        return "";
    if (inner->cycles && inner->cycles < m->p->least) return "";
    if (!inner->cycles && m->p->cycles && m->p->cycles < inner->least) return "";
    int element =
        part->count && !inner->pulsed && chance(g, 40) ? roll(g, extent_least(part->over)) : -1;
    uint64_t mask = groups_of(part, element, inner);
    if (mask & m->p->mask) return "";
    m->p->mask |= mask;
    if (inner->cycles) m->p->cycles = inner->cycles;
    if (m->p->least < inner->least) m->p->least = inner->least;
    m->p->pulsed = m->p->pulsed || inner->pulsed;
    text t = text_in(g->home);
    text_add(&t, "%s%s.%s", part->name, element >= 0 ? say(g, "[%d]", element) : "", inner->name);
    for (int n = 0; n < inner->args; n++)
        text_add(&t, "%s%s", n ? ", " : "(", argument_for(m, part, &inner->arg[n]));
    if (inner->args) text_add(&t, ")");
    return t.at;
}

// ---- one phase ----------------------------------------------------------------------------------

static void arguments(making *m) {
    maker *g = m->g;
    phase_kind *p = m->p;
    text t = text_in(g->home);
    for (int n = chance(g, g->r->arguments) ? 1 + roll(g, 2) : 0; n > 0; n--) {
        argument *a = &p->arg[p->args++];
        a->name = fresh(g, "arg");
        a->index = chance(g, 50);
        text_add(&t, "%s%s", p->args > 1 ? ", " : "(", a->name);
        if (a->index) {
            a->over = (extent){NULL, 2 + roll(g, 2)};
            if (m->b->b->counts && chance(g, 60)) a->over = (extent){"n", 0};
            m->base.index[m->base.index_count++] = (counter){a->name, a->over, true};
        } else {
            text_add(&t, ": uint[%d]", 3 + roll(g, 2));
            m->base.numbers[m->base.number_count++] = a->name;
        }
    }
    put(g, "  phase %s%s%s", p->name, t.n ? t.at : "", t.n ? ")" : "");
}

static void duration(making *m) {
    maker *g = m->g;
    phase_kind *p = m->p;
    if (p->cycles) { // that of the phases along; it need not be said again
        if (chance(g, 50)) put(g, " for %s", time_text(g, p->cycles));
        return;
    }
    if (chance(g, 20)) return; // held by `during`
    for (int n = 0; n < p->args; n++)
        if (!p->arg[n].index && chance(g, 60)) {
            p->arg[n].scales = true;
            p->cycles = -1;
            p->per = 1 + roll(g, 2);
            put(g, " for %s * %s", p->arg[n].name, p->per == 1 ? "200us" : "0.4ms");
            return;
        }
    p->cycles = p->least + roll(g, 6);
    put(g, " for %s", time_text(g, p->cycles));
}

static void make_phase(maker *g, body *b, int group) {
    making m = {.g = g, .b = b, .group = group};
    phase_kind kind = {.name = fresh(g, "ph"), .mask = UINT64_C(1) << group};
    m.p = &kind;
    m.base = (place){.reads = b->reads,
                     .read_count = b->read_count,
                     .number_count = b->number_count > 2 ? 2 : b->number_count};
    for (int k = 0; k < m.base.number_count; k++)
        m.base.numbers[k] = b->numbers[k];
    kind.least = 1;
    arguments(&m);
    const char *with = chance(g, 50) ? along(&m) : "";
    const char *more = with[0] && chance(g, 40) ? along(&m) : "";
    duration(&m);
    m.base.cycles = kind.cycles ? kind.cycles : -1;
    if (with[0]) put(g, " with %s%s%s", with, more[0] ? ", " : "", more);
    put(g, " {\n");
    for (int k = 0; k < b->target_count; k++) {
        if (b->targets[k].group != group || !chance(g, 55)) continue;
        define(&m, &b->targets[k], "    ", false);
        // Windows on rates are refused: the phase's own would hold there too.
        if (!b->targets[k].rate && chance(g, g->r->windows)) window(&m, &b->targets[k]);
    }
    for (int k = 0; k < b->box_count; k++)
        if (b->boxes[k].group == group && chance(g, 80)) use_crossbar(&m, &b->boxes[k], "    ");
    events(&m);
    put(g, "  }\n");
    if (kind.cycles > 0)
        kind.least = kind.cycles; // conditions on `time` reach that far
    else if (kind.least < 5)
        kind.least = 5;
    b->b->phases[b->b->phase_count++] = kind;
}

void roll_phases(maker *g, body *b) {
    for (int k = 0; k < b->own_groups; k++)
        for (int n = 1 + (roll(g, 100) < g->r->phases) + (g->r->size > 1 && chance(g, 40));
             n > 0 && b->b->phase_count < 14; n--)
            make_phase(g, b, k);
}
