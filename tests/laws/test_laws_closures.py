"""What is avoided or shut is not used, and shutting never helps."""

from __future__ import annotations

import pytest

import shipped
from landbridge.network.sea import load_straits

AVOIDED = [
    ("Kazakhstan", "country", "KAZ"),
    ("China", "country", "CHN"),
    ("Khorgos", "crossing", "rail:KAZ-CHN:altynkol"),
    ("Qingdao", "port", "CNTAO"),
    ("rail", "mode", "rail"),
    ("road", "mode", "road"),
    ("ferry", "mode", "ferry"),
    ("Strait of Malacca", "strait", "malacca"),
]


@pytest.mark.parametrize(("text", "kind", "identifier"), AVOIDED)
def test_what_is_avoided_is_not_touched(text: str, kind: str, identifier: str) -> None:
    session = shipped.session()
    answer = session.routes("Tokyo", "Tashkent", avoid=[text])
    plain = shipped.asked("Tokyo", "Tashkent", "teu", shipped.BASE).answer
    assert answer.routes
    for route in answer.routes:
        touched = {
            "country": route.countries,
            "crossing": route.crossings,
            "port": route.ports,
            "mode": [leg.mode for leg in route.legs if leg.distance_km > 100],
            "strait": route.straits,
        }[kind]
        assert identifier not in touched, route.id
        assert route.generalised_usd >= plain.routes[0].generalised_usd - 1e-9


def test_everything_at_once_can_be_avoided() -> None:
    answer = shipped.session().routes("Tokyo", "Tashkent", avoid=["China", "Russia", "Iran", "Pakistan", "Georgia"])
    for route in answer.routes:
        assert not {"CHN", "RUS", "IRN", "PAK", "GEO"} & set(route.countries)
    assert answer.routes or answer.unreachable is not None


@pytest.mark.parametrize("mode", ["rail", "road"])
def test_only_the_modes_asked_for_are_used(mode: str) -> None:
    answer = shipped.session().routes("Almaty", "Tashkent", mode=[mode])
    assert answer.routes
    for route in answer.routes:
        assert {leg.mode for leg in route.legs} == {mode}


STRAITS = [strait.id for strait in load_straits() if not strait.parts]


@pytest.mark.parametrize("strait", STRAITS)
def test_with_a_strait_shut_no_route_passes_it_and_none_is_cheaper(strait: str) -> None:
    session = shipped.session()
    before = session.routes("Tokyo", "Istanbul", k=1)
    after = session.routes("Tokyo", "Istanbul", options=[("close", f"strait.{strait}")], k=3)
    assert after.routes or after.unreachable is not None
    for route in after.routes:
        assert strait not in route.straits
        assert route.generalised_usd >= before.routes[0].generalised_usd - 1e-9


def test_no_way_at_all_is_an_answer_with_a_smallest_set_of_closures() -> None:
    session = shipped.session()
    answer = session.routes("Tokyo", "Tashkent", options=[("close", "country.UZB")])
    assert answer.routes == ()
    assert answer.unreachable is not None
    assert answer.unreachable.closures == ("close:country.UZB",) or len(answer.unreachable.closures) == 1
    assert "country.UZB" in answer.unreachable.reason


def test_a_planned_railway_opens_by_a_scenario_only() -> None:
    session = shipped.session()
    crossing = "rail:CHN-KGZ:torugart"
    plain = session.routes("Kashgar", "Andijan", mode=["rail"])
    opened = session.routes("Kashgar", "Andijan", mode=["rail"], scenario="cku-rail")
    assert all(crossing not in route.crossings for route in plain.routes)
    assert any(crossing in route.crossings for route in opened.routes)


def test_a_service_that_stopped_ran_before() -> None:
    """Japan to Vostochny by a named service until 2022, no more after."""
    session = shipped.session()
    for day, runs in ((shipped.TEXT, True), (shipped.BASE, False)):
        costs = session.costs("teu", "middle", session.resolved(as_of=day))
        network = costs.network
        arcs = [
            arc for arc in network.arcs_of_kind("service").tolist() if network.link_ids[network.link[arc]] == "SEA027"
        ]
        assert [bool(costs.open[arc]) for arc in arcs] == [runs, runs]


def test_the_war_at_sea_is_charged_in_its_time_only() -> None:
    session = shipped.session()
    for day, charged in (("2018-06-30", False), ("2024-12-31", True), ("2026-07-01", False)):
        costs = session.costs("teu", "middle", session.resolved(as_of=day))
        network = costs.network
        usual = [
            arc
            for arc in network.arcs_of_kind("lane").tolist()
            if "suez" in network.straits_of(arc) and network.link_ids[network.link[arc]].count("/") == 0
        ]
        assert usual
        assert any(costs.open[arc] for arc in usual) or charged
        surcharged = [arc for arc in usual if costs.open[arc] and any(
            costs.entries[costs.entry[i]].component == "surcharge"
            for i in range(costs.first[arc], costs.first[arc + 1]))]  # fmt: skip
        assert surcharged == []  # nobody pays for sailing round where the ship does not
