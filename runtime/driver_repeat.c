// driver_repeat.c -- a batch of repeats: restart, split, epochs of training, tests, or a plain run.
#include "drive.h"
#include "flow.h"
#include "record.h"
#include "trace.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const weft_part_names[PART_COUNT] = {"train", "test", "run"};

// ---- what went wrong
// -----------------------------------------------------------------------------
static void fail(weft_worker *w, weft_status status, const char *text) {
    if (status == WEFT_OK || w->status != WEFT_OK) return;
    weft_drive_fault *f = &w->slot->fault;
    w->status = f->status = status;
    f->time = (double)weft_now(w->twin) * w->drive->model->tick;
    snprintf(f->text, sizeof f->text, "%s", text ? text : "");
}

void weft_twin_said(weft_worker *w, weft_status status) {
    if (status != WEFT_OK) fail(w, status, weft_fault(w->twin));
}

static void stop(weft_worker *w) {
    const weft_drive *d = w->drive;
    if ((d->options->cancel && atomic_load_explicit(d->options->cancel, memory_order_relaxed)) ||
        atomic_load_explicit(&d->failed, memory_order_relaxed) < w->repeat)
        w->status = WEFT_STOPPED;
}

// ---- records and waveforms
// ------------------------------------------------------------------------
static void take(void *data, weft_twin *twin, int64_t tick, uint32_t sample, const double *values) {
    weft_worker *w = data;
    (void)twin;
    weft_record_take(w->drive->record, tick, sample, values);
}

static void change(void *data, weft_twin *twin, int64_t tick) {
    weft_worker *w = data;
    if (w->drive->record) weft_record_change(w->drive->record, twin, tick);
    if (w->drive->trace) weft_trace_change(w->drive->trace, twin, tick);
}

// Repeat 0 alone is recorded and traced.
static weft_status watch(weft_worker *w) {
    weft_drive *d = w->drive;
    const weft_experiment *e = d->experiment;
    uint32_t records = d->record ? e->record_count : 0;
    if (w->repeat != 0 || (!d->record && !d->trace)) return WEFT_OK;
    w->samples = calloc((size_t)records + 1, sizeof *w->samples);
    if (!w->samples) return WEFT_NO_MEMORY;
    for (uint32_t i = 0; i < records; i++) {
        const weft_record *r = &e->records[i];
        w->samples[i] = (weft_sample){r->var, r->every ? r->from : INT64_MAX, r->every};
    }
    w->watch = (weft_watch){w->samples, records, take, change, w};
    weft_watch_with(w->twin, &w->watch);
    change(w, w->twin, weft_now(w->twin)); // how things stand at the start
    return WEFT_OK;
}

static void unwatch(weft_worker *w) {
    if (!w->samples) return;
    change(w, w->twin, weft_now(w->twin));
    weft_watch_with(w->twin, NULL);
    free(w->samples);
    w->samples = NULL;
}

// ---- one presentation
// ----------------------------------------------------------------------------
static void give_row(weft_worker *w, uint32_t row) {
    const weft_data *data = w->drive->experiment->data;
    const double *value = &w->rows.values[(size_t)row * w->rows.elements];
    weft_cell *cells = weft_cells(w->twin);
    for (uint32_t i = 0; i < data->input_count; i++) {
        const weft_data_input *input = &data->inputs[i];
        for (uint32_t k = 0; k < input->count; k++, value++)
            if (w->drive->integer[i])
                cells[input->cell + k].i = (int64_t)*value;
            else
                cells[input->cell + k].r = *value;
    }
}

void weft_take_measure(weft_worker *w, uint32_t measure) {
    const weft_measure *m = &w->drive->experiment->measures[measure];
    weft_cell value;
    if (w->status != WEFT_OK) return;
    weft_twin_said(w, weft_compute(w->twin, m->task, m->cell, 1, &value));
    if (w->status == WEFT_OK && !isfinite(value.r)) {
        char text[200];
        snprintf(text, sizeof text, "measure `%.120s` is %g", m->name, value.r);
        fail(w, WEFT_NOT_FINITE, text);
    }
    if (w->status == WEFT_OK) w->sums[measure] += value.r;
}

