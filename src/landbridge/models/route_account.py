"""From a path to a route that explains itself: legs, sums, profile, contributions, spread.

Every sum is over the contributions of the path's arcs (CONVENTIONS 19), rounded once (``math.fsum``), so that it does
not depend on their order.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from landbridge.costs.arccosts import ArcCosts, Entry
from landbridge.io.polyline import cut_at_date_line
from landbridge.models.corridor_match import CorridorIndex
from landbridge.models.spread import TimeComponent, account
from landbridge.network.topology import Network
from landbridge.result.routes import Contribution, Leg, Line, ProfilePoint, Route, Track

#: Components that grow along the way; all others are steps of the profile.
SLOPES: Final = ("haul", "surcharge")
#: Kind of the profile's step on an arc that does not move.
STEPS: Final = {
    "crossing": "crossing",
    "gauge": "gauge",
    "load": "port",
    "unload": "port",
    "transship": "port",
    "transfer": "transfer",
}


@dataclass(frozen=True)
class Names:
    """What things are called, by id. An id without a name stands for itself."""

    places: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, str] = field(default_factory=dict)
    crossings: Mapping[str, str] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    straits: Mapping[str, str] = field(default_factory=dict)

    def of(
        self, ports: Sequence[str], crossings: Sequence[str], places: Sequence[str], straits: Sequence[str]
    ) -> dict[str, str]:
        """Names of these ids, for those that have one."""
        asked = ((self.ports, ports), (self.crossings, crossings), (self.places, places), (self.straits, straits))
        return {identifier: known[identifier] for known, ids in asked for identifier in ids if identifier in known}


def _row_behind(network: Network, arc: int) -> str:
    """Id of the row of a table that has the length of an arc: a section, a service, a lane, a port; empty if none."""
    kind, link = network.kind_name(arc), network.link_ids[network.link[arc]]
    tables = {"haul": "section", "service": "service", "lane": "lane", "load": "port", "unload": "port"}
    return f"{tables[kind]}:{link}" if kind in tables else ""


@dataclass(frozen=True)
class _Piece:
    """One arc of a path with its contributions by measure: (entry, amount)."""

    arc: int
    kind: str
    mode: str  # of its leg; empty where it waits for the next leg
    km: float
    where: str
    parts: tuple[tuple[Entry, float], ...]

    def amounts(self, measure: str) -> list[float]:
        return [amount for entry, amount in self.parts if entry.measure == measure]


def route_of(
    costs: ArcCosts,
    arcs: Sequence[int],
    followed: Sequence[int],
    corridors: CorridorIndex,
    names: Names,
    stretch: float,
    shapes: Mapping[str, Line] | None = None,
) -> Route:
    """The route along ``arcs``; ``followed`` are positions of corridors, ``shapes`` lines by link id from its side a to
    its side b.
    """
    network = costs.network
    nodes = [int(network.tail[arcs[0]]), *(int(network.head[arc]) for arc in arcs)]
    pieces = [_piece(costs, arc, names) for arc in arcs]
    leg_of = _legs(pieces)
    legs = _describe_legs(network, pieces, nodes, leg_of, names)
    hours, usd = _sum(pieces, "hours"), _sum(pieces, "usd")
    times = account(_time_components(pieces), costs.country_correlation)
    by_mode: dict[str, list[float]] = {}
    for leg in legs:
        by_mode.setdefault(leg.mode, []).append(leg.distance_km)
    p95 = times["p95_hours"]
    crossings = tuple(network.crossing_ids[network.crossing[arc]] for arc in arcs if network.crossing[arc] >= 0)
    gauge_breaks = tuple(_gauge_breaks(network, arcs))
    ports = _in_order(network.port_ids[network.node_port[node]] for node in nodes if network.node_port[node] >= 0)
    straits = tuple(dict.fromkeys(strait for arc in arcs for strait in network.straits_of(arc)))
    return Route(
        id=_digest(network, arcs),
        corridors=tuple(corridors.names[i] for i in followed),
        distance_km=math.fsum(piece.km for piece in pieces),
        distance_by_mode={mode: math.fsum(km) for mode, km in by_mode.items()},
        hours=hours,
        hours_p95=p95,
        buffer_index=(p95 - hours) / hours if hours > 0 else 0.0,
        origin_wait_hours=_sum(pieces, "origin_wait_hours"),
        usd=usd,
        generalised_usd=usd + costs.value_of_time_usd_per_hour * hours,
        co2_kg=_sum(pieces, "co2_wtw_kg"),
        co2_ttw_kg=_sum(pieces, "co2_ttw_kg"),
        crossings=crossings,
        gauge_breaks=gauge_breaks,
        ports=ports,
        countries=_countries(network, nodes),
        straits=straits,
        assumed_share_hours=_assumed_share(pieces, "hours", hours),
        assumed_share_usd=_assumed_share(pieces, "usd", usd),
        legs=legs,
        profile=_profile(network, pieces, nodes, names),
        contributions=tuple(_contributions(network, pieces, leg_of)),
        tracks=_tracks(network, pieces, leg_of, legs, {} if shapes is None else shapes),
        p95=times,
        stretch=stretch,
        names=names.of(ports, crossings, gauge_breaks, straits),
    )


def _piece(costs: ArcCosts, arc: int, names: Names) -> _Piece:
    network = costs.network
    first, last = int(costs.first[arc]), int(costs.first[arc + 1])
    parts = tuple((costs.entries[costs.entry[i]], float(costs.amount[i])) for i in range(first, last))
    kind, mode, km = network.kind_name(arc), network.mode_name(arc), float(network.km[arc])
    # A way from a city to a berth outside it is driven, though it is not a section of any road.
    mode = "road" if kind == "access" and km > 0 else mode
    return _Piece(arc, kind, mode, km, _where(network, arc, kind, names), parts)


def _where(network: Network, arc: int, kind: str, names: Names) -> str:
    tail, head = int(network.tail[arc]), int(network.head[arc])
    mode, link = network.mode_name(arc), network.link_ids[network.link[arc]]
    if kind == "haul":
        return f"{mode} in {network.country_codes[network.country[arc]]}, {link}"
    if kind == "crossing":
        identifier = network.crossing_ids[network.crossing[arc]]
        pair = "-".join(network.country_codes[network.node_country[node]] for node in (tail, head))
        return f"{names.crossings.get(identifier, identifier)} ({pair})"
    ends = f"{node_name(network, tail, names)}-{node_name(network, head, names)}"
    if kind == "lane":
        return f"{mode} {ends}"
    if kind == "service":
        return f"{mode} {ends}, {names.services.get(link, link)}"
    if kind in ("load", "unload", "transship"):
        identifier = network.port_ids[network.port[arc]]
        return f"port of {names.ports.get(identifier, identifier)}"
    if kind == "gauge":
        return f"gauge break at {node_name(network, tail, names)}"
    if kind == "transfer":
        return f"terminal at {node_name(network, tail, names)}"
    return ends if network.km[arc] > 0 else node_name(network, head if network.direction[arc] < 0 else tail, names)


def node_name(network: Network, node: int, names: Names) -> str:
    """A port's or place's name; for a border inside a section, the crossing's."""
    if network.node_port[node] >= 0:
        identifier = network.port_ids[network.node_port[node]]
        return names.ports.get(identifier, identifier)
    if network.node_place[node] >= 0:
        identifier = network.place_ids[network.node_place[node]]
        return names.places.get(identifier, identifier)
    key = network.node_key[node]
    inside = [identifier for identifier in network.crossing_ids if f":{identifier}:" in key]
    return names.crossings.get(inside[0], inside[0]) if inside else key


