// See embedded.h.
#include "fault/embedded.h"

#include "interp/interp.h"
#include "model/elaborate.h"
#include "weft.h"

#include <stdio.h>
#include <stdlib.h>

// The life of one instance; `bytes` is the caller's.
static weft_status live(const weft_model *model, const weft_engine *engine, void **bytes) {
    const double start = 1;
    double current;
    weft_twin *twin = NULL;
    weft_status status = weft_open(&twin, model, engine);
    if (status == WEFT_OK) status = weft_restart(twin, 1, 0);
    if (status == WEFT_OK) status = weft_set(twin, "cycle.start", &start, 1);
    if (status == WEFT_OK) status = weft_run(twin, 25);
    if (status == WEFT_OK) status = weft_observe(twin, "i", &current, 1);
    size_t size = status == WEFT_OK ? weft_save_size(twin) : 0;
    if (status == WEFT_OK && !(*bytes = malloc(size))) status = WEFT_NO_MEMORY;
    if (status == WEFT_OK) status = weft_save(twin, *bytes, size);
    if (status == WEFT_OK) status = weft_run(twin, 50);
    if (status == WEFT_OK) status = weft_load(twin, *bytes, size);
    if (status == WEFT_OK) status = weft_run(twin, 50);
    if (status == WEFT_OK) status = weft_get(twin, "i", &current, 1);
    weft_close(twin);
    return status;
}

int embedded_run(const char *folder) {
    (void)folder;
    static jmp_buf out_of_memory;
    mem_recover_at(&out_of_memory);
    if (setjmp(out_of_memory)) {
        mem_free_all();
        fputs("out of memory\n", stderr);
        return 3;
    }
    arena *home = arena_new();
    names *words = names_new(home);
    diag *d = diag_new(home);
    elab_options options = {.library = getenv("WEFT_HOME")};
    program *p =
        program_read(home, words, d, "examples/quickstart/quickstart.weft", options.library);
    model *m = p ? elaborate(p, NULL, &options) : NULL;
    plan *made = m ? plan_make(m) : NULL;
    weft_status status = WEFT_BAD_DATA;
    if (made && diag_errors(d) == 0) {
        void *bytes = NULL;
        weft_engine engine = interp_engine(made);
        status = live(interp_tables(made), &engine, &bytes);
        free(bytes);
    }
    arena_free(home);
    if (status != WEFT_OK) fprintf(stderr, "%s\n", weft_status_text(status));
    return status == WEFT_OK ? 0 : 3;
}
