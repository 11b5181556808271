// The binder: a syntax expression becomes a checked one. Units, types and kinds are settled here;
// a bare number takes the unit of its place where it is a whole right side or a whole branch.
#include "model/elab.h"
#include <math.h>

static expr *wrong(bind *b, const ast *node) {
    expr *x = expr_number(b->E->home, 0, node->at);
    x->any_unit = true;
    return x;
}

const char *said_unit(arena *home, unit u) {
    return unit_is_none(u) ? "a number without unit" : unit_text(home, u);
}

const char *source_of(const elab *E, span at) {
    const source *s = diag_source(E->diag, at.file);
    return arena_copy(E->home, s->bytes + at.begin, at.end - at.begin);
}

const char *argument_name(const elab *E, const ast *arg) {
    return arg->name ? arg->name : source_of(E, arg->at);
}

// 4.7K, where kilo was meant
static void kelvin_help(bind *b, const expr *e, unit wanted, span at) {
    const char *written = source_of(b->E, at);
    size_t n = strlen(written);
    if (e->kind != X_NUM || n < 2 || written[n - 1] != 'K') return;
    char *kilo = arena_copy(b->E->home, written, n);
    kilo[n - 1] = 'k';
    const char *symbol = unit_text(b->E->home, wanted);
    if (unit_find(symbol, &(unit){0})) kilo = arena_text(b->E->home, "%s%s", kilo, symbol);
    diag_help(b->E->diag, "K is kelvin, kilo is k: write %s", kilo);
    diag_edit(b->E->diag, at, kilo);
}

expr *fit_unit(bind *b, expr *e, unit wanted, span at, const char *what) {
    if (e->any_unit) {
        e->unit = wanted;
        e->any_unit = false;
    } else if (!unit_same(e->unit, wanted)) {
        arena *a = b->E->home;
        diag_report(b->E->diag, at, DIAG_E0307, what, said_unit(a, wanted), said_unit(a, e->unit));
        kelvin_help(b, e, wanted, at);
        e->unit = wanted;
    }
    return e;
}

static void not_a_quantity(bind *b, const ast *node) {
    diag_report(b->E->diag, node->at, DIAG_E0312);
    diag_help(b->E->diag, "a number of it: (when %s: 1, else 0)", source_of(b->E, node->at));
}

expr *bind_as(bind *b, const ast *node, unit wanted, const char *what) {
    if (node->kind == AST_WHEN) return bind_when(b, node, &wanted);
    expr *e = bind_expr(b, node);
    if (e->type == TYPE_BOOL && b->place != IN_CLOCKED && b->place != IN_BIT &&
        b->place != IN_MEASURE)
        not_a_quantity(b, node);
    return fit_unit(b, e, wanted, node->at, what);
}

// The units of a and b must agree; a bare 0 fits any.
static unit meet(bind *b, expr *x, expr *y, const ast *node, const char *verb) {
    bool zero_x = x->any_unit && x->kind == X_NUM && x->num == 0;
    bool zero_y = y->any_unit && y->kind == X_NUM && y->num == 0;
    if (zero_x) return x->unit = y->unit;
    if (zero_y) return y->unit = x->unit;
    if (!unit_same(x->unit, y->unit)) {
        arena *a = b->E->home;
        diag_report(b->E->diag, node->at, DIAG_E0308, verb, said_unit(a, x->unit),
                    said_unit(a, y->unit));
        const ast *bare = y->any_unit ? node->b : x->any_unit ? node->a : NULL;
        const char *symbol = unit_text(a, y->any_unit ? x->unit : y->unit);
        if (bare && bare->kind == AST_NUM && unit_find(symbol, &(unit){0})) {
            diag_help(b->E->diag, "a number beside a quantity takes its unit: %s%s", bare->name,
                      symbol);
            diag_edit(b->E->diag, bare->at, arena_text(a, "%s%s", bare->name, symbol));
        }
        kelvin_help(b, x, y->unit, node->a->at), kelvin_help(b, y, x->unit, node->b->at);
    }
    return x->unit;
}

