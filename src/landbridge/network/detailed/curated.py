"""What a study's tables of land sections tell the detailed network: places, official lengths, crossings."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path


@dataclass(frozen=True)
class Section:
    """A rail or road section in use, between two places."""

    id: str
    mode: str
    from_place: str
    to_place: str
    country_from: str
    country_to: str
    km: float  # official
    crossing: str  # the border lies inside, at this crossing; empty = none


@dataclass(frozen=True)
class Place:
    """An end of a section. On a state border it is one place for both sides."""

    id: str
    name: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Crossing:
    """A land crossing of a state border; ``gauge_*_mm`` is 0 on roads and where not known."""

    id: str
    name: str
    mode: str
    country_a: str
    country_b: str
    lat: float
    lon: float
    gauge_a_mm: int
    gauge_b_mm: int
    status: str


@dataclass(frozen=True)
class CuratedLand:
    """The curated sections that are routed over and operating, with their places, and all rail and road crossings.

    Rows are in the order of their ids; ``digest`` changes with any of them. An empty one leaves the network
    to the packages.
    """

    sections: tuple[Section, ...] = ()
    places: tuple[Place, ...] = ()
    crossings: tuple[Crossing, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return hashlib.sha256(repr((self.sections, self.places, self.crossings)).encode()).hexdigest()

    def place(self, place_id: str) -> Place:
        """The place of that id."""
        return next(place for place in self.places if place.id == place_id)


def read_curated(folder: Path | Traversable) -> CuratedLand:
    """Read ``sections.csv``, ``places.csv`` and ``crossings.csv`` of a study's facts (already checked there)."""
    return curated_land(*(_rows(folder.joinpath(name)) for name in ("sections.csv", "places.csv", "crossings.csv")))


def curated_land(
    sections: Iterable[Mapping[str, str]],
    places: Iterable[Mapping[str, str]],
    crossings: Iterable[Mapping[str, str]],
) -> CuratedLand:
    """The same from rows of the tables (columns as in ``schema/tables.csv``, cells as text)."""
    used = [row for row in sections if row["use"] == "section" and row["status"] == "operating"]
    ends = {row[end] for row in used for end in ("from_place", "to_place")}
    return CuratedLand(
        sections=tuple(
            sorted(
                (
                    Section(
                        id=row["id"],
                        mode=row["mode"],
                        from_place=row["from_place"],
                        to_place=row["to_place"],
                        country_from=row["country_from"],
                        country_to=row["country_to"],
                        km=float(row["length_km"]),
                        crossing=row["crossing"],
                    )
                    for row in used
                ),
                key=lambda section: section.id,
            )
        ),
        places=tuple(
            sorted(
                (
                    Place(row["id"], row["name"], float(row["lat"]), float(row["lon"]))
                    for row in places
                    if row["id"] in ends
                ),
                key=lambda place: place.id,
            )
        ),
        crossings=tuple(
            sorted(
                (
                    Crossing(
                        id=row["id"],
                        name=row["name"],
                        mode=row["mode"],
                        country_a=row["country_a"],
                        country_b=row["country_b"],
                        lat=float(row["lat"]),
                        lon=float(row["lon"]),
                        gauge_a_mm=int(float(row["gauge_a_mm"] or 0)),
                        gauge_b_mm=int(float(row["gauge_b_mm"] or 0)),
                        status=row["status"],
                    )
                    for row in crossings
                    if row["mode"] in ("rail", "road")
                ),
                key=lambda crossing: crossing.id,
            )
        ),
    )


def _rows(path: Path | Traversable) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
