// stiff_solver.h -- the stiff solver of one function that moves a flow, as its own files see it:
// stiff.c integrates, stiff_start.c says how exactly and with which first step.
#ifndef WEFT_STIFF_SOLVER_H
#define WEFT_STIFF_SOLVER_H

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <suitesparse/klu.h>
#include <sunmatrix/sunmatrix_sparse.h>

#include "flow.h"
#include "jacobian.h"
#include "stiff.h"

typedef struct peak { // how large an array was, and when
    double size, at, width;
    double guess; // not 0: `size` is one until a step has been made; so many times what it makes
} peak;

typedef struct weft_stiff {
    weft_solver self; // the first member
    const weft_flow *flow;
    weft_jacobian jacobian;
    SUNContext context;
    void *cvode;
    N_Vector y;
    SUNMatrix matrix;
    SUNLinearSolver linear;
    klu_l_common klu;
    klu_l_symbolic *symbolic;
    klu_l_numeric *numeric;
    peak *memory;  // by variable
    double *least; // by variable: measures what begins at 0
    bool *held;    // at a bound, with a rate that points outwards
    // of the present call:
    weft_flow_run run;
    weft_rates tangent;
    double now, step; // seconds
    double from;      // where the last step began
    // What was wrong last, its FAULT_AT, and where the step began in which it was.
    weft_status fault;
    int64_t fault_at;
    double fault_from;
} weft_stiff;

// Rates at `t` seconds and the states `y`; those of states that are held are 0. False: equations in
// them have no solution there, `fault` says which.
bool weft_stiff_rates(weft_stiff *s, double t, const double *y, double *rate);
bool weft_stiff_finite(weft_stiff *s,
                       const double *values); // otherwise names the first that is not
// The weighted norm, and the weights, as CVODE wants them.
double weft_stiff_norm(N_Vector x, N_Vector weights);
int weft_stiff_weights(N_Vector states, N_Vector weights, void *solver);
// The length in seconds of the first step from t, of the `left` ones, at the states in `y`; and by
// what the states are measured from then on.
double weft_stiff_first_step(weft_stiff *s, double t, double left);

#endif
