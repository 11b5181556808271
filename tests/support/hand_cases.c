// The plan of hand_cases.h.
#include "support/hand_cases.h"

#include <math.h>

#define NUM(value) hand_num(h, value)
#define INT(value) hand_int(h, value)
#define OP(kind, a, b) hand_op(h, kind, a, b)
#define S(v) hand_at(h, v, NULL, NULL)

static void make_vars(hand_cases *c) {
    hand *h = &c->h;
    c->a = hand_var(h, "a", VAR_INPUT, TYPE_REAL, 0, 0, 0);
    c->b = hand_var(h, "b.while", VAR_INPUT, TYPE_REAL, 0, 0, 0);
    c->k = hand_var(h, "k", VAR_LATCH, TYPE_INT, 0, 0, 0);
    c->n = hand_var(h, "n", VAR_REG, TYPE_INT, 0, 0, 0);
    c->flag = hand_var(h, "flag", VAR_BIT, TYPE_BOOL, 0, 0, 0);
    c->x = hand_var(h, "x", VAR_INPUT, TYPE_REAL, 1, COLS, 0);
    c->y = hand_var(h, "y", VAR_INPUT, TYPE_REAL, 1, ROWS, 0);
    h->plan->cells += 3; // cells that belong to nobody
    c->w = hand_var(h, "g.w", VAR_STATE, TYPE_REAL, 2, COLS, ROWS);
    c->z = hand_var(h, "z", VAR_HOLD, TYPE_REAL, 1, ROWS, 0);
    c->t = hand_var(h, "t", VAR_HOLD, TYPE_REAL, 1, COLS, 0);
    c->high = hand_var(h, "high", VAR_HIGH, TYPE_INT, 1, ROWS, 0);
    c->fn_value = hand_var(h, "fn_value", VAR_SIGNAL, TYPE_REAL, 1, FN_COUNT, 0);
    c->op_value = hand_var(h, "double", VAR_SIGNAL, TYPE_REAL, 1, OPERATORS, 0);
    c->int_value = hand_var(h, "int_value", VAR_SIGNAL, TYPE_INT, 1, INT_OPERATORS, 0);
    c->mixed = hand_var(h, "mixed", VAR_SIGNAL, TYPE_INT, 1, MIXED, 0);
    c->mixed_real = hand_var(h, "mixed_real", VAR_SIGNAL, TYPE_REAL, 1, ROWS, 0);
    c->reduced = hand_var(h, "reduced", VAR_SIGNAL, TYPE_REAL, 1, REDUCTIONS, 0);
    c->int_reduced = hand_var(h, "int_reduced", VAR_SIGNAL, TYPE_INT, 1, REDUCTIONS, 0);
    c->exact = hand_var(h, "exact", VAR_STATE, TYPE_REAL, 1, ROWS, 0);
    c->bounded = hand_var(h, "bounded", VAR_STATE, TYPE_REAL, 1, ROWS, 0);
    c->bounded->lo = -0.25;
    c->bounded->hi = 0.5;
    c->decay = hand_var(h, "decay", VAR_STATE, TYPE_REAL, 1, ROWS, 0);
    c->gated = hand_var(h, "gated", VAR_STATE, TYPE_REAL, 1, ROWS, 0);
    c->gated->lo = 0;
    c->adaptive[0] = hand_var(h, "m.q", VAR_STATE, TYPE_REAL, 1, ROWS, 0);
    c->adaptive[1] = hand_var(h, "m.p", VAR_STATE, TYPE_REAL, 1, ROWS, 0);
    c->draws = hand_var(h, "draws", VAR_NOISE, TYPE_REAL, 1, 9, 0);
    c->times = hand_var(h, "times", VAR_SIGNAL, TYPE_REAL, 1, 6, 0);
}

static void make_functions(hand_cases *c) {
    hand *h = &c->h;
    c->functions = hand_function(h, "exp"); // a name that C has already
    for (int f = 0; f < FN_COUNT; f++) {
        expr *a = f == FN_log || f == FN_sqrt ? hand_fn(h, FN_abs, S(c->a), NULL) : S(c->a);
        expr *e = hand_fn(h, (fn_id)f, a, fn_arity(f) == 2 ? S(c->b) : NULL);
        hand_map(h, c->functions, c->fn_value, INT(f), e);
    }
}

