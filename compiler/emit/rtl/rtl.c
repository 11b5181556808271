// One SystemVerilog module per sequencer, after lowRISC's style: an enum of states, always_comb
// with defaults first (next.c), always_ff with the reset only; outputs are registers, so they never
// glitch.
#include "emit/rtl/rtl.h"

#include "support/version.h"

// ---- names ----

static const char *without_suffix(sv *s, const char *port) {
    return arena_text(s->home, "%.*s", (int)strlen(port) - 2, port);
}

static bool is_taken(const sv *s, const char *name) {
    for (size_t k = 0; k < s->m->plan->model->vars.n; k++)
        if (s->name[k] && strcmp(s->name[k], name) == 0) return true;
    return false;
}

static void name_register(sv *s, const var *v, const char *wanted) {
    const char *name = wanted;
    for (int k = 2; is_taken(s, name); k++)
        name = arena_text(s->home, "%s_%d", wanted, k);
    s->name[v->id] = name;
}

static const char *last_of(sv *s, const var *v) {
    const char *dot = strrchr(v->name, '.');
    return identifier_of(s->home, dot ? dot + 1 : v->name);
}

static void name_all(sv *s) {
    const fsm *m = s->m;
    for (size_t k = 0; k < m->ports.n; k++) {
        const fsm_port *p = &m->ports.at[k];
        s->name[p->v->id] = p->output ? without_suffix(s, p->name) : p->name;
        s->reg[p->v->id] = p->output && !p->settle;
    }
    for (size_t k = 0; k < m->wires.n; k++)
        if (m->wires.at[k].stage[1])
            name_register(
                s, m->wires.at[k].stage[1],
                arena_text(s->home, "%s_sync", without_suffix(s, s->name[m->wires.at[k].to->id])));
    for (size_t k = 0; k < m->reset.n; k++) {
        const var *v = m->reset.at[k].v;
        bool stage = false;
        for (size_t n = 0; n < m->wires.n; n++)
            stage = stage || m->wires.at[n].stage[0] == v || m->wires.at[n].stage[1] == v;
        if (stage || s->name[v->id]) continue;
        name_register(s, v, last_of(s, v));
        s->reg[v->id] = true;
    }
    for (size_t k = 0; k < m->monitors.n; k++)
        if (m->monitors.at[k].waits)
            name_register(s, m->monitors.at[k].waits, last_of(s, m->monitors.at[k].waits));
    for (size_t k = 0; k < m->threads.n; k++)
        s->state_of[m->threads.at[k]->state->id] = m->threads.at[k];
}

// ---- head ----

static const char *bits_text(sv *s, long bits) {
    return bits > 1 ? arena_text(s->home, "logic [%ld:0]", bits - 1) : "logic";
}

static void print_head(sv *s) {
    const fsm *m = s->m;
    const model *of = m->plan->model;
    print_line(s->p, "// %s.sv: the controller of %s in block %s.", m->name, fsm_whose(m),
               of->name);
    print_line(s->p, "// Made by weft %s from %s; generated, do not edit.", WEFT_VERSION,
               of->file ? of->file : "?");
    print_line(s->p, "//");
    fsm_print_table(m, "//   ", s->p->out);
    print_line(s->p, "//");
    print_line(s->p, "// A phase's output is high while it is active, its _start_o in the first "
                     "cycle of that. All");
    print_line(s->p, "// outputs are registers%s.",
               m->pulses.n ? ", but for the pulses' _on_o" : "");
}

static void print_ports(sv *s) {
    const fsm *m = s->m;
    size_t wide = 16; // so that sizes differ in numbers only, up to a million elements
    for (size_t k = 0; k < m->ports.n; k++) {
        size_t length = strlen(bits_text(s, m->ports.at[k].width * m->ports.at[k].count));
        if (length > wide) wide = length;
    }
    print_open(s->p, "module %s (", m->name);
    print_line(s->p, "input  %-*s clk_i,", (int)wide, "logic");
    print_line(s->p, "input  %-*s rst_ni%s", (int)wide, "logic", m->ports.n ? "," : "");
    bool output = true;
    for (size_t k = 0; k < m->ports.n; k++) {
        const fsm_port *p = &m->ports.at[k];
        if (k == 0 || p->output != output) print_blank(s->p);
        output = p->output;
        print_line(s->p, "%s %-*s %s%s", output ? "output" : "input ", (int)wide,
                   bits_text(s, p->width * p->count), p->name, k + 1 < m->ports.n ? "," : "");
    }
    print_close(s->p, ");");
}

