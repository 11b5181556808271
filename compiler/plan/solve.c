// Signals that depend on each other, and unknowns of implicit equations: solved together.
//
//   y = tanh(z);  z = x - y        residual: y - tanh(x - y);  solve: y so that it is 0
//
// On every circle one signal is taken as unknown (the one with the fewest elements, of these the
// one declared first); what else stands on the circle is computed from it. The unknowns that need
// each other make an island, with a function of what is left of their equations and its tangent.
#include "plan/build.h"
#include "weft.h"

enum { MOST_UNKNOWNS = 1000 };

static const char ONLY_JUMPS[] = "they follow each other by jumps only (conditions, argmax, sign, "
                                 "rounding): there is no derivative to solve them by";

// ---- which signal is the unknown
// ----------------------------------------------------------------------------------------------

// What stands on the stack behind `from`, beginning and ending with v.
static const char *circle_text(builder *b, size_t from, const var *v) {
    text t = text_in(b->home);
    size_t n = b->stack.n - from, first = 0;
    while (b->stack.at[from + first] != v)
        first++;
    for (size_t k = 0; k < n; k++)
        text_add(&t, "%s <- ", b->stack.at[from + (first + k) % n]->name);
    text_add(&t, "%s", v->name);
    return t.at;
}

static void report_circle(builder *b, const var *v, const char *circle, const char *why) {
    if (diag_said(b->s->m->diag, v->at, DIAG_E0407)) return;
    diag_report(b->s->m->diag, v->at, DIAG_E0407, circle);
    diag_note(b->s->m->diag, (span){0}, "%s", why);
    diag_help(b->s->m->diag, "put a `hold` on the way, or compute one of them in another phase");
}

// v is being resolved and is met again: the circle is cut at one of its signals.
void cut_circle(builder *b, var *v) {
    size_t from = 0;
    var *best = NULL;
    while (from < b->stack.n && b->stack.at[from] != v)
        from++;
    for (size_t k = from; k < b->stack.n; k++) {
        var *one = b->stack.at[k];
        if (info_of(b, one)->unknown) return; // it is cut already
        if (one->type != TYPE_REAL) continue;
        long here = var_count(one), least = best ? var_count(best) : 0;
        if (!best || here < least || (here == least && one->id < best->id)) best = one;
    }
    if (!best) {
        report_circle(b, v, circle_text(b, from, v), ONLY_JUMPS);
        return;
    }
    resolved *r = info_of(b, best);
    r->unknown = true;
    r->circle = circle_text(b, from, best);
    b->again = true;
}

// ---- what depends on what
// ----------------------------------------------------------------------------------------------

typedef struct reach {
    builder *b;
    map *seen;
} reach;

static bool find_reached(const expr *e, void *data) {
    reach *r = data;
    if (e->kind != X_VAR || e->v->kind != VAR_SIGNAL || map_get(r->seen, (const char *)e->v))
        return true;
    map_put(r->seen, (const char *)e->v, e->v);
    const resolved *info = info_of(r->b, e->v);
    for (size_t k = 0; k < info->parts.n; k++)
        expr_walk(info->parts.at[k], find_reached, r);
    return true;
}

// The signals that v is computed from, itself only when it stands on a circle.
static map *reached_from(builder *b, const var *v) {
    reach r = {b, map_new(b->home)};
    const resolved *info = info_of(b, v);
    for (size_t k = 0; k < info->parts.n; k++)
        expr_walk(info->parts.at[k], find_reached, &r);
    return r.seen;
}

bool depends_on_unknown(builder *b, const island *y, const var *v) {
    map *seen = reached_from(b, v);
    for (size_t k = 0; k < y->unknowns.n; k++)
        if (map_get(seen, (const char *)y->unknowns.at[k])) return true;
    return false;
}

typedef VEC(var *) var_list;

// The unknowns that v needs and that need v, by their ids; none: v is no unknown after all.
static var_list system_of(builder *b, const var *v) {
    var_list group = {0};
    map *from = reached_from(b, v);
    if (!map_get(from, (const char *)v)) return group;
    for (size_t k = 0; k < b->s->m->vars.n; k++) {
        var *u = b->s->m->vars.at[k];
        if (u->kind != VAR_SIGNAL || !map_get(from, (const char *)u)) continue;
        if (!info_of(b, u)->unknown) continue;
        if (u == v || map_get(reached_from(b, u), (const char *)v)) vec_push(b->home, &group, u);
    }
    return group;
}