static void make_operators(hand_cases *c) {
    hand *h = &c->h;
    int n = 0;
    expr *a = S(c->a), *b = S(c->b);
    c->operators = hand_function(h, "operators");
    static const expr_kind arithmetic[] = {X_ADD, X_SUB, X_MUL, X_DIV};
    static const expr_kind comparison[] = {X_LT, X_LE, X_GT, X_GE, X_EQ, X_NE};
    for (int k = 0; k < 4; k++)
        hand_map(h, c->operators, c->op_value, INT(n++), OP(arithmetic[k], a, b));
    for (int k = 0; k < 6; k++)
        hand_map(h, c->operators, c->op_value, INT(n++), OP(comparison[k], a, b));
    static const double powers[] = {2, 3, 5, 8, -1, 2.5, 1, 0};
    for (int k = 0; k < 8; k++) {
        expr *base = k == 5 ? hand_fn(h, FN_abs, a, NULL) : OP(X_SUB, a, b);
        hand_map(h, c->operators, c->op_value, INT(n++), OP(X_POW, base, NUM(powers[k])));
    }
    hand_map(h, c->operators, c->op_value, INT(n++), OP(X_POW, a, NUM(2)));
    hand_map(h, c->operators, c->op_value, INT(n++),
             OP(X_SUB, a, OP(X_SUB, b, OP(X_NEG, a, NULL))));
    expr *both = OP(X_AND, OP(X_LT, a, b), OP(X_OR, S(c->flag), OP(X_GT, a, NUM(0))));
    hand_map(h, c->operators, c->op_value, INT(n++),
             hand_select(h, both, OP(X_MUL, a, b), OP(X_NEG, b, NULL)));
    hand_map(h, c->operators, c->op_value, INT(n++),
             hand_select(h, OP(X_NOT, both, NULL), NUM(1e-3), NUM(-1.0 / 3)));
    hand_map(h, c->operators, c->op_value, INT(n++), OP(X_MUL, S(c->k), a));
    hand_map(h, c->operators, c->op_value, INT(n++),
             hand_at(h, c->x, OP(X_ADD, S(c->k), INT(1)), NULL));
}

static void make_integers(hand_cases *c) {
    hand *h = &c->h;
    int n = 0;
    expr *a = S(c->k), *b = S(c->n);
    c->integers = hand_function(h, "integers");
    static const expr_kind plain[] = {X_ADD, X_SUB, X_MUL, X_DIV, X_AND,
                                      X_OR,  X_XOR, X_LT,  X_GE,  X_EQ};
    for (int k = 0; k < 10; k++) {
        expr *e = OP(plain[k], a, b);
        if (plain[k] == X_AND || plain[k] == X_OR) e->type = TYPE_INT;
        hand_map(h, c->integers, c->int_value, INT(n++), e);
    }
    hand_map(h, c->integers, c->int_value, INT(n++), OP(X_SHL, a, INT(3)));
    hand_map(h, c->integers, c->int_value, INT(n++), OP(X_SHR, b, a));
    hand_map(h, c->integers, c->int_value, INT(n++), OP(X_BIT, b, INT(2)));
    hand_map(h, c->integers, c->int_value, INT(n++), OP(X_NEG, b, NULL));
    static const fn_id calls[] = {FN_abs, FN_sign, FN_min, FN_max, FN_floor};
    for (int k = 0; k < 5; k++)
        hand_map(h, c->integers, c->int_value, INT(n++),
                 hand_fn(h, calls[k], OP(X_SUB, a, b), k == 2 || k == 3 ? b : NULL));
    expr *rounded = hand_fn(h, FN_round, OP(X_MUL, S(c->a), NUM(100)), NULL);
    rounded->type = TYPE_INT;
    hand_map(h, c->integers, c->int_value, INT(n++), rounded);
    hand_map(h, c->integers, c->int_value, INT(n++), OP(X_AND, S(c->flag), OP(X_NE, a, INT(0))));
    hand_map(h, c->integers, c->int_value, INT(n++),
             hand_select(h, S(c->flag), OP(X_MUL, a, INT(7)), INT(-5000000000)));
}

static expr *typed(expr *e, value_type type) {
    e->type = type;
    return e;
}

// A parameter without cells: its value stands in the code.
static expr *constant(hand *h, const char *name, value_type type, double value) {
    var *v = model_var(h->model, name, VAR_PARAM, type, 0, NULL, unit_none, (span){0, 0, 0});
    v->value = value;
    return S(v);
}

