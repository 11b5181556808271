// What the prover is given: the guarantees as assertions, and the invariants that make them
// inductive. All of it stands behind `ifdef FORMAL, so lint, synthesis and simulation do not see
// it.
#include "emit/rtl/rtl.h"

static void open_clocked(sv *s) {
    print_open(s->p, "always @(posedge clk_i) begin");
    print_open(s->p, "if (rst_ni) begin");
}

static void close_clocked(sv *s) {
    print_close(s->p, "end");
    print_close(s->p, "end");
}

// An assertion, on two lines where one would be too long.
static void print_assert(sv *s, const char *what) {
    if (strlen(what) < 78)
        print_line(s->p, "assert (%s);", what);
    else
        print_line(s->p, "assert (\n  %s);", what);
}

// ---- invariants ----

// A phase is active exactly in the states that say so.
static void print_active(sv *s, const fsm_phase *phase) {
    text any = text_in(s->home);
    for (size_t t = 0; t < s->m->threads.n; t++) {
        const fsm_thread *thread = s->m->threads.at[t];
        for (size_t k = 0; k < thread->states.n; k++) {
            const fsm_state *state = thread->states.at[k];
            for (size_t n = 0; n < state->active.n; n++)
                if (state->active.at[n] == phase->act)
                    text_add(&any, "%s(%s_q == %s)", any.n ? " ||\n   " : "",
                             s->name[thread->state->id], sv_state(s, state));
        }
    }
    if (any.n) print_line(s->p, "assert (%s_q ==\n  (%s));", s->name[phase->active->id], any.at);
}

// A branch runs only while the thread around it waits for it; states and counters keep in range.
static void print_thread(sv *s, const fsm_thread *t) {
    const char *state = s->name[t->state->id];
    if (t->states.n != (size_t)1 << t->state->width)
        print_assert(s, arena_text(s->home, "%s_q <= %s", state,
                                   sv_state(s, t->states.at[t->states.n - 1])));
    for (size_t k = 0; k < t->states.n; k++) {
        const fsm_state *at = t->states.at[k];
        if (at->cycles > 1 && (at->stay == STAY_DWELL || at->stay == STAY_COMPARE))
            print_assert(s, arena_text(s->home, "(%s_q != %s) || (%s_q <= %s)", state,
                                       sv_state(s, at), s->name[t->dwell->id],
                                       sv_number(s->home, at->cycles - 1, t->dwell->width)));
        for (size_t b = 0; b < at->branches.n; b++)
            print_assert(s, arena_text(s->home, "(%s_q == %s) || (%s_q == %s)",
                                       s->name[at->branches.at[b]->state->id],
                                       sv_state(s, at->branches.at[b]->states.at[0]), state,
                                       sv_state(s, at)));
    }
}

// ---- guarantees ----

static void print_never(sv *s, const guarantee *g) {
    const fsm_phase *a = fsm_phase_of(s->m, g->never[0]), *b = fsm_phase_of(s->m, g->never[1]);
    if (!a || !b) return; // one is never called: nothing to hold
    print_assert(
        s, arena_text(s->home, "!(%s_q && %s_q)", s->name[a->active->id], s->name[b->active->id]));
}

static void print_counter(sv *s, const fsm_monitor *g) {
    const char *waits = s->name[g->waits->id];
    int width = g->waits->width;
    print_line(s->p, "logic [%d:0] %s_q;", width - 1, waits);
    print_open(s->p, "always_ff @(posedge clk_i or negedge rst_ni) begin");
    print_open(s->p, "if (!rst_ni) begin");
    print_line(s->p, "%s_q <= %s;", waits, sv_number(s->home, 0, width));
    s->p->level--;
    print_open(s->p, "end else if (%s) begin", sv_condition(s, g->bit));
    print_line(s->p, "%s_q <= %s;", waits, sv_number(s->home, 0, width));
    s->p->level--;
    print_open(s->p, "end else if ((%s_q != %s) || (%s)) begin", waits,
               sv_number(s->home, 0, width), sv_condition(s, g->start));
    print_line(s->p, "%s_q <= %s_q + %s;", waits, waits, sv_number(s->home, 1, width));
    print_close(s->p, "end");
    print_close(s->p, "end");
}

void sv_formal(sv *s) {
    s->before = true;
    text_add(s->p->out, "`ifdef FORMAL\n");
    for (size_t k = 0; k < s->m->monitors.n; k++)
        if (s->m->monitors.at[k].waits) print_counter(s, &s->m->monitors.at[k]);
    open_clocked(s);
    for (size_t k = 0; k < s->m->monitors.n; k++) {
        const fsm_monitor *g = &s->m->monitors.at[k];
        print_line(s->p, "// %s", g->source->text ? g->source->text : "guarantee");
        if (g->source->kind == GUARANTEE_NEVER)
            print_never(s, g->source);
        else if (g->source->kind == GUARANTEE_ALWAYS)
            print_assert(s, sv_condition(s, g->bit));
        else
            print_assert(s, arena_text(s->home, "%s_q <= %s", s->name[g->waits->id],
                                       sv_number(s->home, g->source->cycles, g->waits->width)));
    }
    print_line(s->p, "// What is always so in this machine.");
    for (size_t k = 0; k < s->m->threads.n; k++)
        print_thread(s, s->m->threads.at[k]);
    for (size_t k = 0; k < s->m->phases.n; k++)
        print_active(s, &s->m->phases.at[k]);
    close_clocked(s);
    text_add(s->p->out, "`endif\n");
    s->before = false;
}
