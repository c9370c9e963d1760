from __future__ import annotations

import itertools
import math
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from views_reading import SVG, drawn_text
from views_sample import AT, points, study, ways

from landbridge.result.report import MapData, MapLine, MapPoint, PairAnswer, ReportData
from landbridge.views import map as maps
from landbridge.views import palette

_POINT = st.tuples(st.floats(-60, 75), st.floats(-179.9, 179.9))


@given(st.lists(_POINT, min_size=1, max_size=12))
def test_everything_asked_for_is_inside_the_frame(where: list[tuple[float, float]]) -> None:
    projection = maps.fitted(where, 900, 500, 30)
    for lat, lon in where:
        x, y = projection.point(lat, lon)
        assert -1e-6 <= x - 30 <= 840 + 1e-6
        assert -1e-6 <= y - 30 <= 440 + 1e-6


@given(_POINT, st.floats(0.5, 3))
def test_the_projection_keeps_areas(where: tuple[float, float], size: float) -> None:
    lat, lon = where
    projection = maps.Projection(30, lon + 40, scale=6371.0088)
    edge = np.linspace(0, 1, 60)
    lats = lat + size * np.concatenate([0 * edge, edge, 1 + 0 * edge, 1 - edge])
    lons = lon + size * np.concatenate([edge, 1 + 0 * edge, 1 - edge, 0 * edge])
    x, y = projection(lats, lons)
    area = abs(float(np.sum(x * np.roll(y, 1) - y * np.roll(x, 1)))) / 2
    on_sphere = 6371.0088**2 * math.radians(size) * (math.sin(math.radians(lat + size)) - math.sin(math.radians(lat)))
    assert area == pytest.approx(on_sphere, rel=2e-3)


def test_a_line_over_180_degrees_is_drawn_without_a_jump() -> None:
    # Two pieces, cut at 180 degrees as the convention wants; in the drawing they must meet.
    pieces = (((35.6, 139.8), (45.0, 180.0)), ((45.0, -180.0), (47.6, -122.3)))
    drawing = maps.map_svg(MapData("pacific", "Pacific", (MapLine("sea", pieces, title="lane"),)))
    root = ElementTree.fromstring(drawing)
    lane = next(g for g in root.iter(f"{SVG}g") if g.findtext(f"{SVG}title") == "lane")
    runs = [_points(part) for part in str(lane.find(f"{SVG}path").get("d")).split("M") if part]  # type: ignore[union-attr]
    assert len(runs) == 2
    assert math.dist(runs[0][-1], runs[1][0]) < 1.0
    steps = [math.dist(a, b) for run in runs for a, b in itertools.pairwise(run)]
    assert max(steps) < 400


