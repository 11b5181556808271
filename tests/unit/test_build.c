// Building and loading generated text: C and SystemVerilog, the cache, and what is said when a tool
// is missing or refuses.
#include "build.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

static char cache[300], error[20000];
static weft_build build = {.include = "runtime", .error = error, .error_size = sizeof error};

static void set_up(void) {
    snprintf(cache, sizeof cache, "%s/weft test XXXXXX",
             getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(cache)); // with blanks on purpose
    setenv("WEFT_CACHE", cache, 1);
    unsetenv("CC");
    unsetenv("CXX");
}
static void tear_down(void) {
    weft_work_remove(cache);
}

static const char tiny[] =
    "#include \"weft.h\"\n"
    "static void defaults(weft_cell *c) { c[WEFT_FIRST].r = weft_phi(0) + 40; }\n"
    "static void (*const functions[])(weft_cell *) = {defaults};\n"
    "static const weft_var vars[] = {{\"s\", \"V\", WEFT_STATE, 0, 0, {0}, 1, WEFT_FIRST, "
    "WEFT_NONE,\n"
    "                                0, -1e9, 1e9}};\n"
    "static const weft_model model = {.abi = WEFT_ABI, .name = \"tiny\", .tick = 1, .cells = 17,\n"
    "    .vars = vars, .var_count = 1, .vary = WEFT_NONE, .init = WEFT_NONE, .trial = WEFT_NONE,\n"
    "    .functions = functions, .function_count = 1};\n"
    "const weft_model *tiny_model(void);\n"
    "const weft_model *tiny_model(void) { return &model; }\n";

static bool build_tiny(weft_library *library) {
    const weft_model *model;
    weft_twin *twin;
    double s;
    ck_assert_msg(weft_build_c(&build, "tiny", tiny, library, &model) == WEFT_OK, "%s", error);
    ck_assert_str_eq(error, "");
    ck_assert_int_eq(weft_open(&twin, model, NULL), WEFT_OK);
    ck_assert_int_eq(weft_get(twin, "s", &s, 1), WEFT_OK);
    ck_assert_double_eq(s, 41);
    weft_close(twin);
    return library->cached;
}

START_TEST(c_is_built_once) {
    weft_library library;
    ck_assert(!build_tiny(&library));
    weft_library_close(&library);
    ck_assert(build_tiny(&library));
    weft_library_close(&library);
    build.flags = "-O0"; // another object
    ck_assert(!build_tiny(&library));
    weft_library_close(&library);
    build.flags = NULL;
}
END_TEST

START_TEST(a_damaged_object_is_built_again) {
    weft_library library;
    char command[700];
    build_tiny(&library);
    weft_library_close(&library);
    snprintf(command, sizeof command, "for f in '%s'/tiny-*.so; do echo rubbish >\"$f\"; done",
             cache);
    ck_assert_int_eq(system(command), 0);
    ck_assert(!build_tiny(&library));
    weft_library_close(&library);
}
END_TEST

START_TEST(the_compilers_words_are_handed_on) {
    weft_library library;
    const weft_model *model;
    ck_assert_int_eq(weft_build_c(&build, "bad", "int x = nonsense;", &library, &model),
                     WEFT_TOOLS);
    ck_assert_ptr_nonnull(strstr(error, "nonsense"));
    ck_assert_int_eq(weft_build_c(&build, "other", tiny, &library, &model), WEFT_TOOLS);
    ck_assert_ptr_nonnull(strstr(error, "other_model"));
}
END_TEST

START_TEST(a_missing_compiler_is_named) {
    weft_library library;
    const weft_model *model;
    build.cc = "no-such-cc -O1";
    ck_assert_int_eq(weft_build_c(&build, "tiny", tiny, &library, &model), WEFT_TOOLS);
    ck_assert_ptr_nonnull(strstr(error, "no-such-cc was not found"));
    ck_assert_ptr_nonnull(strstr(error, "install"));
    build.cc = NULL;
    setenv("CC", "cc -pipe", 1); // options are allowed
    build_tiny(&library);
    weft_library_close(&library);
}
END_TEST

START_TEST(a_cache_that_cannot_be_used_is_named) {
    weft_library library;
    const weft_model *model;
    setenv("WEFT_CACHE", "/dev/null/x", 1);
    ck_assert_int_eq(weft_build_c(&build, "tiny", tiny, &library, &model), WEFT_IO);
    ck_assert_ptr_nonnull(strstr(error, "/dev/null/x"));
}
END_TEST

