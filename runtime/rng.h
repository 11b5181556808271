// The generator below weft_uniform and weft_normal, for its tests and for exports.
#ifndef WEFT_RNG_H
#define WEFT_RNG_H

#include <stdint.h>

// Philox 4x32 with 10 rounds: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as
// 1, 2, 3" (2011), section 3.3. Words in the order of the paper, least significant first.
void weft_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

#endif
