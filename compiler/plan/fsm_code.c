// Second half of building a machine: the code from one state to the next.
//
// Code is made by walking the statements from where a state ends until every way has met a
// statement that takes time. `point` is where the next piece goes. An if of which one side has
// reached its next state needs no joining: what follows goes into the other side. Where both sides
// may or may not have reached one, what follows stands in a CODE_REST, so no code is ever written
// twice for a join.
#include "plan/fsm_build.h"

typedef struct point {
    fsm_code **tail;
    bool gone;  // no way gets here: all have reached a state
    bool split; // some way has reached a state
} point;

static void list(build *b, stmt *s, context *in, point *p);
static void after(build *b, stmt *s, context *in, point *p);
static void end_of(build *b, context *in, point *p);

// ---- pieces ----

static fsm_code *put(build *b, point *p, code_kind kind, span at) {
    fsm_code *code = arena_new_of(b->home, fsm_code);
    code->kind = kind;
    code->at = at;
    *p->tail = code;
    p->tail = &code->next;
    return code;
}

static void set(build *b, point *p, var *target, expr *value, span at) {
    fsm_code *code = put(b, p, CODE_SET, at);
    code->target = target;
    code->value = value;
}

static expr *number(build *b, int64_t value, span at) {
    return expr_number(b->home, (double)value, at);
}

static expr *read(build *b, var *v, span at) {
    return expr_variable(b->home, v, 0, NULL, at);
}

static expr *make(build *b, expr_kind kind, expr *x, expr *y, span at) {
    bool truth = kind != X_ADD && kind != X_SUB && kind != X_MUL;
    return expr_make(b->home, kind, truth ? TYPE_BOOL : TYPE_INT, unit_none, x, y, NULL, at);
}

static void set_number(build *b, point *p, var *target, int64_t value, span at) {
    set(b, p, target, number(b, value, at), at);
}

static void go(build *b, point *p, fsm_thread *t, fsm_state *to, span at) {
    fsm_code *code = put(b, p, CODE_GO, at);
    code->thread = t;
    code->to = to;
    p->gone = p->split = true;
    if (to->reached) return;
    to->reached = true;
    vec_push(b->home, &b->reached, to);
}

// ---- dwell counters ----

static var *dwell_of(build *b, fsm_thread *t, int64_t greatest) {
    int bits = fsm_bits(greatest);
    if (!t->dwell)
        t->dwell = build_var(b, t->name[0] ? arena_text(b->home, "%s_dwell", t->name) : "dwell",
                             bits, NULL, b->m->sequencer->at);
    if (t->dwell->width < bits) t->dwell->width = bits;
    return t->dwell;
}

static void load_dwell(build *b, point *p, fsm_thread *t, const stmt *s, int64_t cycles) {
    if (cycles == 1) return;
    if (cycles > 1) {
        var *dwell = dwell_of(b, t, cycles - 1);
        set_number(b, p, dwell, cycles - 1, s->at);
        return;
    }
    // scale == 0 ? 0 : scale * per - 1
    const activation *act = s->act;
    int64_t period = b->m->sequencer->period,
            per = period > 0 ? act->ticks_per / period : act->ticks_per;
    expr *scale = read(b, act->scale, s->at);
    expr *product = per == 1 ? scale : make(b, X_MUL, scale, number(b, per, s->at), s->at);
    int64_t greatest;
    const expr *bad;
    if (!fsm_range(product, NULL, &greatest, &bad)) {
        diag_report(b->diag, s->at, DIAG_E0612);
        greatest = 1;
    }
    expr *zero = make(b, X_EQ, scale, number(b, 0, s->at), s->at);
    expr *load = expr_make(b->home, X_SELECT, TYPE_INT, unit_none, zero, number(b, 0, s->at),
                           make(b, X_SUB, product, number(b, 1, s->at), s->at), s->at);
    var *dwell = dwell_of(b, t, greatest > 0 ? greatest - 1 : 0);
    set(b, p, dwell, load, s->at);
}

// ---- statements ----

static void begin_phase(build *b, point *p, const stmt *s) {
    const fsm_phase *phase = fsm_phase_of(b->m, s->act);
    for (size_t k = 0; k < s->args.n && k < s->act->args.n; k++)
        set(b, p, s->act->args.at[k], s->args.at[k], s->at);
    set_number(b, p, phase->active, 1, s->at);
    set_number(b, p, phase->start, 1, s->at);
}

static void end_phase(build *b, point *p, const stmt *s) {
    set_number(b, p, fsm_phase_of(b->m, s->act)->active, 0, s->at);
}

