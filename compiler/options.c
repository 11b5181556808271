// Reads the command line against the table in options.def; see options.h.
#include "options.h"

#include <errno.h>
#include <stdlib.h>

enum {
    ON_ANY = -1,
#define COMMAND(name, built, arguments, help) ON_##name = 1 << COMMAND_##name,
#define OPTION(kind, field, letter, name, value, commands, help)
#include "options.def"
#undef COMMAND
#undef OPTION
};

static const struct {
    const char *name, *arguments, *help;
    bool built;
} commands[COMMAND_COUNT] = {
    [COMMAND_NONE] = {"", "", "", false},
#define COMMAND(name, built, arguments, help) [COMMAND_##name] = {#name, arguments, help, built},
#define OPTION(kind, field, letter, name, value, commands, help)
#include "options.def"
#undef COMMAND
#undef OPTION
};

typedef enum {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_COUNT,
    OPTION_LIST,
    OPTION_PAIRS,
    OPTION_MISSING
} kind;

typedef struct option {
    kind kind;
    char letter;
    const char *name, *value, *help;
    int commands;
    size_t field; // offset in struct options
} option;

#define FIELD_FLAG(field) offsetof(struct options, field)
#define FIELD_TEXT(field) offsetof(struct options, field)
#define FIELD_COUNT(field) offsetof(struct options, field)
#define FIELD_LIST(field) offsetof(struct options, field)
#define FIELD_PAIRS(field) offsetof(struct options, field)
#define FIELD_MISSING(field) 0

