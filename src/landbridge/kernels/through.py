"""Trees that stop when they have seen enough of one pair, and sums along their paths.

``tree_through`` is Dijkstra's algorithm with the promises of ``dijkstra.py`` (distances in path order, settled in
ascending (distance, node), the lowest arc among those that give a distance) and two ways to stop: once a node is
settled, nothing beyond ``stretch`` times its distance is; with the distances to a goal, only nodes on a way within
a limit are reached. Within the limits the tree is exact.
"""

from __future__ import annotations

import numpy as np

from landbridge.kernels.dijkstra import Tree, pop, sift_up
from landbridge.kernels.graph import Floats, Graph, Ints, Longs, floats, node_count
from landbridge.kernels.jit import jit


@jit
def _grow(
    first: Longs,
    arc: Ints,
    other: Ints,
    weight: Floats,
    source: int,
    through: int,
    stretch: float,
    limit: float,
    rest: Floats,
    distance: Floats,
    parent_arc: Ints,
    settled: Ints,
) -> int:
    """Grow the tree into ``distance`` (``inf``) and ``parent_arc`` (-1); returns how many nodes were settled."""
    n = distance.size
    heap = np.empty(n, np.int32)
    heap_key = np.empty(n)
    place = np.full(n, -1, np.int32)
    distance[source] = 0.0
    sift_up(heap, heap_key, place, 0, source, 0.0)
    size = 1
    count = 0
    bound = limit
    while size > 0:
        u = pop(heap, heap_key, place, size)
        size -= 1
        base = distance[u]
        if base > bound and rest.size == 0:
            distance[u] = np.inf
            parent_arc[u] = -1
            break
        settled[count] = u
        count += 1
        if u == through:
            bound = min(bound, base * stretch)
        for k in range(first[u], first[u + 1]):
            a = arc[k]
            v = other[k]
            if place[v] == -2:
                continue
            reached = base + weight[a]
            if reached < distance[v]:
                if rest.size > 0 and reached + rest[v] > limit:
                    continue
                distance[v] = reached
                parent_arc[v] = a
                at = place[v]
                if at == -1:
                    at = size
                    size += 1
                sift_up(heap, heap_key, place, at, v, reached)
            elif reached == distance[v] and a < parent_arc[v]:
                parent_arc[v] = a
    for i in range(size):
        distance[heap[i]] = np.inf
        parent_arc[heap[i]] = -1
    return count


def tree_through(
    graph: Graph,
    weight: Floats,
    source: int,
    through: int = -1,
    stretch: float = 1.0,
    limit: float = np.inf,
    rest: Floats | None = None,
) -> Tree:
    """Tree from ``source``; nothing beyond ``stretch`` times the distance of ``through`` is settled.

    With ``rest`` (float64[n], distance from each node to a goal) a node is reached only where distance plus rest is
    within ``limit``; without it nothing beyond ``limit`` is settled.
    """
    n = node_count(graph)
    distance, arc, settled = np.full(n, np.inf), np.full(n, -1, np.int32), np.empty(n, np.int32)
    remaining = np.empty(0) if rest is None else floats(rest)
    count = _grow(
        graph.first_out, graph.out_arc, graph.out_head, floats(weight), source, through, stretch, limit, remaining,
        distance, arc, settled,
    )  # fmt: skip
    return Tree(distance, arc, settled[:count].copy())


@jit
def sums_along(settled: Ints, before: Ints, arc: Ints, value: Floats) -> Floats:
    """Per node the sum of ``value`` float64[m] over the arcs of its tree path; 0 where not settled.

    ``settled``: nodes in the order of a tree; ``before``, ``arc`` int32[n]: node and arc on the way to each, -1 at
    the source.
    """
    total = np.zeros(before.size)
    for i in range(settled.size):
        v = settled[i]
        if arc[v] >= 0:
            total[v] = total[before[v]] + value[arc[v]]
    return total
