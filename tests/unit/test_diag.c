// Diagnostics: places, the quoted line and its underline, order, duplicates, notes and help.
#include "support/diag.h"

#include <check.h>
#include <stdlib.h>

static arena *home;
static diag *d;

static void set_up(void) {
    home = arena_new();
    d = diag_new(home);
}
static void tear_down(void) {
    arena_free(home);
}

static source *add(const char *path, const char *bytes) {
    return diag_add_source(d, path, bytes, strlen(bytes));
}

// The span of the first occurrence of a piece of text.
static span span_of(const source *s, const char *piece) {
    const char *at = strstr(s->bytes, piece);
    ck_assert_ptr_nonnull(at);
    uint32_t begin = (uint32_t)(at - s->bytes);
    return (span){s->id, begin, begin + (uint32_t)strlen(piece)};
}

static char *printed(void) {
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    diag_print(d, out);
    fclose(out);
    char *kept = arena_copy(home, bytes, size);
    free(bytes);
    return kept;
}

static void assert_place(const source *s, uint32_t offset, int line, int column) {
    int found_line, found_column;
    source_place(s, offset, &found_line, &found_column);
    ck_assert_int_eq(found_line, line);
    ck_assert_int_eq(found_column, column);
}

START_TEST(places_count_lines_and_characters) {
    // Bytes:                  0123 4567 8  9 ...   (two-byte mu at 4, three-byte CJK at 7)
    source *s = add("f.weft", "abc\n\xCE\xBC"
                              "x\xE4\xB8\xAD\ty\n\nz");
    assert_place(s, 0, 1, 1);
    assert_place(s, 3, 1, 4);
    assert_place(s, 4, 2, 1);
    assert_place(s, 5, 2, 1);
    assert_place(s, 6, 2, 2);
    assert_place(s, 7, 2, 3);
    assert_place(s, 10, 2, 4);
    assert_place(s, 11, 2, 5);
    assert_place(s, 13, 3, 1);
    assert_place(s, 14, 4, 1);
    assert_place(s, 15, 4, 2);
    assert_place(s, 4000, 4, 2);
    assert_place(add("empty.weft", ""), 0, 1, 1);
    ck_assert_ptr_null(diag_source(d, 0));
    ck_assert_ptr_null(diag_source(d, 3));
    ck_assert_ptr_eq(diag_source(d, 1), s);
}
END_TEST

START_TEST(spans_join) {
    span a = {1, 5, 9}, b = {1, 2, 6}, other = {2, 0, 1}, none = {0};
    span both = span_join(a, b);
    ck_assert_uint_eq(both.begin, 2);
    ck_assert_uint_eq(both.end, 9);
    ck_assert_uint_eq(span_join(none, a).begin, 5);
    ck_assert_uint_eq(span_join(a, none).end, 9);
    ck_assert_uint_eq(span_join(a, other).file, 1);
}
END_TEST

START_TEST(a_message_quotes_and_underlines) {
    source *s =
        add("file.weft", "device d {\n  state s: V*s = 0;\n  i = (g_bar + g_hta * s) * v;\n}\n");
    static const char *const known[] = {"g_bar", "g_hat"};
    diag_report(d, span_of(s, "g_hta"), DIAG_E1001, "g_hta");
    diag_note(d, span_of(s, "state"), "the state is %s", "here");
    diag_note(d, (span){0}, "without a place");
    diag_suggest(d, "g_hta", known, 2);
    diag_suggest(d, "zzzzz", known, 2);
    ck_assert_str_eq(printed(), "file.weft:3:16: error[E1001]: unknown command 'g_hta'\n"
                                "    3 |   i = (g_bar + g_hta * s) * v;\n"
                                "      |                ^~~~~\n"
                                "file.weft:2:3: note: the state is here\n"
                                "    2 |   state s: V*s = 0;\n"
                                "      |   ^~~~~\n"
                                "note: without a place\n"
                                "help: did you mean 'g_hat'?\n");
    ck_assert_uint_eq(diag_errors(d), 1);
    ck_assert(!diag_machine_fault(d));
    ck_assert_str_eq(printed(), "");
}
END_TEST

