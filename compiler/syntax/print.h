// The printer's parts: nodes as one line of text (print_expr.c, print_line.c); print.c lays them
// out.
#ifndef WEFT_PRINT_H
#define WEFT_PRINT_H

#include "syntax/ast.h"

// A line being put together. Where it may be broken, two bytes are added: MARK_BREAK and a weight,
// smaller weights being better places.
typedef struct flat {
    text *out;
    bool marks;
    int level; // of brackets
} flat;

enum { MARK_BREAK = 1, MARK_COMMENT = 2, WEIGHT_BASE = 32 };

void flat_expression(flat *f, const ast *e); // with parentheses where the tree needs them
void flat_right_side(flat *f, const ast *e); // where a `when` stands alone
void flat_list(flat *f, const ast *list, void (*one)(flat *, const ast *));
void flat_decl(flat *f, const ast *decl);
void flat_part(flat *f, const ast *part);
void flat_case(flat *f, const ast *one);
void flat_text(flat *f, const char *words);

// A whole statement without a body, with its ';'; for those with a body its words before the '{'.
void flat_line(flat *f, const ast *node);
const char *decl_word(int op);
// The items between the braces of a node; false when the node has no braces.
bool body_of(const ast *node, const ast **items);
// The text of the left side with its "=" or "<-", and the right side, of nodes that have one.
const ast *right_side_of(const ast *node);

#endif
