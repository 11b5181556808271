// The order of events at one instant, one test for each rule, on the scripted model; expected
// numbers are worked out by hand from its equations (tests/support/scripted.h).
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiment.h"
#include "support/hand_twin.h"
#include "support/scripted.h"

#define OPEN(model, ...)                                                                           \
    scripted_open(model, (const int64_t[]){__VA_ARGS__},                                           \
                  (int)(sizeof(int64_t[]){__VA_ARGS__} / sizeof(int64_t)))
#define RUN(twin, until) ck_assert_int_eq(weft_run(twin, until), WEFT_OK)
#define CELL(twin, cell) weft_cells(twin)[cell].i

static void set(weft_twin *twin, const char *name, double value) {
    ck_assert_int_eq(weft_set(twin, name, &value, 1), WEFT_OK);
}

// ---- the order at one instant -----------------------------------------------------------------

START_TEST(begin_latches_then_samples_then_writes_then_checks) {
    weft_twin *twin = OPEN(&scripted, A_BEGINS, W_A);
    RUN(twin, 0);
    ck_assert_str_eq(scripted_log(twin), "9@0 10@0 11@0 14@0 17@0");
    weft_close(twin);
}
END_TEST

START_TEST(end_comes_before_begin_and_after_the_advance) {
    weft_twin *twin = OPEN(&scripted, A_BEGINS, W_A, B_BEGINS);
    RUN(twin, 20);
    ck_assert_str_eq(scripted_log(twin), "9@0 10@0 11@0 14@0 17@0 "
                                         "1@20 17@20 3@20 5@20 7@20 12@20 15@20 17@20");
    weft_close(twin);
}
END_TEST

START_TEST(phases_that_begin_together_see_each_others_old_holds) {
    weft_twin *twin = OPEN(&scripted, A_BEGINS | B_BEGINS, W_A | W_B);
    RUN(twin, 0);
    ck_assert_double_eq_tol(scripted_value(twin, "r"), 1.110, 1e-12); // 10 * 0 + 0.110 + 1
    ck_assert_double_eq_tol(scripted_value(twin, "q"), 3.110, 1e-12); // 10 * 0 + 0.110 + 3
    ck_assert_str_eq(scripted_log(twin), "9@0 10@0 11@0 12@0 14@0 15@0 17@0");
    weft_close(twin);
}
END_TEST

START_TEST(phases_that_end_together_see_each_others_old_holds_in_the_ending_mode) {
    weft_twin *twin = OPEN(&scripted, A_BEGINS | B_BEGINS, W_A | W_B, 0);
    RUN(twin, 20);
    // Mode 100 + 10 + segment 2; e = mode + 1e6 x with f = 0; f = mode with e = 0.
    ck_assert_double_eq(scripted_value(twin, "e"), 1000112);
    ck_assert_double_eq(scripted_value(twin, "f"), 112);
    weft_close(twin);
}
END_TEST

START_TEST(an_activation_that_follows_itself_ends_with_its_old_argument) {
    weft_twin *twin = OPEN(&scripted, 0, A_BEGINS, W_A, A_BEGINS, W_A, 0);
    RUN(twin, 30);
    ck_assert_double_eq_tol(scripted_value(twin, "e"), 1000100.001, 1e-6); // argument 1
    ck_assert_int_eq(CELL(twin, C_ARG), 3);
    ck_assert_int_eq(CELL(twin, C_A_STATE + WEFT_PHASE_COUNT), 2);
    ck_assert_int_eq(CELL(twin, C_A_STATE + WEFT_PHASE_BEGIN), 30);
    RUN(twin, 50);
    ck_assert_double_eq_tol(scripted_value(twin, "e"), 1000100.003, 1e-6);
    weft_close(twin);
}
END_TEST

START_TEST(phases_of_one_cycle_follow_each_other) {
    weft_twin *twin = OPEN(&scripted, A_BEGINS, A_BEGINS, A_BEGINS, 0);
    RUN(twin, 100);
    ck_assert_int_eq(CELL(twin, C_A_STATE + WEFT_PHASE_COUNT), 3);
    ck_assert_double_eq_tol(scripted_value(twin, "s"), 1 - 0.5 * exp(-0.03), 1e-14);
    weft_close(twin);
}
END_TEST

