// Expressions under the knowledge of a mode: definitions chosen, signals put in place, constants
// folded, conditions on time decided.
#include "plan/build.h"

#include <stdlib.h>

definitions *defs_of(scheduler *s, const var *v) {
    return map_get(s->defs, (const char *)v);
}

void segment_range(const activation *a, int segment, int64_t *from, int64_t *to) {
    int n = (int)a->breaks.n;
    *from = segment > 0 && segment <= n ? a->breaks.at[segment - 1] : 0;
    *to = segment < n ? a->breaks.at[segment] : a->timed && !a->scale ? a->ticks : INT64_MAX;
}

builder builder_in(scheduler *s, function *f, const phase_now *now, int active) {
    return (builder){
        .s = s, .home = s->home, .now = now, .active = active, .f = f, .info = map_new(s->home)};
}

static const phase_now *find_active(const builder *b, const activation *a) {
    for (int k = 0; k < b->active; k++)
        if (b->now[k].act == a) return &b->now[k];
    return NULL;
}

resolved *info_of(builder *b, const var *v) {
    resolved *r = map_get(b->info, (const char *)v);
    if (r) return r;
    r = arena_new_of(b->home, resolved);
    map_put(b->info, (const char *)v, r);
    if (!b->outer) return r;
    *r = *info_of(b->outer, v); // what depends on the unknowns is computed anew for each try
    bool mine = false;
    for (size_t k = 0; k < b->island->unknowns.n; k++)
        mine |= b->island->unknowns.at[k] == v;
    if (!mine && depends_on_unknown(b->outer, b->island, v)) r->computed = false;
    return r;
}

// ---- definitions in this mode
// -----------------------------------------------------------------------------

static bool whole(const equation *q) {
    if (q->nfree != q->nsub) return q->nsub == 0;
    for (int k = 0; k < q->nsub; k++)
        if (q->sub[k]->kind != X_INDEX || q->sub[k]->ix->lo != 0 ||
            q->sub[k]->ix->hi != q->target->dim[k])
            return false;
    return true;
}

static bool covers_all(const equation *q) { // also x[0] of an array of one
    if (whole(q)) return true;
    for (int k = 0; k < q->nsub; k++) {
        const expr *s = q->sub[k];
        bool all = s->kind == X_INDEX ? s->ix->lo == 0 && s->ix->hi == q->target->dim[k]
                                      : s->kind == X_NUM && q->target->dim[k] == 1;
        if (!all) return false;
    }
    return true;
}

static bool holds_now(const builder *b, const definition *d) {
    if (!d->act) return true;
    const phase_now *n = find_active(b, d->act);
    if (!n) return false;
    int64_t from, to;
    segment_range(d->act, n->segment, &from, &to);
    return d->q->from <= from &&
           (to == INT64_MAX ? d->q->to == INT64_MAX || d->q->to >= to : d->q->to >= to);
}

static double elements(const equation *q) {
    double n = 1;
    for (int k = 0; k < q->nfree; k++)
        n *= q->free[k]->hi - q->free[k]->lo;
    return n;
}

static void not_driven(builder *b, const var *v) {
    text where = text_in(b->home);
    if (diag_said(b->s->m->diag, v->at, DIAG_E0405)) return;
    text_add(&where, "%s", v->dims ? " for all its elements" : "");
    for (int k = 0; k < b->active; k++)
        text_add(&where, "%s'%s'",
                 k               ? ", "
                 : b->active > 1 ? " while these are active: "
                                 : " while this phase is active: ",
                 b->now[k].act->name);
    if (!b->active) text_add(&where, " while no phase is active");
    diag_report(b->s->m->diag, v->at, DIAG_E0405, v->name, where.at);
    for (int k = 0; k < b->active; k++)
        diag_note(b->s->m->diag, b->now[k].act->at, "the phase is here");
}

