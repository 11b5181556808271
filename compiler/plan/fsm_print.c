// Machines as text: the table of states (also the comment on top of the RTL) and the whole dump.
#include "plan/fsm.h"

#include <ctype.h>

const char *fsm_quote(const fsm *m, span at) {
    const source *s =
        at.file && m->plan->model->diag ? diag_source(m->plan->model->diag, at.file) : NULL;
    if (!s || at.begin > s->length) return "";
    int line, column;
    source_place(s, at.begin, &line, &column);
    const char *first = s->bytes + s->line_begin[line - 1];
    while (*first == ' ' || *first == '\t')
        first++;
    size_t length = 0;
    for (; first[length] && first[length] != '\n' && length < 70; length++) {
        if (first[length] == '*' && first[length + 1] == '/') break;
        if (length && first[length] == '/' &&
            (first[length + 1] == '/' || first[length + 1] == '*'))
            break;
    }
    while (length && isspace((unsigned char)first[length - 1]))
        length--;
    const char *file = strrchr(s->path, '/');
    return arena_text(m->plan->home, "%s:%d: %.*s", file ? file + 1 : s->path, line, (int)length,
                      first);
}

// An expression in the words of the machine's part, and without `local.` in front.
static void print_words(const fsm *m, const expr *e, const char *local, text *out) {
    text whole = text_in(m->plan->home);
    expr_print(e, &whole);
    size_t own = strlen(local);
    for (const char *c = whole.at; c && *c; c++) {
        bool first =
            c == whole.at || !(isalnum((unsigned char)c[-1]) || c[-1] == '_' || c[-1] == '.');
        if (first) c = sequencer_own(m->sequencer, c);
        if (first && own && strncmp(c, local, own) == 0 && c[own] == '.') c += own + 1;
        text_put(out, c, 1);
    }
}

static void print_expr(const fsm *m, const expr *e, text *out) {
    print_words(m, e, sequencer_own(m->sequencer, m->sequencer->name), out);
}

// ---- the table ----

typedef VEC(const fsm_state *) states;

static void find_targets(arena *home, const fsm_thread *t, const fsm_code *code, states *found) {
    for (; code; code = code->next) {
        find_targets(home, t, code->yes, found);
        find_targets(home, t, code->no, found);
        if (code->kind != CODE_GO || code->thread != t) continue;
        bool known = false;
        for (size_t k = 0; k < found->n; k++)
            known = known || found->at[k] == code->to;
        if (!known) vec_push(home, found, code->to);
    }
}

static const char *stay_text(const fsm *m, const fsm_state *s) {
    text out = text_in(m->plan->home);
    switch (s->stay) {
    case STAY_ONE:
        return "1 cycle";
    case STAY_JOIN:
        return "until all are done";
    case STAY_END:
        return "for ever";
    case STAY_UNTIL:
    case STAY_COMPARE:
        text_add(&out, "until "), print_expr(m, s->until, &out);
        break;
    case STAY_DWELL:
        break;
    }
    if (s->stay == STAY_COMPARE) text_add(&out, ", at most ");
    if (s->stay != STAY_UNTIL) {
        if (s->cycles)
            text_add(&out, "%lld cycles", (long long)s->cycles);
        else
            text_add(&out, "as long as its argument says");
    }
    return out.at;
}

static void print_row(const char *prefix, const char *const *cells, const size_t *wide, text *out) {
    text_add(out, "%s%-*s  %-*s  %-*s", prefix, (int)wide[0], cells[0], (int)wide[1], cells[1],
             (int)wide[2], cells[2]);
    if (strlen(prefix) + wide[0] + wide[1] + wide[2] + 6 + strlen(cells[3]) <= 100)
        text_add(out, "  %s\n", cells[3]);
    else
        text_add(out, "\n%s    then %s\n", prefix, cells[3]);
    while (out->n > 1 && out->at[out->n - 2] == ' ') {
        out->n--;
        out->at[out->n - 1] = '\n';
        out->at[out->n] = '\0';
    }
}

typedef struct row {
    const char *cell[4];
} row;

static row row_of(const fsm *m, const fsm_thread *t, const fsm_state *s) {
    arena *home = m->plan->home;
    row r = {.cell = {s->name, stay_text(m, s), "", ""}};
    text active = text_in(home), to = text_in(home);
    for (size_t k = 0; k < s->active.n; k++)
        text_add(&active, "%s%s", k ? ", " : "",
                 sequencer_own(m->sequencer, s->active.at[k]->name));
    for (size_t k = 0; k < s->branches.n; k++)
        text_add(&active, "%s%s", active.n ? " | " : "", s->branches.at[k]->name);
    states found = {0};
    find_targets(home, t, s->leave, &found);
    for (size_t k = 0; k < found.n; k++)
        text_add(&to, "%s%s", k ? ", " : "", found.at[k]->name);
    r.cell[2] = active.n ? active.at : "-";
    r.cell[3] = to.n ? to.at : "-";
    return r;
}

