// twin.h -- one instance as the runtime's own files see it.
//
// Three kinds of time meet here. `now` is the instant that was completed last. The analog core lags
// behind: its states are those of cells[WEFT_FROM], since between two events nobody asks. Each
// controller has its next clock edge. weft_flush brings the core up to an instant, a `look` shows
// it aside and puts everything back.
#ifndef WEFT_TWIN_H
#define WEFT_TWIN_H

#include <stdbool.h>

#include "engine.h"
#include "experiment.h"
#include "stiff.h"

#if defined(__GNUC__)
#define WEFT_PRINTF __attribute__((format(printf, 3, 4)))
#else
#define WEFT_PRINTF
#endif

#define WEFT_NEVER INT64_MAX

// A stretch of neighbouring cells.
typedef struct weft_range {
    uint32_t cell, count;
} weft_range;

typedef struct weft_ranges {
    weft_range *list;
    uint32_t count;
    uint32_t cells; // in all
} weft_ranges;

// A copy of the states at a later time than WEFT_FROM, so that many looks in a row need not start
// over: `at` < 0: none.
typedef struct weft_ahead {
    int64_t at;
    weft_cell *states;
} weft_ahead;

typedef struct weft_look { // what weft_look_end has to put back
    weft_cell head[WEFT_FIRST];
    bool moved;
} weft_look;

// The cells of one activation, side by side: looked at at every edge.
typedef struct weft_signal {
    uint32_t active, start, state; // start: WEFT_NONE when it has none
    uint32_t phase;
} weft_signal;

// One sequence's tables, flattened at weft_open.
typedef struct weft_wiring {
    weft_ranges in, settle,
        out;              // ports: inputs; those that settle; outputs without those that settle
    weft_ranges out_all;  // all outputs
    weft_ranges on;       // pulse outputs, and
    uint32_t *high;       // where each range's cycles are counted
    weft_signal *signals; // of the activations that it drives
    uint32_t signal_count;
    weft_cell *old; // outputs (out) before the edge being made
    void *rtl;      // instance, or NULL
    int64_t *rtl_in, *rtl_out;
    bool due;     // has an edge at the instant being made
    bool stepped; // the next edge is taken already, but not completed
} weft_wiring;

// What weft_save keeps besides the cells; all arrays lie in one block of int64_t.
typedef struct weft_kept {
    int64_t *block;
    size_t count;           // of the block
    int64_t *next_edge;     // by sequence: tick
    int64_t *next_at;       // by phase: index of its next event
    int64_t *given;         // by variable: 1 when a parameter was set, and
    weft_cell *given_value; // the numbers, as the parameters' cells in the order of `params`
    int64_t *flags;         // see KEPT_*
    weft_ahead bits;        // looks ahead of comparators
} weft_kept;
enum { KEPT_BITS_STALE, KEPT_BITS_AT, KEPT_CYCLES, KEPT_FLAGS }; // BITS_AT: bits.at, when saved

struct weft_twin {
    const weft_model *model;
    const weft_engine *engine; // NULL: model->functions
    weft_cell *cells;
    weft_kept kept;
    weft_ranges states, holds, params;
    weft_ranges moved;    // what an advance changes: states, and what the events of flows change
    weft_ranges unknowns; // that are solved for: where the next solution is looked for
    uint32_t *by_name;    // variables, sorted
    weft_wiring *wiring;  // by sequence
    uint32_t *ending, *beginning;
    uint32_t ending_count, beginning_count;
    // The function of each task in the present mode: valid when its serial is the twin's.
    uint32_t *task_function;
    uint64_t *task_serial;
    uint64_t serial;
    int64_t instant;                          // next break or event of a phase, or stimulus break
    weft_cell *saved_states, *saved_unknowns; // by a look
    weft_ahead samples;                       // looks ahead of records
    double *values;                           // of one sample
    weft_watch *watch;
    const weft_stimulus *stimulus;
    uint32_t next_break; // of the stimulus
    weft_control control;
    const weft_rtl *rtl;
    weft_lockstep lockstep;
    weft_solvers solvers; // of stiff systems
    weft_status failed;   // sticks until weft_restart or weft_load
    char fault[400];
    void *blocks; // list of everything allocated, for weft_close
};

