"""Customizable contraction hierarchy: order once, weigh often, ask in microseconds.

Three phases (Dibbelt, Strasser, Wagner, "Customizable Contraction Hierarchies", arXiv 1402.0402):

1. ``build_hierarchy``: from arcs and a node order to a frozen ``Hierarchy``, a chordal supergraph with its
   elimination tree. Knows no weights. Serves any number of metrics.
2. ``customise``: from float64 arc weights to a ``Metric``. ``apply_changes`` re-weighs only what a change of some
   arcs touches and writes an undo log; ``restore`` plays it back, bit for bit.
3. ``PathQuery``: distance and path, as ids of the arcs given in phase 1, between two nodes.
   Many sources or targets: ``labels`` (matrices), ``sweep`` (whole trees).

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
import numpy.typing as npt

from landbridge.kernels.graph import Bools, Floats, Ints, Longs, group, ints, invert
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
def find_up(first_up: Longs, high: Ints, x: int, z: int) -> int:
    """Id of the supergraph arc from x up to z, -1 if there is none."""
    left = first_up[x]
    right = first_up[x + 1]
    while left < right:
        middle = (left + right) >> 1
        if high[middle] < z:
            left = middle + 1
        else:
            right = middle
    if left < first_up[x + 1] and high[left] == z:
        return left
    return -1


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


class Undo(NamedTuple):
    """What a change overwrote, in the order it was overwritten; ``restore`` plays it back from the end."""

    arc: Ints
    weight: Floats
    slot: Ints
    value: Floats
    via: Ints


@jit
def _heap_push(heap: Ints, size: int, item: int) -> Ints:
    """Insert into a binary heap of ``size`` entries; returns the heap, a larger copy if it was full."""
    if size == heap.size:
        larger = np.empty(2 * size, np.int32)
        larger[:size] = heap
        heap = larger
    i = size
    while i > 0:
        parent = (i - 1) >> 1
        if heap[parent] <= item:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = item
    return heap


@jit
def _heap_pop(heap: Ints, size: int) -> int:
    """Remove and return the smallest of ``size`` entries."""
    top = heap[0]
    last = heap[size - 1]
    size -= 1
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            break
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= last:
            break
        heap[i] = heap[child]
        i = child
    if size > 0:
        heap[i] = last
    return top


@jit
def _cheapest_original(hierarchy: Hierarchy, weight: Floats, slot: int) -> float:
    """Least weight of the original arcs of a slot."""
    best = np.inf
    for k in range(hierarchy.first_original[slot], hierarchy.first_original[slot + 1]):
        best = min(best, weight[hierarchy.original[k]])
    return best


@jit
def _find_anew(hierarchy: Hierarchy, metric: Metric, b: int) -> tuple[float, int, float, int]:
    """Value and via of both slots of an arc from its original arcs and all lower triangles, as ``customise`` does."""
    value = metric.value
    up = _cheapest_original(hierarchy, metric.weight, 2 * b)
    down = _cheapest_original(hierarchy, metric.weight, 2 * b + 1)
    via_up = -1
    via_down = -1
    y = hierarchy.low[b]
    z = hierarchy.high[b]
    k = hierarchy.first_below[y]
    k_end = hierarchy.first_below[y + 1]
    j = hierarchy.first_below[z]
    j_end = hierarchy.first_below[z + 1]
    below_low = hierarchy.below_low
    # Both lists ascend by their lower ends. Walk them together, without branches that depend on the data except
    # where they meet; or search if one is much longer.
    merge = 16 * (k_end - k) > j_end - j
    while k < k_end and j < j_end:
        a = hierarchy.below[k]
        c = -1
        if merge:
            one = below_low[k]
            two = below_low[j]
            if one == two:
                c = hierarchy.below[j]
            k += one <= two
            j += two <= one
        else:
            c = find_up(hierarchy.first_up, hierarchy.high, below_low[k], z)
            k += 1
        if c >= 0:
            through = value[2 * a + 1] + value[2 * c]
            if through < up:
                up = through
                via_up = a
            through = value[2 * a] + value[2 * c + 1]
            if through < down:
                down = through
                via_down = a
    return up, via_up, down, via_down


@jit
def _find_all_anew(hierarchy: Hierarchy, metric: Metric, x: int, place: Ints, found: Floats, found_via: Ints) -> None:
    """What ``_find_anew`` finds, for all arcs above ``x`` at once; ``found`` by slot, from x's first on."""
    value = metric.value
    begin = hierarchy.first_up[x]
    for b in range(begin, hierarchy.first_up[x + 1]):
        place[hierarchy.high[b]] = 2 * (b - begin)
    for i in range(2 * (hierarchy.first_up[x + 1] - begin)):
        found[i] = _cheapest_original(hierarchy, metric.weight, 2 * begin + i)
        found_via[i] = -1
    for k in range(hierarchy.first_below[x], hierarchy.first_below[x + 1]):
        a = hierarchy.below[k]
        from_x = value[2 * a + 1]
        to_x = value[2 * a]
        for c in range(a + 1, hierarchy.first_up[hierarchy.low[a] + 1]):
            i = place[hierarchy.high[c]]
            through = from_x + value[2 * c]
            if through < found[i]:
                found[i] = through
                found_via[i] = a
            through = to_x + value[2 * c + 1]
            if through < found[i + 1]:
                found[i + 1] = through
                found_via[i + 1] = a


