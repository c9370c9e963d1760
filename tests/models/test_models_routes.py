"""Routes explain themselves: what adds up adds up to the number, and a customs officer finds his border in them."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import subprocess
import sys
from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_routes import cheapest, vias_done, walks
from random_maps import arc_lists, maps, maps_with_vias
from route_maps import costs_of, read

from landbridge.costs.arccosts import ArcCosts
from landbridge.models.route_account import Names
from landbridge.models.routes import Avoided, find_routes
from landbridge.models.search import Target
from landbridge.models.spread import recompute
from landbridge.network.state import Closure
from landbridge.result.routes import Line, Route, RoutesAnswer
from landbridge.schema.errors import BadRequest
from landbridge.schema.words import OBJECTIVES, Objective


def best(costs: ArcCosts, by: Objective) -> float:
    answer = find_routes(costs, "o", "d", by=by, k=1)
    return answer.routes[0].objective(by) if answer.routes else math.inf


@settings(max_examples=200, deadline=None)
@given(maps(most_nodes=7, most_arcs=20), st.sampled_from(OBJECTIVES))
def test_what_adds_up_adds_up_to_the_number(costs: ArcCosts, by: Objective) -> None:
    answer = find_routes(costs, "o", "d", by=by, k=4)
    for route in answer.routes:
        sums = {
            measure: math.fsum(part.amount for part in route.contributions if part.measure == measure)
            for measure in ("hours", "usd", "co2_wtw_kg", "co2_ttw_kg", "origin_wait_hours")
        }
        assert (route.hours, route.usd) == (sums["hours"], sums["usd"])
        assert (route.co2_kg, route.co2_ttw_kg) == (sums["co2_wtw_kg"], sums["co2_ttw_kg"])
        assert route.origin_wait_hours == sums["origin_wait_hours"]
        assert route.generalised_usd == route.usd + costs.value_of_time_usd_per_hour * route.hours
        assert sum(leg.hours for leg in route.legs) == pytest.approx(route.hours)
        assert sum(leg.usd for leg in route.legs) == pytest.approx(route.usd)
        assert sum(leg.co2_kg for leg in route.legs) == pytest.approx(route.co2_kg)
        assert sum(leg.distance_km for leg in route.legs) == pytest.approx(route.distance_km)
        assert sum(route.distance_by_mode.values()) == pytest.approx(route.distance_km)
        for number, leg in enumerate(route.legs):
            own = [part for part in route.contributions if part.leg == number and part.measure == "usd"]
            assert sum(part.amount for part in own) == pytest.approx(leg.usd)
        assert {part.leg for part in route.contributions if part.measure == "origin_wait_hours"} <= {-1}
        assert recompute(route.p95) == route.hours_p95 >= route.hours * (1 - 1e-12)
        assert route.buffer_index == pytest.approx(route.hours_p95 / route.hours - 1 if route.hours else 0)
        assumed = sum(p.amount for p in route.contributions if p.measure == "hours" and p.basis == "assumed")
        assert route.assumed_share_hours == pytest.approx(assumed / route.hours if route.hours else 0)


@settings(max_examples=200, deadline=None)
@given(maps(most_nodes=7, most_arcs=20))
def test_profile_climbs_to_the_totals(costs: ArcCosts) -> None:
    for route in find_routes(costs, "o", "d", k=4).routes:
        first, last = route.profile[0], route.profile[-1]
        assert (first.distance_km, first.hours, first.usd, first.kind) == (0.0, 0.0, 0.0, "origin")
        assert (last.distance_km, last.hours, last.usd) == (route.distance_km, route.hours, route.usd)
        assert last.kind == "destination"
        for before, after in zip(route.profile, route.profile[1:], strict=False):
            assert after.distance_km >= before.distance_km
            assert after.hours >= before.hours
            assert after.usd >= before.usd
            if after.kind in ("crossing", "gauge", "port", "transfer"):
                assert after.distance_km == before.distance_km
                assert after.label
        steps = [point.label for point in route.profile if point.kind == "crossing"]
        costly = {p.where for p in route.contributions if p.component == "border" and p.measure in ("hours", "usd")}
        assert costly == set(steps)


@settings(max_examples=200, deadline=None)
@given(arc_lists(most_nodes=6, most_arcs=14), st.sampled_from(OBJECTIVES), st.data())
def test_closing_an_arc_or_raising_a_component_never_improves(arcs: list, by: Objective, data: st.DataObject) -> None:
    before = best(costs_of(arcs), by)
    position = data.draw(st.integers(0, len(arcs) - 1))
    arc = arcs[position]
    shut = [*arcs[:position], dataclasses.replace(arc, shut="e"), *arcs[position + 1 :]]
    assert best(costs_of(shut), by) >= before
    dearer = dataclasses.replace(arc, hours=arc.hours + 3, usd=arc.usd + 3, co2=arc.co2 + 3)
    assert best(costs_of([*arcs[:position], dearer, *arcs[position + 1 :]]), by) >= before


def path_of(costs: ArcCosts, route: Route) -> list[int]:
    """Arcs of a route, read from its contributions."""
    network = costs.network
    ends = [f"{network.node_key[t]}>{network.node_key[h]}" for t, h in zip(network.tail, network.head, strict=True)]
    arc_of = {
        f"{end}#{network.link_ids[link]}": arc for arc, (end, link) in enumerate(zip(ends, network.link, strict=True))
    }
    return [arc_of[key] for key, _ in itertools.groupby(part.arc for part in route.contributions)]


@settings(max_examples=200, deadline=None)
@given(maps_with_vias())
def test_every_alternative_passes_the_vias_in_order(case: tuple[ArcCosts, list[Target]]) -> None:
    costs, vias = case
    network = costs.network
    start, end = network.node_index["origin:o"], network.node_index["destination:d"]
    answer = find_routes(costs, "o", "d", by="co2", k=4, vias=vias)
    found = min((cost for _, cost in walks(network, costs.weight("co2").tolist(), start, end, vias)), default=math.inf)
    assert (answer.routes[0].co2_kg if answer.routes else math.inf) == pytest.approx(found)
    repeated = []
    for route in answer.routes:
        path = path_of(costs, route)
        nodes = [start, *network.head[path].tolist()]
        assert nodes[-1] == end
        assert network.tail[path].tolist() == nodes[:-1]
        assert vias_done(network, path, start, vias) == len(vias)
        repeated.append({node for node in nodes if nodes.count(node) > 1})
    assert all(nodes <= repeated[0] for nodes in repeated)
    assert bool(answer.notes) == bool(repeated and repeated[0])


@settings(max_examples=100, deadline=None)
@given(maps(most_arcs=20), st.data())
def test_what_is_avoided_is_not_used(costs: ArcCosts, data: st.DataObject) -> None:
    avoided = data.draw(st.lists(st.booleans(), min_size=costs.network.n_arcs, max_size=costs.network.n_arcs))
    option = Avoided(Closure("--avoid some", "asked", "option"), np.array(avoided))
    by_hand = np.where(option.arcs, np.inf, costs.weight("cost"))
    start, end = costs.network.node_index["origin:o"], costs.network.node_index["destination:d"]
    answer = find_routes(costs, "o", "d", k=3, avoid=[option])
    assert best_of(answer) == pytest.approx(cheapest(costs.network, by_hand.tolist(), start, end))
    if answer.unreachable and cheapest(costs.network, costs.weight("cost").tolist(), start, end) < math.inf:
        assert answer.unreachable.closures == ("--avoid some",)


class AskedByName(Mapping[str, tuple[tuple[float, float], ...]]):
    """Lines of links that may be looked up and never counted: those of the world are read when they are asked for."""

    def __getitem__(self, link: str) -> tuple[tuple[float, float], ...]:
        raise KeyError(link)

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("all lines were asked for")

    def __len__(self) -> int:
        raise AssertionError("the lines were counted")


@settings(max_examples=20, deadline=None)
@given(maps(most_arcs=20))
def test_of_the_lines_of_links_only_those_on_the_way_are_asked_for(costs: ArcCosts) -> None:
    assert find_routes(costs, "o", "d", k=3, shapes=AskedByName()) == find_routes(costs, "o", "d", k=3)


def best_of(answer: RoutesAnswer) -> float:
    return answer.routes[0].generalised_usd if answer.routes else math.inf


@settings(max_examples=100, deadline=None)
@given(maps(most_nodes=5, most_arcs=12, closures=4))
def test_lifting_the_named_closures_opens_a_way(costs: ArcCosts) -> None:
    answer = find_routes(costs, "o", "d", k=1)
    if answer.unreachable is None:
        return
    named = [i for i, closure in enumerate(costs.closures) if closure.id in answer.unreachable.closures]
    assert bool(named) == bool(answer.unreachable.closures)
    everything = dataclasses.replace(costs, closure=np.full_like(costs.closure, -1))
    if not named:
        assert find_routes(everything, "o", "d", k=1).unreachable is not None
        return
    for kept_shut in ([], *([i] for i in named)):
        lifted = np.isin(costs.closure, [i for i in named if i not in kept_shut])
        opened = dataclasses.replace(costs, closure=np.where(lifted, -1, costs.closure).astype(np.int32))
        assert (find_routes(opened, "o", "d", k=1).unreachable is None) == (not kept_shut)


CHAIN = """
origin:tokyo:JPN       > sea_out:JPTYO:JPN        access 20h 200$ 24wait port:JPTYO
sea_out:JPTYO:JPN      > sea_in:CNLYG:CHN         lane 2000km 80h 400$ 100kg sigma:0.1
sea_in:CNLYG:CHN       > rail:lianyungang:CHN:1435 unload 96h 150$ port:CNLYG sigma:0.5 assumed
rail:lianyungang:CHN:1435 = rail:khorgos:CHN:1435 haul 4000km 160h 1600$ 400kg sigma:0.2 link:R1
rail:khorgos:CHN:1435  = rail:altynkol:KAZ:1520   crossing 40h 300$ crossing:rail:KAZ-CHN:altynkol sigma:0.6
rail:altynkol:KAZ:1520 = rail:zhetygen:KAZ:1520   haul 300km 15h 150$ 30kg sigma:0.2 link:R2
rail:zhetygen:KAZ:1520 = rail:saryagash:KAZ:1520  haul 700km 35h 350$ 70kg sigma:0.2 link:R3
rail:saryagash:KAZ:1520 = rail:keles:UZB:1520     crossing 10h 100$ crossing:rail:KAZ-UZB:saryagash sigma:0.6
rail:keles:UZB:1520    = rail:tashkent:UZB:1520   haul 20km 1h 10$ 2kg sigma:0.2 link:R4
rail:tashkent:UZB:1520 > destination:tashkent:UZB access 5h 60$
sea_out:JPTYO:JPN      > sea_in:BUSAN:KOR         lane 1000km 40h 200$
sea_in:BUSAN:KOR       > sea_out:BUSAN:KOR        transship 30h 100$ port:BUSAN
sea_out:BUSAN:KOR      > sea_in:CNLYG:CHN         lane 900km 40h 250$ strait:tsushima strait:yellow
rail:altynkol:KAZ:1520 = rail:altynkol:KAZ:1435   gauge 12h 90$
rail:zhetygen:KAZ:1520 = road:zhetygen:KAZ        transfer 8h 50$
road:zhetygen:KAZ      = road:tashkent:UZB        crossing 500h 5000$ crossing:road:KAZ-UZB:zz
origin:tashkent:UZB    > rail:tashkent:UZB:1520   access
"""
NAMES = Names(
    places={"tokyo": "Tokyo", "tashkent": "Tashkent", "altynkol": "Altynkol"},
    ports={"JPTYO": "Tokyo", "CNLYG": "Lianyungang", "BUSAN": "Busan"},
    crossings={"rail:KAZ-CHN:altynkol": "Altynkol-Khorgos"},
)


def test_a_customs_officer_can_read_the_route() -> None:
    costs = read(CHAIN)
    answer = find_routes(costs, "tokyo", "tashkent", k=3, names=NAMES)
    assert (answer.origin, answer.destination, answer.as_of) == ("Tokyo", "Tashkent", "2024-12-31")
    route = answer.routes[0]
    assert route.crossings == ("rail:KAZ-CHN:altynkol", "rail:KAZ-UZB:saryagash")
    assert route.gauge_breaks == ("altynkol",)
    assert route.ports == ("JPTYO", "CNLYG")
    assert route.countries == ("JPN", "CHN", "KAZ", "UZB")
    assert route.straits == ()
    assert [(leg.mode, leg.from_, leg.to) for leg in route.legs] == [
        ("sea", "Tokyo", "Lianyungang"),
        ("rail", "lianyungang", "Tashkent"),
    ]
    assert route.distance_by_mode == {"sea": 2000.0, "rail": 5020.0}
    assert route.origin_wait_hours == 24.0
    assert route.hours == 20 + 80 + 96 + 160 + 40 + 15 + 35 + 10 + 1 + 5
    assert route.legs[1].hours == route.hours - 100  # the port of discharge belongs to the leg that follows it
    assert route.legs[1].countries == ("CHN", "KAZ", "UZB")
    assert route.assumed_share_hours == pytest.approx(96 / route.hours)
    assert route.assumed_share_usd == pytest.approx(150 / route.usd)
    risers = [
        (point.kind, point.label) for point in route.profile if point.kind not in ("place", "origin", "destination")
    ]
    assert risers == [
        ("port", "port of Lianyungang"),
        ("crossing", "Altynkol-Khorgos (CHN-KAZ)"),
        ("crossing", "rail:KAZ-UZB:saryagash (KAZ-UZB)"),
    ]
    assert route.stretch == 1.0


def test_by_the_hub_the_leg_changes_where_the_box_changes_ship() -> None:
    costs = read(CHAIN)
    busan = Target("Busan", nodes=frozenset({costs.network.node_index["sea_in:BUSAN:KOR"]}))
    route = find_routes(costs, "tokyo", "tashkent", k=1, names=NAMES, vias=[busan]).routes[0]
    assert [(leg.mode, leg.from_, leg.to) for leg in route.legs][:2] == [
        ("sea", "Tokyo", "Busan"),
        ("sea", "Busan", "Lianyungang"),
    ]
    assert route.legs[1].hours == 30 + 40
    assert route.straits == ("tsushima", "yellow")


def test_a_line_cut_into_sections_is_as_late_as_the_whole_line() -> None:
    late = []
    for cuts in (1, 2, 5):
        places = [f"rail:p{i}:KAZ:1520" for i in range(cuts + 1)]
        lines = [f"origin:o:KAZ > {places[0]} access 10h sigma:0.4", f"{places[-1]} > destination:d:KAZ access 1h"]
        lines += [
            f"{a} > {b} haul {600 // cuts}km {30 / cuts:g}h link:R sigma:0.3" for a, b in itertools.pairwise(places)
        ]
        route = find_routes(read("\n".join(lines)), "o", "d", k=1).routes[0]
        assert route.hours == pytest.approx(41)
        late.append(route.hours_p95)
    assert late == pytest.approx([late[0]] * 3)
    assert late[0] > 41


def test_only_the_modes_asked_for() -> None:
    costs = read(CHAIN)
    answer = find_routes(costs, "tokyo", "tashkent", modes={"rail"})
    assert answer.unreachable is not None
    assert answer.unreachable.closures == ("mode.sea",)
    assert find_routes(costs, "tokyo", "tashkent", modes={"rail", "sea"}).unreachable is None


def test_a_via_off_the_way_is_gone_to_and_come_back_from() -> None:
    costs = read(CHAIN)
    off = Target("Altynkol (1435)", nodes=frozenset({costs.network.node_index["rail:altynkol:KAZ:1435"]}))
    answer = find_routes(costs, "tokyo", "tashkent", names=NAMES, vias=[off])
    assert answer.notes == (
        "The best route passes Altynkol twice: a via lies off the way, so it goes there and comes back.",
    )
    assert answer.routes[0].gauge_breaks == ("altynkol", "altynkol", "altynkol")


def test_tracks_follow_known_lines_in_the_direction_of_the_journey_and_stop_at_180_degrees() -> None:
    lane = "sea_in:CNLYG:CHN-sea_out:JPTYO:JPN"
    shapes = {lane: ((35.0, 170.0), (36.0, 190.0)), "R1": ((1.0, 10.0), (2.0, 20.0))}
    backwards = CHAIN.replace(
        "rail:lianyungang:CHN:1435 = rail:khorgos:CHN:1435", "rail:khorgos:CHN:1435 = rail:lianyungang:CHN:1435"
    )
    sea, rail = find_routes(read(backwards), "tokyo", "tashkent", k=1, shapes=shapes).routes[0].tracks
    assert sea.lines == (((35.0, 170.0), (35.5, 180.0)), ((35.5, -180.0), (36.0, -170.0)))
    assert not sea.assumed
    assert rail.lines[0][:2] == ((2.0, 20.0), (1.0, 10.0))
    assert rail.assumed  # the other sections have no line
    assert all(-180 <= lon <= 180 for line in (*sea.lines, *rail.lines) for _, lon in line)


class LinesOfManyLinks(dict[str, Line]):
    """Lines of links that are slow to count, as those of the world are: each would be taken apart."""

    def __len__(self) -> int:
        raise AssertionError("all lines were read")

    __iter__ = __bool__ = __len__  # type: ignore[assignment]


def test_a_route_reads_the_lines_of_its_own_links_only() -> None:
    shapes = LinesOfManyLinks(R1=((1.0, 10.0), (2.0, 20.0)))
    _, rail = find_routes(read(CHAIN), "tokyo", "tashkent", k=1, shapes=shapes).routes[0].tracks
    assert rail.lines[0][:2] == ((1.0, 10.0), (2.0, 20.0))


def test_what_cannot_be_asked() -> None:
    costs = read(CHAIN)
    for origin, destination, k in (("tokyo", "tokyo", 5), ("zhetygen", "tashkent", 5), ("tokyo", "tashkent", 0)):
        with pytest.raises(BadRequest):
            find_routes(costs, origin, destination, k=k)
    place = costs.network.place_ids.index("tokyo")
    assert find_routes(costs, place, "tashkent").routes == find_routes(costs, "tokyo", "tashkent").routes


def test_no_way_at_all_names_no_closure() -> None:
    answer = find_routes(
        read(CHAIN + "rail:tashkent:UZB:1520 > destination:o:UZB access\norigin:x:UZB > rail:y:UZB:1520 access"),
        "x",
        "o",
    )
    assert answer.routes == ()
    assert answer.unreachable is not None
    assert answer.unreachable.closures == ()


def test_two_runs_give_the_same_bytes_and_plain_json() -> None:
    first, second = (json.dumps(find_routes(read(CHAIN), "tokyo", "tashkent", names=NAMES).to_json()) for _ in range(2))
    assert first == second


def test_a_route_in_a_cold_process_wakes_no_compiler() -> None:
    code = "import sys, landbridge.models.routes; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- least by another measure ---------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(maps_with_vias(), st.sampled_from(OBJECTIVES), st.integers(1, 3))
def test_the_least_by_another_measure_is_what_asking_by_it_answers_first(
    case: tuple[ArcCosts, list[Target]], by: Objective, k: int
) -> None:
    costs, vias = case
    answer = find_routes(costs, "o", "d", by=by, k=k, vias=vias, least=True)
    plain = find_routes(costs, "o", "d", by=by, k=k, vias=vias)
    assert dataclasses.replace(answer, least=()) == plain
    assert [other for other, _ in answer.least] == [other for other in OBJECTIVES if other != by and answer.routes]
    for other, route in answer.least:
        assert route == find_routes(costs, "o", "d", by=other, k=1, vias=vias).routes[0]
        shown = answer.to_json()["least"][other]
        assert (shown["listed_as"] is None) == all(item.id != route.id for item in answer.routes)


def test_a_way_that_is_least_by_two_measures_and_not_listed_is_told_once() -> None:
    costs = read(
        """
        origin:o:A > rail:a:A:1520 access
        rail:a:A:1520 > rail:b:B:1520 crossing 10h 9$ crossing:x
        rail:a:A:1520 > rail:b:B:1520 crossing 90h 1$ crossing:y
        rail:b:B:1520 > destination:d:B access
        """,
        value_of_time=1.0,
    )
    answer = find_routes(costs, "o", "d", k=1, least=True)
    ((objectives, route),) = answer.least_not_listed()
    assert (objectives, route.crossings) == (("money",), ("y",))
    least = answer.to_json()["least"]
    assert least["money"]["option"] == "--by money"
    assert least["money"]["listed_as"] is None
    assert (least["time"]["id"], least["time"]["listed_as"]) == (answer.routes[0].id, 1)
    two = dataclasses.replace(answer, least=(("money", route), ("co2", route)))
    assert two.least_not_listed() == ((("money", "co2"), route),)
    assert dataclasses.replace(two, routes=(route,)).least_not_listed() == ()