static void need_quantity(bind *b, const expr *e, const ast *node) {
    if (e->type == TYPE_BOOL && b->place != IN_CLOCKED && b->place != IN_MEASURE)
        not_a_quantity(b, node);
}

static expr *bind_power(bind *b, const ast *node, expr *x, expr *y) {
    arena *home = b->E->home;
    unit u = unit_none;
    double n;
    expr *f = expr_fold(home, y);
    if (!unit_is_none(y->unit))
        diag_report(b->E->diag, node->b->at, DIAG_E0309, "an exponent", said_unit(home, y->unit));
    if (!unit_is_none(x->unit)) {
        if (!expr_is_number(f, &n) || n != (double)(int)n || fabs(n) > 16)
            diag_report(b->E->diag, node->b->at, DIAG_E0318);
        else
            u = unit_times(unit_none, x->unit, (int)n);
    }
    return expr_make(home, X_POW, TYPE_REAL, u, x, f, NULL, node->at);
}

static expr *bind_logic(bind *b, const ast *node, expr_kind kind) {
    arena *home = b->E->home;
    if (b->place == IN_CLOCKED) { // on bits logical, on uints bitwise: the same words
        expr *x = bind_expr(b, node->a), *y = node->b ? bind_expr(b, node->b) : NULL;
        bool bits = x->type == TYPE_BOOL && (!y || y->type == TYPE_BOOL);
        return expr_make(home, kind, bits ? TYPE_BOOL : TYPE_INT, unit_none, x, y, NULL, node->at);
    }
    expr *x = bind_condition(b, node->a), *y = node->b ? bind_condition(b, node->b) : NULL;
    return expr_make(home, kind, TYPE_BOOL, unit_none, x, y, NULL, node->at);
}

// class == "label" in measures and such: strings meet only == in data, which experiment.c binds
static expr *bind_binary(bind *b, const ast *node) {
    static const expr_kind kinds[] = {
        [OP_ADD] = X_ADD, [OP_SUB] = X_SUB, [OP_MUL] = X_MUL, [OP_DIV] = X_DIV,
        [OP_POW] = X_POW, [OP_LT] = X_LT,   [OP_LE] = X_LE,   [OP_GT] = X_GT,
        [OP_GE] = X_GE,   [OP_EQ] = X_EQ,   [OP_NE] = X_NE,   [OP_AND] = X_AND,
        [OP_OR] = X_OR,   [OP_XOR] = X_XOR, [OP_SHL] = X_SHL, [OP_SHR] = X_SHR};
    expr_kind kind = kinds[node->op];
    arena *home = b->E->home;
    if (node->op == OP_AND || node->op == OP_OR) return bind_logic(b, node, kind);
    expr *x = bind_expr(b, node->a), *y = bind_expr(b, node->b);
    bool whole = x->type != TYPE_REAL && y->type != TYPE_REAL;
    if (node->op == OP_XOR || node->op == OP_SHL || node->op == OP_SHR) {
        if (b->place != IN_CLOCKED)
            diag_report(b->E->diag, node->at, DIAG_E0316, ast_op_text(node->op),
                        "for bits and uints", "here");
        bool bits = node->op == OP_XOR && x->type == TYPE_BOOL && y->type == TYPE_BOOL;
        return expr_make(home, kind, bits ? TYPE_BOOL : TYPE_INT, unit_none, x, y, NULL, node->at);
    }
    bool equal = node->op == OP_EQ || node->op == OP_NE;
    if (!equal) need_quantity(b, x, node->a), need_quantity(b, y, node->b);
    switch (node->op) {
    case OP_ADD:
    case OP_SUB: {
        unit u = meet(b, x, y, node, node->op == OP_ADD ? "add" : "subtract");
        expr *e = expr_make(home, kind, whole ? TYPE_INT : TYPE_REAL, u, x, y, NULL, node->at);
        return e;
    }
    case OP_MUL:
        return expr_make(home, kind, whole ? TYPE_INT : TYPE_REAL, unit_times(x->unit, y->unit, 1),
                         x, y, NULL, node->at);
    case OP_DIV:
        return expr_make(home, kind, TYPE_REAL, unit_times(x->unit, y->unit, -1), x, y, NULL,
                         node->at);
    case OP_POW:
        return bind_power(b, node, x, y);
    default:
        meet(b, x, y, node, "compare");
        return expr_make(home, kind, TYPE_BOOL, unit_none, x, y, NULL, node->at);
    }
}

