// Lists of sizes and the parts made of them: block net(size[]), part l[k in 0 .. n]: layer(n =
// size[k]). Parts whose sizes differ cannot be one array, and parts with controllers of their own
// are in different phases at one time: each is an instance of its own; equations with a free index
// over them, and loops of sequencers, are written out for each member (never for elements).
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

// A part's whole array as an index of members; a family has one dimension.
static bool family_length(elab *E, inst *in, const ast *node, int *members) {
    bind own = bind_in(E, in, IN_CONSTANT);
    const ast *extent = node->a;
    int lo = 0;
    if (extent->kind == AST_FORINDEX) {
        if (!bind_integer(&own, extent->a, &lo, node->name)) return false;
        if (lo != 0) not_built(E->diag, extent->at, "an index of parts that does not begin at 0");
        extent = extent->b;
    }
    if (!bind_integer(&own, extent, members, node->name)) return false;
    if (*members < 1) {
        diag_report(E->diag, node->a->at, DIAG_E0326, node->name, *members);
        *members = 1;
    }
    return true;
}

void declare_family(elab *E, inst *in, const ast *node, const ast *def, const ast *apply,
                    inst *args_in) {
    int members = 0;
    bool indexed = node->a->kind == AST_FORINDEX;
    if (!family_length(E, in, node, &members)) return;
    entity *e = scope_add(E, in, ENT_FAMILY, node->name, node->at, node);
    if (!e) return;
    e->members = arena_array(E->home, (size_t)members + 1, sizeof(inst *));
    for (int k = 0; k < members; k++) {
        if (indexed)
            E->args_locals = local_push(E, NULL, node->a->name, whole_number(E, k, node->at));
        const char *name = name_is(E->words, arena_text(E->home, "%s[%d]", node->name, k));
        inst *member = make_instance(E, in, name, def, apply, args_in, 0, NULL, node->at);
        E->args_locals = NULL;
        if (!member) return;
        e->members[e->length++] = member;
        vec_push(E->home, &in->parts, member);
    }
}

// ---- parts with controllers of their own
// ------------------------------------------------------------------

static bool defines_controller(const ast *def) {
    for (const ast *item = def->b; item; item = item->next)
        if (item->kind == AST_SEQUENCER && item->a) return true;
    return false;
}

static bool leads_to_controller(elab *E, inst *in, const ast *node, map *seen);

static bool parts_with_controller(elab *E, const ast *def, map *seen) {
    for (const ast *item = def->b; item; item = item->next)
        for (const ast *p = item->kind == AST_PARTS ? item->a : NULL; p; p = p->next)
            if (leads_to_controller(E, NULL, p->b, seen)) return true;
    return false;
}

// Every definition named by an application or by its arguments, and by their parts: blocks that are
// given as arguments are parts somewhere below.
static bool leads_to_controller(elab *E, inst *in, const ast *node, map *seen) {
    for (; node; node = node->next) {
        const ast *args;
        inst *args_in;
        const char *name = node->name && in ? applied_name(in, node, &args, &args_in) : node->name;
        const entity *e = name ? map_get(E->definitions, name) : NULL;
        if (e && e->node->kind == AST_BLOCK && !map_get(seen, name)) {
            map_put(seen, name, (void *)e);
            if (defines_controller(e->node) || parts_with_controller(E, e->node, seen)) return true;
        }
        if (leads_to_controller(E, in, node->a, seen) || leads_to_controller(E, in, node->b, seen))
            return true;
    }
    return false;
}

bool family_by_control(elab *E, inst *in, const ast *apply, const ast *extents) {
    if (!extents || !leads_to_controller(E, in, apply, map_new(E->home))) return false;
    if (!extents->next) return true;
    diag_report(E->diag, extents->next->at, DIAG_E0606);
    diag_help(E->diag, "rows of them are parts with such an array inside");
    return false;
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

// The free name, `wanted` or (NULL) any, that picks from a family.
static const char *picking(bind *b, const ast *node, const char *wanted, int *members) {
    for (; node; node = node->next) {
        if (node->kind == AST_INDEX) {
            const entity *e = family_of(b, node->a);
            const ast *k = node->b;
            bool free = e && k && k->kind == AST_NAME && !local_find(b->locals, k->name) &&
                        !(b->seq_scope && map_get(b->seq_scope, k->name));
            const entity *known = free ? scope_find(b->in, k->name) : NULL;
            if (free && (!wanted || wanted == k->name) && !(known && known->kind == ENT_PARAM)) {
                *members = e->length;
                return k->name;
            }
        }
        const ast *below[4] = {node->a, node->b, node->c, node->d};
        for (int k = 0; k < 4; k++) {
            const char *name = below[k] ? picking(b, below[k], wanted, members) : NULL;
            if (name) return name;
        }
        if (node->kind == AST_MEMBER || node->kind == AST_INDEX || node->kind == AST_NAME)
            return NULL;
    }
    return NULL;
}

const char *family_index(bind *b, const ast *node, int *members) {
    return picking(b, node, NULL, members);
}

const char *family_between(bind *b, const ast *lhs, const ast *rhs, int *members) {
    const char *name = picking(b, lhs, NULL, members);
    for (; lhs && !name; lhs = lhs->a)
        for (const ast *k = lhs->kind == AST_INDEX ? lhs->b : NULL; k && !name; k = k->next)
            if (k->kind == AST_NAME) name = picking(b, rhs, k->name, members);
    return name;
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
