// `after epoch`: inputs of the top block that follow what an epoch came to.
//
//   after epoch { rate = when train.error < last(train.error): 1.1 * rate, else 0.7 * rate; }
//
// Right sides read measures of the epoch that ended and of the one before, inputs and parameters.
#include "model/elab.h"

enum { TRAIN, TEST };

// Whether the measures of a part are known after every epoch.
static bool each_epoch(const experiment *x, int part) {
    return part == TRAIN ? x->train != NULL : x->test != NULL && x->test_every_epoch;
}

static exp_measure *measure_named(const experiment *x, const char *name) {
    for (size_t k = 0; k < x->measures.n; k++)
        if (!strcmp(x->measures.at[k]->name, name)) return x->measures.at[k];
    return NULL;
}

static var *value_of(elab *E, const exp_measure *m, int part, const char *which, span at) {
    const char *name =
        arena_text(E->home, "%s.%s.%s", which, part == TRAIN ? "train" : "test", m->name);
    return model_var(E->m, name, VAR_STAT, TYPE_REAL, 0, NULL, m->value->unit, at);
}

static expr *nothing(elab *E, const ast *node) {
    expr *e = expr_number(E->home, 0, node->at);
    e->any_unit = true;
    return e;
}

static expr *unknown_measure(elab *E, const ast *node, const char *name) {
    const experiment *x = E->m->experiment;
    bool train = each_epoch(x, TRAIN), test = each_epoch(x, TEST);
    VEC(const char *) known = {0};
    for (size_t k = 0; k < x->measures.n; k++)
        for (int part = TRAIN; part <= TEST; part++)
            if (part == TRAIN ? train : test)
                vec_push(E->home, &known,
                         arena_text(E->home, "%s.%s", part == TRAIN ? "train" : "test",
                                    x->measures.at[k]->name));
    diag_report(E->diag, node->at, DIAG_E0727, name);
    if (!strncmp(name, "test.", 5) && !test && measure_named(x, name + 5))
        diag_help(E->diag, "after each epoch they are known with: test every epoch { ... }");
    else if (!diag_suggest(E->diag, name, known.at, known.n))
        for (size_t k = 0; k < known.n; k++)
            diag_note(E->diag, (span){0}, "there is '%s'", known.at[k]);
    return nothing(E, node);
}

// train.NAME or test.NAME: the part, and the measure or NULL; -1: something else.
static int part_of(const ast *node) {
    if (node->kind != AST_MEMBER || node->a->kind != AST_NAME) return -1;
    if (!strcmp(node->a->name, "train")) return TRAIN;
    return strcmp(node->a->name, "test") ? -1 : TEST;
}

static exp_measure *measure_of(elab *E, const ast *node, int part) {
    const experiment *x = E->m->experiment;
    return each_epoch(x, part) ? measure_named(x, node->name) : NULL;
}

expr *bind_epoch_measure(bind *b, const ast *node) {
    elab *E = b->E;
    const experiment *x = E->m->experiment;
    int part = part_of(node);
    if (part < 0) { // a measure without its part
        bool bare = node->kind == AST_NAME && !local_find(b->locals, node->name) &&
                    !scope_find(b->in, node->name) && measure_named(x, node->name);
        return bare ? unknown_measure(E, node, node->name) : NULL;
    }
    exp_measure *m = measure_of(E, node, part);
    if (!m)
        return unknown_measure(E, node, arena_text(E->home, "%s.%s", node->a->name, node->name));
    if (!m->epoch[part]) m->epoch[part] = value_of(E, m, part, "epoch", node->at);
    return expr_variable(E->home, m->epoch[part], 0, NULL, node->at);
}

expr *bind_last(bind *b, const ast *call) {
    elab *E = b->E;
    const ast *what = ast_length(call->b) == 1 ? call->b->a : NULL;
    int part = what ? part_of(what) : -1;
    if (b->place != IN_EPOCH || part < 0) {
        diag_report(E->diag, call->at, DIAG_E0728);
        return nothing(E, call);
    }
    expr *now = bind_epoch_measure(b, what);
    exp_measure *m = measure_of(E, what, part);
    if (!m) return now;
    if (!m->last[part]) m->last[part] = value_of(E, m, part, "last", call->at);
    return expr_variable(E->home, m->last[part], 0, NULL, call->at);
}

void bind_after_epoch(elab *E, inst *top, const ast *item) {
    experiment *x = E->m->experiment;
    if (!x->train) diag_report(E->diag, item->at, DIAG_E0729, "`after epoch`");
    bind b = bind_in(E, top, IN_EPOCH);
    b.outside = true;
    for (const ast *set = item->a; set; set = set->next)
        bind_equation(&b, set->a, set->b, set->at, 0, INT64_MAX, &x->after);
}
