// The controllers as state machines: what the pass plan_machines makes of the sequencers'
// statements, and what the interpreter runs and the C and RTL backends print. Same meaning, cycle
// for cycle.
//
//   loop { await start;  g1.read;  if learn { g2.write; }  pulse done; }
//
// becomes one thread with the states AwaitStart, G1Read, G2Write, PulseDone. A state says when it
// is left; on leaving, its code runs in no time and ends in the next state:
//
//   AwaitStart   until start    g1_read = 1; g1_read_start = 1; dwell = 109; go G1Read
//   G1Read       dwell          g1_read = 0; if learn { ...; go G2Write } done = 1; go PulseDone
//
// Rules of time (a cycle is what lies between two clock edges; an edge sees what stood before it):
//   - Only await, pulse and phases are states; everything else is code between two states.
//   - `await c` is left at the first edge after the one it was entered at at which c holds: it
//   takes
//     one cycle at least. `await n cycles`: exactly n. `pulse x`: x is high for exactly one cycle.
//   - A phase of D cycles: active for D cycles, its start strobe high in the first of them. Its
//     arguments are latched at the edge it is entered at. A duration given by an argument that is 0
//     is one cycle. `compare p until c`: left at the first edge, the one after entering included,
//     at which c holds, after D cycles at the latest.
//   - `during p { body }`: active from the edge at which body begins until the edge at which it
//   ends.
//   - par: each branch that takes time is a thread of its own; branches begin at one edge, and what
//     follows the par begins at the very edge at which the longest branch ends. Branches that take
//     no time are done at once.
//   - Conditions that end a state see registers and outputs as they stood before the edge. Code
//   sees
//     what earlier code of the same edge has written; threads run in the order of their text, the
//     threads of a par before the thread around it. Inputs never change within an edge.
//   - A repeat's condition is looked at before each pass, its count once before the first.
//   - Clocked numbers are exact integers while an expression is computed and wrap modulo 2^width
//     when they are assigned; what may need more than 62 bits on the way is refused.
//   - A register's, output's or argument's new value is there from the edge on.
//   - In reset: registers and outputs have their start values, every phase is inactive. When the
//     statements before the first state read no input and change no output, and that state waits
//     for something, they are done in reset and the first edge finds the machine in that state;
//     otherwise in the state Reset, which lasts one cycle: the first edge runs them, so that phases
//     and waits of a number of cycles begin at time 0.
//   - A sequencer whose statements end stays in the state End.
//   - Inputs from a sequencer of another period pass two registers: a change is seen two edges
//     later.
//   - Guarantees are looked at at every edge, at what stood before it. `b within n cycles of s`: in
//     the cycle in which s holds or one of the n after it, b holds; while one such wait is open, s
//     is not looked at.
#ifndef WEFT_FSM_H
#define WEFT_FSM_H

#include "plan/plan.h"

typedef enum { FSM_RESET, FSM_STEP, FSM_PULSES, FSM_QUIET, FSM_SKIP, FSM_ROLES } fsm_role;

typedef struct fsm fsm;
typedef struct fsm_state fsm_state;
typedef struct fsm_thread fsm_thread;
typedef struct fsm_code fsm_code;

// Code that takes no time: a list.
typedef enum {
    CODE_SET,   // target = value modulo 2^target->width
    CODE_IF,    // cond: yes, otherwise: no
    CODE_GO,    // thread is in state `to` from this edge on; ends the list it belongs to
    CODE_ENTER, // yes: the first code of `thread`, a branch of a par
    CODE_REST,  // yes: skipped when a CODE_GO of `thread` was met since its code began
} code_kind;

struct fsm_code {
    code_kind kind;
    span at;
    fsm_code *next;
    var *target;
    expr *value, *cond;
    fsm_code *yes, *no;
    fsm_thread *thread;
    fsm_state *to;
};

typedef enum {
    STAY_ONE,     // one cycle
    STAY_DWELL,   // until the thread's dwell counter is 0; otherwise it counts down
    STAY_UNTIL,   // until `until` holds
    STAY_COMPARE, // until `until` holds or the dwell counter is 0
    STAY_JOIN,    // until all of `branches` are in their state Done, looked at after they moved
    STAY_END,     // for ever (a branch: until the par begins again)
} fsm_stay;

typedef struct fsm_count { // lo <= v <= hi
    var *v;
    int64_t lo, hi;
} fsm_count;

// How many cycles are still to come before something happens, at most: the machine awaits an input
// (or has ended), or a guarantee's bit holds. See fsm_bound.c.
typedef struct fsm_bound {
    // By thread and state, flat: NULL: for ever, maybe. Of a branch: until it is done. A join: what
    // follows it; the longest of its branches comes on top.
    VEC(expr *) left;
    int64_t greatest; // of what they can be
    int64_t first,
        most;  // ready: from reset to the first await, from each to the next; -1: no bound
    int goals; // ready: states that await in the main thread, and End; 0: it never awaits
    const fsm_state *goal; // one of them
    span stuck;            // ready: the first statement without a bound
} fsm_bound;

struct fsm_state {
    int id;            // the number that encodes it
    const char *name;  // unique in the machine, in CamelCase: "G1Read", "AwaitStart"
    const char *label; // as in the source: "g1.read", "await start", "reset"
    span at;
    fsm_stay stay;
    int64_t cycles; // STAY_DWELL, STAY_COMPARE: how many at most; 0: an argument says
    expr *until;    // as the source has it; registers and outputs mean their values before the edge
    expr
        *until_kept; // the same for code that changes registers in place: reads machine.kept copies
    VEC(fsm_thread *) branches;
    VEC(activation *) active; // phases that are active in it (those of the threads around left out)
    VEC(fsm_count) counts;    // the loops around it in its thread, while in it
    bool reached;             // some code goes there
    fsm_code *leave;
};

