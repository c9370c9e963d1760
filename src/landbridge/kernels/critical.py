"""Exact N-1: what the closure of every arc, or group of arcs, does to all demand.

Three ways, all exact for shortest-path loading at fixed weights or for logit choice:

- ``closures``: any groups, any demand, by trees. For each origin only the part of its tree below the
  closed arcs is repaired: a small search from its rim. For networks up to some ten thousand arcs.
- ``sparse_closures``: every single arc, few pairs, large networks, with a hierarchy. For each pair one pass over the
  arcs gives the replacement of every arc of its path at once (see ``_pair_replacements``).
- ``hierarchy_closures``: any groups, few pairs, large networks: edit the metric, ask the affected pairs, restore.
- ``logit_closures``: choice among listed routes, in closed form from one loading.

Closing is giving an infinite weight to all arcs of a group at once; a physical link is the group of its two
directions, a chosen pair of closures the union of two groups (``unite``).

Promises. Costs never fall by a closure (differences below rounding are zero). Demand that finds no way any more is
*cut off*: it is counted apart and in no cost. Demand that had no way before is in neither. Sums are made in an order
that does not depend on the number of threads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landbridge.kernels.cch import DOWN, UP, Editor, Hierarchy, Metric, PathQuery, customise
from landbridge.kernels.dijkstra import Search, Tree, path_arcs, pop, sift_up
from landbridge.kernels.graph import Floats, Graph, Ints, Longs, floats, group, ints, longs, node_count
from landbridge.kernels.jit import jit
from landbridge.kernels.labels import make_labels, pair_distances, pair_paths
from landbridge.kernels.sweep import LANES, build_fan, sweep_distances
from landbridge.kernels.threads import ranges, run_on_threads

#: Origins are worked on in this many pieces, whatever the number of threads, so that sums do not depend on it.
PIECES = 16

#: Groups of more arcs are customised anew, smaller ones applied and restored.
LARGEST_EDIT = 2000

#: Relative difference under which two sums of one path are taken as equal.
ROUNDING = 1e-12


class Groups(NamedTuple):
    """Closures: group g closes the arcs ``arc[first[g]:first[g + 1]]``; groups may overlap."""

    first: Longs
    arc: Ints


class Demand(NamedTuple):
    """Distinct pairs of nodes with a volume, sorted by origin then destination.

    ``origin`` int32[o] distinct; pairs of origin i are ``first[i]:first[i + 1]`` of ``destination`` int32[p] and
    ``volume`` float64[p]; ``source`` int64[p] is where a pair stood in the arrays it was made of.
    """

    origin: Ints
    first: Longs
    destination: Ints
    volume: Floats
    source: Longs


class Closures(NamedTuple):
    """Effects of g closures on p pairs.

    ``base_total``: volume times distance of all pairs that have a path. Per group, float64[g]: ``delta_total``, the
    rise of that total over pairs that still have a path; ``cut_off``, volume without a path; ``affected``, volume
    whose path used the group; ``redundancy``, mean over affected volume of old / new distance, 0 for cut-off
    (1: an equal second way; NaN-free: 1 where nothing is affected); ``worst``, largest rise for one pair.
    Per pair, in the order of ``Demand``: ``distance`` float64[p] before; ``worst_group`` int32[p], the closure
    that hurts most (cut-off before rise, then the lower group; -1 if none hurts) and ``worst_delta``.
    """

    base_total: float
    delta_total: Floats
    cut_off: Floats
    affected: Floats
    redundancy: Floats
    worst: Floats
    distance: Floats
    worst_group: Ints
    worst_delta: Floats


def make_groups(members: list[Ints]) -> Groups:
    """Groups from lists of arc ids."""
    first = np.zeros(len(members) + 1, np.int64)
    first[1:] = np.cumsum([len(member) for member in members])
    arcs = [np.asarray(member, np.int32) for member in members]
    return Groups(first, np.concatenate(arcs) if arcs else np.empty(0, np.int32))


def single_arcs(arcs: Ints) -> Groups:
    """One group per arc."""
    arcs = ints(arcs)
    return Groups(np.arange(arcs.size + 1, dtype=np.int64), arcs)


def groups_of(label: Ints, count: int) -> Groups:
    """Group ``label[a]`` of every arc a (int32[m], -1 for none), of ``count`` groups."""
    first, member = group(np.where(label < 0, count, label).astype(np.int32), count + 1)
    return Groups(first[:-1].copy(), member[: first[count]].copy())


def unite(groups: Groups, one: Ints, two: Ints) -> Groups:
    """Chosen pairs of closures: for every i the union of the groups ``one[i]`` and ``two[i]``."""
    arcs = [groups.arc[groups.first[g] : groups.first[g + 1]] for g in range(groups.first.size - 1)]
    pairs = zip(one.tolist(), two.tolist(), strict=True)
    return make_groups([np.union1d(arcs[g], arcs[h]) for g, h in pairs])


def make_demand(origin: Ints, destination: Ints, volume: Floats) -> Demand:
    """Sort pairs; they must be distinct."""
    origin = np.asarray(origin, np.int32)
    destination = np.asarray(destination, np.int32)
    by_pair = np.lexsort((destination, origin))
    distinct, start = np.unique(origin[by_pair], return_index=True)
    first = np.append(start, origin.size).astype(np.int64)
    return Demand(
        distinct,
        first,
        destination[by_pair],
        np.asarray(volume, np.float64)[by_pair],
        by_pair.astype(np.int64),
    )


class _Tally(NamedTuple):
    """Sums of one piece of work, by group, and per pair the worst closure (written by that piece only)."""

    delta: Floats
    cut_off: Floats
    affected: Floats
    ratio: Floats
    worst: Floats
    worst_group: Ints
    worst_delta: Floats


@jit
def _note(tally: _Tally, g: int, pair: int, volume: float, before: float, after: float) -> None:
    """Enter the effect of closure ``g`` on one pair whose path used it."""
    tally.affected[g] += volume
    if after == np.inf:
        tally.cut_off[g] += volume
        delta = np.inf
    else:
        delta = after - before
        if delta <= ROUNDING * after:
            delta = 0.0
            after = before
        tally.delta[g] += volume * delta
        tally.ratio[g] += volume * (before / after if after > 0.0 else 1.0)
        tally.worst[g] = max(tally.worst[g], delta)
    if delta > 0.0 and (
        delta > tally.worst_delta[pair] or (delta == tally.worst_delta[pair] and 0 <= g < tally.worst_group[pair])
    ):
        tally.worst_delta[pair] = delta
        tally.worst_group[pair] = g


@jit
def preorder(arc: Ints, tail: Ints, settled: Ints, place: Ints, node_at: Ints, size: Ints) -> None:
    """Number the nodes of a tree so that every subtree is a range: ``place[v]`` up to ``place[v] + size[v]``.

    ``place`` is -1 outside the tree; ``node_at`` is its inverse. All int32[n], written whole.
    """
    place[:] = -1
    size[:] = 0
    following = np.empty(size.size, np.int32)
    for i in range(settled.size - 1, -1, -1):
        v = settled[i]
        size[v] += 1
        if arc[v] >= 0:
            size[tail[arc[v]]] += size[v]
    roots = 0
    for i in range(settled.size):
        v = settled[i]
        if arc[v] < 0:
            place[v] = roots
            roots += size[v]
        else:
            parent = tail[arc[v]]
            place[v] = following[parent]
            following[parent] += size[v]
        following[v] = place[v] + 1
        node_at[place[v]] = v


@jit
def _close_groups(
    graph: Graph,
    weight: Floats,
    distance: Floats,
    tree_arc: Ints,
    settled: Ints,
    destination: Ints,
    volume: Floats,
    pair_offset: int,
    groups_first: Longs,
    groups_arc: Ints,
    tally: _Tally,
) -> None:
    """Effects of all groups on the pairs of one origin, whose tree is given; repairs below closed arcs only."""
    tail, head = graph.tail, graph.head
    first_in, in_arc, in_tail = graph.first_in, graph.in_arc, graph.in_tail
    first_out, out_arc, out_head = graph.first_out, graph.out_arc, graph.out_head
    n = distance.size
    place = np.empty(n, np.int32)
    node_at = np.empty(n, np.int32)
    size = np.empty(n, np.int32)
    preorder(tree_arc, tail, settled, place, node_at, size)
    pair_at = np.full(n, -1, np.int32)
    for i in range(destination.size):
        if distance[destination[i]] < np.inf:
            pair_at[destination[i]] = i
    wanted_below = np.zeros(n, np.int32)
    for i in range(settled.size - 1, -1, -1):
        v = settled[i]
        if pair_at[v] >= 0:
            wanted_below[v] += 1
        if tree_arc[v] >= 0:
            wanted_below[tail[tree_arc[v]]] += wanted_below[v]
    closed = np.full(tail.size, -1, np.int32)
    cut = np.full(n, -1, np.int32)
    new = np.full(n, np.inf)
    heap = np.empty(n, np.int32)
    heap_key = np.empty(n)
    heap_place = np.full(n, -1, np.int32)
    wanted = np.empty(destination.size, np.int32)
    roots = np.empty(n, np.int64)
    for g in range(groups_first.size - 1):
        root_count = 0
        hurts = False
        for k in range(groups_first[g], groups_first[g + 1]):
            a = groups_arc[k]
            closed[a] = g
            v = head[a]
            if tree_arc[v] == a:
                # Also where nothing wanted lies below: the old distances there hold no more, so no repair may start
                # from them.
                roots[root_count] = place[v]
                root_count += 1
                hurts = hurts or wanted_below[v] > 0
        if not hurts:
            continue
        starts = np.sort(roots[:root_count])
        end = 0
        wanted_count = 0
        for r in range(root_count):
            if starts[r] < end:
                continue
            end = starts[r] + size[node_at[starts[r]]]
            for p in range(starts[r], end):
                v = node_at[p]
                cut[v] = g
                if pair_at[v] >= 0:
                    wanted[wanted_count] = v
                    wanted_count += 1
        heap_size = 0
        end = 0
        for r in range(root_count):
            if starts[r] < end:
                continue
            end = starts[r] + size[node_at[starts[r]]]
            for p in range(starts[r], end):
                v = node_at[p]
                best = np.inf
                for k in range(first_in[v], first_in[v + 1]):
                    u = in_tail[k]
                    if cut[u] != g and closed[in_arc[k]] != g:
                        best = min(best, distance[u] + weight[in_arc[k]])
                new[v] = best
                heap_place[v] = -1
                if best < np.inf:
                    sift_up(heap, heap_key, heap_place, heap_size, v, best)
                    heap_size += 1
        missing = wanted_count
        while heap_size > 0:
            u = pop(heap, heap_key, heap_place, heap_size)
            heap_size -= 1
            if pair_at[u] >= 0:
                missing -= 1
                if missing == 0:
                    break
            base = new[u]
            for k in range(first_out[u], first_out[u + 1]):
                v = out_head[k]
                if cut[v] != g or heap_place[v] == -2 or closed[out_arc[k]] == g:
                    continue
                through = base + weight[out_arc[k]]
                if through < new[v]:
                    new[v] = through
                    at = heap_place[v]
                    if at == -1:
                        at = heap_size
                        heap_size += 1
                    sift_up(heap, heap_key, heap_place, at, v, through)
        for i in range(wanted_count):
            v = wanted[i]
            _note(tally, g, pair_offset + pair_at[v], volume[pair_at[v]], distance[v], new[v])


def _tallies(pieces: int, groups: int, pairs: int) -> list[_Tally]:
    """Empty tallies that share the arrays by pair."""
    worst_group = np.full(pairs, -1, np.int32)
    worst_delta = np.zeros(pairs)
    return [
        _Tally(
            np.zeros(groups),
            np.zeros(groups),
            np.zeros(groups),
            np.zeros(groups),
            np.zeros(groups),
            worst_group,
            worst_delta,
        )
        for _ in range(pieces)
    ]


def _total(tallies: list[_Tally], demand: Demand, distance: Floats) -> Closures:
    """Add tallies up in the order of their pieces."""
    delta, cut_off, affected, ratio = (
        np.sum([getattr(tally, name) for tally in tallies], axis=0)
        for name in ("delta", "cut_off", "affected", "ratio")
    )
    reached = np.isfinite(distance)
    return Closures(
        float((demand.volume[reached] * distance[reached]).sum()),
        delta,
        cut_off,
        affected,
        np.divide(ratio, affected, out=np.ones_like(ratio), where=affected > 0),
        np.max([tally.worst for tally in tallies], axis=0),
        distance,
        tallies[0].worst_group,
        tallies[0].worst_delta,
    )


def closures(graph: Graph, weight: Floats, demand: Demand, groups: Groups, threads: int = 1) -> Closures:
    """Effects of every group on all demand, by repairing the tree of every origin.

    O(origins * (n log n + nodes below closed arcs)). Memory per thread: 60 bytes per node and arc.
    """
    weight = floats(weight)
    pieces = ranges(demand.origin.size, PIECES)
    tallies = _tallies(len(pieces), groups.first.size - 1, demand.destination.size)
    distance = np.full(demand.destination.size, np.inf)
    searches = [Search(graph) for _ in range(max(1, threads))]

    def work(worker: int, number: int) -> None:
        for i in range(*pieces[number]):
            tree = searches[worker].tree(weight, demand.origin[i : i + 1])
            begin, end = int(demand.first[i]), int(demand.first[i + 1])
            distance[begin:end] = tree.distance[demand.destination[begin:end]]
            _close_groups(
                graph,
                weight,
                tree.distance,
                tree.arc,
                tree.settled,
                demand.destination[begin:end],
                demand.volume[begin:end],
                begin,
                groups.first,
                groups.arc,
                tallies[number],
            )

    run_on_threads(work, range(len(pieces)), threads)
    return _total(tallies, demand, distance)


@jit
def _levels(settled: Ints, tree_arc: Ints, tail: Ints, path: Ints, level: Ints) -> None:
    """How many leading arcs of ``path`` the tree path to each node has; ``path`` is a path of that tree.

    ``level`` int32[n]; nodes outside the tree keep what they had.
    """
    for i in range(settled.size):
        v = settled[i]
        a = tree_arc[v]
        if a < 0:
            level[v] = 0
        else:
            u = tail[a]
            known = level[u]
            level[v] = known + 1 if known < path.size and path[known] == a else known


@jit
def _pair_replacements(
    graph: Graph,
    weight: Floats,
    distance: Floats,
    to_target: Floats,
    level: Ints,
    path: Ints,
) -> tuple[Floats, Ints]:
    """Lower bounds for the distance when one arc of a shortest path is closed, for all its arcs in one pass.

    Let D(i) be the nodes whose tree path uses path arc i (0-based): those of ``level`` > i. A replacement enters D(i)
    for the last time by some arc x -> y with level[x] <= i < level[y]; before it the tree path to x stands, after
    it nothing is cheaper than the open distance from y to the target. So the least
    ``distance[x] + weight + to_target[y]`` over all arcs that enter D(i) is a lower bound, and it is reached
    if a shortest path from y to the target avoids arc i (Malik, Mittal, Gupta 1989, for undirected graphs,
    where that always holds; here the caller checks it).

    Each arc serves a range of i; ranges are kept as minima over two overlapping powers of two and handed
    down at the end. Returns the bounds float64[length], ``inf`` if D(i) cannot be entered, and the arcs int32[length].
    """
    length = path.size
    layers = 1
    while (1 << layers) <= length:
        layers += 1
    best = np.full((layers, length), np.inf)
    entry = np.full((layers, length), -1, np.int32)
    for y in range(level.size):
        end = level[y]
        if end <= 0 or to_target[y] == np.inf:
            continue
        for k in range(graph.first_in[y], graph.first_in[y + 1]):
            x = graph.in_tail[k]
            begin = level[x]
            if begin >= end:
                continue
            a = graph.in_arc[k]
            through = distance[x] + weight[a] + to_target[y]
            if through == np.inf:
                continue
            if path[begin] == a:
                continue
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
        self.level = np.empty(n, np.int32)
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
    bound, entry = _pair_replacements(graph, weight, tree.distance, to_target, scratch.level, path)
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
    tally: _Tally, group_of: Ints, path: Ints, pair: int, volume: float, before: float, after: Floats
) -> None:
    """Enter the effects of closing each arc of a pair's path."""
    for i in range(path.size):
        g = group_of[path[i]]
        if g >= 0:
            _note(tally, g, pair, volume, before, after[i])


