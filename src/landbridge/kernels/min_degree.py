"""A node order for ``cch``: minimum degree. Needs no places; for networks with hubs, up to some hundred thousand nodes.

Always the node with the fewest neighbours is eliminated next; its neighbours become a clique. Cliques are kept as
lists (the quotient graph), never as arcs, and degrees are bounded from above instead of counted where cliques
overlap (Amestoy, Davis, Duff, "An Approximate Minimum Degree Ordering Algorithm", 1996).

Where long links and hubs join what lies far apart - ports, services, terminals - there are no small cuts in space
for ``order.nested_dissection`` to find, and this order has a fraction of its triangles. On streets it has fewer arcs
and longer climbs. Measured figures: benchmarks/README.md.
"""

from __future__ import annotations

import numpy as np

from landbridge.kernels.graph import Ints, Longs, ints
from landbridge.kernels.jit import jit
from landbridge.kernels.order import simple_neighbours


@jit
def _take(queue: Ints, last: Ints, following: Ints, before: Ints, degree: int, v: int) -> None:
    """Take a node out of the queue of its degree."""
    if before[v] < 0:
        queue[degree] = following[v]
    else:
        following[before[v]] = following[v]
    if following[v] < 0:
        last[degree] = before[v]
    else:
        before[following[v]] = before[v]


@jit
def _put(queue: Ints, last: Ints, following: Ints, before: Ints, degree: int, v: int) -> None:
    """Put a node last in the queue of its degree."""
    before[v] = last[degree]
    following[v] = -1
    if last[degree] < 0:
        queue[degree] = v
    else:
        following[last[degree]] = v
    last[degree] = v


@jit
def _eliminate(first: Longs, other: Ints) -> Ints:
    """Nodes in the order of their elimination; ``other`` holds the neighbours of every node and is used up.

    The row of a living node holds first ``cliques[v]`` cliques, named by the node that made them, then
    ``singles[v]`` nodes it was joined to from the start and shares no clique with. Each elimination takes a node or a
    clique out of every row to which it adds its own, so rows never grow.
    """
    n = first.size - 1
    degree = np.diff(first).astype(np.int32)
    cliques = np.zeros(n, np.int32)
    singles = degree.copy()
    # First come, first served: a node whose neighbours were just joined waits, so that the tree of cliques stays flat.
    queue = np.full(n + 1, -1, np.int32)
    last = np.full(n + 1, -1, np.int32)
    following = np.empty(n, np.int32)
    before = np.empty(n, np.int32)
    for v in range(n):
        _put(queue, last, following, before, degree[v], v)
    begin = np.zeros(n, np.int64)
    size = np.full(n, -1, np.int32)  # members of a clique, -1 for none
    members = np.empty(other.size + n, np.int32)
    filled = 0
    outside = np.zeros(n, np.int32)  # members of a clique that the newest one lacks
    counted = np.full(n, -1, np.int32)
    inside = np.full(n, -1, np.int32)
    order = np.empty(n, np.int32)
    least = 0
    for step in range(n):
        while queue[least] < 0:
            least += 1
        p = queue[least]
        _take(queue, last, following, before, least, p)
        order[step] = p
        # The clique of p: all it was joined to, directly or by cliques, which it swallows.
        bound = singles[p]
        for k in range(first[p], first[p] + cliques[p]):
            bound += size[other[k]]
        if filled + bound > members.size:
            larger = np.empty(2 * members.size + bound, np.int32)
            larger[:filled] = members[:filled]
            members = larger
        inside[p] = step
        begin[p] = filled
        for k in range(first[p], first[p] + cliques[p]):
            c = other[k]
            for i in range(begin[c], begin[c] + size[c]):
                v = members[i]
                if inside[v] != step:
                    inside[v] = step
                    members[filled] = v
                    filled += 1
            size[c] = -1
        for k in range(first[p] + cliques[p], first[p] + cliques[p] + singles[p]):
            v = other[k]
            if inside[v] != step:
                inside[v] = step
                members[filled] = v
                filled += 1
        size[p] = filled - begin[p]
        for i in range(begin[p], filled):
            v = members[i]
            for k in range(first[v], first[v] + cliques[v]):
                c = other[k]
                if size[c] < 0:
                    continue
                if counted[c] != step:
                    counted[c] = step
                    outside[c] = size[c]
                outside[c] -= 1
        for i in range(begin[p], filled):
            v = members[i]
            end_cliques = first[v] + cliques[v]
            end = end_cliques + singles[v]
            kept = first[v]
            bound = size[p] - 1
            for k in range(first[v], end_cliques):
                c = other[k]
                if size[c] < 0:
                    continue
                if outside[c] == 0:
                    continue  # all its members are in the newest
                other[kept] = c
                kept += 1
                bound += outside[c]
            # Room for p: a clique left the row, or p itself stands among the singles and changes place with the first.
            place = kept
            if place == end_cliques:
                k = place
                while other[k] != p:
                    k += 1
                other[k] = other[place]
                end_cliques += 1
            kept += 1
            for k in range(end_cliques, end):
                if inside[other[k]] != step:
                    other[kept] = other[k]
                    kept += 1
            other[place] = p
            cliques[v] = place + 1 - first[v]
            singles[v] = kept - place - 1
            bound += singles[v]
            bound = min(bound, degree[v] + size[p] - 1, n - step - 2)
            _take(queue, last, following, before, degree[v], v)
            degree[v] = bound
            _put(queue, last, following, before, bound, v)
            least = min(least, bound)
    return order


def minimum_degree(tail: Ints, head: Ints, count: int) -> Ints:
    """An order of ``count`` nodes, int32[n], lowest rank first, for ``cch.build_hierarchy``.

    Loops and parallel arcs do not matter. Deterministic.
    """
    first, other = simple_neighbours(ints(tail), ints(head), count)
    return _eliminate(first, other)
