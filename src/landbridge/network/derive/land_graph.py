"""Links between neighbouring places, contracted from the detailed land network.

In every mode each node belongs to the place (its *seat*: a terminal of one gauge) that it reaches by the
shortest way inside its country. Where two such regions touch there is one link, along the best way between
the two seats that crosses from one region to the other once. Over a state border there is one link per
crossing and pair of seats. So a link never holds two crossings and never a break of gauge inside a country.
Source: shortest-path Voronoi regions, as in Mehlhorn, "A faster approximation algorithm for the Steiner
problem in graphs" (1988).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landbridge.kernels.dijkstra import Search
from landbridge.kernels.graph import Graph, build_graph
from landbridge.kernels.sphere import great_circles_km
from landbridge.network.detailed.arrays import DetailedNetwork
from landbridge.network.detailed.repair import loose_parts
from landbridge.schema.words import ARC_KINDS, MODES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

#: A link is left out if another way over the links of its mode is no longer than this many times its own length ...
REDUNDANT_RATIO = 1.02
#: ... or if it is more than this many times the straight line (beyond a short distance) and its ends are
#: joined otherwise.
LONG_RATIO = 3.0
LONG_FROM_KM = 30.0

_MOVING = tuple(ARC_KINDS.index(kind) for kind in ("haul", "access"))
_CROSSING = ARC_KINDS.index("crossing")


@dataclass(frozen=True)
class Regions:
    """Regions of the seats of one mode. A seat is a node of the detailed network.

    ``seat`` int32[n]: the seat of every node, -1 = none; ``distance`` float64[n] km from it;
    ``parent`` int32[n]: the node before on the way from the seat, -1 at seats.
    """

    mode: str
    seat: Ints
    distance: Floats
    parent: Ints


@dataclass(frozen=True)
class Link:
    """A link between two seats, ``node_a < node_b``; ``nodes`` from a to b."""

    mode: str
    node_a: int
    node_b: int
    km: float
    crossing: int  # position in network.crossings, -1 = none
    nodes: Longs


def inner_weight(network: DetailedNetwork, mode: str) -> Floats:
    """Lengths of a mode's arcs inside countries and gauges, ``inf`` on all others."""
    usable = (network.mode == MODES.index(mode)) & np.isin(network.kind, _MOVING)
    usable &= network.node_gauge_mm[network.tail] == network.node_gauge_mm[network.head]
    return np.where(usable, network.km, np.inf)


def moving_weight(network: DetailedNetwork, mode: str) -> Floats:
    """Lengths of a mode's arcs inside countries and over borders, ``inf`` on all others."""
    across = (network.mode == MODES.index(mode)) & (network.kind == _CROSSING)
    return np.where(across, network.km, inner_weight(network, mode))


def terminal_nodes(network: DetailedNetwork, mode: str) -> Ints:
    """Terminals of a mode, world and curated."""
    own = [i for i, terminal in enumerate(network.terminals) if terminal.mode == mode]
    return np.asarray(network.terminal_node)[own].astype(np.int32)


def seat_nodes(network: DetailedNetwork, mode: str) -> Ints:
    """Terminals of all places, and one node of each part that belongs to no place though two crossings lead to it.

    Places are those of the world table and the ends of curated sections. Such a part is a stretch of transit:
    a road through a corner of a country, or one whose own side the package breaks off.
    """
    terminals = terminal_nodes(network, mode).astype(np.int64)
    inner = np.isfinite(inner_weight(network, mode))
    part = loose_parts(network.node_count, np.asarray(network.tail)[inner], np.asarray(network.head)[inner])
    seated = np.zeros(int(part.max()) + 1, np.bool_)
    seated[part[terminals]] = True
    across = np.flatnonzero((network.mode == MODES.index(mode)) & (network.kind == _CROSSING))
    gate = np.asarray(network.tail)[across].astype(np.int64)
    pairs = np.unique(np.column_stack([part[gate], np.asarray(network.crossing)[across]]), axis=0)
    parts, crossings = np.unique(pairs[:, 0], return_counts=True)
    transit = parts[(crossings >= 2) & ~seated[parts]]
    extra = [int(gate[part[gate] == p].min()) for p in transit.tolist()]
    return np.unique(np.concatenate([terminals, np.array(extra, np.int64)])).astype(np.int32)


