// flow.h -- systems of differential equations: fixed-step Euler, Heun and RK4, and the adaptive
// pair of Dormand and Prince (pair.h); the same bits everywhere.
// The states live in the instance's cells, so that a model's rates are an ordinary function of it.
//
// Generated code includes this file, so that the compiler sees a model's own rates and sizes in it;
// the interpreter calls it through weft_flow_advance.
#ifndef WEFT_FLOW_H
#define WEFT_FLOW_H

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "pair.h"
#include "weft.h"

enum { WEFT_MAX_STEPS = 100000000 };
#define WEFT_SHORTEST 1e-13 // of the stretch

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
    int64_t steps; // of the adaptive method, also those that failed
    int crossings; // sides that changed in a row without time passing
    // A method with an interpolation of its own: the states of the last step, of h, at a part of
    // it; the states a short step after t, from `old` with the rates in k[0]. NULL: see events.h.
    void (*between)(struct weft_flow_run *f, double h, double part);
    void (*straight)(struct weft_flow_run *f, double t, double step);
} weft_flow_run;

static inline bool weft_flow_on_edge(const weft_flow_run *f) {
    return f->table->edges != NULL && f->cells[WEFT_EDGE_TO].i > f->cells[WEFT_FROM].i;
}

// The input that is a factor of every rate is 0 in the whole stretch: nothing moves.
static inline bool weft_flow_at_rest(const weft_cell *cells, const weft_flow *table) {
    if (table->gate_cell == 0 || table->watches != NULL) return false;
    if (table->edges == NULL || cells[WEFT_EDGE_TO].i <= cells[WEFT_EDGE_FROM].i)
        return cells[table->gate_cell].r == 0;
    return cells[table->edges->from_cell + table->gate_at].r == 0 &&
           cells[table->edges->to_cell + table->gate_at].r == 0;
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

static inline void weft_flow_move(weft_flow_run *f, double h, const weft_stage *row) {
    weft_pair p = {f->table, f->n, f->dt, &h, f->y, f->old, f->error, f->k};
    weft_pair_move(&p, row, 1);
}

// The state of one stage of a step from t, and the rates there.
static inline void weft_flow_stage(weft_flow_run *f, double t, double h, const weft_stage *row,
                                   double *k) {
    weft_flow_move(f, h, row);
    weft_flow_evaluate(f, t + row->at * h, k);
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
    for (int s = 0; s < WEFT_STAGES; s++) {
        if (s == 1 || weft_flow_finite(f->k[s], f->n)) continue; // k[1] holds work
        weft_flow_not_finite(f, f->k[s], t);
        return;
    }
    weft_flow_fail(f, WEFT_STUCK, f->table->vars[0].cell + worst, t);
}

// ---- fixed steps
// ---------------------------------------------------------------------------------

static inline void weft_flow_fixed_step(weft_flow_run *f, double t, double h) {
    static const weft_stage half = {0.5, 1, 0, 0.5, {0}}, one = {1, 1, 0, 1, {0}},
                            heun = {1, 1, 1, 0.5, {0.5}}, second = {0.5, 1, 1, 0, {0.5}},
                            third = {1, 2, 1, 0, {1}},
                            rk4 = {1, 1, 3, 1.0 / 6, {1.0 / 3, 1.0 / 3, 1.0 / 6}};
    memcpy(f->old, f->y, f->n * sizeof *f->old);
    weft_flow_evaluate(f, t, f->k[0]);
    if (f->table->method == WEFT_EULER) {
        weft_flow_move(f, h, &one);
    } else if (f->table->method == WEFT_HEUN) {
        weft_flow_stage(f, t, h, &one, f->k[1]);
        weft_flow_move(f, h, &heun);
    } else {
        weft_flow_stage(f, t, h, &half, f->k[1]);
        weft_flow_stage(f, t, h, &second, f->k[2]);
        weft_flow_stage(f, t, h, &third, f->k[3]);
        weft_flow_move(f, h, &rk4);
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
        weft_flow_evaluate(f, to, f->k[WEFT_END]);
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

// One step; its error in units of the tolerance.
static inline double weft_flow_try_step(weft_flow_run *f, double t, double h) {
    double error;
    for (int s = 1; s < WEFT_STAGES; s++)
        weft_flow_stage(f, t, h, &WEFT_PAIR[s], f->k[s]);
    weft_pair p = {f->table, f->n, f->dt, &h, f->y, f->old, f->error, f->k};
    weft_pair_error(&p, &error, 1);
    return error;
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
    f->k[0] = f->k[WEFT_END];
    f->k[WEFT_END] = first;
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
    int64_t steps = 0;
    for (; done < dt; steps++) {
        double wanted = h, left = f->end - done;
        h = weft_pair_fit(h, left);
        memcpy(f->old, f->y, f->n * sizeof *f->old);
        double error = weft_flow_try_step(f, done, h);
        int64_t fault = f->cells[WEFT_FAULT].i; // a stage without solution: perhaps one nearer has
        if (fault != WEFT_OK) error = INFINITY;
        f->cells[WEFT_FAULT].i = WEFT_OK;
        double next = h * weft_pair_growth(error, refused);
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
    f->steps = steps;
}

#include "stiffness.h"

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
    if (weft_flow_at_rest(cells, table)) return;
    weft_flow_run f = weft_flow_run_of(cells, table, rates, data);
    f.fire = events;
    if (!(dt > 0))
        weft_flow_begin(&f, 0); // an instant: only what has begun to hold happens
    else if (table->method == WEFT_DOPRI)
        weft_flow_advance_adaptive(&f, dt);
    else
        weft_flow_advance_fixed(&f, dt);
    if (f.steps > 0) weft_flow_look(&f);
    if (!weft_flow_failed(&f)) cells[WEFT_LOCAL].r = 0;
}

#endif
