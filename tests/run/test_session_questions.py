"""A session: what it remembers, what it refuses, what its words mean."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import shipped
from landbridge.network.state import Shipment
from landbridge.run.session import Session, open_study
from landbridge.schema.errors import AmbiguousName, BadRequest, StudyError, UnknownName


@pytest.fixture(scope="module")
def session() -> Session:
    return shipped.session()


def test_equal_questions_share_their_costs(session: Session) -> None:
    resolved = session.resolved()
    assert session.costs("teu", "middle", resolved) is session.costs("teu", "middle", resolved)
    assert session.resolved() is resolved
    assert session.costs("teu", "high", resolved) is not session.costs("teu", "middle", resolved)


def sent(origin: str, destination: str) -> Shipment:
    return Shipment("teu", origin_country=origin, destination_country=destination)


@pytest.mark.parametrize("preset", ["latest", "russia-no-transit"])
def test_shipments_that_share_costs_would_have_had_the_same(session: Session, preset: str) -> None:
    resolved = session.resolved(preset)
    countries = ("", "JPN", "KAZ", "UZB", "TKM", "RUS", "IRN", "DEU")
    whole = [sent(origin, destination) for origin in countries for destination in countries]
    classes = {shipment: session.class_of(shipment, resolved) for shipment in whole}
    assert len(set(classes.values())) < len(whole) / 2
    for shipment in whole[::7]:
        shared = session.costs("teu", "middle", resolved, shipment)
        own = session._make_costs("teu", "middle", resolved, shipment)
        assert np.array_equal(shared.open, own.open), shipment
        assert np.array_equal(shared.amount, own.amount), shipment
        assert shared.entries == own.entries, shipment


def test_trains_to_a_country_of_their_own_interval_keep_their_costs_apart(session: Session) -> None:
    to_uzbekistan = session.class_of(sent("JPN", "UZB"), session.resolved())
    assert to_uzbekistan == sent("", "UZB")
    assert session.class_of(sent("JPN", "PAK"), session.resolved()) == Shipment("teu")


def test_all_costs_are_of_the_one_network(session: Session) -> None:
    for cargo, day in (("teu", "2017-06-30"), ("wagon", "2024-12-31"), ("tonne", "2010-01-01")):
        assert session.costs(cargo, "middle", session.resolved(as_of=day)).network is session.network  # type: ignore[arg-type]


def test_forgetting_changes_no_answer(session: Session) -> None:
    own = open_study()
    before = own.routes("Tokyo", "Bishkek", k=2)
    own.forget()
    assert own.routes("Tokyo", "Bishkek", k=2) == before


def test_the_defaults_are_the_studys(session: Session) -> None:
    answer = session.routes("Tokyo", "Tashkent", k=1)
    assert (answer.cargo, answer.value, answer.by) == ("teu", "middle", "cost")
    assert (answer.as_of, answer.money_year) == ("2024-12-31", 2024)
    assert (answer.origin, answer.destination) == ("Tokyo", "Tashkent")


def test_asking_for_more_never_changes_those_already_found(session: Session) -> None:
    many = session.routes("Tokyo", "Astana", k=5).routes
    few = session.routes("Tokyo", "Astana", k=2).routes
    assert [route.id for route in few] == [route.id for route in many if route.id in {item.id for item in few}]
    assert few[0] == many[0]


@pytest.mark.parametrize(
    ("option", "value"), [("cargo", "barrel"), ("value", "huge"), ("by", "luck"), ("mode", ["pipeline"])]
)
def test_an_unknown_word_is_refused_with_the_known_ones(session: Session, option: str, value: object) -> None:
    with pytest.raises(BadRequest) as caught:
        session.routes("Tokyo", "Tashkent", **{option: value})  # type: ignore[arg-type]
    (finding,) = caught.value.findings
    assert finding.where == f"--{option}"
    assert "Choose one of" in finding.remedy


@pytest.mark.parametrize(("origin", "destination"), [("Tashkant", "Tokyo"), ("Tokyo", "Tashkant")])
def test_an_unknown_place_is_an_error_with_the_nearest_known(session: Session, origin: str, destination: str) -> None:
    with pytest.raises(UnknownName, match="Tashkent"):
        session.routes(origin, destination)


def test_a_name_of_several_places_is_settled_by_its_country(session: Session) -> None:
    answer = session.routes("Astara (IRN)", "Tashkent", k=1)
    assert answer.routes[0].countries[0] == "IRN"
    with pytest.raises((AmbiguousName, UnknownName)):
        session.routes("Astara (JPN)", "Tashkent")


def test_the_same_place_twice_is_refused(session: Session) -> None:
    with pytest.raises(BadRequest, match="same place"):
        session.routes("Tokyo", "Tokyo")


@pytest.mark.parametrize("k", [0, -1])
def test_no_alternative_at_all_is_refused(session: Session, k: int) -> None:
    with pytest.raises(BadRequest, match="one or more"):
        session.routes("Tokyo", "Tashkent", k=k)


@pytest.mark.parametrize("day", ["yesterday", "2024-13-01"])
def test_a_day_that_is_none_is_refused(session: Session, day: str) -> None:
    with pytest.raises(Exception, match=r"day|date") as caught:
        session.routes("Tokyo", "Tashkent", as_of=day)
    assert hasattr(caught.value, "findings") or "day" in str(caught.value)


def test_a_via_is_passed_and_not_changed_at(session: Session) -> None:
    plain = session.routes("Almaty", "Duisburg", k=1).routes[0]
    via = session.routes("Almaty", "Duisburg", via=["Moscow"], k=1).routes[0]
    assert any("moscow" in part.arc for part in via.contributions)
    assert via.generalised_usd >= plain.generalised_usd - 1e-9
    crossing = session.routes("Tokyo", "Tashkent", via=["Dostyk"], k=1).routes[0]
    assert "rail:KAZ-CHN:dostyk" in crossing.crossings


def test_vias_are_passed_in_their_order(session: Session) -> None:
    route = session.routes("Tokyo", "Istanbul", via=["Khorgos", "Aktau"], k=1).routes[0]
    passed = [part.arc for part in route.contributions]
    khorgos = next(i for i, arc in enumerate(passed) if "#rail:KAZ-CHN:altynkol" in arc)
    aktau = next(i for i, arc in enumerate(passed) if "aktau" in arc)
    assert khorgos < aktau


def test_an_option_names_itself_in_what_it_closes(session: Session) -> None:
    closed = session.routes("Tokyo", "Tashkent", options=[("close", "crossing.rail:KAZ-CHN:altynkol")], k=3)
    assert all("rail:KAZ-CHN:altynkol" not in route.crossings for route in closed.routes)


def test_a_scenario_number_is_visible_in_the_route(session: Session) -> None:
    plain = session.routes("Tokyo", "Tashkent", via=["Khorgos"], k=1).routes[0]
    changed = session.routes("Tokyo", "Tashkent", via=["Khorgos"], scenario="khorgos-double-time", k=1).routes[0]
    more = [part for part in changed.contributions if part.basis == "scenario"]
    assert more
    assert all(any(fact.startswith("change:") for fact in part.facts) for part in more)
    assert changed.hours > plain.hours


def test_a_shipment_has_the_countries_of_its_ends(session: Session) -> None:
    shipment = session.shipment("feu", "tokyo", "tashkent")
    assert (shipment.cargo, shipment.origin_country, shipment.destination_country) == ("feu", "JPN", "UZB")


def test_corridor_ways_are_those_of_the_search(session: Session) -> None:
    ways = session.corridor_ways(
        "tokyo",
        ["tashkent"],
        cargo="teu",
        value="middle",
        by="cost",
        resolved=session.resolved(),
        only=["bandar-abbas"],
    )
    assert [way.corridor for way in ways] == ["bandar-abbas"]
    assert ways[0].route is not None
    assert "IRBND" in ways[0].route.ports


def test_names_and_shapes_cover_the_network(session: Session) -> None:
    network = session.network
    assert set(network.port_ids) == set(session.names.ports)
    assert set(network.crossing_ids) == set(session.names.crossings)
    assert set(network.place_ids) == set(session.names.places)
    lanes = {network.link_ids[link] for link in network.link[network.arcs_of_kind("lane")].tolist()}
    assert lanes <= set(session.shapes)


def test_no_such_study_is_an_error() -> None:
    with pytest.raises(StudyError):
        open_study("no-such-study")


def test_a_session_is_frozen(session: Session) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        session.network_digest = "x"  # type: ignore[misc]


def test_the_network_is_read_from_the_cache_the_second_time(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LANDBRIDGE_CACHE", str(tmp_path))
    first = open_study()
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"]
    monkeypatch.setattr("landbridge.run.session.build_network", lambda *_: pytest.fail("built twice"))
    second = open_study()
    assert second.network.node_key == first.network.node_key
    assert second.network_digest == first.network_digest
