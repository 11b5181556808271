// test_driver.c -- repeats, epochs, measures, expectations, faults and records over a model written
// by hand (ramp_model.h); the numbers are worked out beside each test.
#include "drive.h"
#include "ramp_model.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/weft-test-driver-XXXXXX";
static weft_drive_options options;
static weft_drive_result result;

static void set_up(void) {
    ramp_reset_settings();
    options = (weft_drive_options){.seed = 7, .jobs = 1};
}

static void tear_down(void) {
    weft_drive_free(&result);
}

static weft_experiment trained(int64_t epochs) {
    return (weft_experiment){.name = "ramp",
                             .data = &ramp_data,
                             .run_ticks = -1,
                             .train_count = epochs,
                             .train = &ramp_wait,
                             .test = &ramp_wait,
                             .repeats = 1,
                             .measures = &ramp_measure,
                             .measure_count = 1};
}

static weft_status drive(const weft_experiment *e) {
    return weft_drive_experiment(&ramp_model, NULL, e, &options, &result);
}

static const weft_drive_measure *measure(const char *name) {
    for (uint32_t i = 0; i < result.measure_count; i++)
        if (strcmp(result.measures[i].name, name) == 0) return &result.measures[i];
    ck_abort_msg("no measure %s", name);
    return NULL;
}

#define near(a, b) ck_assert_double_eq_tol(a, b, 1e-9)

// ---- statistics
// ----------------------------------------------------------------------------------
START_TEST(statistics_of_repeats) {
    // A textbook's eight numbers: mean 5, squared distances 9 1 1 1 0 0 4 16 = 32, over 7.
    const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    weft_stat s = weft_stat_of(values, 8);
    near(s.mean, 5);
    near(s.std, sqrt(32.0 / 7));
    near(s.min, 2);
    near(s.max, 9);
    s = weft_stat_of(values, 1);
    near(s.std, 0);
    near(s.mean, 2);
}
END_TEST

// ---- training and tests
// --------------------------------------------------------------------------
START_TEST(trains_then_tests) {
    weft_experiment e = trained(2);
    ck_assert_int_eq(drive(&e), WEFT_OK);
    // w after each presentation: 5 15 30 | 35 45 60 | test 65 75 90.
    near(measure("train.w")->stat.mean, (35 + 45 + 60) / 3.0);
    near(measure("test.w")->stat.mean, (65 + 75 + 90) / 3.0);
    ck_assert_uint_eq(measure("train.w")->epochs, 2);
    near(measure("train.w")->curve[0], (5 + 15 + 30) / 3.0);
    near(measure("train.w")->curve[1], (35 + 45 + 60) / 3.0);
    ck_assert_ptr_null(measure("test.w")->curve);
    ck_assert_uint_eq(result.trials, 9);
    ck_assert_int_eq(weft_drive_passed(&result), 1);
}
END_TEST

START_TEST(tests_after_every_epoch) {
    weft_experiment e = trained(2);
    e.test_every_epoch = 1;
    ck_assert_int_eq(drive(&e), WEFT_OK);
    // 5 15 30 | test 35 45 60 | 65 75 90 | test 95 105 120, and no further test.
    near(measure("test.w")->curve[0], 140 / 3.0);
    near(measure("test.w")->curve[1], 320 / 3.0);
    near(measure("test.w")->stat.mean, 320 / 3.0);
    ck_assert_uint_eq(result.trials, 12);
}
END_TEST

START_TEST(counts_trials_instead_of_epochs) {
    weft_experiment e = trained(4);
    e.train_trials = 1;
    e.test = NULL;
    ck_assert_int_eq(drive(&e), WEFT_OK);
    // One whole epoch and one presentation of the next: 5 15 30 | 35.
    ck_assert_uint_eq(result.trials, 4);
    near(measure("train.w")->stat.mean, 35);
    ck_assert_uint_eq(measure("train.w")->epochs, 2);
    ck_assert_uint_eq(result.measure_count, 1);
}
END_TEST

