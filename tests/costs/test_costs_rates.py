"""Numbers for one request: chains, proxies, load units, money years."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_facts import WORLD, facts_of, number, request, with_
from landbridge.costs.rates import Chain, Rate, Rates, combined
from landbridge.facts.choose import Question
from landbridge.facts.money import in_money_year
from landbridge.facts.package import Facts
from landbridge.schema.words import CARGO_UNITS
from maps import draw

ROAD = draw("almaty(KAZ) -300- bishkek(KAZ)")


def rates(*numbers, cargo="teu", as_of=datetime.date(2024, 12, 31), money_year=2024, without=()) -> Rates:
    facts = facts_of(ROAD, with_(*numbers, without=without).values())
    return Rates(facts, request(cargo, as_of=as_of, money_year=money_year))


def test_a_chain_takes_the_nearest_subject_and_names_a_proxy():
    asked = rates(number("kaz", "country:KAZ", "transfer_hours", 7))
    chain = Chain(("country:KAZ", "world"), "transfer_hours")
    assert (asked.number(chain).value, asked.number(chain).basis) == (7, "reported")
    proxy = asked.number(Chain(("country:UZB", "world"), "transfer_hours"))
    assert (proxy.value, proxy.basis) == (10, "assumed")
    assert "country:UZB" in proxy.note
    assert "world" in proxy.note


def test_a_chain_is_the_same_as_its_questions():
    asked = rates(number("kaz", "country:KAZ", "dwell_hours", 7, scope="import"))
    chain = Chain(("country:KAZ", "world"), "dwell_hours", scopes=("transit", "import"))
    one_by_one = [
        Question(subject, "dwell_hours", scope=scope)
        for subject in ("country:KAZ", "world")
        for scope in ("transit", "import")
    ]
    assert asked.number(chain) == asked.number(*one_by_one)
    assert asked.number(chain).value == 7  # the nearer subject wins over the better scope


def test_another_scope_of_the_same_subject_is_no_proxy():
    found = rates().number(Chain(("world",), "dwell_hours", scopes=("nothing", "import")))
    assert (found.value, found.basis, found.note) == (96, "reported", "")


def test_nothing_known_is_none_and_never_zero():
    asked = rates()
    assert asked.number(Question("world", "passage_hours")) is None
    assert asked.price(Question("world", "service_price")) is None
    assert asked.money(Question("world", "service_price")) is None


def test_a_price_per_another_unit_is_converted_by_the_factor_of_its_mode():
    by_road = rates().price(Question("world", "haul_price", mode="road", scope="line"))
    assert by_road.value == pytest.approx(2 * 0.7)
    assert by_road.facts == ("price.road", "factor.price.road.teu")
    assert "truck20t x 0.7" in by_road.formula


def test_a_price_in_the_unit_asked_for_wins_over_a_converted_one():
    own = rates(number("teu", "world", "haul_price", 1.1, mode="road", vehicle="teu", scope="line"))
    assert own.price(Question("world", "haul_price", mode="road", scope="line")).value == 1.1


def test_without_a_factor_there_is_no_price():
    asked = rates(without=("factor.price.road.teu",))
    assert asked.price(Question("world", "haul_price", mode="road", scope="line")) is None


def test_a_truck_pays_its_fees_whatever_box_it_carries():
    fee = number("entry", "country:UZB", "fee_usd", 400, mode="road", vehicle="truck20t", scope="entry")
    asked = Question("country:UZB", "fee_usd", mode="road", scope="entry")
    assert rates(fee).price(asked).value == 400
    assert rates(fee, cargo="tonne").price(asked).value == pytest.approx(20)


def test_a_price_of_nothing_is_nothing():
    fee = number("free", "country:UZB", "fee_usd", 0, mode="road", vehicle="truck20t", scope="entry", money_year=2019)
    assert rates(fee).price(Question("country:UZB", "fee_usd", mode="road", scope="entry")).value == 0


def test_money_of_another_year_names_both_indices():
    found = rates(number("old", "country:KAZ", "transfer_usd", 40, vehicle="teu", money_year=2014)).price(
        Question("country:KAZ", "transfer_usd")
    )
    assert found.value == pytest.approx(50)
    assert found.facts == ("old", "us_cpi.2024", "us_cpi.2014")
    assert "of 2014 x 1.25 to 2024" in found.formula


def test_an_amount_per_shipment_keeps_its_unit():
    found = rates(cargo="wagon").money(Question("world", "fee_usd", vehicle="teu", scope="forwarding"))
    assert found.value == 300


def test_an_episode_says_so():
    peak = number(
        "peak", "country:KAZ", "transfer_hours", 99, normal="no", from_date="2024-12-01", to_date="2025-01-31"
    )
    asked = Question("country:KAZ", "transfer_hours")
    assert rates(peak).number(asked).normal is False
    assert rates(peak, as_of=datetime.date(2023, 6, 1)).number(asked) is None


def test_what_is_made_of_several_is_as_weak_as_the_weakest():
    firm = Rate(1.0, "reported", ("a",), "one")
    weak = Rate(2.0, "assumed", ("b", "a"), "two", normal=False)
    both = combined(3.0, [firm, weak], "1 + 2", "sum")
    assert (both.basis, both.facts, both.note, both.normal) == ("assumed", ("a", "b"), "sum; one; two", False)
    assert combined(1.0, [firm, firm], "same").basis == "derived"


@pytest.mark.parametrize("have", CARGO_UNITS)
@pytest.mark.parametrize("want", CARGO_UNITS)
@given(price=st.floats(0.01, 1e5))
def test_converting_there_and_back_changes_nothing(have, want, price):
    there = rates(number("it", "country:KAZ", "transfer_usd", price, vehicle=have), cargo=want).price(
        Question("country:KAZ", "transfer_usd")
    )
    if there is None:
        return
    back = rates(number("it", "country:KAZ", "transfer_usd", there.value, vehicle=want), cargo=have).price(
        Question("country:KAZ", "transfer_usd")
    )
    assert back is None or back.value == pytest.approx(price)


@given(
    amount=st.floats(0.01, 1e6),
    years=st.tuples(st.sampled_from([2014, 2019, 2023, 2024, 2025]), st.sampled_from([2014, 2024])),
)
def test_money_goes_to_another_year_and_back(amount, years):
    facts: Facts = facts_of(ROAD, WORLD.values())
    there, _ = in_money_year(facts, amount, *years)
    back, _ = in_money_year(facts, there, *reversed(years))
    assert back == pytest.approx(amount)