START_TEST(nothing_is_left_behind) {
    weft_library library;
    char command[700];
    build_tiny(&library);
    weft_library_close(&library);
    snprintf(command, sizeof command, "test \"$(ls -A '%s' | wc -l)\" = 1", cache);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

// A counter modulo 5 that runs while en_i is high, with an output that settles from an input.
static const char counter_sv[] =
    "module counter (\n"
    "  input  logic       clk_i,\n"
    "  input  logic       rst_ni,\n"
    "  input  logic       en_i,\n"
    "  input  logic [1:0][7:0] add_i,\n"
    "  output logic [2:0] count_o,\n"
    "  output logic [1:0][7:0] sum_o\n"
    ");\n"
    "  always_ff @(posedge clk_i or negedge rst_ni) begin\n"
    "    if (!rst_ni) count_o <= 3'd0;\n"
    "    else if (en_i) count_o <= count_o == 3'd4 ? 3'd0 : count_o + 3'd1;\n"
    "  end\n"
    "  assign sum_o[0] = add_i[0] + 8'(count_o);\n"
    "  assign sum_o[1] = add_i[1] + 8'(count_o);\n"
    "endmodule\n";
static const char counter_shim[] =
    "#include \"engine.h\"\n"
    "namespace {\n"
    "struct Self { VerilatedContext context; Vtop top{&context}; };\n"
    "void get(Vtop &t, int64_t *out) {\n"
    "  out[0] = t.count_o; out[1] = t.sum_o & 255; out[2] = t.sum_o >> 8;\n"
    "}\n"
    "void *create() { return new (std::nothrow) Self; }\n"
    "void destroy(void *s) { delete static_cast<Self *>(s); }\n"
    "void reset(void *s, int64_t *out) {\n"
    "  Vtop &t = static_cast<Self *>(s)->top;\n"
    "  t.rst_ni = 1; t.clk_i = 0; t.eval(); t.rst_ni = 0; t.eval(); t.clk_i = 1; t.eval();\n"
    "  t.clk_i = 0; t.eval(); t.rst_ni = 1; t.eval(); get(t, out);\n"
    "}\n"
    "void edge(void *s, const int64_t *in, int64_t *out) {\n"
    "  Vtop &t = static_cast<Self *>(s)->top;\n"
    "  t.en_i = in[0]; t.clk_i = 1; t.eval(); t.clk_i = 0; t.eval(); get(t, out);\n"
    "}\n"
    "void settle(void *s, const int64_t *in, int64_t *out) {\n"
    "  Vtop &t = static_cast<Self *>(s)->top;\n"
    "  t.add_i = in[1] | in[2] << 8; t.eval(); get(t, out);\n"
    "}\n"
    "}\n"
    "extern \"C\" const weft_rtl weft_rtl_table;\n"
    "const weft_rtl weft_rtl_table = {create, destroy, reset, edge, settle, nullptr};\n";

static void check_counter(const weft_rtl *rtl) {
    int64_t in[3] = {1, 100, 7}, out[3];
    void *a = rtl->create(), *b = rtl->create();
    rtl->reset(a, out);
    ck_assert_int_eq(out[0], 0);
    for (int k = 1; k < 12; k++) {
        rtl->edge(a, in, out);
        ck_assert_int_eq(out[0], k % 5);
    }
    rtl->settle(a, in, out);
    ck_assert_int_eq(out[1], 101);
    ck_assert_int_eq(out[2], 8);
    in[0] = 0;
    rtl->edge(a, in, out);
    ck_assert_int_eq(out[0], 1);
    rtl->reset(b, out); // another instance
    ck_assert_int_eq(out[0], 0);
    rtl->edge(a, in, out);
    ck_assert_int_eq(out[0], 1);
    rtl->destroy(a);
    rtl->destroy(b);
}

START_TEST(systemverilog_is_built_once) {
    if (!weft_tool_find("verilator", error, sizeof error))
        return; // tests/cli says that it is missing
    const weft_source source = {NULL, "counter.sv", counter_sv};
    weft_library library;
    const weft_rtl *rtl;
    ck_assert_msg(weft_build_rtl(&build, "counter", &source, 1, counter_shim, &library, &rtl) ==
                      WEFT_OK,
                  "%s", error);
    ck_assert(!library.cached);
    check_counter(rtl);
    weft_library_close(&library);
    ck_assert_int_eq(weft_build_rtl(&build, "counter", &source, 1, counter_shim, &library, &rtl),
                     WEFT_OK);
    ck_assert(library.cached);
    check_counter(rtl);
    weft_library_close(&library);
    const weft_source wrong = {NULL, "counter.sv", "module counter; wire x = y; endmodule"};
    ck_assert_int_eq(weft_build_rtl(&build, "counter", &wrong, 1, counter_shim, &library, &rtl),
                     WEFT_TOOLS);
    ck_assert_ptr_nonnull(strstr(error, "counter.sv:1"));
}
END_TEST

START_TEST(a_missing_verilator_is_named) {
    const weft_source source = {NULL, "counter.sv", counter_sv};
    weft_library library;
    const weft_rtl *rtl;
    setenv("PATH", cache, 1);
    ck_assert_int_eq(weft_build_rtl(&build, "counter", &source, 1, counter_shim, &library, &rtl),
                     WEFT_TOOLS);
    ck_assert_ptr_nonnull(strstr(error, "verilator was not found; install verilator"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("build");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 300);
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, c_is_built_once);
    tcase_add_test(all, a_damaged_object_is_built_again);
    tcase_add_test(all, the_compilers_words_are_handed_on);
    tcase_add_test(all, a_missing_compiler_is_named);
    tcase_add_test(all, a_cache_that_cannot_be_used_is_named);
    tcase_add_test(all, nothing_is_left_behind);
    tcase_add_test(all, systemverilog_is_built_once);
    tcase_add_test(all, a_missing_verilator_is_named);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
