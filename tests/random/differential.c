// Random programs, or files, in every way there is to run them: see README.md. A batch of programs
// is one file for each C compiler and one bench for each simulator.
#include "random/bench.h"
#include "random/compare.h"
#include "random/generate.h"
#include "random/shrink.h"

#include "build.h"
#include "support/file.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 100, BUILDS = 8, LIMIT_SECONDS = 60 };

typedef struct settings {
    const char *work, *library, *failures;
    const char *builds[BUILDS];           // "clang -O2"
    int build_count, first_build, rotate; // rotate: so many of them for each batch, 0: all
    int icarus, verilator;                // 0: left out
    int cycles, shrink_seconds;
    const char *weights[16];
    int weight_count;
} settings;

typedef struct item {
    const char *name, *text;
    subject s;
} item;

typedef struct shared { // between a batch's process and the one that watches it
    int current, done;
    int failed;
    double seconds[6];
} shared;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// SIGPROF after so many seconds of computing, whatever else the machine does; 0: never.
static void limit(int seconds) {
    struct itimerval t = {.it_value.tv_sec = seconds};
    setitimer(ITIMER_PROF, &t, NULL);
}

// ---- compiled models ----------------------------------------------------------------------------

typedef struct loaded {
    weft_library library;
    const char *name;
} loaded;

// One text with the models of all items that are still fine.
static text joined(arena *home, item *items, int count, const char **first) {
    text t = text_in(home);
    *first = NULL;
    for (int k = 0; k < count; k++)
        for (int nth = 0; nth < items[k].s.plans && !items[k].s.fault; nth++) {
            const char *suffix = arena_text(home, "__%d_%d", k, nth);
            if (subject_c(&items[k].s, nth, suffix, &t) && !*first)
                *first = subject_entry(&items[k].s, nth, suffix);
        }
    return t;
}

// weft_build_c looks for NAME_model.
static bool compile(const settings *set, const char *how, text *t, const char *entry,
                    weft_library *library, char *error, size_t size) {
    char words[200];
    snprintf(words, sizeof words, "%s", how);
    char *flags = strchr(words, ' ');
    if (flags) *flags++ = '\0';
    text_add(t,
             "const weft_model *batch_model(void);\nconst weft_model *batch_model(void) { return "
             "%s(); }\n",
             entry);
    weft_build build = {.include = arena_text(t->home, "%s/runtime", set->library),
                        .cc = words,
                        .flags = flags,
                        .error = error,
                        .error_size = size};
    const weft_model *model;
    return weft_build_c(&build, "batch", t->at, library, &model) == WEFT_OK;
}

// When a batch is refused, each item is compiled alone to find the one to blame.
static int build_all(const settings *set, arena *home, item *items, int count, loaded *out,
                     const char *const *how, int builds) {
    int n = 0;
    for (int b = 0; b < builds; b++) {
        char error[4000] = "";
        const char *entry;
        text t = joined(home, items, count, &entry);
        if (!entry) return n;
        if (compile(set, how[b], &t, entry, &out[n].library, error, sizeof error)) {
            out[n++].name = how[b];
            continue;
        }
        bool blamed = false;
        char first[4000];
        snprintf(first, sizeof first, "%s", error);
        for (int k = 0; k < count; k++) {
            weft_library alone;
            text one = joined(home, &items[k], 1, &entry);
            if (!entry) continue;
            if (compile(set, how[b], &one, entry, &alone, error, sizeof error))
                weft_library_close(&alone);
            else
                subject_fault(&items[k].s, FAULT_COMPILER, "%s\n%.1500s", how[b], error),
                    blamed = true;
        }
        for (int k = 0; k < count && !blamed; k++)
            subject_fault(&items[k].s, FAULT_COMPILER, "%s, together with others\n%.1500s", how[b],
                          first);
        b--; // again, without the bad ones
    }
    return n;
}

static int models_of(const loaded *libraries, int n, const char *entry, build *out) {
    int found = 0;
    for (int k = 0; k < n; k++) {
        const weft_model *(*get)(void);
        *(void **)&get = dlsym(libraries[k].library.handle, entry);
        if (get) out[found++] = (build){libraries[k].name, get()};
    }
    return found;
}

// ---- one batch ----------------------------------------------------------------------------------

