"""Skims and reach equal plain shortest paths; attributes are those of the least way."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.models.skims import skim_table, within_reach
from landbridge.models.wires import Wires, wires_of_zones


@st.composite
def networks(draw: st.DrawFn) -> tuple[Wires, list[tuple[int, int, float, float]], int]:
    """Weights are distinct powers of two, so that no two ways are equally long."""
    n = draw(st.integers(2, 7))
    node = st.integers(1, n)
    ends = draw(st.lists(st.tuples(node, node, st.booleans()), min_size=1, max_size=14))
    links = [(a, b, float(2**i) if is_open else np.inf, float(i * 7 % 5)) for i, (a, b, is_open) in enumerate(ends)]
    columns = [np.array(column) for column in zip(*links, strict=True)]
    tail, head = columns[0].astype(np.int32), columns[1].astype(np.int32)
    return wires_of_zones(tail, head, columns[2], n, 1, {"extra": columns[3]}), links, n


def all_ways(links: list[tuple[int, int, float, float]], n: int) -> dict[tuple[int, int], tuple[float, float]]:
    """Least weight and the attribute along it, by Floyd and Warshall."""
    best = {(a, a): (0.0, 0.0) for a in range(1, n + 1)}
    for a, b, weight, extra in links:
        if np.isfinite(weight):
            best[a, b] = min(best.get((a, b), (np.inf, np.inf)), (weight, extra))
    for k in range(1, n + 1):
        for a in range(1, n + 1):
            for b in range(1, n + 1):
                if (a, k) in best and (k, b) in best:
                    one, two = best[a, k], best[k, b]
                    best[a, b] = min(best.get((a, b), (np.inf, np.inf)), (one[0] + two[0], one[1] + two[1]))
    return best


@given(networks())
@settings(max_examples=60, deadline=None)
def test_skim_equals_floyd_warshall(case: tuple[Wires, list[tuple[int, int, float, float]], int]) -> None:
    wires, links, n = case
    zones = [str(i) for i in range(1, n + 1)]
    table = skim_table(wires, zones, zones)
    best = all_ways(links, n)
    for i in range(n):
        for j in range(n):
            weight, extra = best.get((i + 1, j + 1), (np.inf, np.inf))
            assert table.weight[i, j] == weight
            assert table.attributes["extra"][i, j] == extra


@given(networks(), st.integers(0, 200))
@settings(max_examples=60, deadline=None)
def test_reach_is_the_skim_within_the_limit(
    case: tuple[Wires, list[tuple[int, int, float, float]], int], limit: int
) -> None:
    wires, links, n = case
    found = within_reach(wires, "1", float(limit))
    best = all_ways(links, n)
    expected = sorted(
        (best[1, b][0], str(b), best[1, b][1]) for b in range(2, n + 1) if (1, b) in best and best[1, b][0] <= limit
    )
    assert [(item.weight, item.zone, item.attributes["extra"]) for item in found] == expected
