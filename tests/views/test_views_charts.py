from __future__ import annotations

import itertools
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from views_reading import SVG, drawn_text
from views_sample import answer, benchmarks, cut_off, dot_chart_data, rank_chart_data, ways

from landbridge.result.report import BenchmarkRow, Dot, DotChart, Histogram, RankChart, RankLine, RatioChart, RatioPoint
from landbridge.result.routes import ProfilePoint
from landbridge.views import charts, figures, palette


@given(st.floats(-1e5, 1e5), st.floats(1e-3, 1e5), st.integers(3, 12))
def test_ticks_cover_the_range_with_round_even_steps(low: float, span: float, about: int) -> None:
    marks = charts.ticks(low, low + span, about)
    assert marks[0] <= low + span * 1e-6
    assert marks[-1] >= low + span * (1 - 1e-6)
    assert 2 <= len(marks) <= about + 3
    steps = [b - a for a, b in itertools.pairwise(marks)]
    assert max(steps) == pytest.approx(min(steps), rel=1e-6)


@given(st.floats(1e-2, 1e5), st.floats(1.01, 1e4))
def test_log_ticks_cover_the_range(low: float, factor: float) -> None:
    marks = charts.log_ticks(low, low * factor)
    assert marks[0] <= low * 1.001
    assert marks[-1] >= low * factor * 0.999
    assert marks == sorted(set(marks))


def test_profile_names_every_way_and_every_step() -> None:
    given_ = answer("Tashkent", ways("Tashkent", 3))
    drawing = charts.profile_chart(given_, id_="p")
    words = drawn_text(drawing)
    for number, route in enumerate(given_.routes, start=1):
        summary = (
            f"{figures.corridor_words(route.corridors)}: {figures.days(route.hours)} days, "
            f"USD {figures.number(route.usd)}, {figures.number(route.distance_km)} km"
        )
        assert summary in words
        for before, after in zip(route.profile, route.profile[1:], strict=False):
            if after.distance_km == before.distance_km and after.hours > before.hours:
                assert f"{number}: {after.label}" in words


