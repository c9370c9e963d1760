"""What the report shows is what the session answers, and everything in it has a place where it is explained."""

from __future__ import annotations

import re

import pytest

import shipped
from landbridge.result.report import ReportData, comparison_rows, headline
from landbridge.run.report import SHOWN_STRETCH, pair_answer


@pytest.fixture(scope="module")
def data() -> ReportData:
    return shipped.report()


def test_each_pair_of_the_study_is_answered_in_its_order(data: ReportData) -> None:
    study = shipped.session().study
    assert [pair.id for pair in data.pairs] == [pair.id for pair in study.pairs]
    for pair in data.pairs:
        objective = [route.generalised_usd for route in pair.answer.routes]
        assert objective
        assert objective == sorted(objective)
        assert len({route.id for route in pair.answer.routes}) == len(objective)


def test_the_best_way_of_a_pair_is_that_of_the_routes_command(data: ReportData) -> None:
    session = shipped.session()
    for pair, asked in zip(data.pairs, session.study.pairs, strict=True):
        answer = session.routes(asked.origin, asked.destination)
        assert pair.answer.routes[0] == answer.routes[0]
        assert {route.id for route in answer.routes} <= {route.id for route in pair.answer.routes}


def test_every_named_corridor_is_shown_or_says_why_not(data: ReportData) -> None:
    names = {corridor.name for corridor in shipped.session().study.corridors}
    for pair in data.pairs:
        rows = [row for row in data.comparison if row.pair_id == pair.id]
        shown = {name for row in rows for name in row.corridors}
        assert shown == names, pair.id
        for row in rows:
            if row.rank is None:
                assert len(row.why_not) > 20
                assert row.hours is None
            else:
                assert row.why_not == ""


def test_what_costs_more_than_a_shown_multiple_is_named_not_drawn(data: ReportData) -> None:
    for pair in data.pairs:
        best = pair.answer.routes[0].generalised_usd
        asked = shipped.session().routes(pair.answer.origin, pair.answer.destination)
        own = {route.id for route in asked.routes}
        for route in pair.answer.routes:
            assert route.id in own or route.generalised_usd <= SHOWN_STRETCH * best
            assert route.stretch == pytest.approx(route.generalised_usd / best)
        for row in data.comparison:
            found = re.match(r"([\d.]+) times the best", row.why_not) if row.pair_id == pair.id else None
            assert found is None or float(found[1]) >= SHOWN_STRETCH


def test_the_comparison_is_made_from_the_answers(data: ReportData) -> None:
    ranked = tuple(row for row in data.comparison if row.rank is not None)
    assert ranked == comparison_rows(data.pairs)


def test_the_headline_is_made_from_the_answers_and_the_benchmarks(data: ReportData) -> None:
    assert data.headline == headline(data.pairs, data.benchmarks)
    assert data.headline.n_pairs == 5
    assert data.headline.medians == data.benchmarks.medians


def test_every_fact_named_is_listed_with_its_parents_and_its_source(data: ReportData) -> None:
    facts = {fact.id: fact for fact in data.facts}
    sources = {source.id for source in data.sources}
    named = {
        fact
        for pair in data.pairs
        for route in pair.answer.routes
        for part in route.contributions
        for fact in part.facts
    }
    named |= {fact for pair in data.pairs for fact in pair.value_of_time_facts}
    assert named <= set(facts)
    assert len(facts) == len(data.facts)
    assert list(facts) == sorted(facts)
    for fact in data.facts:
        assert set(fact.parents) <= set(facts), fact.id
        assert fact.source in sources, fact.id
    listed = {row.source for row in data.benchmarks.rows} | {check.source for check in data.benchmarks.checks}
    assert listed - {""} <= sources


def test_losers_say_why_they_lost(data: ReportData) -> None:
    losers = [(fact, loser) for fact in data.facts for loser in fact.losers]
    assert losers
    for fact, loser in losers:
        assert loser.id != fact.id
        assert loser.why


def test_the_counts_of_bases_add_up(data: ReportData) -> None:
    here, everywhere = data.basis_counts
    assert here.reported + here.derived + here.assumed + here.scenario == len(data.facts)
    total = everywhere.reported + everywhere.derived + everywhere.assumed + everywhere.scenario
    assert total == len(shipped.session().facts.numbers)


def test_points_to_mark_are_on_the_routes_that_use_them(data: ReportData) -> None:
    for pair in data.pairs:
        routes = {route.id: route for route in pair.answer.routes}
        kinds = {point.kind for point in pair.points}
        assert {"origin", "destination", "port", "crossing"} <= kinds
        for point in pair.points:
            assert -90 <= point.lat <= 90
            assert -180 <= point.lon <= 180
            assert set(point.routes) <= set(routes)
            assert point.kind in ("origin", "destination") or point.routes


def test_the_study_and_its_making_are_described(data: ReportData) -> None:
    study = shipped.session().study
    assert (data.study.id, data.study.name, data.study.question) == (study.id, study.name, study.question)
    assert (data.study.base_date, data.study.money_year) == ("2024-12-31", 2024)
    assert data.study.limits == study.limits
    assert dict(data.made.digests).keys() == {"facts", "study", "network"}
    assert all(data.made.version.split("."))


def test_whose_data_the_maps_show_is_said(data: ReportData) -> None:
    text = " ".join(data.attributions)
    for owner in ("Natural Earth", "searoute", "OpenStreetMap"):
        assert owner in text


def test_a_pair_can_be_answered_by_another_measure() -> None:
    session = shipped.session()
    answer, ways = pair_answer(session, "tokyo", "bishkek", "teu", "middle", "time", session.resolved())
    hours = [route.hours for route in answer.routes]
    assert hours == sorted(hours)
    assert answer.by == "time"
    assert {way.destination for way in ways} == {"bishkek"}
