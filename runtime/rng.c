// Counter-based draws: no state, so any order and any number of threads gives the same numbers.
//
// key (of seed and repeat) and stream are mixed into the 64-bit key of Philox, event and element
// are its 128-bit counter. One call of Philox makes one draw, uniform or normal.
#include "rng.h"

#include <math.h>

#include "weft.h"

#define PHILOX_ROUNDS 10

void weft_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        uint64_t p0 = (uint64_t)0xd2511f53u * c0;
        uint64_t p1 = (uint64_t)0xcd9e8d57u * c2;
        uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        uint32_t n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1;
        c3 = (uint32_t)p0;
        c0 = n0;
        c2 = n2;
        k0 += 0x9e3779b9u; // the golden ratio and sqrt(3) - 1: the key moves on every round
        k1 += 0xbb67ae85u;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): every bit of x reaches every bit out.
static uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static void draw(uint64_t key, uint64_t stream, uint64_t event, uint64_t element, uint64_t out[2]) {
    uint64_t k = mix(key + mix(stream + 0x9e3779b97f4a7c15u));
    const uint32_t key_words[2] = {(uint32_t)k, (uint32_t)(k >> 32)};
    const uint32_t counter[4] = {(uint32_t)element, (uint32_t)(element >> 32), (uint32_t)event,
                                 (uint32_t)(event >> 32)};
    uint32_t words[4];
    weft_philox(counter, key_words, words);
    out[0] = (uint64_t)words[1] << 32 | words[0];
    out[1] = (uint64_t)words[3] << 32 | words[2];
}

// Odd multiples of 2^-53: all of 53 bits, never 0, never 1, symmetric about 1/2.
static double unit(uint64_t bits) {
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

uint64_t weft_key(uint64_t seed, uint64_t repeat) {
    return mix(mix(seed + 0x9e3779b97f4a7c15u) + repeat);
}

uint64_t weft_stream(const char *name) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash;
}

double weft_uniform(uint64_t key, uint64_t stream, uint64_t event, uint64_t element) {
    uint64_t bits[2];
    draw(key, stream, event, element, bits);
    return unit(bits[0]);
}

// Box and Muller (1958), the cosine branch.
double weft_normal(uint64_t key, uint64_t stream, uint64_t event, uint64_t element) {
    uint64_t bits[2];
    draw(key, stream, event, element, bits);
    return sqrt(-2.0 * log(unit(bits[0]))) * cos(6.283185307179586 * unit(bits[1]));
}
