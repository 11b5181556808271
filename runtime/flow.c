// Systems of differential equations: fixed-step Euler, Heun and RK4 (the same bits everywhere), and the
// adaptive pair of Dormand and Prince, J. Comput. Appl. Math. 6 (1980), table 2. The states live in the
// instance's cells, so that a model's rates are an ordinary function of it.
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "weft.h"

enum { STAGES = 7, MAX_STEPS = 100000000 };
#define SHORTEST 1e-13 // of the stretch

typedef struct flow {
    weft_cell *cells;
    const weft_flow *table;
    weft_rates rates;
    const void *data;
    uint32_t n;
    double *y, *rate;        // states and rates in the cells
    double *k[STAGES], *old; // work
    double tick;             // ticks per second of the stretch: how WEFT_LOCAL becomes ticks
} flow;

void weft_edges_at(weft_cell *cells, const weft_edges *edges, double ticks) {
    int64_t first = cells[WEFT_EDGE_FROM].i, last = cells[WEFT_EDGE_TO].i;
    if (edges == NULL || last <= first) return;
    double part = (ticks - (double)first) / (double)(last - first);
    const weft_cell *from = cells + edges->from_cell, *to = cells + edges->to_cell;
    for (uint32_t i = 0; i < edges->input_count; i++)
        for (uint32_t k = 0; k < edges->inputs[i].count; k++, from++, to++)
            cells[edges->inputs[i].cell + k].r =
                part >= 1 ? to->r : from->r + (to->r - from->r) * part;
    if (part >= 1) cells[WEFT_EDGE_TO].i = cells[WEFT_EDGE_FROM].i = 0; // the edge is over
}

static bool on_edge(const flow *f) {
    return f->table->edges != NULL && f->cells[WEFT_EDGE_TO].i > f->cells[WEFT_FROM].i;
}

// Rates at `t` seconds after WEFT_FROM, into k.
static void evaluate(flow *f, double t, double *k) {
    f->cells[WEFT_LOCAL].r = t;
    if (f->cells[WEFT_EDGE_TO].i > f->cells[WEFT_EDGE_FROM].i) {
        int64_t last = f->cells[WEFT_EDGE_TO].i, first = f->cells[WEFT_EDGE_FROM].i;
        weft_edges_at(f->cells, f->table->edges, (double)f->cells[WEFT_FROM].i + t * f->tick);
        f->cells[WEFT_EDGE_FROM].i = first; // a stage at the very end does not end the edge
        f->cells[WEFT_EDGE_TO].i = last;
    }
    f->rates(f->cells, f->data);
    memcpy(k, f->rate, f->n * sizeof *k);
    const double *lo = f->table->lo, *hi = f->table->hi;
    for (uint32_t i = 0; lo != NULL && i < f->n; i++)
        if ((f->y[i] <= lo[i] && k[i] < 0) || (f->y[i] >= hi[i] && k[i] > 0)) k[i] = 0;
}

static void clamp(flow *f) {
    const double *lo = f->table->lo, *hi = f->table->hi;
    for (uint32_t i = 0; lo != NULL && i < f->n; i++)
        f->y[i] = weft_min(hi[i], weft_max(lo[i], f->y[i]));
}

// ---- fixed steps ---------------------------------------------------------------------------------

// y = old + h * (weights of the stages so far), sums from the left
static void combine(flow *f, double h, const double *weight, int stages) {
    for (uint32_t i = 0; i < f->n; i++) {
        double sum = weight[0] * f->k[0][i];
        for (int s = 1; s < stages; s++)
            sum += weight[s] * f->k[s][i];
        f->y[i] = f->old[i] + h * sum;
    }
}

static void fixed_step(flow *f, double t, double h) {
    static const double half[] = {0.5}, one[] = {1}, heun[] = {0.5, 0.5}, second[] = {0, 0.5},
                        third[] = {0, 0, 1}, rk4[] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6};
    memcpy(f->old, f->y, f->n * sizeof *f->old);
    evaluate(f, t, f->k[0]);
    if (f->table->method == WEFT_EULER) {
        combine(f, h, one, 1);
    } else if (f->table->method == WEFT_HEUN) {
        combine(f, h, one, 1);
        evaluate(f, t + h, f->k[1]);
        combine(f, h, heun, 2);
    } else {
        combine(f, h, half, 1);
        evaluate(f, t + h / 2, f->k[1]);
        combine(f, h, second, 2);
        evaluate(f, t + h / 2, f->k[2]);
        combine(f, h, third, 3);
        evaluate(f, t + h, f->k[3]);
        combine(f, h, rk4, 4);
    }
    clamp(f);
}

// Whole steps of equal length, none longer than the step asked for.
static void advance_fixed(flow *f, double dt) {
    double count = ceil(dt / f->table->step * (1 - 1e-12));
    if (!(count >= 1)) count = 1;
    if (count > MAX_STEPS) {
        f->cells[WEFT_FAULT].i = WEFT_STUCK;
        return;
    }
    for (int64_t s = 0; s < (int64_t)count; s++)
        fixed_step(f, dt * ((double)s / count), dt / count);
}

