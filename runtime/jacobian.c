// The sparse Jacobian of a flow's rates; see jacobian.h.
#include "jacobian.h"

#include <stdlib.h>
#include <string.h>

static void direction_zero(weft_cell *cells, const weft_flow *flow) {
    memset(cells + flow->dot_cell, 0, flow->count * sizeof *cells);
}

// ---- which entries ----------------------------------------------------------------------------

static bool grow(weft_jacobian *j, int64_t *room) {
    int64_t wanted = *room * 2;
    int64_t *row = realloc(j->row, (size_t)wanted * sizeof *row);
    if (row == NULL) return false;
    j->row = row;
    *room = wanted;
    return true;
}

static bool find_entries(weft_jacobian *j, weft_cell *cells, const weft_flow *flow,
                         weft_rates pattern, const void *data) {
    int64_t room = 16 + 4 * (int64_t)j->n;
    j->row = malloc((size_t)room * sizeof *j->row);
    if (j->row == NULL) return false;
    direction_zero(cells, flow);
    for (uint32_t column = 0; column < j->n; column++) {
        j->start[column] = j->entries;
        cells[flow->dot_cell + column].r = 1;
        pattern(cells, data);
        cells[flow->dot_cell + column].r = 0;
        for (uint32_t row = 0; row < j->n; row++) {
            if (cells[flow->rate_dot_cell + row].r == 0 && row != column) continue;
            if (j->entries == room && !grow(j, &room)) return false;
            j->row[j->entries++] = row;
        }
    }
    j->start[j->n] = j->entries;
    return true;
}

// ---- colours ----------------------------------------------------------------------------------

// The columns of each row: the transposed pattern.
typedef struct by_row {
    int64_t *start, *column;
} by_row;

static bool transpose(const weft_jacobian *j, by_row *t) {
    t->start = calloc((size_t)j->n + 2, sizeof *t->start);
    t->column = malloc((size_t)j->entries * sizeof *t->column);
    if (t->start == NULL || t->column == NULL) return false;
    for (int64_t e = 0; e < j->entries; e++)
        t->start[j->row[e] + 2]++;
    for (uint32_t row = 0; row < j->n; row++)
        t->start[row + 2] += t->start[row + 1];
    for (uint32_t column = 0; column < j->n; column++)
        for (int64_t e = j->start[column]; e < j->start[column + 1]; e++)
            t->column[t->start[j->row[e] + 1]++] = column;
    return true; // each row's begin has moved on to where it belongs
}

// Each column takes the first colour that no column before it has with which it shares a row.
static void give_colours(weft_jacobian *j, const by_row *t, uint32_t *taken) {
    for (uint32_t column = 0; column < j->n; column++) {
        for (int64_t e = j->start[column]; e < j->start[column + 1]; e++) {
            int64_t row = j->row[e];
            for (int64_t k = t->start[row]; k < t->start[row + 1] && t->column[k] < column; k++)
                taken[j->colour[t->column[k]]] = column + 1;
        }
        uint32_t colour = 0;
        while (taken[colour] == column + 1)
            colour++;
        j->colour[column] = colour;
        if (colour >= j->colours) j->colours = colour + 1;
    }
}

bool weft_jacobian_find(weft_jacobian *j, weft_cell *cells, const weft_flow *flow,
                        weft_rates pattern, const void *data) {
    *j = (weft_jacobian){.n = flow->count};
    by_row t = {0};
    uint32_t *taken = calloc((size_t)j->n + 1, sizeof *taken);
    j->start = malloc(((size_t)j->n + 1) * sizeof *j->start);
    j->colour = malloc((size_t)j->n * sizeof *j->colour);
    bool found = taken != NULL && j->start != NULL && j->colour != NULL &&
                 find_entries(j, cells, flow, pattern, data) && transpose(j, &t);
    if (found) give_colours(j, &t, taken);
    free(t.start);
    free(t.column);
    free(taken);
    if (!found) weft_jacobian_free(j);
    return found;
}

void weft_jacobian_free(weft_jacobian *j) {
    free(j->start);
    free(j->row);
    free(j->colour);
    *j = (weft_jacobian){0};
}

// ---- values -----------------------------------------------------------------------------------

void weft_jacobian_fill(const weft_jacobian *j, weft_cell *cells, const weft_flow *flow,
                        weft_rates tangent, const void *data, double *values) {
    const weft_cell *rate_dot = cells + flow->rate_dot_cell;
    for (uint32_t colour = 0; colour < j->colours; colour++) {
        for (uint32_t column = 0; column < j->n; column++)
            cells[flow->dot_cell + column].r = j->colour[column] == colour ? 1 : 0;
        tangent(cells, data);
        for (uint32_t column = 0; column < j->n; column++)
            for (int64_t e = j->start[column];
                 j->colour[column] == colour && e < j->start[column + 1]; e++)
                values[e] = rate_dot[j->row[e]].r;
    }
}
