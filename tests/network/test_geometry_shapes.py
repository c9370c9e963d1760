"""Lines of links, decoded when they are asked for."""

from __future__ import annotations

import csv
import io
from importlib import resources

import numpy as np
import pytest

from landbridge.io.polyline import encode
from landbridge.network.geometry import LAND_DECIMALS, SEA_DECIMALS, Shapes, link_shapes, section_lines
from landbridge.network.world import link_lines

SEA = encode(np.array([35.67, 40.0, 50.12]), np.array([139.75, 179.0, 190.5]), SEA_DECIMALS)
LAND = encode(np.array([43.251, 45.252]), np.array([76.943, 82.567]), LAND_DECIMALS)


def test_a_lane_has_two_decimals_and_runs_on_across_180_degrees():
    shapes = Shapes({"A-B": SEA}, {"RAIL1": LAND})
    assert shapes["A-B"] == ((35.67, 139.75), (40.0, 179.0), (50.12, 190.5))
    assert shapes["RAIL1"] == ((43.251, 76.943), (45.252, 82.567))


def test_it_is_a_mapping_of_both():
    shapes = Shapes({"A-B": SEA}, {"RAIL1": LAND})
    assert list(shapes) == ["A-B", "RAIL1"]
    assert len(shapes) == 2
    assert shapes.get("unknown") is None
    with pytest.raises(KeyError):
        shapes["unknown"]


def test_a_line_is_decoded_once():
    shapes = Shapes({}, {"RAIL1": LAND})
    assert shapes["RAIL1"] is shapes["RAIL1"]


def test_a_lane_without_a_line_has_no_shape():
    assert "A-B" not in set(link_shapes({"A-B": "", "C-D": SEA})) - {"C-D"}
    assert "C-D" in link_shapes({"C-D": SEA})


def test_curated_sections_lie_on_known_lines():
    lines = section_lines()
    assert len(lines) > 100
    shapes = link_shapes({})
    for section in sorted(lines)[::25]:
        points = shapes[section]
        assert len(points) >= 2
        assert all(-90 <= lat <= 90 and -180 <= lon <= 360 for lat, lon in points)


def test_lines_of_links_are_those_of_their_table() -> None:
    path = resources.files("landbridge").joinpath("world/land/world_links.csv")
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    drawn = {row["id"]: row["geometry"] for row in rows if row["geometry"]}
    one = next(iter(drawn))
    found = link_lines({one: "known", "RAIL001": "of the study"})
    assert dict(found) == {**drawn, one: "known", "RAIL001": "of the study"}
    assert "no such link" not in found
    assert len(found) == len(drawn) + 1
