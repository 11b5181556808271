// Expressions evaluated directly; see eval.h.
#include "interp/eval.h"

#include <math.h>

void eval_fault(frame *f, weft_status status, long cell) {
    if (f->cells[WEFT_FAULT].i != WEFT_OK) return;
    f->cells[WEFT_FAULT].i = status;
    f->cells[WEFT_FAULT_AT].i = cell < 0 ? 0 : cell + 1;
}

static bool is_real(const expr *e) {
    return e->type == TYPE_REAL;
}

int64_t eval_whole(double x) {
    return x > -9223372036854775808.0 && x < 9223372036854775808.0 ? (int64_t)x : INT64_MIN;
}

static int64_t bound_value(const frame *f, const index *ix) {
    for (int k = f->bound_count; k > 0; k--)
        if (f->bound[k - 1].ix == ix) return f->bound[k - 1].value;
    return ix->lo;
}

weft_cell *eval_place(frame *f, const var *v, int nsub, expr *const *sub) {
    int64_t element = 0;
    for (int d = 0; d < v->dims; d++) {
        int64_t k = d < nsub ? eval_int(f, sub[d]) : 0;
        if (k < 0 || k >= v->dim[d]) {
            eval_fault(f, WEFT_WRONG_SIZE, v->cell);
            return NULL;
        }
        element = element * v->dim[d] + k;
    }
    if (v->cell >= 0) return &f->cells[v->cell + element];
    if (f->local_at == NULL || f->local_at[v->id] < 0) return NULL;
    return &f->locals[f->local_at[v->id] + element];
}

// Inside a rate function, the number of the state that e names, or -1.
static int state_of(const frame *f, const expr *e) {
    if (f->rates == NULL) return -1;
    for (size_t k = 0; k < f->rates->states.n; k++) {
        if (f->rates->states.at[k] != e->v) continue;
        bool same = (int)f->rates->sub.n == e->nsub;
        for (int d = 0; same && d < e->nsub; d++)
            same = expr_same(f->rates->sub.at[d], e->sub[d]);
        if (same) return (int)k;
    }
    return -1;
}

static double real_var(frame *f, const expr *e) {
    int state = state_of(f, e);
    if (state >= 0) return f->state[state];
    if (e->v->kind == VAR_PARAM && e->v->cell < 0) return e->v->value;
    const weft_cell *cell = eval_place(f, e->v, e->nsub, e->sub);
    return cell == NULL ? NAN : cell->r;
}

static int64_t int_var(frame *f, const expr *e) {
    if (e->v->kind == VAR_PARAM && e->v->cell < 0) return eval_whole(e->v->value);
    const weft_cell *cell = eval_place(f, e->v, e->nsub, e->sub);
    return cell == NULL ? 0 : cell->i;
}

// Ticks since the activation began, at WEFT_FROM.
static int64_t ticks_of(const frame *f, int phase) {
    if (phase < 0) return f->cells[WEFT_FROM].i;
    const plan_phase *p = f->plan->phases.at[phase];
    return f->cells[WEFT_FROM].i - f->cells[p->state_cell + WEFT_PHASE_BEGIN].i;
}

static double time_of(const frame *f, int phase) {
    if (phase < 0) return f->cells[WEFT_TIME].r + f->t;
    return (double)ticks_of(f, phase) * f->plan->model->tick + f->t;
}

double eval_power(double x, const expr *exponent, double n) {
    if (exponent->kind == X_NUM) {
        if (n == 1) return x;
        if (n == -1) return 1 / x;
        if (n >= 2 && n <= 8 && n == floor(n)) {
            double product = x * x;
            for (int k = 2; k < (int)n; k++)
                product *= x;
            return product;
        }
    }
    return pow(x, n);
}

static double real_call(frame *f, const expr *e) {
    double a = eval_real(f, e->a), b = e->b != NULL ? eval_real(f, e->b) : 0;
    switch (e->fn) {
    case FN_logistic:
        return weft_logistic(a);
    case FN_dlogistic:
        return weft_dlogistic(a);
    case FN_sign:
        return weft_sign(a);
    case FN_round:
        return weft_round(a);
    case FN_min:
        return weft_min(a, b);
    case FN_max:
        return weft_max(a, b);
    default:
        return fn_value(e->fn, a, b, 0);
    }
}

