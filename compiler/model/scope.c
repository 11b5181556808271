// Names: what an instance contains, and how a path like g1.w.row[i].i is followed to a variable.
#include "model/elab.h"

entity *scope_find(const inst *in, const char *name) {
    return in ? map_get(in->scope, name) : NULL;
}

entity *scope_add(elab *E, inst *in, ent_kind kind, const char *name, span at, const ast *node) {
    entity *old = scope_find(in, name);
    if (old) {
        diag_report(E->diag, at, DIAG_E0201, name);
        diag_note(E->diag, old->at, "the first one is here");
        return NULL;
    }
    entity *e = arena_new_of(E->home, entity);
    e->kind = kind;
    e->name = name;
    e->at = at;
    e->in = in;
    e->node = node;
    map_put(in->scope, name, e);
    return e;
}

void scope_wrong(elab *E, inst *in, const char *name, span at) {
    entity *e = scope_find(in, name);
    if (!e) e = arena_new_of(E->home, entity);
    *e = (entity){.kind = ENT_WRONG, .name = name, .at = at, .in = in};
    map_put(in->scope, name, e);
}

local *local_push(elab *E, local *outer, const char *name, expr *value) {
    local *l = arena_new_of(E->home, local);
    *l = (local){name, value, outer};
    return l;
}

local *local_find(local *list, const char *name) {
    for (; list; list = list->outer)
        if (list->name == name) return list;
    return NULL;
}

bind bind_in(elab *E, inst *in, bind_place place) {
    bind b = {.E = E, .in = in, .place = place, .tuple = -1, .act = -1};
    for (int k = 0; in && k < in->leads; k++)
        b.lead[k] = expr_index(E->home, in->lead[k], in->def->at);
    return b;
}

const char *path_join_name(elab *E, const char *path, const char *name) {
    if (!path[0]) return name;
    return name_is(E->words, arena_text(E->home, "%s.%s", path, name));
}

// A part by its own name, without those around it: all instances say the same.
static const char *scope_name(const bind *b, const inst *in) {
    if (!in) return b->E->m->name;
    const char *dot = strrchr(in->path, '.');
    return in == b->in || !in->path[0] ? in->def->name : dot ? dot + 1 : in->path;
}

// Parameters come first and in their order: what is no parameter cannot stand in one.
static bool declared_below(bind *b, const ast *node) {
    for (const ast *item = b->in ? b->in->def->b : NULL; item; item = item->next)
        for (const ast *d = item->kind == AST_DECLS ? item->a : NULL; d; d = d->next) {
            if (d->name != node->name || scope_find(b->in, d->name)) continue;
            bool param = item->op == DECL_PARAM;
            diag_report(b->E->diag, node->at, DIAG_E0316, d->name,
                        param ? "declared below" : "not constant", "in the value of a parameter");
            diag_note(b->E->diag, d->at, "it is declared here");
            return true;
        }
    return false;
}

void unknown_name(bind *b, const ast *node, const inst *in) {
    elab *E = b->E;
    if (in == b->in && declared_below(b, node)) return;
    diag_report(E->diag, node->at, DIAG_E0203, node->name, scope_name(b, in));
    VEC(const char *) near = {0};
    for (local *l = b->locals; l; l = l->outer)
        vec_push(E->home, &near, l->name);
    for (size_t k = 0; in && k < map_count(in->scope); k++)
        vec_push(E->home, &near, map_key(in->scope, k));
    if (in == b->in)
        for (size_t k = 0; k < map_count(E->definitions); k++)
            vec_push(E->home, &near, map_key(E->definitions, k));
    if (diag_suggest(E->diag, node->name, near.at, near.n) || in == b->in || !in) return;
    text has = text_in(E->home);
    for (size_t k = 0; k < map_count(in->scope) && k < 12; k++)
        text_add(&has, "%s%s", k ? ", " : "", (const char *)map_key(in->scope, k));
    if (has.n) diag_help(E->diag, "'%s' has %s", scope_name(b, in), has.at);
}

// ---- paths
// ---------------------------------------------------------------------------------------

