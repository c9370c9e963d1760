"""What is open on a day, for whom, and what is dearer or slower than usual.

Closed is a reason per arc, never a missing arc. Two functions answer: ``closures`` (cannot be used) and ``modifiers``
(can be used, but waits, costs or takes something else than the facts say). Rules:

- A status other than operating, or an opening day after the day asked for, closes. What the tables call suspended or
  closed stays so until an ``open`` lifts it.
- Changes apply in their order. The first reason found stays with an arc until an ``open`` lifts it, because it alone
  would keep the arc closed.
- ``open`` on a link, crossing, port, service or strait lifts the state of the tables too; on a country, border,
  place, mode or corridor only the closures of events and changes: nobody builds a planned railway by opening a
  country.
- An event or ban touches only what it names: a container of unnamed goods under no named flag matches
  ``cargo:container`` and ``all``, and neither ``flag:USA`` nor ``commodity:crude_oil``.
- A capacity factor f divides the wait by f, for want of published hours. On a strait below ``LANES_AVOID_BELOW`` the
  main lines sail round: lanes are closed there, and what still passes (ferries, feeders) waits.
- ``no_transit`` shuts the arcs into a country to what neither starts nor ends in it, its ports' quays included.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from landbridge.network.select import Mask, SelectorContext, arcs_of, field_arcs
from landbridge.network.topology import Int32, Network
from landbridge.scenario.changes import Change, Resolved
from landbridge.scenario.selector import field_of
from landbridge.schema.words import ARC_KINDS, STATUSES, CargoUnit

#: A strait with less of its normal capacity is one that main lines sail round.
LANES_AVOID_BELOW: Final = 0.5

#: Cargo units that ``cargo:container`` means.
_CONTAINERS: Final = ("teu", "feu")
#: ``open`` on these lifts the state of the tables too.
_NARROW: Final = ("link", "crossing", "port", "service", "strait")


@dataclass(frozen=True)
class Shipment:
    """What is carried, and for whom; empty = not said, which matches no term but ``all``."""

    cargo: CargoUnit = "teu"
    commodity: str = ""
    flag: str = ""
    origin_country: str = ""
    destination_country: str = ""


@dataclass(frozen=True)
class Closure:
    """Why arcs are closed: an event, a scenario change, a status, a limit, a cargo that is not carried."""

    id: str
    reason: str
    kind: Literal["event", "scenario", "option", "status", "limit", "cargo", "no fact"]


@dataclass(frozen=True)
class Modifier:
    """A number that is not what the facts say, for some arcs.

    kind: ``wait_factor`` (waiting divided by value), ``extra_hours`` (added per crossing), ``price_factor`` (money
    times value), ``set``, ``scale``, ``add`` (component and quantity are those of the field, in ``unit``). arcs:
    ascending. They apply in their order: a later ``set`` forgets what was before it.
    """

    kind: Literal["wait_factor", "extra_hours", "price_factor", "set", "scale", "add"]
    arcs: Int32
    value: float
    component: str  # of landbridge.schema.words.COMPONENTS; empty = all of the money
    quantity: str  # hours, usd, speed, price, sailings
    unit: str
    change: str  # id of the event or change
    what: str
    basis: str
    source: str


@dataclass(frozen=True)
class State:
    """Closures of a network: ``closure[a]`` points into ``closures`` or is -1 for an open arc [n_arcs].

    notes: changes that had no effect, and why.
    """

    closure: Int32
    closures: tuple[Closure, ...]
    notes: tuple[str, ...] = ()


def applies(terms: str, shipment: Shipment) -> bool:
    """Whether a shipment is meant by ``all`` or by terms such as ``cargo:container;flag:USA`` (";" = or, "+" = and)."""
    return terms in ("", "all") or any(
        all(_is(term.strip(), shipment) for term in group.split("+")) for group in terms.split(";") if group.strip()
    )


def _is(term: str, shipment: Shipment) -> bool:
    key, _, value = term.partition(":")
    if key == "cargo":
        return value == shipment.cargo or (value == "container" and shipment.cargo in _CONTAINERS)
    said = {
        "flag": shipment.flag,
        "commodity": shipment.commodity,
        "origin": shipment.origin_country,
        "dest": shipment.destination_country,
    }.get(key, "")
    return bool(value) and said == value


class _Draft:
    """Closures while they are collected."""

    def __init__(self, n_arcs: int) -> None:
        self.closure = np.full(n_arcs, -1, dtype=np.int32)
        self.found: dict[Closure, int] = {}

    def close(self, arcs: Int32, closure: Closure) -> None:
        free = arcs[self.closure[arcs] < 0]
        if len(free):
            self.closure[free] = self.found.setdefault(closure, len(self.found))

    def freeze(self, notes: Iterable[str] = ()) -> State:
        """Only the closures still in use, in the order in which they were found."""
        used = np.unique(self.closure[self.closure >= 0])
        position = np.full(len(self.found) + 1, -1, dtype=np.int32)
        position[used] = np.arange(len(used), dtype=np.int32)
        names = tuple(self.found)
        return State(position[self.closure], tuple(names[i] for i in used), tuple(notes))


def closures(network: Network, resolved: Resolved, context: SelectorContext, shipment: Shipment) -> State:
    """Why each arc is closed on the day, for this shipment."""
    draft = _Draft(network.n_arcs)
    notes: list[str] = []
    _close_by_status(draft, network, resolved)
    by_status = draft.closure >= 0
    for change in resolved.changes:
        if not applies(change.applies_to, shipment):
            continue
        if change.action == "open":
            notes += _open(draft, network, change, context, by_status)
        elif change.action == "no_transit":
            _close_transit(draft, network, change, context, shipment)
        elif _shuts(change):
            arcs = _arcs(network, change, context, shipment)
            if change.action == "capacity_factor":
                arcs = arcs[network.kind[arcs] == ARC_KINDS.index("lane")]
            draft.close(arcs, Closure(change.id, _reason(change), change.origin))
            if not len(arcs) and change.origin != "event":
                notes.append(f"{change.id} ({change.what}) matches no link of the network.")
    return draft.freeze(notes)


def _shuts(change: Change) -> bool:
    if change.action == "capacity_factor":
        on_strait = any(selector.kind == "strait" for selector in change.selectors)
        return on_strait and change.value is not None and change.value < LANES_AVOID_BELOW
    return change.action in ("close", "cargo_ban")


def _reason(change: Change) -> str:
    if change.action == "capacity_factor":
        return f"{change.what}: capacity {change.value:g} of normal, main lines sail round"
    if change.action == "cargo_ban":
        return f"{change.what}: barred {change.applies_to}"
    return change.what


def _close_by_status(draft: _Draft, network: Network, resolved: Resolved) -> None:
    for code, status in enumerate(STATUSES):
        if status != "operating":
            arcs = np.flatnonzero(network.status == code).astype(np.int32)
            # Each row of the tables is a closure of its own, so that a smallest set of causes names what to build.
            for link in np.unique(network.link[arcs]):
                name = network.link_ids[link]
                draft.close(arcs[network.link[arcs] == link], Closure(name, f"{name} is {status}", "status"))
    day = resolved.as_of.toordinal()
    late = np.flatnonzero(network.opened_day > day).astype(np.int32)
    for link in np.unique(network.link[late]):
        name = network.link_ids[link]
        draft.close(late[network.link[late] == link], Closure(name, f"{name} is not yet open", "status"))


def _arcs(network: Network, change: Change, context: SelectorContext, shipment: Shipment) -> Int32:
    """Arcs a change acts on: its selectors, less where another event suspends it for this shipment."""
    mask = np.zeros(network.n_arcs, dtype=np.bool_)
    for selector in change.selectors:
        mask[arcs_of(network, selector, context, change.modes, change.direction)] = True
    for exemption in change.exempt:
        if applies(exemption.applies_to, shipment):
            for selector in exemption.selectors:
                mask[arcs_of(network, selector, context)] = False
    return np.flatnonzero(mask).astype(np.int32)


def _open(
    draft: _Draft,
    network: Network,
    change: Change,
    context: SelectorContext,
    by_status: Mask,
) -> list[str]:
    notes = []
    for selector in change.selectors:
        arcs = arcs_of(network, selector, context, change.modes)
        lifted = arcs if selector.kind in _NARROW else arcs[~by_status[arcs]]
        shut = int(np.count_nonzero(draft.closure[lifted] >= 0))
        draft.closure[lifted] = -1
        if selector.kind in _NARROW:
            by_status[arcs] = False
        if not len(arcs):
            notes.append(f"{change.id}: {selector} matches no link of the network.")
        elif not shut:
            planned = len(arcs) - len(lifted)
            more = f"; {planned} arcs there are not built, name them by link or crossing" if planned else ""
            notes.append(f"{change.id}: {selector} was open already{more}.")
    return notes


def _close_transit(
    draft: _Draft, network: Network, change: Change, context: SelectorContext, shipment: Shipment
) -> None:
    for selector in change.selectors:
        if selector.value not in (shipment.origin_country, shipment.destination_country):
            entering = arcs_of(network, selector, context, change.modes, "into")
            draft.close(entering, Closure(change.id, f"no transit through {selector.value}", change.origin))


def modifiers(
    network: Network, resolved: Resolved, context: SelectorContext, shipment: Shipment
) -> tuple[Modifier, ...]:
    """What differs from the facts on the day, for this shipment, in the order in which it applies."""
    found: list[Modifier] = []
    for change in resolved.changes:
        if change.value is None or not applies(change.applies_to, shipment):
            continue
        if change.action in ("set", "scale", "add"):
            found += _fields(network, change, context)
        elif change.action in ("capacity_factor", "extra_hours", "price_factor"):
            found += _of_event(network, change, context, shipment)
    return tuple(found)


def _fields(network: Network, change: Change, context: SelectorContext) -> list[Modifier]:
    """One modifier per field, over all selectors: a crossing between two selected countries is changed once."""
    assert change.value is not None
    arcs: dict[tuple[str, str, str], list[Int32]] = {}
    for selector in change.selectors:
        field = field_of(selector)[1]
        key = (field.component, field.quantity, field.unit)
        arcs.setdefault(key, []).append(field_arcs(network, selector, context, change.modes))
    return [
        Modifier(
            kind=change.action,  # type: ignore[arg-type]
            arcs=np.unique(np.concatenate(parts)).astype(np.int32),
            value=change.value,
            component=component,
            quantity=quantity,
            unit="ratio" if change.action == "scale" else unit,
            change=change.id,
            what=change.what,
            basis=change.basis,
            source=change.source,
        )
        for (component, quantity, unit), parts in arcs.items()
    ]


def _of_event(network: Network, change: Change, context: SelectorContext, shipment: Shipment) -> list[Modifier]:
    assert change.value is not None
    arcs = _arcs(network, change, context, shipment)
    kind: Literal["wait_factor", "extra_hours", "price_factor"]
    if change.action == "capacity_factor":
        kind, component, quantity, unit = "wait_factor", _waits(change), "hours", "ratio"
        arcs = arcs[_waiting(network, change)[arcs]]
        if _shuts(change):  # the lanes are closed; what still passes waits
            arcs = arcs[network.kind[arcs] != ARC_KINDS.index("lane")]
    elif change.action == "extra_hours":
        kind, component, quantity, unit = "extra_hours", "border", "hours", "hours"
        arcs = arcs[network.crossing[arcs] >= 0]
    else:
        kind, component, quantity, unit = "price_factor", "", "usd", "ratio"
        # A sailing that only calls at the country is not priced by it; its quays are.
        wide = any(selector.kind in ("country", "port") for selector in change.selectors)
        if wide:
            arcs = arcs[~np.isin(network.kind[arcs], [ARC_KINDS.index("lane"), ARC_KINDS.index("service")])]
    if not len(arcs):
        return []
    return [
        Modifier(
            kind=kind,
            arcs=arcs,
            value=change.value,
            component=component,
            quantity=quantity,
            unit=unit,
            change=change.id,
            what=change.what,
            basis=change.basis,
            source=change.source,
        )
    ]


def _waits(change: Change) -> str:
    """Component whose hours hold the wait."""
    kinds = {selector.kind for selector in change.selectors}
    if kinds <= {"crossing", "border", "country"}:
        return "border"
    return "port" if kinds <= {"port"} else "waiting"


def _waiting(network: Network, change: Change) -> Mask:
    """Arcs where the wait of a capacity factor is spent: crossings, quays, or what is named itself."""
    component = _waits(change)
    if component == "border":
        crossed: Mask = network.crossing >= 0
        return crossed
    if component == "port":
        return np.isin(network.kind, [ARC_KINDS.index(kind) for kind in ("load", "unload", "transship")])
    return np.isin(network.kind, [ARC_KINDS.index(kind) for kind in ("haul", "lane", "service")])
