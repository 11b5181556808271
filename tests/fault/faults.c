// Lets the n-th allocation or file operation of a command fail, n from 0 until it succeeds.
// Usage: faults WORK STEP [CASE]; takes every STEP-th n (1: all).
//
// Each run is the whole command in this process (compiler/main.c with its main renamed). After a
// failure: exit status 3 and a message that names the cause - or the command did without what
// failed, and then everything it writes is whole; nothing is leaked, no file stays open; each file
// is the old one or the new one, whole, and there is no other. The loop ends with the first n at
// which nothing was left to fail, so it shows that it did inject.
#define _GNU_SOURCE // nftw
#include "fault/inject.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault/embedded.h"
#include "save.h"

int weft_main(int count, char **arguments);

enum { WORDS = 12, FILES = 16, MOST = 100000 };
static const char OLD[] = "what stood here before\n";

typedef struct content {
    char name[100];
    char *bytes;
    size_t length;
} content;

typedef struct fault_case {
    const char *name;
    const char *words[WORDS];            // of the command line; "@" is the folder that it writes to
    int (*embedded)(const char *folder); // instead of words: a program that embeds the runtime
    int status;                          // without a failure
    bool no_files;                       // file operations are not its matter
} fault_case;

static const fault_case cases[] = {
    {.name = "check", .words = {"check", "examples/soudry2015/iris.weft"}},
    {.name = "fmt", .words = {"fmt", "examples/soudry2015/iris.weft"}},
    {.name = "build, one cell",
     .words = {"build", "examples/quickstart/quickstart.weft", "-o", "@"}},
    {.name = "build, a network", .words = {"build", "examples/soudry2015/iris.weft", "-o", "@"}},
    {.name = "build, all dumps",
     .words = {"build", "tests/fault/alone.weft", "-o", "@", "--dump=all"}},
    {.name = "run, records and plot",
     .words = {"run", "--interpret", "examples/quickstart/quickstart.weft", "-o", "@"}},
    {.name = "run, data and repeats",
     .words = {"run", "--interpret", "tests/fault/small.weft", "-o", "@", "--json"}},
    {.name = "run, two threads",
     .words = {"run", "--interpret", "tests/fault/small.weft", "-o", "@", "--jobs=2"}},
    {.name = "run, waveforms",
     .words = {"run", "--interpret", "tests/fault/small.weft", "-o", "@", "--trace=@/waves.vcd"}},
    {.name = "a wrong program", .words = {"check", "tests/fault/wrong.weft"}, .status = 2},
    {.name = "open, run, save, load", .embedded = embedded_run, .no_files = true},
};

// ---- the folder that a command writes to ----

static char folder[500], last_output[1 << 16];

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *at) {
    (void)facts, (void)kind, (void)at;
    return remove(path);
}

static size_t list(content *files) {
    size_t n = 0;
    DIR *all = opendir(folder);
    for (struct dirent *e = all ? readdir(all) : NULL; e; e = readdir(all)) {
        if (e->d_name[0] == '.' || n == FILES) continue;
        content *c = &files[n++];
        char path[700];
        struct stat facts;
        snprintf(c->name, sizeof c->name, "%.99s", e->d_name);
        snprintf(path, sizeof path, "%s/%.150s", folder, e->d_name);
        c->length = stat(path, &facts) == 0 ? (size_t)facts.st_size : 0;
        c->bytes = malloc(c->length + 1);
        int file = open(path, O_RDONLY);
        if (!c->bytes || file < 0 || read(file, c->bytes, c->length) != (ssize_t)c->length) abort();
        close(file);
    }
    if (all) closedir(all);
    return n;
}

static void drop(content *files, size_t n) {
    for (size_t k = 0; k < n; k++)
        free(files[k].bytes);
}

// The folder anew: absent, or with old files of the names that the command writes.
static void lay(const content *files, size_t n, bool old) {
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    if (!old) return;
    mkdir(folder, 0777);
    for (size_t k = 0; k < n; k++) {
        char path[700];
        snprintf(path, sizeof path, "%s/%s", folder, files[k].name);
        FILE *file = fopen(path, "wb");
        if (!file || fputs(OLD, file) < 0 || fclose(file) != 0) abort();
    }
}

// ---- one run ----

static int run(const fault_case *c) {
    char *words[WORDS + 2] = {"weft"}, made[WORDS][600];
    int count = 1;
    for (; c->words[count - 1]; count++) {
        const char *w = c->words[count - 1], *at = strchr(w, '@');
        if (!at)
            snprintf(made[count - 1], sizeof made[0], "%s", w);
        else
            snprintf(made[count - 1], sizeof made[0], "%.*s%s%s", (int)(at - w), w, folder, at + 1);
        words[count] = made[count - 1];
    }
    FILE *out = stdout, *err = stderr;
    char *printed = NULL, *said = NULL;
    size_t printed_length, said_length;
    stdout = open_memstream(&printed, &printed_length);
    stderr = open_memstream(&said, &said_length);
    int status = c->embedded ? c->embedded(folder) : weft_main(count, words);
    inject_end();
    fclose(stdout);
    fclose(stderr);
    stdout = out;
    stderr = err;
    snprintf(last_output, sizeof last_output, "%s", said);
    free(printed);
    free(said);
    return status;
}

