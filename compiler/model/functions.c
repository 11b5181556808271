// Calls, reductions and case distinctions in expressions.
#include "model/elab.h"
#include <math.h>

static expr *nothing(bind *b, const ast *node) {
    expr *x = expr_number(b->E->home, 0, node->at);
    x->any_unit = true;
    return x;
}

// What a call means; a header parameter of kind `function` or `block` is looked through, and may
// come with settings, to be read in `settings_in`.
static const char *called_name(bind *b, const ast *node, const ast **settings, inst **settings_in) {
    *settings = NULL;
    *settings_in = NULL;
    if (node->a->kind != AST_NAME) return NULL;
    const char *name = node->a->name;
    const ast *given = b->in && b->in->generics ? map_get(b->in->generics, name) : NULL;
    if (!given) return name;
    return applied_name(b->in->generics_in, given, settings, settings_in);
}

// ---- functions of the library
// --------------------------------------------------------------------

static int find_function(const char *name) {
    for (int k = 0; k < FN_COUNT; k++)
        if (!strcmp(fn_name(k), name)) return k;
    return -1;
}

enum { RULE_NONE, RULE_SAME, RULE_ROOT, RULE_SIGN, RULE_KEEP };
static const int rules[] = {
#define FN(name, arity, rule) [FN_##name] = RULE_##rule,
#include "model/functions.def"
#undef FN
};

static expr *library_call(bind *b, const ast *node, int fn) {
    elab *E = b->E;
    int given = (int)ast_length(node->b), wanted = fn_arity(fn);
    if (given != wanted) {
        diag_report(E->diag, node->at, DIAG_E0325, fn_name(fn), wanted, given);
        return nothing(b, node);
    }
    expr *arg[3] = {0};
    int n = 0;
    for (const ast *k = node->b; k; k = k->next) {
        arg[n] = bind_expr(b, k->a);
        if (arg[n]->type == TYPE_BOOL) diag_report(E->diag, k->at, DIAG_E0312);
        n++;
    }
    unit u = unit_none;
    bool whole = true;
    char what[64];
    snprintf(what, sizeof what, "%s()", fn_name(fn));
    switch (rules[fn]) {
    case RULE_NONE:
        for (int k = 0; k < n; k++)
            if (!unit_is_none(arg[k]->unit))
                diag_report(E->diag, arg[k]->at, DIAG_E0309, what,
                            said_unit(E->home, arg[k]->unit));
        break;
    case RULE_SAME:
        for (int k = n - 1; k >= 0; k--)
            if (!arg[k]->any_unit) u = arg[k]->unit;
        for (int k = 0; k < n; k++)
            fit_unit(b, arg[k], u, arg[k]->at, what);
        break;
    case RULE_ROOT:
        u = unit_root(arg[0]->unit, &whole);
        break;
    case RULE_KEEP:
        u = arg[0]->unit;
        break;
    default:
        break;
    }
    if (!whole) diag_report(E->diag, node->at, DIAG_E0318);
    bool integer = (fn == FN_abs || fn == FN_min || fn == FN_max) && arg[0]->type == TYPE_INT &&
                   (!arg[1] || arg[1]->type == TYPE_INT);
    expr *x = expr_make(E->home, X_CALL, integer ? TYPE_INT : TYPE_REAL, u, arg[0], arg[1], arg[2],
                        node->at);
    x->fn = fn;
    return x;
}

// above(v, threshold, hysteresis): 1 above threshold + h/2, 0 below threshold - h/2, else as it was
static expr *comparator(bind *b, const ast *node) {
    elab *E = b->E;
    int n = (int)ast_length(node->b);
    if (b->place != IN_BIT || n < 2 || n > 3) {
        diag_report(E->diag, node->at, DIAG_E0316, "above()", "a comparator",
                    "outside the equation of a bit");
        return nothing(b, node);
    }
    bind inner = *b;
    inner.place = IN_ANALOG;
    expr *v = bind_expr(&inner, node->b->a),
         *th = bind_as(&inner, node->b->next->a, v->unit, "the threshold");
    if (n == 2) return expr_make(E->home, X_GT, TYPE_BOOL, unit_none, v, th, NULL, node->at);
    expr *h = bind_as(&inner, node->b->next->next->a, v->unit, "the hysteresis");
    expr *half = expr_make(E->home, X_MUL, TYPE_REAL, v->unit, expr_number(E->home, 0.5, node->at),
                           h, NULL, node->at);
    expr *upper = expr_make(E->home, X_ADD, TYPE_REAL, v->unit, th, half, NULL, node->at);
    expr *lower = expr_make(E->home, X_SUB, TYPE_REAL, v->unit, th, half, NULL, node->at);
    expr *rises = expr_make(E->home, X_GT, TYPE_BOOL, unit_none, v, upper, NULL, node->at);
    expr *stays = expr_make(E->home, X_GE, TYPE_BOOL, unit_none, v, lower, NULL, node->at);
    return expr_make(E->home, X_SELECT, TYPE_BOOL, unit_none, b->self, stays, rises, node->at);
}

