"""Chapter "Scenarios": what each preset of the study does to each pair."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from landbridge.costs.arccosts import ArcCosts
from landbridge.kernels.dijkstra import Search, path_arcs
from landbridge.kernels.graph import build_graph
from landbridge.models.closures import WeightedPair
from landbridge.models.over_time import DatedWay, OverTime
from landbridge.models.route_account import route_of
from landbridge.models.routes import end_node
from landbridge.network.select import arcs_of
from landbridge.network.state import Shipment
from landbridge.result.report import Cell, Chapter, Column, Figure, Sentence, Table
from landbridge.result.routes import Route
from landbridge.run.ask_over_time import ask_over_time
from landbridge.run.other_costs import OtherCosts
from landbridge.run.session import Session
from landbridge.scenario import Resolved, Scenario, presets
from landbridge.schema.words import Objective

CHAPTER: Final = "scenarios"
#: A change of cost below this many dollars a unit is none.
NOTICED_USD: Final = 0.5
#: So many corridors of a scenario are named in its sentence.
NAMED: Final = 3

Step = Callable[[str], None]


@dataclass(frozen=True)
class Best:
    """The best way of one pair in one scenario; no route = cut off."""

    pair: WeightedPair
    route: Route | None
    cost: float | None

    @property
    def corridors(self) -> str:
        """Named corridors it follows."""
        return " + ".join(self.route.corridors) if self.route and self.route.corridors else ""


def scenarios_chapter(
    session: Session,
    pairs: Sequence[WeightedPair],
    costs: OtherCosts,
    *,
    by: Objective = "cost",
    step: Step = lambda _: None,
) -> Chapter | None:
    """Each preset beside the base: a sentence, and tables of best ways and of named corridors; None without presets."""
    found = presets(session.study)
    if not found:
        return None
    base = session.resolved()
    before = best_ways(session, pairs, costs, base, by)
    named_before = ask_over_time(session, [base.as_of], pairs=pairs, by=by, costs=costs)
    price_before: OverTime | None = None
    sentences = []
    effects: list[tuple[Scenario, tuple[Best, ...]]] = []
    rows: list[tuple[Cell, ...]] = []
    moved: list[tuple[Cell, ...]] = []
    for preset in found:
        step(f"scenario {preset.name}")
        resolved = session.resolved(preset.id)
        after = best_ways(session, pairs, costs, resolved, by)
        named = ask_over_time(session, [resolved.as_of], pairs=pairs, by=by, scenario=preset.id, costs=costs)
        changes = _corridor_changes(session, named_before, named)
        by_price: list[Change] = []
        if not changes and by != "money" and preset.changes:
            # What is slower but cheaper shows only by price.
            if price_before is None:
                price_before = ask_over_time(session, [base.as_of], pairs=pairs, by="money", costs=costs)
            price = ask_over_time(session, [resolved.as_of], pairs=pairs, by="money", scenario=preset.id, costs=costs)
            by_price = _corridor_changes(session, price_before, price)
        shut = _nothing_shut(session, costs, base, resolved)
        if preset.changes or resolved.as_of != base.as_of:  # the base changes nothing
            effects.append((preset, after))
            sentences.append(_sentence(session, preset, before, after, changes, by_price, nothing_shut=shut))
        rows += [_row(session, preset, one, other) for one, other in zip(before, after, strict=True)]
        moved += [(preset.name, "cost with time", *change) for change in changes]
        moved += [(preset.name, "price", *change) for change in by_price]
    lead = (_most(session, before, effects), *sentences)
    return Chapter(CHAPTER, "Scenarios", lead, (_best_table(rows), _corridor_table(moved), _defined(found)))


def best_ways(
    session: Session, pairs: Sequence[WeightedPair], costs: OtherCosts, resolved: Resolved, by: Objective
) -> tuple[Best, ...]:
    """The best way of each pair on a resolved day."""
    network = session.network
    search = Search(build_graph(network.tail, network.head, network.n_nodes))
    found = []
    for pair in pairs:
        here = costs.of(resolved, session.shipment(costs.cargo, pair.origin, pair.destination))
        arcs = _best(search, here, by, session, pair)
        if arcs is None:
            found.append(Best(pair, None, None))
            continue
        nodes = [int(network.tail[arcs[0]]), *(int(network.head[arc]) for arc in arcs)]
        followed = session.corridors.followed(arcs, nodes)
        route = route_of(here, arcs, followed, session.corridors, session.names, 1.0)
        found.append(Best(pair, route, math.fsum(here.weight(by)[arcs].tolist())))
    return tuple(found)


def _best(search: Search, costs: ArcCosts, by: Objective, session: Session, pair: WeightedPair) -> list[int] | None:
    start = end_node(session.network, pair.origin, "origin", session.names)
    end = end_node(session.network, pair.destination, "destination", session.names)
    tree = search.tree(costs.weight(by), np.array([start], dtype=np.int32), targets=np.array([end], dtype=np.int32))
    if not np.isfinite(tree.distance[end]):
        return None
    arcs: list[int] = path_arcs(tree.arc, search.graph.tail, end).tolist()
    return arcs


def _most(session: Session, before: Sequence[Best], effects: Sequence[tuple[Scenario, tuple[Best, ...]]]) -> Sentence:
    """How many scenarios change a best way, and the largest change."""
    changed = {}
    largest: tuple[float, str, str] | None = None
    for preset, after in effects:
        for one, other in zip(before, after, strict=True):
            if one.cost is None or other.cost is None:
                if one.cost is not other.cost:
                    changed[preset.id] = preset.name
                continue
            change = other.cost - one.cost
            if abs(change) >= NOTICED_USD:
                changed[preset.id] = preset.name
                if largest is None or abs(change) > abs(largest[0]):
                    largest = (change, preset.name, _name(session, one.pair))
    cut = [
        preset.name
        for preset, after in effects
        if any(b.cost is not None and a.cost is None for b, a in zip(before, after, strict=True))
    ]
    values = {"n": Figure(len(effects), "number"), "changed": Figure(len(changed), "number", 0, CHAPTER)}
    text = "Of {n} scenarios {changed} change a best way"
    if largest is not None:
        values |= {"usd": Figure(abs(largest[0]), "number"), "name": Figure(largest[1]), "to": Figure(largest[2])}
        dearer = "dearer" if largest[0] > 0 else "cheaper"
        text += f", most of all “{{name}}” for {{to}}: USD {{usd}} {dearer} with the value of time"
    values["cut"] = Figure(", ".join(cut))
    text += "; {cut} cuts a pair off" if cut else "; none cuts a pair off"
    return Sentence(text + ".", values)


def _name(session: Session, pair: WeightedPair) -> str:
    return session.names.places.get(pair.destination, pair.destination)


def _row(session: Session, preset: Scenario, before: Best, after: Best) -> tuple[Cell, ...]:
    change: tuple[float | None, float | None, float | None] = (None, None, None)
    if before.route and after.route and before.cost is not None and after.cost is not None:
        change = (after.cost - before.cost, after.route.hours - before.route.hours, after.route.usd - before.route.usd)
    return (
        preset.name,
        _name(session, before.pair),
        before.corridors or None,
        after.corridors or None if after.route else "no way",
        *change,
        after.route.hours if after.route else None,
        after.route.usd if after.route else None,
    )


Change = tuple[str, str, str, float | None, float | None, float | None]


def _corridor_changes(session: Session, before: OverTime, after: OverTime) -> list[Change]:
    """(destination, corridor, what happened, change of cost, rank before, rank after) where a corridor changed.

    "leads elsewhere": its best way would have to turn back, so it is no way to this place any more.
    """
    found: list[Change] = []
    for one, other in zip(before.rows, after.rows, strict=True):
        what = _what(one, other)
        if what:
            change = other.cost - one.cost if one.cost is not None and other.cost is not None else None
            destination = session.names.places.get(one.way.destination, one.way.destination)
            found.append((destination, one.way.name, what, change, one.rank, other.rank))
    return found


def _what(one: DatedWay, other: DatedWay) -> str:
    if one.cost is None:
        return "" if other.cost is None else "opens" if not one.off_the_way else "leads there"
    if other.cost is None:
        return "leads elsewhere" if other.off_the_way else "shuts"
    if abs(other.cost - one.cost) < NOTICED_USD:
        return ""
    return "dearer" if other.cost > one.cost else "cheaper"


def _nothing_shut(session: Session, costs: OtherCosts, base: Resolved, resolved: Resolved) -> bool:
    """Whether a scenario's closures find everything shut that they name."""
    shutting = [change for change in resolved.changes if change.origin == "scenario" and change.action == "close"]
    if not shutting:
        return False
    is_open = costs.of(base, Shipment(costs.cargo)).open
    return not any(
        is_open[arcs_of(session.network, selector, session.selectors, change.modes)].any()
        for change in shutting
        for selector in change.selectors
    )


