// trace_tools.c -- the FST library: Verilator's copy of its sources, compiled once into the cache.
#include "report.h"
#include "tool.h"
#include "trace.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_ROOM = 1024 };

static const char *const sources[] = {"fstapi.c", "fastlz.c", "lz4.c"};
enum { SOURCES = sizeof sources / sizeof *sources };

static bool has_sources(char *folder, const char *root) {
    char file[PATH_ROOM + 16];
    if (!root || !*root) return false;
    int length = snprintf(folder, PATH_ROOM, "%s/include/gtkwave", root);
    if (length < 0 || length >= PATH_ROOM) return false;
    snprintf(file, sizeof file, "%s/%s", folder, sources[0]);
    return access(file, R_OK) == 0;
}

static bool ask_verilator(char *root) {
    weft_command command = {0};
    weft_command_split(&command, "verilator --getenv VERILATOR_ROOT");
    bool fine = weft_tool_run(&command, NULL, root, PATH_ROOM) == 0;
    root[strcspn(root, "\n")] = '\0';
    weft_command_free(&command);
    return fine;
}

static bool find_sources(char *folder) {
    char root[PATH_ROOM];
    return has_sources(folder, getenv("VERILATOR_ROOT")) ||
           has_sources(folder, "/usr/share/verilator") ||
           has_sources(folder, "/usr/local/share/verilator") ||
           (ask_verilator(root) && has_sources(folder, root));
}

static bool compile(const char *cc, const char *folder, const char *library, char *output,
                    size_t size) {
    weft_command command = {0};
    weft_command_split(&command, cc);
    weft_command_split(&command, "-w -O2 -fPIC -shared -DFST_CONFIG_INCLUDE=\"fst_config.h\"");
    weft_command_add(&command, "-I%s", folder);
    weft_command_add(&command, "-o");
    weft_command_add(&command, "%s", library);
    for (int i = 0; i < SOURCES; i++)
        weft_command_add(&command, "%s/%s", folder, sources[i]);
    weft_command_add(&command, "-lz");
    bool fine = weft_tool_run(&command, NULL, output, size) == 0;
    weft_command_free(&command);
    return fine;
}

// Other sources or another compiler make another library.
static bool name_library(char *path, size_t size, const char *cc, const char *folder, char *problem,
                         size_t room) {
    char cache[PATH_ROOM], program[PATH_ROOM];
    uint64_t hash = weft_hash_text(0xcbf29ce484222325u, cc);
    if (!weft_cache_folder(cache, sizeof cache, problem, room)) return false;
    snprintf(program, sizeof program, "%.*s", (int)strcspn(cc, " "), cc);
    hash ^= weft_tool_identity(program);
    for (int i = 0; i < SOURCES; i++) {
        char source[PATH_ROOM + 16];
        snprintf(source, sizeof source, "%s/%s", folder, sources[i]);
        hash = weft_hash_file(hash, source);
    }
    snprintf(path, size, "%s/fst-%016" PRIx64 ".so", cache, hash);
    return true;
}

weft_status weft_fst_library(void **library, char *problem, size_t size) {
    char folder[PATH_ROOM], path[PATH_ROOM + 40], output[600];
    const char *cc = getenv("CC");
    if (!cc || !*cc) cc = "cc";
    *library = NULL;
    if (!find_sources(folder)) {
        snprintf(problem, size,
                 "FST waveforms need Verilator: install verilator (and zlib1g-dev), "
                 "or write a .vcd");
        return WEFT_TOOLS;
    }
    if (!name_library(path, sizeof path, cc, folder, problem, size)) return WEFT_IO;
    if (access(path, R_OK)) {
        char *beside;
        if (!weft_file_beside(path, &beside) || !beside) return WEFT_NO_MEMORY;
        bool fine = compile(cc, folder, beside, output, sizeof output) &&
                    weft_file_settle(beside, path) == WEFT_OK;
        if (!fine) unlink(beside);
        free(beside);
        if (!fine) {
            snprintf(problem, size,
                     "cannot compile Verilator's FST writer: install a C compiler and zlib1g-dev, "
                     "or write a .vcd\n%s",
                     output);
            return WEFT_TOOLS;
        }
    }
    *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (*library) return WEFT_OK;
    snprintf(problem, size, "%s", dlerror());
    return WEFT_TOOLS;
}