// quantize(x, levels, lo, hi): round((x - lo) / (hi - lo) * levels), within 0 .. levels
static expr *quantizer(bind *b, const ast *node) {
    elab *E = b->E;
    arena *h = E->home;
    if (ast_length(node->b) != 4) {
        diag_report(E->diag, node->at, DIAG_E0325, "quantize", 4, (int)ast_length(node->b));
        return nothing(b, node);
    }
    const ast *arg = node->b;
    expr *x = bind_expr(b, arg->a), *levels = bind_as(b, arg->next->a, unit_none, "levels");
    expr *lo = bind_as(b, arg->next->next->a, x->unit, "lo"),
         *hi = bind_as(b, arg->next->next->next->a, x->unit, "hi");
    span at = node->at;
    expr *up = expr_make(h, X_SUB, TYPE_REAL, x->unit, x, lo, NULL, at);
    expr *width = expr_make(h, X_SUB, TYPE_REAL, x->unit, hi, lo, NULL, at);
    expr *part = expr_make(h, X_DIV, TYPE_REAL, unit_none, up, width, NULL, at);
    expr *steps = expr_make(h, X_MUL, TYPE_REAL, unit_none, part, levels, NULL, at);
    expr *e = expr_make(h, X_CALL, TYPE_REAL, unit_none, steps, NULL, NULL, at);
    e->fn = FN_round;
    expr *low = expr_make(h, X_CALL, TYPE_REAL, unit_none, e, expr_number(h, 0, at), NULL, at);
    low->fn = FN_max;
    expr *both = expr_make(h, X_CALL, TYPE_REAL, unit_none, low, levels, NULL, at);
    both->fn = FN_min;
    return both;
}

// pwl(x, x0, y0, x1, y1, ...): straight lines between the points, the first and the last value
// before and behind them.
static expr *piecewise_linear(bind *b, const ast *node) {
    elab *E = b->E;
    arena *h = E->home;
    int n = (int)ast_length(node->b);
    if (n < 3 || n % 2 == 0) {
        diag_report(E->diag, node->at, DIAG_E0325, "pwl", n < 3 ? 3 : n + 1, n);
        return nothing(b, node);
    }
    span at = node->at;
    expr *x = bind_expr(b, node->b->a), *x0 = NULL, *y0 = NULL, *all = NULL;
    expr **hole = &all; // where what lies behind the last point belongs
    for (const ast *k = node->b->next; k; k = k->next->next) {
        expr *x1 = bind_as(b, k->a, x->unit, "a point of pwl()");
        expr *y1 =
            y0 ? bind_as(b, k->next->a, y0->unit, "a value of pwl()") : bind_expr(b, k->next->a);
        double before, here;
        if (x0 && expr_is_number(expr_fold(h, x0), &before) &&
            expr_is_number(expr_fold(h, x1), &here) && !(here > before))
            diag_report(E->diag, k->at, DIAG_E0315, "a point of pwl()", here, before, INFINITY);
        expr *line = y1;
        if (x0) {
            expr *rise = expr_make(h, X_SUB, TYPE_REAL, y0->unit, y1, y0, NULL, at);
            expr *run = expr_make(h, X_SUB, TYPE_REAL, x->unit, x1, x0, NULL, at);
            expr *way = expr_make(h, X_SUB, TYPE_REAL, x->unit, x, x0, NULL, at);
            expr *part = expr_make(h, X_DIV, TYPE_REAL, unit_none, way, run, NULL, at);
            rise = expr_make(h, X_MUL, TYPE_REAL, y0->unit, rise, part, NULL, at);
            line = expr_make(h, X_ADD, TYPE_REAL, y0->unit, y0, rise, NULL, at);
        }
        expr *before_x1 = expr_make(h, X_LT, TYPE_BOOL, unit_none, x, x1, NULL, at);
        *hole = expr_make(h, X_SELECT, TYPE_REAL, y1->unit, before_x1, line, y1, at);
        hole = &(*hole)->c;
        x0 = x1, y0 = y1;
    }
    return all;
}

