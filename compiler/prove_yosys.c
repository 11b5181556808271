// The proofs, by Yosys: temporal induction over the module's assertions, all together first. Where
// that fails, counterexamples from reset tell what is refuted, counterexamples to induction what
// does not carry itself; both are dropped until what is left does. What carries itself is proved;
// the rest is tried again, with more cycles, taking what is proved for granted.
//
//   all -> induction --yes--> proved
//            no -> for 3, then 10 cycles:
//                    from reset: drop what falls (refuted)
//                    induction:  drop what falls, until nothing does (the rest is proved)
//               -> what is left: long runs by dice; from reset, `steps` cycles: refuted, or bounded
#include "prove.h"

#include "support/file.h"
#include "tool.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

enum { QUICK = 3, DEEP = 10, SECONDS = 30 };

typedef struct shop {
    proof *p;
    arena *home;
    char folder[PATH_MAX];
    bool held;
    bool lemmas;   // are asked for, too
    bool *in;      // by property: is tried
    bool *granted; // is proved: assumed
    bool *fallen;  // is refuted
    bool *closed;  // was refuted before, and is not tried again
} shop;

typedef enum { OUT_PROVED, OUT_BASE, OUT_STEP, OUT_OPEN } ending;

typedef struct outcome {
    ending how;       // OUT_BASE: a run from reset; OUT_STEP: induction fails
    int depth;        // proved, or cycles looked at
    const char *from; // the table of the model in the log; NULL: none
} outcome;

// ---- running Yosys ----

static const char *run(shop *s, const char *script) {
    char problem[4000] = "";
    const char *why, *path = path_join(s->home, s->folder, "proof.ys");
    char *log = NULL;
    size_t length;
    if (!file_write(path, script, strlen(script), &why)) {
        s->p->error = arena_text(s->home, "%s: %s", path, why);
        return NULL;
    }
    weft_command command = {0};
    weft_command_split(&command, "yosys -q -l proof.log -s proof.ys");
    int status = weft_tool_run(&command, s->folder, problem, sizeof problem);
    weft_command_free(&command);
    if (status == 0)
        log = file_read(s->home, path_join(s->home, s->folder, "proof.log"), &length, &why);
    if (!log)
        s->p->error = arena_text(s->home, "proving %s: yosys failed (exit status %d):\n%s",
                                 s->p->m->name, status, problem);
    return log;
}

static void show_all(const shop *s, text *out) {
    const rtl_proof *about = &s->p->about;
    text_add(out, " -show rst_ni");
    for (size_t k = 0; k < about->signals.n; k++)
        text_add(out, " -show %s", about->signals.at[k].name);
    for (size_t k = 0; k < about->properties.n; k++)
        if (s->in[k]) text_add(out, " -show %s", about->properties.at[k].label);
}

static bool applies(const shop *s, size_t property) {
    return s->held || !s->p->about.properties.at[property].held;
}

// One proof of those that are in, from what is granted.
static void add_proof(const shop *s, const char *how, text *out) {
    // From reset nothing needs to be assumed, and less is faster.
    bool assume = !strstr(how, "-baseonly");
    for (size_t k = 0; k < s->p->about.properties.n; k++) {
        const char *label = s->p->about.properties.at[k].label;
        if (!applies(s, k) || s->in[k]) continue;
        text_add(out, "chformal -assert %s c:assert_%s\n",
                 s->granted[k] && assume ? "-assert2assume" : "-remove", label);
    }
    text_add(out, "opt_clean\nsat -set-assumes -timeout %d %s %s", SECONDS, how,
             s->p->sat ? s->p->sat : "");
    show_all(s, out);
    text_add(out, "\n");
}

static const char *script_of(const shop *s, const char *how) {
    text out = text_in(s->home);
    text_add(&out, "read_ilang base.il\n");
    add_proof(s, how, &out);
    return out.at;
}

// ---- reading what it says ----

