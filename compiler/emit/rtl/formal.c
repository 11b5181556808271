// What the prover is given: the guarantees as assertions, what is always so in a machine, and the
// invariants that make all of it inductive: from any state in which they hold, one edge leads to a
// state in which they hold. All of it stands behind `ifdef FORMAL, so lint, synthesis and
// simulation do not see it. Each property is a bit of its own, which is asserted: a counterexample
// shows which fell; see rtl_property.
//
// Assertions look at registers as they stand in a cycle, so they are combinational. The first cycle
// is in reset; afterwards reset may come at any time. FORMAL_HELD adds what an experiment does:
// start, once high, stays so until done.
#include "emit/rtl/rtl.h"

#include <math.h>

void sv_assert(sv *s, rtl_property property, const char *what) {
    const char *label = property.label;
    if (s->proof) vec_push(s->home, &s->proof->properties, property);
    print_line(s->p, "logic %s;", label);
    print_line(s->p, "assign %s = %s;", label, what);
    print_line(s->p, "always_comb assert_%s: assert (%s);", label, label);
}

static const char *thread_name(const fsm_thread *t) {
    return t->name[0] ? t->name : "main";
}

// The terms of one property, joined.
static void add_term(text *all, const char *joint, const char *term) {
    text_add(all, "%s%s", all->n ? joint : "", term);
}

static const char *in_state(sv *s, const fsm_thread *t, const fsm_state *state, const char *sign) {
    return arena_text(s->home, "(%s_q %s %s)", s->name[t->state->id], sign, sv_state(s, state));
}

// ---- states and counters ----

static void assert_states(sv *s, const fsm_thread *t) {
    if (t->states.n == (size_t)1 << t->state->width) return; // every code is one
    const char *name = thread_name(t), *last = t->states.at[t->states.n - 1]->name;
    rtl_property p = {.label = arena_text(s->home, "prove_states_%s", name), .monitor = -1};
    p.kind = "only states of the table";
    p.text = arena_text(s->home, "%s is one of its %zu states", s->name[t->state->id], t->states.n);
    sv_assert(s, p, arena_text(s->home, "%s_q <= St%s", s->name[t->state->id], last));
}

// A branch runs only while the thread around it waits for it, and then one of its branches does.
static void assert_branches(sv *s, const fsm_thread *t) {
    for (size_t k = 0; k < t->states.n; k++) {
        const fsm_state *at = t->states.at[k];
        if (at->branches.n == 0) continue;
        text busy = text_in(s->home);
        for (size_t b = 0; b < at->branches.n; b++) {
            const fsm_thread *branch = at->branches.at[b];
            add_term(&busy, " || ", in_state(s, branch, branch->states.at[0], "!="));
        }
        rtl_property p = {.label = arena_text(s->home, "prove_branches_%s", at->name)};
        p.monitor = -1;
        p.kind = "branches of a par run only in it";
        p.text = arena_text(s->home, "the branches of %s run exactly while it waits", at->name);
        sv_assert(s, p, arena_text(s->home, "%s ==\n   (%s)", in_state(s, t, at, "=="), busy.at));
    }
}

static int64_t greatest_of(const var *v) {
    return v->width >= 62 ? INT64_MAX : (INT64_C(1) << v->width) - 1;
}

// "" where the width alone says it.
static const char *in_range(sv *s, const fsm_count *c) {
    const char *name = s->name[c->v->id];
    const char *low = c->lo > 0 ? arena_text(s->home, "(%s_q >= %s)", name,
                                             sv_number(s->home, c->lo, c->v->width))
                                : NULL;
    const char *high =
        c->hi < greatest_of(c->v)
            ? arena_text(s->home, "(%s_q <= %s)", name, sv_number(s->home, c->hi, c->v->width))
            : NULL;
    if (low && high) return arena_text(s->home, "(%s && %s)", low, high);
    return low ? low : high ? high : "";
}

static void add_range(sv *s, text *all, const fsm_thread *t, const fsm_state *state, fsm_count c) {
    const char *range = in_range(s, &c);
    if (!range[0]) return;
    add_term(all, " &&\n   ",
             arena_text(s->home, "(%s || %s)", in_state(s, t, state, "!="), range));
}

