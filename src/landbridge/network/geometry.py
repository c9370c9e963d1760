"""Where links run, for maps: lines of sea lanes and of sections, decoded when they are asked for."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from landbridge.io.polyline import decode

Line = tuple[tuple[float, float], ...]

#: Decimals of the encoded coordinates: sea lanes are coarser than land lines.
SEA_DECIMALS = 2
LAND_DECIMALS = 3


@dataclass(frozen=True)
class Shapes(Mapping[str, Line]):
    """Link id -> points (lat, lon), from side a to side b; longitudes run on across 180 degrees."""

    sea: Mapping[str, str]  # link id -> encoded line of a lane
    land: Mapping[str, str]  # section id -> encoded line
    _decoded: dict[str, Line] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, link: str) -> Line:
        if link not in self._decoded:
            text, decimals = (self.sea[link], SEA_DECIMALS) if link in self.sea else (self.land[link], LAND_DECIMALS)
            lat, lon = decode(text, decimals)
            self._decoded[link] = tuple(zip(lat.tolist(), lon.tolist(), strict=True))
        return self._decoded[link]

    def __iter__(self) -> Iterator[str]:
        yield from self.sea
        yield from self.land

    def __len__(self) -> int:
        return len(self.sea) + len(self.land)


def link_shapes(sea: Mapping[str, str]) -> Shapes:
    """Shapes of the lanes given and of the curated sections that lie on a known line."""
    return Shapes({link: text for link, text in sea.items() if text}, section_lines())


def section_lines() -> Mapping[str, str]:
    """Section id -> encoded line, from ``world/land/section_geometry.csv`` (OpenStreetMap, ODbL)."""
    return {row["id"]: row["geometry"] for row in _section_rows() if row["geometry"]}


def section_ratios() -> Mapping[str, float]:
    """Section id -> length of its path on OpenStreetMap over its official length, where there is a path."""
    return {row["id"]: float(row["ratio"]) for row in _section_rows() if row["ratio"]}


@cache
def _section_rows() -> tuple[dict[str, str], ...]:
    path = resources.files("landbridge").joinpath("world/land/section_geometry.csv")
    if not path.is_file():
        return ()
    return tuple(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
