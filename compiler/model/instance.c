// Instances: what a use of a block or device declares, with numbers for its parameters.
#include "model/elab.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>

// grid(n = 2), linear_drift, mem: as an application, also where it was written as an expression
static const char *applied(const ast *node, const ast **args) {
    *args = NULL;
    if (!node) return NULL;
    if (node->kind == AST_APPLY || node->kind == AST_DEVICE) return *args = node->a, node->name;
    if (node->kind == AST_CALL && node->a->kind == AST_NAME) return *args = node->b, node->a->name;
    return node->kind == AST_NAME ? node->name : NULL;
}

const char *definition_kind(const ast *def) {
    switch (def->kind) {
    case AST_BLOCK:
        return "block";
    case AST_DEVICE:
        return "device";
    case AST_FUNCTION:
        return "function";
    default:
        return "definition";
    }
}

void suggest_definition(elab *E, const char *name, bool blocks, bool devices) {
    VEC(const char *) near = {0};
    for (size_t k = 0; k < map_count(E->definitions); k++) {
        const entity *e = map_value(E->definitions, k);
        if ((blocks && e->node->kind == AST_BLOCK) || (devices && e->node->kind == AST_DEVICE))
            vec_push(E->home, &near, map_key(E->definitions, k));
    }
    diag_suggest(E->diag, name, near.at, near.n);
}

// The name that an application in an instance means in the end; header parameters are looked
// through. The arguments are those nearest to the definition, with the instance that they are to be
// read in.
const char *applied_name(inst *in, const ast *apply, const ast **args, inst **args_in) {
    const char *name = applied(apply, args);
    *args_in = in;
    for (int turns = 0; name && in && turns < 64; turns++) {
        const ast *given = in->generics ? map_get(in->generics, name) : NULL;
        if (!given) break;
        const ast *more = NULL;
        inst *outer = in->generics_in;
        name = applied(given, &more);
        if (!*args || (*args)->name == NULL) *args = more, *args_in = outer ? outer : in;
        in = outer;
    }
    return name;
}

static const ast *definition(elab *E, inst *in, const ast *apply, const ast **args, inst **args_in,
                             const char *sort) {
    const char *name = applied_name(in, apply, args, args_in);
    entity *e = name ? map_get(E->definitions, name) : NULL;
    if (e) return e->node;
    diag_report(E->diag, apply->at, DIAG_E0206, sort, name ? name : "?");
    if (name) suggest_definition(E, name, strcmp(sort, "device") != 0, strcmp(sort, "block") != 0);
    return NULL;
}

// ---- parameters
// ------------------------------------------------------------------------------------

static const ast *argument(const ast *args, const char *name) {
    for (; args; args = args->next)
        if (args->name == name) return args;
    return NULL;
}

static const setting *set_on_command_line(elab *E, const char *path) {
    for (size_t k = 0; E->options && k < E->options->sets; k++)
        if (!strcmp(E->options->set[k].name, path)) {
            E->options->set[k].used = true;
            return &E->options->set[k];
        }
    return NULL;
}

static bool kept_by_option(elab *E, const char *path) {
    for (size_t k = 0; E->options && k < E->options->keeps; k++)
        if (!strcmp(E->options->keep[k], path)) return true;
    return false;
}

static expr *setting_value(elab *E, const setting *s, unit u, span at) {
    char *end;
    double x = strtod(s->value, &end);
    static const struct {
        char c;
        double f;
    } scales[] = {{'f', 1e-15}, {'p', 1e-12}, {'n', 1e-9}, {'u', 1e-6},
                  {'m', 1e-3},  {'k', 1e3},   {'M', 1e6},  {'G', 1e9}};
    bool ok = end != s->value && isfinite(x);
    const char *why = "this is not a number";
    if (ok && !strcmp(end, "%")) x *= 0.01, end++;
    for (size_t k = 0; ok && *end && k < sizeof scales / sizeof *scales; k++)
        if (*end == scales[k].c && (!end[1] || unit_find(end + 1, &(unit){0}))) {
            x *= scales[k].f;
            end++;
            break;
        }
    if (ok && *end) {
        unit given;
        bool known = unit_find(end, &given);
        ok = known && unit_same(given, u);
        why = known ? arena_text(E->home, "%s is expected, this is %s", said_unit(E->home, u),
                                 said_unit(E->home, given))
                    : arena_text(E->home, "there is no unit '%s'", end);
    }
    if (!ok) {
        diag_report(E->diag, (span){0}, DIAG_E0214, s->name, s->value, why);
        diag_note(E->diag, at, "it is declared here");
        x = 1;
    }
    expr *e = expr_number(E->home, x, at);
    e->unit = u;
    return e;
}

