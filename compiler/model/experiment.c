// Experiments: what is presented, measured, recorded and expected.
#include "model/elab.h"
#include "support/file.h"
#include <math.h>

const char *path_directory_of(elab *E, span at) {
    source *s = diag_source(E->diag, at.file);
    return s ? path_directory(E->home, s->path) : ".";
}

static void not_positive(elab *E, span at, const char *what, double value) {
    diag_report(E->diag, at, DIAG_E0731, what, isnan(value) ? fabs(value) : value);
}

// ---- presentations
// -----------------------------------------------------------------------------------

static exp_action *bind_actions(elab *E, bind *b, const ast *list);

static const char *input_name(const var *v) {
    const char *dot = strrchr(v->name, '.');
    return dot ? dot + 1 : v->name;
}

static void unknown_input(elab *E, const sequencer *seq, const ast *arg) {
    VEC(const char *) near = {0};
    for (size_t k = 0; k < seq->inputs.n; k++)
        vec_push(E->home, &near, input_name(seq->inputs.at[k]));
    diag_report(E->diag, arg->at, DIAG_E0208, seq->name, argument_name(E, arg));
    if (arg->name) diag_suggest(E->diag, arg->name, near.at, near.n);
}

// The arguments of a call: inputs of the sequencer by name.
static void check_inputs(elab *E, const sequencer *seq, const ast *args) {
    for (const ast *arg = args; arg; arg = arg->next) {
        bool known = false;
        for (size_t k = 0; arg->name && k < seq->inputs.n; k++)
            known |= !strcmp(input_name(seq->inputs.at[k]), arg->name);
        if (!known) unknown_input(E, seq, arg);
        for (const ast *other = args; known && other != arg; other = other->next)
            if (other->name && !strcmp(other->name, arg->name))
                diag_report(E->diag, arg->at, DIAG_E0201, arg->name);
    }
}

static exp_action *bind_call_action(elab *E, bind *b, const ast *node) {
    const ast *call = node->a, *path = call->kind == AST_CALL ? call->a : call;
    const ast *args = call->kind == AST_CALL ? call->b : NULL;
    ref r = {0};
    bind inner = *b;
    inner.locals = NULL;
    if (!resolve(&inner, path, &r, false)) return NULL;
    if (!r.e || r.e->kind != ENT_SEQUENCER || !r.e->seq) {
        diag_report(E->diag, path->at, DIAG_E0703, r.e ? r.e->name : "this");
        return NULL;
    }
    exp_action *a = arena_new_of(E->home, exp_action);
    a->kind = WEFT_ACTION_CALL;
    a->seq = r.e->seq;
    check_inputs(E, a->seq, args);
    for (size_t k = 0; k < a->seq->inputs.n; k++) {
        var *v = a->seq->inputs.at[k];
        expr *value = expr_number(E->home, 0, node->at);
        value->type = TYPE_INT;
        for (const ast *arg = args; arg; arg = arg->next)
            if (arg->name && !strcmp(arg->name, input_name(v)))
                value = expr_fold(E->home, bind_expr(b, arg->a));
        if (strcmp(input_name(v), "start"))
            vec_push(E->home, &a->sets, make_equation(E, v, 0, NULL, value, node->at));
    }
    return a;
}

static exp_action *bind_for_action(elab *E, bind *b, const ast *node) {
    exp_action *a = arena_new_of(E->home, exp_action);
    a->kind = WEFT_ACTION_FOR;
    bind constant = *b;
    bind_integer(&constant, node->a, &a->lo, "the first value");
    bind_integer(&constant, node->b, &a->hi, "the end");
    a->index = model_var(E->m, arena_text(E->home, "driver.%s%d", node->name, (int)E->m->vars.n),
                         VAR_LATCH, TYPE_INT, 0, NULL, unit_none, node->at);
    a->index->lo = a->lo, a->index->hi = a->hi;
    bind inner = *b;
    inner.locals =
        local_push(E, b->locals, node->name, expr_variable(E->home, a->index, 0, NULL, node->at));
    a->body = bind_actions(E, &inner, node->c);
    return a;
}

