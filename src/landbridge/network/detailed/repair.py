"""Repair of one mode's graph by stated rules: pure functions over arrays, each returning what it would change.

Rules, in the order they are applied (limits in ``rules.Rules``):

1. loops are dropped (``source.read_graph``);
2. a dead end (at most one neighbour) is joined to the nearest node of every other loose part within the
   limit, and to the nearest other dead end; never across a state border and never between gauges. Measured on
   309 curated rail sections of 60 km and more, within 20 % of the official length: as shipped 239; joining
   every pair of nodes within 2.5 km (1.07 million joins) 265; this rule (5,842 joins) 264;
3. two loose parts of one country and gauge are joined at their nearest nodes within a longer limit (roads
   only over land);
4. a small loose part of one country that a neighbour's network enters and leaves close to the border lies in
   that neighbour;
5. a small part of a country that an edge over the border leads into is joined to the nearest larger part of
   that country, over land: a road that crosses a border goes on;
6. the two sides of a curated crossing are joined where no arc of the package crosses;
7. a curated section whose path is missing or out of proportion gets an arc of its official length;
8. lengths of the package are multiplied by a circuity per mode and continent, the median of official over path length;
9. lengths along the path of a good curated section are scaled to the section's official length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from landbridge.kernels.sphere import great_circles_km
from landbridge.network.detailed.nearness import search_tree, within
from landbridge.network.territory import depth_km

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Shorts = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Edges:
    """Undirected edges: ``tail``, ``head`` int32[e] with ``tail < head`` except where a rule says
    otherwise; ``km`` float64[e].
    """

    tail: Ints
    head: Ints
    km: Floats

    def __len__(self) -> int:
        return int(self.tail.size)


def no_edges() -> Edges:
    """Nothing to add."""
    return Edges(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))


def loose_parts(node_count: int, tail: Ints, head: Ints) -> Ints:
    """Part of every node, int32[n], numbered by size, largest first, then by lowest node."""
    matrix = csr_matrix((np.ones(tail.size, np.int8), (tail, head)), shape=(node_count, node_count))
    count, label = connected_components(matrix, directed=False)
    size = np.bincount(label, minlength=count)
    lowest = np.full(count, node_count, np.int64)
    np.minimum.at(lowest, label, np.arange(node_count))
    rank = np.empty(count, np.int32)
    rank[np.lexsort((lowest, -size))] = np.arange(count, dtype=np.int32)
    return np.asarray(rank[label], np.int32)


def dead_end_joins(
    lat: Floats, lon: Floats, group: npt.NDArray[np.int64], tail: Ints, head: Ints, limit_km: float
) -> Edges:
    """Rule 2. ``group`` int64[n]: only nodes of one group are joined (country and gauge)."""
    count = lat.size
    degree = np.bincount(tail, minlength=count) + np.bincount(head, minlength=count)
    dead = np.flatnonzero(degree <= 1)
    if not dead.size:
        return no_edges()
    tree = search_tree(lat, lon)
    found = within(tree, lat[dead], lon[dead], limit_km)
    a = np.repeat(dead, [near.size for near in found])
    b = np.concatenate(found)
    known = np.unique(np.minimum(tail, head).astype(np.int64) * count + np.maximum(tail, head))
    pair = np.minimum(a, b) * count + np.maximum(a, b)
    keep = (a != b) & (group[a] == group[b]) & ~np.isin(pair, known)
    a, b = a[keep], b[keep]
    km = great_circles_km(lat[a], lon[a], lat[b], lon[b])
    part = loose_parts(count, tail, head)
    apart = part[a] != part[b]
    to_part = _first_of(a[apart].astype(np.int64) * count + part[b[apart]], km[apart], b[apart])
    both_dead = degree[b] <= 1
    to_dead = _first_of(a[both_dead].astype(np.int64), km[both_dead], b[both_dead])
    chosen = np.concatenate([np.flatnonzero(apart)[to_part], np.flatnonzero(both_dead)[to_dead]])
    low, high = np.minimum(a[chosen], b[chosen]), np.maximum(a[chosen], b[chosen])
    _, first = np.unique(low * count + high, return_index=True)
    return Edges(low[first].astype(np.int32), high[first].astype(np.int32), km[chosen][first])


def _first_of(key: npt.NDArray[np.int64], km: Floats, node: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Position of the nearest entry (then lowest node) of every key."""
    order = np.lexsort((node, km, key))
    _, first = np.unique(key[order], return_index=True)
    return np.asarray(order[first], np.int64)


