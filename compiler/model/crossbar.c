// Crossbars: lines, the device's inner nodes by cases, and the currents of the lines.
//
//   w.m.v[j, i] = when the switches join p, n:  w.col.v[j] - w.row.v[i] ..., else 0
//   w.row.i[i]  = sum over j of the currents that leave the device at n;  w.col.i[j] likewise
//
// A switch is ideal: with every combination of switch positions the inner nodes fall together with
// terminals, and each device inside lies between two of them. Combinations that contradict each
// other (gate > 1.7 V and gate < -1.4 V) are left out.
#include "model/elab.h"

enum { MAX_NODES = 16, MAX_SWITCHES = 4, MAX_INNER = 8 };

typedef struct inner_switch {
    const char *name;
    int a, b;
    const ast *condition;
    expr *on;
    span at;
} inner_switch;

typedef struct inner_device {
    inst *part;
    int a, b;
    span at;
} inner_device;

typedef struct circuit {
    crossbar *x;
    int nodes;
    const char *node[MAX_NODES];
    line *terminal[MAX_NODES]; // NULL: an inner node
    int switches, devices;
    inner_switch sw[MAX_SWITCHES];
    inner_device dev[MAX_INNER];
} circuit;

// ---- lines
// -------------------------------------------------------------------------------------------

static line *add_line(elab *E, crossbar *x, const char *name, ast_side side, bool wire, unit u,
                      span at) {
    line *l = arena_new_of(E->home, line);
    *l = (line){.name = name, .side = side, .wire = wire, .at = at};
    int dim[MAX_DIMS], dims = 0;
    for (; dims < x->in->leads; dims++)
        dim[dims] = x->in->lead[dims]->hi;
    dim[dims++] = side == SIDE_ROW ? x->rows : x->cols;
    const char *path = path_join_name(E, x->name, name);
    l->v = model_var(E->m, wire ? path_join_name(E, path, "v") : path, VAR_SIGNAL, TYPE_REAL, dims,
                     dim, u, at);
    if (wire) {
        l->v->line_kind = l->kind = model_var(E->m, path_join_name(E, path, "kind"), VAR_SIGNAL,
                                              TYPE_INT, dims, dim, unit_none, at);
        l->i = model_var(E->m, path_join_name(E, path, "i"), VAR_SIGNAL, TYPE_REAL, dims, dim,
                         unit_ampere, at);
    }
    vec_push(E->home, &x->lines, l);
    return l;
}

static void add_device_lines(elab *E, crossbar *x) {
    inst *d = x->device;
    for (const ast *item = d->def->b; item; item = item->next) {
        if (item->kind != AST_LINE) continue;
        for (size_t k = 0; k < x->lines.n; k++)
            if (x->lines.at[k]->name == item->name)
                diag_report(E->diag, item->at, DIAG_E0201, item->name);
        unit u = item->a ? bind_unit(E, item->a) : unit_volt;
        add_line(E, x, item->name, (ast_side)item->op, !item->a, u, item->at);
    }
}

// ---- the device's circuit
// ----------------------------------------------------------------------------

static int find_node(circuit *c, const char *name) {
    for (int k = 0; k < c->nodes; k++)
        if (c->node[k] == name) return k;
    return -1;
}

static void add_node(elab *E, circuit *c, const char *name, line *terminal, span at) {
    if (c->nodes == MAX_NODES) {
        not_built(E->diag, at, "a device with more than 16 nodes");
        return;
    }
    c->node[c->nodes] = name;
    c->terminal[c->nodes++] = terminal;
}

// Names of lines in the device's expressions, by element of the crossbar; `wires`: of those too
// that conduct.
static bind device_bind(elab *E, crossbar *x, bool wires) {
    inst *d = x->device;
    bind b = bind_in(E, d, IN_ANALOG);
    for (size_t k = 0; k < x->lines.n; k++) {
        line *l = x->lines.at[k];
        expr *sub[MAX_DIMS];
        int n = 0;
        for (; n < x->in->leads; n++)
            sub[n] = b.lead[n];
        sub[n] = b.lead[l->side == SIDE_ROW ? n + 1 : n];
        expr *v = expr_variable(E->home, l->v, n + 1, sub, l->at);
        if (k >= 2 && (wires || !l->wire)) b.locals = local_push(E, b.locals, l->name, v);
    }
    return b;
}

