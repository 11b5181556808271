// The interpreter on a hand-made plan: every number expected here comes from a formula in this
// file.
#include "interp/interp.h"
#include "support/hand_cases.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

static hand_cases c;
static weft_engine engine;
static weft_cell *cells;

static void setup(void) {
    c = hand_cases_new();
    engine = interp_engine(c.h.plan);
    cells = calloc((size_t)c.h.plan->cells, sizeof *cells);
}

static void teardown(void) {
    free(cells);
    hand_free(&c.h);
}

static void run(const function *f, unsigned seed) {
    hand_cases_fill(&c, cells, seed);
    engine.call(&engine, cells, (uint32_t)f->id);
    ck_assert_int_eq(cells[WEFT_FAULT].i, 0);
}

static double real(const var *v, long element) {
    return cells[v->cell + element].r;
}

static int64_t whole(const var *v, long element) {
    return cells[v->cell + element].i;
}

static double w(int j, int i) {
    return real(c.w, j * ROWS + i);
}

static double logistic(double a) {
    return 1 / (1 + exp(-a));
}

START_TEST(functions) {
    for (unsigned seed = 0; seed < 20; seed++) {
        run(c.functions, seed);
        double a = real(c.a, 0), b = real(c.b, 0);
        double expected[FN_COUNT] = {
            [FN_exp] = exp(a),
            [FN_log] = log(fabs(a)),
            [FN_sqrt] = sqrt(fabs(a)),
            [FN_sin] = sin(a),
            [FN_cos] = cos(a),
            [FN_tan] = tan(a),
            [FN_sinh] = sinh(a),
            [FN_cosh] = cosh(a),
            [FN_tanh] = tanh(a),
            [FN_atan] = atan(a),
            [FN_logistic] = logistic(a),
            [FN_dlogistic] = logistic(a) * (1 - logistic(a)),
            [FN_abs] = fabs(a),
            [FN_sign] = a < 0 ? -1 : 1,
            [FN_floor] = floor(a),
            [FN_ceil] = ceil(a),
            [FN_round] = fabs(a) <= 0.5 ? copysign(0, a) : copysign(1, a),
            [FN_min] = fmin(a, b),
            [FN_max] = fmax(a, b),
        };
        for (int f = 0; f < FN_COUNT; f++)
            // exp, and what is made of it, to a few units in the last place of the library's
            ck_assert_msg(fabs(real(c.fn_value, f) - expected[f]) <=
                              (f == FN_exp || f == FN_logistic || f == FN_dlogistic || f == FN_tanh
                                   ? 1e-15 * fabs(expected[f])
                                   : 0),
                          "%s", fn_name(f));
    }
}
END_TEST

START_TEST(operators) {
    for (unsigned seed = 0; seed < 20; seed++) {
        run(c.operators, seed);
        double a = real(c.a, 0), b = real(c.b, 0), d = a - b;
        bool both = a < b && (whole(c.flag, 0) || a > 0);
        double expected[OPERATORS] = {
            a + b,
            a - b,
            a * b,
            a / b,
            a<b, a <= b, a>
                b,
            a >= b,
            a == b,
            a != b,
            d * d,
            d * d * d,
            d * d * d * d * d,
            d * d * d * d * d * d * d * d,
            1 / d,
            pow(fabs(a), 2.5),
            d,
            1,
            a * a,
            a - (b - -a),
            both ? a * b : -b,
            both ? -1.0 / 3 : 1e-3,
            (double)whole(c.k, 0) * a,
            real(c.x, whole(c.k, 0) + 1),
        };
        for (int k = 0; k < OPERATORS; k++)
            ck_assert_msg(real(c.op_value, k) == expected[k], "operator %d", k);
    }
}
END_TEST

START_TEST(integers) {
    for (unsigned seed = 0; seed < 20; seed++) {
        run(c.integers, seed);
        int64_t a = whole(c.k, 0), b = whole(c.n, 0), d = a - b;
        bool flag = whole(c.flag, 0) != 0;
        int64_t expected[INT_OPERATORS] = {
            a + b,
            a - b,
            a * b,
            a / b,
            a & b,
            a | b,
            a ^ b,
            a<b, a >= b, a == b, a * 8, b / (INT64_C(1) << a), b / 4 % 2, -b, llabs(d), d> 0 ? 1
            : d < 0                                                                          ? -1
                                                                                             : 0,
            d < b ? d : b,
            d > b ? d : b,
            d,
            llrint(100 * real(c.a, 0)),
            flag && a != 0,
            flag ? 7 * a : INT64_C(-5000000000),
        };
        for (int k = 0; k < INT_OPERATORS; k++)
            ck_assert_msg(whole(c.int_value, k) == expected[k], "integer operator %d", k);
    }
}
END_TEST

