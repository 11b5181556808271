// init, vary and noise: random and constant changes to states, parameters and lines.
//
//   vary   parameters, once per repeat, before init       init   states and holds, once per repeat
//   noise  a factor on a driven line or on a parameter, held until it is drawn anew (per trial, or
//   at
//          the begin of a phase); a factor or a term on a state at the end of a phase
#include "model/elab.h"

typedef enum { SHARE_DEVICE, SHARE_ROW, SHARE_COL, SHARE_PART } share;

static bool is_draw(const ast *item, int op) {
    return item->kind == AST_DRAW && item->op == op;
}

static const char *const draw_names[] = {
    [DRAW_INIT] = "init", [DRAW_VARY] = "vary", [DRAW_NOISE] = "noise"};

static void bad_per(elab *E, const ast *node, const char *instead) {
    text t = text_in(E->home);
    if (node->d) syntax_print_node(node->d, &t);
    diag_report(E->diag, node->d ? node->d->at : node->at, DIAG_E0705, node->d ? t.at : node->name,
                draw_names[node->op], instead);
}

static share shared(elab *E, const ast *node) {
    static const char *const words[] = {"device", "row", "col", "part"};
    if (!node->name) return SHARE_DEVICE;
    for (int k = 0; k < 4; k++)
        if (!strcmp(node->name, words[k])) return (share)k;
    (void)E; // "trial" shares nothing among devices
    return SHARE_DEVICE;
}

// ---- before equations are bound
// ------------------------------------------------------------------------

static void keep_param(elab *E, const ref *r) {
    var *v = r->e->v;
    v->kept = true;
    v->dims = r->in->leads;
    for (int k = 0; k < v->dims; k++)
        v->dim[k] = r->in->lead[k]->hi;
    (void)E;
}

static var *noise_var(elab *E, const char *of, int dims, const int *dim, span at) {
    var *v = model_var(E->m, arena_text(E->home, "%s.noise", of), VAR_NOISE, TYPE_REAL, dims, dim,
                       unit_none, at);
    v->value = 1;
    return v;
}

static void prepare_target(elab *E, inst *top, const ast *node, const ast *path) {
    bind b = bind_in(E, top, IN_MEASURE);
    ref r = {0};
    if (!resolve(&b, path, &r, false)) return;
    const char *op = node->c ? node->c->name : "~";
    bool param = r.e && r.e->kind == ENT_PARAM && !r.e->count,
         wire = r.e && r.e->kind == ENT_LINE && r.e->line->wire;
    if (node->op == DRAW_VARY) {
        if (param)
            keep_param(E, &r);
        else
            diag_report(E->diag, path->at, DIAG_E0704, r.e ? r.e->name : "this",
                        "vary: it changes parameters");
        return;
    }
    if (wire) {
        line *l = r.e->line;
        if (strcmp(op, "*="))
            not_built(E->diag, node->at, "noise on a line other than by a factor (*=)");
        else if (l->noise)
            not_built(E->diag, path->at, "two noises on one line");
        else
            l->noise = noise_var(E, l->v->name, l->v->dims, l->v->dim, path->at);
    } else if (param) {
        int dim[MAX_DIMS];
        for (int k = 0; k < r.in->leads; k++)
            dim[k] = r.in->lead[k]->hi;
        if (strcmp(op, "*="))
            not_built(E->diag, node->at, "noise on a parameter other than by a factor (*=)");
        else if (r.e->noise)
            not_built(E->diag, path->at, "two noises on one parameter");
        else
            r.e->noise = noise_var(E, r.e->v->name, r.in->leads, dim, path->at);
    } else if (!r.v || r.v->kind != VAR_STATE)
        diag_report(E->diag, path->at, DIAG_E0704, r.e ? r.e->name : "this",
                    "noise: it acts on conducting lines, parameters and states");
}

void draws_prepare(elab *E, inst *top, const ast *items) {
    for (const ast *item = items; item; item = item->next) {
        if (!is_draw(item, DRAW_VARY) && !is_draw(item, DRAW_NOISE)) continue;
        path_list paths = every_member(E, top, item->a);
        for (size_t k = 0; k < paths.n; k++)
            prepare_target(E, top, item, paths.at[k]);
    }
}

