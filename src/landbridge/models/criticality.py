"""Which links matter most: exact N-1 over a whole demand table, on any network at fixed costs.

Every directed link is closed in turn and all demand finds its way anew. Reported per link: how much the total cost
rises for those who still get through, and how much demand is cut off - apart, never as an infinite number.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbridge.kernels.critical import Closures, Measures, closures, make_demand, measures, single_arcs
from landbridge.kernels.graph import build_graph

Int32 = NDArray[np.int32]
Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Wires:
    """A network as arrays, with what its links and nodes are called.

    origin_node and destination_node: node to start from and to arrive at per zone; they differ where paths must not
    pass through zones.
    """

    tail: Int32
    head: Int32
    weight: Float64
    n_nodes: int
    link: tuple[str, ...]
    node: tuple[str, ...]
    origin_node: dict[int, int]
    destination_node: dict[int, int]


@dataclass(frozen=True)
class Criticality:
    """Effects of closing each link, worst first: cut-off demand, then extra cost, then the lower link."""

    wires: Wires
    result: Closures
    measures: Measures
    order: NDArray[np.int64]
    seconds: float

    def to_json(self, most: int | None = None) -> dict[str, Any]:
        """The fields other programs may rely on."""
        shown = self.order if most is None else self.order[:most]
        return {
            "base_total": float(self.result.base_total),
            "links": [
                {
                    "link": self.wires.link[i],
                    "from": self.wires.node[self.wires.tail[i]],
                    "to": self.wires.node[self.wires.head[i]],
                    "delta_total": float(self.result.delta_total[i]),
                    "cut_off_demand": float(self.result.cut_off[i]),
                }
                for i in shown.tolist()
            ],
            "seconds": self.seconds,
        }


def wires_of_zones(
    tail: Int32, head: Int32, weight: Float64, n_nodes: int, first_thru_node: int, link: Sequence[str]
) -> Wires:
    """Network whose nodes 1 to ``first_thru_node - 1`` are zones that no path passes.

    Such a node is cut in two: links leave from one half and arrive at the other.
    """
    zones = min(first_thru_node - 1, n_nodes)
    out = tail - 1
    into = np.where(head <= zones, head - 1 + n_nodes, head - 1)
    names = [str(i + 1) for i in range(n_nodes)]
    return Wires(
        tail=out.astype(np.int32),
        head=into.astype(np.int32),
        weight=weight,
        n_nodes=n_nodes + zones,
        link=tuple(link),
        node=(*names, *names[:zones]),
        origin_node={zone: zone - 1 for zone in range(1, n_nodes + 1)},
        destination_node={zone: zone - 1 + (n_nodes if zone <= zones else 0) for zone in range(1, n_nodes + 1)},
    )


def criticality(
    wires: Wires,
    origin: Sequence[int],
    destination: Sequence[int],
    volume: Float64,
    *,
    threads: int = 2,
    cut_off_price: float = 0.0,
) -> Criticality:
    """Close every link in turn. ``origin`` and ``destination`` are zones of ``wires``; demand within one is left out.

    cut_off_price: what one unit of cut-off demand counts in the measure ``loss``; 0 leaves it out.
    """
    started = time.perf_counter()
    graph = build_graph(wires.tail, wires.head, wires.n_nodes)
    outside = [i for i, (a, b) in enumerate(zip(origin, destination, strict=True)) if a != b]
    demand = make_demand(
        np.array([wires.origin_node[origin[i]] for i in outside], dtype=np.int32),
        np.array([wires.destination_node[destination[i]] for i in outside], dtype=np.int32),
        np.asarray(volume, dtype=np.float64)[outside],
    )
    arcs = np.arange(len(wires.tail), dtype=np.int32)
    result = closures(graph, wires.weight, demand, single_arcs(arcs), threads)
    order = np.lexsort((arcs, -result.delta_total, -result.cut_off))
    return Criticality(wires, result, measures(result, cut_off_price), order, time.perf_counter() - started)
