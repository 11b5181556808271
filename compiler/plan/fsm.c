// The pass that makes a machine of every sequencer: its variables, its inputs from elsewhere, its
// ports and functions. See fsm.h for the meaning, fsm_states.c and fsm_code.c for states and code.
//
//   before: sequencers as statements; plan.phases by activation id
//   after:  plan.machines by sequencer id, plan_phase.active/.start, five functions each
#include "plan/fsm_build.h"

#include <math.h>

const fsm_phase *fsm_phase_of(const fsm *m, const activation *act) {
    for (size_t k = 0; k < m->phases.n; k++)
        if (m->phases.at[k].act == act) return &m->phases.at[k];
    return NULL;
}

// ---- variables ----

var *build_var(build *b, const char *name, int width, const var *shape, span at) {
    const char *full = arena_text(b->home, "%s.%s", b->m->sequencer->name, name);
    for (int k = 2; model_find(b->model, full); k++)
        full = arena_text(b->home, "%s.%s_%d", b->m->sequencer->name, name, k);
    var *v = model_var(b->model, full, VAR_CTL, width == 1 ? TYPE_BOOL : TYPE_INT,
                       shape ? shape->dims : 0, shape ? shape->dim : NULL, unit_none, at);
    v->width = width;
    return v;
}

// Bits of a clocked value, whatever the stage before has said about it.
static void settle_width(var *v, int bits) {
    if (v->type == TYPE_BOOL)
        v->width = 1;
    else if (v->width < 1)
        v->width = bits;
}

// ---- statements over the machine's own variables ----

static const sequencer *owner_of(const build *b, const var *v) {
    for (size_t k = 0; k < b->model->sequencers.n; k++) {
        const sequencer *q = b->model->sequencers.at[k];
        for (size_t n = 0; n < q->outputs.n; n++)
            if (q->outputs.at[n] == v) return q;
    }
    return NULL;
}

// What the machine reads instead of a comparator's bit or another sequencer's output.
static var *wire_of(build *b, var *from, span at) {
    fsm *m = b->m;
    const sequencer *owner = from->kind == VAR_COUT ? owner_of(b, from) : NULL;
    for (size_t k = 0; k < m->wires.n; k++) {
        fsm_wire *w = &m->wires.at[k];
        if (w->from == from) return w->stage[1] ? w->stage[1] : w->to;
    }
    settle_width(from, 1);
    const char *name = build_flat(b, sequencer_own(m->sequencer, from->name));
    fsm_wire wire = {.from = from, .to = build_var(b, name, from->width, from, at)};
    if (owner && owner->period != m->sequencer->period) {
        if (from->width > 1 || from->dims > 0) diag_report(b->diag, at, DIAG_E0614, from->name);
        wire.stage[0] = build_var(b, arena_text(b->home, "%s_sync1", name), from->width, from, at);
        wire.stage[1] = build_var(b, arena_text(b->home, "%s_sync", name), from->width, from, at);
    }
    vec_push(b->home, &m->wires, wire);
    return wire.stage[1] ? wire.stage[1] : wire.to;
}

static bool is_foreign(const build *b, const var *v) {
    return v->kind == VAR_BIT || (v->kind == VAR_COUT && owner_of(b, v) != b->m->sequencer);
}

static expr *own_expr(build *b, expr *e);

// An element: indices that may leave the array give 0.
static expr *change_var(expr *e, void *data) {
    build *b = data;
    if (e->kind != X_VAR) return NULL;
    if (!is_foreign(b, e->v) && e->nsub == 0) return NULL;
    var *v = is_foreign(b, e->v) ? wire_of(b, e->v, e->at) : e->v;
    expr *sub[MAX_DIMS] = {0}, *inside = NULL;
    for (int k = 0; k < e->nsub && k < MAX_DIMS; k++) {
        int64_t lo = 0, hi = 0;
        sub[k] = own_expr(b, e->sub[k]);
        fsm_range(sub[k], &lo, &hi, NULL);
        if (lo >= 0 && hi < v->dim[k]) continue;
        expr *end = expr_number(b->home, v->dim[k], e->at);
        expr *fits = expr_make(b->home, X_LT, TYPE_BOOL, unit_none, sub[k], end, NULL, e->at);
        inside = inside ? expr_make(b->home, X_AND, TYPE_BOOL, unit_none, inside, fits, NULL, e->at)
                        : fits;
    }
    expr *element = expr_variable(b->home, v, e->nsub, sub, e->at);
    if (!inside) return element;
    return expr_make(b->home, X_SELECT, element->type, unit_none, inside, element,
                     expr_number(b->home, 0, e->at), e->at);
}

