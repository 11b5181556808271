// Reductions of hand_cases.h whose range varies, that meet integers, that are stored as the other
// kind, and those that are asked for with their loop outside.
#include "support/hand_cases.h"

#define INT(value) hand_int(h, value)
#define OP(kind, a, b) hand_op(h, kind, a, b)

// over j in k / 2 .. k + 1, or 2 .. 13: j * (j - 6) or x[j]
static void one_variation(hand_cases *c, red_op op, int bits) {
    hand *h = &c->h;
    bool whole = bits & 1, whole_target = bits & 2, constant = bits & 4, interleaved = bits & 8;
    bool condition = bits & 4, logic = op == RED_ALL || op == RED_ANY;
    if (op == RED_MEAN && whole_target) return; // a mean is real
    int number = c->variations_made++;
    index *j = model_index(h->model, "j", 0, COLS);
    expr *k = hand_at(h, c->k, NULL, NULL), *x = hand_at(h, c->x, hand_ix(h, j), NULL);
    step *s = hand_step(h, c->variations, STEP_REDUCE, whole_target ? c->int_varied : c->varied,
                        INT(number), NULL);
    s->op = op;
    s->order = interleaved ? ORDER_INTERLEAVED : ORDER_SEQUENTIAL;
    s->over = constant ? (loop){j, INT(2), INT(13)}
                       : (loop){j, OP(X_DIV, k, INT(2)), OP(X_ADD, k, INT(1))};
    s->rhs = whole ? OP(X_MUL, hand_ix(h, j), OP(X_SUB, hand_ix(h, j), INT(6))) : x;
    if (logic) s->rhs = OP(X_GT, s->rhs, whole ? INT(0) : hand_num(h, 0));
    if (condition) s->condition = OP(X_NE, hand_ix(h, j), k);
    c->variation[number].op = op;
    c->variation[number].order = s->order;
    c->variation[number].condition = condition;
    c->variation[number].whole = whole;
    c->variation[number].whole_target = whole_target;
    c->variation[number].constant = constant;
}

// outer[i] = a reduction over j, with the loop over j outside where its sums can live in place.
static void one_outer(hand_cases *c, var *target, red_op op, int form) {
    hand *h = &c->h;
    index *i = model_index(h->model, "i", 0, ROWS), *j = model_index(h->model, "j", 0, COLS);
    expr *at = hand_ix(h, i), *over = hand_ix(h, j);
    step *s = hand_step(h, c->outers, STEP_REDUCE, target, at, NULL);
    hand_loops(h, s, i, NULL);
    s->op = op;
    s->form = FORM_OUTER;
    s->over = hand_loop(h, j);
    s->rhs = form == 0 ? OP(X_MUL, over, at) : hand_at(h, c->w, over, at);
    if (form == 2) s->over.hi = OP(X_ADD, at, INT(1));
    if (form == 3) s->condition = OP(X_NE, over, at);
}

void hand_cases_vary(hand_cases *c) {
    hand *h = &c->h;
    static const red_op mean[] = {RED_SUM, RED_MEAN, RED_MEAN, RED_MEAN};
    c->varied = hand_var(h, "varied", VAR_SIGNAL, TYPE_REAL, 1, VARIED, 0);
    c->int_varied = hand_var(h, "int_varied", VAR_SIGNAL, TYPE_INT, 1, VARIED, 0);
    c->variations = hand_function(h, "variations");
    for (int op = RED_SUM; op <= RED_ANY; op++)
        for (int bits = 0; bits < (op == RED_SUM || op == RED_MEAN ? 16 : 8); bits++)
            one_variation(c, (red_op)op, bits);
    c->outers = hand_function(h, "outers");
    for (int form = 0; form < 4; form++) {
        c->outer[form] = hand_var(h, form == 0 ? "outer" : arena_text(h->home, "outer.%d", form),
                                  VAR_SIGNAL, form == 0 ? TYPE_INT : TYPE_REAL, 1, ROWS, 0);
        one_outer(c, c->outer[form], mean[form], form);
    }
}
