"""Selectors and the arcs they mean, against a naive reading arc by arc."""

from __future__ import annotations

import numpy as np
import pytest
import study_map
from hypothesis import given, settings
from hypothesis import strategies as st
from random_tables import COUNTRIES, maps

from landbridge.network.select import SelectorContext, arcs_of, field_arcs, mode_mask, touching
from landbridge.network.topology import Network
from landbridge.scenario.changes import Selector
from landbridge.scenario.selector import parse_selector
from landbridge.schema.words import ARC_KINDS
from maps import Map, draw
from world_opened import world

MAP = """
tokyo(JPN) ~2200~ lianyungang(CHN)
tokyo(JPN) ~17000 malacca bosporus~ poti(GEO)
lianyungang(CHN) #4000# urumqi(CHN)
urumqi(CHN) #460# @gate(KAZ|CHN)
@gate(KAZ|CHN) =310= aktogay(KAZ)
aktogay(KAZ) =500= almaty-1(KAZ)
almaty(KAZ) -240|- bishkek(KGZ)
station almaty-1(KAZ) of almaty
almaty-1(KAZ) =3000= aktau(KAZ)
aktau(KAZ) ~490 ferry~ baku(AZE) id:SEA1
aktau(KAZ) ~700 feeder~ baku(AZE) id:SEA2
baku(AZE) -700|- poti(GEO)
"""

CONTEXT = SelectorContext(
    hub={"almaty-1": "almaty"},
    strait_parts={"turkish_straits": ("bosporus", "dardanelles")},
    gateways={"middle": ((parse_selector("port.P-aktau"),), (parse_selector("border.AZE-GEO"),))},
)


def links(network: Network, arcs: np.ndarray) -> set[str]:
    return {network.link_ids[network.link[arc]] for arc in arcs}


def selected(text: str, **options: object) -> set[str]:
    network = draw(MAP).network()
    return links(network, arcs_of(network, parse_selector(text), CONTEXT, **options))  # type: ignore[arg-type]


def test_a_border_is_crossed_by_land_and_its_order_is_the_direction() -> None:
    network = draw(MAP).network()
    for text, forth in (("border.KAZ-CHN", "a_to_b"), ("border.CHN-KAZ", "b_to_a")):
        arcs = arcs_of(network, parse_selector(text), CONTEXT, direction=forth)  # type: ignore[arg-type]
        assert [network.node_key[network.tail[arc]] for arc in arcs] == ["rail:gate:KAZ:1520"]
        assert len(arcs_of(network, parse_selector(text), CONTEXT)) == 2


def test_a_crossing_goes_from_a_to_b_as_its_id_is_written() -> None:
    network = draw(MAP).network()
    crossing = parse_selector("crossing.rail:KAZ-CHN:gate")
    (arc,) = arcs_of(network, crossing, CONTEXT, direction="a_to_b")
    assert network.country_codes[network.node_country[network.head[arc]]] == "CHN"


def test_a_strait_is_passed_by_lanes_and_a_compound_one_by_any_part() -> None:
    assert selected("strait.malacca") == {"P-tokyo-P-poti"}
    assert selected("strait.turkish_straits") == {"P-tokyo-P-poti"}
    assert selected("strait.dardanelles") == set()


def test_a_port_is_every_arc_at_its_berths() -> None:
    assert selected("port.P-aktau") == {"P-aktau", "SEA1", "SEA2", "access:aktau"}
    assert selected("port.P-aktau", modes=("rail",)) == {"P-aktau"}
    assert selected("port.P-aktau", modes=("ferry",)) == {"P-aktau", "SEA1"}
    network = draw(MAP).network()
    into = arcs_of(network, parse_selector("port.P-aktau"), CONTEXT, direction="into")
    assert {network.kind_name(arc) for arc in into} == {"service", "unload"}


def test_a_city_holds_its_stations_and_a_station_only_itself() -> None:
    assert {"RAIL6", "ROAD7", "RAIL8", "transfer:almaty"} <= selected("place.almaty")
    assert selected("place.almaty-1") == {"RAIL6", "RAIL8", "transfer:almaty", "access:almaty"}