static void simulate(const settings *set, arena *home, item *items, int count, bool verilator) {
    bench b = bench_new(home, set->work, set->library, set->cycles);
    for (int k = 0; k < count; k++)
        for (size_t m = 0; !items[k].s.fault && m < items[k].s.plan[0]->machines.n; m++)
            bench_add(&b, items[k].s.plan[0]->machines.at[m]);
    const char *refused = bench_run(&b, verilator);
    fault f = verilator ? FAULT_VERILATOR : FAULT_ICARUS;
    if (refused && count > 1) { // one at a time
        for (int k = 0; k < count; k++)
            simulate(set, home, &items[k], 1, verilator);
        return;
    }
    for (int k = 0; k < count; k++)
        for (size_t m = 0; !items[k].s.fault && m < items[k].s.plan[0]->machines.n; m++) {
            const char *name = items[k].s.plan[0]->machines.at[m]->name;
            char said[1000] = "";
            int cycle = refused ? -1 : bench_difference(&b, name, said, sizeof said);
            if (refused)
                subject_fault(&items[k].s, f, "%s", refused);
            else if (cycle != -1)
                subject_fault(&items[k].s, f, "%s, cycle %d: %s", name, cycle,
                              cycle == -2 ? "no trace" : said);
        }
}

// Everything for the items of a batch; their subjects keep what went wrong.
static void run_batch(const settings *set, arena *home, item *items, int count, shared *state) {
    const char *how[BUILDS];
    int builds = 0;
    for (int k = 0; k < (set->rotate ? set->rotate : set->build_count); k++)
        how[builds++] = set->builds[(set->first_build + k) % set->build_count];
    double t0 = now();
    for (int k = 0; k < count; k++) {
        state->current = k;
        limit(LIMIT_SECONDS);
        subject_read(&items[k].s, set->work, items[k].name, items[k].text, set->library);
    }
    state->seconds[0] += now() - t0, t0 = now();
    limit(0);
    state->current = -1;
    loaded libraries[BUILDS];
    int loaded_count = build_all(set, home, items, count, libraries, how, builds);
    state->seconds[1] += now() - t0, t0 = now();
    for (int k = 0; k < count; k++) {
        subject *s = &items[k].s;
        state->current = k;
        limit(LIMIT_SECONDS);
        for (int nth = 0; nth < s->plans && !s->fault; nth++) {
            build models[BUILDS];
            int n = models_of(libraries, loaded_count,
                              subject_entry(s, nth, arena_text(home, "__%d_%d", k, nth)), models);
            compare_experiment(s, nth, models, n, set->work);
            compare_controllers(s, nth, models, n, set->cycles, nth == 0 ? set->work : NULL);
        }
    }
    state->seconds[2] += now() - t0, t0 = now();
    limit(0);
    state->current = -1;
    if (set->icarus) simulate(set, home, items, count, false);
    state->seconds[3] += now() - t0, t0 = now();
    if (set->verilator) simulate(set, home, items, count, true);
    state->seconds[4] += now() - t0;
    for (int k = 0; k < loaded_count; k++)
        weft_library_close(&libraries[k].library);
}

static void free_subjects(item *items, int count) {
    for (int k = 0; k < count; k++)
        if (items[k].s.home) arena_free(items[k].s.home);
}

// ---- failures -----------------------------------------------------------------------------------

typedef struct suspect {
    const settings *set;
    fault wanted;
    char code[8]; // of FAULT_REFUSED: the same message
} suspect;

// The first error code in a report.
static void code_of(const char *report, char *code) {
    const char *at = report ? strstr(report, "error[") : NULL;
    snprintf(code, 8, "%.5s", at ? at + 6 : "");
}

static int child(const suspect *w, const syntax_file *file) {
    settings set = *w->set;
    set.icarus = w->wanted == FAULT_ICARUS, set.verilator = w->wanted == FAULT_VERILATOR;
    if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr)) return 0;
    shared state = {0};
    arena *home = arena_new();
    text printed = text_in(home);
    syntax_print(file, &printed);
    item it = {.name = "shrink", .text = printed.n ? printed.at : ""};
    run_batch(&set, home, &it, 1, &state);
    char code[8];
    code_of(it.s.detail, code);
    return w->wanted == FAULT_REFUSED && strcmp(code, w->code) ? FAULT_NONE : (int)it.s.fault;
}

