"""Amounts made again from facts: small ledgers whose answer can be seen."""

from __future__ import annotations

import pytest

from landbridge.result.explained import Record
from landbridge.run.from_facts import Question, remade

ASKED = Question("teu", 2024)


def fact(
    name: str, value: float, unit: str = "hours", quantity: str = "q", subject: str = "s", **more: object
) -> Record:
    row: Record = {
        "id": name, "subject": subject, "quantity": quantity, "value": value, "unit": unit, "year": None,
        "money_year": None, "basis": "reported", "source": "paper",
    }  # fmt: skip
    return row | more  # type: ignore[operator]


def factor(name: str, of: str, to: str, value: float) -> Record:
    return fact(name, value, "ratio", "unit factor sea price", f"unit:{of} to unit:{to}")


def index(year: int, value: float) -> Record:
    return fact(f"cpi.{year}", value, "index", "price index", "series:us_cpi", year=year)


KNOWN = {
    str(row["id"]): row
    for row in (
        fact("speed", 25.0, "km_per_hour"),
        fact("dwell", 30.0),
        fact("interval", 48.0),
        fact("price", 300.0, "usd_per_unit (feu)", money_year=2018),
        fact("own", 70.0, "usd_per_unit (teu)", money_year=2024),
        fact("truck", 100.0, "usd_per_unit (truck20t)", money_year=2024),
        fact("grams", 8.0, "g_per_tonne_km (tonne)"),
        fact("tonnes", 12.0, "tonnes_per_unit"),
        fact("section:A", 200.0, "km"),
        fact("change:half", 0.5, ""),
        factor("feu", "feu", "teu", 1.5),
        factor("road", "teu", "truck20t", 0.67),
        factor("share", "tonne", "teu", 0.05),
        index(2018, 250.0),
        index(2024, 300.0),
    )
}


def made(formula: str, facts: str, *, per_km: bool = False, km: float = 100.0, asked: Question = ASKED) -> float | str:
    row: Record = {
        "fixed": 0.0 if per_km else 1.0,
        "per_km": 1.0 if per_km else 0.0,
        "km": km,
        "formula": formula,
        "facts": facts,
    }
    found = remade(row, KNOWN, asked)
    return found.stops if found.amount is None else found.amount


@pytest.mark.parametrize(
    ("formula", "facts", "per_km", "amount"),
    [
        ("dwell hours", "dwell", False, 30.0),
        ("half of 48 h between departures", "interval", False, 24.0),
        ("larger of dwell 30 h and wait for departure 24 h", "dwell;interval", False, 30.0),
        ("km x 1 / (25 km per hour)", "section:A;speed", True, 4.0),
        ("100 km / 25 km per hour + 30 h of calls", "speed;dwell", False, 34.0),
        ("km x 8 g per tonne-km x 12 tonnes", "section:A;grams;tonnes", True, 9.6),
        ("ocean price per feu x 0.667 of 2018 x 1.2 to 2024", "price;feu;cpi.2024;cpi.2018", False, 240.0),
        ("crossing usd per truck20t x 0.67", "truck;road", False, 67.0),
        ("(fee usd per truck20t x 0.67) - 30 assumed for the border with fees in", "truck;road;dwell", False, 37.0),
        ("30 + 48 (A outbound + B inbound)", "dwell;interval", False, 78.0),
        ("30 + 30 (mean of A outbound + mean of B inbound)", "dwell", False, 60.0),
        ("(dwell hours) x 0.5 (half)", "dwell;change:half", False, 15.0),
        ("(km x 1 / (25 km per hour)) / 0.5 (half)", "section:A;speed;change:half", True, 8.0),
        ("0.5 (half)", "change:half", False, 0.5),
        ("km x 1 / (0.5 km per hour) (half)", "change:half", True, 200.0),
        ("half", "change:half", False, 0.5),
    ],
)
def test_a_formula_says_how_its_facts_are_put_together(
    formula: str, facts: str, *, per_km: bool, amount: float
) -> None:
    assert made(formula, facts, per_km=per_km) == pytest.approx(amount)


def test_a_factor_works_both_ways_and_over_a_unit_between() -> None:
    feu = Question("feu", 2024)
    assert made("price per teu x 1.5", "own;feu", asked=feu) == pytest.approx(70 * 1.5)
    truck = Question("truck20t", 2024)
    assert made("price per feu x 1 of 2018 x 1.2 to 2024", "price;feu;road;cpi.2024;cpi.2018", asked=truck) == (
        pytest.approx(300 / 1.5 / 0.67 * 1.2)
    )


def test_the_price_of_a_shipment_is_shared_not_converted() -> None:
    tonne = Question("tonne", 2024)
    assert made("fee usd", "own", asked=tonne) == 70.0
    assert made("(fee usd) x 0.05 of a shipment", "own;share", asked=tonne) == pytest.approx(3.5)


def test_where_the_chain_stops_it_says_why() -> None:
    assert "in no fact" in str(made("13208 km more than the shortest lane x 0.0588 USD per km", "own"))
    assert "in no fact" in str(made("ocean price + 310 km x 0.0588", "own;dwell"))
    assert "more than its facts say" in str(made("something of its own (here)", "own"))
    assert "no price index of 2018" in str(made("ocean price of 2018 x 1.2 to 2024", "price;cpi.2024"))
    assert "no factor" in str(made("100 + 70 (A outbound + B inbound)", "truck;own"))
    assert "2 values" in str(made("30 + 48 (A outbound + B inbound)", "dwell;interval;speed"))
    missing = remade({"formula": "dwell hours", "facts": "dwell", "km": 0.0}, KNOWN, ASKED)
    assert missing.amount is None
    assert "without the rates" in missing.stops


def test_the_way_from_a_fact_to_the_amount_is_written_out() -> None:
    row: Record = {
        "fixed": 240.0, "per_km": 0.0, "km": 0.0, "formula": "ocean price per feu x 0.667 of 2018 x 1.2 to 2024",
        "facts": "price;feu;cpi.2024;cpi.2018",
    }  # fmt: skip
    (part,) = remade(row, KNOWN, ASKED).parts
    assert part.formula == "300 usd_per_unit for one feu (2018) / 1.5 (feu) x 300 / 250 (cpi.2024 / cpi.2018)"
    assert part.facts == ("price", "feu", "cpi.2024", "cpi.2018")
    assert part.note == "paper"


def test_a_part_of_a_section_says_so() -> None:
    row: Record = {
        "fixed": 0.0,
        "per_km": 0.04,
        "km": 80.0,
        "formula": "km x 1 / (25 km per hour)",
        "facts": "section:A;speed",
    }
    length, speed = remade(row, KNOWN, ASKED).parts
    assert length.amount == 80.0
    assert "of 200.0 km" in length.note
    assert speed.amount == 25.0
