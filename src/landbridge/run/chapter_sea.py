"""Chapter "The way to the sea": access of the region's landlocked countries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from landbridge.io.atlas import country_names
from landbridge.result.access import AccessRow, AccessTable, SeaWay
from landbridge.result.report import Cell, Chapter, Column, Dot, DotChart, Figure, Sentence, Table
from landbridge.run.ask_access import ask_access
from landbridge.run.other_costs import OtherCosts
from landbridge.run.session import Session
from landbridge.scenario import Resolved

CHAPTER: Final = "way-to-the-sea"

Step = Callable[[str], None]


def sea_chapter(
    session: Session, costs: OtherCosts, resolved: Resolved, *, step: Step = lambda _: None
) -> Chapter | None:
    """Cheapest, fastest and most reliable ways, independent ways, dependence, remedies; None without landlocked
    countries in the region.
    """
    found = ask_access(session, resolved=resolved, costs=costs, step=step)
    if not found.rows:
        return None
    parts = (_ways(session, found), _chart(found), _independence(found), _dependence(found), _remedies(session, found))
    return Chapter(CHAPTER, "The way to the sea", tuple(_lead(row) for row in found.rows), parts)


def _lead(row: AccessRow) -> Sentence:
    way = row.cheapest
    if way is None:
        return Sentence("{country} has no way to a deep-sea port.", {"country": Figure(row.country_name)})
    values = {
        "country": Figure(row.country_name),
        "port": Figure(way.port_name),
        "days": Figure(way.route.hours, "days", 1),
        "usd": Figure(way.route.usd, "number"),
        "n": Figure(row.independent_by_country, "number", 0, CHAPTER),
        "neighbours": Figure(row.independent_by_neighbour, "number"),
    }
    text = (
        "{country} reaches the sea cheapest at {port}: {days} days and USD {usd}; it has {n} ways that share no "
        "country, by {neighbours} neighbours"
    )
    largest = row.largest_dependence
    if largest is not None:
        values["other"] = Figure(country_names().get(largest.country, largest.country))
        if largest.extra_cost is None:
            text += ", and none without {other}"
        else:
            values["extra"] = Figure(largest.extra_cost, "number")
            text += ", and without {other} it would pay USD {extra} more, with the value of time"
    return Sentence(text + ".", values)


def _ways(session: Session, found: AccessTable) -> Table:
    names = session.names.crossings
    rows: list[tuple[Cell, ...]] = []
    for row in found.rows:
        ways: tuple[tuple[str, SeaWay | None], ...] = (
            ("cheapest", row.cheapest),
            ("fastest", row.fastest),
            ("most reliable", row.most_reliable),
        )
        for word, way in ways:
            if way is None:
                rows.append((row.country_name, row.origin_name, word, *[None] * 8))
                continue
            route = way.route
            rows.append(
                (
                    row.country_name,
                    row.origin_name,
                    word,
                    way.port_name,
                    route.hours,
                    route.hours_p95,
                    route.usd,
                    route.generalised_usd,
                    route.distance_km,
                    "; ".join(names.get(crossing, crossing) for crossing in route.crossings),
                    route.assumed_share_hours,
                )
            )
    columns = (
        Column("country", "country"),
        Column("origin", "from"),
        Column("which", "way"),
        Column("port", "port"),
        Column("hours", "time", "days", "days", 1),
        Column("hours_p95", "P95", "days", "days", 1),
        Column("usd", "price", "USD", "number"),
        Column("cost", "cost with time", "USD", "number"),
        Column("km", "distance", "km", "number"),
        Column("crossings", "borders"),
        Column("assumed", "assumed share of time", "%", "share"),
    )
    note = (
        "From the capital to a box that stands loaded in a port where deep-sea lines call. Cheapest: with the value of "
        "time; most reliable: lowest P95 of the ways found."
    )
    return Table("ways", "Ways to a deep-sea port", columns, tuple(rows), note)


def _chart(found: AccessTable) -> DotChart:
    dots = tuple(
        Dot(
            f"{word}: {way.port_name}",
            way.route.hours,
            way.route.hours_p95,
            row.country_name,
            way.route.assumed_share_hours,
        )
        for row in found.rows
        for word, way in (("cheapest", row.cheapest), ("fastest", row.fastest), ("most reliable", row.most_reliable))
        if way is not None
    )
    return DotChart("days", "Time to the sea", "days: mean, whisker to P95", dots, "days", 1)


def _independence(found: AccessTable) -> Table:
    columns = (
        Column("country", "country"),
        Column("crossing", "no crossing shared", kind="number"),
        Column("neighbour", "by different neighbours", kind="number"),
        Column("by_country", "no country shared", kind="number"),
    )
    rows = tuple(
        (row.country_name, row.independent_by_crossing, row.independent_by_neighbour, row.independent_by_country)
        for row in found.rows
    )
    note = "Largest numbers of ways on the day, exact (maximum flow); ferries count, closed links do not."
    return Table("independence", "Independent ways", columns, rows, note)


def _dependence(found: AccessTable) -> Table:
    names = country_names()
    columns = (
        Column("country", "country"),
        Column("on", "depends on"),
        Column("share", "share", "%", "share"),
        Column("extra", "more cost without it", "USD", "number"),
    )
    rows = tuple(
        (row.country_name, names.get(item.country, item.country), item.share, item.extra_cost)
        for row in found.rows
        for item in row.dependences
    )
    note = (
        "Share: 1 - cost / cost without that country, with the value of time; 100 % and no cost: no other way. "
        "Countries whose loss costs nothing are left out."
    )
    return Table("dependence", "Whom the way to the sea hangs on", columns, rows, note)


def _remedies(session: Session, found: AccessTable) -> Table:
    columns = (
        Column("country", "country"),
        Column("what", "project or waiver"),
        Column("cost", "change of cost with time", "USD", "number"),
        Column("hours", "change of time", "days", "days", 1),
        Column("usd", "change of price", "USD", "number"),
        Column("ways", "more ways that share no country", kind="number"),
        Column("port", "port then"),
    )
    ports = session.names.ports
    rows = tuple(
        (
            row.country_name,
            item.name,
            item.change_cost,
            item.change_hours,
            item.change_usd,
            item.extra_ways,
            ports.get(item.port, item.port),
        )
        for row in found.rows
        for item in row.remedies
    )
    note = (
        "Every preset that opens or lifts something, and every event in force that hinders, lifted alone; those that "
        "neither lower the cost nor add a way are left out."
    )
    return Table("remedies", "What would change it", columns, rows, note)
