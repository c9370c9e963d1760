"""How right is the model? Published days, dollars and kilometres against what it answers to the same question.

Rules, the same for every row:

- A row of ``usable = yes`` counts. ``minimum`` (operators' claims, records, "more than") is asked and shown, but no
  median holds it. ``part`` and ``no`` are not asked; their reason is printed.
- Days are days from departure: hours / 24 without the wait at the origin.
- USD are compared in the money year of the row, only where the row was asked by ``cost`` or ``money`` (free choice by
  time picks trucks and doubles the price), and only if the row's unit is the cargo asked for.
- Kilometres are compared where the row says ``use_km = yes``.
- A row may name several origins or destinations (``;`` between): each combination is asked and the mean of the
  answers is compared.
- Signed error = model / published - 1. An error beyond a factor of ``FAR_OFF`` either way is flagged.
"""

from __future__ import annotations

import datetime
import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from landbridge.result.routes import Route, RoutesAnswer
from landbridge.schema.errors import LandbridgeError

#: An answer further off than this factor needs an explanation.
FAR_OFF: Final = 2.5

BenchmarkMeasure = Literal["days", "usd", "km"]
MEASURES: Final[tuple[BenchmarkMeasure, ...]] = ("days", "usd", "km")

#: Family of rows whose answer follows no named corridor.
NO_CORRIDOR: Final = "no named corridor"
ALL_ROWS: Final = "all"


@dataclass(frozen=True)
class Question:
    """What a row asks the model, in the words of the table."""

    origin: str
    destination: str
    via: tuple[str, ...]
    avoid: tuple[str, ...]
    modes: tuple[str, ...]
    by: str
    as_of: datetime.date
    cargo: str


@dataclass(frozen=True)
class Comparison:
    """One published figure beside the model's."""

    measure: BenchmarkMeasure
    published: float
    model: float | None  # None where it was not asked or has no answer
    error: float | None  # signed, model / published - 1
    counted: bool  # in the medians
    far_off: bool
    reason: str  # why it is not counted; empty if it is


@dataclass(frozen=True)
class BenchmarkRow:
    """One row of the table with what became of it."""

    id: str
    origin: str  # as published
    destination: str
    corridor: str
    usable: str
    why: str
    questions: tuple[Question, ...]
    followed: tuple[str, ...]  # named corridors of the model's best routes
    comparisons: tuple[Comparison, ...]
    answer: str  # the model's way in a line, or why there is none
    source: str
    note: str


@dataclass(frozen=True)
class Median:
    """Median errors of the rows of a family that count."""

    family: str
    measure: BenchmarkMeasure
    n: int
    absolute: float
    signed: float


@dataclass(frozen=True)
class BenchmarkReport:
    """All rows in the order of the table, and the medians: over all rows, then by named corridor."""

    rows: tuple[BenchmarkRow, ...]
    medians: tuple[Median, ...]


Ask = Callable[[Question], RoutesAnswer]
MoneyIn = Callable[[float, int, int], float]


def compare(rows: Iterable[Mapping[str, Any]], ask: Ask, money: MoneyIn) -> BenchmarkReport:
    """Ask the model every usable row of the table ``benchmarks`` and compare.

    ask: answers a question, or raises ``LandbridgeError``, which becomes the row's reason; money(amount, from_year,
    to_year): an amount in the money of another year. Empty cells may be empty strings, ``None`` or NaN.
    """
    compared = tuple(_compare(_clean(row), ask, money) for row in rows)
    return BenchmarkReport(compared, tuple(_medians(compared)))


def _clean(row: Mapping[str, Any]) -> dict[str, Any]:
    """Cells with '' for every kind of empty."""
    return {key: "" if value is None or value != value else value for key, value in row.items()}


def _parts(cell: Any) -> tuple[str, ...]:
    return tuple(part.strip() for part in str(cell).split(";") if part.strip())


