// driver.c -- an experiment from its data to its result: set-up, threads, gathering.
#include "drive.h"
#include "record.h"
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// ---- set-up
// --------------------------------------------------------------------------------------
static bool has_call(const weft_action *action) {
    for (; action; action = action->next)
        if (action->kind == WEFT_ACTION_CALL || has_call(action->body)) return true;
    return false;
}

static weft_status open_data(weft_drive *d, weft_drive_result *result) {
    const weft_data *data = d->experiment->data;
    if (!data) return WEFT_OK;
    weft_status status = weft_data_open(&d->data, data, d->model->source,
                                        d->options->data_directory, &result->problem);
    if (status == WEFT_IO)
        snprintf(result->fault.text, sizeof result->fault.text, "%.150s: %.150s",
                 result->problem.file, result->problem.text);
    if (status) return status;
    d->integer = calloc((size_t)data->input_count + 1, sizeof *d->integer);
    if (!d->integer) return WEFT_NO_MEMORY;
    for (uint32_t i = 0; i < data->input_count; i++)
        for (uint32_t v = 0; v < d->model->var_count; v++)
            if (d->model->vars[v].cell == data->inputs[i].cell)
                d->integer[i] = d->model->vars[v].integer;
    return WEFT_OK;
}

// Which parts there are, how many epochs, how many presentations in all (for the progress line).
static void plan_parts(weft_drive *d) {
    const weft_experiment *e = d->experiment;
    uint32_t train = 1, test = 1;
    if (d->data) weft_data_parts(d->data, &train, &test);
    d->has[PART_TRAIN] = e->train_count > 0 && e->train;
    d->has[PART_TEST] = e->test != NULL;
    d->has[PART_RUN] = e->run || e->run_ticks >= 0;
    d->calls[PART_TRAIN] = has_call(e->train);
    d->calls[PART_TEST] = has_call(e->test);
    d->calls[PART_RUN] = has_call(e->run);
    uint64_t trials = 0, epochs = 0;
    if (d->has[PART_TRAIN]) {
        epochs = (uint64_t)e->train_count;
        if (e->train_trials && train) epochs = (epochs + train - 1) / train;
        trials = e->train_trials ? (uint64_t)e->train_count : epochs * train;
    }
    if (d->has[PART_TEST]) trials += test * (e->test_every_epoch && epochs ? epochs : 1);
    d->epochs = (uint32_t)epochs;
    d->trials_wanted = (trials + d->has[PART_RUN]) * e->repeats;
}

static weft_status open_slots(weft_drive *d) {
    const weft_experiment *e = d->experiment;
    uint32_t measures = e->measure_count;
    d->slots = calloc((size_t)e->repeats + 1, sizeof *d->slots);
    if (!d->slots) return WEFT_NO_MEMORY;
    for (uint32_t r = 0; r < e->repeats; r++) {
        weft_slot *slot = &d->slots[r];
        slot->status = WEFT_STOPPED;
        for (int part = 0; part < PART_COUNT; part++) {
            bool curve = part == PART_TRAIN ? d->has[PART_TRAIN]
                                            : part == PART_TEST && e->test_every_epoch && d->epochs;
            slot->last[part] = calloc((size_t)measures + 1, sizeof(double));
            if (curve && measures)
                slot->curve[part] = calloc((size_t)d->epochs * measures, sizeof(double));
            if (!slot->last[part] || (curve && measures && !slot->curve[part]))
                return WEFT_NO_MEMORY;
        }
    }
    return WEFT_OK;
}

static void file_problem(weft_drive_result *result, weft_status status, const char *path) {
    if (status == WEFT_IO && result->fault.text[0] == '\0')
        snprintf(result->fault.text, sizeof result->fault.text, "%s: %s", path, strerror(errno));
}

static weft_status open_outputs(weft_drive *d, weft_drive_result *result) {
    const weft_drive_options *o = d->options;
    weft_status status = WEFT_OK;
    if (o->record_file && d->experiment->record_count) {
        status = weft_record_open(&d->record, d->model, d->experiment, o->record_file);
        file_problem(result, status, o->record_file);
    }
    if (status == WEFT_OK && o->trace_file) {
        status = weft_trace_open(&d->trace, d->model, o->trace_file, d->experiment->run_ticks,
                                 result->fault.text, sizeof result->fault.text);
        file_problem(result, status, o->trace_file);
    }
    return status;
}

// ---- threads
// -------------------------------------------------------------------------------------
static void leave(weft_drive *d) {
    pthread_mutex_lock(&d->lock);
    d->running--;
    pthread_cond_signal(&d->ended);
    pthread_mutex_unlock(&d->lock);
}

