// Systems of differential equations for callers that are not compiled with flow.h, and the edges of
// inputs.
#include "weft.h"

#include "flow.h"

void weft_flow_advance(weft_cell *cells, const weft_flow *flow, weft_rates rates, weft_rates events,
                       const void *data) {
    weft_flow_solve(cells, flow, rates, events, data);
}

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
