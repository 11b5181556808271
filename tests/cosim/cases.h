// Controllers as hand-built statements, one for each rule of plan/fsm.h, each with inputs and the
// outputs that the language's rules demand, written by hand, cycle by cycle. One table serves the
// interpreter's test (unit/test_fsm.c) and the co-simulation of C and RTL (cosim/).
//
// Digit n of a line is the value in cycle n: cycle 0 follows reset, an edge ends each cycle and
// sees that cycle's inputs. An output named NAME of the RTL is here without its _o, an input
// without _i.
#ifndef WEFT_COSIM_CASES_H
#define WEFT_COSIM_CASES_H

#include "plan/fsm.h"

enum { MAX_LINES = 12, PERIOD = 100 };

typedef struct line_of {
    const char *name, *values;
} line_of;

typedef struct bench {
    arena *home;
    model *m;
    plan *p;
    sequencer *q;
} bench;

typedef struct control_case {
    const char *name;
    stmt *(*make)(bench *b);               // NULL: made by dice, NAME being diceN
    line_of in[MAX_LINES], out[MAX_LINES]; // an input that is left out is 0
} control_case;

extern const control_case control_cases[];
extern const size_t control_case_count;

// The case of that number: those of the table, then endlessly many made by dice (cosim/random.c).
control_case bench_case(arena *home, size_t number);
// A model with one sequencer as the case says, and its plan after plan_machines, with cells.
bench bench_make(arena *home, const control_case *c);
const fsm_port *bench_port(const fsm *m, const char *name); // "start", "g1_read": without suffix
// The value of a digit: 0-9, then a = 10 ...
int64_t bench_digit(char c);

#endif
