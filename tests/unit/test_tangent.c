// Tangents of rates, on whole programs: against central differences of the rates, the generated C
// against the interpreter bit for bit, and the pattern against what is not 0.
#include "emit/backend.h"
#include "interp/interp.h"
#include "support/compiled.h"

#include <check.h>
#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>

enum { POINTS = 60 };

static const char *const programs[] = {
    // two layers and their learning, with sums both ways
    "block net(n, m) {\n"
    "  in x[n], target[m];\n"
    "  state w[m, n], v[m];\n"
    "  let h[m], e[m], s;\n"
    "  h[i] = tanh(sum(j: w[i, j] * x[j]) + v[i]);\n"
    "  s = mean(i: h[i]^2);\n"
    "  e[i] = target[i] - h[i] / (1 + s);\n"
    "  der(w[i, j]) = 1kHz * e[i] * x[j] * dlogistic(h[i]) - 10Hz * w[i, j];\n"
    "  der(v[i]) = 1kHz * sum(k: w[i, k] * e[i]) - v[i]^3 * 1Hz;\n"
    "}\n"
    "experiment e of net(n = 3, m = 4) { run for 1ms; }\n",
    // a line of cells: neighbours by `when`, conditions on the states, the time
    "block chain(n) {\n"
    "  in u;\n"
    "  state q[n], p;\n"
    "  let left[n];\n"
    "  left[i] = when i == 0: u * p, else q[i - 1];\n"
    "  der(q[i]) = 1Hz * (left[i] - 2 * q[i] + (when i == n - 1: 0, else q[i + 1])\n"
    "            + (when q[i] > 0.2: q[i]^2, when p > 0: 0.3 * p, else sin(q[i])));\n"
    "  der(p) = 1Hz * (max(q[0], q[1]) - abs(p) * exp(-p) + min(p, 0.1) * time * 1Hz);\n"
    "}\n"
    "experiment e of chain(n = 6) { run for 1ms; }\n",
    // the largest and the smallest of an array move what follows them
    "block winner(n) {\n"
    "  in x[n];\n"
    "  state w[n];\n"
    "  let best, near[n];\n"
    "  best = max(j: w[j] * x[j]);\n"
    "  near[j] = min(l where abs(l - j) == 1: sqrt(2 + w[l]));\n"
    "  der(w[j]) = 1Hz * (best - w[j] / near[j] + floor(w[j])\n"
    "            + (when argmax(l: w[l]) == j: w[j]^2, else 0));\n"
    "}\n"
    "experiment e of winner(n = 5) { run for 1ms; }\n",
    // the smallest of two neighbours, and nothing else that reads them
    "block lowest(n) {\n"
    "  state w[n], v;\n"
    "  let low[n];\n"
    "  low[j] = min(l where abs(l - j) == 1: w[l]^2);\n"
    "  der(w[j]) = 1Hz * (low[j] - w[j]);\n"
    "  der(v) = 1Hz * (mean(l where l > 1: w[l]) - v);\n"
    "}\n"
    "experiment e of lowest(n = 6) { run for 1ms; }\n",
    // a device in a block, with cases and powers
    "device threshold {\n"
    "  param k: Hz = 1k, i_on: A = 0.2;\n"
    "  state x in [-2, 2] = 0.5;\n"
    "  v = (2Ohm + 1Ohm * x) * i;\n"
    "  der(x) = when i > i_on: k * (i / i_on - 1)^3, else 0 - k * x;\n"
    "}\n"
    "block loaded {\n"
    "  in u: V;\n"
    "  state c: V;\n"
    "  part m: threshold;\n"
    "  m.v = c;\n"
    "  der(c) = ((u - c) / 1Ohm - m.i) / 1mF;\n"
    "}\n"
    "experiment e of loaded { run for 1ms; }\n",
    // unknowns that equations and circles give: each by itself, of all, behind each other
    "block solved(n) {\n"
    "  in x[n];\n"
    "  state q[n], r[n], p;\n"
    "  let u[n], g in [-1, 10], h, y, z;\n"
    "  u[j]^3 + (2 + p^2) * u[j] == x[j] + q[j];\n"
    "  g + exp(g) == 2 + sum(j: u[j]^2);\n"
    "  h = sin(p) * exp(q[0]) + cos(p);\n"
    "  y = tanh(z);\n"
    "  z = h - y * g;\n"
    "  der(q[j]) = 1Hz * (u[j] * g - q[j]);\n"
    "  der(r[j]) = 1Hz * (u[j] - r[j]^2);\n"
    "  der(p) = 1Hz * (y + z^2 - p);\n"
    "}\n"
    "experiment e of solved(n = 4) { run for 1ms; }\n",
};