static bool still_fails(void *data, const syntax_file *file) {
    suspect *w = data;
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) return false;
    if (pid == 0) {
        alarm(600);
        limit(LIMIT_SECONDS);
        _exit(child(w, file));
    }
    int status = 0;
    waitpid(pid, &status, 0);
    if (WIFSIGNALED(status))
        return w->wanted == (WTERMSIG(status) == SIGPROF ? FAULT_SLOW : FAULT_CRASH);
    if (WEXITSTATUS(status) >= FAULTS) return w->wanted == FAULT_CRASH; // a sanitizer's exit
    return WEXITSTATUS(status) == (int)w->wanted;
}

// Shrinking needs one compiler only, or none.
static void fewer_builds(suspect *w, settings *set, const char *text) {
    settings all = *set;
    arena *home = arena_new();
    const syntax_file *file = shrink_read(home, text);
    bool found = false;
    set->rotate = set->first_build = 0;
    for (int k = -1; k < all.build_count && !found; k++) {
        set->build_count = k >= 0;
        if (k >= 0) set->builds[0] = all.builds[k];
        found = still_fails(w, file);
    }
    if (!found) {
        *set = all;
        set->rotate = 0;
    }
    arena_free(home);
}

static void report_failure(const settings *set, const char *name, const char *text, fault f,
                           const char *detail) {
    printf("FAIL %s: %s\n%s\n", name, fault_text(f), detail ? detail : "");
    fflush(stdout);
    settings narrow = *set;
    suspect w = {.set = &narrow, .wanted = f};
    code_of(detail, w.code);
    if (set->shrink_seconds) fewer_builds(&w, &narrow, text);
    arena *home = arena_new();
    int tries = 0;
    const char *small = set->shrink_seconds
                            ? shrink(home, text, still_fails, &w, set->shrink_seconds, &tries)
                            : text;
    const char *path = arena_text(home, "%s/%s.weft", set->failures, name), *problem;
    const char *kept = arena_text(home, "// %s: %s\n%s", name, fault_text(f), small);
    if (directory_make(set->failures, &problem)) file_write(path, kept, strlen(kept), &problem);
    printf("---- %s, after %d attempts to make it smaller: %s\n%s----\n", name, tries, path, small);
    fflush(stdout);
    arena_free(home);
}

static int report_batch(const settings *set, item *items, int count) {
    int failed = 0;
    for (int k = 0; k < count; k++) {
        if (items[k].s.fault)
            report_failure(set, items[k].name, items[k].text, items[k].s.fault, items[k].s.detail),
                failed++;
        else
            printf("ok %s\n", items[k].name);
    }
    return failed;
}

// In a process of its own, so that a crash is a result; the crashed item is left out and the rest
// runs again.
static int watch_batch(const settings *set, item *items, int count, shared *state) {
    int failed = 0;
    while (count > 0) {
        state->current = -1;
        fflush(NULL);
        pid_t pid = fork();
        if (pid == 0) {
            arena *home = arena_new();
            run_batch(set, home, items, count, state);
            state->failed = report_batch(set, items, count);
            fflush(NULL);
            free_subjects(items, count);
            arena_free(home);
            _exit(0);
        }
        int status = 0;
        if (pid < 0 || waitpid(pid, &status, 0) < 0) return failed + 1;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return failed + state->failed;
        int bad = state->current;
        if (bad < 0 || bad >= count)
            return printf("FAIL batch of %s: crashed outside of any program\n", items[0].name),
                   failed + 1;
        bool slow = WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF;
        report_failure(set, items[bad].name, items[bad].text, slow ? FAULT_SLOW : FAULT_CRASH, "");
        failed++;
        memmove(&items[bad], &items[bad + 1], (size_t)(count - bad - 1) * sizeof *items);
        count--;
    }
    return failed;
}

// ---- the command --------------------------------------------------------------------------------

static int run_seeds(settings *set, long seed, long count, int batch, shared *state) {
    int failed = 0;
    for (long done = 0; done < count; done += batch, set->first_build += set->rotate) {
        arena *home = arena_new();
        item items[BATCH] = {{0}};
        int n = 0;
        for (; n < batch && done + n < count; n++) {
            unsigned long long s = (unsigned long long)(seed + done + n);
            recipe r = recipe_default(s);
            for (int k = 0; k < set->weight_count; k++)
                recipe_set(&r, set->weights[k]);
            items[n].name = arena_text(home, "p%llu", s);
            items[n].text = generate(home, &r, items[n].name);
        }
        failed += watch_batch(set, items, n, state);
        arena_free(home);
    }
    return failed;
}

