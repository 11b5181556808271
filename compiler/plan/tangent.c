// Tangents of functions: from a function of maps and reductions, one that computes what its results
// move by when its inputs move by their tangents. Every step becomes itself and its tangent; what
// nobody reads is left out, arrays stay loops:
//
//   s = sum(j: w[j] * x[j])        s = sum(j: w[j] * x[j])
//   y = tanh(s)               ->   s' = sum(j: w[j] * x'[j]);   y' = (1 - tanh(s)^2) * s'
//
// The pattern is the same with the sum of what is read in place of each derivative (derive.h): for
// one input that moves by 1, what is not 0 are the places at which the Jacobian's column can be not
// 0.
#include "plan/build.h"
#include "plan/derive.h"

typedef struct tangents {
    scheduler *s;
    arena *home;
    function *f;
    bool pattern;
    map *dots;      // variable -> its tangent
    VEC(dot) known; // the same
    map *copies;    // small temporary -> the one in this function
    derivation d;
} tangents;

static var *dot_of(const tangents *t, const var *v) {
    return map_get(t->dots, (const char *)v);
}

static void put_dot(tangents *t, var *v, var *tangent) {
    map_put(t->dots, (const char *)v, tangent);
    vec_push(t->home, &t->known, (dot){v, tangent});
}

static expr *tangent_of(const expr *read, void *data) {
    const tangents *t = data;
    var *dot = dot_of(t, read->v);
    return dot ? expr_variable(t->home, dot, read->nsub, read->sub, read->at) : NULL;
}

static var *inner_var(tangents *t, const char *name, value_type type, const var *like) {
    return model_var(t->s->m, name, VAR_TEMP, type, like->dims, like->dim, unit_none, like->at);
}

// ---- copies of the steps: a temporary that lives in its function needs one of its own here
// ----------------------------------------------------------------------------------------------

static var *copy_var(tangents *t, var *v) {
    if (!v || v->kind != VAR_TEMP || v->dims > 0) return v;
    var *own = map_get(t->copies, (const char *)v);
    if (own) return own;
    own = inner_var(t, arena_text(t->home, "%s.%s", t->f->name, v->name), v->type, v);
    own->unit = v->unit;
    map_put(t->copies, (const char *)v, own);
    return own;
}

static expr *replace_copied(expr *e, void *data) {
    tangents *t = data;
    if (e->kind != X_VAR || !map_get(t->copies, (const char *)e->v)) return NULL;
    return expr_variable(t->home, copy_var(t, e->v), 0, NULL, e->at);
}

static expr *copy_expr(tangents *t, expr *e) {
    return expr_replace(t->home, e, replace_copied, t);
}

static step *new_step(tangents *t, const step *like) {
    step *s = arena_new_of(t->home, step);
    *s = *like;
    vec_push(t->home, &t->f->steps, s);
    return s;
}

static step *copy_step(tangents *t, const step *from) {
    step *s = arena_new_of(t->home, step);
    *s = *from;
    s->rhs = copy_expr(t, from->rhs);
    s->condition = copy_expr(t, from->condition);
    s->target = copy_var(t, from->target);
    return s;
}

// ---- tangents of steps
// ----------------------------------------------------------------------------------------------

static expr *moves_by(tangents *t, const step *s) {
    if (!s->target || s->target->type != TYPE_REAL) return NULL;
    return t->pattern ? derive_pattern(&t->d, s->rhs) : derive(&t->d, s->rhs);
}

static void add_condition(tangents *t, step *s, expr *also) {
    s->condition = s->condition ? expr_make(t->home, X_AND, TYPE_BOOL, unit_none, also,
                                            s->condition, NULL, s->at)
                                : also;
}

// The largest moves by what its element moves by: the sum over the one place where it stands.
static void of_chosen(tangents *t, step *s, const step *of) {
    step *search = new_step(t, of);
    search->target = inner_var(t, arena_text(t->home, "%s.%s.place", t->f->name, of->target->name),
                               TYPE_INT, of->target);
    search->op = of->op == RED_MAX ? RED_ARGMAX : RED_ARGMIN;
    expr *place = expr_variable(t->home, search->target, (int)of->sub.n, of->sub.at, of->at);
    add_condition(t, s,
                  expr_make(t->home, X_EQ, TYPE_BOOL, unit_none,
                            expr_index(t->home, of->over.ix, of->at), place, NULL, of->at));
    s->order = ORDER_SEQUENTIAL;
}

static void add_tangent(tangents *t, const step *of) {
    var *dot = dot_of(t, of->target);
    if (!dot) return;
    expr *rhs = moves_by(t, of);
    step s = *of;
    s.target = dot;
    s.rhs = rhs ? rhs : expr_number(t->home, 0, of->at);
    if (of->kind == STEP_REDUCE && t->pattern) {
        s.op = RED_SUM;
        s.condition = derive_condition(t->home, of->condition);
    }
    if (of->kind == STEP_REDUCE && !t->pattern && (of->op == RED_MAX || of->op == RED_MIN)) {
        s.op = RED_SUM;
        of_chosen(t, &s, of);
    }
    new_step(t, &s);
}

// ---- unknowns that are solved for: R(u, x) = 0, so that R_u u' = -R_x x'
// ----------------------------------------------------------------------------------------------

static function *derived_function(scheduler *s, const function *of, const char *word, bool pattern,
                                  const dot *inputs, size_t in, const dot *outputs, size_t out);

static bool moves_any(const function *f, const dot *outputs, size_t n) {
    for (size_t k = 0; k < f->steps.n; k++)
        for (size_t o = 0; o < n; o++)
            if (f->steps.at[k]->target == outputs[o].tangent && !is_value(f->steps.at[k]->rhs, 0))
                return true;
    return false;
}

