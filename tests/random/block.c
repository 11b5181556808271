// Blocks by dice: ports, signals, parts and arrays of parts, crossbars; see make.h for the rules.
#include "random/make.h"

static extent constant(int n) {
    return (extent){NULL, n};
}

static extent any_extent(maker *g, const block_kind *b) {
    if (!b->counts || chance(g, 30)) return constant(2 + roll(g, 2 + g->r->size));
    return (extent){b->counts > 1 && chance(g, 50) ? "m" : "n", roll(g, 2)};
}

static quantity any_shape(maker *g, const block_kind *b, const char *name, unit_kind u) {
    quantity q = {.path = name, .unit = u};
    int r = roll(g, 10);
    q.dims = r < 4 ? 0 : r < 8 ? 1 : 2;
    for (int k = 0; k < q.dims; k++)
        q.dim[k] = any_extent(g, b);
    return q;
}

static const char *declared(maker *g, const quantity *q) {
    text t = text_in(g->home);
    text_add(&t, "%s", q->path);
    for (int k = 0; k < q->dims; k++)
        text_add(&t, "%s%s", k ? ", " : "[", extent_text(g, q->dim[k]));
    text_add(&t, "%s%s", q->dims ? "]" : "", unit_text_of(q->unit));
    return t.at;
}

static unit_kind port_unit(maker *g) {
    return chance(g, 60) ? U_NONE : chance(g, 60) ? U_VOLT : U_AMPERE;
}

static void know(body *b, quantity q) {
    if (b->read_count < MAX_LIST) b->reads[b->read_count++] = q;
}

static void may_define(maker *g, body *b, quantity q, bool pulsed) {
    if (b->target_count == MAX_LIST) return;
    b->targets[b->target_count++] =
        (target){.q = q, .group = roll(g, b->own_groups), .pulsed = pulsed};
}

static place place_of(const body *b, int rank) {
    place p = {.reads = b->reads, .read_count = b->read_count, .rank = rank};
    p.number_count = b->number_count;
    for (int k = 0; k < b->number_count; k++)
        p.numbers[k] = b->numbers[k];
    return p;
}

// `left = right;` outside of phases, over lower ranks.
static void equation(maker *g, body *b, const quantity *q, int rank) {
    place p = place_of(b, rank - 1);
    p.steady = !q->moves;
    const char *left = left_side(g, &p, q);
    put(g, "  %s = %s;\n", left, right_side(g, &p, q->unit, 2 + roll(g, 2)));
}

// ---- ports and signals --------------------------------------------------------------------------

static void add_ports(maker *g, body *b, bool simple) {
    block_kind *k = b->b;
    if (chance(g, 60)) {
        const char *name = fresh(g, "gain");
        put(g, "  param %s%s = %s;\n", name, chance(g, 50) ? " in [-10, 10]" : "",
            chance(g, 50) ? "1.5" : "0.25");
        b->numbers[b->number_count++] = name;
        k->draws[k->draw_count++] = (drawable){name, 'p', false, U_NONE};
    }
    for (int n = 1 + roll(g, simple ? 2 : 3); n > 0; n--) {
        quantity q = any_shape(g, k, fresh(g, "x"), port_unit(g));
        if (simple) q.dims = 0;
        k->ins[k->in_count++] = q;
        know(b, q);
        put(g, "  in %s;\n", declared(g, &q));
    }
    for (int n = simple ? 0 : 1 + roll(g, 2 + g->r->size); n > 0 && k->hold_count < 8; n--) {
        quantity q = any_shape(g, k, fresh(g, "h"), port_unit(g));
        b->hold_group[b->hold_count] = roll(g, b->own_groups);
        b->holds[b->hold_count++] = q;
        k->holds[k->hold_count++] = q;
        know(b, q);
        put(g, "  hold %s%s;\n", declared(g, &q),
            q.unit == U_NONE && chance(g, 30) ? " = 0.5" : "");
        k->draws[k->draw_count++] = (drawable){q.path, 'h', false, q.unit};
    }
}

