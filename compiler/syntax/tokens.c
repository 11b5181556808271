// Between scanner and parser: counts brackets, so that one slip in a file gives one message.
//
// Three things the grammar's own recovery cannot do are done here. A definition that begins in the
// first column while braces are open closes them (with a message). A text whose ';' is missing at
// the end of a line is read again with the ';' put in. And while the parser passes over a faulty
// statement, a pair of braces in it is passed over as a whole, so that its first ';' does not end
// the statement and its '}' does not end the body around it.
#include "syntax/build.h"
#include "weft.lex.h"
#include "weft.tab.h"

static int indent_of(const parser *p, uint32_t offset, bool *first) {
    const char *bytes = p->text->bytes;
    uint32_t begin = offset, letter;
    while (begin > 0 && bytes[begin - 1] != '\n')
        --begin;
    for (letter = begin; bytes[letter] == ' ' || bytes[letter] == '\t'; ++letter) {
    }
    *first = letter == offset;
    return (int)(letter - begin);
}

static void fetch(parser *p) {
    WEFT_STYPE value = {0};
    token *t = &p->ahead;
    t->kind = weft_scan_lex(&value, &t->at, p->scanner);
    t->value.node = NULL;
    if (t->kind == T_NUM)
        t->value.node = value.node;
    else if (t->kind == 0)
        t->at = (span){p->text->id, p->offset, p->offset};
    else if (t->kind > 255)
        t->value.word = value.word;
    if (p->complained) p->fault = p->count + 1;
    p->complained = false;
    p->has_ahead = true;
}

// ---- brackets -----------------------------------------------------------------------------------

// Whether a '{' behind these two tokens begins a tuple and not a body.
static bool begins_tuple(const token *last, const token *before) {
    switch (last->kind) {
    case '=':
    case T_ARROW:
    case '(':
    case '[':
    case ',':
    case ':':
    case '~':
    case T_SCALE:
    case T_SHIFT:
    case '+':
    case '-':
    case '*':
    case '/':
    case '^':
    case '<':
    case '>':
    case T_LE:
    case T_GE:
    case T_EQ:
    case T_NE:
    case T_IN:
    case T_AND:
    case T_OR:
    case T_XOR:
    case T_NOT:
        return true;
    case T_ELSE:
        return before->kind == ',';
    default:
        return false;
    }
}

static void push(parser *p, char kind, span at) {
    bool first;
    bracket b = {kind, at, indent_of(p, at.begin, &first)};
    if (kind == '{' && (begins_tuple(&p->last, &p->before) ||
                        (p->open.n && p->open.at[p->open.n - 1].kind == 't')))
        b.kind = 't';
    vec_push(p->home, &p->open, b);
    if (p->open.n > BRACKETS_DEPTH) report_nesting(p, at, BRACKETS_DEPTH);
}

static bool same_line(const parser *p, uint32_t from, uint32_t to) {
    return !memchr(p->text->bytes + from, '\n', to - from);
}

static void pop_brace(parser *p, span at) {
    bool first;
    int indent = indent_of(p, at.begin, &first);
    while (p->open.n &&
           (p->open.at[p->open.n - 1].kind == '(' || p->open.at[p->open.n - 1].kind == '['))
        --p->open.n;
    if (!p->open.n) return;
    bracket b = p->open.at[--p->open.n];
    if (b.kind == '{' && first && indent != b.indent && !p->suspect.kind &&
        !same_line(p, b.at.begin, at.begin))
        p->suspect = b;
    if (!p->open.n) {
        p->suspect = (bracket){0};
        p->brace_reported = false;
    }
}

static void count_bracket(parser *p, const token *t) {
    char top = p->open.n ? p->open.at[p->open.n - 1].kind : 0;
    switch (t->kind) {
    case '(':
    case '[':
    case '{':
        push(p, (char)t->kind, t->at);
        break;
    case ')':
        if (top == '(') --p->open.n;
        break;
    case ']':
        if (top == '[') --p->open.n;
        break;
    case '}':
        pop_brace(p, t->at);
        break;
    case ';': // ends every bracket of its statement
        while (p->open.n && p->open.at[p->open.n - 1].kind != '{')
            --p->open.n;
        break;
    default:
        break;
    }
}

// ---- handing on ---------------------------------------------------------------------------------

static bool top_is(const parser *p, char kind) {
    return p->open.n && p->open.at[p->open.n - 1].kind == kind;
}

// Hands a token on; `real` are those of the text.
static int hand_on(parser *p, token t, bool real, WEFT_STYPE *value, span *at) {
    bool body = (t.kind == '{' || t.kind == '}') && !top_is(p, 't');
    if (p->starts) p->start = t;
    count_bracket(p, &t);
    if (t.kind == '{') body = !top_is(p, 't');
    p->starts = t.kind == ';' || body;
    p->before = p->last;
    p->last = t;
    ++p->count;
    if (real) p->has_ahead = false;
    *at = t.at;
    if (t.kind == T_NUM)
        value->node = t.value.node;
    else
        value->word = t.value.word;
    return t.kind;
}

static int put_in(parser *p, int kind, span at, WEFT_STYPE *value, span *place) {
    token t = {.kind = kind, .at = at};
    return hand_on(p, t, false, value, place);
}