START_TEST(breaks_and_events_lie_between_edges) {
    weft_twin *twin = OPEN(&scripted, B_BEGINS, W_B, 0);
    RUN(twin, 20);
    ck_assert_str_eq(scripted_log(twin),
                     "12@0 15@0 17@0 2@5 17@5 17@5 2@12 17@12 13@12 16@12 17@12 "
                     "2@20 17@20 4@20 6@20 17@20");
    ck_assert_double_eq_tol(scripted_value(twin, "s"), 0.5 + 0.005 + 0.014 + 0.024, 1e-14);
    ck_assert_double_eq(scripted_value(twin, "g"), 12); // reads the segment that begins there
    weft_close(twin);
}
END_TEST

START_TEST(a_bit_is_seen_as_it_was_before_the_edge) {
    weft_twin *twin = OPEN(&scripted, A_BEGINS, W_A);
    set(twin, "q", 1); // r = 10 + ... at the first edge
    RUN(twin, 0);
    ck_assert_double_eq(scripted_value(twin, "bit"), 1);
    ck_assert_int_eq(CELL(twin, C_SEEN_OUT), 0);
    RUN(twin, 10);
    ck_assert_int_eq(CELL(twin, C_SEEN_OUT), 1);
    weft_close(twin);
}
END_TEST

START_TEST(a_live_bit_is_found_at_the_first_edge_after_its_crossing) {
    // s = 0.519 + 3 (t - 12 ms) passes 0.7 at 72.3 ticks.
    weft_twin *twin = OPEN(&scripted_live, B_BEGINS, W_B, W_B, W_B, W_B, W_B, W_B, W_B, W_B, W_B);
    RUN(twin, 75);
    ck_assert_int_eq(CELL(twin, C_SEEN_OUT), 0);
    RUN(twin, 80);
    ck_assert_int_eq(CELL(twin, C_SEEN_OUT), 1);
    // Looking at every edge moved nothing: still two stretches of the core, 5 and 12.
    ck_assert_int_eq(CELL(twin, WEFT_FROM), 12);
    weft_close(twin);
}
END_TEST

START_TEST(a_stimulus_turns_after_the_end_samples_and_before_the_latch) {
    static const int64_t breaks[] = {40};
    const weft_stimulus stimulus = {scripted_stimulus, breaks, 1};
    weft_twin *twin = OPEN(&scripted, A_BEGINS, W_A, W_A, W_A, A_BEGINS);
    ck_assert_int_eq(weft_stimulate(twin, &stimulus), WEFT_OK);
    RUN(twin, 40);
    ck_assert_double_eq_tol(scripted_value(twin, "e"), 1000100, 1e-6); // x was 1
    ck_assert_double_eq_tol(scripted_value(twin, "r"), -0.9, 1e-12);   // 0.1 + x, x is -1
    ck_assert_int_eq(CELL(twin, C_WIDTH + 1), 0);                      // 1 + x
    ck_assert_double_eq_tol(scripted_value(twin, "s"), 1 - 0.5 * exp(-0.04), 1e-14);
    weft_close(twin);
}
END_TEST

START_TEST(a_stimulus_breaks_between_edges) {
    static const int64_t breaks[] = {45};
    const weft_stimulus stimulus = {scripted_stimulus, breaks, 1};
    weft_twin *twin = OPEN(&scripted, A_BEGINS, W_A, W_A, W_A, W_A, W_A, W_A, 0);
    ck_assert_int_eq(weft_stimulate(twin, &stimulus), WEFT_OK);
    RUN(twin, 70);
    double s = 1 - 0.5 * exp(-0.045);
    ck_assert_double_eq_tol(scripted_value(twin, "s"), -1 + (s + 1) * exp(-0.025), 1e-14);
    weft_close(twin);
}
END_TEST

START_TEST(noise_is_redrawn_by_the_count_of_activations) {
    weft_twin *twin = OPEN(&scripted, A_BEGINS, 0, A_BEGINS);
    RUN(twin, 20);
    ck_assert_double_eq(weft_cells(twin)[C_NOISE].r, weft_uniform(weft_key(1, 0), 7, 2, 0));
    weft_close(twin);
}
END_TEST

// ---- several sequencers -----------------------------------------------------------------------