// The dwell counter and the loops' counters, state by state.
static void assert_counters(sv *s, const fsm_thread *t) {
    text all = text_in(s->home);
    for (size_t k = 0; k < t->states.n; k++) {
        const fsm_state *at = t->states.at[k];
        if (at->cycles > 1 && (at->stay == STAY_DWELL || at->stay == STAY_COMPARE))
            add_range(s, &all, t, at, (fsm_count){t->dwell, 0, at->cycles - 1});
        for (size_t n = 0; n < at->counts.n; n++)
            add_range(s, &all, t, at, at->counts.at[n]);
    }
    if (!all.n) return;
    rtl_property p = {.label = arena_text(s->home, "prove_counters_%s", thread_name(t))};
    p.monitor = -1;
    p.kind = "counters in range";
    p.text = arena_text(s->home, "in each state of %s the counters are in its range",
                        s->name[t->state->id]);
    sv_assert(s, p, all.at);
}

// At all times: what the widths of expressions are made from.
static void assert_loops(sv *s) {
    text all = text_in(s->home), names = text_in(s->home);
    for (size_t k = 0; k < s->m->reset.n; k++) {
        const var *v = s->m->reset.at[k].v;
        if (v->kind != VAR_REG || !s->reg[v->id] || !isfinite(v->hi) || !isfinite(v->lo)) continue;
        const char *range =
            in_range(s, &(fsm_count){s->m->reset.at[k].v, (int64_t)v->lo, (int64_t)v->hi});
        if (!range[0]) continue;
        add_term(&all, " &&\n   ", range);
        add_term(&names, ", ", s->name[v->id]);
    }
    for (size_t k = 0; k < s->m->counts.n; k++) {
        const char *range = in_range(s, &s->m->counts.at[k]);
        if (!range[0]) continue;
        add_term(&all, " &&\n   ", range);
        add_term(&names, ", ", s->name[s->m->counts.at[k].v->id]);
    }
    if (!all.n) return;
    rtl_property p = {.label = "prove_loops", .kind = "counters in range", .monitor = -1};
    p.text = arena_text(s->home, "at all times: %s", names.at);
    sv_assert(s, p, all.at);
}

// ---- phases ----

static const char *active_of(sv *s, const fsm_phase *phase) {
    return arena_text(s->home, "%s_q", s->name[phase->active->id]);
}

static void assert_table(sv *s, const fsm_phase *phase) {
    text any = text_in(s->home);
    for (size_t t = 0; t < s->m->threads.n; t++)
        for (size_t k = 0; k < s->m->threads.at[t]->states.n; k++) {
            const fsm_state *state = s->m->threads.at[t]->states.at[k];
            for (size_t n = 0; n < state->active.n; n++)
                if (state->active.at[n] == phase->act)
                    add_term(&any, " ||\n    ", in_state(s, s->m->threads.at[t], state, "=="));
        }
    rtl_property p = {.label = arena_text(s->home, "prove_table_%s", phase->act->port)};
    p.monitor = -1;
    p.kind = "phases active exactly in their states";
    p.text = arena_text(s->home, "%s is active exactly in its states",
                        sequencer_own(s->m->sequencer, phase->act->name));
    sv_assert(s, p,
              arena_text(s->home, "%s ==\n   (%s)", active_of(s, phase), any.n ? any.at : "1'b0"));
}

// Phases that may never be active together, as groups in which any two exclude each other; every
// such pair is in one of the groups. What may be together is read from the statements (together.c),
// not from the table of states.
typedef struct pairs {
    size_t n;
    bool *apart, *done;
} pairs;

static pairs find_pairs(sv *s) {
    size_t n = s->m->phases.n;
    pairs all = {.n = n};
    all.apart = arena_array(s->home, n * n + 1, sizeof *all.apart);
    all.done = arena_array(s->home, n * n + 1, sizeof *all.done);
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < a; b++)
            all.apart[a * n + b] = all.apart[b * n + a] =
                !plan_together(s->m->plan, s->m->phases.at[a].act, s->m->phases.at[b].act, NULL);
    return all;
}

static void assert_group(sv *s, pairs *all, size_t a, size_t b, int number) {
    size_t *members = arena_array(s->home, all->n, sizeof *members), count = 0;
    members[count++] = a, members[count++] = b;
    for (size_t c = 0; c < all->n; c++) {
        bool fits = c != a && c != b;
        for (size_t k = 0; k < count && fits; k++)
            fits = all->apart[c * all->n + members[k]];
        if (fits) members[count++] = c;
    }
    text word = text_in(s->home), names = text_in(s->home);
    for (size_t k = 0; k < count; k++) {
        for (size_t n = 0; n < count; n++)
            all->done[members[k] * all->n + members[n]] = true;
        add_term(&word, ", ", active_of(s, &s->m->phases.at[members[k]]));
        add_term(&names, ", ",
                 sequencer_own(s->m->sequencer, s->m->phases.at[members[k]].act->name));
    }
    rtl_property p = {.label = arena_text(s->home, "prove_alone_%d", number), .monitor = -1};
    p.kind = "one phase at a time, but for par and during";
    p.text = arena_text(s->home, "at most one is active of %s", names.at);
    sv_assert(s, p,
              arena_text(s->home, "({%s} &\n   ({%s} - %zu'd1)) == %zu'd0", word.at, word.at, count,
                         count));
}

