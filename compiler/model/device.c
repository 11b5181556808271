// Devices: the law between the terminals, and inner nodes joined by ideal switches.
//
//   i = (g_bar + g_hat * s) * v;  der(s) = v;      -> equations for i and der(s) over all elements
//   v = (r_on + ...) * i;                          -> solved for i, which it is linear in
#include "model/elab.h"

void device_setup(elab *E, inst *d) {
    bool parts = false;
    for (const ast *item = d->def->b; item; item = item->next) {
        parts |= item->kind == AST_PARTS;
        if (item->kind == AST_TERMINAL && ast_length(item->a) != 2)
            not_built(E->diag, item->at, "a device with more or fewer than two terminals");
    }
    for (const ast *item = d->def->b; parts && item; item = item->next) {
        if (item->kind == AST_AT)
            not_built(E->diag, item->at, "an event in a device with inner nodes");
        if (item->kind == AST_IMPLICIT)
            not_built(E->diag, item->at, "an implicit equation (==) in a device with inner nodes");
    }
    if (parts) return; // crossbar.c makes and connects them
    int dim[MAX_DIMS];
    for (int k = 0; k < d->leads; k++)
        dim[k] = d->lead[k]->hi;
    for (int k = 0; k < 2; k++) {
        const char *name = k ? E->w_i : E->w_v;
        entity *e = scope_add(E, d, ENT_VAR, name, d->def->at, d->def);
        if (!e) return;
        e->decl = DECL_OUT;
        unit u = k ? unit_ampere : unit_volt;
        e->v = model_var(E->m, path_join_name(E, d->path, name), VAR_SIGNAL, TYPE_REAL, d->leads,
                         dim, u, d->def->at);
        e->v->lo = -1.0 / 0.0, e->v->hi = 1.0 / 0.0;
        e->v->turned = d->crossed;
        *(k ? &d->i : &d->v) = e->v;
    }
}

static bool mentions(const expr *e, const var *x) {
    if (!e) return false;
    if (e->kind == X_VAR && e->v == x) return true;
    for (int k = 0; k < e->nsub; k++)
        if (mentions(e->sub[k], x)) return true;
    return mentions(e->a, x) || mentions(e->b, x) || mentions(e->c, x);
}

static expr *both(arena *home, expr_kind kind, expr *a, expr *b) {
    if (!a)
        return kind == X_SUB ? expr_make(home, X_NEG, b->type, b->unit, b, NULL, NULL, b->at) : b;
    if (!b) return a;
    unit u = kind == X_MUL   ? unit_times(a->unit, b->unit, 1)
             : kind == X_DIV ? unit_times(a->unit, b->unit, -1)
                             : a->unit;
    return expr_make(home, kind, TYPE_REAL, u, a, b, NULL, a->at);
}

// NULL stands for 0 in slope and rest.
bool expr_linear(arena *home, expr *e, const var *x, expr **slope, expr **rest) {
    expr *s1, *r1, *s2, *r2;
    *slope = NULL, *rest = e;
    if (!mentions(e, x)) return true;
    *rest = NULL;
    switch (e->kind) {
    case X_VAR:
        *slope = expr_number(home, 1, e->at);
        return true;
    case X_NEG:
        if (!expr_linear(home, e->a, x, &s1, &r1)) return false;
        *slope = s1 ? both(home, X_SUB, NULL, s1) : NULL;
        *rest = r1 ? both(home, X_SUB, NULL, r1) : NULL;
        return true;
    case X_ADD:
    case X_SUB:
        if (!expr_linear(home, e->a, x, &s1, &r1) || !expr_linear(home, e->b, x, &s2, &r2))
            return false;
        *slope = s2 ? both(home, e->kind, s1, s2) : s1;
        *rest = r2 ? both(home, e->kind, r1, r2) : r1;
        return true;
    case X_MUL: {
        bool left = mentions(e->a, x);
        expr *factor = left ? e->b : e->a;
        if (mentions(factor, x) || !expr_linear(home, left ? e->a : e->b, x, &s1, &r1))
            return false;
        *slope = s1 ? both(home, X_MUL, s1->kind == X_NUM && s1->num == 1 ? factor : s1,
                           s1->kind == X_NUM && s1->num == 1 ? NULL : factor)
                    : NULL;
        *rest = r1 ? both(home, X_MUL, r1, factor) : NULL;
        return true;
    }
    case X_DIV:
        if (mentions(e->b, x) || !expr_linear(home, e->a, x, &s1, &r1)) return false;
        *slope = s1 ? both(home, X_DIV, s1, e->b) : NULL;
        *rest = r1 ? both(home, X_DIV, r1, e->b) : NULL;
        return true;
    default:
        return false;
    }
}

