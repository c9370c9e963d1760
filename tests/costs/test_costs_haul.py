"""Moving by rail and road."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_facts import (
    LAND_AND_SEA,
    amounts,
    arc_of,
    costs_of,
    entry_of,
    number,
    reason,
    with_,
)
from maps import draw


def test_a_section_takes_its_length_over_speed_and_costs_its_length_times_price():
    costs = costs_of(LAND_AND_SEA)
    rail, road = arc_of(costs, "rail:shanghai", "rail:urumqi"), arc_of(costs, "road:almaty", "road:bishkek")
    assert amounts(costs, rail, "hours") == {"haul": pytest.approx(4000 / 25)}
    assert amounts(costs, rail) == {"haul": pytest.approx(4000 * 0.5)}
    assert amounts(costs, road, "hours") == {"haul": pytest.approx(300 / 50)}
    assert amounts(costs, road) == {"haul": pytest.approx(300 * 2 * 0.7)}


def test_emissions_are_payload_times_distance_times_intensity_of_both_kinds():
    costs = costs_of(LAND_AND_SEA)
    rail = arc_of(costs, "rail:shanghai", "rail:urumqi")
    assert amounts(costs, rail, "co2_wtw_kg") == {"haul": pytest.approx(4000 * 10 * 24 / 1000)}
    assert amounts(costs, rail, "co2_ttw_kg") == {"haul": pytest.approx(4000 * 10 * 8 / 1000)}


def test_a_country_of_its_own_speed_and_price_wins_over_the_world():
    more = with_(
        number("kaz.speed", "country:KAZ", "haul_speed", 40, mode="rail", scope="daily"),
        number("kaz.price", "country:KAZ", "haul_price", 0.3, mode="rail", vehicle="teu", scope="line"),
    )
    costs = costs_of(LAND_AND_SEA, more)
    arc = arc_of(costs, "rail:almaty", "rail:aktau")
    assert amounts(costs, arc, "hours")["haul"] == pytest.approx(3000 / 40)
    assert amounts(costs, arc)["haul"] == pytest.approx(900)
    assert entry_of(costs, arc, "haul", "hours").basis == "reported"
    proxy = entry_of(costs, arc_of(costs, "rail:shanghai", "rail:urumqi"), "haul", "hours")
    assert (proxy.basis, proxy.country) == ("assumed", "CHN")


def test_the_speed_of_block_trains_serves_only_where_no_other_of_the_country_is_known():
    block = number("kaz.block", "country:KAZ", "haul_speed", 50, mode="rail", scope="block_train")
    daily = number("kaz.daily", "country:KAZ", "haul_speed", 30, mode="rail", scope="daily")
    for numbers, speed in ((with_(block), 50), (with_(block, daily), 30)):
        costs = costs_of(LAND_AND_SEA, numbers)
        arc = arc_of(costs, "rail:almaty", "rail:aktau")
        assert amounts(costs, arc, "hours")["haul"] == pytest.approx(3000 / speed)


def test_a_section_of_its_own_speed_wins_over_its_country():
    numbers = with_(number("slow", "section:RAIL2", "haul_speed", 10, mode="rail", scope="daily"))
    costs = costs_of(LAND_AND_SEA, numbers)
    assert amounts(costs, arc_of(costs, "rail:shanghai", "rail:urumqi"), "hours") == {"haul": pytest.approx(400)}
    assert amounts(costs, arc_of(costs, "rail:urumqi", "rail:gate"), "hours") == {"haul": pytest.approx(20)}


@pytest.mark.parametrize("scope", ["moving", "with_borders"])
def test_a_speed_that_holds_borders_or_no_stops_is_never_a_haul_speed(scope):
    numbers = with_(number("no", "country:KAZ", "haul_speed", 60, mode="rail", scope=scope))
    costs = costs_of(LAND_AND_SEA, numbers)
    assert amounts(costs, arc_of(costs, "rail:almaty", "rail:aktau"), "hours") == {"haul": pytest.approx(120)}


@pytest.mark.parametrize("scope", ["with_borders", "infrastructure", "single_wagon"])
def test_a_price_that_is_not_carriage_is_never_a_haul_price(scope):
    numbers = with_(number("no", "country:KAZ", "haul_price", 9, mode="rail", vehicle="teu", scope=scope))
    costs = costs_of(LAND_AND_SEA, numbers)
    assert amounts(costs, arc_of(costs, "rail:almaty", "rail:aktau")) == {"haul": pytest.approx(1500)}


def test_a_price_may_differ_by_heading():
    text = "at karachi(PAK) 25 67\nat peshawar(PAK) 34 71\nkarachi(PAK) -1000- peshawar(PAK)"
    common = {"mode": "road", "vehicle": "truck20t", "scope": "line"}
    numbers = with_(
        number("north", "country:PAK", "haul_price", 1.2, direction="northbound", **common),
        number("south", "country:PAK", "haul_price", 0.4, direction="southbound", **common),
    )
    costs = costs_of(text, numbers)
    assert amounts(costs, arc_of(costs, "road:karachi", "road:peshawar"))["haul"] == pytest.approx(1200 * 0.7)
    assert amounts(costs, arc_of(costs, "road:peshawar", "road:karachi"))["haul"] == pytest.approx(400 * 0.7)


@pytest.mark.parametrize(
    ("missing", "words"), [("speed.rail", "no speed is known for rail"), ("price.rail", "no carriage price is known")]
)
def test_no_figure_closes_and_says_so(missing, words):
    costs = costs_of(LAND_AND_SEA, with_(without=[missing]))
    assert words in reason(costs, arc_of(costs, "rail:shanghai", "rail:urumqi"))
    assert np.isinf(costs.weight("cost")[arc_of(costs, "rail:shanghai", "rail:urumqi")])
    assert costs.open[arc_of(costs, "road:almaty", "road:bishkek")]


def test_the_way_from_a_berth_to_its_station_is_paid():
    drawn = draw("tokyo(JPN) ~2000~ shanghai(CHN)\nshanghai(CHN) #4000# urumqi(CHN)\nshanghai(CHN) -900- wuhan(CHN)")
    for port in drawn.rows["ports"]:
        port.update(rail_km=50.0, road_km=30.0)
    costs = costs_of(drawn)
    by_rail, by_road = (arc_of(costs, "sea_in:P-shanghai", f"{mode}:shanghai") for mode in ("rail", "road"))
    assert amounts(costs, by_rail, "hours")["haul"] == pytest.approx(50 / 25)
    assert amounts(costs, by_rail)["haul"] == pytest.approx(50 * 0.5)
    assert amounts(costs, by_road, "hours")["haul"] == pytest.approx(30 / 50)
    assert amounts(costs, by_road)["haul"] == pytest.approx(30 * 2 * 0.7)


@given(cuts=st.lists(st.integers(1, 999), min_size=1, max_size=4, unique=True))
def test_cutting_a_section_changes_no_total(cuts):
    """The whole and its parts cost the same in every measure."""
    at = [0, *sorted(cuts), 1000]
    names = ["almaty", *(f"stop-{i}" for i in range(len(cuts))), "aktau"]
    lines = [f"{names[i]}(KAZ) ={at[i + 1] - at[i]}= {names[i + 1]}(KAZ)" for i in range(len(names) - 1)]
    whole, cut = costs_of("almaty(KAZ) =1000= aktau(KAZ)"), costs_of("\n".join(lines))
    for measure in ("hours", "usd", "co2_wtw_kg", "co2_ttw_kg"):
        one = math.fsum(whole.total(measure)[whole.network.arcs_of_kind("haul")])
        many = math.fsum(cut.total(measure)[cut.network.arcs_of_kind("haul")])
        assert many == pytest.approx(one)
