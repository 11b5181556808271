// The numbers of a product become one, in front; those of a sum's terms come before the sum:
//
//   r * (k * (r * x) / c)   ->   (r * k * r / c) * x        r, k, c numbers
//   sum(j: k * w[j] * x[j]) ->   k * sum(j: w[j] * x[j])
#include "plan/build.h"

#include <math.h>

typedef struct product {
    arena *home;
    double number; // all of them and the signs
    int numbers;
    VEC(expr *) over, under;
} product;

static bool is_product(const expr *e) {
    return e->type == TYPE_REAL && (e->kind == X_MUL || e->kind == X_DIV || e->kind == X_NEG);
}

static bool is_sum(const expr *e) {
    return e->type == TYPE_REAL && e->kind == X_REDUCE && e->fn == RED_SUM;
}

static expr *times(arena *home, const expr *like, expr *a, expr *b) {
    return !a ? b : expr_make(home, X_MUL, TYPE_REAL, like->unit, a, b, NULL, like->at);
}

static void factor_number(product *p, double number, bool under) {
    p->number = under ? p->number / number : p->number * number;
    p->numbers++;
}

static product factors_of(arena *home, expr *e);
static expr *product_of(const product *p, const expr *like, bool with_number);

// Fit to stand in place of several: no digits are lost, and nothing is hidden that was not finite.
static bool is_fit(const product *p) {
    return isnormal(p->number) && p->over.n + p->under.n > 0;
}

static void take_sum(product *p, expr *e, bool under) {
    product inner = factors_of(p->home, e->b);
    expr *sum = arena_new_of(p->home, expr);
    *sum = *e;
    sum->a = gather_numbers(p->home, e->a);
    bool hoist = inner.numbers > 0 && is_fit(&inner);
    sum->b = hoist ? product_of(&inner, e->b, false) : gather_numbers(p->home, e->b);
    if (hoist) factor_number(p, inner.number, under);
    if (under)
        vec_push(p->home, &p->under, sum);
    else
        vec_push(p->home, &p->over, sum);
}

static void take(product *p, expr *e, bool under) {
    if (e->kind == X_NUM) {
        factor_number(p, e->num, under);
    } else if (is_product(e)) {
        if (e->kind == X_NEG) p->number = -p->number;
        take(p, e->a, under);
        if (e->b) take(p, e->b, e->kind == X_DIV ? !under : under);
    } else if (is_sum(e)) {
        take_sum(p, e, under);
    } else {
        expr *factor = gather_numbers(p->home, e);
        if (under)
            vec_push(p->home, &p->under, factor);
        else
            vec_push(p->home, &p->over, factor);
    }
}

static product factors_of(arena *home, expr *e) {
    product p = {.home = home, .number = 1};
    take(&p, e, false);
    return p;
}

static expr *product_of(const product *p, const expr *like, bool with_number) {
    arena *home = p->home;
    expr *over = NULL, *under = NULL;
    bool sign_only = with_number && p->number == -1 && p->over.n > 0;
    if (with_number && !sign_only && (p->number != 1 || p->over.n == 0))
        over = number_like(home, like, p->number);
    for (size_t k = 0; k < p->over.n; k++)
        over = times(home, like, over, p->over.at[k]);
    for (size_t k = 0; k < p->under.n; k++)
        under = times(home, like, under, p->under.at[k]);
    if (!over) over = number_like(home, like, 1);
    if (under) over = expr_make(home, X_DIV, TYPE_REAL, like->unit, over, under, NULL, like->at);
    if (sign_only) over = expr_make(home, X_NEG, TYPE_REAL, like->unit, over, NULL, NULL, like->at);
    return over;
}

static int count_numbers(const expr *e) {
    if (e->kind == X_NUM) return 1;
    if (is_sum(e)) return count_numbers(e->b) > 0;
    if (!is_product(e)) return 0;
    return count_numbers(e->a) + (e->b ? count_numbers(e->b) : 0);
}

// The shape as it is; what stands inside is gathered.
static expr *keep_shape(arena *home, expr *e) {
    expr *n = arena_new_of(home, expr);
    *n = *e;
    expr **part[] = {&n->a, &n->b, &n->c};
    for (size_t k = 0; k < 3; k++)
        if (*part[k])
            *part[k] = is_product(e) && is_product(*part[k]) ? keep_shape(home, *part[k])
                                                             : gather_numbers(home, *part[k]);
    return n;
}

expr *gather_numbers(arena *home, expr *e) {
    if (!e || (!e->a && !e->b && !e->c)) return e;
    if (is_product(e) ? count_numbers(e) >= 2 : is_sum(e) && count_numbers(e) > 0) {
        product p = factors_of(home, e);
        if (is_fit(&p)) return product_of(&p, e, true);
    }
    return keep_shape(home, e);
}
