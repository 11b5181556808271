// data.c -- the data of an experiment: found, checked against its inputs, split for each repeat.
#include "data.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct weft_dataset {
    const weft_data *data;
    const char *source;
    weft_table table; // empty for rows given in the text
    uint32_t rows, elements;
};

// ---- finding the file
// ----------------------------------------------------------------------------
static char *join(const char *directory, const char *name) {
    if (!directory || name[0] == '/') directory = "";
    size_t room = strlen(directory) + strlen(name) + 2;
    char *path = malloc(room);
    if (path) snprintf(path, room, "%s%s%s", directory, *directory ? "/" : "", name);
    return path;
}

static bool readable(const char *directory, const char *name, char **path) {
    *path = join(directory, name);
    return *path && access(*path, R_OK) == 0;
}

// The path of the file: the first place where it is, else the first where it should be; NULL when
// memory ran out.
static char *find_file(const weft_data *data, const char *directory) {
    const char *last = strrchr(data->path, '/'), *elsewhere = directory;
    last = last ? last + 1 : data->path;
    char *first, *path;
    if (!directory) elsewhere = getenv("WEFT_DATA");
    if (readable(directory ? directory : data->directory, data->path, &first)) return first;
    if (!first || !elsewhere || !*elsewhere) return first;
    bool found = readable(elsewhere, data->path, &path);
    if (!found && path) {
        free(path);
        found = readable(elsewhere, last, &path);
    }
    if (found || !path) {
        free(first);
        return path;
    }
    free(path);
    return first;
}

// ---- opening
// -------------------------------------------------------------------------------------
static weft_status check_input(const weft_dataset *set, const weft_data_input *input,
                               weft_data_problem *problem) {
    weft_data_scope scope = {set->data->source == WEFT_DATA_OF_CSV ? &set->table : NULL,
                             set->source,
                             input,
                             set->rows,
                             NULL,
                             0};
    uint32_t width = 0;
    weft_status status = weft_data_width(&scope, input->value, &width, problem);
    if (status == WEFT_OK && width != input->count)
        return weft_data_fail(problem, set->source, input->line, 0, NULL,
                              "input `%.80s` has %u element%s, the data gives %u", input->name,
                              input->count, input->count == 1 ? "" : "s", width);
    return status;
}

static weft_status check_split(const weft_dataset *set, weft_data_problem *problem) {
    const weft_data *data = set->data;
    int64_t train = data->train < 0 ? 0 : data->train, test = data->test < 0 ? 0 : data->test;
    if (train <= set->rows && test <= set->rows - train) return WEFT_OK;
    const char *file = set->table.file ? set->table.file : set->source;
    return weft_data_fail(problem, file, 0, 0, "take smaller parts in `split`",
                          "the split wants %lld + %lld rows, there are %u", (long long)train,
                          (long long)test, set->rows);
}

weft_status weft_data_open(weft_dataset **set, const weft_data *data, const char *source,
                           const char *directory, weft_data_problem *problem) {
    weft_dataset *s = *set = calloc(1, sizeof *s);
    if (!s) return WEFT_NO_MEMORY;
    weft_status status = WEFT_OK;
    s->data = data;
    s->source = source;
    s->rows = data->rows;
    s->table.class_at = -1;
    if (data->source == WEFT_DATA_OF_CSV) {
        char *path = find_file(data, directory);
        status = path ? weft_table_read(&s->table, path, problem) : WEFT_NO_MEMORY;
        free(path);
        s->rows = s->table.rows;
    } else if (s->rows == 0) {
        status = weft_data_fail(problem, source, 0, 0, NULL, "the experiment's data has no rows");
    }
    for (uint32_t i = 0; status == WEFT_OK && i < data->input_count; i++) {
        status = check_input(s, &data->inputs[i], problem);
        s->elements += data->inputs[i].count;
    }
    if (status == WEFT_OK) status = check_split(s, problem);
    if (status) {
        weft_data_close(s);
        *set = NULL;
    }
    return status;
}

void weft_data_close(weft_dataset *set) {
    if (!set) return;
    weft_table_drop(&set->table);
    free(set);
}

uint32_t weft_data_rows(const weft_dataset *set) {
    return set->rows;
}

