// One line of source text as a person sees it: tabs expanded, wide characters counted as two
// columns, what a terminal could misunderstand replaced; and the underline that fits it.
#ifndef WEFT_SHOW_H
#define WEFT_SHOW_H

#include <stddef.h>
#include <stdio.h>

// Prints the line with its number in a gutter, and below it a caret and tildes under the bytes
// [first, last) of it. An empty stretch gets a caret alone. Very long lines are shown around the
// caret only.
void show_line(FILE *out, int number, const char *line, size_t length, size_t first, size_t last);

// The columns that the first `length` bytes of a line take.
size_t show_width(const char *line, size_t length);

#endif
