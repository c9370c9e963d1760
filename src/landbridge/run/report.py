"""The report of a study: all pairs, all named corridors, the benchmarks, and everything they were made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version
from typing import Final

from landbridge.models.corridors import CorridorWay
from landbridge.result.report import (
    Benchmarks,
    ComparisonRow,
    MapPoint,
    PairAnswer,
    Provenance,
    ReportData,
    StudySummary,
    comparison_rows,
    headline,
    no_way_row,
)
from landbridge.result.routes import Route, RoutesAnswer
from landbridge.run.ask_benchmarks import ask_benchmarks
from landbridge.run.chapters import chapters
from landbridge.run.credits import credits_of
from landbridge.run.facts_used import basis_counts, facts_used, sources_used
from landbridge.run.session import Session
from landbridge.scenario import Resolved
from landbridge.schema.words import CargoUnit, Objective, ValueClass

#: A corridor whose best way costs more than this multiple of the pair's best is named, not drawn.
SHOWN_STRETCH: Final = 2.0

Step = Callable[[str], None]


def build_report(
    session: Session,
    *,
    resolved: Resolved | None = None,
    by: Objective = "cost",
    command: str = "",
    step: Step = lambda _: None,
) -> ReportData:
    """Everything the report of the session's study shows; ``step`` is called with what is being done."""
    study = session.study
    resolved = resolved or session.resolved()
    cargo, value = study.cargo.default, study.cargo.value
    pairs: list[PairAnswer] = []
    rows: list[ComparisonRow] = []
    for pair in study.pairs:
        step(f"routes {pair.origin} to {pair.destination}")
        answer, ways = pair_answer(session, pair.origin, pair.destination, cargo, value, by, resolved)
        costs = session.costs(cargo, value, resolved, session.shipment(cargo, pair.origin, pair.destination))
        item = PairAnswer(
            pair.id,
            answer,
            points=tuple(_points(session, answer.routes)),
            value_of_time_usd_per_hour=costs.value_of_time_usd_per_hour,
            value_of_time_facts=costs.value_of_time_facts,
        )
        pairs.append(item)
        rows += comparison_rows([item])
        rows += _other_corridors(item, ways)
    step("benchmarks")
    benchmarks: Benchmarks = ask_benchmarks(session)
    step("facts and sources")
    ids = {
        fact for item in pairs for route in item.answer.routes for part in route.contributions for fact in part.facts
    }
    ids |= {fact for item in pairs for fact in item.value_of_time_facts}
    facts = facts_used(session, ids, resolved)
    more = [row.source for row in benchmarks.rows] + [check.source for check in benchmarks.checks]
    return ReportData(
        study=_summary(session, resolved, by),
        made=Provenance(version("landbridge"), command, resolved.name, digests(session)),
        headline=headline(pairs, benchmarks),
        pairs=tuple(pairs),
        comparison=tuple(rows),
        benchmarks=benchmarks,
        facts=facts,
        sources=sources_used(session, facts, more),
        basis_counts=basis_counts(session, facts),
        attributions=attributions(pairs),
        chapters=chapters(session, resolved=resolved, by=by, step=step),
    )


def pair_answer(
    session: Session,
    origin: str,
    destination: str,
    cargo: CargoUnit,
    value: ValueClass,
    by: Objective,
    resolved: Resolved,
) -> tuple[RoutesAnswer, tuple[CorridorWay, ...]]:
    """Alternatives of a pair together with the best way along each named corridor, best first."""
    answer = session.routes(origin, destination, cargo=cargo, value=value, by=by, resolved=resolved, least=True)
    ways = session.corridor_ways(origin, [destination], cargo=cargo, value=value, by=by, resolved=resolved)
    routes = {route.id: route for route in answer.routes}
    if answer.routes:
        best = answer.routes[0].objective(by)
        for way in ways:
            if way.route is not None and way.route.id not in routes:
                stretch = way.route.objective(by) / best if best > 0 else 1.0
                if stretch <= SHOWN_STRETCH:
                    routes[way.route.id] = replace(way.route, stretch=stretch)
    ordered = sorted(routes.values(), key=lambda route: (route.objective(by), route.id))
    return replace(answer, routes=tuple(ordered)), ways


def _other_corridors(pair: PairAnswer, ways: Sequence[CorridorWay]) -> list[ComparisonRow]:
    """Rows for corridors that no shown route follows, with the reason."""
    shown = {name for route in pair.answer.routes for name in route.corridors}
    rows = []
    for way in ways:
        if way.name in shown:
            continue
        if way.route is not None:
            best = pair.answer.routes[0].generalised_usd if pair.answer.routes else way.route.generalised_usd
            days = way.route.hours / 24
            why = (
                f"{way.route.generalised_usd / best:.1f} times the best way's cost with time: "
                f"{days:.0f} days, {way.route.usd:,.0f} USD"
            )
        else:
            why = way.closed.reason if way.closed else "no way"
        shut = way.closed is not None and bool(way.closed.closures)
        rows.append(no_way_row(pair, (way.name,), why, shut=shut))
    return rows


def _points(session: Session, routes: Sequence[Route]) -> list[MapPoint]:
    """Ports, crossings and gauge breaks of the routes, each with the routes that use it."""
    users: dict[tuple[str, str], list[str]] = {}
    for route in routes:
        for kind, ids in (("port", route.ports), ("crossing", route.crossings), ("gauge", route.gauge_breaks)):
            for identifier in ids:
                users.setdefault((kind, identifier), []).append(route.id)
    tables = {"port": "ports", "crossing": "crossings", "gauge": "places"}
    found = []
    for (kind, identifier), used in users.items():
        row = next((row for row in session.facts.rows(tables[kind]) if row["id"] == identifier), None)
        if row is not None:
            point = MapPoint(row["name"], kind, float(row["lat"]), float(row["lon"]), routes=tuple(used))
            found.append(point)
    for node, kind in ((0, "origin"), (-1, "destination")):
        for route in routes[:1]:
            end = route.profile[node]
            place = session.gazetteer.place(end.label).place
            row = next(row for row in session.facts.rows("places") if row["id"] == place)
            found.append(MapPoint(row["name"], kind, float(row["lat"]), float(row["lon"])))
    return found


def _summary(session: Session, resolved: Resolved, by: Objective) -> StudySummary:
    study = session.study
    return StudySummary(
        id=study.id,
        name=study.name,
        question=study.question,
        region=study.region.name,
        region_countries=study.region.countries,
        partner=study.partner.name,
        partner_countries=study.partner.countries,
        base_date=resolved.as_of.isoformat(),
        money_year=study.money_year,
        cargo=study.cargo.default,
        value=study.cargo.value,
        by=by,
        limits=study.limits,
    )


def digests(session: Session) -> tuple[tuple[str, str], ...]:
    """Name and digest of each input of a result."""
    return (("facts", session.facts.digest), ("study", session.study.digest), ("network", session.network_digest))


def attributions(pairs: Sequence[PairAnswer]) -> tuple[str, ...]:
    """Whose data the maps show."""
    modes = {track.mode for pair in pairs for route in pair.answer.routes for track in route.tracks}
    return credits_of(modes)
