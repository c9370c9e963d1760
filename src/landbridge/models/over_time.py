"""Who gains rank when? Named corridors of a pair on a row of dates, and what moved each of them.

On one date the open corridors of a pair are ranked by the objective; equal ways share a rank, and so do two corridors
with one and the same way. A *move* is a change of a corridor's rank, of its cost by more than ``NOTICED`` of it, or of
its being open, between two neighbouring dates. What explains a move is looked for in this order and all of it is kept:

- events that came into force or ended between the two dates and act on an arc of the corridor's way before or after
  (an arc that costs nothing is not told by a route and is not looked at);
- links on the way after that opened between the two dates;
- otherwise the place on the way whose hours and money changed most: the ledger has another figure for the later date;
- nothing of its own: another corridor moved past it.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from landbridge.models.corridors import CorridorWay
from landbridge.models.search import Bools
from landbridge.network.topology import Network
from landbridge.result.routes import Route
from landbridge.schema.words import Objective

#: A change of cost below this share of it is no move.
NOTICED: Final = 0.001


@dataclass(frozen=True)
class DatedWay:
    """A corridor between two places (ids) on one day. rank None = closed or off the way; cost = the objective."""

    day: datetime.date
    way: CorridorWay
    rank: int | None
    cost: float | None

    @property
    def off_the_way(self) -> bool:
        """Not shut: the corridor leads elsewhere, so that its best way would turn back."""
        return self.way.route is None and self.way.closed is not None and not self.way.closed.closures

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        route = self.way.route
        return {
            "corridor": self.way.corridor,
            "name": self.way.name,
            "origin": self.way.origin,
            "destination": self.way.destination,
            "as_of": self.day.isoformat(),
            "distance_km": route.distance_km if route else None,
            "hours": route.hours if route else None,
            "hours_p95": route.hours_p95 if route else None,
            "usd": route.usd if route else None,
            "cost": self.cost,
            "rank": self.rank,
            "assumed_share_hours": route.assumed_share_hours if route else None,
            "open": route is not None,
            "why_closed": self.way.closed.reason if self.way.closed else None,
        }


@dataclass(frozen=True)
class Move:
    """What changed for one corridor of one pair between two neighbouring dates, and why.

    events: ids of events on its way; opened: ids of links; place: where its own numbers changed most, with the change
    of hours and money there, empty where events or links explain it or nothing of its own changed.
    """

    corridor: str
    name: str
    origin: str
    destination: str
    before: datetime.date
    after: datetime.date
    rank_before: int | None
    rank_after: int | None
    cost_before: float | None
    cost_after: float | None
    events: tuple[str, ...]
    opened: tuple[str, ...]
    place: str
    place_hours: float
    place_usd: float

    @property
    def ranks_differ(self) -> bool:
        """Whether the rank changed, not the cost alone."""
        return self.rank_before != self.rank_after

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "corridor": self.corridor,
            "origin": self.origin,
            "destination": self.destination,
            "before": self.before.isoformat(),
            "after": self.after.isoformat(),
            "rank_before": self.rank_before,
            "rank_after": self.rank_after,
            "cost_before": self.cost_before,
            "cost_after": self.cost_after,
            "events": list(self.events),
            "opened": list(self.opened),
            "place": self.place or None,
        }


@dataclass(frozen=True)
class EventSpan:
    """An event as far as moves need it: days in force (None = open end) and the arcs it acts on [n_arcs]."""

    id: str
    live_on: tuple[bool, ...]  # per date of the table
    arcs: Bools


@dataclass(frozen=True)
class OverTime:
    """Ranked ways of all pairs on all days, days rising, pairs and corridors in the order given; and the moves."""

    by: Objective
    days: tuple[datetime.date, ...]
    rows: tuple[DatedWay, ...]
    moves: tuple[Move, ...]

    def to_json(self) -> dict[str, Any]:
        """The fields other programs may rely on."""
        return {
            "by": self.by,
            "rows": [row.to_json() for row in self.rows],
            "moves": [move.to_json() for move in self.moves],
        }

    def of(self, origin: str, destination: str, corridor: str) -> tuple[DatedWay, ...]:
        """One corridor of one pair, day by day."""
        return tuple(
            row
            for row in self.rows
            if (row.way.origin, row.way.destination, row.way.corridor) == (origin, destination, corridor)
        )


def ranked(day: datetime.date, ways: Sequence[CorridorWay], by: Objective) -> tuple[DatedWay, ...]:
    """Ways of one pair on one day with their ranks, in the order given."""
    costs = {way.corridor: (way.route.id, way.route.objective(by)) for way in ways if way.route is not None}
    found = []
    for way in ways:
        if way.corridor not in costs:
            found.append(DatedWay(day, way, None, None))
            continue
        route, cost = costs[way.corridor]
        better = {other for other, other_cost in costs.values() if other_cost < cost and other != route}
        found.append(DatedWay(day, way, 1 + len(better), cost))
    return tuple(found)


def over_time(
    by: Objective,
    ways: Mapping[datetime.date, Sequence[Sequence[CorridorWay]]],
    network: Network,
    events: Sequence[EventSpan] = (),
) -> OverTime:
    """Rank and explain. ``ways``: per day, per pair (same order every day) the ways along all corridors."""
    days = tuple(sorted(ways))
    rows = [ranked(day, pair, by) for day in days for pair in ways[day]]
    arc_of = arc_keys(network)
    moves: list[Move] = []
    n_pairs = len(ways[days[0]]) if days else 0
    for position in range(1, len(days)):
        for pair in range(n_pairs):
            earlier = rows[(position - 1) * n_pairs + pair]
            later = rows[position * n_pairs + pair]
            for before, after in zip(earlier, later, strict=True):
                if _moved(before, after):
                    changed = [event for event in events if event.live_on[position - 1] != event.live_on[position]]
                    moves.append(_move(network, arc_of, before, after, changed))
    return OverTime(by, days, tuple(row for group in rows for row in group), tuple(moves))


def arc_keys(network: Network) -> dict[str, int]:
    """Key of an arc as contributions write it -> arc."""
    links = [network.link_ids[link] for link in network.link.tolist()]
    ends = zip(network.tail.tolist(), network.head.tolist(), links, strict=True)
    return {
        f"{network.node_key[tail]}>{network.node_key[head]}#{link}": arc for arc, (tail, head, link) in enumerate(ends)
    }


def _moved(before: DatedWay, after: DatedWay) -> bool:
    if before.cost is None or after.cost is None:
        return before.cost is not after.cost
    return before.rank != after.rank or abs(after.cost - before.cost) > NOTICED * before.cost


def _move(
    network: Network,
    arc_of: Mapping[str, int],
    before: DatedWay,
    after: DatedWay,
    changed: Sequence[EventSpan],
) -> Move:
    old, new = before.way.route, after.way.route
    arcs_new = _arcs(arc_of, new)
    arcs = arcs_new + _arcs(arc_of, old)
    events = tuple(event.id for event in changed if event.arcs[arcs].any())
    late = [arc for arc in arcs_new if before.day.toordinal() < network.opened_day[arc] <= after.day.toordinal()]
    opened = tuple(dict.fromkeys(network.link_ids[network.link[arc]] for arc in late))
    place, hours, usd = "", 0.0, 0.0
    if not events and not opened and old is not None and new is not None:
        place, hours, usd = _largest_change(old, new)
    return Move(
        corridor=after.way.corridor,
        name=after.way.name,
        origin=after.way.origin,
        destination=after.way.destination,
        before=before.day,
        after=after.day,
        rank_before=before.rank,
        rank_after=after.rank,
        cost_before=before.cost,
        cost_after=after.cost,
        events=events,
        opened=opened,
        place=place,
        place_hours=hours,
        place_usd=usd,
    )


def _arcs(arc_of: Mapping[str, int], route: Route | None) -> list[int]:
    parts = route.contributions if route is not None else ()
    return [arc_of[key] for key in dict.fromkeys(part.arc for part in parts)]


def _largest_change(old: Route, new: Route) -> tuple[str, float, float]:
    """The place of the way whose hours and money differ most (days and hundreds of dollars weighed alike)."""
    sums: dict[str, list[list[float]]] = {}
    for sign, route in ((-1.0, old), (1.0, new)):
        for part in route.contributions:
            if part.measure in ("hours", "usd"):
                sums.setdefault(part.where, [[], []])[part.measure == "usd"].append(sign * part.amount)
    totals = {place: (math.fsum(parts[0]), math.fsum(parts[1])) for place, parts in sums.items()}
    if not totals:
        return "", 0.0, 0.0
    place = max(totals, key=lambda name: abs(totals[name][0]) / 24 + abs(totals[name][1]) / 100)
    hours, usd = totals[place]
    noticed = not (np.isclose(hours, 0.0, atol=1e-6) and np.isclose(usd, 0.0, atol=1e-6))
    return (place, hours, usd) if noticed else ("", 0.0, 0.0)
