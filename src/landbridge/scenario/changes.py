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
]
SELECTOR_KINDS: Final[tuple[SelectorKind, ...]] = (
    "country", "border", "crossing", "port", "strait", "link", "service", "corridor", "mode", "place", "supply", "organisation",
)  # fmt: skip

#: What a change does. close/open: the matched arcs; set/scale/add: a field of them; capacity_factor: waiting divided by the factor
#: (below 0.5 on a strait: the main lines sail round); extra_hours: added at each crossing; price_factor: money times the factor;
#: cargo_ban: closed to the named cargo, flag, origin or destination only; note: recorded, no effect.
Action = Literal[
    "close",
    "open",
    "set",
    "scale",
    "add",
    "capacity_factor",
    "extra_hours",
    "price_factor",
    "cargo_ban",
    "note",
]


@dataclass(frozen=True)
class Selector:
    """A set of arcs by what they are: ``country.KAZ``, ``border.KAZ-CHN``, ``crossing.rail:KAZ-CHN:dostyk``, ``strait.hormuz``.

    ``field`` is what a set/scale/add acts on: ``crossings.hours`` in ``country.KAZ.crossings.hours``; empty for close and open.
    """

    kind: SelectorKind
    value: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.kind}.{self.value}" + (f".{self.field}" if self.field else "")


@dataclass(frozen=True)
class Change:
    """One thing that is different, why, and who says so."""

    id: str  # event id, "status", or "option-1"
    what: str
    selectors: tuple[Selector, ...]
    action: Action
    value: float | None
    modes: tuple[str, ...]  # empty = all
    direction: str  # both, a_to_b, b_to_a, into, out_of
    applies_to: str  # "all" or terms such as "cargo:container;flag:USA"
    basis: str
    source: str
    note: str
    origin: Literal["event", "scenario", "option"]


@dataclass(frozen=True)
class Resolved:
    """A day and what is different on it, in the order in which it applies (later wins)."""

    name: str
    as_of: datetime.date
    changes: tuple[Change, ...]
