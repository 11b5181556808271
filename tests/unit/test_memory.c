// The n-th allocation fails, for every n until a whole file is read: no crash, nothing lost.
#include "syntax/ast.h"

#include <check.h>
#include <stdlib.h>

static const char cell[] = "/// A cell and its controller.\n"
                           "block cell%d(n) {\n"
                           "  param c: F in [1f, 1n] = 0.1p;\n"
                           "  in x[n]: V;  out i: A;\n"
                           "  part m[n]: linear_drift;\n"
                           "  m[k].v = when x[k] > 0.5V: x[k], else -0.5V;\n"
                           "  i = sum(k: m[k].i);\n"
                           "  phase set for 10ms { i = (1 + 2 * 3) * 1u; at begin { } }\n"
                           "  sequencer cycle(clock = 1kHz) {\n"
                           "    input start;  output done;\n"
                           "    loop { await start;  repeat 5 { set; }  pulse done; }\n"
                           "  }\n"
                           "}\n";

// Long enough for several pieces of memory, deep enough for the parser's stack to grow, and wrong
// in its last block: messages need memory, too.
static char *whole_text(void) {
    enum { CELLS = 100, DEEP = 3000 };
    char *text = malloc(CELLS * (sizeof cell + 10) + 2 * DEEP + 100), *at = text;
    at += sprintf(at, "import devices.linear_drift;\n");
    for (int i = 0; i < CELLS; i++)
        at += sprintf(at, cell, i);
    at += sprintf(at, "block broken { let = ; out y; y = ");
    for (int i = 0; i < DEEP; i++)
        at += sprintf(at, "- ");
    sprintf(at, "1; }\n");
    return text;
}

// True when the whole file was read although the n-th allocation and all later ones would fail.
static bool reads_with(const char *bytes, long n) {
    static jmp_buf point;
    mem_recover_at(&point);
    if (setjmp(point) != 0) {
        mem_fail_after(-1);
        mem_free_all();
        return false;
    }
    mem_fail_after(n);
    arena *home = arena_new();
    diag *d = diag_new(home);
    source *text = diag_add_source(d, "f.weft", bytes, strlen(bytes));
    syntax_parse(home, names_new(home), d, text);
    mem_fail_after(-1);
    ck_assert_uint_ge(diag_errors(d), 1);
    arena_free(home);
    return true;
}

START_TEST(reading_survives_every_failing_allocation) {
    char *bytes = whole_text();
    long n = 0;
    while (!reads_with(bytes, n))
        ck_assert_int_lt(++n, 10000);
    // The arena, two chunks, the parser's stack: failures were injected.
    ck_assert_int_ge(n, 4);
    free(bytes);
}
END_TEST

int main(void) {
    TCase *all = tcase_create("memory");
    tcase_add_test(all, reading_survives_every_failing_allocation);
    Suite *suite = suite_create("memory");
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
