// How long things last, for the prover: each phase its cycles, from reset to the first await, from
// one await to the next, from `start` to a guarantee's bit. Registers count the cycles; with what
// the plan says is still to come (plan/fsm_bound.c) the sum never grows, which is what makes the
// bound inductive.
#include "emit/rtl/rtl.h"

// ---- how long phases last ----

// The cycles of a phase whose duration an argument gives: none is one.
static int64_t per_scale(sv *s, const activation *act) {
    int64_t period = s->m->sequencer->period;
    return period > 0 ? act->ticks_per / period : act->ticks_per;
}

static int64_t longest(sv *s, const activation *act) {
    int64_t period = s->m->sequencer->period > 0 ? s->m->sequencer->period : 1;
    int64_t cycles =
        act->scale ? per_scale(s, act) * fsm_wrap(-1, act->scale->width) : act->ticks / period;
    return cycles > 1 ? cycles : 1;
}

static int age_bits(sv *s, const activation *act) {
    return fsm_bits(longest(s, act) + 1) + 1;
}

// Whether some call of it may end before its time.
static bool may_end_early(sv *s, const activation *act) {
    for (size_t t = 0; t < s->m->threads.n; t++)
        for (size_t k = 0; k < s->m->threads.at[t]->states.n; k++) {
            const fsm_state *state = s->m->threads.at[t]->states.at[k];
            if (state->stay == STAY_COMPARE && state->active.at[0] == act) return true;
        }
    return false;
}

static const char *due_of(sv *s, const activation *act, int bits) {
    if (!act->scale) return sv_number(s->home, longest(s, act), bits);
    const char *scale = s->name[act->scale->id];
    const char *wide = bits > act->scale->width
                           ? arena_text(s->home, "{%s, %s_q}",
                                        sv_number(s->home, 0, bits - act->scale->width), scale)
                           : arena_text(s->home, "%s_q", scale);
    return arena_text(s->home, "((%s_q == %s) ? %s : (%s * %s))", scale,
                      sv_number(s->home, 0, act->scale->width), sv_number(s->home, 1, bits), wide,
                      sv_number(s->home, per_scale(s, act), bits));
}

static void phase_registers(sv *s, const fsm_phase *phase) {
    const char *name = s->name[phase->active->id], *start = s->name[phase->start->id];
    print_line(s->p, "logic formal_%s_was_q;", name);
    if (phase->act->timed) {
        int bits = age_bits(s, phase->act);
        print_line(s->p,
                   "// Cycles that the phase has lasted, this one included; those it should.");
        print_line(s->p, "logic [%d:0] formal_%s_age, formal_%s_age_q;", bits - 1, name, name);
        print_line(s->p, "logic [%d:0] formal_%s_due, formal_%s_due_q;", bits - 1, name, name);
        print_line(s->p, "assign formal_%s_due = %s;", name, due_of(s, phase->act, bits));
        print_line(s->p, "assign formal_%s_age = %s_q ? %s : formal_%s_age_q + %s;", name, start,
                   sv_number(s->home, 1, bits), name, sv_number(s->home, 1, bits));
        print_line(s->p, "always_ff @(posedge clk_i) formal_%s_age_q <= formal_%s_age;", name,
                   name);
        print_line(s->p, "always_ff @(posedge clk_i) formal_%s_due_q <= formal_%s_due;", name,
                   name);
    }
    print_open(s->p, "always_ff @(posedge clk_i or negedge rst_ni) begin");
    print_line(s->p, "if (!rst_ni) formal_%s_was_q <= 1'b0;", name);
    print_line(s->p, "else formal_%s_was_q <= %s_q;", name, name);
    print_close(s->p, "end");
}

