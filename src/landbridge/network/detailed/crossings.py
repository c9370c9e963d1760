"""Crossings of state borders found in the land graph: edges over one border at one spot become one
crossing with an id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from landbridge.kernels.sphere import great_circle_km, great_circles_km
from landbridge.network.detailed.curated import CuratedLand
from landbridge.network.detailed.land import LandGraph
from landbridge.network.detailed.nearness import search_tree, within
from landbridge.network.detailed.rules import Rules
from landbridge.network.detailed.towns import Town, ascii_name, slug
from landbridge.network.territory import countries_of, country_codes
from landbridge.schema.words import MODES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

#: Points along a long edge at which the border is looked for.
_SAMPLES = 65


@dataclass(frozen=True)
class BorderCrossing:
    """A place where the land graph crosses a state border; ``country_a`` stands before ``country_b`` in the alphabet.

    ``id``: ``mode:AAA-BBB:town``. ``curated``: id of the study's crossing that stands for it, empty = none.
    """

    id: str
    name: str
    mode: str
    country_a: str
    country_b: str
    lat: float
    lon: float
    gauge_a_mm: int
    gauge_b_mm: int
    edge_count: int
    curated: str


@dataclass(frozen=True)
class Borders:
    """Crossings in the order of their ids, and the crossing of every edge of the land graph (int32[e], -1 = none)."""

    crossings: tuple[BorderCrossing, ...]
    edge_crossing: Ints


def border_points(graph: LandGraph, edges: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Where edges that change country leave their tail's country, by sampling the straight line between their ends."""
    share = np.linspace(0.0, 1.0, _SAMPLES)[:, None]
    tail, head = graph.tail[edges], graph.head[edges]
    turn = (graph.lon[head] - graph.lon[tail] + 180.0) % 360.0 - 180.0
    lat = graph.lat[tail] + share * (graph.lat[head] - graph.lat[tail])
    lon = (graph.lon[tail] + share * turn + 180.0) % 360.0 - 180.0
    country = countries_of(lat.ravel(), lon.ravel()).reshape(lat.shape)
    out = country != graph.country[tail]
    out[0] = False  # the ends' countries are settled, whatever the polygons say
    out[-1] = True
    first = out.argmax(axis=0)
    column = np.arange(edges.size)
    return (
        (lat[first, column] + lat[first - 1, column]) / 2.0,
        (lon[first - 1, column] + ((lon[first, column] - lon[first - 1, column] + 180.0) % 360.0 - 180.0) / 2.0),
    )


def clusters(lat: Floats, lon: Floats, reach_km: float) -> tuple[list[int], Ints]:
    """Group points by nearness to chosen ones: the point with most others within reach first, ties by position.

    Returns the chosen points and, for every point, the position of its group in them.
    """
    near = within(search_tree(lat, lon), lat, lon, reach_km)
    group = np.full(lat.size, -1, np.int32)
    chosen: list[int] = []
    for i in sorted(range(lat.size), key=lambda i: (-near[i].size, lat[i], lon[i])):
        if group[i] >= 0:
            continue
        free = near[i][group[near[i]] < 0]
        group[free] = len(chosen)
        chosen.append(i)
    return chosen, group