static int64_t int_call(frame *f, const expr *e) {
    if (e->a->type == TYPE_REAL || (e->b != NULL && e->b->type == TYPE_REAL))
        return eval_whole(real_call(f, e));
    int64_t a = eval_int(f, e->a), b = e->b != NULL ? eval_int(f, e->b) : 0;
    switch (e->fn) {
    case FN_abs:
        return a < 0 ? -a : a;
    case FN_sign:
        return (a > 0) - (a < 0);
    case FN_min:
        return a < b ? a : b;
    case FN_max:
        return a > b ? a : b;
    case FN_floor:
    case FN_ceil:
    case FN_round:
        return a;
    default:
        return eval_whole(real_call(f, e));
    }
}

static uint64_t event_of(const frame *f, const expr *e) {
    switch (e->event) {
    case PER_TRIAL:
        return (uint64_t)f->cells[WEFT_TRIAL].i;
    case PER_PHASE: {
        const plan_phase *p = f->plan->phases.at[e->phase];
        return (uint64_t)f->cells[p->state_cell + WEFT_PHASE_COUNT].i;
    }
    default:
        return 0;
    }
}

static double draw(frame *f, const expr *e) {
    uint64_t key = (uint64_t)f->cells[WEFT_KEY].i, stream = weft_stream(e->stream);
    uint64_t element = e->element != NULL ? (uint64_t)eval_int(f, e->element) : 0;
    double a = eval_real(f, e->a), b = eval_real(f, e->b);
    if (e->fn == DIST_UNIFORM)
        return a + (b - a) * weft_uniform(key, stream, event_of(f, e), element);
    double z = weft_normal(key, stream, event_of(f, e), element);
    return e->fn == DIST_LOGNORMAL ? weft_exp(a + b * z) : a + b * z;
}

// Comparisons are between reals unless both sides are integers.
static bool compare(frame *f, const expr *e) {
    if (is_real(e->a) || is_real(e->b)) {
        double a = eval_real(f, e->a), b = eval_real(f, e->b);
        switch (e->kind) {
        case X_LT:
            return a < b;
        case X_LE:
            return a <= b;
        case X_GT:
            return a > b;
        case X_GE:
            return a >= b;
        case X_EQ:
            return a == b;
        default:
            return a != b;
        }
    }
    int64_t a = eval_int(f, e->a), b = eval_int(f, e->b);
    switch (e->kind) {
    case X_LT:
        return a < b;
    case X_LE:
        return a <= b;
    case X_GT:
        return a > b;
    case X_GE:
        return a >= b;
    case X_EQ:
        return a == b;
    default:
        return a != b;
    }
}

double eval_real(frame *f, const expr *e) {
    if (!is_real(e)) return e->kind == X_NUM ? e->num : (double)eval_int(f, e);
    switch (e->kind) {
    case X_NUM:
        return e->num;
    case X_VAR:
        return e->v->type == TYPE_REAL ? real_var(f, e) : (double)int_var(f, e);
    case X_INDEX:
        return (double)bound_value(f, e->ix);
    case X_TIME:
        return time_of(f, e->phase);
    case X_TICKS:
        return (double)ticks_of(f, e->phase);
    case X_NEG:
        return -eval_real(f, e->a);
    case X_ADD:
        return eval_real(f, e->a) + eval_real(f, e->b);
    case X_SUB:
        return eval_real(f, e->a) - eval_real(f, e->b);
    case X_MUL:
        return eval_real(f, e->a) * eval_real(f, e->b);
    case X_DIV:
        return eval_real(f, e->a) / eval_real(f, e->b);
    case X_POW:
        return eval_power(eval_real(f, e->a), e->b, eval_real(f, e->b));
    case X_CALL:
        return real_call(f, e);
    case X_SELECT:
        return eval_true(f, e->a) ? eval_real(f, e->b) : eval_real(f, e->c);
    case X_DRAW:
        return draw(f, e);
    case X_REDUCE:
        return NAN; // a step of its own in every plan
    default:
        return eval_true(f, e) ? 1 : 0;
    }
}

