// Everything that happens at one tick, in the one order of the language:
//
//   0  the comparators of the sequencers that have a clock edge now look at the moment just before
//   1  these sequencers all take the edge, from inputs that were copied before any of them did
//   2  only if a phase begins, ends or reaches a break or an event: the core is brought up to now
//   in
//      the old mode, `at end` samples of all ending phases read it, then all write, then end noise
//   3  the new mode takes force: phases, segments, stimulus, redrawn noise, latched pulse widths
//   4  `at begin` and `at TIME` samples read the new mode, then all write
//   5  events outside phases whose conditions have begun to hold by all this
//   6  assertions
//
// Step 1 comes before step 2 although the core sees things the other way round, because only after
// step 1 is it known whether the core has to move at all. So the outputs from before the edge
// (latched arguments among them) are put back while step 2 runs.
#include <string.h>

#include "twin.h"

static weft_cell *state_of(const weft_twin *twin, uint32_t phase) {
    return twin->cells + twin->model->phases[phase].state_cell;
}

// ---- 2 to 6: the core -------------------------------------------------------------------------

static void evaluate(weft_twin *twin, const weft_event *event) {
    weft_run_task(twin, event->eval);
}

// An event whose task has nothing to do in this mode writes nothing.
static void commit(weft_twin *twin, const weft_event *event) {
    if (event->eval == WEFT_NONE || weft_function_of(twin, event->eval) != WEFT_NONE)
        weft_do(twin, event->commit);
}

static weft_status end_phases(weft_twin *twin) {
    const weft_phase *phases = twin->model->phases;
    bool noisy = false;
    for (uint32_t k = 0; k < twin->ending_count; k++)
        evaluate(twin, &phases[twin->ending[k]].end);
    for (uint32_t k = 0; k < twin->ending_count; k++)
        commit(twin, &phases[twin->ending[k]].end);
    for (uint32_t k = 0; k < twin->ending_count; k++) {
        weft_do(twin, phases[twin->ending[k]].end_noise);
        noisy |= phases[twin->ending[k]].end_noise != WEFT_NONE;
    }
    return noisy ? weft_check_finite(twin, &twin->states) : WEFT_OK;
}

static void new_mode(weft_twin *twin, int64_t tick) {
    const weft_model *model = twin->model;
    for (uint32_t k = 0; k < twin->ending_count; k++)
        state_of(twin, twin->ending[k])[WEFT_PHASE_ACTIVE].i = 0;
    for (uint32_t k = 0; k < twin->beginning_count; k++) {
        weft_cell *state = state_of(twin, twin->beginning[k]);
        state[WEFT_PHASE_ACTIVE].i = 1;
        state[WEFT_PHASE_BEGIN].i = tick;
        state[WEFT_PHASE_SEGMENT].i = 0;
        state[WEFT_PHASE_COUNT].i++;
        twin->kept.next_at[twin->beginning[k]] = 0;
    }
    for (uint32_t p = 0; p < model->phase_count; p++) {
        weft_cell *state = state_of(twin, p);
        if (state[WEFT_PHASE_ACTIVE].i == 0) continue;
        int64_t *segment = &state[WEFT_PHASE_SEGMENT].i, since = tick - state[WEFT_PHASE_BEGIN].i;
        while (*segment < model->phases[p].break_count &&
               model->phases[p].breaks[*segment] <= since)
            (*segment)++;
    }
    twin->serial++;
    weft_forget_looks(twin);
}

static void stimulate(weft_twin *twin, int64_t tick) {
    const weft_stimulus *stimulus = twin->stimulus;
    if (stimulus == NULL || twin->next_break >= stimulus->break_count ||
        stimulus->breaks[twin->next_break] > tick)
        return;
    while (twin->next_break < stimulus->break_count && stimulus->breaks[twin->next_break] <= tick)
        twin->next_break++;
    weft_do(twin, stimulus->function);
}

static bool has_beginning(const weft_twin *twin, uint32_t sequence) {
    const weft_sequence *s = &twin->model->sequences[sequence];
    for (uint32_t b = 0; b < twin->beginning_count; b++)
        for (uint32_t k = 0; k < s->phase_count; k++)
            if (s->phases[k] == twin->beginning[b]) return true;
    return false;
}

// The C controllers know at once how long each pulse will be; of Verilated ones the cycles are
// counted as they come.
static void latch(weft_twin *twin) {
    const weft_phase *phases = twin->model->phases;
    weft_cell *cells = twin->cells;
    for (uint32_t k = 0; k < twin->beginning_count; k++)
        weft_do(twin, phases[twin->beginning[k]].redraw);
    for (uint32_t k = 0; k < twin->beginning_count; k++)
        weft_run_task(twin, phases[twin->beginning[k]].latch);
    for (uint32_t k = 0; k < twin->beginning_count; k++) {
        const weft_phase *phase = &phases[twin->beginning[k]];
        for (uint32_t p = 0; p < phase->pulse_count; p++) {
            const weft_pulse *pulse = &phase->pulses[p];
            weft_cell *high = cells + pulse->high_cell;
            if (twin->control == WEFT_CONTROL_RTL)
                memset(high, 0, pulse->count * sizeof *high);
            else
                memcpy(high, cells + pulse->width_cell, pulse->count * sizeof *high);
        }
    }
    for (uint32_t s = 0; s < twin->model->sequence_count; s++)
        if (twin->control != WEFT_CONTROL_C && twin->wiring[s].due && has_beginning(twin, s))
            weft_rtl_settle(twin, s);
}

