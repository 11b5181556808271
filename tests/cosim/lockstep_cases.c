// Runs cases of cases.c in the generated C, and those named on the command line in Verilated RTL
// too, beside the interpreter, on random inputs: every output in every cycle, and every cell where
// the edges are jumped over. Prints `ok` or `FAIL` for each. The RTL's speed goes to standard
// error. Usage: lockstep_cases PROJECT DICE RTL-CASE ...
#include "cosim/both.h"
#include "cosim/cases.c"
#include "interp/controller.h"

#include <stdio.h>
#include <time.h>

enum { CYCLES = 3000, SPEED_CYCLES = 2000000 };

static uint64_t dice_state = 88172645463325252u;
static char error[4000];

static uint64_t any_bits(void) {
    dice_state ^= dice_state << 13;
    dice_state ^= dice_state >> 7;
    dice_state ^= dice_state << 17;
    return dice_state >> 9;
}

static void random_inputs(const fsm *m, weft_cell *a, weft_cell *b) {
    for (size_t k = 0; k < m->ports.n; k++)
        for (long n = 0; !m->ports.at[k].output && n < m->ports.at[k].count; n++) {
            int64_t value =
                any_bits() % 3 ? fsm_wrap((int64_t)any_bits(), m->ports.at[k].width) : 0;
            a[m->ports.at[k].v->cell + n].i = b[m->ports.at[k].v->cell + n].i = value;
        }
}

// ---- C
// -------------------------------------------------------------------------------------------

static bool same(const bench *b, const fsm *m, const weft_cell *x, const weft_cell *y,
                 const char *name, int cycle) {
    bool kept = false;
    for (long k = WEFT_FIRST; k < b->p->cells; k++) {
        for (size_t n = 0; n < m->kept.n; n++)
            kept = kept || m->kept.at[n].v->cell == k;
        if (!kept && x[k].i != y[k].i) {
            printf("%s: cell %ld in cycle %d: %lld and %lld\n", name, k, cycle, (long long)x[k].i,
                   (long long)y[k].i);
            return false;
        }
        kept = false;
    }
    return true;
}

static bool run_c(const bench *b, const weft_model *model, const char *name) {
    const fsm *m = b->p->machines.at[0];
    weft_cell *x = calloc((size_t)b->p->cells, sizeof *x),
              *y = calloc((size_t)b->p->cells, sizeof *y);
    bool good = true;
    machine_call(m, FSM_RESET, x);
    model->functions[m->roles[FSM_RESET]->id](y);
    for (int n = 0; n < CYCLES && good; n++) {
        if (any_bits() % 4) random_inputs(m, x, y);
        machine_call(m, FSM_PULSES, x);
        model->functions[m->roles[FSM_PULSES]->id](y);
        machine_call(m, FSM_QUIET, x);
        model->functions[m->roles[FSM_QUIET]->id](y);
        good = x[WEFT_QUIET].i == y[WEFT_QUIET].i;
        if (x[WEFT_QUIET].i > 4) x[WEFT_QUIET].i = y[WEFT_QUIET].i = (int64_t)(any_bits() % 5);
        if (any_bits() % 2) {
            machine_call(m, FSM_SKIP, x);
            model->functions[m->roles[FSM_SKIP]->id](y);
        }
        machine_call(m, FSM_STEP, x);
        model->functions[m->roles[FSM_STEP]->id](y);
        good = good && same(b, m, x, y, name, n);
    }
    free(x);
    free(y);
    return good;
}

static bool compare_c(const bench *b, weft_build *how, const char *name) {
    weft_library library = {0};
    const weft_model *model;
    if (!build_c(b->home, b->p, "top", how, &library, &model)) {
        diag_print(b->m->diag, stdout);
        printf("%s\n", error);
        return false;
    }
    bool good = run_c(b, model, name);
    weft_library_close(&library);
    return good;
}

// ---- RTL
// -----------------------------------------------------------------------------------------

// An edge in both with the same inputs; widths new in the cycle behind it, as the runtime does it.
static bool run_rtl(const bench *b, const weft_rtl *rtl, const char *name) {
    const fsm *m = b->p->machines.at[0];
    long outs = elements(m, true);
    weft_cell *x = calloc((size_t)b->p->cells, sizeof *x),
              *unused = calloc((size_t)b->p->cells, sizeof *x);
    int64_t *in = calloc((size_t)elements(m, false) + 1, sizeof *in);
    int64_t *out = calloc((size_t)outs + 1, sizeof *out),
            *want = calloc((size_t)outs + 1, sizeof *want);
    void *self = rtl->create();
    bool good = true;
    machine_call(m, FSM_RESET, x);
    rtl->reset(self, out);
    for (int n = 0; n < CYCLES && good; n++) {
        random_inputs(m, x, unused);
        machine_call(m, FSM_PULSES, x);
        gather(m, x, false, in);
        rtl->settle(self, in, out);
        gather(m, x, true, want);
        good = memcmp(out, want, (size_t)outs * sizeof *out) == 0;
        if (!good) printf("%s: the outputs differ in cycle %d\n", name, n);
        // Held inputs for a while: `run` stops at the first change, as single edges would.
        int64_t made = 1;
        if (any_bits() % 4)
            rtl->edge(self, in, out);
        else
            made = rtl->run(self, in, out, 6);
        for (int64_t k = 0; k < made; k++) {
            if (k) machine_call(m, FSM_PULSES, x);
            machine_call(m, FSM_STEP, x);
        }
    }
    int64_t made = 0;
    clock_t begin = clock();
    while (made < SPEED_CYCLES)
        rtl->edge(self, in, out), made++;
    fprintf(stderr, "%s: %.1f M edges/s\n", name,
            (double)made / ((double)(clock() - begin) / CLOCKS_PER_SEC) / 1e6);
    rtl->destroy(self);
    free(x), free(unused), free(in), free(out), free(want);
    return good;
}

static bool compare_rtl(const bench *b, weft_build *how, const char *project, const char *name) {
    const fsm *m = b->p->machines.at[0];
    weft_library library = {0};
    const weft_rtl *rtl;
    if (!build_rtl(b->home, m, how, project, &library, &rtl)) {
        printf("%s\n", error);
        return false;
    }
    bool good = run_rtl(b, rtl, name);
    weft_library_close(&library);
    return good;
}

int main(int count, char **words) {
    if (count < 3) return 2;
    bool all = true;
    for (size_t k = 0; k < control_case_count + (size_t)atoi(words[2]); k++) {
        arena *home = arena_new();
        const control_case c = bench_case(home, k);
        bench b = bench_make(home, &c);
        weft_build how = {.include = arena_text(home, "%s/runtime", words[1]),
                          .error = error,
                          .error_size = sizeof error};
        bool good = compare_c(&b, &how, c.name);
        printf("%s %s: C\n", good ? "ok" : "FAIL", c.name);
        all = all && good;
        for (int n = 3; n < count; n++) {
            if (strcmp(words[n], c.name) != 0) continue;
            good = compare_rtl(&b, &how, words[1], c.name);
            printf("%s %s: RTL\n", good ? "ok" : "FAIL", c.name);
            all = all && good;
        }
        arena_free(home);
    }
    return all ? 0 : 1;
}
