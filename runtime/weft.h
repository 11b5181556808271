// weft.h -- the one public header of the runtime.
//
// A compiled model is a `weft_model`: constant tables and functions over one block of 8-byte cells,
// an instance. Nothing is global and nothing is allocated after weft_open, so many instances run
// in parallel threads. From the simple to the particular:
//
//   1 instances        weft_open, weft_restart, weft_close
//   2 by name          weft_set, weft_get
//   3 run              weft_call, weft_run, weft_observe
//   4 keep             weft_save, weft_load
//   5 tables           what generated code consists of
//   6 draws            counter-based random numbers
//   7 kernels          the few functions that generated code calls
//
// Who owns what: the caller owns instances and buffers, the model's tables are static.
#ifndef WEFT_H
#define WEFT_H

#include <stddef.h>
#include <stdint.h>

#include "kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WEFT_ABI 1
#if defined(__GNUC__)
#define WEFT_CHECKED __attribute__((warn_unused_result))
#define WEFT_COLD __attribute__((cold)) // need not be fast
#else
#define WEFT_CHECKED
#define WEFT_COLD
#endif

typedef enum weft_status {
#define STATUS(name, text) WEFT_##name,
#include "status.def"
#undef STATUS
    WEFT_STATUS_COUNT
} weft_status;
const char *weft_status_text(weft_status status);

// One 8-byte cell: a real, or an integer (counts, latched arguments, bits, registers).
typedef union weft_cell {
    double r;
    int64_t i;
    void *p; // WEFT_SOLVERS only
} weft_cell;

typedef struct weft_model weft_model;
typedef struct weft_twin weft_twin; // one instance with its controllers

// ---- 1 instances ------------------------------------------------------------------------------

// The functions behind a model's tables: for generated C they stand in the model itself (pass
// NULL), the interpreter brings its own.
typedef struct weft_engine {
    void (*call)(const struct weft_engine *self, weft_cell *cells, uint32_t function);
    const void *data;
} weft_engine;

typedef enum weft_control { WEFT_CONTROL_C, WEFT_CONTROL_RTL, WEFT_CONTROL_BOTH } weft_control;

WEFT_CHECKED weft_status weft_open(weft_twin **twin, const weft_model *model,
                                   const weft_engine *engine);
void weft_close(weft_twin *twin);
// Time 0: declared start values, `vary`, `init`, controllers in reset. Draws depend on (seed,
// repeat).
WEFT_CHECKED weft_status weft_restart(weft_twin *twin, uint64_t seed, uint64_t repeat);
const weft_model *weft_model_of(const weft_twin *twin);
weft_cell *weft_cells(weft_twin *twin);

// ---- 2 by name --------------------------------------------------------------------------------

// count values, row-major in the order of `dim`; integers and bits as doubles. Settable: kept
// parameters (a new number also holds after every later weft_restart), inputs, states, holds, and
// the inputs of sequencers, seen at the next clock edge ("trial.learn"). OUT_OF_RANGE, NOT_FINITE,
// READ_ONLY and CONSTANT leave everything as it was. A signal is brought up to date when asked for.
WEFT_CHECKED weft_status weft_set(weft_twin *twin, const char *name, const double *values,
                                  size_t count);
WEFT_CHECKED weft_status weft_get(weft_twin *twin, const char *name, double *values, size_t count);

// ---- 3 run ------------------------------------------------------------------------------------

// Raises `start` of the sequencer until `done`; its inputs were set by name ("trial.learn") before.
// Runs at most max_cycles clock cycles (0: no limit). Clock edges are at the ticks 0, period, 2
// period... Once one of these fails in the middle (NOT_FINITE, ASSERT, ...), they refuse with the
// same status until weft_restart or weft_load; reading stays possible.
WEFT_CHECKED weft_status weft_call(weft_twin *twin, const char *sequencer, int64_t max_cycles);
// Runs all controllers and the analog core up to a time, in ticks from the start; what happens at
// that very tick has happened on return.
WEFT_CHECKED weft_status weft_run(weft_twin *twin, int64_t until);
int64_t weft_now(const weft_twin *twin);
// The value of any analog variable at this moment, computed aside: the run is not disturbed.
WEFT_CHECKED weft_status weft_observe(weft_twin *twin, const char *name, double *values,
                                      size_t count);
