// A controller from outside: driving the core like the C one, compared with it cycle by cycle, and
// every difference found. The outside one is written in C here (tests/support/scripted.c).
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/scripted.h"

static const int64_t words[] = {0,   A_BEGINS,       W_A,      W_A, B_BEGINS, W_B,
                                W_B, A_BEGINS | W_B, A_BEGINS, W_A, 0,        W_DONE,
                                0,   A_BEGINS,       W_A,      W_A, 0,        W_DONE};
enum { WORDS = sizeof words / sizeof *words };

static weft_twin *open_with(weft_control control, const weft_rtl *rtl) {
    weft_twin *twin = scripted_open(&scripted, words, WORDS);
    ck_assert_int_eq(weft_control_with(twin, control, rtl), WEFT_OK);
    ck_assert_int_eq(weft_restart(twin, 1, 0), WEFT_OK);
    scripted_play(twin, words, WORDS);
    return twin;
}

static void check_equal_core(weft_twin *a, weft_twin *b) {
    static const uint32_t cells[] = {C_S,
                                     C_R,
                                     C_Q,
                                     C_E,
                                     C_F,
                                     C_G,
                                     C_BIT,
                                     C_ARG,
                                     C_DONE,
                                     C_A,
                                     C_B,
                                     C_NOISE,
                                     WEFT_NOW,
                                     WEFT_FROM,
                                     C_LOGGED,
                                     C_A_STATE + WEFT_PHASE_COUNT,
                                     C_B_STATE + WEFT_PHASE_BEGIN};
    for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
        ck_assert_int_eq(weft_cells(a)[cells[k]].i, weft_cells(b)[cells[k]].i);
    ck_assert_mem_eq(weft_cells(a) + C_LOG, weft_cells(b) + C_LOG,
                     2 * LOG_LENGTH * sizeof(weft_cell));
    ck_assert_int_eq(weft_cycles(a), weft_cycles(b));
}

// _i: 0 with `run`, 1 without.
START_TEST(the_core_does_the_same_under_both) {
    weft_rtl rtl = scripted_rtl;
    if (_i == 1) rtl.run = NULL;
    weft_twin *c = open_with(WEFT_CONTROL_C, NULL), *v = open_with(WEFT_CONTROL_RTL, &rtl);
    for (int call = 0; call < 2; call++) {
        ck_assert_int_eq(weft_call(c, "play", 0), WEFT_OK);
        ck_assert_int_eq(weft_call(v, "play", 0), WEFT_OK);
        check_equal_core(c, v);
    }
    ck_assert_int_eq(weft_run(c, 100000), WEFT_OK);
    ck_assert_int_eq(weft_run(v, 100000), WEFT_OK);
    ck_assert_int_eq(weft_now(v), 100000);
    ck_assert_int_eq(weft_cycles(v), 10001);
    weft_close(c);
    weft_close(v);
}
END_TEST

START_TEST(pulses_are_counted_as_they_come) {
    weft_rtl rtl = scripted_rtl;
    if (_i == 1) rtl.run = NULL;
    weft_twin *v = open_with(WEFT_CONTROL_RTL, &rtl);
    const weft_cell *high = weft_cells(v) + C_HIGH; // widths are 1, 2, 3
    static const struct {
        int64_t tick, high[3];
    } want[] = {{10, {1, 1, 1}}, {20, {1, 2, 2}}, {30, {1, 2, 3}}, {60, {1, 2, 3}},
                {70, {1, 1, 1}}, {80, {1, 1, 1}}, {90, {1, 2, 2}}, {110, {1, 2, 2}}};
    for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
        ck_assert_int_eq(weft_run(v, want[k].tick), WEFT_OK);
        for (int p = 0; p < 3; p++)
            ck_assert_int_eq(high[p].i, want[k].high[p]);
    }
    weft_close(v);
    weft_twin *c = open_with(WEFT_CONTROL_C, NULL); // knows them at once
    ck_assert_int_eq(weft_run(c, 10), WEFT_OK);
    for (int p = 0; p < 3; p++)
        ck_assert_int_eq(weft_cells(c)[C_HIGH + p].i, p + 1);
    weft_close(c);
}
END_TEST

START_TEST(lockstep_agrees) {
    weft_twin *c = open_with(WEFT_CONTROL_C, NULL);
    weft_twin *both = open_with(WEFT_CONTROL_BOTH, &scripted_rtl);
    for (int call = 0; call < 2; call++) {
        ck_assert_int_eq(weft_call(c, "play", 0), WEFT_OK);
        ck_assert_int_eq(weft_call(both, "play", 0), WEFT_OK);
        check_equal_core(c, both);
    }
    ck_assert_int_eq(weft_lockstep_of(both)->cycles, WORDS);
    ck_assert_int_eq(weft_lockstep_of(both)->mismatches, 0);
    weft_close(c);
    weft_close(both);
}
END_TEST

