// trace.c -- which signals a waveform shows, and when it looks at them.
#include "trace.h"
#include "record.h"
#include "report.h"
#include "twin.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    EVEN = 8,   // points in a stretch whose end is known
    SPREAD = 6, // points where it is not: each four times as far as the one before
    FALLS = 64, // ends of pulses in one stretch
    POINTS = EVEN + SPREAD + FALLS
};

typedef struct pulse_of { // an output that is high for `width` cycles from its phase's begin
    uint32_t signal, state_cell, width_cell;
    int64_t period;
} pulse_of;

typedef struct analog { // a variable; its signals follow one another
    uint32_t var, signal, count;
} analog;

typedef struct path_of { // scopes of a dotted name
    const char *at, *end;
} path_of;

struct weft_trace {
    const weft_model *model;
    const weft_wave_format *format;
    weft_wave *wave;
    char *path, *beside;
    path_of open;
    analog *analogs;
    uint32_t analog_count;
    uint32_t ports_begin; // signals from here on are ports: integers
    uint32_t *port_cells; // [signals - ports_begin]
    pulse_of *pulses;
    uint32_t pulse_count;
    uint32_t signals;
    weft_cell *shown;      // [signals], as written last; every one is written at first
    weft_cell *planned;    // [POINTS][signals]
    int64_t ticks[POINTS]; // of `planned`, rising
    uint32_t planned_count;
    int64_t units, end, written; // written: tick of the last time mark, -1: none
    uint32_t cut;                // variables of which only the first elements are shown
    const char *cut_name;
};

// ---- which signals
// -------------------------------------------------------------------------------
static bool is_shown(const weft_var *var) {
    return var->cell != WEFT_NONE && var->count &&
           (var->kind == WEFT_INPUT || var->kind == WEFT_SIGNAL || var->kind == WEFT_STATE ||
            var->kind == WEFT_HOLD);
}

static path_of next_part(path_of *rest) { // cuts the first component off
    const char *dot = memchr(rest->at, '.', (size_t)(rest->end - rest->at));
    path_of part = {rest->at, dot ? dot : rest->end};
    rest->at = dot ? dot + 1 : rest->end;
    return part;
}

// From the scopes that are open to those of a dotted path.
static void enter(weft_trace *t, const char *name, size_t length) {
    path_of was = t->open, to = {name, name + length}, now = to;
    while (was.at < was.end && now.at < now.end) {
        path_of a = was, b = now, x = next_part(&a), y = next_part(&b);
        if (x.end - x.at != y.end - y.at || memcmp(x.at, y.at, (size_t)(x.end - x.at))) break;
        was = a;
        now = b;
    }
    while (was.at < was.end) {
        next_part(&was);
        t->format->leave(t->wave);
    }
    while (now.at < now.end) {
        path_of part = next_part(&now);
        char scope[200];
        snprintf(scope, sizeof scope, "%.*s", (int)(part.end - part.at), part.at);
        t->format->scope(t->wave, scope);
    }
    t->open = to;
}

static bool declare_analogs(weft_trace *t) {
    const weft_model *model = t->model;
    for (uint32_t v = 0; v < model->var_count; v++) {
        const weft_var *var = &model->vars[v];
        if (!is_shown(var)) continue;
        uint32_t count = var->count < WEFT_TRACE_ELEMENTS ? var->count : WEFT_TRACE_ELEMENTS;
        const char *dot = strrchr(var->name, '.');
        size_t scope = dot ? (size_t)(dot - var->name) : 0;
        enter(t, var->name, scope);
        for (uint32_t i = 0; i < count; i++) {
            char name[300];
            weft_name_element(var, i, "][", name, sizeof name);
            if (!t->format->declare(t->wave, name + (dot ? scope + 1 : 0), 0,
                                    var->kind == WEFT_INPUT))
                return false;
        }
        t->analogs[t->analog_count++] = (analog){v, t->signals, count};
        t->signals += count;
        if (count < var->count && t->cut++ == 0) t->cut_name = var->name;
    }
    return true;
}

