// States moved over a stretch of time, one element after the other; see STEP_ADVANCE in plan.h.
#include "emit/c/c.h"

#include <math.h>

// ---- the stretch
// ---------------------------------------------------------------------------------

typedef struct stretch {
    const char *begin; // seconds after WEFT_FROM, NULL: 0
    const char *dt;
    bool guarded; // inside an `if` that is to be closed
} stretch;

// from = max(FROM, the end of every pulse of `off`), to = min(TO, the end of every one of `on`).
static stretch stretch_open(c_emitter *c, const step *s) {
    const char *tick = c_number(c->home, c->plan->model->tick);
    if (s->pulse_phase < 0 || (s->on.n == 0 && s->off.n == 0))
        return (stretch){NULL, c_header(c, WEFT_DT), false};
    const char *begin = c_phase(c, s->pulse_phase, WEFT_PHASE_BEGIN);
    const char *first = c_fresh(c, "first"), *last = c_fresh(c, "last");
    c_line(c, "int64_t %s = %s, %s = %s;", first, c_header(c, WEFT_FROM), last,
           c_header(c, WEFT_TO));
    for (size_t k = 0; k < s->off.n + s->on.n; k++) {
        bool off = k < s->off.n;
        const expr *cycles = off ? s->off.at[k] : s->on.at[k - s->off.n];
        const char *edge = c_fresh(c, off ? "off" : "on"), *moved = off ? first : last;
        const char *ticks = c_operand(c, cycles);
        if (s->period != 1) ticks = arena_text(c->home, "%s * %lld", ticks, (long long)s->period);
        c_line(c, "const int64_t %s = %s + %s;", edge, begin, ticks);
        c_line(c, "if (%s %s %s) %s = %s;", edge, off ? ">" : "<", moved, moved, edge);
    }
    c_open(c, "if (%s < %s) {", first, last);
    const char *dt = c_fresh(c, "dt");
    c_line(c, "const double %s = (double)(%s - %s) * %s;", dt, last, first, tick);
    const char *from = c_header(c, WEFT_FROM);
    return (stretch){arena_text(c->home, "(double)(%s - %s) * %s", first, from, tick), dt, true};
}

// ---- in one step
// ---------------------------------------------------------------------------------

// "s < lo ? lo : s > hi ? hi : s", without the bounds that are infinite.
static const char *clamped(c_emitter *c, const var *v, const char *s) {
    const char *lo = c_number(c->home, v->lo), *hi = c_number(c->home, v->hi);
    if (isinf(v->lo) && isinf(v->hi)) return s;
    if (isinf(v->hi)) return arena_text(c->home, "%s < %s ? %s : %s", s, lo, lo, s);
    if (isinf(v->lo)) return arena_text(c->home, "%s > %s ? %s : %s", s, hi, hi, s);
    return arena_text(c->home, "%s < %s ? %s : %s > %s ? %s : %s", s, lo, lo, s, hi, hi, s);
}

static const char *in_product(c_emitter *c, const expr *e) {
    return e->kind == X_MUL || e->kind == X_DIV ? c_real(c, e) : c_operand(c, e);
}

static void in_one_step(c_emitter *c, const step *s, const char *dt) {
    const char **next = arena_array(c->home, s->states.n + 1, sizeof *next);
    for (size_t k = 0; k < s->states.n; k++) {
        const char *place = c_place(c, s->states.at[k], (int)s->sub.n, s->sub.at);
        text change = text_in(c->home);
        text_add(&change, "%s * %s", in_product(c, s->rates.at[k]), dt);
        if (s->method == ADVANCE_EXPONENTIAL)
            text_add(&change, " * weft_phi(%s * %s)", in_product(c, s->slope), dt);
        bool bare = s->states.n == 1 && isinf(s->states.at[k]->lo) && isinf(s->states.at[k]->hi);
        if (bare) {
            c_line(c, "%s += %s;", place, change.at);
            return;
        }
        next[k] = c_fresh(c, "next");
        c_line(c, "const double %s = %s + %s;", next[k], place, change.at);
    }
    for (size_t k = 0; k < s->states.n; k++) {
        const char *place = c_place(c, s->states.at[k], (int)s->sub.n, s->sub.at);
        c_line(c, "%s = %s;", place, clamped(c, s->states.at[k], next[k]));
    }
}

// ---- the rate function
// ---------------------------------------------------------------------------

typedef struct conditions {
    c_emitter *c;
    VEC(const expr *) met;
    const step *s;
    bool moves;
} conditions;

static bool note_moving(const expr *e, void *data) {
    conditions *look = data;
    if (e->kind == X_TIME) look->moves = true;
    for (size_t k = 0; e->kind == X_VAR && k < look->s->states.n; k++)
        look->moves = look->moves || look->s->states.at[k] == e->v;
    return !look->moves;
}

