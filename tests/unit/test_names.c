// Reading and setting by name: what is refused and what that leaves as it was; names of elements.
#include <check.h>
#include <math.h>
#include <string.h>

#include "engine.h"
#include "support/hand_twin.h"

enum { P = WEFT_FIRST, Q = P + 6, X, S, H, B, LEARN, WIRED, DONE, SEEN, SIGNAL, CELLS };

static void set_defaults(weft_cell *c) {
    for (int k = 0; k < 6; k++)
        c[P + k].r = k;
    c[Q].r = 10;
}
static void (*const functions[])(weft_cell *) = {set_defaults};

#define VAR(name_, kind_, cell_, ...)                                                              \
    {                                                                                              \
        .name = name_, .unit = "", .kind = kind_, .count = 1, .cell = cell_, .observe = WEFT_NONE, \
        __VA_ARGS__                                                                                \
    }
static const weft_var vars[] = {
    {.name = "p",
     .unit = "V",
     .kind = WEFT_PARAM,
     .dims = 2,
     .dim = {2, 3},
     .count = 6,
     .cell = P,
     .observe = WEFT_NONE,
     .lo = -1,
     .hi = 9},
    VAR("folded", WEFT_PARAM, WEFT_NONE, .value = 3),
    VAR("q", WEFT_PARAM, Q, .value = 0),
    VAR("x", WEFT_INPUT, X, .lo = -2, .hi = 2),
    VAR("s", WEFT_STATE, S, .lo = -HUGE_VAL, .hi = HUGE_VAL),
    VAR("h", WEFT_HOLD, H, .lo = 0, .hi = 0),
    VAR("b", WEFT_BIT, B, .integer = 1),
    VAR("t.learn", WEFT_CLOCKED, LEARN, .integer = 1, .lo = 0, .hi = 7),
    VAR("t.wired", WEFT_CLOCKED, WIRED, .integer = 1, .lo = 0, .hi = 7),
    VAR("t.done", WEFT_CLOCKED, DONE, .integer = 1, .lo = 0, .hi = 1),
    VAR("t.seen", WEFT_CLOCKED, SEEN, .integer = 1, .lo = 0, .hi = 1),
    VAR("y", WEFT_SIGNAL, SIGNAL, .value = 0),
    VAR("inner", WEFT_INNER, SIGNAL, .value = 0),
};
enum { VARS = sizeof vars / sizeof *vars };

static const weft_port ports[] = {{"learn_i", 0, 3, 1, LEARN, 0},
                                  {"wired_i", 0, 3, 1, WIRED, 0},
                                  {"done_o", 1, 1, 1, DONE, 0},
                                  {"seen_i", 0, 1, 1, SEEN, 1}};
static const weft_wire wires[] = {{B, WIRED, 1}};
static const weft_sequence sequence = {.name = "t",
                                       .period = 10,
                                       .ports = ports,
                                       .port_count = 4,
                                       .start_cell = WEFT_NONE,
                                       .done_cell = DONE,
                                       .reset = WEFT_NONE,
                                       .step = WEFT_NONE,
                                       .pulses = WEFT_NONE,
                                       .quiet = WEFT_NONE,
                                       .skip = WEFT_NONE,
                                       .bits = WEFT_NONE,
                                       .violated_cell = WEFT_NONE,
                                       .wires = wires,
                                       .wire_count = 1};

static weft_model model;
static weft_twin *twin;

static void setup(void) {
    model = hand_model("names", 1e-3, CELLS);
    model.vars = vars, model.var_count = VARS;
    model.sequences = &sequence, model.sequence_count = 1;
    model.functions = functions, model.function_count = 1;
    twin = hand_open(&model, NULL);
    ck_assert_int_eq(weft_restart(twin, 1, 0), WEFT_OK);
}

static void teardown(void) {
    weft_close(twin);
}

static double value(const char *name) {
    double v;
    ck_assert_int_eq(weft_get(twin, name, &v, 1), WEFT_OK);
    return v;
}

static void sets(const char *name, double v) {
    ck_assert_int_eq(weft_set(twin, name, &v, 1), WEFT_OK);
    ck_assert_double_eq(value(name), v);
}

// Refused, with these words; the cells stay.
static void refuses(const char *name, double v, weft_status status, const char *words) {
    weft_cell before[CELLS];
    memcpy(before, weft_cells(twin), sizeof before);
    ck_assert_int_eq(weft_set(twin, name, &v, 1), status);
    ck_assert_msg(strstr(weft_fault(twin), words) != NULL, "%s", weft_fault(twin));
    ck_assert_mem_eq(before + WEFT_FIRST, weft_cells(twin) + WEFT_FIRST,
                     (CELLS - WEFT_FIRST) * sizeof *before);
}

START_TEST(what_can_be_set) {
    ck_assert_ptr_eq(weft_model_of(twin), &model);
    ck_assert_double_eq(value("q"), 10);
    sets("q", -1e300);
    sets("x", 2);
    sets("x", -2);
    sets("s", 1e9);
    sets("h", 5); // a range of 0 .. 0 is none
    sets("t.learn", 7);
}
END_TEST

