// Elaboration: what its files share. Instances, the names inside them, and the binder that turns a
// syntax expression into a checked one.
//
// An instance is one use of a block or device. Its variables carry the dimensions of the arrays of
// parts around it in front ("lead"); inside the instance these are filled in by `bind.lead`.
#ifndef WEFT_ELAB_H
#define WEFT_ELAB_H

#include "model/elaborate.h"
#include "model/experiment_model.h"
#include "model/model.h"

typedef struct inst inst;
typedef struct local local;
typedef struct elab elab;

typedef enum {
    ENT_VAR,
    ENT_PARAM,
    ENT_PART,
    ENT_CROSSBAR,
    ENT_LINE,
    ENT_PHASE,
    ENT_SEQUENCER,
    ENT_DEFINITION,
    ENT_TERMINAL,
    ENT_NODE,
    ENT_FAMILY,
    ENT_LIST,
    ENT_WRONG // what was declared wrongly: said already, uses of it are silent
} ent_kind;

typedef struct line { // of a crossbar
    const char *name;
    ast_side side;
    bool wire;         // conducting (no unit)
    var *v, *kind, *i; // wire: voltage, LINE_*, current out of the array; else v only
    var *noise;        // factor on the driven voltage, or NULL
    span at;
} line;

typedef struct crossbar {
    const char *name; // path
    inst *in;         // the block
    int rows, cols;
    inst *device;            // lead dimensions: the block's, then cols, rows
    struct circuit *circuit; // the device's inner nodes, crossbar.c
    VEC(line *) lines;       // [0] row (terminal n), [1] col (terminal p), then the device's own
    span at;
} crossbar;

typedef struct phase_def {
    const char *name; // local
    inst *in;
    const ast *node;
} phase_def;

typedef struct entity {
    ent_kind kind;
    const char *name;
    span at;
    inst *in; // where it stands
    const ast *node;
    int decl;         // VAR: ast_decl
    var *v;           // VAR, PARAM
    expr *value;      // PARAM: its value (a number unless it depends on an index of parts)
    bool count;       // PARAM: a header count
    var *noise;       // PARAM: factor redrawn in time, or NULL
    inst *part;       // PART
    inst **members;   // FAMILY: parts that are no array, l[0], l[1], ...
    int *sizes;       // LIST
    int length;       // FAMILY, LIST
    crossbar *xbar;   // CROSSBAR, LINE
    line *line;       // LINE
    phase_def *phase; // PHASE
    sequencer *seq;   // SEQUENCER (NULL for a routine)
} entity;

struct inst {
    const char *path; // "", "g1", "net.l": of the instance; variables are path.name
    const ast *def;   // AST_BLOCK or AST_DEVICE
    span at;          // where it is used
    const syntax_file *file;
    inst *parent;
    map *scope;         // name -> entity
    map *generics;      // name -> APPLY node bound in the parent (ast *), for kinds
    local *args_locals; // indices that the arguments may name: l[k in 0 .. n]: layer(n = size[k])
    inst *generics_in;  // where those applications are to be read
    int leads;
    index *lead[MAX_DIMS]; // free indices of the arrays of parts around and of this
    VEC(inst *) parts;
    VEC(crossbar *) crossbars;
    bool device;
    bool crossed;        // device of a crossbar: the last two lead dimensions are columns, rows
    struct local *lines; // device of a crossbar: its lines that are voltages only
    var *v, *i;          // device: across and through
    bool law_done;
};

struct elab {
    arena *home;
    names *words;
    diag *diag;
    model *m;
    map *definitions; // name -> entity DEFINITION
    const elab_options *options;
    VEC(inst *) insts;
    VEC(entity *) sequencers;
    const ast *alone; // definition looked at by itself: what its surroundings would give has
                      // some value, and what depends on it is not checked
    int index_ids, depth;
    local *args_locals; // for the next make_instance
    const char *w_time, *w_v, *w_i, *w_p, *w_n, *w_row, *w_col, *w_der, *w_ground, *w_pulse,
        *w_width, *w_on;
    VEC(struct pending *) pending; // activations whose bodies are still to be bound
};

// What a name in an expression may be beside the instance's own names.
struct local {
    const char *name;
    expr *value; // an index, a latched argument, a register ...
    struct local *outer;
};

// IN_EPOCH: right sides of `after epoch`: what measures came to, inputs and parameters.
typedef enum { IN_ANALOG, IN_CLOCKED, IN_CONSTANT, IN_MEASURE, IN_BIT, IN_EPOCH } bind_place;