// square(x, period, width): 1 in the first `width` of each period from 0 on, else 0
static expr *square_wave(bind *b, const ast *node) {
    elab *E = b->E;
    arena *h = E->home;
    span at = node->at;
    if (ast_length(node->b) != 3) {
        diag_report(E->diag, at, DIAG_E0325, "square", 3, (int)ast_length(node->b));
        return nothing(b, node);
    }
    expr *x = bind_expr(b, node->b->a);
    expr *period = bind_as(b, node->b->next->a, x->unit, "the period");
    expr *width = bind_as(b, node->b->next->next->a, x->unit, "the width");
    expr *turns = expr_make(h, X_DIV, TYPE_REAL, unit_none, x, period, NULL, at);
    expr *whole = expr_make(h, X_CALL, TYPE_REAL, unit_none, turns, NULL, NULL, at);
    whole->fn = FN_floor;
    expr *gone = expr_make(h, X_MUL, TYPE_REAL, x->unit, period, whole, NULL, at);
    expr *rest = expr_make(h, X_SUB, TYPE_REAL, x->unit, x, gone, NULL, at);
    expr *high = expr_make(h, X_LT, TYPE_BOOL, unit_none, rest, width, NULL, at);
    return expr_make(h, X_SELECT, TYPE_REAL, unit_none, high, expr_number(h, 1, at),
                     expr_number(h, 0, at), at);
}

static expr *draw(bind *b, const ast *node, int distribution) {
    elab *E = b->E;
    if (!b->draw) {
        diag_report(E->diag, node->a->at, DIAG_E0211, node->a->name);
        diag_help(E->diag, "random draws stand in `init`, `vary` and `noise` of an experiment");
        return nothing(b, node);
    }
    if (ast_length(node->b) != 2) {
        diag_report(E->diag, node->at, DIAG_E0325, node->a->name, 2, (int)ast_length(node->b));
        return nothing(b, node);
    }
    expr *lo = bind_expr(b, node->b->a), *hi = bind_expr(b, node->b->next->a);
    unit u = lo->any_unit ? hi->unit : lo->unit;
    bool any = lo->any_unit && hi->any_unit;
    fit_unit(b, lo, u, lo->at, "the first argument"),
        fit_unit(b, hi, u, hi->at, "the second argument");
    expr *x = expr_make(E->home, X_DRAW, TYPE_REAL, u, lo, hi, NULL, node->at);
    x->fn = distribution;
    x->any_unit = any;
    x->stream = b->draw->stream;
    x->event = b->draw->event;
    x->phase = b->draw->phase;
    return x;
}

// ---- functions and stateless blocks of the user
// ----------------------------------------------------

// An array as an argument: the parameter is another name for it. Extents are numbers, or names that
// the array gives a value: y[n].
static bool array_argument(bind *b, bind *inner, const ast *p, const ast *arg) {
    elab *E = b->E;
    ref r = {0};
    if (!resolve(b, arg->a, &r, false)) return false;
    if (!r.v || (r.e && r.e->kind == ENT_PARAM)) {
        diag_report(E->diag, arg->a->at, DIAG_E0304,
                    r.loc ? r.loc->name
                    : r.e ? r.e->name
                          : "this");
        return false;
    }
    int dims = (int)ast_length(p->a);
    if (r.v->dims - r.subs != dims) {
        diag_report(E->diag, arg->a->at, DIAG_E0305, r.v->name, r.v->dims - dims, r.subs);
        return false;
    }
    fit_unit(b, expr_variable(E->home, r.v, 0, NULL, arg->at), bind_unit(E, p->b), arg->a->at,
             p->name);
    int k = r.subs;
    for (const ast *size = p->a; size; size = size->next, k++) {
        int wanted = r.v->dim[k];
        if (size->kind == AST_NAME && !local_find(inner->locals, size->name)) {
            expr *n = expr_number(E->home, wanted, size->at);
            n->type = TYPE_INT;
            inner->locals = local_push(E, inner->locals, size->name, n);
        } else if (bind_integer(inner, size, &wanted, "an extent") && wanted != r.v->dim[k])
            diag_report(E->diag, arg->a->at, DIAG_E0321, wanted, (size_t)r.v->dim[k]);
    }
    expr *array = expr_variable(E->home, r.v, r.subs, r.sub, arg->at);
    inner->locals = local_push(E, inner->locals, p->name, array);
    return true;
}

