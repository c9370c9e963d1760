"""Which links matter most: exact N-1 over a whole demand table, on any network at fixed costs.

Every link (or crossing, port, strait, country) is closed in turn and all demand finds its way anew. Reported: how
much the total cost rises for those who still get through, and how much demand is cut off - apart, never as an
infinite number.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from landbridge.kernels.cch import build_hierarchy, customise
from landbridge.kernels.critical import Closures, Demand, Groups, Progress, closures, make_demand, make_groups
from landbridge.kernels.critical_measures import Measures, measures
from landbridge.kernels.critical_pairs import link_closures
from landbridge.kernels.graph import build_graph, useful_arcs
from landbridge.kernels.min_degree import minimum_degree
from landbridge.models.wires import Float64, Int32, Wire, Wires

#: On networks of so many nodes pairs are closed one by one while an origin has at most so many; otherwise trees are
#: repaired. Measured: from there on each way is the faster one (benchmarks/README.md).
FEWEST_NODES, MOST_PAIRS = 5000, 150


@dataclass(frozen=True)
class Criticality:
    """Effects of closing each thing.

    order: worst first, by cut-off demand, then extra cost, then position; volume_moved: demand that has a way at all.
    """

    things: tuple[Wire, ...]
    result: Closures
    order: NDArray[np.int64]
    seconds: float
    volume_moved: float

    def measures(self) -> Measures:
        """The usual measures, in the order of ``things``; lost demand is priced at the mean cost of a unit."""
        mean = self.result.base_total / self.volume_moved if self.volume_moved else 0.0
        return measures(self.result, mean)

    def to_json(self, most: int | None = None) -> dict[str, Any]:
        """The fields other programs may rely on."""
        result = self.result
        shown = self.order[:most]
        return fields(self.things, shown, result.base_total, result.delta_total, result.cut_off, self.seconds)


def fields(
    things: Sequence[Wire],
    shown: NDArray[np.int64],
    base_total: float,
    delta_total: Float64,
    cut_off: Float64,
    seconds: float,
) -> dict[str, Any]:
    """What is said of closures, the ``shown`` ones in their order, whatever chose the ways."""
    return {
        "base_total": float(base_total),
        "links": [
            {
                "link": things[i].id,
                "from": things[i].start,
                "to": things[i].end,
                "delta_total": float(delta_total[i]),
                "cut_off_demand": float(cut_off[i]),
            }
            for i in shown.tolist()
        ],
        "seconds": seconds,
    }


def criticality(
    wires: Wires,
    things: Sequence[Wire],
    origin: Sequence[str],
    destination: Sequence[str],
    volume: Float64,
    *,
    threads: int = 2,
    progress: Progress | None = None,
) -> Criticality:
    """Close each of ``things`` in turn. Demand goes between zones of ``wires``; demand within one is left out."""
    started = time.perf_counter()
    demand = demand_between(wires, origin, destination, volume)
    result = _close_each(wires, demand, make_groups([thing.arcs for thing in things]), threads, progress)
    order = worst_first(result.delta_total, result.cut_off)
    moved = float(demand.volume[np.isfinite(result.distance)].sum())
    return Criticality(tuple(things), result, order, time.perf_counter() - started, moved)


def demand_between(wires: Wires, origin: Sequence[str], destination: Sequence[str], volume: Float64) -> Demand:
    """Demand by node; what stays within a zone is left out."""
    outside = [i for i, (a, b) in enumerate(zip(origin, destination, strict=True)) if a != b]
    return make_demand(
        np.array([wires.origin_node[origin[i]] for i in outside], dtype=np.int32),
        np.array([wires.destination_node[destination[i]] for i in outside], dtype=np.int32),
        np.asarray(volume, dtype=np.float64)[outside],
    )


def worst_first(delta_total: Float64, cut_off: Float64) -> NDArray[np.int64]:
    """Positions by cut-off demand, then extra cost, then position."""
    order: NDArray[np.int64] = np.lexsort((np.arange(cut_off.size), -delta_total, -cut_off))
    return order


class Part(NamedTuple):
    """The arcs of a network that some demand can use, renumbered, and what closes of them."""

    tail: Int32
    head: Int32
    weight: Float64
    groups: Groups


def useful_part(wires: Wires, demand: Demand, groups: Groups) -> Part:
    """Leave out arcs that are on no way of the demand."""
    ends = np.zeros((2, wires.n_nodes), dtype=np.bool_)
    ends[0, demand.origin] = True
    ends[1, demand.destination] = True
    useful = useful_arcs(wires.tail, wires.head, wires.weight, *ends)
    number = np.where(useful, np.cumsum(useful) - 1, -1)[groups.arc]
    kept = number >= 0
    first = np.append(0, np.cumsum(kept))[groups.first]
    groups = Groups(first, number[kept].astype(np.int32))
    return Part(wires.tail[useful], wires.head[useful], wires.weight[useful], groups)


def _close_each(wires: Wires, demand: Demand, groups: Groups, threads: int, progress: Progress | None) -> Closures:
    """Close every group on the part of the network that the demand can use, pair by pair or tree by tree."""
    tail, head, weight, groups = useful_part(wires, demand, groups)
    graph = build_graph(tail, head, wires.n_nodes)
    pairs_per_origin = demand.destination.size / max(1, demand.origin.size)
    if wires.n_nodes < FEWEST_NODES or pairs_per_origin > MOST_PAIRS:
        return closures(graph, weight, demand, groups, threads, progress)
    hierarchy = build_hierarchy(tail, head, minimum_degree(tail, head, wires.n_nodes))
    return link_closures(graph, hierarchy, customise(hierarchy, weight, threads), demand, groups, threads, progress)
