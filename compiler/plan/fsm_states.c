// First half of building a machine: a thread for each branch of a par that takes time, a state for
// each statement that takes time, in the order of the text. Statements themselves are not changed.
#include "plan/fsm_build.h"

#include <ctype.h>

// ---- names ----

// How often a name was wanted; the next number is tried first.
typedef struct taken_name {
    int times;
} taken_name;

static taken_name *taken(build *b, const char *name) {
    return map_get(b->taken, name_is(b->model->words, name));
}

const char *build_name(build *b, const char *wanted) {
    const char *name = wanted;
    taken_name *before = taken(b, wanted);
    while (taken(b, name))
        name = arena_text(b->home, "%s%s%d", wanted,
                          isdigit((unsigned char)wanted[strlen(wanted) - 1]) ? "_" : "",
                          ++before->times);
    taken_name *now = arena_new_of(b->home, taken_name);
    now->times = 1;
    map_put(b->taken, name_is(b->model->words, name), now);
    return name;
}

const char *build_flat(build *b, const char *path) {
    text out = text_in(b->home);
    for (const char *c = path; *c; c++) {
        bool letter = isalnum((unsigned char)*c) || *c == '_';
        if (letter)
            text_put(&out, c, 1);
        else if (*c != ']' && out.n && out.at[out.n - 1] != '_')
            text_put(&out, "_", 1);
    }
    return out.n ? out.at : "x";
}

const char *build_last(build *b, const char *path) {
    const char *dot = strrchr(path, '.');
    return build_flat(b, dot ? dot + 1 : path);
}

// "g1_read" -> "G1Read"
static const char *camel(build *b, const char *name) {
    text out = text_in(b->home);
    bool up = true;
    for (const char *c = build_flat(b, name); *c; c++) {
        char one = up ? (char)toupper((unsigned char)*c) : *c;
        if (*c != '_') text_put(&out, &one, 1);
        up = *c == '_';
    }
    return out.at;
}

// ---- states ----

bool build_takes_time(const stmt *s) {
    switch (s->kind) {
    case STMT_AWAIT:
    case STMT_WAIT:
    case STMT_PULSE:
    case STMT_PHASE:
    case STMT_COMPARE:
        return true;
    case STMT_FOR:
        if (s->lo >= s->hi) return false;
        break;
    default:
        break;
    }
    for (const stmt *k = s->body; k; k = k->next)
        if (build_takes_time(k)) return true;
    for (const stmt *k = s->other; k; k = k->next)
        if (build_takes_time(k)) return true;
    return false;
}

fsm_state *build_state(build *b, fsm_thread *t, const char *name, const char *label, span at,
                       fsm_stay stay) {
    fsm_state *state = arena_new_of(b->home, fsm_state);
    state->id = (int)t->states.n;
    state->name = build_name(b, name);
    state->label = label;
    state->at = at;
    state->stay = stay;
    vec_push(b->home, &t->states, state);
    return state;
}

static void add_held(build *b, fsm_state *state, const context *in) {
    for (const context *c = in; c && c->owner && c->thread == in->thread; c = c->up)
        if (c->owner->kind == STMT_HOLD) vec_push(b->home, &state->active, c->owner->act);
}

static const char *about(build *b, const char *before, const expr *e) {
    text out = text_in(b->home);
    text_add(&out, "%s", before);
    expr_print(e, &out);
    return out.at;
}

int64_t build_cycles(const build *b, const activation *act) {
    if (act->scale) return 0;
    int64_t period = b->m->sequencer->period;
    int64_t cycles = period > 0 ? act->ticks / period : act->ticks;
    return cycles > 0 ? cycles : 1;
}

static fsm_state *state_of_phase(build *b, const stmt *s, const context *in) {
    bool compare = s->kind == STMT_COMPARE;
    const char *name = sequencer_own(b->m->sequencer, s->act->name);
    const char *label =
        compare ? about(b, arena_text(b->home, "compare %s until ", name), s->cond) : name;
    int64_t cycles = build_cycles(b, s->act);
    fsm_stay stay = cycles == 1 ? STAY_ONE : compare ? STAY_COMPARE : STAY_DWELL;
    fsm_state *state = build_state(b, in->thread, camel(b, s->act->port), label, s->at, stay);
    state->cycles = cycles;
    state->until = compare && cycles != 1 ? s->cond : NULL;
    vec_push(b->home, &state->active, s->act);
    return state;
}

static fsm_state *state_of_wait(build *b, const stmt *s, const context *in) {
    double count = 1;
    expr_is_number(s->count, &count);
    int64_t cycles = (int64_t)count;
    fsm_state *state = build_state(
        b, in->thread, "Wait",
        arena_text(b->home, "await %lld cycle%s", (long long)cycles, cycles == 1 ? "" : "s"), s->at,
        cycles == 1 ? STAY_ONE : STAY_DWELL);
    state->cycles = cycles;
    return state;
}

