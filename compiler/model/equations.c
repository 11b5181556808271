// Equations: the left side gives the free indices, the right side is bound over them. A `when`
// whose conditions are on one index is resolved into ranges here, so that later stages see plain
// loops:
//
//   x[j] = when j < m: a[j], else 1;     ->     x[j] = a[j] for 0 <= j < m;  x[j] = 1 for m <= j <
//   n
#include "model/elab.h"

equation *make_equation(elab *E, var *target, int nsub, expr *const *sub, expr *rhs, span at) {
    equation *q = arena_new_of(E->home, equation);
    q->target = target;
    q->nsub = nsub;
    for (int k = 0; k < nsub; k++) {
        q->sub[k] = sub[k];
        if (sub[k]->kind != X_INDEX) continue;
        bool known = false;
        for (int f = 0; f < q->nfree; f++)
            known |= q->free[f] == sub[k]->ix;
        if (!known) q->free[q->nfree++] = sub[k]->ix;
    }
    q->rhs = rhs;
    q->to = INT64_MAX;
    q->at = at;
    return q;
}

static const char *describe(const ref *r) {
    if (r->line_voltage || r->line_current) return "part of a conducting line";
    switch (r->v->kind) {
    case VAR_INPUT:
        return "an input of the top block";
    case VAR_PARAM:
        return "a parameter";
    case VAR_STATE:
        return "a state, whose rate der() gives";
    case VAR_HOLD:
        return "held: events write it";
    case VAR_BIT:
        return "a bit";
    case VAR_SIGNAL:
        return "a quantity of another block";
    default:
        return "clocked";
    }
}

static bool may_define(const bind *b, const ref *r) {
    if (b->outside) return r->v->kind == VAR_INPUT;
    if (r->line_voltage || r->line_current) return false;
    if (r->v->kind == VAR_BIT) return r->in == b->in;
    if (r->v->kind != VAR_SIGNAL) return false;
    if (!r->in || r->in == b->in || !r->e) return true;
    if (r->in->device) return r->v == r->in->v || r->v == r->in->i;
    return r->e->decl == DECL_IN;
}

// One box of the left side's index space, with the indices of the box in the binder's locals.
typedef struct box {
    int n;
    index *old[MAX_DIMS * 2], *now[MAX_DIMS * 2];
} box;

typedef struct target {
    ref r;
    span at;
    int64_t from, to;
    equation_list *out;
} target;

static void add_equation(bind *b, const target *t, const box *space, expr *rhs) {
    elab *E = b->E;
    expr *sub[MAX_DIMS * 2];
    for (int k = 0; k < t->r.subs; k++) {
        sub[k] = t->r.sub[k];
        for (int f = 0; f < space->n; f++)
            if (space->old[f] != space->now[f])
                sub[k] = expr_put_index(E->home, sub[k], space->old[f],
                                        expr_index(E->home, space->now[f], t->at));
    }
    equation *q = make_equation(E, t->r.v, t->r.subs, sub, rhs, t->at);
    q->from = t->from;
    q->to = t->to;
    vec_push(E->home, t->out, q);
}

// The binder for a box: the free indices stand for the box's own.
static bind in_box(bind *b, const box *space) {
    bind inner = *b;
    for (int f = 0; f < space->n; f++) {
        if (space->old[f] == space->now[f]) continue;
        expr *x = expr_index(b->E->home, space->now[f], b->in ? b->in->def->at : (span){0});
        inner.locals = local_push(b->E, inner.locals, space->old[f]->name, x);
        for (int k = 0; b->in && k < b->in->leads; k++)
            if (b->lead[k]->kind == X_INDEX && b->lead[k]->ix == space->old[f]) inner.lead[k] = x;
    }
    return inner;
}

static void pieces(bind *b, const target *t, const box *space, const ast *list, const ast *when);

static void rest_of(bind *b, const target *t, const box *space, const ast *list, const ast *when) {
    bind inner = in_box(b, space);
    unit u = t->r.v->unit;
    if (!list) { // only the else branch is left
        add_equation(b, t, space, bind_as(&inner, when->b, u, t->r.v->name));
        return;
    }
    ast remaining = *when;
    remaining.a = (ast *)list;
    ast *copy = arena_new_of(b->E->home, ast);
    *copy = remaining;
    add_equation(b, t, space, bind_when(&inner, copy, &u));
}

static void pieces(bind *b, const target *t, const box *space, const ast *list, const ast *when) {
    elab *E = b->E;
    bind inner = in_box(b, space);
    const index *ix = NULL;
    intervals holds = {0};
    int which = -1;
    if (list) {
        expr *c = expr_fold(E->home, bind_condition(&inner, list->a));
        double truth;
        if (expr_is_number(c, &truth)) {
            if (truth == 0)
                pieces(b, t, space, list->next, when);
            else if (list->b->kind == AST_WHEN)
                pieces(b, t, space, list->b->a, list->b);
            else
                add_equation(b, t, space, bind_as(&inner, list->b, t->r.v->unit, t->r.v->name));
            return;
        }
        if (condition_range(c, &ix, &holds))
            for (int f = 0; f < space->n; f++)
                if (space->now[f] == ix) which = f;
    }
    if (which < 0) {
        rest_of(b, t, space, list, when);
        return;
    }
    intervals others = intervals_rest(holds, ix->lo, ix->hi);
    for (int k = 0; k < holds.n + others.n; k++) {
        bool in = k < holds.n;
        int lo = in ? holds.lo[k] : others.lo[k - holds.n],
            hi = in ? holds.hi[k] : others.hi[k - holds.n];
        box part = *space;
        part.now[which] = model_index(E->m, ix->name, lo, hi);
        bind narrower = in_box(b, &part);
        if (!in)
            pieces(b, t, &part, list->next, when);
        else if (list->b->kind == AST_WHEN)
            pieces(b, t, &part, list->b->a, list->b);
        else
            add_equation(b, t, &part, bind_as(&narrower, list->b, t->r.v->unit, t->r.v->name));
    }
}

