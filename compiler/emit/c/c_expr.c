// Expressions as C. The tree's shape is kept by parentheses where C's own precedence would not, so
// the order of operations is that of the interpreter.
#include "emit/c/c.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// How tightly a piece of C binds.
enum { C_COND = 1, C_OR, C_AND, C_BITS, C_EQUAL, C_LESS, C_SHIFT, C_ADD, C_MUL, C_UNARY, C_ATOM };

typedef struct piece {
    const char *s;
    int strength;
} piece;

static piece real_piece(c_emitter *c, const expr *e);
static piece int_piece(c_emitter *c, const expr *e);
static piece true_piece(c_emitter *c, const expr *e);

static piece piece_of(int strength, const char *s) {
    return (piece){s, strength};
}

static const char *in(c_emitter *c, piece p, int strength) {
    return p.strength >= strength ? p.s : arena_text(c->home, "(%s)", p.s);
}

static bool is_real(const expr *e) {
    return e->type == TYPE_REAL;
}

// ---- numbers and places
// --------------------------------------------------------------------------

// 1000.0 rather than 1e+03, 1e-6 rather than 1e-06, and never more digits than it takes.
const char *c_number(arena *home, double num) {
    if (isnan(num)) return "NAN";
    if (isinf(num)) return num > 0 ? "INFINITY" : "-INFINITY";
    if (num == floor(num) && fabs(num) < 1e6) return arena_text(home, "%.1f", num);
    char s[40];
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(s, sizeof s, "%.*g", digits, num);
        if (strtod(s, NULL) == num) break;
    }
    char *exponent = strchr(s, 'e');
    if (exponent == NULL) return arena_text(home, strchr(s, '.') != NULL ? "%s" : "%s.0", s);
    *exponent = '\0';
    return arena_text(home, "%se%ld", s, strtol(exponent + 1, NULL, 10));
}

static piece number(c_emitter *c, double num) {
    return piece_of(signbit(num) ? C_UNARY : C_ATOM, c_number(c->home, num));
}

static piece whole(c_emitter *c, double num) {
    const char *format = fabs(num) > 2147483647.0 ? "INT64_C(%.0f)" : "%.0f";
    int strength = num < 0 ? C_UNARY : C_ATOM;
    return piece_of(strength, arena_text(c->home, format, num == 0 ? 0 : trunc(num)));
}

static const char *base_of(c_emitter *c, const var *v) {
    if (c->member[v->id] == NULL)
        return c->local[v->id] != NULL ? c->local[v->id] : identifier_of(c->home, v->name);
    c->uses_m = true;
    return arena_text(c->home, "m->%s", c->member[v->id]);
}

const char *c_place(c_emitter *c, const var *v, int nsub, expr *const *sub) {
    text out = text_in(c->home);
    text_add(&out, "%s", base_of(c, v));
    for (int k = 0; k < nsub; k++)
        text_add(&out, "[%s]", c_int(c, sub[k]));
    if (c->lane != NULL) text_add(&out, "[%s]", c->lane);
    return out.at;
}

const char *c_scalar(c_emitter *c, const var *v) {
    return base_of(c, v);
}

const char *c_header(c_emitter *c, int cell) {
    static const char *const members[] = {"now",      "from",  "to",        "time",    "dt",
                                          "trial",    "key",   "quiet",     "result",  "fault",
                                          "fault_at", "local", "edge_from", "edge_to", "step"};
    c->uses_m = true;
    if (c->lane != NULL) return arena_text(c->home, "m->weft.%s[%s]", members[cell], c->lane);
    return arena_text(c->home, "m->weft.%s", members[cell]);
}

const char *c_phase(c_emitter *c, int activation, int cell) {
    static const char *const members[] = {"active", "begin", "segment", "count"};
    c->uses_m = true;
    return arena_text(c->home, "m->%s.%s", c->phase[activation], members[cell]);
}

// Inside a rate function, the number of the state that e names, or -1.
static int state_of(const c_emitter *c, const expr *e) {
    for (size_t k = 0; c->rates != NULL && k < c->rates->states.n; k++) {
        bool same = c->rates->states.at[k] == e->v && (int)c->rates->sub.n == e->nsub;
        for (int d = 0; same && d < e->nsub; d++)
            same = expr_same(c->rates->sub.at[d], e->sub[d]);
        if (same) return (int)k;
    }
    return -1;
}

