// Building a machine: what fsm.c (variables, ports, functions) and fsm_code.c (states, code) share.
#ifndef WEFT_FSM_BUILD_H
#define WEFT_FSM_BUILD_H

#include "plan/fsm.h"

// Where a list of statements stands: what follows when it ends.
typedef struct context {
    stmt *owner;        // the statement around the list; NULL: the sequencer itself
    struct context *up; // where the owner stands
    fsm_thread *thread;
    int branch; // owner is a par: which branch
} context;

// What a statement has become; made once, in the order of the text.
typedef struct place {
    stmt *s;
    context *in;             // the list it belongs to
    context *inside[2];      // its body's (not a par's), an if's other
    fsm_state *state;        // of a statement that takes time, or a par with threads
    VEC(context *) branches; // par: by branch; those that take no time run in the thread around
    var *count;              // repeat: passes left
} place;

typedef struct build {
    plan *plan;
    model *model;
    arena *home;
    diag *diag;
    fsm *m;
    VEC(place *) places;
    map *places_of;           // statement or state (by address) -> place
    map *taken;               // names of states and ports
    VEC(fsm_state *) reached; // a queue: states whose code is yet to be made
    int pars;
    stmt *body; // the sequencer's statements, their expressions over the machine's variables
    context *top;
    fsm_state *end;  // where the statements end, or NULL
    fsm_code *entry; // from reset to the first states
} build;

var *build_var(build *b, const char *name, int width, const var *shape, span at);
const char *build_name(build *b, const char *wanted);        // unique in the machine
const char *build_last(build *b, const char *path);          // "g1.w.gate" -> "gate"
const char *build_flat(build *b, const char *path);          // "g1.w.gate" -> "g1_w_gate"
bool build_takes_time(const stmt *s);                        // it or something in it may
int64_t build_cycles(const build *b, const activation *act); // 0: an argument says

// States and threads for all statements, then code, then what holds in reset.
fsm_state *build_state(build *b, fsm_thread *t, const char *name, const char *label, span at,
                       fsm_stay stay);
void build_states(build *b);
void build_code(build *b);
void build_reset(build *b);
void build_bounds(build *b); // when all states are there
place *build_place(const build *b, const stmt *s);
place *build_place_of(const build *b, const fsm_state *state); // NULL: reset, done, end

#endif
