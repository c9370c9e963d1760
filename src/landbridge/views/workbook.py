"""A report's tables as an Excel workbook: one sheet per table, units in the head row, basis and source columns, links
from a number to its facts.

Same data, same bytes: the file says that it was created on the study's base date, and nothing reads a clock. Texts are
written as texts, so a name that starts with "=" is not a formula. The only formulas add up the contributions of a route
beside its own total, for the reader to check.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import xlsxwriter

from landbridge.result.report import (
    Cell,
    Column,
    DotChart,
    FactUsed,
    Histogram,
    RankChart,
    RatioChart,
    ReportData,
    Table,
    chart_table,
)
from landbridge.result.routes import Contribution
from landbridge.views import figures, tables
from landbridge.views.report import plain_sentence
from landbridge.views.report.sentences import headline_sentences

#: Excel's limits: characters in a cell, characters of an address, links on a sheet, characters of a sheet's name.
_CELL_CHARACTERS: Final = 32_767
_URL_CHARACTERS: Final = 2_079
_LINKS: Final = 65_000
_SHEET_NAME: Final = 31
_FORBIDDEN_IN_NAME: Final = re.compile(r"[\[\]:*?/\\']")
_WIDEST: Final = 60


def workbook_bytes(data: ReportData) -> bytes:
    """The whole workbook: Summary, Routes, Legs, Contributions, Benchmarks, Facts, Sources, Notes, then tables of
    chapters and network."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    day = datetime.date.fromisoformat(data.study.base_date)
    book.set_properties(
        {
            "title": _fit(data.study.name, 200),
            "subject": _fit(data.study.question, 200),
            "comments": f"Landbridge {data.made.version}",
            "created": datetime.datetime(day.year, day.month, day.day),
        }
    )
    _Writer.of(book, data).write()
    book.close()
    return target.getvalue()


