"""The graph of the seas and the gates of its straits, from the tables in ``landbridge/world/sea``.

A strait is a **gate**: a line from shore to shore. An edge carries the bit of a strait if its line crosses
the gate an odd number of times; closing the strait takes these edges out, so that no ship comes through.
Lines are straight in degrees between their points, on the shorter way round the globe.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Collection
from dataclasses import dataclass, fields
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landbridge.io.polyline import decode, unwrapped
from landbridge.kernels.sphere import great_circles_km
from landbridge.schema.errors import Finding, LandbridgeError, UnknownName

Bools = NDArray[np.bool_]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


class SeaTableError(LandbridgeError):
    """A table of the sea graph is damaged."""


@dataclass(frozen=True)
class Strait:
    """One row of ``straits.csv``: a gate, or a compound of straits (``parts``) without a gate of its own."""

    id: str
    name: str
    gate: tuple[float, float, float, float] | None  # lat, lon, lat, lon in degrees
    parts: tuple[str, ...]
    max_draft_m: float  # inf: no limit known
    canal: bool
    closed_by_default: bool
    toll_usd_per_teu: float | None  # of a loaded ship, None: not known
    toll_year: int | None
    toll_basis: str


@dataclass(frozen=True)
class Segments:
    """The straight pieces of all edges; arrays of one length, ordered by edge and along it."""

    edge: Int32
    lat0: Float64
    lon0: Float64
    lat1: Float64
    lon1: Float64  # within 180 degrees of lon0
    start: Float64  # share of the edge's length before the piece
    share: Float64  # the piece's share of it

    def between(self, south: float, north: float) -> Int64:
        """Positions of the pieces of which a part lies between two latitudes."""
        return np.flatnonzero((np.minimum(self.lat0, self.lat1) <= north) & (np.maximum(self.lat0, self.lat1) >= south))

    def some(self, positions: Int64) -> Segments:
        """The pieces at these positions, in the same order."""
        return Segments(*(getattr(self, field.name)[positions] for field in fields(self)))


@dataclass(frozen=True)
class SeaGraph:
    """Undirected graph of the seas.

    ``lat``, ``lon`` float64[n] degrees; ``tail`` < = ``head`` int32[m]; ``km`` float64[m], great-circle
    length of the full chain, positive; ``mask`` int64[m], bit i is the strait ``strait_ids[i]``; ``inner``
    is the encoded line between the end nodes (two decimals, longitudes unwrapped from the tail), empty for
    a straight edge. Parallel edges and loops occur. ``component`` int32[n] numbers the parts that hang
    together while the straits closed by default are closed, the largest is 0.
    """

    lat: Float64
    lon: Float64
    component: Int32
    tail: Int32
    head: Int32
    km: Float64
    mask: Int64
    inner: tuple[str, ...]
    straits: tuple[Strait, ...]

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.lat)

    @property
    def n_edges(self) -> int:
        """Number of edges."""
        return len(self.tail)

    @cached_property
    def strait_ids(self) -> tuple[str, ...]:
        """Ids of the straits with a gate, in the order of the bits."""
        return tuple(strait.id for strait in self.straits if strait.gate)

    @cached_property
    def gates(self) -> Float64:
        """Gate lines float64[k, 4]: lat, lon, lat, lon in degrees, in the order of the bits."""
        return np.array([strait.gate for strait in self.straits if strait.gate], dtype=np.float64)

    @cached_property
    def compounds(self) -> dict[str, int]:
        """Compound strait -> bits of its parts."""
        bit = {key: 1 << i for i, key in enumerate(self.strait_ids)}
        return {strait.id: sum(bit[part] for part in strait.parts) for strait in self.straits if strait.parts}

    @cached_property
    def closed_by_default(self) -> int:
        """Bits of the straits that are closed unless they are opened by name."""
        return self.bits({strait.id for strait in self.straits if strait.closed_by_default})

    def bits(self, ids: Collection[str]) -> int:
        """Bits of straits by id; a compound stands for all its parts. Raises ``UnknownName``."""
        total = 0
        for key in sorted(ids):
            if key in self.compounds:
                total |= self.compounds[key]
            elif key in self.strait_ids:
                total |= 1 << self.strait_ids.index(key)
            else:
                raise UnknownName(key, (*self.strait_ids, *self.compounds), kind="strait")
        return total

    def names(self, mask: int) -> tuple[str, ...]:
        """Ids of the straits of a mask, in the order of the bits."""
        return tuple(key for i, key in enumerate(self.strait_ids) if mask >> i & 1)

    def closed_bits(
        self,
        closed: Collection[str] = (),
        opened: Collection[str] = (),
        draft_m: float | None = None,
    ) -> int:
        """Bits of what a ship may not pass: closed by default and not opened, closed by name, too shallow."""
        too_shallow = {strait.id for strait in self.straits if draft_m is not None and draft_m > strait.max_draft_m}
        return (self.closed_by_default & ~self.bits(opened)) | self.bits(closed) | self.bits(too_shallow)

    @cached_property
    def drawn(self) -> dict[int, tuple[Float64, Float64]]:
        """Lines of the edges decoded so far (``edge_line``)."""
        return {}

    @cached_property
    def joined(self) -> dict[tuple[int, float], tuple[tuple[Float64, Float64], tuple[Float64, Float64]]]:
        """Lines from points on edges to their ends, as found so far (``ways_to_ends``)."""
        return {}

    @cached_property
    def segments(self) -> Segments:
        """The straight pieces of all edges, decoded on first use."""
        edge: list[int] = []
        rows: list[tuple[float, float, float, float]] = []
        for i, inner in enumerate(self.inner):
            if inner:
                lat, lon = edge_line(self, i)
                edge.extend([i] * (len(lat) - 1))
                rows.extend(zip(lat[:-1], lon[:-1], lat[1:], lon[1:], strict=True))
            else:
                edge.append(i)
                t, h = self.tail[i], self.head[i]
                lon_t, lon_h = self.lon[t], self.lon[h]
                rows.append((self.lat[t], lon_t, self.lat[h], lon_h - 360.0 * round((lon_h - lon_t) / 360.0)))
        points = np.array(rows, dtype=np.float64)
        ids = np.array(edge, dtype=np.int32)
        length = great_circles_km(points[:, 0], points[:, 1], points[:, 2], points[:, 3])
        whole = np.bincount(ids, weights=length, minlength=self.n_edges)
        before = np.concatenate([[0.0], np.cumsum(length)[:-1]])
        first = np.searchsorted(ids, np.arange(self.n_edges))
        divisor = np.maximum(whole[ids], 1e-12)
        start = (before - before[first][ids]) / divisor
        return Segments(
            ids, points[:, 0], points[:, 1], points[:, 2], points[:, 3], np.clip(start, 0.0, 1.0), length / divisor
        )


def edge_line(graph: SeaGraph, edge: int) -> tuple[Float64, Float64]:
    """Latitudes and unwrapped longitudes of an edge from tail to head, degrees; not to be changed."""
    if edge not in graph.drawn:
        t, h = graph.tail[edge], graph.head[edge]
        lat, lon = decode(graph.inner[edge])
        graph.drawn[edge] = (
            np.concatenate([[graph.lat[t]], lat, [graph.lat[h]]]),
            unwrapped(np.concatenate([[graph.lon[t]], lon, [graph.lon[h]]])),
        )
    return graph.drawn[edge]


def crossings(lat0: ArrayLike, lon0: ArrayLike, lat1: ArrayLike, lon1: ArrayLike, gates: Float64) -> Bools:
    """Which segments cross which gates: bool[n, k].

    Half-open: a line that has a point exactly on a gate is counted on one side of it, so that parity along
    a line is right. Longitudes wrap; a segment takes the shorter way round.
    """
    y0, x0, y1, x1 = (np.atleast_1d(np.asarray(a, dtype=np.float64))[:, None] for a in (lat0, lon0, lat1, lon1))
    gy0, gx0, gy1, gx1 = (column[None, :] for column in gates.T)
    x1 = x1 - 360.0 * np.rint((x1 - x0) / 360.0)
    turns = 360.0 * np.rint(((x0 + x1) / 2 - (gx0 + gx1) / 2) / 360.0)
    ax, bx = x0 - turns, x1 - turns
    beside_gate = _left(gx0, gy0, gx1, gy1, ax, y0) != _left(gx0, gy0, gx1, gy1, bx, y1)
    beside_segment = _left(ax, y0, bx, y1, gx0, gy0) != _left(ax, y0, bx, y1, gx1, gy1)
    result: Bools = beside_gate & beside_segment
    return result


def _left(ax: Float64, ay: Float64, bx: Float64, by: Float64, cx: Float64, cy: Float64) -> Bools:
    """Whether c lies to the left of the line from a to b."""
    result: Bools = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax) > 0
    return result


def gate_parity(lat: ArrayLike, lon: ArrayLike, gates: Float64) -> int:
    """Bits of the gates that a line of points crosses an odd number of times."""
    y, x = np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)
    if y.size < 2:
        return 0
    odd = crossings(y[:-1], x[:-1], y[1:], x[1:], gates).sum(axis=0) % 2
    return sum(1 << int(i) for i in np.flatnonzero(odd))


def load_straits(folder: Traversable | None = None) -> tuple[Strait, ...]:
    """The straits of ``straits.csv`` in file order. Raises ``SeaTableError`` with every faulty row."""
    rows = read_rows(folder, "straits.csv")
    straits, findings = [], []
    for number, row in enumerate(rows, start=2):
        try:
            straits.append(_strait(row))
        except (KeyError, ValueError) as problem:
            findings.append(Finding(f"straits.csv, row {number}", str(problem), "Correct the cell."))
    with_gate = {strait.id for strait in straits if strait.gate}
    findings.extend(
        Finding(f"straits.csv, {strait.id}", f"part '{part}' has no gate", "Name straits that have a gate.")
        for strait in straits
        for part in strait.parts
        if part not in with_gate
    )
    if findings:
        raise SeaTableError("The table of straits is damaged.", findings)
    return tuple(straits)


def _strait(row: dict[str, str]) -> Strait:
    corners = [row[key] for key in ("gate_lat1", "gate_lon1", "gate_lat2", "gate_lon2")]
    parts = tuple(part for part in row["parts"].split(";") if part)
    if bool(parts) == any(corners):
        raise ValueError("a strait has either a gate of four coordinates or parts")
    gate = None if parts else (float(corners[0]), float(corners[1]), float(corners[2]), float(corners[3]))
    return Strait(
        id=row["id"],
        name=row["name"],
        gate=gate,
        parts=parts,
        max_draft_m=float(row["max_draft_m"]) if row["max_draft_m"] else math.inf,
        canal=row["canal"] == "yes",
        closed_by_default=row["closed_by_default"] == "yes",
        toll_usd_per_teu=float(row["toll_usd_per_teu"]) if row["toll_usd_per_teu"] else None,
        toll_year=int(row["toll_year"]) if row["toll_year"] else None,
        toll_basis=row["toll_basis"],
    )


def load_sea_graph(folder: Traversable | None = None) -> SeaGraph:
    """The sea graph that ships with the package, or the one in ``folder``.

    Raises ``SeaTableError`` if a table is missing or its columns, numbers or references are damaged.
    """
    straits = load_straits(folder)
    bit = {key: 1 << i for i, key in enumerate(s.id for s in straits if s.gate)}
    nodes, edges = read_rows(folder, "sea_nodes.csv"), read_rows(folder, "sea_edges.csv")
    try:
        tail = np.array([row["tail"] for row in edges], dtype=np.int32)
        head = np.array([row["head"] for row in edges], dtype=np.int32)
        graph = SeaGraph(
            lat=np.array([row["lat"] for row in nodes], dtype=np.float64),
            lon=np.array([row["lon"] for row in nodes], dtype=np.float64),
            component=np.array([row["component"] for row in nodes], dtype=np.int32),
            tail=tail,
            head=head,
            km=np.array([row["km"] for row in edges], dtype=np.float64),
            mask=np.array(
                [sum(bit[key] for key in row["straits"].split(";")) if row["straits"] else 0 for row in edges],
                dtype=np.int64,
            ),
            inner=tuple(row["inner"] for row in edges),
            straits=straits,
        )
    except (KeyError, ValueError) as problem:
        raise SeaTableError(
            f"The tables of the sea graph do not fit together: {problem}. Install the package again."
        ) from problem
    ends = np.concatenate([tail, head])
    if ends.size and not 0 <= ends.min() <= ends.max() < graph.n_nodes:
        raise SeaTableError("sea_edges.csv names nodes that sea_nodes.csv does not have. Install the package again.")
    if not np.all(graph.km > 0):
        raise SeaTableError("sea_edges.csv has an edge without a length. Install the package again.")
    return graph


def sea_folder() -> Traversable:
    """Folder of the shipped sea tables."""
    return resources.files("landbridge").joinpath("world", "sea")


def read_rows(folder: Traversable | None, name: str) -> list[dict[str, str]]:
    """Rows of a sea table, of the shipped one without a folder. Raises ``SeaTableError`` if it cannot be read."""
    try:
        text = (folder or sea_folder()).joinpath(name).read_text(encoding="utf-8")
    except OSError as problem:
        raise SeaTableError(f"{name} cannot be read: {problem}. Install the package again.") from problem
    reader = csv.reader(text.splitlines())
    header = next(reader, [])
    return [dict(zip(header, row, strict=True)) for row in reader]
