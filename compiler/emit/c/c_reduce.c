// Reductions, in the orders and forms of plan.h: the order of additions is part of the result.
#include "emit/c/c.h"

#include <math.h>

enum { LANES = 8 };

static bool is_sum(const step *s) {
    return s->op == RED_SUM || s->op == RED_MEAN;
}

// Whether the elements are met as reals; see meet() of the interpreter.
static bool real_elements(const step *s) {
    return s->rhs->type == TYPE_REAL || s->op == RED_MEAN ||
           (s->op <= RED_MIN && s->target->type == TYPE_REAL);
}

static bool constant_range(const step *s, double *lo, double *hi) {
    return expr_is_number(s->over.lo, lo) && expr_is_number(s->over.hi, hi);
}

// "if (c) " where the reduction has a condition.
static const char *guard(c_emitter *c, const step *s) {
    if (s->condition == NULL) return "";
    return arena_text(c->home, "if (%s) ", c_condition(c, s->condition));
}

static void over_open(c_emitter *c, const step *s) {
    c_loop_open(c, &s->over);
}

// What is stored in the end: converted where the target is of the other kind.
static void store(c_emitter *c, const step *s, const char *value, bool real) {
    bool wants_real = s->target->type == TYPE_REAL;
    if (real == wants_real)
        c_assign(c, s, value);
    else
        c_assign(c, s, arena_text(c->home, wants_real ? "(double)%s" : "(int64_t)%s", value));
}

// The mean's divisor: a number where it is known, otherwise counted in `met`.
static const char *divisor(c_emitter *c, const step *s, const char *met) {
    double lo, hi;
    if (met != NULL) return arena_text(c->home, "(double)%s", met);
    if (!constant_range(s, &lo, &hi)) return "0.0";
    return c_number(c->home, hi > lo ? hi - lo : 0);
}

static bool counts(const step *s) {
    double lo, hi;
    return s->op == RED_MEAN && (s->condition != NULL || !constant_range(s, &lo, &hi));
}

static const char *declare_met(c_emitter *c, const step *s) {
    if (!counts(s)) return NULL;
    const char *met = c_fresh(c, "met");
    c_line(c, "int64_t %s = 0;", met);
    return met;
}

// A name's scope ends with the loops around it; outside all loops it lasts to the function's end.
static void forget(c_emitter *c, const step *s, const char *name) {
    if (s->loops.n > 0 && name != NULL) namer_free(c->locals, name);
}

// One addition inside the loop; `sum` is a place.
static void add_element(c_emitter *c, const step *s, const char *sum, const char *met, bool real) {
    const char *value = real ? c_real(c, s->rhs) : c_int(c, s->rhs);
    if (met == NULL) {
        c_line(c, "%s%s += %s;", guard(c, s), sum, value);
        return;
    }
    if (s->condition != NULL) c_open(c, "%s{", guard(c, s));
    c_line(c, "%s += %s;", sum, value);
    c_line(c, "%s++;", met);
    if (s->condition != NULL) c_close(c, "}");
}

static void finish_sum(c_emitter *c, const step *s, const char *sum, const char *met, bool real) {
    if (s->op != RED_MEAN) {
        store(c, s, sum, real);
        return;
    }
    const char *mean = arena_text(c->home, "%s / %s", sum, divisor(c, s, met));
    store(c, s, s->target->type == TYPE_REAL ? mean : "0", s->target->type == TYPE_REAL);
}

static void sequential_sum(c_emitter *c, const step *s) {
    bool real = real_elements(s);
    const char *sum = c_fresh(c, "sum"), *met;
    c_line(c, real ? "double %s = 0.0;" : "int64_t %s = 0;", sum);
    met = declare_met(c, s);
    over_open(c, s);
    add_element(c, s, sum, met, real);
    c_loop_close(c);
    finish_sum(c, s, sum, met, real);
    forget(c, s, sum);
    forget(c, s, met);
}

