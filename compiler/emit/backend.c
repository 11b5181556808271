// The files of an emission; see backend.h.
#include "emit/backend.h"

text *emission_file(emission *to, const char *name) {
    vec_push(to->home, &to->files, (emitted_file){name, text_in(to->home)});
    return &to->files.at[to->files.n - 1].body;
}

const char *emission_stem(const emission *to, const plan *p) {
    return to->stem != NULL ? to->stem : p->model->name;
}
