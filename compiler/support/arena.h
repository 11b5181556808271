// Memory of one compilation: everything is taken from an arena and given back in one place, so no
// pass and no error path ever frees anything.
//
// An allocation never returns NULL: when the machine has no memory left, mem_fail() leaves through
// the recovery point that main.c set, prints "out of memory" and the program exits with status 3.
#ifndef WEFT_ARENA_H
#define WEFT_ARENA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

typedef struct arena arena;

// Where a failed allocation leaves to; set once by main.c (or a test) before the first arena.
void mem_recover_at(jmp_buf *point);
// Leaves through the recovery point (aborts when none is set).
_Noreturn void mem_fail(void);
// malloc, realloc and free behind one hook, so that tests can make the n-th call fail.
void *mem_alloc(size_t size);
void *mem_realloc(void *old, size_t size);
void mem_free(void *memory);
// Frees everything that mem_alloc gave and every arena: what a recovery point does first.
void mem_free_all(void);
// Makes the n-th call from now on (0 = the next one) and all later ones fail; a negative n ends it.
void mem_fail_after(long n);

arena *arena_new(void);
void arena_free(arena *a);
// Zeroed memory, aligned for any object.
void *arena_alloc(arena *a, size_t size);
// count objects of size bytes, zeroed; the product is checked.
void *arena_array(arena *a, size_t count, size_t size);
char *arena_copy(arena *a, const char *text, size_t length);
char *arena_text(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vtext(arena *a, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#define arena_new_of(a, type) ((type *)arena_alloc((a), sizeof(type)))

// A growing array that lives in an arena: VEC(int) v = {0}; vec_push(a, &v, 3); v.at[0], v.n
#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *at;                                                                                  \
        size_t n, room;                                                                            \
    }
#define vec_push(a, v, ...)                                                                        \
    ((void)((v)->n == (v)->room                                                                    \
                ? vec_grow((a), (void **)(void *)&(v)->at, (v)->n, &(v)->room, sizeof *(v)->at)    \
                : (void)0),                                                                        \
     (void)((v)->at[(v)->n++] = (__VA_ARGS__)))
void vec_grow(arena *a, void **at, size_t used, size_t *room, size_t size);

#endif
