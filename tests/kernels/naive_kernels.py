"""Slow, obvious twins of the kernels: lists, loops and definitions, no shared code with ``landbridge.kernels``."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

INF = math.inf


@dataclass
class NaiveGraph:
    """A multigraph as lists."""

    node_count: int
    tail: list[int]
    head: list[int]
    weight: list[float]

    @property
    def arcs(self) -> list[tuple[int, int, float]]:
        return list(zip(self.tail, self.head, self.weight, strict=True))

    def closed(self, arcs) -> NaiveGraph:
        weight = [INF if a in set(arcs) else w for a, w in enumerate(self.weight)]
        return NaiveGraph(self.node_count, self.tail, self.head, weight)

    def reversed(self) -> NaiveGraph:
        return NaiveGraph(self.node_count, self.head, self.tail, self.weight)


@dataclass
class NaiveTree:
    distance: list[float]
    arc: list[int]
    settled: list[int] = field(default_factory=list)


def tree(graph: NaiveGraph, sources: dict[int, float], limit: float = INF) -> NaiveTree:
    """Dijkstra by looking through all nodes: settle the least (distance, node), lowest arc among equals."""
    n = graph.node_count
    result = NaiveTree([INF] * n, [-1] * n)
    distance = [INF] * n
    for node, start in sources.items():
        distance[node] = min(distance[node], start)
    arc = [-1] * n
    while True:
        waiting = [(distance[v], v) for v in range(n) if v not in result.settled and distance[v] < INF]
        waiting = [entry for entry in waiting if entry[0] <= limit]
        if not waiting:
            return result
        d, u = min(waiting)
        result.settled.append(u)
        result.distance[u], result.arc[u] = d, arc[u]
        for a, (t, h, w) in enumerate(graph.arcs):
            if t == u and h not in result.settled and d + w < INF:
                better = d + w < distance[h]
                if better or (d + w == distance[h] and a < arc[h]):
                    distance[h], arc[h] = d + w, a


def all_distances(graph: NaiveGraph) -> list[list[float]]:
    """Floyd and Warshall."""
    n = graph.node_count
    d = [[0.0 if i == j else INF for j in range(n)] for i in range(n)]
    for t, h, w in graph.arcs:
        d[t][h] = min(d[t][h], w)
    for k, i, j in itertools.product(range(n), repeat=3):
        d[i][j] = min(d[i][j], d[i][k] + d[k][j])
    return d


def strong_parts(graph: NaiveGraph) -> list[frozenset[int]]:
    """Sets of nodes that reach each other over open arcs."""
    d = all_distances(graph)
    n = graph.node_count
    return list({frozenset(j for j in range(n) if d[i][j] < INF and d[j][i] < INF) for i in range(n)})


def fill(graph: NaiveGraph, order: list[int]) -> set[tuple[int, int]]:
    """Elimination game: pairs (lower, higher position) joined when nodes are removed in ``order``."""
    rank = {v: i for i, v in enumerate(order)}
    joined = {tuple(sorted((rank[t], rank[h]))) for t, h, _ in graph.arcs if t != h}
    for x in range(graph.node_count):
        above = sorted(b for a, b in joined if a == x)
        joined |= set(itertools.combinations(above, 2))
    return joined


def slot_value(graph: NaiveGraph, order: list[int], start: int, stop: int) -> float:
    """Least weight of a walk between two positions whose inner positions are all below both."""
    low = min(start, stop)
    allowed = set(range(low)) | {start, stop}
    rank = {v: i for i, v in enumerate(order)}
    inner = NaiveGraph(graph.node_count, [], [], [])
    for t, h, w in graph.arcs:
        t, h = rank[t], rank[h]
        if t in allowed and h in allowed and h != start and t != stop:
            inner.tail.append(t)
            inner.head.append(h)
            inner.weight.append(w)
    return tree(inner, {start: 0.0}).distance[stop]


def closure(graph: NaiveGraph, pairs, volume, arcs) -> tuple[float, float, float]:
    """Extra cost over pairs that still have a way, volume cut off, largest extra cost of one pair."""
    before, after = all_distances(graph), all_distances(graph.closed(arcs))
    delta = cut = worst = 0.0
    for (s, t), q in zip(pairs, volume, strict=True):
        if before[s][t] == INF:
            continue
        if after[s][t] == INF:
            cut += q
        else:
            delta += q * (after[s][t] - before[s][t])
            worst = max(worst, after[s][t] - before[s][t])
    return delta, cut, worst


def logsum(costs: list[float], theta: float) -> float:
    """Expected least cost of a logit choice, ``inf`` without a route."""
    open_costs = [c for c in costs if c < INF]
    if not open_costs:
        return INF
    least = min(open_costs)
    return least - math.log(sum(math.exp(-theta * (c - least)) for c in open_costs)) / theta


def balance(graph: NaiveGraph, flow) -> list[float]:
    """Flow out minus flow in at every node."""
    result = [0.0] * graph.node_count
    for (t, h, _), f in zip(graph.arcs, flow, strict=True):
        result[t] += f
        result[h] -= f
    return result
