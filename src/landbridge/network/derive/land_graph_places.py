"""``world/land/world_places.csv``: capitals and cities of the world that the strategic land network runs between.

Chosen from GeoNames, country by country, largest first: every capital; towns of 100,000 and more unless within 25 km of
a chosen one; smaller ones down to 15,000 only where no chosen one lies within 100 km, so that thinly settled
regions have places too. Ids are ``name-country``, with the first-level region or the GeoNames id appended
where a name stands twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from landbridge.io.atlas import country_table
from landbridge.kernels.sphere import great_circles_km
from landbridge.network.detailed.towns import Town, ascii_name, slug
from landbridge.network.territory import country_codes, settled_countries

#: Capitals that GeoNames lists under another name than ``world/countries.csv``.
_CAPITAL_NAMES = {"PLW": "Ngerulmud"}


PLACE_COLUMNS = (
    "id", "name", "ascii", "iso3", "territory", "lat", "lon", "population", "kind", "aliases", "geonameid",
)  # fmt: skip


@dataclass(frozen=True)
class PlaceRule:
    """Which towns become places; distances to places already chosen in the same country."""

    city_population: int = 100_000
    city_spacing_km: float = 25.0
    town_population: int = 15_000
    town_spacing_km: float = 100.0
    #: The atlas draws borders this roughly: a place nearer to its own country lies in it.
    border_slack_km: float = 15.0
    #: Aliases kept in Latin letters and in other scripts: of capitals and cities of a million, of all others.
    metropolis_population: int = 1_000_000
    metropolis_aliases: tuple[int, int] = (40, 16)
    city_aliases: tuple[int, int] = (6, 4)


PLACE_RULE = PlaceRule()


def choose_places(towns: Sequence[Town], rule: PlaceRule = PLACE_RULE) -> list[tuple[Town, str]]:
    """The chosen towns with their kind (``capital`` or ``city``), in the order of choice.

    ``towns`` must be sorted as ``read_towns`` does.
    """
    capitals = _capitals(towns)
    capital_ids = {town.geonameid for town in capitals}
    chosen: list[tuple[Town, str]] = []
    taken: dict[str, list[tuple[float, float]]] = {}
    for town in [*capitals, *(town for town in towns if town.population >= rule.town_population)]:
        near = taken.setdefault(town.country, [])
        is_capital = town.geonameid in capital_ids
        if is_capital and len(chosen) >= len(capitals):
            continue  # stands in the list already
        if near and not is_capital:
            lat, lon = np.array(near).T
            spacing = rule.city_spacing_km if town.population >= rule.city_population else rule.town_spacing_km
            gap = great_circles_km(np.array(town.lat), np.array(town.lon), lat, lon).min()
            if gap < spacing:
                continue
        near.append((town.lat, town.lon))
        chosen.append((town, "capital" if is_capital else "city"))
    return chosen


def place_rows(towns: Sequence[Town], rule: PlaceRule = PLACE_RULE) -> list[dict[str, str]]:
    """Rows of ``world_places.csv``, by id."""
    chosen = choose_places(towns, rule)
    ids = _unique_ids([town for town, _ in chosen])
    lat, lon = (np.array([getattr(town, name) for town, _ in chosen], np.float64) for name in ("lat", "lon"))
    codes = country_codes()
    stated = np.array([codes.index(town.country) for town, _ in chosen], np.int16)
    territory = [codes[number] for number in settled_countries(lat, lon, stated, rule.border_slack_km)]
    rows = [
        {
            "id": ids[town.geonameid],
            "name": town.name,
            "ascii": ascii_name(town.name),
            "iso3": town.country,
            "territory": code,
            "lat": f"{town.lat:.4f}",
            "lon": f"{town.lon:.4f}",
            "population": str(town.population),
            "kind": kind,
            "aliases": ";".join(_aliases(town, kind, rule)),
            "geonameid": str(town.geonameid),
        }
        for (town, kind), code in zip(chosen, territory, strict=True)
    ]
    return sorted(rows, key=lambda row: row["id"])


def _capitals(towns: Sequence[Town]) -> list[Town]:
    by_country: dict[str, list[Town]] = {}
    for town in towns:
        by_country.setdefault(town.country, []).append(town)
    found = []
    for row in country_table():
        name = _CAPITAL_NAMES.get(row["iso3"], row["capital"].strip())
        if not name:
            continue
        candidates = by_country.get(row["iso3"], [])
        named = [town for town in candidates if town.name == name] or [
            town for town in candidates if name in town.alternates
        ]
        found.extend(named[:1])
    return found


def _unique_ids(towns: Iterable[Town]) -> dict[int, str]:
    """GeoNames id -> id; the shortest of three forms that is nobody else's."""
    forms: dict[int, tuple[str, ...]] = {}
    for town in towns:
        base = f"{slug(town.name) or 'place'}-{town.country.lower()}"
        region = f"{base}-{slug(town.admin1)}"
        forms[town.geonameid] = (base, region, f"{region}-{town.geonameid}")
    for level in (0, 1):
        count: dict[str, int] = {}
        for names in forms.values():
            count[names[0]] = count.get(names[0], 0) + 1
        forms = {key: names[1:] if level < 2 and count[names[0]] > 1 else names for key, names in forms.items()}
    return {key: names[0] for key, names in forms.items()}


def _aliases(town: Town, kind: str, rule: PlaceRule) -> list[str]:
    """Other names: those in Latin letters and those in other scripts, each sorted and cut at the rule's count."""
    own = {town.name, ascii_name(town.name)}
    names = sorted({name.strip() for name in town.alternates if ";" not in name} - own - {""})
    latin = [name for name in names if ascii_name(name)[:1].isupper() and not (len(name) < 4 and name.isupper())]
    other = [name for name in names if not ascii_name(name)]
    large = kind == "capital" or town.population >= rule.metropolis_population
    latin_count, other_count = rule.metropolis_aliases if large else rule.city_aliases
    return latin[:latin_count] + other[:other_count]
