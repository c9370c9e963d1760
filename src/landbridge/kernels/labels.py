"""Matrices between many nodes: distances of one attribute and, along the same paths, sums of others (skims).

The label of a node holds its distances to (or from) each of its ancestors in the elimination tree, indexed by
depth. A shortest path from s to t passes a common ancestor of both, so ``d(s, t)`` is the least sum of two labels
over the depths they share: some hundred additions in a row, without touching the graph. Labels take one climb
per node; nothing depends on how far apart nodes are, and any set of pairs can be asked of the same labels.

Promises. Distances equal ``PathQuery.distance`` to float64 rounding. Accompanying sums belong to one shortest
path, the one ``paths`` returns. Memory: 16 bytes per node and level for labels (levels: about 560 on the
detailed world network), 8 bytes per pair and attribute for results.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landbridge.kernels.cch import DOWN, UP, Hierarchy, Metric
from landbridge.kernels.graph import Floats, Ints, Longs, floats, ints
from landbridge.kernels.jit import jit, jit_minimum
from landbridge.kernels.paths import chain, climb, halves, original_arc, unpack
from landbridge.kernels.threads import ranges, run_on_threads

#: Entries of a matrix below which one thread does the work.
SMALLEST_SHARED = 20_000


class Labels(NamedTuple):
    """Climbs from k nodes in one ``direction`` (``UP``: from the nodes, ``DOWN``: to the nodes).

    ``position`` int32[k]; ``ancestor`` int32[k, levels], the position at every depth, -1 below the node's own;
    ``distance`` float64[k, levels]; ``last`` int32[k, levels], the supergraph arc by which an ancestor was
    reached, -1 at the node itself and where not reached.
    """

    direction: int
    position: Ints
    ancestor: Ints
    distance: Floats
    last: Ints


@jit
def _climb_all(hierarchy: Hierarchy, value: Floats, labels: Labels, begin: int, end: int) -> None:
    """Fill the labels ``begin:end``."""
    depth = hierarchy.depth
    parent = hierarchy.parent
    for i in range(begin, end):
        labels.ancestor[i] = -1
        labels.distance[i] = np.inf
        labels.last[i] = -1
        x = labels.position[i]
        labels.distance[i, depth[x]] = 0.0
        climb(
            hierarchy.first_up,
            hierarchy.high,
            parent,
            depth,
            value,
            labels.direction,
            x,
            -1,
            np.inf,
            labels.distance[i],
            labels.last[i],
        )
        while x >= 0:
            labels.ancestor[i, depth[x]] = x
            x = parent[x]


def _rows(count: int, threads: int) -> list[tuple[int, int]]:
    """Rows cut into pieces of work."""
    return ranges(count, max(1, min(8 * threads, count)))


def _worthwhile(size: int, threads: int) -> int:
    """Threads to use for ``size`` entries: starting one takes as long as some thousand entries."""
    return threads if size >= SMALLEST_SHARED else 1


def make_labels(hierarchy: Hierarchy, metric: Metric, nodes: Ints, direction: int, threads: int = 1) -> Labels:
    """Labels of ``nodes`` (int32[k], repetitions allowed) for leaving (``UP``) or entering (``DOWN``) them."""
    position = hierarchy.rank[ints(nodes)]
    levels = int(hierarchy.depth[position].max(initial=0)) + 1
    k = position.size
    labels = Labels(
        direction,
        position,
        np.empty((k, levels), np.int32),
        np.empty((k, levels)),
        np.empty((k, levels), np.int32),
    )

    def work(_worker: int, piece: tuple[int, int]) -> None:
        _climb_all(hierarchy, metric.value, labels, *piece)

    run_on_threads(work, ranges(k, max(1, min(4 * threads, k))), _worthwhile(k * levels, threads))
    return labels


@jit
def shared_levels(one: Ints, two: Ints) -> int:
    """How many ancestors two nodes share, from their rows of ``Labels.ancestor``."""
    left = 0
    right = min(one.size, two.size)
    while left < right:
        middle = (left + right) >> 1
        if one[middle] == two[middle] and one[middle] >= 0:
            left = middle + 1
        else:
            right = middle
    return left


@jit_minimum
def least_sum(one: Floats, two: Floats, count: int) -> float:
    """Least ``one[i] + two[i]`` over the first ``count`` entries, ``inf`` if there are none."""
    best = np.inf
    for i in range(count):
        through = one[i] + two[i]
        best = through if through < best else best
    return best


@jit
def meeting_depth(one: Floats, two: Floats, count: int, best: float) -> int:
    """The deepest depth where the two labels add up to ``best``; -1 where ``best`` is ``inf``."""
    if best == np.inf:
        return -1
    i = count - 1
    while one[i] + two[i] != best:
        i -= 1
    return i


@jit
def _distances(forward: Labels, backward: Labels, result: Floats, meeting: Ints, begin: int, end: int) -> None:
    """Rows ``begin:end`` of the distance matrix and, if ``meeting`` is not empty, of the meeting depths."""
    keep = meeting.size > 0
    for i in range(begin, end):
        for j in range(backward.position.size):
            count = shared_levels(forward.ancestor[i], backward.ancestor[j])
            best = least_sum(forward.distance[i], backward.distance[j], count)
            result[i, j] = best
            if keep:
                meeting[i, j] = meeting_depth(forward.distance[i], backward.distance[j], count, best)


def distances(forward: Labels, backward: Labels, threads: int = 1) -> Floats:
    """Distances float64[k, l] from the nodes of ``forward`` to those of ``backward``; ``inf`` is no path."""
    result = np.empty((forward.position.size, backward.position.size))
    nothing = np.empty((0, 0), np.int32)

    def work(_worker: int, piece: tuple[int, int]) -> None:
        _distances(forward, backward, result, nothing, *piece)

    run_on_threads(work, _rows(result.shape[0], threads), _worthwhile(result.size, threads))
    return result


def meetings(forward: Labels, backward: Labels, threads: int = 1) -> tuple[Floats, Ints]:
    """Distances and the depth of the node where the two climbs meet, int32[k, l], -1 where there is no path."""
    result = np.empty((forward.position.size, backward.position.size))
    meeting = np.empty(result.shape, np.int32)

    def work(_worker: int, piece: tuple[int, int]) -> None:
        _distances(forward, backward, result, meeting, *piece)

    run_on_threads(work, _rows(result.shape[0], threads), _worthwhile(result.size, threads))
    return result, meeting


@jit
def pair_distances(forward: Labels, backward: Labels, row: Ints, column: Ints) -> tuple[Floats, Ints]:
    """Distances float64[p] and meeting depths int32[p] of the pairs (``row[i]``, ``column[i]``) of labels."""
    result = np.empty(row.size)
    meeting = np.empty(row.size, np.int32)
    for i in range(row.size):
        one = forward.distance[row[i]]
        two = backward.distance[column[i]]
        count = shared_levels(forward.ancestor[row[i]], backward.ancestor[column[i]])
        result[i] = least_sum(one, two, count)
        meeting[i] = meeting_depth(one, two, count, result[i])
    return result, meeting


@jit
def pair_paths(
    hierarchy: Hierarchy,
    metric: Metric,
    forward: Labels,
    backward: Labels,
    row: Ints,
    column: Ints,
    meeting: Ints,
) -> tuple[Longs, Ints]:
    """Original arcs of the paths of pairs whose meeting depths are known.

    Returns ``first`` int64[p + 1] and ``path``: pair i takes ``path[first[i]:first[i + 1]]``, in walking order.
    """
    first = np.zeros(row.size + 1, np.int64)
    path = np.empty(1024, np.int32)
    levels = max(forward.last.shape[1], backward.last.shape[1])
    slots = np.empty(levels, np.int32)
    stack = np.empty(int(hierarchy.depth.max()) + 3, np.int32)
    length = 0
    for i in range(row.size):
        if meeting[i] >= 0:
            count = chain(hierarchy.low, hierarchy.depth, forward.last[row[i]], meeting[i], slots)
            for k in range(count - 1, -1, -1):
                path, length = unpack(hierarchy, metric, 2 * slots[k], path, length, stack)
            count = chain(hierarchy.low, hierarchy.depth, backward.last[column[i]], meeting[i], slots)
            for k in range(count):
                path, length = unpack(hierarchy, metric, 2 * slots[k] + 1, path, length, stack)
        first[i + 1] = length
    return first, path[:length].copy()


class Sums(NamedTuple):
    """Sums of accompanying attributes over supergraph slots, found when first asked for.

    ``attribute`` float64[m, q] of the original arcs; ``total`` float64[2c, q]; ``known`` bool[2c]. Belongs to one
    state of one metric: after a change of the metric make a new one.
    """

    attribute: Floats
    total: Floats
    known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def make_sums(hierarchy: Hierarchy, attribute: Floats) -> Sums:
    """Room for the sums of ``attribute`` (float64[m, q]); pages of memory are taken as slots are asked for."""
    c = hierarchy.high.size
    attribute = floats(attribute)
    return Sums(attribute, np.empty((2 * c, attribute.shape[1])), np.zeros(2 * c, np.bool_))


@jit
def _sum_slot(hierarchy: Hierarchy, metric: Metric, sums: Sums, slot: int, stack: Ints) -> None:
    """Make the total of one slot known, and of all below it."""
    if sums.known[slot]:
        return
    q = sums.attribute.shape[1]
    stack[0] = slot
    size = 1
    while size > 0:
        s = stack[size - 1]
        if metric.via[s] < 0:
            a = original_arc(hierarchy, metric, s)
            for i in range(q):
                sums.total[s, i] = sums.attribute[a, i]
            sums.known[s] = True
            size -= 1
            continue
        one, two = halves(hierarchy, metric.via, s)
        ready = True
        if not sums.known[one]:
            stack[size] = one
            size += 1
            ready = False
        if not sums.known[two]:
            stack[size] = two
            size += 1
            ready = False
        if ready:
            for i in range(q):
                sums.total[s, i] = sums.total[one, i] + sums.total[two, i]
            sums.known[s] = True
            size -= 1


@jit
def _sum_labels(hierarchy: Hierarchy, metric: Metric, sums: Sums, labels: Labels, meeting: Ints, total: Floats) -> None:
    """Accompanying sums of every label at the depths where it meets another.

    ``meeting`` int32[k, l] has one row per label; ``total`` float64[k, levels, q].
    """
    depth = hierarchy.depth
    levels = labels.last.shape[1]
    q = sums.attribute.shape[1]
    wanted = np.empty(levels, np.bool_)
    stack = np.empty(2 * int(hierarchy.depth.max()) + 4, np.int32)
    for k in range(labels.position.size):
        wanted[:] = False
        for j in range(meeting.shape[1]):
            at = meeting[k, j]
            if at >= 0:
                wanted[at] = True
        own = depth[labels.position[k]]
        for at in range(own):
            if wanted[at]:
                wanted[depth[hierarchy.low[labels.last[k, at]]]] = True
        for i in range(q):
            total[k, own, i] = 0.0
        for at in range(own - 1, -1, -1):
            if wanted[at]:
                a = labels.last[k, at]
                slot = 2 * a + labels.direction
                _sum_slot(hierarchy, metric, sums, slot, stack)
                before = depth[hierarchy.low[a]]
                for i in range(q):
                    total[k, at, i] = total[k, before, i] + sums.total[slot, i]


@jit
def _gather(meeting: Ints, forward: Floats, backward: Floats, result: Floats, begin: int, end: int) -> None:
    """Rows ``begin:end`` of the accompanying matrices from the two sides."""
    q = result.shape[0]
    for s in range(begin, end):
        for t in range(meeting.shape[1]):
            at = meeting[s, t]
            for i in range(q):
                result[i, s, t] = np.inf if at < 0 else forward[s, at, i] + backward[t, at, i]


class Skim(NamedTuple):
    """``distance`` float64[k, l] of the optimised attribute, ``total`` float64[q, k, l] of the others.

    Both are ``inf`` where there is no path.
    """

    distance: Floats
    total: Floats


def skim(
    hierarchy: Hierarchy,
    metric: Metric,
    sources: Ints,
    targets: Ints,
    sums: Sums,
    threads: int = 1,
) -> Skim:
    """Least ``metric`` between all ``sources`` and ``targets``, and the attributes of ``sums`` along those paths.

    ``sums`` may serve again as long as the metric does not change; that spares work.
    """
    forward = make_labels(hierarchy, metric, sources, UP, threads)
    backward = make_labels(hierarchy, metric, targets, DOWN, threads)
    distance, meeting = meetings(forward, backward, threads)
    q = sums.attribute.shape[1]
    total = np.empty((q, *distance.shape))
    if q:
        left = np.empty((*forward.last.shape, q))
        right = np.empty((*backward.last.shape, q))
        _sum_labels(hierarchy, metric, sums, forward, meeting, left)
        _sum_labels(hierarchy, metric, sums, backward, np.ascontiguousarray(meeting.T), right)

        def work(_worker: int, piece: tuple[int, int]) -> None:
            _gather(meeting, left, right, total, *piece)

        run_on_threads(work, _rows(distance.shape[0], threads), _worthwhile(total.size, threads))
    return Skim(distance, total)
