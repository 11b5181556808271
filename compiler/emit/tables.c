// The plan as the runtime's tables; see tables.h.
#include "emit/tables.h"

#include "experiment.h"
#include "plan/fsm.h"
#include <float.h>

typedef struct builder {
    const plan *plan;
    arena *home;
    uint32_t *var_index;
} builder;

static uint32_t task_id(const task *t) {
    return t == NULL ? WEFT_NONE : (uint32_t)t->id;
}

static uint32_t function_id(const function *f) {
    return f == NULL ? WEFT_NONE : (uint32_t)f->id;
}

static uint32_t cell_of(const var *v) {
    return v == NULL || v->cell < 0 ? WEFT_NONE : (uint32_t)v->cell;
}

// ---- variables
// -----------------------------------------------------------------------------------

static weft_kind kind_of(const var *v) {
    switch (v->kind) {
    case VAR_PARAM:
        return WEFT_PARAM;
    case VAR_INPUT:
        return WEFT_INPUT;
    case VAR_SIGNAL:
        return WEFT_SIGNAL;
    case VAR_STATE:
        return WEFT_STATE;
    case VAR_HOLD:
        return WEFT_HOLD;
    case VAR_BIT:
        return WEFT_BIT;
    case VAR_LATCH:
    case VAR_REG:
    case VAR_CIN:
    case VAR_COUT:
        return WEFT_CLOCKED;
    default:
        return WEFT_INNER;
    }
}

static weft_var var_entry(const builder *b, const var *v) {
    weft_var entry = {
        .name = v->name,
        .unit = unit_is_none(v->unit) ? "" : unit_text(b->home, v->unit),
        .kind = kind_of(v),
        .turned = v->turned,
        .integer = v->type != TYPE_REAL,
        .dims = (uint8_t)v->dims,
        .count = (uint32_t)var_count(v),
        .cell = cell_of(v),
        .observe = WEFT_NONE,
        .value = v->value,
        .lo = v->lo,
        .hi = v->hi,
    };
    for (int d = 0; d < v->dims; d++)
        entry.dim[d] = (uint32_t)v->dim[d];
    return entry;
}

// What lives inside one function only has no name outside.
static bool visible(const var *v) {
    return v->cell >= 0 || v->kind == VAR_PARAM;
}

static void make_vars(builder *b, tables *t) {
    const model *m = b->plan->model;
    weft_var *vars = arena_array(b->home, m->vars.n + 1, sizeof *vars);
    const var **var_of = arena_array(b->home, m->vars.n + 1, sizeof *var_of);
    uint32_t count = 0;
    b->var_index = arena_array(b->home, m->vars.n + 1, sizeof *b->var_index);
    for (size_t k = 0; k < m->vars.n; k++) {
        const var *v = m->vars.at[k];
        b->var_index[v->id] = WEFT_NONE;
        if (!visible(v)) continue;
        var_of[count] = v;
        vars[count] = var_entry(b, v);
        b->var_index[v->id] = count++;
    }
    for (size_t k = 0; k < b->plan->observers.n; k++) {
        const observer *o = &b->plan->observers.at[k];
        uint32_t at = b->var_index[o->v->id];
        if (at != WEFT_NONE) vars[at].observe = task_id(o->run);
    }
    t->model.vars = vars;
    t->model.var_count = count;
    t->var_index = b->var_index;
    t->var_of = var_of;
}

// ---- tasks
// ---------------------------------------------------------------------------------------

static weft_mode mode_entry(const builder *b, const mode *m) {
    weft_condition *conditions = arena_array(b->home, m->phases.n + 1, sizeof *conditions);
    for (size_t k = 0; k < m->phases.n; k++)
        conditions[k] = (weft_condition){(uint32_t)m->phases.at[k]->id, m->segments.at[k]};
    return (weft_mode){conditions, (uint32_t)m->phases.n, function_id(m->run)};
}

