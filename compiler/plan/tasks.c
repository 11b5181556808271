// Tasks: for each purpose, the modes that matter and one function for each.
#include "plan/build.h"

#include <stdlib.h>

enum { MAX_MODES = 4096, ACTIVE_MOST = 64 };

typedef VEC(activation *) activations;

typedef struct relevance {
    scheduler *s;
    const activation *fixed; // active: what cannot be active with it does not matter
    map *seen;               // variables
    activations acts;        // that define any of them
} relevance;

static void add_relevant(relevance *r, activation *a) {
    if (r->s->stamps[a->id] == r->s->stamp) return;
    r->s->stamps[a->id] = r->s->stamp;
    vec_push(r->s->home, &r->acts, a);
}

static bool find_relevant(const expr *e, void *data);

static void defined_by(relevance *r, const definitions *d, activation *a) {
    for (size_t k = definitions_of(d, a); k < d->list.n && d->list.at[k].act == a; k++) {
        if (a) add_relevant(r, a);
        expr_walk(d->list.at[k].q->rhs, find_relevant, r);
    }
}

// One sequencer with many phases: only those that can be active with the fixed one are looked at.
static bool is_alone(const scheduler *s) {
    return s->m->sequencers.n == 1;
}

static bool find_relevant(const expr *e, void *data) {
    relevance *r = data;
    if (e->kind != X_VAR || map_get(r->seen, (const char *)e->v)) return true;
    map_put(r->seen, (const char *)e->v, e->v);
    definitions *d = defs_of(r->s, e->v);
    if (!d) return true;
    if (r->fixed && is_alone(r->s)) {
        const partners *with = &r->s->p->partners[r->fixed->id];
        defined_by(r, d, NULL);
        defined_by(r, d, (activation *)r->fixed);
        for (size_t k = 0; k < with->of.n; k++)
            defined_by(r, d, with->of.at[k]);
        return true;
    }
    for (size_t k = 0; k < d->list.n; k++) {
        if (d->list.at[k].act) add_relevant(r, d->list.at[k].act);
        expr_walk(d->list.at[k].q->rhs, find_relevant, r);
    }
    return true;
}

function *make_function(scheduler *s, const char *name, const char *purpose, span at) {
    function *f = arena_new_of(s->home, function);
    f->name = name;
    f->purpose = purpose;
    f->at = at;
    f->first_var = s->m->vars.n;
    return f;
}

static void body_text(const function *f, text *t) {
    for (size_t k = 0; k < f->steps.n; k++) {
        const step *s = f->steps.at[k];
        text_add(t, "%d %p %p %p %p %s %d %d %d %d %d\n", s->kind, (void *)s->rate_of,
                 (void *)s->tangent_of, (void *)s->fire_of, (void *)s->island,
                 s->target ? s->target->name : "", s->op, s->form, s->order, s->method,
                 s->pulse_phase);
        for (size_t l = 0; l < s->loops.n; l++) {
            text_add(t, "%d:", s->loops.at[l].ix->id);
            expr_print(s->loops.at[l].lo, t), text_add(t, ".."), expr_print(s->loops.at[l].hi, t);
        }
        for (size_t l = 0; l < s->sub.n; l++)
            expr_print(s->sub.at[l], t);
        if (s->rhs) expr_print(s->rhs, t);
        if (s->condition) expr_print(s->condition, t);
        for (size_t l = 0; l < s->rates.n; l++)
            text_add(t, " %s' ", s->states.at[l]->name), expr_print(s->rates.at[l], t);
        for (size_t l = 0; l < s->on.n; l++)
            text_add(t, " on "), expr_print(s->on.at[l], t);
        for (size_t l = 0; l < s->off.n; l++)
            text_add(t, " off "), expr_print(s->off.at[l], t);
    }
}

static bool is_temp_of(const function *f, const var *v) {
    size_t n = strlen(f->name);
    return v->kind == VAR_TEMP && !strncmp(v->name, f->name, n) && v->name[n] == '.';
}

// Temporaries carry the function's name; two functions are equal when all else is. No name of a
// program begins like those that they have meanwhile.
static const char *key_of(scheduler *s, const function *f) {
    var **vars = s->m->vars.at;
    size_t skip = strlen(f->name), count = s->m->vars.n;
    for (size_t k = f->first_var; k < count; k++)
        if (is_temp_of(f, vars[k]))
            vars[k]->name = arena_text(s->home, "#%s", vars[k]->name + skip);
    text t = text_in(s->home);
    body_text(f, &t);
    for (size_t k = f->first_var; k < count; k++)
        if (vars[k]->kind == VAR_TEMP && vars[k]->name[0] == '#')
            vars[k]->name = arena_text(s->home, "%s%s", f->name, vars[k]->name + 1);
    return name_of(s->texts, t.at, t.n);
}

function *keep_function(scheduler *s, function *f) {
    if (!f->steps.n) return NULL;
    if (s->passing) return f;
    const char *key = key_of(s, f);
    function *old = map_get(s->bodies, key);
    if (old) {
        for (size_t k = f->first_var; k < s->m->vars.n; k++)
            if (is_temp_of(f, s->m->vars.at[k])) s->m->vars.at[k]->local = true; // not used
        return old;
    }
    map_put(s->bodies, key, f);
    f->cold = s->cold;
    f->id = (int)s->p->functions.n;
    vec_push(s->home, &s->p->functions, f);
    return f;
}