// Conditions among numbers, numbers as conditions, integers among reals.
static void make_mixtures(hand_cases *c) {
    hand *h = &c->h;
    int n = 0;
    expr *a = S(c->k), *b = S(c->n), *less = OP(X_LT, a, b), *flag = S(c->flag);
    expr *condition[] = {
        typed(OP(X_XOR, flag, less), TYPE_BOOL),
        typed(OP(X_BIT, b, INT(1)), TYPE_BOOL),
        typed(hand_fn(h, FN_max, flag, less), TYPE_BOOL),
        S(c->a),
        a,
        typed(INT(1), TYPE_BOOL),
        hand_select(h, flag, less, OP(X_GT, a, INT(9))),
        OP(X_NOT, OP(X_NE, a, b), NULL),
        OP(X_GE, S(c->a), S(c->b)),
    };
    c->mixtures = hand_function(h, "mixtures");
    for (size_t k = 0; k < sizeof condition / sizeof *condition; k++)
        hand_map(h, c->mixtures, c->mixed, INT(n++),
                 hand_select(h, condition[k], INT(10), OP(X_SUB, a, INT(100))));
    hand_map(h, c->mixtures, c->mixed, INT(n++), typed(OP(X_NOT, a, NULL), TYPE_INT));
    hand_map(h, c->mixtures, c->mixed, INT(n++), OP(X_POW, a, INT(2)));
    hand_map(h, c->mixtures, c->mixed, INT(n++), typed(OP(X_LE, a, b), TYPE_INT));
    hand_map(h, c->mixtures, c->mixed, INT(n++),
             typed(hand_draw(h, DIST_UNIFORM, NUM(0), NUM(100), PER_START, a), TYPE_INT));
    hand_map(h, c->mixtures, c->mixed, INT(n++),
             OP(X_ADD, typed(OP(X_XOR, flag, less), TYPE_BOOL), a));
    hand_map(h, c->mixtures, c->mixed, INT(n++), hand_fn(h, FN_ceil, OP(X_DIV, a, INT(4)), NULL));
    hand_map(h, c->mixtures, c->mixed, INT(n++), OP(X_DIV, OP(X_SUB, INT(5), b), INT(-1)));
    expr *real[] = {hand_fn(h, FN_sqrt, b, NULL), S(c->a), constant(h, "half", TYPE_REAL, 6.5),
                    constant(h, "three", TYPE_INT, -3),
                    expr_make(h->home, X_TIME, TYPE_REAL, unit_none, NULL, NULL, NULL, a->at)};
    for (size_t k = 0; k < sizeof real / sizeof *real; k++)
        hand_map(h, c->mixtures, c->mixed, INT(n++), typed(real[k], TYPE_INT));
    index *i = model_index(h->model, "i", 0, ROWS);
    expr *y = hand_at(h, c->y, hand_ix(h, i), NULL);
    expr *met = typed(OP(X_LT, a, b), TYPE_REAL);
    hand_map(h, c->mixtures, c->mixed_real, hand_ix(h, i),
             OP(X_ADD, OP(X_MUL, typed(hand_ix(h, i), TYPE_REAL), y),
                OP(X_MUL, met, typed(S(c->k), TYPE_REAL))));
}

// sum(j where j != k: x[j] * w[j, 2]) and the like, one scalar each.
static void one_reduction(hand_cases *c, red_op op, sum_order order, bool condition) {
    hand *h = &c->h;
    bool logic = op == RED_ALL || op == RED_ANY;
    bool whole = logic || op == RED_ARGMAX || op == RED_ARGMIN;
    int number = c->reductions_made++;
    index *j = model_index(h->model, "j", 0, COLS);
    expr *x = hand_at(h, c->x, hand_ix(h, j), NULL);
    step *s = hand_step(h, c->reductions, STEP_REDUCE, whole ? c->int_reduced : c->reduced,
                        INT(number), NULL);
    s->op = op;
    s->order = order;
    s->over = hand_loop(h, j);
    s->rhs = logic ? OP(X_GT, x, NUM(op == RED_ALL ? -0.9 : 0.9))
                   : OP(X_MUL, x, hand_at(h, c->w, hand_ix(h, j), INT(2)));
    if (condition) s->condition = OP(X_NE, hand_ix(h, j), S(c->k));
    c->reduction[number].op = op;
    c->reduction[number].order = order;
    c->reduction[number].condition = condition;
}

static void make_reductions(hand_cases *c) {
    c->reductions = hand_function(&c->h, "reductions");
    for (int op = RED_SUM; op <= RED_ANY; op++)
        for (int order = 0; order < 2; order++)
            for (int condition = 0; condition < 2; condition++)
                one_reduction(c, (red_op)op, (sum_order)order, condition != 0);
}

