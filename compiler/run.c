// weft run: an engine for the analog core (the interpreter, or the generated C built and loaded), a
// controller (C, Verilated, or both), and the experiment's driver between them.
#include "driver.h"
#include "pipeline.h"

#include "build.h"
#include "emit/rtl/rtl.h"
#include "emit/tables.h"
#include "interp/interp.h"
#include "stiff.h"
#include "support/file.h"
#include "weft_driver.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

typedef struct machinery {
    const weft_model *model;
    weft_engine engine;
    bool own_engine;
    weft_library core;
    weft_library *controllers;
    weft_rtl *rtl;
    size_t controller_count;
    char error[4000];
    const char *hint; // what the user can do
    double seconds;
} machinery;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// ---- the analog core
// -----------------------------------------------------------------------------------

// NAME.c with NAME.h in place of its #include: one text for the compiler.
static const char *one_text(pipeline *p, const emission *to) {
    const char *header = NULL, *source = NULL;
    for (size_t k = 0; k < to->files.n; k++) {
        size_t n = strlen(to->files.at[k].name);
        if (to->files.at[k].name[n - 1] == 'h')
            header = to->files.at[k].body.at;
        else
            source = to->files.at[k].body.at;
    }
    const char *line = strstr(source, "#include \""), *end = line ? strchr(line, '\n') : NULL;
    if (!end) return source;
    text t = text_in(p->home);
    text_put(&t, source, (size_t)(line - source));
    text_put(&t, header, strlen(header));
    text_put(&t, end, strlen(end));
    return t.at;
}

static weft_status build_core(pipeline *p, machinery *m, const weft_build *build) {
    if (p->options->interpret) {
        m->model = interp_tables(p->plan);
        m->engine = interp_engine(p->plan);
        m->own_engine = true;
        return WEFT_OK;
    }
    emission to = {.home = p->home, .stem = p->model->name};
    if (!pipeline_emit(p, &backend_c, &to)) return WEFT_TOOLS;
    return weft_build_c(build, p->model->name, one_text(p, &to), &m->core, &m->model);
}

// ---- the Verilated controllers
// ---------------------------------------------------------------------------

static weft_status build_controllers(pipeline *p, machinery *m, const weft_build *build) {
    size_t n = p->plan->machines.n;
    m->controllers = arena_array(p->home, n + 1, sizeof *m->controllers);
    m->rtl = arena_array(p->home, n + 1, sizeof *m->rtl);
    const char *primitives[] = {"weft_pwm.sv", "weft_sync.sv"};
    for (size_t k = 0; k < n; k++) {
        const fsm *f = p->plan->machines.at[k];
        m->controller_count = k + 1;
        if (f->same != f) { // built already: another object of the same class
            m->rtl[k] = m->rtl[f->same->sequencer->id];
            continue;
        }
        text module = text_in(p->home), shim = text_in(p->home);
        rtl_module(f, &module);
        rtl_shim(f, &shim);
        weft_source sources[4] = {
            {.name = arena_text(p->home, "%s.sv", f->name), .text = module.at}};
        size_t count = 1;
        for (size_t j = 0; j < 2; j++) {
            char *stem = path_stem(p->home, primitives[j]);
            if (!strstr(module.at, stem)) continue;
            const char *folder = path_join(p->home, p->library ? p->library : ".", "rtl");
            sources[count++] = (weft_source){.path = path_join(p->home, folder, primitives[j])};
        }
        const weft_rtl *table;
        weft_status status =
            weft_build_rtl(build, f->name, sources, count, shim.at, &m->controllers[k], &table);
        if (status != WEFT_OK) return status;
        m->rtl[k] = *table;
    }
    return WEFT_OK;
}

static bool stiff_solver_missing(const pipeline *p) {
    bool wanted = false;
    for (size_t k = 0; k < p->plan->flows.n; k++)
        wanted |= p->plan->flows.at[k]->method == FLOW_STIFF;
    return wanted && !weft_stiff_built();
}

static weft_status build_all(pipeline *p, machinery *m) {
    if (stiff_solver_missing(p)) {
        snprintf(m->error, sizeof m->error,
                 "this weft was built without the stiff solver; install libsundials-dev and "
                 "libsuitesparse-dev, and build it again");
        return WEFT_TOOLS;
    }
    const char *include = path_join(p->home, p->library ? p->library : ".", "runtime");
    weft_build build = {.include = include, .error = m->error, .error_size = sizeof m->error};
    double begin = now();
    weft_status status = build_core(p, m, &build);
    if (status == WEFT_OK && (p->options->rtl || p->options->lockstep))
        status = build_controllers(p, m, &build);
    m->seconds = now() - begin;
    return status;
}

static void close_all(machinery *m) {
    for (size_t k = 0; k < m->controller_count; k++)
        weft_library_close(&m->controllers[k]);
    weft_library_close(&m->core);
}

// ---- the run
// -----------------------------------------------------------------------------------------------

static atomic_int cancelled;

static void on_interrupt(int signal_number) {
    (void)signal_number;
    atomic_store(&cancelled, 1);
}

