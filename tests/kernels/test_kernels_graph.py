"""Arcs by node, strong parts, searches."""

from __future__ import annotations

import naive_kernels as naive
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from random_graphs import INF, arrays, grid, laws, multigraphs
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra as scipy_dijkstra

from landbridge.kernels.dijkstra import (
    Search,
    distance_matrix,
    path_arcs,
    shortest_tree,
)
from landbridge.kernels.graph import build_graph, invert, reverse_graph, strong_parts, useful_arcs
from landbridge.kernels.threads import available_threads, ranges, run_on_threads


@given(multigraphs())
@laws
def test_arcs_are_grouped_by_both_ends_in_order_of_id(graph):
    tail, head, _ = arrays(graph)
    built = build_graph(tail, head, graph.node_count)
    for v in range(graph.node_count):
        out = built.out_arc[built.first_out[v] : built.first_out[v + 1]].tolist()
        into = built.in_arc[built.first_in[v] : built.first_in[v + 1]].tolist()
        assert out == [a for a in range(tail.size) if tail[a] == v]
        assert into == [a for a in range(tail.size) if head[a] == v]
    assert (built.out_head == head[built.out_arc]).all()
    assert (built.in_tail == tail[built.in_arc]).all()


@given(multigraphs())
@laws
def test_strong_parts_are_the_sets_that_reach_each_other_largest_first(graph):
    tail, head, weight = arrays(graph)
    part = strong_parts(tail, head, graph.node_count, weight)
    found = [frozenset(np.flatnonzero(part == p).tolist()) for p in range(part.max() + 1)]
    assert set(found) == set(naive.strong_parts(graph))
    assert found == sorted(found, key=lambda nodes: (-len(nodes), min(nodes)))


@given(multigraphs(), st.data())
@laws
def test_trees_equal_the_twin_with_ties_several_sources_and_limits(graph, data):
    nodes = st.integers(0, graph.node_count - 1)
    sources = data.draw(st.dictionaries(nodes, st.sampled_from([0.0, 0.5, 2.0]), min_size=1, max_size=3))
    limit = data.draw(st.sampled_from([INF, 0.0, 1.0, 2.5]))
    tail, head, weight = arrays(graph)
    built = build_graph(tail, head, graph.node_count)
    expected = naive.tree(graph, sources, limit)
    search = Search(built)
    for _ in range(2):  # the scratch memory must come back clean
        result = search.tree(weight, np.array(list(sources), np.int32), np.array(list(sources.values())), limit=limit)
        assert result.distance.tolist() == expected.distance
        assert result.arc.tolist() == expected.arc
        assert result.settled.tolist() == expected.settled


@given(multigraphs(), st.data())
@laws
def test_a_search_to_targets_stops_at_the_last_one_and_is_right_there(graph, data):
    nodes = st.integers(0, graph.node_count - 1)
    source = data.draw(nodes)
    targets = data.draw(st.lists(nodes, min_size=1, max_size=3))
    tail, head, weight = arrays(graph)
    built = build_graph(tail, head, graph.node_count)
    expected = naive.tree(graph, {source: 0.0})
    result = shortest_tree(built, weight, np.array([source]), targets=np.array(targets))
    assert [result.distance[t] for t in targets] == [expected.distance[t] for t in targets]
    if all(expected.distance[t] < INF for t in targets):
        assert result.settled[-1] in targets
    assert result.settled.tolist() == expected.settled[: result.settled.size]
    for t in targets:
        path = path_arcs(result.arc, tail, t)
        walked = [source, *head[path].tolist()]
        assert tail[path].tolist() == walked[:-1]
        assert expected.distance[t] == INF or walked[-1] == t
        assert path.size == 0 or sum(graph.weight[a] for a in path) == expected.distance[t]


@given(multigraphs())
@laws
def test_the_reversed_graph_gives_distances_to_a_node(graph):
    tail, head, weight = arrays(graph)
    backward = reverse_graph(build_graph(tail, head, graph.node_count))
    into = shortest_tree(backward, weight, np.array([0])).distance
    assert into.tolist() == [row[0] for row in naive.all_distances(graph)]


def test_distances_equal_scipy_on_a_grid_and_threads_change_nothing():
    tail, head, weight, lat, _ = grid(24, seed=3)
    n = lat.size
    built = build_graph(tail, head, n)
    sources, targets = np.arange(0, n, 40, dtype=np.int32), np.arange(0, n, 7, dtype=np.int32)
    cheapest: dict[tuple[int, int], float] = {}
    for t, h, w in zip(tail.tolist(), head.tolist(), weight.tolist(), strict=True):
        if w < cheapest.get((t, h), INF):
            cheapest[t, h] = w
    ends = np.array(list(cheapest)).T
    matrix = csr_matrix((list(cheapest.values()), (ends[0], ends[1])), shape=(n, n))
    ours = distance_matrix(built, weight, sources, targets)
    assert np.isinf(ours).any()
    np.testing.assert_array_equal(ours, scipy_dijkstra(matrix, indices=sources)[:, targets])
    np.testing.assert_array_equal(ours, distance_matrix(built, weight, sources, targets, threads=2))


def test_invert_undoes_an_order():
    order = np.array([2, 0, 3, 1], np.int32)
    assert order[invert(order)].tolist() == [0, 1, 2, 3]


def test_pieces_are_taken_once_each_and_errors_come_through():
    assert available_threads() >= 1
    assert ranges(7, 3) == [(0, 2), (2, 4), (4, 7)]
    for threads in (1, 2, 3):
        taken: list[int] = []
        run_on_threads(lambda _worker, piece, taken=taken: taken.append(piece), range(50), threads)
        assert sorted(taken) == list(range(50))
    try:
        run_on_threads(lambda _worker, piece: [][piece], range(4), 2)
    except IndexError:
        return
    raise AssertionError("an error in a thread was lost")


@given(multigraphs(), st.data())
@laws
def test_useful_arcs_keep_all_distances_and_no_dead_end(graph, data):
    tail, head, weight = arrays(graph)
    node = st.integers(0, graph.node_count - 1)
    origins, destinations = data.draw(st.sets(node, max_size=3)), data.draw(st.sets(node, max_size=3))
    is_origin, is_destination = (np.isin(np.arange(graph.node_count), list(ends)) for ends in (origins, destinations))
    useful = useful_arcs(tail, head, weight, is_origin, is_destination)
    before = naive.all_distances(graph)
    after = naive.all_distances(graph.closed(np.flatnonzero(~useful).tolist()))
    assert all(before[s][t] == after[s][t] for s in origins for t in destinations)
    kept = [(t, h) for (t, h, _), use in zip(graph.arcs, useful, strict=True) if use]
    for v in {end for arc in kept for end in arc}:
        assert v in origins or any(h == v for _, h in kept)
        assert v in destinations or any(t == v for t, _ in kept)
