// Phases: one activation for each way in which sequencers call a phase, with the phases named by
// `with` folded into it. Bodies are bound after all calls are known, because an argument's range is
// that of the values it is called with.
#include "model/elab.h"
#include <math.h>

typedef struct pending {
    activation *act;
    phase_def *phase;
    expr *lead[MAX_DIMS]; // NULL: all elements
    local *locals;        // the phase's arguments
    span at;              // of the first call
} pending;

static int64_t period_of(const activation *a) {
    return a->sequencer ? a->sequencer->period : 0;
}

// ---- calls
// -------------------------------------------------------------------------------------------

static void widen(bind *b, var *latch, const expr *arg) {
    long lo, hi;
    if (index_interval(b, arg, &lo, &hi)) {
        if (lo < latch->lo) latch->lo = (double)lo;
        if (hi > latch->hi) latch->hi = (double)hi;
    } else {
        latch->lo = fmin(latch->lo, 0);
        latch->hi = fmax(latch->hi, arg->kind == X_VAR && arg->v->width < 31
                                        ? (double)((1L << arg->v->width) - 1)
                                        : 2e9);
    }
    // What does not fit into a declared width is cut off, as in a register.
    const double most = (double)(1LL << latch->most_bits) - 1;
    if (latch->most_bits && (latch->lo < 0 || latch->hi > most)) latch->lo = 0, latch->hi = most;
    int width = 1;
    while (width < 31 && latch->hi >= (double)(1L << width))
        width++;
    if (latch->most_bits) width = latch->most_bits;
    if (latch->width < width) latch->width = width;
}

static var *add_latch(elab *E, pending *p, const char *name) {
    const char *path = arena_text(E->home, "%s.%s", p->act->name, name);
    var *v = model_var(E->m, path, VAR_LATCH, TYPE_INT, 0, NULL, unit_none, p->act->at);
    v->lo = INFINITY, v->hi = -INFINITY;
    v->width = 1;
    vec_push(E->home, &p->act->args, v);
    return v;
}

static const char *activation_name(elab *E, const ref *r, expr *const *selector) {
    text name = text_in(E->home);
    text_add(&name, "%s", path_join_name(E, r->in->path, r->e->name));
    bool any = false;
    for (int k = 0; k < r->in->leads; k++)
        any |= selector[k] != NULL;
    for (int k = 0; any && k < r->in->leads; k++) {
        text_add(&name, "%s", k ? "," : "[");
        if (!selector[k])
            text_add(&name, "*");
        else if (selector[k]->kind == X_NUM)
            text_add(&name, "%d", (int)selector[k]->num);
        else
            text_add(&name, "k");
    }
    if (any) text_add(&name, "]");
    return name.at;
}

static const char *identifier(elab *E, const char *name) {
    char *local = arena_text(E->home, "%s", name), *to = local;
    for (const char *from = local; *from; from++) {
        if (*from == ']') continue;
        *to++ = *from == '.' || *from == '[' || *from == ',' ? '_' : *from == '*' ? 'a' : *from;
    }
    *to = 0;
    return local;
}

static pending *find_or_add(elab *E, const ref *r, expr *const *selector, sequencer *seq, span at) {
    const char *name = activation_name(E, r, selector);
    for (size_t k = 0; k < E->pending.n; k++) {
        pending *p = E->pending.at[k];
        if (p->phase == r->e->phase && p->act->sequencer != seq) {
            diag_report(E->diag, at, DIAG_E0419, name, p->act->sequencer->name, seq->name);
            diag_note(E->diag, p->at, "the first call is here");
            return p;
        }
        if (p->phase == r->e->phase && !strcmp(p->act->name, name)) return p;
    }
    pending *p = arena_new_of(E->home, pending);
    p->phase = r->e->phase;
    p->at = at;
    activation *a = p->act = arena_new_of(E->home, activation);
    a->id = (int)E->m->activations.n;
    a->name = name;
    a->local = identifier(E, name);
    a->port = identifier(E, sequencer_own(seq, name));
    a->at = r->e->at;
    a->sequencer = seq;
    for (int k = 0; k < r->in->leads; k++) {
        if (!selector[k]) continue;
        if (selector[k]->kind == X_NUM)
            p->lead[k] = selector[k];
        else
            p->lead[k] = expr_variable(
                E->home, add_latch(E, p, arena_text(E->home, "element%d", k)), 0, NULL, at);
    }
    for (const ast *d = r->e->phase->node->a; d; d = d->next) {
        var *v = add_latch(E, p, d->name);
        bind own = bind_in(E, r->in, IN_CONSTANT);
        v->most_bits = declared_width(&own, d);
        if (v->most_bits) v->width = v->most_bits;
        p->locals = local_push(E, p->locals, d->name, expr_variable(E->home, v, 0, NULL, d->at));
    }
    vec_push(E->home, &E->m->activations, a);
    vec_push(E->home, &E->pending, p);
    return p;
}