static void assert_alone(sv *s) {
    pairs all = find_pairs(s);
    int number = 0;
    for (size_t a = 0; a < all.n; a++)
        for (size_t b = a + 1; b < all.n; b++)
            if (all.apart[a * all.n + b] && !all.done[a * all.n + b])
                assert_group(s, &all, a, b, ++number);
}

// Which of a phase's pulses have a width: one loop, whatever their number.
static const char *print_widths(sv *s, const fsm_pulse *pulse) {
    const char *width = s->name[pulse->source->width->id];
    const char *zero = sv_number(s->home, 0, pulse->bits);
    const char *wide = arena_text(s->home, "formal_%s_wide", pulse->name);
    long count = var_count(pulse->on);
    if (count == 1) {
        print_line(s->p, "logic %s;\nassign %s = %s != %s;", wide, wide, width, zero);
        return wide;
    }
    print_line(s->p, "logic [%ld:0] %s;", count - 1, wide);
    print_open(s->p, "for (genvar n = 0; n < %ld; n++) begin : gen_%s", count, wide);
    print_line(s->p, "assign %s[n] = %s[n*%d +: %d] != %s;", wide, width, pulse->bits, pulse->bits,
               zero);
    print_close(s->p, "end");
    return wide;
}

static void assert_pulses(sv *s) {
    for (size_t k = 0; k < s->m->pulses.n; k++) {
        const fsm_pulse *pulse = &s->m->pulses.at[k];
        const fsm_phase *phase = &s->m->phases.at[pulse->phase];
        const char *on = s->name[pulse->on->id], *wide = print_widths(s, pulse);
        rtl_property p = {.label = arena_text(s->home, "prove_pulses_%s", pulse->name)};
        p.monitor = -1;
        p.kind = "pulses begin with their phase and end in it";
        p.text = arena_text(s->home, "pulses %s", pulse->name);
        sv_assert(s, p,
                  arena_text(s->home, "(%s_q || (%s_o == %s)) &&\n   (!%s_q || (%s_o == %s))",
                             s->name[phase->active->id], on,
                             sv_number(s->home, 0, (int)var_count(pulse->on)),
                             s->name[phase->start->id], on, wide));
    }
}

// ---- guarantees ----

static void print_counter(sv *s, const fsm_monitor *g) {
    const char *waits = s->name[g->waits->id], *zero = sv_number(s->home, 0, g->waits->width);
    print_line(s->p, "logic [%d:0] %s_q;", g->waits->width - 1, waits);
    print_open(s->p, "always_ff @(posedge clk_i or negedge rst_ni) begin");
    print_open(s->p, "if (!rst_ni) begin");
    print_line(s->p, "%s_q <= %s;", waits, zero);
    s->p->level--;
    print_open(s->p, "end else if (%s) begin", sv_condition(s, g->bit));
    print_line(s->p, "%s_q <= %s;", waits, zero);
    s->p->level--;
    print_open(s->p, "end else if ((%s_q != %s) || (%s)) begin", waits, zero,
               sv_condition(s, g->start));
    print_line(s->p, "%s_q <= %s_q + %s;", waits, waits, sv_number(s->home, 1, g->waits->width));
    print_close(s->p, "end");
    print_close(s->p, "end");
}

static void assert_guarantee(sv *s, size_t nth) {
    const fsm_monitor *m = &s->m->monitors.at[nth];
    const guarantee *g = m->source;
    rtl_property p = {.label = arena_text(s->home, "prove_guarantee_%zu", nth + 1)};
    p.monitor = (int)nth;
    p.kind = p.text = g->text ? g->text : arena_text(s->home, "guarantee %zu", nth + 1);
    print_line(s->p, "// %s", p.text);
    if (g->kind == GUARANTEE_NEVER) {
        const fsm_phase *a = fsm_phase_of(s->m, g->never[0]), *b = fsm_phase_of(s->m, g->never[1]);
        // One that is never called: nothing to hold.
        sv_assert(s, p,
                  a && b ? arena_text(s->home, "!(%s && %s)", active_of(s, a), active_of(s, b))
                         : "1'b1");
    } else if (g->kind == GUARANTEE_ALWAYS) {
        sv_assert(s, p, arena_text(s->home, "!rst_ni || (%s)", sv_condition(s, m->bit)));
    } else {
        sv_assert(s, p,
                  arena_text(s->home, "%s_q <= %s", s->name[m->waits->id],
                             sv_number(s->home, g->cycles, m->waits->width)));
    }
}

