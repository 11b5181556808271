// build.h -- generated text becomes code in this process: C through the C compiler, SystemVerilog
// through Verilator, both into shared objects that are kept in a cache and loaded.
//
// The cache is $WEFT_CACHE, else $XDG_CACHE_HOME/weft, else ~/.cache/weft, else weft-USER in the
// folder for temporary files. A file in it is named by a hash of everything it depends on (text,
// flags, compiler), is written beside its name and renamed, and so may be shared and deleted at any
// time.
#ifndef WEFT_BUILD_H
#define WEFT_BUILD_H

#include <stdbool.h>
#include <stddef.h>

#include "engine.h"

// A loaded shared object. Close it when no twin uses its tables any more.
typedef struct weft_library {
    void *handle;
    bool cached; // it was in the cache
} weft_library;
void weft_library_close(weft_library *library);

// The runtime's functions that loaded models call, one of each file.
extern void (*const weft_called_by_models[])(void);

typedef struct weft_build {
    const char *include; // folder of weft.h and engine.h
    const char *cc;      // C compiler with options; NULL: $CC, else "cc"
    const char *flags;   // further flags, or NULL ("-O0")
    char *error;         // what went wrong, the tool's own words included; "" when nothing did
    size_t error_size;   // room there, at least 1
} weft_build;

// The model in `text`, C11 that defines `const weft_model *NAME_model(void)`. WEFT_TOOLS: no
// compiler, or it refused the text; WEFT_IO: the cache cannot be written.
WEFT_CHECKED weft_status weft_build_c(const weft_build *build, const char *name, const char *text,
                                      weft_library *library, const weft_model **model);

typedef struct weft_source { // a file for Verilator: a path, or a text under a name
    const char *path;        // NULL: `name` and `text`
    const char *name;        // "mlp_trial.sv"
    const char *text;
} weft_source;

// The module `top` of these sources and, in `shim`, C++ that includes "Vtop.h" (always this name,
// class Vtop) and "engine.h" and defines `extern "C" const weft_rtl weft_rtl_table`. Verilator runs
// without -Wall: the project lints its RTL elsewhere. The errors are those of weft_build_c.
WEFT_CHECKED weft_status weft_build_rtl(const weft_build *build, const char *top,
                                        const weft_source *sources, size_t source_count,
                                        const char *shim, weft_library *library,
                                        const weft_rtl **rtl);

#endif
