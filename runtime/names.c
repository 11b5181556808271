// Variables by name: find, set, get.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "twin.h"

uint32_t weft_var_index(const weft_twin *twin, const char *name) {
    uint32_t lo = 0, hi = twin->model->var_count;
    while (lo < hi) {
        uint32_t middle = lo + (hi - lo) / 2;
        int order = strcmp(name, twin->model->vars[twin->by_name[middle]].name);
        if (order == 0) return twin->by_name[middle];
        if (order < 0)
            hi = middle;
        else
            lo = middle + 1;
    }
    return WEFT_NONE;
}

uint32_t weft_sequence_index(const weft_twin *twin, const char *name) {
    for (uint32_t s = 0; s < twin->model->sequence_count; s++)
        if (strcmp(twin->model->sequences[s].name, name) == 0) return s;
    return WEFT_NONE;
}

// Whether a clocked variable is an input that nothing in the model drives.
static bool is_free_input(const weft_model *model, const weft_var *var) {
    for (uint32_t s = 0; s < model->sequence_count; s++) {
        const weft_sequence *sequence = &model->sequences[s];
        for (uint32_t w = 0; w < sequence->wire_count; w++)
            if (sequence->wires[w].to_cell == var->cell) return false;
        for (uint32_t p = 0; p < sequence->port_count; p++) {
            const weft_port *port = &sequence->ports[p];
            if (port->cell == var->cell && !port->output && !port->settle) return true;
        }
    }
    return false;
}

static weft_status settable(const weft_twin *twin, const weft_var *var) {
    switch (var->kind) {
    case WEFT_PARAM:
        return var->cell == WEFT_NONE ? WEFT_CONSTANT : WEFT_OK;
    case WEFT_INPUT:
    case WEFT_STATE:
    case WEFT_HOLD:
        return WEFT_OK;
    case WEFT_CLOCKED:
        return is_free_input(twin->model, var) ? WEFT_OK : WEFT_READ_ONLY;
    case WEFT_SIGNAL:
    case WEFT_BIT:
    case WEFT_INNER:
        break;
    }
    return WEFT_READ_ONLY;
}

static bool in_range(const weft_var *var, double value) {
    if (var->integer && (value != floor(value) || fabs(value) > 0x1p53)) return false;
    if (var->lo == 0 && var->hi == 0) return true; // a table that states no range
    return !(value < var->lo) && !(value > var->hi);
}

static weft_status acceptable(weft_twin *twin, uint32_t index, uint32_t element, double value) {
    const weft_var *var = &twin->model->vars[index];
    bool finite = isfinite(value);
    if (finite && in_range(var, value)) return WEFT_OK;
    char name[200];
    weft_element(twin, index, element, name, sizeof name);
    if (!finite) return weft_fail(twin, WEFT_NOT_FINITE, "%s cannot be %g", name, value);
    return weft_fail(twin, WEFT_OUT_OF_RANGE, "%s cannot be %.9g: it must lie in [%.9g, %.9g]%s",
                     name, value, var->lo, var->hi, var->integer ? " and be whole" : "");
}

weft_status weft_check_var(weft_twin *twin, uint32_t index) {
    const weft_var *var = &twin->model->vars[index];
    weft_status status = WEFT_OK;
    for (uint32_t i = 0; i < var->count && status == WEFT_OK; i++) {
        const weft_cell *cell = &twin->cells[var->cell + i];
        status = acceptable(twin, index, i, var->integer ? (double)cell->i : cell->r);
    }
    return status;
}

static void remember_parameter(weft_twin *twin, uint32_t index) {
    const weft_var *var = &twin->model->vars[index];
    weft_cell *value = twin->kept.given_value;
    for (uint32_t v = 0; v < index; v++)
        if (twin->model->vars[v].kind == WEFT_PARAM && twin->model->vars[v].cell != WEFT_NONE)
            value += twin->model->vars[v].count;
    twin->kept.given[index] = 1;
    memcpy(value, twin->cells + var->cell, var->count * sizeof *value);
}

weft_status weft_set(weft_twin *twin, const char *name, const double *values, size_t count) {
    uint32_t index = weft_var_index(twin, name);
    if (index == WEFT_NONE) return weft_fail(twin, WEFT_NO_SUCH_NAME, "no variable %s", name);
    const weft_var *var = &twin->model->vars[index];
    weft_status status = settable(twin, var);
    if (status != WEFT_OK) return weft_fail(twin, status, "%s: %s", name, weft_status_text(status));
    if (count != var->count)
        return weft_fail(twin, WEFT_WRONG_SIZE, "%s has %u elements, not %zu", name,
                         (unsigned)var->count, count);
    for (uint32_t i = 0; i < var->count; i++) {
        status = acceptable(twin, index, i, values[i]);
        if (status != WEFT_OK) return status;
    }
    if (var->kind != WEFT_CLOCKED && twin->failed == WEFT_OK) {
        status = weft_touch(twin);
        if (status != WEFT_OK) return status;
    }
    for (uint32_t i = 0; i < var->count; i++) {
        if (var->integer)
            twin->cells[var->cell + i].i = (int64_t)values[i];
        else
            twin->cells[var->cell + i].r = values[i];
    }
    if (var->kind == WEFT_PARAM) remember_parameter(twin, index);
    return WEFT_OK;
}

weft_status weft_get(weft_twin *twin, const char *name, double *values, size_t count) {
    uint32_t index = weft_var_index(twin, name);
    if (index == WEFT_NONE) return weft_fail(twin, WEFT_NO_SUCH_NAME, "no variable %s", name);
    if (count != twin->model->vars[index].count)
        return weft_fail(twin, WEFT_WRONG_SIZE, "%s has %u elements, not %zu", name,
                         (unsigned)twin->model->vars[index].count, count);
    // A bit is what the controllers saw last: a comparator with hysteresis remembers whom it showed
    // itself to, so looking at it must not have it decide.
    return weft_peek(twin, weft_now(twin), index, values);
}

weft_status weft_observe(weft_twin *twin, const char *name, double *values, size_t count) {
    return weft_get(twin, name, values, count);
}

void weft_name_element(const weft_var *var, uint32_t element, const char *between, char *text,
                       size_t size) {
    size_t used = (size_t)snprintf(text, size, "%s", var->name);
    uint32_t rest = var->count, index[6] = {0};
    for (uint32_t d = 0; d < var->dims && var->dim[d]; d++) {
        rest /= var->dim[d];
        index[d] = element / rest;
        element %= rest;
    }
    if (var->turned && var->dims >= 2) {
        uint32_t column = index[var->dims - 2];
        index[var->dims - 2] = index[var->dims - 1];
        index[var->dims - 1] = column;
    }
    for (uint32_t d = 0; d < var->dims && used < size; d++)
        used +=
            (size_t)snprintf(text + used, size - used, "%s%" PRIu32, d ? between : "[", index[d]);
    if (var->dims && used < size) snprintf(text + used, size - used, "]");
}
