// printf's plain conversions; see format.h.
#include "support/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct conversion {
    bool width, precision; // given as arguments
    int longs;             // l, ll
    bool size;             // z
    char kind;
} conversion;

// The conversion behind a '%'; returns what follows it, NULL where it is not plain.
static const char *read_conversion(const char *at, conversion *c) {
    *c = (conversion){0};
    if (*at == '*') c->width = true, at++;
    if (at[0] == '.' && at[1] == '*') c->precision = true, at += 2;
    while (*at == 'l' && c->longs < 2)
        c->longs++, at++;
    if (*at == 'z' && c->longs == 0) c->size = true, at++;
    c->kind = *at;
    bool sized = c->longs > 0 || c->size, starred = c->width || c->precision;
    bool plain = c->kind == 's'                                       ? !sized
                 : c->kind == 'c' || c->kind == '%'                   ? !sized && !starred
                 : c->kind == 'd' || c->kind == 'i' || c->kind == 'u' ? !starred
                                                                      : false;
    return plain ? at + 1 : NULL;
}

typedef struct place {
    char *out;
    size_t room, length;
} place;

static void put(place *p, const char *bytes, size_t count) {
    if (p->length < p->room) {
        size_t left = p->room - p->length;
        memcpy(p->out + p->length, bytes, count < left ? count : left);
    }
    p->length += count;
}

static void put_spaces(place *p, size_t count) {
    static const char spaces[] = "                                ";
    for (size_t step; count > 0; count -= step)
        put(p, spaces, step = count < sizeof spaces - 1 ? count : sizeof spaces - 1);
}

static void put_number(place *p, uintmax_t magnitude, bool negative) {
    char digits[24], *first = digits + sizeof digits;
    do
        *--first = (char)('0' + magnitude % 10);
    while ((magnitude /= 10) != 0);
    if (negative) *--first = '-';
    put(p, first, (size_t)(digits + sizeof digits - first));
}

static void put_string(place *p, const char *string, int width, int precision) {
    size_t count = precision < 0 ? strlen(string) : strnlen(string, (size_t)precision);
    size_t wide = width < 0 ? -(size_t)width : (size_t)width;
    size_t fill = wide > count ? wide - count : 0;
    if (width > 0) put_spaces(p, fill);
    put(p, string, count);
    if (width < 0) put_spaces(p, fill);
}

// Arguments in a struct: a va_list that is a parameter cannot be handed on by address.
typedef struct given {
    va_list list;
} given;

static void convert(place *p, const conversion *c, given *g) {
    int width = c->width ? va_arg(g->list, int) : 0;
    int precision = c->precision ? va_arg(g->list, int) : -1;
    if (c->kind == 's') {
        put_string(p, va_arg(g->list, const char *), width, precision);
    } else if (c->kind == 'c') {
        char character = (char)va_arg(g->list, int);
        put(p, &character, 1);
    } else if (c->kind == '%') {
        put(p, "%", 1);
    } else if (c->kind == 'u') {
        put_number(p,
                   c->size         ? va_arg(g->list, size_t)
                   : c->longs == 2 ? va_arg(g->list, unsigned long long)
                   : c->longs == 1 ? va_arg(g->list, unsigned long)
                                   : va_arg(g->list, unsigned),
                   false);
    } else {
        intmax_t number = c->size         ? (intmax_t)va_arg(g->list, ptrdiff_t)
                          : c->longs == 2 ? va_arg(g->list, long long)
                          : c->longs == 1 ? va_arg(g->list, long)
                                          : va_arg(g->list, int);
        put_number(p, number < 0 ? -(uintmax_t)number : (uintmax_t)number, number < 0);
    }
}

static size_t by_library(char *out, size_t room, const char *format, va_list arguments) {
    int length = vsnprintf(out, room, format, arguments);
    if (length < 0 && room > 0) *out = '\0';
    return length < 0 ? 0 : (size_t)length;
}

size_t format_text(char *out, size_t room, const char *format, va_list arguments) {
    place p = {out, room, 0};
    given g;
    va_copy(g.list, arguments);
    const char *at = format;
    for (const char *next; at != NULL && (next = strchr(at, '%')) != NULL;) {
        conversion c;
        put(&p, at, (size_t)(next - at));
        at = read_conversion(next + 1, &c);
        if (at != NULL) convert(&p, &c, &g);
    }
    va_end(g.list);
    if (at == NULL) return by_library(out, room, format, arguments);
    put(&p, at, strlen(at));
    if (room > 0) out[p.length < room ? p.length : room - 1] = '\0';
    return p.length;
}