static void add_signal(maker *g, body *b, bool out) {
    int rank = ++b->rank;
    quantity q = any_shape(g, b->b, fresh(g, out ? "y" : "l"), port_unit(g));
    if (b->b->calls_none) q.dims = 0;
    q.rank = rank;
    q.moves = !b->b->calls_none && chance(g, out ? 60 : 40);
    if (!out && chance(g, 20) && q.dims == 0) {
        place p = place_of(b, rank - 1);
        p.steady = !q.moves;
        put(g, "  let %s = %s;\n", declared(g, &q), right_side(g, &p, q.unit, 2));
    } else {
        put(g, "  %s %s;\n", out ? "out" : "let", declared(g, &q));
        equation(g, b, &q, rank);
    }
    know(b, q);
    if (!b->b->calls_none) may_define(g, b, q, q.moves);
    if (out) b->b->outs[b->b->out_count++] = q;
}

// ---- devices as parts ---------------------------------------------------------------------------

static const device_kind *some_device(maker *g, bool gated) {
    for (int tries = 0; tries < 20; tries++) {
        const device_kind *d = &g->devices[roll(g, g->device_count)];
        if (d->gated == gated) return d;
    }
    return NULL;
}

static void add_drawables(block_kind *k, const char *prefix, const device_kind *d, bool crossbar,
                          maker *g) {
    for (int n = 0; n < d->state_count && k->draw_count < 36; n++)
        k->draws[k->draw_count++] =
            (drawable){say(g, "%s.%s", prefix, d->states[n]), 's', crossbar, U_NONE};
    for (int n = 0; n < d->param_count && k->draw_count < 36; n++)
        k->draws[k->draw_count++] =
            (drawable){say(g, "%s.%s", prefix, d->params[n]), 'p', crossbar, U_NONE};
}

static void add_device(maker *g, body *b) {
    const device_kind *d = some_device(g, false);
    if (!d) return;
    int rank = ++b->rank;
    bool array = chance(g, g->r->arrays), current = d->linear && !d->by_voltage && chance(g, 30);
    quantity q = {.path = fresh(g, "d"), .rank = rank};
    if (array) q.leads = q.dims = 1, q.dim[0] = any_extent(g, b->b);
    put(g, "  part %s%s: %s%s;\n", q.path, array ? say(g, "[%s]", extent_text(g, q.dim[0])) : "",
        d->name, chance(g, 30) ? "(tau = 3ms)" : "");
    q.unit = current ? U_AMPERE : U_VOLT;
    q.mid = current ? ".i" : ".v";
    place p = place_of(b, rank - 1);
    p.steady = true;
    const char *left = left_side(g, &p, &q);
    put(g, "  %s = %s;\n", left, clipped(g, &p, q.unit, 2));
    know(b, q);
    may_define(g, b, q, false);
    q.unit = current ? U_VOLT : U_AMPERE;
    q.mid = current ? ".v" : ".i";
    q.moves = q.smooth = true;
    know(b, q);
    add_drawables(b->b, q.path, d, false, g);
}

// ---- crossbars ----------------------------------------------------------------------------------

// The lines of a crossbar: all open, or driven and sensed from either side. A place of rank below
// x's.
void drive_lines(maker *g, body *b, const box *x, place *p, const char *indent, bool open) {
    bool rows = chance(g, 35); // which side is driven
    (void)b;
    for (int side = 0; side < 3; side++) {
        if (side == 2 && !x->ubar) break;
        static const char *const lines[] = {"row", "col", "ubar"};
        quantity q = {.path = say(g, "%s.%s", x->name, lines[side]),
                      .dims = 1,
                      .dim = {side ? x->cols : x->rows}};
        place inner = *p;
        const char *left = left_side(g, &inner, &q), *state;
        if (open)
            state = "open";
        else if ((side == 0) != rows)
            state = chance(g, 60) && side == 0 ? "sense"
                    : side == 0                ? "drive(0V)"
                    : rows                     ? "sense"
                                               : NULL;
        else
            state = NULL;
        if (side && rows && chance(g, 30)) state = open ? "open" : "drive(0)";
        if (!state) {
            const char *v = clipped(g, &inner, U_VOLT, 2);
            state = say(g, "drive(%s)", v);
            if (chance(g, 20))
                state = say(g, "when %s < 1: %s, else drive(%s)",
                            inner.index[inner.index_count - 1].name, state, "0.5V");
        }
        put(g, "%s%s <- %s;\n", indent, left, state);
    }
}

