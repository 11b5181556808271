// The cases: statements, inputs, and outputs by hand; see cases.h.
#include "cosim/random.c"

#include "weft.h"

#include <stdlib.h>

// ---- what takes time
// -----------------------------------------------------------------------------

// loop { await start; g1.read; g2.read; if learn { g2.invert; par { g1.write; g2.write; } } pulse
// done; }
static stmt *make_trial(bench *b) {
    var *start = input(b, "start", 1), *learn = input(b, "learn", 1), *done = output(b, "done", 1);
    stmt *write =
        par(b, SEQ(call(b, phase_for(b, "g1.write", 3)), call(b, phase_for(b, "g2.write", 2))));
    stmt *learning = SEQ(call(b, phase_for(b, "g2.invert", 1)), write);
    return loop_(b, SEQ(await(b, get(b, start)), call(b, phase_for(b, "g1.read", 2)),
                        call(b, phase_for(b, "g2.read", 1)), if_(b, get(b, learn), learning, NULL),
                        pulse_(b, done)));
}

// loop { await go; await 3 cycles; pulse done; }
static stmt *make_await(bench *b) {
    var *go = input(b, "go", 1), *done = output(b, "done", 1);
    return loop_(b, SEQ(await(b, get(b, go)), cycles(b, 3), pulse_(b, done)));
}

// loop { p; await 1 cycles; }   p for 2 cycles
static stmt *make_reset_phase(bench *b) {
    return loop_(b, SEQ(call(b, phase_for(b, "p", 2)), cycles(b, 1)));
}

// loop { p; p; }
static stmt *make_back_to_back(bench *b) {
    activation *p = phase_for(b, "p", 2);
    return loop_(b, SEQ(call(b, p), call(b, p)));
}

// loop { p; q; }   one cycle each
static stmt *make_short(bench *b) {
    return loop_(b, SEQ(call(b, phase_for(b, "p", 1)), call(b, phase_for(b, "q", 1))));
}

// p; pulse done;
static stmt *make_end(bench *b) {
    var *done = output(b, "done", 1);
    return SEQ(call(b, phase_for(b, "p", 1)), pulse_(b, done));
}

// await 2 cycles; pulse done;   counted from the first edge, the beginning of time
static stmt *make_first_wait(bench *b) {
    return SEQ(cycles(b, 2), pulse_(b, output(b, "done", 1)));
}

// ---- loops
// ---------------------------------------------------------------------------------------

// loop { await go; for k in 1 .. 4 { q(k); } pulse done; }
static stmt *make_for(bench *b) {
    var *go = input(b, "go", 1), *done = output(b, "done", 1), *k = reg(b, "k", 0, 0);
    activation *q = phase_for(b, "q", 1);
    argument(b, q, "k", 3);
    return loop_(b, SEQ(await(b, get(b, go)), for_(b, k, 1, 4, with(b, call(b, q), get(b, k))),
                        pulse_(b, done)));
}

// loop { await go; for a in 0 .. 2 { for c in 0 .. 2 { q(a * 2 + c); } await 1 cycles; } pulse
// done; }
static stmt *make_for_nested(bench *b) {
    var *go = input(b, "go", 1), *done = output(b, "done", 1), *a = reg(b, "a", 0, 0),
        *c = reg(b, "c", 0, 0);
    activation *q = phase_for(b, "q", 1);
    argument(b, q, "k", 2);
    expr *k = op(b, X_ADD, op(b, X_MUL, get(b, a), num(b, 2)), get(b, c));
    stmt *inner = for_(b, c, 0, 2, with(b, call(b, q), k));
    return loop_(
        b, SEQ(await(b, get(b, go)), for_(b, a, 0, 2, SEQ(inner, cycles(b, 1))), pulse_(b, done)));
}

