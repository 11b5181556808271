// Whether two phases can be active at the same time, from the structure of the sequencers'
// statements, and the controller's shortest way there. Conditions are not looked at: each may hold.
#include "plan/plan.h"

#include <stdlib.h>

typedef struct way {
    arena *home;
    text out;
} way;

// A chain from the sequencer's list down to one statement.
typedef struct link {
    const stmt *s;
    const struct link *up;
} link;

typedef VEC(const link *) links;

static void find(arena *home, const stmt *list, const link *up, const activation *act, bool one,
                 links *found) {
    for (const stmt *s = list; s; s = one ? NULL : s->next) {
        link *here = arena_new_of(home, link);
        *here = (link){s, up};
        if (s->act == act) vec_push(home, found, here);
        bool par = s->kind == STMT_PAR;
        for (const stmt *k = s->body; k; k = par ? k->next : NULL)
            find(home, k, here, act, par, found);
        find(home, s->other, here, act, false, found);
    }
}

static int depth_of(const link *l) {
    int depth = 0;
    for (; l; l = l->up)
        depth++;
    return depth;
}

// The statement at which two chains part: the links below it are *a and *b. NULL: they part in the
// sequencer's own list. When one chain holds the other's end, *a or *b is NULL.
static const link *part(const link *a, const link *b, const link **below_a, const link **below_b) {
    *below_a = *below_b = NULL;
    int da = depth_of(a), db = depth_of(b);
    for (; da > db; da--)
        *below_a = a, a = a->up;
    for (; db > da; db--)
        *below_b = b, b = b->up;
    for (; a && b && a->s != b->s; a = a->up, b = b->up)
        *below_a = a, *below_b = b;
    return a;
}

static bool meet(const link *a, const link *b) {
    const link *below_a, *below_b, *at = part(a, b, &below_a, &below_b);
    if (!at) return false;
    if (at->s->kind == STMT_PAR) return below_a && below_b;
    return at->s->kind == STMT_HOLD && (at->s == a->s || at->s == b->s) && a->s != b->s;
}

// ---- the way there ----

static void arrow(way *w, const char *name) {
    text_add(&w->out, " -> %s", name);
}

static int phases_in(const stmt *s);

static int phases_in_list(const stmt *s) {
    int count = 0;
    for (; s; s = s->next)
        count += phases_in(s);
    return count;
}

// Phases on the shortest way through a statement.
static int phases_in(const stmt *s) {
    int body = phases_in_list(s->body), other = phases_in_list(s->other);
    switch (s->kind) {
    case STMT_IF:
        return body < other ? body : other;
    case STMT_FOR:
        return s->lo < s->hi ? body : 0;
    case STMT_REPEAT: {
        double count;
        return !s->cond && s->count && expr_is_number(s->count, &count) && count >= 1 ? body : 0;
    }
    case STMT_PHASE:
    case STMT_COMPARE:
        return 1;
    case STMT_HOLD:
        return 1 + body;
    default:
        return body;
    }
}

static void through_list(way *w, const stmt *s, const stmt *end);

static void through(way *w, const stmt *s) {
    double count;
    switch (s->kind) {
    case STMT_PHASE:
    case STMT_COMPARE:
        arrow(w, s->act->name);
        break;
    case STMT_HOLD:
        arrow(w, arena_text(w->home, "during %s", s->act->name));
        through_list(w, s->body, NULL);
        break;
    case STMT_IF:
        through_list(w, phases_in_list(s->body) <= phases_in_list(s->other) ? s->body : s->other,
                     NULL);
        break;
    case STMT_FOR:
        if (s->lo < s->hi) through_list(w, s->body, NULL);
        break;
    case STMT_REPEAT:
        if (!s->cond && s->count && expr_is_number(s->count, &count) && count >= 1)
            through_list(w, s->body, NULL);
        break;
    case STMT_PAR: {
        if (!phases_in(s)) break;
        text_add(&w->out, " -> par {");
        const char *between = "";
        for (const stmt *k = s->body; k; k = k->next) {
            way inner = {w->home, text_in(w->home)};
            through(&inner, k);
            if (inner.out.n) text_add(&w->out, "%s%s", between, inner.out.at + 3), between = ",";
        }
        text_add(&w->out, " }");
        break;
    }
    default:
        through_list(w, s->body, NULL);
    }
}

static void through_list(way *w, const stmt *s, const stmt *end) {
    for (; s && s != end; s = s->next)
        through(w, s);
}

static bool holds(const stmt *list, const stmt *s) {
    for (; list; list = list->next)
        if (list == s) return true;
    return false;
}

// From the beginning of `list`'s owner (`top` for none) to the end of the chain; `stop`: the
// chain's last link whose inside is not gone into.
static void into(way *w, const stmt *top, const link *l, const link *stop) {
    if (!l || (stop && l->s == stop->s)) return;
    const stmt *owner = l->up ? l->up->s : NULL;
    into(w, top, l->up, stop);
    bool par = owner && owner->kind == STMT_PAR;
    if (!par) {
        const stmt *list = !owner ? top : holds(owner->body, l->s) ? owner->body : owner->other;
        through_list(w, list, l->s);
    }
    if (l->s->kind == STMT_HOLD)
        arrow(w, arena_text(w->home, "during %s", l->s->act->name));
    else if (l->s->act)
        arrow(w, l->s->act->name);
}

