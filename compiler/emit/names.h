// Identifiers of a target language for the user's hierarchical names: `.` and brackets become `_`;
// keywords and clashes get a `_` or a number behind them and are listed, so that a generated file
// can say what it renamed.
#ifndef WEFT_EMIT_NAMES_H
#define WEFT_EMIT_NAMES_H

#include "support/arena.h"
#include <stdbool.h>

typedef struct namer namer;

// "g1.w.m.s" -> "g1_w_m_s", "a[0].forward" -> "a_0_forward"; never empty, never a digit first.
const char *identifier_of(arena *home, const char *name);

// Names taken already in `outer` (may be NULL) are not given again.
namer *namer_new(arena *home, const namer *outer);
// Makes a word unavailable (a keyword, a function of the library).
void namer_reserve(namer *n, const char *word);
bool namer_taken(const namer *n, const char *word);
// A free identifier like `name`; the change is listed when more than punctuation had to change.
const char *namer_take(namer *n, const char *name);
// Gives a taken identifier back, at the end of its scope.
void namer_free(namer *n, const char *identifier);
size_t namer_changes(const namer *n);
void namer_change(const namer *n, size_t nth, const char **name, const char **identifier);

// Reserves the keywords of C11 and C++ and common macros: what a member may not be called.
void reserve_c_words(namer *n);
// The same and what a file that includes math.h, stdint.h and weft.h declares.
void reserve_c(namer *n);

#endif
