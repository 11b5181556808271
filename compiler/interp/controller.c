// Controllers evaluated directly on the cells: the reference meaning of plan/fsm.h.
#include "interp/controller.h"

typedef struct machine {
    const fsm *m;
    weft_cell *cells;
} machine;

static weft_cell *cell_of(const machine *x, const var *v) {
    return &x->cells[v->cell];
}

static bool read_cell(void *data, const var *v, long element, int64_t *value) {
    const machine *x = data;
    *value = x->cells[v->cell + element].i;
    return true;
}

static int64_t value_of(machine *x, const expr *e) {
    int64_t value = 0;
    fsm_eval(e, read_cell, x, &value);
    return value;
}

// ---- reset ----

static void clear(machine *x, const var *v) {
    for (long k = 0; k < var_count(v); k++)
        x->cells[v->cell + k].i = 0;
}

static void reset(machine *x) {
    const fsm *m = x->m;
    for (size_t k = 0; k < m->reset.n; k++) {
        const fsm_value *r = &m->reset.at[k];
        for (long n = 0; n < var_count(r->v); n++)
            x->cells[r->v->cell + n].i = r->value;
    }
    for (size_t k = 0; k < m->pulses.n; k++) {
        clear(x, m->pulses.at[k].on);
        clear(x, m->pulses.at[k].count);
    }
    for (size_t k = 0; k < m->monitors.n; k++)
        if (m->monitors.at[k].waits) clear(x, m->monitors.at[k].waits);
    clear(x, m->violated);
}

// ---- guarantees ----

// What stands before the edge, for `edges` edges at which nothing changes.
static void monitor(machine *x, size_t nth, int64_t edges) {
    const fsm_monitor *g = &x->m->monitors.at[nth];
    const guarantee *source = g->source;
    bool failed = false;
    switch (source->kind) {
    case GUARANTEE_NEVER: {
        const fsm_phase *a = fsm_phase_of(x->m, source->never[0]),
                        *b = fsm_phase_of(x->m, source->never[1]);
        failed = a && b && cell_of(x, a->active)->i && cell_of(x, b->active)->i;
        break;
    }
    case GUARANTEE_WITHIN: {
        weft_cell *waits = cell_of(x, g->waits);
        if (value_of(x, g->bit))
            waits->i = 0;
        else if (waits->i || value_of(x, g->start))
            waits->i += edges;
        failed = waits->i > source->cycles;
        if (failed) waits->i = 0;
        break;
    }
    case GUARANTEE_ALWAYS:
        failed = !value_of(x, g->bit);
        break;
    }
    weft_cell *violated = cell_of(x, x->m->violated);
    if (failed && !violated->i) violated->i = (int64_t)nth + 1;
}

// ---- one edge ----

// Runs code; true once a CODE_GO was met.
static bool run(machine *x, const fsm_code *code) {
    bool gone = false;
    for (; code; code = code->next)
        switch (code->kind) {
        case CODE_SET:
            cell_of(x, code->target)->i = fsm_wrap(value_of(x, code->value), code->target->width);
            break;
        case CODE_IF:
            gone = run(x, value_of(x, code->cond) ? code->yes : code->no) || gone;
            break;
        case CODE_GO:
            cell_of(x, code->thread->state)->i = code->to->id;
            gone = true;
            break;
        case CODE_ENTER:
            run(x, code->yes);
            break;
        case CODE_REST:
            gone = gone || run(x, code->yes);
            break;
        }
    return gone;
}

static bool all_done(const machine *x, const fsm_state *s) {
    for (size_t k = 0; k < s->branches.n; k++)
        if (cell_of(x, s->branches.at[k]->state)->i) return false;
    return true;
}

static void step_thread(machine *x, const fsm_thread *t) {
    int64_t number = cell_of(x, t->state)->i;
    if (number < 0 || (size_t)number >= t->states.n) return;
    const fsm_state *s = t->states.at[number];
    bool leaves = true;
    switch (s->stay) {
    case STAY_ONE:
        break;
    case STAY_DWELL:
        leaves = cell_of(x, t->dwell)->i == 0;
        break;
    case STAY_UNTIL:
        leaves = value_of(x, s->until_kept) != 0;
        break;
    case STAY_COMPARE:
        leaves = cell_of(x, t->dwell)->i == 0 || value_of(x, s->until_kept) != 0;
        break;
    case STAY_JOIN:
        leaves = all_done(x, s);
        break;
    case STAY_END:
        return;
    }
    if (leaves)
        run(x, s->leave);
    else if (s->stay == STAY_DWELL || s->stay == STAY_COMPARE)
        cell_of(x, t->dwell)->i--;
}

