// An experiment's expressions become functions and tasks, its statements the table the driver runs.
#include "model/experiment_model.h"
#include "plan/build.h"

static uint32_t cell_later(const var *v) {
    return v ? (uint32_t)v->id : WEFT_NONE;
} // see plan_link

static function *sets_function(scheduler *s, const char *name, const char *purpose,
                               const equation_list *list) {
    function *f = make_function(s, name, purpose, list->n ? list->at[0]->at : (span){0});
    builder b = builder_in(s, f, NULL, 0);
    for (size_t k = 0; k < list->n; k++)
        add_map(&b, list->at[k], list->at[k]->target, list->at[k]->rhs);
    return keep_function(s, f);
}

static uint32_t id_of(const function *f) {
    return f ? (uint32_t)f->id : WEFT_NONE;
}

static weft_action *actions(scheduler *s, const exp_action *a, const char *prefix, int *count) {
    if (!a) return NULL;
    weft_action *w = arena_new_of(s->home, weft_action);
    w->kind = a->kind;
    w->set = WEFT_NONE;
    w->index_cell = WEFT_NONE;
    if (a->kind == WEFT_ACTION_CALL) {
        w->sequence = (uint32_t)a->seq->id;
        const char *name = arena_text(s->home, "%s_set_%d", prefix, (*count)++);
        w->set = id_of(
            sets_function(s, name, arena_text(s->home, "inputs of %s", a->seq->name), &a->sets));
    } else if (a->kind == WEFT_ACTION_FOR) {
        w->from = a->lo;
        w->to = a->hi;
        w->index_cell = cell_later(a->index);
    } else
        w->ticks = a->ticks;
    if (a->kind == WEFT_ACTION_PRESENT) {
        w->edge = a->edge;
        w->set = id_of(sets_function(s, arena_text(s->home, "%s_set_%d", prefix, (*count)++),
                                     "inputs of a presentation", &a->sets));
    }
    w->body = actions(s, a->body, prefix, count);
    w->next = actions(s, a->next, prefix, count);
    return w;
}

static void measure_body(builder *b, void *data) {
    const exp_measure *m = data;
    equation q = {.target = m->result, .at = m->value->at};
    add_map(b, &q, m->result, m->value);
}

static const weft_data *data_of(scheduler *s, const experiment *x) {
    if (!x->has_data) return NULL;
    weft_data *d = arena_new_of(s->home, weft_data);
    weft_data_input *inputs = arena_array(s->home, x->inputs.n + 1, sizeof *inputs);
    for (size_t k = 0; k < x->inputs.n; k++) {
        const exp_input *i = &x->inputs.at[k];
        int line = 0, column = 0;
        const source *src = diag_source(s->m->diag, i->at.file);
        if (src) source_place(src, i->at.begin, &line, &column);
        inputs[k] = (weft_data_input){.name = i->v->name,
                                      .cell = cell_later(i->v),
                                      .count = (uint32_t)var_count(i->v),
                                      .value = i->value,
                                      .line = (uint32_t)line};
    }
    *d = (weft_data){.source = x->rows ? WEFT_DATA_OF_ROWS : WEFT_DATA_OF_CSV,
                     .path = x->path,
                     .directory = x->directory,
                     .rows = x->row_count,
                     .inputs = inputs,
                     .input_count = (uint32_t)x->inputs.n,
                     .train = x->split_train,
                     .test = x->split_test,
                     .in_order = x->in_order};
    return d;
}

static const weft_stimulus *stimulus_of(scheduler *s, const experiment *x) {
    if (!x->stimuli.n) return NULL;
    weft_stimulus *w = arena_new_of(s->home, weft_stimulus);
    w->function = id_of(sets_function(s, "stimulus", "inputs as functions of time", &x->stimuli));
    w->breaks = x->breaks.at;
    w->break_count = (uint32_t)x->breaks.n;
    return w;
}

static void expects_and_measures(scheduler *s, const experiment *x, weft_experiment *w) {
    weft_measure *measures = arena_array(s->home, x->measures.n + 1, sizeof *measures);
    for (size_t k = 0; k < x->measures.n; k++) {
        exp_measure *m = x->measures.at[k];
        const expr *root = m->value;
        task *t = make_task(s, arena_text(s->home, "measure_%s", m->name),
                            arena_text(s->home, "measure %s", m->name), root->at, &root, 1, NULL, 0,
                            -1, measure_body, m);
        measures[k] =
            (weft_measure){.name = m->name,
                           .at = m->at < 0 ? 0 : m->at,
                           .task = (uint32_t)t->id,
                           .cell = cell_later(m->result),
                           .stat_cells = {cell_later(m->stats[0]), cell_later(m->stats[1])},
                           .epoch_cells = {cell_later(m->epoch[0]), cell_later(m->epoch[1])},
                           .last_cells = {cell_later(m->last[0]), cell_later(m->last[1])}};
    }
    w->measures = measures;
    w->measure_count = (uint32_t)x->measures.n;
    weft_expect *expects = arena_array(s->home, x->expects.n + 1, sizeof *expects);
    for (size_t k = 0; k < x->expects.n; k++) {
        const exp_expect *e = &x->expects.at[k];
        equation_list one = {0};
        equation *q = arena_new_of(s->home, equation);
        *q = (equation){.target = e->result, .rhs = e->condition, .at = e->condition->at};
        vec_push(s->home, &one, q);
        function *f = sets_function(s, arena_text(s->home, "expect_%zu", k), e->text, &one);
        expects[k] =
            (weft_expect){.text = e->text, .function = id_of(f), .cell = cell_later(e->result)};
    }
    w->expects = expects;
    w->expect_count = (uint32_t)x->expects.n;
}

