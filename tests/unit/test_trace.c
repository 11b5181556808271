// test_trace.c -- waveforms read back: VCD by a small reader below, FST by its own library, which
// prints it as VCD for the same reader. The model is that of ramp_model.h and variants of it.
#include "ramp_model.h"
#include "trace.h"
#include "weft_driver.h"

#include <check.h>
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/weft-test-trace-XXXXXX";
static char path[80];
static weft_drive_options options;
static weft_drive_result result;

// ---- a reader of VCD
// -----------------------------------------------------------------------------
enum { SIGNALS = 100, CHANGES = 4000 };
typedef struct waves {
    char scale[16];
    struct {
        char name[120], code[8], type[8];
        int width;
    } signals[SIGNALS];
    int count;
    struct {
        long time;
        int signal;
        double value;
    } changes[CHANGES];
    int change_count;
} waves;

static int by_code(const waves *w, const char *code) {
    for (int i = 0; i < w->count; i++)
        if (strcmp(w->signals[i].code, code) == 0) return i;
    ck_abort_msg("no signal has the code %s", code);
    return -1;
}

static void read_change(waves *w, long time, const char *word, FILE *file) {
    char code[8];
    double value = 0;
    if (word[0] == 'r' || word[0] == 'b') {
        ck_assert_int_eq(fscanf(file, "%7s", code), 1);
        if (word[0] == 'r')
            value = strtod(word + 1, NULL);
        else
            for (const char *bit = word + 1; *bit; bit++)
                value = 2 * value + (*bit == '1');
    } else {
        ck_assert(word[0] == '0' || word[0] == '1');
        snprintf(code, sizeof code, "%.7s", word + 1);
        value = word[0] == '1';
    }
    ck_assert_int_lt(w->change_count, CHANGES);
    int signal = by_code(w, code);
    if (word[0] == 'b') ck_assert_int_eq((int)strlen(word + 1), w->signals[signal].width);
    w->changes[w->change_count].time = time;
    w->changes[w->change_count].signal = signal;
    w->changes[w->change_count++].value = value;
}

static void read_declarations(waves *w, FILE *file) {
    char word[160], scope[200] = "";
    while (fscanf(file, "%159s", word) == 1 && strcmp(word, "$enddefinitions")) {
        if (strcmp(word, "$scope") == 0) {
            ck_assert_int_eq(fscanf(file, "%*s %159s", word), 1);
            snprintf(scope + strlen(scope), sizeof scope - strlen(scope), "%.60s.", word);
        } else if (strcmp(word, "$upscope") == 0) {
            char *last;
            ck_assert_int_gt((int)strlen(scope), 0);
            scope[strlen(scope) - 1] = '\0';
            last = strrchr(scope, '.');
            *(last ? last + 1 : scope) = '\0';
        } else if (strcmp(word, "$timescale") == 0) {
            char unit[8];
            ck_assert_int_eq(fscanf(file, "%7s", w->scale), 1);
            ck_assert_int_eq(fscanf(file, "%7s", unit), 1);
            if (unit[0] != '$') snprintf(w->scale + strlen(w->scale), 8, "%s", unit);
        } else if (strcmp(word, "$var") == 0) {
            char name[80];
            ck_assert_int_lt(w->count, SIGNALS);
            ck_assert_int_eq(fscanf(file, "%7s %d %7s %79s", w->signals[w->count].type,
                                    &w->signals[w->count].width, w->signals[w->count].code, name),
                             4);
            snprintf(w->signals[w->count++].name, 120, "%.39s%s", scope, name);
        }
    }
    ck_assert_str_eq(scope, ""); // every scope was left
}

