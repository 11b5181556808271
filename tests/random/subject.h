// One program under test: its text, read and planned, and the generated C of each of its
// experiments.
#ifndef RANDOM_SUBJECT_H
#define RANDOM_SUBJECT_H

#include "model/elaborate.h"
#include "plan/fsm.h"
#include "plan/plan.h"
#include "weft.h"

// What can be wrong with a program, from the first stage on. Numbers are exit codes of a child.
typedef enum {
    FAULT_NONE,
    FAULT_REFUSED,   // the compiler reports an error
    FAULT_ROUND,     // printed and read again it is another program, or printed twice another text
    FAULT_COMPILER,  // a C compiler refuses the generated text
    FAULT_DIFFERS,   // the generated C leaves other bits than the interpreter
    FAULT_POISON,    // the result depends on memory that is no state
    FAULT_CONTROL,   // the controller in C and the interpreter's machine differ
    FAULT_ICARUS,    // the RTL in Icarus and the machine differ
    FAULT_VERILATOR, // the same under Verilator
    FAULT_CRASH,     // a signal, or a sanitizer's report
    FAULT_SLOW,      // more than the time limit
    FAULTS
} fault;
const char *fault_text(fault f);

enum { EXPERIMENTS = 2 };

typedef struct subject {
    arena *home;
    const char *name, *path; // "s12", the file it was written to
    const char *text;
    diag *diag;
    program *program;
    int plans;
    struct plan *plan[EXPERIMENTS];
    fault fault;
    const char *detail; // one line, or more
} subject;

// Writes the text to DIRECTORY/NAME.weft, reads it, checks the round trip, plans its experiments.
// The fault and its detail say what went wrong.
void subject_read(subject *s, const char *directory, const char *name, const char *text,
                  const char *library);
// Notes the first fault.
void subject_fault(subject *s, fault f, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// Adds the C of one experiment to a text that holds many: what a file defines gets `suffix` behind
// its name. The entry is then "NAME_modelSUFFIX".
bool subject_c(subject *s, int nth, const char *suffix, text *out);
const char *subject_entry(subject *s, int nth, const char *suffix);

#endif
