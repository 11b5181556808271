// How long a machine runs before it awaits again, and how long it takes to answer: for each state a
// clocked expression that is at least the number of cycles still to come. It falls by one at every
// edge, so that a prover needs no more than one step to see that the bound holds.
//
//   repeat 5 { set; rest; }      in Set:   dwell + 1 + 10 + passes * 20 + 1
//   pulse done;                  in Rest:  dwell + 1      + passes * 20 + 1
//
// A goal is an await of the main thread, or (for `b within n cycles of s`) what makes b true. What
// an await, a repeat without count or an endless loop before the goal takes is not known: no bound.
#include "plan/fsm_build.h"

// Cycles: what no way does, what may last for ever.
enum { NEVER = -1 };
#define ENDLESS (INT64_C(1) << 40)

typedef struct reach {
    int64_t pass; // longest way through that meets no goal
    int64_t hit;  // longest way to the first goal
} reach;

typedef struct rest { // what is to come: at most `most`, more exactly `left` (NULL: most)
    int64_t most;
    expr *left;
} rest;

typedef struct search {
    build *b;
    bool awaits;      // goals are the awaits; otherwise
    const var *bit;   // what sets this
    const var *start; // an await of this takes a cycle: it is held; NULL: is not
    bool off;         // inside a par: its branches end, goals or not
    const stmt *stuck;
} search;