// ---- first part: states and registers ----

static const char *type_of(sv *s, const var *v) {
    const fsm_thread *t = s->state_of[v->id];
    return t ? arena_text(s->home, "%s_e", s->name[v->id]) : bits_text(s, v->width);
}

static void print_enum(sv *s, const fsm_thread *t) {
    print_blank(s->p);
    print_open(s->p, "typedef enum logic [%d:0] {", t->state->width - 1);
    for (size_t k = 0; k < t->states.n; k++)
        print_line(s->p, "%s = %d'd%zu%s", sv_state(s, t->states.at[k]), t->state->width, k,
                   k + 1 < t->states.n ? "," : "");
    print_close(s->p, "} %s_e;", s->name[t->state->id]);
}

static void print_registers(sv *s) {
    for (size_t k = s->m->threads.n; k > 0; k--)
        print_enum(s, s->m->threads.at[k - 1]);
    print_blank(s->p);
    for (size_t k = 0; k < s->m->reset.n; k++) {
        const var *v = s->m->reset.at[k].v;
        const char *name = s->name[v->id];
        if (s->reg[v->id]) print_line(s->p, "%s %s_d, %s_q;", type_of(s, v), name, name);
    }
    print_blank(s->p);
}

static void print_syncs(sv *s) {
    for (size_t k = 0; k < s->m->wires.n; k++) {
        const fsm_wire *w = &s->m->wires.at[k];
        if (!w->stage[1]) continue;
        const char *name = s->name[w->stage[1]->id];
        print_line(s->p, "// From another clock.\n%s %s;", bits_text(s, w->to->width), name);
        print_open(s->p, "weft_sync #(");
        print_line(s->p, ".Width(%d)", w->to->width);
        s->p->level--;
        print_open(s->p, ") u_%s (", name);
        print_line(s->p, ".clk_i(clk_i),\n.rst_ni(rst_ni),\n.d_i(%s),\n.q_o(%s)",
                   s->name[w->to->id], name);
        print_close(s->p, ");");
        print_blank(s->p);
        s->read[w->to->id] = true;
    }
}

// ---- third part: registers, outputs ----

static const char *reset_text(sv *s, const fsm_value *r) {
    const fsm_thread *t = s->state_of[r->v->id];
    return t ? sv_state(s, t->states.at[r->value]) : sv_number(s->home, r->value, r->v->width);
}

static void print_clocked(sv *s) {
    print_blank(s->p);
    print_open(s->p, "always_ff @(posedge clk_i or negedge rst_ni) begin");
    print_open(s->p, "if (!rst_ni) begin");
    for (size_t k = 0; k < s->m->reset.n; k++)
        if (s->reg[s->m->reset.at[k].v->id])
            print_line(s->p, "%s_q <= %s;", s->name[s->m->reset.at[k].v->id],
                       reset_text(s, &s->m->reset.at[k]));
    s->p->level--;
    print_open(s->p, "end else begin");
    for (size_t k = 0; k < s->m->reset.n; k++) {
        const char *name = s->name[s->m->reset.at[k].v->id];
        if (s->reg[s->m->reset.at[k].v->id]) print_line(s->p, "%s_q <= %s_d;", name, name);
    }
    print_close(s->p, "end");
    print_close(s->p, "end");
}

static void print_outputs(sv *s) {
    print_blank(s->p);
    for (size_t k = 0; k < s->m->ports.n; k++) {
        const fsm_port *p = &s->m->ports.at[k];
        if (!p->output || p->settle) continue;
        print_line(s->p, "assign %s = %s_q;", p->name, s->name[p->v->id]);
        s->read[p->v->id] = true;
    }
    for (size_t k = 0; k < s->m->pulses.n; k++) {
        const fsm_pulse *pulse = &s->m->pulses.at[k];
        const fsm_phase *phase = &s->m->phases.at[pulse->phase];
        print_blank(s->p);
        print_open(s->p, "weft_pwm #(");
        print_line(s->p, ".Width(%d),\n.Count(%ld)", pulse->bits, var_count(pulse->on));
        s->p->level--;
        print_open(s->p, ") u_%s (", pulse->name);
        print_line(s->p, ".clk_i(clk_i),\n.rst_ni(rst_ni),\n.active_i(%s_q),\n.start_i(%s_q),",
                   s->name[phase->active->id], s->name[phase->start->id]);
        print_line(s->p, ".width_i(%s),\n.on_o(%s_o)", s->name[pulse->source->width->id],
                   s->name[pulse->on->id]);
        print_close(s->p, ");");
        s->read[pulse->source->width->id] = true;
    }
}

