// weft explain CODE; see explain.h.
#include "explain.h"

#include <ctype.h>

static const struct {
    const char *cause, *wrong, *right;
} texts[DIAG_COUNT] = {
#define EXPLAIN(code, cause, wrong, right) [DIAG_##code] = {cause, wrong, right},
#include "explain/circuits.def"
#include "explain/command.def"
#include "explain/experiments.def"
#include "explain/names.def"
#include "explain/phases.def"
#include "explain/running.def"
#include "explain/units.def"
#include "explain/words.def"
#undef EXPLAIN
};

enum { WIDTH = 90 };

// Text of one paragraph, in lines of at most WIDTH columns.
static void paragraph(FILE *out, const char *words) {
    size_t column = 0;
    while (*words) {
        size_t n = strcspn(words, " ");
        if (column > 0 && column + 1 + n > WIDTH) {
            fputc('\n', out);
            column = 0;
        }
        column += (size_t)fprintf(out, "%s%.*s", column > 0 ? " " : "", (int)n, words);
        words += n + strspn(words + n, " ");
    }
    fputc('\n', out);
}

static void example(FILE *out, const char *title, const char *lines) {
    if (!lines || !lines[0]) return;
    fprintf(out, "\n%s:\n", title);
    while (*lines) {
        size_t n = strcspn(lines, "\n");
        fprintf(out, "    %.*s\n", (int)n, lines);
        lines += n + (lines[n] == '\n');
    }
}

// The message's format with "..." for what is filled in.
static void headline(FILE *out, diag_code code) {
    fprintf(out, "%s %s: ", diag_code_text(code), diag_name(code));
    for (const char *c = diag_format(code); *c; c++) {
        if (*c != '%' || c[1] == '%') {
            fputc(*c, out);
            c += *c == '%';
            continue;
        }
        fputs("...", out);
        while (c[1] && !isalpha((unsigned char)c[1]))
            c++;
        while (c[1] == 'l' || c[1] == 'z')
            c++;
        c++;
    }
    fputs("\n\n", out);
}

bool explain(const char *code_or_name, diag *d, FILE *out) {
    diag_code code = diag_find(code_or_name);
    if (code == DIAG_COUNT) {
        const char *names[DIAG_COUNT];
        for (int k = 0; k < DIAG_COUNT; k++)
            names[k] =
                code_or_name[0] == 'E' ? diag_code_text((diag_code)k) : diag_name((diag_code)k);
        diag_report(d, (span){0}, DIAG_E1016, code_or_name);
        diag_suggest(d, code_or_name, names, DIAG_COUNT);
        return false;
    }
    headline(out, code);
    if (texts[code].cause) paragraph(out, texts[code].cause);
    example(out, "wrong", texts[code].wrong);
    example(out, "right", texts[code].right);
    return true;
}
