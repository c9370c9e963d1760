"""The result folder: what a run leaves behind, readable without the program.

``manifest.json`` says how the result was made and lists every file with its digest; ``scenario.toml`` is the day and
the changes, ready to be run again; ``tables/`` holds each table as CSV and Parquet. ``timings.log`` is no part of the
result: it is neither listed nor digested, so two runs of the same question give the same bytes.

Columns stand here once (``TABLES``): name, kind, unit, meaning and, where a number is made of others in the same
folder, the formula that ``landbridge explain`` recomputes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from landbridge.io.atomic import WriteFile, whole_folder, write_file
from landbridge.io.tabular import Kind, Row, Value, csv_bytes, parquet_bytes, read_csv
from landbridge.result.corridors import Corridors
from landbridge.result.report import (
    Benchmarks,
    ComparisonRow,
    FactUsed,
    PairAnswer,
    RankChart,
    SourceUsed,
    Table,
)
from landbridge.result.routes import Route
from landbridge.schema.errors import BadRequest, Finding

#: Raised when a reader of older folders would misread a new one.
FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
SCENARIO: Final = "scenario.toml"
TIMINGS: Final = "timings.log"
TABLES_FOLDER: Final = "tables"
#: Between the members of a cell that is a list.
SEPARATOR: Final = ";"


@dataclass(frozen=True)
class Field:
    """A column. ``formula`` names columns of the same folder; empty = an input, or explained by its row."""

    name: str
    kind: Kind
    unit: str
    doc: str
    formula: str = ""


@dataclass(frozen=True)
class Shape:
    """A table: what a row is, which columns together name one, and its columns."""

    doc: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]


def _text(name: str, doc: str) -> Field:
    return Field(name, "text", "", doc)


def _list(name: str, doc: str) -> Field:
    return Field(name, "text", "", f"{doc}, separated by '{SEPARATOR}'")


def _number(name: str, unit: str, doc: str, formula: str = "") -> Field:
    return Field(name, "number", unit, doc, formula)


def _count(name: str, doc: str, formula: str = "") -> Field:
    return Field(name, "integer", "", doc, formula)


_PAIR = _text("pair", "id of the pair")
_ROUTE = _text("route", "id of the way, the same wherever it is the same way")
_WAY_SUM = "sum of contributions.amount of the way with measure "

TABLES: Final[Mapping[str, Shape]] = {
    "pairs": Shape(
        "one row is one question: from where to where",
        ("pair",),
        (
            _PAIR,
            _text("origin", "name of the place"),
            _text("destination", "name of the place"),
            _text("cargo", "load unit"),
            _text("value", "value class of the cargo"),
            _text("by", "objective: cost (money and time), time, money or co2"),
            _text("as_of", "day asked for"),
            _count("money_year", "dollars are of this year"),
            _number("value_of_time", "usd_per_hour", "joins hours and dollars in generalised_usd"),
            _list("value_of_time_facts", "facts it is made of"),
            _text("unreachable", "why there is no way; empty where there is one"),
            _list("closures", "a smallest set of closures that causes it"),
            Field("notes", "text", "", "remarks, separated by ' | '"),
        ),
    ),
    "routes": Shape(
        "one row is one way of a pair: alternatives in their order, then the best ways along named corridors",
        ("pair", "route"),
        (
            _PAIR,
            _ROUTE,
            _count("rank", "place among the alternatives; empty for a way that is shown only for its corridor"),
            _list("corridors", "named corridors the way follows"),
            _number("distance_km", "km", "length", "sum of legs.distance_km of the way"),
            _number("rail_km", "km", "length by rail", "sum of legs.distance_km of the way with mode rail"),
            _number("road_km", "km", "length by road", "sum of legs.distance_km of the way with mode road"),
            _number("sea_km", "km", "length by sea", "sum of legs.distance_km of the way with mode sea"),
            _number("ferry_km", "km", "length by ferry", "sum of legs.distance_km of the way with mode ferry"),
            _number("hours", "hours", "mean time from departure to arrival", _WAY_SUM + "hours"),
            _number(
                "hours_p95",
                "hours",
                "19 of 20 units take at most this",
                "hours * exp(z * sigma - sigma^2 / 2), sigma^2 = ln(1 + variance / hours^2), variance = sum over i, j "
                "of spread.mean_hours_i * spread.mean_hours_j * (exp(r_ij * spread.sigma_i * spread.sigma_j) - 1), "
                "r_ij = 1 for i = j, country_correlation within one country, 0 otherwise, z = 1.6448536",
            ),
            _number("buffer_index", "share", "time to allow for on top", "(hours_p95 - hours) / hours"),
            _number(
                "origin_wait_hours",
                "hours",
                "wait before departure, not in hours",
                _WAY_SUM + "origin_wait_hours",
            ),
            _number("usd", "usd", "price of one unit of cargo", _WAY_SUM + "usd"),
            _number("generalised_usd", "usd", "price with time", "usd + pairs.value_of_time * hours"),
            _number("co2_kg", "kg", "CO2 well to wheel", _WAY_SUM + "co2_wtw_kg"),
            _number("co2_ttw_kg", "kg", "CO2 tank to wheel", _WAY_SUM + "co2_ttw_kg"),
            _list("crossings", "ids of borders crossed, in order"),
            _list("gauge_breaks", "ids of places where the gauge changes, in order"),
            _list("ports", "ids of ports, in order"),
            _list("countries", "ISO alpha-3, in order"),
            _list("straits", "ids of straits and canals"),
            _number(
                "assumed_share_hours",
                "share",
                "share of the hours that rests on assumed facts",
                _WAY_SUM + "hours and basis assumed, over hours",
            ),
            _number(
                "assumed_share_usd",
                "share",
                "share of the price that rests on assumed facts",
                _WAY_SUM + "usd and basis assumed, over usd",
            ),
            _number("country_correlation", "ratio", "correlation of delays within one country"),
        ),
    ),
    "legs": Shape(
        "one row is a stretch of a way by one mode; terminals and borders are in the leg that follows them",
        ("pair", "route", "leg"),
        (
            _PAIR,
            _ROUTE,
            _count("leg", "position, from 0"),
            _text("mode", "rail, road, sea or ferry"),
            _text("from", "where it starts"),
            _text("to", "where it ends"),
            _number("distance_km", "km", "length", "sum of km over the arcs of the leg in contributions"),
            _number("hours", "hours", "mean time", "sum of contributions.amount of the leg with measure hours"),
            _number("usd", "usd", "price", "sum of contributions.amount of the leg with measure usd"),
            _number("co2_kg", "kg", "CO2", "sum of contributions.amount of the leg with measure co2_wtw_kg"),
            _list("countries", "ISO alpha-3, in order"),
        ),
    ),
    "contributions": Shape(
        "one row is one addend of a way: a component of one arc in one measure",
        ("pair", "route", "n"),
        (
            _PAIR,
            _ROUTE,
            _count("n", "position, from 0"),
            _count("leg", "leg it belongs to; -1 = before departure"),
            _text("where", "section, border, port or terminal in words"),
            _text("arc", "tail>head#link"),
            _text("component", "haul, border, gauge_change, port, transfer, waiting, fee or surcharge"),
            _text("measure", "hours, usd, co2_wtw_kg, co2_ttw_kg or origin_wait_hours"),
            _number("amount", "the measure's", "what it adds", "fixed + per_km x km"),
            _number("km", "km", "length of the arc"),
            _text("basis", "reported, derived, assumed or scenario"),
            _text("formula", "how the amount is made"),
            _list("facts", "ids of the facts it is made of, in the order of the formula"),
            _text("note", "remark, such as which proxy stands in"),
            _number("fixed", "the measure's", "part that does not grow with the length, made of the facts"),
            _number("per_km", "the measure's per km", "part per kilometre, made of the facts"),
        ),
    ),
    "spread": Shape(
        "one row is a time that varies: input of routes.hours_p95",
        ("pair", "route", "n"),
        (
            _PAIR,
            _ROUTE,
            _count("n", "position, from 0"),
            _text("name", "what takes the time"),
            _number("mean_hours", "hours", "mean"),
            _number("sigma", "ratio", "standard deviation of the logarithm"),
            _text("country", "country in which delays go together; empty = none"),
        ),
    ),
    "profile": Shape(
        "one row is a point of the time- and cost-distance chart",
        ("pair", "route", "n"),
        (
            _PAIR,
            _ROUTE,
            _count("n", "position, from 0"),
            _number("distance_km", "km", "from the origin"),
            _number("hours", "hours", "since departure"),
            _number("usd", "usd", "paid so far"),
            _text("label", "what the step is; empty on a plain stretch"),
            _text("kind", "place, port, crossing, gauge, transfer, origin or destination"),
            _text("mode", "of the stretch that ends here"),
        ),
    ),
    "comparison": Shape(
        "one row is a way of a pair, or a named corridor that is not shown among the ways, and why",
        ("pair", "rank", "corridors"),
        (
            _PAIR,
            _text("origin", "name of the place"),
            _text("destination", "name of the place"),
            _count("rank", "place within the pair; empty = not among its ways"),
            _list("corridors", "named corridors"),
            _ROUTE,
            _number("distance_km", "km", "length", "routes.distance_km of the way"),
            _number("hours", "hours", "mean time", "routes.hours of the way"),
            _number("hours_p95", "hours", "19 of 20 units", "routes.hours_p95 of the way"),
            _number("usd", "usd", "price", "routes.usd of the way"),
            _number("generalised_usd", "usd", "price with time", "routes.generalised_usd of the way"),
            _number("co2_kg", "kg", "CO2", "routes.co2_kg of the way"),
            _text("why_not", "why a corridor is not among the ways"),
        ),
    ),
    "corridors": Shape(
        "one row is a named corridor between the ends of a pair",
        ("pair", "corridor"),
        (
            _PAIR,
            _text("corridor", "id of the corridor"),
            _text("name", "its name"),
            _text("axis", "east-west or north-south"),
            _text("origin", "name of the place"),
            _text("destination", "name of the place"),
            _text("as_of", "day asked for"),
            Field("open", "flag", "", "whether it can be used"),
            _count(
                "rank",
                "place among the open corridors of the pair",
                "1 + number of different ways along open corridors of the pair with a smaller objective",
            ),
            _ROUTE,
            _number("distance_km", "km", "length", "routes.distance_km of the way"),
            _number("hours", "hours", "mean time", "routes.hours of the way"),
            _number("hours_p95", "hours", "19 of 20 units", "routes.hours_p95 of the way"),
            _number("usd", "usd", "price", "routes.usd of the way"),
            _number("generalised_usd", "usd", "price with time", "routes.generalised_usd of the way"),
            _number("co2_kg", "kg", "CO2", "routes.co2_kg of the way"),
            _number("assumed_share_hours", "share", "assumed", "routes.assumed_share_hours of the way"),
            _number("assumed_share_usd", "share", "assumed", "routes.assumed_share_usd of the way"),
            _text("bottleneck", "the stop with the most hours"),
            _number(
                "bottleneck_hours",
                "hours",
                "its hours",
                "largest corridor_parts.hours of a crossing, port, gauge break or terminal",
            ),
            _text("why_closed", "why it cannot be used"),
            _list("closures", "a smallest set of closures that causes it"),
        ),
    ),
    "indicators": Shape(
        "one row is an indicator of corridor performance (CPMM) of a way along a corridor, by mode",
        ("pair", "corridor", "mode", "indicator"),
        (
            _PAIR,
            _text("corridor", "id of the corridor"),
            _text("mode", "rail or road"),
            _text("indicator", "TFI1, TFI2, TFI3, TFI4-SWOD or TFI4-SWD"),
            _number("value", "unit", "the model's figure", "as the column formula says"),
            _text("unit", "its unit"),
            _text("formula", "how it is made"),
            _number("published", "unit", "mean of published figures of the countries on the way"),
            _number("covered", "share", "share of borders or kilometres that the published figures stand for"),
            _list("facts", "published figures used"),
            _text("years", "years they describe"),
        ),
    ),
    "corridor_parts": Shape(
        "one row is what a section, crossing, port, gauge break, terminal or lane adds to a way along a corridor",
        ("pair", "corridor", "position"),
        (
            _PAIR,
            _text("corridor", "id of the corridor"),
            _count("position", "along the way, from 1"),
            _text("kind", "section, crossing, port, gauge break, terminal, lane or service"),
            _text("where", "in words"),
            _number("km", "km", "length"),
            _number("hours", "hours", "mean time"),
            _number("usd", "usd", "price"),
            _number("share_hours", "share", "share of the way's hours", "hours / corridors.hours"),
            _number("share_usd", "share", "share of the way's price", "usd / corridors.usd"),
        ),
    ),
    "benchmarks": Shape(
        "one row is a published journey beside the model's answer to the same question",
        ("id",),
        (
            _text("id", "id of the row of the study's table"),
            _text("origin", "as published"),
            _text("destination", "as published"),
            _text("corridor", "as published"),
            _count("year", "year of the figure"),
            _text("usable", "yes, minimum (claims: shown, not in medians), part or no"),
            _text("reason", "why it is not compared, or not counted"),
            _number("published_days", "days", "published"),
            _number("published_usd", "usd", "published, in dollars of money_year"),
            _number("published_km", "km", "published"),
            _number("model_days", "days", "the model's answer"),
            _number("model_usd", "usd", "the model's answer, in dollars of money_year"),
            _number("model_km", "km", "the model's answer"),
            _number("error_days", "share", "signed error", "model_days / published_days - 1"),
            _number("error_usd", "share", "signed error", "model_usd / published_usd - 1"),
            _number("error_km", "share", "signed error", "model_km / published_km - 1"),
            _text("usd_unit", "what the price is of"),
            _count("money_year", "dollars are of this year"),
            _text("source", "id of the source"),
            _text("command", "how to ask it again"),
        ),
    ),
    "benchmark_medians": Shape(
        "one row is the median error of one measure",
        ("measure",),
        (
            _text("measure", "days, usd or km"),
            _count("n", "rows", "number of rows of benchmarks with usable yes and an error that counts"),
            _number("median_absolute", "share", "median of absolute errors", "median of |error| over counted rows"),
            _number("median_signed", "share", "median of signed errors", "median of error over counted rows"),
        ),
    ),
    "checks": Shape(
        "one row is a part of the model beside a published figure for the same part",
        ("subject", "quantity"),
        (
            _text("subject", "of what"),
            _text("quantity", "what"),
            _text("unit", "its unit"),
            _number("published", "unit", "published figure"),
            _number("model", "unit", "the model's figure"),
            _number("ratio", "ratio", "model to published", "model / published"),
            _text("source", "id of the source"),
            _text("note", "remark"),
        ),
    ),
    "facts": Shape(
        "one row is a number or a row of a table that the result rests on",
        ("id",),
        (
            _text("id", "id in the study's facts; 'change:' and an id is a change of the scenario"),
            _text("subject", "of what"),
            _text("quantity", "what"),
            _number("value", "unit", "its value"),
            _number("low", "unit", "lower end of its band"),
            _number("high", "unit", "upper end of its band"),
            _text("unit", "its unit"),
            _count("year", "year it describes"),
            _count("money_year", "dollars are of this year"),
            _text("basis", "reported, derived, assumed or scenario"),
            _text("source", "id of the source"),
            _text("locator", "where in the source"),
            _list("parents", "ids of the facts it is derived from"),
            _text("note", "remark"),
        ),
    ),
    "losers": Shape(
        "one row is a number that answers the same question as a fact used and was not chosen",
        ("fact", "id"),
        (
            _text("fact", "id of the fact that was chosen"),
            _text("id", "id of the number that was not"),
            _number("value", "unit of the fact", "its value"),
            _count("year", "year it describes"),
            _text("basis", "reported, derived or assumed"),
            _text("source", "id of the source"),
            _text("why", "why it was not chosen"),
        ),
    ),
    "sources": Shape(
        "one row is a publication",
        ("id",),
        (
            _text("id", "id of the source"),
            _text("title", "title"),
            _text("publisher", "publisher"),
            _text("url", "address"),
            _text("licence", "licence of its data"),
            _text("kind", "reported or assumed"),
        ),
    ),
    "changes": Shape(
        "one row is something that is different on the day, in the order in which it applies",
        ("n",),
        (
            _count("n", "position, from 1"),
            _text("id", "id of the event, of the scenario's change or of the option"),
            _text("origin", "event, scenario or option"),
            _text("what", "in words"),
            _list("select", "selectors"),
            _text("action", "what is done"),
            _number("value", "the field's", "its value"),
            _list("modes", "only these modes; empty = all"),
            _text("direction", "both, a_to_b, b_to_a, into or out_of"),
            _text("applies_to", "cargo, flag, origin or destination it applies to"),
            _text("basis", "reported, derived, assumed or scenario"),
            _text("source", "who says so"),
            _text("note", "remark"),
        ),
    ),
    "closed": Shape(
        "one row is an arc that is closed for the cargo of a pair",
        ("pair", "arc"),
        (
            _PAIR,
            _text("arc", "tail>head#link"),
            _text("closure", "id of the event, change or state that closes it"),
        ),
    ),
    "closures": Shape(
        "one row is what closes arcs on the day",
        ("closure", "reason"),
        (
            _text("closure", "id of the event, change or state"),
            _text("kind", "event, scenario, option, status, limit, cargo or no fact"),
            _text("reason", "in words"),
        ),
    ),
}


@dataclass(frozen=True)
class ResultTable:
    """Rows of one table, one value per field."""

    name: str
    doc: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    rows: tuple[Row, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(item.name for item in self.fields)

    def records(self) -> list[dict[str, Value]]:
        """Rows by column."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]


