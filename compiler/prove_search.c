// Runs of the interpreted controller with inputs by dice: to find a way into each state, and runs
// in which a guarantee falls that are too long for the prover to find.
#include "interp/controller.h"
#include "prove.h"

enum { RUNS = 60, RUN_CYCLES = 4000 };

typedef struct run {
    const proof *p;
    const fsm *m;
    weft_cell *cells;
    uint64_t dice, seed;
    int change; // an input takes a new value in one of so many cycles
    bool held;  // start stays until done
} run;

// xorshift64 (Marsaglia 2003)
static uint64_t roll(run *r) {
    r->dice ^= r->dice << 13;
    r->dice ^= r->dice >> 7;
    r->dice ^= r->dice << 17;
    return r->dice >> 9;
}

static run run_new(const proof *p, uint64_t seed, bool held) {
    static const int changes[] = {1, 3, 9, 40, 300};
    run r = {.p = p, .m = p->m, .seed = seed, .held = held};
    r.dice = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15);
    r.change = changes[seed % 5];
    r.cells = arena_array(p->home, (size_t)p->m->plan->cells + 1, sizeof *r.cells);
    return r;
}

static void run_reset(run *r) {
    memset(r->cells, 0, ((size_t)r->m->plan->cells + 1) * sizeof *r->cells);
    r->dice = (r->seed + 1) * UINT64_C(0x9E3779B97F4A7C15);
    machine_call(r->m, FSM_RESET, r->cells);
}

// New inputs for this cycle.
static void run_inputs(run *r) {
    const fsm *m = r->m;
    bool asked =
        r->held && m->start && m->done && r->cells[m->start->cell].i && !r->cells[m->done->cell].i;
    for (size_t k = 0; k < m->ports.n; k++) {
        const fsm_port *port = &m->ports.at[k];
        if (port->output || port->settle) continue;
        for (long n = 0; n < port->count; n++)
            if (roll(r) % (uint64_t)r->change == 0)
                r->cells[port->v->cell + n].i =
                    roll(r) % 3 ? fsm_wrap((int64_t)roll(r), port->width) : 0;
    }
    if (asked) r->cells[m->start->cell].i = 1;
}

// ---- what a cycle looked like ----

static const char *bits_of(const run *r, const rtl_signal *s) {
    long count = var_count(s->v);
    int each = s->width / (int)(count > 0 ? count : 1);
    char *bits = arena_array(r->p->home, (size_t)s->width + 1, 1);
    for (int k = 0; k < s->width; k++) {
        int64_t element = r->cells[s->v->cell + k / each].i;
        bits[s->width - 1 - k] = (char)('0' + ((element >> (k % each)) & 1));
    }
    return bits;
}

static void record(const run *r, proof_trace *t, size_t cycle, bool reset) {
    size_t n = r->p->about.signals.n;
    for (size_t k = 0; k < n; k++)
        t->bits[cycle * (n + 1) + k] = bits_of(r, &r->p->about.signals.at[k]);
    t->bits[cycle * (n + 1) + n] = reset ? "0" : "1";
}

// The first `cycles` cycles of a run again, with the reset before them.
static proof_trace *again(const proof *p, uint64_t seed, bool held, size_t cycles) {
    run r = run_new(p, seed, held);
    proof_trace *t = arena_new_of(p->home, proof_trace);
    t->cycles = cycles + 1;
    t->bits = arena_array(p->home, t->cycles * trace_width(p), sizeof *t->bits);
    run_reset(&r);
    record(&r, t, 0, true);
    for (size_t k = 1; k <= cycles; k++) {
        run_inputs(&r);
        machine_call(p->m, FSM_PULSES, r.cells);
        record(&r, t, k, false);
        machine_call(p->m, FSM_STEP, r.cells);
    }
    return t;
}

// ---- guarantees ----

static bool read_cell(void *data, const var *v, long element, int64_t *value) {
    const run *r = data;
    *value = r->cells[v->cell + element].i;
    return true;
}

static bool holds(run *r, const expr *e) {
    int64_t value = 0;
    fsm_eval(e, read_cell, r, &value);
    return value != 0;
}

static bool is_active(const run *r, const activation *act) {
    const fsm_phase *phase = fsm_phase_of(r->m, act);
    return phase && r->cells[phase->active->cell].i;
}