// loop { await go; repeat 3 { p; } pulse done; }
static stmt *make_repeat(bench *b) {
    var *go = input(b, "go", 1), *done = output(b, "done", 1);
    return loop_(b,
                 SEQ(await(b, get(b, go)),
                     repeat(b, num(b, 3), NULL, call(b, phase_for(b, "p", 1))), pulse_(b, done)));
}

// loop { await go; repeat 4 while more { p; } pulse done; }
static stmt *make_repeat_while(bench *b) {
    var *go = input(b, "go", 1), *more = input(b, "more", 1), *done = output(b, "done", 1);
    return loop_(b, SEQ(await(b, get(b, go)),
                        repeat(b, num(b, 4), get(b, more), call(b, phase_for(b, "p", 2))),
                        pulse_(b, done)));
}

// loop { await go; repeat n { p; } pulse done; }
static stmt *make_repeat_input(bench *b) {
    var *go = input(b, "go", 1), *n = input(b, "n", 3), *done = output(b, "done", 1);
    return loop_(b,
                 SEQ(await(b, get(b, go)),
                     repeat(b, get(b, n), NULL, call(b, phase_for(b, "p", 1))), pulse_(b, done)));
}

// ---- ways that part and meet
// ---------------------------------------------------------------------

// loop { await go; if a { p; } else if b { q; } count = count + 1; pulse done; }
static stmt *make_if(bench *b) {
    var *go = input(b, "go", 1), *a = input(b, "a", 1), *c = input(b, "b", 1);
    var *done = output(b, "done", 1), *count = output(b, "count", 2);
    stmt *other = if_(b, get(b, c), call(b, phase_for(b, "q", 1)), NULL);
    return loop_(b,
                 SEQ(await(b, get(b, go)), if_(b, get(b, a), call(b, phase_for(b, "p", 1)), other),
                     set(b, count, op(b, X_ADD, get(b, count), num(b, 1))), pulse_(b, done)));
}

// loop { await go; if a { if b { p; } r = r + 1; } q; }
static stmt *make_if_rest(bench *b) {
    var *go = input(b, "go", 1), *a = input(b, "a", 1), *c = input(b, "b", 1),
        *r = output(b, "r", 2);
    stmt *inner = SEQ(if_(b, get(b, c), call(b, phase_for(b, "p", 1)), NULL),
                      set(b, r, op(b, X_ADD, get(b, r), num(b, 1))));
    return loop_(b, SEQ(await(b, get(b, go)), if_(b, get(b, a), inner, NULL),
                        call(b, phase_for(b, "q", 1))));
}

// loop { await go; par { { p; q; } par { r; s; } u; } pulse done; }
static stmt *make_par_nested(bench *b) {
    var *go = input(b, "go", 1), *done = output(b, "done", 1);
    stmt *inner = par(b, SEQ(call(b, phase_for(b, "r", 3)), call(b, phase_for(b, "s", 1))));
    stmt *first = group(b, SEQ(call(b, phase_for(b, "p", 2)), call(b, phase_for(b, "q", 1))));
    return loop_(b, SEQ(await(b, get(b, go)),
                        par(b, SEQ(first, inner, call(b, phase_for(b, "u", 1)))), pulse_(b, done)));
}

// loop { par { p; q; } }
static stmt *make_par_again(bench *b) {
    return loop_(b, par(b, SEQ(call(b, phase_for(b, "p", 2)), call(b, phase_for(b, "q", 1)))));
}

// loop { await go; par { if a { p; } { x = 1; if b { q; } } } pulse done; }
static stmt *make_par_maybe(bench *b) {
    var *go = input(b, "go", 1), *a = input(b, "a", 1), *c = input(b, "b", 1);
    var *done = output(b, "done", 1), *x = output(b, "x", 1);
    stmt *one = if_(b, get(b, a), call(b, phase_for(b, "p", 2)), NULL);
    stmt *two =
        group(b, SEQ(set(b, x, num(b, 1)), if_(b, get(b, c), call(b, phase_for(b, "q", 1)), NULL)));
    return loop_(b, SEQ(await(b, get(b, go)), par(b, SEQ(one, two)), pulse_(b, done)));
}