// ---- the draws
// -------------------------------------------------------------------------------------------

// Linear index of the element that a draw belongs to; what is shared is left out.
static expr *element_of(elab *E, const var *v, expr *const *sub, const inst *in, share s, span at) {
    expr *e = NULL;
    bool crossbar = in && in->device && in->leads >= 2 && in->leads <= v->dims;
    int base = crossbar ? in->leads - 2 : in ? in->leads : 0;
    for (int k = 0; k < v->dims; k++) {
        if (s == SHARE_PART && k >= base) continue;
        if (s == SHARE_ROW && crossbar && k == base) continue; // dimension 0 of a crossbar: columns
        if (s == SHARE_COL && crossbar && k == base + 1) continue;
        if (!e)
            e = sub[k];
        else {
            expr *scaled = expr_make(E->home, X_MUL, TYPE_INT, unit_none, e,
                                     expr_number(E->home, v->dim[k], at), NULL, at);
            scaled->b->type = TYPE_INT;
            e = expr_make(E->home, X_ADD, TYPE_INT, unit_none, scaled, sub[k], NULL, at);
        }
    }
    if (!e) e = expr_number(E->home, 0, at), e->type = TYPE_INT;
    return e;
}

static expr *put_element(expr *e, void *data) {
    if (e->kind == X_DRAW) e->element = data;
    return NULL;
}

// The statement's target as an equation over all its elements, or over element `nth` of the one
// array that is left, when that is not negative; *r keeps what the path meant.
static equation *target_equation(elab *E, inst *top, const ast *path, var *instead, int nth, ref *r,
                                 bind *scope) {
    bind b = bind_in(E, top, IN_MEASURE);
    *r = (ref){0};
    if (!resolve(&b, path, r, false)) return NULL;
    var *v = instead ? instead : r->v;
    if (!v) return NULL;
    int given = r->subs;
    for (int k = given; k < v->dims; k++)
        r->sub[k] = nth >= 0
                        ? whole_number(E, nth, path->at)
                        : expr_index(E->home,
                                     model_index(E->m, arena_text(E->home, "k%d", k), 0, v->dim[k]),
                                     path->at);
    r->subs = v->dims;
    *scope = bind_in(E, r->in, IN_ANALOG);
    scope->chain = true;
    for (int k = 0; r->in && k < r->in->leads && k < r->subs; k++)
        scope->lead[k] = r->sub[k];
    return make_equation(E, v, v->dims, r->sub, NULL, path->at);
}

static expr *combine(elab *E, const ast *node, equation *q, expr *value) {
    const char *op = node->c ? node->c->name : "~";
    bool times = !strcmp(op, "*=");
    if (!times && strcmp(op, "+=")) return value;
    expr *old = expr_variable(E->home, q->target, q->nsub, q->sub, node->at);
    return expr_make(E->home, times ? X_MUL : X_ADD, TYPE_REAL, q->target->unit, old, value, NULL,
                     node->at);
}

static void bind_value(elab *E, const ast *node, equation *q, const ref *r, bind *scope,
                       draw_place place) {
    scope->draw = &place;
    bool factor = node->c && !strcmp(node->c->name, "*=");
    expr *value = bind_as(scope, node->b,
                          factor || q->target->kind == VAR_NOISE ? unit_none : q->target->unit,
                          q->target->name);
    expr_replace(E->home, value, put_element,
                 element_of(E, q->target, q->sub, r->in, shared(E, node), node->at));
    q->rhs = value;
}

