// Functions of steps, run directly on the cells; see interp.h and the step kinds in plan/plan.h.
#include "interp/interp.h"

#include "emit/tables.h"
#include "interp/controller.h"
#include "interp/eval.h"

#include <math.h>
#include <stdlib.h>

typedef struct interp {
    const plan *plan;
    const tables *tables;
    long *local_at;    // by var id: place in its function's locals, -1: has cells
    long *local_count; // by function id
} interp;

enum { LANES = 8, FEW_LOCALS = 256 };

// ---- locals
// --------------------------------------------------------------------------------------

static void place_local(interp *in, const function *f, const var *v) {
    if (v == NULL || v->cell >= 0 || v->kind == VAR_PARAM || in->local_at[v->id] >= 0) return;
    in->local_at[v->id] = in->local_count[f->id];
    in->local_count[f->id] += var_count(v);
}

static interp *prepare(const plan *p) {
    interp *in = arena_new_of(p->home, interp);
    in->plan = p;
    in->tables = tables_of(p);
    in->local_at = arena_array(p->home, p->model->vars.n + 1, sizeof *in->local_at);
    in->local_count = arena_array(p->home, p->functions.n + 1, sizeof *in->local_count);
    for (size_t k = 0; k < p->model->vars.n; k++)
        in->local_at[k] = -1;
    for (size_t k = 0; k < p->functions.n; k++) {
        const function *f = p->functions.at[k];
        for (size_t s = 0; s < f->steps.n; s++)
            place_local(in, f, f->steps.at[s]->target);
    }
    return in;
}

// ---- loops
// ---------------------------------------------------------------------------------------

typedef void step_body(frame *f, const step *s, int64_t *linear);

static int bind(frame *f, const index *ix) {
    // MAX_BOUND is more than equations and reductions can nest (MAX_DIMS of each).
    int last = f->bound_count < MAX_BOUND - 1 ? f->bound_count : MAX_BOUND - 1;
    f->bound[last].ix = ix;
    f->bound_count = last + 1;
    return last;
}

static void run_loops(frame *f, const step *s, size_t depth, step_body *body, int64_t *linear) {
    if (depth == s->loops.n) {
        body(f, s, linear);
        return;
    }
    const loop *l = &s->loops.at[depth];
    int64_t lo = eval_int(f, l->lo), hi = eval_int(f, l->hi);
    int at = bind(f, l->ix);
    for (int64_t k = lo; k < hi; k++) {
        f->bound[at].value = k;
        run_loops(f, s, depth + 1, body, linear);
    }
    f->bound_count--;
}

// ---- map, check
// ----------------------------------------------------------------------------------

static void store(frame *f, const step *s, double real, int64_t whole) {
    weft_cell *cell = eval_place(f, s->target, (int)s->sub.n, s->sub.at);
    if (cell == NULL) return;
    if (s->target->type == TYPE_REAL)
        cell->r = real;
    else
        cell->i = whole;
}

static void map_one(frame *f, const step *s, int64_t *linear) {
    (void)linear;
    if (s->target->type == TYPE_REAL)
        store(f, s, eval_real(f, s->rhs), 0);
    else if (s->target->type == TYPE_BOOL)
        store(f, s, 0, eval_true(f, s->rhs));
    else
        store(f, s, 0, eval_int(f, s->rhs));
}

static void check_one(frame *f, const step *s, int64_t *linear) {
    ++*linear;
    if (f->cells[WEFT_RESULT].i == 0 && !eval_true(f, s->rhs)) f->cells[WEFT_RESULT].i = *linear;
}

// ---- reduce
// --------------------------------------------------------------------------------------

// What has been met so far; reals and integers side by side, the target's type says which counts.
typedef struct reduction {
    double lane[LANES], best;
    int64_t whole, best_whole, at, met;
    bool all, any;
} reduction;

static void meet_extreme(reduction *r, red_op op, bool real, double x, int64_t n, int64_t k) {
    bool least = op == RED_MIN || op == RED_ARGMIN;
    bool better = real ? (least ? x < r->best : x > r->best)
                       : (least ? n < r->best_whole : n > r->best_whole);
    if (!better) return;
    r->best = x;
    r->best_whole = n;
    r->at = k;
}

