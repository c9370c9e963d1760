"""How a place joins the sea graph: the point of the nearest lane that a ship reaches without crossing land.

One join per place, on an edge, keeps distances a metric: going through a third port is never shorter than
going straight.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Final

import numpy as np

from landbridge.kernels.sphere import EARTH_RADIUS_KM, great_circles_km
from landbridge.network.sea.graph import Bools, Float64, SeaGraph, edge_line, gate_parity, read_rows
from landbridge.schema.errors import BadRequest, Finding

if TYPE_CHECKING:
    import shapely

#: A place farther from every lane than this has no access to the sea.
ATTACH_LIMIT_KM: Final = 200.0
#: A kilometre of the access leg over land counts as this many more: the lane on the other side of a
#: peninsula is never the nearest one.
LAND_PENALTY: Final = 3.0
#: Over this much land a place is inland, whatever the distance.
LAND_LIMIT_KM: Final = 50.0
#: The coastline (1:50 million) is no finer than this: ports stand on land in it.
COAST_TOLERANCE_KM: Final = 5.0
_CANDIDATES: Final = 24


@dataclass(frozen=True)
class SeaAccess:
    """Where and how a place joins the graph.

    The ship sails ``access_km`` from the place to a point of ``edge``, at ``fraction`` of its length from
    the tail, and goes on to either end. ``mask_tail`` and ``mask_head`` are the straits whose gate it
    crosses on the way to the tail and to the head (odd number of times).
    """

    lat: float
    lon: float
    edge: int
    fraction: float
    access_km: float
    mask_tail: int
    mask_head: int


@dataclass(frozen=True)
class SeaPort:
    """A port of the world by UN/LOCODE; ``access`` is None where no lane is within reach (river ports, lakes)."""

    locode: str
    name: str
    country: str  # ISO alpha-3
    lat: float
    lon: float
    size: str  # "terminal" where the source marks one, empty where it says nothing
    aliases: tuple[str, ...]
    component: int  # of the sea graph, -1 without access
    access: SeaAccess | None


def attach(graph: SeaGraph, lat: float, lon: float, limit_km: float = ATTACH_LIMIT_KM) -> SeaAccess:
    """Access of a place by coordinates in degrees.

    The candidate points are the nearest points of the nearest edges; the one with the least ``km +
    LAND_PENALTY * km over land`` is taken, ties by the lower edge. Raises ``BadRequest`` if the coordinates
    cannot be or no lane is within ``limit_km``, or only over land.
    """
    result = attach_many(graph, [(lat, lon)], limit_km)[0]
    if result is None:
        raise BadRequest(
            f"No sea lane within {limit_km:g} km of {lat:g}, {lon:g} that a ship can reach.",
            [Finding("coordinates", f"lat {lat:g}, lon {lon:g}", "Name a port, or a place on the coast.")],
        )
    return result


def attach_many(
    graph: SeaGraph,
    places: Sequence[tuple[float, float]],
    limit_km: float = ATTACH_LIMIT_KM,
    land_limit_km: float = LAND_LIMIT_KM,
) -> list[SeaAccess | None]:
    """Access of many places (lat, lon); None where there is none.

    ``land_limit_km``: as much of the access leg may run over land (up a river or a fjord that the coastline
    does not show). Raises ``BadRequest`` with every impossible coordinate.
    """
    findings = [
        Finding(
            f"place {i + 1}",
            f"lat {lat}, lon {lon}",
            "Write degrees, latitude first, within -90 to 90 and -180 to 180.",
        )
        for i, (lat, lon) in enumerate(places)
        if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180)
    ]
    if findings:
        raise BadRequest("These coordinates cannot be.", findings)
    return [_attach(graph, lat, lon, limit_km, land_limit_km) for lat, lon in places]


def _attach(graph: SeaGraph, lat: float, lon: float, limit_km: float, land_limit_km: float) -> SeaAccess | None:
    # A kilometre of latitude is one everywhere: most pieces are out of reach by it alone.
    reach = math.degrees(limit_km / EARTH_RADIUS_KM) + 1e-6
    within = graph.segments.between(lat - reach, lat + reach)
    pieces = graph.segments.some(within)
    k = max(math.cos(math.radians(lat)), 1e-6)
    # Flat around the place: exact enough within the limit, where the nearest point is sought.
    x0 = pieces.lon0 - lon
    turns = 360.0 * np.rint((x0 + (pieces.lon1 - pieces.lon0) / 2) / 360.0)
    ax, ay = (x0 - turns) * k, pieces.lat0 - lat
    bx, by = (pieces.lon1 - pieces.lon0) * k, pieces.lat1 - pieces.lat0
    along = np.clip(-(ax * bx + ay * by) / np.maximum(bx * bx + by * by, 1e-18), 0.0, 1.0)
    join_lat = pieces.lat0 + along * by
    join_lon = pieces.lon0 + along * (pieces.lon1 - pieces.lon0)
    km = great_circles_km(np.array(lat), np.array(lon), join_lat, join_lon)
    near = np.argsort(km, kind="stable")[:_CANDIDATES]
    near = near[km[near] <= limit_km]
    if near.size == 0:
        return None
    land = land_km(lat, lon, join_lat[near], lon + (join_lon[near] - lon - turns[near]))
    cost = np.round(km[near] + LAND_PENALTY * land, 6)
    best = np.lexsort((near, cost))[0]
    if land[best] > land_limit_km:
        return None
    piece = near[best]
    return access_at(
        graph,
        lat,
        lon,
        edge=int(pieces.edge[piece]),
        fraction=round(float(min(1.0, pieces.start[piece] + along[piece] * pieces.share[piece])), 6),
        access_km=round(float(km[piece]), 3),
    )


def access_at(graph: SeaGraph, lat: float, lon: float, edge: int, fraction: float, access_km: float) -> SeaAccess:
    """Access with a given join; works out which gates the ways to both ends cross."""
    (lat_t, lon_t), (lat_h, lon_h) = ways_to_ends(graph, edge, fraction)
    return SeaAccess(
        lat,
        lon,
        edge,
        fraction,
        access_km,
        mask_tail=gate_parity(np.concatenate([[lat], lat_t]), np.concatenate([[lon], lon_t]), graph.gates),
        mask_head=gate_parity(np.concatenate([[lat], lat_h]), np.concatenate([[lon], lon_h]), graph.gates),
    )


def component_of(graph: SeaGraph, access: SeaAccess) -> int:
    """Component in which a place lies: that of the end it reaches while what is closed by default is closed."""
    blocked = access.mask_tail & graph.closed_by_default
    return int(graph.component[(graph.head if blocked else graph.tail)[access.edge]])


def ways_to_ends(
    graph: SeaGraph, edge: int, fraction: float
) -> tuple[tuple[Float64, Float64], tuple[Float64, Float64]]:
    """Lines (lat, lon) from the point at ``fraction`` of an edge to its tail and to its head; not to be changed."""
    key = (edge, fraction)
    if key not in graph.joined:
        graph.joined[key] = _ways_to_ends(graph, edge, fraction)
    return graph.joined[key]


def _ways_to_ends(
    graph: SeaGraph, edge: int, fraction: float
) -> tuple[tuple[Float64, Float64], tuple[Float64, Float64]]:
    lat, lon = edge_line(graph, edge)
    length = great_circles_km(lat[:-1], lon[:-1], lat[1:], lon[1:])
    done = np.concatenate([[0.0], np.cumsum(length)])
    target = fraction * done[-1]
    piece = int(np.clip(np.searchsorted(done, target, side="right") - 1, 0, len(length) - 1))
    share = (target - done[piece]) / length[piece] if length[piece] > 0 else 0.0
    at_lat = lat[piece] + share * (lat[piece + 1] - lat[piece])
    at_lon = lon[piece] + share * (lon[piece + 1] - lon[piece])
    back = np.concatenate([[at_lat], lat[: piece + 1][::-1]]), np.concatenate([[at_lon], lon[: piece + 1][::-1]])
    onward = np.concatenate([[at_lat], lat[piece + 1 :]]), np.concatenate([[at_lon], lon[piece + 1 :]])
    return back, onward


def land_km(lat: float, lon: float, to_lat: Float64, to_lon: Float64) -> Float64:
    """Km over land of straight lines from one place to many, less the coastline's tolerance; longitudes unwrapped."""
    import shapely

    tree = _coast()
    starts = np.broadcast_to([lon, lat], (len(to_lat), 2))
    lines = shapely.linestrings(np.stack([starts, np.column_stack([to_lon, to_lat])], axis=1))
    which, cell = tree.query(lines, predicate="intersects")
    km = np.zeros(len(to_lat))
    for i, piece in zip(which, shapely.intersection(lines[which], tree.geometries[cell]), strict=True):
        for part in shapely.get_parts(piece):
            points = shapely.get_coordinates(part)
            if len(points) > 1:
                km[i] += great_circles_km(points[:-1, 1], points[:-1, 0], points[1:, 1], points[1:, 0]).sum()
    return np.maximum(km - COAST_TOLERANCE_KM, 0.0)


