"""Answers as tables: which columns there are, with units, stands here once for the terminal, the report and the
workbook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from landbridge.io.atlas import country_names
from landbridge.result.report import (
    BasisCount,
    BenchmarkMedian,
    BenchmarkRow,
    Benchmarks,
    Cell,
    Column,
    ComparisonRow,
    ComponentCheck,
    FactUsed,
    PairAnswer,
    RouteRef,
    SourceUsed,
    Table,
)
from landbridge.result.routes import Route, RoutesAnswer
from landbridge.views import figures

#: Column heads of the measures of a contribution.
MEASURE_UNITS = {
    "hours": "hours",
    "usd": "USD",
    "co2_wtw_kg": "kg CO2 well to wheel",
    "co2_ttw_kg": "kg CO2 tank to wheel",
    "origin_wait_hours": "hours before departure",
}


def cell_text(column: Column, value: Cell) -> str:
    """A cell as plain text, the same in every view that shows text."""
    if value is None:
        return figures.ABSENT
    if isinstance(value, RouteRef):
        return f"{value.pair_id}/{value.route_id}"
    if isinstance(value, tuple):
        return ", ".join(value) or figures.ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return country_names().get(value, value) if column.kind == "country" else value
    if column.kind == "days":
        return figures.days(value, column.decimals)
    if column.kind == "share":
        return figures.number(value * 100, column.decimals)
    if column.kind == "signed_share":
        return figures.signed_percent(value, column.decimals).removesuffix(" %")
    if column.kind == "year":
        return str(int(value))
    if column.kind == "number":
        return figures.number(value, column.decimals)
    return figures.plain(value)


def is_number(column: Column) -> bool:
    """Whether the column is set right-aligned."""
    return column.kind in ("number", "year", "days", "share", "signed_share")


def per_unit(cargo: str) -> str:
    """'per TEU'."""
    return f"per {figures.CARGO_SHORT.get(cargo, cargo)}"


def routes_table(answer: RoutesAnswer) -> Table:
    """One row per alternative."""
    money = f"USD of {answer.money_year}"
    columns = (
        Column("n", "#", kind="number"),
        Column("corridors", "corridors"),
        Column("distance_km", "distance", "km", "number"),
        Column("days", "time", "days", "days", 1, "from departure of the first vehicle to arrival; mean"),
        Column("days_p95", "P95", "days", "days", 1, "19 of 20 boxes take at most this"),
        Column("wait_days", "wait before", "days", "days", 1, "wait at the origin, not in the time"),
        Column("usd", "price", money, "number"),
        Column("generalised_usd", "with time", money, "number", 0, "price and value of time: what was compared"),
        Column("co2_kg", "CO2", "kg", "number", 0, "well to wheel"),
        Column("assumed_hours", "assumed", "% of hours", "share", 0, "share of the hours that rests on assumed facts"),
        Column("assumed_usd", "assumed", "% of USD", "share", 0, "share of the price that rests on assumed facts"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            number,
            figures.corridor_words(route.corridors),
            route.distance_km,
            route.hours,
            route.hours_p95,
            route.origin_wait_hours,
            route.usd,
            route.generalised_usd,
            route.co2_kg,
            route.assumed_share_hours,
            route.assumed_share_usd,
        )
        for number, route in enumerate(answer.routes, start=1)
    ]
    return Table("routes", f"{answer.origin} to {answer.destination}", columns, tuple(rows))


def least_table(answer: RoutesAnswer) -> Table:
    """Ways that are best by another objective and not among the alternatives; no row where there is none."""
    columns = (
        Column("by", "what is least"),
        Column("corridors", "corridors"),
        Column("modes", "modes"),
        Column("passes", "passes"),
        Column("distance_km", "distance", "km", "number"),
        Column("days", "time", "days", "days", 1, "from departure of the first vehicle to arrival; mean"),
        Column("usd", "price", f"USD of {answer.money_year}", "number"),
        Column("co2_kg", "CO2", "kg", "number", 0, "well to wheel"),
        Column("option", "option"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            " and ".join(figures.BY_WORDS[by].removeprefix("least ") for by in objectives),
            figures.corridor_words(route.corridors),
            ", ".join(route.modes),
            ", ".join(route.called(item) for item in _passed(route)),
            route.distance_km,
            route.hours,
            route.usd,
            route.co2_kg,
            f"--by {objectives[0]}",
        )
        for objectives, route in answer.least_not_listed()
    ]
    return Table("least", "Least by another measure, not among these", columns, tuple(rows))


def _passed(route: Route) -> tuple[str, ...]:
    """Enough to tell a way by: its ports, else its crossings; its straits too where no corridor's name tells them."""
    return (*(route.ports or route.crossings), *(() if route.corridors else route.straits))


