// How states move while nothing else changes, chosen from the equations of each mode:
//
//   the rate is free of the states and of time    exact        s += rate * dt
//   the rate is linear in the one state           exponential  s += rate * dt * phi(slope * dt)
//   anything else                                 adaptive     Runge-Kutta with a tolerance
//
// Where a pulse acts, the stretch falls into pieces: all pulses high, then fewer, then none.
#include "plan/build.h"

#define TOLERANCE 1e-9

typedef struct pulse_use {
    expr *high; // the element, in the loops of the rates
    const activation *act;
} pulse_use;

typedef struct advance_data {
    rates *group;
    VEC(pulse_use) pulses;
} advance_data;

typedef struct pulse_search {
    scheduler *s;
    advance_data *d;
} pulse_search;

static bool find_pulses(const expr *e, void *data) {
    pulse_search *f = data;
    if (e->kind != X_VAR || e->v->kind != VAR_HIGH) return true;
    for (size_t k = 0; k < f->d->pulses.n; k++)
        if (expr_same(f->d->pulses.at[k].high, e)) return true;
    const activation *act = NULL;
    for (size_t a = 0; a < f->s->m->activations.n; a++)
        for (size_t k = 0; k < f->s->m->activations.at[a]->pulses.n; k++)
            if (f->s->m->activations.at[a]->pulses.at[k]->high == e->v)
                act = f->s->m->activations.at[a];
    vec_push(f->s->home, &f->d->pulses, (pulse_use){(expr *)e, act});
    return true;
}

typedef struct choice {
    const advance_data *d;
    unsigned on;
    arena *home;
} choice;

static expr *choose(expr *e, void *data) { // the mark `high != 0` becomes true or false
    const choice *c = data;
    if (e->kind != X_NE || e->a->kind != X_VAR || e->a->v->kind != VAR_HIGH) return NULL;
    for (size_t k = 0; k < c->d->pulses.n; k++)
        if (expr_same(c->d->pulses.at[k].high, e->a)) {
            expr *n = expr_number(c->home, c->on >> k & 1, e->at);
            n->type = TYPE_BOOL;
            return n;
        }
    return NULL;
}

typedef struct state_use {
    const rates *group;
    bool own, time;
    builder *b;
} state_use;

static bool same_element(const equation *q, const expr *e) {
    if (e->nsub != q->nsub) return false;
    for (int k = 0; k < e->nsub; k++)
        if (!expr_same(e->sub[k], q->sub[k])) return false;
    return true;
}

static bool find_states(const expr *e, void *data) {
    state_use *u = data;
    if (e->kind == X_TIME || e->kind == X_TICKS) u->time = true;
    if (e->kind != X_VAR) return true;
    if (e->v->kind == VAR_STATE) {
        bool own = false;
        for (size_t k = 0; k < u->group->rates.n; k++)
            own |= u->group->rates.at[k]->target == e->v && same_element(u->group->rates.at[k], e);
        u->own |= own;
    }
    return true;
}

static void choose_method(builder *b, step *s, const rates *g, expr *const *rate) {
    state_use u = {.group = g, .b = b};
    for (size_t k = 0; k < g->rates.n; k++)
        expr_walk(rate[k], find_states, &u);
    const var *first = g->rates.at[0]->target;
    s->tolerance = TOLERANCE;
    s->method = ADVANCE_ADAPTIVE;
    if (!u.own && !u.time) {
        s->method = ADVANCE_EXACT;
        s->why = "the rate does not depend on the state: one step is exact";
        return;
    }
    s->why = u.time           ? "the rate depends on time"
             : g->rates.n > 1 ? "several states depend on each other"
                              : "the rate is not linear in the state";
    if (u.time || g->rates.n > 1) return;
    expr *slope, *rest;
    state_use inner = {.group = g, .b = b};
    if (!expr_linear(b->home, rate[0], first, &slope, &rest) || !slope) return;
    expr_walk(slope, find_states, &inner);
    if (inner.own) return;
    s->method = ADVANCE_EXPONENTIAL;
    s->slope = simplify(b->home, slope);
    s->why = "the rate is linear in the state: one exponential step is exact";
}

