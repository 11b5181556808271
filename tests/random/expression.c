// Expressions by dice: of a wanted unit, over what is known in a place; see make.h.
#include "random/make.h"
#include <stdarg.h>
#include <stdio.h>

// ---- dice ---------------------------------------------------------------------------------------

int roll(maker *g, int sides) { // xorshift64 (Marsaglia 2003)
    g->dice ^= g->dice << 13;
    g->dice ^= g->dice >> 7;
    g->dice ^= g->dice << 17;
    return (int)((g->dice >> 11) % (uint64_t)sides);
}

bool chance(maker *g, int percent) {
    return roll(g, 100) < percent;
}
const char *fresh(maker *g, const char *stem) {
    return say(g, "%s%d", stem, g->names++);
}

void put(maker *g, const char *format, ...) {
    va_list list;
    va_start(list, format);
    text_vadd(&g->out, format, list);
    va_end(list);
}

// ---- extents, units, numbers --------------------------------------------------------------------

const char *extent_text(maker *g, extent e) {
    if (!e.symbol) return say(g, "%d", e.add);
    return e.add ? say(g, "%s + %d", e.symbol, e.add) : e.symbol;
}

int extent_least(extent e) {
    return e.add + (e.symbol ? LEAST_COUNT : 0);
}
bool extent_fits(extent index, extent dim) {
    return index.symbol == dim.symbol && index.add <= dim.add;
}

const char *unit_text_of(unit_kind u) {
    static const char *const names[] = {"", ": V", ": A", ": S"};
    return names[u];
}

const char *literal(maker *g, unit_kind u) {
    static const char *const plain[] = {"0.5",  "2",    "1.25", "3",      "0.1",  "1", "-0.75",
                                        "7e-1", "150%", "0.3",  "1.7159", "300m", "0"};
    static const char *const volts[] = {"0.5V", "100mV",  "1V", "1.5V",
                                        "250m", "0.7e0V", "2V", "-0.4V"};
    static const char *const amperes[] = {"1uA", "0.5mA", "250uA", "2u", "1e-3A", "-20uA"};
    static const char *const siemens[] = {"1uS", "20uS", "0.5mS", "3u"};
    switch (u) {
    case U_VOLT:
        return volts[roll(g, 8)];
    case U_AMPERE:
        return amperes[roll(g, 6)];
    case U_SIEMENS:
        return siemens[roll(g, 4)];
    default:
        return plain[roll(g, 13)];
    }
}

// One of the unit, as a factor or divisor: suffixed, so that it has it.
static const char *one_of(maker *g, unit_kind u) {
    static const char *const volts[] = {"1V", "500mV", "2V"},
                             *const amperes[] = {"1uA", "100uA", "1mA"},
                             *const siemens[] = {"1uS", "50uS", "1mS"};
    return u == U_VOLT     ? volts[roll(g, 3)]
           : u == U_AMPERE ? amperes[roll(g, 3)]
                           : siemens[roll(g, 3)];
}

// In an operand a number without suffix has no unit.
static const char *operand_literal(maker *g, unit_kind u) {
    return u == U_NONE ? literal(g, u) : say(g, "%d * %s", 1 + roll(g, 3), one_of(g, u));
}

const char *time_text(maker *g, int units) {
    switch (roll(g, 3)) {
    case 0:
        return say(g, "%dus", units * 200);
    case 1:
        return say(g, "%d.%dms", units / 5, units % 5 * 2);
    default:
        return say(g, "%d * 200us", units);
    }
}

// ---- elements -----------------------------------------------------------------------------------

