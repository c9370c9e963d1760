"""From a run to a result folder: which tables it holds, the scenario it can be run from again, its timings."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from landbridge.models.closures import WeightedPair
from landbridge.network.quality import quality
from landbridge.network.state import Closure
from landbridge.result.corridors import Corridors
from landbridge.result.folder import (
    SCENARIO,
    Made,
    Result,
    ResultTable,
    benchmark_tables,
    comparison_table,
    corridor_tables,
    fact_tables,
    joined,
    other_table,
    rank_table,
    result_of,
    route_tables,
    table,
)
from landbridge.result.report import (
    Benchmarks,
    Chapter,
    ComparisonRow,
    DotChart,
    FactUsed,
    Histogram,
    PairAnswer,
    RankChart,
    RatioChart,
    ReportData,
    SourceUsed,
    Table,
    chart_table,
    comparison_rows,
)
from landbridge.run.corridor_tables import ArcKeys, CorridorTables
from landbridge.run.facts_used import facts_used, sources_used
from landbridge.run.quality_tables import quality_tables
from landbridge.run.report import digests, pair_answer
from landbridge.run.session import Session
from landbridge.scenario import Change, Resolved, load_scenario
from landbridge.schema.words import CargoUnit, Objective, ValueClass

Step = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """What a run asks of a study."""

    cargo: CargoUnit
    value: ValueClass
    by: Objective
    pairs: tuple[WeightedPair, ...]
    scenario_digest: str = ""  # of the scenario's files; empty = none


@dataclass(frozen=True)
class Answered:
    """Everything a run found out, before it is written."""

    pairs: tuple[PairAnswer, ...]
    comparison: tuple[ComparisonRow, ...]
    corridors: Corridors
    facts: tuple[FactUsed, ...]
    sources: tuple[SourceUsed, ...]
    quality: tuple[Table, ...]
    benchmarks: Benchmarks | None = None
    chapters: tuple[Chapter, ...] = ()


@dataclass
class Timings:
    """How long each step took; the only thing here that reads a clock, and no part of any result."""

    started: float = field(default_factory=time.perf_counter)
    lines: list[str] = field(default_factory=list)

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        """Time a step."""
        begin = time.perf_counter()
        yield
        self.lines.append(f"{time.perf_counter() - begin:8.2f} s  {what}")

    def text(self) -> str:
        """The log."""
        total = f"{time.perf_counter() - self.started:8.2f} s  in all"
        return "\n".join((*self.lines, total)) + "\n"


def asked_of(
    session: Session,
    scenario: str | Path | None,
    cargo: CargoUnit | None,
    value: ValueClass | None,
    by: Objective,
    pairs: Sequence[WeightedPair],
) -> Asked:
    """A question with the study's own cargo where none is given."""
    own = session.study.cargo
    digest = load_scenario(scenario, session.study).digest if scenario is not None else ""
    return Asked(cargo or own.default, value or own.value, by, tuple(pairs), digest)


def answer_pairs(session: Session, resolved: Resolved, asked: Asked, step: Step = lambda _: None) -> Answered:
    """All pairs and all named corridors on one day; ``step`` is called with what is being done."""
    pairs = []
    for pair in asked.pairs:
        names = session.names.places
        step(f"{names.get(pair.origin, pair.origin)} to {names.get(pair.destination, pair.destination)}")
        answer, _ = pair_answer(session, pair.origin, pair.destination, asked.cargo, asked.value, asked.by, resolved)
        shipment = session.shipment(asked.cargo, pair.origin, pair.destination)
        costs = session.costs(asked.cargo, asked.value, resolved, shipment)
        pairs.append(
            PairAnswer(
                pair.id,
                answer,
                value_of_time_usd_per_hour=costs.value_of_time_usd_per_hour,
                value_of_time_facts=costs.value_of_time_facts,
            )
        )
    step("corridors")
    corridors = CorridorTables(session, asked.cargo, asked.value, asked.by).on(resolved, asked.pairs)
    step("facts and sources")
    facts = facts_used(session, _fact_ids(pairs, corridors), resolved)
    return Answered(
        pairs=tuple(pairs),
        comparison=comparison_rows(pairs),
        corridors=corridors,
        facts=facts,
        sources=sources_used(session, facts),
        quality=quality_tables(quality(session.network, session.tables), session.names.places),
    )


def answered_by_report(session: Session, resolved: Resolved, asked: Asked, report: ReportData) -> Answered:
    """What a report shows, and the corridors behind it."""
    corridors = CorridorTables(session, asked.cargo, asked.value, asked.by).on(resolved, asked.pairs)
    facts = facts_used(session, _fact_ids(report.pairs, corridors), resolved)
    more = [row.source for row in report.benchmarks.rows] if report.benchmarks else []
    more += [check.source for check in report.benchmarks.checks] if report.benchmarks else []
    return Answered(
        pairs=report.pairs,
        comparison=report.comparison,
        corridors=corridors,
        facts=facts,
        sources=sources_used(session, facts, more),
        quality=(),  # tables of a chapter here
        benchmarks=report.benchmarks,
        chapters=report.chapters,
    )


def _fact_ids(pairs: Iterable[PairAnswer], corridors: Corridors) -> set[str]:
    found: set[str] = set()
    for pair in pairs:
        found.update(pair.value_of_time_facts)
        found.update(fact for route in pair.answer.routes for part in route.contributions for fact in part.facts)
    found.update(fact for route in corridors.routes.values() for part in route.contributions for fact in part.facts)
    found.update(fact for row in corridors.indicators for fact in row.published_facts)
    return found


