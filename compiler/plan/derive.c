// Derivatives of expressions; see derive.h.
#include "plan/derive.h"

#include "plan/build.h"

// ---- small algebra, simplified on the way
// ----------------------------------------------------------------------------------------------

static expr *number(arena *home, double value, const expr *like) {
    return expr_number(home, value, like->at);
}

static expr *operation(arena *home, expr_kind kind, expr *a, expr *b) {
    if (kind == X_SUB && expr_same(a, b)) return number(home, 0, a);
    return simplify_node(home, expr_make(home, kind, TYPE_REAL, unit_none, a, b, NULL, a->at));
}

static expr *sum(arena *home, expr *a, expr *b) { // NULL is 0
    return !a ? b : !b ? a : operation(home, X_ADD, a, b);
}

static expr *times(arena *home, expr *a, expr *b) {
    if (!a || !b) return NULL;
    expr *product = operation(home, X_MUL, a, b);
    return is_value(product, 0) ? NULL : product;
}

static expr *minus(arena *home, expr *a) {
    return a ? operation(home, X_NEG, a, NULL) : NULL;
}

static expr *call(arena *home, fn_id fn, expr *a) {
    expr *e = expr_make(home, X_CALL, TYPE_REAL, unit_none, a, NULL, NULL, a->at);
    e->fn = fn;
    return simplify_node(home, e);
}

static expr *power(arena *home, expr *a, double n) {
    return n == 1 ? a : operation(home, X_POW, a, number(home, n, a));
}

static expr *choice(arena *home, expr *condition, expr *yes, expr *no) {
    if (!yes && !no) return NULL;
    if (!yes) yes = number(home, 0, no);
    if (!no) no = number(home, 0, yes);
    return simplify_node(
        home, expr_make(home, X_SELECT, TYPE_REAL, unit_none, condition, yes, no, condition->at));
}

static expr *less(arena *home, expr *a, expr *b) {
    return expr_make(home, X_LT, TYPE_BOOL, unit_none, a, b, NULL, a->at);
}

// ---- functions
// ----------------------------------------------------------------------------------------------

expr *derive_function(arena *h, const expr *e, int which) {
    expr *a = e->a, *b = e->b, *one = number(h, 1, e), *zero = number(h, 0, e);
    switch (e->fn) {
    case FN_exp:
        return call(h, FN_exp, a);
    case FN_log:
        return operation(h, X_DIV, one, a);
    case FN_sqrt:
        return operation(h, X_DIV, number(h, 0.5, e), call(h, FN_sqrt, a));
    case FN_sin:
        return call(h, FN_cos, a);
    case FN_cos:
        return operation(h, X_NEG, call(h, FN_sin, a), NULL);
    case FN_tan:
        return operation(h, X_ADD, one, power(h, call(h, FN_tan, a), 2));
    case FN_sinh:
        return call(h, FN_cosh, a);
    case FN_cosh:
        return call(h, FN_sinh, a);
    case FN_tanh:
        return operation(h, X_SUB, one, power(h, call(h, FN_tanh, a), 2));
    case FN_atan:
        return operation(h, X_DIV, one, operation(h, X_ADD, one, power(h, a, 2)));
    case FN_logistic:
        return call(h, FN_dlogistic, a);
    case FN_dlogistic: // y (1 - y) (1 - 2 y)
        return operation(h, X_MUL, call(h, FN_dlogistic, a),
                         operation(h, X_SUB, one,
                                   operation(h, X_MUL, number(h, 2, e), call(h, FN_logistic, a))));
    case FN_abs:
        return call(h, FN_sign, a);
    case FN_sign:
    case FN_floor:
    case FN_ceil:
    case FN_round:
        return zero;
    case FN_min: // a < b ? a : b
        return choice(h, less(h, a, b), which ? zero : one, which ? one : zero);
    case FN_max: // a > b ? a : b
        return choice(h, less(h, b, a), which ? zero : one, which ? one : zero);
    default:
        return NULL;
    }
}

static bool has_steps(const expr *e) { // constant between its jumps
    return e->fn == FN_sign || e->fn == FN_floor || e->fn == FN_ceil || e->fn == FN_round;
}

static expr *of_call(const derivation *d, const expr *e) {
    expr *a = derive(d, e->a), *b = e->b ? derive(d, e->b) : NULL;
    if (e->fn == FN_min) return choice(d->home, less(d->home, e->a, e->b), a, b);
    if (e->fn == FN_max) return choice(d->home, less(d->home, e->b, e->a), a, b);
    return a ? times(d->home, derive_function(d->home, e, 0), a) : NULL;
}

// ---- operators
// ----------------------------------------------------------------------------------------------

static expr *of_quotient(const derivation *d, const expr *e) { // (a' - (a / b) b') / b
    expr *a = derive(d, e->a), *b = derive(d, e->b);
    expr *top = sum(d->home, a, minus(d->home, times(d->home, (expr *)e, b)));
    return top ? operation(d->home, X_DIV, top, e->b) : NULL;
}