static void meet(frame *f, const step *s, reduction *r, int64_t k, int64_t lo) {
    bool real = s->rhs->type == TYPE_REAL || s->op == RED_MEAN ||
                (s->op <= RED_MIN && s->target->type == TYPE_REAL);
    r->met++;
    if (s->op == RED_ALL || s->op == RED_ANY) {
        bool holds = eval_true(f, s->rhs);
        r->all = r->all && holds;
        r->any = r->any || holds;
    } else if (s->op == RED_SUM || s->op == RED_MEAN) {
        int lane = s->order == ORDER_INTERLEAVED ? (int)((k - lo) % LANES) : 0;
        if (real)
            r->lane[lane] += eval_real(f, s->rhs);
        else
            r->whole = (int64_t)((uint64_t)r->whole + (uint64_t)eval_int(f, s->rhs));
    } else {
        double x = real ? eval_real(f, s->rhs) : 0;
        meet_extreme(r, s->op, real, x, real ? 0 : eval_int(f, s->rhs), k);
    }
}

static double lanes_sum(const step *s, const double *l) {
    if (s->order != ORDER_INTERLEAVED) return l[0];
    return ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]));
}

static void reduce_one(frame *f, const step *s, int64_t *linear) {
    (void)linear;
    int64_t lo = eval_int(f, s->over.lo), hi = eval_int(f, s->over.hi);
    bool least = s->op == RED_MIN || s->op == RED_ARGMIN;
    reduction r = {.best = least ? INFINITY : -INFINITY,
                   .best_whole = least ? INT64_MAX : INT64_MIN,
                   .at = lo,
                   .all = true};
    int at = bind(f, s->over.ix);
    for (int64_t k = lo; k < hi; k++) {
        f->bound[at].value = k;
        if (s->condition == NULL || eval_true(f, s->condition)) meet(f, s, &r, k, lo);
    }
    f->bound_count--;
    bool whole_rhs = s->rhs->type != TYPE_REAL && s->target->type != TYPE_REAL;
    double sum = lanes_sum(s, r.lane);
    switch (s->op) {
    case RED_SUM:
        store(f, s, sum, whole_rhs ? r.whole : eval_whole(sum));
        break;
    case RED_MEAN:
        store(f, s, sum / (double)r.met, 0);
        break;
    case RED_MAX:
    case RED_MIN:
        store(f, s, r.best, whole_rhs ? r.best_whole : eval_whole(r.best));
        break;
    case RED_ARGMAX:
    case RED_ARGMIN:
        store(f, s, (double)r.at, r.at);
        break;
    case RED_ALL:
        store(f, s, r.all ? 1 : 0, r.all);
        break;
    case RED_ANY:
        store(f, s, r.any ? 1 : 0, r.any);
        break;
    }
}

// ---- advance
// -------------------------------------------------------------------------------------

// The stretch of one element: seconds after WEFT_FROM at which it begins, and how long it is.
static bool stretch(frame *f, const step *s, double *begin, double *dt) {
    *begin = 0;
    *dt = f->cells[WEFT_DT].r;
    if (s->pulse_phase < 0 || (s->on.n == 0 && s->off.n == 0)) return true;
    int64_t from = f->cells[WEFT_FROM].i, to = f->cells[WEFT_TO].i;
    const plan_phase *p = f->plan->phases.at[s->pulse_phase];
    int64_t origin = f->cells[p->state_cell + WEFT_PHASE_BEGIN].i;
    int64_t first = from, last = to;
    for (size_t k = 0; k < s->off.n; k++) {
        int64_t ticks = origin + eval_int(f, s->off.at[k]) * s->period;
        first = ticks > first ? ticks : first;
    }
    for (size_t k = 0; k < s->on.n; k++) {
        int64_t ticks = origin + eval_int(f, s->on.at[k]) * s->period;
        last = ticks < last ? ticks : last;
    }
    *begin = (double)(first - from) * f->plan->model->tick;
    *dt = (double)(last - first) * f->plan->model->tick;
    return first < last;
}

static double clamped(const var *v, double s) {
    return s < v->lo ? v->lo : s > v->hi ? v->hi : s;
}

