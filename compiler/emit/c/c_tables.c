// The runtime's tables as C initialisers: the very structs of emit/tables.h, printed. Fields that
// are zero are left out.
#include "emit/c/c.h"

// ---- one entry
// -----------------------------------------------------------------------------------

// ".name = value" pieces of one entry.
typedef struct entry {
    arena *home;
    VEC(const char *) fields;
} entry;

static void field_text(entry *e, const char *name, const char *value) {
    vec_push(e->home, &e->fields, arena_text(e->home, ".%s = %s", name, value));
}

static void field_string(entry *e, const char *name, const char *value) {
    if (value != NULL) field_text(e, name, c_string(e->home, value));
}

static void field_number(entry *e, const char *name, int64_t value) {
    if (value != 0) field_text(e, name, arena_text(e->home, "%lld", (long long)value));
}

static void field_real(entry *e, const char *name, double value) {
    if (value != 0) field_text(e, name, c_number(e->home, value));
}

static const char *place(arena *home, uint32_t value) {
    return value == WEFT_NONE ? "WEFT_NONE" : arena_text(home, "%u", value);
}

static void field_place(entry *e, const char *name, uint32_t value) {
    if (value != 0) field_text(e, name, place(e->home, value));
}

static void field_array(entry *e, const char *name, const char *array, const char *count_name,
                        size_t count) {
    if (count == 0) return;
    field_text(e, name, array);
    field_number(e, count_name, (int64_t)count);
}

static void put_entry(printer *p, entry *e, const char *before, const char *after) {
    print_list(p, before, e->fields.at, e->fields.n, after);
    e->fields.n = 0;
}

static void put_numbers(c_emitter *c, printer *p, const char *head, const uint32_t *values,
                        size_t count) {
    VEC(const char *) items = {0};
    for (size_t k = 0; k < count; k++)
        vec_push(c->home, &items, place(c->home, values[k]));
    print_list(p, head, items.at, items.n, "};");
}

// ---- variables, tasks
// ----------------------------------------------------------------------------

static const char *kind_text(weft_kind kind) {
    static const char *const names[] = {"WEFT_PARAM", "WEFT_INPUT", "WEFT_SIGNAL",  "WEFT_STATE",
                                        "WEFT_HOLD",  "WEFT_BIT",   "WEFT_CLOCKED", "WEFT_INNER"};
    return names[kind];
}

static void put_vars(c_emitter *c, printer *p) {
    const weft_model *m = &c->tables->model;
    entry e = {.home = c->home};
    if (m->var_count == 0) return;
    print_open(p, "static const weft_var model_vars[] = {");
    for (uint32_t k = 0; k < m->var_count; k++) {
        const weft_var *v = &m->vars[k];
        text dims = text_in(c->home);
        for (int d = 0; d < v->dims; d++)
            text_add(&dims, "%s%u", d > 0 ? ", " : "", v->dim[d]);
        field_string(&e, "name", v->name);
        field_string(&e, "unit", v->unit);
        field_text(&e, "kind", kind_text(v->kind));
        field_number(&e, "turned", v->turned);
        field_number(&e, "integer", v->integer);
        field_number(&e, "dims", v->dims);
        if (v->dims > 0) field_text(&e, "dim", arena_text(c->home, "{%s}", dims.at));
        field_number(&e, "count", v->count);
        field_place(&e, "cell", v->cell);
        field_place(&e, "observe", v->observe);
        field_real(&e, "value", v->value);
        field_real(&e, "lo", v->lo);
        field_real(&e, "hi", v->hi);
        put_entry(p, &e, "{", "},");
    }
    print_close(p, "};");
    print_blank(p);
}