struct fsm_thread {
    int id;                  // position in machine.threads
    const char *name;        // "" for the main one, "par1_a": prefix of its names
    fsm_thread *parent;      // the thread with the par; NULL: main
    VEC(fsm_state *) states; // by id; a branch has Done as number 0
    var *state;              // VAR_CTL: the state's number
    var *dwell;              // VAR_CTL: cycles left after this one; NULL: needs none
    bool rest;               // its code has CODE_REST
};

typedef struct fsm_phase { // a phase that this machine drives
    activation *act;
    var *active, *start; // VAR_CTL bits
    int thread;          // the thread that calls it, -1: none does (never reached)
} fsm_phase;

typedef struct fsm_pulse {
    activation *act;
    pulse *source;
    var *on;          // VAR_CTL bits of the pulsed signal's shape: the outputs
    var *count;       // VAR_CTL of the same shape: cycles left
    int phase;        // position in machine.phases
    int bits;         // of one width: enough for the phase's longest duration in cycles
    const char *name; // "g1_write_gate"
} fsm_pulse;

// Values from outside the sequencer that are not its own inputs: comparator bits and other
// sequencers' outputs. The runtime copies from -> to before any machine takes an edge.
typedef struct fsm_wire {
    var *from, *to; // to: VAR_CTL of the same shape, an input port
    var *stage[2];  // where periods differ: the synchroniser; the machine reads stage[1]
} fsm_wire;

typedef struct fsm_port { // in the order of the RTL module's ports, clk_i and rst_ni left out
    const char *name;     // "start_i", "g1_read_o"
    bool output;
    int width;         // bits of one element
    long count;        // elements
    var *v;            // whose first cell is the port's
    bool settle;       // see weft_port
    const char *about; // one line for comments
} fsm_port;

typedef struct fsm_monitor { // by sequencer.guarantees
    guarantee *source;
    var *waits;        // GUARANTEE_WITHIN: cycles without `bit` since `start`, 0: no wait is open
    expr *bit, *start; // over this machine's variables
    fsm_bound loose, held; // GUARANTEE_WITHIN: until `bit`; held: `start` stays until then
} fsm_monitor;

typedef struct fsm_value {
    var *v;
    int64_t value;
} fsm_value;

struct fsm {
    sequencer *sequencer;
    const plan *plan;
    const char *name;          // of the module and its file: "mlp_trial", "chip_t_s"
    fsm *same;                 // the first machine that is the same module; often itself
    VEC(const sequencer *) of; // of the first: all whose module it is
    VEC(fsm_thread *) threads; // in the order in which they run; the main one last
    fsm_thread *main;
    VEC(fsm_phase) phases;
    VEC(fsm_pulse) pulses;
    VEC(fsm_wire) wires;
    VEC(fsm_port) ports;
    VEC(fsm_monitor) monitors;
    VEC(fsm_value) reset;  // every variable the machine writes, with its value in reset
    VEC(fsm_value) kept;   // v = copy made at the beginning of an edge, of ...
    VEC(var *) kept_of;    // ... this one; see fsm_state.until_kept
    VEC(fsm_count) counts; // the loops' counters, at all times
    fsm_bound ready;
    var *start, *done; // of `input start` and `output done`, or NULL
    var *violated;     // VAR_CTL: 1 + index of the first guarantee that failed, 0: none
    function *roles[FSM_ROLES];
};

// Fills plan->machines, plan_phase.active and .start; makes the functions and VAR_CTL variables.
// Errors (E06xx, with the statement's place): a loop pass that takes no time, a phase called in two
// branches of one par or by two sequencers, numbers beyond 62 bits.
void plan_machines(plan *p);

// Machines of the parts of an array: fills `same` and `of`, and gives them one name (fsm_share.c).
void plan_share_machines(plan *p);

const char *fsm_whose(const fsm *m); // "sequencer trial", "sequencers t[0].s, t[1].s"

// The machine as a table and as code, for --dump=machines.
void fsm_print(const fsm *m, text *out);
void fsm_print_states(const fsm *m, text *out); // the table, what holds in reset, the code
// One line per state, each begun with `prefix`: name, how long it stays, what is active, where to.
void fsm_print_table(const fsm *m, const char *prefix, text *out);
// "iris.weft:14: g2.read;" -- "" when the place has no source.
const char *fsm_quote(const fsm *m, span at);

// ---- clocked expressions (fsm_expr.c)
// ------------------------------------------------------------- Least and greatest value, from the
// variables' widths. False when something in it may leave
// +-2^62, shift by more than 62 or shift, complement or take a bit of what may be negative; *bad is
// then that part.
bool fsm_range(const expr *e, int64_t *lo, int64_t *hi, const expr **bad);
int fsm_bits(int64_t greatest);             // bits of 0 .. greatest; at least 1
int64_t fsm_wrap(int64_t value, int width); // modulo 2^width
// The value; `read` gives a variable's element and may return false: unknown.
typedef bool fsm_read(void *data, const var *v, long element, int64_t *value);
bool fsm_eval(const expr *e, fsm_read *read, void *data, int64_t *value);
// The element that sub[] names, row-major.
bool fsm_element(const var *v, int nsub, expr *const *sub, fsm_read *read, void *data,
                 long *element);
const fsm_phase *fsm_phase_of(const fsm *m, const activation *act); // NULL: not this machine's

#endif
