// The plan: what is computed when, in which order, and how. The interpreter runs it, the backends
// print it; nobody decides anything after this stage.
//
// A function is a list of steps over cells. A task is one purpose with one function per mode, a
// mode being the set of active phases (and their segments) that matter for that purpose, so nothing
// is looked up inside a function. See weft.h, section 5: the tables there are this plan, printed.
#ifndef WEFT_PLAN_H
#define WEFT_PLAN_H

#include "model/model.h"

typedef enum {
    STEP_MAP,     // for all loops: target[sub] = rhs     (rhs free of X_REDUCE and X_TIME)
    STEP_REDUCE,  // for all loops: target[sub] = red over `over` where cond of rhs
    STEP_ADVANCE, // for all loops: states move from WEFT_FROM to WEFT_TO (seconds: WEFT_DT)
    STEP_FLOW,    // the states of `flow` move from WEFT_FROM to WEFT_TO; their rates: function
                  // `rate_of`; its events: function `fire_of`
    STEP_SOLVE,   // the unknowns of `island` take the values at which its residuals are 0: function
                  // `rate_of` computes these, `tangent_of` what they move by
    STEP_FOLLOW,  // the unknowns of `island` move with what its equations read: their dots take the
                  // values at which its residuals stand still (the implicit function theorem).
                  // `rate_of` computes what these move by while the unknowns stand, `tangent_of`
                  // what they move by with the unknowns; in a pattern it is `pattern_of`
    STEP_CHECK,   // for all loops: if not rhs, and WEFT_RESULT is 0: WEFT_RESULT = 1 + linear index
} step_kind;

// How a reduction adds. Sequential: in index order from the first, starting at 0 (sum), whatever
// the loop form. Interleaved: lane l of 8 adds elements l, l + 8, ... from 0; then
// ((0+4)+(2+6))+((1+5)+(3+7)).
typedef enum { ORDER_SEQUENTIAL, ORDER_INTERLEAVED } sum_order;
// FORM_OUTER: the reduction's loop is outside the innermost free loop, which is contiguous in
// memory (z[i] += w[j][i] * x[j]: same order of additions, vectorisable). FORM_INNER: innermost.
typedef enum { FORM_INNER, FORM_OUTER } loop_form;

typedef enum {
    ADVANCE_EXACT,       // rate free of the states: s += rate * dt
    ADVANCE_EXPONENTIAL, // rate = slope * s + ..., one state: s += rate * dt * phi(slope * dt)
    ADVANCE_ADAPTIVE,    // weft_integrate with `tolerance`
} advance_method;

typedef struct loop {
    index *ix;
    expr *lo, *hi; // usually numbers; may read VAR_LATCH
} loop;

typedef enum { FLOW_EULER, FLOW_HEUN, FLOW_RK4, FLOW_DOPRI, FLOW_STIFF } flow_method; // weft_method

// An event outside phases, or a condition of `when` in the rates of one mode: a real that is
// positive where it holds, and on which side it was; see weft_watches.
typedef struct watch {
    var *value, *side;
    const char *text, *where;
    bool timed; // a condition that time alone decides
    // events only
    const trigger *event;
    var *fired;
    VEC(var *) next; // of each of its sets: the value to be written
} watch;

// A system of differential equations: states that depend on each other while they move.
typedef struct flow {
    int id;
    const char *name;
    VEC(var *) states, rates; // one rate variable for each state
    // What the states move by and what the rates then move by, in their order; none where nobody
    // asks for the Jacobian.
    VEC(var *) dots, rate_dots;
    long count; // elements of all states
    var *work;
    flow_method method;
    const char *why;
    double tolerance, step;
    bool timeless;                          // no rate in any mode depends on time by itself
    VEC(var *) gates;                       // inputs that stop it in every mode, see gate.c
    VEC(watch *) events, conditions, timed; // what is watched, in the order of the cells
    VEC(var *) delays;                      // seconds until `timed` change
    VEC(var *) holds;                       // that events write
    long event_count, located, watched;     // elements
    var *watch_work, *last, *often;
    span at;
} flow;

// Quantities that depend on each other, or that implicit equations give: found together by Newton's
// method, from the values that they have. One residual for each unknown.
typedef struct island {
    int id;
    const char *name;
    VEC(var *) unknowns, residuals;
    VEC(var *) dots, residual_dots; // what they move by
    long count;                     // elements of all unknowns
    var *work;
    span at;
} island;