static void bind_inputs(elab *E, bind *b, const ast *list, equation_list *sets) {
    bind inner = *b;
    inner.place = IN_ANALOG;
    inner.outside = true;
    for (; list; list = list->next)
        if (list->kind == AST_EQUATION)
            bind_equation(&inner, list->a, list->b, list->at, 0, INT64_MAX, sets);
        else
            not_built(E->diag, list->at, "this inside `present`");
}

// present for 0.1ns edge 0.1ps { teach = 1; }
static exp_action *bind_present(elab *E, bind *b, const ast *node) {
    exp_action *a = arena_new_of(E->home, exp_action);
    bind constant = *b;
    a->kind = WEFT_ACTION_PRESENT;
    if (!node->a || !bind_seconds(&constant, node->a, &a->ticks, "how long to present"))
        return NULL;
    if (node->b) bind_seconds(&constant, node->b, &a->edge, "the edge of a presentation");
    if (a->ticks <= 0)
        not_positive(E, node->a->at, "how long to present, in s,", (double)a->ticks * 1e-15);
    else if (a->edge < 0 || a->edge > a->ticks)
        diag_report(E->diag, node->b->at, DIAG_E0315, "the edge", (double)a->edge * 1e-15, 0.0,
                    (double)a->ticks * 1e-15);
    bind_inputs(E, b, node->c, &a->sets);
    E->m->experiment->presents = true;
    return a;
}

static exp_action *bind_actions(elab *E, bind *b, const ast *list) {
    exp_action *first = NULL, **tail = &first;
    for (; list; list = list->next) {
        exp_action *a = NULL;
        switch (list->kind) {
        case AST_RUNPHASE:
            a = bind_call_action(E, b, list);
            break;
        case AST_FOR:
            a = bind_for_action(E, b, list);
            break;
        case AST_PRESENT:
            a = bind_present(E, b, list);
            break;
        case AST_INCLUDE_SEQUENCE:
            not_built(E->diag, list->at, "sequences of rows");
            break;
        default:
            not_built(E->diag, list->at, "this in a presentation");
            break;
        }
        if (!a) continue;
        *tail = a;
        tail = &a->next;
    }
    return first;
}

// ---- stimuli
// -------------------------------------------------------------------------------------------

typedef struct stimulus_search {
    elab *E;
    experiment *x;
    bool flows; // varies between the instants that it names, or with what it reads
} stimulus_search;

static bool find_instants(const expr *e, void *data) {
    stimulus_search *s = data;
    if (e->kind == X_TIME || (e->kind == X_VAR && e->v->kind != VAR_PARAM)) s->flows = true;
    if (e->kind < X_LT || e->kind > X_NE || (e->a->kind != X_TIME && e->b->kind != X_TIME))
        return true;
    double seconds;
    int64_t ticks;
    const expr *other = e->a->kind == X_TIME ? e->b : e->a;
    if (!expr_is_number(expr_fold(s->E->home, (expr *)other), &seconds)) {
        diag_report(s->E->diag, e->at, DIAG_E0313, "an instant");
        return false;
    }
    if (!exact_ticks(s->E->diag, seconds, e->at, "an instant", &ticks) || ticks <= 0) return false;
    size_t k = 0;
    while (k < s->x->breaks.n && s->x->breaks.at[k] < ticks)
        k++;
    if (k < s->x->breaks.n && s->x->breaks.at[k] == ticks) return false;
    vec_push(s->E->home, &s->x->breaks, 0);
    for (size_t i = s->x->breaks.n - 1; i > k; i--)
        s->x->breaks.at[i] = s->x->breaks.at[i - 1];
    s->x->breaks.at[k] = ticks;
    return false;
}

// A stimulus that only turns at instants is looked at there and nowhere else: from an instant on
// what lies behind it holds, whether the comparison is strict or not, as inside phases.
static expr *from_the_instant_on(expr *e, void *data) {
    elab *E = data;
    bool left = e->kind >= X_LT && e->kind <= X_NE && e->a->kind == X_TIME;
    if (!left && !(e->kind >= X_LT && e->kind <= X_NE && e->b->kind == X_TIME)) return NULL;
    if (e->kind == X_EQ || e->kind == X_NE) {
        expr *truth = expr_number(E->home, e->kind == X_NE, e->at);
        truth->type = TYPE_BOOL;
        return truth;
    }
    bool before = (e->kind == X_LT || e->kind == X_LE) == left;
    expr_kind kind = before ? (left ? X_LT : X_GT) : left ? X_GE : X_LE;
    return expr_make(E->home, kind, TYPE_BOOL, unit_none, e->a, e->b, NULL, e->at);
}

