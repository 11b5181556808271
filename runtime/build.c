// Builds shared objects out of generated text, through the cache.
#include "build.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool.h"

enum { PATH_ROOM = 4096 };

// The flags of "Numbers that agree" (compiler/README.md): no contraction, and the mathematical
// functions are called, never folded by the compiler with another rounding than the library's; no
// statements made one vector, since gcc 12 contracts there in spite of all (vfmaddsub, where sums
// and differences alternate). The last two change no value: they only say that nobody looks at
// errno or at floating-point traps.
static const char C_FLAGS[] =
    "-std=c11 -O3 -march=native -fPIC -shared -ffp-contract=off -fno-tree-slp-vectorize "
    "-fno-builtin-pow -fno-builtin-exp "
    "-fno-builtin-log -fno-builtin-sin -fno-builtin-cos -fno-builtin-tan -fno-builtin-sinh "
    "-fno-builtin-cosh -fno-builtin-tanh -fno-builtin-atan -fno-math-errno -fno-trapping-math";
static const char CXX_FLAGS[] = "-std=c++17 -O2 -fPIC -DVM_COVERAGE=0 -DVM_SC=0 -DVM_TRACE=0 "
                                "-DVM_TRACE_FST=0 -DVM_TRACE_VCD=0 -faligned-new";
static const char VERILATOR_FLAGS[] =
    "--cc -O3 --x-assign fast --x-initial fast --prefix Vtop -Wno-fatal --quiet-exit";

// What loaded models call: named here, so that a program that links the runtime from an archive has
// them. Their types do not matter.
typedef void (*any_function)(void);
const any_function weft_called_by_models[] = {
    (any_function)weft_flow_advance,  (any_function)weft_stiff_advance,
    (any_function)weft_uniform,       (any_function)weft_integrate,
    (any_function)weft_newton,        (any_function)weft_newton_tangent,
    (any_function)weft_newton_pattern};

typedef struct workshop {
    const weft_build *build;
    char cache[PATH_ROOM], work[PATH_ROOM];
    char *output; // of tools
    size_t output_size;
} workshop;

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static weft_status
refuse(const weft_build *build, weft_status status, const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(build->error, build->error_size, format, list);
    va_end(list);
    return status;
}

// ---- pieces -----------------------------------------------------------------------------------

static weft_status open_workshop(workshop *shop, const weft_build *build) {
    *shop = (workshop){.build = build, .output_size = 20000};
    build->error[0] = '\0';
    if (!weft_cache_folder(shop->cache, sizeof shop->cache, build->error, build->error_size))
        return WEFT_IO;
    shop->output = malloc(shop->output_size);
    return shop->output == NULL ? WEFT_NO_MEMORY : WEFT_OK;
}

static weft_status need_work_folder(workshop *shop) {
    if (shop->work[0] != '\0') return WEFT_OK;
    if (weft_work_folder(shop->cache, shop->work, sizeof shop->work)) return WEFT_OK;
    shop->work[0] = '\0';
    return refuse(shop->build, WEFT_IO, "%s: %s", shop->cache, strerror(errno));
}

static void close_workshop(workshop *shop) {
    if (shop->work[0] != '\0') weft_work_remove(shop->work);
    free(shop->output);
}

static weft_status write_text(workshop *shop, const char *path, const char *text) {
    if (weft_write_text(path, text)) return WEFT_OK;
    return refuse(shop->build, WEFT_IO, "%s: %s", path, strerror(errno));
}

// Runs the command in a folder (NULL: here) and frees it; `install` says what to do when it is
// missing.
static weft_status run(workshop *shop, weft_command *command, const char *folder, const char *what,
                       const char *install) {
    char found[PATH_ROOM];
    weft_status status = WEFT_OK;
    if (command->failed || command->count == 0) {
        status = refuse(shop->build, WEFT_NO_MEMORY, "out of memory");
    } else if (!weft_tool_find(command->words[0], found, sizeof found)) {
        status = refuse(shop->build, WEFT_TOOLS, "%s: %s was not found; %s", what,
                        command->words[0], install);
    } else {
        int code = weft_tool_run(command, folder, shop->output, shop->output_size);
        if (code != 0)
            status = refuse(shop->build, WEFT_TOOLS, "%s: %s failed (exit status %d):\n%s", what,
                            command->words[0], code, shop->output);
    }
    weft_command_free(command);
    return status;
}

