// Controllers: every case of cosim/cases.c against the interpreter, stretches that are jumped over,
// guarantees, errors, phases that meet.
#include "cosim/cases.c" // the cases: one table for this test and for the co-simulation
#include "interp/controller.h"

#include <check.h>
#include <stdlib.h>

static weft_cell *reset_cells(const bench *b) {
    weft_cell *cells = calloc((size_t)b->p->cells, sizeof *cells);
    machine_call(b->p->machines.at[0], FSM_RESET, cells);
    return cells;
}

static weft_cell *cell_named(const fsm *m, weft_cell *cells, const char *name) {
    const fsm_port *port = bench_port(m, name);
    ck_assert_msg(port != NULL, "no port %s", name);
    const char *bracket = strchr(name, '[');
    return &cells[port->v->cell + (bracket ? atoi(bracket + 1) : 0)];
}

// ---- the cases
// -----------------------------------------------------------------------------------

START_TEST(test_case_by_hand) {
    const control_case *c = &control_cases[_i];
    arena *home = arena_new();
    bench b = bench_make(home, c);
    diag_print(b.m->diag, stderr);
    ck_assert_uint_eq(diag_errors(b.m->diag), 0);
    const fsm *m = b.p->machines.at[0];
    weft_cell *cells = reset_cells(&b);
    for (size_t n = 0; n < strlen(c->out[0].values); n++) {
        for (int k = 0; k < MAX_LINES && c->in[k].name; k++)
            cell_named(m, cells, c->in[k].name)->i = bench_digit(c->in[k].values[n]);
        machine_call(m, FSM_PULSES, cells);
        for (int k = 0; k < MAX_LINES && c->out[k].name; k++)
            ck_assert_msg(cell_named(m, cells, c->out[k].name)->i ==
                              bench_digit(c->out[k].values[n]),
                          "%s: %s in cycle %zu is %lld, not %c", c->name, c->out[k].name, n,
                          (long long)cell_named(m, cells, c->out[k].name)->i, c->out[k].values[n]);
        machine_call(m, FSM_STEP, cells);
    }
    free(cells);
    arena_free(home);
}
END_TEST

// Quiet edges, jumped over, leave the same cells as the same number of single edges.
START_TEST(test_jumps_change_nothing) {
    arena *home = arena_new();
    const control_case c = bench_case(home, (size_t)_i);
    bench b = bench_make(home, &c);
    diag_print(b.m->diag, stderr);
    ck_assert_uint_eq(diag_errors(b.m->diag), 0);
    const fsm *m = b.p->machines.at[0];
    weft_cell *single = reset_cells(&b), *jumping = reset_cells(&b);
    uint32_t dice = 12345;
    int64_t jumped = 0;
    for (int turn = 0; turn < 300; turn++) {
        for (size_t k = 0; k < m->ports.n; k++) {
            if (m->ports.at[k].output || m->ports.at[k].settle) continue;
            for (long n = 0; n < m->ports.at[k].count; n++) {
                dice = dice * 1664525u + 1013904223u;
                int64_t value = fsm_wrap((dice >> 20) % 3 ? dice >> 12 : 0, m->ports.at[k].width);
                single[m->ports.at[k].v->cell + n].i = jumping[m->ports.at[k].v->cell + n].i =
                    value;
            }
        }
        machine_call(m, FSM_QUIET, jumping);
        int64_t edges = jumping[WEFT_QUIET].i;
        if (edges > 7) edges = 7;
        jumping[WEFT_QUIET].i = edges;
        machine_call(m, FSM_SKIP, jumping);
        jumping[WEFT_QUIET].i = 0;
        for (int64_t n = 0; n < edges; n++)
            machine_call(m, FSM_STEP, single);
        jumped += edges;
        // Copies for conditions are no state.
        for (size_t k = 0; k < m->kept.n; k++)
            single[m->kept.at[k].v->cell] = jumping[m->kept.at[k].v->cell];
        ck_assert_mem_eq(single, jumping, (size_t)b.p->cells * sizeof *single);
        machine_call(m, FSM_STEP, single);
        machine_call(m, FSM_STEP, jumping);
        ck_assert_mem_eq(single, jumping, (size_t)b.p->cells * sizeof *single);
    }
    (void)jumped;
    free(single);
    free(jumping);
    arena_free(home);
}
END_TEST

