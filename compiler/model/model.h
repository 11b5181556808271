// The checked model: one top block (and one experiment) with numbers for parameters, hierarchy in
// the names, arrays whole; every expression bound, its units, kinds and shapes checked.
//
// What each part of the language has become:
//   block equations       model.equations (they hold where no active phase replaces them)
//   crossbar w, line col  signals w.col.v [m], w.col.kind [m] (LINE_OPEN/DRIVE/SENSE), w.col.i [m];
//                         a line with a unit has only its voltage, named w.gate
//   device in a crossbar  variables with two leading dimensions, COLUMN FIRST: w.m.s [m cols][n
//   rows]
//                         (input-major: a forward read walks memory in order), and equations for
//                         v, i and der(s) with the inner nodes resolved by cases
//   parts in an array     variables and equations with the array's dimensions in front
//   phase                 per call site with its element selectors: an activation; phases named by
//                         `with` are folded into it
//   sequencer             a tree of statements over clocked variables, routines inlined
#ifndef WEFT_MODEL_H
#define WEFT_MODEL_H

#include "model/expr.h"
#include "syntax/ast.h"

enum { LINE_OPEN = 0, LINE_DRIVE = 1, LINE_SENSE = 2 };

// target[..] = rhs at one instant of a phase. All right sides are read before any left is written.
typedef struct event {
    ast_moment moment; // AT_BEGIN, AT_END, AT_TIME
    int64_t ticks;     // AT_TIME: after the phase's begin
    span at;
    VEC(equation *) sets; // of VAR_HOLD
} event;

// An event outside phases: over the free indices, the sets happen where `distance` becomes
// positive.
typedef struct trigger {
    const char *text, *where; // "at above(v[k], v_th)"; the instance
    bool edge;                // rising(), falling(): only passing counts, not where it is
    int nfree;
    index *free[MAX_DIMS];
    var *side;        // VAR_SIDE: whether the condition held last
    expr *distance;   // from the condition, positive where it holds
    const var *named; // what the condition is about: of the shape of the free indices, or `side`
    equation_list sets;
    VEC(expr *) masks; // of each set: the element of `side` that writes it
    span at;
} trigger;

// A pulse: high[i] cycles from the phase's begin, of `width` seconds rounded to cycles and clipped.
// In the equations of the phase the pulsed signal is a select on X_GT(high, 0): see plan/pulse.
typedef struct pulse {
    var *width, *high;  // VAR_WIDTH, VAR_HIGH, of the shape of the pulsed signal
    var *signal;        // the line or signal it drives
    equation *seconds;  // target = width, rhs in seconds
    equation *on, *off; // signal = value while high; signal = 0 after
    span at;
} pulse;

typedef struct implicit { // 0 = difference for every value of the free indices
    expr *difference;
    int nfree;
    index *free[MAX_DIMS + MAX_DIMS];
    int64_t from, to; // window of its phase, ticks; as an equation's
    span at;
} implicit;
typedef VEC(implicit *) implicit_list;

// One phase as sequencers call it: with its element selectors fixed to all, to a number, or to an
// argument. The unit in which things are active together or not.
typedef struct activation {
    int id;
    const char *name;  // "g1.read", "a[0].forward"
    const char *local; // as an identifier: "t_0_read"
    const char *port;  // the same for its sequencer's states and ports, see sequencer.block: "read"
    span at;           // the phase's declaration
    struct sequencer *sequencer; // the one that calls it; NULL: never called
    VEC(var *) args;             // VAR_LATCH, in the order of the call's arguments
    bool timed;                  // has `for`, or is with one that has
    span lasts;                  // where that stands
    int64_t ticks;               // timed and constant: duration
    var *scale;                  // timed, not constant: duration = scale * ticks_per
    int64_t ticks_per;
    equation_list equations;
    implicit_list implicits; // as written; `equations` hold them paired with their unknowns
    VEC(event *) events;
    VEC(pulse *) pulses;
    VEC(int64_t)
    breaks; // ticks after begin at which equations change, ascending, without 0 and end
    VEC(struct noise *) redraw; // noise redrawn when it begins
} activation;

// ---- sequencers
// ----------------------------------------------------------------------------------

