"""The shipped tables of the strategic land network, derived from the detailed one: ``world/land/*.csv``."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

from landbridge.kernels.sphere import great_circle_km
from landbridge.network.derive.land_graph import (
    LONG_FROM_KM,
    LONG_RATIO,
    derive_links,
    grow_regions,
    kept_links,
    terminal_nodes,
)
from landbridge.network.derive.land_graph_geometry import LineFinder, encoded_line
from landbridge.network.derive.land_graph_skeleton import Chain, chains_of, edge_keys, simplified, used_edges
from landbridge.network.detailed.arrays import DetailedNetwork
from landbridge.network.detailed.crossings import BorderCrossing
from landbridge.network.detailed.curated import CuratedLand
from landbridge.network.detailed.land import Progress
from landbridge.network.detailed.nearness import search_tree, unit_vectors
from landbridge.network.detailed.rules import ARC_RULES
from landbridge.network.territory import country_codes
from landbridge.schema.words import MODES

Row = dict[str, str]

#: Two places with a common neighbour get their direct way where it is this many times shorter than over the links ...
DIRECT_RATIO = 1.12
#: ... and junctions a shorter way apart than this become one.
MERGE_KM = 2.0
#: A chain is said to belong to a curated section that runs over this share of its length.
SECTION_SHARE = 0.8

JUNCTION_COLUMNS = ("id", "mode", "territory", "lat", "lon", "gauge_mm", "near_place", "near_km", "curated_place")
LINK_COLUMNS = (
    "id", "mode", "from_place", "to_place", "country_from", "country_to", "km", "km_to_crossing", "gauge_mm",
    "gauge_to_mm", "crossing", "section", "ratio", "rule", "basis", "geometry",
)  # fmt: skip
CROSSING_COLUMNS = (
    "id", "name", "mode", "country_a", "country_b", "lat", "lon", "place_a", "place_b", "gauge_a_mm", "gauge_b_mm",
    "status", "curated", "link_count", "basis", "note",
)  # fmt: skip
SECTION_COLUMNS = ("id", "ratio", "finding", "geometry")


@dataclass(frozen=True)
class Skeleton:
    """The chains of both land modes."""

    network: DetailedNetwork
    chains: dict[str, list[Chain]]


def world_skeleton(network: DetailedNetwork, progress: Progress) -> Skeleton:
    """Chains of rail and road; takes about a minute."""
    graph = network.graph()
    chains = {}
    for i, mode in enumerate(("rail", "road")):
        progress(f"links by {mode}", i, 2)
        links = kept_links(network, derive_links(network, grow_regions(network, graph, mode)))
        kept = np.zeros(network.node_count, np.bool_)
        kept[terminal_nodes(network, mode)] = True
        used = used_edges(network, graph, links, DIRECT_RATIO)
        chains[mode] = simplified(network, chains_of(network, mode, used, kept), kept, MERGE_KM)
    return Skeleton(network, chains)


def node_names(skeleton: Skeleton) -> dict[int, str]:
    """Readable ids of the chains' ends: the place's id at a world terminal, a junction's id elsewhere."""
    network = skeleton.network
    terminal = {int(node): t for node, t in zip(network.terminal_node, network.terminals, strict=True)}
    gauges = Counter((t.origin, t.place, t.mode, t.country) for t in network.terminals)
    names: dict[int, str] = {}
    for mode in sorted(skeleton.chains):
        for chain in skeleton.chains[mode]:
            for node in (chain.a, chain.b):
                here = terminal.get(node)
                if here is None:
                    names[node] = (
                        f"{mode}-{_signed(network.node_lat[node], 'ns')}-{_signed(network.node_lon[node], 'ew')}"
                    )
                elif here.origin == "world":
                    names[node] = here.place
                else:
                    several = gauges[here.origin, here.place, here.mode, here.country] > 1
                    gauge = f"-{here.gauge_mm}" if several else ""
                    names[node] = f"{mode}-{here.place}-{here.country.lower()}{gauge}"
    return names


def _signed(degrees: float, signs: str) -> str:
    return f"{abs(degrees):.3f}{signs[0] if degrees >= 0.0 else signs[1]}"


def junction_rows(skeleton: Skeleton, names: Mapping[int, str]) -> list[Row]:
    """Rows of ``world_junctions.csv``, by id: ends of links that are no world place."""
    network = skeleton.network
    terminal = {int(node): t for node, t in zip(network.terminal_node, network.terminals, strict=True)}
    places = sorted({(t.place, t.lat, t.lon) for t in network.terminals if t.origin == "world"})
    tree = search_tree([p[1] for p in places], [p[2] for p in places]) if places else None
    codes = country_codes()
    rows = []
    for node, name in names.items():
        here = terminal.get(node)
        if here is not None and here.origin == "world":
            continue
        lat, lon = float(network.node_lat[node]), float(network.node_lon[node])
        near, near_km = "", ""
        if tree is not None:
            place = places[int(tree.query(unit_vectors([lat], [lon])[0])[1])]
            near, near_km = place[0], f"{great_circle_km(lat, lon, place[1], place[2]):.0f}"
        rows.append(
            {
                "id": name,
                "mode": MODES[network.node_mode[node]],
                "territory": codes[network.node_country[node]],
                "lat": f"{lat:.3f}",
                "lon": f"{lon:.3f}",
                "gauge_mm": str(network.node_gauge_mm[node] or ""),
                "near_place": near,
                "near_km": near_km,
                "curated_place": here.place if here is not None else "",
            }
        )
    return sorted(rows, key=lambda row: row["id"])