static expr *own_expr(build *b, expr *e) {
    return e ? expr_replace(b->home, e, change_var, b) : NULL;
}

static expr *checked(build *b, expr *e) {
    const expr *bad;
    if (!e) return NULL;
    expr *own = own_expr(b, e);
    if (!fsm_range(own, NULL, NULL, &bad))
        diag_report(b->diag, bad->at.file ? bad->at : e->at, DIAG_E0612);
    return own;
}

static stmt *own_list(build *b, const stmt *s) {
    stmt *first = NULL, **tail = &first;
    for (; s; s = s->next, tail = &(*tail)->next) {
        stmt *copy = arena_new_of(b->home, stmt);
        *copy = *s;
        copy->next = NULL;
        copy->cond = checked(b, s->cond);
        copy->count = checked(b, s->count);
        copy->value = checked(b, s->value);
        memset(&copy->args, 0, sizeof copy->args);
        for (size_t k = 0; k < s->args.n; k++)
            vec_push(b->home, &copy->args, checked(b, s->args.at[k]));
        copy->body = own_list(b, s->body);
        copy->other = own_list(b, s->other);
        *tail = copy;
    }
    return first;
}

// ---- registers: widths and bounds ----

static void bound_index(build *b, const stmt *s, bool assigned) {
    for (; s; s = s->next) {
        if (s->kind == STMT_FOR && !assigned && s->lo < s->hi) {
            var *v = s->target;
            int bits = fsm_bits(s->hi - 1);
            if (v->width < bits) v->width = bits;
            v->type = TYPE_INT;
            if (!isfinite(v->hi)) v->lo = v->hi = v->value;
            if (s->lo < v->lo) v->lo = s->lo;
            if (s->hi - 1 > v->hi) v->hi = s->hi - 1;
        }
        if (s->kind == STMT_ASSIGN && assigned) s->target->lo = -INFINITY, s->target->hi = INFINITY;
        bound_index(b, s->body, assigned);
        bound_index(b, s->other, assigned);
    }
}

static void settle_widths(build *b) {
    sequencer *q = b->m->sequencer;
    for (size_t k = 0; k < q->regs.n; k++)
        q->regs.at[k]->lo = -INFINITY, q->regs.at[k]->hi = INFINITY;
    bound_index(b, q->body, false);
    bound_index(b, q->body, true);
    for (size_t k = 0; k < q->inputs.n; k++)
        settle_width(q->inputs.at[k], 1);
    for (size_t k = 0; k < q->outputs.n; k++)
        settle_width(q->outputs.at[k], 1);
    for (size_t k = 0; k < q->regs.n; k++)
        settle_width(q->regs.at[k], 1);
}

// ---- phases ----

// An argument without a declared width is as wide as what it is given.
static void settle_argument(var *latch, const expr *given) {
    int64_t greatest = 1;
    fsm_range(given, NULL, &greatest, NULL);
    int bits = fsm_bits(greatest);
    if (latch->width < bits && !latch->most_bits && latch->type != TYPE_BOOL) latch->width = bits;
    if (latch->width < 1) latch->width = 1;
}

static void add_phase(build *b, const stmt *s) {
    fsm *m = b->m;
    activation *act = s->act;
    for (size_t k = 0; k < s->args.n && k < act->args.n; k++)
        settle_argument(act->args.at[k], s->args.at[k]);
    if (fsm_phase_of(m, act)) return;
    fsm_phase phase = {.act = act};
    phase.active = build_var(b, act->port, 1, NULL, act->at);
    phase.start = build_var(b, arena_text(b->home, "%s_start", act->port), 1, NULL, act->at);
    phase.active->doc = arena_text(b->home, "phase %s is active", act->name);
    phase.start->doc = arena_text(b->home, "first cycle of phase %s", act->name);
    vec_push(b->home, &m->phases, phase);
    if ((size_t)act->id < b->plan->phases.n && b->plan->phases.at[act->id]) {
        b->plan->phases.at[act->id]->active = phase.active;
        b->plan->phases.at[act->id]->start = phase.start;
    }
}

