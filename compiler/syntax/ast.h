// The syntax tree: what was written, with its place, and nothing decided about it.
//
// One plain node serves every construct; ast.def says what name, op and the children a to d mean in
// each kind. Grammar actions call the builders in build.h only.
#ifndef WEFT_AST_H
#define WEFT_AST_H

#include "support/diag.h"

typedef enum {
#define AST(kind, meaning, name, op, a, b, c, d) AST_##kind,
#include "syntax/ast.def"
#undef AST
    AST_COUNT
} ast_kind;

typedef enum { OF_BLOCK, LIKE_EXPERIMENT } ast_derivation;
typedef enum {
    GENERIC_COUNT,
    GENERIC_LIST,
    GENERIC_DEVICE,
    GENERIC_BLOCK,
    GENERIC_FUNCTION
} ast_generic;
typedef enum {
    DECL_PARAM,
    DECL_IN,
    DECL_OUT,
    DECL_LET,
    DECL_STATE,
    DECL_HOLD,
    DECL_BIT,
    DECL_REPORT, // device, block
    DECL_REG,
    DECL_INPUT,
    DECL_OUTPUT // sequencer
} ast_decl;
typedef enum { SIDE_ROW, SIDE_COL } ast_side;
typedef enum { AT_BEGIN, AT_END, AT_TIME, AT_EVENT } ast_moment;
typedef enum { GUARANTEE_NEVER, GUARANTEE_WITHIN, GUARANTEE_ALWAYS } ast_guarantee;
typedef enum {
    AWAIT_BIT,
    AWAIT_CYCLES
} ast_await; // `await 5us` is AWAIT_BIT until its unit is known
typedef enum { DATA_CSV, DATA_ROWS, DATA_IDX } ast_data;
typedef enum { SPLIT_RANDOM, SPLIT_ORDER } ast_split;
typedef enum { DRAW_INIT, DRAW_VARY, DRAW_NOISE } ast_draw;
typedef enum { TRAIN_EPOCHS, TRAIN_TRIALS } ast_train;
typedef enum { TEST_END, TEST_EVERY_EPOCH } ast_test;
typedef enum {
    OP_ADD,
    OP_SUB,
    OP_MUL,
    OP_DIV,
    OP_POW,
    OP_LT,
    OP_LE,
    OP_GT,
    OP_GE,
    OP_EQ,
    OP_NE,
    OP_AND,
    OP_OR,
    OP_NOT,
    OP_NEG,
    OP_XOR,
    OP_SHL,
    OP_SHR
} ast_op;

// Deeper trees than this are refused, so that passes may recurse over them.
enum { SYNTAX_DEPTH = 1000 };
// Letters of a name: two names and a suffix are a name of a file.
enum { NAME_LONGEST = 100 };

typedef struct ast ast;
struct ast {
    ast_kind kind;
    int op;           // see ast.def
    span at;          // from the first to the last character
    const char *name; // interned, or NULL
    double num;       // AST_NUM: value; AST_UNIT_POWER: exponent
    ast *unit;        // AST_NUM: the unit written (UNIT_NAME), or NULL for none; '%' has none
    ast *a, *b, *c, *d;
    ast *next;   // the next one in the list that holds this node
    bool closed; // an expression written in parentheses (the printer keeps them)
    int depth;   // the longest way down to a leaf, kept below SYNTAX_DEPTH
};

// A comment, for the formatter and for documentation.
typedef struct comment {
    span at;
    bool document; // "///"
    bool alone;    // first on its line
} comment;

typedef struct syntax_file {
    source *text;
    ast *root;         // AST_FILE
    comment *comments; // in order of place
    size_t comment_count;
} syntax_file;

const char *ast_kind_name(ast_kind kind);
const char *ast_op_text(ast_op op);
size_t ast_length(const ast *list);
bool ast_same(const ast *one, const ast *other); // equal but for places (NULL equals NULL; lists)

// Parses a whole text; reports into d and returns what could be made of it (never NULL).
syntax_file *syntax_parse(arena *home, names *words, diag *d, source *text);
// The printer, which is the formatter: valid source, in the one normal form, comments kept.
void syntax_print(const syntax_file *file, text *out);
// One expression, path or unit as source text, for messages and for quoting.
void syntax_print_node(const ast *node, text *out);
// The tree itself, one node a line, for --dump=tree.
void syntax_dump(const syntax_file *file, text *out);
// The documentation comment of a declaration ("" when it has none), without slashes.
const char *syntax_document(const syntax_file *file, const ast *declaration, arena *home);

#endif