static void add_crossbar(maker *g, body *b) {
    bool gated = chance(g, 50);
    const device_kind *d = some_device(g, gated);
    if (!d || b->box_count == 4) return;
    int rank = ++b->rank;
    box *x = &b->boxes[b->box_count++];
    *x = (box){.name = fresh(g, "w"),
               .rows = any_extent(g, b->b),
               .cols = any_extent(g, b->b),
               .rank = rank,
               .group = roll(g, b->own_groups),
               .gate = d->gated,
               .ubar = d->ubar};
    x->closed = chance(g, 50);
    put(g, "  crossbar %s[%s rows, %s cols] of %s;\n", x->name, extent_text(g, x->rows),
        extent_text(g, x->cols), d->name);
    place p = place_of(b, rank - 1);
    p.steady = true;
    drive_lines(g, b, x, &p, "  ", !x->closed);
    if (x->gate) {
        quantity gate = {
            .path = say(g, "%s.gate", x->name), .dims = 1, .dim = {x->rows}, .unit = U_VOLT};
        place inner = p;
        const char *left = left_side(g, &inner, &gate);
        put(g, "  %s = %s;\n", left,
            x->closed && chance(g, 50) ? clipped(g, &inner, U_VOLT, 2) : "0");
    }
    for (int side = 0; side < 2 + x->ubar; side++) {
        static const char *const lines[] = {"row", "col", "ubar"};
        quantity q = {.path = say(g, "%s.%s", x->name, lines[side]),
                      .tail = ".i",
                      .dims = 1,
                      .dim = {side ? x->cols : x->rows},
                      .unit = U_AMPERE,
                      .rank = rank,
                      .moves = true,
                      .smooth = true};
        know(b, q);
        b->b->draws[b->b->draw_count++] = (drawable){q.path, 'l', true, U_VOLT};
    }
    add_drawables(b->b, x->name, d, true, g);
}

// ---- blocks as parts ----------------------------------------------------------------------------

static extent seen_from(const part_of *p, extent e) { // in the block around the part
    if (!e.symbol) return e;
    extent of = p->actual[e.symbol[0] == 'm'];
    return (extent){of.symbol, of.add + e.add};
}

static quantity port_of(maker *g, const part_of *p, const quantity *port, int rank) {
    quantity q = {.path = p->name,
                  .mid = say(g, ".%s", port->path),
                  .unit = port->unit,
                  .rank = rank,
                  .moves = port->moves};
    if (p->count) q.leads = 1, q.dim[q.dims++] = p->over;
    for (int k = 0; k < port->dims; k++)
        q.dim[q.dims++] = seen_from(p, port->dim[k]);
    return q;
}

static void take_inside(maker *g, block_kind *k, const part_of *p) {
    const block_kind *inner = p->what;
    for (int n = 0; n < inner->draw_count && k->draw_count < 34; n++) {
        drawable d = inner->draws[n];
        d.path = say(g, "%s.%s", p->name, d.path);
        k->draws[k->draw_count++] = d;
    }
    for (int n = 0; n < inner->bit_count && !p->count && k->bit_count < 8; n++) {
        k->bits[k->bit_count] = inner->bits[n];
        k->bits[k->bit_count++].path = say(g, "%s.%s", p->name, inner->bits[n].path);
    }
}

