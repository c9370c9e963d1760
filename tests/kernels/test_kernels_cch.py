"""The hierarchy: supergraph, customisation, paths, changes and their undoing, on random multigraphs and orders."""

from __future__ import annotations

import itertools

import naive_kernels as naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_graphs import INF, WEIGHTS, arrays, graphs_and_orders, grid, laws

from landbridge.kernels.cch import build_hierarchy, customise, perfect_values
from landbridge.kernels.changes import Editor
from landbridge.kernels.dijkstra import distance_matrix
from landbridge.kernels.graph import build_graph
from landbridge.kernels.min_degree import minimum_degree
from landbridge.kernels.order import nested_dissection, sphere_points
from landbridge.kernels.paths import PathQuery


def prepare(case):
    graph, order = case
    tail, head, weight = arrays(graph)
    hierarchy = build_hierarchy(tail, head, np.array(order, np.int32))
    return graph, hierarchy, customise(hierarchy, weight)


def check_path(graph, query, s, t, expected):
    distance, path = query.path(s, t)
    assert distance == expected
    assert query.distance(s, t) == expected
    if expected == INF or s == t:
        assert path.size == 0
        return
    walked = [s, *(graph.head[a] for a in path)]
    assert [graph.tail[a] for a in path] == walked[:-1]
    assert walked[-1] == t
    assert sum(graph.weight[a] for a in path) == expected
    for a in path:  # of parallel arcs the cheapest, the lowest id first
        twins = [(w, b) for b, (u, v, w) in enumerate(graph.arcs) if (u, v) == (graph.tail[a], graph.head[a])]
        assert (graph.weight[a], a) == min(twins)


@given(graphs_and_orders())
@laws
def test_the_supergraph_is_that_of_the_elimination_game(case):
    graph, hierarchy, _ = prepare(case)
    order = hierarchy.order.tolist()
    assert sorted(order) == list(range(graph.node_count))
    pairs = set(zip(hierarchy.low.tolist(), hierarchy.high.tolist(), strict=True))
    assert pairs == naive.fill(graph, order)
    assert len(pairs) == len(naive.fill(graph, case[1]))  # rearranging the order adds nothing
    for x in range(graph.node_count):
        above = sorted(z for y, z in pairs if y == x)
        assert hierarchy.parent[x] == (above[0] if above else -1)
        below = {x} | {y for y in range(x) if x in ancestors(hierarchy, y)}
        assert below == set(range(hierarchy.subtree[x], x + 1))
        assert hierarchy.depth[x] == len(ancestors(hierarchy, x))


def ancestors(hierarchy, x):
    result = []
    while hierarchy.parent[x] >= 0:
        x = int(hierarchy.parent[x])
        result.append(x)
    return result


@given(graphs_and_orders())
@laws
def test_values_are_least_walks_through_lower_nodes_and_perfect_values_true_distances(case):
    graph, hierarchy, metric = prepare(case)
    true = naive.all_distances(graph)
    perfect = perfect_values(hierarchy, metric)
    order = hierarchy.order.tolist()
    for a, (x, y) in enumerate(zip(hierarchy.low.tolist(), hierarchy.high.tolist(), strict=True)):
        assert metric.value[2 * a] == naive.slot_value(graph, order, x, y)
        assert metric.value[2 * a + 1] == naive.slot_value(graph, order, y, x)
        assert perfect[2 * a] == true[order[x]][order[y]]
        assert perfect[2 * a + 1] == true[order[y]][order[x]]


@given(graphs_and_orders())
@laws
def test_paths_between_all_nodes_are_shortest_and_made_of_original_arcs(case):
    graph, hierarchy, metric = prepare(case)
    query = PathQuery(hierarchy, metric)
    true = naive.all_distances(graph)
    for s, t in itertools.product(range(graph.node_count), repeat=2):
        check_path(graph, query, s, t, true[s][t])


