"""What changes in the built-in study: closures, days, events, presets, access, and the chapters that tell of them."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.costs.arccosts import ArcCosts
from landbridge.models.closures import WeightedPair, pairs_of
from landbridge.network.select import arcs_of
from landbridge.network.state import Shipment
from landbridge.result.report import Chapter, DotChart, MapData, RankChart, Table
from landbridge.run.ask_access import ask_access, landlocked
from landbridge.run.ask_closures import (
    ask_closures,
    ask_joint_closures,
    ask_recovery,
    chosen_things,
    close_things,
    study_pairs,
    things_of,
)
from landbridge.run.ask_over_time import ask_over_time, flags, yearly
from landbridge.run.chapter_scenarios import best_ways, scenarios_chapter
from landbridge.run.chapter_sea import sea_chapter
from landbridge.run.chapter_shut import shut_chapter
from landbridge.run.chapter_when import when_chapter
from landbridge.run.other_costs import OtherCosts
from landbridge.run.session import Session, open_study
from landbridge.scenario import Resolved, parse_selector, preset_ids
from landbridge.schema.errors import BadRequest
from landbridge.schema.words import WHATS
from landbridge.views import charts
from landbridge.views.map import map_svg
from landbridge.views.report import plain_sentence


@cache
def session() -> Session:
    return open_study()


@cache
def costs() -> OtherCosts:
    return OtherCosts(session(), session().study.cargo.default, session().study.cargo.value)


def on(day: str, scenario: str | None = None) -> Resolved:
    return session().resolved(scenario, day)


def costs_on(day: str, flag: str = "") -> ArcCosts:
    return costs().of(on(day), Shipment("teu", flag=flag))


def open_arcs(of: ArcCosts, selector: str) -> np.ndarray:
    """Whether each arc of a selector is open, lanes and links alike."""
    found = []
    for identifier in session().gazetteer.ids(parse_selector(selector).kind, parse_selector(selector).value):
        one = replace(parse_selector(selector), value=identifier)
        found.append(of.open[arcs_of(session().network, one, session().selectors)])
    return np.concatenate(found)


# --- events replay --------------------------------------------------------------------------------------------------


def test_ships_from_japan_to_the_russian_far_east_sail_until_2022() -> None:
    lines = [
        row["id"]
        for row in session().facts.rows("services")
        if {row["from_port"][:2], row["to_port"][:2]} == {"JP", "RU"} and "RUVYP" in (row["from_port"], row["to_port"])
    ]
    assert lines
    before, after = costs_on("2021-06-30"), costs_on("2024-12-31")
    assert all(open_arcs(before, f"service.{name}").all() for name in lines)
    assert not any(open_arcs(after, f"service.{name}").any() for name in lines)


def test_torkham_is_shut_on_a_closed_day_and_open_on_the_next() -> None:
    assert not open_arcs(costs_on("2023-09-10"), "crossing.road:PAK-AFG:torkham").any()
    assert open_arcs(costs_on("2023-09-20"), "crossing.road:PAK-AFG:torkham").all()


def test_hormuz_is_open_in_2024_and_sailed_round_in_the_latest_state() -> None:
    assert open_arcs(costs_on("2024-12-31"), "strait.hormuz").any()
    latest = costs_on("latest")
    lanes = arcs_of(session().network, parse_selector("strait.hormuz"), session().selectors)
    kinds = np.array([session().network.kind_name(arc) for arc in lanes])
    assert not latest.open[lanes[kinds == "lane"]].any()


# --- closures -------------------------------------------------------------------------------------------------------


def test_no_closure_of_the_whole_table_improves() -> None:
    tables = [ask_closures(session(), what, costs=costs()) for what in WHATS]
    for table in tables:
        assert table.pairs == 5
        for row in table.rows:
            assert row.extra_cost >= 0
            assert math.isfinite(row.extra_cost + row.extra_usd + row.extra_hours)
            assert row.exposed_share <= 1
            assert row.cut_off_pairs <= row.exposed_pairs


def test_a_closure_of_the_table_is_the_scenario_with_the_same_thing_shut() -> None:
    table = ask_closures(session(), "borders", costs=costs())
    row = next(row for row in table.rows if row.id == "KAZ-CHN")
    pairs = study_pairs(session())
    before = best_ways(session(), pairs, costs(), session().resolved(), "cost")
    shut = session().resolved(options=[("close", "border.KAZ-CHN")])
    after = best_ways(session(), pairs, costs(), shut, "cost")
    changes = [
        other.cost - one.cost
        for one, other in zip(before, after, strict=True)
        if one.cost is not None and other.cost is not None
    ]
    assert row.extra_cost == pytest.approx(sum(changes))
    assert row.extra_cost > 0


SHUT = st.sampled_from(
    ["strait.malacca", "strait.suez", "country.IRN", "country.RUS", "border.KAZ-CHN", "port.CNLYG", "link.RAIL228"]
)
CHANGE = st.one_of(
    SHUT.map(lambda text: ("close", text)),
    st.sampled_from(["country.KAZ.crossings.hours=0.5", "country.CHN.price=1.7", "port.CNTAO.dwell=3"]).map(
        lambda text: ("scale", text)
    ),
)


@given(
    st.lists(CHANGE, max_size=3),
    st.sampled_from(["2012-06-30", "2017-06-30", "2024-12-31", "2026-06-30"]),
    st.sampled_from(["cost", "time", "money", "co2"]),
    st.sampled_from(["crossings", "borders", "straits", "countries"]),
)
@settings(max_examples=12)
def test_closing_never_improves_what_is_optimised_in_random_scenarios(
    options: list[tuple[str, str]], day: str, by: str, what: str
) -> None:
    resolved = session().resolved(None, day, tuple(options))  # type: ignore[arg-type]
    pairs = [WeightedPair("a", "tokyo", "tashkent"), WeightedPair("b", "tokyo", "ashgabat", 2.0)]
    table = ask_closures(session(), what, pairs=pairs, by=by, resolved=resolved)  # type: ignore[arg-type]
    assert all(effect.extra_cost is None or effect.extra_cost >= 0 for row in table.rows for effect in row.effects)
    assert all(effect.cut_off == (effect.extra_cost is None) for row in table.rows for effect in row.effects)
    # What is shut already hurts nobody any more.
    shut = {text.partition(".")[2] for action, text in options if action == "close"}
    assert all(row.exposed_pairs == 0 for row in table.rows if row.id in shut)


def test_two_of_a_chosen_list_shut_at_once() -> None:
    alone, joint = ask_joint_closures(session(), ["crossing.altynkol", "crossing.rail:KAZ-CHN:dostyk"])
    worst = max(row.extra_cost for row in alone.rows)
    assert joint.rows[0].extra_cost >= worst
    assert {part for row in joint.rows for part in row.id.split(" + ")} == {row.id for row in alone.rows}


def test_what_cannot_be_closed_in_a_table_is_refused_with_a_way_out() -> None:
    with pytest.raises(BadRequest) as caught:
        chosen_things(session(), ["mode.rail", "country.KAZ.crossings.hours"])
    assert len(caught.value.findings) == 2
    with pytest.raises(BadRequest, match="two or more"):
        ask_joint_closures(session(), ["strait.hormuz"])


def test_a_border_is_the_same_from_both_sides() -> None:
    one, other = chosen_things(session(), ["border.KAZ-CHN"]), chosen_things(session(), ["border.CHN-KAZ"])
    assert [thing.id for thing in one] == [thing.id for thing in other]


def test_recovery_takes_the_capacity_of_the_facts_and_knows_the_way_round() -> None:
    table = ask_closures(session(), "crossings", costs=costs())
    row = next(row for row in table.rows if row.id == "rail:KAZ-CHN:altynkol")
    queue, pairs = ask_recovery(session(), row, 14, use=0.5)
    number = session().facts.number("TS0313")
    assert (queue.capacity_per_day, queue.capacity_unit) == (number.value, number.scope)
    assert queue.clear_after_days == 28
    assert len(pairs) == row.exposed_pairs
    for pair, effect in zip(pairs, row.effects, strict=True):
        assert pair.departure_delay_days <= 14
        assert effect.extra_hours is not None
        assert pair.departure_delay_days <= max(effect.extra_hours / 24, 0) + 1e-9


# --- costs of other days --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", preset_ids(open_study().study))
def test_costs_taken_over_are_those_made_anew(preset: str) -> None:
    other = OtherCosts(session(), "teu", "middle")
    shipment = session().shipment("teu", "tokyo", "tashkent")
    other.of(session().resolved(), shipment)
    resolved = session().resolved(preset)
    taken, made = other.of(resolved, shipment), session().costs("teu", "middle", resolved, shipment)
    assert np.array_equal(taken.weight("cost"), made.weight("cost"))
    assert np.array_equal(taken.open, made.open)
    assert taken.notes == made.notes
    assert [taken.closures[i].id if i >= 0 else "" for i in taken.closure] == [
        made.closures[i].id if i >= 0 else "" for i in made.closure
    ]


@pytest.mark.parametrize("flag", ["EU", "USA"])
@pytest.mark.parametrize("day", ["2013-06-30", "2024-12-31"])
def test_costs_taken_over_for_another_flag_are_those_made_anew(flag: str, day: str) -> None:
    other = OtherCosts(session(), "teu", "middle")
    neutral = session().shipment("teu", "tokyo", "ashgabat")
    other.of(on(day), neutral)
    bound = replace(neutral, flag=flag)
    taken, made = other.of(on(day), bound), session().costs("teu", "middle", on(day), bound)
    usable = made.open
    assert np.array_equal(taken.open, usable)
    assert np.array_equal(taken.weight("cost")[usable], made.weight("cost")[usable])


def test_costs_are_not_taken_over_from_another_factor() -> None:
    other = OtherCosts(session(), "teu", "middle")
    for factor in ("0.5", "0.7"):
        resolved = session().resolved(options=[("scale", f"country.KAZ.crossings.hours={factor}")])
        taken, made = other.of(resolved, Shipment("teu")), session().costs("teu", "middle", resolved, Shipment("teu"))
        assert np.array_equal(taken.weight("time"), made.weight("time"))


def test_what_a_cargo_cannot_use_stays_closed_in_costs_taken_over() -> None:
    other = OtherCosts(session(), "truck20t", "middle")
    shut = session().resolved(options=[("close", "country.IRN")])
    other.of(session().resolved(), Shipment("truck20t"))
    taken, made = (of(shut, Shipment("truck20t")) for of in (other.of, _anew))
    assert np.array_equal(taken.open, made.open)
    assert not taken.open[arcs_of(session().network, parse_selector("mode.rail"), session().selectors)].any()


def _anew(resolved: Resolved, shipment: Shipment) -> ArcCosts:
    return session().costs("truck20t", "middle", resolved, shipment)


# --- over time ------------------------------------------------------------------------------------------------------


def test_seventeen_yearly_tables_are_whole() -> None:
    found = ask_over_time(session(), yearly(2010, 2026))
    corridors = len(session().study.corridors)
    assert len(found.rows) == 17 * 5 * corridors
    assert [day.year for day in found.days] == list(range(2010, 2027))
    known = {event.id for event in session().facts.table("spans").itertuples()}
    assert {event for move in found.moves for event in move.events} <= known


def test_a_flag_that_a_sanction_names_is_barred_from_iran_and_a_neutral_one_is_not() -> None:
    assert flags(session()) == ("EU", "USA")
    days = [datetime.date(2017, 6, 30), datetime.date(2024, 6, 30)]
    pairs = [WeightedPair("a", "tokyo", "ashgabat")]
    free = ask_over_time(session(), days, pairs=pairs, only=["bandar-abbas"], costs=costs())
    bound = ask_over_time(session(), days, pairs=pairs, only=["bandar-abbas"], flag="USA", costs=costs())
    assert [row.rank for row in free.rows] == [1, 1]
    assert [row.rank for row in bound.rows] == [1, None]


def test_the_same_question_has_the_same_bytes() -> None:
    days = [datetime.date(2017, 6, 30), datetime.date(2024, 6, 30)]
    pairs = [WeightedPair("a", "tokyo", "ashgabat")]
    one, other = (ask_over_time(session(), days, pairs=pairs).to_json() for _ in range(2))
    assert one == other


# --- access ---------------------------------------------------------------------------------------------------------


def test_access_of_the_landlocked_countries_of_the_region() -> None:
    found = ask_access(session(), costs=costs())
    assert [row.country for row in found.rows] == list(landlocked(session()))
    ports = {row["id"]: row["tier"] for row in session().facts.rows("ports")}
    for row in found.rows:
        assert row.cheapest is not None
        assert row.fastest is not None
        assert row.most_reliable is not None
        assert ports[row.cheapest.port] == "main"
        assert row.fastest.route.hours <= row.cheapest.route.hours
        assert row.most_reliable.route.hours_p95 <= row.fastest.route.hours_p95
        assert 1 <= row.independent_by_country <= row.independent_by_neighbour <= row.independent_by_crossing
        assert row.largest_dependence is not None
        assert 0 < row.largest_dependence.share <= 1
    content = found.to_json()["rows"][0]
    assert {"country", "port", "hours", "usd", "distance_km", "crossings", "largest_dependence"} <= set(content)


def test_access_of_any_country_by_name_and_what_an_opening_changes() -> None:
    row = ask_access(session(), ["Afghanistan"], resolved=on("2026-06-30"), costs=costs()).rows[0]
    assert row.country == "AFG"
    helps = {item.id for item in row.remedies}
    assert "pak_2025_10" in helps


def test_fewer_open_links_never_mean_more_ways_or_a_cheaper_one() -> None:
    base = ask_access(session(), with_remedies=False, costs=costs())
    shut = session().resolved(options=[("close", "country.IRN")])
    after = ask_access(session(), resolved=shut, with_remedies=False, costs=costs())
    for one, other in zip(base.rows, after.rows, strict=True):
        assert other.independent_by_country <= one.independent_by_country
        assert other.independent_by_crossing <= one.independent_by_crossing
        assert one.cheapest is not None
        assert other.cheapest is not None
        assert other.cheapest.route.generalised_usd >= one.cheapest.route.generalised_usd


# --- chapters -------------------------------------------------------------------------------------------------------


@cache
def chapter(name: str) -> Chapter:
    pairs = study_pairs(session())
    if name == "when":
        return when_chapter(session(), pairs, costs(), years=(2016, 2018))
    if name == "shut":
        return shut_chapter(session(), pairs, costs(), session().resolved())
    found = (
        sea_chapter(session(), costs(), session().resolved())
        if name == "sea"
        else scenarios_chapter(session(), pairs[:2], costs())
    )
    assert found is not None
    return found


CHAPTERS = ("when", "shut", "sea", "scenarios")


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_sentence_has_its_values_and_every_row_its_cells(name: str) -> None:
    made = chapter(name)
    assert made.lead
    for sentence in made.lead:
        named = set(re.findall(r"\{(\w+)\}", sentence.template))
        assert named <= set(sentence.values)
        assert all(_finite(figure.value) for figure in sentence.values.values())
    assert len({part.id for part in made.parts}) == len(made.parts)
    for part in made.parts:
        if isinstance(part, Table):
            assert part.rows or part.id == "remedies"
            assert all(len(row) == len(part.columns) for row in part.rows)
            assert all(_finite(cell) for row in part.rows for cell in row)


def _finite(value: object) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_chart_and_map_is_drawn(name: str) -> None:
    for part in chapter(name).parts:
        if isinstance(part, RankChart):
            assert charts.rank_chart(part, id_=part.id).startswith("<svg")
        elif isinstance(part, DotChart):
            assert charts.dot_chart(part, id_=part.id).startswith("<svg")
        elif isinstance(part, MapData):
            assert map_svg(part, id_=part.id).startswith("<svg")


def test_the_table_then_and_now_holds_what_the_charts_show() -> None:
    made = {part.id: part for part in chapter("when").parts}
    table, chart = made["over-time"], made["ranks-tokyo-tashkent"]
    assert isinstance(table, Table)
    assert isinstance(chart, RankChart)
    ranks = {(row[0], row[2]): row[3] for row in table.rows if row[1] == "Tashkent"}
    for line in chart.lines:
        assert [ranks.get((day, line.name)) for day in chart.dates] == list(line.ranks)


def test_every_preset_has_its_sentence_and_its_rows() -> None:
    made = chapter("scenarios")
    first, *others = made.lead
    names = [sentence.values["name"].value for sentence in others]
    assert "Base" not in names  # it changes nothing
    assert len(set(names)) == len(preset_ids(session().study)) - 1
    best = next(part for part in made.parts if part.id == "best")
    assert isinstance(best, Table)
    assert len(best.rows) == 2 * len(preset_ids(session().study))
    changed = {row[0] for row in best.rows if row[4] is None or abs(row[4]) >= 0.5}  # type: ignore[arg-type]
    assert first.values["n"].value == len(others)
    assert first.values["changed"].value == len(changed - {"Base"})


def test_the_first_sentence_names_the_best_corridor_of_each_named_day() -> None:
    made = chapter("when")
    table = next(part for part in made.parts if part.id == "over-time")
    assert isinstance(table, Table)
    text = plain_sentence(made.lead[0])
    for day in {str(figure.value) for key, figure in made.lead[0].values.items() if key.startswith("day")}:
        assert f"on {day}" in text
        for row in table.rows:
            if row[0] == day and row[3] == 1:
                assert str(row[2]) in text


def test_a_map_of_criticality_numbers_the_worst_links() -> None:
    drawn = chapter("shut").parts[0]
    assert isinstance(drawn, MapData)
    assert sorted(line.number for line in drawn.lines if line.number) == list(range(1, 11))
    assert all(line.strong == bool(line.number) for line in drawn.lines)


def test_pairs_of_crossings_of_the_chapter_are_the_closures_of_both() -> None:
    made = {part.id: part for part in chapter("shut").parts}
    joint = made["close-two"]
    assert isinstance(joint, Table)
    things = things_of(session(), "crossings", ["rail:KAZ-CHN:altynkol", "rail:KAZ-CHN:dostyk"])
    row = close_things(session(), "two", pairs_of(things), costs=costs()).rows[0]
    assert row.name in {cells[0] for cells in joint.rows}
    assert next(cells[1] for cells in joint.rows if cells[0] == row.name) == row.mean_extra_cost


def test_shared_ways_are_those_of_every_pair_alone() -> None:
    """Ways that are taken over (same costs, same arcs open; same arcs of a way) equal those made anew."""
    study = session()
    pairs = study_pairs(study)[:3]
    shared = OtherCosts(study, "teu", "middle")
    asked = [(on("2024-12-31"), ""), (on("2024-12-31"), "USA"), (on("2024-12-31", "hormuz-closed"), "")]
    for resolved, flag in (*asked, asked[0]):
        found = shared.ways(resolved, pairs, by="cost", flag=flag)
        for pair, ways in zip(pairs, found, strict=True):
            shipment = replace(study.shipment("teu", pair.origin, pair.destination), flag=flag)
            made = study.costs("teu", "middle", resolved, shipment)
            alone = study.corridor_search.ways(made, pair.origin, [pair.destination], names=study.names, explain=False)
            assert ways == alone
    first = asked[0][0]
    assert shared.ways(first, pairs[:1], by="cost")[0] is shared.ways(first, pairs, by="cost")[0]