activation *activation_of(bind *b, const ast *call, sequencer *seq, stmt *into) {
    elab *E = b->E;
    const ast *path = call->kind == AST_CALL ? call->a : call,
              *args = call->kind == AST_CALL ? call->b : NULL;
    ref r = {0};
    if (!resolve(b, path, &r, false)) return NULL;
    if (!r.e || r.e->kind != ENT_PHASE) {
        diag_report(E->diag, path->at, DIAG_E0416, r.e ? r.e->name : "this");
        return NULL;
    }
    expr *selector[MAX_DIMS] = {0};
    for (int k = 0; k < r.subs && k < r.in->leads; k++)
        selector[k] = r.sub[k];
    pending *p = find_or_add(E, &r, selector, seq, call->at);
    size_t nth = 0;
    for (int k = 0; k < r.in->leads; k++)
        if (selector[k] && selector[k]->kind != X_NUM) {
            widen(b, p->act->args.at[nth++], selector[k]);
            vec_push(E->home, &into->args, selector[k]);
        }
    int wanted = (int)ast_length(r.e->phase->node->a), given = (int)ast_length(args);
    if (wanted != given) {
        diag_report(E->diag, call->at, DIAG_E0415, p->act->name, wanted, given);
        return NULL;
    }
    for (; args; args = args->next) {
        expr *x = expr_fold(E->home, bind_expr(b, args->a));
        if (!unit_is_none(x->unit))
            diag_report(E->diag, args->at, DIAG_E0309, "a phase argument",
                        said_unit(E->home, x->unit));
        if (x->kind == X_NUM && x->num != floor(x->num))
            diag_report(E->diag, args->at, DIAG_E0314, "a phase argument", x->num);
        widen(b, p->act->args.at[nth++], x);
        vec_push(E->home, &into->args, x);
    }
    return p->act;
}

// ---- bodies
// --------------------------------------------------------------------------------------------

static bool on_edge(elab *E, const activation *a, int64_t ticks, span at, const char *what) {
    int64_t period = a->sequencer && a->sequencer->wrong ? 0 : period_of(a);
    return on_clock_edge(E->diag, E->home, ticks, period, at, what);
}

static bool inside(elab *E, const activation *a, int64_t ticks, span at) {
    if (ticks > 0 && (!a->timed || a->scale || ticks < a->ticks)) return true;
    const char *lasts = a->timed && !a->scale ? said_time(E->home, a->ticks) : "longer than this";
    diag_report(E->diag, at, DIAG_E0503, a->name, lasts);
    return false;
}

static void read_duration(bind *b, activation *a, const ast *node) {
    elab *E = b->E;
    a->timed = true;
    expr *e = expr_fold(E->home, bind_as(b, node, unit_second, "the duration of a phase"));
    double seconds;
    if (expr_is_number(e, &seconds)) {
        if (!exact_ticks(E->diag, seconds, node->at, "the duration", &a->ticks)) return;
        if (a->ticks <= 0)
            diag_report(E->diag, node->at, DIAG_E0506, said_time(E->home, a->ticks));
        else
            on_edge(E, a, a->ticks, node->at, "a duration");
        return;
    }
    for (size_t k = 0; k < a->args.n; k++) {
        expr *slope, *rest;
        if (!expr_linear(E->home, e, a->args.at[k], &slope, &rest) || !slope || rest) continue;
        slope = expr_fold(E->home, slope);
        if (!expr_is_number(slope, &seconds)) continue;
        a->scale = a->args.at[k];
        if (exact_ticks(E->diag, seconds, node->at, "the duration", &a->ticks_per))
            on_edge(E, a, a->ticks_per, node->at, "the step of a duration");
        return;
    }
    diag_report(E->diag, node->at, DIAG_E0313, "the duration of a phase");
    diag_help(E->diag, "or it is an argument times a constant: phase p(n) for n * 1ms");
}

