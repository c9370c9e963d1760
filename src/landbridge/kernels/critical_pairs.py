"""Exact N-1 for few pairs on a large network, with a hierarchy.

- ``sparse_closures``: every single arc. For each pair one pass over the arcs gives the replacement of every arc of its
  path at once (see ``_pair_replacements``).
- ``link_closures``: groups, most of them a link's two directions: the same, with trees for the rest.
- ``hierarchy_closures``: any groups: edit the metric, ask the affected pairs, restore.

Promises and words are those of ``critical``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landbridge.kernels.cch import DOWN, UP, Hierarchy, Metric, customise
from landbridge.kernels.changes import Editor
from landbridge.kernels.critical import (
    PIECES,
    ROUNDING,
    Closures,
    Demand,
    Groups,
    Progress,
    Tally,
    add_up,
    closures,
    empty_tallies,
    note,
    preorder,
)
from landbridge.kernels.dijkstra import Search, Tree, path_arcs, pop, sift_up
from landbridge.kernels.graph import Bools, Floats, Graph, Ints, Longs, group, node_count
from landbridge.kernels.jit import jit
from landbridge.kernels.labels import make_labels, pair_distances, pair_paths
from landbridge.kernels.paths import PathQuery
from landbridge.kernels.sweep import LANES, build_fan, sweep_distances
from landbridge.kernels.threads import ranges, run_on_threads

#: Distances to all destinations are kept if they are no more than so many numbers (256 MiB).
MOST_KEPT = 2**25

#: Groups of more arcs are customised anew, smaller ones applied and restored.
LARGEST_EDIT = 2000


class _Numbers(NamedTuple):
    """A tree's nodes numbered so that subtrees are ranges (``critical.preorder``), int32[n] each."""

    place: Ints
    node_at: Ints
    size: Ints


class _Entries(NamedTuple):
    """Arcs that may lead into a subtree from outside, by the place of their head: those of place p are
    ``first[p]:first[p + 1]`` of ``tail_place`` int32, ``cost`` float64 (distance up to their end) and ``arc`` int32.
    """

    first: Longs
    tail_place: Ints
    cost: Floats
    arc: Ints


@jit
def _list_entries(
    graph: Graph, weight: Floats, distance: Floats, tree_arc: Ints, settled: int, numbers: _Numbers, entries: _Entries
) -> None:
    """Fill ``entries`` for a tree. Arcs of the tree are none, nor are those from a node's own subtree: on a network
    of two-way links that is half of all arcs.
    """
    place, size = numbers.place, numbers.size
    count = 0
    for p in range(settled):
        entries.first[p] = count
        y = numbers.node_at[p]
        for k in range(graph.first_in[y], graph.first_in[y + 1]):
            from_place = place[graph.in_tail[k]]
            a = graph.in_arc[k]
            cost = distance[graph.in_tail[k]] + weight[a]
            if cost == np.inf or a == tree_arc[y] or p <= from_place < p + size[y]:
                continue
            entries.tail_place[count] = from_place
            entries.cost[count] = cost
            entries.arc[count] = a
            count += 1
    entries.first[settled] = count


@jit
def _set_levels(numbers: _Numbers, head: Ints, path: Ints, level: Ints) -> None:
    """How many arcs of ``path``, which is one of the tree, the tree path to each place has; 0 before everywhere."""
    place, size = numbers.place, numbers.size
    for i in range(path.size):
        v = head[path[i]]
        begin = place[v]
        end = begin + size[v]
        # What lies below the next arc of the path is left to it.
        inner_begin = end
        inner_end = end
        if i + 1 < path.size:
            inner_begin = place[head[path[i + 1]]]
            inner_end = inner_begin + size[head[path[i + 1]]]
        for p in range(begin, inner_begin):
            level[p] = i + 1
        for p in range(inner_end, end):
            level[p] = i + 1


@jit
def _clear_levels(numbers: _Numbers, head: Ints, path: Ints, level: Ints) -> None:
    """Take back ``_set_levels``."""
    begin = numbers.place[head[path[0]]]
    for p in range(begin, begin + numbers.size[head[path[0]]]):
        level[p] = 0