// a^b: b a^(b - 1) a' + a^b log(a) b'
static expr *of_power(const derivation *d, const expr *e) {
    arena *h = d->home;
    expr *a = derive(d, e->a), *b = derive(d, e->b), *by_base = NULL, *by_exponent = NULL;
    if (a && e->b->kind == X_NUM)
        by_base = times(h, times(h, number(h, e->b->num, e), power(h, e->a, e->b->num - 1)), a);
    else if (a) {
        expr *less_one = operation(h, X_SUB, e->b, number(h, 1, e));
        by_base = times(h, times(h, e->b, operation(h, X_POW, e->a, less_one)), a);
    }
    if (b) by_exponent = times(h, times(h, (expr *)e, call(h, FN_log, e->a)), b);
    return sum(h, by_base, by_exponent);
}

expr *derive(const derivation *d, const expr *e) {
    if (!e || e->type != TYPE_REAL) return NULL;
    arena *h = d->home;
    switch (e->kind) {
    case X_VAR:
        return d->tangent(e, d->data);
    case X_NEG:
        return minus(h, derive(d, e->a));
    case X_ADD:
        return sum(h, derive(d, e->a), derive(d, e->b));
    case X_SUB: {
        expr *a = derive(d, e->a), *b = derive(d, e->b);
        if (!a || !b) return a ? a : minus(h, b);
        expr *difference = operation(h, X_SUB, a, b);
        return is_value(difference, 0) ? NULL : difference;
    }
    case X_MUL:
        return sum(h, times(h, derive(d, e->a), e->b), times(h, e->a, derive(d, e->b)));
    case X_DIV:
        return of_quotient(d, e);
    case X_POW:
        return of_power(d, e);
    case X_CALL:
        return of_call(d, e);
    case X_SELECT:
        return choice(h, e->a, derive(d, e->b), derive(d, e->c));
    default: // numbers, indices, time, draws
        return NULL;
    }
}

// ---- the pattern
// ----------------------------------------------------------------------------------------------

static bool note_quantity(const expr *e, void *data) {
    bool *found = data;
    *found |= e->kind != X_INDEX && e->kind != X_NUM && e->kind != X_VAR && !e->a;
    *found |= e->kind == X_VAR && e->v->kind != VAR_LATCH;
    return !*found;
}

static bool only_indices(const expr *e) {
    bool found = false;
    expr_walk(e, note_quantity, &found);
    return !found;
}

// e, or its contrary, as far as indices decide it.
static expr *decided(arena *home, const expr *e, bool truth) {
    if (e->kind == X_NOT) return decided(home, e->a, !truth);
    if (only_indices(e))
        return truth ? (expr *)e
                     : expr_make(home, X_NOT, TYPE_BOOL, unit_none, (expr *)e, NULL, NULL, e->at);
    if (e->type != TYPE_BOOL || (e->kind != X_AND && e->kind != X_OR)) return NULL;
    expr *a = decided(home, e->a, truth), *b = decided(home, e->b, truth);
    bool both = (e->kind == X_AND) == truth;
    if (a && b)
        return expr_make(home, both ? X_AND : X_OR, TYPE_BOOL, unit_none, a, b, NULL, e->at);
    return !both ? NULL : a ? a : b;
}

expr *derive_condition(arena *home, const expr *condition) {
    return condition ? decided(home, condition, true) : NULL;
}

typedef VEC(expr *) terms;

static void add_term(arena *home, terms *to, expr *e) {
    for (size_t k = 0; e && k < to->n; k++)
        if (expr_same(to->at[k], e)) return;
    if (e) vec_push(home, to, e);
}

static void collect(const derivation *d, const expr *e, terms *to) {
    if (!e || e->type != TYPE_REAL) return;
    if (e->kind == X_VAR) {
        add_term(d->home, to, d->tangent(e, d->data));
        return;
    }
    if (e->kind == X_CALL && has_steps(e)) return;
    if (e->kind != X_SELECT) {
        collect(d, e->a, to);
        collect(d, e->b, to);
        return;
    }
    expr *yes = decided(d->home, e->a, true), *no = decided(d->home, e->a, false);
    if (yes)
        add_term(d->home, to, choice(d->home, yes, derive_pattern(d, e->b), NULL));
    else
        collect(d, e->b, to);
    if (no)
        add_term(d->home, to, choice(d->home, no, derive_pattern(d, e->c), NULL));
    else
        collect(d, e->c, to);
}

expr *derive_pattern(const derivation *d, const expr *e) {
    terms all = {0};
    expr *result = NULL;
    collect(d, e, &all);
    for (size_t k = 0; k < all.n; k++)
        result = sum(d->home, result, all.at[k]);
    return result;
}
