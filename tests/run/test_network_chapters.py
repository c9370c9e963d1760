"""What the report says of the study's and the world's network, checked against the tables themselves."""

from __future__ import annotations

import itertools
import math
from functools import cache

import pytest

from landbridge.costs.arccosts import ArcCosts
from landbridge.network.geometry import section_ratios
from landbridge.result.report import Chapter, DotChart, Histogram, MapData, RatioChart, Table
from landbridge.run.chapter_network import RATIO_EDGES, border_hours, counted, drawn_once, network_chapter
from landbridge.run.chapter_world import world_chapter
from landbridge.run.world_quality import world_quality
from landbridge.views.report import plain_sentence
from world_opened import study, world


@cache
def costs() -> ArcCosts:
    session = study()
    pair = session.study.pairs[0]
    ends = [session.gazetteer.place(name).place for name in (pair.origin, pair.destination)]
    return session.costs("teu", "middle", session.resolved(), session.shipment("teu", *ends))


@cache
def network() -> Chapter:
    return network_chapter(study(), costs(), study().resolved())


@cache
def whole() -> Chapter:
    return world_chapter(study())


def part(chapter: Chapter, identifier: str) -> Table | MapData | RatioChart | Histogram | DotChart:
    found = [item for item in chapter.parts if item.id == identifier]
    assert len(found) == 1
    assert isinstance(found[0], Table | MapData | RatioChart | Histogram | DotChart)
    return found[0]


def test_the_map_draws_every_section_once_in_the_look_of_its_row() -> None:
    drawn = part(network(), "map")
    assert isinstance(drawn, MapData)
    rows = [row for row in study().facts.rows("sections") if row["use"] == "section"]
    lines = [line for line in drawn.lines if line.mode in ("rail", "road")]
    assert len(lines) == len(rows)
    for row, line in zip(rows, lines, strict=True):
        assert line.mode == row["mode"]
        assert line.assumed == (row["basis"] == "assumed" or row["id"] not in study().shapes)
        assert line.closed or row["status"] == "operating"
        assert not (line.derived and row["basis"] != "derived")


def test_what_no_link_joins_is_marked_and_named() -> None:
    drawn, table = part(network(), "map"), part(network(), "unreachable")
    assert isinstance(drawn, MapData)
    assert isinstance(table, Table)
    names = {str(row[0]) for row in table.rows}
    assert {point.name for point in drawn.points if point.kind == "hole"} == names
    assert all(name in plain_sentence(network().lead[1]) for name in names)
    lone = part(network(), "ports_without_land")
    assert isinstance(lone, Table)
    assert {point.name for point in drawn.points if point.kind == "quay"} == {row[0] for row in lone.rows}


def test_dashed_crossings_are_those_whose_hours_rest_on_no_source() -> None:
    drawn, table = part(network(), "map"), part(network(), "crossings_without_source")
    assert isinstance(drawn, MapData)
    assert isinstance(table, Table)
    dashed = {point.name for point in drawn.points if point.kind == "crossing" and point.assumed}
    listed = {str(row[0]) for row in table.rows}
    assert listed <= dashed
    numbers = study().facts.numbers
    hours = border_hours(study(), costs())
    for crossing in study().facts.rows("crossings"):
        sides = hours.get(crossing["id"])
        if sides is None or any(side is None for side in sides):
            continue
        facts = [numbers[fact] for side in sides if side for fact in side[2] if fact in numbers]
        if any(fact.basis == "assumed" for fact in facts):
            assert crossing["name"] in listed


def test_the_hours_of_a_crossing_are_those_of_its_arcs() -> None:
    net = study().network
    hours = border_hours(study(), costs())
    for arc in (arc for arc in range(net.n_arcs) if net.kind_name(arc) == "crossing"):
        side = hours[net.crossing_ids[net.crossing[arc]]][0 if net.direction[arc] > 0 else 1]
        own = range(int(costs().first[arc]), int(costs().first[arc + 1]))
        border = [
            float(costs().amount[i])
            for i in own
            if costs().entries[costs().entry[i]].component == "border"
            and costs().entries[costs().entry[i]].measure == "hours"
        ]
        assert (side[0] if side else 0.0) == pytest.approx(math.fsum(border))