static expr *inline_function(bind *b, const ast *node, const ast *def) {
    elab *E = b->E;
    int wanted = (int)ast_length(def->a), given = (int)ast_length(node->b);
    if (wanted != given) {
        diag_report(E->diag, node->at, DIAG_E0325, def->name, wanted, given);
        return nothing(b, node);
    }
    bind inner = {.E = E, .place = b->place, .tuple = -1, .act = b->act};
    const ast *arg = node->b;
    for (const ast *p = def->a; p; p = p->next, arg = arg->next) {
        if (p->a) {
            if (!array_argument(b, &inner, p, arg)) return nothing(b, node);
            continue;
        }
        expr *x = bind_as(b, arg->a, bind_unit(E, p->b), p->name);
        inner.locals = local_push(E, inner.locals, p->name, x);
    }
    if (E->depth > 64) {
        diag_report(E->diag, node->at, DIAG_E0212, def->name);
        return nothing(b, node);
    }
    E->depth++;
    expr *x = bind_as(&inner, def->c, bind_unit(E, def->b), def->name);
    E->depth--;
    return x;
}

// The number of names that a stateless block declares as in or out; -1 where something else stands
// in it than these, parameters, lets, and equations of names.
static int declared_in(const ast *def, int direction) {
    int n = 0;
    for (const ast *item = def->b; item; item = item->next) {
        bool named = item->kind == AST_EQUATION && item->a->kind == AST_NAME;
        bool declares = item->kind == AST_DECLS && item->op <= DECL_LET;
        if (!named && !declares) return -1;
        if (declares && item->op == direction) n += (int)ast_length(item->a);
    }
    return n;
}

// The inputs are the arguments; lets in the order written, then the one output.
static expr *inline_block(bind *b, const ast *node, const ast *def, const ast *settings,
                          inst *settings_in) {
    elab *E = b->E;
    int wanted = declared_in(def, DECL_IN), given = (int)ast_length(node->b);
    if (declared_in(def, DECL_OUT) != 1) {
        not_built(E->diag, node->at,
                  "applying a block that is not a stateless one with one output");
        return nothing(b, node);
    }
    if (wanted != given) {
        diag_report(E->diag, node->at, DIAG_E0325, def->name, wanted, given);
        return nothing(b, node);
    }
    ast apply = {.kind = AST_APPLY, .at = node->at, .name = def->name, .a = (ast *)settings};
    inst *in = make_instance(E, NULL, def->name, def, &apply, settings_in, -1, NULL, node->at);
    bind inner = bind_in(E, in, b->place);
    inner.act = b->act;
    const ast *arg = node->b, *out = NULL;
    expr *result = NULL;
    for (const ast *item = def->b; item; item = item->next) {
        if (item->kind == AST_DECLS && item->op == DECL_OUT) out = item->a;
        if (item->kind != AST_DECLS || item->op != DECL_IN) continue;
        for (const ast *d = item->a; d; d = d->next, arg = arg->next) {
            expr *x = bind_as(b, arg->a, bind_unit(E, d->b), d->name);
            inner.locals = local_push(E, inner.locals, d->name, x);
        }
    }
    for (const ast *item = def->b; item; item = item->next) {
        if (item->kind == AST_EQUATION && item->a->name == out->name)
            result = bind_as(&inner, item->b, bind_unit(E, out->b), out->name);
        else if (item->kind == AST_EQUATION)
            inner.locals = local_push(E, inner.locals, item->a->name, bind_expr(&inner, item->b));
        else if (item->op == DECL_LET)
            for (const ast *d = item->a; d; d = d->next)
                if (d->d)
                    inner.locals = local_push(E, inner.locals, d->name,
                                              bind_as(&inner, d->d, bind_unit(E, d->b), d->name));
    }
    if (result) return result;
    diag_report(E->diag, out->at, DIAG_E0405, out->name, "");
    return nothing(b, node);
}

