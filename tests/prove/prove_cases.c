// Proves the controllers of tests/cosim: those by hand and those by dice. Usage: prove_cases RTL
// FIRST COUNT [search]: COUNT of those by dice from number FIRST on; FIRST 0: those by hand, all of
// them. `search`: states are only looked for by running the interpreter, which is quick; otherwise
// Yosys proves those that no run reaches to be out of reach. Prints `ok NAME` or `FAIL NAME` with
// what was not proved, and `open NAME STATE` for a state that was neither reached nor proved to be
// out of reach.
#include "cosim/cases.c"
#include "prove.h"

#include <stdlib.h>

static const char *const verdicts[] = {"open", "proved", "bounded", "refuted"};

static void print_details(const proof *p) {
    for (size_t k = 0; k < p->about.properties.n; k++) {
        const rtl_property *about = &p->about.properties.at[k];
        if (p->items[k].verdict == PROOF_PROVED || about->lemma) continue;
        printf("  %s: %s: %s (%d)\n", about->label, about->text, verdicts[p->items[k].verdict],
               p->items[k].depth);
        if (!p->items[k].counter) continue;
        text out = text_in(p->home);
        trace_print(p, p->items[k].counter, &out);
        fputs(out.at, stdout);
    }
}

static void count_states(const proof *p, const char *name, bool search) {
    size_t reached = 0, never = 0;
    for (size_t k = 0; k < p->states.n; k++) {
        reached += p->states.at[k].cycle >= 0;
        never += p->states.at[k].cycle < 0 && p->states.at[k].unreachable;
    }
    printf("%zu states: %zu reached, %zu never, %zu open\n", p->states.n, reached, never,
           p->states.n - reached - never);
    for (size_t k = 0; k < p->states.n && !search; k++)
        if (p->states.at[k].cycle < 0 && !p->states.at[k].unreachable)
            printf("open %s %s: not reached in %d cycles\n", name, p->states.at[k].state->name,
                   p->states.at[k].looked);
}

static size_t count_properties(const proof *p) {
    size_t count = 0;
    for (size_t k = 0; k < p->about.properties.n; k++)
        count += !p->about.properties.at[k].lemma;
    return count;
}

static bool prove_case(size_t number, const char *rtl, bool search) {
    arena *home = arena_new();
    const control_case c = bench_case(home, number);
    bench b = bench_make(home, &c);
    proof *p = proof_new(home, b.p->machines.at[0], rtl);
    bool fine = proof_run(p, 30);
    if (fine && search)
        search_states(p);
    else
        fine = fine && proof_cover(p);
    bool proved = fine && proof_fine(p);
    printf("%s %s: %zu properties, ", proved ? "ok" : "FAIL", c.name, count_properties(p));
    count_states(p, c.name, search);
    if (!fine) printf("  %s\n", p->error);
    if (!proved) print_details(p);
    fflush(stdout);
    arena_free(home);
    return proved;
}

int main(int count, char **words) {
    if (count < 4) return 2;
    bool all = true;
    size_t first = (size_t)strtoul(words[2], NULL, 10), n = (size_t)strtoul(words[3], NULL, 10);
    if (first == 0) n = control_case_count;
    for (size_t k = 0; k < n; k++)
        all =
            prove_case(first ? control_case_count + first - 1 + k : k, words[1], count > 4) && all;
    return all ? 0 : 1;
}