// What went wrong last: which assertion, which variable, at what time ("" when nothing did).
const char *weft_fault(const weft_twin *twin);

// ---- 4 keep -----------------------------------------------------------------------------------
size_t weft_save_size(const weft_twin *twin);
WEFT_CHECKED weft_status weft_save(const weft_twin *twin, void *bytes,
                                   size_t size); // with checksum
WEFT_CHECKED weft_status weft_load(weft_twin *twin, const void *bytes, size_t size);

// ---- 5 tables ---------------------------------------------------------------------------------
#define WEFT_NONE UINT32_MAX // no function, no task, no cell

typedef enum weft_kind {
    WEFT_PARAM,
    WEFT_INPUT,
    WEFT_SIGNAL,
    WEFT_STATE,
    WEFT_HOLD,
    WEFT_BIT,
    WEFT_CLOCKED,
    WEFT_INNER
} weft_kind;

typedef struct weft_var {
    const char *name, *unit;
    weft_kind kind;
    uint8_t integer; // cells hold integers
    uint8_t dims;
    uint32_t dim[6];
    uint32_t count;   // elements
    uint32_t cell;    // first cell; WEFT_NONE: a folded parameter whose number is `value`
    uint32_t observe; // task that brings a signal up to date, WEFT_NONE: always is
    double value, lo, hi;
    uint8_t turned; // of a crossbar: the last two dimensions lie in memory as [column][row], and
                    // are written [row, column] in names
} weft_var;

// A task is one purpose (advance these states, take this sample, compute this signal); its function
// depends on which phases are active and in which segment. Entries are searched for the one whose
// conditions all hold; `segment` is -1 for "not active". No entry: nothing to do.
typedef struct weft_condition {
    uint32_t phase;
    int32_t segment;
} weft_condition;
typedef struct weft_mode {
    const weft_condition *conditions;
    uint32_t condition_count;
    uint32_t function;
} weft_mode;
typedef struct weft_task {
    const char *name;
    const weft_mode *modes;
    uint32_t mode_count;
} weft_task;

typedef struct weft_event { // eval computes shadows, commit writes them
    int64_t ticks;          // after the phase's begin
    uint32_t eval;          // task
    uint32_t commit;        // function
} weft_event;

typedef struct weft_pulse { // widths in cycles: latched, and observed so far (what `advance` reads)
    uint32_t width_cell, high_cell, on_cell, count; // on_cell: the controller's pulse outputs
} weft_pulse;

// One activation (a phase as a sequencer calls it). Its cells, from state_cell on:
enum {
    WEFT_PHASE_ACTIVE,
    WEFT_PHASE_BEGIN,
    WEFT_PHASE_SEGMENT,
    WEFT_PHASE_COUNT,
    WEFT_PHASE_CELLS
};
typedef struct weft_phase {
    const char *name;
    uint32_t state_cell;
    uint32_t active_cell, start_cell; // the controller's two signals for it (WEFT_NONE: not driven)
    const int64_t *breaks;            // ticks after begin at which the next segment starts
    uint32_t break_count;
    const weft_event *at; // ascending
    uint32_t at_count;
    weft_event begin, end; // eval and commit WEFT_NONE: none
    uint32_t latch;        // task: pulse widths; WEFT_NONE: none
    uint32_t redraw;       // function: noise redrawn at its begin
    uint32_t end_noise;    // function: noise applied to states at its end
    const weft_pulse *pulses;
    uint32_t pulse_count;
} weft_phase;

// A latched argument of a phase is an output port's cell, so that the samples at the end of one
// activation still see the old argument when the next begins at the same edge.
typedef struct weft_port { // in the order of the RTL module's ports, clk_i and rst_ni left out
    const char *name;      // as in the RTL: "start_i", "g1_read_o"
    uint8_t output;
    uint8_t width;  // bits of one element
    uint32_t count; // elements
    uint32_t cell;  // the first
    uint8_t settle; // input: pulse widths, known only after the twin has latched them;
                    // output: depends on such an input in the same cycle
} weft_port;