static expr *line_part(elab *E, const crossbar *x, const bind *b, const line *l, var *v) {
    expr *sub[MAX_DIMS];
    int n = 0;
    for (; n < x->in->leads; n++)
        sub[n] = b->lead[n];
    sub[n] = b->lead[l->side == SIDE_ROW ? n + 1 : n];
    return expr_variable(E->home, v, n + 1, sub, x->at);
}

static const ast *terminal_args(const ast *args, const ast **second) {
    const ast *first = NULL;
    *second = NULL;
    for (; args; args = args->next)
        if (!args->name) {
            if (!first)
                first = args->a;
            else if (!*second)
                *second = args->a;
        }
    return first;
}

static int node_of(elab *E, circuit *c, const ast *name) {
    int k = name && name->kind == AST_NAME ? find_node(c, name->name) : -1;
    if (k < 0 && name) {
        diag_report(E->diag, name->at, DIAG_E0203, name->name ? name->name : "?",
                    c->x->device->def->name);
        diag_suggest(E->diag, name->name ? name->name : "", c->node, (size_t)c->nodes);
    }
    return k;
}

static void add_part(elab *E, circuit *c, const ast *part) {
    const ast *second, *first = terminal_args(part->b->a, &second);
    inst *d = c->x->device;
    if (!first || !second) {
        diag_report(E->diag, part->at, DIAG_E0414, part->b->name, 2, first ? 1 : 0);
        return;
    }
    static const char *const later[] = {"nmos", "pmos", "capacitor", "resistor", "diode"};
    for (size_t k = 0; k < sizeof later / sizeof *later; k++)
        if (!strcmp(part->b->name, later[k])) {
            not_built(E->diag, part->b->at, arena_text(E->home, "%s inside a device", later[k]));
            return;
        }
    int na = node_of(E, c, first), nb = node_of(E, c, second);
    if (na < 0 || nb < 0) {
        scope_wrong(E, d, part->name, part->at);
        return;
    }
    if (!strcmp(part->b->name, "switch")) {
        const ast *on = NULL;
        for (const ast *k = part->b->a; k; k = k->next)
            if (k->name == E->w_on) on = k->a;
        if (!on)
            diag_report(E->diag, part->at, DIAG_E0413);
        else if (c->switches == MAX_SWITCHES)
            not_built(E->diag, part->at, "a device with more than 4 switches");
        else
            c->sw[c->switches++] = (inner_switch){part->name, na, nb, on, NULL, part->at};
        return;
    }
    const ast *args, *def;
    inst *args_in;
    def = find_definition(E, d, part->b, &args, &args_in, "device");
    if (!def) return;
    if (def->kind != AST_DEVICE) {
        diag_report(E->diag, part->b->at, DIAG_E0217, def->name, definition_kind(def), "device");
        return;
    }
    entity *e = scope_add(E, d, ENT_PART, part->name, part->at, part);
    if (!e || c->devices == MAX_INNER) return;
    ast *apply = arena_new_of(E->home, ast);
    *apply = (ast){.kind = AST_APPLY, .at = part->b->at, .name = def->name, .a = (ast *)args};
    e->part = make_instance(E, d, part->name, def, apply, args_in, 0, NULL, part->at);
    if (!e->part || !e->part->v) {
        if (e->part)
            not_built(E->diag, part->at, "a device with inner nodes inside another device");
        scope_wrong(E, d, part->name, part->at);
        return;
    }
    c->dev[c->devices++] = (inner_device){e->part, na, nb, part->at};
}

