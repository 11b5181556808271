// Inside the C backend: what its files share, and what the controller's printer stands on.
//
// A generated function is `static void NAME(weft_cell *cells)`; when its body reads or writes the
// instance it does so through `m`, a pointer to the struct whose members are the cells by name:
//
//     static void g1_read_begin(weft_cell *cells) {
//         mlp *const m = (mlp *)cells;
//         /* iris.weft:31: at begin { r[i] = ... } */
//         for (int64_t i = 0; i < 4; i++) {
//             m->g1_r_next[i] = m->g1_c * m->g1_w_row_i[i];
//         }
//     }
//
// The body is printed first into a text of its own, so that only what it uses is declared.
#ifndef WEFT_EMIT_C_H
#define WEFT_EMIT_C_H

#include "emit/backend.h"
#include "emit/names.h"
#include "emit/printer.h"
#include "emit/tables.h"

typedef struct c_bound { // an index in scope
    const index *ix;
    const char *name;
    bool used;
} c_bound;

typedef struct c_emitter {
    arena *home;
    const plan *plan;
    const tables *tables;
    const char *model;     // C name of the struct: "mlp"
    printer *p;            // where c_line prints: the body of the current function
    namer *files;          // file-scope names
    namer *members;        // members of the struct
    namer *locals;         // names inside the current function
    const char **member;   // by var id; NULL: no member
    const char **phase;    // by activation id: member of its four phase cells
    const char **function; // by function id
    bool *staged;          // by function id: its form for integrators is printed
    const char **local;    // by var id, in the current function; NULL: not declared
    bool *once;            // by var id: a local scalar that is declared where it is set
    VEC(c_bound) bound;
    const function *now; // the function being printed
    const step *rates;   // inside a rate function: its states are state[k]
    bool uses_m, uses_t; // by the body printed so far: the instance; the time of a rate function
    uint32_t helpers;    // small functions used so far, a bit each: enum c_helper
    printer *before;     // rate functions of the current function
    span quoted;         // the source line quoted last
    const char *lane;    // index of a lane, while a function of all lanes is printed; NULL: of one
} c_emitter;

// Helpers that are printed only where a body uses them; POWER_2 .. POWER_8 are in a row.
typedef enum {
    HELP_POWER_2,
    HELP_POWER_8 = 6,
    HELP_INT_ABS,
    HELP_INT_SIGN,
    HELP_INT_MIN,
    HELP_INT_MAX,
    HELPERS
} c_helper;

// Lines of the current body.
void c_line(c_emitter *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
void c_open(c_emitter *c, const char *format, ...)
    __attribute__((format(printf, 2, 3))); // "if (x) {"
void c_close(c_emitter *c, const char *format, ...) __attribute__((format(printf, 2, 3))); // "}"
// Quotes the source line as a comment; the same line twice in a row is quoted once.
void c_quote(c_emitter *c, span at, const char *note);

// Expressions as C text. c_int and c_real convert where the expression has the other type. What the
// text may stand next to is up to the caller: c_operand puts parentheses around all but atoms.
const char *c_int(c_emitter *c, const expr *e);       // int64_t, or int for comparisons and logic
const char *c_real(c_emitter *c, const expr *e);      // double
const char *c_condition(c_emitter *c, const expr *e); // for `if ()`: true or not
const char *c_operand(c_emitter *c, const expr *e);   // of its own type, an atom
// "m->g1_w_m_s[j][i]"; subscripts as expressions, or none for a scalar.
const char *c_place(c_emitter *c, const var *v, int nsub, expr *const *sub);
const char *c_scalar(c_emitter *c, const var *v); // of a variable without dimensions
// "m->weft.now" and the like: one of the first cells, WEFT_NOW ... WEFT_FAULT_AT.
const char *c_header(c_emitter *c, int cell);
// "m->phase_g1_read.begin": one of WEFT_PHASE_ACTIVE ... WEFT_PHASE_COUNT.
const char *c_phase(c_emitter *c, int activation, int cell);
// Makes a local name known for an index while a loop over it is printed.
const char *c_bind(c_emitter *c, const index *ix);
void c_unbind(c_emitter *c, size_t count);
// A fresh local name like `wanted`.
const char *c_fresh(c_emitter *c, const char *wanted);
const char *c_number(arena *home, double num); // shortest text that reads back as the same double

// The body of a controller's function (f->machine is set, f->role says which), printed with c_line.
void c_controller(c_emitter *c, const function *f);

// ---- between the files of this backend
// -----------------------------------------------------------
void c_steps(c_emitter *c, const function *f); // steps.c: the body of a function of steps
void c_reduce(c_emitter *c, const step *s);    // reduce.c
void c_advance(c_emitter *c, const step *s);   // advance.c
void c_lanes(c_emitter *c, printer *p);        // lanes.c: the flow in lanes, where the plan says so
void c_lanes_table(c_emitter *c, printer *p);
void c_loop_open(c_emitter *c, const loop *l); // "for (int64_t i = 0; i < 4; i++) {"
void c_loop_close(c_emitter *c);
void c_assign(c_emitter *c, const step *s, const char *value); // target[sub] = value
bool c_layout(c_emitter *c); // layout.c: names and order of the members
// The struct of an instance; `lanes` "[WEFT_LANES]": of as many side by side, "": of one.
void c_struct(c_emitter *c, printer *h, const char *name, const char *lanes);
void c_tables(c_emitter *c, printer *p);              // c_tables.c
const char *c_string(arena *home, const char *bytes); // a C string literal

#endif