START_TEST(columns_on_screen_follow_tabs_and_wide_characters) {
    // mu takes one column, the CJK character two, the combining acute none, a tab goes to the next
    // multiple of four.
    source *s = add("f.weft", "\ta \xCE\xBC\xE4\xB8\xAD e\xCC\x81\t= bad;\r\n");
    diag_report(d, span_of(s, "bad"), DIAG_E1001, "no");
    ck_assert_str_eq(printed(), "f.weft:1:12: error[E1001]: unknown command 'no'\n"
                                "    1 |     a \xCE\xBC\xE4\xB8\xAD e\xCC\x81 = bad;\n"
                                "      |               ^~~\n");
}
END_TEST

START_TEST(broken_bytes_do_not_reach_the_terminal) {
    source *s = add("f.weft", "a\x1B[2J \xFF\xC3(\xE2\x80\xAE\xED\xA0\x80 x\n");
    diag_report(d, span_of(s, "x"), DIAG_E1001, "no");
#define R "\xEF\xBF\xBD"
    // The turning mark is a well-formed character of three bytes: one replacement. The half of a
    // surrogate pair is no character: one per byte.
    ck_assert_str_eq(printed(), "f.weft:1:13: error[E1001]: unknown command 'no'\n"
                                "    1 | a" R "[2J " R R "(" R R R R " x\n"
                                "      |               ^\n");
#undef R
}
END_TEST

START_TEST(spans_of_no_or_several_lines) {
    source *s = add("f.weft", "one two\nthree\n");
    diag_report(d, (span){s->id, 4, 12}, DIAG_E1001, "two lines");
    diag_report(d, (span){s->id, 14, 14}, DIAG_E1001, "at the end");
    diag_report(d, (span){s->id, 7, 7}, DIAG_E1001, "end of line");
    ck_assert_str_eq(printed(), "f.weft:1:5: error[E1001]: unknown command 'two lines'\n"
                                "    1 | one two\n"
                                "      |     ^~~\n"
                                "f.weft:1:8: error[E1001]: unknown command 'end of line'\n"
                                "    1 | one two\n"
                                "      |        ^\n"
                                "f.weft:3:1: error[E1001]: unknown command 'at the end'\n"
                                "    3 | \n"
                                "      | ^\n");
}
END_TEST

START_TEST(long_lines_are_cut_around_the_caret) {
    char line[2001];
    memset(line, 'a', 2000);
    line[2000] = '\0';
    memcpy(line + 1000, "bad", 3);
    source *s = add("f.weft", line);
    diag_report(d, span_of(s, "bad"), DIAG_E1001, "no");
    char *all = printed();
    char *quoted = strchr(all, '\n') + 1, *under = strchr(quoted, '\n') + 1;
    ck_assert_int_lt(under - quoted, 180);
    ck_assert_mem_eq(quoted, "    1 | ...aaa", 14);
    // The caret stands under the first letter of what it points at.
    ck_assert_mem_eq(quoted + (strchr(under, '^') - under), "bad", 3);
    ck_assert_str_eq(strchr(under, '^'), "^~~\n");
}
END_TEST

START_TEST(messages_come_in_the_order_of_their_places_and_once) {
    source *f = add("f.weft", "aaa bbb ccc"), *g = add("g.weft", "ggg");
    diag_report(d, span_of(g, "ggg"), DIAG_E1001, "5");
    diag_report(d, span_of(f, "ccc"), DIAG_E1001, "4");
    diag_report(d, span_of(f, "aaa"), DIAG_E1001, "1");
    diag_report(d, span_of(f, "bbb"), DIAG_E1001, "2");
    diag_report(d, span_of(f, "bbb"), DIAG_E1001, "3");
    diag_report(d, span_of(f, "aaa"), DIAG_E1001, "1");
    diag_note(d, span_of(f, "bbb"), "dropped with its message");
    diag_help(d, "dropped with its message");
    diag_report(d, (span){0}, DIAG_E1001, "0");
    ck_assert_uint_eq(diag_errors(d), 6);
    const char *at = printed();
    ck_assert_ptr_null(strstr(at, "dropped"));
    ck_assert_mem_eq(at, "weft: error[E1001]: unknown command '0'\n", 40);
    for (int i = 0; i <= 5; i++) {
        const char *next = strstr(at, arena_text(home, "error[E1001]: unknown command '%d'\n", i));
        ck_assert_ptr_nonnull(next);
        at = next + 1;
    }
    ck_assert_ptr_null(strstr(at, "error["));
}
END_TEST

