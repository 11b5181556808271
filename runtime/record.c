// record.c -- samples gathered into rows, a row for each time, written as CSV.
#include "record.h"
#include "report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct weft_record_file {
    const weft_model *model;
    const weft_experiment *experiment;
    weft_output out;
    double **values; // [records], each of its variable's elements: the row under way
    bool *due;       // [records]
    bool begun;      // a row is under way
    int64_t tick;
};

static const weft_var *var_of(const weft_record_file *f, uint32_t index) {
    return &f->model->vars[f->experiment->records[index].var];
}

// A name with a comma stands in quotes.
static void write_header(weft_record_file *f) {
    fputs("time_s", f->out.file);
    for (uint32_t i = 0; i < f->experiment->record_count; i++) {
        const weft_record *record = &f->experiment->records[i];
        const weft_var *var = var_of(f, i);
        const char *unit = record->unit ? record->unit : var->unit;
        for (uint32_t k = 0; k < var->count; k++) {
            char name[300];
            weft_name_element(var, k, ",", name, sizeof name);
            const char *quote = strchr(name, ',') ? "\"" : "";
            fprintf(f->out.file, ",%s%s", quote, name);
            if (unit && *unit) fprintf(f->out.file, "[%s]", unit);
            fputs(quote, f->out.file);
        }
    }
    fputc('\n', f->out.file);
}

static void write_row(weft_record_file *f) {
    if (!f->begun) return;
    // Fifteen digits: a tick's decimal fraction shows as it was written.
    fprintf(f->out.file, "%.15g", (double)f->tick * f->model->tick);
    for (uint32_t i = 0; i < f->experiment->record_count; i++)
        for (uint32_t k = 0; k < var_of(f, i)->count; k++) {
            double value = f->values[i][k];
            fputc(',', f->out.file);
            if (f->due[i] && isfinite(value))
                weft_json_number(f->out.file, value);
            else if (f->due[i])
                fputs("nan", f->out.file);
        }
    fputc('\n', f->out.file);
    memset(f->due, 0, f->experiment->record_count * sizeof *f->due);
    f->begun = false;
}

static void begin_row(weft_record_file *f, int64_t tick) {
    if (f->begun && f->tick != tick) write_row(f);
    f->begun = true;
    f->tick = tick;
}

weft_status weft_record_open(weft_record_file **file, const weft_model *model,
                             const weft_experiment *experiment, const char *path) {
    uint32_t records = experiment->record_count;
    weft_record_file *f = *file = calloc(1, sizeof *f);
    if (!f) return WEFT_NO_MEMORY;
    f->model = model;
    f->experiment = experiment;
    f->values = calloc((size_t)records + 1, sizeof *f->values);
    f->due = calloc((size_t)records + 1, sizeof *f->due);
    weft_status status = f->values && f->due ? WEFT_OK : WEFT_NO_MEMORY;
    for (uint32_t i = 0; i < records && status == WEFT_OK; i++) {
        f->values[i] = calloc((size_t)var_of(f, i)->count + 1, sizeof **f->values);
        if (!f->values[i]) status = WEFT_NO_MEMORY;
    }
    if (status == WEFT_OK) status = weft_output_open(&f->out, path);
    if (status) {
        *file = NULL;
        (void)!weft_record_close(f, 0);
        return status;
    }
    write_header(f);
    return WEFT_OK;
}

void weft_record_take(weft_record_file *file, int64_t tick, uint32_t index, const double *values) {
    begin_row(file, tick);
    memcpy(file->values[index], values, var_of(file, index)->count * sizeof *values);
    file->due[index] = true;
}

void weft_record_change(weft_record_file *file, weft_twin *twin, int64_t tick) {
    for (uint32_t i = 0; i < file->experiment->record_count; i++) {
        const weft_record *record = &file->experiment->records[i];
        if (record->every || tick < record->from) continue;
        begin_row(file, tick);
        file->due[i] = weft_peek(twin, tick, record->var, file->values[i]) == WEFT_OK;
    }
}

weft_status weft_record_close(weft_record_file *file, int keep) {
    weft_status status = WEFT_OK;
    if (keep) {
        write_row(file);
        status = weft_output_commit(&file->out);
    } else {
        weft_output_drop(&file->out);
    }
    for (uint32_t i = 0; file->values && i < file->experiment->record_count; i++)
        free(file->values[i]);
    free(file->values);
    free(file->due);
    free(file);
    return status;
}
