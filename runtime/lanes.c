// Several instances moved at once: their cells are put side by side, the generated lanes move, the
// states go back. See lanes.h.
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "twin.h"

struct weft_abreast {
    const weft_model *model;
    weft_cell *block; // [cells][lanes]
};

weft_abreast *weft_abreast_open(const weft_model *model) {
    weft_abreast *a = calloc(1, sizeof *a);
    size_t bytes = (size_t)model->cells * model->lanes->count * sizeof(weft_cell);
    if (a == NULL) return NULL;
    a->model = model;
    a->block = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (a->block == NULL) {
        free(a);
        return NULL;
    }
    memset(a->block, 0, bytes);
    return a;
}

void weft_abreast_close(weft_abreast *abreast) {
    if (abreast == NULL) return;
    free(abreast->block);
    free(abreast);
}

int64_t weft_next_instant(const weft_twin *twin) {
    return twin->instant;
}

static void put(weft_abreast *a, uint32_t lane, const weft_cell *cells, weft_cells_of which) {
    uint32_t lanes = a->model->lanes->count;
    weft_cell *to = a->block + (size_t)which.cell * lanes + lane;
    for (uint32_t k = 0; k < which.count; k++)
        to[(size_t)k * lanes] = cells[which.cell + k];
}

static void take(const weft_abreast *a, uint32_t lane, weft_cell *cells, weft_cells_of which) {
    uint32_t lanes = a->model->lanes->count;
    const weft_cell *from = a->block + (size_t)which.cell * lanes + lane;
    for (uint32_t k = 0; k < which.count; k++)
        cells[which.cell + k] = from[(size_t)k * lanes];
}

static void put_all(weft_abreast *a, uint32_t lane, const weft_cell *cells) {
    const weft_lanes *lanes = a->model->lanes;
    const weft_edges *edges = a->model->edges;
    put(a, lane, cells, (weft_cells_of){0, WEFT_FIRST});
    for (uint32_t r = 0; r < lanes->read_count; r++)
        put(a, lane, cells, lanes->reads[r]);
    if (edges == NULL || cells[WEFT_EDGE_TO].i <= cells[WEFT_EDGE_FROM].i) return;
    uint32_t count = 0;
    for (uint32_t i = 0; i < edges->input_count; i++)
        count += edges->inputs[i].count;
    put(a, lane, cells, (weft_cells_of){edges->from_cell, count});
    put(a, lane, cells, (weft_cells_of){edges->to_cell, count});
}

// What fails in a lane is done again alone, from where it began: the instance says what and when.
static void take_all(const weft_abreast *a, uint32_t lane, weft_twin *twin) {
    const weft_flow *flow = &a->model->flows[0];
    weft_cell *cells = twin->cells;
    if (a->block[(size_t)WEFT_FAULT * a->model->lanes->count + lane].i != WEFT_OK) {
        weft_move_all(twin);
        return;
    }
    take(a, lane, cells, (weft_cells_of){flow->vars[0].cell, flow->count});
    take(a, lane, cells, (weft_cells_of){WEFT_STEP, 1});
}

void weft_abreast_flush(weft_abreast *a, weft_twin *const *twins, uint32_t count, int64_t tick) {
    uint32_t lanes = a->model->lanes->count;
    uint64_t go = 0, flow = 0; // by lane: time goes on for it; its states move
    for (uint32_t l = 0; l < lanes; l++) {
        a->block[(size_t)WEFT_DT * lanes + l].r = 0; // rests
        if (l >= count || twins[l]->failed != WEFT_OK || tick <= twins[l]->cells[WEFT_FROM].i)
            continue;
        go |= UINT64_C(1) << l;
        weft_flush_begin(twins[l], tick);
        if (weft_flow_at_rest(twins[l]->cells, &a->model->flows[0])) continue;
        flow |= UINT64_C(1) << l;
        put_all(a, l, twins[l]->cells);
    }
    if (flow != 0) a->model->lanes->solve(a->block);
    for (uint32_t l = 0; l < lanes; l++) {
        if ((flow >> l & 1) != 0) take_all(a, l, twins[l]);
        if ((go >> l & 1) != 0) twins[l]->failed = weft_flush_end(twins[l], tick, true);
    }
}
