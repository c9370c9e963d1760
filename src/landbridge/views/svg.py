"""SVG written by hand: elements with escaped text, paths, the width of a text, labels that do not overlap."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from landbridge.views import palette

#: One family of metrics, so that widths reckoned here hold on the reader's machine.
FONT: Final = "Arial, 'Liberation Sans', Helvetica, sans-serif"

# Advance widths in hundredths of the font size, measured on Liberation Sans (metrically Arial), for characters away
# from the mean.
_NARROW: Final = dict.fromkeys("iljI.,:;'|!", 26) | dict.fromkeys("ftr()[]- /", 33)
_WIDE: Final = dict.fromkeys("mwMW@%", 86) | dict.fromkeys("ABCDEGHKNOPQRSUVXYZ&", 70)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def text_width(text: str, size: float) -> float:
    """Width of a text in px, a little generous; characters of CJK scripts are square."""
    hundredths = 0
    for char in text:
        wide = 100 if ord(char) > 0x2E7F else 57
        hundredths += _NARROW.get(char) or _WIDE.get(char) or wide
    return hundredths * size / 100


def clean(text: str) -> str:
    """The text without characters that XML forbids."""
    return _CONTROL.sub("\ufffd", text)


def attribute(value: str | float) -> str:
    """A value as an attribute's text: numbers with at most one decimal, no trailing zero."""
    if isinstance(value, str):
        return escape(clean(value), quote=True)
    return shortest(value)


def shortest(value: float) -> str:
    """A coordinate with at most one decimal."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def element(name: str, content: str | Iterable[str] = "", **attributes: str | float | None) -> str:
    """An element. ``content`` is markup already; attribute names use ``_`` for ``-``; None leaves an attribute out."""
    inside = content if isinstance(content, str) else "".join(content)
    pairs = "".join(
        f' {key.strip("_").replace("_", "-")}="{attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{pairs}>{inside}</{name}>" if inside else f"<{name}{pairs}/>"


def tooltip(text: str) -> str:
    """A <title> child."""
    return f"<title>{escape(clean(text))}</title>" if text else ""


def text(
    x: float,
    y: float,
    content: str,
    *,
    size: float = 11,
    anchor: str = "start",
    colour: str = palette.INK,
    weight: str | None = None,
    halo: bool = False,
    rotate: float | None = None,
    title: str = "",
    spacing: float | None = None,
) -> str:
    """A line of text. ``halo`` puts a white rim under it so that it reads on lines."""
    return element(
        "text",
        tooltip(title) + escape(clean(content)),
        x=x,
        y=y,
        font_size=size,
        text_anchor=None if anchor == "start" else anchor,
        fill=colour,
        font_weight=weight,
        letter_spacing=spacing,
        stroke=palette.PAPER if halo else None,
        stroke_width=3 if halo else None,
        stroke_linejoin="round" if halo else None,
        paint_order="stroke" if halo else None,
        transform=None if rotate is None else f"rotate({shortest(rotate)} {shortest(x)} {shortest(y)})",
    )


def path(points: Sequence[tuple[float, float]], *, closed: bool = False) -> str:
    """Path data with relative coordinates of one decimal; points that fall together are said once."""
    parts: list[str] = []
    last: tuple[int, int] | None = None
    for x, y in points:
        here = (round(x * 10), round(y * 10))
        if last is None:
            parts.append(f"M{_tenths(here[0])} {_tenths(here[1])}l")
        elif here != last:
            step = f"{_tenths(here[0] - last[0])} {_tenths(here[1] - last[1])}"
            parts.append(step if parts[-1].endswith("l") or step.startswith("-") else f" {step}")
        last = here
    data = "".join(parts).removesuffix("l")
    return data + ("z" if closed else "")


def _tenths(value: int) -> str:
    whole, rest = divmod(abs(value), 10)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}" if rest == 0 else f"{sign}{whole or ''}.{rest}"


def stroked(data: str, stroke: palette.Stroke, *, dash: bool = False, closed: bool = False, wider: float = 1.0) -> str:
    """A path in a mode's stroke: casing first, core on it. Closed is red, assumed is dashed."""
    colour = palette.CLOSED if closed else stroke.colour
    dashes = palette.DASH if dash else None
    drawn = element("path", d=data, stroke=colour, stroke_width=stroke.width * wider, stroke_dasharray=dashes)
    if stroke.core:
        drawn += element(
            "path", d=data, stroke=stroke.core, stroke_width=stroke.core_width * wider, stroke_dasharray=dashes
        )
    return drawn


def document(width: float, height: float, content: str, *, id_: str, title: str, description: str = "") -> str:
    """A whole <svg>, usable as a file of its own and inside a page. ``id_`` must be unique in the page."""
    head = element("title", escape(clean(title)), id=f"{id_}-title") + element(
        "desc", escape(clean(description)), id=f"{id_}-desc"
    )
    return element(
        "svg",
        head + content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {shortest(width)} {shortest(height)}",
        width=width,
        height=height,
        role="img",
        id=id_,
        aria_labelledby=f"{id_}-title",
        aria_describedby=f"{id_}-desc" if description else None,
        font_family=FONT,
        fill="none",
        stroke_linejoin="round",
        stroke_linecap="round",
    )


