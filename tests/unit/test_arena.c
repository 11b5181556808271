// The arena: alignment, zeroed memory, large objects, vectors, and failure of the n-th allocation.
#include "support/arena.h"

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

START_TEST(memory_is_zeroed_aligned_and_apart) {
    arena *a = arena_new();
    static const size_t sizes[] = {0, 1, 7, 8, 16, 17, 4096, 100000, 300000, 3};
    unsigned char *got[10];
    for (size_t i = 0; i < 10; i++) {
        got[i] = arena_alloc(a, sizes[i]);
        ck_assert_uint_eq((uintptr_t)got[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < sizes[i]; k++)
            ck_assert_uint_eq(got[i][k], 0);
        memset(got[i], (int)i + 1, sizes[i]);
    }
    // Nothing overlaps: everything still holds what was written into it.
    for (size_t i = 0; i < 10; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            ck_assert_uint_eq(got[i][k], i + 1);
    arena_free(a);
}
END_TEST

START_TEST(many_small_objects_keep_their_contents) {
    enum { MANY = 200000 };
    arena *a = arena_new();
    int **all = arena_array(a, MANY, sizeof *all);
    for (int i = 0; i < MANY; i++) {
        all[i] = arena_new_of(a, int);
        *all[i] = i;
    }
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(*all[i], i);
    arena_free(a);
}
END_TEST

START_TEST(texts_are_copied_and_formatted) {
    arena *a = arena_new();
    ck_assert_str_eq(arena_copy(a, "abcdef", 3), "abc");
    ck_assert_str_eq(arena_copy(a, NULL, 0), "");
    ck_assert_str_eq(arena_text(a, "%s-%d", "x", -7), "x--7");
    char *wide = arena_text(a, "%100000d", 5);
    ck_assert_uint_eq(strlen(wide), 100000);
    ck_assert_int_eq(wide[99999], '5');
    arena_free(a);
}
END_TEST

START_TEST(vectors_grow) {
    arena *a = arena_new();
    VEC(int) v = {0};
    for (int i = 0; i < 1000; i++)
        vec_push(a, &v, i * i);
    ck_assert_uint_eq(v.n, 1000);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(v.at[i], i * i);
    arena_free(a);
}
END_TEST

// Everything that a failing call leaves half done belongs to an arena that is still known.
static bool survives_failure_at(long n) {
    static jmp_buf point;
    mem_recover_at(&point);
    bool finished = false;
    if (setjmp(point) == 0) {
        mem_fail_after(n);
        arena *a = arena_new();
        for (int i = 0; i < 10; i++)
            memset(arena_alloc(a, 50000), 1, 50000);
        void *plain = mem_realloc(NULL, 10);
        mem_free(plain);
        mem_fail_after(-1);
        arena_free(a);
        finished = true;
        return finished;
    }
    mem_fail_after(-1);
    mem_free_all();
    return finished;
}

START_TEST(the_nth_allocation_may_fail) {
    long n = 0;
    while (!survives_failure_at(n)) {
        n++;
        ck_assert_int_lt(n, 100);
    }
    // The arena, at least one chunk and the plain block: the loop did inject failures.
    ck_assert_int_ge(n, 3);
}
END_TEST

// The sanitizer's malloc is to return NULL like any other when there is not so much memory.
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

static bool fails(void (*act)(arena *)) {
    static jmp_buf point;
    mem_recover_at(&point);
    arena *a = arena_new();
    if (setjmp(point) == 0) {
        act(a);
        mem_free_all();
        return false;
    }
    mem_free_all();
    return true;
}

static void take_too_many(arena *a) {
    arena_array(a, SIZE_MAX / 2, 3);
}
static void take_too_much(arena *a) {
    arena_alloc(a, SIZE_MAX - 3);
}
static void take_more_than_there_is(arena *a) {
    arena_alloc(a, SIZE_MAX / 4);
}
static void copy_too_much(arena *a) {
    arena_copy(a, "x", SIZE_MAX);
}
static void take_little(arena *a) {
    arena_alloc(a, 1);
}

START_TEST(sizes_are_checked_before_they_overflow) {
    ck_assert(fails(take_too_many));
    ck_assert(fails(take_too_much));
    ck_assert(fails(take_more_than_there_is));
    ck_assert(fails(copy_too_much));
    ck_assert(!fails(take_little));
}
END_TEST

START_TEST(arenas_are_freed_in_any_order) {
    arena *a = arena_new(), *b = arena_new(), *c = arena_new();
    arena_alloc(b, 100);
    arena_free(b);
    arena_alloc(a, 100);
    arena_free(a);
    arena_free(NULL);
    arena_alloc(c, 100);
    mem_free_all();
    mem_free_all();
}
END_TEST

START_TEST(single_blocks_grow_and_are_found_again) {
    int *first = mem_alloc(sizeof *first), *second = mem_alloc(sizeof *second);
    *first = 1;
    *second = 2;
    first = mem_realloc(first, 100000 * sizeof *first);
    ck_assert_int_eq(first[0], 1);
    first[99999] = 3;
    mem_free(second);
    mem_free(NULL);
    second = mem_realloc(NULL, sizeof *second);
    *second = first[99999];
    ck_assert_int_eq(*second, 3);
    // The sanitizer sees whether both are freed, and once.
    mem_free_all();
}
END_TEST

int main(void) {
    TCase *all = tcase_create("arena");
    tcase_add_test(all, memory_is_zeroed_aligned_and_apart);
    tcase_add_test(all, many_small_objects_keep_their_contents);
    tcase_add_test(all, texts_are_copied_and_formatted);
    tcase_add_test(all, vectors_grow);
    tcase_add_test(all, the_nth_allocation_may_fail);
    tcase_add_test(all, sizes_are_checked_before_they_overflow);
    tcase_add_test(all, arenas_are_freed_in_any_order);
    tcase_add_test(all, single_blocks_grow_and_are_found_again);
    Suite *suite = suite_create("arena");
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
