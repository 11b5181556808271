// The folder where built objects are kept.
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

static bool make_folders(char *path) {
    for (char *slash = path + 1; *slash != '\0'; slash++) {
        if (*slash != '/') continue;
        *slash = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST) {
            *slash = '/';
            return false;
        }
        *slash = '/';
    }
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

// What is loaded as code must not be put there by another user.
static bool is_mine(const char *path) {
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode) &&
           (about.st_uid == geteuid() || about.st_uid == 0) && (about.st_mode & S_IWOTH) == 0 &&
           access(path, W_OK) == 0;
}

bool weft_cache_folder(char *path, size_t size, char *error, size_t error_size) {
    const char *cache = getenv("WEFT_CACHE"), *xdg = getenv("XDG_CACHE_HOME"),
               *home = getenv("HOME");
    if (cache != NULL && *cache != '\0') {
        // Relative to where the command stands: a tool may run elsewhere.
        char here[2048] = "";
        if (*cache != '/' && getcwd(here, sizeof here) == NULL) here[0] = '\0';
        snprintf(path, size, "%s%s%s", here, here[0] != '\0' ? "/" : "", cache);
        if (make_folders(path) && is_mine(path)) return true;
        snprintf(error, error_size, "the cache %s (WEFT_CACHE) cannot be used: %s", path,
                 strerror(errno != 0 ? errno : EACCES));
        return false;
    }
    if (xdg != NULL && *xdg == '/') {
        snprintf(path, size, "%s/weft", xdg);
        if (make_folders(path) && is_mine(path)) return true;
    }
    if (home != NULL && *home == '/') {
        snprintf(path, size, "%s/.cache/weft", home);
        if (make_folders(path) && is_mine(path)) return true;
    }
    const char *temporary = getenv("TMPDIR");
    if (temporary == NULL || *temporary != '/') temporary = "/tmp";
    snprintf(path, size, "%s/weft-%ld", temporary, (long)geteuid());
    if (mkdir(path, 0700) == 0 || is_mine(path)) return true;
    snprintf(error, error_size,
             "no folder for built models can be written (%s: %s); set WEFT_CACHE", path,
             strerror(errno));
    return false;
}

bool weft_work_folder(const char *cache, char *path, size_t size) {
    return snprintf(path, size, "%s/work-XXXXXX", cache) < (int)size && mkdtemp(path) != NULL;
}

void weft_work_remove(const char *path) {
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        size_t size = strlen(path) + strlen(entry->d_name) + 2;
        char *inner = malloc(size);
        if (inner == NULL) continue;
        snprintf(inner, size, "%s/%s", path, entry->d_name);
        struct stat about;
        if (lstat(inner, &about) == 0 && S_ISDIR(about.st_mode))
            weft_work_remove(inner);
        else
            unlink(inner);
        free(inner);
    }
    if (folder != NULL) closedir(folder);
    rmdir(path);
}

bool weft_write_text(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    if (file == NULL) return false;
    bool written = fputs(text, file) >= 0;
    return fclose(file) == 0 && written;
}