static void read_circuit(elab *E, circuit *c) {
    crossbar *x = c->x;
    const char *p = E->w_p, *n = E->w_n;
    for (const ast *item = x->device->def->b; item; item = item->next)
        if (item->kind == AST_TERMINAL && ast_length(item->a) == 2)
            p = item->a->name, n = item->a->next->name;
    add_node(E, c, n, x->lines.at[0], x->at);
    add_node(E, c, p, x->lines.at[1], x->at);
    for (size_t k = 2; k < x->lines.n; k++)
        if (x->lines.at[k]->wire)
            add_node(E, c, x->lines.at[k]->name, x->lines.at[k], x->lines.at[k]->at);
    for (const ast *item = x->device->def->b; item; item = item->next)
        if (item->kind == AST_NODE)
            for (const ast *n = item->a; n; n = n->next) {
                if (find_node(c, n->name) >= 0) diag_report(E->diag, n->at, DIAG_E0201, n->name);
                add_node(E, c, n->name, NULL, n->at);
            }
    for (const ast *item = x->device->def->b; item; item = item->next)
        if (item->kind == AST_PARTS)
            for (const ast *p = item->a; p; p = p->next)
                add_part(E, c, p);
    if (x->device->v) c->dev[c->devices++] = (inner_device){x->device, 1, 0, x->at};
}

void make_crossbar(elab *E, inst *in, const ast *node) {
    entity *e = scope_add(E, in, ENT_CROSSBAR, node->name, node->at, node);
    if (!e) return;
    if (node->d) not_built(E->diag, node->d->at, "wire resistance (with ...)");
    crossbar *x = arena_new_of(E->home, crossbar);
    e->xbar = x;
    *x = (crossbar){.name = path_join_name(E, in->path, node->name), .in = in, .at = node->at};
    bind own = bind_in(E, in, IN_CONSTANT);
    bind_integer(&own, node->a, &x->rows, "the number of rows");
    bind_integer(&own, node->b, &x->cols, "the number of columns");
    if (x->rows < 1)
        diag_report(E->diag, node->a->at, DIAG_E0326, node->name, x->rows), x->rows = 1;
    if (x->cols < 1)
        diag_report(E->diag, node->b->at, DIAG_E0326, node->name, x->cols), x->cols = 1;
    const ast *args;
    inst *args_in;
    const ast *def = find_definition(E, in, node->c, &args, &args_in, "device");
    if (def && def->kind != AST_DEVICE)
        diag_report(E->diag, node->c->at, DIAG_E0217, def->name, definition_kind(def), "device"),
            def = NULL;
    if (!def) {
        scope_wrong(E, in, node->name, node->at);
        return;
    }
    ast *apply = arena_new_of(E->home, ast);
    *apply = (ast){.kind = AST_APPLY, .at = node->c->at, .name = def->name, .a = (ast *)args};
    int dim[2] = {x->cols, x->rows};
    add_line(E, x, E->w_row, SIDE_ROW, true, unit_volt, node->at);
    add_line(E, x, E->w_col, SIDE_COL, true, unit_volt, node->at);
    x->device = make_instance(E, in, node->name, def, apply, args_in, 2, dim, node->at);
    if (!x->device) return;
    add_device_lines(E, x);
    x->device->lines = device_bind(E, x, false).locals;
    x->circuit = arena_new_of(E->home, circuit);
    x->circuit->x = x;
    read_circuit(E, x->circuit);
    vec_push(E->home, &in->crossbars, x);
    vec_push(E->home, &E->m->notes,
             arena_text(E->home, "crossbar %s [%d rows, %d cols] of %s", x->name, x->rows, x->cols,
                        def->name));
}

// ---- cases of the switches
// -----------------------------------------------------------------------------