void weft_data_parts(const weft_dataset *set, uint32_t *train, uint32_t *test) {
    int64_t to_train = set->data->train, to_test = set->data->test;
    bool whole = to_train < 0 && to_test < 0;
    *train = (uint32_t)(whole ? set->rows : to_train < 0 ? set->rows - to_test : to_train);
    *test = (uint32_t)(whole ? set->rows : to_test < 0 ? set->rows - to_train : to_test);
}

// ---- one repeat
// ----------------------------------------------------------------------------------
void weft_shuffle(uint32_t *rows, uint32_t count, uint64_t key, uint64_t stream, uint64_t event) {
    for (uint32_t i = count; i-- > 1;) {
        uint32_t j = (uint32_t)(weft_uniform(key, stream, event, i) * (i + 1.0));
        uint32_t kept = rows[i];
        rows[i] = rows[j];
        rows[j] = kept;
    }
}

static weft_status split(const weft_dataset *set, uint64_t key, weft_data_repeat *out) {
    const weft_data *data = set->data;
    uint32_t n = set->rows;
    out->train = malloc(((size_t)n + 1) * sizeof *out->train);
    out->test = malloc(((size_t)n + 1) * sizeof *out->test);
    if (!out->train || !out->test) return WEFT_NO_MEMORY;
    for (uint32_t i = 0; i < n; i++)
        out->train[i] = i;
    weft_data_parts(set, &out->train_count, &out->test_count);
    if (data->train < 0 && data->test < 0) {
        memcpy(out->test, out->train, n * sizeof *out->test);
        return WEFT_OK;
    }
    if (!data->in_order) weft_shuffle(out->train, n, key, weft_stream("split"), 0);
    memcpy(out->test, out->train + out->train_count, out->test_count * sizeof *out->test);
    return WEFT_OK;
}

static weft_status not_finite(const weft_dataset *set, const weft_data_input *input, uint32_t row,
                              weft_data_problem *problem) {
    bool csv = set->data->source == WEFT_DATA_OF_CSV;
    return weft_data_fail(problem, csv ? set->table.file : set->source, csv ? row + 2 : input->line,
                          0, NULL, "row %u gives input `%.80s` a value that is not a finite number",
                          row + 1, input->name);
}

static weft_status fill_input(const weft_dataset *set, const weft_data_input *input, uint32_t at,
                              weft_data_repeat *out, weft_data_problem *problem) {
    weft_data_scope scope = {set->data->source == WEFT_DATA_OF_CSV ? &set->table : NULL,
                             set->source,
                             input,
                             set->rows,
                             out->train,
                             out->train_count};
    uint32_t width = 0;
    double *value = weft_data_value(&scope, input->value, &width);
    if (!value) return WEFT_NO_MEMORY;
    weft_status status = WEFT_OK;
    for (uint32_t row = 0; row < set->rows && status == WEFT_OK; row++) {
        const double *from = &value[(size_t)row * width];
        memcpy(&out->values[(size_t)row * out->elements + at], from, width * sizeof *from);
        for (uint32_t i = 0; i < width && status == WEFT_OK; i++)
            if (!isfinite(from[i])) status = not_finite(set, input, row, problem);
    }
    free(value);
    return status;
}

weft_status weft_data_draw(const weft_dataset *set, uint64_t seed, uint64_t repeat,
                           weft_data_repeat *rows, weft_data_problem *problem) {
    *rows = (weft_data_repeat){.elements = set->elements};
    weft_status status = split(set, weft_key(seed, repeat), rows);
    rows->values = malloc(((size_t)set->rows * set->elements + 1) * sizeof *rows->values);
    if (!rows->values) status = WEFT_NO_MEMORY;
    uint32_t at = 0;
    for (uint32_t i = 0; i < set->data->input_count && status == WEFT_OK; i++) {
        status = fill_input(set, &set->data->inputs[i], at, rows, problem);
        at += set->data->inputs[i].count;
    }
    if (status) weft_data_drop(rows);
    return status;
}

void weft_data_drop(weft_data_repeat *rows) {
    free(rows->train);
    free(rows->test);
    free(rows->values);
    *rows = (weft_data_repeat){0};
}
