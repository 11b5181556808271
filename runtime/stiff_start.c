// Where a stiff integration begins: by what its errors are measured, and its first step.
#include "stiff.h"

#ifdef WEFT_SUNDIALS

#include "stiff_solver.h"

#define TINY 1e-200    // whose inverse is a number
#define SHORTEST 1e-13 // of the stretch: a rate that changes sooner is 0, but for rounding

// ---- tolerance --------------------------------------------------------------------------------

static double largest_of(const double *values, uint32_t count) {
    double largest = 0;
    for (uint32_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(values[i]));
    return largest;
}

// The largest over the states, as in the explicit method, where SUNDIALS would take a mean.
double weft_stiff_norm(N_Vector x, N_Vector weights) {
    const double *value = N_VGetArrayPointer(x), *weight = N_VGetArrayPointer(weights);
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
    if (m->guess > 0 && now > m->at) *m = (peak){here * m->guess, now, 20 * step, 0};
    double left = m->size * m->width / (now - m->at + m->width);
    if (here < left) return left;
    *m = (peak){here, now, 20 * step, 0};
    return here;
}

// A state is measured by itself, but by a part of the largest of its array at least, as in
// weft_flow_step_error.
int weft_stiff_weights(N_Vector states, N_Vector weights, void *solver) {
    weft_stiff *s = solver;
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
    return weft_stiff_finite(s, weight) ? 0 : -1;
}

// ---- the first step ---------------------------------------------------------------------------

// The second derivatives of the states, J f + df/dt.
static void second_derivatives(weft_stiff *s, double t, double left, const double *rate,
                               double *second) {
    weft_flow_run *f = &s->run;
    double *later = f->k[2], shift = 1e-8 * left;
    weft_stiff_rates(s, t + shift, N_VGetArrayPointer(s->y), later);
    weft_stiff_rates(s, t, N_VGetArrayPointer(s->y), second); // back, for the tangent
    memcpy(&f->cells[s->flow->dot_cell].r, rate, f->n * sizeof *rate);
    s->tangent(f->cells, f->data);
    for (uint32_t i = 0; i < f->n; i++) {
        double along = f->cells[s->flow->rate_dot_cell + i].r;
        second[i] = s->held[i] ? 0 : along + (later[i] - rate[i]) / shift;
    }
}

static bool all_zero_in(const double *values, uint32_t count) {
    return largest_of(values, count) == 0;
}

// How far the first step of h takes the states, into k[2]. A state behind another that is still 0
// moves once that one has: rates are asked again until no more of them move.
static void first_moves(weft_stiff *s, double t, double h) {
    const weft_flow *flow = s->flow;
    const double *y = N_VGetArrayPointer(s->y);
    double *move = s->run.k[2], *there = s->run.error, *rate = s->run.k[3];
    memset(move, 0, s->run.n * sizeof *move);
    bool more = true;
    for (uint32_t round = 0; more && round <= flow->var_count; round++) {
        more = false;
        for (uint32_t i = 0; i < s->run.n; i++)
            there[i] = y[i] + move[i];
        weft_stiff_rates(s, t + h, there, rate);
        for (uint32_t v = 0, i = 0; v < flow->var_count; i += flow->vars[v++].count) {
            uint32_t count = flow->vars[v].count;
            if (!all_zero_in(move + i, count) || !all_zero_in(y + i, count)) continue;
            for (uint32_t k = i; k < i + count; k++)
                move[k] = h * rate[k];
            more |= !all_zero_in(move + i, count);
        }
    }
}

// The error of the first step, an Euler step, is h^2/2 y''. A state that begins at 0 is measured by
// where the step takes it. One whose rate is 0, too, grows with a power of the time, so that each
// of the first steps doubles it, whatever its length: they are short, and it is measured by as much
// as lets them pass; that fades (remember).
double weft_stiff_first_step(weft_stiff *s, double t, double left) {
    const weft_flow *flow = s->flow;
    double *y = N_VGetArrayPointer(s->y), *rate = s->run.k[0], *second = s->run.k[1];
    double h = left, everything = 0;
    second_derivatives(s, t, left, rate, second);
    for (uint32_t v = 0, i = 0; v < flow->var_count; i += flow->vars[v++].count) {
        uint32_t count = flow->vars[v].count;
        double size = largest_of(y + i, count), speed = largest_of(rate + i, count),
               bend = largest_of(second + i, count);
        everything = fmax(everything, size);
        if (!(bend > 0) || !isfinite(bend)) continue;
        double most =
            0.5 * fmax(sqrt(2 * flow->tolerance * size / bend), 2 * flow->tolerance * speed / bend);
        if (size == 0 && speed <= SHORTEST * left * bend) most = 1e-3 * flow->tolerance * left;
        h = fmin(h, most);
    }
    h = fmax(h, 1e-20 * left);
    first_moves(s, t, h);
    for (uint32_t v = 0, i = 0; v < flow->var_count; i += flow->vars[v++].count) {
        uint32_t count = flow->vars[v].count;
        double size = largest_of(y + i, count), speed = largest_of(rate + i, count),
               bend = largest_of(second + i, count), move = largest_of(s->run.k[2] + i, count);
        s->least[v] = fmax(size > 0 ? 0 : move > 0 ? move : everything, TINY);
        s->memory[v] = (peak){size, t, h, 0};
        if (size > 0 || move == 0 || speed > SHORTEST * left * bend) continue;
        double enough = 1 / (flow->tolerance * WEFT_ARRAY_PART);
        s->memory[v] = (peak){move * enough, t, h, enough};
    }
    return h;
}

#endif