// ---- Dormand and Prince ----------------------------------------------------------------------------

static const double NODE[STAGES] = {0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1};
static const double WEIGHT[STAGES][STAGES - 1] = {
    {0},
    {1.0 / 5},
    {3.0 / 40, 9.0 / 40},
    {44.0 / 45, -56.0 / 15, 32.0 / 9},
    {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
    {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
    {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84},
};
// Fifth order minus fourth order.
static const double ERROR[STAGES] = {71.0 / 57600,      0,          -71.0 / 16695, 71.0 / 1920,
                                     -17253.0 / 339200, 22.0 / 525, -1.0 / 40};

// The estimate in units of the tolerance. A state is measured by itself, but by a thousandth of the
// largest of its array at least, so that one that passes through 0 does not stop the clock.
static double step_error(const flow *f, double h) {
    double worst = 0;
    uint32_t i = 0;
    for (uint32_t v = 0; v < f->table->var_count; v++) {
        uint32_t end = i + f->table->vars[v].count;
        double largest = 0;
        for (uint32_t j = i; j < end; j++)
            largest = fmax(largest, fmax(fabs(f->old[j]), fabs(h * f->k[0][j])));
        for (; i < end; i++) {
            double sum = 0;
            for (int s = 0; s < STAGES; s++)
                sum += ERROR[s] * f->k[s][i];
            double e = fabs(h * sum);
            double scale = fmax(fmax(fabs(f->old[i]), fabs(f->y[i])), 1e-3 * largest);
            if (e == 0) continue;
            double ratio = e / (f->table->tolerance * scale);
            if (!(ratio <= worst)) worst = ratio; // also when it is a NaN
        }
        if (isnan(worst)) break;
    }
    return worst;
}

static double try_step(flow *f, double t, double h) {
    for (int s = 1; s < STAGES; s++) {
        combine(f, h, WEIGHT[s], s);
        evaluate(f, t + NODE[s] * h, f->k[s]);
    }
    return step_error(f, h);
}

// How much longer the next step may be (Hairer, Norsett, Wanner, "Solving ODEs I", eq. II.4.13).
static double growth(double error) {
    if (!(error < 1e10)) return 0.1;
    double factor = 0.9 * pow(fmax(error, 1e-10), -0.2);
    return factor < 0.2 ? 0.2 : factor > 5 ? 5 : factor;
}

static bool all_zero(const double *k, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (k[i] != 0) return false;
    return true;
}

static void advance_adaptive(flow *f, double dt) {
    double done = 0, h = f->cells[WEFT_STEP].r;
    evaluate(f, 0, f->k[0]);
    if (f->table->timeless && !on_edge(f) && all_zero(f->k[0], f->n)) return;
    if (!(h > 0) || h > dt) h = dt;
    for (int64_t steps = 0; done < dt; steps++) {
        bool last = h >= dt - done, shortened = last && h > dt - done;
        double kept = h;
        if (last) h = dt - done;
        memcpy(f->old, f->y, f->n * sizeof *f->old);
        double error = try_step(f, done, h);
        if (error <= 1) {
            done = last ? dt : done + h;
            clamp(f);
            double *first = f->k[0];
            f->k[0] = f->k[STAGES - 1]; // the last stage is the next first
            f->k[STAGES - 1] = first;
            if (f->table->lo != NULL) evaluate(f, done, f->k[0]);
            h = shortened ? fmax(kept, h * growth(error)) : h * growth(error);
        } else {
            memcpy(f->y, f->old, f->n * sizeof *f->y);
            h *= growth(error);
        }
        if (h < SHORTEST * dt || steps > MAX_STEPS) {
            f->cells[WEFT_FAULT].i = WEFT_STUCK;
            return;
        }
    }
    f->cells[WEFT_STEP].r = h;
}

void weft_flow_advance(weft_cell *cells, const weft_flow *table, weft_rates rates, const void *data) {
    double dt = cells[WEFT_DT].r;
    if (!(dt > 0) || table->count == 0) return;
    flow f = {.cells = cells, .table = table, .rates = rates, .data = data, .n = table->count};
    f.y = &cells[table->vars[0].cell].r;
    f.rate = &cells[table->rate_cell].r;
    double *work = &cells[table->work_cell].r;
    for (int s = 0; s < STAGES; s++)
        f.k[s] = work + (size_t)s * f.n;
    f.old = work + (size_t)STAGES * f.n;
    f.tick = (double)(cells[WEFT_TO].i - cells[WEFT_FROM].i) / dt;
    if (table->method == WEFT_DOPRI)
        advance_adaptive(&f, dt);
    else
        advance_fixed(&f, dt);
    cells[WEFT_LOCAL].r = 0;
}