def table(name: str, rows: Iterable[Row]) -> ResultTable:
    """A table of ``TABLES`` with these rows."""
    shape = TABLES[name]
    return ResultTable(name, shape.doc, shape.key, shape.fields, tuple(rows))


# --- values to tables -----------------------------------------------------------------------------------------------


def joined(items: Iterable[str]) -> str:
    """A list in one cell."""
    return SEPARATOR.join(items)


def parted(cell: object) -> tuple[str, ...]:
    """The members of a cell that is a list."""
    return tuple(str(cell).split(SEPARATOR)) if cell else ()


def route_tables(pairs: Sequence[PairAnswer], corridors: Corridors | None) -> tuple[ResultTable, ...]:
    """Pairs, their ways and everything the ways are made of."""
    ways = [(pair, rank, route) for pair in pairs for rank, route in _ways(pair, corridors)]
    return (
        table("pairs", (_pair_row(pair) for pair in pairs)),
        table("routes", (_route_row(pair.id, rank, route) for pair, rank, route in ways)),
        table("legs", (row for pair, _, route in ways for row in _leg_rows(pair.id, route))),
        table("contributions", (row for pair, _, route in ways for row in _contribution_rows(pair.id, route))),
        table("spread", (row for pair, _, route in ways for row in _spread_rows(pair.id, route))),
        table("profile", (row for pair, _, route in ways for row in _profile_rows(pair.id, route))),
    )


