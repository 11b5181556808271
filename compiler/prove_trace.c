// Runs of a controller as people read them, and as waveforms.
#include "prove.h"

size_t trace_width(const proof *p) {
    return p->about.signals.n + 1;
}

static const char *bits_of(const proof *p, const proof_trace *t, size_t cycle, size_t signal) {
    const char *bits = t->bits[cycle * trace_width(p) + signal];
    return bits ? bits : "";
}

static bool is_zero(const char *bits) {
    return strspn(bits, "0") == strlen(bits);
}

static unsigned long long number_of(const char *bits) {
    unsigned long long value = 0;
    for (; *bits; bits++)
        value = value * 2 + (*bits == '1');
    return value;
}

// "AwaitStart", "7 (no state)"
static const char *state_of(arena *home, const fsm_thread *t, const char *bits) {
    unsigned long long value = number_of(bits);
    if (value < t->states.n) return t->states.at[value]->name;
    return arena_text(home, "%llu (no state)", value);
}

// The signals of one role that are not 0: "start n=3"; of states: those that are not done.
static const char *cell_of(const proof *p, const proof_trace *t, size_t cycle, rtl_role role) {
    text out = text_in(p->home);
    for (size_t k = 0; k < p->about.signals.n; k++) {
        const rtl_signal *s = &p->about.signals.at[k];
        const char *bits = bits_of(p, t, cycle, k), *space = out.n ? " " : "";
        if (s->role != role || !bits[0]) continue;
        if (role == RTL_STATE) {
            if (!s->thread->parent || !is_zero(bits))
                text_add(&out, "%s%s", space, state_of(p->home, s->thread, bits));
        } else if (is_zero(bits)) {
            continue;
        } else if (s->width == 1) {
            text_add(&out, "%s%s", space, s->shown);
        } else if (s->width > 62) {
            text_add(&out, "%s%s=0b%s", space, s->shown, bits);
        } else {
            text_add(&out, "%s%s=%llu", space, s->shown, number_of(bits));
        }
    }
    return out.n ? out.at : "-";
}

enum { COLUMNS = 4, MANY = 20 };

static bool same_stretch(const char *const *a, const char *const *b) {
    return !strcmp(a[0], b[0]) && !strcmp(a[3], b[3]);
}

static void print_row(const char *const *row, const size_t *wide, size_t cycle, text *out) {
    text_add(out, "    %5zu  %-*s  %-*s  %-*s  %s\n", cycle, (int)wide[0], row[0], (int)wide[1],
             row[1], (int)wide[2], row[2], row[3]);
}

// One row a cycle; of a stretch with one state and equal outputs the first, and the last: its
// inputs tell what comes next. Of a long run the begin and the end: its waves have all of it.
void trace_print(const proof *p, const proof_trace *t, text *out) {
    static const char *const heads[COLUMNS] = {"state", "inputs not 0", "counters",
                                               "outputs not 0"};
    static const rtl_role roles[COLUMNS] = {RTL_STATE, RTL_INPUT, RTL_COUNTER, RTL_OUTPUT};
    const char *(*rows)[COLUMNS] = arena_array(p->home, t->cycles + 1, sizeof *rows);
    size_t wide[COLUMNS];
    for (int c = 0; c < COLUMNS; c++)
        wide[c] = strlen(heads[c]);
    for (size_t k = 0; k < t->cycles; k++) {
        bool reset = !strcmp(bits_of(p, t, k, p->about.signals.n), "0");
        for (int c = 0; c < COLUMNS; c++) {
            rows[k][c] = cell_of(p, t, k, roles[c]);
            if (c == 0 && reset) rows[k][c] = arena_text(p->home, "(reset) %s", rows[k][c]);
            if (strlen(rows[k][c]) > wide[c]) wide[c] = strlen(rows[k][c]);
        }
    }
    text_add(out, "    cycle  %-*s  %-*s  %-*s  %s\n", (int)wide[0], heads[0], (int)wide[1],
             heads[1], (int)wide[2], heads[2], heads[3]);
    size_t shown = 0;
    for (size_t k = 0; k < t->cycles; k++) {
        size_t last = k;
        while (last + 1 < t->cycles && same_stretch(rows[last + 1], rows[k]))
            last++;
        print_row(rows[k], wide, k, out);
        if (++shown >= MANY && t->cycles - k > MANY + 3) {
            text_add(out, "      ...  %zu cycles left out\n", t->cycles - MANY - k - 1);
            k = t->cycles - MANY - 1;
            continue;
        }
        if (last < k + 3) continue;
        text_add(out, "      ...  %zu cycles alike\n", last - k - 1);
        k = last - 1;
    }
}

// ---- waveforms ----

static void vcd_value(text *out, const char *bits, int width, size_t number) {
    if (width == 1)
        text_add(out, "%ss%zu\n", bits, number);
    else
        text_add(out, "b%s s%zu\n", bits, number);
}

// A cycle is 10 units long, its edge at its end.
void trace_vcd(const proof *p, const proof_trace *t, text *out) {
    size_t n = p->about.signals.n;
    text_add(out, "$timescale 1ns $end\n$scope module %s $end\n", p->m->name);
    text_add(out, "$var wire 1 c clk_i $end\n");
    for (size_t k = 0; k <= n; k++)
        text_add(out, "$var wire %d s%zu %s $end\n", k < n ? p->about.signals.at[k].width : 1, k,
                 k < n ? p->about.signals.at[k].name : "rst_ni");
    text_add(out, "$upscope $end\n$enddefinitions $end\n");
    for (size_t cycle = 0; cycle < t->cycles; cycle++) {
        text_add(out, "#%zu\n1c\n", cycle * 10);
        for (size_t k = 0; k <= n; k++) {
            const char *bits = bits_of(p, t, cycle, k);
            if (bits[0] && (cycle == 0 || strcmp(bits, bits_of(p, t, cycle - 1, k))))
                vcd_value(out, bits, k < n ? p->about.signals.at[k].width : 1, k);
        }
        text_add(out, "#%zu\n0c\n", cycle * 10 + 5);
    }
    text_add(out, "#%zu\n", t->cycles * 10);
}
