// Clock edges: comparators look, inputs are copied, controllers take the edge, and what that
// changes.
#include <string.h>

#include "twin.h"

// ---- before the edge --------------------------------------------------------------------------

void weft_refresh_bits(weft_twin *twin) {
    if (!twin->kept.flags[KEPT_BITS_STALE]) return;
    twin->kept.flags[KEPT_BITS_STALE] = 0;
    for (uint32_t s = 0; s < twin->model->sequence_count; s++)
        if (!twin->model->sequences[s].live_bits)
            weft_run_task(twin, twin->model->sequences[s].bits);
}

static weft_status look_at_live_bits(weft_twin *twin, int64_t tick) {
    bool any = false;
    for (uint32_t s = 0; s < twin->model->sequence_count; s++)
        any |= twin->wiring[s].due && twin->model->sequences[s].live_bits;
    if (!any) return WEFT_OK;
    weft_look look;
    weft_status status = weft_look_begin(twin, tick, &twin->kept.bits, &look);
    for (uint32_t s = 0; s < twin->model->sequence_count; s++)
        if (twin->wiring[s].due && twin->model->sequences[s].live_bits)
            weft_run_task(twin, twin->model->sequences[s].bits);
    status = weft_check_fault(twin);
    weft_look_end(twin, &look);
    return status;
}

void weft_copy_wires(weft_twin *twin) {
    for (uint32_t s = 0; s < twin->model->sequence_count; s++) {
        const weft_sequence *sequence = &twin->model->sequences[s];
        for (uint32_t w = 0; w < sequence->wire_count; w++) {
            const weft_wire *wire = &sequence->wires[w];
            const weft_cell *from = twin->cells + wire->from_cell;
            weft_cell *to = twin->cells + wire->to_cell;
            for (uint32_t i = 0; i < wire->count; i++)
                to[i] = from[i];
        }
    }
}

// ---- the edge ---------------------------------------------------------------------------------

void weft_keep_outputs(weft_twin *twin, weft_wiring *w) {
    weft_cell *old = w->old;
    for (uint32_t r = 0; r < w->out.count; r++) {
        const weft_range *range = &w->out.list[r];
        const weft_cell *from = twin->cells + range->cell;
        for (uint32_t i = 0; i < range->count; i++)
            *old++ = from[i];
    }
}

void weft_swap_outputs(weft_twin *twin) {
    for (uint32_t s = 0; s < twin->model->sequence_count; s++) {
        weft_wiring *w = &twin->wiring[s];
        weft_cell *old = w->old;
        for (uint32_t r = 0; w->due && r < w->out.count; r++) {
            weft_cell *now = twin->cells + w->out.list[r].cell;
            for (uint32_t i = 0; i < w->out.list[r].count; i++, old++) {
                weft_cell kept = *old;
                *old = now[i];
                now[i] = kept;
            }
        }
    }
}

bool weft_outputs_changed(const weft_twin *twin) {
    for (uint32_t s = 0; s < twin->model->sequence_count; s++) {
        const weft_wiring *w = &twin->wiring[s];
        const weft_cell *old = w->old;
        for (uint32_t r = 0; w->due && r < w->out.count; old += w->out.list[r].count, r++)
            if (memcmp(old, twin->cells + w->out.list[r].cell,
                       w->out.list[r].count * sizeof *old) != 0)
                return true;
    }
    return false;
}

bool weft_in_c(const weft_twin *twin, uint32_t sequence) {
    return twin->control != WEFT_CONTROL_RTL ||
           twin->model->sequences[sequence].violated_cell != WEFT_NONE;
}

static void take_edge(weft_twin *twin, uint32_t sequence) {
    weft_keep_outputs(twin, &twin->wiring[sequence]);
    if (weft_in_c(twin, sequence)) weft_do(twin, twin->model->sequences[sequence].step);
    if (twin->control != WEFT_CONTROL_C) weft_rtl_edge(twin, sequence);
}