def _legs(pieces: Sequence[_Piece]) -> list[int]:
    """Leg of each piece: a new one where the mode changes or the box changes ship; what does not move belongs to the
    leg that follows.
    """
    legs: list[int] = []
    leg, mode, changed = -1, "", True
    waiting = 0
    for piece in pieces:
        changed = changed or piece.kind == "transship"
        if not piece.mode:
            waiting += 1
            continue
        if changed or piece.mode != mode:
            leg, mode, changed = leg + 1, piece.mode, False
        legs += [leg] * (waiting + 1)
        waiting = 0
    return legs + [max(leg, 0)] * waiting


def _describe_legs(
    network: Network, pieces: Sequence[_Piece], nodes: Sequence[int], leg_of: Sequence[int], names: Names
) -> tuple[Leg, ...]:
    legs = []
    for leg in range(leg_of[-1] + 1):
        own = [i for i, other in enumerate(leg_of) if other == leg]
        moving = [i for i in own if pieces[i].mode] or own
        parts = [pieces[i] for i in own]
        legs.append(
            Leg(
                mode=pieces[moving[0]].mode,
                from_=node_name(network, nodes[moving[0]], names),
                to=node_name(network, nodes[moving[-1] + 1], names),
                distance_km=math.fsum(part.km for part in parts),
                hours=_sum(parts, "hours"),
                usd=_sum(parts, "usd"),
                co2_kg=_sum(parts, "co2_wtw_kg"),
                countries=_countries(network, nodes[moving[0] : moving[-1] + 2]),
            )
        )
    return tuple(legs)


