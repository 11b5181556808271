// Derivatives of expressions: every function and every operator against central differences at
// random points, exact where the answer is known, and the pattern against what is read.
#include "interp/interp.h"
#include "plan/derive.h"
#include "support/hand_plan.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

enum { POINTS = 40, LENGTH = 4 };

static hand h;
static var *a, *b, *x, *y; // reals: two scalars, x[LENGTH], a result
static var *da, *db, *dx;  // what they move by
static var *k;             // an integer
static index *i;           // 0 .. LENGTH
static derivation d;
static unsigned dice = 1;

static expr *tangent(const expr *read, void *data) {
    (void)data;
    var *dot = read->v == a ? da : read->v == b ? db : read->v == x ? dx : NULL;
    return dot ? expr_variable(h.home, dot, read->nsub, read->sub, read->at) : NULL;
}

static void setup(void) {
    h = hand_new();
    a = hand_var(&h, "a", VAR_TEMP, TYPE_REAL, 0, 0, 0);
    b = hand_var(&h, "b", VAR_TEMP, TYPE_REAL, 0, 0, 0);
    da = hand_var(&h, "da", VAR_TEMP, TYPE_REAL, 0, 0, 0);
    db = hand_var(&h, "db", VAR_TEMP, TYPE_REAL, 0, 0, 0);
    k = hand_var(&h, "k", VAR_TEMP, TYPE_INT, 0, 0, 0);
    x = hand_var(&h, "x", VAR_TEMP, TYPE_REAL, 1, LENGTH, 0);
    dx = hand_var(&h, "dx", VAR_TEMP, TYPE_REAL, 1, LENGTH, 0);
    y = hand_var(&h, "y", VAR_TEMP, TYPE_REAL, 1, LENGTH, 0);
    i = model_index(h.model, "i", 0, LENGTH);
    d = (derivation){h.home, tangent, NULL};
}

static void teardown(void) {
    hand_free(&h);
}

static double random_between(double lo, double hi) {
    dice = dice * 1664525u + 1013904223u;
    return lo + (hi - lo) * ((double)(dice >> 8) / (double)(1u << 24));
}

static expr *A(void) {
    return hand_at(&h, a, NULL, NULL);
}

static expr *B(void) {
    return hand_at(&h, b, NULL, NULL);
}

static expr *X(expr *sub) {
    return hand_at(&h, x, sub, NULL);
}

static expr *num(double value) {
    return hand_num(&h, value);
}

static expr *op(expr_kind kind, expr *left, expr *right) {
    return hand_op(&h, kind, left, right);
}

// y[i] = e for every i
static function *map_of(const char *name, expr *e) {
    function *f = hand_function(&h, name);
    hand_map(&h, f, y, hand_ix(&h, i), e ? e : num(0));
    return f;
}

// Reals in lo .. hi, positive where a logarithm or a root asks for it.
static void fill(weft_cell *cells, double lo, double hi) {
    for (var *const *v = (var *const[]){a, b, x, NULL}; *v; v++)
        for (long n = 0; n < var_count(*v); n++)
            cells[(*v)->cell + n].r = random_between(lo, hi);
    for (var *const *v = (var *const[]){da, db, dx, NULL}; *v; v++)
        for (long n = 0; n < var_count(*v); n++)
            cells[(*v)->cell + n].r = random_between(-1, 1);
    cells[k->cell].i = 2;
}

static void move(weft_cell *cells, double by) {
    const var *of[] = {a, b, x}, *dot[] = {da, db, dx};
    for (int v = 0; v < 3; v++)
        for (long n = 0; n < var_count(of[v]); n++)
            cells[of[v]->cell + n].r += by * cells[dot[v]->cell + n].r;
}

// Central differences: with h = 1e-5 and values of order 1 they are good to about 1e-9.
static void agrees(const char *what, expr *e, double lo, double hi) {
    const double step = 1e-5;
    function *value = map_of("value", e), *slope = map_of("slope", derive(&d, e));
    weft_engine engine = interp_engine(h.plan);
    weft_cell *cells = calloc((size_t)h.plan->cells, sizeof *cells);
    for (int point = 0; point < POINTS; point++) {
        double before[LENGTH], after[LENGTH];
        fill(cells, lo, hi);
        engine.call(&engine, cells, (uint32_t)slope->id);
        double exact[LENGTH];
        for (int n = 0; n < LENGTH; n++)
            exact[n] = cells[y->cell + n].r;
        move(cells, -step);
        engine.call(&engine, cells, (uint32_t)value->id);
        for (int n = 0; n < LENGTH; n++)
            before[n] = cells[y->cell + n].r;
        move(cells, 2 * step);
        engine.call(&engine, cells, (uint32_t)value->id);
        for (int n = 0; n < LENGTH; n++) {
            after[n] = cells[y->cell + n].r;
            double difference = (after[n] - before[n]) / (2 * step);
            ck_assert_msg(fabs(exact[n] - difference) <= 1e-6 * fmax(1, fabs(difference)),
                          "%s: %.12g, by differences %.12g", what, exact[n], difference);
        }
    }
    ck_assert_int_eq(cells[WEFT_FAULT].i, 0);
    free(cells);
}

// Each function of functions.def: one that is added without a derivative fails here.
START_TEST(functions) {
    for (int fn = 0; fn < FN_COUNT; fn++) {
        bool two = fn_arity(fn) == 2, positive = fn == FN_log || fn == FN_sqrt;
        expr *inner = op(X_MUL, A(), X(hand_ix(&h, i)));
        expr *e = hand_fn(&h, (fn_id)fn, inner, two ? op(X_ADD, B(), A()) : NULL);
        for (int which = 0; which < (two ? 2 : 1); which++)
            ck_assert_msg(derive_function(h.home, e, which) != NULL, "%s has no derivative",
                          fn_name(fn));
        agrees(fn_name(fn), e, positive ? 0.3 : -1.2, 1.2);
    }
}
END_TEST

