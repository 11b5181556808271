// The bench around generated controllers; see bench.h.
#include "random/bench.h"

#include "emit/rtl/rtl.h"
#include "support/file.h"

#include <stdlib.h>

void bench_row(FILE *f, const fsm *m, const weft_cell *cells, bool output, bool reset) {
    bool any = !output;
    if (!output) fputc(reset ? '0' : '1', f);
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
    return bits ? bits : output;
}

bench bench_new(arena *home, const char *directory, const char *library, int cycles) {
    return (bench){.home = home,
                   .directory = directory,
                   .library = library,
                   .cycles = cycles,
                   .drivers = text_in(home),
                   .uses = text_in(home),
                   .files = text_in(home)};
}

// Machines that are one module have one trace, that of the last.
void bench_add(bench *b, const fsm *m) {
    if (m->same != m) return;
    text module = text_in(b->home), *d = &b->drivers;
    const char *problem;
    rtl_module(m, &module);
    file_write(arena_text(b->home, "%s/%s.sv", b->directory, m->name), module.at, module.n,
               &problem);
    text_add(&b->files, " %s.sv", m->name);
    long ins = count_bits(m, false), outs = count_bits(m, true), in_at = ins, out_at = outs;
    text_add(
        d,
        "module run_%s (\n  input logic clk_i,\n  input logic look_i,\n  input int cycle_i\n);\n",
        m->name);
    text_add(d, "  logic [%ld:0] rows [%d];\n  logic [%ld:0] row;\n  logic [%ld:0] outs;\n", ins,
             b->cycles, ins, outs - 1);
    text_add(d,
             "  int file;\n  initial begin\n    $readmemb(\"%s.in\", rows);\n    file = "
             "$fopen(\"%s.rtl\", \"w\");\n  end\n",
             m->name, m->name);
    text_add(d,
             "  assign row = rows[cycle_i];\n  %s dut (\n    .clk_i(clk_i),\n    .rst_ni(row[%ld])",
             m->name, ins);
    bool any = false;
    for (size_t k = 0; k < m->ports.n; k++) {
        const fsm_port *p = &m->ports.at[k];
        long bits = p->width * p->count, *at = p->output ? &out_at : &in_at;
        *at -= bits;
        any = any || p->output;
        text_add(d, ",\n    .%s(%s[%ld:%ld])", p->name, p->output ? "outs" : "row", *at + bits - 1,
                 *at);
    }
    text_add(d, "\n  );\n%s", any ? "" : "  assign outs = '0;\n");
    text_add(d, "  always @(posedge look_i) $fdisplay(file, \"%%b\", outs);\nendmodule\n\n");
    text_add(&b->uses, "  run_%s u_%s (.clk_i(clk), .look_i(look), .cycle_i(cycle));\n", m->name,
             m->name);
    b->modules++;
}

const char *bench_run(bench *b, bool verilator) {
    if (!b->modules) return NULL;
    text t = text_in(b->home);
    const char *problem;
    // A cycle: the inputs are put in place, the outputs are looked at, the edge comes.
    text_add(&t, "%smodule bench;\n  logic clk = 1'b0, look = 1'b0;\n  int cycle = 0;\n%s",
             b->drivers.at, b->uses.at);
    text_add(&t,
             "  initial begin\n    for (int n = 0; n < %d; n++) begin\n      cycle = n;\n      #1 "
             "look = 1'b1;\n",
             b->cycles);
    text_add(&t, "      #1 look = 1'b0;\n      #1 clk = 1'b1;\n      #1 clk = 1'b0;\n    end\n    "
                 "$finish;\n  end\nendmodule\n");
    file_write(arena_text(b->home, "%s/bench.sv", b->directory), t.at, t.n, &problem);
    const char *primitives =
        arena_text(b->home, "'%s/rtl/weft_pwm.sv' '%s/rtl/weft_sync.sv'", b->library, b->library);
    // One C++ file: the headers cost more than what is in them.
    const char *how = verilator ? "rm -rf obj && verilator --binary --timing -O1 -Wno-fatal "
                                  "-Wno-lint -Wno-style --top bench -j 1 -Mdir obj -CFLAGS '-O0 "
                                  "-w' -MAKEFLAGS 'VM_PARALLEL_BUILDS=0 OPT_FAST=-O0 OPT_SLOW=-O0 "
                                  "OPT_GLOBAL=-O0'"
                                : "iverilog -g2012 -s bench -o bench.vvp";
    const char *command = arena_text(
        b->home, "cd '%s' && rm -f *.rtl && { %s bench.sv%s %s && %s; } >tool.log 2>&1",
        b->directory, how, b->files.at, primitives, verilator ? "obj/Vbench" : "vvp -n bench.vvp");
    if (system(command) == 0) return NULL;
    size_t length;
    char *said =
        file_read(b->home, arena_text(b->home, "%s/tool.log", b->directory), &length, &problem);
    if (said && length > 1500) said[1500] = '\0';
    return said ? said : "the simulator failed";
}

int bench_difference(const bench *b, const char *module, char *said, size_t size) {
    char path[2][700], line[2][4096];
    FILE *f[2];
    int cycle = 0, found = -1;
    for (int k = 0; k < 2; k++) {
        snprintf(path[k], sizeof path[k], "%s/%s.%s", b->directory, module, k ? "rtl" : "out");
        f[k] = fopen(path[k], "r");
    }
    if (!f[0] || !f[1]) found = -2;
    // In the first cycle nothing has been reset yet where a simulator has no unknown value.
    for (; found == -1 && fgets(line[0], sizeof line[0], f[0]); cycle++) {
        if (!fgets(line[1], sizeof line[1], f[1])) snprintf(line[1], sizeof line[1], "nothing\n");
        if (cycle == 0 || !strcmp(line[0], line[1])) continue;
        found = cycle;
        line[0][strcspn(line[0], "\n")] = line[1][strcspn(line[1], "\n")] = '\0';
        snprintf(said, size, "outputs %.200s in the interpreter, %.200s in the RTL", line[0],
                 line[1]);
    }
    for (int k = 0; k < 2; k++)
        if (f[k]) fclose(f[k]);
    return found;
}