@given(graphs_and_orders(), st.data())
@laws
def test_changes_equal_a_new_customisation_and_restore_is_exact(case, data):
    graph, hierarchy, metric = prepare(case)
    if not graph.tail:
        return
    saved = [array.copy() for array in metric]
    editor = Editor(hierarchy, metric)
    arc = st.integers(0, len(graph.tail) - 1)
    undos = []
    weight = metric.weight.copy()
    for _ in range(data.draw(st.integers(1, 3))):
        arcs = data.draw(st.lists(arc, max_size=4))
        new = [data.draw(WEIGHTS) for _ in arcs]
        undos.append(editor.apply(np.array(arcs, np.int32), np.array(new)))
        weight[arcs] = new
        for left, right in zip(metric, customise(hierarchy, weight), strict=True):
            np.testing.assert_array_equal(left, right)
    for undo in reversed(undos):
        editor.restore(undo)
    for left, right in zip(metric, saved, strict=True):
        np.testing.assert_array_equal(left, right)


@given(graphs_and_orders(), st.data())
@laws
def test_closing_never_shortens_and_raising_never_cheapens(case, data):
    graph, hierarchy, metric = prepare(case)
    if not graph.tail:
        return
    query = PathQuery(hierarchy, metric)
    nodes = range(graph.node_count)
    before = {(s, t): query.distance(s, t) for s in nodes for t in nodes}
    editor = Editor(hierarchy, metric)
    arc = data.draw(st.integers(0, len(graph.tail) - 1))
    raised = metric.weight[arc] + data.draw(st.sampled_from([0.5, 3.0, INF]))
    undo = editor.apply(np.array([arc]), raised)
    assert all(query.distance(s, t) >= d for (s, t), d in before.items())
    if raised == INF:
        assert all(arc not in query.path(s, t)[1] for s, t in before)
    editor.restore(undo)
    assert {pair: query.distance(*pair) for pair in before} == before


def mid_sized(side=30, seed=1):
    tail, head, weight, lat, lon = grid(side, seed)
    order = nested_dissection(tail, head, sphere_points(lat, lon))
    return tail, head, weight, build_hierarchy(tail, head, order)


def test_a_grid_equals_dijkstra_to_rounding_on_any_number_of_threads():
    tail, head, weight, hierarchy = mid_sized()
    n = hierarchy.order.size
    metric = customise(hierarchy, weight)
    for left, right in zip(metric, customise(hierarchy, weight, threads=3), strict=True):
        np.testing.assert_array_equal(left, right)
    np.testing.assert_array_equal(perfect_values(hierarchy, metric), perfect_values(hierarchy, metric, threads=3))
    query = PathQuery(hierarchy, metric)
    sources, targets = np.arange(5, n, 90, dtype=np.int32), np.arange(0, n, 60, dtype=np.int32)
    expected = distance_matrix(build_graph(tail, head, n), weight, sources, targets)
    ours = [[query.distance(s, t) for t in targets.tolist()] for s in sources.tolist()]
    np.testing.assert_allclose(ours, expected, rtol=1e-13)


def test_customising_into_used_arrays_leaves_nothing_behind():
    _, _, weight, hierarchy = mid_sized(8)
    used = customise(hierarchy, weight * 3.0)
    fresh = customise(hierarchy, weight)
    for left, right in zip(customise(hierarchy, weight, into=used), fresh, strict=True):
        np.testing.assert_array_equal(left, right)


def test_an_equal_detour_through_a_lower_node_takes_over():
    """Two ways from y to z, through x1 (3, then 2) and through x2 (2): once equal, the lower one must be named.

    A new customisation would name it; a metric must not remember how it came about.
    """
    x1, x2, y, z = range(4)
    arcs = np.array([(y, x1), (x1, z), (y, x2), (x2, z)], np.int32)
    hierarchy = build_hierarchy(arcs[:, 0], arcs[:, 1], np.arange(4, dtype=np.int32))
    metric = customise(hierarchy, np.array([2.0, 1.0, 1.0, 1.0]))
    Editor(hierarchy, metric).apply(np.array([0]), 1.0)
    assert PathQuery(hierarchy, metric).path(y, z)[1].tolist() == [0, 1]
    np.testing.assert_array_equal(metric.via, customise(hierarchy, np.ones(4)).via)


