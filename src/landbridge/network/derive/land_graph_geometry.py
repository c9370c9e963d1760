"""Lines of paths through the detailed network, simplified and encoded for tables, and lines lent to
curated sections.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from landbridge.io.polyline import encode, unwrapped
from landbridge.kernels.dijkstra import Search, path_arcs
from landbridge.kernels.sphere import great_circles_km
from landbridge.network.detailed.arrays import DetailedNetwork
from landbridge.network.detailed.nearness import search_tree, within
from landbridge.network.detailed.rules import ARC_RULES, RULES, Rules
from landbridge.network.territory import country_codes
from landbridge.schema.words import MODES

#: Lines are simplified to within about a kilometre, and written with three decimals (100 m).
TOLERANCE_DEGREES = 0.01
DECIMALS = 3


def encoded_line(lat: npt.ArrayLike, lon: npt.ArrayLike) -> str:
    """The simplified line as an encoded polyline; longitudes unwrapped over the date line."""
    points = np.column_stack([unwrapped(lon), np.asarray(lat, np.float64)])
    line = shapely.get_coordinates(shapely.simplify(shapely.LineString(points), TOLERANCE_DEGREES))
    return encode(line[:, 1], line[:, 0], DECIMALS)


@dataclass(frozen=True)
class LentLine:
    """What the detailed network has for a section: ``geometry`` is empty where ``finding`` says why not.

    ``ratio``: path length over official length, ``inf`` without a path.
    """

    geometry: str
    ratio: float
    finding: str


class LineFinder:
    """Finds the line of a section in the detailed network, without the official lengths built into it; one thread."""

    def __init__(self, network: DetailedNetwork, rules: Rules = RULES) -> None:
        self._network = network
        self._rules = rules
        self._graph = network.graph()
        self._search = Search(self._graph)
        self._lat, self._lon = np.array(network.node_lat), np.array(network.node_lon)
        self._country = np.array(network.node_country)
        built_in = np.asarray(network.rule) == ARC_RULES.index("section")
        self._modes = {}
        for mode in ("rail", "road"):
            own = (np.asarray(network.mode) == MODES.index(mode)) & ~built_in
            nodes = np.flatnonzero(np.asarray(network.node_mode) == MODES.index(mode))
            tree = search_tree(self._lat[nodes], self._lon[nodes]) if nodes.size else None
            self._modes[mode] = (np.where(own, network.km, np.inf), nodes, tree)

    def line(
        self,
        mode: str,
        start: tuple[float, float],
        end: tuple[float, float],
        official_km: float,
        countries: Collection[str],
    ) -> LentLine:
        """Line from ``start`` to ``end`` (lat, lon), both joined to all nodes of ``countries`` within the
        terminal reach.
        """
        weight, _, _ = self._modes[mode]
        sources, first_km = self._near(mode, start, countries)
        targets, last_km = self._near(mode, end, countries)
        if not sources.size or not targets.size:
            return LentLine("", np.inf, "nothing near an end")
        limit = max(3.0 * official_km, official_km + 50.0)
        tree = self._search.tree(weight, sources.astype(np.int32), first_km, limit)
        total = tree.distance[targets] + last_km
        best = int(np.argmin(total))
        if not np.isfinite(total[best]):
            return LentLine("", np.inf, "no path")
        ratio = float(total[best]) / official_km
        arcs = path_arcs(tree.arc, self._graph.tail, int(targets[best]))
        nodes = np.concatenate([self._graph.tail[arcs], targets[best : best + 1]]).astype(np.int64)
        codes = country_codes()
        if {codes[c] for c in np.unique(self._country[nodes]).tolist()} - set(countries):
            return LentLine("", ratio, "through a third country")
        # short sections lie within the reach of both ends, where the ratio says nothing
        if official_km >= 2.0 * self._rules.terminal_reach_km:
            if ratio > self._rules.section_ratio_high:
                return LentLine("", ratio, "too long")
            if ratio < self._rules.section_ratio_low:
                return LentLine("", ratio, "too short")
        lat = np.concatenate([[start[0]], self._lat[nodes], [end[0]]])
        lon = np.concatenate([[start[1]], self._lon[nodes], [end[1]]])
        return LentLine(encoded_line(lat, lon), ratio, "")

    def _near(
        self, mode: str, point: tuple[float, float], countries: Collection[str]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        _, nodes, tree = self._modes[mode]
        if tree is None:
            return np.empty(0, np.int64), np.empty(0)
        near = nodes[within(tree, point[0], point[1], self._rules.terminal_reach_km)[0]]
        codes = country_codes()
        near = near[np.isin(self._country[near], [codes.index(code) for code in sorted(countries)])]
        km = great_circles_km(np.array(point[0]), np.array(point[1]), self._lat[near], self._lon[near])
        return near, km
