// Expressions: made, compared, walked, copied with replacements, and folded.
//
// Nodes are never changed once they are part of a larger expression; every function here that
// "changes" one returns a copy, so a node may be shared freely.
#include "model/expr.h"
#include "kernels.h"

#include <math.h>

static const struct {
    const char *name;
    int arity;
} functions[FN_COUNT] = {
#define FN(name, arity, rule) {#name, arity},
#include "model/functions.def"
#undef FN
};

const char *var_kind_name(var_kind kind) {
    static const char *const names[VAR_KINDS] = {
        "param", "input", "signal", "state", "hold", "bit",  "latch",  "width", "high",
        "noise", "reg",   "cin",    "cout",  "ctl",  "side", "shadow", "temp",  "stat",
    };
    return kind < VAR_KINDS && names[kind] != NULL ? names[kind] : "?";
}

const char *fn_name(int fn) {
    return fn >= 0 && fn < FN_COUNT ? functions[fn].name : "?";
}

int fn_arity(int fn) {
    return fn >= 0 && fn < FN_COUNT ? functions[fn].arity : 0;
}

const char *red_name(int op) {
    static const char *const names[] = {"sum",    "max",    "min", "mean",
                                        "argmax", "argmin", "all", "any"};
    return op >= RED_SUM && op <= RED_ANY ? names[op] : "?";
}

long var_count(const var *v) {
    long count = 1;
    for (int d = 0; d < v->dims; d++) {
        count *= v->dim[d];
    }
    return count;
}

// What generated code computes (runtime/kernels.h), bit for bit, so that folding changes no result.
double fn_value(int fn, double a, double b, double c) {
    (void)c;
    switch (fn) {
    case FN_exp:
        return weft_exp(a);
    case FN_log:
        return log(a);
    case FN_sqrt:
        return sqrt(a);
    case FN_sin:
        return sin(a);
    case FN_cos:
        return cos(a);
    case FN_tan:
        return tan(a);
    case FN_sinh:
        return sinh(a);
    case FN_cosh:
        return cosh(a);
    case FN_tanh:
        return weft_tanh(a);
    case FN_atan:
        return atan(a);
    case FN_logistic:
        return weft_logistic(a);
    case FN_dlogistic:
        return weft_dlogistic(a);
    case FN_abs:
        return fabs(a);
    case FN_sign:
        return weft_sign(a);
    case FN_floor:
        return floor(a);
    case FN_ceil:
        return ceil(a);
    case FN_round:
        return weft_round(a);
    case FN_min:
        return weft_min(a, b);
    case FN_max:
        return weft_max(a, b);
    default:
        return NAN;
    }
}

// ---- making
// --------------------------------------------------------------------------------------

expr *expr_make(arena *home, expr_kind kind, value_type type, unit u, expr *a, expr *b, expr *c,
                span at) {
    expr *e = arena_new_of(home, expr);
    *e = (expr){
        .kind = kind, .type = type, .unit = u, .a = a, .b = b, .c = c, .at = at, .phase = -1};
    return e;
}

expr *expr_number(arena *home, double num, span at) {
    expr *e = expr_make(home, X_NUM, TYPE_REAL, unit_none, NULL, NULL, NULL, at);
    e->num = num;
    return e;
}

expr *expr_variable(arena *home, var *v, int nsub, expr *const *sub, span at) {
    expr *e = expr_make(home, X_VAR, v->type, v->unit, NULL, NULL, NULL, at);
    e->v = v;
    e->nsub = nsub;
    if (nsub > 0) {
        e->sub = arena_array(home, (size_t)nsub, sizeof *e->sub);
        memcpy(e->sub, sub, (size_t)nsub * sizeof *e->sub);
    }
    return e;
}

expr *expr_index(arena *home, index *ix, span at) {
    expr *e = expr_make(home, X_INDEX, TYPE_INT, unit_none, NULL, NULL, NULL, at);
    e->ix = ix;
    return e;
}

bool expr_is_number(const expr *e, double *num) {
    if (e == NULL || e->kind != X_NUM) {
        return false;
    }
    if (num != NULL) {
        *num = e->num;
    }
    return true;
}

// ---- walking
// -------------------------------------------------------------------------------------

bool expr_same(const expr *a, const expr *b) {
    if (a == b) {
        return true;
    }
    if (a == NULL || b == NULL || a->kind != b->kind || a->type != b->type || a->fn != b->fn ||
        a->v != b->v || a->ix != b->ix || a->nsub != b->nsub) {
        return false;
    }
    if (a->kind == X_NUM) {
        return memcmp(&a->num, &b->num, sizeof a->num) == 0;
    }
    if ((a->kind == X_TIME || a->kind == X_TICKS) && a->phase != b->phase) {
        return false;
    }
    if (a->kind == X_DRAW &&
        (a->phase != b->phase || a->event != b->event || strcmp(a->stream, b->stream) != 0)) {
        return false;
    }
    for (int k = 0; k < a->nsub; k++) {
        if (!expr_same(a->sub[k], b->sub[k])) {
            return false;
        }
    }
    return expr_same(a->a, b->a) && expr_same(a->b, b->b) && expr_same(a->c, b->c) &&
           expr_same(a->element, b->element);
}