def questions_of(row: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions of a row, one for each combination of its origins and destinations; none for a row that names no
    place or day.
    """
    if not row["as_of"]:
        return ()
    # A date, a time stamp of a data frame, or text.
    as_of = datetime.date.fromisoformat(str(row["as_of"])[:10])
    return tuple(
        Question(
            origin=origin,
            destination=destination,
            via=_parts(row["via"]),
            avoid=_parts(row["avoid"]),
            modes=_parts(row["modes"]),
            by=str(row["by"]) or "cost",
            as_of=as_of,
            cargo=str(row["cargo"]),
        )
        for origin in _parts(row["origin"])
        for destination in _parts(row["destination"])
    )


def _compare(row: Mapping[str, Any], ask: Ask, money: MoneyIn) -> BenchmarkRow:
    questions = questions_of(row) if row["usable"] in ("yes", "minimum") else ()
    reason = (
        str(row["why"]) if row["usable"] in ("part", "no") else "" if questions else "names no place or no day to ask"
    )
    answers: list[RoutesAnswer] = []
    try:
        answers = [ask(question) for question in questions]
    except LandbridgeError as error:
        reason = f"cannot be asked: {error}"
        answers = []
    closed = [answer.unreachable.reason for answer in answers if answer.unreachable is not None]
    if closed:
        reason, answers = f"no route: {closed[0]}", []
    best = [answer.routes[0] for answer in answers]
    comparisons = tuple(
        _comparison(measure, row, questions, answers, reason, money) for measure in MEASURES if _published(row, measure)
    )
    return BenchmarkRow(
        id=str(row["id"]),
        origin=str(row["origin_text"]),
        destination=str(row["destination_text"]),
        corridor=str(row["corridor_text"]),
        usable=str(row["usable"]),
        why=str(row["why"]),
        questions=questions,
        followed=tuple(dict.fromkeys(name for route in best for name in route.corridors)),
        comparisons=comparisons,
        answer="; ".join(_in_a_line(route) for route in best) if best else reason,
        source=str(row["source"]),
        note=str(row["note"]),
    )


def _published(row: Mapping[str, Any], measure: BenchmarkMeasure) -> float:
    """The published figure; 0 where there is none."""
    cell = row["distance_km" if measure == "km" else measure]
    return float(cell) if cell != "" else 0.0


def _comparison(
    measure: BenchmarkMeasure,
    row: Mapping[str, Any],
    questions: Sequence[Question],
    answers: Sequence[RoutesAnswer],
    reason: str,
    money: MoneyIn,
) -> Comparison:
    published = _published(row, measure)
    reason = reason or _left_out(measure, row, questions)
    if reason or not answers:
        return Comparison(measure, published, None, None, counted=False, far_off=False, reason=reason)
    figures = [_figure(measure, row, answer, money) for answer in answers]
    model = math.fsum(figures) / len(figures)
    ratio = model / published
    is_claim = row["usable"] == "minimum"
    return Comparison(
        measure,
        published,
        model,
        ratio - 1.0,
        counted=not is_claim,
        far_off=not 1 / FAR_OFF <= ratio <= FAR_OFF,
        reason=f"a bound or a claim: {row['why']}" if is_claim else "",
    )


def _left_out(measure: BenchmarkMeasure, row: Mapping[str, Any], questions: Sequence[Question]) -> str:
    """Why a figure of a row that can be asked is not compared; empty if it is."""
    if measure == "km":
        return "" if row["use_km"] == "yes" else str(row["why"]) or "the published distance is not that of this way"
    if measure == "usd":
        if questions[0].by not in ("cost", "money"):
            return "asked by time, which picks dear modes: no price to compare"
        if row["money_year"] == "":
            return "the price has no year"
        unit = str(row["usd_unit"]).lower()
        named = [cargo for cargo in ("teu", "feu", "wagon", "truck") if cargo in unit.split()]
        if named and not questions[0].cargo.startswith(named[0]):
            return f"the price is {row['usd_unit']}, asked was {questions[0].cargo}"
    return ""


def _figure(measure: BenchmarkMeasure, row: Mapping[str, Any], answer: RoutesAnswer, money: MoneyIn) -> float:
    route = answer.routes[0]
    if measure == "days":
        return route.hours / 24.0
    if measure == "km":
        return route.distance_km
    return money(route.usd, answer.money_year, int(row["money_year"]))


def _in_a_line(route: Route) -> str:
    """A route as modes, ports and crossings."""
    legs = " ".join(f"{leg.mode} {leg.from_}-{leg.to}" for leg in route.legs)
    return f"{legs} over {', '.join(route.crossings)}" if route.crossings else legs


def _medians(rows: Sequence[BenchmarkRow]) -> Iterable[Median]:
    families: dict[str, list[BenchmarkRow]] = {ALL_ROWS: list(rows)}
    for row in rows:
        for family in row.followed or (NO_CORRIDOR,):
            families.setdefault(family, []).append(row)
    for family in [ALL_ROWS, *sorted(families.keys() - {ALL_ROWS})]:
        for measure in MEASURES:
            errors = [
                comparison.error
                for row in families[family]
                for comparison in row.comparisons
                if comparison.measure == measure and comparison.counted and comparison.error is not None
            ]
            if errors:
                absolute = statistics.median(abs(error) for error in errors)
                yield Median(family, measure, len(errors), absolute, statistics.median(errors))
