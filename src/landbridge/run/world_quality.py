"""What the world's network is like: parts, links, holes, and its lengths beside published ones.

Lengths are the shortest over what operates, of one mode, by kilometres alone: a check of the map, not of the routes,
which are chosen by cost. By sea it is the lane that joins the two ports if they have one, by land the way over the
named places of the published line; the shortest way of the network stands beside it, which by sea may lead over a
port of transshipment.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from statistics import median
from typing import Literal

import numpy as np

from landbridge.io.atlas import country_table
from landbridge.kernels.graph import Longs, build_graph, strong_parts
from landbridge.kernels.through import tree_through
from landbridge.network.sea import attach_many, distances, load_sea_graph
from landbridge.network.topology import Int32, Network
from landbridge.run.world_session import WorldSession
from landbridge.schema.errors import UnknownName
from landbridge.schema.words import ARC_KINDS, MODES, NODE_KINDS, STATUSES


@dataclass(frozen=True)
class SpotCheck:
    """A published distance, and the model's (infinite where it has no way).

    ``via``: names on the published line, in its order; ``closed``: straits that are shut; ``model_km``: the lane
    between the ports, or the way by land over ``via``; ``network_km``: the shortest way of the network.
    """

    mode: str
    origin: str
    destination: str
    via: str
    published_km: float
    model_km: float
    network_km: float
    closed: str
    source: str
    note: str

    @property
    def ratio(self) -> float:
        """Model over published."""
        return self.model_km / self.published_km


@dataclass(frozen=True)
class Hole:
    """Something of the world that the network does not reach, or not from everywhere."""

    what: Literal["capital", "place", "port"]
    name: str
    country: str
    lat: float
    lon: float
    why: str
    loose: bool = False  # it has a terminal, in a part that is not joined to the rest


@dataclass(frozen=True)
class WorldQuality:
    """The findings; tuples are sorted. ``links`` and ``km``: (country, mode) -> number and length of the network's
    sections. ``holes``: all that is cut off or has no terminal, by name.
    """

    places: int
    nodes: int
    arcs: int
    part_sizes: tuple[int, ...]  # places (origins) per strongly connected part, largest first
    links: dict[tuple[str, str], int]
    km: dict[tuple[str, str], float]
    holes: tuple[Hole, ...]
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
    land = np.isin(network.kind, [ARC_KINDS.index("load"), ARC_KINDS.index("unload")])
    with_land = set(network.port[land].tolist())
    at_sea = set(network.node_port[network.node_kind == NODE_KINDS.index("sea_in")].tolist())
    where = [(network.country_codes[network.country[arc]], network.mode_name(arc)) for arc in hauls.tolist()]
    links = Counter(where)
    lengths: dict[tuple[str, str], list[float]] = {}
    for key, km in zip(where, network.km[hauls].tolist(), strict=True):
        lengths.setdefault(key, []).append(km)
    loose = {place: sizes[int(part[node])] for place, node in node_of.items() if part[node] != main}
    no_land = {network.port_ids[port] for port in at_sea - with_land}
    rows = session.facts.rows("crossings")
    return WorldQuality(
        places=len(origins),
        nodes=network.n_nodes,
        arcs=network.n_arcs,
        part_sizes=tuple(sorted(sizes.values(), reverse=True)),
        links={key: count // 2 for key, count in sorted(links.items())},
        km={key: math.fsum(km) / 2 for key, km in sorted(lengths.items())},
        holes=_holes(session, dict(capitals), {row["id"] for row in cities}, node_of, loose, no_land),
        capitals_without_terminal=tuple(sorted(name for name, place in capitals if place not in node_of)),
        capitals_cut_off=tuple(
            sorted(name for name, place in capitals if place in node_of and part[node_of[place]] != main)
        ),
        places_without_terminal=tuple(sorted(row["id"] for row in cities if row["id"] not in node_of)),
        ports_without_land=tuple(sorted(no_land)),
        crossings=len(rows),
        crossings_without_source=sum(row["basis"] != "reported" for row in rows),
        checks=spot_checks(session),
    )


def _holes(
    session: WorldSession,
    capitals: Mapping[str, str],
    cities: Collection[str],
    terminals: Collection[str],
    loose: Mapping[str, int],
    ports: Collection[str],
) -> tuple[Hole, ...]:
    """Capitals, then other places, then ports, each by country and name; ``loose``: place -> places of its part."""
    found = []
    seats = set(capitals.values())
    for row in session.facts.rows("places"):
        what: Literal["capital", "place"] = "capital" if row["id"] in seats else "place"
        if row["id"] in loose:
            others = loose[row["id"]] - 1
            why = f"joined to {others} other places only" if others else "cut off"
        elif row["id"] not in terminals and (what == "capital" or row["id"] in cities):
            why = "no terminal within reach"
        else:
            continue
        at = float(row["lat"]), float(row["lon"])
        found.append(Hole(what, row["name"], row["country"], *at, why, row["id"] in loose))
    for row in session.facts.rows("ports"):
        if row["id"] in ports:
            at = float(row["lat"]), float(row["lon"])
            found.append(Hole("port", row["name"], row["country"], *at, "no road or railway to the quay"))
    order = ("capital", "place", "port")
    return tuple(sorted(found, key=lambda hole: (order.index(hole.what), hole.country, hole.name)))


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


def _sea_km(session: WorldSession, origin: str, destination: str, closed: Sequence[str]) -> float:
    """Kilometres of the shortest way by sea between two ports, whether or not a line sails it."""
    rows = {row["id"]: row for row in session.facts.rows("ports")}
    for port in (origin, destination):
        if port not in rows:
            raise UnknownName(port, kind="port of the network")
    graph = load_sea_graph()
    ends = attach_many(graph, [(float(rows[port]["lat"]), float(rows[port]["lon"])) for port in (origin, destination)])
    if ends[0] is None or ends[1] is None:
        return math.inf
    return float(distances(graph, [ends[0]], [ends[1]], closed)[0, 0])


def spot_checks(session: WorldSession) -> tuple[SpotCheck, ...]:
    """The published distances of ``world/checks/distances.csv`` beside the model's."""
    path = resources.files("landbridge").joinpath("world/checks/distances.csv")
    return tuple(
        _check(session, row) for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    )