// A subscript for a dimension, or NULL; `bound` then has to range over it.
static const char *subscript(maker *g, const place *p, extent dim, bool *bind) {
    const char *found[16];
    int n = 0;
    for (int k = 0; k < p->index_count && n < 12; k++) {
        const counter *c = &p->index[k];
        if (extent_fits(c->over, dim)) found[n++] = c->name;
        int more = dim.add - c->over.add;
        if (c->over.symbol == dim.symbol && more > 0 && !c->argument && n < 12)
            found[n++] = say(g, "%s + %d", c->name, 1 + roll(g, more));
    }
    *bind = *bind && (n == 0 ? chance(g, 70) : chance(g, 15));
    if (*bind) return NULL;
    if (n && !chance(g, 15)) return found[roll(g, n)];
    return say(g, "%d", roll(g, extent_least(dim)));
}

typedef struct reduction {
    counter bound[2];
    int count;
} reduction;

static bool readable(const place *p, const quantity *q, unit_kind u) {
    return q->unit == u && q->rank <= p->rank && !(p->steady && q->moves);
}

static const quantity *pick(maker *g, const place *p, unit_kind u) {
    int n = 0;
    for (int k = 0; k < p->read_count; k++)
        n += readable(p, &p->reads[k], u);
    if (!n) return NULL;
    for (int k = 0, nth = roll(g, n); k < p->read_count; k++)
        if (readable(p, &p->reads[k], u) && nth-- == 0) return &p->reads[k];
    return NULL;
}

const char *written(maker *g, const quantity *q, const char *const *subscripts) {
    text t = text_in(g->home);
    text_add(&t, "%s", q->path);
    for (int k = 0; k < q->leads; k++)
        text_add(&t, "%s%s", k ? ", " : "[", subscripts[k]);
    text_add(&t, "%s%s", q->leads ? "]" : "", q->mid ? q->mid : "");
    for (int k = q->leads; k < q->dims; k++)
        text_add(&t, "%s%s", k > q->leads ? ", " : "[", subscripts[k]);
    text_add(&t, "%s%s", q->dims > q->leads ? "]" : "", q->tail ? q->tail : "");
    return t.at;
}

// "x[i, 2]"; dimensions may get a new bound index where `r` is not NULL.
static const char *element(maker *g, const place *p, const quantity *q, reduction *r) {
    const char *names[4];
    for (int k = 0; k < q->dims; k++) {
        bool bind = r && r->count < 2 && p->index_count + r->count < 7;
        names[k] = subscript(g, p, q->dim[k], &bind);
        if (names[k]) continue;
        r->bound[r->count] = (counter){fresh(g, "q"), q->dim[k], false};
        names[k] = r->bound[r->count++].name;
    }
    return written(g, q, names);
}

const char *left_side(maker *g, place *p, const quantity *q) {
    const char *names[4];
    for (int k = 0; k < q->dims; k++) {
        names[k] = fresh(g, k ? "j" : "i");
        p->index[p->index_count++] = (counter){names[k], q->dim[k], false};
    }
    return written(g, q, names);
}

// ---- conditions ---------------------------------------------------------------------------------

static const char *condition(maker *g, place *p, int depth);

static const char *index_condition(maker *g, const place *p) {
    const counter *c = &p->index[roll(g, p->index_count)];
    const counter *d = &p->index[roll(g, p->index_count)];
    static const char *const signs[] = {"<", "<=", ">", ">=", "==", "!="};
    if (d != c && chance(g, 40)) return say(g, "abs(%s - %s) <= 1", c->name, d->name);
    return say(g, "%s %s %d", c->name, signs[roll(g, 6)], roll(g, extent_least(c->over) + 1));
}

static const char *comparison(maker *g, place *p, int depth) {
    static const char *const signs[] = {"<", "<=", ">", ">=", "==", "!="};
    unit_kind u = (unit_kind)roll(g, 3);
    const char *a = value_of(g, p, u, depth), *b = value_of(g, p, u, depth);
    return say(g, "%s %s %s", a, signs[roll(g, chance(g, 15) ? 6 : 4)], b);
}