// A ring of three registers, each sequencer copying its neighbour: the ones move on one place an
// edge only if all read before any writes. The third has half the speed in `slow`.
enum { R_IN = WEFT_FIRST, R_OUT = R_IN + 3, R_CELLS = R_OUT + 3 };
static void ring0(weft_cell *c) {
    c[R_OUT].i = c[R_IN].i;
}
static void ring1(weft_cell *c) {
    c[R_OUT + 1].i = c[R_IN + 1].i;
}
static void ring2(weft_cell *c) {
    c[R_OUT + 2].i = c[R_IN + 2].i;
}
static void ring_defaults(weft_cell *c) {
    c[R_OUT].i = 1;
}
static void (*const ring_functions[])(weft_cell *) = {ring0, ring1, ring2, ring_defaults};
static const weft_port ring_ports[3][2] = {
    {{"in_i", 0, 1, 1, R_IN, 0}, {"out_o", 1, 1, 1, R_OUT, 0}},
    {{"in_i", 0, 1, 1, R_IN + 1, 0}, {"out_o", 1, 1, 1, R_OUT + 1, 0}},
    {{"in_i", 0, 1, 1, R_IN + 2, 0}, {"out_o", 1, 1, 1, R_OUT + 2, 0}},
};
static const weft_wire ring_wires[3] = {
    {R_OUT + 2, R_IN, 1}, {R_OUT, R_IN + 1, 1}, {R_OUT + 1, R_IN + 2, 1}};
#define RING(k, period)                                                                            \
    {                                                                                              \
        "ring", period, ring_ports[k], 2, NULL, 0, WEFT_NONE, WEFT_NONE, WEFT_NONE, k, WEFT_NONE,  \
            WEFT_NONE, WEFT_NONE, WEFT_NONE, 0, WEFT_NONE, NULL, &ring_wires[k], 1                 \
    }
static const weft_sequence ring[] = {RING(0, 10), RING(1, 10), RING(2, 10)};
static const weft_sequence slow_ring[] = {RING(0, 10), RING(1, 10), RING(2, 20)};

static weft_twin *open_ring(weft_model *model, const weft_sequence *sequences) {
    *model = hand_model("ring", TICK, R_CELLS);
    model->sequences = sequences, model->sequence_count = 3;
    model->functions = ring_functions, model->function_count = 4;
    model->defaults = 3;
    return hand_open(model, NULL);
}

START_TEST(sequencers_sample_before_any_of_them_steps) {
    weft_model model;
    weft_twin *twin = open_ring(&model, ring);
    for (int edge = 0; edge < 7; edge++) {
        RUN(twin, 10 * edge);
        for (int k = 0; k < 3; k++)
            ck_assert_int_eq(CELL(twin, R_OUT + k), k == (edge + 1) % 3);
    }
    ck_assert_int_eq(weft_cycles(twin), 21);
    weft_close(twin);
}
END_TEST

START_TEST(clocks_may_differ) {
    // Edge 0: all; 10: the first two; 20: all. Worked out by hand from 1 0 0.
    static const int64_t want[][3] = {{0, 1, 0}, {0, 0, 0}, {0, 0, 0}};
    static const int64_t want_from_1[][3] = {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {0, 1, 0}, {0, 0, 1}};
    weft_model model;
    weft_twin *twin = open_ring(&model, slow_ring);
    for (int edge = 0; edge < 3; edge++) {
        RUN(twin, 10 * edge);
        for (int k = 0; k < 3; k++)
            ck_assert_int_eq(CELL(twin, R_OUT + k), want[edge][k]);
    }
    ck_assert_int_eq(weft_restart(twin, 0, 0), WEFT_OK);
    CELL(twin, R_OUT + 1) = 1;
    for (int edge = 0; edge < 5; edge++) {
        RUN(twin, 10 * edge);
        for (int k = 0; k < 3; k++)
            ck_assert_int_eq(CELL(twin, R_OUT + k), want_from_1[edge][k]);
    }
    weft_close(twin);
}
END_TEST

// ---- time that passes at once -----------------------------------------------------------------

