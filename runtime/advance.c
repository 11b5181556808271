// Tasks in the present mode, and the analog core: bringing it to an instant for good (weft_flush)
// or aside (weft_look_begin, weft_look_end), with the checks that belong to it.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "twin.h"

void weft_do(weft_twin *twin, uint32_t function) {
    if (function == WEFT_NONE) return;
    if (twin->engine != NULL)
        twin->engine->call(twin->engine, twin->cells, function);
    else
        twin->model->functions[function](twin->cells);
}

static bool holds(const weft_twin *twin, const weft_condition *c) {
    const weft_cell *state = twin->cells + twin->model->phases[c->phase].state_cell;
    if (state[WEFT_PHASE_ACTIVE].i == 0) return c->segment < 0;
    return state[WEFT_PHASE_SEGMENT].i == c->segment;
}

static uint32_t search(const weft_twin *twin, const weft_task *task) {
    for (uint32_t m = 0; m < task->mode_count; m++) {
        const weft_mode *mode = &task->modes[m];
        uint32_t c = 0;
        while (c < mode->condition_count && holds(twin, &mode->conditions[c]))
            c++;
        if (c == mode->condition_count) return mode->function;
    }
    return WEFT_NONE;
}

uint32_t weft_function_of(weft_twin *twin, uint32_t task) {
    if (task == WEFT_NONE) return WEFT_NONE;
    if (twin->task_serial[task] != twin->serial) {
        twin->task_function[task] = search(twin, &twin->model->tasks[task]);
        twin->task_serial[task] = twin->serial;
    }
    return twin->task_function[task];
}

void weft_run_task(weft_twin *twin, uint32_t task) {
    weft_do(twin, weft_function_of(twin, task));
}

// ---- stiff systems ----------------------------------------------------------------------------

void weft_offer_solvers(weft_twin *twin) {
    for (uint32_t f = 0; f < twin->model->flow_count; f++)
        if (twin->model->flows[f].method == WEFT_STIFF)
            twin->cells[WEFT_SOLVERS].p = &twin->solvers;
}

static void move(weft_twin *twin, const weft_group *group) {
    twin->solvers.function = weft_function_of(twin, group->advance);
    weft_do(twin, twin->solvers.function);
}

// ---- checks -----------------------------------------------------------------------------------

static double seconds(const weft_twin *twin, int64_t tick) {
    return (double)tick * twin->model->tick;
}

static uint32_t var_of_cell(const weft_twin *twin, uint32_t cell) {
    for (uint32_t v = 0; v < twin->model->var_count; v++) {
        const weft_var *var = &twin->model->vars[v];
        if (var->cell != WEFT_NONE && cell >= var->cell && cell - var->cell < var->count) return v;
    }
    return WEFT_NONE;
}

// An exponent of all ones is a NaN or an infinity; added to the lowest exponent bit it carries into
// the sign. Integers only, eight at a time, so that the compiler may use vectors.
static bool all_finite(const weft_cell *cells, uint32_t count) {
    const uint64_t exponent = 0x7ff0000000000000u, lowest = 0x0010000000000000u;
    uint64_t carry[8] = {0};
    uint32_t i = 0;
    for (; i + 8 <= count; i += 8)
        for (uint32_t k = 0; k < 8; k++)
            carry[k] |= ((uint64_t)cells[i + k].i & exponent) + lowest;
    for (; i < count; i++)
        carry[0] |= ((uint64_t)cells[i].i & exponent) + lowest;
    for (uint32_t k = 1; k < 8; k++)
        carry[0] |= carry[k];
    return carry[0] >> 63 == 0;
}

static double said(double value) { // a NaN without its sign, which differs from run to run
    return isnan(value) ? (double)NAN : value;
}