static void advance_simply(frame *f, const step *s, double dt) {
    enum { MOST = 64 };
    double next[MOST] = {0};
    for (size_t k = 0; k < s->states.n && k < MOST; k++) {
        const weft_cell *cell = eval_place(f, s->states.at[k], (int)s->sub.n, s->sub.at);
        if (cell == NULL) return;
        double rate = eval_real(f, s->rates.at[k]);
        next[k] = s->method == ADVANCE_EXPONENTIAL
                      ? cell->r + rate * dt * weft_phi(eval_real(f, s->slope) * dt)
                      : cell->r + rate * dt;
    }
    for (size_t k = 0; k < s->states.n && k < MOST; k++) {
        weft_cell *cell = eval_place(f, s->states.at[k], (int)s->sub.n, s->sub.at);
        cell->r = clamped(s->states.at[k], next[k]);
    }
}

typedef struct branches {
    frame *f;
    const expr *room[64]; // the conditions met
    uint64_t bits;
    int count;
} branches;

// Whether something under e moves while the states do: a state of the step, or the time.
static bool note_moving(const expr *e, void *data) {
    struct {
        const step *s;
        bool moves;
    } *look = data;
    if (e->kind == X_TIME) look->moves = true;
    for (size_t k = 0; e->kind == X_VAR && k < look->s->states.n; k++)
        look->moves = look->moves || look->s->states.at[k] == e->v;
    return !look->moves;
}

static bool moving(const step *s, const expr *condition) {
    struct {
        const step *s;
        bool moves;
    } look = {s, false};
    expr_walk(condition, note_moving, &look);
    return look.moves;
}

// One bit for each condition of a `when` that the motion itself can change; the C backend collects
// them in the same order (the number only has to change when one of them does).
static bool note_branch(const expr *e, void *data) {
    branches *b = data;
    if (e->kind != X_SELECT || b->count >= 62 || !moving(b->f->rates, e->a)) return true;
    for (int k = 0; k < b->count; k++)
        if (expr_same(b->room[k], e->a)) return true;
    b->room[b->count] = e->a;
    if (eval_true(b->f, e->a)) b->bits |= UINT64_C(1) << b->count;
    b->count++;
    return true;
}

// weft_integrate hands `cells` on without looking into them: here they are the frame.
static int64_t rate_of(const weft_cell *cells, const int64_t *at, double t, const double *state,
                       double *rate) {
    (void)at;
    frame *f = (frame *)(uintptr_t)(const void *)cells;
    f->state = state;
    f->t = t;
    branches b = {.f = f};
    for (size_t k = 0; k < f->rates->rates.n; k++) {
        rate[k] = eval_real(f, f->rates->rates.at[k]);
        expr_walk(f->rates->rates.at[k], note_branch, &b);
    }
    return (int64_t)b.bits;
}

static void advance_adaptively(frame *f, const step *s, double begin, double dt) {
    enum { MOST = 64 };
    double state[MOST] = {0}, lo[MOST] = {0}, hi[MOST] = {0};
    uint32_t n = (uint32_t)(s->states.n < MOST ? s->states.n : MOST);
    for (uint32_t k = 0; k < n; k++) {
        const weft_cell *cell = eval_place(f, s->states.at[k], (int)s->sub.n, s->sub.at);
        if (cell == NULL) return;
        state[k] = cell->r;
        lo[k] = s->states.at[k]->lo;
        hi[k] = s->states.at[k]->hi;
    }
    f->rates = s;
    weft_status status = weft_integrate(rate_of, (const weft_cell *)(const void *)f, NULL, begin,
                                        dt, state, n, lo, hi, s->tolerance);
    f->rates = NULL;
    f->t = 0;
    for (uint32_t k = 0; k < n; k++) {
        weft_cell *cell = eval_place(f, s->states.at[k], (int)s->sub.n, s->sub.at);
        cell->r = state[k];
    }
    const weft_cell *first = eval_place(f, s->states.at[0], (int)s->sub.n, s->sub.at);
    if (status != WEFT_OK) eval_fault(f, status, first != NULL ? first - f->cells : -1);
}

static void advance_one(frame *f, const step *s, int64_t *linear) {
    (void)linear;
    double begin, dt;
    if (!stretch(f, s, &begin, &dt)) return;
    if (s->method == ADVANCE_ADAPTIVE)
        advance_adaptively(f, s, begin, dt);
    else
        advance_simply(f, s, dt);
}

// ---- functions
// -----------------------------------------------------------------------------------