START_TEST(quiet_edges_pass_at_once) {
    weft_twin *twin = OPEN(&scripted, A_BEGINS, W_A, W_A, W_A, W_A, W_A, W_A, W_A, W_A, 0);
    RUN(twin, 1000000000);
    ck_assert_int_eq(weft_now(twin), 1000000000);
    ck_assert_int_eq(weft_cycles(twin), 100000001);
    ck_assert_int_eq(CELL(twin, C_EDGE), 100000001);
    ck_assert_int_le(CELL(twin, C_STEPS), 4);
    ck_assert_double_eq_tol(scripted_value(twin, "s"), 1 - 0.5 * exp(-0.09), 1e-14);
    weft_close(twin);
}
END_TEST

START_TEST(passing_at_once_changes_nothing) {
    weft_sequence plain = scripted.sequences[0];
    weft_model stepped = scripted;
    plain.quiet = plain.skip = WEFT_NONE;
    stepped.sequences = &plain;
    static const int64_t words[] = {
        0, 0, A_BEGINS, W_A, W_A, B_BEGINS, W_B, W_B, A_BEGINS | W_B, 0,
        0, 0, W_DONE,   0,   0,   A_BEGINS, W_A, W_A, A_BEGINS,       0};
    weft_twin *fast = scripted_open(&scripted, words, 20);
    weft_twin *slow = scripted_open(&stepped, words, 20);
    RUN(fast, 300);
    RUN(slow, 300);
    CELL(fast, C_STEPS) = CELL(slow, C_STEPS) = 0;
    CELL(fast, WEFT_QUIET) = CELL(slow, WEFT_QUIET) = 0;
    ck_assert_mem_eq(weft_cells(fast), weft_cells(slow), C_CELLS * sizeof(weft_cell));
    weft_close(fast);
    weft_close(slow);
}
END_TEST

START_TEST(running_in_pieces_changes_nothing) {
    static const int64_t words[] = {0, A_BEGINS, W_A, W_A, B_BEGINS, W_B, W_B, A_BEGINS | W_B, 0};
    weft_twin *whole = scripted_open(&scripted, words, 9),
              *pieces = scripted_open(&scripted, words, 9);
    RUN(whole, 200);
    for (int64_t t = 0; t <= 200; t++)
        RUN(pieces, t);
    CELL(whole, C_STEPS) = CELL(pieces, C_STEPS) = 0;
    CELL(whole, WEFT_QUIET) = CELL(pieces, WEFT_QUIET) = 0;
    ck_assert_mem_eq(weft_cells(whole), weft_cells(pieces), C_CELLS * sizeof(weft_cell));
    weft_close(whole);
    weft_close(pieces);
}
END_TEST

// ---- calls ------------------------------------------------------------------------------------

START_TEST(a_call_lasts_until_done) {
    weft_twin *twin = OPEN(&scripted, A_BEGINS, W_A, 0, W_DONE, 0, A_BEGINS, 0, W_DONE);
    ck_assert_int_eq(weft_call(twin, "play", 0), WEFT_OK);
    ck_assert_int_eq(weft_now(twin), 30);
    ck_assert_int_eq(CELL(twin, C_START), 0);
    ck_assert_int_eq(CELL(twin, C_TRIALS_SEEN), 1);
    ck_assert_int_eq(weft_call(twin, "play", 4), WEFT_OK);
    ck_assert_int_eq(weft_now(twin), 70);
    ck_assert_int_eq(CELL(twin, C_TRIALS_SEEN), 2);
    ck_assert_int_eq(weft_call(twin, "nobody", 0), WEFT_NO_SUCH_NAME);
    weft_close(twin);
}
END_TEST

START_TEST(a_call_is_limited_in_cycles) {
    weft_twin *twin = OPEN(&scripted, 0, 0, 0, W_DONE);
    ck_assert_int_eq(weft_call(twin, "play", 3), WEFT_TIMEOUT);
    ck_assert_ptr_nonnull(strstr(weft_fault(twin), "play"));
    ck_assert_int_eq(weft_call(twin, "play", 3), WEFT_TIMEOUT); // it sticks
    ck_assert_int_eq(weft_restart(twin, 0, 0), WEFT_OK);
    ck_assert_str_eq(weft_fault(twin), "");
    scripted_play(twin, (const int64_t[]){0, 0, 0, W_DONE}, 4);
    ck_assert_int_eq(weft_call(twin, "play", 4), WEFT_OK);
    // Nothing left that could ever raise `done`: said at once, without a limit.
    ck_assert_int_eq(weft_call(twin, "play", 0), WEFT_TIMEOUT);
    weft_close(twin);
}
END_TEST

