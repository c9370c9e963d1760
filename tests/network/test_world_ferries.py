"""Ferries of the world: where they sail, what they take, and that a truck crosses where no road does."""

from __future__ import annotations

import csv
import math
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.kernels.sphere import great_circle_km
from landbridge.network.select import SelectorContext, arcs_of
from landbridge.network.world import TABLES, WorldTables, land_table, link_lines, merge_world
from landbridge.network.world_ferries import _nearest_point, ferry_lines, ferry_numbers
from landbridge.network.world_hand import cut_links
from landbridge.network.world_points import country_at
from landbridge.run.facts_used import facts_used
from landbridge.run.world_quality import shortest_km
from landbridge.scenario.selector import parse_selector
from landbridge.schema.words import ARC_KINDS
from world_opened import study, world

Row = dict[str, str]


@pytest.fixture(scope="module")
def merged() -> WorldTables:
    return merge_world({name: study().facts.rows(name) for name in TABLES})


@pytest.fixture(scope="module")
def ferries(merged: WorldTables) -> list[Row]:
    lines = ferry_lines()
    return [row for row in merged.rows["services"] if row["id"] in lines]


def test_a_ferry_sails_no_less_than_the_straight_line_and_no_faster_than_a_ship(
    merged: WorldTables, ferries: list[Row]
) -> None:
    ports = {row["id"]: row for row in merged.rows["ports"]}
    hours = {n.subject: n.value for n in ferry_numbers() if n.quantity == "passage_hours"}
    for row in ferries:
        a, b = (ports[row[end]] for end in ("from_port", "to_port"))
        straight = great_circle_km(float(a["lat"]), float(a["lon"]), float(b["lat"]), float(b["lon"]))
        km = float(row["length_km"])
        assert straight - 0.1 <= km <= max(2.6 * straight, 12.0), row["id"]
        fastest = 90.0 if "CHERITON" in row["id"] else 51.0
        assert 3.5 < km / hours[f"service:{row['id']}"] < fastest, row["id"]


def test_terminals_lie_in_their_countries(merged: WorldTables) -> None:
    seen = 0
    for row in merged.rows["ports"]:
        if row["locator"] == "ferry_ports.csv":
            there = country_at(float(row["lat"]), float(row["lon"]))
            assert there == row["country"] or row["id"] in ("ES-CEUTA", "ES-MELILLA"), row["id"]
            seen += 1
    assert seen > 200


def test_a_ferry_between_two_countries_crosses_their_border_and_shuts_with_it(
    merged: WorldTables, ferries: list[Row]
) -> None:
    ports = {row["id"]: row for row in merged.rows["ports"]}
    crossings = {row["id"]: row for row in merged.rows["crossings"]}
    network = world().network
    for row in ferries:
        countries = {ports[row[end]]["country"] for end in ("from_port", "to_port")}
        assert (row["crossing"] != "") == (len(countries) == 2)
        if row["crossing"]:
            border = crossings[row["crossing"]]
            assert {border["country_a"], border["country_b"]} == countries
    shut = arcs_of(network, parse_selector("border.GBR-FRA"), SelectorContext())
    sailing = [arc for arc in shut.tolist() if network.kind[arc] == ARC_KINDS.index("service")]
    links = {network.link_ids[network.link[arc]] for arc in sailing}
    assert {"F-GB-DOVER-FR-CALAIS", "F-GB-CHERITON-FR-COQUELLES"} <= links
    assert len(sailing) == 2 * len(links)