// ---- the island, shared by all functions that solve for the same unknowns
// ----------------------------------------------------------------------------------------------

const equation *implicit_of(builder *b, const var *u) {
    const definitions *d = defs_of(b->s, u);
    if (!d || !d->implicit) return NULL;
    definition_list now = chosen_of(b, d, u);
    return now.n == 1 && now.at[0].q->implicit ? now.at[0].q : NULL;
}

static var *work_var(builder *b, const char *name, const char *more, int dims, const int *dim,
                     span at) {
    return model_var(b->s->m, arena_text(b->home, "%s.%s", name, more), VAR_TEMP, TYPE_REAL, dims,
                     dim, unit_none, at);
}

// An equation for each element of the unknown, by its own indices.
static int shape_of_residual(builder *b, const var *u, int *dim) {
    const equation *q = implicit_of(b, u);
    int dims = q ? q->nfree : u->dims;
    for (int k = 0; k < dims; k++)
        dim[k] = q ? q->free[k]->hi : u->dim[k];
    return dims;
}

static bool has_shape(builder *b, const var *u, const var *residual) {
    int dim[MAX_DIMS + MAX_DIMS], dims = shape_of_residual(b, u, dim);
    return dims == residual->dims && !memcmp(dim, residual->dim, (size_t)dims * sizeof *dim);
}

static void add_unknown(builder *b, island *y, var *u) {
    int dim[MAX_DIMS + MAX_DIMS], dims = shape_of_residual(b, u, dim);
    vec_push(b->home, &y->unknowns, u);
    vec_push(b->home, &y->dots, work_var(b, u->name, "dot", u->dims, u->dim, u->at));
    var *left = work_var(b, u->name, "left", dims, dim, u->at);
    vec_push(b->home, &y->residuals, left);
    vec_push(b->home, &y->residual_dots, work_var(b, left->name, "dot", dims, dim, u->at));
    y->count += var_count(u);
}

static island *make_island(builder *b, const var_list *group) {
    for (size_t k = 0; k < b->s->p->islands.n; k++) {
        island *y = b->s->p->islands.at[k];
        bool same = y->unknowns.n == group->n;
        for (size_t j = 0; same && j < group->n; j++)
            same =
                y->unknowns.at[j] == group->at[j] && has_shape(b, group->at[j], y->residuals.at[j]);
        if (same) return y;
    }
    island *y = arena_new_of(b->home, island);
    y->at = group->at[0]->at;
    y->name = group->at[0]->name;
    for (size_t k = 0; k < group->n; k++)
        add_unknown(b, y, group->at[k]);
    if (y->count > MOST_UNKNOWNS) {
        diag_report(b->s->m->diag, y->at, DIAG_E0432, y->name, y->count, MOST_UNKNOWNS);
        return NULL;
    }
    int dim[1] = {(int)(y->count * (y->count + WEFT_NEWTON_WORK))};
    y->work = work_var(b, y->name, "work", 1, dim, y->at);
    y->id = (int)b->s->p->islands.n;
    vec_push(b->home, &b->s->p->islands, y);
    return y;
}

// ---- what is left of the equations
// ----------------------------------------------------------------------------------------------

// residual = unknown - right side, or left side - right side
static void add_residual(builder *inner, size_t nth) {
    const island *y = inner->island;
    var *u = y->unknowns.at[nth];
    definition_list list = chosen_of(inner, defs_of(inner->s, u), u);
    for (size_t k = 0; k < list.n; k++) {
        const definition *d = &list.at[k];
        if (d->pulsed && inner->advancing) inner->bad_pulse = true;
        equation q = *d->q;
        expr *rhs = d->pulsed ? pulse_value(inner, d) : d->q->rhs;
        if (q.implicit) {
            for (int f = 0; f < q.nfree; f++)
                q.sub[f] = expr_index(inner->home, q.free[f], q.at);
            q.nsub = q.nfree;
        } else {
            expr *own = expr_variable(inner->home, u, q.nsub, q.sub, q.at);
            rhs = expr_make(inner->home, X_SUB, TYPE_REAL, u->unit, own, rhs, NULL, q.at);
        }
        add_map(inner, &q, y->residuals.at[nth], rhs);
        info_of(inner, u)->moving |=
            depends_on_state(inner, inner->f->steps.at[inner->f->steps.n - 1]->rhs);
    }
}

