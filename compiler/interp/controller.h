// Controllers evaluated directly; see plan/fsm.h for the meaning.
#ifndef WEFT_CONTROLLER_H
#define WEFT_CONTROLLER_H

#include "plan/fsm.h"
#include "weft.h"

// Runs one of a machine's functions (role: fsm_role) on the cells of an instance.
void machine_call(const fsm *m, int role, weft_cell *cells);

#endif