@pytest.mark.parametrize(
    ("origin", "destination", "most"),
    [
        ("London", "Paris", 1.5), ("Stockholm", "Helsinki", 1.4), ("Wellington", "Christchurch", 1.6),
        ("Madrid", "Casablanca", 1.6), ("Jakarta", "Bandar Lampung", 2.0), ("Surabaya", "Denpasar", 1.6),
        ("Manila", "Davao", 2.0), ("Rome", "Palermo", 2.2), ("Athens", "Rome", 1.8), ("Melbourne", "Hobart", 1.6),
        ("Dublin", "Cardiff", 2.0), ("Berlin", "Oslo", 1.6), ("Sapporo", "Sendai", 1.8), ("Oslo", "Hamburg", 1.7),
    ],
)  # fmt: skip
def test_a_truck_crosses_the_water_where_a_ferry_sails(origin: str, destination: str, most: float) -> None:
    session = world()
    ends = [session.gazetteer.place(name).place for name in (origin, destination)]
    network = session.network
    start, end = network.node_index[f"origin:{ends[0]}"], network.node_index[f"destination:{ends[1]}"]
    km = shortest_km(network, start, end, ("road", "ferry"))
    straight = great_circle_km(
        network.node_lat[start], network.node_lon[start], network.node_lat[end], network.node_lon[end]
    )
    assert straight < km < most * straight
    assert shortest_km(network, start, end, ("road",)) > km


def test_the_ways_from_a_terminal_are_a_way_round_no_shorter_than_the_link(merged: WorldTables) -> None:
    links = {row["id"]: float(row["length_km"]) for row in merged.rows["sections"]}
    ways: dict[tuple[str, str], list[float]] = {}
    for row in merged.rows["sections"]:
        if row["note"].startswith("from ") and row["note"].endswith(" to the ferry"):
            link = row["note"].removeprefix("from ").removesuffix(" to the ferry")
            ways.setdefault((row["from_place"], link), []).append(float(row["length_km"]))
    whole = [(sum(km), links[link]) for (_, link), km in ways.items() if len(km) == 2]
    assert len(whole) > 100
    assert all(way >= link - 0.2 for way, link in whole)


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=2, max_size=6, unique=True))
def test_the_nearest_point_of_a_line_is_nearer_than_any_of_many(points: list[tuple[float, float]]) -> None:
    lat, lon = (50.0 + np.array(column) for column in zip(*points, strict=True))
    km, point, share = _nearest_point(lat, lon, 50.0, 50.0)
    assert 0.0 <= share <= 1.0
    assert great_circle_km(50.0, 50.0, *point) == pytest.approx(km)
    for i in range(len(points) - 1):
        for part in np.linspace(0.0, 1.0, 21).tolist():
            other = (lat[i] + part * (lat[i + 1] - lat[i]), lon[i] + part * (lon[i + 1] - lon[i]))
            assert km <= great_circle_km(50.0, 50.0, *other) * 1.02 + 0.01


def test_figures_that_are_reported_name_a_source_of_the_table() -> None:
    text = resources.files("landbridge").joinpath("world/facts/sources.csv").read_text(encoding="utf-8")
    sources = {row["id"] for row in csv.DictReader(text.splitlines())}
    numbers = ferry_numbers()
    assert len({number.id for number in numbers}) == len(numbers)
    assert {number.source for number in numbers} <= sources
    assert all((number.basis == "reported") == (number.source != "landbridge-world") for number in numbers)
    assert all(math.isfinite(number.value) and number.value > 0 for number in numbers)


def test_links_cut_by_hand_exist_and_are_gone(merged: WorldTables) -> None:
    derived = {row["id"] for row in land_table("world_links")}
    left = {row["id"] for row in merged.rows["sections"]}
    assert cut_links() <= derived
    assert not cut_links() & left
    by_hand = {row["id"] for row in merged.rows["sections"] if row["note"] == "written by hand"}
    assert by_hand
    assert not by_hand & (derived | set(link_lines({})))


def test_what_a_ferry_costs_is_explained_by_facts_of_the_world() -> None:
    ends = ("Helsinki", "Tallinn")
    answer = study().routes(*ends, mode=("road", "ferry"), cargo="truck20t")
    used = {fact for route in answer.routes for part in route.contributions for fact in part.facts}
    home = study().answering("", ends, ())
    facts = {fact.id: fact for fact in facts_used(home, used, home.resolved())}
    assert used <= set(facts)
    hours = facts["F-FI-HELSINKI-EE-TALLINN.hours"]
    assert (hours.basis, hours.source) == ("reported", "ferry-helsinki-tallinn")