@pytest.mark.parametrize("factor", [0.1, 3.0, np.inf])
def test_changing_many_arcs_at_once_and_restoring_on_a_grid(factor):
    tail, _, weight, hierarchy = mid_sized(16, seed=5)
    metric = customise(hierarchy, weight)
    saved = [array.copy() for array in metric]
    editor = Editor(hierarchy, metric)
    arcs = np.arange(0, tail.size, 9, dtype=np.int32)
    changed = weight.copy()
    changed[arcs] *= factor
    undo = editor.apply(arcs, changed[arcs])
    assert np.unique(undo.slot).size == undo.slot.size  # nodes are final one after the other
    for left, right in zip(metric, customise(hierarchy, changed), strict=True):
        np.testing.assert_array_equal(left, right)
    editor.restore(undo)
    for left, right in zip(metric, saved, strict=True):
        np.testing.assert_array_equal(left, right)


@given(graphs_and_orders(), st.data())
@laws
def test_dissection_gives_a_permutation_whatever_the_places(case, data):
    graph, _ = case
    tail, head, _ = arrays(graph)
    n = graph.node_count
    coordinate = st.sampled_from([0.0, 0.25, 1.0, -1.0])
    point = np.array([[data.draw(coordinate) for _ in range(3)] for _ in range(n)])
    assert sorted(nested_dissection(tail, head, point).tolist()) == list(range(n))


def test_dissection_keeps_a_grid_small_and_does_not_depend_on_threads():
    tail, head, _, lat, lon = grid(32, seed=2)
    n = lat.size
    point = sphere_points(lat, lon)
    order = nested_dissection(tail, head, point)
    np.testing.assert_array_equal(order, nested_dissection(tail, head, point, threads=3))
    good = build_hierarchy(tail, head, order)
    bad = build_hierarchy(tail, head, np.random.default_rng(0).permutation(n).astype(np.int32))
    # A side of 32 nodes is the best first cut; nested cuts of half that size follow: about four sides.
    assert good.depth.max() < 5 * 32
    assert good.high.size < bad.high.size / 4


@given(graphs_and_orders())
@laws
def test_minimum_degree_begins_with_the_least_and_adds_no_arc_to_a_forest(case):

    graph, _ = case
    tail, head, _ = arrays(graph)
    n = graph.node_count
    order = minimum_degree(tail, head, n).tolist()
    assert sorted(order) == list(range(n))
    joined = {frozenset((t, h)) for t, h, _ in graph.arcs if t != h}
    degree = [sum(v in pair for pair in joined) for v in range(n)]
    assert degree[order[0]] == min(degree)
    parts = len(
        naive.strong_parts(
            naive.NaiveGraph(n, [*graph.tail, *graph.head], [*graph.head, *graph.tail], [1.0] * (2 * len(graph.tail)))
        )
    )
    if len(joined) == n - parts:  # a forest
        assert len(naive.fill(graph, order)) == len(joined)


def test_minimum_degree_is_small_on_grids_and_on_hubs():
    tail, head, _, lat, lon = grid(32, seed=2)
    # Far places joined by hubs: what no cut in space divides.
    rng = np.random.default_rng(4)
    hubs = rng.choice(lat.size, 6, replace=False).repeat(60).astype(np.int32)
    spokes = rng.integers(0, lat.size, hubs.size).astype(np.int32)
    for more_tail, more_head in ((hubs[:0], hubs[:0]), (hubs, spokes)):
        t, h = np.append(tail, more_tail), np.append(head, more_head)
        by_degree = build_hierarchy(t, h, minimum_degree(t, h, lat.size))
        in_space = build_hierarchy(t, h, nested_dissection(t, h, sphere_points(lat, lon)))
        assert by_degree.high.size < in_space.high.size


def test_a_clique_and_a_star_can_be_dissected():
    clique = np.array(list(itertools.permutations(range(20), 2)), np.int32)
    point = np.random.default_rng(1).normal(size=(20, 3))
    assert sorted(nested_dissection(clique[:, 0], clique[:, 1], point)) == list(range(20))
    spokes = np.arange(1, 20, dtype=np.int32)
    star = build_hierarchy(spokes * 0, spokes, nested_dissection(spokes * 0, spokes, point))
    assert star.high.size == 19
