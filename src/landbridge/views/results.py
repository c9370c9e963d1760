"""Results compared and explained, as tables and in the terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from landbridge.result.compared import Cause, Compared, Difference
from landbridge.result.explained import EQUAL, Component, Explained, Explanation, Record
from landbridge.result.report import Cell, Column, Table
from landbridge.views import figures
from landbridge.views.terminal import fitted, show_table

#: Units with the word a reader knows.
_UNITS: Final = {
    "usd": "USD",
    "hours": "hours",
    "km": "km",
    "kg": "kg",
    "co2_wtw_kg": "kg CO2",
    "co2_ttw_kg": "kg CO2",
    "origin_wait_hours": "hours before departure",
    "usd_per_hour": "USD per hour",
    "usd_per_unit": "USD per unit",
    "km_per_hour": "km per hour",
    "share": "share",
    "ratio": "ratio",
}


def best_ways_table(found: Compared, money: str) -> Table:
    """The best way of each pair in both results."""
    columns = (
        Column("pair", "pair"),
        Column("way_a", f"best way in {found.a}"),
        Column("way_b", f"in {found.b}"),
        *_numbers(found, money),
        Column("because", "because"),
    )
    rows = tuple(
        (row.name, _way(row, "a"), _way(row, "b"), *_cells(row), because_words(row.because)) for row in found.best
    )
    return Table("best", "Best ways", columns, rows)


def corridor_differences_table(found: Compared, money: str, *, every: bool = False) -> Table:
    """Named corridors that differ between the results, or all."""
    ends = {row.pair: row.name for row in found.best}
    shown = [row for row in found.corridors if every or row.differs]
    columns = (
        Column("pair", "pair"),
        Column("corridor", "corridor"),
        Column("rank_a", f"rank in {found.a}", kind="number"),
        Column("rank_b", f"in {found.b}", kind="number"),
        *_numbers(found, money),
        Column("because", "because"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (ends.get(row.pair, row.pair), row.name, row.a.rank, row.b.rank, *_cells(row), because_words(row.because))
        for row in shown
    )
    same = len(found.corridors) - len(shown)
    note = f"{same} of {len(found.corridors)} corridors are the same in both." if same else ""
    return Table("corridors", "Named corridors that differ", columns, rows, note)


def _numbers(found: Compared, money: str) -> tuple[Column, ...]:
    return (
        Column("hours_a", f"time in {found.a}", "days", "days", 1),
        Column("hours_b", f"in {found.b}", "days", "days", 1),
        Column("extra_hours", "more", "days", "days", 1),
        Column("usd_a", f"price in {found.a}", money, "number"),
        Column("usd_b", f"in {found.b}", money, "number"),
        Column("extra_usd", "more", money, "number"),
    )


def _cells(row: Difference) -> tuple[Cell, ...]:
    return row.a.hours, row.b.hours, row.change("hours"), row.a.usd, row.b.usd, row.change("usd")


def _way(row: Difference, which: str) -> str:
    side = row.a if which == "a" else row.b
    if not side.open:
        return "no way"
    return " + ".join(side.corridors.split(";")) if side.corridors else "no named corridor"


def because_words(causes: Sequence[Cause]) -> str:
    """Causes in a cell."""
    words = []
    for cause in causes:
        name = f"{cause.id}: {cause.what}" if cause.id and cause.id != cause.what else cause.what
        words.append(name if cause.kind in ("closed", "changed") else f"{cause.kind}: {name}")
    return "; ".join(words)


def components_table(found: Compared, money: str) -> Table:
    """Components of the best ways that differ."""
    ends = {row.pair: row.name for row in found.best}
    columns = (
        Column("pair", "pair"),
        Column("component", "component"),
        Column("hours_a", f"time in {found.a}", "hours", "number", 1),
        Column("hours_b", f"in {found.b}", "hours", "number", 1),
        Column("usd_a", f"price in {found.a}", money, "number"),
        Column("usd_b", f"in {found.b}", money, "number"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            ends[row.pair],
            figures.COMPONENT_WORDS.get(row.component, row.component),
            row.hours_a,
            row.hours_b,
            row.usd_a,
            row.usd_b,
        )
        for row in found.components
    )
    return Table("components", "What the best ways are made of, where it differs", columns, rows)


def show_compared(console: Console, found: Compared, money_year: int, *, every: bool = False) -> None:
    """Settings that differ, changes, best ways, corridors, components."""
    money = f"USD of {money_year}"
    console.print(Text(f"{found.a} and {found.b}", style="bold"))
    for name, one, other in found.settings:
        console.print(Text(f"  {name}: {one} in {found.a}, {other} in {found.b}"))
    for title, causes in ((f"only in {found.a}", found.only_a), (f"only in {found.b}", found.only_b)):
        for cause in causes:
            console.print(Text(f"  {title}: {cause.id}: {cause.what}"))
    for pair in found.missing:
        console.print(Text(f"  only one of them has the pair {pair}"))
    tables = (
        best_ways_table(found, money),
        corridor_differences_table(found, money, every=every),
        components_table(found, money),
    )
    for table in tables:
        if table.rows:
            console.print()
            show_table(console, table)
    if not any(row.differs for row in (*found.best, *found.corridors)):
        console.print(Text("Nothing differs on any way.", style="dim"))


def grid_table(names: Sequence[str], rows: Sequence[Sequence[Cell]], money_year: int) -> Table:
    """Scenarios times pairs, with what each scenario changes against the first."""
    money = f"USD of {money_year}"
    shown = {
        "scenario": Column("scenario", "scenario"),
        "origin": Column("origin", "from"),
        "destination": Column("destination", "to"),
        "corridors": Column("corridors", "best way"),
        "hours": Column("hours", "time", "days", "days", 1),
        "extra_hours": Column("extra_hours", "more", "days", "days", 1),
        "usd": Column("usd", "price", money, "number"),
        "extra_usd": Column("extra_usd", "more", money, "number"),
        "why_not": Column("why_not", "why no way", kind="status"),
    }
    cells = []
    for row in rows:
        record = dict(zip(names, row, strict=True))
        way = str(record["corridors"]).replace(";", " + ") or ("no named corridor" if record["reachable"] else "no way")
        cells.append(tuple((record | {"corridors": way})[name] for name in shown))
    return Table("grid", "Scenarios and pairs", tuple(shown.values()), tuple(cells))


# --- explanations ---------------------------------------------------------------------------------------------------


def show_explained(console: Console, found: Explained, most: int | None = None) -> None:
    """A row with its numbers, each recomputed, then facts, the numbers they beat, and sources."""
    console.print(Text(f"{found.table} {found.key}", style="bold"))
    if found.doc:
        console.print(Text(f"  {found.doc}", style="dim"))
    for name, text in found.texts:
        console.print(Padding(Text.assemble((f"{name}: ", "dim"), text), (0, 0, 0, 2), expand=False))
    for number in found.numbers:
        console.print()
        _show_number(console, number, most)
    for title, rows, keys in (
        ("Facts", found.facts, ("id", "subject", "quantity", "value", "unit", "year", "basis", "source", "note")),
        ("Not chosen", found.losers, ("fact", "id", "value", "year", "basis", "source", "why")),
        ("Sources", found.sources, ("id", "title", "url")),
    ):
        if rows:
            console.print()
            show_table(console, records_table(title, rows, keys))


def _show_number(console: Console, number: Explanation, most: int | None) -> None:
    unit = _UNITS.get(number.unit, number.unit)
    line = Text.assemble((f"{number.column} = {_exact(number.value)} {unit}", "bold"), (f"  {number.doc}", "dim"))
    console.print(line)
    if number.formula:
        console.print(Padding(Text.assemble(("formula: ", "dim"), number.formula), (0, 0, 0, 2), expand=False))
    if number.recomputed is not None:
        found_again = math.isclose(number.value, number.recomputed, rel_tol=EQUAL, abs_tol=EQUAL)
        verdict = "the same" if found_again else "NOT the same"
        style = "" if found_again else "red"
        console.print(Text(f"  recomputed: {_exact(number.recomputed)} {unit}, {verdict}", style=style))
    if number.stops:
        console.print(
            Padding(Text.assemble(("stops above the facts: ", "dim"), number.stops), (0, 0, 0, 2), expand=False)
        )
    if number.components:
        table = _components(number, most)
        console.print(fitted(console, table, indent=2, title=False))
        if table.note:
            console.print(Text(f"  {table.note}", style="dim"))


def _components(number: Explanation, most: int | None) -> Table:
    columns = [
        Column("what", "made of"),
        Column("amount", "amount", "", "number", 3),
        Column("unit", "unit"),
        Column("again", "again from facts"),
        Column("basis", "basis", kind="basis"),
        Column("formula", "formula"),
        Column("facts", "facts", kind="facts"),
        Column("note", "remark"),
    ]
    parts = number.components
    if most is not None and len(parts) > most:
        parts = tuple(sorted(parts, key=lambda part: -abs(part.amount))[:most])
    rows: list[tuple[Cell, ...]] = [
        (
            part.what,
            part.amount,
            _UNITS.get(part.unit, part.unit),
            _again(part),
            part.basis,
            part.formula,
            part.facts,
            part.note,
        )
        for part in parts
    ]
    filled = [i for i in range(len(columns)) if any(row[i] not in ("", (), None) for row in rows)]
    left = len(number.components) - len(parts)
    note = f"... and {left} smaller ones; --all shows them." if left else ""
    return Table(
        number.column, "", tuple(columns[i] for i in filled), tuple(tuple(row[i] for i in filled) for row in rows), note
    )


def _again(part: Component) -> str:
    """What came of making a component again from its facts."""
    if part.recomputed is None:
        return f"stops: {part.stops}" if part.stops else ""
    return "the same" if part.agrees else f"NOT the same: {_exact(part.recomputed)}"


def _exact(value: float) -> str:
    """Enough digits to compare by eye."""
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def records_table(title: str, rows: Sequence[Record], keys: Sequence[str]) -> Table:
    """Some columns of rows of a result."""
    columns = tuple(Column(key, key, kind="basis" if key == "basis" else "text") for key in keys)
    cells = tuple(tuple(_cell(row.get(key)) for key in keys) for row in rows)
    return Table(title.lower(), title, columns, cells)


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str):
        return value or ""
    assert isinstance(value, int | float)
    return str(value) if isinstance(value, int) else figures.plain(value)
