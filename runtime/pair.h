// pair.h -- the steps of flow.h and lanes.h: one instance, or `lanes` of them side by side, each
// with a step of its own. A state, or a stage, of lane l and variable i stands at [i * lanes + l].
//
// The pair is that of Dormand and Prince, J. Comput. Appl. Math. 6 (1980), table 2. Whether alone
// or in lanes, the same operations in the same order: the same bits.
#ifndef WEFT_PAIR_H
#define WEFT_PAIR_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "weft.h"

enum {
    WEFT_STAGES = 7,
    WEFT_END = 6 // the stage at the end of a step: the first of the next
};
#define WEFT_ARRAY_PART 1e-2 // of the largest of its array, by which a small state is measured

// The time of a stage, as a part of the step, and what leads to it: the very first stage, and
// `count` more from number `from`, with their weights.
typedef struct weft_stage {
    double at;
    int from, count;
    double first, w[4];
} weft_stage;

static const weft_stage WEFT_PAIR[WEFT_STAGES] = {
    {0, 1, 0, 0, {0}},
    {1.0 / 5, 1, 0, 1.0 / 5, {0}},
    {3.0 / 10, 1, 1, 3.0 / 40, {9.0 / 40}},
    {4.0 / 5, 1, 2, 44.0 / 45, {-56.0 / 15, 32.0 / 9}},
    {8.0 / 9, 1, 3, 19372.0 / 6561, {-25360.0 / 2187, 64448.0 / 6561, -212.0 / 729}},
    {1, 1, 4, 9017.0 / 3168, {-355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656}},
    {1, 2, 4, 35.0 / 384, {500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}},
};

typedef struct weft_pair {
    const weft_flow *table;
    uint32_t n;                         // states of one instance
    double dt;                          // seconds of the stretch
    const double *h;                    // [lanes] seconds of the step
    double *y, *old, *error, *const *k; // [n][lanes] each
} weft_pair;

