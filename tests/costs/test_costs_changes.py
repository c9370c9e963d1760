"""What events and scenarios do to hours and money."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cost_facts import LAND_AND_SEA, amounts, arc_of, costs_of, entry_of, number, parts, with_
from landbridge.network.state import Modifier
from maps import draw

NETWORK = draw(LAND_AND_SEA).network()
PLAIN = costs_of(LAND_AND_SEA)
GATE = arc_of(PLAIN, "rail:gate:CHN", "rail:gate:KAZ")
RAIL = arc_of(PLAIN, "rail:almaty", "rail:aktau")
FERRY = arc_of(PLAIN, "service_out:SEA8:P-aktau", "service_in:P-baku")
BOARD = arc_of(PLAIN, "rail:aktau", "service_out:SEA8:P-aktau")
LANE = arc_of(PLAIN, "sea_out:P-tokyo", "sea_in:P-shanghai")


def modifier(kind: str, value: float, arcs: list[int], component: str, quantity: str, **more: Any) -> Modifier:
    made = {
        "unit": "ratio",
        "change": "change-1",
        "what": "a test",
        "basis": "scenario",
        "source": "book",
        **more,
    }
    return Modifier(kind, np.array(sorted(arcs), np.int32), value, component, quantity, **made)  # type: ignore[arg-type]


def changed(*modifiers: Modifier, numbers=None):
    return costs_of(LAND_AND_SEA, with_() if numbers is None else numbers, modifiers=modifiers)


def test_no_modifier_changes_nothing():
    assert changed().entries == PLAIN.entries
    assert np.array_equal(changed().amount, PLAIN.amount)


def test_a_change_touches_its_arcs_its_component_and_its_measure_only():
    costs = changed(modifier("scale", 2, [GATE], "border", "hours"))
    for arc in range(NETWORK.n_arcs):
        for measure in ("hours", "usd", "co2_wtw_kg", "co2_ttw_kg", "origin_wait_hours"):
            before, after = amounts(PLAIN, arc, measure), amounts(costs, arc, measure)
            if arc == GATE and measure == "hours":
                assert after == {**before, "border": 48}
            else:
                assert after == before


@pytest.mark.parametrize(
    ("kind", "value", "hours"),
    [("set", 5, 5), ("scale", 0.5, 12), ("add", 10, 34), ("extra_hours", 10, 34), ("wait_factor", 0.5, 48)],
)
def test_hours_at_a_border(kind, value, hours):
    costs = changed(modifier(kind, value, [GATE], "border", "hours"))
    assert amounts(costs, GATE, "hours")["border"] == hours
    assert amounts(costs, GATE, "hours")["gauge_change"] == 20


@pytest.mark.parametrize(("kind", "value", "usd"), [("set", 5, 5), ("scale", 2, 300), ("add", 10, 160)])
def test_money_at_a_border(kind, value, usd):
    costs = changed(modifier(kind, value, [GATE], "border", "usd"))
    assert amounts(costs, GATE)["border"] == usd


def test_a_speed_is_the_inverse_of_hours():
    assert amounts(changed(modifier("set", 50, [RAIL], "haul", "speed")), RAIL, "hours") == {"haul": 60}
    assert amounts(changed(modifier("scale", 2, [RAIL], "haul", "speed")), RAIL, "hours") == {"haul": 60}


def test_a_price_stays_a_rate_per_kilometre():
    costs = changed(modifier("set", 0.2, [RAIL], "haul", "price"))
    assert entry_of(costs, RAIL, "haul", "usd").per_km == 0.2
    assert amounts(costs, RAIL) == {"haul": pytest.approx(600)}


def test_a_price_factor_on_everything_scales_every_dollar():
    costs = changed(modifier("price_factor", 1.5, [GATE, RAIL], "", "usd"))
    for arc in (GATE, RAIL):
        assert sum(amounts(costs, arc).values()) == pytest.approx(1.5 * sum(amounts(PLAIN, arc).values()))
        assert amounts(costs, arc, "hours") == amounts(PLAIN, arc, "hours")


def test_a_charge_on_a_strait_or_lane_is_a_surcharge():
    costs = changed(modifier("add", 250, [LANE], "surcharge", "usd"))
    assert amounts(costs, LANE) == {"haul": pytest.approx(400), "surcharge": 250}


def test_changes_apply_in_their_order():
    doubled_then_set = changed(
        modifier("scale", 2, [GATE], "border", "hours"), modifier("set", 7, [GATE], "border", "hours")
    )
    set_then_doubled = changed(
        modifier("set", 7, [GATE], "border", "hours"), modifier("scale", 2, [GATE], "border", "hours")
    )
    assert amounts(doubled_then_set, GATE, "hours")["border"] == 7
    assert amounts(set_then_doubled, GATE, "hours")["border"] == 14


@pytest.mark.parametrize("kind", ["set", "scale", "add", "wait_factor", "extra_hours", "price_factor"])
def test_every_changed_amount_names_its_change_and_is_of_the_scenario(kind):
    quantity = "usd" if kind == "price_factor" else "hours"
    costs = changed(modifier(kind, 2, [GATE], "border", quantity, change="my-change", what="why not"))
    touched = [
        entry
        for entry, _ in parts(costs, GATE)
        if entry.measure == quantity and "change:my-change" in entry.facts and entry.component == "border"
    ]
    assert touched
    assert {entry.basis for entry in touched} == {"scenario"}
    assert all("my-change" in entry.formula and "why not" in entry.note for entry in touched)


def test_an_event_is_as_firm_as_what_it_changed():
    """What an event scales keeps the weaker of the two bases; no scenario had a hand in it."""
    costs = changed(modifier("wait_factor", 0.5, [GATE], "border", "hours", basis="reported"))
    assert entry_of(costs, GATE, "border", "hours").basis == "assumed"
    firm = number("firm", "crossing:rail:KAZ-CHN:gate", "crossing_hours", 10, mode="rail", scope="full")
    costs = changed(modifier("wait_factor", 0.5, [GATE], "border", "hours", basis="derived"), numbers=with_(firm))
    entry = entry_of(costs, GATE, "border", "hours")
    assert (entry.basis, entry.fixed) == ("derived", 20)
    assert entry.facts == ("firm", "change:change-1")


def test_a_wait_outside_any_entry_is_that_of_a_sailing():
    """Half of 168 hours at half of the capacity is another 84 hours."""
    for basis, expected in (("reported", "derived"), ("scenario", "scenario"), ("assumed", "assumed")):
        costs = changed(modifier("wait_factor", 0.5, [LANE], "waiting", "hours", basis=basis))
        assert amounts(costs, LANE, "hours") == {"haul": pytest.approx(100), "waiting": 84}
        assert entry_of(costs, LANE, "waiting", "hours").basis == expected


def test_nothing_set_by_a_scenario_stays_visible():
    costs = changed(modifier("set", 0, [GATE], "border", "hours"))
    entry = entry_of(costs, GATE, "border", "hours")
    assert (entry.fixed, entry.basis, entry.facts) == (0, "scenario", ("change:change-1",))


def test_departures_change_the_wait_where_they_are_waited_for():
    weekly = number("weekly", "service:SEA8", "sailings_per_week", 2, mode="ferry")
    plain = changed(numbers=with_(weekly))
    assert amounts(plain, BOARD, "hours") == {"port": 42}
    for kind, value, hours in (("set", 7, 12), ("scale", 2, 21)):
        costs = changed(modifier(kind, value, [FERRY], "waiting", "sailings"), numbers=with_(weekly))
        assert amounts(costs, BOARD, "hours") == {"port": hours}
        entry = entry_of(costs, BOARD, "port", "hours")
        assert "change:change-1" in entry.facts
        assert amounts(costs, FERRY, "hours") == amounts(plain, FERRY, "hours")


def test_departures_of_a_service_of_which_nothing_is_known_can_be_scaled():
    costs = changed(modifier("scale", 4, [FERRY], "waiting", "sailings"))
    assert amounts(costs, BOARD, "hours")["port"] == 21  # a quarter of the default wait of 84 hours


def test_a_change_without_arcs_is_none():
    assert np.array_equal(changed(modifier("set", 3, [], "border", "hours")).amount, PLAIN.amount)


def test_a_changed_time_keeps_its_spread_and_its_country():
    plain = entry_of(PLAIN, GATE, "border", "hours")
    for kind in ("set", "scale"):
        entry = entry_of(changed(modifier(kind, 3, [GATE], "border", "hours")), GATE, "border", "hours")
        assert (entry.sigma, entry.country) == (plain.sigma, plain.country) == (0.4, "KAZ")
