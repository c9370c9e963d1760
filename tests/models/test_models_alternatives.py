"""Alternatives are ways of their own: simple, different, in order, each the shortest on both sides of an anchor."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_routes import distances, walks
from random_maps import maps
from route_maps import read

from landbridge.costs.arccosts import ArcCosts
from landbridge.models.alternatives import (
    SHARED,
    SHARED_INLAND,
    STRETCH,
    Path,
    corridor_signature,
    real_alternatives,
)
from landbridge.models.corridor_match import CorridorIndex, index_corridors
from landbridge.models.search import Target, trees_of_pair
from landbridge.network.select import SelectorContext
from landbridge.scenario.selector import parse_selector


def paths_of(
    costs: ArcCosts,
    k: int = 9,
    corridors: CorridorIndex | None = None,
    stretch: float = STRETCH,
    vias: Sequence[Target] = (),
) -> tuple[Path, ...]:
    network, weight = costs.network, costs.weight("cost")
    start, end = network.node_index["origin:o"], network.node_index["destination:d"]
    named = corridors or index_corridors(network, {}, SelectorContext())
    found: list[tuple[Path, ...]] = []
    for compiled in (False, True):
        trees = trees_of_pair(
            network.tail, network.head, weight, network.n_nodes, vias, start, end, stretch, compiled=compiled
        )
        if trees.forward is None:
            found.append(())
        else:
            found.append(real_alternatives(network, weight, trees, named, k, stretch))
    plain, fast = found
    assert fast == plain, "the two engines give the same paths, of the same cost, in the same order"
    return plain


@settings(max_examples=300, deadline=None)
@given(maps(most_nodes=7, most_arcs=20), st.sampled_from([1.2, 2.5, 6.0]))
def test_laws_of_alternatives(costs: ArcCosts, stretch: float) -> None:
    network, weight = costs.network, costs.weight("cost")
    start, end = network.node_index["origin:o"], network.node_index["destination:d"]
    paths = paths_of(costs, stretch=stretch)
    if not paths:
        return
    best = paths[0].objective
    all_walks = {walk for walk, _ in walks(network, weight.tolist(), start, end, ())}
    from_start = distances(network, weight.tolist(), start)
    reverse = dataclasses.replace(network, tail=network.head, head=network.tail)
    to_end = distances(reverse, weight.tolist(), end)
    assert best == pytest.approx(from_start[end])
    for i, path in enumerate(paths):
        assert path.arcs in all_walks  # joined, open, and no node twice
        assert path.objective == pytest.approx(weight[list(path.arcs)].sum())
        assert path.objective <= best * stretch * (1 + 1e-9)
        assert path.objective >= paths[max(i - 1, 0)].objective - 1e-9
        # Single-via: some arc of it is an anchor with a shortest path before and a shortest path after.
        assert any(
            from_start[network.tail[arc]] + weight[arc] + to_end[network.head[arc]] == pytest.approx(path.objective)
            for arc in path.arcs
        )
        for other in paths[:i]:
            common = weight[sorted(set(path.arcs) & set(other.arcs))].sum()
            assert common <= SHARED * other.objective + 1e-9
    signatures = [corridor_signature(network, path.arcs) for path in paths]
    assert len(set(signatures)) == len(signatures)


@settings(max_examples=100, deadline=None)
@given(maps(most_nodes=7, most_arcs=20), st.integers(1, 4))
def test_asking_for_more_changes_nothing_found_before(costs: ArcCosts, k: int) -> None:
    more = paths_of(costs, k + 1)
    assert paths_of(costs, k) == more[:k]


TWO_BORDERS = """
origin:o:A     > rail:west:A:1520       access
rail:west:A:1520  = rail:gate-n:A:1520  haul 100km 10h 100$
rail:west:A:1520  = rail:gate-s:A:1520  haul 110km 11h 110$
rail:gate-n:A:1520 = rail:gate-n:B:1520 crossing 20h 50$ crossing:rail:A-B:north
rail:gate-s:A:1520 = rail:gate-s:B:1520 crossing 20h 50$ crossing:rail:A-B:south
rail:gate-n:B:1520 = rail:east:B:1520   haul 100km 10h 100$
rail:gate-s:B:1520 = rail:east:B:1520   haul 110km 11h 110$
rail:east:B:1520  = rail:spur:B:1520    haul 10km 1h 10$
rail:spur:B:1520  = rail:spur:B:1435    gauge 5h 50$
rail:east:B:1520  > destination:d:B     access
"""


def test_two_borders_are_two_alternatives_and_a_spur_is_none() -> None:
    costs = read(TWO_BORDERS)
    paths = paths_of(costs)
    crossings = [
        [
            costs.network.crossing_ids[costs.network.crossing[arc]]
            for arc in path.arcs
            if costs.network.crossing[arc] >= 0
        ]
        for path in paths
    ]
    assert crossings == [["rail:A-B:north"], ["rail:A-B:south"]]


def test_no_alternative_turns_back_at_a_via_that_the_best_passes_through() -> None:
    costs = read(TWO_BORDERS)
    north = Target("north", nodes=frozenset({costs.network.node_index["rail:gate-n:B:1520"]}))
    assert len(paths_of(costs, vias=[north])) == 1


def test_a_detour_that_costs_more_than_the_stretch_is_none() -> None:
    assert len(paths_of(read(TWO_BORDERS), stretch=1.05)) == 1


def names_followed(south: str, far: str) -> list[tuple[int, ...]]:
    """Corridors of the alternatives where both borders have a name and a common haul follows them."""
    text = TWO_BORDERS.replace("destination:d:B     access", f"rail:far:B:1520 haul 1000km {far}")
    text += "rail:far:B:1520 > destination:d:B access"
    costs = read(text.replace("20h 50$ crossing:rail:A-B:south", f"{south} crossing:rail:A-B:south"))
    network, weight = costs.network, costs.weight("cost")
    start, end = network.node_index["origin:o"], network.node_index["destination:d"]
    totals = sorted(cost for _, cost in walks(network, weight.tolist(), start, end, ()))
    assert totals[1] / totals[0] < STRETCH
    gates = {gate: ((parse_selector(f"crossing.rail:A-B:{gate}"),),) for gate in ("north", "south")}
    named = index_corridors(network, {gate: gate for gate in gates}, SelectorContext(gateways=gates))
    return [path.corridors for path in paths_of(costs, corridors=named)]


def test_a_long_common_haul_does_not_excuse_a_silly_detour() -> None:
    """Over the south the whole costs well within the stretch, the part that is different does not."""
    assert names_followed("30h 80$", "100h 1000$") == [(0,), (1,)]
    assert names_followed("60h 700$", "100h 1000$") == [(0,)]


def test_a_name_does_not_make_an_alternative_of_nearly_the_same_way() -> None:
    assert names_followed("30h 80$", "900h 9000$") == [(0,)]


HUBS = """
origin:o:J      > sea_out:HOME:J    access 10h 100$ port:HOME
sea_out:HOME:J  > sea_in:NEAR:C     lane 1000km 40h 300$
sea_out:HOME:J  > sea_in:HUB:K      lane 500km 20h 150$
sea_in:HUB:K    > sea_out:HUB:K     transship 24h 100$ port:HUB
sea_out:HUB:K   > sea_in:NEAR:C     lane 600km 24h 160$
sea_out:HOME:J  > sea_in:SOUTH:I    lane 4000km 150h 500$ strait:narrow
sea_in:NEAR:C   > rail:near:C:1435  unload 30h 100$ port:NEAR
sea_in:SOUTH:I  > rail:south:I:1435 unload 30h 100$ port:SOUTH
rail:near:C:1435 = rail:mid:K:1520  haul 2000km 100h 900$
rail:south:I:1435 = rail:mid:K:1520 haul 1500km 100h 700$
rail:mid:K:1520 > destination:d:K   access
"""


def test_another_hub_on_the_way_to_the_same_port_is_a_variant() -> None:
    costs = read(HUBS)
    ports = [
        [costs.network.port_ids[p] for p in costs.network.port[list(path.arcs)] if p >= 0] for path in paths_of(costs)
    ]
    assert ports == [["HOME", "NEAR"], ["HOME", "SOUTH"]]


def test_a_name_makes_a_corridor_of_a_way_that_shares_its_inland_part() -> None:
    """Two lanes to one port share all that is inland: variants, unless the study names a strait of one."""
    text = HUBS.replace(
        "sea_out:HOME:J  > sea_in:SOUTH:I    lane 4000km 150h 500$ strait:narrow",
        "sea_out:HOME:J  > sea_in:NEAR:C     lane 2000km 80h 400$ strait:narrow link:round",
    )
    costs = read(text)
    assert len(paths_of(costs)) == 1
    context = SelectorContext(gateways={"narrow": ((parse_selector("strait.narrow"),),)})
    named = index_corridors(costs.network, {"narrow": "By the narrows"}, context)
    paths = paths_of(costs, corridors=named)
    assert [path.corridors for path in paths] == [(), (0,)]


def test_shares_are_shares() -> None:
    assert 0 < SHARED_INLAND < SHARED < 1 < STRETCH
