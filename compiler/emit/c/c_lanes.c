// The rates of a flow for several instances at once: each step with a loop over the lanes of
// lanes.h around its value, innermost, so that the compiler makes vector code of it. What one lane
// computes is what c_steps.c and c_reduce.c print, in the same order.
#include "emit/c/c.h"

static const char *const WIDTH = "[WEFT_LANES]";

// A value over all lanes: "for (int lane = 0; ...)" with one line in it.
__attribute__((format(printf, 2, 3))) static void each_lane(c_emitter *c, const char *format, ...) {
    va_list list;
    va_start(list, format);
    const char *line = arena_vtext(c->home, format, list);
    va_end(list);
    c_open(c, "for (int64_t %s = 0; %s < WEFT_LANES; %s++) {", c->lane, c->lane, c->lane);
    c_line(c, "%s", line);
    c_close(c, "}");
}

static const char *value_of(c_emitter *c, const step *s) {
    if (s->target->type == TYPE_REAL) return c_real(c, s->rhs);
    return s->target->type == TYPE_BOOL ? c_condition(c, s->rhs) : c_int(c, s->rhs);
}

static const char *target_of(c_emitter *c, const step *s) {
    return c_place(c, s->target, (int)s->sub.n, s->sub.at);
}

// One sum, or eight that are added in the end, as plan.h has it.
static void sum_step(c_emitter *c, const step *s) {
    bool parts = s->order == ORDER_INTERLEAVED;
    const char *sum = c_fresh(c, parts ? "part" : "sum"), *place;
    const char *guard = "", *lane = c->lane, *first = c_int(c, s->over.lo);
    c_line(c, parts ? "double %s[8]%s = {{0}};" : "double %s%s = {0};", sum, WIDTH);
    c_loop_open(c, &s->over);
    const char *k = c->bound.at[c->bound.n - 1].name;
    place = arena_text(c->home, "%s[%s]", sum, lane);
    if (parts) place = arena_text(c->home, "%s[(%s - %s) %% 8][%s]", sum, k, first, lane);
    if (s->condition != NULL) guard = arena_text(c->home, "if (%s) ", c_condition(c, s->condition));
    each_lane(c, "%s%s += %s;", guard, place, c_real(c, s->rhs));
    c_loop_close(c);
    const char *all = arena_text(c->home, "%s[%s]", sum, lane);
    if (parts) {
        const char *at[8];
        for (int i = 0; i < 8; i++)
            at[i] = arena_text(c->home, "%s[%d][%s]", sum, i, lane);
        all = arena_text(c->home, "((%s + %s) + (%s + %s)) + ((%s + %s) + (%s + %s))", at[0], at[4],
                         at[2], at[6], at[1], at[5], at[3], at[7]);
    }
    each_lane(c, "%s = %s;", target_of(c, s), all);
    if (s->loops.n > 0) namer_free(c->locals, sum);
}

static void one_step(c_emitter *c, const step *s) {
    c_quote(c, s->at, s->note);
    for (size_t k = 0; k < s->loops.n; k++)
        c_loop_open(c, &s->loops.at[k]);
    if (s->kind == STEP_REDUCE)
        sum_step(c, s);
    else
        each_lane(c, "%s = %s;", target_of(c, s), value_of(c, s));
    for (size_t k = 0; k < s->loops.n; k++)
        c_loop_close(c);
}

static void declare_locals(c_emitter *c, const function *f) {
    for (size_t k = 0; k < f->steps.n; k++) {
        const var *v = f->steps.at[k]->target;
        if (v->cell >= 0 || c->local[v->id] != NULL) continue;
        text dims = text_in(c->home);
        for (int d = 0; d < v->dims; d++)
            text_add(&dims, "[%d]", v->dim[d]);
        text_add(&dims, "%s", WIDTH);
        c->local[v->id] = c_fresh(c, v->name);
        c_line(c, "%s %s%s;", v->type == TYPE_REAL ? "double" : "int64_t", c->local[v->id],
               dims.at);
    }
}

static void rates_in_lanes(c_emitter *c, printer *p, const function *f, const char *lanes,
                           const char *name) {
    text body = text_in(c->home);
    printer lines = printer_on(&body, 4);
    lines.level = 1;
    c->p = &lines;
    c->now = f;
    c->bound.n = 0;
    c->quoted = (span){0, 0, 0};
    c->locals = namer_new(c->home, c->files);
    c->local = arena_array(c->home, c->plan->model->vars.n + 1, sizeof *c->local);
    namer_reserve(c->locals, "m");
    namer_reserve(c->locals, "block");
    c->lane = c_fresh(c, "lane");
    declare_locals(c, f);
    for (size_t k = 0; k < f->steps.n; k++)
        one_step(c, f->steps.at[k]);
    c->lane = NULL;
    print_line(p, "// %s, in all lanes", f->purpose);
    print_open(p, "static void %s(weft_cell *block) {", name);
    print_line(p, "%s *const m = (%s *)block;", lanes, lanes);
    text_put(p->out, body.at, body.n);
    print_close(p, "}");
    print_blank(p);
}

void c_lanes(c_emitter *c, printer *p) {
    const flow *f = c->plan->lanes.flow;
    if (f == NULL) return;
    const char *own = c->function[c->plan->lanes.rates->id];
    const char *lanes = namer_take(c->files, arena_text(c->home, "%s_lanes", c->model));
    const char *name = namer_take(c->files, arena_text(c->home, "%s_lanes", own));
    print_line(p, "// Instances side by side, lane by lane of each cell.");
    c_struct(c, p, lanes, WIDTH);
    print_blank(p);
    rates_in_lanes(c, p, c->plan->lanes.rates, lanes, name);
    print_line(p, "// the flow in all lanes");
    print_open(p, "static void flow_lanes(weft_cell *block) {");
    print_line(p, "weft_lanes_solve(block, &model_flows[%d], %s);", f->id, name);
    print_close(p, "}");
    print_blank(p);
}

void c_lanes_table(c_emitter *c, printer *p) {
    const plan *plan = c->plan;
    if (plan->lanes.flow == NULL) return;
    const char **items = arena_array(c->home, plan->lanes.reads.n + 1, sizeof *items);
    for (size_t k = 0; k < plan->lanes.reads.n; k++) {
        const var *v = plan->lanes.reads.at[k];
        items[k] = arena_text(c->home, "{%ld, %ld}", v->cell, var_count(v));
    }
    print_list(p, "static const weft_cells_of lanes_reads[] = {", items, plan->lanes.reads.n, "};");
    print_line(p,
               "static const weft_lanes model_lanes = {WEFT_LANES, flow_lanes, lanes_reads, %zu};",
               plan->lanes.reads.n);
    print_blank(p);
}
