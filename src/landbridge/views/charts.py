"""Charts as SVG: time- and cost-distance, model against published, dots with whiskers, ratios, rank over time."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from landbridge.result.report import BenchmarkRow, DotChart, Histogram, RankChart, RankLine, RatioChart
from landbridge.result.routes import ProfilePoint, Route, RoutesAnswer
from landbridge.schema.words import MODES
from landbridge.views import figures, palette, svg
from landbridge.views.map import mark

_STEP_WORDS: Final = {"port": "port", "crossing": "border", "gauge": "gauge break", "transfer": "transfer"}


def ticks(low: float, high: float, about: int = 6) -> list[float]:
    """Round numbers from at most ``low`` to at least ``high``, 1, 2, 2.5 or 5 times a power of ten apart."""
    span = high - low
    if not span > 0:
        return [low, low + 1]
    raw = span / about
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten from at most ``low`` to at least ``high`` (both > 0)."""
    values = [
        factor * 10.0**power
        for power in range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
        for factor in (1, 2, 5)
    ]
    below = max(v for v in values if v <= low * 1.0001)
    above = min(v for v in values if v >= high * 0.9999)
    return [v for v in values if below <= v <= above]


@dataclass(frozen=True)
class _Panel:
    """A plotting area with linear scales from data to px."""

    left: float
    top: float
    width: float
    height: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def x(self, value: float) -> float:
        """Px of a value on the x axis."""
        low, high = self.x_range
        return self.left + (value - low) / (high - low) * self.width

    def y(self, value: float) -> float:
        """Px of a value on the y axis, upward."""
        low, high = self.y_range
        return self.top + self.height - (value - low) / (high - low) * self.height

    @property
    def box(self) -> svg.Box:
        """Left, top, right, bottom."""
        return self.left, self.top, self.left + self.width, self.top + self.height


def _rule(x1: float, y1: float, x2: float, y2: float, colour: str = palette.RULE, width: float = 0.8) -> str:
    return svg.element("path", d=svg.path([(x1, y1), (x2, y2)]), stroke=colour, stroke_width=width)


def _axes(panel: _Panel, x_ticks: Sequence[float], y_ticks: Sequence[float], y_title: str, x_title: str = "") -> str:
    left, top, right, bottom = panel.box
    parts = [svg.text(left - 44, top - 10, y_title, size=11.5, weight="600")]
    for value in y_ticks:
        y = panel.y(value)
        parts.append(_rule(left, y, right, y))
        parts.append(svg.text(left - 6, y + 3.8, figures.plain(value), size=10.5, anchor="end", colour=palette.QUIET))
    for value in x_ticks:
        x = panel.x(value)
        parts.append(_rule(x, bottom, x, bottom + 4, palette.QUIET))
        if x_title:
            parts.append(
                svg.text(x, bottom + 16, figures.plain(value), size=10.5, anchor="middle", colour=palette.QUIET)
            )
    if x_title:
        parts.append(svg.text(right, bottom + 32, x_title, size=11.5, anchor="end", weight="600"))
    return "".join(parts)


# --- time- and cost-distance ----------------------------------------------------------------------------------------


