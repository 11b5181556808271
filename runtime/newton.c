// Unknowns that equations give only all together: Newton's method from where the last solution was,
// with the exact Jacobian, column by column from the tangent of the residuals, and damped: a step
// is halved while what is left of the equations does not fall (Deuflhard, "Newton Methods for
// Nonlinear Problems", 2004, section 3.1). One function for interpreted and compiled models: the
// same bits.
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "weft.h"

enum { STEPS = 100, HALVINGS = 50 };
#define TOLERANCE 1e-9 // relative
#define NOISE 1e-6     // relative: a step this short that improves nothing is rounding
#define SMALLEST 1e-15 // the same where the unknown itself is about 0
#define ROUNDING 1e-14 // what elimination leaves where there is nothing

typedef struct newton {
    weft_cell *cells;
    const weft_island *table;
    weft_rates residual, tangent;
    const void *data;
    uint32_t n;
    double *matrix;                // n rows of n, then its factors
    double *x, *old, *move, *left; // unknowns now and before, step, residuals
    double *scale, *column; // the largest entry of each row; of each column, in units of that
} newton;

static void gather(const weft_cell *cells, const weft_cells_of *from, uint32_t vars, double *to) {
    for (uint32_t v = 0; v < vars; v++)
        for (uint32_t k = 0; k < from[v].count; k++)
            *to++ = cells[from[v].cell + k].r;
}

static void scatter(weft_cell *cells, const weft_cells_of *to, uint32_t vars, const double *from) {
    for (uint32_t v = 0; v < vars; v++)
        for (uint32_t k = 0; k < to[v].count; k++)
            cells[to[v].cell + k].r = *from++;
}

// The residuals at old + part * move, each unknown held inside its range.
static void evaluate(newton *s, double part) {
    const double *lo = s->table->lo, *hi = s->table->hi;
    for (uint32_t k = 0; k < s->n; k++) {
        s->x[k] = s->old[k] + part * s->move[k];
        if (lo != NULL) s->x[k] = weft_min(hi[k], weft_max(lo[k], s->x[k]));
    }
    scatter(s->cells, s->table->unknowns, s->table->var_count, s->x);
    s->residual(s->cells, s->data);
    gather(s->cells, s->table->residuals, s->table->var_count, s->left);
}

// The largest residual, in units of the largest entry of its row; NaN where one is not finite.
static double size_of(const newton *s) {
    double largest = 0;
    for (uint32_t k = 0; k < s->n; k++) {
        double size = fabs(s->left[k]) / s->scale[k];
        if (!isfinite(s->left[k])) return NAN;
        largest = size > largest ? size : largest;
    }
    return largest;
}

static void fill_matrix(newton *s) {
    for (uint32_t column = 0; column < s->n; column++) {
        for (uint32_t k = 0; k < s->n; k++)
            s->move[k] = k == column;
        scatter(s->cells, s->table->dots, s->table->var_count, s->move);
        s->tangent(s->cells, s->data);
        gather(s->cells, s->table->residual_dots, s->table->var_count, s->move);
        for (uint32_t row = 0; row < s->n; row++)
            s->matrix[(size_t)row * s->n + column] = s->move[row];
    }
    for (uint32_t row = 0; row < s->n; row++) {
        s->scale[row] = 0;
        for (uint32_t column = 0; column < s->n; column++) {
            double entry = fabs(s->matrix[(size_t)row * s->n + column]);
            if (!(entry <= s->scale[row])) s->scale[row] = entry;
        }
    }
}

static void swap_rows(newton *s, uint32_t a, uint32_t b) {
    for (uint32_t k = 0; a != b && k < s->n; k++) {
        double kept = s->matrix[(size_t)a * s->n + k];
        s->matrix[(size_t)a * s->n + k] = s->matrix[(size_t)b * s->n + k];
        s->matrix[(size_t)b * s->n + k] = kept;
    }
    double kept = s->move[a];
    s->move[a] = s->move[b];
    s->move[b] = kept;
}

// matrix * move = -left by elimination, the largest entry of a column in units of its row as pivot.
// n where it went well, otherwise the unknown that the equations do not determine.
static uint32_t solve(newton *s) {
    const uint32_t n = s->n;
    double *m = s->matrix;
    for (uint32_t row = 0; row < n; row++) {
        if (!(s->scale[row] > 0) || !isfinite(s->scale[row])) return row;
        s->move[row] = -s->left[row] / s->scale[row];
        for (uint32_t k = 0; k < n; k++) {
            m[(size_t)row * n + k] /= s->scale[row];
            s->column[k] = fmax(row > 0 ? s->column[k] : 0, fabs(m[(size_t)row * n + k]));
        }
    }
    for (uint32_t c = 0; c < n; c++) {
        uint32_t pivot = c;
        for (uint32_t row = c + 1; row < n; row++)
            if (fabs(m[(size_t)row * n + c]) > fabs(m[(size_t)pivot * n + c])) pivot = row;
        swap_rows(s, c, pivot);
        const double top = m[(size_t)c * n + c];
        if (!(fabs(top) > ROUNDING * s->column[c])) return c;
        for (uint32_t row = c + 1; row < n; row++) {
            const double factor = m[(size_t)row * n + c] / top;
            if (factor == 0) continue;
            for (uint32_t k = c + 1; k < n; k++)
                m[(size_t)row * n + k] -= factor * m[(size_t)c * n + k];
            s->move[row] -= factor * s->move[c];
        }
    }
    for (uint32_t c = n; c-- > 0;) {
        for (uint32_t k = c + 1; k < n; k++)
            s->move[c] -= m[(size_t)c * n + k] * s->move[k];
        s->move[c] /= m[(size_t)c * n + c];
    }
    return n;
}

