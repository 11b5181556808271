// Expressions evaluated directly over the cells of an instance: what every backend must reproduce,
// bit for bit. Reals are doubles, integers 64 bits wide (and wrap), conditions 0 or 1.
#ifndef WEFT_EVAL_H
#define WEFT_EVAL_H

#include "plan/plan.h"
#include "weft.h"

enum { MAX_BOUND = 24 }; // indices in scope at once

typedef struct frame {
    const plan *plan;
    weft_cell *cells;
    weft_cell *locals;         // of the function that runs; NULL: none
    const long *local_at;      // by var id: place in locals, -1: has cells of its own
    const uint32_t *var_index; // by var id: its number in the model's tables, for faults
    struct {
        const index *ix;
        int64_t value;
    } bound[MAX_BOUND];
    int bound_count;
    // Inside a rate function: the states of `rates` are not those in the cells.
    const step *rates;
    const double *state;
    double t; // seconds since WEFT_FROM
} frame;

double eval_real(frame *f, const expr *e);
int64_t eval_int(frame *f, const expr *e);
bool eval_true(frame *f, const expr *e);
// What the processor's conversion gives, without its being undefined for what does not fit.
int64_t eval_whole(double x);

// Keeps the first fault of an instance: what, and which variable.
void eval_fault(frame *f, weft_status status, long cell); // cell < 0: of no element

// The cell of v[sub]; NULL when it has none or a subscript is out of range (WEFT_FAULT is set
// then).
weft_cell *eval_place(frame *f, const var *v, int nsub, expr *const *sub);

// x^n as the language defines it: whole exponents 2 .. 8 are products from the left, -1 is 1 / x.
double eval_power(double x, const expr *exponent, double n);

#endif
