// trace_vcd.c -- the value change dump of IEEE 1364-2005, clause 18: a small writer.
#include "trace.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct weft_wave {
    FILE *file;
    uint8_t *widths; // by signal; 0: a real
    uint32_t count, room;
    bool begun;
};

static weft_status vcd_open(weft_wave **wave, const char *path, const char *top, int scale,
                            char *problem, size_t size) {
    static const char *const units[] = {"s", "ms", "us", "ns", "ps", "fs"};
    static const int numbers[] = {1, 10, 100};
    weft_wave *w = *wave = calloc(1, sizeof *w);
    (void)problem;
    (void)size;
    if (!w) return WEFT_NO_MEMORY;
    w->file = fopen(path, "wb");
    if (!w->file) {
        free(w);
        return WEFT_IO;
    }
    int below = (-scale + 2) / 3; // 1e-4 s is 100 us: the next smaller unit
    fprintf(w->file, "$version weft $end\n$timescale %d %s $end\n$scope module %s $end\n",
            numbers[scale + 3 * below], units[below], top);
    return WEFT_OK;
}

static void vcd_scope(weft_wave *w, const char *name) {
    fprintf(w->file, "$scope module %s $end\n", name);
}

static void vcd_leave(weft_wave *w) {
    fputs("$upscope $end\n", w->file);
}

static const char *code(uint32_t signal, char text[8]) { // digits of base 94, from '!' on
    int at = 0;
    do {
        text[at++] = (char)('!' + signal % 94);
        signal /= 94;
    } while (signal);
    text[at] = '\0';
    return text;
}

static bool vcd_declare(weft_wave *w, const char *name, uint32_t bits, bool input) {
    char text[8];
    (void)input;
    if (w->count == w->room) {
        uint32_t room = w->room ? 2 * w->room : 64;
        uint8_t *more = realloc(w->widths, room);
        if (!more) return false;
        w->widths = more;
        w->room = room;
    }
    w->widths[w->count] = (uint8_t)bits;
    fprintf(w->file, "$var %s %" PRIu32 " %s %s $end\n", bits ? "wire" : "real", bits ? bits : 64,
            code(w->count++, text), name);
    return true;
}

static void vcd_time(weft_wave *w, uint64_t time) {
    if (!w->begun) fputs("$upscope $end\n$enddefinitions $end\n", w->file);
    w->begun = true;
    fprintf(w->file, "#%" PRIu64 "\n", time);
}

static void vcd_real(weft_wave *w, uint32_t signal, double value) {
    char text[8];
    fprintf(w->file, "r%.17g %s\n", value, code(signal, text));
}

static void vcd_bits(weft_wave *w, uint32_t signal, uint64_t value) {
    char text[8], digits[65];
    int bits = w->widths[signal] < 64 ? w->widths[signal] : 64;
    if (bits == 1) {
        fprintf(w->file, "%d%s\n", (int)(value & 1), code(signal, text));
        return;
    }
    for (int i = 0; i < bits; i++)
        digits[i] = (char)('0' + (value >> (bits - 1 - i) & 1));
    digits[bits] = '\0';
    fprintf(w->file, "b%s %s\n", digits, code(signal, text));
}

static weft_status vcd_close(weft_wave *w, bool keep) {
    if (!w->begun && keep) vcd_time(w, 0);
    bool fine = !ferror(w->file);
    if (fclose(w->file) != 0) fine = false;
    int why = errno;
    free(w->widths);
    free(w);
    errno = why;
    return fine ? WEFT_OK : WEFT_IO;
}

const weft_wave_format weft_wave_vcd = {vcd_open, vcd_scope, vcd_leave, vcd_declare,
                                        vcd_time, vcd_real,  vcd_bits,  vcd_close};
