// What a diag is made of: shared by diag.c, which collects messages, and diag_print.c.
#ifndef WEFT_DIAG_PARTS_H
#define WEFT_DIAG_PARTS_H

#include "support/diag.h"

typedef enum { SEVERITY_error, SEVERITY_warning } severity;

typedef struct message_kind {
    const char *code; // "E0201"
    severity severity;
    const char *name, *format;
} message_kind;

extern const message_kind diag_kinds[DIAG_COUNT];

typedef struct remark {
    bool help; // otherwise a note
    span at;   // notes only
    const char *said;
} remark;

typedef struct message {
    diag_code code;
    span at;
    const char *said;
    size_t nth; // order of reporting: breaks ties between equal places
    bool printed;
    VEC(remark) remarks;
    span edit_at;        // what `instead` would replace
    const char *instead; // NULL: no edit is suggested
} message;

struct diag {
    arena *home;
    VEC(source *) sources;
    VEC(message *) messages;
    message *last; // whom notes and help belong to; NULL after a message that was left out
    names *said_names;
    map *said;            // code, place and text of every message so far
    size_t errors, limit; // limit: errors that diag_print shows; 0 is all
    bool machine_fault, json;
};

// The line (from 0) that an offset lies in.
size_t source_line(const source *s, uint32_t offset);

#endif
