// What weft_open prepares: every array the runtime will need, and the tables flattened to cells.
#include <stdlib.h>
#include <string.h>

#include "twin.h"

static bool collect(weft_twin *twin, weft_ranges *ranges, weft_kind kind) {
    const weft_model *model = twin->model;
    ranges->list = weft_allocate(twin, model->var_count, sizeof *ranges->list);
    if (ranges->list == NULL) return false;
    for (uint32_t v = 0; v < model->var_count; v++) {
        const weft_var *var = &model->vars[v];
        if (var->kind != kind || var->cell == WEFT_NONE || var->count == 0) continue;
        if (kind != WEFT_PARAM && var->integer) continue; // integers are always finite
        weft_range *last = ranges->count > 0 ? &ranges->list[ranges->count - 1] : NULL;
        ranges->cells += var->count;
        if (last != NULL && kind != WEFT_PARAM && last->cell + last->count == var->cell)
            last->count += var->count;
        else
            ranges->list[ranges->count++] = (weft_range){var->cell, var->count};
    }
    return true;
}

static void add(weft_ranges *ranges, uint32_t cell, uint32_t count) {
    weft_range *last = ranges->count > 0 ? &ranges->list[ranges->count - 1] : NULL;
    ranges->cells += count;
    if (last != NULL && last->cell + last->count == cell)
        last->count += count;
    else
        ranges->list[ranges->count++] = (weft_range){cell, count};
}

static bool collect_moved(weft_twin *twin) {
    const weft_model *model = twin->model;
    uint32_t most = twin->states.count;
    for (uint32_t k = 0; k < model->flow_count; k++)
        if (model->flows[k].watches != NULL) most += 4 + model->flows[k].watches->hold_count;
    twin->moved.list = weft_allocate(twin, most, sizeof *twin->moved.list);
    if (twin->moved.list == NULL) return false;
    for (uint32_t r = 0; r < twin->states.count; r++)
        add(&twin->moved, twin->states.list[r].cell, twin->states.list[r].count);
    for (uint32_t k = 0; k < model->flow_count; k++) {
        const weft_watches *w = model->flows[k].watches;
        if (w == NULL) continue;
        add(&twin->moved, w->side_cell, w->count);
        if (w->event_count > 0) {
            add(&twin->moved, w->last_cell, w->event_count);
            add(&twin->moved, w->often_cell, w->event_count);
        }
        for (uint32_t h = 0; h < w->hold_count; h++)
            add(&twin->moved, w->holds[h].cell, w->holds[h].count);
    }
    return true;
}

static bool is_high_cell(const weft_sequence *s, const weft_model *model, uint32_t cell) {
    for (uint32_t k = 0; k < s->phase_count; k++) {
        const weft_phase *phase = &model->phases[s->phases[k]];
        for (uint32_t p = 0; p < phase->pulse_count; p++)
            if (phase->pulses[p].on_cell == cell) return true;
    }
    return false;
}

static bool flatten(weft_twin *twin, const weft_sequence *s, weft_wiring *w) {
    const weft_model *model = twin->model;
    weft_ranges *all[] = {&w->in, &w->settle, &w->out, &w->out_all};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        all[k]->list = weft_allocate(twin, s->port_count, sizeof(weft_range));
        if (all[k]->list == NULL) return false;
    }
    uint32_t pulses = 0;
    for (uint32_t k = 0; k < s->phase_count; k++)
        pulses += model->phases[s->phases[k]].pulse_count;
    w->on.list = weft_allocate(twin, pulses, sizeof(weft_range));
    w->high = weft_allocate(twin, pulses, sizeof *w->high);
    if (w->on.list == NULL || w->high == NULL) return false;
    for (uint32_t p = 0; p < s->port_count; p++) {
        const weft_port *port = &s->ports[p];
        if (!port->output) {
            add(&w->in, port->cell, port->count);
        } else {
            add(&w->out_all, port->cell, port->count);
            // Pulse outputs cannot end an activation nor reach the core: no need to keep their
            // past.
            if (!port->settle && !is_high_cell(s, model, port->cell))
                add(&w->out, port->cell, port->count);
        }
    }
    for (uint32_t k = 0; k < s->phase_count; k++) {
        const weft_phase *phase = &model->phases[s->phases[k]];
        for (uint32_t p = 0; p < phase->pulse_count; p++) {
            w->high[w->on.count] = phase->pulses[p].high_cell;
            w->on.list[w->on.count++] =
                (weft_range){phase->pulses[p].on_cell, phase->pulses[p].count};
        }
    }
    w->signals = weft_allocate(twin, s->phase_count, sizeof *w->signals);
    if (w->signals == NULL) return false;
    for (uint32_t k = 0; k < s->phase_count; k++) {
        const weft_phase *phase = &model->phases[s->phases[k]];
        if (phase->active_cell == WEFT_NONE) continue;
        w->signals[w->signal_count++] =
            (weft_signal){phase->active_cell, phase->start_cell,
                          phase->state_cell + WEFT_PHASE_ACTIVE, s->phases[k]};
    }
    w->old = weft_allocate(twin, w->out.cells, sizeof *w->old);
    return w->old != NULL;
}