static void add_rates(elab *E, inst *d) {
    bind b = bind_in(E, d, IN_ANALOG);
    b.locals = d->lines;
    rates *group = NULL;
    for (const ast *item = d->def->b; item; item = item->next) {
        if (item->kind == AST_AT) {
            bind own = b;
            bind_trigger(&own, item);
        }
        if (item->kind != AST_EQUATION || item->a->kind != AST_CALL) continue;
        const ast *call = item->a;
        bool der =
            call->a->kind == AST_NAME && call->a->name == E->w_der && ast_length(call->b) == 1;
        entity *e = der && call->b->a->kind == AST_NAME ? scope_find(d, call->b->a->name) : NULL;
        if (!e || !e->v || e->v->kind != VAR_STATE) {
            const ast *of = call->b ? call->b->a : NULL;
            diag_report(E->diag, of ? of->at : call->at, DIAG_E0327,
                        of && of->name ? of->name : "this");
            continue;
        }
        unit u = unit_times(e->v->unit, unit_second, -1);
        expr *rhs = bind_as(&b, item->b, u, arena_text(E->home, "der(%s)", e->name));
        equation *q = make_equation(E, e->v, d->leads, b.lead, rhs, item->at);
        q->rate = true;
        if (!group) {
            group = arena_new_of(E->home, rates);
            group->name = d->path;
            group->at = d->def->at;
            vec_push(E->home, &E->m->rates, group);
        }
        vec_push(E->home, &group->rates, q);
    }
}

// The law as written: i = f or v = f; lets are ordinary equations.
static const ast *law_of(elab *E, inst *d, bool *gives_current) {
    bind b = bind_in(E, d, IN_ANALOG);
    b.locals = d->lines;
    const ast *law = NULL;
    for (const ast *item = d->def->b; item; item = item->next) {
        if (item->kind == AST_DECLS && item->op == DECL_LET)
            for (const ast *k = item->a; k; k = k->next)
                if (k->d) {
                    entity *e = scope_find(d, k->name);
                    expr *rhs = bind_as(&b, k->d, e->v->unit, k->name);
                    vec_push(E->home, &E->m->equations,
                             make_equation(E, e->v, d->leads, b.lead, rhs, k->at));
                }
        if (item->kind == AST_IMPLICIT) bind_implicit(&b, item, &E->m->implicits);
        if (item->kind != AST_EQUATION || item->a->kind == AST_CALL) continue;
        bool current = item->a->kind == AST_NAME && item->a->name == E->w_i;
        bool voltage = item->a->kind == AST_NAME && item->a->name == E->w_v;
        if (!current && !voltage) {
            bind_equation(&b, item->a, item->b, item->at, 0, INT64_MAX, &E->m->equations);
            continue;
        }
        if (law) {
            diag_report(E->diag, item->at, DIAG_E0425, d->def->name);
            diag_note(E->diag, law->at, "the first law is here");
            diag_help(E->diag, "one equation ties v and i together; the other is derived from it");
        }
        law = item;
        *gives_current = current;
    }
    if (!law) diag_report(E->diag, d->def->at, DIAG_E0401, d->def->name);
    return law;
}

static void device_law(elab *E, inst *d, bool want_current) {
    if (d->law_done) return;
    d->law_done = true;
    bool gives_current = false;
    const ast *law = law_of(E, d, &gives_current);
    bind b = bind_in(E, d, IN_ANALOG);
    b.locals = d->lines;
    if (law) {
        var *left = gives_current ? d->i : d->v, *wanted = want_current ? d->i : d->v;
        expr *rhs = bind_as(&b, law->b, left->unit, gives_current ? "i" : "v"), *slope, *rest;
        if (left != wanted) { // left = slope * wanted + rest
            if (!expr_linear(E->home, rhs, wanted, &slope, &rest) || !slope) {
                diag_report(E->diag, law->at, DIAG_E0402, d->def->name);
                slope = expr_number(E->home, 1, law->at), rest = NULL;
            }
            expr *known = expr_variable(E->home, left, d->leads, b.lead, law->at);
            rhs = both(E->home, X_DIV, rest ? both(E->home, X_SUB, known, rest) : known, slope);
            rhs->unit = wanted->unit;
        } // left stands on the right, too: a circle, which the plan solves
        vec_push(E->home, &E->m->equations,
                 make_equation(E, wanted, d->leads, b.lead, rhs, law->at));
    }
    add_rates(E, d);
}

void device_voltage_law(elab *E, inst *d) {
    device_law(E, d, true);
}
void device_current_law(elab *E, inst *d) {
    device_law(E, d, false);
}
