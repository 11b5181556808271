// Many generated controllers in one SystemVerilog bench, run by Icarus and by Verilator on recorded
// inputs. A row of inputs is the reset bit (1: run) and the ports in order, the highest element
// first.
#ifndef RANDOM_BENCH_H
#define RANDOM_BENCH_H

#include "random/subject.h"

#include <stdio.h>

typedef struct bench {
    arena *home;
    const char *directory, *library; // of the files; of rtl/
    int cycles;
    text drivers, uses, files;
    int modules;
} bench;

void bench_row(FILE *f, const fsm *m, const weft_cell *cells, bool output, bool reset);
bench bench_new(arena *home, const char *directory, const char *library, int cycles);
// Writes MODULE.sv and adds its driver; MODULE.in is to be there when the bench runs.
void bench_add(bench *b, const fsm *m);
// Runs all of them; MODULE.rtl is what they gave. NULL: it ran; otherwise the tool's words.
const char *bench_run(bench *b, bool verilator);
// The first cycle in which MODULE.rtl differs from MODULE.out, -1: none, -2: a file is missing.
int bench_difference(const bench *b, const char *module, char *said, size_t size);

#endif