static const option options_table[] = {
#define COMMAND(name, built, arguments, help)
#define OPTION(kind, field, letter, name, value, commands, help)                                   \
    {OPTION_##kind, letter, name, value, help, commands, FIELD_##kind(field)},
#include "options.def"
#undef COMMAND
#undef OPTION
};
enum { OPTIONS = sizeof options_table / sizeof *options_table };

typedef struct reader {
    struct options *options;
    arena *home;
    diag *d;
    int count, next; // arguments; the one to read next
    char *const *arguments;
    unsigned given[OPTIONS]; // how often
    bool only_files;         // after `--`
} reader;

static const span nowhere = {0};

// ---- values ----

static bool read_count(const char *text, uint64_t *value) {
    char *end;
    errno = 0;
    unsigned long long read = strtoull(text, &end, 10);
    // strtoull takes a sign and blanks; a count has neither.
    if (text[0] < '0' || text[0] > '9' || *end || errno) return false;
    *value = read;
    return true;
}

static void take_pair(reader *r, const option *o, const char *value) {
    const char *equals = strchr(value, '=');
    if (!equals || equals == value || !equals[1]) {
        diag_report(r->d, nowhere, DIAG_E1006, o->name, o->value, value);
        return;
    }
    option_pair pair = {arena_copy(r->home, value, (size_t)(equals - value)), equals + 1};
    vec_push(r->home, &r->options->sets, pair);
}

static void take_value(reader *r, const option *o, const char *value) {
    char *field = (char *)r->options + o->field;
    switch (o->kind) {
    case OPTION_FLAG:
        *(bool *)(void *)field = true;
        break;
    case OPTION_TEXT:
        if (!value[0]) diag_report(r->d, nowhere, DIAG_E1005, o->name, o->value);
        *(const char **)(void *)field = value;
        break;
    case OPTION_COUNT:
        if (!read_count(value, (uint64_t *)(void *)field))
            diag_report(r->d, nowhere, DIAG_E1007, o->name, value);
        break;
    case OPTION_LIST:
        vec_push(r->home, &r->options->keeps, value);
        break;
    case OPTION_PAIRS:
        take_pair(r, o, value);
        break;
    case OPTION_MISSING:
        diag_report(r->d, nowhere, DIAG_E1004, o->name);
        break;
    }
}

// ---- options ----

static void unknown_option(reader *r, const char *written, const char *name, size_t length) {
    const char *candidates[OPTIONS];
    for (size_t i = 0; i < OPTIONS; i++)
        candidates[i] = options_table[i].name;
    diag_report(r->d, nowhere, DIAG_E1003, written);
    const char *near = nearest_name(arena_copy(r->home, name, length), candidates, OPTIONS);
    if (near)
        diag_help(r->d, "did you mean '--%s'?", near);
    else
        diag_help(r->d, "'weft --help' lists the options");
}

// `value`: what was written behind `=` or the letter; NULL: nothing.
static void take_option(reader *r, const option *o, const char *value) {
    unsigned *given = &r->given[o - options_table];
    bool once = o->kind == OPTION_TEXT || o->kind == OPTION_COUNT;
    if ((*given)++ && once) {
        diag_report(r->d, nowhere, DIAG_E1010, o->name);
        diag_help(r->d, "each option with a value counts once");
    }
    if (!o->value) {
        if (value)
            diag_report(r->d, nowhere, DIAG_E1008, o->name, value);
        else
            take_value(r, o, "");
        return;
    }
    if (!value && r->next < r->count) value = r->arguments[r->next++];
    if (value)
        take_value(r, o, value);
    else
        diag_report(r->d, nowhere, DIAG_E1005, o->name, o->value);
}

static void read_long(reader *r, const char *argument) {
    const char *name = argument + 2, *equals = strchr(name, '=');
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    for (size_t i = 0; i < OPTIONS; i++) {
        const option *o = &options_table[i];
        if (strlen(o->name) != length || memcmp(o->name, name, length) != 0) continue;
        take_option(r, o, equals ? equals + 1 : NULL);
        return;
    }
    unknown_option(r, argument, name, length);
}

static void read_short(reader *r, const char *argument) {
    for (size_t i = 0; i < OPTIONS; i++) {
        const option *o = &options_table[i];
        if (o->letter != argument[1]) continue;
        take_option(r, o, argument[2] ? argument + 2 : NULL);
        return;
    }
    unknown_option(r, argument, argument + 1, strlen(argument + 1));
}

// ---- commands and files ----

static void list_built(reader *r) {
    text built = text_in(r->home);
    for (int c = COMMAND_NONE + 1; c < COMMAND_COUNT; c++)
        if (commands[c].built) text_add(&built, "%s%s", built.n ? ", " : "", commands[c].name);
    diag_help(r->d, "there are %s", built.at);
}

static void read_command(reader *r, const char *word) {
    const char *candidates[COMMAND_COUNT];
    for (int c = COMMAND_NONE + 1; c < COMMAND_COUNT; c++) {
        candidates[c - 1] = commands[c].name;
        if (strcmp(word, commands[c].name) == 0) r->options->command = (command)c;
    }
    if (r->options->command != COMMAND_NONE) return;
    diag_report(r->d, nowhere, DIAG_E1001, word);
    diag_suggest(r->d, word, candidates, COMMAND_COUNT - 1);
    size_t n = strlen(word);
    if (n > 5 && strcmp(word + n - 5, ".weft") == 0) diag_help(r->d, "weft run %s", word);
    list_built(r);
}

static void read_word(reader *r, const char *word) {
    struct options *o = r->options;
    if (o->command == COMMAND_NONE && diag_errors(r->d) == 0)
        read_command(r, word);
    else if (!o->file)
        o->file = word;
    else if (o->command != COMMAND_fmt && o->command != COMMAND_explain && !o->experiment)
        o->experiment = word;
    else if (o->command != COMMAND_NONE)
        diag_report(r->d, nowhere, DIAG_E1009, word);
}

// What can only be said when everything was read.
static void check_together(reader *r) {
    const struct options *o = r->options;
    if (o->command == COMMAND_NONE) {
        if (diag_errors(r->d) > 0) return;
        diag_report(r->d, nowhere, DIAG_E1011);
        list_built(r);
        return;
    }
    const char *name = commands[o->command].name;
    if (!commands[o->command].built) {
        diag_report(r->d, nowhere, DIAG_E1002, name);
        list_built(r);
        return;
    }
    for (size_t i = 0; i < OPTIONS; i++)
        if (r->given[i] && !(options_table[i].commands & 1 << o->command))
            diag_report(r->d, nowhere, DIAG_E1012, options_table[i].name, name);
    if (!o->file) diag_report(r->d, nowhere, DIAG_E1013, name, commands[o->command].arguments);
    if (o->diagnostics && strcmp(o->diagnostics, "json") != 0 &&
        strcmp(o->diagnostics, "text") != 0)
        diag_report(r->d, nowhere, DIAG_E1006, "diagnostics", "text or json", o->diagnostics);
    if (o->jobs == 0) diag_report(r->d, nowhere, DIAG_E1007, "jobs", "0");
    if (o->interpret && (o->rtl || o->lockstep))
        diag_report(r->d, nowhere, DIAG_E1014, "interpret", o->rtl ? "rtl" : "lockstep");
    if (o->rtl && o->lockstep) diag_report(r->d, nowhere, DIAG_E1014, "rtl", "lockstep");
}

bool options_read(struct options *options, arena *home, diag *d, int count,
                  char *const *arguments) {
    *options = (struct options){
        .seed = 1, .jobs = 1, .max_errors = 20, .argument_count = count, .arguments = arguments};
    reader r = {.options = options,
                .home = home,
                .d = d,
                .count = count,
                .next = 1,
                .arguments = arguments};
    while (r.next < r.count) {
        const char *argument = r.arguments[r.next++];
        if (r.only_files || argument[0] != '-' || !argument[1])
            read_word(&r, argument);
        else if (strcmp(argument, "--") == 0)
            r.only_files = true;
        else if (argument[1] == '-')
            read_long(&r, argument);
        else
            read_short(&r, argument);
    }
    if (!options->help && !options->version) check_together(&r);
    if (options->diagnostics && strcmp(options->diagnostics, "json") == 0) diag_json(d);
    return diag_errors(d) == 0;
}

// ---- help ----

static void help_option(FILE *out, const option *o) {
    char left[64];
    snprintf(left, sizeof left, "%s%c%s--%s%s%s", o->letter ? "-" : "  ",
             o->letter ? o->letter : ' ', o->letter ? ", " : " ", o->name, o->value ? " " : "",
             o->value ? o->value : "");
    fprintf(out, "  %-24s %s\n", left, o->help);
}

void options_help(FILE *out, command of) {
    if (of == COMMAND_NONE) {
        fputs(
            "weft: from one specification of an analog network and its controller to C and RTL\n\n"
            "usage: weft COMMAND FILE [OPTIONS]\n\n",
            out);
        for (int c = COMMAND_NONE + 1; c < COMMAND_COUNT; c++)
            if (commands[c].built)
                fprintf(out, "  weft %-5s %-18s %s\n", commands[c].name, commands[c].arguments,
                        commands[c].help);
        fputs("\nnot built yet:", out);
        for (int c = COMMAND_NONE + 1; c < COMMAND_COUNT; c++)
            if (!commands[c].built) fprintf(out, " %s", commands[c].name);
        fputs("\n", out);
    } else {
        fprintf(out, "usage: weft %s %s [OPTIONS]\n%s%s\n", commands[of].name,
                commands[of].arguments, commands[of].help,
                commands[of].built ? "" : " (not built yet)");
    }
    fputs("\noptions:\n", out);
    for (size_t i = 0; i < OPTIONS; i++) {
        const option *o = &options_table[i];
        bool concerned = of == COMMAND_NONE || (o->commands & 1 << of);
        if (concerned && o->kind != OPTION_MISSING) help_option(out, o);
    }
    fputs(
        "\nexit status: 0 fine, 1 an `expect` failed, 2 the input is wrong, 3 the machine failed\n",
        out);
}
