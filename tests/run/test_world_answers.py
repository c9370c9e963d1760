"""Any two places on Earth: opening the world from a study, points, and costs that are shared where they are equal."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from landbridge.costs.arccosts import MEASURES, CostRequest
from landbridge.costs.build import arc_costs
from landbridge.facts.choose import Question, answer
from landbridge.network.state import Shipment, closures, modifiers
from landbridge.network.topology import Network
from landbridge.run.session import Session
from landbridge.run.world_quality import spread, world_quality
from landbridge.schema.errors import BadRequest, UnknownName
from world_opened import study, world

PAIRS = [
    ("Lagos", "Warsaw"),
    ("Santos", "La Paz"),
    ("Denver", "Toronto"),
    ("Sydney", "Perth"),
    ("Johannesburg", "Lusaka"),
    ("48.85,2.35", "Tokyo"),
    ("DEDUI", "Lyon"),
]


@pytest.mark.parametrize(("origin", "destination"), PAIRS)
def test_the_study_answers_for_places_it_does_not_know_on_the_world_and_says_so(origin: str, destination: str) -> None:
    found = study().routes(origin, destination)
    assert found.routes
    assert "world's network" in found.notes[0]
    for route in found.routes:
        assert route.distance_km > 0
        assert route.hours > 0
        assert route.usd > 0


def test_the_studys_own_questions_stay_its_own() -> None:
    one, other = study().routes("Tokyo", "Tashkent"), study().routes("Tokyo", "Tashkent", network="study")
    assert one == other
    assert not any("world's network" in note for note in one.notes)
    with pytest.raises(UnknownName):
        study().routes("Lagos", "Warsaw", network="study")
    with pytest.raises(BadRequest):
        study().routes("Tokyo", "Tashkent", network="moon")


def test_a_way_there_is_a_way_back_of_the_same_kind() -> None:
    for origin, destination in PAIRS[:5]:
        there, back = (world().routes(a, b, k=1) for a, b in ((origin, destination), (destination, origin)))
        assert there.routes[0].distance_km == pytest.approx(back.routes[0].distance_km, rel=0.35)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("139.7,35.7", "35.7,139.7"),
        ("nan,3", "not a number"),
        ("3,inf", "not a number"),
        ("200,3", "beyond 90"),
        ("52,181", "52,-179"),
        ("52,-200", "52,160"),
        ("0,-30", "at sea"),
        ("90,0", "at sea"),
        ("-90,0", "too far"),
        ("2.35,48.85", "at sea"),
        ("30,-40", "at sea"),
    ],
)
def test_hostile_coordinates_get_a_clear_answer(text: str, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        world().routes(text, "Paris")


def test_coordinates_in_the_wrong_order_on_the_sea_are_named() -> None:
    with pytest.raises(BadRequest, match="Latitude comes first"):
        world().routes("2.35,48.85", "Paris")


def test_points_lie_behind_the_network_and_change_nothing_in_it() -> None:
    home = world()
    grown = home.with_points(["48.85,2.35", "-16.5,179.99", "Paris", "DEDUI"])
    assert list(grown.points) == ["48.85,2.35", "-16.5,179.99", "DEDUI"]
    n, m = home.network.n_nodes, home.network.n_arcs
    for name, values in home.network.arrays().items():
        size = n if name.startswith("node_") else m
        assert np.array_equal(grown.network.arrays()[name][:size], values)
    assert home.with_points(["Paris"]) is home
    added = slice(m, None)
    assert np.all(grown.network.km[added] >= 0)
    ends = grown.network.node_country
    assert np.all(ends[grown.network.tail[added]] == ends[grown.network.head[added]])


def all_totals(network: Network, session: Session, shipment: Shipment) -> np.ndarray:  # type: ignore[type-arg]
    resolved = session.resolved()
    request = CostRequest("teu", "middle", resolved.as_of, session.study.money_year, shipment.destination_country)
    state = closures(network, resolved, session.selectors, shipment)
    changed = modifiers(network, resolved, session.selectors, shipment)
    whole = arc_costs(network, session.facts, request, state, changed)
    return np.array([np.where(whole.open, whole.total(measure), np.inf) for measure in MEASURES])


def test_costs_of_points_are_those_of_costing_everything_anew() -> None:
    grown = world().with_points(["48.85,2.35", "35.7,139.7"])
    shipment = grown.shipment("teu", "at:48.85,2.35", "at:35.7,139.7")
    shared = grown.costs("teu", "middle", grown.resolved(), shipment)
    found = np.array([np.where(shared.open, shared.total(measure), np.inf) for measure in MEASURES])
    np.testing.assert_allclose(found, all_totals(grown.network, grown, shipment), rtol=1e-12)


@pytest.mark.parametrize(
    ("origin", "destination"), [("lagos-nga", "warsaw"), ("tehran", "moscow"), ("denver-usa", "tashkent")]
)
def test_shipments_that_share_costs_have_the_costs_of_their_own(origin: str, destination: str) -> None:
    session = world()
    known = session._country
    origin, destination = (next(place for place in known if place.startswith(name)) for name in (origin, destination))
    shipment = session.shipment("teu", origin, destination)
    shared = session.costs("teu", "middle", session.resolved(), shipment)
    found = np.array([np.where(shared.open, shared.total(measure), np.inf) for measure in MEASURES])
    np.testing.assert_allclose(found, all_totals(session.network, session, shipment), rtol=1e-12)


def test_costs_come_back_from_the_cache_as_they_went_in() -> None:
    from landbridge.run.world_session import _costs_arrays, _costs_from

    costs = world().costs("teu", "middle", world().resolved())
    again = _costs_from(_costs_arrays(costs), costs.network)
    assert again.entries == costs.entries
    assert again.closures == costs.closures
    assert again.request == costs.request
    for name in ("entry", "amount", "first", "closure"):
        assert np.array_equal(getattr(again, name), getattr(costs, name))


def test_a_border_inside_a_customs_union_is_shorter_than_one_with_a_customs_line() -> None:
    session = world()
    network, costs = session.network, session.costs("teu", "middle", session.resolved())

    def hours(a: str, b: str) -> list[float]:
        codes = [network.country_codes.index(code) for code in (a, b)]
        ends = network.node_country[network.tail], network.node_country[network.head]
        arcs = network.arcs_of_kind("crossing")
        mine = (ends[0][arcs] == codes[0]) & (ends[1][arcs] == codes[1]) & (network.mode[arcs] == 1)
        return costs.total("hours")[arcs[mine]].tolist()

    inside = itertools.chain(hours("DEU", "FRA"), hours("ESP", "PRT"), hours("BEL", "NLD"))
    outside = itertools.chain(hours("DEU", "CHE"), hours("HRV", "SRB"), hours("GRC", "ALB"))
    assert max(inside) < min(outside)


def test_the_studys_numbers_come_before_the_worlds() -> None:
    session = world()
    for country in ("KAZ", "CHN", "RUS", "IRN", "TUR"):
        chain = session.facts.wider(f"country:{country}")
        own = [i for i, subject in enumerate(chain) if subject.startswith("region:") and "world_" not in subject]
        world_wide = [i for i, subject in enumerate(chain) if "world_" in subject]
        numbered = {
            i
            for i in own
            if any(
                key[0] == chain[i] and rows[0].source != "landbridge-world" for key, rows in session.facts.index.items()
            )
        }
        assert max(numbered, default=-1) < min(world_wide)
    for number in study().facts.numbers.values():
        assert session.facts.numbers[number.id] == number
    question = Question("strait:panama", "fee_usd", mode="sea", scope="toll")
    assert answer(study().facts, question, study().resolved().as_of) is None


def test_the_larger_of_two_cities_of_one_name_is_taken_and_a_code_means_one() -> None:
    found = world().gazetteer.place("Sydney")
    assert found.country == "AUS"
    assert "not Sydney (CAN)" in found.note
    taken = {
        hit.country: hit for hit in world().gazetteer.find("Sydney") if hit.kind == "place" and hit.name == "Sydney"
    }
    assert len(taken) > 1
    for country, hit in taken.items():
        assert world().gazetteer.place(hit.code).country == country
    assert world().gazetteer.place("Sydney (CAN)").country == "CAN"


def test_lengths_agree_with_published_ones() -> None:
    quality = world_quality(world())
    assert quality.part_sizes[0] > 0.98 * quality.places
    for mode, at_least, near in (("sea", 40, 0.02), ("rail", 15, 0.03), ("road", 10, 0.05)):
        count, _, deviation = spread(quality.checks, mode)
        assert count >= at_least
        assert deviation <= near
    for check in quality.checks:
        assert 0.8 < check.ratio < 1.3, check
