// Text of a generated file; see printer.h.
#include "emit/printer.h"

#include <stdio.h>

printer printer_on(text *out, int width) {
    return (printer){.out = out, .width = width, .blank = true};
}

void print_vline(printer *p, const char *format, va_list arguments) {
    text whole = text_in(p->out->home);
    text_vadd(&whole, format, arguments);
    const char *rest = whole.n > 0 ? whole.at : "";
    for (;;) {
        const size_t length = strcspn(rest, "\n");
        if (length > 0) {
            text_add(p->out, "%*s", p->level * p->width, "");
            text_put(p->out, rest, length);
        }
        text_put(p->out, "\n", 1);
        p->blank = length == 0;
        if (rest[length] == '\0') {
            return;
        }
        rest += length + 1;
    }
}

void print_line(printer *p, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_vline(p, format, arguments);
    va_end(arguments);
}

void print_open(printer *p, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print_vline(p, format, arguments);
    va_end(arguments);
    p->level++;
    p->blank = true;
}

void print_close(printer *p, const char *format, ...) {
    va_list arguments;
    if (p->level > 0) {
        p->level--;
    }
    va_start(arguments, format);
    print_vline(p, format, arguments);
    va_end(arguments);
}

void print_blank(printer *p) {
    if (!p->blank) {
        text_put(p->out, "\n", 1);
        p->blank = true;
    }
}

void print_list(printer *p, const char *before, const char *const *items, size_t count,
                const char *after) {
    enum { COLUMNS = 100 };
    text line = text_in(p->out->home);
    const size_t indent = (size_t)(p->level * p->width), deeper = indent + (size_t)p->width;
    text_add(&line, "%*s%s", (int)indent, "", before);
    for (size_t k = 0; k < count; k++) {
        const bool last = k + 1 == count;
        const size_t need = strlen(items[k]) + (last ? strlen(after) : 1);
        if (k > 0 && line.n + 1 + need > COLUMNS) {
            text_put(&line, "\n", 1);
            text_put(p->out, line.at, line.n);
            line = text_in(p->out->home);
            text_add(&line, "%*s%s", (int)deeper, "", items[k]);
        } else {
            text_add(&line, "%s%s", k > 0 ? " " : "", items[k]);
        }
        text_add(&line, "%s", last ? "" : ",");
    }
    text_add(&line, "%s\n", after);
    text_put(p->out, line.at, line.n);
    p->blank = false;
}