// await go; par { { await 1 cycles; r = 1; await 1 cycles; } { await r; p; } } pulse done;
static stmt *make_par_register(bench *b) {
    var *go = input(b, "go", 1), *done = output(b, "done", 1), *r = reg(b, "r", 1, 0);
    stmt *one = group(b, SEQ(cycles(b, 1), set(b, r, num(b, 1)), cycles(b, 1)));
    stmt *two = group(b, SEQ(await(b, get(b, r)), call(b, phase_for(b, "p", 1))));
    return SEQ(await(b, get(b, go)), par(b, SEQ(one, two)), pulse_(b, done));
}

// ---- phases held, cut short, with arguments and pulses
// --------------------------------------------

// loop { await go; during e { p; await 1 cycles; } pulse done; during e { p; } during e { q; } }
static stmt *make_during(bench *b) {
    var *go = input(b, "go", 1), *done = output(b, "done", 1);
    activation *e = phase_for(b, "e", 0), *p = phase_for(b, "p", 2);
    return loop_(b, SEQ(await(b, get(b, go)), during(b, e, SEQ(call(b, p), cycles(b, 1))),
                        pulse_(b, done), during(b, e, call(b, p)),
                        during(b, e, call(b, phase_for(b, "q", 1)))));
}

// loop { await go; during e { par { p; { await 2 cycles; q; } } } }
static stmt *make_during_par(bench *b) {
    var *go = input(b, "go", 1);
    stmt *late = group(b, SEQ(cycles(b, 2), call(b, phase_for(b, "q", 1))));
    stmt *both = par(b, SEQ(call(b, phase_for(b, "p", 1)), late));
    return loop_(b, SEQ(await(b, get(b, go)), during(b, phase_for(b, "e", 0), both)));
}

// loop { await go; compare p until hit; pulse done; }   p for 4 cycles
static stmt *make_compare(bench *b) {
    var *go = input(b, "go", 1), *hit = input(b, "hit", 1), *done = output(b, "done", 1);
    return loop_(b, SEQ(await(b, get(b, go)), compare(b, phase_for(b, "p", 4), get(b, hit)),
                        pulse_(b, done)));
}

static stmt *lasting(bench *b, int64_t per) {
    var *go = input(b, "go", 1), *code = input(b, "code", 2), *done = output(b, "done", 1);
    activation *a = phase_for(b, "prog", 0);
    a->timed = true;
    a->scale = argument(b, a, "code", 2);
    a->ticks_per = per * PERIOD;
    return loop_(b, SEQ(await(b, get(b, go)), with(b, call(b, a), get(b, code)), pulse_(b, done)));
}

// phase prog(code: uint[2]) for code * one cycle;  loop { await go; prog(code); pulse done; }
static stmt *make_lasting(bench *b) {
    return lasting(b, 1);
}

// the same for code * two cycles
static stmt *make_lasting_longer(bench *b) {
    return lasting(b, 2);
}

// loop { await go; w; }   w for 5 cycles, with pulsed lines
static stmt *pulsed(bench *b, int lines) {
    var *go = input(b, "go", 1);
    activation *w = phase_for(b, "w", 5);
    pulse *p = arena_new_of(b->home, pulse);
    p->signal = model_var(b->m, "x.line", VAR_SIGNAL, TYPE_REAL, 1, &lines, unit_volt, nowhere);
    p->width = model_var(b->m, "x.line_width", VAR_WIDTH, TYPE_INT, 1, &lines, unit_none, nowhere);
    p->high = model_var(b->m, "x.line_high", VAR_HIGH, TYPE_INT, 1, &lines, unit_none, nowhere);
    vec_push(b->home, &w->pulses, p);
    return loop_(b, SEQ(await(b, get(b, go)), call(b, w)));
}

static stmt *make_pulses(bench *b) {
    return pulsed(b, 3);
}

