// Verilated controllers: driving the core, or beside the C ones and compared in every cycle.
#include <string.h>

#include "twin.h"

static void gather(const weft_twin *twin, const weft_ranges *ranges, int64_t *to) {
    for (uint32_t r = 0; r < ranges->count; r++) {
        const weft_cell *from = twin->cells + ranges->list[r].cell;
        for (uint32_t i = 0; i < ranges->list[r].count; i++)
            *to++ = from[i].i;
    }
}

static void scatter(weft_twin *twin, const weft_ranges *ranges, const int64_t *from) {
    for (uint32_t r = 0; r < ranges->count; r++) {
        weft_cell *to = twin->cells + ranges->list[r].cell;
        for (uint32_t i = 0; i < ranges->list[r].count; i++)
            to[i].i = *from++;
    }
}

static void exchange(weft_twin *twin, uint32_t sequence) {
    weft_wiring *w = &twin->wiring[sequence];
    if (twin->control == WEFT_CONTROL_RTL) scatter(twin, &w->out_all, w->rtl_out);
}

void weft_rtl_reset(weft_twin *twin) {
    for (uint32_t s = 0; s < twin->model->sequence_count; s++) {
        weft_wiring *w = &twin->wiring[s];
        twin->rtl[s].reset(w->rtl, w->rtl_out);
        w->stepped = false;
        exchange(twin, s);
        if (twin->control != WEFT_CONTROL_BOTH) continue;
        weft_rtl_compare(twin, s, -twin->model->sequences[s].period);
        twin->lockstep.cycles = 0; // reset is no cycle
    }
}

void weft_rtl_edge(weft_twin *twin, uint32_t sequence) {
    weft_wiring *w = &twin->wiring[sequence];
    gather(twin, &w->in, w->rtl_in);
    twin->rtl[sequence].edge(w->rtl, w->rtl_in, w->rtl_out);
    exchange(twin, sequence);
}

void weft_rtl_settle(weft_twin *twin, uint32_t sequence) {
    weft_wiring *w = &twin->wiring[sequence];
    gather(twin, &w->in, w->rtl_in);
    twin->rtl[sequence].settle(w->rtl, w->rtl_in, w->rtl_out);
    exchange(twin, sequence);
}

void weft_rtl_count(weft_twin *twin, uint32_t sequence, int64_t cycles) {
    weft_wiring *w = &twin->wiring[sequence];
    for (uint32_t r = 0; r < w->on.count; r++) {
        const weft_cell *on = twin->cells + w->on.list[r].cell;
        weft_cell *high = twin->cells + w->high[r];
        for (uint32_t i = 0; i < w->on.list[r].count; i++)
            high[i].i += cycles * on[i].i;
    }
}

static void note_mismatch(weft_twin *twin, uint32_t sequence, uint32_t index, int64_t tick) {
    const weft_sequence *s = &twin->model->sequences[sequence];
    uint32_t first = 0; // index counts the elements of all outputs
    for (uint32_t p = 0; p < s->port_count; p++) {
        const weft_port *port = &s->ports[p];
        if (!port->output) continue;
        if (index - first < port->count) {
            uint32_t element = index - first;
            twin->lockstep.first = (weft_mismatch){.cycle = tick / s->period,
                                                   .sequence = sequence,
                                                   .element = element,
                                                   .port = port->name,
                                                   .c = twin->cells[port->cell + element].i,
                                                   .rtl = twin->wiring[sequence].rtl_out[index]};
            return;
        }
        first += port->count;
    }
}

static weft_status report_mismatch(weft_twin *twin, uint32_t sequence, int64_t tick) {
    const weft_wiring *w = &twin->wiring[sequence];
    weft_lockstep *lockstep = &twin->lockstep;
    uint32_t index = 0;
    for (uint32_t r = 0; r < w->out_all.count; r++) {
        const weft_cell *c = twin->cells + w->out_all.list[r].cell;
        for (uint32_t i = 0; i < w->out_all.list[r].count; i++, index++) {
            if (c[i].i == w->rtl_out[index]) continue;
            if (lockstep->mismatches++ == 0) note_mismatch(twin, sequence, index, tick);
        }
    }
    const weft_mismatch *m = &lockstep->first;
    return weft_fail(twin, WEFT_MISMATCH,
                     "%s, cycle %lld: %s[%u] is %lld in C and %lld in the Verilated controller",
                     twin->model->sequences[m->sequence].name, (long long)m->cycle, m->port,
                     (unsigned)m->element, (long long)m->c, (long long)m->rtl);
}

