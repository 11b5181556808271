// jacobian.h -- the sparse Jacobian of a flow's rates: which entries there are, and their values.
//
// A flow's `tangent` writes the derivative of all rates along a direction, its `pattern` which
// rates may depend on the direction at all. The pattern is asked once for each state; columns that
// share no row get one colour (Curtis, Powell, Reid, IMA J. Appl. Math. 13 (1974)), and one call of
// `tangent` fills all columns of a colour.
#ifndef WEFT_JACOBIAN_H
#define WEFT_JACOBIAN_H

#include <stdbool.h>

#include "weft.h"

typedef struct weft_jacobian {
    uint32_t n;
    int64_t entries;
    int64_t *start;   // of each column in `row`; n + 1
    int64_t *row;     // ascending in a column; the diagonal is always there
    uint32_t *colour; // of each column
    uint32_t colours;
} weft_jacobian;

// Calls `pattern` with one direction after the other. False: no memory.
bool weft_jacobian_find(weft_jacobian *j, weft_cell *cells, const weft_flow *flow,
                        weft_rates pattern, const void *data);
void weft_jacobian_free(weft_jacobian *j);
// The derivatives at the states and the time that stand in the cells, in the order of `row`.
void weft_jacobian_fill(const weft_jacobian *j, weft_cell *cells, const weft_flow *flow,
                        weft_rates tangent, const void *data, double *values);

#endif
