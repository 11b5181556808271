// Lines of a generated body: broken before column 100, with the source quoted above.
#include "emit/c/c.h"

#include <string.h>

enum { COLUMNS = 100 };

// How much a break before the operator at `at` disturbs: least between the parts of a choice, most
// inside a product.
static int disturbs(const char *at) {
    if (strchr("?:", at[0]) != NULL) return 0;
    if (strchr("&|", at[0]) != NULL) return 1;
    return strchr("+-", at[0]) != NULL ? 2 : 3;
}

// Where to break a line that is too long: the blank of least nesting in its right half, else in all
// of it; after a comma or before an operator. 0: nowhere.
static size_t break_at(const char *line, size_t room) {
    size_t best = 0;
    int depth = 0, best_cost = 0;
    bool quoted = false;
    for (size_t k = 0; line[k] != '\0' && k < room; k++) {
        if (line[k] == '"' && (k == 0 || line[k - 1] != '\\')) quoted = !quoted;
        if (quoted) continue;
        if (strchr("([{", line[k]) != NULL) depth++;
        if (strchr(")]}", line[k]) != NULL) depth--;
        bool comma = k > 0 && line[k - 1] == ',';
        if (line[k] != ' ' || (!comma && strchr("=+-*/?:&|<>!", line[k + 1]) == NULL)) continue;
        if (line[k + 1] == '=') continue;
        int cost = 4 * depth + (comma ? 0 : disturbs(line + k + 1));
        bool early = best < 2 * room / 5;
        if (best == 0 || cost <= best_cost || (early && k >= 2 * room / 5)) {
            best = k;
            best_cost = cost;
        }
    }
    return best;
}

static void put_line(c_emitter *c, const char *format, va_list arguments) {
    text line = text_in(c->home);
    text_vadd(&line, format, arguments);
    const char *rest = line.at;
    size_t indent = (size_t)(c->p->level * c->p->width);
    const char *more = "";
    while (strncmp(rest, "//", 2) != 0 && strlen(more) + indent + strlen(rest) > COLUMNS) {
        size_t cut = break_at(rest, COLUMNS - indent - strlen(more));
        if (cut == 0) break;
        print_line(c->p, "%s%.*s", more, (int)cut, rest);
        rest += cut + 1;
        more = "    ";
    }
    print_line(c->p, "%s%s", more, rest);
}

void c_line(c_emitter *c, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    put_line(c, format, arguments);
    va_end(arguments);
}

void c_open(c_emitter *c, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    put_line(c, format, arguments);
    va_end(arguments);
    c->p->level++;
    c->p->blank = true;
}

void c_close(c_emitter *c, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    c->p->level--;
    put_line(c, format, arguments);
    va_end(arguments);
}

// ---- the source, quoted
// --------------------------------------------------------------------------

static const char *file_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

// The line without its indentation, its comment and repeated blanks; "..." where it is long. It
// becomes a comment to the end of the line, so only a backslash at its end could do harm.
static const char *quotable(arena *home, const source *s, int line, size_t room) {
    const char *begin = s->bytes + s->line_begin[line - 1];
    size_t length = strcspn(begin, "\r\n");
    bool quoted = false;
    text out = text_in(home);
    text_put(&out, "", 0);
    for (size_t k = 0; k < length; k++) {
        const bool blank = (unsigned char)begin[k] <= ' ';
        if (begin[k] == '"') quoted = !quoted;
        if (!quoted && k > 0 && begin[k] == '/' && begin[k + 1] == '/') break;
        if (blank && (out.n == 0 || out.at[out.n - 1] == ' ')) continue;
        if (out.n + 4 > room && ((unsigned char)begin[k] & 0xC0) != 0x80) {
            text_add(&out, "...");
            break;
        }
        text_put(&out, blank ? " " : begin + k, 1);
    }
    while (out.n > 0 && (out.at[out.n - 1] == ' ' || out.at[out.n - 1] == '\\'))
        out.at[--out.n] = '\0';
    return out.at;
}

void c_quote(c_emitter *c, span at, const char *note) {
    const model *m = c->plan->model;
    const source *s = at.file == 0 || m->diag == NULL ? NULL : diag_source(m->diag, at.file);
    if (s != NULL) {
        int line, column, last = 0;
        source_place(s, at.begin, &line, &column);
        if (c->quoted.file == at.file) source_place(s, c->quoted.begin, &last, &column);
        if (line != last) {
            size_t used = (size_t)(c->p->level * c->p->width) + strlen(file_of(s->path)) + 16;
            c_line(c, "// %s:%d: %s", file_of(s->path), line,
                   quotable(c->home, s, line, used < 60 ? COLUMNS - used : 40));
        }
        c->quoted = at;
    }
    if (note != NULL) c_line(c, "// %s", note);
}

// ---- names inside a function
// ---------------------------------------------------------------------

const char *c_bind(c_emitter *c, const index *ix) {
    const char *name = namer_take(c->locals, ix->name);
    vec_push(c->home, &c->bound, (c_bound){ix, name, false});
    return name;
}

void c_unbind(c_emitter *c, size_t count) {
    while (count-- > 0 && c->bound.n > 0)
        namer_free(c->locals, c->bound.at[--c->bound.n].name);
}

const char *c_fresh(c_emitter *c, const char *wanted) {
    return namer_take(c->locals, wanted);
}

const char *c_string(arena *home, const char *bytes) {
    if (bytes == NULL) return "NULL";
    text out = text_in(home);
    text_add(&out, "\"");
    for (const char *b = bytes; *b != '\0'; b++) {
        unsigned char u = (unsigned char)*b;
        if (u == '"' || u == '\\')
            text_add(&out, "\\%c", u);
        else if (u == '?')
            text_add(&out, "\\?"); // no trigraphs
        else if (u < ' ' || u >= 127)
            text_add(&out, "\\%03o", u);
        else
            text_put(&out, b, 1);
    }
    text_add(&out, "\"");
    return out.at;
}
