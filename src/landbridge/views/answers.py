"""Answers of the command line as tables: corridors, closures, access to the sea.

Which columns there are, with units, stands here once per question; ``landbridge.views.terminal`` prints them.
"""

from __future__ import annotations

from collections.abc import Sequence

from landbridge.result.access import AccessTable
from landbridge.result.closures import ClosureTable, PairRecovery, Recovery
from landbridge.result.corridors import INDICATORS, Corridors
from landbridge.result.report import Cell, Column, Table
from landbridge.views import figures


def corridor_tables_of(corridors: Corridors, money_year: int) -> tuple[Table, ...]:
    """For each pair and day the open corridors, best first, then the closed ones with the reason."""
    money = f"USD of {money_year}"
    columns = (
        Column("rank", "#", kind="number"),
        Column("name", "corridor"),
        Column("distance_km", "distance", "km", "number"),
        Column("days", "time", "days", "days", 1),
        Column("days_p95", "P95", "days", "days", 1),
        Column("usd", "price", money, "number"),
        Column("generalised_usd", "with time", money, "number"),
        Column("assumed", "assumed", "% of hours", "share"),
        Column("bottleneck", "bottleneck"),
        Column("bottleneck_days", "there", "days", "days", 1),
    )
    shut_columns = (Column("name", "closed"), Column("why_closed", "why", kind="status"))
    found: list[Table] = []
    for pair, day in dict.fromkeys((row.pair, row.as_of) for row in corridors.rows):
        rows = [row for row in corridors.rows if (row.pair, row.as_of) == (pair, day)]
        ranked = sorted((row for row in rows if row.open), key=lambda row: row.rank or 0)
        cells: tuple[tuple[Cell, ...], ...] = tuple(
            (
                row.rank,
                row.name,
                row.distance_km,
                row.hours,
                row.hours_p95,
                row.usd,
                row.generalised_usd,
                row.assumed_share_hours,
                row.bottleneck,
                row.bottleneck_hours,
            )
            for row in ranked
        )
        title = f"{rows[0].origin} to {rows[0].destination} on {day}"
        found.append(Table(f"corridors-{pair}-{day}", title, columns, cells))
        shut = tuple((row.name, row.why_closed) for row in rows if not row.open)
        if shut:
            found.append(Table(f"closed-{pair}-{day}", "", shut_columns, shut))
    return tuple(found)


def indicators_table(corridors: Corridors) -> Table:
    """CPMM indicators beside published ones."""
    names = {row.corridor: row.name for row in corridors.rows}
    ends = {row.pair: f"{row.origin} to {row.destination}" for row in corridors.rows}
    columns = (
        Column("pair", "pair"),
        Column("corridor", "corridor"),
        Column("mode", "by"),
        Column("indicator", "indicator"),
        Column("value", "model", "", "number", 1),
        Column("published", "published", "", "number", 1),
        Column("unit", "unit"),
        Column("covered", "published covers", "%", "share"),
        Column("years", "of"),
    )
    cells: list[tuple[Cell, ...]] = [
        (
            ends[row.pair],
            names[row.corridor],
            row.mode,
            row.indicator,
            row.value,
            row.published,
            row.unit,
            row.covered if row.published is not None else None,
            row.published_years,
        )
        for row in corridors.indicators
    ]
    note = "\n".join(f"{name}: {doc}." for name, (_, doc) in INDICATORS.items())
    return Table("indicators", "Corridor performance (CPMM indicators)", columns, tuple(cells), note)


def parts_table(corridors: Corridors, pair: str, corridor: str, money_year: int) -> Table:
    """What each section, crossing and port adds to a way along a corridor."""
    row = next(item for item in corridors.rows if item.pair == pair and item.corridor == corridor)
    columns = (
        Column("kind", "kind"),
        Column("where", "where"),
        Column("km", "distance", "km", "number"),
        Column("hours", "time", "hours", "number", 1),
        Column("share_hours", "of the time", "%", "share"),
        Column("usd", "price", f"USD of {money_year}", "number"),
        Column("share_usd", "of the price", "%", "share"),
    )
    cells: list[tuple[Cell, ...]] = [
        (part.kind, part.where, part.km, part.hours, part.share_hours, part.usd, part.share_usd)
        for part in corridors.parts
        if part.pair == pair and part.corridor == corridor
    ]
    title = f"{row.name}, {row.origin} to {row.destination}, part by part"
    return Table(f"parts-{pair}-{corridor}", title, columns, tuple(cells))


