// The plan of a model: which passes there are, in which order, and where everything lies in memory.
#include "plan/build.h"
#include "weft.h"

static void define(scheduler *s, equation *q, activation *act, pulse *pulsed) {
    map *in = q->rate ? s->rate_defs : s->defs;
    definitions *d = map_get(in, (const char *)q->target);
    if (!d) {
        d = arena_new_of(s->home, definitions);
        d->v = q->target;
        map_put(in, (const char *)q->target, d);
    }
    d->implicit |= q->implicit;
    vec_push(s->home, &d->list, (definition){q, act, pulsed});
}

// Windows last, the narrowest of all: what comes later replaces what came before.
static void define_phase(scheduler *s, activation *act) {
    size_t n = act->equations.n;
    bool *done = arena_array(s->home, n + 1, sizeof *done);
    for (size_t turn = 0; turn < n; turn++) {
        size_t widest = n;
        for (size_t k = 0; k < n; k++) {
            const equation *q = act->equations.at[k],
                           *w = widest < n ? act->equations.at[widest] : NULL;
            if (!done[k] && (!w || q->to - q->from > w->to - w->from)) widest = k;
        }
        done[widest] = true;
        define(s, act->equations.at[widest], act, NULL);
    }
}

static void collect(scheduler *s) {
    model *m = s->m;
    for (size_t k = 0; k < m->equations.n; k++)
        define(s, m->equations.at[k], NULL, NULL);
    for (size_t k = 0; k < m->flow.n; k++)
        define(s, m->flow.at[k], NULL, NULL);
    for (size_t a = 0; a < m->activations.n; a++) {
        activation *act = m->activations.at[a];
        for (size_t k = 0; k < act->pulses.n; k++)
            define(s, act->pulses.at[k]->on, act, act->pulses.at[k]);
        define_phase(s, act);
    }
}

static void make_phases(scheduler *s) {
    for (size_t k = 0; k < s->m->activations.n; k++) {
        plan_phase *p = arena_new_of(s->home, plan_phase);
        p->act = s->m->activations.at[k];
        vec_push(s->home, &s->p->phases, p);
    }
}

// Start values: what is not 0.
static void set_all(builder *b, var *v, double value) {
    equation q = {.target = v, .at = v->at};
    for (int k = 0; k < v->dims; k++) {
        q.free[k] = model_index(b->s->m, arena_text(b->home, "k%d", k), 0, v->dim[k]);
        q.sub[k] = expr_index(b->home, q.free[k], v->at);
    }
    q.nsub = q.nfree = v->dims;
    expr *number = expr_number(b->home, value, v->at);
    number->type = v->type;
    add_map(b, &q, v, number);
}

void plan_start(scheduler *s) {
    function *f = make_function(s, "defaults", "start values", (span){0});
    builder b = builder_in(s, f, NULL, 0);
    for (size_t k = 0; k < s->m->vars.n; k++) {
        var *v = s->m->vars.at[k];
        bool starts = v->kind == VAR_STATE || v->kind == VAR_HOLD || v->kind == VAR_NOISE ||
                      v->kind == VAR_INPUT || v->kind == VAR_SIDE ||
                      (v->kind == VAR_PARAM && v->kept);
        if (starts && v->value != 0) set_all(&b, v, v->value);
    }
    for (size_t k = 0; k < s->p->islands.n; k++) // unknowns are looked for from 0, or the nearest
        for (size_t j = 0; j < s->p->islands.at[k]->unknowns.n; j++) { // number in their range
            var *u = s->p->islands.at[k]->unknowns.at[j];
            if (u->lo > 0 || u->hi < 0) set_all(&b, u, u->lo > 0 ? u->lo : u->hi);
        }
    s->p->defaults = keep_function(s, f);
}

function *plan_function(plan *p, const char *name, const char *purpose, span at) {
    function *f = arena_new_of(p->home, function);
    f->name = name;
    f->purpose = purpose;
    f->at = at;
    f->id = (int)p->functions.n;
    vec_push(p->home, &p->functions, f);
    return f;
}

static bool has_cells(const var *v) {
    return !v->local && (v->kind != VAR_PARAM || v->kept);
}

static void place_block(var *const *vars, size_t n, long *next) {
    for (size_t k = 0; k < n; k++) {
        if (vars[k]->cell >= 0) continue; // also of another island
        vars[k]->cell = *next;
        *next += var_count(vars[k]);
    }
}