def loose_part_joins(
    lat: Floats,
    lon: Floats,
    group: npt.NDArray[np.int64],
    part: Ints,
    asking: npt.NDArray[np.bool_],
    min_nodes: int,
    limit_km: float,
) -> Edges:
    """Rules 3 and 5: one edge from every part that asks to the nearest other one of its group within ``limit_km``.

    ``part`` int32[n] as ``loose_parts`` numbers them; a part asks if one of its nodes does (bool[n]), and is
    answered only by parts of ``min_nodes`` or more. Of two parts that are each other's nearest one edge is made.
    """
    size = np.bincount(part)
    asks = np.zeros(size.size, np.bool_)
    asks[part[asking]] = True
    found: dict[tuple[int, int], float] = {}
    for one in np.unique(group[asking]).tolist():
        members = np.flatnonzero(group == one)
        answering = members[size[part[members]] >= min_nodes]
        if not answering.size:
            continue
        tree = search_tree(lat[answering], lon[answering])
        for p in np.unique(part[members[asks[part[members]]]]).tolist():
            own = members[part[members] == p]
            reach = within(tree, lat[own], lon[own], limit_km)
            a = np.repeat(own, [near.size for near in reach])
            b = answering[np.concatenate(reach)]
            foreign = part[b] != p
            a, b = a[foreign], b[foreign]
            if not a.size:
                continue
            km = great_circles_km(lat[a], lon[a], lat[b], lon[b])
            best = int(np.lexsort((b, a, km))[0])
            found[min(int(a[best]), int(b[best])), max(int(a[best]), int(b[best]))] = float(km[best])
    pairs = sorted(found)
    return Edges(
        np.array([a for a, _ in pairs], np.int32),
        np.array([b for _, b in pairs], np.int32),
        np.array([found[pair] for pair in pairs]),
    )


@dataclass(frozen=True)
class Enclave:
    """A loose part that moves to the neighbour's country."""

    nodes: npt.NDArray[np.int64]
    country_from: int
    country_to: int


def false_enclaves(
    lat: Floats, lon: Floats, country: Shorts, tail: Ints, head: Ints, extent_km: float, limit_depth_km: float
) -> list[Enclave]:
    """Rule 4: parts of one country no wider than ``extent_km`` that a neighbour's network enters and
    leaves at two places or more, and that lie within ``limit_depth_km`` of it.

    A part entered at one place stays: it may be the road from a border post that the package breaks off; so
    does the largest part of a country, or Liechtenstein would be one. Two carriageways (nodes within 0.01
    degrees) are one place. A part with two neighbours goes to the one it touches most often (ties: lower
    country number).
    """
    same = country[tail] == country[head]
    part = loose_parts(lat.size, tail[same], head[same])
    cross_tail, cross_head = tail[~same], head[~same]
    touching = np.unique(part[np.concatenate([cross_tail, cross_head])])
    size = np.bincount(part)
    order = np.argsort(part, kind="stable")
    start = np.concatenate([[0], np.cumsum(size)])
    found: list[Enclave] = []
    moved: set[int] = set()
    connected = np.unique(np.concatenate([tail, head]))
    main = {int(part[connected[country[connected] == c]].min()) for c in np.unique(country[connected])}
    for p in sorted(touching.tolist(), key=lambda p: (size[p], p)):
        nodes = order[start[p] : start[p + 1]]
        width = great_circles_km(lat[nodes].min(), lon[nodes].min(), lat[nodes].max(), lon[nodes].max())
        if float(width) > extent_km or p in main:
            continue
        across = np.concatenate([cross_head[part[cross_tail] == p], cross_tail[part[cross_head] == p]])
        if any(int(q) in moved for q in part[across]):
            continue  # its neighbour has just moved; the border between them is gone or will be judged next time
        gates = np.concatenate([cross_tail[part[cross_tail] == p], cross_head[part[cross_head] == p]])
        cells = np.column_stack([country[across], np.round(lat[gates] * 100.0), np.round(lon[gates] * 100.0)])
        neighbours, touches = np.unique(np.unique(cells, axis=0)[:, 0].astype(np.int64), return_counts=True)
        if touches.max() < 2:
            continue
        target = int(neighbours[np.argmax(touches)])
        if depth_km(lat[nodes], lon[nodes], target).max() <= limit_depth_km:
            moved.add(p)
            found.append(Enclave(nodes, int(country[nodes[0]]), target))
    return found


def crossing_join(
    lat: Floats,
    lon: Floats,
    near_a: npt.NDArray[np.int64],
    near_b: npt.NDArray[np.int64],
    part: Ints,
    part_size: npt.NDArray[np.int64],
    min_nodes: int,
) -> tuple[int, int, float]:
    """Rule 6: nearest pair between the largest parts on both sides; (-1, -1, inf) where a side has no part
    large enough.

    ``near_a``, ``near_b``: nodes of each country near the crossing.
    """
    sides = []
    for near in (near_a, near_b):
        large = near[part_size[part[near]] >= min_nodes]
        if not large.size:
            return -1, -1, np.inf
        sides.append(large[part[large] == part[large].min()])  # parts are numbered by size
    a, b = np.meshgrid(*sides, indexing="ij")
    km = great_circles_km(lat[a], lon[a], lat[b], lon[b])
    best = int(np.argmin(km))
    return int(a.flat[best]), int(b.flat[best]), float(km.flat[best])


def terminal_edges(
    lat: Floats,
    lon: Floats,
    part: Ints,
    near: npt.NDArray[np.int64],
    place_lat: float,
    place_lon: float,
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Nodes that a place is joined to: of every loose part among ``near`` the nearest node in each of eight directions.

    One nearest node would not do, because it may lie on a loose siding; all nodes would be thousands in a large city.
    """
    km = great_circles_km(np.array(place_lat), np.array(place_lon), lat[near], lon[near])
    east = (lon[near] - place_lon + 180.0) % 360.0 - 180.0
    angle = np.arctan2(lat[near] - place_lat, east * np.cos(np.radians(place_lat)))
    octant = np.floor((angle + np.pi) / (np.pi / 4.0)).astype(np.int64) % 8
    chosen = _first_of(part[near].astype(np.int64) * 8 + octant, km, near)
    return near[chosen], km[chosen]