expr *bind_call(bind *b, const ast *node) {
    elab *E = b->E;
    const ast *settings;
    inst *settings_in;
    const char *name = called_name(b, node, &settings, &settings_in);
    if (!name) {
        diag_report(E->diag, node->at, DIAG_E0205);
        return nothing(b, node);
    }
    if (!strcmp(name, "len") && ast_length(node->b) == 1 && node->b->a->kind == AST_NAME) {
        const entity *list = scope_find(b->in, node->b->a->name);
        if (list && list->kind == ENT_LIST)
            return whole_number(b->E, list->length < 0 ? 1 : list->length, node->at);
    }
    if (!strcmp(name, "above")) return comparator(b, node);
    if (!strcmp(name, "quantize")) return quantizer(b, node);
    if (!strcmp(name, "uniform")) return draw(b, node, DIST_UNIFORM);
    if (!strcmp(name, "normal")) return draw(b, node, DIST_NORMAL);
    if (!strcmp(name, "lognormal")) return draw(b, node, DIST_LOGNORMAL);
    if (!strcmp(name, "last")) return bind_last(b, node);
    if (!strcmp(name, "pulse")) {
        diag_report(E->diag, node->at, DIAG_E0418);
        return nothing(b, node);
    }
    static const char *const later[] = {"pulses",  "white_noise", "rising",
                                        "falling", "load",        "node"};
    for (size_t k = 0; k < sizeof later / sizeof *later; k++)
        if (!strcmp(name, later[k])) {
            not_built(E->diag, node->at, arena_text(E->home, "%s()", name));
            return nothing(b, node);
        }
    entity *e = map_get(E->definitions, name);
    if (e && e->node->kind == AST_BLOCK)
        return inline_block(b, node, e->node, settings, settings_in);
    if (settings)
        diag_report(E->diag, settings->at, DIAG_E0209, name, 0, (int)ast_length(settings));
    if (e && e->node->kind == AST_FUNCTION) return inline_function(b, node, e->node);
    if (!strcmp(name, "pwl")) return piecewise_linear(b, node);
    if (!strcmp(name, "square")) return square_wave(b, node);
    int fn = find_function(name);
    if (fn >= 0) return library_call(b, node, fn);
    diag_report(E->diag, node->a->at, DIAG_E0211, name);
    VEC(const char *) near = {0};
    for (int k = 0; k < FN_COUNT; k++)
        vec_push(E->home, &near, fn_name(k));
    for (size_t k = 0; k < map_count(E->definitions); k++)
        vec_push(E->home, &near, map_key(E->definitions, k));
    diag_suggest(E->diag, name, near.at, near.n);
    return nothing(b, node);
}

// ---- reductions
// ----------------------------------------------------------------------------------

static int find_reduction(const char *name) {
    for (int k = RED_SUM; k <= RED_ANY; k++)
        if (!strcmp(red_name(k), name)) return k;
    return -1;
}

static narrow *narrow_by(bind *b, const expr *condition, bool truth);

// Over parts of different sizes: one term for each, from the first on.
static expr *reduce_family(bind *b, const ast *node, int op, int members) {
    elab *E = b->E;
    expr *all = NULL;
    if (op > RED_MIN) {
        not_built(E->diag, node->at, "this reduction over parts of different sizes");
        return nothing(b, node);
    }
    for (int k = 0; k < members; k++) {
        bind one = *b;
        one.locals = local_push(E, b->locals, node->a->name, whole_number(E, k, node->at));
        expr *term = bind_expr(&one, node->c);
        if (!all)
            all = term;
        else if (op == RED_SUM)
            all = expr_make(E->home, X_ADD, TYPE_REAL, all->unit, all, term, NULL, node->at);
        else {
            all = expr_make(E->home, X_CALL, TYPE_REAL, all->unit, all, term, NULL, node->at);
            all->fn = op == RED_MAX ? FN_max : FN_min;
        }
    }
    return all ? all : nothing(b, node);
}