def profile_chart(answer: RoutesAnswer, *, id_: str, width: float = 960) -> str:
    """Hours and dollars over the kilometres of all alternatives of one pair: two panels on one distance axis.

    A slope is a haul, a vertical step is a port, border, gauge break or transfer, with its name and height where
    there is room and as
    a tooltip always. Colours are modes; numbers are the alternatives of the pair's table; the best one is drawn
    stronger.
    """
    title = f"Time and cost over distance, {answer.origin} to {answer.destination}"
    routes = [route for route in answer.routes if route.profile]
    if not routes:
        return svg.document(
            width, 40, svg.text(8, 24, "No route, so nothing to draw.", colour=palette.QUIET), id_=id_, title=title
        )
    x_ticks = ticks(0, max(point.distance_km for route in routes for point in route.profile), 10)
    unit = f"USD of {answer.money_year} per {figures.CARGO_SHORT.get(answer.cargo, answer.cargo)}"
    panels: tuple[tuple[str, float, float, Callable[[ProfilePoint], float], Callable[[float], str]], ...] = (
        ("days from departure", 320.0, 40.0, lambda p: p.hours / 24, lambda step: f"{figures.number(step, 1)} d"),
        (unit, 270.0, 420.0, lambda p: p.usd, lambda step: f"USD {figures.number(step)}"),
    )
    content = []
    for name, height, top, value, step_text in panels:
        y_ticks = ticks(0, max(value(point) for route in routes for point in route.profile))
        panel = _Panel(58, top, width - 58 - 26, height, (0, x_ticks[-1]), (0, y_ticks[-1]))
        content.append(_axes(panel, x_ticks, y_ticks, name, "km" if top > 100 else ""))
        content.append(_profile_panel(panel, answer.routes, value, step_text))
    content.append(_profile_legend(answer, 736))
    return svg.document(
        width,
        736 + 20 * len(answer.routes) + 12,
        "".join(content),
        id_=id_,
        title=title,
        description=_profile_words(answer),
    )


def _profile_words(answer: RoutesAnswer) -> str:
    return "; ".join(
        f"{number} {figures.corridor_words(route.corridors)}: {figures.days(route.hours)} days, "
        f"USD {figures.number(route.usd)}, {figures.number(route.distance_km)} km"
        for number, route in enumerate(answer.routes, start=1)
    )


def _profile_panel(
    panel: _Panel, routes: Sequence[Route], value: Callable[[ProfilePoint], float], step_text: Callable[[float], str]
) -> str:
    drawn, marks, wanted, samples, badges = [], [], [], [], []
    ends = [
        (number, panel.x(route.profile[-1].distance_km), panel.y(value(route.profile[-1])))
        for number, route in enumerate(routes, start=1)
        if route.profile
    ]
    for number, route in reversed(list(enumerate(routes, start=1))):
        lines = []
        for before, after in zip(route.profile, route.profile[1:], strict=False):
            a = (panel.x(before.distance_km), panel.y(value(before)))
            b = (panel.x(after.distance_km), panel.y(value(after)))
            step = value(after) - value(before)
            samples += [(a[0] + (b[0] - a[0]) * t / 8, a[1] + (b[1] - a[1]) * t / 8) for t in range(9)]
            if after.distance_km > before.distance_km:
                stroke = palette.STROKES.get(after.mode, palette.OTHER_STROKE)
                lines.append(svg.stroked(svg.path([a, b]), stroke, wider=1.45 if number == 1 else 0.9))
                continue
            if abs(step) < 1e-9:
                continue
            word = _STEP_WORDS.get(after.kind, after.kind)
            name = after.label or word
            label = f"{name} {step_text(step)}"
            lines.append(_rule(*a, *b, palette.QUIET, 2.2 if number == 1 else 1.2))
            marks.append(
                svg.element(
                    "g",
                    svg.tooltip(f"{number}: {name}, {word}, {step_text(step)}")
                    + mark(after.kind, a[0], (a[1] + b[1]) / 2),
                )
            )
            height = abs(b[1] - a[1])
            # Every pair ends with a transfer: its name says nothing new unless it is a large step.
            if after.label and (after.kind != "transfer" or height > 14):
                wanted.append(
                    svg.Wanted(
                        a[0],
                        (a[1] + b[1]) / 2,
                        label,
                        height + (1000 if number == 1 else 0),
                        10,
                        4,
                        title=f"{number}: {label}",
                    )
                )
        drawn.append(
            svg.element(
                "g", svg.tooltip(f"{number} {figures.corridor_words(route.corridors)}") + "".join(lines), _class="alt"
            )
        )
    boxes = []
    for (number, x, _), y in zip(ends, _apart([(x, y) for _, x, y in ends], panel), strict=True):
        badges.append(
            svg.element("circle", cx=x + 11, cy=y, r=8, fill=palette.PAPER, stroke=palette.INK)
            + svg.text(x + 11, y + 3.7, str(number), size=10.5, anchor="middle", weight="600")
        )
        boxes.append((x + 2, y - 9, x + 20, y + 9))
    boxes += [(w.x - 4, w.y - 4, w.x + 4, w.y + 4) for w in wanted]
    left, top, right, bottom = panel.box
    labels = svg.place_labels(_merged(wanted), (left + 2, top - 4, right + 24, bottom - 2), boxes, samples)
    return "".join([*drawn, *marks, *(label.svg() for label in labels), *badges])


