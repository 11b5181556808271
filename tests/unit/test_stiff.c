// The stiff solver on systems written by hand: exact solutions, published ones, bounds, faults; and
// the structure of the Jacobian.
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "jacobian.h"
#include "stiff.h"
#include "support/hand_twin.h"

enum { MOST = 40 }; // states
enum { Y = WEFT_FIRST, RATE = Y + MOST, DOT = RATE + MOST, RATE_DOT = DOT + MOST };
enum { WORK = RATE_DOT + MOST, CELLS = WORK + WEFT_FLOW_WORK * MOST + WEFT_FLOW_COUNTS };

// A system: its rates, the entries of its Jacobian, and which of them may be other than 0.
typedef struct system {
    uint32_t n;
    void (*rates)(double t, const double *y, double *rate);
    double (*entry)(double t, const double *y, uint32_t row, uint32_t column);
    bool (*linked)(uint32_t row, uint32_t column); // NULL: all
} system_of;

static weft_cell cells[CELLS];
static weft_solvers solvers;
static int tangents; // calls

static void rates_of(weft_cell *c, const void *data) {
    const system_of *s = data;
    s->rates(c[WEFT_LOCAL].r, &c[Y].r, &c[RATE].r);
}

static bool linked(const system_of *s, uint32_t row, uint32_t column) {
    return s->linked == NULL || s->linked(row, column);
}

static void tangent_of(weft_cell *c, const void *data) {
    const system_of *s = data;
    tangents++;
    for (uint32_t row = 0; row < s->n; row++) {
        c[RATE_DOT + row].r = 0;
        for (uint32_t column = 0; column < s->n; column++)
            if (linked(s, row, column))
                c[RATE_DOT + row].r +=
                    s->entry(c[WEFT_LOCAL].r, &c[Y].r, row, column) * c[DOT + column].r;
    }
}

static void pattern_of(weft_cell *c, const void *data) {
    const system_of *s = data;
    for (uint32_t row = 0; row < s->n; row++) {
        c[RATE_DOT + row].r = 0;
        for (uint32_t column = 0; column < s->n; column++)
            if (linked(s, row, column) && c[DOT + column].r != 0) c[RATE_DOT + row].r = 1;
    }
}

static weft_cells_of states[1];

// A new flow: solvers of those before are of no use to it.
static weft_flow flow_of(uint32_t n, double tolerance) {
    weft_solvers_free(&solvers);
    states[0] = (weft_cells_of){Y, n};
    return (weft_flow){.name = "flow",
                       .vars = states,
                       .var_count = 1,
                       .count = n,
                       .rate_cell = RATE,
                       .work_cell = WORK,
                       .dot_cell = DOT,
                       .rate_dot_cell = RATE_DOT,
                       .method = WEFT_STIFF,
                       .tolerance = tolerance};
}

static weft_status run(const system_of *s, const weft_flow *flow, const double *from, double dt) {
    memset(cells, 0, sizeof cells);
    cells[WEFT_SOLVERS].p = &solvers;
    cells[WEFT_TO].i = 1000;
    cells[WEFT_DT].r = dt;
    for (uint32_t i = 0; i < s->n; i++)
        cells[Y + i].r = from[i];
    weft_stiff_advance(cells, flow, rates_of, NULL, tangent_of, pattern_of, s);
    return (weft_status)cells[WEFT_FAULT].i;
}

static void close_solvers(void) {
    weft_solvers_free(&solvers);
}

static const double tolerances[] = {1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9};
enum { TOLERANCES = sizeof tolerances / sizeof *tolerances };

// ---- the Jacobian -----------------------------------------------------------------------------

