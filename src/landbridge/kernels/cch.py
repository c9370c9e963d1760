"""Customizable contraction hierarchy: order once, weigh often, ask in microseconds.

Three phases (Dibbelt, Strasser, Wagner, "Customizable Contraction Hierarchies", arXiv 1402.0402):

1. ``build_hierarchy``: from arcs and a node order to a frozen ``Hierarchy``, a chordal supergraph with its
   elimination tree. Knows no weights. Serves any number of metrics.
2. ``customise``: from float64 arc weights to a ``Metric``. ``changes`` re-weighs only what a change of some arcs
   touches, and takes it back, bit for bit.
3. Questions: ``paths`` (one pair), ``labels`` (matrices), ``sweep`` (whole trees).

Promises. Weights are float64 in any unit, never negative; ``inf`` is closed. Distances are the least sums over
paths, equal to Dijkstra's to float64 rounding (sums are grouped differently: relative 1e-15 per addition). Loops
are ignored (they never help), of parallel arcs the cheapest is used, the lowest id first. Among equal values a
supergraph arc prefers an original arc over a detour and a detour through a lower node over one through a higher
node: a metric is a function of the weights alone, whether it came from ``customise`` or from changes, on any
number of threads.

Float64 and not scaled integers: a sum of integers needs a unit and a bound chosen for each attribute, ``inf`` adds
up without care, and answers are Dijkstra's own. What that costs in time beside a peer with 32-bit integers is in the
table of benchmarks/README.md.

Inside, nodes are *positions* 0..n-1 in the order, lowest rank first, and ``order[position]`` is the node. An
arc of the supergraph joins ``low < high``; ids ascend with ``low``, then ``high``. Each has two weights: ``up``
(low -> high) and ``down`` (high -> low). Positions of a subtree of the elimination tree are consecutive.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landbridge.kernels.graph import Floats, Ints, Longs, group, ints, invert
from landbridge.kernels.jit import jit
from landbridge.kernels.threads import ranges, run_on_threads

#: Two weights of a supergraph arc, as columns or as values of a direction.
UP, DOWN = 0, 1


class Hierarchy(NamedTuple):
    """The frozen supergraph: n nodes (as positions), c arcs, over m original arcs.

    - ``order``, ``rank`` int32[n]: node at a position, position of a node.
    - ``first_up`` int64[n + 1], ``low``, ``high`` int32[c]: arcs ``first_up[x]:first_up[x + 1]`` leave x upwards.
    - ``first_below`` int64[n + 1], ``below``, ``below_low`` int32[c]: ids of the arcs that end in a node from
      below, ascending, and the positions they come from.
    - ``parent`` int32[n], -1 at roots; ``depth`` int32[n], 0 at roots; ``subtree`` int32[n], first position of the
      subtree (the subtree of x is ``subtree[x]..x``).
    - ``first_original`` int64[2c + 1], ``original`` int32[m - loops]: original arcs behind supergraph arc a,
      upwards at ``2a``, downwards at ``2a + 1``, ascending.
    - ``slot`` int32[m]: where an original arc stands, ``2a`` or ``2a + 1``; -1 for a loop.
    """

    order: Ints
    rank: Ints
    first_up: Longs
    low: Ints
    high: Ints
    first_below: Longs
    below: Ints
    below_low: Ints
    parent: Ints
    depth: Ints
    subtree: Ints
    first_original: Longs
    original: Ints
    slot: Ints


class Metric(NamedTuple):
    """Weights of one attribute on a hierarchy; written only by ``customise`` and the functions that change it.

    ``weight`` float64[m] original weights (a copy); ``value`` float64[2c] at slots ``2a`` (up) and ``2a + 1``
    (down); ``via`` int32[2c]: -1 where the value is an original arc's (or ``inf``), else the lower arc (x, low)
    of the triangle x < low < high it goes through.
    """

    weight: Floats
    value: Floats
    via: Ints


@jit
def _elimination_tree(first: Longs, other: Ints) -> Ints:
    """Parent of every position; ``other`` holds neighbours of every position (Liu's algorithm)."""
    n = first.size - 1
    parent = np.full(n, -1, np.int32)
    shortcut = np.full(n, -1, np.int32)
    for y in range(n):
        for k in range(first[y], first[y + 1]):
            x = other[k]
            while x != -1 and x < y:
                above = shortcut[x]
                shortcut[x] = y
                if above == -1:
                    parent[x] = y
                x = above if above != y else -1
    return parent


@jit
def _postorder(parent: Ints) -> Ints:
    """Positions in depth-first postorder, children and roots in ascending order."""
    n = parent.size
    first_child = np.full(n + 1, -1, np.int32)
    sibling = np.full(n, -1, np.int32)
    for x in range(n - 1, -1, -1):
        p = parent[x] if parent[x] >= 0 else n
        sibling[x] = first_child[p]
        first_child[p] = x
    result = np.empty(n, np.int32)
    count = 0
    x = first_child[n]
    while x != -1:
        while first_child[x] != -1:
            x = first_child[x]
        while True:
            result[count] = x
            count += 1
            if sibling[x] != -1:
                x = sibling[x]
                break
            x = parent[x]
            if x == -1:
                break
    return result


@jit
def _adjacency(tail: Ints, head: Ints, rank: Ints, count: int) -> tuple[Longs, Ints]:
    """Neighbours of every position in both directions, without loops; may hold repetitions."""
    first = np.zeros(count + 1, np.int64)
    for a in range(tail.size):
        if tail[a] != head[a]:
            first[rank[tail[a]] + 1] += 1
            first[rank[head[a]] + 1] += 1
    for v in range(count):
        first[v + 1] += first[v]
    place = first[:-1].copy()
    other = np.empty(first[count], np.int32)
    for a in range(tail.size):
        if tail[a] != head[a]:
            t = rank[tail[a]]
            h = rank[head[a]]
            other[place[t]] = h
            place[t] += 1
            other[place[h]] = t
            place[h] += 1
    return first, other


@jit
def _fill(first: Longs, other: Ints, parent: Ints) -> tuple[Longs, Ints]:
    """Upper neighbours of every position in the chordal supergraph, ascending."""
    n = first.size - 1
    first_child = np.full(n, -1, np.int32)
    sibling = np.full(n, -1, np.int32)
    for x in range(n - 1, -1, -1):
        if parent[x] >= 0:
            sibling[x] = first_child[parent[x]]
            first_child[parent[x]] = x
    first_up = np.zeros(n + 1, np.int64)
    high = np.empty(other.size + n, np.int32)
    seen = np.full(n, -1, np.int32)
    count = 0
    for y in range(n):
        start = count
        bound = first[y + 1] - first[y]
        child = first_child[y]
        while child != -1:
            bound += first_up[child + 1] - first_up[child]
            child = sibling[child]
        if count + bound > high.size:
            larger = np.empty(2 * high.size + bound, np.int32)
            larger[:count] = high[:count]
            high = larger
        for k in range(first[y], first[y + 1]):
            z = other[k]
            if z > y and seen[z] != y:
                seen[z] = y
                high[count] = z
                count += 1
        child = first_child[y]
        while child != -1:
            for k in range(first_up[child], first_up[child + 1]):
                z = high[k]
                if z > y and seen[z] != y:
                    seen[z] = y
                    high[count] = z
                    count += 1
            child = sibling[child]
        if count - start > 24:
            high[start:count] = np.sort(high[start:count])
        else:
            for i in range(start + 1, count):
                z = high[i]
                k = i
                while k > start and high[k - 1] > z:
                    high[k] = high[k - 1]
                    k -= 1
                high[k] = z
        first_up[y + 1] = count
    return first_up, high[:count].copy()


@jit
def lower_bound(ascending: Ints, left: int, right: int, item: int) -> int:
    """The first position in ``left:right`` whose entry is not below ``item``; ``right`` if there is none."""
    while left < right:
        middle = (left + right) >> 1
        if ascending[middle] < item:
            left = middle + 1
        else:
            right = middle
    return left


@jit
def find_up(first_up: Longs, high: Ints, x: int, z: int) -> int:
    """Id of the supergraph arc from x up to z, -1 if there is none."""
    end = first_up[x + 1]
    a = lower_bound(high, first_up[x], end, z)
    return a if a < end and high[a] == z else -1


@jit
def _slots(tail: Ints, head: Ints, rank: Ints, first_up: Longs, high: Ints) -> Ints:
    """Where every original arc stands (``Hierarchy.slot``)."""
    slot = np.empty(tail.size, np.int32)
    for a in range(tail.size):
        t = rank[tail[a]]
        h = rank[head[a]]
        if t == h:
            slot[a] = -1
        elif t < h:
            slot[a] = 2 * find_up(first_up, high, t, h)
        else:
            slot[a] = 2 * find_up(first_up, high, h, t) + 1
    return slot


@jit
def _originals(slot: Ints, slot_count: int) -> tuple[Longs, Ints]:
    """Original arcs by slot, ascending, loops left out."""
    first = np.zeros(slot_count + 1, np.int64)
    for a in range(slot.size):
        if slot[a] >= 0:
            first[slot[a] + 1] += 1
    for s in range(slot_count):
        first[s + 1] += first[s]
    place = first[:-1].copy()
    original = np.empty(first[slot_count], np.int32)
    for a in range(slot.size):
        if slot[a] >= 0:
            original[place[slot[a]]] = a
            place[slot[a]] += 1
    return first, original


@jit
def _tree_figures(parent: Ints) -> tuple[Ints, Ints]:
    """Depth and first position of the subtree of every position (positions in postorder)."""
    n = parent.size
    depth = np.zeros(n, np.int32)
    subtree = np.arange(n).astype(np.int32)
    for x in range(n):
        p = parent[x]
        if p >= 0 and subtree[x] < subtree[p]:
            subtree[p] = subtree[x]
    for x in range(n - 1, -1, -1):
        if parent[x] >= 0:
            depth[x] = depth[parent[x]] + 1
    return depth, subtree


def build_hierarchy(tail: Ints, head: Ints, order: Ints) -> Hierarchy:
    """The supergraph of the arcs ``tail -> head`` for a node ``order`` (lowest rank first, a permutation).

    The order is first rearranged into a postorder of its elimination tree, which changes neither the
    supergraph nor its tree but makes every subtree a consecutive range.
    """
    n = order.size
    tail, head, order = ints(tail), ints(head), ints(order)
    first, other = _adjacency(tail, head, invert(order), n)
    order = order[_postorder(_elimination_tree(first, other))]
    rank = invert(order)
    first, other = _adjacency(tail, head, rank, n)
    parent = _elimination_tree(first, other)
    first_up, high = _fill(first, other, parent)
    low = np.repeat(np.arange(n, dtype=np.int32), np.diff(first_up))
    first_below, below = group(high, n)
    depth, subtree = _tree_figures(parent)
    slot = _slots(tail, head, rank, first_up, high)
    first_original, original = _originals(slot, 2 * high.size)
    return Hierarchy(
        order,
        rank,
        first_up,
        low,
        high,
        first_below,
        below,
        low[below],
        parent,
        depth,
        subtree,
        first_original,
        original,
        slot,
    )


@jit
def _load(first_original: Longs, original: Ints, weight: Floats, value: Floats, begin: int, end: int) -> None:
    """Set the values of the slots ``begin:end`` to the cheapest original arc, ``inf`` if there is none."""
    for s in range(begin, end):
        best = np.inf
        for k in range(first_original[s], first_original[s + 1]):
            w = weight[original[k]]
            if w < best:
                best = w
        value[s] = best


@jit
def _relax_triangles(
    first_up: Longs,
    low: Ints,
    high: Ints,
    first_below: Longs,
    below: Ints,
    value: Floats,
    via: Ints,
    place: Ints,
    begin: int,
    end: int,
) -> None:
    """Give the up arcs of the positions ``begin:end`` their least values over all lower triangles.

    For each y in turn, all arcs below y must be final. ``place`` is scratch, int32[n].
    """
    for y in range(begin, end):
        if first_below[y] == first_below[y + 1]:
            continue
        for b in range(first_up[y], first_up[y + 1]):
            place[high[b]] = b
        for k in range(first_below[y], first_below[y + 1]):
            a = below[k]
            from_y = value[2 * a + 1]
            to_y = value[2 * a]
            for c in range(a + 1, first_up[low[a] + 1]):
                b = place[high[c]]
                through = from_y + value[2 * c]
                if through < value[2 * b]:
                    value[2 * b] = through
                    via[2 * b] = a
                through = to_y + value[2 * c + 1]
                if through < value[2 * b + 1]:
                    value[2 * b + 1] = through
                    via[2 * b + 1] = a


@jit
def _relax_upper_triangles(
    first_up: Longs,
    low: Ints,
    high: Ints,
    first_below: Longs,
    below: Ints,
    value: Floats,
    place: Ints,
    begin: int,
    end: int,
) -> None:
    """Lower values to true distances, for arcs from below into the positions ``begin:end``, highest first."""
    for y in range(end - 1, begin - 1, -1):
        if first_below[y] == first_below[y + 1]:
            continue
        for b in range(first_up[y], first_up[y + 1]):
            place[high[b]] = b
        for k in range(first_below[y], first_below[y + 1]):
            a = below[k]
            x_up = value[2 * a]
            x_down = value[2 * a + 1]
            best_up = x_up
            best_down = x_down
            for c in range(a + 1, first_up[low[a] + 1]):
                b = place[high[c]]
                y_up = value[2 * b]
                y_down = value[2 * b + 1]
                far_up = value[2 * c]
                far_down = value[2 * c + 1]
                best_up = min(best_up, far_up + y_down)
                best_down = min(best_down, y_up + far_down)
                value[2 * c] = min(far_up, x_up + y_up)
                value[2 * c + 1] = min(far_down, y_down + x_down)
            value[2 * a] = best_up
            value[2 * a + 1] = best_down


class _Plan(NamedTuple):
    """Ranges of positions: independent subtrees, then the runs above them in ascending order."""

    subtrees: list[tuple[int, int]]
    top: list[tuple[int, int]]


def _plan(hierarchy: Hierarchy, largest: int) -> _Plan:
    """Cut the elimination forest into maximal subtrees of at most ``largest`` positions and the rest."""
    n = hierarchy.order.size
    size = np.arange(n) - hierarchy.subtree + 1
    small = size <= largest
    parent = hierarchy.parent
    is_root = small & ((parent < 0) | ~small[np.maximum(parent, 0)])
    roots = np.flatnonzero(is_root)
    subtrees: list[tuple[int, int]] = []
    for begin, end in zip(hierarchy.subtree[roots].tolist(), (roots + 1).tolist(), strict=True):
        if subtrees and subtrees[-1][1] == begin and end - subtrees[-1][0] <= largest:
            subtrees[-1] = (subtrees[-1][0], end)  # neighbouring small ones make one piece of work
        else:
            subtrees.append((begin, end))
    rest = np.flatnonzero(~small)
    cuts = np.flatnonzero(np.diff(rest) > 1) + 1
    top = [(int(run[0]), int(run[-1]) + 1) for run in np.split(rest, cuts) if run.size]
    return _Plan(subtrees, top)


def empty_metric(hierarchy: Hierarchy) -> Metric:
    """Arrays for a metric, to be filled by ``customise``."""
    c, m = hierarchy.high.size, hierarchy.slot.size
    return Metric(np.empty(m), np.empty(2 * c), np.empty(2 * c, np.int32))


def customise(hierarchy: Hierarchy, weight: Floats, threads: int = 1, into: Metric | None = None) -> Metric:
    """The metric of ``weight`` (float64[m]); with ``into`` in the arrays of a metric no longer needed.

    The same bits for any number of threads: pieces are disjoint subtrees, their common ancestors follow.
    """
    metric = empty_metric(hierarchy) if into is None else into
    metric.weight[:] = weight
    c, n = hierarchy.high.size, hierarchy.order.size
    plan = _plan(hierarchy, n if threads <= 1 else max(1000, n // (8 * threads)))
    place = [np.empty(n, np.int32) for _ in range(max(1, threads))]

    def relax(worker: int, piece: tuple[int, int]) -> None:
        _relax_triangles(
            hierarchy.first_up,
            hierarchy.low,
            hierarchy.high,
            hierarchy.first_below,
            hierarchy.below,
            metric.value,
            metric.via,
            place[worker],
            *piece,
        )

    def load(_worker: int, piece: tuple[int, int]) -> None:
        begin, end = piece
        _load(hierarchy.first_original, hierarchy.original, metric.weight, metric.value, begin, end)
        metric.via[begin:end] = -1

    run_on_threads(load, ranges(2 * c, 4 * threads if threads > 1 else 1), threads)
    run_on_threads(relax, plan.subtrees, threads)
    for piece in plan.top:
        relax(0, piece)
    return metric


def perfect_values(hierarchy: Hierarchy, metric: Metric, threads: int = 1) -> Floats:
    """True distances between the ends of every supergraph arc, float64[2c] by slot ("perfect customisation").

    A slot whose perfect value is below its value is never needed on a shortest way up or down:
    ``sweep.build_fan`` leaves it out.
    """
    value = metric.value.copy()
    n = hierarchy.order.size
    plan = _plan(hierarchy, n if threads <= 1 else max(1000, n // (8 * threads)))
    place = [np.empty(n, np.int32) for _ in range(max(1, threads))]

    def relax(worker: int, piece: tuple[int, int]) -> None:
        _relax_upper_triangles(
            hierarchy.first_up,
            hierarchy.low,
            hierarchy.high,
            hierarchy.first_below,
            hierarchy.below,
            value,
            place[worker],
            *piece,
        )

    # Arcs into the top lie partly in the subtrees, so the top goes first; subtrees then touch their own arcs only.
    for piece in reversed(plan.top):
        relax(0, piece)
    run_on_threads(relax, plan.subtrees[::-1], threads)
    return value
