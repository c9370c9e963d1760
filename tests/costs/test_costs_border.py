"""Crossing a state border."""

from __future__ import annotations

import numpy as np
import pytest

from cost_facts import (
    LAND_AND_SEA,
    amounts,
    arc_of,
    costs_of,
    entry_of,
    number,
    reason,
    request,
    with_,
)
from maps import draw

GATE = "rail:KAZ-CHN:gate"
INTO_KAZ = ("rail:gate:CHN", "rail:gate:KAZ")
INTO_CHN = ("rail:gate:KAZ", "rail:gate:CHN")
ROAD_OUT = ("road:road:KAZ-UZB:almaty-tashkent:KAZ", "road:road:KAZ-UZB:almaty-tashkent:UZB")
ROAD_IN = ROAD_OUT[::-1]


def hours_at(subject: str, value: float, scope: str, side: str = "", direction: str = "", mode: str = "rail"):
    partner = f"country:{side}" if side else ""
    identifier = f"{subject}.{scope}.{side}.{direction}"
    return number(
        identifier, subject, "crossing_hours", value, mode=mode, partner=partner, scope=scope, direction=direction
    )


BOTH_SIDES = (
    hours_at(f"crossing:{GATE}", 10, "one_side", "CHN", "outbound"),
    hours_at(f"crossing:{GATE}", 5, "one_side", "KAZ", "inbound"),
    hours_at(f"crossing:{GATE}", 30, "one_side", "KAZ", "outbound"),
    hours_at(f"crossing:{GATE}", 11, "one_side", "CHN", "inbound"),
)
FULL = hours_at(f"crossing:{GATE}", 50, "full")
BLOCK = hours_at(f"crossing:{GATE}", 8, "block_train_full")
MEANS = (hours_at("country:CHN", 3, "one_side", "", "outbound"), hours_at("country:KAZ", 4, "one_side", "", "inbound"))


def hours(numbers, arc=INTO_KAZ, cargo="teu"):
    costs = costs_of(LAND_AND_SEA, numbers, ask=request(cargo))
    return amounts(costs, arc_of(costs, *arc), "hours")["border"]


def test_the_nearest_figure_wins():
    """Two sides, both together, block train, country means, the world's default: each where the nearer is missing."""
    assert hours(with_(*MEANS, FULL, *BOTH_SIDES, BLOCK)) == 10 + 5
    assert hours(with_(*MEANS, FULL, BLOCK)) == 50
    assert hours(with_(*MEANS, BLOCK)) == 8
    assert hours(with_(*MEANS)) == 3 + 4
    assert hours(with_()) == 24


def test_direction_matters():
    numbers = with_(*BOTH_SIDES)
    assert hours(numbers, INTO_KAZ) == 10 + 5
    assert hours(numbers, INTO_CHN) == 30 + 11


def test_one_measured_side_is_joined_by_the_mean_of_the_other_country():
    assert hours(with_(BOTH_SIDES[0], MEANS[1])) == 10 + 4


def test_a_wagon_is_no_block_train():
    assert hours(with_(BLOCK), cargo="teu") == 8
    assert hours(with_(BLOCK), cargo="wagon") == 24


def test_stand_ins_are_assumed_and_say_so():
    for numbers in (with_(*MEANS), with_()):
        costs = costs_of(LAND_AND_SEA, numbers)
        entry = entry_of(costs, arc_of(costs, *INTO_KAZ), "border", "hours")
        assert entry.basis == "assumed"
        assert GATE in entry.note
    measured = costs_of(LAND_AND_SEA, with_(*BOTH_SIDES))
    entry = entry_of(measured, arc_of(measured, *INTO_KAZ), "border", "hours")
    assert (entry.basis, entry.country, entry.sigma) == ("derived", "KAZ", 0.4)
    assert entry.facts == (BOTH_SIDES[0].id, BOTH_SIDES[1].id)


@pytest.mark.parametrize("missing", ["border.rail", "border.rail.usd"])
def test_no_figure_closes_the_crossing_and_says_so(missing):
    costs = costs_of(LAND_AND_SEA, with_(without=[missing]))
    assert f"no border time or cost is known for {GATE}" in reason(costs, arc_of(costs, *INTO_KAZ))


def test_a_gauge_break_at_a_border_is_paid_unless_the_border_holds_it():
    paid = costs_of(LAND_AND_SEA)
    held = costs_of(LAND_AND_SEA, crossings=[{"id": GATE, "gauge_change_included": "yes"}])
    assert amounts(paid, arc_of(paid, *INTO_KAZ), "hours") == {"border": 24, "gauge_change": 20}
    assert amounts(paid, arc_of(paid, *INTO_KAZ)) == {"border": 150, "gauge_change": 130}
    assert amounts(held, arc_of(held, *INTO_KAZ), "hours") == {"border": 24}
    assert "change of gauge is in" in entry_of(held, arc_of(held, *INTO_KAZ), "border", "hours").note


def test_a_border_of_one_gauge_changes_none():
    costs = costs_of(LAND_AND_SEA)
    inside = arc_of(costs, "rail:rail:KAZ-UZB:almaty-tashkent:KAZ", "rail:rail:KAZ-UZB:almaty-tashkent:UZB")
    assert set(amounts(costs, inside)) == {"border"}


