// What a flow watches while it moves: events outside phases, and the conditions of `when` in its
// rates. A condition becomes a side that stands still while the integrator makes a step, and a
// difference, written with the rates, that tells the runtime when the side changes:
//
//   der(x) = when x > 1: a, else b;    ->    x.rate = side != 0 ? a : b;  value = x - 1
//
// Where time alone decides, the runtime is told how long it is until then instead.
#include "plan/build.h"

#include <stddef.h>

typedef struct use {
    builder *b;
    bool time, other;
} use;

static bool note_use(const expr *e, void *data) {
    use *u = data;
    if (e->kind == X_TIME)
        u->time = true;
    else if (!e->a && !e->b && !e->c)
        u->other |= depends_on_state(u->b, e);
    return true;
}

static use used_by(builder *b, const expr *e) {
    use u = {b, false, false};
    expr_walk(e, note_use, &u);
    return u;
}

// ---- conditions of `when`
// ------------------------------------------------------------------------------------------------

typedef struct atom { // one comparison
    const expr *e;
    expr *guard; // where it may be computed; NULL: everywhere
    watch *w;
    index *free[MAX_DIMS];
    int nfree;
} atom;

typedef struct locker {
    builder *b;
    flow *f;
    index *loops[MAX_DIMS * 3];
    int nloops;
    VEC(atom *) atoms;
} locker;

typedef struct index_use {
    const index *ix;
    bool found;
} index_use;

static bool find_index(const expr *e, void *data) {
    index_use *u = data;
    u->found |= e->kind == X_INDEX && e->ix == u->ix;
    return !u->found;
}

static bool mentions_index(const expr *e, const index *ix) {
    index_use u = {ix, false};
    if (e) expr_walk(e, find_index, &u);
    return u.found;
}

static bool any_loop(const locker *l, const expr *e) {
    bool any = false;
    for (int k = 0; k < l->nloops; k++)
        any |= mentions_index(e, l->loops[k]);
    return any;
}

static expr *element_of(arena *home, var *v, index *const *free, int n, span at) {
    expr *sub[MAX_DIMS];
    for (int k = 0; k < n; k++)
        sub[k] = expr_index(home, free[k], at);
    return expr_variable(home, v, n, sub, at);
}

static var *watch_var(scheduler *s, const char *name, var_kind kind, value_type type,
                      const atom *a) {
    int dim[MAX_DIMS];
    for (int k = 0; k < a->nfree; k++)
        dim[k] = a->free[k]->hi;
    return model_var(s->m, name, kind, type, a->nfree, dim, unit_none, a->e->at);
}

static atom *make_atom(locker *l, const expr *e, expr *guard) {
    scheduler *s = l->b->s;
    for (size_t k = 0; k < l->atoms.n; k++)
        if (expr_same(l->atoms.at[k]->e, e)) return l->atoms.at[k];
    atom *a = arena_new_of(s->home, atom);
    a->e = e;
    a->guard = guard;
    for (int k = 0; k < l->nloops && a->nfree < MAX_DIMS; k++)
        if (mentions_index(e, l->loops[k]) || mentions_index(guard, l->loops[k]))
            a->free[a->nfree++] = l->loops[k];
    use u = used_by(l->b, e);
    text source = text_in(s->home);
    expr_print(e, &source);
    a->w = arena_new_of(s->home, watch);
    *a->w = (watch){.text = arena_text(s->home, "when %s", source.at), .where = s->m->name};
    const char *name = arena_text(s->home, "%s.when%zu", l->b->f->name, l->atoms.n);
    a->w->value = watch_var(s, name, VAR_TEMP, TYPE_REAL, a);
    a->w->side = watch_var(s, arena_text(s->home, "%s.side", name), VAR_SIDE, TYPE_INT, a);
    a->w->timed = u.time && !u.other;
    vec_push(s->home, &l->atoms, a);
    return a;
}

// e >= c is the opposite of e < c, so that it holds at equality, too.
static expr *side_of(locker *l, const expr *e, expr *guard) {
    arena *h = l->b->home;
    const atom *a = make_atom(l, e, guard);
    expr *side = element_of(h, a->w->side, a->free, a->nfree, e->at),
         *zero = number_like(h, side, 0);
    expr_kind kind = e->kind == X_GE || e->kind == X_LE ? X_EQ : X_NE;
    return expr_make(h, kind, TYPE_BOOL, unit_none, side, zero, NULL, e->at);
}

static bool moving(locker *l, const expr *e) {
    use u = used_by(l->b, e);
    return u.time || u.other;
}

static expr *both_guards(arena *h, expr *guard, expr *c) {
    return guard ? expr_make(h, X_AND, TYPE_BOOL, unit_none, guard, c, NULL, c->at) : c;
}

