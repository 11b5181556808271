// Systems of differential equations: the states of blocks, and those of devices whose rates depend
// on other moving states, integrated together. One function of rates for each mode.
#include "model/experiment_model.h"
#include "plan/build.h"
#include "support/graph.h"
#include "weft.h"

#include <limits.h>
#include <math.h>

#define TOLERANCE 5e-8

typedef struct edges {
    graph *g;
    size_t from;
} edges;

static bool add_edge(const expr *e, void *data) {
    const edges *to = data;
    if (e->kind == X_VAR && e->v->kind == VAR_SIGNAL) graph_edge(to->g, to->from, (size_t)e->v->id);
    return true;
}

// Which signals stand on a circle of definitions, in whatever mode.
static bool *find_circles(scheduler *s) {
    bool *circles = arena_array(s->home, s->m->vars.n + 1, sizeof *circles);
    graph *g = graph_new(s->home, s->m->vars.n + 1);
    edges to = {g, 0};
    for (size_t k = 0; k < map_count(s->defs); k++) {
        const definitions *d = map_value(s->defs, k);
        to.from = (size_t)d->v->id;
        for (size_t j = 0; j < d->list.n; j++)
            expr_walk(d->list.at[j].q->rhs, add_edge, &to);
    }
    size_t *component = arena_array(s->home, s->m->vars.n + 1, sizeof *component);
    graph_components(g, component);
    for (size_t k = 0; k < s->m->vars.n; k++)
        circles[k] = graph_is_cyclic(g, component, k);
    return circles;
}

typedef struct coupling {
    scheduler *s;
    const rates *group;
    map *seen, *summed;  // the same inside a sum
    const bool *circles; // by id
    bool foreign;
    bool inside; // a sum or the like, which is computed by itself
    bool better; // in a flow, though each device could move by itself
    bool pulsed; // which a flow cannot do
} coupling;

// time < 5us in a phase: constant between the instants that it names.
static bool divides_phase(const expr *e) {
    if (e->kind < X_LT || e->kind > X_NE) return false;
    return (e->a->kind == X_TIME && e->a->phase >= 0) || (e->b->kind == X_TIME && e->b->phase >= 0);
}

static bool find_foreign(const expr *e, void *data) {
    coupling *c = data;
    if (divides_phase(e)) {
        expr_walk(e->a->kind == X_TIME ? e->b : e->a, find_foreign, c);
        return false;
    }
    c->better |= e->kind == X_TIME; // the signals on the way are computed at every stage
    c->better |= e->kind == X_CALL && e->fn == FN_floor; // its jumps are found in flows only
    if (e->kind == X_REDUCE && !c->inside) {
        c->inside = true;
        expr_walk(e, find_foreign, c);
        c->inside = false;
        return false;
    }
    if (e->kind != X_VAR) return true;
    c->better |= c->circles[e->v->id]; // solved for at every stage
    if (e->v->kind == VAR_STATE) {
        bool own = false;
        for (size_t k = 0; k < c->group->rates.n; k++) {
            const equation *q = c->group->rates.at[k];
            bool same = q->target == e->v && q->nsub == e->nsub;
            for (int j = 0; same && j < q->nsub; j++)
                same = expr_same(q->sub[j], e->sub[j]);
            own |= same;
        }
        c->foreign |= !own; // another device's, or that of another element
        c->better |= c->inside;
    }
    map *seen = c->inside ? c->summed : c->seen;
    if (map_get(seen, (const char *)e->v)) return true;
    map_put(seen, (const char *)e->v, e->v);
    definitions *d = defs_of(c->s, e->v);
    for (size_t k = 0; d && k < d->list.n; k++) {
        c->pulsed |= d->list.at[k].pulsed != NULL;
        expr_walk(d->list.at[k].q->rhs, find_foreign, c);
    }
    return true;
}

// Events read a state of the group, or write what its rates depend on.
static bool has_events(scheduler *s, const rates *g, map *seen) {
    for (size_t k = 0; k < s->m->triggers.n; k++) {
        const trigger *t = s->m->triggers.at[k];
        map *read = watched_by(s, t, true);
        for (size_t r = 0; r < g->rates.n; r++)
            if (map_get(read, (const char *)g->rates.at[r]->target)) return true;
        for (size_t j = 0; j < t->sets.n; j++) {
            const var *v = t->sets.at[j]->target;
            if (map_get(seen, (const char *)v)) return true;
            for (size_t r = 0; r < g->rates.n; r++)
                if (g->rates.at[r]->target == v) return true;
        }
    }
    return false;
}

static bool coupled(scheduler *s, const rates *g, const bool *circles) {
    coupling c = {.s = s, .group = g, .circles = circles};
    c.seen = map_new(s->home);
    c.summed = map_new(s->home);
    for (size_t k = 0; k < g->rates.n; k++)
        expr_walk(g->rates.at[k]->rhs, find_foreign, &c);
    return c.foreign || (c.better && !c.pulsed) || has_events(s, g, c.seen) ||
           has_events(s, g, c.summed);
}

