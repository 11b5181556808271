// data_csv.c -- reads a CSV file into a table; every mistake comes with its line and column.
#include "data.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct reader {
    weft_table *table;
    weft_data_problem *problem;
    char *at, *end; // end: the zero byte behind the text
    char *line_start;
    uint32_t line;     // 1-based
    char **row_labels; // [rows], before they are sorted
} reader;

typedef struct field {
    char *text; // without the blanks around it, ends in a zero byte once the line is cut
    size_t length;
    uint32_t column;
} field;

weft_status weft_data_fail(weft_data_problem *problem, const char *file, uint32_t line,
                           uint32_t column, const char *help, const char *format, ...) {
    snprintf(problem->file, sizeof problem->file, "%s", file);
    problem->line = line;
    problem->column = column;
    snprintf(problem->help, sizeof problem->help, "%s", help ? help : "");
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem->text, sizeof problem->text, format, arguments);
    va_end(arguments);
    return WEFT_BAD_DATA;
}

// What somebody can put right in the file's name or rights is wrong input; else the machine failed.
static weft_status cannot_read(const char *path, weft_data_problem *problem) {
    int why = errno;
    const char *help = why == ENOENT ? "the path is relative to the .weft file; --data DIR or "
                                       "WEFT_DATA name another folder"
                                     : NULL;
    weft_status status =
        weft_data_fail(problem, path, 0, 0, help, "cannot read the data: %s", strerror(why));
    bool named = why == ENOENT || why == ENOTDIR || why == EISDIR || why == EACCES ||
                 why == ENAMETOOLONG || why == ELOOP;
    return named ? status : WEFT_IO;
}

