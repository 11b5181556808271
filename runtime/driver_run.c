// driver_run.c -- the actions of a presentation: calls of sequencers, loops, waits.
#include "drive.h"

weft_status weft_run_measuring(weft_worker *w, int64_t origin, int64_t until) {
    const weft_experiment *e = w->drive->experiment;
    for (;;) {
        int64_t now = weft_now(w->twin), next = until;
        for (uint32_t i = 0; i < e->measure_count; i++) {
            int64_t at = origin + e->measures[i].at;
            if (e->measures[i].at > 0 && at > now && at < next) next = at;
        }
        weft_status status = weft_run(w->twin, next);
        if (status == WEFT_OK) status = weft_touch(w->twin);
        for (uint32_t i = 0; status == WEFT_OK && i < e->measure_count; i++)
            if (e->measures[i].at > 0 && origin + e->measures[i].at == next)
                status = weft_take_measure(w, i);
        if (status != WEFT_OK || next == until) return status;
    }
}

// The inputs have got their new values (data, then what stands in `present { }`), the old ones are
// kept.
static weft_status present(weft_worker *w, const weft_action *a) {
    if (a->set != WEFT_NONE) weft_do(w->twin, a->set);
    weft_status status = weft_edge_go(w->twin, w->edges ? a->edge : 0);
    w->edges = true;
    if (status == WEFT_OK) status = weft_run_measuring(w, w->begin, weft_now(w->twin) + a->ticks);
    weft_edge_hold(w->twin);
    return status;
}

static weft_status run_action(weft_worker *w, const weft_action *a) {
    const weft_drive_options *options = w->drive->options;
    int64_t most = options->max_cycles ? options->max_cycles : WEFT_DRIVE_CYCLES;
    switch (a->kind) {
    case WEFT_ACTION_CALL:
        if (a->set != WEFT_NONE) weft_do(w->twin, a->set);
        return weft_call_index(w->twin, a->sequence, most);
    case WEFT_ACTION_WAIT:
        return weft_run(w->twin, weft_now(w->twin) + a->ticks);
    case WEFT_ACTION_PRESENT:
        return present(w, a);
    case WEFT_ACTION_FOR:
        break;
    }
    for (int64_t i = a->from; i < a->to; i++) {
        if (a->index_cell != WEFT_NONE) weft_cells(w->twin)[a->index_cell].i = i;
        weft_status status = weft_drive_actions(w, a->body);
        if (status) return status;
    }
    return WEFT_OK;
}

weft_status weft_drive_actions(weft_worker *worker, const weft_action *action) {
    for (; action; action = action->next) {
        weft_status status = run_action(worker, action);
        if (status) return status;
    }
    return WEFT_OK;
}
