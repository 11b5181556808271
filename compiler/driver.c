// The pipeline: one line per stage. What a command needs of it is in the table at the end; running
// an experiment is in run.c.
#include "driver.h"
#include "emit/backend.h"
#include "explain.h"
#include "model/elaborate.h"
#include "model/experiment_model.h"
#include "pipeline.h"
#include "prove.h"
#include "support/file.h"
#include "support/home.h"

#include <stdlib.h>
#include <unistd.h>

// ---- dumps
// -----------------------------------------------------------------------------------------------

typedef struct stage {
    const char *name, *suffix;
    void (*print)(const pipeline *p, text *out);
} stage;

static void print_syntax(const pipeline *p, text *out) {
    syntax_print(program_main(p->program), out);
}
static void print_tree(const pipeline *p, text *out) {
    syntax_dump(program_main(p->program), out);
}
static void print_model(const pipeline *p, text *out) {
    if (p->model) model_print(p->model, out);
}
static void print_plan(const pipeline *p, text *out) {
    if (p->plan) plan_print(p->plan, out);
}
static void print_machines(const pipeline *p, text *out) {
    for (size_t k = 0; p->plan && k < p->plan->machines.n; k++)
        fsm_print(p->plan->machines.at[k], out);
}

static const stage stages[] = {
    {"tree", "tree", print_tree},
    {"syntax", "weft", print_syntax},
    {"model", "model", print_model},
    {"plan", "plan", print_plan},
    {"machines", "machines", print_machines},
};
enum { STAGES = sizeof stages / sizeof *stages };

static bool write_text(pipeline *p, const char *path, const text *t) {
    const char *problem;
    if (file_write(path, t->n ? t->at : "", t->n, &problem)) return true;
    diag_report(p->diag, (span){0}, DIAG_E0003, path, problem);
    return false;
}

static bool dump(pipeline *p) {
    const char *wanted = p->options->dump;
    if (!wanted) return true;
    bool all = !strcmp(wanted, "all"), found = all;
    for (int k = 0; k < STAGES; k++) {
        if (!all && strcmp(wanted, stages[k].name)) continue;
        found = true;
        text t = text_in(p->home);
        stages[k].print(p, &t);
        if (!all) {
            fwrite(t.n ? t.at : "", 1, t.n, stdout);
            continue;
        }
        const char *name = arena_text(p->home, "%02d-%s.%s", k, stages[k].name, stages[k].suffix),
                   *problem;
        const char *folder = pipeline_folder(p);
        if (!directory_make(folder, &problem)) {
            diag_report(p->diag, (span){0}, DIAG_E0003, folder, problem);
            diag_help(p->diag, "-o DIR names another folder");
            return false;
        }
        if (!write_text(p, path_join(p->home, folder, name), &t)) return false;
    }
    if (found) return true;
    diag_report(p->diag, (span){0}, DIAG_E1015, wanted);
    const char *names[STAGES];
    for (int k = 0; k < STAGES; k++)
        names[k] = stages[k].name;
    if (diag_suggest(p->diag, wanted, names, STAGES)) return false;
    for (int k = 0; k < STAGES; k++)
        diag_note(p->diag, (span){0}, "there is '%s'", stages[k].name);
    return false;
}

// ---- stages
// ------------------------------------------------------------------------------------------------

const char *pipeline_folder(const pipeline *p) {
    if (p->options->directory) return p->options->directory;
    return path_join(p->home, "build", path_stem(p->home, p->options->file));
}

static elab_options elaboration(pipeline *p) {
    const struct options *o = p->options;
    setting *set = arena_array(p->home, o->sets.n + 1, sizeof *set);
    for (size_t k = 0; k < o->sets.n; k++)
        set[k] = (setting){o->sets.at[k].name, o->sets.at[k].value, false};
    return (elab_options){.set = set,
                          .sets = o->sets.n,
                          .keep = o->keeps.at,
                          .keeps = o->keeps.n,
                          .library = p->library};
}

static bool read_program(pipeline *p) {
    p->program = program_read(p->home, p->words, p->diag, p->options->file, p->library);
    return p->program != NULL;
}

// The model of one experiment, and its plan.
bool pipeline_plan(pipeline *p, const char *experiment) {
    elab_options options = elaboration(p);
    p->model = elaborate(p->program, experiment, &options);
    if (!p->model || diag_errors(p->diag)) return false;
    bool run = p->options->command == COMMAND_run && !p->options->trace;
    p->plan = run ? plan_for_run(p->model) : plan_make(p->model);
    return !diag_errors(p->diag);
}