static bool begins_definition(const parser *p, const token *t) {
    bool first;
    if (t->kind != T_IMPORT && t->kind != T_FUNCTION && t->kind != T_DEVICE && t->kind != T_BLOCK &&
        t->kind != T_EXPERIMENT)
        return false;
    return p->last.kind != ':' && p->last.kind != T_PER && indent_of(p, t->at.begin, &first) == 0 &&
           first;
}

static bool brace_open(const parser *p) {
    for (size_t k = 0; k < p->open.n; ++k)
        if (p->open.at[k].kind == '{' || p->open.at[k].kind == 't') return true;
    return false;
}

static void report_open_brace(parser *p, const token *t) {
    if (p->brace_reported) return;
    p->brace_reported = true;
    bracket b = p->suspect;
    for (size_t k = p->open.n; !b.kind && k-- > 0;)
        if (p->open.at[k].kind == '{' || p->open.at[k].kind == 't') b = p->open.at[k];
    diag_report(p->d, b.at, DIAG_E0120);
    diag_note(p->d, t->at, t->kind ? "the next definition begins here" : "the file ends here");
}

// ---- passing over what is faulty ----------------------------------------------------------------

static bool continues_expression(int kind) {
    switch (kind) {
    case ';':
    case ',':
    case ')':
    case ']':
    case '+':
    case '-':
    case '*':
    case '/':
    case '^':
    case '<':
    case '>':
    case T_LE:
    case T_GE:
    case T_EQ:
    case T_NE:
        return true;
    default:
        return false;
    }
}

// Reads on to the '}' of the brace opened last. True when the statement is over there.
static bool pass_group(parser *p) {
    size_t inside = p->open.n;
    bool tuple = top_is(p, 't');
    for (;;) {
        if (!p->has_ahead) fetch(p);
        if (p->ahead.kind == 0 || begins_definition(p, &p->ahead)) return true;
        count_bracket(p, &p->ahead);
        p->has_ahead = false;
        if (p->open.n < inside) break;
    }
    fetch(p);
    return tuple ? !continues_expression(p->ahead.kind) : p->ahead.kind != ';';
}

// Reads on to the next definition: what stands outside of all is not worth a message each.
static void pass_definition(parser *p) {
    for (;;) {
        if (!p->has_ahead) fetch(p);
        int kind = p->ahead.kind;
        bool word = kind == T_IMPORT || kind == T_FUNCTION || kind == T_DEVICE || kind == T_BLOCK ||
                    kind == T_EXPERIMENT;
        if (kind == 0 || (word && !p->open.n) || begins_definition(p, &p->ahead)) return;
        count_bracket(p, &p->ahead);
        p->has_ahead = false;
    }
}

static bool has_own_body(int kind) {
    switch (kind) {
    case T_PHASE:
    case T_AT:
    case T_DURING:
    case T_SEQUENCER:
    case T_LOOP:
    case T_FOR:
    case T_REPEAT:
    case T_IF:
    case T_PAR:
    case T_ELSE:
    case T_TRAIN:
    case T_TEST:
    case T_DATA:
    case T_AFTER:
    case T_DEVICE:
    case T_BLOCK:
    case T_EXPERIMENT:
        return true;
    default:
        return false;
    }
}

bool header_takes_body(const parser *p) {
    return p->header_fault && has_own_body(p->start.kind) && !begins_tuple(&p->last, &p->before);
}

// While recovering: whether the token ahead is passed over here; *over when the statement ends.
static bool pass_over(parser *p, bool *over) {
    *over = false;
    if (p->ahead.kind == '}' && top_is(p, 't')) {
        count_bracket(p, &p->ahead);
        p->has_ahead = false;
        return true;
    }
    if (p->ahead.kind != '{') return false;
    if (header_takes_body(p)) {
        p->recovering = false;
        return false;
    }
    count_bracket(p, &p->ahead);
    p->has_ahead = false;
    *over = pass_group(p);
    return true;
}

int weft_lex(WEFT_STYPE *value, span *at, parser *p) {
    bool over;
    if (p->end_statement) {
        p->end_statement = false;
        return put_in(p, ';', span_after(p->last.at), value, at);
    }
    if (p->skip_definition || p->skip_group) {
        over = p->skip_definition;
        if (p->skip_definition)
            pass_definition(p);
        else
            over = pass_group(p);
        p->skip_definition = p->skip_group = false;
        if (over) return put_in(p, ';', span_after(p->last.at), value, at);
    }
    for (;;) {
        if (!p->has_ahead) fetch(p);
        if (p->given_up) return put_in(p, 0, p->ahead.at, value, at);
        if (brace_open(p) && (p->ahead.kind == 0 || begins_definition(p, &p->ahead))) {
            report_open_brace(p, &p->ahead);
            p->fault = p->count + 1;
            while (!top_is(p, '{') && !top_is(p, 't'))
                --p->open.n;
            return put_in(p, '}', span_after(p->last.at), value, at);
        }
        if (!p->recovering) break;
        if (!pass_over(p, &over)) break;
        if (over) return put_in(p, ';', span_after(p->last.at), value, at);
    }
    for (size_t k = 0; k < p->put_in.n; ++k)
        if (p->put_in.at[k] == p->ahead.at.begin && p->put_done != p->ahead.at.begin) {
            p->put_done = p->ahead.at.begin;
            return put_in(p, ';', span_after(p->last.at), value, at);
        }
    return hand_on(p, p->ahead, true, value, at);
}