static const char *last_of(const char *log, const char *words) {
    const char *last = NULL;
    for (const char *at = strstr(log, words); at; at = strstr(at + 1, words))
        last = at;
    return last;
}

// "[base case 7] Solving ..." of the last case of its kind: 7; 0: there is none.
static int number_after(const char *log, const char *words) {
    const char *at = last_of(log, words);
    return at ? (int)strtol(at + strlen(words), NULL, 10) : 0;
}

static outcome read_log(const char *log) {
    outcome out = {.how = OUT_OPEN};
    const char *solved = last_of(log, "] Solving problem with");
    if (strstr(log, "Induction step proven: SUCCESS!")) {
        out.how = OUT_PROVED;
        out.depth = number_after(log, "[induction step ");
    } else if (strstr(log, "model found for base case: FAIL!")) {
        out.how = OUT_BASE;
        out.depth = number_after(log, "[base case ");
        out.from = solved;
    } else if (strstr(log, "proved base case for")) {
        out.how = OUT_PROVED;
        out.depth = number_after(log, "[base case ");
    } else if (strstr(log, "Induction step failed") && !strstr(log, "Interrupted")) {
        out.how = OUT_STEP;
        out.depth = number_after(log, "[induction step ");
        out.from = solved;
    } else {
        out.depth = number_after(log, "[base case ") - 1;
        if (out.depth < 0) out.depth = 0;
    }
    return out;
}

static size_t signal_of(const proof *p, const char *name, size_t length) {
    for (size_t k = 0; k < p->about.signals.n; k++)
        if (strlen(p->about.signals.at[k].name) == length &&
            !strncmp(p->about.signals.at[k].name, name, length))
            return k;
    return length == 6 && !strncmp(name, "rst_ni", 6) ? p->about.signals.n : SIZE_MAX;
}

// A row of the model: "   3 \dwell_q     9     9     1001". False: none.
typedef struct row {
    int cycle; // from 1
    const char *name, *bits;
    size_t name_length, bits_length;
} row;

static bool read_row(const char *line, row *r) {
    char *end;
    size_t length = strcspn(line, "\n");
    long cycle = strtol(line, &end, 10);
    if (end == line || cycle < 1 || strncmp(end, " \\", 2) != 0) return false;
    r->cycle = (int)cycle;
    r->name = end + 2;
    r->name_length = strcspn(r->name, " \n");
    const char *last = line + length;
    while (last > r->name && last[-1] != ' ')
        last--;
    r->bits = last;
    r->bits_length = (size_t)(line + length - last);
    return true;
}

static proof_trace *read_trace(const proof *p, const outcome *from) {
    size_t wide = trace_width(p);
    proof_trace *t = arena_new_of(p->home, proof_trace);
    t->cycles = (size_t)from->depth;
    t->bits = arena_array(p->home, t->cycles * wide + 1, sizeof *t->bits);
    row r;
    for (const char *line = from->from; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        if (!read_row(line, &r) || (size_t)r.cycle > t->cycles) continue;
        size_t k = signal_of(p, r.name, r.name_length);
        if (k != SIZE_MAX)
            t->bits[(size_t)(r.cycle - 1) * wide + k] = arena_copy(p->home, r.bits, r.bits_length);
    }
    return t;
}

// Takes out those that are 0 in the last cycle of the model; how many.
static size_t drop(shop *s, const outcome *from, proof_verdict verdict) {
    const rtl_proof *about = &s->p->about;
    proof_trace *trace = verdict == PROOF_REFUTED ? read_trace(s->p, from) : NULL;
    size_t dropped = 0;
    int last = 0;
    row r;
    for (const char *line = from->from; *line; line += strcspn(line, "\n"), line += *line == '\n')
        if (read_row(line, &r) && r.cycle > last) last = r.cycle;
    for (const char *line = from->from; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        if (!read_row(line, &r) || r.cycle != last || *r.bits != '0' || r.bits_length != 1)
            continue;
        for (size_t k = 0; k < about->properties.n; k++) {
            const char *label = about->properties.at[k].label;
            if (!s->in[k] || strlen(label) != r.name_length ||
                strncmp(label, r.name, r.name_length) != 0)
                continue;
            s->in[k] = false;
            dropped++;
            if (!trace) continue;
            s->fallen[k] = true;
            if (s->p->items[k].verdict == PROOF_PROVED) continue; // without the assumption
            s->p->items[k].verdict = PROOF_REFUTED;
            s->p->items[k].depth = from->depth;
            s->p->items[k].counter = trace;
            s->p->items[k].held = s->held;
        }
    }
    return dropped;
}

