// Running a program and reading what it prints; command lines as lists of words, so that no blank
// or quote in a path is ever looked at by a shell.
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void add_word(weft_command *command, char *word) {
    if (command->count + 2 > command->room) {
        size_t room = command->room > 0 ? 2 * command->room : 32;
        char **words = realloc(command->words, room * sizeof *words);
        if (words == NULL) {
            free(word);
            command->failed = true;
            return;
        }
        command->words = words;
        command->room = room;
    }
    if (word == NULL)
        command->failed = true;
    else
        command->words[command->count++] = word;
    command->words[command->count] = NULL;
}

void weft_command_add(weft_command *command, const char *format, ...) {
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int length = vsnprintf(NULL, 0, format, list);
    char *word = length < 0 ? NULL : malloc((size_t)length + 1);
    if (word != NULL) vsnprintf(word, (size_t)length + 1, format, again);
    va_end(again);
    va_end(list);
    add_word(command, word);
}

void weft_command_split(weft_command *command, const char *words) {
    while (words != NULL && *words != '\0') {
        size_t blank = strspn(words, " \t"), length = strcspn(words + blank, " \t");
        if (length > 0) weft_command_add(command, "%.*s", (int)length, words + blank);
        words += blank + length;
    }
}

void weft_command_free(weft_command *command) {
    for (size_t k = 0; k < command->count; k++)
        free(command->words[k]);
    free(command->words);
    *command = (weft_command){0};
}

// Reads to the end; keeps the first size - 1 bytes.
static void collect(int from, char *output, size_t size) {
    size_t length = 0;
    for (;;) {
        char rest[4096];
        bool keep = length + 1 < size;
        ssize_t n =
            keep ? read(from, output + length, size - 1 - length) : read(from, rest, sizeof rest);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        if (keep) length += (size_t)n;
    }
    output[length] = '\0';
}

int weft_tool_run(const weft_command *command, const char *folder, char *output, size_t size) {
    int ends[2], status = -1;
    output[0] = '\0';
    if (command->failed || command->count == 0 || pipe(ends) != 0) return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    // Not posix_spawn: it cannot change the folder in POSIX 2008.
    pid_t child = fork();
    if (child == 0) {
        int nothing = open("/dev/null", O_RDONLY);
        if (nothing >= 0) dup2(nothing, STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        if (folder == NULL || chdir(folder) == 0) execvp(command->words[0], command->words);
        _exit(127);
    }
    close(ends[1]);
    if (child > 0) {
        collect(ends[0], output, size);
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            continue;
        status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    close(ends[0]);
    return status;
}

bool weft_tool_find(const char *program, char *path, size_t size) {
    if (strchr(program, '/') != NULL)
        return snprintf(path, size, "%s", program) < (int)size && access(path, X_OK) == 0;
    const char *list = getenv("PATH");
    while (list != NULL && *list != '\0') {
        int length = (int)strcspn(list, ":");
        if (snprintf(path, size, "%.*s/%s", length, list, program) < (int)size &&
            access(path, X_OK) == 0)
            return true;
        list += length + (list[length] == ':');
    }
    return false;
}

uint64_t weft_hash_text(uint64_t hash, const char *text) {
    do
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    while (*text++ != '\0');
    return hash;
}

uint64_t weft_hash_file(uint64_t hash, const char *path) {
    FILE *file = fopen(path, "rb");
    unsigned char bytes[8192];
    for (size_t n; file != NULL && (n = fread(bytes, 1, sizeof bytes, file)) > 0;)
        for (size_t k = 0; k < n; k++)
            hash = (hash ^ bytes[k]) * 0x100000001b3u;
    if (file != NULL) fclose(file);
    return hash * 0x100000001b3u; // its end
}

uint64_t weft_tool_identity(const char *program) {
    char path[PATH_MAX], words[PATH_MAX + 80];
    struct stat about;
    if (!weft_tool_find(program, path, sizeof path) || stat(path, &about) != 0)
        return weft_hash_text(0, program);
    snprintf(words, sizeof words, "%s %lld %lld %ld", path, (long long)about.st_size,
             (long long)about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
    return weft_hash_text(0, words);
}
