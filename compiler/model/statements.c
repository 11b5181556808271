// Sequencers: declarations and statements bound over clocked variables; routines are inlined.
#include "model/elab.h"
#include <math.h>

typedef struct seq_bind {
    bind b;
    sequencer *seq;
    const char *prefix; // of names of registers
    int depth;
} seq_bind;

static stmt *bind_list(seq_bind *s, const ast *list);

static var *clocked(elab *E, const char *name, var_kind kind, int width, span at) {
    var *v = model_var(E->m, name, kind, width == 1 ? TYPE_BOOL : TYPE_INT, 0, NULL, unit_none, at);
    v->width = width;
    v->lo = 0;
    v->hi = width < 53 ? (double)((1LL << width) - 1) : 9e15;
    return v;
}

int declared_width(bind *b, const ast *d) {
    elab *E = b->E;
    if (!d->b) return 0;
    if (d->b->kind != AST_UNIT_NAME || strcmp(d->b->name, "uint") != 0) {
        diag_report(E->diag, d->b->at, DIAG_E0316, d->name, "clocked",
                    "with a unit: it is a bit or uint[n]");
        return 0;
    }
    int width = 8;
    if (d->b->a) bind_integer(b, d->b->a, &width, "a width");
    if (width >= 1 && width <= 32) return width;
    diag_report(E->diag, d->b->at, DIAG_E0315, "a width", (double)width, 1.0, 32.0);
    return 8;
}

static void declare(seq_bind *s, const ast *decls) {
    elab *E = s->b.E;
    for (const ast *d = decls->a; d; d = d->next) {
        int width = declared_width(&s->b, d);
        if (!width) width = 1;
        if (map_get(s->b.seq_scope, d->name)) {
            const var *first = map_get(s->b.seq_scope, d->name);
            diag_report(E->diag, d->at, DIAG_E0201, d->name);
            diag_note(E->diag, first->at, "the first one is here");
            continue;
        }
        var_kind kind = decls->op == DECL_INPUT    ? VAR_CIN
                        : decls->op == DECL_OUTPUT ? VAR_COUT
                                                   : VAR_REG;
        var *v = clocked(E, path_join_name(E, s->prefix, d->name), kind, width, d->at);
        int start = 0;
        if (d->d && bind_integer(&s->b, d->d, &start, "a start value") &&
            (start < 0 || start > v->hi))
            diag_report(E->diag, d->d->at, DIAG_E0315, d->name, (double)start, 0.0, v->hi);
        v->value = start;
        map_put(s->b.seq_scope, d->name, v);
        if (kind == VAR_CIN)
            vec_push(E->home, &s->seq->inputs, v);
        else if (kind == VAR_COUT)
            vec_push(E->home, &s->seq->outputs, v);
        else
            vec_push(E->home, &s->seq->regs, v);
    }
}

static stmt *new_stmt(seq_bind *s, stmt_kind kind, const ast *node) {
    stmt *t = arena_new_of(s->b.E->home, stmt);
    t->kind = kind;
    t->at = node->at;
    return t;
}

static var *own_target(seq_bind *s, const ast *name, bool output_only) {
    elab *E = s->b.E;
    var *v = name->kind == AST_NAME ? map_get(s->b.seq_scope, name->name) : NULL;
    if (v && (v->kind == VAR_COUT || (!output_only && v->kind == VAR_REG))) return v;
    diag_report(E->diag, name->at, DIAG_E0602, name->name ? name->name : source_of(E, name->at),
                output_only ? "" : " or register");
    VEC(const char *) near = {0};
    for (size_t k = 0; k < map_count(s->b.seq_scope); k++)
        vec_push(E->home, &near, map_key(s->b.seq_scope, k));
    if (name->name) diag_suggest(E->diag, name->name, near.at, near.n);
    return NULL;
}

// ---- routines
// ------------------------------------------------------------------------------------------

