"""Closing each thing in turn: laws over random maps, a naive twin, and a map that can be checked by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_routes import distances
from random_maps import maps
from route_maps import read

from landbridge.costs.arccosts import ArcCosts
from landbridge.kernels.critical import closures as kernel_closures
from landbridge.kernels.critical import make_demand, make_groups
from landbridge.kernels.graph import build_graph
from landbridge.models.closures import (
    Closable,
    WeightedPair,
    borders,
    closable,
    closures,
    pairs_of,
    with_effect,
)
from landbridge.network.select import SelectorContext
from landbridge.result.closures import ClosureTable
from landbridge.scenario.changes import Selector
from landbridge.schema.errors import BadRequest
from landbridge.schema.words import WHATS

O_D = WeightedPair("o-d", "o", "d")

# Two ways from A to C: through B by x1 (10 USD), through E by x2 (14 USD); both end over sea lanes of a strait or not.
TWO_WAYS = """
origin:o:AAA > rail:a:AAA:1520 access
rail:a:AAA:1520 > rail:b:BBB:1520 crossing 3$ 2h crossing:x1 link:L1
rail:b:BBB:1520 > rail:c:CCC:1520 crossing 7$ 4h crossing:x3 link:L2
rail:a:AAA:1520 > rail:e:EEE:1520 crossing 4$ 1h crossing:x2 link:L3
rail:e:EEE:1520 > rail:c:CCC:1520 crossing 10$ 1h crossing:x4 link:L4
rail:c:CCC:1520 > destination:d:CCC access
"""


def table(costs: ArcCosts, things: tuple[Closable, ...], *pairs: WeightedPair, by: str = "cost") -> ClosureTable:
    return closures("things", [(costs, pairs or (O_D,))], things, by=by)  # type: ignore[arg-type]


def things(costs: ArcCosts, what: str) -> tuple[Closable, ...]:
    return closable(costs.network, SelectorContext(), what)  # type: ignore[arg-type]


def test_a_closed_crossing_costs_the_difference_to_the_next_way() -> None:
    costs = read(TWO_WAYS, value_of_time=0.0)
    found = {row.id: row for row in table(costs, things(costs, "crossings")).rows}
    assert found["x1"].extra_usd == 4.0
    assert found["x1"].extra_hours == 2.0 - 6.0
    assert found["x1"].mean_extra_usd == 4.0
    assert found["x1"].cost_share == 0.3
    assert found["x1"].loss_share == 0.4
    assert found["x1"].effects[0].lead_hours == 0.0
    assert found["x3"].effects[0].lead_hours == 2.0
    assert found["x2"].exposed_pairs == 0
    assert found["x2"].extra_cost == 0.0


def test_a_country_with_an_end_inside_cuts_off_and_is_told_apart() -> None:
    costs = read(TWO_WAYS, value_of_time=0.0)
    found = {row.id: row for row in table(costs, things(costs, "countries")).rows}
    assert found["CCC"].cut_off_pairs == found["CCC"].inside_pairs == 1
    assert found["CCC"].extra_cost == 0.0
    assert found["CCC"].mean_extra_cost is None
    assert found["BBB"].cut_off_pairs == 0
    assert found["BBB"].extra_cost == 4.0


def test_two_ways_shut_at_once_cut_off_what_neither_does_alone() -> None:
    costs = read(TWO_WAYS, value_of_time=0.0)
    single = things(costs, "crossings")
    joint = {row.id: row for row in table(costs, pairs_of(single)).rows}
    assert joint["x1 + x2"].cut_off_pairs == 1
    assert joint["x1 + x2"].inside_pairs == 0
    assert joint["x1 + x3"].extra_cost == 4.0
    assert joint["x1 + x2"].selector == "crossing.x1 + crossing.x2"


def test_the_worst_closure_stands_first_and_what_touches_nobody_can_be_left_out() -> None:
    costs = read(TWO_WAYS, value_of_time=0.0)
    found = table(costs, things(costs, "countries"))
    assert [row.id for row in found.rows] == ["AAA", "CCC", "BBB", "EEE"]
    assert [row.id for row in with_effect(found).rows] == ["AAA", "CCC", "BBB"]


def test_a_weight_counts_a_pair_so_many_times() -> None:
    costs = read(TWO_WAYS, value_of_time=0.0)
    heavy = {row.id: row for row in table(costs, things(costs, "crossings"), replace(O_D, weight=3.0)).rows}
    assert heavy["x1"].extra_usd == 12.0
    assert heavy["x1"].mean_extra_usd == 4.0
    assert heavy["x1"].loss_share == 0.4


def test_a_strait_closes_its_lanes_and_a_compound_one_any_of_its_parts() -> None:
    costs = read(
        """
        origin:o:AAA > sea_out:P1:AAA access
        sea_out:P1:AAA > sea_in:P2:BBB lane 5$ strait:narrow link:N
        sea_out:P1:AAA > sea_in:P2:BBB lane 7$ strait:wide link:W
        sea_out:P1:AAA > sea_in:P2:BBB service 9$ strait:wide link:S
        sea_out:P1:AAA > sea_in:P2:BBB lane 20$ link:F
        sea_in:P2:BBB > destination:d:BBB access
        """,
        value_of_time=0.0,
    )
    context = SelectorContext(strait_parts={"both": ("narrow", "wide")})
    found = {row.id: row for row in table(costs, closable(costs.network, context, "straits")).rows}
    assert {name: row.extra_usd for name, row in found.items()} == {"narrow": 2.0, "wide": 0.0, "both": 15.0}


def test_borders_are_named_once_by_their_first_crossing() -> None:
    costs = read(TWO_WAYS.replace(" > rail:b", " = rail:b"))
    assert borders(costs.network) == ("AAA-BBB", "AAA-EEE", "BBB-CCC", "EEE-CCC")


def test_pairs_that_cannot_be_used_are_all_named_at_once() -> None:
    costs = read(TWO_WAYS)
    with pytest.raises(BadRequest) as caught:
        table(costs, (), O_D, replace(O_D, weight=-1.0), replace(O_D, id="same", destination="o"))
    assert len(caught.value.findings) == 3
    with pytest.raises(BadRequest, match="No pairs"):
        closures("things", [], ())


def test_json_is_finite_numbers_whatever_is_cut_off() -> None:
    costs = read(TWO_WAYS)
    row = table(costs, things(costs, "countries")).to_json()["rows"][0]
    assert {"id", "name", "extra_usd", "extra_hours", "cut_off_pairs", "cut_off_weight"} <= set(row)
    assert all(math.isfinite(value) for value in row.values() if isinstance(value, int | float))


# --- laws -----------------------------------------------------------------------------------------------------------


def all_things(costs: ArcCosts) -> list[Closable]:
    """Everything that can shut, and every single arc."""
    arcs = [
        Closable(Selector("link", f"arc{arc}"), f"arc{arc}", np.array([arc], dtype=np.int32))
        for arc in range(costs.network.n_arcs)
    ]
    return [thing for what in WHATS for thing in things(costs, what)] + arcs


@given(maps(closures=2), st.sampled_from(["cost", "time", "money", "co2"]))
@settings(max_examples=80)
def test_closing_is_recomputing_with_the_arcs_closed_and_never_improves(costs: ArcCosts, by: str) -> None:
    network = costs.network
    start, end = network.node_index["origin:o"], network.node_index["destination:d"]
    weight = costs.weight(by)  # type: ignore[arg-type]
    before = distances(network, weight.tolist(), start)[end]
    every = all_things(costs)
    found = closures("things", [(costs, [O_D])], every, by=by)  # type: ignore[arg-type]
    if not np.isfinite(before):
        assert found.no_way_before == ("o-d",)
        assert all(row.extra_cost == row.cut_off_weight == row.exposed_pairs == 0 for row in found.rows)
        return
    rows = {(row.selector, row.name): row for row in found.rows}
    for thing in every:
        shut = weight.copy()
        shut[thing.arcs] = np.inf
        after = distances(network, shut.tolist(), start)[end]
        row = rows[(str(thing.selector), thing.name)]
        assert row.extra_cost >= 0
        assert (row.cut_off_pairs == 1) == np.isinf(after)
        if np.isfinite(after):
            assert row.extra_cost == pytest.approx(after - before, abs=1e-9)


@given(maps(), st.floats(0.5, 8.0))
@settings(max_examples=40)
def test_sums_equal_those_of_the_kernel_and_of_the_pairs(costs: ArcCosts, weight: float) -> None:
    network = costs.network
    pair = replace(O_D, weight=weight)
    every = all_things(costs)
    found = closures("things", [(costs, [pair])], every, by="cost")
    demand = make_demand(
        np.array([network.node_index["origin:o"]], dtype=np.int32),
        np.array([network.node_index["destination:d"]], dtype=np.int32),
        np.array([weight]),
    )
    graph = build_graph(network.tail, network.head, network.n_nodes)
    kernel = kernel_closures(graph, costs.weight("cost"), demand, make_groups([thing.arcs for thing in every]))
    rows = {(row.selector, row.name): row for row in found.rows}
    for position, thing in enumerate(every):
        row = rows[(str(thing.selector), thing.name)]
        assert row.extra_cost == pytest.approx(kernel.delta_total[position], abs=1e-9)
        assert row.cut_off_weight == pytest.approx(kernel.cut_off[position])
        assert row.exposed_weight == pytest.approx(kernel.affected[position])
        kept = [effect for effect in row.effects if not effect.cut_off]
        assert row.extra_usd == math.fsum(effect.weight * (effect.extra_usd or 0.0) for effect in kept)
        value = costs.value_of_time_usd_per_hour
        assert row.extra_cost == pytest.approx(row.extra_usd + value * row.extra_hours, abs=1e-9)


@given(maps())
@settings(max_examples=30)
def test_shutting_two_is_never_better_than_shutting_one(costs: ArcCosts) -> None:
    single = things(costs, "crossings")
    alone = {row.id: row for row in closures("x", [(costs, [O_D])], single).rows}
    for row in closures("xx", [(costs, [O_D])], pairs_of(single)).rows:
        for part in row.id.split(" + "):
            one = alone[part]
            assert row.cut_off_weight >= one.cut_off_weight
            if not row.cut_off_pairs:
                assert row.extra_cost >= one.extra_cost - 1e-9