static waves *read_vcd(FILE *file) {
    static waves w;
    long time = -1;
    char word[160];
    memset(&w, 0, sizeof w);
    read_declarations(&w, file);
    while (fscanf(file, "%159s", word) == 1) {
        if (word[0] == '$') continue; // $end, $dumpvars
        if (word[0] == '#') {
            ck_assert_int_gt(atol(word + 1), time); // rises strictly
            time = atol(word + 1);
        } else {
            read_change(&w, time, word, file);
        }
    }
    return &w;
}

static waves *read_file(void) {
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    waves *w = read_vcd(file);
    fclose(file);
    return w;
}

static int signal_of(const waves *w, const char *name) {
    for (int i = 0; i < w->count; i++)
        if (strcmp(w->signals[i].name, name) == 0) return i;
    ck_abort_msg("no signal %s", name);
    return -1;
}

// What a viewer shows at that time.
static double value_at(const waves *w, const char *name, long time) {
    int signal = signal_of(w, name);
    double value = NAN;
    for (int i = 0; i < w->change_count && w->changes[i].time <= time; i++)
        if (w->changes[i].signal == signal) value = w->changes[i].value;
    return value;
}

static bool changes_at(const waves *w, const char *name, long time) {
    int signal = signal_of(w, name);
    for (int i = 0; i < w->change_count; i++)
        if (w->changes[i].signal == signal && w->changes[i].time == time) return true;
    return false;
}

// ---- runs
// ----------------------------------------------------------------------------------------
static void set_up(void) {
    ramp_reset_settings();
    options = (weft_drive_options){.seed = 1, .trace_file = path};
}

static void tear_down(void) {
    weft_drive_free(&result);
    unlink(path);
}

static void trace_to(const char *name) {
    snprintf(path, sizeof path, "%s/%s", folder, name);
}

static const int64_t breaks[] = {50};
static void stimulate(weft_cell *c) { // x = 1 until tick 50, then -1
    c[X].r = c[WEFT_TIME].r < 4.95 ? 1 : -1;
}

// The ramp without its sequencer, which lets the trace look ahead as far as it likes.
static weft_status run_stimulus(void) {
    void (*functions[FUNCTIONS])(weft_cell *);
    memcpy(functions, ramp_functions, sizeof functions);
    functions[F_STIMULUS] = stimulate;
    weft_model model = ramp_model;
    model.functions = functions;
    model.sequence_count = 0;
    const weft_stimulus stimulus = {F_STIMULUS, breaks, 1};
    weft_experiment e = {.name = "ramp", .stimulus = &stimulus, .run_ticks = 100, .repeats = 1};
    return weft_drive_experiment(&model, NULL, &e, &options, &result);
}

START_TEST(ramps_show_between_events) {
    trace_to("run.vcd");
    ck_assert_int_eq(run_stimulus(), WEFT_OK);
    const waves *w = read_file();
    ck_assert_str_eq(w->scale, "100ms"); // the tick is 0.1 s
    ck_assert_str_eq(w->signals[signal_of(w, "ramp.core.w")].type, "real");
    ck_assert_str_eq(w->signals[signal_of(w, "ramp.x")].type, "real");
    // w = t / 10 up to tick 50, then 10 - t / 10; y = 2 w. Every change lies on it.
    int seen = 0;
    for (int i = 0; i < w->change_count; i++) {
        double t = (double)w->changes[i].time, expected = (t <= 50 ? t : 100 - t) / 10;
        if (w->changes[i].signal == signal_of(w, "ramp.core.w")) {
            ck_assert_double_eq_tol(w->changes[i].value, expected, 1e-12);
            seen++;
        } else if (w->changes[i].signal == signal_of(w, "ramp.core.y")) {
            ck_assert_double_eq_tol(w->changes[i].value, 2 * expected, 1e-12);
        }
    }
    ck_assert_int_ge(seen, 10);
    ck_assert(changes_at(w, "ramp.core.w", 0));
    ck_assert(changes_at(w, "ramp.core.w", 49)); // just before the change, at it, and at the end
    ck_assert(changes_at(w, "ramp.core.w", 50));
    ck_assert(changes_at(w, "ramp.core.w", 100));
    ck_assert_double_eq(value_at(w, "ramp.x", 49), 1);
    ck_assert_double_eq(value_at(w, "ramp.x", 50), -1);
}
END_TEST

