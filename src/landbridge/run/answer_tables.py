"""What was looked up, as tables: search hits, facts, events, scenarios, ranks over time.

Which columns there are, with units, stands here once per question; ``landbridge.views.terminal`` prints them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from landbridge.facts.describe import Ancestor, Description, SourceUse
from landbridge.facts.ledger import Number
from landbridge.network.names import Hit
from landbridge.result.report import Cell, Column, Table
from landbridge.scenario import EventRow, Scenario

if TYPE_CHECKING:  # it brings the compiler with it, which looking up a name should not wait for
    from landbridge.models.over_time import OverTime

_WHY: Final = {"code": "its code", "exact": "its name", "alias": "another name", "fuzzy": "spelt nearly so"}


def hits_table(text: str, hits: Sequence[Hit]) -> Table:
    """What a text may mean."""
    columns = (
        Column("kind", "kind"),
        Column("name", "name"),
        Column("country", "country"),
        Column("code", "means this and nothing else"),
        Column("why", "found by"),
        Column("lat", "lat", "degrees", "number", 2),
        Column("lon", "lon", "degrees", "number", 2),
    )
    rows: list[tuple[Cell, ...]] = [
        (hit.kind, hit.name, hit.country, hit.code, _WHY[hit.why], hit.lat, hit.lon) for hit in hits
    ]
    return Table("find", f"'{text}'", columns, tuple(rows))


def numbers_table(numbers: Sequence[Number]) -> Table:
    """Numbers of the ledger, one line each."""
    columns = (
        Column("id", "id", kind="fact"),
        Column("subject", "about"),
        Column("quantity", "quantity"),
        Column("value", "value"),
        Column("unit", "unit"),
        Column("year", "year", kind="year"),
        Column("basis", "basis", kind="basis"),
        Column("use", "use"),
        Column("source", "source", kind="source"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            number.id,
            _about(number),
            _quantity(number),
            number.value,
            _unit(number),
            number.year,
            number.basis,
            number.use,
            number.source,
        )
        for number in numbers
    ]
    return Table("facts", f"{len(numbers):,} numbers", columns, tuple(rows))


def _about(number: Number) -> str:
    return " to ".join(filter(None, (number.subject, number.partner)))


def _quantity(number: Number) -> str:
    parts = (number.quantity.replace("_", " "), number.mode, number.direction, number.scope.replace("_", " "))
    return " ".join(filter(None, parts))


def _unit(number: Number) -> str:
    unit = number.unit.replace("unit", number.vehicle) if number.vehicle else number.unit
    return f"{unit} of {number.money_year}" if number.money_year else unit


def description_lines(found: Description) -> tuple[tuple[str, str], ...]:
    """Everything about one number, as (label, text)."""
    number = found.number
    band = "" if number.low is None or number.high is None else f"  ({number.low:,.10g} to {number.high:,.10g})"
    lines = [
        ("number", number.id),
        ("about", _about(number)),
        ("quantity", f"{_quantity(number)}: {found.meaning}"),
        ("value", f"{number.value:,.10g} {_unit(number)}{band}"),
        ("year", _days(number)),
        ("basis", number.basis),
        ("use", {"model": "may be picked", "check": "compared with only", "out": "kept for the record"}[number.use]),
        ("normal", "" if number.normal else "no: it describes an episode"),
        ("source", f"{number.source}: {found.source_title}"),
        ("address", found.source_url),
        ("locator", number.locator),
        ("note", number.note),
        ("stands in", f"{number.file}, row {number.row}"),
    ]
    return tuple((label, text) for label, text in lines if text)


def _days(number: Number) -> str:
    if number.from_date or number.to_date:
        return f"{number.from_date or '...'} to {number.to_date or '...'}"
    return str(number.year) if number.year is not None else ""


def ancestor_lines(ancestors: Sequence[Ancestor], depth: int = 0) -> list[str]:
    """Numbers that a number is made of, indented by generation."""
    lines: list[str] = []
    for item in ancestors:
        number = item.number
        again = " (shown above)" if item.repeated else ""
        lines.append(
            f"{'  ' * depth}{number.id}: {number.value:,.10g} {_unit(number)}, {number.basis}, {number.source}{again}"
        )
        lines += ancestor_lines(item.parents, depth + 1)
    return lines


def rivals_table(found: Description) -> Table:
    """Who answers the number's own question, and why the others do not."""
    columns = (
        Column("place", "place"),
        Column("id", "id", kind="fact"),
        Column("value", "value"),
        Column("unit", "unit"),
        Column("year", "year", kind="year"),
        Column("basis", "basis", kind="basis"),
        Column("source", "source", kind="source"),
        Column("why", "why not"),
    )
    rows: list[tuple[Cell, ...]] = []
    if found.picked is not None:
        rows.append(_rival("chosen", found.picked.number, ""))
        rows += [_rival("", number, why) for number, why in found.picked.losers]
    else:
        rows += [_rival("", number, "cannot answer on this day") for number in (found.number, *found.rivals)]
    return Table("rivals", "Who answers the same question", columns, tuple(rows))