static void begin_state(build *b, stmt *s, context *in, point *p) {
    fsm_state *state = build_place(b, s)->state;
    if (s->kind == STMT_PHASE || s->kind == STMT_COMPARE) begin_phase(b, p, s);
    if (s->kind == STMT_PULSE) set_number(b, p, s->target, 1, s->at);
    if (state->stay == STAY_DWELL || state->stay == STAY_COMPARE)
        load_dwell(b, p, in->thread, s, state->cycles);
    go(b, p, in->thread, state, s->at);
}

static void no_time(build *b, const stmt *s) {
    diag_report(b->diag, s->at, DIAG_E0610);
    diag_help(b->diag,
              "only await, pulse and phases take time; every way through the loop needs one");
}

// A pass of a loop: every way through its body must take time.
static void pass(build *b, const stmt *s, context *inside, point *p) {
    point body = {.tail = p->tail};
    list(b, s->body, inside, &body);
    if (!body.gone) no_time(b, s);
    p->gone = p->split = true;
}

static void branch_if(build *b, stmt *s, context *in, point *p) {
    place *here = build_place(b, s);
    double known;
    if (expr_is_number(s->cond, &known)) {
        int side = known == 0;
        list(b, side ? s->other : s->body, here->inside[side], p);
        return;
    }
    fsm_code *code = put(b, p, CODE_IF, s->at);
    code->cond = s->cond;
    point yes = {.tail = &code->yes}, no = {.tail = &code->no};
    list(b, s->body, here->inside[0], &yes);
    list(b, s->other, here->inside[1], &no);
    p->split = p->split || yes.split || no.split;
    if (yes.gone && no.gone) {
        p->gone = true;
    } else if (yes.gone || no.gone) {
        p->tail = yes.gone ? no.tail : yes.tail;
    } else if (yes.split || no.split) {
        fsm_code *rest = put(b, p, CODE_REST, s->at);
        rest->thread = in->thread;
        in->thread->rest = true;
        p->tail = &rest->yes;
    }
}

// The head of a for or repeat whose body may be passed once more: `again` says whether; what
// happens then is set up by the caller in the yes side, the point goes on in the no side.
static point once_more(build *b, point *p, expr *again, span at) {
    fsm_code *code = put(b, p, CODE_IF, at);
    code->cond = again;
    p->tail = &code->no;
    return (point){.tail = &code->yes};
}

static void repeat_head(build *b, stmt *s, context *in, point *p) {
    place *here = build_place(b, s);
    expr *again =
        here->count ? make(b, X_NE, read(b, here->count, s->at), number(b, 0, s->at), s->at) : NULL;
    if (s->cond) again = again ? make(b, X_AND, again, s->cond, s->at) : s->cond;
    (void)in;
    point body = once_more(b, p, again, s->at);
    if (here->count) {
        expr *left = make(b, X_SUB, read(b, here->count, s->at), number(b, 1, s->at), s->at);
        set(b, &body, here->count, left, s->at);
    }
    pass(b, s, here->inside[0], &body);
    p->split = true;
}

static void begin_repeat(build *b, stmt *s, context *in, point *p) {
    place *here = build_place(b, s);
    double passes;
    if (!s->count) {
        if (!s->cond)
            pass(b, s, here->inside[0], p);
        else
            repeat_head(b, s, in, p);
        return;
    }
    bool known = expr_is_number(s->count, &passes);
    if (known && passes < 1) return;
    int64_t greatest = 1;
    fsm_range(s->count, NULL, &greatest, NULL);
    if (!here->count) here->count = build_var(b, "passes", fsm_bits(greatest), NULL, s->at);
    if (known && !s->cond) { // the first pass is certain
        set_number(b, p, here->count, (int64_t)passes - 1, s->at);
        pass(b, s, here->inside[0], p);
        return;
    }
    set(b, p, here->count, s->count, s->at);
    repeat_head(b, s, in, p);
}

static void begin_par(build *b, stmt *s, context *in, point *p) {
    place *here = build_place(b, s);
    bool certain = !here->state; // nothing in it takes time, or one branch always does
    expr *busy = NULL;
    size_t nth = 0;
    for (stmt *k = s->body; k; k = k->next, nth++) {
        context *c = here->branches.at[nth];
        if (c->thread == in->thread) {
            list(b, k, c, p);
            continue;
        }
        fsm_code *enter = put(b, p, CODE_ENTER, k->at);
        enter->thread = c->thread;
        point branch = {.tail = &enter->yes};
        list(b, k, c, &branch);
        certain = certain || branch.gone;
        if (!branch.gone) go(b, &branch, c->thread, c->thread->states.at[0], k->at);
        expr *runs = make(b, X_NE, read(b, c->thread->state, k->at), number(b, 0, k->at), k->at);
        busy = busy ? make(b, X_OR, busy, runs, k->at) : runs;
    }
    if (!here->state) return;
    if (certain) {
        go(b, p, in->thread, here->state, s->at);
        return;
    }
    point wait = once_more(b, p, busy, s->at);
    go(b, &wait, in->thread, here->state, s->at);
    p->split = true;
}

