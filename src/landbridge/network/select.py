"""From selectors to arcs and nodes.

Selectors carry ids here; names were brought to ids at the door (``Gazetteer.ids``). What a selector means:

| selector | arcs |
| --- | --- |
| ``country.KAZ`` | every arc with an end in the country |
| ``border.KAZ-CHN`` | every crossing between the two, by land or ferry; the order of the two is the direction a to b |
| ``crossing.ID`` | the arcs of that crossing; a and b are those of its id |
| ``port.ID`` | every arc with an end at one of its berths |
| ``strait.ID`` | every lane and service that passes it; a compound strait is any of its parts |
| ``link.ID``, ``service.ID`` | the arcs made from that row; of a curated section also the derived pieces along it |
| ``place.ID`` | every arc with an end in the place, or in a station of the city |
| ``corridor.ID`` | the arcs of all its gateways |
| ``mode.rail`` | every arc of the mode |
| ``supply.``, ``organisation.``, ``event.`` | none: they act on trade, not on links |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from landbridge.network.topology import Int32, Network
from landbridge.scenario.changes import Direction, Selector
from landbridge.scenario.selector import Part, field_of, parse_selector
from landbridge.schema.rows import Table, as_rows
from landbridge.schema.words import ARC_KINDS, MODES, NODE_KINDS
from landbridge.study.model import Study

Mask = NDArray[np.bool_]

_PORT_KINDS = ("load", "unload", "transship")

#: How the note of a derived link begins that runs along a curated section, whose id follows.
ALONG: Final = "along "


@dataclass(frozen=True)
class SelectorContext:
    """What selectors need beyond the arrays of a network.

    hub: place id -> id of the city whose terminal it is; strait_parts: compound strait -> its parts; gateways: corridor
    id -> selectors of its gateways, by group; along: section -> derived links that are the same line.
    """

    hub: Mapping[str, str] = field(default_factory=dict)
    strait_parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gateways: Mapping[str, tuple[tuple[Selector, ...], ...]] = field(default_factory=dict)
    along: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def selector_context(tables: Mapping[str, Table], study: Study) -> SelectorContext:
    """Context of a study's tables: ``places``, and ``straits`` (id, parts) and ``sections`` where there are any."""
    straits = as_rows(tables["straits"]) if "straits" in tables else []
    return SelectorContext(
        hub={str(row["id"]): str(row["hub"]) for row in as_rows(tables["places"]) if row["hub"]},
        strait_parts={str(row["id"]): tuple(str(row["parts"]).split(";")) for row in straits if row["parts"]},
        gateways={
            corridor.id: tuple(tuple(parse_selector(text) for text in group) for group in corridor.gateways)
            for corridor in study.corridors
        },
        along=_along(as_rows(tables["sections"]) if "sections" in tables else []),
    )