typedef struct enumeration {
    scheduler *s;
    task *t;
    relevance r;
    const char *purpose;
    span at;
    activation *fixed;
    int segment;
    int64_t ticks;
    build_body *body;
    void *data;
    phase_now now[ACTIVE_MOST];
    int active;
    size_t stamp; // of the relevant activations
    size_t most;  // modes: one per phase and segment, and MAX_MODES combinations
} enumeration;

static void add_mode(enumeration *e, const activations *free) {
    scheduler *s = e->s;
    text name = text_in(s->home), what = text_in(s->home);
    text_add(&name, "%s", e->t->name);
    text_add(&what, "%s", e->purpose);
    int others = 0;
    for (int k = 0; k < e->active; k++) {
        if (e->now[k].act == e->fixed) continue;
        text_add(&name, "_%s", e->now[k].act->local);
        if (e->now[k].act->breaks.n) text_add(&name, "_%d", e->now[k].segment);
        text_add(&what, "%s%s", others++ ? " and " : " during ", e->now[k].act->name);
        if (e->now[k].act->breaks.n) text_add(&what, " (segment %d)", e->now[k].segment);
    }
    function *f = make_function(s, name.at, what.at, e->at);
    builder b = builder_in(s, f, e->now, e->active);
    b.fixed = e->fixed;
    b.ticks = e->ticks;
    e->body(&b, e->data);
    mode *m = arena_new_of(s->home, mode);
    m->run = keep_function(s, f);
    if (!m->run) return; // no entry: nothing to do
    for (int k = 0; k < e->active; k++) {
        if (e->now[k].act == e->fixed) continue;
        vec_push(s->home, &m->phases, e->now[k].act);
        vec_push(s->home, &m->segments, e->now[k].segment);
    }
    for (size_t k = 0; k < free->n; k++) {
        vec_push(s->home, &m->phases, free->at[k]);
        vec_push(s->home, &m->segments, -1);
    }
    vec_push(s->home, &e->t->modes, m);
}

static bool fits(const enumeration *e, const activation *a) {
    for (int k = 0; k < e->active; k++)
        if (!plan_together(e->s->p, a, e->now[k].act, NULL)) return false;
    return e->s->stamps[a->id] == e->stamp;
}

// The relevant phases that could be active besides those that are. The others are not, and no mode
// needs to say so.
static activations companions(const enumeration *e) {
    activations list = {0};
    if (e->active == 0) return e->r.acts;
    bool alone = is_alone(e->s);
    const partners *with = &e->s->p->partners[e->now[0].act->id];
    size_t n = alone ? with->of.n : e->r.acts.n;
    for (size_t k = 0; k < n; k++) {
        activation *a = alone ? with->of.at[k] : e->r.acts.at[k];
        if (fits(e, a)) vec_push(e->s->home, &list, a);
    }
    return list;
}

// The modes with the phases that are active now, and any of the phases behind `last`.
static void enumerate(enumeration *e, const activation *last) {
    if (e->t->modes.n > e->most) return;
    activations free = companions(e);
    add_mode(e, &free);
    if (e->active == ACTIVE_MOST) return;
    for (size_t n = 0; n < free.n; n++) {
        activation *a = free.at[n];
        if (last && a->id < last->id) continue;
        e->now[e->active++].act = a;
        for (int k = 0; k <= (int)a->breaks.n; k++) {
            e->now[e->active - 1].segment = k;
            enumerate(e, a);
        }
        e->active--;
    }
}

static int by_id(const void *a, const void *b) {
    const activation *x = *(activation *const *)a, *y = *(activation *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

task *make_task(scheduler *s, const char *name, const char *purpose, span at,
                const expr *const *roots, size_t count, activation *fixed, int segment,
                int64_t ticks, build_body *body, void *data) {
    task *t = arena_new_of(s->home, task);
    t->name = name;
    enumeration e = {.s = s,
                     .t = t,
                     .purpose = purpose,
                     .at = at,
                     .fixed = fixed,
                     .segment = segment,
                     .ticks = ticks,
                     .body = body,
                     .data = data};
    e.r = (relevance){.s = s, .fixed = fixed, .seen = map_new(s->home)};
    if (!s->stamps) s->stamps = arena_array(s->home, s->m->activations.n + 1, sizeof *s->stamps);
    e.stamp = ++s->stamp;
    for (size_t k = 0; k < count; k++)
        expr_walk(roots[k], find_relevant, &e.r);
    for (size_t k = 0; k < s->also.n; k++)
        add_relevant(&e.r, s->also.at[k]);
    s->also.n = 0;
    if (e.r.acts.n) qsort(e.r.acts.at, e.r.acts.n, sizeof *e.r.acts.at, by_id);
    e.most = MAX_MODES;
    for (size_t k = 0; k < e.r.acts.n; k++)
        e.most += e.r.acts.at[k]->breaks.n + 1;
    if (fixed) e.now[0] = (phase_now){fixed, segment}, e.active = 1;
    enumerate(&e, NULL);
    if (t->modes.n > e.most) diag_report(s->m->diag, at, DIAG_E0420, name, MAX_MODES);
    t->id = (int)s->p->tasks.n;
    vec_push(s->home, &s->p->tasks, t);
    return t;
}
