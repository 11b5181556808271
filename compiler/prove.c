// weft prove: every sequencer of every experiment's block as RTL, its properties proved or refuted;
// the table, the JSON, the runs that refute.
#include "prove.h"

#include "driver.h"
#include "report.h"
#include "support/file.h"
#include "tool.h"

#include <limits.h>
#include <unistd.h>

enum { STEPS = 30, EXPERIMENTS = 256 };

// ---- one machine ----

proof *proof_new(arena *home, const fsm *m, const char *rtl) {
    proof *p = arena_new_of(home, proof);
    text body = text_in(home);
    *p = (proof){.home = home, .m = m, .rtl = rtl};
    rtl_module_for_proof(m, &body, &p->about);
    p->text = body.at;
    p->items = arena_array(home, p->about.properties.n + 1, sizeof *p->items);
    for (size_t t = m->threads.n; t > 0; t--)
        for (size_t k = 0; k < m->threads.at[t - 1]->states.n; k++)
            vec_push(home, &p->states,
                     (proof_state){.thread = m->threads.at[t - 1],
                                   .state = m->threads.at[t - 1]->states.at[k],
                                   .cycle = -1});
    return p;
}

bool proof_cover(proof *p) {
    search_states(p);
    return guess_unreached(p) == 0 || proof_reach(p, 2 * STEPS);
}

bool proof_fine(const proof *p) {
    for (size_t k = 0; k < p->about.properties.n; k++)
        if (!p->about.properties.at[k].lemma && p->items[k].verdict != PROOF_PROVED) return false;
    return true;
}

static size_t count_of(const proof *p, proof_verdict verdict) {
    size_t count = 0;
    for (size_t k = 0; k < p->about.properties.n; k++)
        count += !p->about.properties.at[k].lemma && p->items[k].verdict == verdict;
    return count;
}

// ---- the table ----

static const char *verdict_of(arena *home, const proof_item *item) {
    const char *held = item->held ? ", if start stays high until done" : "";
    switch (item->verdict) {
    case PROOF_PROVED:
        return arena_text(home, "proved by induction over %d cycle%s%s", item->depth,
                          item->depth == 1 ? "" : "s", held);
    case PROOF_BOUNDED:
        return arena_text(home, "NOT PROVED: holds for %d cycles from reset, beyond is not known%s",
                          item->depth, held);
    case PROOF_REFUTED:
        return arena_text(home, "REFUTED in cycle %d%s", item->depth - 1, held);
    default:
        return "not tried";
    }
}

// Properties of one kind with one verdict are one line.
static bool same_line(const proof *p, size_t a, size_t b) {
    const rtl_property *x = &p->about.properties.at[a], *y = &p->about.properties.at[b];
    const proof_item *i = &p->items[a], *k = &p->items[b];
    return !x->lemma && !y->lemma && !strcmp(x->kind, y->kind) && i->verdict == PROOF_PROVED &&
           k->verdict == PROOF_PROVED && i->depth == k->depth && i->held == k->held;
}

static void print_counter(const proof *p, size_t k, const char *vcd, text *out) {
    if (p->items[k].verdict != PROOF_REFUTED) return;
    trace_print(p, p->items[k].counter, out);
    if (vcd) text_add(out, "    waves: %s\n", vcd);
}

static void print_properties(const proof *p, const char *const *vcd, text *out) {
    enum { WIDE = 52 };
    for (size_t k = 0; k < p->about.properties.n; k++) {
        size_t alike = 0, before = 0;
        if (p->about.properties.at[k].lemma) continue;
        for (size_t n = 0; n < p->about.properties.n; n++) {
            alike += same_line(p, k, n);
            before += n < k && same_line(p, k, n);
        }
        if (before) continue;
        const rtl_property *about = &p->about.properties.at[k];
        const char *what =
            alike > 1 ? arena_text(p->home, "%s (%zu)", about->kind, alike) : about->text;
        text_add(out, "  %-*s  %s\n", WIDE, what, verdict_of(p->home, &p->items[k]));
        print_counter(p, k, vcd[k], out);
    }
}

static void print_states(const proof *p, text *out) {
    size_t reached = 0;
    int64_t latest = 0;
    for (size_t k = 0; k < p->states.n; k++) {
        reached += p->states.at[k].cycle >= 0;
        if (p->states.at[k].cycle > latest) latest = p->states.at[k].cycle;
    }
    text_add(out, "  %zu of %zu states reached, the last in cycle %lld\n", reached, p->states.n,
             (long long)latest);
    for (size_t k = 0; k < p->states.n; k++) {
        const proof_state *s = &p->states.at[k];
        if (s->cycle >= 0) continue;
        text_add(out, "  state %s: ", s->state->name);
        if (s->unreachable)
            text_add(out, "proved to be never reached\n");
        else
            text_add(out, "not reached in %d cycles, beyond is not known\n", s->looked);
    }
}