def _along(sections: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Section -> links that run along it, by the notes of the merged tables (``landbridge.network.world``)."""
    found: dict[str, tuple[str, ...]] = {}
    for row in sorted(sections, key=lambda row: str(row["id"])):
        note = str(row.get("note") or "")
        if note.startswith(ALONG):
            section = note.removeprefix(ALONG)
            found[section] = (*found.get(section, ()), str(row["id"]))
    return found


def arcs_of(
    network: Network,
    selector: Selector,
    context: SelectorContext,
    modes: Sequence[str] = (),
    direction: Direction = "both",
) -> Int32:
    """Ids of the arcs a selector means, ascending.

    With a field, only the arcs that carry it. modes: keeps arcs of these; an arc inside a port belongs to sea and to
    the land mode it serves, other arcs that do not move belong to no mode. direction: ``into`` and ``out_of`` a
    country, place or port; ``a_to_b`` and ``b_to_a`` of a border, crossing, link or service.
    """
    mask = _mask(network, selector, context, direction)
    if selector.field:
        named, wanted = field_of(selector)
        mask &= _part(network, wanted.part)
        if named:
            mask &= mode_mask(network, named)
    if modes:
        mask &= mode_mask(network, modes)
    return np.flatnonzero(mask).astype(np.int32)


def mode_mask(network: Network, modes: Iterable[str]) -> Mask:
    """Arcs that belong to any of the modes [n_arcs]; words that are no mode here (pipeline) match nothing."""
    mask = np.zeros(network.n_arcs, dtype=np.bool_)
    in_port = _kinds(network, _PORT_KINDS)
    land = {mode: NODE_KINDS.index(mode) for mode in ("rail", "road")}
    for mode in set(modes) & set(MODES):
        mask |= network.mode == MODES.index(mode)
        if mode in land:
            ends = (network.node_kind[network.tail] == land[mode]) | (network.node_kind[network.head] == land[mode])
            mask |= in_port & ends
        else:
            mask |= in_port
    return mask


def _mask(network: Network, selector: Selector, context: SelectorContext, direction: Direction) -> Mask:
    kind, value = selector.kind, selector.value
    if kind == "country":
        return _around(network, _in_country(network, value), direction)
    if kind == "place":
        return _around(network, _in_place(network, value, context), direction)
    if kind == "port":
        return _port(network, value, direction)
    if kind == "border":
        return _border(network, value, direction)
    if kind == "crossing":
        return _directed(network, _equal(network.crossing, _position(network.crossing_ids, value)), direction)
    if kind in ("link", "service"):
        own = _equal(network.link, network.link_index.get(value, -2))
        # A number of a section is its own: the pieces beside it have theirs.
        pieces = () if selector.field else context.along.get(value, ())
        return _directed(network, own, direction) | _pieces(network, own, pieces, direction)
    if kind == "strait":
        return ~_equal(network.straits & _strait_bits(network, value, context), 0)
    if kind == "mode":
        return _equal(network.mode, _position(MODES, value))
    mask = np.zeros(network.n_arcs, dtype=np.bool_)
    if kind == "corridor":
        for group in context.gateways.get(value, ()):
            for gateway in group:
                mask |= _mask(network, gateway, context, "both")
    return mask


def _equal(values: NDArray[Any], wanted: int) -> Mask:
    mask: Mask = values == wanted
    return mask


def _position(names: Sequence[str], name: str) -> int:
    """Position of a name; -2, which no array holds, where it is not there."""
    return names.index(name) if name in names else -2


def _kinds(network: Network, kinds: Iterable[str]) -> Mask:
    return np.isin(network.kind, [ARC_KINDS.index(kind) for kind in kinds])


def _in_country(network: Network, code: str) -> Mask:
    return _equal(network.node_country, _position(network.country_codes, code))


def _in_place(network: Network, place: str, context: SelectorContext) -> Mask:
    wanted = [i for i, name in enumerate(network.place_ids) if name == place or context.hub.get(name) == place]
    return np.isin(network.node_place, wanted)


def _at_port(network: Network, port: str) -> Mask:
    return _equal(network.node_port, _position(network.port_ids, port))


def _around(network: Network, inside: Mask, direction: Direction) -> Mask:
    """Arcs with an end inside; those that enter or leave where a direction is asked for."""
    tail, head = inside[network.tail], inside[network.head]
    if direction == "into":
        return head & ~tail
    if direction == "out_of":
        return tail & ~head
    return tail | head


def _port(network: Network, port: str, direction: Direction) -> Mask:
    inside = _at_port(network, port)
    tail, head = inside[network.tail], inside[network.head]
    sailing = _kinds(network, ("lane", "service"))
    inbound = (sailing & head) | (_kinds(network, ("unload",)) & tail)
    outbound = (sailing & tail) | (_kinds(network, ("load",)) & head)
    if direction == "into":
        return inbound
    return outbound if direction == "out_of" else tail | head


def _border(network: Network, pair: str, direction: Direction) -> Mask:
    first, _, second = pair.partition("-")
    a, b = (_in_country(network, code) for code in (first, second))
    crossed = network.crossing >= 0
    forth = crossed & a[network.tail] & b[network.head]
    back = crossed & b[network.tail] & a[network.head]
    if direction == "a_to_b":
        return forth
    return back if direction == "b_to_a" else forth | back


def _directed(network: Network, mask: Mask, direction: Direction) -> Mask:
    if direction == "a_to_b":
        return mask & _equal(network.direction, 1)
    return mask & _equal(network.direction, -1) if direction == "b_to_a" else mask


def _pieces(network: Network, section: Mask, pieces: Sequence[str], direction: Direction) -> Mask:
    """Arcs of the links that run along a section; one way those that head as the section does from a to b, or back."""
    mask = np.zeros(network.n_arcs, dtype=np.bool_)
    heading = _heading(network, section)
    for piece in pieces:
        own = _equal(network.link, network.link_index.get(piece, -2))
        same = float(np.dot(_heading(network, own), heading)) >= 0.0
        turned: Direction = "b_to_a" if direction == "a_to_b" else "a_to_b"
        mask |= _directed(network, own, direction if same or direction not in ("a_to_b", "b_to_a") else turned)
    return mask


def _heading(network: Network, link: Mask) -> NDArray[np.float64]:
    """Degrees north and east (shortened) that a link leads from its side a to its side b, float64[2]."""
    forth = np.flatnonzero(link & _equal(network.direction, 1))
    tail, head = network.tail[forth], network.head[forth]
    east = (network.node_lon[head] - network.node_lon[tail] + 180.0) % 360.0 - 180.0
    north = network.node_lat[head] - network.node_lat[tail]
    return np.array([north.sum(), (east * np.cos(np.radians(network.node_lat[tail]))).sum()])


def _strait_bits(network: Network, strait: str, context: SelectorContext) -> np.int64:
    wanted = (strait, *context.strait_parts.get(strait, ()))
    return np.int64(sum(1 << i for i, name in enumerate(network.strait_ids) if name in wanted))


def _part(network: Network, part: Part) -> Mask:
    """Arcs that carry a number of a part of the cost."""
    if part == "crossings":
        return ~_equal(network.crossing, -1)
    if part == "ports":
        return _kinds(network, _PORT_KINDS)
    if part == "haul":
        return _kinds(network, ("haul", "lane", "service"))
    if part == "services":
        return _kinds(network, ("service",))
    if part == "gauge":
        return _kinds(network, ("gauge",))
    return np.ones(network.n_arcs, dtype=np.bool_)


def field_arcs(network: Network, selector: Selector, context: SelectorContext, modes: Sequence[str] = ()) -> Int32:
    """Arcs whose number a field of a selector names, ascending: as ``arcs_of``, but a country's hauls are those by land
    and a surcharge of a port is paid on loading, unloading and transshipping only.
    """
    arcs = arcs_of(network, selector, context, modes)
    kinds: tuple[str, ...] = ()
    if selector.kind == "port" and field_of(selector)[1].part == "all":
        kinds = _PORT_KINDS
    if selector.kind == "country" and field_of(selector)[1].part == "haul":
        kinds = ("haul",)
    return arcs[_kinds(network, kinds)[arcs]] if kinds else arcs


def touching(network: Network, selectors: Iterable[Selector], context: SelectorContext) -> tuple[Int32, Int32]:
    """Nodes and arcs of which a route has to touch one, to have passed any of the selected things; both ascending.

    A crossing, a border, a strait, a link and a service are passed on their arcs; a place on its land nodes (the
    stations of a city, its road node); a port at its berths or on loading, unloading and transshipping; a country at
    its land nodes.
    """
    node_mask = np.zeros(network.n_nodes, dtype=np.bool_)
    arc_mask = np.zeros(network.n_arcs, dtype=np.bool_)
    on_land = np.isin(network.node_kind, [NODE_KINDS.index(kind) for kind in ("rail", "road")])
    for selector in selectors:
        if selector.kind == "place":
            node_mask |= on_land & _in_place(network, selector.value, context)
        elif selector.kind == "country":
            node_mask |= on_land & _in_country(network, selector.value)
        elif selector.kind == "port":
            berths = _at_port(network, selector.value)
            node_mask |= berths
            arc_mask |= _kinds(network, _PORT_KINDS) & (berths[network.tail] | berths[network.head])
        else:
            arc_mask |= _mask(network, selector, context, "both")
    return np.flatnonzero(node_mask).astype(np.int32), np.flatnonzero(arc_mask).astype(np.int32)
