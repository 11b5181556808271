// Expressions: text, folding, comparison, replacement.
#include "support/hand_plan.h"

#include <check.h>
#include <math.h>

static hand h;
static const span nowhere = {0, 0, 0};

static void setup(void) {
    h = hand_new();
}

static void teardown(void) {
    hand_free(&h);
}

static expr *num(double value) {
    return hand_num(&h, value);
}

static expr *op(expr_kind kind, expr *a, expr *b) {
    return hand_op(&h, kind, a, b);
}

static expr *fn(fn_id id, expr *a, expr *b) {
    return hand_fn(&h, id, a, b);
}

static var *real_var(const char *name, int dims, int d0, int d1) {
    return hand_local(&h, name, dims, d0, d1);
}

static expr *scalar(const char *name) {
    var *v = model_find(h.model, name);
    return hand_at(&h, v != NULL ? v : real_var(name, 0, 0, 0), NULL, NULL);
}

static const char *text_of(const expr *e) {
    return hand_text(&h, e);
}

static const char *text_of_folded(expr *e) {
    return text_of(expr_fold(h.home, e));
}

START_TEST(text_has_the_parentheses_it_needs) {
    expr *a = scalar("a"), *b = scalar("b"), *c = scalar("g.c");
    ck_assert_str_eq(text_of(op(X_MUL, op(X_ADD, a, b), c)), "(a + b) * g.c");
    ck_assert_str_eq(text_of(op(X_ADD, op(X_MUL, a, b), c)), "a * b + g.c");
    ck_assert_str_eq(text_of(op(X_SUB, a, op(X_SUB, b, c))), "a - (b - g.c)");
    ck_assert_str_eq(text_of(op(X_SUB, op(X_SUB, a, b), c)), "a - b - g.c");
    ck_assert_str_eq(text_of(op(X_DIV, a, op(X_MUL, b, c))), "a / (b * g.c)");
    ck_assert_str_eq(text_of(op(X_POW, op(X_NEG, a, NULL), num(2))), "(-a)^2");
    ck_assert_str_eq(text_of(op(X_NEG, op(X_POW, a, num(2)), NULL)), "-a^2");
    ck_assert_str_eq(text_of(op(X_MUL, a, num(-3))), "a * (-3)");
    ck_assert_str_eq(text_of(op(X_AND, op(X_OR, op(X_LT, a, b), op(X_GT, a, c)), op(X_NE, b, c))),
                     "(a < b or a > g.c) and b != g.c");
    ck_assert_str_eq(text_of(op(X_NOT, op(X_AND, a, b), NULL)), "not (a and b)");
    ck_assert_str_eq(text_of(fn(FN_max, a, op(X_ADD, b, num(0.1)))), "max(a, b + 0.1)");
    expr *select = hand_select(&h, op(X_LT, a, b), num(1), num(2));
    expr *chain = hand_select(&h, op(X_GT, a, b), num(3), select);
    ck_assert_str_eq(text_of(op(X_MUL, chain, c)), "(when a > b: 3, when a < b: 1, else 2) * g.c");
}
END_TEST

START_TEST(equations_show_their_ranges) {
    var *s = real_var("w.m.s", 2, 5, 4);
    index *j = model_index(h.model, "j", 0, 5), *i = model_index(h.model, "i", 0, 4),
          *k = model_index(h.model, "k", 0, 4);
    ck_assert_int_ne(j->id, i->id);
    ck_assert_int_ne(i->id, k->id);
    ck_assert_int_eq(var_count(s), 20);
    expr *at[] = {hand_ix(&h, j), hand_ix(&h, k)};
    expr *sum = op(X_REDUCE, op(X_NE, at[1], hand_ix(&h, i)), hand_at(&h, s, at[0], at[1]));
    sum->fn = RED_SUM;
    sum->ix = k;
    equation q = {.target = s,
                  .nsub = 2,
                  .sub = {at[0], hand_ix(&h, i)},
                  .nfree = 2,
                  .free = {j, i},
                  .rhs = sum,
                  .rate = true,
                  .from = 0,
                  .to = INT64_MAX};
    text out = text_in(h.home);
    equation_print(&q, &out);
    ck_assert_str_eq(
        out.at,
        "der(w.m.s[j, i]) = sum(k where k != i: w.m.s[j, k])   for j in 0 .. 5, i in 0 .. 4");
}
END_TEST

static double folded(expr *e) {
    double value = NAN;
    ck_assert_msg(expr_is_number(expr_fold(h.home, e), &value), "not a number: %s", text_of(e));
    return value;
}

