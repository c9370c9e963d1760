"""What the world's network is like: parts, links, holes, and its lengths beside published ones.

Lengths are the shortest over what operates, of one mode, by kilometres alone: a check of the map, not of the routes,
which are chosen by cost.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib import resources
from statistics import median

import numpy as np

from landbridge.io.atlas import country_table
from landbridge.kernels.graph import Longs, build_graph, strong_parts
from landbridge.kernels.through import tree_through
from landbridge.network.topology import Int32, Network
from landbridge.run.world_session import WorldSession
from landbridge.schema.errors import UnknownName
from landbridge.schema.words import ARC_KINDS, MODES, NODE_KINDS, STATUSES


@dataclass(frozen=True)
class SpotCheck:
    """A published distance, and the model's (infinite where it has no way); ``closed``: a strait that is shut."""

    mode: str
    origin: str
    destination: str
    published_km: float
    model_km: float
    closed: str
    source: str
    note: str

    @property
    def ratio(self) -> float:
        """Model over published."""
        return self.model_km / self.published_km


@dataclass(frozen=True)
class WorldQuality:
    """The findings; tuples are sorted. ``links``: (country, mode) -> number of sections of the network."""

    places: int
    nodes: int
    arcs: int
    part_sizes: tuple[int, ...]  # places (origins) per strongly connected part, largest first
    links: dict[tuple[str, str], int]
    capitals_without_terminal: tuple[str, ...]
    capitals_cut_off: tuple[str, ...]
    places_without_terminal: tuple[str, ...]
    ports_without_land: tuple[str, ...]
    crossings: int
    crossings_without_source: int  # derived or assumed rows
    checks: tuple[SpotCheck, ...]


def world_quality(session: WorldSession) -> WorldQuality:
    """Measure the network of a session."""
    network = session.network
    usable = open_for(network, MODES)
    part = strong_parts(*_through_places(network, usable))
    origins = np.flatnonzero(network.node_kind == NODE_KINDS.index("origin"))
    sizes = Counter(part[origins].tolist())
    main = sizes.most_common(1)[0][0]
    node_of = {network.place_ids[network.node_place[node]]: int(node) for node in origins.tolist()}
    capitals = _capitals(session)
    cities = [row for row in session.facts.rows("places") if row["kind"] == "city" and row["hub"] in ("", row["id"])]
    hauls = network.arcs_of_kind("haul")
    links = Counter((network.country_codes[network.country[arc]], network.mode_name(arc)) for arc in hauls.tolist())
    land = np.isin(network.kind, [ARC_KINDS.index("load"), ARC_KINDS.index("unload")])
    with_land = set(network.port[land].tolist())
    at_sea = set(network.node_port[network.node_kind == NODE_KINDS.index("sea_in")].tolist())
    rows = session.facts.rows("crossings")
    return WorldQuality(
        places=len(origins),
        nodes=network.n_nodes,
        arcs=network.n_arcs,
        part_sizes=tuple(sorted(sizes.values(), reverse=True)),
        links={key: count // 2 for key, count in sorted(links.items())},
        capitals_without_terminal=tuple(sorted(name for name, place in capitals if place not in node_of)),
        capitals_cut_off=tuple(
            sorted(name for name, place in capitals if place in node_of and part[node_of[place]] != main)
        ),
        places_without_terminal=tuple(sorted(row["id"] for row in cities if row["id"] not in node_of)),
        ports_without_land=tuple(sorted(network.port_ids[port] for port in at_sea - with_land)),
        crossings=len(rows),
        crossings_without_source=sum(row["basis"] != "reported" for row in rows),
        checks=spot_checks(session),
    )


def _through_places(network: Network, usable: Longs) -> tuple[Int32, Int32, int]:
    """Arcs with origin and destination of each place as one node, and the number of nodes."""
    merged = np.arange(network.n_nodes, dtype=np.int32)
    for i, key in enumerate(network.node_key):
        if key.startswith("destination:"):
            merged[i] = network.node_index["origin:" + key.removeprefix("destination:")]
    return merged[network.tail[usable]], merged[network.head[usable]], network.n_nodes


def _capitals(session: WorldSession) -> list[tuple[str, str]]:
    """(name and country, place id) of the capitals among the places."""
    names = session.gazetteer.names
    return sorted(
        {
            (f"{mention.hit.name} ({row['iso3']})", mention.hit.id)
            for row in country_table()
            if row["capital"]
            for mention in names.mentions(row["capital"])
            if mention.hit.kind == "place" and mention.hit.country == row["iso3"]
        }
    )


def open_for(network: Network, modes: Collection[str], closed: Sequence[str] = ()) -> Longs:
    """Positions of the arcs that operate, of these modes or not moving, and pass none of the closed straits.

    By sea alone no box leaves a port for the land.
    """
    wanted = [MODES.index(mode) for mode in MODES if mode in modes]
    mask = (network.mode < 0) | np.isin(network.mode, wanted)
    if set(modes) <= {"sea", "ferry"}:
        mask &= ~np.isin(network.kind, [ARC_KINDS.index("load"), ARC_KINDS.index("unload")])
    mask &= network.status == STATUSES.index("operating")
    for strait in closed:
        mask &= network.straits >> network.strait_ids.index(strait) & 1 == 0
    return np.flatnonzero(mask)


def shortest_km(network: Network, start: int, end: int, modes: Collection[str], closed: Sequence[str] = ()) -> float:
    """Kilometres between two nodes over arcs of these modes; ``inf`` where there is no way."""
    arcs = open_for(network, modes, closed)
    graph = build_graph(network.tail[arcs], network.head[arcs], network.n_nodes)
    return float(tree_through(graph, network.km[arcs], start, end).distance[end])


def spot_checks(session: WorldSession) -> tuple[SpotCheck, ...]:
    """The published distances of ``world/checks/distances.csv`` beside the model's."""
    path = resources.files("landbridge").joinpath("world/checks/distances.csv")
    network = session.network
    found = []
    for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")):
        if row["mode"] == "sea":
            ends = [f"sea_out:{row['origin']}", f"sea_in:{row['destination']}"]
        else:
            places = [session.gazetteer.place(row[end]).place for end in ("origin", "destination")]
            ends = [f"origin:{places[0]}", f"destination:{places[1]}"]
        for key in ends:
            if key not in network.node_index:
                raise UnknownName(key, kind="node of the network")
        start, end = (network.node_index[key] for key in ends)
        closed = [strait for strait in row["closed"].split(";") if strait]
        km = shortest_km(network, start, end, (row["mode"],), closed)
        found.append(
            SpotCheck(
                row["mode"], row["origin"], row["destination"], float(row["published_km"]), km, row["closed"],
                row["source_url"], row["note"],
            )
        )  # fmt: skip
    return tuple(found)


def spread(checks: Sequence[SpotCheck], mode: str) -> tuple[int, float, float]:
    """Number, median ratio and median of the absolute deviation from 1 of the checks of a mode."""
    ratios = [check.ratio for check in checks if check.mode == mode]
    return len(ratios), median(ratios), median(abs(ratio - 1) for ratio in ratios)