// The order of an epoch, by the rule written out again: draws of stream "shuffle", event = epoch.
static double mean_of_epoch(uint64_t epoch, double *w) {
    uint32_t order[3] = {0, 1, 2};
    double sum = 0;
    for (uint32_t i = 2; i > 0; i--) {
        double u = weft_uniform(weft_key(7, 0), weft_stream("shuffle"), epoch, i);
        uint32_t j = (uint32_t)floor(u * (i + 1)), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
    for (int i = 0; i < 3; i++)
        sum += *w += ramp_numbers[order[i]] / 2;
    return sum / 3;
}

START_TEST(shuffles_each_epoch_anew) {
    weft_experiment e = trained(6);
    double w = 0;
    e.train_order = 1;
    ck_assert_int_eq(drive(&e), WEFT_OK);
    for (uint32_t epoch = 1; epoch <= 6; epoch++)
        near(measure("train.w")->curve[epoch - 1], mean_of_epoch(epoch, &w));
    near(w, 6 * 30); // each row once in each epoch
}
END_TEST

START_TEST(draws_rows_with_replacement) {
    weft_experiment e = trained(50);
    double w = 0;
    e.train_order = 2;
    e.train_trials = 1;
    e.test = NULL;
    ck_assert_int_eq(drive(&e), WEFT_OK);
    double last = 0;
    for (uint64_t trial = 0; trial < 50; trial++) {
        double u = weft_uniform(weft_key(7, 0), weft_stream("shuffle"), trial, 0);
        w += ramp_numbers[(int)floor(3 * u)] / 2;
        if (trial >= 48) last += w / 2; // 50 = 16 epochs of 3, and 2
    }
    near(measure("train.w")->stat.mean, last);
}
END_TEST

START_TEST(calls_sequencers_in_loops) {
    const weft_action call = {.kind = WEFT_ACTION_CALL, .sequence = 0, .set = F_SET};
    const weft_action loop = {
        .kind = WEFT_ACTION_FOR, .from = 2, .to = 5, .index_cell = INDEX, .body = &call};
    weft_experiment e = trained(1);
    e.train = NULL;
    e.test = &loop;
    ck_assert_int_eq(drive(&e), WEFT_OK);
    ck_assert_uint_eq(result.trials, 3);
    // Each call: an edge that sees start, three edges to done, so 30 ticks until done is seen, the
    // next start is seen one edge later (done falls there): calls end at 3, 7, 11, ... periods.
    // Three calls a row: w grows by x from edge to edge; rows end at edges 11, 23, 35 (one second
    // each): w = 10 * 11, + 20 * 12, + 30 * 12.
    near(measure("test.w")->stat.mean, (110 + 350 + 710) / 3.0);
}
END_TEST

START_TEST(writes_integer_inputs) {
    const weft_data_input input = {"k", K, 1, &ramp_list, 3};
    const weft_measure m = {"k", T_MEASURE_K, MEASURE, {WEFT_NONE, WEFT_NONE},
                            0,   NOT_READ,    NOT_READ};
    weft_data data = ramp_data;
    weft_experiment e = trained(1);
    data.inputs = &input;
    e.data = &data;
    e.measures = &m;
    ck_assert_int_eq(drive(&e), WEFT_OK);
    near(measure("train.k")->stat.mean, 20);
}
END_TEST

// ---- repeats
// -------------------------------------------------------------------------------------
START_TEST(any_number_of_jobs_gives_the_same_bits) {
    double first[8][2];
    weft_experiment e = trained(3);
    e.repeats = 8;
    e.train_order = 1;
    ramp_init_scale = 1;
    for (uint32_t jobs = 1; jobs <= 4; jobs++) {
        options.jobs = jobs;
        ck_assert_int_eq(drive(&e), WEFT_OK);
        for (int r = 0; r < 8; r++)
            for (int m = 0; m < 2; m++) {
                if (jobs == 1) first[r][m] = result.measures[m].of_repeat[r];
                ck_assert_double_eq(result.measures[m].of_repeat[r], first[r][m]);
            }
        weft_drive_free(&result);
    }
    ck_assert_double_ne(first[0][1], first[1][1]); // repeats draw anew
    // Nine presentations in training, then 5 10 15: w0 + 90 + 5, + 15, + 30.
    double w0 = weft_uniform(weft_key(7, 5), weft_stream("w"), 0, 0);
    near(first[5][1], w0 + 90 + 50 / 3.0);
}
END_TEST

START_TEST(judges_expectations) {
    const weft_expect expects[] = {{"test.w < 80", F_MEAN, EXPECTED},
                                   {"train.w.std > 0", F_STD, EXPECTED}};
    weft_experiment e = trained(2);
    e.expects = expects;
    e.expect_count = 2;
    ck_assert_int_eq(drive(&e), WEFT_OK); // test mean 76.7, one repeat: std 0
    ck_assert_uint_eq(result.expect_count, 2);
    ck_assert_int_eq(result.expects[0].holds, 1);
    ck_assert_int_eq(result.expects[1].holds, 0);
    ck_assert_int_eq(weft_drive_passed(&result), 0);
    weft_drive_free(&result);
    ramp_init_scale = 1;
    e.repeats = 3;
    e.train_count = 3; // test mean 106.7 and more
    ck_assert_int_eq(drive(&e), WEFT_OK);
    ck_assert_int_eq(result.expects[0].holds, 0);
    ck_assert_int_eq(result.expects[1].holds, 1);
}
END_TEST

// ---- what goes wrong
// -----------------------------------------------------------------------------
START_TEST(places_a_failed_assertion) {
    weft_experiment e = trained(2);
    ramp_fail_above = 40; // 5 15 30 | 35 45: the fifth presentation, second row, epoch 2
    ck_assert_int_eq(drive(&e), WEFT_ASSERT);
    ck_assert_int_eq(result.fault.status, WEFT_ASSERT);
    ck_assert_uint_eq(result.fault.repeat, 0);
    ck_assert_str_eq(result.fault.part, "train");
    ck_assert_uint_eq(result.fault.epoch, 2);
    ck_assert_uint_eq(result.fault.trial, 5);
    ck_assert_uint_eq(result.fault.row, 2);
    near(result.fault.time, 2.5);
    ck_assert_ptr_nonnull(strstr(result.fault.text, "w <= limit"));
    ck_assert_uint_eq(result.measure_count, 0);
}
END_TEST

START_TEST(refuses_a_measure_that_is_not_finite) {
    const double zeros[] = {1, -1, 1};
    const weft_data_node list = {.kind = WEFT_DATA_LIST, .values = zeros};
    const weft_data_input input = {"x", X, 1, &list, 3};
    const weft_measure m = {"inverse", T_MEASURE_LOG, MEASURE, {WEFT_NONE, WEFT_NONE},
                            0,         NOT_READ,      NOT_READ};
    weft_data data = ramp_data;
    weft_experiment e = trained(1);
    data.inputs = &input;
    e.data = &data;
    e.measures = &m;
    ck_assert_int_eq(drive(&e), WEFT_NOT_FINITE); // w is 0.5, then 0
    ck_assert_uint_eq(result.fault.trial, 2);
    ck_assert_uint_eq(result.fault.row, 2);
    ck_assert_ptr_nonnull(strstr(result.fault.text, "inverse"));
}
END_TEST

START_TEST(reports_the_first_repeat_that_fails) {
    weft_experiment e = trained(1);
    uint32_t first = UINT32_MAX;
    e.repeats = 40;
    ramp_init_scale = 1; // w0 + 60 at the end of training and test
    ramp_fail_above = 60.9;
    for (uint32_t r = 40; r-- > 0;)
        if (weft_uniform(weft_key(7, r), weft_stream("w"), 0, 0) > 0.9) first = r;
    ck_assert_uint_lt(first, 40);
    for (options.jobs = 1; options.jobs <= 4; options.jobs++) {
        ck_assert_int_eq(drive(&e), WEFT_ASSERT);
        ck_assert_uint_eq(result.fault.repeat, first);
        ck_assert_int_eq(result.cancelled, 0);
        weft_drive_free(&result);
    }
}
END_TEST

START_TEST(gives_up_on_a_sequencer_that_does_not_end) {
    const weft_action call = {.kind = WEFT_ACTION_CALL, .sequence = 0, .set = WEFT_NONE};
    weft_experiment e = trained(1);
    e.train = &call;
    ramp_busy_edges = 1000;
    options.max_cycles = 20;
    ck_assert_int_eq(drive(&e), WEFT_TIMEOUT);
    ck_assert_ptr_nonnull(strstr(result.fault.text, "step"));
    ck_assert_uint_eq(result.fault.trial, 1);
}
END_TEST

START_TEST(can_be_cancelled) {
    atomic_int cancel = 1;
    weft_experiment e = trained(2);
    options.cancel = &cancel;
    ck_assert_int_eq(drive(&e), WEFT_OK);
    ck_assert_int_eq(result.cancelled, 1);
    ck_assert_uint_eq(result.measure_count, 0);
    ck_assert_int_eq(weft_drive_passed(&result), 0);
}
END_TEST

START_TEST(hands_on_what_is_wrong_with_the_data) {
    const weft_data_input input = {"x", X, 2, &ramp_list, 9};
    weft_data data = ramp_data, split = ramp_data;
    weft_experiment e = trained(1);
    split.train = 3;
    split.test = 0;
    e.data = &split;
    ck_assert_int_eq(drive(&e), WEFT_BAD_DATA);
    ck_assert_ptr_nonnull(strstr(result.problem.text, "no rows to test"));
    data.train = 4;
    data.inputs = &input;
    e.data = &data;
    ck_assert_int_eq(drive(&e), WEFT_BAD_DATA);
    ck_assert_str_eq(result.problem.file, "ramp.weft");
}
END_TEST

// ---- runs and records
// ----------------------------------------------------------------------------
static const int64_t breaks[] = {5};
static const weft_stimulus stimulus = {F_STIMULUS, breaks, 1};

static char *read_text(const char *path) {
    static char text[4096];
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

START_TEST(records_a_run) {
    const weft_record records[] = {{"core.w", "V", V_W, 2, 1}, {"core.y", "V", V_Y, 5, 0}};
    char path[64];
    snprintf(path, sizeof path, "%s/run.csv", folder);
    weft_experiment e = {.name = "ramp",
                         .stimulus = &stimulus,
                         .run_ticks = 10,
                         .repeats = 1,
                         .records = records,
                         .record_count = 2};
    options.record_file = path;
    ck_assert_int_eq(drive(&e), WEFT_OK);
    // w rises by 0.1 each tick until tick 5, then falls; y is twice that.
    const double expected[][3] = {{0, NAN, 0},     {0.1, 0.1, NAN}, {0.3, 0.3, NAN}, {0.5, 0.5, 1},
                                  {0.7, 0.3, NAN}, {0.9, 0.1, NAN}, {1, NAN, 0}};
    char *text = read_text(path), *line = strtok(text, "\n");
    ck_assert_str_eq(line, "time_s,core.w[V],core.y[V]");
    for (int i = 0; i < 7; i++) {
        line = strtok(NULL, "\n");
        ck_assert_ptr_nonnull(line);
        for (int k = 0; k < 3; k++, line += *line == ',') {
            ck_assert_int_eq(*line == ',' || *line == '\0', isnan(expected[i][k]) != 0);
            if (!isnan(expected[i][k])) near(strtod(line, &line), expected[i][k]);
        }
    }
    ck_assert_ptr_null(strtok(NULL, "\n"));
}
END_TEST

START_TEST(records_every_event) {
    const weft_record records[] = {{"core.w", "V", V_W, 0, 0}};
    char path[64];
    snprintf(path, sizeof path, "%s/events.csv", folder);
    weft_experiment e = {.name = "ramp",
                         .stimulus = &stimulus,
                         .run_ticks = 10,
                         .repeats = 1,
                         .records = records,
                         .record_count = 1};
    options.record_file = path;
    ck_assert_int_eq(drive(&e), WEFT_OK);
    ck_assert_ptr_nonnull(strstr(read_text(path), "time_s,core.w[V]\n0,0\n0.5,0.5\n1,"));
}
END_TEST

START_TEST(leaves_the_old_record_when_a_run_fails) {
    const weft_record records[] = {{"core.w", "V", V_W, 0, 0}};
    char path[64];
    snprintf(path, sizeof path, "%s/old.csv", folder);
    FILE *old = fopen(path, "w");
    ck_assert_ptr_nonnull(old);
    fputs("old\n", old);
    fclose(old);
    weft_experiment e = {.name = "ramp",
                         .stimulus = &stimulus,
                         .run_ticks = 10,
                         .repeats = 1,
                         .records = records,
                         .record_count = 1};
    options.record_file = path;
    ramp_fail_above = 0.2;
    ck_assert_int_eq(drive(&e), WEFT_ASSERT);
    ck_assert_str_eq(read_text(path), "old\n");
    weft_drive_free(&result);
    options.record_file = "/no/such/folder/x.csv";
    ramp_fail_above = 1;
    ck_assert_int_eq(drive(&e), WEFT_IO);
    ck_assert_ptr_nonnull(strstr(result.fault.text, "/no/such/folder/x.csv"));
}
END_TEST

// A program that stands in for gnuplot: keeps its script, "draws" into the file that the script
// names.
static const char drawer[] =
    "#!/bin/sh\n"
    "here=$(dirname \"$0\")\n"
    "printf '%s' \"$2\" > \"$here/script\"\n"
    "out=$(printf '%s' \"$2\" | sed \"s/.*set output '\\([^']*\\)'.*/\\1/\")\n"
    "echo drawn > \"$out\"\n";

START_TEST(plots_through_gnuplot) {
    const weft_record records[] = {{"core.w", "V", V_W, 1, 0}, {"core.y", "V", V_Y, 1, 0}};
    const weft_curve curves[] = {{1, WEFT_NONE}, {0, WEFT_NONE}};
    char csv[64], svg[64], program[64], script[64], search[2000];
    snprintf(csv, sizeof csv, "%s/plot.csv", folder);
    snprintf(svg, sizeof svg, "%s/plot.svg", folder);
    snprintf(program, sizeof program, "%s/gnuplot", folder);
    snprintf(script, sizeof script, "%s/script", folder);
    weft_experiment e = {.name = "ramp's",
                         .stimulus = &stimulus,
                         .run_ticks = 10,
                         .repeats = 1,
                         .records = records,
                         .record_count = 2,
                         .curves = curves,
                         .curve_count = 2};
    options.record_file = csv;
    options.plot_file = svg;
    snprintf(search, sizeof search, "%s:%.1800s", folder, getenv("PATH"));
    setenv("PATH", folder, 1); // nothing there yet
    ck_assert_int_eq(drive(&e), WEFT_OK);
    ck_assert_ptr_nonnull(strstr(result.note, "gnuplot is not installed"));
    ck_assert_int_ne(access(svg, F_OK), 0);
    weft_drive_free(&result);
    FILE *file = fopen(program, "w");
    ck_assert_ptr_nonnull(file);
    fputs(drawer, file);
    fclose(file);
    ck_assert_int_eq(chmod(program, 0700), 0);
    setenv("PATH", search, 1);
    ck_assert_int_eq(drive(&e), WEFT_OK);
    ck_assert_str_eq(result.note, "");
    ck_assert_str_eq(read_text(svg), "drawn\n");
    const char *text = read_text(script);
    ck_assert_ptr_nonnull(strstr(text, "set title 'ramp''s'"));
    ck_assert_ptr_nonnull(strstr(text, "set xlabel 'time (s)'"));
    ck_assert_ptr_nonnull(strstr(text, "using 1:2 with lines title 'core.w'"));
    ck_assert_ptr_nonnull(strstr(text, "using 1:3 with lines title 'core.y'"));
    ck_assert_ptr_null(strchr(text, '\n'));
    weft_drive_free(&result);
    const weft_curve over[] = {{1, 0}}; // core.y over core.w
    e.curves = over;
    e.curve_count = 1;
    ck_assert_int_eq(drive(&e), WEFT_OK);
    text = read_text(script);
    ck_assert_ptr_nonnull(strstr(text, "using 2:3 with lines title 'core.y'"));
    ck_assert_ptr_nonnull(strstr(text, "set xlabel 'core.w (V)'"));
    ck_assert_ptr_nonnull(strstr(text, "set ylabel 'core.y (V)'"));
}
END_TEST

// ---- lockstep
// ------------------------------------------------------------------------------------
typedef struct copy { // the sequencer once more, as a Verilated one would be
    int64_t busy, done, left, edges;
} copy;
static int64_t copy_fails_at; // edge after which `done` is wrong; 0: never

static void *copy_create(void) {
    return calloc(1, sizeof(copy));
}
static void copy_show(void *self, const int64_t *in, int64_t *out) {
    copy *c = self;
    (void)in;
    out[0] = c->busy;
    out[1] = c->edges == copy_fails_at && copy_fails_at ? !c->done : c->done;
}
static void copy_reset(void *self, int64_t *out) {
    *(copy *)self = (copy){0};
    copy_show(self, NULL, out);
}
static void copy_edge(void *self, const int64_t *in, int64_t *out) {
    copy *c = self;
    c->edges++;
    c->done = c->busy && c->left == 1;
    if (c->busy && --c->left == 0)
        c->busy = 0;
    else if (!c->busy && in[0])
        c->busy = 1, c->left = ramp_busy_edges;
    copy_show(self, in, out);
}
static const weft_rtl copy_rtl = {copy_create, free, copy_reset, copy_edge, copy_show, NULL};

static weft_status drive_both(uint32_t jobs) {
    const weft_action call = {.kind = WEFT_ACTION_CALL, .sequence = 0, .set = WEFT_NONE};
    weft_experiment e = trained(1);
    e.train = e.test = &call;
    e.repeats = 3;
    options.control = WEFT_CONTROL_BOTH;
    options.rtl = &copy_rtl;
    options.jobs = jobs;
    return drive(&e);
}

START_TEST(counts_the_cycles_of_lockstep) {
    copy_fails_at = 0;
    ck_assert_int_eq(drive_both(2), WEFT_OK);
    ck_assert_int_eq(result.lockstep, 1);
    // Six calls, 4 edges each (start at 0, done after three more), in three repeats.
    ck_assert_uint_eq(result.cycles, 3 * 24);
    ck_assert_uint_eq(result.mismatches, 0);
    ck_assert_int_eq(weft_drive_passed(&result), 1);
}
END_TEST

START_TEST(names_the_first_mismatch) {
    copy_fails_at = 6; // the sixth edge is cycle 5
    for (uint32_t jobs = 1; jobs <= 2; jobs++) {
        ck_assert_int_eq(drive_both(jobs), WEFT_MISMATCH);
        ck_assert_uint_eq(result.mismatches, 1);
        ck_assert_str_eq(result.first_mismatch,
                         "step, repeat 1, cycle 5: done_o is 0 in C, 1 in RTL");
        ck_assert_int_eq(weft_drive_passed(&result), 0);
        weft_drive_free(&result);
    }
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("driver");
    if (!mkdtemp(folder)) return 1;
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, statistics_of_repeats);
    tcase_add_test(tests, trains_then_tests);
    tcase_add_test(tests, tests_after_every_epoch);
    tcase_add_test(tests, counts_trials_instead_of_epochs);
    tcase_add_test(tests, shuffles_each_epoch_anew);
    tcase_add_test(tests, draws_rows_with_replacement);
    tcase_add_test(tests, calls_sequencers_in_loops);
    tcase_add_test(tests, writes_integer_inputs);
    tcase_add_test(tests, any_number_of_jobs_gives_the_same_bits);
    tcase_add_test(tests, judges_expectations);
    tcase_add_test(tests, places_a_failed_assertion);
    tcase_add_test(tests, refuses_a_measure_that_is_not_finite);
    tcase_add_test(tests, reports_the_first_repeat_that_fails);
    tcase_add_test(tests, gives_up_on_a_sequencer_that_does_not_end);
    tcase_add_test(tests, can_be_cancelled);
    tcase_add_test(tests, hands_on_what_is_wrong_with_the_data);
    tcase_add_test(tests, records_a_run);
    tcase_add_test(tests, records_every_event);
    tcase_add_test(tests, leaves_the_old_record_when_a_run_fails);
    tcase_add_test(tests, plots_through_gnuplot);
    tcase_add_test(tests, counts_the_cycles_of_lockstep);
    tcase_add_test(tests, names_the_first_mismatch);
    Suite *suite = suite_create("driver");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    char command[sizeof folder + 16];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) != 0 || failed != 0;
}