def test_a_country_is_every_arc_with_an_end_in_it() -> None:
    assert selected("country.KGZ") == {"ROAD7", "road:KAZ-KGZ:almaty-bishkek", "access:bishkek"}
    assert selected("country.KGZ", direction="into") == {"road:KAZ-KGZ:almaty-bishkek"}
    assert selected("country.JPN", modes=("sea",)) == {"P-tokyo", "P-tokyo-P-lianyungang", "P-tokyo-P-poti"}


def test_a_corridor_is_its_gateways() -> None:
    assert selected("corridor.middle") == selected("port.P-aktau") | selected("border.AZE-GEO")


def test_a_link_a_service_and_a_mode() -> None:
    assert selected("link.RAIL5") == {"RAIL5"}
    assert selected("service.SEA1") == {"SEA1"}
    assert selected("mode.ferry") == {"SEA1"}


def test_trade_selectors_and_unknown_ids_match_nothing() -> None:
    for text in ("supply.RUS-JPN", "organisation.eaeu", "event.x", "country.FRA", "port.X", "link.X", "crossing.X"):
        assert selected(text) == set()


def test_fields_narrow_to_the_arcs_that_carry_the_number() -> None:
    network = draw(MAP).network()

    def carried(text: str) -> set[str]:
        return links(network, field_arcs(network, parse_selector(text), CONTEXT))

    assert carried("country.KAZ.crossings.hours") == {"rail:KAZ-CHN:gate", "road:KAZ-KGZ:almaty-bishkek"}
    assert carried("country.KAZ.rail.crossings.hours") == {"rail:KAZ-CHN:gate"}
    assert carried("country.KAZ.speed") == {"RAIL5", "RAIL6", "RAIL8", "ROAD7"}
    assert carried("port.P-aktau.dwell") == {"P-aktau"}
    assert carried("port.P-aktau.surcharge") == {"P-aktau"}
    assert carried("port.P-aktau.sailings") == {"SEA1", "SEA2"}
    assert carried("strait.malacca.surcharge") == {"P-tokyo-P-poti"}
    assert carried("mode.ferry.speed") == {"SEA1"}


def test_touching_a_city_its_port_and_a_border() -> None:
    network = draw(MAP).network()
    nodes, arcs = touching(network, [parse_selector("place.almaty")], CONTEXT)
    assert {network.node_key[node] for node in nodes} == {"rail:almaty-1:KAZ:1520", "road:almaty:KAZ"}
    assert len(arcs) == 0
    nodes, arcs = touching(network, [parse_selector("port.P-aktau")], CONTEXT)
    assert {network.node_key[node].split(":")[0] for node in nodes} == {"service_in", "service_out"}
    assert {network.kind_name(arc) for arc in arcs} == {"load", "unload", "transship"}
    nodes, arcs = touching(network, [parse_selector("border.CHN-KAZ")], CONTEXT)
    assert len(nodes) == 0
    assert {network.kind_name(arc) for arc in arcs} == {"crossing"}


def naive(network: Network, selector: Selector, arc: int) -> bool:
    """Whether a selector means an arc, read from its names."""
    ends = [network.node_key[node].split(":") for node in (network.tail[arc], network.head[arc])]
    countries = [network.country_codes[network.node_country[node]] for node in (network.tail[arc], network.head[arc])]
    link, value = network.link_ids[network.link[arc]], selector.value
    crossing = network.crossing_ids[network.crossing[arc]] if network.crossing[arc] >= 0 else ""
    if selector.kind == "country":
        return value in countries
    if selector.kind == "border":
        return bool(crossing) and set(countries) == set(value.split("-"))
    if selector.kind == "crossing":
        return crossing == value
    if selector.kind in ("link", "service"):
        return link == value
    if selector.kind == "strait":
        return value in network.straits_of(arc)
    if selector.kind == "mode":
        return network.mode_name(arc) == value
    if selector.kind == "port":
        return any(end[0].startswith(("sea", "service")) and end[-1] == value for end in ends)
    places = [
        end[1] if end[0] in ("rail", "road", "origin", "destination") else end[-1].removeprefix("P-") for end in ends
    ]
    return value in places