@jit
def _pair_replacements(
    head: Ints, entries: _Entries, to_target: Floats, numbers: _Numbers, level: Ints, path: Ints
) -> tuple[Floats, Ints]:
    """Lower bounds for the distance when one arc of a shortest path is closed, for all its arcs in one pass.

    Let D(i) be the nodes whose tree path uses path arc i (0-based): those whose place has a ``level`` > i. A
    replacement enters D(i) for the last time by some arc x -> y with level[x] <= i < level[y]; before it the tree
    path to x stands, after it nothing is cheaper than the open distance from y to the target. So the least
    ``distance[x] + weight + to_target[y]`` over all arcs that enter D(i) is a lower bound, and it is reached if a
    shortest path from y to the target avoids arc i (Malik, Mittal, Gupta 1989, for undirected graphs, where that
    always holds; here the caller checks it).

    Each arc serves a range of i; ranges are kept as minima over two overlapping powers of two and handed
    down at the end. Returns the bounds float64[length], ``inf`` if D(i) cannot be entered, and the arcs int32[length].
    """
    length = path.size
    layers = 1
    while (1 << layers) <= length:
        layers += 1
    best = np.full((layers, length), np.inf)
    entry = np.full((layers, length), -1, np.int32)
    first_below = numbers.place[head[path[0]]]
    for p in range(first_below, first_below + numbers.size[head[path[0]]]):
        end = level[p]
        onward = to_target[numbers.node_at[p]]
        if onward == np.inf:
            continue
        for k in range(entries.first[p], entries.first[p + 1]):
            begin = level[entries.tail_place[k]]
            if begin >= end:
                continue
            a = entries.arc[k]
            through = entries.cost[k] + onward
            layer = 0
            while (2 << layer) <= end - begin:
                layer += 1
            for side in range(2):
                at = begin if side == 0 else end - (1 << layer)
                if through < best[layer, at] or (through == best[layer, at] and a < entry[layer, at]):
                    best[layer, at] = through
                    entry[layer, at] = a
    for layer in range(layers - 1, 0, -1):
        for at in range(length):
            if best[layer, at] < np.inf:
                for side in range(2):
                    half = at + side * (1 << (layer - 1))
                    if best[layer, at] < best[layer - 1, half] or (
                        best[layer, at] == best[layer - 1, half] and entry[layer, at] < entry[layer - 1, half]
                    ):
                        best[layer - 1, half] = best[layer, at]
                        entry[layer - 1, half] = entry[layer, at]
    return best[0].copy(), entry[0].copy()


@jit
def _replacement_search(
    graph: Graph,
    weight: Floats,
    to_target: Floats,
    source: int,
    target: int,
    closed_arc: int,
    reached: Floats,
    heap: Ints,
    heap_key: Floats,
    place: Ints,
) -> float:
    """Distance from ``source`` to ``target`` without one arc, guided by the open distances to the target.

    ``reached`` float64[n] is ``inf`` and ``place`` int32[n] -1 before and after; ``heap`` int32[n] and ``heap_key``
    float64[n] are the heap.
    """
    touched = np.empty(256, np.int32)
    count = 0
    touched[0] = source
    count = 1
    reached[source] = 0.0
    sift_up(heap, heap_key, place, 0, source, to_target[source])
    size = 1 if to_target[source] < np.inf else 0
    while size > 0:
        u = pop(heap, heap_key, place, size)
        size -= 1
        if u == target:
            break
        for k in range(graph.first_out[u], graph.first_out[u + 1]):
            v = graph.out_head[k]
            if graph.out_arc[k] == closed_arc or to_target[v] == np.inf:
                continue
            through = reached[u] + weight[graph.out_arc[k]]
            if through < reached[v]:
                if reached[v] == np.inf:
                    if count == touched.size:
                        touched = np.concatenate((touched, np.empty(count, np.int32)))
                    touched[count] = v
                    count += 1
                reached[v] = through
                at = place[v]
                if at < 0:
                    # Also a node popped before: rounding may make the guide inconsistent by a last bit.
                    at = size
                    size += 1
                sift_up(heap, heap_key, place, at, v, through + to_target[v])
    result = reached[target]
    for i in range(count):
        reached[touched[i]] = np.inf
        place[touched[i]] = -1
    return result


