// Whether the repeats of an experiment can run side by side in the lanes of a vector: a small
// system that moves by itself, with nothing in its rates that only one instance can do at a time.
#include "model/experiment_model.h"
#include "plan/build.h"

#include <math.h>

enum { VECTOR = 16 };       // two of the longest vectors: a chain of operations in each
enum { MOST_CELLS = 4096 }; // eight instances fill a second-level cache of 256 KiB

typedef struct reading {
    plan *p;
    bool draws;
} reading;

static bool is_set(const function *f, const var *v) {
    for (size_t k = 0; k < f->steps.n; k++)
        if (f->steps.at[k]->target == v) return true;
    return false;
}

static bool note_read(const expr *e, void *data) {
    reading *r = data;
    plan_lanes_choice *l = &r->p->lanes;
    if (e->kind == X_DRAW) r->draws = true;
    if (e->kind != X_VAR || e->v->cell < 0 || is_set(l->rates, e->v)) return true;
    for (size_t k = 0; k < l->reads.n; k++)
        if (l->reads.at[k] == e->v) return true;
    vec_push(r->p->home, &l->reads, e->v);
    return true;
}

// A run by itself is vector code already.
static bool fills_a_vector(const loop *innermost) {
    return innermost->hi->num - innermost->lo->num >= VECTOR;
}

// NULL: every lane can do it, and gains by it.
static const char *step_refusal(const step *s) {
    if (s->loops.n > 0 && fills_a_vector(&s->loops.at[s->loops.n - 1]))
        return "its own loops fill a vector";
    if (s->kind == STEP_MAP) return NULL;
    if (s->kind == STEP_SOLVE) return "its rates solve equations";
    bool sum = s->kind == STEP_REDUCE && s->op == RED_SUM;
    if (!sum || s->target->type != TYPE_REAL || s->rhs->type != TYPE_REAL)
        return "its rates have reductions other than sums";
    return NULL;
}

static const char *rates_refusal(plan *p) {
    const function *f = p->lanes.rates;
    reading r = {p, false};
    for (size_t k = 0; k < f->steps.n; k++) {
        const step *s = f->steps.at[k];
        const char *why = step_refusal(s);
        if (why) return why;
        expr_walk(s->rhs, note_read, &r);
        if (s->condition) expr_walk(s->condition, note_read, &r);
        for (size_t d = 0; d < s->sub.n; d++)
            expr_walk(s->sub.at[d], note_read, &r);
    }
    return r.draws ? "its rates draw random numbers" : NULL;
}

static bool bounded(const flow *f) {
    for (size_t k = 0; k < f->states.n; k++)
        if (f->states.at[k]->lo > -INFINITY || f->states.at[k]->hi < INFINITY) return true;
    return false;
}

static bool others_move(const plan *p) {
    for (size_t k = 0; k < p->advance.n; k++)
        if (p->advance.at[k]) return true;
    return p->flows.n > 1;
}

static const char *refusal(plan *p) {
    const flow *f = p->flows.at[0];
    const task *t = p->flow_tasks.at[0];
    if (p->model->sequencers.n || p->phases.n) return "sequencers or phases drive it";
    if (others_move(p)) return "other states move beside it";
    if (f->method != FLOW_DOPRI) return "its solver is not dopri";
    if (bounded(f)) return "its states have bounds";
    if (f->watched > 0) return "events or conditions in it are located";
    if (p->cells > MOST_CELLS) return "it is large";
    const function *run = t->modes.n == 1 ? t->modes.at[0]->run : NULL;
    if (!run || run->steps.n != 1 || !run->steps.at[0]->rate_of) return "nothing moves it";
    p->lanes.rates = run->steps.at[0]->rate_of;
    return rates_refusal(p);
}

void plan_lanes(plan *p) {
    const experiment *x = p->model->experiment;
    if (!x || !x->presents || x->repeats < 2 || !p->flows.n) return;
    p->lanes.why = refusal(p);
    if (!p->lanes.why) p->lanes.flow = p->flows.at[0];
}
