// The plan as text, for --dump=plan: every task with its modes, every function with its steps, and
// the reason for each choice.
#include "plan/plan.h"

#include "plan/fsm.h"

#include <string.h>

static void print_place(const plan *p, span at, text *out) {
    const source *s =
        at.file == 0 || p->model->diag == NULL ? NULL : diag_source(p->model->diag, at.file);
    if (s == NULL) return;
    int line, column;
    const char *slash = strrchr(s->path, '/');
    source_place(s, at.begin, &line, &column);
    text_add(out, "  (%s:%d)", slash != NULL ? slash + 1 : s->path, line);
}

static void print_element(const var *v, expr *const *sub, size_t n, text *out) {
    text_add(out, "%s", v->name);
    for (size_t k = 0; k < n; k++) {
        text_add(out, "%s", k == 0 ? "[" : ", ");
        expr_print(sub[k], out);
    }
    text_add(out, "%s", n > 0 ? "]" : "");
}

static void print_loop(const loop *l, text *out) {
    text_add(out, "%s in ", l->ix->name);
    expr_print(l->lo, out);
    text_add(out, " .. ");
    expr_print(l->hi, out);
}

static void print_reduce(const step *s, text *out) {
    print_element(s->target, s->sub.at, s->sub.n, out);
    text_add(out, " = %s(", red_name(s->op));
    print_loop(&s->over, out);
    if (s->condition != NULL) {
        text_add(out, " where ");
        expr_print(s->condition, out);
    }
    text_add(out, ": ");
    expr_print(s->rhs, out);
    text_add(out, ")  [%s, loop %s]", s->order == ORDER_INTERLEAVED ? "interleaved" : "sequential",
             s->form == FORM_OUTER ? "outside" : "inside");
}

static void print_edges(const char *before, expr *const *at, size_t n, text *out) {
    for (size_t k = 0; k < n; k++) {
        text_add(out, "%s", before);
        expr_print(at[k], out);
    }
}

static void print_advance(const step *s, text *out) {
    static const char *const methods[] = {"exact", "exponential", "adaptive"};
    text_add(out, "advance, %s", methods[s->method]);
    if (s->method == ADVANCE_ADAPTIVE) text_add(out, " to %g", s->tolerance);
    if (s->why != NULL) text_add(out, ": %s", s->why);
    if (s->pulse_phase >= 0) text_add(out, "; phase %d", s->pulse_phase);
    print_edges(", while high: ", s->on.at, s->on.n, out);
    print_edges(", after: ", s->off.at, s->off.n, out);
    for (size_t k = 0; k < s->states.n; k++) {
        text_add(out, "\n        der(");
        print_element(s->states.at[k], s->sub.at, s->sub.n, out);
        text_add(out, ") = ");
        expr_print(s->rates.at[k], out);
    }
    if (s->slope != NULL) {
        text_add(out, "\n        slope ");
        expr_print(s->slope, out);
    }
}

static void print_solve(const step *s, text *out) {
    text_add(out, "solve for ");
    for (size_t k = 0; k < s->island->unknowns.n; k++)
        text_add(out, "%s%s", k ? ", " : "", s->island->unknowns.at[k]->name);
    text_add(out, " by Newton's method, %ld unknown%s, %s and %s: %s", s->island->count,
             s->island->count == 1 ? "" : "s", s->rate_of->name, s->tangent_of->name, s->why);
}

static void print_follow(const step *s, text *out) {
    text_add(out, "follow ");
    for (size_t k = 0; k < s->island->unknowns.n; k++)
        text_add(out, "%s%s", k ? ", " : "", s->island->unknowns.at[k]->name);
    text_add(out, " by %s and %s: the residuals stand still", s->rate_of->name,
             s->tangent_of ? s->tangent_of->name : s->pattern_of->name);
}

static void print_step(const plan *p, const step *s, text *out) {
    text_add(out, "    ");
    for (size_t k = 0; k < s->loops.n; k++) {
        text_add(out, "%s", k == 0 ? "for " : ", ");
        print_loop(&s->loops.at[k], out);
    }
    text_add(out, "%s", s->loops.n > 0 ? ": " : "");
    switch (s->kind) {
    case STEP_MAP:
        print_element(s->target, s->sub.at, s->sub.n, out);
        text_add(out, " = ");
        expr_print(s->rhs, out);
        break;
    case STEP_REDUCE:
        print_reduce(s, out);
        break;
    case STEP_ADVANCE:
        print_advance(s, out);
        break;
    case STEP_FLOW:
        text_add(out, "flow %s by %s: %s", s->flow->name, s->rate_of ? s->rate_of->name : "nothing",
                 s->why);
        if (s->flow->gates.n) text_add(out, "; at rest while %s is 0", s->flow->gates.at[0]->name);
        if (s->tangent_of)
            text_add(out, "; its Jacobian by %s, which lies where %s says", s->tangent_of->name,
                     s->pattern_of->name);
        if (s->fire_of) text_add(out, "; its events: %s", s->fire_of->name);
        break;
    case STEP_SOLVE:
        print_solve(s, out);
        break;
    case STEP_FOLLOW:
        print_follow(s, out);
        break;
    case STEP_CHECK:
        text_add(out, "check ");
        expr_print(s->rhs, out);
        break;
    }
    if (s->note != NULL) text_add(out, "  -- %s", s->note);
    print_place(p, s->at, out);
    text_add(out, "\n");
}

