// Proves the controllers of tests/cosim: those by hand and those by dice. Usage: prove_cases RTL
// FIRST COUNT [v]: cases by number, the table's first. Prints `ok NAME` or `FAIL NAME` with what
// was not proved. A guarantee that a case is meant to break is in `meant`.
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
    for (size_t k = 0; k < p->states.n; k++)
        if (p->states.at[k].cycle < 0)
            printf("  state %s: %s\n", p->states.at[k].state->name,
                   p->states.at[k].unreachable ? "never reached" : "no way there found");
}

// Every property proved, every state reached or proved to be out of reach.
static bool prove_case(size_t number, const char *rtl, bool verbose) {
    arena *home = arena_new();
    const control_case c = bench_case(home, number);
    bench b = bench_make(home, &c);
    proof *p = proof_new(home, b.p->machines.at[0], rtl);
    bool fine = proof_run(p, 30) && proof_cover(p);
    bool proved = fine && proof_fine(p);
    size_t lost = 0;
    for (size_t k = 0; k < p->states.n; k++)
        lost += p->states.at[k].cycle < 0 && !p->states.at[k].unreachable;
    printf("%s %s: %zu properties, %zu states\n", proved && !lost ? "ok" : "FAIL", c.name,
           p->about.properties.n, p->states.n);
    if (!fine) printf("  %s\n", p->error);
    if (!proved || lost || verbose) print_details(p);
    fflush(stdout);
    arena_free(home);
    return proved && !lost;
}

int main(int count, char **words) {
    if (count < 4) return 2;
    bool all = true;
    size_t first = (size_t)strtoul(words[2], NULL, 10), n = (size_t)strtoul(words[3], NULL, 10);
    for (size_t k = first; k < first + n; k++)
        all = prove_case(k, words[1], count > 4) && all;
    return all ? 0 : 1;
}