// Inputs taken from comparator bits or another sequencer's outputs: the runtime copies them before
// any sequencer takes an edge at that instant, so all see what stood there just before.
typedef struct weft_wire {
    uint32_t from_cell, to_cell, count; // to_cell: of the sequence's own input port
} weft_wire;

typedef struct weft_sequence {
    const char *name;
    int64_t period; // ticks
    const weft_port *ports;
    uint32_t port_count;
    const uint32_t *phases; // the activations it drives
    uint32_t phase_count;
    uint32_t start_cell, done_cell; // of `start` and `done`; WEFT_NONE when it has none
    uint32_t reset, step;   // functions: into reset; one clock edge (reads inputs, writes outputs)
    uint32_t pulses;        // function: one cycle of the pulse generators (lockstep only); once
                            // an edge, after `step` and after the latch of what starts there
    uint32_t quiet, skip;   // functions: WEFT_QUIET = edges ahead at which only counters move
                            // (no output, no register; INT64_MAX: for ever, as inputs are);
                            // let WEFT_QUIET such edges pass. WEFT_NONE: every edge is stepped
    uint32_t bits;          // task: the comparators it reads; WEFT_NONE: none
    uint8_t live_bits;      // they depend on moving states: look at every edge
    uint32_t violated_cell; // integer: 1 + index of a guarantee that failed, 0: none;
                            // WEFT_NONE: it has no guarantees
    const char *const *guarantees;
    const weft_wire *wires;
    uint32_t wire_count;
} weft_sequence;

typedef struct weft_cells_of { // neighbouring cells
    uint32_t cell, count;
} weft_cells_of;

// What a flow watches: reals, written together with the rates, and on which side of 0 each was. The
// first are events outside phases; then the conditions of `when` on what moves; then those on time
// alone, which change at breaks only.
typedef struct weft_watched { // neighbouring elements of what is watched, for messages
    const char *text, *where; // "at above(v[k], 1V)"; its instance
    uint32_t first, end;      // elements
    uint32_t var;             // what it is about; WEFT_NONE: nothing with a name
    uint8_t edge;             // only passing counts: it may go on holding
} weft_watched;
typedef struct weft_watches {
    uint32_t value_cell, count;
    uint32_t side_cell;               // integers: 1 above 0, 0 not, 2 not known yet
    uint32_t located;                 // the first so many change anywhere in a step
    uint32_t event_count;             // the first so many are events
    uint32_t fired_cell;              // integers, by event: it happens now
    uint32_t last_cell;               // reals, by event: when it happened last
    uint32_t often_cell;              // integers, by event: how often in close succession
    uint32_t delay_cell, delay_count; // reals, written with the rates: seconds to breaks of the
                                      // equations, where they are positive
    uint32_t work_cell;               // 2 * located cells
    const weft_watched *list;
    uint32_t list_count;
    const weft_cells_of *holds; // what events write beside states
    uint32_t hold_count;
} weft_watches;

typedef struct weft_group { // states that move together
    const char *name;
    uint32_t advance;       // task: from WEFT_FROM to WEFT_TO
    const uint32_t *states; // the variables that it moves; none given: any state may move
    uint32_t state_count;
    const weft_watches *watches; // of a flow: its events happen at instants too; NULL: none
} weft_group;

typedef struct weft_edges { // inputs that may change along an edge instead of at once
    const weft_cells_of *inputs;
    uint32_t input_count;
    uint32_t from_cell, to_cell; // their old and new values, one after the other
} weft_edges;

