// Sequencers by dice: every statement, nested; a set of groups says which phases may still begin.
#include "random/make.h"

typedef struct loop_index {
    const char *name;
    int below;
} loop_index;

typedef struct control {
    maker *g;
    const block_kind *b;
    const sequencer_kind *s;
    const char *bits[12], *numbers[12], *regs[4], *reg_bits[2], *outs[4], *out_bits[4];
    int width[12];
    int bit_count, number_count, reg_count, reg_bit_count, out_count, out_bit_count;
    loop_index loops[4];
    int loop_count;
    int clock; // edges per unit of time
    struct {
        const char *name;
        uint64_t groups;
        int inputs;
    } routines[3];
    int routine_count;
    bool routine;
} control;

static void statements(control *c, int depth, uint64_t groups, bool timed, int indent);

// ---- clocked expressions ------------------------------------------------------------------------

static const char *number(control *c, int depth) {
    maker *g = c->g;
    if (depth <= 0 || !c->number_count) {
        if (c->loop_count && chance(g, 30)) return c->loops[roll(g, c->loop_count)].name;
        return c->number_count && chance(g, 70) ? c->numbers[roll(g, c->number_count)]
                                                : say(g, "%d", roll(g, 12));
    }
    static const char *const signs[] = {"+", "-", "*", "and", "or", "xor"};
    const char *a, *b;
    switch (roll(g, 8)) {
    case 0:
        return say(g, "(%s >> %d)", c->numbers[roll(g, c->number_count)], roll(g, 4));
    case 1:
        return say(g, "(%s << %d)", c->numbers[roll(g, c->number_count)], roll(g, 4));
    case 2:
        return say(g, "(not %s)", c->numbers[roll(g, c->number_count)]);
    case 3:
        return say(g, "(%s %s (%s and 3))", c->numbers[roll(g, c->number_count)],
                   chance(g, 50) ? ">>" : "<<", c->numbers[roll(g, c->number_count)]);
    default:
        a = number(c, depth - 1), b = number(c, depth - 1);
        return say(g, "(%s %s %s)", a, signs[roll(g, 6)], b);
    }
}

static const char *bit(control *c, int depth) {
    static const char *const signs[] = {"<", "<=", ">", ">=", "==", "!="}, *const words[] = {
                                                                               "and", "or", "xor"};
    maker *g = c->g;
    const char *a, *b;
    switch (depth > 0 ? roll(g, 7) : c->bit_count ? 0 : 3) {
    case 1:
        return say(g, "not (%s)", bit(c, depth - 1));
    case 2:
        a = bit(c, depth - 1), b = bit(c, 0);
        return say(g, "(%s) %s (%s)", a, words[roll(g, 3)], b);
    case 3:
    case 4:
        a = number(c, depth), b = number(c, 0);
        return say(g, "%s %s %s", a, signs[roll(g, 6)], b);
    case 5:
        if (c->reg_count) return say(g, "%s[%d]", c->regs[roll(g, c->reg_count)], roll(g, 3));
        break;
    default:
        break;
    }
    return c->bit_count ? c->bits[roll(g, c->bit_count)] : "1 == 1";
}

// ---- calls --------------------------------------------------------------------------------------

typedef struct callable {
    const char *path;
    const phase_kind *kind;
    const part_of *part; // NULL: an own phase
    uint64_t groups;
} callable;

