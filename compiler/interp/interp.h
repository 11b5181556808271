// The plan evaluated directly: the reference meaning. It needs no C compiler, is simple and slow,
// and gives the same bits as the generated C.
#ifndef WEFT_INTERP_H
#define WEFT_INTERP_H

#include "plan/plan.h"
#include "weft.h"

// An engine for weft_open; lives in the plan's arena. Several threads may use it at once, each on
// cells of its own. When memory runs out in a call, WEFT_FAULT says so.
weft_engine interp_engine(const plan *p);
// The model's tables (emit/tables.h).
const weft_model *interp_tables(const plan *p);

#endif
