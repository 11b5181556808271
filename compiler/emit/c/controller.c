// The bodies of the controllers' functions in C: the same edges as plan/fsm.h, in place on the
// cells.
//
// A thread is a switch over its state, in the order of the threads, those of a par before the one
// around it. Code that runs in no time is plain statements.
#include "emit/c/c.h"
#include "plan/fsm.h"

// ---- expressions: exact integers
// -----------------------------------------------------------------

static const char *value_of(c_emitter *c, const expr *e, bool atom);

static const char *whole(c_emitter *c, int64_t value) {
    if (value > 2147483647 || value < -2147483647)
        return arena_text(c->home, "INT64_C(%lld)", (long long)value);
    return arena_text(c->home, value < 0 ? "(%lld)" : "%lld", (long long)value);
}

static const char *symbol(expr_kind kind, bool logic) {
    switch (kind) {
    case X_ADD:
        return "+";
    case X_SUB:
        return "-";
    case X_MUL:
        return "*";
    case X_LT:
        return "<";
    case X_LE:
        return "<=";
    case X_GT:
        return ">";
    case X_GE:
        return ">=";
    case X_EQ:
        return "==";
    case X_NE:
        return "!=";
    case X_AND:
        return logic ? "&&" : "&";
    case X_OR:
        return logic ? "||" : "|";
    case X_XOR:
        return "^";
    default:
        return ">>";
    }
}

static bool is_bit(const expr *e) {
    int64_t lo, hi;
    fsm_range(e, &lo, &hi, NULL);
    return lo >= 0 && hi <= 1;
}

static const char *variable(c_emitter *c, const expr *e) {
    text out = text_in(c->home);
    text_add(&out, "%s", c_scalar(c, e->v));
    for (int k = 0; k < e->nsub; k++)
        text_add(&out, "[%s]", value_of(c, e->sub[k], false));
    return out.at;
}

static const char *complement(c_emitter *c, const expr *e) {
    int64_t hi = 0;
    fsm_range(e->a, NULL, &hi, NULL);
    const char *inner = value_of(c, e->a, true);
    if (is_bit(e->a)) return arena_text(c->home, "!%s", inner);
    return arena_text(c->home, "(~%s & %s)", inner, whole(c, fsm_wrap(-1, fsm_bits(hi))));
}

// The state of a thread reads as its name.
static const char *state_name(const fsm *m, const expr *e) {
    double num;
    if ((e->kind != X_EQ && e->kind != X_NE) || e->a->kind != X_VAR || !expr_is_number(e->b, &num))
        return NULL;
    for (size_t k = 0; k < m->threads.n; k++)
        if (m->threads.at[k]->state == e->a->v) return m->threads.at[k]->states.at[(int)num]->name;
    return NULL;
}

static const char *pair(c_emitter *c, const expr *e) {
    const char *name = state_name(c->now->machine, e);
    bool logic = (e->kind == X_AND || e->kind == X_OR) && is_bit(e->a) && is_bit(e->b);
    bool chain = e->a->kind == e->kind && (e->kind == X_ADD || logic);
    return arena_text(c->home, "%s %s %s", value_of(c, e->a, !chain), symbol(e->kind, logic),
                      name ? name : value_of(c, e->b, true));
}

static const char *value_of(c_emitter *c, const expr *e, bool atom) {
    const char *out;
    switch (e->kind) {
    case X_NUM:
        return whole(c, (int64_t)e->num);
    case X_VAR:
        return variable(c, e);
    case X_NOT:
        return complement(c, e);
    case X_NEG:
        out = arena_text(c->home, "-%s", value_of(c, e->a, true));
        break;
    case X_SHL:
        out = arena_text(c->home, "%s * (INT64_C(1) << %s)", value_of(c, e->a, true),
                         value_of(c, e->b, true));
        break;
    case X_BIT:
        out =
            arena_text(c->home, "(%s >> %s) & 1", value_of(c, e->a, true), value_of(c, e->b, true));
        break;
    case X_SELECT:
        out = arena_text(c->home, "%s ? %s : %s", value_of(c, e->a, true), value_of(c, e->b, true),
                         value_of(c, e->c, true));
        break;
    default:
        out = pair(c, e);
    }
    return atom ? arena_text(c->home, "(%s)", out) : out;
}