// Whether two conditions can never hold together: x > 1.7 and x < -1.4; c and not c; parts of
// `and`.
static bool exclusive(const expr *a, const expr *b) {
    if ((a->kind == X_NOT && expr_same(a->a, b)) || (b->kind == X_NOT && expr_same(b->a, a)))
        return true;
    if (a->kind == X_AND) return exclusive(a->a, b) || exclusive(a->b, b);
    if (b->kind == X_AND) return exclusive(a, b->a) || exclusive(a, b->b);
    double ca, cb;
    bool up_a = a->kind == X_GT || a->kind == X_GE, down_a = a->kind == X_LT || a->kind == X_LE;
    bool up_b = b->kind == X_GT || b->kind == X_GE, down_b = b->kind == X_LT || b->kind == X_LE;
    if (!a->a || !b->a || !a->b || !b->b || !expr_same(a->a, b->a)) return false;
    if (!expr_is_number(a->b, &ca) || !expr_is_number(b->b, &cb)) return false;
    bool strict = a->kind == X_GT || a->kind == X_LT || b->kind == X_GT || b->kind == X_LT;
    if (up_a && down_b) return ca > cb || (ca == cb && strict);
    if (down_a && up_b) return cb > ca || (ca == cb && strict);
    return false;
}

static bool feasible(const circuit *c, int mask) {
    for (int i = 0; i < c->switches; i++)
        for (int j = i + 1; j < c->switches; j++)
            if ((mask >> i & 1) && (mask >> j & 1) && exclusive(c->sw[i].on, c->sw[j].on))
                return false;
    return true;
}

// class[k]: the smallest node that node k falls together with
static void join(const circuit *c, int mask, int *class) {
    for (int k = 0; k < c->nodes; k++)
        class[k] = k;
    for (int s = 0; s < c->switches; s++)
        if (mask >> s & 1) {
            int from = class[c->sw[s].a], to = class[c->sw[s].b], low = from < to ? from : to;
            for (int k = 0; k < c->nodes; k++)
                if (class[k] == from || class[k] == to) class[k] = low;
        }
}

static int terminal_of(const circuit *c, const int *class, int node) {
    for (int k = 0; k < c->nodes; k++)
        if (c->terminal[k] && class[k] == class[node]) return k;
    return -1;
}

static span node_place(const circuit *c, const char *name) {
    for (const ast *item = c->x->device->def->b; item; item = item->next)
        for (const ast *n = item->kind == AST_NODE ? item->a : NULL; n; n = n->next)
            if (n->name == name) return n->at;
    return c->x->at;
}

static void check_case(elab *E, const circuit *c, int mask, const int *class) {
    for (int a = 0; a < c->nodes; a++)
        for (int b = a + 1; b < c->nodes; b++)
            if (c->terminal[a] && c->terminal[b] && class[a] == class[b]) {
                text on = text_in(E->home);
                for (int s = 0; s < c->switches; s++)
                    if (mask >> s & 1) text_add(&on, "%s%s", on.n ? ", " : "", c->sw[s].name);
                diag_report(E->diag, c->sw[0].at, DIAG_E0403, c->x->device->def->name, on.at,
                            c->node[a], c->node[b]);
            }
    for (int k = 0; k < c->nodes; k++) {
        if (class[k] != k || terminal_of(c, class, k) >= 0) continue;
        int ends = 0;
        for (int d = 0; d < c->devices; d++)
            ends += (class[c->dev[d].a] == k) + (class[c->dev[d].b] == k);
        if (ends < 2) continue;
        diag_report(E->diag, node_place(c, c->node[k]), DIAG_E0404, c->x->device->def->name,
                    c->node[k]);
        diag_help(E->diag,
                  "devices in series need a node that a switch joins to a line in every case");
    }
}

