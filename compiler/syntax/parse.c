// From text to tree: sets up scanner and parser, and reads again where a ';' had to be put in.
#include "syntax/build.h"
#include "weft.lex.h"
#include "weft.tab.h"

// One reading. False when the text is to be read again with one more ';'.
static bool read_once(parser *p) {
    p->comments.n = 0;
    p->open.n = 0;
    p->offset = p->comment_begin = 0;
    p->put_done = UINT32_MAX;
    p->count = p->fault = 0;
    p->has_ahead = p->complained = p->reread = p->brace_reported = false;
    p->recovering = p->skip_group = p->skip_definition = p->end_statement = false;
    p->suspect = (bracket){0};
    p->last = p->before = p->start = (token){.at = {p->text->id, 0, 0}};
    p->starts = true;
    p->root = NULL;
    if (weft_scan_lex_init_extra(p, &p->scanner)) mem_fail();
    weft_scan__scan_bytes(p->text->bytes, (int)p->text->length, p->scanner);
    (void)weft_parse(p);
    weft_scan_lex_destroy(p->scanner);
    return !p->reread;
}

syntax_file *syntax_parse(arena *home, names *words, diag *d, source *text) {
    parser p = {.home = home, .words = words, .d = d, .text = text};
    syntax_file *file = arena_new_of(home, syntax_file);
    words_known(&p);
    while (!read_once(&p)) {
    }
    file->text = text;
    file->root = p.root ? p.root : build_node(&p, (span){text->id, 0, 0}, (ast){.kind = AST_FILE});
    file->comments = p.comments.at;
    file->comment_count = p.comments.n;
    return file;
}
