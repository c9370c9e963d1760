"""Value of time, what each cargo travels on, and limits."""

from __future__ import annotations

import pytest

from cost_facts import LAND_AND_SEA, arc_of, costs_of, reason, request
from landbridge.schema.errors import FactsError
from landbridge.schema.words import CARGO_UNITS

SHIPS = [
    {"id": "ship_main", "mode": "sea", "cargo": "teu;feu;tonne", "draft_m": 14.5, "length_m": 350, "units": 8000},
    {"id": "ship_feeder", "mode": "sea", "cargo": "teu;feu;tonne", "draft_m": 9, "length_m": 150, "units": 1000},
    {"id": "train_1520", "mode": "rail", "cargo": "teu;feu", "axle_load_t": 23.5, "length_m": 1000, "units": 60},
    {"id": "train_1435", "mode": "rail", "cargo": "teu;feu", "axle_load_t": 22.5, "length_m": 800, "units": 50},
]


@pytest.mark.parametrize(("value", "usd_per_hour"), [("middle", 10), ("high", 20)])
def test_an_hour_costs_the_share_of_the_goods_lost_in_it(value, usd_per_hour):
    costs = costs_of(LAND_AND_SEA, ask=request(value=value))
    assert costs.value_of_time_usd_per_hour == pytest.approx(usd_per_hour)  # 48,000 or 96,000 x 0.5 % / 24
    assert "share" in costs.value_of_time_facts


def test_generalised_cost_is_money_and_time_at_that_value():
    costs = costs_of(LAND_AND_SEA)
    weight = costs.total("usd") + 10 * costs.total("hours")
    assert costs.weight("cost")[costs.open] == pytest.approx(weight[costs.open])


def test_without_a_value_of_the_goods_nothing_can_be_weighed():
    with pytest.raises(FactsError, match="cannot be valued"):
        costs_of(LAND_AND_SEA, ask=request(value="low"))


def test_a_truck_does_not_travel_by_rail_and_a_wagon_not_by_road_or_sea():
    truck, wagon = (costs_of(LAND_AND_SEA, ask=request(cargo)) for cargo in ("truck20t", "wagon"))
    rail = arc_of(truck, "rail:shanghai", "rail:urumqi")
    road = arc_of(truck, "road:almaty", "road:bishkek")
    lane = arc_of(truck, "sea_out:P-tokyo", "sea_in:P-shanghai")
    assert "does not travel by rail" in reason(truck, rail)
    assert not reason(truck, road)
    assert "does not travel by road" in reason(wagon, road)
    assert not reason(wagon, rail)
    assert reason(truck, lane)
    assert reason(wagon, lane)


@pytest.mark.parametrize(
    ("carries", "taken"),
    [
        ("containers", {"teu", "feu", "tonne"}),
        ("wagons", {"teu", "feu", "tonne", "wagon"}),
        ("trucks", {"teu", "feu", "tonne", "truck20t"}),
    ],
)
def test_a_service_takes_what_it_carries(carries, taken):
    row = {"id": "SEA8", "carries": carries}
    for cargo in CARGO_UNITS:
        costs = costs_of(LAND_AND_SEA, ask=request(cargo), services=[row])
        arc = arc_of(costs, "service_out:SEA8:P-aktau", "service_in:P-baku")
        assert bool(costs.open[arc]) == (cargo in taken), cargo
        assert costs.open[arc] or f"carries {carries}, no {cargo}" in reason(costs, arc)


def limit(subject: str, mode: str, kind: str, value: float) -> list[dict[str, object]]:
    return [{"id": "limit", "subject": subject, "mode": mode, "limit": kind, "value": value}]


def test_a_port_that_is_too_shallow_is_closed_to_the_ship_and_says_so():
    for depth, open_ in ((14.5, True), (14.4, False)):
        costs = costs_of(LAND_AND_SEA, vehicles=SHIPS, limits=limit("port:P-tokyo", "sea", "draft_m", depth))
        lane = arc_of(costs, "sea_out:P-tokyo", "sea_in:P-shanghai")
        assert bool(costs.open[lane]) is open_
        assert open_ or "takes draft_m up to 14.4, a ship_main has 14.5" in reason(costs, lane)


def test_a_named_service_sails_with_a_small_ship():
    text = LAND_AND_SEA + "tokyo(JPN) ~1900 feeder~ shanghai(CHN)\n"
    costs = costs_of(text, vehicles=SHIPS, limits=limit("port:P-tokyo", "sea", "draft_m", 10))
    assert not costs.open[arc_of(costs, "sea_out:P-tokyo", "sea_in:P-shanghai")]
    assert costs.open[arc_of(costs, "service_out:SEA10:P-tokyo", "sea_in:P-shanghai")]


def test_a_country_limits_the_train_of_its_gauge():
    costs = costs_of(LAND_AND_SEA, vehicles=SHIPS, limits=limit("country:KAZ", "rail", "axle_load_t", 23))
    assert "axle_load_t" in reason(costs, arc_of(costs, "rail:almaty", "rail:aktau"))
    assert costs.open[arc_of(costs, "rail:shanghai", "rail:urumqi")]


def test_a_line_of_the_neighbours_gauge_takes_the_neighbours_train():
    text = LAND_AND_SEA + "sarakhs(IRN) #1000# bafq(IRN)\nsarakhs(IRN) =5= yard(IRN)\n"
    costs = costs_of(text, vehicles=SHIPS, limits=limit("country:IRN", "rail", "axle_load_t", 22))
    assert "axle_load_t" in reason(costs, arc_of(costs, "rail:sarakhs:IRN:1435", "rail:bafq"))
    assert costs.open[arc_of(costs, "rail:sarakhs:IRN:1520", "rail:yard")]


@pytest.mark.parametrize("subject", ["section:RAIL2", "section:unknown", "strait:unknown", "port:unknown"])
def test_a_section_limits_itself_and_an_unknown_subject_nothing(subject):
    costs = costs_of(LAND_AND_SEA, vehicles=SHIPS, limits=limit(subject, "rail", "length_m", 700))
    closed = {costs.network.link_ids[link] for link in costs.network.link[~costs.open]}
    assert closed == ({"RAIL2"} if subject == "section:RAIL2" else set())


def test_a_strait_limits_the_ships_that_pass_it():
    text = "tokyo(JPN) ~9000 malacca~ poti(GEO)\ntokyo(JPN) ~15000~ poti(GEO)\n"
    costs = costs_of(text, vehicles=SHIPS, limits=limit("strait:malacca", "sea", "draft_m", 12))
    lanes = costs.network.arcs_of_kind("lane")
    assert [bool(costs.open[arc]) for arc in lanes] == [costs.network.km[arc] == 15000 for arc in lanes]


def test_the_draught_of_a_strait_is_known_and_a_row_of_the_table_replaces_it():
    text = "tokyo(JPN) ~9000 volga_don~ poti(GEO)\ntokyo(JPN) ~15000~ poti(GEO)\n"
    for rows, km in (((), {15000}), (limit("strait:volga_don", "sea", "draft_m", 20), {9000, 15000})):
        costs = costs_of(text, vehicles=SHIPS, limits=rows)
        lanes = costs.network.arcs_of_kind("lane")
        assert {int(costs.network.km[arc]) for arc in lanes if costs.open[arc]} == km


def test_no_vehicle_in_the_table_means_no_limit():
    costs = costs_of(LAND_AND_SEA, limits=limit("port:P-tokyo", "sea", "draft_m", 1))
    assert costs.open.all()