def _sum(pieces: Iterable[_Piece], measure: str) -> float:
    return math.fsum(amount for piece in pieces for amount in piece.amounts(measure))


def _assumed_share(pieces: Sequence[_Piece], measure: str, total: float) -> float:
    assumed = math.fsum(
        amount
        for piece in pieces
        for entry, amount in piece.parts
        if entry.measure == measure and entry.basis == "assumed"
    )
    return min(assumed / total, 1.0) if total > 0 else 0.0


def _in_order(values: Iterable[str]) -> tuple[str, ...]:
    """Values with repetitions in a row left out."""
    found: list[str] = []
    for value in values:
        if not found or found[-1] != value:
            found.append(value)
    return tuple(found)


def _countries(network: Network, nodes: Sequence[int]) -> tuple[str, ...]:
    countries = network.node_country[list(nodes)].tolist()
    return _in_order(network.country_codes[country] for country in countries if country >= 0)


def _gauge_breaks(network: Network, arcs: Sequence[int]) -> list[str]:
    """Places where the gauge changes, in order: at a gauge arc, or on a crossing between two gauges."""
    found = []
    for arc in arcs:
        tail, head = int(network.tail[arc]), int(network.head[arc])
        kind = network.kind_name(arc)
        gauges = network.node_gauge_mm[tail], network.node_gauge_mm[head]
        if kind == "gauge" or (kind == "crossing" and min(gauges) > 0 and gauges[0] != gauges[1]):
            place = int(network.node_place[head] if network.node_place[head] >= 0 else network.node_place[tail])
            found.append(network.place_ids[place] if place >= 0 else network.crossing_ids[network.crossing[arc]])
    return found


def _contributions(network: Network, pieces: Sequence[_Piece], leg_of: Sequence[int]) -> Iterable[Contribution]:
    for piece, leg in zip(pieces, leg_of, strict=True):
        arc = piece.arc
        ends = f"{network.node_key[network.tail[arc]]}>{network.node_key[network.head[arc]]}"
        key = f"{ends}#{network.link_ids[network.link[arc]]}"
        row = _row_behind(network, arc)
        for entry, amount in piece.parts:
            # A length is a fact too: what is paid per kilometre names the row that has the kilometres.
            facts = (row, *entry.facts) if row and entry.per_km else entry.facts
            yield Contribution(
                leg=-1 if entry.measure == "origin_wait_hours" else leg,
                where=piece.where,
                arc=key,
                component=entry.component,
                measure=entry.measure,
                amount=amount,
                km=piece.km,
                basis=entry.basis,
                formula=entry.formula,
                facts=facts,
                note=entry.note,
                fixed=entry.fixed,
                per_km=entry.per_km,
            )


