"""N-1: closures against closing one by one, and the logit closed form against its definition."""

from __future__ import annotations

import math

import naive_kernels as naive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_graphs import INF, arrays, graphs_and_orders, grid, laws

from landbridge.kernels import critical_pairs
from landbridge.kernels.cch import build_hierarchy, customise
from landbridge.kernels.critical import closures, groups_of, make_demand, make_groups, single_arcs, unite
from landbridge.kernels.critical_choice import WaysLeft, groups_of_arcs, logit_closures
from landbridge.kernels.critical_measures import measures, rank_agreement
from landbridge.kernels.critical_pairs import hierarchy_closures, link_closures, sparse_closures
from landbridge.kernels.graph import build_graph
from landbridge.kernels.order import nested_dissection, sphere_points


def draw_demand(graph, data):
    node = st.integers(0, graph.node_count - 1)
    pairs = data.draw(st.lists(st.tuples(node, node), min_size=1, max_size=12, unique=True))
    volume = [float(data.draw(st.integers(1, 4))) for _ in pairs]
    origin, destination = zip(*pairs, strict=True)
    return pairs, volume, make_demand(np.array(origin), np.array(destination), np.array(volume))


def check(graph, pairs, volume, demand, members, result):
    """Everything a result says against closing each group on its own."""
    before = naive.all_distances(graph)
    sorted_pairs = [pairs[i] for i in demand.source]
    assert result.distance.tolist() == [before[s][t] for s, t in sorted_pairs]
    reached = [(p, q) for p, q in zip(pairs, volume, strict=True) if before[p[0]][p[1]] < INF]
    assert result.base_total == sum(q * before[s][t] for (s, t), q in reached)
    worst = [0.0] * len(pairs)
    for g, arcs in enumerate(members):
        delta, cut, largest = naive.closure(graph, pairs, volume, arcs)
        assert result.delta_total[g] == delta
        assert result.cut_off[g] == cut
        assert result.worst[g] == largest
        assert cut <= result.affected[g] <= sum(q for _, q in reached)
        assert 0.0 <= result.redundancy[g] <= 1.0
        after = naive.all_distances(graph.closed(arcs))
        for i, (s, t) in enumerate(sorted_pairs):
            if before[s][t] < INF:
                worst[i] = max(worst[i], after[s][t] - before[s][t])
    assert result.worst_delta.tolist() == worst
    for i, (s, t) in enumerate(sorted_pairs):
        if worst[i] > 0.0:  # of closures that hurt as much the first is named
            effects = [naive.all_distances(graph.closed(arcs))[s][t] - before[s][t] for arcs in members]
            assert result.worst_group[i] == effects.index(worst[i])
        else:
            assert result.worst_group[i] == -1


@given(graphs_and_orders(), st.data())
@laws
def test_closing_every_arc_equals_the_twin_in_all_three_ways(case, data):
    graph, order = case
    if not graph.tail:
        return
    tail, head, weight = arrays(graph)
    pairs, volume, demand = draw_demand(graph, data)
    built = build_graph(tail, head, graph.node_count)
    hierarchy = build_hierarchy(tail, head, np.array(order, np.int32))
    metric = customise(hierarchy, weight)
    arcs = np.arange(tail.size, dtype=np.int32)
    members = [[a] for a in arcs.tolist()]
    check(graph, pairs, volume, demand, members, closures(built, weight, demand, single_arcs(arcs)))
    check(graph, pairs, volume, demand, members, sparse_closures(built, hierarchy, metric, demand, arcs))
    by_edit = hierarchy_closures(hierarchy, metric, demand, single_arcs(arcs))
    check(graph, pairs, volume, demand, members, by_edit)


@given(graphs_and_orders(), st.data())
@laws
def test_closing_groups_equals_the_twin_by_trees_and_by_edits(case, data):
    graph, order = case
    if not graph.tail:
        return
    tail, head, weight = arrays(graph)
    pairs, volume, demand = draw_demand(graph, data)
    arc = st.integers(0, tail.size - 1)
    members = data.draw(st.lists(st.lists(arc, max_size=5, unique=True), min_size=1, max_size=4))
    groups = make_groups([np.array(member, np.int32) for member in members])
    built = build_graph(tail, head, graph.node_count)
    check(graph, pairs, volume, demand, members, closures(built, weight, demand, groups))
    hierarchy = build_hierarchy(tail, head, np.array(order, np.int32))
    metric = customise(hierarchy, weight)
    check(graph, pairs, volume, demand, members, link_closures(built, hierarchy, metric, demand, groups))
    saved = [array.copy() for array in metric]
    check(graph, pairs, volume, demand, members, hierarchy_closures(hierarchy, metric, demand, groups))
    for left, right in zip(metric, saved, strict=True):
        np.testing.assert_array_equal(left, right)


@given(graphs_and_orders(), st.data())
@laws
def test_closing_both_ways_of_a_link_adds_up_closing_each(case, data):
    graph, _ = case
    both = [
        [a, b]
        for a, (t, h, _) in enumerate(graph.arcs)
        for b, (u, v, _) in enumerate(graph.arcs)
        if t != h and (t, h) == (v, u)
    ]
    tail, head, weight = arrays(graph)
    _, _, demand = draw_demand(graph, data)
    built = build_graph(tail, head, graph.node_count)
    each = closures(built, weight, demand, single_arcs(np.arange(tail.size)))
    links = make_groups([np.array(link) for link in both])
    united = closures(built, weight, demand, links)
    hierarchy = build_hierarchy(tail, head, np.arange(graph.node_count, dtype=np.int32))
    mixed = link_closures(built, hierarchy, customise(hierarchy, weight), demand, links)
    for left, right in zip(mixed, united, strict=True):
        np.testing.assert_array_equal(left, right)
    for g, (a, b) in enumerate(both):
        assert united.delta_total[g] == each.delta_total[a] + each.delta_total[b]
        assert united.cut_off[g] == each.cut_off[a] + each.cut_off[b]


def test_large_groups_are_customised_and_small_ones_edited_with_one_answer(monkeypatch):
    tail, head, weight, lat, lon = grid(12, seed=7)
    hierarchy = build_hierarchy(tail, head, nested_dissection(tail, head, sphere_points(lat, lon)))
    metric = customise(hierarchy, weight)
    rng = np.random.default_rng(3)
    demand = make_demand(np.repeat(np.arange(10), 4), rng.permutation(140)[:40], rng.random(40))
    groups = make_groups([rng.choice(tail.size, k, replace=False) for k in (1, 5, 60)])
    edited = hierarchy_closures(hierarchy, metric, demand, groups, threads=2)
    monkeypatch.setattr(critical_pairs, "LARGEST_EDIT", 0)
    for left, right in zip(edited, hierarchy_closures(hierarchy, metric, demand, groups), strict=True):
        np.testing.assert_array_equal(left, right)


