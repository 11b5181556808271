// Units: products, roots, and their spelling.
#include "model/unit.h"

#include <check.h>

static arena *home;

static unit of(const char *symbol) {
    unit u;
    ck_assert_msg(unit_find(symbol, &u), "no unit %s", symbol);
    return u;
}

static void setup(void) {
    home = arena_new();
}

static void teardown(void) {
    arena_free(home);
}

// V = W / A, Ohm = V / A, S = 1 / Ohm, F = C / V, C = A s, H = V s / A, J = W s, Hz = 1 / s: the
// SI's own definitions (SI brochure, 9th edition, table 4).
START_TEST(derived_units_are_what_the_si_says) {
    unit one = unit_none, V = of("V"), A = of("A"), s = of("s");
    ck_assert(unit_same(V, unit_times(of("W"), A, -1)));
    ck_assert(unit_same(of("Ohm"), unit_times(V, A, -1)));
    ck_assert(unit_same(of("S"), unit_times(one, of("Ohm"), -1)));
    ck_assert(unit_same(of("C"), unit_times(A, s, 1)));
    ck_assert(unit_same(of("F"), unit_times(of("C"), V, -1)));
    ck_assert(unit_same(of("H"), unit_times(unit_times(V, s, 1), A, -1)));
    ck_assert(unit_same(of("J"), unit_times(of("W"), s, 1)));
    ck_assert(unit_same(of("Hz"), unit_times(one, s, -1)));
    ck_assert(unit_same(unit_volt, V));
    ck_assert(unit_same(unit_ampere, A));
    ck_assert(unit_same(unit_second, s));
    ck_assert(unit_same(unit_hertz, of("Hz")));
    ck_assert(unit_same(unit_ohm, of("Ohm")));
    ck_assert(!unit_same(V, A));
    ck_assert(!unit_same(of("K"), unit_none));
}
END_TEST

START_TEST(roots_halve_once_and_tell_when_they_cannot) {
    bool whole;
    unit V = of("V");
    ck_assert(unit_same(unit_root(unit_times(V, V, 1), &whole), V));
    ck_assert(whole);
    unit half = unit_root(of("A"), &whole); // exponents are kept in halves: A^0.5 is one
    ck_assert(whole);
    ck_assert(unit_same(unit_times(half, half, 1), of("A")));
    unit_root(half, &whole);
    ck_assert(!whole);
    static const char *const symbols[] = {"m", "s", "A", "K"}; // one odd half is enough
    for (int k = 0; k < 4; k++) {
        unit root = unit_root(of(symbols[k]), &whole);
        ck_assert(whole);
        unit_root(root, &whole);
        ck_assert(!whole);
    }
    unit mass = unit_times(of("J"), unit_times(of("m"), of("s"), -1), -2); // kg
    unit_root(unit_root(mass, &whole), &whole);
    ck_assert(!whole);
}
END_TEST

// Halves count up to 127 either way: what lies beyond is the same unit, and fits nothing else.
START_TEST(exponents_have_a_bound) {
    unit m = of("m"), most = unit_times(unit_none, m, 64), least = unit_times(unit_none, m, -64);
    ck_assert(!unit_same(most, unit_times(unit_none, m, 63)));
    ck_assert(unit_same(most, unit_times(unit_none, m, 1000000)));
    ck_assert(unit_same(least, unit_times(unit_none, m, -1000000)));
    ck_assert(!unit_same(most, least));
    for (int k = 0; k < 4; k++) { // too large for a product of symbols: base units
        static const char *const symbols[] = {"m", "s", "A", "K"};
        unit u = unit_times(unit_none, of(symbols[k]), 40);
        ck_assert_str_eq(unit_text(home, u), arena_text(home, "%s^40", symbols[k]));
        u = unit_times(unit_none, of(symbols[k]), -40);
        ck_assert_str_eq(unit_text(home, u), arena_text(home, "1/%s^40", symbols[k]));
    }
    unit kg = unit_times(of("J"), unit_times(of("m"), of("s"), -1), -2);
    ck_assert_str_eq(unit_text(home, unit_times(unit_none, kg, 40)), "kg^40");
}
END_TEST

START_TEST(spelling_is_short_and_usual) {
    unit V = of("V"), s = of("s"), S = of("S"), A = of("A"), m = of("m"), F = of("F");
    bool whole;
    const struct {
        unit u;
        const char *text;
    } cases[] = {
        {unit_none, "no unit"},
        {V, "V"},
        {unit_times(unit_none, s, -1), "Hz"},
        {unit_times(unit_none, V, -1), "1/V"},
        {unit_times(V, s, 1), "V*s"},
        {unit_times(S, unit_times(V, s, 1), -1), "S/(V*s)"},
        {unit_times(A, F, -1), "V/s"},
        {unit_times(m, s, -1), "m/s"},
        {unit_times(m, m, 1), "m^2"},
        {unit_times(unit_times(V, V, 1), s, 1), "V^2*s"},
        {unit_times(A, unit_times(V, V, 1), -1), "S/V"},
        {unit_times(unit_none, A, -1), "1/A"},
        {of("Ohm"), "Ohm"},
        {unit_root(A, &whole), "A^0.5"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++)
        ck_assert_str_eq(unit_text(home, cases[k].u), cases[k].text);
}
END_TEST

// Whatever is spelled must read back as the same unit: symbols, *, /, (), ^.
static unit product(const char **at, int sign) {
    unit u = unit_none;
    for (;;) {
        char symbol[8] = "";
        size_t n = strspn(*at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
        ck_assert_uint_lt(n, sizeof symbol);
        memcpy(symbol, *at, n);
        *at += n;
        int power = 1;
        if (**at == '^') {
            power = (*at)[1] - '0';
            *at += 2;
        }
        u = unit_times(u, of(symbol), sign * power);
        if (**at != '*') return u;
        ++*at;
    }
}

static unit read_back(const char *text) {
    unit u = unit_none;
    if (*text == '1')
        text++;
    else
        u = product(&text, 1);
    if (*text == '/') {
        text++;
        if (*text == '(') text++;
        u = unit_times(u, product(&text, -1), 1);
    }
    return u;
}

START_TEST(spelling_names_the_same_unit) {
    static const char *const symbols[] = {"V", "A", "S", "F", "s", "m", "K", "J", "Hz"};
    int count = 0;
    for (int a = 0; a < 9; a++)
        for (int b = 0; b < 9; b++)
            for (int p = -2; p <= 2; p++) {
                unit u = unit_times(of(symbols[a]), of(symbols[b]), p);
                if (unit_is_none(u)) continue;
                const char *text = unit_text(home, u);
                if (strstr(text, "kg") != NULL) continue;
                ck_assert_msg(unit_same(read_back(text), u), "%s", text);
                count++;
            }
    ck_assert_int_gt(count, 300);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("unit");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, derived_units_are_what_the_si_says);
    tcase_add_test(all, roots_halve_once_and_tell_when_they_cannot);
    tcase_add_test(all, exponents_have_a_bound);
    tcase_add_test(all, spelling_is_short_and_usual);
    tcase_add_test(all, spelling_names_the_same_unit);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
