// A program that embeds the runtime: opens a model, runs, looks, saves, loads, runs on.
#ifndef WEFT_EMBEDDED_H
#define WEFT_EMBEDDED_H

// Returns 0, or 3 with a message on standard error.
int embedded_run(const char *folder);

#endif
