"""Exact N-1: what the closure of every arc, or group of arcs, does to all demand.

``closures`` does it for any groups and any demand, by trees: for each origin only the part of its tree below the
closed arcs is repaired, by a small search from its rim. ``critical_pairs`` has two other ways for few pairs on a large
network, ``critical_choice`` the one for logit choice; all are exact.

Closing is giving an infinite weight to all arcs of a group at once; a physical link is the group of its two
directions, a chosen pair of closures the union of two groups (``unite``).

Promises. Costs never fall by a closure (differences below rounding are zero). Demand that finds no way any more is
*cut off*: it is counted apart and in no cost. Demand that had no way before is in neither. Sums are made in an order
that does not depend on the number of threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from landbridge.kernels.dijkstra import Search, Tree, pop, sift_up
from landbridge.kernels.graph import Floats, Graph, Ints, Longs, floats, group, ints
from landbridge.kernels.jit import jit
from landbridge.kernels.threads import ranges, run_on_threads

#: Origins are worked on in this many pieces, whatever the number of threads, so that sums do not depend on it.
PIECES = 16

#: Called, on the thread that did it, each time one of so many pieces is done.
Progress = Callable[[int], None]

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


class Tally(NamedTuple):
    """Sums of one piece of work, by group, and per pair the worst closure (written by that piece only)."""

    delta: Floats
    cut_off: Floats
    affected: Floats
    ratio: Floats
    worst: Floats
    worst_group: Ints
    worst_delta: Floats


@jit
def note(tally: Tally, g: int, pair: int, volume: float, before: float, after: float) -> None:
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
    tally: Tally,
    after: Floats,
) -> None:
    """Effects of all groups on the pairs of one origin, whose tree is given; repairs below closed arcs only.

    ``after`` float64[g, p] takes the new distance of every pair a group hurts, unless it has no rows.
    """
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
            note(tally, g, pair_offset + pair_at[v], volume[pair_at[v]], distance[v], new[v])
            if after.shape[0] > 0:
                after[g, pair_at[v]] = new[v]


def empty_tallies(pieces: int, groups: int, pairs: int) -> list[Tally]:
    """Empty tallies that share the arrays by pair."""
    worst_group = np.full(pairs, -1, np.int32)
    worst_delta = np.zeros(pairs)
    return [
        Tally(
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


def add_up(tallies: list[Tally], demand: Demand, distance: Floats) -> Closures:
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


def distances_after(graph: Graph, weight: Floats, tree: Tree, destination: Ints, groups: Groups) -> Floats:
    """Distances float64[g, d] from the root of ``tree`` to distinct ``destination`` with every group closed."""
    after = np.tile(tree.distance[destination], (groups.first.size - 1, 1))
    _close_groups(
        graph,
        floats(weight),
        tree.distance,
        tree.arc,
        tree.settled,
        ints(destination),
        np.ones(destination.size),
        0,
        groups.first,
        groups.arc,
        empty_tallies(1, groups.first.size - 1, destination.size)[0],
        after,
    )
    return after


def closures(
    graph: Graph, weight: Floats, demand: Demand, groups: Groups, threads: int = 1, progress: Progress | None = None
) -> Closures:
    """Effects of every group on all demand, by repairing the tree of every origin.

    O(origins * (n log n + nodes below closed arcs)). Memory per thread: 60 bytes per node and arc.
    """
    weight = floats(weight)
    pieces = ranges(demand.origin.size, PIECES)
    tallies = empty_tallies(len(pieces), groups.first.size - 1, demand.destination.size)
    distance = np.full(demand.destination.size, np.inf)
    nothing = np.empty((0, 0))
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
                nothing,
            )
        if progress is not None:
            progress(len(pieces))

    run_on_threads(work, range(len(pieces)), threads)
    return add_up(tallies, demand, distance)
