// Valid programs by dice: devices, functions, blocks of blocks, crossbars, phases, sequencers and
// experiments. Whatever the seed, the text passes `weft check`: units, shapes, kinds, times and who
// may define what are kept right while it is made (make.h says how). Values stay bounded, so that
// no NaN arises: every hold is clipped, every divisor is away from 0, every exponent small.
#ifndef RANDOM_GENERATE_H
#define RANDOM_GENERATE_H

#include "support/text.h"
#include <stdint.h>

// How often, in percent, a construct is chosen where it may stand; see `recipe_default`.
typedef struct recipe {
    uint64_t seed;
    int size; // 0 small, 1, ... 4: how many definitions, items and statements
    int crossbars, devices, arrays, parts, phases, pulses, windows, events, arguments, comparators;
    int sequencers, routines, pars, control; // control: depth of statements, in tenths
    int draws, data, states;
} recipe;

recipe recipe_default(uint64_t seed);
// "crossbars=0": one weight by its name; false when there is none of that name.
bool recipe_set(recipe *r, const char *assignment);
// The program; lives in the arena. `name` is that of its top block, an identifier.
const char *generate(arena *home, const recipe *r, const char *name);

#endif