static compiled c;
static plan *p;
static const step *flow_of;
static const weft_model *tables;
static weft_engine engine;
static weft_cell *cells;
static unsigned dice;

static double random_between(double lo, double hi) {
    dice = dice * 1664525u + 1013904223u;
    return lo + (hi - lo) * ((double)(dice >> 8) / (double)(1u << 24));
}

static void prepare(int number) {
    dice = (unsigned)number + 1;
    c = compiled_new(programs[number], "stiff"); // a solver that asks for tangents
    p = c.p;
    flow_of = NULL;
    for (size_t k = 0; k < p->functions.n; k++)
        for (size_t s = 0; s < p->functions.at[k]->steps.n; s++)
            if (p->functions.at[k]->steps.at[s]->kind == STEP_FLOW)
                flow_of = p->functions.at[k]->steps.at[s];
    ck_assert_ptr_nonnull(flow_of);
    ck_assert_ptr_nonnull(flow_of->tangent_of);
    ck_assert_ptr_nonnull(flow_of->pattern_of);
    engine = interp_engine(p);
    tables = interp_tables(p);
    cells = calloc((size_t)p->cells, sizeof *cells);
}

static void finish(void) {
    free(cells);
    compiled_free(&c);
}

static void run(const function *f) {
    engine.call(&engine, cells, (uint32_t)f->id);
    ck_assert_int_eq(cells[WEFT_FAULT].i, 0);
}

// Inputs, states, sides of conditions and directions at random, and a time.
static void fill(void) {
    run(p->functions.at[p->defaults ? p->defaults->id : 0]);
    for (uint32_t v = 0; v < tables->var_count; v++)
        for (uint32_t n = 0; n < tables->vars[v].count; n++)
            if (tables->vars[v].kind == WEFT_INPUT || tables->vars[v].kind == WEFT_STATE)
                cells[tables->vars[v].cell + n].r = random_between(-1, 1);
    const weft_watches *w = tables->flows[0].watches;
    for (uint32_t n = 0; w != NULL && n < w->count; n++)
        cells[w->side_cell + n].i = random_between(-1, 1) > 0;
    for (uint32_t n = 0; n < tables->flows[0].count; n++)
        cells[tables->flows[0].dot_cell + n].r = random_between(-1, 1);
    cells[WEFT_TIME].r = random_between(0, 1);
    cells[WEFT_LOCAL].r = random_between(0, 1);
    run(flow_of->rate_of); // unknowns that are solved for: a tangent takes them as they are
}

static double *at(uint32_t cell) {
    return &cells[cell].r;
}

START_TEST(tangents_are_what_differences_say) {
    prepare(_i);
    const weft_flow *f = &tables->flows[0];
    double *state = at(f->vars[0].cell), *dot = at(f->dot_cell);
    double *before = calloc(f->count, sizeof *before), *exact = calloc(f->count, sizeof *exact);
    double largest = 0;
    for (int point = 0; point < POINTS; point++) {
        const double step = 1e-5;
        fill();
        run(flow_of->tangent_of);
        memcpy(exact, at(f->rate_dot_cell), f->count * sizeof *exact);
        for (uint32_t n = 0; n < f->count; n++)
            state[n] -= step * dot[n];
        run(flow_of->rate_of);
        memcpy(before, at(f->rate_cell), f->count * sizeof *before);
        for (uint32_t n = 0; n < f->count; n++)
            state[n] += 2 * step * dot[n];
        run(flow_of->rate_of);
        double scale = 0;
        for (uint32_t n = 0; n < f->count; n++)
            scale = fmax(scale, fabs(exact[n]));
        largest = fmax(largest, scale);
        for (uint32_t n = 0; n < f->count; n++) {
            double difference = (at(f->rate_cell)[n] - before[n]) / (2 * step);
            ck_assert_msg(fabs(difference - exact[n]) <= 1e-6 * scale,
                          "rate %u: %.12g, by differences %.12g", n, exact[n], difference);
        }
    }
    ck_assert(largest > 0.1);
    free(before);
    free(exact);
    finish();
}
END_TEST