#: What is known of an arc while changes spread: its slots are to be found anew, their values changed.
_ANEW, _CHANGED_UP, _CHANGED_DOWN = 1, 2, 4

#: From so many arcs of a node on they are found anew all at once.
_MANY = 8


class _Log(NamedTuple):
    """Overwritten slots; the arrays are replaced by larger ones when full."""

    slot: Ints
    value: Floats
    via: Ints


@jit
def _write(metric: Metric, log: _Log, logged: int, slot: int, value: float, via: int) -> _Log:
    """Overwrite a slot and log what it held as entry ``logged``; returns the log."""
    if logged == log.slot.size:
        log = _Log(
            np.concatenate((log.slot, np.empty(logged, np.int32))),
            np.concatenate((log.value, np.empty(logged))),
            np.concatenate((log.via, np.empty(logged, np.int32))),
        )
    log.slot[logged] = slot
    log.value[logged] = metric.value[slot]
    log.via[logged] = metric.via[slot]
    metric.value[slot] = value
    metric.via[slot] = via
    return log


class _Spread(NamedTuple):
    """Scratch of changes: ``state`` uint8[c] and ``waits`` bool[n], zero before and after; the rest is anything.

    ``place`` int32[n]; ``found`` float64[2d], ``found_via`` int32[2d] and ``changed`` int32[2d], d being the largest
    number of arcs above a node.
    """

    state: npt.NDArray[np.uint8]
    waits: Bools
    place: Ints
    found: Floats
    found_via: Ints
    changed: Ints


@jit
def _renew(hierarchy: Hierarchy, metric: Metric, scratch: _Spread, x: int, log: _Log, logged: int) -> tuple[_Log, int]:
    """Find anew the arcs above ``x`` that need it, and note which values changed."""
    state, found, found_via = scratch.state, scratch.found, scratch.found_via
    begin = hierarchy.first_up[x]
    end = hierarchy.first_up[x + 1]
    count = 0
    for b in range(begin, end):
        if state[b] & _ANEW:
            count += 1
    if count >= _MANY:
        _find_all_anew(hierarchy, metric, x, scratch.place, found, found_via)
    for b in range(begin, end):
        if state[b] & _ANEW == 0:
            continue
        if count >= _MANY:
            up, via_up = found[2 * (b - begin)], found_via[2 * (b - begin)]
            down, via_down = found[2 * (b - begin) + 1], found_via[2 * (b - begin) + 1]
        else:
            up, via_up, down, via_down = _find_anew(hierarchy, metric, b)
        if up != metric.value[2 * b] or via_up != metric.via[2 * b]:
            if up != metric.value[2 * b]:
                state[b] |= _CHANGED_UP
            log = _write(metric, log, logged, 2 * b, up, via_up)
            logged += 1
        if down != metric.value[2 * b + 1] or via_down != metric.via[2 * b + 1]:
            if down != metric.value[2 * b + 1]:
                state[b] |= _CHANGED_DOWN
            log = _write(metric, log, logged, 2 * b + 1, down, via_down)
            logged += 1
    return log, logged