static double any_entry(double t, const double *y, uint32_t row, uint32_t column) {
    (void)t, (void)y;
    return 1 + row * 100 + column;
}
static void no_rates(double t, const double *y, double *rate) {
    (void)t, (void)y, (void)rate;
}
static bool tridiagonal(uint32_t row, uint32_t column) {
    return row + 1 >= column && column + 1 >= row;
}
static bool only_diagonal(uint32_t row, uint32_t column) {
    return row == column;
}
static bool arrow(uint32_t row, uint32_t column) {
    return row == 0 || column == 0 || row == column;
}
static bool strictly_lower(uint32_t row, uint32_t column) {
    return row > column;
}

static void check_jacobian(bool (*which)(uint32_t, uint32_t), uint32_t n, uint32_t colours) {
    system_of s = {n, no_rates, any_entry, which};
    weft_flow flow = flow_of(n, 1e-6);
    weft_jacobian j;
    memset(cells, 0, sizeof cells);
    ck_assert(weft_jacobian_find(&j, cells, &flow, pattern_of, &s));
    ck_assert_uint_eq(j.colours, colours);
    double values[MOST * MOST];
    tangents = 0;
    weft_jacobian_fill(&j, cells, &flow, tangent_of, &s, values);
    ck_assert_int_eq(tangents, (int)colours);
    for (uint32_t column = 0; column < n; column++) {
        int64_t e = j.start[column];
        for (uint32_t row = 0; row < n; row++) {
            bool there = linked(&s, row, column);
            if (!there && row != column) continue;
            ck_assert_int_eq(j.row[e], row);
            ck_assert_double_eq(values[e], there ? any_entry(0, NULL, row, column) : 0);
            e++;
        }
        ck_assert_int_eq(e, j.start[column + 1]);
    }
    weft_jacobian_free(&j);
}

// A matrix of bandwidth 3 needs 3 colours, whatever its size (Curtis, Powell, Reid 1974); one with
// a full row as many as it has columns.
START_TEST(columns_that_share_no_row_are_found_together) {
    check_jacobian(tridiagonal, 30, 3);
    check_jacobian(only_diagonal, 30, 1);
    check_jacobian(arrow, 20, 20);
    check_jacobian(NULL, 7, 7);
    check_jacobian(strictly_lower, 9, 9);
    check_jacobian(only_diagonal, 1, 1);
}
END_TEST

// ---- exact solutions --------------------------------------------------------------------------

// Prothero, Robinson, Math. Comp. 28 (1974): y' = L (y - cos t) - sin t, y = cos t + c e^Lt.
enum { L = -1000000 };
static void prothero_rates(double t, const double *y, double *rate) {
    rate[0] = L * (y[0] - cos(t)) - sin(t);
}
static double prothero_entry(double t, const double *y, uint32_t row, uint32_t column) {
    (void)t, (void)y, (void)row, (void)column;
    return L;
}
static const system_of prothero = {1, prothero_rates, prothero_entry, NULL};

static double prothero_error(double start, double dt, double tolerance) {
    weft_flow flow = flow_of(1, tolerance);
    ck_assert_int_eq(run(&prothero, &flow, &start, dt), WEFT_OK);
    return fabs(cells[Y].r - (cos(dt) + (start - 1) * exp(L * dt)));
}
START_TEST(a_stiff_scalar_meets_its_tolerance) {
    double tolerance = tolerances[_i];
    ck_assert_double_lt(prothero_error(1, 1, tolerance), 100 * tolerance);
    ck_assert_double_lt(prothero_error(2, 1, tolerance), 100 * tolerance);
    ck_assert_double_lt(prothero_error(2, 2e-6, tolerance), 100 * tolerance);
    ck_assert_double_lt(prothero_error(0, 1e-6, tolerance), 100 * tolerance);
}
END_TEST

// y' = A y with eigenvalues -1 (1, 1) and -1e6 (1, -1).
static double pair_entry(double t, const double *y, uint32_t row, uint32_t column) {
    (void)t, (void)y;
    return row == column ? -(1 + 1e6) / 2 : -(1 - 1e6) / 2;
}
static void pair_rates(double t, const double *y, double *rate) {
    for (uint32_t row = 0; row < 2; row++)
        rate[row] = pair_entry(t, y, row, 0) * y[0] + pair_entry(t, y, row, 1) * y[1];
}
static const system_of pair = {2, pair_rates, pair_entry, NULL};

