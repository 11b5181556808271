// The command line as a struct. The table of commands and options is options.def.
#ifndef WEFT_OPTIONS_H
#define WEFT_OPTIONS_H

#include "support/diag.h"
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    COMMAND_NONE,
#define COMMAND(name, built, arguments, help) COMMAND_##name,
#define OPTION(kind, field, letter, name, value, commands, help)
#include "options.def"
#undef COMMAND
#undef OPTION
    COMMAND_COUNT
} command;

typedef struct option_pair { // --set NAME=VALUE
    const char *name, *value;
} option_pair;

struct options {
    command command;
    const char *file;        // the .weft file
    const char *experiment;  // NULL: the file's only one
    const char *directory;   // -o; NULL: the default
    const char *data;        // where data files are; NULL: the folder of the .weft file
    const char *trace;       // NULL: none
    const char *dump;        // a stage or "all"; NULL: none
    const char *diagnostics; // "text" or "json"; NULL: text
    VEC(option_pair) sets;   // --set, in the order given
    VEC(const char *) keeps; // --keep
    uint64_t seed;           // 1
    uint64_t jobs;           // 1, at least 1
    uint64_t max_errors;     // 20; 0: all
    bool json, plot, rtl, lockstep, interpret, no_lanes, quiet, help, version;
    // The command line itself, for messages that name "the file or flag that set the value".
    int argument_count;
    char *const *arguments;
};

// Reads the command line into `options`, whose lists live in `home`. Mistakes go to `d`; false when
// there were any.
bool options_read(struct options *options, arena *home, diag *d, int count, char *const *arguments);
// The text of --help: of one command, or of all (COMMAND_NONE).
void options_help(FILE *out, command of);

#endif
