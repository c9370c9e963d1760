"""Chapters of the report beyond the pairs and the benchmarks: what changes over time, by closure, by scenario; the
networks."""

from __future__ import annotations

from collections.abc import Callable

from landbridge.costs.arccosts import ArcCosts
from landbridge.models.closures import WeightedPair
from landbridge.network.state import Shipment
from landbridge.result.report import Chapter
from landbridge.run.ask_closures import study_pairs
from landbridge.run.chapter_network import network_chapter
from landbridge.run.chapter_scenarios import scenarios_chapter
from landbridge.run.chapter_sea import sea_chapter
from landbridge.run.chapter_shut import shut_chapter
from landbridge.run.chapter_when import when_chapter
from landbridge.run.chapter_world import world_chapter
from landbridge.run.other_costs import OtherCosts
from landbridge.run.session import Session
from landbridge.scenario import Resolved
from landbridge.schema.words import Objective


def chapters(
    session: Session,
    *,
    resolved: Resolved | None = None,
    by: Objective = "cost",
    step: Callable[[str], None] = lambda _: None,
) -> tuple[Chapter, ...]:
    """All further chapters of the session's study, for its pairs, its cargo and a day (default: the base date)."""
    costs = OtherCosts(session, session.study.cargo.default, session.study.cargo.value)
    pairs: tuple[WeightedPair, ...] = study_pairs(session)
    resolved = resolved or session.resolved()
    found: list[Chapter | None] = []
    if session.study.corridors:
        found.append(when_chapter(session, pairs, costs, by=by, step=step))
    found.append(shut_chapter(session, pairs, costs, resolved, by=by, step=step))
    found.append(sea_chapter(session, costs, resolved, step=step))
    found.append(scenarios_chapter(session, pairs, costs, by=by, step=step))
    step("the network")
    found.append(network_chapter(session, _own_costs(session, pairs, costs, resolved), resolved))
    step("the world's network")
    found.append(world_chapter(session))
    return tuple(chapter for chapter in found if chapter is not None)


def _own_costs(session: Session, pairs: tuple[WeightedPair, ...], costs: OtherCosts, resolved: Resolved) -> ArcCosts:
    """Costs of the study's first pair, which are made already; of no shipment in particular where there is none."""
    shipment = Shipment(costs.cargo)
    for pair in pairs[:1]:
        shipment = session.shipment(costs.cargo, pair.origin, pair.destination)
    return costs.of(resolved, shipment)
