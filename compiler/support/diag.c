// Source positions and messages, collected while passes run; see diag.h. diag_print.c prints them.
#include "support/diag_parts.h"

#include <strings.h>

const message_kind diag_kinds[DIAG_COUNT] = {
#define DIAG(code, severity, name, format) {#code, SEVERITY_##severity, name, format},
#include "support/diag.def"
#undef DIAG
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

size_t source_line(const source *s, uint32_t offset) {
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
    size_t nth = source_line(s, offset);
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

enum { LOOKED_BACK = 200 }; // what follows from an error is reported soon after it

static bool follows(const diag *d, span at, diag_code code) {
    const char *number = diag_kinds[code].code;
    if (!at.file || (strncmp(number, "E03", 3) != 0 && strncmp(number, "E05", 3) != 0))
        return false;
    size_t n = d->messages.n, from = n > LOOKED_BACK ? n - LOOKED_BACK : 0;
    for (size_t k = from; k < n; k++) {
        const message *m = d->messages.at[k];
        if (m->at.file == at.file && m->at.begin >= at.begin && m->at.end <= at.end &&
            m->at.begin < m->at.end && diag_kinds[m->code].severity == SEVERITY_error)
            return true;
    }
    return false;
}

void diag_report(diag *d, span at, diag_code code, ...) {
    va_list arguments;
    va_start(arguments, code);
    const char *said = arena_vtext(d->home, diag_kinds[code].format, arguments);
    va_end(arguments);
    d->last = NULL;
    if (follows(d, at, code) || !is_new(d, at, code, said)) return;
    message *m = arena_new_of(d->home, message);
    m->code = code;
    m->at = at;
    m->said = said;
    m->nth = d->messages.n;
    vec_push(d->home, &d->messages, m);
    d->last = m;
    if (diag_kinds[code].severity == SEVERITY_error) d->errors++;
    if (strncmp(diag_kinds[code].code, "E00", 3) == 0) d->machine_fault = true;
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

// The wrong word ends the message's place (g1.w.rwo) or is all of it.
static span word_at_end(const diag *d, span at, const char *word) {
    const source *s = diag_source(d, at.file);
    size_t n = strlen(word);
    if (!s || at.end > s->length || at.end - at.begin < n) return (span){0};
    if (memcmp(s->bytes + at.end - n, word, n) == 0)
        return (span){at.file, at.end - (uint32_t)n, at.end};
    if (memcmp(s->bytes + at.begin, word, n) == 0)
        return (span){at.file, at.begin, at.begin + (uint32_t)n};
    return (span){0};
}

bool diag_suggest(diag *d, const char *wrong, const char *const *candidates, size_t count) {
    const char *near = nearest_name(wrong, candidates, count);
    if (!near || !d->last) return near != NULL;
    diag_help(d, "did you mean '%s'?", near);
    span at = word_at_end(d, d->last->at, wrong);
    if (at.file) diag_edit(d, at, near);
    return true;
}

void diag_edit(diag *d, span at, const char *instead) {
    if (!d->last) return;
    d->last->edit_at = at;
    d->last->instead = instead;
}

bool diag_said(const diag *d, span at, diag_code code) {
    for (size_t k = 0; k < d->messages.n; k++) {
        const message *m = d->messages.at[k];
        if (m->code == code && m->at.file == at.file && m->at.begin == at.begin &&
            m->at.end == at.end)
            return true;
    }
    return false;
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

void diag_json(diag *d) {
    d->json = true;
}

// ---- the list of messages ----

diag_code diag_find(const char *code_or_name) {
    for (int k = 0; k < DIAG_COUNT; k++)
        if (strcasecmp(diag_kinds[k].code, code_or_name) == 0 ||
            strcasecmp(diag_kinds[k].name, code_or_name) == 0)
            return (diag_code)k;
    return DIAG_COUNT;
}

const char *diag_code_text(diag_code code) {
    return diag_kinds[code].code;
}

const char *diag_name(diag_code code) {
    return diag_kinds[code].name;
}

const char *diag_format(diag_code code) {
    return diag_kinds[code].format;
}