static int64_t greater(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static int64_t sum(int64_t a, int64_t b) {
    if (a == NEVER || b == NEVER) return NEVER;
    return a + b > ENDLESS ? ENDLESS : a + b;
}

static int64_t times(int64_t n, int64_t a) {
    if (a <= 0 || n <= 0) return 0;
    return n > ENDLESS / a ? ENDLESS : n * a;
}

static reach endless(search *g, const stmt *s) {
    if (!g->stuck) g->stuck = s;
    return (reach){ENDLESS, NEVER};
}

// ---- statements ----

static reach of_list(search *g, const stmt *s);

static int64_t cycles_of_phase(const search *g, const activation *act) {
    if (!act->scale) return build_cycles(g->b, act);
    int64_t period = g->b->m->sequencer->period,
            per = period > 0 ? act->ticks_per / period : act->ticks_per;
    return greater(1, times(per, fsm_wrap(-1, act->scale->width)));
}

// The times that a repeat runs its body at most; -1: no count.
static int64_t passes_of(const stmt *s) {
    int64_t most = 0;
    if (!s->count) return -1;
    fsm_range(s->count, NULL, &most, NULL);
    return most > 0 ? most : 0;
}

static reach of_passes(reach body, int64_t passes, bool certain) {
    int64_t all = times(passes, body.pass);
    if (passes == 0) return (reach){0, NEVER};
    return (reach){body.pass == NEVER && certain ? NEVER : all, sum(all, body.hit)};
}

static reach of_repeat(search *g, const stmt *s) {
    double known;
    int64_t passes = passes_of(s);
    if (passes == 0) return (reach){0, NEVER};
    reach body = of_list(g, s->body);
    if (passes > 0) return of_passes(body, passes, expr_is_number(s->count, &known) && !s->cond);
    if (body.pass != NEVER) return endless(g, s);
    return (reach){s->cond ? 0 : NEVER, body.hit};
}

static reach of_if(search *g, const stmt *s) {
    double known;
    if (expr_is_number(s->cond, &known)) return of_list(g, known == 0 ? s->other : s->body);
    reach yes = of_list(g, s->body), no = of_list(g, s->other);
    return (reach){greater(yes.pass, no.pass), greater(yes.hit, no.hit)};
}

static reach of_stmt(search *g, const stmt *s);

static reach of_par(search *g, const stmt *s) {
    bool was = g->off;
    reach all = {0, NEVER};
    g->off = true;
    for (const stmt *k = s->body; k; k = k->next)
        all.pass = greater(all.pass, of_stmt(g, k).pass);
    g->off = was;
    return all;
}

static bool sets_bit(const search *g, const stmt *s) {
    double value;
    if (g->off || !g->bit || s->target != g->bit) return false;
    return s->kind == STMT_PULSE ||
           (s->kind == STMT_ASSIGN && expr_is_number(s->value, &value) && value != 0);
}

static reach of_stmt(search *g, const stmt *s) {
    const reach goal = {NEVER, 0};
    double count = 1;
    reach body;
    switch (s->kind) {
    case STMT_ASSIGN:
        return sets_bit(g, s) ? goal : (reach){0, NEVER};
    case STMT_PULSE:
        return sets_bit(g, s) ? goal : (reach){1, NEVER};
    case STMT_AWAIT:
        if (g->awaits && !g->off) return goal;
        if (g->start && s->cond->kind == X_VAR && s->cond->v == g->start) return (reach){1, NEVER};
        return endless(g, s);
    case STMT_WAIT:
        expr_is_number(s->count, &count);
        return (reach){(int64_t)count, NEVER};
    case STMT_PHASE:
    case STMT_COMPARE:
        return (reach){cycles_of_phase(g, s->act), NEVER};
    case STMT_IF:
        return of_if(g, s);
    case STMT_FOR:
        if (s->lo >= s->hi) return (reach){0, NEVER};
        return of_passes(of_list(g, s->body), s->hi - s->lo, true);
    case STMT_REPEAT:
        return of_repeat(g, s);
    case STMT_LOOP:
        body = of_list(g, s->body);
        return body.pass == NEVER ? body : endless(g, s);
    case STMT_PAR:
        return of_par(g, s);
    default:
        return of_list(g, s->body);
    }
}

static reach of_list(search *g, const stmt *s) {
    reach all = {0, NEVER};
    for (; s; s = s->next) {
        reach one = of_stmt(g, s);
        all.hit = greater(all.hit, sum(all.pass, one.hit));
        all.pass = sum(all.pass, one.pass);
        if (all.pass == NEVER) break;
    }
    return all;
}

// ---- what follows a statement ----

static rest constant(int64_t most) {
    return (rest){most, NULL};
}

static expr *number(search *g, int64_t value) {
    return expr_number(g->b->home, (double)value, g->b->m->sequencer->at);
}

static expr *make(search *g, expr_kind kind, expr *x, expr *y) {
    return expr_make(g->b->home, kind, kind == X_GT ? TYPE_BOOL : TYPE_INT, unit_none, x, y, NULL,
                     g->b->m->sequencer->at);
}

static expr *left_of(search *g, rest r) {
    return r.left ? r.left : number(g, r.most);
}

static rest both(search *g, rest a, rest b) { // a + b
    if (a.most == NEVER || b.most == NEVER) return constant(NEVER);
    rest r = constant(sum(a.most, b.most));
    if (r.most == ENDLESS || (!a.left && !b.left)) return r;
    if (!b.left && b.most == 0) return a;
    if (!a.left && a.most == 0) return b;
    r.left = make(g, X_ADD, left_of(g, a), left_of(g, b));
    return r;
}

static rest longer(search *g, rest a, rest b) {
    if (a.most == NEVER || b.most == ENDLESS) return b;
    if (b.most == NEVER || a.most == ENDLESS) return a;
    if (!a.left && a.most >= b.most) return a;
    if (!b.left && b.most >= a.most) return b;
    expr *x = left_of(g, a), *y = left_of(g, b);
    expr *left = expr_make(g->b->home, X_SELECT, TYPE_INT, unit_none, make(g, X_GT, x, y), x, y,
                           g->b->m->sequencer->at);
    return (rest){greater(a.most, b.most), left};
}

static rest after(search *g, const stmt *s, const context *in);

// `passes` more of the body, then what follows s.
static rest more_passes(search *g, const stmt *s, const context *up, expr *passes, int64_t most) {
    reach body = of_list(g, s->body);
    rest end = longer(g, constant(body.hit), after(g, s, up));
    if (body.pass <= 0) return end;
    rest again = {times(most, body.pass), make(g, X_MUL, passes, number(g, body.pass))};
    return both(g, again, end);
}

static rest end_of(search *g, const context *in) {
    const stmt *s = in->owner;
    if (!s) return constant(g->awaits && !g->off ? 0 : ENDLESS); // state End
    const place *here = build_place(g->b, s);
    expr *passes;
    switch (s->kind) {
    case STMT_LOOP:
        return constant(of_stmt(g, s).hit == NEVER ? ENDLESS : of_stmt(g, s).hit);
    case STMT_FOR:
        passes = expr_variable(g->b->home, s->target, 0, NULL, s->at);
        passes = make(g, X_SUB, number(g, s->hi - 1), passes);
        return more_passes(g, s, in->up, passes, s->hi - 1 - s->lo);
    case STMT_REPEAT:
        if (here->count) {
            passes = expr_variable(g->b->home, here->count, 0, NULL, s->at);
            return more_passes(g, s, in->up, passes, passes_of(s) - 1);
        }
        if (of_stmt(g, s).pass == ENDLESS) return constant(ENDLESS);
        return longer(g, constant(of_list(g, s->body).hit),
                      s->cond ? after(g, s, in->up) : constant(NEVER));
    case STMT_PAR:
        if (in->thread != in->up->thread) return constant(0); // its branch is done
        return after(g, s, in->up);
    default:
        return after(g, s, in->up);
    }
}

static rest after(search *g, const stmt *s, const context *in) {
    bool branch = in->owner && in->owner->kind == STMT_PAR;
    reach list = branch ? (reach){0, NEVER} : of_list(g, s->next);
    rest end = list.pass == NEVER ? constant(NEVER) : both(g, constant(list.pass), end_of(g, in));
    return longer(g, constant(list.hit), end);
}

// ---- states ----

static rest of_stay(search *g, const fsm_thread *t, const place *p) {
    const fsm_state *state = p->state;
    reach all = of_stmt(g, p->s);
    switch (state->stay) {
    case STAY_DWELL:
    case STAY_COMPARE: {
        expr *dwell = expr_variable(g->b->home, t->dwell, 0, NULL, state->at);
        return (rest){all.pass, make(g, X_ADD, dwell, number(g, 1))};
    }
    case STAY_JOIN:
        // What its branches take is added by who knows how far they are.
        return (rest){all.pass, all.pass == ENDLESS ? NULL : number(g, 0)};
    case STAY_END:
        return constant(ENDLESS);
    default:
        return constant(all.pass == NEVER ? 1 : all.pass);
    }
}

static rest of_state(search *g, const fsm_thread *t, const fsm_state *state) {
    const place *p = build_place_of(g->b, state);
    g->off = t->parent != NULL;
    if (p) {
        bool goal = of_stmt(g, p->s).pass == NEVER;
        if (goal && p->s->kind == STMT_AWAIT) return constant(0);
        return both(g, of_stay(g, t, p), after(g, p->s, p->in));
    }
    if (t->parent) return constant(0); // Done
    if (state->stay == STAY_END) return constant(g->awaits ? 0 : ENDLESS);
    rest body = constant(of_list(g, g->b->body).hit); // Reset
    if (body.most == NEVER)
        body = constant(sum(of_list(g, g->b->body).pass, g->awaits ? 0 : ENDLESS));
    return both(g, constant(1), body);
}

static void find_bound(search *g, fsm_bound *bound) {
    fsm *m = g->b->m;
    for (size_t t = 0; t < m->threads.n; t++)
        for (size_t k = 0; k < m->threads.at[t]->states.n; k++) {
            rest r = of_state(g, m->threads.at[t], m->threads.at[t]->states.at[k]);
            vec_push(g->b->home, &bound->left, r.most == ENDLESS ? NULL : left_of(g, r));
            if (r.most != ENDLESS) bound->greatest = greater(bound->greatest, r.most);
        }
}

// From reset, and from each await, to the next.
static void find_ready(search *g, fsm_bound *bound) {
    const build *b = g->b;
    fsm *m = b->m;
    g->off = false;
    reach body = of_list(g, b->body);
    int64_t first = greater(body.hit, body.pass); // pass: to state End
    if (m->main->states.at[0]->stay == STAY_ONE && !build_place_of(b, m->main->states.at[0]))
        first = sum(first, 1); // state Reset
    bound->first = first;
    for (size_t k = 0; k < b->places.n; k++) {
        const place *p = b->places.at[k];
        if (p->s->kind != STMT_AWAIT || p->in->thread != m->main) continue;
        bool reached = false;
        for (size_t n = 0; n < m->main->states.n; n++)
            reached = reached || m->main->states.at[n] == p->state;
        if (!reached) continue;
        int64_t one = after(g, p->s, p->in).most;
        bound->goals++;
        bound->goal = p->state;
        bound->most = greater(bound->most, one);
    }
    if (m->main->states.at[m->main->states.n - 1]->stay == STAY_END) bound->goals++;
}

// ---- counters of loops ----

// In this state each loop around it has so many passes left.
static void count_loops(build *b, fsm_state *state) {
    const place *p = build_place_of(b, state);
    for (const context *c = p ? p->in : NULL; c && c->owner; c = c->up) {
        const stmt *s = c->owner;
        const place *here = build_place(b, s);
        if (c->up && c->up->thread != c->thread) break; // a branch: main is in the par meanwhile
        if (s->kind == STMT_FOR)
            vec_push(b->home, &state->counts, (fsm_count){s->target, s->lo, s->hi - 1});
        if (s->kind == STMT_REPEAT && here->count)
            vec_push(b->home, &state->counts, (fsm_count){here->count, 0, passes_of(s) - 1});
    }
}

static void count_all(build *b) {
    for (size_t t = 0; t < b->m->threads.n; t++)
        for (size_t k = 0; k < b->m->threads.at[t]->states.n; k++)
            count_loops(b, b->m->threads.at[t]->states.at[k]);
    for (size_t k = 0; k < b->places.n; k++)
        if (b->places.at[k]->count)
            vec_push(b->home, &b->m->counts,
                     (fsm_count){b->places.at[k]->count, 0, passes_of(b->places.at[k]->s)});
}

void build_bounds(build *b) {
    fsm *m = b->m;
    if (m->main->states.n == 0) return; // an error was reported
    search ready = {.b = b, .awaits = true};
    find_bound(&ready, &m->ready);
    find_ready(&ready, &m->ready);
    if (ready.stuck) m->ready.stuck = ready.stuck->at;
    if (m->ready.first >= ENDLESS) m->ready.first = -1;
    if (m->ready.most >= ENDLESS) m->ready.most = -1;
    for (size_t k = 0; k < m->monitors.n; k++) {
        fsm_monitor *g = &m->monitors.at[k];
        if (!g->waits || g->bit->kind != X_VAR || g->bit->nsub) continue;
        const var *start = g->start->kind == X_VAR && !g->start->nsub ? g->start->v : NULL;
        search loose = {.b = b, .bit = g->bit->v},
               held = {.b = b, .bit = g->bit->v, .start = start};
        find_bound(&loose, &g->loose);
        find_bound(&held, &g->held);
    }
    count_all(b);
}