def _apart(ends: Sequence[tuple[float, float]], panel: _Panel) -> list[float]:
    """Heights for the discs at the ends of lines: moved up or down where two would touch."""
    result: list[float] = [y for _, y in ends]
    order = sorted(range(len(ends)), key=lambda i: ends[i][0])
    clusters: list[list[int]] = []
    for i in order:
        if clusters and ends[i][0] - ends[clusters[-1][-1]][0] < 18:
            clusters[-1].append(i)
        else:
            clusters.append([i])
    for cluster in clusters:
        places = svg.spread([ends[i][1] for i in cluster], 18, panel.top, panel.top + panel.height)
        for i, place in zip(cluster, places, strict=True):
            result[i] = place
    return result


def _merged(wanted: Sequence[svg.Wanted]) -> list[svg.Wanted]:
    """One label where alternatives make the same step at nearly the same place."""
    kept: list[svg.Wanted] = []
    for want in sorted(wanted, key=lambda item: -item.priority):
        if not any(
            want.text == other.text and abs(want.x - other.x) < 30 and abs(want.y - other.y) < 30 for other in kept
        ):
            kept.append(want)
    return kept


def _profile_legend(answer: RoutesAnswer, top: float) -> str:
    parts = []
    x = 14.0
    used = {point.mode for route in answer.routes for point in route.profile}
    for mode in (*MODES, *sorted(used - set(MODES) - {""})):
        if mode in used:
            stroke = palette.STROKES.get(mode, palette.OTHER_STROKE)
            parts.append(
                svg.element(
                    "g", svg.stroked("M0 0h26", stroke), transform=f"translate({svg.shortest(x)} {svg.shortest(top)})"
                )
            )
            parts.append(svg.text(x + 31, top + 4, mode, size=11))
            x += 31 + svg.text_width(mode, 11) + 16
    kinds = {point.kind for route in answer.routes for point in route.profile}
    for kind, word in _STEP_WORDS.items():
        if kind in kinds:
            parts.append(mark(kind, x + 6, top))
            parts.append(svg.text(x + 14, top + 4, word, size=11))
            x += 14 + svg.text_width(word, 11) + 16
    for number, route in enumerate(answer.routes, start=1):
        y = top + 20 * number + 6
        parts.append(svg.element("circle", cx=22, cy=y - 4, r=8, stroke=palette.INK))
        parts.append(svg.text(22, y - 0.3, str(number), size=10.5, anchor="middle", weight="600"))
        name = figures.corridor_words(route.corridors)
        by = ", ".join(map(route.called, route.ports))
        label = f"{name}: {figures.days(route.hours)} days, USD {figures.number(route.usd)}, "
        label += f"{figures.number(route.distance_km)} km" + (f" (ports: {by})" if by else "")
        parts.append(svg.text(36, y, label, size=11, weight="600" if number == 1 else None))
    return "".join(parts)


# --- model against published ----------------------------------------------------------------------------------------

_Figure = Callable[[BenchmarkRow], float | None]
_MEASURES: Final[dict[str, tuple[str, _Figure, _Figure]]] = {
    "days": ("days", lambda row: row.published_days, lambda row: row.model_days),
    "usd": ("USD", lambda row: row.published_usd, lambda row: row.model_usd),
    "km": ("km", lambda row: row.published_km, lambda row: row.model_km),
}