def _ways(pair: PairAnswer, corridors: Corridors | None) -> Iterator[tuple[int | None, Route]]:
    """Alternatives of a pair with their rank, then the other ways of its corridors."""
    seen = {route.id for route in pair.answer.routes}
    yield from enumerate(pair.answer.routes, start=1)
    for (name, _, identifier), route in (corridors.routes if corridors else {}).items():
        if name == pair.id and identifier not in seen:
            seen.add(identifier)
            yield None, route


def _pair_row(pair: PairAnswer) -> Row:
    answer = pair.answer
    return (
        pair.id,
        answer.origin,
        answer.destination,
        answer.cargo,
        answer.value,
        answer.by,
        answer.as_of,
        answer.money_year,
        pair.value_of_time_usd_per_hour,
        joined(pair.value_of_time_facts),
        answer.unreachable.reason if answer.unreachable else "",
        joined(answer.unreachable.closures) if answer.unreachable else "",
        " | ".join(answer.notes),
    )


def _route_row(pair: str, rank: int | None, route: Route) -> Row:
    return (
        pair,
        route.id,
        rank,
        joined(route.corridors),
        route.distance_km,
        *(route.distance_by_mode.get(mode, 0.0) for mode in ("rail", "road", "sea", "ferry")),
        route.hours,
        route.hours_p95,
        route.buffer_index,
        route.origin_wait_hours,
        route.usd,
        route.generalised_usd,
        route.co2_kg,
        route.co2_ttw_kg,
        joined(route.crossings),
        joined(route.gauge_breaks),
        joined(route.ports),
        joined(route.countries),
        joined(route.straits),
        route.assumed_share_hours,
        route.assumed_share_usd,
        float(route.p95.get("correlation", 0.0)),
    )


