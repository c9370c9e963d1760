"""Small land graphs around a straight state border: USA south of 49 degrees north, Canada north, at 100 west."""

from __future__ import annotations

import numpy as np

from landbridge.kernels.sphere import great_circles_km
from landbridge.network.detailed.arrays import DetailedNetwork
from landbridge.network.detailed.assemble import freeze
from landbridge.network.detailed.crossings import Borders, find_borders
from landbridge.network.detailed.curated import Crossing, CuratedLand, Place, Section
from landbridge.network.detailed.land import LandGraph, build_land
from landbridge.network.detailed.places import KnownLink, WorldPlace
from landbridge.network.detailed.rules import Rules
from landbridge.network.detailed.source import SourceGraph
from landbridge.network.detailed.towns import Town

#: Distance of two neighbours of the grid: 0.05 degrees, 5.6 km north-south and 3.6 km east-west.
STEP = 0.05
CONTINENTS = {"USA": "NA", "CAN": "NA"}


def silent(stage: str, done: int, total: int) -> None:
    """No progress shown."""


def grid(rows: int, columns: int, south: float = 48.825, west: float = -100.0) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes of a grid, row by row from the south; no row lies on the border."""
    lat, lon = np.meshgrid(south + STEP * np.arange(rows), west + STEP * np.arange(columns), indexing="ij")
    return np.round(lat.ravel(), 3), np.round(lon.ravel(), 3)


def grid_edges(rows: int, columns: int) -> np.ndarray:
    """Edges between neighbours of the grid, int[e, 2], lower node first."""
    node = np.arange(rows * columns).reshape(rows, columns)
    along = np.column_stack([node[:, :-1].ravel(), node[:, 1:].ravel()])
    up = np.column_stack([node[:-1].ravel(), node[1:].ravel()])
    return np.concatenate([along, up])


def source(lat: np.ndarray, lon: np.ndarray, edges: np.ndarray, winding: float = 1.0) -> SourceGraph:
    """A graph of straight edges, each ``winding`` times as long as the great circle."""
    edges = np.array(sorted(map(tuple, edges.tolist())), np.int32).reshape(-1, 2)
    tail, head = edges[:, 0].copy(), edges[:, 1].copy()
    km = winding * great_circles_km(lat[tail], lon[tail], lat[head], lon[head])
    return SourceGraph(lat.copy(), lon.copy(), tail, head, km, 0)


def nothing() -> SourceGraph:
    """A graph without nodes."""
    return SourceGraph(np.empty(0), np.empty(0), np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0), 0)


def place(name: str, country: str, lat: float, lon: float) -> WorldPlace:
    """A city of the world table."""
    return WorldPlace(name, name.title(), name.title(), country, country, lat, lon, 200_000, "city", ())


def town(name: str, country: str, lat: float, lon: float) -> Town:
    """A town that can give its name to a crossing."""
    return Town(1, name, country, "", lat, lon, 5000, ())


def section(name: str, start: str, end: str, countries: tuple[str, str], km: float, crossing: str = "") -> Section:
    """A curated road section."""
    return Section(name, "road", start, end, *countries, km, crossing)


def curated(
    sections: tuple[Section, ...] = (), places: tuple[Place, ...] = (), crossings: tuple[Crossing, ...] = ()
) -> CuratedLand:
    """Curated tables."""
    return CuratedLand(sections, places, crossings)


def land_of(
    road: SourceGraph,
    places: tuple[WorldPlace, ...] = (),
    known: CuratedLand | None = None,
    rail: SourceGraph | None = None,
    rules: Rules | None = None,
    links: tuple[KnownLink, ...] = (),
) -> LandGraph:
    """The land graph of a road and a rail source."""
    sources = {"rail": rail or nothing(), "road": road}
    return build_land(sources, places, links, known or curated(), CONTINENTS, rules or Rules(), silent)


def network_of(
    land: LandGraph, known: CuratedLand | None = None, towns: tuple[Town, ...] = (), rules: Rules | None = None
) -> tuple[DetailedNetwork, Borders]:
    """The frozen network of a land graph, and its crossings."""
    borders = find_borders(land, towns, known or curated(), rules or Rules())
    return freeze(land, borders, "test"), borders


def random_road(seed: int, rows: int = 8, columns: int = 9, share: float = 0.75) -> SourceGraph:
    """The grid with a random share of its edges; lengths vary, so that shortest paths are unique."""
    random = np.random.default_rng(seed)
    lat, lon = grid(rows, columns)
    edges = grid_edges(rows, columns)
    whole = source(lat, lon, edges[random.random(len(edges)) < share])
    return whole._replace(km=whole.km * random.uniform(1.0, 1.3, whole.km.size))