// In a state that lasts: what has passed and what is left make the whole.
static void assert_ages(sv *s, const fsm_phase *phase) {
    const activation *act = phase->act;
    const char *name = s->name[phase->active->id];
    text all = text_in(s->home);
    for (size_t t = 0; t < s->m->threads.n; t++)
        for (size_t k = 0; k < s->m->threads.at[t]->states.n; k++) {
            const fsm_thread *thread = s->m->threads.at[t];
            const fsm_state *state = thread->states.at[k];
            if (state->stay == STAY_JOIN || !state->active.n || state->active.at[0] != act)
                continue;
            int bits = age_bits(s, act), have = state->stay == STAY_ONE ? 0 : thread->dwell->width;
            const char *left =
                state->stay == STAY_ONE ? sv_number(s->home, 0, bits)
                : have < bits
                    ? arena_text(s->home, "{%s, %s_q}", sv_number(s->home, 0, bits - have),
                                 s->name[thread->dwell->id])
                    : arena_text(s->home, "%d'(%s_q)", bits, s->name[thread->dwell->id]);
            text_add(&all,
                     "%s((%s_q != %s) ||\n    (({1'b0, formal_%s_age} + {1'b0, %s}) == {1'b0, "
                     "formal_%s_due}))",
                     all.n ? " &&\n   " : "", s->name[thread->state->id], sv_state(s, state), name,
                     left, name);
            if (have > bits) // a counter that other phases need wider
                text_add(&all, " &&\n   ((%s_q != %s) || (%s_q <= %s))", s->name[thread->state->id],
                         sv_state(s, state), s->name[thread->dwell->id],
                         sv_number(s->home, longest(s, act), have));
        }
    if (!all.n) return;
    rtl_property p = {.label = arena_text(s->home, "lemma_age_%s", act->port), .monitor = -1};
    p.lemma = true;
    p.kind = p.text = "what has passed of a phase and what is left";
    sv_assert(s, p, all.at);
}

static void assert_phase(sv *s, const fsm_phase *phase) {
    const activation *act = phase->act;
    const char *name = s->name[phase->active->id], *start = s->name[phase->start->id];
    rtl_property p = {.label = arena_text(s->home, "prove_strobe_%s", act->port), .monitor = -1};
    p.kind = "a phase's start is high in its first cycle only";
    p.text =
        arena_text(s->home, "%s begins with its start", sequencer_own(s->m->sequencer, act->name));
    // A phase may begin anew at the edge at which it ends; then nothing but the start tells it.
    sv_assert(s, p,
              arena_text(s->home, "(!%s_q || %s_q) && (!%s_q || formal_%s_was_q || %s_q)", start,
                         name, name, name, start));
    if (!act->timed) return;
    bool early = may_end_early(s, act);
    const char *called = sequencer_own(s->m->sequencer, act->name);
    p.label = arena_text(s->home, "prove_lasts_%s", act->port);
    p.kind = "phases last their cycles";
    if (act->scale)
        p.text = arena_text(s->home, "%s lasts %s%lld cycles per %s, one at least", called,
                            early ? "at most " : "", (long long)per_scale(s, act),
                            sequencer_own(s->m->sequencer, act->scale->name));
    else
        p.text = arena_text(s->home, "%s lasts %s%lld cycle%s", called, early ? "at most " : "",
                            (long long)longest(s, act), longest(s, act) == 1 ? "" : "s");
    sv_assert(s, p,
              arena_text(s->home,
                         "!(formal_%s_was_q && (!%s_q || %s_q)) ||\n  (formal_%s_age_q %s "
                         "formal_%s_due_q)",
                         name, name, start, name, early ? "<=" : "==", name));
    assert_ages(s, phase);
}

// ---- how long until the machine awaits, or a guarantee's bit holds ----

static bool is_join_or_branch(const fsm *m) {
    return m->threads.n > 1;
}

// The longest of what the branches have left.
static const char *longest_branch(sv *s, const fsm_state *at) {
    const char *most = NULL;
    for (size_t k = 0; k < at->branches.n; k++) {
        const char *one = arena_text(s->home, "formal_%s_left", at->branches.at[k]->name);
        most = most ? arena_text(s->home, "((%s > %s) ? %s : %s)", most, one, most, one) : one;
    }
    return most;
}

