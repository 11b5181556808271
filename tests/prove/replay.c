// Writes what weft prove has found as benches for Icarus, which does not know of it: a run into
// each state, and the run that refutes each refuted guarantee. Usage: replay FILE.weft HOME NTH
// DIR: of the NTH sequencer into DIR/NAME.sv and DIR/NAME_bench.sv, whose output is `ok NAME ...`
// or `FAIL NAME ...` for each run. Prints NAME.
#include "prove.h"
#include "prove/machine.h"

#include <stdio.h>

static long input_bits(const proof *p) {
    long bits = 0;
    for (size_t k = 0; k < p->about.signals.n; k++)
        if (p->about.signals.at[k].role == RTL_INPUT) bits += p->about.signals.at[k].width;
    return bits;
}

static void print_ports(const proof *p, FILE *f) {
    long at = input_bits(p);
    for (size_t k = 0; k < p->about.signals.n; k++) {
        const rtl_signal *s = &p->about.signals.at[k];
        if (s->role != RTL_INPUT) continue;
        at -= s->width;
        fprintf(f, ",\n    .%s(in[%ld:%ld])", s->name, at + s->width - 1, at);
    }
}

// The cycles of a run; its last one is still to be ended.
static void print_run(const proof *p, const proof_trace *t, FILE *f) {
    size_t wide = trace_width(p);
    for (size_t c = 0; c < t->cycles; c++) {
        const char *reset = t->bits[c * wide + p->about.signals.n];
        if (c) fprintf(f, "    edge_now;\n");
        fprintf(f, "    cycle(1'b%s, %ld'b", reset ? reset : "1", input_bits(p) + 1);
        for (size_t k = 0; k < p->about.signals.n; k++) {
            const rtl_signal *s = &p->about.signals.at[k];
            const char *bits = t->bits[c * wide + k];
            for (int n = 0; s->role == RTL_INPUT && n < s->width; n++)
                fputc(bits ? bits[n] : '0', f);
        }
        fprintf(f, "0);\n");
    }
}

static const char *state_name(const proof *p, const fsm_thread *t) {
    for (size_t k = 0; k < p->about.signals.n; k++)
        if (p->about.signals.at[k].thread == t) return p->about.signals.at[k].name;
    return "?";
}

static void print_states(const proof *p, FILE *f) {
    for (size_t k = 0; k < p->states.n; k++) {
        const proof_state *s = &p->states.at[k];
        const proof_trace *t = state_trace(p, s);
        if (s->unreachable) continue;
        if (!t) {
            fprintf(f, "    $display(\"FAIL %s: no way to %s\");\n", p->m->name, s->state->name);
            continue;
        }
        print_run(p, t, f);
        fprintf(f, "    verdict(dut.%s == %d, \"%s\");\n    edge_now;\n", state_name(p, s->thread),
                s->state->id, s->state->name);
    }
}

// Just before the last edge of the run, the property's bit must be 0; what RTL shows later, a
// guarantee counted by the monitor shows at once: one more cycle for those.
static void print_counters(const proof *p, FILE *f) {
    for (size_t k = 0; k < p->about.properties.n; k++) {
        const rtl_property *about = &p->about.properties.at[k];
        if (about->lemma || p->items[k].verdict != PROOF_REFUTED) continue;
        print_run(p, p->items[k].counter, f);
        fprintf(f, "    fell = !dut.%s;\n    edge_now;\n    #1 fell = fell || !dut.%s;\n",
                about->label, about->label);
        fprintf(f, "    verdict(fell, \"%s\");\n", about->label);
    }
}

static void print_bench(const proof *p, FILE *f) {
    fprintf(f, "module bench;\n  logic clk = 1'b0, rst_n = 1'b1, fell;\n  logic [%ld:0] in = '0;\n",
            input_bits(p));
    fprintf(f, "  %s dut (\n    .clk_i(clk),\n    .rst_ni(rst_n)", p->m->name);
    fprintf(f, "%s", "");
    print_ports(p, f);
    fprintf(f,
            "\n  );\n  task cycle(input logic reset, input logic [%ld:0] bits);\n    rst_n = reset;"
            "\n    in = bits[%ld:1];\n    #1;\n  endtask\n",
            input_bits(p), input_bits(p) > 0 ? input_bits(p) : 1);
    fprintf(f, "  task edge_now;\n    clk = 1'b1;\n    #1 clk = 1'b0;\n    #1;\n  endtask\n");
    fprintf(f,
            "  task verdict(input logic fine, input string what);\n    if (fine === 1'b1) "
            "$display(\"ok %s: the run to %%0s\", what);\n    else $display(\"FAIL %s: the run to "
            "%%0s\", what);\n  endtask\n  initial begin\n",
            p->m->name, p->m->name);
    print_states(p, f);
    print_counters(p, f);
    fprintf(f, "    $finish;\n  end\nendmodule\n");
}

// Icarus knows no assertions: the properties stay, as bits. Its release 11 turns for ever in
// always_comb blocks that look at what another one writes twice; always @* means the same here.
static void print_module(const proof *p, FILE *f) {
    for (const char *at = p->text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
        int length = (int)strcspn(at, "\n");
        const char *line = arena_copy(p->home, at, (size_t)length);
        const char *comb = strstr(line, "always_comb");
        if (strstr(line, "assert (") || strstr(line, "assume (")) continue;
        if (comb)
            fprintf(f, "%.*salways @*%s\n", (int)(comb - line), line, comb + strlen("always_comb"));
        else
            fprintf(f, "%s\n", line);
    }
}

static FILE *open_file(const proof *p, const char *folder, const char *suffix) {
    const char *path = arena_text(p->home, "%s/%s%s.sv", folder, p->m->name, suffix);
    FILE *f = fopen(path, "w");
    if (!f) exit(3);
    return f;
}

int main(int count, char **words) {
    if (count != 5) return 2;
    arena *home = arena_new();
    const fsm *m = machine_of(home, words[1], words[2], (size_t)strtoul(words[3], NULL, 10));
    if (!m) return 4;
    proof *p = proof_new(home, m, arena_text(home, "%s/rtl", words[2]));
    FILE *f = open_file(p, words[4], "");
    print_module(p, f);
    fclose(f);
    if (!proof_run(p, 20) || !proof_cover(p)) return fprintf(stderr, "%s\n", p->error), 3;
    f = open_file(p, words[4], "_bench");
    print_bench(p, f);
    fclose(f);
    puts(m->name);
    arena_free(home);
    return 0;
}
