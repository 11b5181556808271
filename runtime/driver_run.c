// driver_run.c -- the actions of a presentation: calls of sequencers, loops, waits.
#include "drive.h"

static weft_status run_action(weft_worker *w, const weft_action *a) {
    const weft_drive_options *options = w->drive->options;
    int64_t most = options->max_cycles ? options->max_cycles : WEFT_DRIVE_CYCLES;
    switch (a->kind) {
    case WEFT_ACTION_CALL:
        if (a->set != WEFT_NONE) weft_do(w->twin, a->set);
        return weft_call_index(w->twin, a->sequence, most);
    case WEFT_ACTION_WAIT:
        return weft_run(w->twin, weft_now(w->twin) + a->ticks);
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
