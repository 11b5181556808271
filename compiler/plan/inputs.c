// Inputs of the top block that two parts of an experiment set: the one would undo what the other
// does. Data gives whole inputs, and so does a stimulus that varies all the time; other stimuli, a
// presentation and `after epoch` give elements.
#include "model/experiment_model.h"
#include "plan/build.h"

typedef struct source_of_inputs {
    const char *name; // in messages
    const equation_list *sets;
} source_of_inputs;

static void report(scheduler *s, const var *v, const char *one, span one_at, const char *other,
                   span other_at) {
    if (diag_said(s->m->diag, other_at, DIAG_E0726)) return;
    diag_report(s->m->diag, other_at, DIAG_E0726, v->name, one, other);
    diag_note(s->m->diag, one_at, "it is set here too");
}

static void compare(scheduler *s, const source_of_inputs *a, const source_of_inputs *b) {
    for (size_t i = 0; i < a->sets->n; i++)
        for (size_t j = 0; j < b->sets->n; j++) {
            const equation *p = a->sets->at[i], *q = b->sets->at[j];
            if (p->target == q->target && (p->target->source || equations_overlap(p, q)))
                report(s, p->target, a->name, p->at, b->name, q->at);
        }
}

// No element twice within one source.
static void compare_own(scheduler *s, const source_of_inputs *a) {
    map *of = map_new(s->home);
    for (size_t k = 0; k < a->sets->n; k++) {
        equation *q = a->sets->at[k];
        definitions *d = map_get(of, (const char *)q->target);
        if (!d) map_put(of, (const char *)q->target, d = arena_new_of(s->home, definitions));
        vec_push(s->home, &d->list, (definition){q, NULL, NULL});
    }
    for (size_t k = 0; k < map_count(of); k++)
        check_definitions(s, map_value(of, k));
}

static void compare_data(scheduler *s, const experiment *x, const source_of_inputs *b) {
    for (size_t i = 0; i < x->inputs.n; i++)
        for (size_t j = 0; j < b->sets->n; j++)
            if (x->inputs.at[i].v == b->sets->at[j]->target)
                report(s, x->inputs.at[i].v, "the data", x->inputs.at[i].at, b->name,
                       b->sets->at[j]->at);
}

// Every `present` is one source: the next one of a list may set the same inputs to other values.
static void compare_presentations(scheduler *s, const experiment *x, const exp_action *a,
                                  const source_of_inputs *others, size_t count) {
    for (; a; a = a->next) {
        if (a->kind == WEFT_ACTION_PRESENT) {
            source_of_inputs here = {"this presentation", &a->sets};
            compare_own(s, &here);
            compare_data(s, x, &here);
            for (size_t k = 0; k < count; k++)
                compare(s, &others[k], &here);
        }
        compare_presentations(s, x, a->body, others, count);
    }
}

void plan_inputs(scheduler *s) {
    const experiment *x = s->m->experiment;
    const source_of_inputs others[] = {
        {"a stimulus", &x->stimuli}, {"a stimulus", &x->sources}, {"`after epoch`", &x->after}};
    enum { STIMULI = 2, OTHERS = 3 };
    source_of_inputs starts = {"`init`", &x->init};
    for (size_t k = 0; k < OTHERS; k++) {
        if (others[k].sets != &x->sources) compare_own(s, &others[k]); // as the model's equations
        compare_data(s, x, &others[k]);
    }
    for (size_t k = 0; k < STIMULI; k++) {
        compare(s, &others[k], &others[STIMULI]);
        compare(s, &starts, &others[k]);
    }
    const exp_action *all[] = {x->run, x->train, x->test};
    for (size_t k = 0; k < 3; k++)
        compare_presentations(s, x, all[k], others, OTHERS);
}
