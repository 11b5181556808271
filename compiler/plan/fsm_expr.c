// Clocked expressions: their range, their value. They are exact integers until they are assigned.
#include "plan/fsm.h"

#include <math.h>

#define LIMIT (INT64_C(1) << 62)

int fsm_bits(int64_t greatest) {
    int bits = 1;
    while (bits < 63 && (greatest >> bits) != 0)
        bits++;
    return bits;
}

int64_t fsm_wrap(int64_t value, int width) {
    if (width <= 0 || width >= 63) return value;
    return (int64_t)((uint64_t)value & ((UINT64_C(1) << width) - 1));
}

// ---- ranges ----

typedef struct range {
    int64_t lo, hi;
} range;

typedef struct ranges {
    const expr *bad; // the first part that leaves the limits, or NULL
} ranges;

static range range_of(const expr *e, ranges *r);

// A range computed twice: as doubles, to see that it keeps within the limits, and exactly.
static range limited(double lo, double hi, uint64_t exact_lo, uint64_t exact_hi, const expr *e,
                     ranges *r) {
    if (lo < (double)-LIMIT || hi > (double)LIMIT) {
        if (!r->bad) r->bad = e;
        return (range){-LIMIT, LIMIT};
    }
    return (range){(int64_t)exact_lo, (int64_t)exact_hi};
}

// A part that a shift, a complement or r[b] looks at by its bits.
static range plain(const expr *e, ranges *r) {
    range of = range_of(e, r);
    if (of.lo < 0) {
        if (!r->bad) r->bad = e;
        of.lo = 0;
        if (of.hi < 0) of.hi = 0;
    }
    return of;
}

static range amount(const expr *e, ranges *r) {
    range of = plain(e, r);
    if (of.hi > 62) {
        if (!r->bad) r->bad = e;
        of.hi = 62;
    }
    return of;
}