// The sequencer drives one phase while busy, with a pulse of two cycles; one hold has 100 elements.
enum { STATE = CELLS, WIDTH = STATE + WEFT_PHASE_CELLS, HIGH, ON, LARGE, WIDE = LARGE + 100 };
static void wide_defaults(weft_cell *c) {
    c[WIDTH].i = 2;
    c[X].r = 1;
    for (int i = 0; i < 100; i++)
        c[LARGE + i].r = i;
}

static weft_status run_calls(void) {
    static const weft_pulse pulse = {WIDTH, HIGH, ON, 1};
    static const weft_phase phase = {.name = "move",
                                     .state_cell = STATE,
                                     .active_cell = BUSY,
                                     .start_cell = WEFT_NONE,
                                     .begin = {0, WEFT_NONE, WEFT_NONE},
                                     .end = {0, WEFT_NONE, WEFT_NONE},
                                     .latch = WEFT_NONE,
                                     .redraw = WEFT_NONE,
                                     .end_noise = WEFT_NONE,
                                     .pulses = &pulse,
                                     .pulse_count = 1};
    static const uint32_t phases[] = {0};
    void (*functions[FUNCTIONS])(weft_cell *);
    weft_port ports[5];
    weft_var vars[VARS + 1];
    weft_model model = ramp_model;
    weft_sequence sequence = ramp_sequence;
    memcpy(functions, ramp_functions, sizeof functions);
    functions[F_DEFAULTS] = wide_defaults;
    memcpy(ports, ramp_ports, sizeof ramp_ports);
    ports[4] = (weft_port){"move_on_o", 1, 1, 1, ON, 1};
    memcpy(vars, ramp_vars, sizeof ramp_vars);
    vars[VARS] = (weft_var){.name = "core.deep.h",
                            .kind = WEFT_HOLD,
                            .dims = 2,
                            .dim = {10, 10},
                            .count = 100,
                            .cell = LARGE,
                            .observe = WEFT_NONE};
    sequence.ports = ports;
    sequence.port_count = 5;
    sequence.phases = phases;
    sequence.phase_count = 1;
    model.functions = functions;
    model.vars = vars;
    model.var_count = VARS + 1;
    model.cells = WIDE;
    model.phases = &phase;
    model.phase_count = 1;
    model.sequences = &sequence;
    const weft_action second = {.kind = WEFT_ACTION_CALL, .sequence = 0, .set = WEFT_NONE};
    const weft_action first = {
        .kind = WEFT_ACTION_CALL, .sequence = 0, .set = WEFT_NONE, .next = &second};
    weft_experiment e = {.name = "ramp", .run_ticks = -1, .run = &first, .repeats = 1};
    return weft_drive_experiment(&model, NULL, &e, &options, &result);
}

START_TEST(controller_signals_change_at_their_edges) {
    trace_to("calls.vcd");
    ck_assert_int_eq(run_calls(), WEFT_OK);
    const waves *w = read_file();
    // Edges at 0, 10, 20 ...: start is seen at 0, three edges later done; the next start at 40.
    const struct {
        const char *name;
        long time;
        double value;
    } expected[] = {{"busy_o", 0, 1},  {"busy_o", 29, 1}, {"busy_o", 30, 0}, {"busy_o", 40, 1},
                    {"busy_o", 70, 0}, {"done_o", 0, 0},  {"done_o", 29, 0}, {"done_o", 30, 1},
                    {"done_o", 40, 0}, {"done_o", 70, 1}, {"start_i", 0, 1}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        char name[40];
        snprintf(name, sizeof name, "ramp.step.%s", expected[i].name);
        ck_assert_msg(value_at(w, name, expected[i].time) == expected[i].value, "%s at %ld", name,
                      expected[i].time);
    }
    ck_assert_int_eq(w->signals[signal_of(w, "ramp.step.learn_i")].width, 4);
    // The pulse: two cycles of ten ticks from each phase's begin.
    ck_assert_double_eq(value_at(w, "ramp.step.move_on_o", 19), 1);
    ck_assert_double_eq(value_at(w, "ramp.step.move_on_o", 20), 0);
    ck_assert_double_eq(value_at(w, "ramp.step.move_on_o", 40), 1);
    ck_assert_double_eq(value_at(w, "ramp.step.move_on_o", 60), 0);
    // x is 1 from the start: w = t / 10.
    ck_assert_double_eq_tol(value_at(w, "ramp.core.w", 40), 4, 1e-12);
}
END_TEST