@dataclass(frozen=True)
class _Writer:
    """A workbook under construction: its formats, and the row of each fact and source for links."""

    book: Any
    data: ReportData
    formats: dict[str, Any]
    fact_rows: dict[str, int]  # fact id -> row as Excel counts
    source_rows: dict[str, int]
    fact_source: dict[str, FactUsed]
    names: set[str]  # lower-case names of sheets already made

    @classmethod
    def of(cls, book: Any, data: ReportData) -> _Writer:
        """Formats of everything; assumed is italic, closed red, as in the other views."""
        base = {"valign": "top"}
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}),
            "number_head": book.add_format(
                {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom", "align": "right"}
            ),
            "text": book.add_format(base),
            "wrap": book.add_format(base | {"text_wrap": True}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "bold": book.add_format(base | {"bold": True}),
            "assumed": book.add_format(base | {"italic": True, "font_color": "#7a4a00"}),
            "closed": book.add_format(base | {"font_color": "#c1121f"}),
            "link": book.add_format(base | {"font_color": "#005a9c", "underline": 1}),
            "general": book.add_format(base),
            "year": book.add_format(base | {"num_format": "0"}),
            "share": book.add_format(base | {"num_format": "0 %"}),
            "share1": book.add_format(base | {"num_format": "0.0 %"}),
            "signed_share": book.add_format(base | {"num_format": "+0 %;-0 %;0 %"}),
            "signed_share1": book.add_format(base | {"num_format": "+0.0 %;-0.0 %;0.0 %"}),
        }
        for decimals in range(4):
            places = "." + "0" * decimals if decimals else ""
            formats[f"number{decimals}"] = book.add_format(base | {"num_format": f"#,##0{places}_)"})
        return cls(
            book,
            data,
            formats,
            {fact.id: i + 2 for i, fact in reversed(list(enumerate(data.facts)))},
            {source.id: i + 2 for i, source in reversed(list(enumerate(data.sources)))},
            {fact.id: fact for fact in reversed(data.facts)},
            set(),
        )

    def write(self) -> None:
        """All sheets, in reading order."""
        data = self.data
        self._summary()
        self._table("Routes", _routes(data), checks=True)
        self._table("Legs", _legs(data))
        self._table("Contributions", _contributions(data, self.fact_source))
        if data.benchmarks:
            self._table("Benchmarks", tables.benchmarks_table(data.benchmarks.rows))
            self._table("Medians", tables.medians_table(data.benchmarks.medians))
            if data.benchmarks.checks:
                self._table("Checks", tables.checks_table(data.benchmarks.checks))
        self._table("Facts", tables.facts_table(data.facts))
        self._table("Sources", tables.sources_table(data.sources))
        self._notes()
        for chapter in data.chapters:
            for part in chapter.parts:
                table = _part_table(part)
                if table is not None:
                    self._table(table.title, table)

    def _sheet(self, wanted: str) -> Any:
        """A sheet whose name Excel accepts and that no other sheet has."""
        clean = _FORBIDDEN_IN_NAME.sub(" ", wanted).strip()[:_SHEET_NAME].strip() or "Table"
        name, n = clean, 1
        while name.lower() in self.names or name.lower() == "history":
            n += 1
            name = f"{clean[: _SHEET_NAME - len(str(n)) - 1]} {n}"
        self.names.add(name.lower())
        return self.book.add_worksheet(name)

    def _summary(self) -> None:
        data, sheet = self.data, self._sheet("Summary")
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 32)
        sheet.set_column(2, 9, 14)
        sheet.write_string(0, 0, _fit(data.study.name), self.formats["title"])
        sheet.write_string(1, 0, _fit(data.study.question), self.formats["text"])
        row = 3
        for sentence in headline_sentences(data.study, data.headline):
            sheet.merge_range(row, 0, row, 9, _fit(plain_sentence(sentence)), self.formats["wrap"])
            sheet.set_row(row, 30)
            row += 1
        row += 1
        best = [r for r in data.comparison if r.rank == 1 or (r.rank is None and not r.corridors)]
        table = tables.comparison_table(best, data.study.money_year)
        keep = [i for i, c in enumerate(table.columns) if c.key not in ("rank", "ports", "route")]
        for column, i in enumerate(keep):
            sheet.write_string(row, column, _head(table.columns[i]), self._head_format(table.columns[i]))
        sheet.set_row(row, 32)
        for cells in table.rows:
            row += 1
            for column, i in enumerate(keep):
                self._cell(sheet, row, column, table.columns[i], cells[i], linked=False)
        row += 2
        for key, value in (
            ("Day", data.study.base_date),
            ("Cargo", f"{data.study.cargo}, value {data.study.value}"),
            ("Best means", figures.BY_WORDS.get(data.study.by, data.study.by)),
            ("Money", f"dollars of {data.study.money_year}"),
            ("Program", f"Landbridge {data.made.version}"),
            ("Command", data.made.command),
            ("Scenario", data.made.scenario),
            *((f"Digest of {name}", digest) for name, digest in data.made.digests),
        ):
            sheet.write_string(row, 0, _fit(key), self.formats["bold"])
            sheet.write_string(row, 1, _fit(value), self.formats["text"])
            row += 1
        _page(sheet)

    def _notes(self) -> None:
        data = self.data
        rows: list[tuple[Cell, ...]] = [("reading", text) for text in _READING]
        rows += [("not known", text) for text in data.study.limits]
        rows += [
            (f"{pair.answer.origin} to {pair.answer.destination}", note)
            for pair in data.pairs
            for note in (*pair.answer.notes, *_no_way(pair.answer.unreachable))
        ]
        rows += [
            (
                "facts",
                f"{c.group}: {c.reported} reported, {c.derived} derived, {c.assumed} assumed, {c.scenario} scenario",
            )
            for c in data.basis_counts
        ]
        rows += [("map data", text) for text in data.attributions]
        self._table("Notes", Table("notes", "Notes", (Column("about", "about"), Column("note", "note")), tuple(rows)))

    def _table(self, name: str, table: Table, *, checks: bool = False) -> None:
        """A table as a sheet: frozen head, filter, widths, formats, links. ``checks`` adds the sums of the
        contributions as formulas."""
        sheet = self._sheet(name)
        spread = _spread_facts(table)
        columns = [column for column, _ in spread]
        extra = _SUMS if checks else ()
        for i, column in enumerate(columns):
            sheet.write_string(0, i, _fit(_head(column)), self._head_format(column))
        for i, (head, _) in enumerate(extra):
            sheet.write_string(0, len(columns) + i, head, self.formats["number_head"])
        links = 0
        for r, row in enumerate(table.rows, start=1):
            for i, (column, pick) in enumerate(spread):
                links += self._cell(sheet, r, i, column, pick(row), linked=links < _LINKS)
            for i, (_, measure) in enumerate(extra):
                place = [c.key for c in columns].index("hours" if measure == "hours" else "usd")
                sheet.write_formula(
                    r, len(columns) + i, _sum_formula(columns, r, measure), self.formats["number2"], row[place]
                )
        last = max(len(table.rows), 1)
        sheet.autofilter(0, 0, last, len(columns) + len(extra) - 1)
        sheet.freeze_panes(1, 0)
        sheet.set_row(0, 32)
        for i, (column, pick) in enumerate(spread):
            sheet.set_column(i, i, _width(column, (pick(row) for row in table.rows[:2000])))
        for i in range(len(extra)):
            sheet.set_column(len(columns) + i, len(columns) + i, 18)
        _page(sheet)

    def _head_format(self, column: Column) -> Any:
        return self.formats["number_head" if tables.is_number(column) else "head"]

    def _cell(self, sheet: Any, row: int, column: int, of: Column, value: Cell, *, linked: bool) -> int:
        """Write one cell; returns 1 if it holds a link."""
        formats = self.formats
        if value is None or value == "" or value == ():
            return 0
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if isinstance(value, int | float):
            shown = value / 24 if of.kind == "days" else value
            sheet.write_number(row, column, shown, formats[_format(of)])
            return 0
        text = _fit(tables.cell_text(of, value))
        place = {"fact": ("Facts", self.fact_rows), "source": ("Sources", self.source_rows)}.get(of.kind)
        own = sheet.get_name() == (place[0] if place else "") and column == 0
        if linked and place and text in place[1] and not own:
            sheet.write_url(row, column, f"internal:'{place[0]}'!A{place[1][text]}", formats["link"], text)
            return 1
        if linked and of.kind == "url" and _is_address(text):
            sheet.write_url(row, column, text, formats["link"], text[:255])
            return 1
        css = "assumed" if of.kind == "basis" and text == "assumed" else "closed" if of.kind == "status" else "text"
        sheet.write_string(row, column, text, formats[css])
        return 0


