// Prints messages: for people, with the quoted line, or one JSON object each; see diag.h.
#include "support/diag_parts.h"
#include "support/show.h"

#include <stdlib.h>
#include <unistd.h>

static int by_place(const void *left, const void *right) {
    const message *a = *(message *const *)left, *b = *(message *const *)right;
    if (a->at.file != b->at.file) return a->at.file < b->at.file ? -1 : 1;
    if (a->at.begin != b->at.begin) return a->at.begin < b->at.begin ? -1 : 1;
    return a->nth < b->nth ? -1 : 1;
}

static bool is_error(const message *m) {
    return diag_kinds[m->code].severity == SEVERITY_error;
}

// ---- for people ----

// The quoted line and the underline. A span of several lines is underlined to the end of its first.
static void print_quote(const source *s, span at, FILE *out) {
    uint32_t begin = at.begin > s->length ? (uint32_t)s->length : at.begin;
    size_t nth = source_line(s, begin);
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

// Words in colour, on a terminal that wants it.
static const char *coloured(FILE *out, const char *on) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    bool wanted = isatty(fileno(out)) && !(no && no[0]) && term && strcmp(term, "dumb") != 0;
    return wanted ? on : "";
}

static void print_message(const diag *d, const message *m, FILE *out) {
    const source *s = diag_source(d, m->at.file);
    if (!s) fputs("weft: ", out);
    print_place(d, m->at, out);
    const char *plain = coloured(out, "\033[0m");
    fprintf(out, "%s%s[%s]%s: %s\n", coloured(out, is_error(m) ? "\033[1;31m" : "\033[1;35m"),
            is_error(m) ? "error" : "warning", diag_kinds[m->code].code, plain, m->said);
    if (s) print_quote(s, m->at, out);
    for (size_t i = 0; i < m->remarks.n; i++) {
        const remark *r = &m->remarks.at[i];
        const source *where = r->help ? NULL : diag_source(d, r->at.file);
        if (where) print_place(d, r->at, out);
        fprintf(out, "%s%s%s: %s\n", coloured(out, "\033[1;36m"), r->help ? "help" : "note", plain,
                r->said);
        if (where) print_quote(where, r->at, out);
    }
}

// ---- JSON ----

static void json_text(FILE *out, const char *bytes) {
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)bytes; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(out, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f)
            fprintf(out, "\\u%04x", *c);
        else
            fputc(*c, out);
    }
    fputc('"', out);
}

static void json_field(FILE *out, const char *name, const char *value) {
    fprintf(out, ", \"%s\": ", name);
    json_text(out, value);
}

// "file": ..., "end_column": ...; what is in front ends it with a comma of its own
static bool json_place(const diag *d, span at, FILE *out) {
    const source *s = diag_source(d, at.file);
    if (!s) return false;
    int line, column, end_line, end_column;
    source_place(s, at.begin, &line, &column);
    source_place(s, at.end < at.begin ? at.begin : at.end, &end_line, &end_column);
    fputs("\"file\": ", out);
    json_text(out, s->path);
    fprintf(out, ", \"line\": %d, \"column\": %d, \"end_line\": %d, \"end_column\": %d", line,
            column, end_line, end_column);
    return true;
}

static const char *stage_of(diag_code code) {
    static const char *const STAGES[] = {"machine", "syntax",  "names",      "types",
                                         "circuit", "time",    "sequencers", "experiment",
                                         "later",   "backend", "command"};
    const char *number = diag_kinds[code].code;
    size_t nth = (size_t)(number[1] - '0') * 10 + (size_t)(number[2] - '0');
    return nth < sizeof STAGES / sizeof *STAGES ? STAGES[nth] : "";
}

static void json_message(const diag *d, const message *m, FILE *out) {
    fprintf(out, "{\"code\": \"%s\"", diag_kinds[m->code].code);
    json_field(out, "name", diag_kinds[m->code].name);
    json_field(out, "severity", is_error(m) ? "error" : "warning");
    json_field(out, "stage", stage_of(m->code));
    if (diag_source(d, m->at.file)) {
        fputs(", ", out);
        json_place(d, m->at, out);
    }
    json_field(out, "text", m->said);
    for (int help = 0; help < 2; help++) {
        const char *between = "";
        fputs(help ? ", \"help\": [" : ", \"notes\": [", out);
        for (size_t i = 0; i < m->remarks.n; i++) {
            const remark *r = &m->remarks.at[i];
            if (r->help != (help == 1)) continue;
            fputs(between, out);
            between = ", ";
            if (!help) fputs("{\"text\": ", out);
            json_text(out, r->said);
            if (!help && diag_source(d, r->at.file)) {
                fputs(", ", out);
                json_place(d, r->at, out);
            }
            if (!help) fputc('}', out);
        }
        fputc(']', out);
    }
    if (m->instead) {
        fputs(", \"edit\": {", out);
        json_place(d, m->edit_at, out);
        json_field(out, "replacement", m->instead);
        fputc('}', out);
    }
    fputs("}\n", out);
}

// ---- all ----

void diag_print(diag *d, FILE *out) {
    message **sorted = arena_array(d->home, d->messages.n, sizeof(message *));
    size_t count = 0, errors_printed = 0, left_out = 0;
    for (size_t i = 0; i < d->messages.n; i++) {
        if (!d->messages.at[i]->printed) sorted[count++] = d->messages.at[i];
        d->messages.at[i]->printed = true;
    }
    qsort(sorted, count, sizeof(message *), by_place);
    for (size_t i = 0; i < count; i++) {
        if (is_error(sorted[i]) && d->limit && errors_printed == d->limit) {
            left_out++;
            continue;
        }
        errors_printed += is_error(sorted[i]);
        (d->json ? json_message : print_message)(d, sorted[i], out);
    }
    if (left_out && d->json)
        fprintf(out, "{\"more_errors\": %zu}\n", left_out);
    else if (left_out)
        fprintf(out, "weft: %zu more error%s\n", left_out, left_out == 1 ? "" : "s");
}
