// flow.h -- systems of differential equations: fixed-step Euler, Heun and RK4, and the adaptive
// pair of Dormand and Prince, J. Comput. Appl. Math. 6 (1980), table 2; the same bits everywhere.
// The states live in the instance's cells, so that a model's rates are an ordinary function of it.
//
// Generated code includes this file, so that the compiler sees a model's own rates and sizes in it;
// the interpreter calls it through weft_flow_advance.
#ifndef WEFT_FLOW_H
#define WEFT_FLOW_H

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "weft.h"

enum { WEFT_STAGES = 7, WEFT_MAX_STEPS = 100000000 };
#define WEFT_SHORTEST 1e-13  // of the stretch
#define WEFT_ARRAY_PART 1e-2 // of the largest of its array, by which a small state is measured

typedef struct weft_flow_run {
    weft_cell *cells;
    const weft_flow *table;
    weft_rates rates, fire; // fire: the events marked as such happen; NULL: there are none
    const void *data;
    uint32_t n;
    double *y, *rate;                     // states and rates in the cells
    double *k[WEFT_STAGES], *old, *error; // work
    double tick; // ticks per second of the stretch: how WEFT_LOCAL becomes ticks
    double dt, end,
        grain;     // seconds: of the stretch; to the next break; to which events are located
    int crossings; // sides that changed in a row without time passing
} weft_flow_run;

static inline bool weft_flow_on_edge(const weft_flow_run *f) {
    return f->table->edges != NULL && f->cells[WEFT_EDGE_TO].i > f->cells[WEFT_FROM].i;
}

// Rates at `t` seconds after WEFT_FROM, of the states in the cells into the rate cells.
static inline void weft_flow_rates_at(weft_flow_run *f, double t) {
    f->cells[WEFT_LOCAL].r = t;
    if (f->cells[WEFT_EDGE_TO].i > f->cells[WEFT_EDGE_FROM].i) {
        int64_t last = f->cells[WEFT_EDGE_TO].i, first = f->cells[WEFT_EDGE_FROM].i;
        weft_edges_at(f->cells, f->table->edges, (double)f->cells[WEFT_FROM].i + t * f->tick);
        f->cells[WEFT_EDGE_FROM].i = first; // a stage at the very end does not end the edge
        f->cells[WEFT_EDGE_TO].i = last;
    }
    f->rates(f->cells, f->data);
}

// The same, into k; a state at a bound does not move outwards.
static inline void weft_flow_evaluate(weft_flow_run *f, double t, double *k) {
    weft_flow_rates_at(f, t);
    memcpy(k, f->rate, f->n * sizeof *k);
    const double *lo = f->table->lo, *hi = f->table->hi;
    for (uint32_t i = 0; lo != NULL && i < f->n; i++)
        if ((f->y[i] <= lo[i] && k[i] < 0) || (f->y[i] >= hi[i] && k[i] > 0)) k[i] = 0;
}

static inline void weft_flow_clamp(weft_flow_run *f) {
    const double *lo = f->table->lo, *hi = f->table->hi;
    for (uint32_t i = 0; lo != NULL && i < f->n; i++)
        f->y[i] = weft_min(hi[i], weft_max(lo[i], f->y[i]));
}

#include "events.h" // needs the run, and is needed by the steps

static inline bool weft_flow_finite(const double *x, uint32_t n) {
    bool finite = true;
    for (uint32_t i = 0; i < n; i++)
        finite &= x[i] - x[i] == 0;
    return finite;
}

// Names the first of the states whose `x`, itself or its rate, is not a number any more.
static inline void weft_flow_not_finite(weft_flow_run *f, const double *x, double t) {
    uint32_t i = 0;
    while (i + 1 < f->n && x[i] - x[i] == 0)
        i++;
    weft_flow_fail(f, WEFT_NOT_FINITE, f->table->vars[0].cell + i, t);
}

// Names the state whose error was largest in the step tried last.
static inline void weft_flow_stuck(weft_flow_run *f, double t) {
    uint32_t worst = 0;
    for (uint32_t i = 1; i < f->n; i++)
        if (f->error[i] > f->error[worst]) worst = i;
    if (!weft_flow_finite(f->k[0], f->n))
        weft_flow_not_finite(f, f->k[0], t);
    else
        weft_flow_fail(f, WEFT_STUCK, f->table->vars[0].cell + worst, t);
}

