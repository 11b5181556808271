// driver_result.c -- from the repeats' slots to measures, expectations and counts.
#include "drive.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// The squares are those of distances from the mean, summed in order: any number of jobs, same bits.
weft_stat weft_stat_of(const double *values, uint32_t count) {
    weft_stat stat = {0, 0, values[0], values[0]};
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum += values[i];
        if (values[i] < stat.min) stat.min = values[i];
        if (values[i] > stat.max) stat.max = values[i];
    }
    stat.mean = sum / count;
    for (uint32_t i = 0; i < count; i++) {
        double apart = values[i] - stat.mean;
        squares += apart * apart;
    }
    stat.std = count > 1 ? sqrt(squares / (count - 1)) : 0;
    return stat;
}

static bool ends_with(const char *name, const char *end) {
    size_t length = strlen(name), tail = strlen(end);
    if (length < tail || strcmp(name + length - tail, end)) return false;
    return length == tail || name[length - tail - 1] == '_';
}

// A share of presentations reads best in percent; so does what an expectation writes with a `%`.
static bool is_percent(const weft_drive *d, const weft_drive_measure *m, const char *short_name) {
    if (m->stat.min < 0 || m->stat.max > 1) return false;
    if (ends_with(short_name, "error") || ends_with(short_name, "accuracy")) return true;
    for (uint32_t i = 0; i < d->experiment->expect_count; i++) {
        const char *text = d->experiment->expects[i].text, *at = strstr(text, m->name);
        const char *end = at ? at + strlen(m->name) : NULL;
        if (at && !isalnum((unsigned char)*end) && *end != '_' && strchr(end, '%')) return true;
    }
    return false;
}

static weft_status gather_curve(const weft_drive *d, int part, uint32_t index,
                                weft_drive_measure *m) {
    uint32_t measures = d->experiment->measure_count, repeats = d->experiment->repeats;
    if (!d->slots[0].curve[part]) return WEFT_OK;
    m->curve = malloc((size_t)d->epochs * sizeof *m->curve);
    if (!m->curve) return WEFT_NO_MEMORY;
    m->epochs = d->epochs;
    for (uint32_t epoch = 0; epoch < d->epochs; epoch++) {
        double sum = 0;
        for (uint32_t r = 0; r < repeats; r++)
            sum += d->slots[r].curve[part][(size_t)epoch * measures + index];
        m->curve[epoch] = sum / repeats;
    }
    return WEFT_OK;
}

static weft_status gather_measure(const weft_drive *d, int part, uint32_t index,
                                  weft_drive_measure *m) {
    const char *name = d->experiment->measures[index].name;
    uint32_t repeats = d->experiment->repeats;
    size_t room = strlen(weft_part_names[part]) + strlen(name) + 2;
    m->name = malloc(room);
    m->of_repeat = malloc(((size_t)repeats + 1) * sizeof *m->of_repeat);
    if (!m->name || !m->of_repeat) return WEFT_NO_MEMORY;
    snprintf(m->name, room, "%s.%s", weft_part_names[part], name);
    for (uint32_t r = 0; r < repeats; r++)
        m->of_repeat[r] = d->slots[r].last[part][index];
    m->stat = weft_stat_of(m->of_repeat, repeats);
    m->percent = is_percent(d, m, name);
    return gather_curve(d, part, index, m);
}

static weft_status gather_measures(const weft_drive *d, weft_drive_result *result) {
    const weft_experiment *e = d->experiment;
    result->measures = calloc((size_t)e->measure_count * PART_COUNT + 1, sizeof *result->measures);
    if (!result->measures) return WEFT_NO_MEMORY;
    for (int part = 0; part < PART_COUNT; part++)
        for (uint32_t i = 0; d->has[part] && i < e->measure_count; i++) {
            weft_status status =
                gather_measure(d, part, i, &result->measures[result->measure_count++]);
            if (status) return status;
        }
    return WEFT_OK;
}

