// driver_epoch.c -- `after epoch`: inputs that follow what the measures of an epoch came to.
#include "drive.h"

// Puts the means of the epoch where the function reads them; those of the epoch before move on. In
// the first epoch there is none before: the epoch's own stand for it.
static void give_means(weft_worker *w, uint64_t epoch) {
    const weft_experiment *e = w->drive->experiment;
    weft_cell *cells = weft_cells(w->twin);
    for (uint32_t i = 0; i < e->measure_count; i++)
        for (int part = PART_TRAIN; part <= PART_TEST; part++) {
            uint32_t now = e->measures[i].epoch_cells[part], last = e->measures[i].last_cells[part];
            double mean = w->slot->last[part][i];
            if (now == WEFT_NONE) continue;
            if (last != WEFT_NONE) cells[last].r = epoch == 1 ? mean : cells[now].r;
            cells[now].r = mean;
        }
}

weft_status weft_after_epoch(weft_worker *w, uint64_t epoch) {
    const weft_experiment *e = w->drive->experiment;
    if (e->after_count == 0) return WEFT_OK;
    weft_status status = weft_touch(w->twin);
    if (status) return status;
    w->slot->fault.part = "after the epoch";
    give_means(w, epoch);
    weft_do(w->twin, e->after);
    for (uint32_t k = 0; k < e->after_count && status == WEFT_OK; k++)
        status = weft_check_var(w->twin, e->after_inputs[k]);
    return status;
}
