// Prints one program: generate SEED [NAME=VALUE ...], the weights by the names in generate.h.
#include "random/generate.h"

#include <stdio.h>
#include <stdlib.h>

int main(int count, char **words) {
    if (count < 2) return fprintf(stderr, "usage: generate SEED [size=2 crossbars=0 ...]\n"), 2;
    recipe r = recipe_default(strtoull(words[1], NULL, 10));
    for (int k = 2; k < count; k++)
        if (!recipe_set(&r, words[k]))
            return fprintf(stderr, "generate: there is no weight '%s'\n", words[k]), 2;
    arena *home = arena_new();
    fputs(generate(home, &r, arena_text(home, "p%llu", (unsigned long long)r.seed)), stdout);
    arena_free(home);
    return 0;
}