// ---- code
// ----------------------------------------------------------------------------------------

static bool has_rest(const fsm_code *code, const fsm_thread *t) {
    for (; code; code = code->next)
        if ((code->kind == CODE_REST && code->thread == t) || has_rest(code->yes, t) ||
            has_rest(code->no, t))
            return true;
    return false;
}

static const char *more_of(c_emitter *c, const fsm_thread *t) {
    return t->name[0] ? arena_text(c->home, "%s_more", t->name) : "more";
}

static void print_set(c_emitter *c, const fsm_code *code) {
    const var *v = code->target;
    int64_t lo = 0, hi = 0;
    fsm_range(code->value, &lo, &hi, NULL);
    bool fits = lo >= 0 && fsm_wrap(hi, v->width) == hi;
    if (fits)
        c_line(c, "%s = %s;", c_scalar(c, v), value_of(c, code->value, false));
    else
        c_line(c, "%s = %s & %s;", c_scalar(c, v), value_of(c, code->value, true),
               whole(c, fsm_wrap(-1, v->width)));
}

static void print_code(c_emitter *c, const fsm_code *code, bool guarded);

static void print_if(c_emitter *c, const fsm_code *code, bool guarded) {
    c_open(c, "if (%s) {", value_of(c, code->cond, false));
    print_code(c, code->yes, guarded);
    const fsm_code *no = code->no;
    while (no && no->kind == CODE_IF && !no->next) {
        c->p->level--;
        c_open(c, "} else if (%s) {", value_of(c, no->cond, false));
        print_code(c, no->yes, guarded);
        no = no->no;
    }
    if (no) {
        c->p->level--;
        c_open(c, "} else {");
        print_code(c, no, guarded);
    }
    c_close(c, "}");
}

// guarded: a CODE_REST of this thread follows somewhere, so that going on is noted.
static void print_code(c_emitter *c, const fsm_code *code, bool guarded) {
    for (; code; code = code->next)
        switch (code->kind) {
        case CODE_SET:
            print_set(c, code);
            break;
        case CODE_IF:
            print_if(c, code, guarded);
            break;
        case CODE_GO:
            c_line(c, "%s = %s;", c_scalar(c, code->thread->state), code->to->name);
            if (guarded) c_line(c, "%s = 0;", more_of(c, code->thread));
            break;
        case CODE_ENTER: {
            bool inner = has_rest(code->yes, code->thread);
            if (inner) c_line(c, "%s = 1;", more_of(c, code->thread));
            print_code(c, code->yes, inner);
            break;
        }
        case CODE_REST:
            c_open(c, "if (%s) {", more_of(c, code->thread));
            print_code(c, code->yes, guarded);
            c_close(c, "}");
            break;
        }
}

// The names of all states, so that the code reads like the source.
static void print_states(c_emitter *c, const fsm *m) {
    for (size_t k = m->threads.n; k > 0; k--) {
        const fsm_thread *t = m->threads.at[k - 1];
        const char **items = arena_array(c->home, t->states.n, sizeof *items);
        for (size_t n = 0; n < t->states.n; n++)
            items[n] = t->states.at[n]->name;
        print_list(c->p, "enum { ", items, t->states.n, " };");
    }
}

// ---- guarantees
// ----------------------------------------------------------------------------------

static void print_violated(c_emitter *c, size_t nth) {
    const char *violated = c_scalar(c, c->now->machine->violated);
    c_line(c, "if (%s == 0) %s = %zu;", violated, violated, nth + 1);
}