static void add_piece(builder *b, advance_data *d, expr *const *resolved, unsigned on) {
    const rates *g = d->group;
    arena *home = b->home;
    const equation *first = g->rates.at[0];
    expr **rate = arena_array(home, g->rates.n, sizeof *rate);
    choice c = {d, on, home};
    bool moves = false;
    for (size_t k = 0; k < g->rates.n; k++) {
        const equation *q = g->rates.at[k];
        rate[k] = simplify(home, expr_replace(home, resolved[k], choose, &c));
        rate[k] = lift(b, gather_numbers(b->home, rate[k]), q->free, q->nfree, NULL);
        moves |= !(rate[k]->kind == X_NUM && rate[k]->num == 0);
    }
    if (!moves) return;
    step s = {.kind = STEP_ADVANCE, .at = first->at, .pulse_phase = -1};
    choose_method(b, &s, g, rate);
    step *to = add_step(b, STEP_ADVANCE, first->at);
    *to = s;
    equation_loops(home, to, first);
    for (size_t k = 0; k < g->rates.n; k++) {
        vec_push(home, &to->states, g->rates.at[k]->target);
        vec_push(home, &to->rates, rate[k]);
    }
    for (size_t k = 0; k < d->pulses.n; k++) {
        to->pulse_phase = d->pulses.at[k].act->id;
        to->period = d->pulses.at[k].act->sequencer->period;
        if (on >> k & 1)
            vec_push(home, &to->on, d->pulses.at[k].high);
        else
            vec_push(home, &to->off, d->pulses.at[k].high);
    }
}

static int bits_in(unsigned mask) {
    int n = 0;
    for (; mask; mask &= mask - 1)
        n++;
    return n;
}

static bool find_moving(const expr *e, void *data) {
    bool *found = data;
    *found |= e->kind == X_TIME || e->kind == X_TICKS;
    *found |= e->kind == X_VAR && e->v->kind == VAR_STATE;
    return !*found;
}

// What is computed before the states move stands still meanwhile. It does not follow time or the
// states: where no pulse forbids it, those whose rates do so are in a flow.
static bool holds_moving(const function *f) {
    bool found = false;
    for (size_t k = 0; k < f->steps.n && !found; k++) {
        const step *s = f->steps.at[k];
        expr_walk(s->rhs, find_moving, &found);
        expr_walk(s->condition, find_moving, &found);
        if (s->kind == STEP_SOLVE) found |= holds_moving(s->rate_of);
    }
    return found;
}

static void advance_body(builder *b, void *data) {
    advance_data d = {.group = ((advance_data *)data)->group};
    const rates *g = d.group;
    b->advancing = true;
    expr **resolved = arena_array(b->home, g->rates.n, sizeof *resolved);
    pulse_search search = {b->s, &d};
    for (size_t k = 0; k < g->rates.n; k++) {
        resolved[k] = simplify(b->home, resolve_expr(b, g->rates.at[k]->rhs));
        expr_walk(resolved[k], find_pulses, &search);
    }
    bool one_phase = true;
    for (size_t k = 1; k < d.pulses.n; k++)
        one_phase &= d.pulses.at[k].act == d.pulses.at[0].act;
    if (d.pulses.n > 3 || !one_phase) {
        diag_report(b->s->m->diag, g->at, DIAG_E0422, g->name, d.pulses.n);
        return;
    }
    for (int high = (int)d.pulses.n; high >= 0; high--)
        for (unsigned on = 0; on < 1u << d.pulses.n; on++)
            if (bits_in(on) == high) add_piece(b, &d, resolved, on);
    if (b->bad_pulse)
        not_built(b->s->m->diag, g->at,
                  "a pulse that reaches a device through a sum or a `when` on an index");
    else if (holds_moving(b->f))
        not_built(b->s->m->diag, g->at,
                  "a pulse on a device beside a sum that follows time or the device's state");
}

void plan_advance(scheduler *s) {
    for (size_t k = 0; k < s->m->rates.n; k++) {
        rates *g = s->m->rates.at[k];
        if (g->flows) {
            vec_push(s->home, &s->p->advance, NULL);
            continue;
        }
        advance_data d = {.group = g};
        const expr **roots = arena_array(s->home, g->rates.n, sizeof *roots);
        for (size_t r = 0; r < g->rates.n; r++)
            roots[r] = g->rates.at[r]->rhs;
        const char *name = arena_text(s->home, "%s_advance", identifier(s->home, g->name));
        const char *purpose = arena_text(s->home, "move the states of %s", g->name);
        task *t =
            make_task(s, name, purpose, g->at, roots, g->rates.n, NULL, 0, -1, advance_body, &d);
        vec_push(s->home, &s->p->advance, t);
    }
}