// What `expect` reads of the measures is written into cells of the twin of repeat 0.
static void write_stats(const weft_drive *d, const weft_drive_result *result) {
    const weft_experiment *e = d->experiment;
    weft_cell *cells = weft_cells(d->first);
    uint32_t at = 0;
    for (int part = 0; part < PART_COUNT; part++)
        for (uint32_t i = 0; d->has[part] && i < e->measure_count; i++, at++) {
            uint32_t cell = WEFT_NONE;
            if (part != PART_RUN)
                cell = e->measures[i].stat_cells[part];
            else if (!d->has[PART_TEST])
                cell = e->measures[i].stat_cells[PART_TEST];
            if (cell == WEFT_NONE) continue;
            const weft_stat *stat = &result->measures[at].stat;
            cells[cell].r = stat->mean;
            cells[cell + 1].r = stat->std;
            cells[cell + 2].r = stat->min;
            cells[cell + 3].r = stat->max;
        }
}

static weft_status judge(const weft_drive *d, weft_drive_result *result) {
    const weft_experiment *e = d->experiment;
    result->expects = calloc((size_t)e->expect_count + 1, sizeof *result->expects);
    if (!result->expects) return WEFT_NO_MEMORY;
    weft_status status = weft_touch(d->first);
    if (status) return status;
    write_stats(d, result);
    for (uint32_t i = 0; i < e->expect_count; i++) {
        weft_do(d->first, e->expects[i].function);
        result->expects[i].text = e->expects[i].text;
        result->expects[i].holds = weft_cells(d->first)[e->expects[i].cell].i != 0;
        result->expect_count++;
    }
    return WEFT_OK;
}

static void describe_mismatch(const weft_drive *d, const weft_slot *slot, uint32_t repeat,
                              weft_drive_result *result) {
    const weft_mismatch *m = &slot->lockstep.first;
    const weft_sequence *s = &d->model->sequences[m->sequence];
    char element[16] = "";
    for (uint32_t p = 0; p < s->port_count; p++)
        if (!strcmp(s->ports[p].name, m->port) && s->ports[p].count > 1)
            snprintf(element, sizeof element, "[%" PRIu32 "]", m->element);
    char when[40] = "in reset";
    if (m->cycle >= 0) snprintf(when, sizeof when, "cycle %" PRId64, m->cycle);
    snprintf(result->first_mismatch, sizeof result->first_mismatch,
             "%.80s, repeat %" PRIu32 ", %s: %.80s%s is %" PRId64 " in C, %" PRId64 " in RTL",
             s->name, repeat + 1, when, m->port, element, m->c, m->rtl);
}

// Counts over the repeats up to the first that failed: those after it depend on the number of jobs.
static weft_status gather_counts(const weft_drive *d, weft_drive_result *result) {
    for (uint32_t r = 0; r < d->experiment->repeats; r++) {
        const weft_slot *slot = &d->slots[r];
        result->trials += slot->trials;
        result->looks += (uint64_t)slot->looks;
        result->limited += (uint64_t)slot->limited;
        result->cycles +=
            result->lockstep ? (uint64_t)slot->lockstep.cycles : (uint64_t)slot->cycles;
        if (slot->lockstep.mismatches && !result->mismatches) describe_mismatch(d, slot, r, result);
        result->mismatches += (uint64_t)slot->lockstep.mismatches;
        if (slot->status == WEFT_STOPPED) {
            result->cancelled = 1;
        } else if (slot->status) {
            result->fault = slot->fault;
            result->problem = slot->problem;
            return slot->status;
        }
    }
    return WEFT_OK;
}

weft_status weft_drive_gather(weft_drive *drive, weft_drive_result *result) {
    weft_status status = gather_counts(drive, result);
    result->trained = (double)drive->slots[0].trained * drive->model->tick;
    if (status || result->cancelled || drive->experiment->repeats == 0) return status;
    status = gather_measures(drive, result);
    return status ? status : judge(drive, result);
}