START_TEST(constants_fold) {
    ck_assert_double_eq(folded(op(X_ADD, num(0.1), num(0.2))), 0.1 + 0.2);
    ck_assert_double_eq(folded(op(X_DIV, num(1), num(8))), 0.125);
    ck_assert_double_eq(folded(op(X_POW, num(3), num(4))), 81);
    ck_assert_double_eq(folded(op(X_POW, num(8), num(-1))), 0.125);
    // weft_exp is within one unit in the last place: 2^-51 for a number between 2 and 4
    ck_assert_double_eq_tol(folded(fn(FN_exp, num(1), NULL)), 2.718281828459045, 4.5e-16);
    ck_assert_double_eq(folded(fn(FN_logistic, num(0), NULL)), 0.5);
    ck_assert_double_eq(folded(fn(FN_round, num(2.5), NULL)), 2); // ties to even
    ck_assert_double_eq(folded(fn(FN_round, num(3.5), NULL)), 4);
    ck_assert_double_eq(folded(fn(FN_sign, num(-3), NULL)), -1);
    ck_assert_double_eq(folded(fn(FN_min, num(3), num(-2))), -2);
    ck_assert_double_eq(folded(op(X_LT, num(1), num(2))), 1);
    ck_assert_double_eq(folded(op(X_NOT, op(X_LT, num(1), num(2)), NULL)), 0);
    ck_assert_double_eq(folded(op(X_OR, op(X_LT, num(3), num(2)), op(X_EQ, num(2), num(2)))), 1);
    ck_assert_double_eq(folded(op(X_DIV, hand_int(&h, 7), hand_int(&h, 2))), 3);
}
END_TEST

START_TEST(neutral_parts_go_and_others_stay) {
    expr *a = scalar("a"), *b = scalar("b");
    ck_assert_str_eq(text_of_folded(op(X_ADD, op(X_MUL, a, num(1)), num(0))), "a");
    ck_assert_str_eq(text_of_folded(op(X_MUL, num(0), op(X_ADD, a, b))), "0");
    ck_assert_str_eq(text_of_folded(op(X_DIV, a, num(0))), "a / 0");
    ck_assert_str_eq(text_of_folded(op(X_SUB, num(0), a)), "0 - a");
    ck_assert_str_eq(text_of_folded(op(X_POW, a, num(1))), "a");
    ck_assert_str_eq(text_of_folded(op(X_NEG, op(X_NEG, a, NULL), NULL)), "a");
    expr *yes = op(X_LT, num(1), num(2));
    expr *select = hand_select(&h, yes, a, b);
    ck_assert_str_eq(text_of_folded(select), "a");
    ck_assert_str_eq(text_of_folded(op(X_AND, yes, op(X_LT, a, b))), "a < b");
    ck_assert_str_eq(text_of_folded(op(X_OR, yes, op(X_LT, a, b))), "1");
    ck_assert_str_eq(text_of(select), "(when 1 < 2: a, else b)"); // the original is as it was
}
END_TEST

START_TEST(same_is_equality_of_structure) {
    expr *one = op(X_ADD, scalar("a"), num(2)), *two = op(X_ADD, scalar("a"), num(2));
    ck_assert(expr_same(one, two));
    ck_assert(!expr_same(one, op(X_ADD, scalar("a"), num(3))));
    ck_assert(!expr_same(one, op(X_ADD, scalar("b"), num(2))));
    ck_assert(!expr_same(one, op(X_SUB, scalar("a"), num(2))));
    ck_assert(!expr_same(num(0.0), num(-0.0)));
    ck_assert(!expr_same(fn(FN_exp, scalar("a"), NULL), fn(FN_log, scalar("a"), NULL)));
}
END_TEST

START_TEST(an_index_is_replaced_everywhere) {
    var *x = real_var("x", 1, 9, 0);
    index *i = model_index(h.model, "i", 0, 9), *k = model_index(h.model, "k", 0, 9);
    expr *at = hand_ix(&h, i);
    expr *e = op(X_MUL, hand_at(&h, x, at, NULL), op(X_ADD, at, hand_ix(&h, k)));
    expr *put = expr_put_index(h.home, e, i, num(4));
    ck_assert_str_eq(text_of(put), "x[4] * (4 + k)");
    ck_assert_str_eq(text_of(e), "x[i] * (i + k)");
}
END_TEST

START_TEST(names_find_variables) {
    var *a = model_var(h.model, "a", VAR_HOLD, TYPE_REAL, 0, NULL, unit_none, nowhere);
    ck_assert_ptr_eq(model_find(h.model, "a"), a);
    ck_assert_ptr_null(model_find(h.model, "b"));
    ck_assert_int_eq(a->id, 0);
    ck_assert_int_eq(a->cell, -1);
    ck_assert(isinf(a->lo) && a->lo < 0 && isinf(a->hi) && a->hi > 0);
    ck_assert_str_eq(var_kind_name(a->kind), "hold");
    ck_assert_str_eq(red_name(RED_ARGMAX), "argmax");
    ck_assert_str_eq(fn_name(FN_dlogistic), "dlogistic");
    ck_assert_int_eq(fn_arity(FN_max), 2);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("expr");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, text_has_the_parentheses_it_needs);
    tcase_add_test(all, equations_show_their_ranges);
    tcase_add_test(all, constants_fold);
    tcase_add_test(all, neutral_parts_go_and_others_stay);
    tcase_add_test(all, same_is_equality_of_structure);
    tcase_add_test(all, an_index_is_replaced_everywhere);
    tcase_add_test(all, names_find_variables);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
