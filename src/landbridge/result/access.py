"""Access to the sea, as plain values: ways, independent ways, dependence, and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from landbridge.result.routes import Route


@dataclass(frozen=True)
class SeaWay:
    """A way to a port."""

    port: str  # id
    port_name: str
    route: Route


@dataclass(frozen=True)
class Dependence:
    """What the loss of one country costs: share as in the module; extra_cost per unit, None where cut off."""

    country: str
    share: float
    extra_cost: float | None

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {"country": self.country, "share": self.share, "extra_cost": self.extra_cost}


@dataclass(frozen=True)
class Remedy:
    """What a project or a waiver changes for one country; costs per unit, negative is better.

    extra_ways: change of the number of independent ways by country.
    """

    id: str
    name: str
    change_cost: float
    change_hours: float
    change_usd: float
    extra_ways: int
    port: str

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "id": self.id,
            "name": self.name,
            "change_cost": self.change_cost,
            "change_hours": self.change_hours,
            "change_usd": self.change_usd,
            "extra_ways": self.extra_ways,
            "port": self.port,
        }


@dataclass(frozen=True)
class AccessRow:
    """A country's ways to the sea. cheapest: least cost with the value of time; None: no way at all."""

    country: str
    country_name: str
    origin: str  # place id
    origin_name: str
    cheapest: SeaWay | None
    fastest: SeaWay | None
    most_reliable: SeaWay | None
    independent_by_crossing: int
    independent_by_neighbour: int
    independent_by_country: int
    dependences: tuple[Dependence, ...]  # largest first, then by code; those of share 0 left out
    remedies: tuple[Remedy, ...] = ()  # best first; those that change nothing left out

    @property
    def largest_dependence(self) -> Dependence | None:
        """The country whose loss costs most."""
        return self.dependences[0] if self.dependences else None

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        way, largest = self.cheapest, self.largest_dependence
        return {
            "country": self.country,
            "name": self.country_name,
            "origin": self.origin,
            "port": way.port if way else None,
            "port_name": way.port_name if way else None,
            "hours": way.route.hours if way else None,
            "usd": way.route.usd if way else None,
            "distance_km": way.route.distance_km if way else None,
            "crossings": list(way.route.crossings) if way else [],
            "fastest": _way_json(self.fastest),
            "most_reliable": _way_json(self.most_reliable),
            "independent_by_crossing": self.independent_by_crossing,
            "independent_by_neighbour": self.independent_by_neighbour,
            "independent_by_country": self.independent_by_country,
            "largest_dependence": {"country": largest.country, "share": largest.share} if largest else None,
            "dependences": [item.to_json() for item in self.dependences],
            "biggest_change": self.remedies[0].to_json() if self.remedies else None,
        }


def _way_json(way: SeaWay | None) -> dict[str, Any] | None:
    if way is None:
        return None
    return {
        "port": way.port,
        "port_name": way.port_name,
        "hours": way.route.hours,
        "hours_p95": way.route.hours_p95,
        "usd": way.route.usd,
        "distance_km": way.route.distance_km,
        "crossings": list(way.route.crossings),
    }


@dataclass(frozen=True)
class AccessTable:
    """Rows of the countries asked for, in their order."""

    as_of: str
    rows: tuple[AccessRow, ...]

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {"as_of": self.as_of, "rows": [row.to_json() for row in self.rows]}
