"""The land graph from sources to arrays: laws over all rules together."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import detailed_sample as sample
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.kernels.dijkstra import shortest_tree
from landbridge.kernels.sphere import great_circle_km, great_circles_km
from landbridge.network.detailed.arrays import DetailedNetwork
from landbridge.network.detailed.assemble import with_sea_lanes
from landbridge.network.detailed.crossings import border_points
from landbridge.network.detailed.curated import Crossing, CuratedLand, Place
from landbridge.network.detailed.land import LandGraph
from landbridge.network.detailed.places import KnownLink
from landbridge.network.detailed.rules import ARC_RULES, Rules
from landbridge.network.sea import SeaAccess, SeaGraph, SeaPort, Strait
from landbridge.network.territory import country_codes
from landbridge.schema.words import ARC_KINDS, MODES

PLACES = (
    sample.place("minot", "USA", 48.825, -100.0),
    sample.place("rolla", "USA", 48.9, -99.65),
    sample.place("killarney", "CAN", 49.175, -99.7),
)
CROSSING = Crossing("road:USA-CAN:peace", "Peace", "road", "USA", "CAN", 49.0, -100.0, 0, 0, "operating")


def column_road(gap: float = 0.0, missing: tuple[int, int] = (0, 0)) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A road straight north along 100 degrees west, 200 nodes 0.01 degrees apart.

    ``gap``: degrees without a road at the border; ``missing``: nodes from one to before another that are not there.
    """
    half = 100
    south = 48.985 - gap / 2.0 - 0.01 * np.arange(half)[::-1]
    north = 49.005 + gap / 2.0 + 0.01 * np.arange(half)
    lat = np.round(np.concatenate([south, north]), 3)
    there = np.array([i for i in range(2 * half) if not missing[0] <= i < missing[1]])
    edges = [
        (i, i + 1) for i, (a, b) in enumerate(pairwise(there.tolist())) if b == a + 1 and (gap == 0.0 or b != half)
    ]
    return lat[there], np.full(there.size, -100.0), np.array(edges)


def rules_of_edges(land: LandGraph, name: str) -> np.ndarray:
    return np.flatnonzero(land.rule == ARC_RULES.index(name))


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_only_the_package_and_stated_crossings_change_country(seed: int) -> None:
    road = sample.random_road(seed, share=0.55)
    land = sample.land_of(road, PLACES, sample.curated(crossings=(CROSSING,)))
    crosses = land.country[land.tail] != land.country[land.head]
    allowed = [ARC_RULES.index(name) for name in ("package", "crossing-join", "section", "known-link")]
    assert np.isin(land.rule[crosses], allowed).all()
    assert (land.mode[land.tail] == land.mode[land.head]).all()
    straight = great_circles_km(land.lat[land.tail], land.lon[land.tail], land.lat[land.head], land.lon[land.head])
    assert (land.km >= straight * (1.0 - 1e-9)).all()
    for rule in ("dead-end-join", "loose-part-join", "border-stub-join", "crossing-join", "section", "far-terminal"):
        listed = sum(row.rule == rule for row in land.repairs)
        assert listed == rules_of_edges(land, rule).size, rule


