"""Laws of every route of the shipped study: alternatives of many questions, and ways along the named corridors."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

import shipped
from landbridge.costs.arccosts import ArcCosts
from landbridge.models.spread import recompute
from landbridge.result.routes import Contribution, Route
from landbridge.run.facts_used import facts_used
from landbridge.run.session import open_study
from landbridge.schema.words import COMPONENTS

#: Sums in another order differ by rounding only.
REL = 1e-9

Case = tuple[str, Route, ArcCosts]


@pytest.fixture(scope="module")
def routes() -> list[Case]:
    found = shipped.every_route()
    assert len(found) > 120
    return found


def arcs(route: Route, costs: ArcCosts) -> list[int]:
    """Arcs of a route, from the keys of its contributions; those without any cost are not among them."""
    index = key_index(costs)
    return [index[key] for key in dict.fromkeys(part.arc for part in route.contributions)]


_INDEX: dict[int, dict[str, int]] = {}


def key_index(costs: ArcCosts) -> dict[str, int]:
    network = costs.network
    if id(network) not in _INDEX:
        _INDEX[id(network)] = {
            f"{network.node_key[network.tail[arc]]}>{network.node_key[network.head[arc]]}"
            f"#{network.link_ids[network.link[arc]]}": arc
            for arc in range(network.n_arcs)
        }
    return _INDEX[id(network)]


def of(route: Route, measure: str) -> Iterator[Contribution]:
    return (part for part in route.contributions if part.measure == measure)


def total(route: Route, measure: str) -> float:
    return math.fsum(part.amount for part in of(route, measure))


def test_a_border_crossed_is_a_border_paid_once_in_hours_and_in_money(routes: list[Case]) -> None:
    crossed = 0
    for label, route, costs in routes:
        network = costs.network
        paid = {measure: Counter(part.arc for part in of(route, measure) if part.component == "border")
                for measure in ("hours", "usd")}  # fmt: skip
        on_way = arcs(route, costs)
        borders = [arc for arc in on_way if network.crossing[arc] >= 0]
        assert len(borders) == len(route.crossings), label
        crossed += len(borders)
        for arc in borders:
            key = next(key for key, value in key_index(costs).items() if value == arc)
            assert paid["hours"][key] == 1, (label, key)
            assert paid["usd"][key] == 1, (label, key)
        # The money of a border may be little inside a union, but not nothing; and nobody pays where none is crossed.
        for measure in ("hours", "usd"):
            assert all(part.amount > 0 for part in of(route, measure) if part.component == "border"), label
            for key in paid[measure]:
                arc = key_index(costs)[key]
                ends = {int(network.node_country[node]) for node in (network.tail[arc], network.head[arc])}
                assert network.kind_name(arc) in ("crossing", "service"), label
                assert len(ends) == 2, label
    assert crossed > 300


def test_a_country_is_entered_only_over_a_crossing_or_the_sea(routes: list[Case]) -> None:
    for label, route, costs in routes:
        network = costs.network
        for arc in arcs(route, costs):
            changes = network.node_country[network.tail[arc]] != network.node_country[network.head[arc]]
            assert not changes or network.kind_name(arc) in ("crossing", "lane", "service"), label


def test_a_gauge_break_is_paid_or_contained_in_a_crossing_of_the_route_never_both(routes: list[Case]) -> None:
    breaks = 0
    rows = {row["id"]: row for row in shipped.session().facts.rows("crossings")}
    for label, route, _ in routes:
        paid = [part for part in of(route, "hours") if part.component == "gauge_change"]
        charged = [part for part in of(route, "usd") if part.component == "gauge_change"]
        assert [part.arc for part in paid] == [part.arc for part in charged], label
        holding = [crossing for crossing in route.crossings if rows[crossing]["gauge_change_included"] == "yes"]
        places = Counter(route.gauge_breaks)
        # Each break is either paid in its place, or one of the route's crossings contains it.
        assert len(paid) <= len(route.gauge_breaks) <= len(paid) + len(holding), (label, places)
        for part in paid:
            on_crossing = part.arc.rsplit("#", 1)[1]
            assert on_crossing not in holding, label
        breaks += len(route.gauge_breaks)
    assert breaks > 80


def test_a_contained_gauge_break_lies_at_the_crossing_that_contains_it(routes: list[Case]) -> None:
    """On one side of a free arc between two gauges there is nothing but the border that holds its price."""
    costs = routes[0][2]
    network = costs.network
    rows = {row["id"]: row for row in shipped.session().facts.rows("crossings")}
    free = [arc for arc in network.arcs_of_kind("gauge").tolist() if costs.total("hours")[arc] == 0]
    assert free
    for arc in free:
        sides = [rail_around(costs, int(node)) for node in (network.tail[arc], network.head[arc])]
        short, crossings = min(sides, key=lambda side: side[0])
        assert short < 50, network.node_key[network.tail[arc]]
        assert crossings
        assert {rows[crossing]["gauge_change_included"] for crossing in crossings} == {"yes"}


def rail_around(costs: ArcCosts, start: int) -> tuple[float, set[str]]:
    """Kilometres of line of one gauge and country that hang together with a node, and the crossings they end at."""
    network = costs.network
    seen, waiting, km, crossings = {start}, [start], 0.0, set()
    while waiting:
        for arc in np.flatnonzero(network.tail == waiting.pop()).tolist():
            if network.kind_name(arc) == "crossing":
                crossings.add(network.crossing_ids[network.crossing[arc]])
            elif network.kind_name(arc) == "haul" and int(network.head[arc]) not in seen:
                km += float(network.km[arc])
                seen.add(int(network.head[arc]))
                waiting.append(int(network.head[arc]))
    return km, crossings


def test_no_route_is_faster_than_its_moving_time(routes: list[Case]) -> None:
    for label, route, costs in routes:
        moving = math.fsum(part.amount for part in of(route, "hours") if part.component == "haul")
        assert route.hours >= moving * (1 - REL), label
        fastest = 60.0  # km per hour over a whole day: no train, truck or ship of the tables does more
        assert moving >= route.distance_km / fastest, label
        for arc in arcs(route, costs):
            if costs.network.km[arc] > 0 and costs.network.mode[arc] >= 0:
                assert costs.total("hours")[arc] > 0, label


def test_what_adds_up_adds_up(routes: list[Case]) -> None:
    for label, route, _ in routes:
        assert total(route, "hours") == pytest.approx(route.hours, rel=REL), label
        assert total(route, "usd") == pytest.approx(route.usd, rel=REL), label
        assert total(route, "co2_wtw_kg") == pytest.approx(route.co2_kg, rel=REL), label
        assert total(route, "co2_ttw_kg") == pytest.approx(route.co2_ttw_kg, rel=REL), label
        assert total(route, "origin_wait_hours") == pytest.approx(route.origin_wait_hours, rel=REL), label
        for leg, value in (
            ("distance_km", route.distance_km),
            ("hours", route.hours),
            ("usd", route.usd),
            ("co2_kg", route.co2_kg),
        ):
            assert math.fsum(getattr(item, leg) for item in route.legs) == pytest.approx(value, rel=REL), label
        assert math.fsum(route.distance_by_mode.values()) == pytest.approx(route.distance_km, rel=REL), label
        assert route.co2_ttw_kg <= route.co2_kg, label


def test_kilometres_are_those_of_the_arcs(routes: list[Case]) -> None:
    for label, route, costs in routes:
        km = math.fsum(float(costs.network.km[arc]) for arc in arcs(route, costs))
        assert km == pytest.approx(route.distance_km, rel=REL), label


def test_generalised_cost_is_money_and_the_value_of_the_hours(routes: list[Case]) -> None:
    for label, route, costs in routes:
        expected = route.usd + costs.value_of_time_usd_per_hour * route.hours
        assert route.generalised_usd == pytest.approx(expected, rel=REL), label


def test_legs_hold_the_contributions_that_name_them(routes: list[Case]) -> None:
    for label, route, _ in routes:
        for number, leg in enumerate(route.legs):
            hours = math.fsum(part.amount for part in of(route, "hours") if part.leg == number)
            usd = math.fsum(part.amount for part in of(route, "usd") if part.leg == number)
            assert (hours, usd) == (pytest.approx(leg.hours, rel=REL), pytest.approx(leg.usd, rel=REL)), label
        assert {part.leg for part in of(route, "origin_wait_hours")} <= {-1}, label


def test_the_profile_rises_in_steps_and_slopes_and_ends_at_the_totals(routes: list[Case]) -> None:
    for label, route, _ in routes:
        first, last = route.profile[0], route.profile[-1]
        assert (first.distance_km, first.hours, first.usd, first.kind) == (0, 0, 0, "origin"), label
        assert last.kind == "destination", label
        assert last.distance_km == pytest.approx(route.distance_km, rel=REL), label
        assert last.hours == pytest.approx(route.hours, rel=REL), label
        assert last.usd == pytest.approx(route.usd, rel=REL), label
        for before, after in itertools.pairwise(route.profile):
            assert after.distance_km >= before.distance_km, label
            assert after.hours >= before.hours - 1e-9, label
            assert after.usd >= before.usd - 1e-9, label
            if after.kind in ("port", "crossing", "gauge", "transfer"):
                assert after.distance_km == before.distance_km, (label, after.label)  # vertical
                assert after.label, label
        steps = Counter(point.kind for point in route.profile)
        assert steps["crossing"] >= len([name for name in route.crossings if not name.startswith("ferry:")]), label


def test_the_percentile_recomputes_from_its_inputs(routes: list[Case]) -> None:
    for label, route, costs in routes:
        assert recompute(route.p95) == route.hours_p95, label
        assert route.hours_p95 >= route.hours, label
        assert route.buffer_index == pytest.approx(route.hours_p95 / route.hours - 1), label
        assert math.fsum(part["mean_hours"] for part in route.p95["components"]) == pytest.approx(route.hours), label
        assert route.p95["correlation"] == costs.country_correlation, label


def test_the_assumed_shares_recompute(routes: list[Case]) -> None:
    for label, route, _ in routes:
        for measure, share, value in (
            ("hours", route.assumed_share_hours, route.hours),
            ("usd", route.assumed_share_usd, route.usd),
        ):
            assumed = math.fsum(part.amount for part in of(route, measure) if part.basis == "assumed")
            assert share == pytest.approx(assumed / value, rel=1e-6), label
            assert 0 <= share <= 1, label


def test_every_amount_recomputes_from_the_costs_and_is_explained(routes: list[Case]) -> None:
    for label, route, costs in routes:
        index = key_index(costs)
        for part in route.contributions:
            arc = index[part.arc]
            entries = [costs.entries[costs.entry[i]] for i in range(costs.first[arc], costs.first[arc + 1])]
            wanted = (part.component, part.measure, part.formula)
            made = [
                entry.amount(float(costs.network.km[arc]))
                for entry in entries
                if (entry.component, entry.measure, entry.formula) == wanted
            ]
            assert any(amount == pytest.approx(part.amount, rel=REL) for amount in made), (label, part)
            assert part.component in COMPONENTS, label
            assert part.formula, label
            assert part.where, label
            assert part.facts, label
            assert part.amount >= 0, label


def test_every_fact_named_is_a_row_with_a_source(routes: list[Case]) -> None:
    session = shipped.session()
    known = set(session.facts.sources)
    names = {fact for _, route, _ in routes for part in route.contributions for fact in part.facts}
    assert len(names) > 300
    for day in (shipped.BASE, shipped.TEXT, shipped.LATE):
        resolved = session.resolved(as_of=day)
        changes = {f"change:{change.id}" for change in resolved.changes}
        here = {name for name in names if not name.startswith("change:") or name in changes}
        for fact in facts_used(session, here, resolved):
            assert fact.source in known or fact.source == "searoute", fact
            assert fact.basis in ("reported", "derived", "assumed", "scenario"), fact
            assert fact.value is not None, fact
    # Every change named is one of the days asked about.
    every = {
        f"change:{change.id}"
        for day in (shipped.BASE, shipped.TEXT, shipped.LATE)
        for change in session.resolved(as_of=day).changes
    }
    assert {name for name in names if name.startswith("change:")} <= every


def test_nothing_made_of_an_assumption_is_called_reported(routes: list[Case]) -> None:
    numbers = shipped.session().facts.numbers
    factors = [number.id for number in numbers.values() if number.quantity == "price_index"]
    for label, route, _ in routes:
        for part in route.contributions:
            bases = {numbers[fact].basis for fact in part.facts if fact in numbers and fact not in factors}
            scenario = any(fact.startswith("change:") for fact in part.facts)
            if "assumed" in bases and not scenario:
                weak_loser = part.formula.startswith("larger of")  # the loser of a comparison is named, not used
                assert part.basis == "assumed" or weak_loser, (label, part)


def test_alternatives_are_sorted_simple_and_different() -> None:
    for question in shipped.QUESTIONS:
        routes = shipped.asked(*question).answer.routes
        assert routes, question
        objective = [route.generalised_usd for route in routes]
        assert objective == sorted(objective), question
        assert len({route.id for route in routes}) == len(routes), question
        assert routes[0].stretch == 1.0
        for route in routes:
            assert route.stretch == pytest.approx(route.generalised_usd / routes[0].generalised_usd), question
            heads = [key.split("#")[0].split(">")[1] for key in dict.fromkeys(part.arc for part in route.contributions)]
            assert len(set(heads)) == len(heads), (question, route.id)
        ways = [
            (tuple(leg.mode for leg in route.legs), route.ports, route.crossings, route.corridors) for route in routes
        ]
        assert len(set(ways)) == len(ways), question


def test_two_sessions_give_the_same_answers() -> None:
    other = open_study()
    for question in (shipped.QUESTIONS[0], shipped.QUESTIONS[8], shipped.QUESTIONS[11]):
        origin, destination, cargo, day = question
        assert other.routes(origin, destination, cargo=cargo, as_of=day) == shipped.asked(*question).answer


def test_an_answer_does_not_depend_on_what_was_asked_before() -> None:
    session = shipped.session()
    question = shipped.QUESTIONS[4]
    before = shipped.asked(*question).answer
    session.routes("Almaty", "Mersin", cargo="feu", by="time", as_of="2019-05-05")
    assert session.routes(question[0], question[1], cargo=question[2], as_of=question[3]) == before


def test_direction_matters_at_some_crossing() -> None:
    costs = shipped.asked(*shipped.QUESTIONS[0]).costs
    network = costs.network
    hours: dict[int, set[float]] = {}
    for arc in network.arcs_of_kind("crossing").tolist():
        if costs.open[arc]:
            hours.setdefault(int(network.crossing[arc]), set()).add(float(costs.total("hours")[arc]))
    assert sum(len(values) > 1 for values in hours.values()) >= 2


def test_lines_are_cut_at_the_date_line() -> None:
    session = shipped.session()
    answer = session.routes("Tokyo", "Hamburg", avoid=["Suez Canal", "Cape of Good Hope"], mode=["sea"], k=2)
    crossed = False
    for route in (*answer.routes, *shipped.asked(*shipped.QUESTIONS[0]).answer.routes):
        for track in route.tracks:
            for line in track.lines:
                longitudes = [lon for _, lon in line]
                assert all(-180 <= lon <= 180 for lon in longitudes)
                assert all(abs(b - a) <= 180 for a, b in itertools.pairwise(longitudes))
                crossed = crossed or 180 in map(abs, longitudes)
    assert crossed  # by Panama the ship passes 180 degrees


@pytest.mark.parametrize("by", ["cost", "time", "money", "co2"])
def test_the_best_route_by_a_measure_is_not_beaten_by_another_answer(by: str) -> None:
    session = shipped.session()
    field = {"cost": "generalised_usd", "time": "hours", "money": "usd", "co2": "co2_kg"}[by]
    best = session.routes("Tokyo", "Tashkent", by=by).routes
    values = [getattr(route, field) for route in best]
    assert values == sorted(values)
    for other in ("cost", "time", "money", "co2"):
        for route in session.routes("Tokyo", "Tashkent", by=other).routes:
            assert getattr(route, field) >= values[0] * (1 - REL)
