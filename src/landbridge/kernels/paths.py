"""Distances and paths between two nodes of a hierarchy: climb from both, meet, unpack to original arcs.

Everything above a node is on one line to its root, so a climb needs memory for that line only. ``climb``, ``unpack``
and what they stand on serve matrices, loading and alternatives as well.
"""

from __future__ import annotations

import numpy as np

from landbridge.kernels.cch import DOWN, UP, Hierarchy, Metric, find_up
from landbridge.kernels.graph import Floats, Ints, Longs
from landbridge.kernels.jit import jit


@jit
def climb(
    first_up: Longs,
    high: Ints,
    parent: Ints,
    depth: Ints,
    value: Floats,
    direction: int,
    start: int,
    stop_depth: int,
    bound: float,
    distance: Floats,
    last: Ints,
) -> None:
    """Relax the arcs above the ancestors of ``start`` that lie deeper than ``stop_depth``, going up.

    ``distance`` and ``last`` (the arc by which an ancestor was reached) are indexed by depth; all ancestors of a
    node have different depths, so nothing larger is needed. Ancestors at or beyond ``bound`` are passed over.
    """
    x = start
    while x >= 0 and depth[x] > stop_depth:
        d = distance[depth[x]]
        if d < bound:
            for a in range(first_up[x], first_up[x + 1]):
                through = d + value[2 * a + direction]
                at = depth[high[a]]
                if through < distance[at]:
                    distance[at] = through
                    last[at] = a
        x = parent[x]


@jit
def common_depth(parent: Ints, depth: Ints, x: int, y: int) -> int:
    """Depth of the deepest common ancestor of two positions, -1 in different trees."""
    while x != y:
        if x < 0 or y < 0:
            return -1
        if depth[x] >= depth[y]:
            x = parent[x]
        else:
            y = parent[y]
    return depth[x]


@jit
def original_arc(hierarchy: Hierarchy, metric: Metric, slot: int) -> int:
    """The cheapest original arc of a slot, the lowest id among equals; -1 if there is none."""
    best = np.inf
    winner = -1
    for k in range(hierarchy.first_original[slot], hierarchy.first_original[slot + 1]):
        a = hierarchy.original[k]
        if metric.weight[a] < best:
            best = metric.weight[a]
            winner = a
    return winner


@jit
def halves(hierarchy: Hierarchy, via: Ints, slot: int) -> tuple[int, int]:
    """The two lower slots, in walking order, that a slot with ``via >= 0`` stands for."""
    near = via[slot]
    far = find_up(hierarchy.first_up, hierarchy.high, hierarchy.low[near], hierarchy.high[slot >> 1])
    if slot & 1 == UP:
        return 2 * near + 1, 2 * far
    return 2 * far + 1, 2 * near


@jit
def unpack(hierarchy: Hierarchy, metric: Metric, slot: int, path: Ints, length: int, stack: Ints) -> tuple[Ints, int]:
    """Append the original arcs of one slot to ``path``; returns the path, larger if it was full, and its length.

    ``stack`` needs one entry more than the tree has levels.
    """
    stack[0] = slot
    size = 1
    while size > 0:
        size -= 1
        s = stack[size]
        if metric.via[s] < 0:
            if length == path.size:
                larger = np.empty(2 * length + 64, np.int32)
                larger[:length] = path
                path = larger
            path[length] = original_arc(hierarchy, metric, s)
            length += 1
        else:
            one, two = halves(hierarchy, metric.via, s)
            stack[size] = two
            stack[size + 1] = one
            size += 2
    return path, length


@jit
def chain(low: Ints, depth: Ints, last: Ints, meeting: int, slots: Ints) -> int:
    """Supergraph arcs from the ancestor at depth ``meeting`` down to where the climb began; returns how many."""
    count = 0
    while last[meeting] >= 0:
        a = last[meeting]
        slots[count] = a
        count += 1
        meeting = depth[low[a]]
    return count


