// Growing text, and names that are equal exactly when their pointers are.
#ifndef WEFT_TEXT_H
#define WEFT_TEXT_H

#include "support/arena.h"
#include <stdbool.h>

// Text that grows; lives in an arena. Always ends in a zero byte once something was added.
typedef struct text {
    arena *home;
    char *at;
    size_t n, room;
} text;

text text_in(arena *home);
void text_add(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vadd(text *t, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
void text_put(text *t, const char *bytes, size_t length);

// Interned names. One table per compilation.
typedef struct names names;
names *names_new(arena *home);
const char *name_of(names *n, const char *bytes, size_t length);
const char *name_is(names *n, const char *zero_terminated);

// A map from interned names (compared by pointer) to anything.
typedef struct map map;
map *map_new(arena *home);
void *map_get(const map *m, const char *name);       // NULL where the name is absent
void map_put(map *m, const char *name, void *value); // replaces
size_t map_count(const map *m);
const char *map_key(const map *m, size_t nth); // in order of insertion
void *map_value(const map *m, size_t nth);

// The candidate nearest to `wrong` by edit distance, or NULL when none is near enough to suggest
// (more than a third of the letters differ).
const char *nearest_name(const char *wrong, const char *const *candidates, size_t count);

#endif
