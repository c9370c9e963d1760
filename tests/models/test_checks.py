"""Parts of the model beside published figures for the same parts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "costs"))

from cost_facts import LAND_AND_SEA, costs_of, facts_of, number, request, with_
from landbridge.models.checks import Check, component_checks
from landbridge.schema.words import CargoUnit
from maps import draw


def checks(*numbers, text: str = LAND_AND_SEA, **more) -> tuple[Check, ...]:
    known = with_(*numbers)
    made: dict[str, object] = {}

    def ask(cargo: CargoUnit):
        made[cargo] = costs_of(text, known, ask=request(cargo), **more)
        return made[cargo]

    return component_checks(ask, facts_of(draw(text), known.values(), **more))


def one(*numbers, **more) -> Check:
    (found,) = checks(*numbers, **more)
    return found


def corridor(value=1000, country="KAZ", mode="road", vehicle="truck20t", identifier="cpmm", **cells):
    return number(identifier, f"country:{country}", "haul_price_500km", value, mode=mode, vehicle=vehicle,
                  scope="with_borders", use="check", money_year=cells.pop("money_year", 2024), **cells)  # fmt: skip


def side(value=10, country="KAZ", mode="road", identifier="side", **cells):
    return number(identifier, f"country:{country}", "crossing_hours", value, mode=mode, scope="one_side", **cells)


def test_without_published_figures_there_is_nothing_to_check():
    assert checks() == ()


def test_five_hundred_kilometres_and_one_side_of_a_border():
    """Per truck: 500 x 2 dollars, and half of the 90 that a crossing costs."""
    found = one(corridor())
    assert (found.subject, found.unit, found.number, found.source) == ("KAZ by road", "usd_per_unit", "cpmm", "book")
    assert found.published == 1000
    assert found.model == pytest.approx(500 * 2 + 45)


def test_each_figure_is_asked_for_its_own_unit():
    """A price per truck is not compared with what a box on a truck pays."""
    assert one(corridor(vehicle="teu")).model == pytest.approx(500 * 2 * 0.7 + 45)


def test_money_is_compared_in_the_studys_year():
    assert one(corridor(money_year=2014)).published == pytest.approx(1250)


def test_the_newest_normal_figure_of_a_country_counts():
    old = corridor(800, identifier="old", year=2019)
    episode = corridor(9000, identifier="episode", year=2025, normal="no")
    assert one(corridor(year=2023), old, episode).number == "cpmm"


def test_what_is_out_is_no_check():
    assert (
        checks(
            number(
                "out", "country:KAZ", "haul_price_500km", 9, mode="road", vehicle="teu", scope="with_borders", use="out"
            )
        )
        == ()
    )


@pytest.mark.parametrize("country", ["MNG", "CHN"])
def test_a_country_without_such_arcs_is_not_checked(country):
    assert checks(corridor(country=country)) == ()


def test_one_side_of_a_border_is_half_of_both():
    found = [check for check in checks(side()) if check.quantity == "hours of one border side"]
    # The country's mean of a side is also what the model takes where it knows no more: 12 hours of the world stay,
    # because the other country has no mean.
    assert [(check.published, check.model) for check in found] == [(10, 6)]


def test_ordinary_wagons_are_compared_not_block_trains():
    block = number("block", "crossing:rail:KAZ-CHN:gate", "crossing_hours", 2, mode="rail", scope="block_train_full")
    plain = number("plain", "crossing:rail:KAZ-CHN:gate", "crossing_hours", 60, mode="rail", scope="full")
    found = one(block, plain, side(30, mode="rail"))
    # Two crossings by rail: 60 hours with the gauge change paid beside it, 20, and the default of 24.
    assert found.model == pytest.approx(((60 + 20) + 24) / 2 / 2)
    assert "for a wagon" in found.note


def test_borders_inside_a_customs_union_are_left_out():
    union = [{"id": "customs_union_x", "name": "X", "members": "KAZ;UZB"}]
    assert checks(side(), regions=union) == ()


@pytest.mark.parametrize(("direction", "hours"), [("inbound", 20), ("outbound", 40)])
def test_a_direction_is_compared_with_that_direction(direction, hours):
    sides = [
        number(f"{country}.{way}", "crossing:road:KAZ-UZB:almaty-tashkent", "crossing_hours", value, mode="road",
               scope="one_side", partner=f"country:{country}", direction=way)
        for country, way, value in (
            ("UZB", "outbound", 30), ("KAZ", "inbound", 10), ("KAZ", "outbound", 60), ("UZB", "inbound", 20)
        )
    ]  # fmt: skip
    found = one(*sides, side(direction=direction))
    assert found.model == pytest.approx(hours)
    assert direction in found.subject


def test_the_distance_rule_is_checked_where_a_rate_is_known():
    rate = number("spot", "port:P-tokyo", "ocean_price", 500, partner="port:P-shanghai", mode="sea", vehicle="teu",
                  scope="spot")  # fmt: skip
    found = one(rate)
    assert (found.subject, found.quantity) == ("P-tokyo to P-shanghai", "freight by the distance rule")
    assert (found.published, found.model) == (500, pytest.approx(200 + 0.1 * 2000))
    assert (
        checks(
            number(
                "far",
                "port:P-tokyo",
                "ocean_price",
                500,
                partner="port:P-baku",
                mode="sea",
                vehicle="teu",
                scope="spot",
            )
        )
        == ()
    )
