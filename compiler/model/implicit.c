// Implicit equations, a == b: each determines one unknown, a `let` that nothing else defines.
//
//   let u;  u^3 + u == x;     ->     u is the unknown of 0 = u^3 + u - x
//
// Which of several equations goes with which unknown does not matter to who solves them together;
// that there is a way to pair them is what makes them solvable at all (a matching of a bipartite
// graph, by augmenting paths).
#include "model/elab.h"

typedef struct pairing {
    elab *E;
    const implicit_list *of;
    VEC(var *) unknowns;
    map *equations; // variable -> equations that define it
    map *own;       // the same of the window of a phase in which they hold; NULL: outside phases
    bool *reads;    // [implicit][unknown]: it comes in, and has as many elements
    int *taken;     // by unknown: the implicit equation that determines it, -1: none
    bool *tried;    // by unknown, in one search
} pairing;

// ---- binding
// ----------------------------------------------------------------------------------------------

// Units that differ are reported where the whole equation is bound.
static expr *difference(bind *b, const ast *node) {
    expr *left = bind_expr(b, node->a), *right = bind_expr(b, node->b);
    if (left->any_unit) fit_unit(b, left, right->unit, node->a->at, "the left side");
    if (right->any_unit) fit_unit(b, right, left->unit, node->b->at, "the right side");
    return expr_make(b->E->home, X_SUB, TYPE_REAL, left->unit, left, right, NULL, node->at);
}

void bind_implicit(bind *b, const ast *item, implicit_list *into) {
    elab *E = b->E;
    int members = 0;
    ast only = *item->a;
    only.next = NULL;
    const char *family = family_index(b, &only, &members);
    for (int k = 0; family && k < members; k++) {
        bind one = *b;
        one.locals = local_push(E, b->locals, family, whole_number(E, k, item->at));
        bind_implicit(&one, item, into);
    }
    if (family) return;
    bind inner = *b;
    implicit *q = arena_new_of(E->home, implicit);
    for (int k = 0; k < (b->in ? b->in->leads : 0); k++)
        if (b->lead[k]->kind == X_INDEX) q->free[q->nfree++] = b->lead[k]->ix;
    bind_free_indices(&inner, &only, q->free, &q->nfree);
    inner.inferring = true;
    bind_expr(&inner, &only);
    inner.inferring = false;
    q->difference = difference(&inner, &only);
    q->to = INT64_MAX;
    q->at = item->at;
    vec_push(E->home, into, q);
}

// ---- pairing
// ----------------------------------------------------------------------------------------------

typedef VEC(const equation *) equation_group;

static void note_equations(const pairing *p, map *into, const equation_list *list) {
    for (size_t k = 0; k < list->n; k++) {
        const char *key = (const char *)list->at[k]->target;
        equation_group *group = map_get(into, key);
        if (!group) {
            group = arena_new_of(p->E->home, equation_group);
            map_put(into, key, group);
        }
        vec_push(p->E->home, group, list->at[k]);
    }
}

typedef struct reading {
    const pairing *p;
    map *seen;
} reading;

static bool find_read(const expr *e, void *data) {
    reading *r = data;
    if (e->kind != X_VAR || map_get(r->seen, (const char *)e->v)) return true;
    map_put(r->seen, (const char *)e->v, e->v);
    const equation_group *group = map_get(r->p->equations, (const char *)e->v);
    for (size_t k = 0; group && k < group->n; k++)
        expr_walk(group->at[k]->rhs, find_read, r);
    return true;
}

static double elements_of(const implicit *q) {
    double n = 1;
    for (int k = 0; k < q->nfree; k++)
        n *= q->free[k]->hi > q->free[k]->lo ? q->free[k]->hi - q->free[k]->lo : 0;
    return n;
}

static bool note_direct(const expr *e, void *data) {
    map *direct = data;
    if (e->kind == X_VAR) map_put(direct, (const char *)e->v, e->v);
    return true;
}

// Unknowns: what some implicit equation reads, directly or not, and nothing defines. In a phase, if
// `replacing`, also what one reads by name and only the block defines: the phase replaces that.
static void find_unknowns(pairing *p, bool replacing) {
    elab *E = p->E;
    reading all = {p, map_new(E->home)};
    map *direct = map_new(E->home);
    p->unknowns.n = 0;
    for (size_t k = 0; k < p->of->n; k++) {
        expr_walk(p->of->at[k]->difference, find_read, &all);
        if (replacing) expr_walk(p->of->at[k]->difference, note_direct, direct);
    }
    for (size_t i = 0; i < E->insts.n; i++)
        for (size_t k = 0; k < map_count(E->insts.at[i]->scope); k++) {
            const entity *e = map_value(E->insts.at[i]->scope, k);
            if (e->kind != ENT_VAR || e->decl != DECL_LET || !e->v || e->v->kind != VAR_SIGNAL)
                continue;
            const char *key = (const char *)e->v;
            bool free = map_get(all.seen, key) && !map_get(p->equations, key),
                 replaced = map_get(direct, key) && !map_get(p->own, key);
            if (free || replaced) vec_push(E->home, &p->unknowns, e->v);
        }
    size_t n = p->unknowns.n;
    p->reads = arena_array(E->home, p->of->n * n + 1, sizeof *p->reads);
    p->taken = arena_array(E->home, n + 1, sizeof *p->taken);
    p->tried = arena_array(E->home, n + 1, sizeof *p->tried);
    for (size_t k = 0; k < p->of->n; k++) {
        reading one = {p, map_new(E->home)};
        const implicit *q = p->of->at[k];
        expr_walk(q->difference, find_read, &one);
        for (size_t u = 0; u < n; u++)
            p->reads[k * n + u] = map_get(one.seen, (const char *)p->unknowns.at[u]) &&
                                  elements_of(q) == (double)var_count(p->unknowns.at[u]);
    }
    for (size_t u = 0; u < n; u++)
        p->taken[u] = -1;
}

