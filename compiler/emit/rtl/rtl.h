// Inside the RTL backend: a machine (plan/fsm.h) as one SystemVerilog module, and the C++ file that
// lets the runtime drive the Verilated module.
#ifndef WEFT_EMIT_RTL_H
#define WEFT_EMIT_RTL_H

#include "emit/backend.h"
#include "emit/names.h"
#include "emit/printer.h"
#include "plan/fsm.h"

// The whole text of NAME.sv, NAME being m->name. Needs weft_pwm.sv where a phase has pulses and
// weft_sync.sv where an input comes from another clock.
void rtl_module(const fsm *m, text *out);
// The same, with what its assertions say (those behind `ifdef FORMAL) in the order of the text, and
// the signals that tell what the machine does.
typedef struct rtl_property {
    const char *label; // of the bit that must hold: "prove_lasts_g1_read"; assert_LABEL asserts it
    const char *kind;  // what properties of its kind say: "phases last their cycles"
    const char *text;  // this one: "g1.read lasts 110 cycles"
    int monitor;       // by fsm.monitors; -1: not a guarantee
    bool lemma;        // for the prover only: need not hold, helps where it does
    bool held;         // behind `ifdef FORMAL_HELD
} rtl_property;
typedef enum { RTL_INPUT, RTL_STATE, RTL_COUNTER, RTL_OUTPUT } rtl_role;
typedef struct rtl_signal {
    const char *name;  // in the module: "dwell_q"
    const char *shown; // "dwell"
    rtl_role role;
    const var *v;
    int width;                // of all elements together
    const fsm_thread *thread; // RTL_STATE: whose
} rtl_signal;
typedef struct rtl_proof {
    VEC(rtl_property) properties;
    VEC(rtl_signal) signals;
} rtl_proof;
void rtl_module_for_proof(const fsm *m, text *out, rtl_proof *proof);
// A C++ file that defines `extern "C" const weft_rtl NAME_rtl` (runtime/engine.h) over VNAME, the
// class that Verilator makes of the module.
void rtl_shim(const fsm *m, text *out);

// ---- between the files of this backend
// -----------------------------------------------------------

typedef struct sv {
    arena *home;
    const fsm *m;
    printer *p;
    const char *
        *name;     // by var id: input port, or register without _q and _d; NULL: not in the module
    bool *reg;     // by var id: is a register
    bool *read;    // by var id: all its bits are read
    bool *written; // by var id: _d may differ from _q at this point of the code
    const fsm_thread **state_of; // by var id: the thread whose state it is
    bool before;                 // registers mean _q: their values before the edge
    rtl_proof *proof;            // takes what is asserted; NULL: nobody asks
} sv;

// An expression of exactly `width` bits, the value modulo 2^width; an atom where `atom` is set.
const char *sv_expr(sv *s, const expr *e, int width, bool atom);
const char *sv_condition(sv *s, const expr *e);
const char *sv_number(arena *home, int64_t value, int width);
const char *sv_state(sv *s, const fsm_state *state); // "StG1Read"
const char *sv_reg(sv *s, const var *v);             // its _d or _q, whichever code here must read

void sv_next(sv *s);   // always_comb: next.c
void sv_formal(sv *s); // the guarantees and the invariants, for the prover: formal.c
// One assertion with its label; notes the property.
void sv_assert(sv *s, rtl_property property, const char *what);
// Registers, then assertions, about how long phases and commands last: formal_time.c.
void sv_time_registers(sv *s);
void sv_time_asserts(sv *s);

#endif
