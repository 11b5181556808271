// Source positions and messages. Every message is listed once, in diag.def; it is printed as
//
//     file.weft:3:5: error[E0201]: unknown name 'g_hta'
//         3 |   i = (g_bar + g_hta * s) * v;
//           |                ^~~~~
//     note: ...            (with a place of its own where it has one)
//     help: did you mean 'g_hat'?
//
// Messages are kept and printed in the order of their places by diag_print, so passes may report in
// any order. The same message at the same place is kept once (arrays of parts and several instances
// elaborate one piece of text more than once). A message about units, kinds, shapes or times
// (E03xx, E05xx) whose place holds that of an earlier error is left out: it follows from that one.
#ifndef WEFT_DIAG_H
#define WEFT_DIAG_H

#include "support/arena.h"
#include "support/text.h"
#include <stdint.h>
#include <stdio.h>

// A stretch of source text, in bytes: [begin, end) of one file; file 0 is "no place".
typedef struct span {
    uint32_t file, begin, end;
} span;

typedef struct source {
    const char *path;  // as the user named it; what messages print
    const char *bytes; // the whole file and a zero byte
    size_t length;
    uint32_t *line_begin; // offset of each line
    size_t lines;
    uint32_t id; // the number used in span.file, from 1
} source;

typedef enum {
#define DIAG(code, severity, name, format) DIAG_##code,
#include "support/diag.def"
#undef DIAG
    DIAG_COUNT
} diag_code;

typedef struct diag diag;

diag *diag_new(arena *home);
// Adds a file whose text is given (kept, not copied); returns its entry, whose id goes into spans.
source *diag_add_source(diag *d, const char *path, const char *bytes, size_t length);
source *diag_source(const diag *d, uint32_t file);
// Line and column (from 1; columns count characters, a tab is one) of an offset.
void source_place(const source *s, uint32_t offset, int *line, int *column);
span span_join(span from, span to);

// Reports; the arguments are those of the format in diag.def. The notes and the help that follow
// belong to the message reported last.
void diag_report(diag *d, span at, diag_code code, ...);
void diag_note(diag *d, span at, const char *format, ...) __attribute__((format(printf, 3, 4)));
void diag_help(diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
// help: did you mean '...'? -- nothing, and false, when no candidate is near
bool diag_suggest(diag *d, const char *wrong, const char *const *candidates, size_t count);
// The text that would put the message reported last right, in place of `at` (an editor offers it).
void diag_edit(diag *d, span at, const char *instead);
// Whether a message was reported at exactly this place.
bool diag_said(const diag *d, span at, diag_code code);

size_t diag_errors(const diag *d);
// A fault of the machine (no space, no compiler, a file that cannot be read): exit status 3.
bool diag_machine_fault(const diag *d);
// At most so many errors per diag_print, then a line that counts the others; 0 (at first) is all.
void diag_limit(diag *d, size_t errors);
// From now on diag_print prints one JSON object per message and line:
//   {"code": "E0203", "name": "unknown-name", "severity": "error", "stage": "names",
//    "file": "a.weft", "line": 3, "column": 5, "end_line": 3, "end_column": 10, "text": "...",
//    "notes": [{"text": "...", and a place where it has one}], "help": ["..."],
//    "edit": {a place, "replacement": "g_hat"}}
// Lines and columns count from 1, the end is behind the last character. Messages without a place
// have no file, those without a suggested edit no "edit". Errors beyond the limit are counted by a
// last object, {"more_errors": 2}.
void diag_json(diag *d);
// Prints what was reported since the last call.
void diag_print(diag *d, FILE *out);

// The message called "E0203" or "unknown-name" in any case; DIAG_COUNT: none.
diag_code diag_find(const char *code_or_name);
const char *diag_code_text(diag_code code); // "E0203"
const char *diag_name(diag_code code);      // "unknown-name"
const char *diag_format(diag_code code);    // as in diag.def

#endif