START_TEST(lockstep_finds_the_first_difference) {
    weft_twin *twin = open_with(WEFT_CONTROL_BOTH, &scripted_rtl);
    scripted_rtl_script[5] |= W_DONE;
    ck_assert_int_eq(weft_run(twin, 1000), WEFT_MISMATCH);
    const weft_lockstep *lockstep = weft_lockstep_of(twin);
    ck_assert_int_eq(lockstep->cycles, 6);
    ck_assert_int_eq(lockstep->mismatches, 1);
    ck_assert_int_eq(lockstep->first.cycle, 5);
    ck_assert_str_eq(lockstep->first.port, "done_o");
    ck_assert_int_eq(lockstep->first.c, 0);
    ck_assert_int_eq(lockstep->first.rtl, 1);
    ck_assert_str_eq(weft_fault(twin),
                     "play, cycle 5: done_o[0] is 0 in C and 1 in the Verilated controller");
    weft_close(twin);
}
END_TEST

static void settle_wrong(void *self, const int64_t *in, int64_t *out) {
    scripted_rtl.settle(self, in, out);
    out[8] ^= 1;
}
START_TEST(lockstep_compares_every_element_after_it_has_settled) {
    weft_rtl rtl = scripted_rtl;
    rtl.settle = settle_wrong;
    weft_twin *twin = open_with(WEFT_CONTROL_BOTH, &rtl);
    ck_assert_int_eq(weft_run(twin, 1000), WEFT_MISMATCH);
    ck_assert_int_eq(weft_lockstep_of(twin)->first.cycle, 1);
    ck_assert_str_eq(weft_lockstep_of(twin)->first.port, "on_o");
    ck_assert_uint_eq(weft_lockstep_of(twin)->first.element, 2);
    weft_close(twin);
}
END_TEST

static void reset_wrong(void *self, int64_t *out) {
    scripted_rtl.reset(self, out);
    out[3] = 1;
}
START_TEST(lockstep_compares_reset) {
    weft_rtl rtl = scripted_rtl;
    rtl.reset = reset_wrong;
    weft_twin *twin = scripted_open(&scripted, words, WORDS);
    ck_assert_int_eq(weft_control_with(twin, WEFT_CONTROL_BOTH, &rtl), WEFT_OK);
    ck_assert_int_eq(weft_restart(twin, 1, 0), WEFT_MISMATCH);
    ck_assert_int_eq(weft_lockstep_of(twin)->first.cycle, -1);
    ck_assert_str_eq(weft_lockstep_of(twin)->first.port, "b_o");
    weft_close(twin);
}
END_TEST

START_TEST(saving_is_refused_with_a_controller_from_outside) {
    weft_twin *twin = open_with(WEFT_CONTROL_RTL, &scripted_rtl);
    size_t size = weft_save_size(twin);
    void *bytes = malloc(size);
    ck_assert_int_eq(weft_save(twin, bytes, size), WEFT_NOT_WITH_RTL);
    ck_assert_int_eq(weft_load(twin, bytes, size), WEFT_NOT_WITH_RTL);
    free(bytes);
    weft_close(twin);
}
END_TEST

static void *create_nothing(void) {
    return NULL;
}
START_TEST(a_controller_that_cannot_be_made_is_reported) {
    weft_rtl rtl = scripted_rtl;
    rtl.create = create_nothing;
    weft_twin *twin = scripted_open(&scripted, words, WORDS);
    ck_assert_int_eq(weft_control_with(twin, WEFT_CONTROL_RTL, &rtl), WEFT_NO_MEMORY);
    ck_assert_int_eq(weft_call(twin, "play", 0), WEFT_OK); // still under the C one
    weft_close(twin);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("cosim");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, the_core_does_the_same_under_both, 0, 2);
    tcase_add_loop_test(all, pulses_are_counted_as_they_come, 0, 2);
    tcase_add_test(all, lockstep_agrees);
    tcase_add_test(all, lockstep_finds_the_first_difference);
    tcase_add_test(all, lockstep_compares_every_element_after_it_has_settled);
    tcase_add_test(all, lockstep_compares_reset);
    tcase_add_test(all, saving_is_refused_with_a_controller_from_outside);
    tcase_add_test(all, a_controller_that_cannot_be_made_is_reported);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
