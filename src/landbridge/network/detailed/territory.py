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
    return found


def depth_km(lat: Floats, lon: Floats, country: int) -> Floats:
    """Rough distance (km, plate carree with the longitude shortened) from points to a country; 0 inside it."""
    shape = country_polygons().get(country_codes()[country])
    if shape is None:
        return np.full(lat.size, np.inf)
    middle = float(np.cos(np.radians(lat.mean()))) if lat.size else 1.0
    near = shapely.intersection(
        shape, shapely.box(lon.min() - 1.0, lat.min() - 1.0, lon.max() + 1.0, lat.max() + 1.0)
    )
    if near.is_empty:
        return np.full(lat.size, np.inf)
    flat = shapely.transform(near, lambda points: points * [middle, 1.0])
    return np.asarray(shapely.distance(flat, shapely.points(lon * middle, lat))) * _KM_PER_DEGREE


@cache
def gap_km(code_a: str, code_b: str) -> float:
    """Smallest distance (km, rough) between two countries' territories; 0 where they touch."""
    shapes = country_polygons()
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
