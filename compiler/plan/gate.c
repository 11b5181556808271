// The input that stops a flow: one by which every rate is multiplied, as `teach` is in a network
// whose weights learn while it is up. While it is 0 nothing moves, and nothing is integrated:
//
//   u[i] = teach * x[i];  der(w[i]) = -u[i] / tau        gate: teach
#include "plan/build.h"

// What is 0 whenever `input` is: found so far, by variable.
typedef struct zeros {
    const var *input;
    map *zero, *other;
} zeros;

static bool is_zero(const zeros *z, const expr *e);

static bool call_is_zero(const zeros *z, const expr *e) {
    switch (e->fn) {
    case FN_sin:
    case FN_tan:
    case FN_sinh:
    case FN_tanh:
    case FN_atan:
    case FN_sqrt:
    case FN_abs:
    case FN_sign:
    case FN_floor:
    case FN_ceil:
    case FN_round:
        return is_zero(z, e->a);
    case FN_min:
    case FN_max:
        return is_zero(z, e->a) && is_zero(z, e->b);
    default:
        return false;
    }
}

static bool is_zero(const zeros *z, const expr *e) {
    switch (e->kind) {
    case X_NUM:
        return e->num == 0;
    case X_VAR:
        return e->v == z->input || map_get(z->zero, (const char *)e->v);
    case X_NEG:
    case X_DIV:
        return is_zero(z, e->a);
    case X_MUL:
        return is_zero(z, e->a) || is_zero(z, e->b);
    case X_ADD:
    case X_SUB:
        return is_zero(z, e->a) && is_zero(z, e->b);
    case X_POW:
        return e->b->kind == X_NUM && e->b->num > 0 && is_zero(z, e->a);
    case X_SELECT:
        return is_zero(z, e->b) && is_zero(z, e->c);
    case X_CALL:
        return call_is_zero(z, e);
    default:
        return false;
    }
}

// Follows a function of rates step by step: what all its definitions so far make 0.
static bool rates_are_zero(scheduler *s, const flow *f, const function *rates, const var *input) {
    zeros z = {input, map_new(s->home), map_new(s->home)};
    for (size_t k = 0; k < rates->steps.n; k++) {
        const step *t = rates->steps.at[k];
        if (!t->target) continue;
        const char *target = (const char *)t->target;
        bool adds = t->kind == STEP_REDUCE && t->op != RED_ARGMAX && t->op != RED_ARGMIN;
        if ((t->kind == STEP_MAP || adds) && is_zero(&z, t->rhs) && !map_get(z.other, target)) {
            map_put(z.zero, target, t->target);
        } else {
            map_put(z.other, target, t->target);
            map_put(z.zero, target, NULL);
        }
    }
    for (size_t k = 0; k < f->rates.n; k++)
        if (!map_get(z.zero, (const char *)f->rates.at[k])) return false;
    return true;
}

void gate_begin(scheduler *s, flow *f) {
    for (size_t k = 0; k < s->m->vars.n; k++) {
        var *v = s->m->vars.at[k];
        if (v->kind == VAR_INPUT && v->type == TYPE_REAL && v->dims == 0)
            vec_push(s->home, &f->gates, v);
    }
}

void gate_keep(scheduler *s, flow *f, const function *rates) {
    size_t kept = 0;
    for (size_t k = 0; k < f->gates.n; k++)
        if (rates_are_zero(s, f, rates, f->gates.at[k])) f->gates.at[kept++] = f->gates.at[k];
    f->gates.n = kept;
}
