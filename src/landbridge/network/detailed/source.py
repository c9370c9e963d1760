"""The rail and road graphs of the package ``scgraph-data`` 2.x as arrays, read from its source text.

The package stores each graph as a Python literal; importing one without byte code takes 8 s and 2.3 GB. The text has a
fixed form (``graph=[{neighbour: km, ...}, ...]`` and ``nodes=[[lat, lon], ...]``), so it is read as numbers in about a
second. Data: OpenStreetMap contributors, ODbL; the package's own licence is MIT.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from landbridge.schema.errors import Finding, LandbridgeError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

#: Mode -> module of the package.
MODULES = {"rail": "world_railways", "road": "world_highways"}


class MissingPackage(LandbridgeError):  # noqa: N818 - reads as a sentence in the message
    """A package of the extra ``build`` is not installed, or has another form than expected."""


class SourceGraph(NamedTuple):
    """An undirected graph as read; every edge once, ``tail < head``, loops dropped (rule 1 of the repair).

    ``lat``, ``lon`` float64[n] degrees; ``tail``, ``head`` int32[e]; ``km`` float64[e]; ``loop_count`` dropped loops.
    """

    lat: Floats
    lon: Floats
    tail: Ints
    head: Ints
    km: Floats
    loop_count: int


def module_path(module: str) -> Path:
    """Where ``scgraph_data.<module>`` lies, without importing it; raises ``MissingPackage``."""
    package = importlib.util.find_spec("scgraph_data")
    for folder in (package.submodule_search_locations or []) if package else []:
        path = Path(folder) / f"{module}.py"
        if path.is_file():
            return path
    raise MissingPackage(
        "The detailed network needs the world's rail and road data.",
        [Finding("package scgraph-data", f"no module {module}", "Install the extra: pip install 'landbridge[build]'.")],
    )


def read_mode(mode: str) -> SourceGraph:
    """The graph of ``rail`` or ``road``."""
    path = module_path(MODULES[mode])
    return read_graph(path.read_bytes(), where=path.name)


def read_graph(text: bytes, where: str) -> SourceGraph:
    """Read one module's text; raises ``MissingPackage`` where it has another form than version 2.0.0."""
    graph, nodes = _between(text, b"graph=[", b"]\n", where), _between(text, b"nodes=[", b"]]\n", where)
    if set(graph[:100_000]) - set(b"{}:,. 0123456789e-"):
        raise _other_form(where, "something else than numbers in the graph")
    raw = np.frombuffer(graph, np.uint8)
    colons = np.cumsum(raw == ord(":"))[raw == ord("}")]
    degree = np.diff(colons, prepend=0)
    pairs = _numbers(graph, b"{}:,").reshape(-1, 2)
    points = _numbers(nodes, b"[],").reshape(-1, 2)
    if points.shape[0] != degree.size or pairs.shape[0] != degree.sum():
        raise _other_form(where, f"{degree.size} adjacency lists, {points.shape[0]} nodes, {pairs.shape[0]} arcs")
    tail = np.repeat(np.arange(degree.size, dtype=np.int64), degree)
    head = pairs[:, 0].astype(np.int64)
    loops = tail == head
    keep = tail < head
    if 2 * keep.sum() + loops.sum() != tail.size or (head.size and not 0 <= head.min() <= head.max() < degree.size):
        raise _other_form(where, "arcs without their opposite")
    order = np.lexsort((head[keep], tail[keep]))
    return SourceGraph(
        lat=points[:, 0].copy(),
        lon=points[:, 1].copy(),
        tail=tail[keep][order].astype(np.int32),
        head=head[keep][order].astype(np.int32),
        km=pairs[keep, 1][order],
        loop_count=int(loops.sum()),
    )


def _between(text: bytes, start: bytes, end: bytes, where: str) -> bytes:
    first = text.find(start)
    last = text.find(end, first)
    if first < 0 or last < 0:
        raise _other_form(where, f"no {start.decode()}")
    return text[first + len(start) : last]


def _numbers(text: bytes, signs: bytes) -> Floats:
    if not text.strip(signs + b" "):
        return np.empty(0)
    return np.fromstring(text.translate(bytes.maketrans(signs, b" " * len(signs))), np.float64, sep=" ")


def _other_form(where: str, found: str) -> MissingPackage:
    remedy = "Install scgraph-data 2.0.0, the version this reader knows."
    return MissingPackage("The source of rail and road data is not as expected.", [Finding(where, found, remedy)])