// Inputs, and registers, that nothing reads (in full): named so that lint knows it is on purpose.
static void print_unused(sv *s) {
    text all = text_in(s->home);
    for (size_t k = 0; k < s->m->ports.n; k++) {
        const fsm_port *p = &s->m->ports.at[k];
        if (!p->output && !s->read[p->v->id]) text_add(&all, "%s%s", all.n ? ", " : "", p->name);
    }
    for (size_t k = 0; k < s->m->wires.n; k++) {
        const var *v = s->m->wires.at[k].stage[1];
        if (v && !s->read[v->id]) text_add(&all, "%s%s", all.n ? ", " : "", s->name[v->id]);
    }
    for (size_t k = 0; k < s->m->reset.n; k++) {
        const var *v = s->m->reset.at[k].v;
        if (s->reg[v->id] && !s->read[v->id] && !s->state_of[v->id])
            text_add(&all, "%s%s_q", all.n ? ", " : "", s->name[v->id]);
    }
    if (!all.n) return;
    print_blank(s->p);
    print_line(s->p, "// Not looked at, or not all of it.\nlogic unused;\nassign unused = ^{%s};",
               all.at);
}

// No line beyond column 100: broken at a blank, the rest four columns deeper.
static void put_wrapped(const text *whole, text *out) {
    enum { COLUMNS = 100 };
    for (const char *line = whole->at; line && *line;) {
        size_t length = strcspn(line, "\n"), indent = strspn(line, " ");
        bool comment = strncmp(line + indent, "//", 2) == 0;
        const char *lead = "";
        while (length + strlen(lead) > COLUMNS) {
            size_t at = COLUMNS - strlen(lead);
            while (at > indent + 4 && line[at] != ' ')
                at--;
            if (at <= indent + 4) break;
            text_add(out, "%s%.*s\n", lead, (int)at, line);
            lead = arena_text(out->home, "%*s%s", (int)indent + 4, "", comment ? "//   " : "");
            line += at + 1;
            length -= at + 1;
            indent = 0;
        }
        text_add(out, "%s%.*s\n", lead, (int)length, line);
        line += length + (line[length] == '\n');
    }
}

void rtl_module(const fsm *m, text *out) {
    rtl_module_for_proof(m, out, NULL);
}

void rtl_module_for_proof(const fsm *m, text *out, rtl_proof *proof) {
    arena *home = m->plan->home;
    size_t vars = m->plan->model->vars.n + 1;
    text whole = text_in(home);
    printer p = printer_on(&whole, 2);
    sv s = {.home = home, .m = m, .p = &p, .proof = proof};
    s.name = arena_array(home, vars, sizeof *s.name);
    s.reg = arena_array(home, vars, sizeof *s.reg);
    s.read = arena_array(home, vars, sizeof *s.read);
    s.written = arena_array(home, vars, sizeof *s.written);
    s.state_of = arena_array(home, vars, sizeof *s.state_of);
    name_all(&s);
    print_head(&s);
    print_ports(&s);
    p.level = 1;
    print_registers(&s);
    print_syncs(&s);
    sv_next(&s);
    print_clocked(&s);
    print_outputs(&s);
    print_unused(&s);
    print_blank(&p);
    sv_formal(&s);
    p.level = 0;
    print_blank(&p);
    print_line(&p, "endmodule");
    put_wrapped(&whole, out);
}

// ---- the backend ----

static bool can(const plan *p) {
    (void)p; // every machine that the plan holds
    return true;
}

static bool emit(const plan *p, emission *to) {
    for (size_t k = 0; k < p->machines.n; k++) {
        const fsm *m = p->machines.at[k];
        if (m->same != m) continue;
        text *body = emission_file(to, arena_text(to->home, "%s.sv", m->name));
        rtl_module(m, body);
    }
    return true;
}

const backend backend_rtl = {"rtl", "the controllers, one SystemVerilog module each", can, emit};
