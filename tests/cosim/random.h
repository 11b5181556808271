// Sequencers made by dice.
#ifndef WEFT_COSIM_RANDOM_H
#define WEFT_COSIM_RANDOM_H

#include "cosim/statements.h"

stmt *random_statements(bench *b, uint64_t seed);

#endif
