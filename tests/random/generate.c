// The generator: a program is functions, devices, blocks from the smallest on, the top block, and
// its experiments.
#include "random/generate.h"
#include "random/make.h"

#include <stdlib.h>

recipe recipe_default(uint64_t seed) {
    bool small = seed % 5 != 0; // most faults show in small programs, which are quick to build
    return (recipe){.seed = seed,
                    .size = small ? 0 : 1,
                    .crossbars = 22,
                    .devices = 18,
                    .arrays = 35,
                    .parts = 25,
                    .phases = 50,
                    .pulses = 25,
                    .windows = 25,
                    .events = 70,
                    .arguments = 35,
                    .comparators = 15,
                    .sequencers = 30,
                    .routines = 25,
                    .pars = 50,
                    .control = small ? 18 : 25,
                    .draws = 20,
                    .data = 35,
                    .states = 20};
}

bool recipe_set(recipe *r, const char *assignment) {
    const struct {
        const char *name;
        int *value;
    } weights[] = {{"size", &r->size},
                   {"crossbars", &r->crossbars},
                   {"devices", &r->devices},
                   {"arrays", &r->arrays},
                   {"parts", &r->parts},
                   {"phases", &r->phases},
                   {"pulses", &r->pulses},
                   {"windows", &r->windows},
                   {"events", &r->events},
                   {"arguments", &r->arguments},
                   {"comparators", &r->comparators},
                   {"sequencers", &r->sequencers},
                   {"routines", &r->routines},
                   {"pars", &r->pars},
                   {"control", &r->control},
                   {"draws", &r->draws},
                   {"data", &r->data},
                   {"states", &r->states}};
    for (size_t k = 0; k < sizeof weights / sizeof *weights; k++) {
        size_t n = strlen(weights[k].name);
        if (strncmp(assignment, weights[k].name, n) || assignment[n] != '=') continue;
        *weights[k].value = atoi(assignment + n + 1);
        return true;
    }
    return false;
}

const char *generate(arena *home, const recipe *r, const char *name) {
    maker *g = arena_new_of(home, maker);
    g->home = home;
    g->r = r;
    g->out = text_in(home);
    g->dice = r->seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    for (int k = 0; k < 20; k++)
        roll(g, 2);
    g->coupled = chance(g, r->states);
    g->loose = g->coupled && chance(g, 50);
    put(g, "// Made by dice: seed %llu.\n\n", (unsigned long long)r->seed);
    for (int n = roll(g, 2 + r->size); n > 0; n--)
        roll_function(g);
    for (int n = 1 + roll(g, 1 + r->size); n > 0; n--)
        roll_device(g, false);
    for (int n = roll(g, 2); n > 0; n--)
        roll_device(g, true);
    for (int n = roll(g, 2 + r->size); n > 0; n--)
        roll_block(g, false, fresh(g, "blk"));
    block_kind *top = roll_block(g, true, name);
    roll_experiments(g, top);
    return g->out.at;
}