static piece variable(c_emitter *c, const expr *e) {
    int state = state_of(c, e);
    if (state >= 0) return piece_of(C_ATOM, arena_text(c->home, "state[%d]", state));
    const var *v = e->v;
    if (v->kind == VAR_PARAM && v->cell < 0)
        return v->type == TYPE_REAL ? number(c, v->value) : whole(c, v->value);
    return piece_of(C_ATOM, c_place(c, v, e->nsub, e->sub));
}

static piece index_name(c_emitter *c, const expr *e) {
    for (size_t k = c->bound.n; k > 0; k--) {
        if (c->bound.at[k - 1].ix != e->ix) continue;
        c->bound.at[k - 1].used = true;
        return piece_of(C_ATOM, c->bound.at[k - 1].name);
    }
    return piece_of(C_ATOM, e->ix->name);
}

static piece ticks(c_emitter *c, int phase) {
    const char *from = c_header(c, WEFT_FROM);
    if (phase < 0) return piece_of(C_ATOM, from);
    return piece_of(C_ADD,
                    arena_text(c->home, "%s - %s", from, c_phase(c, phase, WEFT_PHASE_BEGIN)));
}

static piece seconds(c_emitter *c, int phase) {
    const char *tick = c_number(c->home, c->plan->model->tick);
    piece now = piece_of(C_ATOM, NULL);
    if (phase < 0) {
        now.s = c_header(c, WEFT_TIME);
    } else {
        const char *since = in(c, ticks(c, phase), C_UNARY);
        now = piece_of(C_MUL, arena_text(c->home, "(double)%s * %s", since, tick));
    }
    if (c->now != NULL && c->now->rates)
        return piece_of(C_ADD, arena_text(c->home, "%s + %s", now.s, c_header(c, WEFT_LOCAL)));
    if (c->rates == NULL) return now;
    c->uses_t = true;
    return piece_of(C_ADD, arena_text(c->home, "%s + t", now.s));
}

// ---- operators
// -----------------------------------------------------------------------------------

static const char *operator_of(expr_kind kind) {
    switch (kind) {
    case X_ADD:
        return "+";
    case X_SUB:
        return "-";
    case X_MUL:
        return "*";
    case X_DIV:
        return "/";
    case X_LT:
        return "<";
    case X_LE:
        return "<=";
    case X_GT:
        return ">";
    case X_GE:
        return ">=";
    case X_EQ:
        return "==";
    case X_NE:
        return "!=";
    case X_AND:
        return "&";
    case X_OR:
        return "|";
    case X_XOR:
        return "^";
    case X_SHL:
        return "<<";
    default:
        return ">>";
    }
}

static piece binary(c_emitter *c, const expr *e, piece a, piece b, int own, int left, int right) {
    return piece_of(own, arena_text(c->home, "%s %s %s", in(c, a, left), operator_of(e->kind),
                                    in(c, b, right)));
}

static piece negated(c_emitter *c, piece a) {
    const char *operand = in(c, a, C_UNARY);
    return piece_of(C_UNARY, arena_text(c->home, operand[0] == '-' ? "-(%s)" : "-%s", operand));
}

static piece choice(c_emitter *c, const expr *e, piece (*part)(c_emitter *c, const expr *e)) {
    const char *condition = in(c, true_piece(c, e->a), C_OR);
    const char *yes = in(c, part(c, e->b), C_OR);
    return piece_of(
        C_COND, arena_text(c->home, "%s ? %s : %s", condition, yes, in(c, part(c, e->c), C_COND)));
}

static bool simple(const expr *e) {
    return e->kind == X_NUM || e->kind == X_VAR || e->kind == X_INDEX;
}

