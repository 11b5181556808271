// Directed graphs over nodes 0 .. n-1: strongly connected components, an order, shortest paths.
// Every result depends only on the numbers of the nodes and the order in which edges were added.
#ifndef WEFT_GRAPH_H
#define WEFT_GRAPH_H

#include "support/arena.h"
#include <stdbool.h>

typedef struct graph graph;

graph *graph_new(arena *home, size_t nodes);
// Nodes must exist. Edges may be given twice.
void graph_edge(graph *g, size_t from, size_t to);
size_t graph_nodes(const graph *g);
size_t graph_degree(const graph *g, size_t node); // edges that leave it
size_t graph_target(const graph *g, size_t node, size_t nth);

// Strongly connected components, numbered such that every edge between two components leads from
// the higher number to the lower. component[node] is filled; returns how many there are.
size_t graph_components(const graph *g, size_t *component);
// A component that is more than one node, or one node with an edge to itself.
bool graph_is_cyclic(const graph *g, const size_t *component, size_t node);

// Fills order[0 .. n-1] such that every edge leads from an earlier to a later node (ties: the lower
// number first). False when there is a cycle; order then holds the nodes of one cycle, and
// *cycle_length says how many.
bool graph_order(const graph *g, size_t *order, size_t *cycle_length);

// The shortest path from one node to another, both ends included, or NULL when there is none. Where
// several are shortest: the one whose edges were added first.
size_t *graph_path(const graph *g, arena *home, size_t from, size_t to, size_t *length);

#endif
