// What every target of the compiler offers: a name, what it cannot express, and its files as text
// in memory; the driver writes them. A backend takes every decision from the plan and makes none.
#ifndef WEFT_BACKEND_H
#define WEFT_BACKEND_H

#include "plan/plan.h"

typedef struct emitted_file {
    const char *name; // without directories: "iris.c"
    text body;
} emitted_file;

typedef struct emission {
    arena *home;
    const char *stem;    // of the files: "iris"; NULL: the model's name
    const char *options; // the options that shaped the output, for the header comment; NULL: none
    VEC(emitted_file) files;
} emission;

typedef struct backend {
    const char *name;    // as in --to NAME: "c"
    const char *purpose; // one line for --help
    // The first thing in the plan that this target cannot express, reported into the model's diag
    // with the backends that can; true when there is none.
    bool (*can)(const plan *p);
    // Adds this target's files to the emission; false after a report into the model's diag.
    bool (*emit)(const plan *p, emission *to);
} backend;

extern const backend backend_c, backend_manifest, backend_rtl;

// Adds an empty file and returns its text (valid until the next call).
text *emission_file(emission *to, const char *name);
const char *emission_stem(const emission *to, const plan *p);

#endif