typedef struct narrow { // index known to lie in [lo, hi) in this branch
    const index *ix;
    int lo, hi;
    struct narrow *outer;
} narrow;

typedef struct draw_place { // where uniform(), normal() may stand, and what their draws are named
                            // by
    const char *stream;
    draw_event event;
    int phase;
} draw_place;

typedef struct bind {
    elab *E;
    inst *in;
    bind_place place;
    expr *lead[MAX_DIMS]; // element of the instance
    local *locals;
    narrow *narrows;
    bool in_phase; // `time` counts from the phase's begin
    int act;       // activation id, -1 outside phases
    int autos;     // whole-array equation: indices appended to whole arrays
    expr *automatic[MAX_DIMS];
    int tuple;        // element of tuples taken; -1: tuples not allowed
    bool outside;     // experiment: states may be read (IN_MEASURE), inputs defined
    bool chain;       // names not found in the instance are looked for in those around it
    expr *self;       // IN_BIT: the bit being defined (hysteresis reads it)
    draw_place *draw; // or NULL
    bool inferring;   // first reading of a reduction's body: extents of indices being found
    sequencer *seq;   // IN_CLOCKED
    map *seq_scope;   // IN_CLOCKED: names of registers, inputs, outputs -> var
} bind;

// A path: the entity it leads to, and the indices on the way.
typedef struct ref {
    entity *e;
    inst *in; // instance whose scope the last name was found in
    int subs;
    expr *sub[MAX_DIMS * 2];
    var *v;     // VAR, or the variable of a line (.v, .i)
    local *loc; // the path is a local
    bool whole; // ends in an array with indices missing
    bool line_current, line_voltage;
} ref;

// ---- scope.c
entity *scope_add(elab *E, inst *in, ent_kind kind, const char *name, span at, const ast *node);
entity *scope_find(const inst *in, const char *name);
void unknown_name(bind *b, const ast *node, const inst *in);
// From now on the name means something that was declared wrongly.
void scope_wrong(elab *E, inst *in, const char *name, span at);
// help: did you mean ...? among the definitions that may stand there
void suggest_definition(elab *E, const char *name, bool blocks, bool devices);
const char *definition_kind(const ast *def); // "block"
local *local_push(elab *E, local *outer, const char *name, expr *value);
local *local_find(local *list, const char *name);
bind bind_in(elab *E, inst *in, bind_place place);
const char *path_join_name(elab *E, const char *path, const char *name);
// Resolves NAME/MEMBER/INDEX; reports and returns false. free_ok: unknown names in index position
// become free indices, added to b->locals.
bool resolve(bind *b, const ast *path, ref *out, bool free_ok);

// ---- bind.c
expr *bind_expr(bind *b, const ast *node);      // never NULL; errors give a number
expr *bind_condition(bind *b, const ast *node); // a truth value
// As bind_expr, and checks (and gives, to a bare number) the unit of its place.
expr *bind_as(bind *b, const ast *node, unit wanted, const char *what);
bool bind_constant(bind *b, const ast *node, double *value, unit *u);
bool bind_integer(bind *b, const ast *node, int *value, const char *what);
bool bind_seconds(bind *b, const ast *node, int64_t *ticks, const char *what); // exact
unit bind_unit(elab *E, const ast *node);
bool exact_ticks(diag *d, double seconds, span at, const char *what, int64_t *ticks);
void check_range(bind *b, const expr *sub, int extent, span at, const char *name);
bool index_interval(const bind *b, const expr *e, long *lo, long *hi);
expr *fit_unit(bind *b, expr *e, unit wanted, span at, const char *what);
const char *source_of(const elab *E, span at);            // the text that stands there
const char *argument_name(const elab *E, const ast *arg); // or its text, where it has none
const char *said_unit(arena *home, unit u);               // "V/s", "a number without unit"
const char *said_time(arena *home, int64_t femtoseconds); // "2.5ms"
// E0502, with the two nearest times that fit; true when it fits
bool on_clock_edge(diag *d, arena *home, int64_t ticks, int64_t period, span at, const char *what);
// functions.c: calls and reductions
expr *bind_call(bind *b, const ast *node);
expr *bind_reduce(bind *b, const ast *node);
expr *bind_when(bind *b, const ast *node, unit *wanted);

// ranges.c: the values of an index for which a condition holds, as ascending intervals [lo, hi)
typedef struct intervals {
    int n, lo[16], hi[16];
} intervals;
bool condition_range(const expr *condition, const index **ix, intervals *holds);
intervals intervals_cut(intervals a, intervals b);
intervals intervals_rest(intervals a, int lo, int hi);