static bool take(pairing *p, size_t nth) {
    for (size_t u = 0; u < p->unknowns.n; u++) {
        if (!p->reads[nth * p->unknowns.n + u] || p->tried[u]) continue;
        p->tried[u] = true;
        if (p->taken[u] >= 0 && !take(p, (size_t)p->taken[u])) continue;
        p->taken[u] = (int)nth;
        return true;
    }
    return false;
}

static bool counts_agree(pairing *p, bool say) {
    elab *E = p->E;
    double equations = 0, unknowns = 0;
    text names = text_in(E->home);
    text_add(&names, "%s", p->unknowns.n ? ": " : "");
    for (size_t k = 0; k < p->of->n; k++)
        equations += elements_of(p->of->at[k]);
    for (size_t u = 0; u < p->unknowns.n; u++) {
        unknowns += (double)var_count(p->unknowns.at[u]);
        text_add(&names, "%s%s", u ? ", " : "", p->unknowns.at[u]->name);
    }
    if (equations == unknowns) return true;
    if (!say) return false;
    diag_report(E->diag, p->of->at[0]->at, DIAG_E0430, equations, unknowns, names.at);
    for (size_t k = 1; k < p->of->n; k++)
        diag_note(E->diag, p->of->at[k]->at, "another one is here");
    diag_help(E->diag,
              p->own ? "an unknown in a phase is a `let` that nothing defines, or else that "
                       "an equation names and the phase does not define"
                     : "an unknown is a `let` without a value that no other equation defines");
    return false;
}

static void pair(pairing *p, equation_list *to) {
    elab *E = p->E;
    for (size_t k = 0; k < p->of->n; k++) {
        memset(p->tried, 0, p->unknowns.n * sizeof *p->tried);
        if (take(p, k)) continue;
        diag_report(E->diag, p->of->at[k]->at, DIAG_E0431);
        diag_help(E->diag, "each needs an unknown that it reads, with as many elements as it has");
        return;
    }
    for (size_t u = 0; u < p->unknowns.n; u++) {
        const implicit *from = p->of->at[p->taken[u]];
        equation *q = arena_new_of(E->home, equation);
        *q = (equation){.target = p->unknowns.at[u],
                        .nfree = from->nfree,
                        .rhs = from->difference,
                        .implicit = true,
                        .from = from->from,
                        .to = from->to,
                        .at = from->at};
        memcpy(q->free, from->free, sizeof from->free);
        vec_push(E->home, to, q);
    }
}

static void note_activation(const pairing *p, map *into, const activation *a) {
    note_equations(p, into, &a->equations);
    for (size_t k = 0; k < a->pulses.n; k++) {
        equation_list on = {0};
        vec_push(p->E->home, &on, a->pulses.at[k]->on);
        note_equations(p, into, &on);
    }
}

static void pair_outside(elab *E) {
    pairing p = {.E = E, .of = &E->m->implicits, .equations = map_new(E->home)};
    note_equations(&p, p.equations, &E->m->equations);
    for (size_t a = 0; a < E->m->activations.n; a++)
        note_activation(&p, p.equations, E->m->activations.at[a]);
    find_unknowns(&p, false);
    if (counts_agree(&p, true)) pair(&p, &E->m->equations);
}

// What the phase itself says of just this window.
static void note_window(const pairing *p, const activation *a, int64_t from, int64_t to) {
    equation_list same = {0};
    for (size_t k = 0; k < a->equations.n; k++)
        if (a->equations.at[k]->from == from && a->equations.at[k]->to == to)
            vec_push(p->E->home, &same, a->equations.at[k]);
    for (size_t k = 0; from == 0 && to == INT64_MAX && k < a->pulses.n; k++)
        vec_push(p->E->home, &same, a->pulses.at[k]->on);
    note_equations(p, p->own, &same);
}

static void pair_window(elab *E, activation *a, int64_t from, int64_t to) {
    implicit_list of = {0};
    for (size_t k = 0; k < a->implicits.n; k++)
        if (a->implicits.at[k]->from == from && a->implicits.at[k]->to == to)
            vec_push(E->home, &of, a->implicits.at[k]);
    pairing p = {.E = E, .of = &of, .equations = map_new(E->home), .own = map_new(E->home)};
    note_equations(&p, p.equations, &E->m->equations);
    note_activation(&p, p.equations, a);
    note_window(&p, a, from, to);
    find_unknowns(&p, false);
    if (!counts_agree(&p, false)) {
        find_unknowns(&p, true);
        if (!counts_agree(&p, true)) return;
    }
    pair(&p, &a->equations);
}

static void pair_phase(elab *E, activation *a) {
    for (size_t k = 0; k < a->implicits.n; k++) {
        const implicit *q = a->implicits.at[k];
        bool done = false;
        for (size_t j = 0; j < k; j++)
            done |= a->implicits.at[j]->from == q->from && a->implicits.at[j]->to == q->to;
        if (!done) pair_window(E, a, q->from, q->to);
    }
}

// Gives each implicit equation the unknown that it determines.
void pair_implicits(elab *E) {
    if (diag_errors(E->diag)) return;
    if (E->m->implicits.n) pair_outside(E);
    for (size_t a = 0; a < E->m->activations.n; a++)
        if (E->m->activations.at[a]->implicits.n) pair_phase(E, E->m->activations.at[a]);
}
