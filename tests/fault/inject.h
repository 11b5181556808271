// Failures put between weft and the C library: the n-th allocation or the n-th file operation
// fails.
//
// A program that links inject.c wraps the functions that WRAPPED in the Makefile lists
// (-Wl,--wrap=malloc, ...): every call from weft's own objects comes here first, calls inside the C
// library do not. weft itself carries no hook for this. What weft holds is counted too: blocks that
// were never freed, files that were never closed.
#ifndef WEFT_INJECT_H
#define WEFT_INJECT_H

#include <stdbool.h>

typedef enum {
    INJECT_NOTHING,
    INJECT_MEMORY, // malloc, calloc, realloc, strdup, strndup give NULL
    INJECT_EIO,    // open, read, write, fsync, close, rename, mkdir, fopen fail with EIO
    INJECT_ENOSPC, // those that write: half of it is written, then ENOSPC
    INJECT_SHORT,  // read and write do the half of what was asked, which is no failure
    INJECT_EINTR   // read and write are interrupted, which is no failure
} injection;

// The operation number `nth` from now on (0: the next) fails; with `on`, all later ones too.
void inject(injection what, long nth, bool on);
// Ends it; true when something did fail.
bool inject_end(void);
// The operation that failed first: "write"; "" when none did.
const char *inject_where(void);
// Blocks and open files that weft took since inject_forget and did not give back.
long inject_blocks(void);
long inject_files(void);
void inject_forget(void);

#endif
