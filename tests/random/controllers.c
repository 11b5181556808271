// Controllers with random inputs and resets: the interpreter's machine against C, and traces of it
// for the simulators of the RTL.
#include "random/bench.h"
#include "random/compare.h"

#include "interp/controller.h"

#include <stdio.h>

typedef struct runner {
    subject *s;
    const plan *p;
    const fsm *m;
    const build *builds;
    int count;
    weft_cell *cells, *copy, *aside;
    uint64_t dice;
    int cycle;
} runner;

static uint64_t any_bits(runner *r) { // xorshift64 (Marsaglia 2003)
    r->dice ^= r->dice << 13;
    r->dice ^= r->dice >> 7;
    r->dice ^= r->dice << 17;
    return r->dice;
}

static const char *name_of_cell(const runner *r, long cell) {
    for (size_t k = 0; k < r->p->model->vars.n; k++) {
        const var *v = r->p->model->vars.at[k];
        if (v->cell >= 0 && cell >= v->cell && cell < v->cell + var_count(v)) return v->name;
    }
    return "?";
}

// One role in the interpreter and in every build, on the same memory.
static void call(runner *r, int role) {
    size_t size = (size_t)r->p->cells * sizeof *r->cells;
    static const char *const roles[] = {"reset", "step", "pulses", "quiet", "skip"};
    memcpy(r->aside, r->cells, size);
    machine_call(r->m, role, r->cells);
    for (int k = 0; k < r->count && !r->s->fault && r->m->roles[role]; k++) {
        memcpy(r->copy, r->aside, size);
        r->builds[k].model->functions[r->m->roles[role]->id](r->copy);
        if (!memcmp(r->copy, r->cells, size)) continue;
        long n = 0;
        while (r->copy[n].i == r->cells[n].i)
            n++;
        subject_fault(
            r->s, FAULT_CONTROL,
            "%s, %s of %s in cycle %d: %s (cell %ld) is %lld in the interpreter and %lld in C",
            r->builds[k].name, roles[role], r->m->name, r->cycle, name_of_cell(r, n), n,
            (long long)r->cells[n].i, (long long)r->copy[n].i);
    }
}

// A start strobe falls by itself one edge after it rose; nobody has to be told.
static bool is_strobe(const fsm *m, const var *v) {
    for (size_t k = 0; k < m->phases.n; k++)
        if (m->phases.at[k].start == v) return true;
    return false;
}

// Copies that only live within an edge.
static bool is_kept(const fsm *m, long cell) {
    for (size_t k = 0; k < m->kept.n; k++) {
        const var *v = m->kept.at[k].v;
        if (cell >= v->cell && cell < v->cell + var_count(v)) return true;
    }
    return false;
}

// `quiet` promises edges at which nothing but counters moves: as many steps give the memory that
// `skip` gives, and no output changes on the way.
static void check_quiet(runner *r, weft_cell *kept, weft_cell *skipped) {
    size_t size = (size_t)r->p->cells * sizeof *kept;
    if (!r->m->roles[FSM_QUIET] || !r->m->roles[FSM_SKIP]) return;
    memcpy(kept, r->cells, size);
    call(r, FSM_QUIET);
    int64_t n = r->cells[WEFT_QUIET].i;
    if (n > 9) n = 9;
    if (n > 0) {
        r->cells[WEFT_QUIET].i = n;
        call(r, FSM_SKIP);
        memcpy(skipped, r->cells, size);
        memcpy(r->cells, kept, size);
        for (int64_t k = 0; k < n; k++) {
            call(r, FSM_STEP);
            for (size_t port = 0; port < r->m->ports.n; port++) {
                const fsm_port *q = &r->m->ports.at[port];
                for (long e = 0; q->output && !q->settle && !is_strobe(r->m, q->v) && e < q->count;
                     e++)
                    if (r->cells[q->v->cell + e].i != kept[q->v->cell + e].i)
                        subject_fault(r->s, FAULT_CONTROL,
                                      "%s said %lld quiet edges in cycle %d, but output %s changes "
                                      "at the %lldth",
                                      r->m->name, (long long)n, r->cycle, q->name,
                                      (long long)k + 1);
            }
        }
        skipped[WEFT_QUIET].i = r->cells[WEFT_QUIET].i;
        for (long c = 0; c < r->p->cells; c++)
            if (skipped[c].i != r->cells[c].i && !is_kept(r->m, c))
                subject_fault(r->s, FAULT_CONTROL,
                              "%s: %lld edges skipped in cycle %d give %s = %lld, stepped %lld",
                              r->m->name, (long long)n, r->cycle, name_of_cell(r, c),
                              (long long)skipped[c].i, (long long)r->cells[c].i);
    }
    memcpy(r->cells, kept, size);
}

static void random_inputs(runner *r) {
    bool calm = any_bits(r) % 4 == 0; // sometimes nothing changes for a while
    for (size_t k = 0; k < r->m->ports.n; k++) {
        const fsm_port *p = &r->m->ports.at[k];
        for (long e = 0; !p->output && !calm && e < p->count; e++)
            r->cells[p->v->cell + e].i =
                any_bits(r) % 3 ? fsm_wrap((int64_t)(any_bits(r) >> 9), p->width) : 0;
    }
}

static FILE *trace(const char *directory, const fsm *m, const char *suffix) {
    char path[700];
    if (!directory) return NULL;
    snprintf(path, sizeof path, "%s/%s%s", directory, m->name, suffix);
    return fopen(path, "w");
}

static void one_machine(runner *r, int cycles, const char *directory) {
    FILE *in = trace(directory, r->m, ".in"), *out = trace(directory, r->m, ".out");
    weft_cell *kept = arena_array(r->s->home, (size_t)r->p->cells, sizeof *kept),
              *skipped = arena_array(r->s->home, (size_t)r->p->cells, sizeof *kept);
    memset(r->cells, 0, (size_t)r->p->cells * sizeof *r->cells);
    for (r->cycle = 0; r->cycle < cycles && !r->s->fault; r->cycle++) {
        bool reset = r->cycle == 0 || any_bits(r) % 97 == 0;
        random_inputs(r);
        if (reset) call(r, FSM_RESET);
        call(r, FSM_PULSES);
        if (in) bench_row(in, r->m, r->cells, false, reset);
        if (out) bench_row(out, r->m, r->cells, true, reset);
        if (r->cycle % 8 == 5) check_quiet(r, kept, skipped);
        if (!reset) call(r, FSM_STEP);
    }
    if (in) fclose(in);
    if (out) fclose(out);
}

void compare_controllers(subject *s, int nth, const build *builds, int count, int cycles,
                         const char *directory) {
    const plan *p = s->plan[nth];
    for (size_t k = 0; k < p->machines.n && !s->fault; k++) {
        runner r = {.s = s,
                    .p = p,
                    .m = p->machines.at[k],
                    .builds = builds,
                    .count = count,
                    .dice = UINT64_C(88172645463325252) + k};
        size_t room = (size_t)p->cells + 1;
        r.cells = arena_array(s->home, room, sizeof *r.cells);
        r.copy = arena_array(s->home, room, sizeof *r.copy);
        r.aside = arena_array(s->home, room, sizeof *r.aside);
        one_machine(&r, cycles, directory);
    }
}
