// Programs that are run: words, output, exit status; hashes; where the cache lies.
#include "tool.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[PATH_MAX / 4], path[PATH_MAX], error[PATH_MAX];

static void set_up(void) {
    const char *work = getenv("WORK");
    snprintf(folder, sizeof folder, "%s/weft-tool-XXXXXX", work != NULL ? work : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}
static void tear_down(void) {
    weft_work_remove(folder);
}

static const char *in_folder(const char *name) {
    static char full[PATH_MAX];
    snprintf(full, sizeof full, "%s%s", folder, name);
    return full;
}

static void runs(const char *script, const char *where, int status, const char *output) {
    weft_command command = {0};
    char said[16];
    weft_command_split(&command, " sh \t-c ");
    weft_command_add(&command, "%s", script);
    ck_assert_uint_eq(command.count, 3);
    ck_assert_int_eq(weft_tool_run(&command, where, said, sizeof said), status);
    ck_assert_str_eq(said, output);
    weft_command_free(&command);
    ck_assert_ptr_null(command.words);
}

START_TEST(a_program_runs_in_its_folder) {
    runs("printf one; printf two >&2; exit 3", NULL, 3, "onetwo");
    runs("cat", NULL, 0, "");                                                 // nothing to read
    runs("printf 0123456789; printf 0123456789", NULL, 0, "012345678901234"); // what fits
    runs("i=0; while [ $i -lt 2000 ]; do echo 'a line of it'; i=$((i + 1)); done; exit 7", NULL, 7,
         "a line of it\na "); // and is read to its end
    runs("kill -9 $$", NULL, -1, "");
    ck_assert(weft_write_text(in_folder("/here"), "text"));
    runs("cat here", folder, 0, "text");
    runs("echo", "/nonexistent", 127, "");
}
END_TEST

START_TEST(a_command_may_be_long) {
    weft_command command = {0};
    char said[40];
    weft_command_split(&command, "");
    weft_command_split(&command, NULL);
    ck_assert_int_eq(weft_tool_run(&command, NULL, said, sizeof said), -1);
    weft_command_split(&command, "sh -c");
    weft_command_add(&command, "echo $# $99");
    for (int k = 0; k < 100; k++)
        weft_command_add(&command, "w%d", k);
    ck_assert_int_eq(weft_tool_run(&command, NULL, said, sizeof said), 0);
    ck_assert_str_eq(said, "99 w99\n");
    weft_command_free(&command);
    weft_command_split(&command, "no-such-program-anywhere");
    ck_assert_int_eq(weft_tool_run(&command, NULL, said, sizeof said), 127);
    weft_command_free(&command);
}
END_TEST

START_TEST(a_program_is_found_by_path) {
    ck_assert(weft_write_text(in_folder("/tool"), "#!/bin/sh\n"));
    char list[PATH_MAX];
    snprintf(list, sizeof list, "/nonexistent::%s", folder);
    setenv("PATH", list, 1);
    ck_assert(!weft_tool_find("tool", path, sizeof path)); // no program yet
    ck_assert_int_eq(chmod(in_folder("/tool"), 0755), 0);
    ck_assert(weft_tool_find("tool", path, sizeof path));
    ck_assert_str_eq(path, in_folder("/tool"));
    ck_assert(!weft_tool_find("tool", path, 10)); // no room for the path
    ck_assert(weft_tool_find(in_folder("/tool"), path, sizeof path));
    ck_assert(!weft_tool_find(in_folder("/tool"), path, 3));
    ck_assert(!weft_tool_find("./tool", path, sizeof path));
    uint64_t before = weft_tool_identity("tool");
    ck_assert(before != weft_tool_identity("other"));
    ck_assert(weft_write_text(in_folder("/tool"), "#!/bin/sh\necho\n"));
    ck_assert(before != weft_tool_identity("tool")); // another size
    unsetenv("PATH");
    ck_assert(!weft_tool_find("tool", path, sizeof path));
    ck_assert(!weft_write_text("/nonexistent/file", ""));
}
END_TEST

// The test vectors of the FNV draft (Fowler, Noll, Vo, Eastlake), FNV-1a 64 with its offset basis:
// "a" is af63dc4c8601ec8c; the end of a text is one more byte, 0.
START_TEST(hashes_are_fnv_1a) {
    const uint64_t basis = 0xcbf29ce484222325u, prime = 0x100000001b3u;
    ck_assert(weft_hash_text(basis, "a") == 0xaf63dc4c8601ec8cu * prime);
    ck_assert(weft_hash_text(basis, "foobar") == 0x85944171f73967e8u * prime);
    ck_assert(weft_write_text(in_folder("/file"), "foobar"));
    ck_assert(weft_hash_file(basis, in_folder("/file")) == 0x85944171f73967e8u * prime);
    ck_assert(weft_hash_file(basis, "/nonexistent") == basis * prime);
}
END_TEST

static void cache_is(const char *wanted) {
    ck_assert_msg(weft_cache_folder(path, sizeof path, error, sizeof error), "%s", error);
    ck_assert_str_eq(path, wanted);
}

START_TEST(the_cache_lies_where_it_can) {
    char wanted[PATH_MAX], here[PATH_MAX / 2];
    setenv("WEFT_CACHE", in_folder("/a/b"), 1);
    cache_is(in_folder("/a/b"));
    cache_is(in_folder("/a/b"));
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    setenv("WEFT_CACHE", "relative", 1);
    snprintf(wanted, sizeof wanted, "%s/relative", here);
    cache_is(wanted);
    ck_assert_int_eq(chmod(wanted, 0777), 0); // anybody could put a library there
    ck_assert(!weft_cache_folder(path, sizeof path, error, sizeof error));
    ck_assert_ptr_nonnull(strstr(error, "(WEFT_CACHE) cannot be used"));

    setenv("WEFT_CACHE", "", 1);
    setenv("XDG_CACHE_HOME", in_folder("/xdg"), 1);
    cache_is(in_folder("/xdg/weft"));
    setenv("XDG_CACHE_HOME", "relative", 1); // to be ignored, says its specification
    setenv("HOME", in_folder("/house"), 1);
    cache_is(in_folder("/house/.cache/weft"));
    setenv("XDG_CACHE_HOME", "/dev/null", 1); // and what cannot be made
    cache_is(in_folder("/house/.cache/weft"));
    setenv("HOME", "/dev/null", 1);
    setenv("TMPDIR", folder, 1);
    snprintf(wanted, sizeof wanted, "%s/weft-%ld", folder, (long)geteuid());
    cache_is(wanted);
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    cache_is(wanted);
    ck_assert_int_eq(chmod(wanted, 0777), 0);
    ck_assert(!weft_cache_folder(path, sizeof path, error, sizeof error));
    ck_assert_ptr_nonnull(strstr(error, wanted));
    ck_assert_ptr_nonnull(strstr(error, "set WEFT_CACHE"));
}
END_TEST

START_TEST(work_folders_go_with_all_in_them) {
    char inner[PATH_MAX];
    ck_assert(weft_work_folder(folder, path, sizeof path));
    ck_assert_int_eq(strncmp(path, in_folder("/work-"), strlen(folder) + 6), 0);
    snprintf(inner, sizeof inner, "%.1000s/inner", path);
    ck_assert_int_eq(mkdir(inner, 0700), 0);
    snprintf(inner, sizeof inner, "%.1000s/inner/file", path);
    ck_assert(weft_write_text(inner, "text"));
    snprintf(inner, sizeof inner, "%.1000s/inner/link", path);
    ck_assert_int_eq(symlink(folder, inner), 0); // is not followed
    weft_work_remove(path);
    ck_assert_int_ne(access(path, F_OK), 0);
    ck_assert_int_eq(access(folder, F_OK), 0);
    weft_work_remove(path); // nothing there
    ck_assert(!weft_work_folder(folder, path, 5));
    ck_assert(!weft_work_folder("/nonexistent", path, sizeof path));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tool");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, a_program_runs_in_its_folder);
    tcase_add_test(all, a_command_may_be_long);
    tcase_add_test(all, a_program_is_found_by_path);
    tcase_add_test(all, hashes_are_fnv_1a);
    tcase_add_test(all, the_cache_lies_where_it_can);
    tcase_add_test(all, work_folders_go_with_all_in_them);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