// The rates of a flow and what is derived from them, called back by its integrator.
typedef struct stages {
    const weft_engine *engine;
    const step *flow;
} stages;

static void run_rates(weft_cell *cells, const void *data) {
    const stages *s = data;
    s->engine->call(s->engine, cells, (uint32_t)s->flow->rate_of->id);
}

static void run_tangent(weft_cell *cells, const void *data) {
    const stages *s = data;
    s->engine->call(s->engine, cells, (uint32_t)s->flow->tangent_of->id);
}

static void run_pattern(weft_cell *cells, const void *data) {
    const stages *s = data;
    s->engine->call(s->engine, cells, (uint32_t)s->flow->pattern_of->id);
}

static void run_events(weft_cell *cells, const void *data) {
    const stages *s = data;
    s->engine->call(s->engine, cells, (uint32_t)s->flow->fire_of->id);
}

static void flow_step(const weft_engine *engine, const step *s, weft_cell *cells) {
    const interp *in = engine->data;
    if (s->rate_of == NULL) return;
    stages data = {engine, s};
    const weft_flow *flow = &in->tables->model.flows[s->flow->id];
    weft_rates events = s->fire_of != NULL ? run_events : NULL;
    if (s->tangent_of == NULL)
        weft_flow_advance(cells, flow, run_rates, events, &data);
    else
        weft_stiff_advance(cells, flow, run_rates, events, run_tangent, run_pattern, &data);
}

static void solve_step(const weft_engine *engine, const step *s, weft_cell *cells) {
    const interp *in = engine->data;
    stages data = {engine, s};
    weft_newton(cells, &in->tables->model.islands[s->island->id], run_rates, run_tangent, &data);
}

static void follow_step(const weft_engine *engine, const step *s, weft_cell *cells) {
    const interp *in = engine->data;
    stages data = {engine, s};
    const weft_island *island = &in->tables->model.islands[s->island->id];
    if (s->tangent_of != NULL)
        weft_newton_tangent(cells, island, run_rates, run_tangent, &data);
    else
        weft_newton_pattern(cells, island, run_rates, run_pattern, &data);
}

static void run_steps(const weft_engine *engine, const function *fn, frame *f) {
    static step_body *const bodies[] = {[STEP_MAP] = map_one,
                                        [STEP_REDUCE] = reduce_one,
                                        [STEP_ADVANCE] = advance_one,
                                        [STEP_CHECK] = check_one};
    for (size_t k = 0; k < fn->steps.n; k++) {
        int64_t linear = 0;
        if (fn->steps.at[k]->kind == STEP_FLOW) {
            flow_step(engine, fn->steps.at[k], f->cells);
            continue;
        }
        if (fn->steps.at[k]->kind == STEP_SOLVE) {
            solve_step(engine, fn->steps.at[k], f->cells);
            continue;
        }
        if (fn->steps.at[k]->kind == STEP_FOLLOW) {
            follow_step(engine, fn->steps.at[k], f->cells);
            continue;
        }
        run_loops(f, fn->steps.at[k], 0, bodies[fn->steps.at[k]->kind], &linear);
    }
}

static void call(const weft_engine *self, weft_cell *cells, uint32_t number) {
    const interp *in = self->data;
    if (number >= in->plan->functions.n) return;
    const function *fn = in->plan->functions.at[number];
    if (fn->machine != NULL) {
        machine_call(fn->machine, fn->role, cells);
        return;
    }
    weft_cell few[FEW_LOCALS] = {0};
    size_t count = (size_t)in->local_count[fn->id];
    weft_cell *locals = count <= FEW_LOCALS ? few : calloc(count, sizeof *locals);
    if (locals == NULL) {
        cells[WEFT_FAULT].i = WEFT_NO_MEMORY;
        return;
    }
    frame f = {.plan = in->plan,
               .cells = cells,
               .locals = locals,
               .local_at = in->local_at,
               .var_index = in->tables->var_index,
               .t = fn->rates ? cells[WEFT_LOCAL].r : 0};
    run_steps(self, fn, &f);
    if (locals != few) free(locals);
}

weft_engine interp_engine(const plan *p) {
    return (weft_engine){.call = call, .data = prepare(p)};
}

const weft_model *interp_tables(const plan *p) {
    return &tables_of(p)->model;
}
