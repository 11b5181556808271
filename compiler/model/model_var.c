// The tables of a model: its variables and its indices; what they are called inside a part.
#include "model/model.h"

#include <math.h>
#include <string.h>

const char *sequencer_own(const sequencer *q, const char *name) {
    size_t n = q && q->block ? strlen(q->block) : 0;
    return n && !strncmp(name, q->block, n) && name[n] == '.' ? name + n + 1 : name;
}

var *model_find(const model *m, const char *name) {
    return m->by_name ? map_get(m->by_name, name_is(m->words, name)) : NULL;
}

var *model_var(model *m, const char *name, var_kind kind, value_type type, int dims, const int *dim,
               unit u, span at) {
    var *v = arena_new_of(m->home, var);
    v->id = (int)m->vars.n;
    if (!m->words) m->words = names_new(m->home);
    if (!m->by_name) m->by_name = map_new(m->home);
    v->name = name_is(m->words, name);
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
    map_put(m->by_name, v->name, v);
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
