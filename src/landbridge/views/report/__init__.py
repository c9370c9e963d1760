"""A report as one HTML file: opens from disk, loads nothing, prints, shows where each number comes from.

:func:`report_html` renders a :class:`~landbridge.result.report.ReportData`. The words and the order stand in
``page.html.j2``, the looks in
``page.css`` (rules: ``docs/DESIGN.md``), the conveniences (sorting, filtering, opening a link's target) in
``page.js``; without
JavaScript everything can still be read. The page's content security policy allows exactly this style sheet and this
script.
"""

from __future__ import annotations

import base64
import hashlib
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from landbridge.result.report import (
    Cell,
    Chapter,
    Column,
    ComparisonRow,
    Dot,
    DotChart,
    Figure,
    Histogram,
    MapData,
    PairAnswer,
    Part,
    RankChart,
    RatioChart,
    ReportData,
    RouteRef,
    Sentence,
    Table,
    component_sums,
)
from landbridge.result.routes import Contribution, Route
from landbridge.views import charts, figures, map, svg, tables  # noqa: A004 - the module is the map
from landbridge.views.report.links import Anchors, slug
from landbridge.views.report.sentences import accuracy_sentences, country_name, headline_sentences

#: A longer table of a further chapter is folded; it stands whole in the workbook and the tables.
LONGEST_OPEN_TABLE: Final = 30

#: Sections in the order of the page: anchor and heading. Chapters stand before "explanations".
SECTIONS: Final = (
    ("answer", "The answer"),
    ("question", "What the study asks"),
    ("ways", "The ways, pair by pair"),
    ("comparison", "All ways compared"),
    ("benchmarks", "How right is it?"),
    ("explanations", "How each number is made"),
    ("facts", "Facts used"),
    ("sources", "Sources"),
    ("made", "How this report was made"),
)