static void find_pulses(weft_trace *t, const weft_sequence *s, uint32_t cell) {
    for (uint32_t k = 0; k < s->phase_count; k++) {
        const weft_phase *phase = &t->model->phases[s->phases[k]];
        for (uint32_t p = 0; p < phase->pulse_count; p++) {
            const weft_pulse *pulse = &phase->pulses[p];
            if (cell < pulse->on_cell || cell - pulse->on_cell >= pulse->count) continue;
            t->pulses[t->pulse_count++] =
                (pulse_of){t->signals, phase->state_cell,
                           pulse->width_cell + (cell - pulse->on_cell), s->period};
        }
    }
}

static bool declare_ports(weft_trace *t) {
    t->ports_begin = t->signals;
    for (uint32_t q = 0; q < t->model->sequence_count; q++) {
        const weft_sequence *s = &t->model->sequences[q];
        enter(t, s->name, strlen(s->name));
        for (uint32_t p = 0; p < s->port_count; p++) {
            const weft_port *port = &s->ports[p];
            uint32_t count = port->count < WEFT_TRACE_ELEMENTS ? port->count : WEFT_TRACE_ELEMENTS;
            for (uint32_t i = 0; i < count; i++, t->signals++) {
                char name[300];
                snprintf(name, sizeof name, port->count > 1 ? "%.200s[%" PRIu32 "]" : "%.200s",
                         port->name, i);
                if (!t->format->declare(t->wave, name, port->width, !port->output)) return false;
                t->port_cells[t->signals - t->ports_begin] = port->cell + i;
                find_pulses(t, s, port->cell + i);
            }
            if (count < port->count && t->cut++ == 0) t->cut_name = port->name;
        }
    }
    enter(t, "", 0);
    return true;
}

static bool lay_out(weft_trace *t) {
    const weft_model *model = t->model;
    size_t ports = 1, pulses = 1;
    for (uint32_t q = 0; q < model->sequence_count; q++) {
        const weft_sequence *s = &model->sequences[q];
        for (uint32_t p = 0; p < s->port_count; p++)
            ports += s->ports[p].count;
        for (uint32_t k = 0; k < s->phase_count; k++)
            for (uint32_t p = 0; p < model->phases[s->phases[k]].pulse_count; p++)
                pulses += model->phases[s->phases[k]].pulses[p].count;
    }
    t->analogs = calloc((size_t)model->var_count + 1, sizeof *t->analogs);
    t->port_cells = calloc(ports, sizeof *t->port_cells);
    t->pulses = calloc(pulses, sizeof *t->pulses);
    if (!t->analogs || !t->port_cells || !t->pulses) return false;
    if (!declare_analogs(t) || !declare_ports(t)) return false;
    t->shown = calloc((size_t)t->signals + 1, sizeof *t->shown);
    t->planned = calloc((size_t)t->signals * POINTS + 1, sizeof *t->planned);
    return t->shown && t->planned;
}

