// The tables of a model: its variables and its indices.
#include "model/model.h"

#include <math.h>

// Variables are found by comparing interned names; models have up to some thousands of them and a
// lookup happens once per mention in an experiment, so a search from the newest on is enough.
var *model_find(const model *m, const char *name) {
    for (size_t k = m->vars.n; k > 0; k--) {
        var *v = m->vars.at[k - 1];
        if (v->name == name || strcmp(v->name, name) == 0) {
            return v;
        }
    }
    return NULL;
}

var *model_var(model *m, const char *name, var_kind kind, value_type type, int dims, const int *dim,
               unit u, span at) {
    var *v = arena_new_of(m->home, var);
    v->id = (int)m->vars.n;
    v->name = m->words != NULL ? name_is(m->words, name) : arena_text(m->home, "%s", name);
    v->kind = kind;
    v->type = type;
    v->width = type == TYPE_BOOL ? 1 : 0;
    v->dims = dims;
    for (int d = 0; d < dims && d < MAX_DIMS; d++) {
        v->dim[d] = dim[d];
    }
    v->unit = u;
    v->lo = -INFINITY;
    v->hi = INFINITY;
    v->at = at;
    v->cell = -1;
    vec_push(m->home, &m->vars, v);
    return v;
}

// Ids count up within one model. The count belongs to the model built last on this thread; models
// are built one after the other, so ids depend on nothing but the source.
static _Thread_local struct {
    const model *of;
    int next;
} indices;

index *model_index(model *m, const char *name, int lo, int hi) {
    if (indices.of != m) {
        indices.of = m;
        indices.next = 0;
    }
    index *ix = arena_new_of(m->home, index);
    ix->name = name;
    ix->lo = lo;
    ix->hi = hi;
    ix->id = indices.next++;
    return ix;
}
