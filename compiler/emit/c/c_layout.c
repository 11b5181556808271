// The instance as a struct: one member per variable, in the order of the cells.
#include "emit/c/c.h"

#include <stdlib.h>

// A stretch of cells and what it holds: a variable, a phase's four cells, or the first cells.
typedef struct piece {
    long cell, count;
    const var *v;
    int phase;
} piece;

static int by_cell(const void *a, const void *b) {
    const piece *left = a, *right = b;
    return (left->cell > right->cell) - (left->cell < right->cell);
}

typedef struct pieces {
    piece *at;
    size_t n;
} pieces;

static pieces collect(const c_emitter *c) {
    const plan *p = c->plan;
    const model *m = p->model;
    pieces all = {arena_array(c->home, m->vars.n + p->phases.n + 1, sizeof(piece)), 0};
    for (size_t k = 0; k < p->phases.n; k++)
        all.at[all.n++] = (piece){p->phases.at[k]->state_cell, WEFT_PHASE_CELLS, NULL, (int)k};
    for (size_t k = 0; k < m->vars.n; k++) {
        const var *v = m->vars.at[k];
        if (v->cell >= 0 && var_count(v) > 0)
            all.at[all.n++] = (piece){v->cell, var_count(v), v, -1};
    }
    qsort(all.at, all.n, sizeof *all.at, by_cell);
    return all;
}

static const char *piece_name(const c_emitter *c, const piece *p) {
    return p->v != NULL ? p->v->name : c->plan->phases.at[p->phase]->act->name;
}

bool c_layout(c_emitter *c) {
    pieces all = collect(c);
    const piece *before = NULL;
    long end = WEFT_FIRST;
    for (size_t k = 0; k < all.n; k++) {
        piece *p = &all.at[k];
        if (p->cell < end || p->cell + p->count > c->plan->cells) {
            span at = p->v != NULL ? p->v->at : c->plan->phases.at[p->phase]->act->at;
            diag_report(c->plan->model->diag, at, DIAG_E0901, piece_name(c, p),
                        before != NULL ? piece_name(c, before) : "the instance");
            return false;
        }
        if (p->v != NULL)
            c->member[p->v->id] = namer_take(c->members, p->v->name);
        else
            c->phase[p->phase] =
                namer_take(c->members, arena_text(c->home, "phase_%s", piece_name(c, p)));
        end = p->cell + p->count;
        before = p;
    }
    return true;
}

// What a reader wants to know about a member: its name in the source, kind, unit, meaning.
static const char *about(c_emitter *c, const var *v) {
    text out = text_in(c->home);
    text_add(&out, "%s: %s", v->name, var_kind_name(v->kind));
    if (!unit_is_none(v->unit)) text_add(&out, ", %s", unit_text(c->home, v->unit));
    if (v->width > 1) text_add(&out, ", %d bits", v->width);
    if (v->doc != NULL && v->doc[0] != '\0')
        text_add(&out, ". %.*s", (int)strcspn(v->doc, "\r\n"), v->doc);
    return out.at;
}

static void member_line(c_emitter *c, printer *h, const var *v, const char *lanes) {
    text out = text_in(c->home);
    text_add(&out, "%s %s", v->type == TYPE_REAL ? "double" : "int64_t", c->member[v->id]);
    for (int d = 0; d < v->dims; d++)
        text_add(&out, "[%d]", v->dim[d]);
    text_add(&out, "%s;", lanes);
    const char *comment = about(c, v);
    size_t length = strlen(comment);
    if (length > 0 && comment[length - 1] == '\\')
        comment = arena_text(c->home, "%s.", comment); // a line must not be joined to the next
    if (out.n + length > 88) {
        print_line(h, "// %s", comment);
        print_line(h, "%s", out.at);
    } else {
        print_line(h, "%-32s // %s", out.at, comment);
    }
}

static void gap_line(printer *h, long from, long to, const char *lanes) {
    if (from < to) print_line(h, "weft_cell unused_%ld[%ld]%s;", from, to - from, lanes);
}

static void first_cells(printer *h, const char *lanes) {
    static const struct {
        const char *type, *names[6];
    } lines[] = {{"int64_t", {"now", "from", "to"}},
                 {"double", {"time", "dt"}},
                 {"int64_t", {"trial", "key", "quiet", "result", "fault", "fault_at"}},
                 {"double", {"local"}},
                 {"int64_t", {"edge_from", "edge_to"}},
                 {"double", {"step"}},
                 {"int64_t", {"solvers"}}};
    print_open(h, "struct { // kept by the runtime; see weft.h");
    for (size_t k = 0; k < sizeof lines / sizeof lines[0]; k++) {
        char line[200];
        int used = snprintf(line, sizeof line, "%s", lines[k].type);
        for (int i = 0; i < 6 && lines[k].names[i] != NULL; i++)
            used += snprintf(line + used, sizeof line - (size_t)used, "%s %s%s", i > 0 ? "," : "",
                             lines[k].names[i], lanes);
        print_line(h, "%s;", line);
    }
    print_close(h, "} weft;");
}

void c_struct(c_emitter *c, printer *h, const char *name, const char *lanes) {
    pieces all = collect(c);
    long end = WEFT_FIRST;
    print_open(h, "typedef struct %s {", name);
    first_cells(h, lanes);
    for (size_t k = 0; k < all.n; k++) {
        const piece *p = &all.at[k];
        gap_line(h, end, p->cell, lanes);
        end = p->cell + p->count;
        if (p->v != NULL) {
            member_line(c, h, p->v, lanes);
            continue;
        }
        print_line(h, "struct { // phase %s", piece_name(c, p));
        print_line(h, "    int64_t active, begin, segment, count;");
        print_line(h, "} %s;", c->phase[p->phase]);
    }
    gap_line(h, end, c->plan->cells, lanes);
    print_close(h, "} %s;", name);
    print_blank(h);
    if (lanes[0] != '\0')
        print_line(h, "_Static_assert(sizeof(%s) == sizeof(%s%s), \"lanes of cells\");", name,
                   c->model, lanes);
    else
        print_line(
            h, "_Static_assert(sizeof(%s) == %ld * sizeof(weft_cell), \"one cell per element\");",
            name, c->plan->cells);
}
