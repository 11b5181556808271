// A checked experiment, before the plan turns its expressions into functions.
#ifndef WEFT_EXPERIMENT_MODEL_H
#define WEFT_EXPERIMENT_MODEL_H

#include "experiment.h"
#include "model/model.h"

typedef struct exp_input {
    var *v;
    weft_data_node *value;
    span at;
} exp_input;

typedef struct exp_action {
    weft_action_kind kind;
    sequencer *seq;
    equation_list sets; // of the sequencer's inputs
    int lo, hi;
    var *index;
    int64_t ticks, edge;
    struct exp_action *body, *next;
} exp_action;

typedef struct exp_measure {
    const char *name;
    expr *value;
    int64_t at;    // in the presentation; -1: its end
    var *result;   // VAR_TEMP with a cell
    var *stats[2]; // VAR_STAT of train.NAME and test.NAME, or NULL: not read
    // VAR_STAT too, of training and test, for `after epoch`: of the epoch that ended, and of the
    // one before (never without the former)
    var *epoch[2], *last[2];
} exp_measure;

typedef struct exp_record {
    var *v;
    int64_t every, from;
    span from_at;
} exp_record;

typedef struct exp_expect {
    const char *text;
    expr *condition;
    var *result;
} exp_expect;

typedef struct exp_plot {
    int y, x; // records; x -1: time
} exp_plot;

typedef struct experiment {
    const char *name;
    span at;
    bool has_data, rows, in_order;
    const char *path, *directory;
    uint32_t row_count;
    VEC(exp_input) inputs;
    int64_t split_train, split_test;
    equation_list stimuli; // constant between the breaks
    equation_list sources; // not so: equations of the model, too
    VEC(int64_t) breaks;
    bool presents; // some action is a `present`
    int64_t run_ticks;
    exp_action *run, *train, *test;
    equation_list after; // `after epoch`: inputs
    int64_t train_count;
    bool train_trials, test_every_epoch;
    span test_at;
    int train_order;
    int repeats;
    const char *solver; // NULL: chosen by the plan
    span solver_at;
    double tolerance, step;
    span step_at;
    VEC(exp_measure *) measures;
    VEC(exp_record) records;
    VEC(exp_expect) expects;
    VEC(exp_plot) plots;
    equation_list vary, init; // in order
} experiment;

#endif
