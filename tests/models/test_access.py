"""Access to the sea: ways, exact numbers of independent ways against trying out, dependence."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from route_maps import Arc, costs_of, read

from landbridge.costs.arccosts import ArcCosts
from landbridge.models.access import access, best_way, independent_ways, outbound_berths, remedies

# UZB reaches port N by KAZ and port S by TKM and IRN; a second way to KAZ is by another crossing.
INLAND = """
origin:t:UZB > rail:t:UZB:1520 access
rail:t:UZB:1520 = rail:k:KAZ:1520 crossing 5h 10$ crossing:uk1 link:L1 sigma:0.9
rail:t:UZB:1520 = rail:k:KAZ:1520 crossing 6h 10$ crossing:uk2 link:L2
rail:k:KAZ:1520 = rail:r:RUS:1520 crossing 9h 30$ crossing:kr link:L3
rail:r:RUS:1520 > sea_out:N:RUS load 1h 5$
rail:t:UZB:1520 = rail:m:TKM:1520 crossing 20h 5$ crossing:ut link:L4
rail:m:TKM:1520 = rail:i:IRN:1435 crossing 20h 5$ crossing:ti link:L5
rail:k:KAZ:1520 = rail:m:TKM:1520 crossing 1h 1$ crossing:kt link:L6
rail:i:IRN:1435 > sea_out:S:IRN load 1h 5$
"""


def test_cheapest_fastest_and_independent_ways_of_a_small_map() -> None:
    row = access(read(INLAND, value_of_time=0.0), "UZB", "t", ["N", "S"])
    assert row.cheapest is not None
    assert row.fastest is not None
    assert (row.cheapest.port, row.cheapest.route.usd) == ("S", 15.0)
    assert (row.fastest.port, row.fastest.route.hours) == ("N", 15.0)
    assert (row.independent_by_crossing, row.independent_by_neighbour, row.independent_by_country) == (2, 2, 2)


def test_the_most_reliable_way_is_not_the_fastest_where_a_border_is_moody() -> None:
    row = access(read(INLAND, value_of_time=0.0), "UZB", "t", ["N", "S"])
    assert row.most_reliable is not None
    assert row.most_reliable.route.crossings == ("uk2", "kr")
    assert row.fastest is not None
    assert row.fastest.route.crossings == ("uk1", "kr")


def test_dependence_is_the_share_of_cost_that_a_country_saves() -> None:
    row = access(read(INLAND, value_of_time=0.0), "UZB", "t", ["N", "S"])
    found = {item.country: item for item in row.dependences}
    # Without TKM 45 USD by KAZ and RUS in the place of 15; without IRN 41, by TKM first.
    assert found["TKM"].share == pytest.approx(1 - 15 / 45)
    assert found["IRN"].extra_cost == 26.0
    assert "KAZ" not in found
    assert row.to_json()["largest_dependence"] == {"country": "TKM", "share": found["TKM"].share}


def test_the_only_neighbour_has_all_of_it_and_no_infinite_number() -> None:
    lines = [line for line in INLAND.splitlines() if "crossing:ut" not in line]
    row = access(read("\n".join(lines), value_of_time=0.0), "UZB", "t", ["N", "S"])
    assert row.largest_dependence is not None
    assert (row.largest_dependence.country, row.largest_dependence.share) == ("KAZ", 1.0)
    assert row.largest_dependence.extra_cost is None
    assert row.independent_by_neighbour == 1
    assert row.independent_by_crossing == 2


def test_a_country_without_any_way_has_none_and_nothing_to_depend_on() -> None:
    row = access(read("origin:t:UZB > rail:t:UZB:1520 access\nsea_out:N:RUS > sea_in:N:RUS lane"), "UZB", "t", ["N"])
    assert row.cheapest is None
    assert row.independent_by_crossing == row.independent_by_country == 0
    assert row.largest_dependence is None
    assert row.to_json()["port"] is None


def test_an_own_coast_is_one_way_beside_those_abroad() -> None:
    costs = read(INLAND + "rail:t:UZB:1520 > sea_out:W:UZB load 1h 5$\n")
    row = access(costs, "UZB", "t", ["N", "S", "W"])
    assert (row.independent_by_crossing, row.independent_by_neighbour, row.independent_by_country) == (3, 3, 3)


def test_a_ferry_is_a_neighbour_and_a_crossing_serves_all_its_links_together() -> None:
    costs = read(
        """
        origin:t:TKM > rail:t:TKM:1520 access
        rail:t:TKM:1520 > sea_out:F:TKM load
        sea_out:F:TKM > sea_in:G:AZE service 10h crossing:ferry link:S1
        sea_out:F:TKM > sea_in:G:AZE service 11h crossing:ferry link:S2
        sea_in:G:AZE > rail:g:AZE:1520 unload
        rail:g:AZE:1520 > rail:p:GEO:1520 crossing crossing:ag1 link:L1
        rail:g:AZE:1520 > rail:p:GEO:1520 crossing crossing:ag2 link:L2
        rail:p:GEO:1520 > sea_out:P:GEO load
        """
    )
    row = access(costs, "TKM", "t", ["P"])
    assert (row.independent_by_crossing, row.independent_by_neighbour, row.independent_by_country) == (1, 1, 1)


def test_remedies_are_those_that_help_the_best_first() -> None:
    here = best_way(read(INLAND, value_of_time=0.0), "t", ["N", "S"])
    cheaper = best_way(read(INLAND.replace("20h 5$", "20h 2$"), value_of_time=0.0), "t", ["N", "S"])
    more = INLAND + "rail:t:UZB:1520 = rail:c:CHN:1435 crossing 90h 90$ crossing:uc link:L9\n"
    more += "rail:c:CHN:1435 > sea_out:C:CHN load\n"
    wider = best_way(read(more, value_of_time=0.0), "t", ["N", "S", "C"])
    assert here is not None
    found = remedies(here, [("same", "", here), ("cheaper", "", cheaper), ("wider", "", wider), ("none", "", None)])
    assert [(item.id, item.change_cost, item.extra_ways) for item in found] == [("cheaper", -6.0, 0), ("wider", 0.0, 1)]


# --- exact numbers against trying out ---------------------------------------------------------------------------------

COUNTRIES = "ABCDEF"


@st.composite
def continents(draw: st.DrawFn) -> ArcCosts:
    """Some countries with up to two stations each, crossings that serve several links, ports here and there."""
    n = draw(st.integers(3, 6))
    nodes = [f"rail:{country}{i}:{country}:1520" for country in COUNTRIES[:n] for i in range(2)]
    arcs = [Arc("origin:o:A", nodes[0], "access")]
    for number in range(draw(st.integers(3, 14))):
        tail, head = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
        if tail.split(":")[2] == head.split(":")[2]:
            arcs.append(Arc(tail, head, "haul", mode="rail", hours=1.0, link=f"h{number}"))
        else:
            sides = "-".join(sorted((tail.split(":")[2], head.split(":")[2])))
            crossing = f"{sides}:{draw(st.integers(0, 1))}"
            arcs.append(Arc(tail, head, "crossing", mode="rail", usd=1.0, crossing=crossing, link=f"c{number}"))
    for country in draw(st.lists(st.sampled_from(COUNTRIES[1:n]), min_size=1, max_size=3, unique=True)):
        at = nodes[2 * COUNTRIES.index(country) + draw(st.integers(0, 1))]
        arcs.append(Arc(at, f"sea_out:P{country}:{country}", "load"))
    return costs_of(arcs)


def tried_out(costs: ArcCosts, by: str, ports: Sequence[str]) -> int:
    """Largest number of ways without a common thing: every set of simple ways tried."""
    network = costs.network
    start = network.node_index["origin:o"]
    ends = set(outbound_berths(network, ports).tolist())
    own = int(network.node_country[start])

    def uses(path: Sequence[int]) -> frozenset[int] | None:
        if by == "crossing":
            passed = [int(network.crossing[arc]) for arc in path if network.crossing[arc] >= 0]
            return frozenset(passed) if len(passed) == len(set(passed)) else None
        ends = [(int(network.node_country[network.tail[a]]), int(network.node_country[network.head[a]])) for a in path]
        entered = [other for one, other in ends if one != other != own and (by == "country" or one == own)]
        return frozenset(entered) if len(entered) == len(set(entered)) else None

    found: set[frozenset[int]] = set()

    def go(node: int, path: tuple[int, ...], seen: frozenset[int]) -> None:
        if node in ends:
            used = uses(path)
            if used is not None:
                found.add(used)
            return
        for arc in np.flatnonzero(network.tail == node).tolist():
            if int(network.head[arc]) not in seen:
                go(int(network.head[arc]), (*path, arc), seen | {int(network.head[arc])})

    go(start, (), frozenset({start}))
    least = [used for used in found if not any(other < used for other in found)]
    for size in range(len(least), 0, -1):
        if size > 6:
            continue
        if any(sum(map(len, group)) == len(frozenset().union(*group)) for group in itertools.combinations(least, size)):
            return size
    return 0


@given(continents(), st.sampled_from(["crossing", "neighbour", "country"]))
@settings(max_examples=120)
def test_the_number_of_independent_ways_is_that_of_trying_out(costs: ArcCosts, by: str) -> None:
    network = costs.network
    ports = network.port_ids
    ends = outbound_berths(network, ports)
    start = network.node_index["origin:o"]
    assert independent_ways(network, costs.open, start, ends, by) == tried_out(costs, by, ports)  # type: ignore[arg-type]


@given(continents())
@settings(max_examples=40)
def test_fewer_ways_are_disjoint_the_more_must_differ_and_shares_lie_between_0_and_1(costs: ArcCosts) -> None:
    row = access(costs, "A", "o", costs.network.port_ids)
    assert row.independent_by_country <= row.independent_by_crossing
    assert row.independent_by_country <= row.independent_by_neighbour
    countries = row.cheapest.route.countries if row.cheapest else ()
    assert bool(countries) or row.independent_by_crossing == 0
    assert row.independent_by_country > 0 or len(countries) != len(set(countries)) or not countries
    assert all(0 < item.share <= 1 and math.isfinite(item.share) for item in row.dependences)
    assert all((item.share == 1) == (item.extra_cost is None) or item.extra_cost for item in row.dependences)
