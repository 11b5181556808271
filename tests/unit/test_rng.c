// Draws: the published vectors of Philox, the shape of the distributions, independence of keys.
#include "rng.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "weft.h"

// Random123, tests/kat_vectors, the three lines "philox4x32 10": counter, key, result.
START_TEST(philox_gives_the_published_vectors) {
    static const uint32_t vectors[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d,
         0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09,
         0x94fdcceb, 0x5001e420, 0x24126ea1},
    };
    for (int v = 0; v < 3; v++) {
        uint32_t out[4];
        weft_philox(vectors[v], vectors[v] + 4, out);
        ck_assert_mem_eq(out, vectors[v] + 6, sizeof out);
    }
}
END_TEST

enum { DRAWS = 1000000 };

// Bounds of four standard errors: a right generator fails one of these once in about 16,000 seeds.
START_TEST(uniform_has_the_moments_of_its_law) {
    double sum = 0, square = 0, low = 1, high = 0;
    uint64_t key = weft_key(1, 0), stream = weft_stream("g1.w.m.s");
    for (uint64_t k = 0; k < DRAWS; k++) {
        double u = weft_uniform(key, stream, 0, k);
        sum += u;
        square += u * u;
        low = fmin(low, u);
        high = fmax(high, u);
    }
    double mean = sum / DRAWS, variance = square / DRAWS - mean * mean;
    ck_assert_double_eq_tol(mean, 0.5, 4 * sqrt(1.0 / 12 / DRAWS));
    ck_assert_double_eq_tol(variance, 1.0 / 12, 4 * sqrt(1.0 / 180 / DRAWS));
    ck_assert_double_gt(low, 0);
    ck_assert_double_lt(high, 1);
}
END_TEST

START_TEST(normal_has_the_moments_of_its_law) {
    double sum = 0, square = 0, fourth = 0;
    int beyond = 0;
    uint64_t key = weft_key(2, 5), stream = weft_stream("noise");
    for (uint64_t k = 0; k < DRAWS; k++) {
        double z = weft_normal(key, stream, k, 3);
        sum += z;
        square += z * z;
        fourth += z * z * z * z;
        beyond += fabs(z) > 1.959963984540054; // 5 % of the law
    }
    ck_assert_double_eq_tol(sum / DRAWS, 0, 4 * sqrt(1.0 / DRAWS));
    ck_assert_double_eq_tol(square / DRAWS, 1, 4 * sqrt(2.0 / DRAWS));
    ck_assert_double_eq_tol(fourth / DRAWS, 3, 4 * sqrt(96.0 / DRAWS));
    ck_assert_double_eq_tol((double)beyond / DRAWS, 0.05, 4 * sqrt(0.05 * 0.95 / DRAWS));
}
END_TEST

static double correlation(int what) {
    enum { N = 100000 };
    double ab = 0;
    for (uint64_t k = 0; k < N; k++) {
        uint64_t key = weft_key(7, 0), stream = weft_stream("a");
        double a = weft_uniform(key, stream, 1, k) - 0.5, b = 0;
        switch (what) {
        case 0:
            b = weft_uniform(key, stream, 2, k);
            break;
        case 1:
            b = weft_uniform(key, weft_stream("b"), 1, k);
            break;
        case 2:
            b = weft_uniform(weft_key(8, 0), stream, 1, k);
            break;
        case 3:
            b = weft_uniform(weft_key(7, 1), stream, 1, k);
            break;
        case 4:
            b = weft_uniform(key, stream, 1, k + 1);
            break;
        case 5:
            b = weft_uniform(key, stream, 1, k + (UINT64_C(1) << 32));
            break;
        default:
            b = weft_uniform(key, stream, 1 + (UINT64_C(1) << 32), k);
            break;
        }
        ab += a * (b - 0.5);
    }
    return ab / N * 12;
}

START_TEST(draws_of_other_keys_streams_events_and_elements_are_independent) {
    ck_assert_double_eq_tol(correlation(_i), 0, 4 / sqrt(100000.0));
}
END_TEST

// FNV-1a, 64 bits: the test vectors of draft-eastlake-fnv, appendix C ("", "a", "foobar").
START_TEST(stream_is_fnv_1a) {
    ck_assert(weft_stream("") == 0xcbf29ce484222325u);
    ck_assert(weft_stream("a") == 0xaf63dc4c8601ec8cu);
    ck_assert(weft_stream("foobar") == 0x85944171f73967e8u);
}
END_TEST

START_TEST(kernels_have_their_values) {
    ck_assert_double_eq(weft_logistic(0), 0.5);
    ck_assert_double_eq_tol(weft_logistic(2), 0.8807970779778823, 1e-16);   // 1 / (1 + e^-2)
    ck_assert_double_eq_tol(weft_dlogistic(2), 0.10499358540350652, 5e-17); // e^-2 / (1 + e^-2)^2
    ck_assert_double_eq(weft_sign(-3), -1);
    ck_assert_double_eq(weft_sign(0), 0);
    ck_assert_double_eq(weft_sign(1e-300), 1);
    ck_assert(isnan(weft_sign(NAN)));
    ck_assert_double_eq(weft_round(2.5), 2);
    ck_assert_double_eq(weft_round(-1.5), -2);
    ck_assert_double_eq(weft_round(0.4999999999999999), 0);
    ck_assert_double_eq(weft_min(1, 2), 1);
    ck_assert_double_eq(weft_max(1, 2), 2);
    ck_assert(isnan(weft_min(1, weft_max(0, NAN)))); // a clamp keeps a NaN
    ck_assert_double_eq(weft_phi(0), 1);
    ck_assert_double_eq_tol(weft_phi(1), 1.7182818284590452, 1e-15); // e - 1
    ck_assert_double_eq_tol(weft_phi(1e-9), 1 + 0.5e-9, 1e-16);
    ck_assert_double_eq_tol(weft_phi(-50), 0.02, 1e-17);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("rng");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, philox_gives_the_published_vectors);
    tcase_add_test(all, uniform_has_the_moments_of_its_law);
    tcase_add_test(all, normal_has_the_moments_of_its_law);
    tcase_add_loop_test(all, draws_of_other_keys_streams_events_and_elements_are_independent, 0, 7);
    tcase_add_test(all, stream_is_fnv_1a);
    tcase_add_test(all, kernels_have_their_values);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
