// stiff.h -- the stiff solvers of an instance; see stiff.c.
#ifndef WEFT_STIFF_H
#define WEFT_STIFF_H

#include <stdbool.h>

#include "weft.h"

typedef struct weft_solver {
    struct weft_solver *next;
    // By pointer: programs without a stiff model are linked without stiff.c and its libraries.
    void (*release)(struct weft_solver *self);
    const weft_flow *flow;
    uint32_t function;
} weft_solver;

// One solver for each function that moves a flow: with other phases active, other rates depend on
// each other. cells[WEFT_SOLVERS] points here.
typedef struct weft_solvers {
    weft_solver *list;
    uint32_t function; // the one that is about to move states
} weft_solvers;

static inline void weft_solvers_free(weft_solvers *solvers) {
    while (solvers->list != NULL) {
        weft_solver *first = solvers->list;
        solvers->list = first->next;
        first->release(first);
    }
}

bool weft_stiff_built(void); // false: the runtime was built without the solver's libraries

#endif