static void declare_range(bind *b, const ast *decl, var *v) {
    v->lo = -INFINITY;
    v->hi = INFINITY;
    if (!decl->c) return;
    const ast *ends[2] = {decl->c->a, decl->c->b};
    for (int k = 0; k < 2; k++) {
        bind c = *b;
        c.place = IN_CONSTANT;
        expr *x = expr_fold(b->E->home, bind_as(&c, ends[k], v->unit, "the range"));
        double value;
        if (!expr_is_number(x, &value))
            diag_report(b->E->diag, ends[k]->at, DIAG_E0313, "a range");
        else if (k)
            v->hi = value;
        else
            v->lo = value;
    }
}

void needs(elab *E, const inst *in, const ast *decl) {
    diag_report(E->diag, in->at, DIAG_E0210, in->def->name, decl->name);
    diag_note(E->diag, decl->at, "it is declared here");
    if (!in->parent)
        diag_help(E->diag, "an experiment gives it, %s(%s = ...), or --set %s=...", in->def->name,
                  decl->name, decl->name);
}

static void declare_param(elab *E, inst *in, const ast *decl, const ast *args, inst *args_in) {
    entity *e = scope_add(E, in, ENT_PARAM, decl->name, decl->at, decl);
    if (!e) return;
    unit u = bind_unit(E, decl->b);
    const char *path = path_join_name(E, in->path, decl->name);
    bind own = bind_in(E, in, IN_CONSTANT);
    e->v = model_var(E->m, path, VAR_PARAM, TYPE_REAL, 0, NULL, u, decl->at);
    declare_range(&own, decl, e->v);
    const ast *given = argument(args, decl->name);
    const setting *s = set_on_command_line(E, path);
    expr *value = NULL;
    if (s)
        value = setting_value(E, s, u, decl->at);
    else if (given) {
        bind outer = bind_in(E, args_in, IN_CONSTANT);
        outer.locals = in->args_locals;
        value = bind_as(&outer, given->a, u, decl->name);
    } else if (decl->d)
        value = bind_as(&own, decl->d, u, decl->name);
    else if (E->alone == in->def) {
        value = expr_number(E->home, fmax(e->v->lo, fmin(1, e->v->hi)), decl->at);
        value->unit = u;
    } else
        needs(E, in, decl);
    if (!value) return;
    e->value = expr_fold(E->home, value);
    double x;
    if (expr_is_number(e->value, &x)) {
        e->v->value = x;
        if (x < e->v->lo || x > e->v->hi) {
            span at = s ? (span){0} : given ? given->at : decl->at;
            const char *what = s       ? arena_text(E->home, "--set %s", path)
                               : given ? path
                                       : decl->name;
            diag_report(E->diag, at, DIAG_E0315, what, x, e->v->lo, e->v->hi);
            if (s || given) diag_note(E->diag, decl->at, "the range is declared here");
        }
    }
    e->v->kept = kept_by_option(E, path);
}

// ---- variables
// -------------------------------------------------------------------------------------