// ---- what goes wrong --------------------------------------------------------------------------

START_TEST(an_assertion_holds_after_every_advance_and_event) {
    weft_twin *twin = OPEN(&scripted, A_BEGINS, W_A, 0);
    weft_cells(twin)[C_LIMIT].r = 0.505;
    ck_assert_int_eq(weft_run(twin, 19), WEFT_OK);
    ck_assert_int_eq(weft_run(twin, 20), WEFT_ASSERT);
    ck_assert_ptr_nonnull(strstr(weft_fault(twin), "s <= limit"));
    ck_assert_ptr_nonnull(strstr(weft_fault(twin), "0.02 s"));
    ck_assert_int_eq(weft_restart(twin, 0, 0), WEFT_OK);
    scripted_play(twin, (const int64_t[]){A_BEGINS}, 1);
    weft_cells(twin)[C_LIMIT].r = 0.4;
    ck_assert_int_eq(weft_run(twin, 0), WEFT_ASSERT);
    weft_close(twin);
}
END_TEST

START_TEST(a_guarantee_is_monitored) {
    weft_twin *twin = OPEN(&scripted, 0, 0, W_BROKEN, 0);
    ck_assert_int_eq(weft_run(twin, 15), WEFT_OK);
    ck_assert_int_eq(weft_run(twin, 50), WEFT_GUARANTEE);
    ck_assert_int_eq(weft_now(twin), 20);
    ck_assert_ptr_nonnull(strstr(weft_fault(twin), "never a with b"));
    weft_close(twin);
}
END_TEST

static weft_twin *open_with_advance(weft_model *model, weft_task *tasks, weft_mode *mode,
                                    uint32_t function) {
    *model = scripted;
    memcpy(tasks, scripted.tasks, scripted.task_count * sizeof *tasks);
    *mode = (weft_mode){NULL, 0, function};
    tasks[0] = (weft_task){"advance", mode, 1};
    model->tasks = tasks;
    return scripted_open(model, (const int64_t[]){A_BEGINS, 0}, 2);
}

START_TEST(a_state_that_is_no_number_stops_the_run) {
    weft_model model;
    weft_task tasks[16];
    weft_mode mode;
    weft_twin *twin = open_with_advance(&model, tasks, &mode, scripted_poison);
    ck_assert_int_eq(weft_run(twin, 100), WEFT_NOT_FINITE);
    ck_assert_str_eq(weft_fault(twin), "s is nan at 0.01 s");
    weft_close(twin);
    twin = open_with_advance(&model, tasks, &mode, scripted_stuck);
    ck_assert_int_eq(weft_run(twin, 100), WEFT_STUCK);
    ck_assert_ptr_nonnull(strstr(weft_fault(twin), "s: "));
    weft_close(twin);
}
END_TEST

START_TEST(a_hold_that_is_no_number_stops_the_run) {
    weft_twin *twin = OPEN(&scripted, A_BEGINS, 0);
    weft_cells(twin)[C_Q].r = INFINITY;
    ck_assert_int_eq(weft_run(twin, 0), WEFT_NOT_FINITE);
    ck_assert_ptr_nonnull(strstr(weft_fault(twin), "r is inf"));
    weft_close(twin);
}
END_TEST

// ---- looking ----------------------------------------------------------------------------------

START_TEST(a_peek_shows_the_future_and_disturbs_nothing) {
    weft_twin *twin = OPEN(&scripted, A_BEGINS, W_A, W_A, W_A, 0);
    RUN(twin, 0);
    static weft_cell before[C_CELLS];
    int64_t logged = CELL(twin, C_LOGGED);
    memcpy(before, weft_cells(twin), sizeof before);
    double s;
    for (int64_t tick = 0; tick <= 40; tick++) {
        ck_assert_int_eq(weft_peek(twin, tick, weft_var_index(twin, "s"), &s), WEFT_OK);
        ck_assert_double_eq_tol(s, 1 - 0.5 * exp(-1e-3 * (double)tick), 1e-15);
    }
    for (int64_t k = CELL(twin, C_LOGGED) - 1; k >= logged; k--) // the log itself has grown
        CELL(twin, C_LOG + 2 * k) = CELL(twin, C_LOG + 2 * k + 1) = 0;
    CELL(twin, C_LOGGED) = logged;
    ck_assert_mem_eq(weft_cells(twin), before, sizeof before);
    RUN(twin, 15);
    ck_assert_double_eq_tol(scripted_value(twin, "s"), 1 - 0.5 * exp(-0.015), 1e-15);
    ck_assert_double_eq_tol(scripted_value(twin, "y"), 100001 - 0.5 * exp(-0.015), 1e-9);
    ck_assert_int_eq(CELL(twin, WEFT_FROM), 0); // still where it was
    weft_close(twin);
}
END_TEST