@given(st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_arrays_are_symmetric_and_crossings_are_where_the_country_changes(seed: int) -> None:
    known = sample.curated(crossings=(CROSSING,))
    land = sample.land_of(sample.random_road(seed), PLACES, known)
    network, borders = sample.network_of(land, known, (sample.town("Dunseith", "USA", 48.98, -99.8),))
    tail, head = network.tail, network.head
    changes = network.node_country[tail] != network.node_country[head]
    assert np.array_equal(changes, network.crossing >= 0)
    assert np.array_equal(changes, network.kind == ARC_KINDS.index("crossing"))
    assert np.array_equal(network.country == -1, changes)
    forward = sorted(zip(tail.tolist(), head.tolist(), network.km.tolist(), network.rule.tolist(), strict=True))
    backward = sorted(zip(head.tolist(), tail.tolist(), network.km.tolist(), network.rule.tolist(), strict=True))
    assert forward == backward
    assert np.array_equal(np.repeat(np.arange(network.node_count), np.diff(network.first_out)), tail)
    ids = [crossing.id for crossing in borders.crossings]
    assert ids == sorted(set(ids))
    for crossing in borders.crossings:
        assert (crossing.country_a, crossing.country_b) == ("CAN", "USA")
        assert abs(crossing.lat - 49.0) < 0.01  # the atlas draws it within a kilometre
    again, _ = sample.network_of(sample.land_of(sample.random_road(seed), PLACES, known), known)
    assert np.array_equal(again.km, network.km)


def test_closing_all_crossings_separates_the_countries() -> None:
    land = sample.land_of(sample.source(*column_road()), PLACES)
    network, borders = sample.network_of(land)
    assert len(borders.crossings) == 1
    start = np.array([0], np.int32)
    north = network.node_country == country_codes().index("CAN")
    whole = shortest_tree(network.graph(), network.km, start).distance
    assert np.isfinite(whole[north]).any()
    shut = np.where(network.crossing >= 0, np.inf, network.km)
    assert not np.isfinite(shortest_tree(network.graph(), shut, start).distance[north]).any()


def test_a_gap_at_a_border_is_joined_only_at_a_stated_crossing() -> None:
    road = sample.source(*column_road(gap=0.02))
    assert rules_of_edges(sample.land_of(road), "crossing-join").size == 0
    _, without = sample.network_of(sample.land_of(road))
    assert without.crossings == ()
    known = sample.curated(crossings=(CROSSING,))
    land = sample.land_of(road, known=known)
    assert rules_of_edges(land, "crossing-join").size == 1
    _, borders = sample.network_of(land, known)
    assert [crossing.curated for crossing in borders.crossings] == [CROSSING.id]
    closed = sample.curated(crossings=(replace(CROSSING, status="closed"),))
    assert rules_of_edges(sample.land_of(road, known=closed), "crossing-join").size == 0


def test_a_crossing_too_far_from_both_sides_joins_nothing() -> None:
    known = sample.curated(crossings=(CROSSING,))
    land = sample.land_of(sample.source(*column_road(gap=0.3)), known=known)
    assert rules_of_edges(land, "crossing-join").size == 0


def curated_road(km: float) -> CuratedLand:
    ends = (Place("a", "A", 48.15, -100.0), Place("b", "B", 48.95, -100.0))
    return sample.curated((sample.section("ROAD1", "a", "b", ("USA", "USA"), km),), ends)


def path_km(network: DetailedNetwork, known: CuratedLand) -> float:
    start, end = (network.nodes_of(place.id, "road", "curated")[0] for place in known.places)
    return float(shortest_tree(network.graph(), network.km, np.array([start], np.int32)).distance[end])


@given(st.floats(45.0, 52.0), st.floats(45.0, 52.0))
@settings(max_examples=20, deadline=None)
def test_good_sections_get_their_official_lengths(south_km: float, north_km: float) -> None:
    ends = (
        Place("a", "A", 48.15, -100.0),
        Place("b", "B", 48.95, -100.0),
        Place("c", "C", 48.55, -100.0),
    )
    sections = (
        sample.section("ROAD1", "a", "c", ("USA", "USA"), south_km),
        sample.section("ROAD2", "c", "b", ("USA", "USA"), north_km),
    )
    known = sample.curated(sections, ends)
    land = sample.land_of(sample.source(*column_road()), known=known)
    network, _ = sample.network_of(land, known)
    assert [row.finding for row in land.section_lengths] == ["", ""]
    whole = sample.curated((), ends[:2])
    # the way past the place in the middle saves the few metres into it and out of it
    assert path_km(network, whole) == pytest.approx(south_km + north_km, rel=3e-3)
    assert path_km(network, sample.curated((), (ends[0], ends[2]))) == pytest.approx(south_km)
    sections_found = {network.section_ids[i] for i in np.unique(network.section) if i >= 0}
    assert sections_found == {"ROAD1", "ROAD2"}


def test_a_broken_section_is_bridged_by_its_official_length() -> None:
    known = curated_road(95.0)
    rules = Rules(loose_part_limit_km=5.0)
    land = sample.land_of(sample.source(*column_road(missing=(40, 50))), known=known, rules=rules)
    assert [(row.bridged, row.finding) for row in land.section_lengths] == [(True, "no path")]
    assert [(row.rule, row.subject, row.km) for row in land.repairs if row.rule == "section"] == [
        ("section", "ROAD1", 95.0)
    ]
    network, _ = sample.network_of(land, known)
    assert path_km(network, known) == pytest.approx(95.0)


def test_a_section_much_longer_than_the_road_is_reported_and_left() -> None:
    known = curated_road(150.0)
    land = sample.land_of(sample.source(*column_road()), known=known)
    assert [(row.bridged, row.finding) for row in land.section_lengths] == [(False, "too short")]


def test_circuity_is_the_median_of_good_sections_and_moves_only_the_package() -> None:
    straight = great_circle_km(48.15, -100.0, 48.95, -100.0)
    land = sample.land_of(sample.source(*column_road(), winding=1.0), known=curated_road(1.2 * straight))
    assert land.circuity[("road", "")] == pytest.approx(1.2, rel=0.01)
    assert ("road", "NA") not in land.circuity  # too few sections for a region
    far = rules_of_edges(land, "package")[:3]  # not on the section
    tail, head = land.tail[far], land.head[far]
    expected = great_circles_km(land.lat[tail], land.lon[tail], land.lat[head], land.lon[head])
    assert land.km[far] == pytest.approx(expected * land.circuity[("road", "")])


def test_far_place_gets_an_assumed_road_over_land_and_an_island_none() -> None:
    far = sample.place("far", "USA", 48.5, -99.5)
    island = sample.place("island", "USA", 21.3, -157.8)
    lat, lon = sample.grid(8, 40)
    road = sample.source(lat, lon, sample.grid_edges(8, 40))
    land = sample.land_of(road, (far, island))
    edges = rules_of_edges(land, "far-terminal")
    assert [terminal.place for terminal in land.terminals] == ["far"]
    assert edges.size == 1
    tail, head = land.tail[edges[0]], land.head[edges[0]]
    straight = great_circle_km(land.lat[tail], land.lon[tail], land.lat[head], land.lon[head])
    assert land.km[edges[0]] == pytest.approx(1.4 * straight)


def test_no_assumed_road_over_water() -> None:
    lat, lon = np.full(10, 33.9), np.round(-118.3 + 0.01 * np.arange(10), 3)
    road = sample.source(lat, lon, np.array([(i, i + 1) for i in range(9)]))
    avalon = sample.place("avalon", "USA", 33.343, -118.328)
    riverside = sample.place("riverside", "USA", 33.95, -117.6)
    land = sample.land_of(road, (avalon, riverside))
    assert [terminal.place for terminal in land.terminals] == ["riverside"]


def test_border_points_where_the_atlas_sees_no_border() -> None:
    land = sample.land_of(sample.source(*column_road()))
    moved = land.country.copy()
    moved[:50] = country_codes().index("CAN")  # as if the rules had settled it so, deep in the USA
    edge = np.flatnonzero((land.tail == 49) & (land.head == 50))
    lat, _ = border_points(replace(land, country=moved), edge)
    assert land.lat[49] <= lat[0] <= land.lat[50]
    abroad = land.country.copy()
    abroad[50:] = country_codes().index("CAN")
    plain = replace(land, country=abroad)
    lat, _ = border_points(plain, edge)
    assert lat[0] == pytest.approx(land.lat[50], abs=2e-4)  # only the end is settled in the other country


def test_known_link_joins_two_parts_once() -> None:
    lat, lon, edges = column_road()
    link = KnownLink("bridge", "road", "Bridge", "USA", "USA", float(lat[39]), -100.0, float(lat[60]), -100.0, 30.0)
    broken = sample.source(*column_road(missing=(40, 60)))
    land = sample.land_of(broken, links=(link,), rules=Rules(loose_part_limit_km=1.0))
    found = rules_of_edges(land, "known-link")
    assert land.km[found].tolist() == [30.0]
    whole = sample.land_of(sample.source(lat, lon, edges), links=(link,))
    assert rules_of_edges(whole, "known-link").size == 0  # the road is there already


def test_rail_and_road_of_a_place_are_joined_by_a_transfer() -> None:
    road = sample.source(*column_road())
    land = sample.land_of(road, PLACES[:1], rail=road)
    network, _ = sample.network_of(land)
    kinds = network.kind == ARC_KINDS.index("transfer")
    ends = {
        (MODES[network.node_mode[a]], MODES[network.node_mode[b]])
        for a, b in zip(network.tail[kinds], network.head[kinds], strict=True)
    }
    assert ends == {("rail", "road"), ("road", "rail")}
    assert (network.mode[kinds] == -1).all()


def strait(name: str) -> Strait:
    return Strait(name, name, (0.0, 0.0, 1.0, 1.0), (), np.inf, False, False, None, None, "")


def test_ports_join_sea_and_land() -> None:
    land = sample.land_of(sample.source(*column_road()), PLACES)
    network, _ = sample.network_of(land)
    sea = SeaGraph(
        lat=np.array([48.8, 48.8]),
        lon=np.array([-101.0, -102.0]),
        component=np.zeros(2, np.int32),
        tail=np.array([0], np.int32),
        head=np.array([1], np.int32),
        km=np.array([73.0]),
        mask=np.array([2], np.int64),
        inner=("",),
        straits=(strait("one"), strait("two")),
    )
    access = SeaAccess(48.8, -100.05, 0, 0.25, 5.0, 1, 0)
    port = SeaPort("USXXX", "Port", "USA", 48.8, -100.05, "", (), 0, access)
    lake = replace(port, locode="USYYY", access=None, component=-1)
    joined = with_sea_lanes(network, sea, {"USXXX": port, "USYYY": lake}, Rules())
    assert joined.port_ids == ("USXXX",)
    berth = int(joined.port_node[0])
    out = np.flatnonzero(joined.tail == berth)
    rows = sorted((ARC_KINDS[joined.kind[a]], round(float(joined.km[a]), 2), int(joined.straits[a])) for a in out)
    unload_km = min(great_circles_km(np.array(48.8), np.array(-100.05), land.lat, land.lon))
    assert rows == [
        ("lane", 5.0 + 0.25 * 73.0, 1),
        ("lane", 5.0 + 0.75 * 73.0, 0),
        ("unload", round(float(unload_km), 2), 0),
    ]
    assert (joined.node_country[network.node_count :] == -1).all()
    assert np.array_equal(np.repeat(np.arange(joined.node_count), np.diff(joined.first_out)), joined.tail)
    sea_arcs = (joined.mode == MODES.index("sea")) & (joined.rule == ARC_RULES.index("sea"))
    assert joined.straits[sea_arcs].tolist() == [2, 2]