// The conditions of `when` that the motion itself can change; as in the interpreter.
static bool note_branch(const expr *e, void *data) {
    conditions *all = data;
    if (e->kind != X_SELECT || all->met.n >= 62) return true;
    all->moves = false;
    expr_walk(e->a, note_moving, all);
    if (!all->moves) return true;
    for (size_t k = 0; k < all->met.n; k++)
        if (expr_same(all->met.at[k], e->a)) return true;
    vec_push(all->c->home, &all->met, e->a);
    return true;
}

typedef struct used_locals {
    c_emitter *c;
    VEC(const var *) vars;
} used_locals;

static bool note_local(const expr *e, void *data) {
    used_locals *used = data;
    if (e->kind != X_VAR || e->v->cell >= 0 || e->v->kind == VAR_PARAM) return true;
    for (size_t k = 0; k < used->vars.n; k++)
        if (used->vars.at[k] == e->v) return true;
    vec_push(used->c->home, &used->vars, e->v);
    return true;
}

static void rate_lines(c_emitter *c, const step *s) {
    conditions all = {.c = c, .s = s};
    for (size_t k = 0; k < s->rates.n; k++) {
        c_line(c, "rate[%zu] = %s;", k, c_real(c, s->rates.at[k]));
        expr_walk(s->rates.at[k], note_branch, &all);
    }
    if (all.met.n == 0) {
        c_line(c, "return 0;");
        return;
    }
    const char *branch = c_fresh(c, "branch");
    c_line(c, "int64_t %s = 0;", branch);
    for (size_t k = 0; k < all.met.n; k++)
        c_line(c, "if (%s) %s |= INT64_C(1) << %zu;", c_condition(c, all.met.at[k]), branch, k);
    c_line(c, "return %s;", branch);
}

// The struct through which a rate function sees its caller's locals: scalars by value, arrays by
// pointer. weft_integrate hands `cells` on without looking into them.
static void frame_struct(c_emitter *c, const char *name, const used_locals *used) {
    c_open(c, "typedef struct %s {", name);
    c_line(c, "weft_cell *cells;");
    for (size_t k = 0; k < used->vars.n; k++) {
        const var *v = used->vars.at[k];
        const char *type = v->type == TYPE_REAL ? "double" : "int64_t";
        text rest = text_in(c->home);
        text_put(&rest, "", 0);
        for (int d = 1; d < v->dims; d++)
            text_add(&rest, "[%d]", v->dim[d]);
        const char *member = used->c->local[v->id];
        if (v->dims == 0)
            c_line(c, "%s %s;", type, member);
        else if (v->dims == 1)
            c_line(c, "const %s *%s;", type, member);
        else
            c_line(c, "%s (*%s)%s;", type, member, rest.at);
    }
    c_close(c, "} %s;", name);
    print_blank(c->p);
}

// Prints the function before the current one; its body first, so that it declares what it uses.
static void rate_function(c_emitter *c, const step *s, const char *name, const char *frame,
                          const used_locals *used) {
    c_emitter inside = *c;
    text body = text_in(c->home);
    printer lines = printer_on(&body, 4);
    lines.level = 1;
    inside.p = &lines;
    inside.locals = namer_new(c->home, c->files);
    inside.rates = s;
    inside.uses_m = inside.uses_t = false;
    inside.bound.at = NULL;
    inside.bound.n = inside.bound.room = 0;
    static const char *const taken[] = {"m", "cells", "at", "t", "state", "rate", "frame"};
    for (size_t k = 0; k < sizeof taken / sizeof taken[0]; k++)
        namer_reserve(inside.locals, taken[k]);
    const char **outside = arena_array(c->home, used->vars.n + 1, sizeof *outside);
    for (size_t k = 0; k < used->vars.n; k++) {
        int id = used->vars.at[k]->id;
        outside[k] = c->local[id];
        c->local[id] = arena_text(c->home, "frame->%s", outside[k]);
    }
    for (size_t k = 0; k < s->loops.n; k++)
        c_bind(&inside, s->loops.at[k].ix);
    rate_lines(&inside, s);
    for (size_t k = 0; k < used->vars.n; k++)
        c->local[used->vars.at[k]->id] = outside[k];
    inside.p = c->before;
    if (frame != NULL) frame_struct(&inside, frame, used);
    c_line(&inside, "// Rates of change for weft_integrate; the result tells which branches hold.");
    c_open(&inside,
           "static int64_t %s(const weft_cell *cells, const int64_t *at, double t, "
           "const double *state, double *rate) {",
           name);
    if (frame != NULL) {
        c_line(&inside, "const %s *const frame = (const %s *)(const void *)cells;", frame, frame);
        if (inside.uses_m)
            c_line(&inside, "const %s *const m = (const %s *)frame->cells;", c->model, c->model);
    } else {
        if (inside.uses_m)
            c_line(&inside, "const %s *const m = (const %s *)cells;", c->model, c->model);
        else
            c_line(&inside, "(void)cells;");
    }
    bool indexed = false;
    for (size_t k = 0; k < inside.bound.n; k++) {
        if (!inside.bound.at[k].used) continue;
        indexed = true;
        c_line(&inside, "const int64_t %s = at[%zu];", inside.bound.at[k].name, k);
    }
    if (!indexed) c_line(&inside, "(void)at;");
    if (!inside.uses_t) c_line(&inside, "(void)t;");
    if (strstr(body.at, "state[") == NULL) c_line(&inside, "(void)state;");
    text_put(inside.p->out, body.at, body.n);
    c_close(&inside, "}");
    print_blank(inside.p);
    c->helpers = inside.helpers;
}