// At one edge, or (`edges`) at so many edges at which nothing changes.
static void print_monitor(c_emitter *c, size_t nth, const char *edges) {
    const fsm *m = c->now->machine;
    const fsm_monitor *g = &m->monitors.at[nth];
    c_line(c, "/* %s */", g->source->text ? g->source->text : "guarantee");
    if (g->source->kind == GUARANTEE_WITHIN) {
        const char *waits = c_scalar(c, g->waits);
        c_open(c, "if (%s) {", value_of(c, g->bit, false));
        c_line(c, "%s = 0;", waits);
        c->p->level--;
        c_open(c, "} else if (%s != 0 || %s) {", waits, value_of(c, g->start, true));
        c_line(c, "%s += %s;", waits, edges);
        c_close(c, "}");
        c_open(c, "if (%s > %s) {", waits, whole(c, g->source->cycles));
        print_violated(c, nth);
        c_line(c, "%s = 0;", waits);
    } else if (g->source->kind == GUARANTEE_NEVER) {
        const fsm_phase *a = fsm_phase_of(m, g->source->never[0]),
                        *b = fsm_phase_of(m, g->source->never[1]);
        if (!a || !b) return; // one is never called
        c_open(c, "if (%s && %s) {", c_scalar(c, a->active), c_scalar(c, b->active));
        print_violated(c, nth);
    } else {
        c_open(c, "if (!%s) {", value_of(c, g->bit, true));
        print_violated(c, nth);
    }
    c_close(c, "}");
}

// ---- one edge
// ------------------------------------------------------------------------------------

static const char *leaves_when(c_emitter *c, const fsm_thread *t, const fsm_state *s) {
    const char *dwell = t->dwell ? c_scalar(c, t->dwell) : NULL;
    switch (s->stay) {
    case STAY_DWELL:
        return arena_text(c->home, "%s == 0", dwell);
    case STAY_COMPARE:
        return arena_text(c->home, "%s == 0 || %s", dwell, value_of(c, s->until_kept, true));
    case STAY_UNTIL:
        return value_of(c, s->until_kept, false);
    case STAY_JOIN: {
        text all = text_in(c->home);
        for (size_t k = 0; k < s->branches.n; k++)
            text_add(&all, "%s%s == %s", k ? " && " : "", c_scalar(c, s->branches.at[k]->state),
                     s->branches.at[k]->states.at[0]->name);
        return all.at;
    }
    default:
        return NULL;
    }
}

static void print_state(c_emitter *c, const fsm_thread *t, const fsm_state *s) {
    if (s->stay == STAY_END) return;
    const char *when = leaves_when(c, t, s);
    bool guarded = has_rest(s->leave, t);
    c_open(c, "case %s:", s->name);
    if (s->at.file) c_quote(c, s->at, NULL);
    if (guarded) c_line(c, "%s = 1;", more_of(c, t));
    if (when) c_open(c, "if (%s) {", when);
    print_code(c, s->leave, guarded);
    if (s->stay == STAY_DWELL || s->stay == STAY_COMPARE) {
        c->p->level--;
        c_open(c, "} else {");
        c_line(c, "%s--;", c_scalar(c, t->dwell));
    }
    if (when) c_close(c, "}");
    c_line(c, "break;");
    c->p->level--;
}

static void print_thread(c_emitter *c, const fsm_thread *t) {
    if (t->rest)
        c_line(c, "int %s; /* no state has been reached yet at this edge */", more_of(c, t));
    c_open(c, "switch (%s) {", c_scalar(c, t->state));
    c->p->level--; // a case stands under its switch
    for (size_t k = 0; k < t->states.n; k++)
        print_state(c, t, t->states.at[k]);
    c_line(c, "default: break;");
    c_line(c, "}");
}

static void print_starts(c_emitter *c, const fsm *m) {
    for (size_t k = 0; k < m->phases.n; k++)
        c_line(c, "%s = 0;", c_scalar(c, m->phases.at[k].start));
}

