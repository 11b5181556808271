// plot.c -- pictures as SVG, by short gnuplot scripts over CSV files; what `plot` names.
#include "record.h"
#include "report.h"
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CURVES = 16 }; // more are not told apart

// A string as gnuplot reads it between single quotes.
void weft_put_quoted(FILE *out, const char *text) {
    fputc('\'', out);
    for (; *text; text++)
        fputs(*text == '\'' ? "''" : (char[]){*text, '\0'}, out);
    fputc('\'', out);
}

// The CSV's column (from 1, after the time) of a record's first element.
static uint32_t column_of(const weft_experiment *e, const weft_model *model, uint32_t record) {
    uint32_t column = 2;
    for (uint32_t i = 0; i < record; i++)
        column += model->vars[e->records[i].var].count;
    return column;
}

static void write_label(FILE *out, const char *axis, const weft_record *r) {
    char label[320];
    bool unit = r->unit && *r->unit;
    snprintf(label, sizeof label, "%s%s%s%s", r->name, unit ? " (" : "", unit ? r->unit : "",
             unit ? ")" : "");
    fprintf(out, "; set %s ", axis);
    weft_put_quoted(out, label);
    fputs(" noenhanced", out);
}

static void write_curves(FILE *out, const weft_experiment *e, const weft_model *model,
                         const char *csv) {
    const char *first = "";
    uint32_t curves = 0;
    for (uint32_t i = 0; i < e->curve_count; i++) {
        const weft_curve *c = &e->curves[i];
        const weft_var *var = &model->vars[e->records[c->y].var];
        uint32_t x = c->x == WEFT_NONE ? 1 : column_of(e, model, c->x),
                 y = column_of(e, model, c->y);
        bool pairs = c->x != WEFT_NONE && model->vars[e->records[c->x].var].count == var->count;
        for (uint32_t k = 0; k < var->count; k++) {
            char name[300];
            if (++curves > CURVES) continue;
            weft_name_element(var, k, ",", name, sizeof name);
            fputs(first, out);
            weft_put_quoted(out, csv);
            fprintf(out, " skip 1 using %u:%u with lines title ", pairs ? x + k : x, y + k);
            weft_put_quoted(out, name);
            fputs(" noenhanced", out);
            first = ", ";
        }
    }
}

typedef struct records {
    const weft_experiment *experiment;
    const weft_model *model;
    const char *csv;
} records;

static void write_script(FILE *out, const void *data, const char *svg) {
    const records *r = data;
    const weft_experiment *e = r->experiment;
    // One line: `gnuplot -e` takes a line end for a blank.
    fputs("set terminal svg size 800,500 dynamic background 'white'; set datafile separator comma; "
          "set grid; set output ",
          out);
    weft_put_quoted(out, svg);
    fputs("; set title ", out);
    weft_put_quoted(out, e->name);
    fputs(" noenhanced", out);
    if (e->curves[0].x == WEFT_NONE)
        fputs("; set xlabel 'time (s)'", out);
    else
        write_label(out, "xlabel", &e->records[e->curves[0].x]);
    if (e->curve_count == 1) write_label(out, "ylabel", &e->records[e->curves[0].y]);
    fputs("; plot ", out);
    write_curves(out, e, r->model, r->csv);
    fputs("; set output", out);
}

// What gnuplot complains of is not shown: the note says enough.
static int run_gnuplot(weft_script *write, const void *data, const char *svg) {
    char *script = NULL, output[200];
    size_t length;
    FILE *text = open_memstream(&script, &length);
    if (!text) return -1;
    write(text, data, svg);
    if (fclose(text) != 0) return -1;
    weft_command command = {0};
    weft_command_add(&command, "gnuplot");
    weft_command_add(&command, "-e");
    weft_command_add(&command, "%s", script);
    int status = weft_tool_run(&command, NULL, output, sizeof output);
    weft_command_free(&command);
    free(script);
    return status;
}

weft_status weft_draw(weft_script *write, const void *data, const char *csv, const char *path,
                      char *note, size_t size) {
    char *beside;
    struct stat drawn;
    if (!weft_file_beside(path, &beside)) return WEFT_NO_MEMORY;
    if (!beside) { // something that is no regular file has the plot's name
        errno = EEXIST;
        return WEFT_IO;
    }
    int status = run_gnuplot(write, data, beside);
    bool fine = status == 0 && stat(beside, &drawn) == 0 && drawn.st_size > 0;
    weft_status settled = WEFT_OK;
    if (fine) {
        settled = weft_file_settle(beside, path);
    } else {
        unlink(beside);
        if (note[0] == '\0')
            snprintf(note, size,
                     status == 127 ? "no plot: gnuplot is not installed; the numbers are in %s"
                                   : "no plot: gnuplot failed; the numbers are in %s",
                     csv);
    }
    free(beside);
    return settled;
}

weft_status weft_plot(const weft_experiment *experiment, const weft_model *model, const char *csv,
                      const char *path, char *note, size_t size) {
    records r = {experiment, model, csv};
    return weft_draw(write_script, &r, csv, path, note, size);
}