static double pair_error(double dt, double tolerance) {
    weft_flow flow = flow_of(2, tolerance);
    const double from[2] = {3, 1};
    ck_assert_int_eq(run(&pair, &flow, from, dt), WEFT_OK);
    double slow = 2 * exp(-dt), fast = exp(-1e6 * dt);
    return fmax(fabs(cells[Y].r - slow - fast), fabs(cells[Y + 1].r - slow + fast));
}
START_TEST(two_time_scales_meet_their_tolerance) {
    ck_assert_double_lt(pair_error(1, tolerances[_i]), 100 * tolerances[_i]);
    ck_assert_double_lt(pair_error(1e-6, tolerances[_i]), 100 * tolerances[_i]);
}
END_TEST

// Both begin at 0: x' = (1 - x) / a, y' = (x - y) / b.
static const double quick = 1e-6, slow = 1e-2;
static void chain_rates(double t, const double *y, double *rate) {
    (void)t;
    rate[0] = (1 - y[0]) / quick;
    rate[1] = (y[0] - y[1]) / slow;
}
static double chain_entry(double t, const double *y, uint32_t row, uint32_t column) {
    (void)t, (void)y;
    if (row == 0) return column == 0 ? -1 / quick : 0;
    return column == 0 ? 1 / slow : -1 / slow;
}
static bool chain_linked(uint32_t row, uint32_t column) {
    return row >= column;
}
static const system_of chain = {2, chain_rates, chain_entry, chain_linked};

static double chain_error(double dt, double tolerance, bool apart) {
    weft_flow flow = flow_of(2, tolerance);
    const weft_cells_of two[2] = {{Y, 1}, {Y + 1, 1}};
    if (apart) flow.vars = two, flow.var_count = 2;
    const double from[2] = {0, 0};
    ck_assert_int_eq(run(&chain, &flow, from, dt), WEFT_OK);
    double x = 1 - exp(-dt / quick),
           y = 1 - (slow * exp(-dt / slow) - quick * exp(-dt / quick)) / (slow - quick);
    return fmax(fabs(cells[Y].r - x), fabs(cells[Y + 1].r - y));
}
START_TEST(states_that_begin_at_zero_meet_their_tolerance) {
    for (int apart = 0; apart < 2; apart++) {
        ck_assert_double_lt(chain_error(1e-2, tolerances[_i], apart), 100 * tolerances[_i]);
        ck_assert_double_lt(chain_error(2e-6, tolerances[_i], apart), 100 * tolerances[_i]);
    }
}
END_TEST

START_TEST(errors_fall_with_the_tolerance) {
    double loose[3], tight[3];
    for (int k = 0; k < 2; k++) {
        double *error = k == 0 ? loose : tight, tolerance = k == 0 ? 1e-3 : 1e-9;
        error[0] = prothero_error(2, 3e-6, tolerance);
        error[1] = pair_error(1, tolerance);
        error[2] = chain_error(1e-2, tolerance, false);
    }
    for (int k = 0; k < 3; k++)
        ck_assert_double_lt(tight[k], loose[k] / 1e4);
}
END_TEST

// ---- published solutions ----------------------------------------------------------------------

// Robertson's kinetics, as in Hairer, Wanner, "Solving ODEs II", eq. IV.1.4.
static void robertson_rates(double t, const double *y, double *rate) {
    (void)t;
    rate[0] = -0.04 * y[0] + 1e4 * y[1] * y[2];
    rate[2] = 3e7 * y[1] * y[1];
    rate[1] = -rate[0] - rate[2];
}
static double robertson_entry(double t, const double *y, uint32_t row, uint32_t column) {
    (void)t;
    const double first[3] = {-0.04, 1e4 * y[2], 1e4 * y[1]}, third[3] = {0, 6e7 * y[1], 0};
    return row == 0 ? first[column] : row == 2 ? third[column] : -first[column] - third[column];
}
static const system_of robertson = {3, robertson_rates, robertson_entry, NULL};