// A system of differential equations: states and their rates are neighbouring cells, in the same
// order.
typedef enum weft_method { WEFT_EULER, WEFT_HEUN, WEFT_RK4, WEFT_DOPRI, WEFT_STIFF } weft_method;
typedef struct weft_flow {
    const char *name;
    const weft_cells_of *vars; // the states, variable by variable; the first begins the block
    uint32_t var_count, count; // elements in all
    uint32_t rate_cell;
    uint32_t dot_cell, rate_dot_cell; // what the states and then the rates move by, in the same
                                      // order; WEFT_NONE: there is no tangent
    uint32_t work_cell; // WEFT_FLOW_WORK * count cells, then WEFT_FLOW_COUNTS (stiffness.h)
    uint8_t method;     // weft_method
    uint8_t timeless;   // the rates depend on time through the edges of inputs only
    uint32_t gate_cell, gate_at; // an input that is a factor of every rate, and its place among
                                 // those of the edges; 0: there is none
    double tolerance;            // WEFT_DOPRI, WEFT_STIFF: relative, per step
    double step;                 // fixed-step methods: seconds, at most
    const double *lo, *hi;       // bounds of each state; NULL: none
    const weft_edges *edges;     // NULL: none
    const weft_watches *watches; // NULL: none
} weft_flow;
#define WEFT_FLOW_WORK 9
#define WEFT_FLOW_COUNTS 3

// Quantities that equations give only all together, for Newton's method: the unknowns, what is left
// of their equations, and what both move by, each in cells of its own, variable by variable.
typedef struct weft_island {
    const weft_cells_of *unknowns, *residuals, *dots, *residual_dots; // var_count each
    uint32_t var_count, count;                                        // elements in all
    uint32_t work_cell;    // count * (count + WEFT_NEWTON_WORK) cells
    const double *lo, *hi; // of each unknown; NULL: anywhere
} weft_island;
#define WEFT_NEWTON_WORK 6

// The flow of several instances at once, for small models: lane l of cell c is
// block[c * count + l]. See lanes.h.
#ifndef WEFT_LANES
#define WEFT_LANES 8 // of generated code
#endif
typedef struct weft_lanes {
    uint32_t count;
    void (*solve)(weft_cell *block);
    const weft_cells_of *reads; // what the rates read besides the first cells and `edges`
    uint32_t read_count;
} weft_lanes;

typedef struct weft_check { // assertion
    const char *text, *where;
    uint32_t task; // writes 1 + linear index of the first failing element, 0: fine,
} weft_check;      // into WEFT_RESULT

// The first cells of every instance, kept by the runtime.
enum {
    WEFT_NOW,  // ticks: the present instant
    WEFT_FROM, // ticks: the stretch being advanced; outside an advance FROM = TO, the instant at
               // which a task looks
    WEFT_TO,
    WEFT_TIME,  // real: seconds since the start at WEFT_FROM
    WEFT_DT,    // real: seconds from WEFT_FROM to WEFT_TO
    WEFT_TRIAL, // trials begun
    WEFT_KEY,   // key of all draws (of seed and repeat)
    WEFT_QUIET,
    WEFT_RESULT,
    WEFT_FAULT,    // weft_status a function met (WEFT_STUCK, ...), 0: none
    WEFT_FAULT_AT, // 1 + the cell of the element; LEFT_TRUE, ENDLESS: 1 + number of what is watched
    WEFT_LOCAL,    // real: seconds since WEFT_FROM at a stage of an integrator; 0 elsewhere
    WEFT_EDGE_FROM, // ticks: inputs go from their old values to their new ones between these two,
    WEFT_EDGE_TO,   // along straight lines (weft_edges)
    WEFT_STEP,      // real: what the integrator tries first in the next stretch
    WEFT_SOLVERS,   // pointer: memory of stiff solvers (stiff.h), which is not saved; else 0
    WEFT_FIRST = 16 // the model's own cells begin here
};

struct weft_model {
    uint32_t abi;
    const char *name, *source, *experiment; // source: "iris.weft"
    double tick;                            // seconds
    uint64_t fingerprint;                   // of the whole plan; saved states carry it
    uint32_t cells;
    const weft_var *vars;
    uint32_t var_count;
    const weft_task *tasks;
    uint32_t task_count;
    const weft_phase *phases;
    uint32_t phase_count;
    const weft_group *groups;
    uint32_t group_count;
    const weft_flow *flows;
    uint32_t flow_count;
    const weft_edges *edges; // NULL: inputs change at once
    const weft_island *islands;
    uint32_t island_count;
    const weft_sequence *sequences;
    uint32_t sequence_count;
    const weft_check *checks;
    uint32_t check_count;
    uint32_t defaults, vary, init; // functions, in this order at weft_restart; WEFT_NONE: none
    uint32_t trial;                // function: noise redrawn at each trial
    void (*const *functions)(weft_cell *cells); // NULL where an engine brings its own
    uint32_t function_count;
    const weft_lanes *lanes; // of its one flow; NULL: none
};