// More lines than a machine word has bits.
static stmt *make_pulses_wide(bench *b) {
    return pulsed(b, 101);
}

// ---- numbers
// -------------------------------------------------------------------------------------

// loop { await go; r = r + 1; x = r; r = r * 3; y = r - 2 > x; z = r - 9 < 3; pulse done; }  r, x:
// 4 bits
static stmt *make_order(bench *b) {
    var *go = input(b, "go", 1), *done = output(b, "done", 1), *x = output(b, "x", 4);
    var *y = output(b, "y", 1), *z = output(b, "z", 1), *r = reg(b, "r", 4, 0);
    return loop_(b, SEQ(await(b, get(b, go)), set(b, r, op(b, X_ADD, get(b, r), num(b, 1))),
                        set(b, x, get(b, r)), set(b, r, op(b, X_MUL, get(b, r), num(b, 3))),
                        set(b, y, op(b, X_GT, op(b, X_SUB, get(b, r), num(b, 2)), get(b, x))),
                        set(b, z, op(b, X_LT, op(b, X_SUB, get(b, r), num(b, 9)), num(b, 3))),
                        pulse_(b, done)));
}

// loop { x = not a; y = a << s; z = a[s]; w = a >> s; v = a xor 5; await 1 cycles; }
static stmt *make_bits(bench *b) {
    var *a = input(b, "a", 4), *s = input(b, "s", 2);
    var *x = output(b, "x", 4), *y = output(b, "y", 8), *z = output(b, "z", 1),
        *w = output(b, "w", 4), *v = output(b, "v", 4);
    return loop_(b, SEQ(set(b, x, op(b, X_NOT, get(b, a), NULL)),
                        set(b, y, op(b, X_SHL, get(b, a), get(b, s))),
                        set(b, z, op(b, X_BIT, get(b, a), get(b, s))),
                        set(b, w, op(b, X_SHR, get(b, a), get(b, s))),
                        set(b, v, op(b, X_XOR, get(b, a), num(b, 5))), cycles(b, 1)));
}

// ---- inputs from elsewhere
// -----------------------------------------------------------------------

// loop { await t.flag; pulse done; }   t has another clock
static stmt *make_sync(bench *b) {
    sequencer *t = arena_new_of(b->home, sequencer);
    t->id = 1, t->name = "t", t->period = 3 * PERIOD;
    var *flag = model_var(b->m, "t.flag", VAR_COUT, TYPE_BOOL, 0, NULL, unit_none, nowhere);
    vec_push(b->home, &t->outputs, flag);
    vec_push(b->home, &b->m->sequencers, t);
    return loop_(b, SEQ(await(b, get(b, flag)), pulse_(b, output(b, "done", 1))));
}

// loop { await go; for k in 0 .. 3 { await hit[k]; } pulse done; }
static stmt *make_bits_array(bench *b) {
    var *go = input(b, "go", 1), *done = output(b, "done", 1), *k = reg(b, "k", 0, 0);
    const int three = 3;
    var *hit = model_var(b->m, "hit", VAR_BIT, TYPE_BOOL, 1, &three, unit_none, nowhere);
    expr *at = get(b, k);
    expr *element = expr_variable(b->home, hit, 1, &at, nowhere);
    return loop_(b,
                 SEQ(await(b, get(b, go)), for_(b, k, 0, 3, await(b, element)), pulse_(b, done)));
}

// ---- the table
// -----------------------------------------------------------------------------------

