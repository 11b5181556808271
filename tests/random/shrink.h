// Makes a failing program small: statements, items and operands are taken away while it fails the
// same way.
#ifndef RANDOM_SHRINK_H
#define RANDOM_SHRINK_H

#include "support/arena.h"
#include <stdbool.h>

typedef bool shrink_test(void *data, const char *text); // whether this text still fails

// The smallest text found in so many seconds, in the arena.
const char *shrink(arena *home, const char *text, shrink_test *test, void *data, int seconds,
                   int *tries);

#endif
