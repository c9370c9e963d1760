"""The benchmarks recompute from their rows, and the document shows what the command finds."""

from __future__ import annotations

import importlib.util
import re
import statistics
from pathlib import Path
from types import ModuleType

import pytest

import shipped
from landbridge.facts.money import in_money_year
from landbridge.result.report import BenchmarkRow, Benchmarks

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def benchmarks() -> Benchmarks:
    found = shipped.report().benchmarks
    assert found is not None
    return found


@pytest.fixture(scope="module")
def docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_benchmarks", ROOT / "scripts" / "docs_benchmarks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def figures(row: BenchmarkRow, measure: str) -> tuple[float | None, float | None, float | None]:
    return tuple(getattr(row, f"{part}_{measure}") for part in ("published", "model", "error"))  # type: ignore[return-value]


def test_every_row_of_the_table_is_there_once(benchmarks: Benchmarks) -> None:
    rows = shipped.session().facts.rows("benchmarks")
    assert [row.id for row in benchmarks.rows] == [row["id"] for row in rows]
    assert len({row["id"] for row in rows}) == len(rows)


def test_errors_are_model_over_published_less_one(benchmarks: Benchmarks) -> None:
    compared = 0
    for row in benchmarks.rows:
        for measure in ("days", "usd", "km"):
            published, model, error = figures(row, measure)
            assert (model is None) == (error is None), row.id
            if model is not None and error is not None:
                assert published, row.id
                assert error == pytest.approx(model / published - 1), row.id
                compared += 1
    assert compared > 45


def test_medians_recompute_from_the_rows_that_count(benchmarks: Benchmarks) -> None:
    for median in benchmarks.medians:
        errors = [
            error
            for row in benchmarks.rows
            if row.usable == "yes" and (error := figures(row, median.measure)[2]) is not None
        ]
        assert median.n == len(errors) > 0
        assert median.median_absolute == pytest.approx(statistics.median(map(abs, errors)))
        assert median.median_signed == pytest.approx(statistics.median(errors))


def test_bounds_are_shown_and_not_counted(benchmarks: Benchmarks) -> None:
    bounds = [row for row in benchmarks.rows if row.usable == "minimum"]
    assert bounds
    assert any(row.model_days is not None for row in bounds)
    counted = {median.measure: median.n for median in benchmarks.medians}
    asked = [row for row in benchmarks.rows if row.error_days is not None]
    assert counted["days"] == len(asked) - sum(row.error_days is not None for row in bounds)


def test_every_row_left_out_says_why(benchmarks: Benchmarks) -> None:
    left_out = [row for row in benchmarks.rows if row.error_days is row.error_usd is row.error_km is None]
    assert left_out
    for row in left_out:
        assert len(row.reason) > 5, row.id
        assert row.usable in ("no", "part") or "no route" in row.reason or "cannot be asked" in row.reason, row.id


def test_every_row_that_can_be_asked_is_answered(benchmarks: Benchmarks) -> None:
    for row in benchmarks.rows:
        if row.usable in ("yes", "minimum"):
            assert row.command.startswith("landbridge routes "), row.id
            assert row.components, row.id
            assert "no route" not in row.reason, row.id


def test_a_row_asked_again_by_hand_gives_its_figures(benchmarks: Benchmarks) -> None:
    """In another order, out of the command that is printed."""
    session = shipped.session()
    table = {row["id"]: row for row in session.facts.rows("benchmarks")}
    for row in benchmarks.rows[::-9]:
        cells = table[row.id]
        if not row.components or ";" in cells["origin"] + cells["destination"]:
            continue
        answer = session.routes(
            cells["origin"],
            cells["destination"],
            via=[part for part in cells["via"].split(";") if part],
            avoid=[part for part in cells["avoid"].split(";") if part],
            mode=[part for part in cells["modes"].split(";") if part],
            by=cells["by"],
            cargo=cells["cargo"],
            as_of=cells["as_of"],
            k=1,
        )
        route = answer.routes[0]
        if row.model_days is not None:
            assert row.model_days == pytest.approx(route.hours / 24)
        if row.model_km is not None:
            assert row.model_km == pytest.approx(route.distance_km)
        if row.model_usd is not None and row.money_year:
            usd, _ = in_money_year(session.facts, route.usd, answer.money_year, row.money_year)
            assert row.model_usd == pytest.approx(usd)


def test_the_document_is_current(docs: ModuleType, benchmarks: Benchmarks) -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert docs.written(text, benchmarks) == text, "run scripts/docs_benchmarks"


def test_every_row_far_off_is_explained_in_the_document(docs: ModuleType, benchmarks: Benchmarks) -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    by_hand = re.sub(r"<!-- ([a-z-]+) -->.*?<!-- /\1 -->", "", text, flags=re.DOTALL)
    explained = set(re.findall(r"^\| (BM\d+) \| .{20,} \|$", by_hand, flags=re.MULTILINE))
    assert explained == {row.id for row in benchmarks.rows if docs.is_far(row)}


def test_the_generator_refuses_a_document_without_its_places(docs: ModuleType, benchmarks: Benchmarks) -> None:
    with pytest.raises(ValueError, match="0 parts called"):
        docs.written("# nothing", benchmarks)


def test_a_median_in_the_document_is_that_of_the_command(benchmarks: Benchmarks) -> None:
    """A regression guard: whoever changes the model sees the medians move in the diff of the document."""
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    for median, name in zip(benchmarks.medians, ("days", "USD", "km"), strict=True):
        assert median.median_absolute is not None
        assert f"| {name} | {median.n} | {100 * median.median_absolute:.1f} % |" in text


def test_checks_are_positive_and_sourced(benchmarks: Benchmarks) -> None:
    sources = shipped.session().facts.sources
    assert len(benchmarks.checks) > 20
    for check in benchmarks.checks:
        assert check.published > 0
        assert check.model > 0
        assert check.ratio == pytest.approx(check.model / check.published)
        assert check.source in sources
        assert check.note
    kinds = {check.quantity for check in benchmarks.checks}
    assert kinds == {"cost of 500 km with one border side", "hours of one border side", "freight by the distance rule"}