static expr *lock(locker *l, expr *e, expr *guard) {
    if (!e || (!e->a && !e->b && !e->c)) return e;
    if (e->kind >= X_LT && e->kind <= X_GE && moving(l, e)) return side_of(l, e, guard);
    arena *h = l->b->home;
    expr *n = arena_new_of(h, expr);
    *n = *e;
    n->a = lock(l, e->a, guard);
    expr *yes = guard, *no = guard;
    if (e->kind == X_SELECT && any_loop(l, e->a)) { // what is not chosen may lie outside an array
        yes = both_guards(h, guard, n->a);
        no = both_guards(h, guard,
                         expr_make(h, X_NOT, TYPE_BOOL, unit_none, n->a, NULL, NULL, e->at));
    }
    n->b = lock(l, e->b, yes);
    n->c = lock(l, e->c, no);
    return n;
}

// a * time + b: a as a number
static bool slope_in_time(builder *b, const expr *e, double *slope) {
    double x = 0, y = 0;
    if (e->kind == X_TIME) return *slope = 1, true;
    if (!used_by(b, e).time) return *slope = 0, true;
    switch (e->kind) {
    case X_NEG:
        return slope_in_time(b, e->a, &x) ? (*slope = -x, true) : false;
    case X_ADD:
    case X_SUB:
        if (!slope_in_time(b, e->a, &x) || !slope_in_time(b, e->b, &y)) return false;
        return *slope = e->kind == X_ADD ? x + y : x - y, true;
    case X_MUL:
        if (expr_is_number(e->b, &y) && slope_in_time(b, e->a, &x)) return *slope = x * y, true;
        return expr_is_number(e->a, &y) && slope_in_time(b, e->b, &x) ? (*slope = x * y, true)
                                                                      : false;
    case X_DIV:
        return expr_is_number(e->b, &y) && slope_in_time(b, e->a, &x) ? (*slope = x / y, true)
                                                                      : false;
    default:
        return false;
    }
}

static step *map_over(builder *b, const atom *a, var *target, expr *rhs) {
    step *s = add_step(b, STEP_MAP, a->e->at);
    equation q = {.nfree = a->nfree, .nsub = a->nfree};
    for (int k = 0; k < a->nfree; k++) {
        q.free[k] = a->free[k];
        q.sub[k] = expr_index(b->home, a->free[k], a->e->at);
    }
    equation_loops(b->home, s, &q);
    s->target = target;
    s->rhs = rhs;
    return s;
}

static expr *guarded(arena *h, expr *guard, expr *e) {
    if (!guard) return e;
    return expr_make(h, X_SELECT, TYPE_REAL, unit_none, guard, e, expr_number(h, 0, e->at), e->at);
}

// Seconds until `e`, a difference, changes its sign: -e / slope.
static void add_delay(locker *l, const atom *a, expr *e, double slope) {
    arena *h = l->b->home;
    const char *name = arena_text(h, "%s.delay%zu", a->w->value->name, l->f->delays.n);
    var *v = watch_var(l->b->s, name, VAR_TEMP, TYPE_REAL, a);
    expr *rhs =
        expr_make(h, X_DIV, TYPE_REAL, unit_none, e, expr_number(h, -slope, e->at), NULL, e->at);
    map_over(l->b, a, v, guarded(h, a->guard, rhs));
    vec_push(h, &l->f->delays, v);
}

// x - period * floor(x / period) < width, x linear in time: after the rest of `width`, and at the
// end of each period.
static bool add_periodic(locker *l, const atom *a, expr *value) {
    arena *h = l->b->home;
    const expr *rest = a->e->a, *turns = rest->kind == X_SUB ? rest->b : NULL;
    double slope, period;
    if (a->e->kind != X_LT || !turns || turns->kind != X_MUL || turns->b->kind != X_CALL ||
        turns->b->fn != FN_floor || !expr_is_number(turns->a, &period) ||
        used_by(l->b, a->e->b).time || !slope_in_time(l->b, rest->a, &slope) || !(slope > 0))
        return false;
    expr *end = expr_make(h, X_SUB, TYPE_REAL, unit_none, turns->a, (expr *)rest, NULL, rest->at);
    add_delay(l, a, value, -slope);
    add_delay(l, a, end, -slope);
    return true;
}

