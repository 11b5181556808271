// lanes.h -- flow.h for several instances at once: each lane of a vector has its own time, step and
// error, and does exactly what it would do alone, so that its bits are those of flow.h.
//
// Lane l of cell c stands in block[c * WEFT_LANES + l]. A lane whose WEFT_DT is 0 rests; between
// those that move, the instants of the stretch and of the edge are the same. Generated code
// includes this file; no loop over lanes branches, so that the compiler makes vector code of it.
#ifndef WEFT_LANES_H
#define WEFT_LANES_H

#include "flow.h"

typedef double weft_lane[WEFT_LANES];
typedef int64_t weft_mask[WEFT_LANES];

typedef struct weft_lanes_run {
    weft_cell *block;
    const weft_flow *table;
    void (*rates)(weft_cell *block);
    uint32_t n;
    double *y, *rate, *k[WEFT_STAGES], *old, *error; // [n][lanes]
    double dt, from, tick;    // of the stretch: seconds, ticks, ticks per second
    double first, last;       // of the edge: ticks
    bool moving;              // inputs move along it
    bool edge;                // the stretch lies on it
    weft_mask going, refused; // has not arrived; its last step was refused
    weft_lane done, h, step;  // seconds so far; this step; the first step of the next stretch
} weft_lanes_run;

static inline double *weft_lanes_real(weft_cell *block, uint32_t cell) {
    return &block[(size_t)cell * WEFT_LANES].r;
}

static inline void weft_lanes_edges(weft_lanes_run *f, const double *t) {
    const weft_edges *edges = f->table->edges;
    weft_lane part;
    for (int l = 0; l < WEFT_LANES; l++)
        part[l] = (f->from + t[l] * f->tick - f->first) / (f->last - f->first);
    uint32_t at = 0;
    for (uint32_t i = 0; i < edges->input_count; i++)
        for (uint32_t k = 0; k < edges->inputs[i].count; k++, at++) {
            double *input = weft_lanes_real(f->block, edges->inputs[i].cell + k);
            const double *from = weft_lanes_real(f->block, edges->from_cell + at);
            const double *to = weft_lanes_real(f->block, edges->to_cell + at);
            for (int l = 0; l < WEFT_LANES; l++) {
                double between = from[l] + (to[l] - from[l]) * part[l];
                input[l] = part[l] >= 1 ? to[l] : between;
            }
        }
}

static inline void weft_lanes_evaluate(weft_lanes_run *f, const double *t, double *k) {
    memcpy(weft_lanes_real(f->block, WEFT_LOCAL), t, sizeof(weft_lane));
    if (f->moving) weft_lanes_edges(f, t);
    f->rates(f->block);
    memcpy(k, f->rate, f->n * sizeof(weft_lane));
}

static inline void weft_lanes_after(const weft_lanes_run *f, double node, double *t) {
    for (int l = 0; l < WEFT_LANES; l++)
        t[l] = f->done[l] + node * f->h[l];
}

static inline bool weft_lanes_any(const int64_t *mask) {
    int64_t any = 0;
    for (int l = 0; l < WEFT_LANES; l++)
        any |= mask[l];
    return any != 0;
}

// What each lane makes of its step. Those that failed get a shorter one, those that did not go on.
static inline void weft_lanes_judge(weft_lanes_run *f, const double *worst, const double *wanted,
                                    int64_t *first, int64_t *taken, bool stuck) {
    for (int l = 0; l < WEFT_LANES; l++) {
        taken[l] = f->going[l] && worst[l] <= 1;
        if (!f->going[l]) continue;
        double h = f->h[l], left = f->dt - f->done[l];
        double next = h * weft_pair_growth(worst[l], f->refused[l] != 0);
        f->refused[l] = !taken[l];
        if (taken[l]) {
            f->done[l] = h == left ? f->dt : f->done[l] + h;
            if (h < wanted[l] && next < wanted[l]) next = wanted[l];
            if (first[l] && !f->edge) f->step[l] = next;
            first[l] = 0;
        }
        f->h[l] = next;
        if (next < WEFT_SHORTEST * f->dt || stuck) {
            f->block[WEFT_FAULT * WEFT_LANES + l].i = WEFT_STUCK;
            f->going[l] = 0;
        }
        if (!(f->done[l] < f->dt)) f->going[l] = 0;
    }
}