// NAME_left: the cycles to come; NAME_ever: they have an end.
static void print_left(sv *s, const fsm_thread *t, const fsm_bound *bound, const char *name,
                       int bits) {
    size_t at = 0;
    for (const fsm_thread *const *k = (void *)s->m->threads.at; *k != t; k++)
        at += (*k)->states.n;
    print_line(s->p, "logic [%d:0] %s_left;\nlogic %s_ever;", bits - 1, name, name);
    print_open(s->p, "always_comb begin");
    print_line(s->p, "%s_left = '0;\n%s_ever = 1'b1;", name, name);
    print_open(s->p, "case (%s_q)", s->name[t->state->id]);
    for (size_t k = 0; k < t->states.n; k++) {
        const fsm_state *state = t->states.at[k];
        const expr *left = bound->left.at[at + k];
        if (!left) {
            print_line(s->p, "%s: %s_ever = 1'b0;", sv_state(s, state), name);
        } else if (state->branches.n) {
            print_line(s->p, "%s: %s_left = %s + %s;", sv_state(s, state), name,
                       longest_branch(s, state), sv_expr(s, left, bits, true));
        } else {
            print_line(s->p, "%s: %s_left = %s;", sv_state(s, state), name,
                       sv_expr(s, left, bits, false));
        }
    }
    print_line(s->p, "default: ;");
    print_close(s->p, "endcase");
    print_close(s->p, "end");
}

