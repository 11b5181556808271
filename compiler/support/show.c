// Source lines on a terminal: display width, tabs, UTF-8, the underline; see show.h.
#include "support/show.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    TAB = 4,             // columns between tab stops
    LONGEST = 160,       // a line wider than this is cut
    BEFORE_CARET = 60,   // columns kept before the caret of a cut line
    AFTER_CARET = 80,    // and behind it
    REPLACEMENT = 0xFFFD // U+FFFD, for what is no character
};

typedef struct range {
    uint32_t first, last;
} range;

// Characters that take no column of their own (marks above and below letters, joiners).
static const range no_width[] = {{0x0300, 0x036F}, {0x200B, 0x200F}, {0x20D0, 0x20FF},
                                 {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}};
// Characters that take two (East Asian wide and full-width forms, pictographs).
static const range two_wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},  {0x3041, 0xA4CF},
                                 {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},  {0xFE30, 0xFE6F},
                                 {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F},
                                 {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};

static bool is_in(uint32_t character, const range *ranges, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (character >= ranges[i].first && character <= ranges[i].last) return true;
    return false;
}

static size_t width_of(uint32_t character) {
    if (is_in(character, no_width, sizeof no_width / sizeof *no_width)) return 0;
    return is_in(character, two_wide, sizeof two_wide / sizeof *two_wide) ? 2 : 1;
}

// One character of UTF-8 (RFC 3629); returns its bytes. What is no character is one byte long and
// becomes REPLACEMENT, and so does every control character but the tab.
static size_t decode(const char *bytes, size_t length, uint32_t *character) {
    unsigned char first = (unsigned char)bytes[0];
    size_t size = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    *character = REPLACEMENT;
    if (size == 0 || size > length || first > 0xF4) return 1;
    if (size == 1) {
        if (first == '\t' || (first >= 0x20 && first != 0x7F)) *character = first;
        return 1;
    }
    uint32_t value = first & (0xFFu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        unsigned char next = (unsigned char)bytes[i];
        if ((next & 0xC0) != 0x80) return 1;
        value = value << 6 | (next & 0x3F);
    }
    bool too_long = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    bool no_character = value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF);
    if (too_long || no_character) return 1;
    // Controls of the second set, and the marks that turn the writing direction.
    bool hidden = value < 0xA0 || (value >= 0x202A && value <= 0x202E) ||
                  (value >= 0x2066 && value <= 0x2069);
    if (!hidden) *character = value;
    return size;
}

static size_t step(uint32_t character, size_t column) {
    return character == '\t' ? TAB - column % TAB : width_of(character);
}

size_t show_width(const char *line, size_t length) {
    size_t column = 0;
    for (size_t i = 0; i < length;) {
        uint32_t character;
        i += decode(line + i, length - i, &character);
        column += step(character, column);
    }
    return column;
}

// Prints the characters whose columns lie in [from, to).
static void print_columns(FILE *out, const char *line, size_t length, size_t from, size_t to) {
    size_t column = 0;
    for (size_t i = 0; i < length && column < to;) {
        uint32_t character;
        size_t size = decode(line + i, length - i, &character);
        size_t width = step(character, column);
        if (column >= from) {
            if (character == '\t')
                fprintf(out, "%*s", (int)width, "");
            else if (character == REPLACEMENT)
                fputs("\xEF\xBF\xBD", out);
            else
                fwrite(line + i, 1, size, out);
        } else if (column + width > from) {
            fprintf(out, "%*s", (int)(column + width - from), "");
        }
        column += width;
        i += size;
    }
}

void show_line(FILE *out, int number, const char *line, size_t length, size_t first, size_t last) {
    size_t width = show_width(line, length);
    size_t begin = show_width(line, first);
    size_t end = last > first ? show_width(line, last) : begin + 1;
    if (end <= begin) end = begin + 1;
    size_t from = 0, to = width;
    if (width > LONGEST) {
        from = begin > BEFORE_CARET ? begin - BEFORE_CARET : 0;
        to = begin + AFTER_CARET < width ? begin + AFTER_CARET : width;
        if (end > to) end = to > begin ? to : begin + 1;
    }
    const char *cut = from > 0 ? "..." : "";
    fprintf(out, "%5d | %s", number, cut);
    print_columns(out, line, length, from, to);
    fprintf(out, "%s\n      | %*s^", to < width ? "..." : "",
            (int)(begin - from + (from > 0 ? 3 : 0)), "");
    for (size_t i = begin + 1; i < end; i++)
        fputc('~', out);
    fputc('\n', out);
}
