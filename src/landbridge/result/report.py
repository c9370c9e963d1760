"""What a report shows, as plain frozen values: ``run`` fills them, ``views`` render them in the terminal, as HTML and
as a workbook.

Whatever a view prints stands here or in :mod:`landbridge.result.routes`; a view chooses and formats but computes
nothing. The few sums and
choices a report needs beyond a route's own values (:func:`subtotals`, :func:`comparison_rows`, :func:`headline`) are
functions of this module,
so that every view shows the same ones.

A later chapter (corridors over time, closures, access to the sea) is a :class:`Chapter`: sentences, tables, charts
and maps in order.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from landbridge.result.routes import Line, Route, RoutesAnswer

# --- tables ---------------------------------------------------------------------------------------------------------

#: How a column is shown. ``days`` holds hours and is shown as days; ``share`` and ``signed_share`` hold fractions and
#: are shown in percent;
#: ``country`` holds an ISO alpha-3 code and is shown by name; ``basis`` marks assumed values; ``status`` marks closed
#: ones; ``facts`` holds a tuple of fact ids; ``source`` a source id; ``url`` an address;
#: ``year`` is a number without thousands separator; ``route`` holds a :class:`RouteRef`.
ColumnKind = Literal[
    "text",
    "number",
    "year",
    "days",
    "share",
    "signed_share",
    "country",
    "basis",
    "status",
    "fact",
    "facts",
    "source",
    "url",
    "route",
]


@dataclass(frozen=True)
class RouteRef:
    """Points at one alternative of one pair."""

    pair_id: str
    route_id: str


Cell = str | int | float | bool | tuple[str, ...] | RouteRef | None  # None = not known


@dataclass(frozen=True)
class Column:
    """A column of a :class:`Table`. ``unit`` is printed in the head; ``decimals`` holds for numbers."""

    key: str
    title: str
    unit: str = ""
    kind: ColumnKind = "text"
    decimals: int = 0
    doc: str = ""


@dataclass(frozen=True)
class Table:
    """Columns and rows of any kind: facts, search hits, quality, events. Every row has one cell per column."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


