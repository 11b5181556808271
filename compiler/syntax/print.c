// The printer, which is the formatter: one normal form for every tree.
//
// Two blanks a level, at most 100 columns. A body of up to three plain statements stands in one
// line when it fits. What does not fit: lists of declarations take a line each, a `when` a line for
// each case, anything else is broken at its loosest operator. Comments keep their place: alone
// before the next statement, or behind the one that they follow; a blank line stays, several become
// one.
#include "syntax/print.h"

#include <ctype.h>

enum { WIDTH = 100, STEP = 2, HANG = 4, SHORT_BODY = 3 };

typedef struct printer {
    const syntax_file *file;
    text *out;      // with MARK_COMMENT before each comment behind a statement
    size_t comment; // the next one to print
    int indent;
    bool open;  // the last line is not finished
    bool ended; // ... but a line comment stands at its end
} printer;

// ---- lines and comments -------------------------------------------------------------------------

static void new_line(printer *p, int indent) {
    if (p->open) text_put(p->out, "\n", 1);
    for (int k = 0; k < indent; ++k)
        text_put(p->out, " ", 1);
    p->open = true;
    p->ended = false;
}

static void empty_line(printer *p) {
    if (p->open) text_put(p->out, "\n", 1);
    p->open = false;
    if (p->out->n) text_put(p->out, "\n", 1);
}

// Whether the text has an empty line just before this place.
static bool empty_before(const printer *p, uint32_t place) {
    const char *bytes = p->file->text->bytes;
    int ends = 0;
    while (place > 0 && isspace((unsigned char)bytes[place - 1]))
        ends += bytes[--place] == '\n';
    return ends > 1 && place > 0 && bytes[place - 1] != '{';
}

static const comment *next_comment(const printer *p, uint32_t before) {
    if (p->comment >= p->file->comment_count) return NULL;
    const comment *c = &p->file->comments[p->comment];
    return c->at.begin < before ? c : NULL;
}

static void put_comment(printer *p, const comment *c) {
    const char *bytes = p->file->text->bytes + c->at.begin;
    for (uint32_t k = 0; k < c->at.end - c->at.begin; ++k)
        if (bytes[k] != '\r') text_put(p->out, bytes + k, 1);
    p->ended = bytes[1] == '/';
    ++p->comment;
}

// A comment behind what was printed last.
static void put_trailing(printer *p, const comment *c) {
    if (p->ended) {
        new_line(p, p->indent);
    } else {
        char mark = MARK_COMMENT;
        text_put(p->out, &mark, 1);
        text_put(p->out, "  ", 2);
    }
    put_comment(p, c);
}

// Comments that follow something on its line.
static void trailing_comments(printer *p, uint32_t before) {
    for (const comment *c; (c = next_comment(p, before)) && !c->alone;)
        put_trailing(p, c);
}

// Comments inside of what was printed, of which nothing finer is known.
static void inner_comments(printer *p, uint32_t before) {
    for (const comment *c; (c = next_comment(p, before));)
        put_trailing(p, c);
}

// Comments on lines of their own; true when there were any.
static bool leading_comments(printer *p, uint32_t before, bool first) {
    bool any = false;
    for (const comment *c; (c = next_comment(p, before)); any = true) {
        if (any && !c->alone) {
            put_trailing(p, c);
            continue;
        }
        if (!(first && !any) && empty_before(p, c->at.begin)) empty_line(p);
        new_line(p, p->indent);
        put_comment(p, c);
    }
    return any;
}

static bool comments_inside(const printer *p, span at) {
    return next_comment(p, at.end) != NULL;
}

// ---- one line -----------------------------------------------------------------------------------

static text flat_of(printer *p, const ast *node, void (*one)(flat *, const ast *), bool marks) {
    text t = text_in(p->out->home);
    flat f = {&t, marks, 0};
    text_put(&t, "", 0);
    one(&f, node);
    return t;
}

static size_t width_of(const char *s, size_t n) {
    size_t width = 0;
    for (size_t k = 0; k < n; ++k) {
        if (s[k] == MARK_BREAK)
            ++k;
        else
            width += ((unsigned char)s[k] & 0xC0) != 0x80;
    }
    return width;
}

static void put_unmarked(printer *p, const char *s, size_t n) {
    for (size_t k = 0; k < n; ++k) {
        if (s[k] == MARK_BREAK)
            ++k;
        else
            text_put(p->out, s + k, 1);
    }
}

// The best place to break s so that the first part fits into room: the last one among the loosest.
static size_t break_at(const char *s, size_t n, size_t room) {
    size_t best = 0, width = 0;
    for (size_t k = 0; k + 1 < n; ++k) {
        if (s[k] != MARK_BREAK) {
            width += ((unsigned char)s[k] & 0xC0) != 0x80;
            continue;
        }
        if (width > room + 1 && best) break;
        if (k > 0 && (!best || s[k + 1] <= s[best + 1])) best = k;
        ++k;
        if (width > room) break;
    }
    return best;
}