@jit
def _note_pairs(tally: _Tally, g: int, pairs: Ints, volume: Floats, before: Floats, after: Floats) -> None:
    """Enter the effects of one closure on the pairs that used it; ``after`` stands in the order of ``pairs``."""
    for i in range(pairs.size):
        pair = pairs[i]
        _note(tally, g, pair, volume[pair], before[pair], after[i])


def sparse_closures(
    graph: Graph, hierarchy: Hierarchy, metric: Metric, demand: Demand, arcs: Ints, threads: int = 1
) -> Closures:
    """Effects of closing each of ``arcs`` (distinct) on few pairs of a large network.

    A link of two opposite arcs needs no group: a pair that uses one of them never gains by the other, so what closing
    both does to totals is the sum of what closing each does.

    One tree per origin, an eighth of a sweep and one pass over the arcs per pair. Memory per thread: about
    170 bytes per node.
    """
    weight = metric.weight
    group_of = np.full(graph.tail.size, -1, np.int32)
    group_of[arcs] = np.arange(len(arcs), dtype=np.int32)
    fan = build_fan(hierarchy, metric, DOWN)
    pieces = ranges(demand.origin.size, PIECES)
    tallies = _tallies(len(pieces), len(arcs), demand.destination.size)
    distance = np.full(demand.destination.size, np.inf)
    scratches = [PairScratch(graph, hierarchy, metric) for _ in range(max(1, threads))]

    def work(worker: int, number: int) -> None:
        scratch = scratches[worker]
        for i in range(*pieces[number]):
            tree = scratch.search.tree(weight, demand.origin[i : i + 1])
            scratch.level[:] = -1
            begin, end = int(demand.first[i]), int(demand.first[i + 1])
            distance[begin:end] = tree.distance[demand.destination[begin:end]]
            reached = begin + np.flatnonzero(np.isfinite(distance[begin:end]))
            for batch in range(0, reached.size, LANES):
                pairs = reached[batch : batch + LANES]
                to_target = sweep_distances(hierarchy, metric, fan, demand.destination[pairs])
                for row, pair in enumerate(pairs.tolist()):
                    path = path_arcs(tree.arc, graph.tail, int(demand.destination[pair]))
                    if not path.size:
                        continue
                    _levels(tree.settled, tree.arc, graph.tail, path, scratch.level)
                    after = _exact_replacements(graph, weight, tree, to_target[row], path, scratch)
                    volume, before = float(demand.volume[pair]), float(distance[pair])
                    _note_path(tallies[number], group_of, path, pair, volume, before, after)

    run_on_threads(work, range(len(pieces)), threads)
    return _total(tallies, demand, distance)


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
    tally = _tallies(1, group_count, distance.size)[0]
    for g in range(group_count):
        if affected_pairs[g].size:
            _note_pairs(tally, g, affected_pairs[g], demand.volume, distance, distance_after[g])
    return _total([tally], demand, distance)