def _leg_rows(pair: str, route: Route) -> Iterator[Row]:
    for number, leg in enumerate(route.legs):
        yield (
            pair,
            route.id,
            number,
            leg.mode,
            leg.from_,
            leg.to,
            leg.distance_km,
            leg.hours,
            leg.usd,
            leg.co2_kg,
            joined(leg.countries),
        )


def _contribution_rows(pair: str, route: Route) -> Iterator[Row]:
    for number, part in enumerate(route.contributions):
        yield (
            pair,
            route.id,
            number,
            part.leg,
            part.where,
            part.arc,
            part.component,
            part.measure,
            part.amount,
            part.km,
            part.basis,
            part.formula,
            joined(part.facts),
            part.note,
            part.fixed,
            part.per_km,
        )


def _spread_rows(pair: str, route: Route) -> Iterator[Row]:
    for number, part in enumerate(route.p95.get("components", ())):
        yield pair, route.id, number, part["name"], float(part["mean_hours"]), float(part["sigma"]), part["country"]


def _profile_rows(pair: str, route: Route) -> Iterator[Row]:
    for number, point in enumerate(route.profile):
        yield (
            pair,
            route.id,
            number,
            point.distance_km,
            point.hours,
            point.usd,
            point.label,
            point.kind,
            point.mode,
        )


