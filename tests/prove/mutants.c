// Faults in a controller's RTL: each property that is proved of the module as it is must fall with
// some fault. All faults are in one module, which an input chooses from (0: none) and which must
// stay as chosen, so the prover finds the fault that refutes. Usage: mutants FILE.weft HOME NTH
// [all]: of the NTH sequencer; with `all` each fault by itself, too, and those that no property
// sees are listed.
//
//   state_d = StG2Read;                  left out; another state, a code that is none
//   dwell_d = 7'd109;                    one more, one less; a bit the other way round
//   if (a && b) begin                    always, never, not
//   .start_i(p_start_q)                  another input of a primitive
#include "prove.h"
#include "prove/machine.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEPS = 16, BITS = 10 };

typedef struct fault {
    const char *what, *instead;
} fault;

typedef struct maker {
    arena *home;
    const fsm *m;
    text out;
    fault *at; // by number - 1
    size_t n, room;
    const char *others; // those of this line: instead of it
} maker;

// ---- faults of one line ----

static const char *chosen(maker *g, const char *what, const char *instead) {
    vec_push(g->home, g, (fault){what, instead});
    return arena_text(g->home, "formal_fault_i == %d'd%zu", BITS, g->n);
}

// `line` with `length` bytes at `at` replaced.
static const char *with(maker *g, const char *line, const char *at, size_t length,
                        const char *other) {
    return arena_text(g->home, "%.*s%s%s", (int)(at - line), line, other, at + length);
}

static void add_statement(maker *g, const char *line, const char *instead) {
    if (strcmp(line, instead) != 0)
        text_add(&g->out, "if (%s) begin %s end else ", chosen(g, line, instead), instead);
}

static void add_numbers(maker *g, const char *line) {
    for (const char *at = strchr(line, '\''); at; at = strchr(at + 1, '\'')) {
        char *end;
        const char *width = at;
        while (width > line && isdigit((unsigned char)width[-1]))
            width--;
        unsigned long bits = strtoul(width, NULL, 10);
        if (at[1] == 'b')
            add_statement(g, line, with(g, line, at + 2, 1, at[2] == '0' ? "1" : "0"));
        if (at[1] != 'd' || bits == 0 || bits > 62) continue;
        unsigned long long value = strtoull(at + 2, &end, 10), most = (1ull << bits) - 1;
        for (int change = -1; change < 2; change += 2) {
            const char *other = arena_text(g->home, "%llu", (value + (unsigned)change) & most);
            add_statement(g, line, with(g, line, at + 2, (size_t)(end - at - 2), other));
        }
    }
}

static void add_states(maker *g, const char *line) {
    const char *at = strstr(line, "= St");
    if (!at) return;
    size_t length = strcspn(at + 4, ";");
    for (size_t t = 0; t < g->m->threads.n; t++) {
        const fsm_thread *thread = g->m->threads.at[t];
        bool own = false;
        for (size_t k = 0; k < thread->states.n; k++)
            own = own || (strlen(thread->states.at[k]->name) == length &&
                          !strncmp(thread->states.at[k]->name, at + 4, length));
        for (size_t k = 0; own && k < thread->states.n; k++)
            add_statement(g, line, with(g, line, at + 4, length, thread->states.at[k]->name));
        if (own && thread->states.n < (size_t)1 << thread->state->width)
            add_statement(g, line,
                          with(g, line, at + 2, length + 2,
                               arena_text(g->home, "%d'd%zu", thread->state->width,
                                          ((size_t)1 << thread->state->width) - 1)));
    }
}

// x_d = ...; with what stands before it: StX:
static void put_statement(maker *g, const char *label, const char *line, bool needed) {
    text_add(&g->out, "%s begin ", label);
    if (!needed) add_statement(g, line, ";");
    add_numbers(g, line);
    add_states(g, line);
    text_add(&g->out, "begin %s end end\n", line);
}

static void put_condition(maker *g, const char *before, const char *cond) {
    static const char *const forms[] = {"!(%s)", "1'b1", "1'b0"};
    text_add(&g->out, "%s(", before);
    for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
        const char *form = k ? forms[k] : arena_text(g->home, "!(%s)", cond);
        text_add(&g->out, "(%s) ? %s : ", chosen(g, cond, form), form);
    }
    text_add(&g->out, "(%s)) begin\n", cond);
}

