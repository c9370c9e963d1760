"""A change to the world, and the ordered list of them that a scenario and a date resolve to."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Final, Literal

SelectorKind = Literal[
    "country",
    "border",
    "crossing",
    "port",
    "strait",
    "link",
    "service",
    "corridor",
    "mode",
    "place",
    "supply",
    "organisation",
    "event",
]
SELECTOR_KINDS: Final[tuple[SelectorKind, ...]] = (
    "country", "border", "crossing", "port", "strait", "link", "service", "corridor", "mode", "place", "supply",
    "organisation", "event",
)  # fmt: skip

#: What a change does.
#:
#: close, open: the matched arcs. ``open`` lifts every closure that stands before it in the list; on a link, crossing,
#: port, service or strait also the state of the tables (planned, suspended), on anything wider only closures.
#: set, scale, add: a field of the matched arcs (``landbridge.scenario.selector.FIELDS``).
#: no_transit: a country that only traffic from it or to it may enter.
#: lift: takes events out of the list; selects by ``event.ID``.
#: capacity_factor: waiting divided by the factor (below 0.5 on a strait: the main lines sail round it).
#: extra_hours: added at each crossing. price_factor: money times the factor.
#: cargo_ban: closed to the named cargo, flag, origin or destination only. note: recorded, no effect.
Action = Literal[
    "close",
    "open",
    "set",
    "scale",
    "add",
    "no_transit",
    "lift",
    "capacity_factor",
    "extra_hours",
    "price_factor",
    "cargo_ban",
    "note",
]

Direction = Literal["both", "a_to_b", "b_to_a", "into", "out_of"]


@dataclass(frozen=True)
class Selector:
    """A set of arcs by what they are: ``country.KAZ``, ``border.KAZ-CHN``, ``strait.hormuz``.

    ``field`` is what a set, scale or add acts on: ``crossings.hours`` in ``country.KAZ.crossings.hours``; empty for
    close and open.
    """

    kind: SelectorKind
    value: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.kind}.{self.value}" + (f".{self.field}" if self.field else "")


@dataclass(frozen=True)
class Exemption:
    """What an event does not touch while another one suspends it there."""

    by: str  # id of the event that suspends
    selectors: tuple[Selector, ...]
    applies_to: str  # as in Change


@dataclass(frozen=True)
class Change:
    """One thing that is different, why, and who says so."""

    id: str  # event id, "hormuz-closed#1", or "option-1"
    what: str
    selectors: tuple[Selector, ...]
    action: Action
    value: float | None
    modes: tuple[str, ...]  # empty = all
    direction: Direction
    applies_to: str  # "all" or terms such as "cargo:container;flag:USA": ";" = or, "+" = and
    basis: str
    source: str
    note: str
    origin: Literal["event", "scenario", "option"]
    exempt: tuple[Exemption, ...] = ()


@dataclass(frozen=True)
class Resolved:
    """A day and what is different on it, in the order in which it applies (later wins)."""

    name: str
    as_of: datetime.date
    changes: tuple[Change, ...]
