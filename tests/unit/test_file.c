// Files and paths: read whole, replaced whole or not at all.
#include "support/file.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static arena *home;
static char folder[64];
static const char *problem;

static void set_up(void) {
    home = arena_new();
    snprintf(folder, sizeof folder, "/tmp/weft-test-file-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    problem = NULL;
}

static void tear_down(void) {
    char command[100];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
    arena_free(home);
}

static const char *in_folder(const char *name) {
    return path_join(home, folder, name);
}

static int entries(void) {
    DIR *directory = opendir(folder);
    ck_assert_ptr_nonnull(directory);
    int count = 0;
    while (readdir(directory))
        count++;
    closedir(directory);
    return count - 2; // . and ..
}

START_TEST(what_was_written_is_read) {
    static const char bytes[] = "a\0b\n";
    size_t length = 99;
    const char *path = in_folder("f");
    ck_assert(file_write(path, bytes, 4, &problem));
    char *got = file_read(home, path, &length, &problem);
    ck_assert_ptr_nonnull(got);
    ck_assert_uint_eq(length, 4);
    ck_assert_mem_eq(got, bytes, 5); // with the zero byte behind it
    ck_assert(file_write(path, NULL, 0, &problem));
    ck_assert_ptr_nonnull(file_read(home, path, &length, &problem));
    ck_assert_uint_eq(length, 0);
    ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(sizes_that_the_system_does_not_know_are_read_whole) {
    // 300,000 bytes through a pipe: several reads, no size in front.
    const char *command = "head -c 300000 /dev/zero";
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", fileno(pipe));
    size_t length = 0;
    char *got = file_read(home, path, &length, &problem);
    ck_assert_ptr_nonnull(got);
    ck_assert_uint_eq(length, 300000);
    ck_assert_int_eq(pclose(pipe), 0);
}
END_TEST

START_TEST(reasons_are_told) {
    size_t length;
    ck_assert_ptr_null(file_read(home, in_folder("absent"), &length, &problem));
    ck_assert_str_eq(problem, strerror(ENOENT));
    ck_assert_ptr_null(file_read(home, folder, &length, &problem));
    ck_assert_str_eq(problem, strerror(EISDIR));
    ck_assert(!file_write(in_folder("absent/f"), "x", 1, &problem));
    ck_assert_str_eq(problem, strerror(ENOENT));
    ck_assert(!file_write(folder, "x", 1, &problem));
    ck_assert_str_eq(problem, strerror(EISDIR));
    ck_assert(!file_write("/dev/full", "x", 1, &problem));
    ck_assert_str_eq(problem, strerror(ENOSPC));
    char *endless = arena_alloc(home, 5001);
    memset(endless, 'a', 5000);
    ck_assert(!file_write(in_folder(endless), "x", 1, &problem));
    ck_assert_str_eq(problem, strerror(ENAMETOOLONG));
    ck_assert_int_eq(entries(), 0);
}
END_TEST

START_TEST(a_link_stays_and_modes_follow_the_mask) {
    const char *real = in_folder("real"), *link = in_folder("link");
    struct stat facts;
    umask(027);
    ck_assert(file_write(real, "old", 3, &problem));
    ck_assert_int_eq(stat(real, &facts), 0);
    ck_assert_int_eq(facts.st_mode & 0777, 0640);
    ck_assert_int_eq(symlink("real", link), 0);
    ck_assert(file_write(link, "new", 3, &problem));
    ck_assert_int_eq(lstat(link, &facts), 0);
    ck_assert(S_ISLNK(facts.st_mode));
    size_t length;
    ck_assert_str_eq(file_read(home, real, &length, &problem), "new");
}
END_TEST

START_TEST(a_failed_write_leaves_the_old_file) {
    // A limit on the size of files stands in for the full disk; it must not outlive the test, so a
    // child meets it.
    enum { SIZE = 4 << 20 };
    const char *path = in_folder("f");
    ck_assert(file_write(path, "old", 3, &problem));
    char *large = arena_alloc(home, SIZE);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit = {.rlim_cur = SIZE / 4, .rlim_max = SIZE / 4};
        bool refused = setrlimit(RLIMIT_FSIZE, &limit) == 0 &&
                       !file_write(path, large, SIZE, &problem) &&
                       strcmp(problem, strerror(EFBIG)) == 0;
        _exit(refused ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    size_t length;
    ck_assert_str_eq(file_read(home, path, &length, &problem), "old");
    ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(directories_are_made_with_their_parents) {
    ck_assert(directory_make(in_folder("a/b/c"), &problem));
    ck_assert(directory_make(in_folder("a/b/c"), &problem));
    ck_assert(directory_make(in_folder("a//d/"), &problem));
    ck_assert(file_exists(in_folder("a/b/c")));
    ck_assert(file_exists(in_folder("a/d")));
    ck_assert(!file_exists(in_folder("a/e")));
    ck_assert(file_write(in_folder("plain"), "x", 1, &problem));
    ck_assert(!directory_make(in_folder("plain/x"), &problem));
    ck_assert_str_eq(problem, strerror(ENOTDIR));
    ck_assert(!directory_make(in_folder("plain"), &problem));
    ck_assert_str_eq(problem, strerror(ENOTDIR));
    ck_assert(!directory_make("", &problem));
}
END_TEST

START_TEST(paths_are_taken_apart_and_joined) {
    ck_assert_str_eq(path_directory(home, "a/b/c.weft"), "a/b");
    ck_assert_str_eq(path_directory(home, "c.weft"), ".");
    ck_assert_str_eq(path_directory(home, "/c.weft"), "/");
    ck_assert_str_eq(path_stem(home, "a/b/c.weft"), "c");
    ck_assert_str_eq(path_stem(home, "a.b/c"), "c");
    ck_assert_str_eq(path_stem(home, "c.tar.gz"), "c.tar");
    ck_assert_str_eq(path_stem(home, ".hidden"), ".hidden");
    ck_assert_str_eq(path_join(home, "a", "b"), "a/b");
    ck_assert_str_eq(path_join(home, "a/", "b"), "a/b");
    ck_assert_str_eq(path_join(home, ".", "b"), "b");
    ck_assert_str_eq(path_join(home, "", "b"), "b");
    ck_assert_str_eq(path_join(home, "a", "/b"), "/b");
    ck_assert_str_eq(path_join(home, "/", "b"), "/b");
}
END_TEST

int main(void) {
    TCase *all = tcase_create("file");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, what_was_written_is_read);
    tcase_add_test(all, sizes_that_the_system_does_not_know_are_read_whole);
    tcase_add_test(all, reasons_are_told);
    tcase_add_test(all, a_link_stays_and_modes_follow_the_mask);
    tcase_add_test(all, a_failed_write_leaves_the_old_file);
    tcase_add_test(all, directories_are_made_with_their_parents);
    tcase_add_test(all, paths_are_taken_apart_and_joined);
    Suite *suite = suite_create("file");
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
