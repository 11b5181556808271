// Graphs, against brute force on small random ones and by hand on known ones.
#include "support/graph.h"

#include <check.h>
#include <stdint.h>
#include <stdlib.h>

enum { SMALL = 7, LARGE = 200000 };

static arena *home;

static void set_up(void) {
    home = arena_new();
}
static void tear_down(void) {
    arena_free(home);
}

static graph *graph_of(size_t nodes, size_t count, const size_t (*edges)[2]) {
    graph *g = graph_new(home, nodes);
    for (size_t i = 0; i < count; i++)
        graph_edge(g, edges[i][0], edges[i][1]);
    return g;
}

START_TEST(components_order_and_cycles_by_hand) {
    // 0 -> 1 -> 2 -> 1, 2 -> 3, 4 -> 4, 5
    static const size_t edges[][2] = {{0, 1}, {1, 2}, {2, 1}, {2, 3}, {4, 4}};
    graph *g = graph_of(6, 5, edges);
    size_t c[6], order[6], length;
    ck_assert_uint_eq(graph_components(g, c), 5);
    ck_assert_uint_eq(c[1], c[2]);
    ck_assert_uint_gt(c[0], c[1]);
    ck_assert_uint_gt(c[1], c[3]);
    ck_assert(!graph_is_cyclic(g, c, 0));
    ck_assert(graph_is_cyclic(g, c, 1));
    ck_assert(graph_is_cyclic(g, c, 2));
    ck_assert(!graph_is_cyclic(g, c, 3));
    ck_assert(graph_is_cyclic(g, c, 4));
    ck_assert(!graph_is_cyclic(g, c, 5));
    ck_assert(!graph_order(g, order, &length));
    ck_assert_uint_eq(length, 2);
    ck_assert_uint_eq(order[0], 1);
    ck_assert_uint_eq(order[1], 2);
}
END_TEST

START_TEST(the_order_prefers_low_numbers) {
    static const size_t edges[][2] = {{5, 0}, {3, 1}, {0, 1}};
    graph *g = graph_of(6, 3, edges);
    size_t order[6], length;
    static const size_t expected[6] = {2, 3, 4, 5, 0, 1};
    ck_assert(graph_order(g, order, &length));
    ck_assert_mem_eq(order, expected, sizeof expected);
}
END_TEST

START_TEST(paths_by_hand) {
    static const size_t edges[][2] = {{0, 1}, {0, 2}, {1, 3}, {2, 3}, {3, 4}, {0, 3}};
    graph *g = graph_of(6, 6, edges);
    size_t length;
    const size_t *path = graph_path(g, home, 0, 4, &length);
    ck_assert_uint_eq(length, 3);
    ck_assert_uint_eq(path[0], 0);
    ck_assert_uint_eq(path[1], 3);
    ck_assert_uint_eq(path[2], 4);
    path = graph_path(g, home, 2, 2, &length);
    ck_assert_uint_eq(length, 1);
    ck_assert_uint_eq(path[0], 2);
    ck_assert_ptr_null(graph_path(g, home, 4, 0, &length));
    ck_assert_uint_eq(length, 0);
}
END_TEST

// Which node reaches which, and in how few edges: Floyd and Warshall.
static void distances(const graph *g, int far[SMALL][SMALL]) {
    for (int i = 0; i < SMALL; i++)
        for (int j = 0; j < SMALL; j++)
            far[i][j] = i == j ? 0 : 1000;
    for (size_t i = 0; i < SMALL; i++)
        for (size_t k = 0; k < graph_degree(g, i); k++)
            if (graph_target(g, i, k) != i) far[i][graph_target(g, i, k)] = 1;
    for (int k = 0; k < SMALL; k++)
        for (int i = 0; i < SMALL; i++)
            for (int j = 0; j < SMALL; j++)
                if (far[i][k] + far[k][j] < far[i][j]) far[i][j] = far[i][k] + far[k][j];
}

static bool has_edge(const graph *g, size_t from, size_t to) {
    for (size_t k = 0; k < graph_degree(g, from); k++)
        if (graph_target(g, from, k) == to) return true;
    return false;
}

static void assert_like_brute_force(const graph *g) {
    int far[SMALL][SMALL];
    size_t c[SMALL], order[SMALL], length;
    distances(g, far);
    graph_components(g, c);
    bool cyclic = false;
    for (size_t i = 0; i < SMALL; i++) {
        for (size_t j = 0; j < SMALL; j++) {
            bool together = far[i][j] < 1000 && far[j][i] < 1000;
            ck_assert_int_eq(c[i] == c[j], together);
            if (has_edge(g, i, j)) ck_assert_uint_ge(c[i], c[j]);
            const size_t *path = graph_path(g, home, i, j, &length);
            ck_assert_int_eq(path != NULL, far[i][j] < 1000);
            if (path) ck_assert_int_eq((int)length, far[i][j] + 1);
            for (size_t k = 1; path && k < length; k++)
                ck_assert(has_edge(g, path[k - 1], path[k]));
            if ((i != j && together) || (i == j && has_edge(g, i, i))) cyclic = true;
        }
    }
    ck_assert_int_eq(graph_order(g, order, &length), !cyclic);
    size_t n = cyclic ? length : SMALL;
    ck_assert_uint_ge(n, 1);
    for (size_t i = 0; cyclic && i < n; i++)
        ck_assert(has_edge(g, order[i], order[(i + 1) % n]));
    for (size_t i = 0; !cyclic && i < n; i++)
        for (size_t j = 0; j <= i; j++)
            ck_assert(!has_edge(g, order[i], order[j]));
}

START_TEST(random_graphs_match_brute_force) {
    uint32_t random = 1;
    for (int trial = 0; trial < 500; trial++) {
        graph *g = graph_new(home, SMALL);
        for (int e = 0; e < trial % 14; e++) {
            random = random * 1664525u + 1013904223u;
            graph_edge(g, (random >> 10) % SMALL, (random >> 20) % SMALL);
        }
        assert_like_brute_force(g);
    }
}
END_TEST

START_TEST(long_chains_need_no_stack) {
    graph *g = graph_new(home, LARGE);
    for (size_t i = 0; i + 1 < LARGE; i++)
        graph_edge(g, i + 1, i);
    size_t *all = arena_array(home, LARGE, sizeof *all), length;
    ck_assert_uint_eq(graph_components(g, all), LARGE);
    ck_assert(graph_order(g, all, &length));
    ck_assert_uint_eq(all[0], LARGE - 1);
    ck_assert_uint_eq(all[LARGE - 1], 0);
    graph_edge(g, 0, LARGE - 1);
    ck_assert_uint_eq(graph_components(g, all), 1);
    ck_assert(!graph_order(g, all, &length));
    ck_assert_uint_eq(length, LARGE);
}
END_TEST

START_TEST(no_nodes_at_all) {
    graph *g = graph_new(home, 0);
    size_t length = 1;
    ck_assert_uint_eq(graph_nodes(g), 0);
    ck_assert_uint_eq(graph_components(g, NULL), 0);
    ck_assert(graph_order(g, NULL, &length));
}
END_TEST

int main(void) {
    TCase *all = tcase_create("graph");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, components_order_and_cycles_by_hand);
    tcase_add_test(all, the_order_prefers_low_numbers);
    tcase_add_test(all, paths_by_hand);
    tcase_add_test(all, random_graphs_match_brute_force);
    tcase_add_test(all, long_chains_need_no_stack);
    tcase_add_test(all, no_nodes_at_all);
    Suite *suite = suite_create("graph");
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