static bool candidate(control *c, uint64_t groups, callable *found) {
    maker *g = c->g;
    const block_kind *b = c->b;
    if (b->phase_count && (!b->part_count || chance(g, 65))) {
        const phase_kind *p = &b->phases[roll(g, b->phase_count)];
        *found = (callable){p->name, p, NULL, p->mask};
        return !(p->mask & ~groups);
    }
    if (!b->part_count) return false;
    const part_of *part = &b->parts[roll(g, b->part_count)];
    if (!part->what->phase_count) return false;
    const phase_kind *p = &part->what->phases[roll(g, part->what->phase_count)];
    const char *selector = "";
    int least = part->count ? extent_least(part->over) : 1, element = -1;
    if (part->count && !p->pulsed && chance(g, 60)) { // a pulse at single elements is not built yet
        for (int k = 0; k < c->loop_count; k++)
            if (c->loops[k].below <= least) selector = say(g, "[%s]", c->loops[k].name);
        if (!selector[0]) selector = say(g, "[%d]", element = roll(g, least));
    }
    uint64_t mask = 0;
    for (int k = 0; k < (part->count > 0 ? part->count : 1); k++)
        if (element < 0 || part->count < 0 || k == element)
            mask |= p->mask << (part->first_group + k * part->what->groups);
    *found = (callable){say(g, "%s%s.%s", part->name, selector, p->name), p, part, mask};
    return !(mask & ~groups);
}

static const char *call_text(control *c, const callable *f) {
    maker *g = c->g;
    text t = text_in(g->home);
    text_add(&t, "%s", f->path);
    if (!f->part && !c->routine && g->called_count < 32) g->called[g->called_count++] = f->path;
    for (int k = 0; k < f->kind->args; k++) {
        const argument *a = &f->kind->arg[k];
        const char *given = NULL;
        extent over = a->over;
        if (a->index && over.symbol && f->part)
            over = (extent){f->part->actual[over.symbol[0] == 'm'].symbol,
                            f->part->actual[over.symbol[0] == 'm'].add + over.add};
        if (a->index) {
            for (int n = 0; n < c->loop_count; n++)
                if (c->loops[n].below <= extent_least(over)) given = c->loops[n].name;
            if (!given || chance(g, 30)) given = say(g, "%d", roll(g, extent_least(over)));
        } else if (a->scales || chance(g, 50)) {
            given = c->reg_count && chance(g, 60) ? c->regs[roll(g, c->reg_count)]
                                                  : say(g, "%d", roll(g, 6));
        } else
            given = say(g, "(%s and 7)", number(c, 1));
        text_add(&t, "%s%s", k ? ", " : "(", given);
    }
    if (f->kind->args) text_add(&t, ")");
    return t.at;
}

static bool find_call(control *c, uint64_t groups, bool held, callable *f) {
    for (int tries = 0; tries < 12; tries++)
        if (candidate(c, groups, f) && (f->kind->cycles == 0) == held) return true;
    return false;
}

// ---- statements ---------------------------------------------------------------------------------

#define PAD (indent * 2), ""

static void wait(control *c, int indent) {
    maker *g = c->g;
    if (chance(g, 50))
        put(g, "%*sawait %d cycles;\n", PAD, 1 + roll(g, 3));
    else
        put(g, "%*sawait %s;\n", PAD, time_text(g, 1 + roll(g, 2)));
}

static bool call(control *c, uint64_t groups, int indent) {
    maker *g = c->g;
    callable f;
    if (!c->routine && c->routine_count && chance(g, g->r->routines)) {
        int k = roll(g, c->routine_count);
        if (!(c->routines[k].groups & ~groups)) {
            put(g, "%*s%s", PAD, c->routines[k].name);
            if (c->routines[k].inputs)
                put(g, "(count = %s, flag = %s)",
                    c->number_count ? c->numbers[roll(g, c->number_count)] : "2",
                    c->bit_count ? c->bits[roll(g, c->bit_count)] : "1 == 1");
            put(g, ";\n");
            return true;
        }
    }
    if (!find_call(c, groups, false, &f)) return false;
    put(g, "%*s%s", PAD, call_text(c, &f));
    if (chance(g, 15)) put(g, " until %s", bit(c, 1));
    put(g, ";\n");
    return true;
}