// Everything in the file: each experiment, each block that none uses.
static bool check_all(pipeline *p) {
    const char *names[256];
    size_t n = program_experiments(p->program, names, 256);
    elab_options options = elaboration(p);
    if (diag_errors(p->diag)) return false;
    if (p->options->experiment) return pipeline_plan(p, p->options->experiment);
    if (n == 0 && program_has_block(p->program) && !pipeline_plan(p, NULL)) return false;
    for (size_t k = 0; k < n && k < 256; k++) {
        model *m = elaborate(p->program, names[k], &options);
        if (!m || diag_errors(p->diag)) continue;
        plan *made = plan_make(m);
        if (!p->plan) p->model = m, p->plan = made;
    }
    elaborate_rest(p->program, &options);
    return !diag_errors(p->diag);
}

// ---- commands
// ----------------------------------------------------------------------------------------------

bool pipeline_emit(pipeline *p, const backend *b, emission *to) {
    return b->can(p->plan) && b->emit(p->plan, to) && !diag_errors(p->diag);
}

bool pipeline_plots(const pipeline *p) {
    return p->model->experiment && p->model->experiment->plots.n > 0;
}

static int command_check(pipeline *p) {
    bool fine = check_all(p);
    if (!dump(p)) fine = false;
    return fine ? EXIT_FINE : EXIT_INPUT;
}

static int command_build(pipeline *p) {
    const backend *all[] = {&backend_c, &backend_rtl, &backend_manifest};
    emission to = {.home = p->home, .stem = path_stem(p->home, p->options->file)};
    bool fine = !diag_errors(p->diag) && pipeline_plan(p, p->options->experiment);
    if (!dump(p) || !fine) return EXIT_INPUT;
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (!pipeline_emit(p, all[k], &to)) return EXIT_INPUT;
    const char *folder = pipeline_folder(p), *problem;
    if (!directory_make(folder, &problem)) {
        diag_report(p->diag, (span){0}, DIAG_E0003, folder, problem);
        diag_help(p->diag, "-o DIR names another folder");
        return EXIT_MACHINE;
    }
    for (size_t k = 0; k < to.files.n; k++) {
        const char *path = path_join(p->home, folder, to.files.at[k].name);
        if (!write_text(p, path, &to.files.at[k].body)) return EXIT_MACHINE;
        if (!p->options->quiet) printf("%s\n", path);
    }
    return EXIT_FINE;
}

static int command_run(pipeline *p) {
    bool fine = !diag_errors(p->diag) && pipeline_plan(p, p->options->experiment);
    if (!dump(p) || !fine) return EXIT_INPUT;
    return pipeline_run(p);
}

static int command_fmt(pipeline *p) {
    if (diag_errors(p->diag)) return EXIT_INPUT;
    text t = text_in(p->home);
    syntax_print(program_main(p->program), &t);
    fwrite(t.n ? t.at : "", 1, t.n, stdout);
    return EXIT_FINE;
}

int weft_drive(const struct options *options) {
    static const struct {
        command name;
        int (*run)(pipeline *p);
    } commands[] = {{COMMAND_check, command_check},
                    {COMMAND_build, command_build},
                    {COMMAND_run, command_run},
                    {COMMAND_fmt, command_fmt},
                    {COMMAND_prove, pipeline_prove}};
    arena *home = arena_new();
    pipeline p = {.home = home,
                  .options = options,
                  .words = names_new(home),
                  .diag = diag_new(home),
                  .library = weft_home(home)};
    diag_limit(p.diag, options->max_errors);
    if (options->diagnostics && strcmp(options->diagnostics, "json") == 0) diag_json(p.diag);
    int status = EXIT_INPUT;
    if (options->command == COMMAND_explain)
        status = explain(options->file, p.diag, stdout) ? EXIT_FINE : EXIT_INPUT;
    else if (read_program(&p))
        for (size_t k = 0; k < sizeof commands / sizeof *commands; k++)
            if (commands[k].name == options->command) status = commands[k].run(&p);
    if (status == EXIT_FINE && diag_errors(p.diag)) status = EXIT_INPUT;
    // No program and no such file to read: the command line is wrong, not the machine.
    if (diag_machine_fault(p.diag))
        status = p.program || file_may_be_read(options->file) ? EXIT_MACHINE : EXIT_INPUT;
    diag_print(p.diag, stderr);
    arena_free(home);
    return status;
}
