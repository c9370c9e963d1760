"""From the detailed network to links, chains and lines: laws on random grids over a border."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import detailed_sample as sample
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landbridge.io.polyline import decode
from landbridge.kernels.dijkstra import shortest_tree
from landbridge.kernels.graph import build_graph
from landbridge.network.derive.land_graph import (
    derive_links,
    grow_regions,
    inner_weight,
    kept_links,
    moving_weight,
    seat_nodes,
    terminal_nodes,
)
from landbridge.network.derive.land_graph_check import land_quality, section_agreement, stretch
from landbridge.network.derive.land_graph_geometry import LineFinder, encoded_line
from landbridge.network.derive.land_graph_places import PlaceRule, choose_places, place_rows
from landbridge.network.derive.land_graph_skeleton import Chain, chains_of, simplified, used_edges
from landbridge.network.derive.land_graph_tables import (
    Skeleton,
    crossing_rows,
    junction_rows,
    link_rows,
    node_names,
)
from landbridge.network.detailed.arrays import DetailedNetwork
from landbridge.network.detailed.curated import Crossing
from landbridge.network.detailed.land import SectionLength, with_edges
from landbridge.network.detailed.repair import Edges
from landbridge.network.detailed.rules import ARC_RULES, Rules
from landbridge.network.detailed.towns import Town, ascii_name, slug

SEEDS = st.integers(0, 10_000)
RULES = Rules(terminal_reach_km=3.0)  # on this small map a place must not reach half the grid


def places_of(seed: int) -> tuple:
    random = np.random.default_rng(seed)
    lat, lon = sample.grid(8, 9)
    chosen = random.choice(lat.size, 7, replace=False)
    return tuple(
        sample.place(f"p{i}", "USA" if lat[i] < 49.0 else "CAN", float(lat[i]) + 0.004, float(lon[i])) for i in chosen
    )


def network(seed: int, share: float = 0.8) -> DetailedNetwork:
    land = sample.land_of(sample.random_road(seed, share=share), places_of(seed), rules=RULES)
    towns = (sample.town("Dunseith", "USA", 48.95, -99.9), sample.town("Boissevain", "CAN", 49.1, -99.7))
    found, _ = sample.network_of(land, towns=towns, rules=RULES)
    return found


def distances(network: DetailedNetwork, weight: np.ndarray, source: int) -> np.ndarray:
    return shortest_tree(network.graph(), weight, np.array([source], np.int32)).distance


def chain_distances(network: DetailedNetwork, chains: list[Chain], source: int) -> np.ndarray:
    a = np.array([chain.a for chain in chains], np.int32)
    b = np.array([chain.b for chain in chains], np.int32)
    km = np.array([chain.km for chain in chains])
    graph = build_graph(np.concatenate([a, b]), np.concatenate([b, a]), network.node_count)
    return shortest_tree(graph, np.concatenate([km, km]), np.array([source], np.int32)).distance


def kept_nodes(network: DetailedNetwork) -> np.ndarray:
    kept = np.zeros(network.node_count, np.bool_)
    kept[terminal_nodes(network, "road")] = True
    return kept


def skeleton(network: DetailedNetwork, merge_km: float, direct_ratio: float = 1.1) -> list[Chain]:
    links = kept_links(network, derive_links(network, grow_regions(network, network.graph(), "road")))
    if not links:
        return []
    kept = kept_nodes(network)
    used = used_edges(network, network.graph(), links, direct_ratio)
    return simplified(network, chains_of(network, "road", used, kept), kept, merge_km)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_a_node_belongs_to_its_nearest_seat(seed: int) -> None:
    net = network(seed)
    regions = grow_regions(net, net.graph(), "road")
    weight = inner_weight(net, "road")
    seats = seat_nodes(net, "road")
    to_seats = np.array([distances(net, weight, seat) for seat in seats.tolist()])
    nearest = to_seats.min(axis=0)
    assert np.array_equal(np.isfinite(nearest), regions.seat >= 0)
    assert regions.distance == pytest.approx(nearest)
    own = np.array([np.flatnonzero(seats == seat)[0] if seat >= 0 else 0 for seat in regions.seat])
    assert to_seats[own, np.arange(net.node_count)][regions.seat >= 0] == pytest.approx(nearest[regions.seat >= 0])


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_links_are_ways_with_at_most_one_crossing(seed: int) -> None:
    net = network(seed)
    weight = moving_weight(net, "road")
    for link in derive_links(net, grow_regions(net, net.graph(), "road")):
        assert (link.nodes[0], link.nodes[-1]) == (link.node_a, link.node_b)
        total, borders = 0.0, 0
        for a, b in pairwise(link.nodes.tolist()):
            arcs = np.arange(net.first_out[a], net.first_out[a + 1])
            arcs = arcs[net.head[arcs] == b]
            total += weight[arcs].min()
            borders += int(net.node_country[a] != net.node_country[b])
        assert link.km == pytest.approx(total)
        assert borders == (link.crossing >= 0)


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_links_connect_what_the_network_connects(seed: int) -> None:
    net = network(seed)
    links = derive_links(net, grow_regions(net, net.graph(), "road"))
    few = kept_links(net, links)
    assert {link.crossing for link in few} >= {link.crossing for link in links if link.crossing >= 0}
    for some in (links, few):
        chains = [Chain(link.node_a, link.node_b, link.km, -1, 0.0, ()) for link in some]
        for node in terminal_nodes(net, "road").tolist():
            exact = distances(net, moving_weight(net, "road"), node)[terminal_nodes(net, "road")]
            coarse = chain_distances(net, chains, node)[terminal_nodes(net, "road")]
            assert np.array_equal(np.isfinite(exact), np.isfinite(coarse))
            assert (coarse >= exact - 1e-9).all()


@given(SEEDS)
@settings(max_examples=20, deadline=None)
def test_a_piece_of_road_is_in_one_chain_and_a_chain_holds_one_crossing(seed: int) -> None:
    net = network(seed)
    chains = skeleton(net, merge_km=0.0)
    steps = Counter(tuple(sorted(step)) for chain in chains for step in pairwise(chain.nodes))
    assert not steps or max(steps.values()) == 1
    for chain in chains:
        borders = [i for i, (a, b) in enumerate(pairwise(chain.nodes)) if net.node_country[a] != net.node_country[b]]
        assert len(borders) == (chain.crossing >= 0)
        assert chain.turned().turned().km_to_border == pytest.approx(chain.km_to_border)
        if chain.crossing >= 0:
            assert 0.0 < chain.km_to_border < chain.km


@given(SEEDS, st.sampled_from([1.0, 1.1, 1.5]))
@settings(max_examples=20, deadline=None)
def test_skeleton_is_never_shorter_than_the_network_and_loses_no_connection(seed: int, ratio: float) -> None:
    net = network(seed)
    chains = skeleton(net, merge_km=0.0, direct_ratio=ratio)
    ends = terminal_nodes(net, "road")
    for node in ends.tolist():
        exact = distances(net, moving_weight(net, "road"), node)[ends]
        coarse = chain_distances(net, chains, node)[ends]
        assert np.array_equal(np.isfinite(exact), np.isfinite(coarse))
        assert (coarse >= exact - 1e-9).all()


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_merging_junctions_moves_no_place_and_little_length(seed: int) -> None:
    net = network(seed)
    plain, merged = skeleton(net, merge_km=0.0), skeleton(net, merge_km=4.0)
    assert len(merged) <= len(plain)
    ends = terminal_nodes(net, "road")
    for node in ends.tolist():
        exact, coarse = chain_distances(net, plain, node)[ends], chain_distances(net, merged, node)[ends]
        assert np.array_equal(np.isfinite(exact), np.isfinite(coarse))
    kept = kept_nodes(net)
    degree = Counter(node for chain in merged for node in (chain.a, chain.b))
    assert all(kept[node] or count > 1 for node, count in degree.items())


def test_a_transit_corner_of_a_country_without_a_place_is_crossed_twice() -> None:
    """A road of two Canadian places that dips into the USA for long: two crossings, two chains, no place between.

    o-o                o-o   49.175
      |                |
      ------------------     48.525, 150 km
    """
    lat = np.concatenate([np.full(2, 49.175), np.arange(49.125, 48.5, -0.05), np.full(40, 48.525)])
    lon = np.concatenate([[-100.05, -100.0], np.full(13, -100.0), -100.0 + 0.05 * np.arange(1, 41)])
    lat = np.concatenate([lat, np.arange(48.575, 49.2, -0.05 * -1), [49.175]])
    lon = np.concatenate([lon, np.full(13, -98.0), [-97.95]])
    edges = np.array([(i, i + 1) for i in range(lat.size - 1)])
    places = (sample.place("west", "CAN", 49.175, -100.06), sample.place("east", "CAN", 49.175, -97.94))
    land = sample.land_of(sample.source(lat, lon, edges), places, rules=RULES)
    net, borders = sample.network_of(land, rules=RULES)
    assert len(borders.crossings) == 2
    chains = skeleton(net, merge_km=2.0)
    assert sorted(chain.crossing for chain in chains) == [0, 1]
    rows = link_rows(Skeleton(net, {"road": chains}), node_names(Skeleton(net, {"road": chains})), sample.silent)
    assert {frozenset((row["country_from"], row["country_to"])) for row in rows} == {frozenset(("CAN", "USA"))}
    assert all(row["crossing"] for row in rows)


@given(SEEDS)
@settings(max_examples=10, deadline=None)
def test_rows_name_their_ends_and_recompute(seed: int) -> None:
    net = network(seed)
    whole = Skeleton(net, {"road": skeleton(net, merge_km=2.0)})
    names = node_names(whole)
    assert len(set(names.values())) == len(names)
    rows = link_rows(whole, names, sample.silent)
    junctions = {row["id"] for row in junction_rows(whole, names)}
    places = {terminal.place for terminal in net.terminals}
    crossings = {row["id"]: row for row in crossing_rows(whole, [])}
    assert len({row["id"] for row in rows}) == len(rows)
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    for row in rows:
        assert {row["from_place"], row["to_place"]} <= junctions | places
        assert row["from_place"] < row["to_place"]
        assert bool(row["crossing"]) == (row["country_from"] != row["country_to"])
        if row["crossing"]:
            assert {crossings[row["crossing"]][f"country_{side}"] for side in "ab"} == {"USA", "CAN"}
            assert 0.0 < float(row["km_to_crossing"]) < float(row["km"]) + 0.1
    counted = Counter(row["crossing"] for row in rows if row["crossing"])
    assert {key: int(row["link_count"]) for key, row in crossings.items() if int(row["link_count"])} == counted


def test_closed_border_is_said_and_a_curated_crossing_keeps_its_own_state() -> None:
    net = network(1)
    whole = Skeleton(net, {"road": skeleton(net, merge_km=2.0)})
    closed = [{"country_a": "CAN", "country_b": "USA", "modes": "rail;road", "status": "closed"}]
    closed[0] |= {"note": "why", "open": ""}
    rows = crossing_rows(whole, closed)
    assert rows
    assert {(row["status"], row["note"]) for row in rows} == {("closed", "why")}
    assert {row["status"] for row in crossing_rows(whole, [closed[0] | {"modes": "rail"}])} == {"operating"}
    left_open = rows[0]["id"]
    for row in crossing_rows(whole, [closed[0] | {"open": f"x;{left_open}"}]):
        assert row["status"] == ("operating" if row["id"] == left_open else "closed")


def test_the_state_of_a_curated_crossing_is_not_overruled() -> None:
    known = sample.curated(
        crossings=(Crossing("road:USA-CAN:x", "X", "road", "USA", "CAN", 49.0, -99.8, 0, 0, "operating"),)
    )
    land = sample.land_of(sample.random_road(1, share=1.0), places_of(1), known, rules=RULES)
    net, _ = sample.network_of(land, known, rules=RULES)
    closed = [{"country_a": "CAN", "country_b": "USA", "modes": "road", "status": "closed", "note": "why", "open": ""}]
    states = {row["curated"]: row["status"] for row in crossing_rows(Skeleton(net, {"road": []}), closed)}
    assert states == {"road:USA-CAN:x": "operating"}


def test_a_turned_chain_has_its_border_at_the_other_end() -> None:
    chain = Chain(1, 2, 10.0, 0, 3.0, (1, 5, 2))
    assert chain.turned() == Chain(2, 1, 10.0, 0, 7.0, (2, 5, 1))


def test_of_parallel_arcs_a_chain_takes_the_shorter() -> None:
    land = sample.land_of(sample.random_road(6), places_of(6), rules=RULES)
    package = np.flatnonzero(land.rule == ARC_RULES.index("package"))
    detour = Edges(land.tail[package], land.head[package], 3.0 * land.km[package])
    plain, _ = sample.network_of(land, rules=RULES)
    double, _ = sample.network_of(with_edges(land, detour, "section"), rules=RULES)
    assert double.arc_count > plain.arc_count
    lengths = [[round(chain.km, 6) for chain in skeleton(net, merge_km=0.0)] for net in (plain, double)]
    assert lengths[0] == lengths[1]
    assert lengths[0]


def test_a_break_of_gauge_inside_a_country_is_no_way_through() -> None:
    rail = sample.random_road(7, share=1.0)
    land = sample.land_of(sample.nothing(), places_of(7), rail=rail, rules=RULES)
    broad = replace(land, gauge_mm=np.where(land.lon > -99.8, 1520, 1435).astype(np.int16))
    net, _ = sample.network_of(broad, rules=RULES)
    weight = moving_weight(net, "rail")
    breaks = net.node_gauge_mm[net.tail] != net.node_gauge_mm[net.head]
    inside = net.node_country[net.tail] == net.node_country[net.head]
    assert breaks[inside].any()
    assert np.isinf(weight[breaks & inside]).all()
    assert np.isfinite(weight[~breaks & inside & (net.mode == 0)]).all()


def test_stretch_of_the_whole_network_as_its_own_skeleton_is_one() -> None:
    net = network(2, share=1.0)
    land = [
        Chain(int(a), int(b), float(km), -1, 0.0, ())
        for a, b, km, mode in zip(net.tail, net.head, net.km, net.mode, strict=True)
        if a < b and mode == 1
    ]
    result = stretch(Skeleton(net, {"road": land}), "road", 10, 10, 1)
    assert result.ratio.size > 20
    assert result.ratio == pytest.approx(1.0)
    assert result.lost == 0
    cut = stretch(Skeleton(net, {"road": land[:1]}), "road", 10, 10, 1)
    assert cut.lost == result.ratio.size
    quality = land_quality(net, places_of(2), "road")
    assert quality.parts == 1
    assert sum(quality.links_by_country.values()) == int(
        ((net.country >= 0) & (net.kind == 0)).sum() / 2  # kind 0 is haul
    )


def test_agreement_counts_only_long_sections_with_a_path() -> None:
    lengths = [
        SectionLength("A", "road", 100.0, 110.0, False, ""),
        SectionLength("B", "road", 100.0, 300.0, True, "too long"),
        SectionLength("C", "road", 100.0, float("inf"), True, "no path"),
        SectionLength("D", "road", 10.0, 50.0, False, ""),
        SectionLength("E", "rail", 100.0, 50.0, False, "too short"),
    ]
    found = section_agreement(lengths, "road", 60.0)
    assert (found.sections, found.with_path, found.within_20_percent) == (3, 2, 1)
    assert found.median_ratio == pytest.approx(2.05)
    assert found.worst[0] == ("B", 3.0)


def test_line_of_a_section_runs_from_end_to_end_and_says_why_not() -> None:
    net = network(4, share=1.0)
    finder = LineFinder(net, RULES)
    start, end = (48.83, -99.99), (49.17, -99.61)
    km = 100.0 * finder.line("road", start, end, 100.0, {"USA", "CAN"}).ratio
    line = finder.line("road", start, end, km, {"USA", "CAN"})
    assert (line.finding, line.ratio) == ("", pytest.approx(1.0))
    lat, lon = decode(line.geometry, 3)
    assert (lat[0], lon[0]) == pytest.approx(start, abs=6e-4)
    assert (lat[-1], lon[-1]) == pytest.approx(end, abs=6e-4)
    assert finder.line("road", start, end, km, {"USA"}).finding == "nothing near an end"
    assert finder.line("road", start, end, 10.0 * km, {"USA", "CAN"}).finding == "too short"
    assert finder.line("road", start, end, km / 2.0, {"USA", "CAN"}).finding == "too long"
    assert finder.line("rail", start, end, km, {"USA", "CAN"}).finding == "nothing near an end"


def test_lines_cross_the_date_line_the_short_way() -> None:
    lat, lon = decode(encoded_line([65.0, 66.0, 65.0], [179.0, -179.5, -178.0]), 3)
    assert lon.tolist() == [179.0, 180.5, 182.0]
    assert lat.tolist() == [65.0, 66.0, 65.0]


def test_places_are_spaced_and_capitals_always_there() -> None:
    def town(number: int, name: str, lat: float, population: int, alternates: tuple[str, ...] = ()) -> Town:
        return Town(number, name, "AUT", "01", lat, 16.0, population, alternates)

    towns = (
        town(1, "Graz", 47.0, 300_000),
        town(2, "Near Graz", 47.1, 150_000),
        town(3, "Linz", 48.5, 120_000),
        town(4, "Vienna", 48.55, 90_000, ("Wien", "Вена", "Vienne")),
        town(5, "Small far", 40.0, 20_000),
        town(6, "Small near", 46.5, 20_000),
        town(7, "Tiny far", 30.0, 10_000),
    )
    chosen = [(place.name, kind) for place, kind in choose_places(towns)]
    # the capital comes first and so keeps Linz, 6 km away, out
    assert chosen == [("Vienna", "capital"), ("Graz", "city"), ("Small far", "city")]
    rows = place_rows(towns, PlaceRule(metropolis_aliases=(1, 1)))
    assert [row["id"] for row in rows] == ["graz-aut", "small-far-aut", "vienna-aut"]
    assert rows[2]["aliases"] == "Vienne;Вена"


def test_ids_of_namesakes_differ_and_do_not_depend_on_order() -> None:
    twins = tuple(
        Town(number, "Springfield", "USA", region, lat, -90.0, 150_000, ())
        for number, region, lat in ((1, "IL", 39.8), (2, "MO", 37.2), (3, "MO", 45.0))
    )
    ids = [row["id"] for row in place_rows(twins)]
    assert ids == ["springfield-usa-il", "springfield-usa-mo-2", "springfield-usa-mo-3"]
    assert ids == [row["id"] for row in place_rows(twins[::-1])]


@pytest.mark.parametrize(
    ("name", "plain", "part"),
    [
        ("Łódź", "Lodz", "lodz"),
        ("Ürümqi", "Urumqi", "urumqi"),
        ("Xo'jayli Shahri", "Xo'jayli Shahri", "xojayli-shahri"),
        ("Алматы", "", ""),
    ],
)
def test_plain_names(name: str, plain: str, part: str) -> None:
    assert ascii_name(name) == plain
    assert slug(name) == part
