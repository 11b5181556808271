// Newton's method on islands written by hand: solutions known in closed form, from far away and
// from near, in units of any size; ranges; and what has no solution.
#include "weft.h"

#include <check.h>
#include <math.h>
#include <string.h>

enum { MOST = 30, UNKNOWN = WEFT_FIRST, LEFT = UNKNOWN + MOST, DOT = LEFT + MOST };
enum { LEFT_DOT = DOT + MOST, WORK = LEFT_DOT + MOST, CELLS = WORK + MOST * (MOST + 6) };

static weft_cell cells[CELLS];
static uint32_t n;
static int calls;

// The unknowns as one variable, or as two.
static weft_cells_of parts[4][2];
static weft_island island;

static void prepare(uint32_t count, uint32_t first) {
    static const uint32_t at[] = {UNKNOWN, LEFT, DOT, LEFT_DOT};
    memset(cells, 0, sizeof cells);
    n = count;
    calls = 0;
    for (int k = 0; k < 4; k++) {
        parts[k][0] = (weft_cells_of){at[k], first};
        parts[k][1] = (weft_cells_of){at[k] + first, count - first};
    }
    island = (weft_island){.unknowns = parts[0],
                           .residuals = parts[1],
                           .dots = parts[2],
                           .residual_dots = parts[3],
                           .var_count = first < count ? 2 : 1,
                           .count = count,
                           .work_cell = WORK};
}

static double x(uint32_t k) {
    return cells[UNKNOWN + k].r;
}

static double dot(uint32_t k) {
    return cells[DOT + k].r;
}

static void leave(uint32_t k, double left) {
    cells[LEFT + k].r = left;
}

static void moves(uint32_t k, double by) {
    cells[LEFT_DOT + k].r = by;
}

#define ISLAND(name, residual, tangent)                                                            \
    static void name(weft_cell *c, const void *data) {                                             \
        (void)c, (void)data;                                                                       \
        calls++;                                                                                   \
        residual;                                                                                  \
    }                                                                                              \
    static void name##_tangent(weft_cell *c, const void *data) {                                   \
        (void)c, (void)data;                                                                       \
        tangent;                                                                                   \
    }

#define SOLVE(name) weft_newton(cells, &island, name, name##_tangent, NULL)

static double size = 1; // of the unknown

ISLAND(cosine, leave(0, x(0) - cos(x(0))), moves(0, dot(0) + sin(x(0)) * dot(0)))
ISLAND(square, leave(0, x(0) * x(0) - 4), moves(0, 2 * x(0) * dot(0)))
ISLAND(arc, leave(0, atan(x(0) / size - 3)),
       moves(0, dot(0) / size / (1 + (x(0) / size - 3) * (x(0) / size - 3))))
ISLAND(none, leave(0, x(0) * x(0) + 0.3 * x(0) + 1), moves(0, (2 * x(0) + 0.3) * dot(0)))
ISLAND(broken, leave(0, NAN), moves(0, dot(0)))
// the second says what the first says
ISLAND(twice, (leave(0, x(0) + x(1) - 1), leave(1, 2 * x(0) + 2 * x(1) - 2.5)),
       (moves(0, dot(0) + dot(1)), moves(1, 2 * dot(0) + 2 * dot(1))))
// a current of 1 nA through 1 GOhm, both unknown: i r = v, v + 1 Ohm i = 1
ISLAND(sizes, (leave(0, x(0) * 1e9 - x(1)), leave(1, x(1) + x(0) - 1)),
       (moves(0, dot(0) * 1e9 - dot(1)), moves(1, dot(1) + dot(0))))

// Hilbert's matrix shifted by 1: A x = A (1, 2, ...), an order that wants pivots.
static double entry(uint32_t row, uint32_t column) {
    return 1.0 / (row + column + 1) + (column == (row + 1) % n);
}

static double row_times(uint32_t row, double (*of)(uint32_t)) {
    double sum = 0;
    for (uint32_t k = 0; k < n; k++)
        sum += entry(row, k) * of(k);
    return sum;
}

static double wanted(uint32_t k) {
    return k + 1.0;
}

static void all_left(void) {
    for (uint32_t k = 0; k < n; k++)
        leave(k, row_times(k, x) - row_times(k, wanted));
}

static void all_move(void) {
    for (uint32_t k = 0; k < n; k++)
        moves(k, row_times(k, dot));
}

ISLAND(linear, all_left(), all_move())

static void found(double expected, double relative) {
    ck_assert_int_eq(cells[WEFT_FAULT].i, WEFT_OK);
    ck_assert_msg(fabs(x(0) - expected) <= relative * fabs(expected), "%.17g", x(0));
}

START_TEST(known_numbers) {
    prepare(1, 1);
    SOLVE(cosine);
    found(0.7390851332151607, 2e-16);
    int before = calls;
    SOLVE(cosine); // from the solution: there is little to do
    ck_assert_int_le(calls - before, 2);
    prepare(1, 1);
    cells[UNKNOWN].r = -1;
    SOLVE(square);
    found(-2, 2e-16);
}
END_TEST

// Without damping, Newton's method for atan runs away from a start further than 1.39 from the root.
START_TEST(from_far_away) {
    for (size = 1e-12; size < 1e13; size *= 1e3) {
        prepare(1, 1);
        cells[UNKNOWN].r = 1000 * size;
        SOLVE(arc);
        found(3 * size, 1e-15);
    }
    size = 1;
}
END_TEST

