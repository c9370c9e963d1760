"""Routes between two nodes that differ enough: through anchors, kept short, distinct and without detours.

For every anchor v the cheapest route through v costs d(s, v) + d(v, t): one climb or tree from s and one to t
give all of them. Candidates within a stretch of the best are taken in ascending order of cost and kept if

- they visit no node twice,
- they share at most ``max_share`` of their weight with any route kept before,
- they are locally optimal (Abraham, Delling, Goldberg, Werneck, "Alternative Routes in Road Networks", 2013): the
  piece of ``local_share`` of the best cost on either side of the anchor is a shortest path (T-test).

The best route comes first, with anchor -1. Ties go to the lower position among the anchors.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from landbridge.kernels.cch import DOWN, UP, Hierarchy, Metric
from landbridge.kernels.dijkstra import Tree, path_arcs
from landbridge.kernels.graph import Floats, Graph, Ints, Longs, floats, ints
from landbridge.kernels.jit import jit
from landbridge.kernels.labels import Labels, distances, make_labels
from landbridge.kernels.paths import PathQuery


class Alternatives(NamedTuple):
    """Routes in ascending order of cost.

    ``cost`` float64[r]; ``anchor`` int32[r], position in the anchors asked for, -1 for the best route; route i has
    the arcs ``path[first[i]:first[i + 1]]``. No routes where there is no path.
    """

    cost: Floats
    anchor: Ints
    first: Longs
    path: Ints


class Anchors(NamedTuple):
    """Nodes (int32[k]) with their labels in both directions; serves any number of pairs of one metric."""

    node: Ints
    leaving: Labels
    entering: Labels


def make_anchors(hierarchy: Hierarchy, metric: Metric, nodes: Ints, threads: int = 1) -> Anchors:
    """Prepare ``nodes`` as anchors."""
    nodes = ints(nodes)
    return Anchors(
        nodes,
        make_labels(hierarchy, metric, nodes, UP, threads),
        make_labels(hierarchy, metric, nodes, DOWN, threads),
    )


def within_stretch(cost: Floats, best: float, stretch: float) -> Ints:
    """Positions whose cost is at most ``stretch * best``, ascending by (cost, position)."""
    order = np.argsort(cost, kind="stable").astype(np.int32)
    kept: Ints = order[: int(np.searchsorted(cost[order], best * stretch, side="right"))]
    return kept[np.isfinite(cost[kept])]


@jit
def visits_twice(path: Ints, tail: Ints, head: Ints, seen: Ints, stamp: int) -> bool:
    """Whether a path comes to a node a second time; ``seen`` int32[n] is scratch, ``stamp`` new for each call."""
    if path.size == 0:
        return False
    seen[tail[path[0]]] = stamp
    for i in range(path.size):
        v = head[path[i]]
        if seen[v] == stamp:
            return True
        seen[v] = stamp
    return False


@jit
def largest_share(
    path: Ints, weight: Floats, kept_first: Longs, kept_path: Ints, kept: int, mark: Ints, stamp: int
) -> float:
    """Largest part of the weight of ``path`` that it has in common with one of the first ``kept`` routes.

    A route of no weight counts arcs instead. ``mark`` int32[m] is scratch, ``stamp`` new for each call.
    """
    total = 0.0
    for i in range(path.size):
        mark[path[i]] = stamp
        total += weight[path[i]]
    worst = 0.0
    for r in range(kept):
        common = 0.0
        for i in range(kept_first[r], kept_first[r + 1]):
            if mark[kept_path[i]] == stamp:
                common += weight[kept_path[i]] if total > 0.0 else 1.0
        worst = max(worst, common / (total if total > 0.0 else max(path.size, 1)))
    return worst


class Chooser:
    """Takes candidate routes in ascending order of cost and keeps those that differ; one thread."""

    def __init__(self, tail: Ints, head: Ints, weight: Floats, node_count: int, max_share: float) -> None:
        self._tail, self._head, self._weight = tail, head, floats(weight)
        self._max_share = max_share
        self._seen = np.zeros(node_count, np.int32)
        self._mark = np.zeros(tail.size, np.int32)
        self._stamp = 0
        self.cost: list[float] = []
        self.anchor: list[int] = []
        self._first = [0]
        self._path = np.empty(0, np.int32)

    def differs(self, path: Ints) -> bool:
        """Whether a route visits no node twice and shares little enough with all kept so far."""
        self._stamp += 1
        if visits_twice(path, self._tail, self._head, self._seen, self._stamp):
            return False
        share = largest_share(
            path,
            self._weight,
            np.asarray(self._first, np.int64),
            self._path,
            len(self.cost),
            self._mark,
            self._stamp,
        )
        return not self.cost or bool(share <= self._max_share)

    def keep(self, cost: float, anchor: int, path: Ints) -> None:
        """Add a route."""
        self.cost.append(cost)
        self.anchor.append(anchor)
        self._path = np.concatenate((self._path, path))
        self._first.append(self._path.size)

    def result(self) -> Alternatives:
        """The routes kept."""
        return Alternatives(
            np.asarray(self.cost, np.float64),
            np.asarray(self.anchor, np.int32),
            np.asarray(self._first, np.int64),
            self._path,
        )


def _locally_optimal(
    query: PathQuery, tail: Ints, head: Ints, weight: Floats, before: Ints, after: Ints, length: float
) -> bool:
    """Whether the piece of ``length`` on either side of the joint of two paths is a shortest path."""
    start = before.size
    left = 0.0
    while start > 0 and left < length:
        start -= 1
        left += float(weight[before[start]])
    stop = 0
    right = 0.0
    while stop < after.size and right < length:
        right += float(weight[after[stop]])
        stop += 1
    if start == before.size or stop == 0:
        return True
    direct = query.distance(int(tail[before[start]]), int(head[after[stop - 1]]))
    return left + right <= direct * (1.0 + 1e-9)


def via_alternatives(
    hierarchy: Hierarchy,
    metric: Metric,
    graph: Graph,
    source: int,
    target: int,
    anchors: Anchors,
    stretch: float = 1.5,
    max_share: float = 0.8,
    local_share: float = 0.0,
    count: int = 10,
) -> Alternatives:
    """Up to ``count`` routes from ``source`` to ``target``, the best and others through anchors."""
    query = PathQuery(hierarchy, metric)
    best, path = query.path(source, target)
    chooser = Chooser(graph.tail, graph.head, metric.weight, hierarchy.order.size, max_share)
    if not np.isfinite(best):
        return chooser.result()
    chooser.keep(best, -1, path)
    forward = make_labels(hierarchy, metric, np.array([source]), UP)
    backward = make_labels(hierarchy, metric, np.array([target]), DOWN)
    cost = distances(forward, anchors.entering)[0] + distances(anchors.leaving, backward)[:, 0]
    for i in within_stretch(cost, best, stretch).tolist():
        if len(chooser.cost) >= count:
            break
        node = int(anchors.node[i])
        before, after = query.path(source, node)[1], query.path(node, target)[1]
        path = np.concatenate((before, after))
        if chooser.differs(path) and (
            local_share <= 0.0
            or _locally_optimal(query, graph.tail, graph.head, metric.weight, before, after, local_share * best)
        ):
            chooser.keep(float(cost[i]), i, path)
    return chooser.result()


def tree_alternatives(
    graph: Graph,
    weight: Floats,
    forward: Tree,
    backward: Tree,
    target: int,
    anchors: Ints,
    stretch: float = 1.5,
    max_share: float = 0.8,
    count: int = 10,
) -> Alternatives:
    """The same from one tree of the source and one of ``target`` on ``reverse_graph``, without a hierarchy.

    Without the test of local optimality, which needs a hierarchy.
    """
    chooser = Chooser(graph.tail, graph.head, weight, forward.arc.size, max_share)
    best = float(forward.distance[target])
    if not np.isfinite(best):
        return chooser.result()
    chooser.keep(best, -1, path_arcs(forward.arc, graph.tail, target))
    anchors = np.asarray(anchors, np.int32)
    cost = forward.distance[anchors] + backward.distance[anchors]
    for i in within_stretch(cost, best, stretch).tolist():
        if len(chooser.cost) >= count:
            break
        before = path_arcs(forward.arc, graph.tail, int(anchors[i]))
        after = path_arcs(backward.arc, graph.head, int(anchors[i]))[::-1]
        path = np.concatenate((before, after))
        if chooser.differs(path):
            chooser.keep(float(cost[i]), i, path)
    return chooser.result()