static void add_phases(build *b, const stmt *s) {
    for (; s; s = s->next) {
        if (s->act) add_phase(b, s);
        add_phases(b, s->body);
        add_phases(b, s->other);
    }
}

static void add_pulses(build *b) {
    fsm *m = b->m;
    for (size_t k = 0; k < m->phases.n; k++) {
        activation *act = m->phases.at[k].act;
        for (size_t n = 0; n < act->pulses.n; n++) {
            pulse *source = act->pulses.at[n];
            int64_t longest = build_cycles(b, act);
            if (longest == 0) {
                int64_t period = m->sequencer->period > 0 ? m->sequencer->period : 1;
                longest = (act->ticks_per / period) * fsm_wrap(-1, act->scale->width);
            }
            const char *last = source->signal ? build_last(b, source->signal->name) : "pulse";
            fsm_pulse pulse = {
                .act = act, .source = source, .phase = (int)k, .bits = fsm_bits(longest)};
            pulse.name = build_name(b, arena_text(b->home, "%s_%s", act->port, last));
            pulse.on =
                build_var(b, arena_text(b->home, "%s_on", pulse.name), 1, source->width, act->at);
            pulse.count = build_var(b, arena_text(b->home, "%s_count", pulse.name), pulse.bits,
                                    source->width, act->at);
            source->width->width = pulse.bits;
            vec_push(b->home, &m->pulses, pulse);
        }
    }
}

// ---- one phase, one place ----

static const context *outward(const context *c, int *depth) {
    *depth = 0;
    for (const context *k = c; k; k = k->up)
        (*depth)++;
    return c;
}

// Whether two calls of a phase may run at one time, `b` stands first: their nearest common list is
// left by two branches of one par, or the first holds its phase around the other.
static bool at_one_time(const place *a, const place *b) {
    int da, db;
    const context *ca = outward(a->in, &da), *cb = outward(b->in, &db);
    const context *was_a = NULL;
    for (; da > db; da--)
        was_a = ca, ca = ca->up;
    for (; db > da; db--)
        cb = cb->up;
    if (was_a && was_a->owner == b->s) return true;
    for (; ca != cb; ca = ca->up, cb = cb->up) {
        if (ca->owner && ca->owner == cb->owner) return ca->owner->kind == STMT_PAR;
    }
    return false;
}

static void check_phases(build *b) {
    for (size_t k = 0; k < b->places.n; k++)
        for (size_t n = 0; n < k; n++) {
            const place *one = b->places.at[k], *two = b->places.at[n];
            if (!one->s->act || one->s->act != two->s->act || !at_one_time(one, two)) continue;
            diag_report(b->diag, one->s->at, DIAG_E0611, one->s->act->name);
            diag_note(b->diag, two->s->at, "it is active here at the same time");
        }
}

// ---- guarantees ----

static void add_monitors(build *b) {
    sequencer *q = b->m->sequencer;
    for (size_t k = 0; k < q->guarantees.n; k++) {
        guarantee *g = q->guarantees.at[k];
        fsm_monitor monitor = {.source = g};
        monitor.bit = checked(b, g->bit);
        monitor.start = checked(b, g->start);
        if (g->kind == GUARANTEE_WITHIN)
            monitor.waits = build_var(b, arena_text(b->home, "guarantee%zu", k + 1),
                                      fsm_bits(g->cycles + 1), NULL, g->at);
        vec_push(b->home, &b->m->monitors, monitor);
    }
    b->m->violated = build_var(b, "violated", fsm_bits((int64_t)q->guarantees.n), NULL, q->at);
}

// ---- ports and functions ----

static void add_port(build *b, const char *name, bool output, var *v, bool settle,
                     const char *about) {
    fsm_port port = {.name = build_name(b, arena_text(b->home, "%s_%c", name, output ? 'o' : 'i')),
                     .output = output,
                     .width = v->width,
                     .count = var_count(v),
                     .v = v,
                     .settle = settle,
                     .about = about};
    vec_push(b->home, &b->m->ports, port);
}