_READING: Final = (
    "Hours run from the departure of the first vehicle to arrival at the terminal of the destination; the wait before "
    "departure is apart.",
    "P95 is the time that 19 of 20 boxes keep.",
    "The contributions of a route add up to its hours, its price and its CO2; the last columns of Routes add them up "
    "for checking.",
    "Assumed values are italic: a fact without a source, or made from one.",
)

#: Columns with sums of contributions: head and measure.
_SUMS: Final = (("hours, added up from Contributions", "hours"), ("USD, added up from Contributions", "usd"))


def _routes(data: ReportData) -> Table:
    columns = (
        Column("pair", "pair"),
        Column("route", "route"),
        Column("origin", "from"),
        Column("destination", "to"),
        Column("rank", "rank", kind="number"),
        Column("corridors", "corridors"),
        Column("distance_km", "distance", "km", "number"),
        Column("days", "time", "days", "days", 1),
        Column("hours", "time", "hours", "number", 2),
        Column("hours_p95", "P95", "hours", "number", 2),
        Column("buffer_index", "buffer index", "ratio", "number", 2),
        Column("origin_wait_hours", "wait before departure", "hours", "number", 1),
        Column("usd", "price", f"USD of {data.study.money_year}", "number", 2),
        Column("generalised_usd", "price with value of time", f"USD of {data.study.money_year}", "number", 2),
        Column("co2_kg", "CO2 well to wheel", "kg", "number", 1),
        Column("co2_ttw_kg", "CO2 tank to wheel", "kg", "number", 1),
        Column("assumed_share_hours", "assumed share of hours", "%", "share"),
        Column("assumed_share_usd", "assumed share of USD", "%", "share"),
        Column("ports", "ports"),
        Column("crossings", "crossings"),
        Column("gauge_breaks", "gauge breaks"),
        Column("countries", "countries"),
        Column("straits", "straits"),
        Column("stretch", "measure compared with the best", "ratio", "number", 3),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            pair.id,
            route.id,
            pair.answer.origin,
            pair.answer.destination,
            rank,
            figures.corridor_words(route.corridors),
            route.distance_km,
            route.hours,
            route.hours,
            route.hours_p95,
            route.buffer_index,
            route.origin_wait_hours,
            route.usd,
            route.generalised_usd,
            route.co2_kg,
            route.co2_ttw_kg,
            route.assumed_share_hours,
            route.assumed_share_usd,
            route.ports,
            route.crossings,
            route.gauge_breaks,
            route.countries,
            route.straits,
            route.stretch,
        )
        for pair in data.pairs
        for rank, route in enumerate(pair.answer.routes, start=1)
    ]
    return Table("routes", "Routes", columns, tuple(rows))


def _legs(data: ReportData) -> Table:
    columns = (
        Column("pair", "pair"),
        Column("route", "route"),
        Column("leg", "leg", kind="number"),
        Column("mode", "mode"),
        Column("from", "from"),
        Column("to", "to"),
        Column("distance_km", "distance", "km", "number", 1),
        Column("hours", "time", "hours", "number", 2),
        Column("usd", "price", f"USD of {data.study.money_year}", "number", 2),
        Column("co2_kg", "CO2 well to wheel", "kg", "number", 1),
        Column("countries", "countries"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            pair.id,
            route.id,
            number,
            leg.mode,
            leg.from_,
            leg.to,
            leg.distance_km,
            leg.hours,
            leg.usd,
            leg.co2_kg,
            leg.countries,
        )
        for pair in data.pairs
        for route in pair.answer.routes
        for number, leg in enumerate(route.legs, start=1)
    ]
    return Table("legs", "Legs", columns, tuple(rows))