// .active_i(x)
static void put_port(maker *g, const char *line, const char *open) {
    size_t length = strlen(open) - 1 - (open[strlen(open) - 1] == ',');
    const char *given = arena_copy(g->home, open + 1, length - 1);
    bool wide = strstr(line, "width_i") != NULL;
    text_add(&g->out, "%.*s(", (int)(open - line), line);
    for (int k = 0; k < 2; k++) {
        const char *other =
            wide ? (k ? "'0" : arena_text(g->home, "~(%s)", given)) : (k ? "1'b1" : "1'b0");
        text_add(&g->out, "(%s) ? %s : ", chosen(g, line, other), other);
    }
    text_add(&g->out, "%s%s\n", given, open + 1 + length - 1);
}

// ---- the module with all faults ----

// Whether it begins as a statement of the machine and ends in this line.
static const char *statement_in(const char *words) {
    const char *sign = strstr(words, "_d = "), *from = sign;
    while (from && from > words && (isalnum((unsigned char)from[-1]) || from[-1] == '_'))
        from--;
    bool label = from > words && !strncmp(from - 2, ": ", 2) && strncmp(words, "default", 7) != 0;
    return sign && (from == words || label) && words[strlen(words) - 1] == ';' ? from : NULL;
}

static void put_line(maker *g, const char *line, bool machine, bool needed) {
    const char *words = line + strspn(line, " ");
    size_t n = strlen(words);
    const char *statement = statement_in(words), *cond = strstr(words, "if (");
    const char *port = strstr(words, "_i(");
    bool whole = n > 8 && !strcmp(words + n - 7, ") begin");
    if (machine && statement) {
        put_statement(g, arena_copy(g->home, words, (size_t)(statement - words)), statement,
                      needed);
    } else if (machine && cond && whole && (cond == words || !strncmp(words, "end else ", 9))) {
        size_t before = (size_t)(cond + 3 - words);
        put_condition(g, arena_copy(g->home, words, before),
                      arena_copy(g->home, words + before + 1, n - before - 8));
    } else if (words[0] == '.' && port && !strstr(words, "clk_i") && !strstr(words, "rst_ni")) {
        put_port(g, words, port + 2);
    } else {
        text_add(&g->out, "%s\n", line);
    }
}

static const char *with_faults(maker *g, const char *from) {
    bool machine = false, needed = true, formal = false, ports = false;
    const char *last = NULL;
    for (const char *at = strstr(from, "`endif"); at; at = strstr(at + 1, "`endif"))
        last = at;
    for (const char *at = from; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        const char *line = arena_copy(g->home, at, strcspn(at, "\n"));
        if (strstr(line, "always_comb begin")) machine = !formal;
        if (strstr(line, "always_ff")) machine = false;
        if (strstr(line, "case (")) needed = false; // without what stands before it: latches
        if (strstr(line, "`ifdef FORMAL")) formal = true;
        if (at == last)
            text_add(&g->out,
                     "logic [%d:0] formal_last_q;\nalways_ff @(posedge clk_i) formal_last_q <= "
                     "formal_fault_i;\nalways_comb if (formal_begun_q) assume (formal_last_q == "
                     "formal_fault_i);\n",
                     BITS - 1);
        if (formal)
            text_add(&g->out, "%s\n", line);
        else
            put_line(g, line, machine, needed);
        if (!ports && strstr(line, " rst_ni,")) {
            text_add(&g->out, "input logic [%d:0] formal_fault_i,\n", BITS - 1);
            ports = true;
        }
    }
    return g->out.at;
}

// ---- the verdicts ----

// The fault that a run was made with.
static const fault *fault_of(const maker *g, const proof *p, const proof_trace *t) {
    const char *bits = t->bits[trace_width(p) + p->about.signals.n - 1];
    size_t number = bits ? strtoul(bits, NULL, 2) : 0;
    return number >= 1 && number <= g->n ? &g->at[number - 1] : NULL;
}