static void begin_hold(build *b, stmt *s, context *inside, point *p) {
    bool before = p->split;
    p->split = false;
    begin_phase(b, p, s);
    list(b, s->body, inside, p);
    if (!p->split) diag_report(b->diag, s->at, DIAG_E0613, s->act->name);
    if (!p->gone) { // a way that takes no time: the phase was never there
        end_phase(b, p, s);
        set_number(b, p, fsm_phase_of(b->m, s->act)->start, 0, s->at);
    }
    p->split = p->split || before;
}

static void statement(build *b, stmt *s, context *in, point *p) {
    place *here = build_place(b, s);
    switch (s->kind) {
    case STMT_ASSIGN:
        set(b, p, s->target, s->value, s->at);
        break;
    case STMT_IF:
        branch_if(b, s, in, p);
        break;
    case STMT_GROUP:
        list(b, s->body, here->inside[0], p);
        break;
    case STMT_LOOP:
        pass(b, s, here->inside[0], p);
        break;
    case STMT_FOR:
        if (s->lo >= s->hi) break;
        set_number(b, p, s->target, s->lo, s->at);
        pass(b, s, here->inside[0], p);
        break;
    case STMT_REPEAT:
        begin_repeat(b, s, in, p);
        break;
    case STMT_PAR:
        begin_par(b, s, in, p);
        break;
    case STMT_HOLD:
        begin_hold(b, s, here->inside[0], p);
        break;
    default:
        begin_state(b, s, in, p);
    }
}

// ---- lists and what follows them ----

static void list(build *b, stmt *s, context *in, point *p) {
    bool branch = in->owner && in->owner->kind == STMT_PAR; // its statements are not a list
    for (; s && !p->gone; s = branch ? NULL : s->next)
        statement(b, s, in, p);
}

// The code after `s` has ended: the rest of its list, then what follows that.
static void after(build *b, stmt *s, context *in, point *p) {
    bool branch = in->owner && in->owner->kind == STMT_PAR;
    if (!branch) list(b, s->next, in, p);
    if (!p->gone) end_of(b, in, p);
}

static void end_of(build *b, context *in, point *p) {
    stmt *s = in->owner;
    if (!s) {
        if (!b->end)
            b->end = build_state(b, in->thread, "End", "end", b->m->sequencer->at, STAY_END);
        go(b, p, in->thread, b->end, b->m->sequencer->at);
        return;
    }
    switch (s->kind) {
    case STMT_LOOP:
        pass(b, s, in, p);
        return;
    case STMT_FOR:
        if (s->hi - s->lo > 1) {
            expr *again =
                make(b, X_NE, read(b, s->target, s->at), number(b, s->hi - 1, s->at), s->at);
            point body = once_more(b, p, again, s->at);
            expr *next = make(b, X_ADD, read(b, s->target, s->at), number(b, 1, s->at), s->at);
            set(b, &body, s->target, next, s->at);
            pass(b, s, in, &body);
        }
        break;
    case STMT_REPEAT:
        if (!s->count && !s->cond) {
            pass(b, s, in, p);
            return;
        }
        repeat_head(b, s, in->up, p);
        break;
    case STMT_HOLD:
        end_phase(b, p, s);
        break;
    case STMT_PAR:
        if (in->thread != in->up->thread) {
            go(b, p, in->thread, in->thread->states.at[0], s->at);
            return;
        }
        break;
    default:
        break;
    }
    after(b, s, in->up, p);
}

// ---- all states ----

static void leave(build *b, place *here) {
    point p = {.tail = &here->state->leave};
    stmt *s = here->s;
    if (s->kind == STMT_PHASE || s->kind == STMT_COMPARE) end_phase(b, &p, s);
    if (s->kind == STMT_PULSE) set_number(b, &p, s->target, 0, s->at);
    after(b, s, here->in, &p);
}

// Drops the states that nothing leads to and numbers the others.
static void number_states(build *b) {
    for (size_t t = 0; t < b->m->threads.n; t++) {
        fsm_thread *thread = b->m->threads.at[t];
        size_t kept = 0;
        for (size_t k = 0; k < thread->states.n; k++) {
            fsm_state *state = thread->states.at[k];
            if (!state->reached && !(thread->parent && k == 0)) continue;
            state->id = (int)kept;
            thread->states.at[kept++] = state;
        }
        thread->states.n = kept;
    }
}

void build_code(build *b) {
    point p = {.tail = &b->entry};
    list(b, b->body, b->top, &p);
    if (!p.gone) end_of(b, b->top, &p);
    for (size_t done = 0; done < b->reached.n; done++) {
        place *p = build_place_of(b, b->reached.at[done]);
        if (p) leave(b, p);
    }
    number_states(b);
}