static bool add_sub(bind *b, ref *r, expr *sub, span at) {
    if (r->subs == 2 * MAX_DIMS) {
        diag_report(b->E->diag, at, DIAG_E0301, MAX_DIMS);
        return false;
    }
    r->sub[r->subs++] = sub;
    return true;
}

// The first name of a path.
static bool resolve_name(bind *b, const ast *node, ref *r) {
    local *l = local_find(b->locals, node->name);
    if (l && l->value->kind == X_VAR &&
        l->value->nsub < l->value->v->dims) { // another name for an array
        r->v = l->value->v;
        for (int k = 0; k < l->value->nsub; k++)
            if (!add_sub(b, r, l->value->sub[k], node->at)) return false;
        return true;
    }
    if (l) {
        r->loc = l;
        return true;
    }
    if (b->seq_scope) {
        r->v = map_get(b->seq_scope, node->name);
        if (r->v) return true;
    }
    for (inst *in = b->in; in; in = b->chain ? in->parent : NULL) {
        r->e = scope_find(in, node->name);
        r->in = in;
        if (!r->e) continue;
        for (int k = 0; k < in->leads; k++)
            if (!add_sub(b, r, b->lead[k], node->at)) return false;
        return true;
    }
    return false;
}

// How many indices of its own an entity takes.
static int own_dims(const ref *r) {
    const entity *e = r->e;
    if (r->v) return r->v->dims - r->subs;
    switch (e->kind) {
    case ENT_PART:
        return e->part->leads - (r->subs > e->in->leads ? r->subs : e->in->leads);
    case ENT_LINE:
        return 1;
    case ENT_CROSSBAR:
        return 2;
    default:
        return 0;
    }
}

static int extent_of(const ref *r) {
    const entity *e = r->e;
    if (r->v) return r->subs < r->v->dims ? r->v->dim[r->subs] : 0;
    if (e->kind == ENT_PART && r->subs < e->part->leads) return e->part->lead[r->subs]->hi;
    if (e->kind == ENT_LINE) return e->line->side == SIDE_ROW ? e->xbar->rows : e->xbar->cols;
    return 0;
}

static expr *bind_index(bind *b, const ast *node, int extent, bool free_ok, const char *name) {
    elab *E = b->E;
    if (free_ok && node->kind == AST_NAME && !local_find(b->locals, node->name) &&
        !(b->seq_scope && map_get(b->seq_scope, node->name))) {
        const entity *e = scope_find(b->in, node->name);
        if (!e || e->kind != ENT_PARAM) {
            index *ix = model_index(E->m, node->name, 0, extent);
            expr *x = expr_index(E->home, ix, node->at);
            b->locals = local_push(E, b->locals, node->name, x);
            return x;
        }
    }
    bind inner = *b;
    inner.autos = 0;
    size_t before = diag_errors(E->diag);
    expr *x = bind_expr(&inner, node);
    if (node->kind == AST_NAME && diag_errors(E->diag) > before &&
        diag_said(E->diag, node->at, DIAG_E0203))
        diag_help(E->diag,
                  "an index stands on the left too, or is bound by a reduction: sum(%s: ...)",
                  node->name);
    if (x->kind == X_INDEX && x->ix->hi < 0) x->ix->hi = extent; // of a reduction, found here
    if (x->type == TYPE_BOOL || !unit_is_none(x->unit))
        diag_report(E->diag, node->at, DIAG_E0302, name);
    if (x->type == TYPE_REAL) { // a number or a quotient must come out whole
        x = expr_fold(E->home, x);
        double n;
        if (!expr_is_number(x, &n) || n != (double)(long)n) {
            diag_report(E->diag, node->at, DIAG_E0303, name);
            x = expr_number(E->home, 0, node->at);
        }
        x->type = TYPE_INT;
    }
    check_range(b, x, extent, node->at, name);
    return x;
}