static int64_t greater(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static int left_bits(const fsm *m) {
    int64_t most = greater(m->ready.greatest, greater(m->ready.first, m->ready.most));
    for (size_t k = 0; k < m->monitors.n; k++) {
        const fsm_monitor *g = &m->monitors.at[k];
        if (!g->waits) continue;
        most = greater(most, greater(g->loose.greatest, g->held.greatest));
        most = greater(most, g->source->cycles);
    }
    return fsm_bits(2 * most + 2);
}

static bool is_bounded(const fsm *m) {
    return m->ready.goals > 0 && (m->ready.first >= 0 || m->ready.most >= 0);
}

// Busy: cycles since the machine last awaited, or since reset (formal_fresh_q).
static void ready_registers(sv *s, int bits) {
    print_line(s->p, "logic formal_idle, formal_fresh_q;\nlogic [%d:0] formal_busy_q;", bits - 1);
    text idle = text_in(s->home);
    size_t at = 0;
    for (size_t t = 0; t < s->m->threads.n; t++)
        for (size_t k = 0; k < s->m->threads.at[t]->states.n; k++, at++) {
            const fsm_state *state = s->m->threads.at[t]->states.at[k];
            if (s->m->threads.at[t] != s->m->main) continue;
            if (state->stay == STAY_UNTIL || state->stay == STAY_END)
                text_add(&idle, "%s(%s_q == %s)", idle.n ? " || " : "",
                         s->name[s->m->main->state->id], sv_state(s, state));
        }
    print_line(s->p, "assign formal_idle = %s;", idle.at);
    print_open(s->p, "always_ff @(posedge clk_i or negedge rst_ni) begin");
    print_open(s->p, "if (!rst_ni) begin");
    print_line(s->p, "formal_busy_q <= '0;\nformal_fresh_q <= 1'b1;");
    s->p->level--;
    print_open(s->p, "end else begin");
    print_line(s->p, "formal_busy_q <= formal_idle ? %s : formal_busy_q + %s;",
               sv_number(s->home, 0, bits), sv_number(s->home, 1, bits));
    print_line(s->p, "formal_fresh_q <= formal_fresh_q && !formal_idle;");
    print_close(s->p, "end");
    print_close(s->p, "end");
}

void sv_time_registers(sv *s) {
    const fsm *m = s->m;
    int bits = left_bits(m);
    for (size_t k = 0; k < m->phases.n; k++)
        phase_registers(s, &m->phases.at[k]);
    if (is_bounded(m)) ready_registers(s, bits);
    if (is_join_or_branch(m) && m->ready.left.n)
        for (size_t t = 0; t < m->threads.n; t++)
            if (m->threads.at[t] != m->main)
                print_left(s, m->threads.at[t], &m->ready,
                           arena_text(s->home, "formal_%s", m->threads.at[t]->name), bits);
    if (is_bounded(m)) print_left(s, m->main, &m->ready, "formal_ready", bits);
    for (size_t k = 0; k < m->monitors.n; k++) {
        const fsm_monitor *g = &m->monitors.at[k];
        if (!g->loose.left.n) continue;
        const char *name = arena_text(s->home, "formal_due%zu", k + 1);
        text_add(s->p->out, "`ifdef FORMAL_HELD\n");
        print_left(s, m->main, &g->held, name, bits);
        text_add(s->p->out, "`else\n");
        print_left(s, m->main, &g->loose, name, bits);
        text_add(s->p->out, "`endif\n");
    }
}

// other: the machine is in the other one of the two: after reset, or not.
static void assert_within(sv *s, const char *label, const char *words, const char *other,
                          int64_t cycles) {
    const char *most = sv_number(s->home, cycles, left_bits(s->m));
    const char *past = cycles ? arena_text(s->home, "(formal_busy_q < %s)", most) : "1'b0";
    rtl_property p = {.label = arena_text(s->home, "prove_%s", label), .kind = words};
    p.text = words;
    p.monitor = -1;
    sv_assert(s, p, arena_text(s->home, "formal_idle || %s || %s", other, past));
    if (!cycles) return;
    p = (rtl_property){.label = arena_text(s->home, "lemma_%s", label), .monitor = -1};
    p.lemma = true;
    p.kind = p.text = "what has passed since the last await and what is left";
    sv_assert(s, p,
              arena_text(s->home,
                         "formal_idle || %s ||\n  (formal_ready_ever && %s &&\n  ((formal_busy_q "
                         "+ formal_ready_left) <= %s))",
                         other, past, most));
}

static void assert_due(sv *s, size_t nth) {
    const fsm_monitor *g = &s->m->monitors.at[nth];
    int bits = left_bits(s->m), have = g->waits->width;
    const char *waits = s->name[g->waits->id];
    const char *wide =
        have < bits ? arena_text(s->home, "{%s, %s_q}", sv_number(s->home, 0, bits - have), waits)
                    : arena_text(s->home, "%s_q", waits);
    rtl_property p = {.label = arena_text(s->home, "lemma_due_%zu", nth + 1), .monitor = (int)nth};
    p.lemma = true;
    p.kind = p.text = "what has passed of a guarantee's time and what is left";
    sv_assert(s, p,
              arena_text(s->home,
                         "(%s_q == %s) || (%s) ||\n  (formal_due%zu_ever && ((%s + "
                         "formal_due%zu_left) <= %s))",
                         waits, sv_number(s->home, 0, have), sv_condition(s, g->bit), nth + 1, wide,
                         nth + 1, sv_number(s->home, g->source->cycles, bits)));
    if (!s->m->start || !s->m->done) return;
    text_add(s->p->out, "`ifdef FORMAL_HELD\n");
    p.label = arena_text(s->home, "lemma_asked_%zu", nth + 1);
    p.kind = p.text = "a wait that is open was asked for";
    p.held = true;
    sv_assert(
        s, p,
        arena_text(s->home, "(%s_q == %s) || formal_asked_q", waits, sv_number(s->home, 0, have)));
    text_add(s->p->out, "`endif\n");
}

void sv_time_asserts(sv *s) {
    const fsm *m = s->m;
    for (size_t k = 0; k < m->phases.n; k++)
        assert_phase(s, &m->phases.at[k]);
    const char *goal = m->ready.goals == 1 && m->ready.goal
                           ? arena_text(s->home, "back in %s", m->ready.goal->label)
                           : "awaits again";
    if (is_bounded(m) && m->ready.first >= 0)
        assert_within(s, "reset",
                      arena_text(s->home, "awaits an input within %lld cycle%s of reset",
                                 (long long)m->ready.first, m->ready.first == 1 ? "" : "s"),
                      "!formal_fresh_q", m->ready.first);
    if (is_bounded(m) && m->ready.most > 0)
        assert_within(s, "ends",
                      arena_text(s->home, "%s within %lld cycle%s", goal, (long long)m->ready.most,
                                 m->ready.most == 1 ? "" : "s"),
                      "formal_fresh_q", m->ready.most);
    for (size_t k = 0; k < m->monitors.n; k++)
        if (m->monitors.at[k].loose.left.n) assert_due(s, k);
}