def _check(session: WorldSession, row: dict[str, str]) -> SpotCheck:
    network, mode = session.network, row["mode"]
    closed = [strait for strait in row["closed"].split(";") if strait]
    if mode == "sea":
        first, last = f"sea_out:{row['origin']}", _berths(network, row["destination"])
        model = _sea_km(session, row["origin"], row["destination"], closed)
    else:
        names = [row["origin"], *filter(None, row["via"].split(";")), row["destination"]]
        places = [session.gazetteer.place(name).place for name in names]
        first, last = f"origin:{places[0]}", (f"destination:{places[-1]}",)
        model = km_over(network, places, mode)
    for key in (first, *last):
        if key not in network.node_index:
            raise UnknownName(key, kind="node of the network")
    start = network.node_index[first]
    shortest = min(shortest_km(network, start, network.node_index[key], (mode,), closed) for key in last)
    return SpotCheck(
        mode, row["origin"], row["destination"], row["via"], float(row["published_km"]), model, shortest,
        row["closed"], row["source_url"], row["note"],
    )  # fmt: skip


def _berths(network: Network, port: str) -> tuple[str, ...]:
    """Keys of the nodes where ships arrive at a port; on a far shore boxes from elsewhere have berths of their own."""
    own = [key for key in network.node_key if key.startswith("sea_in:") and key.endswith(f":{port}")]
    return tuple(own) or (f"sea_in:{port}",)


def km_over(network: Network, places: Sequence[str], mode: str) -> float:
    """Kilometres of the shortest ways by land from place to place, added up; ``inf`` where there is none."""
    index = network.node_index
    ends = [(index[f"origin:{a}"], index[f"destination:{b}"]) for a, b in pairwise(places)]
    return sum(shortest_km(network, start, end, (mode,)) for start, end in ends)


def spread(checks: Sequence[SpotCheck], mode: str) -> tuple[int, float, float]:
    """Number, median ratio and median of the absolute deviation from 1 of the checks of a mode."""
    ratios = [check.ratio for check in checks if check.mode == mode]
    return len(ratios), median(ratios), median(abs(ratio - 1) for ratio in ratios)
