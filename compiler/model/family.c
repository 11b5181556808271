// Lists of sizes and the parts made of them: block net(size[]), part l[k in 0 .. n]: layer(n =
// size[k]). Parts whose sizes differ cannot be one array, so each is an instance of its own;
// equations with a free index over them, and loops of sequencers, are written out for each member
// (never for elements).
#include "model/elab.h"

expr *whole_number(elab *E, int value, span at) {
    expr *e = expr_number(E->home, value, at);
    e->type = TYPE_INT;
    return e;
}

void bind_sizes(elab *E, inst *in, const ast *generic, const ast *given, inst *given_in) {
    entity *e = scope_add(E, in, ENT_LIST, generic->name, generic->at, generic);
    if (!e) return;
    const ast *list = given ? given->a : NULL;
    if (!list && E->alone != in->def) needs(E, in, generic);
    if (list && list->kind != AST_TUPLE) {
        diag_report(E->diag, list->at, DIAG_E0328, generic->name);
        e->length = -1; // what follows from it is not said
        return;
    }
    e->length = list ? (int)ast_length(list->a) : 3;
    e->sizes = arena_array(E->home, (size_t)e->length + 1, sizeof *e->sizes);
    bind outer = bind_in(E, given_in, IN_CONSTANT);
    const ast *size = list ? list->a : NULL;
    for (int k = 0; k < e->length; k++, size = size ? size->next : NULL) {
        e->sizes[k] = 3 + k;
        if (size) bind_integer(&outer, size, &e->sizes[k], generic->name);
    }
}

static bool names_it(const ast *node, const char *name) {
    for (; node; node = node->next) {
        if (node->kind == AST_NAME && node->name == name) return true;
        if (names_it(node->a, name) || names_it(node->b, name) || names_it(node->c, name) ||
            names_it(node->d, name))
            return true;
    }
    return false;
}

bool family_by_index(const ast *args, const ast *extents) {
    return extents && !extents->next && extents->kind == AST_FORINDEX &&
           names_it(args, extents->name);
}

void declare_family(elab *E, inst *in, const ast *node, const ast *def, const ast *apply,
                    inst *args_in) {
    bind own = bind_in(E, in, IN_CONSTANT);
    int lo = 0, hi = 0;
    if (!bind_integer(&own, node->a->a, &lo, node->name) ||
        !bind_integer(&own, node->a->b, &hi, node->name))
        return;
    if (lo != 0) not_built(E->diag, node->a->at, "an index of parts that does not begin at 0");
    if (hi < 1) {
        diag_report(E->diag, node->a->at, DIAG_E0326, node->name, hi);
        hi = 1;
    }
    entity *e = scope_add(E, in, ENT_FAMILY, node->name, node->at, node);
    if (!e) return;
    e->members = arena_array(E->home, (size_t)hi + 1, sizeof(inst *));
    for (int k = 0; k < hi; k++) {
        E->args_locals = local_push(E, NULL, node->a->name, whole_number(E, k, node->at));
        const char *name = name_is(E->words, arena_text(E->home, "%s[%d]", node->name, k));
        inst *member = make_instance(E, in, name, def, apply, args_in, 0, NULL, node->at);
        E->args_locals = NULL;
        if (!member) return;
        e->members[e->length++] = member;
        vec_push(E->home, &in->parts, member);
    }
}

// ---- free indices over families
// ------------------------------------------------------------------------

// The family that a path leads to, as far as names alone tell.
static const entity *family_of(const bind *b, const ast *path) {
    if (path->kind == AST_NAME) {
        const entity *e = scope_find(b->in, path->name);
        return e && e->kind == ENT_FAMILY && !local_find(b->locals, path->name) ? e : NULL;
    }
    return NULL;
}

const char *family_index(bind *b, const ast *node, int *members) {
    for (; node; node = node->next) {
        if (node->kind == AST_INDEX) {
            const entity *e = family_of(b, node->a);
            const ast *k = node->b;
            bool free = e && k && k->kind == AST_NAME && !local_find(b->locals, k->name) &&
                        !(b->seq_scope && map_get(b->seq_scope, k->name));
            const entity *known = free ? scope_find(b->in, k->name) : NULL;
            if (free && !(known && known->kind == ENT_PARAM)) {
                *members = e->length;
                return k->name;
            }
        }
        const ast *below[4] = {node->a, node->b, node->c, node->d};
        for (int k = 0; k < 4; k++) {
            const char *name = below[k] ? family_index(b, below[k], members) : NULL;
            if (name) return name;
        }
        if (node->kind == AST_MEMBER || node->kind == AST_INDEX || node->kind == AST_NAME)
            return NULL;
    }
    return NULL;
}

bool family_named(bind *b, const ast *node, const char *index) {
    for (; node; node = node->next) {
        if (node->kind == AST_INDEX && family_of(b, node->a) && names_it(node->b, index))
            return true;
        if (family_named(b, node->a, index) || family_named(b, node->b, index) ||
            family_named(b, node->c, index) || family_named(b, node->d, index))
            return true;
    }
    return false;
}

// ---- families without an index: every member
// -----------------------------------------------------------

// The first part of a path, from its front, that is a family without an index.
static const ast *open_family(elab *E, inst *top, const ast *path, bool indexed, int *members) {
    bool longer = path->kind == AST_MEMBER || path->kind == AST_INDEX;
    const ast *found =
        longer ? open_family(E, top, path->a, path->kind == AST_INDEX, members) : NULL;
    if (found || indexed || path->kind == AST_INDEX) return found;
    bind b = bind_in(E, top, IN_MEASURE);
    ref r = {0};
    if (!resolve(&b, path, &r, false) || r.v || !r.e || r.e->kind != ENT_FAMILY) return NULL;
    *members = r.e->length;
    return path;
}

// A path with [k] behind one of its parts.
static ast *with_index(elab *E, const ast *path, const ast *behind, int k) {
    ast *copy = arena_new_of(E->home, ast);
    *copy = *path;
    copy->next = NULL;
    if (path != behind) {
        copy->a = with_index(E, path->a, behind, k);
        return copy;
    }
    ast *index = arena_new_of(E->home, ast), *nth = arena_new_of(E->home, ast);
    *nth = (ast){.kind = AST_NUM, .at = path->at, .num = k};
    *index = (ast){.kind = AST_INDEX, .at = path->at, .a = copy, .b = nth};
    return index;
}

static void write_out(elab *E, inst *top, const ast *path, path_list *out) {
    int members = 0;
    const ast *family = open_family(E, top, path, false, &members);
    if (!family) vec_push(E->home, out, path);
    for (int k = 0; k < members; k++)
        write_out(E, top, with_index(E, path, family, k), out);
}

path_list every_member(elab *E, inst *top, const ast *paths) {
    path_list out = {0};
    for (; paths; paths = paths->next)
        write_out(E, top, paths, &out);
    return out;
}
