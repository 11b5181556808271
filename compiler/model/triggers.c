// Events outside phases. The condition becomes a distance that is positive where it holds; its
// indices are those of the event, and of the mask under which each assignment is made:
//
//   at above(v[k], v_th) { v[k] = 0; }    ->    distance v[k] - v_th, v[k] = 0 where side[k]
#include "model/elab.h"

static expr *difference(arena *home, expr *a, expr *b, span at) {
    return expr_make(home, X_SUB, TYPE_REAL, a->unit, a, b, NULL, at);
}

static expr *extreme(arena *home, int fn, expr *a, expr *b, span at) {
    expr *e = expr_make(home, X_CALL, TYPE_REAL, unit_none, a, b, NULL, at);
    e->fn = fn;
    return e;
}

// Equal is enough for >= and <=: there the distance is the smallest that is still positive.
static expr *at_least(arena *home, const expr *c, expr *above) {
    const double least = 1e-300;
    expr *here = extreme(home, FN_max, above, expr_number(home, least, c->at), c->at);
    return expr_make(home, X_SELECT, TYPE_REAL, above->unit, (expr *)c, here, above, c->at);
}

// Positive where the condition holds; NULL: it is not made of comparisons.
static expr *distance_of(arena *home, const expr *c) {
    expr *a, *b;
    switch (c->kind) {
    case X_GT:
        return difference(home, c->a, c->b, c->at);
    case X_LT:
        return difference(home, c->b, c->a, c->at);
    case X_GE:
        return at_least(home, c, difference(home, c->a, c->b, c->at));
    case X_LE:
        return at_least(home, c, difference(home, c->b, c->a, c->at));
    case X_AND:
    case X_OR:
        a = distance_of(home, c->a), b = distance_of(home, c->b);
        if (!a || !b) return NULL;
        return extreme(home, c->kind == X_AND ? FN_min : FN_max, a, b, c->at);
    default:
        return NULL;
    }
}

// above(x, threshold, hysteresis), rising(x, threshold), falling(x, threshold)
static expr *crossing(bind *b, trigger *t, const ast *call, const char *name) {
    elab *E = b->E;
    bool above = !strcmp(name, "above"), falling = !strcmp(name, "falling");
    int n = (int)ast_length(call->b);
    if (n != 2 && !(above && n == 3)) {
        diag_report(E->diag, call->at, DIAG_E0325, name, 2, n);
        return NULL;
    }
    expr *x = bind_expr(b, call->b->a);
    expr *threshold = bind_as(b, call->b->next->a, x->unit, "the threshold");
    t->edge = !above;
    if (n == 2)
        return falling ? difference(E->home, threshold, x, call->at)
                       : difference(E->home, x, threshold, call->at);
    expr *width = bind_as(b, call->b->next->next->a, x->unit, "the hysteresis");
    expr *half = expr_make(E->home, X_MUL, TYPE_REAL, x->unit, expr_number(E->home, 0.5, call->at),
                           width, NULL, call->at);
    expr *upper = expr_make(E->home, X_ADD, TYPE_REAL, x->unit, threshold, half, NULL, call->at);
    expr *sub[MAX_DIMS];
    for (int k = 0; k < t->nfree; k++)
        sub[k] = expr_index(E->home, t->free[k], call->at);
    expr *side = expr_variable(E->home, t->side, t->nfree, sub, call->at);
    expr *one = expr_number(E->home, 1, call->at);
    one->type = TYPE_INT;
    expr *held = expr_make(E->home, X_EQ, TYPE_BOOL, unit_none, side, one, NULL, call->at);
    return expr_make(
        E->home, X_SELECT, TYPE_REAL, x->unit, held,
        difference(E->home, x, difference(E->home, threshold, half, call->at), call->at),
        difference(E->home, x, upper, call->at), call->at);
}

static expr *bind_distance(bind *b, trigger *t, const ast *node) {
    elab *E = b->E;
    const char *name = node->kind == AST_CALL && node->a->kind == AST_NAME ? node->a->name : "";
    if (!strcmp(name, "above") || !strcmp(name, "rising") || !strcmp(name, "falling"))
        return crossing(b, t, node, name);
    expr *distance = distance_of(E->home, bind_condition(b, node));
    if (!distance && !b->inferring) {
        diag_report(E->diag, node->at, DIAG_E0442);
        diag_help(E->diag, "at x >= 3 { ... }, at rising(x, 1V) { ... }");
    }
    return distance;
}

