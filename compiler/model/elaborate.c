// From files to a model: imports, the top block, and the order in which everything is bound.
#include "model/elab.h"
#include "support/file.h"

struct program {
    arena *home;
    names *words;
    diag *diag;
    const char *library;
    VEC(const syntax_file *) files; // [0] the main one
    VEC(const char *) paths;
    map *definitions; // name -> entity
};

// ---- files
// -------------------------------------------------------------------------------------------

static bool already(const program *p, const char *path) {
    for (size_t k = 0; k < p->paths.n; k++)
        if (!strcmp(p->paths.at[k], path)) return true;
    return false;
}

static const syntax_file *read_file(program *p, const char *path, span from) {
    size_t length;
    const char *problem;
    char *bytes = file_read(p->home, path, &length, &problem);
    if (!bytes) {
        diag_report(p->diag, from, DIAG_E0002, path, problem);
        return NULL;
    }
    source *s = diag_add_source(p->diag, path, bytes, length);
    const syntax_file *file = syntax_parse(p->home, p->words, p->diag, s);
    vec_push(p->home, &p->files, file);
    vec_push(p->home, &p->paths, path);
    return file;
}

static void read_imports(program *p, const syntax_file *file) {
    const char *here = path_directory(p->home, file->text->path);
    for (const ast *item = file->root->a; item; item = item->next) {
        if (item->kind != AST_IMPORT) continue;
        char *relative = arena_text(p->home, "%s.weft", item->name);
        for (char *c = relative; c < relative + strlen(relative) - 5; c++)
            if (*c == '.') *c = '/';
        const char *path = path_join(p->home, here, relative);
        if (!file_exists(path) && p->library)
            path = path_join(p->home, path_join(p->home, p->library, "models"), relative);
        if (!file_exists(path)) {
            diag_report(p->diag, item->at, DIAG_E0207, item->name,
                        path_join(p->home, here, relative));
            continue;
        }
        if (already(p, path)) continue;
        const syntax_file *imported = read_file(p, path, item->at);
        if (imported) read_imports(p, imported);
    }
}

static void define(program *p, const ast *item) {
    bool experiment = item->kind == AST_EXPERIMENT;
    if (item->kind == AST_IMPORT || !item->name) return;
    const char *key = experiment
                          ? name_is(p->words, arena_text(p->home, "experiment %s", item->name))
                          : item->name;
    entity *old = map_get(p->definitions, key);
    if (old) {
        diag_report(p->diag, item->at, DIAG_E0201, item->name);
        diag_note(p->diag, old->at, "the first one is here");
        return;
    }
    entity *e = arena_new_of(p->home, entity);
    *e = (entity){.kind = ENT_DEFINITION, .name = item->name, .at = item->at, .node = item};
    map_put(p->definitions, key, e);
}

program *program_read(arena *home, names *words, diag *d, const char *path, const char *library) {
    program *p = arena_new_of(home, program);
    *p = (program){
        .home = home, .words = words, .diag = d, .library = library, .definitions = map_new(home)};
    const syntax_file *file = read_file(p, path, (span){0});
    if (!file) return NULL;
    read_imports(p, file);
    for (size_t k = 0; k < p->files.n; k++)
        for (const ast *item = p->files.at[k]->root->a; item; item = item->next)
            define(p, item);
    return p;
}

const syntax_file *program_main(const program *p) {
    return p->files.at[0];
}

size_t program_experiments(const program *p, const char **list, size_t room) {
    size_t n = 0;
    for (const ast *item = p->files.at[0]->root->a; item; item = item->next)
        if (item->kind == AST_EXPERIMENT) {
            if (n < room) list[n] = item->name;
            n++;
        }
    return n;
}

static bool needs_a_value(const ast *block) {
    for (const ast *g = block->a; g; g = g->next)
        if (!g->a) return true;
    for (const ast *item = block->b; item; item = item->next)
        for (const ast *d = item->kind == AST_DECLS && item->op == DECL_PARAM ? item->a : NULL; d;
             d = d->next)
            if (!d->d) return true;
    return false;
}

bool program_has_block(const program *p) {
    const ast *last = NULL;
    for (const ast *item = p->files.at[0]->root->a; item; item = item->next)
        if (item->kind == AST_BLOCK) last = item;
    return last && !needs_a_value(last);
}

// ---- like
// ----------------------------------------------------------------------------------------------