static expr *bind_number(bind *b, const ast *node) {
    expr *x = expr_number(b->E->home, node->num, node->at);
    if (node->unit)
        x->unit = bind_unit(b->E, node->unit);
    else
        x->any_unit = !strchr(node->name ? node->name : "", '%');
    if (x->any_unit && node->num == floor(node->num) && fabs(node->num) < 1e9) x->type = TYPE_INT;
    return x;
}

// ---- names
// ---------------------------------------------------------------------------------------

static const char *kind_phrase(var_kind kind) {
    switch (kind) {
    case VAR_BIT:
    case VAR_REG:
    case VAR_CIN:
    case VAR_COUT:
        return "clocked";
    case VAR_PARAM:
        return "a parameter";
    case VAR_INPUT:
        return "an analog input";
    case VAR_STATE:
        return "a state";
    case VAR_HOLD:
        return "held";
    default:
        return "analog";
    }
}

static const char *entity_phrase(const entity *e) {
    switch (e->kind) {
    case ENT_PART:
        return "a part";
    case ENT_CROSSBAR:
        return "a crossbar";
    case ENT_LINE:
        return "a line";
    case ENT_PHASE:
        return "a phase";
    case ENT_SEQUENCER:
        return "a sequencer";
    default:
        return "not a quantity";
    }
}

static bool kind_allowed(bind *b, const ref *r, const ast *node) {
    var_kind k = r->v->kind;
    bool clocked = k == VAR_REG || k == VAR_CIN || k == VAR_COUT || k == VAR_BIT;
    const char *place = NULL, *help = "";
    switch (b->place) {
    case IN_ANALOG:
        place = clocked ? "in an equation" : NULL;
        help =
            "what a sequencer knows reaches the analog core by a phase, its arguments, or an event";
        break;
    case IN_BIT:
        place = clocked || k == VAR_PARAM ? NULL : "as a bit";
        help = "a comparator makes a bit of it: above(quantity, threshold, hysteresis)";
        break;
    case IN_CLOCKED:
        place = clocked || k == VAR_PARAM ? NULL : "by a sequencer";
        help = "a sequencer reads bits: bit hit = above(quantity, threshold, hysteresis);";
        break;
    case IN_CONSTANT:
        place = k == VAR_PARAM ? NULL : "where a constant is needed";
        help = "constants are numbers, parameters and what is computed from them";
        break;
    case IN_EPOCH:
        place = k == VAR_PARAM || k == VAR_INPUT ? NULL : "after an epoch";
        help = "what is to be read is measured: measure m = ...; then train.m";
        break;
    case IN_MEASURE:
        break;
    }
    if (!place) return true;
    diag_report(b->E->diag, node->at, DIAG_E0316, r->e ? r->e->name : r->v->name, kind_phrase(k),
                place);
    diag_help(b->E->diag, "%s", help);
    return false;
}

static bool readable(const bind *b, const ref *r) {
    if (!r->e || !r->in || r->in == b->in || r->in->device || b->place == IN_MEASURE ||
        b->outside || b->chain)
        return true;
    if (r->e->kind != ENT_VAR) return r->e->kind == ENT_PARAM && b->place == IN_CONSTANT;
    int d = r->e->decl;
    return r->v->kind == VAR_COUT || d == DECL_IN || d == DECL_OUT || d == DECL_HOLD ||
           d == DECL_BIT;
}

