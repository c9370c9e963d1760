"""Ferries outside the study, and their terminals: what takes a truck or a wagon over a strait.

``world/sea/ferries.csv`` has the crossings, ``ferry_ports.csv`` their terminals (ports of tier regional, apart from the
container port of the town), ``ferry_tariffs.csv`` what a truck pays. How a row becomes a service:

- Kilometres: great circles from terminal to terminal over the points of ``via``.
- Hours: the published ones where the row has a source, else those of the row, else the kilometres at its speed.
- Price: the fixed part and the rate per kilometre of its tariff.
- A terminal is joined to the nearest road, and where wagons sail to the nearest railway: to the ends of the link whose
  line passes nearest without water between; ``apart``: that link lies across the water, the way from there is written
  by hand (``landbridge.network.world_hand``).
- A vehicle is at the terminal ``BOARDING_HOURS`` before a sailing and leaves it ``LEAVING_HOURS`` after; the longer of
  boarding and waiting for the sailing counts.

A study's own services come from its tables; a crossing that both have would stand twice, so the list leaves them out.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from landbridge.facts.ledger import Number, number_from_cells
from landbridge.io.polyline import decode, encode
from landbridge.kernels.sphere import great_circle_km
from landbridge.network.build import SAME_SHORE_KM

Row = dict[str, str]
Floats = NDArray[np.float64]

#: Hours at the terminal before a sailing and after an arrival, by what brings the cargo; assumed.
BOARDING_HOURS: Final = {"road": 1.0, "rail": 8.0}
LEAVING_HOURS: Final = {"road": 0.5, "rail": 4.0}
#: How far from a terminal the next road and the next railway may lie, straight.
REACH_KM: Final = {"road": 100.0, "rail": 25.0}
#: The straight line to that road may lead over so much water.
BAY_KM: Final = 5.0
#: Way from the terminal to that road over the straight line.
CIRCUITY: Final = 1.3
#: Kilometres from the quay to the gate.
QUAY_KM: Final = "1.0"
#: A terminal farther from any town of its country is a place with a name of its own.
TOWN_KM: Final = 25.0
#: How far outside the box of its two ends a link is looked for.
BOX_DEGREES: Final = 0.7
#: Decimals of the lines of links.
LINE_DECIMALS: Final = 3
#: Year of the assumed speeds, sailings and times.
YEAR: Final = "2024"
SOURCE: Final = "landbridge-world"
FILES: Final = ("sea/ferries.csv", "sea/ferry_ports.csv", "sea/ferry_tariffs.csv")


@dataclass(frozen=True)
class FerryRows:
    """Rows for the tables of the same names; ``places``: the terminals, ``sections``: their ways to the land."""

    places: Sequence[Row]
    ports: Sequence[Row]
    sections: Sequence[Row]
    services: Sequence[Row]
    crossings: Sequence[Row]


@cache
def _table(name: str) -> tuple[Row, ...]:
    text = resources.files("landbridge").joinpath(f"world/sea/{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text, newline="")))


@cache
def _terminals() -> Mapping[str, Row]:
    return {row["id"]: row for row in _table("ferry_ports")}


def _line(ferry: Row) -> list[tuple[float, float]]:
    """Points (lat, lon) of a crossing from side a to side b."""
    ends = [(float(row["lat"]), float(row["lon"])) for row in (_terminals()[ferry[f"{end}_port"]] for end in _ENDS)]
    via = [tuple(map(float, point.split())) for point in filter(None, ferry["via"].split(";"))]
    return [ends[0], *((lat, lon) for lat, lon in via), ends[1]]


_ENDS: Final = ("from", "to")


def _km(ferry: Row) -> float:
    line = _line(ferry)
    return round(sum(great_circle_km(*a, *b) for a, b in pairwise(line)), 1)


def ferry_lines() -> dict[str, str]:
    """Service id -> encoded line, two decimals as sea lanes have."""
    lines = {row["id"]: np.array(_line(row)) for row in _table("ferries")}
    return {identifier: encode(line[:, 0], line[:, 1]) for identifier, line in lines.items()}


# -- rows of the tables ------------------------------------------------------------------------------------------


def ferry_rows(places: Sequence[Row], sections: Sequence[Row], lines: Mapping[str, str]) -> FerryRows:
    """Terminals, their ways to the land, services and border crossings; the order of the given rows changes nothing.

    ``lines``: encoded lines of sections by id, from their ``from_place`` to their ``to_place``.
    """
    towns = [row for row in places if row["kind"] == "city" and row["hub"] in ("", row["id"])]
    at = {row["id"]: (float(row["lat"]), float(row["lon"])) for row in places}
    by_rail = {ferry[f"{end}_port"] for ferry in _table("ferries") if "wagons" in ferry["carries"] for end in _ENDS}
    near = {mode: _Links([row for row in sections if row["mode"] == mode], at, lines) for mode in REACH_KM}
    own_places: list[Row] = []
    ports: list[Row] = []
    ways: list[Row] = []
    for identifier, terminal in sorted(_terminals().items()):
        country = terminal["country"]
        town = _town(terminal, [row for row in towns if row["country"] == country])
        place = identifier.lower()
        own_places.append(_own_place(terminal, "junction" if town else "city"))
        port = {
            "id": identifier, "name": terminal["name"], "country": country, "lat": terminal["lat"],
            "lon": terminal["lon"], "place": town or place, "tier": "regional", "basis": terminal["basis"],
            "source": SOURCE, "locator": "ferry_ports.csv", "note": terminal["note"],
            "rail_place": "", "rail_km": "", "road_place": "", "road_km": "",
        }  # fmt: skip
        for mode in ("road", "rail") if identifier in by_rail else ("road",):
            ways += [] if terminal["apart"] else near[mode].ways(terminal, place)
            port[f"{mode}_place"], port[f"{mode}_km"] = place, QUAY_KM
        ports.append(port)
    ferries = _table("ferries")
    crossings = [border for ferry in ferries if (border := _crossing(ferry)) is not None]
    return FerryRows(own_places, ports, ways, [_service(row) for row in ferries], crossings)


def _position(row: Mapping[str, str]) -> tuple[float, float]:
    return float(row["lat"]), float(row["lon"])


def _town(terminal: Row, towns: Sequence[Row]) -> str:
    """The nearest town on the terminal's shore; empty where there is none."""
    lat, lon = _position(terminal)
    close = [row for row in towns if abs(float(row["lat"]) - lat) * 111.0 <= TOWN_KM + 1.0]
    near = sorted((great_circle_km(lat, lon, *_position(row)), row["id"]) for row in close)
    at = {row["id"]: _position(row) for row in close}
    for km, identifier in near:
        if km <= TOWN_KM and _dry(terminal["country"], (lat, lon), at[identifier], km):
            return identifier
    return ""


