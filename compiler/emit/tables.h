// The plan as the runtime's tables (weft.h, section 5). The interpreter hands them to the runtime,
// the C backend prints the very same structs, so the two cannot differ.
#ifndef WEFT_TABLES_H
#define WEFT_TABLES_H

#include "plan/plan.h"
#include "weft.h"

typedef struct tables {
    weft_model model;          // functions is NULL
    const uint32_t *var_index; // by var id: its place in model.vars, WEFT_NONE: not visible
    const var *const *var_of;  // by place in model.vars
} tables;

// Lives in the plan's arena.
const tables *tables_of(const plan *p);

#endif
