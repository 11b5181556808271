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

static void stays(expr *e) {
    ck_assert_msg(!expr_is_number(expr_fold(h.home, e), NULL), "folded: %s", text_of(e));
}

static expr *typed(value_type type, expr *e) {
    e->type = type;
    return e;
}

static expr *integers(expr_kind kind, long a, long b) {
    return op(kind, hand_int(&h, a), hand_int(&h, b));
}

START_TEST(integers_fold_where_they_are_exact) {
    ck_assert_double_eq(folded(integers(X_DIV, -7, 2)), -3); // towards 0, as in C
    stays(integers(X_DIV, 7, 0));
    ck_assert_double_eq(folded(typed(TYPE_INT, integers(X_AND, 6, 3))), 2);
    ck_assert_double_eq(folded(typed(TYPE_INT, integers(X_OR, 6, 3))), 7);
    ck_assert_double_eq(folded(integers(X_XOR, 6, 3)), 5);
    ck_assert_double_eq(folded(integers(X_SHL, 3, 4)), 48);
    ck_assert_double_eq(folded(integers(X_SHL, 1, 52)), 4503599627370496);
    stays(integers(X_SHL, 3, 52));
    stays(integers(X_SHL, 1, 53));
    stays(integers(X_SHL, 1, -1));
    stays(integers(X_SHL, -1, 1));
    ck_assert_double_eq(folded(integers(X_SHR, 200, 3)), 25);
    stays(integers(X_SHR, -8, 1));
    stays(integers(X_SHR, 8, 64));
    stays(integers(X_SHR, 8, -1));
    ck_assert_double_eq(folded(integers(X_BIT, 5, 0)), 1);
    ck_assert_double_eq(folded(integers(X_BIT, 5, 1)), 0);
    stays(integers(X_BIT, 5, 64));
    stays(integers(X_BIT, 5, -1));
    stays(typed(TYPE_INT, op(X_NOT, hand_int(&h, 5), NULL))); // its width is not known here
    stays(typed(TYPE_INT, op(X_XOR, num(0.5), num(1))));
    stays(typed(TYPE_INT, op(X_XOR, num(1), num(0.5))));
    stays(typed(TYPE_INT, op(X_XOR, num(1), num(9007199254740994)))); // 2^53 + 2
}
END_TEST

START_TEST(conditions_fold) {
    expr *yes = op(X_LE, num(2), num(2)), *no = op(X_GT, num(1), num(2));
    for (int both = 0; both < 4; both++) {
        expr *left = both & 1 ? yes : no, *right = both & 2 ? yes : no;
        ck_assert_double_eq(folded(op(X_AND, left, right)), both == 3);
        ck_assert_double_eq(folded(op(X_OR, left, right)), both != 0);
        ck_assert_double_eq(folded(typed(TYPE_BOOL, op(X_XOR, left, right))),
                            both == 1 || both == 2);
    }
    ck_assert_double_eq(folded(op(X_NOT, no, NULL)), 1);
    ck_assert_double_eq(folded(op(X_LE, num(3), num(2))), 0);
    ck_assert_double_eq(folded(op(X_GE, num(3), num(2))), 1);
    ck_assert_double_eq(folded(op(X_NE, num(3), num(3))), 0);
    ck_assert_double_eq(folded(op(X_POW, num(2), num(10))), 1024);
    ck_assert_double_eq(folded(op(X_POW, num(4), num(2.5))), 32);
    expr *less = op(X_LT, scalar("a"), scalar("b"));
    ck_assert_str_eq(text_of_folded(op(X_NOT, op(X_NOT, less, NULL), NULL)), "a < b");
    ck_assert_str_eq(text_of_folded(op(X_NOT, less, NULL)), "not a < b");
    ck_assert_str_eq(text_of_folded(op(X_OR, less, no)), "a < b");
    ck_assert_str_eq(text_of_folded(op(X_AND, less, no)), "0");
    ck_assert_str_eq(text_of_folded(op(X_AND, less, less)), "a < b and a < b");
    // a number is no condition, and bits of integers are not decided by one of them
    ck_assert_str_eq(text_of_folded(op(X_AND, num(1), num(0.5))), "1 and 0.5");
    expr *bits = typed(TYPE_INT, op(X_OR, hand_int(&h, 1), typed(TYPE_INT, scalar("k"))));
    ck_assert_str_eq(text_of_folded(bits), "1 or k");
    expr *twice = op(X_NOT, typed(TYPE_INT, op(X_NOT, typed(TYPE_INT, scalar("k")), NULL)), NULL);
    ck_assert_str_eq(text_of_folded(typed(TYPE_INT, twice)), "not not k");
}
END_TEST

