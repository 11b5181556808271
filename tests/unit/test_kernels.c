// The functions in line: against the C library in long double, which has more digits.
#include "weft.h"

#include <check.h>
#include <float.h>
#include <math.h>
#include <stdint.h>

// How many units in the last place of the right result, which is normal, lie between.
static double units_off(double found, long double right) {
    double nearest = fabs((double)right);
    return (double)(fabsl(found - right) / (nextafter(nearest, INFINITY) - nearest));
}

typedef struct kernel {
    double (*found)(double);
    long double (*right)(long double);
    double most; // units in the last place, as kernels.h says
} kernel;

static long double logistic(long double a) {
    return a < 0 ? expl(a) / (1 + expl(a)) : 1 / (1 + expl(-a));
}
static long double dlogistic(long double a) {
    long double e = expl(-fabsl(a));
    return e / ((1 + e) * (1 + e));
}
static const kernel kernels[] = {
    {weft_exp, expl, 1.1},
    {weft_logistic, logistic, 3},
    {weft_dlogistic, dlogistic, 5},
    {weft_tanh, tanhl, 3},
};
enum { KERNELS = sizeof kernels / sizeof *kernels };

START_TEST(digits_from_tiny_to_large_arguments) {
    for (int k = 0; k < KERNELS; k++)
        for (double size = 1e-12; size < 700; size *= 1.0009)
            for (int sign = -1; sign <= 1; sign += 2) {
                double a = sign * size;
                long double right = kernels[k].right(a);
                if (fabsl(right) < DBL_MIN) continue;
                double off = units_off(kernels[k].found(a), right);
                ck_assert_msg(off <= kernels[k].most, "kernel %d of %a: %g units off", k, a, off);
            }
}
END_TEST

START_TEST(what_is_no_number_passes) {
    for (int k = 0; k < KERNELS; k++)
        ck_assert(isnan(kernels[k].found(NAN)));
    ck_assert(isnan(weft_max(0, NAN)) && isnan(weft_min(0, NAN)));
}
END_TEST

START_TEST(ends_and_zeros) {
    ck_assert(weft_exp(INFINITY) == INFINITY && weft_exp(-INFINITY) == 0 && weft_exp(0) == 1);
    ck_assert(weft_logistic(INFINITY) == 1 && weft_logistic(-INFINITY) == 0);
    ck_assert(weft_dlogistic(INFINITY) == 0 && weft_dlogistic(-INFINITY) == 0);
    ck_assert(weft_logistic(0) == 0.5 && weft_dlogistic(0) == 0.25);
    ck_assert(weft_tanh(INFINITY) == 1 && weft_tanh(-INFINITY) == -1);
    ck_assert(weft_tanh(0) == 0 && !signbit(weft_tanh(0.0)) && signbit(weft_tanh(-0.0)));
}
END_TEST

START_TEST(below_the_normal_range) {
    for (double a = -709; a > -744; a -= 0.37) // what has no digits left is as near as can be
        ck_assert(fabsl(weft_exp(a) - expl(a)) <= 0x1p-1074L);
    ck_assert(weft_exp(-760) == 0);
    ck_assert(weft_logistic(-707.5) > 0 && weft_logistic(-709) == 0);
}
END_TEST

int main(void) {
    TCase *all = tcase_create("kernels");
    tcase_add_test(all, digits_from_tiny_to_large_arguments);
    tcase_add_test(all, what_is_no_number_passes);
    tcase_add_test(all, ends_and_zeros);
    tcase_add_test(all, below_the_normal_range);
    Suite *suite = suite_create("kernels");
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
