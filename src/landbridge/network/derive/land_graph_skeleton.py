"""The skeleton of one mode: the pieces of road or rail that paths between places share, cut at places,
junctions and borders.

The paths are those of the links of ``land_graph`` and, where two places with a common neighbour are more than
a ratio farther apart over these than in the detailed network, the direct way between them. Every piece of the
detailed network is in at most one chain, so closing a chain closes it for everybody. Then the fine structure
is taken out: junctions a short way apart become one, of parallel chains the shorter stays, dead ends without
a place go, chains that meet in pairs are joined again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from landbridge.kernels.dijkstra import Search, path_arcs
from landbridge.kernels.graph import Graph
from landbridge.network.derive.land_graph import Link, moving_weight
from landbridge.network.detailed.arrays import DetailedNetwork

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Chain:
    """A piece between two skeleton nodes (nodes of the detailed network), ``nodes`` from a to b.

    ``crossing``: position in ``network.crossings``, -1 = none; with one, the border lies between
    ``nodes[border]`` and the next. ``km_to_border``: from a to the middle of that arc. After junctions were
    merged, ``a`` and ``b`` may lie a short way from the ends of ``nodes``.
    """

    a: int
    b: int
    km: float
    crossing: int
    km_to_border: float
    nodes: tuple[int, ...]

    def turned(self) -> Chain:
        """The chain from b to a."""
        there = self.km - self.km_to_border if self.crossing >= 0 else 0.0
        return Chain(self.b, self.a, self.km, self.crossing, there, self.nodes[::-1])


def used_edges(network: DetailedNetwork, graph: Graph, links: Sequence[Link], direct_ratio: float) -> Longs:
    """Keys (lower node times node count plus higher node) of the edges of one mode that the skeleton is
    made of, ascending.
    """
    count = network.node_count
    keys = edge_keys(network)
    used = np.unique(
        np.concatenate(
            [
                np.minimum(link.nodes[:-1], link.nodes[1:]) * count + np.maximum(link.nodes[:-1], link.nodes[1:])
                for link in links
            ]
        )
    )
    exact = moving_weight(network, links[0].mode)
    over_links = np.where(np.isin(keys, used), exact, np.inf)
    neighbours: dict[int, dict[int, float]] = {}
    for link in links:
        for a, b in ((link.node_a, link.node_b), (link.node_b, link.node_a)):
            row = neighbours.setdefault(a, {})
            row[b] = min(row.get(b, np.inf), link.km)
    search = Search(graph)
    added = [used]
    for a in sorted(neighbours):
        second: dict[int, float] = {}
        for b, first_km in neighbours[a].items():
            for c, second_km in neighbours[b].items():
                if c > a and c not in neighbours[a]:
                    second[c] = min(second.get(c, np.inf), first_km + second_km)
        if not second:
            continue
        targets = np.array(sorted(second), np.int32)
        limit = max(second.values()) * 1.001
        source = np.array([a], np.int32)
        direct = search.tree(exact, source, limit=limit, targets=targets)
        coarse = search.tree(over_links, source, limit=limit, targets=targets)
        for c in targets[coarse.distance[targets] > direct_ratio * direct.distance[targets]].tolist():
            added.append(keys[path_arcs(direct.arc, graph.tail, c)])
    return np.unique(np.concatenate(added))


def edge_keys(network: DetailedNetwork) -> Longs:
    """Key of every arc: the same for both directions and for parallel arcs."""
    tail, head = np.asarray(network.tail).astype(np.int64), np.asarray(network.head).astype(np.int64)
    return np.minimum(tail, head) * network.node_count + np.maximum(tail, head)


def chains_of(network: DetailedNetwork, mode: str, used: Longs, kept: npt.NDArray[np.bool_]) -> list[Chain]:
    """Cut the used edges at ``kept`` nodes (bool[n]) and junctions, and so that no chain holds two crossings."""
    count = network.node_count
    keys = edge_keys(network)
    weight = moving_weight(network, mode)
    candidates = np.flatnonzero(np.isfinite(weight) & np.isin(keys, used))
    order = candidates[np.lexsort((candidates, weight[candidates], keys[candidates]))]
    shortest = order[np.concatenate([[True], np.diff(keys[order]) != 0])]  # one arc per edge
    km = dict(zip(keys[shortest].tolist(), weight[shortest].tolist(), strict=True))
    crossing = dict(zip(keys[shortest].tolist(), np.asarray(network.crossing)[shortest].tolist(), strict=True))
    around: dict[int, list[int]] = {}
    for key in sorted(km):
        a, b = divmod(key, count)
        around.setdefault(a, []).append(b)
        around.setdefault(b, []).append(a)
    corners = {node for node, near in around.items() if len(near) != 2 or kept[node]}
    chains: list[Chain] = []
    done: set[tuple[int, int]] = set()

    def walk(start: int, first: int) -> list[int]:
        path = [start, first]
        while path[-1] not in corners and path[-1] != start:
            near = around[path[-1]]
            path.append(near[0] if near[1] == path[-2] else near[1])
        return path

    for start in sorted(corners):
        for first in around[start]:
            if (start, first) in done:
                continue
            path = walk(start, first)
            done.update(((path[0], path[1]), (path[-1], path[-2])))
            chains.extend(_cut_at_borders(path, km, crossing, count))
    return chains


def _cut_at_borders(path: list[int], km: dict[int, float], crossing: dict[int, int], count: int) -> list[Chain]:
    """One chain, or several where the path crosses borders more than once: cut behind each crossing but the last."""
    steps = [min(u, v) * count + max(u, v) for u, v in pairwise(path)]
    borders = [i for i, step in enumerate(steps) if crossing[step] >= 0]
    cuts = [0, *(i + 1 for i in borders[:-1]), len(steps)]
    result = []
    for first, last in pairwise(cuts):
        here = [i for i in borders if first <= i < last]
        lengths = [km[step] for step in steps[first:last]]
        to_border = sum(lengths[: here[0] - first]) + lengths[here[0] - first] / 2.0 if here else 0.0
        result.append(
            Chain(
                path[first],
                path[last],
                sum(lengths),
                crossing[steps[here[0]]] if here else -1,
                to_border,
                tuple(path[first : last + 1]),
            )
        )
    return result


def simplified(
    network: DetailedNetwork, chains: Sequence[Chain], kept: npt.NDArray[np.bool_], merge_km: float
) -> list[Chain]:
    """Without fine structure; repeats until nothing changes. Nodes of ``kept`` stay."""
    current = list(chains)
    while True:
        before = len(current)
        current = _merged(network, current, kept, merge_km)
        current = _without_parallels(current)
        current = _without_dead_ends(current, kept)
        current = _joined_pairs(network, current, kept)
        if len(current) == before:
            return sorted(current, key=lambda chain: (chain.a, chain.b, chain.crossing, chain.km))


def _merged(network: DetailedNetwork, chains: list[Chain], kept: npt.NDArray[np.bool_], merge_km: float) -> list[Chain]:
    """Junctions joined by a chain shorter than ``merge_km`` become the one with the lowest number; groups
    do not grow beyond one step.
    """
    home: dict[int, int] = {}
    for chain in sorted(chains, key=lambda chain: (chain.km, chain.a, chain.b)):
        if chain.km >= merge_km or chain.crossing >= 0 or chain.a == chain.b:
            continue
        if chain.a in home or chain.b in home or (kept[chain.b] and kept[chain.a]):
            continue
        if network.node_country[chain.a] != network.node_country[chain.b]:
            continue
        keep = chain.a if kept[chain.a] or (not kept[chain.b] and chain.a < chain.b) else chain.b
        home[chain.a] = home[chain.b] = keep
    moved = (Chain(home.get(c.a, c.a), home.get(c.b, c.b), c.km, c.crossing, c.km_to_border, c.nodes) for c in chains)
    return [chain for chain in moved if chain.a != chain.b]


def _without_parallels(chains: list[Chain]) -> list[Chain]:
    """Of chains with the same ends and crossing the shortest."""
    best: dict[tuple[int, int, int], Chain] = {}
    for chain in chains:
        own = chain if chain.a < chain.b else chain.turned()
        key = (own.a, own.b, own.crossing)
        if key not in best or (own.km, own.nodes) < (best[key].km, best[key].nodes):
            best[key] = own
    return [best[key] for key in sorted(best)]


def _without_dead_ends(chains: list[Chain], kept: npt.NDArray[np.bool_]) -> list[Chain]:
    current = chains
    while True:
        degree: dict[int, int] = {}
        for chain in current:
            for node in (chain.a, chain.b):
                degree[node] = degree.get(node, 0) + 1
        alive = [c for c in current if all(degree[node] > 1 or kept[node] for node in (c.a, c.b))]
        if len(alive) == len(current):
            return current
        current = alive


def _joined_pairs(network: DetailedNetwork, chains: list[Chain], kept: npt.NDArray[np.bool_]) -> list[Chain]:
    """Chains that meet at a junction of two become one, unless both cross a border."""
    at: dict[int, set[int]] = {}
    alive = dict(enumerate(chains))
    for i, chain in alive.items():
        at.setdefault(chain.a, set()).add(i)
        at.setdefault(chain.b, set()).add(i)
    for node in sorted(at):
        if kept[node] or len(at[node]) != 2:
            continue
        i, j = sorted(at[node])
        first, second = alive[i], alive[j]
        first = first if first.b == node else first.turned()
        second = second if second.a == node else second.turned()
        if first.a == second.b or (first.crossing >= 0 and second.crossing >= 0):
            continue
        to_border = first.km_to_border if first.crossing >= 0 else first.km + second.km_to_border
        crossing = max(first.crossing, second.crossing)
        nodes = first.nodes + (second.nodes[1:] if first.nodes[-1] == second.nodes[0] else second.nodes)
        alive[i] = Chain(first.a, second.b, first.km + second.km, crossing, to_border if crossing >= 0 else 0.0, nodes)
        del alive[j]
        at[second.b].discard(j)
        at[second.b].add(i)
        at[node] = set()
    return list(alive.values())