static const char *branch_way(arena *home, const stmt *top, const link *l, const link *par) {
    way w = {home, text_in(home)};
    into(&w, top, l, par);
    return w.out.n ? w.out.at + 4 : "";
}

static const char *path_to(arena *home, const stmt *top, const link *a, const link *b) {
    way w = {home, text_in(home)};
    text_add(&w.out, "reset");
    const link *below_a, *below_b, *at = part(a, b, &below_a, &below_b);
    if (at->s->kind == STMT_PAR) {
        into(&w, top, at, NULL);
        text_add(&w.out, " -> par { %s, %s }", branch_way(home, top, a, at),
                 branch_way(home, top, b, at));
    } else {
        into(&w, top, at->s == a->s ? b : a, NULL);
    }
    return w.out.at;
}

static const char *path_alone(arena *home, const sequencer *q, const activation *act) {
    links found = {0};
    find(home, q->body, NULL, act, false, &found);
    way w = {home, text_in(home)};
    text_add(&w.out, "reset");
    if (found.n) into(&w, q->body, found.at[0], NULL);
    return w.out.at;
}

// ---- all of it at once ----

typedef VEC(activation *) activations;

static void add_pair(const plan *p, activation *a, activation *b) {
    if (a == b) return;
    vec_push(p->home, &p->partners[a->id].of, b);
    vec_push(p->home, &p->partners[b->id].of, a);
}

// Adds the activations of a list (`one`: of its first statement) to `all`, and the pairs among
// them.
static void gather(const plan *p, const stmt *list, bool one, activations *all) {
    for (const stmt *s = list; s; s = one ? NULL : s->next) {
        size_t first = all->n;
        if (s->kind == STMT_PAR) {
            for (const stmt *k = s->body; k; k = k->next) {
                size_t branch = all->n;
                gather(p, k, true, all);
                for (size_t i = first; i < branch; i++)
                    for (size_t j = branch; j < all->n; j++)
                        add_pair(p, all->at[i], all->at[j]);
            }
        } else {
            gather(p, s->body, false, all);
        }
        if (s->kind == STMT_HOLD)
            for (size_t k = first; k < all->n; k++)
                add_pair(p, s->act, all->at[k]);
        gather(p, s->other, false, all);
        if (s->act) vec_push(p->home, all, s->act);
    }
}

static int by_id(const void *a, const void *b) {
    const activation *x = *(activation *const *)a, *y = *(activation *const *)b;
    return (x->id > y->id) - (x->id < y->id);
}

void plan_partners(plan *p) {
    const model *m = p->model;
    p->partners = arena_array(p->home, m->activations.n + 1, sizeof *p->partners);
    for (size_t k = 0; k < m->sequencers.n; k++) {
        activations all = {0};
        gather(p, m->sequencers.at[k]->body, false, &all);
    }
    for (size_t k = 0; k < m->activations.n; k++) {
        partners *list = &p->partners[k];
        size_t n = 0;
        if (list->of.n) qsort(list->of.at, list->of.n, sizeof *list->of.at, by_id);
        for (size_t i = 0; i < list->of.n; i++)
            if (n == 0 || list->of.at[n - 1] != list->of.at[i]) list->of.at[n++] = list->of.at[i];
        list->of.n = n;
    }
}

static bool are_partners(const plan *p, const activation *a, const activation *b) {
    const partners *list = &p->partners[a->id];
    return list->of.n && bsearch(&b, list->of.at, list->of.n, sizeof *list->of.at, by_id) != NULL;
}

bool plan_together(const plan *p, const activation *a, const activation *b, const char **path) {
    arena *home = p->home;
    if (p->partners && a->sequencer == b->sequencer) {
        bool can = a->sequencer && are_partners(p, a, b);
        if (!can || !path) {
            if (path) *path = NULL;
            return can;
        }
    }
    if (path) *path = NULL;
    if (a == b || !a->sequencer || !b->sequencer) return false;
    if (a->sequencer != b->sequencer) {
        if (path)
            *path = arena_text(home, "%s: %s; %s: %s", a->sequencer->name,
                               path_alone(home, a->sequencer, a), b->sequencer->name,
                               path_alone(home, b->sequencer, b));
        return true;
    }
    links as = {0}, bs = {0};
    const stmt *top = a->sequencer->body;
    find(home, top, NULL, a, false, &as);
    find(home, top, NULL, b, false, &bs);
    const char *shortest = NULL;
    for (size_t k = 0; k < as.n; k++)
        for (size_t n = 0; n < bs.n; n++) {
            if (!meet(as.at[k], bs.at[n])) continue;
            if (!path) return true;
            const char *one = path_to(home, top, as.at[k], bs.at[n]);
            if (!shortest || strlen(one) < strlen(shortest)) shortest = one;
        }
    if (path) *path = shortest;
    return shortest != NULL;
}
