// Programs given as text; see compiled.h.
#include "support/compiled.h"

#include "model/elaborate.h"
#include "model/experiment_model.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

void compiled_write(const compiled *c, const char *name, const char *bytes, size_t length) {
    FILE *f = fopen(arena_text(c->home, "%s/%s", c->folder, name), "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, 1, length, f), length);
    ck_assert_int_eq(fclose(f), 0);
}

compiled compiled_new(const char *text, const char *solver) {
    const char *work = getenv("WORK");
    compiled c = {.home = arena_new()};
    snprintf(c.folder, sizeof c.folder, "%s/weft-compiled-XXXXXX", work != NULL ? work : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(c.folder));
    compiled_write(&c, "text.weft", text, strlen(text));
    diag *d = diag_new(c.home);
    const char *path = arena_text(c.home, "%s/text.weft", c.folder);
    program *source = program_read(c.home, names_new(c.home), d, path, ".");
    elab_options options = {.library = "."};
    c.m = elaborate(source, NULL, &options);
    diag_print(d, stderr);
    ck_assert_ptr_nonnull(c.m);
    if (solver != NULL) c.m->experiment->solver = solver;
    c.p = plan_make(c.m);
    diag_print(d, stderr);
    ck_assert_uint_eq(diag_errors(d), 0);
    return c;
}

void compiled_free(compiled *c) {
    ck_assert_int_eq(system(arena_text(c->home, "rm -rf %s", c->folder)), 0);
    arena_free(c->home);
}
