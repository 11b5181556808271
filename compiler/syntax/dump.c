// The tree as it is, one node a line: what --dump=tree prints.
#include "syntax/ast.h"

typedef struct kind_fields {
    const char *meaning, *name, *op, *child[4];
} kind_fields;

static const kind_fields FIELDS[] = {
#define AST(kind, meaning, name, op, a, b, c, d) {meaning, name, op, {a, b, c, d}},
#include "syntax/ast.def"
#undef AST
};

static void dump_list(const ast *list, int level, const char *role, const source *in, text *out) {
    for (const ast *node = list; node; node = node->next) {
        const kind_fields *fields = &FIELDS[node->kind];
        const ast *const children[] = {node->a, node->b, node->c, node->d};
        int line = 0, column = 0;
        if (in) source_place(in, node->at.begin, &line, &column);
        text_add(out, "%*s%s", 2 * level, "", ast_kind_name(node->kind));
        if (node->name) text_add(out, " %s", node->name);
        if (node->kind == AST_BINARY || node->kind == AST_UNARY || node->kind == AST_UNIT_BINARY)
            text_add(out, " '%s'", ast_op_text((ast_op)node->op));
        else if (fields->op[0])
            text_add(out, " %s=%d", fields->op, node->op);
        if (node->kind == AST_NUM || node->kind == AST_UNIT_POWER)
            text_add(out, " %.17g", node->num);
        if (node->unit) text_add(out, " %s", node->unit->name);
        if (role[0]) text_add(out, "   [%s]", role);
        text_add(out, "   %d:%d\n", line, column);
        for (int k = 0; k < 4; ++k)
            dump_list(children[k], level + 1, fields->child[k], in, out);
    }
}

void syntax_dump(const syntax_file *file, text *out) {
    dump_list(file->root, 0, "", file->text, out);
}