static void bind_start(elab *E, inst *top, const ast *node, const ast *path, int nth) {
    ref r;
    bind scope;
    equation *q = target_equation(E, top, path, NULL, nth, &r, &scope);
    bool ok = q && (node->op == DRAW_VARY ? r.e && r.e->kind == ENT_PARAM && r.v->kept
                                          : r.v->kind == VAR_STATE || r.v->kind == VAR_HOLD ||
                                                r.v->kind == VAR_INPUT);
    if (!ok) {
        if (node->op == DRAW_INIT && (q || r.e))
            diag_report(E->diag, path->at, DIAG_E0704, q ? r.v->name : r.e->name,
                        "init: it sets states, holds and inputs");
        return;
    }
    if (node->d || (node->name && !strcmp(node->name, "trial")))
        bad_per(E, node, "device, row, col or part");
    draw_place place = {arena_text(E->home, "%s %s", draw_names[node->op], r.v->name), PER_START,
                        -1};
    scope.tuple = nth;
    bind_value(E, node, q, &r, &scope, place);
    q->rhs = combine(E, node, q, q->rhs);
    if (node->op == DRAW_VARY)
        vec_push(E->home, &E->m->experiment->vary, q);
    else
        vec_push(E->home, &E->m->experiment->init, q);
}

// init w = {0.1, 0.2}: a value for each element of an array
static void bind_starts(elab *E, inst *top, const ast *node, const ast *path) {
    bind b = bind_in(E, top, IN_MEASURE);
    ref r = {0};
    bool list = node->b->kind == AST_TUPLE && resolve(&b, path, &r, false) && r.v &&
                r.subs + 1 == r.v->dims;
    if (!list)
        bind_start(E, top, node, path, -1);
    else if (lists_fit(E, node->b, r.v->dim[r.subs]))
        for (int k = 0; k < r.v->dim[r.subs]; k++)
            bind_start(E, top, node, path, k);
}

static void bind_noise_at(elab *E, inst *top, const ast *node, const ast *path, activation *a) {
    ref r;
    bind scope, b = bind_in(E, top, IN_MEASURE);
    if (!resolve(&b, path, &r, false) || !r.e) return;
    var *held = r.e->kind == ENT_LINE    ? r.e->line->noise
                : r.e->kind == ENT_PARAM ? r.e->noise
                                         : NULL;
    inst *scope_of = r.e->kind == ENT_LINE ? r.e->xbar->in : r.in;
    equation *q = target_equation(E, top, path, held, -1, &r, &scope);
    if (!q) return;
    r.in = scope_of;
    scope.in = scope_of;
    draw_event event = a ? PER_PHASE : PER_TRIAL;
    const char *stream = arena_text(E->home, "noise %s%s%s", r.v ? r.v->name : q->target->name,
                                    a ? " " : "", a ? a->name : "");
    bind_value(E, node, q, &r, &scope, (draw_place){stream, event, a ? a->id : -1});
    noise *n = arena_new_of(E->home, noise);
    *n = (noise){.v = q->target, .draw = q, .event = event, .act = a};
    if (!held) {
        q->rhs = combine(E, node, q, q->rhs);
        n->v = NULL; // on a state: at the phase's end
    } else if (a)
        vec_push(E->home, &a->redraw, n);
    vec_push(E->home, &E->m->noises, n);
}

static void bind_noise(elab *E, inst *top, const ast *node, const ast *path) {
    bool trial = node->name && !strcmp(node->name, "trial");
    if (trial) {
        bind_noise_at(E, top, node, path, NULL);
        return;
    }
    const char *only = NULL;
    if (node->d) {
        text t = text_in(E->home);
        syntax_print_node(node->d, &t);
        only = t.at;
    }
    bool any = false;
    for (size_t k = 0; k < E->m->activations.n; k++) {
        activation *a = E->m->activations.at[k];
        if (only && strcmp(a->name, only)) continue;
        any = true;
        bind_noise_at(E, top, node, path, a);
    }
    if (only && !any) bad_per(E, node, "device, row, col, part, trial or a phase that is called");
}

void draws_bind(elab *E, inst *top, const ast *items) {
    for (const ast *item = items; item; item = item->next) {
        if (item->kind != AST_DRAW) continue;
        path_list paths = every_member(E, top, item->a);
        for (size_t k = 0; k < paths.n; k++) {
            if (item->op == DRAW_NOISE)
                bind_noise(E, top, item, paths.at[k]);
            else
                bind_starts(E, top, item, paths.at[k]);
        }
    }
}