START_TEST(neutral_parts_go_and_others_stay) {
    expr *a = scalar("a"), *b = scalar("b");
    ck_assert_str_eq(text_of_folded(op(X_ADD, op(X_MUL, a, num(1)), num(0))), "a");
    ck_assert_str_eq(text_of_folded(op(X_MUL, num(0), op(X_ADD, a, b))), "0");
    ck_assert_str_eq(text_of_folded(op(X_DIV, a, num(0))), "a / 0");
    ck_assert_str_eq(text_of_folded(op(X_SUB, num(0), a)), "0 - a");
    ck_assert_str_eq(text_of_folded(op(X_ADD, num(0), a)), "a");
    ck_assert_str_eq(text_of_folded(op(X_SUB, a, num(0))), "a");
    ck_assert_str_eq(text_of_folded(op(X_SUB, a, b)), "a - b");
    ck_assert_str_eq(text_of_folded(op(X_MUL, num(1), a)), "a");
    ck_assert_str_eq(text_of_folded(op(X_MUL, a, num(0))), "0");
    ck_assert_str_eq(text_of_folded(op(X_DIV, num(0), a)), "0");
    ck_assert_str_eq(text_of_folded(op(X_DIV, a, num(1))), "a");
    ck_assert_str_eq(text_of_folded(op(X_DIV, a, b)), "a / b");
    ck_assert_str_eq(text_of_folded(op(X_POW, a, num(1))), "a");
    ck_assert_str_eq(text_of_folded(op(X_POW, a, num(0))), "1");
    ck_assert_str_eq(text_of_folded(op(X_POW, a, b)), "a^b");
    ck_assert_str_eq(text_of_folded(op(X_NEG, op(X_NEG, a, NULL), NULL)), "a");
    expr *yes = op(X_LT, num(1), num(2));
    expr *select = hand_select(&h, yes, a, b);
    ck_assert_str_eq(text_of_folded(select), "a");
    ck_assert_str_eq(text_of_folded(op(X_AND, yes, op(X_LT, a, b))), "a < b");
    ck_assert_str_eq(text_of_folded(op(X_OR, yes, op(X_LT, a, b))), "1");
    ck_assert_str_eq(text_of(select), "(when 1 < 2: a, else b)"); // the original is as it was
    expr *less = op(X_LT, a, b), *k = typed(TYPE_INT, scalar("k"));
    ck_assert_str_eq(text_of_folded(hand_select(&h, less, a, scalar("a"))), "a");
    ck_assert_str_eq(text_of_folded(hand_select(&h, less, a, b)), "(when a < b: a, else b)");
    expr *chosen = expr_fold(h.home, typed(TYPE_REAL, hand_select(&h, yes, hand_int(&h, 3), a)));
    ck_assert_int_eq(chosen->type, TYPE_REAL);
    ck_assert_str_eq(text_of(chosen), "3");
    ck_assert_str_eq(text_of_folded(typed(TYPE_REAL, hand_select(&h, yes, k, a))), "k");
    expr *same = typed(TYPE_REAL, hand_select(&h, less, k, k));
    ck_assert_str_eq(text_of_folded(same), "(when a < b: k, else k)");
    expr *mixed = typed(TYPE_REAL, op(X_ADD, k, num(0))); // a conversion, too
    ck_assert_str_eq(text_of_folded(mixed), "k + 0");
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
    ck_assert(!expr_same(one, NULL));
    ck_assert(!expr_same(NULL, one));
    ck_assert(!expr_same(num(2), hand_int(&h, 2)));
    ck_assert(!expr_same(op(X_NEG, num(2), NULL), op(X_NEG, num(3), NULL)));
    index *i = model_index(h.model, "i", 0, 9), *k = model_index(h.model, "k", 0, 9);
    ck_assert(expr_same(hand_ix(&h, i), hand_ix(&h, i)));
    ck_assert(!expr_same(hand_ix(&h, i), hand_ix(&h, k)));
    var *x = real_var("x", 1, 9, 0);
    ck_assert(
        expr_same(hand_at(&h, x, hand_ix(&h, i), NULL), hand_at(&h, x, hand_ix(&h, i), NULL)));
    ck_assert(
        !expr_same(hand_at(&h, x, hand_ix(&h, i), NULL), hand_at(&h, x, hand_ix(&h, k), NULL)));
    ck_assert(!expr_same(hand_at(&h, x, hand_ix(&h, i), NULL), hand_at(&h, x, NULL, NULL)));
    expr *less = op(X_LT, num(1), scalar("a"));
    ck_assert(
        !expr_same(hand_select(&h, less, num(1), num(2)), hand_select(&h, less, num(1), one)));
}
END_TEST

