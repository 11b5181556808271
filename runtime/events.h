// events.h -- what happens inside a stretch of a flow: events outside phases, conditions of `when`
// that change, breaks of the equations in time. Part of flow.h, which includes it.
//
// The rates are written together with the watched reals; each remembers on which side of 0 it was,
// and `when` reads the side, not the states, so that one step never mixes two branches. A step at
// whose end a side has changed is cut there: the instant is located on the step's own interpolation
// (Illinois' variant of regula falsi, with bisections between), the events that begin to hold
// happen, and a new step begins behind it. Steps end at breaks in time before they are tried.
#ifndef WEFT_EVENTS_H
#define WEFT_EVENTS_H

enum { WEFT_ROUNDS = 100, WEFT_OFTEN = 5, WEFT_CROSSINGS = 1000, WEFT_SEARCH = 200 };
#define WEFT_GRAIN 1e-14 // of the stretch: to which instants are located
#define WEFT_CLOSE 1e-9  // of the stretch: an event that comes back so soon comes back for ever

static inline void weft_flow_fail(weft_flow_run *f, weft_status status, uint32_t at, double t) {
    f->cells[WEFT_FAULT].i = status;
    f->cells[WEFT_FAULT_AT].i = (int64_t)at + 1;
    f->cells[WEFT_LOCAL].r = t;
}

static inline bool weft_flow_failed(const weft_flow_run *f) {
    return f->cells[WEFT_FAULT].i != WEFT_OK;
}

// The events marked in `fired` happen at t.
static inline void weft_events_happen(weft_flow_run *f, double t) {
    const weft_watches *w = f->table->watches;
    const weft_cell *fired = f->cells + w->fired_cell;
    weft_cell *last = f->cells + w->last_cell, *often = f->cells + w->often_cell;
    double now = f->cells[WEFT_TIME].r + t;
    for (uint32_t i = 0; i < w->event_count; i++) {
        if (fired[i].i == 0) continue;
        bool soon = often[i].i > 0 && now - last[i].r < WEFT_CLOSE * f->dt;
        often[i].i = soon ? often[i].i + 1 : 1;
        last[i].r = now;
        if (often[i].i > WEFT_OFTEN) {
            weft_flow_fail(f, WEFT_ENDLESS, i, t);
            return;
        }
    }
    f->cells[WEFT_LOCAL].r = t;
    f->fire(f->cells, f->data);
}

// An event that has just happened must have ended its condition, unless it waits for an edge.
static inline bool weft_events_ended(weft_flow_run *f, double t) {
    const weft_watches *w = f->table->watches;
    for (uint32_t e = 0; e < w->list_count; e++)
        for (uint32_t i = w->list[e].first; !w->list[e].edge && i < w->list[e].end; i++)
            if (i < w->event_count && f->cells[w->fired_cell + i].i != 0 &&
                f->cells[w->value_cell + i].r > 0) {
                weft_flow_fail(f, WEFT_LEFT_TRUE, i, t);
                return false;
            }
    return true;
}

// The sides just behind t; what begins to hold there happens, round after round until nothing does.
static inline void weft_flow_settle(weft_flow_run *f, double t) {
    const weft_watches *w = f->table->watches;
    weft_cell *side = f->cells + w->side_cell, *fired = f->cells + w->fired_cell;
    weft_cell *value = f->cells + w->value_cell;
    weft_cell *delay = f->cells + w->delay_cell;
    uint32_t moved = 0;
    for (int round = 0; round < WEFT_ROUNDS; round++) {
        bool changed = false, any = false;
        for (uint32_t i = 0; i < w->count; i++)
            value[i].r = 0; // those of other modes are not written
        for (uint32_t i = 0; i < w->delay_count; i++)
            delay[i].r = 0;
        weft_flow_evaluate(f, t + f->grain, f->k[1]);
        if (!weft_events_ended(f, t)) return;
        for (uint32_t i = 0; i < w->count; i++) {
            int64_t now = value[i].r > 0;
            if (i < w->event_count) any |= (fired[i].i = now && side[i].i == 0) != 0;
            if (now != side[i].i) moved = i, changed = true;
            side[i].i = now;
        }
        if (changed) {
            if (any) weft_events_happen(f, t);
            if (weft_flow_failed(f)) return;
            continue;
        }
        f->end = f->dt;
        for (uint32_t i = 0; i < w->delay_count; i++)
            if (delay[i].r > 0 && t + f->grain + delay[i].r < f->end)
                f->end = t + f->grain + delay[i].r;
        return;
    }
    weft_flow_fail(f, WEFT_ENDLESS, moved, t);
}

