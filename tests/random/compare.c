// Interpreter against C in every function call, and memory that is no state poisoned; see
// compare.h.
#include "random/compare.h"

#include "interp/interp.h"
#include "weft_driver.h"

#include <stdlib.h>

typedef struct watcher {
    subject *s;
    const plan *p;
    weft_engine inner; // the interpreter
    const build *builds;
    int count;
    weft_cell *before, *copy;
    bool *of_event; // by function: evaluates or commits an event, so shadows are alive
    bool poison, stopped;
    uint64_t hash; // of all that persists, after every call
    long calls;
} watcher;

static bool persists(const var *v) {
    switch (v->kind) {
    case VAR_SIGNAL:
    case VAR_TEMP:
    case VAR_SHADOW:
        return false;
    default:
        return true;
    }
}

static const char *cell_name(const plan *p, arena *home, long cell) {
    for (size_t k = 0; k < p->model->vars.n; k++) {
        const var *v = p->model->vars.at[k];
        if (v->cell >= 0 && cell >= v->cell && cell < v->cell + var_count(v))
            return arena_text(home, "%s[%ld] (%s)", v->name, cell - v->cell,
                              var_kind_name(v->kind));
    }
    return arena_text(home, "cell %ld", cell);
}

static void hash_state(watcher *w, const weft_cell *cells) {
    uint64_t hash = w->hash;
    for (size_t k = 0; k < w->p->model->vars.n; k++) {
        const var *v = w->p->model->vars.at[k];
        if (v->cell < 0 || !persists(v)) continue;
        for (long n = 0; n < var_count(v); n++)
            hash = (hash ^ (uint64_t)cells[v->cell + n].i) * UINT64_C(1099511628211);
    }
    w->hash = hash;
    w->calls++;
}

// Signals and temporaries belong to the function that computes them; shadows live from the
// evaluation of an event to its commit.
static void poison(const watcher *w, weft_cell *cells, uint32_t function) {
    for (size_t k = 0; k < w->p->model->vars.n; k++) {
        const var *v = w->p->model->vars.at[k];
        if (v->cell < 0 || persists(v) || (v->kind == VAR_SHADOW && w->of_event[function]))
            continue;
        for (long n = 0; n < var_count(v); n++)
            cells[v->cell + n].i = INT64_C(0x7ff4aaaaaaaaaaaa);
    }
}

static void call(const weft_engine *self, weft_cell *cells, uint32_t function) {
    watcher *w = (watcher *)self->data;
    size_t size = (size_t)w->p->cells * sizeof *cells;
    if (w->poison) poison(w, cells, function);
    if (w->count && !w->stopped) memcpy(w->before, cells, size);
    w->inner.call(&w->inner, cells, function);
    hash_state(w, cells);
    for (int k = 0; k < w->count && !w->stopped; k++) {
        memcpy(w->copy, w->before, size);
        w->builds[k].model->functions[function](w->copy);
        if (!memcmp(w->copy, cells, size)) continue;
        long n = 0;
        while (w->copy[n].i == cells[n].i)
            n++;
        w->stopped = true;
        subject_fault(w->s, FAULT_DIFFERS,
                      "%s, function %s: %s is %a (%lld) in the interpreter and %a (%lld) in C",
                      w->builds[k].name, w->p->functions.at[function]->name,
                      cell_name(w->p, w->s->home, n), cells[n].r, (long long)cells[n].i,
                      w->copy[n].r, (long long)w->copy[n].i);
    }
}

static void mark_event(watcher *w, const plan_event *e) {
    if (!e) return;
    if (e->commit) w->of_event[e->commit->id] = true;
    for (size_t k = 0; e->eval && k < e->eval->modes.n; k++)
        if (e->eval->modes.at[k]->run) w->of_event[e->eval->modes.at[k]->run->id] = true;
}

static void prepare(watcher *w) {
    w->of_event = arena_array(w->s->home, w->p->functions.n + 1, sizeof *w->of_event);
    for (size_t k = 0; k < w->p->phases.n; k++) {
        const plan_phase *phase = w->p->phases.at[k];
        mark_event(w, phase->begin), mark_event(w, phase->end);
        for (size_t n = 0; n < phase->at.n; n++)
            mark_event(w, phase->at.at[n]);
    }
    w->before = arena_array(w->s->home, (size_t)w->p->cells + 1, sizeof *w->before);
    w->copy = arena_array(w->s->home, (size_t)w->p->cells + 1, sizeof *w->copy);
    w->hash = UINT64_C(14695981039346656037);
}

// The driver names variables by their place in the tables.
static weft_experiment linked(const plan *p, const weft_model *tables) {
    weft_experiment x = *p->experiment;
    weft_record *records = arena_array(p->home, x.record_count + 1, sizeof *records);
    for (uint32_t k = 0; k < x.record_count; k++) {
        const var *v = p->model->vars.at[x.records[k].var];
        records[k] = x.records[k];
        for (uint32_t n = 0; n < tables->var_count; n++)
            if (!strcmp(tables->vars[n].name, v->name)) records[k].var = n;
    }
    x.records = records;
    return x;
}

static weft_status drive(watcher *w, const char *records) {
    const weft_model *tables = interp_tables(w->p);
    weft_engine engine = {.call = call, .data = w};
    weft_experiment x = linked(w->p, tables);
    weft_drive_options options = {
        .seed = 7, .jobs = 1, .max_cycles = 250, .record_file = x.record_count ? records : NULL};
    weft_drive_result result = {0};
    weft_status status = weft_drive_experiment(tables, &engine, &x, &options, &result);
    for (uint32_t m = 0; m < result.measure_count; m++)
        for (uint32_t k = 0; k < result.repeats; k++) {
            uint64_t bits;
            memcpy(&bits, &result.measures[m].of_repeat[k], sizeof bits);
            w->hash = (w->hash ^ bits) * UINT64_C(1099511628211);
        }
    weft_drive_free(&result);
    return status;
}

void compare_experiment(subject *s, int nth, const build *builds, int count,
                        const char *directory) {
    const plan *p = s->plan[nth];
    if (!p->experiment) return;
    watcher plain = {.s = s, .p = p, .inner = interp_engine(p), .builds = builds, .count = count};
    prepare(&plain);
    weft_status status = drive(&plain, arena_text(s->home, "%s/plain.csv", directory));
    if (s->fault) return;
    watcher poisoned = {.s = s, .p = p, .inner = interp_engine(p), .poison = true};
    prepare(&poisoned);
    weft_status other = drive(&poisoned, arena_text(s->home, "%s/poison.csv", directory));
    if (status != other || plain.calls != poisoned.calls || plain.hash != poisoned.hash)
        subject_fault(s, FAULT_POISON,
                      "status %s, %ld calls, state %016llx; poisoned: %s, %ld calls, %016llx",
                      weft_status_text(status), plain.calls, (unsigned long long)plain.hash,
                      weft_status_text(other), poisoned.calls, (unsigned long long)poisoned.hash);
}
