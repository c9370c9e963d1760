"""Laws of the topology that ``build_network`` makes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import study_map
from hypothesis import given, settings
from hypothesis import strategies as st
from random_tables import drawn_lines, maps
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from landbridge.network.build import Lanes, build_network
from landbridge.network.topology import Network
from landbridge.schema.words import ARC_KINDS, NODE_KINDS
from maps import Map, draw

SILK_ROAD = """
tokyo(JPN) ~2200~ lianyungang(CHN)
lianyungang(CHN) #4000# urumqi(CHN)
urumqi(CHN) #460# @gate(KAZ|CHN)
@gate(KAZ|CHN) =310= aktogay(KAZ)      -- the gauge changes at the border
aktogay(KAZ) =500= almaty(KAZ)
almaty(KAZ) -240|- bishkek(KGZ)        -- the border lies on the way
almaty(KAZ) =3000= aktau(KAZ)
aktau(KAZ) ~490 ferry~ baku(AZE)
baku(AZE) =500= tbilisi(GEO) planned
"""


def kilometres(network: Network) -> np.ndarray:
    """Shortest kilometres between all nodes; a small amount per arc keeps links of no length."""
    best: dict[tuple[int, int], float] = {}
    for tail, head, km in zip(network.tail, network.head, network.km, strict=True):
        key = (int(tail), int(head))
        best[key] = min(best.get(key, np.inf), float(km) + 1e-7)
    rows, columns = zip(*best, strict=True)
    graph = coo_matrix((list(best.values()), (rows, columns)), shape=(network.n_nodes, network.n_nodes)).tocsr()
    return dijkstra(graph)


def same(one: Network, other: Network) -> bool:
    arrays, others = one.arrays(), other.arrays()
    return one.node_key == other.node_key and all(
        array.dtype == others[name].dtype and array.tobytes() == others[name].tobytes()
        for name, array in arrays.items()
    )


def check_borders(network: Network) -> None:
    """A border is crossed on a crossing arc, or at sea; nowhere else."""
    tail, head = network.node_country[network.tail], network.node_country[network.head]
    at_sea = np.isin(network.kind, [ARC_KINDS.index("lane"), ARC_KINDS.index("service")])
    crossing = network.kind == ARC_KINDS.index("crossing")
    assert np.all((tail == head) | at_sea | crossing)
    assert np.all(tail[crossing] != head[crossing])
    assert np.all(network.crossing[crossing] >= 0)
    arcs = set(
        zip(network.tail[crossing].tolist(), network.head[crossing].tolist(), network.link[crossing], strict=True)
    )
    assert {(head, tail, link) for tail, head, link in arcs} == arcs
    assert len(arcs) == np.count_nonzero(crossing), "a border crossed twice between the same two nodes"
    for arc in np.flatnonzero(crossing):
        _, pair, _ = network.crossing_ids[network.crossing[arc]].split(":")
        sides = [network.country_codes[code] for code in (tail[arc], head[arc])]
        assert sides == pair.split("-")[:: network.direction[arc]]


@given(maps())
@settings(max_examples=100, deadline=None)
def test_a_place_never_joins_two_countries(drawn: Map) -> None:
    network = drawn.network()
    check_borders(network)
    # Every node but a berth is named after one country.
    assert np.all(network.node_country >= 0)


def test_every_crossing_of_the_study_joins_its_two_countries_both_ways() -> None:
    check_borders(study_map.network())


@given(maps(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_changes_no_bit(drawn: Map, random: object) -> None:
    tables = drawn.tables
    seed = random.randrange(2**31)  # type: ignore[attr-defined]
    shuffled = {name: table.sample(frac=1, random_state=seed) for name, table in tables.items()}
    sea = drawn.sea
    order = np.random.default_rng(seed).permutation(len(sea.km)).tolist()
    mixed = Lanes(
        from_port=tuple(sea.from_port[i] for i in order),
        to_port=tuple(sea.to_port[i] for i in order),
        km=tuple(sea.km[i] for i in order),
        straits=tuple(sea.straits[i] for i in order),
        strait_ids=sea.strait_ids,
    )
    assert same(build_network(tables, sea), build_network(shuffled, mixed))


@given(drawn_lines(), st.data())
@settings(max_examples=60, deadline=None)
def test_splitting_a_link_changes_no_total(lines: list[str], data: st.DataObject) -> None:
    inside = [i for i, line in enumerate(lines) if "|" not in line and "~" not in line]
    if not inside:
        return
    i = data.draw(st.sampled_from(inside))
    start, middle, end, *status = lines[i].split()
    sign, km, country = middle[0], int(middle[1:-1]), start[-4:-1]
    first = data.draw(st.integers(0, km))
    halves = [
        f"{start} {sign}{first}{sign} half({country}) {' '.join(status)}",
        f"half({country}) {sign}{km - first}{sign} {end} {' '.join(status)}",
    ]
    # Every town is placed first, so that the maps differ in nothing but the new place.
    towns = sorted({word for line in lines for word in line.split() if word.startswith("town")})
    placed = [f"at {town} 40 {n}" for n, town in enumerate(towns)]
    whole = draw("\n".join([*placed, *lines])).network()
    split = draw("\n".join([*placed, *lines[:i], *lines[i + 1 :], *halves])).network()
    shared = [key for key in whole.node_key if key in split.node_index and not key.startswith("service_out")]
    before = kilometres(whole)[np.ix_(*[[whole.node_index[key] for key in shared]] * 2)]
    after = kilometres(split)[np.ix_(*[[split.node_index[key] for key in shared]] * 2)]
    assert np.allclose(np.where(np.isinf(before), -1, before), np.where(np.isinf(after), -1, after), atol=1e-4)


WORLD_TRADE = """
tokyo(JPN) ~9000~ angeles(USA)
angeles(USA) ~8000~ york(USA)
york(USA) ~6000~ hamburg(DEU)
tokyo(JPN) ~27000~ hamburg(DEU)
"""


def test_a_box_from_elsewhere_goes_on_along_a_far_shore_but_does_not_leave_it() -> None:
    drawn = draw(WORLD_TRADE)
    sea = replace(drawn.sea, far_shore={"P-angeles": "america", "P-york": "america"})
    network = build_network(drawn.tables, sea)
    km = kilometres(network)
    way = {
        (start, end): round(km[network.node_index[f"origin:{start}"], network.node_index[f"destination:{end}"]], 3)
        for start in ("tokyo", "angeles", "york", "hamburg")
        for end in ("tokyo", "angeles", "york", "hamburg")
    }
    assert way["tokyo", "hamburg"] == way["hamburg", "tokyo"] == 27000
    assert way["tokyo", "york"] == way["york", "tokyo"] == 17000
    assert way["angeles", "hamburg"] == way["hamburg", "angeles"] == 14000
    plain = kilometres(draw(WORLD_TRADE).network())
    free = draw(WORLD_TRADE).network().node_index
    assert round(plain[free["origin:tokyo"], free["destination:hamburg"]], 3) == 23000


def test_ships_meet_at_main_ports_only() -> None:
    text = "busan(KOR) ~900~ niigata(JPN)\nniigata(JPN) ~800~ vladivostok(RUS)\n"
    for tier, reached in (("main", True), ("feeder", False)):
        drawn = draw(text)
        for port in drawn.rows["ports"]:
            port["tier"] = tier if port["id"] == "P-niigata" else "main"
        network = drawn.network()
        km = kilometres(network)[network.node_index["origin:busan"], network.node_index["destination:vladivostok"]]
        assert np.isfinite(km) == reached


def test_a_border_inside_a_link_cuts_it_in_two_that_add_up() -> None:
    network = draw(SILK_ROAD).network()
    road = network.link == network.link_index["ROAD6"]
    forth = road & (network.direction == 1)
    assert np.count_nonzero(forth) == 2
    assert network.km[forth].sum() == 240
    assert {network.country_codes[code] for code in network.country[forth]} == {"KAZ", "KGZ"}


def test_a_gauge_that_changes_at_a_border_is_on_the_crossing_and_nowhere_else() -> None:
    network = draw(SILK_ROAD).network()
    crossing = network.arcs_of_kind("crossing")
    rail = [arc for arc in crossing if network.mode_name(arc) == "rail"]
    assert {tuple(sorted(network.node_gauge_mm[[network.tail[arc], network.head[arc]]])) for arc in rail} == {
        (1435, 1520)
    }
    assert len(network.arcs_of_kind("gauge")) == 0


def test_a_gauge_that_changes_in_a_place_is_an_arc_there() -> None:
    network = draw("brest(BLR) =10= terespol(BLR)\nterespol(BLR) #200# warsaw(BLR)").network()
    gauge = network.arcs_of_kind("gauge")
    assert [network.node_key[network.tail[arc]] for arc in gauge] == [
        "rail:terespol:BLR:1435",
        "rail:terespol:BLR:1520",
    ]


def test_a_box_cannot_be_unloaded_and_loaded_again_without_its_dwell() -> None:
    """No way leads from a berth back to a berth of the same port without an arc of that port."""
    network = draw(SILK_ROAD).network()
    without = network.port < 0
    closed = replace(
        network,
        **{name: array[without] for name, array in network.arrays().items() if not name.startswith("node_")},
    )
    reach = kilometres(closed)
    inbound = np.isin(network.node_kind, [NODE_KINDS.index("sea_in"), NODE_KINDS.index("service_in")])
    outbound = np.isin(network.node_kind, [NODE_KINDS.index("sea_out"), NODE_KINDS.index("service_out")])
    for start in np.flatnonzero(inbound):
        for end in np.flatnonzero(outbound & (network.node_port == network.node_port[start])):
            assert np.isinf(reach[start, end])


def test_what_comes_by_ferry_reaches_the_land_and_the_next_ship() -> None:
    network = draw(SILK_ROAD + "aktau(KAZ) ~440 ferry~ turkmenbashi(TKM)").network()
    reach = kilometres(network)
    at = network.node_index
    assert np.isfinite(reach[at["origin:baku"], at["rail:almaty:KAZ:1520"]])
    assert np.isfinite(reach[at["origin:baku"], at["destination:turkmenbashi"]])
    assert np.isfinite(reach[at["rail:almaty:KAZ:1520"], at["destination:baku"]])


def test_a_terminal_across_the_border_is_not_joined_to_the_city() -> None:
    network = draw("alpha(AAA) -5- beta(AAA)\ngare(BBB) =5= delta(BBB)\nstation gare(BBB) of alpha").network()
    check_borders(network)
    assert len(network.arcs_of_kind("transfer")) == 0


def test_planned_links_are_there() -> None:
    network = draw("baku(AZE) =500= tbilisi(AZE) planned").network()
    assert len(network.arcs_of_kind("haul")) == 2


def test_links_of_no_length_and_parallel_links_stay() -> None:
    network = draw("a(AAA) -0- b(AAA)\na(AAA) -5- b(AAA)\na(AAA) -5- b(AAA)").network()
    assert sorted(network.km[network.arcs_of_kind("haul")]) == [0, 0, 5, 5, 5, 5]


def test_a_link_across_the_date_line_is_cut_at_its_border() -> None:
    drawn = draw("at east(AAA) 65 179\nat west(BBB) 65 -179\neast(AAA) -90|- west(BBB)")
    drawn.rows["crossings"][0].update(lat=65.0, lon=180.0)
    network = drawn.network()
    haul = network.arcs_of_kind("haul")
    assert np.allclose(network.km[haul], 45)


def test_no_route_passes_through_an_origin_or_a_destination() -> None:
    network = study_map.network()
    origin = network.node_kind == NODE_KINDS.index("origin")
    destination = network.node_kind == NODE_KINDS.index("destination")
    assert not np.any(origin[network.head])
    assert not np.any(destination[network.tail])


def test_aggregates_are_not_routed_over() -> None:
    assert len(draw("a(AAA) -5- b(AAA)\na(AAA) -5- c(AAA) aggregate").network().arcs_of_kind("haul")) == 2


def test_every_link_of_the_study_is_in_its_network() -> None:
    network, tables = study_map.network(), study_map.tables()
    sections = tables["sections"]
    routed = set(sections.loc[sections["use"] == "section", "id"])
    services = tables["services"]
    assert routed | set(services.loc[services["status"] != "none", "id"]) <= set(network.link_ids)
    forth = (network.kind == ARC_KINDS.index("haul")) & (network.direction == 1)
    km = pd.Series(network.km[forth]).groupby(network.link[forth]).sum()
    official = sections.set_index("id")["length_km"].astype(float)
    for link, length in km.items():
        assert np.isclose(length, official[network.link_ids[link]])


def test_each_border_point_uses_the_crossing_its_sections_name() -> None:
    network, sections = study_map.network(), study_map.tables()["sections"]
    named: dict[tuple[str, str], set[str]] = {}
    for row in sections[sections["use"] == "section"].to_dict("records"):
        for end, crossing in (("from_place", "crossing_from"), ("to_place", "crossing_to")):
            if row[crossing]:
                named.setdefault((row["mode"], row[end]), set()).add(row[crossing])
    for arc in network.arcs_of_kind("crossing"):
        place = network.node_place[network.tail[arc]]
        if place >= 0:
            key = (network.mode_name(arc), network.place_ids[place])
            assert named[key] == {network.crossing_ids[network.crossing[arc]]}
