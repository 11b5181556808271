// Source positions and messages: kept while passes run, printed in the order of places; see diag.h.
#include "support/diag.h"
#include "support/show.h"

#include <stdlib.h>

typedef enum { SEVERITY_error, SEVERITY_warning } severity;

static const struct {
    const char *code; // "E0201"
    severity severity;
    const char *format;
} messages[DIAG_COUNT] = {
#define DIAG(code, severity, name, format) {#code, SEVERITY_##severity, format},
#include "support/diag.def"
#undef DIAG
};

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
} message;

struct diag {
    arena *home;
    VEC(source *) sources;
    VEC(message *) messages;
    message *last; // whom notes and help belong to; NULL after a message that was said before
    names *said_names;
    map *said;            // code, place and text of every message so far
    size_t errors, limit; // limit: errors that diag_print shows; 0 is all
    bool machine_fault;
};

diag *diag_new(arena *home) {
    diag *d = arena_new_of(home, diag);
    d->home = home;
    d->said_names = names_new(home);
    d->said = map_new(home);
    return d;
}

// ---- sources ----

source *diag_add_source(diag *d, const char *path, const char *bytes, size_t length) {
    source *s = arena_new_of(d->home, source);
    s->path = path;
    s->bytes = bytes;
    s->length = length;
    VEC(uint32_t) begins = {0};
    vec_push(d->home, &begins, 0);
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == '\n') vec_push(d->home, &begins, (uint32_t)(i + 1));
    s->line_begin = begins.at;
    s->lines = begins.n;
    vec_push(d->home, &d->sources, s);
    s->id = (uint32_t)d->sources.n;
    return s;
}

source *diag_source(const diag *d, uint32_t file) {
    return file >= 1 && file <= d->sources.n ? d->sources.at[file - 1] : NULL;
}

