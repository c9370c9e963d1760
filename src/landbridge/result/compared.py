"""Two results side by side: what differs, by how much and because of what."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from landbridge.result.explained import EQUAL
from landbridge.result.folder import parted


def same_number(one: float | None, other: float | None) -> bool:
    """Whether two numbers differ by rounding only; nothing equals nothing."""
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=EQUAL, abs_tol=EQUAL)


@dataclass(frozen=True)
class Cause:
    """What a difference comes from.

    kind: closed, opened (relative to the first result), changed, changed back, figures; another way: each result knows
    only the figures of its own.
    """

    kind: str
    id: str
    what: str

    def to_json(self) -> dict[str, str]:
        """The fields other programs may rely on."""
        return {"kind": self.kind, "id": self.id, "what": self.what}


@dataclass(frozen=True)
class Side:
    """One way in one of the two results; numbers are None where there is none."""

    open: bool
    route: str
    corridors: str
    hours: float | None
    usd: float | None
    generalised_usd: float | None
    rank: int | None

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "open": self.open,
            "corridors": list(parted(self.corridors)),
            "hours": self.hours,
            "usd": self.usd,
            "generalised_usd": self.generalised_usd,
            "rank": self.rank,
        }


@dataclass(frozen=True)
class Difference:
    """The best way of a pair, or a named corridor, in both results. corridor: id, empty for the best way."""

    pair: str
    corridor: str
    name: str
    a: Side
    b: Side
    because: tuple[Cause, ...]

    @property
    def differs(self) -> bool:
        """Whether anything but the order of other corridors is different."""
        return self.a.route != self.b.route or any(
            not same_number(one, other)
            for one, other in (
                (self.a.hours, self.b.hours),
                (self.a.usd, self.b.usd),
                (self.a.generalised_usd, self.b.generalised_usd),
            )
        )

    def change(self, column: str) -> float | None:
        """Second minus first; None where one of them has no way."""
        one, other = getattr(self.a, column), getattr(self.b, column)
        return None if one is None or other is None else other - one

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "pair": self.pair,
            "corridor": self.corridor or None,
            "name": self.name,
            "a": self.a.to_json(),
            "b": self.b.to_json(),
            "extra_hours": self.change("hours"),
            "extra_usd": self.change("usd"),
            "extra_generalised_usd": self.change("generalised_usd"),
            "same_way": self.a.route == self.b.route,
            "because": [cause.to_json() for cause in self.because],
        }


@dataclass(frozen=True)
class ComponentDifference:
    """Hours and dollars of one component on the best way of a pair, in both results."""

    pair: str
    component: str
    hours_a: float
    hours_b: float
    usd_a: float
    usd_b: float


@dataclass(frozen=True)
class Compared:
    """Two results side by side; ``settings``: what else differs between them (day, cargo, facts ...)."""

    a: str
    b: str
    settings: tuple[tuple[str, str, str], ...]
    only_a: tuple[Cause, ...]  # changes in force in the first result only
    only_b: tuple[Cause, ...]
    best: tuple[Difference, ...]
    corridors: tuple[Difference, ...]
    components: tuple[ComponentDifference, ...]
    missing: tuple[str, ...] = field(default=())  # pairs that only one of the two has

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "a": self.a,
            "b": self.b,
            "settings": [{"name": name, "a": one, "b": other} for name, one, other in self.settings],
            "changes_only_a": [cause.to_json() for cause in self.only_a],
            "changes_only_b": [cause.to_json() for cause in self.only_b],
            "rows": [row.to_json() for row in (*self.best, *self.corridors)],
            "pairs_in_one_only": list(self.missing),
        }
