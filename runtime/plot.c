// plot.c -- the records over time as an SVG: a short gnuplot script over the CSV file.
#include "record.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CURVES = 16 }; // more are not told apart

// A string as gnuplot reads it between single quotes.
static void put_quoted(FILE *out, const char *text) {
    fputc('\'', out);
    for (; *text; text++)
        fputs(*text == '\'' ? "''" : (char[]){*text, '\0'}, out);
    fputc('\'', out);
}

static void write_script(FILE *out, const weft_experiment *e, const weft_model *model,
                         const char *csv, const char *svg) {
    const char *first = "", *unit = NULL;
    uint32_t column = 2, curves = 0;
    fputs("set terminal svg size 800,500 dynamic\nset datafile separator comma\n"
          "set xlabel 'time (s)'\nset grid\nset output ",
          out);
    put_quoted(out, svg);
    fputs("\nset title ", out);
    put_quoted(out, e->name);
    for (uint32_t i = 0; i < e->record_count; i++) // one unit for all: it names the axis
        unit = i == 0 || (unit && strcmp(unit, e->records[i].unit ? e->records[i].unit : "") == 0)
                   ? (e->records[i].unit ? e->records[i].unit : "")
                   : NULL;
    if (unit && *unit) fprintf(out, "\nset ylabel '%s'", unit);
    fputs("\nplot ", out);
    for (uint32_t i = 0; i < e->record_count; i++) {
        const weft_var *var = &model->vars[e->records[i].var];
        for (uint32_t k = 0; k < var->count; k++, column++) {
            char name[300];
            if (++curves > CURVES) continue;
            weft_name_element(var, k, ",", name, sizeof name);
            fputs(first, out);
            put_quoted(out, csv);
            fprintf(out, " skip 1 using 1:%u with lines noenhanced title ", column);
            put_quoted(out, name);
            first = ", ";
        }
    }
    fputs("\nset output\n", out);
}

// Starts gnuplot with its standard input at *script. Its complaints go nowhere: the note says enough.
static pid_t start_gnuplot(FILE **script) {
    int ends[2];
    *script = NULL;
    if (pipe(ends)) return -1;
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(ends[0], STDIN_FILENO);
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        execlp("gnuplot", "gnuplot", (char *)NULL);
        _exit(127);
    }
    close(ends[0]);
    *script = child > 0 ? fdopen(ends[1], "w") : NULL;
    if (!*script) close(ends[1]);
    return child;
}

weft_status weft_plot(const weft_experiment *experiment, const weft_model *model, const char *csv,
                      const char *path, char *note, size_t size) {
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    char *beside = weft_file_beside(path);
    FILE *script;
    int state = -1;
    if (!beside) return WEFT_IO;
    sigaction(SIGPIPE, &ignore, &before); // it may end before it has read the script
    pid_t child = start_gnuplot(&script);
    if (script) {
        write_script(script, experiment, model, csv, beside);
        fclose(script);
    }
    while (child > 0 && waitpid(child, &state, 0) < 0 && errno == EINTR)
        ;
    sigaction(SIGPIPE, &before, NULL);
    struct stat drawn;
    bool fine = child > 0 && WIFEXITED(state) && WEXITSTATUS(state) == 0 &&
                stat(beside, &drawn) == 0 && drawn.st_size > 0;
    weft_status status = WEFT_OK;
    if (fine) {
        status = weft_file_settle(beside, path);
    } else {
        unlink(beside);
        if (note[0] == '\0')
            snprintf(note, size,
                     child > 0 && WIFEXITED(state) && WEXITSTATUS(state) == 127
                         ? "no plot: gnuplot is not installed; the numbers are in %s"
                         : "no plot: gnuplot failed; the numbers are in %s",
                     csv);
    }
    free(beside);
    return status;
}
