"""Named corridors of a session over a row of days, for a carrier whom sanctions bind or not."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence

import numpy as np

from landbridge.models.closures import WeightedPair
from landbridge.models.corridors import CorridorWay
from landbridge.models.over_time import EventSpan, OverTime, over_time
from landbridge.network.select import arcs_of
from landbridge.network.state import Shipment, applies
from landbridge.run.ask_closures import study_pairs
from landbridge.run.other_costs import OtherCosts
from landbridge.run.session import Session
from landbridge.scenario import Event, Scenario
from landbridge.scenario.events import read_events
from landbridge.schema.words import CargoUnit, Objective, ValueClass

Step = Callable[[str], None]


def yearly(first: int, last: int, month: int = 6, day: int = 30) -> tuple[datetime.date, ...]:
    """One day of each year, both years included."""
    return tuple(datetime.date(year, month, day) for year in range(first, last + 1))


def flags(session: Session) -> tuple[str, ...]:
    """Flags whose carriers an event bars by their flag alone, sorted: those a box of unnamed goods can feel."""
    found = set()
    for event in read_events(session.facts.table("spans")):
        if event.action == "cargo_ban":
            for group in event.applies_to.split(";"):
                match = re.fullmatch(r"\s*flag:(\w+)\s*", group)
                if match:
                    found.add(match[1])
    return tuple(sorted(found))


def ask_over_time(
    session: Session,
    days: Sequence[datetime.date],
    *,
    pairs: Sequence[WeightedPair] | None = None,
    cargo: CargoUnit | None = None,
    value: ValueClass | None = None,
    by: Objective = "cost",
    flag: str = "",
    scenario: Scenario | str | None = None,
    only: Sequence[str] | None = None,
    costs: OtherCosts | None = None,
    step: Step = lambda _: None,
) -> OverTime:
    """Every named corridor for every pair and day, ranked, with what moved it.

    pairs: default those of the study; flag: of the carrier, empty = one that no sanction names; only: ids of
    corridors. Closed ways do not say why here (``corridor_ways`` of the session does for one day).
    """
    costs = costs or OtherCosts(session, cargo or session.study.cargo.default, value or session.study.cargo.value)
    asked = tuple(pairs) if pairs is not None else study_pairs(session)
    ways: dict[datetime.date, list[tuple[CorridorWay, ...]]] = {}
    for day in sorted(set(days)):
        step(f"corridors on {day.isoformat()}")
        ways[day] = costs.ways(session.resolved(scenario, day), asked, by=by, flag=flag, only=only)
    return over_time(by, ways, session.network, _spans(session, tuple(sorted(ways)), Shipment(costs.cargo, flag=flag)))


def _spans(session: Session, days: Sequence[datetime.date], shipment: Shipment) -> tuple[EventSpan, ...]:
    """Events that act on arcs for this shipment, with the days on which they are in force."""
    found = []
    for event in read_events(session.facts.table("spans")):
        if event.action == "note" or not applies(event.applies_to, shipment):
            continue
        live = tuple(event.live(day) for day in days)
        if any(live) and not all(live):
            found.append(EventSpan(event.id, live, _acts_on(session, event)))
    return tuple(found)


def _acts_on(session: Session, event: Event) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    mask = np.zeros(session.network.n_arcs, dtype=np.bool_)
    for selector in event.selectors:
        mask[arcs_of(session.network, selector, session.selectors, event.modes, event.direction)] = True
    return mask
