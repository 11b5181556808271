// The plain conversions of printf, written without the detours of the C library: most of what the
// compiler does with generated text is to write it.
#ifndef WEFT_FORMAT_H
#define WEFT_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

// As vsnprintf(out, room, format, arguments): at most `room` bytes with the zero byte are written,
// the length of the whole is returned. The C library writes what is not plain (%s, %.*s, %*s, %c,
// %%, and d, i, u with l, ll or z).
size_t format_text(char *out, size_t room, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif
