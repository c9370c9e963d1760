"""Isochrones, catchments, accessibility, alternatives."""

from __future__ import annotations

import math

import naive_kernels as naive
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from random_graphs import INF, arrays, graphs_and_orders, laws, multigraphs

from landbridge.kernels.alternatives import (
    make_anchors,
    rooted_alternatives,
    via_alternatives,
    within_stretch,
)
from landbridge.kernels.cch import build_hierarchy, customise
from landbridge.kernels.dijkstra import shortest_tree
from landbridge.kernels.graph import build_graph
from landbridge.kernels.paths import PathQuery
from landbridge.kernels.reach import (
    bands,
    catchment,
    gravity_access,
    isochrone,
    nearest,
    opportunities_within,
)


@given(multigraphs(), st.sampled_from([0.0, 1.0, 2.5, 6.0]))
@laws
def test_an_isochrone_holds_what_is_within_the_limit_and_shares_arcs_at_it(graph, limit):
    tail, head, weight = arrays(graph)
    result = isochrone(build_graph(tail, head, graph.node_count), weight, np.array([0]), limit)
    true = naive.all_distances(graph)[0]
    assert result.tree.distance.tolist() == [d if d <= limit else INF for d in true]
    for a, (t, _, w) in enumerate(graph.arcs):
        if true[t] > limit or w == INF:
            assert result.share[a] == 0.0
        elif true[t] + w <= limit:
            assert result.share[a] == 1.0
        else:
            assert true[t] + result.share[a] * w == limit


@given(multigraphs(), st.data())
@laws
def test_a_catchment_names_a_nearest_facility(graph, data):
    facilities = data.draw(st.lists(st.integers(0, graph.node_count - 1), min_size=1, max_size=3))
    tail, head, weight = arrays(graph)
    result = catchment(build_graph(tail, head, graph.node_count), weight, np.array(facilities, np.int32))
    true = naive.all_distances(graph)
    for v in range(graph.node_count):
        best = min(true[v][f] for f in facilities)
        assert result.distance[v] == best
        assert (result.owner[v] == -1) == (best == INF)
        if best < INF:
            assert true[v][facilities[result.owner[v]]] == best


def test_accessibility_by_hand():
    distance = np.array([[0.0, 2.0, INF], [5.0, 2.0, 2.0]])
    mass = np.array([10.0, 20.0, 40.0])
    assert opportunities_within(distance, mass, 2.0).tolist() == [30.0, 60.0]
    expected = [10 + 20 * math.exp(-1), 10 * math.exp(-2.5) + 60 * math.exp(-1)]
    np.testing.assert_allclose(gravity_access(distance, mass, 0.5), expected)
    assert nearest(distance, 2).tolist() == [[0, 1], [1, 2]]
    assert nearest(distance, 3).tolist() == [[0, 1, -1], [1, 2, 0]]
    assert bands(np.array([0.0, 1.0, 1.5, 3.0, INF]), np.array([1.0, 2.0])).tolist() == [0, 0, 1, -1, -1]


def naive_detour(graph, path, other):
    """Largest ratio of cost between two meetings of ``path`` with ``other``, the second further on, to ``other``'s."""
    if len(other) == 0:
        return 0.0
    met = [graph.tail[other[0]], *(graph.head[a] for a in other)]
    cost_to = [sum(graph.weight[a] for a in other[:i]) for i in range(len(met))]
    at = {v: cost_to[i] for i, v in enumerate(met)}
    worst = last = since = 0.0
    for a in path:
        since += graph.weight[a]
        here = at.get(graph.head[a], -1.0)
        if here >= last:
            if since > here - last:
                worst = max(worst, since / (here - last) if here > last else INF)
            last, since = here, 0.0
    return worst


