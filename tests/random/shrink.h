// Makes a failing program small: statements, items and operands are taken away while it fails the
// same way.
#ifndef RANDOM_SHRINK_H
#define RANDOM_SHRINK_H

#include "syntax/ast.h"

// Whether this program still fails. It may be no program at all, so print it in a child only.
typedef bool shrink_test(void *data, const syntax_file *file);

// The text as a tree without its comments.
syntax_file *shrink_read(arena *home, const char *text);
// The smallest text found in so many seconds, in the arena.
const char *shrink(arena *home, const char *text, shrink_test *test, void *data, int seconds,
                   int *tries);

#endif
