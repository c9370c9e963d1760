"""Sea lanes and named services."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from cost_facts import (
    LAND_AND_SEA,
    WORLD,
    amounts,
    arc_of,
    costs_of,
    entry_of,
    number,
    parts,
    reason,
    request,
    shut,
    with_,
)
from maps import draw

TWO_LANES = "shanghai(CHN) ~10000 suez~ hamburg(DEU)\nshanghai(CHN) ~16000~ hamburg(DEU)\n"
WEST = ("sea_out:P-shanghai", "sea_in:P-hamburg")
EAST = ("sea_out:P-hamburg", "sea_in:P-shanghai")
SHORT, LONG = "P-shanghai-P-hamburg", "P-shanghai-P-hamburg/2"
REGIONS = [{"id": "europe", "name": "Europe", "members": "DEU"}]
SPOT = number(
    "spot", "port:P-shanghai", "ocean_price", 1500, partner="port:P-hamburg", mode="sea", vehicle="teu", scope="spot"
)


def replace_partner(row, partner):
    return {**row, "partner": partner} if isinstance(row, dict) else replace(row, partner=partner)


def lane(numbers=WORLD, link=SHORT, ends=WEST, text=TWO_LANES, by_event=(), **more):
    network = draw(text).network()
    arcs = [arc for arc in network.arcs_of_kind("lane").tolist() if network.link_ids[network.link[arc]] in by_event]
    costs = costs_of(text, numbers, network=network, state=shut(network, arcs) if arcs else None, **more)
    return costs, arc_of(costs, *ends, link)


def test_hours_are_length_over_speed():
    costs, arc = lane()
    assert amounts(costs, arc, "hours") == {"haul": pytest.approx(500)}


def test_without_a_rate_the_distance_rule_serves():
    costs, arc = lane(link=LONG)
    assert amounts(costs, arc) == {"haul": pytest.approx(200 + 1600)}
    assert {entry.basis for entry, _ in parts(costs, arc) if entry.measure == "usd"} == {"reported"}


def test_the_rule_knows_full_and_empty_directions():
    origin = [{"id": "headhaul_origin", "name": "Full", "members": "CHN;JPN"}]
    numbers = with_(
        *(number(f"fixed.{way}", "world", "ocean_price_fixed", fixed, mode="sea", vehicle="teu", direction=way)
          for way, fixed in (("headhaul", 500), ("backhaul", 50))),
        *(number(f"km.{way}", "world", "ocean_price_per_km", km, mode="sea", vehicle="teu", direction=way)
          for way, km in (("headhaul", 0.2), ("backhaul", 0.01))),
    )  # fmt: skip
    for ends, usd in ((WEST, 500 + 2000), (EAST, 50 + 100)):
        costs, arc = lane(numbers, ends=ends, regions=origin)
        assert amounts(costs, arc) == {"haul": pytest.approx(usd)}
    costs, arc = lane(numbers, ends=EAST)  # nobody ships more than he receives
    assert amounts(costs, arc) == {"haul": pytest.approx(200 + 1000)}


def test_a_rate_of_the_pair_holds_one_way_and_wins_over_the_rule():
    costs, arc = lane(with_(SPOT))
    assert amounts(costs, arc) == {"haul": 1500}
    costs, arc = lane(with_(SPOT), ends=EAST)
    assert amounts(costs, arc) == {"haul": pytest.approx(200 + 1000)}


def test_spot_before_contract_and_the_pair_before_its_region():
    contract = number("contract", "port:P-shanghai", "ocean_price", 900, partner="port:P-hamburg", mode="sea",
                      vehicle="teu", scope="contract")  # fmt: skip
    wide = number("wide", "port:P-shanghai", "ocean_price", 700, partner="region:europe", mode="sea", vehicle="teu",
                  scope="spot")  # fmt: skip
    for numbers, usd in ((with_(SPOT, contract, wide), 1500), (with_(contract, wide), 900), (with_(wide), 700)):
        costs, arc = lane(numbers, regions=REGIONS)
        assert amounts(costs, arc)["haul"] == usd
        assert entry_of(costs, arc, "haul", "usd").basis == "reported"


def test_a_port_of_the_same_country_may_stand_in_visibly():
    text = TWO_LANES + "ningbo(CHN) ~9900~ hamburg(DEU)\n"
    costs = costs_of(text, with_(SPOT))
    entry = entry_of(costs, arc_of(costs, "sea_out:P-ningbo", "sea_in:P-hamburg"), "haul", "usd")
    assert (entry.fixed, entry.basis) == (1500, "assumed")
    assert "port:P-shanghai to port:P-hamburg stands in" in entry.note


def test_a_port_on_another_sea_does_not_stand_in():
    """Nor does one whose lane nobody knows the length of."""
    text = TWO_LANES + "tianjin(CHN) ~15100~ hamburg(DEU)\n"
    costs = costs_of(text, with_(SPOT))
    assert amounts(costs, arc_of(costs, "sea_out:P-tianjin", "sea_in:P-hamburg")) == {"haul": pytest.approx(1710)}
    text = TWO_LANES + "ningbo(CHN) ~9900~ lisbon(PRT)\n"
    costs = costs_of(text, with_(replace_partner(SPOT, "port:P-lisbon")))
    assert amounts(costs, arc_of(costs, "sea_out:P-ningbo", "sea_in:P-lisbon")) == {"haul": pytest.approx(1190)}


def test_a_longer_lane_than_the_one_that_stands_in_pays_the_difference():
    for km, usd in ((12000, 1500 + 200), (8000, 1500)):
        costs = costs_of(TWO_LANES + f"ningbo(CHN) ~{km}~ hamburg(DEU)\n", with_(SPOT))
        entry = entry_of(costs, arc_of(costs, "sea_out:P-ningbo", "sea_in:P-hamburg"), "haul", "usd")
        assert (entry.fixed, entry.basis) == (pytest.approx(usd), "assumed")


def test_of_several_that_may_stand_in_the_one_of_the_like_length_does():
    text = TWO_LANES + "ningbo(CHN) ~9900~ hamburg(DEU)\ndalian(CHN) ~11000~ hamburg(DEU)\n"
    near = number("near", "port:P-dalian", "ocean_price", 1000, partner="port:P-hamburg", mode="sea", vehicle="teu",
                  scope="spot")  # fmt: skip
    costs = costs_of(text, with_(SPOT, near))
    assert amounts(costs, arc_of(costs, "sea_out:P-ningbo", "sea_in:P-hamburg")) == {"haul": 1500}


def test_a_rate_of_two_regions_holds_one_way_between_all_their_ports():
    regions = [*REGIONS, {"id": "asia", "name": "Asia", "members": "CHN"}]
    trade = number("trade", "region:asia", "ocean_price", 800, partner="region:europe", mode="sea", vehicle="teu",
                   scope="spot")  # fmt: skip
    costs, arc = lane(with_(trade), regions=regions)
    assert amounts(costs, arc) == {"haul": 800}
    assert entry_of(costs, arc, "haul", "usd").basis == "reported"
    costs, arc = lane(with_(trade), ends=EAST, regions=regions)
    assert amounts(costs, arc) == {"haul": pytest.approx(200 + 1000)}


def test_outside_the_countries_that_ship_more_than_they_receive_another_rule_holds():
    outside = with_(
        number("fixed.e", "world", "ocean_price_fixed", 300, mode="sea", vehicle="teu", direction="elsewhere"),
        number("km.e", "world", "ocean_price_per_km", 0.05, mode="sea", vehicle="teu", direction="elsewhere"),
    )
    for members, usd in (("JPN", 300 + 500), ("CHN;DEU", 200 + 1000)):
        origin = [{"id": "headhaul_origin", "name": "Full", "members": members}]
        costs, arc = lane(outside, regions=origin)
        assert amounts(costs, arc) == {"haul": pytest.approx(usd)}


def test_a_longer_lane_pays_the_extra_distance():
    costs, arc = lane(with_(SPOT), LONG)
    assert amounts(costs, arc) == {"haul": 1500, "surcharge": pytest.approx(600)}


def test_an_episode_that_sailed_round_pays_no_detour_again():
    """Also where the rate stands in from another port of the country."""
    peak = number("peak", "port:P-shanghai", "ocean_price", 5000, partner="port:P-hamburg", mode="sea", vehicle="teu",
                  scope="spot", normal="no", from_date="2024-12-01", to_date="2024-12-31")  # fmt: skip
    text = TWO_LANES + "ningbo(CHN) ~9900 suez~ hamburg(DEU)\nningbo(CHN) ~15900~ hamburg(DEU)\n"
    suez = (SHORT, "P-ningbo-P-hamburg")
    for port in ("shanghai", "ningbo"):
        network = draw(text).network()
        lanes = [arc for arc in network.arcs_of_kind("lane") if network.link_ids[network.link[arc]] in suez]
        costs = costs_of(text, with_(peak, SPOT), network=network, state=shut(network, lanes))
        arc = arc_of(costs, f"sea_out:P-{port}", "sea_in:P-hamburg", f"P-{port}-P-hamburg/2")
        assert amounts(costs, arc) == {"haul": 5000}
    # Shut by a scenario instead, the way round is not in the rate.
    network = draw(TWO_LANES).network()
    lanes = [arc for arc in network.arcs_of_kind("lane") if network.link_ids[network.link[arc]] == SHORT]
    costs = costs_of(TWO_LANES, with_(peak), network=network, state=shut(network, lanes, "scenario"))
    assert amounts(costs, arc_of(costs, *WEST, LONG))["surcharge"] == pytest.approx(600)


def test_without_a_rate_a_way_round_is_as_dear_as_those_with_one_to_the_same_coast():
    """So a box is not cheaper by a port on the way from which nobody quoted a rate of these days."""
    peak = number("peak", "port:P-shanghai", "ocean_price", 5400, partner="region:europe", mode="sea", vehicle="teu",
                  scope="spot", normal="no", from_date="2024-12-01", to_date="2024-12-31")  # fmt: skip
    text = TWO_LANES + (
        "colombo(LKA) ~8000 suez~ hamburg(DEU)\ncolombo(LKA) ~14000~ hamburg(DEU)\n"
        "hamburg(DEU) ~8000 suez~ colombo(LKA)\nhamburg(DEU) ~14000~ colombo(LKA)\n"
        "shanghai(CHN) ~5000~ colombo(LKA)\n"
    )
    network = draw(text).network()
    lanes = [arc for arc in network.arcs_of_kind("lane").tolist() if network.straits[arc]]
    costs = costs_of(text, with_(peak), network=network, state=shut(network, lanes), regions=REGIONS)
    level = 5400 / (200 + 16000 * 0.1)
    found = {}
    for arc in network.arcs_of_kind("lane").tolist():
        ends = [network.port_ids[network.node_port[node]] for node in (network.tail[arc], network.head[arc])]
        if not network.straits[arc]:
            found["-".join(end.removeprefix("P-") for end in ends)] = amounts(costs, arc)
    assert found["shanghai-hamburg"] == {"haul": 5400}
    assert sum(found["colombo-hamburg"].values()) == pytest.approx(level * (200 + 1400))
    assert found["colombo-hamburg"]["haul"] == pytest.approx(200 + 1400)
    for pair in ("hamburg-colombo", "shanghai-colombo"):  # to other coasts, or not sent round
        assert set(found[pair]) == {"haul"}, pair
    round_lane = next(_of(network, "colombo", "hamburg"))
    assert {entry.basis for entry, _ in parts(costs, round_lane) if entry.component == "surcharge"} == {"assumed"}
    # Nothing of it where a scenario shuts the strait: the rates are of the event.
    costs = costs_of(text, with_(peak), network=network, state=shut(network, lanes, "scenario"), regions=REGIONS)
    assert set(amounts(costs, round_lane)) == {"haul"}


def _of(network, start, end):
    for arc in network.arcs_of_kind("lane").tolist():
        ends = [network.port_ids[network.node_port[node]] for node in (network.tail[arc], network.head[arc])]
        if ends == [f"P-{start}", f"P-{end}"] and not network.straits[arc]:
            yield arc


def charge(kind, usd, start="2023-12-21", end="", **cells):
    return number(f"charge.{kind}", "port:P-shanghai", "surcharge_usd", usd, partner="region:europe", mode="sea",
                  vehicle="teu", scope=kind, from_date=start, to_date=end, year="2023", **cells)  # fmt: skip


def surcharge(*numbers, link=LONG, by_event=(SHORT,), as_of=datetime.date(2024, 12, 31)):
    costs, arc = lane(with_(SPOT, *numbers), link, by_event=by_event, regions=REGIONS, ask=request(as_of=as_of))
    return amounts(costs, arc).get("surcharge", 0.0)


def test_a_published_detour_charge_replaces_the_distance_if_it_is_more():
    assert surcharge(charge("detour", 900)) == 900
    assert surcharge(charge("detour", 100)) == pytest.approx(600)


def test_a_detour_or_war_charge_is_in_force_only_while_an_event_shuts_the_usual_lane():
    for kind in ("detour", "war_risk"):
        assert surcharge(charge(kind, 900), link=SHORT, by_event=()) == 0
        assert surcharge(charge(kind, 900), link=LONG, by_event=()) == pytest.approx(600)
    assert surcharge(charge("war_risk", 900)) == pytest.approx(1500)


def test_no_charge_before_its_date_or_after_its_end():
    """A charge of the winter of 2023 is no part of the price of 2018."""
    early, late = datetime.date(2018, 6, 30), datetime.date(2024, 12, 31)
    for kind in ("detour", "war_risk", "congestion"):
        assert surcharge(charge(kind, 900), as_of=early) == pytest.approx(600), kind
    assert surcharge(charge("congestion", 900), as_of=late) == pytest.approx(1500)
    assert surcharge(charge("congestion", 900, end="2024-06-30"), as_of=late) == pytest.approx(600)


def test_no_price_at_all_closes_a_lane():
    costs = costs_of(TWO_LANES, with_(without=["sea.fixed"]))
    assert "no freight rate is known P-shanghai to P-hamburg" in reason(costs, arc_of(costs, *WEST, SHORT))


def test_no_speed_closes_the_sea():
    costs = costs_of(TWO_LANES, with_(without=["speed.sea"]))
    assert {reason(costs, arc) for arc in costs.network.arcs_of_kind("lane").tolist()} == {"no speed of ships is known"}


def test_short_sea_ships_call_on_the_way():
    calls = number("calls", "world", "call_hours", 60, mode="sea")
    basin = [{"id": "basin_east", "name": "East", "members": "P-tokyo;P-shanghai"}]
    costs = costs_of(LAND_AND_SEA, with_(calls), regions=basin)
    assert amounts(costs, arc_of(costs, "sea_out:P-tokyo", "sea_in:P-shanghai"), "hours")["haul"] == pytest.approx(160)
    outside = costs_of(LAND_AND_SEA, with_(calls))
    lane_outside = arc_of(outside, "sea_out:P-tokyo", "sea_in:P-shanghai")
    assert amounts(outside, lane_outside, "hours")["haul"] == pytest.approx(100)


FERRY = ("service_out:SEA8:P-aktau", "service_in:P-baku")
BACK = ("service_out:SEA8:P-baku", "service_in:P-aktau")


def test_a_ferry_without_figures_has_the_rule_of_ferries():
    costs = costs_of(LAND_AND_SEA)
    arc = arc_of(costs, *FERRY)
    assert amounts(costs, arc, "hours")["haul"] == pytest.approx(40)
    assert amounts(costs, arc)["haul"] == pytest.approx(100 + 400)


def test_a_services_own_passage_and_price_win_by_direction():
    cells = {"mode": "ferry", "vehicle": "teu", "scope": "loading_in"}
    numbers = with_(
        number("passage", "service:SEA8", "passage_hours", 18, mode="ferry"),
        number("there", "service:SEA8", "service_price", 600, direction="a_to_b", **cells),
        number("back", "service:SEA8", "service_price", 450, direction="b_to_a", **cells),
    )
    costs = costs_of(LAND_AND_SEA, numbers)
    assert amounts(costs, arc_of(costs, *FERRY), "hours")["haul"] == 18
    assert amounts(costs, arc_of(costs, *FERRY))["haul"] == 600
    assert amounts(costs, arc_of(costs, *BACK))["haul"] == 450


def test_a_container_service_pays_the_pairs_freight_and_a_ferry_never_does():
    text = "".join(f"tokyo(JPN) ~{way}~ shanghai(CHN)\n" for way in ("2000", "1900 feeder", "1900 ferry"))
    rate = number("rate", "port:P-tokyo", "ocean_price", 39, partner="port:P-shanghai", mode="sea", vehicle="teu",
                  scope="spot")  # fmt: skip
    costs = costs_of(text, with_(rate))
    feeder = arc_of(costs, "service_out:SEA2:P-tokyo", "sea_in:P-shanghai")
    ferry = arc_of(costs, "service_out:SEA3:P-tokyo", "service_in:P-shanghai")
    assert amounts(costs, feeder)["haul"] == 39
    assert amounts(costs, ferry)["haul"] == pytest.approx(100 + 1900)  # quay to quay is no price with loading in
    load = arc_of(costs, "sea_in:P-shanghai", "service_out:SEA2:P-shanghai")
    assert amounts(costs, load) == {"port": 160}


def test_a_service_without_a_price_is_closed():
    costs = costs_of(LAND_AND_SEA, with_(without=["ferry.fixed"]))
    assert reason(costs, arc_of(costs, *FERRY)) == "no price is known for teu on SEA8"