def grow_regions(network: DetailedNetwork, graph: Graph, mode: str) -> Regions:
    """Regions of all seats of a mode; ties go the way of ``kernels.dijkstra``."""
    sources = seat_nodes(network, mode)
    tree = Search(graph).tree(inner_weight(network, mode), sources)
    parent = np.where(tree.arc >= 0, graph.tail[tree.arc], -1).astype(np.int32)
    root = np.where(parent >= 0, parent, np.arange(network.node_count, dtype=np.int32))
    while True:  # pointer doubling: every node to the root of its tree
        next_root = root[root]
        if np.array_equal(next_root, root):
            break
        root = next_root
    is_seat = np.zeros(network.node_count, np.bool_)
    is_seat[sources] = True
    return Regions(mode, np.where(is_seat[root], root, -1).astype(np.int32), tree.distance, parent)


def derive_links(network: DetailedNetwork, regions: Regions) -> list[Link]:
    """Links between the seats of touching regions, by mode, seats and crossing."""
    tail, head = np.asarray(network.tail), np.asarray(network.head)
    weight = moving_weight(network, regions.mode)
    across = np.asarray(network.kind) == _CROSSING
    a, b = regions.seat[tail], regions.seat[head]
    arcs = np.flatnonzero(np.isfinite(weight) & (a >= 0) & (b >= 0) & (a < b))
    through = regions.distance[tail[arcs]] + weight[arcs] + regions.distance[head[arcs]]
    crossing = np.where(across[arcs], np.asarray(network.crossing)[arcs], -1)
    order = np.lexsort((arcs, through, crossing, b[arcs], a[arcs]))
    key = np.column_stack([a[arcs], b[arcs], crossing])[order]
    first = np.concatenate([[True], np.any(np.diff(key, axis=0) != 0, axis=1)]) if order.size else np.zeros(0, bool)
    links = []
    for i in order[first].tolist():
        arc = int(arcs[i])
        nodes = np.concatenate([_way(regions, int(tail[arc]))[::-1], _way(regions, int(head[arc]))])
        links.append(Link(regions.mode, int(a[arc]), int(b[arc]), float(through[i]), int(crossing[i]), nodes))
    return links


def _way(regions: Regions, node: int) -> Longs:
    """Nodes from a node to its seat."""
    found = [node]
    while regions.parent[found[-1]] >= 0:
        found.append(int(regions.parent[found[-1]]))
    return np.array(found, np.int64)


def kept_links(network: DetailedNetwork, links: Sequence[Link]) -> list[Link]:
    """Links without the redundant and the far too long ones, judged from the longest to the shortest.

    A link over a border is redundant only beside another one over the same crossing, so that no crossing is lost.
    """
    if not links:
        return []
    nodes = sorted({node for link in links for node in (link.node_a, link.node_b)})
    number = {node: i for i, node in enumerate(nodes)}
    a = np.array([number[link.node_a] for link in links], np.int32)
    b = np.array([number[link.node_b] for link in links], np.int32)
    km = np.array([link.km for link in links])
    lat, lon = np.asarray(network.node_lat)[nodes], np.asarray(network.node_lon)[nodes]
    straight = great_circles_km(lat[a], lon[a], lat[b], lon[b])
    per_crossing = Counter(link.crossing for link in links)
    search = Search(build_graph(np.concatenate([a, b]), np.concatenate([b, a]), len(nodes)))
    weight = np.concatenate([km, km])
    keep = np.ones(len(links), np.bool_)
    for i in sorted(range(len(links)), key=lambda i: (-km[i], i)):
        crossing = links[i].crossing
        if crossing >= 0 and per_crossing[crossing] == 1:
            continue
        too_long = straight[i] >= LONG_FROM_KM and km[i] > LONG_RATIO * straight[i]
        both = [i, i + len(links)]
        weight[both] = np.inf
        limit = np.inf if too_long else REDUNDANT_RATIO * km[i]
        tree = search.tree(weight, a[i : i + 1], limit=limit, targets=b[i : i + 1])
        if np.isfinite(tree.distance[b[i]]):
            keep[i] = False
            per_crossing[crossing] -= 1
        else:
            weight[both] = km[i]
    return [link for i, link in enumerate(links) if keep[i]]