typedef struct plan {
    const fault_case *c;
    injection what;
    bool on, old;
    content expected[FILES];
    size_t files;
} plan;

// What is wrong with the files; NULL: nothing. `all`: they must be the new ones.
static const char *judge_files(const plan *p, bool all) {
    static char text[300];
    content found[FILES];
    size_t n = list(found);
    const char *why = NULL;
    for (size_t k = 0; k < p->files && all && !why; k++) {
        bool there = false;
        for (size_t j = 0; j < n; j++)
            there |= strcmp(found[j].name, p->expected[k].name) == 0;
        if (!there) snprintf(text, sizeof text, "%s is missing", p->expected[k].name), why = text;
    }
    for (size_t j = 0; j < n && !why; j++) {
        const content *f = &found[j], *e = NULL;
        for (size_t k = 0; k < p->files; k++)
            if (strcmp(f->name, p->expected[k].name) == 0) e = &p->expected[k];
        bool same = e && e->length == f->length && memcmp(e->bytes, f->bytes, f->length) == 0;
        bool old = e && p->old && f->length == strlen(OLD) && memcmp(f->bytes, OLD, f->length) == 0;
        if (same || (old && !all)) continue;
        snprintf(text, sizeof text,
                 !e ? "%s was left behind" : "%s is neither the old nor the new file", f->name);
        why = text;
    }
    drop(found, n);
    return why;
}

static const char *judge(const plan *p, int status, bool fired, long blocks, long files) {
    static char text[200];
    bool passing = p->what == INJECT_SHORT || p->what == INJECT_EINTR || !fired;
    if (blocks || files) {
        snprintf(text, sizeof text, "%ld blocks and %ld files were not given back", blocks, files);
        return text;
    }
    if (passing && status != p->c->status) return "the wrong exit status";
    if (status == 3) {
        const char *cause = p->what == INJECT_MEMORY ? "memory"
                            : p->what == INJECT_EIO  ? "Input/output error"
                                                     : "No space left";
        if (!strstr(last_output, cause)) return "the message does not name the cause";
    } else if (status != p->c->status) {
        return "neither status 3 nor that of success";
    }
    return judge_files(p, status != 3 && status == p->c->status);
}

static bool run_plan(plan *p, long step) {
    static const char *const names[] = {"", "memory", "EIO", "ENOSPC", "short", "EINTR"};
    char name[200];
    long n = 0, failures = 0;
    snprintf(name, sizeof name, "%s: %s%s%s", p->c->name, names[p->what], p->on ? ", for ever" : "",
             p->old ? ", over old files" : "");
    for (bool fired = true; fired; n += step) {
        lay(p->expected, p->files, p->old);
        inject_forget();
        inject(p->what, n, p->on);
        int status = run(p->c);
        fired = inject_end();
        long blocks = inject_blocks(), files = inject_files();
        const char *why = judge(p, status, fired, blocks, files);
        if (n > MOST) why = "it never succeeds";
        if (why) {
            printf("FAIL %s: n = %ld (%s): %s; status %d, \"%.300s\"\n", name, n, inject_where(),
                   why, status, last_output);
            return false;
        }
        failures += fired;
    }
    if (failures == 0 && p->what != INJECT_ENOSPC && p->what != INJECT_MEMORY) {
        printf("FAIL %s: nothing was injected\n", name);
        return false;
    }
    if (failures) printf("ok %s: %ld failures\n", name, failures);
    return true;
}

static bool run_case(const fault_case *c, long step) {
    plan p = {.c = c};
    lay(NULL, 0, false);
    inject_forget();
    if (run(c) != c->status || inject_blocks() || inject_files()) {
        printf("FAIL %s: without any failure (%ld blocks, %ld files): %s\n", c->name,
               inject_blocks(), inject_files(), last_output);
        return false;
    }
    p.files = list(p.expected);
    bool fine = true;
    for (p.what = INJECT_MEMORY; p.what <= INJECT_EINTR; p.what++) {
        if (c->no_files && p.what != INJECT_MEMORY) break;
        for (int way = 0; way < 4; way++) {
            p.on = way & 1;
            p.old = way & 2;
            if (p.old && (p.files == 0 || p.what == INJECT_SHORT || p.what == INJECT_EINTR))
                continue;
            if (p.on && p.what == INJECT_EINTR) continue; // interrupted for ever is a hang by right
            fine &= run_plan(&p, step);
            fflush(stdout);
        }
    }
    drop(p.expected, p.files);
    return fine;
}

int main(int count, char **arguments) {
    if (count < 3) return 2;
    snprintf(folder, sizeof folder, "%s/out", arguments[1]);
    long step = strtol(arguments[2], NULL, 10);
    bool fine = true;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        if (count == 3 || strstr(cases[k].name, arguments[3])) fine &= run_case(&cases[k], step);
    return fine ? 0 : 1;
}