// At 1e11: Mazzia, Magherini, "Test set for initial value problem solvers", problem ROBER.
START_TEST(robertson_ends_where_it_is_published) {
    const double from[3] = {1, 0, 0};
    const double there[3] = {0.2083340149701255e-07, 0.8333360770334713e-13, 0.9999999791665050};
    const weft_cells_of each[3] = {{Y, 1}, {Y + 1, 1}, {Y + 2, 1}};
    weft_flow flow = flow_of(3, tolerances[_i]);
    flow.vars = each, flow.var_count = 3;
    ck_assert_int_eq(run(&robertson, &flow, from, 1e11), WEFT_OK);
    for (int k = 0; k < 3; k++)
        ck_assert_double_lt(fabs(cells[Y + k].r / there[k] - 1), 100 * tolerances[_i]);
}
END_TEST

// Van der Pol's equation with epsilon = 1e-6 at 2: the same test set, problem VDPOL.
// At 1e-3 the jumps come too late by more than they last.
static void pol_rates(double t, const double *y, double *rate) {
    (void)t;
    rate[0] = y[1];
    rate[1] = ((1 - y[0] * y[0]) * y[1] - y[0]) / 1e-6;
}
static double pol_entry(double t, const double *y, uint32_t row, uint32_t column) {
    (void)t;
    if (row == 0) return column;
    return column == 0 ? (-2 * y[0] * y[1] - 1) / 1e-6 : (1 - y[0] * y[0]) / 1e-6;
}
static const system_of pol = {2, pol_rates, pol_entry, NULL};

START_TEST(van_der_pol_ends_where_it_is_published) {
    const double from[2] = {2, 0}, there[2] = {1.706167732170469, -0.8928097010248125};
    const weft_cells_of each[2] = {{Y, 1}, {Y + 1, 1}};
    weft_flow flow = flow_of(2, tolerances[_i]);
    flow.vars = each, flow.var_count = 2;
    ck_assert_int_eq(run(&pol, &flow, from, 2), WEFT_OK);
    for (int k = 0; k < 2; k++)
        ck_assert_double_lt(fabs(cells[Y + k].r / there[k] - 1), 100 * tolerances[_i]);
}
END_TEST

// ---- bounds -----------------------------------------------------------------------------------

static void cosine_rates(double t, const double *y, double *rate) {
    (void)y;
    rate[0] = cos(t);
}
static double zero_entry(double t, const double *y, uint32_t row, uint32_t column) {
    (void)t, (void)y, (void)row, (void)column;
    return 0;
}
static const system_of cosine = {1, cosine_rates, zero_entry, NULL};

// At 0.5 from pi/6 on, until the rate turns at pi/2.
START_TEST(a_bound_is_reached_and_left_in_time) {
    const double lo = -10, hi = 0.5, from = 0;
    weft_flow flow = flow_of(1, tolerances[_i]);
    flow.lo = &lo, flow.hi = &hi;
    ck_assert_int_eq(run(&cosine, &flow, &from, 1.5), WEFT_OK);
    ck_assert_double_eq(cells[Y].r, 0.5);
    ck_assert_int_eq(run(&cosine, &flow, &from, 3), WEFT_OK);
    ck_assert_double_eq_tol(cells[Y].r, 0.5 + sin(3) - 1, 100 * tolerances[_i]);
}
END_TEST

// ---- faults, repetition -----------------------------------------------------------------------

static void square_rates(double t, const double *y, double *rate) {
    (void)t;
    rate[0] = 0;
    rate[1] = y[1] * y[1];
}
static double square_entry(double t, const double *y, uint32_t row, uint32_t column) {
    (void)t;
    return row == 1 && column == 1 ? 2 * y[1] : 0;
}
static const system_of square = {2, square_rates, square_entry, NULL};

