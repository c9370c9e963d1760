"""Tables of least costs between many places, and what is within reach of one.

One attribute is minimised; all others are summed along the same way. Where there is no way every value is ``inf``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.kernels.cch import build_hierarchy, customise
from landbridge.kernels.dijkstra import Search, path_arcs
from landbridge.kernels.graph import build_graph
from landbridge.kernels.labels import make_sums, skim
from landbridge.kernels.min_degree import minimum_degree
from landbridge.models.wires import Float64, Wires


@dataclass(frozen=True)
class SkimTable:
    """Least weights [origins, destinations] and, by name, the attributes along the same ways."""

    origins: tuple[str, ...]
    destinations: tuple[str, ...]
    weight: Float64
    attributes: Mapping[str, Float64]


@dataclass(frozen=True)
class Reached:
    """A zone within the limit: its weight from the origin and the attributes of the way."""

    zone: str
    weight: float
    attributes: Mapping[str, float]


def skim_table(wires: Wires, origins: Sequence[str], destinations: Sequence[str], *, threads: int = 2) -> SkimTable:
    """Least ways between zones of ``wires``, by a contraction hierarchy made for this network."""
    hierarchy = build_hierarchy(wires.tail, wires.head, minimum_degree(wires.tail, wires.head, wires.n_nodes))
    metric = customise(hierarchy, wires.weight, threads)
    # A closed arc is in no way, so its attributes may be anything; 0 keeps sums finite.
    usable = np.isfinite(wires.weight)
    columns = [np.where(usable, values, 0.0) for values in wires.attributes.values()]
    sums = make_sums(hierarchy, np.ascontiguousarray(np.array(columns).reshape(len(columns), -1).T))
    found = skim(
        hierarchy,
        metric,
        np.array([wires.origin_node[zone] for zone in origins], dtype=np.int32),
        np.array([wires.destination_node[zone] for zone in destinations], dtype=np.int32),
        sums,
        threads,
    )
    weight, totals = found.distance.copy(), found.total.copy()
    same = np.equal.outer(np.array(origins), np.array(destinations))
    weight[same] = 0.0
    totals[:, same] = 0.0
    attributes = {name: totals[i] for i, name in enumerate(wires.attributes)}
    return SkimTable(tuple(origins), tuple(destinations), weight, attributes)


def within_reach(wires: Wires, origin: str, limit: float) -> tuple[Reached, ...]:
    """Zones reached within ``limit`` (unit of the weights), nearest first; the origin is not among them."""
    search = Search(build_graph(wires.tail, wires.head, wires.n_nodes))
    tree = search.tree(wires.weight, np.array([wires.origin_node[origin]], dtype=np.int32), limit=limit)
    found = []
    for zone, node in wires.destination_node.items():
        if zone == origin or not tree.distance[node] <= limit:
            continue
        arcs = path_arcs(tree.arc, wires.tail, node)
        sums = {name: float(values[arcs].sum()) for name, values in wires.attributes.items()}
        found.append(Reached(zone, float(tree.distance[node]), sums))
    return tuple(sorted(found, key=lambda reached: (reached.weight, reached.zone)))
