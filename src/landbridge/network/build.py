"""Tables of facts to a network.

The rules (numbers are those of CONVENTIONS):

- A rail node is (place, country, gauge), a road node (place, country): a place never joins two countries (15).
  Between the two sides of a state border lies a crossing arc per direction, at the border place or, where the border
  lies inside a section, at the crossing's own position, which cuts the section in two parts with lengths in the ratio
  of the great circles (13).
- Where a place has two gauges in one country a gauge arc joins them, both ways (14).
- A port has an inbound and an outbound berth for sea lanes, and per named service an outbound berth of its own,
  because the wait for a departure belongs to the service (16).
- An origin and a destination are nodes of their own, so that no route passes through a city's terminal for nothing.
- Rail and road of one city in one country are joined by transfer arcs; a state border has none.
- Sections of status planned or under construction are arcs too, closed until a scenario opens them (8).
- A junction (place of kind junction) is passed only: it is no terminal, and nothing starts, ends or changes mode there.
- Where asked for, a place without any terminal is an origin and a destination by an access leg to the nearest road,
  railway or port of its country.

Linear in nodes and arcs but for sorting: nearest nodes are looked up by their latitude.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from landbridge.kernels.sphere import great_circle_km
from landbridge.network.topology import Network
from landbridge.schema.rows import Table, as_rows
from landbridge.schema.words import ARC_KINDS, MODES, NODE_KINDS, STATUSES

#: A city uses its own ports, and others of its country up to this far away (straight line), by truck.
NEARBY_PORT_KM = 80.0
#: A station and a road node of one country this close are one terminal, where the city lacks one of the two.
NEARBY_TERMINAL_KM = 10.0
#: An access leg this short is not judged by the coarse coastline.
SAME_SHORE_KM = 10.0
#: Road distance of a drayage leg as a multiple of the straight line.
DRAYAGE_CIRCUITY = 1.3


class _NodeRow(NamedTuple):
    key: str
    kind: str
    place: str = ""
    port: str = ""
    country: str = ""
    gauge_mm: int = -1
    lat: float = 0.0
    lon: float = 0.0


class _ArcRow(NamedTuple):
    tail: str
    head: str
    kind: str
    link: str
    mode: str = ""
    km: float = 0.0
    country: str = ""
    gauge_mm: int = -1
    crossing: str = ""
    port: str = ""
    direction: int = 0
    straits: int = 0
    status: str = "operating"
    opened_day: int = 0


@dataclass
class _Draft:
    """What the builders below add to; becomes a Network once, sorted."""

    nodes: dict[str, _NodeRow] = field(default_factory=dict)
    arcs: list[_ArcRow] = field(default_factory=list)
    crossed: set[tuple[str, str, str]] = field(default_factory=set)  # (tail, head, link) of the crossing arcs

    def node(self, row: _NodeRow) -> str:
        self.nodes.setdefault(row.key, row)
        return row.key

    def both_ways(self, row: _ArcRow) -> None:
        self.arcs.append(row)
        self.arcs.append(row._replace(tail=row.head, head=row.tail, direction=-row.direction))


@dataclass(frozen=True)
class Lanes:
    """Sea lanes between ports, one row per variant (a set of straits no shorter lane avoids).

    from_port, to_port: port ids; km: sailed distance; straits: bit mask over ``strait_ids``; lines: encoded polylines
    (2 decimals, unwrapped at the date line) or empty; far_shore: port -> the far shore it lies on. A box that came to a
    far shore from elsewhere may change ships there, but not leave it again by ship.
    """

    from_port: tuple[str, ...]
    to_port: tuple[str, ...]
    km: tuple[float, ...]
    straits: tuple[int, ...]
    strait_ids: tuple[str, ...]
    lines: tuple[str, ...] = ()
    far_shore: Mapping[str, str] = field(default_factory=dict)

    def link_ids(self) -> tuple[str, ...]:
        """Link id per row: ``A-B`` for the shortest lane of a pair, ``A-B/2`` and so on for the others."""
        counts: dict[tuple[str, str], int] = {}
        found = [""] * len(self.km)
        order = sorted(
            range(len(self.km)), key=lambda i: (self.from_port[i], self.to_port[i], self.km[i], self.straits[i])
        )
        for i in order:
            pair = (self.from_port[i], self.to_port[i])
            counts[pair] = counts.get(pair, 0) + 1
            found[i] = f"{pair[0]}-{pair[1]}" if counts[pair] == 1 else f"{pair[0]}-{pair[1]}/{counts[pair]}"
        return tuple(found)


def build_network(
    tables: Mapping[str, Table],
    lanes: Lanes,
    straits_of_service: Mapping[str, int] | None = None,
    access_km: float = 0.0,
) -> Network:
    """Network of the tables ``places``, ``sections``, ``crossings``, ``ports``, ``services`` and of the sea lanes.

    ``straits_of_service``: bit masks over the lanes' straits by service id; ``access_km``: how far (straight) the
    access leg of a place without terminals may lead, 0 = such a place is no origin. The tables must have passed
    ``facts check``; row order changes nothing. Sections may have two columns more than the schema, ``gauge_to_mm``
    (gauge at the to end, where it differs) and ``km_to_crossing`` (length before the border).
    """
    places = {row["id"]: row for row in _rows(tables["places"])}
    crossings = {row["id"]: row for row in _rows(tables["crossings"])}
    ports = {row["id"]: row for row in _rows(tables["ports"])}
    draft = _Draft()
    for section in _rows(tables["sections"]):
        if section["use"] == "section":
            _add_section(draft, section, places, crossings)
    _add_border_crossings(draft, places, crossings)
    _add_gauge_breaks(draft)
    _add_transfers(draft, places)
    _add_ports(draft, ports, lanes.far_shore)
    _add_lanes(draft, lanes)
    _add_services(draft, _rows(tables["services"]), ports, straits_of_service or {})
    _add_access(draft, places, ports, access_km)
    return _freeze(draft, places, ports, crossings, lanes.strait_ids)


def _rows(table: Table) -> list[Mapping[str, Any]]:
    """Rows in the order of their ids."""
    return sorted(as_rows(table), key=lambda row: str(row["id"]))


def _opened(section: Mapping[str, Any]) -> int:
    year = section["opened_year"]
    return datetime.date(int(year), 1, 1).toordinal() if year != "" else 0


def _land_node(draft: _Draft, mode: str, place: str, country: str, gauge: int, lat: float, lon: float) -> str:
    key = f"rail:{place}:{country}:{gauge}" if mode == "rail" else f"road:{place}:{country}"
    return draft.node(
        _NodeRow(
            key,
            mode,
            place=place,
            country=country,
            gauge_mm=gauge if mode == "rail" else -1,
            lat=lat,
            lon=lon,
        )
    )


def _add_section(
    draft: _Draft,
    section: Mapping[str, Any],
    places: Mapping[str, Mapping[str, Any]],
    crossings: Mapping[str, Mapping[str, Any]],
) -> None:
    mode = section["mode"]
    gauge = int(section["gauge_mm"]) if section["gauge_mm"] != "" else -1
    gauges = (gauge, int(section["gauge_to_mm"]) if section.get("gauge_to_mm", "") != "" else gauge)
    ends = [places[section["from_place"]], places[section["to_place"]]]
    countries = [section["country_from"], section["country_to"]]
    nodes = [
        _land_node(draft, mode, end["id"], country, its_gauge, float(end["lat"]), float(end["lon"]))
        for end, country, its_gauge in zip(ends, countries, gauges, strict=True)
    ]
    common = {
        "kind": "haul",
        "link": section["id"],
        "mode": mode,
        "status": section["status"],
        "opened_day": _opened(section),
        "direction": 1,
    }
    length = float(section["length_km"])
    if not section["crossing"]:
        row = _ArcRow(nodes[0], nodes[1], km=length, country=countries[0], gauge_mm=gauge, **common)
        draft.both_ways(row)
        return
    border = crossings[section["crossing"]]
    lat, lon = float(border["lat"]), float(border["lon"])
    to_border = [great_circle_km(float(end["lat"]), float(end["lon"]), lat, lon) for end in ends]
    total = sum(to_border)
    parts = [length * (to_border[0] / total if total > 0 else 0.5)]
    parts.append(length - parts[0])
    if section.get("km_to_crossing", "") != "":
        # Several links share the sides of a crossing: no part may be shorter than its straight line.
        parts = [float(section["km_to_crossing"]), length - float(section["km_to_crossing"])]
        parts = [max(part, straight) for part, straight in zip(parts, to_border, strict=True)]
    sides = [
        _land_node(draft, mode, border["id"], country, its_gauge, lat, lon)
        for country, its_gauge in zip(countries, gauges, strict=True)
    ]
    for start, end, i in ((nodes[0], sides[0], 0), (sides[1], nodes[1], 1)):
        draft.both_ways(_ArcRow(start, end, km=parts[i], country=countries[i], gauge_mm=gauges[i], **common))
    _add_crossing_arc(draft, border, sides[0], sides[1], countries[0] == border["country_a"])


def _add_crossing_arc(
    draft: _Draft,
    border: Mapping[str, Any],
    tail: str,
    head: str,
    a_to_b: bool,  # noqa: FBT001 - a fact, not an option
) -> None:
    arc = _ArcRow(
        tail=tail,
        head=head,
        kind="crossing",
        link=border["id"],
        mode=border["mode"],
        crossing=border["id"],
        status=border["status"],
        direction=1 if a_to_b else -1,
    )
    if (tail, head, arc.link) not in draft.crossed:
        draft.crossed |= {(tail, head, arc.link), (head, tail, arc.link)}
        draft.both_ways(arc)


def _add_border_crossings(
    draft: _Draft, places: Mapping[str, Mapping[str, Any]], crossings: Mapping[str, Mapping[str, Any]]
) -> None:
    """Join the two sides of each border place, whatever gauges meet there, by the crossing the place names."""
    at_border: dict[tuple[str, str], list[_NodeRow]] = {}
    for key in sorted(draft.nodes):
        row = draft.nodes[key]
        if row.kind in ("rail", "road") and row.place not in crossings:
            at_border.setdefault((row.kind, row.place), []).append(row)
    by_pair: dict[tuple[str, frozenset[str]], list[Mapping[str, Any]]] = {}
    for _, crossing in sorted(crossings.items()):
        pair = frozenset((crossing["country_a"], crossing["country_b"]))
        by_pair.setdefault((crossing["mode"], pair), []).append(crossing)
    for (mode, place), rows in sorted(at_border.items()):
        for i, first in enumerate(rows):
            for second in rows[i + 1 :]:
                pair = frozenset((first.country, second.country))
                candidates = by_pair.get((mode, pair), []) if len(pair) == 2 else []
                named = [row for row in candidates if row["id"] == places[place]["crossing"]]
                if candidates:
                    border = named[0] if named else min(candidates, key=lambda row: _away(first, row))
                    a_to_b = first.country == border["country_a"]
                    _add_crossing_arc(draft, border, first.key, second.key, a_to_b)


def _away(node: _NodeRow, row: Mapping[str, Any]) -> tuple[float, str]:
    return great_circle_km(node.lat, node.lon, float(row["lat"]), float(row["lon"])), str(row["id"])


def _add_gauge_breaks(draft: _Draft) -> None:
    rail: dict[tuple[str, str], list[_NodeRow]] = {}
    for key in sorted(draft.nodes):
        row = draft.nodes[key]
        if row.kind == "rail":
            rail.setdefault((row.place, row.country), []).append(row)
    for (place, country), rows in sorted(rail.items()):
        for i, first in enumerate(rows):
            for second in rows[i + 1 :]:
                draft.both_ways(
                    _ArcRow(first.key, second.key, "gauge", link=f"gauge:{place}", country=country, direction=1)
                )


def _hub(place: Mapping[str, Any]) -> str:
    return str(place["hub"] or place["id"])


#: Kinds of place that are no city's terminal.
_NO_TERMINALS = ("border", "junction")


class _Near:
    """The nearest land node of a mode and a country."""

    def __init__(self, draft: _Draft) -> None:
        self._rows: dict[tuple[str, str], list[tuple[float, str]]] = {}
        self._nodes = draft.nodes
        for key, row in draft.nodes.items():
            if row.kind in ("rail", "road"):
                self._rows.setdefault((row.kind, row.country), []).append((row.lat, key))
        for rows in self._rows.values():
            rows.sort()

    def nearest(self, mode: str, country: str, lat: float, lon: float, km: float) -> tuple[_NodeRow, float] | None:
        """The node and its distance, of equally near ones the first by key; None where none is within ``km``."""
        rows = self._rows.get((mode, country), [])
        reach = km / 111.0 + 0.01
        band = rows[bisect_left(rows, (lat - reach, "")) : bisect_right(rows, (lat + reach, "\uffff"))]
        near = [(great_circle_km(lat, lon, self._nodes[key].lat, self._nodes[key].lon), key) for _, key in band]
        near = [item for item in near if item[0] <= km]
        return (self._nodes[min(near)[1]], min(near)[0]) if near else None


def _terminals(draft: _Draft, places: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, list[_NodeRow]]]:
    """City -> mode -> its land nodes. Points on a border belong to no city, but see ``_add_transfers``."""
    found: dict[str, dict[str, list[_NodeRow]]] = {}
    for key in sorted(draft.nodes):
        row = draft.nodes[key]
        if row.kind in ("rail", "road") and row.place in places and places[row.place]["kind"] not in _NO_TERMINALS:
            found.setdefault(_hub(places[row.place]), {"rail": [], "road": []})[row.kind].append(row)
    near = _Near(draft)
    for city, modes in found.items():
        for missing, there in (("road", "rail"), ("rail", "road")):
            if not modes[missing] and modes[there]:
                modes[missing] = _nodes_near(near, missing, modes[there][0], str(places[city]["country"]))
    return found


def _nodes_near(near: _Near, mode: str, around: _NodeRow, country: str) -> list[_NodeRow]:
    """The nearest node of a mode in the country, if it lies in the same town; its side of a border counts too."""
    found = near.nearest(mode, country, around.lat, around.lon, NEARBY_TERMINAL_KM)
    return [found[0]] if found else []


def _add_transfers(draft: _Draft, places: Mapping[str, Mapping[str, Any]]) -> None:
    for city, modes in sorted(_terminals(draft, places).items()):
        for rail in modes["rail"]:
            for road in modes["road"]:
                if rail.country == road.country:
                    draft.both_ways(
                        _ArcRow(rail.key, road.key, "transfer", link=f"transfer:{city}", country=rail.country)
                    )


def _berth(draft: _Draft, port: Mapping[str, Any], kind: str, service: str = "") -> str:
    key = f"{kind}:{service}:{port['id']}" if service else f"{kind}:{port['id']}"
    return draft.node(
        _NodeRow(
            key,
            kind,
            place=port["place"],
            port=port["id"],
            country=port["country"],
            lat=float(port["lat"]),
            lon=float(port["lon"]),
        )
    )


#: Berths of a far shore for boxes that came from elsewhere: no ship leaves the shore from them.
_STAY = "stay"


def _add_ports(draft: _Draft, ports: Mapping[str, Mapping[str, Any]], far_shore: Mapping[str, str]) -> None:
    """Berths of the generic lanes and their way to the land; named services add their own in ``_add_services``."""
    seats = _seats(draft)
    for identifier, port in sorted(ports.items()):
        if port["tier"] == "inland-sea":
            continue
        for group in ("", _STAY) if identifier in far_shore else ("",):
            inbound, outbound = _berth(draft, port, "sea_in", group), _berth(draft, port, "sea_out", group)
            # Ships meet at main ports; a feeder port is the end of its lanes.
            if port["tier"] != "feeder":
                draft.arcs.append(_ArcRow(inbound, outbound, "transship", link=identifier, port=identifier))
            for node, km in _port_land_nodes(seats, port):
                land: dict[str, Any] = {"link": identifier, "port": identifier, "km": km, "country": port["country"]}
                draft.arcs.append(_ArcRow(inbound, node, "unload", **land))
                if not group:
                    draft.arcs.append(_ArcRow(node, outbound, "load", **land))


def _seats(draft: _Draft) -> dict[tuple[str, str, str], list[str]]:
    """(mode, place, country) -> keys of its land nodes, ascending."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for key in sorted(draft.nodes):
        row = draft.nodes[key]
        if row.kind in ("rail", "road"):
            found.setdefault((row.kind, row.place, row.country), []).append(key)
    return found