static void put_task_parts(c_emitter *c, printer *p, uint32_t number, const weft_task *t) {
    for (uint32_t i = 0; i < t->mode_count; i++) {
        const weft_mode *mode = &t->modes[i];
        VEC(const char *) items = {0};
        for (uint32_t k = 0; k < mode->condition_count; k++)
            vec_push(c->home, &items,
                     arena_text(c->home, "{%u, %d}", mode->conditions[k].phase,
                                mode->conditions[k].segment));
        if (items.n == 0) continue;
        print_list(p,
                   arena_text(c->home, "static const weft_condition when_%u_%u[] = {", number, i),
                   items.at, items.n, "};");
    }
    if (t->mode_count == 0) return;
    entry e = {.home = c->home};
    print_open(p, "static const weft_mode modes_%u[] = {", number);
    for (uint32_t i = 0; i < t->mode_count; i++) {
        const weft_mode *mode = &t->modes[i];
        field_array(&e, "conditions", arena_text(c->home, "when_%u_%u", number, i),
                    "condition_count", mode->condition_count);
        field_text(&e, "function", place(c->home, mode->function));
        put_entry(p, &e, "{", "},");
    }
    print_close(p, "};");
}

static void put_tasks(c_emitter *c, printer *p) {
    const weft_model *m = &c->tables->model;
    entry e = {.home = c->home};
    if (m->task_count == 0) return;
    for (uint32_t k = 0; k < m->task_count; k++)
        put_task_parts(c, p, k, &m->tasks[k]);
    print_open(p, "static const weft_task model_tasks[] = {");
    for (uint32_t k = 0; k < m->task_count; k++) {
        field_string(&e, "name", m->tasks[k].name);
        field_array(&e, "modes", arena_text(c->home, "modes_%u", k), "mode_count",
                    m->tasks[k].mode_count);
        put_entry(p, &e, "{", "},");
    }
    print_close(p, "};");
    print_blank(p);
}

// ---- phases
// --------------------------------------------------------------------------------------

static const char *event_text(c_emitter *c, const weft_event *e) {
    return arena_text(c->home, "{%lld, %s, %s}", (long long)e->ticks, place(c->home, e->eval),
                      place(c->home, e->commit));
}

static void put_phase_parts(c_emitter *c, printer *p, uint32_t number, const weft_phase *phase) {
    VEC(const char *) breaks = {0}, at = {0}, pulses = {0};
    for (uint32_t k = 0; k < phase->break_count; k++)
        vec_push(c->home, &breaks, arena_text(c->home, "%lld", (long long)phase->breaks[k]));
    for (uint32_t k = 0; k < phase->at_count; k++)
        vec_push(c->home, &at, event_text(c, &phase->at[k]));
    for (uint32_t k = 0; k < phase->pulse_count; k++) {
        const weft_pulse *u = &phase->pulses[k];
        vec_push(c->home, &pulses,
                 arena_text(c->home, "{%s, %s, %s, %u}", place(c->home, u->width_cell),
                            place(c->home, u->high_cell), place(c->home, u->on_cell), u->count));
    }
    if (breaks.n > 0)
        print_list(p, arena_text(c->home, "static const int64_t breaks_%u[] = {", number),
                   breaks.at, breaks.n, "};");
    if (at.n > 0)
        print_list(p, arena_text(c->home, "static const weft_event events_%u[] = {", number), at.at,
                   at.n, "};");
    if (pulses.n > 0)
        print_list(p, arena_text(c->home, "static const weft_pulse pulses_%u[] = {", number),
                   pulses.at, pulses.n, "};");
}

static void put_phases(c_emitter *c, printer *p) {
    const weft_model *m = &c->tables->model;
    entry e = {.home = c->home};
    if (m->phase_count == 0) return;
    for (uint32_t k = 0; k < m->phase_count; k++)
        put_phase_parts(c, p, k, &m->phases[k]);
    print_open(p, "static const weft_phase model_phases[] = {");
    for (uint32_t k = 0; k < m->phase_count; k++) {
        const weft_phase *f = &m->phases[k];
        field_string(&e, "name", f->name);
        field_place(&e, "state_cell", f->state_cell);
        field_place(&e, "active_cell", f->active_cell);
        field_place(&e, "start_cell", f->start_cell);
        field_array(&e, "breaks", arena_text(c->home, "breaks_%u", k), "break_count",
                    f->break_count);
        field_array(&e, "at", arena_text(c->home, "events_%u", k), "at_count", f->at_count);
        field_text(&e, "begin", event_text(c, &f->begin));
        field_text(&e, "end", event_text(c, &f->end));
        field_place(&e, "latch", f->latch);
        field_place(&e, "redraw", f->redraw);
        field_place(&e, "end_noise", f->end_noise);
        field_array(&e, "pulses", arena_text(c->home, "pulses_%u", k), "pulse_count",
                    f->pulse_count);
        put_entry(p, &e, "{", "},");
    }
    print_close(p, "};");
    print_blank(p);
}