// A phase runs exactly with those that it names by `with`: the first duration met is that of all,
// and none may say otherwise.
static void bind_duration(bind *b, activation *a, const phase_def *p) {
    const ast *node = p->node->b;
    if (!node) return;
    if (!a->timed) {
        a->lasts = node->at;
        read_duration(b, a, node);
        return;
    }
    activation other = *a;
    other.ticks = other.ticks_per = 0;
    other.scale = NULL;
    read_duration(b, &other, node);
    bool read = other.ticks > 0 || other.ticks_per > 0, first = a->ticks > 0 || a->ticks_per > 0;
    if (!read || !first ||
        (other.scale == a->scale && other.ticks == a->ticks && other.ticks_per == a->ticks_per))
        return;
    diag_report(b->E->diag, node->at, DIAG_E0507, p->name, a->name);
    diag_note(b->E->diag, a->lasts, "the other duration is here");
}

static void add_break(elab *E, activation *a, int64_t ticks) {
    size_t k = 0;
    if (ticks <= 0 || ticks == INT64_MAX || (a->timed && !a->scale && ticks >= a->ticks)) return;
    while (k < a->breaks.n && a->breaks.at[k] < ticks)
        k++;
    if (k < a->breaks.n && a->breaks.at[k] == ticks) return;
    vec_push(E->home, &a->breaks, 0);
    for (size_t i = a->breaks.n - 1; i > k; i--)
        a->breaks.at[i] = a->breaks.at[i - 1];
    a->breaks.at[k] = ticks;
}

typedef struct time_search {
    elab *E;
    activation *a;
} time_search;

static bool find_breaks(const expr *e, void *data) {
    time_search *s = data;
    if (e->kind < X_LT || e->kind > X_NE) return true;
    const expr *t = e->a->kind == X_TIME ? e->a : e->b->kind == X_TIME ? e->b : NULL;
    if (!t) return true;
    double seconds;
    int64_t ticks;
    expr *other = expr_fold(s->E->home, t == e->a ? e->b : e->a);
    if (!expr_is_number(other, &seconds)) {
        diag_report(s->E->diag, e->at, DIAG_E0313, "an instant inside a phase");
        return false;
    }
    if (!exact_ticks(s->E->diag, seconds, e->at, "an instant", &ticks)) return false;
    if (on_edge(s->E, s->a, ticks, e->at, "an instant")) add_break(s->E, s->a, ticks);
    return false;
}

static const ast *pulse_call(elab *E, const ast *rhs) {
    return rhs->kind == AST_CALL && rhs->a->kind == AST_NAME && rhs->a->name == E->w_pulse ? rhs
                                                                                           : NULL;
}

// gate[i] = pulse(value, width = w): two equations and a width in cycles
static void bind_pulse(bind *b, activation *a, const ast *node, const ast *call) {
    elab *E = b->E;
    const ast *value = NULL, *width = NULL;
    for (const ast *k = call->b; k; k = k->next)
        if (!k->name)
            value = k->a;
        else if (k->name == E->w_width)
            width = k->a;
        else
            diag_report(E->diag, k->at, DIAG_E0208, "pulse", k->name);
    if (!value || !width || !a->timed) {
        diag_report(E->diag, node->at, DIAG_E0418);
        return;
    }
    bind inner = *b;
    ref r = {0};
    if (!resolve(&inner, node->a, &r, true)) return;
    if (!r.v || r.v->kind != VAR_SIGNAL || r.line_current || r.line_voltage ||
        r.subs != r.v->dims) {
        diag_report(E->diag, node->a->at, DIAG_E0418);
        return;
    }
    equation_list on = {0}, seconds = {0};
    bind first = inner;
    bind_into(&first, &r, value, node->at, 0, INT64_MAX, &on);
    var shape = *r.v;
    shape.unit = unit_second;
    shape.name = "the width";
    ref timed = r;
    timed.v = &shape;
    bind_into(&inner, &timed, width, node->at, 0, INT64_MAX, &seconds);
    if (on.n != 1 || seconds.n != 1) {
        not_built(E->diag, node->at, "a pulse with a `when` on an index");
        return;
    }
    pulse *p = arena_new_of(E->home, pulse);
    const char *base = arena_text(E->home, "%s.%s", a->name, r.v->name);
    p->signal = r.v;
    p->at = node->at;
    p->width = model_var(E->m, arena_text(E->home, "%s.width", base), VAR_WIDTH, TYPE_INT,
                         r.v->dims, r.v->dim, unit_none, node->at);
    p->high = model_var(E->m, arena_text(E->home, "%s.high", base), VAR_HIGH, TYPE_INT, r.v->dims,
                        r.v->dim, unit_none, node->at);
    p->on = on.at[0];
    p->seconds = seconds.at[0];
    p->seconds->target = p->width;
    expr *zero = expr_number(E->home, 0, node->at);
    zero->unit = r.v->unit;
    p->off = make_equation(E, r.v, p->on->nsub, p->on->sub, zero, node->at);
    vec_push(E->home, &a->pulses, p);
}

