from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from views_reading import mapped
from views_sample import answer, cut_off, quality, ways

from landbridge.result.report import Column, ReportData, Table, subtotals
from landbridge.result.routes import RoutesAnswer
from landbridge.views import figures, tables, terminal


def printed(show, *arguments, width: int | None = None) -> str:  # type: ignore[no-untyped-def]
    stream = io.StringIO()
    show(terminal.open_console(stream, width), *arguments)
    return stream.getvalue()


@pytest.fixture(scope="module")
def given() -> RoutesAnswer:
    return answer("Tashkent", ways("Tashkent", 3), ("taken as the port",))


def test_routes_show_every_number(given: RoutesAnswer) -> None:
    text = printed(terminal.show_routes, given)
    assert "taken as the port" in text
    for route in given.routes:
        for table in (tables.routes_table(given), tables.legs_table(given, route)):
            for row in table.rows:
                for column, value in zip(table.columns, row, strict=True):
                    assert tables.cell_text(column, value) in text
        for name in (*route.ports, *route.crossings, *route.gauge_breaks, *route.straits):
            assert name in text


def test_piped_output_has_no_colour_and_no_wrapped_cell(given: RoutesAnswer) -> None:
    text = printed(terminal.show_routes, given)
    assert "\x1b" not in text
    assert "Deep sea by Suez + TRACECA / Trans-Caspian" in text


def test_what_is_least_by_another_measure_and_not_listed_stands_below_with_its_option(given: RoutesAnswer) -> None:
    listed, unlisted = given.routes[0], replace(given.routes[1], id="unlisted", usd=1.0, distance_km=98765.0)
    shown = replace(given, least=(("time", listed), ("money", unlisted), ("co2", unlisted)))
    for width in (80, None):
        text = printed(terminal.show_routes, shown, width=width)
        assert "Least by another measure" in text
        assert "money and CO2" in text
        assert "98,765" in text
        assert "--by money" in text
        assert "--by time" not in text
        if width:
            assert max(map(len, text.splitlines())) <= width
    assert "Least by another" not in printed(terminal.show_routes, replace(given, least=(("time", listed),)))


def test_a_narrow_screen_keeps_numbers_whole(given: RoutesAnswer) -> None:
    text = printed(terminal.show_routes, given, width=100)
    assert max(len(line) for line in text.splitlines()) <= 100
    for route in given.routes:
        assert figures.number(route.distance_km) in text
        assert figures.number(route.usd) in text


def test_explanation_holds_every_contribution_and_adds_up(given: RoutesAnswer) -> None:
    route = given.routes[0]
    text = printed(terminal.show_explanation, given, route)
    lines = text.splitlines()
    for part in route.contributions:
        row = [
            line
            for line in lines
            if part.where in line and figures.number(part.amount, 2) in line and part.formula in line
        ]
        assert row, part
        assert part.basis in row[0]
        for fact in part.facts:
            assert fact in row[0]
    for item in subtotals(route):
        word = f"sum of {figures.COMPONENT_WORDS[item.component]}"
        assert any(word in line and figures.number(item.amount, 2) in line for line in lines)
    sums = [
        float(re.findall(r"[\d,]+\.\d\d", line)[0].replace(",", ""))
        for line in lines
        if "whole leg" in line and "hours" in line
    ]
    assert len(sums) == len(route.legs) + 1  # the wait before departure is a group too
    assert sum(sums) - route.origin_wait_hours == pytest.approx(route.hours, abs=0.005 * (len(sums) + 1))
    assert figures.number(route.hours, 1) in text
    assert figures.percent(route.assumed_share_hours) in text


def test_explanation_lists_the_facts(given: RoutesAnswer, data: ReportData) -> None:
    route = given.routes[0]
    facts = {fact.id: fact for fact in data.facts}
    text = printed(terminal.show_explanation, given, route, facts)
    for name in {fact for part in route.contributions for fact in part.facts}:
        fact = facts[name]
        for shown in (fact.locator, fact.source, figures.plain(fact.value), tables.losers_text(fact)):
            assert shown in text


def test_assumed_is_visible_on_a_terminal(given: RoutesAnswer) -> None:
    stream = io.StringIO()
    from rich.console import Console

    console = Console(file=stream, force_terminal=True, color_system="standard", width=200, markup=False)
    terminal.show_explanation(console, given, given.routes[0])
    assert re.search("\x1b\\[3;33m *assumed", stream.getvalue())


def test_no_route_names_the_closures() -> None:
    text = printed(terminal.show_routes, cut_off("Dushanbe"))
    assert "every way to Dushanbe is closed" in text
    assert "crossing Torkham (PAK-AFG)" in text
    assert "border TJK-AFG" in text
    text = printed(terminal.show_routes, replace(cut_off("Dushanbe"), unreachable=None))
    assert "No route" in text


def test_names_are_never_markup(given: RoutesAnswer) -> None:
    hostile = mapped(
        given,
        lambda field, text: f"[red]{text}[/] :smile:" if field.endswith(("corridors", "from_", "ports")) else text,
    )
    text = printed(terminal.show_routes, hostile)
    assert "[red]China Land Bridge, Khorgos[/] :smile:" in text


def test_any_table(data: ReportData) -> None:
    for table in (*quality(), *tables.benchmark_tables(data.benchmarks), tables.facts_table(data.facts)):  # type: ignore[arg-type]
        text = printed(terminal.show_table, table)
        for row in table.rows:
            for column, value in zip(table.columns, row, strict=True):
                assert tables.cell_text(column, value) in text
    empty = Table("x", "Events", (Column("a", "a"),), ())
    assert "Events: nothing." in printed(terminal.show_table, empty)


def test_explanation_of_a_wait_is_apart(given: RoutesAnswer) -> None:
    text = printed(terminal.show_explanation, given, given.routes[0])
    assert text.index("before departure") < text.index("1 sea")


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_an_explanation_fits_the_screen_and_breaks_no_word(width: int) -> None:
    given = answer("Tashkent", ways("Tashkent", 1))
    route = given.routes[0]
    text = printed(terminal.show_explanation, given, route, width=width)
    assert max(len(line) for line in text.splitlines()) <= width
    words = set(text.replace(",", " ").split())
    for part in route.contributions:
        assert {fact for fact in part.facts if len(fact) <= 28} <= words  # a longer word may be broken
        assert figures.number(part.amount, 2).replace(",", " ").split()[-1] in words
        assert part.basis in words