static bool met(int number, int j) {
    return !c.reduction[number].condition || j != whole(c.k, 0);
}

// Sums as plan.h words them: in order, or in eight lanes with a fixed tree.
static double expected_sum(int number, int *count) {
    double lane[8] = {0};
    *count = 0;
    for (int j = 0; j < COLS; j++) {
        if (!met(number, j)) continue;
        lane[c.reduction[number].order == ORDER_INTERLEAVED ? j % 8 : 0] += real(c.x, j) * w(j, 2);
        ++*count;
    }
    if (c.reduction[number].order == ORDER_SEQUENTIAL) return lane[0];
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static void check_reduction(int number) {
    double most = -INFINITY, least = INFINITY;
    int most_at = -1, least_at = -1, count;
    bool all = true, any = false;
    for (int j = 0; j < COLS; j++) {
        double p = real(c.x, j) * w(j, 2);
        if (!met(number, j)) continue;
        if (p > most) most_at = j;
        if (p < least) least_at = j;
        most = fmax(most, p);
        least = fmin(least, p);
        all = all && real(c.x, j) > -0.9;
        any = any || real(c.x, j) > 0.9;
    }
    double sum = expected_sum(number, &count);
    switch (c.reduction[number].op) {
    case RED_SUM:
        ck_assert(real(c.reduced, number) == sum);
        break;
    case RED_MEAN:
        ck_assert(real(c.reduced, number) == sum / count);
        break;
    case RED_MAX:
        ck_assert(real(c.reduced, number) == most);
        break;
    case RED_MIN:
        ck_assert(real(c.reduced, number) == least);
        break;
    case RED_ARGMAX:
        ck_assert_int_eq(whole(c.int_reduced, number), most_at);
        break;
    case RED_ARGMIN:
        ck_assert_int_eq(whole(c.int_reduced, number), least_at);
        break;
    case RED_ALL:
        ck_assert_int_eq(whole(c.int_reduced, number), all);
        break;
    case RED_ANY:
        ck_assert_int_eq(whole(c.int_reduced, number), any);
        break;
    }
}

START_TEST(reductions) {
    ck_assert_int_eq(c.reductions_made, 32);
    for (unsigned seed = 0; seed < 50; seed++) {
        run(c.reductions, seed);
        for (int number = 0; number < c.reductions_made; number++)
            check_reduction(number);
    }
}
END_TEST

static void check_variation(int number) {
    double lane[8] = {0}, best = 0;
    int from = (int)whole(c.k, 0) / 2, to = (int)whole(c.k, 0) + 1, met = 0;
    if (c.variation[number].constant) from = 2, to = 13;
    red_op op = c.variation[number].op;
    bool whole_met = c.variation[number].whole, all = true, any = false;
    bool least = op == RED_MIN || op == RED_ARGMIN;
    int at = from;
    for (int j = from; j < to; j++) {
        double met_now = whole_met ? j * (j - 6) : real(c.x, j);
        if (c.variation[number].condition && j == whole(c.k, 0)) continue;
        lane[c.variation[number].order == ORDER_INTERLEAVED ? (j - from) % 8 : 0] += met_now;
        all = all && met_now > 0;
        any = any || met_now > 0;
        if (met++ == 0 || (least ? met_now < best : met_now > best)) best = met_now, at = j;
    }
    double sum =
        ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
    double expected[] = {sum, best, best, sum / met, at, at, all, any};
    double value = c.variation[number].whole_target ? (double)whole(c.int_varied, number)
                                                    : real(c.varied, number);
    if (c.variation[number].whole_target) expected[op] = trunc(expected[op]);
    ck_assert_msg(value == expected[op], "%s %d: %.17g, not %.17g", red_name(op), number, value,
                  expected[op]);
}

START_TEST(reductions_over_what_varies) {
    ck_assert_int_eq(c.variations_made, 72);
    for (unsigned seed = 0; seed < 50; seed++) {
        run(c.variations, seed);
        for (int number = 0; number < c.variations_made; number++)
            check_variation(number);
    }
}
END_TEST

START_TEST(loops_outside) {
    run(c.outers, 7);
    for (int i = 0; i < ROWS; i++) {
        double all = 0, before = 0, others = 0;
        for (int j = 0; j < COLS; j++) {
            all += w(j, i);
            if (j <= i) before += w(j, i);
            if (j != i) others += w(j, i);
        }
        ck_assert_int_eq(whole(c.outer[0], i), i * COLS * (COLS - 1) / 2);
        ck_assert(real(c.outer[1], i) == all / COLS);
        ck_assert(real(c.outer[2], i) == before / (i + 1));
        ck_assert(real(c.outer[3], i) == others / (COLS - 1));
    }
}
END_TEST

START_TEST(matrix_times_vector) {
    run(c.read, 3);
    for (int i = 0; i < ROWS; i++) {
        double z = 0;
        for (int j = 0; j < COLS; j++)
            z += w(j, i) * real(c.x, j);
        ck_assert(real(c.z, i) == z);
    }
    for (int j = 0; j < COLS; j++) {
        double p[8] = {0};
        for (int i = 0; i < ROWS; i++)
            p[i] = w(j, i) * real(c.y, i);
        ck_assert(real(c.t, j) == ((p[0] + p[4]) + p[2]) + (p[1] + p[3]));
    }
}
END_TEST

START_TEST(locals_live_inside_a_function) {
    run(c.locals, 4);
    for (int i = 0; i < ROWS; i++)
        ck_assert(real(c.z, i) == (real(c.y, i) + real(c.a, 0) * real(c.b, 0)) * 4);
}
END_TEST

// ---- states
// --------------------------------------------------------------------------------------

static double before(const weft_cell *old, const var *v, int i) {
    return old[v->cell + i].r;
}

static void check_simple_moves(const weft_cell *old, int i) {
    double a = real(c.a, 0), y = real(c.y, i), dt = cells[WEFT_DT].r;
    ck_assert(real(c.exact, i) == before(old, c.exact, i) + a * y * dt);
    double s = before(old, c.bounded, i) + 1000 * y * dt;
    ck_assert(real(c.bounded, i) == (s < -0.25 ? -0.25 : s > 0.5 ? 0.5 : s));
    // s' = y - 2 a s: s = s0 e + y (1 - e) / (2 a), e = exp(-2 a t)
    double rest = expm1(-2 * a * dt);
    double exact = before(old, c.decay, i) * (1 + rest) - y * rest / (2 * a);
    ck_assert_double_eq_tol(real(c.decay, i), exact, 1e-15);
    // The pulse: from cycle k to cycle high[i] of the phase, 100 ticks of 1 us each, within FROM ..
    // TO.
    int64_t begin = cells[WEFT_FROM].i - 200;
    double from = fmax((double)cells[WEFT_FROM].i, (double)(begin + whole(c.k, 0) * 100));
    double to = fmin((double)cells[WEFT_TO].i, (double)(begin + whole(c.high, i) * 100));
    double moved = before(old, c.gated, i) + (to > from ? y * (to - from) * 1e-6 : 0);
    if (to > from) moved = fmax(moved, 0);
    ck_assert_double_eq_tol(real(c.gated, i), moved, 1e-15);
}

// q' = when q < 0.5: 3 y, else -p;  p' = q + t. Below: q is a line, p a parabola. Above: q'' = -q -
// t, so q = A cos u + B sin u - t and p = A sin u - B cos u + 1 with A = q0 + t0, B = 1 - p0.
static void follow(double *q, double *p, double slope, double t, double dt) {
    if (*q < 0.5) {
        double reach = slope > 0 ? (0.5 - *q) / slope : INFINITY, part = fmin(dt, reach);
        *p += *q * part + slope * part * part / 2 + t * part + part * part / 2;
        *q += slope * part;
        if (reach >= dt) return;
        t += part;
        dt -= part;
        *q = 0.5;
    }
    double A = *q + t, B = 1 - *p;
    *q = A * cos(dt) + B * sin(dt) - (t + dt);
    *p = A * sin(dt) - B * cos(dt) + 1;
}

START_TEST(states_move_as_their_equations_say) {
    weft_cell *old = calloc((size_t)c.h.plan->cells, sizeof *old);
    int gated = 0;
    for (unsigned seed = 0; seed < 50; seed++) {
        hand_cases_fill(&c, old, seed);
        run(c.move, seed);
        for (int i = 0; i < ROWS; i++) {
            check_simple_moves(old, i);
            gated += real(c.gated, i) != before(old, c.gated, i);
            double q = before(old, c.adaptive[0], i), p = before(old, c.adaptive[1], i);
            double slope = 3 * real(c.y, i), dt = cells[WEFT_DT].r;
            if (fabs(q - 0.5) < 0.01) continue; // the next test crosses on purpose
            follow(&q, &p, slope, 200e-6, dt);
            ck_assert_double_eq_tol(real(c.adaptive[0], i), q, 1e-8);
            ck_assert_double_eq_tol(real(c.adaptive[1], i), p, 1e-8);
        }
    }
    ck_assert_int_gt(gated, 10);
    free(old);
}
END_TEST

START_TEST(a_change_of_branch_is_located) {
    for (int k = 0; k < 20; k++) {
        hand_cases_fill(&c, cells, 5);
        double q = 0.3 + 0.01 * k, p = -1, slope = 300; // crosses 0.5 within 0.0015 s, then rises
        for (int i = 0; i < ROWS; i++) {
            cells[c.y->cell + i].r = slope / 3;
            cells[c.adaptive[0]->cell + i].r = q;
            cells[c.adaptive[1]->cell + i].r = p;
        }
        engine.call(&engine, cells, (uint32_t)c.move->id);
        ck_assert_int_eq(cells[WEFT_FAULT].i, 0);
        follow(&q, &p, slope, 200e-6, cells[WEFT_DT].r);
        ck_assert_double_eq_tol(real(c.adaptive[0], 1), q, 1e-8);
        ck_assert_double_eq_tol(real(c.adaptive[1], 1), p, 1e-8);
    }
}
END_TEST

// ---- the rest
// ------------------------------------------------------------------------------------

START_TEST(checks_name_the_first_failing_element) {
    run(c.checks, 1);
    ck_assert_int_eq(cells[WEFT_RESULT].i, 0);
    hand_cases_fill(&c, cells, 1);
    cells[c.w->cell + 7 * ROWS + 4].r = 5;
    cells[c.w->cell + 3 * ROWS + 2].r = 5;
    engine.call(&engine, cells, (uint32_t)c.checks->id);
    ck_assert_int_eq(cells[WEFT_RESULT].i, 3 * ROWS + 2 + 1);
    hand_cases_fill(&c, cells, 1);
    cells[c.w->cell].r = NAN; // what is not known to hold fails
    engine.call(&engine, cells, (uint32_t)c.checks->id);
    ck_assert_int_eq(cells[WEFT_RESULT].i, 1);
}
END_TEST

START_TEST(types_meet) {
    for (unsigned seed = 0; seed < 20; seed++) {
        run(c.mixtures, seed);
        int64_t a = whole(c.k, 0), b = whole(c.n, 0), other = a - 100;
        bool flag = whole(c.flag, 0) != 0, less = a < b;
        double u =
            weft_uniform((uint64_t)cells[WEFT_KEY].i, weft_stream("hand.noise"), 0, (uint64_t)a);
        int64_t expected[MIXED] = {
            flag != less ? 10 : other,
            b / 2 % 2 ? 10 : other,
            flag || less ? 10 : other,
            real(c.a, 0) != 0 ? 10 : other,
            a != 0 ? 10 : other,
            10,
            (flag ? less : a > 9) ? 10 : other,
            a == b ? 10 : other,
            real(c.a, 0) >= real(c.b, 0) ? 10 : other,
            -a - 1,
            a * a,
            a <= b,
            (int64_t)(100 * u),
            (flag != less) + a,
            a / 4,
            b - 5,
            (int64_t)sqrt((double)b),
            (int64_t)real(c.a, 0),
            6,
            -3,
            (int64_t)cells[WEFT_TIME].r,
        };
        for (int k = 0; k < MIXED; k++)
            ck_assert_msg(whole(c.mixed, k) == expected[k], "%d, seed %u", k, seed);
        for (int i = 0; i < ROWS; i++)
            ck_assert(real(c.mixed_real, i) == i * real(c.y, i) + (less ? (double)a : 0.0));
    }
}
END_TEST

START_TEST(draws_count_their_events) {
    run(c.noise, 9);
    uint64_t key = (uint64_t)cells[WEFT_KEY].i, stream = weft_stream("hand.noise");
    double a = real(c.a, 0), b = real(c.b, 0) + 2;
    const uint64_t events[] = {0, 9 % 7, 3 + 9 % 5};
    for (uint64_t d = 0; d < 9; d++) {
        double u = weft_uniform(key, stream, events[d / 3], d);
        double z = weft_normal(key, stream, events[d / 3], d);
        double expected = d % 3 == 0 ? a + (b - a) * u : d % 3 == 1 ? a + b * z : exp(a + b * z);
        ck_assert(fabs(real(c.draws, (long)d) - expected) <= (d % 3 == 2 ? 1e-15 * expected : 0));
    }
}
END_TEST

START_TEST(time_counts_from_the_phase_or_the_start) {
    run(c.clock, 2); // FROM = 5200 ticks of 1 us, the phase began 200 ticks before
    ck_assert(real(c.times, 0) == 200 * 1e-6);
    ck_assert(real(c.times, 1) == 5200 * 1e-6);
    ck_assert(real(c.times, 2) == 200);
    ck_assert(real(c.times, 3) == 5200);
    ck_assert(real(c.times, 4) == 200);
    ck_assert(real(c.times, 5) == 5200);
}
END_TEST

START_TEST(a_subscript_out_of_range_is_a_fault) {
    hand_cases_fill(&c, cells, 2);
    cells[c.k->cell].i = COLS; // x[k + 1]
    engine.call(&engine, cells, (uint32_t)c.operators->id);
    ck_assert_int_eq(cells[WEFT_FAULT].i, WEFT_WRONG_SIZE);
    const weft_model *m = interp_tables(c.h.plan);
    uint32_t x = 0;
    while (x < m->var_count && strcmp(m->vars[x].name, "x") != 0)
        x++;
    ck_assert_uint_lt(x, m->var_count);
    ck_assert_int_eq(cells[WEFT_FAULT_AT].i - 1, m->vars[x].cell);
}
END_TEST

START_TEST(tables_name_what_has_cells) {
    const weft_model *m = interp_tables(c.h.plan);
    ck_assert_uint_eq(m->cells, (uint32_t)c.h.plan->cells);
    ck_assert_uint_eq(m->function_count, 13);
    ck_assert_uint_eq(m->phase_count, 1);
    ck_assert_uint_eq(m->defaults, WEFT_NONE);
    bool found = false;
    for (uint32_t k = 0; k < m->var_count; k++) {
        const weft_var *v = &m->vars[k];
        ck_assert_str_ne(v->name, "drive"); // lives in one function
        if (strcmp(v->name, "g.w") != 0) continue;
        found = true;
        ck_assert_int_eq(v->kind, WEFT_STATE);
        ck_assert_uint_eq(v->dims, 2);
        ck_assert_uint_eq(v->dim[0], COLS);
        ck_assert_uint_eq(v->dim[1], ROWS);
        ck_assert_uint_eq(v->count, COLS * ROWS);
        ck_assert_uint_eq(v->cell, (uint32_t)c.w->cell);
        ck_assert_uint_eq(v->integer, 0);
        ck_assert_uint_eq(v->observe, WEFT_NONE);
    }
    ck_assert(found);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("interp");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, functions);
    tcase_add_test(all, operators);
    tcase_add_test(all, integers);
    tcase_add_test(all, reductions);
    tcase_add_test(all, reductions_over_what_varies);
    tcase_add_test(all, loops_outside);
    tcase_add_test(all, matrix_times_vector);
    tcase_add_test(all, locals_live_inside_a_function);
    tcase_add_test(all, states_move_as_their_equations_say);
    tcase_add_test(all, a_change_of_branch_is_located);
    tcase_add_test(all, checks_name_the_first_failing_element);
    tcase_add_test(all, types_meet);
    tcase_add_test(all, draws_count_their_events);
    tcase_add_test(all, time_counts_from_the_phase_or_the_start);
    tcase_add_test(all, a_subscript_out_of_range_is_a_fault);
    tcase_add_test(all, tables_name_what_has_cells);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
