// What the grammar's actions and the scanner call: builders of nodes, and the parser's state.
//
// Private to compiler/syntax and grammar/. A builder takes finished children and gives a node;
// those with a check of their own report into the diagnostics and still give a node, so that
// reading goes on.
#ifndef WEFT_BUILD_H
#define WEFT_BUILD_H

#include "syntax/ast.h"

enum {
    BRACKETS_DEPTH = 250, // brackets inside one another
    PARSER_STACK = 10000, // states of bison; reached by chains such as - - - - x only
    EXPECTED_MAX = 160,   // more than there are tokens
    REREADS_MAX = 40      // times a text is read again with one more ';' put in
};

// A list under construction.
typedef struct ast_list {
    ast *first, *last;
} ast_list;

typedef struct keyword {
    const char *text;
    int token;
    bool reserved;
} keyword;

// A token as the scanner gave it.
typedef struct token {
    int kind; // T_... or a character; 0 at the end
    span at;
    union {
        ast *node;
        const char *word;
    } value;
} token;

typedef struct bracket {
    char kind; // '(' '[' '{', or 't' for the '{' of a tuple
    span at;
    int indent; // of the line on which it was opened
} bracket;

typedef struct parser {
    arena *home;
    names *words;
    diag *d;
    source *text;
    void *scanner;
    ast *root;
    map *keywords;  // text -> const keyword *
    map *odd_names; // those that were refused
    VEC(comment) comments;
    uint32_t offset;        // how far the scanner has read, in bytes
    uint32_t comment_begin; // of the block comment that is being read
    // the stand between scanner and parser (tokens.c)
    token ahead; // read but not handed on
    bool has_ahead;
    token last, before;   // handed on last, and the one before
    token start;          // first token of the statement that is being read
    bool starts;          // the next token begins a statement
    VEC(bracket) open;    // brackets not yet closed
    bracket suspect;      // a '{' whose '}' stands under something else: likely the open one
    bool brace_reported;  // for the definition that is being read
    bool recovering;      // between a message and the place where reading goes on
    bool skip_group;      // recovering: pass over everything up to the '}' of the last '{'
    bool header_fault;    // recovering: the statement's first word was right
    bool end_statement;   // recovering: the statement is over
    bool skip_definition; // recovering at the top: pass over the whole definition
    VEC(uint32_t) put_in; // offsets of the tokens before which a ';' is put in
    uint32_t put_done;    // the last of these that was served
    // messages
    size_t count;    // tokens handed on
    size_t fault;    // the count at the last complaint about a word
    bool complained; // the scanner complained since the last token
    bool given_up;   // nested too deep: no more messages
    bool reread;     // read again, with put_in
} parser;

// ---- lists and nodes (build.c) ------------------------------------------------------------------
ast_list list_empty(void);
ast_list list_of(ast *node); // a NULL node is left out
ast_list list_add(ast_list list, ast *node);
ast_list list_join(ast_list list, ast_list rest);
span span_after(span before); // the empty stretch behind it
ast *build_node(parser *p, span at, ast fields);
ast *build_nothing(parser *p); // where a message stands already; reading goes on from here
ast_list build_recovered(parser *p, ast_list list);
void build_file(parser *p, span at, ast_list items);
const char *build_dotted(parser *p, const char *path, const char *name);
ast *build_closed(ast *expression, span at);
ast *build_word_call(parser *p, span at, span word_at, const char *word, ast *argument);
ast *build_images(parser *p, span at, ast *train_images, ast *train_labels, ast *test_images,
                  ast *test_labels, ast_list items);
ast *build_moment(parser *p, span at, ast *expression);
ast *build_event(parser *p, span at, ast *moment, ast_list assignments);
ast *build_draw(parser *p, span at, int kind, ast_list targets, span operator_at, int operator_sign,
                ast *value, ast *per);
ast_list build_stimuli(parser *p, ast_list assignments);

// ---- builders that check (check.c) --------------------------------------------------------------
ast *build_owner(parser *p, ast *owner); // its items are those that belong there
ast *build_equation(parser *p, span at, ast *left, ast *right);
ast *build_implicit(parser *p, span at, ast *expression);
ast *build_power(parser *p, span at, ast *left, ast *right);
ast *build_comparison(parser *p, span at, ast_op op, ast *left, ast *right);
ast *build_reduce(parser *p, span at, ast *callee, ast_list arguments, ast *condition, ast *body);
ast *build_when_open(parser *p, span at, ast_list cases);
ast *build_unit_power(parser *p, span at, ast *base, ast *exponent, int sign);
ast *build_unit_name(parser *p, span at, const char *name);
ast *build_unit_one(parser *p, span at, ast *number);

// ---- what the scanner calls (words.c, number.c) -------------------------------------------------
void *word_memory(parser *p, void *old, size_t old_size, size_t size);
void word_place(parser *p, span *at, uint32_t length);
int word_name(parser *p, span at, const char *text, const char **word); // the token
const char *word_text(parser *p, span at, const char *text);
ast *word_number(parser *p, span at, const char *text);
void word_unknown(parser *p, span at, const char *text);
void word_mark(parser *p, span at); // a byte order mark
void word_comment(parser *p, span at, bool document);
void word_comment_open(parser *p, span at);
void word_comment_close(parser *p, span at);
void word_comment_unclosed(parser *p);
void words_known(parser *p); // fills p->keywords
bool word_is_unit(const char *text);
bool word_is_suffix(const char *text); // a scale letter, a unit, or both

// ---- messages about structure (unexpected.c) ----------------------------------------------------
bool header_takes_body(const parser *p); // recovering: a '{' belongs to the parser (tokens.c)
bool report_unexpected(parser *p, span at, const char **expected, int n); // false: stop reading
void report_nesting(parser *p, span at, int levels);

#endif