// See eval_power: whole exponents 2 .. 8 are products from the left.
static piece power(c_emitter *c, const expr *e) {
    double n;
    piece x = real_piece(c, e->a);
    if (!expr_is_number(e->b, &n) || (n != 1 && n != -1 && (n < 2 || n > 8 || n != floor(n)))) {
        const char *exponent = real_piece(c, e->b).s;
        return piece_of(C_ATOM, arena_text(c->home, "pow(%s, %s)", x.s, exponent));
    }
    if (n == 1) return x;
    if (n == -1) return piece_of(C_MUL, arena_text(c->home, "1.0 / %s", in(c, x, C_UNARY)));
    if (n == 2 && simple(e->a)) {
        const char *factor = in(c, x, C_UNARY);
        return piece_of(C_MUL, arena_text(c->home, "%s * %s", factor, factor));
    }
    c->helpers |= 1u << (HELP_POWER_2 + (int)n - 2);
    return piece_of(C_ATOM, arena_text(c->home, "power_%d(%s)", (int)n, x.s));
}

static piece real_call(c_emitter *c, const expr *e) {
    const char *name = fn_name(e->fn);
    switch (e->fn) {
    case FN_abs:
        name = "fabs";
        break;
    case FN_exp:
        name = "weft_exp";
        break;
    case FN_logistic:
        name = "weft_logistic";
        break;
    case FN_dlogistic:
        name = "weft_dlogistic";
        break;
    case FN_tanh:
        name = "weft_tanh";
        break;
    case FN_sign:
        name = "weft_sign";
        break;
    case FN_round:
        name = "weft_round";
        break;
    case FN_min:
        name = "weft_min";
        break;
    case FN_max:
        name = "weft_max";
        break;
    default:
        break;
    }
    text out = text_in(c->home);
    text_add(&out, "%s(%s", name, real_piece(c, e->a).s);
    if (e->b != NULL) text_add(&out, ", %s", real_piece(c, e->b).s);
    text_add(&out, ")");
    return piece_of(C_ATOM, out.at);
}

static piece int_call(c_emitter *c, const expr *e) {
    static const struct {
        int fn;
        c_helper helper;
        const char *name;
    } known[] = {{FN_abs, HELP_INT_ABS, "int_abs"},
                 {FN_sign, HELP_INT_SIGN, "int_sign"},
                 {FN_min, HELP_INT_MIN, "int_min"},
                 {FN_max, HELP_INT_MAX, "int_max"}};
    bool ints = !is_real(e->a) && (e->b == NULL || !is_real(e->b));
    if (ints && (e->fn == FN_floor || e->fn == FN_ceil || e->fn == FN_round))
        return int_piece(c, e->a);
    for (size_t k = 0; ints && k < sizeof known / sizeof known[0]; k++) {
        if (known[k].fn != e->fn) continue;
        c->helpers |= 1u << known[k].helper;
        text out = text_in(c->home);
        text_add(&out, "%s(%s", known[k].name, int_piece(c, e->a).s);
        if (e->b != NULL) text_add(&out, ", %s", int_piece(c, e->b).s);
        text_add(&out, ")");
        return piece_of(C_ATOM, out.at);
    }
    return piece_of(C_UNARY, arena_text(c->home, "(int64_t)%s", real_call(c, e).s));
}

// See weft.h, section 6; the stream's number is that of its name.
static piece draw(c_emitter *c, const expr *e) {
    const char *event = "0", *element = "0";
    if (e->event == PER_TRIAL)
        event = arena_text(c->home, "(uint64_t)%s", c_header(c, WEFT_TRIAL));
    else if (e->event == PER_PHASE)
        event = arena_text(c->home, "(uint64_t)%s", c_phase(c, e->phase, WEFT_PHASE_COUNT));
    if (e->element != NULL && e->element->kind == X_NUM)
        element = int_piece(c, e->element).s;
    else if (e->element != NULL)
        element = arena_text(c->home, "(uint64_t)%s", in(c, int_piece(c, e->element), C_UNARY));
    const char *z =
        arena_text(c->home, "%s((uint64_t)%s, UINT64_C(0x%016llx), %s, %s)",
                   e->fn == DIST_UNIFORM ? "weft_uniform" : "weft_normal", c_header(c, WEFT_KEY),
                   (unsigned long long)weft_stream(e->stream), event, element);
    piece a = real_piece(c, e->a), b = real_piece(c, e->b);
    const char *first = in(c, a, C_ADD);
    if (e->fn == DIST_UNIFORM)
        return piece_of(C_ADD, arena_text(c->home, "%s + (%s - %s) * %s", first, in(c, b, C_ADD),
                                          in(c, a, C_MUL), z));
    const char *sum = arena_text(c->home, "%s + %s * %s", first, in(c, b, C_MUL), z);
    if (e->fn == DIST_LOGNORMAL) return piece_of(C_ATOM, arena_text(c->home, "weft_exp(%s)", sum));
    return piece_of(C_ADD, sum);
}

