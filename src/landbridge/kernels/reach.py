"""What can be reached within a limit, from where, and how much of it.

Isochrones and catchments use bounded searches on the graph; accessibility works on distance matrices of any
origin (``labels``, ``sweep``, ``dijkstra``). Distances and limits share the unit of the weights.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landbridge.kernels.dijkstra import Tree, shortest_tree
from landbridge.kernels.graph import Floats, Graph, Ints, floats, reverse_graph
from landbridge.kernels.jit import jit


class Isochrone(NamedTuple):
    """``tree`` of the nodes within the limit; ``share`` float64[m], the part of each arc that lies within it.

    Walking an arc from its tail, the limit is met at ``share`` of its weight: 0 not entered, 1 walked to the
    end.
    """

    tree: Tree
    share: Floats


@jit
def arc_shares(tail: Ints, weight: Floats, distance: Floats, limit: float) -> Floats:
    """Part of every arc that can be walked before ``limit``, float64[m]; a closed arc is not entered."""
    share = np.zeros(tail.size)
    for a in range(tail.size):
        left = limit - distance[tail[a]]
        if left >= 0.0 and weight[a] < np.inf:
            share[a] = 1.0 if weight[a] <= left else left / weight[a]
    return share


def isochrone(graph: Graph, weight: Floats, sources: Ints, limit: float, head_start: Floats | None = None) -> Isochrone:
    """Everything within ``limit`` of the nearest of ``sources``; on ``reverse_graph``, everything that reaches them."""
    weight = floats(weight)
    tree = shortest_tree(graph, weight, sources, head_start, limit)
    return Isochrone(tree, arc_shares(graph.tail, weight, tree.distance, limit))


def bands(distance: Floats, limits: Floats) -> Ints:
    """Index of the first of the ascending ``limits`` that is not below each distance, -1 beyond the last."""
    index = np.searchsorted(limits, distance, side="left").astype(np.int32)
    index[index == limits.size] = -1
    return index


@jit
def tree_owners(arc: Ints, tail: Ints, settled: Ints, is_source: Ints) -> Ints:
    """Which source every settled node of a tree hangs on, as ``is_source[source]``; -1 for others."""
    owner = np.full(arc.size, -1, np.int32)
    for i in range(settled.size):
        v = settled[i]
        owner[v] = is_source[v] if arc[v] < 0 else owner[tail[arc[v]]]
    return owner


class Catchment(NamedTuple):
    """``owner`` int32[n]: position in ``facilities`` of the nearest, -1 if none is near; ``distance`` to it."""

    owner: Ints
    distance: Floats


def catchment(
    graph: Graph,
    weight: Floats,
    facilities: Ints,
    limit: float = np.inf,
    head_start: Floats | None = None,
) -> Catchment:
    """The nearest of ``facilities`` for every node, walking from the node to it.

    ``head_start`` is a cost of using each facility. Of equally near ones the search that settles first wins.
    """
    facilities = np.asarray(facilities, np.int32)
    backward = reverse_graph(graph)
    tree = shortest_tree(backward, weight, facilities, head_start, limit)
    number = np.full(tree.arc.size, -1, np.int32)
    number[facilities[::-1]] = np.arange(facilities.size - 1, -1, -1, dtype=np.int32)
    return Catchment(tree_owners(tree.arc, backward.tail, tree.settled, number), tree.distance)


def opportunities_within(distance: Floats, mass: Floats, limit: float) -> Floats:
    """Cumulative accessibility float64[k]: the ``mass`` float64[l] within ``limit``, from distances float64[k, l]."""
    return np.where(distance <= limit, mass[np.newaxis, :], 0.0).sum(axis=1)


def gravity_access(distance: Floats, mass: Floats, decay: float) -> Floats:
    """Potential accessibility float64[k]: sum of ``mass * exp(-decay * distance)``; unreached counts nothing.

    ``decay`` per unit of distance, positive (Hansen 1959).
    """
    return np.where(np.isfinite(distance), np.exp(-decay * distance) * mass[np.newaxis, :], 0.0).sum(axis=1)


def nearest(distance: Floats, count: int) -> Ints:
    """Columns of the ``count`` least distances of every row, int32[k, count], nearest first.

    Ties go to the lower column; -1 where fewer are reached.
    """
    order = np.argsort(distance, axis=1, kind="stable")[:, :count].astype(np.int32)
    order[~np.isfinite(np.take_along_axis(distance, order.astype(np.int64), axis=1))] = -1
    return order