static int run_files(settings *set, char **paths, int count, shared *state) {
    arena *home = arena_new();
    item items[BATCH] = {{0}};
    int n = 0, failed = 0;
    for (int k = 0; k < count && n < BATCH; k++) {
        size_t length;
        const char *problem = "?";
        items[n].text = file_read(home, paths[k], &length, &problem);
        items[n].name = path_stem(home, paths[k]);
        if (items[n].text)
            n++;
        else
            printf("FAIL %s: %s\n", paths[k], problem), failed++;
    }
    failed += watch_batch(set, items, n, state);
    arena_free(home);
    return failed;
}

static shared *shared_state(const char *work) {
    char path[700];
    snprintf(path, sizeof path, "%s/state", work);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || ftruncate(file, sizeof(shared))) return NULL;
    void *memory = mmap(NULL, sizeof(shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    return memory == MAP_FAILED ? NULL : memory;
}

static int print_program(const settings *set, long seed) {
    arena *home = arena_new();
    recipe r = recipe_default((unsigned long long)seed);
    for (int k = 0; k < set->weight_count; k++)
        recipe_set(&r, set->weights[k]);
    fputs(generate(home, &r, arena_text(home, "p%ld", seed)), stdout);
    arena_free(home);
    return 0;
}

static int usage(void) {
    fputs("usage: differential [--weight NAME=VALUE]... --generate SEED\n"
          "       differential [--seed N] [--count N] [--batch N] [--build 'CC FLAGS']...\n"
          "           [--rotate N] [--first N] [--cycles N] [--icarus 0] [--verilator 0]\n"
          "           [--shrink SECONDS] [--weight NAME=VALUE]... [--work DIR] [--failures DIR]\n"
          "           [--library DIR] [FILE.weft ...]\n",
          stderr);
    return 2;
}

typedef struct wanted {
    long seed, count, batch, generate;
} wanted;

// One option with its value; false: there is none of that name.
static bool take_option(settings *set, wanted *w, const char *name, const char *value) {
    const struct {
        const char *name;
        int *number;
        long *large;
        const char **text;
    } options[] = {
        {"icarus", &set->icarus, NULL, NULL},  {"verilator", &set->verilator, NULL, NULL},
        {"rotate", &set->rotate, NULL, NULL},  {"first", &set->first_build, NULL, NULL},
        {"cycles", &set->cycles, NULL, NULL},  {"shrink", &set->shrink_seconds, NULL, NULL},
        {"seed", NULL, &w->seed, NULL},        {"count", NULL, &w->count, NULL},
        {"batch", NULL, &w->batch, NULL},      {"generate", NULL, &w->generate, NULL},
        {"work", NULL, NULL, &set->work},      {"failures", NULL, NULL, &set->failures},
        {"library", NULL, NULL, &set->library}};
    for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
        if (strcmp(name, options[k].name)) continue;
        if (options[k].number) *options[k].number = atoi(value);
        if (options[k].large) *options[k].large = atol(value);
        if (options[k].text) *options[k].text = value;
        return true;
    }
    bool build = !strcmp(name, "build") && set->build_count < BUILDS;
    bool weight = !strcmp(name, "weight") && set->weight_count < 16;
    if (build) set->builds[set->build_count++] = value;
    if (weight) set->weights[set->weight_count++] = value;
    return build || weight;
}

int main(int count, char **words) {
    settings set = {.work = ".", .library = ".", .failures = "failures", .icarus = 1};
    set.verilator = 1, set.cycles = 150, set.shrink_seconds = 60;
    wanted w = {.seed = 1, .count = 1, .batch = 50, .generate = -1};
    int k = 1;
    for (; k < count && !strncmp(words[k], "--", 2); k += 2)
        if (k + 1 == count || !take_option(&set, &w, words[k] + 2, words[k + 1])) return usage();
    if (w.batch < 1 || w.batch > BATCH) return usage();
    if (w.generate >= 0) return print_program(&set, w.generate);
    if (!set.build_count) set.builds[set.build_count++] = "cc -O1";
    setenv("WEFT_CACHE", set.work, 1);
    shared *state = shared_state(set.work);
    if (!state) return perror(set.work), 3;
    int failed = k < count ? run_files(&set, words + k, count - k, state)
                           : run_seeds(&set, w.seed, w.count, (int)w.batch, state);
    static const char *const parts[] = {"reading", "C", "runs", "Icarus", "Verilator"};
    for (size_t n = 0; n < sizeof parts / sizeof *parts; n++)
        printf("seconds in %s: %.1f\n", parts[n], state->seconds[n]);
    return failed ? 1 : 0;
}