def _dry(country: str, start: tuple[float, float], end: tuple[float, float], km: float) -> bool:
    """Whether two points of a country lie on one shore, as far as the coarse coastline can tell: bays are allowed."""
    # Imported here: only making the network needs polygons, and their library takes as long to load as a route.
    from landbridge.network.territory import country_codes, on_land

    return km < SAME_SHORE_KM or on_land(*start, *end, country_codes().index(country), BAY_KM)


class _Links:
    """The sections of one mode that have a line, for the way from a terminal to the nearest of them."""

    def __init__(
        self, sections: Sequence[Row], at: Mapping[str, tuple[float, float]], lines: Mapping[str, str]
    ) -> None:
        self._rows = sorted((row for row in sections if row["id"] in lines), key=lambda row: row["id"])
        self._at, self._lines = at, lines
        ends = np.array([(*at[row["from_place"]], *at[row["to_place"]]) for row in self._rows]).reshape(-1, 4)
        self._low = np.minimum(ends[:, :2], ends[:, 2:]) - BOX_DEGREES
        self._high = np.maximum(ends[:, :2], ends[:, 2:]) + BOX_DEGREES

    def ways(self, terminal: Row, place: str) -> list[Row]:
        """Sections from a terminal's place to the ends, in its country, of the nearest link that no water parts from
        it; of the link's length as much lies on each as its line does. Empty where none is within reach.
        """
        lat, lon = _position(terminal)
        inside = np.all((self._low <= (lat, lon)) & ((lat, lon) <= self._high), axis=1)
        near: list[tuple[float, str, int, tuple[float, float], float]] = []
        for i in np.flatnonzero(inside).tolist():
            row = self._rows[i]
            if terminal["country"] not in (row["country_from"], row["country_to"]):
                continue
            km, point, share = _nearest_point(*decode(self._lines[row["id"]], LINE_DECIMALS), lat, lon)
            if km <= REACH_KM[row["mode"]]:
                near.append((km, row["id"], i, point, share))
        for km, _, i, point, share in sorted(near):
            if _dry(terminal["country"], (lat, lon), point, km):
                return self._sections(self._rows[i], terminal, place, km * CIRCUITY, share)
        return []

    def _sections(self, link: Row, terminal: Row, place: str, km: float, share: float) -> list[Row]:
        found = []
        length = float(link["length_km"])
        before = float(link["km_to_crossing"]) if link["crossing"] else length
        for end, part in (("from", share), ("to", 1.0 - share)):
            if link[f"country_{end}"] != terminal["country"]:
                continue
            straight = great_circle_km(*_position(terminal), *self._at[link[f"{end}_place"]])
            along = min(part * length, before if end == "from" else length)
            gauge = link["gauge_to_mm"] if end == "to" and link["gauge_to_mm"] else link["gauge_mm"]
            found.append(
                {
                    "id": f"{link['mode']}:{place}--{link[f'{end}_place']}", "mode": link["mode"], "from_place": place,
                    "to_place": link[f"{end}_place"], "length_km": f"{max(along + km, straight + 0.05):.1f}",
                    "km_to_crossing": "", "country_from": terminal["country"], "country_to": terminal["country"],
                    "gauge_mm": gauge, "gauge_to_mm": gauge, "status": link["status"],
                    "opened_year": link["opened_year"], "crossing": "", "use": "section", "basis": "derived",
                    "source": SOURCE, "note": f"from {link['id']} to the ferry",
                }
            )  # fmt: skip
        return found