static const char *quantified(maker *g, place *p) {
    const quantity *q = pick(g, p, U_NONE);
    if (!q || !q->dims) return comparison(g, p, 0);
    reduction r = {.count = 0};
    const char *e = element(g, p, q, &r);
    if (!r.count) return comparison(g, p, 0);
    text t = text_in(g->home);
    text_add(&t, "%s(%s", chance(g, 50) ? "all" : "any", r.bound[0].name);
    if (r.count > 1) text_add(&t, ", %s", r.bound[1].name);
    text_add(&t, ": %s > %s)", e, literal(g, U_NONE));
    return t.at;
}

static const char *condition(maker *g, place *p, int depth) {
    if (p->cycles && !p->constant && chance(g, 30)) {
        int most = p->cycles > 0 ? p->cycles : 4;
        return most > 1 ? say(g, "time %s %s",
                              chance(g, 70) ? "<" : ">=", time_text(g, 1 + roll(g, most - 1)))
                        : "time >= 0";
    }
    if (p->index_count && chance(g, 30)) return index_condition(g, p);
    switch (depth > 0 ? roll(g, 6) : 0) {
    case 1: {
        const char *a = condition(g, p, 0);
        return say(g, "(%s) %s %s", a, chance(g, 50) ? "and" : "or", comparison(g, p, 0));
    }
    case 2:
        return say(g, "not (%s)", condition(g, p, depth - 1));
    case 3:
        return p->constant ? comparison(g, p, depth - 1) : quantified(g, p);
    case 4: {
        const char *a = comparison(g, p, 0);
        return say(g, "%s %s %s", a, chance(g, 50) ? "and" : "or", comparison(g, p, 0));
    }
    default:
        return comparison(g, p, depth > 0 ? depth - 1 : 0);
    }
}

// ---- values -------------------------------------------------------------------------------------

// "when c: a, when d: b, else e"
static const char *cases(maker *g, place *p, unit_kind u, int depth) {
    text t = text_in(g->home);
    int count = 1 + roll(g, 2);
    for (int n = 0; n < count; n++) {
        const char *c = condition(g, p, 1);
        text_add(&t, "when %s: %s, ", c,
                 n && chance(g, 15) ? literal(g, u) : value_of(g, p, u, depth));
    }
    text_add(&t, "else %s", chance(g, 15) ? "0" : value_of(g, p, u, depth));
    return t.at;
}

static const char *leaf(maker *g, place *p, unit_kind u) {
    if (u == U_NONE && p->number_count && chance(g, 25))
        return p->numbers[roll(g, p->number_count)];
    if (u == U_NONE && p->index_count && chance(g, 6))
        return p->index[roll(g, p->index_count)].name;
    const quantity *q = p->constant ? NULL : pick(g, p, u);
    if (q && chance(g, 85)) return element(g, p, q, NULL);
    if (u == U_NONE || chance(g, 40))
        return say(g, u == U_NONE ? "%s" : "(%s)", operand_literal(g, u));
    const quantity *plain = p->constant ? NULL : pick(g, p, U_NONE);
    return plain ? say(g, "(%s * %s)", element(g, p, plain, NULL), one_of(g, u))
                 : say(g, "(%s)", operand_literal(g, u));
}

// "sum(q: w[i, q] * x[q])"; NULL where no array offers itself.
static const char *reduced(maker *g, place *p, unit_kind u, int depth) {
    static const char *const names[] = {"sum", "sum",  "sum",    "max",
                                        "min", "mean", "argmax", "argmin"};
    int op = roll(g, u == U_NONE ? 8 : 6);
    const quantity *q = pick(g, p, op >= 6 ? (unit_kind)roll(g, 3) : u);
    if (!q || !q->dims) return NULL;
    reduction r = {.count = 0};
    const char *e = element(g, p, q, &r);
    if (!r.count || (r.count > 1 && op >= 5)) return NULL;
    place inner = *p;
    for (int k = 0; k < r.count; k++)
        inner.index[inner.index_count++] = r.bound[k];
    text t = text_in(g->home);
    text_add(&t, "%s(%s", names[op], r.bound[0].name);
    if (r.count > 1) text_add(&t, ", %s", r.bound[1].name);
    if (chance(g, 20)) text_add(&t, " where %s", say(g, "%s >= %d", r.bound[0].name, roll(g, 2)));
    text_add(&t, ": %s", e);
    if (chance(g, 50)) {
        const char *factor = value_of(g, &inner, U_NONE, depth > 1 ? 1 : 0);
        text_add(&t, " * %s", factor);
    } else if (op < 5 && chance(g, 20))
        text_add(&t, " + %s", value_of(g, &inner, u, 0));
    text_add(&t, ")");
    return t.at;
}

