// Inside the scheduler: the definitions of each variable, and the builder of one function.
//
// A builder works for one mode: it is told which phases are active in which segment and resolves
// expressions under that knowledge. A signal is either put in place of its name (when it is small
// or belongs to the elements of a device) or computed first into its own cells; reductions always
// become steps of their own:
//
//   p[k] = exp(r[k]) / sum(l: exp(r[l]))   ->   t = sum(l: exp(r[l]));  p[k] = exp(r[k]) / t
#ifndef WEFT_PLAN_BUILD_H
#define WEFT_PLAN_BUILD_H

#include "plan/fsm.h"
#include "plan/plan.h"

typedef struct definition {
    equation *q;
    activation *act; // NULL: outside phases
    pulse *pulsed;   // q is its `on`
} definition;

typedef struct definitions {
    var *v;
    bool implicit;        // some are
    VEC(definition) list; // those outside phases first, then by the activation's id
} definitions;

typedef struct phase_now { // an active phase
    activation *act;
    int segment;
} phase_now;

typedef struct resolved {
    bool ready, open, inline_it, computed;
    bool unknown;       // it is solved for: read from its cells, see solve.c
    const char *circle; // "y <- z <- y", or NULL
    VEC(expr *) parts;  // right sides of all its definitions
    definition one;     // the single definition that covers all, when there is one
    expr *rhs;
    bool moving; // depends on a state
} resolved;

typedef struct scheduler {
    plan *p;
    model *m;
    arena *home;
    map *defs;      // var (by address) -> definitions
    map *rate_defs; // state -> definitions of its rate, for states of flows
    map *shadows;   // hold -> its shadow variable
    size_t *stamps; // by activation id: the task that last met it, see tasks.c
    size_t stamp;
    VEC(activation *) also; // define something of the next task that no expression shows
    bool cold;              // functions made now only serve to look
    bool narrow;            // those that no record needs are made for their messages alone
    bool passing;           // functions made now are not kept
    map *bodies;            // text of a function -> function
    map *derived;           // function of rates -> step with its tangents
    map *uses;              // by task, see relevant()
    names *texts;
} scheduler;

typedef struct builder {
    scheduler *s;
    arena *home;
    const phase_now *now;
    int active;
    const activation *fixed; // the phase whose instant `ticks` this is; NULL: any moment
    int64_t ticks;
    bool advancing; // pulses stay selects on VAR_HIGH; states may move meanwhile
    bool flowing;   // inside the rates of a flow: nothing is constant
    bool lenient;   // only looked at: what nothing defines now is 0
    bool bad_pulse; // a computed signal depends on a pulse
    bool again;     // a circle was cut: what was resolved meanwhile is to be resolved anew
    VEC(resolved *) touched;
    VEC(var *) pending; // unknowns that were read
    // In the function of what is left of an island's equations: the builder of the function that
    // solves it, which computes what does not depend on the unknowns.
    struct builder *outer;
    const island *island;
    map *info;        // var -> resolved
    VEC(var *) stack; // being resolved: to find circles
    function *f;
    int temps;
} builder;

typedef VEC(definition) definition_list;
definitions *defs_of(scheduler *s, const var *v);
// Those that hold in the builder's mode; a definition of all elements hides those before it.
// Where the definitions of an activation (NULL: outside phases) begin; they stand together.
size_t definitions_of(const definitions *d, const activation *a);
definition_list chosen_of(builder *b, const definitions *d, const var *v);
void segment_range(const activation *a, int segment, int64_t *from, int64_t *to);

builder builder_in(scheduler *s, function *f, const phase_now *now, int active);
resolved *info_of(builder *b, const var *v);
expr *resolve_expr(builder *b, const expr *e);
expr *pulse_value(builder *b, const definition *d);
loop loop_over(arena *home, index *ix, span at);
expr *lift(builder *b, expr *e, index *const *free, int nfree,
           expr *guard); // reductions become steps
bool depends_on_state(builder *b, const expr *e);
void compute_signal(builder *b, var *v);
// target[sub] = rhs over the equation's free indices, rhs resolved and lifted
void add_map(builder *b, const equation *q, var *target, const expr *rhs);
step *add_step(builder *b, step_kind kind, span at);
void equation_loops(arena *home, step *s, const equation *q);
// ---- solve.c
void cut_circle(builder *b, var *v);
bool solve_unknown(builder *b, var *v);
const equation *implicit_of(builder *b, const var *u); // NULL: none gives it
bool depends_on_unknown(builder *b, const island *y, const var *v);
// ---- numbers.c
expr *gather_numbers(arena *home,
                     expr *e); // numbers of products in front, those of terms before the sum
// ---- simplify.c
expr *simplify(arena *home, expr *e);
expr *simplify_node(arena *home, expr *e); // one node whose children are simple already
bool is_value(const expr *e, double value);
expr *number_like(arena *home, const expr *e, double value); // of the type and unit of e

// ---- events.c
const char *identifier(arena *home, const char *name); // "g1.w" as "g1_w"
// ---- tasks.c
typedef void build_body(builder *b, void *data);
// One function for each mode that matters to the roots. `fixed` is active in `segment` at `ticks`.
task *make_task(scheduler *s, const char *name, const char *purpose, span at,
                const expr *const *roots, size_t count, activation *fixed, int segment,
                int64_t ticks, build_body *body, void *data);
function *make_function(scheduler *s, const char *name, const char *purpose, span at);
function *keep_function(scheduler *s,
                        function *f); // NULL when empty; an equal one when there is one

// ---- tangent.c
typedef struct dot { // a variable and what it moves by
    var *of, *tangent;
} dot;
// What the outputs of a function move by when its inputs do; NULL: it has no steps.
function *tangent_function(scheduler *s, const function *of, bool pattern, const dot *inputs,
                           size_t in, const dot *outputs, size_t out);

// ---- advance.c, conflicts.c, events.c, experiment_plan.c
// ---- watch.c: what flows watch
void watch_make(scheduler *s, flow *f);     // its events
void watch_conditions(builder *b, flow *f); // of the rates that were built
void watch_events(builder *b, flow *f);
void events_happen(builder *b, const flow *f);
void watch_finish(scheduler *s, flow *f);
long watch_place(flow *f, long next);
// The variables that its condition depends on, with `sets` also those that its right sides do.
map *watched_by(scheduler *s, const trigger *t, bool sets);

// ---- gate.c: inputs that are a factor of every rate
void gate_begin(scheduler *s, flow *f);                       // all inputs
void gate_keep(scheduler *s, flow *f, const function *rates); // those of this mode

void plan_flow(scheduler *s); // before plan_advance: takes the groups that are coupled
void plan_lanes(plan *p);     // once cells have their places
void plan_advance(scheduler *s);
void plan_conflicts(scheduler *s);
// Reports elements of one quantity that are defined twice at one time.
void check_definitions(scheduler *s, const definitions *all);
bool equations_overlap(const equation *a, const equation *b); // in elements and in time
void plan_inputs(scheduler *s); // inputs.c: nothing sets an input that something else sets
void plan_lines(scheduler *s);
void plan_events(scheduler *s);
void plan_checks(scheduler *s);
void plan_observers(scheduler *s);
void plan_experiment(scheduler *s);
void plan_start(scheduler *s);
void plan_link(plan *p); // variables' ids in the experiment become cells

#endif
