"""Routes between two nodes that differ enough: through anchors, kept short, distinct and without detours.

For every anchor v the cheapest route through v costs d(s, v) + d(v, t): one climb or tree from s and one to t
give all of them. Candidates within a stretch of the best are taken in ascending order of cost and kept if

- they visit no node twice,
- they share at most ``max_share`` of their weight with any route kept before,
- no detour in them is silly: wherever they leave a route kept before and come back to it, they cost at most
  ``max_detour`` times what they replace there (uniformly bounded stretch: Abraham, Delling, Goldberg, Werneck,
  "Alternative Routes in Road Networks", 2013; their other test, for shortest paths around the anchor, refuses every
  alternative where arcs are as long as the pieces it looks at).

The best route comes first, with anchor -1. Ties go to the lower position among the anchors.
"""

from __future__ import annotations

from collections.abc import Callable
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


@jit
def longest_detour(
    path: Ints,
    tail: Ints,
    head: Ints,
    weight: Floats,
    kept_first: Longs,
    kept_path: Ints,
    kept: int,
    seen: Ints,
    cost_to: Floats,
    stamp: int,
) -> float:
    """Largest ratio of what ``path`` costs between leaving and meeting one of the first ``kept`` routes to that route's
    cost there.

    Only where it comes back further on. ``seen`` int32[n] and ``cost_to`` float64[n] are scratch; ``stamp`` and the
    ``kept`` numbers after it are new for each call.
    """
    worst = 1.0
    for r in range(kept):
        begin = kept_first[r]
        end = kept_first[r + 1]
        if begin == end:
            continue
        seen[tail[kept_path[begin]]] = stamp + r
        cost_to[tail[kept_path[begin]]] = 0.0
        total = 0.0
        for i in range(begin, end):
            total += weight[kept_path[i]]
            seen[head[kept_path[i]]] = stamp + r
            cost_to[head[kept_path[i]]] = total
        left_at = 0.0
        since = 0.0
        for i in range(path.size):
            since += weight[path[i]]
            v = head[path[i]]
            if seen[v] == stamp + r and cost_to[v] >= left_at:
                replaced = cost_to[v] - left_at
                if since > replaced:
                    worst = max(worst, since / replaced if replaced > 0.0 else np.inf)
                left_at = cost_to[v]
                since = 0.0
    return worst


class Chooser:
    """Takes candidate routes in ascending order of cost and keeps those that differ; one thread."""

    def __init__(
        self, tail: Ints, head: Ints, weight: Floats, node_count: int, max_share: float, max_detour: float = np.inf
    ) -> None:
        self._tail, self._head, self._weight = tail, head, floats(weight)
        self._max_share, self._max_detour = max_share, max_detour
        self._cost_to = np.empty(node_count)
        self._seen = np.zeros(node_count, np.int32)
        self._mark = np.zeros(tail.size, np.int32)
        self._stamp = 0
        self._offered = np.full(node_count, np.inf)
        self.cost: list[float] = []
        self.anchor: list[int] = []
        self._first = [0]
        self._path = np.empty(0, np.int32)

    def offered(self, node: int) -> float:
        """Cost of the cheapest route offered so far that comes to a node, ``inf`` if there is none."""
        return float(self._offered[node])

    def differs(self, path: Ints, cost: float) -> bool:
        """Whether a route visits no node twice, shares little enough with all kept so far and takes no silly detour."""
        self._note(cost, path)
        stamp, kept = self._stamp + 1, len(self.cost)
        self._stamp += kept + 1
        if visits_twice(path, self._tail, self._head, self._seen, stamp):
            return False
        if kept == 0:
            return True
        first = np.asarray(self._first, np.int64)
        if largest_share(path, self._weight, first, self._path, kept, self._mark, stamp) > self._max_share:
            return False
        if self._max_detour == np.inf:
            return True
        ratio = longest_detour(
            path,
            self._tail,
            self._head,
            self._weight,
            first,
            self._path,
            kept,
            self._seen,
            self._cost_to,
            stamp + 1,
        )
        return bool(ratio <= self._max_detour * (1.0 + 1e-12))

    def _note(self, cost: float, path: Ints) -> None:
        on_way = self._head[path]
        self._offered[on_way] = np.minimum(self._offered[on_way], cost)

    def keep(self, cost: float, anchor: int, path: Ints) -> None:
        """Add a route."""
        self._note(cost, path)
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


def _take_through(
    chooser: Chooser,
    anchors: Ints,
    cost: Floats,
    best: float,
    stretch: float,
    count: int,
    path_through: Callable[[int], Ints],
) -> None:
    """Offer the routes through ``anchors`` in ascending order of ``cost``.

    An anchor on a route already offered at the same cost is passed over: the way through it is that route.
    """
    for i in within_stretch(cost, best, stretch).tolist():
        if len(chooser.cost) >= count:
            break
        node = int(anchors[i])
        if chooser.offered(node) <= cost[i] * (1.0 + 1e-12):
            continue
        path = path_through(node)
        if chooser.differs(path, float(cost[i])):
            chooser.keep(float(cost[i]), i, path)


def via_alternatives(
    hierarchy: Hierarchy,
    metric: Metric,
    graph: Graph,
    source: int,
    target: int,
    anchors: Anchors,
    stretch: float = 1.5,
    max_share: float = 0.8,
    max_detour: float = np.inf,
    count: int = 10,
) -> Alternatives:
    """Up to ``count`` routes from ``source`` to ``target``, the best and others through anchors."""
    query = PathQuery(hierarchy, metric)
    best, path = query.path(source, target)
    chooser = Chooser(graph.tail, graph.head, metric.weight, hierarchy.order.size, max_share, max_detour)
    if not np.isfinite(best):
        return chooser.result()
    chooser.keep(best, -1, path)
    forward = make_labels(hierarchy, metric, np.array([source]), UP)
    backward = make_labels(hierarchy, metric, np.array([target]), DOWN)
    cost = distances(forward, anchors.entering)[0] + distances(anchors.leaving, backward)[:, 0]

    def path_through(node: int) -> Ints:
        return np.concatenate((query.path(source, node)[1], query.path(node, target)[1]))

    _take_through(chooser, anchors.node, cost, best, stretch, count, path_through)
    return chooser.result()


def rooted_alternatives(
    query: PathQuery,
    graph: Graph,
    tree: Tree,
    target: int,
    anchors: Ints,
    onward: Floats,
    stretch: float = 1.5,
    max_share: float = 0.8,
    max_detour: float = np.inf,
    count: int = 10,
) -> Alternatives:
    """The same for one of many targets of the root of ``tree``; the best route is the tree's.

    ``anchors`` int32[k] nodes; ``onward`` float64[k], the distance from each to ``target``.
    """
    weight = query.metric.weight
    chooser = Chooser(graph.tail, graph.head, weight, tree.arc.size, max_share, max_detour)
    best = float(tree.distance[target])
    if not np.isfinite(best):
        return chooser.result()
    chooser.keep(best, -1, path_arcs(tree.arc, graph.tail, target))

    def path_through(node: int) -> Ints:
        return np.concatenate((path_arcs(tree.arc, graph.tail, node), query.path(node, target)[1]))

    cost = tree.distance[anchors] + onward
    _take_through(chooser, np.asarray(anchors, np.int32), cost, best, stretch, count, path_through)
    return chooser.result()
