// record.h -- an experiment's records as a CSV file, and a plot of it.
#ifndef WEFT_RECORD_H
#define WEFT_RECORD_H

#include "engine.h"
#include "experiment.h"

#include <stdio.h>

typedef struct weft_record_file weft_record_file;

// Columns: time_s, then name[unit] of every record; arrays one column for each element, name[i,j].
// A record that was not due at a row's time leaves its fields empty.
WEFT_CHECKED weft_status weft_record_open(weft_record_file **file, const weft_model *model,
                                          const weft_experiment *experiment, const char *path);
// Values of record `index` at `tick`; ticks never fall. A second value at one tick replaces the
// first.
void weft_record_take(weft_record_file *file, int64_t tick, uint32_t index, const double *values);
// Something changed at `tick`: takes the records that are kept at every event.
void weft_record_change(weft_record_file *file, weft_twin *twin, int64_t tick);
// Writes the file, or leaves what was there (keep 0). WEFT_IO: errno says why. Frees `file`.
WEFT_CHECKED weft_status weft_record_close(weft_record_file *file, int keep);

// The records over time as an SVG, drawn by gnuplot from the CSV file. Where gnuplot is missing, or
// draws nothing, `note` says so and nothing is written: the numbers are in the CSV.
WEFT_CHECKED weft_status weft_plot(const weft_experiment *experiment, const weft_model *model,
                                   const char *csv, const char *path, char *note, size_t size);

// A picture by gnuplot, as above: `write` prints the script, in one line, for this SVG.
typedef void weft_script(FILE *out, const void *data, const char *svg);
WEFT_CHECKED weft_status weft_draw(weft_script *write, const void *data, const char *csv,
                                   const char *path, char *note, size_t size);
void weft_put_quoted(FILE *out, const char *text); // as gnuplot reads it between single quotes

#endif