def _port_land_nodes(
    seats: Mapping[tuple[str, str, str], list[str]], port: Mapping[str, Any]
) -> list[tuple[str, float]]:
    """Land nodes of the port's own station and road end, with the distance from the berth."""
    found = []
    for mode in ("rail", "road"):
        place = port[f"{mode}_place"]
        if place:
            km = float(port[f"{mode}_km"]) if port[f"{mode}_km"] != "" else 0.0
            found += [(key, km) for key in seats.get((mode, place, port["country"]), [])]
    return found


def _add_lanes(draft: _Draft, lanes: Lanes) -> None:
    for i, link in enumerate(lanes.link_ids()):
        start, end = lanes.from_port[i], lanes.to_port[i]
        common: dict[str, Any] = {
            "kind": "lane",
            "link": link,
            "mode": "sea",
            "km": lanes.km[i],
            "straits": lanes.straits[i],
        }
        shore = {port: lanes.far_shore.get(port, "") for port in (start, end)}
        for direction, tail, head in ((1, start, end), (-1, end, start)):
            inside = shore[tail] == shore[head]
            arrival = f"sea_in:{head}" if inside or not shore[head] else f"sea_in:{_STAY}:{head}"
            draft.arcs.append(_ArcRow(f"sea_out:{tail}", arrival, direction=direction, **common))
            if inside and shore[tail]:
                ends = f"sea_out:{_STAY}:{tail}", f"sea_in:{_STAY}:{head}"
                draft.arcs.append(_ArcRow(*ends, direction=direction, **common))


