// Invariants by guess, for guarantees that do not carry themselves: what outputs and registers were
// in each state during many runs, as ranges. A guess need not be true: the prover drops those that
// fall or do not carry themselves, and takes the rest for granted.
#include "prove.h"

enum { MOST = 1500 };

// A guess as a lemma: "in state G1Read busy is 1".
static void add_guess(proof *p, const search_range *g, int number, text *out) {
    const char *state = g->thread->states.at[g->state]->name;
    const rtl_signal *s = &p->about.signals.at[g->signal];
    const char *label = arena_text(p->home, "lemma_guess_%d", number);
    rtl_property about = {.label = label, .monitor = -1, .lemma = true};
    about.kind = about.text = arena_text(p->home, "in %s %s is %lld .. %lld", state, s->shown,
                                         (long long)g->lo, (long long)g->hi);
    text_add(out,
             "  logic %s;\n  assign %s = !cover_%s || ((%s >= %d'd%lld) && (%s <= %d'd%lld));\n",
             label, label, state, s->name, s->width, (long long)g->lo, s->name, s->width,
             (long long)g->hi);
    text_add(out, "  always_comb assert_%s: assert (%s);\n", label, label);
    vec_push(p->home, &p->about.properties, about);
}

size_t guess_lemmas(proof *p) {
    search_ranges found = {0};
    size_t before = p->about.properties.n;
    const char *end = NULL;
    search_values(p, &found);
    for (const char *at = strstr(p->text, "`endif"); at; at = strstr(at + 1, "`endif"))
        end = at;
    if (!end || found.n > MOST) return 0;
    text body = text_in(p->home);
    text_put(&body, p->text, (size_t)(end - p->text));
    for (size_t k = 0; k < found.n; k++)
        add_guess(p, &found.at[k], (int)k, &body);
    text_add(&body, "%s", end);
    p->text = body.at;
    proof_item *items = arena_array(p->home, p->about.properties.n + 1, sizeof *items);
    memcpy(items, p->items, before * sizeof *items);
    p->items = items;
    return found.n;
}