@jit
def _apply(
    hierarchy: Hierarchy, metric: Metric, arc: Ints, new_weight: Floats, scratch: _Spread
) -> tuple[Floats, _Log]:
    """Re-weigh ``arc`` and everything above that depends on it; returns old weights and the log of slots.

    Nodes are taken in ascending order, so that all lower triangles of an arc are final when its turn comes.
    """
    first_up = hierarchy.first_up
    high = hierarchy.high
    value = metric.value
    via = metric.via
    state, waits, changed = scratch.state, scratch.waits, scratch.changed
    old_weight = np.empty(arc.size)
    log = _Log(np.empty(64, np.int32), np.empty(64), np.empty(64, np.int32))
    logged = 0
    heap = np.empty(64, np.int32)
    size = 0
    for i in range(arc.size):
        old_weight[i] = metric.weight[arc[i]]
        metric.weight[arc[i]] = new_weight[i]
        slot = hierarchy.slot[arc[i]]
        if slot < 0 or old_weight[i] == new_weight[i]:
            continue
        state[slot >> 1] |= _ANEW
        x = hierarchy.low[slot >> 1]
        if not waits[x]:
            waits[x] = True
            heap = _heap_push(heap, size, x)
            size += 1
    while size > 0:
        x = _heap_pop(heap, size)
        size -= 1
        waits[x] = False
        log, logged = _renew(hierarchy, metric, scratch, x, log, logged)
        begin = first_up[x]
        end = first_up[x + 1]
        count = 0
        for b in range(begin, end):
            if state[b] & (_CHANGED_UP | _CHANGED_DOWN):
                changed[count] = b
                count += 1
        # Every triangle x < y < z with a changed lower side: (x, y) is ``near``, (x, z) is ``far``.
        after = 0
        for near in range(begin, end):
            near_state = state[near]
            near_changed = near_state & (_CHANGED_UP | _CHANGED_DOWN) != 0
            while after < count and changed[after] <= near:
                after += 1
            if after == count and not near_changed:
                break
            y = high[near]
            e = first_up[y]
            for i in range(end - near - 1 if near_changed else count - after):
                far = near + 1 + i if near_changed else changed[after + i]
                far_state = state[far]
                # Of what is above x and y all is above y, so the arc (y, z) stands here or a little further on.
                z = high[far]
                e = max(e, first_up[y] + far - near - 1)
                while high[e] < z:
                    e += 1
                for direction in range(2):
                    if direction == UP:
                        if near_state & _CHANGED_DOWN == 0 and far_state & _CHANGED_UP == 0:
                            continue
                        through = value[2 * near + 1] + value[2 * far]
                    else:
                        if near_state & _CHANGED_UP == 0 and far_state & _CHANGED_DOWN == 0:
                            continue
                        through = value[2 * near] + value[2 * far + 1]
                    slot = 2 * e + direction
                    flags = 0
                    if through < value[slot]:
                        log = _write(metric, log, logged, slot, through, near)
                        logged += 1
                        flags = _CHANGED_UP if direction == UP else _CHANGED_DOWN
                    elif through == value[slot]:
                        # An equal detour through a lower node takes over, or the metric would depend on its past.
                        if through < np.inf and via[slot] > near:
                            log = _write(metric, log, logged, slot, through, near)
                            logged += 1
                    elif via[slot] == near:
                        flags = _ANEW
                    if flags != 0:
                        state[e] |= flags
                        if not waits[y]:
                            waits[y] = True
                            heap = _heap_push(heap, size, y)
                            size += 1
        state[begin:end] = 0
    return old_weight, _Log(log.slot[:logged].copy(), log.value[:logged].copy(), log.via[:logged].copy())


@jit
def _restore(metric: Metric, undo: Undo) -> None:
    """Play an undo log back from its end."""
    for i in range(undo.slot.size - 1, -1, -1):
        metric.value[undo.slot[i]] = undo.value[i]
        metric.via[undo.slot[i]] = undo.via[i]
    for i in range(undo.arc.size - 1, -1, -1):
        metric.weight[undo.arc[i]] = undo.weight[i]


class Editor:
    """Changes of a metric and their exact undoing; owns scratch memory, serves one thread.

    After ``apply`` the metric is bit for bit what ``customise`` would make of the new weights. After
    ``restore`` it is bit for bit what it was. Undo logs must be played back in reverse order of their making.
    """

    def __init__(self, hierarchy: Hierarchy, metric: Metric) -> None:
        self.hierarchy = hierarchy
        self.metric = metric
        most = 2 * int(np.diff(hierarchy.first_up).max(initial=0))
        self._scratch = _Spread(
            np.zeros(hierarchy.high.size, np.uint8),
            np.zeros(hierarchy.order.size, np.bool_),
            np.empty(hierarchy.order.size, np.int32),
            np.empty(most),
            np.empty(most, np.int32),
            np.empty(most, np.int32),
        )

    def apply(self, arc: Ints, weight: Floats | float) -> Undo:
        """Give the original arcs ``arc`` new weights (one each, or one for all; ``np.inf`` closes)."""
        arc = ints(arc)
        new = np.broadcast_to(np.asarray(weight, np.float64), arc.shape).copy()
        old, log = _apply(self.hierarchy, self.metric, arc, new, self._scratch)
        return Undo(arc, old, log.slot, log.value, log.via)

    def restore(self, undo: Undo) -> None:
        """Take back a change."""
        _restore(self.metric, undo)


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