static expr *param_value(bind *b, const ref *r, const ast *node) {
    entity *e = r->e;
    if (e->v && e->v->kept && b->place != IN_CONSTANT) {
        int n = e->v->dims;
        return expr_variable(b->E->home, e->v, n, (expr *const *)r->sub, node->at);
    }
    // the value may name the instance's own lead indices: put the element in their place
    expr *value = e->value;
    for (int k = 0; k < e->in->leads && k < r->subs; k++)
        if (value->kind != X_NUM)
            value = expr_put_index(b->E->home, value, e->in->lead[k], r->sub[k]);
    expr *copy = arena_new_of(b->E->home, expr);
    *copy = *value;
    copy->at = node->at;
    copy->any_unit = false;
    return copy;
}

static expr *bind_param(bind *b, const ref *r, const ast *node) {
    entity *e = r->e;
    if (!e->value) {
        expr *x = expr_number(b->E->home, 0, node->at);
        if (e->v) x->unit = e->v->unit;
        return x;
    }
    expr *value = param_value(b, r, node);
    if (!e->noise || b->place == IN_CONSTANT || b->draw) return value;
    expr *factor =
        expr_variable(b->E->home, e->noise, e->noise->dims, (expr *const *)r->sub, node->at);
    return expr_make(b->E->home, X_MUL, TYPE_REAL, value->unit, value, factor, NULL, node->at);
}

static expr *bind_path(bind *b, const ast *node) {
    elab *E = b->E;
    if (node->kind == AST_NAME && !local_find(b->locals, node->name)) {
        if (node->name == E->w_time && !scope_find(b->in, node->name)) {
            expr *t =
                expr_make(E->home, X_TIME, TYPE_REAL, unit_second, NULL, NULL, NULL, node->at);
            t->phase = b->act;
            return t;
        }
        if (node->name == E->w_ground) {
            expr *zero = expr_number(E->home, 0, node->at);
            zero->unit = unit_volt;
            return zero;
        }
    }
    expr *measured = b->place == IN_EPOCH ? bind_epoch_measure(b, node) : NULL;
    if (measured) return measured;
    ref r = {0};
    if (!resolve(b, node, &r, false)) return wrong(b, node);
    if (r.loc) {
        expr *copy = arena_new_of(E->home, expr);
        *copy = *r.loc->value;
        return copy;
    }
    if (r.e && r.e->kind == ENT_PARAM) {
        if (!readable(b, &r)) diag_report(E->diag, node->at, DIAG_E0320, r.e->name, r.in->path);
        return bind_param(b, &r, node);
    }
    if (!r.v) {
        diag_report(E->diag, node->at, DIAG_E0316, r.e->name, entity_phrase(r.e), "as a quantity");
        return wrong(b, node);
    }
    if (!readable(b, &r)) diag_report(E->diag, node->at, DIAG_E0320, r.e->name, r.in->path);
    if (!kind_allowed(b, &r, node)) return wrong(b, node);
    int missing = r.v->dims - r.subs;
    for (int k = 0; k < missing && missing == b->autos; k++) { // a whole array beside another
        int wanted = b->automatic[k]->ix->hi, given = r.v->dim[r.subs];
        if (wanted != given) diag_report(E->diag, node->at, DIAG_E0321, wanted, (size_t)given);
        r.sub[r.subs++] = b->automatic[k];
    }
    if (r.subs != r.v->dims) {
        diag_report(E->diag, node->at, DIAG_E0310, r.v->name, r.v->dims, r.subs);
        return wrong(b, node);
    }
    return expr_variable(E->home, r.v, r.subs, (expr *const *)r.sub, node->at);
}