def tables_of(session: Session, resolved: Resolved, asked: Asked, answered: Answered) -> tuple[ResultTable, ...]:
    """All tables of a result, in the order of its manifest."""
    found = [
        *route_tables(answered.pairs, answered.corridors),
        comparison_table(answered.comparison),
        *corridor_tables(answered.corridors),
    ]
    if answered.benchmarks is not None:
        found += benchmark_tables(answered.benchmarks)
    found += fact_tables(answered.facts, answered.sources)
    found.append(table("changes", _change_rows(resolved.changes)))
    closed = list(_closed_arcs(session, resolved, asked))
    found.append(table("closed", ((pair, arc, closure.id) for pair, arc, closure in closed)))
    reasons = sorted({closure for _, _, closure in closed}, key=lambda closure: (closure.id, closure.reason))
    found.append(table("closures", ((closure.id, closure.kind, closure.reason) for closure in reasons)))
    found += [other_table("network", item) for item in answered.quality]
    for chapter in answered.chapters:
        for part in chapter.parts:
            if isinstance(part, Table):
                found.append(other_table(chapter.id, part))
            elif isinstance(part, RankChart):
                found.append(rank_table(chapter.id, part))
            elif isinstance(part, DotChart):
                found.append(other_table(chapter.id, _dots(part)))
            elif isinstance(part, RatioChart | Histogram):
                found.append(other_table(chapter.id, chart_table(part)))
    return tuple(found)


def _dots(chart: DotChart) -> Table:
    from landbridge.result.report import Column

    columns = (
        Column("group", "group"),
        Column("label", "label"),
        Column("value", chart.axis, "", chart.kind),
        Column("high", "upper end", "", chart.kind),
        Column("closed", "closed"),
    )
    rows = tuple((dot.group, dot.label, dot.value, dot.high, dot.closed) for dot in chart.dots)
    return Table(chart.id, chart.title, columns, rows)


def _change_rows(changes: Sequence[Change]) -> Iterator[tuple[str | float | int | None, ...]]:
    for number, change in enumerate(changes, start=1):
        yield (
            number,
            change.id,
            change.origin,
            change.what,
            joined(str(selector) for selector in change.selectors),
            change.action,
            change.value,
            joined(change.modes),
            change.direction,
            change.applies_to,
            change.basis,
            change.source,
            change.note,
        )


def _closed_arcs(session: Session, resolved: Resolved, asked: Asked) -> Iterator[tuple[str, str, Closure]]:
    """Pair, arc and what closes it. What was never built or carries nothing of the kind is closed too."""
    keys = ArcKeys(session.network).keys
    for pair in asked.pairs:
        shipment = session.shipment(asked.cargo, pair.origin, pair.destination)
        costs = session.costs(asked.cargo, asked.value, resolved, shipment)
        for arc in (costs.closure >= 0).nonzero()[0].tolist():
            yield pair.id, keys[arc], costs.closures[int(costs.closure[arc])]


def made_by(session: Session, resolved: Resolved, asked: Asked, kind: str, command: str) -> Made:
    """How a result was made."""
    return Made(
        kind=kind,
        version=version("landbridge"),
        command=command,
        study=session.study.id,
        scenario=resolved.name,
        as_of=resolved.as_of.isoformat(),
        cargo=asked.cargo,
        value=asked.value,
        by=asked.by,
        money_year=session.study.money_year,
        digests=(*digests(session), ("scenario", asked.scenario_digest)),
    )


def result_in_memory(session: Session, name: str, resolved: Resolved, asked: Asked, step: Step) -> Result:
    """A result that is compared or explained without being written."""
    answered = answer_pairs(session, resolved, asked, step)
    made = made_by(session, resolved, asked, "run", "")
    return result_of(name, made, tables_of(session, resolved, asked, answered))


def scenario_files(resolved: Resolved) -> dict[str, bytes]:
    """The file that says what was different, apart from the study's own events."""
    return {SCENARIO: scenario_toml(resolved).encode()}


def scenario_toml(resolved: Resolved) -> str:
    """A scenario file with the day and the changes of a run; events in force come from the study's facts again.

    Loading it and resolving it gives the same changes under ids of this file.
    """
    own = [change for change in resolved.changes if change.origin != "event"]
    # What a scenario lifted is no longer among the changes of the day, but it has to be lifted again.
    lines = [
        "# The day and the changes of this run; 'landbridge run scenario.toml -o DIR' asks again.",
        "format = 1",
        f"name = {_quoted(resolved.name)}",
        f"as_of = {_day(resolved.as_of)}",
    ]
    for change in own:
        fields = [str(selector) for selector in change.selectors]
        if change.modes:
            fields = [f"{text}.{mode}" for text in fields for mode in change.modes]
        lines += [
            "",
            "[[changes]]",
            f"select = [{', '.join(map(_quoted, fields))}]",
            f"action = {_quoted(change.action)}",
            *((f"value = {_number(change.value)}",) if change.value is not None else ()),
            f"why = {_quoted(change.note or change.what)}",
            f"source = {_quoted(change.source or 'not said')}",
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string; its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _number(value: float) -> str:
    return repr(float(value))


def _day(day: datetime.date) -> str:
    return day.isoformat()
