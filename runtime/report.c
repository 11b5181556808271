// report.c -- a result for people: aligned, at most 80 columns, the same on a terminal and in a
// file.
#include "report.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

// ---- numbers
// -------------------------------------------------------------------------------------
void weft_show_seconds(char *text, size_t size, double seconds) {
    if (seconds < 0.9995e-3)
        snprintf(text, size, "%.3g us", seconds * 1e6);
    else if (seconds < 0.9995)
        snprintf(text, size, "%.3g ms", seconds * 1e3);
    else if (seconds < 99.95)
        snprintf(text, size, "%.3g s", seconds);
    else if (seconds < 3600)
        snprintf(text, size, "%d min %d s", (int)(seconds / 60), (int)fmod(seconds, 60));
    else
        snprintf(text, size, "%.0f h %d min", floor(seconds / 3600), (int)fmod(seconds / 60, 60));
}

void weft_show_time(char *text, size_t size, double seconds) {
    static const char *const scales[] = {"fs", "ps", "ns", "us", "ms", "s"};
    int at = 5;
    double value = seconds;
    if (seconds == 0) {
        snprintf(text, size, "0 s");
        return;
    }
    for (; at > 0 && fabs(value) < 0.9999995; at--)
        value *= 1000;
    snprintf(text, size, "%.6g %s", value, scales[at]);
}

void weft_show_count(char *text, size_t size, uint64_t count) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, count);
    size_t used = 0;
    for (int i = 0; i < length && used + 2 < size; i++) {
        if (i && (length - i) % 3 == 0 && length > 4) text[used++] = ' ';
        text[used++] = digits[i];
    }
    text[used] = '\0';
}

static void show_value(char *text, size_t size, double value, bool percent) {
    if (percent)
        snprintf(text, size, "%.4g %%", value * 100);
    else
        snprintf(text, size, "%.6g", value);
}

// ---- parts of the table
// --------------------------------------------------------------------------
static int name_width(const weft_drive_result *r) {
    size_t width = strlen("measure");
    for (uint32_t i = 0; i < r->measure_count; i++)
        if (strlen(r->measures[i].name) > width) width = strlen(r->measures[i].name);
    return width > 28 ? 28 : (int)width;
}

static void print_measures(FILE *out, const weft_drive_result *r, int width) {
    bool one = r->repeats == 1;
    if (one)
        fprintf(out, "\n  %-*s %12s\n", width, "measure", "value");
    else
        fprintf(out, "\n  %-*s %11s %11s %11s %11s\n", width, "measure", "mean", "std", "min",
                "max");
    for (uint32_t i = 0; i < r->measure_count; i++) {
        const weft_drive_measure *m = &r->measures[i];
        const double numbers[4] = {m->stat.mean, m->stat.std, m->stat.min, m->stat.max};
        fprintf(out, "  %-*s", width, m->name);
        for (int k = 0; k < (one ? 1 : 4); k++) {
            char text[32];
            show_value(text, sizeof text, numbers[k], m->percent);
            fprintf(out, one ? " %12s" : " %11s", text);
        }
        fputc('\n', out);
    }
    if (!one) fprintf(out, "  (over %" PRIu32 " repeats; std divides by one less)\n", r->repeats);
}

enum { CURVE_COLUMNS = 5 };

// At most five epochs, about evenly spaced in the logarithm, the first and the last among them.
static int pick_epochs(uint32_t epochs, uint32_t picked[CURVE_COLUMNS]) {
    int count = 0;
    for (int k = 0; k < CURVE_COLUMNS; k++) {
        double share = (double)k / (CURVE_COLUMNS - 1);
        uint32_t epoch = (uint32_t)lround(pow(epochs, share));
        if (count == 0 || epoch > picked[count - 1]) picked[count++] = epoch;
    }
    return count;
}

static void print_curves(FILE *out, const weft_drive_result *r, int width) {
    uint32_t epochs = 0, picked[CURVE_COLUMNS];
    for (uint32_t i = 0; i < r->measure_count; i++)
        if (r->measures[i].curve && r->measures[i].epochs > epochs) epochs = r->measures[i].epochs;
    if (epochs < 2) return;
    int count = pick_epochs(epochs, picked);
    fprintf(out, "\n  %-*s", width, "epoch");
    for (int k = 0; k < count; k++)
        fprintf(out, " %9" PRIu32, picked[k]);
    fputc('\n', out);
    for (uint32_t i = 0; i < r->measure_count; i++) {
        const weft_drive_measure *m = &r->measures[i];
        if (!m->curve || m->epochs != epochs) continue;
        fprintf(out, "  %-*s", width, m->name);
        for (int k = 0; k < count; k++) {
            char text[32];
            show_value(text, sizeof text, m->curve[picked[k] - 1], m->percent);
            fprintf(out, " %9s", text);
        }
        fputc('\n', out);
    }
}

