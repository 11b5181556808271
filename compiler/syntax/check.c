// Builders that check: what the grammar takes too generously is refused here, with a message that
// says what to write instead.
#include "syntax/build.h"

#include <math.h>

// ---- what may stand in which body ---------------------------------------------------------------

enum { IN_DEVICE = 1, IN_BLOCK = 2, IN_PHASE = 4, IN_WINDOW = 8 };

static int places_of(const ast *item, const char **what) {
    static const char *const DECLARATIONS[] = {
        "a parameter", "an input",        "an output", "a 'let'",
        "a state",     "a held quantity", "a bit",     "a report",
    };
    switch (item->kind) {
    case AST_DECLS:
        *what = DECLARATIONS[item->op];
        if (item->op == DECL_REPORT) return IN_DEVICE | IN_BLOCK | IN_PHASE;
        return item->op == DECL_IN || item->op == DECL_OUT ? IN_BLOCK : IN_DEVICE | IN_BLOCK;
    case AST_TERMINAL:
        *what = "a terminal";
        return IN_DEVICE;
    case AST_LINE:
        *what = "a row or column line";
        return IN_DEVICE;
    case AST_NODE:
        *what = "a node";
        return IN_DEVICE | IN_BLOCK;
    case AST_PARTS:
        *what = "a part";
        return IN_DEVICE | IN_BLOCK;
    case AST_CROSSBAR:
        *what = "a crossbar";
        return IN_BLOCK;
    case AST_CONNECT:
        *what = "a line's connection";
        return IN_BLOCK | IN_PHASE | IN_WINDOW;
    case AST_REQUIRE:
        *what = "a requirement";
        return IN_DEVICE | IN_BLOCK;
    case AST_PHASE:
        *what = "a phase";
        return IN_BLOCK;
    case AST_SEQUENCER:
        *what = "a sequencer";
        return IN_BLOCK;
    case AST_DURING:
        *what = "a window";
        return IN_PHASE;
    case AST_AT:
        *what =
            item->op == AT_EVENT ? "an event with a condition" : "an event at a time of a phase";
        return item->op == AT_EVENT ? IN_DEVICE | IN_BLOCK | IN_PHASE : IN_PHASE;
    default:
        *what = "this";
        return IN_DEVICE | IN_BLOCK | IN_PHASE | IN_WINDOW;
    }
}

ast *build_owner(parser *p, ast *owner) {
    const char *where = "a device", *what = NULL;
    int place = IN_DEVICE;
    const ast *items = owner->b;
    if (owner->kind == AST_BLOCK) {
        where = "a block", place = IN_BLOCK;
    } else if (owner->kind == AST_PHASE) {
        where = "a phase", place = IN_PHASE, items = owner->d;
    } else if (owner->kind == AST_DURING) {
        where = "a window of a phase", place = IN_WINDOW, items = owner->c;
    }
    for (const ast *item = items; item; item = item->next)
        if (!(places_of(item, &what) & place)) diag_report(p->d, item->at, DIAG_E0125, what, where);
    return owner;
}

// ---- equations and expressions ------------------------------------------------------------------

static bool is_path(const ast *e) {
    while (e->kind == AST_MEMBER || e->kind == AST_INDEX)
        e = e->a;
    return e->kind == AST_NAME;
}

static bool is_der(const ast *e) {
    return e->kind == AST_CALL && e->a->kind == AST_NAME && strcmp(e->a->name, "der") == 0 &&
           is_path(e->b->a);
}

ast *build_equation(parser *p, span at, ast *left, ast *right) {
    if (!is_path(left) && !is_der(left)) {
        diag_report(p->d, left->at, DIAG_E0122);
        diag_help(p->d, "an implicit equation between two expressions is written with '=='");
    }
    return build_node(p, at, (ast){.kind = AST_EQUATION, .a = left, .b = right});
}

ast *build_implicit(parser *p, span at, ast *expression) {
    if (expression->kind != AST_BINARY || expression->op != OP_EQ || expression->closed) {
        diag_report(p->d, expression->at, DIAG_E0123);
        if (is_path(expression) || expression->kind == AST_CALL)
            diag_help(p->d, "phases are called in a sequencer; an equation is 'left = right;'");
    }
    return build_node(p, at, (ast){.kind = AST_IMPLICIT, .a = expression});
}

