// number.c -- the shortest decimal that reads back as the same number, as curves and records hold
// thousands of them.
#include "report.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct fraction { // hi.lo * 2^-128, below 1
    uint64_t hi, lo;
} fraction;

// Ten times f; returns the whole part, which leaves it.
static unsigned ten_times(fraction *f) {
    const uint64_t low = 0xffffffffu;
    uint64_t a = (f->lo & low) * 10, b = (f->lo >> 32) * 10 + (a >> 32);
    uint64_t c = (f->hi & low) * 10 + (b >> 32), d = (f->hi >> 32) * 10 + (c >> 32);
    f->lo = b << 32 | (a & low);
    f->hi = d << 32 | (c & low);
    return (unsigned)(d >> 32);
}

static int compare(fraction a, fraction b) {
    return a.hi != b.hi ? (a.hi < b.hi ? -1 : 1) : (a.lo > b.lo) - (a.lo < b.lo);
}

// 1 - f, for f above 0
static fraction less_than_1(fraction f) {
    return (fraction){~f.hi + (f.lo == 0), ~f.lo + 1};
}

// m * 2^-places
static fraction fraction_of(uint64_t m, int places) {
    int left = 128 - places; // at least 0; m < 2^53, and the number is below 1
    if (left >= 64) return (fraction){m << (left - 64), 0};
    return (fraction){left == 0 ? 0 : m >> (64 - left), m << left};
}

// Steele and White, "How to print floating-point numbers accurately" (1990), free format, in exact
// fixed point: digits until what is left is within half a unit in the last place. The digits of
// 0 < m * 2^-places < 1 behind its leading zeros; false where the arithmetic is too narrow.
static bool shortest(uint64_t m, int places, char *digits, int *zeros) {
    fraction rest = fraction_of(m, places), half = fraction_of(1, places + 1);
    bool even = m % 2 == 0; // then the ends of the range read back as this number, too
    int count = 0;
    for (*zeros = 0; count < 17;) {
        unsigned digit = ten_times(&rest);
        bool wide = ten_times(&half) != 0; // more than a unit of this place: any digit will do
        if (count == 0 && digit == 0) {
            ++*zeros;
            continue;
        }
        int below = compare(rest, half), above = compare(rest, less_than_1(half));
        bool down = wide || below < 0 || (below == 0 && even);
        bool up = wide || above > 0 || (above == 0 && even);
        if (down && up) up = rest.hi >> 63 != 0;
        digits[count++] = (char)('0' + digit + up);
        digits[count] = '\0';
        if (digit + up > 9) return false;
        if (down || up) return true;
    }
    return false;
}

static bool write_small(double value, char *text) {
    int exponent, zeros;
    char digits[20];
    uint64_t m = (uint64_t)ldexp(frexp(fabs(value), &exponent), 53);
    int places = 53 - exponent;
    // Behind a power of 2 the next number below is nearer than that above.
    if (exponent > 0 || places > 126 || m == UINT64_C(1) << 52) return false;
    if (!shortest(m, places, digits, &zeros)) return false;
    if (value < 0) *text++ = '-';
    if (zeros < 4) {
        memcpy(text, "0.0000", 6);
        memcpy(text + 2 + zeros, digits, strlen(digits) + 1);
        return true;
    }
    *text++ = digits[0];
    if (digits[1] != '\0') *text++ = '.';
    size_t more = strlen(digits + 1);
    memcpy(text, digits + 1, more);
    memcpy(text + more, "e-", 2);
    text[more + 2] = (char)('0' + (zeros + 1) / 10);
    text[more + 3] = (char)('0' + (zeros + 1) % 10);
    text[more + 4] = '\0';
    return true;
}

void weft_number_text(double value, char text[WEFT_NUMBER_ROOM]) {
    if (value != 0 && write_small(value, text)) return;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, WEFT_NUMBER_ROOM, "%.*g", digits, value);
        if (strtod(text, NULL) == value) return;
    }
}
