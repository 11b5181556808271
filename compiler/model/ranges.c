// Ranges of indices: is an index within its array, and for which values does a condition hold?
#include "model/elab.h"

static void narrowed(const bind *b, const index *ix, long *lo, long *hi) {
    *lo = ix->lo;
    *hi = ix->hi - 1L;
    for (const narrow *n = b->narrows; n; n = n->outer)
        if (n->ix == ix) {
            if (n->lo > *lo) *lo = n->lo;
            if (n->hi - 1 < *hi) *hi = n->hi - 1;
        }
}

// The least and the largest value of an index expression; false where it cannot be told.
bool index_interval(const bind *b, const expr *e, long *lo, long *hi) {
    long al, ah, bl, bh;
    switch (e->kind) {
    case X_NUM:
        *lo = *hi = (long)e->num;
        return true;
    case X_INDEX:
        if (e->ix->hi < 0) return false;
        narrowed(b, e->ix, lo, hi);
        return true;
    case X_VAR:
        if (e->v->kind != VAR_LATCH && e->v->kind != VAR_REG) return false;
        *lo = (long)e->v->lo;
        *hi = (long)e->v->hi;
        return e->v->hi < 1e9;
    case X_NEG:
        if (!index_interval(b, e->a, &al, &ah)) return false;
        *lo = -ah, *hi = -al;
        return true;
    case X_ADD:
    case X_SUB:
    case X_MUL:
        if (!index_interval(b, e->a, &al, &ah) || !index_interval(b, e->b, &bl, &bh)) return false;
        if (e->kind == X_ADD)
            *lo = al + bl, *hi = ah + bh;
        else if (e->kind == X_SUB)
            *lo = al - bh, *hi = ah - bl;
        else {
            long p[4] = {al * bl, al * bh, ah * bl, ah * bh};
            *lo = *hi = p[0];
            for (int k = 1; k < 4; k++) {
                if (p[k] < *lo) *lo = p[k];
                if (p[k] > *hi) *hi = p[k];
            }
        }
        return true;
    default:
        return false;
    }
}

void check_range(bind *b, const expr *sub, int extent, span at, const char *name) {
    long lo, hi;
    if (b->E->alone || b->inferring) return;
    if (!index_interval(b, sub, &lo, &hi) || lo > hi) return; // an empty range reaches nothing
    if (lo >= 0 && hi < extent) return;
    const char *which =
        lo == hi ? arena_text(b->E->home, "%ld", lo) : arena_text(b->E->home, "%ld to %ld", lo, hi);
    diag_report(b->E->diag, at, DIAG_E0306, which, name, extent - 1);
}

// ---- conditions on one index
// -------------------------------------------------------------------------

// e = scale * k + offset for the one index k in it
static bool affine(const expr *e, const index **ix, long *scale, long *offset) {
    long s1, o1, s2, o2;
    switch (e->kind) {
    case X_NUM:
        *scale = 0, *offset = (long)e->num;
        return e->num == (double)*offset;
    case X_INDEX:
        if (*ix && *ix != e->ix) return false;
        *ix = e->ix;
        *scale = 1, *offset = 0;
        return true;
    case X_NEG:
        if (!affine(e->a, ix, &s1, &o1)) return false;
        *scale = -s1, *offset = -o1;
        return true;
    case X_ADD:
    case X_SUB:
    case X_MUL:
        if (!affine(e->a, ix, &s1, &o1) || !affine(e->b, ix, &s2, &o2)) return false;
        if (e->kind == X_MUL) {
            if (s1 && s2) return false;
            *scale = s1 * o2 + s2 * o1, *offset = o1 * o2;
        } else {
            long sign = e->kind == X_ADD ? 1 : -1;
            *scale = s1 + sign * s2, *offset = o1 + sign * o2;
        }
        return true;
    default:
        return false;
    }
}

intervals intervals_cut(intervals a, intervals b) {
    intervals c = {0};
    for (int i = 0; i < a.n; i++)
        for (int j = 0; j < b.n && c.n < 16; j++) {
            int lo = a.lo[i] > b.lo[j] ? a.lo[i] : b.lo[j];
            int hi = a.hi[i] < b.hi[j] ? a.hi[i] : b.hi[j];
            if (lo < hi) c.lo[c.n] = lo, c.hi[c.n++] = hi;
        }
    return c;
}

intervals intervals_rest(intervals a, int lo, int hi) {
    intervals c = {0};
    int from = lo;
    for (int i = 0; i <= a.n && c.n < 16; i++) {
        int to = i < a.n ? a.lo[i] : hi;
        if (from < to) c.lo[c.n] = from, c.hi[c.n++] = to;
        if (i < a.n) from = a.hi[i];
    }
    return c;
}

static long floor_div(long a, long b) {
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static intervals one(long lo, long hi, const index *ix) {
    intervals r = {0};
    if (lo < ix->lo) lo = ix->lo;
    if (hi > ix->hi) hi = ix->hi;
    if (lo < hi) r.n = 1, r.lo[0] = (int)lo, r.hi[0] = (int)hi;
    return r;
}

// scale * k + offset < 0 (or <= 0)
static intervals below(const index *ix, long scale, long offset, bool equal) {
    long bound = equal ? -offset : -offset - 1; // scale * k <= bound
    if (scale > 0) return one(ix->lo, floor_div(bound, scale) + 1, ix);
    return one(-floor_div(bound, -scale), ix->hi, ix);
}

static bool comparison_range(const expr *c, const index **ix, intervals *holds) {
    long s1, o1, s2, o2;
    if (c->kind < X_LT || c->kind > X_NE) return false;
    if (!affine(c->a, ix, &s1, &o1) || !affine(c->b, ix, &s2, &o2) || !*ix) return false;
    long s = s1 - s2, o = o1 - o2;
    if (s == 0 || (*ix)->hi < 0) return false;
    intervals le = below(*ix, s, o, true), lt = below(*ix, s, o, false);
    intervals gt = intervals_rest(le, (*ix)->lo, (*ix)->hi),
              ge = intervals_rest(lt, (*ix)->lo, (*ix)->hi);
    intervals eq = intervals_cut(le, ge);
    switch (c->kind) {
    case X_LT:
        *holds = lt;
        return true;
    case X_LE:
        *holds = le;
        return true;
    case X_GT:
        *holds = gt;
        return true;
    case X_GE:
        *holds = ge;
        return true;
    case X_EQ:
        *holds = eq;
        return true;
    case X_NE:
        *holds = intervals_rest(eq, (*ix)->lo, (*ix)->hi);
        return true;
    default:
        return false;
    }
}

bool condition_range(const expr *c, const index **ix, intervals *holds) {
    intervals a, b;
    switch (c->kind) {
    case X_NOT:
        if (!condition_range(c->a, ix, &a)) return false;
        *holds = intervals_rest(a, (*ix)->lo, (*ix)->hi);
        return true;
    case X_AND:
    case X_OR:
        if (!condition_range(c->a, ix, &a) || !condition_range(c->b, ix, &b)) return false;
        if (c->kind == X_AND)
            *holds = intervals_cut(a, b);
        else {
            intervals na = intervals_rest(a, (*ix)->lo, (*ix)->hi),
                      nb = intervals_rest(b, (*ix)->lo, (*ix)->hi);
            *holds = intervals_rest(intervals_cut(na, nb), (*ix)->lo, (*ix)->hi);
        }
        return true;
    default:
        return comparison_range(c, ix, holds);
    }
}
