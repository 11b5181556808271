// An instance: open, restart, close, run.
#include "weft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "twin.h"

// ---- memory -----------------------------------------------------------------------------------

enum { LINE = 64 }; // bytes: arrays begin at a cache line, so that vector loads are aligned

void *weft_allocate(weft_twin *twin, size_t count, size_t size) {
    if (count > (SIZE_MAX - 2 * LINE) / size) return NULL;
    size_t bytes = (count * size + LINE - 1) / LINE * LINE + LINE;
    void **block = aligned_alloc(LINE, bytes);
    if (block == NULL) return NULL;
    memset(block, 0, bytes);
    *block = twin->blocks;
    twin->blocks = block;
    return (char *)block + LINE;
}

// ---- faults -----------------------------------------------------------------------------------

weft_status weft_fail(weft_twin *twin, weft_status status, const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(twin->fault, sizeof twin->fault, format, list);
    va_end(list);
    return status;
}

const char *weft_fault(const weft_twin *twin) {
    return twin->fault;
}

const char *weft_element(const weft_twin *twin, uint32_t var, uint32_t element, char *text,
                         size_t size) {
    weft_name_element(&twin->model->vars[var], element, ",", text, size);
    return text;
}

// ---- instances --------------------------------------------------------------------------------

weft_status weft_open(weft_twin **twin, const weft_model *model, const weft_engine *engine) {
    *twin = NULL;
    if (model->abi != WEFT_ABI) return WEFT_BAD_FILE;
    weft_twin *t = calloc(1, sizeof *t);
    if (t == NULL) return WEFT_NO_MEMORY;
    t->model = model;
    t->engine = engine;
    t->serial = 1;
    weft_status status = weft_lay_out(t);
    if (status == WEFT_OK) status = weft_restart(t, 0, 0);
    if (status == WEFT_NO_MEMORY) {
        weft_close(t);
        return status;
    }
    // A model whose beginning fails can still be looked at, and restarted with other parameters.
    *twin = t;
    return WEFT_OK;
}

void weft_close(weft_twin *twin) {
    if (twin == NULL) return;
    weft_rtl_destroy(twin);
    weft_solvers_free(&twin->solvers);
    for (void **block = twin->blocks; block != NULL;) {
        void **next = *block;
        free(block);
        block = next;
    }
    free(twin);
}

static void put_given_parameters(weft_twin *twin) {
    const weft_cell *value = twin->kept.given_value;
    for (uint32_t v = 0; v < twin->model->var_count; v++) {
        const weft_var *var = &twin->model->vars[v];
        if (var->kind != WEFT_PARAM || var->cell == WEFT_NONE) continue;
        if (twin->kept.given[v]) memcpy(twin->cells + var->cell, value, var->count * sizeof *value);
        value += var->count;
    }
}

weft_status weft_restart(weft_twin *twin, uint64_t seed, uint64_t repeat) {
    const weft_model *model = twin->model;
    weft_kept *kept = &twin->kept;
    memset(twin->cells, 0, (size_t)model->cells * sizeof *twin->cells);
    memset(kept->next_edge, 0, model->sequence_count * sizeof *kept->next_edge);
    memset(kept->next_at, 0, model->phase_count * sizeof *kept->next_at);
    kept->flags[KEPT_BITS_STALE] = 1;
    kept->flags[KEPT_CYCLES] = 0;
    twin->failed = WEFT_OK;
    twin->fault[0] = '\0';
    twin->lockstep = (weft_lockstep){0};
    twin->serial++;
    weft_forget_looks(twin);
    weft_do(twin, model->defaults);
    put_given_parameters(twin);
    weft_offer_solvers(twin);
    twin->cells[WEFT_KEY].i = (int64_t)weft_key(seed, repeat);
    for (uint32_t s = 0; s < model->sequence_count; s++)
        weft_do(twin, model->sequences[s].reset);
    weft_do(twin, model->vary);
    weft_do(twin, model->init);
    if (twin->control != WEFT_CONTROL_C) weft_rtl_reset(twin);
    twin->next_break = 0;
    if (twin->stimulus != NULL) {
        weft_do(twin, twin->stimulus->function);
        while (twin->next_break < twin->stimulus->break_count &&
               twin->stimulus->breaks[twin->next_break] <= 0)
            twin->next_break++;
    }
    weft_find_instant(twin);
    weft_status status = weft_check_fault(twin);
    if (status == WEFT_OK) status = weft_check_finite(twin, &twin->states);
    if (status == WEFT_OK) status = weft_check_finite(twin, &twin->holds);
    if (status == WEFT_OK && twin->lockstep.mismatches > 0) status = WEFT_MISMATCH;
    return twin->failed = status;
}

