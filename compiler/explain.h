// weft explain CODE: the cause of a message, a program that shows it, and the right one.
//
// The texts stand in explain/*.def, EXPLAIN(code, cause, wrong, right): two programs, example.weft;
// a line `$ weft ...` in front is the command to use instead of `weft check example.weft`. An empty
// program: the message cannot be shown by one.
#ifndef WEFT_EXPLAIN_H
#define WEFT_EXPLAIN_H

#include "support/diag.h"

// Prints what there is to say about the code ("E0203") or name ("unknown-name"); false, with a
// message, when there is no such one.
bool explain(const char *code_or_name, diag *d, FILE *out);

#endif