static void declare_var(elab *E, inst *in, const ast *decl, int sort) {
    entity *e = scope_add(E, in, ENT_VAR, decl->name, decl->at, decl);
    if (!e) return;
    e->decl = sort;
    bind own = bind_in(E, in, IN_CONSTANT);
    int dim[MAX_DIMS * 2], dims = 0;
    for (; dims < in->leads; dims++)
        dim[dims] = in->lead[dims]->hi;
    for (const ast *x = decl->a; x; x = x->next) {
        int n = 1;
        bind_integer(&own, x, &n, arena_text(E->home, "the extent of '%s'", decl->name));
        if (n < 1) diag_report(E->diag, x->at, DIAG_E0326, decl->name, n), n = 1;
        if (dims >= MAX_DIMS) {
            diag_report(E->diag, x->at, DIAG_E0301, MAX_DIMS);
            return;
        }
        dim[dims++] = n;
    }
    double elements = 1;
    for (int d = 0; d < dims; d++)
        elements *= dim[d];
    if (elements > ELEMENTS_MOST) {
        diag_report(E->diag, decl->at, DIAG_E0330, decl->name, elements, ELEMENTS_MOST);
        return;
    }
    bool top = !in->parent;
    var_kind kind = sort == DECL_IN      ? (top ? VAR_INPUT : VAR_SIGNAL)
                    : sort == DECL_STATE ? VAR_STATE
                    : sort == DECL_HOLD  ? VAR_HOLD
                    : sort == DECL_BIT   ? VAR_BIT
                                         : VAR_SIGNAL;
    unit u = bind_unit(E, decl->b);
    e->v = model_var(E->m, path_join_name(E, in->path, decl->name), kind,
                     kind == VAR_BIT ? TYPE_BOOL : TYPE_REAL, dims, dim, u, decl->at);
    e->v->out = top && sort == DECL_OUT;
    e->v->width = 1;
    e->v->turned = in->crossed;
    e->v->doc = syntax_document(in->file, decl, E->home);
    declare_range(&own, decl, e->v);
    if (sort == DECL_STATE || sort == DECL_HOLD) {
        expr *x = decl->d ? expr_fold(E->home, bind_as(&own, decl->d, u, decl->name)) : NULL;
        double value = 0;
        if (x && !expr_is_number(x, &value))
            diag_report(E->diag, decl->d->at, DIAG_E0313, "a start value");
        if (value < e->v->lo || value > e->v->hi)
            diag_report(E->diag, decl->at, DIAG_E0315, decl->name, value, e->v->lo, e->v->hi);
        e->v->value = value;
    }
}

static void declare_items(elab *E, inst *in, const ast *args, inst *args_in) {
    for (const ast *item = in->def->b; item; item = item->next)
        if (item->kind == AST_DECLS && item->op == DECL_PARAM)
            for (const ast *d = item->a; d; d = d->next)
                declare_param(E, in, d, args, args_in);
    for (const ast *item = in->def->b; item; item = item->next) {
        if (item->kind != AST_DECLS || item->op == DECL_PARAM) continue;
        if (item->op == DECL_REPORT) {
            not_built(E->diag, item->at, "report");
            continue;
        }
        if (in->device && item->op == DECL_BIT) {
            not_built(E->diag, item->at, "a bit in a device");
            continue;
        }
        for (const ast *d = item->a; d; d = d->next)
            declare_var(E, in, d, item->op);
    }
    for (const ast *item = in->def->b; item; item = item->next)
        if (item->kind == AST_PHASE) {
            entity *e = scope_add(E, in, ENT_PHASE, item->name, item->at, item);
            if (!e) continue;
            e->phase = arena_new_of(E->home, phase_def);
            *e->phase = (phase_def){item->name, in, item};
        } else if (item->kind == AST_SEQUENCER) {
            entity *e = scope_add(E, in, ENT_SEQUENCER, item->name, item->at, item);
            if (e) vec_push(E->home, &E->sequencers, e);
        }
}

// ---- header
// ------------------------------------------------------------------------------------------