// The driver names variables by their place in the tables.
static weft_experiment linked(pipeline *p) {
    weft_experiment x = *p->plan->experiment;
    const tables *t = tables_of(p->plan);
    weft_record *records = arena_array(p->home, x.record_count + 1, sizeof *records);
    for (uint32_t k = 0; k < x.record_count; k++) {
        records[k] = x.records[k];
        records[k].var = t->var_index[records[k].var];
    }
    x.records = records;
    uint32_t *inputs = arena_array(p->home, x.after_count + 1, sizeof *inputs);
    for (uint32_t k = 0; k < x.after_count; k++)
        inputs[k] = t->var_index[x.after_inputs[k]];
    x.after_inputs = inputs;
    return x;
}

static int report(pipeline *p, const weft_drive_result *result, weft_status status) {
    if (status != WEFT_OK) {
        weft_report_failure(stderr, status, result);
        bool machine = status == WEFT_NO_MEMORY || status == WEFT_IO || status == WEFT_TOOLS;
        return machine ? EXIT_MACHINE : status == WEFT_BAD_DATA ? EXIT_INPUT : EXIT_EXPECT;
    }
    if (p->options->json)
        weft_report_json(stdout, result);
    else if (!p->options->quiet)
        weft_report_table(stdout, result);
    if (!p->options->quiet) weft_report_stiff(stderr, result);
    if (result->cancelled) return 130;
    return weft_drive_passed(result) ? EXIT_FINE : EXIT_EXPECT;
}

static size_t guarantees(const pipeline *p) {
    size_t count = 0;
    for (size_t k = 0; k < p->model->sequencers.n; k++)
        count += p->model->sequencers.at[k]->guarantees.n;
    return count;
}

// Where records, curves and their pictures go.
static bool name_files(pipeline *p, const weft_experiment *x, weft_drive_options *options) {
    const char *folder = pipeline_folder(p), *problem, *stem = path_join(p->home, folder, x->name);
    bool curves = weft_has_curves(x);
    if (!x->record_count && !curves) return true;
    if (!directory_make(folder, &problem)) {
        diag_report(p->diag, (span){0}, DIAG_E0003, folder, problem);
        diag_help(p->diag, "-o DIR names another folder");
        return false;
    }
    if (x->record_count) {
        options->record_file = arena_text(p->home, "%s.csv", stem);
        if (pipeline_plots(p)) options->plot_file = arena_text(p->home, "%s.svg", stem);
    }
    if (curves) {
        options->curve_file = arena_text(p->home, "%s.curves.csv", stem);
        if (p->options->plot) options->curve_plot = arena_text(p->home, "%s.curves.svg", stem);
    }
    return true;
}

static void show_files(const pipeline *p, const weft_drive_options *options,
                       const weft_drive_result *result) {
    if (options->record_file) printf("records: %s\n", options->record_file);
    if (options->plot_file) printf("plot:    %s\n", options->plot_file);
    if (options->curve_file && !result->cancelled) printf("curves:  %s\n", options->curve_file);
    if (options->curve_plot && !result->cancelled) printf("plot:    %s\n", options->curve_plot);
    if (p->options->rtl && guarantees(p))
        puts("note:    guarantees are watched by the C controller: --lockstep runs both");
    if (p->options->trace) printf("waves:   %s\n", p->options->trace);
}

static int drive(pipeline *p, machinery *m) {
    const struct options *o = p->options;
    weft_experiment experiment = linked(p);
    weft_drive_options options = {.seed = o->seed,
                                  .jobs = (uint32_t)o->jobs,
                                  .data_directory = o->data,
                                  .trace_file = o->trace};
    options.control = o->lockstep ? WEFT_CONTROL_BOTH : o->rtl ? WEFT_CONTROL_RTL : WEFT_CONTROL_C;
    options.rtl = m->rtl;
    options.cancel = &cancelled;
    options.compile_seconds = m->seconds;
    options.no_lanes = o->no_lanes;
    options.progress = o->quiet || o->json || !isatty(STDERR_FILENO) ? NULL : stderr;
    if (!name_files(p, &experiment, &options)) return EXIT_MACHINE;
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    weft_drive_result result = {0};
    weft_status status = weft_drive_experiment(m->model, m->own_engine ? &m->engine : NULL,
                                               &experiment, &options, &result);
    int exit_status = report(p, &result, status);
    if (status == WEFT_OK && !o->json && !o->quiet) show_files(p, &options, &result);
    weft_drive_free(&result);
    return exit_status;
}

int pipeline_run(pipeline *p) {
    if (!p->plan->experiment) {
        diag_report(p->diag, (span){0}, DIAG_E0710, p->model->file);
        return EXIT_INPUT;
    }
    if (p->options->plot && !weft_has_curves(p->plan->experiment)) {
        diag_report(p->diag, (span){0}, DIAG_E0730, p->plan->experiment->name);
        diag_help(p->diag, "curves are measures over the epochs of `train`");
        return EXIT_INPUT;
    }
    machinery m = {0};
    weft_status status = build_all(p, &m);
    int exit_status = EXIT_INPUT;
    if (status == WEFT_OK)
        exit_status = drive(p, &m);
    else if (!diag_errors(p->diag))
        diag_report(p->diag, (span){0}, DIAG_E0004, m.error);
    close_all(&m);
    return exit_status;
}
