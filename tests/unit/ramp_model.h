// ramp_model.h -- a small model with tables written by hand, for the tests of the driver.
//
//   in x;  state w;  signal y = 2 w;  der(w) = x per second, tick 0.1 s; input count k is an
//   integer sequencer `step` (period 10 ticks): start -> busy for three edges -> done; input
//   `learn` `init` sets w to the cell INIT_SCALE times a draw of (key, "w"): 0 unless a test sets
//   it
#ifndef RAMP_MODEL_H
#define RAMP_MODEL_H

#include "experiment.h"

#include <string.h>

enum {
    X = WEFT_FIRST,
    W,
    Y,
    K,
    START,
    LEARN,
    BUSY,
    DONE,
    LEFT,
    LEARNED,
    MEASURE,
    INDEX,
    EXPECTED,
    STATS, // STATS: eight cells, of train and of test
    CELLS = STATS + 8
};

static double ramp_init_scale;  // of the draw in `init`
static int64_t ramp_busy_edges; // edges from start to done; 0: never done
static double ramp_fail_above;  // w above this fails the assertion

static void ramp_advance(weft_cell *c) {
    c[W].r += c[X].r * c[WEFT_DT].r;
}
static void ramp_observe(weft_cell *c) {
    c[Y].r = 2 * c[W].r;
}
static void ramp_check(weft_cell *c) {
    c[WEFT_RESULT].i = c[W].r > ramp_fail_above;
}
static void ramp_defaults(weft_cell *c) {
    c[W].r = 0;
}
static void ramp_init(weft_cell *c) {
    c[W].r = ramp_init_scale * weft_uniform((uint64_t)c[WEFT_KEY].i, weft_stream("w"), 0, 0);
}
static void ramp_reset(weft_cell *c) {
    c[BUSY].i = c[DONE].i = c[LEFT].i = 0;
}
static void ramp_step(weft_cell *c) {
    c[DONE].i = 0;
    if (c[BUSY].i && --c[LEFT].i == 0) {
        c[BUSY].i = 0;
        c[DONE].i = 1;
        c[LEARNED].i += c[LEARN].i;
    } else if (!c[BUSY].i && c[START].i) {
        c[BUSY].i = 1;
        c[LEFT].i = ramp_busy_edges;
    }
}
static void ramp_set_learn(weft_cell *c) { // trial(learn = index of the loop)
    c[LEARN].i = c[INDEX].i;
}
static void ramp_measure_w(weft_cell *c) {
    c[MEASURE].r = c[W].r;
}
static void ramp_measure_log(weft_cell *c) { // not finite where w is 0
    c[MEASURE].r = 1 / c[W].r;
}
static void ramp_measure_k(weft_cell *c) {
    c[MEASURE].r = (double)c[K].i;
}
static void ramp_stimulus(weft_cell *c) { // x = 1 until 0.5 s, then -1
    c[X].r = c[WEFT_TIME].r < 0.45 ? 1 : -1;
}
static void ramp_expect_mean(weft_cell *c) { // test mean < 80
    c[EXPECTED].i = c[STATS + 4].r < 80;
}
static void ramp_expect_std(weft_cell *c) { // train std > 0
    c[EXPECTED].i = c[STATS + 1].r > 0;
}

enum {
    F_ADVANCE,
    F_OBSERVE,
    F_CHECK,
    F_DEFAULTS,
    F_INIT,
    F_RESET,
    F_STEP,
    F_SET,
    F_MEASURE_W,
    F_MEASURE_LOG,
    F_MEASURE_K,
    F_STIMULUS,
    F_MEAN,
    F_STD,
    FUNCTIONS
};
static void (*const ramp_functions[FUNCTIONS])(weft_cell *) = {
    ramp_advance,   ramp_observe,  ramp_check,       ramp_defaults,  ramp_init,
    ramp_reset,     ramp_step,     ramp_set_learn,   ramp_measure_w, ramp_measure_log,
    ramp_measure_k, ramp_stimulus, ramp_expect_mean, ramp_expect_std};

// One mode each: whatever the phases do.
enum { T_ADVANCE, T_OBSERVE, T_CHECK, T_MEASURE_W, T_MEASURE_LOG, T_MEASURE_K, TASKS };
static const weft_mode ramp_modes[TASKS] = {{NULL, 0, F_ADVANCE},     {NULL, 0, F_OBSERVE},
                                            {NULL, 0, F_CHECK},       {NULL, 0, F_MEASURE_W},
                                            {NULL, 0, F_MEASURE_LOG}, {NULL, 0, F_MEASURE_K}};