static void make_tasks(const builder *b, tables *t) {
    const plan *p = b->plan;
    weft_task *tasks = arena_array(b->home, p->tasks.n + 1, sizeof *tasks);
    for (size_t k = 0; k < p->tasks.n; k++) {
        const task *from = p->tasks.at[k];
        weft_mode *modes = arena_array(b->home, from->modes.n + 1, sizeof *modes);
        uint32_t count = 0;
        for (size_t i = 0; i < from->modes.n; i++)
            if (from->modes.at[i]->run != NULL) modes[count++] = mode_entry(b, from->modes.at[i]);
        tasks[k] = (weft_task){from->name, modes, count};
    }
    t->model.tasks = tasks;
    t->model.task_count = (uint32_t)p->tasks.n;
}

// ---- phases
// --------------------------------------------------------------------------------------

static weft_event event_entry(const plan_event *e) {
    if (e == NULL) return (weft_event){0, WEFT_NONE, WEFT_NONE};
    return (weft_event){e->ticks, task_id(e->eval), function_id(e->commit)};
}

// The controller's output for a pulse; WEFT_NONE where no machine drives it.
static uint32_t on_cell(const plan *p, const pulse *source) {
    for (size_t k = 0; k < p->machines.n; k++) {
        const struct fsm *m = p->machines.at[k];
        for (size_t i = 0; m != NULL && i < m->pulses.n; i++)
            if (m->pulses.at[i].source == source) return cell_of(m->pulses.at[i].on);
    }
    return WEFT_NONE;
}

static void make_pulses(const builder *b, const activation *act, weft_phase *phase) {
    weft_pulse *pulses = arena_array(b->home, act->pulses.n + 1, sizeof *pulses);
    for (size_t k = 0; k < act->pulses.n; k++) {
        const pulse *p = act->pulses.at[k];
        pulses[k] = (weft_pulse){cell_of(p->width), cell_of(p->high), on_cell(b->plan, p),
                                 (uint32_t)var_count(p->width)};
    }
    phase->pulses = pulses;
    phase->pulse_count = (uint32_t)act->pulses.n;
}

static weft_phase phase_entry(const builder *b, const plan_phase *from) {
    const activation *act = from->act;
    weft_phase phase = {
        .name = act->name,
        .state_cell = (uint32_t)from->state_cell,
        .active_cell = cell_of(from->active),
        .start_cell = cell_of(from->start),
        .breaks = act->breaks.at,
        .break_count = (uint32_t)act->breaks.n,
        .at_count = (uint32_t)from->at.n,
        .begin = event_entry(from->begin),
        .end = event_entry(from->end),
        .latch = task_id(from->latch),
        .redraw = function_id(from->redraw),
        .end_noise = function_id(from->end_noise),
    };
    weft_event *at = arena_array(b->home, from->at.n + 1, sizeof *at);
    for (size_t k = 0; k < from->at.n; k++)
        at[k] = event_entry(from->at.at[k]);
    phase.at = at;
    make_pulses(b, act, &phase);
    return phase;
}

static void make_phases(const builder *b, tables *t) {
    const plan *p = b->plan;
    weft_phase *phases = arena_array(b->home, p->phases.n + 1, sizeof *phases);
    for (size_t k = 0; k < p->phases.n; k++)
        phases[k] = phase_entry(b, p->phases.at[k]);
    t->model.phases = phases;
    t->model.phase_count = (uint32_t)p->phases.n;
}

// ---- groups, checks
// ------------------------------------------------------------------------------

// The states of a group, each named once.
static weft_group group_entry(const builder *b, const char *name, const task *t, var *const *moved,
                              size_t count) {
    uint32_t *states = arena_array(b->home, count + 1, sizeof *states), n = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t state = b->var_index[moved[i]->id];
        bool known = state == WEFT_NONE;
        for (uint32_t s = 0; s < n; s++)
            known = known || states[s] == state;
        if (!known) states[n++] = state;
    }
    return (weft_group){name, task_id(t), states, n, NULL};
}