def _points(part: str) -> list[tuple[float, float]]:
    import re

    numbers = [float(text) for text in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", part)]
    x, y = numbers[:2]
    result = [(x, y)]
    for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
        x, y = x + dx, y + dy
        result.append((x, y))
    return result


@pytest.mark.parametrize("lon", [-170.0, -100.0, 0.0, 87.0, 140.0, 179.0])
def test_no_edge_of_land_runs_across_the_map(lon: float) -> None:
    """A polygon cut at the wrong place is drawn as a bar through the frame; real coasts have no straight edge that
    long."""
    where = [(lat, lon + east) for lat in (-20.0, 60.0) for east in (-60.0, 60.0)]
    projection = maps.fitted([(lat, (x + 180) % 360 - 180) for lat, x in where], 900, 500, 20)
    frame = (0.0, 0.0, 900.0, 500.0)
    longest = 0.0
    for code, polygon in maps._land_in(projection, frame):
        for part in maps._polygons(polygon):
            ring = np.array(part.exterior.coords)
            inside = ((ring > 2) & (ring < (898, 498))).all(axis=1)
            both = inside[1:] & inside[:-1]
            lengths = np.hypot(*np.diff(ring, axis=0).T)
            if both.any() and code not in ("ATA",):
                longest = max(longest, float(lengths[both].max()))
    assert longest < 130


@pytest.mark.parametrize("lon", [-150.0, -60.0, 0.0, 60.0, 87.0, 120.0, 175.0])
def test_open_sea_is_never_land(lon: float) -> None:
    """A polygon that holds the point opposite the centre would be drawn inside out, over everything."""
    where = [(lat, (lon + east + 180) % 360 - 180) for lat in (-10.0, 50.0) for east in (-70.0, 70.0)]
    projection = maps.fitted(where, 900, 500, 20)
    land = [shape for _, shape in maps._land_in(projection, (0.0, 0.0, 900.0, 500.0))]
    seas = [(30.0, -170.0), (5.0, -130.0), (30.0, -45.0), (0.0, -25.0), (5.0, 88.0), (-5.0, 75.0), (30.0, 150.0)]
    shown = [projection.point(*sea) for sea in seas]
    shown = [(x, y) for x, y in shown if 0 < x < 900 and 0 < y < 500]
    assert shown
    for spot in shown:
        assert not any(shape.contains(shapely.Point(*spot)) for shape in land)


def test_land_is_where_it_should_be() -> None:
    projection = maps.fitted([AT["Tokyo"], AT["Tashkent"]], 900, 500, 40)
    land = dict(maps._land_in(projection, (0.0, 0.0, 900.0, 500.0)))
    for code, place in (("UZB", "Tashkent"), ("KAZ", "Almaty"), ("CHN", "Xi'an")):
        assert land[code].buffer(2).contains(shapely.Point(*projection.point(*AT[place])))
    assert not land["CHN"].contains(shapely.Point(*projection.point(30.0, 127.0)))  # East China Sea
    assert "BRA" not in land


def test_a_map_shows_all_it_is_given(data: ReportData) -> None:
    pair = data.pairs[2]
    drawing = maps.map_svg(maps.pair_map(data.study, pair, data.attributions))
    words = drawn_text(drawing)
    for number, route in enumerate(pair.answer.routes, start=1):
        for corridor in route.corridors:
            assert corridor in words
        assert f">{number}<" in drawing
    for point in pair.points:
        assert f"{point.name} ({maps.KIND_WORDS.get(point.kind, point.kind)})" in words
    for text in data.attributions:
        assert text in words
    for mode in ("rail", "road", "sea", "ferry"):
        assert f">{mode}<" in drawing


def test_red_is_closed_and_dashed_is_assumed_and_nothing_else() -> None:
    line = (AT["Almaty"], AT["Tashkent"])
    plain = maps.map_svg(MapData("a", "t", (MapLine("rail", (line,)),)))
    assert palette.CLOSED not in plain
    assert "stroke-dasharray" not in plain
    assumed = maps.map_svg(MapData("a", "t", (MapLine("rail", (line,), assumed=True),)))
    assert "stroke-dasharray" in assumed
    assert "course assumed" in assumed
    assert palette.CLOSED not in assumed
    closed = maps.map_svg(MapData("a", "t", (MapLine("rail", (line,), closed=True),)))
    assert palette.CLOSED in closed
    point = MapPoint("Torkham", "crossing", 34.1, 71.1, closed=True)
    assert palette.CLOSED in maps.map_svg(MapData("a", "t", (), (point,)))


def test_thin_is_derived_and_a_dashed_rim_is_an_assumed_crossing() -> None:
    line, other = (AT["Almaty"], AT["Tashkent"]), (AT["Almaty"], AT["Astana"])
    curated = MapLine("rail", (line,))
    both = maps.map_svg(MapData("a", "t", (curated, MapLine("rail", (other,), derived=True))))
    assert "derived from open data" in both
    assert "derived from open data" not in maps.map_svg(MapData("a", "t", (curated,)))
    point = MapPoint("Torkham", "crossing", 34.1, 71.1)
    assert "dasharray" not in maps.map_svg(MapData("a", "t", (), (point,)))
    dashed = maps.map_svg(MapData("a", "t", (), (replace(point, assumed=True),)))
    assert "dasharray" in dashed
    assert "border crossing, assumed" in dashed


def test_a_derived_line_does_not_widen_the_map_and_is_left_out_where_it_does_not_reach() -> None:
    near = MapLine("rail", ((AT["Almaty"], AT["Tashkent"]),))
    far = MapLine("sea", (((-30.0, -60.0), (-32.0, -62.0)),), derived=True, title="far away")
    alone, beside = (maps.map_svg(MapData("a", "t", lines)) for lines in ((near,), (near, far)))
    assert "<title>far away" not in beside
    land = [drawing.split("<clipPath")[1].split("</path>")[0] for drawing in (alone, beside)]
    assert land[0][:2000] == land[1][:2000]
    assert "<title>far away" in maps.map_svg(MapData("a", "t", (near, replace(far, derived=False))))


def test_a_point_without_a_label_keeps_its_tooltip() -> None:
    points_ = [MapPoint(name, "crossing", 40.0 + i, 70.0, named=i > 0) for i, name in enumerate(("Quiet", "Loud"))]
    root = ElementTree.fromstring(maps.map_svg(MapData("a", "t", (), tuple(points_))))
    texts = [element[0].tail if len(element) else element.text for element in root.iter(f"{SVG}text")]
    assert "Loud" in texts
    assert "Quiet" not in texts
    assert "Quiet (border crossing)" in maps.map_svg(MapData("a", "t", (), tuple(points_)))


_ANYWHERE = st.tuples(st.floats(-80, 80), st.floats(-180, 180))


@given(st.lists(_ANYWHERE, min_size=2, max_size=8))
def test_on_the_map_of_the_world_no_line_crosses_the_seam(line: list[tuple[float, float]]) -> None:
    projection, _ = maps.whole_world(900)
    curve = maps.great_circle(tuple(line))
    unit = maps._unit(curve)
    assume((unit[1:] * unit[:-1]).sum(axis=1).min() > -0.999)  # opposite points have no great circle of their own
    for piece in projection.cut(curve):
        x, y = projection(piece[:, 0], piece[:, 1])
        # A step of the line is at most two degrees of arc: short on the map but near the poles, where degrees are wide.
        assert np.abs(np.diff(x)).max() < 0.5 * 900
        assert x.min() >= -1e-6
        assert x.max() <= 900 + 1e-6
        assert np.isfinite(y).all()


@given(st.floats(-75, 70), st.floats(-175, 170), st.floats(0.5, 3))
def test_the_map_of_the_world_keeps_areas(lat: float, lon: float, size: float) -> None:
    projection = maps.EqualEarth(lon)  # a cell away from the seam
    edge = np.linspace(0, 1, 30)
    south, north = np.full(30, lat), np.full(30, lat + size)
    ring_lat = np.concatenate([south, lat + edge * size, north, lat + edge[::-1] * size])
    ring_lon = np.concatenate([lon + edge * size, np.full(30, lon + size), lon + edge[::-1] * size, np.full(30, lon)])
    x, y = projection(ring_lat, ring_lon)
    area = shapely.Polygon(np.column_stack([x, y])).area
    sphere = math.radians(size) * (math.sin(math.radians(lat + size)) - math.sin(math.radians(lat)))
    assert area == pytest.approx(sphere, rel=2e-3)


def test_the_whole_world_is_land_and_sea_where_they_are() -> None:
    projection, height = maps.whole_world(960)
    land = dict(maps._land_in(projection, (0.0, 0.0, 960.0, height)))
    for code, spot in (
        ("RUS", (66.0, 175.0)),
        ("USA", (40.0, -100.0)),
        ("AUS", (-25.0, 135.0)),
        ("NZL", (-44.0, 170.5)),
    ):
        assert land[code].buffer(1).contains(shapely.Point(*projection.point(*spot))), code
    for spot in ((0.0, -150.0), (-30.0, -20.0), (30.0, -40.0), (-50.0, 179.0)):
        assert not any(shape.contains(shapely.Point(*projection.point(*spot))) for shape in land.values()), spot


def test_the_best_map_shows_only_what_the_best_way_uses() -> None:
    routes = ways("Tashkent", 2)
    pair = PairAnswer("p", replace(_answer(routes)), points(routes, "Tashkent"))
    names = {point.name for point in maps.best_ways_map(study(), [pair], ()).points}
    assert "Lianyungang" in names
    assert "Bandar Abbas" not in names
    assert "Dostyk-Alashankou" in names  # belongs to no way: always shown


def _answer(routes):  # type: ignore[no-untyped-def]
    from views_sample import answer

    return answer("Tashkent", routes)


def test_an_empty_map_is_a_map_of_the_world() -> None:
    root = ElementTree.fromstring(maps.map_svg(MapData("none", "Nothing", ())))
    assert root.findtext(f"{SVG}title") == "Nothing"
    assert len(drawn_text(maps.map_svg(MapData("none", "Nothing", ())))) > 20


def test_hostile_names_stay_text() -> None:
    name = "<script>alert(1)</script>\x00\"'&"
    data = MapData(
        name,
        name,
        (MapLine(name, ((AT["Almaty"], AT["Tashkent"]),), title=name, number=1),),
        (MapPoint(name, "port", 40, 70, note=name),),
        (name,),
        (name,),
    )
    root = ElementTree.fromstring(maps.map_svg(data, id_="x"))
    assert not [node for node in root.iter() if "script" in node.tag]


def test_same_input_same_bytes(data: ReportData) -> None:
    drawn = maps.pair_map(data.study, data.pairs[0], data.attributions)
    assert maps.map_svg(drawn) == maps.map_svg(drawn)


@given(_POINT, _POINT)
def test_great_circles_have_no_long_steps_and_keep_their_ends(a: tuple[float, float], b: tuple[float, float]) -> None:
    line = maps.great_circle((a, b))
    assert tuple(line[0]) == pytest.approx(a)
    assert tuple(line[-1]) == pytest.approx(b)
    unit = maps._unit(line)
    angles = np.degrees(np.arccos(np.clip((unit[1:] * unit[:-1]).sum(axis=1), -1, 1)))
    whole = np.degrees(np.arccos(np.clip(unit[0] @ unit[-1], -1, 1)))
    if whole < 179.9:
        assert angles.max(initial=0) <= 2.0 + 1e-6
        assert angles.sum() == pytest.approx(whole, abs=1e-4)