typedef struct taken {
    int count, changes;
    int64_t tick[100], change[100];
    double value[100];
} taken;
static void take(void *data, weft_twin *twin, int64_t tick, uint32_t sample, const double *values) {
    (void)twin, (void)sample;
    taken *t = data;
    t->tick[t->count] = tick;
    t->value[t->count++] = values[0];
}
static void changed(void *data, weft_twin *twin, int64_t tick) {
    (void)twin;
    taken *t = data;
    t->change[t->changes++] = tick;
}

START_TEST(samples_are_taken_at_their_ticks) {
    static const int64_t words[] = {A_BEGINS, W_A, 0, W_DONE, 0, B_BEGINS, W_B, 0};
    weft_twin *plain = scripted_open(&scripted, words, 8),
              *twin = scripted_open(&scripted, words, 8);
    taken t = {0};
    weft_sample samples[] = {{weft_var_index(twin, "s"), 3, 5}};
    weft_watch watch = {samples, 1, take, changed, &t};
    weft_watch_with(twin, &watch);
    RUN(plain, 100);
    RUN(twin, 100);
    ck_assert_int_eq(t.count, 20);
    double rest = 1 - 0.5 * exp(-0.02); // from 20 to 50
    for (int k = 0; k < 20; k++) {
        double at = 3 + 5 * k, b = at - 50;
        ck_assert_int_eq(t.tick[k], 3 + 5 * k);
        double want = at <= 20 ? 1 - 0.5 * exp(-1e-3 * at) : rest;
        if (b > 0)
            want +=
                1e-3 * (fmin(b, 5) + 2 * fmax(0, fmin(b, 12) - 5) + 3 * fmax(0, fmin(b, 20) - 12));
        ck_assert_double_eq_tol(t.value[k], want, 1e-14);
    }
    // Outputs, phases, segments; the strobes fall one edge after they rose.
    static const int64_t changes[] = {0, 10, 20, 30, 40, 50, 55, 60, 62, 70};
    ck_assert_int_eq(t.changes, 10);
    ck_assert_mem_eq(t.change, changes, sizeof changes);
    ck_assert_double_eq(scripted_value(twin, "s"), scripted_value(plain, "s")); // to the bit
    weft_close(plain);
    weft_close(twin);
}
END_TEST

// ---- names ------------------------------------------------------------------------------------

static weft_status try_set(weft_twin *twin, const char *name, double value) {
    return weft_set(twin, name, &value, 1);
}

START_TEST(names_are_set_and_read) {
    weft_twin *twin = OPEN(&scripted, 0);
    double three[3];
    ck_assert_double_eq(scripted_value(twin, "folded"), 47);
    ck_assert_int_eq(weft_get(twin, "high", three, 3), WEFT_OK);
    ck_assert_int_eq(weft_get(twin, "high", three, 2), WEFT_WRONG_SIZE);
    ck_assert_int_eq(weft_get(twin, "nothing", three, 1), WEFT_NO_SUCH_NAME);
    ck_assert_int_eq(try_set(twin, "folded", 1), WEFT_CONSTANT);
    ck_assert_int_eq(try_set(twin, "y", 1), WEFT_READ_ONLY);
    ck_assert_int_eq(try_set(twin, "bit", 1), WEFT_READ_ONLY);
    ck_assert_int_eq(try_set(twin, "play.done", 1), WEFT_READ_ONLY);
    ck_assert_int_eq(try_set(twin, "play.bit", 1), WEFT_READ_ONLY); // wired
    ck_assert_int_eq(try_set(twin, "x", NAN), WEFT_NOT_FINITE);
    ck_assert_int_eq(try_set(twin, "p", 3.5), WEFT_OUT_OF_RANGE);
    ck_assert_int_eq(try_set(twin, "play.start", 0.5), WEFT_OUT_OF_RANGE);
    ck_assert_double_eq(scripted_value(twin, "p"), 2);
    set(twin, "play.start", 1);
    ck_assert_int_eq(CELL(twin, C_START), 1);
    set(twin, "s", 0.25);
    ck_assert_double_eq(scripted_value(twin, "s"), 0.25);
    weft_close(twin);
}
END_TEST