static void print_expects(FILE *out, const weft_drive_result *r) {
    if (r->expect_count) fputc('\n', out);
    for (uint32_t i = 0; i < r->expect_count; i++)
        fprintf(out, "  %-8s expect %s\n", r->expects[i].holds ? "holds" : "FAILED",
                r->expects[i].text);
}

static void print_work(FILE *out, const weft_drive_result *r) {
    char count[40], compile[32], run[32];
    weft_show_count(count, sizeof count, r->trials);
    weft_show_seconds(compile, sizeof compile, r->compile_seconds);
    weft_show_seconds(run, sizeof run, r->run_seconds);
    fprintf(out, "\n  %s trial%s; compiled in %s, ran in %s", count, r->trials == 1 ? "" : "s",
            compile, run);
    if (r->trials > 1 && r->run_seconds > 0) {
        weft_show_count(count, sizeof count, (uint64_t)(r->trials / r->run_seconds));
        fprintf(out, " (%s trials/s)", count);
    }
    fputc('\n', out);
    if (r->trained > 0) {
        weft_show_time(run, sizeof run, r->trained);
        fprintf(out, "  training takes %s of the circuit's own time\n", run);
    }
    if (!r->lockstep) return;
    char wrong[40];
    weft_show_count(count, sizeof count, r->cycles);
    weft_show_count(wrong, sizeof wrong, r->mismatches);
    fprintf(out, "  lockstep of C and RTL: %s cycles, %s mismatch%s\n", count, wrong,
            r->mismatches == 1 ? "" : "es");
    if (r->first_mismatch[0]) fprintf(out, "  first: %s\n", r->first_mismatch);
}

void weft_report_table(FILE *out, const weft_drive_result *r) {
    int width = name_width(r);
    fprintf(out, "%s   seed %" PRIu64 "   %" PRIu32 " repeat%s%s\n", r->experiment, r->seed,
            r->repeats, r->repeats == 1 ? "" : "s", r->cancelled ? "   (stopped early)" : "");
    if (r->measure_count) print_measures(out, r, width);
    print_curves(out, r, width);
    print_expects(out, r);
    print_work(out, r);
    if (r->note[0]) fprintf(out, "  note: %s\n", r->note);
}

// ---- what went wrong
// -----------------------------------------------------------------------------
static void print_problem(FILE *out, const weft_data_problem *p) {
    fputs(p->file, out);
    if (p->line) fprintf(out, ":%" PRIu32, p->line);
    if (p->line && p->column) fprintf(out, ":%" PRIu32, p->column);
    fprintf(out, ": error: %s\n", p->text);
    if (p->help[0]) fprintf(out, "  help: %s\n", p->help);
}

void weft_report_stiff(FILE *out, const weft_drive_result *r) {
    if (2 * r->limited <= r->looks) return;
    fprintf(out,
            "note: %s is stiff: its steps are short for stability, not for accuracy; "
            "`solver stiff;` may be faster\n",
            r->experiment);
}

void weft_report_failure(FILE *out, weft_status status, const weft_drive_result *r) {
    const weft_drive_fault *f = &r->fault;
    char time[32];
    if (status == WEFT_BAD_DATA) {
        print_problem(out, &r->problem);
        return;
    }
    fprintf(out, "%s: error: %s", r->experiment, weft_status_text(status));
    if (f->text[0]) fprintf(out, ": %s", f->text);
    fputc('\n', out);
    if (f->status == WEFT_OK || !f->part) return;
    weft_show_time(time, sizeof time, f->time);
    fprintf(out, "  in repeat %" PRIu32 " of %" PRIu32 ", %s", f->repeat + 1, r->repeats, f->part);
    if (f->epoch) fprintf(out, ", epoch %" PRIu64, f->epoch);
    if (f->trial) fprintf(out, ", trial %" PRIu64, f->trial);
    if (f->row) fprintf(out, " (row %" PRIu64 " of the data)", f->row);
    fprintf(out, ", at %s\n", time);
}