typedef enum {
    STMT_LOOP,    // body
    STMT_FOR,     // target (VAR_REG made for the index) from lo to hi, body; bounds are numbers
    STMT_REPEAT,  // count (number or clocked expression, NULL: none) while cond (NULL: none), body
    STMT_IF,      // cond, body, other
    STMT_PAR,     // body: the list of branches (each one statement, STMT_GROUP for several)
    STMT_GROUP,   // body
    STMT_AWAIT,   // until cond
    STMT_WAIT,    // count cycles (a number)
    STMT_PULSE,   // target high for one cycle
    STMT_PHASE,   // act with args
    STMT_COMPARE, // act, left at the first edge at which cond holds
    STMT_HOLD,    // act (a phase without `for`) active while body runs
    STMT_ASSIGN,  // target = value
} stmt_kind;

typedef struct stmt {
    stmt_kind kind;
    span at;
    struct stmt *body, *other, *next;
    expr *cond, *count, *value;
    int lo, hi;
    var *target;
    activation *act;
    VEC(expr *) args; // clocked expressions, one for each of act->args
} stmt;

typedef struct guarantee {
    ast_guarantee kind;
    span at;
    const char *text;     // as written
    activation *never[2]; // GUARANTEE_NEVER: these two; or
    expr *bit,
        *start; // GUARANTEE_WITHIN: bit within `cycles` of start; GUARANTEE_ALWAYS: bit holds
    int64_t cycles;
} guarantee;

typedef struct sequencer {
    int id;
    const char *name;  // "trial", "core.scan", "t[0].s"
    const char *block; // the part it stands in, "t[0]"; what is named in it goes by its name there
    span at;
    int64_t period;                   // ticks
    bool wrong;                       // the clock was refused: no time is measured by it
    VEC(var *) inputs, outputs, regs; // VAR_CIN, VAR_COUT, VAR_REG
    stmt *body;
    VEC(guarantee *) guarantees;
    // Clocked expressions may also read VAR_BITs and the outputs of other sequencers (through a
    // two-stage synchroniser where the periods differ).
} sequencer;

// "t[0].read" as the sequencers of t[0] say it, "read"; other names as they are.
const char *sequencer_own(const sequencer *q, const char *name);

// ---- the rest
// ------------------------------------------------------------------------------------

// States that move together: one device's states in one crossbar or part.
typedef struct rates {
    const char *name;    // "g1.w.m"
    bool flows;          // coupled: part of a flow (decided by the plan)
    equation_list rates; // der() of each, all over the same free indices
    span at;
} rates;

typedef struct check { // assert: monitored at every event and at the ends of every advance
    expr *condition;
    const char *text, *where;
    int nfree;
    index *free[MAX_DIMS];
    span at;
    activation *act; // NULL: always
} check;

// A device of a crossbar lies between two conducting lines while `when` holds (NULL: always).
typedef struct joint {
    const char *name[2]; // of the lines: "g1.w.row"
    var *v[2], *kind[2];
    int along[2]; // dimension of the crossbar [cols][rows] that the line runs over
    expr *when;
    span at;
} joint;

typedef struct noise { // held draws: v = rhs at each trial, or when an activation begins
    var *v;
    equation *draw;
    draw_event event;
    activation *act;
} noise;

typedef struct model {
    arena *home;
    names *words;
    diag *diag;
    const char *name; // the top block
    const char *file; // the source file's name without directories
    double tick;      // seconds
    VEC(var *) vars;
    map *by_name; // name -> variable, the newest of that name
    equation_list equations;
    implicit_list implicits; // as written; the equations hold them paired with their unknowns
    VEC(rates *) rates;      // of devices
    equation_list flow;      // der() of states of blocks
    VEC(trigger *) triggers;
    VEC(activation *) activations;
    VEC(sequencer *) sequencers;
    VEC(check *) checks;
    VEC(joint *) joints;
    VEC(noise *) noises;
    VEC(equation *) end_noise; // noise on states, applied at each end: target state, NULL act = all
    VEC(const char *) notes; // one line each: instances and their sizes, for the dump and comments
    struct experiment *experiment; // NULL: none
    VEC(const syntax_file *) files;
} model;

var *model_var(model *m, const char *name, var_kind kind, value_type type, int dims, const int *dim,
               unit u, span at);
// Of an array, and of all arrays of a model: what a cell's number can say, 16 GiB.
#define ELEMENTS_MOST 2147483648.0

var *model_find(const model *m, const char *name);
index *model_index(model *m, const char *name, int lo, int hi);
void model_print(const model *m, text *out);

// E0801: reports what is not built yet, with what can be used instead (later.c).
void not_built(diag *d, span at, const char *what);

#endif