// ---- values
// --------------------------------------------------------------------------------------

static piece real_piece(c_emitter *c, const expr *e) {
    if (e->kind == X_NUM) return number(c, e->num);
    if (!is_real(e))
        return piece_of(C_UNARY,
                        arena_text(c->home, "(double)%s", in(c, int_piece(c, e), C_UNARY)));
    switch (e->kind) {
    case X_VAR: {
        piece v = variable(c, e);
        if (e->v->type == TYPE_REAL) return v;
        return piece_of(C_UNARY, arena_text(c->home, "(double)%s", in(c, v, C_UNARY)));
    }
    case X_INDEX:
        return piece_of(C_UNARY, arena_text(c->home, "(double)%s", index_name(c, e).s));
    case X_TICKS: {
        const char *since = in(c, ticks(c, e->phase), C_UNARY);
        return piece_of(C_UNARY, arena_text(c->home, "(double)%s", since));
    }
    case X_TIME:
        return seconds(c, e->phase);
    case X_NEG:
        return negated(c, real_piece(c, e->a));
    case X_ADD:
    case X_SUB:
        return binary(c, e, real_piece(c, e->a), real_piece(c, e->b), C_ADD, C_ADD, C_MUL);
    case X_MUL:
    case X_DIV:
        return binary(c, e, real_piece(c, e->a), real_piece(c, e->b), C_MUL, C_MUL, C_UNARY);
    case X_POW:
        return power(c, e);
    case X_CALL:
        return real_call(c, e);
    case X_SELECT:
        return choice(c, e, real_piece);
    case X_DRAW:
        return draw(c, e);
    case X_REDUCE:
        return piece_of(C_ATOM, "NAN"); // a step of its own in every plan
    default:
        return piece_of(C_UNARY, arena_text(c->home, "(double)(%s)", true_piece(c, e).s));
    }
}

static bool is_comparison(const expr *e) {
    return e->kind >= X_LT && e->kind <= X_NE;
}

static piece compare(c_emitter *c, const expr *e) {
    bool real = is_real(e->a) || is_real(e->b);
    piece a = real ? real_piece(c, e->a) : int_piece(c, e->a);
    piece b = real ? real_piece(c, e->b) : int_piece(c, e->b);
    bool equality = e->kind == X_EQ || e->kind == X_NE;
    return binary(c, e, a, b, equality ? C_EQUAL : C_LESS, C_ADD, C_ADD);
}

static piece int_binary(c_emitter *c, const expr *e) {
    piece a = int_piece(c, e->a), b = int_piece(c, e->b);
    switch (e->kind) {
    case X_ADD:
    case X_SUB:
        return binary(c, e, a, b, C_ADD, C_ADD, C_MUL);
    case X_MUL:
    case X_DIV:
        return binary(c, e, a, b, C_MUL, C_MUL, C_UNARY);
    case X_AND:
    case X_OR:
    case X_XOR:
        return binary(c, e, a, b, C_BITS, C_UNARY, C_UNARY);
    default:
        break;
    }
    if (e->b->kind != X_NUM)
        b = piece_of(C_BITS, arena_text(c->home, "%s & 63", in(c, b, C_UNARY)));
    if (e->kind != X_BIT) return binary(c, e, a, b, C_SHIFT, C_UNARY, C_UNARY);
    return piece_of(C_BITS,
                    arena_text(c->home, "(%s >> %s) & 1", in(c, a, C_UNARY), in(c, b, C_UNARY)));
}