// ---- the proofs of one kind of inputs ----

static size_t count_in(const shop *s) {
    size_t count = 0;
    for (size_t k = 0; k < s->p->about.properties.n; k++)
        count += s->in[k];
    return count;
}

static void grant(shop *s, int depth) {
    for (size_t k = 0; k < s->p->about.properties.n; k++) {
        proof_item *item = &s->p->items[k];
        if (!s->in[k]) continue;
        s->granted[k] = true;
        if (item->verdict == PROOF_PROVED && (s->held || !item->held)) continue;
        *item = (proof_item){.verdict = PROOF_PROVED, .depth = depth, .held = s->held};
    }
}

// The module, made ready; and a first proof. False: Yosys failed.
static bool begin(shop *s, const char *how, outcome *out) {
    const proof *p = s->p;
    text script = text_in(s->home);
    const char *why, *name = arena_text(s->home, "%s.sv", p->m->name);
    const char *path = path_join(s->home, s->folder, name);
    if (!file_write(path, p->text, strlen(p->text), &why)) {
        s->p->error = arena_text(s->home, "%s: %s", path, why);
        return false;
    }
    char rtl[PATH_MAX]; // Yosys runs in another folder
    bool whole = p->rtl[0] == '/' || !getcwd(rtl, sizeof rtl);
    const char *folder = whole ? p->rtl : path_join(s->home, rtl, p->rtl);
    text_add(&script, "read_verilog -sv -formal%s %s", s->held ? " -DFORMAL_HELD" : "", name);
    if (strstr(p->text, "weft_pwm #")) text_add(&script, " \"%s/weft_pwm.sv\"", folder);
    if (strstr(p->text, "weft_sync #")) text_add(&script, " \"%s/weft_sync.sv\"", folder);
    // What a counterexample shows must not be optimised away.
    text_add(&script, "\nsetattr -set keep 1 %s/w:cover_*\n", p->m->name);
    for (size_t k = 0; k < p->about.signals.n; k++)
        text_add(&script, "setattr -set keep 1 %s/w:%s\n", p->m->name, p->about.signals.at[k].name);
    text_add(&script, "prep -flatten -top %s\nasync2sync\nopt_clean\nwrite_ilang base.il\n",
             p->m->name);
    add_proof(s, how, &script);
    const char *log = run(s, script.at);
    if (log) *out = read_log(log);
    return log != NULL;
}

// Drops what a run from reset refutes. The cycles in which the rest holds; -1: Yosys failed.
static int refute(shop *s, int steps) {
    const char *how =
        arena_text(s->home, "-tempinduct-baseonly -prove-asserts -maxsteps %d", steps);
    while (count_in(s)) {
        const char *log = run(s, script_of(s, how));
        if (!log) return -1;
        outcome out = read_log(log);
        if (out.how != OUT_BASE) return out.depth;
        if (!drop(s, &out, PROOF_REFUTED)) return out.depth - 1;
    }
    return steps;
}

// Drops what does not carry itself over so many cycles, and grants the rest. False: Yosys failed.
static bool induce(shop *s, int depth) {
    // Yosys leaves out the step that -initsteps names, too.
    const char *how =
        arena_text(s->home, "-tempinduct-inductonly -prove-asserts -initsteps %d -maxsteps %d",
                   depth - 1, depth);
    while (count_in(s)) {
        const char *log = run(s, script_of(s, how));
        if (!log) return false;
        outcome out = read_log(log);
        if (out.how == OUT_PROVED) {
            grant(s, depth);
            return true;
        }
        if (out.how != OUT_STEP || !drop(s, &out, PROOF_OPEN)) return true;
    }
    return true;
}