class PairScratch:
    """Scratch of one thread of ``sparse_closures``."""

    def __init__(self, graph: Graph, hierarchy: Hierarchy, metric: Metric) -> None:
        n = node_count(graph)
        self.search = Search(graph)
        self.query = PathQuery(hierarchy, metric)
        self.level = np.zeros(n, np.int32)
        self.numbers = _Numbers(np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32))
        m = graph.tail.size
        self.entries = _Entries(np.empty(n + 1, np.int64), np.empty(m, np.int32), np.empty(m), np.empty(m, np.int32))
        self.reached = np.full(n, np.inf)
        self.heap = np.empty(n, np.int32)
        self.heap_key = np.empty(n)
        self.place = np.full(n, -1, np.int32)

    def replacement(self, weight: Floats, to_target: Floats, source: int, target: int, closed_arc: int) -> float:
        """Distance without one arc, by search."""
        distance = _replacement_search(
            self.search.graph,
            weight,
            to_target,
            source,
            target,
            closed_arc,
            self.reached,
            self.heap,
            self.heap_key,
            self.place,
        )
        return float(distance)


def _exact_replacements(
    graph: Graph,
    weight: Floats,
    tree: Tree,
    to_target: Floats,
    path: Ints,
    scratch: PairScratch,
) -> Floats:
    """Distances when each arc of ``path`` is closed: bounds, each proven or replaced by a search."""
    bound, entry = _pair_replacements(graph.head, scratch.entries, to_target, scratch.numbers, scratch.level, path)
    source, target = int(graph.tail[path[0]]), int(graph.head[path[-1]])
    start, end = graph.head[entry], graph.head[path]
    # A path from the entry that used the closed arc would be at least as long as from that arc's tail.
    doubtful = np.isfinite(bound) & (to_target[start] * (1.0 + ROUNDING) >= weight[path] + to_target[end])
    proven_entry = -1
    for i in np.flatnonzero(doubtful)[::-1].tolist():
        # A path that avoids arc i and is shortest cannot have used an earlier arc of this path either.
        if entry[i] == proven_entry:
            continue
        y = int(start[i])
        through = scratch.query.distance(y, int(graph.tail[path[i]])) + weight[path[i]] + to_target[end[i]]
        if through > to_target[y] * (1.0 + ROUNDING):
            proven_entry = int(entry[i])
        else:
            bound[i] = scratch.replacement(weight, to_target, source, target, int(path[i]))
    return bound


@jit
def _note_path(
    tally: Tally, group_of: Ints, path: Ints, pair: int, volume: float, before: float, after: Floats
) -> None:
    """Enter the effects of closing each arc of a pair's path."""
    for i in range(path.size):
        g = group_of[path[i]]
        if g >= 0:
            note(tally, g, pair, volume, before, after[i])


@jit
def _note_pairs(tally: Tally, g: int, pairs: Ints, volume: Floats, before: Floats, after: Floats) -> None:
    """Enter the effects of one closure on the pairs that used it; ``after`` stands in the order of ``pairs``."""
    for i in range(pairs.size):
        pair = pairs[i]
        note(tally, g, pair, volume[pair], before[pair], after[i])


