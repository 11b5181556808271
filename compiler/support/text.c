// Growing text, interned names, maps from names, and the nearest name; see text.h.
#include "support/text.h"
#include "support/format.h"

#include <stdint.h>
#include <strings.h>

// ---- growing text ----

text text_in(arena *home) {
    return (text){.home = home};
}

// Room for `more` bytes and a zero byte behind them.
static void text_reserve(text *t, size_t more) {
    if (more > SIZE_MAX / 4 || t->n > SIZE_MAX / 4) mem_fail();
    size_t needed = t->n + more + 1;
    if (needed <= t->room) return;
    size_t room = t->room ? t->room : 64;
    while (room < needed)
        room *= 2;
    char *larger = arena_alloc(t->home, room);
    if (t->n) memcpy(larger, t->at, t->n);
    t->at = larger;
    t->room = room;
}

void text_put(text *t, const char *bytes, size_t length) {
    text_reserve(t, length);
    if (length) memcpy(t->at + t->n, bytes, length);
    t->n += length;
    t->at[t->n] = '\0';
}

void text_vadd(text *t, const char *format, va_list arguments) {
    text_reserve(t, 0);
    va_list again;
    va_copy(again, arguments);
    size_t length = format_text(t->at + t->n, t->room - t->n, format, again);
    va_end(again);
    if (length >= t->room - t->n) {
        text_reserve(t, length);
        format_text(t->at + t->n, t->room - t->n, format, arguments);
    }
    t->n += length;
}

void text_add(text *t, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    text_vadd(t, format, arguments);
    va_end(arguments);
}

// ---- interned names ----

typedef struct entry {
    const char *name; // NULL: free
    size_t length;
    uint64_t hash;
} entry;

struct names {
    arena *home;
    entry *table; // open addressing; the size is a power of two
    size_t size, count;
};

// FNV-1a, 64 bits (Fowler, Noll, Vo).
static uint64_t hash_bytes(const char *bytes, size_t length) {
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < length; i++) {
        hash ^= (unsigned char)bytes[i];
        hash *= 1099511628211u;
    }
    return hash;
}

names *names_new(arena *home) {
    names *n = arena_new_of(home, names);
    n->home = home;
    n->size = 256;
    n->table = arena_array(home, n->size, sizeof *n->table);
    return n;
}

static entry *find_entry(entry *table, size_t size, const char *bytes, size_t length,
                         uint64_t hash) {
    size_t at = (size_t)hash & (size - 1);
    while (table[at].name && (table[at].hash != hash || table[at].length != length ||
                              memcmp(table[at].name, bytes, length) != 0))
        at = (at + 1) & (size - 1);
    return &table[at];
}

static void names_grow(names *n) {
    size_t size = n->size * 2;
    entry *table = arena_array(n->home, size, sizeof *table);
    for (size_t i = 0; i < n->size; i++) {
        const entry *old = &n->table[i];
        if (old->name) *find_entry(table, size, old->name, old->length, old->hash) = *old;
    }
    n->table = table;
    n->size = size;
}

const char *name_of(names *n, const char *bytes, size_t length) {
    uint64_t hash = hash_bytes(bytes, length);
    entry *found = find_entry(n->table, n->size, bytes, length, hash);
    if (found->name) return found->name;
    const char *name = arena_copy(n->home, bytes, length);
    *found = (entry){.name = name, .length = length, .hash = hash};
    n->count++;
    if (n->count * 2 > n->size) names_grow(n);
    return name;
}

const char *name_is(names *n, const char *zero_terminated) {
    return name_of(n, zero_terminated, strlen(zero_terminated));
}

// ---- maps ----

typedef struct pair {
    const char *name;
    void *value;
} pair;

struct map {
    arena *home;
    VEC(pair) pairs; // in order of insertion
    size_t *table;   // index into pairs plus one; 0: free; the size is a power of two
    size_t size;
};

map *map_new(arena *home) {
    map *m = arena_new_of(home, map);
    m->home = home;
    return m;
}

// The slot of a name: where it is, or the free one where it would go. The order of pointers decides
// only where a name lies in the table, never the order that map_key shows.
static size_t *map_slot(const map *m, const char *name) {
    uintptr_t address = (uintptr_t)name;
    size_t at = (size_t)((address >> 4) * 0x9E3779B1u) & (m->size - 1);
    while (m->table[at] && m->pairs.at[m->table[at] - 1].name != name)
        at = (at + 1) & (m->size - 1);
    return &m->table[at];
}

void *map_get(const map *m, const char *name) {
    if (!m->size) return NULL;
    size_t found = *map_slot(m, name);
    return found ? m->pairs.at[found - 1].value : NULL;
}

void map_put(map *m, const char *name, void *value) {
    if ((m->pairs.n + 1) * 2 > m->size) {
        m->size = m->size ? m->size * 2 : 16;
        m->table = arena_array(m->home, m->size, sizeof *m->table);
        for (size_t i = 0; i < m->pairs.n; i++)
            *map_slot(m, m->pairs.at[i].name) = i + 1;
    }
    size_t *slot = map_slot(m, name);
    if (*slot) {
        m->pairs.at[*slot - 1].value = value;
        return;
    }
    vec_push(m->home, &m->pairs, (pair){.name = name, .value = value});
    *slot = m->pairs.n;
}

size_t map_count(const map *m) {
    return m->pairs.n;
}

const char *map_key(const map *m, size_t nth) {
    return nth < m->pairs.n ? m->pairs.at[nth].name : NULL;
}

void *map_value(const map *m, size_t nth) {
    return nth < m->pairs.n ? m->pairs.at[nth].value : NULL;
}

// ---- the nearest name ----

enum { LONGEST_COMPARED = 64 };

static int least(int a, int b) {
    return a < b ? a : b;
}

// Letters to insert, delete, replace or swap with their neighbour (optimal string alignment).
static int edit_distance(const char *a, size_t n, const char *b, size_t m) {
    int rows[3][LONGEST_COMPARED + 1];
    int *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int replaced = last[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = least(replaced, least(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
        int *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[m];
}

// Of two names equally far, the one with more of the letters was meant: tahn is tanh, not tan.
static int letters_shared(const char *a, const char *b) {
    int count[256] = {0}, shared = 0;
    for (; *a; a++)
        count[(unsigned char)*a]++;
    for (; *b; b++)
        shared += count[(unsigned char)*b]-- > 0;
    return shared;
}

const char *nearest_name(const char *wrong, const char *const *candidates, size_t count) {
    size_t n = strlen(wrong);
    if (n > LONGEST_COMPARED) return NULL;
    const char *nearest = NULL;
    int distance = LONGEST_COMPARED + 1;
    for (size_t i = 0; i < count; i++) {
        const char *candidate = candidates[i];
        if (!candidate) continue;
        size_t m = strlen(candidate);
        // A name that is itself the candidate is wrong for another reason than its spelling.
        if (m > LONGEST_COMPARED || strcmp(wrong, candidate) == 0) continue;
        int d = strcasecmp(wrong, candidate) == 0 ? 0 : edit_distance(wrong, n, candidate, m);
        if ((size_t)d * 3 > (n > m ? n : m)) continue;
        if (d < distance ||
            (d == distance && letters_shared(wrong, candidate) > letters_shared(wrong, nearest))) {
            nearest = candidate;
            distance = d;
        }
    }
    return nearest;
}
