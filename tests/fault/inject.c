// The wrapped functions; see inject.h.
#define _GNU_SOURCE // fopencookie
#include "fault/inject.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOTS = 1 << 16, FILES = 1024 };

static struct {
    pthread_mutex_t lock;
    injection what;
    long left; // operations that still succeed
    bool on, fired;
    const char *where;
    const void *block[SLOTS]; // open addressing; the address 1 marks a freed place
    long blocks;
    bool file[FILES];
} now = {.lock = PTHREAD_MUTEX_INITIALIZER, .where = ""};

void inject(injection what, long nth, bool on) {
    now.what = what;
    now.left = nth;
    now.on = on;
    now.fired = false;
    now.where = "";
}

bool inject_end(void) {
    now.what = INJECT_NOTHING;
    return now.fired;
}

const char *inject_where(void) {
    return now.where;
}

// True when this operation is the one to fail.
static bool is_due(const char *name) {
    pthread_mutex_lock(&now.lock);
    bool due = now.left == 0 || (now.left < 0 && now.on);
    if (now.left >= 0) now.left--;
    if (due && !now.fired) now.where = name;
    now.fired |= due;
    pthread_mutex_unlock(&now.lock);
    return due;
}

static bool memory_fails(const char *name) {
    return now.what == INJECT_MEMORY && is_due(name);
}

// `writes`: it takes room on the disk. `moves`: it moves bytes, so that half is possible.
static bool file_fails(const char *name, bool writes, bool moves) {
    bool counts = now.what == INJECT_EIO || (now.what == INJECT_ENOSPC && writes) ||
                  ((now.what == INJECT_SHORT || now.what == INJECT_EINTR) && moves);
    if (!counts || !is_due(name)) return false;
    errno = now.what == INJECT_ENOSPC ? ENOSPC : now.what == INJECT_EINTR ? EINTR : EIO;
    return true;
}

// ---- blocks ----

static size_t slot_of(const void *block) {
    uint64_t h = (uint64_t)(uintptr_t)block >> 4;
    return (size_t)(h * 0x9e3779b97f4a7c15u >> 48) % SLOTS;
}

static void *remember(void *block) {
    if (!block) return NULL;
    pthread_mutex_lock(&now.lock);
    size_t k = slot_of(block);
    for (int tries = 0; tries < SLOTS && (uintptr_t)now.block[k] > 1; tries++)
        k = (k + 1) % SLOTS;
    now.block[k] = block;
    now.blocks++;
    pthread_mutex_unlock(&now.lock);
    return block;
}

static void forget(const void *block) {
    if (!block) return;
    pthread_mutex_lock(&now.lock);
    size_t k = slot_of(block);
    for (int tries = 0; tries < SLOTS && now.block[k]; tries++, k = (k + 1) % SLOTS)
        if (now.block[k] == block) {
            now.block[k] = (const void *)1;
            now.blocks--;
            break;
        }
    pthread_mutex_unlock(&now.lock);
}

long inject_blocks(void) {
    return now.blocks;
}

long inject_files(void) {
    long open_files = 0;
    for (int k = 0; k < FILES; k++)
        open_files += now.file[k];
    return open_files;
}

void inject_forget(void) {
    memset(now.block, 0, sizeof now.block);
    memset(now.file, 0, sizeof now.file);
    now.blocks = 0;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *block);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