// ---- equations.c
bool lists_fit(elab *E, const ast *node, int wanted); // every {a, b} has so many values
// lhs = rhs in an instance; several equations where conditions on indices split the range.
void bind_equation(bind *b, const ast *lhs, const ast *rhs, span at, int64_t from, int64_t to,
                   equation_list *out);
equation *make_equation(elab *E, var *target, int nsub, expr *const *sub, expr *rhs, span at);

void needs(elab *E, const inst *in, const ast *what); // says that a header parameter is not given

// ---- family.c: lists of sizes; parts of different sizes, parts with controllers
void bind_sizes(elab *E, inst *in, const ast *generic, const ast *given, inst *given_in);
bool family_by_index(const ast *args,
                     const ast *extents); // the arguments name the index: sizes differ
// The parts, or parts of theirs, have sequencers with a clock: each needs its own controller.
bool family_by_control(elab *E, inst *in, const ast *apply, const ast *extents);
void declare_family(elab *E, inst *in, const ast *node, const ast *def, const ast *apply,
                    inst *args_in);
// The free name with which a path (or anything below a list of nodes) picks from a family; NULL:
// none.
const char *family_index(bind *b, const ast *node, int *members);
// The same of an equation: y[k] = t[k].y picks as t[k].x = x[k] does.
const char *family_between(bind *b, const ast *lhs, const ast *rhs, int *members);
bool family_named(bind *b, const ast *node, const char *index); // somewhere below: family[index]
// A list of paths, with a path for each member where a family stands without an index.
typedef VEC(const ast *) path_list;
path_list every_member(elab *E, inst *top, const ast *paths);
expr *whole_number(elab *E, int value, span at);

// ---- instance.c, device.c, crossbar.c, phases.c, statements.c, experiment.c
inst *make_instance(elab *E, inst *parent, const char *name, const ast *def, const ast *apply,
                    inst *args_in, int dims, const int *dim, span at);
const ast *find_definition(elab *E, inst *in, const ast *apply, const ast **args, inst **args_in,
                           const char *sort);
const char *applied_name(inst *in, const ast *apply, const ast **args, inst **args_in);
void declare_parts(elab *E, inst *in);
void device_setup(elab *E, inst *device);       // v and i, or nodes and parts
void device_voltage_law(elab *E, inst *device); // i as a function of v, and the rates
void device_current_law(elab *E, inst *device); // v as a function of i, and the rates
void make_crossbar(elab *E, inst *in, const ast *node);
void crossbar_equations(elab *E, crossbar *x);
void bind_connect(bind *b, const ast *node, int64_t from, int64_t to, equation_list *out);
// lhs is already a reference: used where one statement defines several variables
void bind_into(bind *b, const ref *r, const ast *rhs, span at, int64_t from, int64_t to,
               equation_list *out);
void bind_free_indices(bind *b, const ast *node, index **free, int *nfree); // block.c
void bind_implicit(bind *b, const ast *item, implicit_list *into);          // implicit.c
void pair_implicits(elab *E);
void bind_rate(bind *b, const ast *item, equation_list *out);
void block_equations(elab *E, inst *in);
activation *activation_of(bind *b, const ast *call, sequencer *seq, stmt *into);
// Bits of `d: uint[n]`, 0 when nothing is declared; what is no width is reported.
int declared_width(bind *b, const ast *d);
void bind_activations(elab *E);
void bind_sequencers(elab *E);
void check_sequencers(elab *E);
check *bind_check(bind *b, const ast *node, const char *where, activation *act);
void bind_trigger(bind *b, const ast *node); // triggers.c: at above(...) { } outside phases
// Marks what `vary` and `noise` change, before equations are bound; then the rest of the
// experiment.
void experiment_prepare(elab *E, inst *top, const ast *items);
void experiment_bind(elab *E, inst *top, const ast *node, const ast *items);
void experiment_check(elab *E, size_t errors); // experiment_check.c; errors: there were before
// draws.c
void draws_prepare(elab *E, inst *top, const ast *items);
void draws_bind(elab *E, inst *top, const ast *items);
// experiment_epoch.c: `after epoch`
void bind_after_epoch(elab *E, inst *top, const ast *item);
expr *bind_epoch_measure(bind *b, const ast *node); // NULL: the path names no measure
expr *bind_last(bind *b, const ast *call);
// experiment_data.c
void bind_data(elab *E, inst *top, const ast *node);
const char *path_directory_of(elab *E, span at); // of the file that contains it

#endif
