"""The answer to ``routes``: plain values that every view renders and ``--json`` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Line = tuple[tuple[float, float], ...]  # ((lat, lon), ...), never across 180 degrees


@dataclass(frozen=True)
class Contribution:
    """One addend of a route: a component of one arc in one measure, and what it was made from."""

    leg: int  # position in Route.legs; -1 before departure
    where: str  # "Altynkol-Khorgos (KAZ-CHN)", "rail in KAZ, RAIL092", "port of Lianyungang"
    arc: str  # stable key "tail>head#link"
    component: str
    measure: str  # hours, usd, co2_wtw_kg, co2_ttw_kg, origin_wait_hours
    amount: float
    km: float
    basis: str
    formula: str
    facts: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Leg:
    """A stretch of one route by one mode, terminals and borders included in the leg that follows them."""

    mode: str
    from_: str
    to: str
    distance_km: float
    hours: float
    usd: float
    co2_kg: float
    countries: tuple[str, ...]


@dataclass(frozen=True)
class ProfilePoint:
    """A point of the time/cost-distance chart. A vertical step is two points with the same distance."""

    distance_km: float
    hours: float
    usd: float
    label: str  # names the step or the place; empty on a plain stretch
    kind: str  # place, port, crossing, gauge, transfer, origin, destination
    mode: str  # of the stretch that ends here


@dataclass(frozen=True)
class Track:
    """Where a leg runs, for maps."""

    mode: str
    lines: tuple[Line, ...]
    assumed: bool  # drawn from its end points only


@dataclass(frozen=True)
class Route:
    """One alternative. Sums are sums of ``contributions``; see ``p95`` for what does not add."""

    id: str
    corridors: tuple[str, ...]
    distance_km: float
    distance_by_mode: dict[str, float]
    hours: float
    hours_p95: float
    buffer_index: float  # (P95 - mean) / mean
    origin_wait_hours: float
    usd: float
    generalised_usd: float
    co2_kg: float  # well to wheel
    co2_ttw_kg: float
    crossings: tuple[str, ...]
    gauge_breaks: tuple[str, ...]
    ports: tuple[str, ...]
    countries: tuple[str, ...]
    straits: tuple[str, ...]
    assumed_share_hours: float
    assumed_share_usd: float
    legs: tuple[Leg, ...]
    profile: tuple[ProfilePoint, ...]
    contributions: tuple[Contribution, ...]
    tracks: tuple[Track, ...]
    p95: dict[str, Any]  # formula and inputs of hours_p95
    stretch: float  # objective as a multiple of the best route's
    names: dict[str, str]  # what the ids above are called; an id without a name stands for itself

    def called(self, identifier: str) -> str:
        """Name of a port, crossing, gauge break or strait of this route."""
        return self.names.get(identifier, identifier)

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "id": self.id,
            "corridors": list(self.corridors),
            "distance_km": self.distance_km,
            "distance_by_mode": dict(self.distance_by_mode),
            "hours": self.hours,
            "hours_p95": self.hours_p95,
            "buffer_index": self.buffer_index,
            "origin_wait_hours": self.origin_wait_hours,
            "usd": self.usd,
            "generalised_usd": self.generalised_usd,
            "co2_kg": self.co2_kg,
            "co2_ttw_kg": self.co2_ttw_kg,
            "assumed_share_hours": self.assumed_share_hours,
            "assumed_share_usd": self.assumed_share_usd,
            "crossings": list(self.crossings),
            "gauge_breaks": list(self.gauge_breaks),
            "ports": list(self.ports),
            "countries": list(self.countries),
            "straits": list(self.straits),
            "legs": [
                {
                    "mode": leg.mode,
                    "from": leg.from_,
                    "to": leg.to,
                    "distance_km": leg.distance_km,
                    "hours": leg.hours,
                    "usd": leg.usd,
                    "co2_kg": leg.co2_kg,
                }
                for leg in self.legs
            ],
        }


@dataclass(frozen=True)
class Unreachable:
    """Why there is no route, and a smallest set of closures that causes it."""

    reason: str
    closures: tuple[str, ...]


@dataclass(frozen=True)
class RoutesAnswer:
    """Everything ``landbridge routes`` knows."""

    origin: str
    destination: str
    cargo: str
    value: str
    by: str
    as_of: str  # ISO date
    money_year: int
    routes: tuple[Route, ...]
    unreachable: Unreachable | None
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on (issue contract: names do not change)."""
        return {
            "origin": self.origin,
            "destination": self.destination,
            "cargo": self.cargo,
            "value": self.value,
            "by": self.by,
            "as_of": self.as_of,
            "money_year": self.money_year,
            "routes": [route.to_json() for route in self.routes],
            "unreachable": None
            if self.unreachable is None
            else {"reason": self.unreachable.reason, "closures": list(self.unreachable.closures)},
            "notes": list(self.notes),
        }