// A phase of 4 cycles: after its first cycle has begun, 3 edges only count.
START_TEST(test_quiet_is_the_rest_of_a_phase) {
    arena *home = arena_new();
    bench b = {0};
    for (size_t k = 0; k < control_case_count; k++)
        if (strcmp(control_cases[k].name, "compare") == 0) b = bench_make(home, &control_cases[k]);
    const fsm *m = b.p->machines.at[0];
    weft_cell *cells = reset_cells(&b);
    machine_call(m, FSM_QUIET, cells);
    ck_assert_int_gt(cells[WEFT_QUIET].i, 1000000); // nothing comes until an input changes
    cell_named(m, cells, "go")->i = 1;
    machine_call(m, FSM_QUIET, cells);
    ck_assert_int_eq(cells[WEFT_QUIET].i, 0);
    machine_call(m, FSM_STEP, cells);
    ck_assert_int_eq(cell_named(m, cells, "p_start")->i, 1);
    machine_call(m, FSM_QUIET, cells);
    ck_assert_int_eq(cells[WEFT_QUIET].i, 3);
    cells[WEFT_QUIET].i = 3;
    machine_call(m, FSM_SKIP, cells);
    ck_assert_int_eq(cell_named(m, cells, "p_start")->i, 0);
    ck_assert_int_eq(cell_named(m, cells, "p")->i, 1);
    machine_call(m, FSM_STEP, cells);
    ck_assert_int_eq(cell_named(m, cells, "p")->i, 0);
    free(cells);
    arena_free(home);
}
END_TEST

// ---- guarantees
// ----------------------------------------------------------------------------------

static guarantee *promise(bench *b, ast_guarantee kind) {
    guarantee *g = arena_new_of(b->home, guarantee);
    g->kind = kind;
    g->text = "promise";
    vec_push(b->home, &b->q->guarantees, g);
    return g;
}

// guarantee never p with q;  loop { p; par { p2; q; } }  is broken in the cycle in which both are
// active
static stmt *make_never(bench *b) {
    activation *p = phase_for(b, "p", 1), *q = phase_for(b, "q", 1), *r = phase_for(b, "r", 1);
    guarantee *g = promise(b, GUARANTEE_NEVER);
    g->never[0] = p, g->never[1] = r;
    g = promise(b, GUARANTEE_NEVER);
    g->never[0] = q, g->never[1] = r;
    return loop_(b, SEQ(call(b, p), par(b, SEQ(call(b, q), call(b, r)))));
}

// guarantee done within 3 cycles of start;  loop { await start; await n cycles; pulse done; }
static stmt *make_within(bench *b, double wait) {
    var *start = input(b, "start", 1), *done = output(b, "done", 1);
    guarantee *g = promise(b, GUARANTEE_WITHIN);
    g->bit = get(b, done), g->start = get(b, start), g->cycles = 3;
    return loop_(b, SEQ(await(b, get(b, start)), cycles(b, wait), pulse_(b, done)));
}
static stmt *make_within_kept(bench *b) {
    return make_within(b, 2);
}
static stmt *make_within_broken(bench *b) {
    return make_within(b, 3);
}

// guarantee ok;  loop { await 1 cycles; }
static stmt *make_always(bench *b) {
    promise(b, GUARANTEE_ALWAYS)->bit = get(b, input(b, "ok", 1));
    return loop_(b, cycles(b, 1));
}

// `violated` after each of the edges, with one input's values.
static void check_violated(const control_case *c, const char *input_name, const char *values,
                           const char *violated) {
    arena *home = arena_new();
    bench b = bench_make(home, c);
    const fsm *m = b.p->machines.at[0];
    weft_cell *cells = reset_cells(&b);
    for (size_t n = 0; violated[n]; n++) {
        if (input_name) cell_named(m, cells, input_name)->i = bench_digit(values[n]);
        machine_call(m, FSM_STEP, cells);
        ck_assert_msg(cells[m->violated->cell].i == bench_digit(violated[n]),
                      "%s: after edge %zu: %lld", c->name, n,
                      (long long)cells[m->violated->cell].i);
    }
    free(cells);
    arena_free(home);
}

START_TEST(test_guarantees) {
    // cycle 0 reset, 1 p, 2 q and r: the edge that ends cycle 2 sees the second one broken
    check_violated(&(control_case){"never", make_never, {{0}}, {{0}}}, NULL, NULL, "0022");
    // start in cycle 1; waits in 2, 3; done in 4 = 1 + 3
    check_violated(&(control_case){"kept", make_within_kept, {{0}}, {{0}}}, "start", "01000000",
                   "00000000");
    // done in 5: the edge that ends cycle 4 has seen 4 cycles without it
    check_violated(&(control_case){"broken", make_within_broken, {{0}}, {{0}}}, "start", "01000000",
                   "00001111");
    check_violated(&(control_case){"always", make_always, {{0}}, {{0}}}, "ok", "1101", "0011");
}
END_TEST

