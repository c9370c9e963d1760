"""The world's network: a study's curated tables and the derived tables of the world as one set of tables.

The curated rows win:

- A world place within ``SAME_NAME_KM`` of a curated city of its country and of its name is that city; so is the
  nearest one within ``SAME_PLACE_KM`` of a curated city that no name matches. The city keeps its id and row.
- A junction that the derivation made at a curated place is that place.
- A derived crossing within ``SAME_CROSSING_KM`` of a curated one of the same border and mode is that one.
- A derived link is left out where the curated sections join its two ends over at most ``CURATED_RATIO`` times its
  length. One that runs along a curated section between other places takes the section's status and opening year.

Where a city and the stations that the study gives it are not joined by rail within reason, a link of basis assumed
joins them. Ferries stand beside the study's services (``landbridge.network.world_ferries``); links written by hand fill
gaps (``landbridge.network.world_hand``). Places without a road or a railway get one access road each, as
``landbridge.network.build`` adds it.
Rows are dicts of text as in the files; ``tables_for_build`` and ``as_csv`` turn them into what others read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import numpy as np

from landbridge.kernels.sphere import great_circle_km
from landbridge.network.names import normalise
from landbridge.network.select import ALONG
from landbridge.network.world_ferries import FILES as FERRY_FILES
from landbridge.network.world_ferries import ferry_rows
from landbridge.network.world_hand import FILES as HAND_FILES
from landbridge.network.world_hand import cut_links, hand_links
from landbridge.network.world_ports import port_rows
from landbridge.schema.tables import tables

Row = dict[str, str]

#: A world place this near to a curated city of its name is that city.
SAME_NAME_KM: Final = 30.0
#: A world place this near to a curated city, whatever they are called, is that city.
SAME_PLACE_KM: Final = 15.0
#: A derived crossing this near to a curated one of the same border and mode is that one.
SAME_CROSSING_KM: Final = 25.0
#: Curated sections this many times as long as a derived link stand in its place.
CURATED_RATIO: Final = 1.25
#: A city and its station are joined by rail if the network joins them over less than this many kilometres.
STATION_DETOUR_KM: Final = 40.0
#: Length of an assumed link over the straight line.
ASSUMED_CIRCUITY: Final = 1.3
#: Letters of an alias in Latin script: shorter ones are syllables of transcriptions ("Po" for Bozhou).
SHORTEST_ALIAS: Final = 3
#: Source of the derived rows, in the table ``sources`` of the world's facts.
SOURCE: Final = "landbridge-world"

TABLES: Final = ("places", "sections", "crossings", "ports", "services", "names")
_FILES: Final = ("places", "junctions", "links", "crossings")


@dataclass(frozen=True)
class WorldTables:
    """Merged tables, each sorted by id, and which world place or junction stands for which curated place."""

    rows: Mapping[str, Sequence[Row]]
    same: Mapping[str, str]  # world place or junction -> curated place
    dropped_links: int  # derived links in whose place curated sections stand


def land_table(name: str) -> list[Row]:
    """Rows of ``world/land/NAME.csv``."""
    path = resources.files("landbridge").joinpath(f"world/land/{name}.csv")
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def link_lines(known: Mapping[str, str]) -> Mapping[str, str]:
    """Link id -> encoded line of the derived links (OpenStreetMap, ODbL), and of those that are known."""
    path = resources.files("landbridge").joinpath("world/land/world_links.csv")
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    columns = header.split(",")
    assert columns[0] == "id"
    return _Lines({row.partition(",")[0]: row for row in rows}, columns.index("geometry"), known)


@dataclass(frozen=True)
class _Lines(Mapping[str, str]):
    """Lines of links by id; a row is taken apart when its line is asked for, as few are."""

    rows: Mapping[str, str]
    column: int
    known: Mapping[str, str]

    def __getitem__(self, link: str) -> str:
        if link in self.known:
            return self.known[link]
        line = next(csv.reader([self.rows[link]]))[self.column]
        if not line:
            raise KeyError(link)
        return line

    def __iter__(self) -> Iterator[str]:
        yield from self.known
        yield from (link for link in self.rows if link not in self.known and link in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def world_files() -> list[bytes]:
    """Bytes of every file of the world's network, for a digest."""
    folder = resources.files("landbridge").joinpath("world")
    names = [f"land/world_{name}.csv" for name in _FILES]
    more = [f"sea/{name}.csv" for name in ("ports", "hubs", "trades", "far_shores")]
    more += [*FERRY_FILES, *HAND_FILES, "facts/names.csv", "facts/regions.csv"]
    return [folder.joinpath(name).read_bytes() for name in (*names, *more)]