static const char *called(maker *g, place *p, unit_kind u, int depth) {
    for (int tries = 0; tries < 3 && g->function_count; tries++) {
        const function_kind *f = &g->functions[roll(g, g->function_count)];
        if (f->result != u) continue;
        text t = text_in(g->home);
        text_add(&t, "%s(", f->name);
        for (int k = 0; k < f->args; k++) {
            const char *a = value_of(g, p, f->unit[k], depth - 1);
            text_add(&t, "%s%s", k ? ", " : "", a);
        }
        text_add(&t, ")");
        return t.at;
    }
    return NULL;
}

static const char *library(maker *g, place *p, int depth) {
    static const char *const any[] = {"tanh(%s)",
                                      "atan(%s)",
                                      "sin(%s)",
                                      "cos(%s)",
                                      "logistic(%s)",
                                      "dlogistic(%s)",
                                      "abs(%s)",
                                      "sign(%s)",
                                      "floor(%s)",
                                      "ceil(%s)",
                                      "round(%s)",
                                      "log(1 + abs(%s))",
                                      "sqrt(abs(%s))",
                                      "exp(tanh(%s))",
                                      "sinh(2 * tanh(%s))",
                                      "cosh(tanh(%s))",
                                      "tan(tanh(%s))",
                                      "2^tanh(%s)",
                                      "(1 + abs(%s))^0.5",
                                      "quantize(%s, 7, -2, 2)",
                                      "abs(%s)^1.5"};
    const char *a = value_of(g, p, U_NONE, depth - 1);
    char out[4096];
    if (strlen(a) > 3000) return a;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(out, sizeof out, any[roll(g, 21)], a);
#pragma GCC diagnostic pop
    return arena_copy(g->home, out, strlen(out));
}

// Without unit.
static const char *plain(maker *g, place *p, int depth) {
    const char *a, *b;
    switch (roll(g, 9)) {
    case 0:
        a = value_of(g, p, U_NONE, depth - 1), b = value_of(g, p, U_NONE, depth - 1);
        return say(g, "(%s * %s)", a, b);
    case 1:
        a = value_of(g, p, U_NONE, depth - 1), b = value_of(g, p, U_NONE, depth - 1);
        return say(g, "%s / (1 + abs(%s))", a, b);
    case 2:
        return say(g, "(%s)^%d", value_of(g, p, U_NONE, depth - 1), 2 + roll(g, 2));
    case 3: {
        unit_kind u = (unit_kind)(1 + roll(g, 2));
        return say(g, "%s / %s", value_of(g, p, u, depth - 1), one_of(g, u));
    }
    case 4: {
        unit_kind u = (unit_kind)(1 + roll(g, 2));
        return say(g, "sign(%s)", value_of(g, p, u, depth - 1));
    }
    default:
        return library(g, p, depth);
    }
}