// Sums from the left, at place q of the first stage and of those of the row.
#define WEFT_TERMS_0 row->first *k0[q]
#define WEFT_TERMS_1 WEFT_TERMS_0 + row->w[0] * ka[q]
#define WEFT_TERMS_2 WEFT_TERMS_1 + row->w[1] * kb[q]
#define WEFT_TERMS_3 WEFT_TERMS_2 + row->w[2] * kc[q]
#define WEFT_TERMS_4 WEFT_TERMS_3 + row->w[3] * kd[q]
#define WEFT_SUM(count)                                                                            \
    case count:                                                                                    \
        for (size_t i = 0; i < p->n; i++)                                                          \
            for (size_t l = 0; l < lanes; l++) {                                                   \
                size_t q = i * lanes + l;                                                          \
                y[q] = old[q] + h[l] * (WEFT_TERMS_##count);                                       \
            }                                                                                      \
        break;

// y = old + h * (the row's weights times its stages). Local pointers and `restrict` tell the
// compiler that nothing else moves meanwhile. No row reaches behind the last stage.
static inline void weft_pair_move(const weft_pair *p, const weft_stage *row, size_t lanes) {
    double *const *from = p->k + row->from;
    double *restrict y = p->y;
    const double *restrict old = p->old, *restrict h = p->h, *restrict k0 = p->k[0],
                           *restrict ka = from[0], *restrict kb = from[1], *restrict kc = from[2],
                           *restrict kd = from[3];
    switch (row->count) {
        WEFT_SUM(0)
        WEFT_SUM(1)
        WEFT_SUM(2)
        WEFT_SUM(3)
        WEFT_SUM(4)
    }
}

// A NaN is larger than everything.
static inline double weft_worse(double worst, double e) {
    return ((e > worst) | (e != e)) ? e : worst;
}

// The largest of `count` states for each lane, into the first; in halves, so that long vectors
// meet.
static inline void weft_pair_max(double *x, size_t count, size_t lanes) {
    while (count > 1) {
        size_t half = (count + 1) / 2;
        double *restrict a = x;
        const double *restrict b = x + half * lanes;
        for (size_t q = 0; q < (count - half) * lanes; q++)
            a[q] = weft_worse(a[q], b[q]);
        count = half;
    }
}

// By what the states `from` to `end`, an array, are measured at least: a hundredth of the largest
// of them, so that one that passes through 0 does not stop the clock. An array that was all 0, with
// rates of 0, grows from nothing: it counts as what it would be at the end of the stretch if it
// went on as in this step. `work`: of the same shape as the states.
static inline void weft_pair_least(const weft_pair *p, size_t from, size_t end, double *work,
                                   double *least, size_t lanes) {
    const double *restrict old = p->old, *restrict h = p->h, *restrict k0 = p->k[0],
                           *restrict y = p->y;
    double *restrict size = work;
    for (size_t i = from; i < end; i++)
        for (size_t l = 0; l < lanes; l++) {
            double here = fabs(old[i * lanes + l]), moved = fabs(h[l] * k0[i * lanes + l]);
            size[i * lanes + l] = here > moved ? here : moved;
        }
    weft_pair_max(size + from * lanes, end - from, lanes);
    bool nothing = false;
    for (size_t l = 0; l < lanes; l++)
        nothing |= size[from * lanes + l] == 0;
    for (size_t l = 0; l < lanes; l++)
        least[l] = size[from * lanes + l];
    for (size_t i = nothing ? from : end; i < end; i++)
        for (size_t l = 0; l < lanes; l++)
            if (size[from * lanes + l] == 0)
                least[l] = weft_worse(least[l], fabs(y[i * lanes + l]) * (p->dt / h[l]));
    for (size_t l = 0; l < lanes; l++)
        least[l] *= WEFT_ARRAY_PART;
}

// The estimate of the error, fifth order minus fourth, in units of the tolerance: for each state
// into `error` and for each lane the largest into `worst`. Each state is measured by itself, but by
// the least of its array at least.
static inline void weft_pair_error(const weft_pair *p, double *worst, size_t lanes) {
    static const double w0 = 71.0 / 57600, w2 = -71.0 / 16695, w3 = 71.0 / 1920,
                        w4 = -17253.0 / 339200, w5 = 22.0 / 525, w6 = -1.0 / 40;
    const double *restrict y = p->y, *restrict old = p->old, *restrict h = p->h,
                           *restrict k0 = p->k[0], *restrict k2 = p->k[2], *restrict k3 = p->k[3],
                           *restrict k4 = p->k[4], *restrict k5 = p->k[5], *restrict k6 = p->k[6];
    double *restrict error = p->error, tolerance = p->table->tolerance;
    size_t i = 0;
    for (uint32_t v = 0; v < p->table->var_count; v++) {
        size_t end = i + p->table->vars[v].count;
        weft_pair_least(p, i, end, p->k[1], worst, lanes);
        for (; i < end; i++)
            for (size_t l = 0; l < lanes; l++) {
                size_t q = i * lanes + l;
                double e = fabs(h[l] * (w0 * k0[q] + w2 * k2[q] + w3 * k3[q] + w4 * k4[q] +
                                        w5 * k5[q] + w6 * k6[q]));
                double before = fabs(old[q]), after = fabs(y[q]);
                double scale = before > after ? before : after;
                scale = tolerance * (scale > worst[l] ? scale : worst[l]);
                double ratio = e / scale;
                error[q] = e == 0 ? 0 : scale > 0 ? ratio : e == e ? 1e300 : e;
            }
    }
    memcpy(p->k[1], error, p->n * lanes * sizeof *error);
    weft_pair_max(p->k[1], p->n, lanes);
    memcpy(worst, p->k[1], lanes * sizeof *worst);
}

// The step that is tried where h would do: the rest, or its half where that leaves one step more,
// rather than a step as long as may be and a small rest.
static inline double weft_pair_fit(double h, double rest) {
    return h >= rest ? rest : 2 * h > rest ? rest / 2 : h;
}

// How much longer the next step may be (Hairer, Norsett, Wanner, "Solving ODEs I", eq. II.4.13); no
// longer at all behind one that was refused. Where a step is too long for its order, as the first
// on an edge, the error falls slower than with the fifth power: it is cut more.
static inline double weft_pair_growth(double error, bool refused) {
    if (!(error < 1e10)) return 0.1;
    double factor = 0.85 * pow(fmax(error, 1e-10), error > 1 ? -0.3 : -0.2);
    double most = refused ? 1 : 5;
    return factor < 0.1 ? 0.1 : factor > most ? most : factor;
}

#endif