// ---- groups, checks
// ------------------------------------------------------------------------------

static void put_groups(c_emitter *c, printer *p) {
    const weft_model *m = &c->tables->model;
    entry e = {.home = c->home};
    if (m->group_count == 0) return;
    for (uint32_t k = 0; k < m->group_count; k++)
        if (m->groups[k].state_count > 0)
            put_numbers(c, p, arena_text(c->home, "static const uint32_t moved_%u[] = {", k),
                        m->groups[k].states, m->groups[k].state_count);
    print_open(p, "static const weft_group model_groups[] = {");
    for (uint32_t k = 0; k < m->group_count; k++) {
        field_string(&e, "name", m->groups[k].name);
        field_place(&e, "advance", m->groups[k].advance);
        field_array(&e, "states", arena_text(c->home, "moved_%u", k), "state_count",
                    m->groups[k].state_count);
        for (uint32_t j = 0; m->groups[k].watches != NULL && j < m->flow_count; j++)
            if (m->flows[j].watches == m->groups[k].watches)
                field_text(&e, "watches", arena_text(c->home, "&flow_watches_%u", j));
        put_entry(p, &e, "{", "},");
    }
    print_close(p, "};");
    print_blank(p);
}

static const char *double_list(c_emitter *c, printer *p, const char *name, const double *at,
                               uint32_t n) {
    if (at == NULL) return "NULL";
    VEC(const char *) items = {0};
    for (uint32_t k = 0; k < n; k++)
        vec_push(c->home, &items, c_number(c->home, at[k]));
    print_list(p, arena_text(c->home, "static const double %s[] = {", name), items.at, items.n,
               "};");
    return name;
}

static void put_stretches(c_emitter *c, printer *p, const char *name, const weft_cells_of *at,
                          uint32_t n) {
    VEC(const char *) items = {0};
    for (uint32_t k = 0; k < n; k++)
        vec_push(c->home, &items, arena_text(c->home, "{%u, %u}", at[k].cell, at[k].count));
    print_list(p, arena_text(c->home, "static const weft_cells_of %s[] = {", name), items.at,
               items.n, "};");
}

static void put_watches(c_emitter *c, printer *p, uint32_t number, const weft_watches *w) {
    entry e = {.home = c->home};
    if (w->hold_count > 0)
        put_stretches(c, p, arena_text(c->home, "flow_holds_%u", number), w->holds, w->hold_count);
    if (w->list_count > 0) {
        print_open(p, "static const weft_watched flow_watched_%u[] = {", number);
        for (uint32_t k = 0; k < w->list_count; k++) {
            field_string(&e, "text", w->list[k].text);
            field_string(&e, "where", w->list[k].where);
            field_number(&e, "first", w->list[k].first);
            field_number(&e, "end", w->list[k].end);
            field_place(&e, "var", w->list[k].var);
            field_number(&e, "edge", w->list[k].edge);
            put_entry(p, &e, "{", "},");
        }
        print_close(p, "};");
    }
    field_number(&e, "value_cell", w->value_cell);
    field_number(&e, "count", w->count);
    field_number(&e, "side_cell", w->side_cell);
    field_number(&e, "located", w->located);
    field_number(&e, "event_count", w->event_count);
    field_number(&e, "fired_cell", w->fired_cell);
    field_number(&e, "last_cell", w->last_cell);
    field_number(&e, "often_cell", w->often_cell);
    field_number(&e, "delay_cell", w->delay_cell);
    field_number(&e, "delay_count", w->delay_count);
    field_number(&e, "work_cell", w->work_cell);
    field_array(&e, "list", arena_text(c->home, "flow_watched_%u", number), "list_count",
                w->list_count);
    field_array(&e, "holds", arena_text(c->home, "flow_holds_%u", number), "hold_count",
                w->hold_count);
    put_entry(p, &e, arena_text(c->home, "static const weft_watches flow_watches_%u = {", number),
              "};");
    print_blank(p);
}