// What the block around has to say of a part, and what it knows of it.
static void connect_part(maker *g, body *b, const part_of *p) {
    const block_kind *inner = p->what;
    int rank = ++b->rank;
    for (int n = 0; n < inner->in_count; n++) {
        quantity q = port_of(g, p, &inner->ins[n], rank);
        equation(g, b, &q, rank);
        may_define(g, b, q, false);
    }
    for (int n = 0; n < inner->in_count; n++)
        know(b, port_of(g, p, &inner->ins[n], rank));
    for (int n = 0; n < inner->out_count; n++)
        know(b, port_of(g, p, &inner->outs[n], rank));
    for (int n = 0; n < inner->hold_count; n++)
        know(b, port_of(g, p, &inner->holds[n], 0));
    take_inside(g, b->b, p);
}

static const char *header_of(maker *g, const block_kind *k, part_of *p) {
    text actual = text_in(g->home);
    for (int n = 0; n < p->what->counts; n++) {
        p->actual[n] =
            k->counts && chance(g, 50) ? (extent){"n", roll(g, 2)} : constant(2 + roll(g, 2));
        text_add(&actual, "%s%s%s", n ? ", " : "(",
                 chance(g, 70) ? say(g, "%s = ", n ? "m" : "n")
                 : n           ? "m = "
                               : "",
                 extent_text(g, p->actual[n]));
    }
    return actual.n ? say(g, "%s)", actual.at) : "";
}

// Parts with controllers of their own: each is known by its number.
static void add_controlled(maker *g, body *b, const part_of *array) {
    block_kind *k = b->b;
    int first = k->part_count;
    for (int n = 0; n < array->count && k->part_count < 8; n++) {
        part_of *p = &k->parts[k->part_count++];
        *p = *array;
        p->name = say(g, "%s[%d]", array->name, n);
        p->count = 0;
        p->first_group = k->groups;
        k->groups += array->what->groups;
    }
    for (int n = first; n < k->part_count; n++)
        connect_part(g, b, &k->parts[n]);
}

static void add_part(maker *g, body *b) {
    block_kind *k = b->b, *inner = g->block_count ? g->blocks[roll(g, g->block_count)] : NULL;
    if (!inner || k->part_count == 8) return;
    part_of p = {.name = fresh(g, "p"), .what = inner};
    bool array = chance(g, g->r->arrays);
    if (array) {
        p.over = any_extent(g, k);
        if (!p.over.symbol && p.over.add > 3) p.over.add = 3;
        if (inner->controlled) p.over = constant(p.over.symbol ? 2 : p.over.add);
        p.count = p.over.symbol ? -1 : p.over.add;
    }
    int groups = inner->groups * (p.count > 0 ? p.count : 1);
    if (k->groups + groups > 40 || (array && inner->phase_count && k->part_count > 4)) return;
    if (array && inner->controlled && k->part_count + p.count > 8) return;
    const char *header = header_of(g, k, &p);
    put(g, "  part %s%s: %s%s;\n", p.name, array ? say(g, "[%s]", extent_text(g, p.over)) : "",
        inner->name, header);
    k->controlled = k->controlled || inner->controlled;
    if (array && inner->controlled) {
        add_controlled(g, b, &p);
        return;
    }
    p.first_group = k->groups;
    k->groups += groups;
    k->parts[k->part_count] = p;
    connect_part(g, b, &k->parts[k->part_count++]);
}

// ---- the whole ----------------------------------------------------------------------------------

static void add_comparator(maker *g, body *b) {
    block_kind *k = b->b;
    if (k->bit_count == 8) return;
    quantity q = {.path = fresh(g, "hit")};
    place p = place_of(b, 1000);
    if (chance(g, 25)) q.dims = 1, q.dim[0] = constant(2 + roll(g, 2));
    unit_kind u = chance(g, 70) ? U_NONE : U_VOLT;
    const char *value, *left = declared(g, &q);
    if (q.dims) {
        put(g, "  bit %s;\n", left);
        left = left_side(g, &p, &q);
    }
    value = value_of(g, &p, u, 2);
    put(g, "  %s%s = above(%s, %s%s);\n", q.dims ? "" : "bit ", left, value, u ? "0.3V" : "0.4",
        chance(g, 70) ? u ? ", 100mV" : ", 0.05" : "");
    k->bits[k->bit_count].path = q.path;
    k->bits[k->bit_count++].count = q.dims ? q.dim[0].add : 0;
}

