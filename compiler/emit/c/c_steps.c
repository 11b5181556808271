// The body of a function of steps.
#include "emit/c/c.h"

#include <math.h>

void c_loop_open(c_emitter *c, const loop *l) {
    const char *lo = c_int(c, l->lo), *hi = c_int(c, l->hi);
    const char *k = c_bind(c, l->ix);
    c_open(c, "for (int64_t %s = %s; %s < %s; %s++) {", k, lo, k, hi, k);
}

void c_loop_close(c_emitter *c) {
    c_unbind(c, 1);
    c_close(c, "}");
}

static const char *type_of(const var *v) {
    return v->type == TYPE_REAL ? "double" : "int64_t";
}

void c_assign(c_emitter *c, const step *s, const char *value) {
    const var *v = s->target;
    if (v->cell < 0 && c->once[v->id]) {
        c->local[v->id] = c_fresh(c, v->name);
        c_line(c, "const %s %s = %s;", type_of(v), c->local[v->id], value);
        return;
    }
    c_line(c, "%s = %s;", c_place(c, v, (int)s->sub.n, s->sub.at), value);
}

static void map_step(c_emitter *c, const step *s) {
    const char *value = s->target->type == TYPE_REAL   ? c_real(c, s->rhs)
                        : s->target->type == TYPE_BOOL ? c_condition(c, s->rhs)
                                                       : c_int(c, s->rhs);
    c_assign(c, s, value);
}

// The position of a failing element is counted along the loops.
static void check_step(c_emitter *c, const step *s, const char *nth) {
    const char *result = c_header(c, WEFT_RESULT);
    const char *holds = c_condition(c, s->rhs);
    if (nth == NULL) {
        c_line(c, "if (%s == 0 && !(%s)) %s = 1;", result, holds, result);
        return;
    }
    c_line(c, "%s++;", nth);
    c_line(c, "if (%s == 0 && !(%s)) %s = %s;", result, holds, result, nth);
}

// The integrator calls the rates, what is derived from them, and events through functions of its
// own form.
static const char *stage(c_emitter *c, const function *f) {
    if (f == NULL) return "NULL";
    const char *name = arena_text(c->home, "%s_stage", c->function[f->id]);
    if (c->staged[f->id]) return name;
    c->staged[f->id] = true;
    print_open(c->before, "static void %s(weft_cell *cells, const void *data) {", name);
    print_line(c->before, "(void)data;");
    print_line(c->before, "%s(cells);", c->function[f->id]);
    print_close(c->before, "}");
    print_blank(c->before);
    return name;
}

static void flow_step(c_emitter *c, const step *s) {
    const char *rates = stage(c, s->rate_of);
    if (s->tangent_of == NULL) {
        c_line(c, "weft_flow_solve(cells, &model_flows[%d], %s, %s, NULL);", s->flow->id, rates,
               stage(c, s->fire_of));
        return;
    }
    const char *tangent = stage(c, s->tangent_of), *pattern = stage(c, s->pattern_of);
    c_line(c, "weft_stiff_advance(cells, &model_flows[%d], %s, %s, %s, %s, NULL);", s->flow->id,
           rates, stage(c, s->fire_of), tangent, pattern);
}

static void one_step(c_emitter *c, const step *s) {
    c_quote(c, s->at, s->note);
    if (s->kind == STEP_REDUCE) {
        c_reduce(c, s);
        return;
    }
    if (s->kind == STEP_SOLVE) {
        const char *left = stage(c, s->rate_of), *tangent = stage(c, s->tangent_of);
        c_line(c, "weft_newton(cells, &model_islands[%d], %s, %s, NULL);", s->island->id, left,
               tangent);
        return;
    }
    if (s->kind == STEP_FOLLOW) {
        const char *along = stage(c, s->rate_of);
        const char *with = stage(c, s->tangent_of != NULL ? s->tangent_of : s->pattern_of);
        c_line(c, "weft_newton_%s(cells, &model_islands[%d], %s, %s, NULL);",
               s->tangent_of != NULL ? "tangent" : "pattern", s->island->id, along, with);
        return;
    }
    if (s->kind == STEP_FLOW) {
        if (s->rate_of != NULL) flow_step(c, s);
        return;
    }
    if (s->kind == STEP_ADVANCE) {
        c_advance(c, s);
        return;
    }
    const char *nth = NULL;
    if (s->kind == STEP_CHECK && s->loops.n > 0) {
        nth = c_fresh(c, "nth");
        c_line(c, "int64_t %s = 0;", nth);
    }
    for (size_t k = 0; k < s->loops.n; k++)
        c_loop_open(c, &s->loops.at[k]);
    if (s->kind == STEP_MAP)
        map_step(c, s);
    else
        check_step(c, s, nth);
    for (size_t k = 0; k < s->loops.n; k++)
        c_loop_close(c);
}

// ---- locals
// --------------------------------------------------------------------------------------

static bool is_local(const var *v) {
    return v != NULL && v->cell < 0 && v->kind != VAR_PARAM;
}

static void declare(c_emitter *c, const var *v) {
    text dims = text_in(c->home);
    text_put(&dims, "", 0);
    for (int d = 0; d < v->dims; d++)
        text_add(&dims, "[%d]", v->dim[d]);
    c->local[v->id] = c_fresh(c, v->name);
    c_line(c, "%s %s%s = %s;", type_of(v), c->local[v->id], dims.at, v->dims > 0 ? "{0}" : "0");
}

// A scalar that one step outside all loops sets is declared there; everything else at the top.
static void declare_locals(c_emitter *c, const function *f) {
    for (size_t k = 0; k < f->steps.n; k++) {
        const step *s = f->steps.at[k];
        if (!is_local(s->target) || c->local[s->target->id] != NULL) continue;
        size_t setters = 0;
        for (size_t i = 0; i < f->steps.n; i++)
            setters += f->steps.at[i]->target == s->target;
        c->once[s->target->id] = s->target->dims == 0 && s->loops.n == 0 && setters == 1;
        if (!c->once[s->target->id]) declare(c, s->target);
    }
}

void c_steps(c_emitter *c, const function *f) {
    declare_locals(c, f);
    for (size_t k = 0; k < f->steps.n; k++)
        one_step(c, f->steps.at[k]);
}