int weft_trace_scale(double tick, int64_t *units) {
    static const double powers[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    for (int scale = 0; scale <= 15; scale++) {
        double multiple = tick * powers[scale], whole = nearbyint(multiple);
        if (whole >= 1 && fabs(multiple - whole) <= 1e-9 * whole) {
            *units = (int64_t)whole;
            return -scale;
        }
    }
    double multiple = nearbyint(tick * powers[15]);
    *units = multiple > 1 ? (int64_t)multiple : 1;
    return -15;
}

// ---- values
// -------------------------------------------------------------------------------------- All
// signals at `tick`, if no event comes before it. Looks from the same instant as the run itself
// will, and keeps nothing: what is recorded beside the trace has the same bits without it.
static void look(weft_trace *t, weft_twin *twin, int64_t tick, weft_cell *out) {
    const weft_model *model = t->model;
    const weft_cell *cells = twin->cells;
    weft_look kept;
    (void)!weft_look_begin(twin, tick, NULL, &kept); // a fault shows when the run gets there
    for (uint32_t i = 0; i < t->analog_count; i++) {
        const analog *a = &t->analogs[i];
        const weft_var *var = &model->vars[a->var];
        if (var->observe != WEFT_NONE) weft_run_task(twin, var->observe);
        for (uint32_t k = 0; k < a->count; k++)
            out[a->signal + k].r =
                var->integer ? (double)cells[var->cell + k].i : cells[var->cell + k].r;
    }
    weft_look_end(twin, &kept);
    for (uint32_t i = t->ports_begin; i < t->signals; i++)
        out[i] = cells[t->port_cells[i - t->ports_begin]];
    // The twin knows a pulse by its width alone; its bit is worked out here.
    for (uint32_t i = 0; i < t->pulse_count; i++)
        out[t->pulses[i].signal].i = 0;
    for (uint32_t i = 0; i < t->pulse_count; i++) {
        const pulse_of *p = &t->pulses[i];
        const weft_cell *state = cells + p->state_cell;
        if (!state[WEFT_PHASE_ACTIVE].i) continue;
        int64_t since = tick - state[WEFT_PHASE_BEGIN].i;
        out[p->signal].i |= since / p->period < cells[p->width_cell].i;
    }
}

static void write_point(weft_trace *t, int64_t tick, const weft_cell *values) {
    bool first = t->written < 0;
    for (uint32_t i = 0; i < t->signals; i++) {
        if (!first && t->shown[i].i == values[i].i) continue;
        if (tick != t->written) {
            t->format->time(t->wave, (uint64_t)tick * (uint64_t)t->units);
            t->written = tick;
        }
        if (i < t->ports_begin)
            t->format->real(t->wave, i, values[i].r);
        else
            t->format->bits(t->wave, i, (uint64_t)values[i].i);
        t->shown[i] = values[i];
    }
}

// ---- what lies ahead
// -----------------------------------------------------------------------------
static bool may_jump(const weft_twin *twin, const weft_sequence *s) {
    return twin->control == WEFT_CONTROL_C && !s->live_bits && s->quiet != WEFT_NONE &&
           s->skip != WEFT_NONE;
}

// The tick at which something will happen next. *known: nothing can come before; otherwise a
// controller may act at each of its edges, the closest *period apart.
static int64_t horizon(const weft_trace *t, weft_twin *twin, bool *known, int64_t *period) {
    int64_t next = twin->instant;
    weft_cell quiet = twin->cells[WEFT_QUIET];
    *known = true;
    *period = 1;
    for (uint32_t q = 0; q < t->model->sequence_count; q++) {
        const weft_sequence *s = &t->model->sequences[q];
        if (!may_jump(twin, s)) {
            if (*known || s->period < *period) *period = s->period;
            *known = false;
            continue;
        }
        twin->cells[WEFT_QUIET].i = 0;
        weft_do(twin, s->quiet);
        int64_t edges = twin->cells[WEFT_QUIET].i, edge = twin->kept.next_edge[q];
        if (edges < (WEFT_NEVER - edge) / s->period && edge + edges * s->period < next)
            next = edge + edges * s->period;
    }
    twin->cells[WEFT_QUIET] = quiet;
    if (next == WEFT_NEVER && t->end > weft_now(twin)) next = t->end;
    return next;
}

static int by_tick(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// Ticks in (tick, next) worth looking at: along the stretch, at the ends of pulses, and the last
// one, so that a ramp ends where it ended and not where the next mode begins.
static uint32_t choose(const weft_trace *t, weft_twin *twin, int64_t tick, int64_t *ticks) {
    bool known;
    int64_t period, next = horizon(t, twin, &known, &period);
    uint32_t count = 0, kept = 0;
    if (known && next != WEFT_NEVER) {
        for (int64_t k = 1; k < EVEN; k++) // divided first: no overflow
            ticks[count++] = tick + (next - tick) / EVEN * k;
        ticks[count++] = next - 1;
    } else {
        int64_t step = period;
        for (int k = 0; k < SPREAD && step < WEFT_NEVER / 4; k++, step *= 4)
            ticks[count++] = tick + step;
    }
    for (uint32_t i = 0; i < t->pulse_count && count < POINTS; i++) {
        const pulse_of *p = &t->pulses[i];
        const weft_cell *state = twin->cells + p->state_cell;
        if (state[WEFT_PHASE_ACTIVE].i)
            ticks[count++] = state[WEFT_PHASE_BEGIN].i + twin->cells[p->width_cell].i * p->period;
    }
    qsort(ticks, count, sizeof *ticks, by_tick);
    for (uint32_t i = 0; i < count; i++)
        if (ticks[i] > tick && ticks[i] < next && (kept == 0 || ticks[i] > ticks[kept - 1]))
            ticks[kept++] = ticks[i];
    return kept;
}

void weft_trace_change(weft_trace *t, weft_twin *twin, int64_t tick) {
    for (uint32_t i = 0; i < t->planned_count && t->ticks[i] < tick; i++)
        write_point(t, t->ticks[i], &t->planned[(size_t)i * t->signals]);
    look(t, twin, tick, t->planned);
    write_point(t, tick, t->planned);
    t->planned_count = choose(t, twin, tick, t->ticks);
    for (uint32_t i = 0; i < t->planned_count; i++)
        look(t, twin, t->ticks[i], &t->planned[(size_t)i * t->signals]);
}

// ---- opening and closing
// -------------------------------------------------------------------------
static void drop(weft_trace *t) {
    if (t->beside) remove(t->beside);
    free(t->path);
    free(t->beside);
    free(t->analogs);
    free(t->port_cells);
    free(t->pulses);
    free(t->shown);
    free(t->planned);
    free(t);
}

static void drop_saying_why(weft_trace *t) { // errno stays
    int why = errno;
    drop(t);
    errno = why;
}

static weft_status open_format(weft_trace *t, char *problem, size_t size) {
    const char *dot = strrchr(t->path, '.');
    if (dot && strcmp(dot, ".vcd") == 0) {
        t->format = &weft_wave_vcd;
    } else if (dot && strcmp(dot, ".fst") == 0) {
        t->format = &weft_wave_fst;
    } else {
        snprintf(problem, size, "%s: a trace's name ends in .fst or .vcd", t->path);
        return WEFT_IO;
    }
    int scale = weft_trace_scale(t->model->tick, &t->units);
    return t->format->open(&t->wave, t->beside ? t->beside : t->path, t->model->name, scale,
                           problem, size);
}

weft_status weft_trace_open(weft_trace **trace, const weft_model *model, const char *path,
                            int64_t end, char *problem, size_t size) {
    *trace = NULL;
    weft_trace *t = calloc(1, sizeof *t);
    if (!t) return WEFT_NO_MEMORY;
    t->model = model;
    t->end = end;
    t->written = -1;
    t->open = (path_of){"", ""};
    t->path = strdup(path);
    bool named = t->path && weft_file_beside(path, &t->beside);
    weft_status status = named ? open_format(t, problem, size) : WEFT_NO_MEMORY;
    if (status == WEFT_OK && !lay_out(t)) {
        (void)!t->format->close(t->wave, false);
        status = WEFT_NO_MEMORY;
    }
    if (status) {
        drop_saying_why(t);
        return status;
    }
    *trace = t;
    return WEFT_OK;
}

void weft_trace_drop(weft_trace *trace) {
    (void)!trace->format->close(trace->wave, false);
    drop(trace);
}

weft_status weft_trace_close(weft_trace *trace, char *note, size_t size) {
    weft_status status = trace->format->close(trace->wave, true);
    if (status == WEFT_OK && trace->beside) {
        status = weft_file_settle(trace->beside, trace->path);
        free(trace->beside);
        trace->beside = NULL;
    }
    if (trace->cut && note[0] == '\0')
        snprintf(note, size, "the trace shows the first %d elements only of `%.100s`%s",
                 WEFT_TRACE_ELEMENTS, trace->cut_name, trace->cut > 1 ? " and others" : "");
    drop_saying_why(trace);
    return status;
}