START_TEST(large_arrays_are_cut_with_a_note) {
    trace_to("calls.vcd");
    ck_assert_int_eq(run_calls(), WEFT_OK);
    const waves *w = read_file();
    ck_assert_double_eq(value_at(w, "ramp.core.deep.h[0][0]", 0), 0);
    ck_assert_double_eq(value_at(w, "ramp.core.deep.h[6][3]", 0), 63); // the 64th element
    for (int i = 0; i < w->count; i++)
        ck_assert_str_ne(w->signals[i].name, "ramp.core.deep.h[6][4]");
    ck_assert_ptr_nonnull(strstr(result.note, "first 64 elements"));
    ck_assert_ptr_nonnull(strstr(result.note, "core.deep.h"));
}
END_TEST

START_TEST(a_failed_run_leaves_its_trace) {
    trace_to("failed.vcd");
    ramp_fail_above = 1;
    ck_assert_int_eq(run_stimulus(), WEFT_ASSERT);
    const waves *w = read_file();
    ck_assert_double_eq(value_at(w, "ramp.x", 0), 1);
}
END_TEST

START_TEST(refuses_other_names_and_places) {
    trace_to("run.txt");
    ck_assert_int_eq(run_stimulus(), WEFT_IO);
    ck_assert_ptr_nonnull(strstr(result.fault.text, ".fst or .vcd"));
    weft_drive_free(&result);
    snprintf(path, sizeof path, "/no/such/folder/x.vcd");
    ck_assert_int_eq(run_stimulus(), WEFT_IO);
    ck_assert_ptr_nonnull(strstr(result.fault.text, "/no/such/folder/x.vcd: No such file"));
}
END_TEST