// What the tangent of an unknown's residual says: nothing (it is 0), only that the unknown itself
// moves (the rest of the circle jumps or stands still), or more.
typedef enum { SAYS_NOTHING, SAYS_ITSELF, SAYS_MORE } meaning;

static meaning meaning_of(const island *y, const function *tangent, size_t nth) {
    meaning best = SAYS_NOTHING;
    for (size_t k = 0; tangent && k < tangent->steps.n; k++) {
        const step *s = tangent->steps.at[k];
        if (s->target != y->residual_dots.at[nth]) continue;
        meaning here = s->rhs->kind == X_NUM && s->rhs->num == 0               ? SAYS_NOTHING
                       : s->rhs->kind == X_VAR && s->rhs->v == y->dots.at[nth] ? SAYS_ITSELF
                                                                               : SAYS_MORE;
        if (here == SAYS_NOTHING) return SAYS_NOTHING;
        if (here > best) best = here;
    }
    return best;
}

static bool can_be_solved(builder *b, const island *y, const function *tangent) {
    bool more = false;
    for (size_t k = 0; k < y->unknowns.n; k++) {
        const equation *q = implicit_of(b, y->unknowns.at[k]);
        meaning says = meaning_of(y, tangent, k);
        more |= says == SAYS_MORE || q;
        if (says != SAYS_NOTHING) continue;
        if (q)
            diag_report(b->s->m->diag, q->at, DIAG_E0431);
        else
            report_circle(b, y->unknowns.at[k], info_of(b, y->unknowns.at[k])->circle,
                          "they hold whatever their values are: nothing says which");
        return false;
    }
    if (!more)
        report_circle(b, y->unknowns.at[0], info_of(b, y->unknowns.at[0])->circle, ONLY_JUMPS);
    return more;
}

static function *residual_function(builder *b, island *y) {
    function *f = make_function(
        b->s, arena_text(b->home, "%s_without_%s", b->f->name, identifier(b->home, y->name)),
        arena_text(b->home, "what is left of the equations for %s", y->name), y->at);
    f->rates = true;
    builder inner = builder_in(b->s, f, b->now, b->active);
    inner.fixed = b->fixed;
    inner.ticks = b->ticks;
    inner.advancing = b->advancing;
    inner.lenient = b->lenient;
    inner.outer = b;
    inner.island = y;
    for (size_t k = 0; k < y->unknowns.n; k++) {
        add_residual(&inner, k);
        info_of(b, y->unknowns.at[k])->moving |= info_of(&inner, y->unknowns.at[k])->moving;
    }
    b->bad_pulse |= inner.bad_pulse;
    return keep_function(b->s, f);
}

static const char *reason(builder *b, const island *y) {
    const char *circle = info_of(b, y->unknowns.at[0])->circle;
    return circle ? arena_text(b->home, "they depend on each other, %s", circle)
                  : "implicit equations give them";
}

// Adds the step that finds v and the unknowns that go with it; false: v is none of them.
bool solve_unknown(builder *b, var *v) {
    if (!info_of(b, v)->unknown) return false;
    var_list group = system_of(b, v);
    const equation *alone = group.n ? NULL : implicit_of(b, v);
    if (alone) diag_report(b->s->m->diag, alone->at, DIAG_E0431);
    if (alone) info_of(b, v)->computed = true;
    if (!group.n) return alone != NULL;
    for (size_t k = 0; k < group.n; k++)
        info_of(b, group.at[k])->computed = true;
    island *y = make_island(b, &group);
    if (!y) return true;
    size_t n = y->unknowns.n;
    function *left = residual_function(b, y);
    dot *inputs = arena_array(b->home, n, sizeof *inputs),
        *outputs = arena_array(b->home, n, sizeof *outputs);
    for (size_t k = 0; k < n; k++) {
        inputs[k] = (dot){y->unknowns.at[k], y->dots.at[k]};
        outputs[k] = (dot){y->residuals.at[k], y->residual_dots.at[k]};
    }
    function *tangent = tangent_function(b->s, left, false, inputs, n, outputs, n);
    if (!can_be_solved(b, y, tangent)) return true;
    step *s = add_step(b, STEP_SOLVE, y->at);
    s->island = y;
    s->rate_of = left;
    s->tangent_of = tangent;
    s->why = reason(b, y);
    return true;
}
