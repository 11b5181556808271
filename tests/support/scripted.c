// The scripted model: tables and functions written by hand, as generated code would have them.
#include "support/scripted.h"

#include "support/hand_twin.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void note(weft_cell *c, int64_t code) {
    int64_t n = c[C_LOGGED].i++;
    if (n >= LOG_LENGTH) return;
    c[C_LOG + 2 * n].i = code;
    c[C_LOG + 2 * n + 1].i = c[WEFT_TO].i;
}

// 100 when A is active, and 10 + segment when B is.
static double mode(const weft_cell *c) {
    double m = 0;
    if (c[C_A_STATE + WEFT_PHASE_ACTIVE].i) m += 100;
    if (c[C_B_STATE + WEFT_PHASE_ACTIVE].i) m += 10 + (double)c[C_B_STATE + WEFT_PHASE_SEGMENT].i;
    return m;
}

// ---- the core ---------------------------------------------------------------------------------

static void defaults(weft_cell *c) {
    c[C_P].r = 2;
    c[C_X].r = 1;
    c[C_S].r = 0.5;
    c[C_LIMIT].r = INFINITY;
}
static void advance_a(weft_cell *c) {
    note(c, L_ADVANCE_A);
    c[C_S].r = c[C_X].r + (c[C_S].r - c[C_X].r) * exp(-c[WEFT_DT].r);
}
static void advance_b(weft_cell *c, double rate) {
    note(c, L_ADVANCE_B);
    c[C_S].r += rate * c[WEFT_DT].r;
}
static void advance_b0(weft_cell *c) {
    advance_b(c, 1);
}
static void advance_b1(weft_cell *c) {
    advance_b(c, 2);
}
static void advance_b2(weft_cell *c) {
    advance_b(c, 3);
}
static void observe_y(weft_cell *c) {
    c[C_Y].r = c[C_S].r + 1000 * mode(c);
}
static void begin_a(weft_cell *c) {
    note(c, L_BEGIN_A);
    c[C_R_NEXT].r = 10 * c[C_Q].r + mode(c) / 1000 + c[C_X].r;
}
static void begin_a_writes(weft_cell *c) {
    note(c, L_BEGIN_A_WRITES);
    c[C_R].r = c[C_R_NEXT].r;
}
static void begin_b(weft_cell *c) {
    note(c, L_BEGIN_B);
    c[C_Q_NEXT].r = 10 * c[C_R].r + mode(c) / 1000 + 3;
}
static void begin_b_writes(weft_cell *c) {
    note(c, L_BEGIN_B_WRITES);
    c[C_Q].r = c[C_Q_NEXT].r;
}
static void end_a(weft_cell *c) {
    note(c, L_END_A);
    c[C_E_NEXT].r = mode(c) + (double)c[C_ARG].i / 1000 + 10000 * c[C_F].r + 1e6 * c[C_X].r;
}
static void end_a_writes(weft_cell *c) {
    note(c, L_END_A_WRITES);
    c[C_E].r = c[C_E_NEXT].r;
}
static void end_b(weft_cell *c) {
    note(c, L_END_B);
    c[C_F_NEXT].r = mode(c) + c[C_E].r;
}
static void end_b_writes(weft_cell *c) {
    note(c, L_END_B_WRITES);
    c[C_F].r = c[C_F_NEXT].r;
}
static void end_noise(weft_cell *c) {
    note(c, L_END_NOISE);
    c[C_S].r *= 1.0;
}
static void at_b(weft_cell *c) {
    note(c, L_AT_B);
    c[C_G_NEXT].r = mode(c);
}
static void at_b_writes(weft_cell *c) {
    note(c, L_AT_B_WRITES);
    c[C_G].r = c[C_G_NEXT].r;
}
static void redraw(weft_cell *c) {
    note(c, L_REDRAW);
    c[C_NOISE].r =
        weft_uniform((uint64_t)c[WEFT_KEY].i, 7, (uint64_t)c[C_A_STATE + WEFT_PHASE_COUNT].i, 0);
}
static void latch(weft_cell *c) {
    note(c, L_LATCH);
    for (int k = 0; k < PULSES; k++)
        c[C_WIDTH + k].i = k + (int64_t)c[C_X].r;
}
static void check(weft_cell *c) {
    note(c, L_CHECK);
    c[WEFT_RESULT].i = c[C_S].r <= c[C_LIMIT].r ? 0 : 1;
}
static void trial(weft_cell *c) {
    note(c, L_TRIAL);
    c[C_TRIALS_SEEN].i = c[WEFT_TRIAL].i;
}

// ---- the controller ---------------------------------------------------------------------------