static stmt *inline_routine(seq_bind *s, const ast *call, entity *e) {
    elab *E = s->b.E;
    const ast *args = call->kind == AST_CALL ? call->b : NULL;
    if (s->depth > 50) {
        diag_report(E->diag, call->at, DIAG_E0603, e->name);
        return NULL;
    }
    seq_bind inner = {.b = bind_in(E, e->in, IN_CLOCKED), .seq = s->seq, .depth = s->depth + 1};
    inner.prefix = path_join_name(E, s->prefix, e->name);

    inner.b.seq = s->seq;
    inner.b.seq_scope = map_new(E->home);
    stmt *group = new_stmt(s, STMT_GROUP, call);
    for (const ast *item = e->node->b; item; item = item->next) {
        if (item->kind != AST_DECLS) continue;
        if (item->op == DECL_OUTPUT) not_built(E->diag, item->at, "an output of a routine");
        if (item->op == DECL_REG) declare(&inner, item);
        if (item->op != DECL_INPUT) continue;
        for (const ast *d = item->a; d; d = d->next) {
            const ast *given = NULL;
            for (const ast *k = args; k; k = k->next)
                if (k->name == d->name) given = k;
            if (!given) {
                diag_report(E->diag, call->at, DIAG_E0210, e->name, d->name);
                diag_note(E->diag, d->at, "it is declared here");
                expr *none = expr_number(E->home, 0, call->at);
                none->type = d->b ? TYPE_INT : TYPE_BOOL;
                inner.b.locals = local_push(E, inner.b.locals, d->name, none);
            } else
                inner.b.locals = local_push(E, inner.b.locals, d->name, bind_expr(&s->b, given->a));
        }
    }
    group->body = bind_list(&inner, e->node->b);
    return group;
}

// ---- statements
// ----------------------------------------------------------------------------------------

static stmt *bind_phase(seq_bind *s, const ast *node, const ast *call, stmt_kind kind) {
    elab *E = s->b.E;
    const ast *path = call->kind == AST_CALL ? call->a : call;
    ref r = {0};
    bool name = path->kind == AST_NAME && !map_get(s->b.seq_scope, path->name);
    entity *e = name ? scope_find(s->b.in, path->name) : NULL;
    if (!e && path->kind == AST_MEMBER && resolve(&s->b, path, &r, false)) e = r.e;
    if (e && e->kind == ENT_SEQUENCER && kind == STMT_PHASE) {
        if (!e->seq) return inline_routine(s, call, e);
        diag_report(E->diag, call->at, DIAG_E0416, e->name);
        diag_help(
            E->diag,
            "a sequencer with a clock runs by itself; one without is a routine that can be called");
        return NULL;
    }
    stmt *t = new_stmt(s, kind, node);
    t->act = activation_of(&s->b, call, s->seq, t);
    return t->act ? t : NULL;
}

static int bits_for(int max) {
    int n = 1;
    while (n < 31 && max >= 1 << n)
        n++;
    return n;
}

// A loop over parts of different sizes: one body for each.
static stmt *bind_members(seq_bind *s, const ast *node, const stmt *range) {
    stmt *group = new_stmt(s, STMT_GROUP, node), **tail = &group->body;
    local *outer = s->b.locals;
    for (int k = range->lo; k < range->hi; k++) {
        s->b.locals = local_push(s->b.E, outer, node->name, whole_number(s->b.E, k, node->at));
        *tail = bind_list(s, node->c);
        while (*tail)
            tail = &(*tail)->next;
    }
    s->b.locals = outer;
    return group;
}

