// Saved states: an interrupted run ends with the same bytes, damage is refused and changes nothing.
#include "save.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/hand_twin.h"
#include "support/scripted.h"

static const int64_t words[] = {0,   A_BEGINS,       W_A, W_A,    B_BEGINS, W_B, W_B, W_B,
                                W_B, A_BEGINS | W_B, 0,   W_DONE, 0};
enum { WORDS = sizeof words / sizeof *words };

// The check value of CRC-64/XZ in the catalogue of parametrised CRC algorithms.
START_TEST(checksum_is_crc_64_xz) {
    ck_assert(weft_checksum("123456789", 9) == 0x995dc9bbdf1939fau);
    ck_assert(weft_checksum("", 0) == 0);
}
END_TEST

static void *saved(weft_twin *twin, size_t *size) {
    *size = weft_save_size(twin);
    void *bytes = malloc(*size);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_int_eq(weft_save(twin, bytes, *size), WEFT_OK);
    return bytes;
}

static void check_resume(const weft_model *model, int64_t at) {
    weft_twin *whole = scripted_open(model, words, WORDS),
              *first = scripted_open(model, words, WORDS);
    size_t size, size2;
    const double p = 2.75;
    ck_assert_int_eq(weft_set(whole, "p", &p, 1), WEFT_OK);
    ck_assert_int_eq(weft_set(first, "p", &p, 1), WEFT_OK);
    ck_assert_int_eq(weft_run(whole, at), WEFT_OK);
    ck_assert_int_eq(weft_run(whole, 150), WEFT_OK);
    ck_assert_int_eq(weft_run(first, at), WEFT_OK);
    void *bytes = saved(first, &size);
    weft_twin *second = hand_open(model, NULL);
    ck_assert_int_eq(weft_load(second, bytes, size), WEFT_OK);
    ck_assert_int_eq(weft_run(second, 150), WEFT_OK);
    void *a = saved(whole, &size), *b = saved(second, &size2);
    ck_assert_uint_eq(size, size2);
    ck_assert_mem_eq(a, b, size);
    // What was set by name is part of the state too.
    ck_assert_int_eq(weft_restart(second, 1, 0), WEFT_OK);
    ck_assert_double_eq(scripted_value(second, "p"), 2.75);
    free(bytes);
    free(a);
    free(b);
    weft_close(whole);
    weft_close(first);
    weft_close(second);
}

START_TEST(a_resumed_run_ends_with_the_same_bytes) {
    check_resume(&scripted, _i);
}
END_TEST

START_TEST(a_resumed_run_with_live_bits_ends_with_the_same_bytes) {
    check_resume(&scripted_live, _i);
}
END_TEST

START_TEST(every_damage_is_refused_and_changes_nothing) {
    weft_twin *from = scripted_open(&scripted, words, WORDS),
              *to = scripted_open(&scripted, words, WORDS);
    ck_assert_int_eq(weft_run(from, 65), WEFT_OK);
    ck_assert_int_eq(weft_run(to, 22), WEFT_OK);
    size_t size, size2;
    unsigned char *bytes = saved(from, &size), *before = saved(to, &size2);
    unsigned char *after = malloc(size);
    for (size_t at = 0; at < size; at++) {
        bytes[at] ^= (unsigned char)(1 << at % 8);
        ck_assert_int_eq(weft_load(to, bytes, size), WEFT_BAD_FILE);
        bytes[at] ^= (unsigned char)(1 << at % 8);
    }
    for (size_t cut = 0; cut < size; cut += 7)
        ck_assert_int_eq(weft_load(to, bytes, cut), WEFT_BAD_FILE);
    ck_assert_int_eq(weft_save(to, after, size), WEFT_OK);
    ck_assert_mem_eq(before, after, size);
    ck_assert_int_eq(weft_load(to, bytes, size), WEFT_OK);
    ck_assert_int_eq(weft_now(to), 65);
    free(bytes);
    free(before);
    free(after);
    weft_close(from);
    weft_close(to);
}
END_TEST

static void seal(unsigned char *bytes, size_t size) {
    uint64_t sum = weft_checksum(bytes, size - sizeof sum);
    memcpy(bytes + size - sizeof sum, &sum, sizeof sum);
}

// Bytes with a right checksum that would index beyond tables or never come to an end.
START_TEST(contradictions_under_a_right_checksum_are_refused) {
    static const struct {
        size_t cell;
        int64_t value;
    } wrong[] = {
        {C_B_STATE + WEFT_PHASE_SEGMENT, 3},
        {C_B_STATE + WEFT_PHASE_SEGMENT, -1},
        {WEFT_FROM, 1000},
        {WEFT_FROM, -5},
        {WEFT_NOW, 1000},
        {WEFT_FAULT, 1},
        {C_CELLS + 3, 35},
        {C_CELLS + 3, -10},
        {C_CELLS + 3, 0},
        {C_CELLS + 4, -1},
        {C_CELLS + 4, 1},
    };
    weft_twin *twin = scripted_open(&scripted, words, WORDS);
    ck_assert_int_eq(weft_run(twin, 65), WEFT_OK);
    size_t size, head = 5 * sizeof(uint64_t), at = head + wrong[_i].cell * sizeof(int64_t);
    unsigned char *bytes = saved(twin, &size);
    seal(bytes, size);
    ck_assert_int_eq(weft_load(twin, bytes, size), WEFT_OK);
    memcpy(bytes + at, &wrong[_i].value, sizeof(int64_t));
    seal(bytes, size);
    ck_assert_int_eq(weft_load(twin, bytes, size), WEFT_BAD_FILE);
    free(bytes);
    weft_close(twin);
}
END_TEST

START_TEST(another_model_is_refused) {
    weft_model other = scripted;
    other.fingerprint++;
    weft_twin *a = scripted_open(&scripted, words, WORDS), *b = scripted_open(&other, words, WORDS);
    size_t size;
    void *bytes = saved(a, &size);
    ck_assert_int_eq(weft_load(b, bytes, size), WEFT_BAD_FILE);
    ck_assert_int_eq(weft_save(b, bytes, size - 1), WEFT_WRONG_SIZE);
    free(bytes);
    weft_close(a);
    weft_close(b);
}
END_TEST

START_TEST(a_failed_run_is_not_saved) {
    weft_twin *twin = scripted_open(&scripted, words, WORDS);
    size_t size;
    void *bytes = saved(twin, &size);
    ck_assert_int_eq(weft_call(twin, "play", 2), WEFT_TIMEOUT);
    ck_assert_int_eq(weft_save(twin, bytes, size), WEFT_TIMEOUT);
    ck_assert_int_eq(weft_load(twin, bytes, size), WEFT_OK); // brings it back to life
    ck_assert_int_eq(weft_call(twin, "play", 0), WEFT_OK);
    free(bytes);
    weft_close(twin);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("save");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, checksum_is_crc_64_xz);
    tcase_add_loop_test(all, a_resumed_run_ends_with_the_same_bytes, 0, 130);
    tcase_add_loop_test(all, a_resumed_run_with_live_bits_ends_with_the_same_bytes, 0, 130);
    tcase_add_test(all, every_damage_is_refused_and_changes_nothing);
    tcase_add_loop_test(all, contradictions_under_a_right_checksum_are_refused, 0, 11);
    tcase_add_test(all, another_model_is_refused);
    tcase_add_test(all, a_failed_run_is_not_saved);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