// Puts a finished file under its name in the cache.
static weft_status keep(workshop *shop, const char *made, const char *name) {
    int file = open(made, O_RDONLY);
    bool synced = file >= 0 && fsync(file) == 0;
    if (file >= 0) close(file);
    if (synced && rename(made, name) == 0) return WEFT_OK;
    return refuse(shop->build, WEFT_IO, "%s: %s", name, strerror(errno));
}

static weft_status load(workshop *shop, const char *path, const char *symbol, weft_library *library,
                        const void **table) {
    library->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library->handle == NULL) return refuse(shop->build, WEFT_TOOLS, "%s", dlerror());
    *table = dlsym(library->handle, symbol);
    if (*table != NULL) return WEFT_OK;
    weft_library_close(library);
    return refuse(shop->build, WEFT_TOOLS, "%s: it has no %s", path, symbol);
}

void weft_library_close(weft_library *library) {
    if (library->handle != NULL) dlclose(library->handle);
    library->handle = NULL;
}

static const char *choose(const char *given, const char *variable, const char *otherwise) {
    const char *value = given != NULL ? given : getenv(variable);
    return value != NULL && *value != '\0' ? value : otherwise;
}

static uint64_t hash_headers(uint64_t hash, const weft_build *build) {
    static const char *const headers[] = {"weft.h",  "kernels.h",  "flow.h",
                                          "pair.h",  "events.h",   "stiffness.h",
                                          "lanes.h", "status.def", "engine.h"};
    char path[PATH_ROOM];
    for (size_t k = 0; k < sizeof headers / sizeof *headers; k++) {
        snprintf(path, sizeof path, "%s/%s", build->include, headers[k]);
        hash = weft_hash_file(hash, path);
    }
    return hash;
}

static uint64_t hash_tool(uint64_t hash, const char *command) {
    char program[PATH_ROOM];
    snprintf(program, sizeof program, "%.*s", (int)strcspn(command, " \t"), command);
    return weft_hash_text(hash, command) ^ weft_tool_identity(program);
}

// Folder and name joined; false when that is too long.
static bool join(char *path, const char *folder, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int length = snprintf(path, PATH_ROOM, "%s/", folder);
    int more = length < PATH_ROOM
                   ? vsnprintf(path + length, (size_t)(PATH_ROOM - length), format, list)
                   : -1;
    va_end(list);
    return more >= 0 && length + more < PATH_ROOM;
}

// ---- C ----------------------------------------------------------------------------------------

static weft_status compile_c(workshop *shop, const char *cc, const char *name, const char *text,
                             const char *object) {
    char source[PATH_ROOM], made[PATH_ROOM];
    weft_status status = need_work_folder(shop);
    if (status != WEFT_OK) return status;
    if (!join(source, shop->work, "%s.c", name) || !join(made, shop->work, "%s.so", name))
        return refuse(shop->build, WEFT_IO, "%s: the path is too long", shop->work);
    status = write_text(shop, source, text);
    if (status != WEFT_OK) return status;
    weft_command command = {0};
    weft_command_split(&command, cc);
    weft_command_split(&command, C_FLAGS);
    weft_command_split(&command, shop->build->flags);
    weft_command_add(&command, "-I%s", shop->build->include);
    weft_command_add(&command, "-o");
    weft_command_add(&command, "%s", made);
    weft_command_add(&command, "%s", source);
    weft_command_add(&command, "-lm");
    status = run(shop, &command, NULL, "building the model",
                 "install a C compiler (gcc or clang), set CC, or use --interpret");
    return status == WEFT_OK ? keep(shop, made, object) : status;
}

weft_status weft_build_c(const weft_build *build, const char *name, const char *text,
                         weft_library *library, const weft_model **model) {
    workshop shop;
    char object[PATH_ROOM], symbol[300];
    const char *cc = choose(build->cc, "CC", "cc");
    *library = (weft_library){0};
    weft_status status = open_workshop(&shop, build);
    if (status == WEFT_OK) {
        uint64_t hash =
            hash_headers(hash_tool(weft_hash_text(0xcbf29ce484222325u, text), cc), build);
        hash =
            weft_hash_text(weft_hash_text(hash, C_FLAGS), build->flags != NULL ? build->flags : "");
        if (!join(object, shop.cache, "%s-%016llx.so", name, (unsigned long long)hash))
            status = refuse(build, WEFT_IO, "%s: the path is too long", shop.cache);
    }
    if (status == WEFT_OK) {
        snprintf(symbol, sizeof symbol, "%s_model", name);
        const void *table = NULL;
        library->cached =
            access(object, R_OK) == 0 && load(&shop, object, symbol, library, &table) == WEFT_OK;
        if (!library->cached) { // absent, or damaged
            status = compile_c(&shop, cc, name, text, object);
            if (status == WEFT_OK) status = load(&shop, object, symbol, library, &table);
        }
        if (status == WEFT_OK) {
            const weft_model *(*entry)(void);
            memcpy(&entry, &table, sizeof entry); // ISO C has no conversion to a function pointer
            *model = entry();
        }
        if (status == WEFT_OK) build->error[0] = '\0';
    }
    close_workshop(&shop);
    return status;
}

