// report.h -- what the reports share.
#ifndef WEFT_REPORT_H
#define WEFT_REPORT_H

#include "weft_driver.h"

#include <stdbool.h>

// A JSON string with its quotes; bytes above 0x7f pass (the text is UTF-8).
void weft_json_text(FILE *out, const char *text);
// The shortest decimal that reads back as the same number, as %g writes it (number.c).
enum { WEFT_NUMBER_ROOM = 32 };
void weft_number_text(double value, char text[WEFT_NUMBER_ROOM]);
// The same; null when not finite.
void weft_json_number(FILE *out, double value);
// Seconds with a fitting unit: "812 ms", "3.41 s", "2 min 5 s".
void weft_show_seconds(char *text, size_t size, double seconds);
// Seconds of a circuit: "1.5 ms", "20 ns" (six digits).
void weft_show_time(char *text, size_t size, double seconds);
// 1234567 -> "1 234 567"
void weft_show_count(char *text, size_t size, uint64_t count);

// ---- files written whole (report_file.c)
// --------------------------------------------------------- Beside the final name, synced and
// renamed at the end: a full disk or a kill leaves the old file or the new one. A path that is no
// regular file (/dev/stdout, a pipe) is written in place.
typedef struct weft_output {
    FILE *file;
    char *path, *beside; // beside NULL: written in place
} weft_output;
WEFT_CHECKED weft_status weft_output_open(weft_output *output, const char *path);
// WEFT_IO when anything went wrong since the opening; errno says what. Nothing is left then.
WEFT_CHECKED weft_status weft_output_commit(weft_output *output);
void weft_output_drop(weft_output *output); // leaves what was there before; fine after a commit
// The name beside `path` to write to (malloc), NULL when `path` is to be written in place; false
// when memory ran out. weft_file_settle syncs it and renames it to `path`.
WEFT_CHECKED bool weft_file_beside(const char *path, char **beside);
WEFT_CHECKED weft_status weft_file_settle(const char *beside, const char *path);

#endif