def benchmark_scatter(rows: Sequence[BenchmarkRow], measure: str, *, id_: str, size: float = 460) -> str:
    """Model over published on logarithmic scales, with the line of equality and the band of +-30 %.

    Filled points are in the medians (usable = yes), hollow ones are shown only. The points furthest off are labelled;
    all have tooltips. Rows without both figures are left out.
    """
    unit, published_of, model_of = _MEASURES[measure]
    points = [
        (row, published, model)
        for row in rows
        if (published := published_of(row)) and (model := model_of(row)) and published > 0 and model > 0
    ]
    title = f"Model against published figures, {unit}"
    if not points:
        return svg.document(
            size, 40, svg.text(8, 24, f"No row compares {unit}.", colour=palette.QUIET), id_=id_, title=title
        )
    values = [value for _, published, model in points for value in (published, model)]
    marks_at = log_ticks(min(values) * 0.95, max(values) * 1.05)
    low, high = math.log(marks_at[0]), math.log(marks_at[-1])
    panel = _Panel(62, 30, size - 62 - 30, size - 62 - 30, (low, high), (low, high))
    left, top, right, bottom = panel.box
    up, down = math.log(1.3), math.log(1 / 1.3)
    band = [
        (panel.x(low), panel.y(low)),
        (panel.x(low), panel.y(min(high, low + up))),
        (panel.x(max(low, high - up)), panel.y(high)),
        (panel.x(high), panel.y(high)),
        (panel.x(high), panel.y(high + down)),
        (panel.x(low - down), panel.y(low)),
    ]
    parts = [
        svg.element("path", d=svg.path(band, closed=True), fill=palette.BAND),
        svg.text(left - 44, top - 12, f"model, {unit}", size=11.5, weight="600"),
        svg.text(right, bottom + 34, f"published, {unit}", size=11.5, weight="600", anchor="end"),
    ]
    for value in marks_at:
        at = math.log(value)
        parts.append(_rule(left, panel.y(at), right, panel.y(at)))
        parts.append(_rule(panel.x(at), top, panel.x(at), bottom))
        label = figures.plain(value)
        parts.append(svg.text(left - 6, panel.y(at) + 3.8, label, size=10.5, anchor="end", colour=palette.QUIET))
        parts.append(svg.text(panel.x(at), bottom + 16, label, size=10.5, anchor="middle", colour=palette.QUIET))
    parts.append(_rule(panel.x(low), panel.y(low), panel.x(high), panel.y(high), palette.QUIET, 1.2))
    wanted, boxes = [], []
    for row, published, model in points:
        x, y = panel.x(math.log(published)), panel.y(math.log(model))
        counted = row.usable == "yes"
        text = (
            f"{row.id} {row.origin} to {row.destination}: model {figures.plain(round(model, 1))}, "
            f"published {figures.plain(published)} {unit}" + ("" if counted else f" ({row.usable}: {row.reason})")
        )
        disc = svg.element(
            "circle",
            cx=x,
            cy=y,
            r=3.6,
            fill=palette.INK if counted else palette.PAPER,
            stroke=palette.INK,
            stroke_width=1.1,
        )
        parts.append(svg.element("g", svg.tooltip(text) + disc))
        boxes.append((x - 3.6, y - 3.6, x + 3.6, y + 3.6))
        off = abs(math.log(model / published))
        if off > 0.15:
            wanted.append(svg.Wanted(x, y, row.id, off, 9.5, 3.6, colour=palette.QUIET, title=text))
    parts += [label.svg() for label in svg.place_labels(wanted, (left, top, right, bottom), boxes) if not label.leader]
    words = f"{len(points)} rows; filled: in the medians, hollow: shown only; line: equal; band: ±30 %"
    parts.append(svg.text(left, size - 4, words, size=9.5, colour=palette.QUIET))
    return svg.document(size, size + 4, "".join(parts), id_=id_, title=title, description=words)


# --- dots -----------------------------------------------------------------------------------------------------------