START_TEST(the_unit_divides_the_tick) {
    const struct {
        double tick;
        int scale;
        int64_t units;
    } cases[] = {{1, 0, 1},          {10, 0, 10},    {0.1, -1, 1},  {1e-4, -4, 1},
                 {2.5e-6, -7, 25},   {0.002, -3, 2}, {1e-9, -9, 1}, {1e-15, -15, 1},
                 {3.2e-13, -14, 32}, {4e-16, -15, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t units = 0;
        ck_assert_int_eq(weft_trace_scale(cases[i].tick, &units), cases[i].scale);
        ck_assert_int_eq(units, cases[i].units);
    }
}
END_TEST

// ---- FST
// -----------------------------------------------------------------------------------------
static waves *read_fst(void) {
    void *library;
    char problem[600];
    ck_assert_msg(weft_fst_library(&library, problem, sizeof problem) == WEFT_OK, "%s", problem);
    void *(*open)(const char *);
    int (*hierarchy)(void *, FILE *);
    int (*blocks)(void *, void *, void *, FILE *);
    void (*close)(void *);
    *(void **)&open = dlsym(library, "fstReaderOpen");
    *(void **)&hierarchy = dlsym(library, "fstReaderProcessHier");
    *(void **)&blocks = dlsym(library, "fstReaderIterBlocks");
    *(void **)&close = dlsym(library, "fstReaderClose");
    void *reader = open(path);
    FILE *vcd = tmpfile();
    ck_assert(reader && vcd);
    void (*all)(void *);
    *(void **)&all = dlsym(library, "fstReaderSetFacProcessMaskAll");
    ck_assert_int_ne(hierarchy(reader, vcd), 0);
    all(reader);
    ck_assert_int_ne(blocks(reader, NULL, NULL, vcd), 0);
    close(reader);
    rewind(vcd);
    waves *w = read_vcd(vcd);
    fclose(vcd);
    dlclose(library);
    return w;
}

START_TEST(fst_holds_what_vcd_holds) {
    static waves expected;
    trace_to("calls.vcd");
    ck_assert_int_eq(run_calls(), WEFT_OK);
    expected = *read_file();
    weft_drive_free(&result);
    unlink(path);
    trace_to("calls.fst");
    ck_assert_msg(run_calls() == WEFT_OK, "%s", result.fault.text);
    const waves *w = read_fst();
    ck_assert_str_eq(w->scale, expected.scale);
    ck_assert_int_eq(w->count, expected.count);
    ck_assert_int_gt(expected.change_count, expected.count);
    for (int i = 0; i < expected.count; i++)
        ck_assert_int_eq(w->signals[signal_of(w, expected.signals[i].name)].width,
                         expected.signals[i].width);
    for (int i = 0; i < expected.change_count; i++) {
        const char *name = expected.signals[expected.changes[i].signal].name;
        long time = expected.changes[i].time;
        ck_assert_msg(changes_at(w, name, time), "%s at %ld", name, time);
        ck_assert_double_eq_tol(value_at(w, name, time), value_at(&expected, name, time), 1e-12);
    }
}
END_TEST

START_TEST(equal_runs_give_equal_fst_files) {
    char other[100], command[200];
    trace_to("one.fst");
    ck_assert_int_eq(run_stimulus(), WEFT_OK);
    weft_drive_free(&result);
    snprintf(other, sizeof other, "%s.kept", path);
    ck_assert_int_eq(rename(path, other), 0);
    sleep(1); // a date would differ
    ck_assert_int_eq(run_stimulus(), WEFT_OK);
    snprintf(command, sizeof command, "cmp %s %s", path, other);
    ck_assert_int_eq(system(command), 0);
    unlink(other);
}
END_TEST

START_TEST(says_what_to_install) {
    void *library;
    char problem[600] = "";
    setenv("WEFT_CACHE", "/proc/no/such/folder", 1);
    weft_status status = weft_fst_library(&library, problem, sizeof problem);
    ck_assert_int_eq(status, WEFT_IO);
    ck_assert_ptr_nonnull(strstr(problem, "WEFT_CACHE"));
    setenv("WEFT_CACHE", folder, 1);
    setenv("CC", "false", 1);
    ck_assert_int_eq(weft_fst_library(&library, problem, sizeof problem), WEFT_TOOLS);
    ck_assert_ptr_nonnull(strstr(problem, "zlib1g-dev"));
    unsetenv("CC");
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("trace");
    if (!mkdtemp(folder)) return 1;
    setenv("WEFT_CACHE", folder, 1);
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, ramps_show_between_events);
    tcase_add_test(tests, controller_signals_change_at_their_edges);
    tcase_add_test(tests, large_arrays_are_cut_with_a_note);
    tcase_add_test(tests, a_failed_run_leaves_its_trace);
    tcase_add_test(tests, refuses_other_names_and_places);
    tcase_add_test(tests, the_unit_divides_the_tick);
    tcase_add_test(tests, fst_holds_what_vcd_holds);
    tcase_add_test(tests, equal_runs_give_equal_fst_files);
    tcase_add_test(tests, says_what_to_install);
    Suite *suite = suite_create("trace");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    char command[sizeof folder + 16];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) != 0 || failed != 0;
}