def _contributions(data: ReportData, facts: dict[str, FactUsed]) -> Table:
    columns = (
        Column("pair", "pair"),
        Column("route", "route"),
        Column("leg", "leg", "0 = before departure", "number"),
        Column("where", "where"),
        Column("component", "component"),
        Column("measure", "measure"),
        Column("amount", "amount", "in the measure's unit", "number", 3),
        Column("km", "length", "km", "number", 1),
        Column("basis", "basis", kind="basis"),
        Column("formula", "formula"),
        Column("sources", "sources"),
        Column("note", "note"),
        Column("facts", "fact", kind="facts"),
    )

    def sources(part: Contribution) -> tuple[str, ...]:
        return tuple(dict.fromkeys(facts[name].source for name in part.facts if name in facts))

    rows: list[tuple[Cell, ...]] = [
        (
            pair.id,
            route.id,
            part.leg + 1,
            part.where,
            part.component,
            part.measure,
            part.amount,
            part.km,
            part.basis,
            part.formula,
            sources(part),
            part.note,
            part.facts,
        )
        for pair in data.pairs
        for route in pair.answer.routes
        for part in route.contributions
    ]
    return Table("contributions", "Contributions", columns, tuple(rows))


def _part_table(part: object) -> Table | None:
    """The data behind a part of a chapter; None for a map."""
    if isinstance(part, Table):
        return part
    if isinstance(part, RankChart):
        columns = (
            Column("date", "date"),
            *(Column(f"c{i}", line.name, "rank", "number") for i, line in enumerate(part.lines)),
        )
        ranks = tuple((day, *(line.ranks[i] for line in part.lines)) for i, day in enumerate(part.dates))
        return Table(part.id, part.title, columns, ranks)
    if isinstance(part, DotChart):
        columns = (
            Column("group", "group"),
            Column("label", "what"),
            Column("value", part.axis, "", part.kind, part.decimals),
            Column("high", "high end", "", part.kind, part.decimals),
            Column("assumed", "assumed", "%", "share"),
            Column("state", "state", kind="status"),
        )
        dots = tuple(
            (dot.group, dot.label, dot.value, dot.high, dot.assumed_share, "closed" if dot.closed else "")
            for dot in part.dots
        )
        return Table(part.id, part.title, columns, dots)
    if isinstance(part, RatioChart | Histogram):
        return chart_table(part)
    return None


def _no_way(unreachable: Any) -> tuple[str, ...]:
    if unreachable is None:
        return ()
    closed = f" Closed: {', '.join(unreachable.closures)}." if unreachable.closures else ""
    return (f"No way: {unreachable.reason}.{closed}",)


def _spread_facts(table: Table) -> list[tuple[Column, Any]]:
    """Columns with a function that picks their cell: a column of several facts becomes one column per fact, so that
    each can be a link."""
    result: list[tuple[Column, Any]] = []
    for i, column in enumerate(table.columns):
        if column.kind != "facts":
            result.append((column, lambda row, i=i: row[i]))
            continue
        most = max((len(cell) for row in table.rows if isinstance(cell := row[i], tuple)), default=0)
        for n in range(max(most, 1)):
            title = column.title if n == 0 else f"{column.title} {n + 1}"
            result.append(
                (
                    Column(f"{column.key}{n}", title, kind="fact"),
                    lambda row, i=i, n=n: row[i][n] if isinstance(row[i], tuple) and n < len(row[i]) else None,
                )
            )
    return result


def _sum_formula(columns: Sequence[Column], row: int, measure: str) -> str:
    """Adds up the contributions of the route in this row; columns of Contributions as :func:`_contributions` orders
    them."""
    keys = [column.key for column in columns]
    pair, route = _letter(keys.index("pair")), _letter(keys.index("route"))
    return (
        f"=SUMIFS(Contributions!$G:$G,Contributions!$A:$A,{pair}{row + 1},Contributions!$B:$B,{route}{row + 1},"
        f'Contributions!$F:$F,"{measure}")'
    )


def _letter(column: int) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[column]


def _head(column: Column) -> str:
    return f"{column.title} [{column.unit}]" if column.unit else column.title


def _format(column: Column) -> str:
    if column.kind in ("number", "days"):
        return f"number{min(column.decimals, 3)}"
    if column.kind in ("share", "signed_share"):
        return f"{column.kind}1" if column.decimals else column.kind
    return "year" if column.kind == "year" else "general"


def _width(column: Column, cells: Iterable[Cell]) -> float:
    longest = max((len(tables.cell_text(column, value)) for value in cells), default=0)
    return min(max(longest + 2, min(len(_head(column)) + 2, 16), 8), _WIDEST)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and len(text) <= _URL_CHARACTERS and " " not in text


def _fit(text: str, most: int = _CELL_CHARACTERS) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _page(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