// ---- advance.c: tasks and the analog core -----------------------------------------------------
uint32_t weft_function_of(weft_twin *twin, uint32_t task); // WEFT_NONE: nothing to do in this mode
void weft_run_task(weft_twin *twin, uint32_t task);
void weft_offer_solvers(weft_twin *twin); // to the functions, through the cells
weft_status weft_flush(weft_twin *twin, int64_t tick);
// Its two ends, for who moves the core in between; `moved`: something did.
void weft_flush_begin(weft_twin *twin, int64_t tick);
void weft_move_all(weft_twin *twin); // the middle
weft_status weft_flush_end(weft_twin *twin, int64_t tick, bool moved);
weft_status weft_settle(weft_twin *twin);
weft_status weft_check_all(weft_twin *twin);
weft_status weft_check_finite(weft_twin *twin, const weft_ranges *ranges);
weft_status weft_check_fault(weft_twin *twin); // what a function left in WEFT_FAULT
// Brings the core to `tick` aside; `ahead` (or NULL) is used and renewed. Always followed by end.
weft_status weft_look_begin(weft_twin *twin, int64_t tick, weft_ahead *ahead, weft_look *look);
void weft_look_end(weft_twin *twin, const weft_look *look);
void weft_read(const weft_twin *twin, uint32_t var, double *out);
void weft_forget_looks(weft_twin *twin);

// ---- instant.c: what happens at one tick ------------------------------------------------------
void weft_find_instant(weft_twin *twin);
weft_status weft_instant(weft_twin *twin, int64_t tick, bool *changed);

// ---- edge.c: clock edges ----------------------------------------------------------------------
void weft_refresh_bits(weft_twin *twin);
void weft_copy_wires(weft_twin *twin);
void weft_keep_outputs(weft_twin *twin, weft_wiring *wiring);
void weft_swap_outputs(weft_twin *twin); // of the sequences that are due
bool weft_outputs_changed(const weft_twin *twin);
// Lets all sequences that are due take their edge; fills `ending` and `beginning`.
weft_status weft_take_edges(weft_twin *twin, int64_t tick);
weft_status weft_judge(weft_twin *twin, int64_t tick); // lockstep and guarantees
// Whether the C controller takes the edges: beside a Verilated one that drives the core it watches
// the guarantees, on that one's outputs and on its own registers.
bool weft_in_c(const weft_twin *twin, uint32_t sequence);
weft_status weft_walk(weft_twin *twin, int64_t before, int64_t until, uint32_t called, bool *done);

// ---- cosim.c: the Verilated controllers -------------------------------------------------------
void weft_rtl_reset(weft_twin *twin);
void weft_rtl_edge(weft_twin *twin, uint32_t sequence);
void weft_rtl_settle(weft_twin *twin, uint32_t sequence);
void weft_rtl_count(weft_twin *twin, uint32_t sequence, int64_t cycles);
weft_status weft_rtl_compare(weft_twin *twin, uint32_t sequence, int64_t tick);
int64_t weft_rtl_run(weft_twin *twin, int64_t before, int64_t until);
void weft_rtl_destroy(weft_twin *twin);

// ---- control.c: the loop over instants --------------------------------------------------------
weft_status weft_run_until(weft_twin *twin, int64_t until, uint32_t called, bool *done);

// ---- open.c -----------------------------------------------------------------------------------
weft_status weft_lay_out(weft_twin *twin);

// ---- core.c -----------------------------------------------------------------------------------
WEFT_PRINTF weft_status weft_fail(weft_twin *twin, weft_status status, const char *format, ...);
void *weft_allocate(weft_twin *twin, size_t count, size_t size); // freed by weft_close
const char *weft_element(const weft_twin *twin, uint32_t var, uint32_t element, char *text,
                         size_t size);

#endif