static bool note_shared(const expr *e, void *data) {
    const tangents *t = data;
    for (size_t k = 0; e->kind == X_VAR && k < t->known.n; k++)
        if (t->known.at[k].tangent == e->v) e->v->shared = true;
    return true;
}

// NULL: nothing that the equations read moves.
static step *follow(tangents *t, const step *solve) {
    const island *y = solve->island;
    size_t n = y->unknowns.n;
    dot *unknowns = arena_array(t->home, n, sizeof *unknowns),
        *left = arena_array(t->home, n, sizeof *left);
    for (size_t k = 0; k < n; k++) {
        unknowns[k] = (dot){y->unknowns.at[k], y->dots.at[k]};
        left[k] = (dot){y->residuals.at[k], y->residual_dots.at[k]};
    }
    function *along = derived_function(t->s, solve->rate_of, t->pattern ? "along_pattern" : "along",
                                       t->pattern, t->known.at, t->known.n, left, n);
    if (!along || !moves_any(along, left, n)) return NULL;
    for (size_t k = 0; k < along->steps.n; k++) {
        expr_walk(along->steps.at[k]->rhs, note_shared, t);
        expr_walk(along->steps.at[k]->condition, note_shared, t);
    }
    step *s = arena_new_of(t->home, step);
    *s = (step){.kind = STEP_FOLLOW, .at = solve->at, .pulse_phase = -1};
    s->island = solve->island;
    s->rate_of = along;
    if (t->pattern)
        s->pattern_of =
            derived_function(t->s, solve->rate_of, "pattern", true, unknowns, n, left, n);
    else
        s->tangent_of = solve->tangent_of;
    for (size_t k = 0; k < n; k++)
        put_dot(t, unknowns[k].of, unknowns[k].tangent);
    return s;
}

// ---- what is needed
// ----------------------------------------------------------------------------------------------

static bool note_read(const expr *e, void *data) {
    map *live = data;
    if (e->kind == X_VAR) map_put(live, (const char *)e->v, e->v);
    return true;
}

static bool is_read(const map *live, const step *s) {
    if (s->kind != STEP_FOLLOW) return map_get(live, (const char *)s->target) != NULL;
    bool any = false;
    for (size_t k = 0; k < s->island->dots.n; k++)
        any |= map_get(live, (const char *)s->island->dots.at[k]) != NULL;
    return any;
}

static void note_reads(const step *s, map *live) {
    expr_walk(s->rhs, note_read, live);
    expr_walk(s->condition, note_read, live);
    for (size_t k = 0; s->kind == STEP_FOLLOW && k < s->rate_of->steps.n; k++)
        note_reads(s->rate_of->steps.at[k], live);
}

static void drop_unread(tangents *t, const dot *outputs, size_t n) {
    map *live = map_new(t->home);
    size_t kept = t->f->steps.n, all = kept;
    for (size_t k = 0; k < n; k++)
        map_put(live, (const char *)outputs[k].tangent, outputs[k].tangent);
    for (size_t k = all; k > 0; k--) {
        step *s = t->f->steps.at[k - 1];
        if (!is_read(live, s)) continue;
        t->f->steps.at[--kept] = s;
        note_reads(s, live);
    }
    memmove(t->f->steps.at, t->f->steps.at + kept, (all - kept) * sizeof *t->f->steps.at);
    t->f->steps.n = all - kept;
}

static function *derived_function(scheduler *s, const function *of, const char *word, bool pattern,
                                  const dot *inputs, size_t in, const dot *outputs, size_t out) {
    tangents t = {.s = s, .home = s->home, .pattern = pattern};
    t.dots = map_new(s->home);
    t.copies = map_new(s->home);
    t.d = (derivation){s->home, tangent_of, &t};
    t.f = make_function(s, arena_text(s->home, "%s_%s", of->name, word),
                        arena_text(s->home, "%s of %s", word, of->name), of->at);
    t.f->rates = of->rates;
    for (size_t k = 0; k < in; k++)
        put_dot(&t, inputs[k].of, inputs[k].tangent);
    step **copies = arena_array(s->home, of->steps.n + 1, sizeof(step *));
    for (size_t k = 0; k < of->steps.n; k++) {
        if (of->steps.at[k]->kind == STEP_SOLVE) {
            copies[k] = follow(&t, of->steps.at[k]); // the unknowns have their values
            continue;
        }
        step *c = copies[k] = copy_step(&t, of->steps.at[k]);
        var *v = of->steps.at[k]->target, *dot = NULL;
        for (size_t o = 0; o < out; o++)
            if (outputs[o].of == v) dot = outputs[o].tangent;
        if (!dot && !dot_of(&t, c->target) && moves_by(&t, c))
            dot = inner_var(&t, arena_text(s->home, "%s.%s.dot", t.f->name, v->name), TYPE_REAL, v);
        if (dot) put_dot(&t, c->target, dot);
    }
    for (size_t k = 0; k < of->steps.n; k++) {
        if (!copies[k]) continue;
        new_step(&t, copies[k]);
        if (copies[k]->kind != STEP_FOLLOW) add_tangent(&t, copies[k]);
    }
    drop_unread(&t, outputs, out);
    return keep_function(s, t.f);
}

function *tangent_function(scheduler *s, const function *of, bool pattern, const dot *inputs,
                           size_t in, const dot *outputs, size_t out) {
    return derived_function(s, of, pattern ? "pattern" : "tangent", pattern, inputs, in, outputs,
                            out);
}