static range range_of_var(const expr *e, ranges *r) {
    const var *v = e->v;
    for (int k = 0; k < e->nsub; k++)
        plain(e->sub[k], r);
    int width = v->type == TYPE_BOOL ? 1 : v->width > 0 ? v->width : 1;
    if (width > 62) {
        if (!r->bad) r->bad = e;
        width = 62;
    }
    range all = {0, (INT64_C(1) << width) - 1};
    // The index of a `for` keeps within its bounds.
    if (v->kind == VAR_REG && isfinite(v->hi) && v->lo >= 0 && v->hi <= (double)all.hi)
        return (range){(int64_t)v->lo, (int64_t)v->hi};
    return all;
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static range range_of_product(range a, range b, const expr *e, ranges *r) {
    const int64_t x[2] = {a.lo, a.hi}, y[2] = {b.lo, b.hi};
    range all = {LIMIT, -LIMIT};
    for (int k = 0; k < 4; k++) {
        double product = (double)x[k / 2] * (double)y[k % 2];
        uint64_t exact = (uint64_t)x[k / 2] * (uint64_t)y[k % 2];
        range one = limited(product, product, exact, exact, e, r);
        all.lo = least(all.lo, one.lo);
        all.hi = most(all.hi, one.hi);
    }
    return all;
}

// Bits that either side may have set; with a negative side, its sign too.
static range range_of_bits(range a, range b, expr_kind kind) {
    int bits = fsm_bits(most(most(a.hi, -(a.lo + 1)), most(b.hi, -(b.lo + 1))));
    if (a.lo < 0 || b.lo < 0) return (range){-(INT64_C(1) << bits), (INT64_C(1) << bits) - 1};
    if (kind == X_AND) return (range){0, least(a.hi, b.hi)};
    return (range){0, (INT64_C(1) << bits) - 1};
}

static range range_of(const expr *e, ranges *r) {
    static const range truth = {0, 1};
    range a, b;
    switch (e->kind) {
    case X_NUM:
        if (!(fabs(e->num) <= (double)LIMIT) || e->num != floor(e->num)) {
            if (!r->bad) r->bad = e;
            return (range){0, 0};
        }
        return (range){(int64_t)e->num, (int64_t)e->num};
    case X_VAR:
        return range_of_var(e, r);
    case X_NEG:
        a = range_of(e->a, r);
        return (range){-a.hi, -a.lo};
    case X_NOT:
        a = plain(e->a, r);
        return (range){0, fsm_wrap(-1, fsm_bits(a.hi))};
    case X_LT:
    case X_LE:
    case X_GT:
    case X_GE:
    case X_EQ:
    case X_NE:
        range_of(e->a, r);
        range_of(e->b, r);
        return truth;
    case X_BIT:
        plain(e->a, r);
        amount(e->b, r);
        return truth;
    case X_SHL:
        a = plain(e->a, r), b = amount(e->b, r);
        return limited(ldexp((double)a.lo, (int)b.lo), ldexp((double)a.hi, (int)b.hi),
                       (uint64_t)a.lo << b.lo, (uint64_t)a.hi << b.hi, e, r);
    case X_SHR:
        a = plain(e->a, r), b = amount(e->b, r);
        return (range){a.lo >> b.hi, a.hi >> b.lo};
    case X_SELECT:
        range_of(e->a, r);
        a = range_of(e->b, r), b = range_of(e->c, r);
        return (range){least(a.lo, b.lo), most(a.hi, b.hi)};
    default:
        break;
    }
    if (e->kind != X_ADD && e->kind != X_SUB && e->kind != X_MUL && e->kind != X_AND &&
        e->kind != X_OR && e->kind != X_XOR) {
        if (!r->bad) r->bad = e; // no clocked operation: / ^ functions, reductions
        return truth;
    }
    a = range_of(e->a, r), b = range_of(e->b, r);
    switch (e->kind) {
    case X_ADD:
        return limited((double)a.lo + (double)b.lo, (double)a.hi + (double)b.hi,
                       (uint64_t)a.lo + (uint64_t)b.lo, (uint64_t)a.hi + (uint64_t)b.hi, e, r);
    case X_SUB:
        return limited((double)a.lo - (double)b.hi, (double)a.hi - (double)b.lo,
                       (uint64_t)a.lo - (uint64_t)b.hi, (uint64_t)a.hi - (uint64_t)b.lo, e, r);
    case X_MUL:
        return range_of_product(a, b, e, r);
    default:
        return range_of_bits(a, b, e->kind);
    }
}

bool fsm_range(const expr *e, int64_t *lo, int64_t *hi, const expr **bad) {
    ranges r = {0};
    range of = range_of(e, &r);
    if (lo) *lo = of.lo;
    if (hi) *hi = of.hi;
    if (bad) *bad = r.bad;
    return !r.bad;
}

// ---- values ----

bool fsm_element(const var *v, int nsub, expr *const *sub, fsm_read *read, void *data,
                 long *element) {
    long at = 0;
    for (int k = 0; k < nsub; k++) {
        int64_t index;
        if (!fsm_eval(sub[k], read, data, &index)) return false;
        at = at * v->dim[k] + (long)index;
    }
    *element = at;
    return true;
}

static int64_t value_of_pair(const expr *e, int64_t a, int64_t b) {
    switch (e->kind) {
    case X_ADD:
        return a + b;
    case X_SUB:
        return a - b;
    case X_MUL:
        return a * b;
    case X_LT:
        return a < b;
    case X_LE:
        return a <= b;
    case X_GT:
        return a > b;
    case X_GE:
        return a >= b;
    case X_EQ:
        return a == b;
    case X_NE:
        return a != b;
    case X_AND:
        return a & b;
    case X_OR:
        return a | b;
    case X_XOR:
        return a ^ b;
    case X_SHL:
        return (int64_t)((uint64_t)a << (b & 63));
    case X_SHR:
        return a >> (b & 63);
    case X_BIT:
        return (a >> (b & 63)) & 1;
    default:
        return 0;
    }
}

bool fsm_eval(const expr *e, fsm_read *read, void *data, int64_t *value) {
    int64_t a, b;
    long element;
    switch (e->kind) {
    case X_NUM:
        *value = (int64_t)e->num;
        return true;
    case X_VAR:
        return fsm_element(e->v, e->nsub, e->sub, read, data, &element) &&
               read(data, e->v, element, value);
    case X_NEG:
        if (!fsm_eval(e->a, read, data, &a)) return false;
        *value = -a;
        return true;
    case X_NOT: {
        int64_t greatest;
        if (!fsm_eval(e->a, read, data, &a)) return false;
        fsm_range(e->a, NULL, &greatest, NULL);
        *value = fsm_wrap(~a, fsm_bits(greatest));
        return true;
    }
    case X_SELECT:
        if (!fsm_eval(e->a, read, data, &a)) return false;
        return fsm_eval(a ? e->b : e->c, read, data, value);
    case X_AND: // false without looking further, as everywhere: one side may be unknown
        if (!fsm_eval(e->a, read, data, &a)) return false;
        if (a == 0) return *value = 0, true;
        break;
    default:
        break;
    }
    if (!e->a || !e->b) return false;
    if (!fsm_eval(e->a, read, data, &a) || !fsm_eval(e->b, read, data, &b)) return false;
    *value = value_of_pair(e, a, b);
    return true;
}
