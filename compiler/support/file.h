// Files: read whole; written beside the final name, synced and renamed, so that a full disk or a
// kill leaves the old file or the new one, never half.
#ifndef WEFT_FILE_H
#define WEFT_FILE_H

#include "support/arena.h"
#include <stdbool.h>

// The whole file with a zero byte behind it, or NULL; *problem then says why (strerror's text).
char *file_read(arena *home, const char *path, size_t *length, const char **problem);
bool file_write(const char *path, const char *bytes, size_t length, const char **problem);
bool directory_make(const char *path, const char **problem); // with its parents; fine if it exists
bool file_exists(const char *path);
bool file_may_be_read(const char *path); // it is there, is no directory, and its rights allow it
// "a/b/c.weft" -> "a/b" ("." when there is none), "c" (without the extension)
char *path_directory(arena *home, const char *path);
char *path_stem(arena *home, const char *path);
char *path_join(arena *home, const char *directory, const char *name);

#endif