static stmt *bind_for(seq_bind *s, const ast *node) {
    elab *E = s->b.E;
    stmt *t = new_stmt(s, STMT_FOR, node);
    bind_integer(&s->b, node->a, &t->lo, "the first value");
    bind_integer(&s->b, node->b, &t->hi, "the end");
    if (t->lo < 0)
        diag_report(E->diag, node->a->at, DIAG_E0315, node->name, (double)t->lo, 0.0, 2e9);
    if (family_named(&s->b, node->c, node->name)) return bind_members(s, node, t);
    const char *name = path_join_name(E, s->prefix, node->name);
    for (int n = 2; model_find(E->m, name); n++)
        name = arena_text(E->home, "%s.%s%d", s->prefix, node->name, n);
    t->target = clocked(E, name, VAR_REG, bits_for(t->hi), node->at);
    t->target->type = TYPE_INT;
    t->target->lo = t->lo;
    t->target->hi = t->hi > t->lo ? t->hi - 1 : t->lo;
    vec_push(E->home, &s->seq->regs, t->target);
    var *shadowed = map_get(s->b.seq_scope, node->name);
    map_put(s->b.seq_scope, node->name, t->target);
    t->body = bind_list(s, node->c);
    map_put(s->b.seq_scope, node->name, shadowed);
    return t;
}

static stmt *bind_await(seq_bind *s, const ast *node) {
    elab *E = s->b.E;
    stmt *t = new_stmt(s, STMT_AWAIT, node);
    expr *e = expr_fold(E->home, bind_expr(&s->b, node->a));
    double value;
    if (node->op == AWAIT_BIT && e->type == TYPE_BOOL) {
        t->cond = e;
        return t;
    }
    t->kind = STMT_WAIT;
    if (!expr_is_number(e, &value)) {
        diag_report(E->diag, node->a->at, DIAG_E0313, "a time or a number of cycles to wait");
        return NULL;
    }
    if (node->op == AWAIT_CYCLES) {
        if (value < 1 || value != floor(value))
            diag_report(E->diag, node->a->at, DIAG_E0314, "a number of cycles", value);
        t->count = expr_number(E->home, value, node->at);
        return t;
    }
    int64_t ticks;
    if (!unit_same(e->unit, unit_second)) {
        diag_report(E->diag, node->a->at, DIAG_E0505, "what is awaited");
        diag_note(E->diag, (span){0}, "this is %s", said_unit(E->home, e->unit));
    } else if (exact_ticks(E->diag, value, node->a->at, "the time", &ticks)) {
        int64_t period = s->seq->period;
        if (ticks <= 0)
            diag_report(E->diag, node->a->at, DIAG_E0315, "a time to wait", value,
                        (double)period * 1e-15, INFINITY);
        else if (!s->seq->wrong)
            on_clock_edge(E->diag, E->home, ticks, period, node->a->at, "a wait");
        t->count = expr_number(E->home, (double)(ticks / period), node->at);
        return t;
    }
    return NULL;
}

static stmt *bind_hold(seq_bind *s, const ast *node) {
    stmt *t = bind_phase(s, node, node->a, STMT_HOLD);
    if (t && t->kind == STMT_HOLD) t->body = bind_list(s, node->b);
    return t;
}

static stmt *bind_repeat(seq_bind *s, const ast *node) {
    stmt *t = new_stmt(s, STMT_REPEAT, node);
    if (node->a) {
        t->count = expr_fold(s->b.E->home, bind_expr(&s->b, node->a));
        if (!unit_is_none(t->count->unit) ||
            (t->count->kind == X_NUM &&
             (t->count->num < 0 || t->count->num != floor(t->count->num))))
            diag_report(s->b.E->diag, node->a->at, DIAG_E0314, "a number of repeats",
                        t->count->num);
    }
    if (node->b) t->cond = bind_condition(&s->b, node->b);
    t->body = bind_list(s, node->c);
    return t;
}