class LogitClosures(NamedTuple):
    """Effects of g closures on logit demand of p pairs.

    ``base_total``: volume times expected least cost (logsum). ``delta_total`` float64[g]: its rise over pairs that keep
    a route; ``cut_off`` float64[g]: volume of pairs all of whose routes use the group; ``flow`` float64[g]: expected
    volume that uses the group; ``uncertain`` float64[g]: volume of pairs left with less than 5 % of their
    choice, where routes outside the list would matter.
    """

    base_total: float
    delta_total: Floats
    cut_off: Floats
    flow: Floats
    uncertain: Floats


@jit
def _logit_closures(
    first_route: Longs,
    cost: Floats,
    theta: float,
    first_arc: Longs,
    route_arc: Ints,
    volume: Floats,
    first_group: Longs,
    group_of: Ints,
    delta: Floats,
    cut_off: Floats,
    flow: Floats,
    uncertain: Floats,
) -> float:
    """Closed form for every pair and group; groups of an arc are ``group_of[first_group[a]:first_group[a + 1]]``."""
    groups = delta.size
    lost = np.zeros(groups)
    kept = np.zeros(groups)
    stamp = np.full(groups, -1, np.int64)
    seen_by = np.full(groups, -1, np.int64)
    touched = np.empty(groups, np.int64)
    base_total = 0.0
    for p in range(volume.size):
        begin = first_route[p]
        end = first_route[p + 1]
        least = np.inf
        for r in range(begin, end):
            least = min(least, cost[r])
        if least == np.inf:
            continue
        total = 0.0
        for r in range(begin, end):
            total += np.exp(-theta * (cost[r] - least))
        base_total += volume[p] * (least - np.log(total) / theta)
        count = 0
        for r in range(begin, end):
            share = np.exp(-theta * (cost[r] - least)) / total
            for k in range(first_arc[r], first_arc[r + 1]):
                a = route_arc[k]
                for j in range(first_group[a], first_group[a + 1]):
                    g = group_of[j]
                    if seen_by[g] == r:
                        continue
                    seen_by[g] = r
                    if stamp[g] != p:
                        stamp[g] = p
                        lost[g] = 0.0
                        touched[count] = g
                        count += 1
                    lost[g] += share
        # What is kept is summed over the routes that avoid the group, not taken from one: near 1 that would
        # lose all digits. Each route is gone through once more for that.
        for i in range(count):
            kept[touched[i]] = 0.0
        for r in range(begin, end):
            share = np.exp(-theta * (cost[r] - least)) / total
            mark = volume.size + cost.size + r
            for k in range(first_arc[r], first_arc[r + 1]):
                a = route_arc[k]
                for j in range(first_group[a], first_group[a + 1]):
                    seen_by[group_of[j]] = mark
            for i in range(count):
                if seen_by[touched[i]] != mark:
                    kept[touched[i]] += share
        for i in range(count):
            g = touched[i]
            flow[g] += volume[p] * lost[g]
            if kept[g] > 0.0:
                delta[g] += volume[p] * (-np.log(min(kept[g], 1.0)) / theta)
                if kept[g] < 0.05:
                    uncertain[g] += volume[p]
            else:
                cut_off[g] += volume[p]
    return base_total


