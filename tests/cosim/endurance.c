// The controllers of a file's experiment in generated C and in Verilated RTL, side by side over
// many cycles: random inputs, and resets in the middle of whatever they do. Every output is
// compared in every cycle, and every state that code leads to must have been seen. Prints `ok` or
// `FAIL` for each controller. Usage: endurance PROJECT CYCLES FILE [EXPERIMENT]
#include "cosim/both.h"
#include "model/elaborate.h"
#include "support/diag.h"

#include <stdio.h>
#include <stdlib.h>

// A reset after so many cycles in the mean: long enough for the longest command of the examples.
enum { RESET_EVERY = 5000, THREADS = 64 };

static char error[4000];
static uint64_t dice = 88172645463325252u;

static uint64_t roll(void) {
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return dice >> 9;
}

typedef struct pair { // the two of one controller, and what they have shown
    const fsm *m;
    const weft_model *c;
    const weft_rtl *rtl;
    void *self;
    weft_cell *cells;
    int64_t *in, *out, *want;
    size_t outputs;
    bool *seen[THREADS]; // by thread and state
    long resets;
} pair;

static void call(pair *p, fsm_role role) {
    p->c->functions[p->m->roles[role]->id](p->cells);
}

static void look(pair *p) {
    for (size_t k = 0; k < p->m->threads.n && k < THREADS; k++)
        p->seen[k][p->cells[p->m->threads.at[k]->state->cell].i] = true;
}

// New values for some inputs; a bit is high in every third, so that neither waits for ever.
static void random_inputs(pair *p) {
    for (size_t k = 0; k < p->m->ports.n; k++) {
        const fsm_port *port = &p->m->ports.at[k];
        for (long n = 0; !port->output && n < port->count; n++)
            p->cells[port->v->cell + n].i =
                roll() % 3 == 0 ? fsm_wrap((int64_t)roll(), port->width) : 0;
    }
}

static void reset(pair *p) {
    call(p, FSM_RESET);
    p->rtl->reset(p->self, p->out);
    p->resets++;
}

// The first cycle in which an output differs; -1: none.
static long run(pair *p, long cycles) {
    reset(p);
    for (long n = 0; n < cycles; n++) {
        look(p);
        if (roll() % 2) random_inputs(p);
        call(p, FSM_PULSES);
        gather(p->m, p->cells, false, p->in);
        p->rtl->settle(p->self, p->in, p->out);
        gather(p->m, p->cells, true, p->want);
        if (memcmp(p->out, p->want, p->outputs * sizeof *p->out) != 0) return n;
        if (roll() % RESET_EVERY == 0) {
            reset(p);
            continue;
        }
        call(p, FSM_STEP);
        p->rtl->edge(p->self, p->in, p->out);
    }
    return -1;
}

static bool all_seen(const pair *p) {
    bool all = true;
    for (size_t k = 0; k < p->m->threads.n && k < THREADS; k++) {
        const fsm_thread *t = p->m->threads.at[k];
        for (size_t n = 0; n < t->states.n; n++) {
            if (p->seen[k][n] || !t->states.at[n]->reached) continue;
            printf("%s: state %s was not seen\n", p->m->name, t->states.at[n]->name);
            all = false;
        }
    }
    return all;
}

static bool compare(arena *home, pair *p, long cells, long cycles) {
    const fsm *m = p->m;
    p->outputs = (size_t)elements(m, true);
    p->cells = arena_array(home, (size_t)cells, sizeof *p->cells);
    p->in = arena_array(home, (size_t)elements(m, false) + 1, sizeof *p->in);
    p->out = arena_array(home, p->outputs + 1, sizeof *p->out);
    p->want = arena_array(home, p->outputs + 1, sizeof *p->want);
    for (size_t k = 0; k < m->threads.n && k < THREADS; k++)
        p->seen[k] = arena_array(home, m->threads.at[k]->states.n, sizeof **p->seen);
    p->self = p->rtl->create();
    if (!p->self) return false;
    long at = run(p, cycles);
    p->rtl->destroy(p->self);
    if (at >= 0) printf("%s: the outputs differ in cycle %ld\n", m->name, at);
    bool good = all_seen(p) && at < 0;
    printf("%s %s: C and RTL, %ld cycles, %ld resets\n", good ? "ok" : "FAIL", m->name, cycles,
           p->resets);
    return good;
}

int main(int count, char **words) {
    if (count < 4) return 2;
    arena *home = arena_new();
    names *known = names_new(home);
    diag *d = diag_new(home);
    program *source = program_read(home, known, d, words[3], words[1]);
    elab_options options = {.library = words[1]};
    model *m = source ? elaborate(source, count > 4 ? words[4] : NULL, &options) : NULL;
    plan *p = m && !diag_errors(d) ? plan_make(m) : NULL;
    weft_build how = {.include = arena_text(home, "%s/runtime", words[1]),
                      .error = error,
                      .error_size = sizeof error};
    weft_library library = {0};
    const weft_model *c;
    bool all = p && !diag_errors(d) && build_c(home, p, m->name, &how, &library, &c);
    for (size_t k = 0; all && k < p->machines.n; k++) {
        pair both = {.m = p->machines.at[k], .c = c};
        weft_library controller = {0};
        if (both.m->same != both.m) continue;
        all = build_rtl(home, both.m, &how, words[1], &controller, &both.rtl) &&
              compare(home, &both, p->cells, atol(words[2])) && all;
        weft_library_close(&controller);
    }
    weft_library_close(&library);
    diag_print(d, stdout);
    if (!all) printf("FAIL %s %s\n", words[3], error);
    arena_free(home);
    return all ? 0 : 1;
}