static fsm_state *state_of(build *b, const stmt *s, const context *in) {
    switch (s->kind) {
    case STMT_PHASE:
    case STMT_COMPARE:
        return state_of_phase(b, s, in);
    case STMT_WAIT:
        return state_of_wait(b, s, in);
    case STMT_PULSE: {
        const char *last = build_last(b, s->target->name);
        return build_state(b, in->thread, camel(b, arena_text(b->home, "pulse_%s", last)),
                           arena_text(b->home, "pulse %s", last), s->at, STAY_ONE);
    }
    default: { // await
        const char *name = "Await";
        if (s->cond->kind == X_VAR)
            name = camel(b, arena_text(b->home, "await_%s", build_last(b, s->cond->v->name)));
        fsm_state *state =
            build_state(b, in->thread, name, about(b, "await ", s->cond), s->at, STAY_UNTIL);
        state->until = s->cond;
        return state;
    }
    }
}

// ---- the walk ----

static void walk(build *b, stmt *list, context *in);
static void walk_one(build *b, stmt *s, context *in);

static context *inner(build *b, place *p, fsm_thread *thread, int branch) {
    context *c = arena_new_of(b->home, context);
    *c = (context){.owner = p->s, .up = p->in, .thread = thread, .branch = branch};
    return c;
}

static fsm_thread *new_thread(build *b, const char *name, fsm_thread *parent, span at) {
    fsm_thread *t = arena_new_of(b->home, fsm_thread);
    t->name = name;
    t->parent = parent;
    t->state = build_var(b, parent ? arena_text(b->home, "%s_state", name) : "state", 2, NULL, at);
    if (parent)
        build_state(b, t, arena_text(b->home, "%sDone", camel(b, name)), "done", at, STAY_END);
    return t;
}

// A thread is listed after the threads in its own pars and before the one around it.
static void list_thread(build *b, fsm_thread *t) {
    t->id = (int)b->m->threads.n;
    vec_push(b->home, &b->m->threads, t);
}

static void walk_par(build *b, place *p) {
    int number = 0, threads = 0, nth = 0;
    for (const stmt *k = p->s->body; k; k = k->next)
        threads += build_takes_time(k);
    if (threads) {
        number = ++b->pars;
        p->state = build_state(b, p->in->thread, arena_text(b->home, "Par%d", number), "par",
                               p->s->at, STAY_JOIN);
        add_held(b, p->state, p->in);
    }
    for (stmt *k = p->s->body; k; k = k->next, nth++) {
        bool own = build_takes_time(k);
        fsm_thread *thread = p->in->thread;
        if (own) {
            const char *name = nth < 26 ? arena_text(b->home, "par%d_%c", number, 'a' + nth)
                                        : arena_text(b->home, "par%d_z%d", number, nth);
            thread = new_thread(b, name, p->in->thread, k->at);
            vec_push(b->home, &p->state->branches, thread);
        }
        context *c = inner(b, p, thread, nth);
        vec_push(b->home, &p->branches, c);
        walk_one(b, k, c);
        if (own) list_thread(b, thread);
    }
}

static void walk_one(build *b, stmt *s, context *in) {
    place *p = arena_new_of(b->home, place);
    p->s = s;
    p->in = in;
    vec_push(b->home, &b->places, p);
    map_put(b->places_of, (const char *)s, p);
    switch (s->kind) {
    case STMT_PAR:
        walk_par(b, p);
        return;
    case STMT_ASSIGN:
        return;
    case STMT_LOOP:
    case STMT_FOR:
    case STMT_REPEAT:
    case STMT_IF:
    case STMT_GROUP:
    case STMT_HOLD:
        p->inside[0] = inner(b, p, in->thread, 0);
        p->inside[1] = inner(b, p, in->thread, 1);
        walk(b, s->body, p->inside[0]);
        walk(b, s->other, p->inside[1]);
        return;
    default:
        p->state = state_of(b, s, in);
        add_held(b, p->state, in);
    }
}

static void walk(build *b, stmt *list, context *in) {
    for (stmt *s = list; s; s = s->next)
        walk_one(b, s, in);
}

void build_states(build *b) {
    sequencer *q = b->m->sequencer;
    b->m->main = new_thread(b, "", NULL, q->at);
    context *top = arena_new_of(b->home, context);
    *top = (context){.thread = b->m->main};
    walk(b, b->body, top);
    list_thread(b, b->m->main);
    b->top = top;
    for (size_t k = 0; k < b->places.n; k++) {
        place *p = b->places.at[k];
        if (p->state) map_put(b->places_of, (const char *)p->state, p);
    }
}

place *build_place(const build *b, const stmt *s) {
    return map_get(b->places_of, (const char *)s);
}

place *build_place_of(const build *b, const fsm_state *state) {
    return map_get(b->places_of, (const char *)state);
}