def selectors() -> st.SearchStrategy[Selector]:
    pair = st.permutations(COUNTRIES).map(lambda names: f"{names[0]}-{names[1]}")
    town = st.integers(0, 6)
    return st.one_of(
        st.sampled_from(COUNTRIES).map(lambda value: Selector("country", value)),
        pair.map(lambda value: Selector("border", value)),
        st.integers(1, 10).map(lambda value: Selector("link", f"RAIL{value}")),
        st.integers(1, 10).map(lambda value: Selector("service", f"SEA{value}")),
        st.sampled_from(["north", "south"]).map(lambda value: Selector("strait", value)),
        st.sampled_from(["rail", "road", "sea", "ferry"]).map(lambda value: Selector("mode", value)),
        town.map(lambda value: Selector("port", f"P-town{value}")),
        town.map(lambda value: Selector("place", f"town{value}")),
    )


@given(maps(), selectors())
@settings(max_examples=150, deadline=None)
def test_selectors_mean_what_their_names_say(drawn: Map, selector: Selector) -> None:
    network = drawn.network()
    expected = [arc for arc in range(network.n_arcs) if naive(network, selector, arc)]
    assert arcs_of(network, selector, SelectorContext()).tolist() == expected


@given(maps(), selectors(), st.sampled_from([("into", "out_of"), ("a_to_b", "b_to_a")]))
@settings(max_examples=60, deadline=None)
def test_the_two_directions_do_not_overlap(drawn: Map, selector: Selector, pair: tuple[str, str]) -> None:
    network = drawn.network()
    if selector.kind in ("strait", "mode"):
        return
    directed = {"a_to_b": ("border", "link", "service"), "into": ("country", "place", "port")}[pair[0]]
    if selector.kind not in directed:
        return
    forth, back = (set(arcs_of(network, selector, SelectorContext(), direction=word).tolist()) for word in pair)  # type: ignore[arg-type]
    both = set(arcs_of(network, selector, SelectorContext()).tolist())
    assert not forth & back
    assert forth | back <= both


def test_modes_that_are_not_ours_match_nothing() -> None:
    network = draw(MAP).network()
    assert not mode_mask(network, ("pipeline",)).any()


@pytest.mark.parametrize("corridor", [corridor.id for corridor in study_map.study().corridors])
def test_every_gateway_of_every_corridor_is_in_the_network(corridor: str) -> None:
    network, context = study_map.network(), study_map.context()
    for group in context.gateways[corridor]:
        assert any(len(arcs_of(network, gateway, context)) for gateway in group)


def test_a_section_shuts_with_the_derived_pieces_along_it() -> None:
    session = world()
    context, network = session.selectors, session.network
    assert context.along
    curated = {row["id"] for row in session.facts.rows("sections") if row["source"] != "landbridge-world"}
    for section, pieces in sorted(context.along.items()):
        assert section in curated
        assert not set(pieces) & curated
        whole = parse_selector(f"link.{section}")
        both = arcs_of(network, whole, context)
        assert links(network, both) == {section, *pieces} & set(network.link_ids)
        one_way = [arcs_of(network, whole, context, direction=way) for way in ("a_to_b", "b_to_a")]
        moving = both[network.kind[both] == ARC_KINDS.index("haul")]
        assert sorted(np.concatenate(one_way).tolist()) == both.tolist()
        assert len(np.intersect1d(one_way[0], moving)) * 2 == len(moving)


def test_a_number_set_on_a_section_is_not_that_of_the_pieces_along_it() -> None:
    session = world()
    section = min(session.selectors.along)
    arcs = arcs_of(session.network, parse_selector(f"link.{section}.hours"), session.selectors)
    assert links(session.network, arcs) == {section}