// What needs no proof, and why the machine has no bound, where it has none.
static void print_unasserted(const fsm *m, text *out) {
    for (size_t k = m->threads.n; k > 0; k--) {
        const fsm_thread *t = m->threads.at[k - 1];
        const char *dot = strrchr(t->state->name, '.');
        if (t->states.n == (size_t)1 << t->state->width)
            text_add(out, "  every code of %s is one of its %zu states\n",
                     dot ? dot + 1 : t->state->name, t->states.n);
    }
    if (m->ready.goals == 0)
        text_add(out, "  it awaits no input: there are no commands whose end could be bounded\n");
    else if (m->ready.most < 0 && m->ready.stuck.file)
        text_add(out, "  no bound from one await to the next: %s\n", fsm_quote(m, m->ready.stuck));
}

// ---- files ----

static bool write_file(pipeline *p, const char *name, const text *body, const char **path) {
    const char *folder = pipeline_folder(p), *problem;
    *path = path_join(p->home, folder, name);
    if (directory_make(folder, &problem) && file_write(*path, body->at, body->n, &problem))
        return true;
    diag_report(p->diag, (span){0}, DIAG_E0003, *path, problem);
    return false;
}

static bool write_waves(pipeline *p, const proof *f, const char **vcd) {
    for (size_t k = 0; k < f->about.properties.n; k++) {
        if (f->items[k].verdict != PROOF_REFUTED || f->about.properties.at[k].lemma) continue;
        text body = text_in(p->home);
        trace_vcd(f, f->items[k].counter, &body);
        const char *name = arena_text(p->home, "%s.%s.vcd", f->m->name,
                                      f->about.properties.at[k].label + strlen("prove_"));
        if (!write_file(p, name, &body, &vcd[k])) return false;
    }
    return true;
}

// ---- JSON ----

static void json_member(FILE *out, const char *before, const char *name, const char *value) {
    fprintf(out, "%s\"%s\":", before, name);
    weft_json_text(out, value);
}

static void json_property(FILE *out, const proof *p, size_t k, const char *vcd) {
    static const char *const verdicts[] = {"open", "proved", "bounded", "refuted"};
    const rtl_property *about = &p->about.properties.at[k];
    json_member(out, "{", "name", about->label + strlen("prove_"));
    json_member(out, ",", "kind", about->kind);
    json_member(out, ",", "text", about->text);
    json_member(out, ",", "verdict", verdicts[p->items[k].verdict]);
    fprintf(out, ",\"cycles\":%d,\"start_held\":%s", p->items[k].depth,
            p->items[k].held ? "true" : "false");
    if (vcd) json_member(out, ",", "waves", vcd);
    fputs("}", out);
}

static void json_machine(FILE *out, const proof *p, const char *experiment,
                         const char *const *vcd) {
    const char *comma = "";
    json_member(out, "{", "module", p->m->name);
    json_member(out, ",", "sequencer", p->m->sequencer->name);
    json_member(out, ",", "experiment", experiment ? experiment : "");
    fputs(",\"properties\":[", out);
    for (size_t k = 0; k < p->about.properties.n; k++) {
        if (p->about.properties.at[k].lemma) continue;
        fputs(comma, out);
        json_property(out, p, k, vcd[k]);
        comma = ",";
    }
    fputs("],\"states\":[", out);
    for (size_t k = 0; k < p->states.n; k++) {
        const proof_state *s = &p->states.at[k];
        json_member(out, k ? ",{" : "{", "name", s->state->name);
        if (s->cycle >= 0) fprintf(out, ",\"reached\":%lld", (long long)s->cycle);
        if (s->unreachable)
            fputs(",\"unreachable\":true", out);
        else if (s->cycle < 0)
            fprintf(out, ",\"not_reached_in\":%d", s->looked);
        fputs("}", out);
    }
    fputs("]}", out);
}

// ---- the command ----

typedef struct proving {
    pipeline *p;
    FILE *progress;         // NULL: none
    VEC(const char *) done; // modules that were proved already: experiments share blocks
    size_t proved, bounded, refuted, machines;
} proving;

