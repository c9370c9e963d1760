"""A directed multigraph as arrays: arcs grouped by tail and by head, permutations, strongly connected parts.

Promises: arcs of a node stand in ascending order of their ids; parallel arcs, loops and nodes without arcs are
kept as they are; building is linear in nodes and arcs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from landbridge.kernels.jit import jit

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def ints(array: npt.ArrayLike) -> Ints:
    """``array`` as kernels take it: int32, in one piece, writable; copied only if it is not so already.

    Compiled code is made for one type of array; a read-only one (from a table or a mapped file) would be another.
    """
    return np.require(array, np.int32, ["C", "A", "W", "E"])


def longs(array: npt.ArrayLike) -> Longs:
    """The same as ``ints`` for int64."""
    return np.require(array, np.int64, ["C", "A", "W", "E"])


def floats(array: npt.ArrayLike) -> Floats:
    """The same as ``ints`` for float64."""
    return np.require(array, np.float64, ["C", "A", "W", "E"])


class Graph(NamedTuple):
    """A frozen directed multigraph of n nodes and m arcs.

    ``tail``, ``head``: int32[m]. The arcs that leave node v are ``out_arc[first_out[v]:first_out[v + 1]]``, those
    that enter it ``in_arc[first_in[v]:first_in[v + 1]]``, both in ascending order of arc id; ``out_head`` and
    ``in_tail`` are the nodes at their other ends. ``first_*``: int64[n + 1].
    """

    tail: Ints
    head: Ints
    first_out: Longs
    out_arc: Ints
    out_head: Ints
    first_in: Longs
    in_arc: Ints
    in_tail: Ints


@jit
def group(key: Ints, group_count: int) -> tuple[Longs, Ints]:
    """Positions of ``key`` (int32[m], 0 <= key < group_count) by value, ascending inside each group.

    Returns ``first`` int64[group_count + 1] and ``member`` int32[m].
    """
    first = np.zeros(group_count + 1, np.int64)
    for i in range(key.size):
        first[key[i] + 1] += 1
    for g in range(group_count):
        first[g + 1] += first[g]
    place = first[:-1].copy()
    member = np.empty(key.size, np.int32)
    for i in range(key.size):
        member[place[key[i]]] = i
        place[key[i]] += 1
    return first, member


def build_graph(tail: Ints, head: Ints, node_count: int) -> Graph:
    """Group the arcs ``tail[a] -> head[a]`` by both ends; O(n + m)."""
    tail, head = ints(tail), ints(head)
    first_out, out_arc = group(tail, node_count)
    first_in, in_arc = group(head, node_count)
    return Graph(tail, head, first_out, out_arc, head[out_arc], first_in, in_arc, tail[in_arc])


def reverse_graph(graph: Graph) -> Graph:
    """The same arcs, under the same ids, walked from head to tail; shares all arrays."""
    return Graph(
        graph.head,
        graph.tail,
        graph.first_in,
        graph.in_arc,
        graph.in_tail,
        graph.first_out,
        graph.out_arc,
        graph.out_head,
    )


def node_count(graph: Graph) -> int:
    """Number of nodes."""
    return graph.first_out.size - 1


def invert(order: Ints) -> Ints:
    """``rank`` of an ``order`` (``rank[order[i]] = i``), or the other way round."""
    rank = np.empty(order.size, np.int32)
    rank[order] = np.arange(order.size, dtype=np.int32)
    return rank


def strong_parts(tail: Ints, head: Ints, count: int, weight: Floats | None = None) -> Ints:
    """Strongly connected part of every node, int32[count]; closed arcs (weight ``inf``) do not connect.

    Parts are numbered by size, largest first, then by their lowest node: 0 is the largest.
    """
    # Imported here: a third of a second that most processes need not spend.
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    if weight is not None:
        usable = np.isfinite(weight)
        tail, head = tail[usable], head[usable]
    matrix = csr_matrix((np.ones(tail.size, np.int8), (tail, head)), shape=(count, count))
    part_count, label = connected_components(matrix, directed=True, connection="strong")
    size = np.bincount(label, minlength=part_count)
    lowest = np.full(part_count, count, np.int64)
    np.minimum.at(lowest, label, np.arange(count))
    by_size = np.lexsort((lowest, -size))
    return invert(by_size.astype(np.int32))[label]


@jit
def useful_arcs(tail: Ints, head: Ints, weight: Floats, is_origin: Bools, is_destination: Bools) -> Bools:
    """Arcs without which all least weights from origins to destinations stay the same; what is left may hold more such.

    Closed arcs and loops go first, then dead ends, round by round: nodes (``is_*`` bool[n]) that are no origin and
    cannot be entered, no destination and cannot be left, or neither and have one neighbour only. Returns bool[m].
    """
    n = is_origin.size
    useful = (weight < np.inf) & (tail != head)
    while True:
        entered = is_origin.copy()
        left = is_destination.copy()
        neighbour = np.full(n, -1, np.int32)
        passed = is_origin | is_destination
        for a in range(tail.size):
            if useful[a]:
                t = tail[a]
                h = head[a]
                left[t] = True
                entered[h] = True
                passed[t] |= neighbour[t] >= 0 and neighbour[t] != h
                passed[h] |= neighbour[h] >= 0 and neighbour[h] != t
                neighbour[t] = h
                neighbour[h] = t
        alive = entered & left & passed
        dropped = False
        for a in range(tail.size):
            if useful[a] and not (alive[tail[a]] and alive[head[a]]):
                useful[a] = False
                dropped = True
        if not dropped:
            return useful