// ---- SystemVerilog ----------------------------------------------------------------------------

static void add_cxx(const workshop *shop, weft_command *command, const char *cxx,
                    const char *root) {
    weft_command_split(command, cxx);
    weft_command_split(command, CXX_FLAGS);
    // Unique symbols would be shared between two controllers' copies of Verilator's runtime.
    if (strstr(cxx, "clang") == NULL) weft_command_add(command, "-fno-gnu-unique");
    weft_command_add(command, "-I%s", shop->build->include);
    weft_command_add(command, "-I%s/include", root);
    weft_command_add(command, "-I%s/include/vltstd", root);
}

static weft_status ask_root(workshop *shop, char *root) {
    weft_command command = {0};
    weft_command_add(&command, "verilator");
    weft_command_add(&command, "--getenv");
    weft_command_add(&command, "VERILATOR_ROOT");
    weft_status status =
        run(shop, &command, NULL, "building the controller", "install verilator 5");
    if (status != WEFT_OK) return status;
    shop->output[strcspn(shop->output, "\r\n")] = '\0';
    if (snprintf(root, PATH_ROOM, "%s", shop->output) >= PATH_ROOM || root[0] == '\0')
        return refuse(shop->build, WEFT_TOOLS, "verilator does not say where its files are");
    return WEFT_OK;
}

// Verilator's own runtime takes longer to compile than a controller, and is the same for all.
static weft_status build_verilated(workshop *shop, const char *cxx, const char *root,
                                   char *object) {
    char source[PATH_ROOM], made[PATH_ROOM];
    uint64_t hash = weft_hash_text(hash_tool(0, cxx) ^ weft_tool_identity("verilator"), root);
    hash = weft_hash_text(hash, CXX_FLAGS);
    if (!join(object, shop->cache, "verilated-%016llx.o", (unsigned long long)hash) ||
        !join(source, shop->work, "verilated_all.cpp") ||
        !join(made, shop->work, "verilated_all.o"))
        return refuse(shop->build, WEFT_IO, "%s: the path is too long", shop->cache);
    if (access(object, R_OK) == 0) return WEFT_OK;
    weft_status status = write_text(shop, source,
                                    "#include \"verilated.cpp\"\n"
                                    "#include \"verilated_threads.cpp\"\n");
    if (status != WEFT_OK) return status;
    weft_command command = {0};
    add_cxx(shop, &command, cxx, root);
    weft_command_add(&command, "-c");
    weft_command_add(&command, "-o");
    weft_command_add(&command, "%s", made);
    weft_command_add(&command, "%s", source);
    status =
        run(shop, &command, NULL, "building Verilator's runtime", "install a C++ compiler (g++)");
    return status == WEFT_OK ? keep(shop, made, object) : status;
}