static int by_id(const void *a, const void *b) {
    const activation *x = *(const activation *const *)a, *y = *(const activation *const *)b;
    int i = x ? x->id : -1, j = y ? y->id : -1;
    return (i > j) - (i < j);
}

size_t definitions_of(const definitions *d, const activation *a) {
    size_t low = 0, high = d->list.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_id(&d->list.at[middle].act, &a) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

definition_list chosen_of(builder *b, const definitions *d, const var *v) {
    definition_list list = {0};
    double count = 0;
    bool all = false;
    const activation *now[65] = {NULL}; // outside phases, then the active ones by their ids
    for (int k = 0; k < b->active; k++)
        now[k + 1] = b->now[k].act;
    qsort(now, (size_t)b->active + 1, sizeof *now, by_id);
    for (int turn = 0; d && turn <= b->active; turn++)
        for (size_t k = definitions_of(d, now[turn]);
             k < d->list.n && d->list.at[k].act == now[turn]; k++) {
            const definition *one = &d->list.at[k];
            if (!holds_now(b, one)) continue;
            if (covers_all(one->q)) list.n = 0, all = true; // replaces what came before
            vec_push(b->home, &list, *one);
            count += elements(one->q);
        }
    if (!all && count < (double)var_count(v) && !b->lenient) not_driven(b, v);
    return list;
}

static definition_list chosen(builder *b, const var *v) {
    return chosen_of(b, defs_of(b->s, v), v);
}

// ---- resolving
// ----------------------------------------------------------------------------------------------

static expr *resolve_signal(builder *b, const expr *e);

static expr *rebuilt(builder *b, const expr *e) {
    expr *n = arena_new_of(b->home, expr);
    *n = *e;
    n->a = e->a ? resolve_expr(b, e->a) : NULL;
    n->b = e->b ? resolve_expr(b, e->b) : NULL;
    n->c = e->c ? resolve_expr(b, e->c) : NULL;
    if (e->element) n->element = resolve_expr(b, e->element);
    return simplify_node(b->home, n);
}

static expr *resolve_subs(builder *b, const expr *e) {
    if (!e->nsub) return (expr *)e;
    expr *n = arena_new_of(b->home, expr);
    *n = *e;
    n->sub = arena_array(b->home, (size_t)e->nsub, sizeof *n->sub);
    for (int k = 0; k < e->nsub; k++)
        n->sub[k] = resolve_expr(b, e->sub[k]);
    return n;
}

// time < 5us in a known segment is true or false
static bool decide_time(builder *b, const expr *e, bool *truth) {
    if (e->kind < X_LT || e->kind > X_NE) return false;
    bool left = e->a->kind == X_TIME;
    const expr *t = left ? e->a : e->b->kind == X_TIME ? e->b : NULL, *other = left ? e->b : e->a;
    if (!t || t->phase < 0) return false;
    const activation *a = b->s->m->activations.at[t->phase];
    const phase_now *n = find_active(b, a);
    double seconds;
    if (!n || !expr_is_number(expr_fold(b->home, (expr *)other), &seconds)) return false;
    int64_t at = (int64_t)(seconds / b->s->m->tick + 0.5), from, to;
    segment_range(a, n->segment, &from, &to);
    bool before = at >= to;  // all of the segment lies before the instant
    bool after = at <= from; // or from it on
    if (!before && !after) return false;
    switch (e->kind) {
    case X_LT:
    case X_LE:
        *truth = left ? before : after;
        break;
    case X_GT:
    case X_GE:
        *truth = left ? after : before;
        break;
    default:
        *truth = e->kind == X_NE;
        break;
    }
    return true;
}

static expr *truth_value(arena *home, const expr *e, bool truth) {
    expr *n = expr_number(home, truth, e->at);
    n->type = TYPE_BOOL;
    return n;
}

expr *resolve_expr(builder *b, const expr *e) {
    bool truth;
    switch (e->kind) {
    case X_NUM:
    case X_INDEX:
        return (expr *)e;
    case X_TIME:
    case X_TICKS:
        if (b->fixed && e->phase == b->fixed->id && b->ticks >= 0)
            return number_like(b->home, e,
                               e->kind == X_TICKS ? (double)b->ticks
                                                  : (double)b->ticks * b->s->m->tick);
        return (expr *)e;
    case X_VAR: {
        expr *v = resolve_subs(b, e);
        return e->v->kind == VAR_SIGNAL ? resolve_signal(b, v) : v;
    }
    case X_SELECT: {
        expr *c = resolve_expr(b, e->a);
        if (c->kind == X_NUM) return resolve_expr(b, c->num != 0 ? e->b : e->c);
        break;
    }
    case X_AND:
    case X_OR: {
        expr *a = resolve_expr(b, e->a);
        if (a->kind == X_NUM && (a->num != 0) == (e->kind == X_OR))
            return truth_value(b->home, e, e->kind == X_OR);
        break;
    }
    default:
        if (decide_time(b, e, &truth)) return truth_value(b->home, e, truth);
        break;
    }
    return rebuilt(b, e);
}

// While high, `on`; after, `off`. When states advance the condition stays a mark for advance.c.
expr *pulse_value(builder *b, const definition *d) {
    const pulse *p = d->pulsed;
    arena *h = b->home;
    expr *high = expr_variable(h, p->high, p->on->nsub, p->on->sub, p->at), *condition;
    if (b->advancing) {
        condition =
            expr_make(h, X_NE, TYPE_BOOL, unit_none, high, expr_number(h, 0, p->at), NULL, p->at);
        condition->b->type = TYPE_INT;
    } else {
        expr *ticks = expr_make(h, X_TICKS, TYPE_INT, unit_none, NULL, NULL, NULL, p->at);
        ticks->phase = d->act->id;
        expr *period = expr_number(h, (double)d->act->sequencer->period, p->at);
        period->type = TYPE_INT;
        expr *end = expr_make(h, X_MUL, TYPE_INT, unit_none, high, period, NULL, p->at);
        condition =
            expr_make(h, X_LT, TYPE_BOOL, unit_none, resolve_expr(b, ticks), end, NULL, p->at);
    }
    expr *on = resolve_expr(b, p->on->rhs);
    return expr_make(h, X_SELECT, TYPE_REAL, p->signal->unit, condition, on, p->off->rhs, p->at);
}

typedef struct weight {
    int nodes;
    bool heavy, reduces, pulses, moves;
} weight;

static bool weigh(const expr *e, void *data) {
    weight *w = data;
    w->nodes++;
    w->heavy |= e->kind == X_CALL && e->fn != FN_abs && e->fn != FN_sign && e->fn != FN_min &&
                e->fn != FN_max;
    w->heavy |= e->kind == X_POW;
    w->reduces |= e->kind == X_REDUCE;
    w->pulses |= e->kind == X_VAR && e->v->kind == VAR_HIGH;
    w->moves |= (e->kind == X_VAR && e->v->kind == VAR_STATE) || e->kind == X_TIME;
    return true;
}

static bool is_unknown(builder *b, const var *v) {
    resolved *r = info_of(b, v);
    r->unknown |= implicit_of(b, v) != NULL;
    return r->unknown;
}

static void resolve_one(builder *b, var *v, resolved *r, const definition *d) {
    expr *rhs = d->pulsed ? pulse_value(b, d) : resolve_expr(b, d->q->rhs);
    vec_push(b->home, &r->parts, rhs);
    r->one = *d;
    r->rhs = rhs;
    weight w = {0};
    expr_walk(rhs, weigh, &w);
    // What follows a state while it moves, or time, is computed with its rate, at every stage.
    bool element = v->dims >= 2 || (b->advancing && w.moves);
    r->inline_it = !r->unknown && !w.reduces &&
                   (w.nodes <= 3 || (element && w.nodes <= 400) || (!w.heavy && w.nodes <= 24) ||
                    (b->advancing && w.pulses));
}

static resolved *look_once(builder *b, var *v) {
    resolved *r = info_of(b, v);
    if (r->ready) return r;
    if (r->open) {
        cut_circle(b, v);
        return r;
    }
    r->open = true;
    vec_push(b->home, &b->touched, r);
    vec_push(b->home, &b->stack, v);
    definition_list list = chosen(b, v);
    if (list.n == 0) {
        r->inline_it = true;
        r->rhs = expr_number(b->home, 0, v->at);
        r->rhs->type = v->type;
    } else if (list.n == 1 && covers_all(list.at[0].q))
        resolve_one(b, v, r, &list.at[0]);
    else
        for (size_t k = 0; k < list.n; k++)
            vec_push(b->home, &r->parts, resolve_expr(b, list.at[k].q->rhs));
    r->ready = true;
    b->stack.n--;
    return r;
}

// Resolves v and all that it reads. Where a circle had to be cut meanwhile, all of it again, with
// the unknown standing for itself; what an unknown depends on is resolved after what reads it.
static resolved *look(builder *b, var *v) {
    resolved *r = info_of(b, v);
    if (b->stack.n || r->ready) return look_once(b, v);
    for (;;) {
        b->again = false;
        b->touched.n = b->pending.n = 0;
        is_unknown(b, v);
        look_once(b, v);
        for (size_t k = 0; k < b->pending.n && !b->again; k++)
            look_once(b, b->pending.at[k]);
        if (!b->again) return r;
        for (size_t k = 0; k < b->touched.n; k++) {
            resolved *t = b->touched.at[k];
            *t = (resolved){.unknown = t->unknown, .circle = t->circle};
        }
    }
}

static expr *resolve_signal(builder *b, const expr *e) {
    bool unknown = is_unknown(b, e->v);
    resolved *r = unknown ? info_of(b, e->v) : look(b, e->v);
    if (unknown && !r->ready && !r->open) vec_push(b->home, &b->pending, e->v);
    if (e->v->line_kind && !b->lenient) {
        const resolved *kind = look(b, e->v->line_kind);
        if (kind->inline_it && is_value(kind->rhs, LINE_OPEN)) {
            diag_report(b->s->m->diag, e->at, DIAG_E0424, e->v->name);
            for (int k = 0; k < b->active; k++)
                diag_note(b->s->m->diag, b->now[k].act->at, "while '%s' is active",
                          b->now[k].act->name);
        }
    }
    if (unknown || !r->inline_it) return (expr *)e;
    expr *value = r->rhs;
    for (int k = 0; r->one.q && k < r->one.q->nsub && k < e->nsub; k++)
        if (r->one.q->sub[k]->kind == X_INDEX &&
            !(e->sub[k]->kind == X_INDEX && e->sub[k]->ix == r->one.q->sub[k]->ix))
            value = expr_put_index(b->home, value, r->one.q->sub[k]->ix, e->sub[k]);
    return value;
}

// ---- computing what is not put in place
// -----------------------------------------------------------------------

step *add_step(builder *b, step_kind kind, span at) {
    step *s = arena_new_of(b->home, step);
    s->kind = kind;
    s->at = at;
    s->pulse_phase = -1;
    vec_push(b->home, &b->f->steps, s);
    return s;
}

static expr *whole_number(arena *home, int n, span at) {
    expr *e = expr_number(home, n, at);
    e->type = TYPE_INT;
    return e;
}

loop loop_over(arena *home, index *ix, span at) {
    return (loop){ix, whole_number(home, ix->lo, at), whole_number(home, ix->hi, at)};
}

void equation_loops(arena *home, step *s, const equation *q) {
    for (int k = 0; k < q->nfree; k++)
        vec_push(home, &s->loops, loop_over(home, q->free[k], q->at));
    for (int k = 0; k < q->nsub; k++)
        vec_push(home, &s->sub, q->sub[k]);
}

// target[i] = t[i] right after t was summed up over the same loops: sum into the target.
static bool straight_into(builder *b, const equation *q, var *target, const expr *value) {
    if (value->kind != X_VAR || value->v->kind != VAR_TEMP || !b->f->steps.n ||
        target->type != value->v->type)
        return false;
    step *last = b->f->steps.at[b->f->steps.n - 1];
    if (last->kind != STEP_REDUCE || last->target != value->v ||
        last->loops.n != (size_t)q->nfree || value->nsub != q->nsub)
        return false;
    for (int k = 0; k < q->nsub; k++)
        if (!expr_same(q->sub[k], value->sub[k])) return false;
    last->target = target;
    last->at = q->at;
    value->v->local = true; // no longer used
    return true;
}

void add_map(builder *b, const equation *q, var *target, const expr *rhs) {
    expr *value = lift(b, gather_numbers(b->home, resolve_expr(b, rhs)), q->free, q->nfree, NULL);
    for (int k = 0; k < q->nsub; k++) // an element may be named by a signal-free expression only
        if (q->sub[k]->kind == X_VAR && q->sub[k]->v->kind == VAR_SIGNAL)
            not_built(b->s->m->diag, q->at, "an index that is a signal");
    if (straight_into(b, q, target, value)) return;
    step *s = add_step(b, STEP_MAP, q->at);
    equation_loops(b->home, s, q);
    s->target = target;
    s->rhs = value;
}

void compute_signal(builder *b, var *v) {
    resolved *r = look(b, v);
    if (r->computed) return;
    if (b->outer && !depends_on_unknown(b->outer, b->island, v)) { // the same at every try
        compute_signal(b->outer, v);
        r->computed = true;
        r->moving = info_of(b->outer, v)->moving;
        return;
    }
    if (solve_unknown(b, v)) return;
    r->computed = true;
    definition_list list = chosen(b, v);
    for (size_t k = 0; k < list.n; k++) {
        const definition *d = &list.at[k];
        expr *rhs = d->pulsed ? pulse_value(b, d) : (expr *)d->q->rhs;
        if (d->pulsed && b->advancing) b->bad_pulse = true;
        add_map(b, d->q, v, rhs);
        r->moving |= depends_on_state(b, b->f->steps.at[b->f->steps.n - 1]->rhs);
    }
    if (list.n == 0) { // reported, or only looked at; keep the plan whole
        equation none = {.target = v, .at = v->at};
        for (int k = 0; k < v->dims; k++) {
            none.free[k] = model_index(b->s->m, "k", 0, v->dim[k]);
            none.sub[k] = expr_index(b->home, none.free[k], v->at);
        }
        none.nsub = none.nfree = v->dims;
        add_map(b, &none, v, expr_number(b->home, 0, v->at));
    }
}

typedef struct state_search {
    builder *b;
    bool found;
} state_search;

static bool find_state(const expr *e, void *data) {
    state_search *s = data;
    if (e->kind == X_VAR && e->v->kind == VAR_STATE) s->found = true;
    if (e->kind == X_TIME || e->kind == X_TICKS) s->found = true;
    if (e->kind == X_VAR && e->v->kind == VAR_INPUT && s->b->s->p->edges.from) s->found = true;
    if (e->kind == X_VAR && e->v->jumps && !s->b->f->rates) s->found = true;
    if (e->kind == X_VAR && (e->v->kind == VAR_SIGNAL || e->v->kind == VAR_TEMP)) {
        const resolved *r = map_get(s->b->info, (const char *)e->v);
        if (r && r->moving) s->found = true;
    }
    return !s->found;
}

bool depends_on_state(builder *b, const expr *e) {
    state_search s = {b, false};
    expr_walk(e, find_state, &s);
    return s.found;
}
