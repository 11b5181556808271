// curves.c -- learning curves: what every measure came to in every epoch of every repeat, as CSV,
// and a picture of it.
#include "drive.h"
#include "record.h"
#include "report.h"

#include <inttypes.h>

int weft_has_curves(const weft_experiment *e) {
    return e->measure_count > 0 && e->train_count > 0 && e->train;
}

// ---- the file
// ------------------------------------------------------------------------------------

static void write_header(const weft_drive *d, FILE *out) {
    fputs("epoch,repeat", out);
    for (int part = 0; part < PART_COUNT; part++)
        for (uint32_t i = 0; d->slots[0].curve[part] && i < d->experiment->measure_count; i++)
            fprintf(out, ",%s.%s", weft_part_names[part], d->experiment->measures[i].name);
    fputc('\n', out);
}

static void write_row(const weft_drive *d, FILE *out, uint32_t repeat, uint32_t epoch) {
    uint32_t measures = d->experiment->measure_count;
    fprintf(out, "%" PRIu32 ",%" PRIu32, epoch + 1, repeat + 1);
    for (int part = 0; part < PART_COUNT; part++) {
        const double *curve = d->slots[repeat].curve[part];
        for (uint32_t i = 0; curve && i < measures; i++) {
            fputc(',', out);
            weft_json_number(out, curve[(size_t)epoch * measures + i]);
        }
    }
    fputc('\n', out);
}

weft_status weft_curves_write(const weft_drive *d, const char *path) {
    weft_output output;
    weft_status status = weft_output_open(&output, path);
    if (status) return status;
    write_header(d, output.file);
    for (uint32_t repeat = 0; repeat < d->experiment->repeats; repeat++)
        for (uint32_t epoch = 0; epoch < d->epochs; epoch++)
            write_row(d, output.file, repeat, epoch);
    return weft_output_commit(&output);
}

// ---- the picture
// ---------------------------------------------------------------------------------

typedef struct picture {
    const weft_drive *drive;
    const char *csv;
} picture;

// Values of one sign that span two decades read better on a logarithmic axis.
static bool spans_decades(const weft_drive *d, uint32_t measure) {
    double least = 0, most = 0;
    bool first = true;
    for (int part = 0; part < PART_COUNT; part++)
        for (uint32_t r = 0; r < d->experiment->repeats && d->slots[r].curve[part]; r++)
            for (uint32_t epoch = 0; epoch < d->epochs; epoch++) {
                double value =
                    d->slots[r].curve[part][(size_t)epoch * d->experiment->measure_count + measure];
                if (first || value < least) least = value;
                if (first || value > most) most = value;
                first = false;
            }
    return least > 0 && most >= 100 * least;
}

// Of long runs every so many epochs, their mean over as many: a picture shows no more.
enum { POINTS = 200 };

// Every repeat thin; the mean over them, which is what `smooth unique` makes of equal epochs,
// thick.
static void write_panel(FILE *out, const picture *p, uint32_t measure) {
    static const char *const thin[] = {"#a8c4e5", "#f2b8a0", "#c0c0c0"}, *const thick[] = {
                                                                             "#1f5fa8", "#c8461e",
                                                                             "#404040"};
    const weft_drive *d = p->drive;
    uint32_t measures = d->experiment->measure_count, column = 3 + measure;
    const char *name = d->experiment->measures[measure].name, *first = "";
    uint32_t every = (d->epochs + POINTS - 1) / POINTS;
    fputs(spans_decades(d, measure) ? "; set logscale y" : "; unset logscale y", out);
    fputs("; set ylabel ", out);
    weft_put_quoted(out, name);
    fputs(" noenhanced; plot ", out);
    for (int part = 0; part < PART_COUNT; part++) {
        char title[300];
        if (!d->slots[0].curve[part]) continue;
        snprintf(title, sizeof title, "%s.%s", weft_part_names[part], name);
        fprintf(out, "%sfor [r=0:%" PRIu32 "] ", first, d->experiment->repeats - 1);
        weft_put_quoted(out, p->csv);
        fprintf(out,
                " skip 1 every %" PRIu32 "::(r*%" PRIu32 ")::(r*%" PRIu32 "+%" PRIu32
                ") using 1:%" PRIu32 " with lines lw 0.7 lc rgb '%s' notitle, ",
                every, d->epochs, d->epochs, d->epochs - 1, column, thin[part]);
        weft_put_quoted(out, p->csv);
        fprintf(out,
                " skip 1 using (1+%" PRIu32 "*floor(($1-1)/%" PRIu32 ")):%" PRIu32
                " smooth unique with lines lw 2.5 lc rgb '%s' title ",
                every, every, column, thick[part]);
        weft_put_quoted(out, title);
        fputs(" noenhanced", out);
        first = ", ";
        column += measures;
    }
}

static void write_script(FILE *out, const void *data, const char *svg) {
    const picture *p = data;
    const weft_experiment *e = p->drive->experiment;
    // One line: `gnuplot -e` takes a line end for a blank.
    fprintf(out,
            "set terminal svg size 800,%" PRIu32 " dynamic background 'white'; "
            "set datafile separator comma; set grid; set output ",
            60 + 340 * e->measure_count);
    weft_put_quoted(out, svg);
    fprintf(out, "; set multiplot layout %" PRIu32 ",1 title ", e->measure_count);
    weft_put_quoted(out, e->name);
    fputs(" noenhanced; set xlabel 'epoch'", out);
    for (uint32_t i = 0; i < e->measure_count; i++)
        write_panel(out, p, i);
    fputs("; unset multiplot; set output", out);
}

weft_status weft_curves_plot(const weft_drive *d, const char *csv, const char *path, char *note,
                             size_t size) {
    picture p = {d, csv};
    return weft_draw(write_script, &p, csv, path, note, size);
}
