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
    weft_lane *y, *rate, *k[WEFT_STAGES], *old, *error;
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

static inline void weft_lanes_evaluate(weft_lanes_run *f, const double *t, weft_lane *k) {
    memcpy(weft_lanes_real(f->block, WEFT_LOCAL), t, sizeof(weft_lane));
    if (f->moving) weft_lanes_edges(f, t);
    f->rates(f->block);
    memcpy(k, f->rate, f->n * sizeof *k);
}

// y = old + h * (weights of the stages so far), sums from the left. Local copies and `restrict`
// tell the compiler that nothing else moves meanwhile.
static inline void weft_lanes_combine(weft_lanes_run *f, const double *w, int stages) {
    weft_lane *restrict y = f->y, h;
    const weft_lane *restrict old = f->old, *restrict k0 = f->k[0], *restrict k1 = f->k[1],
                              *restrict k2 = f->k[2], *restrict k3 = f->k[3],
                              *restrict k4 = f->k[4], *restrict k5 = f->k[5];
    memcpy(h, f->h, sizeof h);
    switch (stages) {
    case 1:
        for (uint32_t i = 0; i < f->n; i++)
            for (int l = 0; l < WEFT_LANES; l++)
                y[i][l] = old[i][l] + h[l] * (w[0] * k0[i][l]);
        break;
    case 2:
        for (uint32_t i = 0; i < f->n; i++)
            for (int l = 0; l < WEFT_LANES; l++)
                y[i][l] = old[i][l] + h[l] * (w[0] * k0[i][l] + w[1] * k1[i][l]);
        break;
    case 3:
        for (uint32_t i = 0; i < f->n; i++)
            for (int l = 0; l < WEFT_LANES; l++)
                y[i][l] = old[i][l] + h[l] * (w[0] * k0[i][l] + w[1] * k1[i][l] + w[2] * k2[i][l]);
        break;
    case 4:
        for (uint32_t i = 0; i < f->n; i++)
            for (int l = 0; l < WEFT_LANES; l++)
                y[i][l] = old[i][l] + h[l] * (w[0] * k0[i][l] + w[1] * k1[i][l] + w[2] * k2[i][l] +
                                              w[3] * k3[i][l]);
        break;
    case 5:
        for (uint32_t i = 0; i < f->n; i++)
            for (int l = 0; l < WEFT_LANES; l++)
                y[i][l] = old[i][l] + h[l] * (w[0] * k0[i][l] + w[1] * k1[i][l] + w[2] * k2[i][l] +
                                              w[3] * k3[i][l] + w[4] * k4[i][l]);
        break;
    default:
        for (uint32_t i = 0; i < f->n; i++)
            for (int l = 0; l < WEFT_LANES; l++)
                y[i][l] = old[i][l] + h[l] * (w[0] * k0[i][l] + w[1] * k1[i][l] + w[2] * k2[i][l] +
                                              w[3] * k3[i][l] + w[4] * k4[i][l] + w[5] * k5[i][l]);
        break;
    }
}

static inline void weft_lanes_after(const weft_lanes_run *f, double node, double *t) {
    for (int l = 0; l < WEFT_LANES; l++)
        t[l] = f->done[l] + node * f->h[l];
}

// The largest of `count` lanes each, into the first; in halves, so that long vectors meet.
static inline void weft_lanes_max(weft_lane *of, uint32_t count) {
    while (count > 1) {
        uint32_t half = (count + 1) / 2;
        double *restrict a = of[0];
        const double *restrict b = of[half];
        for (size_t q = 0; q < (size_t)(count - half) * WEFT_LANES; q++)
            a[q] = weft_flow_worse(a[q], b[q]);
        count = half;
    }
}

static inline bool weft_lanes_any(const int64_t *mask) {
    int64_t any = 0;
    for (int l = 0; l < WEFT_LANES; l++)
        any |= mask[l];
    return any != 0;
}

// Where the array from `i` to `end` was all 0, with rates of 0, in some lanes.
static inline void weft_lanes_grow(const weft_lanes_run *f, uint32_t i, uint32_t end,
                                   double *least) {
    weft_mask nothing;
    for (int l = 0; l < WEFT_LANES; l++)
        nothing[l] = least[l] == 0;
    if (!weft_lanes_any(nothing)) return;
    for (; i < end; i++)
        for (int l = 0; l < WEFT_LANES; l++) {
            double grown = weft_flow_worse(least[l], fabs(f->y[i][l]) * (f->dt / f->h[l]));
            least[l] = nothing[l] ? grown : least[l];
        }
}

