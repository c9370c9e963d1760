"""Merging the world's tables with a study's: the study's rows win, and the result keeps the laws of a network."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.kernels.sphere import great_circle_km
from landbridge.network.build import _Draft, _Near, _NodeRow
from landbridge.network.world import (
    CURATED_RATIO,
    SAME_CROSSING_KM,
    TABLES,
    WorldTables,
    as_csv,
    land_table,
    merge_world,
)
from landbridge.network.world_ports import hub_codes
from landbridge.schema.words import ARC_KINDS, STATUSES
from world_opened import study, world

Row = dict[str, str]
KM_PER_DEGREE = 111.195


def city(identifier: str, name: str, country: str, lat: float, lon: float) -> Row:
    cells = {"hub": "", "population": "", "crossing": "", "basis": "assumed", "source": "s", "locator": "", "note": ""}
    return {
        "id": identifier,
        "name": name,
        "country": country,
        "lat": f"{lat}",
        "lon": f"{lon}",
        "kind": "city",
        **cells,
    }


def section(identifier: str, mode: str, ends: tuple[str, str], km: float, country: str) -> Row:
    cells = {"status": "operating", "opened_year": "", "crossing": "", "use": "section", "basis": "reported"}
    first, last = ends
    return {
        "id": identifier, "mode": mode, "from_place": first, "to_place": last, "length_km": f"{km}",
        "country_from": country, "country_to": country, "gauge_mm": "", **cells,
    }  # fmt: skip


@pytest.fixture(scope="module")
def towns() -> dict[str, Row]:
    return {row["id"]: row for row in land_table("world_places")}


@pytest.fixture(scope="module")
def merged() -> WorldTables:
    return merge_world({name: study().facts.rows(name) for name in TABLES})


@pytest.mark.parametrize(
    ("name", "country", "north_km", "same"),
    [
        ("Lyon", "FRA", 29.0, True),
        ("Lyon", "FRA", 31.0, False),
        ("Elsewhere", "FRA", 14.0, True),
        ("Elsewhere", "FRA", 16.0, False),
        ("Lyon", "CHE", 1.0, False),
    ],
)
def test_a_world_place_is_the_curated_city_of_its_name_or_next_to_it(
    towns: dict[str, Row], name: str, country: str, north_km: float, *, same: bool
) -> None:
    lyon = towns["lyon-fra"]
    mine = city("mine", name, country, float(lyon["lat"]) + north_km / KM_PER_DEGREE, float(lyon["lon"]))
    world_tables = merge_world({"places": [mine]})
    assert (world_tables.same.get("lyon-fra") == "mine") == same
    ids = [row["id"] for row in world_tables.rows["places"]]
    assert ("lyon-fra" in ids) != same
    assert any(row["subject"] == "place:mine" for row in world_tables.rows["names"]) == same


@pytest.mark.parametrize(
    ("factor", "dropped"), [(1.0, True), (CURATED_RATIO * 0.99, True), (CURATED_RATIO * 1.01, False)]
)
def test_curated_sections_stand_in_the_place_of_a_derived_link(
    towns: dict[str, Row], factor: float, *, dropped: bool
) -> None:
    link = next(
        row
        for row in land_table("world_links")
        if row["mode"] == "road" and not row["crossing"] and {row["from_place"], row["to_place"]} <= towns.keys()
    )
    ends = (link["from_place"], link["to_place"])
    mine = [
        city(
            f"mine-{end}",
            towns[end]["name"],
            towns[end]["territory"],
            *map(float, (towns[end]["lat"], towns[end]["lon"])),
        )
        for end in ends
    ]
    own = section("MINE", "road", (mine[0]["id"], mine[1]["id"]), float(link["km"]) * factor, link["country_from"])
    sections = {row["id"] for row in merge_world({"places": mine, "sections": [own]}).rows["sections"]}
    assert "MINE" in sections
    assert (link["id"] in sections) != dropped


def test_the_studys_rows_are_all_kept(merged: WorldTables) -> None:
    for name in ("places", "sections", "crossings", "services"):
        found = {row["id"]: row for row in merged.rows[name]}
        for row in study().facts.rows(name):
            kept = found[row["id"]]
            changed = {key for key, value in row.items() if kept[key] != value}
            assert changed <= {"population"}, f"{row['id']}: only unknown inhabitants are filled in"


def test_row_order_of_the_study_changes_nothing(merged: WorldTables) -> None:
    shuffled = {name: study().facts.rows(name) for name in TABLES}
    for rows in shuffled.values():
        random.Random(7).shuffle(rows)
    assert as_csv(merge_world(shuffled)) == as_csv(merged)


def test_ids_are_unique_and_every_end_is_a_place(merged: WorldTables) -> None:
    for name in ("places", "sections", "crossings", "ports", "services"):
        ids = [row["id"] for row in merged.rows[name]]
        assert len(ids) == len(set(ids))
    places = {row["id"] for row in merged.rows["places"]}
    for row in merged.rows["sections"]:
        assert {row["from_place"], row["to_place"]} <= places
    for row in merged.rows["ports"]:
        assert {row[key] for key in ("place", "rail_place", "road_place")} - {""} <= places


def test_a_derived_link_changes_country_over_exactly_one_crossing_of_the_two(merged: WorldTables) -> None:
    crossings = {row["id"]: row for row in merged.rows["crossings"]}
    own = {row["id"] for row in study().facts.rows("sections")}
    for row in merged.rows["sections"]:
        if row["id"] in own:
            continue
        assert (row["crossing"] != "") == (row["country_from"] != row["country_to"])
        if row["crossing"]:
            border = crossings[row["crossing"]]
            assert border["mode"] == row["mode"]
            assert {border["country_a"], border["country_b"]} == {row["country_from"], row["country_to"]}


def test_no_derived_crossing_stands_beside_a_curated_one(merged: WorldTables) -> None:
    curated = study().facts.rows("crossings")
    own = {row["id"] for row in curated}
    for row in merged.rows["crossings"]:
        if row["id"] in own:
            continue
        pair = {row["country_a"], row["country_b"]}
        for other in curated:
            if other["mode"] == row["mode"] and {other["country_a"], other["country_b"]} == pair:
                km = great_circle_km(*(float(cell) for cell in (row["lat"], row["lon"], other["lat"], other["lon"])))
                assert km > SAME_CROSSING_KM


def test_shut_borders_are_shut_but_for_what_the_study_curates(merged: WorldTables) -> None:
    own = {row["id"] for row in study().facts.rows("crossings")}
    shut = {
        (mode, frozenset((row["country_a"], row["country_b"])))
        for row in land_table("border_status")
        for mode in row["modes"].split(";")
    }
    open_ones = {name for row in land_table("border_status") for name in row["open"].split(";") if name}
    assert open_ones <= {row["id"] for row in merged.rows["crossings"] if row["status"] == "operating"}
    seen = 0
    for row in merged.rows["crossings"]:
        if row["id"] not in own | open_ones and (row["mode"], frozenset((row["country_a"], row["country_b"]))) in shut:
            assert row["status"] == "closed"
            seen += 1
    assert seen > 20


def test_only_crossings_and_ships_change_the_country() -> None:
    network = world().network
    changes = network.node_country[network.tail] != network.node_country[network.head]
    allowed = [ARC_KINDS.index(kind) for kind in ("crossing", "lane", "service")]
    assert not np.any(changes & ~np.isin(network.kind, allowed))
    crossing = network.kind == ARC_KINDS.index("crossing")
    assert np.all(network.crossing[crossing] >= 0)
    assert np.all(changes[crossing])


def test_no_part_of_a_link_is_shorter_than_its_straight_line() -> None:
    network = world().network
    own = {row["id"] for row in study().facts.rows("sections")}
    hauls = [arc for arc in network.arcs_of_kind("haul").tolist() if network.link_ids[network.link[arc]] not in own]
    for arc in hauls[::7]:
        a, b = network.tail[arc], network.head[arc]
        straight = great_circle_km(network.node_lat[a], network.node_lon[a], network.node_lat[b], network.node_lon[b])
        assert network.km[arc] >= straight - 0.2, network.link_ids[network.link[arc]]


def test_junctions_are_passed_only() -> None:
    network = world().network
    junctions = {row["id"] for row in world().facts.rows("places") if row["kind"] == "junction"}
    assert len(junctions) > 10_000
    at = np.array([place in junctions for place in network.place_ids])
    allowed = [ARC_KINDS.index(kind) for kind in ("haul", "crossing", "load", "unload", "access", "transfer", "gauge")]
    touching = at[network.node_place[network.tail]] | at[network.node_place[network.head]]
    assert np.all(np.isin(network.kind[touching], allowed))
    assert not any(f"origin:{name}" in network.node_index for name in junctions)


def test_hubs_are_main_and_every_coastal_country_of_the_list_has_a_port() -> None:
    ports = {row["id"]: row for row in world().facts.rows("ports")}
    assert all(ports[code]["tier"] == "main" for code in hub_codes())
    from landbridge.network.world_ports import _sea_table

    listed = {row["country"] for row in _sea_table("ports") if row["component"] == "0"}
    assert listed <= {row["country"] for row in ports.values()}


def test_every_arc_that_operates_has_hours_and_money_where_they_are_due() -> None:
    session = world()
    costs = session.costs("teu", "middle", session.resolved())
    assert not [closure for closure in costs.closures if closure.kind == "no fact"]
    network = session.network
    moving = np.isin(network.kind, [ARC_KINDS.index(kind) for kind in ("haul", "lane")]) & (network.km > 0)
    moving &= network.status == STATUSES.index("operating")
    assert np.all(costs.total("hours")[moving] > 0)
    assert np.all(costs.total("usd")[moving] > 0)
    crossing = network.kind == ARC_KINDS.index("crossing")
    assert np.all(costs.total("hours")[crossing] > 0)


@given(
    st.lists(st.tuples(st.floats(-80, 80), st.floats(-180, 180)), min_size=1, max_size=12),
    st.floats(-80, 80),
    st.floats(-180, 180),
    st.sampled_from([10.0, 500.0, 3000.0]),
)
def test_the_nearest_node_is_the_nearest_of_all(
    points: list[tuple[float, float]], lat: float, lon: float, km: float
) -> None:
    draft = _Draft()
    for i, (a, b) in enumerate(points):
        draft.node(_NodeRow(f"road:{i}", "road", country="AAA", lat=a, lon=b))
    naive = min((great_circle_km(lat, lon, a, b), f"road:{i}") for i, (a, b) in enumerate(points))
    found = _Near(draft).nearest("road", "AAA", lat, lon, km)
    if naive[0] > km:
        assert found is None
    else:
        assert found is not None
        assert (found[1], found[0].key) == naive
    assert _Near(draft).nearest("rail", "AAA", lat, lon, math.inf) is None


def test_no_name_of_the_world_is_a_syllable_of_a_transcription(merged: WorldTables) -> None:
    own = {(row["subject"], row["name"]) for row in study().facts.rows("names")}
    full = {row["ascii"] for row in land_table("world_places")}
    for row in merged.rows["names"]:
        if (row["subject"], row["name"]) not in own and row["name"].isascii():
            assert len(row["name"]) > 2 or row["name"] in full, row


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Dubai", "jebel-ali"), ("Plymouth", "plymouth-gbr"), ("Penang", "paya-terubong-mys"),
        ("Lhasa", "chengguan-qu-chn"), ("Yining", "ghulja-chn"), ("Kochi (IND)", "kanayannur-ind"),
        ("Nice", "nice-fra"), ("Split", "split-hrv"), ("Cork", "cork-irl"), ("Bari", "bari-ita"),
        ("Van", "van"), ("Male", "male-mdv"), ("Bar", "mebar"), ("Lome", "lome-tgo"), ("Calais", "fr-calais"),
    ],
)  # fmt: skip
def test_a_common_name_finds_the_town_that_is_meant(text: str, place: str) -> None:
    assert world().gazetteer.place(text).place == place


def test_every_border_with_a_known_road_has_a_crossing(merged: WorldTables) -> None:
    """Neighbours without any: no road, or none that trucks use (written here by hand, general knowledge)."""
    joined = {frozenset((row["country_a"], row["country_b"])) for row in merged.rows["crossings"]}
    for pair in (
        "AFG-PAK", "BLZ-GTM", "BRA-GUF", "BWA-ZMB", "COD-COG", "DJI-SOM", "EGY-SDN", "GEO-RUS", "GUY-SUR", "HRV-MNE",
        "JOR-PSE", "KEN-SSD", "MAF-SXM", "MAR-MRT", "MNE-XKX", "MOZ-TZA", "SMR-ITA", "VAT-ITA",
    ):  # fmt: skip
        assert frozenset(pair.split("-")) in joined, pair