static void watch_atom(locker *l, const atom *a) {
    arena *h = l->b->home;
    bool less = a->e->kind == X_LT || a->e->kind == X_GE;
    expr *value = expr_make(h, X_SUB, TYPE_REAL, unit_none, less ? a->e->b : a->e->a,
                            less ? a->e->a : a->e->b, NULL, a->e->at);
    map_over(l->b, a, a->w->value, guarded(h, a->guard, value));
    double slope;
    expr *here = element_of(h, a->w->value, a->free, a->nfree, a->e->at);
    bool linear = a->w->timed && slope_in_time(l->b, value, &slope) && slope != 0;
    if (linear) add_delay(l, a, here, slope);
    a->w->timed = linear || (a->w->timed && add_periodic(l, a, here));
    if (a->w->timed)
        vec_push(h, &l->f->timed, a->w);
    else
        vec_push(h, &l->f->conditions, a->w);
}

void watch_conditions(builder *b, flow *f) {
    locker l = {.b = b, .f = f};
    size_t n = b->f->steps.n;
    for (size_t k = 0; k < n; k++) {
        step *s = b->f->steps.at[k];
        l.nloops = 0;
        for (size_t i = 0; i < s->loops.n; i++)
            l.loops[l.nloops++] = s->loops.at[i].ix;
        if (s->kind == STEP_REDUCE) l.loops[l.nloops++] = s->over.ix;
        s->condition = lock(&l, s->condition, NULL);
        s->rhs = lock(&l, s->rhs, s->condition);
    }
    for (size_t k = 0; k < l.atoms.n; k++)
        watch_atom(&l, l.atoms.at[k]);
}

// ---- events
// ------------------------------------------------------------------------------------------------

void watch_events(builder *b, flow *f) {
    for (size_t k = 0; k < f->events.n; k++) {
        const trigger *t = f->events.at[k]->event;
        equation q = {.nfree = t->nfree, .nsub = t->nfree, .at = t->at};
        for (int d = 0; d < t->nfree; d++) {
            q.free[d] = t->free[d];
            q.sub[d] = expr_index(b->home, t->free[d], t->at);
        }
        add_map(b, &q, f->events.at[k]->value, t->distance);
    }
}

// All right sides are read, then the elements whose event happens are written.
void events_happen(builder *b, const flow *f) {
    arena *h = b->home;
    for (size_t k = 0; k < f->events.n; k++) {
        const watch *w = f->events.at[k];
        for (size_t j = 0; j < w->event->sets.n; j++)
            add_map(b, w->event->sets.at[j], w->next.at[j], w->event->sets.at[j]->rhs);
    }
    for (size_t k = 0; k < f->events.n; k++) {
        const watch *w = f->events.at[k];
        for (size_t j = 0; j < w->event->sets.n; j++) {
            const equation *q = w->event->sets.at[j];
            const expr *mask = w->event->masks.at[j];
            expr *fired = expr_variable(h, w->fired, mask->nsub, mask->sub, q->at);
            expr *next = expr_variable(h, w->next.at[j], q->nsub, q->sub, q->at);
            expr *old = expr_variable(h, q->target, q->nsub, q->sub, q->at);
            expr *now = expr_make(h, X_NE, TYPE_BOOL, unit_none, fired, number_like(h, fired, 0),
                                  NULL, q->at);
            step *s = add_step(b, STEP_MAP, q->at);
            equation_loops(h, s, q);
            s->target = q->target;
            s->rhs =
                expr_make(h, X_SELECT, q->target->type, q->target->unit, now, next, old, q->at);
        }
    }
}

static void make_event(scheduler *s, flow *f, trigger *t) {
    watch *w = arena_new_of(s->home, watch);
    const char *name = t->side->name;
    *w = (watch){.event = t, .side = t->side, .text = t->text, .where = t->where};
    w->value = model_var(s->m, arena_text(s->home, "%s.value", name), VAR_TEMP, TYPE_REAL, t->nfree,
                         t->side->dim, unit_none, t->at);
    w->fired = model_var(s->m, arena_text(s->home, "%s.fired", name), VAR_TEMP, TYPE_INT, t->nfree,
                         t->side->dim, unit_none, t->at);
    for (size_t k = 0; k < t->sets.n; k++) {
        var *v = t->sets.at[k]->target;
        vec_push(s->home, &w->next,
                 model_var(s->m, arena_text(s->home, "%s.%s.next", name, v->name), VAR_SHADOW,
                           v->type, v->dims, v->dim, v->unit, t->at));
        bool known = v->kind != VAR_HOLD;
        for (size_t j = 0; j < f->holds.n; j++)
            known |= f->holds.at[j] == v;
        if (!known) vec_push(s->home, &f->holds, v);
    }
    vec_push(s->home, &f->events, w);
}

// ---- what an event leaves true
// ------------------------------------------------------------------------------------------------

typedef struct support {
    scheduler *s;
    map *seen;
} support;

