"""A number says where it comes from, what is made of it and who it lost to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from facts_sample import number

from landbridge.facts.describe import ancestors, describe, list_numbers, list_sources
from landbridge.facts.package import facts_from, load_facts
from landbridge.schema.errors import UnknownName

Tables = dict[str, list[dict[str, str]]]


def test_a_number_and_its_family(good: Tables, package: Callable[[Tables], Path]) -> None:
    facts = load_facts(package(good))
    found = describe(facts, "half", date(2020, 1, 1))
    assert [ancestor.number.id for ancestor in found.parents] == ["hours"]
    assert found.source_title == "A book of tariffs"
    assert found.meaning
    assert found.wins
    assert [rival.id for rival in found.rivals] == ["hours"]
    assert [child.id for child in describe(facts, "hours", date(2020, 1, 1)).children] == ["half"]


def test_a_loser_names_the_winner(good: Tables, package: Callable[[Tables], Path]) -> None:
    facts = load_facts(package(good))
    found = describe(facts, "price.seen", date(2021, 6, 1))
    assert not found.wins
    assert found.picked is not None
    assert found.picked.number.id == "price"
    assert [(lost.id, why) for lost, why in found.picked.losers] == [("price.seen", "for comparison only")]


def test_ancestors_end_even_in_a_ring() -> None:
    facts = facts_from([number(id="a", parents="b"), number(id="b", parents="c"), number(id="c", parents="a")])
    (b,) = ancestors(facts, facts.number("a"))
    (c,) = b.parents
    (again,) = c.parents
    assert (b.number.id, c.number.id, again.number.id) == ("b", "c", "a")
    assert again.repeated
    assert not again.parents


def test_an_unknown_number_lists_the_nearest(good: Tables, package: Callable[[Tables], Path]) -> None:
    facts = load_facts(package(good))
    with pytest.raises(UnknownName, match=r"No number is called 'prise'.*price"):
        describe(facts, "prise", date(2020, 1, 1))


def test_filters_meet(good: Tables, package: Callable[[Tables], Path]) -> None:
    facts = load_facts(package(good))
    assert [n.id for n in list_numbers(facts, subject="country:CHN")] == ["half"]
    assert [n.id for n in list_numbers(facts, quantity="haul_price", use="check")] == ["price.seen"]
    assert [n.id for n in list_numbers(facts, basis="assumed")] == ["price"]
    assert [n.id for n in list_numbers(facts, text="ONE TRAIN")] == ["price.seen"]
    assert len(list_numbers(facts)) == len(facts.numbers)


def test_sources_count_what_rests_on_them(good: Tables, package: Callable[[Tables], Path]) -> None:
    facts = load_facts(package(good))
    book, known = list_sources(facts)
    assert (book.id, book.numbers, book.rows) == ("book", 6, 0)
    assert known.id == "general-knowledge"
    assert known.numbers + book.numbers == len(facts.numbers)
    assert [source.id for source in list_sources(facts, "TARIFF")] == ["book"]