// z[i] = sum(j: w[j, i] * x[j]), t[j] = sum(i: w[j, i] * y[i]), and the mean over half of them.
static void make_read(hand_cases *c) {
    hand *h = &c->h;
    c->read = hand_function(h, "g.read");
    index *i = model_index(h->model, "i", 0, ROWS), *j = model_index(h->model, "j", 0, COLS);
    expr *w = hand_at(h, c->w, hand_ix(h, j), hand_ix(h, i));
    step *s = hand_step(h, c->read, STEP_REDUCE, c->z, hand_ix(h, i), NULL);
    hand_loops(h, s, i, NULL);
    s->op = RED_SUM;
    s->form = FORM_OUTER;
    s->over = hand_loop(h, j);
    s->rhs = OP(X_MUL, w, hand_at(h, c->x, hand_ix(h, j), NULL));
    s = hand_step(h, c->read, STEP_REDUCE, c->t, hand_ix(h, j), NULL);
    hand_loops(h, s, j, NULL);
    s->op = RED_SUM;
    s->order = ORDER_INTERLEAVED;
    s->over = hand_loop(h, i);
    s->rhs = OP(X_MUL, w, hand_at(h, c->y, hand_ix(h, i), NULL));
}

// Locals: an array, a scalar that is set once, one that is set twice, used in the same function.
static void make_locals(hand_cases *c) {
    hand *h = &c->h;
    c->locals = hand_function(h, "locals");
    var *u = hand_local(h, "u", 1, ROWS, 0), *once = hand_local(h, "m", 0, 0, 0);
    var *twice = hand_local(h, "twice", 0, 0, 0);
    index *i = model_index(h->model, "i", 0, ROWS), *q = model_index(h->model, "for", 0, ROWS);
    hand_map(h, c->locals, once, NULL, OP(X_MUL, S(c->a), S(c->b)));
    hand_map(h, c->locals, twice, NULL, NUM(3));
    hand_map(h, c->locals, u, hand_ix(h, i),
             OP(X_ADD, hand_at(h, c->y, hand_ix(h, i), NULL), S(once)));
    hand_map(h, c->locals, twice, NULL, OP(X_ADD, S(twice), NUM(1)));
    hand_map(h, c->locals, c->z, hand_ix(h, q),
             OP(X_MUL, hand_at(h, u, hand_ix(h, q), NULL), S(twice)));
}

static step *advance(hand_cases *c, advance_method method, var *state, index *i, expr *rate) {
    hand *h = &c->h;
    step *s = hand_step(h, c->move, STEP_ADVANCE, NULL, hand_ix(h, i), NULL);
    hand_loops(h, s, i, NULL);
    s->method = method;
    s->why = "made by hand";
    vec_push(h->home, &s->states, state);
    vec_push(h->home, &s->rates, rate);
    return s;
}

static void make_moves(hand_cases *c) {
    hand *h = &c->h;
    c->move = hand_function(h, "move");
    index *i = model_index(h->model, "i", 0, ROWS);
    expr *y = hand_at(h, c->y, hand_ix(h, i), NULL);
    var *drive = hand_local(h, "drive", 1, ROWS, 0);
    hand_map(h, c->move, drive, hand_ix(h, i), OP(X_MUL, y, NUM(3)));
    advance(c, ADVANCE_EXACT, c->exact, i, OP(X_MUL, S(c->a), y));
    advance(c, ADVANCE_EXACT, c->bounded, i, OP(X_MUL, NUM(1000), y));
    // der(decay) = y - 2 a decay
    expr *slope = OP(X_MUL, NUM(-2), S(c->a));
    expr *rate = OP(X_ADD, y, OP(X_MUL, slope, hand_at(h, c->decay, hand_ix(h, i), NULL)));
    advance(c, ADVANCE_EXPONENTIAL, c->decay, i, rate)->slope = slope;
    step *s = advance(c, ADVANCE_EXACT, c->gated, i, y);
    s->pulse_phase = 0;
    s->period = 100;
    vec_push(h->home, &s->on, hand_at(h, c->high, hand_ix(h, i), NULL));
    vec_push(h->home, &s->off, S(c->k));
    // q' = when q < 0.5: drive, else -p;  p' = q + time
    expr *q = hand_at(h, c->adaptive[0], hand_ix(h, i), NULL);
    expr *p = hand_at(h, c->adaptive[1], hand_ix(h, i), NULL);
    expr *now =
        expr_make(h->home, X_TIME, TYPE_REAL, unit_second, NULL, NULL, NULL, (span){0, 0, 0});
    now->phase = 0;
    expr *fast = hand_at(h, drive, hand_ix(h, i), NULL);
    s = advance(c, ADVANCE_ADAPTIVE, c->adaptive[0], i,
                hand_select(h, OP(X_LT, q, NUM(0.5)), fast, OP(X_NEG, p, NULL)));
    vec_push(h->home, &s->states, c->adaptive[1]);
    vec_push(h->home, &s->rates, OP(X_ADD, q, now));
    s->tolerance = 1e-9;
}

