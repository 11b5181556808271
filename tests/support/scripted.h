// A hand-written model for tests of the runtime: two phases driven by a controller that plays a
// script (one word for each clock edge), one state, a few holds, and a log of what was called.
#ifndef SCRIPTED_H
#define SCRIPTED_H

#include "engine.h"

enum { PERIOD = 10, SCRIPT_LENGTH = 64, LOG_LENGTH = 200, PULSES = 3 };
#define TICK 1e-3

// Words of the script: outputs after that edge.
enum { W_A = 1, W_A_START = 2, W_B = 4, W_B_START = 8, W_DONE = 16, W_BROKEN = 32 };
#define A_BEGINS (W_A | W_A_START)
#define B_BEGINS (W_B | W_B_START)

enum {
    C_P = WEFT_FIRST, // kept parameter, 2
    C_X,              // input, 1
    C_S,              // state, 0.5 at the start: der(s) = x - s in A, 1, 2, 3 by segment in B
    C_R,
    C_Q,
    C_E,
    C_F,
    C_G, // holds: begin of A, of B, end of A, of B, B at 12 ticks
    C_R_NEXT,
    C_Q_NEXT,
    C_E_NEXT,
    C_F_NEXT,
    C_G_NEXT, // their shadows
    C_Y,      // signal: s + 1000 * mode
    C_BIT,    // r > 5 (not live), or s > 0.7 (live)
    C_A_STATE,
    C_B_STATE = C_A_STATE + WEFT_PHASE_CELLS,
    C_EDGE = C_B_STATE + WEFT_PHASE_CELLS, // script position
    C_STEPS,                               // how often `step` ran
    C_START,
    C_DONE,
    C_A,
    C_A_BEGIN,
    C_B,
    C_B_BEGIN,
    C_ARG, // latched argument of A: the edge's number at A's start
    C_SEEN,
    C_SEEN_OUT, // input wired to the bit; what the last step saw there
    C_VIOLATED,
    C_WIDTH,
    C_HIGH = C_WIDTH + PULSES,
    C_ON = C_HIGH + PULSES,
    C_LEFT = C_ON + PULSES,    // pulse generators: cycles left
    C_NOISE = C_LEFT + PULSES, // redrawn at A's begin
    C_LIMIT,                   // assert s <= limit
    C_TRIALS_SEEN,
    C_SCRIPT,
    C_LOGGED = C_SCRIPT + SCRIPT_LENGTH,
    C_LOG, // pairs: code, tick
    C_CELLS = C_LOG + 2 * LOG_LENGTH
};

// What the log holds, in the order in which one instant can have them.
enum {
    L_ADVANCE_A = 1,
    L_ADVANCE_B,
    L_END_A,
    L_END_B,
    L_END_A_WRITES,
    L_END_B_WRITES,
    L_END_NOISE,
    L_STIMULUS,
    L_REDRAW,
    L_LATCH,
    L_BEGIN_A,
    L_BEGIN_B,
    L_AT_B,
    L_BEGIN_A_WRITES,
    L_BEGIN_B_WRITES,
    L_AT_B_WRITES,
    L_CHECK,
    L_TRIAL
};

extern const weft_model scripted;        // bit: r > 5, looked at when something changes
extern const weft_model scripted_live;   // bit: s > 0.7, looked at at every edge
extern const weft_rtl scripted_rtl;      // plays scripted_rtl_script
extern const uint32_t scripted_stimulus; // function: x = 1 before 0.04 s, then -1
extern const uint32_t scripted_poison, scripted_stuck; // advances that go wrong
extern int64_t scripted_rtl_script[SCRIPT_LENGTH];

// Opens and restarts; plays the words from the first edge on.
weft_twin *scripted_open(const weft_model *model, const int64_t *words, int count);
void scripted_play(weft_twin *twin, const int64_t *words, int count);
// "code@tick code@tick ..." of the log.
const char *scripted_log(weft_twin *twin);
double scripted_value(weft_twin *twin, const char *name);

#endif