// Sides and rates at t, where a step begins.
static inline void weft_flow_begin(weft_flow_run *f, double t) {
    const weft_watches *w = f->table->watches;
    if (w != NULL) weft_flow_settle(f, t);
    if (weft_flow_failed(f)) return;
    weft_flow_evaluate(f, t, f->k[0]);
    if (w != NULL)
        memcpy(f->cells + w->work_cell, f->cells + w->value_cell, w->located * sizeof *f->cells);
}

static inline bool weft_flow_crossed(const weft_flow_run *f) {
    const weft_watches *w = f->table->watches;
    bool crossed = false;
    for (uint32_t i = 0; w != NULL && i < w->located; i++)
        crossed |= (f->cells[w->value_cell + i].r > 0) != (f->cells[w->side_cell + i].i == 1);
    return crossed;
}

// The states at a part of the step: Hermite's cubic through both ends and their rates, and for the
// pair of Dormand and Prince the term that makes it of fourth order (Hairer, Norsett, Wanner,
// "Solving ODEs I", II.6, in the form of their code DOPRI5). Needs the end in `error`, the term in
// k[1].
static inline void weft_flow_between(weft_flow_run *f, double h, double part) {
    double *restrict y = f->y, rest = 1 - part;
    if (f->between != NULL) {
        f->between(f, h, part);
        weft_flow_clamp(f);
        return;
    }
    const double *restrict first = f->old, *restrict last = f->error, *restrict begin = f->k[0],
                           *restrict end = f->k[WEFT_END], *restrict bend = f->k[1];
    for (uint32_t i = 0; i < f->n; i++) {
        double way = last[i] - first[i], left = h * begin[i] - way, right = way - h * end[i] - left;
        y[i] = first[i] + part * (way + rest * (left + part * (right + rest * bend[i])));
    }
    weft_flow_clamp(f);
}

static inline void weft_flow_bend(weft_flow_run *f, double h) {
    static const double d[WEFT_STAGES] = {
        -12715105075.0 / 11282082432,  0,
        87487479700.0 / 32700410799,   -10690763975.0 / 1880347072,
        701980252875.0 / 199316789632, -1453857185.0 / 822651844,
        69997945.0 / 29380423};
    bool smooth = f->table->method == WEFT_DOPRI;
    memcpy(f->error, f->y, f->n * sizeof *f->y);
    for (uint32_t i = 0; i < f->n; i++)
        f->k[1][i] = !smooth ? 0
                             : h * (d[0] * f->k[0][i] + d[2] * f->k[2][i] + d[3] * f->k[3][i] +
                                    d[4] * f->k[4][i] + d[5] * f->k[5][i] + d[6] * f->k[6][i]);
}

// Where the first of the sides that differ at `high` changes, as straight lines say.
static inline double weft_flow_guess(const weft_flow_run *f, double low, double high,
                                     double weight) {
    const weft_watches *w = f->table->watches;
    const weft_cell *at_low = f->cells + w->work_cell, *at_high = at_low + w->located;
    double part = high;
    for (uint32_t i = 0; i < w->located; i++) {
        if ((at_high[i].r > 0) == (f->cells[w->side_cell + i].i == 1)) continue;
        double a = at_low[i].r, b = at_high[i].r * weight, guess = low + (high - low) * a / (a - b);
        if (!(guess >= part)) part = guess;
    }
    return part;
}

