// The checked model as text, for --dump=model: variables, equations, phases, sequencers.
#include "model/model.h"

#include <math.h>

static void print_var(const var *v, arena *home, text *out) {
    static const char *const types[] = {"real", "int", "bool"};
    text_add(out, "  %s %s", var_kind_name(v->kind), v->name);
    for (int d = 0; d < v->dims; d++)
        text_add(out, "%s%d%s", d == 0 ? "[" : ", ", v->dim[d], d + 1 == v->dims ? "]" : "");
    text_add(out, ": %s", types[v->type]);
    if (v->width > 0) text_add(out, "[%d]", v->width);
    if (!unit_is_none(v->unit)) text_add(out, " %s", unit_text(home, v->unit));
    if (!isinf(v->lo) || !isinf(v->hi)) text_add(out, " in [%g, %g]", v->lo, v->hi);
    if (v->value != 0 || v->kind == VAR_PARAM) text_add(out, " = %g", v->value);
    text_add(out, "%s%s\n", v->kept ? " kept" : "", v->out ? " out" : "");
}

static void print_equations(const char *head, equation *const *at, size_t n, text *out) {
    for (size_t k = 0; k < n; k++) {
        text_add(out, "%s", head);
        equation_print(at[k], out);
        text_add(out, "\n");
    }
}

static void print_event(const event *e, text *out) {
    if (e->moment == AT_BEGIN)
        text_add(out, "    at begin\n");
    else if (e->moment == AT_END)
        text_add(out, "    at end\n");
    else
        text_add(out, "    at #%lld\n", (long long)e->ticks);
    print_equations("      ", e->sets.at, e->sets.n, out);
}

static void print_activation(const activation *a, text *out) {
    text_add(out, "phase %d %s", a->id, a->name);
    for (size_t k = 0; k < a->args.n; k++)
        text_add(out, "%s%s%s", k == 0 ? "(" : ", ", a->args.at[k]->name,
                 k + 1 == a->args.n ? ")" : "");
    if (a->timed && a->scale == NULL) text_add(out, " for #%lld", (long long)a->ticks);
    if (a->timed && a->scale != NULL)
        text_add(out, " for %s * #%lld", a->scale->name, (long long)a->ticks_per);
    text_add(out, "%s%s\n", a->sequencer != NULL ? " by " : "",
             a->sequencer != NULL ? a->sequencer->name : "");
    for (size_t k = 0; k < a->breaks.n; k++)
        text_add(out, "    changes at #%lld\n", (long long)a->breaks.at[k]);
    print_equations("    ", a->equations.at, a->equations.n, out);
    for (size_t k = 0; k < a->pulses.n; k++) {
        const pulse *p = a->pulses.at[k];
        text_add(out, "    pulse on %s, widths %s\n", p->signal->name, p->width->name);
        if (p->seconds != NULL) print_equations("      ", &p->seconds, 1, out);
    }
    for (size_t k = 0; k < a->events.n; k++)
        print_event(a->events.at[k], out);
}

// ---- sequencers
// ----------------------------------------------------------------------------------

static void print_stmts(const stmt *s, int depth, text *out);

static void print_clocked(const char *before, const expr *e, const char *after, text *out) {
    text_add(out, "%s", before);
    expr_print(e, out);
    text_add(out, "%s", after);
}

static void print_call(const stmt *s, text *out) {
    text_add(out, "%s", s->act->name);
    for (size_t k = 0; k < s->args.n; k++) {
        text_add(out, "%s", k == 0 ? "(" : ", ");
        expr_print(s->args.at[k], out);
        text_add(out, "%s", k + 1 == s->args.n ? ")" : "");
    }
}

// The statement's own line, without what it contains.
static void print_head(const stmt *s, text *out) {
    switch (s->kind) {
    case STMT_LOOP:
        text_add(out, "loop");
        break;
    case STMT_FOR:
        text_add(out, "for %s in %d .. %d", s->target->name, s->lo, s->hi);
        break;
    case STMT_REPEAT:
        text_add(out, "repeat");
        if (s->count != NULL) print_clocked(" ", s->count, "", out);
        if (s->cond != NULL) print_clocked(" while ", s->cond, "", out);
        break;
    case STMT_IF:
        print_clocked("if ", s->cond, "", out);
        break;
    case STMT_PAR:
        text_add(out, "par");
        break;
    case STMT_GROUP:
        text_add(out, "group");
        break;
    case STMT_AWAIT:
        print_clocked("await ", s->cond, "", out);
        break;
    case STMT_WAIT:
        print_clocked("await ", s->count, " cycles", out);
        break;
    case STMT_PULSE:
        text_add(out, "pulse %s", s->target->name);
        break;
    case STMT_PHASE:
        print_call(s, out);
        break;
    case STMT_COMPARE:
        print_call(s, out);
        print_clocked(" until ", s->cond, "", out);
        break;
    case STMT_HOLD:
        text_add(out, "during ");
        print_call(s, out);
        break;
    case STMT_ASSIGN:
        text_add(out, "%s = ", s->target->name);
        expr_print(s->value, out);
        break;
    }
}

static void print_stmts(const stmt *s, int depth, text *out) {
    for (; s != NULL; s = s->next) {
        text_add(out, "%*s", 2 * depth, "");
        print_head(s, out);
        text_add(out, "\n");
        print_stmts(s->body, depth + 1, out);
        if (s->other != NULL) {
            text_add(out, "%*selse\n", 2 * depth, "");
            print_stmts(s->other, depth + 1, out);
        }
    }
}

static void print_sequencer(const sequencer *q, text *out) {
    text_add(out, "sequencer %d %s, period #%lld\n", q->id, q->name, (long long)q->period);
    for (size_t k = 0; k < q->guarantees.n; k++)
        text_add(out, "  guarantee %s\n", q->guarantees.at[k]->text);
    print_stmts(q->body, 1, out);
}

// ---- the whole
// -----------------------------------------------------------------------------------

static void print_rates(const rates *r, text *out) {
    text_add(out, "moves together: %s\n", r->name);
    print_equations("  ", r->rates.at, r->rates.n, out);
}

static void print_checks(const model *m, text *out) {
    for (size_t k = 0; k < m->checks.n; k++) {
        const check *c = m->checks.at[k];
        text_add(out, "assert %s%s", c->act != NULL ? c->act->name : "",
                 c->act != NULL ? ": " : "");
        expr_print(c->condition, out);
        text_add(out, "\n");
    }
}

void model_print(const model *m, text *out) {
    text_add(out, "model %s from %s, tick %g s\n", m->name, m->file != NULL ? m->file : "memory",
             m->tick);
    for (size_t k = 0; k < m->notes.n; k++)
        text_add(out, "  %s\n", m->notes.at[k]);
    text_add(out, "variables\n");
    for (size_t k = 0; k < m->vars.n; k++)
        print_var(m->vars.at[k], m->home, out);
    text_add(out, "equations\n");
    print_equations("  ", m->equations.at, m->equations.n, out);
    for (size_t k = 0; k < m->rates.n; k++)
        print_rates(m->rates.at[k], out);
    for (size_t k = 0; k < m->activations.n; k++)
        print_activation(m->activations.at[k], out);
    for (size_t k = 0; k < m->sequencers.n; k++)
        print_sequencer(m->sequencers.at[k], out);
    print_checks(m, out);
    for (size_t k = 0; k < m->noises.n; k++)
        print_equations("noise ", &m->noises.at[k]->draw, 1, out);
    print_equations("noise at end ", m->end_noise.at, m->end_noise.n, out);
}
