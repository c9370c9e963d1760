"""Colours with their meaning; ``docs/DESIGN.md`` states the rules. Everything drawn takes its colours from here.

The hues are from the Okabe-Ito set, which people with any common colour vision tell apart. Modes differ in structure
too (solid, cased,
hollow), so that they stay apart in greyscale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

INK: Final = "#1b1f24"
QUIET: Final = "#59626d"  # secondary text: 6.1:1 on white
RULE: Final = "#d5d9de"
PAPER: Final = "#ffffff"
WATER: Final = "#f4f7f9"
LAND: Final = "#e8e5dd"
SHADED: Final = "#d3cdb9"  # the study's region
COAST: Final = "#ffffff"
CLOSED: Final = "#c1121f"  # red is closed and nothing else
LINK: Final = "#005a9c"
BAND: Final = "#eef1f4"

#: Dash of whatever is assumed; nothing else is dashed.
DASH: Final = "5 4"


@dataclass(frozen=True)
class Stroke:
    """How a mode is drawn: a line of ``width`` and, where ``core`` is set, a thinner line of that colour on it."""

    colour: str
    width: float
    core: str = ""
    core_width: float = 0.0


STROKES: Final[dict[str, Stroke]] = {
    "rail": Stroke("#20242a", 1.7),
    "road": Stroke("#7a4a00", 3.0, "#f0a202", 1.7),
    "sea": Stroke("#0072b2", 1.7),
    "ferry": Stroke("#00795a", 3.2, "#ffffff", 1.3),
}
#: A mode that is not listed.
OTHER_STROKE: Final = Stroke("#59626d", 1.7)
