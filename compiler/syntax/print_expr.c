// Expressions, paths and units as text.
#include "syntax/print.h"

enum {
    BIND_OR = 1,
    BIND_XOR,
    BIND_AND,
    BIND_NOT,
    BIND_COMPARE,
    BIND_SHIFT,
    BIND_ADD,
    BIND_MUL,
    BIND_NEG,
    BIND_POW,
    BIND_ALL
};

void flat_text(flat *f, const char *words) {
    text_put(f->out, words, strlen(words));
}

static void may_break(flat *f, int weight) {
    int level = f->level < 12 ? f->level : 12;
    char mark[2] = {MARK_BREAK, (char)(WEIGHT_BASE + level * 7 + (weight < 6 ? weight : 6))};
    if (f->marks) text_put(f->out, mark, sizeof mark);
}

void flat_list(flat *f, const ast *list, void (*one)(flat *, const ast *)) {
    for (; list; list = list->next) {
        one(f, list);
        if (!list->next) break;
        flat_text(f, ", ");
        may_break(f, 0);
    }
}

static int binding(const ast *e) {
    static const int BINARY[] = {
        BIND_ADD,     BIND_ADD,     BIND_MUL,     BIND_MUL,     BIND_POW,     BIND_COMPARE,
        BIND_COMPARE, BIND_COMPARE, BIND_COMPARE, BIND_COMPARE, BIND_COMPARE, BIND_AND,
        BIND_OR,      BIND_NOT,     BIND_NEG,     BIND_XOR,     BIND_SHIFT,   BIND_SHIFT};
    if (e->kind == AST_BINARY || e->kind == AST_UNARY) return BINARY[e->op];
    return e->kind == AST_WHEN ? 0 : BIND_ALL;
}

static void expression_at(flat *f, const ast *e, int least);

static void binary(flat *f, const ast *e) {
    int own = binding(e);
    if (e->op == OP_POW) {
        bool signed_right =
            e->b->kind == AST_UNARY && e->b->op == OP_NEG && binding(e->b->a) == BIND_ALL;
        expression_at(f, e->a, BIND_ALL);
        flat_text(f, "^");
        expression_at(f, e->b, signed_right ? BIND_NEG : BIND_ALL);
        return;
    }
    expression_at(f, e->a, own == BIND_COMPARE ? own + 1 : own);
    flat_text(f, " ");
    may_break(f, own < BIND_AND     ? 1
                 : own < BIND_SHIFT ? 2
                 : own < BIND_ADD   ? 3
                 : own < BIND_MUL   ? 4
                                    : 5);
    flat_text(f, ast_op_text((ast_op)e->op));
    flat_text(f, " ");
    expression_at(f, e->b, own + 1);
}

static void number(flat *f, const ast *e) {
    if (e->name)
        flat_text(f, e->name);
    else
        text_add(f->out, e->num < 0 ? "(%.17g)" : "%.17g", e->num);
}

static void argument(flat *f, const ast *one) {
    if (one->name) text_add(f->out, "%s = ", one->name);
    expression_at(f, one->a, 1);
}

void flat_case(flat *f, const ast *one) {
    flat_text(f, "when ");
    expression_at(f, one->a, 1);
    flat_text(f, ": ");
    expression_at(f, one->b, 1);
}

static void brackets(flat *f, const char *open, const ast *list, void (*one)(flat *, const ast *),
                     const char *close) {
    flat_text(f, open);
    ++f->level;
    flat_list(f, list, one);
    --f->level;
    flat_text(f, close);
}

static void reduction(flat *f, const ast *e) {
    text_add(f->out, "%s(", e->name ? e->name : "?");
    ++f->level;
    flat_list(f, e->a, flat_expression);
    if (e->b) {
        flat_text(f, " where ");
        flat_expression(f, e->b);
    }
    flat_text(f, ": ");
    flat_right_side(f, e->c);
    --f->level;
    flat_text(f, ")");
}

static void unit(flat *f, const ast *e) {
    switch (e->kind) {
    case AST_UNIT_BINARY:
        unit(f, e->a);
        flat_text(f, ast_op_text((ast_op)e->op));
        unit(f, e->b);
        break;
    case AST_UNIT_POWER:
        unit(f, e->a);
        text_add(f->out, "^%g", e->num);
        break;
    case AST_UNIT_GROUP:
        flat_text(f, "(");
        unit(f, e->a);
        flat_text(f, ")");
        break;
    default:
        flat_text(f, e->name ? e->name : "?");
        if (e->a) brackets(f, "[", e->a, flat_expression, "]");
    }
}

// Paths, calls and uses of definitions.
static void reached(flat *f, const ast *e) {
    if (e->kind == AST_APPLY)
        flat_text(f, e->name);
    else
        expression_at(f, e->a, BIND_ALL);
    if (e->kind == AST_MEMBER) text_add(f->out, ".%s", e->name);
    if (e->kind == AST_INDEX) brackets(f, "[", e->b, flat_expression, "]");
    if (e->kind == AST_CALL) brackets(f, "(", e->b, argument, ")");
    if (e->kind == AST_APPLY && e->a) brackets(f, "(", e->a, argument, ")");
}

static void plain(flat *f, const ast *e) {
    switch (e->kind) {
    case AST_NUM:
        number(f, e);
        break;
    case AST_STRING:
        text_add(f->out, "\"%s\"", e->name);
        break;
    case AST_NAME:
        flat_text(f, e->name ? e->name : "?");
        break;
    case AST_MEMBER:
    case AST_INDEX:
    case AST_CALL:
    case AST_APPLY:
        reached(f, e);
        break;
    case AST_ARG:
        argument(f, e);
        break;
    case AST_FORINDEX:
        text_add(f->out, "%s in ", e->name);
        flat_expression(f, e->a);
        flat_text(f, " .. ");
        flat_expression(f, e->b);
        break;
    case AST_REDUCE:
        reduction(f, e);
        break;
    case AST_WHEN:
        flat_list(f, e->a, flat_case);
        if (e->b) {
            flat_text(f, ", ");
            may_break(f, 0);
            flat_text(f, "else ");
            expression_at(f, e->b, 1);
        }
        break;
    case AST_CASE:
        flat_case(f, e);
        break;
    case AST_TUPLE:
        brackets(f, "{", e->a, flat_expression, "}");
        break;
    case AST_INTERVAL:
        flat_text(f, "[");
        flat_expression(f, e->a);
        flat_text(f, ", ");
        flat_expression(f, e->b);
        flat_text(f, "]");
        break;
    case AST_UNARY:
        flat_text(f, e->op == OP_NOT ? "not " : "-");
        expression_at(f, e->a, binding(e));
        break;
    case AST_BINARY:
        binary(f, e);
        break;
    default:
        unit(f, e);
    }
}

// least: how tightly the place binds; 0 where a `when` stands alone.
static void expression_at(flat *f, const ast *e, int least) {
    if (!e) return;
    bool wrap = e->closed || binding(e) < least;
    if (wrap) {
        flat_text(f, "(");
        ++f->level;
    }
    plain(f, e);
    if (wrap) {
        --f->level;
        flat_text(f, ")");
    }
}

void flat_expression(flat *f, const ast *e) {
    expression_at(f, e, 1);
}

void flat_right_side(flat *f, const ast *e) {
    expression_at(f, e, 0);
}
