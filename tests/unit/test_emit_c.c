// The generated C: accepted by two compilers without a warning, and equal to the interpreter bit
// for bit on every cell, at -O0 and at -O2.
#include "emit/backend.h"
#include "emit/names.h"
#include "emit/printer.h"
#include "emit/tables.h"
#include "interp/interp.h"
#include "support/hand_cases.h"

#include <check.h>
#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static hand_cases c;
static emission out;
static char folder[4096]; // of its own, in the test's working folder

static void write_file(const char *name, const char *bytes, size_t length) {
    FILE *f = fopen(arena_text(c.h.home, "%s/%s", folder, name), "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, length, f), length);
    ck_assert_int_eq(fclose(f), 0);
}

static void setup(void) {
    const char *work = getenv("WORK");
    snprintf(folder, sizeof folder, "%s/weft-emit-XXXXXX", work != NULL ? work : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    c = hand_cases_new();
    out = (emission){.home = c.h.home, .options = "--set x=1"};
    // A line of source to quote, with a comment that is left out.
    static const char text[] = "block hand {\n  y = 2 * x; // twice\n}\n";
    const source *s =
        diag_add_source(c.h.model->diag, "some/where/hand.weft", text, sizeof text - 1);
    c.read->steps.at[0]->at = (span){s->id, 15, 25};
    ck_assert(backend_c.can(c.h.plan));
    ck_assert(backend_c.emit(c.h.plan, &out));
    ck_assert(backend_manifest.emit(c.h.plan, &out));
    for (size_t k = 0; k < out.files.n; k++)
        write_file(out.files.at[k].name, out.files.at[k].body.at, out.files.at[k].body.n);
}

static void teardown(void) {
    ck_assert_int_eq(system(arena_text(c.h.home, "rm -rf %s", folder)), 0);
    hand_free(&c.h);
}

static const char *file(const char *name) {
    for (size_t k = 0; k < out.files.n; k++)
        if (strcmp(out.files.at[k].name, name) == 0) return out.files.at[k].body.at;
    ck_abort_msg("no file %s", name);
    return "";
}

static bool have(const char *compiler) {
    return system(arena_text(c.h.home, "command -v %s >/dev/null", compiler)) == 0;
}

static const weft_model *build(const char *compiler, const char *flags, void **library) {
    const char *so = arena_text(c.h.home, "%s/hand-%s.so", folder, compiler);
    const char *command =
        arena_text(c.h.home,
                   "%s -std=c11 -Wall -Wextra -Werror -pedantic -Wshadow -ffp-contract=off %s "
                   "-Iruntime -fPIC -shared -o %s %s/hand.c",
                   compiler, flags, so, folder);
    ck_assert_msg(system(command) == 0, "%s", command);
    *library = dlopen(so, RTLD_NOW | RTLD_LOCAL);
    ck_assert_msg(*library != NULL, "%s", dlerror());
    const weft_model *(*entry)(void);
    *(void **)&entry = dlsym(*library, "hand_model");
    ck_assert_ptr_nonnull((void *)*(void **)&entry);
    return entry();
}

static void compare(const weft_model *model, const weft_engine *engine, unsigned seed, uint32_t f) {
    size_t size = model->cells * sizeof(weft_cell);
    weft_cell *mine = malloc(size), *theirs = malloc(size);
    hand_cases_fill(&c, mine, seed);
    if (seed % 3 == 1) mine[c.w->cell + (long)seed % 40].r = 3; // a failing check
    memcpy(theirs, mine, size);
    engine->call(engine, mine, f);
    model->functions[f](theirs);
    for (uint32_t k = 0; k < model->cells; k++)
        ck_assert_msg(memcmp(&mine[k], &theirs[k], sizeof *mine) == 0,
                      "function %s, seed %u, cell %u: %.17g, %.17g",
                      c.h.plan->functions.at[f]->name, seed, k, mine[k].r, theirs[k].r);
    free(mine);
    free(theirs);
}

static void same_bits(const char *compiler, const char *flags) {
    if (!have(compiler)) return;
    void *library;
    const weft_model *model = build(compiler, flags, &library);
    weft_engine engine = interp_engine(c.h.plan);
    ck_assert_uint_eq(model->cells, (uint32_t)c.h.plan->cells);
    ck_assert_uint_eq(model->function_count, (uint32_t)c.h.plan->functions.n);
    for (unsigned seed = 0; seed < 60; seed++)
        for (uint32_t f = 0; f < model->function_count; f++)
            compare(model, &engine, seed, f);
    dlclose(library);
}

START_TEST(gcc_gives_the_interpreters_bits) {
    same_bits("gcc", "-O0");
    same_bits("gcc", "-O2");
    same_bits("gcc", "-O3 -march=native");
}
END_TEST

START_TEST(clang_gives_the_interpreters_bits) {
    same_bits("clang", "-O0");
    same_bits("clang", "-O2");
}
END_TEST

START_TEST(tables_survive_the_printing) {
    void *library;
    const weft_model *there = build("gcc", "-O0", &library), *here = interp_tables(c.h.plan);
    ck_assert_uint_eq(there->abi, WEFT_ABI);
    ck_assert_str_eq(there->name, "hand");
    ck_assert(there->tick == here->tick);
    ck_assert_uint_eq(there->var_count, here->var_count);
    ck_assert_uint_eq(there->defaults, WEFT_NONE);
    for (uint32_t k = 0; k < here->var_count; k++) {
        const weft_var *a = &here->vars[k], *b = &there->vars[k];
        ck_assert_str_eq(a->name, b->name);
        ck_assert_str_eq(a->unit, b->unit);
        ck_assert(a->kind == b->kind && a->integer == b->integer && a->dims == b->dims);
        ck_assert(memcmp(a->dim, b->dim, sizeof a->dim) == 0 && a->count == b->count);
        ck_assert(a->cell == b->cell && a->observe == b->observe);
        ck_assert(a->value == b->value && a->lo == b->lo && a->hi == b->hi);
    }
    ck_assert_uint_eq(there->phases[0].state_cell, WEFT_FIRST);
    ck_assert_uint_eq(there->phases[0].active_cell, WEFT_NONE);
    ck_assert_uint_eq(there->phases[0].begin.eval, WEFT_NONE);
    dlclose(library);
}
END_TEST

static void contains(const char *text, const char *part) {
    ck_assert_msg(strstr(text, part) != NULL, "missing: %s", part);
}

START_TEST(text_reads_as_if_written_by_hand) {
    const char *body = file("hand.c"), *header = file("hand.h");
    contains(body, "from hand.weft; do not edit.");
    contains(body, "// Options: --set x=1");
    contains(body, "static void exp_(weft_cell *cells) {\n"); // exp is taken
    contains(body, "    // hand.weft:2: y = 2 * x;\n");
    contains(body, "    for (int64_t i = 0; i < 5; i++) {\n        m->z[i] = 0.0;\n    }\n"
                   "    for (int64_t j = 0; j < 19; j++) {\n"
                   "        for (int64_t i = 0; i < 5; i++) {\n"
                   "            m->z[i] += m->g_w[j][i] * m->x[j];\n        }\n    }\n");
    contains(body, "    const double m_ = m->a * m->b_while;\n");
    contains(header, "    double g_w[19][5];");
    contains(header, "// Renamed: double is double_ here.");
    contains(header, "weft_cell unused_");
    ck_assert_ptr_null(strstr(body, "some/where"));
    for (size_t k = 0; k < out.files.n; k++) {
        size_t column = 0;
        for (const char *at = out.files.at[k].body.at; *at != '\0'; at++) {
            column = *at == '\n' ? 0 : column + 1;
            ck_assert_msg(column <= 100 || strstr(out.files.at[k].name, ".json") != NULL,
                          "%s: %.60s", out.files.at[k].name, at - 60);
        }
    }
}
END_TEST

START_TEST(the_same_plan_gives_the_same_text) {
    emission again = {.home = c.h.home, .options = "--set x=1"};
    ck_assert(backend_c.emit(c.h.plan, &again));
    ck_assert_str_eq(again.files.at[0].body.at, file("hand.h"));
    ck_assert_str_eq(again.files.at[1].body.at, file("hand.c"));
}
END_TEST

static void has_no_place(const char *message) {
    emission again = {.home = c.h.home, .options = ""};
    char *said;
    size_t length;
    ck_assert(!backend_c.emit(c.h.plan, &again));
    FILE *out_of = open_memstream(&said, &length);
    diag_print(c.h.model->diag, out_of);
    ck_assert_int_eq(fclose(out_of), 0);
    contains(said, message);
    free(said);
}

START_TEST(memory_that_overlaps_is_a_fault_of_weft) {
    c.z->cell = c.w->cell + 1;
    has_no_place("error[E0901]: inside weft: the memory of 'z' overlaps that of 'g.w'\n");
}
END_TEST

START_TEST(memory_lies_behind_that_of_every_instance) {
    c.a->cell = WEFT_FIRST - 1;
    has_no_place("error[E0901]: inside weft: the memory of 'a' overlaps that of 'the instance'\n");
}
END_TEST

START_TEST(memory_ends_with_the_instance) {
    c.outer[3]->cell++;
    has_no_place("error[E0901]: inside weft: the memory of 'outer.3' overlaps that of 'outer.2'\n");
}
END_TEST

START_TEST(the_manifest_is_json) {
    const char *text = file("hand.json");
    contains(text, "\"model\": \"hand\"");
    contains(text, "{\"name\": \"p\", \"sequencer\": null");
    if (!have("python3")) return;
    const char *program =
        "import json,sys; m=json.load(open(sys.argv[1]));"
        "w=[v for v in m['variables'] if v['name']=='g.w'][0];"
        "assert w['shape']==[19,5] and w['range']==[None,None] and w['kind']=='state';"
        "assert len(m['functions'])==13";
    ck_assert_int_eq(
        system(arena_text(c.h.home, "python3 -c \"%s\" %s/hand.json", program, folder)), 0);
}
END_TEST

// ---- numbers, names, layout
// ----------------------------------------------------------------------

START_TEST(names_do_not_clash) {
    namer *n = namer_new(c.h.home, NULL);
    reserve_c(n);
    ck_assert_str_eq(namer_take(n, "g1.w.m.s"), "g1_w_m_s");
    ck_assert_str_eq(namer_take(n, "a[0].forward"), "a_0_forward");
    ck_assert_uint_eq(namer_changes(n), 0);
    ck_assert_str_eq(namer_take(n, "g1_w.m.s"), "g1_w_m_s_");
    ck_assert_str_eq(namer_take(n, "g1.w_m.s"), "g1_w_m_s_2");
    ck_assert_str_eq(namer_take(n, "while"), "while_");
    ck_assert_uint_eq(namer_changes(n), 3);
    namer *inner = namer_new(c.h.home, n);
    ck_assert_str_eq(namer_take(inner, "g1_w_m_s"), "g1_w_m_s_3");
    ck_assert_str_eq(identifier_of(c.h.home, "2x"), "x2x");
}
END_TEST

START_TEST(overlapping_memory_is_refused) {
    emission again = {.home = c.h.home};
    c.y->cell = c.x->cell + 1;
    ck_assert(!backend_c.emit(c.h.plan, &again));
    ck_assert_uint_eq(diag_errors(c.h.model->diag), 1);
}
END_TEST

START_TEST(lists_and_blocks_are_laid_out) {
    text t = text_in(c.h.home);
    printer p = printer_on(&t, 4);
    const char *items[40];
    for (int k = 0; k < 40; k++)
        items[k] = "12345";
    print_open(&p, "if (x) {");
    print_blank(&p);
    print_line(&p, "a;\nb;");
    print_list(&p, "int n[] = {", items, 2, "};");
    print_close(&p, "}");
    print_blank(&p);
    print_blank(&p);
    print_line(&p, "c;");
    ck_assert_str_eq(t.at, "if (x) {\n    a;\n    b;\n    int n[] = {12345, 12345};\n}\n\nc;\n");
    t = text_in(c.h.home);
    print_list(&p, "int n[] = {", items, 40, "};");
    for (const char *at = t.at; *at != '\0'; at += strcspn(at, "\n") + 1)
        ck_assert_uint_le(strcspn(at, "\n"), 100);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("emit_c");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 240);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, gcc_gives_the_interpreters_bits);
    tcase_add_test(all, clang_gives_the_interpreters_bits);
    tcase_add_test(all, tables_survive_the_printing);
    tcase_add_test(all, text_reads_as_if_written_by_hand);
    tcase_add_test(all, the_same_plan_gives_the_same_text);
    tcase_add_test(all, memory_that_overlaps_is_a_fault_of_weft);
    tcase_add_test(all, memory_lies_behind_that_of_every_instance);
    tcase_add_test(all, memory_ends_with_the_instance);
    tcase_add_test(all, the_manifest_is_json);
    tcase_add_test(all, names_do_not_clash);
    tcase_add_test(all, overlapping_memory_is_refused);
    tcase_add_test(all, lists_and_blocks_are_laid_out);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
