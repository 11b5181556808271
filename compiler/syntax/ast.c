// What holds for every node: the names of kinds and operators, and equality.
#include "syntax/ast.h"

const char *ast_kind_name(ast_kind kind) {
    static const char *const NAMES[] = {
#define AST(kind, meaning, name, op, a, b, c, d) #kind,
#include "syntax/ast.def"
#undef AST
    };
    return kind >= 0 && kind < AST_COUNT ? NAMES[kind] : "?";
}

const char *ast_op_text(ast_op op) {
    static const char *const TEXTS[] = {"+",  "-",  "*",   "/",  "^",   "<", "<=",  ">",  ">=",
                                        "==", "!=", "and", "or", "not", "-", "xor", "<<", ">>"};
    return (size_t)op < sizeof TEXTS / sizeof *TEXTS ? TEXTS[op] : "?";
}

size_t ast_length(const ast *list) {
    size_t n = 0;
    for (; list; list = list->next)
        ++n;
    return n;
}

static bool same_name(const char *one, const char *other) {
    return one == other || (one && other && strcmp(one, other) == 0);
}

static bool same_number(double one, double other) {
    return memcmp(&one, &other, sizeof one) == 0;
}

bool ast_same(const ast *one, const ast *other) {
    for (; one && other; one = one->next, other = other->next) {
        if (one->kind != other->kind || one->op != other->op) return false;
        if (!same_name(one->name, other->name) || !same_number(one->num, other->num)) return false;
        if (!ast_same(one->unit, other->unit)) return false;
        if (!ast_same(one->a, other->a) || !ast_same(one->b, other->b)) return false;
        if (!ast_same(one->c, other->c) || !ast_same(one->d, other->d)) return false;
    }
    return !one && !other;
}