// What a statement of an experiment is about: a later one about the same replaces it.
static const char *subject(elab *E, const ast *item) {
    text t = text_in(E->home);
    text_add(&t, "%s ", ast_kind_name(item->kind));
    switch (item->kind) {
    case AST_MEASURE:
        text_add(&t, "%s", item->name);
        break;
    case AST_EQUATION:
        syntax_print_node(item->a, &t);
        break;
    case AST_EXPECT:
        syntax_print_node(item->a->kind == AST_BINARY ? item->a->a : item->a, &t);
        break;
    case AST_DRAW:
        text_add(&t, "%d", item->op);
        for (const ast *k = item->a; k; k = k->next)
            text_add(&t, " "), syntax_print_node(k, &t);
        break;
    case AST_RECORD:
    case AST_PLOT:
        for (const ast *k = item->a; k; k = k->next)
            text_add(&t, " "), syntax_print_node(k, &t);
        break;
    default:
        break;
    }
    return name_is(E->words, t.at);
}

static const ast *experiment_items(elab *E, const ast *node, const ast **what, int depth) {
    *what = node->a;
    if (node->op != LIKE_EXPERIMENT) return node->b;
    entity *base = map_get(E->definitions,
                           name_is(E->words, arena_text(E->home, "experiment %s", node->a->name)));
    if (!base || depth > 50) {
        if (base)
            diag_report(E->diag, node->at, DIAG_E0708, node->name);
        else {
            diag_report(E->diag, node->a->at, DIAG_E0215, node->a->name);
            VEC(const char *) near = {0};
            for (size_t k = 0; k < map_count(E->definitions); k++)
                if (!strncmp(map_key(E->definitions, k), "experiment ", 11))
                    vec_push(E->home, &near, map_key(E->definitions, k) + 11);
            diag_suggest(E->diag, node->a->name, near.at, near.n);
        }
        *what = NULL;
        return NULL;
    }
    const ast *inherited = experiment_items(E, base->node, what, depth + 1);
    ast *first = NULL, **tail = &first;
    for (int own = 0; own < 2; own++)
        for (const ast *item = own ? node->b : inherited; item; item = item->next) {
            bool replaced = false;
            for (const ast *k = node->b; !own && k; k = k->next)
                replaced |= subject(E, k) == subject(E, item);
            if (replaced) continue;
            ast *copy = arena_new_of(E->home, ast);
            *copy = *item;
            copy->next = NULL;
            *tail = copy;
            tail = &copy->next;
        }
    return first;
}

// ---- the model
// -------------------------------------------------------------------------------------------

static const equation *driven_by(const elab *E, const var *v) {
    for (size_t k = 0; k < E->m->equations.n; k++)
        if (E->m->equations.at[k]->target == v) return E->m->equations.at[k];
    for (size_t a = 0; a < E->m->activations.n; a++)
        for (size_t k = 0; k < E->m->activations.at[a]->equations.n; k++)
            if (E->m->activations.at[a]->equations.at[k]->target == v)
                return E->m->activations.at[a]->equations.at[k];
    return NULL;
}

static void law_of_part(elab *E, inst *d) { // a device as a part of a block: driven by v or by i
    const equation *current = driven_by(E, d->i), *voltage = driven_by(E, d->v);
    if (current && voltage) {
        bool current_first = current->at.begin < voltage->at.begin;
        diag_report(E->diag, current_first ? voltage->at : current->at, DIAG_E0323, d->path);
        diag_note(E->diag, current_first ? current->at : voltage->at, "the first source is here");
        diag_help(E->diag,
                  "a device is driven by its voltage or by its current; the other is then read");
    }
    if (!current && !voltage) {
        diag_report(E->diag, d->at, DIAG_E0405, d->path,
                    ": neither the voltage across it nor the current through it");
        diag_help(E->diag, "%s.v = ...; or %s.i = ...;", d->path, d->path);
    }
    if (current)
        device_current_law(E, d);
    else
        device_voltage_law(E, d);
}

