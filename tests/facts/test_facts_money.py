"""Laws of moving money between years and currencies."""

from __future__ import annotations

from datetime import date

import pytest
from facts_sample import number
from hypothesis import given
from hypothesis import strategies as st

from landbridge.facts.choose import pick
from landbridge.facts.money import in_dollars, in_money_year, in_year
from landbridge.facts.package import Facts, facts_from
from landbridge.schema.errors import FactsError

INDEX = {2018: 251.1, 2019: 255.7, 2020: 258.8, 2021: 271.0, 2022: 292.7, 2023: 304.7}
years = st.sampled_from(sorted(INDEX))
amounts = st.floats(0.001, 1e6)


def ledger() -> Facts:
    series = {"quantity": "price_index", "unit": "index", "subject": "series:us_cpi", "money_year": ""}
    rate = {"quantity": "exchange_rate", "unit": "per_usd", "subject": "series:jpy_per_usd", "money_year": ""}
    return facts_from(
        [
            *(number(id=f"cpi.{year}", year=year, value=value, **series) for year, value in INDEX.items()),
            number(id="cpi.2024", year=2024, value=312, **{**series, "basis": "assumed"}),
            number(id="jpy.2019", year=2019, value=109.0, **rate),
            number(id="price", value=100, low=90, high=110, money_year=2019),
            number(id="hours", quantity="crossing_hours", money_year=""),
        ]
    )


FACTS = ledger()


@given(amounts, years, years)
def test_there_and_back_is_where_it_was(value: float, one: int, other: int) -> None:
    there, _ = in_money_year(FACTS, value, one, other)
    back, _ = in_money_year(FACTS, there, other, one)
    assert back == pytest.approx(value)


@given(amounts, years, years, years)
def test_the_way_does_not_matter(value: float, one: int, over: int, other: int) -> None:
    between, _ = in_money_year(FACTS, value, one, over)
    assert in_money_year(FACTS, between, over, other)[0] == pytest.approx(in_money_year(FACTS, value, one, other)[0])


@given(amounts, years)
def test_the_same_year_uses_no_index(value: float, year: int) -> None:
    assert in_money_year(FACTS, value, year, year) == (value, ())


def test_both_index_numbers_are_parents() -> None:
    value, parents = in_money_year(FACTS, 100, 2019, 2023)
    assert value == pytest.approx(100 * 304.7 / 255.7)
    assert parents == ("cpi.2023", "cpi.2019")


@pytest.mark.parametrize(("one", "other"), [(1950, 2019), (2019, 2050)])
def test_a_year_beyond_the_tables_is_an_error_that_names_them(one: int, other: int) -> None:
    with pytest.raises(FactsError, match=r"has 2018 to 2024, not (1950|2050)"):
        in_money_year(FACTS, 1, one, other)


def test_a_picked_price_moves_with_its_band_and_keeps_its_basis() -> None:
    picked = pick(FACTS, "country:KAZ", "haul_price", as_of=date(2020, 1, 1))
    assert picked is not None
    moved = in_year(FACTS, picked, 2023)
    factor = 304.7 / 255.7
    assert (moved.value, moved.low, moved.high) == (
        pytest.approx(100 * factor),
        pytest.approx(90 * factor),
        pytest.approx(110 * factor),
    )
    assert moved.money_year == 2023
    assert moved.parents == ("price", "cpi.2023", "cpi.2019")
    assert moved.basis == "reported"
    assert in_year(FACTS, picked, 2024).basis == "assumed"  # that index is assumed
    assert in_year(FACTS, picked, 2019) is picked


def test_what_is_no_money_does_not_move() -> None:
    picked = pick(FACTS, "country:KAZ", "crossing_hours", as_of=date(2020, 1, 1))
    assert picked is not None
    assert in_year(FACTS, picked, 2023) is picked


def test_currencies_use_the_rate_of_their_own_year() -> None:
    assert in_dollars(FACTS, 30000, "JPY", 2019) == (pytest.approx(30000 / 109), ("jpy.2019",))
    assert in_dollars(FACTS, 5, "usd", 1900) == (5, ())
    with pytest.raises(FactsError, match="jpy_per_usd has 2019 to 2019, not 2020"):
        in_dollars(FACTS, 1, "jpy", 2020)
    with pytest.raises(FactsError, match="eur_per_usd has no year at all"):
        in_dollars(FACTS, 1, "eur", 2020)