static void print_step(c_emitter *c, const fsm *m) {
    print_states(c, m);
    for (size_t k = 0; k < m->monitors.n; k++)
        print_monitor(c, k, "1");
    for (size_t k = 0; k < m->kept.n; k++)
        c_line(c, "%s = %s;", c_scalar(c, m->kept.at[k].v), c_scalar(c, m->kept_of.at[k]));
    print_starts(c, m);
    for (size_t k = 0; k < m->threads.n; k++)
        print_thread(c, m->threads.at[k]);
    for (size_t k = 0; k < m->wires.n; k++) {
        const fsm_wire *w = &m->wires.at[k];
        if (!w->stage[0]) continue;
        c_line(c, "/* from another clock, through two registers */");
        c_line(c, "%s = %s;", c_scalar(c, w->stage[1]), c_scalar(c, w->stage[0]));
        c_line(c, "%s = %s;", c_scalar(c, w->stage[0]), c_scalar(c, w->to));
    }
}

// ---- reset, pulses
// -------------------------------------------------------------------------------

// Opens a loop over every element; returns the subscripts.
static const char *open_elements(c_emitter *c, const var *v) {
    text subs = text_in(c->home);
    text_add(&subs, "%s", "");
    if (v->dims == 0) c_open(c, "{"); // a place for what the body declares
    for (int d = 0; d < v->dims; d++) {
        const char *i = arena_text(c->home, "n%d", d);
        c_open(c, "for (int64_t %s = 0; %s < %d; %s++) {", i, i, v->dim[d], i);
        text_add(&subs, "[%s]", i);
    }
    return subs.at;
}

static void close_elements(c_emitter *c, const var *v) {
    if (v->dims == 0) c_close(c, "}");
    for (int d = 0; d < v->dims; d++)
        c_close(c, "}");
}

static void print_clear(c_emitter *c, const var *v, int64_t value) {
    if (v->dims == 0) {
        c_line(c, "%s = %s;", c_scalar(c, v), whole(c, value));
        return;
    }
    const char *subs = open_elements(c, v);
    c_line(c, "%s%s = %s;", c_scalar(c, v), subs, whole(c, value));
    close_elements(c, v);
}

static void print_reset(c_emitter *c, const fsm *m) {
    print_states(c, m);
    for (size_t k = 0; k < m->reset.n; k++) {
        const fsm_value *r = &m->reset.at[k];
        const char *state = NULL;
        for (size_t t = 0; t < m->threads.n; t++)
            if (m->threads.at[t]->state == r->v)
                state = m->threads.at[t]->states.at[r->value]->name;
        if (state)
            c_line(c, "%s = %s;", c_scalar(c, r->v), state);
        else
            print_clear(c, r->v, r->value);
    }
    for (size_t k = 0; k < m->pulses.n; k++) {
        print_clear(c, m->pulses.at[k].on, 0);
        print_clear(c, m->pulses.at[k].count, 0);
    }
    for (size_t k = 0; k < m->monitors.n; k++)
        if (m->monitors.at[k].waits) print_clear(c, m->monitors.at[k].waits, 0);
    print_clear(c, m->violated, 0);
}

static void print_pulses(c_emitter *c, const fsm *m) {
    for (size_t k = 0; k < m->pulses.n; k++) {
        const fsm_pulse *p = &m->pulses.at[k];
        const fsm_phase *phase = &m->phases.at[p->phase];
        const char *count = c_scalar(c, p->count), *active = c_scalar(c, phase->active);
        c_line(c, "/* the pulses of %s */", p->act->name);
        const char *subs = open_elements(c, p->on);
        c_line(c, "const int64_t left = %s ? %s%s : %s%s;", c_scalar(c, phase->start),
               c_scalar(c, p->source->width), subs, count, subs);
        c_line(c, "%s%s = %s && left != 0;", c_scalar(c, p->on), subs, active);
        c_line(c, "%s%s = left != 0 ? left - 1 : 0;", count, subs);
        close_elements(c, p->on);
    }
}

// ---- stretches in which only counters move
// -------------------------------------------------------

