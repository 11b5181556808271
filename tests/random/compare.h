// Runs a program's experiment with the interpreter, and every function that is called also with
// each compiled model on a copy of the memory: all cells must be the same bits afterwards.
#ifndef RANDOM_COMPARE_H
#define RANDOM_COMPARE_H

#include "random/subject.h"

typedef struct build { // a compiled model
    const char *name;  // "clang -O2"
    const weft_model *model;
} build;

// Sets the subject's fault. `directory` takes the records.
void compare_experiment(subject *s, int nth, const build *builds, int count, const char *directory);
// The same for the controllers alone, with random inputs and resets. Writes for machine k of the
// experiment DIRECTORY/MODULE.in and .out, a line of bits a cycle (bench.h), where that is not
// NULL.
void compare_controllers(subject *s, int nth, const build *builds, int count, int cycles,
                         const char *directory);

#endif