def test_ratios_of_paths_are_those_of_the_table() -> None:
    chart = part(network(), "paths")
    assert isinstance(chart, RatioChart)
    ids = {row["id"] for row in study().facts.rows("sections") if row["use"] == "section"}
    assert sorted(point.ratio for point in chart.points) == sorted(
        ratio for name, ratio in section_ratios().items() if name in ids
    )
    below = sum(point.ratio < chart.median for point in chart.points)
    above = sum(point.ratio > chart.median for point in chart.points)
    assert abs(below - above) <= len(chart.points) - below - above


def test_a_histogram_counts_every_value_once() -> None:
    chart = part(network(), "straight")
    assert isinstance(chart, Histogram)
    assert sum(chart.counts) > 400
    small = counted("h", "t", "a", [0.5, 1.0, 1.049, 1.05, 9.0])
    assert (small.counts[0], small.counts[1], small.counts[-1], sum(small.counts)) == (3, 1, 1, 5)
    assert len(small.counts) == len(RATIO_EDGES) - 1


def test_what_lines_share_is_drawn_once() -> None:
    a, b, c, d = (10.0, 10.0), (10.0, 20.0), (10.0, 30.0), (20.0, 20.0)
    drawn = drawn_once([(a, b, c), (c, b, d), (b, a)])
    steps = [frozenset(pair) for line in drawn for pair in itertools.pairwise(line)]
    assert sorted(map(sorted, steps)) == sorted(map(sorted, [{a, b}, {b, c}, {b, d}]))
    over = drawn_once([((0.0, 170.0), (0.0, 190.0))])
    assert all(-180 <= lon <= 180 for line in over for _, lon in line)
    assert len(over) == 2
    assert drawn_once([]) == ()


def test_the_world_map_sets_the_study_apart_and_names_its_holes() -> None:
    drawn, table = part(whole(), "map"), part(whole(), "holes")
    assert isinstance(drawn, MapData)
    assert isinstance(table, Table)
    assert drawn.whole
    looks = {line.title: line for line in drawn.lines}
    assert looks["rail, derived"].derived
    assert not looks["rail, curated"].derived
    assert looks["road, derived, assumed"].assumed
    assert looks["rail, curated, closed"].closed
    named = {point.name for point in drawn.points if point.named}
    capitals = {str(row[1]) for row in table.rows if row[0] == "capital"}
    assert capitals <= named
    assert all(name in plain_sentence(whole().lead[0]) for name in capitals)


def test_holes_are_all_that_the_quality_report_counts() -> None:
    found = world_quality(world())
    by = {what: [hole for hole in found.holes if hole.what == what] for what in ("capital", "place", "port")}
    assert len(by["capital"]) == len(found.capitals_without_terminal) + len(found.capitals_cut_off)
    assert len(by["port"]) == len(found.ports_without_land)
    loose = [hole for hole in found.holes if hole.loose]
    assert len(loose) == found.places - found.part_sizes[0]
    assert set(found.km) == set(found.links)


def test_checks_have_names_and_a_ratio() -> None:
    chart, table = part(whole(), "ratios"), part(whole(), "checks")
    assert isinstance(chart, RatioChart)
    assert isinstance(table, Table)
    assert len(chart.points) == len(table.rows)
    keys = [column.key for column in table.columns]
    for row, point in zip(table.rows, chart.points, strict=True):
        cells = dict(zip(keys, row, strict=True))
        assert cells["ratio"] == pytest.approx(cells["model_km"] / cells["published_km"])  # type: ignore[operator]
        assert (point.ratio, point.km) == (cells["ratio"], cells["published_km"])
    assert "DEHAM" not in " ".join(point.label for point in chart.points)
    assert not any(";" in point.label for point in chart.points)


def test_every_row_has_a_cell_per_column_and_every_chapter_answers_first() -> None:
    for chapter in (network(), whole()):
        assert plain_sentence(chapter.lead[0]).endswith(".")
        for item in chapter.parts:
            if isinstance(item, Table):
                assert all(len(row) == len(item.columns) for row in item.rows)