START_TEST(operators) {
    expr *c = op(X_SUB, A(), B());
    expr *positive = op(X_ADD, op(X_POW, A(), num(2)), num(0.5));
    agrees("+", op(X_ADD, A(), X(hand_ix(&h, i))), -1, 1);
    agrees("-", op(X_SUB, A(), op(X_NEG, B(), NULL)), -1, 1);
    agrees("*", op(X_MUL, op(X_MUL, A(), B()), X(hand_ix(&h, i))), -1, 1);
    agrees("/", op(X_DIV, op(X_ADD, A(), B()), positive), -1, 1);
    agrees("1 /", op(X_DIV, num(3), positive), -1, 1);
    agrees("/ 4", op(X_DIV, c, num(4)), -1, 1);
    for (int n = -3; n <= 9; n++) // products from the left, and pow()
        agrees("^n", op(X_POW, op(X_ADD, B(), num(2)), num(n)), 0.5, 1);
    agrees("^0.5", op(X_POW, positive, num(0.5)), -1, 1);
    agrees("^b", op(X_POW, positive, B()), -1, 1);
    agrees("2^b", op(X_POW, num(2), op(X_MUL, B(), A())), -1, 1);
    agrees("^k", op(X_POW, positive, hand_at(&h, k, NULL, NULL)), -1, 1);
    agrees("k *", op(X_MUL, hand_at(&h, k, NULL, NULL), c), -1, 1);
    agrees("constant", num(3), -1, 1);
    agrees("index", op(X_MUL, hand_ix(&h, i), A()), -1, 1);
}
END_TEST

START_TEST(cases) {
    expr *square = op(X_POW, A(), num(2)), *product = op(X_MUL, A(), B());
    expr *inner = hand_select(&h, op(X_LT, B(), num(0.3)), product, num(7));
    agrees("when", hand_select(&h, op(X_GT, A(), num(0)), square, inner), -1, 1);
    agrees("one branch", hand_select(&h, op(X_GT, A(), B()), num(1), B()), -1, 1);
    // x[i - 1] is not read for i = 0
    expr *left = X(op(X_SUB, hand_ix(&h, i), hand_int(&h, 1)));
    agrees("guarded", hand_select(&h, op(X_EQ, hand_ix(&h, i), hand_int(&h, 0)), A(), left), -1, 1);
}
END_TEST

static const char *text_of(const expr *e) {
    return hand_text(&h, e);
}

// By hand, the form included: nothing is multiplied by 1 or added to 0.
START_TEST(what_is_written) {
    ck_assert_str_eq(text_of(derive(&d, num(3))), "0");
    ck_assert_str_eq(text_of(derive(&d, op(X_SUB, A(), A()))), "0");
    ck_assert_str_eq(text_of(derive(&d, op(X_MUL, num(2), A()))), "2 * da");
    ck_assert_str_eq(text_of(derive(&d, op(X_MUL, A(), B()))), "da * b + a * db");
    ck_assert_str_eq(text_of(derive(&d, op(X_POW, A(), num(2)))), "2 * a * da");
    ck_assert_str_eq(text_of(derive(&d, op(X_DIV, A(), num(2)))), "da / 2");
    ck_assert_str_eq(text_of(derive(&d, hand_fn(&h, FN_exp, A(), NULL))), "exp(a) * da");
    ck_assert_str_eq(text_of(derive(&d, hand_fn(&h, FN_floor, A(), NULL))), "0");
    expr *e = hand_select(&h, op(X_GT, A(), num(0)), op(X_POW, A(), num(2)), num(5));
    ck_assert_str_eq(text_of(derive(&d, e)), "(when a > 0: 2 * a * da, else 0)");
}
END_TEST

// What is read, once each; both branches; conditions on indices stay, others do not.
START_TEST(patterns) {
    expr *at = hand_ix(&h, i), *first = op(X_EQ, at, hand_int(&h, 0)),
         *state = op(X_GT, A(), num(0));
    expr *left = X(op(X_SUB, at, hand_int(&h, 1)));
    ck_assert_str_eq(text_of(derive_pattern(&d, num(3))), "0");
    ck_assert_str_eq(text_of(derive_pattern(&d, op(X_SUB, op(X_MUL, A(), A()), B()))), "da + db");
    ck_assert_str_eq(text_of(derive_pattern(&d, hand_fn(&h, FN_sign, A(), NULL))), "0");
    ck_assert_str_eq(text_of(derive_pattern(&d, hand_fn(&h, FN_min, A(), B()))), "da + db");
    ck_assert_str_eq(text_of(derive_pattern(&d, hand_select(&h, state, num(1), B()))), "db");
    ck_assert_str_eq(text_of(derive_pattern(&d, hand_select(&h, first, B(), left))),
                     "(when i == 0: db, else 0) + (when not i == 0: dx[i - 1], else 0)");
    expr *both = op(X_AND, op(X_NOT, first, NULL), state);
    ck_assert_str_eq(text_of(derive_condition(h.home, both)), "not i == 0");
    ck_assert_ptr_null(derive_condition(h.home, op(X_OR, first, state)));
    // not (i != 0 and a > 0): i == 0, or anything
    ck_assert_str_eq(text_of(derive_pattern(&d, hand_select(&h, both, left, B()))),
                     "(when not i == 0: dx[i - 1], else 0) + db");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("derive");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, functions);
    tcase_add_test(all, operators);
    tcase_add_test(all, cases);
    tcase_add_test(all, what_is_written);
    tcase_add_test(all, patterns);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
