"""Random small networks with zones that no way passes, with demand; and distances on them by the plainest method."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st


def naive_distance(links: list[tuple[int, int, int]], n: int, first_thru: int, origin: int) -> list[float]:
    """Bellman-Ford from a zone; links leaving another zone are never taken."""
    distance = [np.inf] * (n + 1)
    distance[origin] = 0.0
    for _ in range(n):
        for tail, head, weight in links:
            if tail != origin and tail < first_thru:
                continue
            distance[head] = min(distance[head], distance[tail] + weight)
    return distance


@st.composite
def networks(draw: st.DrawFn) -> tuple[list[tuple[int, int, int]], int, int, list[tuple[int, int, int]]]:
    n = draw(st.integers(3, 7))
    node = st.integers(1, n)
    links = draw(st.lists(st.tuples(node, node, st.integers(0, 4)), min_size=1, max_size=18))
    first_thru = draw(st.integers(1, n))
    demand = draw(st.dictionaries(st.tuples(node, node), st.integers(1, 5), min_size=1, max_size=8))
    return links, n, first_thru, [(a, b, v) for (a, b), v in demand.items()]
