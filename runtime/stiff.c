// Stiff systems of differential equations: backward differentiation formulas of variable order and
// step by CVODE (Hindmarsh et al., ACM TOMS 31 (2005)), Newton's method on the exact sparse
// Jacobian (jacobian.h), its factors by KLU (Davis, Palamadai Natarajan, ACM TOMS 37 (2010)).
//
// Nothing but the structure of the Jacobian is remembered from one stretch of time to the next, so
// that a run that was saved in between goes on with the same bytes.
#include "stiff.h"

#include "flow.h"

#ifdef WEFT_SUNDIALS

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <suitesparse/klu.h>
#include <sunmatrix/sunmatrix_sparse.h>

#include "jacobian.h"

#define TINY 1e-200 // whose inverse is a number

typedef struct peak { // how large an array was, and when
    double size, at, width;
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
    int64_t culprit;  // the state at fault; -1: unknown
    // in the present step:
    bool not_finite, singular;
} weft_stiff;

bool weft_stiff_built(void) {
    return true;
}

// ---- rates and their derivatives --------------------------------------------------------------

// Rates at `t` and `y`; those of states that are held are 0.
static void stiff_rates(weft_stiff *s, double t, const double *y, double *rate) {
    memcpy(s->run.y, y, s->run.n * sizeof *y);
    weft_flow_rates_at(&s->run, t);
    memcpy(rate, s->run.rate, s->run.n * sizeof *rate);
    for (uint32_t i = 0; i < s->run.n; i++)
        if (s->held[i]) rate[i] = 0;
}

static bool all_finite(weft_stiff *s, const double *values) {
    for (uint32_t i = 0; i < s->run.n; i++) {
        if (isfinite(values[i])) continue;
        s->culprit = i;
        s->not_finite = true;
        return false;
    }
    return true;
}

static int rates_for_cvode(double t, N_Vector y, N_Vector rate, void *data) {
    weft_stiff *s = data;
    stiff_rates(s, t, N_VGetArrayPointer(y), N_VGetArrayPointer(rate));
    return all_finite(s, N_VGetArrayPointer(rate)) ? 0 : 1; // 1: a shorter step may help
}

static int jacobian_for_cvode(double t, N_Vector y, N_Vector rate, SUNMatrix matrix, void *data,
                              N_Vector a, N_Vector b, N_Vector c) {
    (void)rate, (void)a, (void)b, (void)c;
    weft_stiff *s = data;
    const weft_jacobian *j = &s->jacobian;
    double *values = SUNSparseMatrix_Data(matrix);
    memcpy(s->run.y, N_VGetArrayPointer(y), s->run.n * sizeof(double));
    weft_flow_rates_at(&s->run, t); // the signals that the tangent may read
    weft_jacobian_fill(j, s->run.cells, s->flow, s->tangent, s->run.data, values);
    memcpy(SUNSparseMatrix_IndexPointers(matrix), j->start, (j->n + 1) * sizeof *j->start);
    memcpy(SUNSparseMatrix_IndexValues(matrix), j->row, (size_t)j->entries * sizeof *j->row);
    for (int64_t e = 0; e < j->entries; e++) {
        if (s->held[j->row[e]]) values[e] = 0;
        if (isfinite(values[e])) continue;
        s->culprit = j->row[e];
        s->not_finite = true;
        return 1;
    }
    return 0;
}

// ---- the linear equations ---------------------------------------------------------------------

static SUNLinearSolver_Type linear_type(SUNLinearSolver linear) {
    (void)linear;
    return SUNLINEARSOLVER_DIRECT;
}

// A new choice of pivots each time: nothing is remembered. The order of the columns is that of the
// structure, found once.
static int linear_factor(SUNLinearSolver linear, SUNMatrix matrix) {
    weft_stiff *s = linear->content;
    int64_t *start = SUNSparseMatrix_IndexPointers(matrix),
            *row = SUNSparseMatrix_IndexValues(matrix);
    if (s->numeric != NULL) klu_l_free_numeric(&s->numeric, &s->klu);
    s->numeric = klu_l_factor(start, row, SUNSparseMatrix_Data(matrix), s->symbolic, &s->klu);
    if (s->numeric != NULL) return 0;
    if (s->klu.status != KLU_SINGULAR) return -1; // no memory
    s->singular = true;
    s->culprit = s->klu.singular_col;
    return 1;
}

