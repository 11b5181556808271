// The arena: chunks of memory from which one compilation takes everything; see arena.h.
#include "support/arena.h"
#include "support/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK_FIRST = 64 * 1024, CHUNK_LARGEST = 4 * 1024 * 1024 };

// The place in a chunk where an object of any type may stand.
#define ALIGNMENT _Alignof(max_align_t)

typedef struct chunk {
    struct chunk *next; // the one that was filled before
    size_t used, size;  // bytes of `memory`
    _Alignas(max_align_t) unsigned char memory[];
} chunk;

struct arena {
    chunk *newest;
    size_t next_size; // of the next chunk; doubles up to CHUNK_LARGEST
};

// In front of everything that mem_alloc gave: all of it can be found when a failure leaves in the
// middle of somebody's work (the parser's stack is no arena's).
typedef struct block {
    _Alignas(max_align_t) struct block *before;
    struct block *after;
} block;

static jmp_buf *recovery;
static long calls_left = -1; // calls that still succeed; negative: no failure is planned
static block *blocks;

void mem_recover_at(jmp_buf *point) {
    recovery = point;
}

_Noreturn void mem_fail(void) {
    if (!recovery) abort();
    longjmp(*recovery, 1);
}

void mem_fail_after(long n) {
    calls_left = n;
}

static bool planned_failure(void) {
    if (calls_left < 0) return false;
    if (calls_left == 0) return true;
    calls_left--;
    return false;
}

static void *link_in(block *b) {
    b->before = NULL;
    b->after = blocks;
    if (blocks) blocks->before = b;
    blocks = b;
    return b + 1;
}

static block *take_out(void *memory) {
    block *b = (block *)memory - 1;
    if (b->before)
        b->before->after = b->after;
    else
        blocks = b->after;
    if (b->after) b->after->before = b->before;
    return b;
}

void *mem_alloc(size_t size) {
    if (size > SIZE_MAX - sizeof(block) || planned_failure()) mem_fail();
    block *b = malloc(sizeof(block) + size);
    if (!b) mem_fail();
    return link_in(b);
}

void *mem_realloc(void *old, size_t size) {
    if (!old) return mem_alloc(size);
    if (size > SIZE_MAX - sizeof(block) || planned_failure()) mem_fail();
    block *b = take_out(old), *larger = realloc(b, sizeof(block) + size);
    if (!larger) {
        link_in(b);
        mem_fail();
    }
    return link_in(larger);
}

void mem_free(void *memory) {
    if (memory) free(take_out(memory));
}

void mem_free_all(void) {
    while (blocks)
        mem_free(blocks + 1);
}

arena *arena_new(void) {
    arena *a = mem_alloc(sizeof *a);
    *a = (arena){.next_size = CHUNK_FIRST};
    return a;
}

void arena_free(arena *a) {
    if (!a) return;
    while (a->newest) {
        chunk *old = a->newest;
        a->newest = old->next;
        mem_free(old);
    }
    mem_free(a);
}

// A chunk with room for `size` bytes. A large object gets a chunk of its own behind the newest one,
// so that the rest of the newest stays in use.
static chunk *chunk_for(arena *a, size_t size) {
    bool own = size > a->next_size / 4;
    size_t room = own ? size : a->next_size;
    if (room > SIZE_MAX - sizeof(chunk)) mem_fail();
    chunk *c = mem_alloc(sizeof(chunk) + room);
    c->used = 0;
    c->size = room;
    if (own && a->newest) {
        c->next = a->newest->next;
        a->newest->next = c;
        return c;
    }
    c->next = a->newest;
    a->newest = c;
    if (!own && a->next_size < CHUNK_LARGEST) a->next_size *= 2;
    return c;
}

void *arena_alloc(arena *a, size_t size) {
    if (size > SIZE_MAX - ALIGNMENT) mem_fail();
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (rounded == 0) rounded = ALIGNMENT;
    chunk *c = a->newest;
    if (!c || c->size - c->used < rounded) c = chunk_for(a, rounded);
    void *memory = c->memory + c->used;
    c->used += rounded;
    return memset(memory, 0, rounded);
}

void *arena_array(arena *a, size_t count, size_t size) {
    if (size && count > SIZE_MAX / size) mem_fail();
    return arena_alloc(a, count * size);
}

char *arena_copy(arena *a, const char *text, size_t length) {
    if (length == SIZE_MAX) mem_fail();
    char *copy = arena_alloc(a, length + 1);
    if (length) memcpy(copy, text, length);
    return copy;
}

char *arena_vtext(arena *a, const char *format, va_list arguments) {
    char usual[256];
    va_list again;
    va_copy(again, arguments);
    size_t length = format_text(usual, sizeof usual, format, again);
    va_end(again);
    if (length < sizeof usual) return arena_copy(a, usual, length);
    char *written = arena_alloc(a, length + 1);
    format_text(written, length + 1, format, arguments);
    return written;
}

char *arena_text(arena *a, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *written = arena_vtext(a, format, arguments);
    va_end(arguments);
    return written;
}

void vec_grow(arena *a, void **at, size_t used, size_t *room, size_t size) {
    if (*room > SIZE_MAX / 2) mem_fail();
    size_t wanted = *room ? *room * 2 : 8;
    void *larger = arena_array(a, wanted, size);
    if (used) memcpy(larger, *at, used * size);
    *at = larger;
    *room = wanted;
}