static weft_status verilate(workshop *shop, const char *top, const weft_source *sources,
                            size_t count) {
    weft_command command = {0};
    weft_command_add(&command, "verilator");
    weft_command_split(&command, VERILATOR_FLAGS);
    weft_command_add(&command, "--top-module");
    weft_command_add(&command, "%s", top);
    weft_command_add(&command, "--Mdir");
    weft_command_add(&command, "obj"); // relative: verilator writes it into make files unquoted
    weft_status status = WEFT_OK;
    for (size_t k = 0; k < count && status == WEFT_OK; k++) {
        char path[PATH_ROOM], here[PATH_ROOM];
        const weft_source *source = &sources[k];
        if (source->path == NULL) {
            if (!join(path, shop->work, "%s", source->name))
                status = refuse(shop->build, WEFT_IO, "%s: the path is too long", shop->work);
            else
                status = write_text(shop, path, source->text);
            weft_command_add(&command, "%s", source->name);
        } else if (source->path[0] == '/' || getcwd(here, sizeof here) == NULL) {
            weft_command_add(&command, "%s", source->path);
        } else {
            weft_command_add(&command, "%s/%s", here, source->path);
        }
    }
    if (status == WEFT_OK)
        return run(shop, &command, shop->work, "building the controller", "install verilator 5");
    weft_command_free(&command);
    return status;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// One translation unit of everything Verilator has written, the shim last.
static weft_status write_unit(workshop *shop, const char *path, const char *shim) {
    char folder[PATH_ROOM];
    weft_command names = {0}; // used as a list of words
    if (!join(folder, shop->work, "obj")) return WEFT_IO;
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        size_t length = strlen(entry->d_name);
        if (length > 4 && strcmp(entry->d_name + length - 4, ".cpp") == 0)
            weft_command_add(&names, "%s", entry->d_name);
    }
    if (entries != NULL) closedir(entries);
    if (names.count > 0) qsort(names.words, names.count, sizeof *names.words, by_text);
    FILE *file = fopen(path, "wb");
    bool good = file != NULL && names.count > 0 && !names.failed;
    for (size_t k = 0; good && k < names.count; k++)
        good = fprintf(file, "#include \"%s\"\n", names.words[k]) > 0;
    good = good && fputs(shim, file) >= 0;
    if (file != NULL && fclose(file) != 0) good = false;
    weft_command_free(&names);
    return good ? WEFT_OK : refuse(shop->build, WEFT_IO, "%s: %s", path, strerror(errno));
}

static weft_status compile_rtl(workshop *shop, const char *cxx, const char *top,
                               const weft_source *sources, size_t count, const char *shim,
                               const char *object) {
    char root[PATH_ROOM], verilated[PATH_ROOM], unit[PATH_ROOM], made[PATH_ROOM];
    weft_status status = need_work_folder(shop);
    if (status == WEFT_OK) status = ask_root(shop, root);
    if (status == WEFT_OK) status = build_verilated(shop, cxx, root, verilated);
    if (status == WEFT_OK) status = verilate(shop, top, sources, count);
    if (status != WEFT_OK) return status;
    if (!join(unit, shop->work, "unit.cpp") || !join(made, shop->work, "unit.so"))
        return refuse(shop->build, WEFT_IO, "%s: the path is too long", shop->work);
    status = write_unit(shop, unit, shim);
    if (status != WEFT_OK) return status;
    weft_command command = {0};
    add_cxx(shop, &command, cxx, root);
    weft_command_add(&command, "-I%s/obj", shop->work);
    weft_command_add(&command, "-shared");
    weft_command_add(&command, "-o");
    weft_command_add(&command, "%s", made);
    weft_command_add(&command, "%s", unit);
    weft_command_add(&command, "%s", verilated);
    weft_command_add(&command, "-lpthread");
    status = run(shop, &command, NULL, "building the controller", "install a C++ compiler (g++)");
    return status == WEFT_OK ? keep(shop, made, object) : status;
}

weft_status weft_build_rtl(const weft_build *build, const char *top, const weft_source *sources,
                           size_t source_count, const char *shim, weft_library *library,
                           const weft_rtl **rtl) {
    workshop shop;
    char object[PATH_ROOM];
    const char *cxx = choose(NULL, "CXX", "c++");
    const void *table = NULL;
    *library = (weft_library){0};
    weft_status status = open_workshop(&shop, build);
    if (status == WEFT_OK) {
        uint64_t hash =
            hash_headers(hash_tool(weft_hash_text(0xcbf29ce484222325u, shim), cxx), build);
        hash = weft_hash_text(hash ^ weft_tool_identity("verilator"), CXX_FLAGS);
        hash = weft_hash_text(weft_hash_text(hash, VERILATOR_FLAGS), top);
        for (size_t k = 0; k < source_count; k++)
            hash = sources[k].path != NULL ? weft_hash_file(hash, sources[k].path)
                                           : weft_hash_text(hash, sources[k].text);
        if (!join(object, shop.cache, "%s-%016llx.so", top, (unsigned long long)hash))
            status = refuse(build, WEFT_IO, "%s: the path is too long", shop.cache);
    }
    if (status == WEFT_OK) {
        library->cached = access(object, R_OK) == 0 &&
                          load(&shop, object, "weft_rtl_table", library, &table) == WEFT_OK;
        if (!library->cached) {
            status = compile_rtl(&shop, cxx, top, sources, source_count, shim, object);
            if (status == WEFT_OK) status = load(&shop, object, "weft_rtl_table", library, &table);
        }
        *rtl = table;
        if (status == WEFT_OK) build->error[0] = '\0';
    }
    close_workshop(&shop);
    return status;
}
