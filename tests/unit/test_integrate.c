// The integrator against exact solutions: errors fall with the tolerance, branches are located,
// bounds hold.
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "weft.h"

static const double tolerances[] = {1e-3, 1e-5, 1e-7, 1e-9};

static weft_status integrate(weft_rate rate, double t, double dt, double *state, uint32_t n,
                             const double *lo, const double *hi, double tolerance) {
    return weft_integrate(rate, NULL, NULL, t, dt, state, n, lo, hi, tolerance);
}

static int64_t decay(const weft_cell *c, const int64_t *at, double t, const double *s, double *r) {
    (void)c, (void)at, (void)t;
    r[0] = -3 * s[0];
    return 0;
}
START_TEST(decay_meets_its_tolerance) { // s = e^-3t
    double s = 1, tolerance = tolerances[_i];
    ck_assert_int_eq(integrate(decay, 0, 2, &s, 1, NULL, NULL, tolerance), WEFT_OK);
    ck_assert_double_eq_tol(s / exp(-6), 1, 100 * tolerance);
}
END_TEST

static int64_t logistic(const weft_cell *c, const int64_t *at, double t, const double *s,
                        double *r) {
    (void)c, (void)at, (void)t;
    r[0] = s[0] * (1 - s[0]);
    return 0;
}
START_TEST(logistic_growth_meets_its_tolerance) { // s = 1 / (1 + 99 e^-t)
    double s = 0.01, tolerance = tolerances[_i];
    ck_assert_int_eq(integrate(logistic, 0, 8, &s, 1, NULL, NULL, tolerance), WEFT_OK);
    ck_assert_double_eq_tol(s, 1 / (1 + 99 * exp(-8)), 100 * tolerance);
}
END_TEST

static int64_t circle(const weft_cell *c, const int64_t *at, double t, const double *s, double *r) {
    (void)c, (void)at, (void)t;
    r[0] = -s[1];
    r[1] = s[0];
    return 0;
}
START_TEST(two_states_and_the_order_of_the_method) { // s = (cos t, sin t)
    double s[2] = {1, 0}, tolerance = tolerances[_i];
    ck_assert_int_eq(integrate(circle, 0, 20, s, 2, NULL, NULL, tolerance), WEFT_OK);
    ck_assert_double_eq_tol(s[0], cos(20), 200 * tolerance);
    ck_assert_double_eq_tol(s[1], sin(20), 200 * tolerance);
}
END_TEST

static int64_t ramp_in_time(const weft_cell *c, const int64_t *at, double t, const double *s,
                            double *r) {
    (void)c, (void)at, (void)s;
    r[0] = cos(t);
    return 0;
}
START_TEST(time_is_handed_on) { // s = sin(t) - sin(1), from a state of 0
    double s = 0;
    ck_assert_int_eq(integrate(ramp_in_time, 1, 2, &s, 1, NULL, NULL, 1e-9), WEFT_OK);
    ck_assert_double_eq_tol(s, sin(3) - sin(1), 1e-8);
}
END_TEST

// A jump of the rate at s = 1: s = 2t until t = 0.5, then 1 + 10 (t - 0.5).
static int calls;
static int64_t kink(const weft_cell *c, const int64_t *at, double t, const double *s, double *r) {
    (void)c, (void)at, (void)t;
    calls++;
    r[0] = s[0] < 1 ? 2 : 10;
    return s[0] < 1;
}
START_TEST(a_branch_is_located_exactly) {
    double s = 0;
    calls = 0;
    ck_assert_int_eq(integrate(kink, 0, 1, &s, 1, NULL, NULL, 1e-3), WEFT_OK);
    ck_assert_double_eq_tol(s, 6, 1e-9); // far below the tolerance: located, not ground down
    ck_assert_int_lt(calls, 600);
}
END_TEST

// A memristor with a current threshold, Kvatinsky et al. 2013 with alpha = 1: x moves only while
// i = v / (1 + x) > 1, then dx/dt = i - 1. With v = 2: dx/dt = (1 - x) / (1 + x), so
// -x - 2 ln(1 - x) = t, and x tends to the threshold's x = 1 without crossing it.
static int64_t team(const weft_cell *c, const int64_t *at, double t, const double *s, double *r) {
    (void)c, (void)at, (void)t;
    double i = 2 / (1 + s[0]);
    r[0] = i > 1 ? i - 1 : 0;
    return i > 1;
}
START_TEST(a_threshold_device_follows_its_implicit_solution) {
    double x = 0, t = 3;
    ck_assert_int_eq(integrate(team, 0, t, &x, 1, NULL, NULL, 1e-9), WEFT_OK);
    ck_assert_double_eq_tol(-x - 2 * log(1 - x), t, 1e-7);
}
END_TEST

// A ramped voltage: v = t, i = v - x; threshold 1, above it dx/dt = i - 1. Until t = 1 nothing
// moves, then x = (t - 1) - (1 - e^-(t - 1)).
static int64_t ramped(const weft_cell *c, const int64_t *at, double t, const double *s, double *r) {
    (void)c, (void)at;
    double i = t - s[0];
    r[0] = i > 1 ? i - 1 : 0;
    return i > 1;
}
START_TEST(a_branch_that_time_opens_is_found) {
    double x = 0;
    ck_assert_int_eq(integrate(ramped, 0, 3, &x, 1, NULL, NULL, 1e-9), WEFT_OK);
    ck_assert_double_eq_tol(x, 2 - (1 - exp(-2)), 1e-7);
}
END_TEST

