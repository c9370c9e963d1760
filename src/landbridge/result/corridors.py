"""How named corridors do, as plain values: a row per corridor, pair and day, its indicators, what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from landbridge.result.routes import Route

#: The indicators of CAREC's corridor performance measurement (CPMM), as they are computed here.
INDICATORS: Final[Mapping[str, tuple[str, str]]] = {
    "TFI1": (
        "hours",
        "mean hours to cross a border, from reaching it to leaving it, both posts together; a change of gauge done "
        "there is in",
    ),
    "TFI2": (
        "usd_per_unit",
        "mean cost of crossing a border for one unit of cargo, both posts together, official and unofficial; entry "
        "fees and a change of gauge done there are in",
    ),
    "TFI3": (
        "usd_per_unit",
        "cost of 500 km of the land part for one unit of cargo, borders in, ports out",
    ),
    "TFI4-SWOD": (
        "km_per_hour",
        "speed without delay: kilometres of the land part over its hours under way (the model's hours under way hold "
        "rests and yards, CPMM's do not)",
    ),
    "TFI4-SWD": (
        "km_per_hour",
        "speed with delay: kilometres of the land part over all its hours, borders, changes of gauge and terminals in, "
        "ports out",
    ),
}


@dataclass(frozen=True)
class CorridorRow:
    """A named corridor between two places on one day. Numbers are None where it is closed.

    rank: 1 + number of different ways along open corridors that are better by the objective.
    bottleneck: the stop (border, port, gauge break, terminal) with the most hours.
    """

    pair: str
    corridor: str  # id
    name: str
    axis: str
    origin: str
    destination: str
    as_of: str  # ISO day
    route: str  # id; empty = closed
    distance_km: float | None
    hours: float | None
    hours_p95: float | None
    usd: float | None
    generalised_usd: float | None
    co2_kg: float | None
    rank: int | None
    crossings: tuple[str, ...]
    assumed_share_hours: float | None
    assumed_share_usd: float | None
    open: bool
    why_closed: str
    closures: tuple[str, ...]
    bottleneck: str = ""
    bottleneck_hours: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "pair": self.pair,
            "corridor": self.corridor,
            "name": self.name,
            "axis": self.axis,
            "origin": self.origin,
            "destination": self.destination,
            "as_of": self.as_of,
            "distance_km": self.distance_km,
            "hours": self.hours,
            "hours_p95": self.hours_p95,
            "usd": self.usd,
            "generalised_usd": self.generalised_usd,
            "co2_kg": self.co2_kg,
            "rank": self.rank,
            "crossings": list(self.crossings),
            "assumed_share_hours": self.assumed_share_hours,
            "assumed_share_usd": self.assumed_share_usd,
            "open": self.open,
            "why_closed": self.why_closed or None,
            "closures": list(self.closures),
            "bottleneck": self.bottleneck or None,
            "bottleneck_hours": self.bottleneck_hours,
        }


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator of one corridor, pair, day and mode, beside what is published for its countries.

    of: what the value was made of (borders, or kilometres); published: mean over those countries of the way that have
    a figure, weighted as the value is; covered: the share of ``of`` that these countries stand for.
    """

    pair: str
    corridor: str
    mode: str  # rail, road
    as_of: str
    indicator: str  # key of INDICATORS
    value: float
    unit: str
    formula: str
    of: float
    published: float | None
    covered: float
    published_facts: tuple[str, ...]
    published_years: str

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "pair": self.pair,
            "corridor": self.corridor,
            "mode": self.mode,
            "as_of": self.as_of,
            "indicator": self.indicator,
            "value": self.value,
            "unit": self.unit,
            "published": self.published,
            "published_covers": self.covered,
            "published_years": self.published_years or None,
            "published_facts": list(self.published_facts),
            "definition": INDICATORS[self.indicator][1],
        }


@dataclass(frozen=True)
class CorridorPart:
    """What one section, crossing, port, gauge break, terminal or lane adds to a way along a corridor."""

    pair: str
    corridor: str
    as_of: str
    position: int  # along the way, from 1
    kind: str  # section, crossing, port, gauge break, terminal, lane, service
    where: str
    km: float
    hours: float
    usd: float
    share_hours: float
    share_usd: float

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "pair": self.pair,
            "corridor": self.corridor,
            "as_of": self.as_of,
            "position": self.position,
            "kind": self.kind,
            "where": self.where,
            "km": self.km,
            "hours": self.hours,
            "usd": self.usd,
            "share_hours": self.share_hours,
            "share_usd": self.share_usd,
        }


@dataclass(frozen=True)
class Corridors:
    """Corridors of some pairs on one day or several; ``routes``: the way of each open row by (pair, day, route id)."""

    rows: tuple[CorridorRow, ...]
    indicators: tuple[IndicatorRow, ...]
    parts: tuple[CorridorPart, ...]
    routes: Mapping[tuple[str, str, str], Route]

    def to_json(self, *, parts: bool) -> dict[str, Any]:
        """Rows and indicators; the parts of each way where asked for."""
        content: dict[str, Any] = {
            "rows": [row.to_json() for row in self.rows],
            "indicators": [row.to_json() for row in self.indicators],
        }
        if parts:
            content["parts"] = [part.to_json() for part in self.parts]
        return content
