// One program: read, printed, read again, planned, printed as C; see subject.h.
#include "random/subject.h"

#include "emit/backend.h"
#include "support/file.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>

const char *fault_text(fault f) {
    static const char *const texts[] = {"no fault",
                                        "refused by the compiler",
                                        "not the same after printing",
                                        "refused by the C compiler",
                                        "interpreter and C differ",
                                        "depends on memory that is no state",
                                        "controller: interpreter and C differ",
                                        "controller: interpreter and Icarus differ",
                                        "controller: interpreter and Verilator differ",
                                        "crash",
                                        "too slow"};
    return texts[f];
}

void subject_fault(subject *s, fault f, const char *format, ...) {
    if (s->fault != FAULT_NONE) return;
    va_list list;
    va_start(list, format);
    s->fault = f;
    s->detail = arena_vtext(s->home, format, list);
    va_end(list);
}

// What the compiler reported, as text.
static const char *reports(subject *s) {
    char *bytes = NULL;
    size_t length = 0;
    FILE *f = open_memstream(&bytes, &length);
    if (!f) return "";
    diag_print(s->diag, f);
    fclose(f);
    const char *kept = arena_copy(s->home, bytes, length);
    free(bytes);
    return kept;
}

static const char *printed(arena *home, const syntax_file *file) {
    text t = text_in(home);
    syntax_print(file, &t);
    return t.n ? t.at : "";
}

// parse, print, parse is the identity, and so is a second print.
static void round_trip(subject *s, names *words) {
    const syntax_file *first = program_main(s->program);
    const char *once = printed(s->home, first);
    source *again = diag_add_source(s->diag, "printed.weft", once, strlen(once));
    syntax_file *second = syntax_parse(s->home, words, s->diag, again);
    if (diag_errors(s->diag))
        subject_fault(s, FAULT_ROUND, "the printed text is refused:\n%s", reports(s));
    else if (!ast_same(first->root, second->root))
        subject_fault(s, FAULT_ROUND, "the tree differs after printing");
    else if (first->comment_count != second->comment_count)
        subject_fault(s, FAULT_ROUND, "comments got lost");
    else if (strcmp(once, printed(s->home, second)))
        subject_fault(s, FAULT_ROUND, "printing twice gives two texts");
}

void subject_read(subject *s, const char *directory, const char *name, const char *text,
                  const char *library) {
    *s = (subject){.home = arena_new(), .text = text, .name = name};
    names *words = names_new(s->home);
    s->diag = diag_new(s->home);
    s->path = arena_text(s->home, "%s/%s.weft", directory, name);
    const char *problem;
    if (!file_write(s->path, text, strlen(text), &problem)) {
        subject_fault(s, FAULT_CRASH, "%s: %s", s->path, problem);
        return;
    }
    s->program = program_read(s->home, words, s->diag, s->path, library);
    if (s->program && !diag_errors(s->diag)) round_trip(s, words);
    if (s->fault) return;
    const char *experiments[EXPERIMENTS] = {NULL};
    size_t n = s->program ? program_experiments(s->program, experiments, EXPERIMENTS) : 0;
    elab_options options = {.library = library};
    for (size_t k = 0; k < (n ? n : 1) && k < EXPERIMENTS && !diag_errors(s->diag); k++) {
        model *m = elaborate(s->program, experiments[k], &options);
        if (!m || diag_errors(s->diag)) break;
        s->plan[k] = plan_make(m);
        s->plans = (int)k + 1;
    }
    if (diag_errors(s->diag) || !s->plans) {
        s->plans = 0;
        subject_fault(s, FAULT_REFUSED, "%s", reports(s));
    }
}

// ---- C ------------------------------------------------------------------------------------------

static bool part_of_name(char c) {
    return isalnum((unsigned char)c) || c == '_';
}

// The name that a line at the left margin defines: the word before '(' or '['; NULL: none.
static const char *defined(arena *home, const char *line) {
    if (strncmp(line, "static ", 7)) return NULL;
    const char *end = strstr(line, "(*const "),
               *stop = strchr(line, '\n'); // static void (*const functions[])(...)
    end = end && (!stop || end < stop) ? end + 8 : line;
    while (*end && *end != '(' && *end != '[' && *end != '=' && *end != '\n')
        end++;
    while (end > line && !part_of_name(end[-1]))
        end--;
    const char *begin = end;
    while (begin > line && part_of_name(begin[-1]))
        begin--;
    return begin < end ? arena_copy(home, begin, (size_t)(end - begin)) : NULL;
}

// Where a comment or a string that begins here ends; the text itself when none does.
static const char *past_quoted(const char *at) {
    if (at[0] == '/' && at[1] == '*') {
        const char *end = strstr(at + 2, "*/");
        return end ? end + 2 : at + strlen(at);
    }
    if (at[0] == '/' && at[1] == '/') return at + strcspn(at, "\n");
    if (*at != '"' && *at != '\'') return at;
    const char *end = at + 1;
    while (*end && *end != *at)
        end += *end == '\\' && end[1] ? 2 : 1;
    return *end ? end + 1 : end;
}

// The text with `suffix` behind these names; members keep theirs.
static void renamed(names *words, const map *which, const char *at, const char *suffix, text *out) {
    char before[2] = {0, 0}; // the two signs in front
    while (*at) {
        const char *end = past_quoted(at);
        if (end == at && part_of_name(*at)) {
            while (part_of_name(*end))
                end++;
            const char *name = name_of(words, at, (size_t)(end - at));
            text_put(out, at, (size_t)(end - at));
            bool member = before[1] == '.' || (before[0] == '-' && before[1] == '>');
            if (!member && map_get(which, name)) text_add(out, "%s", suffix);
            before[0] = before[1] = 'a';
        } else {
            if (end == at) end++;
            if (*at != ' ' && *at != '\n') before[0] = before[1], before[1] = *at;
            text_put(out, at, (size_t)(end - at));
        }
        at = end;
    }
}

bool subject_c(subject *s, int nth, const char *suffix, text *out) {
    emission to = {.home = s->home, .stem = s->plan[nth]->model->name};
    if (!backend_c.can(s->plan[nth]) || !backend_c.emit(s->plan[nth], &to) ||
        diag_errors(s->diag)) {
        subject_fault(s, FAULT_REFUSED, "by the C backend\n%s", reports(s));
        return false;
    }
    const char *header = "", *body = "", *name = s->plan[nth]->model->name;
    for (size_t k = 0; k < to.files.n; k++)
        if (to.files.at[k].name[strlen(to.files.at[k].name) - 1] == 'h')
            header = to.files.at[k].body.at;
        else
            body = to.files.at[k].body.at;
    names *words = names_new(s->home);
    map *which = map_new(s->home);
    map_put(which, name_is(words, name), s);
    map_put(which, name_is(words, arena_text(s->home, "%s_model", name)), s);
    map_put(which, name_is(words, arena_text(s->home, "WEFT_GENERATED_%s_H", name)), s);
    renamed(words, which, header, suffix, out);
    for (const char *line = body; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        const char *mine = defined(s->home, line);
        if (mine) map_put(which, name_is(words, mine), s);
    }
    const char *include = strstr(body, "#include \""),
               *after = include ? strchr(include, '\n') : body;
    renamed(words, which, after, suffix, out);
    return true;
}

const char *subject_entry(subject *s, int nth, const char *suffix) {
    return arena_text(s->home, "%s_model%s", s->plan[nth]->model->name, suffix);
}