expr *bind_reduce(bind *b, const ast *node) {
    elab *E = b->E;
    int op = find_reduction(node->name);
    if (op < 0) {
        diag_report(E->diag, node->at, DIAG_E0211, node->name);
        VEC(const char *) near = {0};
        for (int k = RED_SUM; k <= RED_ANY; k++)
            vec_push(E->home, &near, red_name(k));
        if (!diag_suggest(E->diag, node->name, near.at, near.n))
            diag_help(E->diag,
                      "over indices there are sum, max, min, mean, argmax, argmin, all, any");
        return nothing(b, node);
    }
    int members = 0;
    const char *over =
        node->a && !node->a->next && !node->b ? family_index(b, node->c, &members) : NULL;
    if (over && over == node->a->name) return reduce_family(b, node, op, members);
    bind inner = *b;
    index *ix[MAX_DIMS];
    int n = 0;
    for (const ast *k = node->a; k && n < MAX_DIMS; k = k->next) {
        if (local_find(b->locals, k->name)) diag_report(E->diag, k->at, DIAG_E0324, k->name);
        ix[n] = model_index(E->m, k->name, 0, -1); // its extent is that of the arrays it indexes
        inner.locals = local_push(E, inner.locals, k->name, expr_index(E->home, ix[n], k->at));
        n++;
    }
    inner.inferring = true;
    size_t before = diag_errors(E->diag);
    bind_expr(&inner, node->c);
    inner.inferring = b->inferring;
    bool fine = diag_errors(E->diag) == before;
    for (int k = 0; k < n; k++)
        if (ix[k]->hi < 0) {
            ix[k]->hi = 1;
            if (!b->inferring && fine)
                not_built(E->diag, node->at,
                          arena_text(E->home,
                                     "an index '%s' that no array of the reduction has by itself",
                                     ix[k]->name));
        }
    expr *condition = node->b ? bind_condition(&inner, node->b) : NULL;
    if (condition) inner.narrows = narrow_by(&inner, condition, true);
    bool logic = op == RED_ALL || op == RED_ANY;
    expr *body =
        node->c->kind == AST_WHEN ? bind_when(&inner, node->c, NULL) : bind_expr(&inner, node->c);
    if (!logic && body->type == TYPE_BOOL && b->place != IN_MEASURE)
        diag_report(E->diag, node->c->at, DIAG_E0312);
    bool position = op == RED_ARGMAX || op == RED_ARGMIN;
    if (n > 1 && (position || op == RED_MEAN))
        not_built(E->diag, node->at, "this reduction over several indices at once");
    for (int k = n - 1; k >= 0; k--) {
        expr *x = expr_make(E->home, X_REDUCE,
                            logic      ? TYPE_BOOL
                            : position ? TYPE_INT
                                       : TYPE_REAL,
                            position || logic ? unit_none : body->unit,
                            k == n - 1 ? condition : NULL, body, NULL, node->at);
        x->fn = op;
        x->ix = ix[k];
        body = x;
    }
    return body;
}

// ---- when
// ------------------------------------------------------------------------------------------

// In the branch where `condition` is `truth`, what is known of its one index.
static narrow *narrow_by(bind *b, const expr *condition, bool truth) {
    const index *ix = NULL;
    intervals r;
    if (!condition_range(condition, &ix, &r)) return b->narrows;
    if (!truth) r = intervals_rest(r, ix->lo, ix->hi);
    narrow *n = arena_new_of(b->E->home, narrow);
    *n = (narrow){ix, 0, 0, b->narrows};
    if (r.n) n->lo = r.lo[0], n->hi = r.hi[r.n - 1];
    return n;
}

static expr *cases(bind *b, const ast *list, const ast *otherwise, unit *wanted, bool *settled) {
    bool last = !list;
    const ast *value = last ? otherwise : list->b;
    bind inner = *b;
    expr *condition = NULL;
    if (!last) {
        condition = bind_condition(b, list->a);
        double truth;
        if (expr_is_number(expr_fold(b->E->home, condition),
                           &truth)) { // the other branch may name what is not there
            if (truth == 0) return cases(b, list->next, otherwise, wanted, settled);
            return cases(b, NULL, list->b, wanted, settled);
        }
        inner.narrows = narrow_by(b, condition, true);
    }
    expr *x = value->kind == AST_WHEN ? bind_when(&inner, value, *settled ? wanted : NULL)
                                      : bind_expr(&inner, value);
    if (*settled || !x->any_unit) {
        if (!*settled) *wanted = x->unit, *settled = true;
        fit_unit(b, x, *wanted, value->at, "this branch");
    }
    if (last) return x;
    inner.narrows = narrow_by(b, condition, false);
    expr *rest = cases(&inner, list->next, otherwise, wanted, settled);
    if (*settled) fit_unit(b, x, *wanted, value->at, "this branch");
    value_type type = x->type == rest->type ? x->type : TYPE_REAL;
    return expr_make(b->E->home, X_SELECT, type, *settled ? *wanted : unit_none, condition, x, rest,
                     list->at);
}

expr *bind_when(bind *b, const ast *node, unit *wanted) {
    unit u = wanted ? *wanted : unit_none;
    bool settled = wanted != NULL;
    return cases(b, node->a, node->b, &u, &settled);
}