const control_case control_cases[] = {
    {"trial",
     make_trial,
     {{"start", "0111111111001111111"}, {"learn", "1111111111000000000"}},
     {{"g1_read", "0011000000000110001"},
      {"g1_read_start", "0010000000000100001"},
      {"g2_read", "0000100000000001000"},
      {"g2_invert", "0000010000000000000"},
      {"g1_write", "0000001110000000000"},
      {"g1_write_start", "0000001000000000000"},
      {"g2_write", "0000001100000000000"},
      {"done", "0000000001000000100"}}},
    {"await", make_await, {{"go", "1111111111"}}, {{"done", "0000100001"}}},
    {"reset_phase", make_reset_phase, {{0}}, {{"p", "0110110110"}, {"p_start", "0100100100"}}},
    {"back_to_back", make_back_to_back, {{0}}, {{"p", "0111111"}, {"p_start", "0101010"}}},
    {"short",
     make_short,
     {{0}},
     {{"p", "0101010"}, {"p_start", "0101010"}, {"q", "0010101"}, {"q_start", "0010101"}}},
    {"end", make_end, {{0}}, {{"p", "010000"}, {"done", "001000"}}},
    {"first_wait", make_first_wait, {{0}}, {{"done", "00010"}}},
    {"for",
     make_for,
     {{"go", "1000000000"}},
     {{"q", "0111000000"},
      {"q_start", "0111000000"},
      {"q_k", "0123333333"},
      {"done", "0000100000"}}},
    {"for_nested",
     make_for_nested,
     {{"go", "1000000000"}},
     {{"q", "0110110000"}, {"q_k", "0011233333"}, {"done", "0000000100"}}},
    {"repeat",
     make_repeat,
     {{"go", "1000000"}},
     {{"p", "0111000"}, {"p_start", "0111000"}, {"done", "0000100"}}},
    {"repeat_while",
     make_repeat_while,
     {{"go", "1000001000"}, {"more", "1110000000"}},
     {{"p", "0111100000"}, {"p_start", "0101000000"}, {"done", "0000010100"}}},
    {"repeat_input",
     make_repeat_input,
     {{"go", "1000100"}, {"n", "2000000"}},
     {{"p", "0110000"}, {"done", "0001010"}}},
    {"if",
     make_if,
     {{"go", "1001001010"}, {"a", "1000000000"}, {"b", "0001000000"}},
     {{"p", "0100000000"}, {"q", "0000100000"}, {"done", "0010010101"}, {"count", "0011122330"}}},
    {"if_rest",
     make_if_rest,
     {{"go", "10010100"}, {"a", "10010000"}, {"b", "10000000"}},
     {{"p", "01000000"}, {"q", "00101010"}, {"r", "00112222"}}},
    {"par_nested",
     make_par_nested,
     {{"go", "1000000"}},
     {{"p", "0110000"},
      {"q", "0001000"},
      {"r", "0111000"},
      {"r_start", "0100000"},
      {"s", "0100000"},
      {"u", "0100000"},
      {"done", "0000100"}}},
    {"par_again",
     make_par_again,
     {{0}},
     {{"p", "0111111"}, {"p_start", "0101010"}, {"q", "0101010"}}},
    {"par_maybe",
     make_par_maybe,
     {{"go", "1010001000"}, {"a", "0010000000"}, {"b", "0000001000"}},
     {{"p", "0001100000"}, {"q", "0000000100"}, {"done", "0100010010"}, {"x", "0111111111"}}},
    {"par_register",
     make_par_register,
     {{"go", "1000000"}},
     {{"p", "0001000"}, {"done", "0000100"}}},
    {"during",
     make_during,
     {{"go", "1000000000"}},
     {{"e", "0111011100"},
      {"e_start", "0100010100"},
      {"p", "0110011000"},
      {"p_start", "0100010000"},
      {"q", "0000000100"},
      {"done", "0000100000"}}},
    {"during_par",
     make_during_par,
     {{"go", "1000000"}},
     {{"e", "0111000"}, {"p", "0100000"}, {"q", "0001000"}}},
    {"compare",
     make_compare,
     {{"go", "1000100000100"}, {"hit", "0010000000010"}},
     {{"p", "0110011110010"}, {"done", "0001000001001"}}},
    {"lasting",
     make_lasting,
     {{"go", "100001000"}, {"code", "300000000"}},
     {{"prog", "011100100"}, {"prog_code", "033333000"}, {"done", "000010010"}}},
    {"lasting_longer",
     make_lasting_longer,
     {{"go", "1000000"}, {"code", "2333333"}},
     {{"prog", "0111100"}, {"done", "0000010"}}},
    {"pulses",
     make_pulses,
     {{"go", "1000000"}, {"w_line_width[1]", "5277777"}, {"w_line_width[2]", "0700000"}},
     {{"w", "0111110"},
      {"w_line_on[0]", "0000000"},
      {"w_line_on[1]", "0110000"},
      {"w_line_on[2]", "0111110"}}},
    {"pulses_wide",
     make_pulses_wide,
     {{"go", "1000000"}, {"w_line_width[42]", "0100000"}, {"w_line_width[100]", "0300000"}},
     {{"w_line_on[41]", "0000000"},
      {"w_line_on[42]", "0100000"},
      {"w_line_on[43]", "0000000"},
      {"w_line_on[100]", "0111000"}}},
    {"order",
     make_order,
     {{"go", "10101010"}},
     {{"x", "01144dd8"}, {"y", "00011000"}, {"z", "01100111"}, {"done", "01010101"}}},
    {"bits",
     make_bits,
     {{"a", "a310"}, {"s", "1230"}},
     {{"x", "05ce"}, {"y", "0kc8"}, {"z", "0100"}, {"w", "0500"}, {"v", "0f64"}}},
    {"sync", make_sync, {{"t_flag", "01000000"}}, {{"done", "00001000"}}},
    {"bits_array",
     make_bits_array,
     {{"go", "1000000"}, {"hit[0]", "0100000"}, {"hit[1]", "0001000"}, {"hit[2]", "0000100"}},
     {{"done", "0000010"}}},
};
const size_t control_case_count = sizeof control_cases / sizeof *control_cases;