def merge_world(curated: Mapping[str, Sequence[Mapping[str, str]]]) -> WorldTables:
    """Merge a study's tables (name of ``TABLES`` -> rows) with the world's; the order of rows changes nothing."""
    mine = {name: [dict(row) for row in sorted(curated.get(name, ()), key=_row_key)] for name in TABLES}
    world = {name: land_table(f"world_{name}") for name in _FILES}
    same = _same_places(mine["places"], mine["names"], world["places"])
    # The tables were derived beside the built-in study: another study does not have its places.
    known = {row["id"] for row in mine["places"]}
    at_curated = {row["id"]: row["curated_place"] for row in world["junctions"] if row["curated_place"] in known}
    same.update(at_curated)
    junctions = [row for row in world["junctions"] if row["id"] not in at_curated]
    places = _places(mine["places"], world["places"], junctions, same)
    crossings, crossing_of = _crossings(mine["crossings"], world["crossings"])
    position = {row["id"]: (float(row["lat"]), float(row["lon"])) for row in places}
    sections, dropped = _sections(mine, world["links"], same, crossing_of, position)
    sections += _station_links(places, sections, position)
    ports = port_rows(mine["ports"], places, sections)
    ferries = ferry_rows(places, sections, link_lines({}))
    position.update((row["id"], (float(row["lat"]), float(row["lon"]))) for row in [*places, *ferries.places])
    more_sections, more_crossings = hand_links(same, position)
    rows = {
        "places": [*places, *ferries.places],
        "sections": [*sections, *ferries.sections, *more_sections],
        "crossings": [*crossings, *ferries.crossings, *more_crossings],
        "ports": [*ports, *ferries.ports],
        "services": [*mine["services"], *ferries.services],
        "names": [*mine["names"], *_names(world["places"], same)],
    }
    found = {name: sorted(table, key=_row_key) for name, table in rows.items()}
    return WorldTables(found, same, dropped)


def tables_for_build(world: WorldTables) -> dict[str, list[Row]]:
    """What ``build_network`` takes: each table with the columns of all its rows."""
    found = {}
    for name, rows in world.rows.items():
        empty = dict.fromkeys((column for row in rows for column in row), "")
        found[name] = [{**empty, **row} for row in rows]
    return found