// Appends the activations of one sequence that end and that begin.
static void find_changes(weft_twin *twin, const weft_wiring *w) {
    const weft_cell *cells = twin->cells;
    for (uint32_t k = 0; k < w->signal_count; k++) {
        const weft_signal *signal = &w->signals[k];
        bool was = cells[signal->state].i != 0, is = cells[signal->active].i != 0;
        bool again = signal->start != WEFT_NONE && cells[signal->start].i != 0;
        if (was && (!is || again)) twin->ending[twin->ending_count++] = signal->phase;
        if (is && (!was || again)) twin->beginning[twin->beginning_count++] = signal->phase;
    }
}

weft_status weft_take_edges(weft_twin *twin, int64_t tick) {
    twin->ending_count = twin->beginning_count = 0;
    weft_status status = look_at_live_bits(twin, tick);
    if (status != WEFT_OK) return status;
    weft_copy_wires(twin);
    for (uint32_t s = 0; s < twin->model->sequence_count; s++) {
        weft_wiring *w = &twin->wiring[s];
        if (w->due && !w->stepped) take_edge(twin, s);
        w->stepped = false;
    }
    for (uint32_t s = 0; s < twin->model->sequence_count; s++)
        if (twin->wiring[s].due) find_changes(twin, &twin->wiring[s]);
    return WEFT_OK;
}

// ---- after the edge ---------------------------------------------------------------------------

static weft_status judge(weft_twin *twin, uint32_t s, int64_t tick) {
    const weft_sequence *sequence = &twin->model->sequences[s];
    if (twin->control == WEFT_CONTROL_BOTH) {
        weft_do(twin, sequence->pulses);
        weft_status status = weft_rtl_compare(twin, s, tick);
        if (status != WEFT_OK) return status;
    }
    if (sequence->violated_cell == WEFT_NONE) return WEFT_OK;
    int64_t violated = twin->cells[sequence->violated_cell].i;
    if (violated == 0) return WEFT_OK;
    return weft_fail(twin, WEFT_GUARANTEE, "%s: `%s` is broken at %.9g s", sequence->name,
                     sequence->guarantees[violated - 1], (double)tick * twin->model->tick);
}

weft_status weft_judge(weft_twin *twin, int64_t tick) {
    weft_status status = WEFT_OK;
    for (uint32_t s = 0; status == WEFT_OK && s < twin->model->sequence_count; s++)
        if (twin->wiring[s].due) status = judge(twin, s, tick);
    return status;
}

// ---- many edges -------------------------------------------------------------------------------

// weft_instant once for each edge of the only sequence, without all that is not needed as long as
// no edge changes the core. It may stop at any edge: the last one then was taken, not completed.
weft_status weft_walk(weft_twin *twin, int64_t before, int64_t until, uint32_t called, bool *done) {
    const weft_model *model = twin->model;
    if (model->sequence_count != 1 || model->sequences[0].live_bits ||
        (twin->watch != NULL && twin->watch->change != NULL))
        return WEFT_OK;
    const weft_sequence *sequence = &model->sequences[0];
    weft_wiring *w = &twin->wiring[0];
    int64_t *edge = &twin->kept.next_edge[0], last = before - 1 < until ? before - 1 : until;
    weft_status status = WEFT_OK;
    twin->ending_count = twin->beginning_count = 0;
    while (*edge <= last && !*done && status == WEFT_OK) {
        weft_copy_wires(twin);
        take_edge(twin, 0);
        find_changes(twin, w);
        if (twin->ending_count > 0 || twin->beginning_count > 0) {
            w->stepped = true;
            break;
        }
        twin->cells[WEFT_NOW].i = *edge;
        if (twin->control == WEFT_CONTROL_RTL) weft_rtl_count(twin, 0, 1);
        status = judge(twin, 0, *edge);
        *edge += sequence->period;
        twin->kept.flags[KEPT_CYCLES]++;
        *done = called == 0 && twin->cells[sequence->done_cell].i != 0;
    }
    return status;
}