def find_borders(graph: LandGraph, towns: Sequence[Town], curated: CuratedLand, rules: Rules) -> Borders:
    """All crossings of the graph; ``towns`` give their names."""
    codes = country_codes()
    across = np.flatnonzero(graph.country[graph.tail] != graph.country[graph.head])
    lat, lon = border_points(graph, across)
    a, b = graph.country[graph.tail[across]], graph.country[graph.head[across]]
    flipped = a > b
    key = (graph.mode[graph.tail[across]].astype(np.int64) * 1000 + np.minimum(a, b)) * 1000 + np.maximum(a, b)
    found: list[tuple[BorderCrossing, npt.NDArray[np.int64]]] = []
    for one in np.unique(key):
        here = np.flatnonzero(key == one)
        chosen, group = clusters(lat[here], lon[here], rules.crossing_cluster_km)
        for g, centre in enumerate(chosen):
            members = here[group == g]
            i = here[centre]
            edge = across[i]
            ends = (graph.tail[edge], graph.head[edge])
            side_a, side_b = ends[::-1] if flipped[i] else ends
            mode = MODES[graph.mode[side_a]]
            subjects = graph.edge_subject[across[members]]
            known = [curated.crossings[s].id for s in np.unique(subjects[subjects >= 0]).tolist()]
            code_a, code_b = codes[graph.country[side_a]], codes[graph.country[side_b]]
            row = BorderCrossing(
                id="",
                name="",
                mode=mode,
                country_a=code_a,
                country_b=code_b,
                lat=round(float(lat[i]), 3),
                lon=round(float(lon[i]), 3),
                gauge_a_mm=int(graph.gauge_mm[side_a]),
                gauge_b_mm=int(graph.gauge_mm[side_b]),
                edge_count=int(members.size),
                curated=known[0] if known else _curated_near(curated, mode, {code_a, code_b}, lat[i], lon[i], rules),
            )
            found.append((row, members))
    named = _named([row for row, _ in found], towns, rules)
    order = sorted(range(len(found)), key=lambda i: named[i].id)
    edge_crossing = np.full(graph.tail.size, -1, np.int32)
    for position, i in enumerate(order):
        edge_crossing[across[found[i][1]]] = position
    return Borders(tuple(named[i] for i in order), edge_crossing)


def _curated_near(curated: CuratedLand, mode: str, pair: set[str], lat: float, lon: float, rules: Rules) -> str:
    """The nearest curated crossing of the border and mode within the rule's distance."""
    near = [
        (great_circle_km(lat, lon, crossing.lat, crossing.lon), crossing.id)
        for crossing in curated.crossings
        if crossing.mode == mode and {crossing.country_a, crossing.country_b} == pair
    ]
    return min((row for row in near if row[0] <= rules.crossing_curated_km), default=(0.0, ""))[1]


def _named(rows: Sequence[BorderCrossing], towns: Sequence[Town], rules: Rules) -> list[BorderCrossing]:
    """Rows with name and id by the nearest town of either country; a second one of the same town counts on from 2."""
    lat, lon = np.array([row.lat for row in rows]), np.array([row.lon for row in rows])
    town_lat = np.array([town.lat for town in towns])
    town_lon = np.array([town.lon for town in towns])
    town_country = np.array([town.country for town in towns])
    tree = search_tree(town_lat, town_lon) if towns else None
    base: list[tuple[str, str, float]] = []
    for i, row in enumerate(rows):
        name, distance = "", 0.0
        if tree is not None:
            near = within(tree, lat[i], lon[i], rules.town_reach_km)[0]
            near = near[np.isin(town_country[near], [row.country_a, row.country_b])]
            if near.size:
                km = great_circles_km(lat[i : i + 1], lon[i : i + 1], town_lat[near], town_lon[near])
                best = int(near[np.argmin(km)])
                name, distance = towns[best].name, float(km.min())
        if not slug(name):
            name = f"{abs(row.lat):.1f}{'N' if row.lat >= 0 else 'S'} {abs(row.lon):.1f}{'E' if row.lon >= 0 else 'W'}"
        base.append((f"{row.mode}:{row.country_a}-{row.country_b}:{slug(name)}", name, distance))
    used: dict[str, int] = {}
    result = list(rows)
    for i in sorted(range(len(rows)), key=lambda i: (base[i][0], base[i][2], rows[i].lat, rows[i].lon)):
        used[base[i][0]] = used.get(base[i][0], 0) + 1
        number = f"-{used[base[i][0]]}" if used[base[i][0]] > 1 else ""
        label = ascii_name(base[i][1]) + (f" {used[base[i][0]]}" if number else "")
        row = rows[i]
        result[i] = BorderCrossing(
            **{**row.__dict__, "id": base[i][0] + number, "name": f"{label} ({row.country_a}-{row.country_b})"}
        )
    return result
