// Expressions and equations as text, in the language's own notation with as few parentheses as it
// needs. What the language has no spelling for is marked with `#`: ticks, draws, bits of reals.
#include "model/expr.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// Binding strength, as in the grammar: a node is put in parentheses inside a stronger place.
enum { P_WHOLE, P_OR, P_AND, P_NOT, P_COMPARE, P_ADD, P_MUL, P_NEG, P_POW, P_ATOM };

static const struct {
    const char *symbol;
    int strength;
} binary[] = {
    [X_ADD] = {" + ", P_ADD},      [X_SUB] = {" - ", P_ADD},     [X_MUL] = {" * ", P_MUL},
    [X_DIV] = {" / ", P_MUL},      [X_POW] = {"^", P_POW},       [X_LT] = {" < ", P_COMPARE},
    [X_LE] = {" <= ", P_COMPARE},  [X_GT] = {" > ", P_COMPARE},  [X_GE] = {" >= ", P_COMPARE},
    [X_EQ] = {" == ", P_COMPARE},  [X_NE] = {" != ", P_COMPARE}, [X_AND] = {" and ", P_AND},
    [X_OR] = {" or ", P_OR},       [X_XOR] = {" xor ", P_OR},    [X_SHL] = {" << ", P_COMPARE},
    [X_SHR] = {" >> ", P_COMPARE},
};

static void print_at(const expr *e, int strength, text *out);

// The shortest decimal that reads back as the same number.
static void print_number(double num, text *out) {
    for (int digits = 6; digits <= 17; digits++) {
        char buffer[40];
        snprintf(buffer, sizeof buffer, "%.*g", digits, num);
        if (digits == 17 || strtod(buffer, NULL) == num || isnan(num)) {
            text_add(out, "%s", buffer);
            return;
        }
    }
}

static void print_element(const var *v, int nsub, expr *const *sub, text *out) {
    text_add(out, "%s", v->name);
    for (int k = 0; k < nsub; k++) {
        text_add(out, "%s", k == 0 ? "[" : ", ");
        print_at(sub[k], P_WHOLE, out);
    }
    if (nsub > 0) {
        text_add(out, "]");
    }
}

static void print_reduce(const expr *e, text *out) {
    text_add(out, "%s(%s", red_name(e->fn), e->ix->name);
    if (e->a != NULL) {
        text_add(out, " where ");
        print_at(e->a, P_WHOLE, out);
    }
    text_add(out, ": ");
    print_at(e->b, P_WHOLE, out);
    text_add(out, ")");
}

static void print_draw(const expr *e, text *out) {
    static const char *const names[] = {"uniform", "normal", "lognormal"};
    static const char *const events[] = {"start", "trial", "phase"};
    text_add(out, "%s(", names[e->fn]);
    print_at(e->a, P_WHOLE, out);
    text_add(out, ", ");
    print_at(e->b, P_WHOLE, out);
    text_add(out, " #%s[", e->stream != NULL ? e->stream : "");
    if (e->element != NULL) {
        print_at(e->element, P_WHOLE, out);
    }
    text_add(out, "] per %s", events[e->event]);
    if (e->event == PER_PHASE) {
        text_add(out, " %d", e->phase);
    }
    text_add(out, ")");
}

static void print_call(const expr *e, text *out) {
    const expr *const arguments[] = {e->a, e->b, e->c};
    text_add(out, "%s(", fn_name(e->fn));
    for (int k = 0; k < 3 && arguments[k] != NULL; k++) {
        text_add(out, "%s", k > 0 ? ", " : "");
        print_at(arguments[k], P_WHOLE, out);
    }
    text_add(out, ")");
}

// A chain of selects reads as one `when`.
static void print_select(const expr *e, text *out) {
    text_add(out, "(");
    for (; e->kind == X_SELECT; e = e->c) {
        text_add(out, "when ");
        print_at(e->a, P_WHOLE, out);
        text_add(out, ": ");
        print_at(e->b, P_WHOLE, out);
        text_add(out, ", ");
    }
    text_add(out, "else ");
    print_at(e, P_WHOLE, out);
    text_add(out, ")");
}

static void print_binary(const expr *e, int strength, text *out) {
    const int own = binary[e->kind].strength;
    // Only + - * / and or associate to the left; the others are not chained.
    const bool chains = own == P_ADD || own == P_MUL || own == P_AND || own == P_OR;
    text_add(out, "%s", own < strength ? "(" : "");
    print_at(e->a, chains ? own : own + 1, out);
    text_add(out, "%s", binary[e->kind].symbol);
    print_at(e->b, own + 1, out);
    text_add(out, "%s", own < strength ? ")" : "");
}

static void print_unary(const char *symbol, int own, const expr *operand, int strength, text *out) {
    text_add(out, "%s%s", own < strength ? "(" : "", symbol);
    print_at(operand, own, out);
    text_add(out, "%s", own < strength ? ")" : "");
}

static void print_at(const expr *e, int strength, text *out) {
    if (e == NULL) {
        text_add(out, "#none");
        return;
    }
    switch (e->kind) {
    case X_NUM: {
        const bool parens = (e->num < 0 || (e->num == 0 && signbit(e->num))) && strength > P_ADD;
        text_add(out, "%s", parens ? "(" : "");
        print_number(e->num, out);
        text_add(out, "%s", parens ? ")" : "");
        break;
    }
    case X_VAR:
        print_element(e->v, e->nsub, e->sub, out);
        break;
    case X_INDEX:
        text_add(out, "%s", e->ix->name);
        break;
    case X_TIME:
        text_add(out, "time");
        break;
    case X_TICKS:
        text_add(out, "#ticks");
        break;
    case X_NEG:
        print_unary("-", P_NEG, e->a, strength, out);
        break;
    case X_NOT:
        print_unary("not ", P_NOT, e->a, strength, out);
        break;
    case X_BIT:
        print_at(e->a, P_ATOM, out);
        text_add(out, "[");
        print_at(e->b, P_WHOLE, out);
        text_add(out, "]");
        break;
    case X_CALL:
        print_call(e, out);
        break;
    case X_SELECT:
        print_select(e, out);
        break;
    case X_REDUCE:
        print_reduce(e, out);
        break;
    case X_DRAW:
        print_draw(e, out);
        break;
    default:
        print_binary(e, strength, out);
        break;
    }
}

void expr_print(const expr *e, text *out) {
    print_at(e, P_WHOLE, out);
}

void equation_print(const equation *q, text *out) {
    text_add(out, "%s", q->rate ? "der(" : "");
    print_element(q->target, q->nsub, (expr *const *)q->sub, out);
    text_add(out, "%s%s", q->rate ? ")" : "", q->implicit ? " so that 0 = " : " = ");
    expr_print(q->rhs, out);
    for (int k = 0; k < q->nfree; k++) {
        text_add(out, "%s%s in %d .. %d", k == 0 ? "   for " : ", ", q->free[k]->name,
                 q->free[k]->lo, q->free[k]->hi);
    }
    if (q->from != 0 || (q->to != INT64_MAX && q->to != 0)) {
        text_add(out, "   during #%lld .. ", (long long)q->from);
        text_add(out, q->to == INT64_MAX ? "end" : "#%lld", (long long)q->to);
    }
}
