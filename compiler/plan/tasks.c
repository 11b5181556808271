// Tasks: for each purpose, the modes that matter and one function for each.
#include "plan/build.h"

enum { MAX_MODES = 4096 };

typedef struct relevance {
    scheduler *s;
    map *seen;              // variables
    VEC(activation *) acts; // that define any of them
} relevance;

static void add_relevant(relevance *r, activation *a) {
    for (size_t k = 0; k < r->acts.n; k++)
        if (r->acts.at[k] == a) return;
    vec_push(r->s->home, &r->acts, a);
}

static bool find_relevant(const expr *e, void *data) {
    relevance *r = data;
    if (e->kind != X_VAR || map_get(r->seen, (const char *)e->v)) return true;
    map_put(r->seen, (const char *)e->v, e->v);
    definitions *d = defs_of(r->s, e->v);
    for (size_t k = 0; d && k < d->list.n; k++) {
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
    return f;
}

static void body_text(const function *f, text *t) {
    for (size_t k = 0; k < f->steps.n; k++) {
        const step *s = f->steps.at[k];
        text_add(t, "%d %p %s %d %d %d %d %d\n", s->kind, (void *)s->rate_of, s->target ? s->target->name : "", s->op, s->form, s->order, s->method, s->pulse_phase);
        for (size_t l = 0; l < s->loops.n; l++) {
            text_add(t, "%d:", s->loops.at[l].ix->id);
            expr_print(s->loops.at[l].lo, t), text_add(t, ".."), expr_print(s->loops.at[l].hi, t);
        }
        for (size_t l = 0; l < s->sub.n; l++) expr_print(s->sub.at[l], t);
        if (s->rhs) expr_print(s->rhs, t);
        if (s->condition) expr_print(s->condition, t);
        for (size_t l = 0; l < s->rates.n; l++) text_add(t, " %s' ", s->states.at[l]->name), expr_print(s->rates.at[l], t);
        for (size_t l = 0; l < s->on.n; l++) text_add(t, " on "), expr_print(s->on.at[l], t);
        for (size_t l = 0; l < s->off.n; l++) text_add(t, " off "), expr_print(s->off.at[l], t);
    }
}

// Temporaries carry the function's name, so only functions without them can be equal.
function *keep_function(scheduler *s, function *f) {
    if (!f->steps.n) return NULL;
    text t = text_in(s->home);
    body_text(f, &t);
    const char *key = name_of(s->texts, t.at, t.n);
    function *old = map_get(s->bodies, key);
    if (old) return old;
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
    phase_now now[64];
    int active;
    int *segments; // by relevant activation
} enumeration;

static void add_mode(enumeration *e) {
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
    for (size_t k = 0; k < e->r.acts.n; k++) {
        if (e->r.acts.at[k] == e->fixed) continue;
        vec_push(s->home, &m->phases, e->r.acts.at[k]);
        vec_push(s->home, &m->segments, e->segments[k]);
    }
    vec_push(s->home, &e->t->modes, m);
}

static void enumerate(enumeration *e, size_t next) {
    if (e->t->modes.n > MAX_MODES) return;
    if (next == e->r.acts.n) {
        add_mode(e);
        return;
    }
    activation *a = e->r.acts.at[next];
    if (a == e->fixed) {
        e->segments[next] = e->segment;
        enumerate(e, next + 1);
        return;
    }
    e->segments[next] = -1;
    enumerate(e, next + 1);
    for (int k = 0; k < e->active; k++)
        if (!plan_together(e->s->p, a, e->now[k].act, NULL)) return;
    if (e->active == 64) return;
    e->now[e->active].act = a;
    e->active++;
    for (int k = 0; k <= (int)a->breaks.n; k++) {
        e->now[e->active - 1].segment = e->segments[next] = k;
        enumerate(e, next + 1);
    }
    e->active--;
}

task *make_task(scheduler *s, const char *name, const char *purpose, span at, const expr *const *roots, size_t count,
                activation *fixed, int segment, int64_t ticks, build_body *body, void *data) {
    task *t = arena_new_of(s->home, task);
    t->name = name;
    enumeration e = {.s = s, .t = t, .purpose = purpose, .at = at, .fixed = fixed, .segment = segment, .ticks = ticks, .body = body, .data = data};
    e.r = (relevance){.s = s, .seen = map_new(s->home)};
    for (size_t k = 0; k < count; k++) expr_walk(roots[k], find_relevant, &e.r);
    for (size_t k = 0; k < s->also.n; k++) add_relevant(&e.r, s->also.at[k]);
    s->also.n = 0;
    e.segments = arena_array(s->home, e.r.acts.n + 1, sizeof *e.segments);
    if (fixed) e.now[0] = (phase_now){fixed, segment}, e.active = 1;
    enumerate(&e, 0);
    if (t->modes.n > MAX_MODES) diag_report(s->m->diag, at, DIAG_E0420, name, MAX_MODES);
    t->id = (int)s->p->tasks.n;
    vec_push(s->home, &s->p->tasks, t);
    return t;
}
