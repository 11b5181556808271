// Writes, for each case of cases.c: NAME.sv, and NAME.in with random inputs, one line of bits per
// cycle, ports in order, and NAME.out, the interpreter's outputs in the same form; and bench.sv,
// which runs all modules on their inputs and prints the same lines. Usage: emit_cases DIRECTORY
// CYCLES DICE, DICE being how many cases made by dice come after those of the table.
#include "cosim/cases.c"
#include "emit/rtl/rtl.h"
#include "interp/controller.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t dice = 88172645463325252u;

// xorshift64 (Marsaglia 2003)
static uint64_t any_bits(void) {
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    return dice;
}

static FILE *open_file(const char *directory, const char *name, const char *suffix) {
    char path[600];
    snprintf(path, sizeof path, "%s/%s%s", directory, name, suffix);
    FILE *f = fopen(path, "w");
    if (!f) {
        perror(path);
        exit(3);
    }
    return f;
}

// Highest element first, as a concatenation of the ports in order reads; an empty side is one 0.
static void write_bits(FILE *f, const fsm *m, const weft_cell *cells, bool output) {
    bool any = false;
    for (size_t k = 0; k < m->ports.n; k++) {
        const fsm_port *p = &m->ports.at[k];
        if (p->output != output) continue;
        any = true;
        for (long n = p->count - 1; n >= 0; n--)
            for (int bit = p->width - 1; bit >= 0; bit--)
                fputc('0' + (int)((cells[p->v->cell + n].i >> bit) & 1), f);
    }
    if (!any) fputc('0', f);
    fputc('\n', f);
}

static long count_bits(const fsm *m, bool output) {
    long bits = 0;
    for (size_t k = 0; k < m->ports.n; k++)
        if (m->ports.at[k].output == output) bits += m->ports.at[k].width * m->ports.at[k].count;
    return bits ? bits : 1;
}

static void write_trace(const char *directory, const control_case *c, const bench *b, int cycles) {
    const fsm *m = b->p->machines.at[0];
    FILE *in = open_file(directory, c->name, ".in"), *out = open_file(directory, c->name, ".out");
    weft_cell *cells = calloc((size_t)b->p->cells, sizeof *cells);
    machine_call(m, FSM_RESET, cells);
    for (int n = 0; n < cycles; n++) {
        for (size_t k = 0; k < m->ports.n; k++)
            for (long e = 0; !m->ports.at[k].output && e < m->ports.at[k].count; e++)
                cells[m->ports.at[k].v->cell + e].i =
                    any_bits() % 3 ? fsm_wrap((int64_t)(any_bits() >> 9), m->ports.at[k].width) : 0;
        machine_call(m, FSM_PULSES, cells);
        write_bits(in, m, cells, false);
        write_bits(out, m, cells, true);
        machine_call(m, FSM_STEP, cells);
    }
    free(cells);
    fclose(in);
    fclose(out);
}

// One module per case that feeds its controller and prints its outputs just before each edge.
static void write_driver(FILE *f, const fsm *m, const char *name, int cycles) {
    long ins = count_bits(m, false), outs = count_bits(m, true);
    fprintf(f,
            "module run_%s (\n  input logic clk_i,\n  input logic rst_ni,\n  input logic look_i,\n "
            " input int cycle_i\n);\n",
            name);
    fprintf(f, "  logic [%ld:0] rows [%d];\n  logic [%ld:0] row;\n  logic [%ld:0] outs;\n", ins - 1,
            cycles, ins - 1, outs - 1);
    fprintf(f,
            "  int file;\n  initial begin\n    $readmemb(\"%s.in\", rows);\n    file = "
            "$fopen(\"%s.rtl\", \"w\");\n  end\n",
            name, name);
    fprintf(f, "  assign row = rows[cycle_i];\n  %s dut (\n    .clk_i(clk_i),\n    .rst_ni(rst_ni)",
            m->name);
    long in_at = ins, out_at = outs;
    bool any = false;
    for (size_t k = 0; k < m->ports.n; k++) {
        const fsm_port *p = &m->ports.at[k];
        long bits = p->width * p->count, *at = p->output ? &out_at : &in_at;
        *at -= bits;
        any = any || p->output;
        fprintf(f, ",\n    .%s(%s[%ld:%ld])", p->name, p->output ? "outs" : "row", *at + bits - 1,
                *at);
    }
    fprintf(f, "\n  );\n%s", any ? "" : "  assign outs = '0;\n");
    fprintf(f, "  always @(posedge look_i) $fdisplay(file, \"%%b\", outs);\nendmodule\n\n");
}

int main(int count, char **words) {
    if (count != 4) return 2;
    int cycles = atoi(words[2]);
    arena *home = arena_new();
    FILE *f = open_file(words[1], "bench", ".sv");
    text uses = text_in(home);
    for (size_t k = 0; k < control_case_count + (size_t)atoi(words[3]); k++) {
        const control_case one = bench_case(home, k), *c = &one;
        bench b = bench_make(home, c);
        diag_print(b.m->diag, stderr);
        if (diag_errors(b.m->diag)) return 1;
        const fsm *m = b.p->machines.at[0];
        text module = text_in(home);
        rtl_module(m, &module);
        FILE *sv = open_file(words[1], m->name, ".sv");
        fwrite(module.at, 1, module.n, sv);
        fclose(sv);
        write_trace(words[1], c, &b, cycles);
        write_driver(f, m, c->name, cycles);
        text_add(&uses,
                 "  run_%s u_%s (.clk_i(clk), .rst_ni(rst_n), .look_i(look), .cycle_i(cycle));\n",
                 c->name, c->name);
    }
    // A cycle: the inputs are put in place, the outputs are looked at, the edge comes.
    fprintf(f,
            "module bench;\n  logic clk = 1'b0, rst_n = 1'b1, look = 1'b0;\n  int cycle = 0;\n%s",
            uses.at);
    fprintf(f, "  initial begin\n    #1 rst_n = 1'b0;\n    #1 rst_n = 1'b1;\n");
    fprintf(f, "    for (int n = 0; n < %d; n++) begin\n      cycle = n;\n      #1 look = 1'b1;\n",
            cycles);
    fprintf(f, "      #1 look = 1'b0;\n      #1 clk = 1'b1;\n      #1 clk = 1'b0;\n    end\n    "
               "$finish;\n  end\nendmodule\n");
    fclose(f);
    arena_free(home);
    return 0;
}