static void edge(machine *x) {
    const fsm *m = x->m;
    for (size_t k = 0; k < m->monitors.n; k++)
        monitor(x, k, 1);
    for (size_t k = 0; k < m->kept.n; k++)
        cell_of(x, m->kept.at[k].v)->i = cell_of(x, m->kept_of.at[k])->i;
    for (size_t k = 0; k < m->phases.n; k++)
        cell_of(x, m->phases.at[k].start)->i = 0;
    for (size_t k = 0; k < m->threads.n; k++)
        step_thread(x, m->threads.at[k]);
    for (size_t k = 0; k < m->wires.n; k++) {
        const fsm_wire *w = &m->wires.at[k];
        if (!w->stage[0]) continue;
        cell_of(x, w->stage[1])->i = cell_of(x, w->stage[0])->i;
        cell_of(x, w->stage[0])->i = cell_of(x, w->to)->i;
    }
}

// ---- pulses ----

// The cycle that has begun: to be called once, after the widths are known.
static void pulses(machine *x) {
    for (size_t k = 0; k < x->m->pulses.n; k++) {
        const fsm_pulse *p = &x->m->pulses.at[k];
        const fsm_phase *phase = &x->m->phases.at[p->phase];
        bool active = cell_of(x, phase->active)->i, start = cell_of(x, phase->start)->i;
        for (long n = 0; n < var_count(p->on); n++) {
            int64_t left =
                (start ? x->cells[p->source->width->cell + n] : x->cells[p->count->cell + n]).i;
            x->cells[p->on->cell + n].i = active && left != 0;
            x->cells[p->count->cell + n].i = left ? left - 1 : 0;
        }
    }
}

// ---- stretches in which only counters move ----

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t quiet_thread(machine *x, const fsm_thread *t) {
    int64_t number = cell_of(x, t->state)->i;
    if (number < 0 || (size_t)number >= t->states.n) return INT64_MAX / 2;
    const fsm_state *s = t->states.at[number];
    switch (s->stay) {
    case STAY_ONE:
        return 0;
    case STAY_DWELL:
        return cell_of(x, t->dwell)->i;
    case STAY_UNTIL:
        return value_of(x, s->until) ? 0 : INT64_MAX / 2;
    case STAY_COMPARE:
        return value_of(x, s->until) ? 0 : cell_of(x, t->dwell)->i;
    default:
        return INT64_MAX / 2;
    }
}

static void quiet(machine *x) {
    const fsm *m = x->m;
    int64_t edges = INT64_MAX / 2;
    for (size_t k = 0; k < m->threads.n; k++)
        edges = least(edges, quiet_thread(x, m->threads.at[k]));
    for (size_t k = 0; k < m->monitors.n; k++) { // not beyond the edge at which one fails
        const fsm_monitor *g = &m->monitors.at[k];
        if (!g->waits || value_of(x, g->bit)) continue;
        if (cell_of(x, g->waits)->i || value_of(x, g->start))
            edges = least(edges, g->source->cycles - cell_of(x, g->waits)->i);
    }
    for (size_t k = 0; k < m->wires.n; k++) {
        const fsm_wire *w = &m->wires.at[k];
        if (!w->stage[0]) continue;
        int64_t now = cell_of(x, w->stage[0])->i;
        if (now != cell_of(x, w->to)->i || now != cell_of(x, w->stage[1])->i) edges = 0;
    }
    x->cells[WEFT_QUIET].i = edges < 0 ? 0 : edges;
}

static void skip(machine *x) {
    const fsm *m = x->m;
    int64_t edges = x->cells[WEFT_QUIET].i;
    if (edges <= 0) return;
    for (size_t k = 0; k < m->monitors.n; k++)
        monitor(x, k, edges);
    for (size_t k = 0; k < m->phases.n; k++)
        cell_of(x, m->phases.at[k].start)->i = 0;
    for (size_t k = 0; k < m->threads.n; k++) {
        const fsm_thread *t = m->threads.at[k];
        int64_t number = cell_of(x, t->state)->i;
        if (number < 0 || (size_t)number >= t->states.n) continue;
        fsm_stay stay = t->states.at[number]->stay;
        if (stay == STAY_DWELL || stay == STAY_COMPARE) cell_of(x, t->dwell)->i -= edges;
    }
}

void machine_call(const fsm *m, int role, weft_cell *cells) {
    machine x = {m, cells};
    switch ((fsm_role)role) {
    case FSM_RESET:
        reset(&x);
        break;
    case FSM_STEP:
        edge(&x);
        break;
    case FSM_PULSES:
        pulses(&x);
        break;
    case FSM_QUIET:
        quiet(&x);
        break;
    case FSM_SKIP:
        skip(&x);
        break;
    case FSM_ROLES:
        break;
    }
}
