// weft_driver.h -- runs an experiment: data, presentations, repeats in threads, measures,
// expectations, records, waveforms; and shows what came out.
//
//   weft_drive_experiment   all repeats; fills a result
//   weft_report_table       the result for people
//   weft_report_json        the result as one JSON object
//   weft_drive_free         gives the result's memory back
//
// The same (model, experiment, seed) gives the same bits for any number of jobs.
#ifndef WEFT_DRIVER_RUNTIME_H
#define WEFT_DRIVER_RUNTIME_H

#include "experiment.h"

#include <stdatomic.h>
#include <stdio.h>

struct weft_rtl; // a Verilated controller, loaded (engine.h)

typedef struct weft_drive_options {
    uint64_t seed;
    uint32_t jobs;              // repeats at the same time; 0 counts as 1
    const char *data_directory; // --data; NULL: the .weft file's folder, then $WEFT_DATA
    weft_control control;
    const struct weft_rtl *rtl; // for WEFT_CONTROL_RTL and WEFT_CONTROL_BOTH
    int64_t max_cycles;         // of one sequencer call; 0: WEFT_DRIVE_CYCLES
    const char *record_file;    // CSV of the experiment's records (repeat 0); NULL: none
    const char *plot_file;      // SVG of the records through gnuplot; NULL: none
    const char *curve_file;     // CSV of the learning curves, all repeats; NULL: none
    const char *curve_plot;     // SVG of them through gnuplot (with curve_file); NULL: none
    const char *trace_file;     // waveforms of repeat 0, ".fst" or ".vcd"; NULL: none
    FILE *progress;             // one line rewritten, if that is a terminal; NULL: none
    const atomic_int *cancel;   // not 0: stop after the presentation at hand; NULL: never
    double compile_seconds;     // handed on to the report
    int no_lanes;               // 1: one repeat at a time in each job, even if the model has lanes
} weft_drive_options;
#define WEFT_DRIVE_CYCLES 1000000000

// Where data is wrong. line and column count from 1; 0: not about a line, a column.
typedef struct weft_data_problem {
    char file[512];
    uint32_t line, column;
    char text[320], help[256]; // help "": none
} weft_data_problem;

// What stopped a run. `repeat` counts from 0 (as in weft_restart; shown from 1), `trial` counts the
// presentations of its repeat from 1, `epoch` from 1 (0: not in training), `row` the data's rows
// from 1 (0: no data).
typedef struct weft_drive_fault {
    weft_status status;
    uint32_t repeat;
    const char *part; // "train", "test", "run", "start"
    uint64_t epoch, trial, row;
    double time; // seconds of the twin
    char text[320];
} weft_drive_fault;

typedef struct weft_stat {
    double mean, std, min, max; // over the repeats; std divides by their number - 1 (one repeat: 0)
} weft_stat;

typedef struct weft_drive_measure {
    char *name; // "test.error"
    weft_stat stat;
    double *of_repeat; // [repeats]
    double *curve;     // [epochs], mean over the repeats; NULL: no learning curve
    uint32_t epochs;
    int percent; // 1: natural in percent
} weft_drive_measure;

typedef struct weft_drive_expect {
    const char *text;
    int holds;
} weft_drive_expect;

typedef struct weft_drive_result {
    const char *experiment;
    uint64_t seed;
    uint32_t repeats;
    weft_drive_measure *measures;
    uint32_t measure_count;
    weft_drive_expect *expects;
    uint32_t expect_count;
    uint64_t trials; // presentations, training and test
    double trained;  // seconds of the model's own time that one repeat's training took
    double compile_seconds, run_seconds;
    int lockstep; // 1: the two numbers below are of a lockstep run
    uint64_t cycles, mismatches;
    uint64_t looks, limited;   // at the steps of an adaptive explicit solver; short for stability
    char first_mismatch[320];  // cycle, signal and both values; "": none
    char note[320];            // "": none; what a trace left out, and the like
    weft_drive_fault fault;    // status WEFT_OK: none
    weft_data_problem problem; // when the status is WEFT_BAD_DATA
    int cancelled;
} weft_drive_result;

// Runs all repeats. Returns WEFT_OK also when an expectation failed or the run was cancelled (look
// at the result); otherwise what went wrong first, in the order of repeats whatever the number of
// jobs:
//   WEFT_BAD_DATA      `problem` says where
//   WEFT_MISMATCH      the controllers differ: `first_mismatch`
//   WEFT_IO, _TOOLS    the data's file, a record or a trace: `fault.text`, `fault.status` is
//   WEFT_OK anything else      `fault`
// `result` is filled in always, and always to be given to weft_drive_free.
WEFT_CHECKED weft_status weft_drive_experiment(const weft_model *model, const weft_engine *engine,
                                               const weft_experiment *experiment,
                                               const weft_drive_options *options,
                                               weft_drive_result *result);
void weft_drive_free(weft_drive_result *result);
// 1 when every expectation holds and the controllers agreed.
int weft_drive_passed(const weft_drive_result *result);

// Whether there are learning curves: measures of epochs.
int weft_has_curves(const weft_experiment *experiment);

// A table of at most 80 columns (long names excepted). Nothing of it depends on a terminal.
void weft_report_table(FILE *out, const weft_drive_result *result);
// One object and a line end; numbers read back as the same double.
void weft_report_json(FILE *out, const weft_drive_result *result);
// The located message of a failed run: "iris.csv:12:3: error: ...", its help, or the fault's place.
// A line that says that the system is stiff, where most steps were short for stability only.
void weft_report_stiff(FILE *out, const weft_drive_result *result);
void weft_report_failure(FILE *out, weft_status status, const weft_drive_result *result);

#endif
