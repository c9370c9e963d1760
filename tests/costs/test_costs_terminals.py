"""Standing still: ports, transfers, gauge changes in a place, the first and the last terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    with_,
)

UNLOAD = ("sea_in:P-shanghai", "rail:shanghai")
LOAD = ("rail:shanghai", "sea_out:P-shanghai")
TRANSSHIP = ("sea_in:P-shanghai", "sea_out:P-shanghai")
BOARD = ("rail:aktau", "service_out:SEA8:P-aktau")
LAND = ("service_in:P-aktau", "rail:aktau")


def port_hours(numbers=WORLD, arc=UNLOAD, **more):
    costs = costs_of(LAND_AND_SEA, numbers, **more)
    return amounts(costs, arc_of(costs, *arc), "hours").get("port", 0.0)


def of_port(quantity, value, port="P-shanghai", **cells):
    return number(f"{port}.{quantity}.{sorted(cells.items())}", f"port:{port}", quantity, value, **cells)


@given(dwell=st.floats(1, 500), interval=st.floats(1, 1000))
def test_the_larger_of_dwell_and_wait_is_taken_never_their_sum(dwell, interval):
    numbers = with_(
        of_port("dwell_hours", dwell, scope="transit"),
        of_port("departure_interval_hours", interval, mode="rail", scope="train"),
    )
    costs = costs_of(LAND_AND_SEA, numbers)
    arc = arc_of(costs, *UNLOAD)
    assert amounts(costs, arc, "hours")["port"] == pytest.approx(max(dwell, interval / 2))
    assert len(entry_of(costs, arc, "port", "hours").facts) == 2  # both are named


def test_onto_a_ship_the_wait_for_it_counts():
    assert port_hours(arc=LOAD) == 84  # half a week, against 72 of dwell
    assert port_hours(with_(of_port("dwell_hours", 90, scope="export")), LOAD) == 90


def test_onto_a_train_what_was_seen_there_counts_where_it_is_longer():
    seen = of_port("wait_hours", 200, mode="rail", scope="train_formation")
    often = of_port("departure_interval_hours", 24, mode="rail", scope="train")
    assert port_hours(with_(seen, often)) == 200
    assert port_hours(with_(often)) == 120


def test_trains_to_the_country_of_destination_come_first():
    anywhere = of_port("departure_interval_hours", 24, mode="rail", scope="train")
    to_uzb = of_port("departure_interval_hours", 400, mode="rail", scope="train", partner="country:UZB")
    numbers = with_(anywhere, to_uzb)
    assert port_hours(numbers, ask=request(destination_country="UZB")) == 200
    assert port_hours(numbers, ask=request(destination_country="KAZ")) == 120


def test_boxes_for_a_train_wait_as_transit_and_for_a_truck_as_import():
    text = LAND_AND_SEA + "shanghai(CHN) -900- wuhan(CHN)\n"
    numbers = with_(of_port("dwell_hours", 30, scope="import"))
    costs = costs_of(text, numbers)
    assert amounts(costs, arc_of(costs, "sea_in:P-shanghai", "road:shanghai"), "hours")["port"] == 30
    assert amounts(costs, arc_of(costs, *UNLOAD), "hours")["port"] == 120


def test_a_change_of_ship_has_its_hours_and_its_price():
    costs = costs_of(LAND_AND_SEA)
    arc = arc_of(costs, *TRANSSHIP)
    assert amounts(costs, arc, "hours") == {"port": 100}
    assert amounts(costs, arc) == {"port": 240}
    without = costs_of(LAND_AND_SEA, with_(without=["transship"]))
    assert amounts(without, arc_of(without, *TRANSSHIP)) == {"port": 160}  # a handling at least


def test_handling_is_paid_per_unit():
    for cargo, usd in (("teu", 160), ("feu", 240), ("tonne", 8)):
        costs = costs_of(LAND_AND_SEA, ask=request(cargo))
        assert amounts(costs, arc_of(costs, *UNLOAD))["port"] == pytest.approx(usd)


def test_a_ferry_is_boarded_without_a_yard_and_its_price_holds_the_loading():
    costs = costs_of(LAND_AND_SEA)
    board, land = arc_of(costs, *BOARD), arc_of(costs, *LAND)
    assert amounts(costs, board, "hours") == {"port": 84}  # the wait for it, not the 72 hours of a container yard
    assert amounts(costs, board) == {}
    assert amounts(costs, land, "hours") == {}
    assert amounts(costs, land) == {}
    assert costs.open[board]
    assert costs.open[land]


def test_a_ferry_ports_own_dwell_counts():
    numbers = with_(of_port("dwell_hours", 110, "P-aktau", scope="transit"))
    assert port_hours(numbers, BOARD) == 110
    assert port_hours(numbers, LAND) == 110


def test_departures_of_a_service_come_before_the_default():
    weekly = number("weekly", "service:SEA8", "sailings_per_week", 4, mode="ferry")
    interval = number("interval", "service:SEA8", "departure_interval_hours", 60, mode="ferry", scope="sailing")
    assert port_hours(with_(weekly), BOARD) == 21
    assert port_hours(with_(weekly, interval), BOARD) == 30


def test_the_wait_seen_in_an_inland_sea_serves_where_a_service_has_no_departures():
    seen = number("seen", "country:KAZ", "wait_hours", 72, mode="ferry", scope="ferry")
    assert port_hours(with_(seen), BOARD) == 72


def test_a_transfer_is_handling_and_onto_rail_the_wait_for_a_train():
    costs = costs_of(LAND_AND_SEA)
    to_road, to_rail = arc_of(costs, "rail:tashkent", "road:tashkent"), arc_of(costs, "road:tashkent", "rail:tashkent")
    assert amounts(costs, to_road, "hours") == {"transfer": 10}
    assert amounts(costs, to_rail, "hours") == {"transfer": 42}
    assert amounts(costs, to_road) == amounts(costs, to_rail) == {"transfer": 70}


GAUGES = """
akhalkalaki(GEO) =200= tbilisi(GEO)
akhalkalaki(GEO) #26# @kartsakhi(GEO|TUR)
@kartsakhi(GEO|TUR) #80# kars(TUR)
"""
BREAK = ("rail:akhalkalaki:GEO:1435", "rail:akhalkalaki:GEO:1520")


def test_a_gauge_break_in_a_place_is_paid_once():
    costs = costs_of(GAUGES)
    arc = arc_of(costs, *BREAK)
    assert amounts(costs, arc, "hours") == {"gauge_change": 20}
    assert amounts(costs, arc) == {"gauge_change": 130}
    crossing = arc_of(costs, "rail:kartsakhi:GEO", "rail:kartsakhi:TUR")
    assert set(amounts(costs, crossing)) == {"border"}


@pytest.mark.parametrize(
    ("included", "places", "paid"),
    [
        ("yes", "Akhalkalaki (GEO)", False),
        ("yes", "Kars (TUR); Akhalkalaki, Tbilisi (GEO)", False),
        ("yes", "Akhalkalaki (TUR)", True),
        ("yes", "Kars (TUR)", True),
        ("no", "Akhalkalaki (GEO)", True),
    ],
)
def test_a_gauge_break_that_a_crossing_contains_is_not_paid_again(included, places, paid):
    held = [{"id": "rail:GEO-TUR:kartsakhi", "gauge_change_included": included, "gauge_change_places": places}]
    costs = costs_of(GAUGES, crossings=held)
    assert bool(amounts(costs, arc_of(costs, *BREAK))) is paid
    assert costs.open[arc_of(costs, *BREAK)]


@pytest.mark.parametrize(
    ("missing", "arc", "words"),
    [
        (["gauge.usd"], BREAK, "no time or price of a change of gauge is known in GEO"),
        (["gauge.hours"], BREAK, "no time or price of a change of gauge is known in GEO"),
    ],
)
def test_a_gauge_break_without_a_price_is_closed_not_free(missing, arc, words):
    costs = costs_of(GAUGES, with_(without=missing))
    assert reason(costs, arc_of(costs, *arc)) == words


@pytest.mark.parametrize(
    ("missing", "arc"),
    [
        (["transfer.hours", "interval.train"], ("rail:tashkent", "road:tashkent")),
        (["transfer.usd"], ("rail:tashkent", "road:tashkent")),
        (["handling"], UNLOAD),
        (["handling"], LOAD),
        (["handling", "transship"], TRANSSHIP),
        (["dwell.import", "dwell.transit"], UNLOAD),
        (["handling"], ("sea_in:P-tokyo", "destination:tokyo")),
        (["transfer.usd"], ("origin:tashkent", "rail:tashkent")),
    ],
)
def test_a_terminal_without_a_figure_is_closed_not_free(missing, arc):
    costs = costs_of(LAND_AND_SEA, with_(without=missing))
    at = arc_of(costs, *arc)
    assert reason(costs, at)
    everything = costs_of(LAND_AND_SEA)
    assert not reason(everything, arc_of(everything, *arc))


def test_the_wait_at_the_origin_is_a_measure_of_its_own():
    costs = costs_of(LAND_AND_SEA)
    by_sea, by_rail = arc_of(costs, "origin:tokyo", "sea_out"), arc_of(costs, "origin:tashkent", "rail")
    by_road, board = arc_of(costs, "origin:tashkent", "road"), arc_of(costs, "origin:aktau", "service_out")
    waits = [amounts(costs, arc, "origin_wait_hours") for arc in (by_sea, by_rail, by_road, board)]
    assert waits == [{"waiting": 84}, {"waiting": 42}, {}, {"waiting": 84}]
    for arc in (by_sea, by_rail, by_road, board):
        assert amounts(costs, arc, "hours") == {}


def test_the_trains_of_a_ports_own_station_are_those_waited_for():
    numbers = with_(of_port("departure_interval_hours", 30, mode="rail", scope="train"))
    costs = costs_of(LAND_AND_SEA, numbers)
    wait = amounts(costs, arc_of(costs, "origin:shanghai", "rail"), "origin_wait_hours")
    assert wait == {"waiting": 15}


def test_forwarding_is_paid_once_at_the_origin_and_by_a_tonne_in_part():
    for cargo, usd in (("teu", 300), ("wagon", 300), ("feu", 300), ("tonne", 15)):
        costs = costs_of(LAND_AND_SEA, ask=request(cargo))
        arc = arc_of(costs, "origin:almaty", "rail:almaty")
        assert amounts(costs, arc)["fee"] == pytest.approx(usd)
        assert "fee" not in amounts(costs, arc_of(costs, "rail:almaty", "destination:almaty"))


def test_the_last_terminal_handles_too_and_the_door_does_not():
    costs = costs_of(LAND_AND_SEA)
    assert amounts(costs, arc_of(costs, "rail:almaty", "destination:almaty")) == {"transfer": 70}
    assert amounts(costs, arc_of(costs, "road:almaty", "destination:almaty")) == {}
    assert amounts(costs, arc_of(costs, "sea_in:P-tokyo", "destination:tokyo")) == {"port": 160}
    assert amounts(costs, arc_of(costs, "service_in:P-baku", "destination:baku")) == {}


def test_a_lift_emits_once_per_handling_and_rolling_aboard_nothing():
    costs = costs_of(LAND_AND_SEA)
    lifted = [UNLOAD, LOAD, TRANSSHIP, ("rail:tashkent", "road:tashkent"), ("rail:almaty", "destination:almaty")]
    for ends in lifted:
        arc = arc_of(costs, *ends)
        assert sum(amounts(costs, arc, "co2_wtw_kg").values()) == 6
        assert sum(amounts(costs, arc, "co2_ttw_kg").values()) == 4
    for ends in (BOARD, LAND, ("road:almaty", "destination:almaty")):
        assert not amounts(costs, arc_of(costs, *ends), "co2_wtw_kg")


def test_a_nearby_port_is_reached_by_truck():
    text = (
        "at kobe(JPN) 34.7 135.2\nat osaka(JPN) 34.7 135.4\nkobe(JPN) ~2000~ shanghai(CHN)\nosaka(JPN) -30- nara(JPN)\n"
    )
    costs = costs_of(text)
    arc = arc_of(costs, "origin:osaka", "sea_out:P-kobe")
    km = float(costs.network.km[arc])
    assert km > 15
    assert amounts(costs, arc, "hours") == {"haul": pytest.approx(km / 50)}
    assert amounts(costs, arc)["haul"] == pytest.approx(km * 2 * 0.7)
    assert amounts(costs, arc)["port"] == 160


def test_every_amount_names_what_it_was_made_from():
    costs = costs_of(LAND_AND_SEA)
    for arc in range(costs.network.n_arcs):
        for entry, amount in parts(costs, arc):
            assert entry.facts
            assert entry.formula
            assert amount == pytest.approx(entry.amount(float(costs.network.km[arc])))