static void add_inputs(build *b) {
    fsm *m = b->m;
    for (size_t k = 0; k < m->sequencer->inputs.n; k++) {
        var *v = m->sequencer->inputs.at[k];
        add_port(b, build_last(b, v->name), false, v, false, v->doc ? v->doc : "input");
        if (strcmp(build_last(b, v->name), "start") == 0) m->start = v;
    }
    for (size_t k = 0; k < m->wires.n; k++) {
        const fsm_wire *w = &m->wires.at[k];
        const char *what = w->from->kind == VAR_BIT ? "comparator" : "output of another sequencer";
        add_port(b, build_flat(b, sequencer_own(m->sequencer, w->from->name)), false, w->to, false,
                 arena_text(b->home, "%s %s", what, w->from->name));
    }
    for (size_t k = 0; k < m->pulses.n; k++) {
        const fsm_pulse *p = &m->pulses.at[k];
        add_port(b, arena_text(b->home, "%s_width", p->name), false, p->source->width, true,
                 arena_text(b->home, "pulse widths of phase %s, in cycles", p->act->name));
    }
}

static void add_outputs(build *b) {
    fsm *m = b->m;
    for (size_t k = 0; k < m->sequencer->outputs.n; k++) {
        var *v = m->sequencer->outputs.at[k];
        add_port(b, build_last(b, v->name), true, v, false, v->doc ? v->doc : "output");
        if (strcmp(build_last(b, v->name), "done") == 0) m->done = v;
    }
    for (size_t k = 0; k < m->phases.n; k++) {
        const fsm_phase *p = &m->phases.at[k];
        add_port(b, p->act->port, true, p->active, false, p->active->doc);
        add_port(b, arena_text(b->home, "%s_start", p->act->port), true, p->start, false,
                 p->start->doc);
        for (size_t n = 0; n < p->act->args.n; n++) {
            var *v = p->act->args.at[n];
            add_port(b, arena_text(b->home, "%s_%s", p->act->port, build_last(b, v->name)), true, v,
                     false, arena_text(b->home, "argument of phase %s", p->act->name));
        }
    }
    for (size_t k = 0; k < m->pulses.n; k++) {
        const fsm_pulse *p = &m->pulses.at[k];
        add_port(b, arena_text(b->home, "%s_on", p->name), true, p->on, true,
                 arena_text(b->home, "pulses of phase %s", p->act->name));
    }
}

static void add_functions(build *b) {
    static const char *const names[FSM_ROLES] = {"reset", "step", "pulses", "quiet", "skip"};
    static const char *const purposes[FSM_ROLES][2] = {
        {"puts sequencer ", " into reset"},
        {"one clock edge of sequencer ", ""},
        {"one cycle of the pulses of sequencer ", ""},
        {"edges ahead at which in sequencer ", " only counters move"},
        {"lets edges pass at which in sequencer ", " only counters move"},
    };
    fsm *m = b->m;
    for (int role = 0; role < FSM_ROLES; role++) {
        const char *name =
            arena_text(b->home, "%s_%s", build_flat(b, m->sequencer->name), names[role]);
        const char *purpose =
            arena_text(b->home, "%s%s%s", purposes[role][0], m->sequencer->name, purposes[role][1]);
        m->roles[role] = plan_function(b->plan, name, purpose, m->sequencer->at);
        m->roles[role]->machine = m;
        m->roles[role]->role = role;
    }
}

// ---- the pass ----

static fsm *make_machine(plan *p, sequencer *q) {
    build b = {.plan = p,
               .model = p->model,
               .home = p->home,
               .diag = p->model->diag,
               .places_of = map_new(p->home),
               .taken = map_new(p->home)};
    fsm *m = b.m = arena_new_of(p->home, fsm);
    m->sequencer = q;
    m->same = m;
    m->plan = p;
    m->name = arena_text(p->home, "%s_%s", build_flat(&b, p->model->name), build_flat(&b, q->name));
    settle_widths(&b);
    b.body = own_list(&b, q->body);
    add_phases(&b, b.body);
    build_states(&b);
    check_phases(&b);
    build_code(&b);
    add_pulses(&b);
    add_monitors(&b);
    build_reset(&b);
    build_bounds(&b);
    add_inputs(&b);
    add_outputs(&b);
    add_functions(&b);
    return m;
}

void plan_machines(plan *p) {
    for (size_t k = 0; k < p->model->sequencers.n; k++)
        vec_push(p->home, &p->machines, make_machine(p, p->model->sequencers.at[k]));
    plan_share_machines(p);
}