const char *value_of(maker *g, place *p, unit_kind u, int depth) {
    const char *a, *b = NULL;
    if (depth <= 0) return leaf(g, p, u);
    switch (roll(g, 12)) {
    case 0:
        a = value_of(g, p, u, depth - 1), b = value_of(g, p, u, depth - 1);
        return say(g, "(%s + %s)", a, b);
    case 1:
        a = value_of(g, p, u, depth - 1), b = value_of(g, p, u, depth - 1);
        return say(g, "(%s - %s)", a, b);
    case 2:
        a = value_of(g, p, u, depth - 1), b = value_of(g, p, u, depth - 1);
        return say(g, "%s(%s, %s)", chance(g, 50) ? "min" : "max", a, b);
    case 3:
        return say(g, "(%s)", cases(g, p, u, depth - 1));
    case 4:
        return say(g, "(-%s)", value_of(g, p, u, depth - 1));
    case 5:
    case 6:
        b = p->constant ? NULL : reduced(g, p, u, depth);
        return b ? b : leaf(g, p, u);
    case 7:
        b = p->constant ? NULL : called(g, p, u, depth);
        return b ? b : leaf(g, p, u);
    case 8:
        if (u == U_NONE) return plain(g, p, depth);
        a = value_of(g, p, U_NONE, depth - 1);
        return say(g, "(%s * %s)", a, one_of(g, u));
    case 9:
        if (u == U_AMPERE && !p->constant) {
            a = value_of(g, p, U_VOLT, depth - 1);
            return say(g, "(%s * %s)", a, one_of(g, U_SIEMENS));
        }
        return u == U_NONE ? plain(g, p, depth) : say(g, "abs(%s)", value_of(g, p, u, depth - 1));
    default:
        return u == U_NONE ? plain(g, p, depth) : leaf(g, p, u);
    }
}

// Something smooth that follows a state, or NULL. A drive with steps in the state that it moves
// would switch for ever.
static const char *coupling(maker *g, place *p, unit_kind u) {
    int n = 0;
    place open = *p;
    open.steady = false;
    for (int k = 0; k < p->read_count; k++)
        n += readable(&open, &p->reads[k], u) && p->reads[k].smooth;
    if (!n) return NULL;
    for (int k = 0, nth = roll(g, n); k < p->read_count; k++)
        if (readable(&open, &p->reads[k], u) && p->reads[k].smooth && nth-- == 0)
            return say(g, "0.5 * %s", element(g, p, &p->reads[k], NULL));
    return NULL;
}

const char *clipped(maker *g, place *p, unit_kind u, int depth) {
    const char *most[] = {"8", "4V", "2mA", "1mS"};
    const char *a = value_of(g, p, u, depth);
    const char *also = g->loose && p->steady ? coupling(g, p, u) : NULL;
    if (also) a = say(g, "(%s + %s)", a, also);
    if (u == U_NONE && chance(g, 30)) return say(g, "tanh(%s)", a);
    return say(g, "max(-%s, min(%s, %s))", most[u], most[u], a);
}

const char *right_side(maker *g, place *p, unit_kind u, int depth) {
    if (chance(g, 8)) return literal(g, u);
    if (chance(g, 20)) return cases(g, p, u, depth - 1);
    const quantity *q = pick(g, p, u);
    if (q && chance(g, 25)) { // without parentheses, by precedence
        const char *a = element(g, p, q, NULL), *b = value_of(g, p, U_NONE, depth - 1),
                   *c = value_of(g, p, u, 1), *d = value_of(g, p, U_NONE, 0);
        return say(g, "%s%s * %s %s %s * %s", chance(g, 30) ? "-" : "", a, b,
                   chance(g, 50) ? "+" : "-", c, d);
    }
    return value_of(g, p, u, depth);
}

// "der(x[i])" is `left`: the state is what stands inside.
const char *rate_of(maker *g, place *p, unit_kind u, const char *left) {
    static const char *const times[] = {"1ms", "700us", "4ms"};
    int length = (int)strlen(left) - 5;
    p->steady = true;
    const char *towards = clipped(g, p, u, 2);
    return say(g, "(%s - %.*s) / %s", towards, length, left + 4, times[roll(g, 3)]);
}
