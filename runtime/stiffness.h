// stiffness.h -- whether it is stability, not accuracy, that keeps the steps of the explicit method
// short. Part of flow.h, which includes it.
//
// Behind a stretch, every WEFT_LOOK steps: the largest eigenvalue of the rates' Jacobian, by power
// iteration on differences of the rates. An explicit step h stays stable up to h |lambda| of about
// 3.3 (Hairer, Wanner, "Solving ODEs II", IV.2); where accuracy decides it is well below.
#ifndef WEFT_STIFFNESS_H
#define WEFT_STIFFNESS_H

enum { WEFT_LOOK = 1000, WEFT_POWERS = 10 };
#define WEFT_NUDGE 1e-6 // by which each state is moved, in units of its size
#define WEFT_LIMIT 2.0  // of h |lambda|, with the mean h of a stretch, steps that failed included

// What is counted behind the work of a flow.
enum { WEFT_COUNT_STEPS, WEFT_COUNT_LOOKS, WEFT_COUNT_LIMITED };

// By what each state is measured: itself, or a part of the largest of its array.
static inline void weft_flow_sizes(const weft_flow_run *f, double *size) {
    for (uint32_t v = 0, i = 0; v < f->table->var_count; v++) {
        uint32_t end = i + f->table->vars[v].count;
        double least = 0;
        for (uint32_t j = i; j < end; j++)
            least = fmax(least, fabs(f->y[j]));
        for (; i < end; i++)
            size[i] = fmax(fabs(f->y[i]), WEFT_ARRAY_PART * least);
    }
}

static inline double weft_flow_scale_to_one(double *x, uint32_t n) {
    double sum = 0;
    for (uint32_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    double length = sqrt(sum);
    for (uint32_t i = 0; i < n; i++)
        x[i] = length > 0 ? x[i] / length : 0;
    return length;
}

// |lambda| at t and the states in the cells, 1/s; 0: nothing follows from anything.
static inline double weft_flow_fastest(weft_flow_run *f, double t) {
    double *size = f->error, *rate = f->k[2], *there = f->k[3], *along = f->k[4], fastest = 0;
    weft_flow_sizes(f, size);
    memcpy(f->old, f->y, f->n * sizeof *f->old);
    weft_flow_evaluate(f, t, rate);
    for (uint32_t i = 0; i < f->n; i++)
        along[i] = 1 + i % 3;
    (void)weft_flow_scale_to_one(along, f->n);
    for (int k = 0; k < WEFT_POWERS; k++) {
        for (uint32_t i = 0; i < f->n; i++)
            f->y[i] = f->old[i] + WEFT_NUDGE * size[i] * along[i];
        weft_flow_evaluate(f, t, there);
        for (uint32_t i = 0; i < f->n; i++)
            along[i] = size[i] > 0 ? (there[i] - rate[i]) / (WEFT_NUDGE * size[i]) : 0;
        fastest = weft_flow_scale_to_one(along, f->n);
    }
    memcpy(f->y, f->old, f->n * sizeof *f->old);
    weft_flow_evaluate(f, t, rate);
    f->cells[WEFT_FAULT].i = WEFT_OK; // nearby there may be no solution
    return fastest;
}

static inline void weft_flow_look(weft_flow_run *f) {
    weft_cell *counts = f->cells + f->table->work_cell + (size_t)WEFT_FLOW_WORK * f->n;
    counts[WEFT_COUNT_STEPS].i += f->steps;
    if (counts[WEFT_COUNT_STEPS].i < WEFT_LOOK || f->steps < 10 || weft_flow_failed(f)) return;
    counts[WEFT_COUNT_STEPS].i = 0;
    counts[WEFT_COUNT_LOOKS].i++;
    double step = f->dt / (double)f->steps;
    counts[WEFT_COUNT_LIMITED].i += step * weft_flow_fastest(f, f->dt) > WEFT_LIMIT;
}

#endif
