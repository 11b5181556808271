// Files read whole, and written beside the final name before they take it; see file.h.
#define _XOPEN_SOURCE 700 // realpath
#include "support/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

enum { READ_AT_LEAST = 64 * 1024, TRIES = 100 };

static bool refuse(const char **problem, int number) {
    *problem = strerror(number);
    return false;
}

// ---- reading ----

// Reads until the end; the size that the file system names is a first guess only (pipes have none).
static bool read_all(arena *home, int file, size_t guess, char **bytes, size_t *length) {
    size_t room = guess + 1, used = 0;
    char *buffer = arena_alloc(home, room);
    for (;;) {
        if (used == room) {
            size_t larger = room * 2 > READ_AT_LEAST ? room * 2 : READ_AT_LEAST;
            char *moved = arena_alloc(home, larger);
            memcpy(moved, buffer, used);
            buffer = moved;
            room = larger;
        }
        ssize_t got = read(file, buffer + used, room - used);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) break;
        used += (size_t)got;
    }
    // The last read found the end with room left, so the zero byte has its place.
    buffer[used] = '\0';
    *bytes = buffer;
    *length = used;
    return true;
}

char *file_read(arena *home, const char *path, size_t *length, const char **problem) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat facts;
    char *bytes = NULL;
    if (file < 0) {
        refuse(problem, errno);
        return NULL;
    }
    bool fine = fstat(file, &facts) == 0;
    if (fine && S_ISDIR(facts.st_mode)) {
        errno = EISDIR;
        fine = false;
    }
    if (fine) {
        size_t guess = S_ISREG(facts.st_mode) && facts.st_size > 0 ? (size_t)facts.st_size : 0;
        fine = read_all(home, file, guess, &bytes, length);
    }
    if (!fine) refuse(problem, errno);
    close(file);
    return fine ? bytes : NULL;
}

// ---- writing ----

static bool write_all(int file, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t put = write(file, bytes, length);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        bytes += put;
        length -= (size_t)put;
    }
    return true;
}

// A new file beside `path`; its name goes to `beside` (PATH_MAX bytes).
static int open_beside(const char *path, char *beside) {
    for (int try = 0; try < TRIES; try++) {
        int n = snprintf(beside, PATH_MAX, "%s.%ld-%d.tmp", path, (long)getpid(), try);
        if (n < 0 || n >= PATH_MAX) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST) return file;
    }
    return -1;
}

// Makes the new name in a directory last; file systems that cannot say so are left alone.
static void sync_directory(const char *path) {
    char directory[PATH_MAX];
    snprintf(directory, sizeof directory, "%s", path);
    char *slash = strrchr(directory, '/');
    if (!slash)
        snprintf(directory, sizeof directory, ".");
    else
        slash[slash == directory] = '\0';
    int file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) return;
    fsync(file);
    close(file);
}

// A device or a pipe has no "beside", and /dev/stdout may stand for a file that is open already:
// they are written as they stand.
static bool write_in_place(const char *path, const char *bytes, size_t length,
                           const char **problem) {
    int file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (file < 0) return refuse(problem, errno);
    bool fine = write_all(file, bytes, length);
    int number = errno;
    if (close(file) != 0 && fine) return refuse(problem, errno);
    return fine ? true : refuse(problem, number);
}

bool file_write(const char *path, const char *bytes, size_t length, const char **problem) {
    struct stat facts;
    char resolved[PATH_MAX], beside[PATH_MAX];
    if (stat(path, &facts) == 0) {
        if (S_ISDIR(facts.st_mode)) return refuse(problem, EISDIR);
        if (!S_ISREG(facts.st_mode) || strncmp(path, "/dev/", 5) == 0)
            return write_in_place(path, bytes, length, problem);
        // Where the name is a link, the file it points to is replaced, not the link.
        if (realpath(path, resolved)) path = resolved;
    }
    int file = open_beside(path, beside);
    if (file < 0) return refuse(problem, errno);
    bool fine = write_all(file, bytes, length) && fsync(file) == 0;
    int number = errno;
    if (close(file) != 0 && fine) {
        fine = false;
        number = errno;
    }
    if (fine && rename(beside, path) != 0) {
        fine = false;
        number = errno;
    }
    if (!fine) {
        unlink(beside);
        return refuse(problem, number);
    }
    sync_directory(path);
    return true;
}

bool directory_make(const char *path, const char **problem) {
    char part[PATH_MAX];
    int n = snprintf(part, sizeof part, "%s", path);
    if (n < 0 || n >= (int)sizeof part) return refuse(problem, ENAMETOOLONG);
    for (char *at = part + 1; n > 0; at++) {
        if (*at != '/' && *at != '\0') continue;
        bool last = *at == '\0';
        *at = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST) return refuse(problem, errno);
        if (last) break;
        *at = '/';
    }
    struct stat facts;
    if (stat(path, &facts) != 0) return refuse(problem, errno);
    return S_ISDIR(facts.st_mode) ? true : refuse(problem, ENOTDIR);
}

bool file_exists(const char *path) {
    struct stat facts;
    return stat(path, &facts) == 0;
}

bool file_may_be_read(const char *path) {
    struct stat facts;
    return stat(path, &facts) == 0 && !S_ISDIR(facts.st_mode) && access(path, R_OK) == 0;
}

// ---- paths ----

char *path_directory(arena *home, const char *path) {
    const char *slash = strrchr(path, '/');
    if (!slash) return arena_copy(home, ".", 1);
    return slash == path ? arena_copy(home, "/", 1)
                         : arena_copy(home, path, (size_t)(slash - path));
}

char *path_stem(arena *home, const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    // A dot in front hides a file, it does not begin an extension.
    return arena_copy(home, name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

char *path_join(arena *home, const char *directory, const char *name) {
    if (name[0] == '/' || directory[0] == '\0' || strcmp(directory, ".") == 0)
        return arena_copy(home, name, strlen(name));
    size_t n = strlen(directory);
    return arena_text(home, "%s%s%s", directory, directory[n - 1] == '/' ? "" : "/", name);
}
