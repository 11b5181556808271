// E0801: what the language has and the compiler does not yet, each with what can be used instead.
#include "model/model.h"

static const struct {
    const char *what, *instead;
} LATER[] = {
    {"a device with more or fewer than two terminals",
     "a device lies between p and n; further lines of a crossbar cell are declared by 'line row' "
     "and 'line col'"},
    {"an event in a device with inner nodes", "put it into the device inside, or into the block"},
    {"an event on an analog condition in a phase",
     "an event of the block, outside its phases; or give the instant, at 5us { ... }, or let a "
     "sequencer end the phase: p until hit;"},
    {"an implicit equation (==) in a device with inner nodes",
     "put it into the device inside, or into the block"},
    {"applying a block that is not a stateless one with one output",
     "make a part of it: part q: name(...); and connect its inputs"},
    {"this reduction over several indices at once",
     "reduce over one index after the other: max(i: max(j: w[i, j]))"},
    {"image data (data idx)",
     "write the images to a CSV file, one row each: data csv \"file.csv\" { ... }"},
    {"sequences of rows",
     "let one row hold the whole sequence, or call the sequencer once for each row"},
    {"a pulse with a `when` on an index",
     "put the case into the value or the width: pulse(value, width = (when ...: a, else b))"},
    {"a pulse that reaches a device through a sum or a `when` on an index",
     "let the pulse be the whole signal of the line"},
    {"a declaration inside a phase", "declare it in the block"},
    {"noise on a line other than by a factor (*=)", "noise w.col *= normal(1, 2%) per trial;"},
    {"noise on a parameter other than by a factor (*=)", "noise m.g *= normal(1, 2%) per trial;"},
    {"two noises on one line", "one statement with the product of both factors"},
    {"two noises on one parameter", "one statement with the product of both factors"},
    {"an output of a routine",
     "let the routine set an output or a register of its caller's block: a bit, a hold"},
    {"a line's own resistance (r = ...)", "an ideal source: drive(v), sense"},
    {"load()", "a line is drive(voltage), sense or open"},
    {"node()", "a line is drive(voltage), sense or open"},
    {"report", "leave it out"},
    {"a bit in a device",
     "declare the bit in the block and read the device there: bit hit = above(m.i, ...);"},
    {"an index of parts that does not begin at 0", "count from 0: cell[k in 0 .. n]"},
    {"a node in a block", "connect parts by crossbar lines, or by equations between their ports"},
    {"a device with more than 16 nodes", "divide it into several devices"},
    {"a device with more than 4 switches", "divide it into several devices"},
    {"a device with inner nodes inside another device",
     "write its switches and devices into the outer one"},
    {"the other end of a line (.first, .last)", "wires are ideal: a line has one voltage, .v"},
    {"wire resistance (with ...)", "leave out 'with ...': ideal wires"},
    {"this in a presentation", "call sequencers, trial();, or repeat them by for k in 0 .. n { }"},
    {"recording single elements (record the whole array)", "record the whole array"},
    {"`where` of an expectation", "write an experiment for each case, with `like`"},
    {"`sweep`", "run weft once for each value: --set name=value"},
    {"an index that is a signal", "an index is a number, an index, or the argument of a phase"},
    {"pulses()", "repeat a phase with one pulse: repeat 5 { p; }"},
    {"white_noise()",
     "noise that is drawn anew for each trial or phase: noise m.g *= normal(1, 2%) per trial;"},
    {"rising()", "an event, at rising(x, 1V) { ... }; or a bit made by above()"},
    {"falling()", "an event, at falling(x, 1V) { ... }; or a bit made by above()"},
    {"this reduction over parts of different sizes", "sum, max or min"},
    {"this inside `present`", "set inputs: present for 1ns { x = 1; }"},
    {"a pulse on states that depend on each other", "let the pulse end with a phase of its own"},
    {"a pulse on a device beside a sum that follows time or the device's state",
     "let the pulse end with a phase of its own"},
};

static const char *instead_of(const char *what) {
    for (size_t k = 0; k < sizeof LATER / sizeof *LATER; k++)
        if (strcmp(LATER[k].what, what) == 0) return LATER[k].instead;
    if (strstr(what, " inside a device"))
        return "switches and devices: part t: switch(a, b, on = gate > 1V), m: mem(b, n);";
    if (strstr(what, "no array of the reduction"))
        return "let it index an array as it stands: sum(j: x[j])";
    return NULL;
}

void not_built(diag *d, span at, const char *what) {
    diag_report(d, at, DIAG_E0801, what);
    const char *instead = instead_of(what);
    if (instead) diag_help(d, "use instead: %s", instead);
}