static expr *moment(expr_kind kind, int phase) {
    expr *e = expr_make(h.home, kind, TYPE_REAL, unit_none, NULL, NULL, NULL, nowhere);
    e->phase = phase;
    return e;
}

static expr *normal(const char *stream, draw_event event, expr *element) {
    expr *e = hand_draw(&h, DIST_NORMAL, num(0), num(1), event, element);
    e->stream = stream;
    return e;
}

START_TEST(times_and_draws_are_the_same_in_one_place_only) {
    for (int k = 0; k < 2; k++) {
        expr_kind kind = k == 0 ? X_TIME : X_TICKS;
        ck_assert(expr_same(moment(kind, 1), moment(kind, 1)));
        ck_assert(!expr_same(moment(kind, 1), moment(kind, -1)));
    }
    expr *one = normal("w", PER_TRIAL, hand_int(&h, 1));
    ck_assert(expr_same(one, normal("w", PER_TRIAL, hand_int(&h, 1))));
    ck_assert(!expr_same(one, normal("v", PER_TRIAL, hand_int(&h, 1))));
    ck_assert(!expr_same(one, normal("w", PER_START, hand_int(&h, 1))));
    ck_assert(!expr_same(one, normal("w", PER_TRIAL, hand_int(&h, 2))));
    expr *elsewhere = normal("w", PER_TRIAL, hand_int(&h, 1));
    elsewhere->phase = 3;
    ck_assert(!expr_same(one, elsewhere));
    stays(one); // what is drawn is no number yet
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
    // printing must not fall over a number that is in no list
    ck_assert_str_eq(var_kind_name((var_kind)999), "?");
    ck_assert_str_eq(red_name((red_op)999), "?");
    ck_assert_str_eq(red_name((red_op)-1), "?");
    ck_assert_str_eq(fn_name(FN_COUNT), "?");
    ck_assert_str_eq(fn_name(-1), "?");
    ck_assert_int_eq(fn_arity(FN_COUNT), 0);
    ck_assert_int_eq(fn_arity(-1), 0);
    ck_assert(isnan(fn_value(FN_COUNT, 1, 1, 1)));
    ck_assert(!expr_is_number(NULL, NULL));
    ck_assert(expr_is_number(num(3), NULL));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("expr");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, text_has_the_parentheses_it_needs);
    tcase_add_test(all, equations_show_their_ranges);
    tcase_add_test(all, constants_fold);
    tcase_add_test(all, integers_fold_where_they_are_exact);
    tcase_add_test(all, conditions_fold);
    tcase_add_test(all, neutral_parts_go_and_others_stay);
    tcase_add_test(all, same_is_equality_of_structure);
    tcase_add_test(all, times_and_draws_are_the_same_in_one_place_only);
    tcase_add_test(all, an_index_is_replaced_everywhere);
    tcase_add_test(all, names_find_variables);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