static void put_flow(c_emitter *c, printer *p, uint32_t k, const weft_flow *f) {
    static const char *const methods[] = {"WEFT_EULER", "WEFT_HEUN", "WEFT_RK4", "WEFT_DOPRI",
                                          "WEFT_STIFF"};
    entry e = {.home = c->home};
    if (f->var_count > 0)
        put_stretches(c, p, arena_text(c->home, "flow_states_%u", k), f->vars, f->var_count);
    const char *lo = double_list(c, p, arena_text(c->home, "flow_lo_%u", k), f->lo, f->count);
    const char *hi = double_list(c, p, arena_text(c->home, "flow_hi_%u", k), f->hi, f->count);
    if (f->watches != NULL) put_watches(c, p, k, f->watches);
    print_open(p, "static const weft_flow model_flows[%u] = {", c->tables->model.flow_count);
    field_string(&e, "name", f->name);
    field_array(&e, "vars", arena_text(c->home, "flow_states_%u", k), "var_count", f->var_count);
    field_number(&e, "count", f->count);
    field_place(&e, "rate_cell", f->rate_cell);
    field_place(&e, "dot_cell", f->dot_cell);
    field_place(&e, "rate_dot_cell", f->rate_dot_cell);
    field_place(&e, "work_cell", f->work_cell);
    field_text(&e, "method", methods[f->method]);
    field_number(&e, "timeless", f->timeless);
    field_place(&e, "gate_cell", f->gate_cell);
    field_number(&e, "gate_at", f->gate_at);
    field_text(&e, "tolerance", c_number(c->home, f->tolerance));
    field_text(&e, "step", c_number(c->home, f->step));
    field_text(&e, "lo", lo);
    field_text(&e, "hi", hi);
    field_text(&e, "edges", c->tables->model.edges != NULL ? "&model_edges" : "NULL");
    if (f->watches != NULL) field_text(&e, "watches", arena_text(c->home, "&flow_watches_%u", k));
    put_entry(p, &e, "{", "},");
    print_close(p, "};");
    print_blank(p);
}

static void put_flows(c_emitter *c, printer *p) {
    const weft_model *m = &c->tables->model;
    if (m->edges != NULL) {
        put_stretches(c, p, "edge_inputs", m->edges->inputs, m->edges->input_count);
        print_line(p, "static const weft_edges model_edges = {edge_inputs, %u, %u, %u};",
                   m->edges->input_count, m->edges->from_cell, m->edges->to_cell);
        print_blank(p);
    }
    for (uint32_t k = 0; k < m->flow_count; k++)
        put_flow(c, p, k, &m->flows[k]);
}