// Whether something that people ask for is in, not lemmas only.
static bool has_property(const shop *s) {
    if (s->lemmas) return count_in(s) > 0;
    for (size_t k = 0; k < s->p->about.properties.n; k++)
        if (s->in[k] && !s->p->about.properties.at[k].lemma) return true;
    return false;
}

// Takes up again what is neither proved nor refuted. False: nothing.
static bool take_open(shop *s) {
    const proof *p = s->p;
    for (size_t k = 0; k < p->about.properties.n; k++)
        s->in[k] = applies(s, k) && !s->granted[k] && !s->fallen[k] && !s->closed[k];
    return count_in(s) > 0;
}

static void mark_bounded(shop *s, size_t k, int cycles) {
    proof_item *item = &s->p->items[k];
    bool held = s->held && (item->held || item->verdict == PROOF_REFUTED);
    *item = (proof_item){.verdict = PROOF_BOUNDED, .depth = cycles, .held = held};
}

static bool prove_all(shop *s) {
    static const int depths[] = {QUICK, DEEP};
    proof *p = s->p;
    outcome out;
    size_t room = p->about.properties.n + 1;
    s->in = arena_array(p->home, room, sizeof *s->in);
    s->granted = arena_array(p->home, room, sizeof *s->granted);
    s->fallen = arena_array(p->home, room, sizeof *s->fallen);
    // What is proved already holds under an assumption, too.
    for (size_t k = 0; k < p->about.properties.n; k++)
        s->granted[k] =
            applies(s, k) && p->items[k].verdict == PROOF_PROVED && (s->held || !p->items[k].held);
    take_open(s);
    const char *how = arena_text(s->home, "-tempinduct -prove-asserts -maxsteps %d", QUICK);
    if (!begin(s, how, &out)) return false;
    if (out.how == OUT_PROVED) {
        grant(s, out.depth);
        return true;
    }
    for (size_t n = 0; n < sizeof depths / sizeof *depths && take_open(s) && has_property(s); n++) {
        int holds = refute(s, depths[n]);
        if (holds < 0) return false;
        take_open(s);
        for (size_t k = 0; k < p->about.properties.n; k++)
            if (s->in[k] && p->items[k].verdict != PROOF_PROVED) mark_bounded(s, k, holds);
        if (holds >= depths[n] && !induce(s, depths[n])) return false;
    }
    return true;
}

// ---- the whole ----

static bool open_shop(shop *s, proof *p) {
    char cache[PATH_MAX], problem[300] = "";
    *s = (shop){.p = p, .home = p->home};
    if (weft_cache_folder(cache, sizeof cache, problem, sizeof problem) &&
        weft_work_folder(cache, s->folder, sizeof s->folder))
        return true;
    p->error = arena_text(p->home, "%s", problem[0] ? problem : "no folder to work in");
    return false;
}

static bool is_open(const proof *p) {
    for (size_t k = 0; k < p->about.properties.n; k++)
        if (!p->about.properties.at[k].lemma && p->items[k].verdict != PROOF_PROVED) return true;
    return false;
}

// What a long run by dice refutes.
static void search(proof *p) {
    for (size_t k = 0; k < p->about.properties.n; k++) {
        proof_item *item = &p->items[k];
        const rtl_property *about = &p->about.properties.at[k];
        if (item->verdict != PROOF_BOUNDED || about->monitor < 0 || about->lemma) continue;
        proof_trace *found = search_guarantee(p, about->monitor);
        if (!found) continue;
        item->verdict = PROOF_REFUTED;
        item->depth = (int)found->cycles;
        item->counter = found;
    }
}