def dot_chart(chart: DotChart, *, id_: str, width: float = 960) -> str:
    """One row per value on a common axis from zero: a dot, a whisker to ``high``, hollow where at least half rests on
    assumed facts, red where closed."""
    if not chart.dots:
        return svg.document(
            width, 40, svg.text(8, 24, "Nothing to compare.", colour=palette.QUIET), id_=id_, title=chart.title
        )

    def shown(value: float) -> float:
        return value / 24 if chart.kind == "days" else value * 100 if chart.kind == "share" else value

    label_width = min(380.0, 14 + max(svg.text_width(dot.label, 11) for dot in chart.dots))
    top_value = max(max(shown(dot.value), shown(dot.high or 0)) for dot in chart.dots)
    at = ticks(0, top_value or 1, 8)
    if chart.reference is not None:
        top_value = max(top_value, shown(chart.reference))
        at = ticks(0, top_value, 8)
    groups = list(dict.fromkeys(dot.group for dot in chart.dots))
    n_heads = sum(bool(group) for group in groups)
    height = 20 * len(chart.dots) + 26 * n_heads
    panel = _Panel(label_width + 8, 26, width - label_width - 8 - 70, height, (0, at[-1]), (0, 1))
    _, top, right, bottom = panel.box
    parts = [svg.text(right, 12, chart.axis, size=11.5, weight="600", anchor="end")]
    for value in at:
        parts.append(_rule(panel.x(value), top, panel.x(value), bottom))
        parts.append(
            svg.text(
                panel.x(value), bottom + 15, figures.plain(value), size=10.5, anchor="middle", colour=palette.QUIET
            )
        )
    if chart.reference is not None:
        x = panel.x(shown(chart.reference))
        parts.append(_rule(x, top, x, bottom, palette.QUIET, 1.4))
    y = top
    for group in groups:
        if group:
            y += 26
            parts.append(svg.text(6, y - 6, group, size=11.5, weight="600"))
        for dot in (dot for dot in chart.dots if dot.group == group):
            middle = y + 10
            x = panel.x(shown(dot.value))
            colour = palette.CLOSED if dot.closed else palette.INK
            number = figures.number(shown(dot.value), chart.decimals)
            title = f"{dot.label}: {number} {chart.axis}"
            marks = ""
            end = x
            if dot.high is not None:
                end = panel.x(shown(dot.high))
                title += f", P95 {figures.number(shown(dot.high), chart.decimals)}"
                marks += _rule(x, middle, end, middle, colour, 1.4) + _rule(
                    end, middle - 3, end, middle + 3, colour, 1.4
                )
            hollow = dot.assumed_share is not None and dot.assumed_share >= 0.5
            if dot.assumed_share is not None:
                title += f", {figures.percent(dot.assumed_share)} assumed"
            marks += svg.element(
                "circle",
                cx=x,
                cy=middle,
                r=4,
                fill=palette.PAPER if hollow else colour,
                stroke=colour,
                stroke_width=1.3,
            )
            parts.append(svg.element("g", svg.tooltip(title) + marks))
            parts.append(
                svg.text(
                    label_width,
                    middle + 4,
                    _cut(dot.label, label_width - 14, 11),
                    size=11,
                    anchor="end",
                    title=dot.label,
                )
            )
            parts.append(svg.text(end + 8, middle + 4, number, size=10.5, colour=colour, halo=True))
            y += 20
    return svg.document(width, bottom + 24, "".join(parts), id_=id_, title=chart.title)


def _cut(text: str, width: float, size: float) -> str:
    """The text, shortened with an ellipsis where it is wider than ``width`` px."""
    if svg.text_width(text, size) <= width:
        return text
    while text and svg.text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


# --- ratios ---------------------------------------------------------------------------------------------------------

#: So many of the points of a ratio chart that are furthest from the median are named.
_NAMED_RATIOS: Final = 10
#: Signs of the modes, filled.
_MODE_SIGNS: Final = {"rail": "crossing", "road": "port"}
_SIGN_WORDS: Final = {"crossing": "disc", "port": "square", "gauge": "diamond"}


