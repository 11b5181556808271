// NAME.json: what a program needs to know about a generated model - variables and their cells,
// phases, sequencers with their ports - without reading the C or the RTL.
#include "emit/backend.h"

#include "emit/printer.h"
#include "emit/tables.h"
#include "plan/fsm.h"
#include "support/version.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *string(arena *home, const char *bytes) {
    text out = text_in(home);
    if (bytes == NULL) return "null";
    text_add(&out, "\"");
    for (const char *b = bytes; *b != '\0'; b++) {
        unsigned char u = (unsigned char)*b;
        if (u == '"' || u == '\\')
            text_add(&out, "\\%c", u);
        else if (u < ' ')
            text_add(&out, "\\u%04x", u);
        else
            text_put(&out, b, 1);
    }
    text_add(&out, "\"");
    return out.at;
}

// JSON has no infinity: a bound that is not there is null.
static const char *real(arena *home, double num) {
    char s[40];
    if (!isfinite(num)) return "null";
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(s, sizeof s, "%.*g", digits, num);
        if (strtod(s, NULL) == num) break;
    }
    return arena_text(home, "%s", s);
}

static const char *cell(arena *home, uint32_t number) {
    return number == WEFT_NONE ? "null" : arena_text(home, "%u", number);
}

static const char *comma(size_t k, size_t n) {
    return k + 1 < n ? "," : "";
}

static void print_vars(const tables *t, arena *home, printer *p) {
    print_open(p, "\"variables\": [");
    for (uint32_t k = 0; k < t->model.var_count; k++) {
        const weft_var *v = &t->model.vars[k];
        const var *of = t->var_of[k];
        const bool has_doc = of->doc != NULL && of->doc[0] != '\0';
        text shape = text_in(home);
        text_put(&shape, "", 0);
        for (int d = 0; d < v->dims; d++)
            text_add(&shape, "%s%u", d > 0 ? ", " : "", v->dim[d]);
        print_open(p, "{");
        print_line(p, "\"name\": %s, \"kind\": %s, \"type\": \"%s\", \"unit\": %s,",
                   string(home, v->name), string(home, var_kind_name(of->kind)),
                   v->integer ? "integer" : "real", string(home, v->unit));
        print_line(p, "\"shape\": [%s], \"cell\": %s, \"value\": %s, \"range\": [%s, %s]%s",
                   shape.at, cell(home, v->cell), real(home, v->value), real(home, v->lo),
                   real(home, v->hi), has_doc ? "," : "");
        if (has_doc) print_line(p, "\"doc\": %s", string(home, of->doc));
        print_close(p, "}%s", comma(k, t->model.var_count));
    }
    print_close(p, "],");
}

static void print_phases(const plan *plan, arena *home, printer *p) {
    print_open(p, "\"phases\": [");
    for (size_t k = 0; k < plan->phases.n; k++) {
        const activation *a = plan->phases.at[k]->act;
        text arguments = text_in(home);
        text_put(&arguments, "", 0);
        for (size_t i = 0; i < a->args.n; i++)
            text_add(&arguments, "%s%s", i > 0 ? ", " : "", string(home, a->args.at[i]->name));
        const char *ticks =
            a->timed && a->scale == NULL ? arena_text(home, "%lld", (long long)a->ticks) : "null";
        print_line(p,
                   "{\"name\": %s, \"sequencer\": %s, \"ticks\": %s, \"arguments\": [%s], "
                   "\"state_cell\": %ld}%s",
                   string(home, a->name),
                   string(home, a->sequencer != NULL ? a->sequencer->name : NULL), ticks,
                   arguments.at, plan->phases.at[k]->state_cell, comma(k, plan->phases.n));
    }
    print_close(p, "],");
}

static void print_ports(const struct fsm *m, const weft_sequence *s, arena *home, printer *p) {
    print_open(p, "\"ports\": [");
    for (uint32_t k = 0; k < s->port_count; k++) {
        const weft_port *port = &s->ports[k];
        print_line(p,
                   "{\"name\": %s, \"direction\": \"%s\", \"width\": %u, \"count\": %u, "
                   "\"cell\": %s, \"doc\": %s}%s",
                   string(home, port->name), port->output ? "output" : "input", port->width,
                   port->count, cell(home, port->cell), string(home, m->ports.at[k].about),
                   comma(k, s->port_count));
    }
    print_close(p, "],");
}

static void print_sequencers(const plan *plan, const tables *t, arena *home, printer *p) {
    print_open(p, "\"sequencers\": [");
    for (uint32_t k = 0; k < t->model.sequence_count; k++) {
        const weft_sequence *s = &t->model.sequences[k];
        const struct fsm *m = plan->machines.at[k];
        print_open(p, "{");
        print_line(p, "\"name\": %s, \"module\": %s, \"period_ticks\": %lld,",
                   string(home, s->name), string(home, m->name), (long long)s->period);
        print_ports(m, s, home, p);
        print_open(p, "\"guarantees\": [");
        for (size_t i = 0; i < m->sequencer->guarantees.n; i++)
            print_line(p, "%s%s", string(home, s->guarantees[i]),
                       comma(i, m->sequencer->guarantees.n));
        print_close(p, "]");
        print_close(p, "}%s", comma(k, t->model.sequence_count));
    }
    print_close(p, "],");
}

static void print_functions(const plan *plan, arena *home, printer *p) {
    print_open(p, "\"functions\": [");
    for (size_t k = 0; k < plan->functions.n; k++)
        print_line(p, "{\"name\": %s, \"purpose\": %s}%s",
                   string(home, plan->functions.at[k]->name),
                   string(home, plan->functions.at[k]->purpose), comma(k, plan->functions.n));
    print_close(p, "]");
}

static bool manifest_emit(const plan *plan, emission *to) {
    const tables *t = tables_of(plan);
    arena *home = to->home;
    text *out = emission_file(to, arena_text(home, "%s.json", emission_stem(to, plan)));
    printer p = printer_on(out, 2);
    print_open(&p, "{");
    print_line(&p, "\"generator\": \"weft %s\",", WEFT_VERSION);
    print_line(&p, "\"model\": %s, \"source\": %s, \"experiment\": %s,",
               string(home, t->model.name), string(home, t->model.source),
               string(home, t->model.experiment));
    print_line(&p,
               "\"tick_seconds\": %s, \"cells\": %u, \"fingerprint\": \"%016llx\", "
               "\"real_cell\": \"float64\", \"integer_cell\": \"int64\", \"abi\": %u,",
               real(home, t->model.tick), t->model.cells, (unsigned long long)t->model.fingerprint,
               t->model.abi);
    print_vars(t, home, &p);
    print_phases(plan, home, &p);
    print_sequencers(plan, t, home, &p);
    print_functions(plan, home, &p);
    print_close(&p, "}");
    return true;
}

static bool manifest_can(const plan *plan) {
    (void)plan;
    return true;
}

const backend backend_manifest = {
    .name = "manifest",
    .purpose = "a description in JSON: variables, phases, sequencers and their ports",
    .can = manifest_can,
    .emit = manifest_emit,
};