static bool note_support(const expr *e, void *data) {
    support *u = data;
    if (e->kind != X_VAR || map_get(u->seen, (const char *)e->v)) return true;
    map_put(u->seen, (const char *)e->v, e->v);
    definitions *d = defs_of(u->s, e->v);
    for (size_t k = 0; d && k < d->list.n; k++)
        expr_walk(d->list.at[k].q->rhs, note_support, u);
    return true;
}

map *watched_by(scheduler *s, const trigger *t, bool sets) {
    support u = {s, map_new(s->home)};
    expr_walk(t->distance, note_support, &u);
    for (size_t k = 0; sets && k < t->sets.n; k++)
        expr_walk(t->sets.at[k]->rhs, note_support, &u);
    return u.seen;
}

typedef struct aftermath {
    arena *home;
    const trigger *t;
} aftermath;

static expr *after_event(expr *e, void *data) { // its side is 1, its targets have their new values
    const aftermath *u = data;
    if (e->kind != X_VAR) return NULL;
    if (e->v == u->t->side) return number_like(u->home, e, 1);
    for (size_t k = u->t->sets.n; k-- > 0;) {
        const equation *q = u->t->sets.at[k];
        bool same = q->target == e->v && q->nsub == e->nsub;
        for (int d = 0; same && d < q->nsub; d++)
            same = expr_same(q->sub[d], e->sub[d]);
        if (same) return q->rhs;
    }
    return NULL;
}

static bool depends_on_targets(scheduler *s, const trigger *t) {
    map *seen = watched_by(s, t, false);
    for (size_t k = 0; k < t->sets.n; k++)
        if (map_get(seen, (const char *)t->sets.at[k]->target)) return true;
    return false;
}

static void check_ended(scheduler *s, const trigger *t) {
    if (t->edge) return;
    if (!depends_on_targets(s, t)) {
        diag_report(s->m->diag, t->at, DIAG_E0443,
                    "it assigns nothing that the condition depends on");
        diag_help(s->m->diag, "for the crossing alone: at rising(x, 1V) { ... }");
        return;
    }
    aftermath u = {s->home, t};
    double distance;
    expr *e = expr_fold(s->home, expr_replace(s->home, t->distance, after_event, &u));
    if (expr_is_number(e, &distance) && distance > 0)
        diag_report(s->m->diag, t->at, DIAG_E0443, "it holds for what is assigned");
}

void watch_make(scheduler *s, flow *f) {
    for (size_t k = 0; k < s->m->triggers.n; k++) {
        check_ended(s, s->m->triggers.at[k]);
        make_event(s, f, s->m->triggers.at[k]);
    }
}

static long elements_of(watch *const *list, size_t n) {
    long count = 0;
    for (size_t k = 0; k < n; k++)
        count += var_count(list[k]->value);
    return count;
}

// What the runtime needs beside, once all modes are known.
void watch_finish(scheduler *s, flow *f) {
    f->event_count = elements_of(f->events.at, f->events.n);
    f->located = f->event_count + elements_of(f->conditions.at, f->conditions.n);
    f->watched = f->located + elements_of(f->timed.at, f->timed.n);
    if (f->watched == 0) return;
    int events[1] = {(int)f->event_count}, work[1] = {(int)(2 * f->located + 1)};
    f->watch_work = model_var(s->m, "flow.watch", VAR_TEMP, TYPE_REAL, 1, work, unit_none, f->at);
    if (f->event_count == 0) return;
    f->last = model_var(s->m, "flow.last", VAR_TEMP, TYPE_REAL, 1, events, unit_none, f->at);
    f->often = model_var(s->m, "flow.often", VAR_TEMP, TYPE_INT, 1, events, unit_none, f->at);
}

// Values, sides, events and delays each in one block; returns the next free cell.
static long place_all(watch *const *list, size_t n, long next, size_t member) {
    for (size_t k = 0; k < n; k++) {
        var *v = *(var *const *)((const char *)list[k] + member);
        v->cell = next;
        next += var_count(v);
    }
    return next;
}

long watch_place(flow *f, long next) {
    static const size_t members[] = {offsetof(watch, value), offsetof(watch, side)};
    for (int k = 0; k < 2; k++) {
        next = place_all(f->events.at, f->events.n, next, members[k]);
        next = place_all(f->conditions.at, f->conditions.n, next, members[k]);
        next = place_all(f->timed.at, f->timed.n, next, members[k]);
    }
    next = place_all(f->events.at, f->events.n, next, offsetof(watch, fired));
    for (size_t k = 0; k < f->delays.n; k++) {
        f->delays.at[k]->cell = next;
        next += var_count(f->delays.at[k]);
    }
    return next;
}
