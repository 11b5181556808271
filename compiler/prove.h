// weft prove: what holds of a controller's RTL in every run, shown by Yosys alone; or a run in
// which it does not.
#ifndef WEFT_PROVE_H
#define WEFT_PROVE_H

#include "emit/rtl/rtl.h"
#include "pipeline.h"

typedef enum {
    PROOF_OPEN,    // not looked at
    PROOF_PROVED,  // holds in every cycle of every run: by induction over `depth` cycles
    PROOF_BOUNDED, // holds in the first `depth` cycles after any reset; whether beyond is not known
    PROOF_REFUTED, // a run in which it falls, in its last cycle
} proof_verdict;

typedef struct proof_trace { // of a run, from reset
    size_t cycles;
    // By cycle and signal (rtl_proof.signals, then rst_ni): bits, the highest first; NULL: not
    // known.
    const char **bits;
} proof_trace;

typedef struct proof_item { // by rtl_proof.properties
    proof_verdict verdict;
    int depth;
    bool held;            // under the assumption that start stays high until done
    proof_trace *counter; // PROOF_REFUTED
} proof_item;

typedef struct proof_state {
    const fsm_thread *thread;
    const fsm_state *state;
    int64_t cycle;      // at which some run is in it, counted from reset; -1: none was found
    bool unreachable;   // proved
    int looked;         // otherwise: no run of so many cycles gets there
    uint64_t seed;      // of the search that found it
    proof_trace *trace; // that Yosys found
    size_t never;       // while cycle is -1: the lemma that says it is never reached
} proof_state;

typedef struct proof {
    arena *home;
    const fsm *m;
    const char *text; // the module
    rtl_proof about;
    proof_item *items;
    VEC(proof_state) states;
    const char *rtl;   // folder of the primitives
    const char *sat;   // options for each of Yosys's searches; NULL: none
    bool guessed;      // the text has the lemmas of guess_values
    const char *error; // why it could not be tried
} proof;

// The module of a machine and all that is to be proved of it.
proof *proof_new(arena *home, const fsm *m, const char *rtl);
// Fills items; false: error. `steps`: how many cycles to look for counterexamples (30).
bool proof_run(proof *p, int steps);
// Looks for counterexamples only, in the first `steps` cycles.
bool proof_refute(proof *p, int steps);
// Fills states: by searching with the interpreter, then by Yosys.
bool proof_cover(proof *p);
proof_trace *state_trace(const proof *p, const proof_state *s); // the way there; NULL: none known
bool proof_fine(const proof *p);                                // all proved, but for lemmas

// ---- between the files of the command ----

// Yosys on the states that the search has not reached.
bool proof_reach(proof *p, int steps);
// A run, by dice, in which a guarantee falls (start stays high until done); NULL: none found.
proof_trace *search_guarantee(const proof *p, int monitor);
void search_states(proof *p);
// What outputs and registers were in the states in which they were not anything, over many runs.
typedef struct search_range {
    const fsm_thread *thread;
    int state;
    size_t signal; // in rtl_proof.signals
    int64_t lo, hi;
} search_range;
typedef struct search_ranges {
    search_range *at;
    size_t n, room;
} search_ranges;
void search_values(const proof *p, search_ranges *found);
// Add lemmas to the module, and say how many: what values are in the states (once); that states are
// never reached, which no run has reached.
size_t guess_values(proof *p);
size_t guess_unreached(proof *p);
// Signals that a trace has: those of rtl_proof, and rst_ni.
size_t trace_width(const proof *p);
void trace_print(const proof *p, const proof_trace *t, text *out);
void trace_vcd(const proof *p, const proof_trace *t, text *out);

// The command; returns the exit status: 0 all proved, 1 something refuted or bounded only, 2 the
// input is wrong, 3 no Yosys.
int pipeline_prove(pipeline *p);

#endif