void fsm_print_table(const fsm *m, const char *prefix, text *out) {
    VEC(row) rows = {0};
    size_t wide[4] = {0};
    vec_push(m->plan->home, &rows, (row){.cell = {"state", "lasts", "active", "then"}});
    for (size_t k = 0; k < m->threads.n; k++) {
        const fsm_thread *t = m->threads.at[k ? k - 1 : m->threads.n - 1]; // the main one first
        for (size_t n = 0; n < t->states.n; n++)
            if (!t->parent || n > 0) vec_push(m->plan->home, &rows, row_of(m, t, t->states.at[n]));
    }
    for (size_t k = 0; k < rows.n; k++)
        for (int c = 0; c < 4; c++)
            if (strlen(rows.at[k].cell[c]) > wide[c]) wide[c] = strlen(rows.at[k].cell[c]);
    for (size_t k = 0; k < rows.n; k++)
        print_row(prefix, rows.at[k].cell, wide, out);
}

// ---- the dump ----

static void print_code(const fsm *m, const fsm_code *code, int depth, text *out) {
    for (; code; code = code->next) {
        text_add(out, "%*s", depth, "");
        switch (code->kind) {
        case CODE_SET:
            text_add(out, "%s = ", sequencer_own(m->sequencer, code->target->name));
            print_words(m, code->value, "", out);
            text_add(out, "\n");
            break;
        case CODE_IF:
            text_add(out, "if ");
            print_words(m, code->cond, "", out);
            text_add(out, "\n");
            print_code(m, code->yes, depth + 2, out);
            if (code->no) text_add(out, "%*selse\n", depth, "");
            print_code(m, code->no, depth + 2, out);
            break;
        case CODE_GO:
            text_add(out, "go %s\n", code->to->name);
            break;
        case CODE_ENTER:
            text_add(out, "begin %s\n", code->thread->name);
            print_code(m, code->yes, depth + 2, out);
            break;
        case CODE_REST:
            text_add(out, "unless gone\n");
            print_code(m, code->yes, depth + 2, out);
            break;
        }
    }
}

static void print_reset(const fsm *m, text *out) {
    text_add(out, "  in reset\n");
    for (size_t k = 0; k < m->reset.n; k++) {
        const fsm_value *r = &m->reset.at[k];
        const char *state = NULL;
        for (size_t t = 0; t < m->threads.n; t++)
            if (m->threads.at[t]->state == r->v && (size_t)r->value < m->threads.at[t]->states.n)
                state = m->threads.at[t]->states.at[r->value]->name;
        if (state)
            text_add(out, "    %s = %s\n", sequencer_own(m->sequencer, r->v->name), state);
        else if (r->value)
            text_add(out, "    %s = %lld\n", sequencer_own(m->sequencer, r->v->name),
                     (long long)r->value);
    }
}

// How long it works at most before it awaits again; nothing where that is not known.
static void print_bound(const fsm *m, text *out) {
    if (m->ready.goals == 0) return;
    if (m->ready.first >= 0)
        text_add(out, "  ready %lld cycles after reset at most\n", (long long)m->ready.first);
    if (m->ready.most > 0)
        text_add(out, "  ready %lld cycles after an await at most\n", (long long)m->ready.most);
}

static void print_leaves(const fsm *m, text *out) {
    for (size_t k = m->threads.n; k > 0; k--) {
        const fsm_thread *t = m->threads.at[k - 1];
        for (size_t n = 0; n < t->states.n; n++) {
            if (!t->states.at[n]->leave) continue;
            text_add(out, "  leaving %s\n", t->states.at[n]->name);
            print_code(m, t->states.at[n]->leave, 4, out);
        }
    }
}

void fsm_print_states(const fsm *m, text *out) {
    fsm_print_table(m, "  ", out);
    print_reset(m, out);
    print_leaves(m, out);
}

void fsm_print(const fsm *m, text *out) {
    text_add(out, "machine %s: period %lld ticks\n", m->name, (long long)m->sequencer->period);
    if (m->same != m) {
        text_add(out, "  of %s, as that of %s\n", m->sequencer->name, m->same->sequencer->name);
        return;
    }
    fsm_print_table(m, "  ", out);
    for (size_t k = 0; k < m->ports.n; k++) {
        const fsm_port *p = &m->ports.at[k];
        text_add(out, "  %s %s", p->output ? "output" : "input", p->name);
        if (p->count > 1) text_add(out, "[%ld]", p->count);
        text_add(out, ": %d bit%s, %s\n", p->width, p->width == 1 ? "" : "s", p->about);
    }
    print_bound(m, out);
    print_reset(m, out);
    print_leaves(m, out);
}
