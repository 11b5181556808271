// The data of an experiment: each input of the top block as an expression over columns, or as rows.
#include "model/elab.h"

static weft_data_node *node_of(elab *E, weft_data_kind kind) {
    weft_data_node *n = arena_new_of(E->home, weft_data_node);
    n->kind = kind;
    return n;
}

static weft_data_node *wrong(elab *E, const ast *node) {
    diag_report(E->diag, node->at, DIAG_E0702);
    diag_help(E->diag, "columns and numbers, joined by + - * /, normalize(), zscore(), "
                       "onehot(class), class == \"label\", lists of these");
    return node_of(E, WEFT_DATA_NUMBER);
}

static weft_data_node *column(elab *E, const ast *node);

static weft_data_node *scaled(elab *E, const ast *node) {
    static const struct {
        const char *name;
        weft_data_kind kind;
    } calls[] = {{"normalize", WEFT_DATA_NORMALIZE},
                 {"zscore", WEFT_DATA_ZSCORE},
                 {"onehot", WEFT_DATA_ONEHOT}};
    if (node->a->kind != AST_NAME || ast_length(node->b) != 1) return wrong(E, node);
    for (size_t k = 0; k < sizeof calls / sizeof *calls; k++)
        if (!strcmp(calls[k].name, node->a->name)) {
            weft_data_node *n = node_of(E, calls[k].kind);
            n->a = column(E, node->b->a);
            if (n->kind == WEFT_DATA_ONEHOT && n->a->kind != WEFT_DATA_CLASS) return wrong(E, node);
            return n;
        }
    return wrong(E, node);
}

static weft_data_node *combined(elab *E, const ast *node) {
    static const weft_data_kind kinds[] = {[OP_ADD] = WEFT_DATA_ADD,
                                           [OP_SUB] = WEFT_DATA_SUB,
                                           [OP_MUL] = WEFT_DATA_MUL,
                                           [OP_DIV] = WEFT_DATA_DIV};
    if (node->op == OP_EQ && node->b->kind == AST_STRING) {
        if (node->a->kind != AST_NAME || strcmp(node->a->name, "class")) return wrong(E, node);
        weft_data_node *n = node_of(E, WEFT_DATA_IS);
        n->text = node->b->name;
        return n;
    }
    if (node->op > OP_DIV) return wrong(E, node);
    weft_data_node *n = node_of(E, kinds[node->op]);
    n->a = column(E, node->a);
    n->b = column(E, node->b);
    return n;
}

// x = {width, height}: one after the other
static weft_data_node *joined(elab *E, const ast *list) {
    weft_data_node *all = column(E, list);
    for (list = list->next; list; list = list->next) {
        weft_data_node *n = node_of(E, WEFT_DATA_JOIN);
        n->a = all;
        n->b = column(E, list);
        all = n;
    }
    return all;
}

static weft_data_node *column(elab *E, const ast *node) {
    weft_data_node *n;
    switch (node->kind) {
    case AST_NUM:
        n = node_of(E, WEFT_DATA_NUMBER);
        n->number = node->num;
        return n;
    case AST_NAME:
        n = node_of(E, !strcmp(node->name, "features") ? WEFT_DATA_FEATURES
                       : !strcmp(node->name, "class")  ? WEFT_DATA_CLASS
                                                       : WEFT_DATA_COLUMN);
        n->text = node->name;
        return n;
    case AST_STRING:
        n = node_of(E, WEFT_DATA_COLUMN);
        n->text = node->name;
        return n;
    case AST_CALL:
        return scaled(E, node);
    case AST_BINARY:
        return combined(E, node);
    case AST_TUPLE:
        return joined(E, node->a);
    case AST_UNARY:
        if (node->op != OP_NEG) return wrong(E, node);
        n = node_of(E, WEFT_DATA_SUB);
        n->a = node_of(E, WEFT_DATA_NUMBER);
        n->b = column(E, node->a);
        return n;
    default:
        return wrong(E, node);
    }
}