static void make_groups(const builder *b, tables *t) {
    const plan *p = b->plan;
    size_t room = p->advance.n + p->flows.n + 1;
    weft_group *groups = arena_array(b->home, room, sizeof *groups);
    uint32_t n = 0;
    for (size_t k = 0; k < p->advance.n; k++) {
        const rates *r = p->model->rates.at[k];
        var **moved = arena_array(b->home, r->rates.n + 1, sizeof *moved);
        for (size_t i = 0; i < r->rates.n; i++)
            moved[i] = r->rates.at[i]->target;
        if (p->advance.at[k] != NULL)
            groups[n++] = group_entry(b, r->name, p->advance.at[k], moved, r->rates.n);
    }
    for (size_t k = 0; k < p->flows.n; k++) {
        const flow *f = p->flows.at[k];
        groups[n] = group_entry(b, f->name, p->flow_tasks.at[k], f->states.at, f->states.n);
        groups[n++].watches = t->model.flows[k].watches;
    }
    t->model.groups = groups;
    t->model.group_count = n;
}

static const double *bounds_of(const builder *b, var *const *vars, size_t n, long count,
                               bool upper) {
    bool any = false;
    double *at = arena_array(b->home, (size_t)count + 1, sizeof *at), *to = at;
    for (size_t k = 0; k < n; k++) {
        const var *v = vars[k];
        any = any || v->lo > -DBL_MAX || v->hi < DBL_MAX;
        for (long i = 0; i < var_count(v); i++)
            *to++ = upper ? v->hi : v->lo;
    }
    return any ? at : NULL;
}

static weft_cells_of *stretches(const builder *b, var *const *vars, size_t count) {
    weft_cells_of *list = arena_array(b->home, count + 1, sizeof *list);
    for (size_t k = 0; k < count; k++)
        list[k] = (weft_cells_of){cell_of(vars[k]), (uint32_t)var_count(vars[k])};
    return list;
}

static weft_watched watched_entry(const builder *b, const watch *w, uint32_t first) {
    const var *named = w->event ? w->event->named : NULL;
    return (weft_watched){
        .text = w->text,
        .where = w->where,
        .first = first,
        .end = first + (uint32_t)var_count(w->value),
        .var = named && named->cell >= 0 ? b->var_index[named->id] : WEFT_NONE,
        .edge = w->event && w->event->edge,
    };
}

static const weft_watches *watches_of(const builder *b, const flow *f) {
    if (f->watched == 0) return NULL;
    const watch *first = f->events.n       ? f->events.at[0]
                         : f->conditions.n ? f->conditions.at[0]
                                           : f->timed.at[0];
    weft_watches *w = arena_new_of(b->home, weft_watches);
    weft_watched *list = arena_array(b->home, f->events.n + f->conditions.n + 1, sizeof *list);
    uint32_t n = 0, at = 0;
    for (size_t k = 0; k < f->events.n + f->conditions.n; k++, n++) {
        list[n] = watched_entry(
            b, k < f->events.n ? f->events.at[k] : f->conditions.at[k - f->events.n], at);
        at = list[n].end;
    }
    *w = (weft_watches){
        .value_cell = cell_of(first->value),
        .count = (uint32_t)f->watched,
        .side_cell = cell_of(first->side),
        .located = (uint32_t)f->located,
        .event_count = (uint32_t)f->event_count,
        .fired_cell = f->events.n ? cell_of(f->events.at[0]->fired) : 0,
        .last_cell = f->last ? cell_of(f->last) : 0,
        .often_cell = f->often ? cell_of(f->often) : 0,
        .delay_cell = f->delays.n ? cell_of(f->delays.at[0]) : 0,
        .work_cell = cell_of(f->watch_work),
        .list = list,
        .list_count = n,
        .holds = stretches(b, f->holds.at, f->holds.n),
        .hold_count = (uint32_t)f->holds.n,
    };
    for (size_t k = 0; k < f->delays.n; k++)
        w->delay_count += (uint32_t)var_count(f->delays.at[k]);
    return w;
}

