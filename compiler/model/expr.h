// Variables and expressions of the checked model; the plan and every backend read the same ones.
//
// A variable is one array of numbers of one kind (a scalar has no dimensions); its elements live in
// consecutive 8-byte cells, row-major in `dim`. Arrays are never unrolled: an expression names an
// element through index expressions, whose free and bound indices are `struct index`.
#ifndef WEFT_EXPR_H
#define WEFT_EXPR_H

#include "model/unit.h"
#include "support/diag.h"

#define MAX_DIMS 6

typedef enum {
    VAR_PARAM,  // a number; folded where it is used unless `kept`
    VAR_INPUT,  // `in` of the top block: set from outside
    VAR_SIGNAL, // analog, a function of the others: out, let, in of a part, line voltage, ...
    VAR_STATE,  // has a rate
    VAR_HOLD,   // written by events only
    VAR_BIT,    // comparator output: from analog to the controllers; remembers (hysteresis)
    VAR_LATCH,  // a phase argument, latched when the phase begins (integer)
    VAR_WIDTH,  // pulse widths in clock cycles, latched when the phase begins (integer)
    VAR_HIGH,   // clock cycles a pulse has been high since its phase began (integer)
    VAR_NOISE,  // a random draw that is held until the next event that redraws it
    VAR_REG,    // sequencer: register (integer, `width` bits)
    VAR_CIN,    // sequencer: input
    VAR_COUT,   // sequencer: output
    VAR_CTL,    // controller internals and control signals (made by the controller pass)
    VAR_SIDE,   // on which side of a watched condition: 1 where it holds, 0, 2: not known yet
    VAR_SHADOW, // the next value of a hold, between the two halves of an event
    VAR_TEMP,   // made by the plan
    VAR_STAT,   // a result that the driver writes for `expect` (test.error ...)
    VAR_KINDS
} var_kind;

typedef enum { TYPE_REAL, TYPE_INT, TYPE_BOOL } value_type; // BOOL is an INT cell holding 0 or 1

typedef struct var {
    int id;           // position in model.vars
    const char *name; // hierarchical: "g1.w.m.s"
    var_kind kind;
    value_type type;
    int width;     // bits, of clocked values (1 for a bit)
    int most_bits; // VAR_LATCH: the width that was declared, 0: as many as it is given
    int dims;
    int dim[MAX_DIMS];
    unit unit;
    double lo, hi;         // declared range (-inf, inf); a state is clamped to it
    double value;          // VAR_PARAM: its number; others: the value at start
    bool kept;             // VAR_PARAM: has cells of its own (set at run time, varied or noisy)
    bool out;              // an `out` of the top block
    bool source;           // an input whose stimulus varies between instants: a VAR_SIGNAL
    bool jumps;            // a hold that events outside phases write
    bool turned;           // of a crossbar's device: the last two dimensions are [column][row]
    bool shared;           // a temporary that several functions use: never local
    bool local;            // every use is inside the function that sets it (decided by the plan)
    struct var *line_kind; // voltage of a conducting line: its LINE_* variable; NULL: none
    span at;
    const char *doc;
    long cell; // first cell in the model's memory; -1 = has none (decided by the plan)
} var;

// A free index of an equation or a bound one of a reduction: lo <= k < hi.
typedef struct index {
    const char *name;
    int lo, hi;
    int id; // unique in the model, for printing
} index;

typedef enum {
    X_NUM,   // num
    X_VAR,   // v, sub[0..nsub)
    X_INDEX, // ix, as a number
    X_TIME,  // seconds since the phase of this equation began; outside phases since the start
    X_TICKS, // the same in ticks, an integer (compared with pulse widths)
    X_NEG,
    X_NOT,
    X_ADD,
    X_SUB,
    X_MUL,
    X_DIV,
    X_POW,
    X_LT,
    X_LE,
    X_GT,
    X_GE,
    X_EQ,
    X_NE,
    X_AND,
    X_OR,
    X_XOR,
    X_SHL,
    X_SHR,    // the last three on clocked values
    X_BIT,    // a[b]: one bit of a clocked value
    X_CALL,   // fn(a, b, c)
    X_SELECT, // a ? b : c
    X_REDUCE, // red over ix where a (may be NULL) of b
    X_DRAW,   // a random number: see draw
} expr_kind;

typedef enum {
#define FN(name, arity, rule) FN_##name,
#include "model/functions.def"
#undef FN
    FN_COUNT
} fn_id;

typedef enum {
    RED_SUM,
    RED_MAX,
    RED_MIN,
    RED_MEAN,
    RED_ARGMAX,
    RED_ARGMIN,
    RED_ALL,
    RED_ANY
} red_op;

// Draws are a function of (seed, repeat, stream, event, element): see weft_draw_* in weft.h.
typedef enum { DIST_UNIFORM, DIST_NORMAL, DIST_LOGNORMAL } dist;
typedef enum { PER_START, PER_TRIAL, PER_PHASE } draw_event; // what the event counter counts

typedef struct expr expr;
struct expr {
    expr_kind kind;
    value_type type;
    unit unit;
    bool any_unit; // a bare 0, or a bare number that is a whole right side: fits every unit
    span at;
    double num;
    var *v;
    index *ix;
    int nsub;
    expr **sub;
    expr *a, *b, *c;
    int fn; // fn_id, red_op or dist
    // X_DRAW: dist fn of (a, b); stream names the draw, element its linear index
    const char *stream;
    draw_event event;
    int phase; // PER_PHASE: activation id; X_TIME after activation: activation id, -1 outside
    expr *element;
};

// target[sub] = rhs for every value of the free indices.
typedef struct equation {
    var *target;
    int nsub;
    expr *sub[MAX_DIMS]; // X_INDEX of a free index, or any scalar integer expression
    int nfree;
    index *free[MAX_DIMS + MAX_DIMS];
    expr *rhs;
    bool rate;        // der(target) = rhs
    bool implicit;    // 0 = rhs, of which the target is the unknown; nsub is 0 and the free indices
                      // are those of the equation, as many elements as the target has
    int64_t from, to; // ticks in the phase in which it holds; 0 and INT64_MAX: all of it
    span at;
} equation;

typedef VEC(equation *) equation_list;

const char *var_kind_name(var_kind kind);
const char *fn_name(int fn);
int fn_arity(int fn);
double fn_value(int fn, double a, double b, double c); // the library's own value, for folding
const char *red_name(int op);
long var_count(const var *v); // elements

expr *expr_number(arena *home, double num, span at);
expr *expr_variable(arena *home, var *v, int nsub, expr *const *sub, span at);
expr *expr_index(arena *home, index *ix, span at);
expr *expr_make(arena *home, expr_kind kind, value_type type, unit u, expr *a, expr *b, expr *c,
                span at);
bool expr_is_number(const expr *e, double *num);
bool expr_same(const expr *a, const expr *b);
// A copy with constants folded (with fn_value) and trivial selects resolved.
expr *expr_fold(arena *home, expr *e);
// Calls visit for every node; visit returns false to stop going down.
void expr_walk(const expr *e, bool (*visit)(const expr *e, void *data), void *data);
// A copy with change(e) in place of every node for which it returns non-NULL.
expr *expr_replace(arena *home, expr *e, expr *(*change)(expr *e, void *data), void *data);
expr *expr_put_index(arena *home, expr *e, const index *ix, expr *value);
// e = slope * x + rest, with neither mentioning x (NULL stands for 0); false where it is not
// linear.
bool expr_linear(arena *home, expr *e, const var *x, expr **slope, expr **rest);
void expr_print(const expr *e, text *out);
void equation_print(const equation *q, text *out);

#endif
