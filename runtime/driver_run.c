// driver_run.c -- the actions of a presentation: calls of sequencers, loops, waits. The repeats of
// a batch make each of them together.
#include "drive.h"

weft_worker *weft_first_live(const weft_batch *b) {
    for (uint32_t i = 0; i < b->count; i++)
        if (b->workers[i].status == WEFT_OK) return &b->workers[i];
    return NULL;
}

// The instant at which a measure is to be taken, the end of the run, or, where cores are moved
// abreast, what happens before.
static int64_t next_stop(const weft_batch *b, const weft_worker *w, int64_t until) {
    const weft_experiment *e = w->drive->experiment;
    int64_t now = weft_now(w->twin), next = until;
    for (uint32_t i = 0; i < e->measure_count; i++) {
        int64_t at = w->begin + e->measures[i].at;
        if (e->measures[i].at > 0 && at > now && at < next) next = at;
    }
    int64_t instant = weft_next_instant(w->twin);
    return b->abreast != NULL && instant > now && instant < next ? instant : next;
}

static void flush_abreast(weft_batch *b, int64_t tick) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < b->count; i++)
        if (b->workers[i].status == WEFT_OK) b->twins[count++] = b->workers[i].twin;
    if (count > 1) weft_abreast_flush(b->abreast, b->twins, count, tick);
}

static void run_to(weft_worker *w, int64_t tick) {
    const weft_experiment *e = w->drive->experiment;
    weft_status status = weft_run(w->twin, tick);
    if (status == WEFT_OK) status = weft_touch(w->twin);
    weft_twin_said(w, status);
    for (uint32_t i = 0; i < e->measure_count; i++)
        if (e->measures[i].at > 0 && w->begin + e->measures[i].at == tick) weft_take_measure(w, i);
}

void weft_run_measuring(weft_batch *b, int64_t until) {
    const weft_worker *first;
    while ((first = weft_first_live(b)) != NULL) {
        int64_t next = next_stop(b, first, until);
        if (b->abreast != NULL) flush_abreast(b, next);
        for (uint32_t i = 0; i < b->count; i++)
            if (b->workers[i].status == WEFT_OK) run_to(&b->workers[i], next);
        if (next == until) return;
    }
}

// The inputs have got their new values (data, then what stands in `present { }`), the old ones are
// kept.
static void present(weft_batch *b, const weft_action *a) {
    for (uint32_t i = 0; i < b->count; i++) {
        weft_worker *w = &b->workers[i];
        if (w->status != WEFT_OK) continue;
        if (a->set != WEFT_NONE) weft_do(w->twin, a->set);
        weft_twin_said(w, weft_edge_go(w->twin, w->edges ? a->edge : 0));
        w->edges = true;
    }
    const weft_worker *first = weft_first_live(b);
    if (first != NULL) weft_run_measuring(b, weft_now(first->twin) + a->ticks);
    for (uint32_t i = 0; i < b->count; i++)
        if (b->workers[i].status == WEFT_OK) weft_edge_hold(b->workers[i].twin);
}

static void run_alone(weft_worker *w, const weft_action *a) {
    const weft_drive_options *options = w->drive->options;
    int64_t most = options->max_cycles ? options->max_cycles : WEFT_DRIVE_CYCLES;
    if (a->kind == WEFT_ACTION_WAIT) {
        weft_twin_said(w, weft_run(w->twin, weft_now(w->twin) + a->ticks));
        return;
    }
    if (a->set != WEFT_NONE) weft_do(w->twin, a->set);
    weft_twin_said(w, weft_call_index(w->twin, a->sequence, most));
}

static void repeat_body(weft_batch *b, const weft_action *a) {
    for (int64_t k = a->from; k < a->to && weft_first_live(b) != NULL; k++) {
        for (uint32_t i = 0; i < b->count && a->index_cell != WEFT_NONE; i++)
            if (b->workers[i].status == WEFT_OK)
                weft_cells(b->workers[i].twin)[a->index_cell].i = k;
        weft_drive_actions(b, a->body);
    }
}

void weft_drive_actions(weft_batch *b, const weft_action *action) {
    for (const weft_action *a = action; a != NULL && weft_first_live(b) != NULL; a = a->next) {
        if (a->kind == WEFT_ACTION_PRESENT)
            present(b, a);
        else if (a->kind == WEFT_ACTION_FOR)
            repeat_body(b, a);
        else
            for (uint32_t i = 0; i < b->count; i++)
                if (b->workers[i].status == WEFT_OK) run_alone(&b->workers[i], a);
    }
}