// ---- errors
// --------------------------------------------------------------------------------------

// loop { if go { p; } }
static stmt *make_no_time(bench *b) {
    return loop_(b, if_(b, get(b, input(b, "go", 1)), call(b, phase_for(b, "p", 1)), NULL));
}
// loop { par { p; { await 1 cycles; p; } } }
static stmt *make_twice(bench *b) {
    activation *p = phase_for(b, "p", 1);
    return loop_(b, par(b, SEQ(call(b, p), group(b, SEQ(cycles(b, 1), call(b, p))))));
}
// loop { x = a << s; await 1 cycles; }   s of 8 bits
static stmt *make_wide(bench *b) {
    var *a = input(b, "a", 4), *s = input(b, "s", 8), *x = output(b, "x", 4);
    return loop_(b, SEQ(set(b, x, op(b, X_SHL, get(b, a), get(b, s))), cycles(b, 1)));
}
// during e { x = 1; }
static stmt *make_empty_during(bench *b) {
    return during(b, phase_for(b, "e", 0), set(b, output(b, "x", 1), num(b, 1)));
}
// loop { for k in 0 .. 3 { } await 1 cycles; }
static stmt *make_empty_for(bench *b) {
    return loop_(b, SEQ(for_(b, reg(b, "k", 0, 0), 0, 3, NULL), cycles(b, 1)));
}

static const struct {
    control_case c;
    const char *message;
} wrong[] = {
    {{"no_time", make_no_time, {{0}}, {{0}}}, "E0610"},
    {{"twice", make_twice, {{0}}, {{0}}}, "E0611"},
    {{"wide", make_wide, {{0}}, {{0}}}, "E0612"},
    {{"empty", make_empty_during, {{0}}, {{0}}}, "E0613"},
    {{"empty_for", make_empty_for, {{0}}, {{0}}}, "E0610"},
};

START_TEST(test_errors) {
    arena *home = arena_new();
    bench b = bench_make(home, &wrong[_i].c);
    ck_assert_uint_eq(diag_errors(b.m->diag), 1);
    char *said = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&said, &length);
    diag_print(b.m->diag, out);
    fclose(out);
    ck_assert_msg(strstr(said, wrong[_i].message) != NULL, "%s: %s", wrong[_i].c.name, said);
    free(said);
    arena_free(home);
}
END_TEST

// ---- phases that meet
// ----------------------------------------------------------------------------

static const activation *act_named(const bench *b, const char *name) {
    for (size_t k = 0; k < b->m->activations.n; k++)
        if (strcmp(b->m->activations.at[k]->name, name) == 0) return b->m->activations.at[k];
    return NULL;
}

static void check_meet(const char *of, const char *a, const char *c, const char *path) {
    arena *home = arena_new();
    bench b = {0};
    for (size_t k = 0; k < control_case_count; k++)
        if (strcmp(control_cases[k].name, of) == 0) b = bench_make(home, &control_cases[k]);
    const char *found = NULL;
    bool together = plan_together(b.p, act_named(&b, a), act_named(&b, c), &found);
    ck_assert_msg(together == (path != NULL), "%s and %s", a, c);
    if (path) ck_assert_str_eq(found, path);
    arena_free(home);
}

START_TEST(test_together) {
    check_meet("trial", "g1.write", "g2.write",
               "reset -> g1.read -> g2.read -> g2.invert -> par { g1.write, g2.write }");
    check_meet("trial", "g2.write", "g1.write",
               "reset -> g1.read -> g2.read -> g2.invert -> par { g2.write, g1.write }");
    check_meet("trial", "g1.read", "g1.write", NULL);
    check_meet("trial", "g1.read", "g1.read", NULL);
    check_meet("par_nested", "q", "s", "reset -> par { p -> q, s }");
    check_meet("par_nested", "p", "q", NULL);
    check_meet("par_nested", "r", "s", "reset -> par { r, s }");
    check_meet("during", "e", "p", "reset -> during e -> p");
    check_meet("during", "q", "e", "reset -> during e -> p -> during e -> p -> during e -> q");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("fsm");
    TCase *tests = tcase_create("fsm");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, test_case_by_hand, 0, (int)control_case_count);
    tcase_add_loop_test(tests, test_jumps_change_nothing, 0, (int)control_case_count + 100);
    tcase_add_test(tests, test_quiet_is_the_rest_of_a_phase);
    tcase_add_test(tests, test_guarantees);
    tcase_add_loop_test(tests, test_errors, 0, (int)(sizeof wrong / sizeof *wrong));
    tcase_add_test(tests, test_together);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