def _time_components(pieces: Sequence[_Piece]) -> list[TimeComponent]:
    """Times that vary on their own.

    Hauls made from the same facts in one country are one delay, wherever the line is cut into sections (so cutting a
    link changes nothing); every border, port, transfer and wait is one of its own.
    """
    hauls: dict[tuple[str, float, tuple[str, ...], str], list[float]] = {}
    found: list[TimeComponent] = []
    for piece in pieces:
        for entry, amount in piece.parts:
            if entry.measure != "hours":
                continue
            if entry.component == "haul":
                name = f"{piece.mode} haul" + (f" in {entry.country}" if entry.country else "")
                hauls.setdefault((name, entry.sigma, entry.facts, entry.country), []).append(amount)
            else:
                found.append(TimeComponent(f"{entry.component}, {piece.where}", amount, entry.sigma, entry.country))
    merged = [
        TimeComponent(name, math.fsum(amounts), sigma, country) for (name, sigma, _, country), amounts in hauls.items()
    ]
    return merged + found


def _profile(
    network: Network, pieces: Sequence[_Piece], nodes: Sequence[int], names: Names
) -> tuple[ProfilePoint, ...]:
    """Cumulative hours and USD over distance: on each arc first its steps, then its slope."""
    points = [ProfilePoint(0.0, 0.0, 0.0, node_name(network, nodes[0], names), "origin", "")]
    km: list[float] = []
    hours: list[float] = []
    usd: list[float] = []
    mode = ""
    for piece in pieces:
        steps = [(entry.measure, amount) for entry, amount in piece.parts if entry.component not in SLOPES]
        slopes = [(entry.measure, amount) for entry, amount in piece.parts if entry.component in SLOPES]
        for amounts, distance, is_step in ((steps, 0.0, True), (slopes, piece.km, False)):
            more_hours = [amount for measure, amount in amounts if measure == "hours"]
            more_usd = [amount for measure, amount in amounts if measure == "usd"]
            if not distance and not any(more_hours) and not any(more_usd):
                continue
            km.append(distance)
            hours += more_hours
            usd += more_usd
            mode = piece.mode or mode
            label, kind = (piece.where, STEPS.get(piece.kind, "place")) if is_step else ("", "place")
            points.append(ProfilePoint(math.fsum(km), math.fsum(hours), math.fsum(usd), label, kind, mode))
    last = points[-1]
    end = node_name(network, nodes[-1], names)
    points.append(ProfilePoint(last.distance_km, last.hours, last.usd, end, "destination", mode))
    return tuple(points)


def _tracks(
    network: Network, pieces: Sequence[_Piece], leg_of: Sequence[int], legs: Sequence[Leg], shapes: Mapping[str, Line]
) -> tuple[Track, ...]:
    tracks = []
    for number, leg in enumerate(legs):
        line: list[tuple[float, float]] = []
        assumed = False
        drawn = ""
        for piece, own in zip(pieces, leg_of, strict=True):
            if own != number or not piece.mode:
                continue
            arc = piece.arc
            link = network.link_ids[network.link[arc]]
            shape = shapes.get(link)
            if shape is not None and link == drawn:
                continue  # second part of a section that a border cuts: its line is drawn already
            drawn = link if shape is not None or piece.kind != "crossing" else drawn
            if shape is None:
                ends = (int(network.tail[arc]), int(network.head[arc]))
                shape = tuple((float(network.node_lat[node]), float(network.node_lon[node])) for node in ends)
                assumed = assumed or piece.km > 0
            elif network.direction[arc] < 0:
                shape = shape[::-1]
            line += [point for point in shape if not line or line[-1] != point]
        lines = cut_at_date_line([lat for lat, _ in line], [lon for _, lon in line])
        points = (zip(lat.tolist(), lon.tolist(), strict=True) for lat, lon in lines)
        tracks.append(Track(leg.mode, tuple(map(tuple, points)), assumed))
    return tuple(tracks)


def _digest(network: Network, arcs: Sequence[int]) -> str:
    """Short id of a path, the same in every run and for every number of alternatives."""
    keys = (
        f"{network.node_key[network.tail[arc]]}>{network.node_key[network.head[arc]]}#{network.link_ids[network.link[arc]]}"
        for arc in arcs
    )
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:10]