static stmt *bind_statement(seq_bind *s, const ast *node) {
    stmt *t;
    switch (node->kind) {
    case AST_LOOP:
        t = new_stmt(s, STMT_LOOP, node);
        t->body = bind_list(s, node->a);
        return t;
    case AST_FOR:
        return bind_for(s, node);
    case AST_REPEAT:
        return bind_repeat(s, node);
    case AST_IF:
        t = new_stmt(s, STMT_IF, node);
        t->cond = bind_condition(&s->b, node->a);
        t->body = bind_list(s, node->b);
        t->other = bind_list(s, node->c);
        return t;
    case AST_PAR:
        t = new_stmt(s, STMT_PAR, node);
        t->body = bind_list(s, node->a);
        return t;
    case AST_GROUP:
        t = new_stmt(s, STMT_GROUP, node);
        t->body = bind_list(s, node->a);
        return t;
    case AST_AWAIT:
        return bind_await(s, node);
    case AST_PULSE:
        t = new_stmt(s, STMT_PULSE, node);
        t->target = own_target(s, node->a, true);
        return t->target ? t : NULL;
    case AST_RUNPHASE:
        return bind_phase(s, node, node->a, STMT_PHASE);
    case AST_COMPARE:
        t = bind_phase(s, node, node->a, STMT_COMPARE);
        if (t) t->cond = bind_condition(&s->b, node->b);
        return t;
    case AST_HOLDPHASE:
        return bind_hold(s, node);
    case AST_ASSIGN:
        t = new_stmt(s, STMT_ASSIGN, node);
        t->target = own_target(s, node->a, false);
        t->value = expr_fold(s->b.E->home, bind_expr(&s->b, node->b));
        if (!unit_is_none(t->value->unit))
            diag_report(s->b.E->diag, node->b->at, DIAG_E0309, "a register",
                        said_unit(s->b.E->home, t->value->unit));
        return t->target ? t : NULL;
    default:
        return NULL;
    }
}

static stmt *bind_list(seq_bind *s, const ast *list) {
    stmt *first = NULL, **tail = &first;
    for (; list; list = list->next) {
        if (list->kind == AST_DECLS || list->kind == AST_GUARANTEE) continue;
        stmt *t = bind_statement(s, list);
        if (!t) continue;
        *tail = t;
        tail = &t->next;
    }
    return first;
}

// ---- guarantees
// ------------------------------------------------------------------------------------------

static activation *called(elab *E, bind *b, const ast *path) {
    ref r = {0};
    if (!resolve(b, path, &r, false)) return NULL;
    if (!r.e || r.e->kind != ENT_PHASE) {
        diag_report(E->diag, path->at, DIAG_E0416, r.e ? r.e->name : "this");
        return NULL;
    }
    const char *name = path_join_name(E, r.in->path, r.e->name);
    for (size_t k = 0; k < E->m->activations.n; k++)
        if (!strcmp(E->m->activations.at[k]->name, name)) return E->m->activations.at[k];
    return NULL; // never called: can never be active
}

static void bind_guarantee(seq_bind *s, const ast *node) {
    elab *E = s->b.E;
    guarantee *g = arena_new_of(E->home, guarantee);
    text words = text_in(E->home);
    syntax_print_node(node, &words);
    *g = (guarantee){.kind = (ast_guarantee)node->op, .at = node->at, .text = words.at};
    if (node->op == GUARANTEE_NEVER) {
        g->never[0] = called(E, &s->b, node->a);
        g->never[1] = called(E, &s->b, node->b);
        if (!g->never[0] || !g->never[1]) return;
    } else {
        g->bit = bind_condition(&s->b, node->a);
        if (node->op == GUARANTEE_WITHIN) {
            int cycles = 0;
            bind_integer(&s->b, node->b, &cycles, "a number of cycles");
            g->cycles = cycles;
            g->start = bind_condition(&s->b, node->c);
        }
    }
    vec_push(E->home, &s->seq->guarantees, g);
}