def comparison_table(rows: Iterable[ComparisonRow]) -> ResultTable:
    """All ways of all pairs, and corridors that are not among them."""
    return table(
        "comparison",
        (
            (
                row.pair_id,
                row.origin,
                row.destination,
                row.rank,
                joined(row.corridors),
                row.route_id or "",
                row.distance_km,
                row.hours,
                row.hours_p95,
                row.usd,
                row.generalised_usd,
                row.co2_kg,
                row.why_not,
            )
            for row in rows
        ),
    )


def corridor_tables(corridors: Corridors) -> tuple[ResultTable, ...]:
    """Named corridors, their indicators and their parts."""
    return (
        table(
            "corridors",
            (
                (
                    row.pair,
                    row.corridor,
                    row.name,
                    row.axis,
                    row.origin,
                    row.destination,
                    row.as_of,
                    row.open,
                    row.rank,
                    row.route,
                    row.distance_km,
                    row.hours,
                    row.hours_p95,
                    row.usd,
                    row.generalised_usd,
                    row.co2_kg,
                    row.assumed_share_hours,
                    row.assumed_share_usd,
                    row.bottleneck,
                    row.bottleneck_hours,
                    row.why_closed,
                    joined(row.closures),
                )
                for row in corridors.rows
            ),
        ),
        table(
            "indicators",
            (
                (
                    row.pair,
                    row.corridor,
                    row.mode,
                    row.indicator,
                    row.value,
                    row.unit,
                    row.formula,
                    row.published,
                    row.covered,
                    joined(row.published_facts),
                    row.published_years,
                )
                for row in corridors.indicators
            ),
        ),
        table(
            "corridor_parts",
            (
                (
                    part.pair,
                    part.corridor,
                    part.position,
                    part.kind,
                    part.where,
                    part.km,
                    part.hours,
                    part.usd,
                    part.share_hours,
                    part.share_usd,
                )
                for part in corridors.parts
            ),
        ),
    )


