// What the scanner calls for each word: names and keywords, texts, comments, and what is no word.
#include "syntax/build.h"
#include "weft.tab.h"

#include <ctype.h>

static const keyword KEYWORDS[] = {
#define RESERVED true
#define CONTEXTUAL false
#define KEYWORD(token, text, standing, meaning) {text, T_##token, standing},
#include "../grammar/keywords.def"
#undef KEYWORD
};

void words_known(parser *p) {
    p->keywords = map_new(p->home);
    for (size_t k = 0; k < sizeof KEYWORDS / sizeof *KEYWORDS; ++k)
        map_put(p->keywords, name_is(p->words, KEYWORDS[k].text), (void *)(uintptr_t)&KEYWORDS[k]);
}

// The scanner's buffers, from the arena; the size is kept in front, since flex does not say it.
void *word_memory(parser *p, void *old, size_t old_size, size_t size) {
    enum { FRONT = 16 };
    (void)old_size;
    char *memory = arena_alloc(p->home, size + FRONT);
    memcpy(memory, &size, sizeof size);
    if (old) {
        size_t kept;
        memcpy(&kept, (char *)old - FRONT, sizeof kept);
        memcpy(memory + FRONT, old, kept < size ? kept : size);
    }
    return memory + FRONT;
}

void word_place(parser *p, span *at, uint32_t length) {
    *at = (span){p->text->id, p->offset, p->offset + length};
    p->offset += length;
}

int word_name(parser *p, span at, const char *text, const char **word) {
    *word = name_of(p->words, text, at.end - at.begin);
    const keyword *known = map_get(p->keywords, *word);
    if (known) return known->token;
    bool odd = text[0] == '_' || strstr(text, "__"), lengthy = at.end - at.begin > NAME_LONGEST;
    if (odd || lengthy) {
        if (!p->odd_names) p->odd_names = map_new(p->home);
        if (map_get(p->odd_names, *word)) {
            // said once for all uses
        } else if (odd) {
            diag_report(p->d, at, DIAG_E0105, text);
        } else {
            diag_report(p->d, at, DIAG_E0136, (size_t)(at.end - at.begin), NAME_LONGEST);
        }
        map_put(p->odd_names, *word, p);
        p->complained = true;
    }
    return T_NAME;
}

const char *word_text(parser *p, span at, const char *text) {
    size_t length = at.end - at.begin;
    bool closed = length > 1 && text[length - 1] == '"';
    if (!closed) {
        diag_report(p->d, at, DIAG_E0104);
        p->complained = true;
        while (length > 1 && isspace((unsigned char)text[length - 1]))
            --length;
    }
    return name_of(p->words, text + 1, length - 1 - (closed ? 1 : 0));
}

// ---- comments -----------------------------------------------------------------------------------

static bool first_on_line(const parser *p, uint32_t begin) {
    while (begin > 0 && (p->text->bytes[begin - 1] == ' ' || p->text->bytes[begin - 1] == '\t'))
        --begin;
    return begin == 0 || p->text->bytes[begin - 1] == '\n';
}

void word_comment(parser *p, span at, bool document) {
    while (at.end > at.begin && isspace((unsigned char)p->text->bytes[at.end - 1]))
        --at.end;
    // a ruler of slashes is no documentation
    if (document && at.end - at.begin > 3 && p->text->bytes[at.begin + 3] == '/') document = false;
    comment c = {at, document, first_on_line(p, at.begin)};
    vec_push(p->home, &p->comments, c);
}

void word_comment_open(parser *p, span at) {
    p->comment_begin = at.begin;
}

void word_comment_close(parser *p, span at) {
    comment c = {{at.file, p->comment_begin, at.end}, false, first_on_line(p, p->comment_begin)};
    vec_push(p->home, &p->comments, c);
}

void word_comment_unclosed(parser *p) {
    diag_report(p->d, (span){p->text->id, p->comment_begin, p->comment_begin + 2}, DIAG_E0103);
    p->complained = true;
    p->given_up = true; // the rest of the file is the comment: nothing more can be said about it
}

// ---- what is no word ----------------------------------------------------------------------------

// A mark at the very beginning of a file says UTF-8 and is passed over.
void word_mark(parser *p, span at) {
    if (at.begin > 0) word_unknown(p, at, "\xef\xbb\xbf");
}

void word_unknown(parser *p, span at, const char *text) {
    static const struct {
        const char *text, *help;
    } SLIPS[] = {
        {"&&", "'and' joins conditions"},
        {"&", "'and' joins conditions and bits"},
        {"||", "'or' joins conditions"},
        {"|", "'or' joins conditions and bits"},
        {"!", "'not' negates; 'a != b' compares"},
        {"**", "a power is written a^b"},
        {"'", "texts stand in double quotes"},
        {"\xc2\xb5", "micro is 'u': 180u"},
        {"\xce\xbc", "micro is 'u': 180u"},
        {"\xce\xa9", "the unit is written 'Ohm'"},
        {"\xe2\x84\xa6", "the unit is written 'Ohm'"},
        {"\xc2\xb7", "a product is written a * b"},
        {"\xc3\x97", "a product is written a * b"},
        {"\xc2\xb1", "a spread is given by 'vary': uniform(0.9, 1.1)"},
        {"\xe2\x88\x92", "minus is '-'"},
        {"\xe2\x80\x93", "minus is '-'"},
        {"\xe2\x89\xa4", "'<='"},
        {"\xe2\x89\xa5", "'>='"},
        {"\xe2\x80\x9c", "texts stand in plain double quotes"},
        {"\xe2\x80\x9d", "texts stand in plain double quotes"},
        {"\xe2\x86\x90", "a line is connected with '<-'"},
    };
    unsigned char first = (unsigned char)text[0];
    bool visible = at.end - at.begin > 1 || (first > ' ' && first < 0x7f);
    char byte[16];
    snprintf(byte, sizeof byte, "\\x%02x", first);
    diag_report(p->d, at, DIAG_E0102, visible ? text : byte);
    for (size_t k = 0; k < sizeof SLIPS / sizeof *SLIPS; ++k)
        if (strcmp(text, SLIPS[k].text) == 0) diag_help(p->d, "%s", SLIPS[k].help);
    p->complained = true;
}