static int linear_solve(SUNLinearSolver linear, SUNMatrix matrix, N_Vector x, N_Vector b,
                        double tolerance) {
    (void)matrix, (void)tolerance;
    weft_stiff *s = linear->content;
    N_VScale(1, b, x);
    return klu_l_solve(s->symbolic, s->numeric, s->jacobian.n, 1, N_VGetArrayPointer(x), &s->klu)
               ? 0
               : -1;
}

// ---- tolerance --------------------------------------------------------------------------------

static double largest_of(const double *values, uint32_t count) {
    double largest = 0;
    for (uint32_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(values[i]));
    return largest;
}

// The largest over the states, as in the explicit method, where SUNDIALS would take a mean.
static double largest_weighted(N_Vector x, N_Vector w) {
    const double *value = N_VGetArrayPointer(x), *weight = N_VGetArrayPointer(w);
    double largest = 0;
    for (int64_t i = 0; i < N_VGetLength(x); i++) {
        double here = fabs(value[i] * weight[i]);
        if (here > largest || here != here) largest = here;
        if (here != here) break;
    }
    return largest;
}

// How large an array is, or was: that fades with the time since, by half after twenty of the steps
// of then. So what falls like 1 / t is followed all the way, what falls like exp(-t) until it is
// small; without a memory an array that goes to 0 would be followed to the smallest number.
static double remember(peak *m, double here, double now, double step) {
    double left = m->size * m->width / (now - m->at + m->width);
    if (here < left) return left;
    *m = (peak){here, now, 20 * step};
    return here;
}

// A state is measured by itself, but by a part of the largest of its array at least, as in
// weft_flow_step_error.
static int weights_for_cvode(N_Vector states, N_Vector weights, void *data) {
    weft_stiff *s = data;
    const double *y = N_VGetArrayPointer(states);
    double *weight = N_VGetArrayPointer(weights);
    uint32_t i = 0;
    for (uint32_t v = 0; v < s->flow->var_count; v++) {
        uint32_t end = i + s->flow->vars[v].count;
        double large = remember(&s->memory[v], largest_of(y + i, end - i), s->now, s->step),
               least = fmax(WEFT_ARRAY_PART * large, s->least[v]);
        for (; i < end; i++)
            weight[i] = 1 / (s->flow->tolerance * fmax(fabs(y[i]), least));
    }
    return all_finite(s, weight) ? 0 : -1;
}

// ---- the first step ---------------------------------------------------------------------------

// The second derivatives of the states, J f + df/dt.
static void second_derivatives(weft_stiff *s, double t, double left, const double *rate,
                               double *second) {
    weft_flow_run *f = &s->run;
    double *later = f->k[2], shift = 1e-8 * left;
    stiff_rates(s, t + shift, N_VGetArrayPointer(s->y), later);
    stiff_rates(s, t, N_VGetArrayPointer(s->y), second); // back, for the tangent
    memcpy(&f->cells[s->flow->dot_cell].r, rate, f->n * sizeof *rate);
    s->tangent(f->cells, f->data);
    for (uint32_t i = 0; i < f->n; i++) {
        double along = f->cells[s->flow->rate_dot_cell + i].r;
        second[i] = s->held[i] ? 0 : along + (later[i] - rate[i]) / shift;
    }
}