weft_status weft_check_finite(weft_twin *twin, const weft_ranges *ranges) {
    for (uint32_t r = 0; r < ranges->count; r++) {
        uint32_t cell = ranges->list[r].cell, count = ranges->list[r].count;
        if (all_finite(twin->cells + cell, count)) continue;
        while (isfinite(twin->cells[cell].r))
            cell++;
        uint32_t var = var_of_cell(twin, cell);
        char name[200];
        return weft_fail(
            twin, WEFT_NOT_FINITE, "%s is %g at %.9g s",
            weft_element(twin, var, cell - twin->model->vars[var].cell, name, sizeof name),
            said(twin->cells[cell].r), seconds(twin, twin->cells[WEFT_FROM].i));
    }
    return WEFT_OK;
}

// Element `number` of what is watched: its event or condition, and what that is about.
static weft_status watched_fault(weft_twin *twin, weft_status status, uint32_t number, double at) {
    for (uint32_t k = 0; k < twin->model->group_count; k++) {
        const weft_watches *w = twin->model->groups[k].watches;
        for (uint32_t e = 0; w != NULL && e < w->list_count; e++) {
            const weft_watched *of = &w->list[e];
            char name[200] = "";
            if (number < of->first || number >= of->end) continue;
            if (of->var != WEFT_NONE)
                weft_element(twin, of->var, number - of->first, name, sizeof name);
            const char *what = status == WEFT_LEFT_TRUE ? "still holds after it happened"
                                                        : "changes again and again";
            return weft_fail(twin, status, "%s%s'%s' of %s %s, at %.9g s", name,
                             of->var != WEFT_NONE ? ": " : "", of->text, of->where, what, at);
        }
    }
    return weft_fail(twin, status, "%s, at %.9g s", weft_status_text(status), at);
}

weft_status weft_check_fault(weft_twin *twin) {
    weft_cell *cells = twin->cells;
    weft_status status = (weft_status)cells[WEFT_FAULT].i;
    if (status == WEFT_OK) return WEFT_OK;
    uint32_t at = (uint32_t)cells[WEFT_FAULT_AT].i, var = WEFT_NONE;
    double local = cells[WEFT_LOCAL].r, from = seconds(twin, cells[WEFT_FROM].i);
    cells[WEFT_LOCAL].r = 0;
    if (status == WEFT_LEFT_TRUE || status == WEFT_ENDLESS)
        return watched_fault(twin, status, at - 1, from + local);
    char name[200];
    snprintf(name, sizeof name, "%s", twin->model->name);
    if (at > 0) var = var_of_cell(twin, at - 1);
    if (var != WEFT_NONE)
        weft_element(twin, var, at - 1 - twin->model->vars[var].cell, name, sizeof name);
    if (status == WEFT_NOT_FINITE && local > 0) {
        double value = var != WEFT_NONE ? cells[at - 1].r : 0;
        if (!isfinite(value))
            return weft_fail(twin, status, "%s is %g at %.9g s", name, said(value), from + local);
        return weft_fail(twin, status, "the rate of %s is not finite at %.9g s", name,
                         from + local);
    }
    bool explicit = status == WEFT_STUCK && twin->model->flow_count > 0 &&
                    twin->model->flows[0].method == WEFT_DOPRI;
    if (local > 0)
        return weft_fail(twin, status, "%s: %s, at %.9g s%s", name, weft_status_text(status),
                         from + local, explicit ? "; try `solver stiff;`" : "");
    if (cells[WEFT_FROM].i == cells[WEFT_TO].i)
        return weft_fail(twin, status, "%s: %s, at %.9g s", name, weft_status_text(status), from);
    return weft_fail(twin, status, "%s: %s, between %.9g s and %.9g s", name,
                     weft_status_text(status), from, seconds(twin, cells[WEFT_TO].i));
}