void expr_walk(const expr *e, bool (*visit)(const expr *e, void *data), void *data) {
    if (e == NULL || !visit(e, data)) {
        return;
    }
    for (int k = 0; k < e->nsub; k++) {
        expr_walk(e->sub[k], visit, data);
    }
    expr_walk(e->a, visit, data);
    expr_walk(e->b, visit, data);
    expr_walk(e->c, visit, data);
    expr_walk(e->element, visit, data);
}

expr *expr_replace(arena *home, expr *e, expr *(*change)(expr *e, void *data), void *data) {
    if (e == NULL) {
        return NULL;
    }
    expr *other = change(e, data);
    if (other != NULL) {
        return other;
    }
    expr *copy = arena_new_of(home, expr);
    *copy = *e;
    if (e->nsub > 0) {
        copy->sub = arena_array(home, (size_t)e->nsub, sizeof *copy->sub);
        for (int k = 0; k < e->nsub; k++) {
            copy->sub[k] = expr_replace(home, e->sub[k], change, data);
        }
    }
    copy->a = expr_replace(home, e->a, change, data);
    copy->b = expr_replace(home, e->b, change, data);
    copy->c = expr_replace(home, e->c, change, data);
    copy->element = expr_replace(home, e->element, change, data);
    return copy;
}

typedef struct put_index {
    const index *ix;
    expr *value;
} put_index;

static expr *put_index_here(expr *e, void *data) {
    const put_index *put = data;
    return e->kind == X_INDEX && e->ix == put->ix ? put->value : NULL;
}

expr *expr_put_index(arena *home, expr *e, const index *ix, expr *value) {
    put_index put = {ix, value};
    return expr_replace(home, e, put_index_here, &put);
}

// ---- folding
// -------------------------------------------------------------------------------------

// Powers as the language defines them: small whole exponents are products, from the left.
static double power_value(double x, double n) {
    if (n == -1) {
        return 1 / x;
    }
    if (n >= 2 && n <= 8 && n == floor(n)) {
        double product = x * x;
        for (int k = 2; k < (int)n; k++) {
            product *= x;
        }
        return product;
    }
    return pow(x, n);
}

static bool fold_compare(expr_kind kind, double a, double b, double *value) {
    switch (kind) {
    case X_LT:
        *value = a < b;
        return true;
    case X_LE:
        *value = a <= b;
        return true;
    case X_GT:
        *value = a > b;
        return true;
    case X_GE:
        *value = a >= b;
        return true;
    case X_EQ:
        *value = a == b;
        return true;
    case X_NE:
        *value = a != b;
        return true;
    default:
        return false;
    }
}

// Operations on integers; `whole` numbers above 2^53 are left alone, they would not be exact.
static bool fold_integers(const expr *e, int64_t a, int64_t b, double *value) {
    const bool logic = e->type == TYPE_BOOL;
    switch (e->kind) {
    case X_DIV:
        if (b == 0) {
            return false;
        }
        *value = (double)(a / b);
        return true;
    case X_NOT:
        *value = (double)(a == 0);
        return logic;
    case X_AND:
        *value = (double)(logic ? (a != 0 && b != 0) : (a & b));
        return true;
    case X_OR:
        *value = (double)(logic ? (a != 0 || b != 0) : (a | b));
        return true;
    case X_XOR:
        *value = (double)(logic ? ((a != 0) != (b != 0)) : (a ^ b));
        return true;
    case X_SHL:
        if (b < 0 || b > 52 || a < 0 || a > (int64_t)(1ull << (52 - b))) {
            return false;
        }
        *value = (double)(a << b);
        return true;
    case X_SHR:
        *value = (double)(a >> (b & 63));
        return b >= 0 && b < 64 && a >= 0;
    case X_BIT:
        *value = (double)((a >> (b & 63)) & 1);
        return b >= 0 && b < 64;
    default:
        return false;
    }
}

static bool whole(double x) {
    return x == floor(x) && fabs(x) <= 9007199254740992.0;
}

static bool fold_value(const expr *e, double a, double b, double c, double *value) {
    if (fold_compare(e->kind, a, b, value)) {
        return true;
    }
    switch (e->kind) {
    case X_NEG:
        *value = -a;
        return true;
    case X_ADD:
        *value = a + b;
        return true;
    case X_SUB:
        *value = a - b;
        return true;
    case X_MUL:
        *value = a * b;
        return true;
    case X_POW:
        *value = power_value(a, b);
        return true;
    case X_CALL:
        *value = fn_value(e->fn, a, b, c);
        return true;
    case X_DIV:
        if (e->type == TYPE_REAL) {
            *value = a / b;
            return true;
        }
        break;
    default:
        break;
    }
    return whole(a) && whole(b) && fold_integers(e, (int64_t)a, (int64_t)b, value);
}