static const weft_task ramp_tasks[TASKS] = {
    {"advance", &ramp_modes[0], 1},     {"observe", &ramp_modes[1], 1},
    {"check", &ramp_modes[2], 1},       {"measure w", &ramp_modes[3], 1},
    {"measure log", &ramp_modes[4], 1}, {"measure k", &ramp_modes[5], 1}};

enum { V_X, V_W, V_Y, V_K, VARS };
static const weft_var ramp_vars[VARS] = {
    {.name = "x", .unit = "", .kind = WEFT_INPUT, .count = 1, .cell = X, .observe = WEFT_NONE},
    {.name = "core.w",
     .unit = "V",
     .kind = WEFT_STATE,
     .count = 1,
     .cell = W,
     .observe = WEFT_NONE},
    {.name = "core.y",
     .unit = "V",
     .kind = WEFT_SIGNAL,
     .count = 1,
     .cell = Y,
     .observe = T_OBSERVE},
    {.name = "k",
     .unit = "",
     .kind = WEFT_INPUT,
     .integer = 1,
     .count = 1,
     .cell = K,
     .observe = WEFT_NONE}};

static const weft_port ramp_ports[] = {{"start_i", 0, 1, 1, START, 0},
                                       {"learn_i", 0, 4, 1, LEARN, 0},
                                       {"busy_o", 1, 1, 1, BUSY, 0},
                                       {"done_o", 1, 1, 1, DONE, 0}};
static const weft_sequence ramp_sequence = {.name = "step",
                                            .period = 10,
                                            .ports = ramp_ports,
                                            .port_count = 4,
                                            .start_cell = START,
                                            .done_cell = DONE,
                                            .reset = F_RESET,
                                            .step = F_STEP,
                                            .pulses = WEFT_NONE,
                                            .quiet = WEFT_NONE,
                                            .skip = WEFT_NONE,
                                            .bits = WEFT_NONE,
                                            .violated_cell = WEFT_NONE};
static const weft_group ramp_group = {.name = "w", .advance = T_ADVANCE};
static const weft_check ramp_assert = {"w <= limit", "ramp.weft:4:3", T_CHECK};

static const weft_model ramp_model = {.abi = WEFT_ABI,
                                      .name = "ramp",
                                      .source = "ramp.weft",
                                      .experiment = "ramp",
                                      .tick = 0.1,
                                      .cells = CELLS,
                                      .vars = ramp_vars,
                                      .var_count = VARS,
                                      .tasks = ramp_tasks,
                                      .task_count = TASKS,
                                      .groups = &ramp_group,
                                      .group_count = 1,
                                      .sequences = &ramp_sequence,
                                      .sequence_count = 1,
                                      .checks = &ramp_assert,
                                      .check_count = 1,
                                      .defaults = F_DEFAULTS,
                                      .vary = WEFT_NONE,
                                      .init = F_INIT,
                                      .trial = WEFT_NONE,
                                      .functions = ramp_functions,
                                      .function_count = FUNCTIONS};

static inline void ramp_reset_settings(void) {
    ramp_init_scale = 0;
    ramp_busy_edges = 3;
    ramp_fail_above = 1e300;
}

// Rows 10, 20, 30 for x: a wait of 5 ticks (0.5 s) adds half of that to w.
static const double ramp_numbers[] = {10, 20, 30};
static const weft_data_node ramp_list = {.kind = WEFT_DATA_LIST, .values = ramp_numbers};
static const weft_data_input ramp_input = {"x", X, 1, &ramp_list, 3};
static const weft_data ramp_data = {.source = WEFT_DATA_OF_ROWS,
                                    .rows = 3,
                                    .inputs = &ramp_input,
                                    .input_count = 1,
                                    .train = -1,
                                    .test = -1};
static const weft_action ramp_wait = {.kind = WEFT_ACTION_WAIT, .ticks = 5};
// What `after epoch` would read.
#define NOT_READ                                                                                   \
    { WEFT_NONE, WEFT_NONE }
static const weft_measure ramp_measure = {"w", T_MEASURE_W, MEASURE, {STATS, STATS + 4},
                                          0,   NOT_READ,    NOT_READ};

#endif