def ratio_chart(chart: RatioChart, *, id_: str, width: float = 960, height: float = 430) -> str:
    """Ratios over lengths on logarithmic scales: a sign for each mode, hollow where assumed; lines at 1
    and at the median; the furthest from the median named where there is room, all in tooltips.
    """
    points = [point for point in chart.points if point.km > 0 and point.ratio > 0]
    if not points:
        empty = svg.text(8, 24, "Nothing to compare.", colour=palette.QUIET)
        return svg.document(width, 40, empty, id_=id_, title=chart.title)
    x_at = log_ticks(min(point.km for point in points) * 0.99, max(point.km for point in points) * 1.01)
    low = min(0.9, *(point.ratio for point in points))
    high = max(1.1, *(point.ratio for point in points))
    y_at = [value for value in _RATIO_TICKS if low * 0.95 <= value <= high * 1.05]
    x_range = (math.log(x_at[0]), math.log(x_at[-1]))
    panel = _Panel(58, 30, width - 58 - 40, height - 30 - 64, x_range, (math.log(low * 0.95), math.log(high * 1.05)))
    left, top, right, bottom = panel.box
    parts = [
        svg.text(left - 44, top - 12, chart.y_axis, size=11.5, weight="600"),
        svg.text(right, bottom + 32, chart.x_axis, size=11.5, weight="600", anchor="end"),
    ]
    for value in x_at:
        x = panel.x(math.log(value))
        parts.append(_rule(x, top, x, bottom, palette.BAND, 1))
        label = figures.plain(value)
        parts.append(svg.text(x, bottom + 16, label, size=10.5, anchor="middle", colour=palette.QUIET))
    for value in y_at:
        y = panel.y(math.log(value))
        parts.append(
            _rule(left, y, right, y, palette.QUIET if value == 1 else palette.RULE, 1.4 if value == 1 else 0.8)
        )
        label = figures.plain(value)
        parts.append(svg.text(left - 6, y + 3.8, label, size=10.5, anchor="end", colour=palette.QUIET))
    wanted, boxes = [], []
    for point in points:
        x, y = panel.x(math.log(point.km)), panel.y(math.log(point.ratio))
        words = f"{point.label}: {figures.plain(round(point.km))} km, ratio {figures.number(point.ratio, 2)}"
        words += ", assumed" if point.assumed else ""
        fill = palette.PAPER if point.assumed else palette.INK
        sign = mark(_MODE_SIGNS.get(point.group, "gauge"), x, y, fill=fill)
        parts.append(svg.element("g", svg.tooltip(words) + sign))
        boxes.append((x - 2.5, y - 2.5, x + 2.5, y + 2.5))
        off = abs(math.log(point.ratio / chart.median))
        wanted.append(svg.Wanted(x, y, f"{point.label} {figures.number(point.ratio, 2)}", off, 10, 3, title=words))
    furthest = sorted(wanted, key=lambda want: -want.priority)[:_NAMED_RATIOS]
    parts += [label.svg() for label in svg.place_labels(furthest, (left, top, right, bottom), boxes)]
    y = panel.y(math.log(chart.median))
    parts.append(_rule(left, y, right, y, palette.LINK, 1.2))
    label = f"median {figures.number(chart.median, 2)}"
    parts.append(svg.text(right, y - 4, label, size=10.5, anchor="end", colour=palette.LINK, halo=True))
    groups = dict.fromkeys(point.group for point in points)
    signs = ", ".join(f"{_SIGN_WORDS[_MODE_SIGNS.get(group, 'gauge')]} {group}" for group in groups)
    hollow = "; hollow: the length is assumed" if any(point.assumed for point in points) else ""
    foot = f"{len(points)} compared; {signs}{hollow}"
    parts.append(svg.text(left, height - 8, foot, size=9.5, colour=palette.QUIET))
    return svg.document(width, height, "".join(parts), id_=id_, title=chart.title, description=foot)


_RATIO_TICKS: Final = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 10)