enum { FEW = 4 }; // a quarter of the lanes is not worth the others' time: one after the other

// Repeat 0 is alone where it is watched: its core must not be ahead of a sample.
static uint32_t take_repeats(weft_drive *d, const weft_batch *b, uint32_t *first) {
    bool watched = d->record || d->trace;
    unsigned next = atomic_load(&d->next_repeat);
    uint32_t count;
    do {
        if (next >= d->experiment->repeats || next > atomic_load(&d->failed)) return 0;
        uint32_t left = d->experiment->repeats - next;
        bool alone = !b->abreast || (next == 0 && watched) || left <= d->side / FEW;
        count = alone ? 1 : left < d->side ? left : d->side;
    } while (!atomic_compare_exchange_weak(&d->next_repeat, &next, next + count));
    *first = next;
    return count;
}

static void *work(void *data) {
    weft_batch *b = data;
    weft_drive *d = b->drive;
    uint32_t first, count;
    while ((count = take_repeats(d, b, &first)) > 0) {
        weft_drive_repeats(b, first, count);
        if (first == 0) {
            d->first = b->workers[0].twin;
            b->workers[0].twin = NULL;
        }
    }
    for (uint32_t i = 0; i < d->side; i++) {
        weft_close(b->workers[i].twin);
        b->workers[i].twin = NULL;
    }
    leave(d);
    return NULL;
}

// Shows the progress until the last worker has ended.
static void wait_for_all(weft_drive *d, const weft_progress *progress) {
    pthread_mutex_lock(&d->lock);
    while (d->running) {
        if (!progress->out) {
            pthread_cond_wait(&d->ended, &d->lock);
            continue;
        }
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += 100000000; // at most ten times a second
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (pthread_cond_timedwait(&d->ended, &d->lock, &until) == ETIMEDOUT)
            weft_progress_show(progress, d);
    }
    pthread_mutex_unlock(&d->lock);
}

// How many repeats go side by side: as many as there are lanes, but shared out evenly where more
// than a few would be left.
static void plan_batches(weft_drive *d) {
    const weft_drive_options *o = d->options;
    uint32_t repeats = d->experiment->repeats, jobs = o->jobs ? o->jobs : 1;
    uint32_t lanes = d->model->lanes && !d->engine && !o->no_lanes ? d->model->lanes->count : 1;
    uint32_t rounds = (repeats + jobs * lanes - 1) / (jobs * lanes);
    d->side = lanes > 1 && rounds ? (repeats + jobs * rounds - 1) / (jobs * rounds) : 1;
    if (d->side == 0) d->side = 1;
    if (jobs == 1 && repeats > lanes && repeats % lanes <= lanes / FEW) d->side = lanes;
    d->batch_count = jobs < repeats ? jobs : repeats;
}

static weft_status open_workers(weft_drive *d) {
    plan_batches(d);
    d->worker_count = d->batch_count * d->side;
    d->batches = calloc((size_t)d->batch_count + 1, sizeof *d->batches);
    d->workers = calloc((size_t)d->worker_count + 1, sizeof *d->workers);
    if (!d->batches || !d->workers) return WEFT_NO_MEMORY;
    for (uint32_t i = 0; i < d->worker_count; i++) {
        d->workers[i].drive = d;
        d->workers[i].sums = calloc((size_t)d->experiment->measure_count + 1, sizeof(double));
        if (!d->workers[i].sums) return WEFT_NO_MEMORY;
    }
    for (uint32_t i = 0; i < d->batch_count; i++) {
        weft_batch *b = &d->batches[i];
        b->drive = d;
        b->workers = &d->workers[(size_t)i * d->side];
        b->twins = calloc(d->side, sizeof *b->twins);
        if (!b->twins) return WEFT_NO_MEMORY;
        if (d->side > 1 && !(b->abreast = weft_abreast_open(d->model))) return WEFT_NO_MEMORY;
    }
    return WEFT_OK;
}

static weft_status run_all(weft_drive *d) {
    weft_progress progress;
    pthread_condattr_t clock;
    weft_progress_begin(&progress, d->options->progress);
    atomic_store(&d->failed, UINT32_MAX);
    pthread_mutex_init(&d->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&d->ended, &clock);
    pthread_condattr_destroy(&clock);
    uint32_t started = 0;
    d->running = d->batch_count;
    if (d->batch_count == 1 && !progress.out) {
        work(&d->batches[0]);
    } else {
        while (started < d->batch_count &&
               pthread_create(&d->batches[started].thread, NULL, work, &d->batches[started]) == 0)
            started++;
        pthread_mutex_lock(&d->lock);
        d->running -= d->batch_count - started; // fewer threads do the same work
        pthread_mutex_unlock(&d->lock);
        if (started == 0) {
            d->running = 1;
            work(&d->batches[0]);
        }
        wait_for_all(d, &progress);
        for (uint32_t i = 0; i < started; i++)
            pthread_join(d->batches[i].thread, NULL);
    }
    weft_progress_end(&progress);
    pthread_cond_destroy(&d->ended);
    pthread_mutex_destroy(&d->lock);
    return WEFT_OK;
}