def _rival(place: str, number: Number, why: str) -> tuple[Cell, ...]:
    return (
        place,
        number.id,
        number.value,
        _unit(number),
        number.year,
        number.basis,
        number.source,
        why,
    )


def source_uses_table(uses: Sequence[SourceUse]) -> Table:
    """Sources and how much rests on them."""
    columns = (
        Column("id", "id", kind="source"),
        Column("title", "title"),
        Column("numbers", "numbers", "n", "number"),
        Column("rows", "rows of tables", "n", "number"),
        Column("kind", "kind", kind="basis"),
        Column("url", "address", kind="url"),
    )
    rows: list[tuple[Cell, ...]] = [(use.id, use.title, use.numbers, use.rows, use.kind, use.url) for use in uses]
    return Table("sources", f"{len(uses):,} sources", columns, tuple(rows))


def events_table(rows: Sequence[EventRow], links: Mapping[str, int], when: str) -> Table:
    """Dated events; ``links``: how many links of the network each acts on."""
    columns = (
        Column("id", "id"),
        Column("live", "in force"),
        Column("start", "from"),
        Column("end", "to"),
        Column("effect", "effect"),
        Column("links", "acts on", "links", "number"),
        Column("what", "what"),
        Column("source", "source", kind="source"),
    )
    cells: list[tuple[Cell, ...]] = []
    for row in rows:
        event = row.event
        season = f" ({event.recurs} each year)" if event.recurs else ""
        cells.append(
            (
                event.id,
                "yes" if row.live else "",
                event.start.isoformat(),
                f"{event.end.isoformat() if event.end else 'open'}{season}",
                event.effect,
                links.get(event.id, 0),
                event.what,
                event.source,
            )
        )
    return Table("events", f"Events {when}", columns, tuple(cells))


def scenarios_table(found: Sequence[Scenario]) -> Table:
    """Presets with their definitions."""
    columns = (
        Column("id", "id"),
        Column("name", "name"),
        Column("as_of", "day"),
        Column("extends", "extends"),
        Column("changes", "changes", "n", "number"),
        Column("definition", "definition"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            scenario.id,
            scenario.name,
            str(scenario.as_of or "base"),
            ", ".join(scenario.extends),
            len(scenario.changes),
            scenario.definition,
        )
        for scenario in found
    ]
    return Table("scenarios", "Scenarios of the study", columns, tuple(rows))


def over_time_table(found: OverTime, names: Mapping[str, str]) -> Table:
    """Rank of each corridor on each day; a dash is closed."""
    columns = (
        Column("pair", "to"),
        Column("corridor", "corridor"),
        *(Column(day.isoformat(), _short(day.isoformat(), found), kind="number") for day in found.days),
    )
    ranks: dict[tuple[str, str, str], dict[str, int | None]] = {}
    for row in found.rows:
        key = (row.way.origin, row.way.destination, row.way.name)
        ranks.setdefault(key, {})[row.day.isoformat()] = row.rank
    one_origin = len({origin for origin, _, _ in ranks}) == 1
    cells: list[tuple[Cell, ...]] = [
        (
            names.get(destination, destination)
            if one_origin
            else f"{names.get(origin, origin)} to {names.get(destination, destination)}",
            corridor,
            *(by_day.get(day.isoformat()) for day in found.days),
        )
        for (origin, destination, corridor), by_day in ranks.items()
        if any(rank is not None for rank in by_day.values())
    ]
    note = "Rank by the objective among the corridors open on the day; a dash is closed or off the way."
    return Table("over-time", "Rank over time", columns, tuple(cells), note)


def _short(day: str, found: OverTime) -> str:
    """The year alone where there is one day per year."""
    years = [item.year for item in found.days]
    return day[:4] if len(set(years)) == len(years) else day


def moves_table(found: OverTime, names: Mapping[str, str], events: Mapping[str, str]) -> Table:
    """Changes of rank between neighbouring days, and what lies behind each."""
    columns = (
        Column("after", "until"),
        Column("pair", "pair"),
        Column("corridor", "corridor"),
        Column("rank_before", "rank before", kind="number"),
        Column("rank_after", "after", kind="number"),
        Column("why", "because"),
    )
    cells: list[tuple[Cell, ...]] = []
    for move in found.moves:
        if not move.ranks_differ:
            continue
        why = [events.get(event, event) for event in move.events]
        why += [f"{link} opened" for link in move.opened]
        if move.place:
            why.append(f"{move.place}: {move.place_hours:+,.0f} h, {move.place_usd:+,.0f} USD")
        ends = f"{names.get(move.origin, move.origin)} to {names.get(move.destination, move.destination)}"
        cells.append(
            (
                move.after.isoformat(),
                ends,
                move.name,
                move.rank_before,
                move.rank_after,
                "; ".join(why) or "another corridor moved past it",
            )
        )
    return Table("moves", "What moved the ranks", columns, tuple(cells))
