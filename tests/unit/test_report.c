// test_report.c -- tables, JSON, numbers with units, and files that appear whole or not at all.
#include "report.h"

#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/weft-test-report-XXXXXX";
static char *printed;
static size_t printed_size;

static FILE *printer(void) {
    FILE *out = open_memstream(&printed, &printed_size);
    ck_assert_ptr_nonnull(out);
    return out;
}

static void expect_printed(FILE *out, const char *text) {
    fclose(out);
    ck_assert_str_eq(printed, text);
    free(printed);
}

static double curve[] = {0.5, 0.25, 0.125, 0.0625, 0.04};
static weft_drive_measure measures[] = {{.name = "train.error",
                                         .stat = {0.04, 0.01, 0.025, 0.05},
                                         .curve = curve,
                                         .epochs = 5,
                                         .percent = 1},
                                        {.name = "test.loss", .stat = {0.1, 1.0 / 3, 1e-12, 2e6}}};
static weft_drive_expect expects[] = {{"test.error <= 6.6%", 1}, {"a \"quoted\" text", 0}};

static weft_drive_result sample(void) {
    return (weft_drive_result){.experiment = "iris",
                               .seed = 18446744073709551615u,
                               .repeats = 10,
                               .measures = measures,
                               .measure_count = 2,
                               .expects = expects,
                               .expect_count = 2,
                               .trials = 82500,
                               .compile_seconds = 0.5,
                               .run_seconds = 2};
}

START_TEST(json_has_the_agreed_shape) {
    weft_drive_result r = sample();
    FILE *out = printer();
    weft_report_json(out, &r);
    expect_printed(out, "{\"experiment\":\"iris\",\"seed\":18446744073709551615,\"repeats\":10,"
                        "\"measures\":{\"train.error\":{\"mean\":0.04,\"std\":0.01,\"min\":0.025,"
                        "\"max\":0.05},\"test.loss\":{\"mean\":0.1,\"std\":0.3333333333333333,"
                        "\"min\":1e-12,\"max\":2000000}},"
                        "\"expect\":[{\"text\":\"test.error <= 6.6%\",\"holds\":true},"
                        "{\"text\":\"a \\\"quoted\\\" text\",\"holds\":false}],"
                        "\"trials\":82500,\"seconds\":{\"compile\":0.5,\"run\":2}}\n");
}
END_TEST

START_TEST(json_tells_of_lockstep) {
    weft_drive_result r = {
        .experiment = "e", .repeats = 1, .lockstep = 1, .cycles = 12, .trained = 0.5};
    FILE *out = printer();
    weft_report_json(out, &r);
    expect_printed(
        out,
        "{\"experiment\":\"e\",\"seed\":0,\"repeats\":1,\"measures\":{},"
        "\"expect\":[],\"trials\":0,\"trained\":0.5,"
        "\"seconds\":{\"compile\":0,\"run\":0},\"lockstep\":{\"cycles\":12,\"mismatches\":0}}\n");
}
END_TEST

START_TEST(json_numbers_read_back) {
    const double numbers[] = {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 123456789.125};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        FILE *out = printer();
        weft_json_number(out, numbers[i]);
        fclose(out);
        ck_assert_double_eq(strtod(printed, NULL), numbers[i]);
        free(printed);
    }
    FILE *out = printer();
    weft_json_number(out, NAN);
    fputc(' ', out);
    weft_json_number(out, -INFINITY);
    expect_printed(out, "null null");
}
END_TEST

// The C library finds it by trying: the fewest of 15 to 17 digits, without zeros behind them.
static void shortest_by_library(double value, const char *found) {
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    ck_assert_msg(strcmp(found, text) == 0, "%s in place of %s", found, text);
}

