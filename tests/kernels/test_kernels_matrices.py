"""Many sources or targets: labels, skims, sweeps, loading, select-link."""

from __future__ import annotations

import itertools

import naive_kernels as naive
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from random_graphs import INF, arrays, graphs_and_orders, grid, laws

from landbridge.kernels.cch import DOWN, UP, build_hierarchy, customise, perfect_values
from landbridge.kernels.dijkstra import distance_matrix, shortest_tree
from landbridge.kernels.graph import build_graph
from landbridge.kernels.labels import (
    distances,
    make_labels,
    make_sums,
    meetings,
    pair_distances,
    pair_paths,
    skim,
)
from landbridge.kernels.loading import all_or_nothing, select_link, tree_loading
from landbridge.kernels.order import nested_dissection, sphere_points
from landbridge.kernels.paths import PathQuery
from landbridge.kernels.sweep import LANES, build_fan, sweep_distances


def prepare(case):
    graph, order = case
    tail, head, weight = arrays(graph)
    hierarchy = build_hierarchy(tail, head, np.array(order, np.int32))
    return graph, hierarchy, customise(hierarchy, weight)


def world(side=26, seed=4):
    tail, head, weight, lat, lon = grid(side, seed)
    hierarchy = build_hierarchy(tail, head, nested_dissection(tail, head, sphere_points(lat, lon)))
    return build_graph(tail, head, lat.size), weight, hierarchy, customise(hierarchy, weight)


@given(graphs_and_orders())
@laws
def test_labels_give_all_distances(case):
    graph, hierarchy, metric = prepare(case)
    nodes = np.arange(graph.node_count)
    forward, backward = (make_labels(hierarchy, metric, nodes, d) for d in (UP, DOWN))
    assert distances(forward, backward).tolist() == naive.all_distances(graph)


@given(graphs_and_orders(), st.data())
@laws
def test_accompanying_attributes_add_up_along_the_path_that_is_returned(case, data):
    graph, hierarchy, metric = prepare(case)
    m = len(graph.tail)
    attribute = np.array(
        [[data.draw(st.integers(0, 9)), data.draw(st.integers(0, 2))] for _ in range(m)], np.float64
    ).reshape(m, 2)
    n = graph.node_count
    nodes = np.arange(n)
    sums = make_sums(hierarchy, attribute)
    for _ in range(2):  # the second time all sums are known
        result = skim(hierarchy, metric, nodes, nodes, sums)
        assert result.distance.tolist() == naive.all_distances(graph)
        forward, backward = (make_labels(hierarchy, metric, nodes, d) for d in (UP, DOWN))
        row, column = (a.ravel().astype(np.int32) for a in np.indices((n, n)))
        distance, meeting = pair_distances(forward, backward, row, column)
        assert distance.tolist() == result.distance.ravel().tolist()
        assert meeting.tolist() == meetings(forward, backward)[1].ravel().tolist()
        first, path = pair_paths(hierarchy, metric, forward, backward, row, column, meeting)
        for i, (s, t) in enumerate(itertools.product(range(n), repeat=2)):
            arcs = path[first[i] : first[i + 1]]
            if distance[i] == INF:
                assert arcs.size == 0
                assert (result.total[:, s, t] == INF).all()
                continue
            walked = [s, *(graph.head[a] for a in arcs)]
            assert [graph.tail[a] for a in arcs] == walked[:-1]
            assert walked[-1] == t
            assert sum(graph.weight[a] for a in arcs) == distance[i]
            assert result.total[:, s, t].tolist() == attribute[arcs].sum(axis=0).tolist()


@given(graphs_and_orders(), st.data())
@laws
def test_sweeps_give_trees_forward_and_backward_whole_or_to_targets(case, data):
    graph, hierarchy, metric = prepare(case)
    true = np.array(naive.all_distances(graph))
    nodes = st.lists(st.integers(0, graph.node_count - 1), min_size=1, max_size=LANES + 3)
    sources, targets = data.draw(nodes), data.draw(nodes)
    for perfect in (None, perfect_values(hierarchy, metric)):
        fan = build_fan(hierarchy, metric, perfect=perfect)
        np.testing.assert_array_equal(sweep_distances(hierarchy, metric, fan, sources), true[sources])
        fan = build_fan(hierarchy, metric, UP, targets, perfect)
        np.testing.assert_array_equal(
            sweep_distances(hierarchy, metric, fan, sources, targets), true[np.ix_(sources, targets)]
        )
        fan = build_fan(hierarchy, metric, DOWN, perfect=perfect)
        np.testing.assert_array_equal(sweep_distances(hierarchy, metric, fan, sources), true[:, sources].T)