# --- sentences ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """A number or a name inside a sentence, with the place where it is explained.

    kind: as :data:`ColumnKind`; explain: a route, or the id of a chapter of the report; None where the text explains
    itself.
    """

    value: str | int | float
    kind: Literal["text", "number", "year", "days", "share", "signed_share"] = "text"
    decimals: int = 0
    explain: RouteRef | str | None = None


@dataclass(frozen=True)
class Sentence:
    """A template with named places, ``"It takes {days} days."``, and the values that go there."""

    template: str
    values: Mapping[str, Figure] = field(default_factory=dict)


# --- maps and charts ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MapPoint:
    """A place, port or crossing to mark. kind: origin, destination, place, port, crossing, gauge, strait, quay (a port
    without rail or road), hole (what the network does not reach).

    routes: ids of the alternatives of the pair that use it; empty = marked whichever are drawn. assumed: dashed.
    named: whether it wants a label; its tooltip has the name anyway.
    """

    name: str
    kind: str
    lat: float
    lon: float
    closed: bool = False
    note: str = ""
    routes: tuple[str, ...] = ()
    assumed: bool = False
    named: bool = True


@dataclass(frozen=True)
class MapLine:
    """A line to draw. ``number`` > 0 is printed on it; ``strong`` draws it above and thicker; ``derived``, made by
    rule from open data, thin and below, and the map is not widened to hold it.
    """

    mode: str
    lines: tuple[Line, ...]
    assumed: bool = False
    closed: bool = False
    title: str = ""
    number: int = 0
    strong: bool = False
    derived: bool = False


@dataclass(frozen=True)
class MapData:
    """One map: what to draw, which countries (ISO alpha-3) to shade, whose data is shown.

    assumed, strong: what a dashed and a strong line mean here. whole: the whole world is shown, whatever is drawn.
    """

    id: str
    title: str
    lines: tuple[MapLine, ...]
    points: tuple[MapPoint, ...] = ()
    shaded: tuple[str, ...] = ()
    attributions: tuple[str, ...] = ()
    assumed: str = "course assumed"
    strong: str = "best way"
    whole: bool = False


@dataclass(frozen=True)
class RankLine:
    """Ranks of one corridor, one per date of the chart; None where it is closed or unknown."""

    name: str
    ranks: tuple[int | None, ...]
    strong: bool = False


@dataclass(frozen=True)
class DatedEvent:
    """Something that happened, to mark on a time axis."""

    id: str
    date: str  # ISO
    what: str


@dataclass(frozen=True)
class RankChart:
    """Rank over time: 1 is best. Dates are ISO days in rising order."""

    id: str
    title: str
    dates: tuple[str, ...]
    lines: tuple[RankLine, ...]
    events: tuple[DatedEvent, ...] = ()


@dataclass(frozen=True)
class Dot:
    """One row of a :class:`DotChart`. ``high`` ends the whisker (a P95); ``assumed_share`` is a fraction."""

    label: str
    value: float
    high: float | None = None
    group: str = ""
    assumed_share: float | None = None
    closed: bool = False
    explain: RouteRef | None = None


@dataclass(frozen=True)
class DotChart:
    """Values on one common axis, one row each, grouped. kind and decimals as in :class:`Column`. ``reference``: a
    value to compare with, drawn as a line.
    """

    id: str
    title: str
    axis: str  # "days from departure", "USD of 2024 per TEU"
    dots: tuple[Dot, ...]
    kind: Literal["number", "days", "share"] = "number"
    decimals: int = 0
    reference: float | None = None


@dataclass(frozen=True)
class RatioPoint:
    """One compared length; ``group`` is a mode."""

    label: str
    km: float
    ratio: float
    group: str
    assumed: bool = False


@dataclass(frozen=True)
class RatioChart:
    """Ratios of lengths over the length itself, both axes logarithmic, with a line at 1 and one at the median; what is
    furthest from the median is named.
    """

    id: str
    title: str
    x_axis: str  # "official length, km"
    y_axis: str  # "length on the map / official length"
    points: tuple[RatioPoint, ...]
    median: float


@dataclass(frozen=True)
class Histogram:
    """Numbers of values between neighbouring ``edges``, the upper one left out; first and last class hold what lies
    beyond. ``median`` is marked.
    """

    id: str
    title: str
    axis: str
    what: str  # what is counted: "sections"
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    median: float


Part = Table | MapData | RankChart | DotChart | RatioChart | Histogram


def chart_table(part: RatioChart | Histogram) -> Table:
    """The data behind a chart."""
    if isinstance(part, RatioChart):
        columns = (
            Column("label", "what"),
            Column("group", "mode"),
            Column("km", part.x_axis.removesuffix(", km"), "km", "number"),
            Column("ratio", part.y_axis, "", "number", 3),
            Column("basis", "basis", kind="basis"),
        )
        rows = tuple(
            (point.label, point.group, point.km, point.ratio, "assumed" if point.assumed else "")
            for point in part.points
        )
        return Table(part.id, part.title, columns, rows)
    classes = (
        Column("low", f"{part.axis}, from", "", "number", 2),
        Column("high", "to below", "", "number", 2),
        Column("n", part.what, "n", "number"),
    )
    counted = tuple(zip(part.edges[:-1], part.edges[1:], part.counts, strict=True))
    return Table(part.id, part.title, classes, counted, "The first and the last class hold what lies beyond.")


@dataclass(frozen=True)
class Chapter:
    """A further chapter of the report."""

    id: str
    title: str
    lead: tuple[Sentence, ...] = ()
    parts: tuple[Part, ...] = ()


# --- the parts of every report --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StudySummary:
    """What was asked. Countries are ISO alpha-3; dates ISO days."""

    id: str
    name: str
    question: str
    region: str
    region_countries: tuple[str, ...]
    partner: str
    partner_countries: tuple[str, ...]
    base_date: str
    money_year: int
    cargo: str
    value: str
    by: str
    limits: tuple[str, ...] = ()  # what the study does not know, in sentences


@dataclass(frozen=True)
class Provenance:
    """How the result was made. ``digests``: name and digest of each input (facts, study, scenario, network)."""

    version: str
    command: str
    scenario: str
    digests: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PairAnswer:
    """The answer for one pair of the study.

    points: where its ports, crossings and places lie, for the map. value_of_time_usd_per_hour joins hours and money
    in ``generalised_usd``.
    """

    id: str
    answer: RoutesAnswer
    points: tuple[MapPoint, ...] = ()
    value_of_time_usd_per_hour: float | None = None
    value_of_time_facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class ComparisonRow:
    """One way of one pair, or a named corridor that is not among them and why: it is shut (``shut``), leads elsewhere,
    or costs far more. Numbers are None where there is no route."""

    pair_id: str
    origin: str
    destination: str
    rank: int | None
    corridors: tuple[str, ...]
    route_id: str | None
    distance_km: float | None
    hours: float | None
    hours_p95: float | None
    origin_wait_hours: float | None
    usd: float | None
    generalised_usd: float | None
    co2_kg: float | None
    n_crossings: int | None
    n_gauge_breaks: int | None
    assumed_share_hours: float | None
    assumed_share_usd: float | None
    why_not: str = ""
    shut: bool = False


@dataclass(frozen=True)
class ComponentSum:
    """Hours and dollars of one component, whole route."""

    component: str
    hours: float
    usd: float


@dataclass(frozen=True)
class BenchmarkRow:
    """A published figure and what the model says. Errors are signed fractions, (model - published) / published; None
    where not compared.

    usable: yes, minimum (operators' claims and records: shown, not in medians), part, no. command: how to ask it again.
    """

    id: str
    origin: str
    destination: str
    corridor: str
    year: int | None
    usable: str
    reason: str
    published_days: float | None
    published_usd: float | None
    published_km: float | None
    model_days: float | None
    model_usd: float | None
    model_km: float | None
    error_days: float | None
    error_usd: float | None
    error_km: float | None
    source: str
    command: str = ""
    components: tuple[ComponentSum, ...] = ()
    usd_unit: str = ""
    money_year: int | None = None


@dataclass(frozen=True)
class BenchmarkMedian:
    """Median error over the usable rows of one measure (days, usd, km); errors are fractions."""

    measure: str
    n: int
    median_absolute: float | None
    median_signed: float | None


@dataclass(frozen=True)
class ComponentCheck:
    """A part of the model beside a published figure for the same part."""

    subject: str
    quantity: str
    unit: str
    published: float
    model: float
    ratio: float
    source: str
    note: str = ""


@dataclass(frozen=True)
class Benchmarks:
    """How right the model is."""

    rows: tuple[BenchmarkRow, ...]
    medians: tuple[BenchmarkMedian, ...]
    checks: tuple[ComponentCheck, ...] = ()


@dataclass(frozen=True)
class Loser:
    """A fact that answers the same question and was not chosen."""

    id: str
    value: float | None
    year: int | None
    basis: str
    source: str
    why: str


@dataclass(frozen=True)
class FactUsed:
    """A number or a row of a table that a result was made from. ``value`` is None for a row that is not a number (a
    section, a port)."""

    id: str
    subject: str
    quantity: str
    value: float | None
    unit: str
    year: int | None
    money_year: int | None
    basis: str
    source: str
    locator: str = ""
    note: str = ""
    low: float | None = None
    high: float | None = None
    parents: tuple[str, ...] = ()
    losers: tuple[Loser, ...] = ()


@dataclass(frozen=True)
class SourceUsed:
    """A publication. ``url`` may hold several addresses with ' | '."""

    id: str
    title: str
    url: str
    publisher: str = ""
    licence: str = ""
    kind: str = "reported"


@dataclass(frozen=True)
class BasisCount:
    """How many facts of a group rest on what."""

    group: str
    reported: int
    derived: int
    assumed: int
    scenario: int = 0


@dataclass(frozen=True)
class ReportData:
    """Everything a report shows."""

    study: StudySummary
    made: Provenance
    headline: Headline
    pairs: tuple[PairAnswer, ...]
    comparison: tuple[ComparisonRow, ...]
    benchmarks: Benchmarks | None
    facts: tuple[FactUsed, ...]
    sources: tuple[SourceUsed, ...]
    basis_counts: tuple[BasisCount, ...]
    attributions: tuple[str, ...]
    chapters: tuple[Chapter, ...] = ()


# --- what a report needs beyond a route's own values ----------------------------------------------------------------


@dataclass(frozen=True)
class Subtotal:
    """Sum of the contributions of one leg (-1 = before departure) and one component in one measure.

    assumed: the part of ``amount`` whose basis is ``assumed``.
    """

    leg: int
    component: str
    measure: str
    amount: float
    assumed: float


def subtotals(route: Route) -> tuple[Subtotal, ...]:
    """Contributions of a route added up by leg, component and measure, in order of first appearance; exactly rounded
    sums."""
    groups: dict[tuple[int, str, str], list[tuple[float, bool]]] = {}
    for part in route.contributions:
        key = (part.leg, part.component, part.measure)
        groups.setdefault(key, []).append((part.amount, part.basis == "assumed"))
    return tuple(
        Subtotal(*key, math.fsum(a for a, _ in parts), math.fsum(a for a, assumed in parts if assumed))
        for key, parts in groups.items()
    )


def component_sums(route: Route) -> tuple[ComponentSum, ...]:
    """Hours and dollars of a route per component, in order of first appearance."""
    names = dict.fromkeys(part.component for part in route.contributions if part.measure in ("hours", "usd"))
    return tuple(
        ComponentSum(
            name,
            *(
                math.fsum(p.amount for p in route.contributions if p.component == name and p.measure == measure)
                for measure in ("hours", "usd")
            ),
        )
        for name in names
    )


def comparison_rows(pairs: Sequence[PairAnswer]) -> tuple[ComparisonRow, ...]:
    """All alternatives of all pairs, ranked within their pair as the answer orders them; a pair without a route has
    one row saying why."""
    rows: list[ComparisonRow] = []
    for pair in pairs:
        answer = pair.answer
        for rank, route in enumerate(answer.routes, start=1):
            rows.append(
                ComparisonRow(
                    pair_id=pair.id,
                    origin=answer.origin,
                    destination=answer.destination,
                    rank=rank,
                    corridors=route.corridors,
                    route_id=route.id,
                    distance_km=route.distance_km,
                    hours=route.hours,
                    hours_p95=route.hours_p95,
                    origin_wait_hours=route.origin_wait_hours,
                    usd=route.usd,
                    generalised_usd=route.generalised_usd,
                    co2_kg=route.co2_kg,
                    n_crossings=len(route.crossings),
                    n_gauge_breaks=len(route.gauge_breaks),
                    assumed_share_hours=route.assumed_share_hours,
                    assumed_share_usd=route.assumed_share_usd,
                )
            )
        if not answer.routes:
            reason = answer.unreachable.reason if answer.unreachable else "no route was found"
            rows.append(no_way_row(pair, (), reason, shut=True))
    return tuple(rows)


def no_way_row(pair: PairAnswer, corridors: tuple[str, ...], why_not: str, *, shut: bool) -> ComparisonRow:
    """A row of the comparison for a corridor that is not among the ways of the pair."""
    return ComparisonRow(
        pair.id,
        pair.answer.origin,
        pair.answer.destination,
        rank=None,
        corridors=corridors,
        route_id=None,
        distance_km=None,
        hours=None,
        hours_p95=None,
        origin_wait_hours=None,
        usd=None,
        generalised_usd=None,
        co2_kg=None,
        n_crossings=None,
        n_gauge_breaks=None,
        assumed_share_hours=None,
        assumed_share_usd=None,
        why_not=why_not,
        shut=shut,
    )


@dataclass(frozen=True)
class HeadlineRoute:
    """The best way of one pair, as the headline quotes it."""

    ref: RouteRef
    origin: str
    destination: str
    corridors: tuple[str, ...]
    hours: float
    usd: float
    assumed_share_hours: float
    assumed_share_usd: float


@dataclass(frozen=True)
class Common:
    """What all alternatives of a pair share besides its ends; empty tuples where they share nothing."""

    pair_id: str
    destination: str
    n_routes: int
    countries: tuple[str, ...]
    crossings: tuple[str, ...]
    straits: tuple[str, ...]


@dataclass(frozen=True)
class Headline:
    """Inputs of the report's first sentences. ``best`` has one entry per pair that has a route, in the pairs' order.

    leading: corridors of the best ways with the number of pairs, most frequent first ('' = no named corridor).
    everywhere: countries (ISO alpha-3) on every alternative of every pair, ends left out.
    """

    n_pairs: int
    best: tuple[HeadlineRoute, ...]
    fastest: HeadlineRoute | None
    slowest: HeadlineRoute | None
    cheapest: HeadlineRoute | None
    dearest: HeadlineRoute | None
    leading: tuple[tuple[str, int], ...]
    common: tuple[Common, ...]
    everywhere: tuple[str, ...]
    cut_off: tuple[tuple[str, str, str], ...]  # origin, destination, reason
    medians: tuple[BenchmarkMedian, ...]


def headline(pairs: Sequence[PairAnswer], benchmarks: Benchmarks | None = None) -> Headline:
    """Choose what the first screen says. Ties go to the earlier pair; alternatives are compared as the answers order
    them."""
    best = tuple(
        HeadlineRoute(
            RouteRef(pair.id, pair.answer.routes[0].id),
            pair.answer.origin,
            pair.answer.destination,
            pair.answer.routes[0].corridors,
            pair.answer.routes[0].hours,
            pair.answer.routes[0].usd,
            pair.answer.routes[0].assumed_share_hours,
            pair.answer.routes[0].assumed_share_usd,
        )
        for pair in pairs
        if pair.answer.routes
    )
    counts: dict[str, int] = {}
    for item in best:
        name = " + ".join(item.corridors)
        counts[name] = counts.get(name, 0) + 1
    common = tuple(
        Common(
            pair.id,
            pair.answer.destination,
            len(pair.answer.routes),
            _shared([_between(route.countries) for route in pair.answer.routes]),
            _shared([route.crossings for route in pair.answer.routes]),
            _shared([route.straits for route in pair.answer.routes]),
        )
        for pair in pairs
        if pair.answer.routes
    )
    return Headline(
        n_pairs=len(pairs),
        best=best,
        fastest=min(best, key=lambda item: item.hours, default=None),
        slowest=max(best, key=lambda item: item.hours, default=None),
        cheapest=min(best, key=lambda item: item.usd, default=None),
        dearest=max(best, key=lambda item: item.usd, default=None),
        leading=tuple(sorted(counts.items(), key=lambda item: -item[1])),
        common=common,
        everywhere=_shared([item.countries for item in common]),
        cut_off=tuple(
            (
                pair.answer.origin,
                pair.answer.destination,
                pair.answer.unreachable.reason if pair.answer.unreachable else "no route was found",
            )
            for pair in pairs
            if not pair.answer.routes
        ),
        medians=benchmarks.medians if benchmarks else (),
    )


def _between(countries: tuple[str, ...]) -> tuple[str, ...]:
    """Countries passed, without the first and the last."""
    ends = {countries[0], countries[-1]} if countries else set()
    return tuple(code for code in countries if code not in ends)


def _shared(lists: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Members of every list, in the order of the first."""
    if not lists:
        return ()
    return tuple(dict.fromkeys(item for item in lists[0] if all(item in other for other in lists)))