// The last stage of a step that was taken is the first of the next.
static inline void weft_lanes_move_on(weft_lanes_run *f, const int64_t *taken) {
    double *restrict y = f->y, *restrict k0 = f->k[0];
    const double *restrict old = f->old, *restrict end = f->k[WEFT_END];
    weft_mask go;
    memcpy(go, taken, sizeof go);
    for (size_t i = 0; i < f->n; i++)
        for (int l = 0; l < WEFT_LANES; l++) {
            size_t q = i * WEFT_LANES + l;
            y[q] = go[l] ? y[q] : old[q];
            k0[q] = go[l] ? end[q] : k0[q];
        }
}

// Lanes whose rates are all zero stay where they are.
static inline void weft_lanes_leave_still(weft_lanes_run *f) {
    weft_mask moves = {0};
    for (size_t i = 0; i < f->n; i++)
        for (int l = 0; l < WEFT_LANES; l++)
            moves[l] |= f->k[0][i * WEFT_LANES + l] != 0;
    for (int l = 0; l < WEFT_LANES; l++)
        f->going[l] &= moves[l];
}

static inline void weft_lanes_try_step(weft_lanes_run *f, double *worst) {
    weft_pair p = {f->table, f->n, f->dt, f->h, f->y, f->old, f->error, f->k};
    weft_lane t;
    memcpy(f->old, f->y, f->n * sizeof(weft_lane));
    for (int s = 1; s < WEFT_STAGES; s++) {
        weft_pair_move(&p, &WEFT_PAIR[s], WEFT_LANES);
        weft_lanes_after(f, WEFT_PAIR[s].at, t);
        weft_lanes_evaluate(f, t, f->k[s]);
    }
    weft_pair_error(&p, worst, WEFT_LANES);
}

static inline void weft_lanes_adaptive(weft_lanes_run *f) {
    weft_lane t = {0}, wanted, worst;
    weft_mask first, taken;
    weft_lanes_evaluate(f, t, f->k[0]);
    if (f->table->timeless && !f->edge) weft_lanes_leave_still(f);
    for (int l = 0; l < WEFT_LANES; l++) {
        f->h[l] = f->step[l] > 0 ? f->step[l] : f->dt;
        first[l] = 1;
        f->refused[l] = 0;
    }
    for (int64_t steps = 0; weft_lanes_any(f->going); steps++) {
        for (int l = 0; l < WEFT_LANES; l++) {
            double left = f->dt - f->done[l];
            wanted[l] = f->h[l];
            f->h[l] = f->going[l] ? weft_pair_fit(f->h[l], left) : 0;
        }
        weft_lanes_try_step(f, worst);
        weft_lanes_judge(f, worst, wanted, first, taken, steps > WEFT_MAX_STEPS);
        weft_lanes_move_on(f, taken);
    }
}

// The stretch of those that move, from one of them.
static inline bool weft_lanes_begin(weft_lanes_run *f) {
    weft_cell *block = f->block;
    f->dt = 0;
    for (int l = WEFT_LANES - 1; l >= 0; l--) {
        f->going[l] = block[WEFT_DT * WEFT_LANES + l].r > 0;
        f->done[l] = f->h[l] = 0;
        f->step[l] = block[WEFT_STEP * WEFT_LANES + l].r;
        if (!f->going[l]) continue;
        int64_t from = block[WEFT_FROM * WEFT_LANES + l].i;
        int64_t first = block[WEFT_EDGE_FROM * WEFT_LANES + l].i;
        int64_t last = block[WEFT_EDGE_TO * WEFT_LANES + l].i;
        f->dt = block[WEFT_DT * WEFT_LANES + l].r;
        f->tick = (double)(block[WEFT_TO * WEFT_LANES + l].i - from) / f->dt;
        f->from = (double)from;
        f->first = (double)first;
        f->last = (double)last;
        f->moving = f->table->edges != NULL && last > first;
        f->edge = f->table->edges != NULL && last > from;
    }
    return f->dt > 0;
}

static inline void weft_lanes_solve(weft_cell *block, const weft_flow *table,
                                    void (*rates)(weft_cell *block)) {
    weft_lanes_run f = {.block = block, .table = table, .rates = rates, .n = table->count};
    if (!weft_lanes_begin(&f)) return;
    f.y = weft_lanes_real(block, table->vars[0].cell);
    f.rate = weft_lanes_real(block, table->rate_cell);
    double *work = weft_lanes_real(block, table->work_cell);
    size_t states = (size_t)f.n * WEFT_LANES;
    for (int s = 0; s < WEFT_STAGES; s++)
        f.k[s] = work + s * states;
    f.old = work + WEFT_STAGES * states;
    f.error = f.old + states;
    weft_lanes_adaptive(&f);
    memcpy(weft_lanes_real(block, WEFT_STEP), f.step, sizeof f.step);
}

#endif