START_TEST(a_state_without_limit_is_named) { // y = 1 / (1 - t)
    weft_flow flow = flow_of(2, 1e-6);
    const double from[2] = {1, 1};
    weft_status status = run(&square, &flow, from, 2);
    ck_assert(status == WEFT_STUCK || status == WEFT_NOT_FINITE || status == WEFT_NO_CONVERGENCE);
    ck_assert_int_eq(cells[WEFT_FAULT_AT].i, 1 + Y + 1);
    ck_assert_double_eq_tol(cells[WEFT_LOCAL].r, 1, 1e-3);
}
END_TEST

static void root_rates(double t, const double *y, double *rate) {
    rate[0] = -1;
    rate[1] = sqrt(0.5 - t) * y[0];
}
static double root_entry(double t, const double *y, uint32_t row, uint32_t column) {
    (void)y;
    return row == 1 && column == 0 ? sqrt(0.5 - t) : 0;
}
static const system_of root = {2, root_rates, root_entry, NULL};

START_TEST(a_rate_that_is_no_number_is_named) {
    weft_flow flow = flow_of(2, 1e-6);
    const double from[2] = {1, 1};
    ck_assert_int_eq(run(&root, &flow, from, 2), WEFT_NOT_FINITE);
    ck_assert_int_eq(cells[WEFT_FAULT_AT].i, 1 + Y + 1);
    ck_assert_double_eq_tol(cells[WEFT_LOCAL].r, 0.5, 1e-3);
    const double now[2] = {1, NAN};
    ck_assert_int_eq(run(&root, &flow, now, 0.1), WEFT_OK); // that state has no influence
}
END_TEST

START_TEST(what_came_before_leaves_no_trace) {
    weft_flow flow = flow_of(3, 1e-6);
    const double from[3] = {1, 0, 0}, other[3] = {0.2, 1e-6, 0.8};
    weft_cell first[CELLS];
    ck_assert_int_eq(run(&robertson, &flow, from, 40), WEFT_OK);
    memcpy(first, cells, sizeof first);
    ck_assert_int_eq(run(&robertson, &flow, other, 1e6), WEFT_OK);
    ck_assert_int_eq(run(&robertson, &flow, from, 40), WEFT_OK);
    ck_assert_mem_eq(first, cells, sizeof first);
    weft_solvers_free(&solvers);
    ck_assert_int_eq(run(&robertson, &flow, from, 40), WEFT_OK);
    ck_assert_mem_eq(first + Y, cells + Y, 3 * sizeof *first);
}
END_TEST

// A function that moves the same states by other rates has a solver of its own.
START_TEST(each_mode_has_its_structure) {
    weft_flow flow = flow_of(2, 1e-9);
    const double from[2] = {1, 1};
    const system_of alone = {2, chain_rates, chain_entry, only_diagonal};
    solvers.function = 1;
    (void)run(&alone, &flow, from, 1e-3);
    solvers.function = 2;
    ck_assert_int_eq(run(&chain, &flow, from, 1e-3), WEFT_OK);
    ck_assert_double_eq_tol(cells[Y + 1].r, 1, 1e-9);
    solvers.function = 0;
}
END_TEST

// ---- an instance -------------------------------------------------------------------------------

// Robertson's kinetics as a model, moved by a function that calls the solver.
static weft_flow model_flow;

static void call(const weft_engine *self, weft_cell *c, uint32_t function) {
    (void)self;
    if (function == 0)
        weft_stiff_advance(c, &model_flow, rates_of, NULL, tangent_of, pattern_of, &robertson);
    else
        c[Y].r = 1;
}