// The condition under which device d lies between terminals ta and tb; NULL: always; false: never.
static bool joined_when(elab *E, const circuit *c, int d, int ta, int tb, expr **condition) {
    int class[MAX_NODES], group = 0, all = (1 << c->switches) - 1;
    bool any = false, exact = true;
    unsigned in = 0;
    for (int mask = 0; mask <= all; mask++) {
        if (!feasible(c, mask)) continue;
        join(c, mask, class);
        if (terminal_of(c, class, c->dev[d].a) != ta || terminal_of(c, class, c->dev[d].b) != tb)
            continue;
        group = any ? group & mask : mask;
        any = true;
        in |= 1u << mask;
    }
    if (!any) return false;
    for (int mask = 0; mask <= all; mask++)
        if (feasible(c, mask) && (mask & group) == group && !(in >> mask & 1)) exact = false;
    *condition = NULL;
    expr *any_of = NULL;
    for (int mask = 0; mask <= all; mask++) {
        if (exact ? mask != group : !(in >> mask & 1)) continue;
        expr *all_of = NULL;
        for (int s = 0; s < c->switches; s++) {
            bool on = mask >> s & 1;
            if (!on && exact) continue;
            expr *t = c->sw[s].on;
            if (!on) t = expr_make(E->home, X_NOT, TYPE_BOOL, unit_none, t, NULL, NULL, t->at);
            all_of = all_of
                         ? expr_make(E->home, X_AND, TYPE_BOOL, unit_none, all_of, t, NULL, t->at)
                         : t;
        }
        if (!all_of) return true;
        any_of = any_of ? expr_make(E->home, X_OR, TYPE_BOOL, unit_none, any_of, all_of, NULL,
                                    all_of->at)
                        : all_of;
    }
    *condition = any_of;
    return true;
}

// ---- equations
// -----------------------------------------------------------------------------------------

static expr *live(elab *E, const crossbar *x, const bind *b, const line *l) {
    expr *kind = line_part(E, x, b, l, l->kind);
    return expr_make(E->home, X_NE, TYPE_BOOL, unit_none, kind,
                     expr_number(E->home, LINE_OPEN, x->at), NULL, x->at);
}

static expr *all_true(elab *E, expr *a, expr *b) {
    if (!a) return b;
    return b ? expr_make(E->home, X_AND, TYPE_BOOL, unit_none, a, b, NULL, a->at) : a;
}

static bool vanishes(const expr *e, const var *v) { // at v = 0
    switch (e->kind) {
    case X_NUM:
        return e->num == 0;
    case X_VAR:
        return e->v == v;
    case X_NEG:
        return vanishes(e->a, v);
    case X_ADD:
    case X_SUB:
        return vanishes(e->a, v) && vanishes(e->b, v);
    case X_MUL:
        return vanishes(e->a, v) || vanishes(e->b, v);
    case X_DIV:
        return vanishes(e->a, v);
    case X_SELECT:
        return vanishes(e->b, v) && vanishes(e->c, v);
    case X_CALL:
        return (e->fn == FN_sinh || e->fn == FN_tanh || e->fn == FN_sin || e->fn == FN_abs) &&
               vanishes(e->a, v);
    default:
        return false;
    }
}

static void current_sums(elab *E, crossbar *x, expr **flow) {
    for (size_t k = 0; k < x->lines.n; k++) {
        line *l = x->lines.at[k];
        if (!l->wire) continue;
        inst *d = x->device;
        int n = x->in->leads;
        index *along = d->lead[l->side == SIDE_ROW ? n + 1 : n],
              *over = d->lead[l->side == SIDE_ROW ? n : n + 1];
        expr *body = flow[k], *sub[MAX_DIMS];
        for (int f = 0; f < n; f++)
            sub[f] = expr_index(E->home, d->lead[f], l->at);
        sub[n] = expr_index(E->home, along, l->at);
        if (!body) body = expr_number(E->home, 0, l->at), body->unit = unit_ampere;
        index *bound = model_index(E->m, over->name, 0, over->hi);
        body = expr_put_index(E->home, body, over, expr_index(E->home, bound, l->at));
        expr *sum = expr_make(E->home, X_REDUCE, TYPE_REAL, unit_ampere, NULL, body, NULL, l->at);
        sum->fn = RED_SUM;
        sum->ix = bound;
        vec_push(E->home, &E->m->equations, make_equation(E, l->i, n + 1, sub, sum, l->at));
    }
}

static void add_joint(elab *E, const crossbar *x, const line *a, const line *b, expr *when,
                      span at) {
    joint *j = arena_new_of(E->home, joint);
    *j = (joint){.name = {path_join_name(E, x->name, a->name), path_join_name(E, x->name, b->name)},
                 .v = {a->v, b->v},
                 .kind = {a->kind, b->kind},
                 .along = {a->side == SIDE_ROW, b->side == SIDE_ROW},
                 .when = when,
                 .at = at};
    vec_push(E->home, &E->m->joints, j);
}

