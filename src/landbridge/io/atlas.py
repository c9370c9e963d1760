"""Country polygons of the world, decoded from the TopoJSON that ships with the package.

Source: npm package ``world-atlas`` 2.0.2 (Natural Earth 1:50 million, public domain); see ``world/atlas/README.md``.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

#: Areas of the atlas without an ISO number, by their name there.
_WITHOUT_NUMBER = {"Kosovo": "XKX", "N. Cyprus": "CYP", "Somaliland": "SOM", "Siachen Glacier": "IND"}


@cache
def country_table() -> tuple[dict[str, str], ...]:
    """Rows of ``world/countries.csv``: iso3, iso2, iso_numeric, name, aliases, continent, capital, landlocked."""
    text = resources.files("landbridge").joinpath("world/countries.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def country_names() -> Mapping[str, str]:
    """ISO alpha-3 code -> name of every country."""
    return {row["iso3"]: row["name"] for row in country_table()}


@cache
def country_polygons() -> dict[str, BaseGeometry]:
    """ISO alpha-3 code -> polygon (lon, lat in degrees, WGS 84), cut at 180 degrees where a country crosses it.

    Areas whose border is disputed follow Natural Earth. Parts of one country are merged.
    """
    text = resources.files("landbridge").joinpath("world/atlas/countries-50m.json").read_text(encoding="utf-8")
    topology = json.loads(text)
    arcs = _decoded_arcs(topology)
    by_number = {row["iso_numeric"]: row["iso3"] for row in country_table() if row["iso_numeric"]}
    parts: dict[str, list[BaseGeometry]] = {}
    for item in topology["objects"]["countries"]["geometries"]:
        name = item["properties"]["name"]
        code = by_number.get(item.get("id", ""), _WITHOUT_NUMBER.get(name, ""))
        if code and item.get("arcs"):
            parts.setdefault(code, []).append(_polygon(item, arcs))
    return {code: shapely.union_all(parts[code]) for code in sorted(parts)}


def _decoded_arcs(topology: dict[str, Any]) -> list[NDArray[np.float64]]:
    scale = np.array(topology["transform"]["scale"])
    shift = np.array(topology["transform"]["translate"])
    return [np.cumsum(np.array(arc, dtype=np.float64), axis=0) * scale + shift for arc in topology["arcs"]]


def _polygon(item: dict[str, Any], arcs: list[NDArray[np.float64]]) -> BaseGeometry:
    groups = item["arcs"] if item["type"] == "MultiPolygon" else [item["arcs"]]
    polygons = [_on_the_map([_ring(ring, arcs) for ring in rings]) for rings in groups]
    return shapely.make_valid(shapely.union_all(polygons))


def _on_the_map(rings: list[NDArray[np.float64]]) -> BaseGeometry:
    """Polygon of an outer ring and its holes within [-180, 180] degrees.

    The atlas draws on the sphere: a ring may run over 180 degrees or round a pole. It is unrolled, closed over the pole
    where it goes round it, and cut into the sheets of the map it lies on.
    """
    unrolled = [_unrolled(ring) for ring in rings]
    shape = shapely.make_valid(shapely.Polygon(unrolled[0], unrolled[1:]))
    west, _, east, _ = shape.bounds
    sheets = range(int(np.floor((west + 180.0) / 360.0)), int(np.ceil((east + 180.0) / 360.0)))
    parts = []
    for sheet in sheets:
        window = shapely.box(-180.0 + 360.0 * sheet, -90.0, 180.0 + 360.0 * sheet, 90.0)
        part = shape.intersection(window)
        if not part.is_empty:
            parts.append(shapely.transform(part, lambda points, turn=360.0 * sheet: points - [turn, 0.0]))
    return shapely.union_all(parts)


def _unrolled(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ring with longitudes that run on across 180 degrees; one round a pole is closed over it."""
    steps = np.diff(ring[:, 0])
    turns = np.concatenate([[0.0], np.cumsum(-np.rint(steps / 360.0))]) * 360.0
    run = np.column_stack([ring[:, 0] + turns, ring[:, 1]])
    if abs(run[-1, 0] - run[0, 0]) < 180.0:
        return run
    pole = 90.0 if ring[:, 1].mean() > 0 else -90.0
    return np.concatenate([run, [[run[-1, 0], pole], [run[0, 0], pole]], run[:1]])


def _ring(indices: list[int], arcs: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    pieces = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