// size[k] of a list of sizes
static expr *bind_size(bind *b, const ast *node) {
    const entity *e = node->a->kind == AST_NAME && !local_find(b->locals, node->a->name)
                          ? scope_find(b->in, node->a->name)
                          : NULL;
    int k = 0;
    if (!e || e->kind != ENT_LIST || ast_length(node->b) != 1) return NULL;
    if (e->length < 0) return whole_number(b->E, 1, node->at);
    if (bind_integer(b, node->b, &k, e->name) && (k < 0 || k >= e->length)) {
        diag_report(b->E->diag, node->at, DIAG_E0306, arena_text(b->E->home, "%d", k), e->name,
                    e->length - 1);
        k = 0;
    }
    return whole_number(b->E, e->length ? e->sizes[k] : 1, node->at);
}

// a[b] on clocked values is one bit
static expr *bind_index_of(bind *b, const ast *node) {
    expr *size = bind_size(b, node);
    if (size) return size;
    if (b->place == IN_CLOCKED && node->a->kind == AST_NAME && b->seq_scope) {
        var *v = map_get(b->seq_scope, node->a->name);
        if (v) {
            expr *x = expr_variable(b->E->home, v, 0, NULL, node->a->at);
            return expr_make(b->E->home, X_BIT, TYPE_BOOL, unit_none, x, bind_expr(b, node->b),
                             NULL, node->at);
        }
    }
    return bind_path(b, node);
}

static expr *bind_tuple(bind *b, const ast *node) {
    size_t n = ast_length(node->a);
    if (b->tuple < 0) {
        diag_report(b->E->diag, node->at, DIAG_E0322);
        return wrong(b, node);
    }
    const ast *k = node->a;
    for (int skip = b->tuple; skip > 0 && k; skip--)
        k = k->next;
    if (!k) {
        diag_report(b->E->diag, node->at, DIAG_E0321, b->tuple + 1, n);
        return wrong(b, node);
    }
    return bind_expr(b, k);
}

expr *bind_expr(bind *b, const ast *node) {
    arena *home = b->E->home;
    switch (node->kind) {
    case AST_NUM:
        return bind_number(b, node);
    case AST_NAME:
    case AST_MEMBER:
        return bind_path(b, node);
    case AST_INDEX:
        return bind_index_of(b, node);
    case AST_CALL:
        return bind_call(b, node);
    case AST_REDUCE:
        return bind_reduce(b, node);
    case AST_WHEN:
        return bind_when(b, node, NULL);
    case AST_TUPLE:
        return bind_tuple(b, node);
    case AST_BINARY:
        return bind_binary(b, node);
    case AST_UNARY: {
        if (node->op == OP_NOT) return bind_logic(b, node, X_NOT);
        expr *x = bind_expr(b, node->a);
        need_quantity(b, x, node->a);
        if (x->kind == X_NUM) {
            x->num = -x->num;
            return x;
        }
        return expr_make(home, X_NEG, x->type == TYPE_INT ? TYPE_INT : TYPE_REAL, x->unit, x, NULL,
                         NULL, node->at);
    }
    case AST_STRING:
        diag_report(b->E->diag, node->at, DIAG_E0316, node->name, "a text", "in an expression");
        return wrong(b, node);
    default:
        diag_report(b->E->diag, node->at, DIAG_E0205);
        return wrong(b, node);
    }
}

expr *bind_condition(bind *b, const ast *node) {
    expr *x = bind_expr(b, node);
    bool number = x->kind == X_NUM && (x->num == 0 || x->num == 1);
    if (x->type != TYPE_BOOL && !number) {
        diag_report(b->E->diag, node->at, DIAG_E0311);
        diag_help(b->E->diag, "a comparison makes one: %s > 0", source_of(b->E, node->at));
    }
    x->type = TYPE_BOOL;
    return x;
}

// ---- constants and time
// ----------------------------------------------------------------------------

bool bind_constant(bind *b, const ast *node, double *value, unit *u) {
    bind c = *b;
    c.place = IN_CONSTANT;
    size_t before = diag_errors(b->E->diag);
    expr *x = expr_fold(b->E->home, bind_expr(&c, node));
    if (u) *u = x->unit;
    if (expr_is_number(x, value)) return diag_errors(b->E->diag) == before;
    *value = 0;
    if (diag_errors(b->E->diag) == before) diag_report(b->E->diag, node->at, DIAG_E0313, "this");
    return false;
}