// a rises to its bound 1 at t = 1 and rests; b integrates a: 0.5 + 2 at t = 3. Then a falls again.
static int64_t bounded(const weft_cell *c, const int64_t *at, double t, const double *s,
                       double *r) {
    (void)c, (void)at;
    r[0] = t < 3 ? 1 : -1;
    r[1] = s[0];
    return t < 3;
}
START_TEST(bounds_are_reached_in_time_and_left_again) {
    const double lo[] = {0, -INFINITY}, hi[] = {1, INFINITY};
    double s[2] = {0, 0};
    ck_assert_int_eq(integrate(bounded, 0, 3, s, 2, lo, hi, 1e-6), WEFT_OK);
    ck_assert_double_eq(s[0], 1);
    ck_assert_double_eq_tol(s[1], 2.5, 1e-9);
    s[0] = s[1] = 0;
    ck_assert_int_eq(integrate(bounded, 0, 3.5, s, 2, lo, hi, 1e-6), WEFT_OK);
    ck_assert_double_eq_tol(s[0], 0.5, 1e-9);
    ck_assert_double_eq_tol(s[1], 2.5 + 0.375, 1e-9);
}
END_TEST

// s' = -K / (1 + 2000 s)^2 rushes into its bound 0 ever faster: (1 + 2000 s)^3 = 2001^3 - 6000 K t,
// there at t = 0.7.
#define RUSH ((2001.0 * 2001.0 * 2001.0 - 1) / (6000 * 0.7))
static int64_t rush(const weft_cell *c, const int64_t *at, double t, const double *s, double *r) {
    (void)c, (void)at, (void)t;
    r[0] = -RUSH / ((1 + 2000 * s[0]) * (1 + 2000 * s[0]));
    return 0;
}
START_TEST(a_bound_reached_ever_faster_is_no_obstacle) {
    double s = 1, lo = 0, hi = 1;
    ck_assert_int_eq(integrate(rush, 0, 0.5, &s, 1, &lo, &hi, 1e-9), WEFT_OK);
    ck_assert_double_eq_tol(s, (cbrt(2001.0 * 2001.0 * 2001.0 - 6000 * RUSH * 0.5) - 1) / 2000,
                            1e-7);
    ck_assert_int_eq(integrate(rush, 0.5, 0.5, &s, 1, &lo, &hi, 1e-9), WEFT_OK);
    ck_assert_double_eq(s, 0);
}
END_TEST

START_TEST(a_state_outside_its_bounds_is_brought_in) {
    const double lo[] = {0}, hi[] = {1};
    double s = 5;
    ck_assert_int_eq(integrate(decay, 0, 1, &s, 1, lo, hi, 1e-9), WEFT_OK);
    ck_assert_double_eq_tol(s, exp(-3), 1e-8);
}
END_TEST

static int64_t explodes(const weft_cell *c, const int64_t *at, double t, const double *s,
                        double *r) {
    (void)c, (void)at, (void)t;
    r[0] = s[0] * s[0]; // s = 1 / (1 - t)
    return 0;
}
static int64_t no_number(const weft_cell *c, const int64_t *at, double t, const double *s,
                         double *r) {
    (void)c, (void)at, (void)t, (void)s;
    r[0] = NAN;
    return 0;
}
static int64_t chatters(const weft_cell *c, const int64_t *at, double t, const double *s,
                        double *r) {
    (void)c, (void)at, (void)t;
    r[0] = s[0] < 0.5 ? 1 : -1; // slides along 0.5, which no step can follow
    return s[0] < 0.5;
}
START_TEST(what_cannot_be_done_is_said) {
    double s = 1;
    ck_assert_int_ne(integrate(explodes, 0, 2, &s, 1, NULL, NULL, 1e-6), WEFT_OK);
    s = 1;
    ck_assert_int_eq(integrate(no_number, 0, 1, &s, 1, NULL, NULL, 1e-6), WEFT_NOT_FINITE);
    s = 0;
    ck_assert_int_eq(integrate(chatters, 0, 1, &s, 1, NULL, NULL, 1e-6), WEFT_STUCK);
}
END_TEST

START_TEST(no_time_changes_nothing) {
    double s = 0.25;
    ck_assert_int_eq(integrate(decay, 3, 0, &s, 1, NULL, NULL, 1e-6), WEFT_OK);
    ck_assert_double_eq(s, 0.25);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("integrate");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, decay_meets_its_tolerance, 0, 4);
    tcase_add_loop_test(all, logistic_growth_meets_its_tolerance, 0, 4);
    tcase_add_loop_test(all, two_states_and_the_order_of_the_method, 0, 4);
    tcase_add_test(all, time_is_handed_on);
    tcase_add_test(all, a_branch_is_located_exactly);
    tcase_add_test(all, a_threshold_device_follows_its_implicit_solution);
    tcase_add_test(all, a_branch_that_time_opens_is_found);
    tcase_add_test(all, bounds_are_reached_in_time_and_left_again);
    tcase_add_test(all, a_bound_reached_ever_faster_is_no_obstacle);
    tcase_add_test(all, a_state_outside_its_bounds_is_brought_in);
    tcase_add_test(all, what_cannot_be_done_is_said);
    tcase_add_test(all, no_time_changes_nothing);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