// What a register has in reset cannot be chosen by an input: one module for each other state.
static bool refuted_by_reset(const maker *g, const char *rtl, size_t property, fault *found) {
    const char *name = g->m->main->states.at[0]->name;
    for (size_t k = 0; k < g->m->main->states.n; k++) {
        proof *p = proof_new(g->home, g->m, rtl);
        const char *at = strstr(strstr(p->text, "always_ff"), "_q <= St");
        while (at && strncmp(at - 6, " state", 6) != 0)
            at = strstr(at + 1, "_q <= St");
        if (!at) return false;
        size_t length = strcspn(at + 8, ";");
        name = arena_copy(g->home, at + 8, length);
        if (!strcmp(g->m->main->states.at[k]->name, name)) continue;
        p->text = with((maker *)g, p->text, at + 8, length, g->m->main->states.at[k]->name);
        if (!proof_refute(p, 6)) exit(3);
        if (p->items[property].verdict != PROOF_REFUTED) continue;
        *found = (fault){arena_text(g->home, "state_q <= St%s;", name),
                         arena_text(g->home, "state_q <= St%s;", g->m->main->states.at[k]->name)};
        return true;
    }
    return false;
}

static bool judge(const maker *g, const proof *p, const char *rtl) {
    bool all = true;
    for (size_t k = 0; k < p->about.properties.n; k++) {
        const rtl_property *about = &p->about.properties.at[k];
        const proof_item *item = &p->items[k];
        fault other;
        if (about->lemma) continue;
        const fault *f = item->verdict == PROOF_REFUTED ? fault_of(g, p, item->counter) : NULL;
        if (!f && refuted_by_reset(g, rtl, k, &other)) f = &other;
        printf("%s %s: a fault refutes %s\n", f ? "ok" : "FAIL", g->m->name, about->label);
        if (f) printf("  %s  instead of  %s\n", f->instead, f->what);
        all = all && f;
    }
    return all;
}

static proof *faulty(maker *g, const char *rtl) {
    proof *p = proof_new(g->home, g->m, rtl);
    rtl_signal choice = {"formal_fault_i", "fault", RTL_INPUT, NULL, BITS, NULL};
    vec_push(g->home, &p->about.signals, choice);
    g->out = text_in(g->home);
    g->n = 0;
    p->text = with_faults(g, p->text);
    return p;
}

static void try_each(maker *g, const char *rtl) {
    size_t n = g->n, seen = 0;
    for (size_t k = 1; k <= n; k++) {
        proof *p = faulty(g, rtl);
        bool found = false;
        p->sat = arena_text(g->home, "-set formal_fault_i %zu", k);
        if (!proof_refute(p, STEPS)) exit(3);
        for (size_t i = 0; i < p->about.properties.n; i++)
            found = found || p->items[i].verdict == PROOF_REFUTED;
        seen += found;
        if (!found)
            printf("  survives: %s  instead of  %s\n", g->at[k - 1].instead, g->at[k - 1].what);
    }
    printf("%s: %zu of %zu faults are refuted\n", g->m->name, seen, n);
}

int main(int count, char **words) {
    if (count < 4) return 2;
    maker g = {.home = arena_new()};
    g.m = machine_of(g.home, words[1], words[2], (size_t)strtoul(words[3], NULL, 10));
    if (!g.m) return 2;
    const char *rtl = arena_text(g.home, "%s/rtl", words[2]);
    proof *whole = proof_new(g.home, g.m, rtl);
    bool proved = proof_run(whole, STEPS) && proof_fine(whole);
    printf("%s %s: proved without a fault\n", proved ? "ok" : "FAIL", g.m->name);
    proof *p = faulty(&g, rtl);
    if (g.n >= (size_t)1 << BITS || !proof_refute(p, STEPS))
        return printf("FAIL %s: %s\n", g.m->name, p->error ? p->error : "too many faults"), 1;
    printf("%zu faults\n", g.n);
    bool all = judge(&g, p, rtl);
    if (count > 4) try_each(&g, rtl);
    arena_free(g.home);
    return all && proved ? 0 : 1;
}