START_TEST(many_at_once) {
    for (uint32_t count = 1; count <= MOST; count++)
        for (uint32_t first = 1; first <= count; first += 7) {
            prepare(count, first);
            SOLVE(linear);
            ck_assert_int_eq(cells[WEFT_FAULT].i, WEFT_OK);
            for (uint32_t k = 0; k < count; k++)
                ck_assert_msg(fabs(x(k) - wanted(k)) <= 1e-11 * wanted(k), "%u: %.17g", k, x(k));
        }
}
END_TEST

START_TEST(units_of_any_size) {
    prepare(2, 1);
    SOLVE(sizes);
    found(1 / (1e9 + 1), 4e-16);
    ck_assert_double_eq_tol(x(1), 1e9 / (1e9 + 1), 4e-16);
}
END_TEST

START_TEST(ranges_hold) {
    static const double lo[] = {1}, hi[] = {10}, low[] = {-10}, high[] = {-1}, off[] = {3};
    prepare(1, 1);
    island.lo = lo, island.hi = hi;
    SOLVE(square); // begins at the end of the range that is nearest
    found(2, 2e-16);
    prepare(1, 1);
    island.lo = low, island.hi = high;
    SOLVE(square);
    found(-2, 2e-16);
    prepare(1, 1);
    island.lo = off, island.hi = hi;
    SOLVE(square);
    ck_assert_int_eq(cells[WEFT_FAULT].i, WEFT_NO_SOLUTION);
}
END_TEST

static void fails(weft_status status, int64_t place) {
    ck_assert_int_eq(cells[WEFT_FAULT].i, status);
    ck_assert_int_eq(cells[WEFT_FAULT_AT].i, place + 1);
    ck_assert(isfinite(x(0)));
}

START_TEST(what_cannot_be_solved) {
    prepare(1, 1);
    SOLVE(none);
    fails(WEFT_NO_SOLUTION, UNKNOWN);
    prepare(1, 1);
    SOLVE(square); // the derivative is 0 where it begins
    fails(WEFT_UNDETERMINED, UNKNOWN);
    prepare(1, 1);
    SOLVE(broken);
    fails(WEFT_NO_SOLUTION, UNKNOWN);
    prepare(2, 1);
    SOLVE(twice);
    fails(WEFT_UNDETERMINED, UNKNOWN + 1);
    cells[WEFT_FAULT].i = WEFT_STUCK; // the first fault is kept
    SOLVE(twice);
    ck_assert_int_eq(cells[WEFT_FAULT].i, WEFT_STUCK);
}
END_TEST

// What the equations read moves by 1: their residuals by `driven`.
static double driven[MOST];

static void along(weft_cell *c, const void *data) {
    (void)c, (void)data;
    for (uint32_t k = 0; k < n; k++)
        moves(k, driven[k]);
}

// x^2 = 4 + p at x = 2, p = 0: 2 x x' = p'. A x = b + p (1, 2, ...) moves by what A makes of it.
START_TEST(solutions_move) {
    prepare(1, 1);
    cells[UNKNOWN].r = 2;
    driven[0] = -1;
    weft_newton_tangent(cells, &island, along, square_tangent, NULL);
    ck_assert_int_eq(cells[WEFT_FAULT].i, WEFT_OK);
    ck_assert_double_eq(dot(0), 0.25);
    ck_assert_double_eq(x(0), 2); // the solution itself stays
    prepare(17, 5);
    for (uint32_t k = 0; k < n; k++)
        driven[k] = -row_times(k, wanted);
    weft_newton_tangent(cells, &island, along, linear_tangent, NULL);
    for (uint32_t k = 0; k < n; k++)
        ck_assert_double_eq_tol(dot(k), wanted(k), 1e-11 * wanted(k));
    prepare(2, 1);
    driven[0] = driven[1] = 1;
    weft_newton_tangent(cells, &island, along, twice_tangent, NULL);
    fails(WEFT_UNDETERMINED, UNKNOWN + 1);
    ck_assert(dot(0) == 0 && dot(1) == 0);
}
END_TEST

// Equations 0: x0, x2; 1: x1; 2: x2, x3; 3: x0; 4: x4; and 5 reads x5 and x4.
static void reads(weft_cell *c, const void *data) {
    (void)c, (void)data;
    moves(0, dot(0) + dot(2));
    moves(1, dot(1));
    moves(2, dot(2) + dot(3));
    moves(3, dot(0));
    moves(4, dot(4));
    moves(5, dot(5) + dot(4));
}

// What hangs together moves together, in whatever direction: 0, 2 and 3; 1; 4 and 5.
START_TEST(patterns_of_solutions) {
    static const int together[6] = {0, 1, 0, 0, 2, 2};
    for (uint32_t touched = 0; touched < 6; touched++) {
        prepare(6, 4);
        memset(driven, 0, sizeof driven);
        driven[touched] = 3;
        weft_newton_pattern(cells, &island, along, reads, NULL);
        for (uint32_t k = 0; k < 6; k++)
            ck_assert_msg(dot(k) == (together[k] == together[touched]), "%u of %u", k, touched);
    }
    prepare(6, 4);
    memset(driven, 0, sizeof driven);
    weft_newton_pattern(cells, &island, along, reads, NULL);
    for (uint32_t k = 0; k < 6; k++)
        ck_assert(dot(k) == 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("newton");
    TCase *all = tcase_create("all");
    tcase_add_test(all, known_numbers);
    tcase_add_test(all, from_far_away);
    tcase_add_test(all, many_at_once);
    tcase_add_test(all, units_of_any_size);
    tcase_add_test(all, ranges_hold);
    tcase_add_test(all, what_cannot_be_solved);
    tcase_add_test(all, solutions_move);
    tcase_add_test(all, patterns_of_solutions);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