static void bind_stimulus(elab *E, inst *top, const ast *item) {
    experiment *x = E->m->experiment;
    bind b = bind_in(E, top, IN_ANALOG);
    b.outside = true;
    size_t first = x->stimuli.n;
    bind_equation(&b, item->a, item->b, item->at, 0, INT64_MAX, &x->stimuli);
    stimulus_search s = {E, x, false};
    for (size_t k = first; k < x->stimuli.n; k++)
        expr_walk(x->stimuli.at[k]->rhs, find_instants, &s);
    for (size_t k = first; k < x->stimuli.n; k++)
        if (s.flows)
            x->stimuli.at[k]->target->source = true;
        else
            x->stimuli.at[k]->rhs =
                expr_replace(E->home, x->stimuli.at[k]->rhs, from_the_instant_on, E);
}

// An input with a stimulus that varies between instants is no input any more: it is a signal with
// equations, which whatever reads it evaluates at its own time.
static void bind_sources(elab *E) {
    experiment *x = E->m->experiment;
    equation_list steps = {0};
    for (size_t k = 0; k < x->stimuli.n; k++) {
        equation *q = x->stimuli.at[k];
        bool source = q->target->source;
        vec_push(E->home, source ? &x->sources : &steps, q);
        if (source) vec_push(E->home, &E->m->equations, q);
        if (source) q->target->kind = VAR_SIGNAL;
    }
    x->stimuli = steps;
}

// ---- measures, records, expectations
// --------------------------------------------------------------------

static void bind_measure(elab *E, inst *top, const ast *item) {
    experiment *x = E->m->experiment;
    bind b = bind_in(E, top, IN_MEASURE);
    const ast *what = item->a;
    bool mean = what->kind == AST_CALL && what->a->kind == AST_NAME &&
                !strcmp(what->a->name, "mean") && ast_length(what->b) == 1;
    exp_measure *m = arena_new_of(E->home, exp_measure);
    m->name = item->name;
    m->at = -1;
    bind constant = bind_in(E, top, IN_CONSTANT);
    if (item->b) bind_seconds(&constant, item->b, &m->at, "the instant of a measure");
    m->value = bind_expr(&b, mean ? what->b->a : what);
    m->result = model_var(E->m, arena_text(E->home, "measure.%s", item->name), VAR_TEMP, TYPE_REAL,
                          0, NULL, m->value->unit, item->at);
    for (size_t k = 0; k < x->measures.n; k++)
        if (x->measures.at[k]->name == m->name) {
            diag_report(E->diag, item->at, DIAG_E0201, m->name);
            diag_note(E->diag, x->measures.at[k]->result->at, "the first one is here");
        }
    vec_push(E->home, &x->measures, m);
}

static void bind_record(elab *E, inst *top, const ast *item) {
    experiment *x = E->m->experiment;
    bind constant = bind_in(E, top, IN_CONSTANT);
    int64_t every = 0, from = 0;
    if (item->b && bind_seconds(&constant, item->b, &every, "the sampling interval") && every <= 0)
        not_positive(E, item->b->at, "the sampling interval, in s,", (double)every * 1e-15);
    if (item->c) bind_seconds(&constant, item->c, &from, "the first sample's time");
    path_list paths = every_member(E, top, item->a);
    for (size_t k = 0; k < paths.n; k++) {
        const ast *path = paths.at[k];
        bind b = bind_in(E, top, IN_MEASURE);
        ref r = {0};
        if (!resolve(&b, path, &r, false)) continue;
        if (!r.v)
            diag_report(E->diag, path->at, DIAG_E0316, r.e ? r.e->name : "this", "not a quantity",
                        "in a record");
        else if (r.subs)
            not_built(E->diag, path->at, "recording single elements (record the whole array)");
        else
            vec_push(E->home, &x->records,
                     (exp_record){r.v, every, from, item->c ? item->c->at : item->at});
    }
}

// test.error, train.error, run.error or error alone, with .mean .std .min .max
static int stat_part(const char *name) {
    static const char *const parts[] = {"mean", "std", "min", "max"};
    int part = 0;
    while (part < 4 && strcmp(parts[part], name))
        part++;
    return part;
}