static void define_rate(scheduler *s, equation *q) {
    definitions *d = map_get(s->rate_defs, (const char *)q->target);
    if (!d) {
        d = arena_new_of(s->home, definitions);
        d->v = q->target;
        map_put(s->rate_defs, (const char *)q->target, d);
    }
    vec_push(s->home, &d->list, (definition){q, NULL, NULL});
}

static void choose_solver(scheduler *s, flow *f) {
    const experiment *x = s->m->experiment;
    f->method = FLOW_DOPRI;
    f->tolerance = TOLERANCE;
    f->why = "coupled states, not declared stiff: adaptive explicit Runge-Kutta 5(4)";
    if (!x || !x->solver) return;
    static const struct {
        const char *name;
        flow_method method;
    } known[] = {{"euler", FLOW_EULER},
                 {"heun", FLOW_HEUN},
                 {"rk4", FLOW_RK4},
                 {"dopri", FLOW_DOPRI},
                 {"stiff", FLOW_STIFF}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (!strcmp(known[k].name, x->solver)) f->method = known[k].method;
    f->why = "asked for by `solver`";
    if (x->tolerance > 0) f->tolerance = x->tolerance;
    f->step = x->step;
}

typedef struct time_use {
    bool found, pulses;
} time_use;

static bool find_time(const expr *e, void *data) {
    time_use *u = data;
    u->found |= e->kind == X_TIME || e->kind == X_TICKS;
    u->pulses |= e->kind == X_VAR && e->v->kind == VAR_HIGH;
    return true;
}

static void look_for_time(const function *f, time_use *u) {
    for (size_t k = 0; k < f->steps.n; k++) {
        const step *s = f->steps.at[k];
        expr_walk(s->rhs, find_time, u);
        expr_walk(s->condition, find_time, u);
        if (s->kind == STEP_SOLVE) look_for_time(s->rate_of, u);
    }
}

static void rates_body(builder *b, flow *f) {
    time_use u = {false, false};
    for (size_t k = 0; k < f->states.n; k++) {
        const definitions *d = map_get(b->s->rate_defs, (const char *)f->states.at[k]);
        definition_list list = chosen_of(b, d, f->states.at[k]);
        for (size_t j = 0; j < list.n; j++)
            add_map(b, list.at[j].q, f->rates.at[k], list.at[j].q->rhs);
    }
    watch_conditions(b, f);
    watch_events(b, f);
    gate_keep(b->s, f, b->f);
    look_for_time(b->f, &u);
    if (u.found) f->timeless = false;
    if (u.pulses) not_built(b->s->m->diag, f->at, "a pulse on states that depend on each other");
}

// The directional derivative of the rates, for solvers that want a Jacobian.
static void add_tangents(scheduler *s, flow *f, step *to) {
    size_t n = f->states.n;
    const step *before = map_get(s->derived, (const char *)to->rate_of);
    if (before) { // another mode has the same rates
        to->tangent_of = before->tangent_of;
        to->pattern_of = before->pattern_of;
        return;
    }
    map_put(s->derived, (const char *)to->rate_of, to);
    dot *inputs = arena_array(s->home, n, sizeof *inputs),
        *outputs = arena_array(s->home, n, sizeof *outputs);
    for (size_t k = 0; k < n; k++) {
        inputs[k] = (dot){f->states.at[k], f->dots.at[k]};
        outputs[k] = (dot){f->rates.at[k], f->rate_dots.at[k]};
    }
    to->tangent_of = tangent_function(s, to->rate_of, false, inputs, n, outputs, n);
    to->pattern_of = tangent_function(s, to->rate_of, true, inputs, n, outputs, n);
}

static void flow_body(builder *b, void *data) {
    flow *f = data;
    function *rate = make_function(b->s, arena_text(b->home, "%s_rates", b->f->name),
                                   arena_text(b->home, "rates for: %s", b->f->purpose), f->at);
    rate->rates = true;
    builder inner = builder_in(b->s, rate, b->now, b->active);
    rates_body(&inner, f);
    step *s = add_step(b, STEP_FLOW, f->at);
    s->flow = f;
    s->rate_of = keep_function(b->s, rate);
    s->why = f->why;
    if (f->dots.n && s->rate_of) add_tangents(b->s, f, s);
    if (!f->events.n) return;
    function *fire = make_function(b->s, arena_text(b->home, "%s_events", b->f->name),
                                   arena_text(b->home, "events for: %s", b->f->purpose), f->at);
    fire->rates = true;
    builder then = builder_in(b->s, fire, b->now, b->active);
    events_happen(&then, f);
    s->fire_of = keep_function(b->s, fire);
}

static var *dot_var(scheduler *s, const var *v) {
    return model_var(s->m, arena_text(s->home, "%s.dot", v->name), VAR_TEMP, TYPE_REAL, v->dims,
                     v->dim, unit_none, v->at);
}

static void add_state(scheduler *s, flow *f, var *v) {
    var *rate = model_var(s->m, arena_text(s->home, "%s.rate", v->name), VAR_TEMP, TYPE_REAL,
                          v->dims, v->dim, unit_times(v->unit, unit_second, -1), v->at);
    vec_push(s->home, &f->states, v);
    vec_push(s->home, &f->rates, rate);
    if (f->method == FLOW_STIFF) {
        vec_push(s->home, &f->dots, dot_var(s, v));
        vec_push(s->home, &f->rate_dots, dot_var(s, rate));
    }
    f->count += var_count(v);
}

// Inputs that a presentation changes along an edge.
static void plan_edges(scheduler *s) {
    plan *p = s->p;
    int dim[1] = {0};
    for (size_t k = 0; k < s->m->vars.n; k++)
        if (s->m->vars.at[k]->kind == VAR_INPUT) {
            vec_push(s->home, &p->edges.inputs, s->m->vars.at[k]);
            dim[0] += (int)var_count(s->m->vars.at[k]);
        }
    if (!dim[0]) return;
    p->edges.from =
        model_var(s->m, "edges.from", VAR_TEMP, TYPE_REAL, 1, dim, unit_none, (span){0});
    p->edges.to = model_var(s->m, "edges.to", VAR_TEMP, TYPE_REAL, 1, dim, unit_none, (span){0});
}

// A state that nothing moves is a `hold`.
static void find_still(scheduler *s) {
    for (size_t k = 0; k < s->m->vars.n; k++) {
        const var *v = s->m->vars.at[k];
        bool moves = v->kind != VAR_STATE || map_get(s->rate_defs, (const char *)v);
        for (size_t g = 0; g < s->m->rates.n && !moves; g++)
            for (size_t r = 0; r < s->m->rates.at[g]->rates.n; r++)
                moves |= s->m->rates.at[g]->rates.at[r]->target == v;
        if (moves) continue;
        diag_report(s->m->diag, v->at, DIAG_E0426, v->name);
        diag_help(s->m->diag, "give it one, der(%s) = ...; or make it a `hold`", v->name);
    }
}

void plan_flow(scheduler *s) {
    find_still(s);
    if (s->m->experiment && s->m->experiment->presents) plan_edges(s);
    bool any = s->m->flow.n > 0;
    const bool *circles = find_circles(s);
    for (size_t k = 0; k < s->m->rates.n; k++) {
        rates *g = s->m->rates.at[k];
        g->flows = coupled(s, g, circles);
        any |= g->flows;
        for (size_t r = 0; g->flows && r < g->rates.n; r++)
            define_rate(s, g->rates.at[r]);
    }
    const experiment *x = s->m->experiment;
    any |= s->m->triggers.n > 0;
    if (!any && x && x->solver) diag_report(s->m->diag, x->solver_at, DIAG_E0732, x->solver);
    if (!any) return;
    flow *f = arena_new_of(s->home, flow);
    f->name = "flow";
    f->timeless = true;
    choose_solver(s, f);
    gate_begin(s, f);
    watch_make(s, f);
    if (f->events.n) f->at = s->m->triggers.at[0]->at;
    VEC(const expr *) roots = {0};
    for (size_t k = 0; k < map_count(s->rate_defs); k++) {
        const definitions *d = map_value(s->rate_defs, k);
        if (!f->at.file) f->at = d->list.at[0].q->at;
        add_state(s, f, d->v);
        for (size_t j = 0; j < d->list.n; j++) {
            vec_push(s->home, &roots, d->list.at[j].q->rhs);
            if (d->list.at[j].act) vec_push(s->home, &s->also, d->list.at[j].act);
        }
    }
    for (size_t k = 0; k < f->events.n; k++) {
        const trigger *t = f->events.at[k]->event;
        vec_push(s->home, &roots, t->distance);
        for (size_t j = 0; j < t->sets.n; j++)
            vec_push(s->home, &roots, t->sets.at[j]->rhs);
    }
    if (f->count == 0 && f->method == FLOW_STIFF) {
        f->method = FLOW_DOPRI;
        f->why = "events alone: there is nothing to integrate";
    }
    double work = (double)WEFT_FLOW_WORK * (double)f->count + WEFT_FLOW_COUNTS;
    if (work > INT_MAX) {
        diag_report(s->m->diag, f->at, DIAG_E0331, work, f->states.at[0]->name,
                    (double)var_count(f->states.at[0]), ELEMENTS_MOST);
        return;
    }
    int dim[1] = {(int)work};
    f->work = model_var(s->m, "flow.work", VAR_TEMP, TYPE_REAL, 1, dim, unit_none, f->at);
    vec_push(s->home, &s->p->flows, f);
    task *t = make_task(s, "flow_advance", "move the coupled states", f->at, roots.at, roots.n,
                        NULL, 0, -1, flow_body, f);
    vec_push(s->home, &s->p->flow_tasks, t);
    watch_finish(s, f);
}