def benchmark_tables(benchmarks: Benchmarks) -> tuple[ResultTable, ...]:
    """Published journeys, median errors and component checks."""
    return (
        table(
            "benchmarks",
            (
                (
                    row.id,
                    row.origin,
                    row.destination,
                    row.corridor,
                    row.year,
                    row.usable,
                    row.reason,
                    row.published_days,
                    row.published_usd,
                    row.published_km,
                    row.model_days,
                    row.model_usd,
                    row.model_km,
                    row.error_days,
                    row.error_usd,
                    row.error_km,
                    row.usd_unit,
                    row.money_year,
                    row.source,
                    row.command,
                )
                for row in benchmarks.rows
            ),
        ),
        table(
            "benchmark_medians",
            ((m.measure, m.n, m.median_absolute, m.median_signed) for m in benchmarks.medians),
        ),
        table(
            "checks",
            (
                (c.subject, c.quantity, c.unit, c.published, c.model, c.ratio, c.source, c.note)
                for c in benchmarks.checks
            ),
        ),
    )


def fact_tables(facts: Sequence[FactUsed], sources: Sequence[SourceUsed]) -> tuple[ResultTable, ...]:
    """Facts used, those they were preferred to, and their sources."""
    return (
        table(
            "facts",
            (
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
                    joined(fact.parents),
                    fact.note,
                )
                for fact in facts
            ),
        ),
        table(
            "losers",
            (
                (fact.id, loser.id, loser.value, loser.year, loser.basis, loser.source, loser.why)
                for fact in facts
                for loser in fact.losers
            ),
        ),
        table("sources", ((s.id, s.title, s.publisher, s.url, s.licence, s.kind) for s in sources)),
    )