static int64_t word(const weft_cell *c, int64_t edge) {
    return edge < SCRIPT_LENGTH ? c[C_SCRIPT + edge].i : 0;
}
static void step(weft_cell *c) {
    int64_t w = word(c, c[C_EDGE].i);
    c[C_A].i = (w & W_A) != 0;
    c[C_A_BEGIN].i = (w & W_A_START) != 0;
    c[C_B].i = (w & W_B) != 0;
    c[C_B_BEGIN].i = (w & W_B_START) != 0;
    c[C_DONE].i = (w & W_DONE) != 0;
    if (w & W_BROKEN) c[C_VIOLATED].i = 2;
    if (w & W_A_START) c[C_ARG].i = c[C_EDGE].i;
    c[C_SEEN_OUT].i = c[C_SEEN].i;
    c[C_EDGE].i++;
    c[C_STEPS].i++;
}
// Quiet while the same word goes on, with no strobe and the same input.
static void quiet(weft_cell *c) {
    int64_t e = c[C_EDGE].i, last = e > 0 ? word(c, e - 1) : 0, n = 0;
    c[WEFT_QUIET].i = 0;
    if (c[C_SEEN].i != c[C_SEEN_OUT].i || (last & (W_A_START | W_B_START)) != 0) return;
    while (e + n < SCRIPT_LENGTH && word(c, e + n) == last)
        n++;
    c[WEFT_QUIET].i = e + n < SCRIPT_LENGTH ? n : last == 0 ? INT64_MAX : n;
}
static void skip(weft_cell *c) {
    c[C_EDGE].i += c[WEFT_QUIET].i;
}
static void pulses(weft_cell *c) {
    for (int k = 0; k < PULSES; k++) {
        if (c[C_A_BEGIN].i) c[C_LEFT + k].i = c[C_WIDTH + k].i;
        c[C_ON + k].i = c[C_A].i && c[C_LEFT + k].i > 0;
        c[C_LEFT + k].i -= c[C_ON + k].i;
    }
}
static void bit_of_r(weft_cell *c) {
    c[C_BIT].i = c[C_R].r > 5;
}
static void bit_of_s(weft_cell *c) {
    c[C_BIT].i = c[C_S].r > 0.7;
}
static void stimulus_turns(weft_cell *c) {
    note(c, L_STIMULUS);
    c[C_X].r = c[WEFT_TIME].r < 0.0399 ? 1 : -1;
}
static void poison(weft_cell *c) {
    c[C_S].r = NAN;
}
static void stuck(weft_cell *c) {
    c[WEFT_FAULT].i = WEFT_STUCK;
    c[WEFT_FAULT_AT].i = C_S + 1;
}

// ---- tables -----------------------------------------------------------------------------------

// clang-format off
#define FUNCTIONS(F) \
    F(defaults) F(advance_a) F(advance_b0) F(advance_b1) F(advance_b2) F(observe_y) F(begin_a) \
    F(begin_a_writes) F(begin_b) F(begin_b_writes) F(end_a) F(end_a_writes) F(end_b) \
    F(end_b_writes) F(end_noise) F(at_b) F(at_b_writes) F(redraw) F(latch) F(check) F(trial) \
    F(step) F(quiet) F(skip) F(pulses) F(bit_of_r) F(bit_of_s) F(stimulus_turns) F(poison) F(stuck)
// clang-format on
#define NUMBER(name) F_##name,
#define POINTER(name) name,
enum { FUNCTIONS(NUMBER) F_COUNT };
static void (*const functions[])(weft_cell *) = {FUNCTIONS(POINTER)};

#define ALWAYS(name) static const weft_mode mode_##name[] = {{NULL, 0, F_##name}}
ALWAYS(observe_y);
ALWAYS(begin_a);
ALWAYS(begin_b);
ALWAYS(end_a);
ALWAYS(end_b);
ALWAYS(at_b);
ALWAYS(latch);
ALWAYS(check);
ALWAYS(bit_of_r);
ALWAYS(bit_of_s);

enum { A, B };
static const weft_condition a_alone[] = {{A, 0}, {B, -1}};
static const weft_condition b0_alone[] = {{A, -1}, {B, 0}};
static const weft_condition b1_alone[] = {{A, -1}, {B, 1}};
static const weft_condition b2_alone[] = {{A, -1}, {B, 2}};
static const weft_mode advance_modes[] = {{a_alone, 2, F_advance_a},
                                          {b0_alone, 2, F_advance_b0},
                                          {b1_alone, 2, F_advance_b1},
                                          {b2_alone, 2, F_advance_b2}};