static void open_by_default(elab *E, const crossbar *x) {
    for (size_t k = 0; k < x->lines.n; k++) {
        line *l = x->lines.at[k];
        bool given = !l->wire;
        for (size_t q = 0; q < E->m->equations.n && !given; q++)
            given = E->m->equations.at[q]->target == l->kind;
        if (given) continue;
        expr *sub[MAX_DIMS];
        for (int d = 0; d < l->v->dims; d++)
            sub[d] = expr_index(E->home, model_index(E->m, "k", 0, l->v->dim[d]), l->at);
        expr *open = expr_number(E->home, LINE_OPEN, l->at), *zero = expr_number(E->home, 0, l->at);
        zero->unit = unit_volt;
        vec_push(E->home, &E->m->equations,
                 make_equation(E, l->kind, l->v->dims, sub, open, l->at));
        vec_push(E->home, &E->m->equations, make_equation(E, l->v, l->v->dims, sub, zero, l->at));
    }
}

static void divide(int64_t *t, int64_t by) {
    if (*t != INT64_MAX && *t != -1) *t /= by;
}

static int64_t gcd(int64_t a, int64_t b) {
    if (a == INT64_MAX || a <= 0) return b;
    while (a) {
        int64_t r = b % a;
        b = a;
        a = r;
    }
    return b;
}

typedef void change_time(int64_t *t, int64_t *data);

static void times_of_actions(exp_action *a, change_time *change, int64_t *data) {
    for (; a; a = a->next) {
        change(&a->ticks, data);
        change(&a->edge, data);
        times_of_actions(a->body, change, data);
    }
}

// Calls change for every time of the model that must be a whole number of ticks.
static void all_times(model *m, change_time *change, int64_t *data) {
    for (size_t k = 0; k < m->sequencers.n; k++)
        change(&m->sequencers.at[k]->period, data);
    for (size_t k = 0; k < m->activations.n; k++) {
        activation *a = m->activations.at[k];
        change(&a->ticks, data);
        change(&a->ticks_per, data);
        for (size_t j = 0; j < a->breaks.n; j++)
            change(&a->breaks.at[j], data);
        for (size_t j = 0; j < a->events.n; j++)
            change(&a->events.at[j]->ticks, data);
        for (size_t j = 0; j < a->equations.n; j++) {
            change(&a->equations.at[j]->from, data);
            change(&a->equations.at[j]->to, data);
        }
    }
    experiment *x = m->experiment;
    if (!x) return;
    change(&x->run_ticks, data);
    for (size_t k = 0; k < x->breaks.n; k++)
        change(&x->breaks.at[k], data);
    for (size_t k = 0; k < x->measures.n; k++)
        change(&x->measures.at[k]->at, data);
    for (size_t k = 0; k < x->records.n; k++)
        change(&x->records.at[k].every, data), change(&x->records.at[k].from, data);
    times_of_actions(x->run, change, data);
    times_of_actions(x->train, change, data);
    times_of_actions(x->test, change, data);
}

static void into_gcd(int64_t *t, int64_t *data) {
    *data = gcd(*t, *data);
}
static void into_ticks(int64_t *t, int64_t *data) {
    divide(t, *data);
}

static void choose_tick(model *m) {
    int64_t tick = 0;
    all_times(m, into_gcd, &tick);
    if (tick <= 0) tick = 1000;
    all_times(m, into_ticks, &tick);
    m->tick = (double)tick / 1e15;
}

// ---- nothing is left undefined
// -----------------------------------------------------------------------

static double elements(const equation *q) {
    double n = 1;
    for (int k = 0; k < q->nfree; k++)
        n *= q->free[k]->hi - q->free[k]->lo;
    return n;
}

// How much of a variable is defined.
typedef struct extent {
    double outside; // elements that equations outside phases define
    bool in_phase;  // whether phases define any
} extent;

static extent *extent_of(elab *E, map *found, const var *v) {
    extent *e = map_get(found, (const char *)v);
    if (e) return e;
    e = arena_new_of(E->home, extent);
    map_put(found, (const char *)v, e);
    return e;
}

// By variable (its address).
static map *find_extents(elab *E) {
    map *found = map_new(E->home);
    for (size_t k = 0; k < E->m->equations.n; k++) {
        const equation *q = E->m->equations.at[k];
        extent_of(E, found, q->target)->outside += elements(q);
    }
    for (size_t a = 0; a < E->m->activations.n; a++) {
        const activation *act = E->m->activations.at[a];
        for (size_t k = 0; k < act->equations.n; k++)
            extent_of(E, found, act->equations.at[k]->target)->in_phase = true;
        for (size_t k = 0; k < act->pulses.n; k++)
            extent_of(E, found, act->pulses.at[k]->signal)->in_phase = true;
    }
    return found;
}

