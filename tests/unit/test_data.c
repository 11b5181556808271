// test_data.c -- reading, checking, scaling and splitting an experiment's rows. The expected
// numbers are worked out by hand beside each test.
#include "data.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/weft-test-data-XXXXXX";

static const char *write_csv(const char *name, const char *text) {
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

// ---- the reader
// ----------------------------------------------------------------------------------
START_TEST(reads_numbers_and_labels) {
    weft_table t;
    weft_data_problem p;
    // CRLF, a byte order mark, blanks around a field and a blank last line are tolerated.
    const char *path =
        write_csv("a.csv", "\xef\xbb\xbf"
                           "a, class,b\r\n1,setosa,-2.5e1\r\n 3 ,iris,4\r\n5,setosa,0.5\r\n\r\n");
    ck_assert_int_eq(weft_table_read(&t, path, &p), WEFT_OK);
    ck_assert_uint_eq(t.rows, 3);
    ck_assert_uint_eq(t.columns, 3);
    ck_assert_uint_eq(t.numeric, 2);
    ck_assert_int_eq(t.class_at, 1);
    const double expected[] = {1, -25, 3, 4, 5, 0.5};
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq(t.values[i], expected[i]);
    ck_assert_uint_eq(t.classes, 2); // sorted: iris, setosa
    ck_assert_str_eq(t.labels[0], "iris");
    ck_assert_str_eq(t.labels[1], "setosa");
    ck_assert_uint_eq(t.class_of[0], 1);
    ck_assert_uint_eq(t.class_of[1], 0);
    ck_assert_uint_eq(t.class_of[2], 1);
    weft_table_drop(&t);
}
END_TEST

static const struct bad_file {
    const char *text;
    uint32_t line, column;
    const char *says;
} bad_files[] = {
    {"", 1, 1, "empty"},
    {"\n\n", 1, 1, "empty"},
    {"a,b\n", 1, 1, "no rows"},
    {"a,b", 1, 1, "no rows"},
    {"a,,c\n1,2,3\n", 1, 3, "column 2 has no name"},
    {"a,b,a\n1,2,3\n", 1, 5, "columns 1 and 3 are both named `a`"},
    {"a,b\n1,2\n3\n", 3, 1, "row 2 has 1 column; the header names 2"},
    {"a,b\n1,2,3\n", 2, 1, "row 1 has 3 columns; the header names 2"},
    {"a,b\n1,2\n\n3,4\n", 3, 1, "row 2 is empty"},
    {"a,b\n1,2\n3,x4\n", 3, 3, "row 2, column `b`: `x4` is not a number"},
    {"a,b\n1,0x10\n", 2, 3, "`0x10` is not a number"},
    {"a,b\n1,1e\n", 2, 3, "`1e` is not a number"},
    {"a,b\n1,\"2\"\n", 2, 3, "is not a number"},
    {"a,b\n1,nan\n", 2, 3, "`nan` is not a finite number"},
    {"a,b\n1,-Inf\n", 2, 3, "`-Inf` is not a finite number"},
    {"a,b\n1,1e999\n", 2, 3, "`1e999` is not a finite number"},
    {"a,b\n1,2\n?,4\n", 3, 1, "missing value in row 2, column `a`"},
    {"a,b\n1,\n", 2, 3, "missing value in row 1, column `b`"},
    {"a,class\n1,?\n", 2, 3, "missing class label in row 1"},
};

START_TEST(locates_what_is_wrong) {
    const struct bad_file *bad = &bad_files[_i];
    weft_table t;
    weft_data_problem p;
    const char *path = write_csv("bad.csv", bad->text);
    ck_assert_int_eq(weft_table_read(&t, path, &p), WEFT_BAD_DATA);
    ck_assert_str_eq(p.file, path);
    ck_assert_msg(strstr(p.text, bad->says), "got: %s", p.text);
    ck_assert_uint_eq(p.line, bad->line);
    ck_assert_uint_eq(p.column, bad->column);
    if (strstr(p.text, "missing value")) ck_assert_ptr_nonnull(strstr(p.help, "drop the row"));
    ck_assert_ptr_null(t.text);
}
END_TEST

START_TEST(says_which_file_is_missing) {
    weft_table t;
    weft_data_problem p;
    ck_assert_int_eq(weft_table_read(&t, "/no/such/file.csv", &p), WEFT_BAD_DATA);
    ck_assert_str_eq(p.file, "/no/such/file.csv");
    ck_assert_ptr_nonnull(strstr(p.text, "No such file"));
    ck_assert_ptr_nonnull(strstr(p.help, "--data"));
    ck_assert_int_eq(weft_table_read(&t, folder, &p), WEFT_BAD_DATA); // a folder
    ck_assert_ptr_nonnull(strstr(p.text, "directory"));
}
END_TEST

// ---- expressions
// ---------------------------------------------------------------------------------
static const char small[] = "a,b,class\n1,10,x\n3,10,y\n5,40,x\n7,20,z\n";
static const weft_data_node features = {.kind = WEFT_DATA_FEATURES};
static const weft_data_node column_a = {.kind = WEFT_DATA_COLUMN, .text = "a"};
static const weft_data_node column_q = {.kind = WEFT_DATA_COLUMN, .text = "q"};
static const weft_data_node two = {.kind = WEFT_DATA_NUMBER, .number = 2};
static const weft_data_node zero = {.kind = WEFT_DATA_NUMBER, .number = 0};
static const weft_data_node normalized = {.kind = WEFT_DATA_NORMALIZE, .a = &features};
static const weft_data_node zscored = {.kind = WEFT_DATA_ZSCORE, .a = &column_a};
static const weft_data_node onehot = {.kind = WEFT_DATA_ONEHOT};
static const weft_data_node class_index = {.kind = WEFT_DATA_CLASS};
static const weft_data_node is_x = {.kind = WEFT_DATA_IS, .text = "x"};
static const weft_data_node is_w = {.kind = WEFT_DATA_IS, .text = "w"};
static const weft_data_node twice = {.kind = WEFT_DATA_MUL, .a = &two, .b = &features};
static const weft_data_node less = {.kind = WEFT_DATA_SUB, .a = &features, .b = &onehot};
static const weft_data_node shifted = {.kind = WEFT_DATA_SUB, .a = &twice, .b = &column_a};
static const weft_data_node over_zero = {.kind = WEFT_DATA_DIV, .a = &column_a, .b = &zero};

// One input of `count` elements whose value is `value`, over `small`.
static weft_status draw_one(const weft_data_node *value, uint32_t count, int64_t train,
                            int64_t test, weft_data_repeat *rows, weft_data_problem *p) {
    weft_data_input input = {"net.x", 20, count, value, 7};
    weft_data data = {.source = WEFT_DATA_OF_CSV,
                      .path = "small.csv",
                      .directory = folder,
                      .inputs = &input,
                      .input_count = 1,
                      .train = train,
                      .test = test,
                      .in_order = 1};
    weft_dataset *set;
    write_csv("small.csv", small);
    weft_status status = weft_data_open(&set, &data, "net.weft", NULL, p);
    if (status) return status;
    status = weft_data_draw(set, 1, 0, rows, p);
    weft_data_close(set);
    return status;
}

static void expect_values(const weft_data_node *value, uint32_t count, int64_t train,
                          const double *expected) {
    weft_data_repeat rows;
    weft_data_problem p;
    ck_assert_int_eq(draw_one(value, count, train, 4 - train, &rows, &p), WEFT_OK);
    ck_assert_uint_eq(rows.elements, count);
    for (uint32_t i = 0; i < 4 * count; i++)
        ck_assert_msg(fabs(rows.values[i] - expected[i]) <= 4e-16 * fabs(expected[i]),
                      "element %u: %.17g, not %.17g", i, rows.values[i], expected[i]);
    weft_data_drop(&rows);
}

START_TEST(evaluates_expressions) {
    // Training rows 1 and 2. a: mean 2, largest distance 1. b: mean 10, distance 0 -> 0.
    expect_values(&normalized, 2, 2, (double[]){-1, 0, 1, 0, 3, 0, 5, 0});
    // Training rows 1 to 3: a has mean 3 and variance (4 + 0 + 4) / 3; b mean 20, distances 10 20.
    expect_values(&normalized, 2, 3, (double[]){-1, -0.5, 0, -0.5, 1, 1, 2, 0});
    expect_values(&zscored, 1, 3,
                  (double[]){-1.2247448713915890, 0, 1.2247448713915890, 2.4494897427831781});
    expect_values(&onehot, 3, 2, (double[]){1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1});
    expect_values(&class_index, 1, 2, (double[]){0, 1, 0, 2});
    expect_values(&is_x, 1, 2, (double[]){1, 0, 1, 0});
    expect_values(&shifted, 2, 2, (double[]){1, 19, 3, 17, 5, 75, 7, 33}); // 2 a - a, 2 b - a
}
END_TEST

static const struct bad_value {
    const weft_data_node *value;
    uint32_t count;
    const char *says, *helps;
} bad_values[] = {
    {&column_q, 1, "has no column named `q`", "its columns are a, b, class"},
    {&is_w, 1, "no row of", "its labels are x, y, z"},
    {&features, 3, "input `net.x` has 3 elements, the data gives 2", ""},
    {&column_a, 2, "has 2 elements, the data gives 1", ""},
    {&less, 2, "operands with 2 and 3 elements", ""},
};

START_TEST(refuses_what_does_not_fit) {
    const struct bad_value *bad = &bad_values[_i];
    weft_data_repeat rows;
    weft_data_problem p;
    ck_assert_int_eq(draw_one(bad->value, bad->count, -1, -1, &rows, &p), WEFT_BAD_DATA);
    ck_assert_str_eq(p.file, "net.weft");
    ck_assert_uint_eq(p.line, 7);
    ck_assert_msg(strstr(p.text, bad->says), "got: %s", p.text);
    ck_assert_msg(strstr(p.help, bad->helps), "got: %s", p.help);
}
END_TEST

START_TEST(refuses_what_is_not_finite) {
    weft_data_repeat rows;
    weft_data_problem p;
    ck_assert_int_eq(draw_one(&over_zero, 1, -1, -1, &rows, &p), WEFT_BAD_DATA);
    ck_assert_uint_eq(p.line, 2); // row 1 of the file
    ck_assert_ptr_nonnull(strstr(p.text, "not a finite number"));
}
END_TEST

// ---- splits
// --------------------------------------------------------------------------------------
START_TEST(refuses_a_split_that_is_too_large) {
    weft_data_repeat rows;
    weft_data_problem p;
    ck_assert_int_eq(draw_one(&column_a, 1, 3, 2, &rows, &p), WEFT_BAD_DATA);
    ck_assert_ptr_nonnull(strstr(p.text, "3 + 2 rows, there are 4"));
    ck_assert_int_eq(draw_one(&column_a, 1, INT64_MAX, INT64_MAX, &rows, &p), WEFT_BAD_DATA);
    ck_assert_int_eq(draw_one(&column_a, 1, 3, 1, &rows, &p), WEFT_OK);
    weft_data_drop(&rows);
}
END_TEST

enum { MANY = 50 };

// Rows given in the text: value of row i is i.
static weft_dataset *many_rows(weft_data *data, int64_t train, int64_t test) {
    static double numbers[MANY];
    static weft_data_node list = {.kind = WEFT_DATA_LIST, .values = numbers};
    static weft_data_input input = {"x", 0, 1, &list, 3};
    weft_data_problem p;
    weft_dataset *set;
    for (int i = 0; i < MANY; i++)
        numbers[i] = i;
    *data = (weft_data){.source = WEFT_DATA_OF_ROWS,
                        .rows = MANY,
                        .inputs = &input,
                        .input_count = 1,
                        .train = train,
                        .test = test};
    ck_assert_int_eq(weft_data_open(&set, data, "rows.weft", NULL, &p), WEFT_OK);
    ck_assert_uint_eq(weft_data_rows(set), MANY);
    return set;
}

START_TEST(splits_by_seed_and_repeat) {
    weft_data data;
    weft_data_problem p;
    weft_data_repeat a, b, c;
    weft_dataset *set = many_rows(&data, 30, 15);
    ck_assert_int_eq(weft_data_draw(set, 5, 2, &a, &p), WEFT_OK);
    ck_assert_int_eq(weft_data_draw(set, 5, 2, &b, &p), WEFT_OK);
    ck_assert_int_eq(weft_data_draw(set, 5, 3, &c, &p), WEFT_OK);
    ck_assert_uint_eq(a.train_count, 30);
    ck_assert_uint_eq(a.test_count, 15);
    ck_assert_mem_eq(a.train, b.train, 30 * sizeof *a.train);
    ck_assert_mem_eq(a.test, b.test, 15 * sizeof *a.test);
    ck_assert_mem_ne(a.train, c.train, 30 * sizeof *a.train);
    // No row twice, and the order that Fisher-Yates gives with the same draws, written out here.
    uint32_t order[MANY], seen[MANY] = {0};
    for (uint32_t i = 0; i < MANY; i++)
        order[i] = i;
    for (uint32_t i = MANY - 1; i > 0; i--) {
        double u = weft_uniform(weft_key(5, 2), weft_stream("split"), 0, i);
        uint32_t j = (uint32_t)floor(u * (i + 1)), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
    for (uint32_t i = 0; i < 45; i++) {
        uint32_t row = i < 30 ? a.train[i] : a.test[i - 30];
        ck_assert_uint_eq(row, order[i]);
        ck_assert_uint_eq(seen[row]++, 0);
        ck_assert_double_eq(a.values[row], row);
    }
    weft_data_drop(&a);
    weft_data_drop(&b);
    weft_data_drop(&c);
    weft_data_close(set);
}
END_TEST

START_TEST(without_split_every_row_trains_and_tests) {
    weft_data data;
    weft_data_problem p;
    weft_data_repeat rows;
    weft_dataset *set = many_rows(&data, -1, -1);
    ck_assert_int_eq(weft_data_draw(set, 1, 0, &rows, &p), WEFT_OK);
    ck_assert_uint_eq(rows.train_count, MANY);
    ck_assert_uint_eq(rows.test_count, MANY);
    for (uint32_t i = 0; i < MANY; i++)
        ck_assert(rows.train[i] == i && rows.test[i] == i);
    weft_data_drop(&rows);
    weft_data_close(set);
}
END_TEST

START_TEST(a_part_named_alone_leaves_the_rest) {
    weft_data data;
    weft_data_problem p;
    weft_data_repeat rows;
    weft_dataset *set = many_rows(&data, -1, 20);
    ck_assert_int_eq(weft_data_draw(set, 1, 0, &rows, &p), WEFT_OK);
    ck_assert_uint_eq(rows.train_count, 30);
    ck_assert_uint_eq(rows.test_count, 20);
    weft_data_drop(&rows);
    weft_data_close(set);
}
END_TEST

// ---- where the file is
// ---------------------------------------------------------------------------
START_TEST(finds_the_file_elsewhere) {
    weft_data_input input = {"x", 0, 1, &column_a, 1};
    weft_data data = {.source = WEFT_DATA_OF_CSV,
                      .path = "sub/small.csv",
                      .directory = "/nowhere",
                      .inputs = &input,
                      .input_count = 1,
                      .train = -1,
                      .test = -1};
    weft_data_problem p;
    weft_dataset *set;
    write_csv("small.csv", small);
    unsetenv("WEFT_DATA");
    ck_assert_int_eq(weft_data_open(&set, &data, "n.weft", NULL, &p), WEFT_BAD_DATA);
    ck_assert_str_eq(p.file, "/nowhere/sub/small.csv");
    ck_assert_int_eq(weft_data_open(&set, &data, "n.weft", folder, &p), WEFT_OK);
    weft_data_close(set);
    setenv("WEFT_DATA", folder, 1);
    ck_assert_int_eq(weft_data_open(&set, &data, "n.weft", NULL, &p), WEFT_OK);
    weft_data_close(set);
    unsetenv("WEFT_DATA");
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("data");
    if (!mkdtemp(folder)) return 1;
    tcase_add_test(tests, reads_numbers_and_labels);
    tcase_add_loop_test(tests, locates_what_is_wrong, 0, sizeof bad_files / sizeof *bad_files);
    tcase_add_test(tests, says_which_file_is_missing);
    tcase_add_test(tests, evaluates_expressions);
    tcase_add_loop_test(tests, refuses_what_does_not_fit, 0,
                        sizeof bad_values / sizeof *bad_values);
    tcase_add_test(tests, refuses_what_is_not_finite);
    tcase_add_test(tests, refuses_a_split_that_is_too_large);
    tcase_add_test(tests, splits_by_seed_and_repeat);
    tcase_add_test(tests, without_split_every_row_trains_and_tests);
    tcase_add_test(tests, a_part_named_alone_leaves_the_rest);
    tcase_add_test(tests, finds_the_file_elsewhere);
    Suite *suite = suite_create("data");
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    char command[sizeof folder + 16];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) != 0 || failed != 0;
}