// Lane l adds the elements l, l + 8, ...; whole groups of eight first, so that they vectorise.
static void interleaved_sum(c_emitter *c, const step *s) {
    double lo = 0, hi = 0;
    const char *lane = c_fresh(c, "lane"), *met;
    c_line(c, "double %s[%d] = {0};", lane, LANES);
    met = declare_met(c, s);
    bool known = constant_range(s, &lo, &hi) && hi > lo;
    int64_t first = known ? (int64_t)lo : 0, groups = known ? ((int64_t)hi - first) / LANES : 0;
    int64_t rest = first + groups * LANES;
    if (known) { // one form for every size, so that sizes are numbers in the text and nothing else
        const char *base = c_fresh(c, "group"), *l = c_fresh(c, "l");
        c_open(c, "for (int64_t %s = %lld; %s < %lld; %s += %d) {", base, (long long)first, base,
               (long long)rest, base, LANES);
        c_open(c, "for (int64_t %s = 0; %s < %d; %s++) {", l, l, LANES, l);
        const char *k = c_bind(c, s->over.ix);
        c_line(c, "const int64_t %s = %s + %s;", k, base, l);
        size_t at = c->bound.n - 1;
        add_element(c, s, arena_text(c->home, "%s[%s]", lane, l), met, true);
        if (!c->bound.at[at].used) c_line(c, "(void)%s;", k);
        c_unbind(c, 1);
        c_close(c, "}");
        c_close(c, "}");
        namer_free(c->locals, base);
        namer_free(c->locals, l);
    }
    {
        const char *from =
            known ? arena_text(c->home, "%lld", (long long)rest) : c_int(c, s->over.lo);
        const char *to = c_int(c, s->over.hi), *k = c_bind(c, s->over.ix);
        c_open(c, "for (int64_t %s = %s; %s < %s; %s++) {", k, from, k, to, k);
        const char *place = arena_text(c->home, "%s[(%s - (%s)) %% %d]", lane, k, from, LANES);
        if (strcmp(from, "0") == 0) place = arena_text(c->home, "%s[%s %% %d]", lane, k, LANES);
        if (known) place = arena_text(c->home, "%s[%s - %lld]", lane, k, (long long)rest);
        add_element(c, s, place, met, true);
        c_loop_close(c);
    }
    const char *sum = arena_text(c->home,
                                 "((%s[0] + %s[4]) + (%s[2] + %s[6])) + "
                                 "((%s[1] + %s[5]) + (%s[3] + %s[7]))",
                                 lane, lane, lane, lane, lane, lane, lane, lane);
    bool bare = s->op == RED_SUM && s->target->type == TYPE_REAL;
    finish_sum(c, s, bare ? sum : arena_text(c->home, "(%s)", sum), met, true);
    forget(c, s, lane);
    forget(c, s, met);
}

static const char *worst(const step *s, bool real) {
    bool least = s->op == RED_MIN || s->op == RED_ARGMIN;
    if (real) return least ? "INFINITY" : "-INFINITY";
    return least ? "INT64_MAX" : "INT64_MIN";
}

static const char *better(const step *s) {
    return s->op == RED_MIN || s->op == RED_ARGMIN ? "<" : ">";
}

static void extreme(c_emitter *c, const step *s) {
    bool real = real_elements(s), where = s->op == RED_ARGMAX || s->op == RED_ARGMIN;
    const char *type = real ? "double" : "int64_t";
    const char *best = c_fresh(c, "best"), *value = c_fresh(c, "value"), *at = NULL;
    c_line(c, "%s %s = %s;", type, best, worst(s, real));
    if (where) {
        at = c_fresh(c, "place");
        c_line(c, "int64_t %s = %s;", at, c_int(c, s->over.lo));
    }
    over_open(c, s);
    const char *k = c->bound.at[c->bound.n - 1].name;
    if (s->condition != NULL) c_open(c, "%s{", guard(c, s));
    c_line(c, "const %s %s = %s;", type, value, real ? c_real(c, s->rhs) : c_int(c, s->rhs));
    if (where) {
        c_open(c, "if (%s %s %s) {", value, better(s), best);
        c_line(c, "%s = %s;", best, value);
        c_line(c, "%s = %s;", at, k);
        c_close(c, "}");
    } else {
        c_line(c, "%s = %s %s %s ? %s : %s;", best, value, better(s), best, value, best);
    }
    if (s->condition != NULL) c_close(c, "}");
    c_loop_close(c);
    store(c, s, where ? at : best, where ? false : real);
    forget(c, s, best);
    forget(c, s, value);
    forget(c, s, at);
}

