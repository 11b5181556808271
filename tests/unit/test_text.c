// Growing text, interned names, maps, the nearest name.
#include "support/format.h"
#include "support/text.h"

#include <check.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static arena *home;

static void set_up(void) {
    home = arena_new();
}
static void tear_down(void) {
    arena_free(home);
}

START_TEST(text_grows_and_ends_in_zero) {
    text t = text_in(home);
    ck_assert_uint_eq(t.n, 0);
    text_put(&t, "ab\0c", 4);
    ck_assert_uint_eq(t.n, 4);
    ck_assert_mem_eq(t.at, "ab\0c\0", 5);
    for (int i = 0; i < 5000; i++)
        text_add(&t, "%04d,", i);
    ck_assert_uint_eq(t.n, 4 + 5 * 5000);
    ck_assert_str_eq(t.at + t.n - 10, "4998,4999,");
    text_add(&t, "%s", "");
    ck_assert_uint_eq(t.n, 4 + 5 * 5000);
}
END_TEST

START_TEST(text_fits_at_every_length) {
    // Around each doubling of the room the zero byte must still fit.
    for (int n = 0; n < 300; n++) {
        text t = text_in(home);
        text_add(&t, "%*s", n, "");
        ck_assert_uint_eq(t.n, (size_t)n);
        ck_assert_uint_eq(strlen(t.at), (size_t)n);
    }
}
END_TEST

// The C library says what is right.
__attribute__((format(printf, 2, 3))) static void same(size_t room, const char *format, ...) {
    char ours[400], theirs[400];
    va_list arguments, again;
    memset(ours, 'x', sizeof ours);
    memset(theirs, 'x', sizeof theirs);
    va_start(arguments, format);
    va_copy(again, arguments);
    size_t length = format_text(ours, room, format, arguments);
    ck_assert_uint_eq(length, (size_t)vsnprintf(theirs, room, format, again));
    ck_assert_mem_eq(ours, theirs, sizeof ours);
    va_end(again);
    va_end(arguments);
}

START_TEST(formats_as_printf_does) {
    for (size_t room = 0; room < 40; room++) {
        same(room, "no conversion at all");
        same(room, "%d %i|%u%%%c", INT_MIN, INT_MAX, UINT_MAX, 'q');
        same(room, "%ld,%li,%lu", LONG_MIN, 0L, ULONG_MAX);
        same(room, "%lld,%lli,%llu", LLONG_MIN, LLONG_MAX, ULLONG_MAX);
        same(room, "%zu;%zd", SIZE_MAX, (ptrdiff_t)-7);
        same(room, "<%s>%s", "abc", "");
        same(room, "[%*s|%*s|%*s]", 7, "abc", -7, "abc", 2, "abc");
        same(room, "[%.*s|%.*s|%*.*s]", 2, "abc", 0, "abc", 6, 1, "abc");
        same(room, "%*s|", 70, "");
        same(room, "%.3g %04d %s", 3.14159, 7, "the library writes these");
        same(room, "%5d|%-5s|%x|%p", 3, "a", 255u, (void *)0);
    }
}
END_TEST

START_TEST(names_are_equal_when_their_pointers_are) {
    names *n = names_new(home);
    const char *w = name_of(n, "weights", 1);
    ck_assert_str_eq(w, "w");
    ck_assert_ptr_eq(w, name_is(n, "w"));
    ck_assert_ptr_ne(w, name_is(n, "W"));
    ck_assert_ptr_eq(name_is(n, ""), name_of(n, "x", 0));
    const char *many[3000];
    for (int i = 0; i < 3000; i++)
        many[i] = name_is(n, arena_text(home, "name%d", i));
    for (int i = 0; i < 3000; i++) {
        ck_assert_ptr_eq(many[i], name_is(n, arena_text(home, "name%d", i)));
        ck_assert_str_eq(many[i], arena_text(home, "name%d", i));
    }
    ck_assert_ptr_eq(w, name_is(n, "w"));
}
END_TEST

START_TEST(maps_keep_the_order_of_insertion) {
    names *n = names_new(home);
    map *m = map_new(home);
    int values[1000];
    ck_assert_ptr_null(map_get(m, name_is(n, "absent")));
    for (int i = 0; i < 1000; i++)
        map_put(m, name_is(n, arena_text(home, "k%d", i)), &values[i]);
    map_put(m, name_is(n, "k3"), &values[7]);
    ck_assert_uint_eq(map_count(m), 1000);
    for (int i = 0; i < 1000; i++) {
        const char *key = name_is(n, arena_text(home, "k%d", i));
        ck_assert_ptr_eq(map_get(m, key), &values[i == 3 ? 7 : i]);
        ck_assert_ptr_eq(map_key(m, (size_t)i), key);
        ck_assert_ptr_eq(map_value(m, (size_t)i), &values[i == 3 ? 7 : i]);
    }
    ck_assert_ptr_null(map_get(m, name_is(n, "absent")));
    ck_assert_ptr_null(map_key(m, 1000));
    ck_assert_ptr_null(map_value(m, 1000));
}
END_TEST

START_TEST(the_nearest_name_is_suggested) {
    static const char *const known[] = {"g_bar", "g_hat", "threshold", "R_on", "n", NULL, "m"};
    const size_t count = sizeof known / sizeof *known;
    ck_assert_str_eq(nearest_name("g_hta", known, count), "g_hat");
    ck_assert_str_eq(nearest_name("g_ba", known, count), "g_bar");
    ck_assert_str_eq(nearest_name("treshhold", known, count), "threshold");
    ck_assert_str_eq(nearest_name("r_ON", known, count), "R_on");
    ck_assert_str_eq(nearest_name("N", known, count), "n");
    // 2 of 6 letters differ: near; 2 of 5: not near.
    static const char *const one[] = {"abcdef"}, *const other[] = {"abcde"};
    ck_assert_str_eq(nearest_name("abcdxy", one, 1), "abcdef");
    ck_assert_ptr_null(nearest_name("abcxy", other, 1));
    ck_assert_ptr_null(nearest_name("zebra", known, count));
    // Equally far: the one with more of the letters.
    static const char *const ties[] = {"tan", "tanh", "set", "seed"};
    ck_assert_str_eq(nearest_name("tahn", ties, 4), "tanh");
    ck_assert_str_eq(nearest_name("sed", ties, 4), "seed");
    ck_assert_ptr_null(nearest_name("k", known, count));
    ck_assert_ptr_null(nearest_name("", known, count));
    // A known name is not wrong by its spelling.
    ck_assert_ptr_null(nearest_name("g_hat", &known[1], 1));
    char longest[200] = {0};
    memset(longest, 'a', 199);
    ck_assert_ptr_null(nearest_name(longest, known, count));
    const char *const long_known[] = {longest};
    ck_assert_ptr_null(nearest_name("aaa", long_known, 1));
    ck_assert_ptr_null(nearest_name("g_hat", NULL, 0));
}
END_TEST

int main(void) {
    TCase *all = tcase_create("text");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, text_grows_and_ends_in_zero);
    tcase_add_test(all, text_fits_at_every_length);
    tcase_add_test(all, formats_as_printf_does);
    tcase_add_test(all, names_are_equal_when_their_pointers_are);
    tcase_add_test(all, maps_keep_the_order_of_insertion);
    tcase_add_test(all, the_nearest_name_is_suggested);
    Suite *suite = suite_create("text");
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
