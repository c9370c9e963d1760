"""Ranks over a row of days, and what moved them, on a map that can be checked by hand."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from route_maps import read

from landbridge.costs.arccosts import ArcCosts
from landbridge.models.corridor_match import index_corridors
from landbridge.models.corridors import CorridorSearch, CorridorWay
from landbridge.models.over_time import EventSpan, OverTime, over_time, ranked
from landbridge.network.select import SelectorContext
from landbridge.scenario.changes import Selector

DAYS = tuple(datetime.date(year, 6, 30) for year in (2020, 2021, 2022))
NORTH, SOUTH = "north", "south"
MAP = """
origin:o:AAA > rail:a:AAA:1520 access
rail:a:AAA:1520 > rail:n:NNN:1520 haul 100km {north}$ {hours}h link:N
rail:n:NNN:1520 > rail:c:CCC:1520 crossing 1$ crossing:xn {shut}
rail:a:AAA:1520 > rail:s:SSS:1520 haul 100km 20$ link:S
rail:s:SSS:1520 > rail:c:CCC:1520 crossing 1$ crossing:xs
rail:c:CCC:1520 > destination:d:CCC access
"""
CONTEXT = SelectorContext(
    gateways={NORTH: ((Selector("crossing", "xn"),),), SOUTH: ((Selector("crossing", "xs"),),)},
)


def costs(north: float = 10, hours: float = 1, shut: str = "") -> ArcCosts:
    return read(MAP.format(north=north, hours=hours, shut=f"shut:{shut}" if shut else ""), value_of_time=1.0)


def ways(of: ArcCosts) -> tuple[CorridorWay, ...]:
    names = {NORTH: "Northern", SOUTH: "Southern"}
    return CorridorSearch(of.network, index_corridors(of.network, names, CONTEXT)).ways(of, "o", ["d"], explain=False)


def table(worlds: Mapping[datetime.date, ArcCosts], events: tuple[EventSpan, ...] = ()) -> OverTime:
    network = next(iter(worlds.values())).network
    return over_time("cost", {day: [ways(of)] for day, of in worlds.items()}, network, events)


def event(identifier: str, live_on: tuple[bool, ...], link: str, of: ArcCosts) -> EventSpan:
    arcs = np.array([of.network.link_ids[number] == link for number in of.network.link], dtype=np.bool_)
    return EventSpan(identifier, live_on, arcs)


def test_ranks_follow_costs_and_a_closed_corridor_has_none() -> None:
    found = table({DAYS[0]: costs(), DAYS[1]: costs(north=30), DAYS[2]: costs(shut="e1")})
    assert [row.rank for row in found.of("o", "d", NORTH)] == [1, 2, None]
    assert [row.rank for row in found.of("o", "d", SOUTH)] == [2, 1, 1]
    assert [row.cost for row in found.of("o", "d", SOUTH)] == [21.0, 21.0, 21.0]
    last = found.rows[-2].to_json()
    assert (last["corridor"], last["open"], last["rank"], last["usd"]) == (NORTH, False, None, None)


def test_a_move_names_the_event_on_its_way_and_no_other() -> None:
    worlds = {DAYS[0]: costs(), DAYS[1]: costs(north=30)}
    here = event("on-it", (False, True), "N", costs())
    other = event("elsewhere", (False, True), "S", costs())
    before = event("all-along", (True, True), "N", costs())
    moves = {move.corridor: move for move in table(worlds, (here, other, before)).moves}
    assert moves[NORTH].events == ("on-it",)
    assert moves[NORTH].place == ""
    # The southern one is overtaken: nothing of its own changed, so the event on its way is not the cause of its rank.
    assert (moves[SOUTH].rank_before, moves[SOUTH].rank_after, moves[SOUTH].place) == (2, 1, "")


def test_a_closing_is_explained_by_the_event_on_the_way_before() -> None:
    worlds = {DAYS[0]: costs(), DAYS[1]: costs(shut="e1")}
    of = costs()
    arcs = of.network.crossing == of.network.crossing_ids.index("xn")
    moves = {move.corridor: move for move in table(worlds, (EventSpan("e1", (False, True), arcs),)).moves}
    assert (moves[NORTH].rank_after, moves[NORTH].cost_after, moves[NORTH].events) == (None, None, ("e1",))


def test_a_new_link_explains_a_gain_and_other_figures_name_their_place() -> None:
    opening = np.zeros(costs().network.n_arcs, dtype=np.int32)
    opening[1] = datetime.date(2021, 1, 1).toordinal()
    network = replace(costs().network, opened_day=opening)
    worlds = {DAYS[0]: replace(costs(north=30), network=network), DAYS[1]: replace(costs(), network=network)}
    moves = {move.corridor: move for move in table(worlds).moves}
    assert moves[NORTH].opened == ("N",)
    dearer = {move.corridor: move for move in table({DAYS[0]: costs(), DAYS[1]: costs(north=12, hours=25)}).moves}
    assert dearer[NORTH].place == "rail in AAA, N"
    assert (dearer[NORTH].place_hours, dearer[NORTH].place_usd) == (24.0, 2.0)
    assert dearer[NORTH].ranks_differ


def test_days_without_change_have_no_moves() -> None:
    assert table({DAYS[0]: costs(), DAYS[1]: costs()}).moves == ()


@given(st.lists(st.one_of(st.none(), st.integers(1, 6)), min_size=1, max_size=6))
def test_a_rank_is_one_more_than_the_number_of_better_ways(values: list[int | None]) -> None:
    way = ways(costs())[0]
    assert way.route is not None
    made = [
        replace(
            way,
            corridor=f"c{i}",
            route=None if value is None else replace(way.route, id=f"r{i}", generalised_usd=float(value)),
        )
        for i, value in enumerate(values)
    ]
    for value, row in zip(values, ranked(DAYS[0], made, "cost"), strict=True):
        known = [other for other in values if other is not None]
        assert row.rank == (None if value is None else 1 + sum(other < value for other in known))
