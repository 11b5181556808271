// What a syntax error says: what was found, what could stand there, and the slip it probably was.
//
// Expectations are said the way a reader thinks: "an expression" and not its nine first tokens, and
// words that are reserved nowhere are left out where any name could stand.
#include "syntax/build.h"
#include "weft.tab.h"

typedef struct expectation {
    const char *text[EXPECTED_MAX]; // NULL where taken into a larger notion
    int n;
} expectation;

static int find(const expectation *e, const char *text) {
    for (int k = 0; k < e->n; ++k)
        if (e->text[k] && strcmp(e->text[k], text) == 0) return k;
    return -1;
}

static bool has(const expectation *e, const char *text) {
    return find(e, text) >= 0;
}

static void drop(expectation *e, const char *const *texts, size_t count) {
    for (size_t k = 0; k < count; ++k) {
        int at = find(e, texts[k]);
        if (at >= 0) e->text[at] = NULL;
    }
}
#define DROP(e, ...)                                                                               \
    do {                                                                                           \
        static const char *const list[] = {__VA_ARGS__};                                           \
        drop((e), list, sizeof list / sizeof *list);                                               \
    } while (0)

static const keyword *keyword_of(const parser *p, const char *text) {
    return map_get(p->keywords, name_is(p->words, text));
}

// Takes sets of tokens into notions; adds these to notions[] and returns how many.
static int notions_of(const parser *p, expectation *e, const char *notions[]) {
    int n = 0;
    bool name = has(e, "a name"), expression = name && has(e, "a number");
    bool body = has(e, "param") && has(e, "phase"), control = has(e, "await"),
         definition = has(e, "import");
    bool experiment = !body && !control && has(e, "assert") && has(e, "repeat");
    bool operators = has(e, "'*'") && has(e, "'+'");
    if (definition) notions[n++] = "a definition";
    if (body) notions[n++] = "a declaration";
    if (body) notions[n++] = "an equation";
    if (control) notions[n++] = "a statement";
    if (experiment) notions[n++] = "a statement of the experiment";
    if (expression && !body) notions[n++] = "an expression";
    if (operators) notions[n++] = "an operator";
    if (definition)
        DROP(e, "import", "function", "device", "block", "experiment", "the end of the file");
    if (body)
        DROP(e, "param", "in", "out", "let", "state", "hold", "bit", "report", "line", "node",
             "part", "crossbar", "assert", "require", "phase", "at", "during", "sequencer");
    if (control)
        DROP(e, "loop", "for", "repeat", "if", "par", "await", "during", "'{'", "reg", "input",
             "output", "guarantee", "else", "a name");
    if (experiment) DROP(e, "assert", "repeat", "a name");
    if (expression)
        DROP(e, "a name", "a number", "a text", "'('", "'{'", "'-'", "not", "der", "node");
    if (operators)
        DROP(e, "'^'", "'*'", "'/'", "'+'", "'-'", "'<'", "'>'", "<=", ">=", "==", "!=", "<<", ">>",
             "and", "or", "xor", "'.'", "'['", "'('");
    if (has(e, "';'")) DROP(e, "'.'", "'['", "'('");
    for (int k = 0; name && k < e->n; ++k) {
        const keyword *word = e->text[k] ? keyword_of(p, e->text[k]) : NULL;
        if (word && !word->reserved) e->text[k] = NULL;
    }
    return n;
}

// "';', ',' or an operator"
static const char *said_of(const parser *p, expectation *e) {
    const char *said[EXPECTED_MAX + 8], *notions[8];
    enum { MOST = 6 };
    int n = 0, found = notions_of(p, e, notions);
    for (int k = 0; k < e->n; ++k) {
        if (!e->text[k]) continue;
        bool plain = e->text[k][0] == '\'' || strncmp(e->text[k], "a ", 2) == 0 ||
                     strncmp(e->text[k], "the ", 4) == 0;
        said[n++] = plain ? e->text[k] : arena_text(p->home, "'%s'", e->text[k]);
    }
    for (int k = 0; k < found; ++k)
        said[n++] = notions[k];
    if (n > MOST) {
        said[MOST - 1] = said[n - 1];
        n = MOST;
    }
    text t = text_in(p->home);
    for (int k = 0; k < n; ++k)
        text_add(&t, "%s%s", k == 0 ? "" : k + 1 == n ? " or " : ", ", said[k]);
    return n ? t.at : "something else";
}

static const char *source_text(const parser *p, span at) {
    return arena_copy(p->home, p->text->bytes + at.begin, at.end - at.begin);
}

static const char *found_of(const parser *p, const token *t) {
    if (t->kind == 0) return "the end of the file";
    if (t->kind == T_STRING) return "a text";
    return arena_text(p->home, "'%s'", source_text(p, t->at));
}

static bool is_word(const token *t) {
    return t->kind == T_NAME ||
           (t->kind > 255 && t->kind != T_NUM && t->kind != T_STRING && t->value.word);
}

static bool ends_operand(const token *t) {
    return t->kind == T_NAME || t->kind == T_NUM || t->kind == T_STRING || t->kind == ')' ||
           t->kind == ']' || t->kind == '}' || is_word(t);
}

static bool on_later_line(const parser *p, const token *from, const token *to) {
    return memchr(p->text->bytes + from->at.end, '\n', to->at.begin - from->at.end) != NULL;
}