// The error of the first step, an Euler step, is h^2/2 y''. A state that begins at 0 is measured by
// where the step takes it; where that is 0 too, by the error itself.
static double first_step(weft_stiff *s, double t, double left) {
    const weft_flow *flow = s->flow;
    double *y = N_VGetArrayPointer(s->y), *rate = s->run.k[0], *second = s->run.k[1];
    double h = left, everything = 0;
    second_derivatives(s, t, left, rate, second);
    for (uint32_t v = 0, i = 0; v < flow->var_count; i += flow->vars[v++].count) {
        uint32_t count = flow->vars[v].count;
        double size = largest_of(y + i, count), speed = largest_of(rate + i, count),
               bend = largest_of(second + i, count);
        everything = fmax(everything, size);
        if (!(bend > 0) || !isfinite(bend) || (size == 0 && speed == 0)) continue;
        h = fmin(h, 0.5 * fmax(sqrt(2 * flow->tolerance * size / bend),
                               2 * flow->tolerance * speed / bend));
    }
    h = fmax(h, 1e-20 * left);
    for (uint32_t v = 0, i = 0; v < flow->var_count; i += flow->vars[v++].count) {
        uint32_t count = flow->vars[v].count;
        double step = h * largest_of(rate + i, count),
               error = h * h / 2 * largest_of(second + i, count);
        s->least[v] = step > 0 ? step : error > 0 ? error / flow->tolerance : everything;
        double size = largest_of(y + i, count);
        s->memory[v] = (peak){size, t, h};
        s->least[v] = size > 0 ? TINY : fmax(s->least[v], TINY);
    }
    return h;
}

// ---- bounds -----------------------------------------------------------------------------------

static bool points_outwards(const weft_flow *flow, uint32_t i, double y, double rate) {
    return (y <= flow->lo[i] && rate < 0) || (y >= flow->hi[i] && rate > 0);
}

// Which states are held at the present time; their rates in k[0].
static void hold_states(weft_stiff *s, double t) {
    double *y = N_VGetArrayPointer(s->y), *rate = s->run.k[0];
    memset(s->held, 0, s->run.n * sizeof *s->held);
    for (uint32_t i = 0; s->flow->lo != NULL && i < s->run.n; i++)
        y[i] = weft_min(s->flow->hi[i], weft_max(s->flow->lo[i], y[i]));
    stiff_rates(s, t, y, rate);
    for (uint32_t i = 0; s->flow->lo != NULL && i < s->run.n; i++) {
        s->held[i] = points_outwards(s->flow, i, y[i], rate[i]);
        if (s->held[i]) rate[i] = 0;
    }
}

// A state has left its bounds, or one that is held would go back inside.
static bool bounds_change(weft_stiff *s, double t, N_Vector states) {
    const weft_flow *flow = s->flow;
    if (flow->lo == NULL) return false;
    const double *y = N_VGetArrayPointer(states);
    bool any = false;
    for (uint32_t i = 0; i < s->run.n; i++) {
        any |= s->held[i];
        if (!s->held[i] && (y[i] < flow->lo[i] || y[i] > flow->hi[i])) return true;
    }
    if (!any) return false;
    memcpy(s->run.y, y, s->run.n * sizeof *y);
    weft_flow_rates_at(&s->run, t);
    for (uint32_t i = 0; i < s->run.n; i++)
        if (s->held[i] && !points_outwards(flow, i, y[i], s->run.rate[i])) return true;
    return false;
}

// When in the last step that happened, by bisection; the states of that time.
static double find_change(weft_stiff *s, double from, double to) {
    double low = from, high = to;
    for (int k = 0; k < 60 && low < high; k++) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        if (CVodeGetDky(s->cvode, middle, 0, s->y) != CV_SUCCESS) break;
        if (bounds_change(s, middle, s->y))
            high = middle;
        else
            low = middle;
    }
    (void)CVodeGetDky(s->cvode, high, 0, s->y);
    return high;
}

// ---- one stretch ------------------------------------------------------------------------------

static void blame_largest_error(weft_stiff *s) {
    N_Vector error = N_VClone(s->y), weight = N_VClone(s->y);
    if (error != NULL && weight != NULL && CVodeGetEstLocalErrors(s->cvode, error) == CV_SUCCESS &&
        CVodeGetErrWeights(s->cvode, weight) == CV_SUCCESS) {
        const double *e = N_VGetArrayPointer(error), *w = N_VGetArrayPointer(weight);
        s->culprit = 0;
        for (uint32_t i = 1; i < s->run.n; i++)
            if (!(fabs(e[i] * w[i]) <= fabs(e[s->culprit] * w[s->culprit]))) s->culprit = i;
    }
    N_VDestroy(error);
    N_VDestroy(weight);
}