def other_table(prefix: str, shown: Table) -> ResultTable:
    """A table made for a view (network quality, a chapter of the report) with plain values and units."""
    fields = []
    kinds: list[Kind] = []
    for i, column in enumerate(shown.columns):
        cells = [row[i] for row in shown.rows if row[i] is not None]
        kind: Kind = "text"
        if cells and all(isinstance(cell, bool) for cell in cells):
            kind = "flag"
        elif cells and all(isinstance(cell, int) and not isinstance(cell, bool) for cell in cells):
            kind = "integer"
        elif cells and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells):
            kind = "number"
        unit = {"days": "hours", "share": "share", "signed_share": "share"}.get(column.kind, column.unit)
        kinds.append(kind)
        fields.append(Field(column.key, kind, unit, column.doc or column.title))
    rows = tuple(tuple(_plain(cell, kind) for cell, kind in zip(row, kinds, strict=True)) for row in shown.rows)
    return ResultTable(f"{prefix}_{shown.id}".replace("-", "_"), shown.title, (), tuple(fields), rows)


def _plain(cell: object, kind: Kind) -> Value:
    if kind == "text":
        return "" if cell is None else joined(map(str, cell)) if isinstance(cell, tuple) else str(cell)
    if cell is None:
        return None
    assert isinstance(cell, int | float)
    return float(cell) if kind == "number" else cell


def rank_table(prefix: str, chart: RankChart) -> ResultTable:
    """Ranks over time, one row per corridor and day."""
    rows: list[Row] = [
        (line.name, day, rank) for line in chart.lines for day, rank in zip(chart.dates, line.ranks, strict=True)
    ]
    fields = (
        _text("corridor", "its name"),
        _text("as_of", "day"),
        _count("rank", "1 is best; empty = closed"),
    )
    return ResultTable(
        f"{prefix}_{chart.id}".replace("-", "_"), chart.title, ("corridor", "as_of"), fields, tuple(rows)
    )


# --- writing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    """How a result was made: what stands in the manifest beside the files."""

    kind: str  # run, report
    version: str
    command: str
    study: str
    scenario: str
    as_of: str
    cargo: str
    value: str
    by: str
    money_year: int
    digests: tuple[tuple[str, str], ...]  # of facts, study, network, scenario


def write_result(
    target: Path,
    made: Made,
    tables: Sequence[ResultTable],
    files: Mapping[str, bytes],
    timings: str = "",
    write: WriteFile = write_file,
) -> None:
    """Write a result folder, whole or not at all; a folder that holds a result is replaced.

    files: further files by name (scenario.toml, report.html). Raises ``OutputError``.
    """
    with whole_folder(target, why_not_replace) as part:
        fill_result(part, made, tables, files, timings, write)


def fill_result(
    folder: Path,
    made: Made,
    tables: Sequence[ResultTable],
    files: Mapping[str, bytes],
    timings: str = "",
    write: WriteFile = write_file,
) -> None:
    """Write the files of a result into an empty folder."""
    (folder / TABLES_FOLDER).mkdir()
    listed: dict[str, dict[str, object]] = {}

    def put(name: str, data: bytes) -> None:
        write(folder / name, data)
        listed[name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}

    for item in tables:
        put(f"{TABLES_FOLDER}/{item.name}.csv", csv_bytes(item.names, item.rows))
        kinds = [column.kind for column in item.fields]
        docs = [column.doc for column in item.fields]
        put(f"{TABLES_FOLDER}/{item.name}.parquet", parquet_bytes(item.names, kinds, docs, item.rows))
    for name in sorted(files):
        put(name, files[name])
    write(folder / MANIFEST, _manifest(made, tables, listed))
    if timings:
        write(folder / TIMINGS, timings.encode())


