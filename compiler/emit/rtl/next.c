// The second part of the machine: always_comb, the next value of every register.
//
// Threads of a par stand before the thread around them, so that its join sees in the same cycle
// that they end. Code that runs in no time is blocking assignments to _d, in order; a register
// reads as _q until it may have been written, as _d from there on.
#include "emit/rtl/rtl.h"

static bool has_rest(const fsm_code *code, const fsm_thread *t) {
    for (; code; code = code->next)
        if ((code->kind == CODE_REST && code->thread == t) || has_rest(code->yes, t) ||
            has_rest(code->no, t))
            return true;
    return false;
}

static const char *more_of(sv *s, const fsm_thread *t) {
    return t->name[0] ? arena_text(s->home, "%s_more", t->name) : "more";
}

static void print_code(sv *s, const fsm_code *code, bool guarded);

// `else if` chains stay flat.
static void print_if(sv *s, const fsm_code *code, bool guarded) {
    print_open(s->p, "if (%s) begin", sv_condition(s, code->cond));
    print_code(s, code->yes, guarded);
    const fsm_code *no = code->no;
    while (no && no->kind == CODE_IF && !no->next) {
        s->p->level--;
        print_open(s->p, "end else if (%s) begin", sv_condition(s, no->cond));
        print_code(s, no->yes, guarded);
        no = no->no;
    }
    if (no) {
        s->p->level--;
        print_open(s->p, "end else begin");
        print_code(s, no, guarded);
    }
    print_close(s->p, "end");
}

static void print_set(sv *s, const fsm_code *code) {
    const var *v = code->target;
    const char *value = sv_expr(s, code->value, v->width, false);
    print_line(s->p, "%s_d = %s;", s->name[v->id], value);
    s->written[v->id] = true;
}

static void print_enter(sv *s, const fsm_code *code) {
    bool guarded = has_rest(code->yes, code->thread);
    if (guarded) print_line(s->p, "%s = 1'b1;", more_of(s, code->thread));
    print_code(s, code->yes, guarded);
}

// guarded: a CODE_REST of this thread follows somewhere, so that going on is noted.
static void print_code(sv *s, const fsm_code *code, bool guarded) {
    for (; code; code = code->next)
        switch (code->kind) {
        case CODE_SET:
            print_set(s, code);
            break;
        case CODE_IF:
            print_if(s, code, guarded);
            break;
        case CODE_GO:
            print_line(s->p, "%s_d = %s;", s->name[code->thread->state->id], sv_state(s, code->to));
            s->written[code->thread->state->id] = true;
            if (guarded) print_line(s->p, "%s = 1'b0;", more_of(s, code->thread));
            break;
        case CODE_ENTER:
            print_enter(s, code);
            break;
        case CODE_REST:
            print_open(s->p, "if (%s) begin", more_of(s, code->thread));
            print_code(s, code->yes, guarded);
            print_close(s->p, "end");
            break;
        }
}

// ---- states ----

static const char *dwell_done(sv *s, const fsm_thread *t) {
    return arena_text(s->home, "%s_q == %s", s->name[t->dwell->id],
                      sv_number(s->home, 0, t->dwell->width));
}

// When the state is left; NULL: at every edge.
static const char *leaves_when(sv *s, const fsm_thread *t, const fsm_state *state) {
    const char *until = NULL;
    s->before = true;
    if (state->until) until = sv_condition(s, state->until);
    s->before = false;
    switch (state->stay) {
    case STAY_DWELL:
        s->read[t->dwell->id] = true;
        return dwell_done(s, t);
    case STAY_COMPARE:
        s->read[t->dwell->id] = true;
        return arena_text(s->home, "(%s) || (%s)", until, dwell_done(s, t));
    case STAY_UNTIL:
        return until;
    case STAY_JOIN: {
        text all = text_in(s->home);
        for (size_t k = 0; k < state->branches.n; k++) {
            const fsm_thread *b = state->branches.at[k];
            text_add(&all, "%s(%s_d == %s)", k ? " && " : "", s->name[b->state->id],
                     sv_state(s, b->states.at[0]));
        }
        return all.at;
    }
    default:
        return NULL;
    }
}

