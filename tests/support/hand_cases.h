// One hand-made plan that uses every kind of step, function, operator, draw and reduction: the
// interpreter is tested on it against formulas, the generated C against the interpreter.
#ifndef WEFT_HAND_CASES_H
#define WEFT_HAND_CASES_H

#include "support/hand_plan.h"
#include "weft.h"

enum { ROWS = 5, COLS = 19, OPERATORS = 24, INT_OPERATORS = 22, MIXED = 21, REDUCTIONS = 64 };
enum { VARIED = 80 };

typedef struct hand_cases {
    hand h;
    var *a, *b, *k, *n, *flag;  // scalars: two reals, two integers, a condition
    var *x, *y, *w, *z, *t;     // x[COLS], y[ROWS], w[COLS][ROWS], z[ROWS], t[COLS]
    var *high;                  // cycles, [ROWS]
    var *fn_value, *op_value;   // results of functions, of operators
    var *int_value;             // of operators on integers
    var *mixed, *mixed_real;    // of operators whose sides are of other types: [MIXED], [ROWS]
    var *reduced, *int_reduced; // [REDUCTIONS]
    var *varied, *int_varied;   // [VARIED]
    var *outer[4];              // [ROWS]: a sum of integers, means: of all, up to i, but for i
    var *exact, *bounded, *decay, *gated, *adaptive[2]; // states, [ROWS]
    var *draws;                                         // [9]
    var *times;                                         // [6]
    function *functions, *operators, *integers, *mixtures, *reductions, *read, *locals, *move,
        *checks, *noise, *clock, *variations, *outers;
    int reductions_made;
    struct {
        red_op op;
        sum_order order;
        bool condition;
    } reduction[REDUCTIONS];
    int variations_made;
    struct {
        red_op op;
        sum_order order;
        bool condition, whole, whole_target, constant; // of what is met, of the target; the range
    } variation[VARIED];
} hand_cases;

void hand_cases_vary(hand_cases *c); // the rest of the reductions

hand_cases hand_cases_new(void);
// Cells with numbers that depend on the seed: reals of both signs, integers in range for
// subscripts.
void hand_cases_fill(const hand_cases *c, weft_cell *cells, unsigned seed);

#endif
