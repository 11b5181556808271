// An experiment as the driver runs it: data, presentations, measures, repeats, expectations. Built
// by the compiler, in memory; functions and tasks are those of the model.
#ifndef WEFT_EXPERIMENT_H
#define WEFT_EXPERIMENT_H

#include "weft.h"

// ---- data -------------------------------------------------------------------------------------

// A row's value for one input, as an expression over columns. Vectors and scalars; binary operators
// are elementwise, a scalar meets every element.
typedef enum {
    WEFT_DATA_NUMBER,    // number
    WEFT_DATA_FEATURES,  // all numeric columns in the file's order (every one but `class`)
    WEFT_DATA_COLUMN,    // the column `text`
    WEFT_DATA_CLASS,     // index of the class label among the file's sorted labels
    WEFT_DATA_IS,        // class == "text": 0 or 1; an unknown label is an error
    WEFT_DATA_ONEHOT,    // onehot(class)
    WEFT_DATA_NORMALIZE, // a: minus its mean over the training rows, over the largest absolute
                         // value of that over the training rows (0 where that is 0): within [-1, 1]
                         // there
    WEFT_DATA_ZSCORE,    // a: minus mean, over standard deviation of the training rows (0 where 0)
    WEFT_DATA_ADD,
    WEFT_DATA_SUB,
    WEFT_DATA_MUL,
    WEFT_DATA_DIV,  // a, b
    WEFT_DATA_JOIN, // the elements of a, then those of b
    WEFT_DATA_LIST, // rows given in the text: values[row][element]
} weft_data_kind;

typedef struct weft_data_node {
    weft_data_kind kind;
    double number;
    const char *text;
    const struct weft_data_node *a, *b;
    const double *values; // LIST: rows * count
} weft_data_node;

typedef struct weft_data_input {
    const char *name;     // of the model's input
    uint32_t cell, count; // where its elements are
    const weft_data_node *value;
    uint32_t line; // of the statement, for messages
} weft_data_input;

typedef struct weft_data {
    enum { WEFT_DATA_OF_CSV, WEFT_DATA_OF_ROWS } source;
    const char *path;      // as written
    const char *directory; // of the .weft file: paths are relative to it
    uint32_t rows;         // OF_ROWS
    const weft_data_input *inputs;
    uint32_t input_count;
    int64_t train, test; // rows of the split; both -1: every row trains and tests
    uint8_t in_order;    // else at random, anew for each repeat
} weft_data;

// ---- presentations ----------------------------------------------------------------------------
typedef enum {
    WEFT_ACTION_CALL,
    WEFT_ACTION_FOR,
    WEFT_ACTION_WAIT,
    WEFT_ACTION_PRESENT
} weft_action_kind;
typedef struct weft_action {
    weft_action_kind kind;
    uint32_t sequence;   // CALL
    uint32_t set;        // CALL: function that writes the sequencer's inputs; WEFT_NONE
    int64_t from, to;    // FOR
    uint32_t index_cell; // FOR: integer
    int64_t ticks;       // WAIT, PRESENT
    const struct weft_action *body, *next;
    int64_t edge; // PRESENT: ticks in which inputs go from old to new values
} weft_action;

typedef struct weft_stimulus { // inputs as functions of time, constant between the breaks
    uint32_t function;         // writes the inputs; reads WEFT_TIME
    const int64_t *breaks;     // ticks at which it changes
    uint32_t break_count;
} weft_stimulus;

typedef struct weft_measure {
    const char *name;
    uint32_t task, cell;    // the task writes the value of one presentation to the cell
    uint32_t stat_cells[2]; // of "train.NAME" and "test.NAME" ("run.NAME" without a test): 4 real
                            // cells each, mean std min max over the repeats, which `expect` reads;
                            // WEFT_NONE: not read
    int64_t at;             // ticks after the begin of the presentation; 0: at its end
    // Real cells that `after` reads, of training and test: the mean over the epoch that ended, and
    // over the one before (in the first epoch that of the epoch itself); WEFT_NONE: not read.
    uint32_t epoch_cells[2], last_cells[2];
} weft_measure;

typedef struct weft_record {
    const char *name, *unit;
    uint32_t var;        // index into the model's vars
    int64_t every, from; // ticks; every 0: at every event
} weft_record;

typedef struct weft_curve { // a record over time or over another one
    uint32_t y, x;          // records; x WEFT_NONE: time
} weft_curve;

typedef struct weft_expect {
    const char *text;
    uint32_t function, cell; // writes 1 when it holds
} weft_expect;

typedef struct weft_experiment {
    const char *name;
    const weft_data *data;         // NULL: none
    const weft_stimulus *stimulus; // NULL: none
    int64_t run_ticks;             // run for: -1 none
    const weft_action *run;        // run { }
    int64_t train_count;           // 0: none
    uint8_t train_trials;          // count is in trials, not epochs
    uint8_t
        train_order; // 0 in order, 1 shuffle (each row once per epoch), 2 random (with replacement)
    const weft_action *train, *test;
    uint8_t test_every_epoch;
    uint32_t after;               // function that sets inputs after each epoch; WEFT_NONE
    const uint32_t *after_inputs; // these, indices into the model's vars
    uint32_t after_count;
    uint32_t repeats;
    const weft_measure *measures;
    uint32_t measure_count;
    const weft_record *records;
    uint32_t record_count;
    const weft_curve *curves; // what `plot` draws
    uint32_t curve_count;
    const weft_expect *expects;
    uint32_t expect_count;
} weft_experiment;

#endif