// States of the block itself: with the devices that they follow they are one system.
static void add_states(maker *g, body *b) {
    for (int n = 1 + roll(g, 2); n > 0; n--) {
        quantity q = any_shape(g, b->b, fresh(g, "st"), chance(g, 60) ? U_NONE : U_VOLT);
        q.moves = q.smooth = true;
        put(g, "  state %s in [-%s] = %s;\n", declared(g, &q), q.unit ? "3V, 3V" : "2, 2",
            q.unit ? "100mV" : "0.25");
        know(b, q);
        b->b->draws[b->b->draw_count++] = (drawable){q.path, 's', false, q.unit};
        q.path = say(g, "der(%s", q.path);
        q.tail = ")";
        q.rank = 1000;
        may_define(g, b, q, false);
        b->targets[b->target_count - 1].rate = true;
    }
}

static void add_rates(maker *g, body *b) {
    for (int k = 0; k < b->target_count; k++) {
        const target *t = &b->targets[k];
        if (!t->rate) continue;
        place p = place_of(b, 1000);
        const char *left = left_side(g, &p, &t->q);
        put(g, "  %s = %s;\n", left, rate_of(g, &p, t->q.unit, left));
    }
}

static void add_items(maker *g, body *b, bool top) {
    const recipe *r = g->r;
    int n = 2 + roll(g, 2 + 2 * r->size);
    for (int k = 0; k < n; k++) {
        int d = roll(g, 100);
        if (d < r->crossbars)
            add_crossbar(g, b);
        else if (d < r->crossbars + r->devices)
            add_device(g, b);
        else if (d < r->crossbars + r->devices + r->parts)
            add_part(g, b);
        else
            add_signal(g, b, b->b->out_count < 6 && chance(g, 30));
        if (chance(g, r->comparators)) add_comparator(g, b);
        if (chance(g, 5)) put(g, "  // by dice\n");
    }
    if (!b->b->out_count || top) add_signal(g, b, true);
}

// Only scalars, no state: a block that may be applied like a function.
static void applied(maker *g, block_kind *k) {
    if (!k->calls_none || k->out_count != 1 || k->in_count > 3 || g->function_count == 8) return;
    function_kind *f = &g->functions[g->function_count++];
    *f = (function_kind){.name = k->name, .args = k->in_count, .result = k->outs[0].unit};
    for (int n = 0; n < k->in_count; n++)
        f->unit[n] = k->ins[n].unit;
}

block_kind *roll_block(maker *g, bool top, const char *name) {
    body *b = arena_new_of(g->home, body);
    block_kind *k = b->b = arena_new_of(g->home, block_kind);
    k->name = name;
    k->calls_none = !top && chance(g, 20);
    k->counts = k->calls_none ? 0 : roll(g, 3);
    k->groups = b->own_groups = k->calls_none ? 0 : 1 + roll(g, 3);
    if (chance(g, 30)) put(g, "/// One of many.\n");
    put(g, "block %s%s {\n", name,
        k->counts == 0   ? ""
        : k->counts == 1 ? "(n)"
        : chance(g, 50)  ? "(n, m = 3)"
                         : "(n, m)");
    add_ports(g, b, k->calls_none);
    if (k->calls_none) {
        if (chance(g, 50)) add_signal(g, b, false);
        add_signal(g, b, true);
    } else {
        if (g->coupled && chance(g, 60)) add_states(g, b);
        add_items(g, b, top);
        add_rates(g, b);
        roll_phases(g, b);
        if (chance(g, 20))
            put(g, "  assert 1 + abs(%s) > 0.5;\n",
                value_of(g, &(place){.reads = b->reads, .read_count = 1}, U_NONE, 1));
    }
    if (top) roll_sequencers(g, b);
    if (!top && k->phase_count && chance(g, 12)) roll_own_sequencer(g, b);
    put(g, "}\n\n");
    if (!top && !k->calls_none && g->block_count < 16) g->blocks[g->block_count++] = k;
    applied(g, k);
    return k;
}