static void put_islands(c_emitter *c, printer *p) {
    const weft_model *m = &c->tables->model;
    entry e = {.home = c->home};
    static const char *const names[] = {"unknowns", "residuals", "dots", "residual_dots"};
    for (uint32_t k = 0; k < m->island_count; k++) {
        const weft_island *y = &m->islands[k];
        const weft_cells_of *lists[] = {y->unknowns, y->residuals, y->dots, y->residual_dots};
        for (int n = 0; n < 4; n++)
            put_stretches(c, p, arena_text(c->home, "%s_%u", names[n], k), lists[n], y->var_count);
        double_list(c, p, arena_text(c->home, "island_lo_%u", k), y->lo, y->count);
        double_list(c, p, arena_text(c->home, "island_hi_%u", k), y->hi, y->count);
    }
    if (m->island_count == 0) return;
    print_open(p, "static const weft_island model_islands[%u] = {", m->island_count);
    for (uint32_t k = 0; k < m->island_count; k++) {
        const weft_island *y = &m->islands[k];
        for (int n = 0; n < 4; n++)
            field_text(&e, names[n], arena_text(c->home, "%s_%u", names[n], k));
        field_number(&e, "var_count", y->var_count);
        field_number(&e, "count", y->count);
        field_place(&e, "work_cell", y->work_cell);
        if (y->lo != NULL) field_text(&e, "lo", arena_text(c->home, "island_lo_%u", k));
        if (y->hi != NULL) field_text(&e, "hi", arena_text(c->home, "island_hi_%u", k));
        put_entry(p, &e, "{", "},");
    }
    print_close(p, "};");
    print_blank(p);
}

static void put_checks(c_emitter *c, printer *p) {
    const weft_model *m = &c->tables->model;
    entry e = {.home = c->home};
    if (m->check_count == 0) return;
    print_open(p, "static const weft_check model_checks[] = {");
    for (uint32_t k = 0; k < m->check_count; k++) {
        field_string(&e, "text", m->checks[k].text);
        field_string(&e, "where", m->checks[k].where);
        field_place(&e, "task", m->checks[k].task);
        put_entry(p, &e, "{", "},");
    }
    print_close(p, "};");
    print_blank(p);
}

// ---- sequences
// -----------------------------------------------------------------------------------

static void put_ports(c_emitter *c, printer *p, uint32_t number, const weft_sequence *s) {
    entry e = {.home = c->home};
    if (s->port_count == 0) return;
    print_open(p, "static const weft_port ports_%u[] = {", number);
    for (uint32_t k = 0; k < s->port_count; k++) {
        const weft_port *port = &s->ports[k];
        field_string(&e, "name", port->name);
        field_number(&e, "output", port->output);
        field_number(&e, "width", port->width);
        field_number(&e, "count", port->count);
        field_place(&e, "cell", port->cell);
        field_number(&e, "settle", port->settle);
        put_entry(p, &e, "{", "},");
    }
    print_close(p, "};");
}

static size_t guarantee_count(const c_emitter *c, uint32_t number) {
    return c->plan->model->sequencers.n > number
               ? c->plan->model->sequencers.at[number]->guarantees.n
               : 0;
}

static void put_sequence_parts(c_emitter *c, printer *p, uint32_t number, const weft_sequence *s) {
    VEC(const char *) wires = {0}, promises = {0};
    put_ports(c, p, number, s);
    if (s->phase_count > 0)
        put_numbers(c, p, arena_text(c->home, "static const uint32_t driven_%u[] = {", number),
                    s->phases, s->phase_count);
    for (uint32_t k = 0; k < s->wire_count; k++)
        vec_push(c->home, &wires,
                 arena_text(c->home, "{%s, %s, %u}", place(c->home, s->wires[k].from_cell),
                            place(c->home, s->wires[k].to_cell), s->wires[k].count));
    for (size_t k = 0; k < guarantee_count(c, number); k++)
        vec_push(c->home, &promises, c_string(c->home, s->guarantees[k]));
    if (wires.n > 0)
        print_list(p, arena_text(c->home, "static const weft_wire wires_%u[] = {", number),
                   wires.at, wires.n, "};");
    if (promises.n > 0)
        print_list(p, arena_text(c->home, "static const char *const guarantees_%u[] = {", number),
                   promises.at, promises.n, "};");
}

