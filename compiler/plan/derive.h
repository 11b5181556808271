// Derivatives of expressions, in forward mode: what each variable element moves by is given, its
// tangent, and the expression of what the whole moves by is the result.
//
//   x * exp(y)                    ->   x' * exp(y) + x * (exp(y) * y')
//   when x > 0: x^2, else y       ->   when x > 0: 2 * x * x', else y'
#ifndef WEFT_DERIVE_H
#define WEFT_DERIVE_H

#include "model/model.h"

typedef struct derivation {
    arena *home;
    // The tangent of an X_VAR of real type; NULL: it does not move.
    expr *(*tangent)(const expr *read, void *data);
    void *data;
} derivation;

// The exact derivative, branch by branch where there are cases; NULL: 0. Reductions are steps of
// their own in a plan, see tangent.c.
expr *derive(const derivation *d, const expr *e);
// What the derivative may depend on, whatever the values are: the sum of the tangents of all that
// is read, of every branch and free of conditions. NULL: nothing moves it.
expr *derive_pattern(const derivation *d, const expr *e);
// What is left of a condition when only indices decide: elements outside an array stay unread.
// NULL: true.
expr *derive_condition(arena *home, const expr *condition);

// The derivative of a function of one argument at e->a, the derivative of min and max by the
// argument `which` (0, 1); NULL: the function has none yet.
expr *derive_function(arena *home, const expr *e, int which);

#endif
