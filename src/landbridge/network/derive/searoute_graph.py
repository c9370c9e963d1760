"""Build the sea tables of ``landbridge/world/sea`` from the marine network of the package ``searoute``.

``python -m landbridge.network.derive.searoute_graph OUT_DIR`` writes ``sea_nodes.csv``, ``sea_edges.csv``,
``ports.csv`` and ``searoute_check.csv`` into OUT_DIR, each replaced whole once all are built. Inputs are
``searoute`` (extra ``build``) and the two tables kept by hand, ``straits.csv`` and
``port_corrections.csv``, which are copied along when OUT_DIR is not their folder.

Steps: merge the doubled nodes on the date line; drop the lines along it that run over land north of 60
degrees; contract chains of nodes of degree two; simplify the lines for storage; mark the gates that each
line crosses; add edges of sight (``sea_sight``).
"""

from __future__ import annotations

import csv
import io
import os
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from landbridge.io.polyline import decode, encode, unwrapped
from landbridge.kernels.sphere import great_circles_km
from landbridge.network.derive.sea_sight import with_sight_edges
from landbridge.network.sea.graph import (
    Float64,
    SeaGraph,
    Strait,
    gate_parity,
    load_straits,
    sea_folder,
)

#: Decimals of a node's coordinates (11 m) and of the stored line between nodes (CONVENTIONS 1).
NODE_DECIMALS: Final = 4
LINE_DECIMALS: Final = 2
#: A stored line may leave the original one by this much, in degrees.
LINE_TOLERANCE_DEGREES: Final = 0.01
#: searoute closes its network on the date line with straight meridians of these tags; north of this
#: latitude they cross Chukotka and Wrangel.
DATE_LINE_TAGS: Final = ("segment", "segment2")
DATE_LINE_NORTH: Final = 60.0

Point = tuple[float, float]  # lon, lat in degrees, as searoute has it
Chain = tuple[Point, ...]


@dataclass(frozen=True)
class Report:
    """What the build did; ``worst_length_ratio`` compares edges with searoute's own lengths (one decimal)."""

    source_edges: int
    nodes: int
    edges: int
    total_km: float
    source_km: float
    worst_length_ratio: float
    unsimplified: int
    sight_edges: int = 0

    def __str__(self) -> str:
        return (
            f"{self.source_edges} lines -> {self.nodes} nodes, {self.edges} edges; {self.total_km:,.0f} km, "
            f"searoute {self.source_km:,.0f} km; "
            f"an edge over 20 km differs by at most {self.worst_length_ratio - 1:.2%}; "
            f"{self.unsimplified} lines kept as they are for the sake of a gate; "
            f"{self.sight_edges} edges of sight added"
        )


def source_lines() -> dict[tuple[Point, Point], float]:
    """searoute's lines as (lower point, upper point) -> its length in km; longitudes in [-180, 180).

    Lines of no length and those along the date line in the north are left out.
    """
    from searoute.data.marnet_dict import edge_list

    lines: dict[tuple[Point, Point], float] = {}
    for u, neighbours in edge_list.items():
        for v, attributes in neighbours.items():
            a, b = _wrapped(u), _wrapped(v)
            if a == b:
                continue
            if attributes.get("passage") in DATE_LINE_TAGS and max(a[1], b[1]) > DATE_LINE_NORTH:
                continue
            lines[min(a, b), max(a, b)] = float(attributes["weight"])
    return lines


def _wrapped(point: Point) -> Point:
    return round((point[0] + 180.0) % 360.0 - 180.0, NODE_DECIMALS), round(point[1], NODE_DECIMALS)


def contracted(lines: Mapping[tuple[Point, Point], float]) -> list[Chain]:
    """The lines joined to chains between nodes whose degree is not two; closed rings start at their lowest point.

    Every line is in exactly one chain. Order and direction are fixed: a chain starts at its lower end.
    """
    neighbours: dict[Point, list[Point]] = defaultdict(list)
    for a, b in sorted(lines):
        neighbours[a].append(b)
        neighbours[b].append(a)
    chains: list[Chain] = []
    used: set[tuple[Point, Point]] = set()

    def follow(start: Point, second: Point) -> Chain:
        chain = [start, second]
        while len(neighbours[chain[-1]]) == 2 and chain[-1] != start:
            one, other = neighbours[chain[-1]]
            chain.append(other if one == chain[-2] else one)
        used.update((min(pair), max(pair)) for pair in pairwise(chain))
        return tuple(chain)

    ends = [point for point in sorted(neighbours) if len(neighbours[point]) != 2]
    for start in [*ends, *sorted(neighbours)]:
        for second in sorted(neighbours[start]):
            if (min(start, second), max(start, second)) not in used:
                chain = follow(start, second)
                chains.append(min(chain, chain[::-1]) if chain[0] != chain[-1] else chain)
    return sorted(chains)