// Puts a text with marks behind the column that is reached, broken where it is too long.
static void put_wrapped(printer *p, const char *s, size_t n, int column, int hang) {
    while (width_of(s, n) + (size_t)column > WIDTH) {
        size_t at = break_at(s, n, (size_t)(WIDTH - column));
        if (!at) break;
        size_t end = at;
        while (end > 0 && s[end - 1] == ' ')
            --end;
        put_unmarked(p, s, end);
        s += at + 2;
        n -= at + 2;
        new_line(p, hang);
        column = hang;
    }
    put_unmarked(p, s, n);
}

static void wrapped_line(printer *p, const ast *node) {
    text t = flat_of(p, node, flat_line, true);
    new_line(p, p->indent);
    put_wrapped(p, t.at, t.n, p->indent, p->indent + HANG);
}

static bool fits(printer *p, const ast *node, int column) {
    text t = flat_of(p, node, flat_line, false);
    return width_of(t.at, t.n) + (size_t)column <= WIDTH;
}

// ---- lists that take a line each ----------------------------------------------------------------

// Each of a list on a line of its own under the first, comments with the one they belong to.
static void put_column(printer *p, const ast *list, int column, void (*one)(flat *, const ast *)) {
    int indent = p->indent;
    p->indent = column;
    for (const ast *node = list; node; node = node->next) {
        text t = flat_of(p, node, one, true);
        if (node != list) {
            leading_comments(p, node->at.begin, true);
            new_line(p, column);
        } else {
            inner_comments(p, node->at.begin);
            if (p->ended) new_line(p, column);
        }
        put_wrapped(p, t.at, t.n, column, column + HANG);
        if (node->next) {
            flat_text(&(flat){p->out, false, 0}, ",");
            inner_comments(p, node->at.end);
            trailing_comments(p, node->next->at.begin);
        }
    }
    p->indent = indent;
}

static void print_list(printer *p, const ast *node) {
    const char *word = node->kind == AST_PARTS ? "part" : decl_word(node->op);
    new_line(p, p->indent);
    text_add(p->out, "%s ", word);
    put_column(p, node->a, p->indent + (int)strlen(word) + 1,
               node->kind == AST_PARTS ? flat_part : flat_decl);
    text_put(p->out, ";", 1);
}

static void print_cases(printer *p, const ast *node, const ast *when) {
    text left = flat_of(p, node->a, flat_expression, false);
    const char *sign = node->kind == AST_CONNECT ? "<-" : "=";
    new_line(p, p->indent);
    if (node->kind == AST_MEASURE)
        text_add(p->out, "measure %s = ", node->name);
    else
        text_add(p->out, "%s %s ", left.at, sign);
    size_t begin = p->out->n;
    while (begin > 0 && p->out->at[begin - 1] != '\n')
        --begin;
    int column = (int)width_of(p->out->at + begin, p->out->n - begin);
    put_column(p, when->a, column, flat_case);
    text_put(p->out, ",", 1);
    const ast *last = when->a;
    while (last->next)
        last = last->next;
    int indent = p->indent;
    p->indent = column;
    inner_comments(p, last->at.end);
    trailing_comments(p, when->b->at.begin);
    leading_comments(p, when->b->at.begin, true);
    p->indent = indent;
    new_line(p, column);
    text_put(p->out, "else ", 5);
    text t = flat_of(p, when->b, flat_expression, true);
    put_wrapped(p, t.at, t.n, column + 5, column + HANG);
    text_put(p->out, ";", 1);
}

// ---- bodies -------------------------------------------------------------------------------------

static void print_items(printer *p, const ast *items, uint32_t end, bool top);

// Appends `{ a; b; }` when it is short and plain enough for one line.
static bool short_body(const ast *items, text *out, int *left, bool nested) {
    text_put(out, "{", 1);
    for (const ast *item = items; item; item = item->next) {
        const ast *inner;
        flat f = {out, false, 0};
        text_put(out, " ", 1);
        if (body_of(item, &inner)) {
            bool alone = item == items && !item->next;
            if (nested || (item->kind != AST_GROUP && !alone) || item->kind == AST_PHASE ||
                item->kind == AST_SEQUENCER || (item->kind == AST_IF && item->c))
                return false;
            flat_line(&f, item);
            if (item->kind != AST_GROUP) text_put(out, " ", 1);
            if (!short_body(inner, out, left, true)) return false;
        } else {
            if (--*left < 0) return false;
            flat_line(&f, item);
        }
    }
    text_put(out, " }", 2);
    return true;
}

static bool one_line_owner(const ast *node, const ast *items) {
    switch (node->kind) {
    case AST_DEVICE:
    case AST_BLOCK:
    case AST_EXPERIMENT:
    case AST_SEQUENCER:
        return !items;
    case AST_IF:
        return !node->c;
    default:
        return true;
    }
}

static void print_body(printer *p, const ast *items, uint32_t end) {
    text_put(p->out, "{", 1);
    p->indent += STEP;
    trailing_comments(p, items ? items->at.begin : end);
    print_items(p, items, end, false);
    leading_comments(p, end, items == NULL);
    p->indent -= STEP;
    new_line(p, p->indent);
    text_put(p->out, "}", 1);
}

