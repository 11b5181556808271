// driver_repeat.c -- one repeat: restart, split, epochs of training, tests, or a plain run.
#include "drive.h"
#include "record.h"
#include "trace.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const weft_part_names[PART_COUNT] = {"train", "test", "run"};

// ---- what went wrong
// -----------------------------------------------------------------------------
static weft_status fault(weft_worker *w, weft_status status, const char *text) {
    weft_drive_fault *f = &w->slot->fault;
    f->status = status;
    f->time = (double)weft_now(w->twin) * w->drive->model->tick;
    snprintf(f->text, sizeof f->text, "%s", text ? text : "");
    return status;
}

static weft_status twin_fault(weft_worker *w, weft_status status) {
    return status == WEFT_OK ? WEFT_OK : fault(w, status, weft_fault(w->twin));
}

static weft_status stopped(const weft_worker *w) {
    const weft_drive *d = w->drive;
    if (d->options->cancel && atomic_load_explicit(d->options->cancel, memory_order_relaxed))
        return WEFT_STOPPED;
    return atomic_load_explicit(&d->failed, memory_order_relaxed) < w->repeat ? WEFT_STOPPED
                                                                              : WEFT_OK;
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

weft_status weft_take_measure(weft_worker *w, uint32_t measure) {
    const weft_measure *m = &w->drive->experiment->measures[measure];
    weft_cell value;
    weft_status status = twin_fault(w, weft_compute(w->twin, m->task, m->cell, 1, &value));
    if (status) return status;
    if (!isfinite(value.r)) {
        char text[200];
        snprintf(text, sizeof text, "measure `%.120s` is %g", m->name, value.r);
        return fault(w, WEFT_NOT_FINITE, text);
    }
    w->sums[measure] += value.r;
    return WEFT_OK;
}

// Those at the end of a presentation.
static weft_status add_measures(weft_worker *w) {
    const weft_experiment *e = w->drive->experiment;
    weft_status status = WEFT_OK;
    for (uint32_t i = 0; status == WEFT_OK && i < e->measure_count; i++)
        if (e->measures[i].at == 0) status = weft_take_measure(w, i);
    return status;
}

// A sequencer's call begins a trial by itself (its noise is redrawn); a presentation without a call
// is a trial too.
static void begin_trial(weft_worker *w, int part) {
    if (w->drive->calls[part]) return;
    weft_cells(w->twin)[WEFT_TRIAL].i++;
    weft_do(w->twin, w->drive->model->trial);
}

static weft_status present(weft_worker *w, int part, const uint32_t *row) {
    const weft_experiment *e = w->drive->experiment;
    weft_status status = stopped(w);
    if (status) return status;
    w->slot->trials++;
    w->slot->fault.trial = w->slot->trials;
    w->slot->fault.row = row ? (uint64_t)*row + 1 : 0;
    atomic_store_explicit(&w->trials, atomic_load_explicit(&w->trials, memory_order_relaxed) + 1,
                          memory_order_relaxed);
    status = twin_fault(w, weft_touch(w->twin));
    if (status) return status;
    w->begin = weft_now(w->twin);
    if (row) give_row(w, *row);
    if (row && w->samples) change(w, w->twin, weft_now(w->twin));
    begin_trial(w, part);
    status = twin_fault(w, weft_drive_actions(w, part == PART_TRAIN ? e->train : e->test));
    // Up to date before the measures look: they need not look ahead, and what fails is this one's.
    if (status == WEFT_OK) status = twin_fault(w, weft_touch(w->twin));
    if (part == PART_TRAIN) w->slot->trained += weft_now(w->twin) - w->begin;
    return status ? status : add_measures(w);
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

static weft_status test(weft_worker *w, uint64_t epoch) {
    uint32_t count = w->drive->data ? w->rows.test_count : 1;
    begin_part(w, PART_TEST, epoch);
    for (uint32_t i = 0; i < count; i++) {
        weft_status status = present(w, PART_TEST, w->drive->data ? &w->rows.test[i] : NULL);
        if (status) return status;
    }
    end_part(w, PART_TEST, count, epoch);
    return WEFT_OK;
}

// The row of one training presentation. `order` is this epoch's, when it is shuffled.
static uint32_t pick(const weft_worker *w, const uint32_t *order, uint64_t trial, uint32_t at) {
    uint32_t n = w->rows.train_count;
    if (w->drive->experiment->train_order != 2) return order[at];
    double u = weft_uniform(w->key, weft_stream("shuffle"), trial, 0);
    return w->rows.train[(uint32_t)(u * n)];
}

static weft_status train_epoch(weft_worker *w, uint32_t *order, uint64_t epoch, uint64_t *trial,
                               uint64_t trials) {
    const weft_experiment *e = w->drive->experiment;
    uint32_t n = w->drive->data ? w->rows.train_count : 1, count = 0;
    begin_part(w, PART_TRAIN, epoch);
    if (w->drive->data) { // each epoch starts from the split's order: it depends on its number only
        memcpy(order, w->rows.train, n * sizeof *order);
        if (e->train_order == 1) weft_shuffle(order, n, w->key, weft_stream("shuffle"), epoch);
    }
    for (; count < n && *trial < trials; count++, ++*trial) {
        uint32_t row = w->drive->data ? pick(w, order, *trial, count) : 0;
        weft_status status = present(w, PART_TRAIN, w->drive->data ? &row : NULL);
        if (status) return status;
    }
    end_part(w, PART_TRAIN, count, epoch);
    return WEFT_OK;
}

static weft_status train(weft_worker *w) {
    const weft_drive *d = w->drive;
    const weft_experiment *e = d->experiment;
    uint32_t n = d->data ? w->rows.train_count : 1;
    uint64_t trials = (uint64_t)e->train_count * (e->train_trials ? 1 : n), trial = 0;
    uint32_t *order = malloc(((size_t)n + 1) * sizeof *order);
    weft_status status = order ? WEFT_OK : WEFT_NO_MEMORY;
    for (uint64_t epoch = 1; status == WEFT_OK && epoch <= d->epochs; epoch++) {
        status = train_epoch(w, order, epoch, &trial, trials);
        if (status == WEFT_OK && d->has[PART_TEST] && e->test_every_epoch) status = test(w, epoch);
        if (status == WEFT_OK) status = twin_fault(w, weft_after_epoch(w, epoch));
    }
    free(order);
    return status;
}

static weft_status run(weft_worker *w) {
    const weft_experiment *e = w->drive->experiment;
    weft_status status = stopped(w);
    if (status) return status;
    begin_part(w, PART_RUN, 0);
    w->slot->trials++;
    atomic_fetch_add_explicit(&w->trials, 1, memory_order_relaxed);
    status = twin_fault(w, weft_touch(w->twin));
    if (status) return status;
    begin_trial(w, PART_RUN);
    if (e->run) status = twin_fault(w, weft_drive_actions(w, e->run));
    if (status == WEFT_OK && e->run_ticks > weft_now(w->twin))
        status = twin_fault(w, weft_run_measuring(w, 0, e->run_ticks));
    if (status == WEFT_OK) status = twin_fault(w, weft_touch(w->twin));
    if (status == WEFT_OK) status = add_measures(w);
    if (status == WEFT_OK) end_part(w, PART_RUN, 1, 0);
    return status;
}

// ---- the repeat
// ----------------------------------------------------------------------------------
static weft_status open_twin(weft_worker *w) {
    const weft_drive *d = w->drive;
    if (w->twin) return WEFT_OK;
    weft_status status = weft_open(&w->twin, d->model, d->engine);
    if (status == WEFT_OK && d->options->control != WEFT_CONTROL_C)
        status = twin_fault(w, weft_control_with(w->twin, d->options->control, d->options->rtl));
    if (status == WEFT_OK && d->experiment->stimulus)
        status = twin_fault(w, weft_stimulate(w->twin, d->experiment->stimulus));
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

static weft_status start(weft_worker *w) {
    const weft_drive *d = w->drive;
    weft_status status = open_twin(w);
    w->slot->fault.part = "start";
    w->edges = false;
    if (status == WEFT_OK)
        status = twin_fault(w, weft_restart(w->twin, d->options->seed, w->repeat));
    if (status == WEFT_OK && d->data)
        status = weft_data_draw(d->data, d->options->seed, w->repeat, &w->rows, &w->slot->problem);
    if (status == WEFT_OK && d->data) status = enough_rows(w);
    return status == WEFT_OK ? watch(w) : status;
}

void weft_drive_repeat(weft_worker *worker, uint32_t repeat) {
    weft_worker *w = worker;
    weft_drive *d = w->drive;
    w->repeat = repeat;
    w->slot = &d->slots[repeat];
    w->slot->fault.repeat = repeat;
    w->key = weft_key(d->options->seed, repeat);
    weft_status status = start(w);
    if (status == WEFT_OK && d->has[PART_RUN]) status = run(w);
    if (status == WEFT_OK && d->has[PART_TRAIN]) status = train(w);
    bool tested = d->has[PART_TRAIN] && d->experiment->test_every_epoch;
    if (status == WEFT_OK && d->has[PART_TEST] && !tested) status = test(w, 0);
    unwatch(w);
    weft_data_drop(&w->rows);
    if (w->twin) {
        w->slot->cycles = weft_cycles(w->twin);
        if (d->options->control == WEFT_CONTROL_BOTH)
            w->slot->lockstep = *weft_lockstep_of(w->twin);
    }
    w->slot->status = status;
    if (status != WEFT_OK && status != WEFT_STOPPED) {
        if (w->slot->fault.status == WEFT_OK) w->slot->fault.status = status;
        unsigned lowest = atomic_load(&d->failed);
        while (repeat < lowest && !atomic_compare_exchange_weak(&d->failed, &lowest, repeat))
            ;
    } else if (status == WEFT_OK) {
        atomic_fetch_add(&d->repeats_done, 1);
    }
}
