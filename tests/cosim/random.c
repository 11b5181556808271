// Sequencers by dice: any nesting of every kind of statement, for comparing the ways to run them.
// What they must do is not known here; that the interpreter is right, the cases by hand say.
#include "cosim/random.h"

typedef struct roller {
    bench *b;
    uint64_t state;
    int phases;
    var *bits[3], *number, *reg[2], *out[3];
} roller;

// xorshift64 (Marsaglia 2003)
static int roll(roller *r, int sides) {
    r->state ^= r->state << 13;
    r->state ^= r->state >> 7;
    r->state ^= r->state << 17;
    return (int)((r->state >> 11) % (uint64_t)sides);
}

static expr *number_of(roller *r, int depth) {
    static const expr_kind kinds[] = {X_ADD, X_SUB, X_MUL, X_AND, X_OR, X_XOR};
    bench *b = r->b;
    switch (roll(r, depth > 0 ? 9 : 4)) {
    case 0:
        return num(b, roll(r, 9));
    case 1:
        return get(b, r->number);
    case 2:
        return get(b, r->reg[roll(r, 2)]);
    case 3:
        return get(b, r->out[roll(r, 2)]);
    case 4:
        return op(b, X_SHR, get(b, r->reg[0]), get(b, r->number));
    case 5:
        return op(b, X_SHL, get(b, r->number), get(b, r->out[0]));
    case 6:
        return op(b, X_NOT, get(b, r->reg[roll(r, 2)]), NULL);
    default: {
        expr *x = number_of(r, depth - 1);
        return op(b, kinds[roll(r, 6)], x, number_of(r, depth - 1));
    }
    }
}

static expr *bit_of(roller *r, int depth) {
    bench *b = r->b;
    switch (roll(r, depth > 0 ? 8 : 3)) {
    case 0:
    case 1:
    case 2:
        return get(b, r->bits[roll(r, 3)]);
    case 3:
        return op(b, X_NOT, bit_of(r, depth - 1), NULL);
    case 4: {
        expr *x = bit_of(r, depth - 1);
        return op(b, roll(r, 2) ? X_AND : X_OR, x, bit_of(r, depth - 1));
    }
    case 5:
        return op(b, X_BIT, get(b, r->reg[0]), get(b, r->number));
    default: {
        expr *x = number_of(r, 1);
        return op(b, X_LT + roll(r, 6), x, number_of(r, 1));
    }
    }
}

static activation *new_phase(roller *r, int64_t length) {
    return phase_for(r->b, arena_text(r->b->home, "p%d", r->phases++), length);
}

static stmt *list_of(roller *r, int depth, bool takes_time);

static stmt *par_of(roller *r, int depth) {
    stmt *first = NULL, **tail = &first;
    for (int n = 1 + roll(r, 3); n > 0; n--, tail = &(*tail)->next)
        *tail = group(r->b, list_of(r, depth - 1, roll(r, 2)));
    return par(r->b, first);
}

static stmt *call_of(roller *r) {
    bench *b = r->b;
    switch (roll(r, 4)) {
    case 0:
        return compare(b, new_phase(r, 1 + roll(r, 5)), bit_of(r, 1));
    case 1: {
        activation *a = new_phase(r, 0);
        a->timed = true;
        a->scale = argument(b, a, "n", 3);
        a->ticks_per = (1 + roll(r, 2)) * PERIOD;
        return with(b, call(b, a), number_of(r, 1));
    }
    default:
        return call(b, new_phase(r, 1 + roll(r, 4)));
    }
}

static stmt *statement_of(roller *r, int depth) {
    bench *b = r->b;
    switch (roll(r, depth > 0 ? 14 : 7)) {
    case 0:
    case 1:
        return set(b, r->out[roll(r, 2)], number_of(r, 2));
    case 2:
        return set(b, r->reg[roll(r, 2)], number_of(r, 2));
    case 3:
        return set(b, r->out[2], bit_of(r, 2));
    case 4:
        return await(b, bit_of(r, 2));
    case 5:
        return roll(r, 2) ? cycles(b, 1 + roll(r, 4)) : pulse_(b, r->out[2]);
    case 6:
        return call_of(r);
    case 7:
    case 8:
        return if_(b, bit_of(r, 2), list_of(r, depth - 1, false),
                   roll(r, 2) ? list_of(r, depth - 1, false) : NULL);
    case 9:
        return par_of(r, depth);
    case 10:
        return for_(b, reg(b, arena_text(b->home, "k%d", r->phases++), 0, 0), roll(r, 3),
                    3 + roll(r, 3), list_of(r, depth - 1, true));
    case 11:
        return repeat(b, roll(r, 2) ? number_of(r, 0) : num(b, 1 + roll(r, 4)),
                      roll(r, 2) ? bit_of(r, 1) : NULL, list_of(r, depth - 1, true));
    case 12:
        return during(b, new_phase(r, 0), list_of(r, depth - 1, true));
    default:
        return group(b, list_of(r, depth - 1, false));
    }
}

static stmt *list_of(roller *r, int depth, bool takes_time) {
    stmt *first = NULL, **tail = &first;
    for (int n = 1 + roll(r, 3); n > 0; n--, tail = &(*tail)->next)
        *tail = statement_of(r, depth);
    if (takes_time) *tail = cycles(r->b, 1 + roll(r, 2));
    return first;
}

stmt *random_statements(bench *b, uint64_t seed) {
    roller r = {.b = b, .state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1};
    for (int k = 0; k < 20; k++)
        roll(&r, 2);
    r.bits[0] = input(b, "a", 1);
    r.bits[1] = input(b, "b", 1);
    r.number = input(b, "n", 2);
    r.out[0] = output(b, "x", 3);
    r.out[1] = output(b, "y", 5);
    r.out[2] = r.bits[2] = output(b, "z", 1);
    r.reg[0] = reg(b, "r", 4, roll(&r, 16));
    r.reg[1] = reg(b, "s", 6, 0);
    return loop_(b, list_of(&r, 3, true));
}
