"""Random multigraphs for the laws of the kernels.

Weights are multiples of a half, so that every sum is exact and equal costs are equal: ties, zeros, closed arcs, loops
and parallel arcs are the rule, not the exception.
"""

from __future__ import annotations

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from naive_kernels import NaiveGraph

INF = float("inf")

#: The same cases on every run.
laws = settings(max_examples=200, deadline=None, derandomize=True, database=None)

WEIGHTS = st.sampled_from([0.0, 0.0, 0.5, 1.0, 1.0, 1.5, 2.0, 3.0, 7.5, INF])


@st.composite
def multigraphs(draw, max_nodes: int = 9, max_arcs: int = 26) -> NaiveGraph:
    n = draw(st.sampled_from([1, 2, 3, 5, 7, max_nodes]))
    node = st.integers(0, n - 1)
    fewest = draw(st.sampled_from([0, max_arcs // 3, max_arcs]))  # left alone, lists stay short
    arcs = draw(st.lists(st.tuples(node, node, WEIGHTS), min_size=fewest, max_size=max_arcs))
    return NaiveGraph(n, [a[0] for a in arcs], [a[1] for a in arcs], [a[2] for a in arcs])


@st.composite
def graphs_and_orders(draw) -> tuple[NaiveGraph, list[int]]:
    graph = draw(multigraphs())
    return graph, draw(st.permutations(range(graph.node_count)))


def arrays(graph: NaiveGraph):
    """``tail``, ``head``, ``weight`` as the kernels take them."""
    return (
        np.array(graph.tail, np.int32),
        np.array(graph.head, np.int32),
        np.array(graph.weight, np.float64),
    )


def grid(side: int, seed: int, one_way: float = 0.1):
    """A mid-sized street-like grid with random weights, some one-way streets, parallel arcs and closed arcs."""
    rng = np.random.default_rng(seed)
    node = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [np.c_[node[:, :-1].ravel(), node[:, 1:].ravel()], np.c_[node[:-1].ravel(), node[1:].ravel()]]
    )
    back = pairs[rng.random(len(pairs)) >= one_way][:, ::-1]
    extra = pairs[rng.integers(0, len(pairs), len(pairs) // 20)]
    arcs = np.concatenate([pairs, back, extra]).astype(np.int32)
    weight = np.round(rng.lognormal(1.0, 0.7, len(arcs)), 3)
    weight[rng.random(len(arcs)) < 0.02] = INF
    # Dead ends, which one closure cuts off, and one node that nothing reaches.
    dead_end = arcs % 37 == 5
    next_door = np.abs(arcs[:, 0] - arcs[:, 1]) == 1
    weight[dead_end.any(axis=1) & ~(next_door & (arcs.min(axis=1) % 37 == 5))] = INF
    weight[(arcs == 7).any(axis=1)] = INF
    y, x = np.divmod(np.arange(side * side), side)
    lat, lon = 40 + y * 0.1 + rng.normal(0, 0.01, y.size), 179.5 + x * 0.1 + rng.normal(0, 0.01, y.size)
    lon = np.where(lon > 180, lon - 360, lon)
    return arcs[:, 0].copy(), arcs[:, 1].copy(), weight, lat, lon