MEASURED = (
    number(
        "post.usd", "crossing:road:KAZ-UZB:almaty-tashkent", "crossing_usd", 100, mode="road", vehicle="truck20t",
        scope="full",
    ),
)  # fmt: skip
ENTRY = number("entry", "country:UZB", "fee_usd", 400, mode="road", vehicle="truck20t", scope="entry")
NEIGHBOUR = number(
    "entry.kaz", "country:UZB", "fee_usd", 0, mode="road", vehicle="truck20t", scope="entry", partner="country:KAZ"
)
TRANSIT = number("transit", "country:UZB", "fee_usd", 250, mode="road", vehicle="truck20t", scope="transit")
CARNET = number("carnet", "world", "fee_usd", 60, mode="road", vehicle="truck20t", scope="guarantee")


def fees(*numbers, arc=ROAD_OUT, cargo="truck20t", **more):
    costs = costs_of(LAND_AND_SEA, with_(*numbers), ask=request(cargo), **more)
    return amounts(costs, arc_of(costs, *arc)).get("fee", 0.0)


@pytest.mark.parametrize("cargo", ["truck20t", "teu", "feu"])
def test_a_truck_pays_entry_and_guarantee_where_the_post_is_measured(cargo):
    assert fees(*MEASURED, ENTRY, CARNET, cargo=cargo) == 460
    assert fees(*MEASURED, ENTRY, CARNET, cargo=cargo, arc=ROAD_IN) == 60


def test_entry_before_transit_and_the_neighbours_own_fee_before_the_general_one():
    assert fees(*MEASURED, TRANSIT) == 250
    assert fees(*MEASURED, TRANSIT, ENTRY) == 400
    assert fees(*MEASURED, TRANSIT, ENTRY, NEIGHBOUR) == 0


def test_no_guarantee_inside_a_customs_union():
    union = [{"id": "customs_union_x", "name": "X", "members": "KAZ;UZB"}]
    assert fees(*MEASURED, CARNET, regions=union) == 0
    assert fees(*MEASURED, CARNET, regions=[{**union[0], "members": "KAZ;RUS"}]) == 60


def test_an_assumed_sum_of_both_sides_holds_the_fees_up_to_its_size():
    assumed = number(
        "post.usd", "crossing:road:KAZ-UZB:almaty-tashkent", "crossing_usd", 100, mode="road", vehicle="truck20t",
        scope="full", basis="assumed",
    )  # fmt: skip
    assert fees(assumed, ENTRY, CARNET) == 400 - 100
    small = number("entry", "country:UZB", "fee_usd", 80, mode="road", vehicle="truck20t", scope="entry")
    assert fees(assumed, small, CARNET) == 0


FERRY = ("service_out:SEA8:P-aktau", "service_in:P-baku")


@pytest.mark.parametrize("cargo", ["teu", "feu", "truck20t", "wagon", "tonne"])
def test_a_ferry_between_two_countries_pays_the_border(cargo):
    carries = [{"id": "SEA8", "carries": "containers;wagons;trucks"}]
    costs = costs_of(LAND_AND_SEA, ask=request(cargo), services=carries)
    arc = arc_of(costs, *FERRY)
    assert amounts(costs, arc, "hours")["border"] == 6
    assert amounts(costs, arc)["border"] > 0


def test_a_ferry_with_a_crossing_of_its_own_pays_that_one():
    crossing = {
        "id": "ferry:KAZ-AZE:aktau-baku", "name": "Aktau-Baku", "mode": "ferry", "country_a": "KAZ", "country_b": "AZE",
        "lat": 43, "lon": 50, "status": "operating",
    }  # fmt: skip
    drawn = draw(LAND_AND_SEA)
    drawn.rows["crossings"].append(crossing)
    next(row for row in drawn.rows["services"])["crossing"] = crossing["id"]
    own = number("own", f"crossing:{crossing['id']}", "crossing_hours", 9, mode="ferry", scope="full")
    costs = costs_of(drawn, with_(own))
    assert amounts(costs, arc_of(costs, *FERRY), "hours")["border"] == 9


def test_a_container_service_between_sea_ports_has_its_customs_in_the_port():
    costs = costs_of(LAND_AND_SEA + "tokyo(JPN) ~1900 feeder~ shanghai(CHN)\n")
    assert "border" not in amounts(costs, arc_of(costs, "service_out:SEA10:P-tokyo", "sea_in:P-shanghai"))


def test_a_ferry_inside_a_country_crosses_no_border():
    costs = costs_of(LAND_AND_SEA + "tatvan(TUR) ~90 ferry~ van(TUR)\n")
    assert "border" not in amounts(costs, arc_of(costs, "service_out:SEA10:P-tatvan", "service_in:P-van"))


def test_without_figures_a_ferry_over_a_border_is_closed():
    costs = costs_of(LAND_AND_SEA, with_(without=["border.ferry.usd"]))
    assert "no border time or cost is known for SEA8" in reason(costs, arc_of(costs, *FERRY))


def test_every_crossing_arc_pays_one_border_in_hours_and_in_money():
    costs = costs_of(LAND_AND_SEA)
    for arc in costs.network.arcs_of_kind("crossing").tolist():
        for measure in ("hours", "usd"):
            paid = [
                amount
                for i in range(costs.first[arc], costs.first[arc + 1])
                if (entry := costs.entries[costs.entry[i]]).component == "border" and entry.measure == measure
                for amount in [float(costs.amount[i])]
            ]
            assert len(paid) == 1
            assert paid[0] > 0
    others = np.setdiff1d(np.arange(costs.network.n_arcs), costs.network.arcs_of_kind("crossing"))
    for arc in others.tolist():
        if costs.network.kind_name(arc) != "service":
            assert "border" not in amounts(costs, arc)