// Those at the end of a presentation.
static void add_measures(weft_worker *w) {
    const weft_experiment *e = w->drive->experiment;
    for (uint32_t i = 0; i < e->measure_count; i++)
        if (e->measures[i].at == 0) weft_take_measure(w, i);
}

// A sequencer's call begins a trial by itself (its noise is redrawn); a presentation without a call
// is a trial too.
static void begin_trial(weft_worker *w, int part) {
    if (w->drive->calls[part]) return;
    weft_cells(w->twin)[WEFT_TRIAL].i++;
    weft_do(w->twin, w->drive->model->trial);
}

static void begin_presentation(weft_worker *w, int part, const uint32_t *row) {
    stop(w);
    if (w->status != WEFT_OK) return;
    w->slot->trials++;
    w->slot->fault.trial = w->slot->trials;
    w->slot->fault.row = row ? (uint64_t)*row + 1 : 0;
    atomic_store_explicit(&w->trials, atomic_load_explicit(&w->trials, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    weft_twin_said(w, weft_touch(w->twin));
    if (w->status != WEFT_OK) return;
    w->begin = weft_now(w->twin);
    if (row) give_row(w, *row);
    if (row && w->samples) change(w, w->twin, weft_now(w->twin));
    begin_trial(w, part);
}

// `at`: which row of the test or of this epoch's order.
static void present(weft_batch *b, int part, uint32_t at) {
    const weft_experiment *e = b->drive->experiment;
    for (uint32_t i = 0; i < b->count; i++) {
        weft_worker *w = &b->workers[i];
        const uint32_t *rows = part == PART_TRAIN ? w->order : w->rows.test;
        if (w->status == WEFT_OK) begin_presentation(w, part, b->drive->data ? &rows[at] : NULL);
    }
    weft_drive_actions(b, part == PART_TRAIN ? e->train : e->test);
    for (uint32_t i = 0; i < b->count; i++) {
        weft_worker *w = &b->workers[i];
        // Up to date before the measures look: they need not look ahead, and what fails is this
        // one's.
        if (w->status == WEFT_OK) weft_twin_said(w, weft_touch(w->twin));
        if (w->status == WEFT_OK && part == PART_TRAIN)
            w->slot->trained += weft_now(w->twin) - w->begin;
        add_measures(w);
    }
}

// ---- epochs and tests
// ----------------------------------------------------------------------------
static void begin_part(weft_worker *w, int part, uint64_t epoch) {
    memset(w->sums, 0, w->drive->experiment->measure_count * sizeof *w->sums);
    w->slot->fault.part = weft_part_names[part];
    w->slot->fault.epoch = epoch;
    atomic_store_explicit(&w->epoch, (unsigned)epoch, memory_order_relaxed);
}

static void end_part(weft_worker *w, int part, uint32_t presentations, uint64_t epoch) {
    uint32_t measures = w->drive->experiment->measure_count;
    for (uint32_t i = 0; i < measures; i++) {
        double mean = w->sums[i] / presentations;
        w->slot->last[part][i] = mean;
        if (epoch && w->slot->curve[part]) w->slot->curve[part][(epoch - 1) * measures + i] = mean;
    }
}

// In each repeat as many.
static uint32_t presentations(const weft_batch *b, int part) {
    const weft_worker *w = weft_first_live(b);
    if (!w || !b->drive->data) return 1;
    return part == PART_TRAIN ? w->rows.train_count : w->rows.test_count;
}

static void test(weft_batch *b, uint64_t epoch) {
    uint32_t count = presentations(b, PART_TEST);
    for (uint32_t i = 0; i < b->count; i++)
        if (b->workers[i].status == WEFT_OK) begin_part(&b->workers[i], PART_TEST, epoch);
    for (uint32_t k = 0; k < count && weft_first_live(b); k++)
        present(b, PART_TEST, k);
    for (uint32_t i = 0; i < b->count; i++)
        if (b->workers[i].status == WEFT_OK) end_part(&b->workers[i], PART_TEST, count, epoch);
}

// Each epoch starts from the split's order: it depends on its number only.
static void begin_epoch(weft_worker *w, uint32_t n, uint64_t epoch, uint64_t trial) {
    int order = w->drive->experiment->train_order;
    begin_part(w, PART_TRAIN, epoch);
    if (!w->drive->data) return;
    memcpy(w->order, w->rows.train, n * sizeof *w->order);
    if (order == 1) weft_shuffle(w->order, n, w->key, weft_stream("shuffle"), epoch);
    for (uint32_t k = 0; order == 2 && k < n; k++) {
        double u = weft_uniform(w->key, weft_stream("shuffle"), trial + k, 0);
        w->order[k] = w->rows.train[(uint32_t)(u * n)];
    }
}

static void train(weft_batch *b) {
    const weft_drive *d = b->drive;
    const weft_experiment *e = d->experiment;
    uint32_t n = presentations(b, PART_TRAIN);
    uint64_t trials = (uint64_t)e->train_count * (e->train_trials ? 1 : n), trial = 0;
    for (uint64_t epoch = 1; epoch <= d->epochs && weft_first_live(b); epoch++) {
        uint32_t count = n < trials - trial ? n : (uint32_t)(trials - trial);
        for (uint32_t i = 0; i < b->count; i++)
            if (b->workers[i].status == WEFT_OK) begin_epoch(&b->workers[i], n, epoch, trial);
        for (uint32_t k = 0; k < count && weft_first_live(b); k++)
            present(b, PART_TRAIN, k);
        for (uint32_t i = 0; i < b->count; i++)
            if (b->workers[i].status == WEFT_OK) end_part(&b->workers[i], PART_TRAIN, count, epoch);
        trial += count;
        if (d->has[PART_TEST] && e->test_every_epoch) test(b, epoch);
        for (uint32_t i = 0; i < b->count; i++)
            if (b->workers[i].status == WEFT_OK)
                weft_twin_said(&b->workers[i], weft_after_epoch(&b->workers[i], epoch));
    }
}

static void begin_run(weft_worker *w) {
    stop(w);
    if (w->status != WEFT_OK) return;
    begin_part(w, PART_RUN, 0);
    w->begin = 0;
    w->slot->trials++;
    atomic_fetch_add_explicit(&w->trials, 1, memory_order_relaxed);
    weft_twin_said(w, weft_touch(w->twin));
    if (w->status == WEFT_OK) begin_trial(w, PART_RUN);
}

static void run(weft_batch *b) {
    const weft_experiment *e = b->drive->experiment;
    for (uint32_t i = 0; i < b->count; i++)
        if (b->workers[i].status == WEFT_OK) begin_run(&b->workers[i]);
    if (e->run) weft_drive_actions(b, e->run);
    const weft_worker *first = weft_first_live(b);
    if (first && e->run_ticks > weft_now(first->twin)) weft_run_measuring(b, e->run_ticks);
    for (uint32_t i = 0; i < b->count; i++) {
        weft_worker *w = &b->workers[i];
        if (w->status == WEFT_OK) weft_twin_said(w, weft_touch(w->twin));
        add_measures(w);
        if (w->status == WEFT_OK) end_part(w, PART_RUN, 1, 0);
    }
}

// ---- the repeat
// ----------------------------------------------------------------------------------
static weft_status open_twin(weft_worker *w) {
    const weft_drive *d = w->drive;
    if (w->twin) return WEFT_OK;
    weft_status status = weft_open(&w->twin, d->model, d->engine);
    if (status == WEFT_OK && d->options->control != WEFT_CONTROL_C)
        status = weft_control_with(w->twin, d->options->control, d->options->rtl);
    if (status == WEFT_OK && d->experiment->stimulus)
        status = weft_stimulate(w->twin, d->experiment->stimulus);
    return status;
}

static weft_status enough_rows(weft_worker *w) {
    const weft_drive *d = w->drive;
    if ((!d->has[PART_TRAIN] || w->rows.train_count) && (!d->has[PART_TEST] || w->rows.test_count))
        return WEFT_OK;
    return weft_data_fail(&w->slot->problem, d->model->source, 0, 0, NULL,
                          "the split leaves no rows to %s with",
                          w->rows.train_count ? "test" : "train");
}

static weft_status draw_rows(weft_worker *w) {
    const weft_drive *d = w->drive;
    if (!d->data) return WEFT_OK;
    weft_status status =
        weft_data_draw(d->data, d->options->seed, w->repeat, &w->rows, &w->slot->problem);
    if (status == WEFT_OK) status = enough_rows(w);
    if (status != WEFT_OK) return status;
    w->order = malloc(((size_t)w->rows.train_count + 1) * sizeof *w->order);
    return w->order ? WEFT_OK : WEFT_NO_MEMORY;
}

static void start(weft_worker *w, uint32_t repeat) {
    weft_drive *d = w->drive;
    w->repeat = repeat;
    w->slot = &d->slots[repeat];
    w->slot->fault.repeat = repeat;
    w->key = weft_key(d->options->seed, repeat);
    w->slot->fault.part = "start";
    w->edges = false;
    w->status = WEFT_OK;
    weft_status status = open_twin(w);
    if (status == WEFT_OK) status = weft_restart(w->twin, d->options->seed, repeat);
    if (status != WEFT_OK && w->twin)
        weft_twin_said(w, status);
    else if (status == WEFT_OK)
        status = draw_rows(w);
    if (status == WEFT_OK) status = watch(w);
    if (w->status == WEFT_OK) w->status = status;
}

static void count_looks(weft_worker *w) {
    const weft_model *model = w->drive->model;
    for (uint32_t k = 0; k < model->flow_count; k++) {
        const weft_flow *f = &model->flows[k];
        if (f->method != WEFT_DOPRI) continue;
        const weft_cell *counts =
            weft_cells(w->twin) + f->work_cell + (size_t)WEFT_FLOW_WORK * f->count;
        w->slot->looks += counts[WEFT_COUNT_LOOKS].i;
        w->slot->limited += counts[WEFT_COUNT_LIMITED].i;
    }
}

static void finish(weft_worker *w) {
    weft_drive *d = w->drive;
    unwatch(w);
    weft_data_drop(&w->rows);
    free(w->order);
    w->order = NULL;
    if (w->twin) {
        w->slot->cycles = weft_cycles(w->twin);
        count_looks(w);
        if (d->options->control == WEFT_CONTROL_BOTH)
            w->slot->lockstep = *weft_lockstep_of(w->twin);
    }
    w->slot->status = w->status;
    if (w->status != WEFT_OK && w->status != WEFT_STOPPED) {
        if (w->slot->fault.status == WEFT_OK) w->slot->fault.status = w->status;
        unsigned lowest = atomic_load(&d->failed);
        while (w->repeat < lowest && !atomic_compare_exchange_weak(&d->failed, &lowest, w->repeat))
            ;
    } else if (w->status == WEFT_OK) {
        atomic_fetch_add(&d->repeats_done, 1);
    }
}

void weft_drive_repeats(weft_batch *b, uint32_t first, uint32_t count) {
    const weft_drive *d = b->drive;
    b->count = count;
    for (uint32_t i = 0; i < count; i++)
        start(&b->workers[i], first + i);
    if (d->has[PART_RUN]) run(b);
    if (d->has[PART_TRAIN]) train(b);
    bool tested = d->has[PART_TRAIN] && d->experiment->test_every_epoch;
    if (d->has[PART_TEST] && !tested) test(b, 0);
    for (uint32_t i = 0; i < count; i++)
        finish(&b->workers[i]);
}
