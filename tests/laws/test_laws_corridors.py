"""Each named corridor is reachable from each Japanese port to each of the five capitals, or says why not."""

from __future__ import annotations

import pytest

import shipped
from landbridge.models.corridors import CorridorWay

CITIES = ("hakata", "kobe", "nagoya", "niigata", "osaka", "sakaiminato", "shimonoseki", "tokyo", "toyama", "yokohama")


def test_these_are_all_the_port_cities_of_japan() -> None:
    assert shipped.japanese_port_cities() == CITIES


@pytest.mark.parametrize("city", CITIES)
def test_each_corridor_reaches_each_capital_or_says_why_not(city: str) -> None:
    session = shipped.session()
    ways = shipped.ways_from(city)
    capitals = {session.gazetteer.place(pair.destination).place for pair in session.study.pairs}
    assert len(capitals) == 5
    asked = {(way.corridor, way.destination) for way in ways}
    assert asked == {(corridor.id, capital) for corridor in session.study.corridors for capital in capitals}
    for way in ways:
        assert (way.route is None) != (way.closed is None), way
        if way.route is not None:
            check_open(way)
        else:
            check_closed(way)


def check_open(way: CorridorWay) -> None:
    route = way.route
    assert route is not None
    assert way.name in route.corridors, way.corridor
    assert route.hours > 0
    assert route.usd > 0
    assert route.countries[0] == "JPN"
    heads = [part.arc.split("#")[0].split(">")[1] for part in route.contributions]
    passed = list(dict.fromkeys(heads))
    assert len(passed) == len(set(passed))


def check_closed(way: CorridorWay) -> None:
    """A reason is a sentence that names a place, or closures that are known and dated or stated."""
    session = shipped.session()
    assert way.closed is not None
    reason = way.closed.reason
    assert reason.endswith(".")
    if "turns back at" in reason:
        place = reason.rsplit(" at ", 1)[1].rstrip(".")
        names = {*session.names.places.values(), *session.names.ports.values(), *session.names.crossings.values()}
        assert place in names, reason
        return
    if "comes back" in reason:
        assert any(f" {code} " in reason for code in shipped.session().network.country_codes), reason
        return
    assert way.closed.closures, reason
    known = {closure.id for closure in shipped.session().costs("teu", "middle", session.resolved()).closures}
    for closure in way.closed.closures:
        assert closure in known, reason
        assert closure in reason
    assert way.name in reason


def test_most_corridors_are_open_from_tokyo() -> None:
    ways = shipped.ways_from("tokyo")
    open_ = {way.corridor for way in ways if way.route is not None}
    never = {corridor.id for corridor in shipped.session().study.corridors} - open_
    # Under construction; round the Cape instead; between other countries.
    assert never <= {"cku-rail", "deep-sea-suez", "islamabad-tehran-istanbul"}


@pytest.mark.parametrize(
    ("corridor", "day", "scenario"),
    [("cku-rail", shipped.BASE, "cku-rail"), ("cpec", "2024-07-01", None), ("deep-sea-suez", shipped.TEXT, None)],
)
def test_a_closed_corridor_opens_when_its_reason_goes(corridor: str, day: str, scenario: str | None) -> None:
    session = shipped.session()
    resolved = session.resolved(scenario, day)
    costs = session.costs("teu", "middle", resolved)
    capitals = [session.gazetteer.place(pair.destination).place for pair in session.study.pairs]
    ways = session.corridor_search.ways(costs, "tokyo", capitals, only=[corridor], explain=False)
    assert any(way.route is not None for way in ways)
