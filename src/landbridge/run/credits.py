"""Whose data a map shows; said on the map itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from landbridge.network.geometry import section_lines

NATURAL_EARTH: Final = "Land: Natural Earth"
SEAROUTE: Final = "Sea lanes: from searoute (Apache-2.0)"
OPENSTREETMAP: Final = "Rail and road lines: from OpenStreetMap, (c) OpenStreetMap contributors, ODbL"


def credits_of(modes: Collection[str]) -> tuple[str, ...]:
    """Credits of a map with lines of these modes."""
    found = [NATURAL_EARTH]
    if "sea" in modes or "ferry" in modes:
        found.append(SEAROUTE)
    if section_lines() and ("rail" in modes or "road" in modes):
        found.append(OPENSTREETMAP)
    return tuple(found)
