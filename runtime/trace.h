// trace.h -- waveforms of one run: controller signals and analog reals on one time axis.
//
// A trace looks when the twin says that something changed. Between two changes analog values move
// on their own: a trace looks ahead at each change, keeps some points of the stretch that begins
// there, and writes them once it is known that nothing came before.
#ifndef WEFT_TRACE_H
#define WEFT_TRACE_H

#include "engine.h"

#include <stdbool.h>

#define WEFT_TRACE_ELEMENTS 64 // of one variable; further elements are left out, and a note says so

typedef struct weft_trace weft_trace;

// By the ending of `path`: .fst or .vcd. `end` is the tick at which the run ends, 0 when that is
// not known. WEFT_TOOLS when the FST writer cannot be had, WEFT_IO (errno), WEFT_NO_MEMORY;
// `problem` gets what to do about it.
WEFT_CHECKED weft_status weft_trace_open(weft_trace **trace, const weft_model *model,
                                         const char *path, int64_t end, char *problem, size_t size);
// Something changed at `tick`, or was set from outside: the signals as they stand now.
void weft_trace_change(weft_trace *trace, weft_twin *twin, int64_t tick);
// Renames the finished file to its place. `note` gets what was left out. Frees `trace`.
WEFT_CHECKED weft_status weft_trace_close(weft_trace *trace, char *note, size_t size);
// Leaves what stood at its place before. Frees `trace`.
void weft_trace_drop(weft_trace *trace);

// The largest power of ten, from 1e-15 to 1, of which `tick` seconds are a whole multiple: its
// exponent. *units is that multiple. A tick that is none of 1e-15 s counts in fs, rounded.
int weft_trace_scale(double tick, int64_t *units);

// ---- one format (trace_vcd.c, trace_fst.c)
// ------------------------------------------------------- Signals are numbered in the order of
// `declare`. Times are in units and rise strictly.
typedef struct weft_wave weft_wave;
typedef struct weft_wave_format {
    // scale: exponent of the unit, -15 to 0
    weft_status (*open)(weft_wave **wave, const char *path, const char *top, int scale,
                        char *problem, size_t size);
    void (*scope)(weft_wave *wave, const char *name);
    void (*leave)(weft_wave *wave);
    // bits 0: a real. false: out of memory
    bool (*declare)(weft_wave *wave, const char *name, uint32_t bits, bool input);
    void (*time)(weft_wave *wave, uint64_t time);
    void (*real)(weft_wave *wave, uint32_t signal, double value);
    void (*bits)(weft_wave *wave, uint32_t signal, uint64_t value);
    weft_status (*close)(weft_wave *wave, bool keep); // WEFT_IO: errno
} weft_wave_format;
extern const weft_wave_format weft_wave_vcd, weft_wave_fst;

// The FST library (fstapi of GTKWave, as Verilator ships it) as a handle of dlopen: compiled into
// the cache at first use. WEFT_TOOLS: `problem` says what to install.
WEFT_CHECKED weft_status weft_fst_library(void **library, char *problem, size_t size);

#endif