weft_status weft_check_all(weft_twin *twin) {
    const weft_model *model = twin->model;
    for (uint32_t c = 0; c < model->check_count; c++) {
        uint32_t function = weft_function_of(twin, model->checks[c].task);
        if (function == WEFT_NONE) continue;
        twin->cells[WEFT_RESULT].i = 0;
        weft_do(twin, function);
        int64_t failed = twin->cells[WEFT_RESULT].i;
        if (failed == 0) continue;
        return weft_fail(twin, WEFT_ASSERT,
                         "assert %s (%s) does not hold for element %lld at %.9g s",
                         model->checks[c].text, model->checks[c].where, (long long)failed - 1,
                         seconds(twin, twin->cells[WEFT_FROM].i));
    }
    return WEFT_OK;
}

// ---- the core in time -------------------------------------------------------------------------

static void stretch(weft_twin *twin, int64_t from, int64_t to) {
    weft_cell *cells = twin->cells;
    cells[WEFT_NOW].i = to;
    cells[WEFT_FROM].i = from;
    cells[WEFT_TO].i = to;
    cells[WEFT_TIME].r = seconds(twin, from);
    cells[WEFT_DT].r = seconds(twin, to - from);
    weft_edges_at(cells, twin->model->edges, (double)from);
}

static bool anything_moves(weft_twin *twin) {
    for (uint32_t g = 0; g < twin->model->group_count; g++)
        if (weft_function_of(twin, twin->model->groups[g].advance) != WEFT_NONE) return true;
    return false;
}

// Events happen at an instant, too: where something has just jumped.
weft_status weft_settle(weft_twin *twin) {
    const weft_model *model = twin->model;
    bool any = false;
    for (uint32_t g = 0; g < model->group_count; g++) {
        if (model->groups[g].watches == NULL) continue;
        any = true;
        weft_run_task(twin, model->groups[g].advance);
    }
    if (!any) return WEFT_OK;
    weft_status status = weft_check_fault(twin);
    return status != WEFT_OK ? status : weft_check_finite(twin, &twin->states);
}

// States of the groups that move; a group that does not list its states may move any.
static weft_status check_moved(weft_twin *twin) {
    const weft_model *model = twin->model;
    for (uint32_t g = 0; g < model->group_count; g++) {
        const weft_group *group = &model->groups[g];
        if (weft_function_of(twin, group->advance) == WEFT_NONE) continue;
        if (group->state_count == 0) return weft_check_finite(twin, &twin->states);
        if (group->watches != NULL) {
            weft_status status = weft_check_finite(twin, &twin->holds);
            if (status != WEFT_OK) return status;
        }
        for (uint32_t s = 0; s < group->state_count; s++) {
            const weft_var *var = &model->vars[group->states[s]];
            weft_range range = {var->cell, var->count};
            weft_status status =
                weft_check_finite(twin, &(weft_ranges){.list = &range, .count = 1});
            if (status != WEFT_OK) return status;
        }
    }
    return WEFT_OK;
}

void weft_flush_begin(weft_twin *twin, int64_t tick) {
    weft_forget_looks(twin);
    stretch(twin, twin->cells[WEFT_FROM].i, tick);
}

weft_status weft_flush_end(weft_twin *twin, int64_t tick, bool moved) {
    weft_status status = moved ? weft_check_fault(twin) : WEFT_OK;
    stretch(twin, tick, tick);
    if (!moved || status != WEFT_OK) return status;
    status = check_moved(twin);
    return status != WEFT_OK ? status : weft_check_all(twin);
}

void weft_move_all(weft_twin *twin) {
    for (uint32_t g = 0; g < twin->model->group_count; g++)
        move(twin, &twin->model->groups[g]);
}

weft_status weft_flush(weft_twin *twin, int64_t tick) {
    if (tick == twin->cells[WEFT_FROM].i) {
        twin->cells[WEFT_NOW].i = tick;
        return WEFT_OK;
    }
    weft_flush_begin(twin, tick);
    bool moves = anything_moves(twin);
    if (moves) weft_move_all(twin);
    return weft_flush_end(twin, tick, moves);
}

// ---- looking aside ----------------------------------------------------------------------------