static void make_checks(hand_cases *c) {
    hand *h = &c->h;
    c->checks = hand_function(h, "checks");
    index *j = model_index(h->model, "j", 0, COLS), *i = model_index(h->model, "i", 0, ROWS);
    step *s = hand_step(h, c->checks, STEP_CHECK, NULL, NULL, NULL);
    hand_loops(h, s, j, i);
    s->rhs = OP(X_LT, hand_at(h, c->w, hand_ix(h, j), hand_ix(h, i)), NUM(2));
    s = hand_step(h, c->checks, STEP_CHECK, NULL, NULL, NULL);
    s->rhs = OP(X_LT, S(c->a), NUM(1e9));
}

static void make_draws(hand_cases *c) {
    hand *h = &c->h;
    c->noise = hand_function(h, "noise");
    for (int d = 0; d < 9; d++)
        hand_map(h, c->noise, c->draws, INT(d),
                 hand_draw(h, (dist)(d % 3), S(c->a), OP(X_ADD, S(c->b), NUM(2)),
                           (draw_event)(d / 3), INT(d)));
}

static void make_clock(hand_cases *c) {
    hand *h = &c->h;
    c->clock = hand_function(h, "clock");
    for (int k = 0; k < 6; k++) {
        bool ticks = k >= 2;
        expr *e = expr_make(h->home, ticks ? X_TICKS : X_TIME, k / 2 == 1 ? TYPE_INT : TYPE_REAL,
                            unit_none, NULL, NULL, NULL, (span){0, 0, 0});
        e->phase = k % 2 == 0 ? 0 : -1;
        hand_map(h, c->clock, c->times, INT(k), e);
    }
}

hand_cases hand_cases_new(void) {
    hand_cases c = {.h = hand_new()};
    make_vars(&c);
    make_functions(&c);
    make_operators(&c);
    make_integers(&c);
    make_mixtures(&c);
    make_reductions(&c);
    make_read(&c);
    make_locals(&c);
    make_moves(&c);
    make_checks(&c);
    make_draws(&c);
    make_clock(&c);
    hand_cases_vary(&c);
    return c;
}

// A small generator of the test's own (Knuth's MMIX constants), so that nothing under test is used.
static double uniform(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) / 9007199254740992.0;
}

void hand_cases_fill(const hand_cases *c, weft_cell *cells, unsigned seed) {
    uint64_t state = seed * 2654435761u + 17;
    memset(cells, 0, (size_t)c->h.plan->cells * sizeof *cells);
    for (size_t k = 0; k < c->h.model->vars.n; k++) {
        const var *v = c->h.model->vars.at[k];
        for (long e = 0; v->cell >= 0 && e < var_count(v); e++) {
            double u = uniform(&state);
            if (v->type == TYPE_REAL)
                cells[v->cell + e].r = 2 * u - 1;
            else if (v->type == TYPE_BOOL)
                cells[v->cell + e].i = u < 0.5;
            else
                cells[v->cell + e].i = (int64_t)(u * (COLS - 1));
        }
    }
    for (int i = 0; i < ROWS; i++) // within their bounds
        cells[c->bounded->cell + i].r *= 0.2;
    cells[c->n->cell].i += 3;
    cells[WEFT_NOW].i = cells[WEFT_FROM].i = 5000 + (int64_t)seed * 100;
    cells[WEFT_TO].i = cells[WEFT_FROM].i + 1500;
    cells[WEFT_TIME].r = (double)cells[WEFT_FROM].i * 1e-6;
    cells[WEFT_DT].r = 1500 * 1e-6;
    cells[WEFT_TRIAL].i = seed % 7;
    cells[WEFT_KEY].i = (int64_t)weft_key(seed, 1);
    cells[WEFT_FIRST + WEFT_PHASE_ACTIVE].i = 1;
    cells[WEFT_FIRST + WEFT_PHASE_BEGIN].i = cells[WEFT_FROM].i - 200;
    cells[WEFT_FIRST + WEFT_PHASE_COUNT].i = 3 + seed % 5;
}
