"""Coordinates as origins and destinations: reading them, and joining them to a network by access legs.

A point is joined to the terminals of the nearest city of its country within ``CITY_KM``, else to the nearest road node
(or, without one, rail node) of its country within ``ACCESS_KM``, and to ports of its country within ``PORT_KM``; all
by truck, ``DRAYAGE_CIRCUITY`` times the straight line. In which country it lies the atlas says; a point at most
``SHORE_KM`` off the coast belongs to the nearest one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from landbridge.kernels.sphere import great_circles_km
from landbridge.network.build import DRAYAGE_CIRCUITY, NEARBY_PORT_KM
from landbridge.network.topology import Network
from landbridge.schema.errors import BadRequest, Finding
from landbridge.schema.words import ARC_KINDS, NODE_KINDS, STATUSES

#: How far (straight) a point may lie from the network, and a place without terminals.
ACCESS_KM: Final = 250.0
CITY_KM: Final = 25.0
PORT_KM: Final = NEARBY_PORT_KM
#: A point this far off the coast (coarse) still lies on land.
SHORE_KM: Final = 25.0

_NUMBER: Final = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+|nan|inf)"
#: Two numbers written otherwise: 48.85 2.35, 48.85N,2.35E, 48,85; 2,35.
_NEARLY: Final = re.compile(r"\s*[+-]?\d+(?:[.,]\d+)?\s*[°NS]?[\s,;]+[+-]?\d[\d\s.,;°'\"NSEW]*", re.IGNORECASE)
_POINT: Final = re.compile(rf"\s*({_NUMBER})\s*[,;]\s*({_NUMBER})\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Point:
    """A place that is no row of the tables: ``id`` in the network, name, degrees, ISO3 country."""

    id: str
    name: str
    lat: float
    lon: float
    country: str


def looks_like_point(text: str) -> bool:
    """Whether a text is two numbers with a comma between them, or is meant so."""
    return any(pattern.fullmatch(text) for pattern in (_POINT, _NEARLY))


def read_point(text: str, network: Network) -> Point:
    """The point of ``lat,lon`` in degrees.

    Raises ``BadRequest`` with what was found and what to write: not a number, beyond 90 or 180 degrees, the two in
    the wrong order, or out at sea.
    """
    match = _POINT.fullmatch(text)
    if match is None:
        raise BadRequest(f"'{text}' is no pair of coordinates. Write degrees, latitude first: 48.85,2.35.")
    lat, lon = float(match[1]), float(match[2])
    problem = _impossible(lat, lon)
    if problem:
        raise BadRequest("These coordinates cannot be", [Finding(f"'{text.strip()}'", *problem)])
    name = f"{lat:g},{lon:g}"
    country = country_at(lat, lon)
    if country:
        return Point(f"at:{name}", name, lat, lon, country)
    found = f"{name} lies at sea, more than {SHORE_KM:g} km from land"
    remedy = "Name a port, or a point on land."
    turned = country_at(lon, lat) if abs(lon) <= 90.0 else ""
    if turned:
        remedy = f"Latitude comes first: if {lon:g},{lat:g} ({turned}) is meant, write it so."
    else:
        near = _nearest_place(network, lat, lon)
        remedy += f" The nearest place of the network is {near}." if near else ""
    raise BadRequest("There is nothing to start from or to arrive at", [Finding(f"'{text.strip()}'", found, remedy)])


def _impossible(lat: float, lon: float) -> tuple[str, str] | None:
    """What is wrong with two numbers as coordinates, and what to do."""
    if not (math.isfinite(lat) and math.isfinite(lon)):
        return "a coordinate is not a number", "Write degrees, latitude first: 48.85,2.35."
    if abs(lat) > 90.0 and abs(lon) <= 90.0 and abs(lat) <= 180.0:
        there = country_at(lon, lat)
        where = f" ({there})" if there else ""
        return f"latitude {lat:g} is beyond 90 degrees", f"Latitude comes first: write {lon:g},{lat:g}{where}."
    if abs(lat) > 90.0:
        return f"latitude {lat:g} is beyond 90 degrees", "Write degrees, latitude first: 48.85,2.35."
    if abs(lon) > 180.0:
        wrapped = (lon + 180.0) % 360.0 - 180.0
        return f"longitude {lon:g} is beyond 180 degrees", f"Write {lat:g},{wrapped:g}."
    return None


def country_at(lat: float, lon: float) -> str:
    """ISO3 of the country a point lies in or at most ``SHORE_KM`` off; empty out at sea."""
    from landbridge.network.territory import countries_of, country_codes, depth_km

    number = int(countries_of(np.array([lat]), np.array([lon]))[0])
    if number < 0 or float(depth_km(np.array([lat]), np.array([lon]), number)[0]) > SHORE_KM:
        return ""
    return country_codes()[number]


def _nearest_place(network: Network, lat: float, lon: float) -> str:
    rows = np.flatnonzero(network.node_kind == NODE_KINDS.index("origin"))
    if not rows.size:
        return ""
    km = _away(network, rows, lat, lon)
    best = int(np.argmin(km))
    return f"{network.place_ids[network.node_place[rows[best]]]}, {km[best]:.0f} km away"


def _away(network: Network, nodes: Any, lat: float, lon: float) -> Any:
    return great_circles_km(np.array(lat), np.array(lon), network.node_lat[nodes], network.node_lon[nodes])


@dataclass(frozen=True)
class _End:
    node: int
    km: float


def with_points(network: Network, points: Sequence[Point]) -> Network:
    """The network with an origin and a destination node per point, behind all others, and their access arcs.

    Node and arc ids of the given network stay. Raises ``BadRequest`` with every point that nothing is near enough to.
    """
    ends = [_ends(network, point) for point in points]
    findings = [
        Finding(
            f"'{point.name}'",
            f"no road, railway or port of {point.country} within {ACCESS_KM:g} km",
            "Name a place nearer to the network.",
        )
        for point, its in zip(points, ends, strict=True)
        if not its
    ]
    if findings:
        raise BadRequest("These points are too far from the network", findings)
    n, codes = network.n_nodes, {code: i for i, code in enumerate(network.country_codes)}
    arcs: list[tuple[int, int, float, int, int, int, int]] = []  # tail, head, km, country, link, port, direction
    for i, (point, its) in enumerate(zip(points, ends, strict=True)):
        origin, destination = n + 2 * i, n + 2 * i + 1
        for end in its:
            kind, port = network.node_kind_name(end.node), int(network.node_port[end.node])
            common = (end.km, codes[point.country], len(network.link_ids) + i, port)
            if kind not in ("sea_in", "service_in"):
                arcs.append((origin, end.node, *common, 1))
            if kind not in ("sea_out", "service_out"):
                arcs.append((end.node, destination, *common, -1))
    tail, head, km, country, link, port_of, direction = (list(column) for column in zip(*arcs, strict=True))
    count = len(arcs)
    both = [point for point in points for _ in range(2)]
    kinds = [NODE_KINDS.index("origin"), NODE_KINDS.index("destination")] * len(points)
    return replace(
        network,
        node_key=(*network.node_key, *(f"{end}:{p.id}" for p in points for end in ("origin", "destination"))),
        node_kind=_more(network.node_kind, kinds),
        node_place=_more(network.node_place, [len(network.place_ids) + i // 2 for i in range(len(both))]),
        node_port=_more(network.node_port, [-1] * len(both)),
        node_country=_more(network.node_country, [codes[point.country] for point in both]),
        node_gauge_mm=_more(network.node_gauge_mm, [-1] * len(both)),
        node_lat=_more(network.node_lat, [point.lat for point in both]),
        node_lon=_more(network.node_lon, [point.lon for point in both]),
        tail=_more(network.tail, tail),
        head=_more(network.head, head),
        kind=_more(network.kind, [ARC_KINDS.index("access")] * count),
        mode=_more(network.mode, [-1] * count),
        km=_more(network.km, km),
        country=_more(network.country, country),
        gauge_mm=_more(network.gauge_mm, [-1] * count),
        link=_more(network.link, link),
        crossing=_more(network.crossing, [-1] * count),
        port=_more(network.port, port_of),
        direction=_more(network.direction, direction),
        straits=_more(network.straits, [0] * count),
        status=_more(network.status, [STATUSES.index("operating")] * count),
        opened_day=_more(network.opened_day, [0] * count),
        place_ids=(*network.place_ids, *(point.id for point in points)),
        link_ids=(*network.link_ids, *(f"access:{point.id}" for point in points)),
    )


def _more(array: Any, values: Iterable[Any]) -> Any:
    return np.concatenate([array, np.array(list(values), dtype=array.dtype)])


def _ends(network: Network, point: Point) -> list[_End]:
    """Nodes a point is joined to, and how far they are by road."""
    if point.country not in network.country_codes:
        return []
    own = network.node_country == network.country_codes.index(point.country)
    # No country is so wide that a degree of latitude would not do to sort out most nodes.
    near = np.flatnonzero(own & (np.abs(network.node_lat - point.lat) <= ACCESS_KM / 111.0 + 0.01))
    km = _away(network, near, point.lat, point.lon)
    kind = network.node_kind[near]
    found: dict[int, float] = {}
    cities = np.flatnonzero((kind == NODE_KINDS.index("origin")) & (km <= CITY_KM))
    if cities.size:
        city = cities[np.argmin(km[cities])]
        found.update(_city_ends(network, int(near[city]), float(km[city]) * DRAYAGE_CIRCUITY))
    berths = [NODE_KINDS.index(name) for name in ("sea_in", "sea_out", "service_in", "service_out")]
    for i in np.flatnonzero(np.isin(kind, berths) & (km <= PORT_KM)).tolist():
        found.setdefault(int(near[i]), float(km[i]) * DRAYAGE_CIRCUITY)
    on_land = [NODE_KINDS.index(name) for name in ("road", "rail")]
    if not any(int(network.node_kind[node]) in on_land for node in found):
        for name in ("road", "rail"):
            of_mode = np.flatnonzero((kind == NODE_KINDS.index(name)) & (km <= ACCESS_KM))
            if of_mode.size:
                best = of_mode[np.argmin(km[of_mode])]
                found[int(near[best])] = float(km[best]) * DRAYAGE_CIRCUITY
                break
    return [_End(node, distance) for node, distance in sorted(found.items())]


def _city_ends(network: Network, origin: int, km: float) -> dict[int, float]:
    """What a city is joined to, with the way to the city added."""
    place = network.node_place[origin]
    access = network.kind == ARC_KINDS.index("access")
    leaving = np.flatnonzero(access & (network.node_place[network.tail] == place) & (network.direction == 1))
    arriving = np.flatnonzero(access & (network.node_place[network.head] == place) & (network.direction == -1))
    found = {int(network.head[arc]): km + float(network.km[arc]) for arc in leaving}
    return found | {int(network.tail[arc]): km + float(network.km[arc]) for arc in arriving}


def in_reach(network: Network, point: Point) -> bool:
    """Whether anything of the network is near enough to a point."""
    return bool(_ends(network, point))