// ---- 6 draws ----------------------------------------------------------------------------------

// Philox 4x32-10 (Salmon et al. 2011), keyed by (seed, repeat, stream); a draw is a function of
// (key, stream, event, element) alone, so any order and any number of threads gives the same.
uint64_t weft_key(uint64_t seed, uint64_t repeat);
uint64_t weft_stream(const char *name);                                               // FNV-1a 64
double weft_uniform(uint64_t key, uint64_t stream, uint64_t event, uint64_t element); // in (0, 1)
double weft_normal(uint64_t key, uint64_t stream, uint64_t event,
                   uint64_t element); // mean 0, var 1

// ---- 7 kernels --------------------------------------------------------------------------------
// weft_exp, weft_logistic, weft_dlogistic, weft_sign, weft_min, weft_max, weft_round, weft_phi
// stand in kernels.h.

// One element's states advanced by an embedded Runge-Kutta 5(4) pair (Dormand, Prince 1980) from t
// over dt with relative tolerance; rate computes ds/dt and returns a number that changes when a
// `when` of the equations changes its branch: such a change is located by bisection and the step
// ends there. Each state is clamped to [lo, hi]. WEFT_STUCK when the step falls below 1e-12 dt.
typedef int64_t (*weft_rate)(const weft_cell *cells, const int64_t *at, double t,
                             const double *state, double *rate);
weft_status weft_integrate(weft_rate rate, const weft_cell *cells, const int64_t *at, double t,
                           double dt, double *state, uint32_t states, const double *lo,
                           const double *hi, double tolerance);

// Moves a system from WEFT_FROM to WEFT_TO; `rates` writes the rate cells from the state cells,
// `events` has the marked events happen. What fails is left in WEFT_FAULT, its time in WEFT_LOCAL.
typedef void (*weft_rates)(weft_cell *cells, const void *data);
void weft_flow_advance(weft_cell *cells, const weft_flow *flow, weft_rates rates, weft_rates events,
                       const void *data);
// The same for WEFT_STIFF. `events` as there; `tangent` writes the derivative of the rates along
// the direction in the dot cells into the rate_dot cells, `pattern` the same with every derivative
// that can be other than 0 replaced by 1 (for one dot that is 1: not 0 where the Jacobian's column
// can be). Both read states.
void weft_stiff_advance(weft_cell *cells, const weft_flow *flow, weft_rates rates,
                        weft_rates events, weft_rates tangent, weft_rates pattern,
                        const void *data);
// Solves an island from the values that its unknowns have: `residual` writes the residuals' cells,
// `tangent` the derivative of the residuals along the unknowns' dots. Ends where a step is shorter
// than 1e-9 of each unknown (of a thousandth of the largest in its array, where it is below that).
// What fails is left in WEFT_FAULT: NO_SOLUTION, UNDETERMINED; the unknowns are then as they were
// after the last step that made the residuals smaller.
void weft_newton(weft_cell *cells, const weft_island *island, weft_rates residual,
                 weft_rates tangent, const void *data);
// What the unknowns of a solved island move by when that which its equations read does: `along`
// writes what the residuals move by while the unknowns stand still, `tangent` what they move by
// along the unknowns' dots; the dots then take the values at which the residuals stand still.
// UNDETERMINED: no such values; they are 0.
void weft_newton_tangent(weft_cell *cells, const weft_island *island, weft_rates along,
                         weft_rates tangent, const void *data);
// Which of them may move at all: dots of 1 and 0. Both functions are patterns, see
// weft_stiff_advance.
void weft_newton_pattern(weft_cell *cells, const weft_island *island, weft_rates along,
                         weft_rates pattern, const void *data);
// Sets the inputs that are on an edge to their values `ticks` (a real number) after the start.
void weft_edges_at(weft_cell *cells, const weft_edges *edges, double ticks);

#ifdef __cplusplus
}
#endif
#endif