static bool is_stage(const experiment *x, const ast *node) { // the word in front of a measure
    if (node->kind != AST_NAME) return false;
    if (!strcmp(node->name, "train")) return x->train != NULL;
    if (!strcmp(node->name, "test")) return x->test != NULL;
    return !strcmp(node->name, "run") && !x->test && (x->run || x->run_ticks >= 0);
}

static expr *bind_stat(elab *E, const ast *node) {
    experiment *x = E->m->experiment;
    int part = 0;
    bool staged = node->kind == AST_MEMBER && is_stage(x, node->a);
    if (node->kind == AST_MEMBER && !staged) {
        part = stat_part(node->name);
        node = node->a;
        staged = node->kind == AST_MEMBER && is_stage(x, node->a);
    }
    if (part == 4 || (node->kind == AST_MEMBER && !staged)) return NULL;
    bool train = staged && !strcmp(node->a->name, "train");
    if (!train && !x->test && !x->run && x->run_ticks < 0) return NULL;
    for (size_t k = 0; k < x->measures.n; k++) {
        exp_measure *m = x->measures.at[k];
        if (strcmp(m->name, node->name)) continue;
        var **stat = &m->stats[train ? 0 : 1];
        const int four[1] = {4};
        if (!*stat)
            *stat = model_var(E->m,
                              arena_text(E->home, "%s.%s",
                                         train     ? "train"
                                         : x->test ? "test"
                                                   : "run",
                                         m->name),
                              VAR_STAT, TYPE_REAL, 1, four, m->value->unit, node->at);
        expr *nth = expr_number(E->home, part, node->at);
        nth->type = TYPE_INT;
        return expr_variable(E->home, *stat, 1, &nth, node->at);
    }
    return NULL;
}

static expr *bind_expectation(elab *E, bind *b, const ast *node) {
    if (node->kind == AST_BINARY && node->op <= OP_OR) {
        static const expr_kind kinds[] = {
            [OP_ADD] = X_ADD, [OP_SUB] = X_SUB, [OP_MUL] = X_MUL, [OP_DIV] = X_DIV,
            [OP_POW] = X_POW, [OP_LT] = X_LT,   [OP_LE] = X_LE,   [OP_GT] = X_GT,
            [OP_GE] = X_GE,   [OP_EQ] = X_EQ,   [OP_NE] = X_NE,   [OP_AND] = X_AND,
            [OP_OR] = X_OR};
        expr *l = bind_expectation(E, b, node->a), *r = bind_expectation(E, b, node->b);
        bool truth = node->op >= OP_LT && node->op <= OP_OR;
        if (truth && node->op < OP_AND) {
            if (l->any_unit)
                l->unit = r->unit;
            else
                fit_unit(b, r, l->unit, node->b->at, "what is compared");
        }
        return expr_make(E->home, kinds[node->op], truth ? TYPE_BOOL : TYPE_REAL, l->unit, l, r,
                         NULL, node->at);
    }
    if (node->kind == AST_MEMBER || node->kind == AST_NAME) {
        expr *e = bind_stat(E, node);
        if (e) return e;
        diag_report(E->diag, node->at, DIAG_E0706);
        VEC(const char *) near = {0};
        for (size_t k = 0; k < E->m->experiment->measures.n; k++)
            vec_push(E->home, &near, E->m->experiment->measures.at[k]->name);
        if (!diag_suggest(E->diag, node->name, near.at, near.n))
            for (size_t k = 0; k < near.n; k++)
                diag_note(E->diag, (span){0}, "there is the measure '%s'", near.at[k]);
        e = expr_number(E->home, 0, node->at);
        e->any_unit = true;
        return e;
    }
    return bind_expr(b, node);
}

static void bind_expect(elab *E, inst *top, const ast *item) {
    bind b = bind_in(E, top, IN_CONSTANT);
    if (item->b) not_built(E->diag, item->b->at, "`where` of an expectation");
    text t = text_in(E->home);
    syntax_print_node(item->a, &t);
    expr *e = bind_expectation(E, &b, item->a);
    if (e->type != TYPE_BOOL) diag_report(E->diag, item->a->at, DIAG_E0311);
    var *result =
        model_var(E->m, arena_text(E->home, "expect.%d", (int)E->m->experiment->expects.n),
                  VAR_TEMP, TYPE_INT, 0, NULL, unit_none, item->at);
    vec_push(E->home, &E->m->experiment->expects, (exp_expect){t.at, e, result});
}