START_TEST(what_cannot_be_set_says_why) {
    refuses("nothing", 1, WEFT_NO_SUCH_NAME, "no variable nothing");
    refuses("p", 1, WEFT_WRONG_SIZE, "p has 6 elements, not 1");
    refuses("folded", 1, WEFT_CONSTANT, "folded");
    refuses("b", 1, WEFT_READ_ONLY, "b: ");
    refuses("y", 1, WEFT_READ_ONLY, "y: ");
    refuses("inner", 1, WEFT_READ_ONLY, "inner: ");
    refuses("t.done", 1, WEFT_READ_ONLY, "t.done: ");
    refuses("t.wired", 1, WEFT_READ_ONLY, "t.wired: "); // a bit drives it
    refuses("t.seen", 1, WEFT_READ_ONLY, "t.seen: ");   // made of the core
    refuses("x", NAN, WEFT_NOT_FINITE, "x cannot be nan");
    refuses("s", -INFINITY, WEFT_NOT_FINITE, "s cannot be -inf");
    refuses("x", 2.5, WEFT_OUT_OF_RANGE, "x cannot be 2.5: it must lie in [-2, 2]");
    refuses("x", -2.5, WEFT_OUT_OF_RANGE, "x cannot be -2.5: it must lie in [-2, 2]");
    refuses("t.learn", 8, WEFT_OUT_OF_RANGE, "must lie in [0, 7] and be whole");
    refuses("t.learn", -1, WEFT_OUT_OF_RANGE, "must lie in [0, 7] and be whole");
    refuses("t.learn", 1.5, WEFT_OUT_OF_RANGE, "t.learn cannot be 1.5");
    refuses("t.learn", 0x1p60, WEFT_OUT_OF_RANGE, "t.learn cannot be");
    double v;
    ck_assert_int_eq(weft_get(twin, "nothing", &v, 1), WEFT_NO_SUCH_NAME);
    ck_assert_int_eq(weft_get(twin, "p", &v, 1), WEFT_WRONG_SIZE);
    ck_assert_int_eq(weft_peek(twin, 0, VARS, &v), WEFT_NO_SUCH_NAME);
    ck_assert_int_eq(weft_call(twin, "nothing", 0), WEFT_NO_SUCH_NAME);
    ck_assert_int_eq(weft_call(twin, "t", 0), WEFT_NO_SUCH_NAME);
    ck_assert_str_eq(weft_fault(twin), "t has no `start` and `done`");
    ck_assert_int_eq(weft_call_index(twin, 1, 0), WEFT_NO_SUCH_NAME);
}
END_TEST

START_TEST(one_bad_element_leaves_all_as_they_were) {
    const double wanted[6] = {1, 2, 3, 4, 99, 6};
    double now[6];
    ck_assert_int_eq(weft_set(twin, "p", wanted, 6), WEFT_OUT_OF_RANGE);
    ck_assert_str_eq(weft_fault(twin), "p[1,1] cannot be 99: it must lie in [-1, 9]");
    ck_assert_int_eq(weft_get(twin, "p", now, 6), WEFT_OK);
    for (int k = 0; k < 6; k++)
        ck_assert_double_eq(now[k], k);
}
END_TEST

// Parameters with cells, and others between them: each keeps its own numbers.
START_TEST(each_parameter_outlives_a_restart) {
    const double wanted[6] = {5, 4, 3, 2, 1, 0};
    double now[6];
    ck_assert_int_eq(weft_set(twin, "p", wanted, 6), WEFT_OK);
    sets("q", 77);
    sets("x", 1);
    ck_assert_int_eq(weft_restart(twin, 2, 0), WEFT_OK);
    ck_assert_int_eq(weft_get(twin, "p", now, 6), WEFT_OK);
    ck_assert_mem_eq(now, wanted, sizeof now);
    ck_assert_double_eq(value("q"), 77);
    ck_assert_double_eq(value("x"), 0);
    ck_assert_double_eq(value("folded"), 3);
}
END_TEST

START_TEST(elements_are_written_row_first) {
    char text[40];
    weft_var v = {.name = "w", .dims = 3, .dim = {2, 3, 4}, .count = 24};
    weft_name_element(&v, 23, ",", text, sizeof text);
    ck_assert_str_eq(text, "w[1,2,3]");
    weft_name_element(&v, 6, "][", text, sizeof text);
    ck_assert_str_eq(text, "w[0][1][2]");
    v.turned = 1; // column first in memory
    weft_name_element(&v, 6, ", ", text, sizeof text);
    ck_assert_str_eq(text, "w[0, 2, 1]");
    for (size_t room = 1; room < 9; room++) { // as much as there is room for
        memset(text, '#', sizeof text);
        weft_name_element(&v, 6, ",", text, room);
        ck_assert_uint_eq(strlen(text), room - 1);
        ck_assert_int_eq(strncmp(text, "w[0,2,1]", room - 1), 0);
        ck_assert_int_eq(text[room], '#');
    }
    v = (weft_var){.name = "s", .turned = 1, .count = 1};
    weft_name_element(&v, 0, ",", text, sizeof text);
    ck_assert_str_eq(text, "s");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("names");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, what_can_be_set);
    tcase_add_test(all, what_cannot_be_set_says_why);
    tcase_add_test(all, one_bad_element_leaves_all_as_they_were);
    tcase_add_test(all, each_parameter_outlives_a_restart);
    tcase_add_test(all, elements_are_written_row_first);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