static void par(control *c, int depth, uint64_t groups, int indent) {
    maker *g = c->g;
    int n = 2 + roll(g, 2);
    uint64_t share[3] = {0};
    for (int k = 0; k < 64; k++)
        share[roll(g, n)] |= groups & UINT64_C(1) << k;
    put(g, "%*spar {\n", PAD);
    for (int k = 0; k < n; k++) {
        if (chance(g, 40) && call(c, share[k], indent + 1)) continue;
        put(g, "%*s{\n", PAD);
        statements(c, depth - 1, share[k], chance(g, 50), indent + 1);
        put(g, "%*s}\n", PAD);
    }
    put(g, "%*s}\n", PAD);
}

static void assign(control *c, int indent) {
    maker *g = c->g;
    int which = roll(g, 4);
    if (which == 0 && c->out_bit_count)
        put(g, "%*s%s = %s;\n", PAD, c->out_bits[roll(g, c->out_bit_count)], bit(c, 2));
    else if (which == 1 && c->out_count)
        put(g, "%*s%s = %s;\n", PAD, c->outs[roll(g, c->out_count)], number(c, 2));
    else if (which == 2 && c->reg_bit_count)
        put(g, "%*s%s = %s;\n", PAD, c->reg_bits[roll(g, c->reg_bit_count)], bit(c, 2));
    else if (c->reg_count)
        put(g, "%*s%s = %s;\n", PAD, c->regs[roll(g, c->reg_count)], number(c, 2));
}

static void loop_over(control *c, int depth, uint64_t groups, int indent) {
    maker *g = c->g;
    int lo = roll(g, 2), hi = lo + 1 + roll(g, 3);
    if (c->loop_count == 4) return wait(c, indent);
    c->loops[c->loop_count++] = (loop_index){fresh(g, "k"), hi};
    put(g, "%*sfor %s in %d .. %d {\n", PAD, c->loops[c->loop_count - 1].name, lo, hi);
    statements(c, depth - 1, groups, true, indent + 1);
    put(g, "%*s}\n", PAD);
    c->loop_count--;
}

static void repeat(control *c, int depth, uint64_t groups, int indent) {
    maker *g = c->g;
    int which = roll(g, 3);
    put(g, "%*srepeat", PAD);
    if (which < 2)
        put(g, " %s",
            c->number_count && chance(g, 40) ? c->numbers[roll(g, c->number_count)]
                                             : say(g, "%d", roll(g, 4)));
    if (which > 0) put(g, " while %s", bit(c, 1));
    put(g, " {\n");
    statements(c, depth - 1, groups, true, indent + 1);
    put(g, "%*s}\n", PAD);
}

static void choice(control *c, int depth, uint64_t groups, int indent) {
    maker *g = c->g;
    put(g, "%*sif %s {\n", PAD, bit(c, 2));
    statements(c, depth - 1, groups, false, indent + 1);
    if (chance(g, 30)) {
        put(g, "%*s} else if %s {\n", PAD, bit(c, 1));
        statements(c, depth - 1, groups, false, indent + 1);
    }
    if (chance(g, 50)) {
        put(g, "%*s} else {\n", PAD);
        statements(c, depth - 1, groups, false, indent + 1);
    }
    put(g, "%*s}\n", PAD);
}

static void hold(control *c, int depth, uint64_t groups, int indent) {
    callable f;
    if (!find_call(c, groups, true, &f)) return loop_over(c, depth, groups, indent);
    put(c->g, "%*sduring %s {\n", PAD, call_text(c, &f));
    statements(c, depth - 1, groups & ~f.groups, true, indent + 1);
    put(c->g, "%*s}\n", PAD);
}