def check_alternatives(graph, result, s, t, nodes, true, stretch, max_share, max_detour):
    if true[s][t] == INF:
        assert result.cost.size == 0
        return
    assert result.cost[0] == true[s][t]
    assert result.anchor[0] == -1
    assert (np.diff(result.cost) >= 0).all()
    paths = [result.path[result.first[i] : result.first[i + 1]] for i in range(result.cost.size)]
    for i, path in enumerate(paths):
        walked = [s, *(graph.head[a] for a in path)]
        assert [graph.tail[a] for a in path] == walked[:-1]
        assert walked[-1] == t
        cost = sum(graph.weight[a] for a in path)
        assert cost == result.cost[i] <= stretch * true[s][t]
        if i == 0:
            continue
        assert len(set(walked)) == len(walked)
        v = nodes[result.anchor[i]]
        assert cost == true[s][v] + true[v][t]
        for other in paths[:i]:
            assert naive_detour(graph, path, other) <= max_detour
            common = set(path.tolist()) & set(other.tolist())
            if cost > 0:
                assert sum(graph.weight[a] for a in common) <= max_share * cost + 1e-12
            else:
                assert len(common) <= max_share * len(path)


@given(graphs_and_orders(), st.data())
@laws
def test_alternatives_are_simple_short_and_distinct(case, data):
    graph, order = case
    tail, head, weight = arrays(graph)
    hierarchy = build_hierarchy(tail, head, np.array(order, np.int32))
    metric = customise(hierarchy, weight)
    built = build_graph(tail, head, graph.node_count)
    node = st.integers(0, graph.node_count - 1)
    s, t = data.draw(node), data.draw(node)
    rules = data.draw(st.sampled_from([(1.5, 0.5, INF), (3.0, 0.8, INF), (1.0, 0.0, INF), (3.0, 0.9, 1.5)]))
    nodes = list(range(graph.node_count))
    true = naive.all_distances(graph)
    result = via_alternatives(hierarchy, metric, built, s, t, make_anchors(hierarchy, metric, nodes), *rules)
    check_alternatives(graph, result, s, t, nodes, true, *rules)
    forward = shortest_tree(built, weight, np.array([s]))
    onward = np.array([row[t] for row in true])
    query = PathQuery(hierarchy, metric)
    result = rooted_alternatives(query, built, forward, t, np.array(nodes), onward, *rules)
    check_alternatives(graph, result, s, t, nodes, true, *rules)


def test_a_detour_dearer_than_what_it_replaces_is_refused():
    r"""Ways a-b-d (2) and a-g-c-h-d (3); e is off the way: a-b-e-f-d costs 4, of which 3 instead of b-d (1).

    ::

        a - b ----- d
        |   |\     |
        |   e-f ----+
        g - c - h --+
    """
    a, b, c, d, e, f, g, h = range(8)
    arcs = [
        (a, b, 1.0),
        (b, d, 1.0),
        (a, g, 0.75),
        (g, c, 0.75),
        (c, h, 0.75),
        (h, d, 0.75),
        (b, e, 1.0),
        (e, f, 1.0),
        (b, f, 0.5),
        (f, d, 1.0),
    ]
    tail, head = (np.array([arc[i] for arc in arcs], np.int32) for i in (0, 1))
    weight = np.array([arc[2] for arc in arcs])
    hierarchy = build_hierarchy(tail, head, np.arange(8, dtype=np.int32))
    metric = customise(hierarchy, weight)
    anchors = make_anchors(hierarchy, metric, [c, e])
    graph = build_graph(tail, head, 8)
    free = via_alternatives(hierarchy, metric, graph, a, d, anchors, stretch=3.0)
    strict = via_alternatives(hierarchy, metric, graph, a, d, anchors, stretch=3.0, max_detour=1.5)
    assert free.cost.tolist() == [2.0, 3.0, 4.0]
    assert strict.cost.tolist() == [2.0, 3.0]


def test_candidates_come_cheapest_first_and_lower_position_first():
    cost = np.array([3.0, INF, 2.0, 3.0, 2.0, 9.0])
    assert within_stretch(cost, 2.0, 1.5).tolist() == [2, 4, 0, 3]