// What stands before an edge; *waits: cycles since start without the bit.
static bool falls(run *r, const fsm_monitor *g, int64_t *waits) {
    switch (g->source->kind) {
    case GUARANTEE_NEVER:
        return is_active(r, g->source->never[0]) && is_active(r, g->source->never[1]);
    case GUARANTEE_ALWAYS:
        return !holds(r, g->bit);
    default:
        if (holds(r, g->bit))
            *waits = 0;
        else if (*waits || holds(r, g->start))
            ++*waits;
        return *waits > g->source->cycles;
    }
}

proof_trace *search_guarantee(const proof *p, int monitor) {
    const fsm_monitor *g = &p->m->monitors.at[monitor];
    size_t best = RUN_CYCLES + 1;
    uint64_t with = 0;
    for (uint64_t seed = 0; seed < RUNS; seed++) {
        run r = run_new(p, seed, true);
        int64_t waits = 0;
        run_reset(&r);
        for (size_t k = 1; k < best; k++) {
            run_inputs(&r);
            if (falls(&r, g, &waits)) best = k, with = seed;
            machine_call(p->m, FSM_STEP, r.cells);
        }
    }
    return best <= RUN_CYCLES ? again(p, with, true, best) : NULL;
}

// ---- states ----

static size_t look(proof *p, const run *r, int64_t cycle) {
    size_t found = 0;
    for (size_t k = 0; k < p->states.n; k++) {
        proof_state *s = &p->states.at[k];
        if (s->cycle >= 0 || r->cells[s->thread->state->cell].i != s->state->id) continue;
        s->cycle = cycle;
        s->seed = r->seed;
        found++;
    }
    return found;
}

proof_trace *state_trace(const proof *p, const proof_state *s) {
    if (s->trace || s->cycle < 0) return s->trace;
    return again(p, s->seed, false, (size_t)s->cycle);
}

void search_states(proof *p) {
    size_t left = p->states.n;
    for (uint64_t seed = 0; seed < RUNS && left; seed++) {
        run r = run_new(p, seed, false);
        run_reset(&r);
        left -= look(p, &r, 0);
        for (int64_t k = 1; k < RUN_CYCLES && left; k++) {
            run_inputs(&r);
            left -= look(p, &r, k);
            machine_call(p->m, FSM_STEP, r.cells);
        }
    }
}

// ---- values ----

static void look_at_values(const run *r, search_ranges *all) {
    for (size_t k = 0; k < all->n; k++) {
        search_range *g = &all->at[k];
        if (r->cells[g->thread->state->cell].i != g->state) continue;
        int64_t value = r->cells[r->p->about.signals.at[g->signal].v->cell].i;
        if (value < g->lo) g->lo = value;
        if (value > g->hi) g->hi = value;
    }
}

void search_values(const proof *p, search_ranges *found) {
    search_ranges all = {0};
    for (size_t t = 0; t < p->m->threads.n; t++)
        for (size_t k = 0; k < p->m->threads.at[t]->states.n; k++)
            for (size_t n = 0; n < p->about.signals.n; n++) {
                const rtl_signal *s = &p->about.signals.at[n];
                // What other threads are in tells whether a par can end.
                bool asked = s->v->kind == VAR_COUT || s->v->kind == VAR_REG ||
                             (s->thread && s->thread != p->m->threads.at[t]);
                if (!asked || s->width > 30 || var_count(s->v) > 1 || s->role == RTL_INPUT)
                    continue;
                search_range g = {p->m->threads.at[t], (int)k, n, INT64_MAX, -1};
                vec_push(p->home, &all, g);
            }
    for (uint64_t seed = 0; seed < RUNS; seed++) {
        run r = run_new(p, seed, seed % 2);
        run_reset(&r);
        for (int k = 0; k < RUN_CYCLES / 4; k++) {
            run_inputs(&r);
            look_at_values(&r, &all);
            machine_call(p->m, FSM_STEP, r.cells);
        }
    }
    for (size_t k = 0; k < all.n; k++) {
        const search_range *g = &all.at[k];
        int64_t most = (INT64_C(1) << p->about.signals.at[g->signal].width) - 1;
        if (g->hi >= 0 && (g->lo > 0 || g->hi < most)) vec_push(p->home, found, *g);
    }
}
