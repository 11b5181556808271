// w.col[j] <- drive(v): a line's state and voltage, as two equations.
#include "model/elab.h"

static ast *number(elab *E, double value, span at) {
    ast *n = arena_new_of(E->home, ast);
    *n = (ast){.kind = AST_NUM, .num = value, .name = "", .at = at};
    return n;
}

// The same case distinction over the line's kind (which = 0) or its voltage (1).
static ast *side(elab *E, const ast *state, int which) {
    if (state->kind == AST_WHEN) {
        ast *when = arena_new_of(E->home, ast), **tail = &when->a;
        *when = *state;
        for (const ast *c = state->a; c; c = c->next) {
            ast *copy = arena_new_of(E->home, ast);
            *copy = *c;
            copy->b = side(E, c->b, which);
            *tail = copy;
            tail = &copy->next;
        }
        when->b = side(E, state->b, which);
        return when;
    }
    if (state->kind == AST_NAME && !strcmp(state->name, "open"))
        return number(E, which ? 0 : LINE_OPEN, state->at);
    if (state->kind == AST_NAME && !strcmp(state->name, "sense"))
        return number(E, which ? 0 : LINE_SENSE, state->at);
    bool call = state->kind == AST_CALL && state->a->kind == AST_NAME;
    if (call && (!strcmp(state->a->name, "drive") || !strcmp(state->a->name, "sense"))) {
        bool drive = !strcmp(state->a->name, "drive");
        const ast *value = NULL;
        for (const ast *arg = state->b; arg; arg = arg->next)
            if (arg->name)
                not_built(E->diag, arg->at, "a line's own resistance (r = ...)");
            else if (drive && !value)
                value = arg->a;
            else
                diag_report(E->diag, arg->at, DIAG_E0409);
        if (drive && !value) diag_report(E->diag, state->at, DIAG_E0409);
        if (!which) return number(E, drive ? LINE_DRIVE : LINE_SENSE, state->at);
        if (!value) return number(E, 0, state->at);
        ast *copy = arena_new_of(E->home, ast);
        *copy = *value;
        copy->next = NULL;
        return copy;
    }
    if (call && (!strcmp(state->a->name, "load") || !strcmp(state->a->name, "node")))
        not_built(E->diag, state->at, arena_text(E->home, "%s()", state->a->name));
    else
        diag_report(E->diag, state->at, DIAG_E0409);
    return number(E, 0, state->at);
}

void bind_connect(bind *b, const ast *node, int64_t from, int64_t to, equation_list *out) {
    elab *E = b->E;
    int members = 0;
    const char *index = family_between(b, node->a, node->b, &members);
    for (int k = 0; index && k < members; k++) {
        bind one = *b;
        one.locals = local_push(E, b->locals, index, whole_number(E, k, node->at));
        bind_connect(&one, node, from, to, out);
    }
    if (index) return;
    bind inner = *b;
    ref r = {0};
    if (!resolve(&inner, node->a, &r, true)) return;
    if (!r.e || r.e->kind != ENT_LINE || !r.e->line->wire) {
        bool voltage = r.e && r.e->kind == ENT_LINE;
        diag_report(E->diag, node->a->at, voltage ? DIAG_E0410 : DIAG_E0411,
                    r.e ? r.e->name : "this");
        return;
    }
    line *l = r.e->line;
    r.v = l->kind;
    bind_into(&inner, &r, side(E, node->b, 0), node->at, from, to, out);
    size_t first = out->n;
    r.v = l->v;
    bind second = inner;
    bind_into(&second, &r, side(E, node->b, 1), node->at, from, to, out);
    for (size_t k = first; l->noise && k < out->n; k++) {
        equation *q = out->at[k];
        double zero;
        if (expr_is_number(q->rhs, &zero) && zero == 0) continue;
        expr *factor = expr_variable(E->home, l->noise, q->nsub, q->sub, q->at);
        q->rhs = expr_make(E->home, X_MUL, TYPE_REAL, unit_volt, q->rhs, factor, NULL, q->at);
    }
}
