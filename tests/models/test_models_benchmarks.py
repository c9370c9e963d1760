"""Benchmarks: who is asked, what counts, and that the medians are medians of what counts."""

from __future__ import annotations

import dataclasses
import datetime
import statistics
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from route_maps import read

from landbridge.models.benchmarks import ALL_ROWS, FAR_OFF, NO_CORRIDOR, BenchmarkRow, Comparison, Question, compare
from landbridge.models.routes import find_routes
from landbridge.result.routes import RoutesAnswer
from landbridge.schema.errors import UnknownName
from landbridge.schema.tables import tables

MAP = """
origin:a:A    > rail:a:A:1520 access 24wait
rail:a:A:1520 > rail:b:B:1520 crossing 48h 1000$ crossing:rail:A-B:x
rail:b:B:1520 > rail:c:B:1520 haul 900km 48h 1000$
rail:c:B:1520 > destination:c:B access
rail:b:B:1520 > destination:b:B access
origin:lost:B > rail:lost:B:1520 access
"""


def row(**cells: Any) -> dict[str, Any]:
    empty = {column.name: "" for column in tables()["benchmarks"]}
    asked = {"usable": "yes", "use_km": "no", "origin": "a", "destination": "c", "by": "cost", "as_of": "2024-07-01"}
    return {**empty, "id": "B", "cargo": "teu", **asked, **cells}


def answer(question: Question) -> RoutesAnswer:
    if question.origin == "nowhere":
        raise UnknownName("nowhere")
    return find_routes(read(MAP), question.origin, question.destination, k=1)


def double_per_year(amount: float, from_year: int, to_year: int) -> float:
    return amount * 2.0 ** (to_year - from_year)


def one(ask: Callable[[Question], RoutesAnswer] = answer, **cells: Any) -> BenchmarkRow:
    return compare([row(**cells)], ask, double_per_year).rows[0]


def figures(found: BenchmarkRow) -> dict[str, Comparison]:
    return {comparison.measure: comparison for comparison in found.comparisons}


def test_days_are_from_departure_and_signed() -> None:
    days = figures(one(days=5.0))["days"]
    assert (days.published, days.model) == (5.0, 4.0)
    assert days.error == pytest.approx(-0.2)
    assert days.counted
    assert not days.far_off


def test_usd_are_compared_in_the_year_of_the_row() -> None:
    usd = figures(one(usd=500.0, money_year=2022, usd_unit="per TEU"))["usd"]
    assert usd.model == 2000.0 / 4
    assert usd.error == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"by": "time", "money_year": 2022}, "asked by time"),
        ({"money_year": ""}, "no year"),
        ({"money_year": 2022, "usd_unit": "per FEU"}, "per FEU"),
    ],
)
def test_usd_that_cannot_be_compared_say_why(cells: dict[str, Any], words: str) -> None:
    usd = figures(one(usd=500.0, **cells))["usd"]
    assert usd.model is None
    assert not usd.counted
    assert words in usd.reason


def test_kilometres_only_where_the_row_says_so() -> None:
    assert figures(one(distance_km=1000.0, use_km="yes"))["km"].error == pytest.approx(-0.1)
    assert figures(one(distance_km=1000.0))["km"].model is None


def test_minimum_is_shown_but_not_counted() -> None:
    found = compare([row(days=2.0, usable="minimum", why="a record"), row(days=5.0)], answer, double_per_year)
    days = figures(found.rows[0])["days"]
    assert days.error == pytest.approx(1.0)
    assert not days.counted
    assert "a record" in days.reason
    assert [(median.family, median.n) for median in found.medians] == [(ALL_ROWS, 1), (NO_CORRIDOR, 1)]


@pytest.mark.parametrize("usable", ["part", "no"])
def test_what_cannot_be_asked_is_not_asked_and_says_why(usable: str) -> None:
    def never(question: Question) -> RoutesAnswer:
        raise AssertionError(question)

    found = one(never, days=5.0, usable=usable, why="places not named")
    assert found.questions == ()
    assert figures(found)["days"].reason == "places not named"


def test_no_route_and_unknown_places_are_reasons() -> None:
    lost = one(days=5.0, origin="lost")
    assert figures(lost)["days"].model is None
    assert lost.answer.startswith("no route: ")
    assert one(days=5.0, origin="nowhere").answer.startswith("cannot be asked: ")


def test_several_origins_are_all_asked_and_averaged() -> None:
    found = one(days=3.0, destination="b; c")
    assert [question.destination for question in found.questions] == ["b", "c"]
    assert figures(found)["days"].model == (2.0 + 4.0) / 2


@pytest.mark.parametrize(
    ("published", "far_off"), [(4.0 * FAR_OFF * 1.01, True), (4.0 / FAR_OFF / 1.01, True), (9.0, False)]
)
def test_far_off_either_way_is_flagged(published: float, far_off: object) -> None:
    assert figures(one(days=published))["days"].far_off is far_off


def test_medians_are_those_of_the_errors_that_count() -> None:
    published = [3.0, 4.0, 5.0, 8.0]
    found = compare([row(id=str(p), days=p) for p in published], answer, double_per_year)
    errors = [4.0 / p - 1 for p in published]
    overall = found.medians[0]
    assert (overall.family, overall.measure, overall.n) == (ALL_ROWS, "days", 4)
    assert overall.absolute == pytest.approx(statistics.median(abs(error) for error in errors))
    assert overall.signed == pytest.approx(statistics.median(errors))


def test_families_are_the_named_corridors_of_the_answer() -> None:
    def named(question: Question) -> RoutesAnswer:
        plain = answer(question)
        corridors = ("North", "South") if question.destination == "c" else ("North",)
        return dataclasses.replace(plain, routes=(dataclasses.replace(plain.routes[0], corridors=corridors),))

    found = compare([row(days=4.0), row(days=4.0, destination="b")], named, double_per_year)
    assert [(median.family, median.n) for median in found.medians] == [(ALL_ROWS, 2), ("North", 2), ("South", 1)]


@pytest.mark.parametrize("day", [datetime.date(2024, 7, 1), pd.Timestamp("2024-07-01"), "2024-07-01"])
def test_cells_of_a_data_frame_are_understood(day: object) -> None:
    nan = float("nan")
    found = one(days=5.0, usd=nan, via="x; y", avoid=None, modes="rail;sea", as_of=day)
    assert list(figures(found)) == ["days"]
    assert found.questions == (
        Question("a", "c", ("x", "y"), (), ("rail", "sea"), "cost", datetime.date(2024, 7, 1), "teu"),
    )