// Column by column: what a unit vector reaches at any of many points is what the pattern says.
START_TEST(patterns_are_what_is_not_zero) {
    prepare(_i);
    const weft_flow *f = &tables->flows[0];
    bool *seen = calloc((size_t)f->count * f->count, sizeof *seen);
    for (int point = 0; point < 20 * POINTS; point++) {
        fill();
        for (uint32_t column = 0; column < f->count; column++) {
            for (uint32_t n = 0; n < f->count; n++)
                at(f->dot_cell)[n] = n == column;
            run(flow_of->tangent_of);
            for (uint32_t n = 0; n < f->count; n++)
                seen[column * f->count + n] |= at(f->rate_dot_cell)[n] != 0;
        }
    }
    for (uint32_t column = 0; column < f->count; column++) {
        for (uint32_t n = 0; n < f->count; n++)
            at(f->dot_cell)[n] = n == column;
        run(flow_of->pattern_of);
        for (uint32_t n = 0; n < f->count; n++)
            ck_assert_msg((at(f->rate_dot_cell)[n] != 0) == seen[column * f->count + n],
                          "row %u, column %u", n, column);
    }
    free(seen);
    finish();
}
END_TEST

static const weft_model *build(const char *flags, void **library) {
    emission out = {.home = c.home};
    ck_assert(backend_c.emit(p, &out));
    for (size_t k = 0; k < out.files.n; k++)
        compiled_write(&c, out.files.at[k].name, out.files.at[k].body.at, out.files.at[k].body.n);
    const char *command = arena_text(
        c.home,
        "cc -std=c11 -Wall -Wextra -Werror -pedantic -ffp-contract=off %s -Iruntime -fPIC -shared "
        "-o %s/net.so %s/*.c",
        flags, c.folder, c.folder);
    ck_assert_msg(system(command) == 0, "%s", command);
    *library = dlopen(arena_text(c.home, "%s/net.so", c.folder), RTLD_NOW | RTLD_LOCAL);
    ck_assert_msg(*library != NULL, "%s", dlerror());
    const weft_model *(*entry)(void);
    *(void **)&entry = dlsym(*library, arena_text(c.home, "%s_model", c.m->name));
    ck_assert_ptr_nonnull((void *)*(void **)&entry);
    return entry();
}

START_TEST(generated_code_gives_the_same_bits) {
    prepare(_i);
    void *library;
    const weft_model *model = build("-O2", &library);
    const function *functions[] = {flow_of->rate_of, flow_of->tangent_of, flow_of->pattern_of};
    size_t size = model->cells * sizeof(weft_cell);
    weft_cell *theirs = malloc(size);
    ck_assert_uint_eq(model->cells, tables->cells);
    for (int point = 0; point < POINTS; point++)
        for (int k = 0; k < 3; k++) {
            fill();
            memcpy(theirs, cells, size);
            run(functions[k]);
            model->functions[functions[k]->id](theirs);
            ck_assert_msg(memcmp(cells, theirs, size) == 0, "%s", functions[k]->name);
        }
    ck_assert_uint_eq(model->flows[0].dot_cell, tables->flows[0].dot_cell);
    ck_assert_uint_eq(model->flows[0].rate_dot_cell, tables->flows[0].rate_dot_cell);
    free(theirs);
    dlclose(library);
    finish();
}
END_TEST

int main(void) {
    const int n = sizeof programs / sizeof *programs;
    Suite *suite = suite_create("tangent");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, tangents_are_what_differences_say, 0, n);
    tcase_add_loop_test(all, patterns_are_what_is_not_zero, 0, n);
    tcase_add_loop_test(all, generated_code_gives_the_same_bits, 0, n);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
