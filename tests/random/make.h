// Inside the generator. Four rules make every program valid:
//
//   rank    every signal of a block has one; a definition reads only lower ranks, in every phase,
//   so
//           nothing depends on itself. Inputs, holds and states have rank 0.
//   group   what a phase may define or write belongs to one group of its block. A phase uses the
//           groups of its mask; two phases are active together only when their masks are disjoint:
//           branches of a par, bodies of a `during` and sequencers get disjoint sets of groups.
//   steady  what drives devices and parts reads no quantity that follows the state of a device:
//   such
//           couplings go through holds.
//   extent  the size of a dimension is a constant, or a count of the block's header plus a
//   constant;
//           an index ranges over one and fits where the symbol is the same and the constant no
//           less.
#ifndef RANDOM_MAKE_H
#define RANDOM_MAKE_H

#include "random/generate.h"

enum { MAX_LIST = 96, LEAST_COUNT = 2, PERIODS = 12 };

typedef enum { U_NONE, U_VOLT, U_AMPERE, U_SIEMENS, UNITS } unit_kind;

typedef struct extent {
    const char *symbol; // NULL: a constant
    int add;
} extent;

typedef struct quantity { // written path[leads]mid[rest]tail: "cell[k].x[j]", "w.row[i].i"
    const char *path, *mid, *tail;
    int leads, dims, rank; // dims: all of them
    extent dim[4];
    unit_kind unit;
    bool moves;  // follows a state: no device may be driven by it
    bool smooth; // but without steps: coupled devices and states may follow it
} quantity;

typedef struct argument {
    const char *name;
    bool index; // an element of `over`
    extent over;
    bool scales; // the duration
} argument;

typedef struct phase_kind {
    const char *name;
    int cycles; // units of time; 0: no `for`; -1: argument 0 times `per`
    int per;
    int least;     // a phase that runs this one along lasts so long at least
    uint64_t mask; // groups
    int args;
    argument arg[2];
    bool pulsed;
} phase_kind;

typedef struct target { // what a phase may define
    quantity q;
    int group;
    bool pulsed; // may be a pulse
    bool rate;   // q is "der(x[...])", of a quantity of this unit in 1/s
} target;

typedef struct box { // a crossbar
    const char *name;
    extent rows, cols;
    int rank, group;
    bool gate, ubar, closed; // closed: its lines are driven outside of phases too
    const char *states[4];   // paths below the crossbar: "m.s"
    int state_count;
} box;

typedef struct device_kind {
    const char *name;
    bool gated, ubar, linear;
    bool by_voltage; // its rate has steps in the voltage: never driven by a current
    const char *params[4];
    int param_count;
    const char *states[2];
    int state_count;
} device_kind;

typedef struct part_of {
    const char *name;
    struct block_kind *what;
    int count;        // 0: no array
    extent over;      // of an array
    extent actual[2]; // for the counts of its header
    int first_group;
} part_of;

typedef struct drawable { // what init, vary and noise may name, from the block on
    const char *path;
    char what; // 's' state, 'h' hold, 'p' parameter, 'l' line
    bool crossbar;
    unit_kind unit;
} drawable;

typedef struct block_kind {
    const char *name;
    int counts; // of the header: n, m
    quantity ins[8], outs[8], holds[8];
    int in_count, out_count, hold_count;
    struct {
        const char *path;
        int count;
    } bits[8]; // comparators, those of parts included
    int bit_count;
    phase_kind phases[16];
    int phase_count, groups;
    part_of parts[8];
    int part_count;
    drawable draws[40];
    int draw_count;
    bool calls_none; // stateless, one output: may be applied like a function
    bool controlled; // it, or a part of it, has a sequencer of its own
} block_kind;

typedef struct function_kind {
    const char *name;
    int args;
    unit_kind unit[3], result;
} function_kind;

typedef struct sequencer_kind { // as an experiment calls it
    const char *name;
    bool called; // has start and done
    struct {
        const char *name;
        int width;
    } inputs[4];
    int input_count;
    const char *bits[4]; // outputs of one bit that others may read
    int bit_count;
} sequencer_kind;

typedef struct maker {
    arena *home;
    const recipe *r;
    uint64_t dice;
    text out;
    int names;
    bool coupled; // blocks have states of their own, and then no pulse reaches a device
    bool loose;   // devices may be driven by what moves smoothly, too
    device_kind devices[8];
    int device_count;
    function_kind functions[8];
    int function_count;
    block_kind *blocks[16];
    int block_count;
    sequencer_kind sequencers[4];
    int sequencer_count;
    const char *called[32]; // phases that a sequencer calls, without selectors
    int called_count;
} maker;

// ---- dice ---------------------------------------------------------------------------------------
int roll(maker *g, int sides);
bool chance(maker *g, int percent);
const char *fresh(maker *g, const char *stem); // stem and a number, new in this program
void put(maker *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define say(g, ...) arena_text((g)->home, __VA_ARGS__)

// ---- expressions (expression.c) -----------------------------------------------------------------
typedef struct counter { // an index in scope
    const char *name;
    extent over;
    bool argument; // a phase's: only an index, never shifted
} counter;

typedef struct place {
    const quantity *reads;
    int read_count, rank;
    bool steady; // reads nothing that moves
    counter index[8];
    int index_count;
    const char *numbers[4]; // further plain numbers: a phase's arguments, parameters
    int number_count;
    int cycles; // > 0: in a phase so long, `time` may be compared; < 0: of unknown length
    bool constant;
} place;

const char *extent_text(maker *g, extent e);
int extent_least(extent e); // its value when the counts are least
bool extent_fits(extent index, extent dim);
const char *literal(maker *g, unit_kind u);
const char *unit_text_of(unit_kind u);
const char *time_text(maker *g, int units);
// The rate that draws a state, written `left` without its der(), towards something.
const char *rate_of(maker *g, place *p, unit_kind u, const char *left);
// An expression of unit u that stands alone to the right of `=`.
const char *right_side(maker *g, place *p, unit_kind u, int depth);
const char *value_of(maker *g, place *p, unit_kind u, int depth); // as an operand of anything
const char *clipped(maker *g, place *p, unit_kind u, int depth);  // of modest size
// A quantity with free indices, known in the place from then on: "cell[i1].x[j2]".
const char *left_side(maker *g, place *p, const quantity *q);
// The same with these subscripts.
const char *written(maker *g, const quantity *q, const char *const *subscripts);

// ---- definitions --------------------------------------------------------------------------------
void roll_function(maker *g);                                 // device.c
void roll_device(maker *g, bool gated);                       // device.c
block_kind *roll_block(maker *g, bool top, const char *name); // block.c
// phase.c
typedef struct body { // a block while it is made
    block_kind *b;
    quantity reads[MAX_LIST];
    int read_count, rank;
    target targets[MAX_LIST];
    int target_count;
    quantity holds[8];
    int hold_group[8], hold_count;
    box boxes[4];
    int box_count, own_groups; // groups of parts come behind the own ones
    const char *numbers[4];
    int number_count;
} body;
void roll_phases(maker *g, body *b);
void drive_lines(maker *g, body *b, const box *x, place *p, const char *indent, bool open);
// control.c
void roll_sequencers(maker *g, body *b);
void roll_own_sequencer(maker *g, body *b);
// experiment.c
void roll_experiments(maker *g, const block_kind *top);

#endif