def histogram(chart: Histogram, *, id_: str, width: float = 960, height: float = 250) -> str:
    """Bars between the edges on a linear axis, numbers on them, the median marked."""
    if not any(chart.counts):
        empty = svg.text(8, 24, "Nothing to count.", colour=palette.QUIET)
        return svg.document(width, 40, empty, id_=id_, title=chart.title)
    y_at = ticks(0, max(chart.counts), 4)
    panel = _Panel(50, 30, width - 70, height - 30 - 50, (chart.edges[0], chart.edges[-1]), (0, y_at[-1]))
    left, top, right, bottom = panel.box
    parts = [_axes(panel, (), y_at, chart.what)]
    for low, high, count in zip(chart.edges[:-1], chart.edges[1:], chart.counts, strict=True):
        x, y = panel.x(low) + 1, panel.y(count)
        wide = panel.x(high) - 1 - x
        words = f"{figures.plain(low)} to below {figures.plain(high)}: {count} {chart.what}"
        bar = svg.element("rect", x=x, y=y, width=wide, height=bottom - y, fill="#8b949e")
        parts.append(svg.element("g", svg.tooltip(words) + bar))
        if count:
            parts.append(svg.text(x + wide / 2, y - 4, str(count), size=10, anchor="middle"))
    for value in chart.edges:
        label = figures.plain(value)
        parts.append(svg.text(panel.x(value), bottom + 15, label, size=10, anchor="middle", colour=palette.QUIET))
    x = panel.x(min(max(chart.median, chart.edges[0]), chart.edges[-1]))
    parts.append(_rule(x, top - 6, x, bottom, palette.LINK, 1.4))
    label = f"median {figures.number(chart.median, 2)}"
    parts.append(svg.text(x + 5, top - 1, label, size=10.5, colour=palette.LINK, halo=True))
    parts.append(svg.text(right, bottom + 32, chart.axis, size=11.5, weight="600", anchor="end"))
    words = "first and last bar: and what lies beyond"
    parts.append(svg.text(left, bottom + 32, words, size=9.5, colour=palette.QUIET))
    return svg.document(width, height, "".join(parts), id_=id_, title=chart.title)


# --- rank over time -------------------------------------------------------------------------------------------------


#: Signs that tell the lines of a rank chart apart without colour.
_SIGNS: Final = ("crossing", "port", "gauge", "transfer")


def rank_chart(chart: RankChart, *, id_: str, width: float = 960) -> str:
    """Ranks over dates, 1 on top.

    A gap and a red cross where a corridor closes; names at the right end, each line with its own sign; events as
    numbered vertical lines
    with a list below.
    """
    if not chart.dates or not chart.lines:
        empty = svg.text(8, 24, "Nothing to rank.", colour=palette.QUIET)
        return svg.document(width, 40, empty, id_=id_, title=chart.title)
    at = [datetime.date.fromisoformat(day).toordinal() for day in chart.dates]
    worst = max((rank for line in chart.lines for rank in line.ranks if rank is not None), default=1)
    margin = min(max(svg.text_width(f"{line.name}, closed", 11) for line in chart.lines) + 40, 320.0)
    span = (at[0], at[-1]) if at[-1] > at[0] else (at[0] - 182, at[0] + 182)
    panel = _Panel(44, 44, width - 44 - margin, max(26 * worst, 60), span, (-worst - 0.5, -0.5))
    left, top, right, bottom = panel.box
    parts = [svg.text(6, 14, "rank (1 = best)", size=11.5, weight="600")]
    for rank in range(1, worst + 1):
        parts.append(_rule(left, panel.y(-rank), right, panel.y(-rank), palette.BAND, 1))
        label = svg.text(left - 10, panel.y(-rank) + 3.8, str(rank), size=10.5, anchor="end", colour=palette.QUIET)
        parts.append(label)
    parts += _date_ticks(chart.dates, panel)
    parts += _event_lines(chart, panel)
    drawn = [_rank_line(line, _SIGNS[i % len(_SIGNS)], at, chart.dates, panel) for i, line in enumerate(chart.lines)]
    parts += [line for line, _ in sorted(zip(drawn, chart.lines, strict=True), key=lambda item: item[1].strong)]
    last = [line.ranks[-1] for line in chart.lines]
    wanted = [bottom + 12 if rank is None else panel.y(-rank) for rank in last]
    shown = svg.spread(wanted, 15, top, bottom + 15 * len(wanted))
    for i, (line, final, y, place) in enumerate(zip(chart.lines, last, wanted, shown, strict=True)):
        if final is not None and abs(place - y) > 2:
            parts.append(_rule(right + 4, y, right + 12, place, palette.QUIET, 0.6))
        parts.append(mark(_SIGNS[i % len(_SIGNS)], right + 18, place))
        label = _cut(line.name if final is not None else f"{line.name}, closed", margin - 32, 11)
        colour = palette.CLOSED if final is None else palette.INK
        weight = "600" if line.strong else None
        parts.append(svg.text(right + 28, place + 4, label, size=11, weight=weight, colour=colour, title=line.name))
    y = max(bottom + 40, max(shown) + 24)
    for number, event in enumerate(chart.events, start=1):
        parts.append(svg.text(left, y, f"{number}", size=10.5, weight="600", anchor="end"))
        parts.append(svg.text(left + 8, y, f"{event.date}  {event.what}", size=10.5))
        y += 15
    return svg.document(width, y + 2, "".join(parts), id_=id_, title=chart.title)


