// Finds the compiler's own library; see home.h.
#include "support/home.h"
#include "support/file.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef PATH_MAX
#define PATH_MAX 4096
#endif

// The one file that every library has.
static bool is_home(arena *home, const char *directory) {
    return file_exists(path_join(home, directory, "runtime/weft.h"));
}

const char *weft_home(arena *home) {
    const char *named = getenv("WEFT_HOME");
    if (named && named[0]) return arena_copy(home, named, strlen(named));
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0) return NULL;
    path[length] = '\0';
    char *directory = path_directory(home, path);
    char *installed = path_join(home, path_directory(home, directory), "share/weft");
    if (is_home(home, installed)) return installed;
    while (strcmp(directory, "/") != 0) {
        if (is_home(home, directory)) return directory;
        directory = path_directory(home, directory);
    }
    return NULL;
}
