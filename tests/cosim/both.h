// A controller's C and its Verilated RTL, built as `weft run` builds them, and its ports' values.
#ifndef COSIM_BOTH_H
#define COSIM_BOTH_H

#include "build.h"
#include "emit/rtl/rtl.h"

#include <string.h>

// NAME.c with NAME.h in place of its #include.
static inline const char *one_text(arena *home, const emission *to) {
    const char *header = NULL, *source = NULL;
    for (size_t k = 0; k < to->files.n; k++) {
        const char *name = to->files.at[k].name;
        if (name[strlen(name) - 1] == 'h')
            header = to->files.at[k].body.at;
        else
            source = to->files.at[k].body.at;
    }
    const char *line = strstr(source, "#include \""), *end = strchr(line, '\n');
    return arena_text(home, "%.*s%s%s", (int)(line - source), source, header, end);
}

// False: `how->error` says why, or the plan's diagnostics do.
static inline bool build_c(arena *home, const plan *p, const char *stem, weft_build *how,
                           weft_library *library, const weft_model **model) {
    emission to = {.home = home, .stem = stem};
    return backend_c.emit(p, &to) &&
           weft_build_c(how, stem, one_text(home, &to), library, model) == WEFT_OK;
}

static inline bool build_rtl(arena *home, const fsm *m, weft_build *how, const char *project,
                             weft_library *library, const weft_rtl **rtl) {
    text module = text_in(home), shim = text_in(home);
    rtl_module(m, &module);
    rtl_shim(m, &shim);
    const weft_source sources[] = {
        {.name = arena_text(home, "%s.sv", m->name), .text = module.at},
        {.path = arena_text(home, "%s/rtl/weft_pwm.sv", project)},
        {.path = arena_text(home, "%s/rtl/weft_sync.sv", project)},
    };
    return weft_build_rtl(how, m->name, sources, 3, shim.at, library, rtl) == WEFT_OK;
}

static inline void gather(const fsm *m, const weft_cell *cells, bool output, int64_t *to) {
    for (size_t k = 0; k < m->ports.n; k++)
        for (long n = 0; m->ports.at[k].output == output && n < m->ports.at[k].count; n++)
            *to++ = cells[m->ports.at[k].v->cell + n].i;
}

static inline long elements(const fsm *m, bool output) {
    long count = 0;
    for (size_t k = 0; k < m->ports.n; k++)
        if (m->ports.at[k].output == output) count += m->ports.at[k].count;
    return count;
}

#endif
