// Clocked expressions as SystemVerilog. Every piece is printed at an exact width, so that nothing
// is left to the language's rules of context: + - * and bitwise operations at the width that is
// wanted, comparisons at a width that holds both sides.
#include "emit/rtl/rtl.h"

const char *sv_number(arena *home, int64_t value, int width) {
    uint64_t bits = (uint64_t)value;
    if (width < 64) bits &= (UINT64_C(1) << width) - 1;
    if (width == 1) return bits ? "1'b1" : "1'b0";
    return arena_text(home, "%d'd%llu", width, (unsigned long long)bits);
}

const char *sv_state(sv *s, const fsm_state *state) {
    return arena_text(s->home, "St%s", state->name);
}

const char *sv_reg(sv *s, const var *v) {
    return arena_text(s->home, "%s_%c", s->name[v->id],
                      s->before || !s->written[v->id] ? 'q' : 'd');
}

static const char *in_parens(sv *s, const char *piece, bool atom) {
    return atom ? arena_text(s->home, "(%s)", piece) : piece;
}

// A piece of `have` bits, made `width` bits wide with zeros in front.
static const char *widened(sv *s, const char *piece, int have, int width) {
    if (width <= have) return piece;
    return arena_text(s->home, "{%s, %s}", sv_number(s->home, 0, width - have), piece);
}

static int width_of(const expr *e) {
    int64_t hi = 0;
    fsm_range(e, NULL, &hi, NULL);
    return fsm_bits(hi);
}

static bool is_bit(const expr *e) {
    int64_t lo, hi;
    fsm_range(e, &lo, &hi, NULL);
    return lo >= 0 && hi <= 1;
}

// ---- variables ----

static const char *element_of(sv *s, const expr *e, const char *base) {
    const var *v = e->v;
    long count = var_count(v);
    if (e->nsub == 0 || count == 1) return base;
    int bits = fsm_bits(count * v->width - 1);
    // Row-major, as in the cells; pass machines made sure that no index leaves its array.
    text at = text_in(s->home);
    for (int k = 0; k < e->nsub; k++) {
        long below = v->width;
        for (int d = k + 1; d < v->dims; d++)
            below *= v->dim[d];
        const char *one = sv_expr(s, e->sub[k], bits, true);
        if (k) text_add(&at, " + ");
        if (below == 1)
            text_add(&at, "%s", e->nsub == 1 ? sv_expr(s, e->sub[k], bits, false) : one);
        else
            text_add(&at, "%s * %s", one, sv_number(s->home, below, bits));
    }
    if (v->width == 1) return arena_text(s->home, "%s[%s]", base, at.at);
    return arena_text(s->home, "%s[%s +: %d]", base, at.at, v->width);
}

static const char *variable(sv *s, const expr *e, int width) {
    const var *v = e->v;
    const char *base = s->reg[v->id] ? sv_reg(s, v) : s->name[v->id];
    if (width >= v->width) s->read[v->id] = true;
    if (e->nsub) return widened(s, element_of(s, e, base), v->width, width);
    if (width >= v->width) return widened(s, base, v->width, width);
    return arena_text(s->home, "%d'(%s)", width, base); // Icarus wants no constant selects here
}

// ---- operations ----

static const char *symbol(expr_kind kind, bool logic) {
    switch (kind) {
    case X_ADD:
        return "+";
    case X_SUB:
        return "-";
    case X_MUL:
        return "*";
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
        return logic ? "&&" : "&";
    case X_OR:
        return logic ? "||" : "|";
    case X_XOR:
        return "^";
    default:
        return "?";
    }
}

static const char *compare(sv *s, const expr *e, bool atom) {
    int64_t alo, ahi, blo, bhi;
    double num;
    fsm_range(e->a, &alo, &ahi, NULL);
    fsm_range(e->b, &blo, &bhi, NULL);
    if (e->a->kind == X_VAR && s->state_of[e->a->v->id] && expr_is_number(e->b, &num)) {
        const fsm_thread *t = s->state_of[e->a->v->id];
        return in_parens(s,
                         arena_text(s->home, "%s %s %s", sv_reg(s, e->a->v), symbol(e->kind, false),
                                    sv_state(s, t->states.at[(int)num])),
                         atom);
    }
    bool never = ahi < blo || bhi < alo; // what the ranges decide is no question to the hardware
    if (never) {
        bool less = ahi < blo;
        bool holds = e->kind == X_NE || (less ? e->kind == X_LT || e->kind == X_LE
                                              : e->kind == X_GT || e->kind == X_GE);
        return holds ? "1'b1" : "1'b0";
    }
    if ((e->kind == X_GE && alo >= bhi) || (e->kind == X_LE && ahi <= blo)) return "1'b1";
    if ((e->kind == X_LT && alo >= bhi) || (e->kind == X_GT && ahi <= blo)) return "1'b0";
    int64_t most = ahi > bhi ? ahi : bhi, least = alo < blo ? alo : blo;
    int width = fsm_bits(most > -(least + 1) ? most : -(least + 1)) + (least < 0);
    const char *a = sv_expr(s, e->a, width, least >= 0), *b = sv_expr(s, e->b, width, least >= 0);
    text out = text_in(s->home);
    if (least < 0)
        text_add(&out, "$signed(%s) %s $signed(%s)", a, symbol(e->kind, false), b);
    else
        text_add(&out, "%s %s %s", a, symbol(e->kind, false), b);
    return in_parens(s, out.at, atom);
}

