"""Country polygons of the world, decoded from the TopoJSON that ships with the package.

Source: npm package ``world-atlas`` 2.0.2 (Natural Earth 1:50 million, public domain); see ``world/atlas/README.md``.
"""

from __future__ import annotations

import csv
import json
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
def country_polygons() -> dict[str, BaseGeometry]:
    """ISO alpha-3 code -> polygon (lon, lat in degrees, WGS 84), cut at 180 degrees where a country crosses it.

    Areas whose border is disputed follow Natural Earth. Parts of one country are merged.
    """
    text = (
        resources.files("landbridge").joinpath("world/atlas/countries-50m.json").read_text(encoding="utf-8")
    )
    topology = json.loads(text)
    arcs = _decoded_arcs(topology)
    by_number = {row["iso_numeric"]: row["iso3"] for row in country_table()}
    parts: dict[str, list[BaseGeometry]] = {}
    for item in topology["objects"]["countries"]["geometries"]:
        code = by_number.get(item.get("id", ""), _WITHOUT_NUMBER.get(item["properties"]["name"], ""))
        if code and item.get("arcs"):
            parts.setdefault(code, []).append(_polygon(item, arcs))
    return {code: shapely.union_all(parts[code]) for code in sorted(parts)}


def _decoded_arcs(topology: dict[str, Any]) -> list[NDArray[np.float64]]:
    scale = np.array(topology["transform"]["scale"])
    shift = np.array(topology["transform"]["translate"])
    return [np.cumsum(np.array(arc, dtype=np.float64), axis=0) * scale + shift for arc in topology["arcs"]]


def _polygon(item: dict[str, Any], arcs: list[NDArray[np.float64]]) -> BaseGeometry:
    groups = item["arcs"] if item["type"] == "MultiPolygon" else [item["arcs"]]
    polygons = []
    for rings in groups:
        points = [_ring(ring, arcs) for ring in rings]
        polygons.append(shapely.Polygon(points[0], points[1:]))
    return shapely.make_valid(shapely.MultiPolygon(polygons))


def _ring(indices: list[int], arcs: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    pieces = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