// The line (from 0) that an offset lies in.
static size_t line_of(const source *s, uint32_t offset) {
    size_t low = 0, high = s->lines;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (s->line_begin[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void source_place(const source *s, uint32_t offset, int *line, int *column) {
    if (offset > s->length) offset = (uint32_t)s->length;
    size_t nth = line_of(s, offset);
    int characters = 0;
    for (uint32_t i = s->line_begin[nth]; i < offset; i++)
        characters += ((unsigned char)s->bytes[i] & 0xC0) != 0x80;
    // An offset inside a character belongs to that character.
    bool inside = offset < s->length && ((unsigned char)s->bytes[offset] & 0xC0) == 0x80;
    *line = (int)nth + 1;
    *column = characters + (inside && characters > 0 ? 0 : 1);
}

span span_join(span from, span to) {
    if (from.file == 0) return to;
    if (to.file != from.file) return from;
    return (span){.file = from.file,
                  .begin = from.begin < to.begin ? from.begin : to.begin,
                  .end = from.end > to.end ? from.end : to.end};
}

// ---- reporting ----

// True the first time.
static bool is_new(diag *d, span at, diag_code code, const char *said) {
    char *key = arena_text(d->home, "%d:%u:%u:%u:%s", (int)code, at.file, at.begin, at.end, said);
    const char *name = name_is(d->said_names, key);
    if (map_get(d->said, name)) return false;
    map_put(d->said, name, d);
    return true;
}

void diag_report(diag *d, span at, diag_code code, ...) {
    va_list arguments;
    va_start(arguments, code);
    const char *said = arena_vtext(d->home, messages[code].format, arguments);
    va_end(arguments);
    d->last = NULL;
    if (!is_new(d, at, code, said)) return;
    message *m = arena_new_of(d->home, message);
    m->code = code;
    m->at = at;
    m->said = said;
    m->nth = d->messages.n;
    vec_push(d->home, &d->messages, m);
    d->last = m;
    if (messages[code].severity == SEVERITY_error) d->errors++;
    if (strncmp(messages[code].code, "E00", 3) == 0) d->machine_fault = true;
}

void diag_note(diag *d, span at, const char *format, ...) {
    if (!d->last) return;
    va_list arguments;
    va_start(arguments, format);
    remark r = {.at = at, .said = arena_vtext(d->home, format, arguments)};
    va_end(arguments);
    vec_push(d->home, &d->last->remarks, r);
}

void diag_help(diag *d, const char *format, ...) {
    if (!d->last) return;
    va_list arguments;
    va_start(arguments, format);
    remark r = {.help = true, .said = arena_vtext(d->home, format, arguments)};
    va_end(arguments);
    vec_push(d->home, &d->last->remarks, r);
}

void diag_suggest(diag *d, const char *wrong, const char *const *candidates, size_t count) {
    const char *near = nearest_name(wrong, candidates, count);
    if (near) diag_help(d, "did you mean '%s'?", near);
}

size_t diag_errors(const diag *d) {
    return d->errors;
}

bool diag_machine_fault(const diag *d) {
    return d->machine_fault;
}

void diag_limit(diag *d, size_t errors) {
    d->limit = errors;
}

// ---- printing ----

static int by_place(const void *left, const void *right) {
    const message *a = *(message *const *)left, *b = *(message *const *)right;
    if (a->at.file != b->at.file) return a->at.file < b->at.file ? -1 : 1;
    if (a->at.begin != b->at.begin) return a->at.begin < b->at.begin ? -1 : 1;
    return a->nth < b->nth ? -1 : 1;
}

// The quoted line and the underline. A span of several lines is underlined to the end of its first.
static void print_quote(const source *s, span at, FILE *out) {
    uint32_t begin = at.begin > s->length ? (uint32_t)s->length : at.begin;
    size_t nth = line_of(s, begin);
    size_t from = s->line_begin[nth];
    size_t to = nth + 1 < s->lines ? s->line_begin[nth + 1] - 1 : s->length;
    if (to > from && s->bytes[to - 1] == '\r') to--;
    size_t first = begin - from > to - from ? to - from : begin - from;
    size_t last = at.end < begin ? first : at.end - from;
    if (last > to - from) last = to - from;
    show_line(out, (int)nth + 1, s->bytes + from, to - from, first, last);
}

static void print_place(const diag *d, span at, FILE *out) {
    const source *s = diag_source(d, at.file);
    if (!s) return;
    int line, column;
    source_place(s, at.begin, &line, &column);
    fprintf(out, "%s:%d:%d: ", s->path, line, column);
}

static void print_message(const diag *d, const message *m, FILE *out) {
    const source *s = diag_source(d, m->at.file);
    if (!s) fputs("weft: ", out);
    print_place(d, m->at, out);
    const char *kind = messages[m->code].severity == SEVERITY_error ? "error" : "warning";
    fprintf(out, "%s[%s]: %s\n", kind, messages[m->code].code, m->said);
    if (s) print_quote(s, m->at, out);
    for (size_t i = 0; i < m->remarks.n; i++) {
        const remark *r = &m->remarks.at[i];
        const source *where = r->help ? NULL : diag_source(d, r->at.file);
        if (where) print_place(d, r->at, out);
        fprintf(out, "%s: %s\n", r->help ? "help" : "note", r->said);
        if (where) print_quote(where, r->at, out);
    }
}

void diag_print(diag *d, FILE *out) {
    message **sorted = arena_array(d->home, d->messages.n, sizeof(message *));
    size_t count = 0, errors_printed = 0, left_out = 0;
    for (size_t i = 0; i < d->messages.n; i++) {
        if (!d->messages.at[i]->printed) sorted[count++] = d->messages.at[i];
        d->messages.at[i]->printed = true;
    }
    qsort(sorted, count, sizeof(message *), by_place);
    for (size_t i = 0; i < count; i++) {
        bool error = messages[sorted[i]->code].severity == SEVERITY_error;
        if (error && d->limit && errors_printed == d->limit) {
            left_out++;
            continue;
        }
        errors_printed += error;
        print_message(d, sorted[i], out);
    }
    if (left_out) fprintf(out, "weft: %zu more error%s\n", left_out, left_out == 1 ? "" : "s");
}