def _nearest_point(lat: Floats, lon: Floats, at_lat: float, at_lon: float) -> tuple[float, tuple[float, float], float]:
    """Of a line the point nearest to a place: distance, point, and the share of the line before it (plate carree with
    the longitude shortened).
    """
    shorter = float(np.cos(np.radians(at_lat)))
    x, y = (lon - at_lon) * shorter, lat - at_lat
    dx, dy = np.diff(x), np.diff(y)
    square = dx**2 + dy**2
    share = np.clip(-(x[:-1] * dx + y[:-1] * dy) / np.where(square > 0, square, 1.0), 0.0, 1.0)
    px, py = x[:-1] + share * dx, y[:-1] + share * dy
    best = int(np.argmin(px**2 + py**2))
    length = np.sqrt(square)
    before = (length[:best].sum() + share[best] * length[best]) / max(length.sum(), 1e-12)
    point = float(at_lat + py[best]), float(at_lon + px[best] / shorter)
    return great_circle_km(at_lat, at_lon, *point), point, float(before)


def _own_place(terminal: Row, kind: str) -> Row:
    kept = {key: terminal[key] for key in ("name", "country", "lat", "lon", "basis")}
    empty = {"hub": "", "population": "", "crossing": ""}
    return {**kept, **empty, "id": terminal["id"].lower(), "kind": kind, "source": SOURCE, "note": "a ferry terminal"}


def _service(ferry: Row) -> Row:
    kept = {key: ferry[key] for key in ("id", "from_port", "to_port", "kind", "carries", "status", "basis", "note")}
    crossing = _crossing(ferry)
    border = crossing["id"] if crossing else ""
    more = {"mode": "ferry", "source": SOURCE, "locator": "ferries.csv", "crossing": border}
    return {**kept, **more, "length_km": f"{_km(ferry)}"}