START_TEST(numbers_are_the_shortest_that_read_back) {
    char text[WEFT_NUMBER_ROOM];
    uint64_t state = 1;
    for (int i = 0; i < 200000; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        double u = (double)(state >> 11) * 0x1p-53, value;
        int size = (int)(state >> 3 & 31);
        switch (i % 5) {
        case 0: // any digits, of many sizes
            value = u * pow(10, -size);
            break;
        case 1: // few digits
            value = floor(u * 1000) / 1000 * pow(10, -(size % 8));
            break;
        case 2: // beside a power of 2, where the gap below is half of that above
            value = ldexp(1 + (size % 4 - 1) * 0x1p-53, -(size * 3));
            break;
        case 3:
            value = -u;
            break;
        default: // any bits
            memcpy(&value, &state, sizeof value);
        }
        if (!isfinite(value)) continue;
        weft_number_text(value, text);
        shortest_by_library(value, text);
    }
}
END_TEST

START_TEST(json_texts_are_escaped) {
    FILE *out = printer();
    weft_json_text(out, "a\"b\\c\nd\te\x01\x7f \xc3\xbc");
    expect_printed(out, "\"a\\\"b\\\\c\\nd\\te\\u0001\\u007f \xc3\xbc\"");
}
END_TEST

START_TEST(table_is_aligned_and_fits) {
    weft_drive_result r = sample();
    FILE *out = printer();
    r.seed = 1;
    r.lockstep = 1;
    r.cycles = 12345678;
    r.trained = 2e-6;
    weft_report_table(out, &r);
    expect_printed(out, "iris   seed 1   10 repeats\n"
                        "\n"
                        "  measure            mean         std         min         max\n"
                        "  train.error         4 %         1 %       2.5 %         5 %\n"
                        "  test.loss           0.1    0.333333       1e-12       2e+06\n"
                        "  (over 10 repeats; std divides by one less)\n"
                        "\n"
                        "  epoch               1         2         3         5\n"
                        "  train.error      50 %      25 %    12.5 %       4 %\n"
                        "\n"
                        "  holds    expect test.error <= 6.6%\n"
                        "  FAILED   expect a \"quoted\" text\n"
                        "\n"
                        "  82 500 trials; compiled in 500 ms, ran in 2 s (41 250 trials/s)\n"
                        "  training takes 2 us of the circuit's own time\n"
                        "  lockstep of C and RTL: 12 345 678 cycles, 0 mismatches\n");
}
END_TEST

START_TEST(table_of_one_repeat_shows_values) {
    weft_drive_measure one = {.name = "test.mse", .stat = {0.25, 0, 0.25, 0.25}};
    weft_drive_result r = {.experiment = "xor",
                           .seed = 3,
                           .repeats = 1,
                           .measures = &one,
                           .measure_count = 1,
                           .trials = 1,
                           .run_seconds = 0.0000125};
    FILE *out = printer();
    weft_report_table(out, &r);
    expect_printed(out, "xor   seed 3   1 repeat\n"
                        "\n"
                        "  measure         value\n"
                        "  test.mse         0.25\n"
                        "\n"
                        "  1 trial; compiled in 0 us, ran in 12.5 us\n");
}
END_TEST

START_TEST(failures_say_where) {
    weft_drive_result r = {.experiment = "iris", .repeats = 10};
    FILE *out = printer();
    snprintf(r.problem.file, sizeof r.problem.file, "iris.csv");
    snprintf(r.problem.text, sizeof r.problem.text, "not a number");
    snprintf(r.problem.help, sizeof r.problem.help, "drop it");
    r.problem.line = 12;
    r.problem.column = 3;
    weft_report_failure(out, WEFT_BAD_DATA, &r);
    expect_printed(out, "iris.csv:12:3: error: not a number\n  help: drop it\n");
    r.fault = (weft_drive_fault){.status = WEFT_ASSERT,
                                 .repeat = 2,
                                 .part = "train",
                                 .epoch = 4,
                                 .trial = 230,
                                 .row = 17,
                                 .time = 0.0125,
                                 .text = "assert a < b"};
    out = printer();
    weft_report_failure(out, WEFT_ASSERT, &r);
    expect_printed(out, "iris: error: an assertion of the model failed: assert a < b\n"
                        "  in repeat 3 of 10, train, epoch 4, trial 230 (row 17 of the data), "
                        "at 12.5 ms\n");
}
END_TEST