def _panel_points(drawing: str) -> list[list[tuple[float, float]]]:
    """End points of the strokes of each way, panel by panel."""
    root = ElementTree.fromstring(drawing)
    ways_drawn = []
    for group in root.iter(f"{SVG}g"):
        if group.get("class") != "alt":
            continue
        ends = []
        for node in group.iter(f"{SVG}path"):
            start, _, step = str(node.get("d")).removeprefix("M").partition("l")
            x, y = map(float, start.split())
            ends.append((x, y))
            import re

            moves = [float(text) for text in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", step)]
            if moves:
                ends.append((x + moves[0], y + moves[1]))
        ways_drawn.append(ends)
    return ways_drawn


def test_profile_rises_from_left_to_right() -> None:
    drawing = charts.profile_chart(answer("Tashkent", ways("Tashkent", 2)), id_="p")
    drawn = _panel_points(drawing)
    assert len(drawn) == 10  # five ways, two panels
    for ends in drawn:
        assert min(x for x, _ in ends) == pytest.approx(58, abs=0.2)  # starts at zero km
        order = sorted(ends)
        assert all(b[1] <= a[1] + 0.2 for a, b in itertools.pairwise(order) if b[0] > a[0])


def test_profile_scale_is_true() -> None:
    """A way of 1,000 km and 10 days ends half as far right and half as high as one of 2,000 km and 20 days."""
    base = ways("Tashkent", 2)[0]

    def way(km: float, hours: float, usd: float):  # type: ignore[no-untyped-def]
        profile = (
            ProfilePoint(0, 0, 0, "a", "origin", "rail"),
            ProfilePoint(km, hours, usd, "b", "destination", "rail"),
        )
        return replace(base, profile=profile)

    drawing = charts.profile_chart(answer("Tashkent", [way(1000, 240, 500), way(2000, 480, 1000)]), id_="p")
    strokes = _panel_points(drawing)
    (long_time, short_time), (long_usd, short_usd) = strokes[:2], strokes[2:]
    for long, short in ((long_time, short_time), (long_usd, short_usd)):
        (x0, y0), (x2, y2) = long
        (_, _), (x1, y1) = short
        assert (x1 - x0) * 2 == pytest.approx(x2 - x0, abs=0.3)
        assert (y1 - y0) * 2 == pytest.approx(y2 - y0, abs=0.3)


def test_profile_of_no_route() -> None:
    assert "No route" in drawn_text(charts.profile_chart(cut_off("Dushanbe"), id_="p"))


@pytest.mark.parametrize("measure", ["days", "usd", "km"])
def test_scatter_shows_every_compared_row_and_no_other(measure: str) -> None:
    rows = benchmarks().rows
    drawing = charts.benchmark_scatter(rows, measure, id_="s")
    words = drawn_text(drawing)
    for row in rows:
        compared = getattr(row, f"model_{measure}") is not None and getattr(row, f"published_{measure}") is not None
        assert (f"{row.id} {row.origin} to {row.destination}" in words) == compared


def _row(published: float, model: float, usable: str = "yes") -> BenchmarkRow:
    return replace(
        benchmarks().rows[0],
        id=f"r{published:g}-{model:g}",
        published_days=published,
        model_days=model,
        usable=usable,
        reason="claim",
    )


def test_scatter_places_points_about_the_diagonal() -> None:
    rows = [_row(10, 10), _row(10, 20), _row(20, 10), _row(40, 40, "minimum")]
    root = ElementTree.fromstring(charts.benchmark_scatter(rows, "days", id_="s"))
    at = {}
    for group in root.iter(f"{SVG}g"):
        disc = group.find(f"{SVG}circle")
        if disc is not None:
            key = str(group.findtext(f"{SVG}title")).split()[0]
            at[key] = (float(str(disc.get("cx"))), float(str(disc.get("cy"))), disc.get("fill"))
    same, above, below, hollow = (at[key] for key in ("r10-10", "r10-20", "r20-10", "r40-40"))
    assert above[0] == pytest.approx(same[0], abs=0.11)
    assert above[1] < same[1]
    assert below[1] == pytest.approx(same[1], abs=0.11)
    assert same[1] - above[1] == pytest.approx(below[0] - same[0], abs=0.3)
    assert hollow[2] == palette.PAPER
    assert same[2] == palette.INK


def test_scatter_of_nothing() -> None:
    assert "No row compares USD" in drawn_text(charts.benchmark_scatter([], "usd", id_="s"))


def test_dots_show_values_and_whiskers() -> None:
    chart = dot_chart_data()
    words = drawn_text(charts.dot_chart(chart, id_="d"))
    for dot in chart.dots:
        assert dot.label in words
        assert figures.days(dot.value) in words
        assert dot.group in words
    assert f"P95 {figures.days(180.0)}" in words
    assert "70 % assumed" in words


def test_dots_are_proportional() -> None:
    chart = DotChart("c", "t", "USD", (Dot("a", 100.0), Dot("b", 200.0), Dot("c", 0.0)))
    root = ElementTree.fromstring(charts.dot_chart(chart, id_="d"))
    a, b, c = (float(str(node.get("cx"))) for node in root.iter(f"{SVG}circle"))
    assert a - c == pytest.approx((b - c) / 2, abs=0.2)


def test_dots_of_nothing_and_of_zero() -> None:
    assert "Nothing to compare" in drawn_text(charts.dot_chart(DotChart("c", "t", "x", ()), id_="d"))
    ElementTree.fromstring(charts.dot_chart(DotChart("c", "t", "x", (Dot("a", 0.0),)), id_="d"))


def test_ranks_show_lines_events_and_closures() -> None:
    chart = rank_chart_data()
    drawing = charts.rank_chart(chart, id_="r")
    words = drawn_text(drawing)
    for line in chart.lines:
        assert line.name in words
    for event in chart.events:
        assert event.what in words
    assert "Bandar Abbas, closed" in words
    assert palette.CLOSED in drawing
    open_only = replace(chart, lines=(RankLine("a", (1,) * 17),))
    assert palette.CLOSED not in charts.rank_chart(open_only, id_="r")


def test_a_gap_in_the_ranks_is_a_gap_in_the_line() -> None:
    chart = RankChart("c", "t", ("2020-01-01", "2021-01-01", "2022-01-01"), (RankLine("a", (1, None, 1)),))
    root = ElementTree.fromstring(charts.rank_chart(chart, id_="r"))
    group = next(g for g in root.iter(f"{SVG}g") if g.get("class") == "alt")
    strokes = [n for n in group.findall(f"{SVG}path") if n.get("stroke") == palette.QUIET]
    assert len(strokes) == 2


@pytest.mark.parametrize(
    "chart",
    [
        RankChart("c", "t", (), ()),
        RankChart("c", "t", ("2024-12-31",), (RankLine("a", (1,)), RankLine("b", (None,)))),
        RankChart("c", "t", ("2024-01-01", "2024-06-01"), (RankLine("a", (None, None)),)),
    ],
)
def test_ranks_of_little(chart: RankChart) -> None:
    ElementTree.fromstring(charts.rank_chart(chart, id_="r"))


# --- ratios ---------------------------------------------------------------------------------------------------------


def _shown(element: ElementTree.Element) -> str | None:
    """The text of an element without its tooltip."""
    return element[0].tail if len(element) else element.text


def _ratios() -> RatioChart:
    points = [RatioPoint(f"section {i}", 10.0 * i, 1 + i / 1000, "rail") for i in range(1, 40)]
    points += [RatioPoint("Far too long", 300.0, 2.9, "road", True), RatioPoint("Too short", 20.0, 0.4, "rail")]
    return RatioChart("r", "Lengths", "official length, km", "path / official length", tuple(points), 1.01)


def test_a_ratio_chart_names_what_is_furthest_off_and_draws_all() -> None:
    drawing = charts.ratio_chart(_ratios(), id_="r")
    texts = [_shown(element) for element in ElementTree.fromstring(drawing).iter(f"{SVG}text")]
    assert "Far too long 2.90" in texts
    assert "Too short 0.40" in texts
    assert "median 1.01" in texts
    assert {"official length, km", "path / official length"} <= set(texts)
    words = drawn_text(drawing)
    for point in _ratios().points:
        assert f"{point.label}: " in words
    assert "Far too long: 300 km, ratio 2.90, assumed" in words
    assert "ratio 0.40, assumed" not in words


@given(st.lists(st.tuples(st.floats(0.1, 9000), st.floats(0.2, 9)), min_size=1, max_size=20))
def test_every_ratio_is_inside_the_chart(values: list[tuple[float, float]]) -> None:
    points = tuple(RatioPoint(str(i), km, ratio, "rail") for i, (km, ratio) in enumerate(values))
    drawing = charts.ratio_chart(RatioChart("r", "t", "km", "ratio", points, 1.0), id_="r")
    for disc in ElementTree.fromstring(drawing).iter(f"{SVG}circle"):
        assert 50 <= float(disc.attrib["cx"]) <= 930
        assert 20 <= float(disc.attrib["cy"]) <= 380


def test_a_histogram_shows_its_counts_and_the_median() -> None:
    chart = Histogram("h", "Ratios", "official / straight", "sections", (1.0, 1.5, 2.0), (7, 3), 1.2)
    drawing = charts.histogram(chart, id_="h")
    texts = [_shown(element) for element in ElementTree.fromstring(drawing).iter(f"{SVG}text")]
    assert {"7", "3", "median 1.20", "official / straight", "sections"} <= set(texts)
    bars = [float(bar.attrib["height"]) for bar in ElementTree.fromstring(drawing).iter(f"{SVG}rect")]
    assert bars[0] / bars[1] == pytest.approx(7 / 3, rel=0.01)
    assert "Nothing to count" in charts.histogram(replace(chart, counts=(0, 0)), id_="h")


def test_a_reference_is_drawn_through_the_dots() -> None:
    chart = DotChart("d", "t", "ratio", (Dot("a", 0.8), Dot("b", 1.2)), decimals=2)
    plain, with_line = (charts.dot_chart(given_, id_="d") for given_ in (chart, replace(chart, reference=1.0)))
    assert with_line.count("<path") == plain.count("<path") + 1
