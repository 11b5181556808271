// An adaptive integrator for the few states of one element: Dormand and Prince's embedded 5(4)
// pair, "A family of embedded Runge-Kutta formulae", J. Comput. Appl. Math. 6 (1980), table 2.
//
// A `when` in the equations is a branch. A step whose end lies in another branch than its beginning
// is shortened by bisection to the last moment of the old branch, then the tiny rest is crossed by
// one Euler step, so that no formula ever mixes two branches. A state at its bound that is pushed
// outwards rests there; coming to rest, and leaving, count as branches too.
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "weft.h"

enum { MAX_STATES = 64, STAGES = 7, MAX_STEPS = 10000000, MAX_CROSSINGS = 10000 };
#define SHORTEST 1e-12 // of dt

typedef struct problem {
    weft_rate rate;
    const weft_cell *cells;
    const int64_t *at;
    const double *lo, *hi;
    uint32_t n;
    double tolerance;
    double k[STAGES][MAX_STATES]; // k[0]: the rate at the beginning of the step
} problem;

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

static double clamp(const problem *p, uint32_t i, double s) {
    if (p->lo != NULL && s < p->lo[i]) return p->lo[i];
    if (p->hi != NULL && s > p->hi[i]) return p->hi[i];
    return s;
}

// The rates at (t, y), zero for a state that rests on its bound. Returns the branch.
static uint64_t evaluate(const problem *p, double t, const double *y, double *k) {
    double inside[MAX_STATES];
    for (uint32_t i = 0; i < p->n; i++)
        inside[i] = clamp(p, i, y[i]);
    uint64_t branch = (uint64_t)p->rate(p->cells, p->at, t, inside, k);
    for (uint32_t i = 0; i < p->n; i++) {
        unsigned rests = 0;
        if (p->lo != NULL && y[i] <= p->lo[i] && k[i] < 0) rests = 1;
        if (p->hi != NULL && y[i] >= p->hi[i] && k[i] > 0) rests = 2;
        if (rests != 0) k[i] = 0;
        branch = (branch ^ (rests + 1)) * 0x100000001b3u; // FNV-1a over the bounds
    }
    return branch;
}

// One step of h from (t, y) to `next`; k[0] is there already. The returned branch is that of the
// end; *error is the estimate in units of the tolerance.
static uint64_t step(problem *p, double t, double h, const double *y, double *next, double *error) {
    uint64_t branch = 0;
    for (int s = 1; s < STAGES; s++) {
        for (uint32_t i = 0; i < p->n; i++) {
            double sum = 0;
            for (int j = 0; j < s; j++)
                sum += WEIGHT[s][j] * p->k[j][i];
            next[i] = y[i] + h * sum;
        }
        branch = evaluate(p, t + NODE[s] * h, next, p->k[s]);
    }
    double worst = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        double sum = 0;
        for (int s = 0; s < STAGES; s++)
            sum += ERROR[s] * p->k[s][i];
        double e = fabs(h * sum);
        // A state that starts at 0 is measured by how far it goes in this step.
        double scale = fmax(fmax(fabs(y[i]), fabs(next[i])), fabs(h * p->k[0][i]));
        // One that comes to its bound is measured by its range: the last bit before the bound,
        // where that is 0, would otherwise be as important as all before.
        if (p->lo != NULL && p->hi != NULL && isfinite(p->hi[i] - p->lo[i]))
            scale = fmax(scale, 1e-3 * (p->hi[i] - p->lo[i]));
        if (e == 0) continue;
        double ratio = e / (p->tolerance * scale);
        if (!(ratio <= worst)) worst = ratio; // also when it is a NaN
        if (isnan(worst)) break;
    }
    *error = worst;
    return branch;
}

// The longest step below `h` whose end is still in `branch`, to within `grain`; 0: none.
static double last_of_branch(problem *p, double t, double h, const double *y, uint64_t branch,
                             double grain) {
    double inside = 0, outside = h, next[MAX_STATES], error;
    while (outside - inside > grain) {
        double middle = inside + (outside - inside) / 2;
        if (middle <= inside || middle >= outside) break; // as fine as the numbers are
        if (step(p, t, middle, y, next, &error) == branch)
            inside = middle;
        else
            outside = middle;
    }
    return inside;
}

static bool finite_rates(const problem *p) {
    for (uint32_t i = 0; i < p->n; i++)
        if (!isfinite(p->k[0][i])) return false;
    return true;
}

// How much longer the next step may be (Hairer, Norsett, Wanner, "Solving ODEs I", eq. II.4.13).
static double growth(double error) {
    if (isnan(error) || error > 1e10) return 0.1;
    double factor = 0.9 * pow(fmax(error, 1e-10), -0.2);
    return factor < 0.2 ? 0.2 : factor > 5 ? 5 : factor;
}

static void take(const problem *p, double *state, const double *next) {
    for (uint32_t i = 0; i < p->n; i++)
        state[i] = clamp(p, i, next[i]);
}

weft_status weft_integrate(weft_rate rate, const weft_cell *cells, const int64_t *at, double t,
                           double dt, double *state, uint32_t states, const double *lo,
                           const double *hi, double tolerance) {
    if (states > MAX_STATES) return WEFT_NO_MEMORY;
    if (!(dt > 0) || states == 0) return WEFT_OK;
    problem p = {.rate = rate,
                 .cells = cells,
                 .at = at,
                 .lo = lo,
                 .hi = hi,
                 .n = states,
                 .tolerance = fmax(tolerance, 4 * DBL_EPSILON)};
    double next[MAX_STATES], error, done = 0, h = dt;
    int crossings = 0;
    take(&p, state, state);
    uint64_t branch = evaluate(&p, t, state, p.k[0]);
    for (int steps = 0; steps < MAX_STEPS && done < dt; steps++) {
        if (!finite_rates(&p)) return WEFT_NOT_FINITE;
        bool last = h >= dt - done;
        if (last) h = dt - done;
        uint64_t there = step(&p, t + done, h, state, next, &error);
        bool crossed = there != branch;
        double whole = h;
        if (crossed) {
            h = last_of_branch(&p, t + done, h, state, branch, SHORTEST * dt);
            if (h > 0) there = step(&p, t + done, h, state, next, &error);
        }
        if (h > 0 && !(error <= 1)) {
            h *= growth(error);
            if (h >= SHORTEST * dt) continue;
            if (!crossed) return WEFT_STUCK;
            h = 0; // the rest of this branch is shorter than any step
        }
        if (h > 0) {
            take(&p, state, next);
            done = last && !crossed ? dt : done + h;
            // k[6] is the rate at the end, unless the end was clamped or the branch is new.
            branch = evaluate(&p, t + done, state, p.k[0]);
        }
        if (crossed) {
            if (++crossings > MAX_CROSSINGS) return WEFT_STUCK;
            double rest = fmin(2 * SHORTEST * dt, dt - done);
            for (uint32_t i = 0; i < states; i++)
                next[i] = state[i] + rest * p.k[0][i];
            take(&p, state, next);
            done += rest;
            branch = evaluate(&p, t + done, state, p.k[0]);
            h = whole; // the new branch may be as smooth as the old one
        } else {
            h *= growth(error);
        }
    }
    return done < dt ? WEFT_STUCK : WEFT_OK;
}
