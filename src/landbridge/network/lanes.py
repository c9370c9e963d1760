"""Which ports have sea lanes, and what they look like.

Deep-sea lines call at main ports, so every two of them have a lane. A feeder port is reached by transshipment: it has
lanes to its nearest main ports. Regional ports and those of inland seas have named services only (table ``services``).
Every lane comes in all variants that can be the best when straits are shut (``landbridge.network.sea``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from landbridge.io.polyline import encode
from landbridge.network.build import Lanes
from landbridge.network.sea import Lane, SeaGraph, attach_many, distances, lane_variants, load_sea_graph
from landbridge.network.sea.lanes import lane_line
from landbridge.schema.errors import FactsError, Finding
from landbridge.schema.rows import Table, as_rows

#: A feeder port has lanes to this many of its nearest main ports.
HUBS_PER_FEEDER_PORT: Final = 4
#: Simultaneous closures of straits under which the lanes are still the shortest.
MAX_CLOSURES: Final = 3


def study_lanes(ports: Table) -> Lanes:
    """Lanes between the ports of the table, in all variants.

    Raises FactsError with every port of tier main or feeder that no ship can reach.
    """
    graph = load_sea_graph()
    tier = {str(row["id"]): row["tier"] for row in _by_id(ports) if row["tier"] in ("main", "feeder")}
    names = list(tier)
    found = attach_many(graph, [(float(row["lat"]), float(row["lon"])) for row in _by_id(ports) if row["id"] in tier])
    stranded = [name for name, access in zip(names, found, strict=True) if access is None]
    if stranded:
        raise FactsError(
            "Ports that no sea lane reaches",
            [
                Finding(f"ports.csv, id {name}", "no sea within reach", "Correct its position or set tier inland-sea.")
                for name in stranded
            ],
        )
    access = {name: item for name, item in zip(names, found, strict=True) if item is not None}
    main = [name for name in names if tier[name] == "main"]
    feeders = [name for name in names if tier[name] == "feeder"]
    pairs = [(a, b) for i, a in enumerate(main) for b in main[i + 1 :]]
    km = distances(graph, [access[name] for name in feeders], [access[name] for name in main])
    for i, feeder in enumerate(feeders):
        nearest = sorted(range(len(main)), key=lambda j: (km[i, j], main[j]))[:HUBS_PER_FEEDER_PORT]
        pairs += [(min(feeder, main[j]), max(feeder, main[j])) for j in nearest]
    lanes = lane_variants(graph, access, sorted(set(pairs)), MAX_CLOSURES)
    return as_lanes(graph, lanes)


def as_lanes(graph: SeaGraph, lanes: Sequence[Lane], far_shore: Mapping[str, str] | None = None) -> Lanes:
    """Lanes of the sea graph as the network wants them, with their encoded lines; ``far_shore`` as in ``Lanes``."""
    return Lanes(
        from_port=tuple(lane.from_port for lane in lanes),
        to_port=tuple(lane.to_port for lane in lanes),
        km=tuple(lane.km for lane in lanes),
        straits=tuple(lane.mask for lane in lanes),
        strait_ids=graph.strait_ids,
        lines=tuple(encode(*lane_line(graph, lane)) for lane in lanes),
        far_shore=far_shore or {},
    )


def service_straits(services: Table, ports: Table) -> dict[str, int]:
    """Service id -> bit mask of the straits on its way, in the order of the sea graph's straits.

    A named service sails the shortest lane between its ports. Services of inland seas, and between ports that no lane
    joins, pass none.
    """
    graph = load_sea_graph()
    rows = [row for row in _by_id(ports) if row["tier"] != "inland-sea"]
    found = attach_many(graph, [(float(row["lat"]), float(row["lon"])) for row in rows])
    access = {str(row["id"]): item for row, item in zip(rows, found, strict=True) if item is not None}
    ends = {
        str(row["id"]): (str(row["from_port"]), str(row["to_port"]))
        for row in as_rows(services)
        if row["from_port"] in access and row["to_port"] in access
    }
    pairs = sorted({(min(pair), max(pair)) for pair in ends.values()})
    lanes = lane_variants(graph, access, pairs, 0)
    masks = {(lane.from_port, lane.to_port): lane.mask for lane in lanes}
    return {service: masks.get((min(pair), max(pair)), 0) for service, pair in sorted(ends.items())}


def _by_id(table: Table) -> list[Mapping[str, Any]]:
    return sorted(as_rows(table), key=lambda row: str(row["id"]))