static void bind_count(elab *E, inst *in, const ast *generic, const ast *given, inst *given_in) {
    entity *e = scope_add(E, in, ENT_PARAM, generic->name, generic->at, generic);
    if (!e) return;
    int n = 0;
    const char *path = path_join_name(E, in->path, generic->name);
    const setting *s = set_on_command_line(E, path);
    if (s) {
        expr *x = setting_value(E, s, unit_none, generic->at);
        bool whole = fabs(x->num) <= INT_MAX && x->num == floor(x->num);
        n = whole ? (int)x->num : 1;
        if (!whole)
            diag_report(E->diag, (span){0}, DIAG_E0314, arena_text(E->home, "--set %s", path),
                        x->num);
    } else if (given) {
        bind outer = bind_in(E, given_in, IN_CONSTANT);
        outer.locals = in->args_locals;
        bind_integer(&outer, given->a, &n, generic->name);
    } else if (generic->a) {
        bind own = bind_in(E, in, IN_CONSTANT);
        bind_integer(&own, generic->a, &n, generic->name);
    } else if (E->alone == in->def)
        n = 3 + (int)map_count(in->scope);
    else
        n = 1, needs(E, in, generic);
    e->count = true;
    e->v = model_var(E->m, path, VAR_PARAM, TYPE_INT, 0, NULL, unit_none, generic->at);
    e->v->lo = -INFINITY, e->v->hi = INFINITY;
    e->v->value = n;
    e->value = expr_number(E->home, n, generic->at);
    e->value->type = TYPE_INT;
}

static void unknown_argument(elab *E, const ast *def, const ast *given) {
    VEC(const char *) near = {0};
    for (const ast *g = def->a; g; g = g->next)
        vec_push(E->home, &near, g->name);
    for (const ast *i = def->b; i; i = i->next)
        for (const ast *d = i->kind == AST_DECLS && i->op == DECL_PARAM ? i->a : NULL; d;
             d = d->next)
            vec_push(E->home, &near, d->name);
    diag_report(E->diag, given->at, DIAG_E0208, def->name, given->name);
    diag_suggest(E->diag, given->name, near.at, near.n);
}

static void bind_header(elab *E, inst *in, const ast *args, inst *args_in) {
    const ast *positional = args;
    bool device = in->def->kind == AST_DEVICE;
    for (const ast *g = in->def->a; g; g = g->next) {
        const ast *given = argument(args, g->name);
        while (!device && positional && positional->name)
            positional = positional->next;
        if (!given && !device && positional) given = positional, positional = positional->next;
        switch (g->op) {
        case GENERIC_COUNT:
            bind_count(E, in, g, given, args_in);
            break;
        case GENERIC_LIST:
            bind_sizes(E, in, g, given, args_in);
            break;
        default:
            if (given)
                map_put(in->generics, g->name, given->a);
            else if (g->a)
                map_put(in->generics, g->name, g->a);
            else
                needs(E, in, g);
        }
    }
    in->generics_in = args_in;
    for (const ast *k = args; k; k = k->next) {
        bool known = !k->name;
        for (const ast *g = in->def->a; g && !known; g = g->next)
            known = g->name == k->name;
        for (const ast *i = in->def->b; i && !known; i = i->next)
            if (i->kind == AST_DECLS && i->op == DECL_PARAM)
                for (const ast *d = i->a; d && !known; d = d->next)
                    known = d->name == k->name;
        if (!known) unknown_argument(E, in->def, k);
    }
    while (!device && positional && positional->name)
        positional = positional->next;
    if (!device && positional)
        diag_report(E->diag, positional->at, DIAG_E0209, in->def->name, (int)ast_length(in->def->a),
                    (int)ast_length(args));
}

