"""Ports of the world's network, the road and the station of each, and the lanes between them.

Hub and spoke. Main ports are the study's and those of ``world/sea/hubs.csv``; two have a lane where they lie on one
coast or a trade joins their coasts (``landbridge.network.sea.trades``). The others are feeder ports: they have lanes to
their nearest main ports, and to near feeder ports where no main port lies on the way.

Which ports: all of the study; the hubs; every container or cargo terminal of the port list with a city of at least
``CITY_PEOPLE`` people within ``CITY_KM``; for each coastal country without any the port nearest to its
capital or largest place; and for each place without road or railway, or on a part of the land network of fewer than
``ISLAND_PART`` places (an island), the nearest port within ``CITY_KM``. Ports nearer than ``APART_KM`` to one already
chosen are left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

import numpy as np

from landbridge.kernels.sphere import great_circle_km
from landbridge.network.build import Lanes
from landbridge.network.lanes import as_lanes
from landbridge.network.sea import attach_many, distances, lane_variants, load_sea_graph
from landbridge.network.sea.trades import load_trades

Row = dict[str, str]

CITY_PEOPLE: Final = 100_000
CITY_KM: Final = 40.0
#: A port farther from any place of its country is a place of its own.
OWN_PLACE_KM: Final = 25.0
APART_KM: Final = 10.0
#: How far a port's road and station may lie, straight.
REACH_KM: Final = {"road": 80.0, "rail": 20.0}
#: Road distance over the straight line.
CIRCUITY: Final = 1.3
#: A land node of a part with fewer nodes is taken only where no other is within reach.
SMALL_PART: Final = 20
#: A part of the land network with fewer places, junctions included, is an island: its places need a port.
ISLAND_PART: Final = 150

HUBS_PER_FEEDER_PORT: Final = 4
#: Two feeder ports this near by sea have a lane ...
DIRECT_KM: Final = 2500.0
#: ... if the way over any main port is this many times longer; each has such lanes to so many others.
DIRECT_RATIO: Final = 1.2
DIRECT_PER_PORT: Final = 8
#: Simultaneous closures of straits under which the lanes are still the shortest.
MAX_CLOSURES: Final = 2


def hub_codes() -> tuple[str, ...]:
    """UN/LOCODEs of the world's main ports."""
    return tuple(row["locode"] for row in _sea_table("hubs"))