static const char *frame_of(c_emitter *c, const char *type, const used_locals *used) {
    text out = text_in(c->home);
    text_add(&out, "const %s frame = {cells", type);
    for (size_t k = 0; k < used->vars.n; k++)
        text_add(&out, ", %s", c->local[used->vars.at[k]->id]);
    text_add(&out, "};");
    return out.at;
}

static const char *list(c_emitter *c, const step *s,
                        const char *(*item)(c_emitter *c, const var *v)) {
    text out = text_in(c->home);
    for (size_t k = 0; k < s->states.n; k++)
        text_add(&out, "%s%s", k > 0 ? ", " : "", item(c, s->states.at[k]));
    return out.at;
}

static const char *lo_of(c_emitter *c, const var *v) {
    return c_number(c->home, v->lo);
}

static const char *hi_of(c_emitter *c, const var *v) {
    return c_number(c->home, v->hi);
}

static void adaptively(c_emitter *c, const step *s, const stretch *part, const char *name,
                       const char *cells) {
    const char *at = "NULL", *state = c_fresh(c, "state"), *status = c_fresh(c, "status");
    const char *lo = c_fresh(c, "lo"), *hi = c_fresh(c, "hi");
    size_t n = s->states.n;
    if (s->loops.n > 0) {
        text items = text_in(c->home);
        for (size_t k = 0; k < s->loops.n; k++)
            text_add(&items, "%s%s", k > 0 ? ", " : "",
                     c->bound.at[c->bound.n - s->loops.n + k].name);
        at = c_fresh(c, "at");
        c_line(c, "const int64_t %s[] = {%s};", at, items.at);
    }
    c_line(c, "static const double %s[] = {%s}, %s[] = {%s};", lo, list(c, s, lo_of), hi,
           list(c, s, hi_of));
    text places = text_in(c->home);
    for (size_t k = 0; k < n; k++)
        text_add(&places, "%s%s", k > 0 ? ", " : "",
                 c_place(c, s->states.at[k], (int)s->sub.n, s->sub.at));
    c_line(c, "double %s[] = {%s};", state, places.at);
    c_line(c, "const weft_status %s = weft_integrate(%s, %s, %s, %s, %s, %s, %zu, %s, %s, %s);",
           status, name, cells, at, part->begin != NULL ? part->begin : "0.0", part->dt, state, n,
           lo, hi, c_number(c->home, s->tolerance));
    for (size_t k = 0; k < n; k++)
        c_line(c, "%s = %s[%zu];", c_place(c, s->states.at[k], (int)s->sub.n, s->sub.at), state, k);
    const char *first = c_place(c, s->states.at[0], (int)s->sub.n, s->sub.at);
    c_open(c, "if (%s != WEFT_OK && %s == WEFT_OK) {", status, c_header(c, WEFT_FAULT));
    c_line(c, "%s = (int64_t)%s;", c_header(c, WEFT_FAULT), status);
    c_line(c, "%s = 1 + ((const weft_cell *)(const void *)&%s - cells);",
           c_header(c, WEFT_FAULT_AT), first);
    c_close(c, "}");
}

void c_advance(c_emitter *c, const step *s) {
    if (s->why != NULL) c_line(c, "// %s", s->why);
    const char *name = NULL, *cells = "cells";
    if (s->method == ADVANCE_ADAPTIVE) {
        used_locals used = {.c = c};
        for (size_t k = 0; k < s->rates.n; k++)
            expr_walk(s->rates.at[k], note_local, &used);
        const char *own = c->function[c->now->id], *frame = NULL;
        name = namer_take(c->files, arena_text(c->home, "%s_rate", own));
        if (used.vars.n > 0) frame = namer_take(c->files, arena_text(c->home, "%s_frame", own));
        rate_function(c, s, name, frame, &used);
        if (frame != NULL) {
            namer_reserve(c->locals, "frame");
            c_line(c, "%s", frame_of(c, frame, &used));
            cells = "(const weft_cell *)(const void *)&frame";
        }
    }
    for (size_t k = 0; k < s->loops.n; k++)
        c_loop_open(c, &s->loops.at[k]);
    stretch part = stretch_open(c, s);
    if (s->method == ADVANCE_ADAPTIVE)
        adaptively(c, s, &part, name, cells);
    else
        in_one_step(c, s, part.dt);
    if (part.guarded) c_close(c, "}");
    for (size_t k = 0; k < s->loops.n; k++)
        c_loop_close(c);
}
