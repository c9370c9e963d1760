"""How much of what is wanted (people, jobs, trips) can be reached from each place, on any network at fixed costs.

Three usual measures, each over all places but the one asked of: what lies within a limit, the sum weighted by an
exponential of the cost (Hansen 1959), and the nearest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from landbridge.kernels.cch import DOWN, UP, build_hierarchy, customise
from landbridge.kernels.labels import distances, make_labels
from landbridge.kernels.min_degree import minimum_degree
from landbridge.kernels.reach import gravity_access, nearest, opportunities_within
from landbridge.models.wires import Float64, Wires

#: Places whose distances are held at once.
ROWS: Final = 256


@dataclass(frozen=True)
class Accessibility:
    """One row per zone of ``zones``.

    within: mass of other zones within the limit; share: of all mass of other zones, 0 where there is none; gravity: sum
    of mass times 2^(-cost / half); nearest: the other zone with mass that is least away, empty if none is
    reached; nearest_cost: its cost, ``inf`` if none. order: most gravity first, then position.
    """

    zones: tuple[str, ...]
    within: Float64
    share: Float64
    gravity: Float64
    nearest: tuple[str, ...]
    nearest_cost: Float64
    order: NDArray[np.int64]

    def to_json(self, names: Mapping[str, str]) -> list[dict[str, Any]]:
        """The fields other programs may rely on, a row per zone in order; None where nothing is reached."""
        return [
            {
                "place": self.zones[i],
                "name": names.get(self.zones[i], self.zones[i]),
                "within": float(self.within[i]),
                "share": float(self.share[i]),
                "gravity": float(self.gravity[i]),
                "nearest": self.nearest[i] or None,
                "nearest_name": names.get(self.nearest[i], self.nearest[i]) or None,
                "nearest_cost": float(self.nearest_cost[i]) if self.nearest[i] else None,
            }
            for i in self.order.tolist()
        ]


def accessibility(
    wires: Wires,
    zones: Sequence[str],
    mass: Mapping[str, float],
    limit: float,
    half: float,
    *,
    threads: int = 2,
) -> Accessibility:
    """Accessibility of ``zones`` to ``mass`` by zone, going from each of ``zones``.

    limit and half in the unit of the weights, positive and finite: what is ``half`` away counts half in ``gravity``.
    A zone's own mass counts nothing for itself: it would drown what the network does.
    """
    wanted = [zone for zone, amount in mass.items() if amount > 0]
    amount = np.array([mass[zone] for zone in wanted], dtype=np.float64)
    column = {zone: j for j, zone in enumerate(wanted)}
    hierarchy = build_hierarchy(wires.tail, wires.head, minimum_degree(wires.tail, wires.head, wires.n_nodes))
    metric = customise(hierarchy, wires.weight, threads)
    goals = np.array([wires.destination_node[zone] for zone in wanted], dtype=np.int32)
    entering = make_labels(hierarchy, metric, goals, DOWN, threads)
    within, gravity, cost = (np.zeros(len(zones)) for _ in range(3))
    found: list[str] = []
    for begin in range(0, len(zones), ROWS):
        some = zones[begin : begin + ROWS]
        starts = np.array([wires.origin_node[zone] for zone in some], dtype=np.int32)
        away = distances(make_labels(hierarchy, metric, starts, UP, threads), entering, threads)
        for i, zone in enumerate(some):
            if zone in column:
                away[i, column[zone]] = math.inf
        rows = slice(begin, begin + len(some))
        within[rows] = opportunities_within(away, amount, limit)
        gravity[rows] = gravity_access(away, amount, math.log(2) / half)
        best = nearest(away, 1)[:, 0] if wanted else np.full(len(some), -1)
        found += [wanted[j] if j >= 0 else "" for j in best.tolist()]
        cost[rows] = [away[i, j] if j >= 0 else math.inf for i, j in enumerate(best.tolist())]
    others = amount.sum() - np.array([mass.get(zone, 0.0) for zone in zones])
    share = np.divide(within, others, out=np.zeros(len(zones)), where=others > 0)
    order: NDArray[np.int64] = np.lexsort((np.arange(len(zones)), -gravity))
    return Accessibility(tuple(zones), within, share, gravity, tuple(found), cost, order)
