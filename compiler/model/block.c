// What holds in a block outside every phase, and its assertions.
#include "model/elab.h"

static void bind_lets(bind *b, const ast *decls) {
    elab *E = b->E;
    for (const ast *d = decls->a; d; d = d->next) {
        if (!d->d) continue;
        ast *name = arena_new_of(E->home, ast);
        *name = (ast){.kind = AST_NAME, .at = d->at, .name = d->name};
        bind_equation(b, name, d->d, d->at, 0, INT64_MAX, &E->m->equations);
    }
}

// low = 2, high = 1
static void parameters_in(const inst *in, const ast *node, text *out) {
    for (; node; node = node->next) {
        const entity *e = node->kind == AST_NAME ? scope_find(in, node->name) : NULL;
        const char *named = e ? arena_text(out->home, "%s = ", node->name) : NULL;
        double x;
        if (e && e->kind == ENT_PARAM && e->value && expr_is_number(e->value, &x) &&
            !(out->n && strstr(out->at, named)))
            text_add(out, "%s%s%g", out->n ? ", " : "", named, x);
        parameters_in(in, node->a, out), parameters_in(in, node->b, out);
        parameters_in(in, node->c, out), parameters_in(in, node->d, out);
    }
}

static void bind_require(bind *b, const ast *item) {
    elab *E = b->E;
    const inst *in_force = b->in;
    bind c = *b;
    c.place = IN_CONSTANT;
    size_t before = diag_errors(E->diag);
    expr *e = expr_fold(E->home, bind_condition(&c, item->a));
    double truth;
    if (diag_errors(E->diag) != before) return;
    if (!expr_is_number(e, &truth))
        diag_report(E->diag, item->a->at, DIAG_E0313, "what is required");
    else if (truth == 0 && !E->alone) {
        text t = text_in(E->home);
        syntax_print_node(item->a, &t);
        diag_report(E->diag, item->at, DIAG_E0421, t.at);
        text values = text_in(E->home);
        parameters_in(in_force, item->a, &values);
        if (values.n) diag_note(E->diag, (span){0}, "here %s", values.at);
    }
}

// Plain names in index position that mean nothing else are free: what is said holds for all.
void bind_free_indices(bind *b, const ast *node, index **free, int *nfree) {
    for (; node; node = node->next) {
        if (node->kind == AST_INDEX)
            for (const ast *k = node->b; k; k = k->next)
                if (k->kind == AST_NAME && !local_find(b->locals, k->name) &&
                    !scope_find(b->in, k->name) && *nfree < MAX_DIMS) {
                    index *ix = model_index(b->E->m, k->name, 0, -1);
                    free[(*nfree)++] = ix;
                    b->locals =
                        local_push(b->E, b->locals, k->name, expr_index(b->E->home, ix, k->at));
                }
        if (node->kind == AST_REDUCE) continue;
        bind_free_indices(b, node->a, free, nfree), bind_free_indices(b, node->b, free, nfree);
        bind_free_indices(b, node->c, free, nfree), bind_free_indices(b, node->d, free, nfree);
    }
}

check *bind_check(bind *b, const ast *node, const char *where, activation *act) {
    elab *E = b->E;
    check *c = arena_new_of(E->home, check);
    text source = text_in(E->home);
    syntax_print_node(node, &source);
    bind inner = *b;
    for (int k = 0; k < (b->in ? b->in->leads : 0); k++)
        if (b->lead[k]->kind == X_INDEX) c->free[c->nfree++] = b->lead[k]->ix;
    ast only = *node;
    only.next = NULL;
    bind_free_indices(&inner, &only, c->free, &c->nfree);
    inner.inferring = true;
    bind_expr(&inner, node);
    inner.inferring = false;
    c->condition = bind_condition(&inner, node);
    c->text = source.at;
    c->where = where;
    c->at = node->at;
    c->act = act;
    vec_push(E->home, &E->m->checks, c);
    return c;
}

// der(s[j]) = rate;
void bind_rate(bind *b, const ast *item, equation_list *out) {
    elab *E = b->E;
    const ast *call = item->a;
    ref r = {0};
    bool der = call->a->kind == AST_NAME && call->a->name == E->w_der && ast_length(call->b) == 1;
    bind inner = *b;
    if (!der) {
        diag_report(E->diag, call->at, DIAG_E0319, "this", "not der() of a state");
        return;
    }
    if (!resolve(&inner, call->b->a, &r, true)) return;
    if (!r.v || r.v->kind != VAR_STATE || r.in != b->in) {
        diag_report(E->diag, call->b->a->at, DIAG_E0319, r.v ? r.v->name : "this",
                    "not a state of this block");
        return;
    }
    var shape = *r.v, *state = r.v;
    shape.unit = unit_times(state->unit, unit_second, -1);
    shape.name = arena_text(E->home, "der(%s)", state->name);
    r.v = &shape;
    equation_list rates = {0};
    bind_into(&inner, &r, item->b, item->at, 0, INT64_MAX, &rates);
    for (size_t k = 0; k < rates.n; k++) {
        rates.at[k]->target = state;
        rates.at[k]->rate = true;
        vec_push(E->home, out, rates.at[k]);
    }
}

void block_equations(elab *E, inst *in) {
    bind b = bind_in(E, in, IN_ANALOG);
    for (const ast *item = in->def->b; item; item = item->next) {
        bind own = b;
        switch (item->kind) {
        case AST_EQUATION:
            if (item->a->kind == AST_CALL)
                bind_rate(&own, item, &E->m->flow);
            else
                bind_equation(&own, item->a, item->b, item->at, 0, INT64_MAX, &E->m->equations);
            break;
        case AST_CONNECT:
            bind_connect(&own, item, 0, INT64_MAX, &E->m->equations);
            break;
        case AST_DECLS:
            if (item->op == DECL_LET || item->op == DECL_OUT || item->op == DECL_BIT)
                bind_lets(&own, item);
            break;
        case AST_ASSERT:
            bind_check(&own, item->a, in->path[0] ? in->path : E->m->name, NULL);
            break;
        case AST_REQUIRE:
            bind_require(&own, item);
            break;
        case AST_AT:
            bind_trigger(&own, item);
            break;
        case AST_IMPLICIT:
            bind_implicit(&own, item, &E->m->implicits);
            break;
        default:
            break;
        }
    }
}