static bool lay_out_kept(weft_twin *twin) {
    const weft_model *model = twin->model;
    weft_kept *kept = &twin->kept;
    bool live = false;
    for (uint32_t s = 0; s < model->sequence_count; s++)
        live |= model->sequences[s].live_bits != 0;
    size_t states = live ? twin->moved.cells : 0;
    kept->count = (size_t)KEPT_FLAGS + model->sequence_count + model->phase_count +
                  model->var_count + twin->params.cells + states;
    kept->block = weft_allocate(twin, kept->count, sizeof *kept->block);
    if (kept->block == NULL) return false;
    int64_t *next = kept->block;
    kept->flags = next;
    next += KEPT_FLAGS;
    kept->next_edge = next;
    next += model->sequence_count;
    kept->next_at = next;
    next += model->phase_count;
    kept->given = next;
    next += model->var_count;
    kept->given_value = (weft_cell *)next; // a cell is as wide as an int64_t, and a union with one
    next += twin->params.cells;
    kept->bits = (weft_ahead){-1, (weft_cell *)next};
    return true;
}

static bool collect_unknowns(weft_twin *twin) {
    const weft_model *model = twin->model;
    uint32_t count = 0;
    for (uint32_t k = 0; k < model->island_count; k++)
        count += model->islands[k].var_count;
    twin->unknowns.list = weft_allocate(twin, count, sizeof(weft_range));
    for (uint32_t k = 0; twin->unknowns.list != NULL && k < model->island_count; k++)
        for (uint32_t v = 0; v < model->islands[k].var_count; v++)
            add(&twin->unknowns, model->islands[k].unknowns[v].cell,
                model->islands[k].unknowns[v].count);
    twin->saved_unknowns = weft_allocate(twin, twin->unknowns.cells, sizeof *twin->cells);
    return twin->unknowns.list != NULL && twin->saved_unknowns != NULL;
}

typedef struct named {
    const char *name;
    uint32_t var;
} named;

static int by_name(const void *a, const void *b) {
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

static bool sort_names(weft_twin *twin) {
    uint32_t count = twin->model->var_count;
    twin->by_name = weft_allocate(twin, count, sizeof *twin->by_name);
    named *sorted = malloc((size_t)count * sizeof *sorted + 1);
    if (twin->by_name == NULL || sorted == NULL) {
        free(sorted);
        return false;
    }
    for (uint32_t v = 0; v < count; v++)
        sorted[v] = (named){twin->model->vars[v].name, v};
    qsort(sorted, count, sizeof *sorted, by_name);
    for (uint32_t v = 0; v < count; v++)
        twin->by_name[v] = sorted[v].var;
    free(sorted);
    return true;
}

weft_status weft_lay_out(weft_twin *twin) {
    const weft_model *model = twin->model;
    twin->cells = weft_allocate(twin, model->cells, sizeof *twin->cells);
    twin->wiring = weft_allocate(twin, model->sequence_count, sizeof *twin->wiring);
    twin->ending = weft_allocate(twin, model->phase_count, sizeof *twin->ending);
    twin->beginning = weft_allocate(twin, model->phase_count, sizeof *twin->beginning);
    twin->task_function = weft_allocate(twin, model->task_count, sizeof *twin->task_function);
    twin->task_serial = weft_allocate(twin, model->task_count, sizeof *twin->task_serial);
    if (twin->cells == NULL || twin->wiring == NULL || twin->ending == NULL ||
        twin->beginning == NULL || twin->task_function == NULL || twin->task_serial == NULL ||
        !collect(twin, &twin->states, WEFT_STATE) || !collect(twin, &twin->holds, WEFT_HOLD) ||
        !collect(twin, &twin->params, WEFT_PARAM) || !collect_moved(twin) || !lay_out_kept(twin) ||
        !collect_unknowns(twin) || !sort_names(twin))
        return WEFT_NO_MEMORY;
    for (uint32_t s = 0; s < model->sequence_count; s++)
        if (!flatten(twin, &model->sequences[s], &twin->wiring[s])) return WEFT_NO_MEMORY;
    uint32_t widest = 0;
    for (uint32_t v = 0; v < model->var_count; v++)
        if (model->vars[v].count > widest) widest = model->vars[v].count;
    twin->saved_states = weft_allocate(twin, twin->moved.cells, sizeof *twin->saved_states);
    twin->samples =
        (weft_ahead){-1, weft_allocate(twin, twin->moved.cells, sizeof *twin->samples.states)};
    twin->values = weft_allocate(twin, widest, sizeof *twin->values);
    if (twin->saved_states == NULL || twin->samples.states == NULL || twin->values == NULL)
        return WEFT_NO_MEMORY;
    return WEFT_OK;
}
