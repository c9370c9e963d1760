from __future__ import annotations

import itertools
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.views import figures, palette, svg

_COORDINATES = st.floats(-5000, 5000)
_WANTED = st.lists(
    st.builds(
        svg.Wanted,
        x=st.floats(0, 600),
        y=st.floats(0, 400),
        text=st.text(min_size=1, max_size=25),
        priority=st.floats(0, 10),
    ),
    max_size=30,
)


@given(_WANTED)
def test_placed_labels_neither_overlap_nor_leave_the_frame(wanted: list[svg.Wanted]) -> None:
    frame = (0.0, 0.0, 600.0, 400.0)
    obstacle = (200.0, 100.0, 400.0, 300.0)
    placed = svg.place_labels(wanted, frame, [obstacle])
    boxes = [obstacle, *(label.box for label in placed)]
    for i, a in enumerate(boxes):
        assert frame[0] <= a[0] <= a[2] <= frame[2]
        assert frame[1] <= a[1] <= a[3] <= frame[3]
        for b in boxes[i + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    assert placed == svg.place_labels(wanted, frame, [obstacle])


def test_a_label_that_must_stand_is_placed_without_room() -> None:
    want = svg.Wanted(5, 5, "a long name that does not fit", 1, must=True)
    assert [label.wanted for label in svg.place_labels([want], (0, 0, 40, 10))] == [want]
    assert svg.place_labels([svg.Wanted(5, 5, "a long name that does not fit", 1)], (0, 0, 40, 10)) == []


def test_the_important_label_wins() -> None:
    frame = (0, 0, 90, 14)
    low, high = svg.Wanted(2, 7, "unimportant", 1), svg.Wanted(2, 7, "important", 2)
    assert [label.wanted for label in svg.place_labels([low, high], frame)] == [high]


@given(st.lists(st.floats(0, 300), max_size=20), st.floats(1, 14))
def test_spread_keeps_order_gap_and_range(wanted: list[float], gap: float) -> None:
    places = svg.spread(wanted, gap, 0, 300)
    assert len(places) == len(wanted)
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    for a, b in itertools.pairwise(order):
        assert places[b] - places[a] >= gap - 1e-6
    assert all(-1e-6 <= place <= 300 + 1e-6 for place in places)


def test_spread_leaves_alone_what_is_apart() -> None:
    assert svg.spread([50.0, 10.0, 100.0], 20, 0, 200) == pytest.approx([50, 10, 100])


@given(st.lists(st.tuples(_COORDINATES, _COORDINATES), min_size=1, max_size=30))
def test_a_path_returns_to_its_points(points: list[tuple[float, float]]) -> None:
    data = svg.path(points)
    numbers = _numbers(data)
    x, y = numbers[0], numbers[1]
    reached = [(x, y)]
    for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
        x, y = x + dx, y + dy
        reached.append((x, y))
    expected = [(round(a * 10) / 10, round(b * 10) / 10) for a, b in points]
    unlike = [p for i, p in enumerate(expected) if i == 0 or p != expected[i - 1]]
    assert reached == [pytest.approx(p, abs=1e-6) for p in unlike]


def _numbers(data: str) -> list[float]:
    import re

    return [float(text) for text in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", data)]


@given(st.text(), st.text())
def test_any_text_makes_well_formed_svg(title: str, label: str) -> None:
    drawing = svg.document(100, 50, svg.text(1, 2, label, title=title), id_="x", title=title, description=label)
    root = ElementTree.fromstring(drawing)
    assert root.get("role") == "img"
    assert len(root.findall("{http://www.w3.org/2000/svg}text")) == 1


def test_text_width_is_close_to_a_printed_width() -> None:
    # 'Hamburgefonstiv' in Arial 100: 7.5 em of advances by the font's table (hmtx), give or take a tenth.
    assert svg.text_width("Hamburgefonstiv", 100) == pytest.approx(765, rel=0.12)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (12345.678, 0, "12,346"),
        (0.04, 1, "0.0"),
        (-0.04, 1, "0.0"),
        (-1.26, 1, "-1.3"),
        (None, 0, "–"),
        (1e9, 0, "1,000,000,000"),
    ],
)
def test_numbers(value: float | None, decimals: int, text: str) -> None:
    assert figures.number(value, decimals) == text


def test_words_of_figures() -> None:
    assert figures.number(float("inf")) == "closed"
    assert figures.days(36.0) == "1.5"
    assert figures.percent(0.126) == "13 %"
    assert figures.signed_percent(0.126) == "+13 %"
    assert figures.signed_percent(-0.126) == "-13 %"
    assert figures.signed_percent(-0.001) == "0 %"
    assert figures.plain(0.425) == "0.425"
    assert figures.plain(12000.0) == "12,000"
    assert figures.joined(["a", "b", "c"]) == "a, b and c"
    assert figures.corridor_words([]) == "no named corridor"


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _contrast(a: str, b: str) -> float:
    low, high = sorted((_luminance(a), _luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_text_colours_have_contrast() -> None:
    for colour in (palette.INK, palette.QUIET, palette.CLOSED, palette.LINK):
        assert _contrast(colour, palette.PAPER) >= 4.5  # WCAG AA, small text


def test_modes_stand_out_from_land_and_water_and_differ_without_colour() -> None:
    looks = set()
    for stroke in palette.STROKES.values():
        assert _contrast(stroke.colour, palette.LAND) >= 3  # WCAG AA, graphics
        assert _contrast(stroke.colour, palette.WATER) >= 3
        structure = "solid" if not stroke.core else "hollow" if stroke.core == palette.PAPER else "cased"
        looks.add((structure, round(_luminance(stroke.colour) * 12)))
    assert len(looks) == len(palette.STROKES)
    assert palette.CLOSED not in {stroke.colour for stroke in palette.STROKES.values()}