static bool member_of_family(bind *b, const ast *node, ref *r) {
    const entity *family = r->e;
    bind inner = *b;
    inner.place = b->place == IN_CLOCKED ? IN_CLOCKED : IN_CONSTANT;
    expr *x = ast_length(node->b) == 1 ? expr_fold(b->E->home, bind_expr(&inner, node->b)) : NULL;
    double k;
    if (!x || !expr_is_number(x, &k)) {
        diag_report(b->E->diag, node->at, DIAG_E0329, family->name);
        return false;
    }
    if (k < 0 || k >= family->length || k != (double)(int)k) {
        diag_report(b->E->diag, node->at, DIAG_E0306, arena_text(b->E->home, "%g", k), family->name,
                    family->length - 1);
        return false;
    }
    entity *e = arena_new_of(b->E->home, entity);
    *e = *family;
    e->kind = ENT_PART;
    e->part = family->members[(int)k];
    r->e = e;
    return true;
}

static bool resolve_index(bind *b, const ast *node, ref *r, bool free_ok) {
    span at = node->at;
    if (r->loc || (!r->e && !r->v)) {
        diag_report(b->E->diag, at, DIAG_E0304, r->loc ? r->loc->name : "this");
        return false;
    }
    if (r->e && !r->v && r->e->kind == ENT_FAMILY) return member_of_family(b, node, r);
    const char *name = r->v ? r->v->name : r->e->name;
    int wanted = own_dims(r), given = (int)ast_length(node->b);
    if (given > wanted && wanted == 0 && r->subs == 0) {
        diag_report(b->E->diag, at, DIAG_E0304, name);
        return false;
    }
    if (given > wanted) {
        diag_report(b->E->diag, at, DIAG_E0305, name, wanted, given);
        return false;
    }
    if (r->e && !r->v && r->e->kind == ENT_CROSSBAR) { // w[i, j]: rows first when written
        if (given != 2) {
            diag_report(b->E->diag, at, DIAG_E0305, name, 2, given);
            return false;
        }
        expr *row = bind_index(b, node->b, r->e->xbar->rows, free_ok, name);
        expr *col = bind_index(b, node->b->next, r->e->xbar->cols, free_ok, name);
        return add_sub(b, r, col, at) && add_sub(b, r, row, at);
    }
    bool device = r->v && r->in && r->in->device && r->subs + 2 == r->v->dims && given == 2;
    if (device) { // w.m.s[i, j] likewise: memory is column first
        expr *row = bind_index(b, node->b, r->v->dim[r->subs + 1], free_ok, name);
        expr *col = bind_index(b, node->b->next, r->v->dim[r->subs], free_ok, name);
        return add_sub(b, r, col, at) && add_sub(b, r, row, at);
    }
    for (const ast *k = node->b; k; k = k->next) {
        expr *x = bind_index(b, k, extent_of(r), free_ok, name);
        if (!add_sub(b, r, x, k->at)) return false;
    }
    return true;
}

// The name behind the last point of a path.
static ast *last_of(bind *b, const ast *node) {
    ast *name = arena_new_of(b->E->home, ast);
    *name = *node;
    name->at.begin = node->at.end - (uint32_t)strlen(node->name);
    return name;
}

static bool member_of_line(bind *b, const ast *node, ref *r) {
    line *l = r->e->line;
    elab *E = b->E;
    r->e = arena_new_of(E->home, entity);
    *r->e = (entity){.kind = ENT_VAR, .name = node->name, .at = l->at};
    if (node->name == E->w_i && l->i)
        r->v = l->i, r->line_current = true;
    else if (node->name == E->w_v)
        r->v = l->v, r->line_voltage = true;
    else if (l->wire && (!strcmp(node->name, "last") || !strcmp(node->name, "first"))) {
        not_built(E->diag, last_of(b, node)->at, "the other end of a line (.first, .last)");
        return false;
    } else {
        diag_report(E->diag, last_of(b, node)->at, DIAG_E0204, node->name, l->name);
        diag_help(E->diag,
                  l->i ? "a line has a voltage .v and a current .i" : "this line has a voltage .v");
        return false;
    }
    r->e->v = r->v;
    return true;
}

