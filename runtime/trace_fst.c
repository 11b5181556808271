// trace_fst.c -- waveforms in GTKWave's FST, through the library that Verilator ships.
#include "trace.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The library's functions and the few numbers of fstapi.h that are needed here.
enum { FST_MODULE = 0, FST_REAL = 3, FST_WIRE = 16, FST_IMPLICIT = 0, FST_INPUT = 1 };
typedef struct fst_functions {
    void *(*create)(const char *name, int compressed_hierarchy);
    void (*close)(void *writer);
    void (*set_timescale)(void *writer, int exponent);
    void (*set_text)(void *writer, const char *text);
    void (*set_date)(void *writer, const char *text);
    void (*set_scope)(void *writer, int type, const char *name, const char *component);
    void (*set_upscope)(void *writer);
    uint32_t (*create_var)(void *writer, int type, int direction, uint32_t length, const char *name,
                           uint32_t alias);
    void (*emit_time)(void *writer, uint64_t time);
    void (*emit_value)(void *writer, uint32_t handle, const void *value);
    void *(*reader_open)(const char *name);
    void (*reader_close)(void *reader);
    uint64_t (*reader_end)(void *reader);
    uint64_t (*reader_vars)(void *reader);
} fst_functions;

struct weft_wave {
    fst_functions fst;
    void *library, *writer;
    char *path;
    uint32_t *handles; // by signal
    uint8_t *widths;   // by signal; 0: a real
    uint32_t count, room;
    uint64_t last; // time
    bool begun;    // all is declared
};

// Symbols in the order of fst_functions' members.
static bool find_functions(weft_wave *w) {
    static const char *const names[] = {
        "fstWriterCreate",          "fstWriterClose",      "fstWriterSetTimescale",
        "fstWriterSetVersion",      "fstWriterSetDate",    "fstWriterSetScope",
        "fstWriterSetUpscope",      "fstWriterCreateVar",  "fstWriterEmitTimeChange",
        "fstWriterEmitValueChange", "fstReaderOpen",       "fstReaderClose",
        "fstReaderGetEndTime",      "fstReaderGetVarCount"};
    _Static_assert(sizeof(fst_functions) == sizeof names / sizeof *names * sizeof(void *),
                   "one name for each function");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *symbol = dlsym(w->library, names[i]);
        if (!symbol) return false;
        memcpy((char *)&w->fst + i * sizeof symbol, &symbol, sizeof symbol);
    }
    return true;
}

static void drop(weft_wave *w) {
    if (w->library) dlclose(w->library);
    free(w->path);
    free(w->handles);
    free(w->widths);
    free(w);
}

static weft_status fst_open(weft_wave **wave, const char *path, const char *top, int scale,
                            char *problem, size_t size) {
    weft_wave *w = *wave = calloc(1, sizeof *w);
    if (!w) return WEFT_NO_MEMORY;
    weft_status status = weft_fst_library(&w->library, problem, size);
    if (status == WEFT_OK && !find_functions(w)) {
        snprintf(problem, size, "Verilator's FST writer lacks a function: write a .vcd");
        status = WEFT_TOOLS;
    }
    if (status == WEFT_OK) {
        w->path = strdup(path);
        errno = 0;
        w->writer = w->path ? w->fst.create(path, 1) : NULL;
        if (!w->writer) status = w->path ? WEFT_IO : WEFT_NO_MEMORY;
    }
    if (status) {
        int why = errno;
        drop(w);
        errno = why;
        return status;
    }
    w->fst.set_date(w->writer, ""); // equal runs give equal files
    w->fst.set_text(w->writer, "weft");
    w->fst.set_timescale(w->writer, scale);
    w->fst.set_scope(w->writer, FST_MODULE, top, NULL);
    return WEFT_OK;
}

static void fst_scope(weft_wave *w, const char *name) {
    w->fst.set_scope(w->writer, FST_MODULE, name, NULL);
}

static void fst_leave(weft_wave *w) {
    w->fst.set_upscope(w->writer);
}

static bool fst_declare(weft_wave *w, const char *name, uint32_t bits, bool input) {
    if (w->count == w->room) {
        uint32_t room = w->room ? 2 * w->room : 64;
        uint32_t *handles = realloc(w->handles, room * sizeof *handles);
        if (handles) w->handles = handles;
        uint8_t *widths = realloc(w->widths, room);
        if (widths) w->widths = widths;
        if (!handles || !widths) return false;
        w->room = room;
    }
    w->widths[w->count] = (uint8_t)bits;
    w->handles[w->count++] =
        w->fst.create_var(w->writer, bits ? FST_WIRE : FST_REAL, input ? FST_INPUT : FST_IMPLICIT,
                          bits ? bits : 8, name, 0);
    return true;
}

static void end_declarations(weft_wave *w) {
    if (!w->begun) w->fst.set_upscope(w->writer);
    w->begun = true;
}

static void fst_time(weft_wave *w, uint64_t time) {
    end_declarations(w);
    w->fst.emit_time(w->writer, time);
    w->last = time;
}

static void fst_real(weft_wave *w, uint32_t signal, double value) {
    w->fst.emit_value(w->writer, w->handles[signal], &value);
}

static void fst_bits(weft_wave *w, uint32_t signal, uint64_t value) {
    char digits[256];
    int bits = w->widths[signal];
    for (int i = 0; i < bits; i++) {
        int place = bits - 1 - i;
        digits[i] = (char)('0' + (place < 64 ? value >> place & 1 : 0));
    }
    w->fst.emit_value(w->writer, w->handles[signal], digits);
}

// The writer tells nothing of a full disk: the file is whole when it reads back with its last time.
static weft_status fst_close(weft_wave *w, bool keep) {
    end_declarations(w);
    w->fst.close(w->writer);
    bool fine = true;
    if (keep) {
        void *reader = w->fst.reader_open(w->path);
        fine = reader && w->fst.reader_end(reader) == w->last &&
               w->fst.reader_vars(reader) == w->count;
        if (reader) w->fst.reader_close(reader);
    }
    drop(w);
    if (!fine) errno = EIO;
    return fine ? WEFT_OK : WEFT_IO;
}

const weft_wave_format weft_wave_fst = {fst_open, fst_scope, fst_leave, fst_declare,
                                        fst_time, fst_real,  fst_bits,  fst_close};
