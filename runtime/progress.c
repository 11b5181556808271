// progress.c -- one line on a terminal: where the run is, how fast, how long still.
#include "drive.h"
#include "report.h"

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

double weft_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void weft_progress_begin(weft_progress *progress, FILE *out) {
    progress->out = out && isatty(fileno(out)) ? out : NULL;
    progress->start = weft_clock();
}

void weft_progress_show(const weft_progress *progress, const weft_drive *drive) {
    uint64_t done = 0;
    for (uint32_t i = 0; i < drive->worker_count; i++)
        done += atomic_load_explicit(&drive->workers[i].trials, memory_order_relaxed);
    double passed = weft_clock() - progress->start, rate = passed > 0 ? (double)done / passed : 0;
    uint32_t repeats = drive->experiment->repeats;
    unsigned over = atomic_load(&drive->repeats_done);
    char line[160], count[40], left[32] = "";
    weft_show_count(count, sizeof count, (uint64_t)rate);
    int used = snprintf(line, sizeof line, "%.24s  repeat %u/%" PRIu32, drive->experiment->name,
                        over < repeats ? over + 1 : repeats, repeats);
    if (drive->epochs > 1)
        used += snprintf(line + used, sizeof line - (size_t)used, "  epoch %u/%" PRIu32,
                         atomic_load_explicit(&drive->workers[0].epoch, memory_order_relaxed),
                         drive->epochs);
    if (rate > 0 && drive->trials_wanted > done) {
        weft_show_seconds(left, sizeof left, (double)(drive->trials_wanted - done) / rate);
        snprintf(line + used, sizeof line - (size_t)used, "  %s trials/s  %s left", count, left);
    }
    fprintf(progress->out, "\r%.79s\033[K", line);
    fflush(progress->out);
}

void weft_progress_end(const weft_progress *progress) {
    if (!progress->out) return;
    fputs("\r\033[K", progress->out);
    fflush(progress->out);
}