static bool member_of_crossbar(bind *b, const ast *node, ref *r) {
    crossbar *x = r->e->xbar;
    for (size_t k = 0; k < x->lines.n; k++)
        if (x->lines.at[k]->name == node->name) {
            entity *e = arena_new_of(b->E->home, entity);
            *e = (entity){.kind = ENT_LINE,
                          .name = node->name,
                          .at = x->lines.at[k]->at,
                          .in = x->in,
                          .xbar = x,
                          .line = x->lines.at[k]};
            r->e = e;
            r->v = NULL;
            if (!e->line->wire) r->v = e->line->v;
            return true;
        }
    entity *e = scope_find(x->device, node->name);
    if (!e) {
        diag_report(b->E->diag, last_of(b, node)->at, DIAG_E0203, node->name, x->name);
        VEC(const char *) near = {0};
        for (size_t k = 0; k < x->lines.n; k++)
            vec_push(b->E->home, &near, x->lines.at[k]->name);
        for (size_t k = 0; k < map_count(x->device->scope); k++)
            vec_push(b->E->home, &near, map_key(x->device->scope, k));
        diag_suggest(b->E->diag, node->name, near.at, near.n);
        return false;
    }
    if (e->kind == ENT_WRONG) return false;
    r->e = e;
    r->in = x->device;
    return true;
}

static bool member_of_sequencer(bind *b, const ast *node, ref *r) {
    sequencer *s = r->e->seq;
    for (size_t k = 0; s && k < s->outputs.n + s->inputs.n; k++) {
        var *v = k < s->outputs.n ? s->outputs.at[k] : s->inputs.at[k - s->outputs.n];
        const char *dot = strrchr(v->name, '.');
        if (strcmp(dot ? dot + 1 : v->name, node->name)) continue;
        entity *e = arena_new_of(b->E->home, entity);
        *e = (entity){.kind = ENT_VAR, .name = node->name, .at = v->at, .in = r->in, .v = v};
        r->e = e;
        r->v = v;
        r->subs = 0;
        return true;
    }
    diag_report(b->E->diag, last_of(b, node)->at, DIAG_E0204, node->name, r->e->name);
    VEC(const char *) near = {0};
    for (size_t k = 0; s && k < s->outputs.n + s->inputs.n; k++) {
        const var *v = k < s->outputs.n ? s->outputs.at[k] : s->inputs.at[k - s->outputs.n];
        const char *dot = strrchr(v->name, '.');
        vec_push(b->E->home, &near, dot ? dot + 1 : v->name);
    }
    diag_suggest(b->E->diag, node->name, near.at, near.n);
    return false;
}

static bool resolve_member(bind *b, const ast *node, ref *r) {
    if (r->loc || !r->e) {
        diag_report(b->E->diag, last_of(b, node)->at, DIAG_E0204, node->name,
                    r->loc ? r->loc->name : "this");
        return false;
    }
    switch (r->e->kind) {
    case ENT_PART: {
        inst *part = r->e->part;
        entity *e = scope_find(part, node->name);
        if (!e) {
            unknown_name(b, last_of(b, node), part);
            return false;
        }
        if (e->kind == ENT_WRONG) return false;
        r->e = e;
        r->in = part;
        break;
    }
    case ENT_LINE:
        return member_of_line(b, node, r);
    case ENT_SEQUENCER:
        return member_of_sequencer(b, node, r);
    case ENT_CROSSBAR:
        if (!member_of_crossbar(b, node, r)) return false;
        break;
    default:
        diag_report(b->E->diag, last_of(b, node)->at, DIAG_E0204, node->name, r->e->name);
        return false;
    }
    if (r->e->kind == ENT_VAR || (r->e->kind == ENT_PARAM && r->e->v)) r->v = r->e->v;
    return true;
}

bool resolve(bind *b, const ast *path, ref *r, bool free_ok) {
    switch (path->kind) {
    case AST_NAME:
        *r = (ref){0};
        if (!resolve_name(b, path, r)) {
            unknown_name(b, path, b->in);
            return false;
        }
        if (r->e && r->e->kind == ENT_WRONG) return false;
        if (r->e && (r->e->kind == ENT_VAR || r->e->kind == ENT_PARAM)) r->v = r->e->v;
        return true;
    case AST_MEMBER:
        return resolve(b, path->a, r, free_ok) && resolve_member(b, path, r);
    case AST_INDEX:
        return resolve(b, path->a, r, free_ok) && resolve_index(b, path, r, free_ok);
    default:
        diag_report(b->E->diag, path->at, DIAG_E0205);
        return false;
    }
}