def test_a_grid_equals_dijkstra_by_labels_and_sweeps_on_any_number_of_threads():
    graph, weight, hierarchy, metric = world()
    n = hierarchy.order.size
    sources, everything = np.arange(3, n, 25, dtype=np.int32), np.arange(n, dtype=np.int32)
    expected = distance_matrix(graph, weight, sources, everything)
    assert np.isinf(expected).any()
    for threads in (1, 3):
        fan = build_fan(hierarchy, metric, perfect=perfect_values(hierarchy, metric, threads))
        swept = sweep_distances(hierarchy, metric, fan, sources, threads=threads)
        np.testing.assert_allclose(swept, expected, rtol=1e-13)
        forward = make_labels(hierarchy, metric, sources, UP, threads)
        backward = make_labels(hierarchy, metric, everything, DOWN, threads)
        np.testing.assert_allclose(distances(forward, backward, threads), expected, rtol=1e-13)
    one = skim(hierarchy, metric, sources, sources, make_sums(hierarchy, weight[:, None]), threads=1)
    two = skim(hierarchy, metric, sources, sources, make_sums(hierarchy, weight[:, None]), threads=2)
    np.testing.assert_array_equal(one.total, two.total)
    np.testing.assert_allclose(one.total[0], one.distance, rtol=1e-12)


def demand_on(graph, data):
    node = st.integers(0, graph.node_count - 1)
    pairs = data.draw(st.lists(st.tuples(node, node), min_size=1, max_size=12))
    volume = [data.draw(st.integers(0, 4)) for _ in pairs]
    origin, destination = (np.array(ends, np.int32) for ends in zip(*pairs, strict=True))
    return origin, destination, np.array(volume, np.float64)


@given(graphs_and_orders(), st.data())
@laws
def test_loading_balances_and_costs_what_the_pairs_cost(case, data):
    graph, hierarchy, metric = prepare(case)
    origin, destination, volume = demand_on(graph, data)
    result = all_or_nothing(hierarchy, metric, origin, destination, volume)
    true = naive.all_distances(graph)
    assert result.distance.tolist() == [true[s][t] for s, t in zip(origin, destination, strict=True)]
    expected = [0.0] * graph.node_count
    for s, t, q in zip(origin, destination, volume, strict=True):
        if true[s][t] < INF:
            expected[s] += q
            expected[t] -= q
    assert naive.balance(graph, result.flow) == expected
    used = result.flow > 0
    assert np.isfinite(metric.weight[used]).all()
    reached = np.isfinite(result.distance)
    total = (volume[reached] * result.distance[reached]).sum()
    assert (result.flow[used] * metric.weight[used]).sum() == total


@given(graphs_and_orders(), st.data())
@laws
def test_select_link_finds_the_pairs_whose_returned_path_uses_it(case, data):
    graph, hierarchy, metric = prepare(case)
    if not graph.tail:
        return
    origin, destination, volume = demand_on(graph, data)
    arcs = data.draw(st.lists(st.integers(0, len(graph.tail) - 1), min_size=1, max_size=3))
    result = select_link(hierarchy, metric, origin, destination, volume, np.array(arcs))
    sources, row = np.unique(origin, return_inverse=True)
    targets, column = np.unique(destination, return_inverse=True)
    forward = make_labels(hierarchy, metric, sources, UP)
    backward = make_labels(hierarchy, metric, targets, DOWN)
    row, column = row.astype(np.int32), column.astype(np.int32)
    _, meeting = pair_distances(forward, backward, row, column)
    first, path = pair_paths(hierarchy, metric, forward, backward, row, column, meeting)
    flow = np.zeros(len(graph.tail))
    for i in range(origin.size):
        taken = path[first[i] : first[i + 1]].tolist()
        assert result.uses[i] == bool(set(taken) & set(arcs))
        if result.uses[i]:
            flow[taken] += volume[i]
    assert result.flow.tolist() == flow.tolist()


def test_loading_a_grid_equals_walking_every_path_and_loading_every_tree():
    graph, weight, hierarchy, metric = world(18, seed=9)
    n = hierarchy.order.size
    rng = np.random.default_rng(0)
    origin, destination = rng.integers(0, n, (2, 400)).astype(np.int32)
    volume = rng.random(400)
    result = all_or_nothing(hierarchy, metric, origin, destination, volume, threads=2)
    query = PathQuery(hierarchy, metric)
    walked, by_tree = np.zeros(weight.size), np.zeros(weight.size)
    for s, t, q in zip(origin.tolist(), destination.tolist(), volume, strict=True):
        walked[query.path(s, t)[1]] += q
    np.testing.assert_allclose(result.flow, walked, atol=1e-12)
    for s in np.unique(origin):
        tree = shortest_tree(graph, weight, np.array([s]))
        here = origin == s
        tree_loading(
            tree.arc,
            graph.tail,
            tree.settled,
            np.bincount(destination[here], volume[here], minlength=n),
            by_tree,
        )
    open_arcs = np.isfinite(weight)
    np.testing.assert_allclose(by_tree @ np.where(open_arcs, weight, 0), walked @ np.where(open_arcs, weight, 0))
