// weft: the command. Everything that ends the program early ends here.
#include "driver.h"
#include "options.h"
#include "support/version.h"

#include <errno.h>

// Reads the command line, does what it says; returns the exit status.
static int weft(int count, char *const *arguments) {
    arena *home = arena_new();
    diag *d = diag_new(home);
    struct options options;
    int status = EXIT_FINE;
    if (!options_read(&options, home, d, count, arguments)) {
        diag_print(d, stderr);
        status = EXIT_INPUT;
    } else if (options.help) {
        options_help(stdout, options.command);
    } else if (options.version) {
        puts("weft " WEFT_VERSION);
    } else {
        status = weft_drive(&options);
    }
    arena_free(home);
    return status;
}

int main(int count, char **arguments) {
    static jmp_buf out_of_memory;
    mem_recover_at(&out_of_memory);
    if (setjmp(out_of_memory)) {
        mem_free_all();
        fputs("weft: error[E0001]: out of memory\n", stderr);
        return EXIT_MACHINE;
    }
    int status = weft(count, arguments);
    // A full disk shows when the last of the output leaves.
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "weft: error[E0003]: cannot write 'standard output': %s\n",
                strerror(errno));
        return EXIT_MACHINE;
    }
    return status;
}
