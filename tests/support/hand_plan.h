// Plans made by hand, so that the stages behind the plan can be tested without those before it.
#ifndef WEFT_HAND_PLAN_H
#define WEFT_HAND_PLAN_H

#include "plan/plan.h"

typedef struct hand {
    arena *home;
    model *model;
    plan *plan;
} hand;

hand hand_new(void); // one activation "p" (id 0) that no sequencer calls, tick 1 us
void hand_free(hand *h);

// A variable with cells; dims 0, 1 or 2. hand_local: the same without cells.
var *hand_var(hand *h, const char *name, var_kind kind, value_type type, int dims, int d0, int d1);
var *hand_local(hand *h, const char *name, int dims, int d0, int d1);

expr *hand_num(hand *h, double value);
expr *hand_int(hand *h, long value);
expr *hand_ix(hand *h, index *ix);
expr *hand_at(hand *h, var *v, expr *first, expr *second); // NULL: no such subscript
// Type by operator: comparisons and logic are conditions, others real unless both sides are
// integers.
expr *hand_op(hand *h, expr_kind kind, expr *a, expr *b);
expr *hand_fn(hand *h, fn_id fn, expr *a, expr *b);
expr *hand_select(hand *h, expr *condition, expr *yes, expr *no);
const char *hand_text(const hand *h, const expr *e); // as it is printed; NULL: "0"
expr *hand_draw(hand *h, dist kind, expr *a, expr *b, draw_event event, expr *element);

function *hand_function(hand *h, const char *name);
loop hand_loop(hand *h, index *ix); // over all of it
// A step whose target, if it has one, is target[first][second].
step *hand_step(hand *h, function *f, step_kind kind, var *target, expr *first, expr *second);
void hand_loops(hand *h, step *s, index *one, index *two);
step *hand_map(hand *h, function *f, var *target, expr *first, expr *rhs);

#endif
