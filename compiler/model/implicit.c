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
    VEC(var *) unknowns;
    map *equations; // variable -> equations that define it
    bool *reads;    // [implicit][unknown]: it comes in, and has as many elements
    int *taken;     // by unknown: the implicit equation that determines it, -1: none
    bool *tried;    // by unknown, in one search
} pairing;

// ---- binding
// ----------------------------------------------------------------------------------------------

static expr *difference(bind *b, const ast *node) {
    elab *E = b->E;
    expr *left = bind_expr(b, node->a), *right;
    if (left->any_unit || left->kind == X_NUM) {
        right = bind_expr(b, node->b);
        left = bind_as(b, node->a, right->unit, "the left side");
    } else {
        right = bind_as(b, node->b, left->unit, "the right side");
    }
    return expr_make(E->home, X_SUB, TYPE_REAL, left->unit, left, right, NULL, node->at);
}

void bind_implicit(bind *b, const ast *item) {
    elab *E = b->E;
    int members = 0;
    ast only = *item->a;
    only.next = NULL;
    const char *family = family_index(b, &only, &members);
    for (int k = 0; family && k < members; k++) {
        bind one = *b;
        one.locals = local_push(E, b->locals, family, whole_number(E, k, item->at));
        bind_implicit(&one, item);
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
    q->at = item->at;
    vec_push(E->home, &E->m->implicits, q);
}

// ---- pairing
// ----------------------------------------------------------------------------------------------

typedef VEC(const equation *) equation_group;

static void note_equations(pairing *p, const equation_list *list) {
    for (size_t k = 0; k < list->n; k++) {
        const char *key = (const char *)list->at[k]->target;
        equation_group *group = map_get(p->equations, key);
        if (!group) {
            group = arena_new_of(p->E->home, equation_group);
            map_put(p->equations, key, group);
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

// Unknowns: what some implicit equation reads, directly or not, and nothing defines.
static void find_unknowns(pairing *p) {
    elab *E = p->E;
    reading all = {p, map_new(E->home)};
    for (size_t k = 0; k < E->m->implicits.n; k++)
        expr_walk(E->m->implicits.at[k]->difference, find_read, &all);
    for (size_t i = 0; i < E->insts.n; i++)
        for (size_t k = 0; k < map_count(E->insts.at[i]->scope); k++) {
            const entity *e = map_value(E->insts.at[i]->scope, k);
            if (e->kind == ENT_VAR && e->decl == DECL_LET && e->v && e->v->kind == VAR_SIGNAL &&
                map_get(all.seen, (const char *)e->v) && !map_get(p->equations, (const char *)e->v))
                vec_push(E->home, &p->unknowns, e->v);
        }
    size_t n = p->unknowns.n;
    p->reads = arena_array(E->home, E->m->implicits.n * n + 1, sizeof *p->reads);
    p->taken = arena_array(E->home, n + 1, sizeof *p->taken);
    p->tried = arena_array(E->home, n + 1, sizeof *p->tried);
    for (size_t k = 0; k < E->m->implicits.n; k++) {
        reading one = {p, map_new(E->home)};
        const implicit *q = E->m->implicits.at[k];
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

static bool counts_agree(pairing *p) {
    elab *E = p->E;
    double equations = 0, unknowns = 0;
    text names = text_in(E->home);
    text_add(&names, "%s", p->unknowns.n ? ": " : "");
    for (size_t k = 0; k < E->m->implicits.n; k++)
        equations += elements_of(E->m->implicits.at[k]);
    for (size_t u = 0; u < p->unknowns.n; u++) {
        unknowns += (double)var_count(p->unknowns.at[u]);
        text_add(&names, "%s%s", u ? ", " : "", p->unknowns.at[u]->name);
    }
    if (equations == unknowns) return true;
    diag_report(E->diag, E->m->implicits.at[0]->at, DIAG_E0430, equations, unknowns, names.at);
    for (size_t k = 1; k < E->m->implicits.n; k++)
        diag_note(E->diag, E->m->implicits.at[k]->at, "another one is here");
    diag_help(E->diag, "an unknown is a `let` without a value that no other equation defines");
    return false;
}

// Gives each implicit equation the unknown that it determines.
void pair_implicits(elab *E) {
    pairing p = {.E = E, .equations = map_new(E->home)};
    if (!E->m->implicits.n || diag_errors(E->diag)) return;
    note_equations(&p, &E->m->equations);
    for (size_t a = 0; a < E->m->activations.n; a++) {
        note_equations(&p, &E->m->activations.at[a]->equations);
        for (size_t k = 0; k < E->m->activations.at[a]->pulses.n; k++) {
            equation_list on = {0};
            vec_push(E->home, &on, E->m->activations.at[a]->pulses.at[k]->on);
            note_equations(&p, &on);
        }
    }
    find_unknowns(&p);
    if (!counts_agree(&p)) return;
    for (size_t k = 0; k < E->m->implicits.n; k++) {
        memset(p.tried, 0, p.unknowns.n * sizeof *p.tried);
        if (take(&p, k)) continue;
        diag_report(E->diag, E->m->implicits.at[k]->at, DIAG_E0431);
        diag_help(E->diag, "each needs an unknown that it reads, with as many elements as it has");
        return;
    }
    for (size_t u = 0; u < p.unknowns.n; u++) {
        const implicit *from = E->m->implicits.at[p.taken[u]];
        equation *q = arena_new_of(E->home, equation);
        *q = (equation){.target = p.unknowns.at[u],
                        .nfree = from->nfree,
                        .rhs = from->difference,
                        .implicit = true,
                        .to = INT64_MAX,
                        .at = from->at};
        memcpy(q->free, from->free, sizeof from->free);
        vec_push(E->home, &E->m->equations, q);
    }
}