// Where an input stands among those that may change along an edge.
static uint32_t edge_place(const plan *p, const var *input) {
    long place = 0;
    for (size_t k = 0; k < p->edges.inputs.n && p->edges.inputs.at[k] != input; k++)
        place += var_count(p->edges.inputs.at[k]);
    return (uint32_t)place;
}

static void make_flows(const builder *b, tables *t) {
    const plan *p = b->plan;
    weft_flow *flows = arena_array(b->home, p->flows.n + 1, sizeof *flows);
    if (p->edges.from != NULL) {
        weft_edges *edges = arena_new_of(b->home, weft_edges);
        *edges =
            (weft_edges){stretches(b, p->edges.inputs.at, p->edges.inputs.n),
                         (uint32_t)p->edges.inputs.n, cell_of(p->edges.from), cell_of(p->edges.to)};
        t->model.edges = edges;
    }
    for (size_t k = 0; k < p->flows.n; k++) {
        const flow *f = p->flows.at[k];
        flows[k] = (weft_flow){.name = f->name,
                               .vars = stretches(b, f->states.at, f->states.n),
                               .var_count = (uint32_t)f->states.n,
                               .count = (uint32_t)f->count,
                               .rate_cell = f->rates.n ? cell_of(f->rates.at[0]) : 0,
                               .dot_cell = f->dots.n ? cell_of(f->dots.at[0]) : WEFT_NONE,
                               .rate_dot_cell = f->dots.n ? cell_of(f->rate_dots.at[0]) : WEFT_NONE,
                               .work_cell = cell_of(f->work),
                               .method = (uint8_t)f->method,
                               .timeless = f->timeless,
                               .gate_cell = f->gates.n ? cell_of(f->gates.at[0]) : 0,
                               .gate_at = f->gates.n ? edge_place(p, f->gates.at[0]) : 0,
                               .tolerance = f->tolerance,
                               .step = f->step,
                               .lo = bounds_of(b, f->states.at, f->states.n, f->count, false),
                               .hi = bounds_of(b, f->states.at, f->states.n, f->count, true),
                               .edges = t->model.edges,
                               .watches = watches_of(b, f)};
    }
    t->model.flows = flows;
    t->model.flow_count = (uint32_t)p->flows.n;
}

static void make_islands(const builder *b, tables *t) {
    const plan *p = b->plan;
    weft_island *islands = arena_array(b->home, p->islands.n + 1, sizeof *islands);
    for (size_t k = 0; k < p->islands.n; k++) {
        const island *y = p->islands.at[k];
        islands[k] =
            (weft_island){.unknowns = stretches(b, y->unknowns.at, y->unknowns.n),
                          .residuals = stretches(b, y->residuals.at, y->residuals.n),
                          .dots = stretches(b, y->dots.at, y->dots.n),
                          .residual_dots = stretches(b, y->residual_dots.at, y->residual_dots.n),
                          .var_count = (uint32_t)y->unknowns.n,
                          .count = (uint32_t)y->count,
                          .work_cell = cell_of(y->work),
                          .lo = bounds_of(b, y->unknowns.at, y->unknowns.n, y->count, false),
                          .hi = bounds_of(b, y->unknowns.at, y->unknowns.n, y->count, true)};
    }
    t->model.islands = islands;
    t->model.island_count = (uint32_t)p->islands.n;
}

static void make_checks(const builder *b, tables *t) {
    const plan *p = b->plan;
    weft_check *checks = arena_array(b->home, p->checks.n + 1, sizeof *checks);
    for (size_t k = 0; k < p->checks.n; k++) {
        const plan_check *c = &p->checks.at[k];
        checks[k] = (weft_check){c->source->text, c->source->where, task_id(c->run)};
    }
    t->model.checks = checks;
    t->model.check_count = (uint32_t)p->checks.n;
}

// ---- sequences
// -----------------------------------------------------------------------------------

