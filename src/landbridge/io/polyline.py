"""Lines on the globe as short strings, and the cut at 180 degrees that maps need.

The string format is the "encoded polyline algorithm": differences of rounded coordinates, zigzag, five bits
a character, printable ASCII without comma, quote or blank, so that a line fits into a cell of a CSV table.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Line = tuple[NDArray[np.float64], NDArray[np.float64]]


def encode(lat: ArrayLike, lon: ArrayLike, decimals: int = 2) -> str:
    """String of a line given by latitudes and longitudes in degrees, rounded to ``decimals``.

    Longitudes are written as they come: a line over the date line stays short if it is unwrapped (179.5,
    180.5). ``decode`` gives back the rounded coordinates exactly.
    """
    scale = 10**decimals
    points = np.rint(np.column_stack([np.atleast_1d(lat), np.atleast_1d(lon)]).astype(np.float64) * scale)
    steps = np.diff(points.astype(np.int64), axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    characters: list[str] = []
    for step in steps.ravel().tolist():
        value = ~(step << 1) if step < 0 else step << 1
        while value >= 0x20:
            characters.append(chr((0x20 | (value & 0x1F)) + 63))
            value >>= 5
        characters.append(chr(value + 63))
    return "".join(characters)


def decode(text: str, decimals: int = 2) -> Line:
    """Latitudes and longitudes in degrees of a string made by ``encode`` with the same ``decimals``.

    Raises ``ValueError`` if the string is cut off or holds a character that the format does not have.
    """
    values: list[int] = []
    value = shift = 0
    for character in text:
        bits = ord(character) - 63
        if not 0 <= bits < 64:
            raise ValueError(f"character {character!r} does not belong into an encoded polyline")
        value |= (bits & 0x1F) << shift
        shift += 5
        if bits < 0x20:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    if shift or len(values) % 2:
        raise ValueError("the encoded polyline ends in the middle of a point")
    points = np.cumsum(np.array(values, dtype=np.int64).reshape(-1, 2), axis=0) / 10**decimals
    return points[:, 0], points[:, 1]


def unwrapped(lon: ArrayLike) -> NDArray[np.float64]:
    """Longitudes shifted by whole turns so that no step is longer than 180 degrees; the first stays as it is."""
    values = np.asarray(lon, dtype=np.float64)
    if values.size == 0:
        return values
    steps = np.diff(values)
    if steps.size == 0 or np.abs(steps).max() <= 180.0:
        return values
    turns = -np.rint(steps / 360.0)
    turns[np.abs(steps) <= 180.0] = 0.0
    return values + 360.0 * np.concatenate([[0.0], np.cumsum(turns)])


def cut_at_date_line(lat: ArrayLike, lon: ArrayLike) -> list[Line]:
    """The line in pieces that each lie within [-180, 180] degrees, cut where it crosses the date line.

    Takes wrapped and unwrapped longitudes. Consecutive pieces meet at the same latitude on +180 and -180;
    pieces of one point are left out. A line along the date line itself stays on the side on which it
    starts.
    """
    lat_now = np.asarray(lat, dtype=np.float64)
    lon_now = unwrapped(lon)
    if lat_now.size < 2:
        return []
    pieces: list[Line] = []
    part: list[tuple[float, float]] = [(float(lat_now[0]), float(lon_now[0]))]
    sheet = _sheet(float(lon_now[0]), float(lon_now[1]))
    for i in range(1, lat_now.size):
        y0, x0 = float(lat_now[i - 1]), float(lon_now[i - 1])
        y1, x1 = float(lat_now[i]), float(lon_now[i])
        while not -180.0 <= x1 - 360.0 * sheet <= 180.0:
            side = 180.0 if x1 > x0 else -180.0
            edge = 360.0 * sheet + side
            y_edge = y0 + (y1 - y0) * (edge - x0) / (x1 - x0)
            part.append((y_edge, edge))
            _keep(pieces, part, sheet)
            sheet += 1 if side > 0 else -1
            part = [(y_edge, edge)]
        part.append((y1, x1))
    _keep(pieces, part, sheet)
    return pieces


def _sheet(x0: float, x1: float) -> int:
    """Which turn of the globe a step from x0 to x1 starts on; a start on the date line belongs to where it goes."""
    nearest = round(x0 / 360.0)
    if x0 - 360.0 * nearest == 180.0 and x1 > x0:
        return nearest + 1
    if x0 - 360.0 * nearest == -180.0 and x1 < x0:
        return nearest - 1
    return nearest


def _keep(pieces: list[Line], part: Sequence[tuple[float, float]], sheet: int) -> None:
    points = [point for i, point in enumerate(part) if i == 0 or point != part[i - 1]]
    if len(points) > 1:
        array = np.array(points)
        pieces.append((array[:, 0], array[:, 1] - 360.0 * sheet))
