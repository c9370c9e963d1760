"""The places and the known links that ship in ``world/land``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class WorldPlace:
    """A capital or city of the strategic land network (GeoNames, CC BY 4.0)."""

    id: str
    name: str
    ascii: str
    country: str  # ISO alpha-3, of GeoNames
    territory: str  # ISO alpha-3 of the atlas where it lies: the country of its nodes
    lat: float
    lon: float
    population: int
    kind: str  # capital, city
    aliases: tuple[str, ...]


@cache
def world_places() -> tuple[WorldPlace, ...]:
    """All places, by id."""
    text = resources.files("landbridge").joinpath("world/land/world_places.csv").read_text(encoding="utf-8")
    return tuple(
        WorldPlace(
            id=row["id"],
            name=row["name"],
            ascii=row["ascii"],
            country=row["iso3"],
            territory=row["territory"],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            population=int(row["population"]),
            kind=row["kind"],
            aliases=tuple(row["aliases"].split(";")) if row["aliases"] else (),
        )
        for row in csv.DictReader(text.splitlines())
    )


@dataclass(frozen=True)
class KnownLink:
    """A bridge, tunnel or road of ``world/land/known_links.csv`` that the package lacks."""

    id: str
    mode: str
    name: str
    country_from: str
    country_to: str
    from_lat: float
    from_lon: float
    to_lat: float
    to_lon: float
    km: float


@cache
def known_links() -> tuple[KnownLink, ...]:
    """All known links, in the order of the table."""
    text = resources.files("landbridge").joinpath("world/land/known_links.csv").read_text(encoding="utf-8")
    return tuple(
        KnownLink(
            id=row["id"],
            mode=row["mode"],
            name=row["name"],
            country_from=row["country_from"],
            country_to=row["country_to"],
            from_lat=float(row["from_lat"]),
            from_lon=float(row["from_lon"]),
            to_lat=float(row["to_lat"]),
            to_lon=float(row["to_lon"]),
            km=float(row["km"]),
        )
        for row in csv.DictReader(text.splitlines())
    )