void *__wrap_malloc(size_t size) {
    return memory_fails("malloc") ? NULL : remember(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size) {
    return memory_fails("calloc") ? NULL : remember(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size) {
    if (memory_fails("realloc")) return NULL;
    void *larger = __real_realloc(old, size);
    if (!larger) return NULL;
    forget(old);
    return remember(larger);
}

void __wrap_free(void *block) {
    forget(block);
    __real_free(block);
}

char *__wrap_strndup(const char *s, size_t n) {
    size_t length = strnlen(s, n);
    char *copy = memory_fails("strndup") ? NULL : remember(__real_malloc(length + 1));
    if (!copy) return NULL;
    memcpy(copy, s, length);
    copy[length] = '\0';
    return copy;
}

char *__wrap_strdup(const char *s) {
    return __wrap_strndup(s, strlen(s));
}

// ---- files ----

int __real_open(const char *path, int flags, ...);
ssize_t __real_read(int file, void *bytes, size_t size);
ssize_t __real_write(int file, const void *bytes, size_t size);
int __real_close(int file);
int __real_rename(const char *from, const char *to);
int __real_mkdir(const char *path, mode_t mode);
int __wrap_open(const char *path, int flags, ...);
ssize_t __wrap_read(int file, void *bytes, size_t size);
ssize_t __wrap_write(int file, const void *bytes, size_t size);
int __wrap_fsync(int file);
int __wrap_close(int file);
int __wrap_rename(const char *from, const char *to);
int __wrap_mkdir(const char *path, mode_t mode);
FILE *__wrap_fopen(const char *path, const char *mode);

int __wrap_open(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    if (file_fails("open", (flags & O_CREAT) != 0, false)) return -1;
    int file = __real_open(path, flags, mode);
    if (file >= 0 && file < FILES) now.file[file] = true;
    return file;
}

ssize_t __wrap_read(int file, void *bytes, size_t size) {
    if (size > 1 && file_fails("read", false, true)) {
        if (now.what != INJECT_SHORT) return -1;
        size /= 2;
    }
    return __real_read(file, bytes, size);
}

ssize_t __wrap_write(int file, const void *bytes, size_t size) {
    if (size > 1 && file_fails("write", true, true)) {
        int why = errno;
        if (now.what == INJECT_SHORT) return __real_write(file, bytes, size / 2);
        if (now.what == INJECT_ENOSPC) (void)!__real_write(file, bytes, size / 2);
        errno = why;
        return -1;
    }
    return __real_write(file, bytes, size);
}

// Nobody cuts the power here, and waiting for the disk would take most of the time.
int __wrap_fsync(int file) {
    (void)file;
    return file_fails("fsync", true, false) ? -1 : 0;
}

// The descriptor is gone even when closing reports a failure.
int __wrap_close(int file) {
    bool fails = file_fails("close", false, false);
    if (file >= 0 && file < FILES) now.file[file] = false;
    int result = __real_close(file);
    if (!fails) return result;
    errno = EIO;
    return -1;
}

int __wrap_rename(const char *from, const char *to) {
    return file_fails("rename", true, false) ? -1 : __real_rename(from, to);
}

int __wrap_mkdir(const char *path, mode_t mode) {
    return file_fails("mkdir", true, false) ? -1 : __real_mkdir(path, mode);
}

// A stream over the functions above; like the C library's own it goes on after a short write.
static ssize_t stream_read(void *at, char *bytes, size_t size) {
    ssize_t got;
    do
        got = __wrap_read((int)(intptr_t)at, bytes, size);
    while (got < 0 && errno == EINTR);
    return got;
}

static ssize_t stream_write(void *at, const char *bytes, size_t size) {
    size_t done = 0;
    while (done < size) {
        ssize_t put = __wrap_write((int)(intptr_t)at, bytes + done, size - done);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return 0; // how fopencookie wants to hear of a failure
        done += (size_t)put;
    }
    return (ssize_t)done;
}

static int stream_close(void *at) {
    return __wrap_close((int)(intptr_t)at);
}

FILE *__wrap_fopen(const char *path, const char *mode) {
    bool writes = mode[0] == 'w';
    int file = __wrap_open(path, writes ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY, (mode_t)0666);
    if (file < 0) return NULL;
    cookie_io_functions_t io = {.read = stream_read, .write = stream_write, .close = stream_close};
    return fopencookie((void *)(intptr_t)file, mode, io);
}