START_TEST(a_limit_counts_the_rest) {
    source *s = add("f.weft", "abcd");
    diag_limit(d, 2);
    for (uint32_t i = 0; i < 4; i++)
        diag_report(d, (span){s->id, i, i + 1}, DIAG_E1001, "no");
    const char *all = printed();
    ck_assert_ptr_nonnull(strstr(all, "f.weft:1:2: error"));
    ck_assert_ptr_null(strstr(all, "f.weft:1:3: error"));
    ck_assert_ptr_nonnull(strstr(all, "weft: 2 more errors\n"));
}
END_TEST

START_TEST(faults_of_the_machine_are_told_apart) {
    diag_note(d, (span){0}, "belongs to nothing");
    diag_help(d, "belongs to nothing");
    ck_assert_str_eq(printed(), "");
    diag_report(d, (span){0}, DIAG_E0002, "a.weft", "No such file or directory");
    ck_assert(diag_machine_fault(d));
    ck_assert_str_eq(printed(),
                     "weft: error[E0002]: cannot read 'a.weft': No such file or directory\n");
}
END_TEST

START_TEST(many_messages_take_no_longer_than_they_should) {
    enum { MANY = 20000 };
    char *bytes = arena_alloc(home, MANY + 1);
    memset(bytes, 'x', MANY);
    source *s = diag_add_source(d, "f.weft", bytes, MANY);
    for (int again = 0; again < 2; again++)
        for (uint32_t i = 0; i < MANY; i++)
            diag_report(d, (span){s->id, i, i + 1}, DIAG_E1001, "no");
    ck_assert_uint_eq(diag_errors(d), MANY);
}
END_TEST

START_TEST(what_follows_from_an_error_is_left_out) {
    source *s = add("f.weft", "a + (b * c)\n");
    span inner = span_of(s, "b"), outer = span_of(s, "(b * c)"), other = span_of(s, "a");
    diag_report(d, inner, DIAG_E0203, "b", "f");
    diag_report(d, outer, DIAG_E0308, "add", "V", "A"); // holds the error above
    diag_note(d, outer, "of nothing");
    diag_report(d, inner, DIAG_E0309, "exp()", "V"); // the same place
    ck_assert_uint_eq(diag_errors(d), 1);
    diag_report(d, other, DIAG_E0308, "add", "V", "A"); // elsewhere
    diag_report(d, outer, DIAG_E0204, "x", "y");        // no unit: never follows
    ck_assert_uint_eq(diag_errors(d), 3);
    ck_assert(diag_said(d, inner, DIAG_E0203));
    ck_assert(!diag_said(d, inner, DIAG_E0309) && !diag_said(d, outer, DIAG_E0203));
    ck_assert_ptr_null(strstr(printed(), "of nothing"));
}
END_TEST