def _sea_table(name: str) -> list[Row]:
    text = resources.files("landbridge").joinpath(f"world/sea/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@cache
def _ports_by_code() -> Mapping[str, Row]:
    return {row["locode"]: row for row in _sea_table("ports")}


def sea_port(code: str) -> Row | None:
    """Row of the world's list of ports by UN/LOCODE (a space and small letters are allowed); None if it has none."""
    return _ports_by_code().get(code.replace(" ", "").upper())


def port_rows(curated: Sequence[Row], places: list[Row], sections: Sequence[Row]) -> list[Row]:
    """Rows of ``ports``: the study's and the chosen ones. A port far from any place of its country gets a place of its
    own, which is added to ``places``. A port of the study without a road or a station gets the nearest ones.
    """
    land = _LandNodes(places, sections)
    found = [_with_land(dict(row), land) for row in curated]
    towns = [row for row in places if row["kind"] == "city" and row["hub"] in ("", row["id"])]
    grid = _Grid([(float(row["lat"]), float(row["lon"])) for row in towns])
    size = _part_sizes(row for row in sections if row["use"] == "section")
    remote = [row for row in towns if size.get(row["id"], 0) < ISLAND_PART]
    for port in _chosen(curated, towns, grid, remote):
        lat, lon, country = float(port["lat"]), float(port["lon"]), port["country"]
        near = [(km, towns[i]["id"]) for km, i in grid.within(lat, lon, OWN_PLACE_KM) if towns[i]["country"] == country]
        if near:
            place = min(near)[1]
        else:
            place = port["locode"].lower()
            places.append(
                {
                    "id": place,
                    "name": port["name"],
                    "country": country,
                    "lat": port["lat"],
                    "lon": port["lon"],
                    "kind": "city",
                    "hub": "",
                    "population": "",
                    "crossing": "",
                    "basis": "derived",
                    "source": "landbridge-world",
                    "note": "a port far from any town of the network",
                }
            )
        row = {
            "id": port["locode"],
            "name": port["name"],
            "country": country,
            "lat": port["lat"],
            "lon": port["lon"],
            "place": place,
            "tier": "main" if port["locode"] in hub_codes() else "feeder",
            "basis": "assumed" if port["locode"] in hub_codes() else "derived",
            "source": "landbridge-world",
            "locator": "",
            "note": "",
        }
        found.append(_with_land({**row, "rail_place": "", "road_place": "", "rail_km": "", "road_km": ""}, land))
    return found


def _with_land(port: Row, land: _LandNodes) -> Row:
    """The port with the nearest road and rail node of its country where the row names none."""
    for mode in ("rail", "road"):
        if not port[f"{mode}_place"] and port["tier"] != "inland-sea":
            seat, km = land.nearest(mode, port["country"], float(port["lat"]), float(port["lon"]))
            port[f"{mode}_place"], port[f"{mode}_km"] = seat, f"{km * CIRCUITY:.1f}" if seat else ""
    return port


class _Grid:
    """Points in cells of one degree, for those within a short distance."""

    def __init__(self, points: Sequence[tuple[float, float]]) -> None:
        from landbridge.network.detailed.nearness import search_tree

        self._points = points
        self._tree = search_tree([p[0] for p in points], [p[1] for p in points]) if points else None

    def within(self, lat: float, lon: float, km: float) -> list[tuple[float, int]]:
        """(distance, position) of the points within ``km``, nearest first."""
        from landbridge.network.detailed.nearness import within

        if self._tree is None:
            return []
        near = within(self._tree, lat, lon, km)[0].tolist()
        return sorted((great_circle_km(lat, lon, *self._points[i]), i) for i in near)


def _chosen(curated: Sequence[Row], towns: Sequence[Row], grid: _Grid, remote: Sequence[Row]) -> list[Row]:
    """Ports of the list that are taken, by the rule at the head of the module, in the order of their codes."""
    listed = [row for row in _sea_table("ports") if row["component"] == "0"]
    hubs = set(hub_codes())
    taken = [(float(row["lat"]), float(row["lon"])) for row in curated]
    known = {row["id"] for row in curated}
    countries = {row["country"] for row in curated if row["tier"] in ("main", "feeder")}
    found: list[Row] = []

    def take(port: Row, apart: float) -> None:
        lat, lon = float(port["lat"]), float(port["lon"])
        if port["locode"] in known or any(great_circle_km(lat, lon, *other) < apart for other in taken):
            return
        found.append(port)
        known.add(port["locode"])
        taken.append((lat, lon))
        countries.add(port["country"])

    for port in listed:
        if port["locode"] in hubs:
            take(port, 0.0)
    big = [row["population"] != "" and float(row["population"]) >= CITY_PEOPLE for row in towns]
    for port in listed:
        near = grid.within(float(port["lat"]), float(port["lon"]), CITY_KM)
        if port["size"] == "terminal" and any(big[i] and towns[i]["country"] == port["country"] for _, i in near):
            take(port, APART_KM)
    largest: dict[str, Row] = {}
    for row in towns:
        best = largest.get(row["country"])
        if best is None or float(row["population"] or 0) > float(best["population"] or 0):
            largest[row["country"]] = row
    for country in sorted({row["country"] for row in listed} - countries):
        own = [row for row in listed if row["country"] == country]
        town = largest.get(country, own[0])
        at = float(town["lat"]), float(town["lon"])
        best_port = min(
            own,
            key=lambda row: (
                row["size"] != "terminal",
                great_circle_km(*at, float(row["lat"]), float(row["lon"])),
                row["locode"],
            ),
        )
        take(best_port, 0.0)
    positions = _Grid([(float(row["lat"]), float(row["lon"])) for row in listed])
    for town in remote:
        near_ports = positions.within(float(town["lat"]), float(town["lon"]), CITY_KM)
        own_ports = [listed[i] for _, i in near_ports if listed[i]["country"] == town["country"]]
        if own_ports:
            take(own_ports[0], APART_KM)
    return sorted(found, key=lambda row: row["locode"])


@dataclass(frozen=True)
class _Seat:
    place: str
    country: str
    large: bool


class _LandNodes:
    """Ends of sections by mode, for the nearest one of a country."""

    def __init__(self, places: Sequence[Row], sections: Sequence[Row]) -> None:
        at = {row["id"]: (float(row["lat"]), float(row["lon"])) for row in places if row["kind"] != "border"}
        self._seats: dict[str, list[_Seat]] = {}
        self._grids: dict[str, _Grid] = {}
        for mode in ("rail", "road"):
            rows = [row for row in sections if row["mode"] == mode and row["use"] == "section"]
            size = _part_sizes(rows)
            ends = {(row[f"{end}_place"], row[f"country_{end}"]) for row in rows for end in ("from", "to")}
            known = sorted(end for end in ends if end[0] in at)
            self._seats[mode] = [_Seat(place, country, size[place] >= SMALL_PART) for place, country in known]
            self._grids[mode] = _Grid([at[place] for place, _ in known])

    def nearest(self, mode: str, country: str, lat: float, lon: float) -> tuple[str, float]:
        """Place and distance of the nearest land node of a country; an empty place where none is within reach."""
        near = [
            (not seat.large, km, seat.place)
            for km, i in self._grids[mode].within(lat, lon, REACH_KM[mode])
            if (seat := self._seats[mode][i]).country == country
        ]
        if not near:
            return "", 0.0
        _, km, place = min(near)
        return place, km


def _part_sizes(sections: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """Place -> number of places it hangs together with."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = name = parent[parent[name]]
        return name

    for row in sections:
        parent[root(row["from_place"])] = root(row["to_place"])
    count: dict[str, int] = {}
    for name in list(parent):
        count[root(name)] = count.get(root(name), 0) + 1
    return {name: count[root(name)] for name in parent}


def world_lanes(ports: Sequence[Mapping[str, str]]) -> Lanes:
    """Lanes between the ports of tier main and feeder, in all variants; a port that no ship reaches has none."""
    graph = load_sea_graph()
    rows = sorted((row for row in ports if row["tier"] in ("main", "feeder")), key=lambda row: row["id"])
    found = attach_many(graph, [(float(row["lat"]), float(row["lon"])) for row in rows])
    access = {row["id"]: item for row, item in zip(rows, found, strict=True) if item is not None}
    tier = {row["id"]: row["tier"] for row in rows}
    main = [name for name in access if tier[name] == "main"]
    feeders = [name for name in access if tier[name] == "feeder"]
    to_main = distances(graph, [access[name] for name in feeders], [access[name] for name in main])
    between = distances(graph, [access[name] for name in feeders], [access[name] for name in feeders])
    trades, country = load_trades(), {row["id"]: row["country"] for row in rows}
    pairs = {
        (a, b) for i, a in enumerate(main) for b in main[i + 1 :] if trades.direct((a, country[a]), (b, country[b]))
    }
    pairs |= {
        (min(feeders[i], main[j]), max(feeders[i], main[j]))
        for i in range(len(feeders))
        for j in sorted(range(len(main)), key=lambda j: (to_main[i, j], main[j]))[:HUBS_PER_FEEDER_PORT]
    }
    pairs |= _direct(feeders, to_main, between)
    lanes = lane_variants(graph, access, sorted(pairs), MAX_CLOSURES)
    shores = {name: shore for name in access if (shore := trades.far_shore(name, country[name]))}
    return as_lanes(graph, lanes, shores)


def _direct(feeders: Sequence[str], to_main: Any, between: Any) -> set[tuple[str, str]]:
    """Pairs of feeder ports with a lane of their own."""
    found: set[tuple[str, str]] = set()
    for i, port in enumerate(feeders):
        over_main = np.min(to_main[i][None, :] + to_main, axis=1)
        near = np.flatnonzero((between[i] <= DIRECT_KM) & (over_main >= DIRECT_RATIO * between[i]))
        near = near[near != i]
        for j in near[np.lexsort((near, between[i][near]))][:DIRECT_PER_PORT].tolist():
            found.add((min(port, feeders[j]), max(port, feeders[j])))
    return found
