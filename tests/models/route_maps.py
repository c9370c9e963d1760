"""Small networks written as text, with costs of round numbers, for the tests of the models.

One line is one arc (``>``) or a pair of arcs (``=``)::

    rail:osh:KGZ:1520 = rail:kashgar:CHN:1435  crossing 30h 200$ crossing:rail:KGZ-CHN:x

Nodes are the keys of the network (``rail:PLACE:COUNTRY:GAUGE``, ``road:PLACE:COUNTRY``, ``origin:PLACE:COUNTRY``,
``destination:PLACE:COUNTRY``, ``sea_in:PORT:COUNTRY``, ``sea_out:PORT:COUNTRY``,
``service_out:PORT:COUNTRY:SERVICE``). After the kind come, in any order: ``100km``, ``10h``, ``50$``, ``3kg``,
``12wait`` (at the origin), ``mode:sea``, ``crossing:ID``, ``port:ID``, ``strait:ID``, ``link:ID``, ``shut:ID``,
``sigma:0.3``, ``assumed``.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from landbridge.costs.arccosts import ArcCosts, CostRequest, Entry
from landbridge.network.state import Closure
from landbridge.network.topology import Network
from landbridge.schema.words import ARC_KINDS, MODES, NODE_KINDS, STATUSES

COMPONENT = {
    "haul": "haul",
    "lane": "haul",
    "service": "haul",
    "crossing": "border",
    "gauge": "gauge_change",
    "load": "port",
    "unload": "port",
    "transship": "port",
    "transfer": "transfer",
    "access": "fee",
}


@dataclass(frozen=True)
class Arc:
    """One directed arc of a small map with what it costs."""

    tail: str
    head: str
    kind: str
    mode: str = ""
    km: float = 0.0
    hours: float = 0.0
    usd: float = 0.0
    co2: float = 0.0
    wait: float = 0.0
    crossing: str = ""
    port: str = ""
    link: str = ""
    straits: tuple[str, ...] = ()
    shut: str = ""
    sigma: float = 0.0
    assumed: bool = False
    direction: int = 1


def parse(text: str) -> list[Arc]:
    """Arcs of a map."""
    arcs: list[Arc] = []
    for line in text.splitlines():
        words = line.split("--")[0].split()
        if not words:
            continue
        tail, sign, head, kind, *rest = words
        arc = Arc(tail, head, kind, mode=default_mode(tail, kind))
        for word in rest:
            arc = with_word(arc, word)
        arcs.append(arc)
        if sign == "=":
            arcs.append(replace(arc, tail=head, head=tail, direction=-1))
    return arcs


def default_mode(tail: str, kind: str) -> str:
    if kind in ("lane", "service"):
        return "sea"
    return tail.split(":")[0] if kind in ("haul", "crossing") else ""


def with_word(arc: Arc, word: str) -> Arc:
    for suffix, name in (("km", "km"), ("kg", "co2"), ("h", "hours"), ("$", "usd"), ("wait", "wait")):
        if word.endswith(suffix) and word[: -len(suffix)].replace(".", "").isdigit():
            return replace(arc, **{name: float(word[: -len(suffix)])})
    if word == "assumed":
        return replace(arc, assumed=True)
    key, _, value = word.partition(":")
    if key == "strait":
        return replace(arc, straits=(*arc.straits, value))
    return replace(arc, **{key: float(value) if key == "sigma" else value})


def network_of(arcs: Sequence[Arc], extra_nodes: Iterable[str] = ()) -> Network:
    """Topology of arcs, in the order given."""
    keys = sorted({arc.tail for arc in arcs} | {arc.head for arc in arcs} | set(extra_nodes))
    split = [key.split(":") for key in keys]
    kinds = [parts[0] for parts in split]
    at_sea = ["sea" in kind or "service" in kind for kind in kinds]
    places = sorted({parts[1] for parts, sea in zip(split, at_sea, strict=True) if not sea})
    ports = sorted(
        {parts[1] for parts, sea in zip(split, at_sea, strict=True) if sea} | {a.port for a in arcs if a.port}
    )
    countries = sorted({parts[2] for parts in split})
    crossings = sorted({arc.crossing for arc in arcs if arc.crossing})
    straits = sorted({strait for arc in arcs for strait in arc.straits})
    links = sorted({link_of(arc) for arc in arcs})
    node = {key: i for i, key in enumerate(keys)}
    country = [countries.index(parts[2]) for parts in split]

    def positions(values: Iterable[int], dtype: type[np.generic]) -> np.ndarray:
        return np.array(list(values), dtype=dtype)

    def place(names: list[str], name: str) -> int:
        return names.index(name) if name else -1

    return Network(
        # Ends are found by kind and place alone, as the program's own keys are.
        node_key=tuple(
            key.rsplit(":", 1)[0] if key.split(":")[0] in ("origin", "destination") else key for key in keys
        ),
        node_kind=positions((NODE_KINDS.index(kind) for kind in kinds), np.int8),
        node_place=positions(
            (-1 if sea else places.index(p[1]) for p, sea in zip(split, at_sea, strict=True)), np.int32
        ),
        node_port=positions((ports.index(p[1]) if sea else -1 for p, sea in zip(split, at_sea, strict=True)), np.int32),
        node_country=positions(country, np.int16),
        node_gauge_mm=positions((int(p[3]) if p[0] == "rail" else -1 for p in split), np.int16),
        node_lat=np.array([40.0 + i % 7 for i in range(len(keys))]),
        node_lon=np.array([60.0 + i for i in range(len(keys))]),
        tail=positions((node[arc.tail] for arc in arcs), np.int32),
        head=positions((node[arc.head] for arc in arcs), np.int32),
        kind=positions((ARC_KINDS.index(arc.kind) for arc in arcs), np.int8),
        mode=positions((MODES.index(arc.mode) if arc.mode else -1 for arc in arcs), np.int8),
        km=np.array([arc.km for arc in arcs], dtype=np.float64),
        country=positions((country[node[arc.tail]] if arc.kind == "haul" else -1 for arc in arcs), np.int16),
        gauge_mm=np.full(len(arcs), -1, dtype=np.int16),
        link=positions((links.index(link_of(arc)) for arc in arcs), np.int32),
        crossing=positions((place(crossings, arc.crossing) for arc in arcs), np.int32),
        port=positions((place(ports, arc.port) for arc in arcs), np.int32),
        direction=positions((arc.direction for arc in arcs), np.int8),
        straits=positions((sum(1 << straits.index(s) for s in arc.straits) for arc in arcs), np.int64),
        status=np.full(len(arcs), STATUSES.index("operating"), dtype=np.int8),
        opened_day=np.zeros(len(arcs), dtype=np.int32),
        place_ids=tuple(places),
        port_ids=tuple(ports),
        country_codes=tuple(countries),
        crossing_ids=tuple(crossings),
        link_ids=tuple(links),
        strait_ids=tuple(straits),
    )


def link_of(arc: Arc) -> str:
    """The id of the row an arc was made from: its own, the crossing's or the port's, or its two ends."""
    ends = sorted((arc.tail, arc.head))
    return arc.link or arc.crossing or arc.port or "-".join(ends)


def costs_of(
    arcs: Sequence[Arc], value_of_time: float = 1.0, correlation: float = 0.4, extra_nodes: Iterable[str] = ()
) -> ArcCosts:
    """Costs of a map: hauls by the kilometre where they have any, everything else fixed."""
    network = network_of(arcs, extra_nodes)
    entries: list[Entry] = []
    amounts: list[float] = []
    first = [0]
    shut = sorted({arc.shut for arc in arcs if arc.shut})
    for i, arc in enumerate(arcs):
        country = network.country_codes[network.node_country[network.tail[i]]] if arc.kind != "lane" else ""
        for measure, amount in (
            ("hours", arc.hours),
            ("usd", arc.usd),
            ("co2_wtw_kg", arc.co2),
            ("origin_wait_hours", arc.wait),
        ):
            if amount > 0:
                moves = arc.km > 0 and measure != "origin_wait_hours"
                entries.append(
                    Entry(
                        component=COMPONENT[arc.kind] if measure != "origin_wait_hours" else "waiting",
                        measure=measure,
                        fixed=0.0 if moves else amount,
                        per_km=amount / arc.km if moves else 0.0,
                        basis="assumed" if arc.assumed else "reported",
                        formula="per_km * km" if moves else "fixed",
                        facts=(f"fact-{link_of(arc)}-{measure}",),
                        sigma=arc.sigma if measure == "hours" else 0.0,
                        country=country,
                    )
                )
                amounts.append(amount)
        first.append(len(entries))
    return ArcCosts(
        network=network,
        request=CostRequest("teu", "middle", datetime.date(2024, 12, 31), 2024),
        entries=tuple(entries),
        entry=np.arange(len(entries), dtype=np.int32),
        amount=np.array(amounts, dtype=np.float64),
        first=np.array(first, dtype=np.int32),
        closures=tuple(Closure(name, f"because of {name}", "event") for name in shut),
        closure=np.array([shut.index(arc.shut) if arc.shut else -1 for arc in arcs], dtype=np.int32),
        value_of_time_usd_per_hour=value_of_time,
        value_of_time_facts=("fact-value-of-time",),
        country_correlation=correlation,
    )


def read(text: str, **options: float) -> ArcCosts:
    """Costs of a map written as text."""
    return costs_of(parse(text), **options)