// ---- fixed steps
// ---------------------------------------------------------------------------------

// y = old + h * (weights of the stages so far), sums from the left
static inline void weft_flow_combine(weft_flow_run *f, double h, const double *w, int stages) {
    double *restrict y = f->y;
    const double *restrict old = f->old, *restrict k0 = f->k[0], *restrict k1 = f->k[1],
                           *restrict k2 = f->k[2], *restrict k3 = f->k[3], *restrict k4 = f->k[4],
                           *restrict k5 = f->k[5];
    switch (stages) {
    case 1:
        for (uint32_t i = 0; i < f->n; i++)
            y[i] = old[i] + h * (w[0] * k0[i]);
        break;
    case 2:
        for (uint32_t i = 0; i < f->n; i++)
            y[i] = old[i] + h * (w[0] * k0[i] + w[1] * k1[i]);
        break;
    case 3:
        for (uint32_t i = 0; i < f->n; i++)
            y[i] = old[i] + h * (w[0] * k0[i] + w[1] * k1[i] + w[2] * k2[i]);
        break;
    case 4:
        for (uint32_t i = 0; i < f->n; i++)
            y[i] = old[i] + h * (w[0] * k0[i] + w[1] * k1[i] + w[2] * k2[i] + w[3] * k3[i]);
        break;
    case 5:
        for (uint32_t i = 0; i < f->n; i++)
            y[i] = old[i] +
                   h * (w[0] * k0[i] + w[1] * k1[i] + w[2] * k2[i] + w[3] * k3[i] + w[4] * k4[i]);
        break;
    default:
        for (uint32_t i = 0; i < f->n; i++)
            y[i] = old[i] + h * (w[0] * k0[i] + w[1] * k1[i] + w[2] * k2[i] + w[3] * k3[i] +
                                 w[4] * k4[i] + w[5] * k5[i]);
        break;
    }
}

static inline void weft_flow_fixed_step(weft_flow_run *f, double t, double h) {
    static const double half[] = {0.5}, one[] = {1}, heun[] = {0.5, 0.5}, second[] = {0, 0.5},
                        third[] = {0, 0, 1}, rk4[] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6};
    memcpy(f->old, f->y, f->n * sizeof *f->old);
    weft_flow_evaluate(f, t, f->k[0]);
    if (f->table->method == WEFT_EULER) {
        weft_flow_combine(f, h, one, 1);
    } else if (f->table->method == WEFT_HEUN) {
        weft_flow_combine(f, h, one, 1);
        weft_flow_evaluate(f, t + h, f->k[1]);
        weft_flow_combine(f, h, heun, 2);
    } else {
        weft_flow_combine(f, h, half, 1);
        weft_flow_evaluate(f, t + h / 2, f->k[1]);
        weft_flow_combine(f, h, second, 2);
        weft_flow_evaluate(f, t + h / 2, f->k[2]);
        weft_flow_combine(f, h, third, 3);
        weft_flow_evaluate(f, t + h, f->k[3]);
        weft_flow_combine(f, h, rk4, 4);
    }
    weft_flow_clamp(f);
}

// Whole steps of equal length; one that holds an event or a break is made in parts.
static inline void weft_flow_fixed_watched(weft_flow_run *f, double dt, double count) {
    double done = 0, s = 1;
    weft_flow_begin(f, 0);
    while (done < dt && !weft_flow_failed(f)) {
        double whole = s < count ? dt * (s / count) : dt, to = whole < f->end ? whole : f->end;
        if (to <= done) {
            s++;
            continue;
        }
        weft_flow_fixed_step(f, done, to - done);
        weft_flow_evaluate(f, to, f->k[WEFT_STAGES - 1]);
        if (!weft_flow_finite(f->y, f->n)) {
            weft_flow_not_finite(f, f->y, to);
        } else if (weft_flow_crossed(f)) {
            done = weft_flow_locate(f, done, to - done);
        } else {
            done = to;
            weft_flow_begin(f, done);
        }
    }
}