static expr *number_like(arena *home, const expr *e, double num) {
    expr *n = expr_number(home, num, e->at);
    n->type = e->type;
    n->unit = e->unit;
    n->any_unit = e->any_unit;
    return n;
}

// The operand alone, standing for the whole expression (x * 1, x + 0); only where nothing but the
// unit tells them apart.
static expr *operand_for(arena *home, const expr *e, const expr *operand) {
    if (operand->type != e->type) {
        return NULL;
    }
    expr *same = arena_new_of(home, expr);
    *same = *operand;
    same->unit = e->unit;
    same->any_unit = e->any_unit;
    return same;
}

static bool is(const expr *e, double num) {
    return e != NULL && e->kind == X_NUM && e->num == num;
}

// x + 0, x * 1, x * 0, and the like. Dropping "x * 0" treats every x as finite: the runtime stops
// at the first state that is not.
static expr *fold_neutral(arena *home, expr *e) {
    switch (e->kind) {
    case X_ADD:
        return is(e->b, 0)   ? operand_for(home, e, e->a)
               : is(e->a, 0) ? operand_for(home, e, e->b)
                             : NULL;
    case X_SUB:
        return is(e->b, 0) ? operand_for(home, e, e->a) : NULL;
    case X_MUL:
        if (is(e->a, 0) || is(e->b, 0)) {
            return number_like(home, e, 0);
        }
        return is(e->b, 1)   ? operand_for(home, e, e->a)
               : is(e->a, 1) ? operand_for(home, e, e->b)
                             : NULL;
    case X_DIV:
        if (is(e->a, 0) && !is(e->b, 0)) {
            return number_like(home, e, 0);
        }
        return is(e->b, 1) ? operand_for(home, e, e->a) : NULL;
    case X_POW:
        return is(e->b, 1)   ? operand_for(home, e, e->a)
               : is(e->b, 0) ? number_like(home, e, 1)
                             : NULL;
    case X_NEG:
        return e->a->kind == X_NEG ? operand_for(home, e, e->a->a) : NULL;
    case X_AND:
    case X_OR: {
        if (e->type != TYPE_BOOL) {
            return NULL;
        }
        const expr *known = e->a->kind == X_NUM ? e->a : e->b->kind == X_NUM ? e->b : NULL;
        if (known == NULL) {
            return NULL;
        }
        const bool decides = (known->num != 0) == (e->kind == X_OR);
        return decides ? number_like(home, e, e->kind == X_OR)
                       : operand_for(home, e, known == e->a ? e->b : e->a);
    }
    case X_NOT:
        return e->a->kind == X_NOT && e->type == TYPE_BOOL ? operand_for(home, e, e->a->a) : NULL;
    default:
        return NULL;
    }
}

expr *expr_fold(arena *home, expr *e) {
    if (e == NULL) {
        return NULL;
    }
    expr *copy = arena_new_of(home, expr);
    *copy = *e;
    copy->a = expr_fold(home, e->a);
    if (e->kind == X_SELECT && copy->a->kind == X_NUM) {
        expr *chosen = expr_fold(home, copy->a->num != 0 ? e->b : e->c);
        expr *same = operand_for(home, e, chosen);
        return same != NULL            ? same
               : chosen->kind == X_NUM ? number_like(home, e, chosen->num)
                                       : chosen;
    }
    copy->b = expr_fold(home, e->b);
    copy->c = expr_fold(home, e->c);
    copy->element = expr_fold(home, e->element);
    if (e->nsub > 0) {
        copy->sub = arena_array(home, (size_t)e->nsub, sizeof *copy->sub);
        for (int k = 0; k < e->nsub; k++) {
            copy->sub[k] = expr_fold(home, e->sub[k]);
        }
    }
    if (copy->a == NULL || copy->kind == X_REDUCE || copy->kind == X_DRAW) {
        return copy;
    }
    if (copy->kind == X_SELECT) {
        expr *same = expr_same(copy->b, copy->c) ? operand_for(home, e, copy->b) : NULL;
        return same != NULL ? same : copy;
    }
    double a = 0, b = 0, c = 0, value;
    if (expr_is_number(copy->a, &a) && (copy->b == NULL || expr_is_number(copy->b, &b)) &&
        (copy->c == NULL || expr_is_number(copy->c, &c)) && fold_value(copy, a, b, c, &value)) {
        return number_like(home, copy, value);
    }
    expr *simpler = fold_neutral(home, copy);
    return simpler != NULL ? simpler : copy;
}
