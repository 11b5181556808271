// Times of an experiment that can only be judged together: instants, records, steps.
#include "model/elab.h"

#include <math.h>

static int64_t presented(const exp_action *a) { // femtoseconds, as far as known
    int64_t sum = 0;
    for (; a; a = a->next)
        sum += a->kind == WEFT_ACTION_FOR ? (a->hi - a->lo) * presented(a->body) : a->ticks;
    return sum;
}

// An instant of a measure lies in every presentation of which it is taken.
static void check_instants(elab *E) {
    const experiment *x = E->m->experiment;
    for (size_t k = 0; k < x->measures.n; k++) {
        const exp_measure *m = x->measures.at[k];
        int64_t longest = INT64_MAX;
        if (x->run_ticks >= 0) longest = x->run_ticks;
        if (x->train && presented(x->train) < longest) longest = presented(x->train);
        if (x->test && presented(x->test) < longest) longest = presented(x->test);
        if (m->at == 0 || m->at > longest || (m->at >= 0 && x->run))
            diag_report(E->diag, m->value->at, DIAG_E0315,
                        arena_text(E->home, "the instant of '%s', in s,", m->name),
                        (double)m->at * 1e-15, 0.0, (double)longest * 1e-15);
    }
}

// Records begin in the run, as far as its length is known.
static void check_records(elab *E) {
    const experiment *x = E->m->experiment;
    double end = x->run_ticks > 0 && !x->run ? (double)x->run_ticks * 1e-15 : INFINITY;
    for (size_t k = 0; k < x->records.n; k++) {
        const exp_record *r = &x->records.at[k];
        double from = (double)r->from * 1e-15;
        bool said = k > 0 && x->records.at[k - 1].from_at.begin == r->from_at.begin;
        if ((from < 0 || from > end) && !said)
            diag_report(E->diag, r->from_at, DIAG_E0315, "the first sample's time, in s,", from,
                        0.0, end);
    }
}

// 0: a sequencer is called, which takes its own time.
static int64_t longest_presentation(const exp_action *a) {
    int64_t longest = 1;
    for (; a; a = a->next) {
        int64_t here = a->kind == WEFT_ACTION_FOR    ? longest_presentation(a->body)
                       : a->kind == WEFT_ACTION_CALL ? 0
                                                     : a->ticks;
        if (here == 0) return 0;
        if (here > longest) longest = here;
    }
    return longest;
}

// A step that is longer than all that is run would be cut: it was meant otherwise.
static void check_step(elab *E) {
    const experiment *x = E->m->experiment;
    const exp_action *const actions[] = {x->run, x->train, x->test};
    int64_t longest = x->run_ticks > 0 ? x->run_ticks : 1;
    for (size_t k = 0; k < sizeof actions / sizeof *actions; k++) {
        int64_t here = longest_presentation(actions[k]);
        if (here == 0) return;
        if (here > longest) longest = here;
    }
    if (!(x->step > (double)longest * 1e-15 * (1 + 1e-9))) return;
    diag_report(E->diag, x->step_at, DIAG_E0315, "step", x->step, 0.0, (double)longest * 1e-15);
    diag_help(E->diag, "nothing that the experiment runs or presents lasts longer than that");
}

void experiment_check(elab *E, size_t errors) {
    check_instants(E);
    check_records(E);
    if (diag_errors(E->diag) == errors) check_step(E);
}
