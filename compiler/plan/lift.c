// Reductions become steps of their own, before the step that reads them:
//
//   y[i] = tanh(sum(j: w[i, j] * x[j]))   ->   t[i] = sum(j: w[i, j] * x[j]);  y[i] = tanh(t[i])
#include "plan/build.h"

typedef struct index_search {
    const index *ix;
    bool found;
} index_search;

static bool find_index(const expr *e, void *data) {
    index_search *s = data;
    if (e->kind == X_INDEX && e->ix == s->ix) s->found = true;
    return !s->found;
}

static bool uses_index(const expr *e, const index *ix) {
    index_search s = {ix, false};
    if (e) expr_walk(e, find_index, &s);
    return s.found;
}

static bool contiguous_in(const expr *e,
                          const index *ix) { // some array is walked in memory order by ix
    if (!e) return false;
    if (e->kind == X_VAR && e->nsub >= 2) {
        const expr *last = e->sub[e->nsub - 1];
        if (last->kind == X_INDEX && last->ix == ix) return true;
    }
    return contiguous_in(e->a, ix) || contiguous_in(e->b, ix) || contiguous_in(e->c, ix);
}

static expr *and_guard(arena *home, expr *guard, expr *condition) {
    if (!guard) return condition;
    return condition
               ? expr_make(home, X_AND, TYPE_BOOL, unit_none, guard, condition, NULL, guard->at)
               : guard;
}

static expr *lift_reduction(builder *b, expr *e, index *const *free, int nfree, expr *guard) {
    index *inner[MAX_DIMS * 3];
    int n = 0;
    for (; n < nfree; n++)
        inner[n] = free[n];
    inner[n++] = e->ix;
    expr *condition = e->a ? lift(b, e->a, inner, n, guard) : NULL;
    expr *body = lift(b, e->b, inner, n, and_guard(b->home, guard, condition));
    condition = and_guard(b->home, guard, condition);
    index *dims[MAX_DIMS * 3], *contiguous = NULL;
    int d = 0, dim[MAX_DIMS];
    for (int k = 0; k < nfree && d < MAX_DIMS; k++)
        if (uses_index(body, free[k]) || uses_index(condition, free[k]))
            dims[d] = free[k], dim[d++] = free[k]->hi;
    for (int k = 0; k < d; k++)
        if (contiguous_in(body, dims[k])) contiguous = dims[k];
    value_type type =
        e->fn == RED_ARGMAX || e->fn == RED_ARGMIN || e->fn == RED_ALL || e->fn == RED_ANY
            ? TYPE_INT
            : TYPE_REAL;
    var *t = model_var(b->s->m, arena_text(b->home, "%s.t%d", b->f->name, b->temps++), VAR_TEMP,
                       type, d, dim, e->unit, e->at);
    info_of(b, t)->moving =
        depends_on_state(b, body) || (condition && depends_on_state(b, condition));
    step *s = add_step(b, STEP_REDUCE, e->at);
    s->target = t;
    s->op = e->fn == RED_MEAN ? RED_SUM : (red_op)e->fn;
    s->over = loop_over(b->home, e->ix, e->at);
    s->rhs = body;
    s->condition = condition;
    expr *sub[MAX_DIMS];
    for (int k = 0; k < d; k++)
        if (dims[k] != contiguous) vec_push(b->home, &s->loops, loop_over(b->home, dims[k], e->at));
    if (contiguous) vec_push(b->home, &s->loops, loop_over(b->home, contiguous, e->at));
    for (int k = 0; k < d; k++) {
        sub[k] = expr_index(b->home, dims[k], e->at);
        vec_push(b->home, &s->sub, sub[k]);
    }
    s->form = contiguous && s->op == RED_SUM ? FORM_OUTER : FORM_INNER;
    bool dot = !contiguous && s->op == RED_SUM && !condition;
    s->order = dot ? ORDER_INTERLEAVED : ORDER_SEQUENTIAL;
    expr *value = expr_variable(b->home, t, d, sub, e->at);
    if (e->fn == RED_MEAN) { // of those that meet the condition, where there is one
        expr *count = expr_number(b->home, e->a ? 1 : e->ix->hi - e->ix->lo, e->at);
        if (e->a) {
            expr *met =
                expr_make(b->home, X_REDUCE, TYPE_REAL, unit_none, e->a, count, NULL, e->at);
            met->fn = RED_SUM, met->ix = e->ix;
            count = lift(b, met, free, nfree, guard);
        }
        value = expr_make(b->home, X_DIV, TYPE_REAL, e->unit, value, count, NULL, e->at);
    }
    return value;
}

static bool any_index(const expr *e, index *const *free, int nfree) {
    for (int k = 0; k < nfree; k++)
        if (uses_index(e, free[k])) return true;
    return false;
}

expr *lift(builder *b, expr *e, index *const *free, int nfree, expr *guard) {
    if (!e) return NULL;
    if (e->kind == X_VAR && e->v->kind == VAR_SIGNAL) compute_signal(b, e->v);
    if (e->kind == X_REDUCE) return lift_reduction(b, e, free, nfree, guard);
    if (!e->a && !e->b && !e->c && !e->element) return e;
    expr *n = arena_new_of(b->home, expr);
    *n = *e;
    n->a = lift(b, e->a, free, nfree, guard);
    expr *yes = guard, *no = guard;
    if (e->kind == X_SELECT &&
        any_index(e->a, free, nfree)) { // what is not chosen may lie outside an array
        yes = and_guard(b->home, guard, n->a);
        no = and_guard(b->home, guard,
                       expr_make(b->home, X_NOT, TYPE_BOOL, unit_none, n->a, NULL, NULL, e->at));
    }
    n->b = lift(b, e->b, free, nfree, yes);
    n->c = lift(b, e->c, free, nfree, no);
    return n;
}
