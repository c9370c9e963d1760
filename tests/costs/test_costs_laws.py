"""Laws of the whole: what holds for any map, cargo, day and order of rows."""

from __future__ import annotations

import copy
import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cost_facts import DAY, LAND_AND_SEA, WORLD, arc_of, costs_of, facts_of, no_state, request, shut
from landbridge.costs.arccosts import MEASURES, ArcCosts
from landbridge.costs.build import arc_costs
from landbridge.facts.ledger import Number
from landbridge.kernels.dijkstra import Search
from landbridge.kernels.graph import build_graph
from landbridge.schema.words import CARGO_UNITS, COMPONENTS, OBJECTIVES
from maps import Map, draw

PLACES = ("almaty", "aktogay", "shu", "tashkent", "urumqi")
COUNTRY = dict(zip(PLACES, ("KAZ", "KAZ", "KAZ", "UZB", "CHN"), strict=True))


@st.composite
def drawn_maps(pick) -> Map:
    """Some places of three countries, joined by rail and road as it comes, and a lane."""
    pairs = pick(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES)), min_size=1, max_size=6))
    lines = []
    for start, end in pairs:
        if start == end:
            continue
        sign = pick(st.sampled_from("=-"))
        km = pick(st.integers(0, 3000))
        border = "|" if COUNTRY[start] != COUNTRY[end] else ""
        lines.append(f"{start}({COUNTRY[start]}) {sign}{km}{border}{sign} {end}({COUNTRY[end]})")
    lines.append("tokyo(JPN) ~2000~ shanghai(CHN)")
    lines.append("shanghai(CHN) #3000# urumqi(CHN)")
    return draw("\n".join(lines))


def digest(costs: ArcCosts) -> tuple[object, ...]:
    return (costs.entries, costs.entry.tobytes(), costs.amount.tobytes(), costs.first.tobytes(), costs.closures,
            costs.closure.tobytes())  # fmt: skip


@settings(max_examples=30)
@given(drawn=drawn_maps(), cargo=st.sampled_from(CARGO_UNITS))
def test_costs_are_numbers_and_never_negative(drawn, cargo):
    costs = costs_of(drawn, ask=request(cargo))
    assert np.isfinite(costs.amount).all()
    assert (costs.amount >= 0).all()
    for by in OBJECTIVES:
        weight = costs.weight(by)
        assert not np.isnan(weight).any()
        assert (weight >= 0).all()
        assert np.array_equal(np.isinf(weight), ~costs.open)
    assert {entry.component for entry in costs.entries} <= set(COMPONENTS)


@settings(max_examples=30)
@given(drawn=drawn_maps(), cargo=st.sampled_from(CARGO_UNITS))
def test_contributions_are_in_order_and_recompute_from_their_entry(drawn, cargo):
    costs = costs_of(drawn, ask=request(cargo))
    network = costs.network
    assert costs.first[0] == 0
    assert costs.first[-1] == len(costs.entry) == len(costs.amount)
    arc = np.repeat(np.arange(network.n_arcs), np.diff(costs.first))
    keys = arc.astype(np.int64) * len(costs.entries) + costs.entry
    assert (np.diff(keys) > 0).all()  # by arc, then entry; no entry twice on one arc
    for i, (at, entry) in enumerate(zip(arc.tolist(), costs.entry.tolist(), strict=True)):
        assert costs.amount[i] == pytest.approx(costs.entries[entry].amount(float(network.km[at])))
    assert len(set(costs.entries)) == len(costs.entries)


@settings(max_examples=20)
@given(drawn=drawn_maps())
def test_totals_are_the_sums_of_the_contributions(drawn):
    costs = costs_of(drawn)
    for measure in MEASURES:
        naive = [0.0] * costs.network.n_arcs
        for arc in range(costs.network.n_arcs):
            for i in range(costs.first[arc], costs.first[arc + 1]):
                if costs.entries[costs.entry[i]].measure == measure:
                    naive[arc] += float(costs.amount[i])
        assert costs.total(measure) == pytest.approx(np.array(naive))


@settings(max_examples=10)
@given(seed=st.integers(0, 1000))
def test_the_order_of_rows_and_of_numbers_changes_no_byte(seed):
    shuffled = copy.deepcopy(draw(LAND_AND_SEA))
    dice = random.Random(seed)
    for rows in shuffled.rows.values():
        dice.shuffle(rows)
    numbers = list(WORLD.items())
    dice.shuffle(numbers)
    assert digest(costs_of(shuffled, dict(numbers))) == digest(costs_of(LAND_AND_SEA))


def test_another_cargo_value_or_day_never_rebuilds_topology():
    drawn = draw(LAND_AND_SEA)
    network, facts = drawn.network(), facts_of(drawn)
    before = {name: array.tobytes() for name, array in network.arrays().items()}
    for ask in (request(), request("feu"), request(value="high"), request(as_of=DAY.replace(year=2019))):
        assert arc_costs(network, facts, ask, no_state(network)).network is network
    assert {name: array.tobytes() for name, array in network.arrays().items()} == before


