"""The search finds what trying out every walk finds, and its trees are unique."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_routes import cheapest, distances, vias_done
from random_maps import maps, maps_with_vias
from route_maps import read

from landbridge.costs.arccosts import ArcCosts
from landbridge.models.search import Target, first_layer, grow, layered, trees_of_pair, walk_back


def ends(costs: ArcCosts) -> tuple[int, int]:
    index = costs.network.node_index
    return index["origin:o"], index["destination:d"]


@settings(max_examples=300, deadline=None)
@given(maps_with_vias())
def test_best_walk_with_vias_equals_the_best_of_all_walks(case: tuple[ArcCosts, list[Target]]) -> None:
    costs, vias = case
    network, weight = costs.network, costs.weight("cost")
    start, end = ends(costs)
    layers = layered(network.tail, network.head, weight, network.n_nodes, vias)
    source, goal = layers.state(first_layer(start, vias), start), layers.state(len(vias), end)
    forward = grow(layers.out, source, layers.n_states)
    backward = grow(layers.into, goal, layers.n_states)
    expected = cheapest(network, weight.tolist(), start, end, vias)
    assert forward.distance[goal] == pytest.approx(expected)
    assert backward.distance[source] == pytest.approx(expected)
    if math.isfinite(expected):
        arcs, states = walk_back(forward, goal)
        assert vias_done(network, arcs[::-1], start, vias) == len(vias)
        assert len(set(states)) == len(states)
        assert weight[arcs].sum() == pytest.approx(expected)


@settings(max_examples=200, deadline=None)
@given(maps(most_arcs=20))
def test_trees_are_shortest_and_break_ties_by_the_lower_arc(costs: ArcCosts) -> None:
    network, weight = costs.network, costs.weight("cost")
    start, _ = ends(costs)
    layers = layered(network.tail, network.head, weight, network.n_nodes)
    tree = grow(layers.out, start, layers.n_states)
    assert tree.distance == pytest.approx(distances(network, weight.tolist(), start).tolist())
    for node in range(network.n_nodes):
        arc = tree.arc[node]
        if arc < 0:
            continue
        tied = [
            other
            for other in range(network.n_arcs)
            if network.head[other] == node
            and tree.distance[network.tail[other]] + weight[other] == tree.distance[node]
            and tree.distance[network.tail[other]] < tree.distance[node]
        ]
        # The lowest arc from a nearer node wins; only an arc of no cost from an equally near node may beat it.
        assert arc in tied or weight[arc] == 0
        assert not tied or arc <= min(tied)


@settings(max_examples=150, deadline=None)
@given(maps(most_arcs=20), st.sampled_from([1.0, 1.5, 3.0]))
def test_limits_leave_out_only_what_is_beyond_them(costs: ArcCosts, stretch: float) -> None:
    network, weight = costs.network, costs.weight("cost")
    start, end = ends(costs)
    layers = layered(network.tail, network.head, weight, network.n_nodes)
    to_end = grow(layers.into, end, layers.n_states)
    from_start = grow(layers.out, start, layers.n_states)
    near = grow(layers.into, end, layers.n_states, through=start, stretch=stretch)
    best = to_end.distance[start]
    limit = best * stretch
    for node in range(network.n_nodes):
        if to_end.distance[node] <= limit:
            assert near.distance[node] == to_end.distance[node]
        elif math.isfinite(best):
            assert near.distance[node] > limit
    if math.isfinite(best):
        pruned = grow(layers.out, start, layers.n_states, limit=limit * (1 + 1e-6), rest=near.distance)
        for node in range(network.n_nodes):
            if from_start.distance[node] + to_end.distance[node] <= limit:
                assert pruned.distance[node] == from_start.distance[node]


def test_one_arc_may_do_several_vias() -> None:
    costs = read(
        """
        origin:o:A > rail:a:A:1520 access
        rail:a:A:1520 > rail:b:B:1520 crossing 5h crossing:x
        rail:b:B:1520 > destination:d:C access
        """
    )
    network = costs.network
    b = network.node_index["rail:b:B:1520"]
    vias = [
        Target("x", arcs=frozenset({1})),
        Target("b", nodes=frozenset({b})),
        Target("b again", nodes=frozenset({b})),
    ]
    layers = layered(network.tail, network.head, costs.weight("time"), network.n_nodes, vias)
    start, end = ends(costs)
    assert grow(layers.out, start, layers.n_states).distance[layers.state(3, end)] == 5.0
    back = [vias[1], Target("a", nodes=frozenset({network.node_index["rail:a:A:1520"]}))]
    layers = layered(network.tail, network.head, costs.weight("time"), network.n_nodes, back)
    assert grow(layers.out, start, layers.n_states).distance[layers.state(2, end)] == np.inf


@settings(max_examples=300, deadline=None)
@given(maps_with_vias(), st.sampled_from([1.0, 1.5, 3.0]))
def test_compiled_trees_are_those_of_the_plain_search(case: tuple[ArcCosts, list[Target]], stretch: float) -> None:
    costs, vias = case
    network, weight = costs.network, costs.weight("cost")
    plain, fast = (
        trees_of_pair(
            network.tail, network.head, weight, network.n_nodes, vias, *ends(costs), stretch, compiled=compiled
        )
        for compiled in (False, True)
    )
    assert (fast.source, fast.goal) == (plain.source, plain.goal)
    assert (fast.forward is None) == (plain.forward is None)
    for one, other in ((plain.backward, fast.backward), (plain.forward, fast.forward)):
        if one is None or other is None:
            continue
        assert list(other.distance) == list(one.distance)
        for state in np.flatnonzero(np.isfinite(np.array(one.distance))).tolist():
            assert (other.arc[state], other.before[state]) == (one.arc[state], one.before[state])
