// Short names for building statements by hand.
#ifndef WEFT_COSIM_STATEMENTS_H
#define WEFT_COSIM_STATEMENTS_H

#include "cosim/cases.h"

#include <stdarg.h>

static const span nowhere = {0, 0, 0};

static inline var *clocked(bench *b, const char *name, var_kind kind, int width) {
    var *v = model_var(b->m, arena_text(b->home, "s.%s", name), kind,
                       width == 1 ? TYPE_BOOL : TYPE_INT, 0, NULL, unit_none, nowhere);
    v->width = width;
    return v;
}
static inline var *input(bench *b, const char *name, int width) {
    var *v = clocked(b, name, VAR_CIN, width);
    vec_push(b->home, &b->q->inputs, v);
    return v;
}
static inline var *output(bench *b, const char *name, int width) {
    var *v = clocked(b, name, VAR_COUT, width);
    vec_push(b->home, &b->q->outputs, v);
    return v;
}
static inline var *reg(bench *b, const char *name, int width, double value) {
    var *v = clocked(b, name, VAR_REG, width);
    v->value = value;
    vec_push(b->home, &b->q->regs, v);
    return v;
}

static inline expr *num(bench *b, double value) {
    return expr_number(b->home, value, nowhere);
}
static inline expr *get(bench *b, var *v) {
    return expr_variable(b->home, v, 0, NULL, nowhere);
}
static inline expr *op(bench *b, expr_kind kind, expr *x, expr *y) {
    bool truth = kind == X_NOT || kind == X_BIT || (kind >= X_LT && kind <= X_NE) ||
                 ((kind == X_AND || kind == X_OR) && x->type == TYPE_BOOL);
    return expr_make(b->home, kind, truth ? TYPE_BOOL : TYPE_INT, unit_none, x, y, NULL, nowhere);
}

static inline activation *phase_for(bench *b, const char *name, int64_t cycles) {
    activation *a = arena_new_of(b->home, activation);
    a->id = (int)b->m->activations.n;
    a->name = name;
    char *local = arena_text(b->home, "%s", name);
    for (char *c = local; *c; c++)
        if (*c == '.') *c = '_';
    a->local = a->port = local;
    a->sequencer = b->q;
    a->timed = cycles > 0;
    a->ticks = cycles * PERIOD;
    vec_push(b->home, &b->m->activations, a);
    return a;
}
static inline var *argument(bench *b, activation *a, const char *name, int width) {
    var *v = model_var(b->m, arena_text(b->home, "%s.%s", a->name, name), VAR_LATCH, TYPE_INT, 0,
                       NULL, unit_none, nowhere);
    v->width = width;
    vec_push(b->home, &a->args, v);
    return v;
}

static inline stmt *st(bench *b, stmt_kind kind) {
    stmt *s = arena_new_of(b->home, stmt);
    s->kind = kind;
    return s;
}
// Statements after one another; ends with NULL.
static inline stmt *seq(stmt *first, ...) {
    va_list rest;
    va_start(rest, first);
    stmt *s = first;
    for (stmt *next; s && (next = va_arg(rest, stmt *)) != NULL; s = next)
        s->next = next;
    va_end(rest);
    return first;
}
#define SEQ(...) seq(__VA_ARGS__, (stmt *)NULL)

static inline stmt *body_of(stmt *s, stmt *body) {
    s->body = body;
    return s;
}
static inline stmt *loop_(bench *b, stmt *body) {
    return body_of(st(b, STMT_LOOP), body);
}
static inline stmt *group(bench *b, stmt *body) {
    return body_of(st(b, STMT_GROUP), body);
}
static inline stmt *par(bench *b, stmt *body) {
    return body_of(st(b, STMT_PAR), body);
}
static inline stmt *if_(bench *b, expr *cond, stmt *yes, stmt *no) {
    stmt *s = body_of(st(b, STMT_IF), yes);
    s->cond = cond;
    s->other = no;
    return s;
}
static inline stmt *for_(bench *b, var *k, int lo, int hi, stmt *body) {
    stmt *s = body_of(st(b, STMT_FOR), body);
    s->target = k, s->lo = lo, s->hi = hi;
    return s;
}
static inline stmt *repeat(bench *b, expr *count, expr *cond, stmt *body) {
    stmt *s = body_of(st(b, STMT_REPEAT), body);
    s->count = count, s->cond = cond;
    return s;
}
static inline stmt *await(bench *b, expr *cond) {
    stmt *s = st(b, STMT_AWAIT);
    s->cond = cond;
    return s;
}
static inline stmt *cycles(bench *b, double count) {
    stmt *s = st(b, STMT_WAIT);
    s->count = num(b, count);
    return s;
}
static inline stmt *pulse_(bench *b, var *v) {
    stmt *s = st(b, STMT_PULSE);
    s->target = v;
    return s;
}
static inline stmt *call(bench *b, activation *a) {
    stmt *s = st(b, STMT_PHASE);
    s->act = a;
    return s;
}
static inline stmt *with(bench *b, stmt *s, expr *argument) {
    vec_push(b->home, &s->args, argument);
    return s;
}
static inline stmt *compare(bench *b, activation *a, expr *until) {
    stmt *s = call(b, a);
    s->kind = STMT_COMPARE;
    s->cond = until;
    return s;
}
static inline stmt *during(bench *b, activation *a, stmt *body) {
    stmt *s = body_of(st(b, STMT_HOLD), body);
    s->act = a;
    return s;
}
static inline stmt *set(bench *b, var *v, expr *value) {
    stmt *s = st(b, STMT_ASSIGN);
    s->target = v;
    s->value = value;
    return s;
}

#endif
