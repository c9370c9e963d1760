"""The best way along each named corridor, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from route_maps import read

from landbridge.costs.arccosts import ArcCosts
from landbridge.models.corridor_match import index_corridors
from landbridge.models.corridors import CorridorSearch, CorridorWay
from landbridge.models.routes import find_routes
from landbridge.models.search import Target
from landbridge.network.select import SelectorContext
from landbridge.scenario.selector import parse_selector
from landbridge.schema.errors import BadRequest

#: a to d straight, by the north (b) or by the south (c, then e); f hangs on b.
NET = """
origin:a:A     > rail:a:A:1520     access
rail:a:A:1520  = rail:d:A:1520     haul 100km 10h 10$ link:straight
rail:a:A:1520  = rail:b:A:1520     haul 100km 10h 10$ link:north1
rail:b:A:1520  = rail:d:A:1520     haul 100km 10h 10$ link:north2
rail:a:A:1520  = rail:c:A:1520     haul 100km 8h 7$ link:south1
rail:c:A:1520  = rail:e:A:1520     haul 100km 8h 7$ link:south2
rail:e:A:1520  = rail:d:A:1520     haul 100km 8h 7$ link:south3
rail:b:A:1520  = rail:f:A:1520     haul 100km 10h 10$ link:spur
rail:d:A:1520  > destination:d:A   access
rail:e:A:1520  > destination:e:A   access
origin:d:A     > rail:d:A:1520     access
rail:a:A:1520  > destination:a:A   access
"""


def search(costs: ArcCosts, **corridors: Sequence[str]) -> CorridorSearch:
    """Corridors by name; a group is a text of selectors joined by '|'."""
    gateways = {
        name: tuple(tuple(parse_selector(text) for text in group.split("|")) for group in groups)
        for name, groups in corridors.items()
    }
    names = {name: name.upper() for name in corridors}
    return CorridorSearch(costs.network, index_corridors(costs.network, names, SelectorContext(gateways=gateways)))


def way(text: str, groups: Sequence[str], ends=("a", "d"), **options) -> CorridorWay:
    costs = read(text)
    (found,) = search(costs, x=groups).ways(costs, ends[0], [ends[1]], **options)
    return found


def links(found: CorridorWay) -> list[str]:
    assert found.route is not None
    return [key.rsplit("#", 1)[1] for key in dict.fromkeys(part.arc for part in found.route.contributions)]


def test_it_passes_its_gateways_though_another_way_is_cheaper():
    found = way(NET, ["place.b"])
    assert links(found) == ["north1", "north2"]
    assert found.route.corridors == ("X",)
    assert found.closed is None
    assert (found.corridor, found.name, found.origin, found.destination) == ("x", "X", "a", "d")


def test_one_gateway_of_each_group_the_cheapest():
    assert links(way(NET, ["place.b|place.c"])) == ["north1", "north2"]
    assert links(way(NET, ["place.c|place.e"])) == ["south1", "south2", "south3"]


def test_in_order_or_in_the_opposite_order():
    assert links(way(NET, ["place.c", "place.e"])) == ["south1", "south2", "south3"]
    assert links(way(NET, ["place.e", "place.c"])) == ["south1", "south2", "south3"]
    assert links(way(NET, ["place.c", "place.e"], ends=("d", "a"))) == ["south3", "south2", "south1"]


def test_a_corridor_off_the_way_is_none_and_says_where_it_turns():
    found = way(NET, ["place.f"])
    assert found.route is None
    assert found.closed.reason == "The corridor lies off the way: the best way along it turns back at b."
    assert found.closed.closures == ()


def test_where_turning_back_is_cheaper_than_going_through_the_corridor_lies_off_the_way():
    """From a to c and back to a, then straight to d: 80; through the south: 90."""
    slow = NET.replace("8h 7$", "20h 10$")
    assert "turns back at a" in way(slow, ["place.c"]).closed.reason
    assert links(way(NET, ["place.c"])) == ["south1", "south2", "south3"]


def test_if_the_cheaper_order_turns_back_the_other_serves():
    """c before b costs 70 and comes back through a; b before c costs 82 and does not."""
    text = NET + "rail:b:A:1520 > rail:c:A:1520 haul 10km 16h 16$ link:across\n"
    assert "turns back at a" in way(NET, ["place.c", "place.b"]).closed.reason
    assert links(way(text, ["place.c", "place.b"])) == ["north1", "across", "south2", "south3"]


#: From a in A to d in B; e in C lies behind B, and f in C before it.
ABROAD = """
origin:a:A     > rail:a:A:1520     access
rail:a:A:1520  = rail:b:B:1520     crossing 10h 10$ crossing:rail:A-B:first
rail:b:B:1520  = rail:d:B:1520     haul 100km 90h 90$ link:straight
rail:b:B:1520  = rail:e:C:1520     crossing 10h 10$ crossing:rail:B-C:second
rail:e:C:1520  = rail:d:B:1520     crossing 10h 10$ crossing:rail:B-C:third
rail:a:A:1520  = rail:f:C:1520     crossing 90h 90$ crossing:rail:A-C:fourth
rail:f:C:1520  = rail:e:C:1520     haul 100km 90h 90$ link:behind
rail:d:B:1520  > destination:d:B   access
origin:d:B     > rail:d:B:1520     access
rail:a:A:1520  > destination:a:A   access
"""


def test_a_way_past_the_country_of_its_destination_and_back_lies_off_the_way():
    """Through B to the gateway e in C and back to B; the other order and the way back to a are judged alike."""
    reason = "The corridor lies off the way: the best way along it goes past B and comes back."
    assert way(ABROAD, ["place.e"]).closed.reason == reason
    back = way(ABROAD, ["place.e"], ends=("d", "a")).closed.reason
    assert back == "The corridor lies off the way: the best way along it comes back to B on the way."


def test_leaving_the_country_of_the_destination_between_gateways_is_no_fault():
    """The gateway is the first border; that the line then cuts through C matters to nobody. By f nothing goes past."""
    assert links(way(ABROAD, ["crossing.rail:A-B:first"])) == ["rail:A-B:first", "rail:B-C:second", "rail:B-C:third"]
    assert links(way(ABROAD, ["place.f"])) == ["rail:A-C:fourth", "behind", "rail:B-C:third"]


def test_a_shut_corridor_names_what_shuts_it():
    shut = NET.replace("link:north2", "link:north2 shut:strike")
    found = way(shut, ["link.north2"])
    assert found.route is None
    assert found.closed.closures == ("strike",)
    assert "passing X" in found.closed.reason
    assert "strike" in found.closed.reason


def test_the_name_of_a_corridor_is_said_once():
    shut = NET.replace("link:south2", "link:south2 shut:strike")
    reason = way(shut, ["place.c", "link.south2", "place.e"]).closed.reason
    assert reason.count("X") == 1


def test_without_explanation_a_shut_corridor_is_quickly_none():
    found = way(NET.replace("link:north2", "link:north2 shut:strike"), ["link.north2"], explain=False)
    assert (found.route, found.closed) == (None, None)


def test_the_measure_asked_for_is_the_one_optimised():
    text = NET.replace("8h 7$", "1h 19$")
    assert links(way(text, ["place.b|place.c"], by="money")) == ["north1", "north2"]
    assert links(way(text, ["place.b|place.c"], by="time")) == ["south1", "south2", "south3"]


def test_corridors_come_in_the_studys_order_and_only_those_asked_for():
    costs = read(NET)
    found = search(costs, z=["place.b"], m=["place.c"], a=["place.e"])
    assert [item.corridor for item in found.ways(costs, "a", ["d"])] == ["z", "m", "a"]
    assert [item.corridor for item in found.ways(costs, "a", ["d"], only=["a", "z"])] == ["z", "a"]


def test_destinations_together_are_as_each_alone():
    costs = read(NET)
    found = search(costs, x=["place.c"])
    together = found.ways(costs, "a", ["d", "e"])
    assert together == (*found.ways(costs, "a", ["d"]), *found.ways(costs, "a", ["e"]))


def test_a_layout_is_made_once_for_every_day_and_cargo():
    costs = read(NET)
    found = search(costs, x=["place.c"])
    assert found.layout(0, 0) is found.layout(0, 0)


def test_a_place_without_a_terminal_is_refused():
    costs = read(NET)
    with pytest.raises(BadRequest, match="no terminal"):
        search(costs, x=["place.b"]).ways(costs, "b", ["d"])


def test_a_gateway_that_the_network_lacks_is_a_way_that_does_not_exist():
    found = way(NET, ["place.nowhere"])
    assert found.route is None
    assert "open or closed" in found.closed.reason


PLACES = "abcdef"


@st.composite
def worlds(pick):
    """Six places joined at random, and a corridor of one to three gateways."""
    lines = ["origin:a:A > rail:a:A:1520 access", "rail:f:A:1520 > destination:f:A access"]
    pairs = pick(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES)), min_size=4, max_size=10))
    for i, (start, end) in enumerate(pairs):
        if start != end:
            usd = pick(st.integers(1, 30))
            lines.append(f"rail:{start}:A:1520 = rail:{end}:A:1520 haul 10km {usd}h {usd}$ link:l{i}")
    lines += [f"rail:{place}:A:1520 > destination:{place}:A access" for place in "abcde"]
    return "\n".join(lines), pick(st.lists(st.sampled_from("bcde"), min_size=1, max_size=3, unique=True))


def walk(costs: ArcCosts, groups: Sequence[Target], end: str) -> float:
    """The cheapest simple path that meets the groups in turn, by trying all; inf if there is none."""
    network, weight = costs.network, costs.weight("money")
    goal = network.node_index[f"destination:{end}"]
    best = np.inf
    stack = [(network.node_index["origin:a"], 0, 0.0, frozenset[int]())]
    while stack:
        node, done, cost, seen = stack.pop()
        if node == goal:
            best = min(best, cost) if done == len(groups) else best
            continue
        for arc in np.flatnonzero(network.tail == node).tolist():
            head = int(network.head[arc])
            touched = [i for i, group in enumerate(groups) if head in set(group.nodes)]
            if head in seen or any(i != done for i in touched):
                continue
            stack.append((head, done + len(touched), cost + float(weight[arc]), seen | {node}))
    return best


@settings(max_examples=60)
@given(world=worlds())
def test_no_simple_path_along_the_corridor_is_cheaper(world):
    text, gateways = world
    costs = read(text)
    found = search(costs, x=[f"place.{name}" for name in gateways])
    (answer,) = found.ways(costs, "a", ["f"], by="money")
    orders = found.corridors.vias(0)
    naive = min(walk(costs, order, "f") for order in orders)
    if answer.route is not None:
        assert answer.route.usd == pytest.approx(naive)
    else:
        # No way, or only one that turns back; then the searched walk is cheaper than any simple path.
        assert answer.closed is not None
        if "turns back" not in answer.closed.reason:
            assert naive == np.inf


@settings(max_examples=40)
@given(world=worlds())
def test_a_search_with_the_gateways_as_vias_is_never_dearer(world):
    """A via may be met again out of turn, a gateway may not."""
    text, gateways = world
    costs = read(text)
    found = search(costs, x=[f"place.{name}" for name in gateways])
    (answer,) = found.ways(costs, "a", ["f"], by="money")
    if answer.route is None:
        return
    vias = [find_routes(costs, "a", "f", by="money", k=1, vias=order) for order in found.corridors.vias(0)]
    assert any(other.routes for other in vias)
    best = min(other.routes[0].usd for other in vias if other.routes)
    assert best <= answer.route.usd + 1e-9


def test_no_gateway_is_passed_before_its_turn_or_again_after_a_later_one():
    """c lies between e and f, which are one group: whoever passes c passes that group on both sides of it."""
    line = """
origin:a:A     > rail:a:A:1520     access
rail:a:A:1520  = rail:e:A:1520     haul 100km 1h 1$ link:one
rail:e:A:1520  = rail:c:A:1520     haul 100km 1h 1$ link:two
rail:c:A:1520  = rail:f:A:1520     haul 100km 1h 1$ link:three
rail:f:A:1520  > destination:f:A   access
"""
    assert links(way(line, ["place.c", "place.f"], ends=("a", "f"))) == ["one", "two", "three"]
    assert way(line, ["place.c", "place.e|place.f"], ends=("a", "f")).route is None
