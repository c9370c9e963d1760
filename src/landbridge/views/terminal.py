"""Answers in a terminal: quiet tables, few colours, none when piped.

A piped table is as wide as it needs to be, so that nothing is cut or wrapped on its way into another program; on a
screen it fits the screen.
Texts are never read as markup: a name in square brackets prints as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import IO, Any, Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from landbridge.result.report import Column, FactUsed, SourceUsed, Table, subtotals
from landbridge.result.routes import Contribution, Route, RoutesAnswer, Unreachable
from landbridge.views import figures, tables

#: Width of piped output: wider than any table here.
_PIPED_WIDTH: Final = 400
_ASSUMED: Final = "italic yellow"
_CLOSED: Final = "red"
_QUIET: Final = "dim"
#: A longer word may be broken to fit a column.
_LONGEST_WORD: Final = 28
#: A longer text gets a line of its own in a block.
_SHORT: Final = 32


def open_console(file: IO[str] | None = None, width: int | None = None) -> Console:
    """A console for the given stream (default: standard output): colour and screen width on a terminal, neither when
    piped."""
    console = Console(file=file, highlight=False, soft_wrap=False, emoji=False, markup=False)
    if width is not None:
        return Console(file=file, width=width, highlight=False, emoji=False, markup=False)
    if console.is_terminal:
        return console
    return Console(file=file, width=_PIPED_WIDTH, highlight=False, emoji=False, markup=False, no_color=True)


def show_routes(console: Console, answer: RoutesAnswer) -> None:
    """Alternatives, then what each passes and its legs, then the notes."""
    console.print(_heading(answer))
    if answer.unreachable is not None or not answer.routes:
        console.print(_unreachable(answer.unreachable))
    else:
        console.print(fitted(console, tables.routes_table(answer), title=False, columns_without=_idle_columns(answer)))
        least = tables.least_table(answer)
        if least.rows:
            console.print(fitted(console, least))
        for number, route in enumerate(answer.routes, start=1):
            console.print()
            console.print(Text(f"{number} {figures.corridor_words(route.corridors)}", style="bold"))
            for kind, names in tables.way_lines(route):
                console.print(Padding(Text.assemble((f"{kind}: ", _QUIET), names), (0, 0, 0, 2), expand=False))
            console.print(fitted(console, tables.legs_table(answer, route), indent=2, total=True, title=False))
    _notes(console, answer.notes)


def show_explanation(
    console: Console, answer: RoutesAnswer, route: Route, facts: Mapping[str, FactUsed] | None = None
) -> None:
    """Every contribution of a route, grouped by leg, with sub-totals that equal the leg's and the route's numbers,
    and the facts used."""
    number = answer.routes.index(route) + 1
    console.print(_heading(answer))
    console.print(Text(f"{number} {figures.corridor_words(route.corridors)}", style="bold"))
    for leg in sorted({part.leg for part in route.contributions}):
        parts = [part for part in route.contributions if part.leg == leg]
        console.print()
        console.print(Text(tables.leg_name(route, leg), style="bold"))
        console.print(_contributions(console, route, leg, parts))
    console.print()
    console.print(_totals(console, answer, route))
    if facts:
        used = dict.fromkeys(fact for part in route.contributions for fact in part.facts)
        known = [facts[fact] for fact in used if fact in facts]
        if known:
            console.print()
            console.print(fitted(console, tables.facts_table(known)))
    _notes(console, answer.notes)


def show_routes_explained(
    console: Console, answer: RoutesAnswer, facts: Sequence[FactUsed], sources: Sequence[SourceUsed]
) -> None:
    """The alternatives side by side, then each with all its contributions, then facts and sources once."""
    if not answer.routes:
        show_routes(console, answer)
        return
    console.print(_heading(answer))
    console.print(fitted(console, tables.routes_table(answer), title=False, columns_without=_idle_columns(answer)))
    for route in answer.routes:
        console.print()
        show_explanation(console, replace(answer, notes=()), route)
    for table in (tables.facts_table(facts), tables.sources_table(sources)):
        console.print()
        show_table(console, table)
    _notes(console, answer.notes)


def show_table(console: Console, table: Table) -> None:
    """Any table: facts, search hits, quality, benchmarks, events."""
    if not table.rows:
        console.print(Text(f"{table.title}: nothing." if table.title else "Nothing.", style=_QUIET))
    else:
        console.print(fitted(console, table))
    if table.note:
        console.print(Text(table.note, style=_QUIET))


def show_lines(console: Console, lines: Sequence[tuple[str, str]]) -> None:
    """Labels and texts, one below the other; a text of several lines is indented below its label."""
    width = max((len(label) for label, _ in lines), default=0) + 2
    for label, text in lines:
        grid = RichTable.grid(padding=0)
        grid.add_column(width=width, no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(Text(label, style=_QUIET), Text(text))
        console.print(grid)


def as_rich(table: Table, *, total: bool = False, title: bool = True, columns_without: Sequence[str] = ()) -> RichTable:
    """A table without frame: units under the heads, numbers right-aligned, assumed in italics, closed red. ``total``:
    last row is a sum."""
    shown = [i for i, column in enumerate(table.columns) if column.key not in columns_without]
    rich = _frame([table.columns[i] for i in shown], title=table.title if title and table.title else None, footer=False)
    for r, row in enumerate(table.rows):
        last = total and r == len(table.rows) - 1
        rich.add_row(*(_cell(table.columns[i], row[i]) for i in shown), style="bold" if last else None)
        if total and r == len(table.rows) - 2:
            rich.add_section()
    return rich


def _frame(columns: Sequence[Column], *, title: str | None, footer: bool) -> RichTable:
    rich = RichTable(
        box=box.SIMPLE_HEAD,
        title=None if title is None else Text(title, style="bold"),
        title_justify="left",
        pad_edge=False,
        show_footer=footer,
        header_style="",
    )
    for column in columns:
        head = Text(column.title, style="bold")
        if column.unit:
            head.append(f"\n{column.unit}", style=_QUIET)
        number = tables.is_number(column)
        rich.add_column(head, justify="right" if number else "left", no_wrap=number, overflow="fold", vertical="top")
    return rich


def fitted(
    console: Console,
    table: Table,
    *,
    indent: int = 0,
    total: bool = False,
    title: bool = True,
    columns_without: Sequence[str] = (),
) -> RenderableType:
    """A table as wide as the screen takes; where words would be broken to fit, each row becomes a block of lines."""
    rich = as_rich(table, total=total, title=title, columns_without=columns_without)
    shown = [i for i, column in enumerate(table.columns) if column.key not in columns_without]
    narrowest = 3 * (len(shown) - 1) + 2 + indent
    for place, i in enumerate(shown):
        column = table.columns[i]
        cells = [tables.cell_text(column, row[i]) for row in table.rows]
        if tables.is_number(column):
            narrowest += max(map(len, (column.title, column.unit, *cells)))
        else:
            words = " ".join((column.title, column.unit, *cells)).split()
            longest = min(max(map(len, words), default=0), _LONGEST_WORD)
            rich.columns[place].min_width = longest
            narrowest += longest
    body: RenderableType = rich if narrowest <= console.width else _blocks(table, shown, title=title)
    return Padding(body, (0, 0, 0, indent), expand=False) if indent else body


def _blocks(table: Table, shown: Sequence[int], *, title: bool) -> RenderableType:
    """Each row as a heading and lines: for screens that are too narrow for the columns."""
    lines: list[RenderableType] = [Text(table.title, style="bold")] if title and table.title else []
    for row in table.rows:
        texts = [(table.columns[i], tables.cell_text(table.columns[i], row[i])) for i in shown]
        filled = [(column, text) for column, text in texts if text not in ("", figures.ABSENT)]
        leading = next((n for n, (column, _) in enumerate(filled) if not tables.is_number(column)), 0) + 1
        lines.append(Text("  ".join(text for _, text in filled[:leading]), style="bold"))
        short = [
            f"{column.title} {text}{f' {column.unit}' if column.unit not in ('', 'n') else ''}"
            for column, text in filled[leading:]
            if len(text) <= _SHORT
        ]
        if short:
            lines.append(Padding(Text("; ".join(short)), (0, 0, 0, 4), expand=False))
        for column, text in filled[leading:]:
            if len(text) > _SHORT:
                label = Text.assemble((f"{column.title}: ", _QUIET), text)
                lines.append(Padding(label, (0, 0, 0, 4), expand=False))
    return Group(*lines)


def _cell(column: Column, value: Any) -> Text:
    text = Text(tables.cell_text(column, value))
    if column.kind == "basis" and value == "assumed":
        text.stylize(_ASSUMED)
    if column.kind == "status" and value:
        text.stylize(_CLOSED)
    return text


def _heading(answer: RoutesAnswer) -> Text:
    cargo = figures.CARGO_WORDS.get(answer.cargo, answer.cargo)
    by = figures.BY_WORDS.get(answer.by, answer.by)
    return Text.assemble(
        (f"{answer.origin} to {answer.destination}", "bold"),
        (f"  {cargo}, {answer.value} value, {by}, on {answer.as_of}, money of {answer.money_year}", _QUIET),
    )


def _idle_columns(answer: RoutesAnswer) -> tuple[str, ...]:
    """Columns of the routes table that say nothing for this answer."""
    waits = any(route.origin_wait_hours for route in answer.routes)
    return () if waits else ("wait_days",)


def _unreachable(unreachable: Unreachable | None) -> RenderableType:
    if unreachable is None:
        return Text("No route.", style=_CLOSED)
    lines: list[RenderableType] = [Text.assemble(("No route: ", _CLOSED), unreachable.reason)]
    if unreachable.closures:
        lines.append(Text("Closed, and enough to cause it:"))
        lines += [Text(f"  {closure}", style=_CLOSED) for closure in unreachable.closures]
    return Group(*lines)


def _notes(console: Console, notes: Sequence[str]) -> None:
    if notes:
        console.print()
    for note in notes:
        console.print(Text.assemble(("note: ", _QUIET), note))


def _contributions(console: Console, route: Route, leg: int, parts: Sequence[Contribution]) -> RenderableType:
    """The contributions of a leg, measure by measure, with their sums; lines where the columns do not fit."""
    columns = (
        Column("where", "where"),
        Column("component", "component"),
        Column("amount", "amount", "", "number"),
        Column("measure", "unit"),
        Column("basis", "basis"),
        Column("formula", "formula"),
        Column("facts", "facts"),
    )
    rich = _frame(columns, title=None, footer=False)
    lines: list[RenderableType] = []
    widths = [len(column.title) for column in columns]
    sums = [item for item in subtotals(route) if item.leg == leg]

    def add(*cells: Text, bold: bool = False) -> None:
        rich.add_row(*cells, style="bold" if bold else None)
        for place, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            pieces = [cell.plain] if tables.is_number(column) else cell.plain.split()
            longest = max(map(len, pieces), default=0)
            widths[place] = max(widths[place], min(longest, _LONGEST_WORD))
        lines.extend(_contribution_lines(cells, bold=bold))

    for measure in dict.fromkeys(part.measure for part in parts):
        unit = Text(tables.MEASURE_UNITS.get(measure, measure), style=_QUIET)
        for part in parts:
            if part.measure != measure:
                continue
            style = _ASSUMED if part.basis == "assumed" else ""
            add(
                Text(part.where),
                Text(figures.COMPONENT_WORDS.get(part.component, part.component)),
                Text(figures.number(part.amount, 2), style=style),
                unit,
                Text(part.basis, style=style),
                Text(part.formula + (f"  [{part.note}]" if part.note else "")),
                Text(", ".join(part.facts), style=_QUIET),
            )
        for item in (item for item in sums if item.measure == measure):
            word = figures.COMPONENT_WORDS.get(item.component, item.component)
            assumed = f"of it assumed {figures.number(item.assumed, 2)}" if item.assumed else ""
            amount = Text(figures.number(item.amount, 2))
            add(Text(""), Text(f"sum of {word}"), amount, unit, Text(""), Text(assumed), Text(""), bold=True)
        given = _leg_total(route, leg, measure)
        if given is not None:
            amount = Text(figures.number(given, 2))
            add(Text(""), Text("whole leg"), amount, unit, Text(""), Text(""), Text(""), bold=True)
        rich.add_section()
    if sum(widths) + 3 * (len(columns) - 1) + 2 > console.width:
        return Group(*lines)
    for place, width in enumerate(widths):
        rich.columns[place].min_width = width
    return rich


def _contribution_lines(cells: Sequence[Text], *, bold: bool) -> list[RenderableType]:
    """One contribution, or a sum, below each other: what, how much; how it is made; of which facts."""
    where, component, amount, unit, basis, formula, facts = cells
    if bold:
        words = Text.assemble(
            component, " ", amount, " ", unit, *((", ", formula) if formula.plain else ()), style="bold"
        )
        return [Padding(words, (0, 0, 0, 2), expand=False)]
    head = Text.assemble(where, ", ", component, ": ", amount, " ", unit, ", ", basis)
    below = [text for text in (formula, facts) if text.plain]
    return [
        Padding(head, (0, 0, 0, 2), expand=False),
        *(Padding(text, (0, 0, 0, 6), expand=False) for text in below),
    ]


def _leg_total(route: Route, leg: int, measure: str) -> float | None:
    """The leg's own number, where it has one for the measure."""
    if not 0 <= leg < len(route.legs):
        return route.origin_wait_hours if measure == "origin_wait_hours" else None
    item = route.legs[leg]
    return {"hours": item.hours, "usd": item.usd, "co2_wtw_kg": item.co2_kg}.get(measure)


def _totals(console: Console, answer: RoutesAnswer, route: Route) -> RenderableType:
    table = tables.legs_table(answer, route)
    lines: list[RenderableType] = [fitted(console, table, total=True)]
    shares = (
        f"rests on assumed facts: {figures.percent(route.assumed_share_hours)} of the hours, "
        f"{figures.percent(route.assumed_share_usd)} of the price"
    )
    inputs = ", ".join(f"{key} = {_plain(value)}" for key, value in route.p95.items())
    lines.append(Text(shares))
    lines.append(Text(f"P95 {figures.number(route.hours_p95, 1)} hours: {inputs}"))
    return Group(*lines)


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return figures.plain(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