// ---- what the inputs do ----

static void print_assumptions(sv *s) {
    print_line(s->p, "// It begins in reset.\nlogic formal_begun_q = 1'b0;");
    print_line(s->p, "always_ff @(posedge clk_i) formal_begun_q <= 1'b1;");
    print_line(s->p, "always_comb if (!formal_begun_q) assume (!rst_ni);");
    if (!s->m->start || !s->m->done || s->m->start->width != 1 || s->m->done->width != 1) return;
    const char *start = s->name[s->m->start->id], *done = s->name[s->m->done->id];
    text_add(s->p->out, "`ifdef FORMAL_HELD\n");
    print_line(s->p, "// start, once high, stays so until done.\nlogic formal_asked_q;");
    print_open(s->p, "always_ff @(posedge clk_i or negedge rst_ni) begin");
    print_line(s->p, "if (!rst_ni) formal_asked_q <= 1'b0;");
    print_line(s->p, "else formal_asked_q <= %s && !%s_q;", start, done);
    print_close(s->p, "end");
    print_line(s->p, "always_comb if (formal_asked_q) assume (%s);", start);
    text_add(s->p->out, "`endif\n");
}

// For the prover to look for a way there.
static void print_covers(sv *s, const fsm_thread *t) {
    for (size_t k = 0; k < t->states.n; k++)
        print_line(s->p, "logic cover_%s;\nassign cover_%s = %s;", t->states.at[k]->name,
                   t->states.at[k]->name, in_state(s, t, t->states.at[k], "=="));
}

// ---- what a counterexample shows ----

static void note_signal(sv *s, const char *name, const char *shown, rtl_role role, const var *v,
                        long width) {
    rtl_signal signal = {name, shown, role, v, (int)width, s->state_of[v->id]};
    vec_push(s->home, &s->proof->signals, signal);
}

static void note_signals(sv *s) {
    const fsm *m = s->m;
    for (size_t k = m->threads.n; k > 0; k--) {
        const var *v = m->threads.at[k - 1]->state;
        note_signal(s, arena_text(s->home, "%s_q", s->name[v->id]), s->name[v->id], RTL_STATE, v,
                    v->width);
    }
    for (size_t k = 0; k < m->ports.n; k++) {
        const fsm_port *p = &m->ports.at[k];
        const char *shown = arena_text(s->home, "%.*s", (int)strlen(p->name) - 2, p->name);
        note_signal(s, p->name, shown, p->output ? RTL_OUTPUT : RTL_INPUT, p->v,
                    p->width * p->count);
    }
    for (size_t k = 0; k < m->reset.n; k++) {
        const var *v = m->reset.at[k].v;
        bool port = false;
        for (size_t n = 0; n < m->ports.n; n++)
            port = port || m->ports.at[n].v == v;
        if (!s->reg[v->id] || port || s->state_of[v->id]) continue;
        note_signal(s, arena_text(s->home, "%s_q", s->name[v->id]), s->name[v->id], RTL_COUNTER, v,
                    v->width);
    }
}

void sv_formal(sv *s) {
    if (s->proof) note_signals(s);
    const fsm *m = s->m;
    s->before = true;
    text_add(s->p->out, "`ifdef FORMAL\n");
    print_assumptions(s);
    for (size_t k = 0; k < m->monitors.n; k++)
        if (m->monitors.at[k].waits) print_counter(s, &m->monitors.at[k]);
    sv_time_registers(s);
    for (size_t k = 0; k < m->threads.n; k++) {
        assert_states(s, m->threads.at[k]);
        assert_branches(s, m->threads.at[k]);
        assert_counters(s, m->threads.at[k]);
    }
    assert_loops(s);
    for (size_t k = 0; k < m->phases.n; k++)
        assert_table(s, &m->phases.at[k]);
    assert_alone(s);
    assert_pulses(s);
    sv_time_asserts(s);
    for (size_t k = 0; k < m->monitors.n; k++)
        assert_guarantee(s, k);
    for (size_t k = 0; k < m->threads.n; k++)
        print_covers(s, m->threads.at[k]);
    text_add(s->p->out, "`endif\n");
    s->before = false;
}
