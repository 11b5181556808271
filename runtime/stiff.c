// Stiff systems of differential equations: backward differentiation formulas of variable order and
// step by CVODE (Hindmarsh et al., ACM TOMS 31 (2005)), Newton's method on the exact sparse
// Jacobian (jacobian.h), its factors by KLU (Davis, Palamadai Natarajan, ACM TOMS 37 (2010)).
//
// Nothing but the structure of the Jacobian is remembered from one stretch of time to the next, so
// that a run that was saved in between goes on with the same bytes.
#include "stiff.h"

#ifdef WEFT_SUNDIALS

#include <stddef.h>
#include <stdlib.h>

#include "stiff_solver.h"

bool weft_stiff_built(void) {
    return true;
}

// ---- rates and their derivatives --------------------------------------------------------------

static void note_fault(weft_stiff *s, weft_status status, int64_t at) {
    s->fault = status;
    s->fault_at = at;
    s->fault_from = s->now;
}

static int64_t at_state(const weft_stiff *s, int64_t number) { // a FAULT_AT
    return 1 + (int64_t)s->flow->vars[0].cell + number;
}

// Of what the rates solve for: where there is no solution, perhaps there is one nearer.
static bool take_fault(weft_stiff *s) {
    weft_cell *cells = s->run.cells;
    if (cells[WEFT_FAULT].i == WEFT_OK) return false;
    note_fault(s, (weft_status)cells[WEFT_FAULT].i, cells[WEFT_FAULT_AT].i);
    cells[WEFT_FAULT].i = WEFT_OK;
    return true;
}

bool weft_stiff_rates(weft_stiff *s, double t, const double *y, double *rate) {
    memcpy(s->run.y, y, s->run.n * sizeof *y);
    weft_flow_rates_at(&s->run, t);
    memcpy(rate, s->run.rate, s->run.n * sizeof *rate);
    for (uint32_t i = 0; i < s->run.n; i++)
        if (s->held[i]) rate[i] = 0;
    return !take_fault(s);
}

bool weft_stiff_finite(weft_stiff *s, const double *values) {
    for (uint32_t i = 0; i < s->run.n; i++) {
        if (isfinite(values[i])) continue;
        note_fault(s, WEFT_NOT_FINITE, at_state(s, i));
        return false;
    }
    return true;
}

static int rates_for_cvode(double t, N_Vector y, N_Vector rate, void *data) {
    weft_stiff *s = data;
    if (!weft_stiff_rates(s, t, N_VGetArrayPointer(y), N_VGetArrayPointer(rate))) return 1;
    return weft_stiff_finite(s, N_VGetArrayPointer(rate)) ? 0 : 1; // 1: a shorter step may help
}

// The Jacobian at `t` and the states in the cells.
static bool fill_jacobian(weft_stiff *s, double t, SUNMatrix matrix) {
    const weft_jacobian *j = &s->jacobian;
    double *values = SUNSparseMatrix_Data(matrix);
    weft_flow_rates_at(&s->run, t); // the signals that the tangent may read
    weft_jacobian_fill(j, s->run.cells, s->flow, s->tangent, s->run.data, values);
    memcpy(SUNSparseMatrix_IndexPointers(matrix), j->start, (j->n + 1) * sizeof *j->start);
    memcpy(SUNSparseMatrix_IndexValues(matrix), j->row, (size_t)j->entries * sizeof *j->row);
    if (take_fault(s)) return false;
    for (int64_t e = 0; e < j->entries; e++) {
        if (s->held[j->row[e]]) values[e] = 0;
        if (isfinite(values[e])) continue;
        note_fault(s, WEFT_NOT_FINITE, at_state(s, j->row[e]));
        return false;
    }
    return true;
}

