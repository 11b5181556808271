// Invariants by guess, for guarantees that do not carry themselves: what outputs and registers were
// in each state during many runs, as ranges; and that states which no run has met are never met. A
// guess need not be true: the prover drops those that fall or do not carry themselves, and takes
// the rest for granted.
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

// The module with more text among its assertions, which the new properties tell.
static void put_in(proof *p, const text *more, size_t before) {
    const char *end = NULL;
    for (const char *at = strstr(p->text, "`endif"); at; at = strstr(at + 1, "`endif"))
        end = at;
    text body = text_in(p->home);
    text_put(&body, p->text, (size_t)(end - p->text));
    text_add(&body, "%s%s", more->at, end);
    p->text = body.at;
    proof_item *items = arena_array(p->home, p->about.properties.n + 1, sizeof *items);
    memcpy(items, p->items, before * sizeof *items);
    p->items = items;
}

size_t guess_values(proof *p) {
    search_ranges found = {0};
    size_t before = p->about.properties.n;
    if (p->guessed) return 0;
    p->guessed = true;
    search_values(p, &found);
    if (found.n == 0 || found.n > MOST) return 0;
    text more = text_in(p->home);
    for (size_t k = 0; k < found.n; k++)
        add_guess(p, &found.at[k], (int)k, &more);
    put_in(p, &more, before);
    return found.n;
}

size_t guess_unreached(proof *p) {
    size_t before = p->about.properties.n, count = 0;
    text more = text_in(p->home);
    for (size_t k = 0; k < p->states.n; k++) {
        const char *name = p->states.at[k].state->name;
        if (p->states.at[k].cycle >= 0) continue;
        const char *label = arena_text(p->home, "lemma_never_%s", name);
        rtl_property about = {.label = label, .monitor = -1, .lemma = true};
        about.kind = about.text = arena_text(p->home, "%s is never reached", name);
        text_add(&more, "  logic %s;\n  assign %s = !cover_%s;\n", label, label, name);
        text_add(&more, "  always_comb assert_%s: assert (%s);\n", label, label);
        p->states.at[k].never = p->about.properties.n;
        vec_push(p->home, &p->about.properties, about);
        count++;
    }
    if (count) put_in(p, &more, before);
    return count;
}
