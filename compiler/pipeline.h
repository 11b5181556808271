// What the commands share: one compilation from the file to the plan.
#ifndef WEFT_PIPELINE_H
#define WEFT_PIPELINE_H

#include "emit/backend.h"
#include "model/elaborate.h"
#include "options.h"
#include "plan/fsm.h"
#include "plan/plan.h"

typedef struct pipeline {
    arena *home;
    const struct options *options;
    names *words;
    diag *diag;
    const char *library; // folder with models/, rtl/ and runtime/; NULL: not found
    program *program;
    model *model;
    plan *plan;
} pipeline;

// Where files go: -o, else build/STEM.
const char *pipeline_folder(const pipeline *p);
// Model and plan of an experiment (NULL: the first); false after errors.
bool pipeline_plan(pipeline *p, const char *experiment);
// One backend's files; false after errors.
bool pipeline_emit(pipeline *p, const backend *b, emission *to);
// Whether the experiment asks for a plot.
bool pipeline_plots(const pipeline *p);
// Builds what the options ask for, runs the experiment, reports; returns the exit status.
int pipeline_run(pipeline *p);

#endif