def sparse_closures(
    graph: Graph,
    hierarchy: Hierarchy,
    metric: Metric,
    demand: Demand,
    arcs: Ints,
    threads: int = 1,
    progress: Progress | None = None,
) -> Closures:
    """Effects of closing each of ``arcs`` (distinct) on few pairs of a large network.

    A link of two opposite arcs needs no group: a pair that uses one of them never gains by the other, so what closing
    both does to totals is the sum of what closing each does.

    One tree per origin; per pair an eighth of a sweep (per destination, if distances to all of them can be kept) and
    one pass over the arcs that enter subtrees. Memory per thread: about 180 bytes per node and 16 per arc.
    """
    weight = metric.weight
    group_of = np.full(graph.tail.size, -1, np.int32)
    group_of[arcs] = np.arange(len(arcs), dtype=np.int32)
    fan = build_fan(hierarchy, metric, DOWN)
    targets, column = np.unique(demand.destination, return_inverse=True)
    keep = targets.size * hierarchy.order.size <= MOST_KEPT
    kept = sweep_distances(hierarchy, metric, fan, targets, threads=threads) if keep else np.empty((0, 0))
    pieces = ranges(demand.origin.size, PIECES)
    tallies = empty_tallies(len(pieces), len(arcs), demand.destination.size)
    distance = np.full(demand.destination.size, np.inf)
    scratches = [PairScratch(graph, hierarchy, metric) for _ in range(max(1, threads))]

    def work(worker: int, number: int) -> None:
        scratch = scratches[worker]
        for i in range(*pieces[number]):
            tree = scratch.search.tree(weight, demand.origin[i : i + 1])
            preorder(tree.arc, graph.tail, tree.settled, *scratch.numbers)
            _list_entries(graph, weight, tree.distance, tree.arc, tree.settled.size, scratch.numbers, scratch.entries)
            begin, end = int(demand.first[i]), int(demand.first[i + 1])
            distance[begin:end] = tree.distance[demand.destination[begin:end]]
            reached = begin + np.flatnonzero(np.isfinite(distance[begin:end]))
            for batch in range(0, reached.size, LANES):
                pairs = reached[batch : batch + LANES]
                swept = kept if keep else sweep_distances(hierarchy, metric, fan, demand.destination[pairs])
                for row, pair in enumerate(pairs.tolist()):
                    path = path_arcs(tree.arc, graph.tail, int(demand.destination[pair]))
                    if not path.size:
                        continue
                    _set_levels(scratch.numbers, graph.head, path, scratch.level)
                    after = _exact_replacements(
                        graph, weight, tree, swept[column[pair] if keep else row], path, scratch
                    )
                    _clear_levels(scratch.numbers, graph.head, path, scratch.level)
                    volume, before = float(demand.volume[pair]), float(distance[pair])
                    _note_path(tallies[number], group_of, path, pair, volume, before, after)
        if progress is not None:
            progress(len(pieces))

    run_on_threads(work, range(len(pieces)), threads)
    return add_up(tallies, demand, distance)


def _opposite_or_single(graph: Graph, groups: Groups) -> Bools:
    """Groups of one arc, or of two that are each other's way back, bool[g]; none where such groups share arcs."""
    size = np.diff(groups.first)
    simple = size == 1
    two = np.flatnonzero(size == 2)
    one, other = groups.arc[groups.first[two]], groups.arc[groups.first[two] + 1]
    simple[two] = (graph.tail[one] == graph.head[other]) & (graph.head[one] == graph.tail[other])
    arcs = groups.arc[np.repeat(simple, size)]
    return simple if np.unique(arcs).size == arcs.size else np.zeros_like(simple)


def link_closures(
    graph: Graph,
    hierarchy: Hierarchy,
    metric: Metric,
    demand: Demand,
    groups: Groups,
    threads: int = 1,
    progress: Progress | None = None,
) -> Closures:
    """What ``closures`` says of every group, found pair by pair where a group is one arc or two opposite ones.

    Faster where pairs are few and the network is large. Groups of other kinds are closed tree by tree.
    """
    simple = _opposite_or_single(graph, groups)
    size = np.diff(groups.first)
    in_simple = np.repeat(simple, size)
    group_of = np.repeat(np.arange(simple.size, dtype=np.int32), size)[in_simple]
    single = sparse_closures(graph, hierarchy, metric, demand, groups.arc[in_simple], threads, progress)
    others = np.flatnonzero(~simple).astype(np.int32)
    rest_first = np.append(0, np.cumsum(size[others]))
    rest = closures(graph, metric.weight, demand, Groups(rest_first, groups.arc[~in_simple]), threads)

    def added(of_arcs: Floats, of_rest: Floats) -> Floats:
        # Without any entry numpy counts in whole numbers.
        total: Floats = np.bincount(group_of, of_arcs, simple.size).astype(np.float64)
        total[others] = of_rest
        return total

    affected = added(single.affected, rest.affected)
    ratio = added(single.redundancy * single.affected, rest.redundancy * rest.affected)
    worst = np.zeros(simple.size)
    np.maximum.at(worst, group_of, single.worst)
    worst[others] = rest.worst
    # Of closures that hurt a pair as much the lower group is named.
    by_arc = np.where(single.worst_group < 0, simple.size, np.append(group_of, 0)[single.worst_group])
    by_rest = np.where(rest.worst_group < 0, simple.size, np.append(others, 0)[rest.worst_group])
    takes_rest = (rest.worst_delta > single.worst_delta) | (
        (rest.worst_delta == single.worst_delta) & (by_rest < by_arc)
    )
    worst_group = np.where(takes_rest, by_rest, by_arc)
    return Closures(
        single.base_total,
        added(single.delta_total, rest.delta_total),
        added(single.cut_off, rest.cut_off),
        affected,
        np.divide(ratio, affected, out=np.ones_like(ratio), where=affected > 0),
        worst,
        single.distance,
        np.where(worst_group == simple.size, -1, worst_group).astype(np.int32),
        np.maximum(single.worst_delta, rest.worst_delta),
    )