// A statement could begin with it, so that a ';' in front of it makes sense.
static bool may_begin(const parser *p, const token *t) {
    if (t->kind == '}') return true;
    if (!is_word(t)) return false;
    const keyword *word = map_get(p->keywords, t->value.word);
    if (!word || !word->reserved) return true;
    switch (t->kind) {
    case T_ELSE:
    case T_WHEN:
    case T_AND:
    case T_OR:
    case T_XOR:
    case T_NOT:
    case T_UNTIL:
    case T_WHILE:
    case T_BEGIN:
    case T_END:
    case T_NEVER:
    case T_UINT:
        return false;
    default:
        return true;
    }
}

// The slips that have a message of their own. True when one was reported.
static bool report_slip(parser *p, const expectation *e) {
    const token *found = &p->last, *last = &p->before;
    const char *number = last->kind == T_NUM ? source_text(p, last->at) : "";
    if (is_word(found) && number[0] && strspn(number, "0123456789.eE+-") == strlen(number) &&
        !on_later_line(p, last, found) && word_is_suffix(found->value.word)) {
        diag_report(p->d, span_join(last->at, found->at), DIAG_E0114);
        diag_help(p->d, "write %s%s", number, found->value.word);
    } else if (found->kind == T_ARROW && ends_operand(last) && has(e, "'<'")) {
        diag_report(p->d, found->at, DIAG_E0121);
        diag_help(p->d, "to compare with a negative value write '< -'");
    } else if (found->kind == '=' && ends_operand(last) && has(e, "==")) {
        diag_report(p->d, found->at, DIAG_E0132);
        diag_help(p->d, "write '=='");
    } else if (has(e, "else") && last->kind == ',') {
        diag_report(p->d, found->at, DIAG_E0118);
    } else if ((found->kind == T_ELSE || found->kind == T_WHEN) && has(e, "','") &&
               ends_operand(last)) {
        diag_report(p->d, found->at, DIAG_E0131, found->value.word);
        diag_help(p->d, "write 'when c: a, when d: b, else e'");
    } else if (found->kind == T_WHEN && has(e, "a number")) {
        diag_report(p->d, found->at, DIAG_E0134);
        diag_help(p->d, "write (when c: a, else b)");
    } else if (is_word(found) && keyword_of(p, found->value.word) &&
               keyword_of(p, found->value.word)->reserved && has(e, "a name") &&
               found->at.begin != p->start.at.begin) {
        diag_report(p->d, found->at, DIAG_E0133, found->value.word);
    } else {
        return false;
    }
    return true;
}

// A word that is nearly one that could begin the statement; NULL: none.
static const char *nearly_begun(parser *p) {
    const token *last = &p->before;
    if (last->kind != T_NAME || last->at.begin != p->start.at.begin) return NULL;
    const char *words[EXPECTED_MAX];
    size_t n = 0;
    for (size_t k = 0; k < map_count(p->keywords) && n < EXPECTED_MAX; ++k)
        words[n++] = map_key(p->keywords, k);
    return nearest_name(last->value.word, words, n);
}

// awiat start;  phse read for 1ms { }: the fault is the word in front, not what follows it.
static bool report_misspelt(parser *p, const expectation *e) {
    const token *found = &p->last, *last = &p->before;
    bool follows = is_word(found) || found->kind == T_NUM || found->kind == '{';
    const char *near = follows && !has(e, "a name") ? nearly_begun(p) : NULL;
    if (!near || on_later_line(p, last, found)) return false;
    diag_report(p->d, last->at, DIAG_E0135, last->value.word);
    diag_suggest(p->d, last->value.word, &near, 1);
    return true;
}

// A word that is nearly one that could stand there.
static void suggest(parser *p, const expectation *e) {
    const char *words[EXPECTED_MAX];
    size_t n = 0;
    const token *found = &p->last;
    if (!is_word(found) || has(e, "a name")) return;
    for (int k = 0; k < e->n; ++k)
        if (e->text[k] && keyword_of(p, e->text[k])) words[n++] = e->text[k];
    diag_suggest(p->d, found->value.word, words, n);
}

// Sets how tokens are passed over until reading goes on; see tokens.c.
static void begin_recovery(parser *p, const expectation *e) {
    const token *found = &p->last;
    p->recovering = true;
    p->header_fault = found->at.begin != p->start.at.begin;
    if (has(e, "import"))
        p->skip_definition =
            found->kind != ';' && !(found->kind == '}' && !p->open.n) && found->kind != 0;
    else if (found->kind == '{' && found->at.begin == p->start.at.begin)
        p->skip_group = true;
    else if (found->kind == '{')
        p->skip_group = p->recovering = !header_takes_body(p);
    if (has(e, "import") && found->kind == '}' && !p->open.n) p->end_statement = true;
}

bool report_unexpected(parser *p, span at, const char **expected, int n) {
    expectation e = {.n = n};
    for (int k = 0; k < n; ++k)
        e.text[k] = expected[k];
    if (p->given_up) return false;
    bool silent = p->fault && p->count - p->fault <= 1;
    if (has(&e, "';'") && may_begin(p, &p->last) && ends_operand(&p->before) &&
        (p->last.kind == '}' || on_later_line(p, &p->before, &p->last)) &&
        p->put_in.n < REREADS_MAX) {
        if (!silent) diag_report(p->d, span_after(p->before.at), DIAG_E0130);
        vec_push(p->home, &p->put_in, p->last.at.begin);
        p->reread = true;
        return false;
    }
    begin_recovery(p, &e);
    if (silent || report_slip(p, &e) || report_misspelt(p, &e)) return true;
    expectation kept = e;
    diag_report(p->d, at, DIAG_E0101, said_of(p, &e), found_of(p, &p->last));
    suggest(p, &kept);
    return true;
}

void report_nesting(parser *p, span at, int levels) {
    if (p->given_up || p->reread) return;
    p->given_up = true;
    diag_report(p->d, at, DIAG_E0119, levels);
}