static var *input_named(elab *E, inst *top, const char *name, span at) {
    entity *e = name ? scope_find(top, name) : NULL;
    if (e && e->v && e->v->kind == VAR_INPUT) return e->v;
    diag_report(E->diag, at, DIAG_E0701, name ? name : "this", E->m->name);
    VEC(const char *) near = {0};
    for (size_t k = 0; k < E->m->vars.n; k++)
        if (E->m->vars.at[k]->kind == VAR_INPUT) vec_push(E->home, &near, E->m->vars.at[k]->name);
    if (name) diag_suggest(E->diag, name, near.at, near.n);
    return NULL;
}

static void add_input(elab *E, var *v, weft_data_node *value, span at) {
    experiment *x = E->m->experiment;
    for (size_t k = 0; k < x->inputs.n; k++)
        if (x->inputs.at[k].v == v) {
            diag_report(E->diag, at, DIAG_E0323, v->name);
            diag_note(E->diag, x->inputs.at[k].at, "the first one is here");
        }
    vec_push(E->home, &x->inputs, (exp_input){v, value, at});
}

static void bind_rows(elab *E, inst *top, const ast *item) {
    experiment *x = E->m->experiment;
    span at = {item->at.file, item->at.begin, item->at.begin + (uint32_t)strlen(item->name)};
    var *v = input_named(E, top, item->name, at);
    if (!v) return;
    size_t rows = ast_length(item->a), count = (size_t)var_count(v), row = 0;
    double *values = arena_array(E->home, rows * count + 1, sizeof *values);
    bind b = bind_in(E, top, IN_CONSTANT);
    for (const ast *value = item->a; value; value = value->next, row++) {
        const ast *element = value->kind == AST_TUPLE ? value->a : value;
        size_t given = value->kind == AST_TUPLE ? ast_length(value->a) : 1, nth = 0;
        if (given != count) diag_report(E->diag, value->at, DIAG_E0321, (int)count, given);
        for (; element && nth < count && nth < given; element = element->next, nth++) {
            expr *e = expr_fold(E->home, bind_as(&b, element, v->unit, v->name));
            if (!expr_is_number(e, &values[row * count + nth]))
                diag_report(E->diag, element->at, DIAG_E0313, "a value of a row");
        }
    }
    if (x->inputs.n && x->row_count != rows)
        diag_report(E->diag, item->at, DIAG_E0707, v->name, rows, x->inputs.at[0].v->name,
                    (size_t)x->row_count);
    x->row_count = (uint32_t)rows;
    weft_data_node *n = node_of(E, WEFT_DATA_LIST);
    n->values = values;
    add_input(E, v, n, item->at);
}

void bind_data(elab *E, inst *top, const ast *node) {
    experiment *x = E->m->experiment;
    if (node->op == DATA_IDX) {
        not_built(E->diag, node->at, "image data (data idx)");
        return;
    }
    x->has_data = true;
    x->rows = node->op == DATA_ROWS;
    if (!x->rows) {
        x->path = node->a->name;
        x->directory = path_directory_of(E, node->at);
    }
    bind b = bind_in(E, top, IN_CONSTANT);
    for (const ast *item = node->b; item; item = item->next) {
        int train = -1, test = -1;
        var *v;
        switch (item->kind) {
        case AST_EQUATION:
            if (x->rows) {
                diag_report(E->diag, item->at, DIAG_E0702);
                break;
            }
            v = input_named(E, top, item->a->kind == AST_NAME ? item->a->name : NULL, item->a->at);
            if (v) add_input(E, v, column(E, item->b), item->at);
            break;
        case AST_ROWS:
            if (x->rows)
                bind_rows(E, top, item);
            else
                diag_report(E->diag, item->at, DIAG_E0702);
            break;
        case AST_SPLIT:
            if (item->a) bind_integer(&b, item->a, &train, "the number of training rows");
            if (item->b) bind_integer(&b, item->b, &test, "the number of test rows");
            x->split_train = train, x->split_test = test;
            x->in_order = item->op == SPLIT_ORDER;
            break;
        case AST_SEQUENCE:
            not_built(E->diag, item->at, "sequences of rows");
            break;
        default:
            break;
        }
    }
}
