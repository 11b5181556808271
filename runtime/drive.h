// drive.h -- one experiment under way, as the driver's files share it.
//
// A drive holds what all repeats read (and a slot for each repeat's outcome), a worker is one
// repeat with its twin, a batch one thread with the repeats that it runs side by side: one, or as
// many as the model has lanes. Slots are filled in any order and gathered in the order of repeats.
#ifndef WEFT_DRIVE_H
#define WEFT_DRIVE_H

#include "data.h"
#include "engine.h"
#include "weft_driver.h"

#include <pthread.h>
#include <stdbool.h>

#define WEFT_STOPPED WEFT_STATUS_COUNT // internal: cancelled, or an earlier repeat failed

enum { PART_TRAIN, PART_TEST, PART_RUN, PART_COUNT };
extern const char *const weft_part_names[PART_COUNT]; // "train", "test", "run"

typedef struct weft_slot { // what one repeat leaves behind
    weft_status status;
    double *last[PART_COUNT];  // [measures], means of the last epoch, test or run
    double *curve[PART_COUNT]; // [epochs][measures]; of a test only when it follows every epoch
    uint64_t trials;
    int64_t trained; // ticks in training presentations
    weft_lockstep lockstep;
    int64_t cycles;
    int64_t looks, limited; // at the steps of explicit solvers: stiffness.h
    weft_drive_fault fault;
    weft_data_problem problem;
} weft_slot;

struct weft_record_file;
struct weft_trace;
struct weft_worker;

typedef struct weft_drive {
    const weft_model *model;
    const weft_engine *engine;
    const weft_experiment *experiment;
    const weft_drive_options *options;
    weft_dataset *data;     // NULL: none
    bool *integer;          // [data inputs]: its cells hold integers
    uint32_t epochs;        // of training, a last shorter one included
    uint64_t trials_wanted; // over all repeats
    bool has[PART_COUNT];
    bool calls[PART_COUNT]; // its presentation calls a sequencer
    weft_slot *slots;       // [repeats]
    struct weft_batch *batches;
    uint32_t batch_count, side;  // side: repeats in a batch, at most
    struct weft_worker *workers; // of all batches
    uint32_t worker_count;
    weft_twin *first; // the twin of repeat 0: expectations are judged on it
    struct weft_record_file *record;
    struct weft_trace *trace;
    atomic_uint next_repeat, repeats_done, failed; // failed: lowest repeat that failed
    pthread_mutex_t lock;                          // with `ended`, for the one who waits
    pthread_cond_t ended;
    uint32_t running;
} weft_drive;

typedef struct weft_worker {
    weft_drive *drive;
    weft_twin *twin;
    weft_slot *slot;
    weft_status status; // of this repeat: WEFT_OK while it is under way
    weft_data_repeat rows;
    uint32_t *order; // of the rows in this epoch, when it is trained with data
    uint32_t repeat;
    uint64_t key;  // of this repeat's draws
    bool edges;    // the first presentation has none: inputs are there from the start
    int64_t begin; // of the presentation, ticks
    double *sums;  // [measures]
    weft_watch watch;
    weft_sample *samples;
    _Atomic uint64_t trials; // of all repeats it ran; the progress line reads these two
    atomic_uint epoch;
} weft_worker;

typedef struct weft_batch {
    weft_drive *drive;
    weft_worker *workers; // [count]: the repeats under way; all at the same instant
    uint32_t count;
    weft_abreast *abreast; // NULL: one repeat at a time
    weft_twin **twins;     // [side], work
    pthread_t thread;
} weft_batch;

// driver_repeat.c: repeats from restart to their last presentation; their slots say how it went.
void weft_drive_repeats(weft_batch *batch, uint32_t first, uint32_t count);
// Adds the value that a measure has now to its sum.
void weft_take_measure(weft_worker *worker, uint32_t measure);
// One whose repeat is still under way; NULL: none.
weft_worker *weft_first_live(const weft_batch *batch);
// The repeat ends where its twin fails.
void weft_twin_said(weft_worker *worker, weft_status status);
// driver_run.c: runs up to a tick; measures that have an instant, counted from `begin`, are taken.
void weft_run_measuring(weft_batch *batch, int64_t until);
// driver_run.c: the actions of a presentation.
void weft_drive_actions(weft_batch *batch, const weft_action *action);

// driver_epoch.c: what follows an epoch that was trained, and tested where that is asked for.
WEFT_CHECKED weft_status weft_after_epoch(weft_worker *worker, uint64_t epoch);

// driver_result.c: mean, sample standard deviation, least and greatest of n > 0 numbers.
weft_stat weft_stat_of(const double *values, uint32_t count);
// Gathers the slots; WEFT_NO_MEMORY or the status of the first repeat that failed.
WEFT_CHECKED weft_status weft_drive_gather(weft_drive *drive, weft_drive_result *result);

// curves.c: measures over epochs. Columns: epoch, repeat, train.NAME, test.NAME where every epoch
// is tested. The picture has a panel for each measure: every repeat thin, their mean thick.
WEFT_CHECKED weft_status weft_curves_write(const weft_drive *drive, const char *path);
WEFT_CHECKED weft_status weft_curves_plot(const weft_drive *drive, const char *csv,
                                          const char *path, char *note, size_t size);

// progress.c
typedef struct weft_progress {
    FILE *out; // NULL: nothing is shown
    double start;
} weft_progress;
double weft_clock(void); // seconds, monotonic
void weft_progress_begin(weft_progress *progress, FILE *out);
void weft_progress_show(const weft_progress *progress, const weft_drive *drive);
void weft_progress_end(const weft_progress *progress);

#endif
