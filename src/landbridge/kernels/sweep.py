"""Distances from many sources to all nodes, or to a chosen set, by sweeps over the hierarchy from the top down.

After a climb from each source one pass over the supergraph, highest node first, settles everything (PHAST,
Delling, Goldberg, Nowatzyk, Werneck 2011). ``LANES`` sources share a pass, so that the graph is read from
memory once for all of them. A ``Fan`` is the part of the supergraph a pass needs, in the order it needs it: all
nodes, or the ancestors of chosen ones (RPHAST). It belongs to one state of one metric.

For a few thousand targets ``labels`` is faster; this is for distances to everything.

Promises. Distances equal Dijkstra's to float64 rounding and do not depend on how sources are batched or on the
number of threads. Memory: 12 bytes per fan arc; 64 bytes per fan node and thread.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landbridge.kernels.cch import DOWN, UP, Hierarchy, Metric
from landbridge.kernels.graph import Floats, Ints, Longs
from landbridge.kernels.jit import jit
from landbridge.kernels.paths import climb
from landbridge.kernels.threads import run_on_threads

#: Sources that share a sweep: eight float64 fill a cache line.
LANES = 8


class Fan(NamedTuple):
    """Downward search graph of f nodes, highest first.

    ``direction``: of the climb that goes before it (``UP`` for distances from sources, ``DOWN`` for distances to
    them). ``local`` int32[n]: index in the fan of a position, -1 outside; ``first`` int64[f + 1], ``above``
    int32[e] (fan indices, always smaller than the node's own), ``weight`` float64[e].
    """

    direction: int
    local: Ints
    first: Longs
    above: Ints
    weight: Floats


@jit
def _build_fan(
    hierarchy: Hierarchy, value: Floats, perfect: Floats, slot_offset: int, local: Ints
) -> tuple[Longs, Ints, Floats]:
    """Arrays of a fan; ``local`` is 0 for chosen positions and -1 for others, and becomes their index."""
    n = local.size
    count = 0
    arc_count = 0
    prune = perfect.size > 0
    for x in range(n - 1, -1, -1):
        if local[x] >= 0:
            local[x] = count
            count += 1
            for a in range(hierarchy.first_up[x], hierarchy.first_up[x + 1]):
                v = value[2 * a + slot_offset]
                if v < np.inf and not (prune and perfect[2 * a + slot_offset] < v):
                    arc_count += 1
    first = np.zeros(count + 1, np.int64)
    above = np.empty(arc_count, np.int32)
    weight = np.empty(arc_count)
    count = 0
    arc_count = 0
    for x in range(n - 1, -1, -1):
        if local[x] >= 0:
            for a in range(hierarchy.first_up[x], hierarchy.first_up[x + 1]):
                v = value[2 * a + slot_offset]
                if v < np.inf and not (prune and perfect[2 * a + slot_offset] < v):
                    above[arc_count] = local[hierarchy.high[a]]
                    weight[arc_count] = v
                    arc_count += 1
            count += 1
            first[count] = arc_count
    return first, above, weight


@jit
def _mark_ancestors(parent: Ints, position: Ints, local: Ints) -> None:
    """Set ``local`` to 0 at the given positions and all above them."""
    for i in range(position.size):
        x = position[i]
        while x >= 0 and local[x] < 0:
            local[x] = 0
            x = parent[x]


def build_fan(
    hierarchy: Hierarchy,
    metric: Metric,
    direction: int = UP,
    targets: Ints | None = None,
    perfect: Floats | None = None,
) -> Fan:
    """The fan of all nodes, or of ``targets`` and what is above them.

    ``direction`` ``UP`` is for distances from sources, ``DOWN`` for distances to them (backward trees).
    With ``perfect`` (``cch.perfect_values`` of the metric) arcs that no shortest path needs are left out: worth it
    from some twenty sweeps on.
    """
    local = np.full(hierarchy.order.size, 0 if targets is None else -1, np.int32)
    if targets is not None:
        _mark_ancestors(hierarchy.parent, hierarchy.rank[np.asarray(targets, np.int32)], local)
    nothing = np.empty(0)
    offset = DOWN if direction == UP else UP
    first, above, weight = _build_fan(hierarchy, metric.value, nothing if perfect is None else perfect, offset, local)
    return Fan(direction, local, first, above, weight)


@jit
def _sweep(
    hierarchy: Hierarchy,
    value: Floats,
    fan: Fan,
    sources: Ints,
    climbed: Floats,
    last: Ints,
    reached: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    distance: Floats,
) -> None:
    """Distances float64[f, LANES] of the fan's nodes from at most ``LANES`` sources (positions).

    ``climbed`` float64[levels], ``last`` int32[levels] and ``reached`` bool[f] (false before and after) are scratch.
    Lanes without a source come out ``inf``.
    """
    parent, depth = hierarchy.parent, hierarchy.depth
    local = fan.local
    for lane in range(sources.size):
        s = sources[lane]
        climbed[: depth[s] + 1] = np.inf
        climbed[depth[s]] = 0.0
        climb(hierarchy.first_up, hierarchy.high, parent, depth, value, fan.direction, s, -1, np.inf, climbed, last)
        x = s
        while x >= 0:
            i = local[x]
            if i >= 0:
                if not reached[i]:
                    reached[i] = True
                    distance[i] = np.inf
                distance[i, lane] = climbed[depth[x]]
            x = parent[x]
    first, above, weight = fan.first, fan.above, fan.weight
    for i in range(first.size - 1):
        d0 = d1 = d2 = d3 = d4 = d5 = d6 = d7 = np.inf
        if reached[i]:
            reached[i] = False
            d0, d1, d2, d3 = distance[i, 0], distance[i, 1], distance[i, 2], distance[i, 3]
            d4, d5, d6, d7 = distance[i, 4], distance[i, 5], distance[i, 6], distance[i, 7]
        for k in range(first[i], first[i + 1]):
            j = above[k]
            w = weight[k]
            t0, t1, t2, t3 = distance[j, 0] + w, distance[j, 1] + w, distance[j, 2] + w, distance[j, 3] + w
            t4, t5, t6, t7 = distance[j, 4] + w, distance[j, 5] + w, distance[j, 6] + w, distance[j, 7] + w
            d0 = t0 if t0 < d0 else d0
            d1 = t1 if t1 < d1 else d1
            d2 = t2 if t2 < d2 else d2
            d3 = t3 if t3 < d3 else d3
            d4 = t4 if t4 < d4 else d4
            d5 = t5 if t5 < d5 else d5
            d6 = t6 if t6 < d6 else d6
            d7 = t7 if t7 < d7 else d7
        distance[i, 0] = d0
        distance[i, 1] = d1
        distance[i, 2] = d2
        distance[i, 3] = d3
        distance[i, 4] = d4
        distance[i, 5] = d5
        distance[i, 6] = d6
        distance[i, 7] = d7


@jit
def _spread(index: Ints, distance: Floats, lanes: int, result: Floats, row: int) -> None:
    """Copy fan rows ``index`` of each lane into rows of ``result``, float64[k, len(index)]."""
    for v in range(index.size):
        i = index[v]
        for lane in range(lanes):
            result[row + lane, v] = distance[i, lane]


def sweep_distances(
    hierarchy: Hierarchy,
    metric: Metric,
    fan: Fan,
    sources: Ints,
    targets: Ints | None = None,
    threads: int = 1,
    into: Floats | None = None,
) -> Floats:
    """Distances float64[k, n] from ``sources`` to all nodes, or float64[k, len(targets)].

    With a ``DOWN`` fan they are distances from everything to the sources. A fan of chosen targets answers only
    for these. ``into`` reuses the memory of an earlier result.
    """
    position = hierarchy.rank[np.asarray(sources, np.int32)]
    index = fan.local[hierarchy.rank if targets is None else hierarchy.rank[np.asarray(targets, np.int32)]]
    result = np.empty((position.size, index.size)) if into is None else into
    levels = int(hierarchy.depth.max(initial=0)) + 1
    fan_size = fan.first.size - 1
    batches = [(i, min(i + LANES, position.size)) for i in range(0, position.size, LANES)]
    workers = max(1, min(threads, len(batches)))
    distance = [np.empty((fan_size, LANES)) for _ in range(workers)]
    reached = [np.zeros(fan_size, np.bool_) for _ in range(workers)]
    climbed = [np.empty(levels) for _ in range(workers)]
    last = [np.empty(levels, np.int32) for _ in range(workers)]

    def work(worker: int, batch: tuple[int, int]) -> None:
        begin, end = batch
        _sweep(
            hierarchy,
            metric.value,
            fan,
            position[begin:end],
            climbed[worker],
            last[worker],
            reached[worker],
            distance[worker],
        )
        _spread(index, distance[worker], end - begin, result, begin)

    run_on_threads(work, batches, threads)
    return result