static void bind_event(bind *b, activation *a, const ast *node) {
    elab *E = b->E;
    event *e = arena_new_of(E->home, event);
    e->moment = (ast_moment)node->op;
    e->at = node->at;
    if (node->op == AT_EVENT) {
        not_built(E->diag, node->at, "an event on an analog condition in a phase");
        return;
    }
    if (node->op == AT_TIME) {
        if (!bind_seconds(b, node->a, &e->ticks, "an instant")) return;
        if (!inside(E, a, e->ticks, node->a->at) ||
            !on_edge(E, a, e->ticks, node->a->at, "an instant"))
            return;
    }
    for (const ast *s = node->b; s; s = s->next) {
        bind inner = *b;
        ref r = {0};
        if (!resolve(&inner, s->a, &r, true)) continue;
        if (!r.v || r.v->kind != VAR_HOLD || r.in != b->in) {
            diag_report(E->diag, s->a->at, DIAG_E0417, r.v ? r.v->name : "this",
                        r.v && r.v->kind == VAR_HOLD ? "another block's" : "not one");
            continue;
        }
        equation_list sets = {0};
        bind_into(&inner, &r, s->b, s->at, 0, INT64_MAX, &sets);
        for (size_t k = 0; k < sets.n; k++)
            vec_push(E->home, &e->sets, sets.at[k]);
    }
    vec_push(E->home, &a->events, e);
}

static void bind_items(bind *b, activation *a, const ast *items, int64_t from, int64_t to);

static void bind_during(bind *b, activation *a, const ast *item, int64_t from, int64_t to) {
    int64_t lo, hi;
    if (!bind_seconds(b, item->a, &lo, "the window's begin") ||
        !bind_seconds(b, item->b, &hi, "the window's end"))
        return;
    bool fits = (lo == 0 || inside(b->E, a, lo, item->a->at)) &&
                on_edge(b->E, a, lo, item->a->at, "a window's begin") &&
                on_edge(b->E, a, hi, item->b->at, "a window's end");
    if (a->timed && !a->scale && hi > a->ticks) inside(b->E, a, hi, item->b->at);
    if (fits && hi <= lo)
        diag_report(b->E->diag, item->b->at, DIAG_E0315, "the window's end, in s,",
                    (double)hi * 1e-15, (double)lo * 1e-15,
                    a->timed && !a->scale ? (double)a->ticks * 1e-15 : INFINITY);
    if (!fits || hi <= lo) return;
    add_break(b->E, a, lo);
    add_break(b->E, a, hi);
    bind_items(b, a, item->c, lo > from ? lo : from, hi < to ? hi : to);
}