static void print_if(printer *p, const ast *node) {
    uint32_t end = node->at.end - 1;
    const ast *other = node->c;
    print_body(p, node->b, other && other->at.begin < end ? other->at.begin : end);
    if (!other) return;
    text_put(p->out, " else ", 6);
    if (other->kind == AST_IF && !other->next) {
        text t = flat_of(p, other, flat_line, true);
        put_wrapped(p, t.at, t.n, p->indent + 7, p->indent + HANG);
        text_put(p->out, " ", 1);
        print_if(p, other);
    } else {
        print_body(p, other, end);
    }
}

static void print_owner(printer *p, const ast *node, const ast *items) {
    text head = flat_of(p, node, flat_line, true);
    int left = SHORT_BODY;
    if (head.n) text_put(&head, " ", 1);
    new_line(p, p->indent);
    put_wrapped(p, head.at, head.n, p->indent, p->indent + HANG);
    if (!comments_inside(p, node->at) && one_line_owner(node, items)) {
        text body = text_in(p->out->home);
        if (short_body(items, &body, &left, node->kind == AST_GROUP) &&
            width_of(head.at, head.n) + width_of(body.at, body.n) + (size_t)p->indent <= WIDTH) {
            put_unmarked(p, body.at, body.n);
            return;
        }
    }
    if (node->kind == AST_IF)
        print_if(p, node);
    else
        print_body(p, items, node->at.end - 1);
}

static void print_item(printer *p, const ast *node) {
    const ast *items, *right = right_side_of(node);
    const ast *last = node->kind == AST_DECLS || node->kind == AST_PARTS ? node->a : NULL;
    while (last && last->next)
        last = last->next;
    if (!last && right && right->kind == AST_WHEN) last = right->b;
    // comments between the lines of a list keep them apart
    bool inside = last && next_comment(p, last->at.begin);
    if (body_of(node, &items))
        print_owner(p, node, items);
    else if ((node->kind == AST_DECLS || node->kind == AST_PARTS) && node->a && node->a->next &&
             (inside || !fits(p, node, p->indent)))
        print_list(p, node);
    else if (right && right->kind == AST_WHEN && right->b && !right->closed &&
             (inside || !fits(p, node, p->indent)))
        print_cases(p, node, right);
    else
        wrapped_line(p, node);
    inner_comments(p, node->at.end);
}

static void print_items(printer *p, const ast *items, uint32_t end, bool top) {
    for (const ast *item = items; item; item = item->next) {
        bool first = item == items;
        bool apart = top && !first && !(item->kind == AST_IMPORT);
        const comment *c = next_comment(p, item->at.begin);
        bool empty = empty_before(p, item->at.begin);
        if (apart && (!c || (!empty && !empty_before(p, c->at.begin)))) empty_line(p);
        bool commented = leading_comments(p, item->at.begin, first && !top);
        if (empty && (commented || (!first && !apart))) empty_line(p);
        print_item(p, item);
        trailing_comments(p, item->next ? item->next->at.begin : end);
    }
}

// ---- comments in columns ------------------------------------------------------------------------

// Comments behind statements on neighbouring lines stand under one another where they fit.
static void align_comments(const text *in, text *out) {
    size_t k = 0;
    while (k < in->n) {
        size_t group = k, column = 0, line = k;
        bool fit = true;
        while (line < in->n) { // measure the group of lines with a comment
            const char *end = memchr(in->at + line, '\n', in->n - line);
            size_t n = end ? (size_t)(end - (in->at + line)) : in->n - line;
            const char *mark = memchr(in->at + line, MARK_COMMENT, n);
            if (!mark) break;
            size_t width = width_of(in->at + line, (size_t)(mark - (in->at + line)));
            size_t rest = width_of(mark, n - (size_t)(mark - (in->at + line))) - 1;
            if (width > column) column = width;
            if (column + rest > WIDTH) fit = false;
            line += n + (end ? 1 : 0);
        }
        if (line == group) { // a line without one
            const char *end = memchr(in->at + k, '\n', in->n - k);
            line = end ? (size_t)(end - in->at) + 1 : in->n;
        }
        size_t begin = out->n;
        for (; k < line; ++k) {
            if (in->at[k] == MARK_COMMENT) {
                size_t width = width_of(out->at + begin, out->n - begin);
                while (fit && width++ < column)
                    text_put(out, " ", 1);
                continue;
            }
            text_put(out, in->at + k, 1);
            if (in->at[k] == '\n') begin = out->n;
        }
    }
}

void syntax_print(const syntax_file *file, text *out) {
    text lines = text_in(out->home);
    printer p = {.file = file, .out = &lines};
    uint32_t end = (uint32_t)file->text->length + 1;
    text_put(&lines, "", 0);
    print_items(&p, file->root->a, end, true);
    leading_comments(&p, end, false);
    if (p.open) text_put(&lines, "\n", 1);
    text_put(out, "", 0);
    align_comments(&lines, out);
}

void syntax_print_node(const ast *node, text *out) {
    flat f = {out, false, 0};
    flat_line(&f, node);
}