static void count_pulses(weft_twin *twin) {
    for (uint32_t s = 0; s < twin->model->sequence_count; s++)
        if (twin->control == WEFT_CONTROL_RTL && twin->wiring[s].due) weft_rtl_count(twin, s, 1);
}

// Calls act for every event inside an active phase that is due.
static void each_event(weft_twin *twin, int64_t tick,
                       void (*act)(weft_twin *, const weft_event *)) {
    for (uint32_t p = 0; p < twin->model->phase_count; p++) {
        const weft_phase *phase = &twin->model->phases[p];
        const weft_cell *state = state_of(twin, p);
        if (state[WEFT_PHASE_ACTIVE].i == 0) continue;
        int64_t since = tick - state[WEFT_PHASE_BEGIN].i, e = twin->kept.next_at[p];
        while (e < phase->at_count && phase->at[e].ticks <= since)
            act(twin, &phase->at[e++]);
        if (act == commit) twin->kept.next_at[p] = e;
    }
}

static void begin_phases(weft_twin *twin, int64_t tick) {
    const weft_phase *phases = twin->model->phases;
    for (uint32_t k = 0; k < twin->beginning_count; k++)
        evaluate(twin, &phases[twin->beginning[k]].begin);
    each_event(twin, tick, evaluate);
    for (uint32_t k = 0; k < twin->beginning_count; k++)
        commit(twin, &phases[twin->beginning[k]].begin);
    each_event(twin, tick, commit);
}

static weft_status change(weft_twin *twin, int64_t tick) {
    weft_swap_outputs(twin);
    weft_status status = weft_flush(twin, tick);
    if (status == WEFT_OK) status = end_phases(twin);
    weft_swap_outputs(twin);
    if (status != WEFT_OK) return status;
    new_mode(twin, tick);
    stimulate(twin, tick);
    latch(twin);
    count_pulses(twin);
    begin_phases(twin, tick);
    weft_find_instant(twin);
    twin->kept.flags[KEPT_BITS_STALE] = 1;
    status = weft_check_fault(twin);
    if (status == WEFT_OK) status = weft_settle(twin);
    if (status == WEFT_OK) status = weft_check_finite(twin, &twin->holds);
    if (status == WEFT_OK) status = weft_check_all(twin);
    weft_refresh_bits(twin);
    return status;
}

void weft_find_instant(weft_twin *twin) {
    int64_t next = WEFT_NEVER;
    for (uint32_t p = 0; p < twin->model->phase_count; p++) {
        const weft_phase *phase = &twin->model->phases[p];
        const weft_cell *state = state_of(twin, p);
        if (state[WEFT_PHASE_ACTIVE].i == 0) continue;
        int64_t begin = state[WEFT_PHASE_BEGIN].i, segment = state[WEFT_PHASE_SEGMENT].i;
        int64_t at = twin->kept.next_at[p];
        if (segment < phase->break_count && begin + phase->breaks[segment] < next)
            next = begin + phase->breaks[segment];
        if (at < phase->at_count && begin + phase->at[at].ticks < next)
            next = begin + phase->at[at].ticks;
    }
    if (twin->stimulus != NULL && twin->next_break < twin->stimulus->break_count &&
        twin->stimulus->breaks[twin->next_break] < next)
        next = twin->stimulus->breaks[twin->next_break];
    const weft_cell *cells = twin->cells;
    if (cells[WEFT_EDGE_TO].i > cells[WEFT_NOW].i && cells[WEFT_EDGE_TO].i < next)
        next = cells[WEFT_EDGE_TO].i;
    twin->instant = next;
}

// ---- the instant ------------------------------------------------------------------------------

weft_status weft_instant(weft_twin *twin, int64_t tick, bool *changed) {
    bool any = false;
    for (uint32_t s = 0; s < twin->model->sequence_count; s++) {
        twin->wiring[s].due = twin->kept.next_edge[s] == tick;
        any |= twin->wiring[s].due;
    }
    twin->cells[WEFT_NOW].i = tick;
    twin->ending_count = twin->beginning_count = 0;
    weft_status status = any ? weft_take_edges(twin, tick) : WEFT_OK;
    if (status != WEFT_OK) return status;
    bool core = twin->ending_count > 0 || twin->beginning_count > 0 || twin->instant == tick;
    if (core)
        status = change(twin, tick);
    else
        count_pulses(twin);
    if (status == WEFT_OK && any) status = weft_judge(twin, tick);
    *changed =
        core || (twin->watch != NULL && twin->watch->change != NULL && weft_outputs_changed(twin));
    for (uint32_t s = 0; s < twin->model->sequence_count; s++) {
        if (!twin->wiring[s].due) continue;
        twin->kept.next_edge[s] = tick + twin->model->sequences[s].period;
        twin->kept.flags[KEPT_CYCLES]++;
    }
    return status;
}
