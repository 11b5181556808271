// The documentation comment of a declaration: "///" on the lines above it, or behind it on its
// line.
#include "syntax/ast.h"

#include <ctype.h>

static bool blank_between(const char *bytes, uint32_t from, uint32_t to, const char *also,
                          int lines) {
    for (; from < to; ++from) {
        if (bytes[from] == '\n' && --lines < 0) return false;
        if (!isspace((unsigned char)bytes[from]) && !strchr(also, bytes[from])) return false;
    }
    return true;
}

// The text without its slashes and the blanks around it.
static void add_text(text *t, const char *bytes, span at) {
    uint32_t begin = at.begin + 3, end = at.end;
    while (begin < end && isspace((unsigned char)bytes[begin]))
        ++begin;
    while (end > begin && isspace((unsigned char)bytes[end - 1]))
        --end;
    if (t->n) text_put(t, " ", 1);
    text_put(t, bytes + begin, end - begin);
}

const char *syntax_document(const syntax_file *file, const ast *declaration, arena *home) {
    const char *bytes = file->text->bytes;
    span at = declaration->at;
    text t = text_in(home);
    size_t after = 0;
    while (after < file->comment_count && file->comments[after].at.begin < at.begin)
        ++after;
    // what stands behind: only the end of the statement and the comma of a list may be between
    for (size_t k = after; k < file->comment_count; ++k) {
        const comment *c = &file->comments[k];
        if (c->at.begin < at.end) continue;
        if (c->document && !c->alone && blank_between(bytes, at.end, c->at.begin, ";,", 0)) {
            add_text(&t, bytes, c->at);
            return t.at;
        }
        break;
    }
    // the lines above, up to the first that is something else
    uint32_t place = at.begin;
    size_t first = after;
    while (place > 0 && bytes[place - 1] != '\n' &&
           (islower((unsigned char)bytes[place - 1]) || bytes[place - 1] == ' ' ||
            bytes[place - 1] == '\t'))
        --place;
    if (place > 0 && bytes[place - 1] != '\n') return "";
    while (first > 0 && file->comments[first - 1].document && file->comments[first - 1].alone &&
           blank_between(bytes, file->comments[first - 1].at.end, place, "", 1)) {
        --first;
        place = file->comments[first].at.begin;
        while (place > 0 && bytes[place - 1] != '\n')
            --place;
    }
    for (size_t k = first; k < after; ++k)
        add_text(&t, bytes, file->comments[k].at);
    return t.n ? t.at : "";
}
