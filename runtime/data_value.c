// data_value.c -- expressions over a row's columns: names and sizes checked once, then evaluated
// for all rows at once into a dense matrix.
#include "data.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int32_t numeric_column(const weft_table *table, const char *name) {
    int32_t numeric = 0;
    for (uint32_t i = 0; i < table->columns; i++) {
        if ((int32_t)i == table->class_at) continue;
        if (strcmp(table->names[i], name) == 0) return numeric;
        numeric++;
    }
    return -1;
}

static int32_t label_index(const weft_table *table, const char *label) {
    for (uint32_t i = 0; i < table->classes; i++)
        if (strcmp(table->labels[i], label) == 0) return (int32_t)i;
    return -1;
}

// "a, b, c", cut with "..." where there are many.
static void list_names(char *text, size_t size, const char *before, char *const *names,
                       uint32_t count, int32_t except) {
    size_t used = (size_t)snprintf(text, size, "%s", before);
    bool first = true;
    for (uint32_t i = 0; i < count; i++) {
        if ((int32_t)i == except) continue;
        if (used + strlen(names[i]) + 8 > size) {
            snprintf(text + used, size - used, ", ...");
            return;
        }
        used += (size_t)snprintf(text + used, size - used, "%s%s", first ? " " : ", ", names[i]);
        first = false;
    }
}

static weft_status no_such_column(const weft_data_scope *s, const char *name,
                                  weft_data_problem *problem) {
    char help[sizeof problem->help];
    list_names(help, sizeof help, "its columns are", s->table->names, s->table->columns, -1);
    return weft_data_fail(problem, s->source, s->input->line, 0, help,
                          "`%.100s` has no column named `%.80s`", s->table->file, name);
}

static weft_status no_such_label(const weft_data_scope *s, const char *label,
                                 weft_data_problem *problem) {
    char help[sizeof problem->help];
    list_names(help, sizeof help, "its labels are", s->table->labels, s->table->classes, -1);
    return weft_data_fail(problem, s->source, s->input->line, 0, help,
                          "no row of `%.100s` has the class `%.80s`", s->table->file, label);
}

static weft_status leaf_width(const weft_data_scope *s, const weft_data_node *n, uint32_t *width,
                              weft_data_problem *problem) {
    *width = 1;
    if (n->kind == WEFT_DATA_NUMBER) return WEFT_OK;
    if (n->kind == WEFT_DATA_LIST) {
        *width = s->input->count;
        return WEFT_OK;
    }
    if (!s->table)
        return weft_data_fail(problem, s->source, s->input->line, 0, NULL,
                              "rows given in the text have no columns");
    if (n->kind == WEFT_DATA_COLUMN)
        return numeric_column(s->table, n->text) < 0 ? no_such_column(s, n->text, problem)
                                                     : WEFT_OK;
    if (n->kind == WEFT_DATA_FEATURES) {
        *width = s->table->numeric;
        return *width ? WEFT_OK : no_such_column(s, "features", problem);
    }
    if (s->table->class_at < 0) return no_such_column(s, "class", problem);
    if (n->kind == WEFT_DATA_ONEHOT) *width = s->table->classes;
    if (n->kind == WEFT_DATA_IS && label_index(s->table, n->text) < 0)
        return no_such_label(s, n->text, problem);
    return WEFT_OK;
}

weft_status weft_data_width(const weft_data_scope *scope, const weft_data_node *node,
                            uint32_t *width, weft_data_problem *problem) {
    switch (node->kind) {
    case WEFT_DATA_NORMALIZE:
    case WEFT_DATA_ZSCORE:
        return weft_data_width(scope, node->a, width, problem);
    case WEFT_DATA_ADD:
    case WEFT_DATA_SUB:
    case WEFT_DATA_MUL:
    case WEFT_DATA_DIV:
    case WEFT_DATA_JOIN: {
        uint32_t a = 0, b = 0;
        weft_status status = weft_data_width(scope, node->a, &a, problem);
        if (status == WEFT_OK) status = weft_data_width(scope, node->b, &b, problem);
        if (status) return status;
        if (node->kind == WEFT_DATA_JOIN) {
            *width = a + b;
            return WEFT_OK;
        }
        *width = a > b ? a : b;
        if (a != b && a != 1 && b != 1)
            return weft_data_fail(problem, scope->source, scope->input->line, 0, NULL,
                                  "operands with %u and %u elements do not fit together", a, b);
        return WEFT_OK;
    }
    default:
        return leaf_width(scope, node, width, problem);
    }
}

