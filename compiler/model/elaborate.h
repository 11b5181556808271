// The stage from syntax to model: imports, names, parameters, hierarchy, units, kinds and shapes.
#ifndef WEFT_ELABORATE_H
#define WEFT_ELABORATE_H

#include "model/model.h"

typedef struct setting { // --set NAME=VALUE
    const char *name, *value;
    bool used;
} setting;

typedef struct elab_options {
    setting *set;
    size_t sets;
    const char **keep; // --keep NAME
    size_t keeps;
    const char *library; // the folder that holds models/
} elab_options;

// Everything that a source file and its imports define.
typedef struct program program;

// Parses `path` and what it imports. NULL only when the file cannot be read (reported).
program *program_read(arena *home, names *words, diag *d, const char *path, const char *library);
const syntax_file *program_main(const program *p);
// The experiments of the main file, in order.
size_t program_experiments(const program *p, const char **names, size_t room);

// Whether the last block of the main file stands by itself: nothing in it waits for a value.
bool program_has_block(const program *p);

// The model of one experiment (by name; NULL: the first; a file without experiments: the last
// block). Reports into the diag of the program; NULL when there is nothing to elaborate.
model *elaborate(program *p, const char *experiment, const elab_options *options);
// Checks every block and device by itself, with nominal counts and parameters.
void elaborate_rest(program *p, const elab_options *options);

#endif
