"""Which links matter most: exact N-1 over a whole demand table, on any network at fixed costs.

Every link (or crossing, port, strait, country) is closed in turn and all demand finds its way anew. Reported: how
much the total cost rises for those who still get through, and how much demand is cut off - apart, never as an
infinite number.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbridge.kernels.critical import Closures, closures, make_demand, make_groups
from landbridge.kernels.graph import build_graph
from landbridge.models.wires import Float64, Wire, Wires


@dataclass(frozen=True)
class Criticality:
    """Effects of closing each thing; ``order``: worst first, by cut-off demand, then extra cost, then position."""

    things: tuple[Wire, ...]
    result: Closures
    order: NDArray[np.int64]
    seconds: float

    def to_json(self, most: int | None = None) -> dict[str, Any]:
        """The fields other programs may rely on."""
        shown = self.order if most is None else self.order[:most]
        return {
            "base_total": float(self.result.base_total),
            "links": [
                {
                    "link": self.things[i].id,
                    "from": self.things[i].start,
                    "to": self.things[i].end,
                    "delta_total": float(self.result.delta_total[i]),
                    "cut_off_demand": float(self.result.cut_off[i]),
                    "affected_demand": float(self.result.affected[i]),
                    "redundancy": float(self.result.redundancy[i]),
                }
                for i in shown.tolist()
            ],
            "seconds": self.seconds,
        }


def criticality(
    wires: Wires,
    things: Sequence[Wire],
    origin: Sequence[str],
    destination: Sequence[str],
    volume: Float64,
    *,
    threads: int = 2,
) -> Criticality:
    """Close each of ``things`` in turn. Demand goes between zones of ``wires``; demand within one is left out."""
    started = time.perf_counter()
    graph = build_graph(wires.tail, wires.head, wires.n_nodes)
    outside = [i for i, (a, b) in enumerate(zip(origin, destination, strict=True)) if a != b]
    demand = make_demand(
        np.array([wires.origin_node[origin[i]] for i in outside], dtype=np.int32),
        np.array([wires.destination_node[destination[i]] for i in outside], dtype=np.int32),
        np.asarray(volume, dtype=np.float64)[outside],
    )
    result = closures(graph, wires.weight, demand, make_groups([thing.arcs for thing in things]), threads)
    order = np.lexsort((np.arange(len(things)), -result.delta_total, -result.cut_off))
    return Criticality(tuple(things), result, order, time.perf_counter() - started)