@jit
def _meet(
    hierarchy: Hierarchy,
    value: Floats,
    s: int,
    t: int,
    forward: Floats,
    backward: Floats,
    last_forward: Ints,
    last_backward: Ints,
) -> tuple[float, int]:
    """Distance from position s to t and the depth of the highest node of the path; climbs both sides."""
    first_up, high, parent, depth = hierarchy.first_up, hierarchy.high, hierarchy.parent, hierarchy.depth
    top = max(depth[s], depth[t]) + 1
    forward[:top] = np.inf
    backward[:top] = np.inf
    last_forward[:top] = -1
    last_backward[:top] = -1
    forward[depth[s]] = 0.0
    backward[depth[t]] = 0.0
    shared = common_depth(parent, depth, s, t)
    climb(first_up, high, parent, depth, value, UP, s, shared, np.inf, forward, last_forward)
    climb(first_up, high, parent, depth, value, DOWN, t, shared, np.inf, backward, last_backward)
    best = np.inf
    meeting = -1
    x = s
    while x >= 0 and depth[x] > shared:
        x = parent[x]
    while x >= 0:
        i = depth[x]
        df = forward[i]
        db = backward[i]
        if df + db < best:
            best = df + db
            meeting = i
        # What is not below the best answer so far cannot lead to a better one.
        if df < best:
            for a in range(first_up[x], first_up[x + 1]):
                through = df + value[2 * a]
                at = depth[high[a]]
                if through < forward[at]:
                    forward[at] = through
                    last_forward[at] = a
        if db < best:
            for a in range(first_up[x], first_up[x + 1]):
                through = db + value[2 * a + 1]
                at = depth[high[a]]
                if through < backward[at]:
                    backward[at] = through
                    last_backward[at] = a
        x = parent[x]
    return best, meeting


@jit
def _path(
    hierarchy: Hierarchy,
    metric: Metric,
    source: int,
    target: int,
    forward: Floats,
    backward: Floats,
    last_forward: Ints,
    last_backward: Ints,
    slots: Ints,
    stack: Ints,
) -> tuple[float, Ints]:
    """Distance and original arcs between two nodes."""
    s = hierarchy.rank[source]
    t = hierarchy.rank[target]
    best, meeting = _meet(hierarchy, metric.value, s, t, forward, backward, last_forward, last_backward)
    path = np.empty(256, np.int32)
    length = 0
    if meeting >= 0:
        count = chain(hierarchy.low, hierarchy.depth, last_forward, meeting, slots)
        for i in range(count - 1, -1, -1):
            path, length = unpack(hierarchy, metric, 2 * slots[i], path, length, stack)
        count = chain(hierarchy.low, hierarchy.depth, last_backward, meeting, slots)
        for i in range(count):
            path, length = unpack(hierarchy, metric, 2 * slots[i] + 1, path, length, stack)
    return best, path[:length].copy()


class PathQuery:
    """Distances and paths between two nodes; owns scratch memory, serves one thread.

    Sees later changes of the metric. A path is empty from a node to itself and where there is none (then the
    distance is ``inf``).
    """

    def __init__(self, hierarchy: Hierarchy, metric: Metric) -> None:
        levels = int(hierarchy.depth.max(initial=0)) + 2
        self.hierarchy = hierarchy
        self.metric = metric
        self._distance = (np.empty(levels), np.empty(levels))
        self._last = (np.empty(levels, np.int32), np.empty(levels, np.int32))
        self._slots = np.empty(levels, np.int32)
        self._stack = np.empty(2 * levels, np.int32)

    def distance(self, source: int, target: int) -> float:
        """Least weight of a path from ``source`` to ``target``, ``inf`` if there is none."""
        rank = self.hierarchy.rank
        best, _ = _meet(self.hierarchy, self.metric.value, rank[source], rank[target], *self._distance, *self._last)
        return float(best)

    def path(self, source: int, target: int) -> tuple[float, Ints]:
        """The distance and the ids of the arcs of a shortest path, in walking order."""
        best, arcs = _path(
            self.hierarchy,
            self.metric,
            source,
            target,
            *self._distance,
            *self._last,
            self._slots,
            self._stack,
        )
        return float(best), arcs