// The first part of the step, to within the grain, at which a side has changed: returns its end,
// where it has; `before` is where it has not.
static inline double weft_flow_search(weft_flow_run *f, double done, double h, double *before) {
    const weft_watches *w = f->table->watches;
    weft_cell *at_low = f->cells + w->work_cell, *at_high = at_low + w->located;
    const weft_cell *value = f->cells + w->value_cell;
    size_t bytes = w->located * sizeof *value;
    double low = 0, high = 1, weight = 1, margin = 0.5 * f->grain / h;
    int replaced = 0; // the end that came last: 1 high, -1 low
    memcpy(at_high, value, bytes);
    for (int n = 0; n < WEFT_SEARCH && (high - low) * h > f->grain; n++) {
        double part = n % 4 == 3 ? low + (high - low) / 2 : weft_flow_guess(f, low, high, weight);
        if (!(part >= low + margin)) part = low + margin;
        if (!(part <= high - margin)) part = high - margin;
        if (!(part > low && part < high)) break;
        weft_flow_between(f, h, part);
        weft_flow_evaluate(f, done + part * h, f->k[2]);
        if (weft_flow_crossed(f)) {
            memcpy(at_high, value, bytes);
            high = part;
            weight = replaced > 0 ? weight * 2 : 1; // the low end was kept again: it counts less
            replaced = 1;
        } else {
            memcpy(at_low, value, bytes);
            low = part;
            weight = replaced < 0 ? weight / 2 : 1;
            replaced = -1;
        }
    }
    *before = low;
    return high;
}

static inline double weft_flow_go(weft_flow_run *f, double done, double h, double part) {
    if (part < 1)
        weft_flow_between(f, h, part);
    else
        memcpy(f->y, f->error, f->n * sizeof *f->y);
    weft_flow_clamp(f);
    return part < 1 ? done + part * h : done + h;
}

static inline void weft_flow_straight(weft_flow_run *f, double t, double step) {
    if (f->straight != NULL)
        f->straight(f, t, step);
    else
        for (uint32_t i = 0; i < f->n; i++)
            f->y[i] = f->old[i] + step * f->k[0][i];
    weft_flow_clamp(f);
}

// The events that begin to hold between `low`, where the states are, and `high` happen at `low`, so
// that what turns round there, a ball on the ground, is still on its side of it. Then a straight
// step so short that it costs no accuracy shows who goes on and who turns.
static inline double weft_flow_jump(weft_flow_run *f, double low, double high) {
    const weft_watches *w = f->table->watches;
    const weft_cell *fired = f->cells + w->fired_cell, *value = f->cells + w->value_cell;
    weft_cell *at_low = f->cells + w->work_cell, *near = at_low + w->located;
    double most = fmin(WEFT_CLOSE / 10 * f->dt, f->end - low), step = fmin(2 * (high - low), most);
    for (uint32_t i = 0; i < w->event_count; i++)
        near[i].r = 1e3 * (fabs(at_low[i].r) + fabs(near[i].r));
    weft_events_happen(f, low);
    if (weft_flow_failed(f)) return low;
    weft_flow_evaluate(f, low, f->k[0]);
    memcpy(at_low, value, w->event_count * sizeof *value);
    memcpy(f->old, f->y, f->n * sizeof *f->y);
    for (bool open = true; open; step = fmin(8 * step, most)) {
        weft_flow_straight(f, low, step);
        weft_flow_evaluate(f, low + step, f->k[2]);
        open = false;
        for (uint32_t i = 0; i < w->event_count; i++)
            open |= fired[i].i != 0 && !(value[i].r > 0) && at_low[i].r >= -near[i].r;
        if (!open || step >= most) return low + step;
    }
    return low + step;
}

// Cuts the step of h from `done` at whose end a side has changed; returns the new time.
static inline double weft_flow_locate(weft_flow_run *f, double done, double h) {
    const weft_watches *w = f->table->watches;
    weft_cell *side = f->cells + w->side_cell, *fired = f->cells + w->fired_cell;
    const weft_cell *value = f->cells + w->value_cell;
    double low, high;
    weft_flow_bend(f, h);
    high = weft_flow_search(f, done, h, &low);
    double t = weft_flow_go(f, done, h, high);
    weft_flow_evaluate(f, t, f->k[2]);
    bool any = false;
    uint32_t moved = 0;
    for (uint32_t i = 0; i < w->located; i++) {
        int64_t now = value[i].r > 0;
        if (i < w->event_count) any |= (fired[i].i = now && side[i].i == 0) != 0;
        if (now != side[i].i) moved = i;
        if (!any || i < w->event_count) side[i].i = now;
    }
    f->crossings = t - done > 4 * f->grain ? 0 : f->crossings + 1;
    if (f->crossings > WEFT_CROSSINGS) weft_flow_fail(f, WEFT_ENDLESS, moved, t);
    if (any && !weft_flow_failed(f)) t = weft_flow_jump(f, weft_flow_go(f, done, h, low), t);
    if (!weft_flow_failed(f)) weft_flow_begin(f, t);
    return t;
}

#endif