static void device_equations(elab *E, circuit *c, int d, expr **flow) {
    crossbar *x = c->x;
    inst *part = c->dev[d].part;
    bind b = bind_in(E, x->device, IN_ANALOG);
    arena *h = E->home;
    span at = c->dev[d].at;
    for (int k = 0; k < part->leads; k++) { // the part has indices of its own for the same elements
        b.lead[k] = expr_index(h, part->lead[k], at);
    }
    expr *v = expr_number(h, 0, at), *i = expr_variable(h, part->i, part->leads, b.lead, at),
         *conducts = NULL;
    v->unit = unit_volt;
    device_voltage_law(E, part);
    equation *law = E->m->equations.n ? E->m->equations.at[E->m->equations.n - 1] : NULL;
    for (int ta = 0; ta < c->nodes; ta++)
        for (int tb = 0; tb < c->nodes; tb++) {
            expr *when;
            if (ta == tb || !c->terminal[ta] || !c->terminal[tb] ||
                !joined_when(E, c, d, ta, tb, &when))
                continue;
            for (int k = 0; when && k < part->leads; k++)
                when = expr_put_index(h, when, x->device->lead[k], b.lead[k]);
            line *la = c->terminal[ta], *lb = c->terminal[tb];
            add_joint(E, x, la, lb, when, at);
            expr *ready = all_true(E, when, all_true(E, live(E, x, &b, la), live(E, x, &b, lb)));
            expr *across = expr_make(h, X_SUB, TYPE_REAL, unit_volt, line_part(E, x, &b, la, la->v),
                                     line_part(E, x, &b, lb, lb->v), NULL, at);
            v = expr_make(h, X_SELECT, TYPE_REAL, unit_volt, ready, across, v, at);
            conducts = conducts
                           ? expr_make(h, X_OR, TYPE_BOOL, unit_none, conducts, ready, NULL, at)
                           : ready;
            const line *ends[2] = {la, lb};
            for (int e = 0; e < 2;
                 e++) { // out of the array: against the current at a, with it at b
                expr *zero = expr_number(h, 0, at), *out = i;
                zero->unit = unit_ampere;
                if (e == 0) out = expr_make(h, X_NEG, TYPE_REAL, unit_ampere, out, NULL, NULL, at);
                if (when) out = expr_make(h, X_SELECT, TYPE_REAL, unit_ampere, when, out, zero, at);
                for (int k = 0; k < part->leads; k++)
                    out = expr_put_index(h, out, part->lead[k],
                                         expr_index(h, x->device->lead[k], at));
                for (size_t k = 0; k < x->lines.n; k++)
                    if (x->lines.at[k] == ends[e])
                        flow[k] = flow[k] ? expr_make(h, X_ADD, TYPE_REAL, unit_ampere, flow[k],
                                                      out, NULL, at)
                                          : out;
            }
        }
    if (law && law->target == part->i && conducts && !vanishes(law->rhs, part->v)) {
        expr *zero = expr_number(h, 0, at);
        zero->unit = unit_ampere;
        law->rhs = expr_make(h, X_SELECT, TYPE_REAL, unit_ampere, conducts, law->rhs, zero, at);
    }
    vec_push(h, &E->m->equations, make_equation(E, part->v, part->leads, b.lead, v, at));
}

void crossbar_equations(elab *E, crossbar *x) {
    circuit c = *x->circuit;
    bind b = device_bind(E, x, true);
    for (int k = 0; k < c.switches; k++)
        c.sw[k].on = expr_fold(E->home, bind_condition(&b, c.sw[k].condition));
    int class[MAX_NODES];
    for (int mask = 0; mask < 1 << c.switches; mask++)
        if (feasible(&c, mask)) join(&c, mask, class), check_case(E, &c, mask, class);
    expr **flow = arena_array(E->home, x->lines.n, sizeof *flow);
    for (int d = 0; d < c.devices; d++)
        device_equations(E, &c, d, flow);
    current_sums(E, x, flow);
}