def report_html(data: ReportData) -> str:
    """The whole page. Same data, same text. Every link inside the page leads somewhere; no address outside is
    loaded."""
    anchors = Anchors.of(data, _section_ids(data))
    environment = Environment(
        loader=PackageLoader("landbridge.views.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "days": figures.days,
        "number": figures.number,
        "plain": figures.plain,
        "percent": lambda share: _unbroken(figures.percent(share)),
        "signed": figures.signed_percent,
        "corridors": figures.corridor_words,
        "country": country_name,
        "component": lambda name: figures.COMPONENT_WORDS.get(name, name),
        "cargo": lambda name: figures.CARGO_WORDS.get(name, name),
        "by": lambda name: figures.BY_WORDS.get(name, name),
        "slug": slug,
    }
    page = _Page(data, anchors)
    css, js = _file("page.css"), _file("page.js")
    text = environment.get_template("page.html.j2").render(
        data=data,
        page=page,
        anchors=anchors,
        headings=dict(SECTIONS),
        contents=_contents(data, anchors),
        sentences=headline_sentences(data.study, data.headline),
        css=Markup(css),
        js=Markup(js),
        css_hash=_digest(css),
        js_hash=_digest(js),
    )
    return svg.clean(text)


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _section_ids(data: ReportData) -> list[str]:
    return [name for name, _ in SECTIONS] + [chapter.id for chapter in data.chapters]


def _contents(data: ReportData, anchors: Anchors) -> list[tuple[str, str]]:
    shown = []
    for name, heading in SECTIONS:
        if name == "explanations":
            shown += [(anchors.chapters[chapter.id], chapter.title) for chapter in data.chapters]
        if name == "benchmarks" and data.benchmarks is None:
            continue
        shown.append((name, heading))
    return shown


@dataclass(frozen=True)
class ExplainedRow:
    """Contributions of one arc and component side by side: amount per measure, and how each was made."""

    where: str
    component: str
    km: float
    amounts: dict[str, float]
    assumed: frozenset[str]
    parts: tuple[Contribution, ...]


@dataclass(frozen=True)
class ExplainedLeg:
    """Rows of one leg and its own numbers (None before departure)."""

    name: str
    rows: tuple[ExplainedRow, ...]
    hours: float | None
    usd: float | None
    co2_kg: float | None
    distance_km: float | None


@dataclass(frozen=True)
class _Page:
    """What the template asks for: markup of links, cells, tables, maps and charts."""

    data: ReportData
    anchors: Anchors

    # --- links ---

    def called(self, route: Route, identifiers: Sequence[str]) -> str:
        """Names of ports, crossings, gauge breaks or straits of a route."""
        return ", ".join(route.called(identifier) for identifier in identifiers)

    def way(self, ref: RouteRef, text: str) -> Markup:
        """A number that links to its explanation."""
        anchor = self.anchors.routes.get(ref)
        return _link(anchor, text, "n") if anchor else escape(text)

    def fact(self, name: str) -> Markup:
        """A fact's id, linked where the report has it."""
        anchor = self.anchors.facts.get(name)
        return _link(anchor, name) if anchor else escape(name)

    def facts(self, names: Iterable[str]) -> Markup:
        """Several facts."""
        return Markup(", ").join(self.fact(name) for name in names)

    def source(self, name: str) -> Markup:
        """A source's id, linked where the report has it."""
        anchor = self.anchors.sources.get(name)
        return _link(anchor, name) if anchor else escape(name)

    def sentence(self, sentence: Sentence) -> Markup:
        """A sentence with its values linked."""
        parts: list[Markup] = []
        for text, key, _, _ in string.Formatter().parse(sentence.template):
            parts.append(escape(text))
            if key is not None:
                parts.append(self._figure(sentence.values[key]))
        return Markup("").join(parts)

    def _figure(self, figure: Figure) -> Markup:
        text = _unbroken(figure_text(figure))
        number = figure.kind not in ("text", "year")
        if isinstance(figure.explain, RouteRef):
            return self.way(figure.explain, text)
        anchor = self.anchors.chapters.get(figure.explain or "")
        if anchor:
            return _link(anchor, text, "n" if number else "")
        return Markup("<b>{}</b>").format(text) if number else escape(text)

    # --- tables ---

    def table(
        self,
        table: Table,
        *,
        sortable: bool = True,
        filterable: bool = False,
        wide: bool = False,
        wrapped: bool = False,
    ) -> Markup:
        """Any table. Rows of facts and sources carry their anchors; ``wrapped``: heads may take several lines."""
        own = {"facts": self.anchors.facts, "sources": self.anchors.sources}.get(table.id, {})
        styles = (("sort", sortable), ("filter", filterable), ("wide", wide), ("wrapped", wrapped))
        names = [name for name, on in styles if on]
        head = Markup("").join(_head(column) for column in table.columns)
        rows = []
        for row in table.rows:
            anchor = own.get(str(row[0]))
            cells = Markup("").join(
                self._cell(column, value, heading=i == 0, anchored=bool(anchor) and i == 0)
                for i, (column, value) in enumerate(zip(table.columns, row, strict=True))
            )
            rows.append(Markup("<tr{}>{}</tr>\n").format(_id(anchor), cells))
        note = Markup('<p class="quiet">{}</p>').format(table.note) if table.note else Markup("")
        return Markup(
            '<div class="scroll"><table class="{}">\n<caption>{}</caption>\n<thead><tr>{}</tr></thead>\n'
            "<tbody>\n{}</tbody></table></div>{}\n"
        ).format(" ".join(names), table.title, head, Markup("").join(rows), note)

    def _cell(self, column: Column, value: Cell, *, heading: bool, anchored: bool) -> Markup:
        text = tables.cell_text(column, value)
        inside: Markup = escape(text)
        classes = ["num"] if tables.is_number(column) else []
        if isinstance(value, RouteRef):
            inside = self.way(value, "how")
        elif column.kind == "facts" and isinstance(value, tuple):
            inside = self.facts(value) or escape(figures.ABSENT)
        elif column.kind == "fact" and isinstance(value, str) and not anchored:
            inside = self.fact(value)
        elif column.kind == "source" and isinstance(value, str) and not anchored:
            inside = self.source(value)
        elif column.kind == "url" and isinstance(value, str):
            inside = addresses(value)
        elif column.kind == "basis" and value == "assumed":
            classes.append("assumed")
        elif column.kind == "status" and value:
            classes.append("closed")
        if column.key == "value" and not isinstance(value, str):
            classes.append("num")
        attributes = Markup(' class="{}"').format(" ".join(classes)) if classes else Markup("")
        if isinstance(value, int | float) and not isinstance(value, bool):
            attributes += Markup(' data-v="{}"').format(repr(value))
        tag = Markup('th scope="row"') if heading else Markup("td")
        return Markup("<{}{}>{}</{}>").format(tag, attributes, inside, "th" if heading else "td")

    def comparison(self, rows: Sequence[ComparisonRow]) -> Markup:
        """The comparison: numbers link to their explanation, assumed shares stand beside them, closed ways say why."""
        table = tables.comparison_table(rows, self.data.study.money_year, self.data.pairs)
        keep = [i for i, column in enumerate(table.columns) if column.key not in ("route", "why_not")]
        linked = {"days", "days_p95", "usd", "generalised_usd", "co2_kg", "distance_km"}
        body = []
        for row, cells in zip(rows, table.rows, strict=True):
            ref = RouteRef(row.pair_id, row.route_id or "")
            shown = []
            for i in keep:
                column, value = table.columns[i], cells[i]
                cell = self._cell(column, value, heading=column.key == "destination", anchored=False)
                if column.key in linked and isinstance(value, int | float):
                    share = {"days": row.assumed_share_hours, "usd": row.assumed_share_usd}.get(column.key)
                    mostly = " assumed" if share is not None and share >= 0.5 else ""
                    text = self.way(ref, tables.cell_text(column, value))
                    cell = Markup('<td class="num{}" data-v="{}">{}</td>').format(mostly, repr(value), text)
                if row.route_id is None and column.key == "corridors":
                    # The reason takes the place of all the numbers.
                    style = "closed" if row.shut else "quiet"
                    shown.append(Markup("<td>{}</td>").format(value))
                    shown.append(
                        Markup('<td class="reason {}" colspan="{}">{}</td>').format(
                            style, len(keep) - len(shown), row.why_not
                        )
                    )
                    break
                shown.append(cell)
            first = row.rank == 1
            body.append(
                Markup("<tr{}>{}</tr>\n").format(Markup(' class="best"') if first else "", Markup("").join(shown))
            )
        head = Markup("").join(_head(table.columns[i]) for i in keep)
        return Markup(
            '<div class="scroll"><table class="sort wide">\n<caption>{}</caption>\n<thead><tr>{}</tr></thead>\n'
            "<tbody>\n{}</tbody></table></div>\n"
        ).format(table.title, head, Markup("").join(body))

    def best_rows(self) -> list[ComparisonRow]:
        """The best row of each pair, or the row that says why there is none."""
        return [row for row in self.data.comparison if row.rank == 1 or (row.rank is None and not row.corridors)]

    def n_ways(self, pair_id: str) -> int:
        """How many ways were found for a pair."""
        return sum(row.pair_id == pair_id and row.route_id is not None for row in self.data.comparison)

    def n_left_out(self) -> int:
        """How many named corridors are not among the ways of their pair."""
        return sum(row.route_id is None for row in self.data.comparison)

    def accuracy(self) -> list[Sentence]:
        """How far off the model is, in a sentence."""
        return accuracy_sentences(self.data.headline)

    def ref(self, pair_id: str, route_id: str | None) -> RouteRef:
        """A reference, for the template."""
        return RouteRef(pair_id, route_id or "")

    def benchmark_tables(self) -> tuple[Table, ...]:
        """Medians and checks; the rows are set by the template."""
        benchmarks = self.data.benchmarks
        if benchmarks is None:
            return ()
        return tuple(table for table in tables.benchmark_tables(benchmarks) if table.id != "benchmarks")

    def basis_table(self) -> Table:
        """How many facts rest on what."""
        return tables.basis_table(self.data.basis_counts)

    def facts_table(self) -> Table:
        """All facts used."""
        return tables.facts_table(self.data.facts)

    def sources_table(self) -> Table:
        """All sources used."""
        return tables.sources_table(self.data.sources)

    # --- maps and charts ---

    def best_map(self) -> Markup:
        """The map of the first screen."""
        drawn = map.best_ways_map(self.data.study, self.data.pairs, self.data.attributions)
        return Markup(map.map_svg(drawn, width=700, height=335, id_="map-best"))

    def pair_map(self, pair: PairAnswer) -> Markup:
        """All ways of a pair."""
        drawn = map.pair_map(self.data.study, pair, self.data.attributions)
        return Markup(map.map_svg(drawn, id_=f"map-{self.anchors.pairs[pair.id]}", height=480))

    def least(self, pair: PairAnswer) -> Table:
        """Ways that are best by another measure and not shown."""
        return tables.least_table(pair.answer)

    def profile(self, pair: PairAnswer) -> Markup:
        """Time- and cost-distance of a pair."""
        return Markup(charts.profile_chart(pair.answer, id_=f"profile-{self.anchors.pairs[pair.id]}"))

    def scatter(self, measure: str) -> Markup:
        """Model against published."""
        rows = self.data.benchmarks.rows if self.data.benchmarks else ()
        return Markup(charts.benchmark_scatter(rows, measure, id_=f"scatter-{measure}"))

    def comparison_chart(self, measure: str) -> Markup:
        """All ways of all pairs on one axis: time with P95, or price."""
        dots = []
        for row in self.data.comparison:
            value = row.hours if measure == "days" else row.usd
            if value is None or row.route_id is None:
                continue
            dots.append(
                Dot(
                    f"{row.rank or ''} {figures.corridor_words(row.corridors)}".strip(),
                    value,
                    row.hours_p95 if measure == "days" else None,
                    f"{row.origin} to {row.destination}",
                    row.assumed_share_hours if measure == "days" else row.assumed_share_usd,
                    explain=RouteRef(row.pair_id, row.route_id),
                )
            )
        study = self.data.study
        if measure == "days":
            chart = DotChart(
                "days", "Time of all ways", "days from departure: mean, whisker to P95", tuple(dots), "days", 1
            )
        else:
            axis = f"USD of {study.money_year} {tables.per_unit(study.cargo)}"
            chart = DotChart("usd", "Price of all ways", axis, tuple(dots))
        return Markup(charts.dot_chart(chart, id_=f"dots-{measure}", width=640))

    def part(self, chapter: Chapter, part: Part) -> Markup:
        """A part of a further chapter."""
        name = f"{slug(chapter.id)}-{slug(part.id)}"
        if isinstance(part, Table):
            if len(part.rows) <= LONGEST_OPEN_TABLE:
                return self.table(part, wrapped=True)
            found = self.table(part, filterable=True, wrapped=True)
            return Markup('<details class="big"><summary>{} ({:,} rows)</summary>\n{}</details>\n').format(
                part.title, len(part.rows), found
            )
        if isinstance(part, MapData):
            drawn = map.map_svg(part, id_=f"map-{name}")
        elif isinstance(part, RankChart):
            drawn = charts.rank_chart(part, id_=f"rank-{name}")
        elif isinstance(part, RatioChart):
            drawn = charts.ratio_chart(part, id_=f"ratios-{name}")
        elif isinstance(part, Histogram):
            drawn = charts.histogram(part, id_=f"histogram-{name}")
        else:
            drawn = charts.dot_chart(part, id_=f"dots-{name}")
        return Markup('<figure><figcaption>{}</figcaption><div class="scroll">{}</div></figure>').format(
            part.title, Markup(drawn)
        )

    # --- explanations ---

    def components(self, route: Route) -> list[tuple[str, float, float]]:
        """Component, hours, dollars."""
        return [(item.component, item.hours, item.usd) for item in component_sums(route)]

    def legs(self, route: Route) -> list[ExplainedLeg]:
        """Contributions by leg, arc and component, in their order."""
        result = []
        for leg in sorted({part.leg for part in route.contributions}):
            groups: dict[tuple[str, str, str], list[Contribution]] = {}
            for part in route.contributions:
                if part.leg == leg:
                    groups.setdefault((part.arc, part.where, part.component), []).append(part)
            own = route.legs[leg] if 0 <= leg < len(route.legs) else None
            result.append(
                ExplainedLeg(
                    tables.leg_name(route, leg),
                    tuple(_explained(key, parts) for key, parts in groups.items()),
                    own.hours if own else None,
                    own.usd if own else None,
                    own.co2_kg if own else None,
                    own.distance_km if own else None,
                )
            )
        return result

    def how(self, row: ExplainedRow) -> Markup:
        """Formula and facts of each measure of a row; measures made alike are said once."""
        words = {"hours": "h", "usd": "USD", "co2_wtw_kg": "CO2", "co2_ttw_kg": "CO2 ttw", "origin_wait_hours": "h"}
        pieces = []
        for part in row.parts:
            formula = part.formula
            ids = [name for name in part.facts if name != formula]
            linked = self.facts(ids) if formula not in part.facts else self.facts(part.facts)
            text = Markup("{}: ").format(words.get(part.measure, part.measure))
            if formula and formula not in part.facts:
                text += Markup("{} ").format(formula)
            if linked:
                text += Markup("[{}]").format(linked)
            if part.note:
                text += Markup(" {}").format(part.note)
            pieces.append(text)
        return Markup("; ").join(pieces)

    def basis(self, row: ExplainedRow) -> str:
        """Bases of a row, each once."""
        return ", ".join(dict.fromkeys(part.basis for part in row.parts))

    def p95(self, route: Route) -> list[tuple[str, str]]:
        """Inputs of the P95, as text."""
        return [
            (key, figures.plain(value) if isinstance(value, int | float) else _text(value))
            for key, value in route.p95.items()
        ]


def _explained(key: tuple[str, str, str], parts: Sequence[Contribution]) -> ExplainedRow:
    amounts: dict[str, float] = {}
    for part in parts:
        amounts[part.measure] = amounts.get(part.measure, 0.0) + part.amount
    return ExplainedRow(
        key[1],
        key[2],
        parts[0].km,
        amounts,
        frozenset(part.measure for part in parts if part.basis == "assumed"),
        tuple(parts),
    )


def figure_text(figure: Figure) -> str:
    """The value of a sentence as text."""
    if isinstance(figure.value, str):
        return figure.value
    if figure.kind == "days":
        return figures.days(figure.value, figure.decimals)
    if figure.kind == "share":
        return figures.percent(figure.value, figure.decimals)
    if figure.kind == "signed_share":
        return figures.signed_percent(figure.value, figure.decimals)
    if figure.kind == "year":
        return str(int(figure.value))
    return figures.number(figure.value, figure.decimals)


def _unbroken(text: str) -> str:
    """No line break before a percent sign."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def plain_sentence(sentence: Sentence) -> str:
    """A sentence as text, for the terminal and the workbook."""
    return sentence.template.format(**{key: figure_text(figure) for key, figure in sentence.values.items()})


def addresses(text: str) -> Markup:
    """Addresses as links that say where they lead; anything but http and https stays text."""
    parts = []
    for address in text.split(" | "):
        try:
            scheme, host = urlsplit(address).scheme, urlsplit(address).netloc
        except ValueError:
            scheme, host = "", ""
        if scheme in ("http", "https") and host:
            parts.append(Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(address, address))
        else:
            parts.append(escape(address))
    return Markup(" ").join(parts)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_text(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return figures.plain(value) if isinstance(value, float) else str(value)


def _link(anchor: str, text: str, css: str = "") -> Markup:
    return Markup('<a{} href="#{}">{}</a>').format(Markup(' class="{}"').format(css) if css else "", anchor, text)


def _id(anchor: str | None) -> Markup:
    return Markup(' id="{}"').format(anchor) if anchor else Markup("")


def _head(column: Column) -> Markup:
    css = Markup(' class="num"') if tables.is_number(column) else Markup("")
    title = Markup(' title="{}"').format(column.doc) if column.doc else Markup("")
    unit = Markup("<small>{}</small>").format(column.unit) if column.unit else Markup("")
    return Markup('<th scope="col"{}{}>{}{}</th>').format(css, title, column.title, unit)