// ---- afterwards
// ----------------------------------------------------------------------------------
static weft_status close_outputs(weft_drive *d, weft_drive_result *result, weft_status status) {
    const weft_drive_options *o = d->options;
    if (d->record) {
        weft_status written = weft_record_close(d->record, status == WEFT_OK);
        if (status == WEFT_OK) file_problem(result, status = written, o->record_file);
    }
    // A trace is kept after a fault of the twin: that is when one wants to look at it.
    bool machine = status == WEFT_NO_MEMORY || status == WEFT_IO || status == WEFT_TOOLS;
    if (d->trace && machine) {
        weft_trace_drop(d->trace);
    } else if (d->trace) {
        weft_status written = weft_trace_close(d->trace, result->note, sizeof result->note);
        if (status == WEFT_OK) file_problem(result, status = written, o->trace_file);
    }
    if (status == WEFT_OK && d->record && o->plot_file)
        status = weft_plot(d->experiment, d->model, o->record_file, o->plot_file, result->note,
                           sizeof result->note);
    return status;
}

// Curves are whole or not there: a run that failed or was stopped has none.
static weft_status draw_curves(weft_drive *d, weft_drive_result *result) {
    const weft_drive_options *o = d->options;
    if (!o->curve_file || result->cancelled || !weft_has_curves(d->experiment)) return WEFT_OK;
    weft_status status = weft_curves_write(d, o->curve_file);
    file_problem(result, status, o->curve_file);
    if (status || !o->curve_plot) return status;
    status = weft_curves_plot(d, o->curve_file, o->curve_plot, result->note, sizeof result->note);
    file_problem(result, status, o->curve_plot);
    return status;
}

static void drop(weft_drive *d) {
    weft_close(d->first);
    for (uint32_t i = 0; d->workers && i < d->worker_count; i++)
        free(d->workers[i].sums);
    for (uint32_t i = 0; d->batches && i < d->batch_count; i++) {
        weft_abreast_close(d->batches[i].abreast);
        free(d->batches[i].twins);
    }
    for (uint32_t r = 0; d->slots && r < d->experiment->repeats; r++)
        for (int part = 0; part < PART_COUNT; part++) {
            free(d->slots[r].last[part]);
            free(d->slots[r].curve[part]);
        }
    free(d->workers);
    free(d->batches);
    free(d->slots);
    free(d->integer);
    weft_data_close(d->data);
}

weft_status weft_drive_experiment(const weft_model *model, const weft_engine *engine,
                                  const weft_experiment *experiment,
                                  const weft_drive_options *options, weft_drive_result *result) {
    double begun = weft_clock();
    weft_drive d = {.model = model, .engine = engine, .experiment = experiment, .options = options};
    *result = (weft_drive_result){.experiment = experiment->name,
                                  .seed = options->seed,
                                  .repeats = experiment->repeats,
                                  .compile_seconds = options->compile_seconds,
                                  .lockstep = options->control == WEFT_CONTROL_BOTH};
    weft_status status = open_data(&d, result);
    if (status == WEFT_OK) {
        plan_parts(&d);
        status = open_slots(&d);
    }
    if (status == WEFT_OK) status = open_workers(&d);
    if (status == WEFT_OK) status = open_outputs(&d, result);
    if (status == WEFT_OK) {
        status = run_all(&d);
        if (status == WEFT_OK) status = weft_drive_gather(&d, result);
    }
    status = close_outputs(&d, result, status);
    if (status == WEFT_OK) status = draw_curves(&d, result);
    drop(&d);
    result->run_seconds = weft_clock() - begun;
    return status;
}

int weft_drive_passed(const weft_drive_result *result) {
    for (uint32_t i = 0; i < result->expect_count; i++)
        if (!result->expects[i].holds) return 0;
    return !result->cancelled && result->mismatches == 0 && result->fault.status == WEFT_OK;
}

void weft_drive_free(weft_drive_result *result) {
    for (uint32_t i = 0; result->measures && i < result->measure_count; i++) {
        free(result->measures[i].name);
        free(result->measures[i].of_repeat);
        free(result->measures[i].curve);
    }
    free(result->measures);
    free(result->expects);
    *result = (weft_drive_result){0};
}