// Sums and products of integers wrap (as unsigned numbers do) instead of being undefined.
static int64_t int_binary(frame *f, const expr *e) {
    uint64_t a = (uint64_t)eval_int(f, e->a), b = (uint64_t)eval_int(f, e->b);
    switch (e->kind) {
    case X_ADD:
        return (int64_t)(a + b);
    case X_SUB:
        return (int64_t)(a - b);
    case X_MUL:
        return (int64_t)(a * b);
    case X_DIV:
        if (b == 0 || b == UINT64_MAX) return (int64_t)(a * b); // by 0 (gives 0) and by -1
        return (int64_t)a / (int64_t)b;
    case X_AND:
        return (int64_t)(a & b);
    case X_OR:
        return (int64_t)(a | b);
    case X_XOR:
        return (int64_t)(a ^ b);
    case X_SHL:
        return (int64_t)(a << (b & 63));
    case X_SHR:
        return (int64_t)a >> (b & 63);
    default:
        return ((int64_t)a >> (b & 63)) & 1; // X_BIT
    }
}

int64_t eval_int(frame *f, const expr *e) {
    if (is_real(e)) return e->kind == X_NUM ? eval_whole(e->num) : eval_whole(eval_real(f, e));
    if (e->type == TYPE_BOOL && e->kind != X_VAR && e->kind != X_NUM) return eval_true(f, e);
    switch (e->kind) {
    case X_NUM:
        return eval_whole(e->num);
    case X_VAR:
        return e->v->type == TYPE_REAL ? eval_whole(real_var(f, e)) : int_var(f, e);
    case X_INDEX:
        return bound_value(f, e->ix);
    case X_TIME:
        return eval_whole(time_of(f, e->phase));
    case X_TICKS:
        return ticks_of(f, e->phase);
    case X_NEG:
        return (int64_t)(0 - (uint64_t)eval_int(f, e->a));
    case X_POW:
        return eval_whole(eval_power(eval_real(f, e->a), e->b, eval_real(f, e->b)));
    case X_NOT:
        return ~eval_int(f, e->a);
    case X_CALL:
        return int_call(f, e);
    case X_SELECT:
        return eval_true(f, e->a) ? eval_int(f, e->b) : eval_int(f, e->c);
    case X_DRAW:
        return eval_whole(draw(f, e));
    case X_REDUCE:
        return 0;
    case X_LT:
    case X_LE:
    case X_GT:
    case X_GE:
    case X_EQ:
    case X_NE:
        return compare(f, e);
    default:
        return int_binary(f, e);
    }
}

bool eval_true(frame *f, const expr *e) {
    switch (e->kind) {
    case X_LT:
    case X_LE:
    case X_GT:
    case X_GE:
    case X_EQ:
    case X_NE:
        return compare(f, e);
    default:
        break;
    }
    if (e->type == TYPE_BOOL) {
        switch (e->kind) {
        case X_NOT:
            return !eval_true(f, e->a);
        case X_AND:
            return eval_true(f, e->a) && eval_true(f, e->b);
        case X_OR:
            return eval_true(f, e->a) || eval_true(f, e->b);
        case X_XOR:
            return eval_true(f, e->a) != eval_true(f, e->b);
        case X_SELECT:
            return eval_true(f, e->a) ? eval_true(f, e->b) : eval_true(f, e->c);
        case X_BIT:
        case X_SHL:
        case X_SHR:
            return int_binary(f, e) != 0;
        case X_CALL:
            return int_call(f, e) != 0;
        case X_VAR:
        case X_NUM:
            return eval_int(f, e) != 0;
        default:
            return false; // no other expression is a condition
        }
    }
    return is_real(e) ? eval_real(f, e) != 0 : eval_int(f, e) != 0;
}