static void make_ports(const builder *b, const struct fsm *m, weft_sequence *s) {
    weft_port *ports = arena_array(b->home, m->ports.n + 1, sizeof *ports);
    for (size_t k = 0; k < m->ports.n; k++) {
        const fsm_port *port = &m->ports.at[k];
        ports[k] =
            (weft_port){port->name,       port->output, (uint8_t)port->width, (uint32_t)port->count,
                        cell_of(port->v), port->settle};
    }
    s->ports = ports;
    s->port_count = (uint32_t)m->ports.n;
}

static void make_wires(const builder *b, const struct fsm *m, weft_sequence *s) {
    weft_wire *wires = arena_array(b->home, m->wires.n + 1, sizeof *wires);
    for (size_t k = 0; k < m->wires.n; k++) {
        const fsm_wire *w = &m->wires.at[k];
        wires[k] = (weft_wire){cell_of(w->from), cell_of(w->to), (uint32_t)var_count(w->to)};
    }
    s->wires = wires;
    s->wire_count = (uint32_t)m->wires.n;
}

static weft_sequence sequence_entry(const builder *b, const struct fsm *m, size_t id) {
    const plan *p = b->plan;
    const sequencer *q = m->sequencer;
    weft_sequence s = {
        .name = q->name,
        .period = q->period,
        .phase_count = (uint32_t)m->phases.n,
        .start_cell = cell_of(m->start),
        .done_cell = cell_of(m->done),
        .reset = function_id(m->roles[FSM_RESET]),
        .step = function_id(m->roles[FSM_STEP]),
        .pulses = function_id(m->roles[FSM_PULSES]),
        .quiet = function_id(m->roles[FSM_QUIET]),
        .skip = function_id(m->roles[FSM_SKIP]),
        .bits = id < p->bits.n ? task_id(p->bits.at[id]) : WEFT_NONE,
        .live_bits = id < p->live_bits.n && p->live_bits.at[id],
        .violated_cell = q->guarantees.n ? cell_of(m->violated) : WEFT_NONE,
    };
    uint32_t *phases = arena_array(b->home, m->phases.n + 1, sizeof *phases);
    for (size_t k = 0; k < m->phases.n; k++)
        phases[k] = (uint32_t)m->phases.at[k].act->id;
    s.phases = phases;
    const char **guarantees = arena_array(b->home, q->guarantees.n + 1, sizeof *guarantees);
    for (size_t k = 0; k < q->guarantees.n; k++)
        guarantees[k] = q->guarantees.at[k]->text;
    s.guarantees = guarantees;
    make_ports(b, m, &s);
    make_wires(b, m, &s);
    return s;
}

static void make_sequences(const builder *b, tables *t) {
    const plan *p = b->plan;
    weft_sequence *sequences = arena_array(b->home, p->machines.n + 1, sizeof *sequences);
    for (size_t k = 0; k < p->machines.n; k++)
        sequences[k] = sequence_entry(b, p->machines.at[k], k);
    t->model.sequences = sequences;
    t->model.sequence_count = (uint32_t)p->machines.n;
}

const tables *tables_of(const plan *p) {
    builder b = {p, p->home, NULL};
    tables *t = arena_new_of(p->home, tables);
    t->model = (weft_model){
        .abi = WEFT_ABI,
        .name = p->model->name,
        .source = p->model->file,
        .experiment = p->experiment != NULL ? p->experiment->name : NULL,
        .tick = p->model->tick,
        .fingerprint = p->fingerprint,
        .cells = (uint32_t)p->cells,
        .defaults = function_id(p->defaults),
        .vary = function_id(p->vary),
        .init = function_id(p->init),
        .trial = function_id(p->trial),
        .function_count = (uint32_t)p->functions.n,
    };
    make_vars(&b, t);
    make_tasks(&b, t);
    make_phases(&b, t);
    make_flows(&b, t);
    make_islands(&b, t);
    make_groups(&b, t);
    make_checks(&b, t);
    make_sequences(&b, t);
    return t;
}