def _sentence(
    session: Session,
    preset: Scenario,
    before: Sequence[Best],
    after: Sequence[Best],
    changes: Sequence[Change],
    by_price: Sequence[Change],
    *,
    nothing_shut: bool,
) -> Sentence:
    values = {"name": Figure(preset.name), "n": Figure(len(before), "number")}
    lost = [
        _name(session, other.pair) for one, other in zip(before, after, strict=True) if one.route and not other.route
    ]
    deltas = {
        _name(session, one.pair): (other.cost - one.cost, other.route.hours - one.route.hours)
        for one, other in zip(before, after, strict=True)
        if one.route and other.route and one.cost is not None and other.cost is not None
    }
    moved = {name: change for name, change in deltas.items() if abs(change[0]) >= NOTICED_USD}
    pieces = []
    if lost:
        values["lost"] = Figure(", ".join(lost))
        pieces.append("{lost} cut off")
    if moved:
        most = max(moved, key=lambda name: (abs(moved[name][0]), name))
        values |= {
            "moved": Figure(len(moved), "number", 0, CHAPTER),
            "most": Figure(most),
            "usd": Figure(abs(moved[most][0]), "number"),
            "days": Figure(abs(moved[most][1]), "days", 1),
        }
        dearer = "dearer" if moved[most][0] > 0 else "cheaper"
        longer = "longer" if moved[most][1] > 0 else "shorter"
        pieces.append(
            f"the best way changes for {{moved}} of {{n}}, most for {{most}}: USD {{usd}} {dearer} with the value of "
            f"time, {{days}} days {longer}"
        )
    if not lost and not moved:
        pieces.append("no best way changes")
    if nothing_shut:
        pieces.append("all it shuts is shut on that day already")
    words = _corridor_words(changes, values, "") or ["no named corridor changes"]
    words += [f"by price alone, {word}" for word in _corridor_words(by_price, values, "price_")]
    return Sentence("{name}: " + "; ".join([*pieces, *words]) + ".", values)


