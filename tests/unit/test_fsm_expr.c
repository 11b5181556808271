// Clocked expressions by hand: values and ranges against every pair of values and C's operators.
#include "plan/fsm.h"
#include "support/hand_plan.h"

#include <check.h>

enum { A_BITS = 3, B_BITS = 4 };

static hand h;
static var *a, *b; // uint[3], uint[4]
static int64_t now[2];

static void setup(void) {
    h = hand_new();
    a = hand_var(&h, "a", VAR_REG, TYPE_INT, 0, 0, 0);
    b = hand_var(&h, "b", VAR_REG, TYPE_INT, 0, 0, 0);
    a->width = A_BITS, b->width = B_BITS;
}

static void teardown(void) {
    hand_free(&h);
}

static expr *A(void) {
    return hand_at(&h, a, NULL, NULL);
}

static expr *B(void) {
    return hand_at(&h, b, NULL, NULL);
}

static bool read_now(void *data, const var *v, long element, int64_t *value) {
    const var *unknown = data;
    *value = now[v == b] + element;
    return v != unknown;
}

static int64_t in_c(expr_kind kind, int64_t x, int64_t y) {
    switch (kind) {
    case X_ADD:
        return x + y;
    case X_SUB:
        return x - y;
    case X_MUL:
        return x * y;
    case X_LT:
        return x < y;
    case X_LE:
        return x <= y;
    case X_GT:
        return x > y;
    case X_GE:
        return x >= y;
    case X_EQ:
        return x == y;
    case X_NE:
        return x != y;
    case X_AND:
        return x & y;
    case X_OR:
        return x | y;
    case X_XOR:
        return x ^ y;
    case X_SHL:
        return x << y;
    case X_SHR:
        return x >> y;
    case X_BIT:
        return x >> y & 1;
    case X_NEG:
        return -x;
    case X_NOT:
        return 7 - x;
    default:
        ck_abort_msg("no clocked operator");
        return 0;
    }
}

static const expr_kind kinds[] = {X_ADD, X_SUB, X_MUL, X_LT,  X_LE,  X_GT,  X_GE,  X_EQ, X_NE,
                                  X_AND, X_OR,  X_XOR, X_SHL, X_SHR, X_BIT, X_NEG, X_NOT};
enum { KINDS = sizeof kinds / sizeof *kinds };

START_TEST(values_and_ranges_are_those_of_all_values) {
    for (int k = 0; k < KINDS; k++) {
        expr *e = hand_op(&h, kinds[k], A(), kinds[k] == X_NEG || kinds[k] == X_NOT ? NULL : B());
        int64_t lo, hi, value, least = INT64_MAX, most = INT64_MIN;
        const expr *bad = e;
        ck_assert(fsm_range(e, &lo, &hi, &bad));
        ck_assert_ptr_null(bad);
        for (now[0] = 0; now[0] < 1 << A_BITS; now[0]++)
            for (now[1] = 0; now[1] < 1 << B_BITS; now[1]++) {
                ck_assert(fsm_eval(e, read_now, NULL, &value));
                ck_assert_int_eq(value, in_c(kinds[k], now[0], now[1]));
                if (value < least) least = value;
                if (value > most) most = value;
            }
        // bits of both are only bounded: 7 & 15, 7 | 15
        ck_assert_int_eq(lo, least);
        ck_assert_int_eq(hi, most);
    }
}
END_TEST

START_TEST(signs_are_bits_too) { // a - 8 is -8 .. -1: with b it has four bits and a sign
    expr *low = hand_op(&h, X_SUB, A(), hand_int(&h, 8));
    // -5 is ...11111011, 9 is ...1001
    const expr_kind kind[] = {X_AND, X_OR, X_XOR};
    const int64_t value_of_both[] = {9, -5, -14};
    for (int k = 0; k < 3; k++) {
        int64_t lo, hi, value;
        expr *e = hand_op(&h, kind[k], low, B());
        ck_assert(fsm_range(e, &lo, &hi, NULL));
        ck_assert_int_eq(lo, -16);
        ck_assert_int_eq(hi, 15);
        now[0] = 3, now[1] = 9;
        ck_assert(fsm_eval(e, read_now, NULL, &value));
        ck_assert_int_eq(value, value_of_both[k]);
    }
}
END_TEST

START_TEST(a_case_takes_the_range_of_both) {
    int64_t lo, hi, value;
    expr *e = hand_select(&h, hand_op(&h, X_LT, A(), hand_int(&h, 4)), hand_int(&h, -2),
                          hand_op(&h, X_ADD, B(), hand_int(&h, 1)));
    ck_assert(fsm_range(e, &lo, &hi, NULL));
    ck_assert_int_eq(lo, -2);
    ck_assert_int_eq(hi, 16);
    now[0] = 3, now[1] = 5;
    ck_assert(fsm_eval(e, read_now, NULL, &value));
    ck_assert_int_eq(value, -2);
    now[0] = 4;
    ck_assert(fsm_eval(e, read_now, NULL, &value));
    ck_assert_int_eq(value, 6);
}
END_TEST

static void outside(expr *e, const expr *where) {
    const expr *bad = NULL;
    ck_assert(!fsm_range(e, NULL, NULL, &bad));
    ck_assert_ptr_eq(bad, where);
}