static weft_status status_of(weft_stiff *s, int flag) {
    if (flag == CV_MEM_FAIL || flag == CV_LSETUP_FAIL || flag == CV_LSOLVE_FAIL)
        return WEFT_NO_MEMORY;
    if (s->not_finite) return WEFT_NOT_FINITE;
    if (s->singular) return WEFT_SINGULAR;
    blame_largest_error(s);
    return flag == CV_CONV_FAILURE ? WEFT_NO_CONVERGENCE : WEFT_STUCK;
}

static int begin_anew(weft_stiff *s, double t, double dt) {
    hold_states(s, t);
    s->now = t;
    if (!all_finite(s, s->run.k[0])) return CV_FIRST_RHSFUNC_ERR;
    s->step = first_step(s, t, dt - t);
    int flag = CVodeSetInitStep(s->cvode, s->step);
    if (flag == CV_SUCCESS) flag = CVodeReInit(s->cvode, t, s->y);
    if (flag == CV_SUCCESS) flag = CVodeSetStopTime(s->cvode, dt);
    return flag;
}

static bool at_rest(const weft_stiff *s) {
    return s->flow->timeless && !weft_flow_on_edge(&s->run) &&
           weft_flow_all_zero(s->run.k[0], s->run.n);
}

// From 0 to dt; the time reached.
static double advance(weft_stiff *s, double dt, weft_status *status) {
    double t = 0, *y = N_VGetArrayPointer(s->y), *previous = s->run.old;
    memcpy(y, s->run.y, s->run.n * sizeof *y);
    int flag = begin_anew(s, 0, dt), still = 0;
    if (flag == CV_SUCCESS && at_rest(s)) return dt;
    memcpy(previous, y, s->run.n * sizeof *y);
    for (int64_t steps = 0; flag >= 0 && t < dt; steps++) {
        double from = t;
        s->not_finite = s->singular = false;
        flag = CVode(s->cvode, dt, s->y, &t, CV_ONE_STEP);
        still = t > from ? 0 : still + 1;
        if (still > 10 || steps > WEFT_MAX_STEPS) flag = CV_TOO_MUCH_WORK;
        if (flag < 0) break;
        s->now = t;
        s->step = t - from;
        if (bounds_change(s, t, s->y)) {
            t = find_change(s, from, t);
            if (t < dt) flag = begin_anew(s, t, dt);
        }
        memcpy(previous, y, s->run.n * sizeof *y);
    }
    if (flag < 0) *status = status_of(s, flag);
    memcpy(s->run.y, previous, s->run.n * sizeof *y);
    weft_flow_clamp(&s->run);
    return t;
}

// ---- memory -----------------------------------------------------------------------------------

static void keep_quiet(int code, const char *module, const char *function, char *text, void *data) {
    (void)code, (void)module, (void)function, (void)text, (void)data;
}

static bool make_linear(weft_stiff *s) {
    weft_jacobian *j = &s->jacobian;
    klu_l_defaults(&s->klu);
    s->symbolic = klu_l_analyze(j->n, j->start, j->row, &s->klu);
    s->matrix = SUNSparseMatrix(j->n, j->n, j->entries, CSC_MAT, s->context);
    s->linear = SUNLinSolNewEmpty(s->context);
    if (s->symbolic == NULL || s->matrix == NULL || s->linear == NULL) return false;
    s->linear->content = s;
    s->linear->ops->gettype = linear_type;
    s->linear->ops->setup = linear_factor;
    s->linear->ops->solve = linear_solve;
    return true;
}

static bool make_cvode(weft_stiff *s) {
    if (SUNContext_Create(NULL, &s->context) != 0) return false;
    s->y = N_VNew_Serial(s->jacobian.n, s->context);
    s->cvode = CVodeCreate(CV_BDF, s->context);
    if (s->y == NULL || s->cvode == NULL || !make_linear(s)) return false;
    s->y->ops->nvwrmsnorm = largest_weighted; // before it is cloned
    N_VConst(0, s->y);
    return CVodeSetErrHandlerFn(s->cvode, keep_quiet, NULL) == CV_SUCCESS &&
           CVodeInit(s->cvode, rates_for_cvode, 0, s->y) == CV_SUCCESS &&
           CVodeSetUserData(s->cvode, s) == CV_SUCCESS &&
           CVodeWFtolerances(s->cvode, weights_for_cvode) == CV_SUCCESS &&
           CVodeSetLinearSolver(s->cvode, s->linear, s->matrix) == CV_SUCCESS &&
           CVodeSetJacFn(s->cvode, jacobian_for_cvode) == CV_SUCCESS &&
           CVodeSetMaxErrTestFails(s->cvode, 20) == CV_SUCCESS &&
           CVodeSetMaxConvFails(s->cvode, 20) == CV_SUCCESS;
}

