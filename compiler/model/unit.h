// Units as exponents of the SI base units, doubled so that sqrt() of an odd power stays exact.
#ifndef WEFT_UNIT_H
#define WEFT_UNIT_H

#include "support/text.h"
#include <stdint.h>

typedef struct unit {
    int8_t kg, m, s, A, K; // twice the exponent
} unit;

extern const unit unit_none, unit_volt, unit_ampere, unit_second, unit_hertz, unit_ohm;

bool unit_same(unit a, unit b);
unit unit_times(unit a, unit b, int power); // a * b^power
unit unit_root(unit a, bool *whole);
bool unit_is_none(unit a);
bool unit_find(const char *symbol, unit *found); // V, A, Ohm, ...; units.def
// "V", "S/(V*s)", "no unit": the shortest usual spelling
const char *unit_text(arena *home, unit u);

#endif
