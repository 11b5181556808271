// Is the circuit well posed in every mode? An open line must not be pulled at by different
// voltages: its own would have to be solved for, and what flows through it would be missing.
#include "plan/build.h"

#define NO_NUMBER 1e300 // one voltage, not known here

typedef enum { NOTHING, ONE_VOLTAGE, MANY } pull;

typedef struct side {
    pull pull;
    double volts; // ONE_VOLTAGE
    const char *name;
} side;

static void add_pull(side *s, double volts, const char *name) {
    if (s->pull == NOTHING)
        *s = (side){ONE_VOLTAGE, volts, name};
    else if (s->pull == ONE_VOLTAGE && s->volts != volts)
        s->pull = MANY, s->name = name;
}

// Elements of an array of parts are looked at apart: those that active phases name (l[2].read), one
// after the other, and all the others together.
typedef struct place {
    int leads;
    expr *const *named; // NULL: the elements that no phase names
} place;

static bool names_one(const equation *q, int leads) {
    for (int k = 0; k < leads; k++)
        if (q->sub[k]->kind != X_INDEX) return true;
    return false;
}

static bool concerns(const equation *q, const place *here) {
    for (int k = 0; k < here->leads; k++)
        if (q->sub[k]->kind != X_INDEX && !(here->named && expr_same(q->sub[k], here->named[k])))
            return false;
    return true;
}

// How many of the line's elements it is known to define; definitions do not overlap.
static int reach(const equation *q) {
    const expr *last = q->sub[q->nsub - 1];
    return last->kind == X_INDEX ? last->ix->hi - last->ix->lo : last->kind == X_NUM;
}

static bool active_now(const builder *b, const definition *d) {
    for (int k = 0; k < b->active; k++) {
        int64_t from, to;
        if (b->now[k].act != d->act) continue;
        segment_range(d->act, b->now[k].segment, &from, &to);
        return d->q->from < to && from < d->q->to;
    }
    return false;
}

typedef VEC(const equation *) equations_here;

// What defines a line there in this mode: phases in place of what holds outside them.
static equations_here in_force(builder *b, const var *v, const place *here) {
    equations_here list = {0};
    definitions *d = defs_of(b->s, v);
    int replaced = 0;
    for (size_t k = 0; d && k < d->list.n; k++) {
        const definition *one = &d->list.at[k];
        if (!one->act || !active_now(b, one) || !concerns(one->q, here)) continue;
        vec_push(b->home, &list, one->q);
        replaced += reach(one->q);
    }
    for (size_t k = 0; d && replaced < v->dim[v->dims - 1] && k < d->list.n; k++)
        if (!d->list.at[k].act && concerns(d->list.at[k].q, here))
            vec_push(b->home, &list, d->list.at[k].q);
    return list;
}

static bool can_be(const expr *e, int what) {
    if (e->kind == X_NUM) return (int)e->num == what;
    return e->kind != X_SELECT || can_be(e->b, what) || can_be(e->c, what);
}

static bool may_be(builder *b, const var *kind, int what, const place *here) {
    equations_here list = in_force(b, kind, here);
    for (size_t k = 0; k < list.n; k++)
        if (can_be(resolve_expr(b, list.at[k]->rhs), what)) return true;
    return false;
}

// A voltage and the kind of line that was written with it (in one `<-`).
static bool drives(builder *b, const equation *volts, const equations_here *kinds) {
    bool known = false;
    for (size_t k = 0; k < kinds->n; k++) {
        const equation *q = kinds->at[k];
        if (q->at.begin != volts->at.begin || q->at.file != volts->at.file) continue;
        if (can_be(resolve_expr(b, q->rhs), LINE_DRIVE)) return true;
        known = true;
    }
    return !known;
}

static void pulls(builder *b, side *s, const var *kind, const var *v, const char *name,
                  const place *here) {
    equations_here kinds = in_force(b, kind, here), voltages = in_force(b, v, here);
    if (may_be(b, kind, LINE_SENSE, here)) add_pull(s, 0, name);
    if (!may_be(b, kind, LINE_DRIVE, here)) return;
    for (size_t k = 0; k < voltages.n; k++) {
        const equation *q = voltages.at[k];
        const expr *last = q->sub[q->nsub - 1];
        double volts;
        if (!drives(b, q, &kinds)) continue;
        if (expr_is_number(resolve_expr(b, q->rhs), &volts))
            add_pull(s, volts, name);
        else if (s->pull == NOTHING && (last->kind != X_INDEX || last->ix->hi - last->ix->lo == 1))
            *s = (side){ONE_VOLTAGE, NO_NUMBER, name};
        else
            *s = (side){MANY, 0, name};
    }
}

static void check_line(builder *b, const var *kind, const char *name, span at, const place *here) {
    side s = {NOTHING, 0, NULL};
    model *m = b->s->m;
    if (!may_be(b, kind, LINE_OPEN, here)) return;
    for (size_t k = 0; k < m->joints.n; k++) {
        const joint *j = m->joints.at[k];
        for (int end = 0; end < 2; end++) {
            if (j->kind[end] != kind) continue;
            expr *when = j->when ? resolve_expr(b, j->when) : NULL;
            if (when && when->kind == X_NUM && when->num == 0) continue; // switched off
            int other = 1 - end;
            if (j->along[other] == j->along[end])
                continue; // two lines of one side: a single device's own
            pulls(b, &s, j->kind[other], j->v[other], j->name[other], here);
        }
    }
    if (s.pull != MANY) return;
    diag_report(m->diag, at, DIAG_E0408, name, s.name);
    for (int k = 0; k < b->active; k++)
        diag_note(m->diag, b->now[k].act->at, "while '%s' is active", b->now[k].act->name);
    diag_help(m->diag, "sense them, drive them, or switch the devices off");
}

static void check_joint_at(builder *b, const joint *j, const place *here) {
    for (int end = 0; end < 2; end++)
        check_line(b, j->kind[end], j->name[end], j->at, here);
}

static void lines_body(builder *b, void *data) {
    const joint *first = data;
    b->lenient = true;
    check_joint_at(b, first, &(place){first->kind[0]->dims - 1, NULL});
    for (int end = 0; end < 2; end++) {
        definitions *d = defs_of(b->s, first->kind[end]);
        for (size_t k = 0; d && k < d->list.n; k++) {
            const definition *one = &d->list.at[k];
            int leads = one->q->nsub - 1;
            if (one->act && active_now(b, one) && names_one(one->q, leads))
                check_joint_at(b, first, &(place){leads, one->q->sub});
        }
    }
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
