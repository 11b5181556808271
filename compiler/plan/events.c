// Samples at instants of phases, pulse widths, redrawn noise, comparators, observed signals and
// assertions: the remaining tasks.
#include "model/experiment_model.h"
#include "plan/build.h"

const char *identifier(arena *home, const char *name) {
    char *n = arena_text(home, "%s", name);
    for (char *c = n; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9')))
            *c = '_';
    return n;
}

// ---- events
// ------------------------------------------------------------------------------------------------

static var *shadow_of(scheduler *s, var *hold) {
    var *v = map_get(s->shadows, (const char *)hold);
    if (v) return v;
    v = model_var(s->m, arena_text(s->home, "%s.next", hold->name), VAR_SHADOW, hold->type,
                  hold->dims, hold->dim, hold->unit, hold->at);
    map_put(s->shadows, (const char *)hold, v);
    return v;
}

static void event_body(builder *b, void *data) {
    const event *e = data;
    for (size_t k = 0; k < e->sets.n; k++) {
        equation *q = e->sets.at[k];
        add_map(b, q, shadow_of(b->s, q->target), q->rhs);
    }
}

static plan_event *make_event(scheduler *s, activation *a, event *all, const char *suffix,
                              int64_t ticks, int segment, bool moving_end) {
    const expr **roots = arena_array(s->home, all->sets.n + 1, sizeof *roots);
    for (size_t k = 0; k < all->sets.n; k++)
        roots[k] = all->sets.at[k]->rhs;
    plan_event *e = arena_new_of(s->home, plan_event);
    e->ticks = ticks;
    const char *name = arena_text(s->home, "%s_%s", a->local, suffix);
    const char *purpose = arena_text(s->home, "sample at %s of %s", suffix, a->name);
    e->eval = make_task(s, name, purpose, all->at, roots, all->sets.n, a, segment,
                        moving_end ? -1 : ticks, event_body, all);
    function *f = make_function(
        s, arena_text(s->home, "%s_commit", name),
        arena_text(s->home, "write what was sampled at %s of %s", suffix, a->name), all->at);
    builder b = builder_in(s, f, NULL, 0);
    for (size_t k = 0; k < all->sets.n; k++) {
        const equation *q = all->sets.at[k];
        step *st = add_step(&b, STEP_MAP, q->at);
        equation_loops(s->home, st, q);
        st->target = q->target;
        st->rhs = expr_variable(s->home, shadow_of(s, q->target), q->nsub, q->sub, q->at);
    }
    e->commit = keep_function(s, f);
    return e;
}

static event *gather(scheduler *s, const activation *a, ast_moment moment, int64_t ticks) {
    event *all = NULL;
    for (size_t k = 0; k < a->events.n; k++) {
        const event *e = a->events.at[k];
        if (e->moment != moment || (moment == AT_TIME && e->ticks != ticks)) continue;
        if (!all) {
            all = arena_new_of(s->home, event);
            all->moment = moment;
            all->ticks = ticks;
            all->at = e->at;
        }
        for (size_t j = 0; j < e->sets.n; j++)
            vec_push(s->home, &all->sets, e->sets.at[j]);
    }
    return all && all->sets.n ? all : NULL;
}

static int segment_at(const activation *a, int64_t ticks) {
    int k = 0;
    while (k < (int)a->breaks.n && a->breaks.at[k] <= ticks)
        k++;
    return k;
}

static void plan_instants(scheduler *s, plan_phase *p) {
    activation *a = p->act;
    event *e = gather(s, a, AT_BEGIN, 0);
    if (e) p->begin = make_event(s, a, e, "begin", 0, 0, false);
    e = gather(s, a, AT_END, 0);
    bool known = a->timed && !a->scale;
    if (e) p->end = make_event(s, a, e, "end", known ? a->ticks : 0, (int)a->breaks.n, true);
    int64_t last = -1;
    for (;;) {
        int64_t next = INT64_MAX;
        for (size_t k = 0; k < a->events.n; k++)
            if (a->events.at[k]->moment == AT_TIME && a->events.at[k]->ticks > last &&
                a->events.at[k]->ticks < next)
                next = a->events.at[k]->ticks;
        if (next == INT64_MAX) return;
        e = gather(s, a, AT_TIME, next);
        if (e)
            vec_push(s->home, &p->at,
                     make_event(s, a, e, arena_text(s->home, "at_%lld", (long long)next), next,
                                segment_at(a, next), false));
        last = next;
    }
}

// ---- pulse widths
// ------------------------------------------------------------------------------------------

static expr *call(arena *h, int fn, expr *a, expr *b) {
    expr *e = expr_make(h, X_CALL, TYPE_REAL, unit_none, a, b, NULL, a->at);
    e->fn = fn;
    return e;
}

static void latch_body(builder *b, void *data) {
    const activation *a = data;
    arena *h = b->home;
    for (size_t k = 0; k < a->pulses.n; k++) {
        const pulse *p = a->pulses.at[k];
        int64_t period = a->sequencer->period;
        expr *cycle = expr_number(h, (double)period * b->s->m->tick, p->at);
        expr *cycles =
                 expr_make(h, X_DIV, TYPE_REAL, unit_none, p->seconds->rhs, cycle, NULL, p->at),
             *most;
        if (a->scale) {
            expr *arg = expr_variable(h, a->scale, 0, NULL, p->at);
            most = expr_make(h, X_MUL, TYPE_REAL, unit_none, arg,
                             expr_number(h, (double)(a->ticks_per / period), p->at), NULL, p->at);
        } else
            most = expr_number(h, (double)(a->ticks / period), p->at);
        expr *rounded = call(h, FN_max, call(h, FN_min, call(h, FN_round, cycles, NULL), most),
                             expr_number(h, 0, p->at));
        add_map(b, p->seconds, p->width, rounded);
    }
}

static void plan_latch(scheduler *s, plan_phase *p) {
    activation *a = p->act;
    if (!a->pulses.n || !a->sequencer) return;
    const expr **roots = arena_array(s->home, a->pulses.n, sizeof *roots);
    for (size_t k = 0; k < a->pulses.n; k++)
        roots[k] = a->pulses.at[k]->seconds->rhs;
    const char *name = arena_text(s->home, "%s_latch", a->local);
    p->latch = make_task(s, name, arena_text(s->home, "latch the pulse widths of %s", a->name),
                         a->at, roots, a->pulses.n, a, 0, 0, latch_body, a);
}

// ---- noise
// -------------------------------------------------------------------------------------------------

static function *draw_function(scheduler *s, const char *name, const char *purpose, span at,
                               const activation *a, bool states) {
    function *f = make_function(s, name, purpose, at);
    builder b = builder_in(s, f, NULL, 0);
    for (size_t k = 0; k < s->m->noises.n; k++) {
        const noise *n = s->m->noises.at[k];
        if (n->act == a && (n->v == NULL) == states)
            add_map(&b, n->draw, n->draw->target, n->draw->rhs);
    }
    return keep_function(s, f);
}

void plan_events(scheduler *s) {
    for (size_t k = 0; k < s->p->phases.n; k++) {
        plan_phase *p = s->p->phases.at[k];
        activation *a = p->act;
        plan_instants(s, p);
        plan_latch(s, p);
        p->redraw = draw_function(s, arena_text(s->home, "%s_redraw", a->local),
                                  arena_text(s->home, "noise of %s", a->name), a->at, a, false);
        p->end_noise = draw_function(
            s, arena_text(s->home, "%s_end_noise", a->local),
            arena_text(s->home, "noise on states at the end of %s", a->name), a->at, a, true);
    }
    s->p->trial =
        draw_function(s, "trial_redraw", "noise redrawn at each trial", (span){0}, NULL, false);
}

// ---- comparators, observers, assertions
// -----------------------------------------------------------------------

typedef struct bit_search {
    scheduler *s;
    VEC(var *) bits;
} bit_search;

static bool find_bits(const expr *e, void *data) {
    bit_search *f = data;
    if (e->kind != X_VAR || e->v->kind != VAR_BIT) return true;
    for (size_t k = 0; k < f->bits.n; k++)
        if (f->bits.at[k] == e->v) return true;
    vec_push(f->s->home, &f->bits, e->v);
    definitions *d = defs_of(f->s, e->v); // bits that this one is made of
    for (size_t k = 0; d && k < d->list.n; k++)
        expr_walk(d->list.at[k].q->rhs, find_bits, f);
    return true;
}

static void statement_bits(const stmt *s, bit_search *f) {
    for (; s; s = s->next) {
        if (s->cond) expr_walk(s->cond, find_bits, f);
        if (s->count) expr_walk(s->count, find_bits, f);
        if (s->value) expr_walk(s->value, find_bits, f);
        for (size_t k = 0; k < s->args.n; k++)
            expr_walk(s->args.at[k], find_bits, f);
        statement_bits(s->body, f);
        statement_bits(s->other, f);
    }
}

typedef struct bits_data {
    bit_search *f;
    bool live;
} bits_data;

static void bits_body(builder *b, void *data) {
    bits_data *d = data;
    for (size_t k = d->f->bits.n; k-- > 0;) { // those found last are part of earlier ones
        definitions *defs = defs_of(b->s, d->f->bits.at[k]);
        for (size_t q = 0; defs && q < defs->list.n; q++) {
            add_map(b, defs->list.at[q].q, d->f->bits.at[k], defs->list.at[q].q->rhs);
            d->live |= depends_on_state(b, b->f->steps.at[b->f->steps.n - 1]->rhs);
        }
        if (!defs)
            diag_report(b->s->m->diag, d->f->bits.at[k]->at, DIAG_E0405, d->f->bits.at[k]->name,
                        "");
    }
}

static void plan_bits(scheduler *s) {
    for (size_t k = 0; k < s->m->sequencers.n; k++) {
        const sequencer *q = s->m->sequencers.at[k];
        bit_search f = {.s = s};
        statement_bits(q->body, &f);
        for (size_t g = 0; g < q->guarantees.n; g++) {
            if (q->guarantees.at[g]->bit) expr_walk(q->guarantees.at[g]->bit, find_bits, &f);
            if (q->guarantees.at[g]->start) expr_walk(q->guarantees.at[g]->start, find_bits, &f);
        }
        task *t = NULL;
        bits_data d = {&f, false};
        if (f.bits.n) {
            const expr **roots = arena_array(s->home, f.bits.n, sizeof *roots);
            for (size_t j = 0; j < f.bits.n; j++) {
                definitions *defs = defs_of(s, f.bits.at[j]);
                roots[j] =
                    defs ? defs->list.at[0].q->rhs : expr_number(s->home, 0, f.bits.at[j]->at);
            }
            t = make_task(s, arena_text(s->home, "%s_bits", identifier(s->home, q->name)),
                          arena_text(s->home, "comparators that %s reads", q->name), q->at, roots,
                          f.bits.n, NULL, 0, -1, bits_body, &d);
        }
        vec_push(s->home, &s->p->bits, t);
        vec_push(s->home, &s->p->live_bits, d.live);
    }
}

static void observe_body(builder *b, void *data) {
    b->lenient = true;
    compute_signal(b, data);
}

static void check_body(builder *b, void *data) {
    const check *c = data;
    expr *e = lift(b, resolve_expr(b, c->condition), c->free, c->nfree, NULL);
    step *s = add_step(b, STEP_CHECK, c->at);
    s->rhs = e;
    equation q = {.nfree = c->nfree, .at = c->at};
    for (int k = 0; k < c->nfree; k++)
        q.free[k] = c->free[k];
    equation_loops(b->home, s, &q);
}

static void observe(scheduler *s, var *v) {
    expr *sub[MAX_DIMS];
    for (int d = 0; d < v->dims; d++)
        sub[d] = expr_number(s->home, 0, v->at), sub[d]->type = TYPE_INT;
    const expr *root = expr_variable(s->home, v, v->dims, sub, v->at);
    const char *name = arena_text(s->home, "observe_%s", identifier(s->home, v->name));
    task *t = make_task(s, name, arena_text(s->home, "bring %s up to date", v->name), v->at, &root,
                        1, NULL, 0, -1, observe_body, v);
    vec_push(s->home, &s->p->observers, (observer){v, t});
}

static bool is_recorded(const model *m, const var *v) {
    for (size_t k = 0; m->experiment && k < m->experiment->records.n; k++)
        if (m->experiment->records.at[k].v == v) return true;
    return false;
}

// After all other tasks, those that only somebody from outside looks at last: plan_narrow.
void plan_observers(scheduler *s) {
    plan *p = s->p;
    size_t count = s->m->vars.n; // tasks make more variables
    s->cold = true;
    for (int recorded = 1; recorded >= 0; recorded--) {
        for (size_t k = 0; k < count; k++) {
            var *v = s->m->vars.at[k];
            if (v->kind == VAR_SIGNAL && defs_of(s, v) && is_recorded(s->m, v) == recorded)
                observe(s, v);
        }
        if (recorded) p->needed = (plan_needed){p->functions.n, p->tasks.n, p->observers.n};
        s->passing = s->narrow;
    }
    s->cold = s->passing = false;
}

void plan_checks(scheduler *s) {
    plan_bits(s);
    for (size_t k = 0; k < s->m->checks.n; k++) {
        check *c = s->m->checks.at[k];
        const expr *root = c->condition;
        // in a phase: only while it is active, whatever its segment
        task *all = arena_new_of(s->home, task);
        all->name = arena_text(s->home, "check_%zu", k);
        for (int seg = 0; c->act && seg <= (int)c->act->breaks.n; seg++) {
            task *t = make_task(s, arena_text(s->home, "check_%zu_%d", k, seg), c->text, c->at,
                                &root, 1, c->act, seg, -1, check_body, c);
            for (size_t m = 0; m < t->modes.n; m++) {
                vec_push(s->home, &t->modes.at[m]->phases, c->act);
                vec_push(s->home, &t->modes.at[m]->segments, seg);
                vec_push(s->home, &all->modes, t->modes.at[m]);
            }
            s->p->tasks.n--;
        }
        if (!c->act)
            all = make_task(s, all->name, c->text, c->at, &root, 1, NULL, 0, -1, check_body, c);
        else {
            all->id = (int)s->p->tasks.n;
            vec_push(s->home, &s->p->tasks, all);
        }
        vec_push(s->home, &s->p->checks, (plan_check){c, all});
    }
}
