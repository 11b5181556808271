// kernels.h -- the small functions that generated code calls, in line so that loops over them
// become vector code; part of weft.h. Additions and products only, in one order: the same bits
// everywhere, in a vector or alone, as long as nothing is contracted (-ffp-contract=off).
//
// Each passes a NaN on, so that the check of the states finds it; weft_min and weft_max do so in
// their second argument.
#ifndef WEFT_KERNELS_H
#define WEFT_KERNELS_H

#include <math.h>
#include <stdint.h>
#include <string.h>

// a < b ? a : b, as in C; so a clamp that lets a NaN through is min(hi, max(lo, s))
static inline double weft_min(double a, double b) {
    return a < b ? a : b;
}

static inline double weft_max(double a, double b) {
    return a > b ? a : b;
}

// The exponential to within 1 unit in the last place: x = n ln 2 + r with |r| <= ln 2 / 2 (Cody and
// Waite 1980), Taylor's polynomial of r to degree 13 (error below 2^-57), times 2^n in two factors
// so that results below the normal range come out right, too.
static inline double weft_exp(double x) {
    const double magic = 6755399441055744.0; // 1.5 * 2^52: adding it rounds to a whole number
    double inside = x < -1100.0 ? -1100.0 : x > 1100.0 ? 1100.0 : x;
    double shifted = inside * 1.4426950408889634 + magic, n = shifted - magic;
    double r = inside - n * 6.93147180369123816490e-01;
    r = r - n * 1.90821492927058770002e-10;
    // In pairs, then pairs of pairs: short chains of dependent operations (Estrin 1960).
    double r2 = r * r, r4 = r2 * r2;
    double low = (0.5 + 1.0 / 6.0 * r) + (1.0 / 24.0 + 1.0 / 120.0 * r) * r2;
    double middle = (1.0 / 720.0 + 1.0 / 5040.0 * r) + (1.0 / 40320.0 + 1.0 / 362880.0 * r) * r2;
    double high = (1.0 / 3628800.0 + 1.0 / 39916800.0 * r) +
                  (1.0 / 479001600.0 + 1.0 / 6227020800.0 * r) * r2;
    double p = ((low + middle * r4) + high * (r4 * r4)) * r2 + r;
    p = p + 1.0;
    double half = n * 0.5 + magic, first = half - magic, second = n - first;
    first = first + (magic + 1023.0); // the exponents stand in the low bits now
    second = second + (magic + 1023.0);
    uint64_t a, b;
    memcpy(&a, &first, sizeof a);
    memcpy(&b, &second, sizeof b);
    a <<= 52;
    b <<= 52;
    memcpy(&first, &a, sizeof a);
    memcpy(&second, &b, sizeof b);
    return p * first * second;
}

static inline double weft_logistic(double a) {
    return 1.0 / (1.0 + weft_exp(-a));
}

static inline double weft_dlogistic(double a) {
    double y = weft_logistic(a);
    return y * (1.0 - y);
}

static inline double weft_sign(double a) {
    return a > 0.0 ? 1.0 : a < 0.0 ? -1.0 : a == 0.0 ? 0.0 : a;
}

// Ties to even, in the default rounding direction, which the project never changes.
static inline double weft_round(double a) {
    return rint(a);
}

// (exp(x) - 1) / x, 1 at 0: the exponential step s' = s + rate(s) * dt * weft_phi(a * dt)
static inline double weft_phi(double x) {
    return x == 0.0 ? 1.0 : expm1(x) / x;
}

#endif