// What the condition is about, for messages: the first quantity that has the event's indices.
static bool find_named(const expr *e, void *data) {
    trigger *t = data;
    bool fits = e->kind == X_VAR && e->v != t->side && e->v->kind != VAR_PARAM &&
                e->nsub == t->nfree && e->v->dims == t->nfree;
    for (int k = 0; fits && k < e->nsub; k++)
        fits = e->sub[k]->kind == X_INDEX && e->sub[k]->ix == t->free[k];
    if (fits && t->named == t->side) t->named = e->v;
    return true;
}

// The element of `side` that an assignment belongs to: its own subscripts say which.
static expr *mask_of(bind *b, const trigger *t, const ref *r, const equation *q) {
    elab *E = b->E;
    expr *sub[MAX_DIMS] = {0};
    for (int f = 0; f < t->nfree; f++) {
        for (int d = 0; d < r->subs && !sub[f]; d++)
            if (r->sub[d]->kind == X_INDEX && r->sub[d]->ix == t->free[f]) sub[f] = q->sub[d];
        if (!sub[f] && t->free[f]->hi == 1) sub[f] = whole_number(E, 0, q->at);
        if (sub[f]) continue;
        diag_report(E->diag, q->at, DIAG_E0441, q->target->name, t->free[f]->name);
        diag_help(E->diag, "give it the index: %s[%s]", q->target->name, t->free[f]->name);
        return NULL;
    }
    return expr_variable(E->home, t->side, t->nfree, sub, q->at);
}

static void bind_set(bind *b, trigger *t, const ast *node) {
    elab *E = b->E;
    bind inner = *b;
    ref r = {0};
    equation_list sets = {0};
    if (!resolve(&inner, node->a, &r, true)) return;
    if (!r.v || (r.v->kind != VAR_HOLD && r.v->kind != VAR_STATE) || r.in != b->in) {
        diag_report(E->diag, node->a->at, DIAG_E0440, r.v ? r.v->name : "this",
                    r.v && (r.v->kind == VAR_HOLD || r.v->kind == VAR_STATE) ? "another block's"
                                                                             : "neither");
        return;
    }
    r.v->jumps = r.v->kind == VAR_HOLD;
    bind_into(&inner, &r, node->b, node->at, 0, INT64_MAX, &sets);
    for (size_t k = 0; k < sets.n; k++) {
        expr *mask = mask_of(b, t, &r, sets.at[k]);
        if (!mask) return;
        vec_push(E->home, &t->sets, sets.at[k]);
        vec_push(E->home, &t->masks, mask);
    }
}

void bind_trigger(bind *b, const ast *node) {
    elab *E = b->E;
    trigger *t = arena_new_of(E->home, trigger);
    bind inner = *b;
    ast only = *node->a;
    only.next = NULL;
    for (int k = 0; k < b->in->leads; k++)
        if (b->lead[k]->kind == X_INDEX) t->free[t->nfree++] = b->lead[k]->ix;
    bind_free_indices(&inner, &only, t->free, &t->nfree);
    t->side = model_var(
        E->m, path_join_name(E, b->in->path, arena_text(E->home, "event.%zu", E->m->triggers.n)),
        VAR_SIDE, TYPE_INT, 0, NULL, unit_none, node->at);
    inner.inferring = true;
    bind_distance(&inner, t, &only);
    inner.inferring = false;
    t->side->dims = t->nfree;
    for (int k = 0; k < t->nfree; k++) {
        if (t->free[k]->hi < 0) t->free[k]->hi = 1;
        t->side->dim[k] = t->free[k]->hi;
    }
    t->side->turned = b->in->crossed;
    t->distance = bind_distance(&inner, t, &only);
    if (!t->distance) return;
    t->side->value = t->edge ? 2 : 0;
    t->at = node->at;
    text source = text_in(E->home);
    text_add(&source, "at ");
    syntax_print_node(&only, &source);
    t->text = source.at;
    t->where = b->in->path[0] ? b->in->path : E->m->name;
    t->named = t->side;
    expr_walk(t->distance, find_named, t);
    for (const ast *s = node->b; s; s = s->next)
        bind_set(&inner, t, s);
    vec_push(E->home, &E->m->triggers, t);
}