static void print_state(sv *s, const fsm_thread *t, const fsm_state *state) {
    const char *name = sv_state(s, state), *quote = fsm_quote(s->m, state->at);
    if (state->stay == STAY_END) {
        print_line(s->p, "%s: %s_d = %s;", name, s->name[t->state->id], name);
        return;
    }
    if (quote[0]) print_line(s->p, "// %s", quote);
    print_open(s->p, "%s: begin", name);
    const char *when = leaves_when(s, t, state);
    bool guarded = has_rest(state->leave, t);
    if (guarded) print_line(s->p, "%s = 1'b1;", more_of(s, t));
    if (when) print_open(s->p, "if (%s) begin", when);
    print_code(s, state->leave, guarded);
    if (state->stay == STAY_DWELL || state->stay == STAY_COMPARE) {
        const char *dwell = s->name[t->dwell->id];
        s->p->level--;
        print_open(s->p, "end else begin");
        print_line(s->p, "%s_d = %s_q - %s;", dwell, dwell, sv_number(s->home, 1, t->dwell->width));
    }
    if (when) print_close(s->p, "end");
    print_close(s->p, "end");
}

// ---- threads ----

static void mark_written(sv *s, const fsm_code *code, bool *written) {
    for (; code; code = code->next) {
        if (code->kind == CODE_SET) written[code->target->id] = true;
        if (code->kind == CODE_GO) written[code->thread->state->id] = true;
        mark_written(s, code->yes, written);
        mark_written(s, code->no, written);
    }
}

static const fsm_state *in_reset(const fsm *m, const fsm_thread *t) {
    for (size_t k = 0; k < m->reset.n; k++)
        if (m->reset.at[k].v == t->state) return t->states.at[m->reset.at[k].value];
    return t->states.at[0];
}

static void print_thread(sv *s, const fsm_thread *t, const bool *written, size_t vars) {
    const char *state = s->name[t->state->id];
    if (t->parent) print_line(s->p, "// branch %s", t->name);
    print_open(s->p, "case (%s_q)", state);
    for (size_t k = 0; k < t->states.n; k++) {
        memcpy(s->written, written, vars * sizeof *written);
        print_state(s, t, t->states.at[k]);
    }
    print_line(s->p, "default: %s_d = %s;", state, sv_state(s, in_reset(s->m, t)));
    print_close(s->p, "endcase");
}

static void print_defaults(sv *s) {
    for (size_t k = 0; k < s->m->reset.n; k++) {
        const var *v = s->m->reset.at[k].v;
        if (!s->reg[v->id]) continue;
        bool strobe = false;
        for (size_t n = 0; n < s->m->phases.n; n++)
            strobe = strobe || s->m->phases.at[n].start == v;
        if (strobe)
            print_line(s->p, "%s_d = 1'b0;", s->name[v->id]);
        else
            print_line(s->p, "%s_d = %s_q;", s->name[v->id], s->name[v->id]);
    }
    for (size_t k = 0; k < s->m->threads.n; k++)
        if (s->m->threads.at[k]->rest)
            print_line(s->p, "%s = 1'b1;", more_of(s, s->m->threads.at[k]));
}

void sv_next(sv *s) {
    size_t vars = s->m->plan->model->vars.n;
    bool *written = arena_array(s->home, vars + 1, sizeof *written);
    for (size_t k = 0; k < s->m->threads.n; k++)
        if (s->m->threads.at[k]->rest)
            print_line(s->p, "// No state has been reached yet in this cycle.\nlogic %s;\n",
                       more_of(s, s->m->threads.at[k]));
    print_open(s->p, "always_comb begin");
    print_line(s->p, "// Nothing changes and nothing starts, unless said below.");
    print_defaults(s);
    for (size_t k = 0; k < s->m->threads.n; k++) {
        const fsm_thread *t = s->m->threads.at[k];
        print_blank(s->p);
        print_thread(s, t, written, vars);
        for (size_t n = 0; n < t->states.n; n++)
            mark_written(s, t->states.at[n]->leave, written);
    }
    print_close(s->p, "end");
    memset(s->written, 0, vars * sizeof *s->written);
}
