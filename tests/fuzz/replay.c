// Runs kept inputs through a harness, without libFuzzer. Usage: replay HARNESS FILE ...
#include "fuzz/harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static const char *file_at_hand;

static void on_signal(int number) {
    printf("FAIL %s: %s\n", file_at_hand,
           number == SIGVTALRM ? "takes more than a second" : "a signal");
    fflush(stdout);
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

int main(int count, char **arguments) {
    static const struct {
        const char *name;
        void (*run)(const uint8_t *bytes, size_t length);
    } all[] = {{"parse", harness_parse},
               {"compile", harness_compile},
               {"csv", harness_csv},
               {"saved", harness_saved}};
    static uint8_t bytes[1 << 20];
    signal(SIGVTALRM, on_signal);
    signal(SIGABRT, on_signal);
    for (size_t h = 0; count > 1 && h < sizeof all / sizeof *all; h++) {
        if (strcmp(all[h].name, arguments[1]) != 0) continue;
        for (int k = 2; k < count; k++) {
            file_at_hand = arguments[k];
            FILE *file = fopen(file_at_hand, "rb");
            if (!file) return 3;
            size_t length = fread(bytes, 1, sizeof bytes, file);
            fclose(file);
            uint8_t *exact = malloc(length + 1); // the sanitizer sees a read behind it
            if (!exact) return 3;
            memcpy(exact, bytes, length);
            setitimer(ITIMER_VIRTUAL, &(struct itimerval){.it_value = {.tv_sec = 1}}, NULL);
            all[h].run(exact, length);
            setitimer(ITIMER_VIRTUAL, &(struct itimerval){0}, NULL);
            free(exact);
        }
        printf("%d inputs\n", count - 2);
        return 0;
    }
    return 2;
}