static void check_one(elab *E, map *found, const var *v, const char *name, span at,
                      const char *more) {
    extent none = {0, false}, *e = map_get(found, (const char *)v);
    if (!e) e = &none;
    if (e->in_phase || e->outside >= (double)var_count(v) || diag_said(E->diag, at, DIAG_E0405))
        return;
    diag_report(E->diag, at, DIAG_E0405, name, e->outside > 0 ? " for all its elements" : more);
    if (v->source) diag_help(E->diag, "a stimulus that varies all the time gives every element");
}

// What is defined by some phases only is looked at where it is read (plan/resolve.c).
static void check_defined(elab *E) {
    if (diag_errors(E->diag)) return;
    map *found = find_extents(E);
    for (size_t i = 0; i < E->insts.n; i++) {
        inst *in = E->insts.at[i];
        for (size_t k = 0; !in->device && k < map_count(in->scope); k++) {
            const entity *e = map_value(in->scope, k);
            if (e->kind != ENT_VAR || !e->v || (e->v->kind != VAR_SIGNAL && e->v->kind != VAR_BIT))
                continue;
            bool input = e->decl == DECL_IN && !e->v->source;
            check_one(E, found, e->v, input ? e->v->name : e->name, input ? in->at : e->at,
                      input ? ": an input of this part" : "");
        }
        for (size_t x = 0; x < in->crossbars.n; x++)
            for (size_t k = 0; k < in->crossbars.at[x]->lines.n; k++) {
                const line *l = in->crossbars.at[x]->lines.at[k];
                if (!l->wire)
                    check_one(E, found, l->v, l->v->name, in->crossbars.at[x]->at,
                              ": a line of this crossbar");
            }
    }
}

static elab *start(program *p, const elab_options *options) {
    elab *E = arena_new_of(p->home, elab);
    *E = (elab){.home = p->home,
                .words = p->words,
                .diag = p->diag,
                .definitions = p->definitions,
                .options = options};
    struct {
        const char **at, *word;
    } words[] = {{&E->w_time, "time"},   {&E->w_v, "v"},         {&E->w_i, "i"},
                 {&E->w_p, "p"},         {&E->w_n, "n"},         {&E->w_row, "row"},
                 {&E->w_col, "col"},     {&E->w_der, "der"},     {&E->w_ground, "ground"},
                 {&E->w_pulse, "pulse"}, {&E->w_width, "width"}, {&E->w_on, "on"}};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++)
        *words[k].at = name_is(p->words, words[k].word);
    model *m = E->m = arena_new_of(p->home, model);
    *m = (model){.home = p->home, .words = p->words, .diag = p->diag};
    const char *path = p->files.at[0]->text->path, *slash = strrchr(path, '/');
    m->file = slash ? slash + 1 : path;
    for (size_t k = 0; k < p->files.n; k++)
        vec_push(p->home, &m->files, p->files.at[k]);
    return E;
}

static void everything(elab *E, const ast *block, const ast *what, const ast *node,
                       const ast *items) {
    inst *top = make_instance(E, NULL, "", block, what, NULL, 0, NULL, block->at);
    if (!top) return;
    if (node) experiment_prepare(E, top, items);
    for (size_t k = 0; k < E->insts.n; k++)
        if (!E->insts.at[k]->device) {
            for (size_t x = 0; x < E->insts.at[k]->crossbars.n; x++)
                crossbar_equations(E, E->insts.at[k]->crossbars.at[x]);
        }
    bind_sequencers(E);
    for (size_t k = 0; k < E->insts.n; k++)
        if (!E->insts.at[k]->device) block_equations(E, E->insts.at[k]);
    bind_activations(E);
    check_sequencers(E);
    for (size_t k = 0; k < E->insts.n; k++) {
        inst *in = E->insts.at[k];
        if (in->device && in->parent && !in->parent->device && in->v && !in->law_done)
            law_of_part(E, in);
        for (size_t x = 0; x < in->crossbars.n; x++)
            open_by_default(E, in->crossbars.at[x]);
    }
    if (node) experiment_bind(E, top, node, items);
    pair_implicits(E);
    check_defined(E);
    choose_tick(E->m);
}