START_TEST(numbers_have_fitting_units) {
    const struct {
        double value;
        const char *seconds, *time;
    } cases[] = {{0, "0 us", "0 s"},          {0.00125, "1.25 ms", "1.25 ms"},
                 {0.9996, "1 s", "999.6 ms"}, {61.5, "61.5 s", "61.5 s"},
                 {125, "2 min 5 s", "125 s"}, {7260, "2 h 1 min", "7260 s"},
                 {2e-8, "0.02 us", "20 ns"},  {5e-15, "5e-09 us", "5 fs"}};
    char text[40];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        weft_show_seconds(text, sizeof text, cases[i].value);
        ck_assert_str_eq(text, cases[i].seconds);
        weft_show_time(text, sizeof text, cases[i].value);
        ck_assert_str_eq(text, cases[i].time);
    }
    weft_show_count(text, sizeof text, 18446744073709551615u);
    ck_assert_str_eq(text, "18 446 744 073 709 551 615");
    weft_show_count(text, sizeof text, 1234);
    ck_assert_str_eq(text, "1234");
}
END_TEST

// ---- files
// ---------------------------------------------------------------------------------------
static int files_in_folder(void) {
    char command[80];
    snprintf(command, sizeof command, "ls -A %s | wc -l", folder);
    FILE *pipe = popen(command, "r");
    int count = -1;
    ck_assert_ptr_nonnull(pipe);
    ck_assert_int_eq(fscanf(pipe, "%d", &count), 1);
    pclose(pipe);
    return count;
}

START_TEST(files_appear_whole_or_not_at_all) {
    weft_output out;
    char path[64], line[16] = "";
    snprintf(path, sizeof path, "%s/out.csv", folder);
    ck_assert_int_eq(weft_output_open(&out, path), WEFT_OK);
    fputs("first\n", out.file);
    ck_assert_int_ne(access(path, F_OK), 0); // not there before the commit
    ck_assert_int_eq(weft_output_commit(&out), WEFT_OK);
    ck_assert_int_eq(weft_output_open(&out, path), WEFT_OK);
    fputs("second\n", out.file);
    weft_output_drop(&out);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    fclose(file);
    ck_assert_str_eq(line, "first\n");
    ck_assert_int_eq(files_in_folder(), 1); // nothing left beside it
    ck_assert_int_eq(weft_output_open(&out, "/no/such/folder/x"), WEFT_IO);
    unlink(path);
}
END_TEST

START_TEST(a_full_disk_is_noticed) {
    weft_output out;
    if (access("/dev/full", W_OK)) return;
    ck_assert_int_eq(weft_output_open(&out, "/dev/full"), WEFT_OK); // no regular file: in place
    ck_assert_ptr_null(out.beside);
    fputs("text", out.file);
    ck_assert_int_eq(weft_output_commit(&out), WEFT_IO);
    ck_assert_int_eq(access("/dev/full", W_OK), 0);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("report");
    if (!mkdtemp(folder)) return 1;
    tcase_add_test(tests, json_has_the_agreed_shape);
    tcase_add_test(tests, json_tells_of_lockstep);
    tcase_add_test(tests, json_numbers_read_back);
    tcase_add_test(tests, numbers_are_the_shortest_that_read_back);
    tcase_add_test(tests, json_texts_are_escaped);
    tcase_add_test(tests, table_is_aligned_and_fits);
    tcase_add_test(tests, table_of_one_repeat_shows_values);
    tcase_add_test(tests, failures_say_where);
    tcase_add_test(tests, numbers_have_fitting_units);
    tcase_add_test(tests, files_appear_whole_or_not_at_all);
    tcase_add_test(tests, a_full_disk_is_noticed);
    Suite *suite = suite_create("report");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return rmdir(folder) != 0 || failed != 0;
}