static weft_status read_whole(weft_table *table, const char *path, size_t *length,
                              weft_data_problem *problem) {
    FILE *file = fopen(path, "rb");
    if (!file) return cannot_read(path, problem);
    size_t room = 1 << 16, used = 0;
    weft_status status = WEFT_OK;
    table->text = malloc(room);
    while (table->text) {
        size_t got = fread(table->text + used, 1, room - 1 - used, file);
        used += got;
        if (got == 0) break;
        if (room - 1 - used > 0) continue;
        char *more = realloc(table->text, room *= 2);
        if (!more) free(table->text);
        table->text = more;
    }
    if (!table->text)
        status = WEFT_NO_MEMORY;
    else if (ferror(file))
        status = cannot_read(path, problem);
    else
        table->text[used] = '\0';
    fclose(file);
    *length = used;
    return status;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

// Cuts the next field off the line; *last says that it ends the line.
static field next_field(reader *r, bool *last) {
    char *start = r->at, *stop = start;
    while (stop < r->end && *stop != ',' && *stop != '\n')
        stop++;
    *last = stop == r->end || *stop == '\n';
    r->at = stop < r->end ? stop + 1 : stop;
    char *tail = stop;
    if (*last && tail > start && tail[-1] == '\r') tail--;
    while (start < tail && is_blank(*start))
        start++;
    while (tail > start && is_blank(tail[-1]))
        tail--;
    *tail = '\0';
    return (field){start, (size_t)(tail - start), (uint32_t)(start - r->line_start) + 1};
}

static void next_line(reader *r) {
    r->line++;
    r->line_start = r->at;
}

// Nothing but line ends and blanks from here on.
static bool at_tail(const reader *r) {
    const char *p = r->at;
    while (p < r->end && (is_blank(*p) || *p == '\r' || *p == '\n'))
        p++;
    return p == r->end;
}

static weft_status read_header(reader *r) {
    weft_table *t = r->table;
    uint32_t columns = 1;
    for (char *p = r->at; p < r->end && *p != '\n'; p++)
        columns += *p == ',';
    t->names = calloc(columns, sizeof *t->names);
    if (!t->names) return WEFT_NO_MEMORY;
    t->class_at = -1;
    for (bool last = false; !last; t->columns++) {
        field f = next_field(r, &last);
        if (f.length == 0)
            return weft_data_fail(r->problem, t->file, r->line, f.column,
                                  "the first line holds the columns' names, separated by commas",
                                  "column %u has no name", t->columns + 1);
        for (uint32_t i = 0; i < t->columns; i++)
            if (strcmp(t->names[i], f.text) == 0)
                return weft_data_fail(r->problem, t->file, r->line, f.column, NULL,
                                      "columns %u and %u are both named `%.80s`", i + 1,
                                      t->columns + 1, f.text);
        if (strcmp(f.text, "class") == 0) t->class_at = (int32_t)t->columns;
        t->names[t->columns] = f.text;
    }
    t->numeric = t->columns - (t->class_at >= 0);
    return WEFT_OK;
}

// strtod also reads "inf", "nan" and hexadecimals: this says what a decimal number may consist of.
static bool looks_decimal(const char *text) {
    return *text && text[strspn(text, "0123456789+-.eE")] == '\0';
}

static bool names_no_number(const char *text) { // nan, inf, infinity, with a sign
    text += *text == '+' || *text == '-';
    char low[10] = "";
    for (size_t i = 0; i < sizeof low - 1 && text[i]; i++)
        low[i] = (char)(text[i] | 0x20);
    return !strcmp(low, "nan") || !strcmp(low, "inf") || !strcmp(low, "infinity");
}

static weft_status read_number(reader *r, field f, uint32_t column, double *value) {
    const weft_table *t = r->table;
    uint32_t row = r->line - 1;
    if (f.length == 0 || strcmp(f.text, "?") == 0)
        return weft_data_fail(r->problem, t->file, r->line, f.column,
                              "drop the row from the file, or fill the value in",
                              "missing value in row %u, column `%.80s`", row, t->names[column]);
    char *rest = f.text;
    if (looks_decimal(f.text)) *value = strtod(f.text, &rest);
    if (names_no_number(f.text) || (rest == f.text + f.length && !isfinite(*value)))
        return weft_data_fail(r->problem, t->file, r->line, f.column, NULL,
                              "row %u, column `%.80s`: `%.40s` is not a finite number", row,
                              t->names[column], f.text);
    if (rest != f.text + f.length)
        return weft_data_fail(
            r->problem, t->file, r->line, f.column, "only the column named `class` holds text",
            "row %u, column `%.80s`: `%.40s` is not a number", row, t->names[column], f.text);
    return WEFT_OK;
}

static weft_status read_row(reader *r, uint32_t row) {
    weft_table *t = r->table;
    uint32_t count = 0, numeric = 0;
    char *line = r->at, *stop = memchr(line, '\n', (size_t)(r->end - line));
    if (!stop) stop = r->end;
    for (char *p = line; p < stop; p++)
        count += *p == ',';
    if (line + strspn(line, " \t\r") >= stop)
        return weft_data_fail(r->problem, t->file, r->line, 1, NULL, "row %u is empty", row + 1);
    if (++count != t->columns)
        return weft_data_fail(r->problem, t->file, r->line, 1, NULL,
                              "row %u has %u column%s; the header names %u", row + 1, count,
                              count == 1 ? "" : "s", t->columns);
    for (uint32_t i = 0; i < t->columns; i++) {
        bool last;
        field f = next_field(r, &last);
        weft_status status = WEFT_OK;
        if ((int32_t)i != t->class_at)
            status = read_number(r, f, i, &t->values[(size_t)row * t->numeric + numeric++]);
        else if (f.length == 0 || strcmp(f.text, "?") == 0)
            status = weft_data_fail(r->problem, t->file, r->line, f.column,
                                    "drop the row from the file, or fill the label in",
                                    "missing class label in row %u", row + 1);
        else
            r->row_labels[row] = f.text;
        if (status) return status;
    }
    return WEFT_OK;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// The distinct labels in byte order, and each row's index among them.
static weft_status sort_labels(reader *r) {
    weft_table *t = r->table;
    t->labels = malloc(t->rows * sizeof *t->labels);
    t->class_of = malloc(t->rows * sizeof *t->class_of);
    if (!t->labels || !t->class_of) return WEFT_NO_MEMORY;
    memcpy(t->labels, r->row_labels, t->rows * sizeof *t->labels);
    qsort(t->labels, t->rows, sizeof *t->labels, by_text);
    for (uint32_t i = 0; i < t->rows; i++)
        if (i == 0 || strcmp(t->labels[i], t->labels[t->classes - 1]))
            t->labels[t->classes++] = t->labels[i];
    for (uint32_t i = 0; i < t->rows; i++) {
        char **found =
            bsearch(&r->row_labels[i], t->labels, t->classes, sizeof *t->labels, by_text);
        t->class_of[i] = (uint32_t)(found - t->labels);
    }
    return WEFT_OK;
}

static weft_status read_rows(reader *r) {
    weft_table *t = r->table;
    size_t lines = 1;
    for (char *p = r->at; p < r->end; p++)
        lines += *p == '\n';
    if (lines > UINT32_MAX - 2)
        return weft_data_fail(r->problem, t->file, 0, 0, NULL, "more than %u rows", UINT32_MAX - 2);
    t->values = malloc(lines * (t->numeric + 1) * sizeof *t->values);
    r->row_labels = malloc(lines * sizeof *r->row_labels);
    if (!t->values || !r->row_labels) return WEFT_NO_MEMORY;
    for (; !at_tail(r); t->rows++) {
        next_line(r);
        weft_status status = read_row(r, t->rows);
        if (status) return status;
    }
    if (t->rows == 0)
        return weft_data_fail(r->problem, t->file, 1, 1, NULL,
                              "the file holds a header and no rows");
    return t->class_at >= 0 ? sort_labels(r) : WEFT_OK;
}

static weft_status read_table(reader *r, size_t length) {
    weft_table *t = r->table;
    r->at = t->text;
    r->end = t->text + length;
    if (length >= 3 && memcmp(r->at, "\xef\xbb\xbf", 3) == 0) r->at += 3; // byte order mark
    if (at_tail(r)) return weft_data_fail(r->problem, t->file, 1, 1, NULL, "the file is empty");
    next_line(r);
    weft_status status = read_header(r);
    return status ? status : read_rows(r);
}

weft_status weft_table_read(weft_table *table, const char *path, weft_data_problem *problem) {
    *table = (weft_table){.class_at = -1};
    reader r = {.table = table, .problem = problem};
    size_t length = 0;
    size_t room = strlen(path) + 1;
    table->file = malloc(room);
    if (!table->file) return WEFT_NO_MEMORY;
    memcpy(table->file, path, room);
    weft_status status = read_whole(table, path, &length, problem);
    if (status == WEFT_OK) {
        // A program that embeds the runtime may have set a locale with a decimal comma.
        locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        locale_t before = plain ? uselocale(plain) : (locale_t)0;
        status = plain ? read_table(&r, length) : WEFT_NO_MEMORY;
        if (plain) {
            uselocale(before);
            freelocale(plain);
        }
    }
    free(r.row_labels);
    if (status) weft_table_drop(table);
    return status;
}

void weft_table_drop(weft_table *table) {
    free(table->file);
    free(table->text);
    free(table->names);
    free(table->labels);
    free(table->values);
    free(table->class_of);
    *table = (weft_table){.class_at = -1};
}
