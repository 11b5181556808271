// engine.h -- what the driver, the compiler and the tests need of the runtime beyond weft.h:
// peeking, recording, stimuli, running single tasks, and a Verilated controller in the loop.
#ifndef WEFT_ENGINE_H
#define WEFT_ENGINE_H

#include "weft.h"

#ifdef __cplusplus
extern "C" {
#endif

struct weft_stimulus; // experiment.h

// ---- look -------------------------------------------------------------------------------------

// Index of a variable, or of a sequencer; WEFT_NONE when there is none of that name.
uint32_t weft_var_index(const weft_twin *twin, const char *name);
uint32_t weft_sequence_index(const weft_twin *twin, const char *name);
// "g1.w.s" and element 5 of [2][3] -> "g1.w.s[1,2]", with `between` in the place of the comma.
void weft_name_element(const weft_var *var, uint32_t element, const char *between, char *text,
                       size_t size);
// One variable (all its elements, as doubles) as it will be at `tick` if no event comes before:
// from the last instant at which the analog core was brought up to date on. The run is not
// disturbed.
WEFT_CHECKED weft_status weft_peek(weft_twin *twin, int64_t tick, uint32_t var, double *out);
// A task that only computes (a measure) at this moment; `result` gets count cells from `cell` on.
WEFT_CHECKED weft_status weft_compute(weft_twin *twin, uint32_t task, uint32_t cell, uint32_t count,
                                      weft_cell *result);

// ---- change from outside ----------------------------------------------------------------------

// To be called before analog inputs, states, holds or parameters are written straight into the
// cells: brings the core up to now with the old values and has the comparators look again.
// Inputs of sequencers may be written without it.
WEFT_CHECKED weft_status weft_touch(weft_twin *twin);
// Runs one function of the model as it stands (to set a sequencer's inputs, to judge an `expect`).
void weft_do(weft_twin *twin, uint32_t function);

// Whether what a variable's cells hold is finite and in its declared range, as weft_set asks.
WEFT_CHECKED weft_status weft_check_var(weft_twin *twin, uint32_t var);

// Edges of inputs (weft_model.edges). hold: keeps the present values as the old ones; go: what
// stands in the inputs' cells now are the new ones, reached in `ticks`. Both between two instants.
void weft_edge_hold(weft_twin *twin);
WEFT_CHECKED weft_status weft_edge_go(weft_twin *twin, int64_t ticks);

// ---- run --------------------------------------------------------------------------------------

// As weft_call, by index.
WEFT_CHECKED weft_status weft_call_index(weft_twin *twin, uint32_t sequence, int64_t max_cycles);

// Records and traces. `take` gets each sample at its exact tick, after everything that happens at
// that tick; `change` is called after every change of a controller's outputs, of the active phases,
// their segments or the stimulus. Either may be NULL. The watch and its samples stay the caller's;
// a sample's `next` moves on by `every` (0: only once). Both may look, by weft_peek and weft_cells,
// but must not set or run.
typedef struct weft_sample {
    uint32_t var;
    int64_t next, every; // ticks
} weft_sample;
typedef struct weft_watch {
    weft_sample *samples;
    uint32_t sample_count;
    void (*take)(void *data, weft_twin *twin, int64_t tick, uint32_t sample, const double *values);
    void (*change)(void *data, weft_twin *twin, int64_t tick);
    void *data;
} weft_watch;
void weft_watch_with(weft_twin *twin, weft_watch *watch); // NULL: none

// Inputs as functions of time; the function runs at weft_restart and at every break. NULL: none.
WEFT_CHECKED weft_status weft_stimulate(weft_twin *twin, const struct weft_stimulus *stimulus);

// ---- instances side by side ---------------------------------------------------------------------

// Room for the lanes of a model that has any (weft_model.lanes), of one thread; NULL: out of
// memory.
typedef struct weft_abreast weft_abreast;
weft_abreast *weft_abreast_open(const weft_model *model);
void weft_abreast_close(weft_abreast *abreast);
// Brings the cores of up to lanes->count twins of that model up to a tick before which nothing
// happens in any of them, all from the same instant: what the weft_run that follows would do, with
// the same bits. What fails is that twin's, as there.
void weft_abreast_flush(weft_abreast *abreast, weft_twin *const *twins, uint32_t count,
                        int64_t tick);
// The next instant at which something happens to this twin, beside samples and clock edges.
int64_t weft_next_instant(const weft_twin *twin);

// ---- a Verilated controller -------------------------------------------------------------------

// One for each sequence. `in` and `out` hold the elements of the input and of the output ports, in
// port order, one int64_t each (so `out` is zero above the port's width).
//   reset   rst_ni low for at least one clock edge, then high; outputs as in reset
//   edge    one rising edge of clk_i with these inputs; `out` as after it. `settle` inputs have not
//           changed since the last `settle`, so need not be copied
//   settle  no edge; the `settle` inputs are new; `out` once they have gone through
//   run     may be NULL: up to n edges with these inputs, up to the first that changes any output;
//           returns how many were made
typedef struct weft_rtl {
    void *(*create)(void); // NULL when out of memory
    void (*destroy)(void *self);
    void (*reset)(void *self, int64_t *out);
    void (*edge)(void *self, const int64_t *in, int64_t *out);
    void (*settle)(void *self, const int64_t *in, int64_t *out);
    int64_t (*run)(void *self, const int64_t *in, int64_t *out, int64_t n);
} weft_rtl;

// Who drives the core: the C controllers, Verilated ones (`rtl`: one for each sequence, in order;
// must outlive the twin), or the C ones with each output of the Verilated ones compared in every
// cycle. Guarantees are watched in all three cases. Call it between weft_open and weft_restart.
WEFT_CHECKED weft_status weft_control_with(weft_twin *twin, weft_control control,
                                           const weft_rtl *rtl);

typedef struct weft_mismatch {
    int64_t cycle; // clock edges of that sequence since reset, the first is 0; -1: in reset
    uint32_t sequence, element;
    const char *port;
    int64_t c, rtl; // the two values
} weft_mismatch;
typedef struct weft_lockstep {
    int64_t cycles;     // compared, over all sequences
    int64_t mismatches; // elements that differed; the run stops at the end of that instant
    weft_mismatch first;
} weft_lockstep;
const weft_lockstep *weft_lockstep_of(const weft_twin *twin);

// Clock edges since weft_restart, over all sequences, jumped over or not.
int64_t weft_cycles(const weft_twin *twin);

#ifdef __cplusplus
}
#endif
#endif