def best(costs: ArcCosts, start: str, end: str, by="cost") -> float:
    network = costs.network
    search = Search(build_graph(network.tail, network.head, network.n_nodes))
    source, goal = network.node_index[f"origin:{start}"], network.node_index[f"destination:{end}"]
    tree = search.tree(costs.weight(by), np.array([source], np.int32))
    return float(tree.distance[goal])


RAISED = [key for key, item in WORLD.items() if item.quantity not in ("price_index", "unit_factor", "haul_speed")]


@settings(max_examples=40)
@given(key=st.sampled_from(RAISED), factor=st.floats(1, 5), by=st.sampled_from(OBJECTIVES))
def test_raising_a_number_never_cheapens_a_route(key, factor, by):
    """Nor does a slower train; only speeds work the other way round."""
    dearer = {**WORLD, key: _scaled(WORLD[key], factor)}
    plain, raised = costs_of(LAND_AND_SEA), costs_of(LAND_AND_SEA, dearer)
    for pair in (("tokyo", "almaty"), ("tokyo", "tashkent"), ("urumqi", "baku")):
        assert best(raised, *pair, by) >= best(plain, *pair, by) * (1 - 1e-12)


@settings(max_examples=10)
@given(mode=st.sampled_from(["rail", "road", "sea", "ferry"]), factor=st.floats(1, 5))
def test_a_faster_vehicle_never_lengthens_a_journey(mode, factor):
    faster = {**WORLD, f"speed.{mode}": _scaled(WORLD[f"speed.{mode}"], factor)}
    assert best(costs_of(LAND_AND_SEA, faster), "tokyo", "baku", "time") <= best(
        costs_of(LAND_AND_SEA), "tokyo", "baku", "time"
    )


def _scaled(item: Number, factor: float) -> Number:
    return replace(item, value=item.value * factor)


@settings(max_examples=40)
@given(
    arcs=st.sets(st.integers(0, draw(LAND_AND_SEA).network().n_arcs - 1), max_size=6), by=st.sampled_from(OBJECTIVES)
)
def test_closing_never_shortens(arcs, by):
    network = draw(LAND_AND_SEA).network()
    plain = costs_of(LAND_AND_SEA, network=network)
    closed = costs_of(LAND_AND_SEA, network=network, state=shut(network, sorted(arcs), "scenario"))
    assert best(closed, "tokyo", "tashkent", by) >= best(plain, "tokyo", "tashkent", by)
    assert not closed.open[sorted(arcs)].any()
    assert closed.open.sum() == network.n_arcs - len(arcs)


def test_a_closed_arc_keeps_its_amounts():
    network = draw(LAND_AND_SEA).network()
    plain = costs_of(LAND_AND_SEA, network=network)
    arc = arc_of(plain, "rail:shanghai", "rail:urumqi")
    closed = costs_of(LAND_AND_SEA, network=network, state=shut(network, [arc]))
    assert closed.total("usd")[arc] == plain.total("usd")[arc] > 0
    assert np.isinf(closed.weight("money")[arc])


def test_a_network_without_arcs_has_no_costs():
    costs = costs_of(Map())
    assert costs.network.n_arcs == 0
    assert len(costs.amount) == 0
    assert costs.total("usd").shape == (0,)


def test_no_facts_at_all_but_the_value_of_time_leaves_nothing_open_that_moves():
    """Absence closes; it is never a cost of zero (CONVENTIONS 7)."""
    kept = {key: item for key, item in WORLD.items() if key in ("value.teu", "share")}
    costs = costs_of(LAND_AND_SEA, kept)
    network = costs.network
    for arc in np.flatnonzero(costs.open).tolist():
        ends = {network.node_kind_name(int(network.tail[arc])), network.node_kind_name(int(network.head[arc]))}
        assert ends & {"service_in", "service_out"} or "road" in ends, network.kind_name(arc)
        assert network.kind_name(arc) in ("access", "unload")
    assert all(closure.kind == "no fact" for closure in costs.closures)


@pytest.mark.parametrize("cargo", CARGO_UNITS)
def test_no_arc_that_can_be_used_is_free_unless_it_should_be(cargo):
    """Free in money: the door of a road haul, what a price with loading in holds, and a leg of no length."""
    carries = [{"id": "SEA8", "carries": "containers;wagons;trucks"}]
    costs = costs_of(LAND_AND_SEA, ask=request(cargo), services=carries)
    network = costs.network
    for arc in np.flatnonzero(costs.open & (costs.total("usd") == 0)).tolist():
        ends = {network.node_kind_name(int(network.tail[arc])), network.node_kind_name(int(network.head[arc]))}
        assert ends & {"service_in", "service_out"} or ends == {"road", "destination"}