def logit_closures(
    first_route: Longs,
    cost: Floats,
    theta: float,
    first_arc: Longs,
    route_arc: Ints,
    volume: Floats,
    groups: Groups,
    arc_count: int,
) -> LogitClosures:
    """N-1 for logit choice among listed routes, exact and in closed form.

    Pair p chooses among routes ``first_route[p]:first_route[p + 1]`` of ``cost`` float64[r] (``inf``: closed) with
    probability proportional to ``exp(-theta * cost)``, ``theta`` in 1/unit of cost; route r uses the arcs
    ``route_arc[first_arc[r]:first_arc[r + 1]]``. If what uses a group has probability q, closing it raises the
    expected least cost by ``-ln(1 - q) / theta``. The list of routes is held fixed.
    """
    group_count = groups.first.size - 1
    member = np.repeat(np.arange(group_count, dtype=np.int32), np.diff(groups.first))
    first_group, position = group(groups.arc, arc_count)
    delta, cut_off, flow, uncertain = (np.zeros(group_count) for _ in range(4))
    base_total = _logit_closures(
        longs(first_route),
        floats(cost),
        theta,
        longs(first_arc),
        ints(route_arc),
        floats(volume),
        first_group,
        member[position],
        delta,
        cut_off,
        flow,
        uncertain,
    )
    return LogitClosures(float(base_total), delta, cut_off, flow, uncertain)