ast *build_power(parser *p, span at, ast *left, ast *right) {
    const ast *inner = right;
    while (inner->kind == AST_UNARY && !inner->closed)
        inner = inner->a;
    if (left->kind == AST_NUM && !left->closed && left->name) {
        char end = left->name[strlen(left->name) - 1];
        if (end < '0' || end > '9') {
            diag_report(p->d, left->at, DIAG_E0115, left->name);
            diag_help(p->d, "write (%s)^...", left->name);
        }
    }
    if ((left->kind == AST_BINARY && left->op == OP_POW && !left->closed) ||
        (inner->kind == AST_BINARY && inner->op == OP_POW && !inner->closed)) {
        diag_report(p->d, at, DIAG_E0116);
        diag_help(p->d, "write (a^b)^c or a^(b^c)");
    }
    return build_node(p, at, (ast){.kind = AST_BINARY, .op = OP_POW, .a = left, .b = right});
}

ast *build_comparison(parser *p, span at, ast_op op, ast *left, ast *right) {
    if (left->kind == AST_BINARY && left->op >= OP_LT && left->op <= OP_NE && !left->closed) {
        diag_report(p->d, at, DIAG_E0117);
        diag_help(p->d, "write a < b and b < c");
    }
    return build_node(p, at, (ast){.kind = AST_BINARY, .op = op, .a = left, .b = right});
}

// sum(j, k where c: e): the indices were read as a list of arguments.
ast *build_reduce(parser *p, span at, ast *callee, ast_list arguments, ast *condition, ast *body) {
    ast_list indices = list_empty();
    if (callee->kind != AST_NAME) diag_report(p->d, callee->at, DIAG_E0129);
    for (ast *one = arguments.first; one; one = one->next) {
        if (one->name || one->a->kind != AST_NAME || one->a->closed)
            diag_report(p->d, one->at, DIAG_E0124);
        else
            indices = list_add(indices, one->a);
    }
    return build_node(p, at,
                      (ast){.kind = AST_REDUCE,
                            .name = callee->name,
                            .a = indices.first,
                            .b = condition,
                            .c = body});
}

// when c: e; without an else. The last value stands in for it, so that reading goes on.
ast *build_when_open(parser *p, span at, ast_list cases) {
    diag_report(p->d, at, DIAG_E0118);
    return build_node(p, at, (ast){.kind = AST_WHEN, .a = cases.first});
}

// ---- units --------------------------------------------------------------------------------------

ast *build_unit_power(parser *p, span at, ast *base, ast *exponent, int sign) {
    double value = exponent->num * sign;
    char end = exponent->name[strlen(exponent->name) - 1];
    if (value != floor(value) || fabs(value) > 12 || end < '0' || end > '9')
        diag_report(p->d, exponent->at, DIAG_E0127);
    return build_node(p, at, (ast){.kind = AST_UNIT_POWER, .num = value, .a = base});
}

ast *build_unit_name(parser *p, span at, const char *name) {
    static const char *const UNITS[] = {
#define UNIT(symbol, kg, m, s, A, K, si) #symbol,
#include "../grammar/units.def"
#undef UNIT
    };
    if (!word_is_unit(name)) {
        diag_report(p->d, at, DIAG_E0126, name);
        if (word_is_suffix(name))
            diag_help(p->d, "a declaration takes the unit without a scale: '%s'", name + 1);
        else
            diag_suggest(p->d, name, UNITS, sizeof UNITS / sizeof *UNITS);
    }
    return build_node(p, at, (ast){.kind = AST_UNIT_NAME, .name = name});
}

// The 1 of 1/A; any other number is refused.
ast *build_unit_one(parser *p, span at, ast *number) {
    if (number->num != 1 || number->unit || strcmp(number->name, "1") != 0)
        diag_report(p->d, at, DIAG_E0128);
    return build_node(p, at, (ast){.kind = AST_UNIT_NAME, .name = name_is(p->words, "1")});
}