def crosses_land(lat0: Float64, lon0: Float64, lat1: Float64, lon1: Float64) -> Bools:
    """Which straight lines touch land; longitudes within [-180, 180]."""
    import shapely

    lines = shapely.linestrings(np.stack([np.column_stack([lon0, lat0]), np.column_stack([lon1, lat1])], axis=1))
    touched: Bools = np.zeros(len(lines), dtype=np.bool_)
    touched[_coast().query(lines, predicate="intersects")[0]] = True
    return touched


@cache
def _coast() -> shapely.STRtree:
    """Land of the world in cells of five degrees, which makes cutting a line with it fast."""
    import shapely

    from landbridge.io.atlas import country_polygons

    parts = np.concatenate([shapely.get_parts(land) for land in country_polygons().values()])
    # What is wider than half the globe is no land but a ring drawn across the date line.
    parts = parts[shapely.bounds(parts)[:, 2] - shapely.bounds(parts)[:, 0] < 180.0]
    tree = shapely.STRtree(parts)
    cells = []
    for west in range(-180, 180, 5):
        for south in range(-90, 90, 5):
            for i in tree.query(shapely.box(west, south, west + 5, south + 5)):
                land = shapely.clip_by_rect(parts[i], west, south, west + 5, south + 5)
                if not land.is_empty:
                    cells.append(land)
    return shapely.STRtree(cells)


def load_sea_ports(graph: SeaGraph, folder: Traversable | None = None) -> dict[str, SeaPort]:
    """Ports of the world by UN/LOCODE, with their stored access; ``graph`` must be the one they were made for."""
    ports = {}
    for row in read_rows(folder, "ports.csv"):
        lat, lon = float(row["lat"]), float(row["lon"])
        access = None
        if row["edge"]:
            access = SeaAccess(
                lat,
                lon,
                int(row["edge"]),
                float(row["fraction"]),
                float(row["attach_km"]),
                graph.bits([key for key in row["straits_tail"].split(";") if key]),
                graph.bits([key for key in row["straits_head"].split(";") if key]),
            )
        ports[row["locode"]] = SeaPort(
            row["locode"],
            row["name"],
            row["country"],
            lat,
            lon,
            row["size"],
            tuple(key for key in row["aliases"].split(";") if key),
            int(row["component"]) if row["component"] else -1,
            access,
        )
    return ports
