// data.h -- an experiment's rows: read once, split and scaled anew for each repeat.
//
// A dataset is read-only after weft_data_open and shared by all threads; a repeat's rows belong to
// the one who drew them. Errors are values: WEFT_BAD_DATA with a located problem,
// WEFT_IO with a problem when the machine could not read the file.
#ifndef WEFT_DATA_H
#define WEFT_DATA_H

#include "experiment.h"
#include "weft_driver.h"

// A CSV file: a header line of names, then numbers; the column `class` holds text labels.
typedef struct weft_table {
    char *file; // as opened, for messages
    char *text; // the whole file; names and labels point into it
    uint32_t rows, columns;
    uint32_t numeric;   // columns but `class`
    uint32_t classes;   // labels
    int32_t class_at;   // index of the column `class`, -1: none
    char **names;       // [columns]
    char **labels;      // [classes], sorted by byte
    double *values;     // [rows][numeric]
    uint32_t *class_of; // [rows], index into labels; NULL: no column `class`
} weft_table;

// Reads the file at `path`. Row r stands in line r + 2 of the file. On failure `table` is empty.
WEFT_CHECKED weft_status weft_table_read(weft_table *table, const char *path,
                                         weft_data_problem *problem);
void weft_table_drop(weft_table *table);

typedef struct weft_dataset weft_dataset;

// Reads the data and checks every input's expression against it. `source` is the .weft file's name
// for messages. `directory` (--data) is where a CSV file must be found, by its whole path or its
// last part; NULL: in the .weft file's folder, then in $WEFT_DATA.
WEFT_CHECKED weft_status weft_data_open(weft_dataset **set, const weft_data *data,
                                        const char *source, const char *directory,
                                        weft_data_problem *problem);
void weft_data_close(weft_dataset *set);
uint32_t weft_data_rows(const weft_dataset *set);
// Rows that train and rows that test. Without a split all rows do both; of a split with one part
// named alone the other takes the rest.
void weft_data_parts(const weft_dataset *set, uint32_t *train, uint32_t *test);

// The rows of one repeat: which train, which test, and what every row gives to the inputs.
typedef struct weft_data_repeat {
    uint32_t train_count, test_count;
    uint32_t *train, *test; // row numbers; the split's own order
    uint32_t elements;      // of one row: all inputs one after another
    double *values;         // [rows][elements]
} weft_data_repeat;

// Split: Fisher-Yates over all rows, draw i of stream "split", event 0; the first `train` rows
// train, the next `test` rows test. Statistics of NORMALIZE and ZSCORE come from the training rows.
WEFT_CHECKED weft_status weft_data_draw(const weft_dataset *set, uint64_t seed, uint64_t repeat,
                                        weft_data_repeat *rows, weft_data_problem *problem);
void weft_data_drop(weft_data_repeat *rows);

// In place, by Fisher-Yates: draw i of (key, stream, event) is exchanged among the first i + 1.
void weft_shuffle(uint32_t *rows, uint32_t count, uint64_t key, uint64_t stream, uint64_t event);

// Fills a problem; `help` may be NULL.
WEFT_CHECKED weft_status weft_data_fail(weft_data_problem *problem, const char *file, uint32_t line,
                                        uint32_t column, const char *help, const char *format, ...)
#ifdef __GNUC__
    __attribute__((format(printf, 6, 7)))
#endif
    ;

// ---- expressions (data_value.c)
// ------------------------------------------------------------------ What an expression is
// evaluated over. `table` is NULL for rows given in the text.
typedef struct weft_data_scope {
    const weft_table *table;
    const char *source; // the .weft file
    const weft_data_input *input;
    uint32_t rows;
    const uint32_t *train; // training rows, for statistics; NULL when checking
    uint32_t train_count;
} weft_data_scope;

// Elements of the expression's value; 1 for scalars. Names and sizes are checked.
WEFT_CHECKED weft_status weft_data_width(const weft_data_scope *scope, const weft_data_node *node,
                                         uint32_t *width, weft_data_problem *problem);
// A fresh matrix [rows][width], or NULL when memory ran out. The expression was checked.
double *weft_data_value(const weft_data_scope *scope, const weft_data_node *node, uint32_t *width);

#endif