static void bind_clock(elab *E, entity *e) {
    bind b = bind_in(E, e->in, IN_CONSTANT);
    for (const ast *arg = e->node->a; arg; arg = arg->next) {
        if (!arg->name || strcmp(arg->name, "clock")) {
            diag_report(E->diag, arg->at, DIAG_E0208, e->name, argument_name(E, arg));
            diag_help(E->diag, "a sequencer takes its clock, as in clock = 10kHz");
            continue;
        }
        double f = 0;
        size_t before = diag_errors(E->diag);
        expr *x = expr_fold(E->home, bind_as(&b, arg->a, unit_hertz, "a clock"));
        sequencer *s = e->seq = arena_new_of(E->home, sequencer);
        s->name = path_join_name(E, e->in->path, e->name);
        s->block = e->in->path;
        s->at = e->at;
        s->id = (int)E->m->sequencers.n;
        s->period = 1000000000;
        vec_push(E->home, &E->m->sequencers, s);
        s->wrong = diag_errors(E->diag) > before;
        if (!expr_is_number(x, &f)) {
            diag_report(E->diag, arg->a->at, DIAG_E0313, "a clock frequency");
            s->wrong = true;
        } else if (!(f > 0)) {
            diag_report(E->diag, arg->a->at, DIAG_E0504, f);
            s->wrong = true;
        } else {
            double fs = 1e15 / f;
            s->period = llround(fs);
            if (s->period < 1 || fabs(fs - (double)s->period) > fs * 1e-12) {
                s->wrong = true;
                diag_report(E->diag, arg->a->at, DIAG_E0504, f);
                diag_help(E->diag, "the nearest that fit are %.15g Hz and %.15g Hz",
                          1e15 / (floor(fs) + 1), 1e15 / fmax(1, floor(fs)));
                if (s->period < 1) s->period = 1;
            }
        }
    }
}

void bind_sequencers(elab *E) {
    map **scopes = arena_array(E->home, E->sequencers.n + 1, sizeof *scopes);
    for (size_t k = 0; k < E->sequencers.n; k++) {
        entity *e = E->sequencers.at[k];
        bind_clock(E, e);
        if (!e->seq) continue;
        seq_bind s = {.b = bind_in(E, e->in, IN_CLOCKED), .seq = e->seq, .prefix = e->seq->name};
        s.b.seq_scope = scopes[k] = map_new(E->home);
        for (const ast *item = e->node->b; item; item = item->next)
            if (item->kind == AST_DECLS) declare(&s, item);
    }
    for (size_t k = 0; k < E->sequencers.n; k++) {
        entity *e = E->sequencers.at[k];
        if (!e->seq) continue;
        seq_bind s = {.b = bind_in(E, e->in, IN_CLOCKED), .seq = e->seq, .prefix = e->seq->name};
        s.b.seq_scope = scopes[k];
        s.b.seq = e->seq;
        e->seq->body = bind_list(&s, e->node->b);
    }
    for (size_t k = 0; k < E->sequencers.n; k++) {
        entity *e = E->sequencers.at[k];
        if (!e->seq) continue;
        seq_bind s = {.b = bind_in(E, e->in, IN_CLOCKED), .seq = e->seq, .prefix = e->seq->name};
        s.b.seq_scope = scopes[k];
        for (const ast *item = e->node->b; item; item = item->next)
            if (item->kind == AST_GUARANTEE) bind_guarantee(&s, item);
    }
}

// ---- after the phases' durations are known
// ---------------------------------------------------------------

static void check_durations(elab *E, const stmt *s) {
    for (; s; s = s->next) {
        bool calls = s->kind == STMT_PHASE || s->kind == STMT_COMPARE;
        if (calls && s->act && !s->act->timed)
            diag_report(E->diag, s->at, DIAG_E0604, s->act->name);
        if (s->kind == STMT_HOLD && s->act && s->act->timed)
            diag_report(E->diag, s->at, DIAG_E0605, s->act->name);
        check_durations(E, s->body);
        check_durations(E, s->other);
    }
}

void check_sequencers(elab *E) {
    for (size_t k = 0; k < E->m->sequencers.n; k++)
        check_durations(E, E->m->sequencers.at[k]->body);
}
