// Text of a generated file: lines with indentation and blocks that cannot be left open by mistake.
#ifndef WEFT_PRINTER_H
#define WEFT_PRINTER_H

#include "support/text.h"

typedef struct printer {
    text *out;
    int width; // blanks of one level
    int level;
    bool blank; // the last line was empty: another empty one is dropped
} printer;

printer printer_on(text *out, int width);
// One line at the current level; the format may hold line breaks, each line is indented.
void print_line(printer *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
// The line, then one level deeper; and back, with the line that closes the block.
void print_open(printer *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void print_close(printer *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
// One empty line, never two in a row.
void print_blank(printer *p);
// Comma-separated items, broken before column 100; `items` are whole words.
void print_list(printer *p, const char *before, const char *const *items, size_t count,
                const char *after);
void print_vline(printer *p, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#endif
