"""The shipped tables of the world's land network: consistent with one another, with the atlas and with the study."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from importlib import resources

import numpy as np
import pytest

from landbridge.io.atlas import country_polygons, country_table
from landbridge.io.polyline import decode
from landbridge.kernels.dijkstra import shortest_tree
from landbridge.kernels.graph import build_graph, strong_parts
from landbridge.kernels.sphere import great_circle_km, great_circles_km
from landbridge.network.detailed.places import known_links, world_places
from landbridge.network.detailed.rules import ARC_RULES
from landbridge.network.territory import countries_of, country_codes, gauge_rows

MODES = ("rail", "road")


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    text = resources.files("landbridge").joinpath("world/land", name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def positions() -> dict[str, tuple[float, float]]:
    rows = (*table("world_places.csv"), *table("world_junctions.csv"))
    return {row["id"]: (float(row["lat"]), float(row["lon"])) for row in rows}


@cache
def territories() -> dict[str, str]:
    rows = (*table("world_places.csv"), *table("world_junctions.csv"))
    return {row["id"]: row["territory"] for row in rows}


def shortest_km(mode: str, start: str, end: str) -> float:
    """Shortest way over the links of a mode, whatever is closed."""
    rows = [row for row in table("world_links.csv") if row["mode"] == mode]
    names = sorted({row[end] for row in rows for end in ("from_place", "to_place")})
    number = {name: i for i, name in enumerate(names)}
    tail = np.array([number[row["from_place"]] for row in rows], np.int32)
    head = np.array([number[row["to_place"]] for row in rows], np.int32)
    km = np.array([float(row["km"]) for row in rows])
    graph = build_graph(np.concatenate([tail, head]), np.concatenate([head, tail]), len(names))
    source = np.array([number[start]], np.int32)
    return float(shortest_tree(graph, np.concatenate([km, km]), source).distance[number[end]])


@pytest.mark.parametrize("name", ["world_places.csv", "world_junctions.csv", "world_links.csv", "world_crossings.csv"])
def test_ids_are_unique_sorted_and_plain(name: str) -> None:
    ids = [row["id"] for row in table(name)]
    assert ids == sorted(set(ids))
    assert all(one.isascii() and " " not in one and "," not in one for one in ids)


def test_junctions_are_no_places() -> None:
    assert not {row["id"] for row in table("world_junctions.csv")} & {row["id"] for row in table("world_places.csv")}


def test_every_country_with_a_capital_town_has_it() -> None:
    capitals = Counter(row["iso3"] for row in table("world_places.csv") if row["kind"] == "capital")
    assert max(capitals.values()) == 1
    missing = {row["iso3"] for row in country_table() if row["capital"].strip() and not capitals[row["iso3"]]}
    assert missing == set()


def test_ends_of_links_exist_and_lie_in_the_stated_countries() -> None:
    for row in table("world_links.csv"):
        assert row["from_place"] < row["to_place"], row["id"]
        assert row["country_from"] == territories()[row["from_place"]], row["id"]
        assert row["country_to"] == territories()[row["to_place"]], row["id"]
        assert bool(row["crossing"]) == (row["country_from"] != row["country_to"]), row["id"]


def test_crossings_of_links_belong_to_their_border_and_mode() -> None:
    crossings = {row["id"]: row for row in table("world_crossings.csv")}
    used = Counter()
    for row in table("world_links.csv"):
        if row["crossing"]:
            crossing = crossings[row["crossing"]]
            assert {crossing["country_a"], crossing["country_b"]} == {row["country_from"], row["country_to"]}
            assert crossing["mode"] == row["mode"]
            assert 0.0 <= float(row["km_to_crossing"]) <= float(row["km"])
            used[row["crossing"]] += 1
        else:
            assert row["km_to_crossing"] == ""
    assert {key: int(row["link_count"]) for key, row in crossings.items() if row["link_count"] != "0"} == used


def test_no_link_is_shorter_than_the_straight_line_and_few_are_long() -> None:
    rows = table("world_links.csv")
    ends = np.array([(*positions()[row["from_place"]], *positions()[row["to_place"]]) for row in rows])
    km = np.array([float(row["km"]) for row in rows])
    straight = great_circles_km(*ends.T)
    # positions in the tables are rounded to about 70 m
    assert (km >= straight - 0.2).all()
    far = straight > 30.0
    long = {
        row["id"]
        for row, ratio, here in zip(rows, km / np.maximum(straight, 1e-9), far, strict=True)
        if here and ratio > 3.05
    }
    assert long <= {row["id"] for row in rows if row["rule"] == "long"}
    assert np.median(km[far] / straight[far]) < 1.25


def test_lines_run_from_end_to_end_and_are_about_as_long_as_stated() -> None:
    short = long = 0
    for row in table("world_links.csv"):
        lat, lon = decode(row["geometry"], 3)
        assert lat.size >= 2
        for at, end in ((0, "from_place"), (-1, "to_place")):
            place = positions()[row[end]]
            assert abs(lat[at] - place[0]) < 0.0011, row["id"]
            assert abs((lon[at] - place[1] + 180.0) % 360.0 - 180.0) < 0.0011, row["id"]
        drawn = great_circles_km(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum()
        # merged junctions add up to two kilometres at either end; lengths along a curated section may be scaled
        assert drawn <= float(row["km"]) * 1.25 + 5.0, row["id"]
        long += drawn > float(row["km"]) * 1.01 + 5.0
        short += drawn < 0.75 * float(row["km"]) - 5.0
    assert short < 0.02 * len(table("world_links.csv"))
    assert long < 0.01 * len(table("world_links.csv"))


def test_rail_links_have_gauges_and_keep_them_inside_a_country() -> None:
    known = {row.gauge_mm for row in gauge_rows()} | {1435}
    for row in table("world_links.csv"):
        if row["mode"] == "road":
            assert row["gauge_mm"] == row["gauge_to_mm"] == ""
        else:
            assert {int(row["gauge_mm"]), int(row["gauge_to_mm"])} <= known
            assert row["crossing"] or row["gauge_mm"] == row["gauge_to_mm"]


def test_crossings_lie_near_both_countries() -> None:
    """The atlas knows the border to a few kilometres; a crossing over water (Oresund) is farther from the shores."""
    rows = table("world_crossings.csv")
    lat, lon = np.array([float(row["lat"]) for row in rows]), np.array([float(row["lon"]) for row in rows])
    codes = country_codes()
    here = countries_of(lat, lon)
    elsewhere = [
        row["id"]
        for row, country in zip(rows, here, strict=True)
        if codes[country] not in (row["country_a"], row["country_b"])
    ]
    assert len(elsewhere) < 0.03 * len(rows)
    assert {row["country_a"] < row["country_b"] for row in rows} == {True}


def test_curated_ids_are_those_of_the_study() -> None:
    facts = resources.files("landbridge").joinpath("studies/japan_central_asia/facts")

    def ids(name: str) -> set[str]:
        return {row["id"] for row in csv.DictReader(facts.joinpath(name).read_text(encoding="utf-8").splitlines())}

    crossings, sections, places = ids("crossings.csv"), ids("sections.csv"), ids("places.csv")
    assert {row["curated"] for row in table("world_crossings.csv")} - {""} <= crossings
    assert {row["section"] for row in table("world_links.csv")} - {""} <= sections
    assert {row["curated_place"] for row in table("world_junctions.csv")} - {""} <= places
    assert {row["id"] for row in table("section_geometry.csv")} <= sections


def test_section_lines_exist_exactly_where_nothing_is_wrong() -> None:
    for row in table("section_geometry.csv"):
        assert bool(row["geometry"]) == (row["finding"] == ""), row["id"]
        assert bool(row["ratio"]) == (row["finding"] not in ("no path", "nothing near an end")), row["id"]
        if row["geometry"]:
            lat, lon = decode(row["geometry"], 3)
            assert lat.size == lon.size >= 2


@pytest.mark.parametrize("mode", MODES)
def test_central_asia_and_almaty_are_joined_on_land(mode: str) -> None:
    rows = [row for row in table("world_links.csv") if row["mode"] == mode]
    names = sorted({row[end] for row in rows for end in ("from_place", "to_place")})
    number = {name: i for i, name in enumerate(names)}
    tail = np.array([number[row["from_place"]] for row in rows], np.int32)
    head = np.array([number[row["to_place"]] for row in rows], np.int32)
    part = strong_parts(np.concatenate([tail, head]), np.concatenate([head, tail]), len(names))
    capitals = ("astana-kaz", "almaty-kaz", "tashkent-uzb", "bishkek-kgz", "dushanbe-tjk", "ashgabat-tkm")
    assert {int(part[number[name]]) for name in capitals} == {0}


#: Published lengths in km, general knowledge: road distances of route planners, rail distances of timetables.
PUBLISHED = (
    ("road", "new-york-city-usa", "los-angeles-usa", 4490),
    ("road", "paris-fra", "berlin-deu", 1050),
    ("road", "johannesburg-zaf", "cape-town-zaf", 1400),
    ("road", "sydney-aus", "perth-aus", 3930),
    ("road", "buenos-aires-arg", "santiago-chl", 1400),
    ("road", "new-delhi-ind", "mumbai-ind", 1400),
    ("road", "beijing-chn", "shanghai-chn", 1210),
    ("road", "nairobi-ken", "mombasa-ken", 485),
    ("road", "lagos-nga", "accra-gha", 460),
    ("road", "tashkent-uzb", "almaty-kaz", 810),
    ("road", "mexico-city-mex", "panama-city-pan", 3300),
    ("road", "bangkok-tha", "singapore-sgp", 1850),
    ("rail", "beijing-chn", "guangzhou-chn", 2298),
    ("rail", "chicago-usa", "los-angeles-usa", 3600),
    ("rail", "johannesburg-zaf", "cape-town-zaf", 1530),
    ("rail", "new-delhi-ind", "mumbai-ind", 1386),
    ("rail", "tashkent-uzb", "almaty-kaz", 985),
    ("rail", "berlin-deu", "warsaw-pol", 570),
    ("rail", "moscow-rus", "tashkent-uzb", 3330),
    ("rail", "dar-es-salaam-tza", "lusaka-zmb", 2000),
    ("rail", "hanoi-vnm", "ho-chi-minh-city-vnm", 1726),
    ("rail", "mashhad-irn", "tehran-irn", 926),
)


@pytest.mark.parametrize(("mode", "start", "end", "km"), PUBLISHED)
def test_lengths_come_near_the_published_ones(mode: str, start: str, end: str, km: int) -> None:
    assert shortest_km(mode, start, end) == pytest.approx(km, rel=0.10)


def test_quality_and_repairs_speak_of_what_there_is() -> None:
    places = {row["id"] for row in table("world_places.csv")}
    quality = table("quality.csv")
    named = [row for row in quality if row["measure"].startswith("capital_")]
    assert {row["subject"] for row in named} <= places
    linked = {
        row[end] for row in table("world_links.csv") for end in ("from_place", "to_place") if row["mode"] == "road"
    }
    without = {
        row["subject"] for row in quality if row["measure"] == "capital_without_network" and row["mode"] == "road"
    }
    assert not without & linked
    assert {row["rule"] for row in table("repairs.csv")} - set(ARC_RULES) == {"loop", "enclave"}
    links = {row["subject"] for row in table("repairs.csv") if row["rule"] == "known-link"}
    assert links == {link.id for link in known_links()}  # a link nobody needs any more is taken out of the table


def test_places_lie_where_they_say() -> None:
    shapes = country_polygons()
    assert {place.territory for place in world_places()} - set(shapes) <= {
        row["iso3"] for row in country_table() if row["iso3"] not in shapes
    }
    tokyo = next(place for place in world_places() if place.id == "tokyo-jpn")
    assert great_circle_km(tokyo.lat, tokyo.lon, 35.68, 139.76) < 20.0
    assert "東京" in tokyo.aliases or "Tokio" in tokyo.aliases
