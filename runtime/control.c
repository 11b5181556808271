// The loop over instants: finds the next tick at which anything happens, lets the clock edges
// before it pass at once where a controller says that they only count, and completes it.
#include "twin.h"

// A loaded state may count from below 0; time goes on all the same.
static int64_t later(int64_t tick, int64_t period, int64_t times) {
    if (times < 0) return tick;
    return times > (WEFT_NEVER - tick) / period ? WEFT_NEVER : tick + period * times;
}

static bool may_jump(const weft_twin *twin, const weft_sequence *s) {
    return twin->control == WEFT_CONTROL_C && !s->live_bits && s->quiet != WEFT_NONE &&
           s->skip != WEFT_NONE;
}

// The next clock edge at which a controller may do more than count.
static int64_t next_edge(weft_twin *twin) {
    int64_t next = WEFT_NEVER;
    for (uint32_t s = 0; s < twin->model->sequence_count; s++) {
        const weft_sequence *sequence = &twin->model->sequences[s];
        int64_t edge = twin->kept.next_edge[s];
        if (edge >= next) continue;
        if (may_jump(twin, sequence)) {
            twin->cells[WEFT_QUIET].i = 0;
            weft_do(twin, sequence->quiet);
            edge = later(edge, sequence->period, twin->cells[WEFT_QUIET].i);
        }
        if (edge < next) next = edge;
    }
    return next;
}

// Lets all edges before `tick` pass; next_edge has found them quiet.
static void pass_edges(weft_twin *twin, int64_t tick) {
    for (uint32_t s = 0; s < twin->model->sequence_count; s++) {
        const weft_sequence *sequence = &twin->model->sequences[s];
        int64_t *edge = &twin->kept.next_edge[s];
        if (*edge >= tick) continue;
        int64_t passed = (tick - 1 - *edge) / sequence->period + 1;
        twin->cells[WEFT_QUIET].i = passed;
        weft_do(twin, sequence->skip);
        *edge += passed * sequence->period;
        twin->kept.flags[KEPT_CYCLES] += passed;
    }
}

static int64_t next_sample(const weft_twin *twin) {
    int64_t next = WEFT_NEVER;
    const weft_watch *watch = twin->watch;
    for (uint32_t k = 0; watch != NULL && watch->take != NULL && k < watch->sample_count; k++)
        if (watch->samples[k].next < next) next = watch->samples[k].next;
    return next;
}

static weft_status take_samples(weft_twin *twin, int64_t tick) {
    weft_watch *watch = twin->watch;
    weft_look look;
    weft_status status = weft_look_begin(twin, tick, &twin->samples, &look);
    for (uint32_t k = 0; status == WEFT_OK && k < watch->sample_count; k++) {
        weft_sample *sample = &watch->samples[k];
        if (sample->next > tick) continue;
        weft_run_task(twin, twin->model->vars[sample->var].observe);
        weft_read(twin, sample->var, twin->values);
        watch->take(watch->data, twin, tick, k, twin->values);
        sample->next = sample->every > 0 ? tick + sample->every : WEFT_NEVER;
    }
    status = weft_check_fault(twin);
    weft_look_end(twin, &look);
    return status;
}

static bool is_done(const weft_twin *twin, uint32_t called, int64_t edge) {
    return called != WEFT_NONE && twin->kept.next_edge[called] != edge &&
           twin->cells[twin->model->sequences[called].done_cell].i != 0;
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

// Up to and with the tick `until`, or to the edge at which `called` shows `done`.
weft_status weft_run_until(weft_twin *twin, int64_t until, uint32_t called, bool *done) {
    *done = false;
    weft_refresh_bits(twin);
    for (;;) {
        weft_copy_wires(twin);
        int64_t edge = next_edge(twin), sample = next_sample(twin);
        int64_t tick = least(edge, least(twin->instant, sample));
        if (tick < twin->cells[WEFT_NOW].i)
            tick = twin->cells[WEFT_NOW].i; // a sample asked for late
        // Nothing can happen any more, so `done` will not either.
        if (called != WEFT_NONE && edge == WEFT_NEVER && twin->instant == WEFT_NEVER)
            return WEFT_OK;
        if (tick <= until && twin->control != WEFT_CONTROL_C && tick == edge) {
            int64_t before = least(twin->instant, sample);
            if (twin->control != WEFT_CONTROL_RTL || weft_rtl_run(twin, before, until) < 0) {
                weft_status status = weft_walk(twin, before, until, called, done);
                if (status != WEFT_OK || *done) return status;
            }
            edge = next_edge(twin);
            tick = least(edge, before);
        }
        if (tick > until) {
            if (until > twin->cells[WEFT_NOW].i) {
                pass_edges(twin, until + 1);
                twin->cells[WEFT_NOW].i = until;
            }
            return WEFT_OK;
        }
        pass_edges(twin, tick);
        int64_t clock = called != WEFT_NONE ? twin->kept.next_edge[called] : 0;
        bool changed;
        weft_status status = weft_instant(twin, tick, &changed);
        if (status != WEFT_OK) return status;
        if (changed && twin->watch != NULL && twin->watch->change != NULL)
            twin->watch->change(twin->watch->data, twin, tick);
        if (sample <= tick) {
            status = take_samples(twin, tick);
            if (status != WEFT_OK) return status;
        }
        if (is_done(twin, called, clock)) {
            *done = true;
            return WEFT_OK;
        }
    }
}