// What is still open, further from reset. False: Yosys failed.
static bool look_further(shop *s, int steps) {
    proof *p = s->p;
    for (size_t k = 0; k < p->about.properties.n; k++)
        s->in[k] = !p->about.properties.at[k].lemma && p->items[k].verdict == PROOF_BOUNDED;
    if (!count_in(s)) return true;
    int holds = refute(s, steps);
    for (size_t k = 0; k < p->about.properties.n; k++)
        if (s->in[k] && p->items[k].verdict == PROOF_BOUNDED && holds > p->items[k].depth) {
            p->items[k].depth = holds;
            p->items[k].held = s->held;
        }
    return holds >= 0;
}

// With any inputs; what falls when start comes and goes as it likes may hold when it stays until
// done.
static bool prove_both(shop *s) {
    const proof *p = s->p;
    s->held = false;
    s->closed = arena_array(s->home, p->about.properties.n + 1, sizeof *s->closed);
    for (size_t k = 0; k < p->about.properties.n; k++)
        s->closed[k] = p->items[k].verdict == PROOF_REFUTED;
    bool fine = prove_all(s);
    if (!fine || !is_open(p) || !p->m->start || !p->m->done) return fine;
    s->held = true;
    return prove_all(s);
}

static bool is_bounded(const proof *p) {
    for (size_t k = 0; k < p->about.properties.n; k++)
        if (!p->about.properties.at[k].lemma && p->items[k].verdict == PROOF_BOUNDED) return true;
    return false;
}

bool proof_run(proof *p, int steps) {
    shop s;
    if (!open_shop(&s, p)) return false;
    bool fine = prove_both(&s);
    if (fine) search(p);
    if (fine && is_bounded(p) && guess_values(p)) fine = prove_both(&s);
    fine = fine && look_further(&s, steps);
    weft_work_remove(s.folder);
    return fine;
}

static bool take_shop(shop *s, proof *p) {
    size_t room = p->about.properties.n + 1;
    if (!open_shop(s, p)) return false;
    s->in = arena_array(p->home, room, sizeof *s->in);
    s->granted = arena_array(p->home, room, sizeof *s->granted);
    s->fallen = arena_array(p->home, room, sizeof *s->fallen);
    return true;
}

bool proof_refute(proof *p, int steps) {
    shop s;
    outcome out;
    if (!take_shop(&s, p)) return false;
    for (size_t k = 0; k < p->about.properties.n; k++)
        s.in[k] = applies(&s, k) && !p->about.properties.at[k].lemma;
    bool fine = begin(&s, "-tempinduct-baseonly -prove-asserts -maxsteps 1", &out) &&
                refute(&s, steps) >= 0;
    weft_work_remove(s.folder);
    return fine;
}

bool proof_reach(proof *p, int steps) {
    shop s;
    guess_values(p);
    if (!take_shop(&s, p)) return false;
    s.closed = arena_array(p->home, p->about.properties.n + 1, sizeof *s.closed);
    s.lemmas = true;
    bool fine = prove_all(&s);
    for (size_t k = 0; k < p->about.properties.n; k++)
        s.in[k] = false;
    for (size_t k = 0; k < p->states.n; k++)
        if (p->states.at[k].cycle < 0 && p->items[p->states.at[k].never].verdict == PROOF_BOUNDED)
            s.in[p->states.at[k].never] = true;
    int holds = fine ? refute(&s, steps) : -1;
    fine = holds >= 0;
    weft_work_remove(s.folder);
    for (size_t k = 0; k < p->states.n && fine; k++) {
        proof_state *state = &p->states.at[k];
        const proof_item *item = &p->items[state->never];
        if (state->cycle >= 0) continue;
        state->unreachable = item->verdict == PROOF_PROVED;
        state->looked = holds > item->depth ? holds : item->depth;
        if (item->verdict != PROOF_REFUTED) continue;
        state->trace = item->counter;
        state->cycle = item->depth - 1;
    }
    return fine;
}
