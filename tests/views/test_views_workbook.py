from __future__ import annotations

import io
import math
import zipfile
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest
from views_reading import mapped
from views_sample import quality

from landbridge.result import report as r
from landbridge.views.workbook import workbook_bytes


@pytest.fixture(scope="module")
def raw(data: r.ReportData) -> bytes:
    return workbook_bytes(data)


@pytest.fixture(scope="module")
def book(raw: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(raw))


def rows(book: openpyxl.Workbook, name: str) -> list[dict[str, object]]:
    head, *body = list(book[name].values)
    return [dict(zip(head, row, strict=True)) for row in body]


def test_sheets_are_there_with_units_frozen_heads_and_filters(book: openpyxl.Workbook) -> None:
    assert book.sheetnames[:2] == ["Summary", "Routes"]
    assert {"Legs", "Contributions", "Benchmarks", "Checks", "Facts", "Sources", "Notes"} <= set(book.sheetnames)
    for name in book.sheetnames[1:]:
        sheet = book[name]
        assert sheet.freeze_panes == "A2", name
        assert sheet.auto_filter.ref, name
    heads = [cell.value for cell in book["Routes"][1]]
    assert {"distance [km]", "time [hours]", "time [days]", "price [USD of 2024]", "CO2 well to wheel [kg]"} <= set(
        heads
    )


def test_numbers_are_the_given_numbers(data: r.ReportData, book: openpyxl.Workbook) -> None:
    routes = [route for pair in data.pairs for route in pair.answer.routes]
    for row, route in zip(rows(book, "Routes"), routes, strict=True):
        assert row["time [hours]"] == pytest.approx(route.hours, rel=1e-15)
        assert row["time [days]"] == pytest.approx(route.hours / 24)
        assert row["price [USD of 2024]"] == pytest.approx(route.usd, rel=1e-15)
        assert row["assumed share of hours [%]"] == pytest.approx(route.assumed_share_hours)
    legs = [leg for route in routes for leg in route.legs]
    for row, leg in zip(rows(book, "Legs"), legs, strict=True):
        assert (row["from"], row["to"], row["mode"]) == (leg.from_, leg.to, leg.mode)
        assert row["time [hours]"] == pytest.approx(leg.hours)
    parts = [part for route in routes for part in route.contributions]
    for row, part in zip(rows(book, "Contributions"), parts, strict=True):
        assert row["amount [in the measure's unit]"] == pytest.approx(part.amount)
        assert (row["basis"], row["formula"], row["fact"]) == (part.basis, part.formula, part.facts[0])
        assert row["sources"]


def test_contributions_add_up_to_the_routes(data: r.ReportData, book: openpyxl.Workbook) -> None:
    parts = rows(book, "Contributions")
    for row in rows(book, "Routes"):
        own = [p for p in parts if (p["pair"], p["route"]) == (row["pair"], row["route"])]
        for measure, head in (("hours", "time [hours]"), ("usd", "price [USD of 2024]")):
            added = math.fsum(float(p["amount [in the measure's unit]"]) for p in own if p["measure"] == measure)  # type: ignore[arg-type]
            assert added == pytest.approx(row[head])


def test_check_formulas_point_at_the_right_columns(raw: bytes, book: openpyxl.Workbook) -> None:
    sheet, parts = book["Routes"], book["Contributions"]
    heads = [cell.value for cell in sheet[1]]
    column = heads.index("hours, added up from Contributions")
    formula = str(sheet[2][column].value)
    assert (
        formula
        == '=SUMIFS(Contributions!$G:$G,Contributions!$A:$A,A2,Contributions!$B:$B,B2,Contributions!$F:$F,"hours")'
    )
    letters = {cell.column_letter: cell.value for cell in parts[1]}
    assert (letters["A"], letters["B"], letters["F"]) == ("pair", "route", "measure")
    assert str(letters["G"]).startswith("amount")
    assert (heads[0], heads[1]) == ("pair", "route")
    shown = openpyxl.load_workbook(io.BytesIO(raw), data_only=True)["Routes"]
    assert shown[2][column].value == pytest.approx(shown[2][heads.index("time [hours]")].value)