class _EdgeFacts:
    """Length, section and basis of a chain, from the arcs of the detailed network it runs over."""

    def __init__(self, network: DetailedNetwork, mode: str) -> None:
        own = np.flatnonzero(np.asarray(network.mode) == MODES.index(mode))
        keys = edge_keys(network)[own]
        order = np.lexsort((own, np.asarray(network.km)[own], keys))
        first = np.concatenate([[True], np.diff(keys[order]) != 0]) if own.size else np.empty(0, np.bool_)
        self._count = network.node_count
        self._keys = keys[order][first]
        self._arcs = own[order][first]
        self._network = network

    def arcs(self, nodes: Sequence[int]) -> npt.NDArray[np.int64]:
        """The shortest arc of every step; a step between merged junctions has none."""
        a, b = np.array(nodes[:-1], np.int64), np.array(nodes[1:], np.int64)
        keys = np.minimum(a, b) * self._count + np.maximum(a, b)
        at = np.minimum(np.searchsorted(self._keys, keys), self._keys.size - 1)
        return np.asarray(self._arcs[at[self._keys[at] == keys]], np.int64)

    def section(self, arcs: npt.NDArray[np.int64]) -> str:
        """Id of the curated section under most of the arcs' length, empty where none has the share."""
        km, section = np.asarray(self._network.km)[arcs], np.asarray(self._network.section)[arcs]
        share = np.bincount(section[section >= 0], km[section >= 0], minlength=1)
        best = int(np.argmax(share))
        return self._network.section_ids[best] if share[best] >= SECTION_SHARE * km.sum() > 0.0 else ""

    def assumed(self, arcs: npt.NDArray[np.int64]) -> bool:
        """Whether an assumed road to a far place is among the arcs."""
        return bool((np.asarray(self._network.rule)[arcs] == ARC_RULES.index("far-terminal")).any())


def link_rows(skeleton: Skeleton, names: Mapping[int, str], progress: Progress) -> list[Row]:
    """Rows of ``world_links.csv``, by id; ``from_place`` stands before ``to_place`` in the alphabet."""
    network = skeleton.network
    codes = country_codes()
    lat, lon = np.asarray(network.node_lat), np.asarray(network.node_lon)
    world_seats = Counter((t.place, t.mode) for t in network.terminals if t.origin == "world")
    rows = []
    for mode in sorted(skeleton.chains):
        facts = _EdgeFacts(network, mode)
        chains = skeleton.chains[mode]
        for i, chain in enumerate(chains):
            if i % 2000 == 0:
                progress(f"geometry of {mode}", i, len(chains))
            if (names[chain.b], chain.b) < (names[chain.a], chain.a):
                chain = chain.turned()
            start, end = names[chain.a], names[chain.b]
            crossing = network.crossings[chain.crossing] if chain.crossing >= 0 else None
            suffix = f":{crossing.id.rsplit(':', 1)[1]}" if crossing else ""
            gauge_a, gauge_b = int(network.node_gauge_mm[chain.a]), int(network.node_gauge_mm[chain.b])
            if mode == "rail" and max(world_seats[name, mode] for name in (start, end)) > 1:
                suffix += f":{gauge_a}-{gauge_b}"
            straight = great_circle_km(lat[chain.a], lon[chain.a], lat[chain.b], lon[chain.b])
            km = max(
                chain.km, np.ceil(straight * 10.0) / 10.0
            )  # merged junctions may lie farther apart than their chain is long
            ratio = km / straight if straight > 0.0 else np.inf
            arcs = facts.arcs(chain.nodes)
            nodes = np.array((chain.a, *chain.nodes, chain.b), np.int64)
            rows.append(
                {
                    "id": f"{mode}:{start}--{end}{suffix}",
                    "mode": mode,
                    "from_place": start,
                    "to_place": end,
                    "country_from": codes[network.node_country[chain.a]],
                    "country_to": codes[network.node_country[chain.b]],
                    "km": f"{km:.1f}",
                    "km_to_crossing": f"{chain.km_to_border:.1f}" if crossing else "",
                    "gauge_mm": str(gauge_a or ""),
                    "gauge_to_mm": str(gauge_b or ""),
                    "crossing": crossing.id if crossing else "",
                    "section": facts.section(arcs),
                    "ratio": f"{ratio:.2f}" if straight >= 1.0 else "",
                    "rule": "long" if ratio > LONG_RATIO and straight >= LONG_FROM_KM else "path",
                    "basis": "assumed" if facts.assumed(arcs) else "derived",
                    "geometry": encoded_line(lat[nodes], lon[nodes]),
                }
            )
    return sorted(rows, key=lambda row: row["id"])