static void copy(const weft_ranges *ranges, weft_cell *to, const weft_cell *from, bool out) {
    for (uint32_t r = 0; r < ranges->count; r++) {
        weft_range range = ranges->list[r];
        if (out)
            memcpy(to, from + range.cell, range.count * sizeof *to);
        else
            memcpy(to + range.cell, from, range.count * sizeof *to);
        if (out)
            to += range.count;
        else
            from += range.count;
    }
}

static void copy_states(const weft_twin *twin, weft_cell *to, const weft_cell *from, bool out) {
    copy(&twin->moved, to, from, out);
}

void weft_forget_looks(weft_twin *twin) {
    twin->kept.bits.at = -1;
    twin->samples.at = -1;
}

weft_status weft_look_begin(weft_twin *twin, int64_t tick, weft_ahead *ahead, weft_look *look) {
    weft_cell *cells = twin->cells;
    memcpy(look->head, cells, sizeof look->head);
    copy(&twin->unknowns, twin->saved_unknowns, cells, true);
    int64_t from = cells[WEFT_FROM].i;
    look->moved = tick > from && anything_moves(twin);
    if (look->moved) {
        copy_states(twin, twin->saved_states, cells, true);
        if (ahead != NULL && ahead->at > from && ahead->at <= tick) {
            copy_states(twin, cells, ahead->states, false);
            from = ahead->at;
        }
        stretch(twin, from, tick);
        for (uint32_t g = 0; tick > from && g < twin->model->group_count; g++)
            move(twin, &twin->model->groups[g]);
        if (ahead != NULL) {
            copy_states(twin, ahead->states, cells, true);
            ahead->at = tick;
        }
    }
    weft_status status = (weft_status)cells[WEFT_FAULT].i;
    if (status == WEFT_OK) stretch(twin, tick, tick); // else the time of the fault counts from here
    return status;
}

void weft_look_end(weft_twin *twin, const weft_look *look) {
    if (look->moved) copy_states(twin, twin->cells, twin->saved_states, false);
    copy(&twin->unknowns, twin->cells, twin->saved_unknowns, false);
    memcpy(twin->cells, look->head, sizeof look->head);
}

void weft_read(const weft_twin *twin, uint32_t var, double *out) {
    const weft_var *v = &twin->model->vars[var];
    for (uint32_t i = 0; i < v->count; i++) {
        if (v->cell == WEFT_NONE)
            out[i] = v->value;
        else if (v->integer)
            out[i] = (double)twin->cells[v->cell + i].i;
        else
            out[i] = twin->cells[v->cell + i].r;
    }
}

// What is looked at cannot be found: the run ends here, for no later instant would show it.
static weft_status no_solution(weft_twin *twin) {
    weft_status status = weft_check_fault(twin);
    if (status != WEFT_OK && twin->failed == WEFT_OK) twin->failed = status;
    return status;
}

weft_status weft_peek(weft_twin *twin, int64_t tick, uint32_t var, double *out) {
    if (var >= twin->model->var_count) return WEFT_NO_SUCH_NAME;
    if (tick < twin->cells[WEFT_FROM].i) return WEFT_OUT_OF_RANGE;
    weft_look look;
    weft_status status = weft_look_begin(twin, tick, NULL, &look);
    if (twin->model->vars[var].observe != WEFT_NONE)
        weft_run_task(twin, twin->model->vars[var].observe);
    weft_read(twin, var, out);
    if (status == WEFT_OK)
        status = no_solution(twin);
    else
        status = weft_check_fault(twin); // says what
    weft_look_end(twin, &look);
    return status;
}

weft_status weft_compute(weft_twin *twin, uint32_t task, uint32_t cell, uint32_t count,
                         weft_cell *result) {
    weft_look look;
    weft_status status = weft_look_begin(twin, twin->cells[WEFT_NOW].i, NULL, &look);
    weft_run_task(twin, task);
    memcpy(result, twin->cells + cell, count * sizeof *result);
    if (status == WEFT_OK)
        status = no_solution(twin);
    else
        status = weft_check_fault(twin); // says what
    weft_look_end(twin, &look);
    return status;
}