static void print_function(const plan *p, const function *f, text *out) {
    text_add(out, "function %d %s: %s", f->id, f->name, f->purpose != NULL ? f->purpose : "");
    print_place(p, f->at, out);
    text_add(out, "\n");
    if (f->machine != NULL) {
        static const char *const roles[] = {"reset", "step", "pulses", "quiet", "skip"};
        text_add(out, "    the machine of %s: %s\n", f->machine->sequencer->name, roles[f->role]);
    }
    for (size_t k = 0; k < f->steps.n; k++)
        print_step(p, f->steps.at[k], out);
}

static void print_task(const task *t, text *out) {
    text_add(out, "task %d %s\n", t->id, t->name);
    for (size_t k = 0; k < t->modes.n; k++) {
        const mode *m = t->modes.at[k];
        text_add(out, "    when ");
        for (size_t i = 0; i < m->phases.n; i++) {
            text_add(out, "%s%s%s", i > 0 ? ", " : "", m->segments.at[i] < 0 ? "not " : "",
                     m->phases.at[i]->name);
            if (m->segments.at[i] > 0) text_add(out, " part %d", m->segments.at[i]);
        }
        text_add(out, "%s: %s\n", m->phases.n == 0 ? "ever" : "",
                 m->run != NULL ? m->run->name : "nothing");
    }
}

static void print_event(const char *when, const plan_event *e, text *out) {
    if (e == NULL) return;
    text_add(out, "    at %s", when);
    if (e->ticks != 0) text_add(out, " #%lld", (long long)e->ticks);
    text_add(out, ": %s, then %s\n", e->eval != NULL ? e->eval->name : "nothing",
             e->commit != NULL ? e->commit->name : "nothing");
}

static void print_phase(const plan_phase *f, text *out) {
    text_add(out, "phase %d %s, cells from %ld\n", f->act->id, f->act->name, f->state_cell);
    if (f->latch != NULL) text_add(out, "    latches: %s\n", f->latch->name);
    if (f->redraw != NULL) text_add(out, "    redraws: %s\n", f->redraw->name);
    print_event("begin", f->begin, out);
    for (size_t k = 0; k < f->at.n; k++)
        print_event("time", f->at.at[k], out);
    print_event("end", f->end, out);
    if (f->end_noise != NULL) text_add(out, "    noise at end: %s\n", f->end_noise->name);
}

static void print_cells(const plan *p, text *out) {
    text_add(out, "cells %ld\n", p->cells);
    for (size_t k = 0; k < p->model->vars.n; k++) {
        const var *v = p->model->vars.at[k];
        if (v->cell >= 0)
            text_add(out, "    %ld %s %s\n", v->cell, var_kind_name(v->kind), v->name);
    }
}

static void print_uses(const plan *p, text *out) {
    const function *const parts[] = {p->defaults, p->vary, p->init, p->trial};
    static const char *const names[] = {"defaults", "vary", "init", "trial"};
    for (size_t k = 0; k < 4; k++)
        if (parts[k] != NULL) text_add(out, "%s: %s\n", names[k], parts[k]->name);
    for (size_t k = 0; k < p->advance.n; k++)
        text_add(out, "advance %s: %s\n", p->model->rates.at[k]->name,
                 p->advance.at[k] != NULL ? p->advance.at[k]->name : "nothing");
    for (size_t k = 0; k < p->bits.n; k++)
        if (p->bits.at[k] != NULL)
            text_add(out, "bits of sequencer %zu: %s%s\n", k, p->bits.at[k]->name,
                     k < p->live_bits.n && p->live_bits.at[k] ? ", at every edge" : "");
    for (size_t k = 0; k < p->observers.n; k++)
        text_add(out, "observe %s: %s\n", p->observers.at[k].v->name, p->observers.at[k].run->name);
    for (size_t k = 0; k < p->checks.n; k++)
        text_add(out, "check %s: %s\n", p->checks.at[k].source->text, p->checks.at[k].run->name);
}

static void print_lanes(const plan *p, text *out) {
    if (p->lanes.flow != NULL)
        text_add(out, "repeats in lanes: %s by %s\n", p->lanes.flow->name, p->lanes.rates->name);
    else if (p->lanes.why != NULL)
        text_add(out, "repeats not in lanes: %s\n", p->lanes.why);
}

void plan_print(const plan *p, text *out) {
    text_add(out, "plan of %s\n", p->model->name);
    print_uses(p, out);
    print_lanes(p, out);
    for (size_t k = 0; k < p->phases.n; k++)
        print_phase(p->phases.at[k], out);
    for (size_t k = 0; k < p->tasks.n; k++)
        print_task(p->tasks.at[k], out);
    for (size_t k = 0; k < p->functions.n; k++)
        print_function(p, p->functions.at[k], out);
    print_cells(p, out);
}