static void print_least(c_emitter *c, const char *edges, const char *other) {
    c_line(c, "if (%s < %s) %s = %s;", other, edges, edges, other);
}

static void quiet_state(c_emitter *c, const fsm_thread *t, const fsm_state *s, const char *edges) {
    if (s->stay == STAY_JOIN || s->stay == STAY_END) return;
    c_open(c, "case %s:", s->name);
    if (s->stay == STAY_ONE) c_line(c, "%s = 0;", edges);
    if (s->until) c_line(c, "if (%s) %s = 0;", value_of(c, s->until, false), edges);
    if (s->stay == STAY_DWELL || s->stay == STAY_COMPARE)
        print_least(c, edges, c_scalar(c, t->dwell));
    c_line(c, "break;");
    c->p->level--;
}

static void print_quiet(c_emitter *c, const fsm *m) {
    const char *edges = c_fresh(c, "edges");
    print_states(c, m);
    c_line(c, "int64_t %s = INT64_MAX / 2;", edges);
    for (size_t k = 0; k < m->threads.n; k++) {
        const fsm_thread *t = m->threads.at[k];
        c_open(c, "switch (%s) {", c_scalar(c, t->state));
        c->p->level--;
        for (size_t n = 0; n < t->states.n; n++)
            quiet_state(c, t, t->states.at[n], edges);
        c_line(c, "default: break;");
        c_line(c, "}");
    }
    for (size_t k = 0; k < m->monitors.n; k++) {
        const fsm_monitor *g = &m->monitors.at[k];
        if (!g->waits) continue;
        const char *waits = c_scalar(c, g->waits);
        c_open(c, "if (!%s && (%s != 0 || %s)) {", value_of(c, g->bit, true), waits,
               value_of(c, g->start, true));
        print_least(c, edges, arena_text(c->home, "%s - %s", whole(c, g->source->cycles), waits));
        c_close(c, "}");
    }
    for (size_t k = 0; k < m->wires.n; k++) {
        const fsm_wire *w = &m->wires.at[k];
        if (!w->stage[0]) continue;
        const char *first = c_scalar(c, w->stage[0]);
        c_line(c, "if (%s != %s || %s != %s) %s = 0;", first, c_scalar(c, w->to), first,
               c_scalar(c, w->stage[1]), edges);
    }
    c_line(c, "%s = %s < 0 ? 0 : %s;", c_header(c, WEFT_QUIET), edges, edges);
}

static void print_skip(c_emitter *c, const fsm *m) {
    const char *edges = c_fresh(c, "edges");
    print_states(c, m);
    c_line(c, "const int64_t %s = %s;", edges, c_header(c, WEFT_QUIET));
    c_line(c, "if (%s <= 0) return;", edges);
    for (size_t k = 0; k < m->monitors.n; k++)
        print_monitor(c, k, edges);
    print_starts(c, m);
    for (size_t k = 0; k < m->threads.n; k++) {
        const fsm_thread *t = m->threads.at[k];
        text when = text_in(c->home);
        for (size_t n = 0; n < t->states.n; n++) {
            const fsm_state *s = t->states.at[n];
            if (s->stay != STAY_DWELL && s->stay != STAY_COMPARE) continue;
            text_add(&when, "%s%s == %s", when.n ? " || " : "", c_scalar(c, t->state), s->name);
        }
        if (when.n) c_line(c, "if (%s) %s -= %s;", when.at, c_scalar(c, t->dwell), edges);
    }
}

void c_controller(c_emitter *c, const function *f) {
    const fsm *m = f->machine;
    switch ((fsm_role)f->role) {
    case FSM_RESET:
        print_reset(c, m);
        break;
    case FSM_STEP:
        print_step(c, m);
        break;
    case FSM_PULSES:
        print_pulses(c, m);
        break;
    case FSM_QUIET:
        print_quiet(c, m);
        break;
    case FSM_SKIP:
        print_skip(c, m);
        break;
    case FSM_ROLES:
        break;
    }
}