def _rank_line(line: RankLine, sign: str, at: Sequence[int], dates: Sequence[str], panel: _Panel) -> str:
    colour = palette.INK if line.strong else palette.QUIET
    drawn = []
    for run in _runs(at, line.ranks):
        points = [(panel.x(x), panel.y(-rank)) for x, rank in run]
        stroke_width = 2.2 if line.strong else 1.2
        drawn.append(svg.element("path", d=svg.path(points), stroke=colour, stroke_width=stroke_width))
        drawn += [mark(sign, x, y) for x, y in points]
        if run[-1][0] != at[-1]:
            drawn.append(mark("", points[-1][0] + 8, points[-1][1], closed=True))
    listed = ", ".join(
        f"{day} {'closed' if rank is None else rank}" for day, rank in zip(dates, line.ranks, strict=True)
    )
    return svg.element("g", svg.tooltip(f"{line.name}: {listed}") + "".join(drawn), _class="alt")


def _runs(at: Sequence[int], ranks: Sequence[int | None]) -> list[list[tuple[int, int]]]:
    """Stretches of dates without a gap."""
    runs: list[list[tuple[int, int]]] = []
    open_run = False
    for x, rank in zip(at, ranks, strict=True):
        if rank is None:
            open_run = False
            continue
        if not open_run:
            runs.append([])
            open_run = True
        runs[-1].append((x, rank))
    return runs


def _date_ticks(dates: Sequence[str], panel: _Panel) -> list[str]:
    """Years at the dates themselves where these are a year apart, otherwise at each 1 January inside the axis."""
    left, top, right, bottom = panel.box
    if len({day[5:] for day in dates}) == 1:
        marks, words = [(day, day[:4]) for day in dates], f"on {dates[0][5:]} of each year"
    else:
        marks = [(f"{year}-01-01", str(year)) for year in range(int(dates[0][:4]), int(dates[-1][:4]) + 1)]
        words = "1 January of each year"
    every = max(1, math.ceil(len(marks) * 34 / panel.width))
    parts = []
    for day, label in marks[::every]:
        x = panel.x(datetime.date.fromisoformat(day).toordinal())
        if left - 1 <= x <= right + 1:
            parts.append(_rule(x, top, x, bottom, palette.BAND, 1))
            parts.append(svg.text(x, bottom + 16, label, size=10.5, anchor="middle", colour=palette.QUIET))
    parts.append(svg.text(right, bottom + 30, words, size=9.5, anchor="end", colour=palette.QUIET))
    return parts


def _event_lines(chart: RankChart, panel: _Panel) -> list[str]:
    left, top, right, bottom = panel.box
    wanted = [panel.x(datetime.date.fromisoformat(event.date).toordinal()) for event in chart.events]
    parts = []
    for number, (event, x, label_x) in enumerate(
        zip(chart.events, wanted, svg.spread(wanted, 16, left, right), strict=True), start=1
    ):
        inside = min(max(x, left), right)
        parts.append(
            svg.element(
                "g",
                svg.tooltip(f"{event.date} {event.what}")
                + svg.element(
                    "path",
                    d=svg.path([(label_x, top - 10), (inside, top - 2), (inside, bottom)]),
                    stroke=palette.QUIET,
                    stroke_width=0.8,
                )
                + svg.text(label_x, top - 13, str(number), size=10.5, anchor="middle", weight="600"),
            )
        )
    return parts
