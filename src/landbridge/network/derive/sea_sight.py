"""Edges of sight: where the source's lines make a ship go round open water, a straight edge is added.

The source follows main traffic; between small ports of one sea its lines can be half as long again as the
straight way. Rule: two nodes at most ``REACH_KM`` apart whose straight line crosses neither land (1:50
million) nor a gate are never farther apart in the graph than ``DETOUR`` times that line. The edges are
added shortest first, and only where those added before do not already keep the rule (a greedy spanner).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landbridge.kernels.sphere import great_circles_km
from landbridge.network.sea.access import crosses_land
from landbridge.network.sea.graph import Float64, Int64, SeaGraph, crossings

REACH_KM: Final = 500.0
DETOUR: Final = 1.10
#: Shorter edges would repair detours of a few kilometres.
SHORTEST_KM: Final = 20.0
#: North and south of it ice rather than geometry decides.
MAX_LATITUDE: Final = 62.0
_BAND_KM: Final = 50.0
_BATCH: Final = 300


@dataclass(frozen=True)
class _Pairs:
    """Pairs of nodes within reach, ordered by (a, b)."""

    a: Int64
    b: Int64
    km: Float64


def with_sight_edges(graph: SeaGraph) -> tuple[SeaGraph, NDArray[np.bool_]]:
    """The graph with edges of sight, sorted as before, and which edges are new."""
    pairs = _pairs_within_reach(graph)
    seen = np.full(len(pairs.km), -1, dtype=np.int8)  # -1: not yet looked, 0: land or a gate between, 1: open water
    tail, head, km = list(graph.tail), list(graph.head), list(graph.km)
    for band in np.arange(0.0, REACH_KM, _BAND_KM):
        waiting = np.flatnonzero((pairs.km > band) & (pairs.km <= band + _BAND_KM))
        while waiting.size:
            far = _distances(graph.n_nodes, (tail, head, km), pairs, waiting, DETOUR * (band + _BAND_KM) + 1.0)
            waiting = waiting[~(far <= DETOUR * pairs.km[waiting])]
            unseen = waiting[seen[waiting] < 0]
            if unseen.size:
                seen[unseen] = _open_water(graph, pairs.a[unseen], pairs.b[unseen])
            waiting = waiting[seen[waiting] == 1]
            taken = _independent(pairs, waiting)
            tail.extend(pairs.a[taken])
            head.extend(pairs.b[taken])
            km.extend(np.round(pairs.km[taken], 3))
            waiting = np.setdiff1d(waiting, taken)
    count = len(tail) - graph.n_edges
    inner = (*graph.inner, *([""] * count))
    order = sorted(range(len(tail)), key=lambda i: (tail[i], head[i], km[i], inner[i]))
    bigger = replace(
        graph,
        tail=np.array(tail, dtype=np.int32)[order],
        head=np.array(head, dtype=np.int32)[order],
        km=np.array(km)[order],
        mask=np.concatenate([graph.mask, np.zeros(count, dtype=np.int64)])[order],
        inner=tuple(inner[i] for i in order),
    )
    return bigger, np.array(order) >= graph.n_edges


def _pairs_within_reach(graph: SeaGraph) -> _Pairs:
    from scipy.spatial import cKDTree

    lat, lon = np.radians(graph.lat), np.radians(graph.lon)
    points = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    pairs = cKDTree(points).query_pairs(2 * np.sin(REACH_KM / 6371.0 / 2), output_type="ndarray")
    pairs = np.sort(pairs.astype(np.int64), axis=1)
    a, b = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))].T
    km = great_circles_km(graph.lat[a], graph.lon[a], graph.lat[b], graph.lon[b])
    good = (km >= SHORTEST_KM) & (km <= REACH_KM)
    good &= np.maximum(np.abs(graph.lat[a]), np.abs(graph.lat[b])) <= MAX_LATITUDE
    # Pairs over the date line are left to the source: the coastline is cut there.
    good &= np.abs(graph.lon[a] - graph.lon[b]) < 180.0
    return _Pairs(a[good], b[good], km[good])


def _distances(
    n: int,
    edges: tuple[Sequence[int], Sequence[int], Sequence[float]],
    pairs: _Pairs,
    which: Int64,
    limit_km: float,
) -> Float64:
    """Graph distances of some pairs, ``inf`` beyond the limit."""
    from scipy.sparse.csgraph import dijkstra

    from landbridge.network.sea.lanes import shortest_between

    matrix, _ = shortest_between(n, np.array(edges[0]), np.array(edges[1]), np.array(edges[2]))
    a, b = pairs.a[which], pairs.b[which]
    sources = np.unique(a)
    result = np.empty(len(which))
    for start in range(0, len(sources), _BATCH):
        batch = sources[start : start + _BATCH]
        tree = dijkstra(matrix, indices=batch, limit=limit_km)
        rows = slice(*np.searchsorted(a, [batch[0], batch[-1] + 1]))
        result[rows] = tree[np.searchsorted(batch, a[rows]), b[rows]]
    return result


def _open_water(graph: SeaGraph, a: Int64, b: Int64) -> NDArray[np.bool_]:
    gates = crossings(graph.lat[a], graph.lon[a], graph.lat[b], graph.lon[b], graph.gates).any(axis=1)
    return ~gates & ~crosses_land(graph.lat[a], graph.lon[a], graph.lat[b], graph.lon[b])


def _independent(pairs: _Pairs, waiting: Int64) -> Int64:
    """The shortest pairs of which no two share a node: none of them makes another needless at its own end."""
    busy: set[int] = set()
    taken = []
    for i in waiting[np.lexsort((waiting, pairs.km[waiting]))].tolist():
        ends = {int(pairs.a[i]), int(pairs.b[i])}
        if not ends & busy:
            busy |= ends
            taken.append(i)
    return np.array(sorted(taken), dtype=np.int64)