static void put_sequence(c_emitter *c, printer *p, uint32_t k, const weft_sequence *s) {
    entry e = {.home = c->home};
    field_string(&e, "name", s->name);
    field_number(&e, "period", s->period);
    field_array(&e, "ports", arena_text(c->home, "ports_%u", k), "port_count", s->port_count);
    field_array(&e, "phases", arena_text(c->home, "driven_%u", k), "phase_count", s->phase_count);
    field_place(&e, "start_cell", s->start_cell);
    field_place(&e, "done_cell", s->done_cell);
    field_place(&e, "reset", s->reset);
    field_place(&e, "step", s->step);
    field_place(&e, "pulses", s->pulses);
    field_place(&e, "quiet", s->quiet);
    field_place(&e, "skip", s->skip);
    field_place(&e, "bits", s->bits);
    field_number(&e, "live_bits", s->live_bits);
    field_place(&e, "violated_cell", s->violated_cell);
    if (guarantee_count(c, k) > 0)
        field_text(&e, "guarantees", arena_text(c->home, "guarantees_%u", k));
    field_array(&e, "wires", arena_text(c->home, "wires_%u", k), "wire_count", s->wire_count);
    put_entry(p, &e, "{", "},");
}

static void put_sequences(c_emitter *c, printer *p) {
    const weft_model *m = &c->tables->model;
    if (m->sequence_count == 0) return;
    for (uint32_t k = 0; k < m->sequence_count; k++)
        put_sequence_parts(c, p, k, &m->sequences[k]);
    print_open(p, "static const weft_sequence model_sequences[] = {");
    for (uint32_t k = 0; k < m->sequence_count; k++)
        put_sequence(c, p, k, &m->sequences[k]);
    print_close(p, "};");
    print_blank(p);
}

// ---- the model
// -----------------------------------------------------------------------------------

static void put_functions(c_emitter *c, printer *p) {
    VEC(const char *) items = {0};
    for (size_t k = 0; k < c->plan->functions.n; k++)
        vec_push(c->home, &items, c->function[c->plan->functions.at[k]->id]);
    if (items.n == 0) return;
    print_list(p, "static void (*const model_functions[])(weft_cell *) = {", items.at, items.n,
               "};");
    print_blank(p);
}

void c_tables(c_emitter *c, printer *p) {
    const weft_model *m = &c->tables->model;
    entry e = {.home = c->home};
    put_vars(c, p);
    put_tasks(c, p);
    put_phases(c, p);
    put_flows(c, p);
    put_islands(c, p);
    put_groups(c, p);
    put_checks(c, p);
    put_sequences(c, p);
    put_functions(c, p);
    c_lanes_table(c, p);
    field_text(&e, "abi", "WEFT_ABI");
    field_string(&e, "name", m->name);
    field_string(&e, "source", m->source);
    field_string(&e, "experiment", m->experiment);
    field_real(&e, "tick", m->tick);
    field_text(&e, "fingerprint",
               arena_text(c->home, "UINT64_C(0x%016llx)", (unsigned long long)m->fingerprint));
    field_text(&e, "cells", arena_text(c->home, "sizeof(%s) / sizeof(weft_cell)", c->model));
    field_array(&e, "vars", "model_vars", "var_count", m->var_count);
    field_array(&e, "tasks", "model_tasks", "task_count", m->task_count);
    field_array(&e, "phases", "model_phases", "phase_count", m->phase_count);
    field_array(&e, "flows", "model_flows", "flow_count", m->flow_count);
    if (m->edges != NULL) field_text(&e, "edges", "&model_edges");
    field_array(&e, "islands", "model_islands", "island_count", m->island_count);
    field_array(&e, "groups", "model_groups", "group_count", m->group_count);
    field_array(&e, "sequences", "model_sequences", "sequence_count", m->sequence_count);
    field_array(&e, "checks", "model_checks", "check_count", m->check_count);
    field_place(&e, "defaults", m->defaults);
    field_place(&e, "vary", m->vary);
    field_place(&e, "init", m->init);
    field_place(&e, "trial", m->trial);
    field_array(&e, "functions", "model_functions", "function_count", m->function_count);
    if (c->plan->lanes.flow != NULL) field_text(&e, "lanes", "&model_lanes");
    put_entry(p, &e, "static const weft_model model_tables = {", "};");
}