def as_csv(world: WorldTables) -> dict[str, bytes]:
    """Each table as the bytes of a CSV file in the columns of the schema."""
    found = {}
    for name, rows in world.rows.items():
        columns = [column.name for column in tables()[name]]
        text = io.StringIO()
        writer = csv.DictWriter(text, columns, restval="", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        found[name] = text.getvalue().encode()
    return found


def _row_key(row: Mapping[str, str]) -> tuple[str, ...]:
    return (row["id"],) if "id" in row else (row["subject"], row["name"])


# -- places ------------------------------------------------------------------------------------------------------


def _same_places(cities: Sequence[Row], names: Sequence[Row], world: Sequence[Row]) -> dict[str, str]:
    """World place -> the curated city that it is."""
    called: dict[str, set[str]] = {}
    for row in cities:
        if row["kind"] == "city" and row["hub"] in ("", row["id"]):
            plain = row["name"].partition(" (")[0]
            called[row["id"]] = {normalise(part) for part in (row["name"], plain, *plain.split("/"))}
    for row in names:
        kind, _, identifier = row["subject"].partition(":")
        if kind == "place" and identifier in called:
            called[identifier].add(normalise(row["name"]))
    by_country: dict[str, list[Row]] = {}
    for row in cities:
        if row["id"] in called:
            by_country.setdefault(row["country"], []).append(row)
    named: list[tuple[float, str, str]] = []
    near: list[tuple[float, str, str]] = []
    for place in world:
        words = {normalise(text) for text in (place["name"], place["ascii"], *place["aliases"].split(";"))}
        for city in by_country.get(place["territory"], ()):
            km = _apart(place, city)
            if km <= SAME_NAME_KM and words & called[city["id"]]:
                named.append((km, place["id"], city["id"]))
            elif km <= SAME_PLACE_KM:
                near.append((km, place["id"], city["id"]))
    same: dict[str, str] = {}
    for pairs in (named, near):
        taken = set(same.values())
        for _, place_id, city_id in sorted(pairs):
            if place_id not in same and city_id not in taken:
                same[place_id] = city_id
                taken.add(city_id)
    return same


def _apart(one: Mapping[str, str], other: Mapping[str, str]) -> float:
    lat, lon, lat_b, lon_b = float(one["lat"]), float(one["lon"]), float(other["lat"]), float(other["lon"])
    if abs(lat - lat_b) > 1.0:  # no need of a sine
        return 111.0 * abs(lat - lat_b)
    return great_circle_km(lat, lon, lat_b, lon_b)


def _places(curated: list[Row], world: Sequence[Row], junctions: Sequence[Row], same: Mapping[str, str]) -> list[Row]:
    people = {same[row["id"]]: row["population"] for row in world if row["id"] in same}
    found = [{**row, "population": row["population"] or people.get(row["id"], "")} for row in curated]
    common = {"hub": "", "crossing": "", "basis": "derived", "source": SOURCE}
    for row in world:
        if row["id"] not in same:
            note = "" if row["iso3"] == row["territory"] else f"{row['iso3']} in the list of towns"
            kept = {key: row[key] for key in ("id", "name", "lat", "lon", "population")}
            found.append({**common, **kept, "country": row["territory"], "kind": "city", "note": note})
    names = {row["id"]: row["name"] for row in world}
    for row in junctions:
        name = f"{row['mode']} junction {row['near_km']} km from {names.get(row['near_place'], row['near_place'])}"
        kept = {key: row[key] for key in ("id", "lat", "lon")}
        place = {"name": name, "country": row["territory"], "kind": "junction", "population": "", "note": ""}
        found.append({**common, **kept, **place})
    return found


def _names(world: Sequence[Row], same: Mapping[str, str]) -> list[Row]:
    """Other names of the world's places; of a place that is a curated city its own name too."""
    found = []
    for row in world:
        aliases = {name for name in row["aliases"].split(";") if len(name) >= SHORTEST_ALIAS or not name.isascii()}
        names = {row["ascii"], *aliases} | ({row["name"]} if row["id"] in same else set())
        subject = f"place:{same.get(row['id'], row['id'])}"
        found += [{"name": name, "subject": subject, "source": SOURCE, "note": ""} for name in sorted(names) if name]
    for name, place in _more_names():
        subject = f"place:{same.get(place, place)}"
        found.append({"name": name, "subject": subject, "source": SOURCE, "note": "set by hand"})
    return found


def _more_names() -> list[tuple[str, str]]:
    """(name, world place) of what the list of towns does not say."""
    path = resources.files("landbridge").joinpath("world/facts/names.csv")
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    return [(row["name"], row["place"]) for row in rows]


# -- links -------------------------------------------------------------------------------------------------------


def _crossings(curated: list[Row], world: Sequence[Row]) -> tuple[list[Row], dict[str, str]]:
    """Merged crossings, and derived crossing -> the one that stands for it."""
    by_border: dict[tuple[str, frozenset[str]], list[Row]] = {}
    for row in curated:
        by_border.setdefault((row["mode"], frozenset((row["country_a"], row["country_b"]))), []).append(row)
    stands: dict[str, str] = {}
    added = []
    for row in world:
        near = [
            (_apart(row, other), other["id"])
            for other in by_border.get((row["mode"], frozenset((row["country_a"], row["country_b"]))), ())
        ]
        near = [item for item in near if item[0] <= SAME_CROSSING_KM or item[1] == row["curated"]]
        if near:
            stands[row["id"]] = min(near)[1]
            continue
        stands[row["id"]] = row["id"]
        if row["link_count"] == "0":
            continue
        post = row["name"].partition(" (")[0]
        kept = {key: row[key] for key in ("id", "name", "mode", "country_a", "country_b", "lat", "lon")}
        kept.update({key: row[key] for key in ("gauge_a_mm", "gauge_b_mm", "status", "basis", "note")})
        empty = {"lat_b": "", "lon_b": "", "gauge_change_places": "", "gauge_change_included": "", "locator": ""}
        added.append({**kept, **empty, "name_a": post, "name_b": post, "source": SOURCE})
    return [*curated, *added], stands


def _sections(
    mine: Mapping[str, Sequence[Row]],
    links: Sequence[Row],
    same: Mapping[str, str],
    crossing_of: Mapping[str, str],
    position: Mapping[str, tuple[float, float]],
) -> tuple[list[Row], int]:
    """Curated sections and the derived links that remain beside them; how many do not."""
    curated = [row for row in mine["sections"] if row["use"] == "section"]
    official = {row["id"]: row for row in curated}
    joined = {mode: _Joined([row for row in curated if row["mode"] == mode]) for mode in ("rail", "road")}
    found = list(mine["sections"])
    dropped = 0
    cut = cut_links()
    for link in links:
        if link["id"] in cut:
            continue
        ends = same.get(link["from_place"], link["from_place"]), same.get(link["to_place"], link["to_place"])
        straight = great_circle_km(*position[ends[0]], *position[ends[1]])
        km = max(float(link["km"]), round(straight + 0.05, 1))
        if ends[0] == ends[1] or joined[link["mode"]].km(*ends) <= CURATED_RATIO * km:
            dropped += 1
            continue
        along = official.get(link["section"], {})
        found.append(
            {
                "id": link["id"],
                "mode": link["mode"],
                "from_place": ends[0],
                "to_place": ends[1],
                "length_km": f"{km:.1f}",
                "km_to_crossing": link["km_to_crossing"],
                "country_from": link["country_from"],
                "country_to": link["country_to"],
                "gauge_mm": link["gauge_mm"],
                "gauge_to_mm": link["gauge_to_mm"],
                "status": along.get("status", "operating"),
                "opened_year": along.get("opened_year", ""),
                "crossing": crossing_of[link["crossing"]] if link["crossing"] else "",
                "use": "section",
                "basis": link["basis"],
                "source": SOURCE,
                "note": f"{ALONG}{link['section']}" if along else "",
            }
        )
    return found, dropped


class _Joined:
    """Lengths of the ways over the sections of one mode between their places."""

    def __init__(self, sections: Sequence[Mapping[str, str]]) -> None:
        from scipy.sparse.csgraph import dijkstra

        names = sorted({row[end] for row in sections for end in ("from_place", "to_place")})
        self._at = {name: i for i, name in enumerate(names)}
        matrix = _matrix(self._at, sections)
        self._km: Any = dijkstra(matrix, directed=False) if names else np.zeros((0, 0))

    def km(self, start: str, end: str) -> float:
        """Kilometres of the shortest way between two places, ``inf`` where there is none."""
        a, b = self._at.get(start, -1), self._at.get(end, -1)
        return float(self._km[a, b]) if a >= 0 and b >= 0 else np.inf


def _matrix(at: Mapping[Any, int], sections: Iterable[Mapping[str, str]], mode: str = "") -> Any:
    """Sparse matrix [n, n] of the lengths of sections between places; the shortest of parallel ones."""
    from scipy.sparse import csr_array

    shortest: dict[tuple[int, int], float] = {}
    for row in sections:
        if not mode or row["mode"] == mode:
            a, b = sorted((at[row["from_place"]], at[row["to_place"]]))
            km = max(float(row["length_km"]), 0.001)  # a sparse zero is no link
            shortest[a, b] = min(km, shortest.get((a, b), np.inf))
    pairs = np.array(sorted(shortest), dtype=np.int64).reshape(-1, 2)
    values = np.array([shortest[a, b] for a, b in pairs.tolist()])
    return csr_array((values, (pairs[:, 0], pairs[:, 1])), shape=(len(at), len(at)))


def _station_links(
    places: Sequence[Row], sections: Sequence[Row], position: Mapping[str, tuple[float, float]]
) -> list[Row]:
    """Rail links between a city's own rail node and the stations of the city that lie far away over the network."""
    from scipy.sparse.csgraph import dijkstra

    rail = [row for row in sections if row["mode"] == "rail" and row["use"] == "section"]
    seats: dict[str, set[tuple[str, str]]] = {}
    for row in rail:
        for end, country, gauge in (
            ("from_place", "country_from", row["gauge_mm"]),
            ("to_place", "country_to", row.get("gauge_to_mm") or row["gauge_mm"]),
        ):
            seats.setdefault(row[end], set()).add((row[country], gauge))
    at = {name: i for i, name in enumerate(sorted(seats))}
    matrix = _matrix(at, rail)
    stations = [row for row in places if row["hub"] and row["hub"] != row["id"] and row["id"] in at]
    cities = sorted({row["hub"] for row in stations if row["hub"] in at})
    if not cities:
        return []
    km = dijkstra(matrix, directed=False, indices=[at[city] for city in cities], limit=STATION_DETOUR_KM)
    reach = dict(zip(cities, km, strict=True))
    found = []
    for row in stations:
        city = row["hub"]
        if city not in reach or np.isfinite(reach[city][at[row["id"]]]):
            continue
        for country, gauge in sorted(seats[city] & seats[row["id"]]):
            straight = great_circle_km(*position[city], *position[row["id"]])
            found.append(
                {
                    "id": f"rail:{city}--{row['id']}:station-{gauge}",
                    "mode": "rail",
                    "from_place": city,
                    "to_place": row["id"],
                    "length_km": f"{max(1.0, straight * ASSUMED_CIRCUITY):.1f}",
                    "country_from": country,
                    "country_to": country,
                    "gauge_mm": gauge,
                    "gauge_to_mm": gauge,
                    "status": "operating",
                    "opened_year": "",
                    "crossing": "",
                    "use": "section",
                    "basis": "assumed",
                    "source": SOURCE,
                    "note": "the city's line to its station",
                }
            )
    return found