def build_graph(straits: tuple[Strait, ...]) -> tuple[SeaGraph, Report]:
    """The sea graph of ``searoute`` and a report on it.

    Raises ``ValueError`` if a stored line would cross other gates than the true one.
    """
    lines = source_lines()
    chains = contracted(lines)
    points = sorted({end for chain in chains for end in (chain[0], chain[-1])})
    place = {point: i for i, point in enumerate(points)}
    gates = np.array([strait.gate for strait in straits if strait.gate], dtype=np.float64)
    rows: list[tuple[int, int, float, int, str]] = []
    ratios, unsimplified = [1.0], 0
    for chain in chains:
        lon, lat = unwrapped([p[0] for p in chain]), np.array([p[1] for p in chain])
        km = float(great_circles_km(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum())
        mask = gate_parity(lat, lon, gates)
        inner, simple = _stored_line(lat, lon, mask, gates)
        unsimplified += not simple
        rows.append((place[chain[0]], place[chain[-1]], max(round(km, 3), 0.001), mask, inner))
        if km > 20:
            told = sum(lines[min(pair), max(pair)] for pair in pairwise(chain))
            ratios.append(max(told / km, km / told))
    rows.sort()
    tail, head, km_all, masks, inner_all = zip(*rows, strict=True)
    graph = SeaGraph(
        lat=np.array([p[1] for p in points]),
        lon=np.array([p[0] for p in points]),
        component=np.zeros(len(points), dtype=np.int32),
        tail=np.array(tail, dtype=np.int32),
        head=np.array(head, dtype=np.int32),
        km=np.array(km_all),
        mask=np.array(masks, dtype=np.int64),
        inner=tuple(inner_all),
        straits=straits,
    )
    report = Report(len(lines), len(points), len(rows), sum(km_all), sum(lines.values()), max(ratios), unsimplified)
    return _with_components(graph), report


def _stored_line(lat: Float64, lon: Float64, mask: int, gates: Float64) -> tuple[str, bool]:
    """The encoded inner points, simplified if that changes no gate; and whether it was."""
    if len(lat) == 2:
        return "", True
    simple = shapely.get_coordinates(
        shapely.simplify(shapely.LineString(np.column_stack([lon, lat])), LINE_TOLERANCE_DEGREES)
    )
    for line, is_simple in ((simple, True), (np.column_stack([lon, lat]), False)):
        inner = encode(line[1:-1, 1], line[1:-1, 0], LINE_DECIMALS)
        y, x = decode(inner, LINE_DECIMALS)
        full_lat, full_lon = np.concatenate([lat[:1], y, lat[-1:]]), np.concatenate([lon[:1], x, lon[-1:]])
        if gate_parity(full_lat, full_lon, gates) == mask:
            return inner, is_simple
    raise ValueError(f"the line from {lat[0]}, {lon[0]} to {lat[-1]}, {lon[-1]} changes its gates when it is rounded")


def _with_components(graph: SeaGraph) -> SeaGraph:
    """The graph with its parts numbered by size while the straits closed by default are closed."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    usable = (graph.mask & graph.closed_by_default) == 0
    ends = (graph.tail[usable], graph.head[usable])
    _, label = connected_components(
        coo_array((np.ones(len(ends[0])), ends), shape=(graph.n_nodes, graph.n_nodes)), directed=False
    )
    first = np.unique(label, return_index=True)[1]
    size = np.bincount(label)
    rank = np.empty(len(size), dtype=np.int32)
    rank[np.lexsort((first, -size))] = np.arange(len(size), dtype=np.int32)
    return replace(graph, component=rank[label])


def tables(folder: Traversable | None = None) -> tuple[dict[str, str], Report]:
    """The derived tables as name -> CSV text, and the report. ``folder`` holds the tables kept by hand."""
    from landbridge.network.derive.searoute_check import check_rows
    from landbridge.network.derive.searoute_ports import port_rows

    graph, report = build_graph(load_straits(folder))
    graph, added = with_sight_edges(graph)
    report = replace(report, sight_edges=int(added.sum()))
    nodes = [
        {"id": i, "lat": f"{lat:.4f}", "lon": f"{lon:.4f}", "component": int(part)}
        for i, (lat, lon, part) in enumerate(zip(graph.lat, graph.lon, graph.component, strict=True))
    ]
    edges = [
        {
            "tail": int(graph.tail[i]),
            "head": int(graph.head[i]),
            "km": f"{graph.km[i]:.3f}",
            "straits": ";".join(graph.names(int(graph.mask[i]))),
            "inner": graph.inner[i],
            "origin": "sight" if added[i] else "searoute",
        }
        for i in range(graph.n_edges)
    ]
    ports = port_rows(graph, folder)
    return {
        "sea_nodes.csv": _csv_text(nodes),
        "sea_edges.csv": _csv_text(edges),
        "ports.csv": _csv_text(ports),
        "searoute_check.csv": _csv_text(check_rows()),
    }, report


def _csv_text(rows: Sequence[Mapping[str, object]]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def write_tables(out: Path, folder: Traversable | None = None) -> Report:
    """Build and write the tables into ``out``, made if needed; a failed build changes no file."""
    texts, report = tables(folder)
    source = folder or sea_folder()
    for name in ("straits.csv", "port_corrections.csv"):
        texts[name] = source.joinpath(name).read_text(encoding="utf-8")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".part-") as part:
        for name, text in texts.items():
            Path(part, name).write_text(text, encoding="utf-8", newline="\n")
        for name in sorted(texts):
            os.replace(Path(part, name), out / name)
    return report


def main(arguments: list[str]) -> int:
    """Command line: one argument, the folder to write to."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m landbridge.network.derive.searoute_graph OUT_DIR\n")
        return 2
    sys.stdout.write(f"{write_tables(Path(arguments[0]))}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