def hierarchy_closures(
    hierarchy: Hierarchy, metric: Metric, demand: Demand, groups: Groups, threads: int = 1
) -> Closures:
    """Effects of every group on few pairs of a large network, by editing copies of the metric.

    Small groups are applied and restored, large ones customised anew; only pairs whose path uses a
    group are asked again. Memory: a copy of the metric per thread.
    """
    pair_origin: Ints = np.repeat(demand.origin, np.diff(demand.first))
    row: Ints = np.repeat(np.arange(demand.origin.size, dtype=np.int32), np.diff(demand.first))
    targets, inverse = np.unique(demand.destination, return_inverse=True)
    column: Ints = inverse.astype(np.int32)
    forward = make_labels(hierarchy, metric, demand.origin, UP, threads)
    backward = make_labels(hierarchy, metric, targets, DOWN, threads)
    distance, meeting = pair_distances(forward, backward, row, column)
    first, path = pair_paths(hierarchy, metric, forward, backward, row, column, meeting)
    pair_of = np.repeat(np.arange(distance.size, dtype=np.int32), np.diff(first))
    by_arc_first, by_arc = group(path, hierarchy.slot.size)
    group_count = groups.first.size - 1
    distance_after: list[Floats] = [np.empty(0)] * group_count
    affected_pairs: list[Ints] = [np.empty(0, np.int32)] * group_count
    workers = max(1, min(threads, group_count))
    copies = [Metric(metric.weight.copy(), metric.value.copy(), metric.via.copy()) for _ in range(workers)]
    editors = [Editor(hierarchy, copy) for copy in copies]

    def work(worker: int, g: int) -> None:
        arcs = np.unique(groups.arc[groups.first[g] : groups.first[g + 1]])
        users = [pair_of[by_arc[by_arc_first[a] : by_arc_first[a + 1]]] for a in arcs.tolist()]
        pairs = np.unique(np.concatenate(users)) if users else np.empty(0, np.int32)
        affected_pairs[g] = pairs
        if not pairs.size:
            return
        copy = copies[worker]
        small = arcs.size <= LARGEST_EDIT
        if small:
            undo = editors[worker].apply(arcs, np.inf)
        else:
            weight = metric.weight.copy()
            weight[arcs] = np.inf
            customise(hierarchy, weight, into=copy)
        origins, pair_row = np.unique(pair_origin[pairs], return_inverse=True)
        destinations, pair_column = np.unique(demand.destination[pairs], return_inverse=True)
        after, _ = pair_distances(
            make_labels(hierarchy, copy, origins, UP),
            make_labels(hierarchy, copy, destinations, DOWN),
            pair_row.astype(np.int32),
            pair_column.astype(np.int32),
        )
        if small:
            editors[worker].restore(undo)
        else:
            copy.weight[:], copy.value[:], copy.via[:] = metric.weight, metric.value, metric.via
        distance_after[g] = after

    run_on_threads(work, range(group_count), threads)
    tally = empty_tallies(1, group_count, distance.size)[0]
    for g in range(group_count):
        if affected_pairs[g].size:
            _note_pairs(tally, g, affected_pairs[g], demand.volume, distance, distance_after[g])
    return add_up([tally], demand, distance)