static void bind_items(bind *b, activation *a, const ast *items, int64_t from, int64_t to) {
    elab *E = b->E;
    time_search search = {E, a};
    for (const ast *item = items; item; item = item->next) {
        size_t first = a->equations.n, implicit = a->implicits.n;
        equation_list list = {0};
        switch (item->kind) {
        case AST_EQUATION: {
            const ast *call = pulse_call(E, item->b);
            if (call && from == 0 && to == INT64_MAX)
                bind_pulse(b, a, item, call);
            else if (item->a->kind == AST_CALL)
                bind_rate(b, item, &list);
            else
                bind_equation(b, item->a, item->b, item->at, from, to, &list);
            break;
        }
        case AST_CONNECT:
            bind_connect(b, item, from, to, &list);
            break;
        case AST_AT:
            bind_event(b, a, item);
            break;
        case AST_DURING:
            bind_during(b, a, item, from, to);
            break;
        case AST_ASSERT:
            bind_check(b, item->a, a->name, a);
            break;
        case AST_IMPLICIT:
            bind_implicit(b, item, &a->implicits);
            for (size_t k = implicit; k < a->implicits.n; k++) {
                a->implicits.at[k]->from = from;
                a->implicits.at[k]->to = to;
                expr_walk(a->implicits.at[k]->difference, find_breaks, &search);
            }
            break;
        case AST_DECLS:
            not_built(E->diag, item->at, "a declaration inside a phase");
            break;
        default:
            break;
        }
        for (size_t k = 0; k < list.n; k++)
            vec_push(E->home, &a->equations, list.at[k]);
        for (size_t k = first; k < a->equations.n; k++)
            expr_walk(a->equations.at[k]->rhs, find_breaks, &search);
    }
}

// The phase that `with` names, and the scope of its body.
static phase_def *named_with(bind *b, const ast *use, bind *sub) {
    elab *E = b->E;
    const ast *path = use->kind == AST_CALL ? use->a : use,
              *args = use->kind == AST_CALL ? use->b : NULL;
    bind inner = *b;
    ref r = {0};
    if (!resolve(&inner, path, &r, true)) return NULL;
    if (!r.e || r.e->kind != ENT_PHASE) {
        diag_report(E->diag, path->at, DIAG_E0416, r.e ? r.e->name : "this");
        return NULL;
    }
    *sub = bind_in(E, r.in, IN_ANALOG);
    for (int k = 0; k < r.subs && k < r.in->leads; k++)
        sub->lead[k] = r.sub[k];
    const ast *formal = r.e->phase->node->a;
    if (ast_length(formal) != ast_length(args)) {
        diag_report(E->diag, use->at, DIAG_E0415, r.e->name, (int)ast_length(formal),
                    (int)ast_length(args));
        return NULL;
    }
    for (; formal; formal = formal->next, args = args->next)
        sub->locals =
            local_push(E, sub->locals, formal->name, expr_fold(E->home, bind_expr(b, args->a)));
    return r.e->phase;
}

static void bind_durations(activation *a, const phase_def *p, bind *b, int depth) {
    b->act = a->id;
    if (depth > 50) return; // bind_body reports
    bind_duration(b, a, p);
    for (const ast *use = p->node->c; use; use = use->next) {
        bind sub;
        const phase_def *other = named_with(b, use, &sub);
        if (other) bind_durations(a, other, &sub, depth + 1);
    }
}

static void bind_body(elab *E, activation *a, phase_def *p, bind *b, int depth) {
    b->in_phase = true;
    b->act = a->id;
    if (depth > 50) {
        diag_report(E->diag, p->node->at, DIAG_E0212, p->name);
        return;
    }
    for (const ast *use = p->node->c; use; use = use->next) {
        bind sub;
        phase_def *other = named_with(b, use, &sub);
        if (other) bind_body(E, a, other, &sub, depth + 1);
    }
    bind_items(b, a, p->node->d, 0, INT64_MAX);
}

void bind_activations(elab *E) {
    for (size_t k = 0; k < E->pending.n; k++) {
        pending *p = E->pending.at[k];
        for (size_t j = 0; j < p->act->args.n; j++) {
            var *v = p->act->args.at[j];
            if (v->hi < v->lo) v->lo = 0, v->hi = 0;
        }
        bind b = bind_in(E, p->phase->in, IN_ANALOG);
        for (int i = 0; i < p->phase->in->leads; i++)
            if (p->lead[i]) b.lead[i] = p->lead[i];
        b.locals = p->locals;
        b.act = p->act->id;
        bind_durations(p->act, p->phase, &b, 0);
        bind_body(E, p->act, p->phase, &b, 0);
    }
}