const weft_model *weft_model_of(const weft_twin *twin) {
    return twin->model;
}

weft_cell *weft_cells(weft_twin *twin) {
    return twin->cells;
}

int64_t weft_now(const weft_twin *twin) {
    return twin->cells[WEFT_NOW].i;
}

int64_t weft_cycles(const weft_twin *twin) {
    return twin->kept.flags[KEPT_CYCLES];
}

weft_status weft_touch(weft_twin *twin) {
    if (twin->failed != WEFT_OK) return twin->failed;
    twin->failed = weft_flush(twin, twin->cells[WEFT_NOW].i);
    weft_forget_looks(twin);
    twin->kept.flags[KEPT_BITS_STALE] = 1;
    return twin->failed;
}

static void copy_inputs(weft_twin *twin, uint32_t cell, bool out) {
    const weft_edges *edges = twin->model->edges;
    for (uint32_t i = 0; i < edges->input_count; i++) {
        weft_cells_of input = edges->inputs[i];
        weft_cell *cells = twin->cells;
        memcpy(cells + (out ? cell : input.cell), cells + (out ? input.cell : cell),
               input.count * sizeof *cells);
        cell += input.count;
    }
}

void weft_edge_hold(weft_twin *twin) {
    if (twin->model->edges != NULL) copy_inputs(twin, twin->model->edges->from_cell, true);
}

weft_status weft_edge_go(weft_twin *twin, int64_t ticks) {
    weft_status status = weft_touch(twin);
    if (status != WEFT_OK || twin->model->edges == NULL || ticks <= 0) return status;
    copy_inputs(twin, twin->model->edges->to_cell, true);
    copy_inputs(twin, twin->model->edges->from_cell, false);
    twin->cells[WEFT_EDGE_FROM].i = twin->cells[WEFT_NOW].i;
    twin->cells[WEFT_EDGE_TO].i = twin->cells[WEFT_NOW].i + ticks;
    weft_find_instant(twin);
    return WEFT_OK;
}

void weft_watch_with(weft_twin *twin, weft_watch *watch) {
    twin->watch = watch;
    twin->samples.at = -1;
}

weft_status weft_stimulate(weft_twin *twin, const weft_stimulus *stimulus) {
    weft_status status = weft_touch(twin);
    if (status != WEFT_OK) return status;
    twin->stimulus = stimulus;
    twin->next_break = 0;
    if (stimulus != NULL) {
        weft_do(twin, stimulus->function);
        while (twin->next_break < stimulus->break_count &&
               stimulus->breaks[twin->next_break] <= weft_now(twin))
            twin->next_break++;
    }
    weft_find_instant(twin);
    return WEFT_OK;
}

// ---- run --------------------------------------------------------------------------------------

weft_status weft_run(weft_twin *twin, int64_t until) {
    if (twin->failed != WEFT_OK) return twin->failed;
    bool done;
    return twin->failed = weft_run_until(twin, until, WEFT_NONE, &done);
}

weft_status weft_call_index(weft_twin *twin, uint32_t sequence, int64_t max_cycles) {
    if (twin->failed != WEFT_OK) return twin->failed;
    const weft_model *model = twin->model;
    if (sequence >= model->sequence_count) return WEFT_NO_SUCH_NAME;
    const weft_sequence *s = &model->sequences[sequence];
    if (s->start_cell == WEFT_NONE || s->done_cell == WEFT_NONE)
        return weft_fail(twin, WEFT_NO_SUCH_NAME, "%s has no `start` and `done`", s->name);
    if (model->trial != WEFT_NONE) {
        weft_status status = weft_touch(twin);
        if (status != WEFT_OK) return status;
    }
    twin->cells[WEFT_TRIAL].i++;
    weft_do(twin, model->trial);
    twin->cells[s->start_cell].i = 1;
    int64_t first = twin->kept.next_edge[sequence], until = WEFT_NEVER - 1;
    if (max_cycles > 0 && (until - first) / s->period >= max_cycles)
        until = first + (max_cycles - 1) * s->period;
    bool done;
    twin->failed = weft_run_until(twin, until, sequence, &done);
    twin->cells[s->start_cell].i = 0;
    if (twin->failed == WEFT_OK && !done)
        twin->failed = weft_fail(twin, WEFT_TIMEOUT, "%s did not raise `done` in %lld cycles",
                                 s->name, (long long)((weft_now(twin) - first) / s->period + 1));
    return twin->failed;
}

weft_status weft_call(weft_twin *twin, const char *sequencer, int64_t max_cycles) {
    uint32_t s = weft_sequence_index(twin, sequencer);
    if (s == WEFT_NONE) return WEFT_NO_SUCH_NAME;
    return weft_call_index(twin, s, max_cycles);
}
