"""Shortest paths by Dijkstra's algorithm: any graph, no preparation.

Promises. Distances are sums in path order from the source, exact to float64 rounding. A predecessor is an *arc*
id, so parallel arcs are told apart. Nodes are settled in ascending (distance, node id); the predecessor of a node
is the arc with the lowest id among those that give its distance from a node settled before it. That rule makes
trees unique, also with ties and zero weights, and never a cycle. Closed arcs (``inf``) are never used; loops never
help. O((n + m) log n); the heap has four children per node.

A search may start from several sources with head starts, stop beyond a limit (isochrones), or stop once all
targets are settled. ``Search`` owns the scratch memory of one thread and resets only what it touched.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landbridge.kernels.graph import Bools, Floats, Graph, Ints, Longs, floats, ints, node_count
from landbridge.kernels.jit import jit
from landbridge.kernels.threads import run_on_threads


class Tree(NamedTuple):
    """Shortest paths from one set of sources.

    ``distance`` float64[n], ``inf`` where not reached; ``arc`` int32[n], the last arc of the path, -1 at sources
    and unreached nodes; ``settled`` int32[k], the reached nodes in the order they were settled (every node stands
    after the one its path comes from).
    """

    distance: Floats
    arc: Ints
    settled: Ints


@jit
def sift_up(heap: Ints, heap_key: Floats, place: Ints, at: int, node: int, key: float) -> None:
    """Put ``node`` at ``at`` or nearer to the root, where its parent is not larger by (key, node)."""
    while at > 0:
        parent = (at - 1) >> 2
        other = heap[parent]
        if heap_key[parent] < key or (heap_key[parent] == key and other < node):
            break
        heap[at] = other
        heap_key[at] = heap_key[parent]
        place[other] = at
        at = parent
    heap[at] = node
    heap_key[at] = key
    place[node] = at


@jit
def pop(heap: Ints, heap_key: Floats, place: Ints, size: int) -> int:
    """Remove and return the smallest entry of a heap of ``size`` entries; its place becomes -2."""
    top = heap[0]
    place[top] = -2
    size -= 1
    if size == 0:
        return top
    node = heap[size]
    key = heap_key[size]
    at = 0
    while True:
        child = 4 * at + 1
        if child >= size:
            break
        best = child
        for c in range(child + 1, min(child + 4, size)):
            if heap_key[c] < heap_key[best] or (heap_key[c] == heap_key[best] and heap[c] < heap[best]):
                best = c
        if key < heap_key[best] or (key == heap_key[best] and node < heap[best]):
            break
        heap[at] = heap[best]
        heap_key[at] = heap_key[best]
        place[heap[at]] = at
        at = best
    heap[at] = node
    heap_key[at] = key
    place[node] = at
    return top


@jit
def search(
    first: Longs,
    arc: Ints,
    other: Ints,
    weight: Floats,
    sources: Ints,
    head_start: Floats,
    limit: float,
    is_target: Bools,
    target_count: int,
    distance: Floats,
    parent_arc: Ints,
    heap: Ints,
    heap_key: Floats,
    place: Ints,
    settled: Ints,
) -> int:
    """Grow one tree; returns how many nodes were settled.

    ``distance`` must be ``inf``, ``parent_arc`` -1 and ``place`` -1 everywhere; nodes reached but not settled
    are reset before it returns, so that a settled node is one whose ``distance`` is finite. ``target_count`` 0
    means no targets; otherwise the search stops when that many nodes with ``is_target`` are settled. Nodes beyond
    ``limit`` are not settled.
    """
    size = 0
    for i in range(sources.size):
        s = sources[i]
        if head_start[i] <= limit and head_start[i] < distance[s]:
            distance[s] = head_start[i]
            at = place[s]
            if at == -1:
                at = size
                size += 1
            sift_up(heap, heap_key, place, at, s, distance[s])
    count = 0
    open_targets = target_count
    while size > 0:
        u = pop(heap, heap_key, place, size)
        size -= 1
        settled[count] = u
        count += 1
        if is_target.size > 0 and is_target[u]:
            open_targets -= 1
            if open_targets == 0:
                break
        base = distance[u]
        for k in range(first[u], first[u + 1]):
            a = arc[k]
            v = other[k]
            if place[v] == -2:
                continue
            through = base + weight[a]
            if through < distance[v]:
                if through > limit:
                    continue
                distance[v] = through
                parent_arc[v] = a
                at = place[v]
                if at == -1:
                    at = size
                    size += 1
                sift_up(heap, heap_key, place, at, v, through)
            elif through == distance[v] and a < parent_arc[v]:
                parent_arc[v] = a
    for i in range(size):
        v = heap[i]
        distance[v] = np.inf
        parent_arc[v] = -1
        place[v] = -1
    for i in range(count):
        place[settled[i]] = -1
    return count


@jit
def path_length(arc: Ints, tail: Ints, node: int) -> int:
    """Number of arcs of the tree path to ``node``."""
    length = 0
    while arc[node] >= 0:
        node = tail[arc[node]]
        length += 1
    return length


@jit
def path_arcs(arc: Ints, tail: Ints, node: int) -> Ints:
    """Arc ids of the tree path to ``node``, from the source on; empty at a source and at an unreached node."""
    length = path_length(arc, tail, node)
    path = np.empty(length, np.int32)
    for i in range(length - 1, -1, -1):
        path[i] = arc[node]
        node = tail[arc[node]]
    return path


class Search:
    """Scratch memory for searches on one graph, forward or (on ``reverse_graph``) backward; one thread."""

    def __init__(self, graph: Graph) -> None:
        n = node_count(graph)
        self.graph = graph
        self._heap = np.empty(n, np.int32)
        self._heap_key = np.empty(n)
        self._place = np.full(n, -1, np.int32)
        self._settled = np.empty(n, np.int32)
        self._is_target = np.zeros(n, np.bool_)

    def tree(
        self,
        weight: Floats,
        sources: Ints,
        head_start: Floats | None = None,
        limit: float = np.inf,
        targets: Ints | None = None,
    ) -> Tree:
        """Grow a tree from ``sources`` (each at its ``head_start``, 0 if not given).

        With ``targets`` the search stops when all of them are settled; nodes not settled by then are not in the
        tree.
        """
        graph = self.graph
        weight, sources = floats(weight), ints(sources)
        n = node_count(graph)
        distance = np.full(n, np.inf)
        arc = np.full(n, -1, np.int32)
        start = np.zeros(sources.size) if head_start is None else floats(head_start)
        flags = self._is_target if targets is not None else self._is_target[:0]
        wanted = 0
        if targets is not None:
            unique = np.unique(targets)
            flags[unique] = True
            wanted = unique.size
        count = search(
            graph.first_out,
            graph.out_arc,
            graph.out_head,
            weight,
            sources,
            start,
            limit,
            flags,
            wanted,
            distance,
            arc,
            self._heap,
            self._heap_key,
            self._place,
            self._settled,
        )
        if targets is not None:
            flags[targets] = False
        return Tree(distance, arc, self._settled[:count].copy())


def shortest_tree(
    graph: Graph,
    weight: Floats,
    sources: Ints,
    head_start: Floats | None = None,
    limit: float = np.inf,
    targets: Ints | None = None,
) -> Tree:
    """One tree; see ``Search.tree``."""
    return Search(graph).tree(weight, sources, head_start, limit, targets)


def distance_matrix(graph: Graph, weight: Floats, sources: Ints, targets: Ints, threads: int = 1) -> Floats:
    """Distances float64[len(sources), len(targets)] by one search per source, stopped at the last target."""
    weight, sources, targets = floats(weight), ints(sources), ints(targets)
    result = np.empty((sources.size, targets.size))
    searches = [Search(graph) for _ in range(max(1, min(threads, sources.size)))]

    def work(worker: int, i: int) -> None:
        result[i] = searches[worker].tree(weight, sources[i : i + 1], targets=targets).distance[targets]

    run_on_threads(work, range(sources.size), threads)
    return result
