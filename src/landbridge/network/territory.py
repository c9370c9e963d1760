"""Which country a point lies in, which gauge a track there has, which countries touch."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from landbridge.io.atlas import country_polygons, country_table

Floats = npt.NDArray[np.float64]
Shorts = npt.NDArray[np.int16]

_KM_PER_DEGREE = 111.195

#: Overseas parts that the atlas draws as one with another country: code, that country, south, north, west, east.
_OVERSEAS = (
    ("GUF", "FRA", 2.0, 6.0, -55.0, -51.0),
    ("GLP", "FRA", 15.8, 16.6, -62.0, -60.9),
    ("MTQ", "FRA", 14.3, 15.0, -61.4, -60.7),
    ("REU", "FRA", -21.5, -20.8, 55.0, 56.0),
    ("MYT", "FRA", -13.1, -12.5, 44.9, 45.4),
    ("SJM", "NOR", 74.0, 81.0, -10.0, 35.0),
    ("BES", "NLD", 12.0, 17.7, -68.5, -62.9),
)


@cache
def country_codes() -> tuple[str, ...]:
    """ISO alpha-3 codes in the order of ``world/countries.csv``; country numbers in arrays are positions here."""
    return tuple(row["iso3"] for row in country_table())


def countries_of(lat: Floats, lon: Floats, polygons: Mapping[str, BaseGeometry] | None = None) -> Shorts:
    """Country number of every point, int16[n]: the polygon it lies in, else the nearest one (bridges, coasts).

    ``polygons``: code -> polygon in (lon, lat); the atlas if not given.
    """
    shapes = country_polygons() if polygons is None else polygons
    number = {code: i for i, code in enumerate(country_codes())}
    names = [code for code in shapes if code in number]
    found = np.full(lat.size, -1, np.int16)
    if not lat.size:
        return found
    points = shapely.points(lon, lat)
    which, inside = shapely.STRtree(points).query([shapes[code] for code in names], predicate="intersects")
    numbers = np.array([number[code] for code in names], np.int16)
    found[inside[::-1]] = numbers[which[::-1]]  # a point on a border falls to the first code in the alphabet
    outside = np.flatnonzero(found < 0)
    if outside.size:
        nearest = shapely.STRtree([shapes[code] for code in names])
        # query_nearest returns all nearest polygons in no stated order: take the first code
        point, shape = nearest.query_nearest(points[outside])
        order = np.lexsort((shape, point))[::-1]
        found[outside[point[order]]] = numbers[shape[order]]
    for code, owner, south, north, west, east in _OVERSEAS:
        there = (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
        found[there & (found == number[owner])] = number[code]
    return found


def depth_km(lat: Floats, lon: Floats, country: int) -> Floats:
    """Rough distance (km, plate carree with the longitude shortened) from points to a country; 0 inside it."""
    code = country_codes()[country]
    owner = next((owner for overseas, owner, *_ in _OVERSEAS if overseas == code), code)
    shape = country_polygons().get(owner)
    if shape is None:
        return np.full(lat.size, np.inf)
    middle = float(np.cos(np.radians(lat.mean()))) if lat.size else 1.0
    near = shapely.intersection(shape, shapely.box(lon.min() - 1.0, lat.min() - 1.0, lon.max() + 1.0, lat.max() + 1.0))
    if near.is_empty:
        return np.full(lat.size, np.inf)
    flat = shapely.transform(near, lambda points: points * [middle, 1.0])
    return np.asarray(shapely.distance(flat, shapely.points(lon * middle, lat))) * _KM_PER_DEGREE


def on_land(lat_a: float, lon_a: float, lat_b: float, lon_b: float, country: int, bay_km: float = 0.0) -> bool:
    """Whether the straight line between two points keeps to a country's polygon: at most a tenth of its length, or
    ``bay_km`` (rough) where that is more, lies outside.
    """
    code = country_codes()[country]
    owner = next((owner for overseas, owner, *_ in _OVERSEAS if overseas == code), code)
    shape = country_polygons().get(owner)
    if shape is None or abs(lon_a - lon_b) > 180.0:
        return False
    line = shapely.LineString([(lon_a, lat_a), (lon_b, lat_b)])
    near = shapely.intersection(shape, shapely.box(*line.buffer(0.1).bounds))
    return bool(line.difference(near).length <= max(0.1 * line.length, bay_km / _KM_PER_DEGREE))


def settled_countries(lat: Floats, lon: Floats, stated: Shorts, slack_km: float) -> Shorts:
    """Country number of places: the stated one, unless the atlas has the place in another and not within
    ``slack_km`` of it.
    """
    found = countries_of(lat, lon)
    for i in np.flatnonzero(found != stated).tolist():
        own, other = (depth_km(lat[i : i + 1], lon[i : i + 1], int(number[i]))[0] for number in (stated, found))
        if own <= slack_km or other > slack_km:
            found[i] = stated[i]
    return found


@cache
def gap_km(code_a: str, code_b: str) -> float:
    """Smallest distance (km, rough) between two countries' territories; 0 where they touch."""
    shapes = country_polygons()  # overseas parts have none of their own: judged as touching
    if code_a not in shapes or code_b not in shapes:
        return 0.0
    a, b = shapes[code_a], shapes[code_b]
    return float(shapely.distance(a, b)) * _KM_PER_DEGREE


@dataclass(frozen=True)
class GaugeRow:
    """One row of ``world/land/gauges.csv``: a country, or a box in it that differs."""

    country: str
    south: float
    north: float
    west: float
    east: float
    gauge_mm: int


@cache
def gauge_rows() -> tuple[GaugeRow, ...]:
    """The gauge table; empty box = the whole country, later rows win."""
    text = resources.files("landbridge").joinpath("world/land/gauges.csv").read_text(encoding="utf-8")
    return tuple(
        GaugeRow(
            row["iso3"],
            float(row["south"] or -90),
            float(row["north"] or 90),
            float(row["west"] or -180),
            float(row["east"] or 180),
            int(row["gauge_mm"]),
        )
        for row in csv.DictReader(text.splitlines())
    )


def gauges_of(lat: Floats, lon: Floats, country: Shorts, rows: Sequence[GaugeRow] | None = None) -> Shorts:
    """Gauge in mm of tracks at every point, int16[n]; 1435 where the table has no row for the country."""
    number = {code: i for i, code in enumerate(country_codes())}
    gauge = np.full(lat.size, 1435, np.int16)
    for row in gauge_rows() if rows is None else rows:
        here = country == number[row.country]
        here &= (lat >= row.south) & (lat <= row.north) & (lon >= row.west) & (lon <= row.east)
        gauge[here] = row.gauge_mm
    return gauge