static bool has_tuple(const ast *node) {
    for (; node; node = node->next) {
        if (node->kind == AST_TUPLE) return true;
        if (has_tuple(node->a) || has_tuple(node->b) || has_tuple(node->c) || has_tuple(node->d))
            return true;
    }
    return false;
}

bool lists_fit(elab *E, const ast *node, int wanted) {
    bool fit = true;
    for (; node; node = node->next) {
        size_t given = node->kind == AST_TUPLE ? ast_length(node->a) : 0;
        if (node->kind == AST_TUPLE && given != (size_t)wanted) {
            diag_report(E->diag, node->at, DIAG_E0321, wanted, given);
            fit = false;
        } else if (node->kind != AST_TUPLE) {
            fit = lists_fit(E, node->a, wanted) && lists_fit(E, node->b, wanted) && fit;
            fit = lists_fit(E, node->c, wanted) && lists_fit(E, node->d, wanted) && fit;
        }
    }
    return fit;
}

static void bind_whole(bind *b, target *t, const ast *rhs) {
    elab *E = b->E;
    var *v = t->r.v;
    bool listed = has_tuple(rhs->kind == AST_TUPLE ? rhs : rhs->a) || has_tuple(rhs->b);
    int missing = v->dims - t->r.subs;
    if (listed && missing == 1) {
        int first = t->r.subs++;
        if (!lists_fit(E, rhs, v->dim[first])) return;
        for (int k = 0; k < v->dim[first]; k++) {
            bind inner = *b;
            inner.tuple = k;
            t->r.sub[first] = expr_number(E->home, k, t->at);
            t->r.sub[first]->type = TYPE_INT;
            box none = {0};
            for (int f = 0; b->in && f < b->in->leads; f++)
                none.old[none.n] = none.now[none.n] = b->in->lead[f], none.n++;
            inner.autos = 0;
            add_equation(&inner, t, &none, bind_as(&inner, rhs, v->unit, v->name));
        }
        return;
    }
    bind inner = *b;
    inner.autos = missing;
    for (int k = 0; k < missing; k++) {
        index *ix = model_index(E->m, arena_text(E->home, "k%d", k), 0, v->dim[t->r.subs]);
        inner.automatic[k] = t->r.sub[t->r.subs++] = expr_index(E->home, ix, t->at);
    }
    box none = {0};
    add_equation(&inner, t, &none, bind_as(&inner, rhs, v->unit, v->name));
}

static void bind_target(bind *b, target *t, const ast *rhs) {
    elab *E = b->E;
    span at = t->at;
    if (t->r.v->kind == VAR_BIT) {
        b->place = IN_BIT;
        b->self = expr_variable(E->home, t->r.v, t->r.subs, (expr *const *)t->r.sub, at);
    }
    if (t->r.subs < t->r.v->dims) {
        bind_whole(b, t, rhs);
        return;
    }
    box space = {0};
    for (int k = 0; k < t->r.subs; k++)
        if (t->r.sub[k]->kind == X_INDEX) {
            bool known = false;
            for (int f = 0; f < space.n; f++)
                known |= space.old[f] == t->r.sub[k]->ix;
            if (!known) space.old[space.n] = space.now[space.n] = t->r.sub[k]->ix, space.n++;
        }
    if (rhs->kind == AST_WHEN && t->r.v->kind != VAR_BIT)
        pieces(b, t, &space, rhs->a, rhs);
    else
        add_equation(b, t, &space, bind_as(b, rhs, t->r.v->unit, t->r.v->name));
}

void bind_equation(bind *b, const ast *lhs, const ast *rhs, span at, int64_t from, int64_t to,
                   equation_list *out) {
    elab *E = b->E;
    int members = 0;
    const char *index = family_between(b, lhs, rhs, &members);
    for (int k = 0; index && k < members; k++) {
        bind one = *b;
        one.locals = local_push(E, b->locals, index, whole_number(E, k, at));
        bind_equation(&one, lhs, rhs, at, from, to, out);
    }
    if (index) return;
    bind inner = *b;
    target t = {.at = at, .from = from, .to = to, .out = out};
    if (!resolve(&inner, lhs, &t.r, true)) return;
    if (!t.r.v || !may_define(b, &t.r)) {
        const char *what = t.r.v ? describe(&t.r) : "not a quantity";
        if (t.r.e && t.r.e->kind == ENT_LINE)
            diag_report(E->diag, lhs->at, DIAG_E0412, t.r.e->name);
        else
            diag_report(E->diag, lhs->at, DIAG_E0319,
                        t.r.v   ? t.r.v->name
                        : t.r.e ? t.r.e->name
                                : "this",
                        what);
        return;
    }
    bind_target(&inner, &t, rhs);
}

void bind_into(bind *b, const ref *r, const ast *rhs, span at, int64_t from, int64_t to,
               equation_list *out) {
    target t = {.r = *r, .at = at, .from = from, .to = to, .out = out};
    bind_target(b, &t, rhs);
}
