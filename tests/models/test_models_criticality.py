"""Criticality of links equals closing every link by hand; zones are never passed."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from zone_networks import naive_distance, networks

from landbridge.models import criticality as model
from landbridge.models.criticality import criticality
from landbridge.models.wires import Wire, single_wires, wires_of_zones


@given(networks())
@settings(max_examples=60, deadline=None)
def test_equals_closing_every_link_by_hand(
    case: tuple[list[tuple[int, int, int]], int, int, list[tuple[int, int, int]]],
) -> None:
    links, n, first_thru, demand = case
    wires = wires_of_zones(
        np.array([link[0] for link in links], dtype=np.int32),
        np.array([link[1] for link in links], dtype=np.int32),
        np.array([link[2] for link in links], dtype=np.float64),
        n,
        first_thru,
    )
    things = single_wires(wires, [str(i) for i in range(len(links))])
    trips = np.array([row[2] for row in demand], dtype=np.float64)
    starts, ends = [str(row[0]) for row in demand], [str(row[1]) for row in demand]
    answer = criticality(wires, things, starts, ends, trips).to_json()

    def total(closed: int | None) -> list[float]:
        kept = [link for i, link in enumerate(links) if i != closed]
        return [naive_distance(kept, n, first_thru, a)[b] for a, b, _ in demand if a != b]

    base = total(None)
    volumes = [v for a, b, v in demand if a != b]
    reached = [i for i, cost in enumerate(base) if np.isfinite(cost)]
    assert answer["base_total"] == sum(volumes[i] * base[i] for i in reached)
    found = {row["link"]: row for row in answer["links"]}
    assert len(found) == len(links)
    for closed, link in enumerate(links):
        now = total(closed)
        row = found[str(closed)]
        assert row["cut_off_demand"] == sum(volumes[i] for i in reached if not np.isfinite(now[i]))
        expected = sum(volumes[i] * (now[i] - base[i]) for i in reached if np.isfinite(now[i]))
        assert np.isclose(row["delta_total"], expected)
        assert (row["from"], row["to"]) == (str(link[0]), str(link[1]))


@given(networks(), st.data())
@settings(max_examples=60, deadline=None)
def test_pair_by_pair_says_what_trees_say(
    case: tuple[list[tuple[int, int, int]], int, int, list[tuple[int, int, int]]], data: st.DataObject
) -> None:
    links, n, first_thru, demand = case
    columns = [np.array(column) for column in zip(*links, strict=True)]
    tail, head = columns[0].astype(np.int32), columns[1].astype(np.int32)
    wires = wires_of_zones(tail, head, columns[2].astype(np.float64), n, first_thru)
    arc = st.integers(0, len(links) - 1)
    members = data.draw(st.lists(st.lists(arc, min_size=1, max_size=3, unique=True), min_size=1, max_size=5))
    things = [Wire(str(i), "", "", np.array(arcs, dtype=np.int32)) for i, arcs in enumerate(members)]
    ends = [str(row[0]) for row in demand], [str(row[1]) for row in demand]
    volume = np.array([row[2] for row in demand], dtype=np.float64)
    by_trees = criticality(wires, things, *ends, volume).result
    with patch.object(model, "FEWEST_NODES", 0):
        by_pairs = criticality(wires, things, *ends, volume).result
    for left, right in zip(by_trees, by_pairs, strict=True):
        np.testing.assert_allclose(left, right)


def test_worst_links_come_first() -> None:
    tail = np.array([1, 2, 1, 3], dtype=np.int32)
    head = np.array([2, 4, 3, 4], dtype=np.int32)
    wires = wires_of_zones(tail, head, np.array([1.0, 1.0, 2.0, 3.0]), 4, 1)
    things = single_wires(wires, list("abcd"))
    answer = criticality(wires, things, ["1", "1"], ["4", "3"], np.array([10.0, 1.0])).to_json(most=3)
    assert [row["link"] for row in answer["links"]] == ["c", "a", "b"]
    assert [row["cut_off_demand"] for row in answer["links"]] == [1.0, 0.0, 0.0]
    assert [row["delta_total"] for row in answer["links"]] == [0.0, 30.0, 30.0]


def test_base_total_equals_scipy_where_every_node_may_be_passed() -> None:
    rng = np.random.default_rng(3)
    n, m = 60, 240
    tail, head = rng.integers(1, n + 1, m), rng.integers(1, n + 1, m)
    weight = rng.uniform(1, 9, m)
    pairs = [(int(a), int(b)) for a in range(1, 11) for b in range(20, 30)]
    names = [str(i) for i in range(m)]
    wires = wires_of_zones(tail.astype(np.int32), head.astype(np.int32), weight, n, 1)
    starts, ends = [str(a) for a, _ in pairs], [str(b) for _, b in pairs]
    answer = criticality(wires, single_wires(wires, names), starts, ends, np.ones(len(pairs)))
    shortest: dict[tuple[int, int], float] = {}
    for a, b, w in zip(tail.tolist(), head.tolist(), weight.tolist(), strict=True):
        shortest[a, b] = min(w, shortest.get((a, b), np.inf))
    rows, columns = zip(*shortest, strict=True)
    matrix = coo_array((list(shortest.values()), (rows, columns)), shape=(n + 1, n + 1))
    costs = [float(dijkstra(matrix, indices=a)[b]) for a, b in pairs]
    assert np.isclose(answer.to_json()["base_total"], sum(cost for cost in costs if np.isfinite(cost)))