// Whether the step is short: relative to each unknown, but to a thousandth of the largest of its
// array at least.
static bool is_short(const newton *s, double tolerance, double smallest) {
    uint32_t k = 0;
    for (uint32_t v = 0; v < s->table->var_count; v++) {
        uint32_t end = k + s->table->unknowns[v].count;
        double largest = 0;
        for (uint32_t j = k; j < end; j++)
            largest = fmax(largest, fabs(s->old[j] + s->move[j]));
        for (; k < end; k++) {
            double size = fmax(fabs(s->old[k] + s->move[k]), 1e-3 * largest);
            if (!(fabs(s->move[k]) <= fmax(tolerance * size, smallest))) return false;
        }
    }
    return true;
}

static void fail(newton *s, weft_status status, uint32_t unknown) {
    uint32_t v = 0, first = 0;
    scatter(s->cells, s->table->unknowns, s->table->var_count, s->old);
    if (s->cells[WEFT_FAULT].i != WEFT_OK) return;
    while (unknown >= first + s->table->unknowns[v].count && v + 1 < s->table->var_count)
        first += s->table->unknowns[v++].count;
    s->cells[WEFT_FAULT].i = status;
    s->cells[WEFT_FAULT_AT].i = (int64_t)s->table->unknowns[v].cell + (unknown - first) + 1;
}

static bool all_zero(const double *left, uint32_t n) {
    for (uint32_t k = 0; k < n; k++)
        if (left[k] != 0) return false;
    return true;
}

// One step from old; true when that is the end of it, whether well or not.
static bool step(newton *s) {
    fill_matrix(s);
    uint32_t undetermined = solve(s);
    if (undetermined < s->n) {
        fail(s, WEFT_UNDETERMINED, undetermined);
        return true;
    }
    double before = size_of(s), after = NAN, part = 1; // NaN: there is nothing to improve on
    bool last = is_short(s, TOLERANCE, 0), noise = is_short(s, NOISE, SMALLEST);
    for (int k = 0; k < HALVINGS; k++, part /= 2) {
        evaluate(s, part);
        after = size_of(s);
        if (after < before) break;
        if (last || noise) { // no better, and nowhere to go: it was the solution
            scatter(s->cells, s->table->unknowns, s->table->var_count, s->old);
            return true;
        }
    }
    if (!(after < before)) {
        fail(s, WEFT_NO_SOLUTION, 0);
        return true;
    }
    memcpy(s->old, s->x, s->n * sizeof *s->x);
    return last || all_zero(s->left, s->n);
}

static newton newton_of(weft_cell *cells, const weft_island *table, weft_rates residual,
                        weft_rates tangent, const void *data) {
    double *work = &cells[table->work_cell].r;
    const size_t n = table->count;
    newton s = {.cells = cells,
                .table = table,
                .residual = residual,
                .tangent = tangent,
                .data = data,
                .n = table->count,
                .x = work,
                .old = work + n,
                .move = work + 2 * n,
                .left = work + 3 * n,
                .scale = work + 4 * n,
                .column = work + 5 * n,
                .matrix = work + 6 * n};
    gather(cells, table->unknowns, table->var_count, s.old);
    return s;
}

void weft_newton(weft_cell *cells, const weft_island *table, weft_rates residual,
                 weft_rates tangent, const void *data) {
    newton s = newton_of(cells, table, residual, tangent, data);
    const uint32_t n = s.n;
    memset(s.move, 0, n * sizeof *s.move);
    evaluate(&s, 0);
    if (all_zero(s.left, n)) return;
    memcpy(s.old, s.x, n * sizeof *s.x);
    for (int k = 0; k < STEPS; k++)
        if (step(&s)) return;
    fail(&s, WEFT_NO_SOLUTION, 0);
}

// ---- what the unknowns move by ----------------------------------------------------------------

void weft_newton_tangent(weft_cell *cells, const weft_island *table, weft_rates along,
                         weft_rates tangent, const void *data) {
    newton s = newton_of(cells, table, along, tangent, data);
    along(cells, data);
    gather(cells, table->residual_dots, table->var_count, s.left);
    fill_matrix(&s);
    uint32_t undetermined = solve(&s);
    if (undetermined < s.n) {
        fail(&s, WEFT_UNDETERMINED, undetermined);
        memset(s.move, 0, s.n * sizeof *s.move);
    }
    scatter(cells, table->dots, table->var_count, s.move);
}

// Unknowns and equations that hang together, over whatever others, move together.
void weft_newton_pattern(weft_cell *cells, const weft_island *table, weft_rates along,
                         weft_rates pattern, const void *data) {
    newton s = newton_of(cells, table, along, pattern, data);
    const uint32_t n = s.n;
    along(cells, data);
    gather(cells, table->residual_dots, table->var_count, s.left);
    fill_matrix(&s);
    memset(s.move, 0, n * sizeof *s.move);
    for (bool more = true; more;) {
        more = false;
        for (uint32_t column = 0; column < n; column++) {
            bool touched = s.move[column] != 0;
            for (uint32_t row = 0; row < n && !touched; row++)
                touched = s.left[row] != 0 && s.matrix[(size_t)row * n + column] != 0;
            if (!touched) continue;
            more |= s.move[column] == 0;
            s.move[column] = 1;
            for (uint32_t row = 0; row < n; row++)
                if (s.matrix[(size_t)row * n + column] != 0) s.left[row] = 1;
        }
    }
    scatter(cells, table->dots, table->var_count, s.move);
}