// All right sides are read before any left side is written.
static void after_epoch(scheduler *s, const experiment *x, weft_experiment *w) {
    equation_list list = {0};
    w->after = WEFT_NONE;
    if (!x->after.n) return;
    uint32_t *inputs = arena_array(s->home, x->after.n, sizeof *inputs);
    for (size_t k = 0; k < x->after.n; k++) {
        equation *q = arena_new_of(s->home, equation);
        var *v = x->after.at[k]->target;
        *q = *x->after.at[k];
        q->target = model_var(s->m, arena_text(s->home, "after.%s%zu", v->name, k), VAR_TEMP,
                              TYPE_REAL, v->dims, v->dim, v->unit, q->at);
        vec_push(s->home, &list, q);
    }
    for (size_t k = 0; k < x->after.n; k++) {
        equation *q = arena_new_of(s->home, equation);
        *q = *x->after.at[k];
        q->rhs = expr_variable(s->home, list.at[k]->target, q->nsub, q->sub, q->at);
        vec_push(s->home, &list, q);
        uint32_t input = (uint32_t)q->target->id, known = 0;
        while (known < w->after_count && inputs[known] != input)
            known++;
        inputs[known] = input;
        if (known == w->after_count) w->after_count++;
    }
    w->after = id_of(sets_function(s, "after_epoch", "inputs after an epoch", &list));
    w->after_inputs = inputs;
}

void plan_experiment(scheduler *s) {
    const experiment *x = s->m->experiment;
    weft_experiment *w = arena_new_of(s->home, weft_experiment);
    int count = 0;
    w->name = x->name;
    w->data = data_of(s, x);
    w->stimulus = stimulus_of(s, x);
    w->run_ticks = x->run_ticks;
    w->run = actions(s, x->run, "run", &count);
    w->train_count = x->train_count;
    w->train_trials = x->train_trials;
    w->train_order = (uint8_t)x->train_order;
    w->train = actions(s, x->train, "train", &count);
    w->test = actions(s, x->test, "test", &count);
    w->test_every_epoch = x->test_every_epoch;
    w->repeats = (uint32_t)x->repeats;
    after_epoch(s, x, w);
    expects_and_measures(s, x, w);
    weft_record *records = arena_array(s->home, x->records.n + 1, sizeof *records);
    for (size_t k = 0; k < x->records.n; k++) {
        const exp_record *r = &x->records.at[k];
        const char *u = unit_is_none(r->v->unit) ? "" : unit_text(s->home, r->v->unit);
        records[k] = (weft_record){.name = r->v->name,
                                   .unit = u,
                                   .var = (uint32_t)r->v->id,
                                   .every = r->every,
                                   .from = r->from};
    }
    w->records = records;
    weft_curve *curves = arena_array(s->home, x->plots.n + 1, sizeof *curves);
    for (size_t k = 0; k < x->plots.n; k++)
        curves[k] = (weft_curve){(uint32_t)x->plots.at[k].y,
                                 x->plots.at[k].x < 0 ? WEFT_NONE : (uint32_t)x->plots.at[k].x};
    w->curves = curves;
    w->curve_count = (uint32_t)x->plots.n;
    w->record_count = (uint32_t)x->records.n;
    if (x->vary.n) s->p->vary = sets_function(s, "vary", "parameters of this repeat", &x->vary);
    if (x->init.n) s->p->init = sets_function(s, "init", "start states of this repeat", &x->init);
    s->p->experiment = w;
}

// ---- after everything has its cells
// -----------------------------------------------------------------------

static void to_cell(const plan *p, uint32_t *cell) {
    if (*cell != WEFT_NONE) *cell = (uint32_t)p->model->vars.at[*cell]->cell;
}

static void link_actions(const plan *p, const weft_action *a) {
    for (; a; a = a->next) {
        if (a->kind == WEFT_ACTION_FOR) to_cell(p, &((weft_action *)a)->index_cell);
        link_actions(p, a->body);
    }
}

void plan_link(plan *p) {
    weft_experiment *w = p->experiment;
    if (!w) return;
    if (w->data)
        for (uint32_t k = 0; k < w->data->input_count; k++)
            to_cell(p, &((weft_data_input *)w->data->inputs)[k].cell);
    link_actions(p, w->run);
    link_actions(p, w->train);
    link_actions(p, w->test);
    for (uint32_t k = 0; k < w->measure_count; k++) {
        weft_measure *m = &((weft_measure *)w->measures)[k];
        to_cell(p, &m->cell);
        for (int part = 0; part < 2; part++) {
            to_cell(p, &m->stat_cells[part]);
            to_cell(p, &m->epoch_cells[part]);
            to_cell(p, &m->last_cells[part]);
        }
    }
    for (uint32_t k = 0; k < w->expect_count; k++)
        to_cell(p, &((weft_expect *)w->expects)[k].cell);
}
