"""The answer to ``routes``: plain values that every view renders and ``--json`` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from landbridge.schema.words import Objective

Line = tuple[tuple[float, float], ...]  # ((lat, lon), ...), never across 180 degrees


@dataclass(frozen=True)
class Contribution:
    """One addend of a route: a component of one arc in one measure, and what it was made from.

    amount = fixed + per_km * km; ``fixed`` and ``per_km`` are the rates that the formula makes of the facts.
    """

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
    fixed: float
    per_km: float


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

    @property
    def modes(self) -> tuple[str, ...]:
        """Modes of its legs in order, repetitions in a row left out."""
        modes = [leg.mode for leg in self.legs]
        return tuple(mode for mode, before in zip(modes, ["", *modes], strict=False) if mode != before)

    def objective(self, by: Objective) -> float:
        """What a route is chosen by."""
        return {"cost": self.generalised_usd, "time": self.hours, "money": self.usd, "co2": self.co2_kg}[by]

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
    #: The best way by each other objective, where it was asked for; it need not be among the routes.
    least: tuple[tuple[Objective, Route], ...] = ()

    def least_not_listed(self) -> tuple[tuple[tuple[Objective, ...], Route], ...]:
        """Ways that are best by other objectives and not among the routes, each once with its objectives."""
        listed = {route.id for route in self.routes}
        ways = {route.id: route for _, route in self.least if route.id not in listed}
        return tuple((tuple(by for by, other in self.least if other.id == id_), way) for id_, way in ways.items())

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
            "least": {by: self._least_json(by, route) for by, route in self.least},
        }

    def _least_json(self, by: Objective, route: Route) -> dict[str, Any]:
        ids = [other.id for other in self.routes]
        names = (
            "id", "distance_km", "hours", "hours_p95", "origin_wait_hours", "usd", "generalised_usd", "co2_kg",
            "assumed_share_hours", "assumed_share_usd",
        )  # fmt: skip
        lists = ("corridors", "modes", "ports", "crossings", "countries")
        return {
            **{name: getattr(route, name) for name in names},
            **{name: list(getattr(route, name)) for name in lists},
            "listed_as": ids.index(route.id) + 1 if route.id in ids else None,
            "option": f"--by {by}",
        }
