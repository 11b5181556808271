// Algebra on expressions of the plan: products with 0 and 1, sums with 0, decided conditions.
#include "plan/build.h"

bool is_value(const expr *e, double value) {
    return e->kind == X_NUM && e->num == value;
}

expr *number_like(arena *home, const expr *e, double value) {
    expr *n = expr_number(home, value, e->at);
    n->type = e->type;
    n->unit = e->unit;
    return n;
}

static expr *negative(arena *home, const expr *e, expr *a) {
    if (a->kind == X_NEG) return a->a;
    return expr_make(home, X_NEG, e->type, e->unit, a, NULL, NULL, e->at);
}

// One node whose children are simple already.
expr *simplify_node(arena *home, expr *e) {
    switch (e->kind) {
    case X_MUL:
        if (is_value(e->a, 0) || is_value(e->b, 0)) return number_like(home, e, 0);
        if (is_value(e->a, 1)) return e->b;
        if (is_value(e->b, 1)) return e->a;
        if (is_value(e->a, -1)) return negative(home, e, e->b);
        if (is_value(e->b, -1)) return negative(home, e, e->a);
        break;
    case X_ADD:
        if (is_value(e->a, 0)) return e->b;
        if (is_value(e->b, 0)) return e->a;
        break;
    case X_SUB:
        if (is_value(e->b, 0)) return e->a;
        if (is_value(e->a, 0)) return negative(home, e, e->b);
        break;
    case X_DIV:
        if (is_value(e->a, 0) && !is_value(e->b, 0)) return number_like(home, e, 0);
        if (is_value(e->b, 1)) return e->a;
        break;
    case X_NEG:
        if (e->a->kind == X_NEG) return e->a->a;
        if (is_value(e->a, 0)) return number_like(home, e, 0);
        break;
    case X_AND:
        if (is_value(e->a, 0) || is_value(e->b, 0)) return number_like(home, e, 0);
        if (e->a->kind == X_NUM) return e->b;
        if (e->b->kind == X_NUM) return e->a;
        break;
    case X_OR:
        if ((e->a->kind == X_NUM && e->a->num != 0) || (e->b->kind == X_NUM && e->b->num != 0))
            return number_like(home, e, 1);
        if (is_value(e->a, 0)) return e->b;
        if (is_value(e->b, 0)) return e->a;
        break;
    case X_SELECT:
        if (e->a->kind == X_NUM) return e->a->num != 0 ? e->b : e->c;
        if (expr_same(e->b, e->c)) return e->b;
        break;
    case X_REDUCE:
        if (e->fn == RED_SUM && is_value(e->b, 0)) return number_like(home, e, 0);
        break;
    default:
        break;
    }
    bool constant = (!e->a || e->a->kind == X_NUM) && (!e->b || e->b->kind == X_NUM) &&
                    (!e->c || e->c->kind == X_NUM);
    bool folds = e->kind >= X_NEG && e->kind <= X_CALL && e->a;
    return constant && folds ? expr_fold(home, e) : e;
}

expr *simplify(arena *home, expr *e) {
    if (!e || e->kind == X_NUM || e->kind == X_VAR || e->kind == X_INDEX || e->kind == X_TIME ||
        e->kind == X_TICKS)
        return e;
    expr *n = arena_new_of(home, expr);
    *n = *e;
    n->a = simplify(home, e->a);
    if (e->kind == X_SELECT && n->a->kind == X_NUM)
        return simplify(home, n->a->num != 0 ? e->b : e->c);
    n->b = simplify(home, e->b);
    n->c = simplify(home, e->c);
    return simplify_node(home, n);
}
