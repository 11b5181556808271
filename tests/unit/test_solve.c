// Quantities that are solved for, in a run: looking at them disturbs nothing, a saved run goes on
// with the same bits, and a run that meets what has no solution ends and says where.
#include "engine.h"
#include "interp/interp.h"
#include "support/compiled.h"
#include "support/hand_twin.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// y depends on itself and on the state; so does what each sample takes.
static const char program[] = "block b {\n"
                              "  in x;\n"
                              "  state q = 1;\n"
                              "  hold kept;\n"
                              "  out y, z;\n"
                              "  let u;\n"
                              "  y = 0.9 * sin(z) + q;\n"
                              "  z = y - x;\n"
                              "  u^3 + u == y;\n"
                              "  der(q) = -(y + u) * 1kHz;\n"
                              "  phase p for 100us { at end { kept = u + kept / 2; } }\n"
                              "  sequencer s(clock = 100kHz) { loop { p; } }\n"
                              "}\n"
                              "experiment e of b { x = 0.5;  run for 10ms; }\n";

static compiled c;
static weft_engine engine;
static weft_twin *twin;

static void open_with(const char *text) {
    c = compiled_new(text, NULL);
    engine = interp_engine(c.p);
    twin = hand_open(interp_tables(c.p), &engine);
}

static void finish(void) {
    weft_close(twin);
    compiled_free(&c);
}

static int64_t ticks(double seconds) {
    return (int64_t)(seconds / c.m->tick + 0.5);
}

static double value(const char *name) {
    double v;
    ck_assert_int_eq(weft_get(twin, name, &v, 1), WEFT_OK);
    return v;
}

// q and the hold after 2 ms, in so many pieces, each looked at in between or not.
static void run_in(int pieces, bool looking, double *q, double *kept) {
    const double x = 0.5;
    ck_assert_int_eq(weft_restart(twin, 1, 0), WEFT_OK);
    ck_assert_int_eq(weft_set(twin, "x", &x, 1), WEFT_OK);
    for (int k = 1; k <= pieces; k++) {
        ck_assert_int_eq(weft_run(twin, ticks(2e-3 * k / pieces)), WEFT_OK);
        if (looking) ck_assert(value("y") > value("u"));
        if (looking) ck_assert(value("z") == value("y") - x);
    }
    *q = value("q");
    *kept = value("kept");
}

START_TEST(looking_changes_nothing) {
    double q, kept, q_looked, kept_looked;
    open_with(program);
    run_in(1, false, &q, &kept);
    run_in(40, true, &q_looked, &kept_looked);
    ck_assert(q == q_looked && kept == kept_looked);
    ck_assert(q > 0 && q < 1 && kept != 0);
    finish();
}
END_TEST

START_TEST(saved_runs_go_on) {
    double q, kept;
    open_with(program);
    run_in(1, false, &q, &kept);
    ck_assert_int_eq(weft_restart(twin, 1, 0), WEFT_OK);
    ck_assert_int_eq(weft_set(twin, "x", &(double){0.5}, 1), WEFT_OK);
    ck_assert_int_eq(weft_run(twin, ticks(1.05e-3)), WEFT_OK);
    size_t size = weft_save_size(twin);
    void *bytes = malloc(size);
    ck_assert_int_eq(weft_save(twin, bytes, size), WEFT_OK);
    ck_assert_int_eq(weft_run(twin, ticks(1.5e-3)), WEFT_OK);
    ck_assert_int_eq(weft_load(twin, bytes, size), WEFT_OK);
    ck_assert_int_eq(weft_run(twin, ticks(2e-3)), WEFT_OK);
    ck_assert(value("q") == q && value("kept") == kept);
    free(bytes);
    finish();
}
END_TEST

// The instant that the message names.
static double said_at(void) {
    const char *at = strstr(weft_fault(twin), ", at ");
    return at ? strtod(at + 5, NULL) : -1;
}

// q = 1 - 2 t/ms passes 0 at 0.5 ms: from then on u^2 = q has no solution.
START_TEST(the_run_ends_where_there_is_no_solution) {
    open_with("block b {\n"
              "  state q = 1;\n"
              "  let u in [1m, 10];\n"
              "  out w;\n"
              "  u^2 == q;\n"
              "  w = u;\n"
              "  der(q) = -(1 + u^2 / q) * 1kHz;\n"
              "}\n"
              "experiment e of b { run for 100us; }\n");
    ck_assert_int_eq(weft_run(twin, ticks(0.4e-3)), WEFT_OK);
    ck_assert_double_eq_tol(value("w"), 0.4472135954999579, 1e-7); // the root of 0.2
    ck_assert_int_eq(weft_run(twin, ticks(0.6e-3)), WEFT_OK);      // nothing asks for it yet
    double v;
    weft_status status = weft_get(twin, "w", &v, 1);
    ck_assert_int_ne(status, WEFT_OK);
    ck_assert_msg(fabs(said_at() - 0.5e-3) < 1e-6, "%s", weft_fault(twin));
    status = weft_touch(twin);
    ck_assert_msg(status == WEFT_NO_SOLUTION || status == WEFT_UNDETERMINED, "%s",
                  weft_fault(twin));
    ck_assert_msg(strstr(weft_fault(twin), "u: ") == weft_fault(twin), "%s", weft_fault(twin));
    ck_assert_msg(fabs(said_at() - 0.5e-3) < 1e-6, "%s", weft_fault(twin));
    ck_assert_int_eq(weft_run(twin, ticks(0.7e-3)), (int)status);
    finish();
}
END_TEST

// What is only looked at ends the run, too.
START_TEST(no_look_at_what_has_no_solution) {
    double v;
    open_with("block b {\n"
              "  in x;\n"
              "  out w;\n"
              "  let u;\n"
              "  exp(u) == x;\n"
              "  w = u;\n"
              "}\n"
              "experiment e of b { x = 1;  run for 1ms; }\n");
    ck_assert_int_eq(weft_set(twin, "x", &(double){2}, 1), WEFT_OK);
    ck_assert_double_eq_tol(value("w"), 0.6931471805599453, 1e-15);
    ck_assert_int_eq(weft_set(twin, "x", &(double){-1}, 1), WEFT_OK);
    ck_assert_int_ne(weft_get(twin, "w", &v, 1), WEFT_OK);
    ck_assert_ptr_nonnull(strstr(weft_fault(twin), "u: "));
    ck_assert_int_ne(weft_run(twin, ticks(1e-3)), WEFT_OK);
    ck_assert_int_eq(weft_restart(twin, 1, 0), WEFT_OK);
    ck_assert_int_eq(weft_set(twin, "x", &(double){1}, 1), WEFT_OK);
    ck_assert_double_eq_tol(value("w"), 0, 1e-15);
    finish();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("solve");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, looking_changes_nothing);
    tcase_add_test(all, saved_runs_go_on);
    tcase_add_test(all, the_run_ends_where_there_is_no_solution);
    tcase_add_test(all, no_look_at_what_has_no_solution);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
