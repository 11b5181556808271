// Builders that only put nodes together. Those that check what they are given are in check.c.
#include "syntax/build.h"

ast_list list_empty(void) {
    return (ast_list){NULL, NULL};
}

ast_list list_of(ast *node) {
    return (ast_list){node, node};
}

ast_list list_add(ast_list list, ast *node) {
    if (!node) return list;
    if (!list.first) return list_of(node);
    list.last->next = node;
    list.last = node;
    return list;
}

ast_list list_join(ast_list list, ast_list rest) {
    if (!rest.first) return list;
    list = list_add(list, rest.first);
    list.last = rest.last;
    return list;
}

span span_after(span before) {
    return (span){before.file, before.end, before.end};
}

static int list_depth(const ast *list) {
    int depth = 0;
    for (; list; list = list->next)
        if (list->depth > depth) depth = list->depth;
    return depth;
}

ast *build_node(parser *p, span at, ast fields) {
    ast *node = arena_new_of(p->home, ast);
    int depth = 0;
    ast *const children[] = {fields.a, fields.b, fields.c, fields.d};
    for (int k = 0; k < 4; ++k) {
        int under = list_depth(children[k]);
        if (under > depth) depth = under;
    }
    *node = fields;
    node->at = at;
    node->depth = depth + 1;
    if (node->depth > SYNTAX_DEPTH) {
        report_nesting(p, at, SYNTAX_DEPTH);
        *node = (ast){.kind = AST_NAME, .at = at, .name = name_is(p->words, "deep"), .depth = 1};
    }
    return node;
}

ast *build_nothing(parser *p) {
    p->recovering = false;
    return NULL;
}

ast_list build_recovered(parser *p, ast_list list) {
    p->recovering = false;
    return list;
}

void build_file(parser *p, span at, ast_list items) {
    p->root = build_node(p, at, (ast){.kind = AST_FILE, .a = items.first});
}

const char *build_dotted(parser *p, const char *path, const char *name) {
    return name_is(p->words, arena_text(p->home, "%s.%s", path, name));
}

ast *build_closed(ast *expression, span at) {
    expression->closed = true;
    expression->at = at;
    return expression;
}

static ast *name_node(parser *p, span at, const char *name) {
    return build_node(p, at, (ast){.kind = AST_NAME, .name = name});
}

static ast *argument_node(parser *p, ast *value) {
    return build_node(p, value->at, (ast){.kind = AST_ARG, .a = value});
}

// der(s), node(k): calls of a reserved word.
ast *build_word_call(parser *p, span at, span word_at, const char *word, ast *argument) {
    return build_node(
        p, at,
        (ast){.kind = AST_CALL, .a = name_node(p, word_at, word), .b = argument_node(p, argument)});
}

ast *build_images(parser *p, span at, ast *train_images, ast *train_labels, ast *test_images,
                  ast *test_labels, ast_list items) {
    ast_list files = list_of(train_images);
    files = list_add(list_add(list_add(files, train_labels), test_images), test_labels);
    return build_node(p, at,
                      (ast){.kind = AST_DATA, .op = DATA_IDX, .a = files.first, .b = items.first});
}

static bool crosses(const char *function) {
    return !strcmp(function, "above") || !strcmp(function, "rising") ||
           !strcmp(function, "falling");
}

// Whether an expression is a condition by its look: a comparison, a joined condition, above(...),
// rising(...) or falling(...).
static bool is_condition(const ast *e) {
    if (e->kind == AST_UNARY) return e->op == OP_NOT;
    if (e->kind == AST_CALL) return e->a->kind == AST_NAME && crosses(e->a->name);
    if (e->kind != AST_BINARY) return false;
    return (e->op >= OP_LT && e->op <= OP_OR) || e->op == OP_XOR;
}

ast *build_moment(parser *p, span at, ast *expression) {
    int op = is_condition(expression) ? AT_EVENT : AT_TIME;
    return build_node(p, at, (ast){.kind = AST_AT, .op = op, .a = expression});
}

ast *build_event(parser *p, span at, ast *moment, ast_list assignments) {
    ast fields = *moment;
    fields.b = assignments.first;
    return build_node(p, at, fields);
}

ast *build_draw(parser *p, span at, int kind, ast_list targets, span operator_at, int operator_sign,
                ast *value, ast *per) {
    static const char *const SHARED[] = {"device", "row", "col", "part", "trial"};
    const char *sign = operator_sign == '*'   ? "*="
                       : operator_sign == '+' ? "+="
                       : operator_sign == '~' ? "~"
                                              : "=";
    ast fields = {.kind = AST_DRAW,
                  .op = kind,
                  .a = targets.first,
                  .b = value,
                  .c = name_node(p, operator_at, name_is(p->words, sign)),
                  .d = per};
    for (size_t k = 0; per && per->kind == AST_NAME && k < sizeof SHARED / sizeof *SHARED; ++k)
        if (strcmp(per->name, SHARED[k]) == 0) {
            fields.name = per->name;
            fields.d = NULL;
        }
    return build_node(p, at, fields);
}

// What a presentation sets are equations: they hold while it lasts.
ast_list build_stimuli(parser *p, ast_list assignments) {
    (void)p;
    for (ast *one = assignments.first; one; one = one->next)
        one->kind = AST_EQUATION;
    return assignments;
}
