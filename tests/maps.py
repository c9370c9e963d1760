"""Small maps drawn in text, as tables for ``build_network``: a customs officer should be able to read them.

One line is one link::

    almaty(KAZ) =870= dostyk(KAZ)                rail, 1520 mm
    urumqi(CHN) #460# alashankou(CHN)            rail, 1435 mm
    almaty(KAZ) -360- horgos(KAZ)                road
    dostyk(KAZ) =12|= druzhba(CHN)               the state border lies inside the link
    aktogay(KAZ) =310= @gate(KAZ|CHN)            the state border is a point of its own ...
    @gate(KAZ|CHN) #6# alashankou(CHN)           ... where the gauge changes too
    tokyo(JPN) ~2200~ lianyungang(CHN)           sea lane; ports are drawn by their cities
    tokyo(JPN) ~20000 malacca suez~ poti(GEO)    sea lane through straits
    aktau(KAZ) ~490 ferry~ baku(AZE)             a named ferry (``feeder`` for a ship that carries boxes only)

Words after a link: ``planned``, ``closed``, ``suspended``, ``opened:2011``, ``aggregate``, ``id:RAIL042``.
Two more kinds of line: ``at alat(AZE) 39.94 49.4`` places something, ``station almaty-1(KAZ) of almaty``
makes a terminal of a city. Text after ``--`` is a comment. Ids of links are RAIL1, ROAD2, SEA3 by line; the
crossing of a border is ``rail:KAZ-CHN:NAME`` with the name of the point, or ``dostyk-druzhba`` where the
border lies inside a link. A port is ``P-`` and the name of its city.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from landbridge.network.build import Lanes, build_network
from landbridge.network.topology import Network

_END = r"(@?[a-z0-9-]+)\(([A-Z]{3}(?:\|[A-Z]{3})?)\)"
_LINK = re.compile(rf"^{_END}\s+(=|#|-|~)(.*?)\3\s+{_END}\s*(.*)$")
_GAUGE = {"=": 1520, "#": 1435}

COLUMNS: Mapping[str, Sequence[str]] = {
    "places": ("id", "name", "country", "lat", "lon", "kind", "hub", "population", "crossing"),
    "sections": (
        "id", "mode", "from_place", "to_place", "length_km", "country_from", "country_to", "gauge_mm", "status",
        "opened_year", "crossing", "crossing_from", "crossing_to", "use",
    ),
    "crossings": (
        "id", "name", "mode", "name_a", "country_a", "name_b", "country_b", "lat", "lon", "gauge_a_mm", "gauge_b_mm",
        "status",
    ),
    "ports": (
        "id", "name", "country", "lat", "lon", "place", "rail_place", "rail_km", "road_place", "road_km", "tier",
    ),
    "services": ("id", "from_port", "to_port", "mode", "kind", "carries", "length_km", "status", "crossing"),
    "names": ("name", "subject"),
}  # fmt: skip


@dataclass
class Map:
    """Tables of a drawn map."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    lanes: list[tuple[str, str, float, tuple[str, ...]]] = field(default_factory=list)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables as the facts hold them; an empty cell is NaN."""
        return {
            name: pd.DataFrame(self.rows[name], columns=list(columns), dtype=object).replace("", float("nan"))
            for name, columns in COLUMNS.items()
        }

    @property
    def sea(self) -> Lanes:
        """Its sea lanes."""
        straits = tuple(sorted({strait for lane in self.lanes for strait in lane[3]}))
        return Lanes(
            from_port=tuple(lane[0] for lane in self.lanes),
            to_port=tuple(lane[1] for lane in self.lanes),
            km=tuple(lane[2] for lane in self.lanes),
            straits=tuple(sum(1 << straits.index(strait) for strait in lane[3]) for lane in self.lanes),
            strait_ids=straits,
        )

    def network(self) -> Network:
        """The network of the map."""
        return build_network(self.tables, self.sea)


def draw(text: str) -> Map:
    """The map a text draws."""
    pen = _Pen()
    for line in text.splitlines():
        plain = line.split(" -- ")[0].strip()
        if plain:
            pen.line(plain)
    return pen.finish()


