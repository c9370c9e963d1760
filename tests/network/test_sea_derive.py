"""The shipped sea tables are what the command makes of searoute."""

from importlib import resources
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

SHIPPED = resources.files("landbridge").joinpath("world", "sea")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_command_makes_the_shipped_tables(tmp_path: Path) -> None:
    pytest.importorskip("searoute", reason="extra 'build' is not installed")
    from landbridge.network.derive.searoute_graph import main

    assert main([str(tmp_path / "out")]) == 0
    for name in ("sea_nodes.csv", "sea_edges.csv", "ports.csv", "searoute_check.csv", "straits.csv"):
        assert (tmp_path / "out" / name).read_bytes() == SHIPPED.joinpath(name).read_bytes(), name
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "port_corrections.csv",
        "ports.csv",
        "sea_edges.csv",
        "sea_nodes.csv",
        "searoute_check.csv",
        "straits.csv",
    ]


def test_the_command_wants_one_folder(capsys: pytest.CaptureFixture[str]) -> None:
    from landbridge.network.derive.searoute_graph import main

    assert main([]) == 2
    assert "OUT_DIR" in capsys.readouterr().err


def test_chains_keep_every_line_and_join_only_at_nodes_of_other_degree_than_two() -> None:
    from landbridge.network.derive.searoute_graph import contracted

    a, b, c, d, e, f = ((float(i), 0.0) for i in range(6))
    path = {(a, b): 1.0, (b, c): 1.0, (c, d): 1.0, (c, e): 1.0}
    assert contracted(path) == [(a, b, c), (c, d), (c, e)]
    ring = {(a, b): 1.0, (b, c): 1.0, (a, c): 1.0}
    assert contracted(ring) == [(a, b, c, a)]
    lollipop = {(a, b): 1.0, (b, c): 1.0, (c, d): 1.0, (b, d): 1.0, (e, f): 1.0}
    chains = contracted(lollipop)
    lines = sorted(tuple(sorted(pair)) for chain in chains for pair in pairwise(chain))
    assert lines == sorted(lollipop)


def test_after_adding_edges_of_sight_no_seen_pair_is_far_apart() -> None:
    """Three sides of a rectangle in the open ocean: the fourth is added; over land or a gate it is not."""
    from landbridge.kernels.sphere import great_circle_km
    from landbridge.network.derive.sea_sight import DETOUR, with_sight_edges
    from landbridge.network.sea import Strait
    from landbridge.network.sea.graph import SeaGraph

    def rectangle(south: float, west: float, gate: tuple[float, float, float, float]) -> SeaGraph:
        lat = np.array([south, south + 2, south + 2, south])
        lon = np.array([west, west, west + 2, west + 2])
        tail, head = np.array([0, 1, 2], dtype=np.int32), np.array([1, 2, 3], dtype=np.int32)
        km = np.array([great_circle_km(lat[a], lon[a], lat[b], lon[b]) for a, b in zip(tail, head, strict=True)])
        strait = Strait("gate", "Gate", gate, (), np.inf, False, False, None, None, "")
        none = np.zeros(3, dtype=np.int64)
        return SeaGraph(lat, lon, np.zeros(4, dtype=np.int32), tail, head, km, none, ("", "", ""), (strait,))

    far_away = (80.0, 0.0, 81.0, 0.0)
    ocean, added = with_sight_edges(rectangle(-10.0, -20.0, far_away))
    assert added.sum() >= 1
    for i in range(4):
        for j in range(i + 1, 4):
            direct = great_circle_km(ocean.lat[i], ocean.lon[i], ocean.lat[j], ocean.lon[j])
            assert _between(ocean, i, j) <= DETOUR * direct + 1e-6
    _, over_land = with_sight_edges(rectangle(24.0, 10.0, far_away))  # the Libyan desert
    assert not over_land.any()
    dammed, _ = with_sight_edges(rectangle(-10.0, -20.0, (-11.0, -19.0, -9.0, -19.0)))
    assert _between(dammed, 0, 3) > DETOUR * great_circle_km(-10.0, -20.0, -10.0, -18.0)


def _between(sea: object, a: int, b: int) -> float:
    from scipy.sparse.csgraph import dijkstra

    from landbridge.network.sea.graph import SeaGraph
    from landbridge.network.sea.lanes import shortest_between

    assert isinstance(sea, SeaGraph)
    matrix, _ = shortest_between(sea.n_nodes, sea.tail, sea.head, sea.km)
    return float(dijkstra(matrix, indices=a)[b])