class Measures(NamedTuple):
    """Usual measures of criticality side by side, float64[g] each, larger is more critical; none is infinite.

    ``flow``: volume that used the group (weighted betweenness). ``delta_total``: extra cost of all who still get
    through. ``cut_off``: volume that does not. ``delta_mean``: extra cost per unit of volume that used the group and
    still gets through. ``delta_share``: ``delta_total`` over the total cost before. ``lack_of_redundancy``: 1 - mean of
    old over new distance, 1 if all is cut off. ``worst``: largest extra cost of one pair. ``loss``:
    ``delta_total`` plus ``cut_off`` at a price per unit.
    """

    flow: Floats
    delta_total: Floats
    cut_off: Floats
    delta_mean: Floats
    delta_share: Floats
    lack_of_redundancy: Floats
    worst: Floats
    loss: Floats


def measures(result: Closures, cut_off_price: float) -> Measures:
    """Measures from the effects of closures; ``cut_off_price`` in units of cost per unit of volume."""
    through = result.affected - result.cut_off
    nothing = np.zeros_like(through)
    return Measures(
        result.affected,
        result.delta_total,
        result.cut_off,
        np.divide(result.delta_total, through, out=nothing.copy(), where=through > 0),
        result.delta_total / result.base_total if result.base_total > 0 else nothing,
        1.0 - result.redundancy,
        result.worst,
        result.delta_total + cut_off_price * result.cut_off,
    )


def rank_agreement(table: Measures) -> Floats:
    """Spearman's rank correlation of every two measures, float64[8, 8]; 0 with a measure that is constant.

    Equal values share their mean rank.
    """
    ranks = []
    for column in table:
        _, where, count = np.unique(column, return_inverse=True, return_counts=True)
        last = np.cumsum(count)
        ranks.append((last - (count - 1) / 2.0)[where])
    centred = np.array([rank - rank.mean() for rank in ranks])
    norm = np.sqrt((centred**2).sum(axis=1))
    product = centred @ centred.T
    scale = np.outer(norm, norm)
    return np.divide(product, scale, out=np.zeros_like(product), where=scale > 0)