static const char *shift(sv *s, const expr *e, int width, bool atom) {
    int have = e->kind == X_SHL ? width : width_of(e->a);
    if (have < width) have = width;
    const char *out =
        arena_text(s->home, "%s %s %s", sv_expr(s, e->a, have, true),
                   e->kind == X_SHL ? "<<" : ">>", sv_expr(s, e->b, width_of(e->b), true));
    if (have > width) return arena_text(s->home, "%d'(%s)", width, out);
    return in_parens(s, out, atom);
}

static const char *bit_of(sv *s, const expr *e, bool atom) {
    double num;
    int have = width_of(e->a);
    bool plain = e->a->kind == X_VAR && e->a->nsub == 0;
    if (plain && expr_is_number(e->b, &num)) {
        if (num >= e->a->v->width) return "1'b0";
        const char *base = s->reg[e->a->v->id] ? sv_reg(s, e->a->v) : s->name[e->a->v->id];
        return e->a->v->width == 1 || num == 0
                   ? arena_text(s->home, e->a->v->width == 1 ? "%s" : "1'(%s)", base)
                   : arena_text(s->home, "1'(%s >> %d)", base, (int)num);
    }
    const char *out = arena_text(s->home, "((%s >> %s) & %s) != %s", sv_expr(s, e->a, have, true),
                                 sv_expr(s, e->b, width_of(e->b), true),
                                 sv_number(s->home, 1, have), sv_number(s->home, 0, have));
    return in_parens(s, out, atom);
}

// What stands behind an operator of one side: not another one of these without parentheses, nor a
// cast: Yosys 0.23 reads ~3'(x) as (~3)'(x).
static const char *one_side(sv *s, const expr *e, int width) {
    const char *out = sv_expr(s, e, width, true);
    size_t digits = strspn(out, "0123456789");
    bool cast = digits && strncmp(out + digits, "'(", 2) == 0;
    return cast || strchr("!~-", out[0]) ? arena_text(s->home, "(%s)", out) : out;
}

static const char *complement(sv *s, const expr *e, int width, bool atom) {
    int have = width_of(e->a);
    if (have == 1 && width == 1 && is_bit(e->a))
        return arena_text(s->home, "!%s", one_side(s, e->a, 1));
    if (width <= have)
        return in_parens(s, arena_text(s->home, "~%s", one_side(s, e->a, width)), atom);
    return widened(s, arena_text(s->home, "~%s", one_side(s, e->a, have)), have, width);
}

// a and b and c: no parentheses between equals.
static const char *operand(sv *s, const expr *e, expr_kind around, int width) {
    bool same = e->kind == around && (around == X_AND || around == X_OR || around == X_ADD);
    return sv_expr(s, e, width, !same);
}

const char *sv_expr(sv *s, const expr *e, int width, bool atom) {
    switch (e->kind) {
    case X_NUM:
        return sv_number(s->home, (int64_t)e->num, width);
    case X_VAR:
        return variable(s, e, width);
    case X_NEG:
        return in_parens(s, arena_text(s->home, "-%s", one_side(s, e->a, width)), atom);
    case X_NOT:
        return complement(s, e, width, atom);
    case X_SHL:
    case X_SHR:
        return shift(s, e, width, atom);
    case X_BIT:
        return width > 1 ? widened(s, bit_of(s, e, false), 1, width) : bit_of(s, e, atom);
    case X_LT:
    case X_LE:
    case X_GT:
    case X_GE:
    case X_EQ:
    case X_NE:
        return width > 1 ? widened(s, compare(s, e, false), 1, width) : compare(s, e, atom);
    case X_SELECT: {
        const char *test = sv_condition(s, e->a);
        const char *out = arena_text(s->home, "(%s) ? %s : %s", test, sv_expr(s, e->b, width, true),
                                     sv_expr(s, e->c, width, true));
        return in_parens(s, out, atom);
    }
    default: {
        bool logic = width == 1 && is_bit(e->a) && is_bit(e->b);
        const char *out = arena_text(s->home, "%s %s %s", operand(s, e->a, e->kind, width),
                                     symbol(e->kind, logic), sv_expr(s, e->b, width, true));
        return in_parens(s, out, atom);
    }
    }
}

const char *sv_condition(sv *s, const expr *e) {
    if (is_bit(e)) return sv_expr(s, e, 1, false);
    int64_t lo, hi;
    fsm_range(e, &lo, &hi, NULL);
    int width = fsm_bits(hi > -(lo + 1) ? hi : -(lo + 1)) + (lo < 0);
    return arena_text(s->home, "%s != %s", sv_expr(s, e, width, true),
                      sv_number(s->home, 0, width));
}