// dims -1: only the names of a block that is applied like a function
inst *make_instance(elab *E, inst *parent, const char *name, const ast *def, const ast *apply,
                    inst *args_in, int dims, const int *dim, span at) {
    if (E->depth > 100) {
        diag_report(E->diag, at, DIAG_E0212, def->name);
        return NULL;
    }
    inst *in = arena_new_of(E->home, inst);
    in->path = parent ? path_join_name(E, parent->path, name) : "";
    if (dims < 0) in->path = name;
    in->def = def;
    in->at = apply ? apply->at : at;
    in->parent = parent;
    in->args_locals = E->args_locals;
    E->args_locals = NULL;
    in->scope = map_new(E->home);
    in->generics = map_new(E->home);
    in->device = def->kind == AST_DEVICE;
    in->crossed =
        parent && in->device &&
        (parent->crossed || (!parent->device && dims == 2 && map_get(parent->scope, name) &&
                             ((entity *)map_get(parent->scope, name))->kind == ENT_CROSSBAR));
    for (size_t k = 0; k < E->m->files.n; k++)
        if (E->m->files.at[k]->text->id == def->at.file) in->file = E->m->files.at[k];
    if (parent)
        for (; in->leads < parent->leads; in->leads++)
            in->lead[in->leads] =
                model_index(E->m, parent->lead[in->leads]->name, 0, parent->lead[in->leads]->hi);
    for (int k = 0; k < dims && in->leads < MAX_DIMS; k++)
        in->lead[in->leads] = model_index(E->m, arena_text(E->home, "%s_%d", name, k), 0, dim[k]),
        in->leads++;
    const ast *args = NULL;
    if (apply) applied(apply, &args);
    bind_header(E, in, args, args_in);
    if (dims < 0) {
        for (const ast *item = def->b; item; item = item->next)
            if (item->kind == AST_DECLS && item->op == DECL_PARAM)
                for (const ast *d = item->a; d; d = d->next)
                    declare_param(E, in, d, args, args_in);
        return in;
    }
    vec_push(E->home, &E->insts, in);
    E->depth++;
    declare_items(E, in, args, args_in);
    if (in->device)
        device_setup(E, in);
    else
        declare_parts(E, in);
    E->depth--;
    return in;
}

// ---- parts of a block
// --------------------------------------------------------------------------------

static void declare_part(elab *E, inst *in, const ast *node) {
    const ast *args;
    inst *args_in;
    const ast *def = definition(E, in, node->b, &args, &args_in, "block or device");
    if (def && def->kind != AST_BLOCK && def->kind != AST_DEVICE) {
        diag_report(E->diag, node->b->at, DIAG_E0217, def->name, definition_kind(def),
                    "block or device");
        def = NULL;
    }
    if (!def) {
        scope_wrong(E, in, node->name, node->at);
        return;
    }
    ast *apply = arena_new_of(E->home, ast);
    *apply = (ast){.kind = AST_APPLY, .at = node->b->at, .name = def->name, .a = (ast *)args};
    if (family_by_index(args, node->a) || family_by_control(E, in, node->b, node->a)) {
        declare_family(E, in, node, def, apply, args_in);
        return;
    }
    int dim[MAX_DIMS], dims = 0;
    bind own = bind_in(E, in, IN_CONSTANT);
    for (const ast *x = node->a; x; x = x->next) {
        int lo = 0, n = 1;
        const ast *extent = x;
        if (x->kind == AST_FORINDEX) {
            bind_integer(&own, x->a, &lo, node->name);
            extent = x->b;
            if (lo != 0) not_built(E->diag, x->at, "an index of parts that does not begin at 0");
        }
        bind_integer(&own, extent, &n, node->name);
        if (n < 1) diag_report(E->diag, x->at, DIAG_E0326, node->name, n), n = 1;
        if (in->leads + dims < MAX_DIMS - 2)
            dim[dims++] = n;
        else {
            diag_report(E->diag, x->at, DIAG_E0301, MAX_DIMS - 2);
            scope_wrong(E, in, node->name, node->at);
            return;
        }
    }
    entity *e = scope_add(E, in, ENT_PART, node->name, node->at, node);
    if (!e) return;
    e->part = make_instance(E, in, node->name, def, apply, args_in, dims, dim, node->at);
    if (!e->part) {
        scope_wrong(E, in, node->name, node->at);
        return;
    }
    vec_push(E->home, &in->parts, e->part);
}

void declare_parts(elab *E, inst *in) {
    for (const ast *item = in->def->b; item; item = item->next) {
        if (item->kind == AST_PARTS)
            for (const ast *p = item->a; p; p = p->next)
                declare_part(E, in, p);
        else if (item->kind == AST_CROSSBAR)
            make_crossbar(E, in, item);
        else if (item->kind == AST_NODE)
            not_built(E->diag, item->at, "a node in a block");
    }
}

const ast *find_definition(elab *E, inst *in, const ast *apply, const ast **args, inst **args_in,
                           const char *sort) {
    return definition(E, in, apply, args, args_in, sort);
}