static int record_of(elab *E, inst *top, const ast *path) {
    experiment *x = E->m->experiment;
    bind b = bind_in(E, top, IN_MEASURE);
    ref r = {0};
    if (!resolve(&b, path, &r, false)) return -2;
    for (size_t k = 0; k < x->records.n; k++)
        if (r.v && x->records.at[k].v == r.v && !r.subs) return (int)k;
    text t = text_in(E->home);
    syntax_print_node(path, &t);
    diag_report(E->diag, path->at, DIAG_E0711, t.at);
    diag_help(E->diag, "add: record %s;", t.at);
    return -2;
}

static void bind_plot(elab *E, inst *top, const ast *item) {
    bool time = !item->b || (item->b->kind == AST_NAME && item->b->name == E->w_time);
    int over = time ? -1 : record_of(E, top, item->b);
    for (const ast *y = item->a; y; y = y->next) {
        int nth = record_of(E, top, y);
        if (nth >= 0 && over > -2)
            vec_push(E->home, &E->m->experiment->plots, (exp_plot){nth, over});
    }
}

// ---- the statements
// ------------------------------------------------------------------------------------

static void bind_train(elab *E, inst *top, const ast *item) {
    experiment *x = E->m->experiment;
    bind b = bind_in(E, top, IN_CONSTANT);
    int count = 0;
    if (bind_integer(&b, item->a, &count, "how long to train") && count < 1)
        not_positive(E, item->a->at, "how long to train", (double)count);
    x->train_count = count;
    x->train_trials = item->op == TRAIN_TRIALS;
    x->train_order = !item->c ? 0 : !strcmp(item->c->name, "shuffle") ? 1 : 2;
    x->train = bind_actions(E, &b, item->b);
}

static void bind_run(elab *E, inst *top, const ast *item) {
    experiment *x = E->m->experiment;
    bind b = bind_in(E, top, IN_CONSTANT);
    if (item->a && bind_seconds(&b, item->a, &x->run_ticks, "how long to run") && x->run_ticks <= 0)
        not_positive(E, item->a->at, "how long to run, in s,", (double)x->run_ticks * 1e-15);
    if (item->b) x->run = bind_actions(E, &b, item->b);
}

// solver rk4(step = 1ps);  solver dopri(tolerance = 1e-8);  solver stiff;
static void bind_solver(elab *E, inst *top, const ast *item) {
    static const char *const known[] = {"dopri", "stiff", "euler", "heun", "rk4"};
    enum { ADAPTIVE = 2, KNOWN = 5 }; // the first two choose their steps
    experiment *x = E->m->experiment;
    const ast *what = item->a, *name = what->kind == AST_CALL ? what->a : what;
    bind b = bind_in(E, top, IN_CONSTANT);
    size_t which = 0;
    while (which < KNOWN && !(name->name && !strcmp(name->name, known[which])))
        which++;
    if (which == KNOWN) {
        diag_report(E->diag, name->at, DIAG_E0712, name->name ? name->name : "this");
        diag_suggest(E->diag, name->name ? name->name : "", known, KNOWN);
    }
    x->solver = name->name;
    x->solver_at = item->at;
    for (const ast *arg = what->kind == AST_CALL ? what->b : NULL; arg; arg = arg->next) {
        bool step = arg->name && !strcmp(arg->name, "step") && which >= ADAPTIVE,
             tolerance = arg->name && !strcmp(arg->name, "tolerance") &&
                         (which < ADAPTIVE || which == KNOWN);
        if (!tolerance && !step) {
            diag_report(E->diag, arg->at, DIAG_E0208, x->solver, argument_name(E, arg));
            continue;
        }
        size_t before = diag_errors(E->diag);
        expr *e =
            expr_fold(E->home, bind_as(&b, arg->a, step ? unit_second : unit_none, arg->name));
        double value = 1;
        if (!expr_is_number(e, &value) && diag_errors(E->diag) == before)
            diag_report(E->diag, arg->a->at, DIAG_E0313, arg->name);
        if (!(value > 0)) {
            not_positive(E, arg->at, arg->name, value);
            value = 1;
        }
        *(step ? &x->step : &x->tolerance) = value;
        if (step) x->step_at = arg->at;
    }
    if (which >= ADAPTIVE && which < KNOWN && !(x->step > 0))
        diag_report(E->diag, item->at, DIAG_E0210, x->solver, "step");
}