def _manifest(made: Made, tables: Sequence[ResultTable], files: Mapping[str, Mapping[str, object]]) -> bytes:
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name} {files[name]['sha256']}\n".encode())
    content = {
        "landbridge_result": FORMAT,
        "kind": made.kind,
        "landbridge": made.version,
        "command": made.command,
        "study": made.study,
        "scenario": made.scenario,
        "as_of": made.as_of,
        "cargo": made.cargo,
        "value": made.value,
        "by": made.by,
        "money_year": made.money_year,
        "seed": None,  # nothing here draws random numbers
        "inputs": dict(made.digests),
        "digest": digest.hexdigest(),
        "files": {name: files[name] for name in sorted(files)},
        "tables": {
            item.name: {
                "doc": item.doc,
                "key": list(item.key),
                "rows": len(item.rows),
                "columns": [
                    {
                        "name": column.name,
                        "kind": column.kind,
                        "unit": column.unit,
                        "doc": column.doc,
                        **({"formula": column.formula} if column.formula else {}),
                    }
                    for column in item.fields
                ],
            }
            for item in tables
        },
    }
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def why_not_replace(folder: Path) -> str:
    """Why a folder must not be replaced by a result; empty = it is a result and holds nothing else."""
    manifest = folder / MANIFEST
    try:
        content = json.loads(manifest.read_bytes())
        known = {*content["files"], MANIFEST, TIMINGS} if "landbridge_result" in content else None
    except (OSError, ValueError, KeyError, TypeError):
        known = None
    if known is None:
        return "it holds something that is not a result of Landbridge. Name another folder, or empty it."
    strange = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith((".", "~$")) and path.relative_to(folder).as_posix() not in known
    )
    if strange:
        return f"it holds {strange[0]}, which no run has written. Move that away, or name another folder."
    return ""


# --- reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """A result to look things up in: read from a folder, or just made."""

    name: str
    manifest: Mapping[str, Any]
    folder: Path | None = None
    made: Mapping[str, ResultTable] = field(default_factory=dict)
    _read: dict[str, list[dict[str, Value]]] = field(default_factory=dict, repr=False)

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables."""
        return tuple(self.made) if self.folder is None else tuple(self.manifest["tables"])

    def fields(self, name: str) -> tuple[Field, ...]:
        """Columns of a table."""
        if self.folder is None:
            return self.made[name].fields
        return tuple(
            Field(item["name"], item["kind"], item["unit"], item["doc"], item.get("formula", ""))
            for item in self.manifest["tables"][name]["columns"]
        )

    def key(self, name: str) -> tuple[str, ...]:
        """Columns that together name a row of a table; empty = its first column."""
        key = self.made[name].key if self.folder is None else tuple(self.manifest["tables"][name]["key"])
        return key or (self.fields(name)[0].name,)

    def rows(self, name: str) -> list[dict[str, Value]]:
        """Rows of a table by column, none if there is no such table; ``BadRequest`` for a file that was changed."""
        if name not in self.tables:
            return []
        if name not in self._read:
            self._read[name] = self.made[name].records() if self.folder is None else self._from_file(name)
        return self._read[name]

    def _from_file(self, name: str) -> list[dict[str, Value]]:
        assert self.folder is not None
        path = f"{TABLES_FOLDER}/{name}.csv"
        fields = self.fields(name)
        try:
            data = (self.folder / path).read_bytes()
        except OSError as error:
            raise _no_result(self.folder, path, f"it cannot be read: {error.strerror}") from error
        if hashlib.sha256(data).hexdigest() != self.manifest["files"][path]["sha256"]:
            raise _no_result(self.folder, path, "it is not the file that the run wrote")
        names = [column.name for column in fields]
        return [dict(zip(names, row, strict=True)) for row in read_csv(data, [column.kind for column in fields])]


def open_result(folder: Path) -> Result:
    """The result in a folder; raises ``BadRequest`` where there is none."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        version = manifest["landbridge_result"]
        complete = all(key in manifest for key in ("files", "tables", "inputs"))
    except OSError as error:
        raise _no_result(folder, MANIFEST, f"it cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise _no_result(folder, MANIFEST, "it is no manifest of a result") from error
    if version != FORMAT or not complete:
        raise _no_result(folder, MANIFEST, f"its format is {version}, this program reads {FORMAT}")
    return Result(folder.name, manifest, folder)


def is_result(folder: Path) -> bool:
    """Whether a folder looks like a result."""
    return (folder / MANIFEST).is_file()


def result_of(name: str, made: Made, tables: Sequence[ResultTable]) -> Result:
    """A result that was just made and not written."""
    manifest = {
        "study": made.study,
        "scenario": made.scenario,
        "as_of": made.as_of,
        "cargo": made.cargo,
        "value": made.value,
        "by": made.by,
        "money_year": made.money_year,
        "landbridge": made.version,
        "inputs": dict(made.digests),
    }
    return Result(name, manifest, None, {item.name: item for item in tables})


def _no_result(folder: Path, where: str, found: str) -> BadRequest:
    remedy = "'landbridge run -o DIR' writes a result."
    return BadRequest(f"{folder} is no result of Landbridge.", [Finding(where, found, remedy)])
