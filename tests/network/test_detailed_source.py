"""Reading the packages' graphs."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.network.detailed.source import MissingPackage, module_path, read_graph, read_mode


def as_text(neighbours: list[dict[int, float]], points: list[list[float]]) -> bytes:
    return f"\nfrom x import y\ngraph={neighbours}\nnodes={points}\nz = y(graph=graph, nodes=nodes)\n".encode()


@st.composite
def undirected(draw: st.DrawFn) -> tuple[list[dict[int, float]], list[list[float]]]:
    count = draw(st.integers(1, 12))
    neighbours: list[dict[int, float]] = [{} for _ in range(count)]
    pairs = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=20))
    for a, b in pairs:
        km = draw(st.floats(0.0, 1500.0).map(lambda value: round(value, 3)))
        neighbours[a][b] = km
        neighbours[b][a] = km
    coordinate = st.floats(-180, 180).map(lambda value: round(value, 3))
    return neighbours, [[draw(coordinate) / 2, draw(coordinate)] for _ in range(count)]


@given(undirected())
def test_reader_gives_back_what_was_written(graph: tuple[list[dict[int, float]], list[list[float]]]) -> None:
    neighbours, points = graph
    read = read_graph(as_text(neighbours, points), "test")
    edges = sorted((a, b, km) for a, row in enumerate(neighbours) for b, km in row.items() if a < b)
    assert list(zip(read.tail.tolist(), read.head.tolist(), read.km.tolist(), strict=True)) == edges
    assert np.array_equal(np.column_stack([read.lat, read.lon]), np.array(points))
    assert read.loop_count == sum(a in row for a, row in enumerate(neighbours))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (as_text([{1: 2.0}, {}], [[0.0, 0.0], [1.0, 1.0]]), "without their opposite"),
        (as_text([{1: 2.0}, {0: 2.0}], [[0.0, 0.0]]), "1 nodes"),
        (as_text([{7: 2.0}, {0: 2.0}], [[0.0, 0.0], [1.0, 1.0]]), "without their opposite"),
        (b"graph={}\nnodes=[[0.0, 0.0]]\n", "no graph="),
        (b"graph=[{1: x}, {0: x}]\nnodes=[[0.0, 0.0], [1.0, 1.0]]\n", "something else than numbers"),
    ],
)
def test_another_form_is_refused(text: bytes, complaint: str) -> None:
    with pytest.raises(MissingPackage, match=complaint):
        read_graph(text, "test")


def test_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingPackage, match=r"pip install 'landbridge\[build\]'"):
        module_path("world_railways")


@pytest.mark.parametrize(("mode", "nodes"), [("rail", 274_974), ("road", 560_282)])
def test_package_itself(mode: str, nodes: int) -> None:
    if importlib.util.find_spec("scgraph_data") is None:
        pytest.skip("needs the extra 'build' (scgraph-data)")
    graph = read_mode(mode)
    assert graph.lat.size == nodes
    assert (graph.tail < graph.head).all()
    assert (graph.km > 0.0).all()
