// Which machines are one module: those of one sequencer's text, in parts of one array, whose
// machines are the same when each is named in the words of its own part. The first gives the names.
#include "plan/fsm_build.h"

// Everything that the module is made of, and nothing that says which part it stands in.
static void add_value(const fsm *m, const char *what, const var *v, int64_t value, text *out) {
    text_add(out, "%s %s:%d = %lld\n", what, sequencer_own(m->sequencer, v->name), v->width,
             (long long)value);
}

static void add_counts(const fsm *m, const fsm_count *counts, size_t n, text *out) {
    for (size_t k = 0; k < n; k++) {
        add_value(m, "from", counts[k].v, counts[k].lo, out);
        add_value(m, "to", counts[k].v, counts[k].hi, out);
    }
}

static void add_port(const fsm *m, const fsm_port *p, text *out) {
    text_add(out, "port %d %s:%d[%ld] %d %s\n", p->output, p->name, p->width, p->count, p->settle,
             sequencer_own(m->sequencer, p->v->name));
}

static const char *form_of(const fsm *m) {
    text all = text_in(m->plan->home), *out = &all;
    text_add(out, "%lld\n", (long long)m->sequencer->period);
    fsm_print_states(m, out);
    for (size_t k = 0; k < m->ports.n; k++)
        add_port(m, &m->ports.at[k], out);
    for (size_t k = 0; k < m->reset.n; k++)
        add_value(m, "reset", m->reset.at[k].v, m->reset.at[k].value, out);
    for (size_t k = 0; k < m->kept.n; k++)
        add_value(m, "kept", m->kept.at[k].v, m->kept.at[k].value, out);
    for (size_t k = 0; k < m->pulses.n; k++)
        add_value(m, m->pulses.at[k].name, m->pulses.at[k].count, m->pulses.at[k].bits, out);
    for (size_t k = 0; k < m->wires.n; k++)
        text_add(out, "wire %d\n", m->wires.at[k].stage[1] != NULL);
    add_counts(m, m->counts.at, m->counts.n, out);
    for (size_t k = 0; k < m->threads.n; k++)
        for (size_t n = 0; n < m->threads.at[k]->states.n; n++) {
            const fsm_state *s = m->threads.at[k]->states.at[n];
            text_add(out, "state %s %d %lld %d\n", s->name, s->stay, (long long)s->cycles,
                     s->reached);
            add_counts(m, s->counts.at, s->counts.n, out);
        }
    for (size_t k = 0; k < m->monitors.n; k++)
        text_add(out, "monitor %lld\n", (long long)m->monitors.at[k].source->cycles);
    return all.at;
}

// "t[0].s" -> "t.s": what the machines of an array share, if no other machine has that name.
static const char *without_indices(build *b, const char *path) {
    text out = text_in(b->home);
    for (const char *c = path; *c; c++) {
        if (*c == '[') c += strcspn(c, "]");
        if (*c) text_put(&out, c, 1); // build_flat leaves out the bracket
    }
    return out.at;
}

static bool name_taken(const plan *p, const fsm *m, const char *name) {
    for (size_t k = 0; k < p->machines.n; k++)
        if (p->machines.at[k] != m && p->machines.at[k]->same == p->machines.at[k] &&
            !strcmp(p->machines.at[k]->name, name))
            return true;
    return false;
}

void plan_share_machines(plan *p) {
    build b = {.plan = p, .model = p->model, .home = p->home};
    const char **form = arena_array(p->home, p->machines.n + 1, sizeof *form);
    for (size_t k = 0; k < p->machines.n; k++) {
        fsm *m = p->machines.at[k];
        const sequencer *q = m->sequencer;
        if (!q->block || !strchr(q->block, '[')) continue;
        form[k] = form_of(m);
        for (size_t n = 0; n < k && m->same == m; n++) {
            fsm *first = p->machines.at[n];
            bool one_text = first->same == first && first->sequencer->at.file == q->at.file &&
                            first->sequencer->at.begin == q->at.begin;
            if (one_text && form[n] && !strcmp(form[n], form[k])) m->same = first;
        }
        vec_push(p->home, &m->same->of, q);
        const char *name = arena_text(p->home, "%s_%s", build_flat(&b, p->model->name),
                                      build_flat(&b, without_indices(&b, q->name)));
        if (m->same != m)
            m->name = m->same->name;
        else if (!name_taken(p, m, name))
            m->name = name;
    }
}

const char *fsm_whose(const fsm *m) {
    text out = text_in(m->plan->home);
    text_add(&out, "sequencer%s %s", m->of.n > 1 ? "s" : "", m->sequencer->name);
    for (size_t k = 1; k < m->of.n; k++)
        text_add(&out, ", %s", m->of.at[k]->name);
    return out.at;
}