static piece int_piece(c_emitter *c, const expr *e) {
    if (e->kind == X_NUM) return whole(c, e->num);
    if (is_real(e) && e->kind != X_INDEX && e->kind != X_TICKS)
        return piece_of(C_UNARY,
                        arena_text(c->home, "(int64_t)%s", in(c, real_piece(c, e), C_UNARY)));
    if (e->type == TYPE_BOOL && e->kind != X_VAR) return true_piece(c, e);
    switch (e->kind) {
    case X_VAR: {
        piece v = variable(c, e);
        if (e->v->type != TYPE_REAL) return v;
        return piece_of(C_UNARY, arena_text(c->home, "(int64_t)%s", in(c, v, C_UNARY)));
    }
    case X_INDEX:
        return index_name(c, e);
    case X_TICKS:
        return ticks(c, e->phase);
    case X_TIME:
        return piece_of(C_UNARY,
                        arena_text(c->home, "(int64_t)%s", in(c, seconds(c, e->phase), C_UNARY)));
    case X_NEG:
        return negated(c, int_piece(c, e->a));
    case X_NOT:
        return piece_of(C_UNARY, arena_text(c->home, "~%s", in(c, int_piece(c, e->a), C_UNARY)));
    case X_POW:
        return piece_of(C_UNARY, arena_text(c->home, "(int64_t)%s", in(c, power(c, e), C_UNARY)));
    case X_CALL:
        return int_call(c, e);
    case X_SELECT:
        return choice(c, e, int_piece);
    case X_DRAW:
        return piece_of(C_UNARY, arena_text(c->home, "(int64_t)%s", in(c, draw(c, e), C_UNARY)));
    case X_REDUCE:
        return piece_of(C_ATOM, "0");
    default:
        return is_comparison(e) ? compare(c, e) : int_binary(c, e);
    }
}

// `and` within `or` and the like get parentheses although C needs none: compilers ask for them.
static piece logic(c_emitter *c, const expr *e) {
    bool both = e->kind == X_AND;
    int own = both ? C_AND : C_OR;
    piece a = true_piece(c, e->a), b = true_piece(c, e->b);
    const char *left = a.strength == own ? a.s : in(c, a, C_EQUAL);
    return piece_of(own,
                    arena_text(c->home, "%s %s %s", left, both ? "&&" : "||", in(c, b, C_EQUAL)));
}

// 0 or 1, or anything that counts as true.
static piece true_piece(c_emitter *c, const expr *e) {
    if (is_comparison(e)) return compare(c, e);
    if (is_real(e))
        return piece_of(C_EQUAL, arena_text(c->home, "%s != 0.0", in(c, real_piece(c, e), C_ADD)));
    if (e->type != TYPE_BOOL)
        return piece_of(C_EQUAL, arena_text(c->home, "%s != 0", in(c, int_piece(c, e), C_ADD)));
    switch (e->kind) {
    case X_VAR:
        return int_piece(c, e);
    case X_NUM:
        return piece_of(C_ATOM, e->num != 0 ? "1" : "0");
    case X_NOT:
        return piece_of(C_UNARY, arena_text(c->home, "!%s", in(c, true_piece(c, e->a), C_ATOM)));
    case X_AND:
    case X_OR:
        return logic(c, e);
    case X_XOR:
        return piece_of(C_EQUAL,
                        arena_text(c->home, "(!%s) != (!%s)", in(c, true_piece(c, e->a), C_ATOM),
                                   in(c, true_piece(c, e->b), C_ATOM)));
    case X_SELECT:
        return choice(c, e, true_piece);
    case X_CALL:
        return int_call(c, e);
    default:
        return int_binary(c, e);
    }
}

const char *c_int(c_emitter *c, const expr *e) {
    return int_piece(c, e).s;
}

const char *c_real(c_emitter *c, const expr *e) {
    return real_piece(c, e).s;
}

const char *c_condition(c_emitter *c, const expr *e) {
    return true_piece(c, e).s;
}

const char *c_operand(c_emitter *c, const expr *e) {
    return in(c, is_real(e) ? real_piece(c, e) : int_piece(c, e), C_ATOM);
}