def _crossing(ferry: Row) -> Row | None:
    """The border between the countries of the two terminals, as an object; None inside a country."""
    a, b = (_terminals()[ferry[f"{end}_port"]] for end in _ENDS)
    if a["country"] == b["country"]:
        return None
    slug = "-".join(row["id"].partition("-")[2].lower() for row in (a, b))
    return {
        "id": f"ferry:{a['country']}-{b['country']}:{slug}", "name": f"{a['name']} - {b['name']}", "mode": "ferry",
        "name_a": a["name"], "country_a": a["country"], "name_b": b["name"], "country_b": b["country"],
        "lat": a["lat"], "lon": a["lon"], "lat_b": b["lat"], "lon_b": b["lon"], "gauge_a_mm": "", "gauge_b_mm": "",
        "status": "operating", "gauge_change_places": "", "gauge_change_included": "", "basis": ferry["basis"],
        "source": SOURCE, "locator": "ferries.csv", "note": "",
    }  # fmt: skip


# -- numbers -----------------------------------------------------------------------------------------------------


def ferry_numbers() -> list[Number]:
    """Hours, sailings and price of every service, and the time a vehicle stands at its terminals."""
    tariffs = {row["id"]: row for row in _table("ferry_tariffs")}
    found = []
    for ferry in _table("ferries"):
        found += [_passage(ferry), _sailings(ferry), _price(ferry, tariffs[ferry["tariff"]])]
    times = (("export", BOARDING_HOURS, "check-in and boarding"), ("import", LEAVING_HOURS, "landing and leaving"))
    for terminal in _terminals():
        for scope, hours, what in times:
            for mode, value in hours.items():
                cells = {
                    "id": f"{terminal}.{scope}.{mode}", "subject": f"port:{terminal}", "quantity": "dwell_hours",
                    "mode": mode, "scope": scope, "value": f"{value}", "unit": "hours", "note": what,
                }  # fmt: skip
                found.append(_number(cells))
    return found


def _number(cells: Mapping[str, str]) -> Number:
    empty = dict.fromkeys((item.name for item in dataclasses.fields(Number)), "")
    common = {"year": YEAR, "basis": "assumed", "use": "model", "normal": "yes", "source": SOURCE}
    return number_from_cells({**empty, **common, "locator": "ferries.csv", **cells}, "world/sea/ferries.csv", 0)


def _passage(ferry: Row) -> Number:
    hours, note = ferry["hours"], ""
    if not hours:
        km = _km(ferry)
        hours, note = f"{km / float(ferry['km_per_hour']):.2f}", f"{km:.0f} km / {ferry['km_per_hour']} km per hour"
    cells = {"id": f"{ferry['id']}.hours", "subject": f"service:{ferry['id']}", "quantity": "passage_hours"}
    return _number({**cells, "mode": "ferry", "value": hours, "unit": "hours", "note": note, **_of(ferry, "hours")})


def _sailings(ferry: Row) -> Number:
    cells = {"id": f"{ferry['id']}.sailings", "subject": f"service:{ferry['id']}", "quantity": "sailings_per_week"}
    value = {"mode": "ferry", "value": ferry["sailings_per_week"], "unit": "per_week"}
    return _number({**cells, **value, **_of(ferry, "sailings")})


def _of(ferry: Row, what: str) -> Row:
    """Basis and source of a figure of a row: reported where it names one."""
    source = ferry[f"{what}_source"]
    return {"source": source, "basis": "reported"} if source else {}


def _price(ferry: Row, tariff: Row) -> Number:
    fixed, per_km, km = float(tariff["usd_per_truck"]), float(tariff["usd_per_truck_km"]), _km(ferry)
    note = f"{fixed:g} + {per_km:g} x {km:.0f} km: tariff {tariff['id']}"
    cells = {
        "id": f"{ferry['id']}.price", "subject": f"service:{ferry['id']}", "quantity": "service_price",
        "mode": "ferry", "vehicle": "truck20t", "scope": "loading_in", "value": f"{fixed + per_km * km:.0f}",
        "unit": "usd_per_unit", "year": tariff["year"], "money_year": tariff["year"], "basis": tariff["basis"],
        "locator": "ferry_tariffs.csv", "note": note,
    }  # fmt: skip
    return _number(cells)
