// Runs the ten cycles of examples/soudry2015/grid.weft many times in one process, through the
// public interface of a generated model alone, and prints the user CPU seconds of one such run.
//
//   cc -DMODEL=toy_model loop.c GENERATED.c libweft-rt.a; loop RUNS
//
// A run is what the reference deck does: start values, five cycles with the input at one sign, five
// at the other. The last weights are checked, so that nothing can be left out: after both halves
// every memristor is back where it was.
#include "weft.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

const weft_model *MODEL(void);

static weft_status half(weft_twin *twin, double sign, int64_t until) {
    const double x[2] = {0.8 * sign, -0.4 * sign};
    weft_status status = weft_set(twin, "x", x, 2);
    return status ? status : weft_run(twin, until);
}

// The largest flux (V s) that any memristor has kept, after the first and after the second half.
static weft_status run(weft_twin *twin, int64_t ticks, double kept[2]) {
    const double y[2] = {0.2, -0.1};
    double s[4];
    weft_status status = weft_restart(twin, 1, 0);
    if (!status) status = weft_set(twin, "y", y, 2);
    for (int k = 0; k < 2 && !status; k++) {
        kept[k] = 0;
        status = half(twin, k ? 1 : -1, ticks * (k + 1));
        if (!status) status = weft_get(twin, "g.w.m.s", s, 4);
        for (int i = 0; i < 4; i++)
            kept[k] = fmax(kept[k], fabs(s[i]));
    }
    return status;
}

static double user_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + 1e-6 * (double)usage.ru_utime.tv_usec;
}

int main(int argc, char **argv) {
    long runs = argc > 1 ? strtol(argv[1], NULL, 10) : 1000;
    weft_twin *twin;
    double kept[2] = {0, 0};
    weft_status status = weft_open(&twin, MODEL(), NULL);
    int64_t ticks = (int64_t)llround(0.25 / MODEL()->tick);
    double begin = user_seconds();
    for (long k = 0; k < runs && !status; k++)
        status = run(twin, ticks, kept);
    double each = (user_seconds() - begin) / (double)runs;
    if (status) {
        fprintf(stderr, "loop: %s\n", weft_status_text(status));
        return 3;
    }
    weft_close(twin);
    // Five writes of a b x y: 0.1 V * 28 ms * 0.8 * 0.2, in V s.
    if (fabs(kept[0] - 5 * 0.1 * 28e-3 * 0.8 * 0.2) > 1e-12 || kept[1] > 1e-12) {
        fprintf(stderr, "loop: flux %g and %g V s\n", kept[0], kept[1]);
        return 3;
    }
    printf("%.9f\n", each);
    return 0;
}