static void statement(control *c, int depth, uint64_t groups, int indent) {
    maker *g = c->g;
    switch (depth > 0 ? roll(g, 16) : roll(g, 7)) {
    case 0:
    case 1:
        assign(c, indent);
        break;
    case 2:
    case 3:
    case 7:
        if (!call(c, groups, indent)) assign(c, indent);
        break;
    case 4:
        if (c->out_bit_count && chance(g, 50))
            put(g, "%*spulse %s;\n", PAD, c->out_bits[roll(g, c->out_bit_count)]);
        else if (c->bit_count && chance(g, 25))
            put(g, "%*sawait %s;\n", PAD, bit(c, 1));
        else
            wait(c, indent);
        break;
    case 5:
        wait(c, indent);
        break;
    case 8:
    case 9:
        choice(c, depth, groups, indent);
        break;
    case 10:
        if (chance(g, g->r->pars))
            par(c, depth, groups, indent);
        else
            loop_over(c, depth, groups, indent);
        break;
    case 11:
        par(c, depth, groups, indent);
        break;
    case 12:
        loop_over(c, depth, groups, indent);
        break;
    case 13:
        repeat(c, depth, groups, indent);
        break;
    case 14:
        hold(c, depth, groups, indent);
        break;
    case 15:
        put(g, "%*s{\n", PAD);
        statements(c, depth - 1, groups, false, indent + 1);
        put(g, "%*s}\n", PAD);
        break;
    default:
        assign(c, indent);
        break;
    }
}

static void statements(control *c, int depth, uint64_t groups, bool timed, int indent) {
    for (int n = 1 + roll(c->g, 2 + (c->g->r->size > 1)); n > 0; n--)
        statement(c, depth, groups, indent);
    if (timed) {
        if (!chance(c->g, 40) || !call(c, groups, indent))
            wait(c, indent);
        else
            wait(c, indent);
    }
}

// ---- sequencers ---------------------------------------------------------------------------------

static void declare(control *c, sequencer_kind *s) {
    maker *g = c->g;
    if (s && s->called) put(g, "    input start;\n    output done;\n");
    for (int n = roll(g, 3); s && n > 0; n--) {
        int width = chance(g, 50) ? 1 : 2 + roll(g, 3);
        const char *name = fresh(g, "in");
        put(g, "    input %s%s;\n", name, width > 1 ? say(g, ": uint[%d]", width) : "");
        s->inputs[s->input_count].name = name;
        s->inputs[s->input_count++].width = width;
        if (width == 1)
            c->bits[c->bit_count++] = name;
        else
            c->numbers[c->number_count++] = name;
    }
    for (int n = roll(g, 3); s && n > 0; n--) {
        int width = chance(g, 50) ? 1 : 2 + roll(g, 3);
        const char *name = fresh(g, "o");
        put(g, "    output %s%s%s;\n", name, width > 1 ? say(g, ": uint[%d]", width) : "",
            chance(g, 30) ? " = 1" : "");
        if (width == 1)
            c->out_bits[c->out_bit_count++] = c->bits[c->bit_count++] = s->bits[s->bit_count++] =
                name;
        else
            c->outs[c->out_count++] = c->numbers[c->number_count++] = name;
    }
    for (int n = roll(g, 3); n > 0; n--) {
        int width = chance(g, 20) ? 1 : 2 + roll(g, 3);
        const char *name = fresh(g, "r");
        put(g, "    reg %s%s%s;\n", name, width > 1 ? say(g, ": uint[%d]", width) : "",
            chance(g, 50) ? " = 1" : "");
        if (width == 1)
            c->reg_bits[c->reg_bit_count++] = c->bits[c->bit_count++] = name;
        else
            c->regs[c->reg_count++] = c->numbers[c->number_count++] = name;
    }
}

static void know_bits(control *c) {
    maker *g = c->g;
    for (int k = 0; k < c->b->bit_count && c->bit_count < 5; k++)
        c->bits[c->bit_count++] =
            c->b->bits[k].count ? say(g, "%s[%d]", c->b->bits[k].path, roll(g, c->b->bits[k].count))
                                : c->b->bits[k].path;
    for (int k = 0; k < g->sequencer_count && c->bit_count < 6; k++)
        if (g->sequencers[k].bit_count && chance(g, 60))
            c->bits[c->bit_count++] =
                say(g, "%s.%s", g->sequencers[k].name, g->sequencers[k].bits[0]);
}

