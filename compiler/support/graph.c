// Graphs over numbered nodes; see graph.h. Nothing recurses: a chain of a million nodes is fine.
#include "support/graph.h"

#include <stdint.h>

typedef struct graph_node {
    VEC(size_t) targets;
} graph_node;

struct graph {
    arena *home;
    graph_node *nodes;
    size_t count;
};

static const size_t none = SIZE_MAX;

graph *graph_new(arena *home, size_t nodes) {
    graph *g = arena_new_of(home, graph);
    g->home = home;
    g->nodes = arena_array(home, nodes, sizeof *g->nodes);
    g->count = nodes;
    return g;
}

void graph_edge(graph *g, size_t from, size_t to) {
    vec_push(g->home, &g->nodes[from].targets, to);
}

size_t graph_nodes(const graph *g) {
    return g->count;
}

size_t graph_degree(const graph *g, size_t node) {
    return g->nodes[node].targets.n;
}

size_t graph_target(const graph *g, size_t node, size_t nth) {
    return g->nodes[node].targets.at[nth];
}

static size_t *filled(arena *home, size_t count, size_t value) {
    size_t *all = arena_array(home, count, sizeof *all);
    for (size_t i = 0; i < count; i++)
        all[i] = value;
    return all;
}

// ---- components: Tarjan 1972, with the calls kept in arrays ----

typedef struct search {
    const graph *g;
    size_t *index, *low;      // order of discovery, and the oldest node reached from here
    size_t *next_edge;        // of each node on the path
    size_t *path, *stack;     // nodes that are being visited; nodes without a component yet
    size_t path_n, stack_n;   // of the two
    size_t *component;        // the result
    size_t discovered, found; // nodes; components
} search;

static void enter(search *s, size_t node) {
    s->index[node] = s->low[node] = s->discovered++;
    s->path[s->path_n++] = node;
    s->stack[s->stack_n++] = node;
}

// All edges of the node were followed: it may be the oldest node of a component.
static void leave(search *s, size_t node) {
    s->path_n--;
    if (s->path_n > 0) {
        size_t parent = s->path[s->path_n - 1];
        if (s->low[node] < s->low[parent]) s->low[parent] = s->low[node];
    }
    if (s->low[node] != s->index[node]) return;
    size_t member;
    do {
        member = s->stack[--s->stack_n];
        s->component[member] = s->found;
    } while (member != node);
    s->found++;
}

static void visit_from(search *s, size_t root) {
    enter(s, root);
    while (s->path_n > 0) {
        size_t node = s->path[s->path_n - 1];
        if (s->next_edge[node] == graph_degree(s->g, node)) {
            leave(s, node);
            continue;
        }
        size_t target = graph_target(s->g, node, s->next_edge[node]++);
        if (s->index[target] == none)
            enter(s, target);
        else if (s->component[target] == none && s->index[target] < s->low[node])
            s->low[node] = s->index[target];
    }
}

size_t graph_components(const graph *g, size_t *component) {
    search s = {.g = g, .component = component};
    s.index = filled(g->home, g->count, none);
    s.low = filled(g->home, g->count, none);
    s.next_edge = filled(g->home, g->count, 0);
    s.path = filled(g->home, g->count, none);
    s.stack = filled(g->home, g->count, none);
    for (size_t i = 0; i < g->count; i++)
        component[i] = none;
    for (size_t i = 0; i < g->count; i++)
        if (s.index[i] == none) visit_from(&s, i);
    return s.found;
}

bool graph_is_cyclic(const graph *g, const size_t *component, size_t node) {
    for (size_t i = 0; i < graph_degree(g, node); i++) {
        size_t target = graph_target(g, node, i);
        // A second node of the component is reached by some edge that stays inside it.
        if (component[target] == component[node]) return true;
    }
    return false;
}

// ---- order: Kahn 1962, always the lowest node that is ready (a heap) ----

typedef struct heap {
    size_t *at, n;
} heap;

static void heap_put(heap *h, size_t value) {
    size_t i = h->n++;
    for (; i > 0 && h->at[(i - 1) / 2] > value; i = (i - 1) / 2)
        h->at[i] = h->at[(i - 1) / 2];
    h->at[i] = value;
}

static size_t heap_take(heap *h) {
    size_t least = h->at[0], last = h->at[--h->n], i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= h->n) break;
        if (child + 1 < h->n && h->at[child + 1] < h->at[child]) child++;
        if (last <= h->at[child]) break;
        h->at[i] = h->at[child];
        i = child;
    }
    h->at[i] = last;
    return least;
}

// A cycle through the first node that lies on one: the shortest path from one of its targets back.
static void find_cycle(const graph *g, size_t *cycle, size_t *length) {
    size_t *component = arena_array(g->home, g->count, sizeof *component);
    graph_components(g, component);
    size_t node = 0;
    while (!graph_is_cyclic(g, component, node))
        node++;
    size_t best = none;
    for (size_t i = 0; i < graph_degree(g, node); i++) {
        size_t steps, target = graph_target(g, node, i);
        if (component[target] != component[node]) continue;
        const size_t *path = graph_path(g, g->home, target, node, &steps);
        if (steps >= best) continue;
        best = steps;
        // The path ends in the node; the cycle begins with it.
        cycle[0] = node;
        memcpy(cycle + 1, path, (steps - 1) * sizeof *cycle);
    }
    *length = best;
}

bool graph_order(const graph *g, size_t *order, size_t *cycle_length) {
    size_t *waiting = filled(g->home, g->count, 0), placed = 0;
    heap ready = {.at = filled(g->home, g->count, 0)};
    for (size_t i = 0; i < g->count; i++)
        for (size_t k = 0; k < graph_degree(g, i); k++)
            waiting[graph_target(g, i, k)]++;
    for (size_t i = 0; i < g->count; i++)
        if (waiting[i] == 0) heap_put(&ready, i);
    while (ready.n > 0) {
        size_t node = heap_take(&ready);
        order[placed++] = node;
        for (size_t k = 0; k < graph_degree(g, node); k++) {
            size_t target = graph_target(g, node, k);
            if (--waiting[target] == 0) heap_put(&ready, target);
        }
    }
    *cycle_length = 0;
    if (placed < g->count) find_cycle(g, order, cycle_length);
    return placed == g->count;
}

// ---- shortest paths: breadth first ----

size_t *graph_path(const graph *g, arena *home, size_t from, size_t to, size_t *length) {
    size_t *before = filled(g->home, g->count, none);
    size_t *queue = filled(g->home, g->count, none), first = 0, last = 0;
    queue[last++] = from;
    before[from] = from;
    while (first < last && before[to] == none) {
        size_t node = queue[first++];
        for (size_t k = 0; k < graph_degree(g, node); k++) {
            size_t target = graph_target(g, node, k);
            if (before[target] != none) continue;
            before[target] = node;
            queue[last++] = target;
        }
    }
    *length = 0;
    if (before[to] == none) return NULL;
    size_t count = 1;
    for (size_t node = to; node != from; node = before[node])
        count++;
    size_t *path = arena_array(home, count, sizeof *path);
    *length = count;
    for (size_t node = to, i = count; i-- > 0; node = before[node])
        path[i] = node;
    return path;
}