def test_distances_kept_or_swept_for_each_origin_give_one_answer(monkeypatch):
    tail, head, weight, lat, lon = grid(12, seed=7)
    hierarchy = build_hierarchy(tail, head, nested_dissection(tail, head, sphere_points(lat, lon)))
    metric = customise(hierarchy, weight)
    demand = make_demand(np.repeat(np.arange(5), 12), np.tile(np.arange(100, 112), 5), np.arange(60.0))
    case = (build_graph(tail, head, lat.size), hierarchy, metric, demand, np.arange(tail.size, dtype=np.int32))
    kept = sparse_closures(*case, threads=2)
    monkeypatch.setattr(critical_pairs, "MOST_KEPT", 0)
    for left, right in zip(kept, sparse_closures(*case), strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("one_way", [0.0, 0.35])
def test_a_grid_gives_one_answer_in_three_ways_on_any_number_of_threads(one_way):
    tail, head, weight, lat, lon = grid(14, seed=11, one_way=one_way)
    n = lat.size
    built = build_graph(tail, head, n)
    hierarchy = build_hierarchy(tail, head, nested_dissection(tail, head, sphere_points(lat, lon)))
    metric = customise(hierarchy, weight)
    rng = np.random.default_rng(5)
    pairs = np.unique(rng.integers(0, n, (60, 2)), axis=0)
    demand = make_demand(pairs[:, 0], pairs[:, 1], rng.random(len(pairs)))
    arcs = np.arange(tail.size, dtype=np.int32)
    results = [
        closures(built, weight, demand, single_arcs(arcs)),
        closures(built, weight, demand, single_arcs(arcs), threads=3),
        sparse_closures(built, hierarchy, metric, demand, arcs),
        sparse_closures(built, hierarchy, metric, demand, arcs, threads=3),
        hierarchy_closures(hierarchy, metric, demand, single_arcs(arcs), threads=2),
    ]
    for left, right in ((0, 1), (2, 3)):
        for one, two in zip(results[left], results[right], strict=True):
            np.testing.assert_array_equal(one, two)
    assert results[0].cut_off.sum() > 0
    assert (results[0].delta_total > 0).sum() > 100
    for other in results[2:]:
        for name in ("delta_total", "cut_off", "affected", "redundancy", "worst", "distance"):
            np.testing.assert_allclose(getattr(other, name), getattr(results[0], name), atol=1e-9)


def test_a_way_back_through_the_closed_arc_is_no_replacement():
    """One-way streets where the cheapest way from the rim to the target goes through the closed arc again.

    ::

        s -1-> u -1-> v -1-> t        v -1-> y (y hangs below v), y -0-> u (back, one way), s -2.5-> y, y -9-> t

    With u -> v closed, s -> y -> u leads nowhere: the answer is s -> y -> t (11.5), not s -> y -> u -> v -> t (4.5).
    """
    arcs = [(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (2, 4, 0.25), (4, 1, 0.0), (0, 4, 2.5), (4, 3, 9.0)]
    graph = naive.NaiveGraph(5, [a[0] for a in arcs], [a[1] for a in arcs], [a[2] for a in arcs])
    tail, head, weight = arrays(graph)
    hierarchy = build_hierarchy(tail, head, np.arange(5, dtype=np.int32))
    demand = make_demand(np.array([0]), np.array([3]), np.array([1.0]))
    result = sparse_closures(build_graph(tail, head, 5), hierarchy, customise(hierarchy, weight), demand, np.arange(7))
    assert result.delta_total[1] == 11.5 - 3.0
    assert naive.closure(graph, [(0, 3)], [1.0], [1])[0] == 11.5 - 3.0


def test_no_repair_starts_from_a_node_that_hangs_below_another_closed_arc():
    """Closed: s -> a and s -> b. Nothing wanted lies below b, yet b -> t is no way either."""
    tail, head = np.array([0, 0, 1, 2], np.int32), np.array([1, 2, 3, 3], np.int32)
    built = build_graph(tail, head, 4)
    demand = make_demand(np.array([0]), np.array([3]), np.array([1.0]))
    result = closures(built, np.array([1.0, 1.0, 1.0, 5.0]), demand, make_groups([np.array([0, 1], np.int32)]))
    assert result.cut_off.tolist() == [1.0]
    assert result.delta_total.tolist() == [0.0]


def test_large_groups_with_few_pairs_give_one_answer_by_trees_and_by_edits():
    tail, head, weight, lat, lon = grid(14, seed=23, one_way=0.2)
    built = build_graph(tail, head, lat.size)
    hierarchy = build_hierarchy(tail, head, nested_dissection(tail, head, sphere_points(lat, lon)))
    metric = customise(hierarchy, weight)
    rng = np.random.default_rng(9)
    pairs = np.unique(rng.integers(0, lat.size, (25, 2)), axis=0)
    demand = make_demand(pairs[:, 0], pairs[:, 1], np.ones(len(pairs)))
    around = [np.flatnonzero((tail == node) | (head == node)).astype(np.int32) for node in range(lat.size)]
    near = [np.union1d(around[node], around[other]) for node, other in rng.integers(0, lat.size, (60, 2))]
    groups = make_groups([*around, *near])
    trees, edits = closures(built, weight, demand, groups), hierarchy_closures(hierarchy, metric, demand, groups)
    assert trees.cut_off.sum() > 0
    for name in ("delta_total", "cut_off", "affected", "redundancy", "worst"):
        np.testing.assert_allclose(getattr(trees, name), getattr(edits, name), atol=1e-9)


def test_groups_by_label_and_united_pairs():
    groups = groups_of(np.array([1, -1, 0, 1, 2], np.int32), 3)
    assert groups.first.tolist() == [0, 1, 3, 4]
    assert groups.arc.tolist() == [2, 0, 3, 4]
    pair = unite(groups, np.array([0, 1]), np.array([1, 1]))
    assert pair.first.tolist() == [0, 3, 5]
    assert pair.arc.tolist() == [0, 2, 3, 0, 3]


@given(st.data())
@laws
def test_logit_closures_equal_removing_routes(data):
    """Routes that use the group come off the list; a way round comes on it if it is cheaper than all that is left."""
    arc_count, theta = 6, 0.7
    arc = st.integers(0, arc_count - 1)
    route = st.tuples(st.sampled_from([1.0, 1.5, 4.0, 30.0, INF]), st.lists(arc, max_size=3))
    choices = data.draw(st.lists(st.lists(route, max_size=4), min_size=1, max_size=4))
    volume = np.array([float(data.draw(st.integers(1, 3))) for _ in choices])
    members = data.draw(st.lists(st.lists(arc, max_size=3, unique=True), min_size=1, max_size=4))
    routes = [r for choice in choices for r in choice]
    kept = [[[c for c, used in choice if not set(used) & set(member)] for member in members] for choice in choices]
    least = [min((c for c, _ in choice), default=INF) for choice in choices]
    # No way left is cheaper than the best was, nor dearer than what is left of the list.
    dearer = st.sampled_from([0.0, 0.25, 3.0, INF])
    left = [
        [min(min(costs, default=INF), least[p] + data.draw(dearer)) for costs in kept[p]] for p in range(len(choices))
    ]
    result = logit_closures(
        np.cumsum([0, *map(len, choices)]),
        np.array([r[0] for r in routes]),
        theta,
        np.cumsum([0, *(len(r[1]) for r in routes)]),
        np.array([a for r in routes for a in r[1]], np.int32),
        volume,
        groups_of_arcs(make_groups([np.array(member, np.int32) for member in members]), arc_count),
        WaysLeft(
            np.arange(len(choices) + 1) * len(members), np.tile(np.arange(len(members)), len(choices)), np.ravel(left)
        ),
        len(members),
    )
    base = [naive.logsum([c for c, _ in choice], theta) for choice in choices]
    open_pairs = [p for p, s in enumerate(base) if s < INF]
    assert math.isclose(result.base_total, sum(volume[p] * base[p] for p in open_pairs), abs_tol=1e-9)
    for g, member in enumerate(members):
        delta = cut = unlisted = 0.0
        for p in open_pairs:
            if not any(set(used) & set(member) for _, used in choices[p]):
                continue
            new = left[p][g] < min(kept[p][g], default=INF)
            after = naive.logsum([*kept[p][g], *([left[p][g]] if new else [])], theta)
            if after == INF:
                cut += volume[p]
            else:
                delta += volume[p] * max(after - base[p], 0.0)
                unlisted += volume[p] * new
        assert math.isclose(result.delta_total[g], delta, rel_tol=1e-9, abs_tol=1e-9)
        assert result.cut_off[g] == cut
        assert result.uncertain[g] == unlisted
        assert result.flow[g] <= sum(volume[p] for p in open_pairs) + 1e-9


@pytest.mark.parametrize("dear", [61.0, 5001.0])
def test_logit_keeps_its_digits_when_nearly_everything_uses_the_group(dear):
    """Two routes, one far dearer: closing the first must cost exactly the logsum difference, to 1e-12."""
    result = logit_closures(
        np.array([0, 2]),
        np.array([1.0, dear]),
        1.0,
        np.array([0, 1, 2]),
        np.array([0, 1], np.int32),
        np.array([1.0]),
        groups_of_arcs(single_arcs(np.array([0, 1])), 2),
        WaysLeft(np.array([0, 1]), np.array([0], np.int32), np.array([dear])),
        2,
    )
    exact = dear - (1.0 - math.log1p(math.exp(1.0 - dear)))
    assert math.isclose(result.delta_total[0], exact, rel_tol=1e-12)
    assert result.cut_off.tolist() == [0.0, 0.0]
    assert result.uncertain.tolist() == [0.0, 0.0]


def test_measures_are_finite_and_agree_with_themselves():
    tail, head, weight, lat, _ = grid(8, seed=2)
    rng = np.random.default_rng(0)
    pairs = np.unique(rng.integers(0, lat.size, (40, 2)), axis=0)
    demand = make_demand(pairs[:, 0], pairs[:, 1], rng.random(len(pairs)))
    result = closures(build_graph(tail, head, lat.size), weight, demand, single_arcs(np.arange(tail.size)))
    table = measures(result, cut_off_price=100.0)
    assert all(np.isfinite(column).all() for column in table)
    np.testing.assert_allclose(table.loss, result.delta_total + 100.0 * result.cut_off)
    agreement = rank_agreement(table)
    np.testing.assert_allclose(np.diag(agreement), 1.0)
    np.testing.assert_allclose(agreement, agreement.T)
    assert rank_agreement(table._replace(worst=np.zeros(tail.size)))[6].tolist() == [0.0] * 8
