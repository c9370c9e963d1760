"""The sums and choices a report shows (landbridge.result.report)."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from views_sample import answer, cut_off, ways

from landbridge.result import report as r
from landbridge.result.routes import Contribution

_PARTS = st.lists(
    st.builds(
        Contribution,
        leg=st.integers(-1, 3),
        where=st.just("x"),
        arc=st.just("a"),
        component=st.sampled_from(["haul", "border", "port"]),
        measure=st.sampled_from(["hours", "usd"]),
        amount=st.floats(0, 1e6),
        km=st.just(0.0),
        basis=st.sampled_from(["reported", "assumed"]),
        formula=st.just(""),
        facts=st.just(()),
        note=st.just(""),
    ),
    max_size=40,
)


@given(_PARTS)
def test_subtotals_add_up_to_the_contributions(parts: list[Contribution]) -> None:
    route = replace(ways("Astana", 1)[0], contributions=tuple(parts))
    sums = r.subtotals(route)
    assert len({(s.leg, s.component, s.measure) for s in sums}) == len(sums)
    for measure in ("hours", "usd"):
        whole = math.fsum(p.amount for p in parts if p.measure == measure)
        assert math.fsum(s.amount for s in sums if s.measure == measure) == pytest.approx(whole)
        assumed = math.fsum(p.amount for p in parts if p.measure == measure and p.basis == "assumed")
        assert math.fsum(s.assumed for s in sums if s.measure == measure) == pytest.approx(assumed)
    by_component = {item.component: item for item in r.component_sums(route)}
    for measure in ("hours", "usd"):
        whole = math.fsum(p.amount for p in parts if p.measure == measure)
        assert math.fsum(getattr(item, measure) for item in by_component.values()) == pytest.approx(whole)


def test_subtotals_of_a_leg_equal_the_leg() -> None:
    for route in ways("Tashkent", 3):
        for i, leg in enumerate(route.legs):
            for measure, given_ in (("hours", leg.hours), ("usd", leg.usd), ("co2_wtw_kg", leg.co2_kg)):
                parts = [s.amount for s in r.subtotals(route) if s.leg == i and s.measure == measure]
                assert math.fsum(parts) == pytest.approx(given_)


def test_headline_chooses_the_extremes_of_the_best_ways(data: r.ReportData) -> None:
    head = data.headline
    firsts = [pair.answer.routes[0] for pair in data.pairs if pair.answer.routes]
    assert head.fastest is not None
    assert head.slowest is not None
    assert head.cheapest is not None
    assert head.dearest is not None
    assert head.fastest.hours == min(route.hours for route in firsts)
    assert head.slowest.hours == max(route.hours for route in firsts)
    assert head.cheapest.usd == min(route.usd for route in firsts)
    assert head.dearest.usd == max(route.usd for route in firsts)
    assert sum(n for _, n in head.leading) == len(firsts)
    assert head.cut_off == (("Tokyo", "Dushanbe", "every way to Dushanbe is closed"),)


def test_headline_names_what_all_ways_share() -> None:
    routes = [route for route in ways("Tashkent", 2) if "KAZ" in route.countries]
    pair = r.PairAnswer("p", answer("Tashkent", [replace(x, countries=(*x.countries, "END")) for x in routes]))
    head = r.headline([pair])
    assert head.everywhere == ("KAZ",)
    assert head.common[0].countries == ("KAZ",)
    assert "JPN" not in head.common[0].countries


def test_headline_of_nothing() -> None:
    head = r.headline([])
    assert head.best == ()
    assert head.fastest is None
    assert head.everywhere == ()


def test_comparison_has_a_row_per_way_and_one_per_pair_without_a_way() -> None:
    routes = ways("Tashkent", 2)
    pairs = [r.PairAnswer("a", answer("Tashkent", routes)), r.PairAnswer("b", cut_off("Dushanbe"))]
    rows = r.comparison_rows(pairs)
    assert [(row.pair_id, row.rank, row.route_id) for row in rows] == [
        *(("a", i, route.id) for i, route in enumerate(routes, start=1)),
        ("b", None, None),
    ]
    assert rows[-1].why_not == "every way to Dushanbe is closed"
    assert rows[0].hours == routes[0].hours
