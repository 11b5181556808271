// The last steps of building a machine: what holds in reset, and copies of registers for conditions
// that must not see what other threads write at the same edge.
#include "plan/fsm_build.h"

// ---- reset ----

static void add_reset(build *b, var *v, int64_t value) {
    vec_push(b->home, &b->m->reset, (fsm_value){v, value});
}

static void declared_reset(build *b) {
    fsm *m = b->m;
    for (size_t k = 0; k < m->sequencer->regs.n; k++)
        add_reset(b, m->sequencer->regs.at[k], (int64_t)m->sequencer->regs.at[k]->value);
    for (size_t k = 0; k < m->sequencer->outputs.n; k++)
        add_reset(b, m->sequencer->outputs.at[k], (int64_t)m->sequencer->outputs.at[k]->value);
    for (size_t k = 0; k < m->phases.n; k++) {
        add_reset(b, m->phases.at[k].active, 0);
        add_reset(b, m->phases.at[k].start, 0);
        for (size_t n = 0; n < m->phases.at[k].act->args.n; n++)
            add_reset(b, m->phases.at[k].act->args.at[n], 0);
    }
    for (size_t k = 0; k < b->places.n; k++)
        if (b->places.at[k]->count) add_reset(b, b->places.at[k]->count, 0);
    for (size_t k = 0; k < m->threads.n; k++) {
        add_reset(b, m->threads.at[k]->state, 0);
        if (m->threads.at[k]->dwell) add_reset(b, m->threads.at[k]->dwell, 0);
    }
    for (size_t k = 0; k < m->wires.n; k++)
        for (int n = 0; n < 2; n++)
            if (m->wires.at[k].stage[n]) add_reset(b, m->wires.at[k].stage[n], 0);
}

static fsm_value *reset_of(fsm *m, const var *v) {
    for (size_t k = 0; k < m->reset.n; k++)
        if (m->reset.at[k].v == v) return &m->reset.at[k];
    return NULL;
}

static bool read_reset(void *data, const var *v, long element, int64_t *value) {
    fsm_value *found = reset_of(data, v);
    if (!found || element) return false;
    *value = found->value;
    return true;
}

// Only what nobody outside can see may be written before the first edge.
static bool is_inner(const fsm *m, const var *v) {
    if (v->kind == VAR_REG) return true;
    if (v->kind != VAR_CTL) return false;
    for (size_t k = 0; k < m->phases.n; k++)
        if (m->phases.at[k].active == v || m->phases.at[k].start == v) return false;
    return true;
}

// Runs code on the reset values; false where it reads an input, changes an output, or ends in a
// state that lasts a number of cycles: those count from the first edge, the beginning of time.
static bool run_in_reset(fsm *m, const fsm_code *code, bool *gone) {
    for (; code; code = code->next) {
        int64_t value;
        bool inside = false;
        switch (code->kind) {
        case CODE_SET: {
            fsm_value *target = reset_of(m, code->target);
            if (!target || !is_inner(m, code->target)) return false;
            if (!fsm_eval(code->value, read_reset, m, &value)) return false;
            target->value = fsm_wrap(value, code->target->width);
            break;
        }
        case CODE_IF:
            if (!fsm_eval(code->cond, read_reset, m, &value)) return false;
            if (!run_in_reset(m, value ? code->yes : code->no, gone)) return false;
            break;
        case CODE_GO:
            if (code->to->stay == STAY_ONE || code->to->stay == STAY_DWELL) return false;
            reset_of(m, code->thread->state)->value = code->to->id;
            *gone = true;
            break;
        case CODE_ENTER:
            if (!run_in_reset(m, code->yes, &inside)) return false;
            break;
        case CODE_REST:
            if (!*gone && !run_in_reset(m, code->yes, gone)) return false;
            break;
        }
    }
    return true;
}

static void make_reset(build *b) {
    fsm *m = b->m;
    bool gone = false;
    declared_reset(b);
    if (run_in_reset(m, b->entry, &gone)) return;
    // A state of its own, number 0.
    fsm_state *reset = build_state(b, m->main, "Reset", "reset", m->sequencer->at, STAY_ONE);
    reset->leave = b->entry;
    for (size_t k = m->main->states.n - 1; k > 0; k--) {
        m->main->states.at[k] = m->main->states.at[k - 1];
        m->main->states.at[k]->id = (int)k;
    }
    m->main->states.at[0] = reset;
    reset->id = 0;
    m->reset.n = 0;
    declared_reset(b);
}

// ---- conditions that must not see what other threads write at the same edge ----

static bool writes(const fsm_code *code, const var *v) {
    for (; code; code = code->next)
        if ((code->kind == CODE_SET && code->target == v) || writes(code->yes, v) ||
            writes(code->no, v))
            return true;
    return false;
}

typedef struct keeping {
    build *b;
    size_t thread; // threads before this one may have written
} keeping;

static expr *keep_var(expr *e, void *data) {
    keeping *k = data;
    fsm *m = k->b->m;
    if (e->kind != X_VAR || (e->v->kind != VAR_REG && e->v->kind != VAR_COUT)) return NULL;
    bool written = false;
    for (size_t t = 0; t < k->thread && !written; t++)
        for (size_t s = 0; s < m->threads.at[t]->states.n && !written; s++)
            written = writes(m->threads.at[t]->states.at[s]->leave, e->v);
    if (!written) return NULL;
    for (size_t n = 0; n < m->kept_of.n; n++)
        if (m->kept_of.at[n] == e->v)
            return expr_variable(k->b->home, m->kept.at[n].v, 0, NULL, e->at);
    var *copy = build_var(k->b, arena_text(k->b->home, "%s_kept", build_last(k->b, e->v->name)),
                          e->v->width, NULL, e->at);
    vec_push(k->b->home, &m->kept, (fsm_value){copy, 0});
    vec_push(k->b->home, &m->kept_of, e->v);
    return expr_variable(k->b->home, copy, 0, NULL, e->at);
}

static void keep_conditions(build *b) {
    for (size_t t = 0; t < b->m->threads.n; t++)
        for (size_t s = 0; s < b->m->threads.at[t]->states.n; s++) {
            fsm_state *state = b->m->threads.at[t]->states.at[s];
            keeping k = {b, t};
            if (state->until) state->until_kept = expr_replace(b->home, state->until, keep_var, &k);
        }
}

void build_reset(build *b) {
    make_reset(b);
    for (size_t k = 0; k < b->m->threads.n; k++) {
        fsm_thread *t = b->m->threads.at[k];
        t->state->width = fsm_bits((int64_t)t->states.n - 1);
        if (t->dwell) t->dwell->type = TYPE_INT;
    }
    keep_conditions(b);
}