class _Pen:
    def __init__(self) -> None:
        self.map = Map()
        self.places: dict[str, dict[str, Any]] = {}
        self.crossings: dict[str, dict[str, Any]] = {}
        self.ports: dict[str, dict[str, Any]] = {}
        self.count = 0

    def line(self, text: str) -> None:
        words = text.split()
        if words[0] == "at":
            name, country = re.fullmatch(_END, words[1]).groups()  # type: ignore[union-attr]
            self.place(name, country).update(lat=float(words[2]), lon=float(words[3]))
        elif words[0] == "station":
            name, country = re.fullmatch(_END, words[1]).groups()  # type: ignore[union-attr]
            self.place(name, country).update(kind="station", hub=words[3])
        else:
            self.link(text)

    def place(self, name: str, country: str) -> dict[str, Any]:
        if name not in self.places:
            border = "|" in country
            self.places[name] = {
                "id": name.lstrip("@"),
                "name": name.lstrip("@").capitalize(),
                "country": "" if border else country,
                # Far apart, so that nothing is near by accident.
                "lat": 40.0,
                "lon": -170.0 + 7.0 * len(self.places),
                "kind": "border" if border else "city",
                "hub": "",
                "population": "",
                "crossing": "",
            }
        return self.places[name]

    def link(self, text: str) -> None:
        match = _LINK.match(text)
        if not match:
            raise ValueError(f"cannot read the line {text!r}")
        name_a, country_a, sign, middle, name_b, country_b, rest = match.groups()
        self.count += 1
        options = dict(word.partition(":")[::2] for word in rest.split())
        ends = [(name_a, country_a), (name_b, country_b)]
        for name, country in ends:
            self.place(name, country)
        if sign == "~":
            self.sea(ends, middle.split(), options)
        else:
            self.land(ends, sign, middle, options)

    def land(self, ends: list[tuple[str, str]], sign: str, middle: str, options: dict[str, str]) -> None:
        mode = "road" if sign == "-" else "rail"
        inside = middle.endswith("|")
        status = next((word for word in ("planned", "closed", "suspended") if word in options), "operating")
        countries = self.countries(ends)
        row: dict[str, Any] = {
            "id": options.get("id", f"{mode.upper()}{self.count}"),
            "mode": mode,
            "from_place": ends[0][0].lstrip("@"),
            "to_place": ends[1][0].lstrip("@"),
            "length_km": float(middle.rstrip("|")),
            "country_from": countries[0],
            "country_to": countries[1],
            "gauge_mm": _GAUGE.get(sign, ""),
            "status": status,
            "opened_year": int(options["opened"]) if "opened" in options else "",
            "crossing": "",
            "crossing_from": "",
            "crossing_to": "",
            "use": "aggregate" if "aggregate" in options else "section",
        }
        if inside:
            row["crossing"] = self.crossing(mode, f"{ends[0][0]}-{ends[1][0]}", tuple(countries), ends, status)
        for key, (name, country) in zip(("crossing_from", "crossing_to"), ends, strict=True):
            if name.startswith("@"):
                row[key] = self.crossing(
                    mode, name.lstrip("@"), tuple(country.split("|")), [(name, country)], "operating"
                )
                self.places[name]["crossing"] = row[key]
        self.map.rows["sections"].append(row)

    def countries(self, ends: list[tuple[str, str]]) -> list[str]:
        """Country at each end of a link: a border point is on the side of the other end."""
        first, second = (country for _, country in ends)
        if "|" in first and "|" in second:
            raise ValueError("a link between two border points needs a place between them")
        return [second if "|" in first else first, first if "|" in second else second]

    def crossing(self, mode: str, name: str, sides: tuple[str, ...], ends: list[tuple[str, str]], status: str) -> str:
        identifier = f"{mode}:{sides[0]}-{sides[1]}:{name}"
        at = [self.places[end] for end, _ in ends]
        self.crossings.setdefault(
            identifier,
            {
                "id": identifier,
                "name": name.capitalize(),
                "mode": mode,
                "name_a": ends[0][0].lstrip("@").capitalize(),
                "country_a": sides[0],
                "name_b": ends[-1][0].lstrip("@").capitalize(),
                "country_b": sides[1],
                "lat": sum(place["lat"] for place in at) / len(at),
                "lon": sum(place["lon"] for place in at) / len(at),
                "gauge_a_mm": "",
                "gauge_b_mm": "",
                "status": status,
            },
        )
        return identifier

    def sea(self, ends: list[tuple[str, str]], words: list[str], options: dict[str, str]) -> None:
        ports = [f"P-{name}" for name, _ in ends]
        km, *rest = words
        scheduled = rest[0] if rest and rest[0] in ("ferry", "feeder") else ""
        for port, (name, country) in zip(ports, ends, strict=True):
            self.ports.setdefault(
                port,
                {"id": port, "name": f"Port of {name.capitalize()}", "country": country, "place": name, "tier": ""},
            )
            if not scheduled:
                self.ports[port]["tier"] = "main"
        if not scheduled:
            self.map.lanes.append((ports[0], ports[1], float(km), tuple(rest)))
            return
        self.map.rows["services"].append(
            {
                "id": options.get("id", f"SEA{self.count}"),
                "from_port": ports[0],
                "to_port": ports[1],
                "mode": "ferry" if scheduled == "ferry" else "sea",
                "kind": "ferry_rail" if scheduled == "ferry" else "feeder",
                "carries": "containers",
                "length_km": float(km),
                "status": next((word for word in ("planned", "suspended") if word in options), "operating"),
                "crossing": "",
            }
        )

    def finish(self) -> Map:
        used = {
            mode: {
                row[end]
                for row in self.map.rows["sections"]
                if row["mode"] == mode
                for end in ("from_place", "to_place")
            }
            for mode in ("rail", "road")
        }
        for port in self.ports.values():
            home = self.places[port["place"]]
            port.update(lat=home["lat"], lon=home["lon"], tier=port["tier"] or "inland-sea")
            for mode in ("rail", "road"):
                port[f"{mode}_place"] = home["id"] if home["id"] in used[mode] else ""
                port[f"{mode}_km"] = 0.0 if home["id"] in used[mode] else ""
        self.map.rows["places"] = list(self.places.values())
        self.map.rows["crossings"] = list(self.crossings.values())
        self.map.rows["ports"] = list(self.ports.values())
        return self.map