def test_numbers_link_to_facts_and_facts_to_sources(data: r.ReportData, book: openpyxl.Workbook) -> None:
    parts, facts, sources = book["Contributions"], book["Facts"], book["Sources"]
    column = [cell.value for cell in parts[1]].index("fact")
    for row in parts.iter_rows(min_row=2):
        link = row[column].hyperlink
        assert link is not None
        assert facts[link.location.split("!")[1]].value == row[column].value
    column = [cell.value for cell in facts[1]].index("source")
    for row in facts.iter_rows(min_row=2):
        link = row[column].hyperlink
        assert link is not None
        assert sources[link.location.split("!")[1]].value == row[column].value
    addresses = [cell.hyperlink.target for row in sources.iter_rows(min_row=2) for cell in row if cell.hyperlink]
    assert addresses == [source.url for source in data.sources if source.url]


def test_facts_say_unit_basis_and_source(data: r.ReportData, book: openpyxl.Workbook) -> None:
    for row, fact in zip(rows(book, "Facts"), data.facts, strict=True):
        assert (row["id"], row["unit"], row["basis"], row["source"]) == (fact.id, fact.unit, fact.basis, fact.source)
        assert row["value"] == fact.value
        assert (row["not chosen"] is None) == (not fact.losers)


def test_data_behind_the_charts_is_in_the_workbook(data: r.ReportData, book: openpyxl.Workbook) -> None:
    chart = data.chapters[0].parts[0]
    assert isinstance(chart, r.RankChart)
    table = rows(book, "Rank of the corridors to Tashke")
    assert [row["date"] for row in table] == list(chart.dates)
    assert [row["Bandar Abbas [rank]"] for row in table] == list(chart.lines[2].ranks)
    assert rows(book, "Extra days if it shuts")[0]["what"] == "Khorgos-Altynkol"


def test_same_data_same_bytes(data: r.ReportData, raw: bytes) -> None:
    assert workbook_bytes(data) == raw
    book = openpyxl.load_workbook(io.BytesIO(raw))
    assert book.properties.created == datetime(2024, 12, 31)
    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        assert len({item.date_time for item in parts.infolist()}) == 1


def test_names_are_never_formulas(data: r.ReportData) -> None:
    prefix = '=HYPERLINK("http://x")'
    fields = {"Leg.from_", "Contribution.where", "Route.corridors", "FactUsed.note", "SourceUsed.title"}
    hostile = mapped(data, lambda field, text: prefix + text if field in fields else text)
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(hostile)))
    for name in ("Legs", "Contributions", "Facts", "Sources"):
        for row in book[name].iter_rows():
            for cell in row:
                assert cell.data_type != "f", (name, cell.coordinate)
    assert str(rows(book, "Legs")[0]["from"]).startswith(prefix)


def test_hostile_names_of_sheets_and_long_texts(data: r.ReportData) -> None:
    table = replace(quality()[0], title="a/b:c*[d]?'" + "x" * 40)
    longest = replace(data.facts[0], note="n" * 40_000)
    chapter = r.Chapter("network", "The network", (), (table, table, replace(table, title="")))
    given = replace(data, chapters=(*data.chapters, chapter), facts=(longest, *data.facts[1:]))
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(given)))
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)
    assert "Table" in book.sheetnames
    note = str(rows(book, "Facts")[0]["note"])
    assert len(note) == 32_767
    assert note.endswith("…")


def test_an_empty_report_is_a_workbook(data: r.ReportData) -> None:
    given = replace(
        data,
        headline=r.headline([]),
        pairs=(),
        comparison=(),
        benchmarks=None,
        facts=(),
        sources=(),
        basis_counts=(),
        chapters=(),
    )
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(given)))
    assert rows(book, "Routes") == []
