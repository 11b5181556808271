// Damaged examples through `weft check`, all in this process.
// Usage: damage prefixes|bytes|replay STEP FIRST FILE ...
//
//   prefixes   the first 0, 1, 2, ... bytes of each file
//   bytes      each byte of each file turned into each of three others
//
// Takes every STEP-th case, beginning at FIRST. Each must end with status 0, 1 or 2, within a
// second of processor time, and say something when it is not 0. What does not ends the program at
// once; the text at hand is then in $WORK/damaged.weft, and its name on standard error.
#include "fuzz/harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static struct {
    char name[600];
    const char *bytes;
    size_t length;
} current;

// Writes down the text at hand: from a signal's handler too, so by plain calls only.
static void keep(const char *why) {
    char path[600];
    const char *work = getenv("WORK");
    snprintf(path, sizeof path, "%s/damaged.weft", work ? work : ".");
    FILE *file = fopen(path, "wb");
    if (file) {
        fwrite(current.bytes, 1, current.length, file);
        fclose(file);
    }
    fprintf(stdout, "FAIL %s: %s (%s)\n", current.name, why, path);
    fflush(stdout);
}

static void on_signal(int number) {
    keep(number == SIGVTALRM ? "takes more than a second" : "a signal");
    _exit(1);
}

// The sanitizers end the program by a signal, so that one handler sees all.
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__asan_default_options(void) {
    return "abort_on_error=1";
}
const char *__ubsan_default_options(void) {
    return "abort_on_error=1:print_stacktrace=1";
}

static void limit(int seconds) {
    struct itimerval timer = {.it_value = {.tv_sec = seconds}};
    setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

// One case; false when it failed.
static bool judge(const char *folder, const char *bytes, size_t length) {
    current.bytes = bytes;
    current.length = length;
    limit(1);
    harness_result r = harness_check(folder, bytes, length);
    limit(0);
    const char *why = r.status < 0 || r.status > 2                ? "its status is none of 0, 1, 2"
                      : r.status != 0 && r.length == 0            ? "nothing is said"
                      : r.status == 0 && strstr(r.said, "error[") ? "an error is said to be fine"
                                                                  : NULL;
    if (!why) return true;
    keep(why);
    printf("%s", r.said);
    return false;
}

static char *read_whole(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    size_t room = 1 << 20;
    char *bytes = malloc(room);
    *length = bytes ? fread(bytes, 1, room, file) : 0;
    fclose(file);
    return bytes;
}

static long cases, seen;

static bool is_wanted(long step, long first) {
    return seen++ % step == first % step;
}

static bool prefixes(const char *path, const char *folder, const char *bytes, size_t length,
                     long step, long first) {
    for (size_t n = 0; n <= length; n++) {
        if (!is_wanted(step, first)) continue;
        snprintf(current.name, sizeof current.name, "the first %zu bytes of %s", n, path);
        if (!judge(folder, bytes, n)) return false;
        cases++;
    }
    return true;
}

static bool flips(const char *path, const char *folder, char *bytes, size_t length, long step,
                  long first) {
    static const unsigned char change[] = {0x01, 0x20, 0x80};
    for (size_t at = 0; at < length; at++)
        for (size_t k = 0; k < sizeof change; k++) {
            if (!is_wanted(step, first)) continue;
            snprintf(current.name, sizeof current.name, "byte %zu of %s, changed by 0x%02x", at,
                     path, change[k]);
            bytes[at] = (char)(bytes[at] ^ change[k]);
            bool fine = judge(folder, bytes, length);
            bytes[at] = (char)(bytes[at] ^ change[k]);
            if (!fine) return false;
            cases++;
        }
    return true;
}

int main(int count, char **arguments) {
    if (count < 5) return 2;
    bool by_prefix = strcmp(arguments[1], "prefixes") == 0;
    long step = strtol(arguments[2], NULL, 10), first = strtol(arguments[3], NULL, 10);
    signal(SIGVTALRM, on_signal);
    signal(SIGABRT, on_signal);
    clock_t begun = clock();
    for (int k = 4; k < count; k++) {
        size_t length;
        char folder[500], *bytes = read_whole(arguments[k], &length), *slash;
        snprintf(folder, sizeof folder, "%s", arguments[k]);
        if (!bytes || length == 0) return 3;
        slash = strrchr(folder, '/');
        *(slash ? slash : folder) = '\0';
        bool fine = by_prefix ? prefixes(arguments[k], folder, bytes, length, step, first)
                              : flips(arguments[k], folder, bytes, length, step, first);
        free(bytes);
        if (!fine) return 1;
    }
    double seconds = (double)(clock() - begun) / CLOCKS_PER_SEC;
    printf("%ld cases of %ld, %.0f a second\n", cases, seen,
           seconds > 0 ? (double)cases / seconds : 0.0);
    return 0;
}
