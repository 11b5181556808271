// Greedy removal over the syntax tree, the largest parts first; see shrink.h.
#include "random/shrink.h"

#include <time.h>

typedef struct work {
    arena *home;
    syntax_file *file;
    shrink_test *test;
    void *data;
    double until;
    int tries;
    bool changed;
} work;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool still(work *w) {
    if (now() > w->until) return false;
    w->tries++;
    if (!w->test(w->data, w->file)) return false;
    w->changed = true;
    return true;
}

// Puts `instead` (a copy, keeping its place in the list) where *slot is, if the program still
// fails.
static bool replace(work *w, ast **slot, const ast *instead) {
    ast *old = *slot, *copy = arena_new_of(w->home, ast);
    *copy = *instead;
    copy->next = old->next;
    bool operand = copy->kind == AST_BINARY || copy->kind == AST_UNARY || copy->kind == AST_WHEN;
    copy->closed = copy->closed || operand;
    *slot = copy;
    if (still(w)) return true;
    *slot = old;
    return false;
}

static bool take_away(work *w, ast **slot) {
    ast *old = *slot;
    *slot = old->next;
    if (still(w)) return true;
    *slot = old;
    return false;
}

static bool is_expression(const ast *n) {
    return n->kind >= AST_NUM && n->kind <= AST_INTERVAL;
}

// The statements of a body in place of the statement around them.
static bool splice(work *w, ast **slot, ast *body) {
    ast *old = *slot, *last = body;
    if (!body) return false;
    while (last->next)
        last = last->next;
    last->next = old->next;
    *slot = body;
    if (still(w)) return true;
    last->next = NULL;
    *slot = old;
    return false;
}

static bool simpler(work *w, ast **slot) {
    ast *n = *slot;
    switch (n->kind) {
    case AST_LOOP:
    case AST_PAR:
    case AST_GROUP:
        return splice(w, slot, n->a);
    case AST_FOR:
    case AST_REPEAT:
        return splice(w, slot, n->c);
    case AST_IF:
        return splice(w, slot, n->b) || splice(w, slot, n->c);
    case AST_HOLDPHASE:
        return splice(w, slot, n->b);
    case AST_DURING:
        return splice(w, slot, n->c);
    case AST_BINARY:
        return replace(w, slot, n->a) || replace(w, slot, n->b);
    case AST_UNARY:
        return replace(w, slot, n->a);
    case AST_WHEN:
        return replace(w, slot, n->b) || (n->a && replace(w, slot, n->a->b));
    case AST_CALL: {
        for (ast *arg = n->b; arg; arg = arg->next)
            if (is_expression(arg->a) && replace(w, slot, arg->a)) return true;
        return false;
    }
    case AST_NUM: {
        ast one = *n;
        one.name = "1", one.num = 1, one.unit = NULL;
        return n->num != 0 && n->num != 1 && !n->unit && replace(w, slot, &one);
    }
    default:
        return false;
    }
}

static void visit(work *w, ast **slot) {
    while (*slot && now() < w->until) {
        if (take_away(w, slot)) continue;
        while (*slot && simpler(w, slot))
            continue;
        if (!*slot) break;
        visit(w, &(*slot)->a), visit(w, &(*slot)->b);
        visit(w, &(*slot)->c), visit(w, &(*slot)->d);
        slot = &(*slot)->next;
    }
}

syntax_file *shrink_read(arena *home, const char *text) {
    diag *d = diag_new(home);
    source *from = diag_add_source(d, "shrink.weft", text, strlen(text));
    syntax_file *file = syntax_parse(home, names_new(home), d, from);
    file->comment_count = 0;
    return file;
}

const char *shrink(arena *home, const char *text, shrink_test *test, void *data, int seconds,
                   int *tries) {
    work w = {.home = home, .test = test, .data = data, .until = now() + seconds};
    w.file = shrink_read(home, text);
    bool smaller = false;
    do {
        w.changed = false;
        visit(&w, &w.file->root->a);
        smaller |= w.changed;
    } while (w.changed && now() < w.until);
    *tries = w.tries;
    if (!smaller) return text;
    struct text out = text_in(home);
    syntax_print(w.file, &out);
    return out.at;
}