def loading_in_price(service: Mapping[str, Any], ports: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the price of a service holds loading and unloading.

    True for ferries and for every service of an inland sea, whose published prices do; false for container services
    between sea ports.
    """
    return bool(service["mode"] == "ferry" or ports[service["from_port"]]["tier"] == "inland-sea")


def _add_services(
    draft: _Draft,
    services: Iterable[Mapping[str, Any]],
    ports: Mapping[str, Mapping[str, Any]],
    straits: Mapping[str, int],
) -> None:
    boarding: dict[str, list[str]] = {}
    for service in services:
        if service["status"] == "none":
            continue
        ends = [ports[service["from_port"]], ports[service["to_port"]]]
        for direction, (start, end) in ((1, ends), (-1, ends[::-1])):
            outbound = _berth(draft, start, "service_out", service["id"])
            boarding.setdefault(start["id"], []).append(outbound)
            arrival = "service_in" if loading_in_price(service, ports) else "sea_in"
            inbound = _berth(draft, end, arrival)
            draft.arcs.append(
                _ArcRow(
                    outbound,
                    inbound,
                    "service",
                    link=service["id"],
                    mode=service["mode"],
                    km=float(service["length_km"]),
                    crossing=service["crossing"],
                    direction=direction,
                    straits=straits.get(service["id"], 0),
                    # A service that stopped is dated by its event; before that it ran.
                    status="operating" if service["status"] == "suspended" else service["status"],
                )
            )
    seats = _seats(draft)
    for identifier, port in sorted(ports.items()):
        land = _port_land_nodes(seats, port)
        inbound_kinds = ("sea_in", f"sea_in:{_STAY}", "service_in")
        inbound_berths = [key for kind in inbound_kinds if (key := f"{kind}:{identifier}") in draft.nodes]
        outbound_berths = sorted(set(boarding.get(identifier, [])))
        for outbound in outbound_berths:
            for node, km in land:
                draft.arcs.append(
                    _ArcRow(
                        node,
                        outbound,
                        "load",
                        link=identifier,
                        port=identifier,
                        km=km,
                        country=port["country"],
                    )
                )
            for inbound in inbound_berths:
                draft.arcs.append(_ArcRow(inbound, outbound, "transship", link=identifier, port=identifier))
        if f"service_in:{identifier}" in draft.nodes:
            for node, km in land:
                draft.arcs.append(
                    _ArcRow(
                        f"service_in:{identifier}",
                        node,
                        "unload",
                        link=identifier,
                        port=identifier,
                        km=km,
                        country=port["country"],
                    )
                )
            if f"sea_out:{identifier}" in draft.nodes:
                draft.arcs.append(
                    _ArcRow(
                        f"service_in:{identifier}",
                        f"sea_out:{identifier}",
                        "transship",
                        link=identifier,
                        port=identifier,
                    )
                )


def _add_access(
    draft: _Draft,
    places: Mapping[str, Mapping[str, Any]],
    ports: Mapping[str, Mapping[str, Any]],
    access_km: float,
) -> None:
    """Origin and destination nodes of every city: its stations, its road node, its ports and those nearby."""
    terminals = _terminals(draft, places)
    near = _Near(draft)
    berths: dict[str, list[_NodeRow]] = {}
    for key in sorted(draft.nodes):
        row = draft.nodes[key]
        if row.port and not key.startswith(f"sea_out:{_STAY}:"):
            berths.setdefault(row.port, []).append(row)
    in_country: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for port_id, port in sorted(ports.items()):
        in_country.setdefault(port["country"], []).append((port_id, port))
    for identifier, place in sorted(places.items()):
        if place["kind"] in _NO_TERMINALS or (place["hub"] and place["hub"] != identifier):
            continue
        lat, lon, country = float(place["lat"]), float(place["lon"]), str(place["country"])
        ends: list[tuple[_NodeRow, float]] = []
        for mode in ("rail", "road"):
            ends += [(row, 0.0) for row in terminals.get(identifier, {}).get(mode, []) if row.country == country]
        for port_id, port in in_country.get(country, []):
            straight = great_circle_km(lat, lon, float(port["lat"]), float(port["lon"]))
            if port["place"] == identifier:
                ends += [(row, 0.0) for row in berths.get(port_id, [])]
            elif straight <= NEARBY_PORT_KM:
                ends += [(row, straight * DRAYAGE_CIRCUITY) for row in berths.get(port_id, [])]
        if not any(row.kind in ("rail", "road") for row, _ in ends) and access_km > 0.0:
            ends += _access_leg(near, country, lat, lon, access_km)
        if not ends:
            continue
        for kind in ("origin", "destination"):
            draft.node(_NodeRow(f"{kind}:{identifier}", kind, place=identifier, country=country, lat=lat, lon=lon))
        for row, km in ends:
            common: dict[str, Any] = {
                "kind": "access",
                "link": f"access:{identifier}",
                "km": km,
                "country": country,
                "port": row.port,
            }
            if row.kind not in ("sea_in", "service_in"):
                draft.arcs.append(_ArcRow(f"origin:{identifier}", row.key, direction=1, **common))
            if row.kind not in ("sea_out", "service_out"):
                draft.arcs.append(_ArcRow(row.key, f"destination:{identifier}", direction=-1, **common))


def _access_leg(near: _Near, country: str, lat: float, lon: float, limit_km: float) -> list[tuple[_NodeRow, float]]:
    """The nearest road node of the country, else rail node, within the limit; never over the sea."""
    from landbridge.network.territory import country_codes, on_land

    codes = country_codes()
    for mode in ("road", "rail"):
        found = near.nearest(mode, country, lat, lon, limit_km)
        if found is not None:
            node, km = found
            if km < SAME_SHORE_KM or on_land(lat, lon, node.lat, node.lon, codes.index(country)):
                return [(node, km * DRAYAGE_CIRCUITY)]
    return []


def _freeze(
    draft: _Draft,
    places: Mapping[str, Any],
    ports: Mapping[str, Any],
    crossings: Mapping[str, Any],
    strait_ids: tuple[str, ...],
) -> Network:
    nodes = [draft.nodes[key] for key in sorted(draft.nodes)]
    at = {row.key: i for i, row in enumerate(nodes)}
    arcs = sorted(
        draft.arcs,
        key=lambda arc: (at[arc.tail], at[arc.head], arc.kind, arc.link, arc.km, arc.straits, arc.direction),
    )
    place_ids, port_ids, crossing_ids = tuple(sorted(places)), tuple(sorted(ports)), tuple(sorted(crossings))
    countries = tuple(sorted({row.country for row in nodes if row.country}))
    links = tuple(sorted({arc.link for arc in arcs}))
    place_at, port_at = _positions(place_ids), _positions(port_ids)
    crossing_at, country_at, link_at = _positions(crossing_ids), _positions(countries), _positions(links)
    return Network(
        node_key=tuple(row.key for row in nodes),
        node_kind=np.array([NODE_KINDS.index(row.kind) for row in nodes], dtype=np.int8),
        node_place=np.array([place_at.get(row.place, -1) for row in nodes], dtype=np.int32),
        node_port=np.array([port_at.get(row.port, -1) for row in nodes], dtype=np.int32),
        node_country=np.array([country_at.get(row.country, -1) for row in nodes], dtype=np.int16),
        node_gauge_mm=np.array([row.gauge_mm for row in nodes], dtype=np.int16),
        node_lat=np.array([row.lat for row in nodes], dtype=np.float64),
        node_lon=np.array([row.lon for row in nodes], dtype=np.float64),
        tail=np.array([at[arc.tail] for arc in arcs], dtype=np.int32),
        head=np.array([at[arc.head] for arc in arcs], dtype=np.int32),
        kind=np.array([ARC_KINDS.index(arc.kind) for arc in arcs], dtype=np.int8),
        mode=np.array([MODES.index(arc.mode) if arc.mode else -1 for arc in arcs], dtype=np.int8),
        km=np.array([arc.km for arc in arcs], dtype=np.float64),
        country=np.array([country_at.get(arc.country, -1) for arc in arcs], dtype=np.int16),
        gauge_mm=np.array([arc.gauge_mm for arc in arcs], dtype=np.int16),
        link=np.array([link_at[arc.link] for arc in arcs], dtype=np.int32),
        crossing=np.array([crossing_at.get(arc.crossing, -1) for arc in arcs], dtype=np.int32),
        port=np.array([port_at.get(arc.port, -1) for arc in arcs], dtype=np.int32),
        direction=np.array([arc.direction for arc in arcs], dtype=np.int8),
        straits=np.array([arc.straits for arc in arcs], dtype=np.int64),
        status=np.array([STATUSES.index(arc.status) for arc in arcs], dtype=np.int8),
        opened_day=np.array([arc.opened_day for arc in arcs], dtype=np.int32),
        place_ids=place_ids,
        port_ids=port_ids,
        country_codes=countries,
        crossing_ids=crossing_ids,
        link_ids=links,
        strait_ids=strait_ids,
    )


def _positions(names: tuple[str, ...]) -> dict[str, int]:
    return {name: i for i, name in enumerate(names)}