START_TEST(a_parameter_that_was_set_outlives_a_restart) {
    weft_twin *twin = OPEN(&scripted, 0);
    set(twin, "p", 2.5);
    set(twin, "x", 9);
    ck_assert_int_eq(weft_restart(twin, 3, 1), WEFT_OK);
    ck_assert_double_eq(scripted_value(twin, "p"), 2.5);
    ck_assert_double_eq(scripted_value(twin, "x"), 1);
    weft_close(twin);
}
END_TEST

START_TEST(setting_acts_from_now_on) {
    weft_twin *twin = OPEN(&scripted, A_BEGINS, W_A, W_A, W_A, 0);
    RUN(twin, 25);
    set(twin, "x", 0);
    RUN(twin, 40);
    ck_assert_double_eq_tol(scripted_value(twin, "s"), (1 - 0.5 * exp(-0.025)) * exp(-0.015),
                            1e-15);
    weft_close(twin);
}
END_TEST

START_TEST(an_other_abi_is_refused) {
    weft_model model = scripted;
    model.abi++;
    weft_twin *twin;
    ck_assert_int_eq(weft_open(&twin, &model, NULL), WEFT_BAD_FILE);
    ck_assert_ptr_null(twin);
}
END_TEST

static TCase *cases(void) {
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, begin_latches_then_samples_then_writes_then_checks);
    tcase_add_test(all, end_comes_before_begin_and_after_the_advance);
    tcase_add_test(all, phases_that_begin_together_see_each_others_old_holds);
    tcase_add_test(all, phases_that_end_together_see_each_others_old_holds_in_the_ending_mode);
    tcase_add_test(all, an_activation_that_follows_itself_ends_with_its_old_argument);
    tcase_add_test(all, phases_of_one_cycle_follow_each_other);
    tcase_add_test(all, breaks_and_events_lie_between_edges);
    tcase_add_test(all, a_bit_is_seen_as_it_was_before_the_edge);
    tcase_add_test(all, a_live_bit_is_found_at_the_first_edge_after_its_crossing);
    tcase_add_test(all, a_stimulus_turns_after_the_end_samples_and_before_the_latch);
    tcase_add_test(all, a_stimulus_breaks_between_edges);
    tcase_add_test(all, noise_is_redrawn_by_the_count_of_activations);
    tcase_add_test(all, sequencers_sample_before_any_of_them_steps);
    tcase_add_test(all, clocks_may_differ);
    tcase_add_test(all, quiet_edges_pass_at_once);
    tcase_add_test(all, passing_at_once_changes_nothing);
    tcase_add_test(all, running_in_pieces_changes_nothing);
    tcase_add_test(all, a_call_lasts_until_done);
    tcase_add_test(all, a_call_is_limited_in_cycles);
    tcase_add_test(all, an_assertion_holds_after_every_advance_and_event);
    tcase_add_test(all, a_guarantee_is_monitored);
    tcase_add_test(all, a_state_that_is_no_number_stops_the_run);
    tcase_add_test(all, a_hold_that_is_no_number_stops_the_run);
    tcase_add_test(all, a_peek_shows_the_future_and_disturbs_nothing);
    tcase_add_test(all, samples_are_taken_at_their_ticks);
    tcase_add_test(all, names_are_set_and_read);
    tcase_add_test(all, a_parameter_that_was_set_outlives_a_restart);
    tcase_add_test(all, setting_acts_from_now_on);
    tcase_add_test(all, an_other_abi_is_refused);
    return all;
}

int main(void) {
    Suite *suite = suite_create("core");
    suite_add_tcase(suite, cases());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