static void unused_options(elab *E) {
    const elab_options *o = E->options;
    VEC(const char *) near = {0};
    for (size_t k = 0; k < E->m->vars.n; k++)
        if (E->m->vars.at[k]->kind == VAR_PARAM) vec_push(E->home, &near, E->m->vars.at[k]->name);
    for (size_t k = 0; o && k < o->sets; k++)
        if (!o->set[k].used) {
            diag_report(E->diag, (span){0}, DIAG_E0213, o->set[k].name);
            diag_suggest(E->diag, o->set[k].name, near.at, near.n);
        }
    for (size_t k = 0; o && k < o->keeps; k++) {
        var *v = model_find(E->m, o->keep[k]);
        if (v && v->kind == VAR_PARAM) continue;
        diag_report(E->diag, (span){0}, DIAG_E0218, o->keep[k]);
        diag_suggest(E->diag, o->keep[k], near.at, near.n);
    }
}

model *elaborate(program *p, const char *wanted, const elab_options *options) {
    elab *E = start(p, options);
    const ast *node = NULL, *block = NULL, *what = NULL, *items = NULL;
    for (const ast *item = p->files.at[0]->root->a; item; item = item->next) {
        if (item->kind == AST_EXPERIMENT && !node && (!wanted || !strcmp(item->name, wanted)))
            node = item;
        if (item->kind == AST_BLOCK) block = item;
    }
    if (wanted && !node) {
        diag_report(p->diag, (span){0}, DIAG_E0215, wanted);
        const char *list[64];
        size_t n = program_experiments(p, list, 64);
        if (diag_suggest(p->diag, wanted, list, n < 64 ? n : 64)) return NULL;
        for (size_t k = 0; k < n && k < 64; k++)
            diag_note(p->diag, (span){0}, "there is '%s'", list[k]);
        return NULL;
    }
    if (node) {
        items = experiment_items(E, node, &what, 0);
        if (!what) return NULL;
        entity *e = map_get(E->definitions, what->name);
        block = e ? e->node : NULL;
        if (!block) {
            diag_report(E->diag, what->at, DIAG_E0206, "block", what->name);
            suggest_definition(E, what->name, true, false);
            return NULL;
        }
        if (block->kind != AST_BLOCK) {
            diag_report(E->diag, what->at, DIAG_E0217, what->name, definition_kind(block), "block");
            return NULL;
        }
    }
    if (!block) {
        diag_report(p->diag, (span){0}, DIAG_E0216, E->m->file);
        return NULL;
    }
    E->m->name = block->name;
    everything(E, block, what, node, items);
    unused_options(E);
    return E->m;
}

// A device alone: as the one cell of a crossbar.
static void check_device(elab *E, const ast *device) {
    ast *one = arena_new_of(E->home, ast), *use = arena_new_of(E->home, ast);
    ast *grid = arena_new_of(E->home, ast), *block = arena_new_of(E->home, ast);
    *one = (ast){.kind = AST_NUM, .num = 1, .name = "", .at = device->at};
    *use = (ast){.kind = AST_APPLY, .name = device->name, .at = device->at};
    *grid = (ast){.kind = AST_CROSSBAR,
                  .name = name_is(E->words, "cell"),
                  .a = one,
                  .b = one,
                  .c = use,
                  .at = device->at};
    *block = (ast){.kind = AST_BLOCK, .name = device->name, .b = grid, .at = device->at};
    inst *top = make_instance(E, NULL, "", block, NULL, NULL, 0, NULL, device->at);
    for (size_t x = 0; top && x < top->crossbars.n; x++)
        crossbar_equations(E, top->crossbars.at[x]);
}

// What stands for a device, a block or a function without a default cannot be made up.
static bool takes_definitions(const ast *item) {
    for (const ast *g = item->a; g; g = g->next)
        if (g->op != GENERIC_COUNT && g->op != GENERIC_LIST && !g->a) return true;
    return false;
}

void elaborate_rest(program *p, const elab_options *options) {
    elab_options plain = {.library = options ? options->library : NULL};
    for (const ast *item = p->files.at[0]->root->a; item; item = item->next) {
        if ((item->kind != AST_BLOCK && item->kind != AST_DEVICE) || takes_definitions(item))
            continue;
        elab *E = start(p, &plain);
        E->alone = item;
        E->m->name = item->name;
        if (item->kind == AST_BLOCK)
            everything(E, item, NULL, NULL, NULL);
        else
            check_device(E, item);
    }
}
