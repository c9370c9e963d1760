"""Country polygons: every country where it is, on a map that ends at 180 degrees."""

from __future__ import annotations

import shapely

from landbridge.io.atlas import country_polygons, country_table


def _country_at(lat: float, lon: float) -> set[str]:
    point = shapely.Point(lon, lat)
    return {code for code, shape in country_polygons().items() if shape.contains(point)}


def test_points_lie_in_their_countries() -> None:
    inside = {
        (41.3, 69.3): "UZB",
        (35.7, 139.7): "JPN",
        (66.5, 170.0): "RUS",
        (66.5, -173.0): "RUS",
        (-80.0, 0.0): "ATA",
        (-85.0, 179.9): "ATA",
        (60.2, 24.9): "FIN",
        (42.66, 21.16): "XKX",
        (9.56, 44.06): "SOM",
        (35.33, 33.35): "CYP",
    }
    assert {place: _country_at(*place) for place in inside} == {place: {code} for place, code in inside.items()}


def test_the_sea_is_no_country() -> None:
    for place in [(67.0, 0.0), (0.0, 0.0), (30.0, 180.0), (-17.0, 0.0), (75.0, -160.0)]:
        assert _country_at(*place) == set(), place


def test_no_polygon_leaves_the_map_or_bands_it() -> None:
    for code, shape in country_polygons().items():
        west, south, east, north = shape.bounds
        assert -180 <= west <= east <= 180, code
        assert -90 <= south <= north <= 90, code
        assert shape.is_valid, code
    areas = {code: shape.area for code, shape in country_polygons().items()}
    assert areas["FJI"] < 5
    assert areas["RUS"] < 3500


def test_the_table_knows_every_country_of_the_atlas_once() -> None:
    codes = [row["iso3"] for row in country_table()]
    assert len(codes) == len(set(codes))
    assert set(country_polygons()) <= set(codes)
