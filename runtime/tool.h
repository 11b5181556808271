// tool.h -- running the programs that builds need, and the folder where their results are kept.
#ifndef WEFT_TOOL_H
#define WEFT_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A command line that grows; freed by weft_command_free. Running out of memory is noticed by
// weft_tool_run.
typedef struct weft_command {
    char **words; // ends with NULL
    size_t count, room;
    bool failed;
} weft_command;
void weft_command_add(weft_command *command, const char *format, ...);
void weft_command_split(weft_command *command, const char *words); // at blanks
void weft_command_free(weft_command *command);

// Runs it (found by PATH, no shell in between) in a folder (NULL: here) and collects what it prints
// to both outputs, as much as there is room for. Returns its exit status, -1 when it could not be
// started or did not end by itself.
int weft_tool_run(const weft_command *command, const char *folder, char *output, size_t size);
// Where PATH finds the program; false: nowhere.
bool weft_tool_find(const char *program, char *path, size_t size);

// Which program this is, without asking it: its place, size and time of change.
uint64_t weft_tool_identity(const char *program);
// FNV-1a 64 of a text and its end, continuing `hash`.
uint64_t weft_hash_text(uint64_t hash, const char *text);
// The same of a file's contents; a missing one counts as empty.
uint64_t weft_hash_file(uint64_t hash, const char *path);

// The cache's folder, made when missing; false and a reason when it cannot be written.
bool weft_cache_folder(char *path, size_t size, char *error, size_t error_size);
// A new empty folder in the cache to work in; removed with all in it.
bool weft_work_folder(const char *cache, char *path, size_t size);
void weft_work_remove(const char *path);
bool weft_write_text(const char *path, const char *text);

#endif
