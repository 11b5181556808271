// Plans made by hand; see hand_plan.h.
#include "support/hand_plan.h"

#include "weft.h"

static const span nowhere = {0, 0, 0};

hand hand_new(void) {
    arena *home = arena_new();
    hand h = {home, arena_new_of(home, model), arena_new_of(home, plan)};
    h.model->home = home;
    h.model->words = names_new(home);
    h.model->diag = diag_new(home);
    h.model->name = "hand";
    h.model->file = "hand.weft";
    h.model->tick = 1e-6;
    h.plan->model = h.model;
    h.plan->home = home;
    activation *act = arena_new_of(home, activation);
    act->name = act->local = act->port = "p";
    vec_push(home, &h.model->activations, act);
    plan_phase *phase = arena_new_of(home, plan_phase);
    phase->act = act;
    phase->state_cell = WEFT_FIRST;
    vec_push(home, &h.plan->phases, phase);
    h.plan->cells = WEFT_FIRST + WEFT_PHASE_CELLS;
    return h;
}

void hand_free(hand *h) {
    arena_free(h->home);
}

static var *new_var(hand *h, const char *name, var_kind kind, value_type type, int dims, int d0,
                    int d1) {
    const int dim[] = {d0, d1};
    return model_var(h->model, name, kind, type, dims, dim, unit_none, nowhere);
}

var *hand_var(hand *h, const char *name, var_kind kind, value_type type, int dims, int d0, int d1) {
    var *v = new_var(h, name, kind, type, dims, d0, d1);
    v->cell = h->plan->cells;
    h->plan->cells += var_count(v);
    return v;
}

var *hand_local(hand *h, const char *name, int dims, int d0, int d1) {
    var *v = new_var(h, name, VAR_TEMP, TYPE_REAL, dims, d0, d1);
    v->local = true;
    return v;
}

expr *hand_num(hand *h, double value) {
    return expr_number(h->home, value, nowhere);
}

expr *hand_int(hand *h, long value) {
    expr *e = hand_num(h, (double)value);
    e->type = TYPE_INT;
    return e;
}

expr *hand_ix(hand *h, index *ix) {
    return expr_index(h->home, ix, nowhere);
}

expr *hand_at(hand *h, var *v, expr *first, expr *second) {
    expr *const sub[] = {first, second};
    return expr_variable(h->home, v, (first != NULL) + (second != NULL), sub, nowhere);
}

expr *hand_op(hand *h, expr_kind kind, expr *a, expr *b) {
    bool logic = (kind >= X_LT && kind <= X_NE) || kind == X_NOT || kind == X_AND || kind == X_OR;
    bool ints = a->type != TYPE_REAL && (b == NULL || b->type != TYPE_REAL);
    value_type type = logic ? TYPE_BOOL : ints ? TYPE_INT : TYPE_REAL;
    return expr_make(h->home, kind, type, unit_none, a, b, NULL, nowhere);
}

expr *hand_fn(hand *h, fn_id fn, expr *a, expr *b) {
    expr *e = hand_op(h, X_CALL, a, b);
    e->fn = fn;
    return e;
}

expr *hand_select(hand *h, expr *condition, expr *yes, expr *no) {
    return expr_make(h->home, X_SELECT, yes->type, unit_none, condition, yes, no, nowhere);
}

const char *hand_text(const hand *h, const expr *e) {
    if (e == NULL) return "0";
    text out = text_in(h->home);
    expr_print(e, &out);
    return out.at;
}

expr *hand_draw(hand *h, dist kind, expr *a, expr *b, draw_event event, expr *element) {
    expr *e = expr_make(h->home, X_DRAW, TYPE_REAL, unit_none, a, b, NULL, nowhere);
    e->fn = kind;
    e->stream = "hand.noise";
    e->event = event;
    e->phase = event == PER_PHASE ? 0 : -1;
    e->element = element;
    return e;
}

function *hand_function(hand *h, const char *name) {
    function *f = arena_new_of(h->home, function);
    f->id = (int)h->plan->functions.n;
    f->name = name;
    f->purpose = arena_text(h->home, "the function %s", name);
    vec_push(h->home, &h->plan->functions, f);
    return f;
}

loop hand_loop(hand *h, index *ix) {
    return (loop){ix, hand_int(h, ix->lo), hand_int(h, ix->hi)};
}

step *hand_step(hand *h, function *f, step_kind kind, var *target, expr *first, expr *second) {
    step *s = arena_new_of(h->home, step);
    s->kind = kind;
    s->target = target;
    s->pulse_phase = -1;
    if (first != NULL) vec_push(h->home, &s->sub, first);
    if (second != NULL) vec_push(h->home, &s->sub, second);
    vec_push(h->home, &f->steps, s);
    return s;
}

void hand_loops(hand *h, step *s, index *one, index *two) {
    if (one != NULL) vec_push(h->home, &s->loops, hand_loop(h, one));
    if (two != NULL) vec_push(h->home, &s->loops, hand_loop(h, two));
}

step *hand_map(hand *h, function *f, var *target, expr *first, expr *rhs) {
    step *s = hand_step(h, f, STEP_MAP, target, first, NULL);
    if (first != NULL && first->kind == X_INDEX) hand_loops(h, s, first->ix, NULL);
    s->rhs = rhs;
    return s;
}