def way_lines(route: Route) -> tuple[tuple[str, str], ...]:
    """What a route passes: (kind, names), only kinds it has."""
    kinds = (
        ("ports", route.ports),
        ("crossings", route.crossings),
        ("gauge breaks", route.gauge_breaks),
        ("straits", route.straits),
        ("countries", route.countries),
    )
    return tuple((name, ", ".join(route.called(item) for item in items)) for name, items in kinds if items)


def legs_table(answer: RoutesAnswer, route: Route) -> Table:
    """One row per leg and a total, as given."""
    columns = (
        Column("mode", "mode"),
        Column("from", "from"),
        Column("to", "to"),
        Column("distance_km", "distance", "km", "number"),
        Column("hours", "time", "hours", "number", 1, "terminals and borders are in the leg that follows them"),
        Column("usd", "price", f"USD of {answer.money_year}", "number"),
        Column("co2_kg", "CO2", "kg", "number", 0, "well to wheel"),
        Column("countries", "countries"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            leg.mode,
            leg.from_,
            leg.to,
            leg.distance_km,
            leg.hours,
            leg.usd,
            leg.co2_kg,
            ", ".join(leg.countries),
        )
        for leg in route.legs
    ]
    rows.append(
        ("total", answer.origin, answer.destination, route.distance_km, route.hours, route.usd, route.co2_kg, "")
    )
    return Table("legs", f"Legs: {figures.corridor_words(route.corridors)}", columns, tuple(rows))


def leg_name(route: Route, leg: int) -> str:
    """'2 rail, Lianyungang to Tashkent'; leg -1 is the wait before departure."""
    if not 0 <= leg < len(route.legs):
        return "before departure"
    item = route.legs[leg]
    return f"{leg + 1} {item.mode}, {item.from_} to {item.to}"


def comparison_table(rows: Sequence[ComparisonRow], money_year: int, pairs: Sequence[PairAnswer] = ()) -> Table:
    """Alternatives of all pairs below each other."""
    money = f"USD of {money_year}"
    ports = {
        (pair.id, route.id): ", ".join(map(route.called, route.ports)) for pair in pairs for route in pair.answer.routes
    }
    columns = (
        Column("destination", "pair"),
        Column("rank", "#", kind="number"),
        Column("corridors", "corridors"),
        Column("ports", "ports"),
        Column("distance_km", "distance", "km", "number"),
        Column("days", "time", "days", "days", 1, "from departure, mean"),
        Column("days_p95", "P95", "days", "days", 1),
        Column("wait_days", "wait before", "days", "days", 1),
        Column("usd", "price", money, "number"),
        Column("generalised_usd", "with time", money, "number", 0, "price and value of time"),
        Column("co2_kg", "CO2", "kg", "number"),
        Column("crossings", "borders", kind="number"),
        Column("gauge_breaks", "gauge breaks", kind="number"),
        Column("assumed_hours", "assumed", "% of hours", "share"),
        Column("assumed_usd", "assumed", "% of USD", "share"),
        Column("route", "explanation", kind="route"),
        Column("why_not", "why not", kind="status"),
    )
    cells: list[tuple[Cell, ...]] = [
        (
            f"{row.origin} to {row.destination}",
            row.rank,
            figures.corridor_words(row.corridors) if row.route_id or row.corridors else "none",
            ports.get((row.pair_id, row.route_id or ""), ""),
            row.distance_km,
            row.hours,
            row.hours_p95,
            row.origin_wait_hours,
            row.usd,
            row.generalised_usd,
            row.co2_kg,
            row.n_crossings,
            row.n_gauge_breaks,
            row.assumed_share_hours,
            row.assumed_share_usd,
            RouteRef(row.pair_id, row.route_id) if row.route_id else None,
            row.why_not,
        )
        for row in rows
    ]
    return Table("comparison", "Ways of all pairs, the best of each pair in bold", columns, tuple(cells))


def benchmarks_table(rows: Sequence[BenchmarkRow]) -> Table:
    """Published figures beside the model's."""
    columns = (
        Column("id", "id"),
        Column("origin", "from"),
        Column("destination", "to"),
        Column("corridor", "corridor"),
        Column("year", "year", kind="year"),
        Column("usable", "in medians", doc="yes; minimum, part and no are shown only"),
        Column("published_days", "published", "days", "number", 1),
        Column("model_days", "model", "days", "number", 1),
        Column("error_days", "error", "%", "signed_share"),
        Column("published_usd", "published", "USD", "number"),
        Column("model_usd", "model", "USD", "number"),
        Column("error_usd", "error", "%", "signed_share"),
        Column("usd_unit", "unit of price"),
        Column("money_year", "money year", kind="year"),
        Column("published_km", "published", "km", "number"),
        Column("model_km", "model", "km", "number"),
        Column("error_km", "error", "%", "signed_share", 1),
        Column("source", "source", kind="source"),
        Column("reason", "remark"),
        Column("command", "asked with"),
    )
    cells: list[tuple[Cell, ...]] = [
        (
            row.id,
            row.origin,
            row.destination,
            row.corridor,
            row.year,
            row.usable,
            row.published_days,
            row.model_days,
            row.error_days,
            row.published_usd,
            row.model_usd,
            row.error_usd,
            row.usd_unit,
            row.money_year,
            row.published_km,
            row.model_km,
            row.error_km,
            row.source,
            row.reason,
            row.command,
        )
        for row in rows
    ]
    return Table("benchmarks", "Model against published figures", columns, tuple(cells))