static void stiff_free(weft_solver *self) {
    weft_stiff *s = (weft_stiff *)self;
    if (s->cvode != NULL) CVodeFree(&s->cvode);
    if (s->linear != NULL) SUNLinSolFreeEmpty(s->linear);
    if (s->matrix != NULL) SUNMatDestroy(s->matrix);
    if (s->y != NULL) N_VDestroy(s->y);
    if (s->numeric != NULL) klu_l_free_numeric(&s->numeric, &s->klu);
    if (s->symbolic != NULL) klu_l_free_symbolic(&s->symbolic, &s->klu);
    if (s->context != NULL) SUNContext_Free(&s->context);
    weft_jacobian_free(&s->jacobian);
    free(s->memory);
    free(s->least);
    free(s->held);
    free(s);
}

static weft_stiff *stiff_make(weft_cell *cells, const weft_flow *flow, weft_rates pattern,
                              const void *data) {
    weft_stiff *s = calloc(1, sizeof *s);
    if (s == NULL) return NULL;
    s->self.release = stiff_free;
    s->self.flow = s->flow = flow;
    s->memory = calloc(flow->var_count, sizeof *s->memory);
    s->least = calloc(flow->var_count, sizeof *s->least);
    s->held = calloc(flow->count, sizeof *s->held);
    if (s->memory != NULL && s->least != NULL && s->held != NULL &&
        weft_jacobian_find(&s->jacobian, cells, flow, pattern, data) && make_cvode(s))
        return s;
    stiff_free(&s->self);
    return NULL;
}

// ---- the call ---------------------------------------------------------------------------------

static weft_stiff *solver_of(weft_solvers *all, weft_cell *cells, const weft_flow *flow,
                             weft_rates pattern, const void *data) {
    for (weft_solver *s = all->list; s != NULL; s = s->next)
        if (s->flow == flow && s->function == all->function) return (weft_stiff *)s;
    weft_stiff *s = stiff_make(cells, flow, pattern, data);
    if (s == NULL) return NULL;
    s->self.function = all->function;
    s->self.next = all->list;
    all->list = &s->self;
    return s;
}

void weft_stiff_advance(weft_cell *cells, const weft_flow *flow, weft_rates rates,
                        weft_rates tangent, weft_rates pattern, const void *data) {
    if (!(cells[WEFT_DT].r > 0) || flow->count == 0) return;
    weft_stiff *s = solver_of(cells[WEFT_SOLVERS].p, cells, flow, pattern, data);
    if (s == NULL) {
        cells[WEFT_FAULT].i = WEFT_NO_MEMORY;
        return;
    }
    s->run = weft_flow_run_of(cells, flow, rates, data);
    s->tangent = tangent;
    s->culprit = -1;
    s->not_finite = s->singular = false;
    weft_status status = WEFT_OK;
    double reached = advance(s, cells[WEFT_DT].r, &status);
    cells[WEFT_LOCAL].r = 0;
    if (status == WEFT_OK) return;
    cells[WEFT_LOCAL].r = reached; // for the message
    cells[WEFT_FAULT].i = status;
    if (s->culprit >= 0) cells[WEFT_FAULT_AT].i = 1 + (int64_t)flow->vars[0].cell + s->culprit;
}

#else

bool weft_stiff_built(void) {
    return false;
}

void weft_stiff_advance(weft_cell *cells, const weft_flow *flow, weft_rates rates,
                        weft_rates tangent, weft_rates pattern, const void *data) {
    (void)flow, (void)rates, (void)tangent, (void)pattern, (void)data;
    cells[WEFT_FAULT].i = WEFT_NO_STIFF;
}

#endif