static void report(proving *v, const proof *f, const char *experiment, const char *const *vcd) {
    const pipeline *p = v->p;
    if (p->options->json) {
        if (v->machines > 1) fputs(",", stdout);
        json_machine(stdout, f, experiment, vcd);
        return;
    }
    if (p->options->quiet) return;
    text out = text_in(p->home);
    text_add(&out, "%s: %s of block %s%s%s\n", f->m->name, fsm_whose(f->m), p->model->name,
             experiment ? ", experiment " : "", experiment ? experiment : "");
    print_properties(f, vcd, &out);
    print_unasserted(f->m, &out);
    print_states(f, &out);
    fputs(out.at, stdout);
}

static void progress(const proving *v, const char *name, const char *what) {
    if (!v->progress) return;
    fprintf(v->progress, "\r\033[K");
    if (name) fprintf(v->progress, "proving %s: %s", name, what);
    fflush(v->progress);
}

// False: it could not be tried.
static bool prove_machine(proving *v, const fsm *m, const char *experiment) {
    pipeline *p = v->p;
    proof *f = proof_new(p->home, m, path_join(p->home, p->library ? p->library : ".", "rtl"));
    for (size_t k = 0; k < v->done.n; k++)
        if (!strcmp(v->done.at[k], f->text)) return true;
    vec_push(p->home, &v->done, f->text);
    progress(v, m->name, "properties");
    bool fine = proof_run(f, STEPS);
    progress(v, m->name, "ways to the states");
    fine = fine && proof_cover(f);
    progress(v, NULL, NULL);
    if (!fine) {
        diag_report(p->diag, (span){0}, DIAG_E0004, f->error);
        return false;
    }
    const char **vcd = arena_array(p->home, f->about.properties.n + 1, sizeof *vcd);
    if (!write_waves(p, f, vcd)) return false;
    v->machines++;
    v->proved += count_of(f, PROOF_PROVED);
    v->bounded += count_of(f, PROOF_BOUNDED);
    v->refuted += count_of(f, PROOF_REFUTED);
    report(v, f, experiment, vcd);
    return true;
}

static int prove_experiment(proving *v, const char *name) {
    if (!pipeline_plan(v->p, name)) return EXIT_INPUT;
    for (size_t k = 0; k < v->p->plan->machines.n; k++) {
        const fsm *m = v->p->plan->machines.at[k];
        if (m->same == m && !prove_machine(v, m, name)) return EXIT_MACHINE;
    }
    return EXIT_FINE;
}

static bool has_yosys(pipeline *p) {
    char path[PATH_MAX];
    if (weft_tool_find("yosys", path, sizeof path)) return true;
    diag_report(p->diag, (span){0}, DIAG_E0004, "weft prove: yosys was not found");
    diag_help(p->diag, "install yosys ('tools/setup.sh check' does), or put it into PATH");
    return false;
}

static int conclude(const proving *v) {
    const struct options *o = v->p->options;
    bool fine = v->bounded == 0 && v->refuted == 0;
    if (o->json) {
        fprintf(stdout, "],\"proved\":%zu,\"bounded\":%zu,\"refuted\":%zu}\n", v->proved,
                v->bounded, v->refuted);
    } else if (!o->quiet) {
        if (v->machines == 0)
            fputs("no sequencer: nothing to prove\n", stdout);
        else
            fprintf(stdout, "%zu proved, %zu not proved, %zu refuted\n", v->proved, v->bounded,
                    v->refuted);
    }
    return fine ? EXIT_FINE : EXIT_EXPECT;
}

int pipeline_prove(pipeline *p) {
    const struct options *o = p->options;
    const char *names[EXPERIMENTS] = {o->experiment};
    size_t n = o->experiment ? 1 : program_experiments(p->program, names, EXPERIMENTS);
    proving v = {.p = p};
    if (diag_errors(p->diag)) return EXIT_INPUT;
    if (!has_yosys(p)) return EXIT_MACHINE;
    if (!o->quiet && isatty(STDERR_FILENO)) v.progress = stderr;
    if (o->json) {
        json_member(stdout, "{", "file", o->file);
        fputs(",\"machines\":[", stdout);
    }
    int status = EXIT_FINE;
    for (size_t k = 0; k < (n ? n : 1) && k < EXPERIMENTS && status == EXIT_FINE; k++)
        status = prove_experiment(&v, n ? names[k] : NULL);
    if (status != EXIT_FINE) return status; // JSON stays open: what it says is not whole
    return conclude(&v);
}