static void bind_item(elab *E, inst *top, const ast *item) {
    experiment *x = E->m->experiment;
    bind b = bind_in(E, top, IN_CONSTANT);
    switch (item->kind) {
    case AST_DATA:
        bind_data(E, top, item);
        break;
    case AST_EQUATION:
        bind_stimulus(E, top, item);
        break;
    case AST_TRAIN:
        bind_train(E, top, item);
        break;
    case AST_TEST:
        x->test_every_epoch = item->op == TEST_EVERY_EPOCH;
        x->test_at = item->at;
        x->test = bind_actions(E, &b, item->a);
        break;
    case AST_RUN:
        bind_run(E, top, item);
        break;
    case AST_MEASURE:
        bind_measure(E, top, item);
        break;
    case AST_RECORD:
        bind_record(E, top, item);
        break;
    case AST_PLOT:
        break; // below: what is plotted is recorded
    case AST_REPEATS:
        bind_integer(&b, item->a, &x->repeats, "the number of repeats");
        if (x->repeats < 1)
            diag_report(E->diag, item->a->at, DIAG_E0315, "repeat", (double)x->repeats, 1.0, 1e9),
                x->repeats = 1;
        break;
    case AST_ASSERT:
        b.place = IN_MEASURE;
        b.outside = true;
        bind_check(&b, item->a, x->name, NULL);
        break;
    case AST_SWEEP:
        not_built(E->diag, item->at, "`sweep`");
        break;
    case AST_SOLVER:
        bind_solver(E, top, item);
        break;
    default:
        break;
    }
}

void experiment_prepare(elab *E, inst *top, const ast *items) {
    draws_prepare(E, top, items);
}

// Statements that an experiment has once: a second one would undo the first.
static void check_once(elab *E, const ast *items) {
    static const struct {
        ast_kind kind;
        const char *name;
    } once[] = {{AST_DATA, "data"},     {AST_TRAIN, "train"},       {AST_TEST, "test"},
                {AST_RUN, "run"},       {AST_AFTER, "after epoch"}, {AST_SOLVER, "solver"},
                {AST_REPEATS, "repeat"}};
    for (size_t k = 0; k < sizeof once / sizeof *once; k++) {
        const ast *first = NULL;
        for (const ast *item = items; item; item = item->next) {
            if (item->kind != once[k].kind) continue;
            if (first) {
                diag_report(E->diag, item->at, DIAG_E0725, E->m->experiment->name, once[k].name);
                diag_note(E->diag, first->at, "the first one is here");
            } else {
                first = item;
            }
        }
    }
}

void experiment_bind(elab *E, inst *top, const ast *node, const ast *items) {
    experiment *x = E->m->experiment = arena_new_of(E->home, experiment);
    x->name = node->name;
    x->at = node->at;
    x->repeats = 1;
    x->run_ticks = -1;
    x->split_train = x->split_test = -1;
    size_t before = diag_errors(E->diag);
    check_once(E, items);
    draws_bind(E, top, items);
    for (const ast *item = items; item; item = item->next)
        bind_item(E, top, item);
    bind_sources(E);
    for (const ast *item = items; item; item = item->next)
        if (item->kind == AST_EXPECT)
            bind_expect(E, top, item);
        else if (item->kind == AST_AFTER)
            bind_after_epoch(E, top, item);
        else if (item->kind == AST_PLOT)
            bind_plot(E, top, item);
    bool nothing = !x->run && x->run_ticks < 0 && !x->train && !x->test;
    if (nothing && diag_errors(E->diag) == before)
        diag_report(E->diag, node->at, DIAG_E0709, x->name);
    if (x->test_every_epoch && !x->train && diag_errors(E->diag) == before)
        diag_report(E->diag, x->test_at, DIAG_E0729, "`test every epoch`");
    experiment_check(E, before);
}