static void all_any(c_emitter *c, const step *s) {
    bool all = s->op == RED_ALL;
    const char *name = c_fresh(c, all ? "all" : "any");
    c_line(c, "int64_t %s = %d;", name, all ? 1 : 0);
    over_open(c, s);
    const char *holds = c_condition(c, s->rhs);
    const char *met = s->condition != NULL ? c_condition(c, s->condition) : NULL;
    const char *changes = arena_text(c->home, all ? "!(%s)" : "%s", holds);
    if (met != NULL)
        c_line(c, "if ((%s) && (%s)) %s = %d;", met, changes, name, all ? 0 : 1);
    else
        c_line(c, "if (%s) %s = %d;", changes, name, all ? 0 : 1);
    c_loop_close(c);
    store(c, s, name, false);
    forget(c, s, name);
}

// ---- the loop of the reduction outside
// -----------------------------------------------------------

static bool note_index(const expr *e, void *data) {
    const index **ix = data;
    if (e->kind == X_INDEX && e->ix == *ix) *ix = NULL;
    return *ix != NULL;
}

static bool mentions(const expr *e, const index *ix) {
    const index *look = ix;
    expr_walk(e, note_index, &look);
    return look == NULL;
}

// Where the plan asks for it and the sums can live in the target itself.
static bool can_be_outer(const step *s) {
    if (s->form != FORM_OUTER || s->order != ORDER_SEQUENTIAL || s->loops.n == 0) return false;
    const index *inner = s->loops.at[s->loops.n - 1].ix;
    bool plain = s->op == RED_SUM || (s->op == RED_MEAN && !counts(s));
    bool same = real_elements(s) == (s->target->type == TYPE_REAL);
    return plain && same && !mentions(s->over.lo, inner) && !mentions(s->over.hi, inner);
}

static void outer_sum(c_emitter *c, const step *s) {
    size_t around = s->loops.n - 1;
    const loop *inner = &s->loops.at[around];
    bool real = s->target->type == TYPE_REAL;
    for (size_t k = 0; k < around; k++)
        c_loop_open(c, &s->loops.at[k]);
    c_loop_open(c, inner);
    c_assign(c, s, real ? "0.0" : "0");
    c_loop_close(c);
    over_open(c, s);
    c_loop_open(c, inner);
    add_element(c, s, c_place(c, s->target, (int)s->sub.n, s->sub.at), NULL, real);
    c_loop_close(c);
    c_loop_close(c);
    if (s->op == RED_MEAN) {
        c_loop_open(c, inner);
        const char *place = c_place(c, s->target, (int)s->sub.n, s->sub.at);
        c_assign(c, s, arena_text(c->home, "%s / %s", place, divisor(c, s, NULL)));
        c_loop_close(c);
    }
    for (size_t k = 0; k < around; k++)
        c_loop_close(c);
}

void c_reduce(c_emitter *c, const step *s) {
    if (can_be_outer(s)) {
        outer_sum(c, s);
        return;
    }
    for (size_t k = 0; k < s->loops.n; k++)
        c_loop_open(c, &s->loops.at[k]);
    if (is_sum(s) && s->order == ORDER_INTERLEAVED && real_elements(s))
        interleaved_sum(c, s);
    else if (is_sum(s))
        sequential_sum(c, s);
    else if (s->op == RED_ALL || s->op == RED_ANY)
        all_any(c, s);
    else
        extreme(c, s);
    for (size_t k = 0; k < s->loops.n; k++)
        c_loop_close(c);
}