def recovery_table(found: Sequence[tuple[str, Recovery, Sequence[PairRecovery]]], days: float, use: float) -> Table:
    """A closure that lasts ``days`` days, thing by thing and pair by pair."""
    columns = (
        Column("name", "closed"),
        Column("pair", "pair"),
        Column("clear", "queue gone after", "days", "number", 1),
        Column("waiting", "waiting at reopening", "", "number"),
        Column("unit", "of"),
        Column("under_way", "late if under way", "days, mean", "number", 1),
        Column("departing", "late if leaving then", "days, mean", "number", 1),
        Column("round", "goes round until", "day", "number", 1),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            name,
            pair.pair,
            queue.clear_after_days,
            queue.waiting_at_reopening,
            queue.capacity_unit,
            pair.under_way_delay_days,
            pair.departure_delay_days,
            pair.go_round[1] if pair.go_round else None,
        )
        for name, queue, pairs in found
        for pair in pairs
    )
    note = (
        f"Vehicles queue while it is shut and leave in the order of arrival; a normal day takes {use:.0%} of what it "
        "can pass (assumed). Who leaves meanwhile takes the way round where that is shorter than the wait."
    )
    return Table("recovery", f"Shut for {days:g} days", columns, rows, note)


def closures_table(found: ClosureTable, money_year: int, most: int | None = None) -> Table:
    """Closures, worst first."""
    columns = (
        Column("id", "id"),
        Column("name", "closed"),
        Column("cut_off_pairs", "cut off", "pairs", "number"),
        Column("exposed_pairs", "use it", "pairs", "number"),
        Column("extra_hours", "extra time", "days, sum", "days", 1),
        Column("extra_usd", "extra price", f"USD of {money_year}, sum", "number"),
        Column("extra_cost", f"extra {figures.BY_WORDS[found.by].removeprefix('least ')}", "sum", "number"),
        Column("mean_extra_hours", "mean", "days per pair", "days", 1),
        Column("loss_share", "extra", "% of all cost", "share", 1),
    )
    shown = [row for row in found.rows if row.exposed_pairs or row.cut_off_pairs]
    cells: list[tuple[Cell, ...]] = [
        (
            row.id,
            row.name,
            row.cut_off_pairs,
            row.exposed_pairs,
            row.extra_hours,
            row.extra_usd,
            row.extra_cost,
            row.mean_extra_hours,
            row.loss_share,
        )
        for row in shown[:most]
    ]
    notes = [
        f"{found.pairs} pairs; sums are over pairs that still have a way, times their weight; pairs that are cut off "
        "are counted apart."
    ]
    unused = len(found.rows) - len(shown)
    if unused:
        notes.append(f"{unused} more lie on no best way: shutting one of them changes nothing.")
    if most is not None and len(shown) > most:
        notes.append(f"{len(shown) - most} smaller ones are not shown.")
    if found.no_way_before:
        notes.append(f"Without any way before: {', '.join(found.no_way_before)}.")
    return Table("closures", f"What if it shuts: {found.what} in turn", columns, tuple(cells), "\n".join(notes))


def access_table(found: AccessTable, money_year: int) -> Table:
    """Ways to the sea."""
    columns = (
        Column("country", "country"),
        Column("port", "port"),
        Column("days", "time", "days", "days", 1),
        Column("usd", "price", f"USD of {money_year}", "number"),
        Column("distance_km", "distance", "km", "number"),
        Column("crossings", "borders", "n", "number"),
        Column("fastest", "fastest"),
        Column("reliable", "most reliable"),
        Column("by_crossing", "independent ways", "by crossing", "number"),
        Column("by_neighbour", "independent", "by neighbour", "number"),
        Column("by_country", "independent", "by country", "number"),
        Column("hangs_on", "hangs most on"),
        Column("biggest", "what changes most"),
    )
    cells: list[tuple[Cell, ...]] = []
    for row in found.rows:
        way, hangs = row.cheapest, row.largest_dependence
        best = row.remedies[0] if row.remedies else None
        cells.append(
            (
                row.country_name,
                way.port_name if way else "no way",
                way.route.hours if way else None,
                way.route.usd if way else None,
                way.route.distance_km if way else None,
                len(way.route.crossings) if way else None,
                _port_days(row.fastest.port_name, row.fastest.route.hours) if row.fastest else "",
                _port_days(row.most_reliable.port_name, row.most_reliable.route.hours) if row.most_reliable else "",
                row.independent_by_crossing,
                row.independent_by_neighbour,
                row.independent_by_country,
                f"{hangs.country} ({figures.percent(hangs.share)})" if hangs else "",
                best.name if best else "",
            )
        )
    return Table("access", f"The way to the sea on {found.as_of}", columns, tuple(cells))


def _port_days(port: str, hours: float) -> str:
    return f"{port}, {figures.days(hours)} days"
