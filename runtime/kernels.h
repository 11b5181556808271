// kernels.h -- the small functions that generated code calls, in line so that loops over them
// become vector code; part of weft.h. Exactly rounded operations only, in one order: the same bits
// everywhere, in a vector or alone, as long as nothing else is contracted (-ffp-contract=off).
// fma() is one instruction where the compiler may use it (-march=native), else a call.
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

// x = n ln 2 + r with |r| <= ln 2 / 2 (Cody and Waite 1980): returns e^r - 1 by Taylor's polynomial
// to degree 13 (error below 2^-57); n stands in the low bits of `shifted`. |x| at most 1100.
static inline double weft_exp_rest(double x, double *shifted) {
    const double magic = 6755399441055744.0; // 1.5 * 2^52: adding it rounds to a whole number
    *shifted = fma(x, 1.4426950408889634, magic);
    double n = *shifted - magic;
    double r = fma(n, -1.90821492927058770002e-10, fma(n, -6.93147180369123816490e-01, x));
    // In pairs, then pairs of pairs: short chains of dependent operations (Estrin 1960).
    double r2 = r * r, r4 = r2 * r2;
    double low = fma(fma(1.0 / 120.0, r, 1.0 / 24.0), r2, fma(1.0 / 6.0, r, 0.5));
    double middle =
        fma(fma(1.0 / 362880.0, r, 1.0 / 40320.0), r2, fma(1.0 / 5040.0, r, 1.0 / 720.0));
    double high = fma(fma(1.0 / 6227020800.0, r, 1.0 / 479001600.0), r2,
                      fma(1.0 / 39916800.0, r, 1.0 / 3628800.0));
    return fma(fma(fma(high, r4, middle), r4, low), r2, r);
}

// The number whose low bits hold an exponent, as 2^n.
static inline double weft_power_of_2(double n_in_low_bits) {
    uint64_t bits;
    memcpy(&bits, &n_in_low_bits, sizeof bits);
    bits <<= 52;
    memcpy(&n_in_low_bits, &bits, sizeof bits);
    return n_in_low_bits;
}

// The exponential to within 1.1 units in the last place; times 2^n in two factors, so that results
// below the normal range come out right, too.
static inline double weft_exp(double x) {
    const double magic = 6755399441055744.0;
    double inside = x < -1100.0 ? -1100.0 : x > 1100.0 ? 1100.0 : x, shifted;
    double p = weft_exp_rest(inside, &shifted) + 1.0, n = shifted - magic;
    double half = n * 0.5 + magic, first = half - magic, second = n - first;
    return p * weft_power_of_2(first + (magic + 1023.0)) *
           weft_power_of_2(second + (magic + 1023.0));
}

// exp(-|a|), to within 1.1 units in the last place; 0 where that is below the normal range.
static inline double weft_decay(double a) {
    double x = -fabs(a), inside = x < -708.0 ? -708.0 : x, shifted;
    double p = weft_exp_rest(inside, &shifted) + 1.0;
    uint64_t bits, power;
    memcpy(&bits, &p, sizeof bits);
    memcpy(&power, &shifted, sizeof power);
    bits += power << 52; // p is normal and stays so: its exponent takes n
    memcpy(&p, &bits, sizeof p);
    return x < -708.0 ? 0.0 : p;
}

// 1 / (1 + exp(-a)) and its derivative; neither loses digits far from 0.
static inline double weft_logistic(double a) {
    double e = weft_decay(a);
    return (a < 0.0 ? e : 1.0) / (1.0 + e);
}

static inline double weft_dlogistic(double a) {
    double e = weft_decay(a), sum = 1.0 + e;
    return e / (sum * sum);
}

// To within 3 units in the last place: by exp(-2 |a|) - 1, so that it is as good near 0.
static inline double weft_tanh(double a) {
    const double magic = 6755399441055744.0;
    double x = -2.0 * fabs(a), inside = x < -60.0 ? -60.0 : x, shifted;
    double rest = weft_exp_rest(inside, &shifted);
    double power = weft_power_of_2((shifted - magic) + (magic + 1023.0));
    double less = fma(rest, power, power - 1.0);
    return copysign(-less / (2.0 + less), a);
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