START_TEST(json_says_the_same) {
    source *s = add("a\"b.weft", "x\ny = wrod;\n");
    static const char *const words[] = {"word", "other"};
    diag_report(d, span_of(s, "wrod"), DIAG_E0203, "wrod", "b");
    ck_assert(diag_suggest(d, "wrod", words, 2));
    diag_note(d, span_of(s, "x"), "tab\there");
    diag_report(d, (span){0}, DIAG_E1011);
    diag_json(d);
    ck_assert_str_eq(
        printed(),
        "{\"code\": \"E1011\", \"name\": \"no-command\", \"severity\": \"error\", "
        "\"stage\": \"command\", \"text\": \"no command\", \"notes\": [], \"help\": []}\n"
        "{\"code\": \"E0203\", \"name\": \"unknown-name\", \"severity\": \"error\", "
        "\"stage\": \"names\", \"file\": \"a\\\"b.weft\", \"line\": 2, \"column\": 5, "
        "\"end_line\": 2, \"end_column\": 9, \"text\": \"unknown name 'wrod' in 'b'\", "
        "\"notes\": [{\"text\": \"tab\\u0009here\", \"file\": \"a\\\"b.weft\", \"line\": 1, "
        "\"column\": 1, \"end_line\": 1, \"end_column\": 2}], "
        "\"help\": [\"did you mean 'word'?\"], "
        "\"edit\": {\"file\": \"a\\\"b.weft\", \"line\": 2, \"column\": 5, \"end_line\": 2, "
        "\"end_column\": 9, \"replacement\": \"word\"}}\n");
}
END_TEST

START_TEST(an_edit_replaces_the_wrong_word_only) {
    source *s = add("f.weft", "g1.rwo[i] = 1;\n");
    static const char *const words[] = {"row"};
    diag_json(d);
    diag_report(d, span_of(s, "g1.rwo"), DIAG_E0203, "rwo", "g1");
    ck_assert(diag_suggest(d, "rwo", words, 1));
    ck_assert_ptr_nonnull(strstr(printed(), "\"column\": 4, \"end_line\": 1, \"end_column\": 7, "
                                            "\"replacement\": \"row\""));
    diag_report(d, span_of(s, "[i]"), DIAG_E0203, "absent", "g1"); // not in the text: help, no edit
    static const char *const near[] = {"absentt"};
    ck_assert(diag_suggest(d, "absent", near, 1));
    const char *said = printed();
    ck_assert(strstr(said, "absentt") && !strstr(said, "\"edit\""));
    ck_assert(!diag_suggest(d, "absent", words, 1));
    diag_limit(d, 1);
    for (int k = 0; k < 3; k++)
        diag_report(d, (span){s->id, (uint32_t)k, (uint32_t)k + 1}, DIAG_E0203, "q", "r");
    ck_assert_ptr_nonnull(strstr(printed(), "{\"more_errors\": 2}\n"));
}
END_TEST

START_TEST(messages_are_found_by_code_and_name) {
    ck_assert_int_eq(diag_find("E0203"), DIAG_E0203);
    ck_assert_int_eq(diag_find("e0203"), DIAG_E0203);
    ck_assert_int_eq(diag_find("unknown-name"), DIAG_E0203);
    ck_assert_int_eq(diag_find("E9999"), DIAG_COUNT);
    ck_assert_str_eq(diag_code_text(DIAG_E0203), "E0203");
    ck_assert_str_eq(diag_name(DIAG_E0203), "unknown-name");
    ck_assert_str_eq(diag_format(DIAG_E1011), "no command");
}
END_TEST

int main(void) {
    TCase *all = tcase_create("diag");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, places_count_lines_and_characters);
    tcase_add_test(all, spans_join);
    tcase_add_test(all, a_message_quotes_and_underlines);
    tcase_add_test(all, columns_on_screen_follow_tabs_and_wide_characters);
    tcase_add_test(all, broken_bytes_do_not_reach_the_terminal);
    tcase_add_test(all, spans_of_no_or_several_lines);
    tcase_add_test(all, long_lines_are_cut_around_the_caret);
    tcase_add_test(all, messages_come_in_the_order_of_their_places_and_once);
    tcase_add_test(all, a_limit_counts_the_rest);
    tcase_add_test(all, faults_of_the_machine_are_told_apart);
    tcase_add_test(all, many_messages_take_no_longer_than_they_should);
    tcase_add_test(all, what_follows_from_an_error_is_left_out);
    tcase_add_test(all, json_says_the_same);
    tcase_add_test(all, an_edit_replaces_the_wrong_word_only);
    tcase_add_test(all, messages_are_found_by_code_and_name);
    Suite *suite = suite_create("diag");
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