weft_status weft_rtl_compare(weft_twin *twin, uint32_t sequence, int64_t tick) {
    const weft_wiring *w = &twin->wiring[sequence];
    const int64_t *rtl = w->rtl_out;
    uint64_t differ = 0; // no branch in the loop: this runs in every cycle
    for (uint32_t r = 0; r < w->out_all.count; r++) {
        const weft_range range = w->out_all.list[r];
        const weft_cell *c = twin->cells + range.cell;
        for (uint32_t i = 0; i < range.count; i++)
            differ |= (uint64_t)(c[i].i ^ rtl[i]);
        rtl += range.count;
    }
    twin->lockstep.cycles++;
    return differ == 0 ? WEFT_OK : report_mismatch(twin, sequence, tick);
}

// How many edges may pass before the C controller, which watches the guarantees, has to take one.
static int64_t edges_unwatched(weft_twin *twin, int64_t most) {
    const weft_sequence *s = &twin->model->sequences[0];
    if (!weft_in_c(twin, 0)) return most;
    if (s->quiet == WEFT_NONE || s->skip == WEFT_NONE) return 0;
    twin->cells[WEFT_QUIET].i = 0;
    weft_do(twin, s->quiet);
    return twin->cells[WEFT_QUIET].i < most ? twin->cells[WEFT_QUIET].i : most;
}

// The C controller after the Verilated one: edges at which it only counts, then one that it takes.
static void follow(weft_twin *twin, int64_t edges) {
    const weft_sequence *s = &twin->model->sequences[0];
    if (!weft_in_c(twin, 0)) return;
    if (edges > 1) {
        twin->cells[WEFT_QUIET].i = edges - 1;
        weft_do(twin, s->skip);
    }
    weft_do(twin, s->step);
}

// Edges of the only sequence before the tick `before` and not after `until`, up to the first that
// changes an output: the last one made is at the tick that is returned and stays to be completed by
// weft_instant. -1: none could be made.
int64_t weft_rtl_run(weft_twin *twin, int64_t before, int64_t until) {
    const weft_model *model = twin->model;
    if (model->sequence_count != 1 || twin->rtl[0].run == NULL || model->sequences[0].live_bits ||
        twin->wiring[0].stepped)
        return -1;
    weft_wiring *w = &twin->wiring[0];
    int64_t first = twin->kept.next_edge[0], period = model->sequences[0].period;
    int64_t last = before - 1 < until ? before - 1 : until;
    if (last < first) return -1;
    int64_t more = edges_unwatched(twin, (last - first) / period);
    gather(twin, &w->in, w->rtl_in);
    int64_t made = twin->rtl[0].run(w->rtl, w->rtl_in, w->rtl_out, more + 1);
    if (made < 1) return -1;
    // In all cycles but the last the outputs were those that still stand in the cells.
    weft_rtl_count(twin, 0, made - 1);
    twin->kept.flags[KEPT_CYCLES] += made - 1;
    twin->kept.next_edge[0] = first + (made - 1) * period;
    weft_keep_outputs(twin, w);
    follow(twin, made);
    exchange(twin, 0);
    w->stepped = true;
    return twin->kept.next_edge[0];
}

void weft_rtl_destroy(weft_twin *twin) {
    for (uint32_t s = 0; twin->wiring != NULL && s < twin->model->sequence_count; s++) {
        weft_wiring *w = &twin->wiring[s];
        if (w->rtl != NULL) twin->rtl[s].destroy(w->rtl);
        w->rtl = NULL;
    }
}

weft_status weft_control_with(weft_twin *twin, weft_control control, const weft_rtl *rtl) {
    weft_rtl_destroy(twin);
    twin->control = WEFT_CONTROL_C;
    if (control == WEFT_CONTROL_C) return WEFT_OK;
    twin->rtl = rtl;
    for (uint32_t s = 0; s < twin->model->sequence_count; s++) {
        weft_wiring *w = &twin->wiring[s];
        if (w->rtl_in == NULL) w->rtl_in = weft_allocate(twin, w->in.cells, sizeof *w->rtl_in);
        if (w->rtl_out == NULL)
            w->rtl_out = weft_allocate(twin, w->out_all.cells, sizeof *w->rtl_out);
        if (w->rtl_in == NULL || w->rtl_out == NULL) return WEFT_NO_MEMORY;
        w->rtl = rtl[s].create();
        if (w->rtl == NULL) return WEFT_NO_MEMORY;
    }
    twin->control = control;
    return WEFT_OK;
}

const weft_lockstep *weft_lockstep_of(const weft_twin *twin) {
    return &twin->lockstep;
}