def crossing_rows(skeleton: Skeleton, closed: Sequence[Mapping[str, str]]) -> list[Row]:
    """Rows of ``world_crossings.csv``, by id; ``closed``: rows of ``border_status.csv``.

    ``place_a``, ``place_b``: nearest place on each side. ``link_count`` 0: roads or rails that end behind the
    border without reaching any place, in the detailed network only.
    """
    network = skeleton.network
    status = {(mode, row["country_a"], row["country_b"]): row for row in closed for mode in row["modes"].split(";")}
    over = Counter(chain.crossing for chains in skeleton.chains.values() for chain in chains)
    sides = _NearestPlaces(network)
    rows = []
    for position, crossing in enumerate(network.crossings):
        border = status.get((crossing.mode, crossing.country_a, crossing.country_b))
        if crossing.curated or (border and crossing.id in border["open"].split(";")):
            border = None
        rows.append(
            {
                "id": crossing.id,
                "name": crossing.name,
                "mode": crossing.mode,
                "country_a": crossing.country_a,
                "country_b": crossing.country_b,
                "lat": f"{crossing.lat:.3f}",
                "lon": f"{crossing.lon:.3f}",
                "place_a": sides.nearest(crossing, crossing.country_a),
                "place_b": sides.nearest(crossing, crossing.country_b),
                "gauge_a_mm": str(crossing.gauge_a_mm or ""),
                "gauge_b_mm": str(crossing.gauge_b_mm or ""),
                "status": border["status"] if border else "operating",
                "curated": crossing.curated,
                "link_count": str(over[position]),
                "basis": "derived",
                "note": border["note"] if border else "",
            }
        )
    return sorted(rows, key=lambda row: row["id"])


class _NearestPlaces:
    """World places of every country, for the nearest one."""

    def __init__(self, network: DetailedNetwork) -> None:
        self._places: dict[str, list[tuple[str, float, float]]] = {}
        for place in sorted({(t.country, t.place, t.lat, t.lon) for t in network.terminals if t.origin == "world"}):
            self._places.setdefault(place[0], []).append(place[1:])

    def nearest(self, crossing: BorderCrossing, country: str) -> str:
        """Id of the place of a country nearest to a crossing, empty where it has none."""
        return min(
            (
                (great_circle_km(crossing.lat, crossing.lon, lat, lon), place)
                for place, lat, lon in self._places.get(country, [])
            ),
            default=(0.0, ""),
        )[1]


def section_rows(network: DetailedNetwork, curated: CuratedLand, progress: Progress) -> list[Row]:
    """Rows of ``section_geometry.csv``, by section id."""
    finder = LineFinder(network)
    at = {place.id: (place.lat, place.lon) for place in curated.places}
    rows = []
    for i, section in enumerate(curated.sections):
        if i % 100 == 0:
            progress("section geometry", i, len(curated.sections))
        line = finder.line(
            section.mode,
            at[section.from_place],
            at[section.to_place],
            section.km,
            {section.country_from, section.country_to},
        )
        rows.append(
            {
                "id": section.id,
                "ratio": f"{line.ratio:.3f}" if np.isfinite(line.ratio) else "",
                "finding": line.finding,
                "geometry": line.geometry,
            }
        )
    return rows


def closed_borders() -> list[Row]:
    """Rows of ``border_status.csv``."""
    text = resources.files("landbridge").joinpath("world/land/border_status.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def table_text(columns: Sequence[str], rows: Sequence[Row]) -> str:
    """CSV text with a header and Unix line ends."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def world_land_tables(skeleton: Skeleton, curated: CuratedLand, progress: Progress) -> dict[str, str]:
    """File name -> text of the four tables derived from a detailed network."""
    names = node_names(skeleton)
    tables: dict[str, tuple[Sequence[str], list[Row]]] = {
        "world_junctions.csv": (JUNCTION_COLUMNS, junction_rows(skeleton, names)),
        "world_links.csv": (LINK_COLUMNS, link_rows(skeleton, names, progress)),
        "world_crossings.csv": (CROSSING_COLUMNS, crossing_rows(skeleton, closed_borders())),
        "section_geometry.csv": (SECTION_COLUMNS, section_rows(skeleton.network, curated, progress)),
    }
    return {name: table_text(columns, rows) for name, (columns, rows) in tables.items()}


def write_tables(folder: Path, texts: Mapping[str, str]) -> None:
    """Write tables into ``world/land`` of a source tree, each by way of a temporary file."""
    for name, text in texts.items():
        partial = folder / f".{name}.partial"
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(folder / name)