#: What happens to a corridor, and how a sentence says it.
_WORDS: Final = {"shuts": "corridors shut", "opens": "opened", "dearer": "dearer", "cheaper": "cheaper"}


def _corridor_words(changes: Sequence[Change], values: dict[str, Figure], prefix: str) -> list[str]:
    """Corridors that shut, open, or change most, named once each; adds their names to ``values``."""
    words = []
    for what, verb in _WORDS.items():
        sums: dict[str, list[float]] = {}
        for _, name, happened, change, _, _ in changes:
            if happened == what:
                sums.setdefault(name, []).append(abs(change or 0.0))
        ordered = sorted(sums, key=lambda name: (-math.fsum(sums[name]) / len(sums[name]), name))
        if ordered:
            more = f" and {len(ordered) - NAMED} more" if len(ordered) > NAMED else ""
            values[prefix + what] = Figure(", ".join(ordered[:NAMED]) + more)
            words.append(f"{verb}: {{{prefix}{what}}}")
    return words


def _best_table(rows: Sequence[tuple[Cell, ...]]) -> Table:
    columns = (
        Column("scenario", "scenario"),
        Column("destination", "to"),
        Column("before", "corridor of the best way in the base"),
        Column("after", "in the scenario"),
        Column("cost", "change of cost with time", "USD", "number"),
        Column("hours_change", "change of time", "days", "days", 1),
        Column("usd_change", "change of price", "USD", "number"),
        Column("hours", "time", "days", "days", 1),
        Column("usd", "price", "USD", "number"),
    )
    return Table("best", "Best ways in each scenario", columns, tuple(rows), "Empty corridor: none of the named ones.")


def _corridor_table(rows: Sequence[tuple[Cell, ...]]) -> Table:
    columns = (
        Column("scenario", "scenario"),
        Column("by", "by"),
        Column("destination", "to"),
        Column("corridor", "corridor"),
        Column("what", "what happens"),
        Column("cost", "change", "USD", "number"),
        Column("before", "rank in the base", kind="number"),
        Column("after", "rank in the scenario", kind="number"),
    )
    note = "Only corridors whose own cost changes; where none does, those whose lowest price changes."
    return Table("corridors", "Named corridors in each scenario", columns, tuple(rows), note)


def _defined(found: Sequence[Scenario]) -> Table:
    rows = tuple((preset.id, preset.name, preset.definition) for preset in found)
    columns = (Column("id", "id"), Column("name", "scenario"), Column("definition", "definition"))
    return Table("definitions", "What each scenario means", columns, rows)
