"""A static map as SVG: land, routes by mode, ports, crossings and places.

Projection: Lambert azimuthal equal-area, centred on what is drawn. It has no seam at 180 degrees, keeps areas true
and bends little over a
continent; distances near the edge are too short by some percent, so the scale bar holds for the centre and says so.
The whole world is shown in Equal Earth, equal-area too, with its seam in the Bering Strait; it has no scale bar,
because no scale holds for a world map.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from landbridge.io.atlas import country_names, country_polygons
from landbridge.result.report import MapData, MapLine, MapPoint, PairAnswer, StudySummary
from landbridge.result.routes import Line
from landbridge.schema.words import MODES
from landbridge.views import figures, palette, svg

Float64 = NDArray[np.float64]

EARTH_RADIUS_KM: Final = 6371.0088
#: Middle of the map of the whole world: its edges cut no land but the tip of Chukotka's islands.
_WORLD_LON: Final = 11.0
#: Latitudes that the map of the whole world shows: Antarctica has no freight.
_WORLD_LATS: Final = (-57.0, 80.0)
_LEGEND_HEIGHT: Final = 42.0
#: Land is simplified to this many px: less than what a screen or a printer of 300 dpi shows at the width the page
#: gives a map.
_LAND_TOLERANCE_PX: Final = 0.45
_LINE_TOLERANCE_PX: Final = 0.35
#: A derived line has this share of a mode's width, and is left out where it is shorter than this many px.
_DERIVED_WIDTH: Final = 0.45
_LEAST_DERIVED_PX: Final = 1.5
#: Width of derived lines on the map of the whole world.
_HAIRLINE_PX: Final = 0.5
#: A map of more lines is not described line by line.
_DESCRIBED_LINES: Final = 60


@dataclass(frozen=True)
class Projection:
    """Lambert azimuthal equal-area on the sphere, then scaled and moved to px (y down)."""

    lat: float
    lon: float
    scale: float = 1.0  # px per radian at the centre
    left: float = 0.0
    top: float = 0.0

    def __call__(self, lat: Float64, lon: Float64) -> tuple[Float64, Float64]:
        """Degrees to px; arrays of one shape."""
        phi, lam = np.radians(lat), np.radians(lon - self.lon)
        phi0 = math.radians(self.lat)
        k = np.sqrt(2 / np.maximum(1 + self.cos_distance(lat, lon), 1e-6))
        x = k * np.cos(phi) * np.sin(lam)
        y = k * (np.cos(phi0) * np.sin(phi) - np.sin(phi0) * np.cos(phi) * np.cos(lam))
        return self.left + self.scale * x, self.top - self.scale * y

    def cos_distance(self, lat: Float64, lon: Float64) -> Float64:
        """Cosine of the angle between points and the centre."""
        phi, phi0 = np.radians(lat), math.radians(self.lat)
        cosine: Float64 = np.sin(phi0) * np.sin(phi) + np.cos(phi0) * np.cos(phi) * np.cos(np.radians(lon - self.lon))
        return cosine

    def point(self, lat: float, lon: float) -> tuple[float, float]:
        """One point."""
        x, y = self(np.array([lat]), np.array([lon]))
        return float(x[0]), float(y[0])


@dataclass(frozen=True)
class EqualEarth:
    """Equal Earth (Savric, Patterson, Jenny 2018) on the sphere, then scaled and moved to px (y down)."""

    lon: float
    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0

    def __call__(self, lat: Float64, lon: Float64) -> tuple[Float64, Float64]:
        """Degrees to px; arrays of one shape. Longitudes are taken within 180 degrees of the middle, edges included."""
        east = np.asarray(lon, dtype=float) - self.lon
        lam = np.radians(np.where(np.abs(east) > 180, (east + 180) % 360 - 180, east))
        a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
        theta = np.arcsin(math.sqrt(3) / 2 * np.sin(np.radians(lat)))
        t2 = theta**2
        slope = a1 + 3 * a2 * t2 + t2**3 * (7 * a3 + 9 * a4 * t2)
        x = 2 * math.sqrt(3) / 3 * lam * np.cos(theta) / slope
        y = theta * (a1 + a2 * t2 + t2**3 * (a3 + a4 * t2))
        return self.left + self.scale * x, self.top - self.scale * y

    def point(self, lat: float, lon: float) -> tuple[float, float]:
        """One point."""
        x, y = self(np.array([lat]), np.array([lon]))
        return float(x[0]), float(y[0])

    def cut(self, curve: Float64) -> list[Float64]:
        """A curve [n, 2] of lat, lon in pieces that do not cross the seam; the step across it is left out."""
        east = (curve[:, 1] - self.lon + 180) % 360
        across = np.flatnonzero(np.abs(np.diff(east)) > 180) + 1
        return [piece for piece in np.split(curve, across) if len(piece) > 1]


def whole_world(width: float) -> tuple[EqualEarth, float]:
    """The projection of the whole world at a width, and the height it takes."""
    plain = EqualEarth(_WORLD_LON)
    half, _ = plain(np.array([0.0]), np.array([_WORLD_LON + 180]))
    _, (low, high) = plain(np.array(_WORLD_LATS), np.zeros(2))
    scale = width / 2 / float(half[0])
    return EqualEarth(_WORLD_LON, scale, width / 2, -scale * float(high)), scale * float(low - high)


def fitted(points: Sequence[tuple[float, float]], width: float, height: float, margin: float) -> Projection:
    """The projection that shows all points (lat, lon) as large as ``width`` x ``height`` less ``margin`` allows;
    never closer than 1,500 km across."""
    lat, lon = np.array([p[0] for p in points], dtype=float), np.array([p[1] for p in points], dtype=float)
    if not len(lat):
        lat, lon = np.array([-60.0, 75.0]), np.array([-179.0, 179.0])
    # Centre of the shortest span of longitudes that holds all points: the widest gap is behind the map.
    around = np.sort(lon % 360)
    gaps = np.diff(np.append(around, around[0] + 360))
    east = float(around[int(np.argmax(gaps))])
    west = east + float(gaps.max()) - 360
    lon0 = (west + east) / 2
    lat0 = float(lat.min() + lat.max()) / 2
    plain = Projection(lat0, lon0)
    x, y = plain(lat, lon)
    least = 1500 / EARTH_RADIUS_KM
    span_x, span_y = max(float(np.ptp(x)), least), max(float(np.ptp(y)), least)
    scale = min((width - 2 * margin) / span_x, (height - 2 * margin) / span_y)
    middle_x, middle_y = float(x.min() + x.max()) / 2, float(y.min() + y.max()) / 2
    return Projection(lat0, lon0, scale, width / 2 - scale * middle_x, height / 2 - scale * middle_y)


def great_circle(line: Line, step_degrees: float = 2.0) -> Float64:
    """The line with points added along great circles where two of its points are further apart than ``step_degrees``:
    [n, 2] lat, lon."""
    points = np.array(line, dtype=float).reshape(-1, 2)
    if len(points) < 2 or float(np.abs(np.diff(points, axis=0)).max()) < step_degrees / 1.5:
        return points
    pieces = [points[:1]]
    unit = _unit(points)
    if float((unit[:-1] * unit[1:]).sum(axis=1).min()) >= math.cos(math.radians(step_degrees)):
        return points
    for i in range(1, len(points)):
        angle = math.acos(float(np.clip(unit[i - 1] @ unit[i], -1, 1)))
        n = math.ceil(math.degrees(angle) / step_degrees)
        if n > 1 and angle < math.pi - 1e-6:
            t = np.arange(1, n)[:, None] / n
            between = (np.sin((1 - t) * angle) * unit[i - 1] + np.sin(t * angle) * unit[i]) / math.sin(angle)
            lat = np.degrees(np.arcsin(np.clip(between[:, 2], -1, 1)))
            pieces.append(np.column_stack([lat, np.degrees(np.arctan2(between[:, 1], between[:, 0]))]))
        pieces.append(points[i : i + 1])
    return np.concatenate(pieces)


def _unit(points: Float64) -> Float64:
    lat, lon = np.radians(points[:, 0]), np.radians(points[:, 1])
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def map_svg(data: MapData, *, width: float = 960, height: float = 560, id_: str | None = None) -> str:
    """Draw a map.

    Red is closed, dashed is assumed. Labels that find no free place are left out; every mark carries its name as a
    tooltip.
    Returns one <svg> element; ``id_`` (default: the map's id) must be unique in the page.
    """
    name = id_ or f"map-{data.id}"
    curves = [[great_circle(line) for line in item.lines if len(line)] for item in data.lines]
    projection: Projection | EqualEarth
    if data.whole:
        projection, height = whole_world(width)
        curves = [[piece for curve in group for piece in projection.cut(curve)] for group in curves]
    else:
        kept = [group for item, group in zip(data.lines, curves, strict=True) if not item.derived] or curves
        extent = [(float(p[0]), float(p[1])) for group in kept for curve in group for p in curve]
        extent += [(point.lat, point.lon) for point in data.points]
        projection = fitted(extent, width, height, 34)
    frame = (0.0, 0.0, width, height)
    clip = f"{name}-clip"
    land, names = _land(projection, frame, frozenset(data.shaded))
    names = [] if data.whole else names
    routes, samples, badges = _routes(data.lines, curves, projection, frame, data.points)
    marks, wanted, mark_boxes = _marks(data.points, projection, frame)
    credit = " · ".join(data.attributions)
    credit_box = (width - svg.text_width(credit, 9) - 10, height - 16, width, height)
    obstacles = [*mark_boxes, *(box for _, box in badges), credit_box]
    scale_bar = ""
    if isinstance(projection, Projection):
        scale_bar, scale_box = _scale_bar(projection, height)
        if scale_box[2] > credit_box[0]:  # above the credit where both do not fit side by side
            scale_bar, scale_box = _scale_bar(projection, height - 14)
        obstacles.append(scale_box)
    labels = svg.place_labels(wanted, (4, 4, width - 4, height - 4), obstacles, samples)
    named = svg.place_labels(
        names, (4, 4, width - 4, height - 4), [*obstacles, *(label.box for label in labels)], samples
    )
    content = [
        svg.element("clipPath", svg.element("rect", width=width, height=height), id=clip),
        svg.element(
            "g",
            [
                _water(projection, width, height),
                land,
                *(label.svg() for label in named if not label.leader),
                routes,
                *(badge for badge, _ in badges),
                marks,
                *(label.svg() for label in labels),
                scale_bar,
                svg.text(width - 6, height - 5, credit, size=9, anchor="end", colour=palette.QUIET, halo=True)
                if credit
                else "",
            ],
            clip_path=f"url(#{clip})",
        ),
        svg.element("rect", x=0.5, y=0.5, width=width - 1, height=height - 1, stroke=palette.RULE),
        _legend(data, width, height),
    ]
    return svg.document(
        width,
        height + _LEGEND_HEIGHT,
        "".join(content),
        id_=name,
        title=data.title,
        description=_description(data),
    )


def _water(projection: Projection | EqualEarth, width: float, height: float) -> str:
    """The frame, or what of it the globe fills."""
    if isinstance(projection, Projection):
        return svg.element("rect", width=width, height=height, fill=palette.WATER)
    lat = np.linspace(-90.0, 90.0, 91)
    sides = [projection(lat, np.full(len(lat), projection.lon + side)) for side in (-180.0, 180.0)]
    west, east = (list(zip(x.tolist(), y.tolist(), strict=True)) for x, y in sides)
    return svg.element("path", d=svg.path([*west, *reversed(east)], closed=True), fill=palette.WATER)


def _description(data: MapData) -> str:
    lines = list(dict.fromkeys(line.title for line in data.lines if line.title))
    if len(lines) > _DESCRIBED_LINES:
        return f"{len(lines)} lines; each names itself"
    return "; ".join(lines)


# --- land -----------------------------------------------------------------------------------------------------------


def _land(projection: Projection | EqualEarth, frame: svg.Box, shaded: frozenset[str]) -> tuple[str, list[svg.Wanted]]:
    """Countries as two paths (plain, shaded) and the names of those that show enough area."""
    paths: dict[bool, list[str]] = {False: [], True: []}
    names: list[svg.Wanted] = []
    for code, polygon in _land_in(projection, frame):
        rings = [ring for part in _polygons(polygon) for ring in (part.exterior, *part.interiors)]
        paths[code in shaded].extend(
            svg.path([(float(x), float(y)) for x, y in shapely.get_coordinates(ring)[:-1]], closed=True)
            for ring in rings
        )
        largest = max(_polygons(polygon), key=lambda part: part.area)
        label = country_names().get(code, code)
        size = 10.0
        if largest.area > 1.3 * svg.text_width(label, size) ** 2:
            spot = shapely.maximum_inscribed_circle(largest, tolerance=2.0).coords[0]
            names.append(
                svg.Wanted(
                    spot[0] - svg.text_width(label, size) / 2 - 3,
                    spot[1],
                    label,
                    largest.area,
                    size=size,
                    radius=0,
                    colour="#85806f",
                )
            )
    fills = {False: palette.LAND, True: palette.SHADED}
    drawn = "".join(
        svg.element("path", d="".join(paths[dark]), fill=fills[dark], stroke=palette.COAST, stroke_width=0.7)
        for dark in (False, True)
        if paths[dark]
    )
    return drawn, names


def _polygons(geometry: BaseGeometry) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(geometry) if isinstance(part, shapely.Polygon) and not part.is_empty]


@dataclass(frozen=True)
class _Outlines:
    """All land polygons of the atlas, one entry per part; ``lat`` and ``lon`` hold the outer rings, part ``i`` from
    ``first[i]``."""

    codes: tuple[str, ...]
    parts: tuple[shapely.Polygon, ...]
    lat: Float64
    lon: Float64
    first: NDArray[np.intp]
    cut: frozenset[str]  # countries that the atlas cuts at 180 degrees


@cache
def _outlines() -> _Outlines:
    pairs = [(code, part) for code, polygon in country_polygons().items() for part in _polygons(polygon)]
    rings = [shapely.get_coordinates(part.exterior) for _, part in pairs]
    first = np.concatenate([[0], np.cumsum([len(ring) for ring in rings])[:-1]]).astype(np.intp)
    lon, lat = np.concatenate(rings).T
    cut = frozenset(code for code, part in pairs if part.bounds[0] < -179.9 or part.bounds[2] > 179.9)
    return _Outlines(tuple(code for code, _ in pairs), tuple(part for _, part in pairs), lat, lon, first, cut)


def _land_in(projection: Projection | EqualEarth, frame: svg.Box) -> list[tuple[str, BaseGeometry]]:
    """Country polygons in px, cut to the frame and simplified.

    Parts that reach behind the map (more than 150 degrees from its centre) lose what lies further than 170 degrees of
    longitude
    from the centre, because a polygon round the opposite point would be drawn inside out.
    """
    land = _outlines()
    x, y = projection(land.lat, land.lon)
    low_x, high_x = np.minimum.reduceat(x, land.first), np.maximum.reduceat(x, land.first)
    low_y, high_y = np.minimum.reduceat(y, land.first), np.maximum.reduceat(y, land.first)
    if isinstance(projection, Projection):
        away = np.minimum.reduceat(projection.cos_distance(land.lat, land.lon), land.first)
        behind = away < math.cos(math.radians(150))
        reach = 170.0
    else:
        behind = np.ones(len(land.parts), dtype=np.bool_)
        reach = 180.0
    shows = (high_x > frame[0]) & (low_x < frame[2]) & (high_y > frame[1]) & (low_y < frame[3])
    by_code: dict[str, list[shapely.Polygon]] = {}
    for i in np.flatnonzero(shows):
        parts = _in_front(land.parts[i], projection.lon, reach) if behind[i] else [land.parts[i]]
        drawn = [shapely.transform(part, lambda xy: np.column_stack(projection(xy[:, 1], xy[:, 0]))) for part in parts]
        by_code.setdefault(land.codes[i], []).extend(drawn)
    result = []
    for code, parts in by_code.items():
        valid = [piece for part in parts for piece in _polygons(shapely.make_valid(part))]
        # Joining mends what the atlas cuts at 180 degrees: this map has no seam there.
        whole = shapely.union_all(valid, grid_size=0.01) if code in land.cut else shapely.MultiPolygon(valid)
        shown = shapely.clip_by_rect(whole, frame[0] - 4, frame[1] - 4, frame[2] + 4, frame[3] + 4)
        shown = shapely.make_valid(shapely.simplify(shown, _LAND_TOLERANCE_PX))
        kept = [part for part in _polygons(shown) if part.area > 0.6]
        if kept:
            result.append((code, shapely.MultiPolygon(kept)))
    return result


def _in_front(part: shapely.Polygon, lon0: float, reach: float) -> list[shapely.Polygon]:
    """A polygon in degrees without what lies more than ``reach`` degrees of longitude from the centre, or south of 80
    degrees."""
    window = shapely.box(lon0 - reach, -80, lon0 + reach, 89)
    copies = [shapely.transform(part, lambda xy, shift=shift: xy + np.array([shift, 0.0])) for shift in (-360, 0, 360)]
    cut = [shapely.intersection(copy, window) for copy in copies if shapely.intersects(copy, window)]
    # A long edge made by the cut would be drawn as a chord: give it points to bend along.
    return [piece for geometry in cut for piece in _polygons(shapely.segmentize(geometry, 2.0))]


# --- routes and marks -----------------------------------------------------------------------------------------------


def _routes(
    lines: Sequence[MapLine],
    curves: Sequence[Sequence[Float64]],
    projection: Projection | EqualEarth,
    frame: svg.Box,
    points: Sequence[MapPoint],
) -> tuple[str, list[tuple[float, float]], list[tuple[str, svg.Box]]]:
    """The drawn lines, sample points along them (for labels to avoid), and the badges of numbered lines with their
    boxes."""
    derived: list[str] = []
    weak: list[str] = []
    strong: list[str] = []
    samples: list[tuple[float, float]] = []
    by_number: dict[int, list[tuple[float, float]]] = {}
    for item, group in zip(lines, curves, strict=True):
        data = []
        tolerance = _LINE_TOLERANCE_PX * (2 if item.derived else 1)
        for vertices in _projected(group, projection, tolerance):
            if item.derived and not _shows(vertices, frame):
                continue
            pairs = [(float(a), float(b)) for a, b in vertices]
            data.append(svg.path(pairs))
            if item.derived:
                continue  # a thin line does not keep labels away
            spaced = list(_spaced(pairs, 9))
            samples.extend(spaced)
            by_number.setdefault(item.number, []).extend(spaced)
        if not data:
            continue
        stroke = palette.STROKES.get(item.mode, palette.OTHER_STROKE)
        wider = 1.5 if item.strong else _DERIVED_WIDTH if item.derived else 1.0
        if item.derived and isinstance(projection, EqualEarth):
            stroke, wider = palette.Stroke(stroke.colour, _HAIRLINE_PX), 1.0  # a casing would fill the map
        drawn = svg.stroked("".join(data), stroke, dash=item.assumed, closed=item.closed, wider=wider)
        layer = strong if item.strong else derived if item.derived else weak
        layer.append(svg.element("g", svg.tooltip(item.title) + drawn))
    marks = [projection.point(point.lat, point.lon) for point in points]
    badges = _badges({number: spots for number, spots in by_number.items() if number > 0}, marks, frame)
    return "".join([*derived, *weak, *strong]), samples, badges


def _projected(curves: Sequence[Float64], projection: Projection | EqualEarth, tolerance: float) -> list[Float64]:
    """Curves of lat, lon as simplified vertices in px [n, 2]; a single point is no line."""
    curves = [curve for curve in curves if len(curve) > 1]
    if not curves:
        return []
    points = np.concatenate(curves)
    of = np.repeat(np.arange(len(curves)), [len(curve) for curve in curves])
    lines = shapely.linestrings(np.column_stack(projection(points[:, 0], points[:, 1])), indices=of)
    vertices, of = shapely.get_coordinates(shapely.simplify(lines, tolerance), return_index=True)
    return np.split(vertices, np.flatnonzero(np.diff(of)) + 1)


def _shows(vertices: Float64, frame: svg.Box) -> bool:
    """Whether a line reaches into the frame and is long enough to be seen."""
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    inside = high[0] >= frame[0] and low[0] <= frame[2] and high[1] >= frame[1] and low[1] <= frame[3]
    return bool(inside and float((high - low).max()) >= _LEAST_DERIVED_PX)


def _spaced(points: Sequence[tuple[float, float]], step: float) -> Iterable[tuple[float, float]]:
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        n = max(1, math.ceil(math.hypot(x2 - x1, y2 - y1) / step))
        for i in range(n):
            yield x1 + (x2 - x1) * i / n, y1 + (y2 - y1) * i / n


def _badges(
    by_number: dict[int, list[tuple[float, float]]], marks: Sequence[tuple[float, float]], frame: svg.Box
) -> list[tuple[str, svg.Box]]:
    """A numbered disc on each line where it is furthest from the other lines, marks and discs; one disc may stand for
    lines
    that coincide."""
    spots: list[tuple[float, float]] = []
    result = []
    for number in sorted(by_number):
        own = np.array(
            [p for p in by_number[number] if frame[0] + 12 < p[0] < frame[2] - 12 and 12 < p[1] < frame[3] - 12]
        )
        others = [p for other, points in by_number.items() if other != number for p in points]
        if not len(own):
            continue
        away = _distance_to(own, others)
        clear = (
            np.minimum(away, 40) + np.minimum(_distance_to(own, spots), 60) + np.minimum(_distance_to(own, marks), 25)
        )
        spot = own[int(np.argmax(clear))]
        x, y = float(spot[0]), float(spot[1])
        spots.append((x, y))
        disc = svg.element("circle", cx=x, cy=y, r=8, fill=palette.PAPER, stroke=palette.INK, stroke_width=1)
        label = svg.text(x, y + 3.7, str(number), size=10.5, anchor="middle", weight="600")
        result.append((svg.element("g", disc + label), (x - 9, y - 9, x + 9, y + 9)))
    return result


def _distance_to(points: Float64, others: Sequence[tuple[float, float]]) -> Float64:
    if not others:
        return np.full(len(points), 1e9)
    difference = points[:, None, :] - np.array(others)[None, :, :]
    nearest: Float64 = np.sqrt((difference**2).sum(axis=2)).min(axis=1)
    return nearest


_PRIORITY: Final = {
    "origin": 9,
    "destination": 9,
    "hole": 8,
    "port": 5,
    "crossing": 4,
    "gauge": 4,
    "strait": 3,
    "place": 2,
}


def _marks(
    points: Sequence[MapPoint], projection: Projection | EqualEarth, frame: svg.Box
) -> tuple[str, list[svg.Wanted], list[svg.Box]]:
    drawn, wanted, boxes = [], [], []
    for point in _without_twins(points):
        x, y = projection.point(point.lat, point.lon)
        if not (frame[0] <= x <= frame[2] and frame[1] <= y <= frame[3]):
            continue
        title = (
            f"{point.name} ({KIND_WORDS.get(point.kind, point.kind)})"
            + (", closed" if point.closed else "")
            + (", assumed" if point.assumed else "")
            + (f": {point.note}" if point.note else "")
        )
        sign = mark(point.kind, x, y, closed=point.closed, dash=point.assumed)
        drawn.append(svg.element("g", svg.tooltip(title) + sign))
        if not point.named:
            continue
        boxes.append((x - 3.5, y - 3.5, x + 3.5, y + 3.5))
        end = point.kind in ("origin", "destination")
        wanted.append(
            svg.Wanted(
                x,
                y,
                point.name,
                _PRIORITY.get(point.kind, 1) + (5 if point.closed else 0),
                size=12.5 if end else 10.5,
                radius=5 if end else 3,
                must=end,
                weight="600" if end else None,
                colour=palette.CLOSED if point.closed else palette.INK,
                title=title,
            )
        )
    return "".join(drawn), wanted, boxes


def _without_twins(points: Sequence[MapPoint]) -> list[MapPoint]:
    """One mark per name, the first of the most important kind."""
    best: dict[str, MapPoint] = {}
    for point in points:
        other = best.get(point.name)
        if other is None or _PRIORITY.get(point.kind, 1) > _PRIORITY.get(other.kind, 1):
            best[point.name] = point
    return list(best.values())


def mark(kind: str, x: float, y: float, *, closed: bool = False, dash: bool = False, fill: str = palette.PAPER) -> str:
    """The sign of a kind of place: port square, quay without land filled square, crossing disc, gauge break
    diamond, transfer triangle, end filled disc, hole ring with a dot; closed: a red cross; ``dash``: a disc with a
    dashed rim."""
    if closed:
        data = f"M{svg.shortest(x - 4)} {svg.shortest(y - 4)}l8 8m0-8l-8 8"
        return svg.element("path", d=data, stroke=palette.CLOSED, stroke_width=2.2)
    if kind in ("origin", "destination"):
        return svg.element("circle", cx=x, cy=y, r=4.5, fill=palette.INK, stroke=palette.PAPER, stroke_width=1.2)
    if kind == "quay":
        return svg.element("rect", x=x - 2.2, y=y - 2.2, width=4.4, height=4.4, fill=palette.INK)
    if kind == "port":
        return svg.element(
            "rect", x=x - 2.8, y=y - 2.8, width=5.6, height=5.6, stroke=palette.INK, stroke_width=1.1, fill=fill
        )
    if kind == "gauge":
        return svg.element(
            "path",
            d=f"M{svg.shortest(x)} {svg.shortest(y - 4)}l4 4l-4 4l-4-4z",
            stroke=palette.INK,
            stroke_width=1.1,
            fill=fill,
        )
    if kind == "transfer":
        return svg.element(
            "path",
            d=f"M{svg.shortest(x)} {svg.shortest(y - 3.6)}l3.8 6.4h-7.6z",
            stroke=palette.INK,
            stroke_width=1.1,
            fill=fill,
        )
    if kind == "hole":
        ring = svg.element("circle", cx=x, cy=y, r=4.6, stroke=palette.INK, stroke_width=1.6, fill=fill)
        return ring + svg.element("circle", cx=x, cy=y, r=1.5, fill=palette.INK)
    radius = 2.8 if kind == "crossing" else 1.8
    dashes = "1.8 1.5" if dash else None
    return svg.element(
        "circle", cx=x, cy=y, r=radius, stroke=palette.INK, stroke_width=1.1, fill=fill, stroke_dasharray=dashes
    )


#: Kinds of marks in words, in the order of the legend.
KIND_WORDS: Final = {
    "port": "port",
    "quay": "port without rail or road",
    "crossing": "border crossing",
    "gauge": "gauge break",
    "hole": "not joined to the network",
}


# --- furniture ------------------------------------------------------------------------------------------------------


def _scale_bar(projection: Projection, height: float) -> tuple[str, svg.Box]:
    px_per_km = projection.scale / EARTH_RADIUS_KM
    km = next(
        (n for n in (5000, 2000, 1000, 500, 200, 100, 50, 20) if n * px_per_km <= 130),
        10,
    )
    length = km * px_per_km
    y = height - 10.0
    bar = svg.element(
        "path", d=f"M10 {svg.shortest(y - 4)}v4h{svg.shortest(length)}v-4", stroke=palette.INK, stroke_width=1
    )
    label = f"{km:,} km at the centre"
    drawn = bar + svg.text(14 + length, y, label, size=9, colour=palette.QUIET, halo=True)
    return drawn, (6, y - 12, 20 + length + svg.text_width(label, 9), height)


def _legend(data: MapData, width: float, height: float) -> str:
    """Only what the map shows: modes in the order of the vocabulary, then assumed, closed, kinds of marks."""
    items: list[tuple[str, str]] = []
    modes = [
        mode
        for mode in (*MODES, *sorted({line.mode for line in data.lines} - set(MODES)))
        if any(line.mode == mode for line in data.lines)
    ]
    for mode in modes:
        items.append((svg.stroked("M0 0h26", palette.STROKES.get(mode, palette.OTHER_STROKE)), mode))
    if any(line.derived for line in data.lines) and not all(line.derived for line in data.lines):
        thin = svg.stroked("M0 0h26", palette.STROKES["rail"], wider=_DERIVED_WIDTH)
        items.append((thin, "thin: derived from open data"))
    if any(line.assumed for line in data.lines):
        items.append((svg.stroked("M0 0h26", palette.STROKES["rail"], dash=True), data.assumed))
    if any(line.closed for line in data.lines):
        items.append((svg.stroked("M0 0h26", palette.STROKES["rail"], closed=True), "closed"))
    elif any(point.closed for point in data.points):
        items.append((mark("crossing", 13, 0, closed=True), "closed"))
    if any(line.strong for line in data.lines) and not all(line.strong for line in data.lines):
        items.append((svg.stroked("M0 0h26", palette.STROKES["rail"], wider=1.6), data.strong))
    for kind, word in KIND_WORDS.items():
        for dash in (False, True):
            if any(point.kind == kind and not point.closed and point.assumed == dash for point in data.points):
                items.append((mark(kind, 13, 0, dash=dash), f"{word}, assumed" if dash else word))
    x, y, drawn = 4.0, height + 15.0, []
    for sign, word in items:
        step = 32 + svg.text_width(word, 11) + 16
        if x + step > width and x > 4:
            x, y = 4.0, y + 18
        drawn.append(svg.element("g", sign, transform=f"translate({svg.shortest(x)} {svg.shortest(y)})"))
        drawn.append(svg.text(x + 32, y + 4, word, size=11))
        x += step
    return "".join(drawn)


# --- maps of answers ------------------------------------------------------------------------------------------------


def best_ways_map(study: StudySummary, pairs: Sequence[PairAnswer], attributions: tuple[str, ...]) -> MapData:
    """The best way of every pair on one map."""
    lines: list[MapLine] = []
    points: list[MapPoint] = []
    for pair in pairs:
        best = {route.id for route in pair.answer.routes[:1]}
        points += [point for point in pair.points if not point.routes or best & set(point.routes)]
        if pair.answer.routes:
            route = pair.answer.routes[0]
            ends = f"{pair.answer.origin} to {pair.answer.destination}"
            title = f"{ends}: {figures.corridor_words(route.corridors)}"
            lines += [
                MapLine(track.mode, track.lines, track.assumed, title=f"{title}, {track.mode}")
                for track in route.tracks
            ]
    return MapData(
        "best",
        f"Best way of each pair, {study.name}",
        tuple(lines),
        tuple(points),
        study.region_countries,
        attributions,
    )


def pair_map(study: StudySummary, pair: PairAnswer, attributions: tuple[str, ...]) -> MapData:
    """All alternatives of one pair, numbered as in its table, the best one strong."""
    lines = []
    for number, route in enumerate(pair.answer.routes, start=1):
        title = f"{number} {figures.corridor_words(route.corridors)}"
        lines += [
            MapLine(track.mode, track.lines, track.assumed, False, f"{title}, {track.mode}", number, number == 1)
            for track in route.tracks
        ]
    title = f"Ways from {pair.answer.origin} to {pair.answer.destination}"
    return MapData(pair.id, title, tuple(lines), pair.points, study.region_countries, attributions)
