// No element is defined twice at one time: not outside phases, not by one phase, and not by two
// phases that can be active together (these are named with the shortest way of the controller
// there).
#include "plan/build.h"
#include <stdlib.h>

static void interval_of(const expr *e, long *lo, long *hi) {
    if (e->kind == X_NUM)
        *lo = *hi = (long)e->num;
    else if (e->kind == X_INDEX)
        *lo = e->ix->lo, *hi = e->ix->hi - 1L;
    else
        *lo = 0, *hi = 0x7fffffff;
    if (e->kind == X_VAR && e->v->kind == VAR_LATCH) *lo = (long)e->v->lo, *hi = (long)e->v->hi;
}

bool equations_overlap(const equation *a, const equation *b) {
    if (a->from >= b->to || b->from >= a->to) return false;
    for (int k = 0; k < a->nsub && k < b->nsub; k++) {
        long al, ah, bl, bh;
        interval_of(a->sub[k], &al, &ah);
        interval_of(b->sub[k], &bl, &bh);
        if (ah < bl || bh < al) return false;
    }
    return true;
}

// A window replaces what the phase, or the window around it, says of all its time.
static bool one_window_in_the_other(const equation *a, const equation *b) {
    if (a->from == b->from && a->to == b->to) return false;
    return (a->from <= b->from && b->to <= a->to) || (b->from <= a->from && a->to <= b->to);
}

static void report(scheduler *s, const definition *a, const definition *b, const char *path) {
    diag *d = s->m->diag;
    const char *name = a->q->target->name, *dot = strrchr(name, '.');
    bool part = a->q->target->line_kind ||
                (dot && !strcmp(dot, ".kind")); // of a line: both are set by '<-'
    const char *what = part ? arena_copy(s->home, name, (size_t)(dot - name)) : name;
    if (diag_said(d, b->q->at, a->act && a->act != b->act ? DIAG_E0406 : DIAG_E0323)) return;
    if (a->act && a->act != b->act) {
        diag_report(d, b->q->at, DIAG_E0406, a->act->name, b->act->name, what);
        diag_note(d, a->q->at, "the other definition is here");
        if (path) diag_note(d, (span){0}, "the controller gets there by: %s", path);
        return;
    }
    diag_report(d, b->q->at, DIAG_E0323, what);
    diag_note(d, a->q->at, "the first definition is here");
}

// Elements along dimension 0, so that long lists of single elements are not compared pair by pair.
typedef struct entry {
    long lo, hi;
    const definition *d;
} entry;

static int by_begin(const void *a, const void *b) {
    const entry *x = a, *y = b;
    return (x->lo > y->lo) - (x->lo < y->lo);
}

void check_definitions(scheduler *s, const definitions *all) {
    size_t n = all->list.n;
    if (n < 2) return;
    entry *sorted = arena_array(s->home, n, sizeof *sorted);
    for (size_t k = 0; k < n; k++) {
        sorted[k].d = &all->list.at[k];
        if (all->list.at[k].q->nsub)
            interval_of(all->list.at[k].q->sub[0], &sorted[k].lo, &sorted[k].hi);
    }
    qsort(sorted, n, sizeof *sorted, by_begin);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n && sorted[j].lo <= sorted[i].hi; j++) {
            const definition *a = sorted[i].d, *b = sorted[j].d;
            if (a->q->at.begin > b->q->at.begin) a = sorted[j].d, b = sorted[i].d;
            if (!a->act != !b->act || !equations_overlap(a->q, b->q))
                continue; // a phase replaces what holds outside
            if (a->act && a->act == b->act && one_window_in_the_other(a->q, b->q)) continue;
            const char *path = NULL;
            if (a->act != b->act && !plan_together(s->p, a->act, b->act, &path)) continue;
            report(s, a, b, path);
        }
}

void plan_conflicts(scheduler *s) {
    for (size_t k = 0; k < map_count(s->defs); k++)
        check_definitions(s, map_value(s->defs, k));
    for (size_t k = 0; k < map_count(s->rate_defs); k++)
        check_definitions(s, map_value(s->rate_defs, k));
}
