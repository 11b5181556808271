// Is the circuit well posed in every mode? An open line must not be pulled at by different voltages:
// its own would have to be solved for, and what flows through it would be missing.
#include "plan/build.h"

#define NO_NUMBER 1e300 // one voltage, not known here

typedef enum { NOTHING, ONE_VOLTAGE, MANY } pull;

typedef struct side {
    pull pull;
    double volts; // ONE_VOLTAGE
    const char *name;
} side;

static void add_pull(side *s, double volts, const char *name) {
    if (s->pull == NOTHING) *s = (side){ONE_VOLTAGE, volts, name};
    else if (s->pull == ONE_VOLTAGE && s->volts != volts) s->pull = MANY, s->name = name;
}

// Every definition of a line's kind and voltage in this mode.
static bool may_be(builder *b, var *kind, int what) {
    expr *e = resolve_expr(b, expr_variable(b->home, kind, 0, NULL, kind->at));
    if (e->kind == X_NUM) return (int)e->num == what;
    if (e->kind != X_VAR) return true;
    definitions *d = defs_of(b->s, kind);
    for (size_t k = 0; d && k < d->list.n; k++) {
        const expr *rhs = d->list.at[k].q->rhs;
        if (rhs->kind != X_NUM || (int)rhs->num == what) return true;
    }
    return false;
}

static void pulls(builder *b, side *s, var *kind, var *v, int elements, const char *name) {
    if (may_be(b, kind, LINE_SENSE)) add_pull(s, 0, name);
    if (!may_be(b, kind, LINE_DRIVE)) return;
    expr *e = resolve_expr(b, expr_variable(b->home, v, 0, NULL, v->at));
    double volts;
    if (expr_is_number(e, &volts)) add_pull(s, volts, name);
    else if (elements > 1) *s = (side){MANY, 0, name};
    else if (s->pull == NOTHING) *s = (side){ONE_VOLTAGE, NO_NUMBER, name};
    else *s = (side){MANY, 0, name};
}

static void check_line(builder *b, var *kind, const char *name, span at) {
    side s = {NOTHING, 0, NULL};
    model *m = b->s->m;
    if (!may_be(b, kind, LINE_OPEN)) return;
    for (size_t k = 0; k < m->joints.n; k++) {
        const joint *j = m->joints.at[k];
        for (int end = 0; end < 2; end++) {
            if (j->kind[end] != kind) continue;
            expr *when = j->when ? resolve_expr(b, j->when) : NULL;
            if (when && when->kind == X_NUM && when->num == 0) continue; // switched off
            int other = 1 - end;
            if (j->along[other] == j->along[end]) continue; // two lines of one side: a single device's own
            const var *v = j->v[other];
            pulls(b, &s, j->kind[other], j->v[other], v->dim[v->dims - 1], j->name[other]);
        }
    }
    if (s.pull != MANY) return;
    diag_report(m->diag, at, DIAG_E0408, name, s.name);
    for (int k = 0; k < b->active; k++) diag_note(m->diag, b->now[k].act->at, "while '%s' is active", b->now[k].act->name);
    diag_help(m->diag, "sense them, drive them, or switch the devices off");
}

static void lines_body(builder *b, void *data) {
    const joint *first = data;
    b->lenient = true;
    for (int end = 0; end < 2; end++) check_line(b, first->kind[end], first->name[end], first->at);
}

void plan_lines(scheduler *s) {
    for (size_t k = 0; k < s->m->joints.n; k++) {
        joint *j = s->m->joints.at[k];
        VEC(const expr *) roots = {0};
        for (size_t i = 0; i < s->m->joints.n; i++) {
            const joint *o = s->m->joints.at[i];
            if (o->at.begin != j->at.begin || o->at.file != j->at.file) continue;
            for (int end = 0; end < 2; end++) {
                vec_push(s->home, &roots, expr_variable(s->home, o->kind[end], 0, NULL, o->at));
                vec_push(s->home, &roots, expr_variable(s->home, o->v[end], 0, NULL, o->at));
            }
            if (o->when) vec_push(s->home, &roots, o->when);
        }
        size_t tasks = s->p->tasks.n;
        make_task(s, "lines", "", j->at, roots.at, roots.n, NULL, 0, -1, lines_body, j);
        s->p->tasks.n = tasks; // it only looks
    }
}
