// A program given as text, compiled to its plan: for tests of what the plan computes.
#ifndef WEFT_COMPILED_H
#define WEFT_COMPILED_H

#include "plan/plan.h"

typedef struct compiled {
    arena *home;
    model *m;
    plan *p;
    char folder[4096]; // of its own, in the test's working folder
} compiled;

// The first experiment; `solver` in place of its own, or NULL. Errors end the test.
compiled compiled_new(const char *text, const char *solver);
void compiled_write(const compiled *c, const char *name, const char *bytes, size_t length);
void compiled_free(compiled *c);

#endif
