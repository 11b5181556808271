// What the fuzzers, their replay and the damage tests share: one text taken through the compiler,
// one table through the data reader, one saved state through the runtime, all in this process.
//
// Programs that link harness.c wrap file_read and fopen (-Wl,--wrap=...): the text at hand is read
// from memory, everything else from the disk.
#ifndef WEFT_HARNESS_H
#define WEFT_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The name under which the text at hand is read.
#define HARNESS_FILE "damaged.weft"
#define HARNESS_TABLE "damaged.csv"

typedef struct harness_result {
    int status;     // of the command: 0, 1, 2 or 3
    size_t length;  // of `said`
    char said[600]; // how the messages begin
} harness_result;

// To the end of `weft check`: every experiment is elaborated and planned. `folder`: where the text
// stands, for its imports ("" for none).
harness_result harness_check(const char *folder, const void *bytes, size_t length);

// One input of a fuzzer each. What must not happen ends the program with abort().
void harness_parse(const uint8_t *bytes, size_t length);   // and printed, and parsed again
void harness_compile(const uint8_t *bytes, size_t length); // to C, RTL and manifest
void harness_csv(const uint8_t *bytes, size_t length);     // read, split, scaled
void harness_saved(const uint8_t *bytes, size_t length);   // damaged, loaded, run

#endif
