"""Neighbours within a distance on the sphere, without a seam at the date line or the poles."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from landbridge.kernels.sphere import EARTH_RADIUS_KM

Floats = npt.NDArray[np.float64]


def unit_vectors(lat: npt.ArrayLike, lon: npt.ArrayLike) -> Floats:
    """Points on the unit sphere, float64[n, 3], of degrees."""
    a, b = np.radians(np.asarray(lat, np.float64)), np.radians(np.asarray(lon, np.float64))
    return np.column_stack([np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)])


def chord(km: float) -> float:
    """Distance through the unit sphere that belongs to ``km`` along the surface."""
    return float(2.0 * np.sin(min(km / EARTH_RADIUS_KM, np.pi) / 2.0))


def within(tree: cKDTree, lat: npt.ArrayLike, lon: npt.ArrayLike, km: float) -> list[npt.NDArray[np.int64]]:
    """Positions of the tree's points within ``km`` of each given point, ascending."""
    points = unit_vectors(np.atleast_1d(lat), np.atleast_1d(lon))
    found: Any = tree.query_ball_point(points, chord(km), return_sorted=True)
    return [np.array(near, np.int64) for near in found]


def search_tree(lat: npt.ArrayLike, lon: npt.ArrayLike) -> cKDTree:
    """Search tree over points in degrees; ask it by ``within``."""
    return cKDTree(unit_vectors(lat, lon))