# --- labels ---------------------------------------------------------------------------------------------------------

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Wanted:
    """A label that wants a place near a point. Higher ``priority`` is placed first; ``radius`` is the point's mark."""

    x: float
    y: float
    text: str
    priority: float
    size: float = 11
    radius: float = 3
    must: bool = False  # placed even where it overlaps
    colour: str = palette.INK
    weight: str | None = None
    title: str = ""


@dataclass(frozen=True)
class Placed:
    """Where a label went: baseline start ``x``, ``y``; ``leader`` where a thin line joins it to its point."""

    wanted: Wanted
    x: float
    y: float
    box: Box
    leader: bool

    def svg(self) -> str:
        """The label, with its leader line."""
        want = self.wanted
        line = ""
        if self.leader:
            left, top, right, bottom = self.box
            end_x, end_y = min(max(want.x, left), right), min(max(want.y, top), bottom)
            line = element("path", d=path([(want.x, want.y), (end_x, end_y)]), stroke=palette.QUIET, stroke_width=0.6)
        return line + text(
            self.x,
            self.y,
            want.text,
            size=want.size,
            colour=want.colour,
            weight=want.weight,
            halo=True,
            title=want.title,
        )


def place_labels(
    wanted: Sequence[Wanted], frame: Box, obstacles: Sequence[Box] = (), soft: Sequence[tuple[float, float]] = ()
) -> list[Placed]:
    """Put labels beside their points so that none overlaps another, an obstacle or the frame.

    Tried in order: right, left, above, below, the corners, then the same further out with a leader line; among the
    free places the one
    that covers the fewest ``soft`` points (samples of lines) wins, the earlier on a tie. A label without a free place
    is left out, unless it
    ``must`` stand. Same input, same places; equal priorities keep their order.
    """
    taken: list[Box] = list(obstacles)
    placed: list[Placed] = []
    for want in sorted(wanted, key=lambda item: -item.priority):
        best: tuple[float, Placed] | None = None
        for rank, (x, y, leader) in enumerate(_candidates(want)):
            box = _text_box(want, x, y)
            if box[0] < frame[0] or box[1] < frame[1] or box[2] > frame[2] or box[3] > frame[3]:
                continue
            if any(_overlap(box, other) for other in taken):
                continue
            covered = sum(box[0] <= sx <= box[2] and box[1] <= sy <= box[3] for sx, sy in soft)
            score = covered + (0.01 * rank if not leader else 2 + 0.01 * rank)
            if best is None or score < best[0]:
                best = (score, Placed(want, x, y, box, leader))
                if score < 0.5:
                    break
        if best is None and want.must:
            x, y, leader = next(_candidates(want))
            width = text_width(want.text, want.size)
            x = min(max(x, frame[0]), max(frame[0], frame[2] - width))
            best = (0.0, Placed(want, x, y, _text_box(want, x, y), leader))
        if best is not None:
            placed.append(best[1])
            taken.append(best[1].box)
    return placed


def _candidates(want: Wanted) -> Iterator[tuple[float, float, bool]]:
    width, size = text_width(want.text, want.size), want.size
    for ring in (want.radius + 3, want.radius + 14, want.radius + 28):
        near = ring == want.radius + 3
        slant = ring * 0.7
        yield want.x + ring, want.y + size * 0.35, not near
        yield want.x - ring - width, want.y + size * 0.35, not near
        yield want.x - width / 2, want.y - ring, not near
        yield want.x - width / 2, want.y + ring + size * 0.75, not near
        yield want.x + slant, want.y - slant, not near
        yield want.x + slant, want.y + slant + size * 0.75, not near
        yield want.x - slant - width, want.y - slant, not near
        yield want.x - slant - width, want.y + slant + size * 0.75, not near


def _text_box(want: Wanted, x: float, y: float) -> Box:
    return x - 1, y - want.size * 0.8, x + text_width(want.text, want.size) + 1, y + want.size * 0.25


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions on one axis at least ``gap`` apart, in the order of ``wanted``, near them and inside [low, high]
    where they fit."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    # Pool neighbours that are too close and centre each pool on the mean of what its members want (isotonic
    # regression).
    pools: list[tuple[float, int]] = []  # (mean of wanted position of the first member, size)
    for rank, i in enumerate(order):
        pools.append((wanted[i] - rank * gap, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, n), (b, m) = pools[-2:]
            pools[-2:] = [((a * n + b * m) / (n + m), n + m)]
    result = [0.0] * len(wanted)
    rank = 0
    top = max(low, high - gap * (len(wanted) - 1))
    for mean, n in pools:
        for _ in range(n):
            result[order[rank]] = min(max(mean, low), top) + rank * gap
            rank += 1
    return result