def medians_table(medians: Sequence[BenchmarkMedian]) -> Table:
    """Median errors with their number of rows."""
    columns = (
        Column("measure", "measure"),
        Column("n", "rows", "n", "number"),
        Column("absolute", "median of absolute errors", "%", "share", 1),
        Column("signed", "median of signed errors", "%", "signed_share", 1),
    )
    rows: list[tuple[Cell, ...]] = [
        ("USD" if m.measure == "usd" else m.measure, m.n, m.median_absolute, m.median_signed) for m in medians
    ]
    return Table("medians", "Median errors", columns, tuple(rows))


def checks_table(checks: Sequence[ComponentCheck]) -> Table:
    """Parts of the model beside published figures for the same parts."""
    columns = (
        Column("subject", "what"),
        Column("quantity", "quantity"),
        Column("published", "published", "", "number", 1),
        Column("model", "model", "", "number", 1),
        Column("unit", "unit"),
        Column("ratio", "model / published", "", "number", 2),
        Column("source", "source", kind="source"),
        Column("note", "note"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            _countries_named(c.subject),
            c.quantity,
            c.published,
            c.model,
            _UNIT_WORDS.get(c.unit, c.unit),
            c.ratio,
            c.source,
            c.note,
        )
        for c in checks
    ]
    return Table("checks", "Parts of the model against published figures", columns, tuple(rows))


#: Units of the ledger in words.
_UNIT_WORDS: Final = {"usd_per_unit": "USD a unit", "usd_per_unit_km": "USD a unit and km", "km_per_hour": "km/h"}


def _countries_named(text: str) -> str:
    """A text with the names of countries for their ISO codes."""
    return re.sub(r"\b[A-Z]{3}\b", lambda match: country_names().get(match[0], match[0]), text)


def benchmark_tables(benchmarks: Benchmarks) -> tuple[Table, ...]:
    """Medians, rows and checks."""
    return (
        medians_table(benchmarks.medians),
        benchmarks_table(benchmarks.rows),
        *((checks_table(benchmarks.checks),) if benchmarks.checks else ()),
    )


def facts_table(facts: Sequence[FactUsed]) -> Table:
    """Facts with everything known about them; losers as text."""
    columns = (
        Column("id", "id", kind="fact"),
        Column("subject", "about"),
        Column("quantity", "quantity"),
        Column("value", "value"),
        Column("low", "low"),
        Column("high", "high"),
        Column("unit", "unit"),
        Column("year", "year", kind="year"),
        Column("money_year", "money of", kind="year"),
        Column("basis", "basis", kind="basis"),
        Column("source", "source", kind="source"),
        Column("locator", "locator"),
        Column("parents", "derived from", kind="facts"),
        Column("note", "note"),
        Column("losers", "not chosen"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            fact.id,
            fact.subject,
            fact.quantity,
            fact.value,
            fact.low,
            fact.high,
            fact.unit,
            fact.year,
            fact.money_year,
            fact.basis,
            fact.source,
            fact.locator,
            fact.parents,
            fact.note,
            losers_text(fact),
        )
        for fact in facts
    ]
    return Table("facts", "Facts used", columns, tuple(rows))


def losers_text(fact: FactUsed) -> str:
    """Facts that were not chosen, each with value and reason."""
    return "; ".join(
        f"{loser.id}: {figures.plain(loser.value)}"
        + (f" ({loser.year})" if loser.year else "")
        + f", {loser.basis}, {loser.source}: {loser.why}"
        for loser in fact.losers
    )


def sources_table(sources: Sequence[SourceUsed]) -> Table:
    """Sources with address."""
    columns = (
        Column("id", "id", kind="source"),
        Column("title", "title"),
        Column("publisher", "publisher"),
        Column("url", "address", kind="url"),
        Column("licence", "licence"),
        Column("kind", "kind", kind="basis"),
    )
    rows: list[tuple[Cell, ...]] = [(s.id, s.title, s.publisher, s.url, s.licence, s.kind) for s in sources]
    return Table("sources", "Sources used", columns, tuple(rows))


def basis_table(counts: Sequence[BasisCount]) -> Table:
    """How many facts rest on what."""
    columns = (
        Column("group", "facts"),
        Column("reported", "reported", "n", "number"),
        Column("derived", "derived", "n", "number"),
        Column("assumed", "assumed", "n", "number"),
        Column("scenario", "set by scenario", "n", "number"),
    )
    rows: list[tuple[Cell, ...]] = [(c.group, c.reported, c.derived, c.assumed, c.scenario) for c in counts]
    return Table("basis", "What the facts rest on", columns, tuple(rows))