// Whole steps of equal length, none longer than the step asked for.
static inline void weft_flow_advance_fixed(weft_flow_run *f, double dt) {
    double count = ceil(dt / f->table->step * (1 - 1e-12));
    if (!(count >= 1)) count = 1;
    if (count > WEFT_MAX_STEPS) {
        weft_flow_fail(f, WEFT_STUCK, f->table->vars[0].cell, 0);
        return;
    }
    if (f->table->watches != NULL) {
        weft_flow_fixed_watched(f, dt, count);
        return;
    }
    for (int64_t s = 0; s < (int64_t)count && !weft_flow_failed(f); s++) {
        weft_flow_fixed_step(f, dt * ((double)s / count), dt / count);
        if (weft_flow_finite(f->y, f->n)) continue;
        weft_flow_not_finite(f, f->y, dt * ((double)(s + 1) / count));
        return;
    }
}

// ---- Dormand and Prince
// ----------------------------------------------------------------------------

static const double WEFT_NODE[WEFT_STAGES] = {0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1};
static const double WEFT_WEIGHT[WEFT_STAGES][WEFT_STAGES - 1] = {
    {0},
    {1.0 / 5},
    {3.0 / 40, 9.0 / 40},
    {44.0 / 45, -56.0 / 15, 32.0 / 9},
    {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
    {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
    {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
};
// Fifth order minus fourth order.
static const double WEFT_ERROR[WEFT_STAGES] = {
    71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40};

// The estimate in units of the tolerance: the largest over the states. A state is measured by
// itself, but by a hundredth of the largest of its array at least, so that one that passes through
// 0 does not stop the clock. An array that was all 0, with rates of 0, grows from nothing: it is
// measured by what it would have at the end if it went on as in this step. A NaN is larger than
// everything.
static inline double weft_flow_worse(double worst, double e) {
    return ((e > worst) | (e != e)) ? e : worst;
}

static inline double weft_flow_step_error(const weft_flow_run *f, double h) {
    const double *restrict y = f->y, *restrict old = f->old;
    double *restrict error = f->error, worst = 0;
    uint32_t i = 0;
    for (uint32_t v = 0; v < f->table->var_count; v++) {
        uint32_t end = i + f->table->vars[v].count;
        double least = 0;
        for (uint32_t j = i; j < end; j++) {
            double here = fabs(old[j]), moved = fabs(h * f->k[0][j]);
            least = weft_flow_worse(least, here > moved ? here : moved);
        }
        for (uint32_t j = least == 0 ? i : end; j < end; j++)
            least = weft_flow_worse(least, fabs(y[j]) * (f->dt / h));
        least *= WEFT_ARRAY_PART;
        for (; i < end; i++) {
            double e = fabs(h * (WEFT_ERROR[0] * f->k[0][i] + WEFT_ERROR[2] * f->k[2][i] +
                                 WEFT_ERROR[3] * f->k[3][i] + WEFT_ERROR[4] * f->k[4][i] +
                                 WEFT_ERROR[5] * f->k[5][i] + WEFT_ERROR[6] * f->k[6][i]));
            double before = fabs(old[i]), after = fabs(y[i]);
            double scale = before > after ? before : after;
            scale = f->table->tolerance * (scale > least ? scale : least);
            double ratio = e / scale;
            error[i] = e == 0 ? 0 : scale > 0 ? ratio : e == e ? 1e300 : e;
        }
    }
    for (i = 0; i < f->n; i++)
        worst = weft_flow_worse(worst, error[i]);
    return worst;
}

static inline double weft_flow_try_step(weft_flow_run *f, double t, double h) {
    for (int s = 1; s < WEFT_STAGES; s++) {
        weft_flow_combine(f, h, WEFT_WEIGHT[s], s);
        weft_flow_evaluate(f, t + WEFT_NODE[s] * h, f->k[s]);
    }
    return weft_flow_step_error(f, h);
}

// How much longer the next step may be (Hairer, Norsett, Wanner, "Solving ODEs I", eq. II.4.13); no
// longer at all behind one that was refused. Where a step is too long for its order, as the first
// on an edge, the error falls slower than with the fifth power: it is cut more.
static inline double weft_flow_growth(double error, bool refused) {
    if (!(error < 1e10)) return 0.1;
    double factor = 0.85 * pow(fmax(error, 1e-10), error > 1 ? -0.3 : -0.2);
    double most = refused ? 1 : 5;
    return factor < 0.2 ? 0.2 : factor > most ? most : factor;
}

static inline bool weft_flow_all_zero(const double *k, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (k[i] != 0) return false;
    return true;
}

// A step was accepted: clamped to the bounds, its last stage is the next one's first.
static inline void weft_flow_accept(weft_flow_run *f, double done) {
    const weft_watches *w = f->table->watches;
    weft_flow_clamp(f);
    double *first = f->k[0];
    f->k[0] = f->k[WEFT_STAGES - 1];
    f->k[WEFT_STAGES - 1] = first;
    if (f->table->lo != NULL) weft_flow_evaluate(f, done, f->k[0]);
    if (w != NULL)
        memcpy(f->cells + w->work_cell, f->cells + w->value_cell, w->located * sizeof *f->cells);
}

// The next stretch tries first what this one would have tried after its first step: presentations
// resemble each other, and each begins faster than it ends. Edges are short and leave no trace.
static inline void weft_flow_advance_adaptive(weft_flow_run *f, double dt) {
    double done = 0, h = f->cells[WEFT_STEP].r;
    bool edge = weft_flow_on_edge(f), first = true, refused = false;
    weft_flow_begin(f, 0);
    if (weft_flow_failed(f)) return;
    if (f->table->timeless && !edge && weft_flow_all_zero(f->k[0], f->n)) return;
    if (!(h > 0)) h = dt;
    for (int64_t steps = 0; done < dt; steps++) {
        double wanted = h, left = f->end - done;
        if (h > left) h = left;
        memcpy(f->old, f->y, f->n * sizeof *f->old);
        double error = weft_flow_try_step(f, done, h);
        int64_t fault = f->cells[WEFT_FAULT].i; // a stage without solution: perhaps one nearer has
        if (fault != WEFT_OK) error = INFINITY;
        f->cells[WEFT_FAULT].i = WEFT_OK;
        double next = h * weft_flow_growth(error, refused);
        refused = !(error <= 1);
        if (!refused) {
            bool crossed = weft_flow_crossed(f), last = h == left;
            if (h < wanted && next < wanted) next = wanted;
            if (first && !edge) f->cells[WEFT_STEP].r = next;
            first = false;
            if (crossed) {
                done = weft_flow_locate(f, done, h);
            } else {
                done = last ? f->end : done + h;
                weft_flow_accept(f, done);
                if (last && done < dt) weft_flow_begin(f, done); // a break of the equations
            }
            if (weft_flow_failed(f)) return;
        } else {
            memcpy(f->y, f->old, f->n * sizeof *f->y);
        }
        h = next;
        if (h < WEFT_SHORTEST * dt || steps > WEFT_MAX_STEPS) {
            if (fault != WEFT_OK)
                f->cells[WEFT_FAULT].i = fault;
            else
                weft_flow_stuck(f, done);
            return;
        }
    }
}

static inline weft_flow_run weft_flow_run_of(weft_cell *cells, const weft_flow *table,
                                             weft_rates rates, const void *data) {
    double dt = cells[WEFT_DT].r;
    weft_flow_run f = {.cells = cells,
                       .table = table,
                       .rates = rates,
                       .data = data,
                       .n = table->count,
                       .dt = dt,
                       .end = dt};
    double *work = &cells[table->work_cell].r;
    f.y = table->count > 0 ? &cells[table->vars[0].cell].r : work;
    f.rate = table->count > 0 ? &cells[table->rate_cell].r : work;
    for (int s = 0; s < WEFT_STAGES; s++)
        f.k[s] = work + (size_t)s * f.n;
    f.old = work + (size_t)WEFT_STAGES * f.n;
    f.error = f.old + f.n;
    f.tick = dt > 0 ? (double)(cells[WEFT_TO].i - cells[WEFT_FROM].i) / dt : 0;
    f.grain = fmax(WEFT_GRAIN * dt, 1e-15 * (fabs(cells[WEFT_TIME].r) + dt));
    return f;
}

static inline void weft_flow_solve(weft_cell *cells, const weft_flow *table, weft_rates rates,
                                   weft_rates events, const void *data) {
    double dt = cells[WEFT_DT].r;
    if (table->watches == NULL && (!(dt > 0) || table->count == 0)) return;
    weft_flow_run f = weft_flow_run_of(cells, table, rates, data);
    f.fire = events;
    if (!(dt > 0))
        weft_flow_begin(&f, 0); // an instant: only what has begun to hold happens
    else if (table->method == WEFT_DOPRI)
        weft_flow_advance_adaptive(&f, dt);
    else
        weft_flow_advance_fixed(&f, dt);
    if (!weft_flow_failed(&f)) cells[WEFT_LOCAL].r = 0;
}

#endif