static const weft_var kinetics_vars[] = {{.name = "y",
                                          .unit = "",
                                          .kind = WEFT_STATE,
                                          .dims = 1,
                                          .dim = {3},
                                          .count = 3,
                                          .cell = Y,
                                          .observe = WEFT_NONE,
                                          .lo = -10,
                                          .hi = 10}};
static const weft_mode ever[] = {{.function = 0}};
static const weft_task tasks[] = {{"flow_advance", ever, 1}};
static const weft_group groups[] = {{.name = "flow", .advance = 0}};

static weft_twin *kinetics(void) {
    static weft_model model;
    static const weft_engine engine = {.call = call};
    model = hand_model("kinetics", 1e-3, CELLS);
    model.vars = kinetics_vars, model.var_count = 1;
    model.tasks = tasks, model.task_count = 1;
    model.groups = groups, model.group_count = 1;
    model.flows = &model_flow, model.flow_count = 1;
    model.defaults = 1, model.function_count = 2;
    return hand_open(&model, &engine);
}

static void states_at(weft_twin *twin, int64_t tick, double *values) {
    ck_assert_int_eq(weft_run(twin, tick), WEFT_OK);
    ck_assert_int_eq(weft_touch(twin), WEFT_OK);
    ck_assert_int_eq(weft_get(twin, "y", values, 3), WEFT_OK);
}

START_TEST(a_saved_run_goes_on_with_the_same_bytes) {
    model_flow = flow_of(3, 1e-6);
    weft_twin *whole = kinetics(), *resumed = kinetics();
    double values[3], seen[3], again[3];
    static unsigned char bytes[100000];
    size_t size = weft_save_size(whole);
    ck_assert_uint_le(size, sizeof bytes);
    states_at(whole, 400, values);
    // the solution at 0.4 in the documentation of LSODE (Hindmarsh 1983)
    ck_assert_double_eq_tol(values[0], 9.851712e-01, 2e-6);
    ck_assert_int_eq(weft_observe(whole, "y", seen, 3), WEFT_OK);
    ck_assert_int_eq(weft_save(whole, bytes, size), WEFT_OK);
    ck_assert_int_eq(weft_load(resumed, bytes, size), WEFT_OK);
    states_at(whole, 40000, values);
    states_at(resumed, 40000, again);
    ck_assert_mem_eq(values, again, sizeof values);
    ck_assert_int_eq(weft_restart(whole, 0, 0), WEFT_OK); // the solver is still there
    states_at(whole, 400, again);
    ck_assert_mem_eq(seen, again, sizeof seen);
    weft_close(whole);
    weft_close(resumed);
}
END_TEST

int main(void) {
    if (!weft_stiff_built()) return EXIT_SUCCESS;
    Suite *suite = suite_create("stiff");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_unchecked_fixture(all, NULL, close_solvers);
    tcase_add_checked_fixture(all, NULL, close_solvers);
    tcase_add_test(all, columns_that_share_no_row_are_found_together);
    tcase_add_loop_test(all, a_stiff_scalar_meets_its_tolerance, 0, TOLERANCES);
    tcase_add_loop_test(all, two_time_scales_meet_their_tolerance, 0, TOLERANCES);
    tcase_add_loop_test(all, states_that_begin_at_zero_meet_their_tolerance, 0, TOLERANCES);
    tcase_add_test(all, errors_fall_with_the_tolerance);
    tcase_add_loop_test(all, robertson_ends_where_it_is_published, 0, TOLERANCES);
    tcase_add_loop_test(all, van_der_pol_ends_where_it_is_published, 1, TOLERANCES);
    tcase_add_loop_test(all, a_bound_is_reached_and_left_in_time, 0, TOLERANCES);
    tcase_add_test(all, a_state_without_limit_is_named);
    tcase_add_test(all, a_rate_that_is_no_number_is_named);
    tcase_add_test(all, what_came_before_leaves_no_trace);
    tcase_add_test(all, each_mode_has_its_structure);
    tcase_add_test(all, a_saved_run_goes_on_with_the_same_bytes);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
