// Models written as tables, opened as instances.
#ifndef WEFT_HAND_TWIN_H
#define WEFT_HAND_TWIN_H

#include "engine.h"

#include <stdint.h>

// Without variables, tasks and functions; `tick` in s. Function 0 is the defaults.
weft_model hand_model(const char *name, double tick, uint32_t cells);

// A new instance; NULL is the engine of compiled models. The caller closes it; faults end the test.
weft_twin *hand_open(const weft_model *model, const weft_engine *engine);

#endif
