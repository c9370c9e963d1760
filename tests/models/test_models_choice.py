"""Criticality where demand chooses equals taking every way off its list by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from zone_networks import naive_distance, networks

from landbridge.kernels.cch import build_hierarchy, customise
from landbridge.kernels.critical import make_groups
from landbridge.kernels.graph import build_graph
from landbridge.kernels.min_degree import minimum_degree
from landbridge.models.choice import (
    DEARER,
    ONE_IN,
    SHARED,
    STRETCH,
    RouteLists,
    choice_criticality,
    sample_anchors,
    standard_theta,
)
from landbridge.models.criticality import criticality, demand_between, useful_part
from landbridge.models.wires import Wire, Wires, single_wires, wires_of_zones

Link = tuple[int, int, int]
Case = tuple[list[Link], int, int, list[tuple[int, int, int]]]


def wires_of(case: Case) -> tuple[Wires, tuple[list[str], list[str], np.ndarray]]:
    links, n, first_thru, demand = case
    columns = [np.array(column) for column in zip(*links, strict=True)]
    tail, head = columns[0].astype(np.int32), columns[1].astype(np.int32)
    wires = wires_of_zones(tail, head, columns[2].astype(np.float64), n, first_thru)
    volume = np.array([row[2] for row in demand], dtype=np.float64)
    return wires, ([str(row[0]) for row in demand], [str(row[1]) for row in demand], volume)


def anchors_of(wires: Wires) -> np.ndarray:
    return np.intersect1d(wires.tail, wires.head).astype(np.int32)


def listed(
    wires: Wires, trips: tuple[list[str], list[str], np.ndarray], k: int
) -> dict[tuple[int, int], list[list[int]]]:
    """(origin node, destination node) -> the listed ways as arcs of ``wires``."""
    demand = demand_between(wires, *trips)
    every = make_groups([np.array([arc], dtype=np.int32) for arc in range(wires.tail.size)])
    tail, head, weight, groups = useful_part(wires, demand, every)
    original = np.empty(tail.size, dtype=np.int64)
    original[groups.arc] = np.flatnonzero(np.diff(groups.first))
    hierarchy = build_hierarchy(tail, head, minimum_degree(tail, head, wires.n_nodes))
    graph = build_graph(tail, head, wires.n_nodes)
    lists = RouteLists(graph, hierarchy, customise(hierarchy, weight), demand, anchors_of(wires), k)
    found = {}
    for i, origin in enumerate(demand.origin.tolist()):
        _, choices = lists.of(lists.worker(), i)
        for choice, goal in zip(
            choices, demand.destination[demand.first[i] : demand.first[i + 1]].tolist(), strict=True
        ):
            ways = [choice.path[choice.first[r] : choice.first[r + 1]] for r in range(choice.cost.size)]
            found[origin, goal] = [original[way].tolist() for way in ways]
    return found


def logsum(costs: list[float], theta: float) -> float:
    """-ln(sum of exp(-theta * cost)) / theta."""
    least = min(costs)
    return least - math.log(sum(math.exp(-theta * (cost - least)) for cost in costs)) / theta


@given(networks(), st.sampled_from([0.05, 0.7, 5.0]), st.data())
@settings(max_examples=80, deadline=None)
def test_equals_taking_ways_off_the_list_by_hand(case: Case, theta: float, data: st.DataObject) -> None:
    links, n, first_thru, demand = case
    wires, trips = wires_of(case)
    arc = st.integers(0, len(links) - 1)
    members = data.draw(st.lists(st.lists(arc, min_size=1, max_size=3, unique=True), min_size=1, max_size=5))
    members += [[i] for i in range(len(links))]
    things = [Wire(str(i), "", "", np.array(arcs, dtype=np.int32)) for i, arcs in enumerate(members)]
    answer = choice_criticality(wires, things, *trips, anchors_of(wires), theta=theta, routes=4)
    ways = listed(wires, trips, 4)
    pairs = [(a, b, v) for a, b, v in demand if a != b]

    def costs_of(a: int, b: int) -> list[tuple[float, set[int]]]:
        found = ways[wires.origin_node[str(a)], wires.destination_node[str(b)]]
        return [(float(sum(links[i][2] for i in way)), set(way)) for way in found]

    for a, b, _ in pairs:
        least = naive_distance(links, n, first_thru, a)[b]
        costs = costs_of(a, b)
        assert bool(costs) == (least < np.inf)
        if costs:
            assert costs[0][0] == least
            assert all(cost <= STRETCH * least for cost, _ in costs)
    base = {(a, b): logsum([cost for cost, _ in costs_of(a, b)], theta) for a, b, _ in pairs if costs_of(a, b)}
    assert math.isclose(
        answer.result.base_total, sum(v * base[a, b] for a, b, v in pairs if (a, b) in base), abs_tol=1e-9
    )
    for number, closed in enumerate(members):
        kept_links = [link for i, link in enumerate(links) if i not in closed]
        rise = cut = flow = uncertain = 0.0
        for a, b, volume in pairs:
            if (a, b) not in base:
                continue
            costs = costs_of(a, b)
            left = [cost for cost, way in costs if not way & set(closed)]
            total = sum(math.exp(-theta * (cost - costs[0][0])) for cost, _ in costs)
            flow += volume * sum(math.exp(-theta * (c - costs[0][0])) for c, way in costs if way & set(closed)) / total
            way_round = naive_distance(kept_links, n, first_thru, a)[b]
            if way_round == np.inf:
                cut += volume
            elif len(left) < len(costs):
                if way_round < min(left, default=np.inf):
                    left.append(way_round)
                    uncertain += volume
                rise += volume * (logsum(left, theta) - base[a, b])
        assert math.isclose(answer.result.delta_total[number], rise, rel_tol=1e-9, abs_tol=1e-9)
        assert answer.result.cut_off[number] == cut
        assert math.isclose(answer.result.flow[number], flow, rel_tol=1e-9, abs_tol=1e-9)
        assert answer.result.uncertain[number] == uncertain


@given(networks())
@settings(max_examples=60, deadline=None)
def test_where_cost_is_all_that_counts_it_is_the_shortest_path_answer(case: Case) -> None:
    wires, trips = wires_of(case)
    things = single_wires(wires, [str(i) for i in range(wires.tail.size)])
    chosen = choice_criticality(wires, things, *trips, anchors_of(wires), theta=1e7)
    shortest = criticality(wires, things, *trips)
    assert math.isclose(chosen.result.base_total, shortest.result.base_total, abs_tol=1e-4)
    np.testing.assert_allclose(chosen.result.delta_total, shortest.result.delta_total, atol=1e-4)
    np.testing.assert_array_equal(chosen.result.cut_off, shortest.result.cut_off)


@given(networks())
@settings(max_examples=30, deadline=None)
def test_threads_and_the_order_of_trips_change_nothing(case: Case) -> None:
    wires, (starts, ends, volume) = wires_of(case)
    things = single_wires(wires, [str(i) for i in range(wires.tail.size)])
    one = choice_criticality(wires, things, starts, ends, volume, anchors_of(wires), threads=1)
    two = choice_criticality(wires, things, starts[::-1], ends[::-1], volume[::-1], anchors_of(wires), threads=3)
    for left, right in zip(one.result, two.result, strict=True):
        np.testing.assert_array_equal(left, right)


def test_two_equal_ways_of_a_pair_share_it() -> None:
    r"""Ways a-b-d and a-c-d of cost 4: half each; without one the expected cost rises by ln 2 / theta.

    ::

        a - b - d
         \- c -/
    """
    case: Case = ([(1, 2, 2), (2, 4, 2), (1, 3, 2), (3, 4, 2)], 4, 1, [(1, 4, 10)])
    wires, trips = wires_of(case)
    things = single_wires(wires, list("pqrs"))
    answer = choice_criticality(wires, things, *trips, anchors_of(wires), theta=0.5)
    assert answer.routes == 2.0
    assert answer.result.flow.tolist() == [5.0] * 4
    assert answer.result.delta_total.tolist() == pytest.approx([10 * math.log(2) / 0.5] * 4)
    measures = answer.measures()
    assert measures["delta_mean"].tolist() == pytest.approx([2 * math.log(2) / 0.5] * 4)
    assert answer.to_json(most=1)["links"][0]["link"] == "p"


def test_a_way_that_is_nearly_all_in_common_is_not_listed_but_is_the_way_round() -> None:
    """From 1 to 2 there is one road of 90, then two of 10 and 12 to 3: one way by ``SHARED``, no cut-off."""
    case: Case = ([(1, 2, 90), (2, 3, 10), (2, 4, 6), (4, 3, 6)], 4, 1, [(1, 3, 2)])
    wires, trips = wires_of(case)
    answer = choice_criticality(wires, single_wires(wires, list("pqrs")), *trips, anchors_of(wires), theta=0.1)
    assert SHARED < 90 / 102
    assert answer.routes == 1.0
    assert answer.result.cut_off.tolist() == [2.0, 0.0, 0.0, 0.0]
    assert answer.result.delta_total.tolist() == pytest.approx([0.0, 4.0, 0.0, 0.0])
    assert answer.result.uncertain.tolist() == [0.0, 2.0, 0.0, 0.0]


def test_the_standard_theta_is_the_one_its_rule_states() -> None:
    theta = standard_theta(4000.0)
    best, dearer = (math.exp(-theta * cost) for cost in (4000.0, 4000.0 * (1 + DEARER)))
    assert best / dearer == pytest.approx(ONE_IN)
    case: Case = ([(1, 2, 7), (2, 3, 9)], 3, 1, [(1, 2, 3), (1, 3, 1)])
    wires, trips = wires_of(case)
    answer = choice_criticality(wires, single_wires(wires, ["p", "q"]), *trips, anchors_of(wires))
    assert answer.mean_cost == (3 * 7 + 16) / 4
    assert answer.theta == standard_theta(answer.mean_cost)


def test_demand_that_goes_nowhere_is_in_no_sum() -> None:
    case: Case = ([(1, 2, 7)], 3, 1, [(1, 3, 3), (2, 2, 5)])
    wires, trips = wires_of(case)
    answer = choice_criticality(wires, single_wires(wires, ["p"]), *trips, anchors_of(wires))
    assert answer.to_json() | {"seconds": 0} == {
        "base_total": 0.0,
        "links": [{"link": "p", "from": "1", "to": "2", "delta_total": 0.0, "cut_off_demand": 0.0}],
        "seconds": 0,
    }


def test_too_many_anchors_are_sampled_regularly() -> None:
    nodes = np.arange(100, 117, dtype=np.int32)
    assert sample_anchors(nodes, 17).tolist() == nodes.tolist()
    assert sample_anchors(nodes, 16).tolist() == nodes[::2].tolist()
    assert sample_anchors(nodes, 5).tolist() == [100, 104, 108, 112, 116]