// As weft_flow_step_error.
static inline void weft_lanes_error(const weft_lanes_run *f, double *worst) {
    const weft_lane *restrict y = f->y, *restrict old = f->old, *restrict k0 = f->k[0],
                              *restrict k2 = f->k[2], *restrict k3 = f->k[3],
                              *restrict k4 = f->k[4], *restrict k5 = f->k[5],
                              *restrict k6 = f->k[6];
    weft_lane *restrict error = f->error, h, least;
    memcpy(h, f->h, sizeof h);
    uint32_t i = 0;
    for (uint32_t v = 0; v < f->table->var_count; v++) {
        uint32_t end = i + f->table->vars[v].count;
        for (uint32_t j = i; j < end; j++)
            for (int l = 0; l < WEFT_LANES; l++) {
                double here = fabs(old[j][l]), moved = fabs(h[l] * k0[j][l]);
                error[j][l] = here > moved ? here : moved;
            }
        weft_lanes_max(f->error + i, end - i);
        memcpy(least, error[i], sizeof least);
        weft_lanes_grow(f, i, end, least);
        for (int l = 0; l < WEFT_LANES; l++)
            least[l] *= WEFT_ARRAY_PART;
        for (; i < end; i++)
            for (int l = 0; l < WEFT_LANES; l++) {
                double e = fabs(h[l] * (WEFT_ERROR[0] * k0[i][l] + WEFT_ERROR[2] * k2[i][l] +
                                        WEFT_ERROR[3] * k3[i][l] + WEFT_ERROR[4] * k4[i][l] +
                                        WEFT_ERROR[5] * k5[i][l] + WEFT_ERROR[6] * k6[i][l]));
                double before = fabs(old[i][l]), after = fabs(y[i][l]);
                double scale = before > after ? before : after;
                scale = f->table->tolerance * (scale > least[l] ? scale : least[l]);
                double ratio = e / scale;
                error[i][l] = e == 0 ? 0 : scale > 0 ? ratio : e == e ? 1e300 : e;
            }
    }
    weft_lanes_max(f->error, f->n);
    memcpy(worst, f->error[0], sizeof(weft_lane));
}

// What each lane makes of its step. Those that failed get a shorter one, those that did not go on.
static inline void weft_lanes_judge(weft_lanes_run *f, const double *worst, const double *wanted,
                                    int64_t *first, int64_t *taken, bool stuck) {
    for (int l = 0; l < WEFT_LANES; l++) {
        taken[l] = f->going[l] && worst[l] <= 1;
        if (!f->going[l]) continue;
        double h = f->h[l], left = f->dt - f->done[l];
        double next = h * weft_flow_growth(worst[l], f->refused[l] != 0);
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
    weft_lane *restrict y = f->y, *restrict k0 = f->k[0];
    const weft_lane *restrict old = f->old, *restrict k6 = f->k[6];
    weft_mask go;
    memcpy(go, taken, sizeof go);
    for (uint32_t i = 0; i < f->n; i++)
        for (int l = 0; l < WEFT_LANES; l++) {
            y[i][l] = go[l] ? y[i][l] : old[i][l];
            k0[i][l] = go[l] ? k6[i][l] : k0[i][l];
        }
}

// Lanes whose rates are all zero stay where they are.
static inline void weft_lanes_leave_still(weft_lanes_run *f) {
    weft_mask moves = {0};
    for (uint32_t i = 0; i < f->n; i++)
        for (int l = 0; l < WEFT_LANES; l++)
            moves[l] |= f->k[0][i][l] != 0;
    for (int l = 0; l < WEFT_LANES; l++)
        f->going[l] &= moves[l];
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
            f->h[l] = !f->going[l] ? 0 : f->h[l] > left ? left : f->h[l];
        }
        memcpy(f->old, f->y, f->n * sizeof *f->old);
        for (int s = 1; s < WEFT_STAGES; s++) {
            weft_lanes_combine(f, WEFT_WEIGHT[s], s);
            weft_lanes_after(f, WEFT_NODE[s], t);
            weft_lanes_evaluate(f, t, f->k[s]);
        }
        weft_lanes_error(f, worst);
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
    f.y = (weft_lane *)weft_lanes_real(block, table->vars[0].cell);
    f.rate = (weft_lane *)weft_lanes_real(block, table->rate_cell);
    weft_lane *work = (weft_lane *)weft_lanes_real(block, table->work_cell);
    for (int s = 0; s < WEFT_STAGES; s++)
        f.k[s] = work + (size_t)s * f.n;
    f.old = work + (size_t)WEFT_STAGES * f.n;
    f.error = f.old + f.n;
    weft_lanes_adaptive(&f);
    memcpy(weft_lanes_real(block, WEFT_STEP), f.step, sizeof f.step);
}

#endif