typedef struct step {
    step_kind kind;
    span at;          // the source it came from, to be quoted
    const char *note; // one line for the dump and the comment: "2 equations inlined", or NULL
    VEC(loop) loops;  // outermost first
    var *target;      // MAP, REDUCE
    VEC(expr *) sub;  // its element
    expr *rhs;        // MAP: value; REDUCE: body; CHECK: condition
    // REDUCE
    red_op op;
    loop over;
    expr *condition; // or NULL
    sum_order order;
    loop_form form;
    // ADVANCE
    advance_method method;
    const char *why;   // the reason, for --dump=plan
    VEC(var *) states; // one each, all with the element `sub`
    VEC(expr *) rates;
    expr *slope;      // EXPONENTIAL
    double tolerance; // ADAPTIVE
    // The stretch of time: cycles [from, to) of the phase `pulse_phase` in which the pulses of `on`
    // are high and those of `off` are not: from max(FROM, max off) to min(TO, min on), skipped when
    // empty. Both empty: all of FROM .. TO. Elements are those of the loops.
    flow *flow;                         // FLOW
    island *island;                     // SOLVE, FOLLOW
    struct function *rate_of, *fire_of; // fire_of: its events happen; NULL: there are none
    // Rates' directional derivative along the dots, and which of them a dot may reach; or NULL.
    struct function *tangent_of, *pattern_of;
    int pulse_phase;     // activation id; -1: no pulses
    VEC(expr *) on, off; // VAR_HIGH elements, in cycles
    int64_t period;      // ticks of one cycle
} step;

typedef struct function {
    int id;
    const char *name;    // a C identifier, unique: "g1_read_begin"
    const char *purpose; // one line: "sample r at the begin of g1.read"
    span at;
    VEC(step *) steps;
    struct fsm *machine; // set: a controller's function, its body is the machine's, see plan/fsm.h
    size_t first_var;    // its temporaries are among the model's variables from here on
    bool cold;           // only to look: the C compiler need not make it fast
    bool rates;          // called at the stages of an integrator: time goes on by WEFT_LOCAL
    int role;            // which one: reset, step, pulses, quiet, skip
} function;

typedef struct mode {
    VEC(activation *) phases; // those that matter for the task
    VEC(int) segments;        // of each: -1 not active, else 0 ..
    function *run;            // NULL: nothing to do
} mode;

typedef struct task {
    int id;
    const char *name;
    VEC(mode *) modes;
} task;

typedef struct plan_event {
    int64_t ticks;
    task *eval; // into shadows
    function *commit;
} plan_event;

typedef struct plan_phase { // by activation id
    activation *act;
    long state_cell;     // WEFT_PHASE_CELLS cells
    var *active, *start; // VAR_CTL, made by the controller pass; NULL when no sequencer calls it
    plan_event *begin, *end; // or NULL
    VEC(plan_event *) at;
    task *latch; // or NULL
    function *redraw, *end_noise;
} plan_phase;

typedef struct observer {
    var *v;
    task *run;
} observer;

// What remains without the observers that only somebody from outside asks for.
typedef struct plan_needed {
    size_t functions, tasks, observers;
} plan_needed;

typedef struct plan_check {
    check *source;
    task *run;
} plan_check;

struct fsm; // plan/fsm.h

// By activation id: those of its sequencer that can be active with it, ascending by id.
typedef struct partners {
    VEC(activation *) of;
} partners;

// Repeats in the lanes of a vector: the one flow, what its rates are and read.
typedef struct plan_lanes_choice {
    const flow *flow; // NULL: each repeat by itself
    function *rates;
    VEC(const var *) reads;
    const char *why; // not; NULL with no flow: there is nothing to choose
} plan_lanes_choice;

typedef struct plan {
    model *model;
    arena *home;
    VEC(function *) functions;
    VEC(task *) tasks;
    VEC(plan_phase *) phases;
    partners *partners;
    VEC(struct fsm *) machines; // by sequencer id
    VEC(task *) advance;        // by model.rates
    VEC(flow *) flows;
    VEC(task *) flow_tasks; // by flow
    VEC(island *) islands;
    struct {
        VEC(var *) inputs; // that may change along an edge
        var *from, *to;    // NULL: none do
    } edges;
    VEC(task *) bits; // by sequencer id; NULL: none
    VEC(bool) live_bits;
    VEC(observer) observers; // of what is recorded first
    plan_needed needed;
    VEC(plan_check) checks;
    function *defaults, *vary, *init, *trial;
    long cells;
    uint64_t fingerprint;
    struct weft_experiment *experiment; // what the driver runs; NULL: none
    plan_lanes_choice lanes;
} plan;

// Whether two activations can be active at the same time, by the structure of the sequencers; with
// the shortest way of the controller to such a state ("reset -> g1.read -> ... -> par").
// Fills `partners`; from then on plan_together without a path is a search in a short list.
void plan_partners(plan *p);
bool plan_together(const plan *p, const activation *a, const activation *b, const char **path);

plan *plan_make(model *m);
// Without the observers of signals that the experiment does not record: a run that nobody looks
// into needs no code for them, which is the larger part of a network's. The messages are the same.
plan *plan_for_run(model *m);
void plan_print(const plan *p, text *out);
function *plan_function(plan *p, const char *name, const char *purpose, span at);

#endif