#define TASK(name)                                                                                 \
    { #name, mode_##name, 1 }
enum { T_ADVANCE, T_Y, T_BEGIN_A, T_BEGIN_B, T_END_A, T_END_B, T_AT_B, T_LATCH, T_CHECK, T_BIT };
#define TASKS                                                                                      \
    {"advance", advance_modes, 4}, TASK(observe_y), TASK(begin_a), TASK(begin_b), TASK(end_a),     \
        TASK(end_b), TASK(at_b), TASK(latch), TASK(check)
static const weft_task tasks[] = {TASKS, TASK(bit_of_r)};
static const weft_task live_tasks[] = {TASKS, TASK(bit_of_s)};

#define VAR(name, kind, integer, count, cell)                                                      \
    {                                                                                              \
        name, "", kind, integer, (count) > 1, {(count) > 1 ? (count) : 0}, count, cell, WEFT_NONE, \
            0, -INFINITY, INFINITY, 0                                                              \
    }
static const weft_var vars[] = {
    {"p", "V", WEFT_PARAM, 0, 0, {0}, 1, C_P, WEFT_NONE, 2, 0.5, 3, 0},
    VAR("x", WEFT_INPUT, 0, 1, C_X),
    VAR("s", WEFT_STATE, 0, 1, C_S),
    VAR("r", WEFT_HOLD, 0, 1, C_R),
    VAR("q", WEFT_HOLD, 0, 1, C_Q),
    VAR("e", WEFT_HOLD, 0, 1, C_E),
    VAR("f", WEFT_HOLD, 0, 1, C_F),
    VAR("g", WEFT_HOLD, 0, 1, C_G),
    {"y", "", WEFT_SIGNAL, 0, 0, {0}, 1, C_Y, T_Y, 0, -INFINITY, INFINITY, 0},
    VAR("bit", WEFT_BIT, 1, 1, C_BIT),
    VAR("high", WEFT_INNER, 1, PULSES, C_HIGH),
    VAR("play.start", WEFT_CLOCKED, 1, 1, C_START),
    VAR("play.done", WEFT_CLOCKED, 1, 1, C_DONE),
    VAR("play.bit", WEFT_CLOCKED, 1, 1, C_SEEN),
    {"folded", "Ohm", WEFT_PARAM, 0, 0, {0}, 1, WEFT_NONE, WEFT_NONE, 47, 0, 0, 0},
};

static const int64_t b_breaks[] = {5, 12};
static const weft_event b_at[] = {{12, T_AT_B, F_at_b_writes}};
static const weft_pulse a_pulses[] = {{C_WIDTH, C_HIGH, C_ON, PULSES}};
static const weft_phase phases[] = {
    {"a",
     C_A_STATE,
     C_A,
     C_A_BEGIN,
     NULL,
     0,
     NULL,
     0,
     {0, T_BEGIN_A, F_begin_a_writes},
     {0, T_END_A, F_end_a_writes},
     T_LATCH,
     F_redraw,
     F_end_noise,
     a_pulses,
     1},
    {"b",
     C_B_STATE,
     C_B,
     C_B_BEGIN,
     b_breaks,
     2,
     b_at,
     1,
     {0, T_BEGIN_B, F_begin_b_writes},
     {0, T_END_B, F_end_b_writes},
     WEFT_NONE,
     WEFT_NONE,
     WEFT_NONE,
     NULL,
     0},
};
static const uint32_t driven[] = {A, B};

static const weft_port ports[] = {
    {"start_i", 0, 1, 1, C_START, 0},
    {"seen_i", 0, 1, 1, C_SEEN, 0},
    {"width_i", 0, 8, PULSES, C_WIDTH, 1},
    {"done_o", 1, 1, 1, C_DONE, 0},
    {"a_o", 1, 1, 1, C_A, 0},
    {"a_start_o", 1, 1, 1, C_A_BEGIN, 0},
    {"b_o", 1, 1, 1, C_B, 0},
    {"b_start_o", 1, 1, 1, C_B_BEGIN, 0},
    {"arg_o", 1, 8, 1, C_ARG, 0},
    {"on_o", 1, 1, PULSES, C_ON, 1},
};
static const weft_wire wires[] = {{C_BIT, C_SEEN, 1}};
static const char *const guarantees[] = {"first", "never a with b"};
#define SEQUENCE(live)                                                                             \
    {                                                                                              \
        "play", PERIOD, ports, 10, driven, 2, C_START, C_DONE, WEFT_NONE, F_step, F_pulses,        \
            F_quiet, F_skip, T_BIT, live, C_VIOLATED, guarantees, wires, 1                         \
    }
static const weft_sequence sequences[] = {SEQUENCE(0)};
static const weft_sequence live_sequences[] = {SEQUENCE(1)};
static const weft_group groups[] = {{"s", T_ADVANCE, NULL, 0, NULL}};
static const weft_check checks[] = {{"s <= limit", "scripted.weft:1", T_CHECK}};

#define MODEL(tasks_, sequences_)                                                                  \
    {                                                                                              \
        WEFT_ABI, "scripted", "scripted.weft", NULL, TICK, 0x1234, C_CELLS, vars,                  \
            sizeof vars / sizeof *vars, tasks_, 10, phases, 2, groups, 1, NULL, 0, NULL, NULL, 0,  \
            sequences_, 1, checks, 1, F_defaults, WEFT_NONE, WEFT_NONE, F_trial, functions,        \
            F_COUNT, NULL                                                                          \
    }
const weft_model scripted = MODEL(tasks, sequences);
const weft_model scripted_live = MODEL(live_tasks, live_sequences);
const uint32_t scripted_stimulus = F_stimulus_turns, scripted_poison = F_poison,
               scripted_stuck = F_stuck;

// ---- a controller as a Verilated one would be -------------------------------------------------

int64_t scripted_rtl_script[SCRIPT_LENGTH];
typedef struct player {
    int64_t edge, arg, word, left[PULSES];
} player;

static void put(player *p, const int64_t *in, int64_t *out, int first) {
    int64_t w = p->word;
    out[0] = (w & W_DONE) != 0;
    out[1] = (w & W_A) != 0;
    out[2] = (w & W_A_START) != 0;
    out[3] = (w & W_B) != 0;
    out[4] = (w & W_B_START) != 0;
    out[5] = p->arg;
    for (int k = 0; k < PULSES; k++) {
        // In the first cycle the width comes straight from the input, later from the counter.
        int64_t left = first && (w & W_A_START) != 0 ? in[2 + k] : p->left[k];
        out[6 + k] = (w & W_A) != 0 && left > 0;
    }
}
static void *create(void) {
    return calloc(1, sizeof(player));
}
static void reset(void *self, int64_t *out) {
    memset(self, 0, sizeof(player));
    memset(out, 0, 9 * sizeof *out);
}
static void edge(void *self, const int64_t *in, int64_t *out) {
    player *p = self;
    for (int k = 0; k < PULSES; k++) {
        int64_t left = (p->word & W_A_START) != 0 ? in[2 + k] : p->left[k];
        p->left[k] = left > 0 ? left - 1 : 0;
    }
    p->word = p->edge < SCRIPT_LENGTH ? scripted_rtl_script[p->edge] : 0;
    if (p->word & W_A_START) p->arg = p->edge;
    p->edge++;
    put(p, in, out, 1);
}
static void settle(void *self, const int64_t *in, int64_t *out) {
    put(self, in, out, 1);
}
static int64_t run(void *self, const int64_t *in, int64_t *out, int64_t n) {
    int64_t before[9], made = 0;
    memcpy(before, out, sizeof before);
    while (made < n && memcmp(before, out, sizeof before) == 0) {
        edge(self, in, out);
        made++;
    }
    return made;
}
const weft_rtl scripted_rtl = {create, free, reset, edge, settle, run};

// ---- helpers ----------------------------------------------------------------------------------

void scripted_play(weft_twin *twin, const int64_t *words, int count) {
    memset(scripted_rtl_script, 0, sizeof scripted_rtl_script);
    for (int k = 0; k < count; k++) {
        weft_cells(twin)[C_SCRIPT + k].i = words[k];
        scripted_rtl_script[k] = words[k];
    }
}

weft_twin *scripted_open(const weft_model *model, const int64_t *words, int count) {
    weft_twin *twin = hand_open(model, NULL);
    ck_assert_int_eq(weft_restart(twin, 1, 0), WEFT_OK);
    scripted_play(twin, words, count);
    return twin;
}

const char *scripted_log(weft_twin *twin) {
    static char text[40 * LOG_LENGTH];
    const weft_cell *c = weft_cells(twin);
    int64_t n = c[C_LOGGED].i < LOG_LENGTH ? c[C_LOGGED].i : LOG_LENGTH;
    int length = 0;
    text[0] = '\0';
    for (int64_t k = 0; k < n; k++)
        length += sprintf(text + length, "%s%lld@%lld", k > 0 ? " " : "",
                          (long long)c[C_LOG + 2 * k].i, (long long)c[C_LOG + 2 * k + 1].i);
    return text;
}

double scripted_value(weft_twin *twin, const char *name) {
    double value;
    ck_assert_int_eq(weft_get(twin, name, &value, 1), WEFT_OK);
    return value;
}