// Before anything is numbered: whether the numbers suffice.
static bool fits(const scheduler *s) {
    double all = 0, most = 0;
    const var *largest = NULL;
    for (size_t k = 0; k < s->m->vars.n; k++) {
        const var *v = s->m->vars.at[k];
        double count = has_cells(v) ? (double)var_count(v) : 0;
        all += count;
        if (count > most) most = count, largest = v;
    }
    if (all <= ELEMENTS_MOST) return true;
    diag_report(s->m->diag, largest->at, DIAG_E0331, all, largest->name, most, ELEMENTS_MOST);
    return false;
}

static void place(scheduler *s) {
    if (!fits(s)) return;
    long next = WEFT_FIRST;
    for (size_t k = 0; k < s->p->phases.n; k++, next += WEFT_PHASE_CELLS)
        s->p->phases.at[k]->state_cell = next;
    for (size_t k = 0; k < s->m->vars.n; k++)
        s->m->vars.at[k]->cell = -1;
    for (size_t k = 0; k < s->p->flows.n; k++) { // states in one block, rates in another
        flow *f = s->p->flows.at[k];
        place_block(f->states.at, f->states.n, &next);
        place_block(f->rates.at, f->rates.n, &next);
        place_block(f->dots.at, f->dots.n, &next);
        place_block(f->rate_dots.at, f->rate_dots.n, &next);
        next = watch_place(f, next);
    }
    for (size_t k = 0; k < s->p->islands.n; k++) { // what several functions share
        const island *y = s->p->islands.at[k];
        place_block(y->unknowns.at, y->unknowns.n, &next);
        place_block(y->residuals.at, y->residuals.n, &next);
        place_block(y->dots.at, y->dots.n, &next);
        place_block(y->residual_dots.at, y->residual_dots.n, &next);
    }
    for (size_t k = 0; k < s->m->vars.n; k++) {
        var *v = s->m->vars.at[k];
        if (!has_cells(v) || v->cell >= 0) continue;
        v->cell = next;
        next += var_count(v);
    }
    s->p->cells = next;
}

// Temporaries of a function live in it when they are small.
static void localize(scheduler *s) {
    for (size_t k = 0; k < s->m->vars.n; k++) {
        var *v = s->m->vars.at[k];
        if (v->kind == VAR_TEMP && v->dims == 0 && !v->shared && strchr(v->name, '.') &&
            strncmp(v->name, "measure.", 8) && strncmp(v->name, "expect.", 7))
            v->local = true;
    }
}

static void plan_narrow(plan *p) {
    p->functions.n = p->needed.functions;
    p->tasks.n = p->needed.tasks;
    p->observers.n = p->needed.observers;
}

// Of what moves; who looks at it is no part of it.
static uint64_t fingerprint(const plan *p) {
    text t = text_in(p->home);
    plan narrow = *p;
    plan_narrow(&narrow);
    plan_print(&narrow, &t);
    return weft_stream(t.at);
}

static plan *make(model *m, bool narrow) {
    plan *p = arena_new_of(m->home, plan);
    p->model = m;
    p->home = m->home;
    scheduler s = {.p = p,
                   .m = m,
                   .home = m->home,
                   .narrow = narrow,
                   .defs = map_new(m->home),
                   .rate_defs = map_new(m->home),
                   .shadows = map_new(m->home),
                   .bodies = map_new(m->home),
                   .derived = map_new(m->home),
                   .texts = names_new(m->home)};
    collect(&s);
    make_phases(&s);
    plan_machines(p);
    plan_partners(p);
    if (diag_errors(m->diag)) return p;
    plan_conflicts(&s);
    if (m->experiment) plan_inputs(&s);
    plan_lines(&s);
    plan_events(&s);
    plan_flow(&s);
    plan_advance(&s);
    plan_checks(&s);
    plan_start(&s);
    if (m->experiment) plan_experiment(&s);
    plan_observers(&s);
    localize(&s);
    place(&s);
    plan_link(p);
    if (!diag_errors(m->diag)) plan_lanes(p);
    if (!diag_errors(m->diag)) p->fingerprint = fingerprint(p);
    return p;
}

plan *plan_make(model *m) {
    return make(m, false);
}

plan *plan_for_run(model *m) {
    plan *p = make(m, true);
    plan_narrow(p);
    return p;
}