static void fill_leaf(const weft_data_scope *s, const weft_data_node *n, uint32_t width,
                      double *out) {
    const weft_table *t = s->table;
    int32_t at = n->kind == WEFT_DATA_COLUMN ? numeric_column(t, n->text)
                 : n->kind == WEFT_DATA_IS   ? label_index(t, n->text)
                                             : 0;
    for (uint32_t row = 0; row < s->rows; row++, out += width) {
        switch (n->kind) {
        case WEFT_DATA_NUMBER:
            out[0] = n->number;
            break;
        case WEFT_DATA_LIST:
            memcpy(out, &n->values[(size_t)row * width], width * sizeof *out);
            break;
        case WEFT_DATA_FEATURES:
            memcpy(out, &t->values[(size_t)row * t->numeric], width * sizeof *out);
            break;
        case WEFT_DATA_COLUMN:
            out[0] = t->values[(size_t)row * t->numeric + (uint32_t)at];
            break;
        case WEFT_DATA_CLASS:
            out[0] = t->class_of[row];
            break;
        case WEFT_DATA_IS:
            out[0] = t->class_of[row] == (uint32_t)at;
            break;
        default: // ONEHOT
            for (uint32_t i = 0; i < width; i++)
                out[i] = t->class_of[row] == i;
            break;
        }
    }
}

// One column, in place. The statistics are those of the training rows; the variance is theirs as a
// whole population, so it divides by their number.
static void scale_column(const weft_data_scope *s, weft_data_kind kind, uint32_t width,
                         double *column) {
    double sum = 0, spread = 0;
    for (uint32_t i = 0; i < s->train_count; i++)
        sum += column[(size_t)s->train[i] * width];
    double mean = s->train_count ? sum / s->train_count : 0;
    for (uint32_t i = 0; i < s->train_count; i++) {
        double apart = column[(size_t)s->train[i] * width] - mean;
        spread = kind == WEFT_DATA_ZSCORE ? spread + apart * apart : fmax(spread, fabs(apart));
    }
    if (kind == WEFT_DATA_ZSCORE && s->train_count) spread = sqrt(spread / s->train_count);
    for (uint32_t row = 0; row < s->rows; row++) {
        double *value = &column[(size_t)row * width];
        *value = spread > 0 ? (*value - mean) / spread : 0;
    }
}

static double operate(weft_data_kind kind, double a, double b) {
    return kind == WEFT_DATA_ADD   ? a + b
           : kind == WEFT_DATA_SUB ? a - b
           : kind == WEFT_DATA_MUL ? a * b
                                   : a / b;
}

static double *operate_all(const weft_data_scope *s, const weft_data_node *n, uint32_t *width) {
    uint32_t wa = 1, wb = 1;
    double *a = weft_data_value(s, n->a, &wa), *b = weft_data_value(s, n->b, &wb);
    bool join = n->kind == WEFT_DATA_JOIN;
    uint32_t w = join ? wa + wb : wa > wb ? wa : wb;
    double *out = malloc(((size_t)s->rows * w + 1) * sizeof *out);
    if (a && b && out)
        for (size_t row = 0; row < s->rows; row++)
            for (uint32_t i = 0; i < w; i++)
                out[row * w + i] = join ? (i < wa ? a[row * wa + i] : b[row * wb + i - wa])
                                        : operate(n->kind, a[row * wa + (wa == 1 ? 0 : i)],
                                                  b[row * wb + (wb == 1 ? 0 : i)]);
    bool fine = a && b;
    free(a);
    free(b);
    if (!fine) {
        free(out);
        return NULL;
    }
    *width = w;
    return out;
}

double *weft_data_value(const weft_data_scope *scope, const weft_data_node *node, uint32_t *width) {
    weft_data_problem none;
    double *out;
    switch (node->kind) {
    case WEFT_DATA_NORMALIZE:
    case WEFT_DATA_ZSCORE:
        out = weft_data_value(scope, node->a, width);
        for (uint32_t i = 0; out && i < *width; i++)
            scale_column(scope, node->kind, *width, out + i);
        return out;
    case WEFT_DATA_ADD:
    case WEFT_DATA_SUB:
    case WEFT_DATA_MUL:
    case WEFT_DATA_DIV:
    case WEFT_DATA_JOIN:
        return operate_all(scope, node, width);
    default:
        if (leaf_width(scope, node, width, &none)) return NULL;
        out = malloc(((size_t)scope->rows * *width + 1) * sizeof *out);
        if (out) fill_leaf(scope, node, *width, out);
        return out;
    }
}