bool bind_integer(bind *b, const ast *node, int *value, const char *what) {
    double x;
    unit u;
    *value = 0;
    if (!bind_constant(b, node, &x, &u)) return false;
    if (!unit_is_none(u)) {
        diag_report(b->E->diag, node->at, DIAG_E0309, what, said_unit(b->E->home, u));
        return false;
    }
    if (x != floor(x) || fabs(x) > 2e9) {
        if (x != floor(x))
            diag_report(b->E->diag, node->at, DIAG_E0314, what, x);
        else
            diag_report(b->E->diag, node->at, DIAG_E0315, what, x, -2e9, 2e9);
        return false;
    }
    *value = (int)x;
    return true;
}

// Times are counted in femtoseconds until the model's tick is known.
bool exact_ticks(diag *d, double seconds, span at, const char *what, int64_t *ticks) {
    double fs = seconds * 1e15;
    *ticks = 0;
    if (!(fabs(fs) <= 9e18)) {
        diag_report(d, at, DIAG_E0508, what, seconds);
        return false;
    }
    *ticks = llround(fs);
    double off = fabs(fs - (double)*ticks);
    if (off <= fmax(1e-3, fabs(fs) * 4e-16)) return true;
    diag_report(d, at, DIAG_E0501, what, seconds);
    diag_help(d, "the nearest that fit are %.15gfs and %.15gfs", floor(fs), ceil(fs));
    return false;
}

const char *said_time(arena *home, int64_t femtoseconds) {
    static const struct {
        double fs;
        const char *unit;
    } units[] = {{1e15, "s"}, {1e12, "ms"}, {1e9, "us"}, {1e6, "ns"}, {1e3, "ps"}, {1, "fs"}};
    size_t k = 0;
    double fs = (double)femtoseconds;
    while (k < 5 && fabs(fs) < units[k].fs && fs != 0)
        k++;
    return arena_text(home, "%.15g%s", fs / units[k].fs, units[k].unit);
}

bool on_clock_edge(diag *d, arena *home, int64_t ticks, int64_t period, span at, const char *what) {
    if (!period || ticks % period == 0) return true;
    diag_report(d, at, DIAG_E0502, what, said_time(home, ticks), said_time(home, period));
    int64_t low = ticks / period * period;
    if (low > 0)
        diag_help(d, "the nearest that fit are %s and %s", said_time(home, low),
                  said_time(home, low + period));
    else
        diag_help(d, "the nearest that fits is %s", said_time(home, period));
    return false;
}

bool bind_seconds(bind *b, const ast *node, int64_t *ticks, const char *what) {
    double x;
    unit u;
    *ticks = 0;
    if (!bind_constant(b, node, &x, &u)) return false;
    if (!unit_same(u, unit_second)) {
        diag_report(b->E->diag, node->at, DIAG_E0505, what);
        diag_note(b->E->diag, (span){0}, "this is %s", said_unit(b->E->home, u));
        return false;
    }
    return exact_ticks(b->E->diag, x, node->at, what, ticks);
}

unit bind_unit(elab *E, const ast *node) {
    unit u = unit_none;
    if (!node) return u;
    switch (node->kind) {
    case AST_UNIT_NAME:
        if (!strcmp(node->name, "1") || !strcmp(node->name, "uint")) return u;
        unit_find(node->name, &u); // unknown ones were reported when the file was read
        return u;
    case AST_UNIT_GROUP:
        return bind_unit(E, node->a);
    case AST_UNIT_POWER:
        return unit_times(unit_none, bind_unit(E, node->a), (int)node->num);
    default:
        return unit_times(bind_unit(E, node->a), bind_unit(E, node->b),
                          node->op == OP_DIV ? -1 : 1);
    }
}
