// trace_tools.c -- the FST library: Verilator's copy of its sources, compiled once into the cache.
#include "report.h"
#include "trace.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_ROOM = 1024 };

static const char *const sources[] = {"fstapi.c", "fastlz.c", "lz4.c"};

static bool has_sources(char *folder, const char *root, const char *below) {
    char file[PATH_ROOM + 16];
    if (!root || !*root) return false;
    int length = snprintf(folder, PATH_ROOM, "%s%s", root, below);
    if (length < 0 || length >= PATH_ROOM) return false;
    snprintf(file, sizeof file, "%s/fstapi.c", folder);
    return access(file, R_OK) == 0;
}

static bool ask_verilator(char *root) {
    FILE *answer = popen("verilator --getenv VERILATOR_ROOT 2>/dev/null", "r");
    if (!answer) return false;
    bool fine = fgets(root, PATH_ROOM, answer) != NULL;
    fine = pclose(answer) == 0 && fine;
    if (fine) root[strcspn(root, "\n")] = '\0';
    return fine;
}

static bool find_sources(char *folder) {
    const char *const below = "/include/gtkwave";
    char root[PATH_ROOM];
    return has_sources(folder, getenv("VERILATOR_ROOT"), below) ||
           has_sources(folder, "/usr/share/verilator", below) ||
           has_sources(folder, "/usr/local/share/verilator", below) ||
           (ask_verilator(root) && has_sources(folder, root, below));
}

// FNV-1a of the sources: another version of them is another library.
static uint64_t fingerprint(const char *folder) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        char path[PATH_ROOM + 16];
        snprintf(path, sizeof path, "%s/%s", folder, sources[i]);
        FILE *file = fopen(path, "rb");
        for (int c; file && (c = getc(file)) != EOF;)
            hash = (hash ^ (unsigned)c) * 0x100000001b3u;
        if (file) fclose(file);
    }
    return hash;
}

// $WEFT_CACHE, $XDG_CACHE_HOME/weft, ~/.cache/weft; made if it is not there.
static bool cache_folder(char *folder) {
    const char *own = getenv("WEFT_CACHE"), *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    int length = own && *own     ? snprintf(folder, PATH_ROOM, "%s", own)
                 : cache && *cache ? snprintf(folder, PATH_ROOM, "%s/weft", cache)
                 : home && *home   ? snprintf(folder, PATH_ROOM, "%s/.cache/weft", home)
                                   : -1;
    if (length < 0 || length >= PATH_ROOM) return false;
    for (char *at = folder + 1;; at++) {
        char kept = *at;
        if (kept != '/' && kept) continue;
        *at = '\0';
        if (mkdir(folder, 0777) && errno != EEXIST) return false;
        *at = kept;
        if (!kept) return true;
    }
}

static bool compile(const char *folder, const char *library) {
    char include[PATH_ROOM + 4], files[3][PATH_ROOM + 16];
    const char *cc = getenv("CC");
    snprintf(include, sizeof include, "-I%s", folder);
    for (int i = 0; i < 3; i++)
        snprintf(files[i], sizeof files[i], "%s/%s", folder, sources[i]);
    if (!cc || !*cc) cc = "cc";
    pid_t child = fork();
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        execlp(cc, cc, "-w", "-O2", "-fPIC", "-shared", "-DFST_CONFIG_INCLUDE=\"fst_config.h\"",
               include, "-o", library, files[0], files[1], files[2], "-lz", (char *)NULL);
        _exit(127);
    }
    int state = -1;
    while (child > 0 && waitpid(child, &state, 0) < 0 && errno == EINTR)
        ;
    return child > 0 && WIFEXITED(state) && WEXITSTATUS(state) == 0;
}

weft_status weft_fst_library(void **library, char *problem, size_t size) {
    char folder[PATH_ROOM], cache[PATH_ROOM], path[PATH_ROOM + 40];
    *library = NULL;
    if (!find_sources(folder)) {
        snprintf(problem, size, "FST waveforms need Verilator: install verilator (and zlib1g-dev), "
                                "or write a .vcd");
        return WEFT_TOOLS;
    }
    if (!cache_folder(cache)) {
        snprintf(problem, size, "no folder for compiled files: set WEFT_CACHE");
        return WEFT_TOOLS;
    }
    snprintf(path, sizeof path, "%s/fst-%016" PRIx64 ".so", cache, fingerprint(folder));
    if (access(path, R_OK)) {
        char *beside = weft_file_beside(path);
        if (!beside) return WEFT_NO_MEMORY;
        bool fine = compile(folder, beside) && weft_file_settle(beside, path) == WEFT_OK;
        if (!fine) unlink(beside);
        free(beside);
        if (!fine) {
            snprintf(problem, size, "cannot compile Verilator's FST writer: install a C compiler "
                                    "and zlib1g-dev, or write a .vcd");
            return WEFT_TOOLS;
        }
    }
    *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (*library) return WEFT_OK;
    snprintf(problem, size, "%s", dlerror());
    return WEFT_TOOLS;
}