static int jacobian_for_cvode(double t, N_Vector y, N_Vector rate, SUNMatrix matrix, void *data,
                              N_Vector a, N_Vector b, N_Vector c) {
    (void)rate, (void)a, (void)b, (void)c;
    weft_stiff *s = data;
    memcpy(s->run.y, N_VGetArrayPointer(y), s->run.n * sizeof(double));
    return fill_jacobian(s, t, matrix) ? 0 : 1;
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
    note_fault(s, WEFT_SINGULAR, at_state(s, s->klu.singular_col));
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

// ---- bounds -----------------------------------------------------------------------------------

static bool points_outwards(const weft_flow *flow, uint32_t i, double y, double rate) {
    return (y <= flow->lo[i] && rate < 0) || (y >= flow->hi[i] && rate > 0);
}

// Which states are held at the present time; their rates in k[0]. False: there are none.
static bool hold_states(weft_stiff *s, double t) {
    double *y = N_VGetArrayPointer(s->y), *rate = s->run.k[0];
    memset(s->held, 0, s->run.n * sizeof *s->held);
    for (uint32_t i = 0; s->flow->lo != NULL && i < s->run.n; i++)
        y[i] = weft_min(s->flow->hi[i], weft_max(s->flow->lo[i], y[i]));
    bool solved = weft_stiff_rates(s, t, y, rate);
    for (uint32_t i = 0; s->flow->lo != NULL && i < s->run.n; i++) {
        s->held[i] = points_outwards(s->flow, i, y[i], rate[i]);
        if (s->held[i]) rate[i] = 0;
    }
    return solved;
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

// ---- what went wrong --------------------------------------------------------------------------

static void blame_largest_error(weft_stiff *s, weft_status status) {
    N_Vector error = N_VClone(s->y), weight = N_VClone(s->y);
    if (error != NULL && weight != NULL && CVodeGetEstLocalErrors(s->cvode, error) == CV_SUCCESS &&
        CVodeGetErrWeights(s->cvode, weight) == CV_SUCCESS) {
        const double *e = N_VGetArrayPointer(error), *w = N_VGetArrayPointer(weight);
        uint32_t worst = 0;
        for (uint32_t i = 1; i < s->run.n; i++)
            if (!(fabs(e[i] * w[i]) <= fabs(e[worst] * w[worst]))) worst = i;
        note_fault(s, status, at_state(s, worst));
    }
    N_VDestroy(error);
    N_VDestroy(weight);
}

// ---- events and breaks: see events.h ----------------------------------------------------------

#define NEAR 1e-9   // of the stretch: what is so near is the reason
#define SHORT 1e-12 // of the stretch: CVODE takes no step that is not long beside rounding

static weft_stiff *solver_with(weft_flow_run *run) {
    return (weft_stiff *)((char *)run - offsetof(weft_stiff, run));
}

static void between_for_events(weft_flow_run *f, double h, double part) {
    weft_stiff *s = solver_with(f);
    const double *y = f->old;
    if (part > 0 && CVodeGetDky(s->cvode, s->from + part * h, 0, s->y) == CV_SUCCESS)
        y = N_VGetArrayPointer(s->y);
    memcpy(f->y, y, f->n * sizeof *y);
}

// One step of the linearly implicit Euler method, (1 - h J) (y - old) = h f: what is fast beside
// the step goes where it would go, and does not run away as in an explicit one.
static void straight_for_events(weft_flow_run *f, double t, double step) {
    weft_stiff *s = solver_with(f);
    double *move = N_VGetArrayPointer(s->y);
    memcpy(f->y, f->old, f->n * sizeof *f->y);
    for (uint32_t i = 0; i < f->n; i++) {
        const double *lo = f->table->lo, *hi = f->table->hi;
        s->held[i] = lo != NULL && f->k[0][i] == 0 && (f->y[i] <= lo[i] || f->y[i] >= hi[i]);
        move[i] = step * f->k[0][i];
    }
    if (!fill_jacobian(s, t, s->matrix) || SUNMatScaleAddI(-step, s->matrix) != 0 ||
        linear_factor(s->linear, s->matrix) != 0 ||
        !klu_l_solve(s->symbolic, s->numeric, s->jacobian.n, 1, move, &s->klu)) {
        for (uint32_t i = 0; i < f->n; i++)
            move[i] = step * f->k[0][i];
    }
    for (uint32_t i = 0; i < f->n; i++)
        f->y[i] = f->old[i] + move[i];
}

// ---- one stretch ------------------------------------------------------------------------------

enum { FAULTED = -1000 }; // beside CVODE's flags: an event went wrong, and has said so

static weft_status status_of(weft_stiff *s, int flag) {
    if (flag == FAULTED) return (weft_status)s->run.cells[WEFT_FAULT].i;
    bool memory = flag == CV_MEM_FAIL || flag == CV_LSETUP_FAIL || flag == CV_LSOLVE_FAIL;
    if (memory) note_fault(s, WEFT_NO_MEMORY, 0);
    if (s->fault != WEFT_OK && s->now - s->fault_from <= NEAR * s->run.dt) return s->fault;
    note_fault(s, flag == CV_CONV_FAILURE ? WEFT_NO_CONVERGENCE : WEFT_STUCK, 0);
    blame_largest_error(s, s->fault);
    return s->fault;
}

// A new integration from t, of the states in the cells, to the next break.
static int begin_anew(weft_stiff *s, double t) {
    memcpy(N_VGetArrayPointer(s->y), s->run.y, s->run.n * sizeof *s->run.y);
    s->now = t;
    bool solved = hold_states(s, t);
    if (!solved || !weft_stiff_finite(s, s->run.k[0])) return CV_FIRST_RHSFUNC_ERR;
    if (s->run.end - t < SHORT * s->run.dt) return CV_SUCCESS;
    s->step = weft_stiff_first_step(s, t, s->run.end - t);
    int flag = CVodeSetInitStep(s->cvode, s->step);
    if (flag == CV_SUCCESS) flag = CVodeReInit(s->cvode, t, s->y);
    if (flag == CV_SUCCESS) flag = CVodeSetStopTime(s->cvode, s->run.end);
    return flag;
}

// The same where sides may have changed, events may have begun to hold.
static int begin_behind_change(weft_stiff *s, double t) {
    weft_flow_begin(&s->run, t);
    return weft_flow_failed(&s->run) ? FAULTED : begin_anew(s, t);
}

// What has changed in the step to *t cuts it there.
static int look_for_changes(weft_stiff *s, double *t) {
    weft_flow_run *f = &s->run;
    const weft_watches *w = f->table->watches;
    bool cut = bounds_change(s, *t, s->y);
    if (cut) *t = find_change(s, s->from, *t);
    memcpy(f->y, N_VGetArrayPointer(s->y), f->n * sizeof *f->y);
    if (w != NULL) {
        weft_flow_clamp(f);
        weft_flow_rates_at(f, *t);
        if (weft_flow_crossed(f) && *t - s->from >= SHORT * f->dt) {
            *t = weft_flow_locate(f, s->from, *t - s->from);
            memcpy(N_VGetArrayPointer(s->y), f->y, f->n * sizeof *f->y);
            if (weft_flow_failed(f)) return FAULTED;
            cut = true;
        } else if (*t >= f->end && *t < f->dt) {
            return begin_behind_change(s, *t);
        } else {
            memcpy(f->cells + w->work_cell, f->cells + w->value_cell,
                   w->located * sizeof *f->cells);
        }
    }
    return cut && *t < f->dt ? begin_anew(s, *t) : CV_SUCCESS;
}

static bool at_rest(const weft_stiff *s) {
    return s->flow->timeless && !weft_flow_on_edge(&s->run) &&
           weft_flow_all_zero(s->run.k[0], s->run.n);
}

static int one_step(weft_stiff *s, double *t) {
    weft_flow_run *f = &s->run;
    s->from = *t;
    if (f->end - *t >= SHORT * f->dt) return CVode(s->cvode, f->end, s->y, t, CV_ONE_STEP);
    memcpy(f->y, f->old, f->n * sizeof *f->y);
    weft_flow_evaluate(f, *t, f->k[0]);
    straight_for_events(f, *t, f->end - *t);
    memcpy(N_VGetArrayPointer(s->y), f->y, f->n * sizeof *f->y);
    *t = f->end;
    return CV_SUCCESS;
}

// From 0 to dt; the time reached.
static double advance(weft_stiff *s, weft_status *status) {
    weft_flow_run *f = &s->run;
    double t = 0, *previous = f->old;
    const double *y = N_VGetArrayPointer(s->y);
    int flag = begin_behind_change(s, 0), still = 0;
    if (flag == CV_SUCCESS && at_rest(s)) return f->dt;
    memcpy(previous, flag == FAULTED ? f->y : y, f->n * sizeof *y);
    for (int64_t steps = 0; flag >= 0 && t < f->dt; steps++) {
        flag = one_step(s, &t);
        still = t > s->from ? 0 : still + 1;
        if (still > 10 || steps > WEFT_MAX_STEPS) flag = CV_TOO_MUCH_WORK;
        if (flag < 0) break;
        s->now = t;
        s->step = t - s->from;
        flag = look_for_changes(s, &t);
        memcpy(previous, y, f->n * sizeof *y);
    }
    if (flag < 0) *status = status_of(s, flag);
    memcpy(f->y, previous, f->n * sizeof *y);
    weft_flow_clamp(f);
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
    s->y->ops->nvwrmsnorm = weft_stiff_norm; // before it is cloned
    N_VConst(0, s->y);
    return CVodeSetErrHandlerFn(s->cvode, keep_quiet, NULL) == CV_SUCCESS &&
           CVodeInit(s->cvode, rates_for_cvode, 0, s->y) == CV_SUCCESS &&
           CVodeSetUserData(s->cvode, s) == CV_SUCCESS &&
           CVodeWFtolerances(s->cvode, weft_stiff_weights) == CV_SUCCESS &&
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
                        weft_rates events, weft_rates tangent, weft_rates pattern,
                        const void *data) {
    if (flow->count == 0) return;
    weft_flow_run run = weft_flow_run_of(cells, flow, rates, data);
    run.fire = events;
    if (!(run.dt > 0)) { // an instant: only what has begun to hold happens
        if (flow->watches != NULL) weft_flow_begin(&run, 0);
        if (!weft_flow_failed(&run)) cells[WEFT_LOCAL].r = 0;
        return;
    }
    if (weft_flow_at_rest(cells, flow)) return;
    weft_stiff *s = solver_of(cells[WEFT_SOLVERS].p, cells, flow, pattern, data);
    if (s == NULL) {
        cells[WEFT_FAULT].i = WEFT_NO_MEMORY;
        return;
    }
    run.between = between_for_events;
    run.straight = straight_for_events;
    s->run = run;
    s->tangent = tangent;
    s->fault = WEFT_OK;
    weft_status status = WEFT_OK;
    double reached = advance(s, &status);
    if (weft_flow_failed(&s->run)) return;
    cells[WEFT_LOCAL].r = 0;
    if (status == WEFT_OK) return;
    cells[WEFT_LOCAL].r = reached; // for the message
    cells[WEFT_FAULT].i = status;
    cells[WEFT_FAULT_AT].i = s->fault_at;
}

#else

bool weft_stiff_built(void) {
    return false;
}

void weft_stiff_advance(weft_cell *cells, const weft_flow *flow, weft_rates rates,
                        weft_rates events, weft_rates tangent, weft_rates pattern,
                        const void *data) {
    (void)flow, (void)rates, (void)events, (void)tangent, (void)pattern, (void)data;
    cells[WEFT_FAULT].i = WEFT_NO_STIFF;
}

#endif