// ---- making
// --------------------------------------------------------------------------------------

static void give_cells(bench *b) {
    long next = WEFT_FIRST;
    for (size_t k = 0; k < b->p->phases.n; k++, next += WEFT_PHASE_CELLS)
        b->p->phases.at[k]->state_cell = next;
    for (size_t k = 0; k < b->m->vars.n; k++) {
        b->m->vars.at[k]->cell = next;
        next += var_count(b->m->vars.at[k]);
    }
    b->p->cells = next;
}

control_case bench_case(arena *home, size_t number) {
    if (number < control_case_count) return control_cases[number];
    size_t seed = number - control_case_count + 1;
    return (control_case){.name = arena_text(home, "dice%zu", seed)};
}

bench bench_make(arena *home, const control_case *c) {
    bench b = {.home = home};
    b.m = arena_new_of(home, model);
    b.m->home = home;
    b.m->words = names_new(home);
    b.m->diag = diag_new(home);
    b.m->name = "top";
    b.m->file = "top.weft";
    b.q = arena_new_of(home, sequencer);
    b.q->name = c->name;
    b.q->period = PERIOD;
    vec_push(home, &b.m->sequencers, b.q);
    b.q->body =
        c->make ? c->make(&b) : random_statements(&b, strtoull(c->name + strlen("dice"), NULL, 10));
    b.p = arena_new_of(home, plan);
    b.p->home = home;
    b.p->model = b.m;
    for (size_t k = 0; k < b.m->activations.n; k++) {
        plan_phase *phase = arena_new_of(home, plan_phase);
        phase->act = b.m->activations.at[k];
        vec_push(home, &b.p->phases, phase);
    }
    plan_machines(b.p);
    give_cells(&b);
    return b;
}

const fsm_port *bench_port(const fsm *m, const char *name) {
    size_t length = strcspn(name, "[");
    for (size_t k = 0; k < m->ports.n; k++) {
        const char *port = m->ports.at[k].name;
        if (strlen(port) == length + 2 && strncmp(port, name, length) == 0) return &m->ports.at[k];
    }
    return NULL;
}

int64_t bench_digit(char c) {
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}