static void make_routine(control *c, uint64_t groups, int depth) {
    maker *g = c->g;
    control inner = {.g = g, .b = c->b, .routine = true};
    const char *name = fresh(g, "rt");
    bool inputs = chance(g, 50);
    put(g, "  sequencer %s {\n", name);
    if (inputs) {
        put(g, "    input count: uint[3];\n    input flag;\n");
        inner.numbers[inner.number_count++] = "count";
        inner.bits[inner.bit_count++] = "flag";
    }
    declare(&inner, NULL);
    statements(&inner, depth - 1, groups, true, 2);
    put(g, "  }\n");
    c->routines[c->routine_count].name = name;
    c->routines[c->routine_count].groups = groups;
    c->routines[c->routine_count++].inputs = inputs;
}

static void guarantees(control *c) {
    maker *g = c->g;
    if (c->reg_count && chance(g, 30)) put(g, "    guarantee %s <= 15;\n", c->regs[0]);
    if (c->bit_count && chance(g, 20))
        put(g, "    guarantee %s or not %s;\n", c->bits[0], c->bits[0]);
    const block_kind *b = c->b;
    for (int k = 1; k < b->phase_count; k++)
        if (chance(g, 15) && (b->phases[k].mask & b->phases[k - 1].mask))
            put(g, "    guarantee never %s with %s;\n", b->phases[k - 1].name, b->phases[k].name);
}

static void make_sequencer(maker *g, const body *b, uint64_t groups, bool called) {
    sequencer_kind *s = &g->sequencers[g->sequencer_count];
    *s = (sequencer_kind){.name = fresh(g, "seq"), .called = called};
    control *c = arena_new_of(g->home, control);
    *c = (control){.g = g, .b = b->b, .s = s};
    static const char *const clocks[] = {"5kHz", "10kHz", "20kHz", "1 / 200us", "0.01MHz"};
    int depth = g->r->control / 10 + (chance(g, g->r->control % 10 * 10));
    while (c->routine_count < 2 && chance(g, g->r->routines))
        make_routine(c, groups, depth);
    put(g, "  sequencer %s(clock = %s) {\n", s->name, clocks[roll(g, 5)]);
    declare(c, s);
    know_bits(c);
    guarantees(c);
    bool once = chance(g, 10);
    if (!once) put(g, "    loop {\n");
    if (s->called) put(g, "      await start;\n");
    statements(c, depth, groups, true, 3);
    statements(c, depth, groups, false, 3);
    if (s->called) put(g, "      pulse done;\n");
    put(g, "%s  }\n", once ? "" : "    }\n");
    g->sequencer_count++;
}

void roll_sequencers(maker *g, body *b) {
    int n = chance(g, g->r->sequencers) ? 2 + roll(g, 2) : 1;
    uint64_t share[3] = {0};
    for (int k = 0; k < b->own_groups; k++)
        share[roll(g, n)] |= UINT64_C(1) << k;
    for (int k = 0; k < b->b->part_count; k++) { // a phase of an array is one phase
        const part_of *p = &b->b->parts[k];
        int groups = p->what->groups, to[3];
        for (int n_th = 0; n_th < groups; n_th++)
            to[n_th % 3] = roll(g, n);
        for (int e = 0; e < (p->count > 0 ? p->count : 1) * groups; e++)
            share[to[e % groups % 3]] |= UINT64_C(1) << (p->first_group + e);
    }
    for (int k = 0; k < n; k++)
        make_sequencer(g, b, share[k], chance(g, 60));
}

// Nobody else calls the phases of such a block, nor those of its parts.
void roll_own_sequencer(maker *g, body *b) {
    int called = g->called_count;
    make_sequencer(g, b, (UINT64_C(1) << b->b->groups) - 1, false);
    g->sequencer_count--;
    g->called_count = called; // for experiments these have no name of their own
    b->b->phase_count = b->b->part_count = b->b->groups = 0;
    b->b->controlled = true;
}