// Nothing below -2^62, above 2^62; what is looked at by its bits is not negative; no part of a bit.
START_TEST(what_leaves_the_limits_is_named) {
    expr *half = hand_num(&h, 0.5), *large = hand_num(&h, 9.3e18), *less = hand_int(&h, -1);
    outside(half, half);
    outside(large, large);
    outside(hand_op(&h, X_ADD, A(), hand_op(&h, X_SUB, half, large)), half); // the first
    expr *most = hand_num(&h, 4611686018427387904.0);                        // 2^62
    expr *sum = hand_op(&h, X_ADD, most, most);
    expr *low = hand_op(&h, X_SUB, hand_op(&h, X_NEG, most, NULL), most);
    outside(sum, sum);
    outside(low, low);
    expr *product = hand_op(&h, X_MUL, most, B());
    outside(product, product);
    expr *left = hand_op(&h, X_SHL, most, hand_int(&h, 1));
    outside(left, left);
    ck_assert(fsm_range(hand_op(&h, X_SHL, hand_int(&h, 1), hand_int(&h, 62)), NULL, NULL, NULL));
    expr *far = hand_int(&h, 63);
    outside(hand_op(&h, X_SHL, hand_int(&h, 1), far), far);
    outside(hand_op(&h, X_SHR, less, A()), less);
    outside(hand_op(&h, X_NOT, less, NULL), less);
    expr *wide = hand_op(&h, X_SUB, A(), hand_int(&h, 1)); // -1 .. 6
    outside(hand_op(&h, X_BIT, wide, B()), wide);
    outside(hand_op(&h, X_SHR, half, large), half);
    outside(hand_op(&h, X_SHR, wide, less), wide);
    outside(hand_op(&h, X_SHR, half, far), half);
    expr *quotient = hand_op(&h, X_DIV, A(), B()), *power = hand_op(&h, X_POW, half, A());
    outside(quotient, quotient);
    outside(hand_op(&h, X_ADD, half, power), half);
    outside(hand_op(&h, X_ADD, hand_op(&h, X_MUL, product, B()), quotient), product);
    b->width = 63;
    expr *too_wide = B();
    outside(too_wide, too_wide);
    outside(hand_op(&h, X_ADD, half, B()), half);
}
END_TEST

START_TEST(widths_of_variables) {
    int64_t lo, hi;
    a->type = TYPE_BOOL;
    ck_assert(fsm_range(A(), &lo, &hi, NULL));
    ck_assert_int_eq(hi, 1);
    a->type = TYPE_INT, a->width = 0; // not settled yet
    ck_assert(fsm_range(A(), &lo, &hi, NULL));
    ck_assert_int_eq(hi, 1);
    b->lo = 2, b->hi = 11; // the index of a `for`
    ck_assert(fsm_range(B(), &lo, &hi, NULL));
    ck_assert_int_eq(lo, 2);
    ck_assert_int_eq(hi, 11);
    b->hi = 99; // more than its bits hold
    ck_assert(fsm_range(B(), &lo, &hi, NULL));
    ck_assert_int_eq(lo, 0);
    ck_assert_int_eq(hi, 15);
    b->lo = -1, b->hi = 11;
    ck_assert(fsm_range(B(), &lo, &hi, NULL));
    ck_assert_int_eq(lo, 0);
    ck_assert_int_eq(fsm_bits(INT64_MAX), 63);
    ck_assert_int_eq(fsm_bits(0), 1);
    ck_assert_int_eq(fsm_wrap(-1, 5), 31);
    ck_assert_int_eq(fsm_wrap(-1, 0), -1);
    ck_assert_int_eq(fsm_wrap(-1, 63), -1);
}
END_TEST

// `b` cannot be read: only what does not need it has a value.
START_TEST(what_is_not_known_has_no_value) {
    int64_t value;
    now[0] = 1;
    var *list = hand_var(&h, "list", VAR_REG, TYPE_INT, 2, 3, 4);
    list->width = 8;
    expr *known[] = {hand_op(&h, X_AND, hand_int(&h, 0), B()),
                     hand_select(&h, A(), hand_int(&h, 0), B())};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        ck_assert(fsm_eval(known[k], read_now, b, &value));
        ck_assert_int_eq(value, 0);
    }
    expr *unknown[] = {B(),
                       hand_op(&h, X_NEG, B(), NULL),
                       hand_op(&h, X_NOT, B(), NULL),
                       hand_op(&h, X_AND, B(), hand_int(&h, 0)),
                       hand_op(&h, X_AND, A(), B()),
                       hand_op(&h, X_ADD, A(), B()),
                       hand_op(&h, X_ADD, B(), A()),
                       hand_select(&h, B(), A(), A()),
                       hand_select(&h, A(), B(), A()),
                       hand_at(&h, list, A(), B())};
    for (size_t k = 0; k < sizeof unknown / sizeof *unknown; k++)
        ck_assert(!fsm_eval(unknown[k], read_now, b, &value));
    ck_assert(fsm_eval(hand_at(&h, list, hand_int(&h, 2), A()), read_now, b, &value));
    ck_assert_int_eq(value, now[0] + 2 * 4 + 1);
    index *i = model_index(h.model, "i", 0, 4);
    ck_assert(!fsm_eval(hand_ix(&h, i), read_now, b, &value)); // nothing clocked
    ck_assert(fsm_eval(hand_op(&h, X_POW, A(), A()), read_now, b, &value));
    ck_assert_int_eq(value, 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("fsm_expr");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, values_and_ranges_are_those_of_all_values);
    tcase_add_test(all, signs_are_bits_too);
    tcase_add_test(all, a_case_takes_the_range_of_both);
    tcase_add_test(all, what_leaves_the_limits_is_named);
    tcase_add_test(all, widths_of_variables);
    tcase_add_test(all, what_is_not_known_has_no_value);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
